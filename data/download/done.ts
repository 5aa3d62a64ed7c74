/**
 * What of a series was asked for and answered whole: a small file per series in the data folder, so that the next run asks
 * only for what is missing.
 *
 * 1. It is written after the lake is on disk, whole and synced before it takes its name; whatever dies in between is asked for
 *    once more and found to be there.
 * 2. It is believed only as far as the lake still has the rows: who deletes a series downloads it again.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { SeriesKey } from '../candles.ts';
import { monthOf } from '../candles.ts';
import { syncPath } from '../lake/index.ts';
import type { Manifest } from '../lake/index.ts';
import type { Span } from './page.ts';

/** A span inside one calendar month, and how many rows it held. */
export interface Done extends Span { readonly rows: number }

const form = z.strictObject({
  format: z.literal(1), done: z.array(z.strictObject({ from: z.number(), to: z.number(), rows: z.number().int().min(0) })),
});

const fileOf = (folder: string, { venue, category, symbol, kind, timeframe }: SeriesKey): string =>
  join(folder, 'downloads', venue, category, symbol, `${kind}.${timeframe}.json`);

/** Spans that need not be asked for again, oldest first. A file that cannot be read counts as none: that costs time alone. */
export function readDone(folder: string, key: SeriesKey, lake: Manifest | null): readonly Done[] {
  let written: unknown;
  try {
    written = JSON.parse(readFileSync(fileOf(folder, key), 'utf8'));
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (error instanceof SyntaxError || code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
  const read = form.safeParse(written);
  if (!read.success) return [];
  const inLake = new Map((lake?.months ?? []).map(({ month, rows }) => [month, rows]));
  const claimed = new Map<string, number>();
  for (const { from, rows } of read.data.done) claimed.set(monthOf(from), (claimed.get(monthOf(from)) ?? 0) + rows);
  return read.data.done.filter(({ from }) => (inLake.get(monthOf(from)) ?? 0) >= (claimed.get(monthOf(from)) ?? 0));
}

export function writeDone(folder: string, key: SeriesKey, done: readonly Done[]): void {
  const file = fileOf(folder, key);
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify({ format: 1, done })}\n`);
  syncPath(fresh);
  renameSync(fresh, file);
  syncPath(dirname(file));
}

/** With more spans, oldest first; neighbours of one month become one. */
export function joinDone(done: readonly Done[], more: readonly Done[]): readonly Done[] {
  const out: Done[] = [];
  for (const span of [...done, ...more].sort((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    const isNeighbour = last !== undefined && last.to === span.from && monthOf(last.from) === monthOf(span.from);
    if (isNeighbour) out[out.length - 1] = { from: last.from, to: span.to, rows: last.rows + span.rows };
    else out.push(span);
  }
  return out;
}

/** What of `wanted` is not done, oldest first. */
export function missingOf(wanted: Span, done: readonly Done[]): readonly Span[] {
  const out: Span[] = [];
  let { from } = wanted;
  for (const span of done) {
    if (span.to <= from || span.from >= wanted.to) continue;
    if (span.from > from) out.push({ from, to: span.from });
    from = span.to;
  }
  if (from < wanted.to) out.push({ from, to: wanted.to });
  return out;
}

/** The spans cut at the ends of calendar months (UTC), month by month. */
export function byMonth(spans: readonly Span[]): readonly (readonly Span[])[] {
  const months = new Map<string, Span[]>();
  for (const span of spans) {
    for (let { from } = span; from < span.to;) {
      const date = new Date(from);
      const to = Math.min(span.to, Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1));
      months.set(monthOf(from), [...months.get(monthOf(from)) ?? [], { from, to }]);
      from = to;
    }
  }
  return [...months.values()];
}
