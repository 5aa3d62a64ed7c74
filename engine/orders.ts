/**
 * Orders from sent to done. The leg keeps its standing orders; a done order leaves the list with a note.
 *
 * 1. Every order keeps `filled` in every state.
 * 2. At most one attempt of an intent is standing; a later one waits as the leg's staged entry.
 * 3. Fills of an order that is no longer known still count: the position is folded from executions alone.
 */
import type { EnterCommand, ReduceCommand } from './commands.ts';
import type { Out } from './notes.ts';
import { approveEntry, approveReducing } from './risk.ts';
import type { Leg, Order, OrderOutcome, State } from './state.ts';
import { lots as lotsOf } from './units.ts';
import type { Direction, Ms } from './units.ts';

export function findOrder(leg: Leg, id: number): Order | null { // hot
  const { orders } = leg;
  for (let i = 0; i < orders.length; i++) if (orders[i]!.id === id) return orders[i]!;
  return null;
}

/** Puts an opening order on the leg's list and emits its command. */
export function sendEntry(state: State, leg: Leg, order: Order, out: Out): void {
  leg.orders.push(order);
  const { terms } = order;
  const command: EnterCommand = {
    tag: 'enter', leg: leg.index, order: order.id, side: order.side, lots: lotsOf(order.lots), type: order.type,
    priceTicks: order.priceTicks, triggerTicks: order.triggerTicks, triggerBy: 'last',
    triggerDirection: order.triggerDirection, timeInForce: order.timeInForce,
    stopTicks: terms === null ? 0 : terms.stopTicks, stopBy: terms === null ? 'mark' : terms.stopBy,
  };
  out.commands.push(approveEntry(state, command));
}

export interface ReduceWish {
  readonly role: 'exit' | 'target';
  readonly lots: number;
  /** Limit price in ticks; 0 = at market. */
  readonly priceTicks: number;
  readonly key: string;
  readonly reason: string;
}

/** Sends a reduce-only order against the open position. Returns it, or null when the leg is flat. */
export function sendReduce(state: State, leg: Leg, wish: ReduceWish, out: Out): Order | null {
  const { position } = leg;
  if (position.tag === 'flat' || wish.lots <= 0) return null;
  const side: Direction = position.side === 1 ? -1 : 1;
  const type = wish.priceTicks > 0 ? 'limit' : 'market';
  const order: Order = {
    id: state.nextOrder++, leg: leg.index, role: wish.role, side, type, reduceOnly: true,
    timeInForce: type === 'limit' ? 'GTC' : 'IOC', triggerTicks: 0, triggerDirection: 0,
    referenceTicks: type === 'limit' ? wish.priceTicks : leg.book.lastTicks, key: wish.key, reason: wish.reason,
    terms: null, sentAt: state.now, attempt: 1, attemptAt: state.now, endsAtDecision: 0, priceTicks: wish.priceTicks, lots: wish.lots, filled: 0,
    state: { tag: 'sent', since: state.now },
  };
  leg.orders.push(order);
  const command: ReduceCommand = {
    tag: 'reduce', leg: leg.index, order: order.id, side, lots: lotsOf(order.lots), type,
    priceTicks: wish.priceTicks, timeInForce: order.timeInForce, reduceOnly: true,
  };
  out.commands.push(approveReducing(command));
  return order;
}

/** Asks the venue to end an order; a second ask while one is under way changes nothing. */
export function cancelOrder(state: State, leg: Leg, order: Order, out: Out): void {
  if (order.state.tag === 'cancelling' || order.state.tag === 'done') return;
  order.state = { tag: 'cancelling', since: state.now };
  out.commands.push(approveReducing({ tag: 'cancel', leg: leg.index, order: order.id }));
}

export function acceptOrder(leg: Leg, id: number, at: Ms): Order | null {
  const order = findOrder(leg, id);
  if (order !== null && (order.state.tag === 'sent' || order.state.tag === 'unknown')) order.state = { tag: 'working', since: at };
  return order;
}

/** Takes an order off the list and notes how it ended. */
export function endOrder(leg: Leg, id: number, at: Ms, outcome: OrderOutcome, reason: string, out: Out): Order | null {
  const { orders } = leg;
  for (let i = 0; i < orders.length; i++) {
    const order = orders[i]!;
    if (order.id !== id) continue;
    order.state = { tag: 'done', outcome, since: at };
    orders.splice(i, 1);
    out.notes.push({ tag: 'order-ended', at, order, outcome, reason });
    return order;
  }
  return null;
}

/** The single working entry of the leg, staged ones included; resting sets have their own keys. */
export function workingEntry(leg: Leg): Order | null { // hot
  const { orders } = leg;
  for (let i = 0; i < orders.length; i++) if (orders[i]!.role === 'entry') return orders[i]!;
  return leg.staged === null ? null : leg.staged.order;
}

/** The market exit under way, if any. */
export function workingExit(leg: Leg): Order | null {
  for (const order of leg.orders) if (order.role === 'exit') return order;
  return null;
}

/** Sends the entry that waited for this order's answer, or drops it when the answer leaves no room for it. */
export function releaseStaged(state: State, leg: Leg, id: number, answer: 'accepted' | 'done' | 'refused', out: Out): void {
  const { staged } = leg;
  if (staged === null || staged.after !== id) return;
  if (staged.until === 'done' && answer === 'accepted') return;
  leg.staged = null;
  const open = leg.position.tag === 'open';
  const stillWanted = state.mode.tag === 'trading'
    && !(answer === 'refused' && open)
    && !(staged.until === 'done' && open);
  if (stillWanted) {
    sendEntry(state, leg, staged.order, out);
    return;
  }
  out.notes.push({
    tag: 'decision', at: state.now, leg: leg.index, intent: 'enter', outcome: 'refused', reason: 'overtaken',
    priceTicks: staged.order.referenceTicks, stopTicks: staged.order.terms?.stopTicks ?? 0, lots: staged.order.lots,
  });
  state.refusals['overtaken'] = (state.refusals['overtaken'] ?? 0) + 1;
}
