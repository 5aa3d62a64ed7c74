/**
 * The safety and liveness invariants of a run, measured beside it against the venue's truth. It decides nothing and changes
 * nothing; the shell tells it what it does, in this order at every event: `event` after the step, `command` for each command
 * of the step, `request` when one leaves, `instant` when event and venue are done with the moment.
 *
 * Safety, at every instant                                       measured in
 *  I1  an open position has its stop in time                     exposure.ts
 *  I2  stops lie on the right side and only tighten              stop-moves.ts
 *  I3  exits only reduce                                         order-flow.ts
 *  I4  one live opener per key, sizes inside the limit           order-flow.ts
 *  I5  one number, one intent (its text is the wire's)           order-flow.ts
 *  I6  no fill counts twice     I7  fills make the position      ledger.ts
 *  I8  money adds up            I16 no fill is lost              ledger.ts
 *  I9  written before sent      I12 request budget               doors.ts
 *  I10 a halt is a latch        I11 limits of a single order     order-flow.ts
 *  I14 nothing throws           I18 alarms and restarts bounded  doors.ts
 * Liveness, once faults ended and time passed
 *  I15 engine and venue agree   I17 not stuck, halts justified   rest.ts, halts.ts
 * Over whole runs
 *  I13 no look-ahead, I19 replay, I20 same bytes, I21 crashes    runs.ts
 */
import type { Command, Event, Ms, State } from '../../engine/index.ts';
import { DoorWatch } from './doors.ts';
import type { Written } from './doors.ts';
import { ExposureWatch } from './exposure.ts';
import type { UnprotectedTime } from './exposure.ts';
import type { Circumstance } from './halts.ts';
import { LedgerWatch } from './ledger.ts';
import { OrderFlowWatch } from './order-flow.ts';
import { RestWatch } from './rest.ts';
import { StopMoveWatch } from './stop-moves.ts';
import type { Truth } from './truth.ts';
import { Findings } from './violation.ts';
import type { Invariant, Violation } from './violation.ts';

export interface AuditWish {
  readonly truth: Truth;
  /** As created or restored, before the first event. */
  readonly state: State;
  /** The strategy uses `loosen`. */
  readonly mayLoosen?: boolean;
  /** The strategy throws or returns garbage on purpose. */
  readonly strategyFails?: boolean;
  /** Requests of one kind that the venue takes in a second. */
  readonly requestsPerSecond?: number;
}

export interface AuditReport {
  readonly violations: readonly Violation[];
  readonly counts: Readonly<Partial<Record<Invariant, number>>>;
  readonly total: number;
  readonly unprotected: Readonly<UnprotectedTime>;
  readonly halts: readonly { readonly at: Ms; readonly cause: string; readonly evidence: string }[];
  readonly restarts: number;
  readonly peakRequestsPerSecond: number;
}

export class Auditor {
  readonly #findings = new Findings();
  readonly #exposure: ExposureWatch;
  readonly #stops: StopMoveWatch;
  readonly #orders: OrderFlowWatch;
  readonly #ledger: LedgerWatch;
  readonly #doors: DoorWatch;
  readonly #rest: RestWatch;
  readonly #truth: Truth;
  readonly #circumstances = new Set<Circumstance>();
  readonly #halts: { at: Ms; cause: string; evidence: string }[] = [];
  #restarts = 0;
  #isHalted = false;

  constructor({ truth, state, mayLoosen = false, strategyFails = false, requestsPerSecond = Number.POSITIVE_INFINITY }: AuditWish) {
    const findings = this.#findings;
    this.#truth = truth;
    this.#exposure = new ExposureWatch(truth, findings, state.legs.length);
    this.#stops = new StopMoveWatch(findings, state.legs.length, mayLoosen);
    this.#orders = new OrderFlowWatch(truth, findings, state);
    this.#ledger = new LedgerWatch(truth, findings, state);
    this.#doors = new DoorWatch(findings, requestsPerSecond);
    this.#rest = new RestWatch(truth, findings);
    if (strategyFails) this.#circumstances.add('strategy-fails');
  }

