/** The lake in SQL: views whose filters on the folders leave files unread, and their text to the letter. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { importFiles, queryRuns } from '../../../data/index.ts';
import { queryRows, withDatabase } from '../../../data/duckdb.ts';
import { filesOfLake, lakeViewSql, lakeViews } from '../../../data/lake/index.ts';
import type { LakeView, SeriesFiles } from '../../../data/lake/index.ts';
import { bars, csv, minute, start, temporary } from '../candle-files.ts';
import { filesBelow, intoFirstLayout } from './first-layout.ts';

const day = 1_440 * minute;
const viewNamed = (name: string): LakeView => {
  const view = lakeViews.find((one) => one.name === name);
  if (view === undefined) throw new Error(`no view ${name}`);
  return view;
};

/** Two symbols of 60 hourly bars over a month's end (24 in March, 36 in April), marks of one, stamps and trades of it. */
async function smallLake(): Promise<string> {
  const [files, folder] = [temporary(), temporary()];
  const hourly = { from: start + 30 * day, step: 60 * minute };
  await importFiles([
    csv(files, 'bybit_linear_BTCUSDT_1h.csv', bars(60, hourly)), csv(files, 'bybit_linear_1000PEPEUSDT_1h.csv', bars(60, { ...hourly, price: 10 })),
  ], { folder });
  await importFiles([csv(files, 'bybit_linear_BTCUSDT_mark_1h.csv', bars(60, hourly).map((row) => row.slice(0, 5)), ['ts', 'open', 'high', 'low', 'close'])], { folder, kind: 'mark' });
  await importFiles([csv(files, 'bybit_linear_BTCUSDT_funding.csv', [[start, 0.0001], [start + 480 * minute, -0.0002]], ['ts', 'rate'])], { folder, kind: 'funding' });
  await importFiles([csv(files, 'bybit_linear_BTCUSDT_trades.csv', [[start, 100, 2], [start + 1, 101, 3]], ['ts', 'price', 'quantity'])], { folder, kind: 'trades' });
  return folder;
}

/** How many files a query over the candles opens, of how many it may, by each reading of files, as DuckDB counts them. */
async function filesRead(folder: string, where: string): Promise<readonly string[]> {
  return await withDatabase(':memory:', async (connection) => {
    await queryRows(connection, lakeViewSql(viewNamed('candles'), filesOfLake(folder)));
    const rows = await queryRows(connection, `EXPLAIN ANALYZE SELECT sum(close) FROM candles WHERE ${where}`);
    const text = rows.map((row) => String(row['explain_value'])).join('\n');
    return [...text.matchAll(/Total Files Read: (\d+)/g)].map(([, count]) => count ?? '');
  });
}

