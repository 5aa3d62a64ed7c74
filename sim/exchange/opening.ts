/**
 * The most frequent open of all, worked off without the stages of an instant: a lone book without orders, stamps or
 * waiting exits, between its levels, to which at most one trading stop has come. Whatever else goes through `play.ts`;
 * both do the same.
 */
import type { Ms } from '../../engine/index.ts';
import { drain } from '../drain.ts';
import { stageFunding, stageMessages, stagePath } from './book.ts';
import type { Series } from '../market.ts';
import type { Book, Core } from './book.ts';
import { sleepThrough } from './play.ts';
import { setTradingStop } from './stops.ts';
import { isCalm, isQuiet, refreshWake } from './wake.ts';

/** Closer than this to a level and the long way decides whether it is reached. */
const narrow = 1 - 2e-11;

/** Nothing but the position's stop can act here, and it is not met. */
function isPlain(book: Book): boolean { // hot
  return book.orders.length === 0 && book.fundings.length === 0 && book.exit === '' && book.trailTicks === 0
    && book.mark === book.last && isCalm(book);
}

/** Takes a trading stop that waits for this open and is alone. False when the stages have to be gone through. */
export function takeStopAtOpen(core: Core, book: Book, until: Ms): boolean { // hot
  const { last, arrivals } = book;
  if (book.stage !== stageFunding || !book.isOpening || book.cursor !== 0 || arrivals.length - book.head !== 1) return false;
  const arrival = arrivals[book.head]!;
  const { message } = arrival;
  if (message.tag !== 'trading-stop' || arrival.at > last.openedAt || arrival.fraction !== 0) return false;
  if (book.isStale || until <= last.openedAt || !isPlain(book)) return false;
  drain(arrivals);
  book.head = 0;
  book.stage = stageMessages;
  book.isStale = true;
  setTradingStop(core, book, message);
  core.now = last.openedAt;
  core.nowFraction = 0;
  return true;
}

/** Leaves an open at which every message is answered, and passes over the bar when nothing in it can happen. */
export function leaveOpen(core: Core, book: Book): void { // hot
  if (book.stage !== stageMessages || !book.isOpening || book.head < book.arrivals.length || book.cursor !== 0) return;
  if (book.isStale) refreshWake(core, book);
  if (!isPlain(book)) return;
  book.stage = stagePath;
  book.isOpening = false;
  if (book.wakeAt >= book.last.closesAt && isQuiet(book.last)) sleepThrough(core, book);
}

/** `Exchange.setStopAtOpen`: the book sleeps, so that nothing but the position's own levels can stand in the way. */
export function setStopAtOpen( // hot
  core: Core, book: Book, series: Series, index: number, slTicks: number, slByMark: boolean,
): boolean {
  const { last, side } = book;
  const open = series.open[index]!;
  if (side === 0 || core.awake > 0 || core.books.length > 1 || book.isStale || book.wakeAt < Infinity || book.trailTicks > 0) return false;
  if (book.orders.length > 0 || book.mark !== last || !(series.volume[index]! > 0) || !(slTicks > 0)) return false;
  if (slTicks === book.slTicks && slByMark === book.slByMark) return false;
  if (open * narrow <= last.wakeBelow || open >= last.wakeAbove * narrow) return false;
  if (side === 1 ? slTicks >= open * narrow : slTicks * narrow <= open) return false;
  core.sequence++;
  book.slTicks = slTicks;
  book.slByMark = slByMark;
  refreshWake(core, book);
  return true;
}
