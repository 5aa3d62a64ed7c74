/**
 * A month of answers into the lake, by the lake's own writer: whole or not at all. What is there already must be equal; what
 * is new joins it. Nothing is repaired.
 */
import { createHash } from 'node:crypto';
import type { SeriesKey } from '../candles.ts';
import { hasSpacing, monthOf, seriesText, timeText } from '../candles.ts';
import { DataError } from '../error.ts';
import { candlesOf, columnNames, commitSeries, readColumns, readManifest, stampsOf, withLakeLock } from '../lake/index.ts';
import { nothingScanned, scanCandles, scanFunding, scanOpenInterest } from '../scan.ts';
import type { Row, Series } from './page.ts';

/** Rows of one calendar month, oldest first. Returns how many of them were new; nothing is written when none was. */
export function storeMonth(folder: string, series: Series, rows: readonly Row[], importedAt: string): number {
  const { key, intervalMs } = series;
  const columns = columnsOf(key, rows);
  refuseDefects(series, columns);
  return withLakeLock(folder, () => {
    const existing = readManifest(folder, key);
    const month = monthOf(rows[0]?.[0] ?? 0);
    const touched = existing?.months.filter((entry) => entry.month === month) ?? [];
    const before = existing === null || touched.length === 0 ? [] : rowsOf(readColumns(folder, { ...existing, months: touched }));
    const merged = mergedRows(key, before, rows);
    const added = merged.length - before.length;
    if (added === 0) return 0;
    const whole = before.length === 0 ? columns : columnsOf(key, merged);
    const source = { name: `${seriesText(key)} ${month}, downloaded`, sha256: hashOf(whole), rows: merged.length, importedAt };
    const sources = [...(existing?.sources ?? []).filter(({ name }) => name !== source.name), source];
    commitSeries(folder, [{
      key, intervalMs, kept: existing?.months.filter((entry) => !touched.includes(entry)) ?? [], columns: whole,
      sources: sources.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)), flagged: existing?.flagged ?? [],
    }], importedAt);
    return added;
  });
}

const columnsOf = ({ kind }: SeriesKey, rows: readonly Row[]): readonly Float64Array[] =>
  columnNames(kind).map((_, k) => {
    const column = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) column[i] = rows[i]![k]!; // hot
    return column;
  });

function rowsOf(columns: readonly Float64Array[]): readonly Row[] {
  return Array.from(columns[0] ?? [], (_, i) => columns.map((column) => column[i] ?? Number.NaN));
}

/** Of the values, column by column. */
function hashOf(columns: readonly Float64Array[]): string {
  const hash = createHash('sha256');
  for (const column of columns) hash.update(column);
  return hash.digest('hex');
}

function mergedRows(key: SeriesKey, before: readonly Row[], fresh: readonly Row[]): readonly Row[] {
  if (before.length === 0) return fresh;
  const known = new Map(before.map((row) => [row[0], row]));
  const added = fresh.filter((row) => {
    const there = known.get(row[0]);
    if (there === undefined) return true;
    const k = row.findIndex((value, column) => value !== there[column]);
    if (k >= 0) throw differs(key, row, there, k);
    return false;
  });
  return added.length === 0 ? before : [...before, ...added].sort(([a = 0], [b = 0]) => a - b);
}

const differs = (key: SeriesKey, row: Row, there: Row, k: number): DataError => new DataError({
  reason: 'overlap-differs', what: `the lake already has another value of ${seriesText(key)} at ${timeText(row[0] ?? 0)}`,
  field: columnNames(key.kind)[k] ?? '', value: String(row[k]), expected: String(there[k]),
  fix: 'find out which source is right; delete the folder of the series in the lake to download it anew',
});

/** What no exchange can mean is not stored: prices of zero, highs below lows, stamps beside the grid. */
function refuseDefects({ key, intervalMs }: Series, columns: readonly Float64Array[]): void {
  const scan = hasSpacing(key.kind) ? scanCandles(candlesOf(columns), intervalMs) : { ...nothingScanned, defects: key.kind === 'funding' ? scanFunding(stampsOf(columns)) : scanOpenInterest(stampsOf(columns)) };
  const [defect] = scan.defects;
  if (defect === undefined) return;
  const place = columnNames(key.kind).indexOf(defect.field);
  throw new DataError({
    reason: defect.code, what: `the exchange told ${defect.code} in ${seriesText(key)} at ${timeText(columns[0]?.[defect.row] ?? 0)}`,
    field: defect.field, value: String(columns[place]?.[defect.row]), fix: 'try again later; if it stays so, report it to the exchange',
  });
}
