/**
 * From a want to open or grow a position to one reviewed order.
 *
 * 1. Prices are quantised once: limits away from the market, stops and triggers towards it, lots down.
 * 2. The integer distance between reference and stop sizes the order, rides on it and is what gets installed.
 * 3. A size given as risk is trimmed to what margin and exposure allow; a stated size is refused instead.
 * 4. A leg has one entry at a time: a new one amends or replaces the working one.
 */
import type { TimeInForce } from './commands.ts';
import type { TriggerSource } from './events.ts';
import type { Instrument } from './instrument.ts';
import type { WantAdd, WantEnter } from './intents.ts';
import type { Out } from './notes.ts';
import { cancelOrder, sendEntry, sendReduce, workingEntry, workingExit } from './orders.ts';
import { isThrough, isTighter, sourceTicks, wantedTrigger } from './stop-levels.ts';
import type { Opening } from './opening.ts';
import { approveAmend, exposureRoom, lotsForBudget, marginRoom, reviewOpening, totalRoom } from './risk.ts';
import { clampStop, sizeFactor } from './rules/index.ts';
import { directionOf } from './setup.ts';
import { lossPerLot, lotsForNotional, lotsForRisk } from './size.ts';
import type { EntryKind } from './size.ts';
import type { EntryTerms, Leg, Order, State } from './state.ts';
import { lots as lotsOf, wholeSteps } from './units.ts';
import type { Direction } from './units.ts';

/** What became of a want. `changed` keeps the want in another form; its reason says which. */
export interface Verdict {
  readonly outcome: 'accepted' | 'changed' | 'refused' | 'held';
  readonly reason: string;
  readonly priceTicks: number;
  readonly stopTicks: number;
  readonly lots: number;
}

export const verdict = (outcome: Verdict['outcome'], reason: string): Verdict =>
  ({ outcome, reason, priceTicks: Number.NaN, stopTicks: Number.NaN, lots: 0 });

/** How a want is worked, in ticks. */
interface Priced {
  readonly type: 'market' | 'limit';
  readonly priceTicks: number;
  readonly triggerTicks: number;
  readonly triggerDirection: 0 | 1 | 2;
  readonly timeInForce: TimeInForce;
  /** Price the entry is expected at; sizing and slippage are measured from it. */
  readonly referenceTicks: number;
  readonly entry: EntryKind;
}

/** A priced want with its stop, before it has a size. */
interface Quote {
  readonly side: Direction;
  readonly priced: Priced;
  readonly stopTicks: number;
  readonly distanceTicks: number;
  readonly stopBy: TriggerSource;
}

export function wantEntry(state: State, leg: Leg, want: WantEnter, out: Out): Verdict {
  const side = directionOf(want.side);
  const { position } = leg;
  if (position.tag === 'open') {
    if (position.side === side) return verdict('held', 'already-in');
    if (want.tag === 'enter') return verdict('refused', 'use-reverse');
    if (workingExit(leg) !== null) return verdict('held', 'exit-working');
  }
  const instrument = state.setup.instruments[leg.symbol]!;
  const priced = priceOf(leg, instrument, want, side);
  if (priced === null) return verdict('refused', 'price-below-tick');
  const quoted = clamped(state, quoteOf(instrument, want, priced, side));
  if (want.stopKind !== 'waived' && isWrongSide(leg, quoted)) return refusedAt('stop-wrong-side', quoted, 0);
  const closesFirst = position.tag === 'open' ? position.lots : 0;
  return place(state, leg, want, quoted, { closesFirst, isAdd: false, risksLoss: want.stopKind !== 'waived' }, out);
}

