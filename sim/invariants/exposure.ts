/**
 * I1: how long an open position is without a stop, and whether that was too long.
 *
 * The venue's truth is read at every instant and holds until the next. A position without a stop is an exposure; its time
 * counts from the venue's own fill. The engine's deadline for it begins when the engine was told (nobody acts on what was
 * not said; such time is `unawareMs`) and begins anew with a restart or a reconnect, after which it asks. An engine that was
 * stalled does not know that it was: what it was told before begins anew, what nobody told it does not begin.
 *
 *  attached  opened by an order that carries its stop: there must be one from the first fill on        0 ms
 *  fill      opened by an order of ours without one                                                    protectDeadlineMs
 *  lost      the venue held a stop and holds none any more                                             recoverDeadlineMs
 *  foreign   nobody here opened it                                                                     recoverDeadlineMs
 *  waived    the strategy spelled out that it wants none: time is counted apart, nothing is demanded
 *
 * Within the deadline there must be a stop, or an exit for the whole size that was told under way and not known to be dead, or a
 * halted engine that raised its alarm.
 */
import type { Command, Event, Execution, Leg, Ms, State } from '../../engine/index.ts';
import type { Truth, TruePosition } from './truth.ts';
import type { Findings } from './violation.ts';

type Kind = 'attached' | 'fill' | 'lost' | 'foreign' | 'waived';

interface Exposure {
  readonly kind: Kind;
  readonly since: Ms;
  /** Number of the execution that opened it: an older one, told late, tells nothing of it. 0 = any does. */
  readonly opening: number;
  /** When the engine was told; Infinity while it knows nothing. */
  toldAt: Ms;
  /** Start and length of the deadline; Infinity while it has not begun. */
  from: Ms;
  limitMs: Ms;
  isReported: boolean;
}

interface Guarded {
  side: number;
  hasStop: boolean;
  /** Executions of the truth looked at. */
  seen: number;
  exposure: Exposure | null;
  /** Since the last instant: a halt with alarm, or an exit under way. */
  isExcused: boolean;
}

/** Time without a stop, ms of venue time, summed over legs. `aliveMs` includes `unawareMs`; waived time is in neither. */
export interface UnprotectedTime { aliveMs: Ms; deadMs: Ms; unawareMs: Ms; waivedMs: Ms; longestMs: Ms }

/** What an opening order does for its own fills. */
type Carried = 'stop' | 'none' | 'waived';

export class ExposureWatch {
  readonly time: UnprotectedTime = { aliveMs: 0, deadMs: 0, unawareMs: 0, waivedMs: 0, longestMs: 0 };
  readonly #truth: Truth;
  readonly #findings: Findings;
  readonly #legs: readonly Guarded[];
  readonly #carried = new Map<number, Carried>();
  readonly #exits = new Set<number>();
  /** Executions that the engine was told of, by leg. */
  readonly #told: readonly Set<number | string>[];
  #at = 0;
  #isDead = false;
  #hasAlarm = false;
  /** At the last instant. */
  #wasHalted = false;

  constructor(truth: Truth, findings: Findings, legs: number) {
    this.#truth = truth;
    this.#findings = findings;
    this.#told = Array.from({ length: legs }, () => new Set<number | string>());
    this.#legs = Array.from({ length: legs }, (): Guarded => ({ side: 0, hasStop: false, seen: 0, exposure: null, isExcused: false }));
  }

