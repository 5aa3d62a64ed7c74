/**
 * The state of one symbol at the exchange: its tracks, position, orders and the messages on their way to it. Plain
 * mutable records of fixed shape; every number that may be fractional starts as a double.
 */
import { parseDecimal } from '../../engine/index.ts';
import type { Direction, Instrument, Money, Ms, TimeInForce } from '../../engine/index.ts';
import type { AmbiguousFills, ExchangeConfig, ExchangeSymbol } from './exchange.ts';
import type { Fact, Message } from './messages.ts';
import { newTrack } from './track.ts';
import type { Track } from './track.ts';

/** Order of work at one instant (FS-1 section 4), then the walk to the next one. */
export const stageFunding = 1;
export const stageCancels = 2;
export const stageResting = 3;
export const stageWaiting = 4;
export const stageMessages = 5;
export const stagePath = 6;

export type OrderState =
  | 'untriggered'
  | 'resting'
  /** To be executed, or judged as arriving, at the next traded open. */
  | 'waiting'
  | 'gone';

export interface Order {
  readonly id: number; readonly side: Direction; readonly isLimit: boolean;
  readonly timeInForce: TimeInForce; readonly reduceOnly: boolean; readonly expireAt: Ms;
  readonly direction: Direction; readonly triggerByMark: boolean;
  readonly slByMark: boolean; readonly tpByMark: boolean; readonly slTicks: number; readonly tpTicks: number;
  state: OrderState;
  lots: number; filled: number; priceTicks: number; triggerTicks: number;
  /** Arrival sequence: that of the amend, or of the trigger, when there was one. */
  sequence: number;
  /** Taken out for an amend of this instant. */
  isWithdrawn: boolean;
  /** Attached SL and TP are used once. */
  isAttachmentUsed: boolean;
  /** What one unfilled lot of the order holds of the free balance, in settle coin. */
  lotCost: number;
}

/** A message on its way: reaches the exchange at `at` + `fraction` ms. */
export interface Arrival {
  readonly message: Message; readonly at: Ms; readonly fraction: number; readonly sequence: number;
  /** Already worked off in step 2 of its instant. */
  isDone: boolean;
  /** A submit whose cancel arrived before it could be judged. */
  isCancelled: boolean;
}

export interface FundingStamp { readonly at: Ms; readonly rate: number; markTicks: number }

/** A risk tier with its numbers read. */
export interface Tier { readonly limit: number; readonly mmr: number; readonly deduction: number }

/** A message sent inside a bar: on which fill ('' = none of this bar) and how many ms after it the exchange has it. */
export interface Answer { readonly message: Message; readonly fill: string; readonly delay: number }

/** A copy of a book at the beginning of its path, and what was sent since. */
export interface Beginning { readonly book: Book; readonly wallet: Money; readonly answers: Answer[] }

export type ExitCause = '' | 'SL' | 'TP' | 'TS';

export interface Book {
  readonly symbol: number; readonly instrument: Instrument; readonly hasMark: boolean;
  leverage: number; leveragePico: bigint;
  /** The last tier has no limit. */
  readonly tiers: readonly Tier[];
  /** Fee of one tick times one lot at the taker and maker rates when exact, 0n otherwise. */
  readonly takerUnit: bigint; readonly makerUnit: bigint;
  /** The same object as `last` when there is no mark series. */
  readonly last: Track; readonly mark: Track;
  hasTraded: boolean; volume: number;
  isAwake: boolean; stage: number;
  /** The present instant, offset from the bar's open. */
  cursor: number;
  /** The instant is a bar's open: resting orders meet the gap first. */
  isOpening: boolean;
  gapPosition: number;
  /** Last sequence given before this point of the path: a limit that came later was judged here, it is not met here. */
  pointSequence: number;
  /** Sequence of the waiting order tried last at this open. */
  waitedSequence: number;
  /** Lots of the volume budget left; -1 = not counted yet in this bar. */
  budget: number;
  side: Direction | 0; lots: number; cost: Money;
  /** Inverse only: cost in 1e-12 money units, so that the entry keeps its digits through many small fills. */
  fineCost: bigint; addedMargin: Money;
  slTicks: number; slByMark: boolean; tpTicks: number; tpByMark: boolean;
  trailTicks: number; activeTicks: number; isTrailing: boolean; best: number;
  /** A fired SL, TP or trailing stop that waits for volume. */
  exit: ExitCause;
  /** 0 = none. Derived, not rounded; worked out again when the position or its margin changed. */
  liquidationTicks: number; isMarginStale: boolean;
  readonly orders: Order[];
  readonly arrivals: Arrival[]; head: number;
  /** Cancels and amends among the arrivals not handed over yet. */
  urgent: number;
  readonly fundings: FundingStamp[];
  /** The bar has something to do before it ends when it ends after this time. */
  wakeAt: number;
  isStale: boolean;
  /** Open of the last bar with an execution and the first execution of that bar; open of the last ambiguous bar. */
  fillsAt: Ms; firstFill: number; ambiguousAt: Ms;
  /** The bar when its path began, while an order can be filled inside it; the last fill since, and its offset. */
  beginning: Beginning | null; lastFill: string; lastFillAt: number;
}

