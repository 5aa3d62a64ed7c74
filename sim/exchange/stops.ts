/** The position's own SL, TP and trailing stop as an account sets them (FS-1 sections 6.4 and 7). */
import type { Direction } from '../../engine/index.ts';
import type { Book, Core } from './book.ts';
import { ceilOf, floorOf, reaches } from './closeness.ts';
import { refuse, tellStops } from './facts.ts';
import type { TradingStop } from './messages.ts';

/** Rounded towards the market: up when it lies under the price, down when over it. */
function towards(priceTicks: number, sideOfMarket: Direction): number {
  return sideOfMarket === -1 ? ceilOf(priceTicks) : floorOf(priceTicks);
}

/** A level is strictly on its side of the price when the price has not reached it. */
function isStrictly(book: Book, level: number, byMark: boolean, direction: Direction): boolean {
  return !reaches(byMark ? book.mark.price : book.last.price, level, direction);
}

/** Only 0 removes: a level that rounds to zero lies on the wrong side of any price. */
const isLevel = (value: number | null): boolean => value !== null && value > 0;

const isUsable = (value: number | null): boolean => value === null || (value >= 0 && value < Infinity);

function refuseStop(core: Core, book: Book, message: TradingStop, code: string): void {
  refuse(core, book, 'refused', -1, code, 'trading-stop', message.reference);
}

export function setTradingStop(core: Core, book: Book, message: TradingStop): void { // hot
  const { side } = book;
  if (side === 0 || book.exit !== '') return refuseStop(core, book, message, '10001');
  if (!isUsable(message.slTicks) || !isUsable(message.tpTicks) || !isUsable(message.trailTicks)
    || !isUsable(message.activeTicks)) return refuseStop(core, book, message, '10001');
  const against: Direction = side === 1 ? -1 : 1;
  const slTicks = message.slTicks === null ? book.slTicks : towards(message.slTicks, against);
  const slByMark = message.slTicks === null || slTicks === 0 ? book.slByMark : message.slBy === 'mark';
  const tpTicks = message.tpTicks === null ? book.tpTicks : towards(message.tpTicks, side);
  const tpByMark = message.tpTicks === null || tpTicks === 0 ? book.tpByMark : message.tpBy === 'mark';
  const trailTicks = message.trailTicks ?? book.trailTicks;
  const activeTicks = message.trailTicks === null ? book.activeTicks
    : trailTicks === 0 || message.activeTicks === null ? 0 : towards(message.activeTicks, side);
  if (isLevel(message.slTicks) && !isStrictly(book, slTicks, slByMark, against)) return refuseStop(core, book, message, '10001');
  if (isLevel(message.tpTicks) && !isStrictly(book, tpTicks, tpByMark, side)) return refuseStop(core, book, message, '10001');
  const sameSl = slTicks === book.slTicks && slByMark === book.slByMark;
  const sameTp = tpTicks === book.tpTicks && tpByMark === book.tpByMark;
  const sameTrail = trailTicks === book.trailTicks && activeTicks === book.activeTicks;
  if (sameSl && sameTp && sameTrail) return refuseStop(core, book, message, '34040');
  book.slTicks = slTicks;
  book.slByMark = slByMark;
  book.tpTicks = tpTicks;
  book.tpByMark = tpByMark;
  if (!sameTrail) startTrailing(book, trailTicks, activeTicks);
  book.isStale = true;
  tellStops(core, book, 'trading-stop', message.reference);
}

function startTrailing(book: Book, trailTicks: number, activeTicks: number): void {
  book.trailTicks = trailTicks;
  book.activeTicks = activeTicks;
  book.isTrailing = false;
  if (trailTicks === 0 || book.side === 0) return;
  if (activeTicks > 0 && !reaches(book.last.price, activeTicks, book.side)) return;
  book.isTrailing = true;
  book.best = book.last.price;
}

/** Carries the trailing stop along to the present price: activation, then the best price seen. */
export function followPrice(book: Book): void { // hot
  if (book.trailTicks === 0 || book.side === 0 || !book.last.isTrading) return;
  const { price } = book.last;
  if (!book.isTrailing) {
    if (!reaches(price, book.activeTicks, book.side)) return;
    book.isTrailing = true;
    book.best = price;
    book.isStale = true;
    return;
  }
  if (book.side === 1 ? price > book.best : price < book.best) {
    book.best = price;
    book.isStale = true;
  }
}
