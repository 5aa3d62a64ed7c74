/**
 * The gates an entry passes before exposure and margin are looked at, in one order; the first that fails is the stored
 * reason, with the numbers it saw. `risk.ts` calls them in their places:
 *
 *   mode and cooldown · link, hold · rest after a shock · trades of the day · run caps · age of equity · least equity ·
 *   average range · fees · stop given · stop distance · (lots, exposure, loss budget, open risk, margin) · liquidation ·
 *   order rate
 *
 * None of them is asked about an exit, a stop or a cancel.
 */
import { valueNumber } from '../instrument.ts';
import type { Instrument } from '../instrument.ts';
import { refused } from '../opening.ts';
import type { Opening, Review } from '../opening.ts';
import type { RulesState } from '../rule-state.ts';
import type { Leg, State } from '../state.ts';
import { dayOf } from './calendar.ts';
import { sendsOf } from './ledger.ts';
import { liquidationTicks } from './liquidation.ts';
import { percent, rangeOf } from './market.ts';
import { stageOf } from './sizing.ts';

/** Gates that need no size. Null = passed. */
export function reviewMoment(state: State, rules: RulesState, leg: Leg, opening: Opening): Review | null {
  const { now, equity, setup: { config: { risk } } } = state;
  if (now < rules.restUntil) return refused('after-shock', `until=${rules.restUntil}`);
  const full = reviewDay(state, rules, leg, opening);
  if (full !== null) return full;
  if (risk.runTrades !== null && rules.tradesClosed >= risk.runTrades) return refused('run-trades', `closed=${rules.tradesClosed} max=${risk.runTrades}`);
  const hours = (now - rules.startedAt) / 3_600_000;
  if (risk.runHours !== null && hours >= risk.runHours) return refused('run-hours', `hours=${hours} max=${risk.runHours}`);
  const age = now - oldestPrice(state, leg);
  if (risk.equityAgeMs !== null && age > risk.equityAgeMs) return refused('equity-stale', `age=${age}ms max=${risk.equityAgeMs}ms`);
  if (risk.minEquity !== null && equity < risk.minEquity) return refused('equity-minimum', `equity=${equity} min=${risk.minEquity}`);
  return reviewRange(state, rules, leg, opening);
}

/** A reversal begins a trade, an addition does not. Other flat symbols with a standing entry may begin one each. */
function reviewDay(state: State, rules: RulesState, leg: Leg, opening: Opening): Review | null {
  const stage = stageOf(state);
  if (stage === null || (leg.position.tag === 'open' && opening.closesFirst === 0)) return null;
  let waiting = 0;
  for (const other of state.legs) if (other !== leg && other.position.tag === 'flat' && hasOpener(other)) waiting += 1;
  const opened = dayOf(state.now) === rules.day ? rules.tradesToday : 0;
  return opened + waiting < stage.tradesPerDay ? null
    : refused('daily-trade-cap', `opened=${opened} waiting=${waiting} max=${stage.tradesPerDay}`);
}

export function hasOpener(leg: Leg): boolean {
  return leg.staged !== null || leg.orders.some((order) => !order.reduceOnly);
}

/** Time of the oldest price that the equity rests on: of every open position, and of the symbol to be entered. */
function oldestPrice({ legs }: State, entering: Leg): number {
  let at = entering.book.lastAt;
  for (const { position, book } of legs) if (position.tag === 'open' && book.lastAt < at) at = book.lastAt;
  return at;
}

function reviewRange(state: State, rules: RulesState, leg: Leg, opening: Opening): Review | null {
  const { risk } = state.setup.config;
  const stage = stageOf(state);
  if (stage === null) return null;
  const range = rangeOf(state, rules, leg);
  const isKnown = risk.atr !== null && risk.atr.barMs % state.setup.baseMs === 0;
  if (isKnown && range === 0) return refused('atr-unknown', `bars=${rules.legs[leg.index]!.ranges} needed=${risk.atr?.bars}`);
  if (isKnown && range < stage.atrMinimum) return refused('atr-minimum', `atr=${percent(range)} min=${percent(stage.atrMinimum)}`);
  return risk.feeGate && (opening.targetTicks > 0 || range > 0) ? reviewFees(state, rules, leg, opening, range) : null;
}

