import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { dataFolder, gapsOf, importFiles, listLake, loadMarket } from '../../data/index.ts';
import { queryRows, withDatabase } from '../../data/duckdb.ts';
import { bars, csv, minute, refusal, start, temporary } from './candle-files.ts';
import type { Cell } from './candle-files.ts';

let files = '';
let folder = '';
beforeEach(() => {
  files = temporary();
  folder = temporary();
});
const name = 'bybit_linear_BTCUSDT_5m.csv';
const changed = (rows: Cell[][], row: number, column: number, value: Cell): Cell[][] =>
  rows.map((cells, i) => (i === row ? cells.map((cell, k) => (k === column ? value : cell)) : cells));
const seriesFolder = (): string => join(folder, 'lake', 'venue=bybit', 'category=linear', 'symbol=BTCUSDT', 'kind=last', 'timeframe=5m');
/** Everything under the lake, so that "nothing written" can be said. */
const lakeContent = (): string[] =>
  existsSync(join(folder, 'lake')) ? readdirSync(join(folder, 'lake'), { recursive: true }).map(String).sort() : [];

describe('importing candles', () => {
  it('300 bars of a CSV land in one Parquet month with a manifest, and the columns taken are reported', async () => {
    const result = await importFiles([csv(files, name, bars(300))], { folder });

    expect(result.files[0]).toMatchObject({ format: 'csv', stampUnit: 'ms', rows: 300, unusedColumns: [] });
    expect(result.files[0]?.columns.map((column) => `${column.role}=${column.name}`).join(' '))
      .toBe('ts=ts open=open high=high low=low close=close volume=volume');
    expect(result.series[0]).toMatchObject({
      market: 'bybit:linear', symbol: 'BTCUSDT', kind: 'last', timeframe: '5m', rowsRead: 300, rowsAdded: 300, rows: 300,
      first: start, last: start + 299 * 5 * minute, missing: 0, isUnchanged: false,
    });
    expect(readdirSync(seriesFolder()).sort()).toEqual(['manifest.json', 'month=2024-03']);
    expect(readdirSync(join(seriesFolder(), 'month=2024-03'))).toEqual(['2024-03.parquet']);
    expect(readdirSync(join(folder, 'lake'))).toEqual(['venue=bybit']);
  });

  it('the month file is Parquet for everyone: DuckDB reads ts as BIGINT and prices as DOUBLE, value for value', async () => {
    await importFiles([csv(files, name, bars(300))], { folder });

    const path = join(seriesFolder(), 'month=2024-03', '2024-03.parquet');
    const [types, sums] = await withDatabase(':memory:', async (c) => [
      await queryRows(c, `DESCRIBE SELECT * FROM read_parquet('${path}', hive_partitioning = false)`),
      await queryRows(c, `SELECT count(*) AS n, min(ts) AS first, max(ts) AS last, sum(volume) AS volume, max(high) AS high FROM '${path}'`),
    ]);

    expect(types?.map((row) => `${row['column_name']} ${row['column_type']}`))
      .toEqual(['ts BIGINT', 'open DOUBLE', 'high DOUBLE', 'low DOUBLE', 'close DOUBLE', 'volume DOUBLE']);
    // volumes run 1..5, sixty times over: 60 x 15; highest open is 61,006, its high 2.5 above
    expect(sums).toEqual([{ n: 300, first: start, last: start + 299 * 5 * minute, volume: 900, high: 61_008.5 }]);
  });

  it('bars across a month end are stored in two months, and a second import of the same file changes nothing', async () => {
    const path = csv(files, name, bars(600, { from: Date.UTC(2024, 2, 31) }));
    await importFiles([path], { folder });
    const before = lakeContent();

    const again = await importFiles([path], { folder });

    expect(before.filter((entry) => entry.endsWith('.parquet')).map((entry) => entry.slice(-15))).toEqual(['2024-03.parquet', '2024-04.parquet']);
    expect(again.series[0]).toMatchObject({ isUnchanged: true, rowsAdded: 0, rows: 600 });
    expect(lakeContent()).toEqual(before);
  });

  it('a later file that overlaps with equal bars joins the series; the joint is one gapless series', async () => {
    const all = bars(500);
    await importFiles([csv(files, name, all.slice(0, 300))], { folder });

    const result = await importFiles([csv(files, name, all.slice(250))], { folder });

    expect(result.series[0]).toMatchObject({ rowsRead: 250, rowsAdded: 200, rowsReplaced: 0, rows: 500, missing: 0 });
    expect(readdirSync(join(seriesFolder(), 'month=2024-03'))).toHaveLength(1);
    const market = await loadMarket({ folder, symbols: ['BTCUSDT'], timeframe: '5m' });
    expect(market.bars).toBe(500);
    expect(market.symbols[0]?.last.open[499]).toBe((61_000 + (499 % 7)) * 10);
  });

  it('overlapping pieces imported in any order make the series that one file makes', async () => {
    const all = bars(400);
    await importFiles([csv(files, name, all)], { folder });
    const whole = await loadMarket({ folder, symbols: ['BTCUSDT'], timeframe: '5m' });
    const cut = fc.record({ from: fc.integer({ min: 0, max: 300 }), count: fc.integer({ min: 30, max: 200 }) });

    await fc.assert(fc.asyncProperty(fc.array(cut, { minLength: 1, maxLength: 3 }), async (cuts) => {
      const own = temporary();
      const pieces = [...cuts, { from: 0, count: 220 }, { from: 200, count: 200 }];
      for (const { from, count } of pieces) await importFiles([csv(files, name, all.slice(from, from + count))], { folder: own });

      const pieced = await loadMarket({ folder: own, symbols: ['BTCUSDT'], timeframe: '5m' });

      expect(pieced.symbols[0]?.last).toEqual(whole.symbols[0]?.last);
      expect(pieced.hash).toBe(whole.hash);
    }), { seed: 20_251_010, numRuns: 4 });
  });

  it('an overlapping bar with another close is refused with its row, and --replace lets it win', async () => {
    const all = bars(300);
    await importFiles([csv(files, name, all)], { folder });
    const before = lakeContent();
    const other = csv(files, name, changed(all, 41, 4, 61_005.5));

    const error = await refusal(importFiles([other], { folder }));
    const replaced = await importFiles([other], { folder, replace: true });

    // bar 41 opens at 61,000 + 41 % 7 = 61,006 and closes one higher
    expect(error).toMatchObject({ reason: 'overlap-differs', row: 42, field: 'close', value: '61005.5', expected: '61007' });
    expect(before).toContain('venue=bybit/category=linear/symbol=BTCUSDT/kind=last/timeframe=5m/month=2024-03/2024-03.parquet');
    expect(replaced.series[0]).toMatchObject({ rowsAdded: 0, rowsReplaced: 1, rows: 300 });
    const market = await loadMarket({ folder, symbols: ['BTCUSDT'], timeframe: '5m' });
    expect(market.symbols[0]?.last.close[41]).toBe(610_055);
  });

  it('missing bars are counted, in the result and in the manifest', async () => {
    const holed = bars(300).filter((_, i) => i !== 100 && (i < 200 || i >= 203));

    const result = await importFiles([csv(files, name, holed)], { folder });

    const gaps = [{ at: start + 100 * 5 * minute, missing: 1 }, { at: start + 200 * 5 * minute, missing: 3 }];
    expect(result.series[0]).toMatchObject({ missing: 4, gaps });
    expect(listLake(folder).map((series) => gapsOf(series))).toEqual([{ gaps, missing: 4 }]);
  });

  it('pages of 200 bars with 800 missing between them are refused as paging-gaps, and taken with allowGaps', async () => {
    const paged = bars(3_000).filter((_, i) => i % 1_000 < 200);
    const path = csv(files, name, paged);

    const error = await refusal(importFiles([path], { folder }));
    const result = await importFiles([path], { folder, allowGaps: true });

    expect(error.reason).toBe('paging-gaps');
    expect(error.message).toContain('most of 800 bars');
    expect(result.series[0]).toMatchObject({ rows: 600, missing: 1_600 });
    expect(listLake(folder)[0]?.flagged).toEqual(['paging-gaps']);
  });

  it('mark bars without volume and funding of two symbols in one file find their series', async () => {
    const mark = csv(files, 'bybit_linear_BTCUSDT_mark1h.csv', bars(48, { step: 60 * minute }).map((row) => row.slice(0, 5)),
      ['ts', 'open', 'high', 'low', 'close']);
    const funding = csv(files, 'bybit_linear_funding.csv',
      ['BTCUSDT', 'ETHUSDT'].flatMap((symbol, s) => [0, 1, 2].map((k) => [symbol, start + k * 480 * minute, 0.0001 * (k - s)])),
      ['symbol', 'ts', 'funding_rate']);

    const result = await importFiles([mark, funding], { folder });

    expect(result.series.map((series) => `${series.series} ${series.rows}`))
      .toEqual(['bybit:linear BTCUSDT mark 1h 48', 'bybit:linear BTCUSDT funding 3', 'bybit:linear ETHUSDT funding 3']);
  });

  it('seconds, microseconds, nanoseconds, ISO text and other column names mean the same 40 bars', async () => {
    const rows = bars(40);
    const at = (row: Cell[]): number => Number(row[0]);
    const variants: [string, (row: Cell[]) => Cell, string][] = [
      ['open_time', (row) => at(row) / 1_000, 's'], ['Timestamp', (row) => `${at(row)}000`, 'us'], ['time', (row) => `${at(row)}000000`, 'ns'],
      ['Date', (row) => new Date(at(row)).toISOString(), 'text'], ['datetime', (row) => new Date(at(row)).toISOString().slice(0, 19).replace('T', ' '), 'text'],
    ];

    for (const [column, stamp, unit] of variants) {
      const own = temporary();
      const path = csv(files, name, rows.map((row) => [stamp(row), ...row.slice(1)]), [column, 'Open', 'High', 'Low', 'Close', 'Volume']);

      const result = await importFiles([path], { folder: own });

      expect(result.files[0]?.stampUnit, column).toBe(unit);
      expect(result.series[0], column).toMatchObject({ first: start, last: start + 39 * 5 * minute, rows: 40 });
    }
  });

  it('an archive file without a header is read by position, gzipped or not, and its further columns are reported unused', async () => {
    const rows = bars(30).map((row) => [...row, 7, 8]);

    const result = await importFiles([csv(files, 'BTCUSDT-5m-2024-03.csv.gz', rows, null)], { folder, market: 'binance:usdm' });

    expect(result.files[0]?.unusedColumns).toEqual(['column 7', 'column 8']);
    expect(result.series[0]?.series).toBe('binance:usdm BTCUSDT last 5m');
  });
});