export function wantAdd(state: State, leg: Leg, want: WantAdd, out: Out): Verdict {
  const { position } = leg;
  if (position.tag === 'flat') return verdict('refused', 'no-position');
  if (position.leaving !== '') return verdict('refused', 'exit-working');
  const instrument = state.setup.instruments[leg.symbol]!;
  const { side } = position;
  const priced = priceOf(leg, instrument, want, side);
  if (priced === null) return verdict('refused', 'price-below-tick');
  const current = wantedTrigger(position.protection);
  const asked = want.stop === 0 ? 0 : wholeSteps(want.stop, instrument.tick, side === 1 ? 'up' : 'down');
  const stopTicks = asked > 0 && (current === 0 || isTighter(side, asked, current)) ? asked : current;
  const quoted: Quote = {
    side, priced, stopTicks, stopBy: position.stopBy, distanceTicks: stopTicks === 0 ? 0 : side * (priced.referenceTicks - stopTicks),
  };
  if (stopTicks > 0 && isWrongSide(leg, quoted)) return refusedAt('stop-wrong-side', quoted, 0);
  if (stopTicks === 0 && want.sizeBy !== 'qty' && want.sizeBy !== 'notional') return verdict('refused', 'risk-without-stop');
  return place(state, leg, want, quoted, { closesFirst: 0, isAdd: true, risksLoss: stopTicks > 0 }, out);
}

function priceOf(leg: Leg, instrument: Instrument, want: WantEnter | WantAdd, side: Direction): Priced | null {
  const { lastTicks } = leg.book;
  const away = side === 1 ? 'down' : 'up';
  if (want.at === 'market') {
    return {
      type: 'market', priceTicks: 0, triggerTicks: 0, triggerDirection: 0, timeInForce: 'IOC',
      referenceTicks: Math.round(lastTicks), entry: 'market',
    };
  }
  if (want.at === 'limit') {
    const priceTicks = wholeSteps(want.price, instrument.tick, away);
    if (priceTicks <= 0) return null;
    return {
      type: 'limit', priceTicks, triggerTicks: 0, triggerDirection: 0, timeInForce: want.postOnly ? 'PostOnly' : 'GTC',
      referenceTicks: priceTicks, entry: want.postOnly ? 'maker' : 'limit',
    };
  }
  const rising = (want.price * instrument.tick.den) / instrument.tick.num >= lastTicks;
  const triggerTicks = wholeSteps(want.price, instrument.tick, rising ? 'down' : 'up');
  const limitTicks = want.limit === 0 ? 0 : wholeSteps(want.limit, instrument.tick, away);
  if (triggerTicks <= 0 || (want.limit > 0 && limitTicks <= 0)) return null;
  const worse = limitTicks === 0 ? triggerTicks : side === 1 ? Math.max(triggerTicks, limitTicks) : Math.min(triggerTicks, limitTicks);
  return {
    type: limitTicks === 0 ? 'market' : 'limit', priceTicks: limitTicks, triggerTicks, triggerDirection: rising ? 1 : 2,
    timeInForce: limitTicks === 0 ? 'IOC' : 'GTC', referenceTicks: worse, entry: limitTicks === 0 ? 'market' : 'limit',
  };
}

function quoteOf(instrument: Instrument, want: WantEnter, priced: Priced, side: Direction): Quote {
  const { referenceTicks } = priced;
  if (want.stopKind === 'waived') return { side, priced, stopTicks: 0, distanceTicks: 0, stopBy: want.stopBy };
  if (want.stopKind === 'distance') {
    const distanceTicks = Math.max(1, wholeSteps(want.stop, instrument.tick, 'down'));
    return { side, priced, stopTicks: referenceTicks - side * distanceTicks, distanceTicks, stopBy: want.stopBy };
  }
  const stopTicks = wholeSteps(want.stop, instrument.tick, side === 1 ? 'up' : 'down');
  return { side, priced, stopTicks, distanceTicks: side * (referenceTicks - stopTicks), stopBy: want.stopBy };
}

/** The stop within the distances that a rule allows, where it moves stops instead of refusing them. */
function clamped(state: State, quoted: Quote): Quote {
  if (state.rules === null || quoted.distanceTicks <= 0) return quoted;
  const { side, priced, stopBy } = quoted;
  const stopTicks = clampStop(state, side, priced.referenceTicks, quoted.stopTicks);
  return { side, priced, stopTicks, stopBy, distanceTicks: side * (priced.referenceTicks - stopTicks) };
}

/** A stop must lie on the loss side of the entry, above zero, and not already be through its own trigger source. */
function isWrongSide(leg: Leg, { side, stopTicks, distanceTicks, stopBy, priced }: Quote): boolean {
  if (distanceTicks <= 0 || stopTicks <= 0) return true;
  const actsNow = priced.triggerTicks === 0 && (priced.type === 'market' || side * (priced.priceTicks - leg.book.lastTicks) >= 0);
  return actsNow && isThrough(side, sourceTicks(leg, stopBy), stopTicks);
}

