/**
 * History of an exchange into the candle lake: candles of last, mark and index prices, and funding.
 *
 * 1. Every month is stored whole, by one commit of the lake, as soon as all its pages are there.
 * 2. Only candles that closed before the market's own time are asked for: the open one never comes in.
 * 3. The same command again asks only for what is missing, and twice leaves the same bytes as once.
 */
import type { Gap, SeriesKey, SeriesKind } from '../candles.ts';
import type { z } from 'zod';
import { marketOf, seriesText, timeframeLength } from '../candles.ts';
import { DataError, usageError } from '../error.ts';
import { gapsOf, readManifest } from '../lake/index.ts';
import { wallClock } from './allowance.ts';
import type { Clock } from './allowance.ts';
import { Asker } from './ask.ts';
import type { Trouble } from './ask.ts';
import { byMonth, joinDone, missingOf, readDone, writeDone } from './done.ts';
import type { Done } from './done.ts';
import type { Host } from './host.ts';
import { sweepDownloads } from './leftovers.ts';
import { fetchPage, pagesOf } from './page.ts';
import type { Page, Series, Span } from './page.ts';
import { fetchRules } from './rules.ts';
import type { DownloadedRules } from './rules.ts';
import { storeMonth } from './store.ts';
import { bookOf, instrumentRows, intervals, openInterestSpacings, paths } from './wire.ts';

type SeriesWish = Exclude<SeriesKind, 'trades'>;
export type DownloadKind = SeriesWish | 'instruments';
export const downloadKinds: readonly DownloadKind[] = ['last', 'mark', 'index', 'funding', 'open-interest', 'instruments'];

export interface DownloadOptions {
  /** The data folder (`dataFolder()`). */
  readonly folder: string;
  readonly host: Host;
  /** 'bybit:linear' or 'bybit:inverse'. */
  readonly market: string;
  readonly symbols: readonly string[];
  readonly kinds: readonly DownloadKind[];
  readonly timeframe: string;
  /** Ms; `to` exclusive, null = until the market's own time. */
  readonly from: number;
  readonly to: number | null;
  /** Ends the download between two commits. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  /** Rows that are there, of so many to come at most. */
  readonly onProgress?: (rows: number, total: number) => void;
}

export interface DownloadedSeries {
  readonly series: string; readonly market: string; readonly symbol: string; readonly kind: SeriesWish; readonly timeframe: string;
  /** Asked for, as far as the market's time and the listing allow. */
  readonly from: number; readonly to: number;
  readonly rowsAdded: number;
  /** Rows of the series in the lake now. */
  readonly rows: number; readonly first: number | null; readonly last: number | null;
  /** Candles that the exchange does not have, within what was asked for and after the first candle. */
  readonly gaps: readonly Gap[]; readonly missing: number;
}

export interface DownloadResult {
  readonly folder: string;
  readonly series: readonly DownloadedSeries[];
  /** Of the symbols whose rules were asked for. */
  readonly rules: readonly DownloadedRules[];
  readonly requests: number;
  /** What was met and overcome, and how often. */
  readonly troubles: Readonly<Partial<Record<Trouble, number>>>;
  readonly ms: number;
}

/** One series with what is to be done about it. */
interface Plan { readonly series: Series; readonly wanted: Span; readonly missing: readonly Span[]; done: readonly Done[]; added: number; readonly holed: Page[] }

const hourMs = 3_600_000;
/** Months under way at once: enough to keep the way full where a month is one request. */
const monthsMost = 40;

