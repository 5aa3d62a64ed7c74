/**
 * The lake as SQL views: what the folders say as columns, so that DuckDB opens only the files a filter on them leaves.
 *
 * 1. The files are those the manifests name, never a pattern: what a killed import left behind is in no answer.
 * 2. Every shape of file is read apart, so that DuckDB looks into one file of each and not into all, when a view is made.
 * 3. The files have no statistics: a filter on a time reads every file that the filters on the folders leave.
 */
import type { SeriesKey, SeriesKind } from '../candles.ts';
import { quoteName, quoteText } from '../duckdb.ts';
import { levels, partsOf } from './layout.ts';
import type { Manifest } from './manifest.ts';

/** The month files of one series that count. */
export interface SeriesFiles {
  readonly series: SeriesKey;
  /** Whether the paths say venue=..., else the first layout's. */
  readonly isHive: boolean;
  /** Absolute paths or addresses. */
  readonly files: readonly string[];
}

/** The same with its manifest. */
export interface ViewedSeries extends SeriesFiles { readonly series: Manifest }

/** 's3://bucket/prefix/lake/venue=bybit/.../month=2024-01/2024-01.parquet': months of a series below any root. */
export const monthAddresses = (root: string, series: Manifest, months = series.months): readonly string[] =>
  months.map(({ month, file }) => [root, 'lake', ...partsOf(series), `month=${month}`, file].join('/'));

export interface LakeView {
  readonly name: string;
  readonly meaning: string;
  readonly columns: readonly { readonly name: string; readonly meaning: string }[];
  readonly kinds: readonly SeriesKind[];
  /** Columns of a file with the SQL that makes them, the time first. */
  readonly values: readonly (readonly [name: string, sql: string])[];
}

const folders: LakeView['columns'] = [
  { name: 'venue', meaning: 'such as bybit; a filter on this and the next five leaves files unread' },
  { name: 'category', meaning: 'such as linear' },
  { name: 'symbol', meaning: 'such as BTCUSDT' },
  { name: 'kind', meaning: 'last, mark, index, funding, open-interest or trades' },
  { name: 'timeframe', meaning: 'such as 1m; of funding stamps, of trades prints' },
  { name: 'month', meaning: 'month of the time, UTC, such as 2025-10' },
];
const values = (time: string, names: readonly string[]): LakeView['values'] =>
  [[time, 'make_timestamp_ms(ts)'], ...names.map((name) => [name, quoteName(name)] as const)];

export const lakeViews: readonly LakeView[] = [
  {
    name: 'candles', meaning: 'bars of the candle lake: last, mark and index prices',
    columns: [
      ...folders, { name: 'opened_at', meaning: 'open of the bar' }, { name: 'open', meaning: 'quote' }, { name: 'high', meaning: 'quote' },
      { name: 'low', meaning: 'quote' }, { name: 'close', meaning: 'quote' },
      { name: 'volume', meaning: 'base (contracts when inverse); NULL of mark and index' },
    ],
    kinds: ['last', 'mark', 'index'], values: values('opened_at', ['open', 'high', 'low', 'close', 'volume']),
  },
  {
    name: 'funding_rates', meaning: 'funding settlements of the candle lake',
    columns: [...folders, { name: 'settled_at', meaning: 'settlement' }, { name: 'rate', meaning: 'fraction, positive = longs pay' }],
    kinds: ['funding'], values: values('settled_at', ['rate']),
  },
  {
    name: 'open_interest', meaning: 'open interest of the candle lake',
    columns: [...folders, { name: 'told_at', meaning: 'instant it was' }, { name: 'open_interest', meaning: 'base (contracts when inverse)' }],
    kinds: ['open-interest'], values: values('told_at', ['open_interest']),
  },
  {
    name: 'prints', meaning: 'single trades of the market in the candle lake',
    columns: [
      ...folders, { name: 'traded_at', meaning: 'time of the trade' }, { name: 'price', meaning: 'quote' },
      { name: 'quantity', meaning: 'as volume in candles' },
    ],
    kinds: ['trades'], values: values('traded_at', ['price', 'quantity']),
  },
];

/** Whether a query may be about the lake; reading all manifests for one that is not would be in vain. */
export function namesLake(sql: string): boolean {
  return lakeViews.some(({ name }) => new RegExp(`\\b${name}\\b`, 'i').test(sql)) || /\b(show|information_schema|duckdb_\w+)\b/i.test(sql);
}

/** CREATE VIEW over these series; typed and empty without any. */
export function lakeViewSql(view: LakeView, listed: readonly SeriesFiles[]): string {
  const shape = [
    ...[...levels, 'month'].map((name) => `NULL::VARCHAR AS "${name}"`),
    ...view.values.map(([name], k) => `NULL::${k === 0 ? 'TIMESTAMP' : 'DOUBLE'} AS "${name}"`),
  ];
  const own = listed.filter(({ series: { kind }, files }) => view.kinds.includes(kind) && files.length > 0);
  const hive = own.filter(({ isHive }) => isHive);
  const shapes = [hive.filter(({ series }) => hasVolume(series.kind)), hive.filter(({ series }) => !hasVolume(series.kind))];
  const parts = [
    `SELECT ${shape.join(', ')} WHERE false`,
    ...shapes.filter((those) => those.length > 0).map((those) => hiveSql(view, those)),
    ...own.filter(({ isHive }) => !isHive).map((one) => firstLayoutSql(view, one)),
  ];
  return `CREATE OR REPLACE VIEW ${view.name} AS ${parts.join(' UNION ALL ')}`;
}

const hasVolume = (kind: SeriesKind): boolean => kind === 'last';

const valuesSql = (view: LakeView, kind: SeriesKind): readonly string[] => view.values.map(([name, sql]) =>
  `${name === 'volume' && !hasVolume(kind) ? 'NULL::DOUBLE' : sql} AS "${name}"`);

const listSql = (files: readonly string[]): string => `[${files.map(quoteText).join(', ')}]`;

/** The folders' values are read as text: a symbol of digits is no number. */
const hiveTypes = `{${[...levels, 'month'].map((name) => `'${name}': VARCHAR`).join(', ')}}`;

function hiveSql(view: LakeView, listed: readonly SeriesFiles[]): string {
  const columns = [...[...levels, 'month'].map(quoteName), ...valuesSql(view, listed[0]?.series.kind ?? 'last')];
  const files = listSql(listed.flatMap((one) => one.files));
  return `SELECT ${columns.join(', ')} FROM read_parquet(${files}, hive_partitioning = true, hive_types = ${hiveTypes})`;
}

/** One series of the first layout, whose file names begin with the month. */
function firstLayoutSql(view: LakeView, { series, files }: SeriesFiles): string {
  const columns = [
    ...levels.map((level) => `${quoteText(series[level])} AS "${level}"`), `parse_filename(filename)[1:7] AS "month"`,
    ...valuesSql(view, series.kind),
  ];
  return `SELECT ${columns.join(', ')} FROM read_parquet(${listSql(files)}, filename = true, hive_partitioning = false)`;
}
