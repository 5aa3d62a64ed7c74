/**
 * Queries as danfo data frames. DuckDB answers, and its column types say what a column becomes: numbers (NULL is NaN), booleans and
 * text (NULL is null), times as ISO text in UTC; lists and structures are JSON text. danfo has no 64-bit words for types, so the
 * labels say `float32` and `int32`; the values underneath stay doubles, and nothing is rounded.
 *
 * Sums and joins belong into the SQL: DuckDB knows types, danfo is for looking at what comes back.
 */
import { DuckDBInstance } from '@duckdb/node-api';
import { DataFrame } from 'danfojs-node';
import { loadMarket, queryRuns } from '../dist/data/index.js';

/** A column of an answer; `type` is DuckDB's word, such as DOUBLE. */
export interface AnswerColumn { readonly name: string; readonly type: string }
type Cell = number | string | boolean | null;
type Row = Readonly<Record<string, unknown>>;
type Label = 'float32' | 'int32' | 'boolean' | 'string';

/** Most rows of one frame; more is an error, never a frame that is silently cut. */
const mostRows = 1_000_000;

/** One SELECT over the runs of a data folder: `frameOf(data, "FROM trades")`. Tables: `holdfast help tables`, views: `holdfast help views`. */
export async function frameOf(dataFolder: string, sql: string): Promise<DataFrame> {
  const answer = await queryRuns(dataFolder, sql, { limit: mostRows });
  if (answer.isCut) throw new RangeError(`frame: the answer has over ${mostRows} rows. Fix: group or filter in the SQL`);
  return frameFrom(answer.columns, answer.rows);
}

/** One SELECT over files that DuckDB reads by itself: `frameOfFiles("FROM 'candles.parquet'")`. */
export async function frameOfFiles(sql: string): Promise<DataFrame> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const reader = await connection.runAndReadAll(sql);
    const names = reader.deduplicatedColumnNames();
    const types = reader.columnTypes().map(String);
    const rows = reader.getRowsJS().map((row) => Object.fromEntries(names.map((name, place) => [name, row[place]])));
    return frameFrom(names.map((name, place) => ({ name, type: types[place] ?? '' })), rows);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Which candles are meant; `from` and `to` are opening times such as 2025-10-01 (UTC), first included, first excluded. */
export interface CandleWish {
  readonly market: string;
  readonly symbol: string;
  readonly timeframe: string;
  readonly from?: string;
  readonly to?: string;
}

/** Candles as a backtest reads them, from the lake or the built-in market: time (bar open), open, high, low, close, volume. */
export async function candleFrame(dataFolder: string, { market, symbol, timeframe, from, to }: CandleWish): Promise<DataFrame> {
  const { symbols: [loaded] } = await loadMarket({
    folder: dataFolder, market, symbols: [symbol], timeframe,
    ...(from === undefined ? {} : { from: Date.parse(from) }), ...(to === undefined ? {} : { to: Date.parse(to) }),
  });
  const { last, instrument } = loaded!;
  const prices = ['open', 'high', 'low', 'close'] as const;
  const rows = Array.from(last.openedAt, (time, place): Row => ({
    time: new Date(time), volume: last.volume[place],
    ...Object.fromEntries(prices.map((name) => [name, (last[name][place]! * instrument.tick.num) / instrument.tick.den])),
  }));
  return frameFrom([{ name: 'time', type: 'TIMESTAMP' }, ...[...prices, 'volume'].map((name) => ({ name, type: 'DOUBLE' }))], rows);
}

/** Rows with DuckDB's column types as a frame. An answer without rows keeps its columns. */
export function frameFrom(columns: readonly AnswerColumn[], rows: readonly Row[]): DataFrame {
  const labels = columns.map((column) => labelOf(column, rows));
  const cells = rows.map((row) => columns.map(({ name, type }, place) => cellOf(row[name], labels[place]!, type)));
  return new DataFrame(cells, { columns: columns.map(({ name }) => name), config: {}, dtypes: labels });
}

/** A column as numbers; an error when it holds anything else. */
export function numbersIn(frame: DataFrame, column: string): number[] {
  return valuesIn(frame, column).map((value) => {
    if (typeof value !== 'number') throw new TypeError(`frame: column ${column} holds ${JSON.stringify(value)}, expected numbers`);
    return value;
  });
}

/** A column as text; NULL is ''. */
export function wordsIn(frame: DataFrame, column: string): string[] {
  return valuesIn(frame, column).map((value) => (value === null ? '' : String(value)));
}

function valuesIn(frame: DataFrame, column: string): readonly Cell[] {
  if (!frame.columns.includes(column)) throw new RangeError(`frame: column ${column} is not there, expected one of ${frame.columns.join(', ')}`);
  return frame.column(column).values as readonly Cell[];
}

const wholeTypes = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/;
const realTypes = /^(DOUBLE|FLOAT|DECIMAL.*)$/;

function labelOf({ name, type }: AnswerColumn, rows: readonly Row[]): Label {
  if (type === 'BOOLEAN') return 'boolean';
  if (realTypes.test(type)) return 'float32';
  if (!wholeTypes.test(type)) return 'string';
  // Beyond 2^53 a number would be another number: such a column is text.
  if (rows.some((row) => typeof row[name] === 'string' || (typeof row[name] === 'bigint' && !Number.isSafeInteger(Number(row[name]))))) return 'string';
  // A hole is NaN, which only a column of reals may hold; and danfo's whole numbers have 32 bits.
  return rows.every((row) => row[name] != null && Math.abs(Number(row[name])) < 2 ** 31) ? 'int32' : 'float32';
}

function cellOf(value: unknown, label: Label, type: string): Cell {
  const isNumber = label === 'float32' || label === 'int32';
  if (value === null || value === undefined) return isNumber ? Number.NaN : null;
  if (isNumber) return Number(value);
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (value instanceof Date) return type === 'DATE' ? value.toISOString().slice(0, 10) : value.toISOString();
  return typeof value === 'bigint' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}