export async function download(options: DownloadOptions): Promise<DownloadResult> {
  const clock = options.clock ?? wallClock;
  const startedAt = clock.now();
  const ended = new AbortController();
  const signal = options.signal === undefined ? ended.signal : AbortSignal.any([options.signal, ended.signal]);
  const asker = new Asker(options.host, clock, signal);
  const plans: Plan[] = [];
  const rules: DownloadedRules[] = [];
  const market = servedMarket(options);
  sweepDownloads(options.folder);
  for (const symbol of new Set(options.symbols)) {
    const [row, now] = await listingOf(asker, market.category, symbol);
    if (options.kinds.includes('instruments')) rules.push(await fetchRules(asker, { folder: options.folder, market, symbol, row, at: now }));
    plans.push(...plansOf({ ...market, symbol }, row?.launchTime ?? 0, now, options));
  }
  const months = plans.flatMap((plan) => byMonth(plan.missing).map((spans) => ({ plan, spans })));
  const tally = { rows: 0, total: plans.reduce((sum, { series, missing }) => sum + rowsIn(series, missing), 0) };
  const pages = (count: number): void => { tally.rows += count; options.onProgress?.(tally.rows, tally.total); };
  const work = months.values();
  const hands = Array.from({ length: Math.min(monthsMost, months.length) }, async () => {
    for (const { plan, spans } of work) await fetchMonth(plan, spans, { asker, options, pages });
  });
  await allOrFirst(hands, ended);
  const series = plans.map((plan) => settled(plan, options));
  return {
    folder: options.folder, series, rules, requests: asker.allowance.asked, troubles: Object.fromEntries(asker.troubles), ms: clock.now() - startedAt,
  };
}

/** The first that fails ends the others, and is thrown once all have ended. */
async function allOrFirst(hands: readonly Promise<void>[], ended: AbortController): Promise<void> {
  const failures: Error[] = [];
  await Promise.all(hands.map((hand) => hand.catch((thrown: unknown) => {
    failures.push(thrown instanceof Error ? thrown : new Error(String(thrown)));
    ended.abort();
  })));
  const [first] = failures;
  if (first !== undefined) throw first;
}

const rowsIn = ({ intervalMs }: Series, spans: readonly Span[]): number =>
  Math.round(spans.reduce((sum, { from, to }) => sum + (to - from), 0) / (intervalMs ?? 8 * hourMs));

interface ServedMarket { readonly venue: 'bybit'; readonly category: 'linear' | 'inverse' }

function servedMarket(options: DownloadOptions): ServedMarket {
  const { venue, category } = marketOf(options.market);
  if (venue !== 'bybit' || (category !== 'linear' && category !== 'inverse')) {
    throw usageError(`--market: was '${options.market}'`, 'write bybit:linear or bybit:inverse');
  }
  if (timeframeLength(options.timeframe) === null || intervals[options.timeframe] === undefined) {
    throw usageError(`--timeframe: was '${options.timeframe}'`, `write one of ${Object.keys(intervals).join(' ')}`);
  }
  return { venue, category };
}

/** What is missing of a symbol's series, within its `listing` and the market's time `now`, ms. */
function plansOf(symbol: Omit<SeriesKey, 'kind' | 'timeframe'>, listing: number, now: number, options: DownloadOptions): readonly Plan[] {
  const barMs = timeframeLength(options.timeframe) ?? 0;
  return options.kinds.filter((kind) => kind !== 'instruments').map((kind) => {
    const spacing = kind === 'open-interest' ? openInterestSpacings.find(([, , ms]) => ms >= barMs) ?? openInterestSpacings.at(-1)! : null;
    const intervalMs = kind === 'funding' ? null : spacing?.[2] ?? barMs;
    const key: SeriesKey = { ...symbol, kind, timeframe: kind === 'funding' ? 'stamps' : spacing?.[0] ?? options.timeframe };
    // A settlement may be told some seconds late: those of the hour under way are left to the next run.
    const step = intervalMs ?? hourMs;
    const from = Math.max(Math.ceil(options.from / step), Math.floor(listing / step)) * step;
    const to = Math.floor(Math.min(options.to ?? Infinity, now) / step) * step;
    const wanted = { from, to: Math.max(from, to) };
    const done = readDone(options.folder, key, readManifest(options.folder, key));
    return { series: { key, intervalMs }, wanted, done, missing: missingOf(wanted, done), added: 0, holed: [] };
  });
}