  /** After the step that took `event` in. */
  event(event: Event, state: State): void {
    this.#doors.event(event);
    this.#stops.event(event, state);
    this.#orders.event(event, state);
    this.#ledger.event(event, state);
    this.#exposure.event(event, state);
    this.#notice(event, state);
  }

  #notice(event: Event, state: State): void {
    const circumstances = this.#circumstances;
    if (event.tag === 'operator') circumstances.add('operator');
    if (event.tag === 'order-rejected') circumstances.add('refusals');
    if (event.tag === 'order-cancelled' && event.cause === 'no-volume') circumstances.add('no-volume');
    if (event.tag === 'liquidation' || event.tag === 'adl') circumstances.add('liquidated');
    if (event.tag === 'execution' && (event.cause === 'liquidation' || event.cause === 'adl')) circumstances.add('liquidated');
    if (event.tag === 'execution' && event.cause === 'foreign') circumstances.add('foreign');
    if (state.equity <= 0) circumstances.add('equity-gone');
    if (state.equity < state.equityPeak) circumstances.add('losses');
    const { mode } = state;
    if (mode.tag === 'halted' && !this.#isHalted) this.#halts.push({ at: event.at, cause: mode.cause, evidence: mode.evidence });
    this.#isHalted = mode.tag === 'halted';
  }

  /** Something happened in the world that is no fault of a family. */
  circumstance(what: Circumstance): void { this.#circumstances.add(what); }

  /** The step, or something around it, threw. */
  threw(at: Ms, error: unknown): void { this.#doors.threw(at, error); }

  /** A command of the step just taken, in order. */
  command(at: Ms, command: Command, state: State): void {
    this.#doors.command(at, command, state);
    this.#stops.command(at, command, state);
    this.#orders.command(at, command, state);
    this.#exposure.command(command, state);
  }

  /** A request leaves the shell. `written` where a journal is kept. */
  request(at: Ms, command: Command, attempt: number, written: Written | null = null): void {
    this.#doors.request(at, command, attempt, written);
  }

  /** Event and venue are done with `at`; also whenever the venue moved by itself. What is seen holds until the next. */
  instant(at: Ms, state: State): void {
    this.#orders.instant(at);
    this.#exposure.instant(at, state);
  }

  /** What a function over whole runs found (`runs.ts`). */
  found(violations: readonly Violation[]): void {
    for (const { invariant, at, leg, text } of violations) this.#findings.add(invariant, at, leg, text);
  }

  /** The process goes on with the state it had. */
  woke(at: Ms, state: State): void {
    this.#exposure.instant(at, state);
    this.#exposure.woke(at, state);
  }

  /** The process died, or sleeps, or stands still; time goes on. */
  crashed(at: Ms, state: State): void {
    this.#exposure.instant(at, state);
    this.#exposure.crashed();
  }

  /** A new process begins with `state`, before its first event. */
  restarted(at: Ms, state: State): void {
    this.#exposure.instant(at, state);
    this.#restarts += 1;
    this.#doors.restarted(at, state);
    if (this.#restarts > state.setup.config.crashLoop.count) this.#circumstances.add('restarts');
    this.#stops.restarted(state);
    this.#orders.restarted(at, state);
    this.#ledger.restarted(state);
    this.#exposure.restarted(at, state);
  }

  /** Faults ended long enough ago for everything to be known. `fired` = the families that did anything. */
  quiet(at: Ms, state: State, fired: ReadonlySet<string>): void {
    for (const { index } of state.legs) {
      for (const { cause, order } of this.#truth.executions(index)) {
        if (cause === 'liquidation' || cause === 'adl') this.#circumstances.add('liquidated');
        if (cause === 'foreign' || order < -1) this.#circumstances.add('foreign');
      }
    }
    this.#rest.converged(at, state);
    this.#ledger.quiet(at, state);
    this.#rest.settled(at, state, fired, this.#circumstances);
  }

  finish(): AuditReport {
    const findings = this.#findings;
    return {
      violations: findings.kept, counts: findings.counts, total: findings.total, unprotected: this.#exposure.time, halts: this.#halts,
      restarts: this.#restarts, peakRequestsPerSecond: this.#doors.peakPerSecond,
    };
  }
}
