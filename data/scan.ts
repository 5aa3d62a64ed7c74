/**
 * One pass over columns that finds what cannot be true of a candle series, gaps and quiet stretches.
 * Column-wise: no object per bar. Import refuses on the first defect, `data check` counts them all.
 */
import type { Candles, FundingStamps, Gap, Prints, QuietRun } from './candles.ts';
import { timeframeLength, timeframeNames } from './candles.ts';

export type DefectCode = 'bad-stamp' | 'unordered' | 'duplicate' | 'off-grid' | 'bad-price' | 'ohlc' | 'bad-volume' | 'bad-rate';

/** All rows with one kind of defect: the first of them, which column is to blame there, and how many. */
export interface Defect {
  readonly code: DefectCode;
  /** Row of the first one, 0-based. */
  readonly row: number;
  readonly field: ColumnRole;
  count: number;
}
export type ColumnRole = 'ts' | 'open' | 'high' | 'low' | 'close' | 'volume' | 'rate' | 'price' | 'quantity' | 'symbol' | 'id';

export interface Scan {
  /** In order of their first row. */
  readonly defects: readonly Defect[];
  readonly gaps: readonly Gap[];
  readonly missing: number;
  readonly quiet: readonly QuietRun[];
  readonly quietBars: number;
}

export const nothingScanned: Scan = { defects: [], gaps: [], missing: 0, quiet: [], quietBars: 0 };

/** Latest time taken for real: a stamp beyond the year 2100 is a wrong unit. */
const latestStamp = 4_102_444_800_000;

class Tally {
  readonly found = new Map<DefectCode, Defect>();
  add(code: DefectCode, row: number, field: ColumnRole): void {
    const known = this.found.get(code);
    if (known === undefined) this.found.set(code, { code, row, field, count: 1 });
    else known.count += 1;
  }
}

/** `intervalMs` is the series' spacing; bars must open on its UTC grid. Null, not known: neither grid nor gaps are judged. */
export function scanCandles(candles: Candles, intervalMs: number | null): Scan {
  const tally = new Tally();
  const gaps: Gap[] = [];
  const quiet: QuietRun[] = [];
  const { length, openedAt, volume } = candles;
  const hasVolume = volume.length > 0;
  let missing = 0;
  let quietBars = 0;
  let quietFrom = -1;
  let before = Number.NaN;
  let isOnGrid = false;
  const step = intervalMs ?? 0;
  for (let i = 0; i < length; i++) { // hot
    const at = openedAt[i]!;
    if (isOnGrid && at - before === step) before = at; // the usual bar: no division needed
    else if (!(at > 0 && at < latestStamp)) tally.add('bad-stamp', i, 'ts');
    else {
      isOnGrid = step > 0 && at % step === 0;
      if (step > 0 && !isOnGrid) tally.add('off-grid', i, 'ts');
      if (at === before) tally.add('duplicate', i, 'ts');
      else if (at < before) tally.add('unordered', i, 'ts');
      else if (step > 0 && at - before > step) {
        const count = Math.round((at - before) / step) - 1;
        if (count > 0) { gaps.push({ at: before + step, missing: count }); missing += count; }
      }
      before = at;
    }
    scanBar(candles, i, tally);
    if (!hasVolume) continue;
    const size = volume[i]!;
    if (!(size >= 0 && size < Infinity)) tally.add('bad-volume', i, 'volume');
    else if (size === 0) { quietBars += 1; if (quietFrom < 0) quietFrom = i; continue; }
    if (quietFrom >= 0) { quiet.push({ at: openedAt[quietFrom]!, bars: i - quietFrom }); quietFrom = -1; }
  }
  if (quietFrom >= 0) quiet.push({ at: openedAt[quietFrom]!, bars: length - quietFrom });
  return { defects: inOrder(tally), gaps, missing, quiet, quietBars };
}

const isPrice = (value: number): boolean => value > 0 && value < Infinity;

function scanBar(candles: Candles, i: number, tally: Tally): void { // hot
  const open = candles.open[i]!;
  const high = candles.high[i]!;
  const low = candles.low[i]!;
  const close = candles.close[i]!;
  if (high >= low && low > 0 && high < Infinity && open >= low && open <= high && close >= low && close <= high) return;
  if (!isPrice(open)) tally.add('bad-price', i, 'open');
  else if (!isPrice(high)) tally.add('bad-price', i, 'high');
  else if (!isPrice(low)) tally.add('bad-price', i, 'low');
  else if (!isPrice(close)) tally.add('bad-price', i, 'close');
  else if (high < low || high < open || high < close) tally.add('ohlc', i, 'high');
  else tally.add('ohlc', i, 'low');
}

