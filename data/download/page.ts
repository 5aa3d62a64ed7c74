/**
 * Pages of a span of time, newest first, each asked for by its own bounds: pages need not wait for one another, and what is
 * missing from one is known at once.
 *
 * 1. What lies outside the bounds is not taken: it is the repeated border of another page, or a whole other page.
 * 2. A page that misses candles is asked for again until an answer adds nothing: then the exchange has none.
 * 3. Two answers that tell different values for one instant are an error, never a choice.
 */
import type { SeriesKey } from '../candles.ts';
import { seriesText, timeText } from '../candles.ts';
import { DataError } from '../error.ts';
import type { Asker } from './ask.ts';
import { fundingRows, intervals, openInterestRows, openInterestSpacings, paths, priceRows, rowsMost, tradedRows } from './wire.ts';

/** Rows with `from <= stamp < to`. */
export interface Span { readonly from: number; readonly to: number }

export interface Series { readonly key: SeriesKey; /** Null = funding. */ readonly intervalMs: number | null }

/** One row: the stamp, then the values in the lake's order. */
export type Row = readonly number[];
export interface Page { readonly span: Span; /** Oldest first. */ readonly rows: readonly Row[]; /** Nothing is missing. */ readonly isWhole: boolean }

/** Bounds of the pages of a span. Settlements are too few for more than one; `settlements` pages on by itself. */
export function pagesOf({ key, intervalMs }: Series, { from, to }: Span): readonly Span[] {
  if (intervalMs === null) return [{ from, to }];
  const pages: Span[] = [];
  const pageMs = (key.kind === 'open-interest' ? rowsMost.openInterest : rowsMost.candles) * intervalMs;
  for (let end = to; end > from; end -= pageMs) pages.push({ from: Math.max(from, end - pageMs), to: end });
  return pages;
}

export async function fetchPage(asker: Asker, series: Series, span: Span): Promise<Page> {
  const expected = series.intervalMs === null ? 1 : (span.to - span.from) / series.intervalMs;
  const rows = new Map<number, Row>();
  let foreign = 0;
  for (let asked = 1; ; asked++) {
    const before = rows.size;
    const answered = series.intervalMs === null ? await settlements(asker, series.key, span) : await candles(asker, series.key, span);
    if (asked === 1 && isExact(answered, span, expected)) return { span, rows: answered.toReversed(), isWhole: true };
    const own = answered.filter(([at = 0]) => at >= span.from && at < span.to);
    for (const row of own) keep(rows, row, series.key);
    if (rows.size >= expected) break;
    const isForeign = own.length === 0 && answered.length > 0;
    if (!isForeign && asked > 1 && rows.size === before) break;
    asker.met(isForeign ? 'repeated-page' : answered.length === 0 ? 'empty-page' : 'missing-candles');
    if (isForeign) foreign += 1;
    if (foreign >= foreignMost) throw repeated(series.key, span);
    await asker.clock.wait(againMs * asked, asker.signal);
  }
  return { span, rows: [...rows.values()].sort(([a = 0], [b = 0]) => a - b), isWhole: rows.size >= expected };
}

/** The usual page: every candle once, newest first, nothing else. */
function isExact(rows: readonly Row[], { from, to }: Span, expected: number): boolean {
  if (rows.length !== expected || rows.length < 2) return false;
  const step = (to - from) / expected;
  return rows.every((row, i) => row[0] === to - (i + 1) * step);
}

const foreignMost = 5;
const againMs = 250;

async function candles(asker: Asker, key: SeriesKey, span: Span): Promise<readonly Row[]> {
  return key.kind === 'open-interest' ? await openInterest(asker, key, span) : await prices(asker, key, span);
}

async function openInterest(asker: Asker, { category, symbol, timeframe }: SeriesKey, { from, to }: Span): Promise<readonly Row[]> {
  const intervalTime = openInterestSpacings.find(([name]) => name === timeframe)?.[1] ?? '';
  const query = { category, symbol, intervalTime, startTime: String(from), endTime: String(to - 1), limit: String(rowsMost.openInterest) };
  return (await asker.ask(openInterestRows, paths.openInterest, query)).result.list.map(({ timestamp, openInterest: value }) => [timestamp, value]);
}

async function prices(asker: Asker, { category, symbol, kind, timeframe }: SeriesKey, { from, to }: Span): Promise<readonly Row[]> {
  const query = {
    category, symbol, interval: intervals[timeframe] ?? '', start: String(from), end: String(to - 1), limit: String(rowsMost.candles),
  };
  if (kind === 'last') return (await asker.ask(tradedRows, paths.last, query)).result.list;
  return (await asker.ask(priceRows, kind === 'index' ? paths.index : paths.mark, query)).result.list;
}

/** Backwards: an answer that is full may not be all. */
async function settlements(asker: Asker, { category, symbol }: SeriesKey, { from, to }: Span): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let end = to - 1; ;) {
    const query = { category, symbol, startTime: String(from), endTime: String(end), limit: String(rowsMost.funding) };
    const { result: { list } } = await asker.ask(fundingRows, paths.funding, query);
    rows.push(...list.map(({ fundingRateTimestamp, fundingRate }) => [fundingRateTimestamp, fundingRate]));
    const oldest = Math.min(...list.map(({ fundingRateTimestamp }) => fundingRateTimestamp));
    if (list.length < rowsMost.funding || oldest <= from || oldest > end) return rows;
    end = oldest - 1;
  }
}

function keep(out: Map<number, Row>, row: Row, key: SeriesKey): void {
  const [at = 0] = row;
  const known = out.get(at);
  if (known !== undefined && known.some((value, k) => value !== row[k])) {
    throw new DataError({
      reason: 'overlap-differs', what: `the exchange told two values of ${seriesText(key)} at ${timeText(at)}`,
      value: row.join(' '), expected: known.join(' '), fix: 'try again later; if it stays so, report it to the exchange',
    });
  }
  out.set(at, row);
}

const repeated = (key: SeriesKey, { from, to }: Span): DataError => new DataError({
  reason: 'repeated-page', what: `the exchange answered ${foreignMost} times with other times than asked for: ${seriesText(key)}`,
  expected: `${timeText(from)} to ${timeText(to)}`, fix: 'try again later; the same command goes on where this one stopped',
});
