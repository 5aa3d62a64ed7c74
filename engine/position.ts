/**
 * The position, folded from executions and nothing else.
 *
 * 1. Every execution counts once, by its id.
 * 2. lots = sum of signed executions; cost = exact value at which the lots held were opened.
 * 3. wallet = start + realised - fees + funding, exactly, in money units.
 * 4. An execution larger than an opposite position closes it and opens the rest: one fill, its fee split by lots.
 */
import { divideHalfEven } from './decimal.ts';
import type { Execution } from './events.ts';
import { gainNumber, moneyToNumber, valueAt, valueNumber } from './instrument.ts';
import type { Instrument } from './instrument.ts';
import { invariant } from './invariant.ts';
import type { Out } from './notes.ts';
import { noteExecution, noteTrade, turnCalendar } from './rules/index.ts';
import type { Leg, OpenPosition, OpenTrade, Order, State, WalletState } from './state.ts';
import type { Money, Ms } from './units.ts';

/** Executions remembered to recognise a repeated one. */
export const seenLimit = 4096;

const flat = { tag: 'flat' } as const;

/** True when an execution of this id was counted, as far as memory reaches. */
export function hasCounted({ seen }: State, id: number | string): boolean {
  return (typeof id === 'number' && id > 0 && id <= seen.upTo) || seen.set.has(id);
}

/**
 * True when the execution is new; remembers it. Running numbers without a hole need no memory but the last of them.
 */
export function isNewExecution(state: State, id: number | string): boolean { // hot
  const { seen } = state;
  if (typeof id === 'number') {
    if (id > 0 && id <= seen.upTo) return false;
    if (id === seen.upTo + 1) {
      seen.upTo = id;
      return seen.ring.length === 0 || !seen.set.has(id);
    }
  }
  return remember(seen, id);
}

function remember(seen: State['seen'], id: number | string): boolean {
  if (seen.set.has(id)) return false;
  if (seen.ring.length < seenLimit) {
    seen.ring.push(id);
  } else {
    const oldest = seen.ring[seen.next];
    if (oldest !== undefined) seen.set.delete(oldest);
    seen.ring[seen.next] = id;
    seen.next = seen.next + 1 === seenLimit ? 0 : seen.next + 1;
  }
  seen.set.add(id);
  return true;
}

/** What an execution is measured against and explained by. */
export interface FillStory {
  readonly order: Order | null;
  /** Wanted price, ticks; NaN = none known, then no slippage is counted. */
  readonly referenceTicks: number;
  readonly entryReason: string;
  readonly exitReason: string;
}

/** Folds one new execution into the leg's position and the wallet. Returns the lots that opened or grew it. */
export function foldExecution(state: State, leg: Leg, event: Execution, story: FillStory, out: Out): number {
  const instrument = state.setup.instruments[leg.symbol]!;
  const { position } = leg;
  if (!(event.lots > 0)) invariant(false, 'an execution has lots', { lots: event.lots });
  if (state.rules !== null) noteExecution(state, state.rules, leg, event, story.referenceTicks);
  state.wallet.fees += event.fee;
  let opened = 0;
  if (position.tag === 'flat') {
    leg.position = openedBy(instrument, event, event.lots, event.value, story);
    chargeTrade(leg.position.trade, event.fee);
    settle(state.wallet, instrument, -event.fee);
    opened = event.lots;
  } else if (position.side === event.side) {
    grow(instrument, position, event, story);
    settle(state.wallet, instrument, -event.fee);
    opened = event.lots;
  } else {
    opened = reduceAndMaybeFlip(state, leg, position, event, story, out);
  }
  markEquity(state);
  return opened;
}

