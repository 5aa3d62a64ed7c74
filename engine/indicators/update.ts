/**
 * One closed bar through one kernel. `bar` holds the columns of `kernel.ts` in ticks; results are put out in quote
 * when they are prices: `(ticks x tick.num) / tick.den`, the same expression that makes the bar's own prices, so
 * that an average equal to a price compares equal to it.
 */
import {
  averageSize, largestSize, meanSize, pushDelay, pushEma, pushLargest, pushRange, pushRma, pushSmooth, pushSpread,
  pushSum, pushWeighted, rangeSize, smoothSize, trueRange,
} from './arena.ts';
import { columns, kinds } from './kernel.ts';
import type { Kernel } from './kernel.ts';

/** What the kernels of one leg work on. */
export interface Bench {
  readonly arena: Float64Array;
  /** Current values of the outputs. */
  readonly current: Float64Array;
  /** The bar being fed, by `columns`. */
  readonly bar: Float64Array;
  readonly num: number;
  readonly den: number;
}

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
/** The epoch was a Thursday; the first Monday came four days later. */
const mondayMs = 4 * dayMs;

export function updateKernel(k: Kernel, bench: Bench, openedAt: number): void { // hot
  const { arena, bar } = bench;
  const { offset, n } = k;
  const x = bar[k.source]!;
  switch (k.kind) {
    case kinds.sma: put(bench, k, 0, pushSum(arena, offset, n, x) / n); return;
    case kinds.ema: put(bench, k, 0, pushEma(arena, offset, n, x)); return;
    case kinds.wma: put(bench, k, 0, pushWeighted(arena, offset, n, x)); return;
    case kinds.rma: put(bench, k, 0, pushRma(arena, offset, n, x)); return;
    case kinds.stdev: put(bench, k, 0, pushSpread(arena, offset, n, x)); return;
    case kinds.highest: put(bench, k, 0, pushLargest(arena, offset, n, x)); return;
    case kinds.lowest: put(bench, k, 0, -pushLargest(arena, offset, n, -x)); return;
    case kinds.roc: put(bench, k, 0, changeOf(x, pushDelay(arena, offset, n, x))); return;
    case kinds.rsi: put(bench, k, 0, strength(arena, offset, n, x)); return;
    case kinds.atr:
      put(bench, k, 0, pushRange(arena, offset, n, bar[columns.high]!, bar[columns.low]!, bar[columns.close]!)); return;
    case kinds.obv: put(bench, k, 0, balance(arena, offset, bar[columns.close]!, bar[columns.volume]!)); return;
    case kinds.vwapSince: put(bench, k, 0, averageSince(arena, offset, n, bar, openedAt)); return;
    case kinds.vwapRolling: put(bench, k, 0, averageOver(arena, offset, n, bar)); return;
    case kinds.adx: direction(bench, k); return;
    case kinds.stochastic: place(bench, k); return;
    case kinds.macd: convergence(bench, k, x); return;
    case kinds.bollinger: band(bench, k, pushSpread(arena, offset, n, x), arena[offset + 5]!); return;
    case kinds.keltner: {
      const middle = pushEma(arena, offset, n, x);
      const range = pushRange(
        arena, offset + averageSize, k.m, bar[columns.high]!, bar[columns.low]!, bar[columns.close]!);
      band(bench, k, range, middle);
      return;
    }
    case kinds.donchian:
      put(bench, k, 0, pushLargest(arena, offset, n, bar[columns.high]!));
      put(bench, k, 1, -pushLargest(arena, offset + largestSize(n), n, -bar[columns.low]!));
      return;
    case kinds.supertrend: trend(bench, k); return;
    case kinds.windowed: return; // fed by `feedTimeframe`, which knows the library's function
  }
}

function put(bench: Bench, k: Kernel, i: number, x: number): void { // hot
  bench.current[k.out + i] = k.divisor === 0 ? x : (x * bench.num) / (bench.den * k.divisor);
}

/** Percent. A change from nothing is 0: only a volume can be 0. */
function changeOf(x: number, old: number): number { // hot
  return old === 0 ? 0 : (100 * (x - old)) / old;
}

/** [seen, previous, gains, losses]; gains and losses are Wilder's means, seeded with the first n changes. */
function strength(arena: Float64Array, at: number, n: number, x: number): number { // hot
  const change = x - arena[at + 1]!;
  arena[at + 1] = x;
  if (arena[at] === 0) {
    arena[at] = 1;
    return Number.NaN;
  }
  const gain = pushRma(arena, at + 2, n, change > 0 ? change : 0);
  const loss = pushRma(arena, at + 2 + averageSize, n, change < 0 ? -change : 0);
  return gain + loss === 0 ? 50 : (100 * gain) / (gain + loss);
}

/** [seen, previous close, total] */
function balance(arena: Float64Array, at: number, close: number, volume: number): number { // hot
  if (arena[at] !== 0) {
    const previous = arena[at + 1]!;
    arena[at + 2] = arena[at + 2]! + (close > previous ? volume : close < previous ? -volume : 0);
  }
  arena[at] = 1;
  arena[at + 1] = close;
  return arena[at + 2]!;
}

