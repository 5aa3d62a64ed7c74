/**
 * What a strategy may declare in `indicators`. Price-like results are in quote, volume-like ones in base; each is
 * the value at the close of the last closed bar of its timeframe. Warm-up and seeding: `seeding.ts`.
 */
import type { Side } from '../wants.ts';

declare const out: unique symbol;
/** A declared indicator whose value a decision sees as `T`. */
export interface Ind<T> { readonly [out]: T }
/** What a kernel reads of each bar: quote, except `volume` in base. hl2, hlc3, ohlc4 are means of the bar's prices. */
export type Source = 'open' | 'high' | 'low' | 'close' | 'hl2' | 'hlc3' | 'ohlc4' | 'volume';
/** `n` counts bars of the kernel's timeframe, whole, at least 1. `of` is `close` unless stated. */
export interface Kernels {
  /** Mean of the last n values. Exact ties compare equal. */
  readonly sma: (n: number, of?: Source) => Ind<number>;
  /** Exponential mean, weight 2 / (n + 1), seeded with the mean of the first n values. */
  readonly ema: (n: number, of?: Source) => Ind<number>;
  /** Linearly weighted mean, newest value weight n. */
  readonly wma: (n: number, of?: Source) => Ind<number>;
  /** Wilder's mean, weight 1 / n, seeded with the mean of the first n values. */
  readonly rma: (n: number, of?: Source) => Ind<number>;
  /** Population standard deviation of the last n values, in the unit of the source. */
  readonly stdev: (n: number, of?: Source) => Ind<number>;
  /** Largest of the last n values, this bar included; of `high` unless stated. */
  readonly highest: (n: number, of?: Source) => Ind<number>;
  /** Smallest of the last n values, this bar included; of `low` unless stated. */
  readonly lowest: (n: number, of?: Source) => Ind<number>;
  /** Change against the value n bars ago, in percent: 5 is five percent. */
  readonly roc: (n: number, of?: Source) => Ind<number>;
  /** Wilder's relative strength index, 0 to 100; 50 in a market that never moved. */
  readonly rsi: (n: number, of?: Source) => Ind<number>;
  /** Wilder's average true range, quote; the first true range is high - low. */
  readonly atr: (n: number) => Ind<number>;
  /** On-balance volume from the first bar fed, base. Only its changes mean something. */
  readonly obv: () => Ind<number>;
  /** Volume-weighted mean of hlc3, quote: since 00:00 UTC ('1d'), since Monday 00:00 UTC ('1w'), or of n bars. */
  readonly vwap: (anchor: '1d' | '1w' | number) => Ind<number>;
  /** Wilder's directional index and its two directional indicators, 0 to 100. */
  readonly adx: (n: number) => Ind<{ readonly adx: number; readonly plus: number; readonly minus: number }>;
  /** Place of the close in the range of n bars, 0 to 100, smoothed over smoothK (`k`) and again over smoothD (`d`). */
  readonly stochastic: (n: number, smoothK: number, smoothD: number) => Ind<{ readonly k: number; readonly d: number }>;
  /** EMA(fast) - EMA(slow) of the close, its EMA(signal), and their difference; quote. */
  readonly macd: (fast: number, slow: number, signal: number) =>
    Ind<{ readonly line: number; readonly signal: number; readonly histogram: number }>;
  /** SMA(n) and `width` population standard deviations around it. */
  readonly bollinger: (n: number, width: number, of?: Source) =>
    Ind<{ readonly upper: number; readonly middle: number; readonly lower: number }>;
  /** EMA(n) of the close and `width` average true ranges of `atr` bars around it, quote. */
  readonly keltner: (n: number, atr: number, width: number) =>
    Ind<{ readonly upper: number; readonly middle: number; readonly lower: number }>;
  /** Highest high and lowest low of n bars, this bar included, quote. */
  readonly donchian: (n: number) => Ind<{ readonly upper: number; readonly lower: number }>;
  /** Band of `width` average true ranges around hl2 that only tightens until the close crosses it. */
  readonly supertrend: (n: number, width: number) => Ind<{ readonly value: number; readonly side: Side }>;
  /** Any single-valued indicator of `technicalindicators` over the last n bars; see `library.ts`. */
  readonly windowed: (name: string, n: number, options?: Readonly<Record<string, number>>) => Ind<number>;
}
/** The values behind a record of declared indicators. */
export type Values<I> = { readonly [K in keyof I]: I[K] extends Ind<infer T> ? T : never };
