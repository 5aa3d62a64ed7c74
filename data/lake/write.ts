/**
 * Writing series into the lake.
 *
 * 1. All month files of an import are written and synced in a folder of their own, then renamed into place; a month
 *    that exists keeps its file and gets a new one beside it. Only the rename of the manifest makes them count.
 * 2. Whatever dies in between leaves the old series as it was; leftovers are swept by the next import.
 * 3. One import at a time: the lock file holds the process number, a dead owner's lock is taken over.
 * 4. Files get the ending .parquet only in their place: whoever reads every Parquet file of the lake sees none half-written.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SeriesKey } from '../candles.ts';
import { hasSpacing, monthOf } from '../candles.ts';
import { DataError } from '../error.ts';
import { scanCandles } from '../scan.ts';
import type { Manifest, MonthEntry } from './manifest.ts';
import { forgetEmpty, lakeFolder, manifestIn, monthFolder, monthPath, moveOver, newPlace, placeOf, seriesFolders, syncPath } from './layout.ts';
import { listLimit, parseManifest, readManifest } from './manifest.ts';
import { monthFile, writePieces } from './month.ts';
import { candlesOf, columnNames } from './read.ts';

/** One series to commit: `kept` months stay as they are, `columns` hold the whole new content of the other months. */
export interface SeriesUpdate {
  readonly key: SeriesKey;
  readonly intervalMs: number | null;
  readonly kept: readonly MonthEntry[];
  readonly columns: readonly Float64Array[];
  readonly sources: Manifest['sources'];
  readonly flagged: readonly string[];
}

/** Runs `work` as the only import into this lake. */
export function withLakeLock<T>(folder: string, work: () => T): T {
  const lake = lakeFolder(folder);
  mkdirSync(lake, { recursive: true });
  const lock = join(lake, '.lock');
  takeLock(lock, lake);
  try {
    sweep(folder);
    moveFirstLayout(folder);
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function takeLock(lock: string, lake: string): void {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (!(error instanceof Error) || Reflect.get(error, 'code') !== 'EEXIST') throw error;
      const owner = Number(readFileSync(lock, 'utf8'));
      if (owner !== process.pid && !isAlive(owner)) rmSync(lock, { force: true });
    }
  }
  throw new DataError({
    reason: 'lake-busy', what: 'another import is running', file: lake,
    fix: 'wait for it to end; if none is running, delete the file .lock in that folder',
  });
}

/** Whether a process of this number runs, of whatever user. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && Reflect.get(error, 'code') === 'EPERM';
  }
}

/** Removes what a killed import left behind, also among the months. Called under the lock, so nobody else is writing. */
function sweep(folder: string): void {
  const lake = lakeFolder(folder);
  for (const name of readdirSync(lake).filter((one) => one.startsWith('.import-'))) {
    for (const part of readdirSync(join(lake, name))) {
      const key = keyIn(join(lake, name, part, keyFile));
      if (key !== null) settle(folder, key, readManifest(folder, key));
    }
    rmSync(join(lake, name), { recursive: true });
  }
}

/** Says beside staged files which series they are for. */
const keyFile = 'series.json';

/** Null when the import died before it had moved anything. */
function keyIn(file: string): SeriesKey | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as SeriesKey;
  } catch {
    return null;
  }
}

/** Brings what stands in the first layout's folders to their Hive folders. */
function moveFirstLayout(folder: string): void {
  for (const place of seriesFolders(folder)) {
    const series = place.isHive ? null : parseManifest(manifestIn(place));
    if (series !== null) moveOver(folder, place, { key: series, months: series.months });
  }
  forgetEmpty(folder);
}

interface Staged { readonly update: SeriesUpdate; readonly entries: readonly MonthEntry[]; readonly from: string }

