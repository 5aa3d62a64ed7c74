/**
 * Stores a finished run: Parquet files first, into a folder that gets its name only when it is whole, then the
 * database file, if it must change and can be had. Parquet is the truth; a save succeeds when the folder has its name.
 * Survives a kill at any instant; after a power cut the run written last may be lost.
 */
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catchUp } from './database.ts';
import type { DatabaseState } from './database.ts';
import { isMissing, isRunId, isThere, partialFolder, runFolder, runsFolder, StoreError } from './folder.ts';
import { runRow } from './manifest.ts';
import type { RunManifest, RunSummary } from './manifest.ts';
import { parquetParts } from './parquet.ts';
import { conformTable, recordTables } from './schema.ts';
import type { Table } from '../../engine/index.ts';

export interface RunToSave<M extends RunManifest = RunManifest, S extends RunSummary = RunSummary> {
  /** The data folder; made when absent. */
  readonly folder: string;
  /** Kept whole in manifest.json, fields beyond the named ones included. */
  readonly manifest: M;
  /** Tables of `sim/result.ts`, in any order; an absent one is stored empty. */
  readonly tables: readonly Table[];
  /** Kept whole in summary.json. */
  readonly summary: S;
}

export interface SavedRun {
  readonly run: string;
  /** Folder of the run's files. */
  readonly path: string;
  readonly database: DatabaseState;
}

export async function saveRun<M extends RunManifest, S extends RunSummary>(
  { folder, manifest, tables, summary }: RunToSave<M, S>,
): Promise<SavedRun> {
  const { run } = manifest;
  const path = runFolder(folder, run);
  if (!isRunId(run)) {
    const expected = 'letters, digits, dot, dash or underscore, at most 100';
    throw new StoreError('bad-run-id', `run id: was '${run}', expected ${expected}`);
  }
  if (await isThere(path)) throw new StoreError('already-stored', `run ${run} is already stored in ${path}`);
  checkNames(tables);
  await clearAbandoned(folder);

  const partial = join(partialFolder(folder), `${run}.${process.pid}`);
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    await writeTable(partial, runRow(manifest, summary));
    for (const schema of recordTables) {
      await writeTable(partial, conformTable(schema, run, tables.find((table) => table.name === schema.name)));
    }
    await writeFile(join(partial, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
    await writeFile(join(partial, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    await mkdir(runsFolder(folder), { recursive: true });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
  return { run, path, database: await catchUp(folder) };
}

function checkNames(tables: readonly Table[]): void {
  const known = recordTables.map((schema) => schema.name);
  const unknown = tables.map((table) => table.name).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new RangeError(`the store has no table ${unknown.join(', ')}`);
}

async function writeTable(folder: string, table: Table): Promise<void> {
  const file = await open(join(folder, `${table.name}.parquet`), 'wx');
  try {
    // A vectored write takes at most 1,024 pieces at a time.
    const parts = parquetParts(table);
    for (let start = 0; start < parts.length; start += 1_024) await file.writev(parts.slice(start, start + 1_024));
  } finally {
    await file.close();
  }
}

/** Removes what processes that no longer exist were writing when they ended. */
async function clearAbandoned(folder: string): Promise<void> {
  let names: readonly string[] = [];
  try {
    names = await readdir(partialFolder(folder));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  for (const name of names) {
    const writer = Number(name.slice(name.lastIndexOf('.') + 1));
    if (!isAlive(writer)) await rm(join(partialFolder(folder), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // No permission to signal it means that it exists.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
