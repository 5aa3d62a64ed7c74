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
import { approved, refused } from './opening.ts';
import type { Opening, Review } from './opening.ts';
import { areFillsOwed } from './owed.ts';
import { hasOpener, leverageLimit, lossBudget, noteSend, reviewLiquidation, reviewMoment, reviewRate, reviewStop } from './rules/index.ts';
import type { RulesState } from './rule-state.ts';
import { lossFromHere, lossPerLot, lotsForRisk } from './size.ts';
import type { Leg, Mode, Order, State } from './state.ts';
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

/** Entry gates in order; the first failing one is the stored reason. Rules add theirs in their places (`rules/gates.ts`). */
export function reviewOpening(state: State, leg: Leg, opening: Opening): Review {
  const { rules } = state;
  const review = reviewInOrder(state, rules, leg, opening);
  if (rules !== null) rules.inputs = review.tag === 'refused' ? `gate=${review.why} ${review.inputs}`.trimEnd() : passedText(state, leg, opening);
  return review;
}

function reviewInOrder(state: State, rules: RulesState | null, leg: Leg, opening: Opening): Review {
  if (state.mode.tag !== 'trading') return refused(state.mode.tag, modeText(state.mode));
  if (state.link.tag === 'down') return refused('link-down');
  if (leg.hold.tag === 'blocked') return refused(`blocked-${leg.hold.cause}`);
  if (areFillsOwed(state, leg)) return refused('fills-missing');
  const moment = rules === null ? null : reviewMoment(state, rules, leg, opening);
  if (moment !== null) return moment;
  if (opening.stopTicks <= 0 && !opening.waived) return refused('no-stop');
  const stop = rules === null ? null : reviewStop(state, opening);
  if (stop !== null) return stop;
  const size = reviewSize(state, leg, opening);
  if (size !== null) return size;
  if (rules === null) return approved;
  return reviewLiquidation(state, leg, opening) ?? reviewRate(state, rules) ?? approved;
}

function modeText(mode: Mode): string {
  const cause = 'cause' in mode ? `cause=${mode.cause}` : '';
  return mode.tag === 'cooldown' ? `${cause} until=${mode.until}` : cause;
}

/** Lots, exposure, loss, risk and margin. Null = passed. */
function reviewSize(state: State, leg: Leg, opening: Opening): Review | null {
  const instrument = state.setup.instruments[leg.symbol]!;
  const { maxOpenRisk } = state.setup.config.risk;
  const { lots } = opening;
  if (!Number.isSafeInteger(lots)) return refused('exposure-limit');
  if (lots < instrument.minLots) return refused('below-min-qty', `lots=${lots} min=${instrument.minLots}`);
  const price = (opening.priceTicks * instrument.tick.num) / instrument.tick.den;
  const quantity = (lots * instrument.lot.num) / instrument.lot.den;
  if (instrument.kind === 'linear' && price * quantity < instrument.minNotional * (1 - 1e-12)) {
    return refused('below-min-notional', `notional=${price * quantity} min=${instrument.minNotional}`);
  }
  const room = exposureRoom(state, leg, opening);
  if (lots > room) return refused('exposure-limit', `lots=${lots} room=${room}`);
  const caps = state.rules === null ? null : reviewCaps(state, state.rules, leg, opening);
  if (caps !== null) return caps;
  const risk = riskAfter(state, leg, opening);
  if (risk > maxOpenRisk * (1 + 1e-9)) return refused('open-risk-limit', `risk=${risk} max=${maxOpenRisk}`);
  const margin = marginRoom(state, leg, opening);
  return lots > margin ? refused('insufficient-margin', `lots=${lots} room=${margin}`) : null;
}

/** Caps that only rules have: one order, all symbols together, the loss of one trade. */
function reviewCaps(state: State, rules: RulesState, leg: Leg, opening: Opening): Review | null {
  const { maxOrderNotional, maxSymbols } = state.setup.config.risk;
  const instrument = state.setup.instruments[leg.symbol]!;
  const notional = valueNumber(instrument, opening.priceTicks, opening.lots);
  if (maxOrderNotional !== null && notional > maxOrderNotional * (1 + 1e-12)) {
    return refused('order-notional', `notional=${notional} max=${maxOrderNotional}`);
  }
  const room = totalRoom(state, leg, opening);
  if (opening.lots > room) return refused('total-exposure-limit', `lots=${opening.lots} room=${room}`);
  let symbols = 1;
  for (const other of state.legs) if (other !== leg && (other.position.tag === 'open' || hasOpener(other))) symbols += 1;
  if (maxSymbols !== null && symbols > maxSymbols) return refused('open-symbols', `open=${symbols - 1} max=${maxSymbols}`);
  if (opening.waived) return null;
  const lots = lotsForBudget(state, rules, leg, opening);
  return opening.lots > lots ? refused('loss-budget', `lots=${opening.lots} room=${lots}`) : null;
}

