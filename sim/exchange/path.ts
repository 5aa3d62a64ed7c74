/** Which extreme a bar meets first (FS-1 section 3.2), decided at the bar's start after all events of that instant. */
import type { Ms } from '../../engine/index.ts';
import type { Book, Core } from './book.ts';
import { exceeds } from './closeness.ts';
import { highFirst, lowFirst, undecided } from './track.ts';
import type { Track } from './track.ts';

/** The nearer extreme first. Prices between ticks are not exact, so a tie is one within the tolerance of derived values. */
function adaptive(track: Track): number {
  return exceeds(2 * track.open, track.high + track.low) ? highFirst : lowFirst;
}

/** 1 = only buys are pending, -1 = only sells, 0 = none or both. Submits in flight count when they arrive in the bar. */
function pendingSide(book: Book, endsAt: Ms): number {
  let buys = 0;
  let sells = 0;
  for (let i = 0; i < book.orders.length; i++) {
    const order = book.orders[i]!;
    if (order.reduceOnly) continue;
    if (order.side === 1) buys++;
    else sells++;
  }
  for (let i = book.head; i < book.arrivals.length; i++) {
    const { message, at } = book.arrivals[i]!;
    if (at >= endsAt) break;
    if (message.tag !== 'submit' || message.reduceOnly) continue;
    if (message.side === 1) buys++;
    else sells++;
  }
  if (buys > 0 && sells === 0) return 1;
  return sells > 0 && buys === 0 ? -1 : 0;
}

/** The order that hurts: a long meets the low first, a buy about to open meets the high first. */
function adverse(book: Book, track: Track): number {
  if (book.side === 1) return lowFirst;
  if (book.side === -1) return highFirst;
  const pending = pendingSide(book, track.closesAt);
  if (pending === 0) return adaptive(track);
  return pending === 1 ? highFirst : lowFirst;
}

/** The mirror of adverse. */
function favourable(book: Book, track: Track): number {
  if (book.side === 1) return highFirst;
  if (book.side === -1) return lowFirst;
  const pending = pendingSide(book, track.closesAt);
  if (pending === 0) return adaptive(track);
  return pending === 1 ? lowFirst : highFirst;
}

function pathFor(core: Core, book: Book, track: Track): number {
  switch (core.config.path) {
    case 'ohlc': return highFirst;
    case 'olhc': return lowFirst;
    case 'adaptive': return adaptive(track);
    case 'adverse': return adverse(book, track);
    case 'favourable': return favourable(book, track);
  }
}

/** A mark bar as long as the last-price bar shares its path name; a longer one has its own. */
const sharesPath = (book: Book): boolean =>
  book.mark.openedAt === book.last.openedAt && book.mark.closesAt === book.last.closesAt;

/** Names the paths that are still open. */
export function decidePaths(core: Core, book: Book): void {
  if (book.last.path === undecided) book.last.path = pathFor(core, book, book.last);
  if (book.mark.path !== undecided) return;
  book.mark.path = sharesPath(book) ? book.last.path : pathFor(core, book, book.mark);
}

/** Forces the path of the present bar, for a trial. */
export function forcePath(book: Book, path: number): void {
  book.last.path = path;
  if (sharesPath(book)) book.mark.path = path;
}
