/**
 * The form of every body that changes something, with the exchange's texts for what is missing or misshapen. What depends
 * on the account or the market (steps, limits, margin, sides) is judged behind the door. Keys not named here pass.
 *
 * `bodyOf` serves the order entry stream too: one form for both doors.
 */
import { z } from 'zod';
import { category, decimal, flag, linkId, oneOf, plain, stripped, text, whole, wrongWith } from './fields.ts';
import { refused } from './reply.ts';
import type { Reply } from './reply.ts';
import type { Row } from '../world.ts';

const symbol = text('params error: symbol invalid');
const trigger = ['LastPrice', 'IndexPrice', 'MarkPrice'] as const;
const mismatch = 'position idx not match position mode';

/** One-way mode has index 0 only. */
const positionIdx = whole([0], mismatch).default('0');

/** Stops attached to an order and stops of a position share these. */
const stops = {
  takeProfit: decimal('TakeProfit invalid').optional(),
  stopLoss: decimal('StopLoss invalid').optional(),
  tpTriggerBy: oneOf(trigger, 'TpTriggerBy invalid').optional(),
  slTriggerBy: oneOf(trigger, 'SlTriggerBy invalid').optional(),
  tpLimitPrice: decimal('TpLimitPrice invalid').optional(),
  slLimitPrice: decimal('SlLimitPrice invalid').optional(),
  tpOrderType: oneOf(['Market', 'Limit'], 'TpOrderType invalid').optional(),
  slOrderType: oneOf(['Market', 'Limit'], 'SlOrderType invalid').optional(),
};

const create = z.looseObject({
  category,
  symbol,
  side: oneOf(['Buy', 'Sell'], 'Side invalid'),
  orderType: oneOf(['Market', 'Limit'], 'OrderType invalid'),
  qty: decimal('Qty invalid'),
  price: decimal('Price invalid').optional(),
  timeInForce: oneOf(['GTC', 'IOC', 'FOK', 'PostOnly', 'RPI'], 'TimeInForce invalid').optional(),
  positionIdx,
  orderLinkId: linkId.optional(),
  reduceOnly: flag('ReduceOnly invalid').optional(),
  closeOnTrigger: flag('CloseOnTrigger invalid').optional(),
  triggerPrice: decimal('TriggerPrice invalid').optional(),
  triggerDirection: whole([1, 2], 'TriggerDirection invalid').optional(),
  triggerBy: oneOf(trigger, 'TriggerBy invalid').optional(),
  tpslMode: oneOf(['Full', 'Partial'], 'TpslMode invalid').optional(),
  ...stops,
}).refine((body) => body.orderType === 'Market' || body.price !== undefined, { error: 'Price invalid' })
  .refine((body) => body.triggerPrice === undefined || body.triggerDirection !== undefined, { error: 'TriggerDirection invalid' });

const named = { category, symbol, orderId: text('OrderId invalid').optional(), orderLinkId: linkId.optional() };
const nameless = { error: 'params error: OrderId or OrderLinkId is required' };
const hasName = (body: { readonly orderId?: string | undefined; readonly orderLinkId?: string | undefined }): boolean => (
  body.orderId !== undefined || body.orderLinkId !== undefined);

const amend = z.looseObject({
  ...named,
  qty: decimal('Qty invalid').optional(),
  price: decimal('Price invalid').optional(),
  triggerPrice: decimal('TriggerPrice invalid').optional(),
  triggerBy: oneOf(trigger, 'TriggerBy invalid').optional(),
  tpslMode: oneOf(['Full', 'Partial'], 'TpslMode invalid').optional(),
  ...stops,
}).refine(hasName, nameless);

const cancel = z.looseObject(named).refine(hasName, nameless);

const cancelAll = z.looseObject({
  category,
  symbol: symbol.optional(),
  baseCoin: text('baseCoin invalid').optional(),
  settleCoin: text('settleCoin invalid').optional(),
  orderFilter: oneOf(['Order', 'StopOrder', 'OpenOrder', 'tpslOrder', 'OcoOrder'], 'OrderFilter invalid').optional(),
}).refine((body) => body.symbol !== undefined || body.baseCoin !== undefined || body.settleCoin !== undefined, {
  error: 'Missing some parameters that must be filled in, symbol or baseCoin or settleCoin',
});

const tradingStop = z.looseObject({
  category,
  symbol,
  tpslMode: z.enum(['Full', 'Partial'], { error: 'TpslMode invalid' }).optional(),
  positionIdx,
  trailingStop: decimal('TrailingStop invalid').optional(),
  activePrice: decimal('ActivePrice invalid').optional(),
  tpSize: decimal('TpSize invalid').optional(),
  slSize: decimal('SlSize invalid').optional(),
  ...stops,
}).superRefine((body, context) => {
  if (body.tpslMode !== undefined) return;
  const kind = body.slOrderType !== undefined ? 'slOrderType' : body.tpOrderType !== undefined ? 'tpOrderType' : null;
  context.addIssue({ code: 'custom', message: kind === null ? 'TpslMode invalid' : `${kind} can not have a value when tpSlMode is empty` });
});

const setLeverage = z.looseObject({
  category, symbol, buyLeverage: decimal('buyLeverage invalid'), sellLeverage: decimal('sellLeverage invalid'),
});

const switchMode = z.looseObject({
  category, symbol: symbol.optional(), coin: text('coin invalid').optional(), mode: whole([0, 3], 'mode invalid'),
}).refine((body) => body.symbol !== undefined || body.coin !== undefined, {
  error: 'Missing some parameters that must be filled in, symbol or coin',
});

export const bodies = { create, amend, cancel, cancelAll, tradingStop, setLeverage, switchMode } as const;

/** The body in the account's form (text and booleans), or the refusal. */
export function bodyOf(name: keyof typeof bodies, body: Row): Row | Reply {
  const read = bodies[name].safeParse(stripped(body));
  return read.success ? plain(read.data) : refused(10001, wrongWith(read.error));
}
