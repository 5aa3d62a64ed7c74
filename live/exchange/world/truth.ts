/** The matching core's own truth beside what was told of it: integers and text of integers, for tests and the admin door. */
import type { Ms } from '../../../engine/index.ts';
import type { Row } from '../world.ts';
import type { House } from './house.ts';

export function truthOf({ exchange, instruments, orders, legs }: House, now: Ms): Row {
  return {
    now, wallet: String(exchange.wallet), moneyScale: instruments[0]!.moneyScale,
    legs: instruments.map((instrument, symbol) => {
      const { side, lots, cost, slTicks, tpTicks } = exchange.position(symbol);
      const { slBy, trailTicks, orders: standing } = exchange.standing(symbol);
      return {
        symbol: instrument.symbol, side, lots, cost: String(cost), slTicks, slBy, tpTicks, trailTicks, leverage: legs[symbol]!.leverage,
        markTicks: exchange.markTicks(symbol),
        orders: standing.map((order) => ({ ...order, id: orders.ofNumber(order.order)?.id ?? '', link: orders.ofNumber(order.order)?.link ?? '' })),
      };
    }),
  };
}
