/**
 * One closed bar through one kernel. `bar` holds the columns of `kernel.ts` in ticks; results are put out in quote
 * when they are prices: `(ticks x tick.num) / tick.den`, the same expression that makes the bar's own prices, so
 * that an average equal to a price compares equal to it.
 *
 * Functions here take objects only and return nothing: a double that crosses a call not inlined is boxed.
 */
import {
  largestSize, meanSize, pushDelay, pushEma, pushLargest, pushRange, pushRma, pushSmooth, pushSpread,
  pushSum, pushWeighted, smoothSize, trueRange,
} from './arena.ts';
import type { averageSize, rangeSize } from './arena.ts';
import type { columns, Kernel } from './kernel.ts';

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

// Constants of this module, not imported ones: the compiler folds only these into the code. Their types hold them equal.
const highColumn: typeof columns.high = 1;
const lowColumn: typeof columns.low = 2;
const closeColumn: typeof columns.close = 3;
const hl2Column: typeof columns.hl2 = 4;
const hlc3Column: typeof columns.hlc3 = 5;
const volumeColumn: typeof columns.volume = 7;
const openedAtColumn: typeof columns.openedAt = 8;
const averageSlots: typeof averageSize = 2;
const rangeSlots: typeof rangeSize = 4;

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
/** The epoch was a Thursday; the first Monday came four days later. */
const mondayMs = 4 * dayMs;

/** Cases are the numbers of `kinds`: literals make a jump table before the code is optimised. */
export function updateKernel(k: Kernel, bench: Bench): void { // hot
  switch (k.kind) {
    case 0: updateSma(k, bench); return;
    case 1: updateEma(k, bench); return;
    case 2: updateWma(k, bench); return;
    case 3: updateRma(k, bench); return;
    case 4: updateStdev(k, bench); return;
    case 5: updateHighest(k, bench); return;
    case 6: updateLowest(k, bench); return;
    case 7: updateRoc(k, bench); return;
    case 8: updateRsi(k, bench); return;
    case 9: updateAtr(k, bench); return;
    case 10: updateObv(k, bench); return;
    case 11: updateVwapSince(k, bench); return;
    case 12: updateVwapRolling(k, bench); return;
    case 13: updateAdx(k, bench); return;
    case 14: updateStochastic(k, bench); return;
    case 15: updateMacd(k, bench); return;
    case 16: updateBollinger(k, bench); return;
    case 17: updateKeltner(k, bench); return;
    case 18: updateDonchian(k, bench); return;
    case 19: updateSupertrend(k, bench); return;
    case 20: return; // windowed: `feedTimeframe` feeds it, which knows the library's function
  }
}

function put(bench: Bench, k: Kernel, i: number, x: number): void { // hot
  bench.current[k.out + i] = k.divisor === 0 ? x : (x * bench.num) / (bench.den * k.divisor);
}

function updateSma(k: Kernel, bench: Bench): void { // hot
  put(bench, k, 0, pushSum(bench.arena, k.offset, k.n, bench.bar[k.source]!) / k.n);
}

function updateEma(k: Kernel, bench: Bench): void { // hot
  put(bench, k, 0, pushEma(bench.arena, k.offset, k.n, bench.bar[k.source]!));
}

function updateWma(k: Kernel, bench: Bench): void { // hot
  put(bench, k, 0, pushWeighted(bench.arena, k.offset, k.n, bench.bar[k.source]!));
}

function updateRma(k: Kernel, bench: Bench): void { // hot
  put(bench, k, 0, pushRma(bench.arena, k.offset, k.n, bench.bar[k.source]!));
}

function updateStdev(k: Kernel, bench: Bench): void { // hot
  put(bench, k, 0, pushSpread(bench.arena, k.offset, k.n, bench.bar[k.source]!));
}

function updateHighest(k: Kernel, bench: Bench): void { // hot
  put(bench, k, 0, pushLargest(bench.arena, k.offset, k.n, bench.bar[k.source]!));
}

function updateLowest(k: Kernel, bench: Bench): void { // hot
  put(bench, k, 0, -pushLargest(bench.arena, k.offset, k.n, -bench.bar[k.source]!));
}

