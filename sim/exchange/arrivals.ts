/**
 * Messages on their way and their arrival (FS-1 sections 4, 6, 12): cancels, expiries and withdrawals for an amend in
 * step 2 of an instant, the rest in sending order in step 4.
 */
import { moneyToNumber } from '../../engine/index.ts';
import type { Ms } from '../../engine/index.ts';
import { dropOrder, orderOf, stageResting } from './book.ts';
import type { Arrival, Book, Core, Order } from './book.ts';
import { exceeds } from './closeness.ts';
import { refuse, tell } from './facts.ts';
import { freeBalance, lotCost } from './margin.ts';
import { cancelOrder, executeMarket, judgeLimit, restUntriggered } from './matching.ts';
import type { AddMargin, Amend, Cancel, Message, RefusalCode, Submit } from './messages.ts';
import { setTradingStop } from './stops.ts';
import { timeSlack } from './track.ts';
import { refusalOf } from './validation.ts';

/** Queues a message by arrival, then by sending. */
export function enqueue(core: Core, book: Book, message: Message, at: Ms, fraction: number): void { // hot
  core.sequence++;
  const arrival: Arrival = { message, at, fraction, sequence: core.sequence, isDone: false, isCancelled: false };
  const { arrivals } = book;
  let place = arrivals.length;
  while (place > book.head) {
    const before = arrivals[place - 1]!;
    if (before.at < at || (before.at === at && before.fraction <= fraction)) break;
    place--;
  }
  if (place === arrivals.length) arrivals.push(arrival);
  else arrivals.splice(place, 0, arrival);
  if (message.tag === 'cancel' || message.tag === 'amend') book.urgent++;
  if (at < book.wakeAt) book.wakeAt = at;
}

/** Offset of an arrival from the open of the present bar. */
export function offsetOf(book: Book, arrival: Arrival): number {
  return arrival.at - book.last.openedAt + arrival.fraction;
}

function isDue(book: Book, arrival: Arrival): boolean {
  return offsetOf(book, arrival) <= book.cursor + timeSlack(book.last);
}

/** Expiries that have come, then cancels and withdrawals of this instant. True when something was told. */
export function withdraw(core: Core, book: Book): boolean {
  const before = core.facts.length;
  for (let i = 0; i < book.orders.length; i++) {
    const order = book.orders[i]!;
    if (order.expireAt === 0 || order.expireAt - book.last.openedAt > book.cursor + timeSlack(book.last)) continue;
    dropOrder(book, order);
    tell(core, book, 'expired', order, '');
    i--;
  }
  for (let i = book.head; i < book.arrivals.length; i++) {
    const arrival = book.arrivals[i]!;
    if (!isDue(book, arrival)) break;
    if (arrival.isDone) continue;
    if (arrival.message.tag === 'cancel') {
      cancelArrived(core, book, arrival.message, i);
      arrival.isDone = true;
    } else if (arrival.message.tag === 'amend') {
      const order = orderOf(book, arrival.message.order);
      if (order !== null) order.isWithdrawn = true;
    }
  }
  return core.facts.length > before;
}

/** A cancel of an order that arrived before it, but in a hole where nothing is judged, takes that order back. */
function cancelArrived(core: Core, book: Book, message: Cancel, place: number): void {
  const order = orderOf(book, message.order);
  if (order !== null) {
    cancelOrder(core, book, order, 'requested');
    return;
  }
  const cancel = book.arrivals[place]!;
  for (let i = book.head; i < place; i++) {
    const submit = book.arrivals[i]!;
    if (submit.message.tag !== 'submit' || submit.message.order !== message.order || submit.isCancelled) continue;
    if (submit.at === cancel.at && submit.fraction === cancel.fraction) break;
    const { expireAt } = submit.message;
    if (expireAt !== 0 && expireAt - cancel.at <= cancel.fraction) break;
    submit.isCancelled = true;
    return;
  }
  refuse(core, book, 'refused', message.order, '110001', 'cancel', 0);
}

/** Hands over the next message of this instant. False when there is none. */
export function deliverNext(core: Core, book: Book): boolean { // hot
  if (book.head >= book.arrivals.length) return false;
  const arrival = book.arrivals[book.head]!;
  if (!isDue(book, arrival)) return false;
  book.head++;
  if (book.head === book.arrivals.length) {
    // Popping keeps the list's memory; cutting its length would give it back and take it again at every message.
    while (book.arrivals.length > 0) book.arrivals.pop();
    book.head = 0;
  }
  book.isStale = true;
  const { message } = arrival;
  if (message.tag === 'cancel' || message.tag === 'amend') book.urgent--;
  if (arrival.isDone) return true;
  switch (message.tag) {
    case 'submit': submitArrived(core, book, message, arrival); return true;
    case 'cancel': {
      const order = orderOf(book, message.order);
      if (order === null) refuse(core, book, 'refused', message.order, '110001', 'cancel', 0);
      else cancelOrder(core, book, order, 'requested');
      return true;
    }
    case 'amend': amendArrived(core, book, message); return true;
    case 'trading-stop': setTradingStop(core, book, message); return true;
    case 'add-margin': marginArrived(core, book, message); return true;
  }
}

