/**
 * Where things stand in the lake: Hive's way, so that DuckDB and its kind prune by what they read in the paths.
 *
 * lake/venue=bybit/category=linear/symbol=BTCUSDT/kind=last/timeframe=1m/manifest.json and .../month=2024-01/2024-01.parquet
 *
 * 1. Lakes of the first layout (lake/bybit/linear/BTCUSDT/last/1m/2024-01.parquet) are read where they stand. The next
 *    import or download moves them over, under its lock.
 * 2. A move links the month files into place, then renames a synced manifest: that is the commit. Until then the old
 *    folder counts, from then on the new one, with the same file names and bytes. The next lock takes up what was cut off.
 */
import {
  closeSync, copyFileSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync,
  rmSync, rmdirSync, writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { SeriesKey } from '../candles.ts';

export const lakeFolder = (folder: string): string => join(folder, 'lake');

/** Levels of the lake above the months, in order. */
export const levels = ['venue', 'category', 'symbol', 'kind', 'timeframe'] as const;

/** 'venue=bybit/category=linear/...': readers of Hive paths decode the values. */
export const partsOf = (key: SeriesKey): readonly string[] =>
  levels.map((level) => `${level}=${encodeURIComponent(key[level])}`);

const hiveFolder = (folder: string, key: SeriesKey): string => join(lakeFolder(folder), ...partsOf(key));
const firstFolder = (folder: string, key: SeriesKey): string =>
  join(lakeFolder(folder), ...levels.map((level) => key[level]));

/** A month file by its month, '2025-10', and its base name. */
export interface MonthName { readonly month: string; readonly file: string }

export interface Place {
  /** Folder of the series; its manifest stands in it. */
  readonly home: string;
  readonly isHive: boolean;
}

/** Where new files of a series go. */
export const newPlace = (folder: string, key: SeriesKey): Place => ({ home: hiveFolder(folder, key), isHive: true });

/** Where a series stands: the Hive folder as soon as it has a manifest, else the first layout's if that has one. */
export function placeOf(folder: string, key: SeriesKey): Place {
  const first = { home: firstFolder(folder, key), isHive: false };
  const hive = newPlace(folder, key);
  return !existsSync(manifestIn(hive)) && existsSync(manifestIn(first)) ? first : hive;
}

export const manifestIn = ({ home }: Place): string => join(home, 'manifest.json');
export const monthFolder = ({ home, isHive }: Place, { month }: Pick<MonthName, 'month'>): string =>
  (isHive ? join(home, `month=${month}`) : home);
export const monthPath = (place: Place, entry: MonthName): string =>
  join(monthFolder(place, entry), entry.file);

/** Folders of either layout that have a manifest. */
export function seriesFolders(folder: string): readonly Place[] {
  const found: Place[] = [];
  const walk = (home: string, depth: number, isHive: boolean): void => {
    if (depth === levels.length) {
      if (existsSync(join(home, 'manifest.json'))) found.push({ home, isHive });
      return;
    }
    const wanted = `${levels[depth] ?? ''}=`;
    for (const name of foldersIn(home)) {
      const fits = name.startsWith(wanted);
      if (depth === 0 ? true : fits === isHive) walk(join(home, name), depth + 1, depth === 0 ? fits : isHive);
    }
  };
  walk(lakeFolder(folder), 0, true);
  return found;
}

function foldersIn(path: string): readonly string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map((entry) => entry.name).sort();
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code === 'ENOENT') return [];
    throw error;
  }
}

/** What a move needs of a series: its key and the files that count. */
interface Movable { readonly key: SeriesKey; readonly months: readonly MonthName[] }

/** Moves one series of the first layout over, or ends a move that was cut off. Called under the lock. */
export function moveOver(folder: string, from: Place, { key, months }: Movable): void {
  const to = newPlace(folder, key);
  if (!existsSync(manifestIn(to))) {
    for (const entry of months) linkMonth(monthPath(from, entry), monthPath(to, entry));
    for (const entry of months) syncPath(monthFolder(to, entry));
    const part = `${manifestIn(to)}.part`;
    writeFileSync(part, readFileSync(manifestIn(from)));
    syncPath(part);
    renameSync(part, manifestIn(to));
    syncPath(to.home);
  }
  forget(from);
}

/** A second name for the same bytes, which costs nothing; where the file system has no such names, a copy. */
function linkMonth(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  rmSync(to, { force: true });
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
    syncPath(to);
  }
}

/** Takes the old folder away, the months first and its manifest last: a removal that is cut off is found again. */
function forget({ home }: Place): void {
  const names = readdirSync(home);
  for (const name of names) if (name !== 'manifest.json') rmSync(join(home, name), { recursive: true, force: true });
  rmSync(join(home, 'manifest.json'), { force: true });
}

/** Takes away what moves left empty of the first layout's folders. Called under the lock. */
export function forgetEmpty(folder: string): void {
  const empty = (path: string): boolean => {
    for (const name of readdirSync(path, { withFileTypes: true })) if (!name.isDirectory() || !empty(join(path, name.name))) return false;
    rmdirSync(path);
    return true;
  };
  for (const name of foldersIn(lakeFolder(folder))) if (!name.startsWith('venue=')) empty(join(lakeFolder(folder), name));
}

export function syncPath(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
