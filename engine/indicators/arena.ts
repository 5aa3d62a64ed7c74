/**
 * Incremental building blocks over one array of doubles. Each owns the slots from `at`, counters included. The caller
 * writes a value into slot `at`, calls, and reads the result from the same slot: NaN while too few values were seen.
 * A zeroed array is the fresh state; a copy of the array is a snapshot.
 *
 * 1. No division by position: indices wrap by comparison. No allocation. No double crosses a call, where it would be
 *    boxed whenever the compiler chooses not to inline.
 * 2. Sums of whole numbers are exact; sums of others are added up anew whenever the ring wraps, so that rounding
 *    errors do not pile up.
 */

export const sumSize = (n: number): number => 4 + n;
/** Sum of the last n values: [value, count, index, sum, ring]. */
export function pushSum(arena: Float64Array, at: number, n: number): void { // hot
  const x = arena[at]!;
  const count = arena[at + 1]! | 0;
  const index = arena[at + 2]! | 0;
  const slot = at + 4 + index;
  arena[at + 3] = arena[at + 3]! + x - arena[slot]!; // an empty slot is 0
  arena[slot] = x;
  if (index + 1 === n) {
    arena[at + 2] = 0;
    let sum = 0;
    for (let i = at + 4; i < at + 4 + n; i++) sum += arena[i]!;
    arena[at + 3] = sum;
  } else {
    arena[at + 2] = index + 1;
  }
  if (count + 1 < n) {
    arena[at + 1] = count + 1;
    arena[at] = Number.NaN;
  } else {
    arena[at] = arena[at + 3]!;
  }
}

export const weightedSize = (n: number): number => 5 + n;
/** Linearly weighted mean, newest weight n: [value, count, index, sum, weighted sum, ring]. */
export function pushWeighted(arena: Float64Array, at: number, n: number): void { // hot
  const x = arena[at]!;
  const count = arena[at + 1]! | 0;
  const index = arena[at + 2]! | 0;
  const slot = at + 5 + index;
  arena[at + 4] = arena[at + 4]! + n * x - arena[at + 3]!; // all earlier values lose one weight
  arena[at + 3] = arena[at + 3]! + x - arena[slot]!;
  arena[slot] = x;
  if (index + 1 === n) {
    arena[at + 2] = 0;
    let sum = 0;
    let weighted = 0;
    for (let i = 0; i < n; i++) {
      const value = arena[at + 5 + i]!;
      sum += value;
      weighted += (i + 1) * value;
    }
    arena[at + 3] = sum;
    arena[at + 4] = weighted;
  } else {
    arena[at + 2] = index + 1;
  }
  if (count + 1 < n) {
    arena[at + 1] = count + 1;
    arena[at] = Number.NaN;
  } else {
    arena[at] = arena[at + 4]! / ((n * (n + 1)) / 2);
  }
}

export const spreadSize = (n: number): number => 7 + n;
/** Slot, counted from `at`, in which `pushSpread` leaves the mean of its window. */
export const spreadMean = 6;
/**
 * Population standard deviation. Sums are of differences to a value of the window, which keeps squares small:
 * [value, count, index, sum, sum of squares, shift, mean, ring].
 */
export function pushSpread(arena: Float64Array, at: number, n: number): void { // hot
  const x = arena[at]!;
  const count = arena[at + 1]! | 0;
  const index = arena[at + 2]! | 0;
  const slot = at + 7 + index;
  if (count === 0) arena[at + 5] = x;
  const shift = arena[at + 5]!;
  const fresh = x - shift;
  const stale = count < n ? 0 : arena[slot]! - shift;
  arena[slot] = x;
  arena[at + 3] = arena[at + 3]! + fresh - stale;
  arena[at + 4] = arena[at + 4]! + fresh * fresh - stale * stale;
  if (index + 1 === n) {
    arena[at + 2] = 0;
    recentre(arena, at, n);
  } else {
    arena[at + 2] = index + 1;
  }
  if (count < n) arena[at + 1] = count + 1;
  if (count + 1 < n) {
    arena[at] = Number.NaN;
    arena[at + 6] = Number.NaN;
    return;
  }
  const sum = arena[at + 3]!;
  arena[at + 6] = (sum + n * arena[at + 5]!) / n;
  const squared = n * arena[at + 4]! - sum * sum; // n squared times the variance
  arena[at] = squared > 0 ? Math.sqrt(squared) / n : 0;
}

