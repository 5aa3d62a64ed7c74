/**
 * What of a state outlives the process: every field but those that `createState` builds from the setup (`setup`, views),
 * the scratch of a step (`fill`, the bar being fed) and the watcher's memory (`trace`). The types hold the lists
 * complete. Literals are those of the engine's own makers, in their order, so that a restored record has the shape that
 * the hot loop knows.
 */
import { deadlineOf } from '../deadlines.ts';
import { holdOf, modeOf, orderStateOf, protectionOf, queryOf } from './lifecycle.ts';
import type { Leg, OpenPosition, OpenTrade, Order, Position, RestingSet, State, StrategyFailure, TargetLeg } from '../state.ts';
import { historyWidth } from '../view.ts';

type Kept<T, Dropped extends keyof T, Changed extends { readonly [K in keyof Changed]: unknown }> =
  { readonly [K in Exclude<keyof T, Dropped | keyof Changed>]: T[K] } & Readonly<Changed>;

/** Keys in the order of their arrival: it is part of the state. */
type Pairs<T> = readonly (readonly [string, T])[];

/**
 * `dueAt` is made exact: how near a lower bound is depends on who asked. Memories are JSON, in their own order. The stack
 * of a failure stays behind: it tells from where the strategy was called, a replay calls it from elsewhere.
 */
export type StatePortrait = Kept<State, 'setup' | 'views' | 'fill' | 'trace', {
  alerts: Pairs<State['alerts'][string]>;
  refusals: Pairs<number>;
  legs: readonly LegPortrait[];
  seen: { readonly upTo: number; readonly ring: readonly (number | string)[]; readonly next: number };
  memory: string;
  failure: Omit<StrategyFailure, 'stack'> | null;
}>;

/** The decision bar is the last one of the history. */
export type LegPortrait = Kept<Leg, 'index' | 'symbol' | 'slot' | 'decisionBar', {
  indicators: { readonly arena: Float64Array; readonly values: Float64Array };
  resting: (Kept<RestingSet, never, { filled: Pairs<number> }>) | null;
  memory: string;
}>;

export function portraitOf(state: State): StatePortrait {
  const { seen } = state;
  return {
    sequence: state.sequence, now: state.now, mode: state.mode, afterRecovery: state.afterRecovery, link: state.link,
    dueAt: deadlineOf(state), alerts: Object.entries(state.alerts), stumbles: state.stumbles, wallet: state.wallet,
    legs: state.legs.map(legPortraitOf), nextOrder: state.nextOrder,
    decisionSequence: state.decisionSequence, equity: state.equity, equityPeak: state.equityPeak,
    seen: { upTo: seen.upTo, ring: seen.ring, next: seen.next }, memory: JSON.stringify(state.memory),
    refusals: Object.entries(state.refusals), rules: state.rules, failure: failureOf(state.failure),
  };
}

function failureOf(failure: StrategyFailure | null): StatePortrait['failure'] {
  return failure === null ? null : { symbol: failure.symbol, at: failure.at, message: failure.message };
}

