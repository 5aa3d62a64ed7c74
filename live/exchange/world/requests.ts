/**
 * Requests to trade as they came in, read and checked for form: tick, step, smallest and largest quantity, link, mode.
 * Whether they can be done is the matching core's to say. Order of checks: symbol, side and kinds, position index, link,
 * quantity, price, trigger, attached levels.
 */
import { valueOf } from '../../../engine/index.ts';
import type { Direction, Instrument, TriggerSource } from '../../../engine/index.ts';
import type { Submit } from '../../../sim/index.ts';
import type { Answer, Row } from '../world.ts';
import { aboveMaximum, belowMinimum, invalid, refused } from './answers.ts';

export interface Sizes { readonly maxLots: number; readonly maxMarketLots: number }

export interface CreateWish {
  readonly link: string; readonly side: Direction; readonly type: 'market' | 'limit'; readonly lots: number; readonly priceTicks: number;
  readonly timeInForce: Submit['timeInForce']; readonly reduceOnly: boolean; readonly closeOnTrigger: boolean;
  readonly triggerTicks: number; readonly triggerDirection: 0 | 1 | 2; readonly triggerBy: TriggerSource;
  readonly slTicks: number; readonly slBy: TriggerSource; readonly tpTicks: number; readonly tpBy: TriggerSource;
}

/** A refusal thrown inside this file and caught at its exported readers. */
class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(answer.message);
    this.answer = answer;
  }
}

function read<T>(reader: () => T): T | Answer {
  try {
    return reader();
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown.answer;
    throw thrown;
  }
}

export const isRefusal = (read: object): read is Answer => 'code' in read && 'message' in read;

