/**
 * Stage 5: which events move the protection machine, and how. The machine itself is `protection.ts`.
 */
import type { BarClosed, Event, Execution } from './events.ts';
import { keepTargets, startTargets } from './exits.ts';
import { due } from './deadlines.ts';
import { halt } from './mode.ts';
import type { Out } from './notes.ts';
import { cancelOrder, sendReduce } from './orders.ts';
import { takeForeignFill } from './foreign.ts';
import { keepLeaving } from './leaving.ts';
import { ask } from './queries.ts';
import { leaveAddition, protectFill } from './protect-fill.ts';
import { onStopRefused, onStopSet, onStopUnchanged, suspectHalf, watchBreach } from './protection.ts';
import type { Fill, Leg, OpenPosition, Order, State } from './state.ts';

export function takeProtection(state: State, event: Event, out: Out): void { // hot
  switch (event.tag) {
    case 'bar-closed': watchBar(state, state.legs[event.symbol]!, event, out); return;
    case 'mark-price': watchMark(state, state.legs[event.symbol]!, out); return;
    case 'execution':
      afterFill(state, state.legs[event.leg]!, event, out);
      return;
    case 'stop-set': onStopSet(state, state.legs[event.leg]!, event, out); return;
    case 'stop-unchanged': onStopUnchanged(state, state.legs[event.leg]!, event, out); return;
    case 'stop-refused': onStopRefused(state, state.legs[event.leg]!, event, out); return;
    default:
  }
}

/** A closed bar: how far it went for and against the open trade, and whether it went through an unanswered stop. */
export function watchBar(state: State, leg: Leg, bar: BarClosed, out: Out): void { // hot
  const { position } = leg;
  if (position.tag === 'flat') return;
  const { trade } = position;
  if (bar.highTicks > trade.highTicks) trade.highTicks = bar.highTicks;
  if (bar.lowTicks < trade.lowTicks) trade.lowTicks = bar.lowTicks;
  watchBreach(state, leg, position, out);
  if (position.leaving !== '') keepLeaving(state, leg, position, out);
  else if (position.areTargetsDue) {
    position.areTargetsDue = false;
    keepTargets(state, leg, position, out);
  }
}

/** A mark between two bars: the venue judges most stops by it, so a breach of one that it does not hold shows here first. */
export function watchMark(state: State, leg: Leg, out: Out): void { // hot
  if (leg.position.tag === 'open') watchBreach(state, leg, leg.position, out);
}

export function afterFill(state: State, leg: Leg, event: Execution, out: Out): void {
  const { fill } = state;
  if (!fill.isNew) return;
  if (event.cause === 'liquidation') haltLiquidated(state, leg, out);
  const { position } = leg;
  if (position.tag === 'flat') {
    if (event.order < 0) out.notes.push({ tag: 'protection', at: event.at, leg: leg.index, protection: null, cause: event.cause });
    endOpeners(state, leg, out);
    return;
  }
  if (fill.opened === 0) {
    if (position.plannedLots > position.lots) position.plannedLots = position.lots;
    position.exitAttempts = 0;
    if (position.protection.tag === 'waived' && isOpenedAnew(position, event)) leaveAddition(state, leg, position, out);
    if (event.cause === 'stop' || event.cause === 'trailing') suspectHalf(state, position);
    if (position.leaving !== '') keepLeaving(state, leg, position, out);
    return;
  }
  const { order } = fill;
  if (order === null ? event.order > 0 || isOfPosition(event) : order.reduceOnly) {
    missOpening(state, leg, position, out);
    return;
  }
  if (order === null || order.terms === null) {
    takeForeignFill(state, leg, position, event.priceTicks, out);
    return;
  }
  countPlanned(position, order, fill);
  startTargets(position, order);
  protectFill(state, leg, order.terms, {
    opened: fill.opened, ofLots: order.lots, filled: fill.filled, priceTicks: event.priceTicks, tradedAt: event.tradedAt ?? event.at,
  }, out);
  if (position.leaving !== '') keepLeaving(state, leg, position, out);
  else if (position.targets.length > 0) keepTargets(state, leg, position, out);
  // Of late fills the last lots may be booked before the first are meant: the end of their reading trims.
  if (position.lots > position.plannedLots && !fill.isLate) trim(state, leg, position, out);
}

/**
 * A fill that reduced before an addition traded and is told after it: it may have closed the position, and then all that is
 * left was opened by the addition.
 */
function isOpenedAnew({ lots, bareLots, bareTradedAt }: OpenPosition, { at, tradedAt = at }: Execution): boolean {
  return tradedAt < bareTradedAt && lots <= bareLots;
}

/**
 * Lots that were meant: of a fill never more than the order asked for, and of a buried order only those that opened the
 * position, for it was given up.
 */
function countPlanned(position: OpenPosition, order: Order, { filled, opened }: Fill): void { // hot
  if (isGivenUp(order) && position.plannedLots > 0) return;
  const over = filled - order.lots;
  position.plannedLots += over > 0 ? Math.max(0, opened - over) : opened;
}

function isGivenUp({ state }: Order): boolean { // hot
  return state.tag === 'done' && state.outcome === 'absent';
}

/** More than was meant is more than was risked: the excess goes, reduce-only. */
export function trim(state: State, leg: Leg, position: OpenPosition, out: Out): void {
  if (position.leaving !== '' || position.lots <= position.plannedLots * state.setup.config.oversize) return;
  for (const order of leg.orders) if (order.role === 'trim' || order.role === 'exit') return;
  const lots = position.lots - position.plannedLots;
  sendReduce(state, leg, { role: 'trim', lots, priceTicks: 0, key: '', reason: 'more than was meant' }, out);
}

/**
 * What cannot open, or an order of ours that is over and forgotten, seems to have opened: fills before it are still to come.
 * They get as long as a recovery.
 */
function missOpening(state: State, leg: Leg, position: OpenPosition, out: Out): void {
  if (position.protection.tag === 'unprotected') {
    position.protectBy = state.now + state.setup.config.recoverDeadlineMs;
    due(state, position.protectBy);
  }
  ask(state, leg, out);
}

/** What the venue does to a position by itself can only close it. */
function isOfPosition({ cause }: Execution): boolean {
  return cause !== 'order' && cause !== 'foreign';
}

function haltLiquidated(state: State, leg: Leg, out: Out): void {
  halt(state, 'liquidated', `${state.setup.strategy.symbols[leg.symbol]!} was liquidated`, out);
}

/** A closed trade leaves no part of its entry behind that could open again by itself. */
function endOpeners(state: State, leg: Leg, out: Out): void {
  for (const order of leg.orders) {
    if (order.reduceOnly) continue;
    if (order.filled > 0 || (order.role === 'entry' && order.terms?.isAdd === true)) cancelOrder(state, leg, order, out);
  }
}
