/**
 * The public archive of single trades, a file a day, into the lake: bars, the trades themselves, or both.
 *
 * 1. A day is one import: whole or not at all. Its name and hash stand among the sources of every series it went into, which
 *    is how the next run knows that it is there.
 * 2. The file of a day that was not imported stays in `downloads/trading` and is not fetched again; an imported one is removed.
 * 3. The next day is fetched while this one is read.
 *
 * Source: protocol sheet, section 10: /trading/SYMBOL/SYMBOLYYYY-MM-DD.csv.gz, UTC days.
 */
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SeriesKey } from '../candles.ts';
import { marketOf, timeframeName } from '../candles.ts';
import { DataError, usageError } from '../error.ts';
import { importFiles } from '../import.ts';
import type { FromTrades, ImportedSeries } from '../import.ts';
import { readManifest } from '../lake/index.ts';
import { wallClock } from './allowance.ts';
import type { Clock } from './allowance.ts';
import { Asker } from './ask.ts';
import { listingOf } from './download.ts';
import type { Host } from './host.ts';
import { sweepDownloads } from './leftovers.ts';

export interface ArchiveOptions {
  /** The data folder (`dataFolder()`). */
  readonly folder: string;
  /** Where the archive is, without trailing slash. */
  readonly archive: string;
  /** Tells when a symbol was listed, and the market's own time. */
  readonly host: Host;
  /** 'bybit:linear' or 'bybit:inverse'. */
  readonly market: string;
  readonly symbols: readonly string[];
  readonly fromTrades: FromTrades;
  /** Ms; days that begin in [from, to) and are over, null = until the market's own time. */
  readonly from: number;
  readonly to: number | null;
  /** Ends the download between two days. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  /** Days that are there, of so many. */
  readonly onProgress?: (days: number, total: number) => void;
}

export interface ArchiveResult {
  readonly folder: string;
  /** Days that were fetched and stored now, that were there already, and that the archive does not have. */
  readonly fetched: number;
  readonly there: number;
  readonly absent: readonly string[];
  /** As they are now; empty when no day was stored. */
  readonly series: readonly ImportedSeries[];
  /** Answers that broke off and were asked for again. */
  readonly broken: number;
  readonly ms: number;
}

interface Day { readonly symbol: string; /** SYMBOLYYYY-MM-DD.csv.gz */ readonly name: string }

const dayMs = 86_400_000;
const attemptsMost = 7;
const firstWaitMs = 500;
/** A day of the busiest symbol is some hundred MB. */
const timeoutMs = 900_000;

export async function downloadArchive(options: ArchiveOptions): Promise<ArchiveResult> {
  const clock = options.clock ?? wallClock;
  const startedAt = clock.now();
  const ended = new AbortController();
  const signal = options.signal === undefined ? ended.signal : AbortSignal.any([options.signal, ended.signal]);
  sweepDownloads(options.folder);
  const all = await daysOf(options, new Asker(options.host, clock, signal));
  const days = all.filter((day) => !isStored(options, day));
  const desk: Desk = { options, clock, signal, broken: 0 };
  const series = new Map<string, ImportedSeries>();
  const absent: string[] = [];
  let ahead = fetchAhead(desk, days[0]);
  try {
    for (const [i, day] of days.entries()) {
      const file = await ahead;
      ahead = fetchAhead(desk, days[i + 1]);
      if (file === null) absent.push(day.name);
      else for (const one of await stored(desk, day, file)) series.set(one.series, one);
      options.onProgress?.(all.length - days.length + i + 1, all.length);
      signal.throwIfAborted();
    }
  } finally {
    ended.abort();
    await ahead.catch(() => null);
  }
  return {
    folder: options.folder, fetched: days.length - absent.length, there: all.length - days.length, absent,
    series: [...series.values()], broken: desk.broken, ms: clock.now() - startedAt,
  };
}

interface Desk { readonly options: ArchiveOptions; readonly clock: Clock; readonly signal: AbortSignal; broken: number }

/** A failure is heard of when the day is waited for, never before. */
function fetchAhead(desk: Desk, day: Day | undefined): Promise<string | null> {
  const file = day === undefined ? Promise.resolve(null) : fetchDay(desk, day);
  file.catch(() => null);
  return file;
}

async function daysOf({ market, symbols, from, to }: ArchiveOptions, asker: Asker): Promise<readonly Day[]> {
  const { venue, category } = marketOf(market);
  if (venue !== 'bybit' || (category !== 'linear' && category !== 'inverse')) {
    throw usageError(`--market: was '${market}'`, 'write bybit:linear or bybit:inverse');
  }
  const days: Day[] = [];
  for (const symbol of new Set(symbols)) {
    const [row, now] = await listingOf(asker, category, symbol);
    const last = Math.min(to ?? Infinity, now);
    for (let at = Math.max(Math.ceil(from / dayMs), Math.floor((row?.launchTime ?? 0) / dayMs)) * dayMs; at + dayMs <= last; at += dayMs) {
      days.push({ symbol, name: `${symbol}${new Date(at).toISOString().slice(0, 10)}.csv.gz` });
    }
  }
  return days;
}