function orderFrom(core: Core, message: Submit): Order {
  core.sequence++;
  return {
    id: message.order, side: message.side, isLimit: message.type === 'limit', timeInForce: message.timeInForce,
    reduceOnly: message.reduceOnly, expireAt: message.expireAt, direction: message.triggerDirection === 2 ? -1 : 1,
    triggerByMark: message.triggerBy === 'mark', slByMark: message.slBy === 'mark',
    tpByMark: message.tpBy === 'mark', slTicks: message.slTicks, tpTicks: message.tpTicks,
    state: 'waiting', lots: message.lots, filled: 0, priceTicks: message.priceTicks, triggerTicks: message.triggerTicks,
    sequence: core.sequence, isWithdrawn: false, isAttachmentUsed: false, lotCost: 0.5,
  };
}

function submitArrived(core: Core, book: Book, message: Submit, arrival: Arrival): void { // hot
  const order = orderFrom(core, message);
  let code: RefusalCode | '' = message.malformed;
  if (code === '' && order.isLimit && order.priceTicks <= 0) code = 'BAD_ORDER_PRICE';
  if (code === '' && order.expireAt !== 0 && order.expireAt - arrival.at <= arrival.fraction) code = 'EXPIRED';
  if (code === '') code = refusalOf(core, book, order, null);
  if (code !== '') {
    refuse(core, book, 'rejected', order.id, code, 'submit', 0);
    if (arrival.isCancelled) refuse(core, book, 'refused', order.id, '110001', 'cancel', 0);
    return;
  }
  order.lotCost = lotCost(book, order.side, order.isLimit ? order.priceTicks : book.last.price);
  tell(core, book, 'accepted', order, '', 'submit');
  if (arrival.isCancelled) cancelOrder(core, book, order, 'requested');
  else if (order.expireAt !== 0 && order.expireAt - book.last.openedAt <= book.cursor) tell(core, book, 'expired', order, '');
  else if (order.triggerTicks > 0) restUntriggered(book, order);
  else if (order.isLimit) judgeLimit(core, book, order);
  else executeMarket(core, book, order);
}

/** Whether every field of the amend means something for this order. */
function hasEffect(order: Order, message: Amend): boolean {
  if (message.priceTicks !== 0 && !order.isLimit) return false;
  if (message.triggerTicks !== 0 && order.state !== 'untriggered') return false;
  return message.malformed !== '' || message.priceTicks !== 0 || message.lots !== 0 || message.triggerTicks !== 0;
}

function amendRefusal(core: Core, book: Book, order: Order, message: Amend): RefusalCode | '' {
  if (!hasEffect(order, message)) return '10001';
  if (message.malformed !== '') return message.malformed;
  const lots = message.lots === 0 ? order.lots : message.lots;
  if (lots <= order.filled) return '110017';
  return refusalOf(core, book, {
    side: order.side, isLimit: order.isLimit, lots, filled: order.filled,
    priceTicks: message.priceTicks === 0 ? order.priceTicks : message.priceTicks,
    triggerTicks: order.state !== 'untriggered' ? 0 : message.triggerTicks === 0 ? order.triggerTicks : message.triggerTicks,
    direction: order.direction, triggerByMark: order.triggerByMark, reduceOnly: order.reduceOnly,
  }, order);
}

/**
 * A refused amend changes nothing: what the order missed while it was withdrawn comes before the next message. The
 * second look at this instant finds that order alone: the others had their turn, and the volume left only shrinks.
 */
function takeTurn(book: Book, order: Order): void {
  book.stage = stageResting;
  book.waitedSequence = Math.min(book.waitedSequence, order.sequence - 1);
}

function amendArrived(core: Core, book: Book, message: Amend): void {
  const order = orderOf(book, message.order);
  if (order === null) {
    refuse(core, book, 'refused', message.order, '110001', 'amend', 0);
    return;
  }
  order.isWithdrawn = false;
  const code = amendRefusal(core, book, order, message);
  if (code !== '') {
    refuse(core, book, 'refused', order.id, code, 'amend', 0);
    takeTurn(book, order);
    return;
  }
  core.sequence++;
  order.sequence = core.sequence;
  if (message.lots !== 0) order.lots = message.lots;
  if (message.priceTicks !== 0) order.priceTicks = message.priceTicks;
  if (message.triggerTicks !== 0) order.triggerTicks = message.triggerTicks;
  order.lotCost = lotCost(book, order.side, order.isLimit ? order.priceTicks : book.last.price);
  tell(core, book, 'amended', order, '', 'amend');
  if (order.state === 'untriggered') return;
  if (order.isLimit) judgeLimit(core, book, order);
  else executeMarket(core, book, order);
}

function marginArrived(core: Core, book: Book, message: AddMargin): void {
  const isRefused = book.side === 0 || message.amount <= 0n
    || exceeds(moneyToNumber(book.instrument, message.amount), freeBalance(core, null));
  if (isRefused) {
    refuse(core, book, 'refused', -1, '10001', 'add-margin', message.reference);
    return;
  }
  book.addedMargin += message.amount;
  book.isMarginStale = true;
  tell(core, book, 'accepted', null, '', 'add-margin', message.reference);
}
