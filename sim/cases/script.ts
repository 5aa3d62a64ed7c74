/**
 * The script of a case as messages of the matching core. Order input is quantised here, once (FS-1 section 2.3), and
 * what fails before that (section 12) travels in the message as its code, because it is answered on arrival.
 */
import { parseDecimal } from '../../engine/index.ts';
import type { Direction, Instrument, TriggerSource } from '../../engine/index.ts';
import type { Message, RefusalCode, Submit } from '../exchange/index.ts';
import { failField, fieldsOf, flagOf, isFields, listOf, msOf, onlyFields, textOf, wordOf } from './field.ts';
import type { Fields } from './field.ts';
import { decimalOf, stepsOf, wholeStepsOf } from './number.ts';

export interface Sending {
  /** Sending time, or null when it waits for a fill. */
  readonly at: number | null;
  /** Sent when the strategy learns of this order's first fill. */
  readonly after: string | null;
  /** How a refusal of this message is listed under `rejects`. */
  readonly label: string;
  readonly message: Message;
}

export interface Script {
  readonly sendings: readonly Sending[];
  /** Order ids; a message's `order` is the place in this list. */
  readonly orders: readonly string[];
}

/** Decides which way a price is rounded onto the tick. */
type Rounding = 'down' | 'up';

interface Reading { readonly instrument: Instrument; readonly orders: string[]; readonly faults: Set<RefusalCode> }

function orderIndex(reading: Reading, id: string): number {
  const known = reading.orders.indexOf(id);
  return known >= 0 ? known : reading.orders.push(id) - 1;
}

const sourceOf = (value: unknown, where: string): TriggerSource =>
  wordOf(value, where, ['LastPrice', 'MarkPrice'], 'LastPrice') === 'MarkPrice' ? 'mark' : 'last';

/** The failed check of one message that comes first. */
function firstFault({ faults }: Reading): RefusalCode | '' {
  const order: readonly RefusalCode[] = ['BAD_ORDER_NAN', 'BAD_ORDER_QTY', 'BAD_ORDER_PRICE', 'QTY_BELOW_MIN'];
  return order.find((code) => faults.has(code)) ?? '';
}

/** A price in whole ticks, 0 when absent. What is not a number makes the order `BAD_ORDER_NAN`. */
function priceTicks(reading: Reading, value: unknown, rounding: Rounding): number {
  if (value == null) return 0;
  const price = decimalOf(value);
  if (price === null) {
    reading.faults.add('BAD_ORDER_NAN');
    return 0;
  }
  return Math.max(0, wholeStepsOf(price, reading.instrument.tick, rounding));
}

function lotsOf(reading: Reading, value: unknown): number {
  const quantity = decimalOf(value);
  if (quantity === null) reading.faults.add('BAD_ORDER_NAN');
  else if (quantity <= 0n) reading.faults.add('BAD_ORDER_QTY');
  else return wholeStepsOf(quantity, reading.instrument.lot, 'down');
  return 0;
}

/** A limit's price: buy down, sell up. Missing, not positive, or zero after rounding is `BAD_ORDER_PRICE`. */
function limitTicks(reading: Reading, value: unknown, side: Direction): number {
  const ticks = priceTicks(reading, value, side === 1 ? 'down' : 'up');
  if (ticks <= 0) reading.faults.add('BAD_ORDER_PRICE');
  return ticks;
}

const orderFields = [
  'id', 'side', 'type', 'qty', 'price', 'trigger', 'triggerDirection', 'triggerBy', 'tif', 'reduceOnly', 'expireAt',
  'sl', 'tp', 'slTriggerBy', 'tpTriggerBy',
];

function triggerDirectionOf(order: Fields, where: string): 0 | 1 | 2 {
  if (order['trigger'] == null) return 0;
  const direction = order['triggerDirection'];
  if (direction === 1 || direction === '1') return 1;
  return direction === 2 || direction === '2' ? 2 : failField(`${where}.triggerDirection`, direction, '1 or 2');
}