  command(command: Command, state: State): void {
    if (command.tag === 'reduce') this.#exits.add(command.order);
    if (command.tag === 'notify' && command.severity === 'alarm') this.#hasAlarm = true;
    if (command.tag !== 'enter' || this.#carried.has(command.order)) return;
    const order = state.legs[command.leg]!.orders.find((one) => one.id === command.order);
    const isWaived = order?.terms != null && order.terms.distanceTicks === 0 && !order.terms.isAdd;
    this.#carried.set(command.order, command.stopTicks > 0 ? 'stop' : isWaived ? 'waived' : 'none');
  }

  /** After the step that took `event` in. */
  event(event: Event, state: State): void {
    if (event.tag === 'connected') this.#begin(event.at, state.setup.config.recoverDeadlineMs);
    if (event.tag === 'operator' && event.verb === 'resume' && this.#wasHalted) this.#begin(event.at, state.setup.config.protectDeadlineMs, true);
    if (!('leg' in event)) return;
    const told = this.#told[event.leg];
    if (event.tag === 'execution') told?.add(event.id);
    else if (event.tag === 'account-snapshot' && event.executions !== 'unknown') for (const { id } of event.executions) told?.add(id);
    const exposure = this.#legs[event.leg]?.exposure ?? null;
    if (exposure === null || exposure.toldAt !== Number.POSITIVE_INFINITY || !this.#tells(event, event.leg, exposure)) return;
    exposure.toldAt = event.at;
    exposure.from = event.at;
  }

  crashed(): void { this.#isDead = true; }

  restarted(at: Ms, state: State): void {
    this.#isDead = false;
    this.#begin(at, state.setup.config.recoverDeadlineMs);
  }

  woke(at: Ms, state: State): void {
    this.#isDead = false;
    this.#begin(at, state.setup.config.recoverDeadlineMs, true);
  }

  /** Every running exposure has its deadline from here, or every one that the engine was told of. */
  #begin(at: Ms, limitMs: Ms, isTold = false): void {
    for (const { exposure } of this.#legs) {
      if (exposure === null || (isTold && exposure.toldAt === Number.POSITIVE_INFINITY)) continue;
      exposure.from = at;
      if (limitMs > exposure.limitMs) exposure.limitMs = limitMs;
    }
  }

  instant(at: Ms, state: State): void {
    for (let leg = 0; leg < this.#legs.length; leg++) {
      const guarded = this.#legs[leg]!;
      if (guarded.exposure !== null) this.#passed(guarded, guarded.exposure, at, leg);
      this.#look(guarded, leg, at, state);
    }
    this.#wasHalted = state.mode.tag === 'halted';
    this.#at = at;
  }

  /** The time since the last instant, in which nothing changed. */
  #passed(guarded: Guarded, exposure: Exposure, at: Ms, leg: number): void {
    const { time } = this;
    const past = at - this.#at;
    if (exposure.kind === 'waived') {
      time.waivedMs += past;
      return;
    }
    if (this.#isDead) time.deadMs += past;
    else {
      time.aliveMs += past;
      if (exposure.toldAt > this.#at) time.unawareMs += Math.min(at, exposure.toldAt) - this.#at;
      if (at - exposure.since > time.longestMs) time.longestMs = at - exposure.since;
    }
    if (this.#isDead || past === 0 || guarded.isExcused || exposure.isReported || at <= exposure.from + exposure.limitMs) return;
    exposure.isReported = true;
    this.#findings.add('I1', at, leg,
      `no stop since ${exposure.since} (${exposure.kind}), neither an exit under way nor halted after ${exposure.limitMs} ms`);
  }

  #look(guarded: Guarded, leg: number, at: Ms, state: State): void {
    const { position, openedBy } = this.#read(guarded, leg);
    const stop = position.side === 0 ? null : this.#truth.stop(leg);
    const own = state.legs[leg]!;
    if (position.side === 0 || stop !== null) guarded.exposure = null;
    else if (guarded.exposure === null || guarded.side !== position.side) {
      const kind = guarded.side === position.side && guarded.hasStop ? 'lost' : this.#kindOf(leg, openedBy);
      guarded.exposure = exposed(kind, at, state, typeof openedBy?.id === 'number' ? openedBy.id : 0);
      if (kind === 'attached') this.#findings.add('I1', at, leg, 'opened without the stop that rode on its order');
    } else if (guarded.exposure.kind === 'waived' && isGuardedBy(own, position)) {
      guarded.exposure = { ...exposed('fill', at, state), toldAt: at, from: at };
    }
    guarded.side = position.side;
    guarded.hasStop = stop !== null;
    guarded.isExcused = (state.mode.tag === 'halted' && this.#hasAlarm) || this.#isLeaving(own, position);
  }

  /** The position, and the order that opened it since the last look, if it was opened since. */
  #read(guarded: Guarded, leg: number): { readonly position: TruePosition; readonly openedBy: Execution | null } {
    const executions = this.#truth.executions(leg);
    const position = this.#truth.position(leg);
    let openedBy: Execution | null = null;
    for (; guarded.seen < executions.length; guarded.seen++) {
      const execution = executions[guarded.seen]!;
      if (execution.side === position.side && openedBy === null) openedBy = execution;
    }
    return { position, openedBy };
  }

  /** The stop of an order is used up with its first fill: what a later one opens anew has to be given one. */
  #kindOf(leg: number, openedBy: Execution | null): Kind {
    const carried = openedBy === null ? undefined : this.#carried.get(openedBy.order);
    switch (carried) {
      case 'stop': return this.#truth.executions(leg).find(({ order }) => order === openedBy?.order) === openedBy ? 'attached' : 'fill';
      case 'waived': return 'waived';
      case 'none': return 'fill';
      default: return 'foreign';
    }
  }

  /** Whether the engine learns from this event that a position is there, or that its stop is gone. */
  #tells(event: Event, leg: number, { kind, since, opening }: Exposure): boolean {
    switch (event.tag) {
      case 'execution': return kind === 'lost' ? event.cause === 'stop' : this.#isToldUpTo(leg, opening);
      case 'account-snapshot':
        return event.position !== 'unknown' && event.position.lots > 0 && event.takenAt >= since && (kind !== 'lost' || event.stop === null);
      case 'stop-set': return kind === 'lost' && event.triggerTicks === 0;
      case 'adl': return true;
      default: return false;
    }
  }

  /** A fill tells of the position that it opens only with all before it: next to a stop that fired untold it is just a smaller position. */
  #isToldUpTo(leg: number, opening: number): boolean {
    return this.#truth.executions(leg).every(({ id }) => typeof id !== 'number' || id > opening || this.#told[leg]!.has(id));
  }

  /** Exits that really left and are not known to be dead, together for all that the engine was told of. */
  #isLeaving(own: Leg, position: TruePosition): boolean {
    let lots = 0;
    for (const order of own.orders) {
      const works = order.reduceOnly && order.role === 'exit' && order.side !== position.side && order.state.tag !== 'done';
      if (works && this.#exits.has(order.id)) lots += order.lots - order.filled;
    }
    const told = own.position.tag === 'open' && own.position.side === position.side ? own.position.lots : position.lots;
    return lots > 0 && lots >= Math.min(position.lots, told);
  }
}

/** The engine counts this position, and thinks that it has a stop or needs one. */
function isGuardedBy({ position: own }: Leg, { side }: TruePosition): boolean {
  return own.tag === 'open' && own.side === side && own.protection.tag !== 'waived';
}

function exposed(kind: Kind, at: Ms, { setup: { config } }: State, opening = 0): Exposure {
  const limitMs = kind === 'attached' ? 0 : kind === 'fill' ? config.protectDeadlineMs : config.recoverDeadlineMs;
  return { kind, since: at, opening, toldAt: Number.POSITIVE_INFINITY, from: Number.POSITIVE_INFINITY, limitMs, isReported: kind === 'attached' };
}
