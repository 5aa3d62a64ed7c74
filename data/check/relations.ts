/**
 * Judges a series against others of the same symbol: a longer timeframe must be the aggregate of a shorter one, and
 * two markets of one symbol cannot be far apart. Only bars present in both are compared.
 */
import type { Candles } from '../candles.ts';
import { timeText } from '../candles.ts';
import type { Finding } from './finding.ts';

export interface Related { readonly name: string; readonly candles: Candles; readonly intervalMs: number }

/** `child` has the shorter timeframe. Buckets with a missing child bar are left out. */
export function childParentFindings(child: Related, parent: Related): readonly Finding[] {
  const perBucket = parent.intervalMs / child.intervalMs;
  if (!Number.isInteger(perBucket) || perBucket < 2) return [];
  let c = 0;
  let compared = 0;
  let differing = 0;
  let first = -1;
  const kids = child.candles;
  for (let p = 0; p < parent.candles.length; p++) { // hot
    const opens = parent.candles.openedAt[p]!;
    const ends = opens + parent.intervalMs;
    while (c < kids.length && kids.openedAt[c]! < opens) c += 1;
    const from = c;
    let high = -Infinity;
    let low = Infinity;
    while (c < kids.length && kids.openedAt[c]! < ends) {
      if (kids.high[c]! > high) high = kids.high[c]!;
      if (kids.low[c]! < low) low = kids.low[c]!;
      c += 1;
    }
    if (c - from !== perBucket) continue;
    compared += 1;
    const same = high === parent.candles.high[p]! && low === parent.candles.low[p]!
      && kids.open[from]! === parent.candles.open[p]! && kids.close[c - 1]! === parent.candles.close[p]!;
    if (same) continue;
    differing += 1;
    if (first < 0) first = p;
  }
  if (differing === 0) return [];
  const at = parent.candles.openedAt[first] ?? 0;
  return [{
    code: 'child-parent', severity: 'error', at, count: differing,
    text: `${differing} of ${compared} bars of ${parent.name} are not the aggregate of ${child.name}, `
      + `the first at ${timeText(at)}`,
  }];
}

/** Fewest common bars for a judgement. */
const enough = 50;

/**
 * Compares closes at the same instant with a reference of the same symbol from another market. Venues differ by basis
 * points and for minutes in a crash by per cents; a median beyond 2 %, or returns that do not move together, is
 * another market under the same name.
 */
export function referenceFindings(subject: Related, reference: Related): readonly Finding[] {
  const { ratios, correlation, at } = compared(subject, reference);
  if (ratios.length < enough) return [];
  const off = ratios.map((ratio) => Math.abs(ratio - 1)).sort();
  const median = off[Math.floor(off.length / 2)] ?? 0;
  const largest = off.at(-1) ?? 0;
  if (median <= 0.02 && (correlation >= 0.7 || ratios.length < 1_000)) return [];
  return [{
    code: 'foreign-prices', severity: 'error', at, count: ratios.length,
    text: `${ratios.length} closes compared with ${reference.name}: half are more than ${(median * 100).toFixed(1)} % off `
      + `(up to ${(largest * 100).toFixed(0)} %), return correlation ${correlation.toFixed(2)}`,
  }];
}

interface Comparison { readonly ratios: Float64Array; readonly correlation: number; readonly at: number | null }

function compared(subject: Related, reference: Related): Comparison {
  const ratios: number[] = [];
  const sums = { n: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 };
  let at: number | null = null;
  let r = 0;
  let before: readonly [number, number] | null = null;
  for (let s = 0; s < subject.candles.length; s++) {
    const closedAt = subject.candles.openedAt[s]! + subject.intervalMs;
    while (r < reference.candles.length && reference.candles.openedAt[r]! + reference.intervalMs < closedAt) r += 1;
    if (r >= reference.candles.length) break;
    if (reference.candles.openedAt[r]! + reference.intervalMs !== closedAt) continue;
    const mine = subject.candles.close[s]!;
    const theirs = reference.candles.close[r]!;
    at ??= subject.candles.openedAt[s]!;
    ratios.push(mine / theirs);
    if (before !== null) {
      const x = mine / before[0] - 1;
      const y = theirs / before[1] - 1;
      sums.n += 1; sums.x += x; sums.y += y; sums.xx += x * x; sums.yy += y * y; sums.xy += x * y;
    }
    before = [mine, theirs];
  }
  const { n, x, y, xx, yy, xy } = sums;
  const spread = Math.sqrt((n * xx - x * x) * (n * yy - y * y));
  return { ratios: Float64Array.from(ratios), correlation: spread > 0 ? (n * xy - x * y) / spread : 0, at };
}
