/**
 * What a plan does to the market and the account, as others would: the core stays consistent, and whatever follows from it
 * is told on the streams like anything else. All of it reaches the account before the request that set it off.
 */
import { divideHalfEven, formatDecimal, parseDecimal } from '../../../engine/index.ts';
import type { Row, World } from '../world.ts';
import type { FaultEffect } from './plan.ts';
import { textIn } from './rows.ts';

/** Decimals of a price or size that is made here; steps are rounded by the account. */
const scale = 12;
/** How far beyond a price the market is put, per cent; two ticks more, so that it is beyond on any grid. */
const beyondPercent = 0.5;

export function act(effect: FaultEffect, cause: Row, world: World): void {
  const symbol = symbolOf(cause, world);
  switch (effect.tag) {
    case 'jump': {
      const own = effect.symbol ?? symbol;
      if (effect.kind !== 'last') jumpBy(world, own, 'mark', effect.percent);
      if (effect.kind !== 'mark') jumpBy(world, own, 'last', effect.percent);
      return;
    }
    case 'cross':
      cross(world, symbol, cause);
      // A price that waits for the next bar is brought about: what arrives at its first instant would come before it.
      if (effect.isPlayed) world.play(world.now + 1);
      return;
    case 'trade-by-hand':
      world.acts.foreignOrder(symbol, effect.side, effect.size ?? usualSize(world, symbol), effect.reduceOnly);
      return;
    case 'close-by-hand':
      closeByHand(world, symbol, effect.percent);
      return;
    case 'stop-by-hand':
      world.acts.foreignStop(symbol, moved(priceOf(world, symbol, 'mark'), effect.percent));
      return;
    case 'leverage-by-hand':
      void world.writes.setLeverage({ category: world.category, symbol, buyLeverage: effect.leverage, sellLeverage: effect.leverage });
      return;
    case 'cancel-by-hand':
      cancelByHand(world, symbol, cause, effect.isAll);
      return;
    case 'wipe-closed':
      world.acts.wipeClosed();
      return;
    default:
  }
}

/** The symbol that set it off; otherwise the first one. */
function symbolOf(cause: Row, world: World): string {
  const named = cause['symbol'];
  const known = world.market.instruments.map(({ symbol }) => symbol);
  return typeof named === 'string' && known.includes(named) ? named : known[0] ?? '';
}

function priceOf(world: World, symbol: string, kind: 'last' | 'mark'): string {
  return textIn(world.market.ticker(symbol), kind === 'last' ? 'lastPrice' : 'markPrice');
}

/** Decimal text moved by so many per cent. */
function moved(text: string, percent: number): string {
  const factor = 1_000_000n + BigInt(Math.round(percent * 10_000));
  return formatDecimal(divideHalfEven(parseDecimal(text, scale) * factor, 1_000_000n), scale);
}

function jumpBy(world: World, symbol: string, kind: 'last' | 'mark', percent: number): void {
  world.acts.jump(symbol, moved(priceOf(world, symbol, kind), percent), kind);
}

/** An order to buy is crossed by a price under it, one to sell by a price above it. */
function cross(world: World, symbol: string, cause: Row): void {
  const order = openOrder(world, cause) ?? cause;
  const price = order['price'];
  if (typeof price !== 'string' || !(Number(price) > 0)) return;
  const tick = world.market.instruments.find((rules) => rules.symbol === symbol)?.tick ?? '0';
  const sign = order['side'] === 'Buy' ? -1 : 1;
  const far = parseDecimal(moved(price, sign * beyondPercent), scale) + BigInt(2 * sign) * parseDecimal(tick, scale);
  world.acts.jump(symbol, formatDecimal(far, scale), 'last');
}

function openOrder(world: World, { orderId, orderLinkId, symbol }: Row): Row | null {
  const isSame = (row: Row): boolean => (typeof orderId === 'string' && row['orderId'] === orderId)
    || (typeof orderLinkId === 'string' && orderLinkId !== '' && row['orderLinkId'] === orderLinkId);
  const open = world.reads.openOrders({
    symbol: typeof symbol === 'string' ? symbol : null, orderId: null, orderLinkId: null, orderFilter: null, orderStatus: null, from: null, to: null,
  });
  return open.find(isSame) ?? null;
}

function usualSize(world: World, symbol: string): string {
  const held = textIn(world.reads.positions(symbol)[0], 'size');
  if (Number(held) > 0) return held;
  const least = world.market.instruments.find((rules) => rules.symbol === symbol)?.minQty ?? '1';
  return formatDecimal(parseDecimal(least, scale) * 10n, scale);
}

function closeByHand(world: World, symbol: string, percent: number): void {
  const [position] = world.reads.positions(symbol);
  const size = textIn(position, 'size');
  if (!(Number(size) > 0)) return;
  world.acts.foreignOrder(symbol, position?.['side'] === 'Buy' ? 'Sell' : 'Buy', moved(size, percent - 100), true);
}

function cancelByHand(world: World, symbol: string, cause: Row, isAll: boolean): void {
  if (isAll) void world.writes.cancelAll({ category: world.category, symbol });
  else void world.writes.cancel({ category: world.category, symbol, orderId: cause['orderId'] ?? '', orderLinkId: cause['orderLinkId'] ?? '' });
}