/** An attached level in ticks, 0 when absent or 0. One that rounds to zero lies beyond every price and fires at once. */
function attachedTicks(reading: Reading, value: unknown, rounding: Rounding): number {
  const ticks = priceTicks(reading, value, rounding);
  return ticks === 0 && (decimalOf(value) ?? 0n) > 0n ? Number.MIN_VALUE : ticks;
}

/** A trigger in ticks, 0 when absent. One that rounds to zero or lies below still is a trigger, under every price. */
function triggerTicks(reading: Reading, value: unknown, direction: 0 | 1 | 2): number {
  return value == null ? 0 : Math.max(Number.MIN_VALUE, priceTicks(reading, value, direction === 2 ? 'up' : 'down'));
}

function submitOf(reading: Reading, value: unknown, where: string): Submit {
  const order = fieldsOf(value, where);
  onlyFields(order, where, orderFields);
  const side: Direction = wordOf(order['side'], `${where}.side`, ['Buy', 'Sell']) === 'Buy' ? 1 : -1;
  const isLimit = wordOf(order['type'], `${where}.type`, ['Market', 'Limit']) === 'Limit';
  const triggerDirection = triggerDirectionOf(order, where);
  reading.faults.clear();
  const lots = lotsOf(reading, order['qty']);
  const price = isLimit ? limitTicks(reading, order['price'], side) : priceTicks(reading, order['price'], 'down');
  return {
    tag: 'submit', symbol: 0, order: orderIndex(reading, textOf(order['id'], `${where}.id`)), side, lots,
    type: isLimit ? 'limit' : 'market', priceTicks: isLimit ? price : 0,
    triggerTicks: triggerTicks(reading, order['trigger'], triggerDirection), triggerDirection,
    triggerBy: sourceOf(order['triggerBy'], `${where}.triggerBy`),
    timeInForce: wordOf(order['tif'], `${where}.tif`, ['GTC', 'IOC', 'FOK', 'PostOnly'], 'GTC'),
    reduceOnly: flagOf(order['reduceOnly'], `${where}.reduceOnly`),
    expireAt: order['expireAt'] == null ? 0 : msOf(order['expireAt'], `${where}.expireAt`),
    slTicks: attachedTicks(reading, order['sl'], side === 1 ? 'up' : 'down'),
    slBy: sourceOf(order['slTriggerBy'], `${where}.slTriggerBy`),
    tpTicks: attachedTicks(reading, order['tp'], side === 1 ? 'down' : 'up'),
    tpBy: sourceOf(order['tpTriggerBy'], `${where}.tpTriggerBy`), malformed: firstFault(reading),
  };
}

/** What an amend must know of the order it changes: how its price and trigger are rounded. */
interface Roundings { readonly side: Direction; readonly triggerDirection: 0 | 1 | 2 }

function amendOf(reading: Reading, fields: Fields, where: string, known: ReadonlyMap<string, Roundings>): Message {
  const id = textOf(fields['id'], `${where}.id`);
  const order = known.get(id) ?? { side: 1, triggerDirection: 1 };
  reading.faults.clear();
  const lots = fields['qty'] == null ? 0 : lotsOf(reading, fields['qty']);
  if (fields['qty'] != null && lots === 0) reading.faults.add('QTY_BELOW_MIN');
  const price = fields['price'] == null ? 0 : limitTicks(reading, fields['price'], order.side);
  const trigger = triggerTicks(reading, fields['trigger'], order.triggerDirection);
  return {
    tag: 'amend', symbol: 0, order: orderIndex(reading, id), priceTicks: price, lots, triggerTicks: trigger,
    malformed: firstFault(reading),
  };
}

/** A level of the trading stop in ticks, unrounded: the side of the position decides the rounding, at arrival. */
function levelOf(reading: Reading, value: unknown): number | null {
  if (value == null) return null;
  const level = decimalOf(value === '' ? '0' : value);
  return level === null ? NaN : stepsOf(level, reading.instrument.tick);
}