/** What is listed of a symbol, null = it is no more, and the market's own time. */
export function listingOf(asker: Asker, category: string, symbol: string): Promise<[row: z.output<typeof instrumentRows>['list'][number] | null, now: number]> {
  return Promise.all([
    asker.ask(instrumentRows, paths.instrument, { category, symbol }).then(({ result }) => result.list.find((row) => row.symbol === symbol) ?? null),
    marketTime(asker, category, symbol),
  ]);
}

/** Time of the market itself, which on a local exchange is not the clock's; what is listed no more has the server's. */
async function marketTime(asker: Asker, category: string, symbol: string): Promise<number> {
  try {
    const { result, at } = await asker.ask(bookOf, paths.book, { category, symbol, limit: '1' });
    return Math.min(result.ts, at);
  } catch (thrown) {
    if (!(thrown instanceof DataError) || thrown.reason !== 'refused') throw thrown;
    const { at } = await asker.ask(instrumentRows, paths.instrument, { category, symbol });
    return at;
  }
}

interface Ways { readonly asker: Asker; readonly options: DownloadOptions; readonly pages: (rows: number) => void }

async function fetchMonth(plan: Plan, spans: readonly Span[], { asker, options, pages }: Ways): Promise<void> {
  const { series } = plan;
  const wanted = spans.flatMap((span) => pagesOf(series, span));
  const got = await Promise.all(wanted.map(async (span) => {
    const page = await fetchPage(asker, series, span);
    pages(rowsIn(series, [span]));
    return page;
  }));
  asker.signal.throwIfAborted();
  const rows = got.toSorted((a, b) => a.span.from - b.span.from).flatMap((page) => page.rows);
  if (rows.length > 0) plan.added += storeMonth(options.folder, series, rows, new Date(asker.clock.now()).toISOString());
  plan.holed.push(...got.filter((page) => !page.isWhole));
  tellDone(plan, got.filter((page) => page.isWhole), options.folder);
}

function tellDone(plan: Plan, pages: readonly Page[], folder: string): void {
  if (pages.length === 0) return;
  plan.done = joinDone(plan.done, pages.map(({ span, rows }) => ({ ...span, rows: rows.length })));
  writeDone(folder, plan.series.key, plan.done);
}

/**
 * Pages with holes are asked for again by the next run; those whose hole lies before the first row of the series are done:
 * the series began there.
 */
function settled(plan: Plan, { folder, market }: DownloadOptions): DownloadedSeries {
  const { series: { key, intervalMs }, wanted } = plan;
  const lake = readManifest(folder, key);
  const first = lake?.first ?? Infinity;
  const isBeginning = ({ span, rows }: Page): boolean => first >= span.to
    || (intervalMs !== null && first > span.from && rows.length === (span.to - first) / intervalMs);
  tellDone(plan, plan.holed.filter(isBeginning), folder);
  const gaps = lake === null || intervalMs === null ? [] : gapsIn(gapsOf(lake).gaps, { lake, intervalMs, wanted });
  return {
    series: seriesText(key), market, symbol: key.symbol, kind: key.kind === 'trades' ? 'last' : key.kind, timeframe: key.timeframe, ...wanted,
    rowsAdded: plan.added, rows: lake?.rows ?? 0, first: lake?.first ?? null, last: lake?.last ?? null,
    gaps, missing: gaps.reduce((sum, gap) => sum + gap.missing, 0),
  };
}

interface Within { readonly lake: { readonly last: number }; readonly intervalMs: number; readonly wanted: Span }

/** Gaps that begin in the time asked for, and what is missing at its end. */
function gapsIn(gaps: readonly Gap[], { lake, intervalMs, wanted }: Within): readonly Gap[] {
  const inside = gaps.filter(({ at }) => at >= wanted.from && at < wanted.to);
  const next = lake.last + intervalMs;
  return next >= wanted.to ? inside : [...inside, { at: next, missing: (wanted.to - next) / intervalMs }];
}
