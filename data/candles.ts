/**
 * Columns of market data and the names of series. Prices here are plain quote prices until `load.ts` turns them
 * into ticks; the shapes are those of the simulator's market, declared here because data does not know it.
 */
import { usageError } from './error.ts';

export type SeriesKind = 'last' | 'mark' | 'index' | 'funding' | 'open-interest' | 'trades';

/**
 * Where a series lives: `bybit:linear`, BTCUSDT, last, 5m. Funding and trades have no fixed spacing: their timeframes are
 * 'stamps' and 'prints'.
 */
export interface SeriesKey {
  readonly venue: string;
  readonly category: string;
  readonly symbol: string;
  readonly kind: SeriesKind;
  readonly timeframe: string;
}

/** Bars, oldest first. Opening times in ms; volume in base (contracts when inverse), empty for mark bars. */
export interface Candles {
  readonly length: number;
  readonly openedAt: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** Funding settlements, oldest first; rate is a fraction, positive = longs pay. */
export interface FundingStamps {
  readonly length: number;
  readonly settledAt: Float64Array;
  readonly rate: Float64Array;
}

/** Single trades in the order in which they happened: times in whole ms, several may share one; quantity as volume in bars. */
export interface Prints {
  readonly length: number;
  readonly at: Float64Array;
  readonly price: Float64Array;
  readonly quantity: Float64Array;
}

/** A stretch of missing bars: the first missing opening time and how many. */
export interface Gap { readonly at: number; readonly missing: number }
/** A stretch of bars without volume. */
export interface QuietRun { readonly at: number; readonly bars: number }

export interface MarketId { readonly venue: string; readonly category: string }

/** Reads 'bybit:linear'. */
export function marketOf(text: string): MarketId {
  const match = /^([a-z][a-z0-9-]*):([a-z][a-z0-9-]*)$/.exec(text);
  if (match === null) {
    throw usageError(`market was '${text}'`, 'write the market as venue:category, such as bybit:linear or binance:spot');
  }
  return { venue: match[1] ?? '', category: match[2] ?? '' };
}

export const marketText = (market: MarketId): string => `${market.venue}:${market.category}`;
export const seriesText = (key: SeriesKey): string =>
  `${marketText(key)} ${key.symbol} ${key.kind}${hasSpacing(key.kind) ? ` ${key.timeframe}` : ''}`;
/** Bars are evenly spaced; settlements and trades come when they come. */
export const hasSpacing = (kind: SeriesKind): boolean => kind === 'last' || kind === 'mark' || kind === 'index';

const minute = 60_000;
const lengths: Readonly<Record<string, number>> = {
  '1m': minute, '3m': 3 * minute, '5m': 5 * minute, '15m': 15 * minute, '30m': 30 * minute, '1h': 60 * minute,
  '2h': 120 * minute, '4h': 240 * minute, '6h': 360 * minute, '12h': 720 * minute, '1d': 1_440 * minute,
};
export const timeframeNames: readonly string[] = Object.keys(lengths);

/** Length of a timeframe in ms; null when it is none of ours. */
export const timeframeLength = (name: string): number | null => lengths[name] ?? null;
/** Name of a length in ms; null when no timeframe is that long. */
export const timeframeName = (ms: number): string | null =>
  timeframeNames.find((name) => lengths[name] === ms) ?? null;

/** '2025-10-10 21:15' (UTC), for messages. */
export const timeText = (ms: number): string => {
  const iso = new Date(ms).toISOString();
  return ms % minute === 0 ? iso.slice(0, 16).replace('T', ' ') : iso.slice(0, 23).replace('T', ' ');
};
/** '2025-10', the unit of storage. */
export const monthOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7);

/** Empty bars to be filled, in shared memory. */
export function blankCandles(length: number): Candles {
  type Column = Float64Array;
  const [openedAt, open, high, low, close, volume] = sharedColumns(length, 6) as
    [Column, Column, Column, Column, Column, Column];
  return { length, openedAt, open, high, low, close, volume };
}

/** Columns that may be handed to another thread: all six in one shared block, 48 bytes a bar. */
export function sharedColumns(rows: number, columns: number): Float64Array[] {
  const memory = new SharedArrayBuffer(rows * columns * Float64Array.BYTES_PER_ELEMENT);
  return Array.from({ length: columns }, (_, k) =>
    new Float64Array(memory, k * rows * Float64Array.BYTES_PER_ELEMENT, rows));
}
