/** The folders of the lake: Hive's way, the first layout read where it stands and moved over by whoever writes next. */
import { existsSync, linkSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { importFiles, listLake, loadMarket } from '../../data/index.ts';
import { queryRows, withDatabase } from '../../data/duckdb.ts';
import { bars, csv, minute, temporary } from './candle-files.ts';

const hive = 'lake/venue=bybit/category=linear/symbol=BTCUSDT/kind=last/timeframe=5m';
const first = 'lake/bybit/linear/BTCUSDT/last/5m';
let folder = '';
let files = '';
beforeEach(() => {
  folder = temporary();
  files = temporary();
});

/** 31 March, 600 bars of five minutes: 288 in March, 312 in April. */
async function twoMonths(symbol = 'BTCUSDT'): Promise<void> {
  await importFiles([csv(files, `bybit_linear_${symbol}_5m.csv`, bars(600, { from: Date.UTC(2024, 2, 31) }))], { folder });
}

/** The lake as the first layout had it. */
function backToFirst(): void {
  mkdirSync(join(folder, first), { recursive: true });
  for (const month of ['2024-03', '2024-04']) renameSync(join(folder, hive, `month=${month}`, `${month}.parquet`), join(folder, first, `${month}.parquet`));
  renameSync(join(folder, hive, 'manifest.json'), join(folder, first, 'manifest.json'));
  rmSync(join(folder, 'lake/venue=bybit'), { recursive: true });
}

const content = (): Readonly<Record<string, string>> => Object.fromEntries(
  readdirSync(join(folder, 'lake'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)).sort().map((path) => [path, readFileSync(path).toString('base64')]),
);
const load = async (): Promise<string> => (await loadMarket({ folder, symbols: ['BTCUSDT'], timeframe: '5m' })).hash;
/** Any import takes the lock, and with it the move. */
const anyImport = async (): Promise<void> => { await importFiles([csv(files, 'bybit_linear_ETHUSDT_5m.csv', bars(30, { price: 3_000 }))], { folder }); };

it('a question for one symbol and one month opens only its files: junk in the three other partitions goes unnoticed', async () => {
  await twoMonths();
  await twoMonths('ETHUSDT');
  const file = (symbol: string, month: string): string =>
    join(folder, `lake/venue=bybit/category=linear/symbol=${symbol}/kind=last/timeframe=5m/month=${month}/${month}.parquet`);
  for (const [symbol, month] of [['BTCUSDT', '2024-04'], ['ETHUSDT', '2024-03'], ['ETHUSDT', '2024-04']] as const) writeFileSync(file(symbol, month), 'junk');

  const rows = await withDatabase(':memory:', async (c) => await queryRows(c, `
    SELECT venue, category, symbol, kind, timeframe, month, count(*) AS n, min(ts) AS since
    FROM read_parquet('${folder}/lake/**/*.parquet', hive_partitioning = true)
    WHERE symbol = 'BTCUSDT' AND month BETWEEN '2024-01' AND '2024-03' GROUP BY ALL`));

  expect(rows).toEqual([{
    venue: 'bybit', category: 'linear', symbol: 'BTCUSDT', kind: 'last', timeframe: '5m', month: '2024-03', n: 288, since: Date.UTC(2024, 2, 31),
  }]);
});

it('a lake of the first layout is read where it stands, with the same hash, and not a byte of it changes', async () => {
  await twoMonths();
  const hash = await load();
  backToFirst();
  const before = content();

  expect(listLake(folder).map((series) => [series.symbol, series.rows])).toEqual([['BTCUSDT', 600]]);
  expect(await load()).toBe(hash);
  expect(content()).toEqual(before);
});

it('the next import moves the first layout over: the same bytes under the Hive names, and the old folders are gone', async () => {
  await twoMonths();
  const wanted = content();
  backToFirst();

  await anyImport();

  expect(content()).toMatchObject(wanted);
  expect(readdirSync(join(folder, 'lake'))).toEqual(['venue=bybit']);
});

it('bars imported into a lake of the first layout join what it has: 600 and 100 more are 700', async () => {
  await twoMonths();
  backToFirst();
  const later = bars(700, { from: Date.UTC(2024, 2, 31) }).slice(550);

  const result = await importFiles([csv(files, 'bybit_linear_BTCUSDT_5m.csv', later)], { folder });

  expect(result.series[0]).toMatchObject({ rowsAdded: 100, rows: 700, first: Date.UTC(2024, 2, 31), last: Date.UTC(2024, 2, 31) + 699 * 5 * minute });
});

/** A move as it stands after each of its steps; the steps are those told in data/lake/layout.ts. */
const steps: readonly (readonly [name: string, cut: () => void])[] = [
  ['one month linked', () => { link('2024-03'); }],
  ['half a month copied', () => { mkdirSync(join(folder, hive, 'month=2024-03'), { recursive: true }); writeFileSync(join(folder, hive, 'month=2024-03/2024-03.parquet'), 'PAR1 half'); }],
  ['both months linked', () => { link('2024-03'); link('2024-04'); }],
  ['the manifest half written beside', () => { link('2024-03'); link('2024-04'); writeFileSync(join(folder, hive, 'manifest.json.part'), '{"form'); }],
  ['committed, nothing removed', () => { commit(); }],
  ['committed, one old month removed', () => { commit(); rmSync(join(folder, first, '2024-03.parquet')); }],
  ['committed, only the old manifest left', () => { commit(); rmSync(join(folder, first, '2024-03.parquet')); rmSync(join(folder, first, '2024-04.parquet')); }],
];

function link(month: string): void {
  mkdirSync(join(folder, hive, `month=${month}`), { recursive: true });
  linkSync(join(folder, first, `${month}.parquet`), join(folder, hive, `month=${month}`, `${month}.parquet`));
}

function commit(): void {
  link('2024-03');
  link('2024-04');
  linkSync(join(folder, first, 'manifest.json'), join(folder, hive, 'manifest.json'));
}

it.each(steps)('a move killed with %s: read as before, and ended by the next import', async (_, cut) => {
  await twoMonths();
  const wanted = content();
  const hash = await load();
  backToFirst();
  cut();

  expect(listLake(folder)).toHaveLength(1);
  expect(await load()).toBe(hash);
  await anyImport();

  expect(content()).toMatchObject(wanted);
  expect(Object.keys(content())).toHaveLength(Object.keys(wanted).length + 2); // the other import's month and manifest
  expect(existsSync(join(folder, 'lake/bybit'))).toBe(false);
  expect(await load()).toBe(hash);
});
