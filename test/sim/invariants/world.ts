/**
 * A world made by hand for the auditor: a truth that a test writes, and an engine state whose positions come from real
 * executions. Nothing runs by itself: a test says what the engine believes, what is so, and what time it is.
 */
import { createState, runConfig, setupOf, step } from '../../../engine/index.ts';
import type { Command, Direction, Event, Execution, Mode, OpenOrder, Order, Protection, State } from '../../../engine/index.ts';
import { Auditor } from '../../../sim/invariants/index.ts';
import type { AuditReport, AuditWish, Truth } from '../../../sim/invariants/index.ts';
import { execution } from '../../engine/stepped.ts';
import { linear, minute, start } from '../market.ts';
import type { ConfigWish } from '../played.ts';
import { scripted } from '../scripted.ts';

/** What a test writes of the venue. */
interface Written { stop: number; readonly orders: OpenOrder[]; readonly executions: Execution[]; wallet: bigint }

export interface World {
  readonly state: State;
  readonly auditor: Auditor;
  readonly there: Written;
  readonly instrument: ReturnType<typeof linear>;
  /** Counts a fill at the venue; the engine is not told. */
  readonly fills: (fill: FillWish) => Execution;
  /** The engine takes the event in and the auditor sees it. */
  readonly tells: (event: Event) => void;
  readonly sends: (at: number, ...commands: readonly Command[]) => void;
  readonly report: () => AuditReport;
}

export interface FillWish { readonly at: number; readonly id: number; readonly side: Direction; readonly lots: number; readonly order: number; readonly priceTicks?: number; readonly leaves?: number }

export const at = (ms: number): number => start + ms;

/** One leg, 10,000 USDT, a mark of 1,000 ticks. */
export function world(config: ConfigWish = {}, wish: Partial<AuditWish> = {}): World {
  const instrument = linear();
  const { strategy } = scripted({});
  const state = createState(setupOf({ strategy, params: {}, config: runConfig.parse(config), instruments: [instrument], baseMs: minute }));
  state.now = start;
  state.legs[0]!.book.lastTicks = 1_000;
  state.legs[0]!.book.markTicks = 1_000;
  const there: Written = { stop: 0, orders: [], executions: [], wallet: state.wallet.balance };
  const auditor = new Auditor({ truth: truthOf(there), state, ...wish });
  auditor.instant(start, state);
  return {
    state, auditor, there, instrument,
    fills({ at: filledAt, id, side, lots, order, priceTicks = 1_000, leaves = 0 }) {
      const made = execution(instrument, { at: filledAt, id, side, lots, priceTicks, order, leaves });
      there.executions.push(made);
      there.wallet -= made.fee;
      return made;
    },
    tells(event) {
      step(state, event, { commands: [], notes: [] });
      auditor.event(event, state);
    },
    sends: (sentAt, ...commands) => { for (const command of commands) auditor.command(sentAt, command, state); },
    report: () => auditor.finish(),
  };
}

function truthOf(there: Written): Truth {
  return {
    position: () => {
      const lots = there.executions.reduce((sum, one) => sum + one.side * one.lots, 0);
      const worth = there.executions.reduce((sum, one) => sum + BigInt(one.side) * one.value, 0n);
      return { side: Math.sign(lots) as Direction | 0, lots: Math.abs(lots), cost: worth < 0n ? -worth : worth };
    },
    stop: () => (there.stop === 0 ? null : { triggerTicks: there.stop, by: 'mark' }),
    openOrders: () => there.orders,
    executions: () => there.executions,
    get wallet() { return there.wallet; },
  };
}

/** Violations as `I1 text`, in order. */
export const told = (report: AuditReport): string[] => report.violations.map(({ invariant, text }) => `${invariant} ${text}`);
export const numbers = (report: AuditReport): string[] => report.violations.map(({ invariant }) => invariant);

/** An order as the engine keeps it. */
export function order(id: number, own: Partial<Order> = {}): Order {
  return {
    id, leg: 0, role: 'entry', side: 1, type: 'market', reduceOnly: false, timeInForce: 'IOC', triggerTicks: 0, triggerDirection: 0,
    referenceTicks: 1_000, key: '', reason: '', terms: null, sentAt: start, attempt: 1, attemptAt: start, endsAtDecision: 0,
    priceTicks: 0, lots: 5, filled: 0, isUnwanted: false, state: { tag: 'sent', since: start }, ...own,
  };
}

export const terms: NonNullable<Order['terms']> = {
  stopTicks: 900, stopBy: 'mark', distanceTicks: 100, follows: false, risk: 0, targets: [], trailTicks: 0, trailFromTicks: 0,
  breakEvenAt: 0, isAdd: false,
};

/** The command of an entry of 5 lots, its stop riding at 900. */
export function enter(id: number, own: Partial<Extract<Command, { tag: 'enter' }>> = {}): Command {
  return {
    tag: 'enter', leg: 0, order: id, side: 1, lots: 5 as never, type: 'market', priceTicks: 0, triggerTicks: 0, triggerBy: 'last',
    triggerDirection: 0, timeInForce: 'IOC', stopTicks: 900, stopBy: 'mark', ...own,
  };
}

export function reduce(id: number, own: Partial<Extract<Command, { tag: 'reduce' }>> = {}): Command {
  return {
    tag: 'reduce', leg: 0, order: id, side: -1, lots: 5 as never, type: 'market', priceTicks: 0, timeInForce: 'IOC', reduceOnly: true, ...own,
  };
}

export const setStop = (triggerTicks: number): Command => ({ tag: 'set-stop', leg: 0, triggerTicks, by: 'mark', trailTicks: 0, activeTicks: 0 });
export const alarm = (cause: string): Command => ({ tag: 'notify', severity: 'alarm', cause, text: '' });
export const halted = (since: number, cause: Extract<Mode, { tag: 'halted' }>['cause'] = 'operator'): Mode => ({ tag: 'halted', cause, evidence: 'test', since });

/** Writes what the engine believes of the stop of its open position. */
export function protect({ state }: World, protection: Protection): void {
  const { position } = state.legs[0]!;
  if (position.tag === 'open') position.protection = protection;
}

/** An opener of 5 lots with its stop at 900: sent, filled, told, and the stop in force. */
export function openWithStop(one: World, filledAt: number): void {
  one.state.legs[0]!.orders.push(order(1, { terms }));
  one.sends(filledAt, enter(1));
  const fill = one.fills({ at: filledAt, id: 1, side: 1, lots: 5, order: 1 });
  one.there.stop = 900;
  one.auditor.instant(filledAt, one.state);
  one.tells(fill);
  protect(one, { tag: 'armed', trigger: 900, by: 'mark', since: filledAt });
  one.auditor.instant(filledAt, one.state);
}
