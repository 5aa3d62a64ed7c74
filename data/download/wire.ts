/**
 * The words of the wire, read once: envelopes, candles, funding, and what an instrument says of itself.
 * Source: protocol sheet, sections 1 and 3 (Bybit V5 market endpoints).
 */
import { z } from 'zod';
import type { Answer } from './host.ts';

export const paths = {
  last: '/v5/market/kline', mark: '/v5/market/mark-price-kline', index: '/v5/market/index-price-kline',
  funding: '/v5/market/funding/history', openInterest: '/v5/market/open-interest', tiers: '/v5/market/risk-limit', instrument: '/v5/market/instruments-info', book: '/v5/market/orderbook',
} as const;

/** Rows of one answer at most. */
export const rowsMost = { candles: 1_000, funding: 200, openInterest: 200 } as const;
/** Spacings of open interest by timeframe, on the wire and in ms, shortest first. */
export const openInterestSpacings = [
  ['5m', '5min', 300_000], ['15m', '15min', 900_000], ['30m', '30min', 1_800_000], ['1h', '1h', 3_600_000], ['4h', '4h', 14_400_000], ['1d', '1d', 86_400_000],
] as const;

/** Names of timeframes on the wire. */
export const intervals: Readonly<Record<string, string>> = {
  '1m': '1', '3m': '3', '5m': '5', '15m': '15', '30m': '30', '1h': '60', '2h': '120', '4h': '240', '6h': '360', '12h': '720', '1d': 'D',
};

const decimal = z.string().regex(/^-?\d+(\.\d+)?(e-?\d+)?$/i).transform(Number);
/** A list of arrays of texts as numbers, so many of each. By hand: a schema for every value costs more than the way does. */
const listOf = (columns: number) => z.array(z.unknown()).transform((list, context): number[][] => {
  const rows: number[][] = [];
  for (const row of list) {
    const numbers = Array.isArray(row) && row.length >= columns ? row.slice(0, columns).map(numberIn) : [Number.NaN];
    if (numbers.some(Number.isNaN) || !(numbers[0]! >= firstStamp)) {
      context.addIssue({ code: 'custom', message: `must be rows of ${columns} decimals` });
      return z.NEVER;
    }
    rows.push(numbers);
  }
  return rows;
});
const numberIn = (value: unknown): number => (typeof value === 'string' && value !== '' ? Number(value) : Number.NaN);
/** Of 2001: what is earlier is no time in ms. */
const firstStamp = 1e12;
const stamp = z.string().regex(/^\d{12,14}$/).transform(Number);

/** Newest first; `[start, open, high, low, close]`, of last prices also volume (base; contracts when inverse) and turnover. */
export const priceRows = z.object({ list: listOf(5) });
export const tradedRows = z.object({ list: listOf(6) });
export const fundingRows = z.object({ list: z.array(z.object({ fundingRateTimestamp: stamp, fundingRate: decimal })) });
const said = z.string().optional().transform((value) => value ?? '');
export const openInterestRows = z.object({ list: z.array(z.object({ timestamp: stamp, openInterest: decimal })) });
/** `launchTime` in ms; the list is empty for what is traded no more. Rules as far as they are of use. */
export const instrumentRows = z.object({ list: z.array(z.object({
  symbol: z.string(), launchTime: stamp, baseCoin: z.string(), quoteCoin: z.string(), settleCoin: z.string(),
  priceFilter: z.object({ tickSize: z.string() }), leverageFilter: z.object({ maxLeverage: z.string() }),
  lotSizeFilter: z.object({ qtyStep: z.string(), minOrderQty: z.string(), minNotionalValue: said }),
})) });
/** Risk tiers, smallest first; `nextPageCursor` '' = all of them. */
export const tierRows = z.object({
  nextPageCursor: said,
  list: z.array(z.object({ symbol: z.string(), riskLimitValue: z.string(), maintenanceMargin: z.union([z.string(), z.number().transform(String)]),
    initialMargin: z.union([z.string(), z.number().transform(String)]).optional().transform((value) => value ?? ''), maxLeverage: said, mmDeduction: said })),
});
/** `ts` = the market's own time. */
export const bookOf = z.object({ ts: z.number() });

const envelope = z.object({ retCode: z.number().int(), retMsg: z.string(), result: z.unknown(), time: z.number() });

export type Verdict =
  /** `at` = time of the server, ms. */
  | { readonly tag: 'answered'; readonly result: unknown; readonly at: number }
  | { readonly tag: 'limited'; readonly waitMs: number }
  | { readonly tag: 'shut-out' }
  | { readonly tag: 'refused'; readonly code: number; readonly text: string }
  | { readonly tag: 'broken'; readonly why: string };

const limitedLeastMs = 1_000;
/** 429 without a body says no reset; so long does the address's window last. */
const limitedUsualMs = 5_000;

/** Source: protocol sheet, error table: 10006 and 10018 too many visits, 10429 overload, 10000 and 10016 the server's own troubles. */
export function verdictOf(answer: Answer): Verdict {
  const { status, text, resetAt } = answer;
  if (status === 403) return { tag: 'shut-out' };
  if (status === 429) return { tag: 'limited', waitMs: limitedUsualMs };
  if (status >= 500) return { tag: 'broken', why: `HTTP ${status}` };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { tag: 'broken', why: text === '' ? `HTTP ${status} without a body` : `HTTP ${status} with ${text.length} bytes that are not JSON, or cut` };
  }
  const read = envelope.safeParse(parsed);
  if (!read.success) return { tag: 'broken', why: `HTTP ${status} with JSON of another form` };
  const { retCode, retMsg, result, time } = read.data;
  if (retCode === 0) return { tag: 'answered', result, at: time };
  if (retCode === 10006 || retCode === 10018 || retCode === 10429) {
    return { tag: 'limited', waitMs: Math.max(limitedLeastMs, (resetAt ?? 0) - time) };
  }
  if (retCode === 10000 || retCode === 10016) return { tag: 'broken', why: `${retCode} ${retMsg}` };
  return { tag: 'refused', code: retCode, text: retMsg };
}