/** The account with all its books; also the scratch fields of the search for the next event. */
export interface Core {
  readonly config: ExchangeConfig; readonly books: readonly Book[]; facts: Fact[]; readonly ambiguousFills: AmbiguousFills[];
  wallet: Money;
  sequence: number; executions: number; ambiguousBars: number;
  awake: number; now: Ms; nowFraction: number;
  hitAt: number; hitRank: number; hitOrder: Order | null; hitLevel: number; hitByMark: boolean; hitIsNow: boolean;
  /** End of the piece of path under search, offset from the bar's open. */
  pieceEnd: number;
  /** A trial run of a bar: never counted, never seen. */
  readonly isTrial: boolean;
  readonly countsAmbiguity: boolean;
}

const pico = 1_000_000_000_000n;

export function newBook(symbol: number, { instrument, leverage, hasMark }: ExchangeSymbol): Book {
  const exactFee = (rate: bigint): bigint =>
    instrument.kind === 'linear' && (instrument.unitMoney * rate) % pico === 0n ? (instrument.unitMoney * rate) / pico : 0n;
  const last = newTrack();
  return {
    symbol, instrument, hasMark, leverage: Number(leverage), leveragePico: parseDecimal(leverage, 12),
    tiers: instrument.rules.tiers.map((tier, i, { length }) => (
      { limit: i === length - 1 ? Infinity : Number(tier.limit), mmr: Number(tier.mmr), deduction: Number(tier.deduction) }
    )),
    takerUnit: exactFee(instrument.takerPico), makerUnit: exactFee(instrument.makerPico),
    last, mark: hasMark ? newTrack() : last,
    hasTraded: false, volume: NaN, isAwake: false, stage: stageFunding, cursor: NaN, isOpening: false,
    gapPosition: NaN, pointSequence: 0, waitedSequence: 0, budget: -1,
    side: 0, lots: 0, cost: 0n, fineCost: 0n, addedMargin: 0n,
    slTicks: 0, slByMark: false, tpTicks: 0, tpByMark: false,
    trailTicks: 0, activeTicks: 0, isTrailing: false, best: NaN, exit: '', liquidationTicks: NaN, isMarginStale: true,
    orders: [], arrivals: [], head: 0, urgent: 0, fundings: [], wakeAt: Infinity, isStale: false,
    fillsAt: -1e15, firstFill: 0, ambiguousAt: -1e15, beginning: null, lastFill: '', lastFillAt: NaN,
  };
}

export function orderOf(book: Book, id: number): Order | null {
  for (let i = 0; i < book.orders.length; i++) if (book.orders[i]!.id === id) return book.orders[i]!;
  return null;
}

/** Takes an order out of the book for good. */
export function dropOrder(book: Book, order: Order): void {
  order.state = 'gone';
  const index = book.orders.indexOf(order);
  if (index >= 0) book.orders.splice(index, 1);
  book.isStale = true;
}

/** Present instant of a book in whole ms since the epoch; a single trade's bar may open inside a ms. */
export function instantOf(book: Book): Ms {
  const { openedAt } = book.last;
  const opened = Math.floor(openedAt);
  return opened + Math.floor(openedAt - opened + book.cursor + 1e-7);
}

/** What is left of a ms beyond `instantOf`. */
export function fractionOf(book: Book): number {
  const { openedAt } = book.last;
  const into = openedAt - Math.floor(openedAt) + book.cursor;
  const rest = into - Math.floor(into + 1e-7);
  return rest > 1e-7 ? rest : 0;
}
