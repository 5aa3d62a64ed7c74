/**
 * Isolated margin (FS-1 section 11): position margin, order cost, free balance, maintenance tiers, the liquidation
 * price and the bankruptcy price. Conditions are judged in doubles with the tolerance of derived values; what is
 * booked at a liquidation is exact.
 */
import { divideHalfEven, moneyToNumber, parseDecimal, valueNumber } from '../../engine/index.ts';
import type { Direction, Money } from '../../engine/index.ts';
import type { Book, Core, Order, Tier } from './book.ts';
import { exceeds } from './closeness.ts';
import type { Margins } from './exchange.ts';
import { quotientText } from './quotient.ts';

const pico = 1_000_000_000_000n;

/** Initial margin and added margin of the position, in money units. */
export function marginOf(book: Book): Money {
  return book.side === 0 ? 0n : divideHalfEven(book.cost * pico, book.leveragePico) + book.addedMargin;
}

/** Cost of one lot of an opening order at a price in ticks: margin, fee to open, fee to close at bankruptcy. */
export function lotCost(book: Book, side: Direction, priceTicks: number): number {
  const { kind, takerRate } = book.instrument;
  const value = valueNumber(book.instrument, priceTicks, 1);
  const lean = kind === 'linear' ? -side : side;
  const bankrupt = value * (1 + lean / book.leverage);
  return value / book.leverage + value * takerRate + bankrupt * takerRate;
}

/** Lots of an order that would open or grow the position. */
export function openingLots(book: Book, side: Direction, sizeLots: number): number {
  return book.side === -side ? Math.max(0, sizeLots - book.lots) : sizeLots;
}

function heldBy(book: Book, except: Order | null): number {
  let held = 0;
  if (book.side !== 0) {
    held = moneyToNumber(book.instrument, book.cost) / book.leverage;
    if (book.addedMargin !== 0n) held += moneyToNumber(book.instrument, book.addedMargin);
  }
  return held + heldByOrders(book, except);
}

function heldByOrders(book: Book, except: Order | null): number {
  let held = 0;
  for (let i = 0; i < book.orders.length; i++) {
    const order = book.orders[i]!;
    if (order === except || order.reduceOnly || order.state === 'untriggered') continue;
    held += order.lotCost * openingLots(book, order.side, order.lots - order.filled);
  }
  return held;
}

/** What a position and its orders bind, and where it ends. */
export function marginsOf(core: Core, book: Book): Margins {
  return { position: marginOf(book), orders: heldByOrders(book, null), liquidationTicks: liquidationTicks(core, book) };
}

/** Another leverage from now on: what orders hold and where the position ends is worked out anew. */
export function setLeverage(book: Book, leverage: string): void {
  book.leverage = Number(leverage);
  book.leveragePico = parseDecimal(leverage, 12);
  for (const order of book.orders) order.lotCost = lotCost(book, order.side, order.isLimit ? order.priceTicks : book.last.price);
  book.isMarginStale = true;
  book.isStale = true;
}

/** Wallet less position margins and the cost of active opening orders, in settle coin. */
export function freeBalance(core: Core, except: Order | null): number {
  let free = moneyToNumber(core.books[0]!.instrument, core.wallet);
  for (let i = 0; i < core.books.length; i++) free -= heldBy(core.books[i]!, except);
  return free;
}

/** Whether the opening part of an order is covered. `except` is an order that gives back what it holds. */
export function isCovered(core: Core, book: Book, side: Direction, sizeLots: number, cost: number, except: Order | null): boolean {
  const opening = openingLots(book, side, sizeLots);
  return opening === 0 || !exceeds(cost * opening, freeBalance(core, except));
}

const noTier: Tier = { limit: Infinity, mmr: 0, deduction: 0 };

function tierOf(book: Book, value: number): Tier {
  for (let i = 0; i < book.tiers.length; i++) if (!exceeds(value, book.tiers[i]!.limit)) return book.tiers[i]!;
  return noTier;
}

/** Mark price in ticks, not rounded, that liquidates the position; 0 = none. */
export function liquidationTicks(core: Core, book: Book): number {
  if (book.side === 0) return 0;
  const { instrument } = book;
  const linear = instrument.kind === 'linear';
  const value = moneyToNumber(instrument, book.cost);
  const initial = value / book.leverage;
  const added = book.addedMargin === 0n ? 0 : moneyToNumber(instrument, book.addedMargin);
  const tier = tierOf(book, value);
  const { mmr, deduction } = tier;
  // The position's value at bankruptcy moves towards loss: down for a linear long, up for an inverse long.
  const loss = linear ? -book.side : book.side;
  if (!exceeds(value + loss * (initial + added), 0)) return 0;
  const atOneTick = valueNumber(instrument, 1, book.lots);
  if (core.config.liqFormula === 'entry-value') {
    const maintenance = value * mmr - deduction;
    const bound = value + loss * (initial - maintenance + added);
    if (bound <= 0) return 0;
    return linear ? bound / atOneTick : atOneTick / bound;
  }
  const bound = value + loss * (initial + added + deduction);
  const scale = 1 + loss * mmr;
  if (bound <= 0 || scale <= 0) return 0;
  return linear ? bound / (atOneTick * scale) : (atOneTick * scale) / bound;
}

/** Exact value at the bankruptcy price, in money units, and that price as text in quote. */
export function bankruptcyOf(book: Book): { readonly value: Money; readonly price: string } {
  const { instrument } = book;
  const linear = instrument.kind === 'linear';
  const loss = BigInt(linear ? -book.side : book.side);
  const scale = 10n ** BigInt(instrument.moneyScale);
  const lots = BigInt(book.lots) * BigInt(instrument.lot.num);
  const perLot = BigInt(instrument.lot.den);
  if (linear) {
    const levered = book.cost * (book.leveragePico + loss * pico) + loss * book.addedMargin * book.leveragePico;
    const price = quotientText(levered * perLot, lots * scale * book.leveragePico, 18);
    return { value: book.cost + loss * marginOf(book), price };
  }
  const levered = book.fineCost * (book.leveragePico + loss * pico) + loss * book.addedMargin * pico * book.leveragePico;
  const price = quotientText(lots * scale * pico * book.leveragePico, levered * perLot, 18);
  return { value: book.cost + loss * marginOf(book), price };
}