describe('refusing files', () => {
  const cases: [string, (rows: Cell[][]) => Cell[][], Record<string, unknown>][] = [
    ['text instead of a price', (rows) => changed(rows, 16, 2, 'abc'), { reason: 'bad-price', row: 17, field: 'high', value: 'abc' }],
    ['an empty cell', (rows) => changed(rows, 4, 1, ''), { reason: 'bad-price', row: 5, field: 'open', value: '' }],
    ['NaN', (rows) => changed(rows, 9, 4, 'NaN'), { reason: 'bad-price', row: 10, field: 'close', value: 'NaN' }],
    ['an infinite price', (rows) => changed(rows, 9, 2, 'inf'), { reason: 'bad-price', row: 10, field: 'high', value: 'inf' }],
    ['a price of zero', (rows) => changed(rows, 0, 3, 0), { reason: 'bad-price', row: 1, field: 'low', value: '0' }],
    ['a negative price', (rows) => changed(rows, 2, 1, -5), { reason: 'bad-price', row: 3, field: 'open', value: '-5' }],
    ['high below low', (rows) => changed(rows, 7, 2, 60_000), { reason: 'ohlc', row: 8, field: 'high', value: '60000' }],
    ['a close above the high', (rows) => changed(rows, 7, 4, 61_500), { reason: 'ohlc', row: 8, field: 'high' }],
    ['an open below the low', (rows) => changed(rows, 7, 1, 60_900), { reason: 'ohlc', row: 8, field: 'low' }],
    ['a negative volume', (rows) => changed(rows, 3, 5, -1), { reason: 'bad-volume', row: 4, field: 'volume', value: '-1' }],
    ['a volume that is no number', (rows) => changed(rows, 3, 5, 'n/a'), { reason: 'bad-volume', row: 4, field: 'volume', value: 'n/a' }],
    ['a stamp off the grid', (rows) => changed(rows, 11, 0, start + 11 * 5 * minute + 14_800), { reason: 'off-grid', row: 12, field: 'ts' }],
    ['a stamp that is no time', (rows) => changed(rows, 11, 0, 'yesterday'), { reason: 'bad-stamp', row: 12, field: 'ts', value: 'yesterday' }],
    ['a repeated bar', (rows) => [...rows.slice(0, 20), rows[19] ?? [], ...rows.slice(20)], { reason: 'duplicate', row: 21, field: 'ts' }],
    ['newest first', (rows) => [...rows].reverse(), { reason: 'unordered', row: 2, field: 'ts' }],
    ['two rows swapped', (rows) => [...rows.slice(0, 5), rows[6] ?? [], rows[5] ?? [], ...rows.slice(7)], { reason: 'unordered', row: 7, field: 'ts' }],
  ];
  for (const [what, damage, expected] of cases) {
    it(`${what} is refused with row, column and value, and nothing is written`, async () => {
      const path = csv(files, name, damage(bars(60)));

      const error = await refusal(importFiles([csv(files, 'bybit_linear_ETHUSDT_5m.csv', bars(60)), path], { folder }));

      expect(error).toMatchObject({ file: path, ...expected });
      expect(error.message).toMatch(/^[^\n]+ row \d+ column '[a-z]+': was '[^']*', expected [^\n]+\. Fix: [^\n]+$/);
      expect(lakeContent()).toEqual([]);
    });
  }

  it('missing, empty, header-only, foreign and broken files are refused with one line each', async () => {
    const reasons = new Map<string, string>();
    const attempt = async (path: string): Promise<void> => {
      const error = await refusal(importFiles([path], { folder, market: 'bybit:linear', symbol: 'BTCUSDT', timeframe: '5m' }));
      expect(error.message).not.toContain('\n');
      reasons.set(path.slice(files.length + 1), error.reason);
    };
    writeFileSync(join(files, 'empty.csv'), '');
    writeFileSync(join(files, 'broken.parquet'), 'this is not parquet at all');
    writeFileSync(join(files, 'broken.csv.gz'), 'this is not gzip');
    writeFileSync(join(files, 'text.txt'), 'hello');
    mkdirSync(join(files, 'folder.csv'));
    csv(files, 'header.csv', []);
    csv(files, 'wrong.csv', [[1, 2, 3]], ['alpha', 'beta', 'gamma']);
    csv(files, 'ragged.csv', [...bars(5), [1, 2, 3]]);
    csv(files, 'quotes.csv', [[start, 1, 2]], ['ts', 'bid', 'ask']);
    writeFileSync(join(files, 'depth.jsonl'), '{}');

    for (const file of ['gone.csv', ...readdirSync(files).sort()]) await attempt(join(files, file));

    expect(Object.fromEntries(reasons)).toEqual({
      'gone.csv': 'missing-file', 'empty.csv': 'empty-file', 'broken.parquet': 'unreadable', 'broken.csv.gz': 'unreadable',
      'text.txt': 'unknown-format', 'folder.csv': 'missing-file', 'header.csv': 'empty-file', 'wrong.csv': 'missing-column',
      'ragged.csv': 'unreadable', 'quotes.csv': 'not-candles', 'depth.jsonl': 'not-candles',
    });
    expect(lakeContent()).toEqual([]);
  });

  it('what the name and the data do not say is a usage error that names the option', async () => {
    const plain = await refusal(importFiles([csv(files, 'candles.csv', bars(30))], { folder }));
    const noSymbol = await refusal(importFiles([csv(files, 'candles.csv', bars(30))], { folder, market: 'bybit:linear' }));
    const oneBar = await refusal(importFiles([csv(files, 'candles.csv', bars(1))], { folder, market: 'bybit:linear', symbol: 'BTCUSDT' }));
    const noVolume = await refusal(importFiles(
      [csv(files, 'candles.csv', bars(30).map((row) => row.slice(0, 5)), ['ts', 'open', 'high', 'low', 'close'])], { folder, market: 'bybit:linear', symbol: 'BTCUSDT' }));
    const badMarket = await refusal(importFiles([csv(files, name, bars(30))], { folder, market: 'bybit' }));

    expect([plain, noSymbol, oneBar, noVolume, badMarket].map((error) => [error.isUsage, /--\w+|venue:category/.exec(error.fix)?.[0]])).toEqual([
      [true, '--market'], [true, '--symbol'], [true, '--timeframe'], [true, '--kind'], [true, 'venue:category'],
    ]);
  });

  it('a name that says 1m over five-minute bars is refused', async () => {
    const error = await refusal(importFiles([csv(files, 'bybit_linear_BTCUSDT_1m.csv', bars(30))], { folder }));

    expect(error).toMatchObject({ reason: 'timeframe-differs', value: '1m' });
  });
});

