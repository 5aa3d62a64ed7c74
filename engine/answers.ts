/**
 * Stages 3 and 4: what the venue says of orders and executions.
 *
 * An execution counts once, whatever became of its order; a filled, refused or cancelled order frees the entry that
 * waited for it.
 */
import type { Event, Execution } from './events.ts';
import type { Out } from './notes.ts';
import { countRestFill } from './resting.ts';
import { acceptOrder, cancelOrder, endOrder, findOrder, releaseStaged } from './orders.ts';
import { foldExecution, isNewExecution } from './position.ts';
import { wantedTrigger } from './protection.ts';
import type { Leg, Order, State } from './state.ts';

/** Stage 3. */
export function takeOrderEvent(state: State, event: Event, out: Out): void { // hot
  switch (event.tag) {
    case 'order-accepted':
      acceptOrder(state.legs[event.leg]!, event.order, event.at);
      releaseStaged(state, state.legs[event.leg]!, event.order, 'accepted', out);
      return;
    case 'order-rejected': {
      const leg = state.legs[event.leg]!;
      endOrder(leg, event.order, event.at, 'rejected', event.reason, out);
      state.refusals[`venue-${event.reason}`] = (state.refusals[`venue-${event.reason}`] ?? 0) + 1;
      releaseStaged(state, leg, event.order, 'refused', out);
      return;
    }
    case 'order-changed':
      changeOrder(state.legs[event.leg]!, event.order, event.change === 'amended' ? event : null);
      return;
    case 'order-cancelled':
    case 'order-expired': {
      const leg = state.legs[event.leg]!;
      const expired = event.tag === 'order-expired';
      endOrder(leg, event.order, event.at, expired ? 'expired' : 'cancelled', expired ? 'expired' : event.cause, out);
      releaseStaged(state, leg, event.order, 'done', out);
      return;
    }
    case 'execution':
      countExecution(state, state.legs[event.leg]!, event, out);
      return;
    case 'request-failed':
      if (event.of === 'amend' && event.certainty === 'not-applied') takeBack(state, state.legs[event.leg]!, event.order, out);
      return;
    default:
  }
}

function changeOrder(leg: Leg, id: number, amended: { readonly lots: number; readonly priceTicks: number } | null): void {
  const order = findOrder(leg, id);
  if (order === null || amended === null) return;
  order.lots = amended.lots;
  if (amended.priceTicks > 0) order.priceTicks = amended.priceTicks;
}

/** An order that could not be amended stands at terms that nobody wants any more: it goes. */
function takeBack(state: State, leg: Leg, id: number, out: Out): void {
  const order = findOrder(leg, id);
  if (order !== null && order.role !== 'target') cancelOrder(state, leg, order, out);
}

/** Marks the execution as new or repeated and moves its order on. */
export function countExecution(state: State, leg: Leg, event: Execution, out: Out): void {
  const { fill } = state;
  fill.isNew = isNewExecution(state, event.id);
  fill.order = null;
  fill.opened = 0;
  if (!fill.isNew || event.order < 0) return;
  const order = findOrder(leg, event.order);
  fill.order = order;
  if (order === null) return;
  order.filled += event.lots;
  countRestFill(leg, order, event.lots);
  if (order.role === 'target') countTargetFill(leg, order, event.lots);
  if (event.leavesLots > 0) return;
  endOrder(leg, event.order, event.at, 'filled', 'filled', out);
}

function countTargetFill(leg: Leg, order: Order, lots: number): void {
  if (leg.position.tag === 'flat') return;
  for (const target of leg.position.targets) if (target.key === order.key) target.filled += lots;
}

/** Stage 4. */
export function takeExecution(state: State, leg: Leg, event: Execution, out: Out): void { // hot
  const { fill } = state;
  if (!fill.isNew) return;
  const { order } = fill;
  const trigger = leg.position.tag === 'open' ? wantedTrigger(leg.position.protection) : 0;
  fill.referenceTicks = order !== null ? referenceOf(order, event) : event.cause === 'stop' && trigger > 0 ? trigger : Number.NaN;
  fill.opened = foldExecution(state, leg, event, {
    order,
    referenceTicks: fill.referenceTicks,
    entryReason: order === null ? event.cause : order.reason,
    exitReason: order === null ? event.cause : order.reason === '' ? order.role : order.reason,
  }, out);
  if (event.leavesLots === 0 && event.order >= 0) releaseStaged(state, leg, event.order, 'done', out);
}

/** Price a fill is measured against. A limit that fills better than its price was never wanted at that price: no slippage. */
function referenceOf(order: Order, event: Execution): number {
  const isBetter = order.type === 'limit' && event.side * (event.priceTicks - order.referenceTicks) < 0;
  return isBetter ? event.priceTicks : order.referenceTicks;
}
