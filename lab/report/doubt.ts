/**
 * Ranges of doubt. The bootstrap draws whole samples with replacement, seeded, so that a report says the same each time;
 * days hang together, so they are drawn in blocks of a week. Source: Efron 1979; moving blocks: Kuensch 1989;
 * shares: Wilson 1927. All intervals are 95 %.
 */

export interface Range { readonly low: number; readonly high: number }

const drawsMost = 2_000;
const drawsLeast = 400;
/** Values drawn in all at most, so that ten thousand trades take no longer than a second. */
const drawnMost = 3_000_000;
const blockDays = 7;
/** Below this an interval would only pretend. */
export const leastSample = 30;

/** A small generator of whole numbers below n: mulberry32. */
function dice(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * n);
  };
}

/** The middle 95 % of a statistic over samples drawn from the values; null when the sample is too small to say. */
export function bootstrap(values: readonly number[], statistic: (sample: Float64Array) => number, block = 1, seed = 1): Range | null {
  if (values.length < leastSample) return null;
  const places = new Int32Array(values.length);
  const sample = new Float64Array(values.length);
  const roll = dice(seed);
  return middle(drawsFor(values.length), () => {
    draw(places, roll, block);
    for (let i = 0; i < places.length; i++) sample[i] = values[places[i]!]!;
    return statistic(sample);
  });
}

/** The same for pairs: what belongs together is drawn together. `a` and `b` are of one length. */
export function bootstrapPairs(a: readonly number[], b: readonly number[], statistic: (a: Float64Array, b: Float64Array) => number, block = 1, seed = 1): Range | null {
  if (a.length < leastSample) return null;
  const places = new Int32Array(a.length);
  const one = new Float64Array(a.length);
  const two = new Float64Array(a.length);
  const roll = dice(seed);
  return middle(drawsFor(a.length), () => {
    draw(places, roll, block);
    for (let i = 0; i < places.length; i++) {
      one[i] = a[places[i]!]!;
      two[i] = b[places[i]!]!;
    }
    return statistic(one, two);
  });
}

/** Mean of b less mean of a, each drawn by itself. */
export function meanDifference(a: readonly number[], b: readonly number[], seed = 1): Range | null {
  if (a.length < leastSample || b.length < leastSample) return null;
  const roll = dice(seed);
  const drawn = (values: readonly number[]): number => {
    let total = 0;
    for (let i = 0; i < values.length; i++) total += values[roll(values.length)]!;
    return total / values.length;
  };
  return middle(drawsFor(a.length + b.length), () => drawn(b) - drawn(a));
}

const drawsFor = (n: number): number => Math.max(drawsLeast, Math.min(drawsMost, Math.floor(drawnMost / n)));

/** Places of a sample: runs of `block` that follow one another, the end joined to the beginning. */
function draw(places: Int32Array, roll: (n: number) => number, block: number): void {
  const n = places.length;
  for (let i = 0; i < n;) {
    let at = roll(n);
    for (let k = 0; k < block && i < n; k++) {
      places[i++] = at;
      at = at + 1 === n ? 0 : at + 1;
    }
  }
}

function middle(draws: number, next: () => number): Range | null {
  const found = new Float64Array(draws);
  for (let i = 0; i < draws; i++) found[i] = next();
  const usable = found.filter((value) => Number.isFinite(value)).sort();
  if (usable.length < draws * 0.9) return null;
  return { low: usable[Math.floor(usable.length * 0.025)]!, high: usable[Math.ceil(usable.length * 0.975) - 1]! };
}

export const daysInBlock = blockDays;

/** Wilson's interval of a share. */
export function shareRange(hits: number, n: number): Range | null {
  if (n < 10) return null;
  const z = 1.959964;
  const p = hits / n;
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const reach = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return { low: centre - reach, high: centre + reach };
}

export function mean(values: Float64Array | readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total / values.length;
}

/** Mean over sample deviation (ddof 1) x sqrt(365): the yearly Sharpe ratio of daily returns, risk-free rate 0. */
export function yearlySharpe(returns: Float64Array | readonly number[]): number {
  const centre = mean(returns);
  let squares = 0;
  for (const value of returns) squares += (value - centre) ** 2;
  return (centre / Math.sqrt(squares / (returns.length - 1))) * Math.sqrt(365);
}

/** Sum of what was won over the sum of what was lost. */
export function profitFactor(nets: Float64Array | readonly number[]): number {
  let won = 0;
  let lost = 0;
  for (const net of nets) {
    if (net > 0) won += net;
    else lost -= net;
  }
  return won / lost;
}
