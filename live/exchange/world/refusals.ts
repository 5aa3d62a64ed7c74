/** The matching core's refusals in the words of the wire, with the prices that they were judged by. */
import type { TriggerSource } from '../../../engine/index.ts';
import type { Answer } from '../world.ts';
import { belowMinimum, invalid, orderGone, positionIsZero, refused, scaled } from './answers.ts';
import type { House } from './house.ts';
import type { WireOrder } from './orders.ts';
import { sideText, triggerText } from './order-row.ts';
import type { StopWish } from './requests.ts';

/** The price a trigger is judged by; the last one that closed where only the mark is known inside a bar. */
function priceOf(house: House, symbol: number, by: TriggerSource): number {
  const isMark = by === 'mark' || house.feed.mark(symbol) === null;
  const bar = house.feed.barOf(symbol);
  return isMark || bar === null ? house.exchange.markTicks(symbol) : house.feed.isOpen ? bar.openTicks : bar.closeTicks;
}

export function submitRefusal(house: House, order: WireOrder, code: string): Answer {
  const instrument = house.instruments[order.symbol]!;
  switch (code) {
    case '110092': case '110093': {
      const current = `${scaled(instrument, priceOf(house, order.symbol, order.triggerBy))}]??${triggerText(order.triggerBy)}`;
      const trigger = scaled(instrument, order.triggerTicks);
      return code === '110092' ? refused(110092, `expect Rising, but trigger_price[${trigger}] <= current[${current}`)
        : refused(110093, `expect Falling, but trigger_price[${trigger}] >= current[${current}`);
    }
    case '110094': return refused(110094, `Order does not meet minimum order value ${instrument.rules.minNotional}${instrument.rules.quote}`);
    case '110017':
      return house.exchange.position(order.symbol).side === 0 ? positionIsZero : refused(110017, 'Reduce-only rule not satisfied');
    case '110007': return refused(110007, 'ab not enough for new order');
    case 'QTY_BELOW_MIN': return belowMinimum;
    case 'BAD_ORDER_PRICE': return invalid('Price');
    default: return invalid('Qty');
  }
}

export function amendRefusal(house: House, order: WireOrder, code: string, lots: number): Answer {
  if (code === '110001') return orderGone('replace');
  if (code === '110017' && lots > 0 && lots <= order.filled) return refused(110064, 'New order quantity must be larger than the filled one');
  if (code === '10001') return refused(10001, 'order not modified');
  return submitRefusal(house, order, code);
}

/** The level of a trading stop that stands on the wrong side of its price. */
export function stopRefusal(house: House, symbol: number, { slTicks, slBy, tpTicks, tpBy }: StopWish): Answer {
  const instrument = house.instruments[symbol]!;
  const { side } = house.exchange.position(symbol);
  const text = (name: string, level: number, by: TriggerSource, isLower: boolean): Answer => refused(10001,
    `${name}:${scaled(instrument, level)} set for ${sideText(side)} position should ${isLower ? 'lower' : 'greater'} ${side === 1 ? 'than ' : ''}`
    + `base_price:${scaled(instrument, priceOf(house, symbol, by))}??${triggerText(by)}`);
  const slPrice = priceOf(house, symbol, slBy);
  const isStopWrong = slTicks !== null && slTicks > 0 && (side === 1 ? slTicks >= slPrice : slTicks <= slPrice);
  if (isStopWrong || tpTicks === null || tpTicks === 0) return text('StopLoss', slTicks ?? 0, slBy, side === 1);
  return text('TakeProfit', tpTicks, tpBy, side === -1);
}
