import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { queryRows, quoteText, withDatabase } from '../../../data/duckdb.ts';
import type { Row } from '../../../data/duckdb.ts';
import { parquetParts, rowGroupRows } from '../../../data/store/parquet.ts';
import type { Table } from '../../../engine/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-parquet-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

let files = 0;
async function readBack(table: Table, sql: string): Promise<readonly Row[]> {
  const file = join(folder, `${++files}.parquet`);
  writeFileSync(file, Buffer.concat(parquetParts(table)));
  return await withDatabase(':memory:', async (connection) =>
    await queryRows(connection, sql.replaceAll('FILE', `read_parquet(${quoteText(file)}, file_row_number = true)`)));
}

describe('Parquet written by hand, read by DuckDB', () => {
  it('gives back all five kinds of column, with NULL for NaN and for code -1, in three rows', async () => {
    const table: Table = {
      name: 'kinds', rows: 3,
      columns: [
        { name: 'price', type: 'double', values: Float64Array.of(0.1, NaN, -1e300) },
        { name: 'order', type: 'integer', values: Int32Array.of(-1, 0, 2_147_483_647) },
        { name: 'at', type: 'time', values: Float64Array.of(Date.UTC(2025, 9, 10, 21, 20, 0, 123), NaN, -1) },
        { name: 'firm', type: 'boolean', values: Uint8Array.of(1, 0, 1) },
        { name: 'why', type: 'text', codes: Int32Array.of(1, -1, 0), dictionary: ['', 'größer "als"'] },
      ],
    };

    const rows = await readBack(table, 'SELECT price, "order", epoch_ms("at") AS at_ms, firm, why FROM FILE ORDER BY file_row_number');

    expect(rows).toEqual([
      { price: 0.1, order: -1, at_ms: Date.UTC(2025, 9, 10, 21, 20, 0, 123), firm: true, why: 'größer "als"' },
      { price: null, order: 0, at_ms: null, firm: false, why: null },
      { price: -1e300, order: 2_147_483_647, at_ms: -1, firm: true, why: '' },
    ]);
  });

  it('keeps 300,001 rows in three row groups, and 5,000 words where a group uses few of them', async () => {
    const rows = 300_001;
    const words = Array.from({ length: 5_000 }, (_, k) => `word ${k}`);
    const table: Table = {
      name: 'many', rows,
      columns: [
        { name: 'k', type: 'integer', values: Int32Array.from({ length: rows }, (_, k) => k) },
        { name: 'third', type: 'double', values: Float64Array.from({ length: rows }, (_, k) => k % 3 === 0 ? NaN : k / 8) },
        { name: 'few', type: 'text', codes: Int32Array.from({ length: rows }, (_, k) => (k % 301) - 1), dictionary: words.slice(0, 300) },
        { name: 'word', type: 'text', codes: Int32Array.from({ length: rows }, (_, k) => k % 5_000), dictionary: words },
        { name: 'none', type: 'text', codes: new Int32Array(rows).fill(-1), dictionary: [] },
      ],
    };

    const [row] = await readBack(table, `
      SELECT count(*) AS n, count(third) AS third, count(few) AS few, count(none) AS none,
        count(*) FILTER (k <> file_row_number) AS moved,
        count(*) FILTER (k % 3 <> 0 AND third IS DISTINCT FROM k / 8) AS wrong_doubles,
        count(*) FILTER (k % 301 <> 0 AND few IS DISTINCT FROM 'word ' || (k % 301 - 1)) AS wrong_few,
        count(*) FILTER (word IS DISTINCT FROM 'word ' || (k % 5000)) AS wrong_words FROM FILE`);

    // 300,001 rows: k = 0, 3, ... 300,000 are NULL in `third` (100,001); k = 0, 301, ... 299,796 in `few` (997).
    expect(Math.ceil(rows / rowGroupRows)).toBe(3);
    expect(row).toEqual({ n: rows, third: 200_000, few: rows - 997, none: 0, moved: 0, wrong_doubles: 0, wrong_few: 0, wrong_words: 0 });
  });

  it('writes a table without rows that still names its columns', async () => {
    const table: Table = {
      name: 'empty', rows: 0,
      columns: [
        { name: 'price', type: 'double', values: new Float64Array(0) },
        { name: 'why', type: 'text', codes: new Int32Array(0), dictionary: [] },
      ],
    };

    const described = await readBack(table, 'DESCRIBE SELECT price, why FROM FILE');

    expect(described.map((row) => `${String(row['column_name'])} ${String(row['column_type'])}`)).toEqual(['price DOUBLE', 'why VARCHAR']);
  });
});