/** Percent. A change from nothing is 0: only a volume can be 0. */
function updateRoc(k: Kernel, bench: Bench): void { // hot
  const x = bench.bar[k.source]!;
  const old = pushDelay(bench.arena, k.offset, k.n, x);
  put(bench, k, 0, old === 0 ? 0 : (100 * (x - old)) / old);
}

/** [seen, previous, gains, losses]; gains and losses are Wilder's means, seeded with the first n changes. */
function updateRsi(k: Kernel, bench: Bench): void { // hot
  const { arena } = bench;
  const at = k.offset;
  const x = bench.bar[k.source]!;
  const change = x - arena[at + 1]!;
  arena[at + 1] = x;
  if (arena[at] === 0) {
    arena[at] = 1;
    return;
  }
  const gain = pushRma(arena, at + 2, k.n, change > 0 ? change : 0);
  const loss = pushRma(arena, at + 2 + averageSlots, k.n, change < 0 ? -change : 0);
  put(bench, k, 0, gain + loss === 0 ? 50 : (100 * gain) / (gain + loss));
}

function updateAtr(k: Kernel, bench: Bench): void { // hot
  const { bar } = bench;
  put(bench, k, 0, pushRange(bench.arena, k.offset, k.n, bar[highColumn]!, bar[lowColumn]!, bar[closeColumn]!));
}

/** [seen, previous close, total] */
function updateObv(k: Kernel, bench: Bench): void { // hot
  const { arena, bar } = bench;
  const at = k.offset;
  const close = bar[closeColumn]!;
  if (arena[at] !== 0) {
    const previous = arena[at + 1]!;
    const volume = bar[volumeColumn]!;
    arena[at + 2] = arena[at + 2]! + (close > previous ? volume : close < previous ? -volume : 0);
  }
  arena[at] = 1;
  arena[at + 1] = close;
  put(bench, k, 0, arena[at + 2]!);
}

/** [seen, bucket, price x volume, volume]; `n` is days: 1 or 7. Without volume: hlc3 of the bar. */
function updateVwapSince(k: Kernel, bench: Bench): void { // hot
  const { arena, bar } = bench;
  const at = k.offset;
  const openedAt = bar[openedAtColumn]!;
  const bucket = k.n === 1 ? Math.floor(openedAt / dayMs) : Math.floor((openedAt - mondayMs) / weekMs);
  if (arena[at] === 0 || arena[at + 1] !== bucket) {
    arena[at] = 1;
    arena[at + 1] = bucket;
    arena[at + 2] = 0;
    arena[at + 3] = 0;
  }
  const price = bar[hlc3Column]!;
  const volume = bar[volumeColumn]!;
  arena[at + 2] = arena[at + 2]! + price * volume;
  arena[at + 3] = arena[at + 3]! + volume;
  put(bench, k, 0, arena[at + 3]! > 0 ? arena[at + 2]! / arena[at + 3]! : price);
}

/** [bars in a row without volume, two rolling sums]. A window without volume: hlc3 of the bar. */
function updateVwapRolling(k: Kernel, bench: Bench): void { // hot
  const { arena, bar } = bench;
  const { offset, n } = k;
  const price = bar[hlc3Column]!;
  const volume = bar[volumeColumn]!;
  const idle = volume > 0 ? 0 : arena[offset]! + 1;
  arena[offset] = idle;
  const turnover = pushSum(arena, offset + 1, n, price * volume);
  const volumes = pushSum(arena, offset + 1 + meanSize(n), n, volume);
  put(bench, k, 0, idle >= n ? price : turnover / volumes); // idle sums may hold residue, not to be divided
}

