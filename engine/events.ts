/**
 * Everything the engine can be told: 24 events in four families. An event is a fact with a time; the shell
 * orders events, the engine never asks. `bar-closed` and `cycle-closed` are reused records, valid during the
 * call only; every other event is a fresh readonly literal.
 *
 * Times are ms UTC of the exchange. `symbol` indexes the run's instruments, `leg` the state's legs, `order`
 * is the engine's own order id (-1 when the venue acted without an order of ours; -2 and below = an order that is not ours, numbered by the venue's door so that it can be cancelled).
 */
import type { Direction, Lots, Money, Ms } from './units.ts';

export type TriggerSource = 'mark' | 'last';

// ---- market
/** One closed bar of the shell's base timeframe. Also the object a strategy sees as `bar` when timeframes match. */
export interface BarClosed {
  readonly tag: 'bar-closed';
  at: Ms;
  symbol: number;
  openedAt: Ms;
  closedAt: Ms;
  /** Prices in quote. */
  open: number; high: number; low: number; close: number;
  /** Traded quantity in base (contracts when inverse). */
  volume: number;
  /** The same prices in ticks; whole unless the source is finer than the tick. */
  openTicks: number; highTicks: number; lowTicks: number; closeTicks: number;
}
/** Mark price known at `at`, in ticks, may be fractional. */
export interface MarkPrice { readonly tag: 'mark-price'; readonly at: Ms; readonly symbol: number; readonly markTicks: number }
/** A funding stamp was settled. `payment` is what the wallet received (negative = paid), 0n without a position. */
export interface Funding {
  readonly tag: 'funding'; readonly at: Ms; readonly symbol: number; readonly leg: number;
  readonly rate: number; readonly settledAt: Ms; readonly nextAt: Ms | null; readonly payment: Money;
}

// ---- venue
export type RejectReason =
  | 'malformed' | 'below-min-qty' | 'below-min-notional' | 'through-trigger' | 'no-position'
  | 'insufficient-margin' | 'duplicate-link' | 'expired' | 'rate-limited' | 'post-only-would-take' | 'other';
export type CancelCause =
  | 'requested' | 'post-only-would-take' | 'ioc-unfilled' | 'fok-unfilled' | 'position-closed' | 'insufficient-margin'
  | 'no-volume' | 'venue' | 'other';
export interface OrderAccepted { readonly tag: 'order-accepted'; readonly at: Ms; readonly leg: number; readonly order: number }
export interface OrderRejected {
  readonly tag: 'order-rejected'; readonly at: Ms; readonly leg: number; readonly order: number; readonly reason: RejectReason;
}
export interface OrderChanged {
  readonly tag: 'order-changed'; readonly at: Ms; readonly leg: number; readonly order: number;
  readonly change: 'untriggered' | 'triggered' | 'amended'; readonly lots: Lots; readonly priceTicks: number;
}
export interface OrderCancelled {
  readonly tag: 'order-cancelled'; readonly at: Ms; readonly leg: number; readonly order: number; readonly cause: CancelCause;
  /** Lots the venue filled of it before: more than were told means that executions are still to come. */
  readonly filled: number;
}
export interface OrderExpired {
  readonly tag: 'order-expired'; readonly at: Ms; readonly leg: number; readonly order: number; readonly filled: number;
}
/** Why the venue itself traded when `order` is -1; 'order' otherwise. */
export type ExecutionCause = 'order' | 'stop' | 'target' | 'trailing' | 'liquidation' | 'adl' | 'foreign';
/** One match. Counted once by `id`. */
export interface Execution {
  readonly tag: 'execution'; readonly at: Ms; readonly leg: number; readonly order: number; readonly id: number | string;
  readonly cause: ExecutionCause; readonly side: Direction; readonly lots: Lots;
  /** Whole ticks, except a liquidation, which closes at an unrounded bankruptcy price. */
  readonly priceTicks: number;
  /** Exact value of the fill: price x quantity (linear), quantity / price (inverse). */
  readonly value: Money;
  /** Positive = paid. */
  readonly fee: Money;
  readonly liquidity: 'maker' | 'taker';
  /** Lots of the order still to be filled; 0 = the order is done. */
  readonly leavesLots: number;
  /** The venue's time of the match, where it was told later than it happened; absent = `at`. */
  readonly tradedAt?: Ms;
}
/** The venue holds this stop on the position. `trailTicks` 0 = no trailing stop. */
export interface StopSet {
  readonly tag: 'stop-set'; readonly at: Ms; readonly leg: number; readonly triggerTicks: number; readonly by: TriggerSource;
  readonly trailTicks: number;
  /** The venue's time of it, where it was told later than it happened; absent = `at`. */
  readonly setAt?: Ms;
}
/** The venue already holds exactly what was asked: success. */
export interface StopUnchanged { readonly tag: 'stop-unchanged'; readonly at: Ms; readonly leg: number; readonly triggerTicks: number }
/** `triggerTicks` is what was asked for: the answer to an older request says nothing of a newer one. */
export interface StopRefused {
  readonly tag: 'stop-refused'; readonly at: Ms; readonly leg: number; readonly triggerTicks: number;
  readonly reason: 'through-trigger' | 'no-position' | 'other';
}
/**
 * Why a request has no answer: `no-order` = the venue knows no such order that stands; `timeout` = nothing came back;
 * `unreachable` = it did not leave; `busy` = the venue failed at it; `clock` = its time stamp was not accepted;
 * `forbidden` = the account may not do it.
 */
