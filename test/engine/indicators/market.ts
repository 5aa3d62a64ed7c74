/** Seeded bars in whole ticks and textbook formulas that look at the whole series each time, for the kernels' tests. */
export interface Bars {
  readonly openedAt: number[];
  readonly open: number[];
  readonly high: number[];
  readonly low: number[];
  readonly close: number[];
  readonly volume: number[];
}

/** mulberry32 */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const minuteMs = 60_000;

/** A walk of `length` one-minute bars from 500,000 ticks, beginning at a Thursday noon UTC. */
export function walk(length: number, seed: number): Bars {
  const random = seeded(seed);
  const bars: Bars = { openedAt: [], open: [], high: [], low: [], close: [], volume: [] };
  let price = 500_000;
  for (let i = 0; i < length; i++) {
    const open = price;
    price += Math.round((random() - 0.5) * 400);
    bars.openedAt.push(12 * 60 * minuteMs + i * minuteMs);
    bars.open.push(open);
    bars.close.push(price);
    bars.high.push(Math.max(open, price) + Math.floor(random() * 50));
    bars.low.push(Math.min(open, price) - Math.floor(random() * 50));
    bars.volume.push(Math.round(random() * 10_000) / 1_000);
  }
  return bars;
}

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
export const mean = (values: readonly number[]): number => sum(values) / values.length;

/** `of` over each window of n values; NaN before there are n. */
export function windows(values: readonly number[], n: number, of: (window: readonly number[]) => number): number[] {
  return values.map((_, i) => (i + 1 < n ? Number.NaN : of(values.slice(i + 1 - n, i + 1))));
}

/** Exponential mean with this weight, seeded with the mean of the first n values that are numbers. */
export function exponential(values: readonly number[], n: number, weight: number): number[] {
  const first = values.findIndex((value) => !Number.isNaN(value));
  let value = Number.NaN;
  return values.map((x, i) => {
    if (i - first + 1 < n) return Number.NaN;
    value = i - first + 1 === n ? mean(values.slice(first, i + 1)) : value * (1 - weight) + x * weight;
    return value;
  });
}

/** True ranges; the first is high - low. */
export function trueRanges({ high, low, close }: Bars): number[] {
  return high.map((top, i) => (i === 0
    ? top - low[i]!
    : Math.max(top - low[i]!, Math.abs(top - close[i - 1]!), Math.abs(low[i]! - close[i - 1]!))));
}