describe('the lake asked in SQL', () => {
  let folder = '';
  beforeAll(async () => { folder = await smallLake(); });
  const ask = async (sql: string): Promise<unknown> => (await queryRuns(folder, sql)).rows;

  it('candles say venue, category, symbol, kind, timeframe and month as text, and the open of the bar as a time', async () => {
    expect(await ask(`SELECT symbol, kind, timeframe, "month", count(*) AS n, min(opened_at) AS first, count(volume) AS volumes
      FROM candles WHERE venue = 'bybit' AND category = 'linear' GROUP BY ALL ORDER BY ALL`)).toEqual([
      { symbol: '1000PEPEUSDT', kind: 'last', timeframe: '1h', month: '2024-03', n: 24, first: '2024-03-31T00:00:00.000Z', volumes: 24 },
      { symbol: '1000PEPEUSDT', kind: 'last', timeframe: '1h', month: '2024-04', n: 36, first: '2024-04-01T00:00:00.000Z', volumes: 36 },
      { symbol: 'BTCUSDT', kind: 'last', timeframe: '1h', month: '2024-03', n: 24, first: '2024-03-31T00:00:00.000Z', volumes: 24 },
      { symbol: 'BTCUSDT', kind: 'last', timeframe: '1h', month: '2024-04', n: 36, first: '2024-04-01T00:00:00.000Z', volumes: 36 },
      { symbol: 'BTCUSDT', kind: 'mark', timeframe: '1h', month: '2024-03', n: 24, first: '2024-03-31T00:00:00.000Z', volumes: 0 },
      { symbol: 'BTCUSDT', kind: 'mark', timeframe: '1h', month: '2024-04', n: 36, first: '2024-04-01T00:00:00.000Z', volumes: 0 },
    ]);
  });

  it('funding rates and trades are views of their own', async () => {
    expect(await ask('SELECT symbol, "month", settled_at, rate FROM funding_rates ORDER BY settled_at')).toEqual([
      { symbol: 'BTCUSDT', month: '2024-03', settled_at: '2024-03-01T00:00:00.000Z', rate: 0.0001 },
      { symbol: 'BTCUSDT', month: '2024-03', settled_at: '2024-03-01T08:00:00.000Z', rate: -0.0002 },
    ]);
    expect(await ask('SELECT sum(price * quantity) AS turnover, max(traded_at) AS last FROM prints'))
      .toEqual([{ turnover: 100 * 2 + 101 * 3, last: '2024-03-01T00:00:00.001Z' }]);
  });

  it('the columns are those that are documented, in their order, with and without files', async () => {
    for (const where of [folder, temporary()]) {
      for (const view of lakeViews) {
        const { columns } = await queryRuns(where, `SELECT * FROM ${view.name}`);
        expect(columns.map(({ name }) => name)).toEqual(view.columns.map(({ name }) => name));
        expect(columns.map(({ type }) => type).slice(0, 7)).toEqual([...Array<string>(6).fill('VARCHAR'), 'TIMESTAMP']);
      }
    }
  });

  it('a file that no manifest names is in no answer, and files outside the lake cannot be read', async () => {
    const series = join(folder, 'lake', 'venue=bybit', 'category=linear', 'symbol=BTCUSDT', 'kind=last', 'timeframe=1h');
    const stray = join(series, 'month=2024-03', '2024-03.0123456789ab.parquet');
    writeFileSync(stray, 'half a file');

    expect(await ask("SELECT count(*) AS n FROM candles WHERE symbol = 'BTCUSDT' AND kind = 'last'")).toEqual([{ n: 60 }]);
    await expect(queryRuns(folder, "SELECT * FROM candles, read_csv('/etc/hostname')")).rejects.toThrow('file system operations are disabled');
    rmSync(stray);
  });

  it('of 4 files of last and 2 of mark bars a filter on symbol, month and kind reads one, by the month two and one, by time all six', async () => {
    for (const layout of ['hive', 'first']) {
      const lake = layout === 'hive' ? folder : await smallLake();
      if (layout === 'first') intoFirstLayout(lake);
      const read = async (where: string): Promise<number> =>
        (await filesRead(lake, where)).reduce((sum, count) => sum + Number(count), 0);

      expect([layout, await read("symbol = 'BTCUSDT' AND \"month\" = '2024-04' AND kind = 'last' AND timeframe = '1h'")]).toEqual([layout, 1]);
      expect([layout, await read("\"month\" = '2024-03'")]).toEqual([layout, 3]);
      expect([layout, await read("\"month\" BETWEEN '2024-04' AND '2024-12' AND symbol IN ('BTCUSDT', 'ETHUSDT')")]).toEqual([layout, 2]);
      expect([layout, await read("opened_at >= TIMESTAMP '2024-04-01'")]).toEqual([layout, 6]);
    }
  });

  it('everyone else reads the folders as they are: a pattern and hive_partitioning give the same bars', async () => {
    const pattern = join(folder, 'lake', '*', '*', '*', 'kind=last', '*', '*', '*.parquet');
    expect(filesBelow(join(folder, 'lake')).filter((file) => file.endsWith('.parquet'))).toHaveLength(8);
    const rows = await withDatabase(':memory:', async (connection) => await queryRows(connection,
      `SELECT "month", count(*) AS n FROM read_parquet('${pattern}', hive_partitioning = true, hive_types_autocast = false)
       WHERE symbol = 'BTCUSDT' GROUP BY ALL ORDER BY ALL`));
    expect(rows).toEqual([{ month: '2024-03', n: 24 }, { month: '2024-04', n: 36 }]);
  });
});

describe('the SQL of a view', () => {
  const key = { venue: 'bybit', category: 'linear', symbol: 'BTCUSDT', kind: 'funding', timeframe: 'stamps' } as const;
  const empty = 'CREATE OR REPLACE VIEW funding_rates AS SELECT NULL::VARCHAR AS "venue", NULL::VARCHAR AS "category", NULL::VARCHAR AS "symbol", '
    + 'NULL::VARCHAR AS "kind", NULL::VARCHAR AS "timeframe", NULL::VARCHAR AS "month", NULL::TIMESTAMP AS "settled_at", NULL::DOUBLE AS "rate" WHERE false';
  const sqlOf = (series: readonly SeriesFiles[]): string => lakeViewSql(viewNamed('funding_rates'), series);

  it('without files is typed and empty', () => {
    expect(sqlOf([])).toBe(empty);
    expect(sqlOf([{ series: { ...key, kind: 'last', timeframe: '1m' }, isHive: true, files: ['/lake/a.parquet'] }])).toBe(empty);
  });

  it('over Hive folders names each file once and reads the folders as text; a quote in a path stays in it', () => {
    expect(sqlOf([{ series: key, isHive: true, files: ["s3://b/it's/month=2024-03/2024-03.parquet", 's3://b/month=2024-04/2024-04.parquet'] }])).toBe(
      `${empty} UNION ALL SELECT "venue", "category", "symbol", "kind", "timeframe", "month", make_timestamp_ms(ts) AS "settled_at", "rate" AS "rate" `
      + "FROM read_parquet(['s3://b/it''s/month=2024-03/2024-03.parquet', 's3://b/month=2024-04/2024-04.parquet'], hive_partitioning = true, "
      + "hive_types = {'venue': VARCHAR, 'category': VARCHAR, 'symbol': VARCHAR, 'kind': VARCHAR, 'timeframe': VARCHAR, 'month': VARCHAR})");
  });

  it('over folders of the first layout writes what they say, series by series', () => {
    expect(sqlOf([{ series: key, isHive: false, files: ['/lake/bybit/linear/BTCUSDT/funding/stamps/2024-03.parquet'] }])).toBe(
      `${empty} UNION ALL SELECT 'bybit' AS "venue", 'linear' AS "category", 'BTCUSDT' AS "symbol", 'funding' AS "kind", 'stamps' AS "timeframe", `
      + 'parse_filename(filename)[1:7] AS "month", make_timestamp_ms(ts) AS "settled_at", "rate" AS "rate" '
      + "FROM read_parquet(['/lake/bybit/linear/BTCUSDT/funding/stamps/2024-03.parquet'], filename = true, hive_partitioning = false)");
  });
});
