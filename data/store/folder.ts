/**
 * Where the store keeps things below its folder, and the errors it can answer with.
 *
 * runs/<run>/      manifest.json, summary.json, runs.parquet (one row) and one Parquet file per table: the truth
 * partial/<...>/   a run being written; renamed to runs/<run> when whole, so a run is there wholly or not at all
 * projected/<...>/ runs that go on; runs/<run> is then a link to the version of its tables that counts
 * holdfast.duckdb  the same tables as views over the Parquet files, for any DuckDB client; holdfast.views.sql is its text
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export const runsFolder = (folder: string): string => join(folder, 'runs');
export const runFolder = (folder: string, run: string): string => join(folder, 'runs', run);
export const projectedFolder = (folder: string): string => join(folder, 'projected');
export const partialFolder = (folder: string): string => join(folder, 'partial');
export const viewsFile = (folder: string): string => join(folder, 'holdfast.views.sql');
export const databaseFile = (folder: string): string => join(folder, 'holdfast.duckdb');

export type StoreProblem =
  | 'bad-run-id'      // the run id cannot be a folder name
  | 'already-stored'  // a run of this id is there
  | 'bad-run'         // a stored run cannot be read
  | 'locked'          // another process owns the database file
  | 'not-a-query'     // SQL that is not one single SELECT
  | 'bad-query';      // SQL that DuckDB refused

/** A refusal of the store in one line: what, where, was X, expected Y. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly problem: StoreProblem;
  constructor(problem: StoreProblem, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.problem = problem;
  }
}

/** Ids of all finished runs, sorted by name; none when nothing was stored yet. */
export async function storedRuns(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(runsFolder(folder), { withFileTypes: true });
    const links = entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name);
    const there = await Promise.all(links.map(async (name) => await isThere(runFolder(folder, name))));
    const names = [...entries.filter((entry) => entry.isDirectory()).map(({ name }) => name), ...links.filter((_, place) => there[place])];
    return names.filter(isRunId).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Whether a file or folder exists. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Letters, digits, dot, dash, underscore, at most 100, no dot first: safe as a folder name and in a glob. */
export const isRunId = (run: string): boolean => /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/.test(run);

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
