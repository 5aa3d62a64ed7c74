/**
 * Candles of any interval that the data's bars build: those that closed, and the one under way as far as it has come.
 * A candle has the bars that exist: where the data has a hole there is no candle, and one cut by the beginning of the data
 * is left out. A bar that has begun is seen by its open alone.
 */
import type { Instrument, Ms } from '../../../engine/index.ts';
import type { Series } from '../../../sim/index.ts';
import type { CandleFilter } from '../world.ts';
import type { Feed } from './feed.ts';
import { firstAt } from './feed.ts';
import { plainText, priceText } from './wire-text.ts';

const minute = 60_000;
const day = 1_440 * minute;
/** As the wire counts weeks from Monday and months by the calendar; a month is asked for as 30 days. */
const week = 7 * day;
const month = 30 * day;

/** Intervals the wire has names for, shorter ones first. */
export const namedIntervals: readonly (readonly [name: string, ms: Ms])[] = [
  ...[1, 3, 5, 15, 30, 60, 120, 240, 360, 720].map((minutes) => [String(minutes), minutes * minute] as const),
  ['D', day], ['W', week], ['M', month],
];

export interface Bucket { readonly start: Ms; readonly end: Ms }

/** The candle of an interval that `at` lies in. */
export function bucketOf(intervalMs: Ms, at: Ms): Bucket {
  if (intervalMs === month) {
    const date = new Date(at);
    return { start: Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1), end: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) };
  }
  const shift = intervalMs === week ? 4 * day : 0; // the epoch was a Thursday
  const start = Math.floor((at - shift) / intervalMs) * intervalMs + shift;
  return { start, end: start + intervalMs };
}

/** Prices in ticks, volume in base; turnover in quote (in base when inverse), each bar at its close. */
export interface Candle {
  readonly start: Ms; readonly open: number; readonly high: number; readonly low: number; readonly close: number;
  readonly volume: number; readonly turnover: number;
}

/** Bars [first, last) of a series as one candle. */
export function candleOf(instrument: Instrument, series: Series, start: Ms, first: number, last: number): Candle {
  const { open, high, low, close, volume } = series;
  const scale = instrument.tick.num / instrument.tick.den;
  let top = high[first]!;
  let bottom = low[first]!;
  let sum = 0;
  let turnover = 0;
  for (let i = first; i < last; i++) {
    if (high[i]! > top) top = high[i]!;
    if (low[i]! < bottom) bottom = low[i]!;
    const traded = volume[i] ?? 0;
    sum += traded;
    turnover += instrument.kind === 'linear' ? traded * close[i]! * scale : traded / (close[i]! * scale);
  }
  return { start, open: open[first]!, high: top, low: bottom, close: close[last - 1]!, volume: sum, turnover };
}

/** A candle and the one after it as one. */
export function grown(candle: Candle, next: Candle): Candle {
  return {
    start: candle.start, open: candle.open, high: Math.max(candle.high, next.high), low: next.low < candle.low ? next.low : candle.low, close: next.close,
    volume: candle.volume + next.volume, turnover: candle.turnover + next.turnover,
  };
}

/** Text of a candle: start, open, high, low, close and, of traded prices, volume and turnover. */
function rowOf(instrument: Instrument, { start, open, high, low, close, volume, turnover }: Candle, isLast: boolean): readonly string[] {
  const prices = [open, high, low, close].map((ticks) => priceText(instrument, ticks));
  return isLast ? [String(start), ...prices, plainText(volume), plainText(turnover)] : [String(start), ...prices];
}

interface Seen { readonly instrument: Instrument; readonly series: Series; readonly intervalMs: Ms; readonly bars: number; readonly underWay: Candle | null }

/** Bars of the series that may be seen, and the one begun. */
function seenOf(feed: Feed, symbol: number, instrument: Instrument, kind: CandleFilter['kind'], now: Ms, intervalMs: Ms): Seen | null {
  const mark = kind === 'last' ? null : feed.mark(symbol);
  const series = mark ?? feed.whole(symbol);
  if (intervalMs % series.intervalMs !== 0) return null;
  const bars = firstAt(series, feed.seenUntil - series.intervalMs + 1);
  const openedAt = series.openedAt[bars];
  const hasBegun = openedAt !== undefined && bars < series.length && openedAt < now;
  const open = series.open[bars] ?? 0;
  const underWay = hasBegun ? { start: openedAt, open, high: open, low: open, close: open, volume: 0, turnover: 0 } : null;
  return { instrument, series, intervalMs, bars, underWay };
}

/** The candle of the bucket that starts at `start`; null when nothing of it was seen. */
function bucketCandle({ instrument, series, intervalMs, bars, underWay }: Seen, start: Ms): Candle | null {
  const { end } = bucketOf(intervalMs, start);
  const first = firstAt(series, start);
  const last = Math.min(bars, firstAt(series, end));
  const begun = underWay !== null && underWay.start >= start && underWay.start < end ? underWay : null;
  if (series.length > 0 && start < series.openedAt[0]!) return null;
  if (last <= first) return begun === null ? null : { ...begun, start };
  const closed = candleOf(instrument, series, start, first, last);
  if (begun === null) return closed;
  return { ...closed, high: Math.max(closed.high, begun.high), low: begun.low < closed.low ? begun.low : closed.low, close: begun.close };
}

/**
 * Candles newest first. `start` alone counts forward from the candle that holds it; `end`, or neither, counts back from the
 * newest candle that starts at or before it.
 */
export function candlesOf(feed: Feed, symbol: number, instrument: Instrument, filter: CandleFilter, now: Ms): readonly (readonly string[])[] {
  const { kind, intervalMs, start, end, limit } = filter;
  const seen = seenOf(feed, symbol, instrument, kind, now, intervalMs);
  if (seen === null || limit <= 0) return [];
  const from = start === null ? -Infinity : bucketOf(intervalMs, start).start;
  const candles = start !== null && end === null ? forward(seen, from, limit) : backward(seen, from, end ?? now, limit);
  return candles.map((candle) => rowOf(instrument, candle, kind === 'last'));
}

function forward(seen: Seen, from: Ms, limit: number): Candle[] {
  const { series, bars, underWay, intervalMs } = seen;
  const candles: Candle[] = [];
  const newest = bars + (underWay === null ? 0 : 1) - 1;
  let index = firstAt(series, from);
  while (candles.length < limit && index <= newest) {
    const { start, end } = bucketOf(intervalMs, series.openedAt[index]!);
    const candle = bucketCandle(seen, start);
    if (candle !== null) candles.push(candle);
    index = firstAt(series, end);
  }
  return candles.reverse();
}

function backward(seen: Seen, from: Ms, until: Ms, limit: number): Candle[] {
  const { series, bars, underWay, intervalMs } = seen;
  const candles: Candle[] = [];
  const newest = bars + (underWay === null ? 0 : 1) - 1;
  let index = Math.min(newest, firstAt(series, bucketOf(intervalMs, until).end) - 1);
  while (candles.length < limit && index >= 0) {
    const { start } = bucketOf(intervalMs, series.openedAt[index]!);
    if (start < from) break;
    const candle = start > until ? null : bucketCandle(seen, start);
    if (candle !== null) candles.push(candle);
    index = firstAt(series, start) - 1;
  }
  return candles;
}
