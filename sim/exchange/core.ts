/**
 * The matching core: one account, several symbols, one event loop. A book is asleep while its bar can make nothing
 * happen; an awake book works off the stages of an instant (FS-1 section 4) and then walks its path to the next one.
 * The earliest event of all awake books comes first; at one instant the stages go before the symbols.
 */
import type { Corridor, Money, Ms, TriggerSource } from '../../engine/index.ts';
import { countAmbiguity, noteAnswer } from './ambiguity.ts';
import { enqueue } from './arrivals.ts';
import { newBook, stageFunding, stagePath } from './book.ts';
import type { Book, Core } from './book.ts';
import type { AmbiguousFills, Exchange, ExchangePosition, ExchangeSetup, Margins, Standing } from './exchange.ts';
import type { Series } from '../market.ts';
import type { Fact, Message } from './messages.ts';
import { marginsOf, setLeverage } from './margin.ts';
import { leaveOpen, setStopAtOpen, takeStopAtOpen } from './opening.ts';
import { decidePaths } from './path.ts';
import { isQuiet, refreshWake } from './wake.ts';
import { isPaused, playStep, sleepThrough, timeOfNext } from './play.ts';
import { enterLeg, priceAt, undecided } from './track.ts';

/** A level is met when it is missed by less than this: the corridor is narrower by a little more. */
const underMargin = 1 - 2e-11;
const overMargin = 1 + 2e-11;
const finePerMoney = 1_000_000_000_000n;

function newCore({ config, symbols, wallet, countsAmbiguity = true }: ExchangeSetup): Core {
  return {
    config, books: symbols.map((symbol, index) => newBook(index, symbol)), facts: [], ambiguousFills: [], wallet,
    sequence: 0, executions: 0, ambiguousBars: 0, awake: 0, now: -1e15, nowFraction: 0,
    hitAt: Infinity, hitRank: 9, hitOrder: null, hitLevel: NaN, hitByMark: false, hitIsNow: false, pieceEnd: NaN,
    isTrial: false, countsAmbiguity,
  };
}

function rouse(core: Core, book: Book): void { // hot
  if (book.isAwake) return;
  book.isAwake = true;
  core.awake++;
  book.stage = stageFunding;
  book.isOpening = true;
  book.cursor = 0;
  book.last.price = book.last.open;
  book.gapPosition = 0;
  book.pointSequence = core.sequence;
  book.waitedSequence = 0;
}

function openBar( // hot
  core: Core, book: Book, openedAt: Ms, closesAt: Ms, open: number, high: number, low: number, close: number, volume: number,
): void {
  const { last, mark } = book;
  if (mark !== last && mark.path === undecided && mark.openedAt < openedAt && mark.closesAt > openedAt) decidePaths(core, book);
  const from = last.close;
  last.openedAt = openedAt;
  last.closesAt = closesAt;
  last.path = undecided;
  last.leg = 0;
  book.volume = volume;
  book.budget = -1;
  if (volume > 0 || !book.hasTraded) {
    last.from = book.hasTraded ? from : open;
    last.open = open;
    last.high = high;
    last.low = low;
    last.close = close;
    last.isTrading = volume > 0;
    if (volume > 0) book.hasTraded = true;
  } else {
    last.from = from;
    last.open = from;
    last.high = from;
    last.low = from;
    last.isTrading = false;
  }
  last.price = last.open;
  if (book.wakeAt < closesAt || !isQuiet(last) || (mark !== last && !isQuiet(mark))) rouse(core, book);
}

function openMarkBar(
  core: Core, book: Book, openedAt: Ms, closesAt: Ms, open: number, high: number, low: number, close: number,
): void {
  const { last, mark } = book;
  if (mark === last) return;
  mark.from = mark.isTrading ? mark.close : open;
  mark.openedAt = openedAt;
  mark.closesAt = closesAt;
  mark.open = open;
  mark.high = high;
  mark.low = low;
  mark.close = close;
  mark.price = open;
  mark.path = undecided;
  mark.leg = 0;
  mark.isTrading = true;
  for (let i = 0; i < book.fundings.length; i++) {
    const stamp = book.fundings[i]!;
    if (stamp.at === openedAt) stamp.markTicks = open;
  }
  if (last.openedAt === openedAt && !isQuiet(mark)) rouse(core, book);
}

function send(core: Core, book: Book, message: Message, arrivesAt: Ms, fraction: number): void { // hot
  const isPast = arrivesAt < core.now || (arrivesAt === core.now && fraction < core.nowFraction);
  const at = isPast ? core.now : arrivesAt;
  const rest = isPast ? core.nowFraction : fraction;
  const { last, mark } = book;
  if (core.now > last.openedAt && core.now < last.closesAt && last.path === undecided) decidePaths(core, book);
  if (mark !== last && mark.path === undecided && core.now > mark.openedAt && core.now < mark.closesAt) decidePaths(core, book);
  if (book.beginning !== null) noteAnswer(core, book, message, at, rest);
  enqueue(core, book, message, at, rest);
  if (at < last.closesAt && core.now < last.closesAt) rouse(core, book);
}

