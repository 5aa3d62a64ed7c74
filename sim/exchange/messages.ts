/**
 * The words of the matching core (`fill-semantics.md` section 14): what an account sends, and the facts it gets.
 * Prices are ticks (0 = none), quantities lots, times ms. `order` and `symbol` are the sender's integers.
 */
import type { Direction, Money, Ms, TimeInForce, TriggerSource } from '../../engine/index.ts';

export interface Submit {
  readonly tag: 'submit'; readonly symbol: number; readonly order: number; readonly side: Direction; readonly lots: number;
  readonly type: 'market' | 'limit'; readonly priceTicks: number;
  /** 0 = not conditional. Direction 1 fires at or above the trigger, 2 at or below. */
  readonly triggerTicks: number; readonly triggerDirection: 0 | 1 | 2; readonly triggerBy: TriggerSource;
  readonly timeInForce: TimeInForce; readonly reduceOnly: boolean;
  /** Ms, 0 = never. */
  readonly expireAt: Ms;
  readonly slTicks: number; readonly slBy: TriggerSource; readonly tpTicks: number; readonly tpBy: TriggerSource;
  /** A check of section 12 that failed before quantising (`BAD_ORDER_NAN` ...); '' = none. Answered at arrival. */
  readonly malformed: RefusalCode | '';
}
export interface Cancel { readonly tag: 'cancel'; readonly symbol: number; readonly order: number }
/** 0 = leave unchanged. `lots` is the new total quantity. */
export interface Amend {
  readonly tag: 'amend'; readonly symbol: number; readonly order: number;
  readonly priceTicks: number; readonly lots: number; readonly triggerTicks: number; readonly malformed: RefusalCode | '';
}
/** null = leave as it is, 0 = remove. `reference` comes back in the answer. */
export interface TradingStop {
  readonly tag: 'trading-stop'; readonly symbol: number; readonly reference: number;
  readonly slTicks: number | null; readonly slBy: TriggerSource; readonly tpTicks: number | null; readonly tpBy: TriggerSource;
  readonly trailTicks: number | null; readonly activeTicks: number | null;
}
export interface AddMargin { readonly tag: 'add-margin'; readonly symbol: number; readonly reference: number; readonly amount: Money }
export type Message = Submit | Cancel | Amend | TradingStop | AddMargin;

export type RefusalCode =
  | 'BAD_ORDER_NAN' | 'BAD_ORDER_QTY' | 'BAD_ORDER_PRICE' | 'QTY_BELOW_MIN'
  | '10001' | '34040' | '110001' | '110007' | '110017' | '110092' | '110093' | '110094' | 'EXPIRED';

export type CancelCode =
  | 'requested' | 'EC_PostOnlyWillTakeLiquidity' | 'ioc-unfilled' | 'fok-unfilled' | 'no-volume'
  | 'position-closed' // a reduce-only order whose position ended
  | 'no-position'     // a conditional reduce-only order that found no opposite position at its trigger
  | '110007';         // a conditional order that found too little free balance at its trigger

export type FactKind =
  | 'accepted'      // submit taken: resting, untriggered, or about to be matched; `of` 'add-margin': margin added
  | 'rejected'      // submit refused with `code`
  | 'cancelled'     // order ended unfilled or part filled; `code` says why ('requested', 'EC_PostOnlyWillTakeLiquidity', ...)
  | 'expired'
  | 'triggered'     // conditional order became active
  | 'amended'
  | 'refused'       // cancel, amend, trading-stop or add-margin refused with `code`; `of` says which
  | 'execution'
  | 'stop-set'      // the position's SL / TP / trailing are now these (also when attached ones take effect)
  | 'funding';

/** One fact; a flat record so that every fact has the same shape. Fields that do not apply are 0, '' or 0n. */
export interface Fact {
  readonly kind: FactKind;
  /** Whole ms of the instant; `fraction` is what the exact instant has beyond it, 0 to below 1. */
  readonly at: Ms; readonly fraction: number; readonly symbol: number;
  /** The order, or -1 for the position's own SL, TP, trailing stop or liquidation. */
  readonly order: number;
  readonly reference: number;
  readonly of: '' | 'submit' | 'cancel' | 'amend' | 'trading-stop' | 'add-margin';
  /** A refusal code; or why an order was cancelled, one of `CancelCode`; '' otherwise. */
  readonly code: string;
  /** What traded: 'order', or 'SL' | 'TP' | 'TS' | 'LIQ' of the position. '' when not an execution. */
  readonly cause: '' | 'order' | 'SL' | 'TP' | 'TS' | 'LIQ';
  /** Running number of the execution in this exchange, from 1. */
  readonly execution: number;
  readonly side: Direction | 0; readonly lots: number; readonly leavesLots: number;
  /** Whole ticks, except LIQ. */
  readonly priceTicks: number;
  /** Decimal text of an unrounded LIQ price in quote, 18 significant digits; '' otherwise. */
  readonly exactPrice: string;
  readonly liquidity: '' | 'maker' | 'taker';
  readonly value: Money; readonly fee: Money; readonly realised: Money;
  /** Funding: what the wallet received. */
  readonly payment: Money;
  /** stop-set: what the position now holds; 0 = none. */
  readonly slTicks: number; readonly slBy: TriggerSource; readonly tpTicks: number; readonly trailTicks: number;
}
