/**
 * Which condition is met next (FS-1 sections 4 to 7): in a gap along the line from the previous price to the open, at
 * one point of the path, or on the leg from the present point to the end of a piece. Ties go to liquidation, SL,
 * trailing stop, TP, then orders by arrival sequence.
 */
import type { Direction } from '../../engine/index.ts';
import type { Book, Core, Order } from './book.ts';
import { reaches } from './closeness.ts';
import { rankLiquidation, rankOrder, rankStop, rankTarget, rankTrailing } from './matching.ts';
import { budgetOf, restingLevel } from './pricing.ts';
import { meetingOf, meetingSlack, priceAt, slopeOf, timeSlack } from './track.ts';
import type { Track } from './track.ts';

function offer(core: Core, at: number, rank: number, order: Order | null, level: number, byMark: boolean, isNow: boolean, slack: number): void {
  const earlier = at < core.hitAt - slack;
  if (!earlier) {
    if (at > core.hitAt + slack || rank > core.hitRank) return;
    if (rank === core.hitRank && (order === null || core.hitOrder === null || order.sequence > core.hitOrder.sequence)) return;
  }
  core.hitAt = at;
  core.hitRank = rank;
  core.hitOrder = order;
  core.hitLevel = level;
  core.hitByMark = byMark;
  core.hitIsNow = isNow;
}

export function forgetHit(core: Core): void {
  core.hitAt = Infinity;
  core.hitRank = 9;
  core.hitOrder = null;
}

/** How the search looks at one condition: met when `track` reaches `level` in `direction`. */
type Look = (core: Core, book: Book, track: Track, level: number, direction: Direction, rank: number, order: Order | null) => void;

/** A limit that was judged at this very point is met only by what the path does after it. */
function cameHere(book: Book, order: Order | null): boolean {
  return order !== null && order.sequence > book.pointSequence && order.state === 'resting';
}

/** In the gap only what holds at the open counts; it is met where the line comes to it, not before the last event. */
function lookInGap(core: Core, book: Book, track: Track, level: number, direction: Direction, rank: number, order: Order | null): void {
  if (!reaches(track.price, level, direction)) return;
  if (cameHere(book, order)) return;
  const isThrough = reaches(track.from, level, direction);
  const width = track.price - track.from;
  const met = isThrough ? 0 : (level - track.from) / width;
  const slack = isThrough ? 1e-12 : 1e-12 + Math.abs(level / width) * 1e-12;
  offer(core, Math.max(met, book.gapPosition), rank, order, level, track !== book.last, true, slack);
}

/** A resting limit is met only by a path that comes to it, not by one that leaves it. */
function comesTo(track: Track, direction: Direction, order: Order | null): boolean {
  return order === null || order.state !== 'resting' || slopeOf(track) === direction;
}

function lookHere(core: Core, book: Book, track: Track, level: number, direction: Direction, rank: number, order: Order | null): void {
  if (!reaches(track.price, level, direction) || !comesTo(track, direction, order) || cameHere(book, order)) return;
  offer(core, book.cursor, rank, order, level, track !== book.last, true, timeSlack(book.last));
}

function lookAhead(core: Core, book: Book, track: Track, level: number, direction: Direction, rank: number, order: Order | null): void {
  if (!comesTo(track, direction, order)) return;
  const slack = timeSlack(book.last);
  const byMark = track !== book.last;
  if (reaches(track.price, level, direction)) {
    offer(core, book.cursor, rank, order, level, byMark, true, slack);
    return;
  }
  const shift = track.openedAt - book.last.openedAt;
  if (!reaches(priceAt(track, core.pieceEnd - shift), level, direction)) return;
  const met = meetingOf(track, level) + shift;
  offer(core, Math.min(core.pieceEnd, Math.max(book.cursor, met)), rank, order, level, byMark, false, slack + meetingSlack(track, level));
}

function lookAtPosition(core: Core, book: Book, look: Look): void {
  if (book.side === 0) return;
  const { side, last, mark } = book;
  const against: Direction = side === 1 ? -1 : 1;
  if (book.liquidationTicks > 0 && mark.isTrading) {
    look(core, book, mark, book.liquidationTicks, against, rankLiquidation, null);
  }
  const slTrack = book.slByMark ? mark : last;
  if (book.slTicks > 0 && slTrack.isTrading) look(core, book, slTrack, book.slTicks, against, rankStop, null);
  if (book.isTrailing && last.isTrading) {
    look(core, book, last, book.best - side * book.trailTicks, against, rankTrailing, null);
  }
  const tpTrack = book.tpByMark ? mark : last;
  if (book.tpTicks > 0 && tpTrack.isTrading) look(core, book, tpTrack, book.tpTicks, side, rankTarget, null);
}

function lookAtOrders(core: Core, book: Book, look: Look): void {
  for (let i = 0; i < book.orders.length; i++) {
    const order = book.orders[i]!;
    if (order.isWithdrawn) continue;
    if (order.state === 'untriggered') {
      const track = order.triggerByMark ? book.mark : book.last;
      if (track.isTrading) look(core, book, track, order.triggerTicks, order.direction, rankOrder, order);
    } else if (order.state === 'resting' && book.last.isTrading && budgetOf(core, book) > 0) {
      const level = restingLevel(core, order.side, order.priceTicks);
      look(core, book, book.last, level, order.side === 1 ? -1 : 1, rankOrder, order);
    }
  }
}

/** Finds the next event of the gap; its place on the line is `core.hitAt`. */
export function searchGap(core: Core, book: Book): boolean {
  forgetHit(core);
  lookAtPosition(core, book, lookInGap);
  lookAtOrders(core, book, lookInGap);
  return core.hitAt !== Infinity;
}

/** Finds what is met at the present point of the path. */
export function searchHere(core: Core, book: Book): boolean {
  forgetHit(core);
  lookAtPosition(core, book, lookHere);
  lookAtOrders(core, book, lookHere);
  return core.hitAt !== Infinity;
}

/** Finds what already holds for the position at the present point. */
export function searchPosition(core: Core, book: Book): boolean { // hot
  forgetHit(core);
  lookAtPosition(core, book, lookHere);
  return core.hitAt !== Infinity;
}

/** Finds the first event between the present point and `end`, both included. */
export function searchPiece(core: Core, book: Book, end: number): boolean {
  core.pieceEnd = end;
  forgetHit(core);
  lookAtPosition(core, book, lookAhead);
  lookAtOrders(core, book, lookAhead);
  return core.hitAt !== Infinity;
}
