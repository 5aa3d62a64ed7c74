/**
 * Where a live run lives: `live/<run>/` in the data folder, with what it was begun with (`run.json`), its journal, its log and
 * the note that it stood down by itself. A run goes on as long as strategy, parameters, configuration and account are the same.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { InstrumentRules, RunConfig } from '../engine/index.ts';
import type { Network } from './network.ts';

/** What a restart must bring again, or find here. */
const manifest = z.object({
  run: z.string(), mode: z.enum(['live', 'paper']).default('live'), letters: z.string(), createdAt: z.number(), network: z.string(), account: z.string(), engine: z.string(),
  strategy: z.string(), strategyFile: z.string(), strategyExport: z.string().nullable(), strategyHash: z.string(),
  strategyFiles: z.array(z.object({ path: z.string(), sha256: z.string() })),
  given: z.array(z.object({ name: z.string(), value: z.unknown(), text: z.string().nullable() })),
  params: z.record(z.string(), z.unknown()), config: z.record(z.string(), z.unknown()), configHash: z.string(),
  symbols: z.array(z.string()), timeframe: z.string(), instruments: z.array(z.unknown()), category: z.string(), warmupBars: z.number(),
});
export type LiveManifest = Omit<z.output<typeof manifest>, 'config' | 'instruments' | 'network'> & {
  readonly network: Network; readonly config: RunConfig; readonly instruments: readonly InstrumentRules[];
};

export interface LiveFolder { readonly path: string; readonly journal: string; readonly log: string; readonly door: string }

export const liveRunsFolder = (data: string): string => join(data, 'live');

export function liveFolder(data: string, run: string): LiveFolder {
  const path = join(liveRunsFolder(data), run);
  return { path, journal: join(path, 'journal'), log: join(path, 'log.jsonl'), door: join(path, 'door.json') };
}

/** Six letters that no other run is likely to have, first in every order link. */
export function drawLetters(): string {
  return Array.from({ length: 6 }, () => String.fromCodePoint(97 + randomInt(26))).join('');
}

/** Sorts by time: `20261122-125703412-abcdef`. */
export function liveRunId(createdAt: number, letters: string): string {
  return `${new Date(createdAt).toISOString().replaceAll(/[-:.Z]/g, '').replace('T', '-')}-${letters}`;
}

/** Written whole or not at all. */
export function beginLiveRun(data: string, made: LiveManifest): LiveFolder {
  const folder = liveFolder(data, made.run);
  mkdirSync(folder.path, { recursive: true, mode: 0o700 });
  const file = join(folder.path, 'run.json');
  writeFileSync(`${file}.new`, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return folder;
}

/** Every live run of the data folder, the last one first; what cannot be read is left out. */
export function liveRuns(data: string): readonly LiveManifest[] {
  const names = statSync(liveRunsFolder(data), { throwIfNoEntry: false }) === undefined ? [] : readdirSync(liveRunsFolder(data));
  return names.toSorted().toReversed().flatMap((name) => {
    const found = readLiveRun(data, name);
    return found === null ? [] : [found];
  });
}

export function readLiveRun(data: string, run: string): LiveManifest | null {
  const file = join(liveFolder(data, run).path, 'run.json');
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return null;
  const parsed = manifest.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return parsed.success ? parsed.data as unknown as LiveManifest : null; // written by `beginLiveRun`, checked above
}

export interface Wanted { readonly mode: 'live' | 'paper'; readonly network: Network; readonly strategyHash: string; readonly configHash: string; readonly params: string }

/** The last run of the same strategy, parameters and configuration; null = there is none. */
export function runThatGoesOn(data: string, wanted: Wanted): LiveManifest | null {
  return liveRuns(data).find((own) => own.mode === wanted.mode && own.network === wanted.network && own.strategyHash === wanted.strategyHash
    && own.configHash === wanted.configHash && JSON.stringify(own.params) === wanted.params) ?? null;
}

/** A configuration counts as tried when some run on a demo or local network used it. */
export function wasTried(data: string, configHash: string): boolean {
  return liveRuns(data).some((own) => own.mode === 'live' && own.configHash === configHash && (own.network === 'demo' || own.network === 'local'));
}

const noteOf = (folder: LiveFolder): string => join(folder.path, 'stood-down');
export function noteStoodDown(folder: LiveFolder): void { writeFileSync(noteOf(folder), ''); }
export function clearStoodDown(folder: LiveFolder): void { rmSync(noteOf(folder), { force: true }); }
export const hasStoodDown = (folder: LiveFolder): boolean => statSync(noteOf(folder), { throwIfNoEntry: false }) !== undefined;
