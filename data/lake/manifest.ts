/**
 * The manifest of one series in the lake: which month files count, their hashes, where they came from, what is missing.
 *
 * 1. A month file that no manifest names does not exist: renaming the manifest into place is the commit of an import.
 * 2. Hashes are of the files as written; `data check` computes them again.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Gap, QuietRun, SeriesKey } from '../candles.ts';
import { DataError } from '../error.ts';
import { manifestIn, placeOf } from './layout.ts';

const text = z.string().min(1);
const count = z.number().int().min(0);
const gap = z.strictObject({ at: z.number(), missing: count });
const quiet = z.strictObject({ at: z.number(), bars: count });

const month = z.strictObject({
  /** '2025-10' */
  month: z.string().regex(/^\d{4}-\d{2}$/),
  /** Base name in the month's folder. */
  file: z.string().regex(/^[\w.-]+$/),
  rows: count, first: z.number(), last: z.number(), bytes: count,
  sha256: z.string().length(64),
  /** Byte offset of each column's values in the file. */
  valuesAt: z.array(count).min(2),
  /** Holes inside the month; holes across a month's end follow from `last` and `first`. */
  gaps: z.array(gap), missing: count,
  /** Runs of bars without volume. */
  quiet: z.array(quiet), quietBars: count,
});

const manifest = z.strictObject({
  format: z.literal(1),
  venue: text, category: text, symbol: text,
  kind: z.enum(['last', 'mark', 'index', 'funding', 'open-interest', 'trades']),
  timeframe: text,
  /** Spacing of bars in ms; null for funding and trades. */
  intervalMs: z.number().positive().nullable(),
  rows: count, first: z.number(), last: z.number(),
  months: z.array(month).min(1),
  sources: z.array(z.strictObject({ name: text, sha256: z.string().length(64), rows: count, importedAt: text })),
  /** Codes of the error findings that the series was imported with; every run on it is warned. */
  flagged: z.array(text),
  importedAt: text,
});

export type Manifest = z.output<typeof manifest>;
export type MonthEntry = z.output<typeof month>;

/** Longest lists of gaps and quiet runs kept per month; counts are always of all. */
export const listLimit = 200;

/** Null when the lake has no such series. */
export function readManifest(folder: string, key: SeriesKey): Manifest | null {
  return parseManifest(manifestIn(placeOf(folder, key)));
}

export function parseManifest(file: string): Manifest | null {
  let written: string;
  try {
    written = readFileSync(file, 'utf8');
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
  return manifestOfText(written, file);
}

/** Reads what an import wrote; `file` is for the error alone. */
export function manifestOfText(written: string, file: string): Manifest {
  try {
    return manifest.parse(JSON.parse(written));
  } catch (error) {
    throw new DataError({
      reason: 'damaged-lake', what: 'unreadable manifest', file, expected: 'the manifest as the import wrote it',
      fix: 'delete the folder of this series and import it again',
    }, error);
  }
}

/** All holes of the series, oldest first: those inside months and those across their ends. */
export function gapsOf(series: Manifest): { readonly gaps: readonly Gap[]; readonly missing: number } {
  const gaps: Gap[] = [];
  let missing = 0;
  let before: number | null = null;
  const step = series.intervalMs ?? 0;
  for (const entry of series.months) {
    if (before !== null && step > 0 && entry.first - before > step) {
      const across = Math.round((entry.first - before) / step) - 1;
      gaps.push({ at: before + step, missing: across });
      missing += across;
    }
    gaps.push(...entry.gaps);
    missing += entry.missing;
    before = entry.last;
  }
  return { gaps, missing };
}

export function quietOf(series: Manifest): { readonly runs: readonly QuietRun[]; readonly bars: number } {
  return {
    runs: series.months.flatMap((entry) => entry.quiet),
    bars: series.months.reduce((sum, entry) => sum + entry.quietBars, 0),
  };
}
