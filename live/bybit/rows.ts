/**
 * Wire rows as this connector reads them: every field it uses, every form in which "no value" comes, unknown fields and
 * words let through. A row that lacks what decides is refused with its name; the others of its list still count.
 *
 * Source: Bybit V5 reference, order, execution, position, wallet, kline and ticker objects.
 */
import { z } from 'zod';

/** '' and null and absent are null. A JSON number is taken as its text. */
const text = z.union([z.string(), z.number().transform(String), z.null()]).optional().transform((value) => (value === undefined || value === null || value === '' ? null : value));
/** An exponent has two digits at most: a longer one is no amount of anything. */
const decimalForm = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$/;
const number = text.refine((value) => value === null || decimalForm.test(value), 'must be a decimal');
const required = text.refine((value) => value !== null, 'is missing').transform((value) => value!);
const decimal = required.refine((value) => decimalForm.test(value), 'must be a decimal');
const stamp = decimal.transform(Number);
const index = number.transform((value) => (value === null ? 0 : Number(value)));
const flag = z.union([z.boolean(), z.literal('true').transform(() => true), z.literal('false').transform(() => false), z.literal('').transform(() => false)]).optional().transform((value) => value ?? false);
const word = z.string().nullish().transform((value) => value ?? '');

export const orderRow = z.object({
  orderId: required, orderLinkId: word, symbol: required, side: word, orderStatus: required, qty: decimal, price: number,
  cumExecQty: number, orderType: word, stopOrderType: word, createType: word, cancelType: word, rejectReason: word, reduceOnly: flag,
  triggerPrice: number, triggerBy: word, updatedTime: stamp, createdTime: stamp,
});
export type OrderRow = z.output<typeof orderRow>;

export const executionRow = z.object({
  symbol: required, orderId: required, orderLinkId: word, side: word, execId: required, execPrice: decimal, execQty: decimal, execValue: number,
  execFee: number, feeRate: number, execType: word, execTime: stamp, isMaker: flag, leavesQty: number, createType: word, stopOrderType: word, seq: index,
});
export type ExecutionRow = z.output<typeof executionRow>;

export const positionRow = z.object({
  symbol: required, side: word, size: decimal, avgPrice: number, entryPrice: number, stopLoss: number, trailingStop: number, leverage: number,
  positionIdx: index, updatedTime: number, isReduceOnly: flag,
});
export type PositionRow = z.output<typeof positionRow>;

export const klineRow = z.object({
  start: stamp, open: decimal, high: decimal, low: decimal, close: decimal, volume: decimal, confirm: flag,
});
export type KlineRow = z.output<typeof klineRow>;

export const tickerRow = z.object({ symbol: required, markPrice: number, lastPrice: number, fundingRate: number, nextFundingTime: number });
export type TickerRow = z.output<typeof tickerRow>;

export const walletRow = z.object({ coin: z.array(z.object({ coin: required, walletBalance: number, equity: number })) });
export type WalletRow = z.output<typeof walletRow>;

/** Rows of a list that can be read, and the complaints about those that cannot. */
export function readRows<T>(schema: z.ZodType<T>, list: unknown): { readonly rows: readonly T[]; readonly bad: readonly string[] } {
  if (!Array.isArray(list)) return { rows: [], bad: ['list: not an array'] };
  const rows: T[] = [];
  const bad: string[] = [];
  for (const one of list) {
    const parsed = schema.safeParse(one);
    if (parsed.success) rows.push(parsed.data);
    else bad.push(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join(', '));
  }
  return { rows, bad };
}