function legPortraitOf(leg: Leg): LegPortrait {
  const { resting, indicators } = leg;
  return {
    book: leg.book, aggregates: leg.aggregates, decisionAggregate: leg.decisionAggregate,
    indicators: { arena: indicators.arena, values: indicators.values },
    history: leg.history, historyCount: leg.historyCount, historyNext: leg.historyNext, rollDue: leg.rollDue, isDue: leg.isDue,
    decisions: leg.decisions, position: leg.position, orders: leg.orders, staged: leg.staged, buried: leg.buried, query: leg.query,
    isKnown: leg.isKnown, forgottenAt: leg.forgottenAt, isSeen: leg.isSeen, hintedAt: leg.hintedAt, removedAt: leg.removedAt, adoptedAt: leg.adoptedAt, mismatches: leg.mismatches, mismatchAt: leg.mismatchAt, mismatchFrom: leg.mismatchFrom, mismatchLots: leg.mismatchLots, executedAt: leg.executedAt,
    resting: resting === null ? null : { ...resting, filled: Object.entries(resting.filled) },
    hold: leg.hold, closed: leg.closed, fundingRate: leg.fundingRate, fundingAt: leg.fundingAt, fundingNextAt: leg.fundingNextAt,
    memory: JSON.stringify(leg.memory), heldFor: leg.heldFor,
  };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Writes a portrait into a fresh state of the same setup. */
export function restore(state: Writable<State>, from: StatePortrait): void {
  state.sequence = from.sequence;
  state.now = from.now;
  state.mode = modeOf(from.mode);
  state.afterRecovery = modeOf(from.afterRecovery);
  state.link = from.link;
  state.dueAt = from.dueAt;
  for (const [cause, alert] of from.alerts) state.alerts[cause] = alert;
  state.stumbles.push(...from.stumbles);
  Object.assign(state.wallet, from.wallet);
  state.nextOrder = from.nextOrder;
  state.decisionSequence = from.decisionSequence;
  state.equity = from.equity;
  state.equityPeak = from.equityPeak;
  state.seen.upTo = from.seen.upTo;
  state.seen.next = from.seen.next;
  for (const id of from.seen.ring) {
    state.seen.ring.push(id);
    state.seen.set.add(id);
  }
  state.memory = JSON.parse(from.memory);
  for (const [reason, count] of from.refusals) state.refusals[reason] = count;
  if (state.rules !== null && from.rules !== null) Object.assign(state.rules, from.rules);
  state.failure = from.failure === null ? null : { symbol: from.failure.symbol, at: from.failure.at, message: from.failure.message, stack: '' };
  for (const leg of state.legs) {
    restoreLeg(leg, from.legs[leg.index]!);
    state.views.scenes[leg.index]!.memory = leg.memory;
  }
}

function restoreLeg(leg: Leg, from: LegPortrait): void {
  Object.assign(leg.book, from.book);
  leg.aggregates.forEach((aggregate, i) => aggregate?.set(from.aggregates[i]!));
  leg.decisionAggregate?.set(from.decisionAggregate!);
  leg.indicators.arena.set(from.indicators.arena);
  leg.indicators.values.set(from.indicators.values);
  leg.history.set(from.history);
  leg.historyCount = from.historyCount;
  leg.historyNext = from.historyNext;
  showLast(leg);
  leg.rollDue = from.rollDue;
  leg.isDue = from.isDue;
  leg.decisions = from.decisions;
  leg.position = positionOf(from.position);
  leg.orders = from.orders.map(orderOf);
  leg.staged = from.staged === null ? null : { ...from.staged, order: orderOf(from.staged.order) };
  leg.buried = from.buried.map(({ order, until, filled }) => ({ order: orderOf(order), until, filled }));
  leg.query = queryOf(from.query);
  leg.isKnown = from.isKnown;
  leg.mismatches = from.mismatches;
  leg.mismatchAt = from.mismatchAt;
  leg.mismatchFrom = from.mismatchFrom;
  leg.mismatchLots = from.mismatchLots;
  leg.forgottenAt = from.forgottenAt;
  leg.isSeen = from.isSeen;
  leg.hintedAt = from.hintedAt;
  leg.removedAt = from.removedAt;
  leg.adoptedAt = from.adoptedAt;
  leg.executedAt = from.executedAt;
  leg.resting = from.resting === null ? null : restingOf(from.resting);
  leg.hold = holdOf(from.hold);
  leg.closed = [...from.closed];
  leg.fundingRate = from.fundingRate;
  leg.fundingAt = from.fundingAt;
  leg.fundingNextAt = from.fundingNextAt;
  leg.memory = JSON.parse(from.memory);
  leg.heldFor = from.heldFor;
}

/** A fresh scene shows the leg's decision bar, which a decision may still wait for. */
function showLast({ history, historyCount, historyNext, decisionBar: bar }: Leg): void {
  if (historyCount === 0) return;
  const at = (historyNext === 0 ? history.length : historyNext) - historyWidth;
  bar.openedAt = history[at]!;
  bar.closedAt = history[at + 1]!;
  bar.open = history[at + 2]!;
  bar.high = history[at + 3]!;
  bar.low = history[at + 4]!;
  bar.close = history[at + 5]!;
  bar.volume = history[at + 6]!;
}

function positionOf(position: Position): Position {
  if (position.tag === 'flat') return { tag: 'flat' };
  const p: OpenPosition = position;
  return {
    tag: 'open', side: p.side, openedAt: p.openedAt, tradedAt: p.tradedAt, adopted: p.adopted, lots: p.lots, cost: p.cost,
    costNumber: p.costNumber, entryTicks: p.entryTicks, barsHeld: p.barsHeld, leaving: p.leaving, protection: protectionOf(p.protection),
    stopBy: p.stopBy, wantedStop: p.wantedStop, bareAt: p.bareAt, protectBy: p.protectBy, isOverdue: p.isOverdue,
    bareLots: p.bareLots, bareTradedAt: p.bareTradedAt, suspectAt: p.suspectAt, plannedLots: p.plannedLots,
    exitAt: p.exitAt, exitAttempts: p.exitAttempts, rung: p.rung, isHalfStopped: p.isHalfStopped, isSuspectAsked: p.isSuspectAsked, trailFromTicks: p.trailFromTicks,
    areTargetsDue: p.areTargetsDue, trailTicks: p.trailTicks, trailAt: p.trailAt, breakEvenAt: p.breakEvenAt,
    targets: p.targets.map(targetOf), trade: tradeOf(p.trade),
  };
}

const targetOf = (t: TargetLeg): TargetLeg => ({ key: t.key, priceTicks: t.priceTicks, fraction: t.fraction, filled: t.filled });

const tradeOf = (t: OpenTrade): OpenTrade => ({
  realised: t.realised, fees: t.fees, funding: t.funding, entryLots: t.entryLots, entryTickLots: t.entryTickLots,
  exitLots: t.exitLots, exitTickLots: t.exitTickLots, slippage: t.slippage, risk: t.risk, entryReason: t.entryReason,
  exitReason: t.exitReason, highTicks: t.highTicks, lowTicks: t.lowTicks,
});

const orderOf = (o: Order): Order => ({
  id: o.id, leg: o.leg, role: o.role, side: o.side, type: o.type, reduceOnly: o.reduceOnly, timeInForce: o.timeInForce,
  triggerTicks: o.triggerTicks, triggerDirection: o.triggerDirection, referenceTicks: o.referenceTicks, key: o.key,
  reason: o.reason, terms: o.terms, sentAt: o.sentAt, attempt: o.attempt, attemptAt: o.attemptAt, isUnwanted: o.isUnwanted,
  endsAtDecision: o.endsAtDecision, priceTicks: o.priceTicks, lots: o.lots, filled: o.filled, state: orderStateOf(o.state),
});

const restingOf = (set: NonNullable<LegPortrait['resting']>): RestingSet => ({
  wishes: set.wishes, longStopTicks: set.longStopTicks, shortStopTicks: set.shortStopTicks, stopBy: set.stopBy,
  filled: Object.fromEntries(set.filled),
});
