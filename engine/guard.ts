/**
 * Stage 5: which events move the protection machine, and how. The machine itself is `protection.ts`.
 */
import type { BarClosed, Event, Execution } from './events.ts';
import { keepTargets, startTargets } from './exits.ts';
import type { Out } from './notes.ts';
import { cancelOrder } from './orders.ts';
import { keepLeaving, onStopRefused, onStopSet, onStopUnchanged, protectFill, requestStop, watchBreach } from './protection.ts';
import type { Leg, OpenPosition, State } from './state.ts';

export function takeProtection(state: State, event: Event, out: Out): void { // hot
  switch (event.tag) {
    case 'bar-closed': watchBar(state, state.legs[event.symbol]!, event, out); return;
    case 'execution':
      afterFill(state, state.legs[event.leg]!, event, out);
      return;
    case 'stop-set': onStopSet(state, state.legs[event.leg]!, event, out); return;
    case 'stop-unchanged': onStopUnchanged(state, state.legs[event.leg]!, out); return;
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
}

export function afterFill(state: State, leg: Leg, event: Execution, out: Out): void {
  const { fill } = state;
  if (!fill.isNew) return;
  const { position } = leg;
  if (position.tag === 'flat') {
    if (event.order < 0) out.notes.push({ tag: 'protection', at: event.at, leg: leg.index, protection: null, cause: event.cause });
    endOpeners(state, leg, out);
    return;
  }
  if (fill.opened === 0) return;
  const { order } = fill;
  if (order === null || order.terms === null) {
    protectForeign(state, leg, position, event.priceTicks, out);
    return;
  }
  startTargets(position, order);
  protectFill(state, leg, order.terms, { opened: fill.opened, ofLots: order.lots }, out);
  if (leg.position.tag === 'open' && position.targets.length > 0) keepTargets(state, leg, position, out);
}

/** A closed trade leaves no part of its entry behind that could open again by itself. */
function endOpeners(state: State, leg: Leg, out: Out): void {
  for (const order of leg.orders) {
    if (order.role === 'entry' && (order.filled > 0 || order.terms?.isAdd === true)) cancelOrder(state, leg, order, out);
  }
}

/**
 * A position that nobody here asked for gets a stop at the configured distance from the mark, or from what was paid
 * while no mark is known.
 */
function protectForeign(state: State, leg: Leg, position: OpenPosition, paidTicks: number, out: Out): void {
  if (position.protection.tag !== 'unprotected') return;
  const { markTicks } = leg.book;
  const price = Number.isNaN(markTicks) ? paidTicks : markTicks;
  const distance = price * state.setup.config.adopt.stopDistance;
  const trigger = position.side === 1 ? Math.ceil(price - distance) : Math.floor(price + distance);
  requestStop(state, leg, position, { triggerTicks: trigger, trailTicks: 0, activeTicks: 0, loosens: false }, out);
}