interface Placing { readonly closesFirst: number; readonly isAdd: boolean; readonly risksLoss: boolean }

function place(state: State, leg: Leg, want: WantEnter | WantAdd, quoted: Quote, placing: Placing, out: Out): Verdict {
  const instrument = state.setup.instruments[leg.symbol]!;
  const working = workingEntry(leg);
  const { priced } = quoted;
  const asked = askedLots(state, instrument, want, quoted);
  const opening: Opening = {
    side: quoted.side, lots: asked, priceTicks: priced.referenceTicks, stopTicks: quoted.stopTicks, waived: !placing.risksLoss,
    entry: priced.entry, closesFirst: placing.closesFirst, replaces: working === null ? -1 : working.id,
    targetTicks: want.tag === 'add' || state.rules === null ? 0 : targetTicks(instrument, want, quoted),
  };
  const isStated = want.sizeBy === 'qty' || want.sizeBy === 'notional';
  const room = isStated ? asked : roomFor(state, leg, opening);
  if (!isStated) opening.lots = Math.max(0, Math.min(asked, room));
  const { lots } = opening;
  const review = reviewOpening(state, leg, opening);
  if (review.tag === 'refused') return refusedAt(lots < asked && state.rules === null ? 'insufficient-margin' : review.why, quoted, asked);
  const order = draft(state, leg, want, quoted, lots, placing);
  const sent = send(state, leg, order, working, placing, out);
  const isTrimmed = sent === 'accepted' && lots < asked;
  return {
    outcome: isTrimmed ? 'changed' : sent, reason: isTrimmed ? 'trimmed-to-room' : sent === 'held' ? 'entry-working' : want.reason,
    priceTicks: priced.referenceTicks, stopTicks: quoted.stopTicks || Number.NaN, lots,
  };
}

/** Lots that margin, exposure and the rules leave for an order whose size is risk. */
function roomFor(state: State, leg: Leg, opening: Opening): number {
  const room = Math.min(exposureRoom(state, leg, opening), marginRoom(state, leg, opening));
  const { rules } = state;
  if (rules === null) return room;
  const shrunk = Math.floor(opening.lots * sizeFactor(state, rules));
  return Math.min(room, shrunk, totalRoom(state, leg, opening), opening.waived ? room : lotsForBudget(state, rules, leg, opening));
}

/** Distance of the targets from the entry, weighted by their fractions; 0 = none. */
function targetTicks(instrument: Instrument, { targets }: WantEnter, { side, priced: { referenceTicks } }: Quote): number {
  let weighted = 0;
  let fractions = 0;
  for (const { price, fraction } of targets) {
    weighted += fraction * side * ((price * instrument.tick.den) / instrument.tick.num - referenceTicks);
    fractions += fraction;
  }
  return fractions === 0 ? 0 : Math.max(0, weighted / fractions);
}

function askedLots(state: State, instrument: Instrument, want: WantEnter | WantAdd, quoted: Quote): number {
  const { config } = state.setup;
  const { side, stopTicks, priced: { referenceTicks: entryTicks, entry } } = quoted;
  switch (want.sizeBy) {
    case 'qty': return wholeSteps(want.size, instrument.lot, 'down');
    case 'notional': return lotsForNotional(instrument, entryTicks, want.size);
    case 'risk': return lotsForRisk({ instrument, config, side, entryTicks, stopTicks, entry }, state.equity * want.size);
    case 'riskQuote': return lotsForRisk({ instrument, config, side, entryTicks, stopTicks, entry }, want.size);
    default: return 0;
  }
}

