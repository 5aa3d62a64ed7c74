/**
 * A venue of sixty lines for one leg: requests wait until they are made to arrive, answers until they are made to be heard,
 * and either can be lost. What is true is kept beside it, so that an auditor can compare.
 */
import { feeOf, valueAt } from '../../../engine/index.ts';
import type { Command, Direction, EndedOrder, Event, Execution, Instrument, Lots, Money, OpenOrder } from '../../../engine/index.ts';
import type { Truth } from '../../../sim/invariants/index.ts';

type Request = Exclude<Command, { readonly tag: 'notify' }>;
interface Standing { readonly id: number; readonly side: Direction; lots: number; filled: number; readonly priceTicks: number; readonly reduceOnly: boolean; readonly stopTicks: number }
/** Events without their time: they are heard when they are delivered. */
export type Said = (at: number) => Event;

export class Desk implements Truth {
  readonly instrument: Instrument;
  readonly requests: Request[] = [];
  readonly answers: Said[] = [];
  readonly orders = new Map<number, Standing>();
  readonly ended: EndedOrder[] = [];
  readonly done: Execution[] = [];
  readonly #links = new Set<number>();
  lots = 0;
  cost: Money = 0n;
  wallet: Money;
  stopTicks = 0;
  ticks: number;
  now: number;

  constructor(instrument: Instrument, wallet: Money, ticks: number, now: number) {
    this.instrument = instrument;
    this.wallet = wallet;
    this.ticks = ticks;
    this.now = now;
  }

  position(): ReturnType<Truth['position']> { return { side: Math.sign(this.lots) as Direction | 0, lots: Math.abs(this.lots), cost: this.cost }; }
  stop(): ReturnType<Truth['stop']> { return this.stopTicks === 0 ? null : { triggerTicks: this.stopTicks, by: 'last' }; }
  executions(): readonly Execution[] { return this.done; }
  openOrders(): readonly OpenOrder[] {
    return [...this.orders.values()].map(({ id, side, lots, filled, priceTicks, reduceOnly }) => ({ order: id, side, lots, filled, priceTicks, reduceOnly }));
  }

  /** The request at `index` arrives: it is applied, and answered. */
  arrive(index: number): void {
    const request = this.requests.splice(index, 1)[0]!;
    switch (request.tag) {
      case 'enter': case 'reduce': this.#submit(request); return;
      case 'cancel': this.#cancel(request.order, true); return;
      case 'amend': this.answers.push((at) => ({ tag: 'request-failed', at, leg: 0, order: request.order, of: 'amend', certainty: 'not-applied', reason: 'refused' })); return;
      case 'set-stop': this.#setStop(request.triggerTicks); return;
      case 'query-account': this.answers.push(this.reading('nothing')); return;
      default:
    }
  }

  #submit(request: Extract<Request, { tag: 'enter' | 'reduce' }>): void {
    const { order: id, side, lots, priceTicks } = request;
    const refuse = (reason: 'duplicate-link' | 'no-position'): void => { this.answers.push((at) => ({ tag: 'order-rejected', at, leg: 0, order: id, reason })); };
    if (this.#links.has(id)) return refuse('duplicate-link');
    if (request.tag === 'reduce' && this.lots * side >= 0) return refuse('no-position');
    this.#links.add(id);
    this.answers.push((at) => ({ tag: 'order-accepted', at, leg: 0, order: id }));
    this.orders.set(id, { id, side, lots, filled: 0, priceTicks, reduceOnly: request.tag === 'reduce', stopTicks: request.tag === 'enter' ? request.stopTicks : 0 });
    if (request.type === 'market') this.fill(id, lots);
  }

  /** The order trades so much at the present price, a reduce-only one no more than is held. */
  fill(id: number, most: number): void {
    const order = this.orders.get(id);
    if (order === undefined) return;
    const room = order.reduceOnly ? Math.max(0, -this.lots * order.side) : Number.POSITIVE_INFINITY;
    const lots = Math.min(most, order.lots - order.filled, room);
    if (lots > 0) {
      order.filled += lots;
      const opens = this.lots * order.side <= 0;
      this.trade(id, order.side, lots, order.lots - order.filled);
      if (opens && this.lots * order.side > 0 && order.stopTicks > 0) this.#hold(order.stopTicks);
    }
    if (order.filled === order.lots) this.#end(order, 'filled');
    else if (order.reduceOnly && this.lots * order.side >= 0) this.#cancel(id, false);
  }