export function textOf(body: Row, key: string): string {
  const value = body[key];
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

export const flagOf = (body: Row, key: string): boolean => body[key] === true || body[key] === 'true';

function oneOf<T extends string>(body: Row, key: string, words: Readonly<Record<string, T>>, otherwise: T | null): T {
  const text = textOf(body, key);
  if (text === '' && otherwise !== null) return otherwise;
  const word = Object.hasOwn(words, text) ? words[text] : undefined;
  if (word === undefined) throw new Refusal(invalid(`${key.slice(0, 1).toUpperCase()}${key.slice(1)}`));
  return word;
}

const triggers: Readonly<Record<string, TriggerSource>> = { LastPrice: 'last', MarkPrice: 'mark', IndexPrice: 'mark' };
const tifs: Readonly<Record<string, Submit['timeInForce']>> = { GTC: 'GTC', IOC: 'IOC', FOK: 'FOK', PostOnly: 'PostOnly' };
const linkForm = /^[A-Za-z0-9_-]{1,36}$/;
const decimal = /^\d+(\.\d*)?$/;

export const triggerOf = (body: Row, key: string): TriggerSource => oneOf(body, key, triggers, 'last');

/** Whole steps of a decimal; refused when it is not one, or lies off the steps. '' and '0' = 0. */
function stepsOf(body: Row, key: string, step: Instrument['tick'], what: string): number {
  const text = textOf(body, key);
  if (text === '') return 0;
  if (!decimal.test(text)) throw new Refusal(invalid(what));
  const steps = Math.round((Number(text) * step.den) / step.num);
  if (!Number.isSafeInteger(steps) || valueOf(steps, step) !== Number(text)) throw new Refusal(invalid(what));
  return steps;
}

/** Whole ticks of a price that a request states; null where it says nothing. Throws no more than its readers catch. */
function levelOf(body: Row, key: string, instrument: Instrument): number | null {
  return textOf(body, key) === '' ? null : stepsOf(body, key, instrument.tick, key);
}

export function checkMode(body: Row): Answer | null {
  const index = textOf(body, 'positionIdx');
  return index === '' || index === '0' ? null : refused(10001, 'position idx not match position mode');
}

function checkPartial(body: Row): void {
  const mode = textOf(body, 'tpslMode');
  if (mode !== '' && mode !== 'Full') throw new Refusal(refused(10001, 'tpslMode Partial is not supported'));
  if (textOf(body, 'tpOrderType') === 'Limit' || textOf(body, 'slOrderType') === 'Limit') {
    throw new Refusal(refused(10001, 'tpOrderType and slOrderType must be Market when tpslMode is Full'));
  }
}

/** `qty` '0' of an order that reduces and closes on its trigger stands for as much as there is. */
function readLots(body: Row, instrument: Instrument, sizes: Sizes, closes: boolean, reduces: boolean, isMarket: boolean): number {
  const lots = stepsOf(body, 'qty', instrument.lot, 'Qty');
  if (textOf(body, 'qty') === '') throw new Refusal(invalid('Qty'));
  if (lots === 0 && closes) return sizes.maxLots;
  if (lots === 0 || lots < instrument.minLots) throw new Refusal(belowMinimum);
  if (!reduces && lots > (isMarket ? sizes.maxMarketLots : sizes.maxLots)) throw new Refusal(aboveMaximum);
  return lots;
}

export function readCreate(body: Row, instrument: Instrument, sizes: Sizes): CreateWish | Answer {
  return read(() => {
    const side = oneOf<'Buy' | 'Sell'>(body, 'side', { Buy: 'Buy', Sell: 'Sell' }, null);
    const type = oneOf<'market' | 'limit'>(body, 'orderType', { Market: 'market', Limit: 'limit' }, null);
    const timeInForce = type === 'market' ? 'IOC' : oneOf(body, 'timeInForce', tifs, 'GTC');
    const mode = checkMode(body);
    if (mode !== null) throw new Refusal(mode);
    const link = textOf(body, 'orderLinkId');
    if (link !== '' && !linkForm.test(link)) throw new Refusal(refused(10001, 'orderLinkId is illegal'));
    const isReduceOnly = flagOf(body, 'reduceOnly');
    const closeOnTrigger = flagOf(body, 'closeOnTrigger');
    const reduceOnly = isReduceOnly || closeOnTrigger;
    const lots = readLots(body, instrument, sizes, isReduceOnly && closeOnTrigger, reduceOnly, type === 'market');
    const priceTicks = type === 'limit' ? stepsOf(body, 'price', instrument.tick, 'Price') : 0;
    if (type === 'limit' && priceTicks === 0) throw new Refusal(invalid('Price'));
    const triggerTicks = stepsOf(body, 'triggerPrice', instrument.tick, 'TriggerPrice');
    const direction = textOf(body, 'triggerDirection');
    if (triggerTicks > 0 && direction !== '1' && direction !== '2') throw new Refusal(invalid('TriggerDirection'));
    checkPartial(body);
    const slTicks = levelOf(body, 'stopLoss', instrument) ?? 0;
    const tpTicks = levelOf(body, 'takeProfit', instrument) ?? 0;
    if (reduceOnly && (slTicks > 0 || tpTicks > 0)) throw new Refusal(refused(110057, 'Reduce-only order cannot set TP/SL'));
    return {
      link, side: side === 'Buy' ? 1 : -1, type, lots, priceTicks, timeInForce, reduceOnly, closeOnTrigger,
      triggerTicks, triggerDirection: triggerTicks === 0 ? 0 : direction === '1' ? 1 : 2, triggerBy: triggerOf(body, 'triggerBy'),
      slTicks, slBy: triggerOf(body, 'slTriggerBy'), tpTicks, tpBy: triggerOf(body, 'tpTriggerBy'),
    };
  });
}

export interface AmendWish { readonly lots: number; readonly priceTicks: number; readonly triggerTicks: number; readonly hasLevels: boolean }

/** 0 = unchanged. */
export function readAmend(body: Row, instrument: Instrument, sizes: Sizes): AmendWish | Answer {
  return read(() => {
    const lots = stepsOf(body, 'qty', instrument.lot, 'Qty');
    if (lots > 0 && lots < instrument.minLots) throw new Refusal(belowMinimum);
    if (lots > sizes.maxLots) throw new Refusal(aboveMaximum);
    const priceTicks = stepsOf(body, 'price', instrument.tick, 'Price');
    const triggerTicks = stepsOf(body, 'triggerPrice', instrument.tick, 'TriggerPrice');
    const hasLevels = textOf(body, 'stopLoss') !== '' || textOf(body, 'takeProfit') !== '';
    return { lots, priceTicks, triggerTicks, hasLevels };
  });
}

export interface StopWish {
  readonly slTicks: number | null; readonly slBy: TriggerSource; readonly tpTicks: number | null; readonly tpBy: TriggerSource;
  readonly trailTicks: number | null; readonly activeTicks: number | null;
}

export function readTradingStop(body: Row, instrument: Instrument): StopWish | Answer {
  return read(() => {
    const mode = checkMode(body);
    if (mode !== null) throw new Refusal(mode);
    checkPartial(body);
    const slTicks = levelOf(body, 'stopLoss', instrument);
    const tpTicks = levelOf(body, 'takeProfit', instrument);
    const trailTicks = levelOf(body, 'trailingStop', instrument);
    const activeTicks = levelOf(body, 'activePrice', instrument);
    return {
      slTicks, slBy: triggerOf(body, 'slTriggerBy'), tpTicks, tpBy: triggerOf(body, 'tpTriggerBy'), trailTicks,
      activeTicks: activeTicks === 0 ? null : activeTicks,
    };
  });
}

/** Both sides equal, between 1 and the largest, in steps of 0.01. */
export function readLeverage(body: Row, instrument: Instrument): { readonly leverage: string } | Answer {
  const buy = textOf(body, 'buyLeverage');
  const sell = textOf(body, 'sellLeverage');
  if (!/^\d+(\.\d{1,2})?$/.test(buy) || !/^\d+(\.\d{1,2})?$/.test(sell)) return refused(10001, 'leverage invalid');
  if (Number(buy) !== Number(sell)) return refused(10001, 'buyLeverage must equal sellLeverage in one-way mode');
  if (Number(buy) < 1) return refused(10001, 'leverage invalid');
  const most = Number(instrument.rules.maxLeverage);
  if (Number(buy) > most) return refused(110013, `cannot set leverage [${buy}] gt maxLeverage [${most}] by risk limit`);
  return { leverage: String(Number(buy)) };
}