/** Every series that the day belongs in names it. */
function isStored({ folder, market, fromTrades }: ArchiveOptions, { symbol, name }: Day): boolean {
  const bars = fromTrades.intervals.map((ms): SeriesKey => ({ ...marketOf(market), symbol, kind: 'last', timeframe: timeframeName(ms) ?? '' }));
  const keys = fromTrades.keep ? [...bars, { ...marketOf(market), symbol, kind: 'trades', timeframe: 'prints' } as const] : bars;
  return keys.every((key) => readManifest(folder, key)?.sources.some((source) => source.name === name) === true);
}

/** Imports a day's file and removes it; one that arrived damaged is fetched once more. */
async function stored(desk: Desk, day: Day, file: string): Promise<readonly ImportedSeries[]> {
  const { folder, market, fromTrades } = desk.options;
  for (let attempt = 1, path: string | null = file; ; attempt++) {
    try {
      const { series } = await importFiles([path], { folder, market, fromTrades });
      rmSync(path);
      return series;
    } catch (error) {
      if (!isDamaged(error) || attempt > 1) throw explained(error, day);
      desk.broken += 1;
      rmSync(path);
      path = await fetchDay(desk, day);
      if (path === null) throw error;
    }
  }
}

const isDamaged = (error: unknown): boolean => error instanceof DataError && (error.reason === 'unreadable' || error.reason === 'empty-file');

/** Bars of candles and bars of trades of one time differ: which of them is wanted is for the user to say. */
function explained(error: unknown, { name }: Day): unknown {
  if (!(error instanceof DataError) || error.reason !== 'overlap-differs') return error;
  return new DataError({
    reason: 'overlap-differs', what: `the lake has other bars than the trades of ${name} make: ${error.what}`,
    ...(error.value === null ? {} : { value: error.value }), ...(error.expected === null ? {} : { expected: error.expected }),
    fix: 'bars downloaded as candles are not bars of trades: keep the trades alone with --trades-as trades, or delete the folder of the series',
  }, error);
}

/** The day's file, whole; null when the archive has none. */
async function fetchDay(desk: Desk, { symbol, name }: Day): Promise<string | null> {
  const { options, clock, signal } = desk;
  const folder = join(options.folder, 'downloads', 'trading', symbol);
  const path = join(folder, name);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  let why = '';
  for (let attempt = 0; attempt < attemptsMost; attempt++) {
    if (attempt > 0) {
      desk.broken += 1;
      await clock.wait(firstWaitMs * 2 ** (attempt - 1), signal);
    }
    const answer = await fetchOnce(`${options.archive}/trading/${symbol}/${name}`, `${path}.${process.pid}`, signal);
    if (answer === 'absent') return null;
    if (answer === 'whole') {
      renameSync(`${path}.${process.pid}`, path);
      return path;
    }
    why = answer.why;
  }
  throw new DataError({
    reason: 'no-answer', what: `no usable answer for ${name} in ${attemptsMost} attempts, the last one: ${why}`,
    fix: 'check the connection; the same command goes on where this one stopped',
  });
}

async function fetchOnce(url: string, path: string, signal: AbortSignal): Promise<'whole' | 'absent' | { readonly why: string }> {
  try {
    const reply = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]), redirect: 'error', headers: { 'Accept-Encoding': 'identity' } });
    if (reply.status === 404) return 'absent';
    if (reply.status === 403) throw shutOut();
    if (reply.status !== 200 || reply.body === null) return { why: `HTTP ${reply.status}` };
    await pipeline(Readable.fromWeb(reply.body), createWriteStream(path));
    const announced = Number(reply.headers.get('content-length') ?? Number.NaN);
    const { size } = statSync(path);
    return Number.isNaN(announced) || announced === size ? 'whole' : { why: `${size} of ${announced} bytes` };
  } catch (thrown) {
    rmSync(path, { force: true });
    signal.throwIfAborted();
    if (thrown instanceof DataError) throw thrown;
    return { why: thrown instanceof Error ? (thrown.cause instanceof Error ? thrown.cause.message : thrown.message) : String(thrown) };
  }
}

const shutOut = (): DataError => new DataError({
  reason: 'shut-out', what: 'the archive shut this address out (HTTP 403: asked too often, or not served here)',
  fix: 'ask nothing for 10 minutes; the same command goes on where this one stopped',
});
