/** Reading series out of the lake: listing what is there, and columns of a range of months. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Candles, FundingStamps, Prints, SeriesKey, SeriesKind } from '../candles.ts';
import { sharedColumns } from '../candles.ts';
import { DataError } from '../error.ts';
import { manifestIn, monthPath, placeOf, seriesFolders } from './layout.ts';
import { parseManifest } from './manifest.ts';
import type { Manifest, MonthEntry } from './manifest.ts';
import { readMonth } from './month.ts';
import type { ViewedSeries } from './views.ts';

/** Columns of a month file, in order. */
export function columnNames(kind: SeriesKind): readonly string[] {
  if (kind === 'funding') return ['ts', 'rate'];
  if (kind === 'open-interest') return ['ts', 'open_interest'];
  if (kind === 'trades') return ['ts', 'price', 'quantity'];
  const prices = ['ts', 'open', 'high', 'low', 'close'];
  return kind === 'last' ? [...prices, 'volume'] : prices;
}

/** Every series of the lake, by venue, category, symbol, kind, timeframe. An absent lake is an empty one. */
export function listLake(folder: string): readonly Manifest[] {
  const found = new Map<string, Manifest>();
  for (const place of seriesFolders(folder)) {
    const series = parseManifest(manifestIn(place));
    // A move that was cut off leaves both folders; the new one counts.
    if (series !== null && (place.isHive || !found.has(nameOf(series)))) found.set(nameOf(series), series);
  }
  return [...found.keys()].sort().flatMap((name) => found.get(name) ?? []);
}

/** The month files that count, series by series, as paths below `folder`. */
export function filesOfLake(folder: string): readonly ViewedSeries[] {
  return listLake(folder).map((series) => {
    const place = placeOf(folder, series);
    return { series, isHive: place.isHive, files: series.months.map((entry) => monthPath(place, entry)) };
  });
}

const nameOf = (key: SeriesKey): string => [key.venue, key.category, key.symbol, key.kind, key.timeframe].join('\0');

/** A part of a series: rows with `from <= ts < to` of the months that reach into it. */
export interface Range { readonly from: number; readonly to: number }
export const everything: Range = { from: -Infinity, to: Infinity };

export const monthsIn = (series: Manifest, range: Range): readonly MonthEntry[] =>
  series.months.filter((entry) => entry.last >= range.from && entry.first < range.to);

/** Columns of the range in shared memory, as stored (quote prices). Throws when a file is not what the manifest says. */
export function readColumns(folder: string, series: Manifest, range: Range = everything): readonly Float64Array[] {
  const months = monthsIn(series, range);
  const columns = sharedColumns(months.reduce((sum, entry) => sum + entry.rows, 0), columnNames(series.kind).length);
  const place = placeOf(folder, series);
  let start = 0;
  for (const entry of months) {
    const { bytes, rows, valuesAt } = entry;
    const path = monthPath(place, entry);
    let isRead = false;
    try {
      isRead = readMonth({ path, bytes, valuesAt, into: columns, start, rows });
    } catch (error) {
      throw damaged(folder, series, error);
    }
    if (!isRead) throw damaged(folder, series);
    start += rows;
  }
  return trimmed(columns, range);
}

function damaged(folder: string, series: Manifest, cause?: unknown): DataError {
  return new DataError({
    reason: 'damaged-lake', what: 'the lake is damaged', file: placeOf(folder, series).home,
    expected: 'the month files as the import wrote them', fix: 'delete the folder of this series and import it again',
  }, cause);
}

function trimmed(columns: readonly Float64Array[], range: Range): readonly Float64Array[] {
  const stamps = columns[0] ?? new Float64Array(0);
  const start = firstAtOrAfter(stamps, range.from);
  const end = firstAtOrAfter(stamps, range.to);
  return start === 0 && end === stamps.length ? columns : columns.map((column) => column.subarray(start, end));
}

/** Index of the first stamp at or after `at`; stamps ascend. */
export function firstAtOrAfter(stamps: Float64Array, at: number): number {
  let low = 0;
  let high = stamps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stamps[middle] ?? Infinity) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

const none = new Float64Array(0);

export function candlesOf(columns: readonly Float64Array[]): Candles {
  const [openedAt = none, open = none, high = none, low = none, close = none, volume = none] = columns;
  return { length: openedAt.length, openedAt, open, high, low, close, volume };
}

export function stampsOf(columns: readonly Float64Array[]): FundingStamps {
  const [settledAt = none, rate = none] = columns;
  return { length: settledAt.length, settledAt, rate };
}

export function printsOf(columns: readonly Float64Array[]): Prints {
  const [at = none, price = none, quantity = none] = columns;
  return { length: at.length, at, price, quantity };
}

/** Month files whose bytes are no longer those of the manifest. */
export function changedFiles(folder: string, series: Manifest): readonly MonthEntry[] {
  const place = placeOf(folder, series);
  return series.months.filter((entry) => {
    try {
      const bytes = readFileSync(monthPath(place, entry));
      return createHash('sha256').update(bytes).digest('hex') !== entry.sha256;
    } catch {
      return true; // absent or unreadable: not what was written
    }
  });
}
