/**
 * Incremental building blocks over one array of doubles. Each owns the slots from `at`, counters included, takes one
 * value and returns its result, NaN while it has seen too few. A zeroed array is the fresh state; a copy of the
 * array is a snapshot.
 *
 * 1. No division by position: indices wrap by comparison. No allocation.
 * 2. Sums of whole numbers are exact; sums of others are added up anew whenever the ring wraps, so that rounding
 *    errors do not pile up.
 */

export const meanSize = (n: number): number => 3 + n;
/** Sum of the last n values: [count, index, sum, ring]. */
export function pushSum(arena: Float64Array, at: number, n: number, x: number): number { // hot
  const count = arena[at]!;
  const index = arena[at + 1]!;
  const ring = at + 3;
  const sum = arena[at + 2]! + x - arena[ring + index]!; // an empty slot is 0
  arena[ring + index] = x;
  if (index + 1 === n) {
    arena[at + 1] = 0;
    arena[at + 2] = sumOf(arena, ring, n);
  } else {
    arena[at + 1] = index + 1;
    arena[at + 2] = sum;
  }
  if (count < n) arena[at] = count + 1;
  return count + 1 >= n ? arena[at + 2]! : Number.NaN;
}

function sumOf(arena: Float64Array, from: number, n: number): number { // hot
  let sum = 0;
  for (let i = from; i < from + n; i++) sum += arena[i]!;
  return sum;
}

export const weightedSize = (n: number): number => 4 + n;
/** Linearly weighted mean, newest weight n: [count, index, sum, weighted sum, ring]. */
export function pushWeighted(arena: Float64Array, at: number, n: number, x: number): number { // hot
  const count = arena[at]!;
  const index = arena[at + 1]!;
  const ring = at + 4;
  const weighted = arena[at + 3]! + n * x - arena[at + 2]!; // all earlier values lose one weight
  const sum = arena[at + 2]! + x - arena[ring + index]!;
  arena[ring + index] = x;
  arena[at + 2] = sum;
  arena[at + 3] = weighted;
  if (index + 1 === n) {
    arena[at + 1] = 0;
    arena[at + 2] = sumOf(arena, ring, n);
    let fresh = 0;
    for (let i = 0; i < n; i++) fresh += (i + 1) * arena[ring + i]!;
    arena[at + 3] = fresh;
  } else {
    arena[at + 1] = index + 1;
  }
  if (count < n) arena[at] = count + 1;
  return count + 1 >= n ? arena[at + 3]! / ((n * (n + 1)) / 2) : Number.NaN;
}

export const spreadSize = (n: number): number => 6 + n;
/**
 * Population standard deviation; the mean of the same window is left in slot `at + 5`. Sums are of differences to a
 * value of the window, which keeps squares small: [count, index, sum, sum of squares, shift, mean, ring].
 */
export function pushSpread(arena: Float64Array, at: number, n: number, x: number): number { // hot
  const count = arena[at]!;
  const index = arena[at + 1]!;
  const ring = at + 6;
  if (count === 0) arena[at + 4] = x;
  const shift = arena[at + 4]!;
  const fresh = x - shift;
  const stale = count < n ? 0 : arena[ring + index]! - shift;
  arena[ring + index] = x;
  arena[at + 2] = arena[at + 2]! + fresh - stale;
  arena[at + 3] = arena[at + 3]! + fresh * fresh - stale * stale;
  if (index + 1 === n) {
    arena[at + 1] = 0;
    recentre(arena, at, n, x);
  } else {
    arena[at + 1] = index + 1;
  }
  if (count < n) arena[at] = count + 1;
  if (count + 1 < n) return Number.NaN;
  const sum = arena[at + 2]!;
  arena[at + 5] = (sum + n * arena[at + 4]!) / n;
  const squared = n * arena[at + 3]! - sum * sum; // n squared times the variance
  return squared > 0 ? Math.sqrt(squared) / n : 0;
}

