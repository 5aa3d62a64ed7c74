/**
 * One step of an awake book: the stages of an instant in the order of FS-1 section 4, then a piece of the path up to
 * the next vertex, message, expiry, funding stamp or event, whichever comes first.
 */
import { deliverNext, offsetOf, withdraw } from './arrivals.ts';
import { stageCancels, stageFunding, stageMessages, stagePath, stageResting, stageWaiting } from './book.ts';
import type { Book, Core, Order } from './book.ts';
import { payFunding } from './ledger.ts';
import { executeMarket, exitPosition, fire, judgeLimit } from './matching.ts';
import { budgetOf } from './pricing.ts';
import { searchGap, searchHere, searchPiece, searchPosition } from './search.ts';
import { followPrice } from './stops.ts';
import { enterLeg, legEnd, priceAt, timeSlack } from './track.ts';
import { isCalm, refreshWake } from './wake.ts';

/** An instant of a door's `until` waits for the door's messages. */
export function isPaused(book: Book, untilOffset: number): boolean {
  return book.stage === stageFunding && book.cursor >= untilOffset - timeSlack(book.last);
}

const isOver = (book: Book): boolean => book.cursor >= book.last.closesAt - book.last.openedAt - timeSlack(book.last);

function startOpening(book: Book): void {
  const { last, mark } = book;
  if (mark === last || !mark.isTrading) return;
  const into = last.openedAt - mark.openedAt;
  mark.price = mark.open;
  if (into <= 0) return;
  enterLeg(mark, into);
  mark.price = priceAt(mark, into);
  mark.from = mark.price; // a longer mark bar runs on through this open without a step
}

/** Funding stamps that have come, at the mark of the stamp, else of this instant. */
function settleFunding(core: Core, book: Book): void {
  for (let i = 0; i < book.fundings.length; i++) {
    const stamp = book.fundings[i]!;
    if (stamp.at - book.last.openedAt > book.cursor + timeSlack(book.last)) continue;
    book.fundings.splice(i, 1);
    i--;
    book.isStale = true;
    const present = Number.isNaN(book.mark.price) ? book.last.price : book.mark.price;
    payFunding(core, book, stamp.rate, Number.isNaN(stamp.markTicks) ? present : stamp.markTicks);
  }
}

function restingStep(core: Core, book: Book): void { // hot
  const isFound = !isCalm(book) && (book.isOpening ? searchGap(core, book) : searchHere(core, book));
  if (isFound) {
    if (book.isOpening) book.gapPosition = core.hitAt;
    fire(core, book, core.hitRank, core.hitOrder);
    return;
  }
  followPrice(book);
  book.stage = stageWaiting;
}

/** The waiting order next in line among those that waited before this open. */
function nextWaiting(book: Book): Order | null {
  let next: Order | null = null;
  for (let i = 0; i < book.orders.length; i++) {
    const order = book.orders[i]!;
    if (order.state !== 'waiting' || order.isWithdrawn) continue;
    if (order.sequence <= book.waitedSequence || order.sequence > book.pointSequence) continue;
    if (next === null || order.sequence < next.sequence) next = order;
  }
  return next;
}

/** What waited for volume executes at the open, after the resting orders of the gap and without a new margin check. */
function waitingStep(core: Core, book: Book): void { // hot
  if (!book.isOpening || !book.last.isTrading || (book.exit === '' && book.orders.length === 0)) {
    book.stage = stageMessages;
    return;
  }
  if (!isCalm(book) && searchPosition(core, book)) {
    fire(core, book, core.hitRank, core.hitOrder);
    return;
  }
  if (book.exit !== '' && budgetOf(core, book) > 0) {
    exitPosition(core, book, book.exit);
    return;
  }
  const order = nextWaiting(book);
  if (order === null) {
    book.stage = stageMessages;
    return;
  }
  book.waitedSequence = order.sequence;
  if (order.isLimit) judgeLimit(core, book, order);
  else executeMarket(core, book, order);
}

function messageStep(core: Core, book: Book): void { // hot
  if (!isCalm(book) && searchPosition(core, book)) {
    fire(core, book, core.hitRank, core.hitOrder);
    return;
  }
  if (!isOver(book) && deliverNext(core, book)) return;
  book.stage = stagePath;
  book.isOpening = false;
}

