/**
 * What the ledger tells the rules, counted where it is booked. Nothing here stops anything: `session.ts` judges.
 *
 * 1. Days and weeks begin with the equity and the ledger sum before the first thing that is booked in them.
 * 2. A trade counts when it is closed, with its fees and funding; a net of 0 counts as a loss.
 */
import type { Execution, RejectReason } from '../events.ts';
import { moneyToNumber, valueNumber } from '../instrument.ts';
import type { Instrument } from '../instrument.ts';
import type { Leg, State } from '../state.ts';
import type { Ms } from '../units.ts';
import { dayOf, weekOf } from './calendar.ts';
import type { RulesState } from '../rule-state.ts';

/** Realised less fees plus funding since the start, settle coin. */
export function ledgerOf({ wallet, setup }: State): number {
  return moneyToNumber(setup.instruments[0]!, wallet.realised - wallet.fees + wallet.funding);
}

/** Begins the day and the week of `state.now`. Called before anything of it is booked. */
export function turnCalendar(state: State, rules: RulesState): void {
  const day = dayOf(state.now);
  if (day === rules.day) return;
  if (rules.startedAt < 0) rules.startedAt = state.now;
  rules.day = day;
  rules.dayEquity = state.equity;
  rules.dayLedger = ledgerOf(state);
  rules.tradesToday = 0;
  const week = weekOf(state.now);
  if (week === rules.week) return;
  rules.week = week;
  rules.weekEquity = state.equity;
  rules.weekLedger = rules.dayLedger;
}

/** A new execution, before it is folded. */
export function noteExecution(state: State, rules: RulesState, leg: Leg, event: Execution, referenceTicks: number): void {
  turnCalendar(state, rules);
  const { position } = leg;
  const opens = position.tag === 'flat' || (position.side !== event.side && event.lots > position.lots);
  if (opens) rules.tradesToday += 1;
  const rule = state.setup.config.risk.slippageAnomaly;
  if (rule === null || !(referenceTicks > 0)) return;
  const instrument = state.setup.instruments[leg.symbol]!;
  const price = (Math.abs(event.priceTicks - referenceTicks) * instrument.tick.num) / instrument.tick.den;
  const cost = Math.abs(valueNumber(instrument, event.priceTicks, event.lots) - valueNumber(instrument, referenceTicks, event.lots));
  if (!((rule.price !== null && price > rule.price) || (rule.cost !== null && cost > rule.cost))) return;
  rules.slips.push(event.at);
  rules.slipsCounted += 1;
  forget(rules.slips, state.now - rule.withinMs);
}

export interface ClosedTrade {
  /** Settle coin; `fees` positive = paid. */
  readonly net: number;
  readonly fees: number;
  readonly lots: number;
  /** Average prices, ticks. */
  readonly entryTicks: number;
  readonly exitTicks: number;
}

export function noteTrade(state: State, rules: RulesState, instrument: Instrument, trade: ClosedTrade): void {
  const { risk } = state.setup.config;
  rules.tradesClosed += 1;
  rules.nets.push(trade.net);
  const window = Math.max(risk.winRate?.window ?? 0, risk.kelly?.window ?? 0);
  while (rules.nets.length > window) rules.nets.shift();
  if (trade.net > 0) {
    rules.winStreak += 1;
    rules.lossStreak = 0;
  } else {
    rules.lossStreak += 1;
    rules.winStreak = 0;
  }
  resize(rules, risk.streakSize);
  noteFees(state, rules, instrument, trade);
}

function resize(rules: RulesState, rule: State['setup']['config']['risk']['streakSize']): void {
  if (rule === null) return;
  const { lossStreak, winStreak, streakSize } = rules;
  if (lossStreak > 0 && lossStreak % rule.losses === 0) rules.streakSize = Math.max(rule.least, streakSize * rule.down);
  if (winStreak > 0 && winStreak % rule.wins === 0) rules.streakSize = Math.min(1, streakSize * rule.up);
}

/** Fees expected are a taker's on both ways: what any plan here allows for at worst. */
function noteFees(state: State, rules: RulesState, instrument: Instrument, { fees, lots, entryTicks, exitTicks }: ClosedTrade): void {
  const { feeAnomaly, feeCheck } = state.setup.config.risk;
  if (feeAnomaly === null && feeCheck === null) return;
  const expected = (valueNumber(instrument, entryTicks, lots) + valueNumber(instrument, exitTicks, lots)) * instrument.takerRate;
  const ratio = expected > 0 ? fees / expected : 0;
  rules.feeRatios.push(ratio);
  while (rules.feeRatios.length > (feeAnomaly?.trades ?? 1)) rules.feeRatios.shift();
  if (feeCheck !== null && ratio > feeCheck.ratio) rules.feesUntil = state.now + feeCheck.pauseMs;
}

/** Reasons that the next order would meet as well: balance, quantity, price. */
const lasting: readonly RejectReason[] = ['malformed', 'below-min-qty', 'below-min-notional', 'insufficient-margin'];
/** Answers that say nothing is wrong: the order got through, or did what post-only means. */
const harmless: readonly RejectReason[] = ['duplicate-link', 'post-only-would-take'];

/** The venue refused an opening order. */
export function noteRejection(rules: RulesState, reason: RejectReason): void {
  if (harmless.includes(reason)) return;
  rules.rejections += 1;
  if (lasting.includes(reason)) rules.hasLastingRejection = true;
}

/** The venue took an opening order. */
export function noteAcceptance(rules: RulesState): void {
  rules.rejections = 0;
  rules.hasLastingRejection = false;
}

/** An opening order or an amendment leaves. */
export function noteSend(rules: RulesState, now: Ms): void {
  rules.sends.push(now);
  forget(rules.sends, now - rateMs);
}

/** Window of the order rate. */
const rateMs = 60_000;

/** Sends after `now` less a minute; an unknown one left as well. */
export function sendsOf(rules: RulesState, now: Ms): number {
  let sends = 0;
  for (const at of rules.sends) if (at > now - rateMs) sends += 1;
  return sends;
}

/** Drops times before `from`; the edge stays. */
export function forget(times: Ms[], from: Ms): void {
  while (times.length > 0 && times[0]! < from) times.shift();
}