describe('data that is taken but flagged', () => {
  it('BTCUSDT ticking at 0.01 is flagged as finer than the tick 0.1 of the contract, at import and in every run; as spot it is not', async () => {
    const rows = bars(600).map((row) => row.map((cell, k) => (k >= 1 && k <= 4 ? Number(cell) + 0.03 : cell)));

    const linear = await importFiles([csv(files, name, rows)], { folder });
    const spot = await importFiles([csv(files, name, rows)], { folder, market: 'bybit:spot' });
    const market = await loadMarket({ folder, symbols: ['BTCUSDT'], timeframe: '5m' });

    expect(linear.series[0]?.findings.map((finding) => `${finding.severity} ${finding.code} ${finding.count}`)).toEqual(['error finer-than-tick 600']);
    expect(spot.series[0]?.findings).toEqual([]);
    expect(market.warnings.map((warning) => warning.code)).toEqual(['flagged-data', 'off-tick', 'no-mark', 'no-funding']);
  });

  it('BTCUSDT at 9,000 in March 2024 cannot be bitcoin, and SOLUSDT at 180 cannot be the one that trades at 120 elsewhere', async () => {
    const alone = await importFiles([csv(files, name, bars(600, { price: 9_000 }))], { folder });
    await importFiles([csv(files, 'binance_usdm_SOLUSDT_5m.csv', bars(600, { price: 120 }))], { folder });

    const beside = await importFiles([csv(files, 'bybit_linear_SOLUSDT_5m.csv', bars(600, { price: 180 }))], { folder });

    expect(alone.series[0]?.findings.map((finding) => finding.code)).toEqual(['foreign-prices']);
    expect(beside.series[0]?.findings.map((finding) => finding.code)).toEqual(['foreign-prices']);
    expect(beside.series[0]?.findings[0]?.text).toContain('binance:usdm SOLUSDT last 5m');
  });
});

