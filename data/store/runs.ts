/** The stored runs by their JSON files: no database, no waiting, milliseconds. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isRunId, isThere, runFolder, StoreError, storedRuns } from './folder.ts';

const hash = z.string();
/** Fields beyond these are kept as they are. */
const storedManifest = z.looseObject({
  run: z.string(), createdAt: z.number(), mode: z.string(), engine: z.string(),
  strategy: z.string(), strategyHash: hash, configHash: hash,
  dataHashes: z.record(z.string(), hash), market: z.string(), symbols: z.array(z.string()),
  timeframe: z.string(), from: z.number(), to: z.number(), warmupBars: z.number(), seed: z.number().nullable(),
});
const storedSummary = z.looseObject({
  bars: z.number(), decisions: z.number(), trades: z.number(), equityStart: z.number(), equityEnd: z.number(),
  fees: z.number(), funding: z.number(), maxDrawdown: z.number(), sharpe: z.number().nullable(), digest: z.string(),
});

export interface StoredRun {
  readonly run: string;
  /** Folder of the run's files. */
  readonly path: string;
  readonly manifest: z.output<typeof storedManifest>;
  readonly summary: z.output<typeof storedSummary>;
}

/** Every finished run of a data folder, the one stored last first. */
export async function listRuns(folder: string): Promise<readonly StoredRun[]> {
  const runs = await Promise.all((await storedRuns(folder)).map(async (run) => await readRun(folder, run)));
  return runs.sort((a, b) => b.manifest.createdAt - a.manifest.createdAt || (a.run < b.run ? 1 : -1));
}

/** One finished run by its id; null when there is none. */
export async function findRun(folder: string, run: string): Promise<StoredRun | null> {
  return isRunId(run) && await isThere(runFolder(folder, run)) ? await readRun(folder, run) : null;
}

async function readRun(folder: string, run: string): Promise<StoredRun> {
  const path = runFolder(folder, run);
  return {
    run, path,
    manifest: await readJson(join(path, 'manifest.json'), storedManifest),
    summary: await readJson(join(path, 'summary.json'), storedSummary),
  };
}

async function readJson<T extends z.ZodType>(file: string, schema: T): Promise<z.output<T>> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError
      ? error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
      : error instanceof Error ? error.message : 'unreadable';
    throw new StoreError('bad-run', `run store: ${file}: ${why}. Fix: move its folder out of runs`, error);
  }
}