/** [seen, bucket, price x volume, volume]; `anchor` is 1 for the day, 7 for the week. Without volume: hlc3 of the bar. */
function averageSince(arena: Float64Array, at: number, anchor: number, bar: Float64Array, openedAt: number): number { // hot
  const bucket = anchor === 1 ? Math.floor(openedAt / dayMs) : Math.floor((openedAt - mondayMs) / weekMs);
  if (arena[at] === 0 || arena[at + 1] !== bucket) {
    arena[at] = 1;
    arena[at + 1] = bucket;
    arena[at + 2] = 0;
    arena[at + 3] = 0;
  }
  const price = bar[columns.hlc3]!;
  const volume = bar[columns.volume]!;
  arena[at + 2] = arena[at + 2]! + price * volume;
  arena[at + 3] = arena[at + 3]! + volume;
  return arena[at + 3]! > 0 ? arena[at + 2]! / arena[at + 3]! : price;
}

/** [bars in a row without volume, two rolling sums]. A window without volume: hlc3 of the bar. */
function averageOver(arena: Float64Array, at: number, n: number, bar: Float64Array): number { // hot
  const price = bar[columns.hlc3]!;
  const volume = bar[columns.volume]!;
  const idle = volume > 0 ? 0 : arena[at]! + 1;
  arena[at] = idle;
  const turnover = pushSum(arena, at + 1, n, price * volume);
  const volumes = pushSum(arena, at + 1 + meanSize(n), n, volume);
  if (idle >= n) return price; // the sums may hold rounding residue, which must not be divided
  return turnover / volumes;
}

/** [seen, high, low, close, true range, plus, minus, index]: Wilder's means, from the second bar on. */
function direction(bench: Bench, k: Kernel): void { // hot
  const { arena, bar } = bench;
  const at = k.offset;
  const { n } = k;
  const high = bar[columns.high]!;
  const low = bar[columns.low]!;
  const rise = high - arena[at + 1]!;
  const fall = arena[at + 2]! - low;
  const range = trueRange(high, low, arena[at + 3]!);
  const seen = arena[at]!;
  arena[at] = 1;
  arena[at + 1] = high;
  arena[at + 2] = low;
  arena[at + 3] = bar[columns.close]!;
  if (seen === 0) return;
  const means = at + 4;
  const ranges = pushRma(arena, means, n, range);
  const up = pushRma(arena, means + averageSize, n, rise > fall && rise > 0 ? rise : 0);
  const down = pushRma(arena, means + 2 * averageSize, n, fall > rise && fall > 0 ? fall : 0);
  if (ranges !== ranges) return;
  const plus = ranges === 0 ? 0 : (100 * up) / ranges;
  const minus = ranges === 0 ? 0 : (100 * down) / ranges;
  const index = plus + minus === 0 ? 0 : (100 * Math.abs(plus - minus)) / (plus + minus);
  put(bench, k, 0, pushRma(arena, means + 3 * averageSize, n, index));
  put(bench, k, 1, plus);
  put(bench, k, 2, minus);
}

/** Two extremes, then two short means. In a range of nothing the close is in the middle: 50. */
function place(bench: Bench, k: Kernel): void { // hot
  const { arena, bar } = bench;
  const { n } = k;
  const lows = k.offset + largestSize(n);
  const smooth = lows + largestSize(n);
  const high = pushLargest(arena, k.offset, n, bar[columns.high]!);
  const low = -pushLargest(arena, lows, n, -bar[columns.low]!);
  if (high !== high) return;
  const raw = high === low ? 50 : (100 * (bar[columns.close]! - low)) / (high - low);
  const fast = pushSmooth(arena, smooth, k.m, raw);
  if (fast !== fast) return;
  put(bench, k, 0, fast);
  put(bench, k, 1, pushSmooth(arena, smooth + smoothSize(k.m), k.p, fast));
}

function convergence(bench: Bench, k: Kernel, x: number): void { // hot
  const { arena } = bench;
  const at = k.offset;
  const line = pushEma(arena, at, k.n, x) - pushEma(arena, at + averageSize, k.m, x);
  if (line !== line) return;
  const signal = pushEma(arena, at + 2 * averageSize, k.p, line);
  put(bench, k, 0, line);
  put(bench, k, 1, signal);
  put(bench, k, 2, line - signal);
}

function band(bench: Bench, k: Kernel, spread: number, middle: number): void { // hot
  if (spread !== spread || middle !== middle) return;
  put(bench, k, 0, middle + k.width * spread);
  put(bench, k, 1, middle);
  put(bench, k, 2, middle - k.width * spread);
}

/** [average range, then: side (0 = unseeded), upper, lower, previous close] */
function trend(bench: Bench, k: Kernel): void { // hot
  const { arena, bar } = bench;
  const close = bar[columns.close]!;
  const range = pushRange(arena, k.offset, k.n, bar[columns.high]!, bar[columns.low]!, close);
  if (range !== range) return;
  const at = k.offset + rangeSize;
  const middle = bar[columns.hl2]! / 2;
  let upper = middle + k.width * range;
  let lower = middle - k.width * range;
  let side = arena[at]!;
  if (side === 0) {
    side = close >= middle ? 1 : -1;
  } else {
    const previous = arena[at + 3]!;
    if (upper > arena[at + 1]! && previous <= arena[at + 1]!) upper = arena[at + 1]!;
    if (lower < arena[at + 2]! && previous >= arena[at + 2]!) lower = arena[at + 2]!;
    if (side === 1 && close < lower) side = -1;
    else if (side === -1 && close > upper) side = 1;
  }
  arena[at] = side;
  arena[at + 1] = upper;
  arena[at + 2] = lower;
  arena[at + 3] = close;
  put(bench, k, 0, side === 1 ? lower : upper);
  bench.current[k.out + 1] = side;
}