describe('an import that dies', () => {
  it('leaves leftovers that no reader sees and the next import sweeps, and a dead owner\'s lock is taken over', async () => {
    await importFiles([csv(files, name, bars(300))], { folder });
    const lake = join(folder, 'lake');
    mkdirSync(join(lake, '.import-999999999', '0'), { recursive: true });
    writeFileSync(join(lake, '.import-999999999', '0', '2024-05.parquet'), 'half');
    mkdirSync(join(seriesFolder(), 'month=2024-05'));
    writeFileSync(join(seriesFolder(), 'month=2024-05', '2024-05.parquet'), 'moved, but named by no manifest');
    writeFileSync(join(lake, '.lock'), '999999999');

    const seen = listLake(folder);
    await importFiles([csv(files, name, bars(400))], { folder });

    expect(seen.map((series) => series.rows)).toEqual([300]);
    expect(readdirSync(lake)).toEqual(['venue=bybit']);
    expect(readdirSync(seriesFolder())).toEqual(['manifest.json', 'month=2024-03']);
    expect((await loadMarket({ folder, symbols: ['BTCUSDT'], timeframe: '5m' })).bars).toBe(400);
  });

  it('a living import keeps others out', async () => {
    mkdirSync(join(folder, 'lake'), { recursive: true });
    writeFileSync(join(folder, 'lake', '.lock'), String(process.ppid));

    const error = await refusal(importFiles([csv(files, name, bars(30))], { folder }));

    expect(error.reason).toBe('lake-busy');
    rmSync(join(folder, 'lake', '.lock'));
  });
});

describe('the data folder', () => {
  it('is the option, else HOLDFAST_DATA, else .holdfast at home', () => {
    expect(dataFolder('/a', { HOLDFAST_DATA: '/b' })).toBe('/a');
    expect(dataFolder(undefined, { HOLDFAST_DATA: '/b' })).toBe('/b');
    expect(dataFolder(undefined, {})).toMatch(/\.holdfast$/);
  });
});
