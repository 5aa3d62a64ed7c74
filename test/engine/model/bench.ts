/**
 * The engine between a hand that writes its strategy's next want and a desk that plays its venue. After every event the
 * auditor looks, and the laws that need the state before are asked here.
 */
import { beginRecovery, createState, deadlineOf, restoreState, runConfig, setupOf, stateText, step } from '../../../engine/index.ts';
import type { Command, Event, Intent, Out, Setup, State } from '../../../engine/index.ts';
import { Auditor } from '../../../sim/invariants/index.ts';
import { linear, minute, start } from '../../sim/market.ts';
import type { AnyScene } from '../../sim/scripted.ts';
import { scripted } from '../../sim/scripted.ts';
import { Desk } from './desk.ts';

export type Want = (scene: AnyScene) => Intent;

export class Bench {
  readonly desk: Desk;
  readonly #setup: Setup;
  readonly #auditor: Auditor;
  readonly #out: Out = { commands: [], notes: [] };
  state: State;
  want: Want | null = null;

  constructor() {
    const instrument = linear({ takerRate: '0.001' });
    const { strategy } = scripted({ always: (scene) => this.want?.(scene) ?? scene.intents.hold });
    this.#setup = setupOf({ strategy, params: {}, config: runConfig.parse({}), instruments: [instrument], baseMs: minute });
    this.state = createState(this.#setup);
    this.desk = new Desk(instrument, this.#setup.cash, 1_000, start);
    this.state.now = start;
    this.#auditor = new Auditor({ truth: this.desk, state: this.state });
    this.bar(1_000);
  }

  /** Time passes; every deadline of the engine on the way is told, as a shell does. */
  pass(until: number): void {
    const { desk } = this;
    for (let i = 0; i < 500; i++) {
      const due = Math.max(desk.now, deadlineOf(this.state));
      if (due > until) break;
      desk.now = due;
      this.take({ tag: 'timer', at: due });
    }
    must(deadlineOf(this.state) > until, 'L10: deadlines that never end');
    desk.now = until;
  }

  /** A bar closes at a price, and the strategy says what it wants. */
  bar(ticks: number): void {
    const { desk } = this;
    const open = desk.ticks;
    this.pass(Math.ceil((desk.now + 1) / minute) * minute);
    desk.ticks = ticks;
    desk.fire();
    const [high, low] = [Math.max(open, ticks), Math.min(open, ticks)];
    const at = desk.now;
    this.take({
      tag: 'bar-closed', at, symbol: 0, openedAt: at - minute, closedAt: at, open, high, low, close: ticks, volume: 1,
      openTicks: open, highTicks: high, lowTicks: low, closeTicks: ticks,
    });
    this.take({ tag: 'cycle-closed', at, missing: [] });
    this.want = null;
  }

  take(event: Event): void {
    const { state } = this;
    const lotsBefore = this.lots;
    step(state, event, this.#out);
    this.#auditor.event(event, state);
    this.#law(event, lotsBefore);
    this.#send();
  }

  /** The process dies and begins again with what it had written down. */
  restart(): void {
    const { now } = this.desk;
    this.#auditor.crashed(now, this.state);
    this.state = restoreState(this.#setup, stateText(this.state));
    this.state.now = now;
    beginRecovery(this.state, this.#out);
    this.#auditor.restarted(now, this.state);
    this.desk.answers.length = 0;
    const { position } = this.state.legs[0]!;
    must(position.tag === 'flat' || position.protection.tag !== 'armed', 'L3: a restart believes no stop before it is shown');
    this.#send();
  }

  get lots(): number {
    const { position } = this.state.legs[0]!;
    return position.tag === 'open' ? position.side * position.lots : 0;
  }

  #law(event: Event, lotsBefore: number): void {
    const { position } = this.state.legs[0]!;
    const tellsNothing = event.tag === 'request-failed' || event.tag === 'timer' || event.tag === 'order-cancelled' || event.tag === 'order-rejected'
      || (event.tag === 'account-snapshot' && event.executions === 'unknown');
    if (tellsNothing) must(this.lots === lotsBefore, `L6: ${event.tag} changed the size from ${lotsBefore} to ${this.lots}`);
    if (event.tag === 'stop-unchanged' && position.tag === 'open' && position.protection.tag === 'requested') {
      must(position.protection.trigger !== event.triggerTicks, 'L8: unchanged is success');
    }
    const isThrough = event.tag === 'stop-refused' && event.reason === 'through-trigger' && position.tag === 'open'
      && position.protection.tag === 'breached' && position.protection.trigger === event.triggerTicks;
    if (isThrough) must(this.#isLeaving(), 'L8: a stop through its price leads to an exit in the same decision');
  }

  #isLeaving(): boolean {
    return this.state.legs[0]!.orders.some(({ role, state }) => role === 'exit' && state.tag !== 'done');
  }

  #send(): void {
    const { commands } = this.#out;
    const { now } = this.desk;
    for (const command of commands) {
      this.#auditor.command(now, command, this.state);
      if (command.tag === 'notify') continue;
      this.#exit(command);
      this.#auditor.request(now, command, 1);
      this.desk.requests.push(command);
    }
    commands.length = 0;
    this.#out.notes.length = 0;
    this.look();
  }

  #exit(command: Command): void {
    if (command.tag !== 'reduce') return;
    const held = this.lots;
    must(command.reduceOnly && (held === 0 || command.side * held < 0), `L4: an exit of ${command.side * command.lots} with ${held} held`);
  }

  /** What the auditor found so far must be nothing. */
  look(): void {
    this.#auditor.instant(this.desk.now, this.state);
    const { violations } = this.#auditor.finish();
    must(violations.length === 0, violations.map(({ invariant, text }) => `${invariant} ${text}`).join(' · '));
  }

  /** Everything under way arrives, is heard and is asked about again, until nothing is left; then engine and desk agree. */
  settle(): void {
    const { desk } = this;
    for (let i = 0; i < 200; i++) {
      while (desk.requests.length > 0) desk.arrive(0);
      while (desk.answers.length > 0) this.take(desk.answers.shift()!(desk.now));
      if (desk.requests.length > 0) continue;
      this.pass(desk.now + 1_000);
      if (i % 10 === 0) desk.answers.push(desk.reading('nothing'));
    }
    this.#auditor.quiet(desk.now, this.state, new Set(['lost-request', 'lost-reply']));
    this.look();
  }
}

function must(holds: boolean, rule: string): void {
  if (!holds) throw new Error(rule);
}
