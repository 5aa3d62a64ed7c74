/**
 * What a snapshot proves. Pure: (state, snapshot) -> findings; `recovery.ts` acts on them. Start, restart, reconnect and
 * every later question are this one path.
 *
 *  1. A part that is 'unknown' leads to no finding.
 *  2. Executions not counted yet come first, in the venue's order; the same snapshot again has none left.
 *  3. An order shown open stands, whatever was believed of it. Its terms are those shown once no change of them can be
 *     on its way any more.
 *  4. An order is over by the venue's word, or by absence: not among open orders, ended ones and executions, in two
 *     readings taken after its last request could still have been accepted (receive window and margin). A reading
 *     from before that proves nothing.
 *  5. An open order of a number of ours that is believed over is cancelled; one that is not ours is left to policy.
 *  6. A position is judged only by a reading that is not older than the newest execution counted, and never changed by it.
 *  7. A stop is missing only where the reading is not older than the word that there is one: what is known in a
 *     millisecond happened in it at the latest. Of the fills it must be newer. A stop that is shown is never doubted for
 *     another reason than the price being through it.
 */
import type { AccountSnapshot, EndedOrder, Execution, OpenOrder, TriggerSource } from './events.ts';
import { hasCounted } from './position.ts';
import { isAnyHeld, isThrough } from './stop-levels.ts';
import { signedLots } from './risk.ts';
import type { Leg, Order, State } from './state.ts';

export type OrderFinding =
  | { readonly tag: 'stands'; readonly order: Order; readonly shown: OpenOrder; readonly isFinal: boolean }
  | { readonly tag: 'ended'; readonly order: Order; readonly how: EndedOrder }
  /** Not shown by a reading that could have shown it. */
  | { readonly tag: 'absent'; readonly order: Order }
  /** Not shown by a reading that proves nothing of it yet. */
  | { readonly tag: 'unseen'; readonly order: Order }
  | { readonly tag: 'stray'; readonly id: number }
  | { readonly tag: 'foreign'; readonly order: OpenOrder };

export type PositionFinding = 'unknown' | 'older' | 'as-counted' | 'different';

export type StopFinding =
  | { readonly tag: 'unknown' }
  | { readonly tag: 'shown'; readonly triggerTicks: number; readonly by: TriggerSource; readonly isOverdue: boolean }
  | { readonly tag: 'missing' };

/** Absences that prove that an order was never placed. */
export const absencesNeeded = 2;

/** 2. */
export function newExecutions(state: State, { executions }: AccountSnapshot): readonly Execution[] {
  return executions === 'unknown' ? [] : executions.filter(({ id }) => !hasCounted(state, id));
}

/** 3 to 5, after the executions were counted. */
export function orderFindings(state: State, leg: Leg, snapshot: AccountSnapshot): readonly OrderFinding[] {
  const { openOrders, ended } = snapshot;
  const findings: OrderFinding[] = [];
  for (const order of leg.orders) {
    const how = ended === 'unknown' ? undefined : ended.find((one) => one.order === order.id);
    const shown = openOrders === 'unknown' ? undefined : openOrders.find((one) => one.order === order.id);
    if (how !== undefined) findings.push({ tag: 'ended', order, how });
    else if (shown !== undefined) findings.push({ tag: 'stands', order, shown, isFinal: isPastFence(state, order, snapshot) });
    else if (canProveAbsence(state, order, snapshot)) findings.push({ tag: 'absent', order });
    else if (openOrders !== 'unknown' && snapshot.takenAt > order.attemptAt) findings.push({ tag: 'unseen', order });
  }
  if (openOrders === 'unknown') return findings;
  for (const open of openOrders) {
    if (open.order < 0) findings.push({ tag: 'foreign', order: open });
    else if (!leg.orders.some((order) => order.id === open.order) && !isEnded(ended, open.order)) findings.push({ tag: 'stray', id: open.order });
  }
  return findings;
}

function isEnded(ended: AccountSnapshot['ended'], id: number): boolean {
  return ended !== 'unknown' && ended.some(({ order }) => order === id);
}

/** 4. */
function canProveAbsence(state: State, order: Order, snapshot: AccountSnapshot): boolean {
  const { takenAt, openOrders, ended, executions } = snapshot;
  if (openOrders === 'unknown' || ended === 'unknown' || executions === 'unknown') return false;
  if (order.state.tag === 'unknown' && takenAt <= order.state.absentAt) return false;
  return isPastFence(state, order, snapshot);
}

/** Nothing that was asked of the order can still be accepted. */
function isPastFence({ setup: { config } }: State, { attemptAt }: Order, { takenAt }: AccountSnapshot): boolean {
  return takenAt > attemptAt + config.recvWindowMs + config.absenceMarginMs;
}

/** 6. */
export function positionFinding(leg: Leg, { position, takenAt }: AccountSnapshot): PositionFinding {
  if (position === 'unknown') return 'unknown';
  if (position.side * position.lots === signedLots(leg)) return 'as-counted';
  return takenAt < leg.executedAt ? 'older' : 'different';
}

/** 7, for an open position. */
export function stopFinding(leg: Leg, { stop, takenAt, markTicks, lastTicks }: AccountSnapshot): StopFinding {
  const { position } = leg;
  if (position.tag === 'flat' || stop === 'unknown') return { tag: 'unknown' };
  if (stop !== null && takenAt < position.bareAt) return { tag: 'unknown' };
  if (stop !== null) {
    const price = stop.by === 'mark' ? markTicks : lastTicks;
    return { tag: 'shown', triggerTicks: stop.triggerTicks, by: stop.by, isOverdue: isThrough(position.side, price, stop.triggerTicks) };
  }
  const { protection } = position;
  const isOlder = takenAt < protection.since || takenAt <= leg.executedAt;
  const isExpected = isAnyHeld(protection) || protection.tag === 'unprotected';
  return isExpected && !isOlder ? { tag: 'missing' } : { tag: 'unknown' };
}
