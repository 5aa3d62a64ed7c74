/**
 * Any question to all finished runs and to the candle lake, in SQL, without ever waiting for a writer: views over the Parquet files in a
 * DuckDB that lives in memory for this one question.
 *
 * It cannot change anything: one statement, and only a SELECT (also DESCRIBE, SHOW and SUMMARIZE); files outside
 * `runs/`, `projected/` and `lake/` cannot be reached, extensions cannot be loaded, nothing spills to disk, and the settings are locked.
 */
import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { closeDatabase, execute, openDatabase, quoteText, withConnection } from '../duckdb.ts';
import type { Connection } from '../duckdb.ts';
import { filesOfLake, lakeFolder, lakeViewSql, lakeViews, namesLake } from '../lake/index.ts';
import type { ViewedSeries } from '../lake/index.ts';
import { asksForKeys, isRemote, openRemote, withoutKeyInErrors } from '../remote/index.ts';
import { projectedFolder, runsFolder, StoreError, storedRuns } from './folder.ts';
import { storeTables } from './schema.ts';
import { analysisSql, analysisViews } from './analysis.ts';
import { filesIn, filesOf, viewSql } from './views.ts';

/** Plain JSON but for NaN and infinities: whole numbers beyond 2^53 and times are text (ISO 8601, UTC). */
export type PlainValue =
  null | boolean | number | string | readonly PlainValue[] | { readonly [key: string]: PlainValue };
export interface Answer {
  /** `type` is DuckDB's word, for example DOUBLE. Repeated names get a number. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly Readonly<Record<string, PlainValue>>[];
  /** True when there were more rows than `limit`. */
  readonly isCut: boolean;
  readonly limit: number;
}

/** Largest answer unless told otherwise. Unit: rows. */
export const defaultRowLimit = 1_000;

/** `StatementType.SELECT` of DuckDB's C interface. */
const selectStatement = 1;

export interface QueryLimit { readonly limit?: number }
/** Puts one SELECT to the runs. */
export type AskRuns = (sql: string, limit?: QueryLimit) => Promise<Answer>;

/** The lake can be asked as well (`lakeViews`), and on object storage nothing else. */
export async function queryRuns(folder: string, sql: string, { limit = defaultRowLimit }: QueryLimit = {}): Promise<Answer> {
  return await withMemory(async (connection) => {
    if (isRemote(folder)) {
      if (asksForKeys(sql)) throw new StoreError('not-a-query', 'query: was a question for the key, expected one for candles');
      await showLake(connection, await openRemote(connection, folder));
      await shut(connection, [`${folder}/lake/`]);
      return await withoutKeyInErrors(async () => await inOneLine(sql, async () => await ask(connection, sql, limit)));
    }
    const root = await rootOf(folder);
    if (namesLake(sql)) await inOneLine(sql, async () => { await showLake(connection, filesOfLake(root)); });
    await showRuns(connection, root);
    return await inOneLine(sql, async () => await ask(connection, sql, limit));
  });
}

/** Many questions to the runs as they are now, for the price of opening them once. */
export async function withRuns<T>(folder: string, work: (askRuns: AskRuns) => Promise<T>): Promise<T> {
  return await withMemory(async (connection) => {
    await showRuns(connection, await rootOf(folder));
    return await work(async (sql, { limit = defaultRowLimit } = {}) => await inOneLine(sql, async () => await ask(connection, sql, limit)));
  });
}

async function withMemory<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  const database = await openDatabase(':memory:');
  try {
    return await withConnection(database, work);
  } finally {
    closeDatabase(database);
  }
}

/** Absolute, because DuckDB compares the allowed folders with the files' paths as text. */
const rootOf = async (folder: string): Promise<string> => await realpath(folder).catch(() => resolve(folder));

async function showLake(connection: Connection, viewed: readonly ViewedSeries[]): Promise<void> {
  for (const view of lakeViews) await execute(connection, lakeViewSql(view, viewed));
}

async function showRuns(connection: Connection, root: string): Promise<void> {
  const runs = await storedRuns(root);
  const home = runsFolder(root);
  // The version of a run that goes on is chosen once, so that all its tables tell up to the same record.
  const folders = await Promise.all(runs.map(async (run) => await realpath(join(home, run)).catch(() => join(home, run))));
  const hasLinks = folders.some((own, place) => own !== join(home, runs[place]!));
  for (const table of storeTables) {
    await execute(connection, viewSql(table, runs.length === 0 ? null : hasLinks ? filesIn(table, folders) : filesOf(table, home)));
  }
  for (const view of analysisViews) await execute(connection, analysisSql(view));
  await shut(connection, [home, projectedFolder(root), lakeFolder(root)]);
}

/** From here on nothing but these folders can be reached, and nothing can be set. */
async function shut(connection: Connection, folders: readonly string[]): Promise<void> {
  await execute(connection, `
    SET TimeZone = 'UTC';
    SET temp_directory = '';
    SET allowed_directories = [${folders.map(quoteText).join(', ')}];
    SET enable_external_access = false;
    SET lock_configuration = true`);
}

async function ask(connection: Connection, sql: string, limit: number): Promise<Answer> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) {
    throw new StoreError('not-a-query', `query: was ${statements.count} statements, expected one SELECT`);
  }
  const statement = await statements.prepare(0);
  if (statement.statementType !== selectStatement) {
    const expected = 'expected one SELECT; the run store is read-only here';
    throw new StoreError('not-a-query', `query: was another statement, ${expected}`);
  }
  if (statement.parameterCount > 0) {
    throw new StoreError('not-a-query', 'query: was a SELECT with parameters, expected values in place of them');
  }
  const reader = await statement.streamAndReadUntil(limit + 1);
  const names = reader.deduplicatedColumnNames();
  const types = reader.columnTypes().map(String);
  const rows = reader.getRowsJS();
  return {
    columns: names.map((name, k) => ({ name, type: types[k] ?? '' })),
    rows: rows.slice(0, limit).map((row) =>
      Object.fromEntries(names.map((name, k) => [name, plainValue(row[k], types[k] === 'DATE')]))),
    isCut: rows.length > limit,
    limit,
  };
}

function plainValue(value: unknown, isDate: boolean): PlainValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof Date) return isDate ? value.toISOString().slice(0, 10) : value.toISOString();
  if (Array.isArray(value)) return value.map((item) => plainValue(item, false));
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plainValue(item, false)]));
}

/** DuckDB's errors, several lines with a drawing, as one. */
async function inOneLine<T>(sql: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreError || !(error instanceof Error)) throw error;
    const words = error.message.split(/\n\s*\n/)[0] ?? error.message;
    throw new StoreError('bad-query', `query: ${words.replace(/\s+/g, ' ').replaceAll('!', '.').trim()}${quotingHint(words, sql)}`, error);
  }
}

/** Two columns are named like words of SQL; a syntax error with one of them bare says how to write it. */
function quotingHint(words: string, sql: string): string {
  if (!words.includes('syntax error')) return '';
  const bare = sql.replace(/"[^"]*"|'[^']*'/g, ' ').replace(/\b(order|group|partition)\s+by\b/gi, ' ');
  const names = [...new Set([...bare.matchAll(/\b(order|by)\b/gi)].map(([name]) => `"${name.toLowerCase()}"`))];
  return names.length === 0 ? '' : `. Fix: write ${names.join(' and ')} with double quotes`;
}
