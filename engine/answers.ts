/**
 * Stages 3 and 4: what the venue says of orders and executions.
 *
 * 1. An execution counts once, whatever became of its order.
 * 2. A filled, refused or cancelled order frees the entry that waited for it.
 * 3. A refusal as a duplicate means that ours got through; a refusal of a later attempt says nothing of the first.
 * 4. An order that ended with more filled than was told stays recognisable, and the venue is asked for the rest.
 */
import { due } from './deadlines.ts';
import type { Event, Execution, OrderCancelled, OrderChanged, OrderExpired, OrderRejected } from './events.ts';
import { takeFailure } from './failures.ts';
import { afterExit } from './leaving.ts';
import type { ExitEnd } from './leaving.ts';
import type { Out } from './notes.ts';
import { countRestFill } from './resting.ts';
import { countAcceptance, countRejection } from './limits.ts';
import { acceptOrder, buryOrder, doubt, endOrder, findBuried, findOrder, releaseStaged, unearth } from './orders.ts';
import { oweFills } from './owed.ts';
import { foldExecution, foldFee, isNewExecution } from './position.ts';
import { wantedTrigger } from './stop-levels.ts';
import { ask } from './queries.ts';
import type { Leg, Order, State } from './state.ts';

/** Stage 3. */
export function takeOrderEvent(state: State, event: Event, out: Out): void { // hot
  switch (event.tag) {
    case 'order-accepted':
      if (state.rules !== null) countAcceptance(state.rules, state.legs[event.leg]!, event.order);
      acceptOrder(state, state.legs[event.leg]!, event.order, out);
      releaseStaged(state, state.legs[event.leg]!, event.order, 'accepted', out);
      return;
    case 'order-rejected': rejectOrder(state, state.legs[event.leg]!, event, out); return;
    case 'order-changed':
      changeOrder(state, state.legs[event.leg]!, event, out);
      return;
    case 'order-cancelled':
    case 'order-expired':
      closeOrder(state, state.legs[event.leg]!, event, out);
      return;
    case 'execution':
      countExecution(state, state.legs[event.leg]!, event, out);
      return;
    case 'request-failed': takeFailure(state, state.legs[event.leg]!, event, out); return;
    default:
  }
}

function rejectOrder(state: State, leg: Leg, { order: id, at, reason }: OrderRejected, out: Out): void {
  const order = findOrder(leg, id);
  if (reason === 'duplicate-link') {
    gotThrough(state, leg, id, order, out);
    return;
  }
  if (order === null) return;
  state.refusals[`venue-${reason}`] = (state.refusals[`venue-${reason}`] ?? 0) + 1;
  if (order.attempt > 1) {
    doubt(order, 'no-answer', at);
    ask(state, leg, out);
    return;
  }
  endOrder(leg, id, at, 'rejected', reason, out);
  if (state.rules !== null && !order.reduceOnly) countRejection(state, state.rules, reason, out);
  if (reason === 'no-position') ask(state, leg, out);
  releaseStaged(state, leg, id, 'refused', out);
  afterExit(state, leg, order, 'refused', out);
}

/** The venue has this link already: whatever was believed of the order before, it was placed. */
function gotThrough(state: State, leg: Leg, id: number, order: Order | null, out: Out): void {
  if (order === null) {
    if (findBuried(leg, id) !== null) ask(state, leg, out);
    return;
  }
  if (order.state.tag === 'working' || order.state.tag === 'cancelling') return;
  order.state = { tag: 'unknown', cause: 'duplicate-link', since: state.now, absences: 0, absentAt: 0 };
  ask(state, leg, out);
}

/** The venue ended the order; what it filled before counts, told or not yet. */
export function closeOrder(state: State, leg: Leg, event: OrderCancelled | OrderExpired, out: Out): void {
  const order = findOrder(leg, event.order);
  if (order === null) {
    if (leg.buried.length > 0 && oweFills(leg, event.order, event.filled)) ask(state, leg, out);
    return;
  }
  const isExpired = event.tag === 'order-expired';
  const how = { outcome: isExpired ? 'expired' : 'cancelled', reason: isExpired ? 'expired' : event.cause } as const;
  const isOwed = event.filled > order.filled;
  if (isOwed) {
    buryOrder(state, leg, order, { ...how, filled: event.filled }, out);
    ask(state, leg, out);
  } else {
    endOrder(leg, order.id, event.at, how.outcome, how.reason, out);
  }
  releaseStaged(state, leg, order.id, isOwed ? 'owed' : order.filled > 0 ? 'done' : 'refused', out);
  afterExit(state, leg, order, isExpired ? 'refused' : exitEnd(order, event.cause, isOwed), out);
}

