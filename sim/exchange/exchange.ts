/**
 * The matching core's face towards its doors: one account, several symbols, one wallet. A door begins bars, queues
 * messages and plays time forward; it reads facts and never touches the state behind them.
 *
 * What holds in every world, proven under the same numbers in `test/sim/exchange`:
 *
 * P1. wallet = start + realised - fees + funding, exactly, over all symbols; what was realised is what the fills fetched
 *     less the cost of what is still held.
 * P2. A reduce-only order, an SL, a TP, a trailing stop and a liquidation never grow or flip the position.
 * P3. No fill of an order before its arrival, nor after its cancel or expiry.
 * P4. A fill's price is inside the bar, or is that of a limit passed in a gap, or differs from such a price by the stated
 *     spread and slippage, or is the bankruptcy price.
 * P5. A stop, trigger or limit that the path comes to does not outlast the bar: it acted, or something before it changed it.
 * P6. At an open a stop pays the open, with spread and slippage; never better.
 * P7. In the bar of a single order the favourable path ends no worse than the adverse one, and the others lie between.
 * P8. Prices, tick, wallet and tiers scaled together scale the money and leave the fills as they are.
 * P9. A bar cut into shorter ones that tile it along the same path gives the same fills.
 */
import type { Corridor, Instrument, Money, Ms, TriggerSource } from '../../engine/index.ts';
import type { Series } from '../market.ts';
import type { Fact, Message } from './messages.ts';

export type PathRule = 'adverse' | 'favourable' | 'adaptive' | 'ohlc' | 'olhc';
export type Slippage =
  | { readonly kind: 'none' }
  | { readonly kind: 'ticks'; readonly n: number }
  | { readonly kind: 'bps'; readonly b: number }
  | { readonly kind: 'volshare'; readonly k: number; readonly cap: number };

export interface ExchangeConfig {
  readonly path: PathRule;
  readonly limitFill: 'through' | 'touch';
  readonly slippage: Slippage;
  readonly halfSpreadTicks: number;
  /** Share of a bar's volume that may be taken; null = no limit. */
  readonly participation: number | null;
  readonly liqFormula: 'mark-value' | 'entry-value';
}
export interface ExchangeSymbol {
  readonly instrument: Instrument;
  /** Decimal text, such as '10'. */
  readonly leverage: string;
  /** A mark series will be fed; otherwise mark = last. */
  readonly hasMark: boolean;
}
export interface ExchangeSetup {
  readonly config: ExchangeConfig;
  readonly symbols: readonly ExchangeSymbol[];
  /** Start balance in money units. All symbols settle in one coin. */
  readonly wallet: Money;
  /** False = nobody asks for ambiguous bars, so that none is played twice. What is filled is the same either way. */
  readonly countsAmbiguity?: boolean;
}
export interface ExchangePosition {
  readonly side: 1 | -1 | 0; readonly lots: number; readonly cost: Money;
  /** The cost in 1e-12 money units; inverse entries need the digits. */
  readonly fineCost: bigint;
  readonly slTicks: number; readonly tpTicks: number;
}

/** An order in the book, waiting for its price, its trigger or for volume. */
export interface StandingOrder {
  readonly order: number; readonly side: 1 | -1; readonly lots: number; readonly filled: number; readonly priceTicks: number;
  readonly reduceOnly: boolean;
}
export interface Standing { readonly slBy: TriggerSource; readonly trailTicks: number; readonly orders: readonly StandingOrder[] }

/** What a position and its orders bind, and where it ends. */
export interface Margins {
  /** Initial and added margin of the position. */
  readonly position: Money;
  /** What active opening orders hold, settle coin. */
  readonly orders: number;
  /** Mark price that liquidates the position, ticks, not rounded; 0 = none. */
  readonly liquidationTicks: number;
}

/** Executions `first` to `last`, those of `symbol` only: others of the same instants may lie between them. */
export interface AmbiguousFills { readonly symbol: number; readonly first: number; readonly last: number }

export interface Exchange {
  /** Facts since the door last set `facts.length = 0`, in order. */
  readonly facts: Fact[];
  readonly ambiguousBars: number;
  /** Every execution so far that lies in an ambiguous bar, its open and its close included. */
  readonly ambiguousFills: readonly AmbiguousFills[];
  readonly wallet: Money;
  /** Starts the bar of `symbol` covering [openedAt, closesAt). Prices in ticks, volume in base. The former bar must be finished. */
  openBar(symbol: number, openedAt: Ms, closesAt: Ms, open: number, high: number, low: number, close: number, volume: number): void;
  /** The same for bar `index` of a series: no number is boxed on the way, which a quiet bar can feel. */
  openBarFrom(symbol: number, series: Series, index: number): void;
  openMarkBar(symbol: number, openedAt: Ms, closesAt: Ms, open: number, high: number, low: number, close: number): void;
  /**
   * Announces a funding stamp; booked in its place of section 4, at `at`. `markTicks` is the open of the mark bar of the
   * stamp where the door knows it; otherwise that of the mark bar begun, or the mark of the instant.
   */
  fund(symbol: number, at: Ms, rate: number, markTicks?: number): void;
  /**
   * Queues a message that reaches the exchange at `arrivesAt` + `fraction` ms; earlier than the present instant counts
   * as the present instant. What arrives when no bar of its symbol is open is judged at the next open.
   */
  send(message: Message, arrivesAt: Ms, fraction?: number): void;
  /**
   * Plays time forward to `until` + `fraction` ms, at most the end of the bars begun, and stops early after any event that
   * made facts, so that the door can react inside the bar. Returns true when it stopped early with facts to read, false
   * when `until` is reached. Inside a bar, what happens exactly at `until` is left for the next call, so that messages of
   * that instant can still be sent; the close of a bar belongs to the bar.
   */
  advance(until: Ms, fraction?: number): boolean;
  /** `advance` where nothing can happen until then: time has passed. False = nothing was done, ask `advance`. */
  skip(until: Ms): boolean;
  /**
   * Writes where bars of `symbol` can make nothing happen as long as no message comes and its mark bar lasts; false when
   * they can even so, or when a bar of any symbol is not finished.
   */
  corridor(symbol: number, out: Corridor): boolean;
  /** Time has passed up to the close of bar `index` of a series: every bar since the last one begun lay in the corridor. */
  passTo(symbol: number, series: Series, index: number): void;
  /**
   * A stop loss that was sent before the open of bar `index` and arrives with it, alone, after a quiet gap: judged here and
   * now. False = nothing was done, send it: the bar brings more than that, or the answer is a refusal.
   */
  setStopAtOpen(symbol: number, series: Series, index: number, slTicks: number, slBy: TriggerSource): boolean;
  position(symbol: number): ExchangePosition;
  /** The orders in the book now, and what the position's stop and trailing stop look at. */
  standing(symbol: number): Standing;
  margins(symbol: number): Margins;
  /** From now on margins, order costs and the liquidation price of `symbol` go by this leverage, decimal text. */
  setLeverage(symbol: number, leverage: string): void;
  /** Mark price at the present instant, ticks; the last price where there is no mark. */
  markTicks(symbol: number): number;
}
