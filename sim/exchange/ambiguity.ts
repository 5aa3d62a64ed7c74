/**
 * Counts the bars in which OHLC and OLHC would give different fills (FS-1 section 3.6). Most woken bars are cleared
 * by counting the levels inside their range; the others are played twice on a copy of the book.
 */
import { noteAmbiguousBar } from './ambiguous-fills.ts';
import { stagePath } from './book.ts';
import type { Book, Core } from './book.ts';
import { forcePath } from './path.ts';
import { playStep } from './play.ts';
import { restingLevel } from './pricing.ts';
import { highFirst, lowFirst } from './track.ts';
import type { Track } from './track.ts';

const isInside = (track: Track, level: number): boolean => level > 0 && level >= track.low && level <= track.high;

/** Levels of one symbol that the bar's range covers; 2 stands for "more than one, or not to be told by counting". */
function levelsInside(core: Core, book: Book): number {
  const { last, mark } = book;
  const count = (track: Track, level: number): number => (!isInside(track, level) ? 0 : track === last ? 1 : 2);
  let levels = 0;
  if (book.side !== 0) {
    if (book.trailTicks > 0) return 2;
    levels += count(mark, book.liquidationTicks);
    levels += count(book.slByMark ? mark : last, book.slTicks) + count(book.tpByMark ? mark : last, book.tpTicks);
  }
  const widest = (last.high - last.low) * book.leverage * 2;
  for (let i = 0; i < book.orders.length && levels < 2; i++) {
    const order = book.orders[i]!;
    if (order.state === 'untriggered') levels += count(order.triggerByMark ? mark : last, order.triggerTicks);
    if (order.isLimit) levels += count(last, restingLevel(core, order.side, order.priceTicks));
    levels += count(order.slByMark ? mark : last, order.slTicks) + count(order.tpByMark ? mark : last, order.tpTicks);
    // An entry in a bar so wide that it could also liquidate the new position.
    if (levels > 0 && !order.reduceOnly && widest > last.low) return 2;
  }
  return levels;
}

function trialBook(book: Book): Book {
  const last = { ...book.last };
  return {
    ...book, last, mark: book.mark === book.last ? last : { ...book.mark },
    orders: book.orders.map((order) => ({ ...order })),
    arrivals: book.arrivals.slice(book.head).map((arrival) => ({ ...arrival })), head: 0,
    fundings: book.fundings.map((stamp) => ({ ...stamp })),
  };
}

/** The fills of the present bar on a forced path, as one comparable text. */
function fillsOn(core: Core, book: Book, path: number): string {
  const copy = trialBook(book);
  const trial: Core = {
    ...core, books: core.books.map((other) => (other === book ? copy : other)), facts: [], ambiguousFills: [], awake: 1, isTrial: true,
  };
  forcePath(copy, path);
  const span = copy.last.closesAt - copy.last.openedAt;
  while (copy.isAwake) playStep(trial, copy, span);
  return trial.facts.filter((fact) => fact.kind === 'execution')
    .map((fact) => `${fact.order} ${fact.cause} ${fact.side} ${fact.lots} ${fact.exactPrice} ${fact.priceTicks}`)
    .sort().join(';');
}

/** Called when the path of a bar is about to be named, after all events of its open. */
export function countAmbiguity(core: Core, book: Book): void {
  if (core.isTrial || book.stage !== stagePath) return;
  const head = book.arrivals[book.head];
  const isInterrupted = head !== undefined && head.at < book.last.closesAt;
  if (!isInterrupted && levelsInside(core, book) < 2) return;
  if (fillsOn(core, book, highFirst) !== fillsOn(core, book, lowFirst)) noteAmbiguousBar(core, book);
}
