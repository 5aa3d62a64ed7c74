/**
 * What a strategy can want, as data. Prices are in quote, quantities in base (contracts when inverse), fractions
 * are fractions. `intents.ts` makes and checks these; nothing here runs.
 */

export type Side = 'long' | 'short';
/** Price that judges a stop: the venue's mark price or the last trade. */
export type TriggerBy = 'mark' | 'last';
/** In place of a stop: the first line of every report will say so. */
export const noStop = 'none-i-accept-unlimited-loss';
export type NoStop = typeof noStop;

type Sizes = 'risk' | 'riskQuote' | 'notional' | 'qty';
type One<K extends Sizes> = { readonly [P in K]: number } & { readonly [P in Exclude<Sizes, K>]?: never };
/**
 * Exactly one of: `risk`, fraction of equity at this close lost if the stop fills at its trigger, both fees and the
 * configured slippage included · `riskQuote`, the same in the settle coin · `notional`, order value in quote ·
 * `qty`, quantity in base (contracts when inverse). Rounded to lots towards less risk.
 */
export type Size = One<'risk'> | One<'riskQuote'> | One<'notional'> | One<'qty'>;
/**
 * How the order is worked. `market` (default): at once. `limit`: at `price` or better, `postOnly` never takes.
 * `trigger`: sleeps until the last price reaches `price`, then market, or limit at `limit`. Prices in quote.
 */
export type At =
  | { readonly at?: 'market'; readonly price?: never; readonly limit?: never; readonly postOnly?: never }
  | { readonly at: 'limit'; readonly price: number; readonly postOnly?: boolean; readonly limit?: never }
  | { readonly at: 'trigger'; readonly price: number; readonly limit?: number; readonly postOnly?: never };
/** `price` in quote; `fraction` of the filled entry, 0 < fraction <= 1; all targets together at most 1. */
export type Target = { readonly price: number; readonly fraction: number };
/** A level in quote, which stays; or a distance in quote from the fill, which keeps the size and moves the level. */
export type StopLevel = number | { readonly distance: number };
/** `breakEvenAt`: in R (multiples of the stop distance), judged at decision closes; moves the stop to entry plus costs. */
type Guarded = Size & { readonly stop: StopLevel; readonly breakEvenAt?: number };
type Waived = (One<'notional'> | One<'qty'>) & { readonly stop: NoStop; readonly breakEvenAt?: never };
interface Exits {
  /** Source that judges stop and trail. Default `mark`. */
  readonly stopBy?: TriggerBy;
  /** Limit orders that take part of the position, placed when the entry fills. */
  readonly targets?: readonly Target[];
  /** The venue's own trailing stop: `distance` in quote behind the best price, active `from` a price (default at once). */
  readonly trail?: { readonly distance: number; readonly from?: number };
  /** Decision bars the entry may work, whole, at least 1 (default): cancelled at the last of their closes. */
  readonly validFor?: number;
  /** Stored with the decision. */
  readonly reason?: string;
}
/** Wants a position on `side`. In a position of the same side it is `hold`, of the other side a refusal. */
export type Enter = { readonly side: Side } & At & Exits & (Guarded | Waived);
/** Wants more of the open position; the size is that of the added part. `stop` (quote) may only tighten the position's. */
export type Add = At & Size & { readonly stop?: number; readonly validFor?: number; readonly reason?: string };
/** One keyed limit order that should rest. `key` is the strategy's own name for it, unique in the set. */
export interface Resting {
  readonly key: string;
  readonly side: 'buy' | 'sell';
  /** Quote. */
  readonly price: number;
  /** Total of the key, base (contracts when inverse); a part filled leaves the rest working. */
  readonly qty: number;
  /** Can only shrink a position. Default false. */
  readonly reduceOnly?: boolean;
  /** Never takes. Default false. */
  readonly postOnly?: boolean;
  /** Default true: a filled key is done until it has been absent once. False: it is bought again at once. */
  readonly once?: boolean;
}
/** Stop level (quote) of the position that resting orders may open, by side; it follows the size. */
export type Guard = { readonly long?: number | NoStop; readonly short?: number | NoStop; readonly stopBy?: TriggerBy };

declare const made: unique symbol;
/** A decision, made by `intents` only; opaque to the strategy. */
export interface Intent { readonly [made]: true }
/** Makers of intents. Each throws an `IntentError` that names the field when a number is missing or not finite. */
export interface Intents {
  /** What I last wanted stays wanted. */
  readonly hold: Intent;
  /** A working entry is taken back; the position stays. */
  readonly cancelEntry: Intent;
  readonly enter: (want: Enter) => Intent;
  readonly add: (want: Add) => Intent;
  /** A reduce-only exit and an entry on the other side in one decision; the entry goes second. */
  readonly reverse: (want: Enter) => Intent;
  /** Closes the position, ends a working entry and the resting set. */
  readonly exit: (reason: string) => Intent;
  /** Closes a fraction (0 < fraction <= 1) of the present position. */
  readonly reduce: (want: { readonly fraction: number; readonly reason: string }) => Intent;
  /** Stop level in quote; a looser one is `hold` unless `{ loosen: true }`, one already through is an exit. */
  readonly moveStop: (price: number, how?: { readonly loosen: true }) => Intent;
  /** Replaces all targets; an empty list removes them. */
  readonly setTargets: (targets: readonly Target[]) => Intent;
  /** The whole wanted set of keyed limit orders, at most 50; absent keys are cancelled. */
  readonly rest: (orders: readonly Resting[], guard: Guard) => Intent;
  /** Several wants at once, at most one of each kind and one of enter, add, reverse, exit. */
  readonly all: (...wants: readonly Intent[]) => Intent;
}
