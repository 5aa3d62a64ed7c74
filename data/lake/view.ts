/**
 * The bars of the lake as SQL: one view `candles` over exactly the files that the manifests name, so that a question sees
 * neither a month twice nor one that an import has not committed. Files are pruned by what their paths say: WHERE symbol = ...
 * AND month BETWEEN ... opens the files of these months alone.
 */
import { quoteText } from '../duckdb.ts';
import { hasSpacing } from '../candles.ts';
import { levels, monthPath, partsOf, placeOf } from './layout.ts';
import type { Manifest } from './manifest.ts';

/** The view's columns, in order, for help and tests. */
export const candlesView = {
  name: 'candles',
  meaning: 'bars of the candle lake, not of runs; say symbol, kind, timeframe and month, and only their files are opened',
  columns: [
    ['venue', 'such as bybit'], ['category', 'linear, inverse or spot'], ['symbol', 'symbol'], ['kind', 'last, mark or index'],
    ['timeframe', 'such as 1m'], ['month', 'of the opening, text such as 2024-01: month BETWEEN \'2024-01\' AND \'2024-06\''],
    ['opened_at', 'open of the bar'], ['open', 'quote'], ['high', 'quote'], ['low', 'quote'], ['close', 'quote'],
    ['volume', 'base; NULL for mark and index'],
  ].map(([name = '', meaning = '']) => ({ name, meaning })),
};

/** Months of one series: the paths, and whether they say what they hold. */
export interface ViewedSeries { readonly series: Manifest; readonly files: readonly string[]; readonly isHive: boolean }

/** Every bar series of a lake on this machine. */
export function viewedSeries(folder: string, listed: readonly Manifest[]): readonly ViewedSeries[] {
  return listed.map((series) => {
    const place = placeOf(folder, series);
    return { series, files: series.months.map((entry) => monthPath(place, entry)), isHive: place.isHive };
  });
}

/** 's3://bucket/prefix/lake/venue=bybit/.../month=2024-01/2024-01.parquet': months of a series below any root. */
export const monthAddresses = (root: string, series: Manifest, months = series.months): readonly string[] =>
  months.map(({ month, file }) => [root, 'lake', ...partsOf(series), `month=${month}`, file].join('/'));

/** CREATE VIEW candles; typed and empty without files. */
export function candlesSql(viewed: readonly ViewedSeries[]): string {
  const bars = viewed.filter(({ series }) => hasSpacing(series.kind));
  const hive = bars.filter(({ isHive }) => isHive);
  const parts = [
    selectOf(hive.filter(({ series }) => series.kind === 'last').flatMap(({ files }) => files), 'volume'),
    selectOf(hive.filter(({ series }) => series.kind !== 'last').flatMap(({ files }) => files), 'NULL::DOUBLE AS volume'),
    ...bars.filter(({ isHive }) => !isHive).map(firstLayoutSql),
  ].filter((part) => part !== '');
  const words = [...levels, 'month'].map((name) => `NULL::VARCHAR AS ${name}`).join(', ');
  const numbers = ['open', 'high', 'low', 'close', 'volume'].map((name) => `NULL::DOUBLE AS ${name}`).join(', ');
  const empty = `SELECT ${words}, NULL::TIMESTAMP AS opened_at, ${numbers} WHERE false`;
  return `CREATE OR REPLACE VIEW candles AS ${(parts.length === 0 ? [empty] : parts).join(' UNION ALL ')}`;
}

const prices = 'make_timestamp_ms(ts) AS opened_at, open, high, low, close';
const listOf = (files: readonly string[]): string => `[${files.map(quoteText).join(', ')}]`;

/** Types are not guessed from the paths: a month stays text, and so does a symbol of digits. */
const selectOf = (files: readonly string[], volume: string): string => (files.length === 0 ? ''
  : `SELECT ${[...levels, 'month'].join(', ')}, ${prices}, ${volume} FROM read_parquet(${listOf(files)}, `
    + 'hive_partitioning = true, hive_types_autocast = false)');

/** A series whose paths say nothing to DuckDB: its key is written beside its rows. */
function firstLayoutSql({ series, files }: ViewedSeries): string {
  const key = levels.map((level) => `${quoteText(series[level])} AS ${level}`).join(', ');
  const volume = series.kind === 'last' ? 'volume' : 'NULL::DOUBLE AS volume';
  return `SELECT ${key}, strftime(make_timestamp_ms(ts), '%Y-%m') AS month, ${prices}, ${volume} `
    + `FROM read_parquet(${listOf(files)}, hive_partitioning = false)`;
}