function recentre(arena: Float64Array, at: number, n: number, shift: number): void { // hot
  let sum = 0;
  let squares = 0;
  for (let i = at + 6; i < at + 6 + n; i++) {
    const difference = arena[i]! - shift;
    sum += difference;
    squares += difference * difference;
  }
  arena[at + 2] = sum;
  arena[at + 3] = squares;
  arena[at + 4] = shift;
}

export const averageSize = 2;
/** Exponential mean seeded with the mean of the first n values: [count, value]. */
export function pushEma(arena: Float64Array, at: number, n: number, x: number): number { // hot
  const count = arena[at]!;
  if (count < n) return seed(arena, at, n, x);
  const value = arena[at + 1]!;
  return (arena[at + 1] = value + (x - value) * (2 / (n + 1)));
}

/** Wilder's mean seeded with the mean of the first n values: [count, value]. */
export function pushRma(arena: Float64Array, at: number, n: number, x: number): number { // hot
  const count = arena[at]!;
  if (count < n) return seed(arena, at, n, x);
  return (arena[at + 1] = (arena[at + 1]! * (n - 1) + x) / n);
}

function seed(arena: Float64Array, at: number, n: number, x: number): number { // hot
  const count = arena[at]! + 1;
  arena[at] = count;
  arena[at + 1] = arena[at + 1]! + x;
  if (count < n) return Number.NaN;
  return (arena[at + 1] = arena[at + 1]! / n);
}

export const rangeSize = 4;
/** Wilder's average true range; the first true range is high - low: [seen, previous close, count, value]. */
export function pushRange(
  arena: Float64Array, at: number, n: number, high: number, low: number, close: number,
): number { // hot
  const range = arena[at] === 0 ? high - low : trueRange(high, low, arena[at + 1]!);
  arena[at] = 1;
  arena[at + 1] = close;
  return pushRma(arena, at + 2, n, range);
}

export function trueRange(high: number, low: number, previousClose: number): number { // hot
  return (previousClose > high ? previousClose : high) - (previousClose < low ? previousClose : low);
}

export const largestSize = (n: number): number => 3 + 2 * n;
/**
 * Largest of the last n values, amortised in constant time: a ring of candidates, each smaller than the one before.
 * [values seen, head, length, values, positions]. The smallest is the largest of the negated.
 */
export function pushLargest(arena: Float64Array, at: number, n: number, x: number): number { // hot
  const position = arena[at]!;
  const values = at + 3;
  const positions = values + n;
  let head = arena[at + 1]!;
  let length = arena[at + 2]!;
  if (length > 0 && arena[positions + head]! <= position - n) {
    head = head + 1 === n ? 0 : head + 1;
    length--;
  }
  let tail = head + length;
  if (tail >= n) tail -= n;
  while (length > 0) {
    const last = tail === 0 ? n - 1 : tail - 1;
    if (arena[values + last]! > x) break;
    tail = last;
    length--;
  }
  arena[values + tail] = x;
  arena[positions + tail] = position;
  arena[at] = position + 1;
  arena[at + 1] = head;
  arena[at + 2] = length + 1;
  return position + 1 >= n ? arena[values + head]! : Number.NaN;
}

export const delaySize = (n: number): number => 2 + n;
/** The value n pushes ago: [count, index, ring]. */
export function pushDelay(arena: Float64Array, at: number, n: number, x: number): number { // hot
  const count = arena[at]!;
  const index = arena[at + 1]!;
  const ring = at + 2;
  const old = arena[ring + index]!;
  arena[ring + index] = x;
  arena[at + 1] = index + 1 === n ? 0 : index + 1;
  if (count < n) arena[at] = count + 1;
  return count >= n ? old : Number.NaN;
}

export const smoothSize = (n: number): number => 2 + n;
/** Mean of the last n values, added up anew each time: for short windows of fractions. [count, index, ring]. */
export function pushSmooth(arena: Float64Array, at: number, n: number, x: number): number { // hot
  const count = arena[at]!;
  const index = arena[at + 1]!;
  const ring = at + 2;
  arena[ring + index] = x;
  arena[at + 1] = index + 1 === n ? 0 : index + 1;
  if (count < n) arena[at] = count + 1;
  return count + 1 >= n ? sumOf(arena, ring, n) / n : Number.NaN;
}
