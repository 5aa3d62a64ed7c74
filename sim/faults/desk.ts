/**
 * The desk at which requests are taken in: each attempt meets its fate, is handed to the exchange or not, and is answered,
 * given up, or left without a word.
 *
 * 1. One attempt is applied once, or not at all; a link the venue forgot may be taken again.
 * 2. A client gives a request up after `timeoutMs`, and hears nothing of it afterwards.
 * 3. A link the venue knows is refused as a duplicate, whatever became of its order.
 */
import type { Approved, Event, FailureReason, Instrument, Ms, RejectReason, RequestFailed, SetStopCommand } from '../../engine/index.ts';
import type { Exchange } from '../exchange/index.ts';
import { messageOf } from '../venue.ts';
import { fateOf } from './fate.ts';
import type { Fate, Gate } from './fate.ts';
import type { Odds, Target } from './odds.ts';
import type { FaultPlan } from './plan.ts';
import type { TimeQueue } from './queue.ts';
import type { Stream } from './stream.ts';
import type { Truth } from './truth.ts';

type OrderCommand = Extract<Approved, { readonly tag: 'enter' | 'reduce' }>;
type ChangeCommand = Extract<Approved, { readonly tag: 'amend' | 'cancel' }>;
type Sent = Exclude<Approved, { readonly tag: 'notify' | 'query-account' }>;

/** One attempt of a request on its way. */
export interface Request {
  readonly target: Target;
  readonly of: RequestFailed['of'];
  /** Ms that the answer takes longer than usual. */
  readonly backMs: Ms;
  /** The answer is lost. */
  readonly isMute: boolean;
  /** Life of the client that sent it. */
  readonly life: number;
  /** Answered or given up: nothing more is heard of it. */
  isOver: boolean;
}

/** What the venue does by itself at a time. */
export type Task = () => void;

/** Everything the parts of the venue share. */
export interface House {
  readonly exchange: Exchange; readonly instruments: readonly Instrument[]; readonly plan: FaultPlan;
  readonly odds: Odds; readonly truth: Truth; readonly stream: Stream; readonly gate: Gate;
  readonly events: TimeQueue<Event>; readonly tasks: TimeQueue<Task>;
  readonly latencyMs: Ms; readonly responseMs: Ms;
}

/** Numbers of orders whose link the exchange was given twice. */
const firstDouble = 1_000_000_000;

export class Desk {
  readonly #house: House;
  /** Requests by what the exchange's answer will name: order number, or reference of a stop. */
  readonly #submits = new Map<number, Request>();
  readonly #stops = new Map<number, Request>();
  readonly #amends = new Map<number, Request[]>();
  readonly #cancels = new Map<number, Request[]>();
  readonly #attempts = new Map<string, number>();
  /** Links the venue knows, with the number of their newest order. */
  readonly #known = new Map<number, number>();
  #nextReference = 1;
  #nextDouble = firstDouble;
  #life = 0;

