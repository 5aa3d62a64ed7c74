/**
 * Orders from sent to done. The leg keeps its standing orders; a done order leaves the list with a note.
 *
 * 1. Every order keeps `filled` in every state.
 * 2. At most one attempt of an intent is standing; a later one waits as the leg's staged entry.
 * 3. Fills of an order that is no longer known still count: the position is folded from executions alone.
 * 4. An order without an answer is `unknown`: it counts as standing until something proves what became of it.
 * 5. Only what can merely reduce is sent a second time, under the same link.
 */
import type { EnterCommand, ReduceCommand } from './commands.ts';
import type { Out } from './notes.ts';
import { approveEntry, approveReducing } from './risk.ts';
import { due } from './deadlines.ts';
import type { Leg, Order, OrderOutcome, StagedEntry, State, UnknownCause } from './state.ts';
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
  order.attemptAt = state.now;
  due(state, state.now + state.setup.config.orderSilenceMs);
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
  readonly role: 'exit' | 'target' | 'trim';
  /** GTC for a limit and IOC at market unless stated. */
  readonly timeInForce?: 'GTC' | 'IOC';
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
    timeInForce: wish.timeInForce ?? (type === 'limit' ? 'GTC' : 'IOC'), triggerTicks: 0, triggerDirection: 0,
    referenceTicks: type === 'limit' ? wish.priceTicks : leg.book.lastTicks, key: wish.key, reason: wish.reason,
    terms: null, sentAt: state.now, attempt: 1, attemptAt: state.now, isUnwanted: false, endsAtDecision: 0, priceTicks: wish.priceTicks, lots: wish.lots, filled: 0,
    state: { tag: 'sent', since: state.now },
  };
  leg.orders.push(order);
  pushReduce(state, order, out);
  return order;
}

/** The request of a reduce-only order, also when it is sent again: the same link, the same terms. */
export function pushReduce(state: State, order: Order, out: Out): void {
  due(state, state.now + state.setup.config.orderSilenceMs);
  const command: ReduceCommand = {
    tag: 'reduce', leg: order.leg, order: order.id, side: order.side, lots: lotsOf(order.lots), type: order.type,
    priceTicks: order.priceTicks, timeInForce: order.timeInForce, reduceOnly: true,
  };
  out.commands.push(approveReducing(command));
}

/** A reduce-only order whose request may be lost goes out once more; the worst answer is a refusal. */
export function resendReduce(state: State, order: Order, out: Out): void {
  order.attempt += 1;
  order.attemptAt = state.now;
  order.state = { tag: 'sent', since: state.now };
  pushReduce(state, order, out);
}

/** Nothing is known of the order any more; it stands until something proves what became of it. */
export function doubt(order: Order, cause: UnknownCause, at: Ms): void {
  if (order.state.tag !== 'unknown') order.state = { tag: 'unknown', cause, since: at, absences: 0, absentAt: 0 };
}

/** How an order ended; `filled` = lots that the venue says it filled, told or not. */
interface Burial { readonly outcome: OrderOutcome; readonly reason: string; readonly filled: number }

/** Ends an order whose fills may still come: they are recognised for a day. */
export function buryOrder(state: State, leg: Leg, order: Order, { outcome, reason, filled }: Burial, out: Out): void {
  if (endOrder(leg, order.id, state.now, outcome, reason, out) === null) return;
  const until = state.now + state.setup.config.buriedMs;
  leg.buried.push({ order, until, filled });
  due(state, until);
}

export function findBuried(leg: Leg, id: number): Order | null {
  for (const { order } of leg.buried) if (order.id === id) return order;
  return null;
}

/**
 * An order believed never placed that stands at the venue after all: it is back on the list, and not wanted any more.
 * One that the venue itself ended does not stand: what says so is old.
 */
export function unearth(state: State, leg: Leg, id: number, out: Out): boolean {
  const order = findBuried(leg, id);
  if (order === null || order.state.tag !== 'done' || order.state.outcome !== 'absent') return false;
  leg.buried = leg.buried.filter((one) => one.order !== order);
  order.state = { tag: 'working', since: state.now };
  order.isUnwanted = false;
  leg.orders.push(order);
  cancelOrder(state, leg, order, out);
  return true;
}

