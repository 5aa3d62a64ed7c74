/**
 * One closed bar through one kernel. `bar` holds the columns of `kernel.ts` in ticks; results are put out in quote
 * when they are prices: `(ticks x tick.num) / tick.den`, as the bar's own prices are made, so that an average equal
 * to a price compares equal to it.
 *
 * Functions here take objects and whole numbers only and return nothing: a double that crosses a call is boxed
 * whenever the compiler chooses not to inline.
 */
import {
  largestSize, pushDelay, pushEma, pushLargest, pushRange, pushRma, pushSmooth, pushSpread, pushSum, pushWeighted,
  smoothSize, sumSize,
} from './arena.ts';
import type { averageSize, rangeSize, spreadMean } from './arena.ts';
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

// Constants of this module: the compiler does not fold imported ones into the code. Their types hold them equal.
const high: typeof columns.high = 1;
const low: typeof columns.low = 2;
const close: typeof columns.close = 3;
const hl2: typeof columns.hl2 = 4;
const hlc3: typeof columns.hlc3 = 5;
const volume: typeof columns.volume = 7;
const openedAt: typeof columns.openedAt = 8;
const average: typeof averageSize = 3;
const range: typeof rangeSize = 5;
const meanSlot: typeof spreadMean = 6;

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
/** The epoch was a Thursday; the first Monday came four days later. */
const mondayMs = 4 * dayMs;

/** Every kind that `feed.ts` does not do itself. Cases are the numbers of `kinds`: literals make a jump table. */
export function updateKernel(k: Kernel, bench: Bench): void { // hot
  switch (k.kind) {
    case 0: updateVolumeMean(k, bench); return;
    case 2: updateWma(k, bench); return;
    case 3: updateRma(k, bench); return;
    case 4: updateStdev(k, bench); return;
    case 5: updateHighest(k, bench); return;
    case 6: updateLowest(k, bench); return;
    case 7: updateRoc(k, bench); return;
    case 8: updateRsi(k, bench); return;
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
    default: // ema, atr and windowed: `feed.ts` has them
  }
}

/** Puts the arena's `slot` out as the kernel's value `i`, in quote when it is a price. */
function put(bench: Bench, k: Kernel, i: number, slot: number): void { // hot
  const x = bench.arena[slot]!;
  bench.current[k.out + i] = k.divisor === 0 ? x : (x * bench.num) / (bench.den * k.divisor);
}

/** An sma of volumes, which are not whole: its sum is added up anew whenever n are full. */
function updateVolumeMean(k: Kernel, bench: Bench): void { // hot
  const { arena } = bench;
  arena[k.offset] = bench.bar[k.source]!;
  pushSum(arena, k.offset, k.n);
  bench.current[k.out] = arena[k.offset]! / k.n;
}

function updateWma(k: Kernel, bench: Bench): void { // hot
  bench.arena[k.offset] = bench.bar[k.source]!;
  pushWeighted(bench.arena, k.offset, k.n);
  put(bench, k, 0, k.offset);
}

function updateRma(k: Kernel, bench: Bench): void { // hot
  bench.arena[k.offset] = bench.bar[k.source]!;
  pushRma(bench.arena, k.offset, k.n);
  put(bench, k, 0, k.offset);
}

function updateStdev(k: Kernel, bench: Bench): void { // hot
  bench.arena[k.offset] = bench.bar[k.source]!;
  pushSpread(bench.arena, k.offset, k.n);
  put(bench, k, 0, k.offset);
}

function updateHighest(k: Kernel, bench: Bench): void { // hot
  bench.arena[k.offset] = bench.bar[k.source]!;
  pushLargest(bench.arena, k.offset, k.n);
  put(bench, k, 0, k.offset);
}

function updateLowest(k: Kernel, bench: Bench): void { // hot
  const { arena } = bench;
  arena[k.offset] = -bench.bar[k.source]!;
  pushLargest(arena, k.offset, k.n);
  arena[k.offset] = -arena[k.offset]!;
  put(bench, k, 0, k.offset);
}

/** Percent. A change from nothing is 0: only a volume can be 0. */
function updateRoc(k: Kernel, bench: Bench): void { // hot
  const { arena } = bench;
  const x = bench.bar[k.source]!;
  arena[k.offset] = x;
  pushDelay(arena, k.offset, k.n);
  const old = arena[k.offset]!;
  arena[k.offset] = old === 0 ? 0 : (100 * (x - old)) / old;
  put(bench, k, 0, k.offset);
}