/** The awake book whose next event comes first; ties by stage, then by sending order, then by symbol. */
function nextBook(core: Core, until: Ms, fraction: number): Book | null {
  let best: Book | null = null;
  let bestAt = Infinity;
  for (let i = 0; i < core.books.length; i++) {
    const book = core.books[i]!;
    if (!book.isAwake || isPaused(book, until - book.last.openedAt + fraction)) continue;
    if (core.awake === 1) return book;
    const at = book.last.openedAt - core.books[0]!.last.openedAt + timeOfNext(core, book, until - book.last.openedAt + fraction);
    if (best === null || at < bestAt - 1e-7 || (at <= bestAt + 1e-7 && goesBefore(book, best))) {
      best = book;
      bestAt = at;
    }
  }
  return best;
}

/** A book that still walks to the instant goes before those that stand there: they wait for it, stage by stage. */
const turnOf = (book: Book): number => (book.stage === stagePath && book.last.path !== undecided ? 0 : book.stage);

function goesBefore(book: Book, other: Book): boolean {
  const turn = turnOf(book), otherTurn = turnOf(other);
  if (turn !== otherTurn) return turn < otherTurn;
  const mine = book.arrivals[book.head];
  const theirs = other.arrivals[other.head];
  return mine !== undefined && theirs !== undefined && mine.sequence < theirs.sequence;
}

/** All events of the open are done: the bar is passed over, or its path gets its name. */
function beginPath(core: Core, book: Book): void { // hot
  const { last, mark } = book;
  if (book.isStale) refreshWake(core, book);
  if (book.wakeAt >= last.closesAt && isQuiet(last) && (mark === last || isQuiet(mark))) {
    sleepThrough(core, book);
    return;
  }
  if (core.countsAmbiguity) countAmbiguity(core, book);
  decidePaths(core, book);
}

function advance(core: Core, until: Ms, fraction: number): boolean { // hot
  const before = core.facts.length;
  if (core.books.length === 1) {
    if (takeStopAtOpen(core, core.books[0]!, until)) return true;
    leaveOpen(core, core.books[0]!);
  }
  while (core.awake > 0) {
    const book = nextBook(core, until, fraction);
    if (book === null) break;
    const untilOffset = until - book.last.openedAt + fraction;
    do {
      if (book.stage === stagePath && book.last.path === undecided) {
        beginPath(core, book);
        if (core.awake > 1) break; // what it meets first may come after what another book meets
      }
      if (book.isAwake) playStep(core, book, untilOffset);
    } while (core.awake === 1 && book.isAwake && core.facts.length === before && !isPaused(book, untilOffset));
    if (core.facts.length > before) {
      core.now = book.last.openedAt + Math.floor(book.cursor + 1e-7);
      core.nowFraction = Math.max(0, book.cursor - Math.floor(book.cursor + 1e-7));
      return true;
    }
  }
  core.now = until;
  core.nowFraction = fraction;
  return false;
}

function positionOf(core: Core, symbol: number): ExchangePosition {
  const { side, lots, cost, fineCost, slTicks, tpTicks, instrument } = bookOf(core, symbol);
  return { side, lots, cost, fineCost: instrument.kind === 'inverse' ? fineCost : cost * finePerMoney, slTicks, tpTicks };
}

function standingOf({ slByMark, trailTicks, orders }: Book): Standing {
  return {
    slBy: slByMark ? 'mark' : 'last', trailTicks,
    orders: orders.map(({ id, side, lots, filled, priceTicks, reduceOnly }) => ({ order: id, side, lots, filled, priceTicks, reduceOnly })),
  };
}

/** A sleeping book stands at the end of its bar already, so what it passed over is looked up on its path. */
function presentMark(core: Core, book: Book): number {
  const { last, mark } = book;
  const track = mark === last || !mark.isTrading ? last : mark;
  if (core.now >= track.closesAt) return track.close;
  if (track === last && book.isAwake) return last.price;
  if (core.now <= track.openedAt) return track.open;
  if (track.path === undecided) decidePaths(core, book); // a mark bar that runs on through an open has its name already
  const { leg } = track;
  const into = core.now - track.openedAt + core.nowFraction;
  enterLeg(track, into);
  const price = priceAt(track, into);
  track.leg = leg;
  return price;
}

function bookOf(core: Core, symbol: number): Book {
  const book = core.books[symbol];
  if (book === undefined) throw new RangeError(`symbol must be below ${core.books.length}, was ${symbol}`);
  return book;
}

function announceFunding(core: Core, book: Book, at: Ms, rate: number, markTicks: number): void {
  const opened = book.mark.openedAt === at && book.hasMark ? book.mark.open : NaN;
  book.fundings.push({ at, rate, markTicks: Number.isNaN(markTicks) ? opened : markTicks });
  if (at < book.wakeAt) book.wakeAt = at;
  if (at < book.last.closesAt && core.now < book.last.closesAt) rouse(core, book);
}

/** The one owner of an account. A class, so that every run calls the same functions and they stay fast. */
class MatchingCore implements Exchange {
  readonly #core: Core;
  readonly facts: Fact[];