function tradingStopOf(reading: Reading, fields: Fields, where: string, reference: number): Message {
  return {
    tag: 'trading-stop', symbol: 0, reference, slTicks: levelOf(reading, fields['sl']),
    slBy: sourceOf(fields['slTriggerBy'], `${where}.slTriggerBy`), tpTicks: levelOf(reading, fields['tp']),
    tpBy: sourceOf(fields['tpTriggerBy'], `${where}.tpTriggerBy`), trailTicks: levelOf(reading, fields['trailing']),
    activeTicks: levelOf(reading, fields['activePrice']),
  };
}

function addMarginOf(reading: Reading, fields: Fields, where: string, reference: number): Message {
  const amount = decimalOf(fields['amount']);
  if (amount === null) failField(`${where}.amount`, fields['amount'], 'a decimal number');
  return {
    tag: 'add-margin', symbol: 0, reference,
    amount: parseDecimal(String(fields['amount']), reading.instrument.moneyScale),
  };
}

const labelOf = (fields: Fields, otherwise: string): string => (typeof fields['id'] === 'string' ? fields['id'] : otherwise);

const messageFields: Readonly<Record<string, readonly string[]>> = {
  submit: ['order'], cancel: ['id'], amend: ['id', 'price', 'qty', 'trigger'],
  tradingStop: ['id', 'sl', 'tp', 'trailing', 'activePrice', 'slTriggerBy', 'tpTriggerBy'], addMargin: ['id', 'amount'],
};

function sendingOf(reading: Reading, value: unknown, where: string, place: number, known: Map<string, Roundings>): Sending {
  const fields = fieldsOf(value, where);
  const verb = wordOf(fields['do'], `${where}.do`, ['submit', 'cancel', 'amend', 'tradingStop', 'addMargin']);
  onlyFields(fields, where, ['at', 'after', 'do', ...(messageFields[verb] ?? [])]);
  const after = fields['after'] == null ? null : textOf(fields['after'], `${where}.after`);
  if (after !== null && fields['at'] != null) failField(`${where}.at`, fields['at'], 'left out beside after');
  const at = after === null ? msOf(fields['at'], `${where}.at`) : null;
  switch (verb) {
    case 'submit': {
      const message = submitOf(reading, fields['order'], `${where}.order`);
      const id = reading.orders[message.order] ?? '';
      if (known.has(id)) failField(`${where}.order.id`, id, 'an id of its own');
      known.set(id, { side: message.side, triggerDirection: message.triggerDirection });
      return { at, after, label: id, message };
    }
    case 'cancel': {
      const id = textOf(fields['id'], `${where}.id`);
      return { at, after, label: `cancel:${id}`, message: { tag: 'cancel', symbol: 0, order: orderIndex(reading, id) } };
    }
    case 'amend': {
      const message = amendOf(reading, fields, where, known);
      return { at, after, label: `amend:${String(fields['id'])}`, message };
    }
    case 'tradingStop':
      return { at, after, label: labelOf(fields, 'tradingStop'), message: tradingStopOf(reading, fields, where, place) };
    case 'addMargin':
      return { at, after, label: labelOf(fields, 'addMargin'), message: addMarginOf(reading, fields, where, place) };
  }
}

/** What closes a position by itself has no id, but a message may wait for its fill as well. */
const positionOrders = ['SL', 'TP', 'TS', 'LIQ'];

const isSubmit = (entry: unknown): boolean => isFields(entry) && entry['do'] === 'submit';

/** Submits are read first: an amend may stand before its order in the list when it is sent on a fill. */
export function readScript(value: unknown, instrument: Instrument, where: string): Script {
  const reading: Reading = { instrument, orders: [], faults: new Set() };
  const known = new Map<string, Roundings>();
  const entries = [...listOf(value, where).entries()];
  const inOrder = [...entries.filter(([, entry]) => isSubmit(entry)), ...entries.filter(([, entry]) => !isSubmit(entry))];
  const sendings: Sending[] = [];
  for (const [i, entry] of inOrder) sendings[i] = sendingOf(reading, entry, `${where}[${i}]`, i, known);
  sendings.forEach(({ after }, i) => {
    if (after === null || known.has(after) || positionOrders.includes(after)) return;
    failField(`${where}[${i}].after`, after, `an order of the script or one of ${positionOrders.join(', ')}`);
  });
  return { sendings, orders: reading.orders };
}
