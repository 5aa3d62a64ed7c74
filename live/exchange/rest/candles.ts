/**
 * The four kline endpoints. Rows newest first, the candle under way included; which candles two bounds and a limit name is
 * the world's to say (`CandleFilter`).
 *
 * The premium index is mark price against index price, candle by candle: an estimate, as the data holds no premium.
 */
import { z } from 'zod';
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
/** A week is from Monday; 30 days stand for a month of the calendar. */
const longOnes = { D: dayMs, W: 7 * dayMs, M: 30 * dayMs } as const;

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

function answer({ symbol, category: of, ...wish }: Wish, kind: Kind, call: Call): Reply {
  if (of !== call.world.category) return accepted({ symbol, category: of, list: [] });
  if (!hasSymbol(call, symbol)) return refused(10001, 'Not supported symbols');
  if (call.tricks.includes('empty')) return accepted({ symbol, category: of, list: [] });
  const intervalMs = msOf(wish.interval);
  // The repeated border row of a fault: one candle more than was asked for, at the newer end.
  const isRepeated = wish.end !== null && call.tricks.includes('overlap');
  const end = isRepeated && wish.end !== null ? wish.end + intervalMs : wish.end;
  const rows = rowsOf({ symbol, intervalMs, start: wish.start, end, limit: wish.limit + (isRepeated ? 1 : 0) }, kind, call);
  return accepted({ symbol, category: of, list: call.keep(rows) });
}

function msOf(interval: Wish['interval']): Ms {
  return interval === 'D' || interval === 'W' || interval === 'M' ? longOnes[interval] : Number(interval) * 60_000;
}

function rowsOf(filter: Omit<CandleFilter, 'kind'>, kind: Kind, { market }: Call): readonly Candle[] {
  return kind === 'premium'
    ? premiums(market.candles({ ...filter, kind: 'mark' }), market.candles({ ...filter, kind: 'index' }))
    : market.candles({ ...filter, kind });
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
