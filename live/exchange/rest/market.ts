/**
 * Market endpoints other than candles: time, instruments, funding, tickers, price and risk limits, book and trades.
 * A category that this exchange does not serve has empty lists and no errors: a client that loads every market at its
 * start gives up at the first refusal.
 */
import { z } from 'zod';
import { divideHalfEven, formatDecimal, parseDecimal } from '../../../engine/index.ts';
import { get, hasSymbol, listed, msIn, paged, symbolInvalid, textIn } from './endpoint.ts';
import type { Call, Endpoint } from './endpoint.ts';
import { category, cursor, instant, limit, optionalText, text } from './fields.ts';
import type { PageKey } from './page.ts';
import { accepted, refused } from './reply.ts';
import type { Reply } from './reply.ts';
import type { Row } from '../world.ts';

const symbol = text('params error: symbol invalid');
const bySymbol: PageKey = { id: (row) => textIn(row, 'symbol'), at: null };
const byTier: PageKey = { id: (row) => `${textIn(row, 'symbol')}/${textIn(row, 'id').padStart(4, '0')}`, at: null };

/** Tiers come in groups of so many rows; the endpoint has no `limit`. */
const tiersPerPage = 200;

export const marketEndpoints: readonly Endpoint[] = [
  get('/v5/market/time', {
    form: z.object({}),
    answer: (_, { server }) => accepted({ timeSecond: String(Math.floor(server / 1_000)), timeNano: `${server}000000` }),
  }),
  get('/v5/market/instruments-info', {
    form: z.object({ category, symbol: optionalText, status: optionalText, baseCoin: optionalText, limit: limit(500, 1_000), cursor }),
    answer: (wish, call) => {
      const isServed = wish.category === call.world.category;
      if (isServed && wish.symbol !== null && !hasSymbol(call, wish.symbol)) return symbolInvalid;
      const rows = isServed ? call.market.instrumentRows().filter((row) => (
        (wish.symbol === null || row['symbol'] === wish.symbol) && (wish.baseCoin === null || row['baseCoin'] === wish.baseCoin)
        && row['status'] === (wish.status ?? 'Trading'))) : [];
      return paged(sorted(rows), wish, bySymbol, call, { category: wish.category });
    },
  }),
  get('/v5/market/funding/history', {
    form: z.object({ category, symbol, startTime: instant('startTime'), endTime: instant('endTime'), limit: limit(200, 200) }),
    answer: (wish, call) => {
      if (wish.startTime !== null && wish.endTime === null) return refused(10001, 'params error: endTime invalid');
      if (wish.category !== call.world.category) return listed([], call, { category: wish.category });
      if (!hasSymbol(call, wish.symbol)) return symbolInvalid;
      const rows = call.market.fundingHistory(wish.symbol, wish.startTime, wish.endTime)
        .filter((row) => isWithin(msIn(row, 'fundingRateTimestamp'), wish.startTime, wish.endTime)).slice(0, wish.limit);
      return listed(rows, call, { category: wish.category });
    },
  }),
  get('/v5/market/tickers', {
    form: z.object({ category, symbol: optionalText, baseCoin: optionalText }),
    answer: (wish, call) => {
      if (wish.category !== call.world.category) return listed([], call, { category: wish.category });
      if (wish.symbol !== null && !hasSymbol(call, wish.symbol)) return symbolInvalid;
      const wanted = call.market.instruments
        .filter((rules) => (wish.symbol ?? rules.symbol) === rules.symbol && (wish.baseCoin ?? rules.base) === rules.base);
      return listed(wanted.map((rules) => call.market.ticker(rules.symbol)), call, { category: wish.category });
    },
  }),
  get('/v5/market/price-limit', {
    form: z.object({ category: category.default('linear'), symbol }),
    answer: (wish, call) => (
      wish.category === call.world.category && hasSymbol(call, wish.symbol) ? priceLimit(wish.symbol, call) : symbolInvalid),
  }),
  get('/v5/market/risk-limit', {
    form: z.object({ category, symbol: optionalText, cursor }),
    answer: (wish, call) => {
      const isServed = wish.category === call.world.category;
      if (isServed && wish.symbol !== null && !hasSymbol(call, wish.symbol)) return symbolInvalid;
      const symbols = isServed ? call.market.instruments.map((rules) => rules.symbol) : [];
      const rows = symbols.filter((name) => (wish.symbol ?? name) === name).flatMap((name) => call.market.riskLimits(name));
      return paged(rows, { limit: tiersPerPage, cursor: wish.cursor }, byTier, call, { category: wish.category });
    },
  }),
  get('/v5/market/orderbook', {
    form: z.object({ category, symbol, limit: limit(25, 500) }),
    answer: (wish, call) => {
      if (wish.category !== call.world.category || !hasSymbol(call, wish.symbol)) return symbolInvalid;
      const book = call.market.orderBook(wish.symbol);
      return accepted({ ...book, b: levelsOf(book['b'], wish.limit), a: levelsOf(book['a'], wish.limit) });
    },
  }),
  get('/v5/market/recent-trade', {
    form: z.object({ category, symbol, limit: limit(500, 1_000) }),
    answer: (wish, call) => {
      if (wish.category !== call.world.category) return listed([], call, { category: wish.category });
      if (!hasSymbol(call, wish.symbol)) return symbolInvalid;
      return listed(call.market.recentTrades(wish.symbol, wish.limit).slice(0, wish.limit), call, { category: wish.category });
    },
  }),
  get('/v5/system/status', { form: z.object({}), answer: (_, call) => listed([], call) }),
];

/**
 * Highest buy and lowest sell price: mark price times 1 + and - `priceLimitRatioX`, cut to whole ticks towards the mark.
 * Source: the ratios of instruments-info; their use at quiet times is the first of the two.
 */
function priceLimit(name: string, call: Call): Reply {
  const rules = call.market.instruments.find((row) => row.symbol === name);
  const row = call.market.instrumentRows().find((found) => found['symbol'] === name);
  const risk = row?.['riskParameters'];
  const ratio = typeof risk === 'object' && risk !== null && 'priceLimitRatioX' in risk ? String(risk.priceLimitRatioX) : '0.05';
  const mark = parseDecimal(textIn(call.market.ticker(name), 'markPrice'), scale);
  const room = divideHalfEven(mark * parseDecimal(ratio, scale), one);
  const tick = parseDecimal(rules?.tick ?? '1', scale);
  return accepted({
    symbol: name,
    buyLmt: formatDecimal(((mark + room) / tick) * tick, scale),
    sellLmt: formatDecimal(((mark - room + tick - 1n) / tick) * tick, scale),
    ts: String(call.world.now),
  }, '');
}

const scale = 12;
const one = 10n ** BigInt(scale);

function levelsOf(levels: unknown, depth: number): readonly unknown[] {
  return Array.isArray(levels) ? levels.slice(0, depth) : [];
}

function sorted(rows: readonly Row[]): readonly Row[] {
  return [...rows].sort((a, b) => (textIn(a, 'symbol') < textIn(b, 'symbol') ? -1 : 1));
}

function isWithin(at: number, from: number | null, to: number | null): boolean {
  return at >= (from ?? -Infinity) && at <= (to ?? Infinity);
}