function openedBy(instrument: Instrument, event: Execution, lots: number, cost: Money, story: FillStory): OpenPosition {
  return {
    tag: 'open', side: event.side, openedAt: event.at, tradedAt: event.tradedAt ?? event.at, adopted: false, lots, cost,
    costNumber: moneyToNumber(instrument, cost), entryTicks: event.priceTicks, barsHeld: 0, leaving: '',
    protection: { tag: 'unprotected', cause: 'new', since: event.at },
    stopBy: 'mark', wantedStop: 0, bareAt: 0, protectBy: 0, isOverdue: false, bareLots: 0, bareTradedAt: 0, suspectAt: 0, plannedLots: 0, exitAt: 0, exitAttempts: 0,
    rung: 'market', isHalfStopped: false, isSuspectAsked: false, trailFromTicks: 0, areTargetsDue: false, trailTicks: 0, trailAt: 0, breakEvenAt: 0, targets: [],
    trade: {
      realised: 0n, fees: 0n, funding: 0n, entryLots: lots, entryTickLots: event.priceTicks * lots,
      exitLots: 0, exitTickLots: 0, slippage: slippageOf(instrument, event, lots, story.referenceTicks),
      risk: 0, entryReason: story.entryReason, exitReason: '', highTicks: event.priceTicks, lowTicks: event.priceTicks,
    },
  };
}

function grow(instrument: Instrument, position: OpenPosition, event: Execution, story: FillStory): void {
  position.lots += event.lots;
  position.cost += event.value;
  restate(instrument, position);
  const { trade } = position;
  chargeTrade(trade, event.fee);
  trade.entryLots += event.lots;
  trade.entryTickLots += event.priceTicks * event.lots;
  trade.slippage += slippageOf(instrument, event, event.lots, story.referenceTicks);
  reach(trade, event.priceTicks);
}

function reduceAndMaybeFlip(
  state: State, leg: Leg, position: OpenPosition, event: Execution, story: FillStory, out: Out,
): number {
  const instrument = state.setup.instruments[leg.symbol]!;
  const closing = Math.min(event.lots, position.lots);
  const rest = event.lots - closing;
  const value = rest === 0 ? event.value : closingValue(instrument, event, closing);
  const fee = rest === 0 ? event.fee : share(event.fee, closing, event.lots);
  const released = closing === position.lots ? position.cost : share(position.cost, closing, position.lots);
  const long = position.side === 1;
  const gained = (instrument.kind === 'linear') === long ? value - released : released - value;
  const { trade } = position;
  chargeTrade(trade, fee);
  trade.realised += gained;
  trade.exitLots += closing;
  trade.exitTickLots += event.priceTicks * closing;
  trade.exitReason = story.exitReason;
  trade.slippage += slippageOf(instrument, event, closing, story.referenceTicks);
  reach(trade, event.priceTicks);
  state.wallet.realised += gained;
  settle(state.wallet, instrument, gained - event.fee);
  position.lots -= closing;
  position.cost -= released;
  if (position.lots > 0) {
    restate(instrument, position);
    return 0;
  }
  if (position.cost !== 0n) invariant(false, 'a closed position has no cost', { cost: position.cost });
  closeTrade(state, leg, position, event.at, out);
  leg.position = flat;
  if (rest === 0) return 0;
  const turned = openedBy(instrument, event, rest, event.value - value, story);
  turned.trade.fees = event.fee - fee;
  leg.position = turned;
  return rest;
}

function closeTrade(state: State, leg: Leg, position: OpenPosition, at: Ms, out: Out): void {
  const instrument = state.setup.instruments[leg.symbol]!;
  const { trade } = position;
  const entryTicks = trade.entryTickLots / trade.entryLots;
  const net = moneyToNumber(instrument, trade.realised - trade.fees + trade.funding);
  const long = position.side === 1;
  const r = trade.risk > 0 ? net / trade.risk : null;
  const exitTicks = trade.exitTickLots / trade.exitLots;
  if (state.rules !== null) {
    noteTrade(state, state.rules, instrument, { net, fees: moneyToNumber(instrument, trade.fees), lots: trade.entryLots, entryTicks, exitTicks });
  }
  leg.closed.push({
    side: long ? 'long' : 'short', net, r, reason: trade.exitReason, openedAt: position.openedAt, closedAt: at,
  });
  out.notes.push({
    tag: 'trade', at, leg: leg.index, side: position.side, openedAt: position.openedAt, lots: trade.entryLots,
    entryTicks, exitTicks,
    gross: trade.realised, fees: trade.fees, funding: trade.funding, net, slippage: trade.slippage, risk: trade.risk,
    maeTicks: Math.max(0, long ? entryTicks - trade.lowTicks : trade.highTicks - entryTicks),
    mfeTicks: Math.max(0, long ? trade.highTicks - entryTicks : entryTicks - trade.lowTicks),
    bars: position.barsHeld, entryReason: trade.entryReason, exitReason: trade.exitReason,
  });
}

