/**
 * The risk review: the only maker of `Approved` commands.
 *
 * 1. Whatever can open or grow a position passes every gate, in a fixed order; the first that fails is the reason.
 * 2. What only reduces risk (reduce, cancel, a first or tighter stop, queries, timers, notices) always leaves,
 *    in every mode.
 * 3. Exposure counts everything that could be open: the position and all standing opening orders.
 */
import type { AmendCommand, Approved, Command, EnterCommand, SetStopCommand } from './commands.ts';
import { valueNumber } from './instrument.ts';
import type { Instrument } from './instrument.ts';
import { invariant } from './invariant.ts';
import { lossFromHere, lossPerLot } from './size.ts';
import type { EntryKind } from './size.ts';
import type { Leg, Order, State } from './state.ts';
import type { Direction } from './units.ts';

/** Commands that may leave a halted or recovering engine. */
export type RiskReducing = Exclude<Command, EnterCommand | AmendCommand>;

export function approveReducing<C extends RiskReducing>(command: C): Approved<C> { // hot
  return command as unknown as Approved<C>;
}

/** A looser stop needs an engine that trades; a first or tighter one is always approved. */
export function approveStop(state: State, command: SetStopCommand, isLooser: boolean): Approved<SetStopCommand> { // hot
  invariant(!isLooser || state.mode.tag === 'trading', 'a stop is loosened only while trading');
  return command as unknown as Approved<SetStopCommand>;
}

export interface Opening {
  readonly side: Direction;
  lots: number;
  /** Price the order is valued at, ticks. */
  readonly priceTicks: number;
  /** 0 = waived. */
  readonly stopTicks: number;
  readonly waived: boolean;
  readonly entry: EntryKind;
  /** Lots of the present position that are closed before this order acts. */
  readonly closesFirst: number;
  /** Standing order this one takes the place of; -1 = none. */
  readonly replaces: number;
}

export type Review = { readonly tag: 'approved' } | { readonly tag: 'refused'; readonly why: string };

const approved: Review = { tag: 'approved' };
const refused = (why: string): Review => ({ tag: 'refused', why });

/** Entry gates in order; the first failing one is the stored reason. */
export function reviewOpening(state: State, leg: Leg, opening: Opening): Review {
  const instrument = state.setup.instruments[leg.symbol]!;
  const { config } = state.setup;
  if (state.mode.tag !== 'trading') return refused(state.mode.tag);
  if (leg.hold.tag === 'blocked') return refused(`blocked-${leg.hold.cause}`);
  if (opening.stopTicks <= 0 && !opening.waived) return refused('no-stop');
  if (!Number.isSafeInteger(opening.lots)) return refused('exposure-limit');
  if (opening.lots < instrument.minLots) return refused('below-min-qty');
  const price = (opening.priceTicks * instrument.tick.num) / instrument.tick.den;
  const quantity = (opening.lots * instrument.lot.num) / instrument.lot.den;
  if (instrument.kind === 'linear' && price * quantity < instrument.minNotional * (1 - 1e-12)) return refused('below-min-notional');
  if (opening.lots > exposureRoom(state, leg, opening)) return refused('exposure-limit');
  if (riskAfter(state, leg, opening) > config.risk.maxOpenRisk * (1 + 1e-9)) return refused('open-risk-limit');
  if (opening.lots > marginRoom(state, leg, opening)) return refused('insufficient-margin');
  return approved;
}

export function approveEntry(state: State, command: EnterCommand): Approved<EnterCommand> {
  if (state.mode.tag !== 'trading') invariant(false, 'entries leave only while trading', { mode: state.mode.tag });
  invariant(command.lots > 0, 'an entry has lots');
  return command as unknown as Approved<EnterCommand>;
}

export function approveAmend(state: State, command: AmendCommand): Approved<AmendCommand> {
  if (state.mode.tag !== 'trading') invariant(false, 'orders are amended only while trading', { mode: state.mode.tag });
  return command as unknown as Approved<AmendCommand>;
}

/** Signed lots of the position. */
export function signedLots(leg: Leg): number {
  return leg.position.tag === 'open' ? leg.position.side * leg.position.lots : 0;
}

/** Standing lots of opening orders on one side, without the order being replaced. */
function openerLots(leg: Leg, side: Direction, except: number): number {
  let lots = 0;
  for (const order of leg.orders) {
    if (order.side === side && !order.reduceOnly && order.id !== except) lots += order.lots - order.filled;
  }
  if (leg.staged !== null && leg.staged.order.side === side && leg.staged.order.id !== except) lots += leg.staged.order.lots;
  return lots;
}

