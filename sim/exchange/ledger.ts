/**
 * Books fills, liquidations and funding into position and wallet (FS-1 sections 9 to 11).
 *
 * 1. The cost of the lots held is the sum of the values of the opening fills; closing lots release their share of it,
 *    rounded half-even once, and what they fetch beyond that is realised. So money is conserved to the last unit.
 * 2. wallet = start + realised - fees + funding, exactly, after every fact.
 */
import { divideHalfEven, feeOf, parseDecimal, valueAt } from '../../engine/index.ts';
import type { Direction, Money } from '../../engine/index.ts';
import { dropOrder } from './book.ts';
import type { Book, Core, Order } from './book.ts';
import { tell, tellExecution, tellFunding, tellStops } from './facts.ts';
import { bankruptcyOf, marginOf } from './margin.ts';

const pico = 1_000_000_000_000n;

function takeOff(book: Book, closing: number): Money {
  if (closing === book.lots) return book.cost;
  return divideHalfEven(book.cost * BigInt(closing), BigInt(book.lots));
}

/** Cost in 1e-12 money units of inverse lots at a whole tick. */
function fineValue(book: Book, priceTicks: number, sizeLots: number): bigint {
  return divideHalfEven(BigInt(sizeLots) * book.instrument.unitMoney * pico, BigInt(priceTicks));
}

function feeAt(book: Book, priceTicks: number, sizeLots: number, value: Money, isTaker: boolean): Money { // hot
  const unit = isTaker ? book.takerUnit : book.makerUnit;
  const product = priceTicks * sizeLots;
  if (unit !== 0n && Number.isSafeInteger(product)) return BigInt(product) * unit;
  return feeOf(value, isTaker ? book.instrument.takerPico : book.instrument.makerPico);
}

/** Everything that belonged to the position alone goes with it; active reduce-only orders are cancelled. */
function endPosition(core: Core, book: Book): void {
  book.slTicks = 0;
  book.tpTicks = 0;
  book.trailTicks = 0;
  book.activeTicks = 0;
  book.isTrailing = false;
  book.exit = '';
  book.addedMargin = 0n;
  for (let i = 0; i < book.orders.length; i++) {
    const order = book.orders[i]!;
    if (!order.reduceOnly || order.state === 'untriggered') continue;
    dropOrder(book, order);
    tell(core, book, 'cancelled', order, 'position-closed');
    i--;
  }
}

function attach(core: Core, book: Book, order: Order): void {
  if (order.isAttachmentUsed) return;
  order.isAttachmentUsed = true;
  if ((order.slTicks === 0 && order.tpTicks === 0) || book.exit !== '') return;
  if (order.slTicks !== 0) {
    book.slTicks = order.slTicks;
    book.slByMark = order.slByMark;
  }
  if (order.tpTicks !== 0) {
    book.tpTicks = order.tpTicks;
    book.tpByMark = order.tpByMark;
  }
  tellStops(core, book, '', 0);
}

/** One match at a whole tick. `order` is null for the position's own SL, TP and trailing stop. */
export function trade( // hot
  core: Core, book: Book, order: Order | null, cause: 'order' | 'SL' | 'TP' | 'TS', side: Direction, sizeLots: number,
  priceTicks: number, isTaker: boolean,
): void {
  const { instrument } = book;
  const value = valueAt(instrument, priceTicks, sizeLots);
  const fee = feeAt(book, priceTicks, sizeLots, value, isTaker);
  const closing = book.side === -side ? Math.min(sizeLots, book.lots) : 0;
  const opening = sizeLots - closing;
  let realised = 0n;
  let openingValue = value;
  if (closing > 0) {
    const fetched = opening === 0 ? value : valueAt(instrument, priceTicks, closing);
    const released = takeOff(book, closing);
    openingValue = value - fetched;
    realised = (book.side === 1) === (instrument.kind === 'linear') ? fetched - released : released - fetched;
    if (instrument.kind === 'inverse') {
      book.fineCost -= divideHalfEven(book.fineCost * BigInt(closing), BigInt(book.lots));
    }
    book.cost -= released;
    book.lots -= closing;
  }
  const ended = closing > 0 && book.lots === 0;
  if (ended) book.side = 0;
  if (opening > 0) {
    book.side = side;
    book.lots += opening;
    book.cost += openingValue;
    if (instrument.kind === 'inverse') book.fineCost += fineValue(book, priceTicks, opening);
  }
  core.wallet += realised - fee;
  book.isStale = true;
  book.isMarginStale = true;
  let leavesLots = book.lots;
  if (order !== null) {
    order.filled += sizeLots;
    leavesLots = order.lots - order.filled;
    if (leavesLots === 0) dropOrder(book, order);
  }
  tellExecution(core, book, {
    order, cause, side, lots: sizeLots, leavesLots, priceTicks, exactPrice: '', isTaker, value, fee, realised,
  });
  if (ended) endPosition(core, book);
  if (opening > 0 && order !== null) attach(core, book, order);
}

/** The whole position is taken over at the bankruptcy price; the loss is its margin, exactly, and the fee. */
export function liquidate(core: Core, book: Book): void {
  const { instrument } = book;
  const side: Direction = book.side === 1 ? -1 : 1;
  const { value, price } = bankruptcyOf(book);
  const realised = -marginOf(book);
  const fee = feeOf(value, instrument.takerPico);
  const sizeLots = book.lots;
  book.lots = 0;
  book.side = 0;
  book.cost = 0n;
  book.fineCost = 0n;
  core.wallet += realised - fee;
  book.isStale = true;
  book.isMarginStale = true;
  tellExecution(core, book, {
    order: null, cause: 'LIQ', side, lots: sizeLots, leavesLots: 0,
    priceTicks: (Number(price) * instrument.tick.den) / instrument.tick.num, exactPrice: price, isTaker: true,
    value, fee, realised,
  });
  endPosition(core, book);
}

/** A price in ticks, perhaps fractional, as the exact fraction `num / 1e9`. */
function nanoTicks(priceTicks: number): bigint {
  const whole = Math.floor(priceTicks);
  return BigInt(whole) * 1_000_000_000n + BigInt(Math.round((priceTicks - whole) * 1e9));
}

/** Books one funding stamp at the given mark; longs pay a positive rate. */
export function payFunding(core: Core, book: Book, rate: number, markTicks: number): void {
  let payment = 0n;
  if (book.side !== 0) {
    const { instrument } = book;
    const ratePico = parseDecimal(String(rate), 18);
    const size = BigInt(book.lots) * instrument.unitMoney * ratePico * BigInt(-book.side);
    payment = instrument.kind === 'linear'
      ? divideHalfEven(size * nanoTicks(markTicks), 10n ** 27n)
      : divideHalfEven(size * 1_000_000_000n, nanoTicks(markTicks) * 10n ** 18n);
    core.wallet += payment;
  }
  tellFunding(core, book, payment);
}