/** [gains, losses, seen, previous]: Wilder's means, seeded with the first n changes. */
function updateRsi(k: Kernel, bench: Bench): void { // hot
  const { arena } = bench;
  const gains = k.offset;
  const losses = gains + average;
  const own = losses + average;
  const x = bench.bar[k.source]!;
  const change = x - arena[own + 1]!;
  arena[own + 1] = x;
  if (arena[own] === 0) {
    arena[own] = 1;
    return;
  }
  arena[gains] = change > 0 ? change : 0;
  arena[losses] = change < 0 ? -change : 0;
  pushRma(arena, gains, k.n);
  pushRma(arena, losses, k.n);
  const gain = arena[gains]!;
  const moved = gain + arena[losses]!;
  arena[gains] = moved === 0 ? 50 : (100 * gain) / moved;
  put(bench, k, 0, gains);
}

/** [total, seen, previous close] */
function updateObv(k: Kernel, bench: Bench): void { // hot
  const { arena, bar } = bench;
  const at = k.offset;
  const price = bar[close]!;
  if (arena[at + 1] !== 0) {
    const previous = arena[at + 2]!;
    if (price > previous) arena[at] = arena[at]! + bar[volume]!;
    else if (price < previous) arena[at] = arena[at]! - bar[volume]!;
  }
  arena[at + 1] = 1;
  arena[at + 2] = price;
  put(bench, k, 0, at);
}

/** [result, seen, bucket, price x volume, volume]; `n` is days: 1 or 7. Without volume: hlc3 of the bar. */
function updateVwapSince(k: Kernel, bench: Bench): void { // hot
  const { arena, bar } = bench;
  const at = k.offset;
  const bucket = k.n === 1 ? Math.floor(bar[openedAt]! / dayMs) : Math.floor((bar[openedAt]! - mondayMs) / weekMs);
  if (arena[at + 1] === 0 || arena[at + 2] !== bucket) {
    arena[at + 1] = 1;
    arena[at + 2] = bucket;
    arena[at + 3] = 0;
    arena[at + 4] = 0;
  }
  arena[at + 3] = arena[at + 3]! + bar[hlc3]! * bar[volume]!;
  arena[at + 4] = arena[at + 4]! + bar[volume]!;
  arena[at] = arena[at + 4]! > 0 ? arena[at + 3]! / arena[at + 4]! : bar[hlc3]!;
  put(bench, k, 0, at);
}

/** [bars in a row without volume, two rolling sums]. A window without volume: hlc3 of the bar. */
function updateVwapRolling(k: Kernel, bench: Bench): void { // hot
  const { arena, bar } = bench;
  const { offset, n } = k;
  const turnover = offset + 1;
  const volumes = turnover + sumSize(n);
  arena[offset] = bar[volume]! > 0 ? 0 : arena[offset]! + 1;
  arena[turnover] = bar[hlc3]! * bar[volume]!;
  arena[volumes] = bar[volume]!;
  pushSum(arena, turnover, n);
  pushSum(arena, volumes, n);
  // The sums of an idle window may hold residue, which must not be divided.
  arena[turnover] = arena[offset]! >= n ? bar[hlc3]! : arena[turnover]! / arena[volumes]!;
  put(bench, k, 0, turnover);
}

/** [true range, plus, minus, index, then: seen, high, low, close]: Wilder's means, from the second bar on. */
function updateAdx(k: Kernel, bench: Bench): void { // hot
  const { arena, bar } = bench;
  const ranges = k.offset;
  const { n } = k;
  const plus = ranges + average;
  const minus = plus + average;
  const index = minus + average;
  const own = index + average;
  const rise = bar[high]! - arena[own + 1]!;
  const fall = arena[own + 2]! - bar[low]!;
  const previous = arena[own + 3]!;
  const seen = arena[own]!;
  arena[own] = 1;
  arena[own + 1] = bar[high]!;
  arena[own + 2] = bar[low]!;
  arena[own + 3] = bar[close]!;
  if (seen === 0) return;
  arena[ranges] = (previous > bar[high]! ? previous : bar[high]!) - (previous < bar[low]! ? previous : bar[low]!);
  arena[plus] = rise > fall && rise > 0 ? rise : 0;
  arena[minus] = fall > rise && fall > 0 ? fall : 0;
  pushRma(arena, ranges, n);
  pushRma(arena, plus, n);
  pushRma(arena, minus, n);
  const reach = arena[ranges]!;
  if (reach !== reach) return;
  arena[plus] = reach === 0 ? 0 : (100 * arena[plus]!) / reach;
  arena[minus] = reach === 0 ? 0 : (100 * arena[minus]!) / reach;
  const both = arena[plus]! + arena[minus]!;
  arena[index] = both === 0 ? 0 : (100 * Math.abs(arena[plus]! - arena[minus]!)) / both;
  pushRma(arena, index, n);
  put(bench, k, 0, index);
  put(bench, k, 1, plus);
  put(bench, k, 2, minus);
}

