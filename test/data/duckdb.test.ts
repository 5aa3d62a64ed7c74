import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  appendTable, closeDatabase, createTableSql, execute, openDatabase, queryColumns, queryRows, withConnection, withDatabase,
} from '../../data/duckdb.ts';
import type { Table } from '../../engine/index.ts';

const rows = 5_000;
const table: Table = {
  name: 'things',
  rows,
  columns: [
    { name: 'price', type: 'double', values: Float64Array.from({ length: rows }, (_, i) => (i === 7 ? Number.NaN : i / 4)) },
    { name: 'bar', type: 'integer', values: Int32Array.from({ length: rows }, (_, i) => i) },
    { name: 'at', type: 'time', values: Float64Array.from({ length: rows }, (_, i) => 1_700_000_000_000 + i * 1_000) },
    { name: 'maker', type: 'boolean', values: Uint8Array.from({ length: rows }, (_, i) => i % 2) },
    { name: 'side', type: 'text', codes: Int32Array.from({ length: rows }, (_, i) => (i % 3) - 1), dictionary: ['long', "o'side"] },
  ],
};

describe('the door to DuckDB', () => {
  it('a table of 5,000 rows and five column types comes back as it went in, NaN and code -1 as NULL', async () => {
    await withDatabase(':memory:', async (connection) => {
      await execute(connection, createTableSql('things', table.columns));
      await appendTable(connection, 'things', table);

      const [sums] = await queryRows(connection, `SELECT count(*) AS n, count(price) AS priced, sum(bar) AS bars,
        count(*) FILTER (maker) AS makers, count(side) AS sided, max(epoch_ms("at")) AS latest FROM things`);
      const some = await queryColumns(connection, 'SELECT price, side, "at" FROM things ORDER BY bar LIMIT 9');

      expect(sums).toEqual({
        n: 5_000, priced: 4_999, bars: (4_999 * 5_000) / 2, makers: 2_500, sided: 3_333, latest: 1_700_004_999_000,
      });
      expect(some.rows).toBe(9);
      expect([...(some.columns[0]?.values ?? [])]).toEqual([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, Number.NaN, 2]);
      expect([...(some.columns[1]?.values ?? [])].slice(0, 4)).toEqual([null, 'long', "o'side", null]);
      expect(some.columns[2]?.values[1]).toBe(1_700_000_001_000);
    });
  });

  it('columns are matched by name: a missing one becomes NULL, a foreign one is refused', async () => {
    await withDatabase(':memory:', async (connection) => {
      await execute(connection, 'CREATE TABLE things (note VARCHAR, bar INTEGER)');

      await appendTable(connection, 'things', { ...table, columns: table.columns.slice(1, 2) });

      expect(await queryRows(connection, 'SELECT count(note) AS notes, max(bar) AS bar FROM things'))
        .toEqual([{ notes: 0, bar: 4_999 }]);
      await expect(appendTable(connection, 'things', table)).rejects.toThrow('table things has no column price, at, maker, side');
    });
  });

  it('two openings of one file share one instance, so both see each other and nothing is lost', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
    const path = join(folder, 'one.duckdb');
    const first = await openDatabase(path);
    const second = await openDatabase(path);

    await withConnection(first, (c) => execute(c, 'CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (1)'));
    await withConnection(second, (c) => execute(c, 'INSERT INTO t VALUES (2)'));
    closeDatabase(first);
    closeDatabase(second);

    expect(await withDatabase(path, (c) => queryRows(c, 'SELECT sum(x) AS x FROM t'))).toEqual([{ x: 3 }]);
    rmSync(folder, { recursive: true });
  });
});