const inOrder = (tally: Tally): Defect[] => [...tally.found.values()].sort((a, b) => a.row - b.row);

/** Rates beyond 100 % of the value are a wrong unit. Stamps may come late (the venue's own), never out of order. */
export function scanFunding(stamps: FundingStamps): readonly Defect[] {
  const tally = new Tally();
  for (let i = 0; i < stamps.length; i++) {
    const at = stamps.settledAt[i]!;
    if (!(at > 0 && at < latestStamp)) tally.add('bad-stamp', i, 'ts');
    else if (i > 0 && at === stamps.settledAt[i - 1]!) tally.add('duplicate', i, 'ts');
    else if (i > 0 && at < stamps.settledAt[i - 1]!) tally.add('unordered', i, 'ts');
    if (!(Math.abs(stamps.rate[i]!) <= 1)) tally.add('bad-rate', i, 'rate');
  }
  return inOrder(tally);
}

/** Open interest by its stamps: never below nothing. */
export function scanOpenInterest({ settledAt, rate, length }: FundingStamps): readonly Defect[] {
  const tally = new Tally();
  for (let i = 0; i < length; i++) {
    if (!(settledAt[i]! > 0 && settledAt[i]! < latestStamp)) tally.add('bad-stamp', i, 'ts');
    else if (i > 0 && settledAt[i]! <= settledAt[i - 1]!) tally.add(settledAt[i] === settledAt[i - 1] ? 'duplicate' : 'unordered', i, 'ts');
    if (!(rate[i]! >= 0 && rate[i]! < Infinity)) tally.add('bad-volume', i, 'quantity');
  }
  return inOrder(tally);
}

/** Trades of one instant follow each other as they stand; a trade before the one before it is out of order. */
export function scanPrints({ at, price, quantity, length }: Prints): readonly Defect[] {
  const tally = new Tally();
  for (let i = 0; i < length; i++) { // hot
    if (!(at[i]! > 0 && at[i]! < latestStamp)) tally.add('bad-stamp', i, 'ts');
    else if (i > 0 && at[i]! < at[i - 1]!) tally.add('unordered', i, 'ts');
    if (!isPrice(price[i]!)) tally.add('bad-price', i, 'price');
    if (!(quantity[i]! >= 0 && quantity[i]! < Infinity)) tally.add('bad-volume', i, 'quantity');
  }
  return inOrder(tally);
}

/** The most frequent positive spacing of stamps, when it is a known timeframe. Looks at the first 20,000 rows. */
export function spacingOf(openedAt: Float64Array): number | null {
  const counts = new Map<number, number>();
  for (let i = 1; i < Math.min(openedAt.length, 20_000); i++) {
    const step = openedAt[i]! - openedAt[i - 1]!;
    if (step > 0) counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  let best: number | null = null;
  for (const [step, count] of counts) {
    if (best === null || count > (counts.get(best) ?? 0)) best = step;
  }
  return best !== null && timeframeNames.some((name) => timeframeLength(name) === best) ? best : null;
}

/** More than this share of the bars missing is not an outage any more. */
const pagingShare = 0.05;
/** Shorter holes are no pages: a thin market has such minutes without a trade. */
const pageLeast = 10;

/**
 * Holes of a downloader that stepped too far: more than 5 % of the bars are missing and most holes have one length.
 * Returns that length, or null when the gaps do not look so.
 */
export function pagingHole(rows: number, gaps: readonly Gap[], missing: number): number | null {
  if (gaps.length < 2 || missing <= pagingShare * (rows + missing)) return null;
  const counts = new Map<number, number>();
  for (const gap of gaps) counts.set(gap.missing, (counts.get(gap.missing) ?? 0) + 1);
  const [length, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [0, 0];
  return length >= pageLeast && count >= 2 && count >= 0.6 * gaps.length ? length : null;
}

/** Smallest number of decimal places (at most 9) that writes every finite value; looks at up to 50,000 of them. */
export function decimalPlaces(columns: readonly Float64Array[]): number {
  let places = 0;
  let scale = 1;
  for (const column of columns) {
    const stride = Math.max(1, Math.floor((column.length * columns.length) / 50_000));
    for (let i = 0; i < column.length; i += stride) {
      const value = column[i]!;
      while (places < 9 && !isMultiple(value, scale)) { places += 1; scale *= 10; }
    }
  }
  return places;
}

function isMultiple(value: number, scale: number): boolean {
  const steps = value * scale;
  return !Number.isFinite(steps) || Math.abs(steps - Math.round(steps)) <= Math.max(1e-6, Math.abs(steps) * 1e-14);
}
