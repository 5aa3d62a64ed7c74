/**
 * `holdfast.duckdb`: every stored run in one file, for whoever owns it. It is derived: it takes in whatever Parquet
 * runs it does not hold yet, so a save while another process holds the file is made good by the next one.
 *
 * 1. One owner per file and process: `saveRun` and `rebuildStore` belong on the main thread, never in a worker.
 * 2. A run is in all tables or in none (one transaction).
 * 3. Tables of an older schema are made anew from the Parquet files.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { closeDatabase, execute, openDatabase, queryRows, quoteText, withConnection } from '../duckdb.ts';
import type { Connection, Database } from '../duckdb.ts';
import { databaseFile, runFolder, StoreError, storedRuns } from './folder.ts';
import { columnsSql, storeTables } from './schema.ts';

export type DatabaseState =
  | { readonly tag: 'current'; readonly added: number }
  /** The Parquet run is stored; the database file could not be, and follows with the next save. */
  | { readonly tag: 'behind'; readonly why: string };

/** Runs taken in by one INSERT. */
const runsPerInsert = 500;

const schemaText = storeTables.map((table) => `${table.name}(${columnsSql(table)})`).join('; ');

const queues = new Map<string, Promise<unknown>>();

/** Puts every run that the database does not hold into it. Never throws for a file it cannot have. */
export async function catchUp(folder: string): Promise<DatabaseState> {
  return await inTurn(folder, async () => {
    const opened = await tryOpen(folder);
    if (opened.tag === 'refused') return { tag: 'behind', why: opened.why };
    try {
      return { tag: 'current', added: await withConnection(opened.database, async (connection) => await takeIn(connection, folder)) };
    } finally {
      closeDatabase(opened.database);
    }
  });
}

/** Makes all tables anew from the Parquet runs and returns how many runs they hold. A damaged file is replaced. */
export async function rebuildStore(folder: string): Promise<number> {
  return await inTurn(folder, async () => {
    let opened = await tryOpen(folder);
    if (opened.tag === 'refused' && !opened.isLocked) {
      await rm(databaseFile(folder), { force: true });
      await rm(`${databaseFile(folder)}.wal`, { force: true });
      opened = await tryOpen(folder);
    }
    if (opened.tag === 'refused') throw new StoreError('locked', opened.why);
    try {
      return await withConnection(opened.database, async (connection) => {
        await execute(connection, 'DROP TABLE IF EXISTS store_schema');
        return await takeIn(connection, folder);
      });
    } finally {
      closeDatabase(opened.database);
    }
  });
}

/** One at a time per folder: two connections could otherwise both miss the same run and both add it. */
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

type Opened =
  | { readonly tag: 'open'; readonly database: Database }
  | { readonly tag: 'refused'; readonly isLocked: boolean; readonly why: string };

async function tryOpen(folder: string): Promise<Opened> {
  const file = databaseFile(folder);
  try {
    return { tag: 'open', database: await openDatabase(file) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isLocked = /could not set lock|conflicting lock/i.test(error.message);
    const why = isLocked ? 'another process holds it' : error.message.split('\n')[0] ?? 'it cannot be opened';
    return { tag: 'refused', isLocked, why: `store: ${file}: ${why}` };
  }
}

async function takeIn(connection: Connection, folder: string): Promise<number> {
  await execute(connection, 'BEGIN');
  try {
    await prepareTables(connection);
    const held = new Set((await queryRows(connection, 'SELECT run FROM runs')).map((row) => row['run']));
    const missing = (await storedRuns(folder)).filter((run) => !held.has(run));
    for (let start = 0; start < missing.length; start += runsPerInsert) {
      const some = missing.slice(start, start + runsPerInsert);
      for (const table of storeTables) {
        const files = some.map((run) => quoteText(join(runFolder(folder, run), `${table.name}.parquet`))).join(', ');
        await execute(connection,
          `INSERT INTO ${table.name} BY NAME SELECT * FROM read_parquet([${files}], union_by_name = true)`);
      }
    }
    await execute(connection, 'COMMIT');
    return missing.length;
  } catch (error) {
    await execute(connection, 'ROLLBACK');
    throw error;
  }
}

async function prepareTables(connection: Connection): Promise<void> {
  await execute(connection, 'CREATE TABLE IF NOT EXISTS store_schema (tables VARCHAR)');
  const known = await queryRows(connection, 'SELECT tables FROM store_schema');
  if (known.length === 1 && known[0]?.['tables'] === schemaText) return;
  for (const table of storeTables) await execute(connection, `CREATE OR REPLACE TABLE ${table.name} (${columnsSql(table)})`);
  await execute(connection, 'DELETE FROM store_schema');
  await execute(connection, 'INSERT INTO store_schema VALUES ($1)', [schemaText]);
}