/** The newest value, at the end of the ring, becomes the shift. */
function recentre(arena: Float64Array, at: number, n: number): void { // hot
  const shift = arena[at + 6 + n]!;
  let sum = 0;
  let squares = 0;
  for (let i = at + 7; i < at + 7 + n; i++) {
    const difference = arena[i]! - shift;
    sum += difference;
    squares += difference * difference;
  }
  arena[at + 3] = sum;
  arena[at + 4] = squares;
  arena[at + 5] = shift;
}

export const averageSize = 3;
/** Exponential mean seeded with the mean of the first n values: [value, count, mean]. */
export function pushEma(arena: Float64Array, at: number, n: number): void { // hot
  if (arena[at + 1]! < n) {
    seed(arena, at, n);
    return;
  }
  const mean = arena[at + 2]!;
  const next = mean + (arena[at]! - mean) * (2 / (n + 1));
  arena[at + 2] = next;
  arena[at] = next;
}

/** Wilder's mean seeded with the mean of the first n values: [value, count, mean]. */
export function pushRma(arena: Float64Array, at: number, n: number): void { // hot
  if (arena[at + 1]! < n) {
    seed(arena, at, n);
    return;
  }
  const next = (arena[at + 2]! * (n - 1) + arena[at]!) / n;
  arena[at + 2] = next;
  arena[at] = next;
}

function seed(arena: Float64Array, at: number, n: number): void { // hot
  const count = arena[at + 1]! + 1;
  arena[at + 1] = count;
  arena[at + 2] = arena[at + 2]! + arena[at]!;
  if (count === n) arena[at + 2] = arena[at + 2]! / n;
  arena[at] = count < n ? Number.NaN : arena[at + 2]!;
}

export const rangeSize = 5;
/** Wilder's average true range of `bar`; the first true range is high - low: [average of 3, seen, previous close]. */
export function pushRange(arena: Float64Array, at: number, n: number, bar: Float64Array): void { // hot
  const high = bar[1]!;
  const low = bar[2]!;
  const previous = arena[at + 4]!;
  if (arena[at + 3] === 0) {
    arena[at + 3] = 1;
    arena[at] = high - low;
  } else {
    arena[at] = (previous > high ? previous : high) - (previous < low ? previous : low);
  }
  arena[at + 4] = bar[3]!;
  pushRma(arena, at, n);
}

export const largestSize = (n: number): number => 4 + 2 * n;
/**
 * Largest of the last n values, amortised in constant time: a ring of candidates, each smaller than the one before.
 * [value, values seen, head, length, values, positions]. The smallest is the largest of the negated.
 */
export function pushLargest(arena: Float64Array, at: number, n: number): void { // hot
  const x = arena[at]!;
  const position = arena[at + 1]!;
  const values = at + 4;
  const positions = values + n;
  let head = arena[at + 2]! | 0;
  let length = arena[at + 3]! | 0;
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
  arena[at + 1] = position + 1;
  arena[at + 2] = head;
  arena[at + 3] = length + 1;
  arena[at] = position + 1 < n ? Number.NaN : arena[values + head]!;
}

export const delaySize = (n: number): number => 3 + n;
/** The value n pushes ago: [value, count, index, ring]. */
export function pushDelay(arena: Float64Array, at: number, n: number): void { // hot
  const count = arena[at + 1]! | 0;
  const index = arena[at + 2]! | 0;
  const slot = at + 3 + index;
  const old = arena[slot]!;
  arena[slot] = arena[at]!;
  arena[at + 2] = index + 1 === n ? 0 : index + 1;
  if (count < n) arena[at + 1] = count + 1;
  arena[at] = count < n ? Number.NaN : old;
}

export const smoothSize = (n: number): number => 3 + n;
/** Mean of the last n values, added up anew each time: for short windows of fractions. [value, count, index, ring]. */
export function pushSmooth(arena: Float64Array, at: number, n: number): void { // hot
  const count = arena[at + 1]! | 0;
  const index = arena[at + 2]! | 0;
  arena[at + 3 + index] = arena[at]!;
  arena[at + 2] = index + 1 === n ? 0 : index + 1;
  if (count + 1 < n) {
    arena[at + 1] = count + 1;
    arena[at] = Number.NaN;
    return;
  }
  let sum = 0;
  for (let i = at + 3; i < at + 3 + n; i++) sum += arena[i]!;
  arena[at] = sum / n;
}