/** Two extremes, then two short means. In a range of nothing the close is in the middle: 50. */
function updateStochastic(k: Kernel, bench: Bench): void { // hot
  const { arena, bar } = bench;
  const { n } = k;
  const highs = k.offset;
  const lows = highs + largestSize(n);
  const fast = lows + largestSize(n);
  const slow = fast + smoothSize(k.m);
  arena[highs] = bar[high]!;
  arena[lows] = -bar[low]!;
  pushLargest(arena, highs, n);
  pushLargest(arena, lows, n);
  const bottom = -arena[lows]!;
  const height = arena[highs]! - bottom;
  if (height !== height) return;
  arena[fast] = height === 0 ? 50 : (100 * (bar[close]! - bottom)) / height;
  pushSmooth(arena, fast, k.m);
  put(bench, k, 0, fast);
  if (arena[fast] !== arena[fast]) return;
  arena[slow] = arena[fast]!;
  pushSmooth(arena, slow, k.p);
  put(bench, k, 1, slow);
}

/** [fast, slow, signal, histogram]: three averages; the fast one's slot ends as the line. */
function updateMacd(k: Kernel, bench: Bench): void { // hot
  const { arena, bar } = bench;
  const line = k.offset;
  const slow = line + average;
  const signal = slow + average;
  const histogram = signal + average;
  arena[line] = bar[k.source]!;
  arena[slow] = bar[k.source]!;
  pushEma(arena, line, k.n);
  pushEma(arena, slow, k.m);
  arena[line] = arena[line]! - arena[slow]!;
  if (arena[line] !== arena[line]) return;
  arena[signal] = arena[line]!;
  pushEma(arena, signal, k.p);
  arena[histogram] = arena[line]! - arena[signal]!;
  put(bench, k, 0, line);
  put(bench, k, 1, signal);
  put(bench, k, 2, histogram);
}

function updateBollinger(k: Kernel, bench: Bench): void { // hot
  bench.arena[k.offset] = bench.bar[k.source]!;
  pushSpread(bench.arena, k.offset, k.n);
  putBand(bench, k, k.offset, k.offset + meanSlot);
}

function updateKeltner(k: Kernel, bench: Bench): void { // hot
  const { arena, bar } = bench;
  arena[k.offset] = bar[close]!;
  pushEma(arena, k.offset, k.n);
  pushRange(arena, k.offset + average, k.m, bar);
  putBand(bench, k, k.offset + average, k.offset);
}

/** Puts out the slot `middle` and `width` times the slot `spread` around it. */
function putBand(bench: Bench, k: Kernel, spread: number, middle: number): void { // hot
  const { arena } = bench;
  const reach = k.width * arena[spread]!;
  const centre = arena[middle]!;
  arena[spread] = centre + reach;
  put(bench, k, 0, spread);
  put(bench, k, 1, middle);
  arena[spread] = centre - reach;
  put(bench, k, 2, spread);
}

function updateDonchian(k: Kernel, bench: Bench): void { // hot
  const { arena, bar } = bench;
  const lows = k.offset + largestSize(k.n);
  arena[k.offset] = bar[high]!;
  arena[lows] = -bar[low]!;
  pushLargest(arena, k.offset, k.n);
  pushLargest(arena, lows, k.n);
  arena[lows] = -arena[lows]!;
  put(bench, k, 0, k.offset);
  put(bench, k, 1, lows);
}

/** [average range, then: side (0 = unseeded), upper, lower, previous close] */
function updateSupertrend(k: Kernel, bench: Bench): void { // hot
  const { arena, bar } = bench;
  pushRange(arena, k.offset, k.n, bar);
  const reach = k.width * arena[k.offset]!;
  if (reach !== reach) return;
  const at = k.offset + range;
  const price = bar[close]!;
  const middle = bar[hl2]! / 2;
  let upper = middle + reach;
  let lower = middle - reach;
  let side = arena[at]!;
  if (side === 0) {
    side = price >= middle ? 1 : -1;
  } else {
    const previous = arena[at + 3]!;
    if (upper > arena[at + 1]! && previous <= arena[at + 1]!) upper = arena[at + 1]!;
    if (lower < arena[at + 2]! && previous >= arena[at + 2]!) lower = arena[at + 2]!;
    if (side === 1 && price < lower) side = -1;
    else if (side === -1 && price > upper) side = 1;
  }
  arena[at] = side;
  arena[at + 1] = upper;
  arena[at + 2] = lower;
  arena[at + 3] = price;
  put(bench, k, 0, side === 1 ? at + 2 : at + 1);
  bench.current[k.out + 1] = side;
}