  constructor(setup: ExchangeSetup) {
    this.#core = newCore(setup);
    this.facts = this.#core.facts;
    for (const book of this.#core.books) refreshWake(this.#core, book);
  }

  get ambiguousBars(): number { return this.#core.ambiguousBars; }

  get ambiguousFills(): readonly AmbiguousFills[] { return this.#core.ambiguousFills; }

  get wallet(): Money { return this.#core.wallet; }

  openBar( // hot
    symbol: number, openedAt: Ms, closesAt: Ms, open: number, high: number, low: number, close: number, volume: number,
  ): void {
    openBar(this.#core, this.#core.books[symbol]!, openedAt, closesAt, open, high, low, close, volume);
  }

  openBarFrom(symbol: number, series: Series, index: number): void { // hot
    const core = this.#core;
    const book = core.books[symbol]!;
    const { last } = book;
    const openedAt = series.openedAt[index]!;
    const volume = series.volume[index]!;
    if (book.mark !== last || !book.hasTraded || !(volume > 0)) {
      openBar(
        core, book, openedAt, openedAt + series.intervalMs, series.open[index]!, series.high[index]!, series.low[index]!,
        series.close[index]!, volume,
      );
      return;
    }
    const open = series.open[index]!;
    last.openedAt = openedAt;
    last.closesAt = openedAt + series.intervalMs;
    last.path = 0;
    last.leg = 0;
    last.from = last.close;
    last.open = open;
    last.price = open;
    last.high = series.high[index]!;
    last.low = series.low[index]!;
    last.close = series.close[index]!;
    last.isTrading = true;
    book.volume = volume;
    book.budget = -1;
    if (book.wakeAt < last.closesAt || !isQuiet(last)) rouse(core, book);
  }

  skip(until: Ms): boolean { // hot
    const core = this.#core;
    if (core.awake > 0) return false;
    core.now = until;
    core.nowFraction = 0;
    return true;
  }

  corridor(symbol: number, out: Corridor): boolean { // hot
    const core = this.#core;
    const book = core.books[symbol]!;
    const { last } = book;
    if (core.awake > 0 || !book.hasTraded || book.isStale || (book.mark !== last && !isQuiet(book.mark))) return false;
    out.below = last.wakeBelow * overMargin;
    out.above = last.wakeAbove * underMargin;
    out.until = book.wakeAt;
    return true;
  }

  passTo(symbol: number, series: Series, index: number): void { // hot
    const core = this.#core;
    const book = core.books[symbol]!;
    const { last } = book;
    const closesAt = series.openedAt[index]! + series.intervalMs;
    last.openedAt = series.openedAt[index]!;
    last.closesAt = closesAt;
    last.path = 0;
    last.leg = 0;
    last.open = series.open[index]!;
    last.price = last.open;
    last.high = series.high[index]!;
    last.low = series.low[index]!;
    last.close = series.close[index]!;
    last.isTrading = true;
    book.volume = series.volume[index]!;
    book.budget = -1;
    const { mark } = book;
    if (mark !== last && mark.path === undecided && mark.openedAt < last.openedAt && mark.closesAt > last.openedAt) decidePaths(core, book);
    core.now = closesAt;
    core.nowFraction = 0;
  }

  setStopAtOpen(symbol: number, series: Series, index: number, slTicks: number, slBy: TriggerSource): boolean { // hot
    return setStopAtOpen(this.#core, this.#core.books[symbol]!, series, index, slTicks, slBy === 'mark');
  }

  openMarkBar(symbol: number, openedAt: Ms, closesAt: Ms, open: number, high: number, low: number, close: number): void {
    openMarkBar(this.#core, bookOf(this.#core, symbol), openedAt, closesAt, open, high, low, close);
  }

  fund(symbol: number, at: Ms, rate: number, markTicks = Number.NaN): void {
    announceFunding(this.#core, bookOf(this.#core, symbol), at, rate, markTicks);
  }

  send(message: Message, arrivesAt: Ms, fraction = 0): void { // hot
    send(this.#core, bookOf(this.#core, message.symbol), message, arrivesAt, fraction);
  }

  advance(until: Ms, fraction = 0): boolean { // hot
    const core = this.#core;
    if (core.awake > 0) return advance(core, until, fraction);
    core.now = until;
    core.nowFraction = fraction;
    return false;
  }

  position(symbol: number): ExchangePosition { return positionOf(this.#core, symbol); }

  standing(symbol: number): Standing { return standingOf(bookOf(this.#core, symbol)); }

  margins(symbol: number): Margins { return marginsOf(this.#core, bookOf(this.#core, symbol)); }

  setLeverage(symbol: number, leverage: string): void { setLeverage(bookOf(this.#core, symbol), leverage); }

  markTicks(symbol: number): number { return presentMark(this.#core, bookOf(this.#core, symbol)); }
}

/** An account with no position and no orders, before its first bar. */
export function createExchange(setup: ExchangeSetup): Exchange {
  return new MatchingCore(setup);
}