/** What an entry may hope for, its targets or else one average range, against the fees of both ways. */
function reviewFees(state: State, rules: RulesState, leg: Leg, opening: Opening, range: number): Review | null {
  const instrument = state.setup.instruments[leg.symbol]!;
  const { feeCheck } = state.setup.config.risk;
  const { side, priceTicks, targetTicks, entry } = opening;
  const distance = targetTicks > 0 ? targetTicks : range * priceTicks;
  const opened = valueNumber(instrument, priceTicks, 1);
  const closed = valueNumber(instrument, Math.max(1, priceTicks + side * distance), 1);
  const gain = Math.abs(closed - opened);
  const fees = opened * (entry === 'maker' ? instrument.makerRate : instrument.takerRate) + closed * instrument.takerRate;
  const factor = feeCheck !== null && state.now < rules.feesUntil ? feeCheck.factor : 1;
  const wanted = stageOf(state)!.gainPerFee * factor;
  return gain >= wanted * fees * (1 - 1e-12) ? null : refused('gain-below-fees', `gain=${gain} fees=${fees} ratio=${gain / fees} min=${wanted}`);
}

/** The stop: given at all, and no nearer and no farther than allowed. Null = passed. */
export function reviewStop({ setup }: State, { side, priceTicks, stopTicks, waived }: Opening): Review | null {
  const { stopDistance, stages } = setup.config.risk;
  if (waived) return stages === null && stopDistance === null ? null : refused('stop-waived', 'a loss budget needs a stop');
  if (stopDistance === null) return null;
  const distance = (side * (priceTicks - stopTicks)) / priceTicks;
  if (distance >= stopDistance.min * (1 - 1e-12) && distance <= stopDistance.max * (1 + 1e-12)) return null;
  return refused('stop-distance', `distance=${percent(distance)} min=${percent(stopDistance.min)} max=${percent(stopDistance.max)}`);
}

/** The stop level within the allowed distances when the rule clamps, as it is otherwise. Ticks. */
export function clampStop({ setup }: State, side: number, priceTicks: number, stopTicks: number): number {
  const { stopDistance } = setup.config.risk;
  if (stopDistance === null || stopDistance.outside === 'refuse') return stopTicks;
  const least = Math.ceil(priceTicks * stopDistance.min - 1e-9);
  const most = Math.floor(priceTicks * stopDistance.max + 1e-9);
  const distance = side * (priceTicks - stopTicks);
  return priceTicks - side * (distance < least ? least : distance > most ? most : distance);
}

/** What the leg would hold after the order: the stop fires well before the venue closes the position itself. */
export function reviewLiquidation(state: State, leg: Leg, opening: Opening): Review | null {
  const { config, instruments } = state.setup;
  if (!config.risk.liquidation || opening.waived) return null;
  const instrument = instruments[leg.symbol]!;
  const { side, lots, priceTicks, stopTicks } = opening;
  const { position } = leg;
  const grows = position.tag === 'open' && position.side === side;
  const cost = valueNumber(instrument, priceTicks, lots) + (grows ? position.costNumber : 0);
  const held = lots + (grows ? position.lots : 0);
  const liquidation = liquidationTicks({ instrument, config, side, lots: held, cost });
  if (liquidation <= 0) return null;
  const entryTicks = averageTicks(instrument, cost, held);
  const away = (side * (entryTicks - liquidation)) / entryTicks;
  const distance = (side * (entryTicks - stopTicks)) / entryTicks;
  const inputs = `liquidation=${percent(away)} stop=${percent(distance)}`;
  if (distance >= away) return refused('stop-beyond-liquidation', inputs);
  const rule = stageOf(state)?.liquidation;
  if (rule === undefined) return null;
  const needed = Math.max(distance * rule.stopMultiple, rule.floor);
  return away >= needed * (1 - 1e-12) ? null : refused('liquidation-too-close', `${inputs} min=${percent(needed)}`);
}

function averageTicks(instrument: Instrument, cost: number, lots: number): number {
  const atOneTick = valueNumber(instrument, 1, lots);
  return instrument.kind === 'linear' ? cost / atOneTick : atOneTick / cost;
}

export function reviewRate({ now, setup }: State, rules: RulesState): Review | null {
  const { ordersPerMinute } = setup.config.risk;
  if (ordersPerMinute === null) return null;
  const sent = sendsOf(rules, now);
  return sent < ordersPerMinute ? null : refused('order-rate', `sent=${sent} max=${ordersPerMinute} in 60s`);
}
