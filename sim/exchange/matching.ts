/** How one order acts once its turn has come (FS-1 section 6): at market, as an arriving limit, resting, at its trigger. */
import { dropOrder } from './book.ts';
import type { Book, Core, ExitCause, Order } from './book.ts';
import { tell } from './facts.ts';
import { liquidate, trade } from './ledger.ts';
import { isCovered, lotCost } from './margin.ts';
import { budgetOf, isMarketable, spendBudget, takerTicks } from './pricing.ts';

/** Reduce-only: the order's quantity is cut to the position at the moment of execution. */
function cutToPosition(book: Book, order: Order): void {
  if (!order.reduceOnly) return;
  const present = book.side === -order.side ? book.lots : 0;
  order.lots = Math.min(order.lots, order.filled + present);
}

export function cancelOrder(core: Core, book: Book, order: Order, code: string): void {
  dropOrder(book, order);
  tell(core, book, 'cancelled', order, code);
}

function enlist(book: Book, order: Order, state: 'untriggered' | 'resting' | 'waiting'): void {
  if (book.orders.indexOf(order) < 0) book.orders.push(order);
  order.state = state;
  book.isStale = true;
}

export function restUntriggered(book: Book, order: Order): void {
  enlist(book, order, 'untriggered');
}

/** Executes at the present path price as far as the budget goes; the rest is cancelled. Waits while nothing trades. */
export function executeMarket(core: Core, book: Book, order: Order): void { // hot
  if (!book.last.isTrading) {
    enlist(book, order, 'waiting');
    return;
  }
  cutToPosition(book, order);
  const wanted = order.lots - order.filled;
  if (wanted <= 0) {
    cancelOrder(core, book, order, 'no-position');
    return;
  }
  const take = Math.min(wanted, budgetOf(core, book));
  if (take > 0) {
    spendBudget(core, book, take);
    trade(core, book, order, 'order', order.side, take, takerTicks(core, book, order.side, take), true);
  }
  if (take < wanted) cancelOrder(core, book, order, 'no-volume');
}

function takeLimit(core: Core, book: Book, order: Order): void {
  cutToPosition(book, order);
  const wanted = order.lots - order.filled;
  const budget = budgetOf(core, book);
  if (order.timeInForce === 'FOK' && budget < wanted) {
    cancelOrder(core, book, order, 'fok-unfilled');
    return;
  }
  const take = Math.min(wanted, budget);
  if (take > 0) {
    const market = takerTicks(core, book, order.side, take);
    const price = order.side === 1 ? Math.min(market, order.priceTicks) : Math.max(market, order.priceTicks);
    spendBudget(core, book, take);
    trade(core, book, order, 'order', order.side, take, price, true);
  }
  if (take >= wanted) return;
  if (order.timeInForce === 'IOC') cancelOrder(core, book, order, 'ioc-unfilled');
  else enlist(book, order, 'waiting');
}

/** A limit order that arrives, is triggered, or comes back for the rest: takes, rests, waits or ends. */
export function judgeLimit(core: Core, book: Book, order: Order): void {
  const takes = isMarketable(core, book, order.side, order.priceTicks);
  if (!takes) {
    if (order.timeInForce === 'IOC') cancelOrder(core, book, order, 'ioc-unfilled');
    else if (order.timeInForce === 'FOK') cancelOrder(core, book, order, 'fok-unfilled');
    else enlist(book, order, 'resting');
    return;
  }
  if (order.timeInForce === 'PostOnly') {
    cancelOrder(core, book, order, 'EC_PostOnlyWillTakeLiquidity');
    return;
  }
  if (book.last.isTrading) takeLimit(core, book, order);
  else enlist(book, order, 'waiting');
}

/** The path has come to a resting limit: it fills at its own price, as far as the budget goes. */
export function fillResting(core: Core, book: Book, order: Order): void {
  cutToPosition(book, order);
  const take = Math.min(order.lots - order.filled, budgetOf(core, book));
  if (take <= 0) return;
  spendBudget(core, book, take);
  trade(core, book, order, 'order', order.side, take, order.priceTicks, false);
}

/** The path has come to the trigger of a conditional order. */
export function triggerOrder(core: Core, book: Book, order: Order): void {
  core.sequence++;
  order.sequence = core.sequence;
  order.state = 'waiting';
  book.isStale = true;
  tell(core, book, 'triggered', order, '');
  if (order.reduceOnly && book.side !== -order.side) {
    cancelOrder(core, book, order, 'no-position');
    return;
  }
  order.lotCost = lotCost(book, order.side, order.isLimit ? order.priceTicks : book.last.price);
  if (!order.reduceOnly && !isCovered(core, book, order.side, order.lots, order.lotCost, order)) {
    cancelOrder(core, book, order, '110007');
    return;
  }
  if (order.isLimit) judgeLimit(core, book, order);
  else executeMarket(core, book, order);
}

/** Sells or buys back the position at market as far as the budget goes; the rest goes on at the next traded opens. */
export function exitPosition(core: Core, book: Book, cause: ExitCause): void { // hot
  if (cause === '' || book.side === 0) return;
  const side = book.side === 1 ? -1 : 1;
  const wanted = book.lots;
  const take = book.last.isTrading ? Math.min(wanted, budgetOf(core, book)) : 0;
  if (take < wanted) {
    book.exit = cause;
    book.slTicks = 0;
    book.tpTicks = 0;
    book.trailTicks = 0;
    book.activeTicks = 0;
    book.isTrailing = false;
    book.isStale = true;
  }
  if (take <= 0) return;
  spendBudget(core, book, take);
  trade(core, book, null, cause, side, take, takerTicks(core, book, side, take), true);
}

export const rankLiquidation = 0;
export const rankStop = 1;
export const rankTrailing = 2;
export const rankTarget = 3;
export const rankOrder = 4;

/** Lets the event found by the search happen. */
export function fire(core: Core, book: Book, rank: number, order: Order | null): void { // hot
  switch (rank) {
    case rankLiquidation: liquidate(core, book); return;
    case rankStop: exitPosition(core, book, 'SL'); return;
    case rankTrailing: exitPosition(core, book, 'TS'); return;
    case rankTarget: exitPosition(core, book, 'TP'); return;
    default:
      if (order === null) return;
      if (order.state === 'untriggered') triggerOrder(core, book, order);
      else fillResting(core, book, order);
  }
}