/** Offset of the next instant at which the path must stop: a message, an expiry or a funding stamp. */
function nextInstant(book: Book): number {
  let at = Infinity;
  if (book.head < book.arrivals.length) at = offsetOf(book, book.arrivals[book.head]!);
  const { openedAt } = book.last;
  for (let i = 0; i < book.orders.length; i++) {
    const { expireAt } = book.orders[i]!;
    if (expireAt !== 0) at = Math.min(at, expireAt - openedAt);
  }
  for (let i = 0; i < book.fundings.length; i++) at = Math.min(at, book.fundings[i]!.at - openedAt);
  return at;
}

interface Piece { end: number; isInstant: boolean; isEvent: boolean }
const piece: Piece = { end: NaN, isInstant: false, isEvent: false };

/** Plans the next piece of the path; an event found in it stands in the core's hit fields. */
function plan(core: Core, book: Book, untilOffset: number): Piece {
  const { last, mark } = book;
  const span = last.closesAt - last.openedAt;
  const slack = timeSlack(last);
  const shift = mark.openedAt - last.openedAt;
  enterLeg(last, book.cursor);
  let end = Math.min(legEnd(last, book.cursor), span);
  if (mark !== last && mark.isTrading) {
    enterLeg(mark, book.cursor - shift);
    end = Math.min(end, legEnd(mark, book.cursor - shift) + shift);
  }
  const instant = Math.max(book.cursor, Math.min(nextInstant(book), untilOffset));
  piece.isInstant = instant <= end + slack && instant < span - slack;
  if (piece.isInstant) end = Math.min(end, instant);
  piece.end = end;
  piece.isEvent = searchPiece(core, book, end) && (!piece.isInstant || core.hitAt < end - slack);
  return piece;
}

function moveTo(book: Book, at: number): void {
  const { last, mark } = book;
  book.cursor = at;
  last.price = priceAt(last, at);
  if (mark !== last && mark.isTrading) mark.price = priceAt(mark, at - (mark.openedAt - last.openedAt));
}

function sleep(core: Core, book: Book): void { // hot
  if (book.isStale) refreshWake(core, book);
  book.isAwake = false;
  core.awake--;
}

function pathStep(core: Core, book: Book, untilOffset: number): void {
  if (isOver(book)) {
    sleep(core, book);
    return;
  }
  const { end, isInstant, isEvent } = plan(core, book, untilOffset);
  if (isEvent) {
    const { hitRank, hitOrder, hitLevel, hitByMark, hitIsNow } = core;
    moveTo(book, core.hitAt);
    if (!hitIsNow) (hitByMark ? book.mark : book.last).price = hitLevel;
    followPrice(book);
    book.stage = stageResting;
    book.pointSequence = core.sequence;
    fire(core, book, hitRank, hitOrder);
    return;
  }
  moveTo(book, end);
  followPrice(book);
  if (!isInstant) return;
  book.stage = stageFunding;
  book.pointSequence = core.sequence;
}

/** Offset of the next event of an awake book. */
export function timeOfNext(core: Core, book: Book, untilOffset: number): number {
  if (book.isStale) refreshWake(core, book);
  if (book.stage !== stagePath || book.last.path === 0 || isOver(book)) return book.cursor;
  const { end, isEvent } = plan(core, book, untilOffset);
  return isEvent ? core.hitAt : end;
}

/** Nothing in the rest of a bar whose path has not begun can make anything happen: the book goes to sleep. */
export function sleepThrough(core: Core, book: Book): void { // hot
  book.last.price = book.last.close;
  sleep(core, book);
}

/** An open at which only messages can matter: nothing pending, nothing met, nothing to take back. */
function isPlainOpening(book: Book): boolean { // hot
  return book.isOpening && book.orders.length === 0 && book.fundings.length === 0 && book.urgent === 0
    && book.exit === '' && book.mark === book.last && isCalm(book);
}

export function playStep(core: Core, book: Book, untilOffset: number): void { // hot
  if (book.isStale) refreshWake(core, book);
  switch (book.stage) {
    case stageFunding:
      if (isPlainOpening(book)) {
        followPrice(book);
        book.stage = stageMessages;
        if (core.awake === 1) messageStep(core, book); // else what other symbols do in this instant may come before
        return;
      }
      if (book.isOpening) startOpening(book);
      if (book.fundings.length > 0) settleFunding(core, book);
      book.stage = stageCancels;
      return;
    case stageCancels:
      book.stage = stageResting;
      if (book.orders.length > 0 || book.head < book.arrivals.length) withdraw(core, book);
      return;
    case stageResting: restingStep(core, book); return;
    case stageWaiting: waitingStep(core, book); return;
    case stageMessages: messageStep(core, book); return;
    default: pathStep(core, book, untilOffset);
  }
}
