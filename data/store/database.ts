/**
 * `holdfast.duckdb`: the run store for any DuckDB client, derived from the Parquet runs and rebuildable at any time.
 *
 * Its tables are views over the Parquet files, so a run is in it the moment its folder has its name, and nothing is
 * stored twice. Copying the rows in was measured: 460,000 rows cost 1.1 s, and 2.2 s whenever DuckDB merged row groups,
 * beside 0.25 s for the Parquet files. `copyStore` makes a file that stands alone, for whoever wants to carry it away.
 *
 * 1. One owner per file and process; these belong on the main thread, never in a worker.
 * 2. The file is opened only when it is new, of an older schema, or was moved, which `holdfast.views.sql` beside it
 *    tells: a save neither waits for an owner nor loads DuckDB (0.3 s) without need.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { analysisSql, analysisViews } from './analysis.ts';
import { closeDatabase, execute, openDatabase, withConnection } from '../duckdb.ts';
import type { Connection, Database } from '../duckdb.ts';
import { databaseFile, isMissing, isThere, runsFolder, StoreError, storedRuns, viewsFile } from './folder.ts';
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
  const wanted = viewsText(folder);
  if (await isThere(databaseFile(folder)) && await readText(viewsFile(folder)) === wanted) return { tag: 'current' };
  const opened = await tryOpen(databaseFile(folder));
  if (opened.tag === 'refused') return { tag: 'behind', why: opened.why };
  await closing(opened.database, async (connection) => { await execute(connection, `BEGIN; ${wanted} COMMIT`); });
  await writeFile(viewsFile(folder), wanted);
  return { tag: 'current' };
}

/** Makes the database file anew from the Parquet runs, a damaged one too; returns how many runs it shows. */
export async function rebuildStore(folder: string): Promise<number> {
  return await inTurn(folder, async () => {
    const opened = await tryOpen(databaseFile(folder));
    if (opened.tag === 'refused' && opened.isLocked) throw new StoreError('locked', opened.why);
    if (opened.tag === 'open') closeDatabase(opened.database);
    await removeDatabase(databaseFile(folder));
    await rm(viewsFile(folder), { force: true });
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
      for (const view of analysisViews) await execute(connection, analysisSql(view));
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

/** The views as SQL, absolute paths included: another text means that they must be made anew. */
const viewsText = (folder: string): string =>
  [...storeTables.map((table) => viewSql(table, filesOf(table, resolve(runsFolder(folder))))), ...analysisViews.map(analysisSql)].map((sql) => `${sql};\n`).join('');

async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
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