/** An exit that filled in part and owes nothing was cut short: what is left of the position is known. */
function exitEnd(order: Order, cause: OrderCancelled['cause'], isOwed: boolean): ExitEnd {
  if (cause === 'no-volume') return 'no-volume';
  if (!isOwed && cause === 'venue' && order.type === 'market' && order.filled > 0) return 'cut';
  return cause === 'requested' || (cause === 'ioc-unfilled' && order.type === 'limit') ? 'rung' : 'refused';
}

/** An order that changes stands. */
function changeOrder(state: State, leg: Leg, { order: id, change, lots, priceTicks }: OrderChanged, out: Out): void {
  const order = findOrder(leg, id);
  if (order === null) return;
  if (change === 'amended') {
    order.lots = lots;
    if (priceTicks > 0) order.priceTicks = priceTicks;
  }
  if (order.state.tag !== 'sent' && order.state.tag !== 'unknown') return;
  acceptOrder(state, leg, id, out);
  releaseStaged(state, leg, id, 'accepted', out);
}

/** Marks the execution as new or repeated and moves its order on. */
export function countExecution(state: State, leg: Leg, event: Execution, out: Out): void {
  const { fill } = state;
  fill.isNew = isNewExecution(state, event.id);
  fill.isLate = false;
  fill.order = null;
  fill.opened = 0;
  if (!fill.isNew) return;
  if (isAdopted(leg, event)) {
    foldFee(state, leg, event.fee);
    fill.isNew = false;
    return;
  }
  if (event.at > leg.executedAt) leg.executedAt = event.at;
  if (event.order < 0) return;
  const standing = findOrder(leg, event.order);
  const order = standing === null && leg.buried.length > 0 ? findBuried(leg, event.order) : standing;
  fill.order = order;
  if (order === null) return;
  order.filled += event.lots;
  fill.filled = order.filled;
  countRestFill(leg, order, event.lots);
  if (order.role === 'target') countTargetFill(leg, order, event.lots);
  if (standing === null) {
    if (event.leavesLots > 0) unearth(state, leg, order.id, out); // what fills in part stands
    return;
  }
  if (event.leavesLots > 0) {
    if (order.state.tag === 'sent' || order.state.tag === 'unknown') acceptOrder(state, leg, order.id, out);
    return;
  }
  if (order.filled >= order.lots || (order.reduceOnly && isClosedBy(leg, event))) endOrder(leg, event.order, event.at, 'filled', 'filled', out);
  else missFills(state, leg, order, out);
}

/**
 * A fill from before the reading that took the position over, of others or of an order that nothing is known of any more: its
 * lots are held already, its fee is not paid yet.
 */
function isAdopted(leg: Leg, { order, at, tradedAt = at }: Execution): boolean { // hot
  if (leg.adoptedAt === 0 || tradedAt > leg.adoptedAt) return false;
  return order < 0 || (findOrder(leg, order) === null && findBuried(leg, order) === null);
}

/** A reduce-only order is cut to the position: it may end with less than it asked for where nothing is left to reduce. */
function isClosedBy({ position }: Leg, { lots }: Execution): boolean {
  return position.tag === 'flat' || lots >= position.lots;
}

/** The last fill of an order came before the others. */
function missFills(state: State, leg: Leg, order: Order, out: Out): void {
  buryOrder(state, leg, order, { outcome: 'filled', reason: 'filled', filled: order.lots }, out);
  ask(state, leg, out);
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
  if (fill.opened > 0) clear(state, leg, event);
  if (event.leavesLots === 0 && event.order >= 0) releaseStaged(state, leg, event.order, 'done', out);
}

/** What was hinted at is told. For a position of others the time for a stop runs from the first word of it. */
function clear(state: State, leg: Leg, { cause }: Execution): void {
  const { position, hintedAt } = leg;
  leg.hintedAt = 0;
  if (hintedAt === 0 || cause !== 'foreign' || position.tag === 'flat') return;
  position.protectBy = hintedAt + state.setup.config.recoverDeadlineMs;
  due(state, position.protectBy);
}

/** Price a fill is measured against. A limit that fills better than its price was never wanted at that price: no slippage. */
function referenceOf(order: Order, event: Execution): number {
  const isBetter = order.type === 'limit' && event.side * (event.priceTicks - order.referenceTicks) < 0;
  return isBetter ? event.priceTicks : order.referenceTicks;
}