/** Books a fee whose fill is part of a position that was taken over whole. */
export function foldFee(state: State, leg: Leg, fee: Money): void {
  state.wallet.fees += fee;
  settle(state.wallet, state.setup.instruments[leg.symbol]!, -fee);
  if (leg.position.tag === 'open') chargeTrade(leg.position.trade, fee);
  markEquity(state);
}

/** Books a funding payment (received is positive) into the wallet and the trade it belongs to. */
export function foldFunding(state: State, leg: Leg, payment: Money): void {
  if (payment === 0n) return;
  if (state.rules !== null) turnCalendar(state, state.rules);
  state.wallet.funding += payment;
  settle(state.wallet, state.setup.instruments[leg.symbol]!, payment);
  if (leg.position.tag === 'open') leg.position.trade.funding += payment;
  markEquity(state);
}

/** Gain of the leg's position at its mark, settle coin. */
export function unrealisedOf(state: State, leg: Leg): number { // hot
  const { position } = leg;
  if (position.tag === 'flat') return 0;
  const instrument = state.setup.instruments[leg.symbol]!;
  const worth = valueNumber(instrument, leg.book.markTicks, position.lots);
  return gainNumber(instrument, position.side, position.costNumber, worth);
}

/** Brings `state.equity` up to the present marks, without a double crossing a call. */
export function markEquity(state: State): void { // hot
  const { legs, setup } = state;
  let equity = state.wallet.balanceNumber;
  for (let i = 0; i < legs.length; i++) {
    const leg = legs[i]!;
    const { position } = leg;
    if (position.tag === 'flat') continue;
    const instrument = setup.instruments[leg.symbol]!;
    const { lots, costNumber } = position;
    equity += instrument.kind === 'linear'
      ? position.side * (leg.book.markTicks * lots * instrument.unitNumber - costNumber)
      : position.side * (costNumber - (lots * instrument.unitNumber) / leg.book.markTicks);
  }
  state.equity = equity;
}

/** Cost of trading at another price than wanted: positive = worse, settle coin. */
function slippageOf(instrument: Instrument, event: Execution, lots: number, referenceTicks: number): number {
  if (!(referenceTicks > 0)) return 0;
  const wanted = valueNumber(instrument, referenceTicks, lots);
  const paid = valueNumber(instrument, event.priceTicks, lots);
  return gainNumber(instrument, event.side, wanted, paid); // a buyer who paid more would have gained that much
}

function settle(wallet: WalletState, instrument: Instrument, change: Money): void {
  wallet.balance += change;
  wallet.balanceNumber = moneyToNumber(instrument, wallet.balance);
}

function chargeTrade(trade: OpenTrade, fee: Money): void {
  trade.fees += fee;
}

function restate(instrument: Instrument, position: OpenPosition): void {
  position.costNumber = moneyToNumber(instrument, position.cost);
  const perLot = position.costNumber / position.lots;
  position.entryTicks = instrument.kind === 'linear' ? perLot / instrument.unitNumber : instrument.unitNumber / perLot;
}

function reach(trade: OpenTrade, priceTicks: number): void {
  if (priceTicks > trade.highTicks) trade.highTicks = priceTicks;
  if (priceTicks < trade.lowTicks) trade.lowTicks = priceTicks;
}

/** Value of the part of a fill that closes: valued by itself, as the venue books it. */
function closingValue(instrument: Instrument, event: Execution, closing: number): Money {
  return Number.isSafeInteger(event.priceTicks) ? valueAt(instrument, event.priceTicks, closing) : share(event.value, closing, event.lots);
}

/** The part of an amount that belongs to `lots` of `total`, rounded half-even once. */
function share(amount: Money, lots: number, total: number): Money {
  return divideHalfEven(amount * BigInt(lots), BigInt(total));
}