/** What an entry that passed rested on. */
function passedText(state: State, leg: Leg, opening: Opening): string {
  const budget = state.rules === null || opening.waived ? Number.POSITIVE_INFINITY : tradeBudget(state, state.rules, leg, opening);
  return budget === Number.POSITIVE_INFINITY ? `equity=${state.equity}` : `equity=${state.equity} stage=${state.rules!.stage + 1} budget=${budget}`;
}

export function approveEntry(state: State, command: EnterCommand): Approved<EnterCommand> {
  if (state.mode.tag !== 'trading') invariant(false, 'entries leave only while trading', { mode: state.mode.tag });
  invariant(command.lots > 0, 'an entry has lots');
  if (state.rules !== null) noteSend(state.rules, state.now);
  return command as unknown as Approved<EnterCommand>;
}

export function approveAmend(state: State, command: AmendCommand): Approved<AmendCommand> {
  if (state.mode.tag !== 'trading') invariant(false, 'orders are amended only while trading', { mode: state.mode.tag });
  if (state.rules !== null) noteSend(state.rules, state.now);
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
  const limit = state.equity * (state.rules === null ? state.setup.config.risk.maxLeverage : leverageLimit(state));
  const perLot = valueNumber(instrument, opening.priceTicks, 1);
  return Math.floor((limit / perLot) * (1 + 1e-12)) - kept - openerLots(leg, opening.side, opening.replaces);
}

/** Lots that may still be added before the worst case of all symbols together reaches its limit. */
export function totalRoom(state: State, leg: Leg, opening: Pick<Opening, 'side' | 'priceTicks' | 'closesFirst' | 'replaces'>): number {
  const { maxTotalLeverage } = state.setup.config.risk;
  if (maxTotalLeverage === null) return Number.POSITIVE_INFINITY;
  let free = state.equity * maxTotalLeverage;
  for (const other of state.legs) if (other !== leg) free -= worstValue(state, other);
  const perLot = valueNumber(state.setup.instruments[leg.symbol]!, opening.priceTicks, 1);
  const kept = Math.max(0, signedLots(leg) * opening.side);
  return Math.floor((free / perLot) * (1 + 1e-12)) - kept - openerLots(leg, opening.side, opening.replaces);
}

/** Value at mark of the larger of what a leg could be long or short, settle coin. */
function worstValue(state: State, leg: Leg): number {
  const held = signedLots(leg);
  const long = Math.max(0, held) + openerLots(leg, 1, -1);
  const short = Math.max(0, -held) + openerLots(leg, -1, -1);
  const lots = Math.max(long, short);
  return lots === 0 ? 0 : valueNumber(state.setup.instruments[leg.symbol]!, leg.book.markTicks, lots);
}

/** Settle coin that one more order of this leg may lose at its stop: the budget of a trade less what its parts risk already. */
function tradeBudget(state: State, rules: RulesState, leg: Leg, opening: Pick<Opening, 'closesFirst' | 'replaces'>): number {
  let budget = lossBudget(state, rules);
  if (opening.closesFirst === 0) budget -= positionRisk(state, leg);
  for (const order of leg.orders) if (order.id !== opening.replaces) budget -= entryRisk(order);
  if (leg.staged !== null && leg.staged.order.id !== opening.replaces) budget -= entryRisk(leg.staged.order);
  return Math.max(0, budget);
}

/** Lots whose loss at the stop that budget covers. */
export function lotsForBudget(state: State, rules: RulesState, leg: Leg, opening: Opening): number {
  const budget = tradeBudget(state, rules, leg, opening);
  if (budget === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  return lotsForRisk({
    instrument: state.setup.instruments[leg.symbol]!, config: state.setup.config, side: opening.side,
    entryTicks: opening.priceTicks, stopTicks: opening.stopTicks, entry: opening.entry,
  }, budget);
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
  const value = valueNumber(instrument, opening.priceTicks, 1);
  const room = Math.floor(free / orderCost(state, instrument.takerRate, value));
  const { marginShare } = state.setup.config.risk;
  return marginShare === null ? room : Math.min(room, Math.floor((free * marginShare * state.setup.config.leverage) / value));
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