function draft(state: State, leg: Leg, want: WantEnter | WantAdd, quoted: Quote, lots: number, placing: Placing): Order {
  const instrument = state.setup.instruments[leg.symbol]!;
  const { side, stopTicks, priced } = quoted;
  const { referenceTicks } = priced;
  const question = {
    instrument, config: state.setup.config, side, entryTicks: referenceTicks, stopTicks, entry: priced.entry,
  };
  const isEnter = want.tag !== 'add';
  const terms: EntryTerms = {
    stopTicks, stopBy: quoted.stopBy, distanceTicks: placing.risksLoss ? quoted.distanceTicks : 0,
    follows: isEnter && want.stopKind === 'distance', risk: placing.risksLoss ? lossPerLot(question) * lots : 0,
    targets: isEnter ? want.targets.map((t) => ({
      priceTicks: wholeSteps(t.price, instrument.tick, side === 1 ? 'down' : 'up'), fraction: t.fraction,
    })) : [],
    trailTicks: isEnter && want.trailDistance > 0 ? Math.max(1, wholeSteps(want.trailDistance, instrument.tick, 'down')) : 0,
    trailFromTicks: isEnter && want.trailFrom > 0 ? wholeSteps(want.trailFrom, instrument.tick, 'nearest') : 0,
    breakEvenAt: isEnter ? want.breakEvenAt : 0, isAdd: placing.isAdd,
  };
  return {
    id: state.nextOrder++, leg: leg.index, role: 'entry', side, type: priced.type, reduceOnly: false,
    timeInForce: priced.timeInForce, triggerTicks: priced.triggerTicks, triggerDirection: priced.triggerDirection,
    referenceTicks, key: '', reason: want.reason, terms, sentAt: state.now, attempt: 1, attemptAt: state.now, isUnwanted: false, endsAtDecision: leg.decisions + want.validFor,
    priceTicks: priced.priceTicks, lots, filled: 0, state: { tag: 'sent', since: state.now },
  };
}

/** Sends the order now, after the exit of a reversal, as an amend of the working one, or once that one is cancelled. */
function send(state: State, leg: Leg, order: Order, working: Order | null, placing: Placing, out: Out): Verdict['outcome'] {
  if (working !== null && leg.staged !== null && leg.staged.order === working) leg.staged = null;
  else if (working !== null) {
    if (isSame(working, order)) {
      working.endsAtDecision = order.endsAtDecision;
      return 'held';
    }
    if (differsInPriceOnly(working, order)) {
      leg.orders[leg.orders.indexOf(working)] = repriced(working, order);
      const command = { tag: 'amend', leg: leg.index, order: working.id, priceTicks: order.priceTicks, lots: lotsOf(working.lots) } as const;
      out.commands.push(approveAmend(state, command));
      return 'accepted';
    }
    cancelOrder(state, leg, working, out);
    if (placing.closesFirst === 0) {
      leg.staged = { after: working.id, until: 'done', order };
      return 'accepted';
    }
  }
  if (placing.closesFirst > 0) {
    const exit = sendReduce(state, leg, { role: 'exit', lots: placing.closesFirst, priceTicks: 0, key: '', reason: order.reason === '' ? 'reverse' : order.reason }, out);
    if (exit !== null) {
      leg.staged = { after: exit.id, until: 'accepted', order };
      return 'accepted';
    }
  }
  sendEntry(state, leg, order, out);
  return 'accepted';
}

/** The working order at the price, and with the distance and planned loss, of the one that was wanted in its place. */
function repriced(working: Order, wanted: Order): Order {
  return {
    ...wanted, id: working.id, sentAt: working.sentAt, attempt: working.attempt, lots: working.lots, filled: working.filled, state: working.state,
  };
}

function sameTerms(a: Order, b: Order): boolean {
  return a.side === b.side && a.type === b.type && a.lots === b.lots && a.triggerTicks === b.triggerTicks
    && a.timeInForce === b.timeInForce && a.terms !== null && b.terms !== null
    && a.terms.stopTicks === b.terms.stopTicks && a.terms.isAdd === b.terms.isAdd
    && (a.state.tag === 'sent' || a.state.tag === 'working');
}

function isSame(a: Order, b: Order): boolean {
  return sameTerms(a, b) && a.priceTicks === b.priceTicks;
}

function differsInPriceOnly(a: Order, b: Order): boolean {
  return sameTerms(a, b) && a.type === 'limit' && a.state.tag === 'working';
}

function refusedAt(reason: string, quoted: Quote, lots: number): Verdict {
  return { outcome: 'refused', reason, priceTicks: quoted.priced.referenceTicks, stopTicks: quoted.stopTicks || Number.NaN, lots };
}
