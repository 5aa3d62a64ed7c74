/** Candles as a list of lists, [[ms, open, high, low, close, volume], ...], as freqtrade keeps them in .json and .json.gz. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Table } from '../../engine/index.ts';
import { DataError } from '../error.ts';
import type { DataReason } from '../error.ts';
import { notCandles } from './columns.ts';

const columns: readonly (readonly [name: string, reason: DataReason])[] = [
  ['ts', 'bad-stamp'], ['open', 'bad-price'], ['high', 'bad-price'], ['low', 'bad-price'], ['close', 'bad-price'], ['volume', 'bad-volume'],
];

export function jsonRows(file: string): Table {
  const rows = parsed(file);
  const values = columns.map(() => new Float64Array(rows.length));
  for (const [i, row] of rows.entries()) {
    if (!Array.isArray(row) || row.length !== columns.length) throw badRow(file, i, row);
    for (const [k, [field, reason]] of columns.entries()) {
      const cell: unknown = row[k];
      if (typeof cell !== 'number') throw badCell(file, i, { field, reason, cell });
      values[k]![i] = cell;
    }
  }
  return {
    name: 'candles', rows: rows.length,
    columns: columns.map(([name], k) => ({ name, type: 'double', values: values[k] ?? new Float64Array(0) })),
  };
}

function parsed(file: string): readonly unknown[] {
  const bytes = readFileSync(file);
  let content: unknown;
  try {
    content = JSON.parse((file.toLowerCase().endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new DataError({
      reason: 'unreadable', what: `unreadable file (${text.slice(0, 160)})`, file,
      expected: '[[ms, open, high, low, close, volume], ...] to its end', fix: 'download it again',
    }, error);
  }
  if (Array.isArray(content)) return content as readonly unknown[];
  throw notCandles(file, 'JSON messages (depth or REST answers)');
}

const badRow = (file: string, i: number, row: unknown): DataError => new DataError({
  reason: 'unreadable', what: 'a row of another shape', file, row: i + 1, value: (JSON.stringify(row) ?? '').slice(0, 120),
  expected: '[ms, open, high, low, close, volume]', fix: 'give the candle file, or convert it to CSV',
});

const badCell = (file: string, i: number, bad: { readonly field: string; readonly reason: DataReason; readonly cell: unknown }): DataError => new DataError({
  reason: bad.reason, what: 'not a number', file, row: i + 1, field: bad.field, value: (JSON.stringify(bad.cell) ?? '').slice(0, 120),
  expected: 'a number', fix: 'repair the row or download it again',
});