/** Writes all updates; either every series is committed, or (on an error before the first commit) none. */
export function commitSeries(folder: string, updates: readonly SeriesUpdate[], importedAt: string): readonly Manifest[] {
  const staging = join(lakeFolder(folder), `.import-${process.pid}`);
  mkdirSync(staging, { recursive: true });
  try {
    const staged: Staged[] = [];
    for (const [k, update] of updates.entries()) {
      const from = join(staging, String(k));
      mkdirSync(from);
      const { venue, category, symbol, kind, timeframe } = update.key;
      writeSynced(join(from, keyFile), JSON.stringify({ venue, category, symbol, kind, timeframe }));
      staged.push({ update, from, entries: writeMonths(folder, update, from) });
    }
    const manifests = staged.map((item) => manifestOf(item, importedAt));
    staged.forEach((item, k) => {
      writeSynced(join(item.from, 'manifest.json'), `${JSON.stringify(manifests[k], null, 1)}\n`);
    });
    for (const item of staged) moveMonths(folder, item);
    for (const item of staged) renameSync(join(item.from, 'manifest.json'), manifestIn(newPlace(folder, item.update.key)));
    staged.forEach(({ update }, k) => { settle(folder, update.key, manifests[k] ?? null); });
    return manifests;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function writeMonths(folder: string, update: SeriesUpdate, into: string): readonly MonthEntry[] {
  const names = columnNames(update.key.kind);
  const named = new Set(readManifest(folder, update.key)?.months.map(({ file }) => file));
  return monthRanges(update.columns[0] ?? new Float64Array(0)).map(([start, end]) => {
    const columns = update.columns.map((column) => column.subarray(start, end));
    const first = columns[0]?.[0] ?? Number.NaN;
    const last = columns[0]?.[end - start - 1] ?? Number.NaN;
    const month = monthOf(first);
    const { pieces, valuesAt } = monthFile(names, columns);
    const hash = createHash('sha256');
    for (const piece of pieces) hash.update(piece);
    const sha256 = hash.digest('hex');
    // A file that no manifest names does not exist: a killed import left it.
    const isFree = !named.has(`${month}.parquet`);
    const file = isFree ? `${month}.parquet` : `${month}.${sha256.slice(0, 12)}.parquet`;
    const bytes = writePieces(join(into, `${file}.part`), pieces);
    syncPath(join(into, `${file}.part`));
    const holes = holesOf(update, columns);
    return { month, file, rows: end - start, first, last, bytes, sha256, valuesAt: [...valuesAt], ...holes };
  });
}

type Holes = Pick<MonthEntry, 'gaps' | 'missing' | 'quiet' | 'quietBars'>;

function holesOf(update: SeriesUpdate, columns: readonly Float64Array[]): Holes {
  if (!hasSpacing(update.key.kind)) return { gaps: [], missing: 0, quiet: [], quietBars: 0 };
  const { gaps, missing, quiet, quietBars } = scanCandles(candlesOf(columns), update.intervalMs);
  return { gaps: gaps.slice(0, listLimit), missing, quiet: quiet.slice(0, listLimit), quietBars };
}

/** Row ranges [start, end) of the calendar months (UTC) in ascending stamps. */
function monthRanges(stamps: Float64Array): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  let start = 0;
  while (start < stamps.length) {
    const first = new Date(stamps[start] ?? 0);
    const next = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 1);
    let end = start + 1;
    while (end < stamps.length && (stamps[end] ?? Infinity) < next) end += 1;
    ranges.push([start, end]);
    start = end;
  }
  return ranges;
}

function manifestOf({ update, entries }: Staged, importedAt: string): Manifest {
  const months = [...update.kept, ...entries].sort((a, b) => a.first - b.first);
  const { venue, category, symbol, kind, timeframe } = update.key;
  return {
    format: 1, venue, category, symbol, kind, timeframe, intervalMs: update.intervalMs,
    rows: months.reduce((sum, entry) => sum + entry.rows, 0),
    first: months[0]?.first ?? 0, last: months.at(-1)?.last ?? 0,
    months, sources: update.sources, flagged: [...update.flagged], importedAt,
  };
}

function moveMonths(folder: string, { update, entries, from }: Staged): void {
  const place = newPlace(folder, update.key);
  for (const entry of entries) {
    mkdirSync(monthFolder(place, entry), { recursive: true });
    renameSync(join(from, `${entry.file}.part`), monthPath(place, entry));
    syncPath(monthFolder(place, entry));
  }
  mkdirSync(place.home, { recursive: true });
  syncPath(place.home);
}

/** After the commit: the folder is synced, and months that its manifest does not name go. */
function settle(folder: string, key: SeriesKey, manifest: Manifest | null): void {
  const place = newPlace(folder, key);
  if (!existsSync(place.home) || placeOf(folder, key).home !== place.home) return;
  syncPath(place.home);
  const named = new Set((manifest?.months ?? []).map((entry) => monthPath(place, entry)));
  for (const name of readdirSync(place.home)) {
    const path = join(place.home, name);
    if (name === 'manifest.json') continue;
    if (!name.startsWith('month=')) { rmSync(path, { recursive: true, force: true }); continue; }
    for (const file of readdirSync(path)) if (!named.has(join(path, file))) rmSync(join(path, file), { force: true });
    if (readdirSync(path).length === 0) rmdirSync(path);
  }
}

function writeSynced(path: string, content: string): void {
  writeFileSync(path, content);
  syncPath(path);
}
