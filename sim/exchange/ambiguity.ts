/**
 * Counts the bars in which OHLC and OLHC would give different fills (FS-1 section 3.6). Most woken bars are cleared
 * by counting the levels inside their range; the others are played twice on a copy of the book. What the account sends on
 * a fill inside the bar, such as the target of an entry, is not known when the path begins: the bar's beginning is kept
 * while an order can be filled in it, and is played twice again with the answers, each sent on the fill it answers. An
 * answer that reaches the exchange after the bar on the path played is not tried on the other.
 */
import type { Ms } from '../../engine/index.ts';
import { enqueue } from './arrivals.ts';
import { fillKey, noteAmbiguousBar } from './ambiguous-fills.ts';
import { stagePath } from './book.ts';
import type { Answer, Beginning, Book, Core } from './book.ts';
import type { Message } from './messages.ts';
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
    fundings: book.fundings.map((stamp) => ({ ...stamp })), beginning: null,
  };
}

/** The fills of a bar on a forced path, from its beginning, as one comparable text. */
function fillsOn(core: Core, { book, wallet, answers }: Beginning, path: number): string {
  const copy = trialBook(book);
  const trial: Core = {
    ...core, books: core.books.map((other) => (other.symbol === book.symbol ? copy : other)), facts: [], ambiguousFills: [],
    wallet, awake: 1, isTrial: true,
  };
  forcePath(copy, path);
  const span = copy.last.closesAt - copy.last.openedAt;
  const waiting = [...answers];
  sendAnswers(trial, copy, waiting, '');
  for (let told = 0; copy.isAwake;) {
    playStep(trial, copy, span);
    for (; told < trial.facts.length; told++) {
      const { kind, order, cause } = trial.facts[told]!;
      if (kind === 'execution') sendAnswers(trial, copy, waiting, fillKey(order, cause));
    }
  }
  return trial.facts.filter((fact) => fact.kind === 'execution')
    .map((fact) => `${fact.order} ${fact.cause} ${fact.side} ${fact.lots} ${fact.exactPrice} ${fact.priceTicks}`)
    .sort().join(';');
}

/** Sends what waits for this fill, as long after it as it came in truth. Each answer is sent once. */
function sendAnswers(trial: Core, book: Book, out: Answer[], to: string): void {
  const { openedAt, closesAt } = book.last;
  const from = to === '' ? 0 : book.cursor;
  for (let i = 0; i < out.length; i++) {
    const { message, fill, delay } = out[i]!;
    if (fill !== to) continue;
    out.splice(i--, 1);
    const whole = Math.floor(from + delay + 1e-7);
    if (openedAt + whole < closesAt) enqueue(trial, book, message, openedAt + whole, Math.max(0, from + delay - whole));
  }
}

const differs = (core: Core, beginning: Beginning): boolean =>
  fillsOn(core, beginning, highFirst) !== fillsOn(core, beginning, lowFirst);

/** An order can be filled inside the bar. */
function meetsOrder(core: Core, book: Book): boolean {
  const { last, mark, orders } = book;
  for (let i = 0; i < orders.length; i++) {
    const order = orders[i]!;
    if (order.state === 'untriggered' && isInside(order.triggerByMark ? mark : last, order.triggerTicks)) return true;
    if (order.isLimit && isInside(last, restingLevel(core, order.side, order.priceTicks))) return true;
  }
  return false;
}

/** Called when the path of a bar is about to be named, after all events of its open. */
export function countAmbiguity(core: Core, book: Book): void {
  if (core.isTrial || book.stage !== stagePath) return;
  const head = book.arrivals[book.head];
  const isInterrupted = head !== undefined && head.at < book.last.closesAt;
  const isTried = isInterrupted || levelsInside(core, book) >= 2;
  if (isTried && differs(core, { book, wallet: core.wallet, answers: [] })) {
    noteAmbiguousBar(core, book);
    return;
  }
  if (!isInterrupted && (book.orders.length === 0 || !meetsOrder(core, book))) return;
  book.lastFill = '';
  book.beginning = { book: trialBook(book), wallet: core.wallet, answers: [] };
}

/** A message is sent while the beginning of a bar is kept; it reaches the exchange at `at` + `fraction` ms. */
export function noteAnswer(core: Core, book: Book, message: Message, at: Ms, fraction: number): void {
  const { beginning, last } = book;
  if (beginning === null) return;
  if (beginning.book.last.openedAt !== last.openedAt || core.now >= last.closesAt) {
    book.beginning = null;
    return;
  }
  const after = book.lastFill === '' ? 0 : book.lastFillAt;
  beginning.answers.push({ message, fill: book.lastFill, delay: at - last.openedAt + fraction - after });
  if (!differs(core, beginning)) return;
  noteAmbiguousBar(core, book);
  book.beginning = null;
}