  constructor(house: House) { this.#house = house; }

  /** The client died or slept: no answer of an earlier request reaches anybody. */
  forget(): void { this.#life += 1; }

  /** Takes in one attempt, sent at `sentAt`. */
  take(command: Sent, sentAt: Ms): void {
    const { odds, gate, latencyMs, tasks } = this.#house;
    const target = this.#targetOf(command);
    const fate = fateOf(odds, gate, target, sentAt);
    const request = this.begin(target, command.tag, fate, sentAt);
    if (fate.tag !== 'through') return;
    const { delayMs } = fate;
    const arrivesAt = sentAt + latencyMs + delayMs;
    const hand = (): void => {
      if (command.tag === 'set-stop') this.#setStop(request, command, arrivesAt);
      else if (command.tag === 'amend' || command.tag === 'cancel') this.#change(request, command, arrivesAt);
      else this.#submit(request, command, arrivesAt);
    };
    const isResent = (command.tag === 'enter' || command.tag === 'reduce') && target.attempt > 1;
    if (delayMs === 0 && !isResent) hand();
    else tasks.put(arrivesAt, hand);
  }

  #targetOf(command: Sent): Target {
    const order = command.tag === 'set-stop' ? command.triggerTicks : command.order;
    const key = `${command.tag} ${command.leg} ${order}`;
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    return { leg: command.leg, order, action: command.tag, attempt };
  }

  /** A request as its client keeps it, with what it will hear without the exchange's help. */
  begin(target: Target, of: RequestFailed['of'], fate: Fate, sentAt: Ms, isHeard = true): Request {
    const { latencyMs, responseMs, plan } = this.#house;
    const isThrough = fate.tag === 'through';
    const request: Request = {
      target, of, backMs: isThrough ? fate.backMs : 0, isMute: isThrough && fate.answer === 'lost', life: this.#life, isOver: false,
    };
    if (!isHeard) return request;
    const answeredAt = sentAt + latencyMs + responseMs;
    if (fate.tag === 'refused') this.#fail(request, answeredAt, 'not-applied', fate.reason);
    else if (fate.tag === 'failed') this.#fail(request, answeredAt, 'unknown', fate.reason);
    else if (isThrough && fate.answer === 'error') this.#fail(request, answeredAt, 'unknown', 'busy');
    else if (!isThrough || fate.answer === 'lost' || fate.delayMs + fate.backMs > 0) this.#giveUpAt(request, sentAt + plan.timeoutMs);
    return request;
  }

  #giveUpAt(request: Request, at: Ms): void {
    this.#house.tasks.put(at, () => {
      if (!request.isOver) this.#fail(request, at, 'unknown', 'timeout');
    });
  }

  #fail(request: Request, at: Ms, certainty: RequestFailed['certainty'], reason: FailureReason): void {
    request.isOver = true;
    if (request.life !== this.#life) return;
    const { leg, order, action } = request.target;
    this.#house.events.put(at, {
      tag: 'request-failed', at, leg, order: action === 'set-stop' || action === 'query' ? -1 : order, of: request.of, certainty, reason,
    });
  }

  /** The venue answers at `at`; `eventOf` makes the event as it is heard. */
  answer(request: Request | null, at: Ms, eventOf: (heardAt: Ms) => Event): void {
    if (request === null || request.isOver || request.isMute || request.life !== this.#life) return;
    request.isOver = true;
    const heardAt = at + this.#house.responseMs + request.backMs;
    this.#house.events.put(heardAt, eventOf(heardAt));
  }

  /** The request that a fact about a submit, an amend, a cancel or a stop answers; each is named once. */
  submitOf(number: number): Request | null { return once(this.#submits, number); }
  stopOf(reference: number): Request | null { return once(this.#stops, reference); }
  amendOf(number: number): Request | null { return first(this.#amends, number); }
  cancelOf(number: number): Request | null { return first(this.#cancels, number); }

  /** The exchange refused the order: its link is free again. */
  free(link: number, number: number): void {
    if (this.#known.get(link) === number) this.#known.delete(link);
  }

  #submit(request: Request, command: OrderCommand, arrivesAt: Ms): void {
    const { odds, truth, exchange } = this.#house;
    const { target } = request;
    const { leg, order } = command;
    const known = this.#known.get(order);
    if (known !== undefined && !odds.strikes('link-forgotten', target, arrivesAt)) {
      this.answer(request, arrivesAt, (at) => rejected(at, leg, order, 'duplicate-link'));
      return;
    }
    const once: Target = { leg, order, action: 'order', attempt: 0 };
    if (command.tag === 'reduce' && odds.strikes('no-position', target, arrivesAt)) {
      this.answer(request, arrivesAt, (at) => rejected(at, leg, order, 'no-position'));
      return;
    }
    const number = known === undefined ? order : this.#nextDouble++;
    this.#known.set(order, number);
    if (odds.strikes('duplicate-link', target, arrivesAt)) {
      this.answer(request, arrivesAt, (at) => rejected(at, leg, order, 'duplicate-link'));
    } else if (odds.strikes('ack-then-cancel', once, arrivesAt)) {
      this.#cancelUnseen(request, command, arrivesAt);
      return;
    }
    const short = this.#shortOf(command, once, arrivesAt);
    const message = messageOf(command);
    if (message.tag !== 'submit') return;
    const sent = { ...message, order: number, lots: message.lots - short };
    this.#submits.set(number, request);
    truth.send({ number, link: order, message: sent, short, lots: sent.lots, filled: 0, priceTicks: sent.priceTicks }, arrivesAt);
    exchange.send(sent, arrivesAt);
  }

  /** Taken, then cancelled before anything traded: the book never saw it. */
  #cancelUnseen(request: Request, { leg, order }: OrderCommand, at: Ms): void {
    const { tasks, truth, stream } = this.#house;
    this.answer(request, at, (heardAt) => ({ tag: 'order-accepted', at: heardAt, leg, order }));
    tasks.put(at, () => {
      truth.endUnseen(leg, { order, outcome: 'cancelled', filled: 0 }, at);
      stream.push({ leg, order, action: 'order', attempt: 1 }, at, (heardAt) =>
        ({ tag: 'order-cancelled', at: heardAt, leg, order, cause: 'venue', filled: 0 }));
    });
  }

  /** Lots of the order that will never trade; what is left must still be an order that the venue takes. */
  #shortOf({ leg, lots, priceTicks }: OrderCommand, once: Target, at: Ms): number {
    const { instruments, exchange, odds } = this.#house;
    const { minLots, minNotional, unitNumber, kind } = instruments[leg]!;
    const price = priceTicks > 0 ? priceTicks : exchange.markTicks(leg);
    const kept = Math.floor(lots * (0.2 + 0.6 * odds.amount('partial-then-cancel', once)));
    const isEnough = kept >= minLots && kept < lots && (kind !== 'linear' || kept * price * unitNumber >= minNotional * 1.1);
    return isEnough && odds.strikes('partial-then-cancel', once, at) ? lots - kept : 0;
  }

  #change(request: Request, command: ChangeCommand, arrivesAt: Ms): void {
    const number = this.#known.get(command.order) ?? command.order;
    const waiting = command.tag === 'amend' ? this.#amends : this.#cancels;
    waiting.set(number, [...waiting.get(number) ?? [], request]);
    const message = messageOf(command);
    if (message.tag === 'amend' || message.tag === 'cancel') this.#house.exchange.send({ ...message, order: number }, arrivesAt);
  }

  #setStop(request: Request, command: SetStopCommand, arrivesAt: Ms): void {
    const { odds, exchange } = this.#house;
    const { target } = request;
    const { leg, triggerTicks } = command;
    if (odds.strikes('stop-not-modified', target, arrivesAt)) {
      this.answer(request, arrivesAt, (at) => ({ tag: 'stop-unchanged', at, leg, triggerTicks }));
      return;
    }
    const isThrough = odds.strikes('stop-through', target, arrivesAt);
    if (isThrough || odds.strikes('stop-no-position', target, arrivesAt)) {
      const reason = isThrough ? 'through-trigger' : 'no-position';
      this.answer(request, arrivesAt, (at) => ({ tag: 'stop-refused', at, leg, triggerTicks, reason }));
      return;
    }
    const reference = this.#nextReference++;
    this.#stops.set(reference, request);
    const message = messageOf(command);
    if (message.tag === 'trading-stop') exchange.send({ ...message, reference }, arrivesAt);
  }
}

function rejected(at: Ms, leg: number, order: number, reason: RejectReason): Event {
  return { tag: 'order-rejected', at, leg, order, reason };
}

function once(waiting: Map<number, Request>, name: number): Request | null {
  const request = waiting.get(name) ?? null;
  waiting.delete(name);
  return request;
}

function first(waiting: Map<number, Request[]>, number: number): Request | null {
  const [request, ...rest] = waiting.get(number) ?? [];
  if (rest.length > 0) waiting.set(number, rest);
  else waiting.delete(number);
  return request ?? null;
}
