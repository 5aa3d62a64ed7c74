/** Checks of an order on arrival (FS-1 section 12), first failure wins. */
import { valueOf } from '../../engine/index.ts';
import type { Direction } from '../../engine/index.ts';
import type { Book, Core, Order } from './book.ts';
import { exceeds, reaches } from './closeness.ts';
import { isCovered, lotCost } from './margin.ts';
import type { RefusalCode } from './messages.ts';

/** An order as it would be, whether new or amended. */
export interface Wanted {
  readonly side: Direction; readonly isLimit: boolean; readonly lots: number; readonly filled: number;
  readonly priceTicks: number;
  /** 0 = not conditional, or triggered long ago. */
  readonly triggerTicks: number; readonly direction: Direction; readonly triggerByMark: boolean;
  readonly reduceOnly: boolean;
}

function isBelowNotional(book: Book, wanted: Wanted): boolean {
  const { instrument } = book;
  if (instrument.kind !== 'linear' || wanted.reduceOnly) return false;
  const reference = wanted.isLimit ? wanted.priceTicks : wanted.triggerTicks > 0 ? wanted.triggerTicks : book.last.price;
  const notional = valueOf(reference, instrument.tick) * valueOf(wanted.lots, instrument.lot);
  return exceeds(instrument.minNotional, notional);
}

/**
 * The first failing check from the minimum quantity on, '' when the order stands. `lotCost` of a passing order is the
 * caller's to keep. `except` is the order being amended: what it holds is free again.
 */
export function refusalOf(core: Core, book: Book, wanted: Wanted, except: Order | null): RefusalCode | '' { // hot
  if (wanted.lots < book.instrument.minLots) return 'QTY_BELOW_MIN';
  if (isBelowNotional(book, wanted)) return '110094';
  if (wanted.triggerTicks > 0) {
    const price = wanted.triggerByMark ? book.mark.price : book.last.price;
    if (reaches(price, wanted.triggerTicks, wanted.direction)) return wanted.direction === 1 ? '110092' : '110093';
    return '';
  }
  if (wanted.reduceOnly) return book.side === -wanted.side ? '' : '110017';
  const cost = lotCost(book, wanted.side, wanted.isLimit ? wanted.priceTicks : book.last.price);
  return isCovered(core, book, wanted.side, wanted.lots - wanted.filled, cost, except) ? '' : '110007';
}
