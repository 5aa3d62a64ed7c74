/**
 * A lake on object storage seen through DuckDB: its remote file support is loaded, the key is handed over, and the manifests are
 * read. The SQL is made by pure functions; every word that comes back is cleared of the key before it is thrown on.
 */
import { execute, queryRows, quoteText } from '../duckdb.ts';
import type { Connection } from '../duckdb.ts';
import { DataError } from '../error.ts';
import { levels, manifestOfText, monthAddresses } from '../lake/index.ts';
import type { Manifest, ViewedSeries } from '../lake/index.ts';
import { readRemoteKey, secretSql, withoutKey } from './key.ts';
import type { RemoteKey } from './key.ts';

/** What of a lake is wanted: values of its levels; absent means all. */
export interface RemoteWish { readonly venue?: string; readonly category?: string; readonly symbols?: readonly string[] }

/** Manifests of the series wanted. Levels with one value are part of the path, so that nothing else is listed. */
export function manifestsSql(address: string, { venue, category, symbols }: RemoteWish = {}): string {
  const one: Readonly<Record<string, string | undefined>> = { venue, category, symbol: symbols?.length === 1 ? symbols[0] : undefined };
  const path = levels.map((level) => `${level}=${one[level] === undefined ? '*' : encodeURIComponent(one[level])}`).join('/');
  return `SELECT filename, content FROM read_text(${quoteText(`${address}/lake/${path}/manifest.json`)}) ORDER BY filename`;
}

/** Loads what DuckDB needs to read s3 addresses; fetched by DuckDB itself when it is not there yet. */
async function loadRemoteFiles(connection: Connection): Promise<void> {
  try {
    await execute(connection, 'LOAD httpfs');
  } catch {
    try {
      await execute(connection, 'INSTALL httpfs');
      await execute(connection, 'LOAD httpfs');
    } catch (error) {
      const said = error instanceof Error ? error.message.split('\n')[0] ?? '' : '';
      throw new DataError({
        reason: 'no-extension', what: 'object storage: DuckDB\'s extension httpfs is not installed and could not be fetched',
        value: said.replace(/"[^"]*"/g, '...').slice(0, 120),
        expected: 'the extension, once per machine and user',
        fix: 'run INSTALL httpfs in any DuckDB of this version on a machine with access to the internet, and copy ~/.duckdb/extensions here',
      });
    }
  }
}

/** Loads the extension, hands over the key and reads the manifests wanted. */
export async function openRemote(connection: Connection, address: string, wish: RemoteWish = {}): Promise<readonly ViewedSeries[]> {
  const key = readRemoteKey();
  await loadRemoteFiles(connection);
  return await scrubbed(key, async () => {
    await execute(connection, `SET allow_unredacted_secrets = false; ${secretSql(address, key)}`);
    const rows = await queryRows(connection, manifestsSql(address, wish)).catch((error: unknown) => {
      if (error instanceof Error && error.message.includes('No files found')) return [];
      throw error;
    });
    const listed = rows.map((row) => manifestOfText(String(row['content']), String(row['filename'])));
    return listed.filter(({ symbol }) => wish.symbols === undefined || wish.symbols.includes(symbol)).map((series) => viewedAt(address, series));
  });
}

const viewedAt = (address: string, series: Manifest): ViewedSeries =>
  ({ series, files: monthAddresses(address, series), isHive: true });

/** Runs `work`; what it throws says nothing of the key, and carries no cause that does. */
export async function scrubbed<T>(key: RemoteKey, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DataError) throw error;
    const said = withoutKey(error instanceof Error ? error.message : String(error), key).split('\n')[0] ?? '';
    throw new DataError({
      reason: 'no-answer', what: 'object storage', value: said.slice(0, 300), expected: 'an answer',
      fix: 'check the address, HOLDFAST_S3_KEY, HOLDFAST_S3_SECRET, HOLDFAST_S3_REGION and HOLDFAST_S3_ENDPOINT',
    });
  }
}

/**
 * Whether a question asks for DuckDB's own list of keys, which shows the id of one, or runs SQL that it puts together itself,
 * which may.
 */
export const asksForKeys = (sql: string): boolean =>
  /duckdb_secrets|which_secret|duckdb_logs|\bquery(_table)?\b|json_execute_serialized_sql/i.test(sql);

/** Runs a question; what DuckDB says of it, in the words it is thrown on with, is cleared of the key. */
export async function withoutKeyInErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const key = readRemoteKey();
    error.message = withoutKey(error.message, key);
    error.stack = withoutKey(error.stack ?? '', key);
    error.cause = undefined;
    throw error;
  }
}
