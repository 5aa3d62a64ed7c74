/**
 * `holdfast.duckdb`: the run store for any DuckDB client, derived from the Parquet runs and rebuildable at any time.
 *
 * Its tables are views over the Parquet files, so a run is in it the moment its folder has its name, and nothing is
 * stored twice. Copying the rows in was measured: 460,000 rows cost 1.1 s, and 2.2 s whenever DuckDB merged row groups,
 * beside 0.25 s for the Parquet files. `copyStore` makes a file that stands alone, for whoever wants to carry it away.
 *
 * 1. One owner per file and process; these belong on the main thread, never in a worker.
 * 2. The file is written only when it is new, of an older schema, or was moved: nothing waits for it.
 */
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { closeDatabase, execute, openDatabase, queryRows, withConnection } from '../duckdb.ts';
import type { Connection, Database } from '../duckdb.ts';
import { databaseFile, isThere, runsFolder, StoreError, storedRuns } from './folder.ts';
import { storeTables, tableSql } from './schema.ts';
import { filesOf, viewSql } from './views.ts';

export type DatabaseState =
  | { readonly tag: 'current' }
  /** The Parquet run is stored; the database file could not be had, and follows with the next save. */
  | { readonly tag: 'behind'; readonly why: string };

/** Sees to it that the database file shows every stored run. Never throws for a file it cannot have. */
export async function catchUp(folder: string): Promise<DatabaseState> {
  return await inTurn(folder, async () => await showAll(folder));
}

async function showAll(folder: string): Promise<DatabaseState> {
  const opened = await tryOpen(databaseFile(folder));
  if (opened.tag === 'refused') return { tag: 'behind', why: opened.why };
  await closing(opened.database, async (connection) => {
    if (await schemaIn(connection) !== schemaText(folder)) await makeViews(connection, folder);
  });
  return { tag: 'current' };
}

/** Makes the database file anew from the Parquet runs, a damaged one too; returns how many runs it shows. */
export async function rebuildStore(folder: string): Promise<number> {
  return await inTurn(folder, async () => {
    const opened = await tryOpen(databaseFile(folder));
    if (opened.tag === 'refused' && opened.isLocked) throw new StoreError('locked', opened.why);
    if (opened.tag === 'open') closeDatabase(opened.database);
    await removeDatabase(databaseFile(folder));
    const state = await showAll(folder);
    if (state.tag === 'behind') throw new StoreError('locked', state.why);
    return (await storedRuns(folder)).length;
  });
}

export interface StoreCopy {
  readonly folder: string;
  /** The file to make. */
  readonly to: string;
}

/** Writes every stored run into a new DuckDB file with real tables, which needs nothing beside it. */
export async function copyStore({ folder, to }: StoreCopy): Promise<void> {
  if (await isThere(to)) {
    throw new StoreError('already-stored', `copy of the run store: ${to} exists, expected a new file`);
  }
  const home = resolve(runsFolder(folder));
  const hasRuns = (await storedRuns(folder)).length > 0;
  try {
    await closing(await openDatabase(to), async (connection) => {
      for (const table of storeTables) {
        await execute(connection, tableSql(table));
        if (!hasRuns) continue;
        const rows = `SELECT * FROM read_parquet(${filesOf(table, home)}, union_by_name = true)`;
        await execute(connection, `INSERT INTO ${table.name} BY NAME ${rows}`);
      }
    });
  } catch (error) {
    await removeDatabase(to);
    throw error;
  }
}

const queues = new Map<string, Promise<unknown>>();

/** One at a time per folder: two connections that both make the views would conflict. */
async function inTurn<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const before = queues.get(folder) ?? Promise.resolve();
  const mine = before.then(work, work);
  queues.set(folder, mine);
  try {
    return await mine;
  } finally {
    if (queues.get(folder) === mine) queues.delete(folder);
  }
}

/** What the views are made of: another text means that they must be made anew. */
const schemaText = (folder: string): string =>
  storeTables.map((table) => viewSql(table, resolve(runsFolder(folder)), true)).join(';\n');

async function schemaIn(connection: Connection): Promise<unknown> {
  await execute(connection, 'CREATE TABLE IF NOT EXISTS store_schema (views VARCHAR)');
  return (await queryRows(connection, 'SELECT views FROM store_schema'))[0]?.['views'];
}

async function makeViews(connection: Connection, folder: string): Promise<void> {
  await execute(connection, 'BEGIN');
  try {
    await execute(connection, schemaText(folder));
    await execute(connection, 'DELETE FROM store_schema');
    await execute(connection, 'INSERT INTO store_schema VALUES ($1)', [schemaText(folder)]);
    await execute(connection, 'COMMIT');
  } catch (error) {
    await execute(connection, 'ROLLBACK');
    throw error;
  }
}

type Opened =
  | { readonly tag: 'open'; readonly database: Database }
  | { readonly tag: 'refused'; readonly isLocked: boolean; readonly why: string };

async function tryOpen(file: string): Promise<Opened> {
  try {
    return { tag: 'open', database: await openDatabase(file) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isLocked = /could not set lock|conflicting lock/i.test(error.message);
    const said = error.message.split('\n')[0]?.replaceAll('!', '.') ?? 'it cannot be opened';
    const why = isLocked ? 'another process holds it' : said;
    return { tag: 'refused', isLocked, why: `run store: ${file}: ${why}` };
  }
}

async function closing(database: Database, work: (connection: Connection) => Promise<void>): Promise<void> {
  try {
    await withConnection(database, work);
  } finally {
    closeDatabase(database);
  }
}

async function removeDatabase(file: string): Promise<void> {
  await rm(file, { force: true });
  await rm(`${file}.wal`, { force: true });
}