export type FailureReason = 'no-order' | 'timeout' | 'unreachable' | 'rate-limited' | 'busy' | 'clock' | 'forbidden' | 'refused';
/** A request did not come back as an answer. `order` is -1 when it was not about an order. */
export interface RequestFailed {
  readonly tag: 'request-failed'; readonly at: Ms; readonly leg: number; readonly order: number;
  readonly of: 'enter' | 'reduce' | 'amend' | 'cancel' | 'set-stop' | 'query-account';
  readonly certainty: 'not-applied' | 'unknown'; readonly reason: FailureReason;
}
/** An order as a snapshot shows it. */
export interface OpenOrder {
  readonly order: number; readonly side: Direction; readonly lots: number; readonly filled: number; readonly priceTicks: number;
  readonly reduceOnly: boolean;
}
/** An order that the venue's history shows as ended. */
export interface EndedOrder { readonly order: number; readonly outcome: 'filled' | 'cancelled' | 'rejected' | 'expired'; readonly filled: number }
/**
 * What the venue says of one leg, asked for or not; 'unknown' parts prove nothing. `takenAt` is the venue's time of the
 * reading: what happened later is not in it, and what happened before may lag behind.
 */
export interface AccountSnapshot {
  readonly tag: 'account-snapshot'; readonly at: Ms; readonly takenAt: Ms; readonly leg: number;
  /** `cost` = value of the lots held at the venue's average entry, money units; `side` 0 = flat. */
  readonly position: 'unknown' | { readonly side: Direction | 0; readonly lots: number; readonly entryTicks: number; readonly cost: Money };
  readonly stop: 'unknown' | { readonly triggerTicks: number; readonly by: TriggerSource } | null;
  readonly openOrders: 'unknown' | readonly OpenOrder[];
  /** Orders that ended lately. */
  readonly ended: 'unknown' | readonly EndedOrder[];
  /** Since the last one known when it was asked for, oldest first. */
  readonly executions: 'unknown' | readonly Execution[];
  /** The venue's prices at `takenAt`, ticks; NaN = not told. */
  readonly markTicks: number;
  readonly lastTicks: number;
}
export interface Wallet { readonly tag: 'wallet'; readonly at: Ms; readonly wallet: number; readonly balance: Money }
/**
 * What may be ordered of a symbol differs from the rules that the engine runs on: `change` names old and new, such as
 * `tick 0.1, now 5`; '' = it is again as the engine has it.
 */
export interface InstrumentChanged { readonly tag: 'instrument-changed'; readonly at: Ms; readonly symbol: number; readonly change: string }
export interface Liquidation { readonly tag: 'liquidation'; readonly at: Ms; readonly leg: number }
export interface Adl { readonly tag: 'adl'; readonly at: Ms; readonly leg: number; readonly lotsAfter: number | null }

// ---- link
export interface Connected { readonly tag: 'connected'; readonly at: Ms }
export interface Disconnected { readonly tag: 'disconnected'; readonly at: Ms }
export interface Stale { readonly tag: 'stale'; readonly at: Ms; readonly symbol: number }

// ---- system
/** A deadline of the state (`deadlineOf`) has come. Shells send it then; one too many does no harm. */
export interface Timer { readonly tag: 'timer'; readonly at: Ms }
/** Every symbol's bar of this close is in, or the grace is over: `missing` lists the symbols without one. */
export interface CycleClosed { readonly tag: 'cycle-closed'; at: Ms; missing: readonly number[] }
/** What people want. `close-2` is `flatten` of leg 2 alone. */
export interface Operator {
  readonly tag: 'operator'; readonly at: Ms; readonly verb: 'halt' | 'resume' | 'flatten' | 'reduce-only' | `close-${number}`;
}

/**
 * An order that people want, in base and quote. It reduces unless `isOpening`; an opening one is sized by `risk` (fraction of
 * equity) when that is above 0, else by `qty`, and either by `notional` (quote, absent = 0) when that is above 0: the most lots
 * that are not worth more. `price` 0 = at market, else a limit that lasts `bars` decision bars. By its `name` its answer is
 * known among others'.
 */
export interface ManualOrder {
  readonly tag: 'manual-order'; readonly at: Ms; readonly name: string; readonly leg: number; readonly side: Direction; readonly isOpening: boolean;
  readonly qty: number; readonly risk: number; readonly notional?: number; readonly price: number; readonly stop: number; readonly bars: number;
}

export type MarketEvent = BarClosed | MarkPrice | Funding;
export type VenueEvent =
  | OrderAccepted | OrderRejected | OrderChanged | OrderCancelled | OrderExpired | Execution
  | StopSet | StopUnchanged | StopRefused | RequestFailed | AccountSnapshot | Wallet | InstrumentChanged | Liquidation | Adl;
export type LinkEvent = Connected | Disconnected | Stale;
export type SystemEvent = Timer | CycleClosed | Operator | ManualOrder;
export type Event = MarketEvent | VenueEvent | LinkEvent | SystemEvent;
