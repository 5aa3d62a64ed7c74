/** One kernel of a plan: a plain description, all numbers, one shape for every kind. Its state is in the arena. */
import * as arena from './arena.ts';

export const kinds = {
  sma: 0, ema: 1, wma: 2, rma: 3, stdev: 4, highest: 5, lowest: 6, roc: 7, rsi: 8, atr: 9, obv: 10,
  vwapSince: 11, vwapRolling: 12, adx: 13, stochastic: 14, macd: 15, bollinger: 16, keltner: 17, donchian: 18,
  supertrend: 19, windowed: 20,
} as const;
export type Kind = (typeof kinds)[keyof typeof kinds];

/** Columns of the bar a kernel is fed, in ticks; the means as whole sums, divided when a value is put out. */
export const columns = {
  open: 0, high: 1, low: 2, close: 3, hl2: 4, hlc3: 5, ohlc4: 6, volume: 7,
  /** Ms UTC; not a source. */
  openedAt: 8,
} as const;
/** What turns a column into ticks; 0 = not a price, put out as it is. */
export const divisors = { open: 1, high: 1, low: 1, close: 1, hl2: 2, hlc3: 3, ohlc4: 4, volume: 0 } as const;

export interface Kernel {
  readonly kind: Kind;
  /** First slot in the arena, first index in the values. */
  readonly offset: number;
  readonly out: number;
  /** How many values it puts out. */
  readonly outputs: number;
  /** Periods; the meaning of m and p is the kind's. sma: m is the mask of its ring, -1 of volumes. */
  readonly n: number;
  readonly m: number;
  readonly p: number;
  /** Bands: deviations or average ranges. */
  readonly width: number;
  /** Index into `columns`. */
  readonly source: number;
  /** Ticks to one of its units; 0 = the values are not prices. */
  readonly divisor: number;
  /** `windowed`: index into the plan's windows; else -1. */
  readonly window: number;
}

/** Last index of a ring for n values whose length is a power of two, so that places are found by `&`. */
export function ringMask(n: number): number {
  let length = 1;
  while (length < n) length *= 2;
  return length - 1;
}

/** Slots that a kernel of this kind needs. */
export function arenaSize(kind: Kind, n: number, m: number, p: number): number {
  switch (kind) {
    case kinds.sma: return m < 0 ? arena.sumSize(n) : 2 + m;
    case kinds.wma: return arena.weightedSize(n);
    case kinds.ema: case kinds.rma: return arena.averageSize;
    case kinds.stdev: case kinds.bollinger: return arena.spreadSize(n);
    case kinds.highest: case kinds.lowest: return arena.largestSize(n);
    case kinds.roc: return arena.delaySize(n);
    case kinds.rsi: return 2 + 2 * arena.averageSize;
    case kinds.atr: return arena.rangeSize;
    case kinds.obv: return 3;
    case kinds.vwapSince: return 5;
    case kinds.vwapRolling: return 1 + 2 * arena.sumSize(n);
    case kinds.adx: return 4 + 4 * arena.averageSize;
    case kinds.stochastic: return 2 * arena.largestSize(n) + arena.smoothSize(m) + arena.smoothSize(p);
    case kinds.macd: return 3 * arena.averageSize + 1;
    case kinds.keltner: return arena.averageSize + arena.rangeSize;
    case kinds.donchian: return 2 * arena.largestSize(n);
    case kinds.supertrend: return arena.rangeSize + 4;
    case kinds.windowed: return 2 + 5 * n;
  }
}