/** Asks the venue to end an order; a second ask while one is under way changes nothing, and an unknown one stays unknown. */
export function cancelOrder(state: State, leg: Leg, order: Order, out: Out): void {
  if (order.state.tag === 'cancelling' || order.state.tag === 'done') return;
  if (order.state.tag === 'unknown' && order.isUnwanted) return;
  order.isUnwanted = true;
  if (order.state.tag !== 'unknown') order.state = { tag: 'cancelling', since: state.now };
  due(state, state.now + state.setup.config.orderSilenceMs);
  out.commands.push(approveReducing({ tag: 'cancel', leg: leg.index, order: order.id }));
}

/** The venue holds the order. One that is not wanted any more is cancelled there. */
export function acceptOrder(state: State, leg: Leg, id: number, out: Out): void {
  const order = findOrder(leg, id);
  if (order === null) {
    if (leg.buried.length > 0) unearth(state, leg, id, out);
    return;
  }
  if (order.state.tag !== 'sent' && order.state.tag !== 'unknown') return;
  order.state = { tag: 'working', since: state.now };
  if (!order.isUnwanted) return;
  order.isUnwanted = false;
  cancelOrder(state, leg, order, out);
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
    if (order.role === 'target' && outcome !== 'filled' && !order.isUnwanted && leg.position.tag === 'open') leg.position.areTargetsDue = true;
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

/** What became of an order that another waits for. `owed` = over, with fills that were not told; `refused` = over without any. */
export type StagedAnswer = 'accepted' | 'done' | 'owed' | 'refused';

/**
 * Sends the entry that waited for this order's answer, or drops it when the answer leaves no room for it. The exit of a
 * reversal stays wanted when it is refused: the position was to go.
 */
export function releaseStaged(state: State, leg: Leg, id: number, answer: StagedAnswer, out: Out): void {
  const { staged } = leg;
  if (staged === null || staged.after !== id) return;
  if (staged.until === 'done' && answer === 'accepted') return;
  const { position } = leg;
  const open = position.tag === 'open';
  const stillWanted = state.mode.tag === 'trading'
    && !(answer === 'refused' && open)
    && !(staged.until === 'done' && (open || answer === 'owed'));
  const other = leg.orders.find((order) => order.role === 'entry');
  if (stillWanted && other !== undefined) {
    leg.staged = { ...staged, after: other.id }; // never two entries of a leg: the one replaced has to be over too
    return;
  }
  if (stillWanted) {
    leg.staged = null;
    sendEntry(state, leg, staged.order, out);
    return;
  }
  if (answer === 'refused') keepExit(leg, staged);
  dropStaged(state, leg, out);
}

/** The entry that waits is over before anything was heard of what it waits for. */
export function endStaged(state: State, leg: Leg, out: Out): void {
  if (leg.staged === null) return;
  keepExit(leg, leg.staged);
  dropStaged(state, leg, out);
}

/** The exit of a reversal may be lost: the position is to go all the same. */
function keepExit({ position }: Leg, { until, order }: StagedEntry): void {
  if (until !== 'accepted' || position.tag === 'flat' || position.leaving !== '') return;
  position.leaving = order.reason === '' ? 'reverse' : order.reason;
  position.rung = 'market';
}

/** What waited is not sent any more: something else came first, or its time is over. */
function dropStaged(state: State, leg: Leg, out: Out): void {
  const { staged } = leg;
  if (staged === null) return;
  leg.staged = null;
  out.notes.push({
    tag: 'decision', at: state.now, leg: leg.index, intent: 'enter', outcome: 'refused', reason: 'overtaken',
    priceTicks: staged.order.referenceTicks, stopTicks: staged.order.terms?.stopTicks ?? 0, lots: staged.order.lots, inputs: '',
  });
  state.refusals['overtaken'] = (state.refusals['overtaken'] ?? 0) + 1;
}
