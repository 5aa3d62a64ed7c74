/**
 * What passes the doors of the shell:
 *
 * I9  a request leaves only for a command that was emitted before, and, where the shell keeps a journal, after the entry
 *     that holds its intent has become durable.
 * I12 never more requests of one kind in a second than the venue takes, by the clock of the run.
 * I14 no throw, no event outside the union.
 * I18 one alarm per cause and `alertEveryMs`; so many restarts in `crashLoop.withinMs` without a word of the operator, and the
 *     engine is halted.
 */
import type { Command, Event, Ms, State } from '../../engine/index.ts';
import type { Findings } from './violation.ts';

/** Sequence of the journal entry with the intent, and of the last entry that is durable. */
export interface Written { readonly intent: number; readonly durable: number }

const second = 1_000;

const known: ReadonlySet<string> = new Set<Event['tag']>([
  'bar-closed', 'mark-price', 'funding', 'order-accepted', 'order-rejected', 'order-changed', 'order-cancelled', 'order-expired',
  'execution', 'stop-set', 'stop-unchanged', 'stop-refused', 'request-failed', 'account-snapshot', 'wallet', 'instrument-changed',
  'liquidation', 'adl', 'connected', 'disconnected', 'stale', 'timer', 'cycle-closed', 'operator', 'manual-order',
]);

export class DoorWatch {
  readonly #findings: Findings;
  readonly #perSecond: number;
  readonly #emitted = new Set<string>();
  readonly #sent = new Map<Command['tag'], Ms[]>();
  readonly #alarms = new Map<string, Ms>();
  readonly #restarts: Ms[] = [];
  /** Most requests of one kind within a second. */
  peakPerSecond = 0;

  constructor(findings: Findings, perSecond: number) {
    this.#findings = findings;
    this.#perSecond = perSecond;
  }

  event(event: Event): void {
    if (event.tag === 'operator' && event.verb === 'resume') this.#restarts.length = 0;
    if (!known.has(event.tag)) this.#findings.add('I14', event.at, -1, `no such event: ${event.tag}`);
  }

  threw(at: Ms, error: unknown): void {
    this.#findings.add('I14', at, -1, error instanceof Error ? `threw ${error.name}: ${error.message}` : 'threw');
  }

  command(at: Ms, command: Command, state: State): void {
    if (command.tag !== 'notify') {
      this.#emitted.add(nameOf(command));
      return;
    }
    if (command.severity !== 'alarm') return;
    const last = this.#alarms.get(command.cause);
    const every = state.setup.config.alertEveryMs;
    if (last !== undefined && at - last < every) this.#findings.add('I18', at, -1, `alarm '${command.cause}' again after ${at - last} ms`);
    this.#alarms.set(command.cause, at);
  }

  request(at: Ms, command: Command, attempt: number, written: Written | null): void {
    const leg = 'leg' in command ? command.leg : -1;
    if (!this.#emitted.has(nameOf(command))) this.#findings.add('I9', at, leg, `a request without its command: ${nameOf(command)}, attempt ${attempt}`);
    if (written !== null && written.intent > written.durable) {
      this.#findings.add('I9', at, leg, `sent with entry ${written.intent} while ${written.durable} is durable`);
    }
    const times = this.#sent.get(command.tag) ?? [];
    if (times.length === 0) this.#sent.set(command.tag, times);
    times.push(at);
    while (times[0]! <= at - second) times.shift();
    if (times.length > this.peakPerSecond) this.peakPerSecond = times.length;
    if (times.length === this.#perSecond + 1) this.#findings.add('I12', at, leg, `more than ${this.#perSecond} ${command.tag} requests in a second`);
  }

  restarted(at: Ms, state: State): void {
    const { count, withinMs } = state.setup.config.crashLoop;
    this.#restarts.push(at);
    while (this.#restarts[0]! <= at - withinMs) this.#restarts.shift();
    if (this.#restarts.length <= count || state.mode.tag === 'halted') return;
    this.#findings.add('I18', at, -1, `${this.#restarts.length} restarts within ${withinMs} ms and not halted`);
  }
}

function nameOf(command: Command): string {
  switch (command.tag) {
    case 'enter': case 'reduce': case 'amend': case 'cancel': return `${command.tag} ${command.order}`;
    case 'set-stop': return `set-stop ${command.leg} ${command.triggerTicks} ${command.trailTicks}`;
    case 'query-account': return `query-account ${command.leg}`;
    case 'notify': return 'notify';
    default: return '';
  }
}
