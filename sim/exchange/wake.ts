/**
 * When a bar can be passed over: the price levels and the time that could make anything happen, kept beside each
 * track so that a quiet bar costs a handful of comparisons.
 */
import type { Direction } from '../../engine/index.ts';
import type { Book, Core } from './book.ts';
import { liquidationTicks } from './margin.ts';
import { restingLevel } from './pricing.ts';
import type { Track } from './track.ts';

function watch(track: Track, level: number, direction: Direction): void { // hot
  if (direction === 1) {
    if (level < track.wakeAbove) track.wakeAbove = level;
  } else if (level > track.wakeBelow) track.wakeBelow = level;
}

function watchPosition(core: Core, book: Book): void { // hot
  const { side, last, mark } = book;
  if (side === 0) {
    book.liquidationTicks = 0;
    return;
  }
  const against: Direction = side === 1 ? -1 : 1;
  if (book.isMarginStale) {
    book.liquidationTicks = liquidationTicks(core, book);
    book.isMarginStale = false;
  }
  if (book.liquidationTicks > 0) watch(mark, book.liquidationTicks, against);
  if (book.slTicks > 0) watch(book.slByMark ? mark : last, book.slTicks, against);
  if (book.tpTicks > 0) watch(book.tpByMark ? mark : last, book.tpTicks, side);
  if (book.trailTicks === 0) return;
  if (book.isTrailing) {
    watch(last, book.best - side * book.trailTicks, against);
    watch(last, book.best, side);
  } else watch(last, book.activeTicks, side);
}

/** Earliest time at which the book has something to do whatever the price; -Infinity while something waits for volume. */
function wakeTime(book: Book): number {
  let at = Infinity;
  if (book.exit !== '') return -Infinity;
  for (let i = 0; i < book.orders.length; i++) {
    const order = book.orders[i]!;
    if (order.state === 'waiting') return -Infinity;
    if (order.expireAt !== 0 && order.expireAt < at) at = order.expireAt;
  }
  if (book.head < book.arrivals.length) at = Math.min(at, book.arrivals[book.head]!.at);
  for (let i = 0; i < book.fundings.length; i++) at = Math.min(at, book.fundings[i]!.at);
  return at;
}

/** Works the levels out again after anything changed. */
export function refreshWake(core: Core, book: Book): void { // hot
  book.isStale = false;
  const { last, mark } = book;
  last.wakeBelow = -Infinity;
  last.wakeAbove = Infinity;
  mark.wakeBelow = -Infinity;
  mark.wakeAbove = Infinity;
  watchPosition(core, book);
  for (let i = 0; i < book.orders.length; i++) {
    const order = book.orders[i]!;
    if (order.state === 'untriggered') watch(order.triggerByMark ? mark : last, order.triggerTicks, order.direction);
    else if (order.state === 'resting') {
      watch(last, restingLevel(core, order.side, order.priceTicks), order.side === 1 ? -1 : 1);
    }
  }
  book.wakeAt = wakeTime(book);
}

/** Distance by which a level may be missed and still count as reached. */
const margin = 1 - 1e-11;

/** Whether the whole of a track's bar stays strictly between its levels. */
export function isQuiet(track: Track): boolean { // hot
  return track.low * margin > track.wakeBelow && track.high < track.wakeAbove * margin;
}

/** Whether the present prices are strictly between the levels: nothing is met here. */
export function isCalm(book: Book): boolean { // hot
  const { last, mark } = book;
  if (last.price * margin <= last.wakeBelow || last.price >= last.wakeAbove * margin) return false;
  return mark === last || (mark.price * margin > mark.wakeBelow && mark.price < mark.wakeAbove * margin);
}