/** Lots that may still be added on a side before worst-case exposure reaches its limit. */
export function exposureRoom(state: State, leg: Leg, opening: Pick<Opening, 'side' | 'priceTicks' | 'closesFirst' | 'replaces'>): number {
  const instrument = state.setup.instruments[leg.symbol]!;
  const held = signedLots(leg) * opening.side;
  const kept = Math.max(0, held);
  const limit = state.equity * state.setup.config.risk.maxLeverage;
  const perLot = valueNumber(instrument, opening.priceTicks, 1);
  return Math.floor((limit / perLot) * (1 + 1e-12)) - kept - openerLots(leg, opening.side, opening.replaces);
}

/** Settle coin bound by positions and standing opening orders. */
export function boundMargin(state: State, except: number): number {
  let bound = 0;
  for (const leg of state.legs) {
    const instrument = state.setup.instruments[leg.symbol]!;
    if (leg.position.tag === 'open') bound += leg.position.costNumber / state.setup.config.leverage;
    for (const order of leg.orders) {
      if (order.id !== except) bound += marginOf(state, instrument, order);
    }
    if (leg.staged !== null && leg.staged.order.id !== except) bound += marginOf(state, instrument, leg.staged.order);
  }
  return bound;
}

/** What an opening order binds until it is filled or gone. */
function marginOf(state: State, instrument: Instrument, order: Order): number {
  if (order.reduceOnly) return 0;
  return orderCost(state, instrument.takerRate, valueNumber(instrument, order.priceTicks || order.referenceTicks, order.lots - order.filled));
}

/** Initial margin, opening fee and the fee of a close at the bankruptcy price. */
function orderCost(state: State, takerRate: number, value: number): number {
  const { leverage } = state.setup.config;
  return value * (1 / leverage + takerRate + takerRate * (1 + 1 / leverage));
}

/** Lots that the free balance can open. */
export function marginRoom(state: State, leg: Leg, opening: Pick<Opening, 'side' | 'priceTicks' | 'closesFirst' | 'replaces'>): number {
  const instrument = state.setup.instruments[leg.symbol]!;
  let free = state.wallet.balanceNumber - boundMargin(state, opening.replaces);
  if (opening.closesFirst > 0 && leg.position.tag === 'open') {
    free += leg.position.costNumber / state.setup.config.leverage;
  }
  return Math.floor(free / orderCost(state, instrument.takerRate, valueNumber(instrument, opening.priceTicks, 1)));
}

/** Share of equity lost if every stop of open positions and standing entries fills at its trigger. */
export function openRisk(state: State, except: number): number {
  let loss = 0;
  for (const leg of state.legs) {
    loss += positionRisk(state, leg);
    for (const order of leg.orders) if (order.id !== except) loss += entryRisk(order);
    if (leg.staged !== null && leg.staged.order.id !== except) loss += entryRisk(leg.staged.order);
  }
  return state.equity > 0 ? loss / state.equity : 0;
}

function positionRisk(state: State, leg: Leg): number {
  const { position } = leg;
  if (position.tag === 'flat') return 0;
  const { protection } = position;
  if (protection.tag !== 'armed' && protection.tag !== 'requested') return 0;
  const instrument = state.setup.instruments[leg.symbol]!;
  const question = { instrument, config: state.setup.config, side: position.side, stopTicks: protection.trigger };
  return Math.max(0, lossFromHere(question, leg.book.markTicks)) * position.lots;
}

function entryRisk(order: Order): number {
  return order.terms === null || order.reduceOnly ? 0 : order.terms.risk * ((order.lots - order.filled) / order.lots);
}

function riskAfter(state: State, leg: Leg, opening: Opening): number {
  if (opening.waived || state.equity <= 0) return 0;
  const question = {
    instrument: state.setup.instruments[leg.symbol]!, config: state.setup.config, side: opening.side,
    entryTicks: opening.priceTicks, stopTicks: opening.stopTicks, entry: opening.entry,
  };
  const closed = opening.closesFirst > 0 ? positionRisk(state, leg) / state.equity : 0;
  return openRisk(state, opening.replaces) - closed + (lossPerLot(question) * opening.lots) / state.equity;
}