  trade(order: number, side: Direction, lots: number, leavesLots: number): void {
    const value = valueAt(this.instrument, this.ticks, lots);
    const fee = feeOf(value, this.instrument.takerPico);
    const before = this.lots;
    this.lots += side * lots;
    const closed = before * side < 0 ? Math.min(lots, Math.abs(before)) : 0;
    const released = closed === 0 ? 0n : (this.cost * BigInt(closed)) / BigInt(Math.abs(before));
    const closing = valueAt(this.instrument, this.ticks, closed);
    this.wallet += (before > 0 ? closing - released : released - closing) - fee;
    this.cost += valueAt(this.instrument, this.ticks, lots - closed) - released;
    const isPlain = order >= 0;
    const execution: Execution = {
      tag: 'execution', at: this.now, leg: 0, order, id: this.done.length + 1, cause: isPlain ? 'order' : 'stop', side, lots: lots as Lots,
      priceTicks: this.ticks, value, fee, liquidity: 'taker', leavesLots,
    };
    this.done.push(execution);
    this.answers.push((at) => ({ ...execution, at }));
    if (before * this.lots <= 0) this.stopTicks = 0;
  }

  #hold(triggerTicks: number): void {
    this.stopTicks = triggerTicks;
    this.answers.push((at) => ({ tag: 'stop-set', at, leg: 0, triggerTicks, by: 'last', trailTicks: 0 }));
    this.fire();
  }

  #setStop(triggerTicks: number): void {
    const refuse = (reason: 'no-position' | 'through-trigger'): void => { this.answers.push((at) => ({ tag: 'stop-refused', at, leg: 0, triggerTicks, reason })); };
    if (this.lots === 0) return refuse('no-position');
    if (Math.sign(this.lots) * (this.ticks - triggerTicks) <= 0) return refuse('through-trigger');
    if (this.stopTicks === triggerTicks) this.answers.push((at) => ({ tag: 'stop-unchanged', at, leg: 0, triggerTicks }));
    else this.#hold(triggerTicks);
  }

  /** The stop acts when the price is through it. */
  fire(): void {
    if (this.lots === 0 || this.stopTicks === 0 || Math.sign(this.lots) * (this.ticks - this.stopTicks) > 0) return;
    this.trade(-1, this.lots > 0 ? -1 : 1, Math.abs(this.lots), 0);
  }

  #cancel(id: number, isAsked: boolean): void {
    const order = this.orders.get(id);
    if (order !== undefined) this.#end(order, 'cancelled', isAsked);
    else this.answers.push((at) => ({ tag: 'request-failed', at, leg: 0, order: id, of: 'cancel', certainty: 'not-applied', reason: 'no-order' }));
  }

  /** The venue cancels what stands. */
  drop(id: number): void { this.#cancel(id, false); }

  #end(order: Standing, outcome: 'filled' | 'cancelled', isAsked = false): void {
    const { id, filled } = order;
    this.orders.delete(id);
    this.ended.push({ order: id, outcome, filled });
    if (outcome === 'cancelled') this.answers.push((at) => ({ tag: 'order-cancelled', at, leg: 0, order: id, cause: isAsked ? 'requested' : 'venue', filled }));
  }

  /** A reading of now, heard later; one part of it may be unknown. */
  reading(without: 'nothing' | 'position' | 'stop' | 'orders' | 'executions' | 'everything'): Said {
    const lacks = (part: typeof without): boolean => without === part || without === 'everything';
    const { side, lots, cost } = this.position();
    const snapshot = {
      tag: 'account-snapshot', takenAt: this.now, leg: 0, markTicks: this.ticks, lastTicks: this.ticks,
      position: lacks('position') ? 'unknown' : { side, lots, cost, entryTicks: lots === 0 ? 0 : Number(cost) / lots / Number(this.instrument.unitMoney) },
      stop: lacks('stop') ? 'unknown' : this.stop(), openOrders: lacks('orders') ? 'unknown' : this.openOrders(),
      ended: lacks('orders') ? 'unknown' : [...this.ended], executions: lacks('executions') ? 'unknown' : [...this.done],
    } as const;
    return (at) => ({ ...snapshot, at });
  }
}