/** [seen, high, low, close, true range, plus, minus, index]: Wilder's means, from the second bar on. */
function updateAdx(k: Kernel, bench: Bench): void { // hot
  const { arena, bar } = bench;
  const at = k.offset;
  const { n } = k;
  const high = bar[highColumn]!;
  const low = bar[lowColumn]!;
  const rise = high - arena[at + 1]!;
  const fall = arena[at + 2]! - low;
  const range = trueRange(high, low, arena[at + 3]!);
  const seen = arena[at]!;
  arena[at] = 1;
  arena[at + 1] = high;
  arena[at + 2] = low;
  arena[at + 3] = bar[closeColumn]!;
  if (seen === 0) return;
  const means = at + 4;
  const ranges = pushRma(arena, means, n, range);
  const up = pushRma(arena, means + averageSlots, n, rise > fall && rise > 0 ? rise : 0);
  const down = pushRma(arena, means + 2 * averageSlots, n, fall > rise && fall > 0 ? fall : 0);
  if (ranges !== ranges) return;
  const plus = ranges === 0 ? 0 : (100 * up) / ranges;
  const minus = ranges === 0 ? 0 : (100 * down) / ranges;
  const index = plus + minus === 0 ? 0 : (100 * Math.abs(plus - minus)) / (plus + minus);
  put(bench, k, 0, pushRma(arena, means + 3 * averageSlots, n, index));
  put(bench, k, 1, plus);
  put(bench, k, 2, minus);
}

/** Two extremes, then two short means. In a range of nothing the close is in the middle: 50. */
function updateStochastic(k: Kernel, bench: Bench): void { // hot
  const { arena, bar } = bench;
  const { n } = k;
  const lows = k.offset + largestSize(n);
  const smooth = lows + largestSize(n);
  const high = pushLargest(arena, k.offset, n, bar[highColumn]!);
  const low = -pushLargest(arena, lows, n, -bar[lowColumn]!);
  if (high !== high) return;
  const raw = high === low ? 50 : (100 * (bar[closeColumn]! - low)) / (high - low);
  const fast = pushSmooth(arena, smooth, k.m, raw);
  if (fast !== fast) return;
  put(bench, k, 0, fast);
  put(bench, k, 1, pushSmooth(arena, smooth + smoothSize(k.m), k.p, fast));
}

function updateMacd(k: Kernel, bench: Bench): void { // hot
  const { arena } = bench;
  const x = bench.bar[k.source]!;
  const at = k.offset;
  const line = pushEma(arena, at, k.n, x) - pushEma(arena, at + averageSlots, k.m, x);
  if (line !== line) return;
  const signal = pushEma(arena, at + 2 * averageSlots, k.p, line);
  put(bench, k, 0, line);
  put(bench, k, 1, signal);
  put(bench, k, 2, line - signal);
}

function updateBollinger(k: Kernel, bench: Bench): void { // hot
  const spread = pushSpread(bench.arena, k.offset, k.n, bench.bar[k.source]!);
  band(bench, k, spread, bench.arena[k.offset + 5]!);
}

function updateKeltner(k: Kernel, bench: Bench): void { // hot
  const { arena, bar } = bench;
  const close = bar[closeColumn]!;
  const middle = pushEma(arena, k.offset, k.n, close);
  const range = pushRange(arena, k.offset + averageSlots, k.m, bar[highColumn]!, bar[lowColumn]!, close);
  band(bench, k, range, middle);
}

function updateDonchian(k: Kernel, bench: Bench): void { // hot
  const { arena, bar } = bench;
  put(bench, k, 0, pushLargest(arena, k.offset, k.n, bar[highColumn]!));
  put(bench, k, 1, -pushLargest(arena, k.offset + largestSize(k.n), k.n, -bar[lowColumn]!));
}

function band(bench: Bench, k: Kernel, spread: number, middle: number): void { // hot
  if (spread !== spread || middle !== middle) return;
  put(bench, k, 0, middle + k.width * spread);
  put(bench, k, 1, middle);
  put(bench, k, 2, middle - k.width * spread);
}

/** [average range, then: side (0 = unseeded), upper, lower, previous close] */
function updateSupertrend(k: Kernel, bench: Bench): void { // hot
  const { arena, bar } = bench;
  const close = bar[closeColumn]!;
  const range = pushRange(arena, k.offset, k.n, bar[highColumn]!, bar[lowColumn]!, close);
  if (range !== range) return;
  const at = k.offset + rangeSlots;
  const middle = bar[hl2Column]! / 2;
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
