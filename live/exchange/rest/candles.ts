/**
 * The four kline endpoints. Rows newest first, the candle under way included, `start` floored to its interval.
 *
 * 1. `start` without `end` = the `limit` candles that begin there: clients page forward with it. `end` alone = the last up
 *    to it. Both = the newest `limit` between them.
 * 2. Weeks (from Monday) and months are folded from days.
 * 3. The premium index is mark price against index price, candle by candle: an estimate, as the data holds no premium.
 */
import { z } from 'zod';
import { formatDecimal, parseDecimal } from '../../../engine/index.ts';
import type { Ms } from '../../../engine/index.ts';
import type { CandleFilter } from '../world.ts';
import { get, hasSymbol } from './endpoint.ts';
import type { Call, Endpoint } from './endpoint.ts';
import { category, instant, limit, oneOf, text } from './fields.ts';
import { accepted, refused } from './reply.ts';
import type { Reply } from './reply.ts';

/** `[start, open, high, low, close]`, on last prices also volume and turnover. */
type Candle = readonly string[];
type Kind = CandleFilter['kind'] | 'premium';

const names = ['1', '3', '5', '15', '30', '60', '120', '240', '360', '720', 'D', 'W', 'M'] as const;
const dayMs = 86_400_000;
/** Longest month; the most days that a row of a name is folded from. */
const daysIn = { W: 7, M: 31 } as const;
/** 1970-01-05 was a Monday. */
const firstMonday = 4 * dayMs;

const form = z.object({
  category: category.default('linear'),
  symbol: text('params error: symbol invalid'),
  interval: oneOf(names, 'Invalid period!'),
  start: instant('start'),
  end: instant('end'),
  limit: limit(200, 1_000),
});
type Wish = z.output<typeof form>;

export const candleEndpoints: readonly Endpoint[] = [
  klines('/v5/market/kline', 'last'),
  klines('/v5/market/mark-price-kline', 'mark'),
  klines('/v5/market/index-price-kline', 'index'),
  klines('/v5/market/premium-index-price-kline', 'premium'),
];

function klines(path: string, kind: Kind): Endpoint {
  return get(path, { form, answer: (wish, call) => answer(wish, kind, call) });
}

function answer(wish: Wish, kind: Kind, call: Call): Reply {
  const { symbol } = wish;
  if (wish.category !== call.world.category) return accepted({ symbol, category: wish.category, list: [] });
  if (!hasSymbol(call, symbol)) return refused(10001, 'Not supported symbols');
  if (call.tricks.includes('empty')) return accepted({ symbol, category: wish.category, list: [] });
  const more = call.tricks.includes('overlap') ? 1 : 0;
  const start = wish.start === null ? null : floorOf(wish.start, wish.interval);
  const end = wish.end ?? (start === null ? null : lastOf(start, wish.interval, wish.limit));
  // The repeated border row of a fault: one candle more than was asked for, at the newer end.
  const until = end === null || more === 0 ? end : nextOf(floorOf(end, wish.interval), wish.interval);
  const rows = rowsOf({ ...wish, start, end: until, limit: wish.limit + more }, kind, call);
  return accepted({ symbol, category: wish.category, list: call.keep(rows) });
}

function rowsOf(wish: Wish, kind: Kind, call: Call): readonly Candle[] {
  if (kind === 'premium') return premiums(rowsOf(wish, 'mark', call), rowsOf(wish, 'index', call));
  const { symbol, interval, start, end } = wish;
  const isFolded = interval === 'W' || interval === 'M';
  const intervalMs = isFolded || interval === 'D' ? dayMs : Number(interval) * 60_000;
  const days = isFolded ? daysIn[interval] : 1;
  // A fold needs all days of its last candle, even those after `end`.
  const until = isFolded && end !== null ? nextOf(floorOf(end, interval), interval) - 1 : end;
  const rows = call.market.candles({ symbol, kind, intervalMs, start, end: until, limit: wish.limit * days })
    .filter((row) => Number(row[0]) >= (start ?? -Infinity) && Number(row[0]) <= (until ?? Infinity));
  const wanted = isFolded ? folded(rows, interval) : rows;
  return wanted.map((row) => (kind === 'last' ? row.slice(0, 7) : row.slice(0, 5))).slice(0, wish.limit);
}

type Interval = Wish['interval'];

/** Beginning of the candle that contains `at`. */
function floorOf(at: Ms, interval: Interval): Ms {
  if (interval === 'M') {
    const day = new Date(at);
    return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1);
  }
  if (interval === 'W') return Math.floor((at - firstMonday) / (7 * dayMs)) * 7 * dayMs + firstMonday;
  const size = interval === 'D' ? dayMs : Number(interval) * 60_000;
  return Math.floor(at / size) * size;
}

/** Beginning of the candle `count` after the one beginning at `start`. */
function nextOf(start: Ms, interval: Interval, count = 1): Ms {
  if (interval === 'M') {
    const day = new Date(start);
    return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + count, 1);
  }
  const size = interval === 'W' ? 7 * dayMs : interval === 'D' ? dayMs : Number(interval) * 60_000;
  return start + count * size;
}

function lastOf(start: Ms, interval: Interval, count: number): Ms {
  return nextOf(start, interval, count) - 1;
}

function folded(days: readonly Candle[], interval: 'W' | 'M'): readonly Candle[] {
  const groups = new Map<number, Candle[]>();
  for (const day of days) {
    const start = floorOf(Number(day[0]), interval);
    groups.set(start, [...(groups.get(start) ?? []), day]);
  }
  return [...groups].sort(([a], [b]) => b - a).map(([start, rows]) => fold(start, rows));
}

/** Days newest first. */
function fold(start: Ms, days: readonly Candle[]): Candle {
  const oldest = days.at(-1) ?? [];
  const sums = oldest.slice(5).map((_, i) => sumOf(days.map((day) => day[5 + i] ?? '0')));
  return [String(start), oldest[1] ?? '', extreme(days, 2, 1), extreme(days, 3, -1), days[0]?.[4] ?? '', ...sums];
}

function extreme(days: readonly Candle[], column: number, sign: 1 | -1): string {
  return days.map((day) => day[column] ?? '').reduce((best, next) => ((Number(next) - Number(best)) * sign > 0 ? next : best));
}

function sumOf(texts: readonly string[]): string {
  return formatDecimal(texts.reduce((sum, next) => sum + parseDecimal(next, 12), 0n), 12);
}

/** `(mark - index) / index` of the four prices at six places; high and low are the extremes of the four. */
function premiums(marks: readonly Candle[], indexes: readonly Candle[]): readonly Candle[] {
  const byStart = new Map(indexes.map((row) => [row[0], row]));
  return marks.flatMap((mark) => {
    const index = byStart.get(mark[0]);
    if (index === undefined) return [];
    const four = [1, 2, 3, 4].map((i) => (Number(mark[i]) - Number(index[i])) / Number(index[i]));
    const [open = 0, , , close = 0] = four;
    const ordered = [...four].sort((a, b) => a - b);
    return [[mark[0] ?? '', ...[open, ordered[3] ?? 0, ordered[0] ?? 0, close].map((ratio) => ratio.toFixed(6))]];
  });
}
