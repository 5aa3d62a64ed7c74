/**
 * Where requests to trade are taken in: read, handed to the matching core, answered when it has judged them. Requests that
 * fail in form, and settings, are answered when they would have arrived.
 */
import type { Ms } from '../../../engine/index.ts';
import type { Message } from '../../../sim/index.ts';
import type { Answer, Row, Writes } from '../world.ts';
import type { Account, Waiters } from './account.ts';
import { done, duplicateLink, invalid, marketIsOver, noPosition, notModified, orderGone, refused, tooManyActive, tooManyConditional } from './answers.ts';
import { amendRefusal, stopRefusal, submitRefusal } from './refusals.ts';
import { symbolOf } from './house.ts';
import type { House } from './house.ts';
import { isConditional, isOfFilter, isOpen } from './orders.ts';
import type { WireOrder } from './orders.ts';
import { isRefusal, readAmend, readCreate, readLeverage, readTradingStop, textOf } from './requests.ts';
import type { AmendWish, CreateWish, Sizes, StopWish } from './requests.ts';

/** Per symbol. */
const activeOrdersMost = 500;
const conditionalOrdersMost = 10;

/** A request that the core has and has not judged. */
export interface Waiting { readonly symbol: number; readonly arrivesAt: Ms; readonly settle: (answer: Answer) => void }
type Judged = (code: string) => Answer;

interface Asked { readonly waiting: Waiting; readonly judged: Judged }

export interface DeskParts { readonly house: House; readonly sizes: readonly Sizes[]; readonly marginMode: 'REGULAR_MARGIN' | 'ISOLATED_MARGIN' }

export class Desk implements Writes, Waiters {
  readonly #house: House;
  readonly #sizes: readonly Sizes[];
  account: Account | null = null;
  marginMode: 'REGULAR_MARGIN' | 'ISOLATED_MARGIN';
  /** Requests without an answer. */
  underWay = 0;
  /** Requests that the core has not judged. */
  readonly waiting = new Set<Waiting>();
  readonly #submits = new Map<number, Asked>();
  readonly #amends = new Map<number, Asked[]>();
  readonly #cancels = new Map<number, Asked[]>();
  readonly #stops = new Map<number, Asked>();
  /** Links on their way. */
  readonly #links = new Set<string>();
  #orders = 0;
  #references = 0;

  constructor({ house, sizes, marginMode }: DeskParts) {
    this.#house = house;
    this.#sizes = sizes;
    this.marginMode = marginMode;
  }

  create(body: Row): Promise<Answer> {
    const symbol = symbolOf(this.#house, textOf(body, 'symbol'));
    if (symbol < 0) return this.#say(invalid('symbol'));
    const wish = readCreate(body, this.#house.instruments[symbol]!, this.#sizes[symbol]!);
    const refusal = isRefusal(wish) ? wish : this.#roomRefusal(symbol, wish);
    if (refusal !== null || isRefusal(wish)) return this.#say(refusal ?? done());
    return this.#ask((settle) => { this.submit(symbol, wish, settle); });
  }

  /** Links are unique for ever; so many orders per symbol. */
  #roomRefusal(symbol: number, { link, triggerTicks }: CreateWish): Answer | null {
    const { orders } = this.#house;
    if (link !== '' && (orders.hasLink(link) || this.#links.has(link))) return duplicateLink;
    const own = orders.open(symbol).filter(({ child }) => child === null);
    if (triggerTicks > 0) return own.filter(isConditional).length >= conditionalOrdersMost ? tooManyConditional : null;
    return own.filter((order) => !isConditional(order)).length >= activeOrdersMost ? tooManyActive : null;
  }

  /** An order of the client, or by hand when nobody waits for it. */
  submit(symbol: number, wish: CreateWish, settle: (answer: Answer) => void): void {
    const house = this.#house;
    this.#orders += 1;
    const number = this.#orders;
    const order: WireOrder = {
      number, symbol, symbolName: house.instruments[symbol]!.symbol, id: house.ids.next(), child: null, ...wish,
      createdAt: house.now(), updatedAt: house.now(), lastTicks: nanToZero(house.exchange.markTicks(symbol)),
      filled: 0, value: 0n, fee: 0n, pnl: 0n, status: 'New', cancelType: 'UNKNOWN', rejectReason: 'EC_NoError', version: 0,
    };
    if (wish.link !== '') this.#links.add(wish.link);
    this.account!.sent.set(number, order);
    if (wish.tpTicks > 0) this.account!.details[symbol]!.tpBy = wish.tpBy;
    const { link: _link, closeOnTrigger: _closes, ...rest } = wish;
    this.#submits.set(number, {
      waiting: this.#wait(symbol, (answer) => {
        this.#links.delete(wish.link);
        settle(answer);
      }),
      judged: (code) => (code === '' ? done({ orderId: order.id, orderLinkId: order.link }) : submitRefusal(house, order, code)),
    });
    this.#send({ tag: 'submit', symbol, order: number, ...rest, expireAt: 0, malformed: '' });
  }

  amend(body: Row): Promise<Answer> {
    const found = this.#find(body);
    if (found === null || (found.child !== null && !isOpen(found))) return this.#say(orderGone('replace'));
    const wish = readAmend(body, this.#house.instruments[found.symbol]!, this.#sizes[found.symbol]!);
    if (isRefusal(wish)) return this.#say(wish);
    if (found.child !== null) return this.#moveChild(found, wish);
    if (wish.lots === 0 && wish.priceTicks === 0 && wish.triggerTicks === 0) {
      return this.#say(refused(10001, wish.hasLevels ? 'TP/SL of an order cannot be changed here' : 'order not modified'));
    }
    return this.#ask((settle) => { this.#amendOrder(found, wish, settle); });
  }

  #amendOrder(order: WireOrder, { lots, priceTicks, triggerTicks }: AmendWish, settle: (answer: Answer) => void): void {
    const { symbol, number } = order;
    if (triggerTicks > 0) this.account!.triggers.set(number, triggerTicks);
    push(this.#amends, number, {
      waiting: this.#wait(symbol, settle),
      judged: (code) => {
        if (code === '') return done({ orderId: order.id, orderLinkId: order.link });
        this.account!.triggers.delete(number);
        return amendRefusal(this.#house, order, code, lots);
      },
    });
    // A client may state what does not change; the core takes what means something for the order.
    const price = order.type === 'market' ? 0 : priceTicks;
    const trigger = order.status === 'Untriggered' ? triggerTicks : 0;
    this.#send({ tag: 'amend', symbol, order: number, priceTicks: price, lots, triggerTicks: trigger, malformed: '' });
  }

  #moveChild(order: WireOrder, { triggerTicks }: AmendWish): Promise<Answer> {
    if (triggerTicks === 0 || order.child === 'TS') return this.#say(refused(10001, 'order not modified'));
    return this.#ask((settle) => { this.#setChild(order, triggerTicks, settle); });
  }

  /** Orders that ended are the core's to refuse too: in its turn. */
  cancel(body: Row): Promise<Answer> {
    const found = this.#find(body);
    if (found === null || (found.child !== null && !isOpen(found))) return this.#say(orderGone('cancel'));
    return this.#ask((settle) => { this.#cancelOrder(found, settle); });
  }

  #cancelOrder(order: WireOrder, settle: (answer: Answer) => void): void {
    if (order.child !== null) {
      this.#setChild(order, 0, settle);
      return;
    }
    const { symbol, number } = order;
    push(this.#cancels, number, {
      waiting: this.#wait(symbol, settle),
      judged: (code) => (code === '' ? done({ orderId: order.id, orderLinkId: order.link }) : orderGone('cancel')),
    });
    this.#send({ tag: 'cancel', symbol, order: number });
  }

  /** Another trigger for an order of the position; 0 = none. */
  #setChild(order: WireOrder, triggerTicks: number, settle: (answer: Answer) => void): void {
    const none = { slTicks: null, slBy: order.triggerBy, tpTicks: null, tpBy: order.triggerBy, trailTicks: null, activeTicks: null };
    const wish: StopWish = order.child === 'SL' ? { ...none, slTicks: triggerTicks }
      : order.child === 'TP' ? { ...none, tpTicks: triggerTicks } : { ...none, trailTicks: triggerTicks };
    this.setStops(order.symbol, wish, (answer) => {
      settle(answer.code === 0 ? done({ orderId: order.id, orderLinkId: order.link }) : answer);
    });
  }

  /** Without a filter everything goes, the stops of the position too. */
  cancelAll(body: Row): Promise<Answer> {
    const house = this.#house;
    const name = textOf(body, 'symbol');
    const coin = textOf(body, 'settleCoin') || textOf(body, 'baseCoin');
    if (name === '' && coin === '') return this.#say(refused(10001, 'one of symbol, baseCoin and settleCoin is needed'));
    const symbol = name === '' ? null : symbolOf(house, name);
    if (symbol === -1) return this.#say(invalid('symbol'));
    const isOf = ({ symbol: place }: WireOrder): boolean =>
      name !== '' || [house.instruments[place]!.settle, house.instruments[place]!.rules.base].includes(coin);
    const wanted = house.orders.open(symbol).filter((order) => isOf(order) && isOfFilter(order, textOf(body, 'orderFilter')));
    const sent = [...this.account!.sent.values()].filter((order) => (symbol === null || order.symbol === symbol) && isOf(order)
      && isOfFilter(order, textOf(body, 'orderFilter')));
    const all = [...wanted, ...sent].slice(0, activeOrdersMost);
    if (all.length === 0) return this.#say(done({ list: [], success: '1' }));
    return this.#ask((settle) => {
      const list: Row[] = [];
      let left = all.length;
      for (const order of all) {
        this.#cancelOrder(order, (answer) => {
          if (answer.code === 0) list.push({ orderId: order.id, orderLinkId: order.link });
          left -= 1;
          if (left === 0) settle(done({ list, success: '1' }));
        });
      }
    });
  }

  tradingStop(body: Row): Promise<Answer> {
    const symbol = symbolOf(this.#house, textOf(body, 'symbol'));
    if (symbol < 0) return this.#say(invalid('symbol'));
    const wish = readTradingStop(body, this.#house.instruments[symbol]!);
    if (isRefusal(wish)) return this.#say(wish);
    return this.#ask((settle) => { this.setStops(symbol, wish, settle); });
  }

  setStops(symbol: number, wish: StopWish, settle: (answer: Answer) => void): void {
    this.#references += 1;
    const reference = this.#references;
    const detail = this.account!.details[symbol]!;
    if (wish.tpTicks !== null && wish.tpTicks > 0) detail.tpBy = wish.tpBy;
    if (wish.trailTicks !== null && wish.trailTicks > 0) detail.activeTicks = wish.activeTicks ?? 0;
    this.#stops.set(reference, {
      waiting: this.#wait(symbol, settle),
      judged: (code) => {
        if (code === '') return done();
        if (code === '34040') return notModified;
        return this.#house.exchange.position(symbol).side === 0 ? noPosition : stopRefusal(this.#house, symbol, wish);
      },
    });
    this.#send({ tag: 'trading-stop', symbol, reference, ...wish });
  }

  setLeverage(body: Row): Promise<Answer> {
    const house = this.#house;
    const symbol = symbolOf(house, textOf(body, 'symbol'));
    if (symbol < 0) return this.#say(invalid('symbol'));
    const wish = readLeverage(body, house.instruments[symbol]!);
    if (isRefusal(wish)) return this.#say(wish);
    return this.#act((at) => {
      const leg = house.legs[symbol]!;
      if (Number(leg.leverage) === Number(wish.leverage)) return refused(110043, 'leverage not modified');
      leg.leverage = wish.leverage;
      house.exchange.setLeverage(symbol, wish.leverage);
      this.account!.tellPosition(symbol, at);
      return done();
    });
  }

  switchMode(body: Row): Promise<Answer> {
    const mode = textOf(body, 'mode');
    if (mode === '0') return this.#say(refused(110025, 'Position mode is not modified'));
    return this.#say(mode === '3' ? refused(110029, 'Hedge mode is not supported') : invalid('mode'));
  }

  setMarginMode(body: Row): Promise<Answer> {
    const mode = textOf(body, 'setMarginMode');
    if (mode !== 'ISOLATED_MARGIN' && mode !== 'REGULAR_MARGIN') return this.#say(invalid('setMarginMode'));
    return this.#act(() => {
      const { legs, orders } = this.#house;
      const isBusy = legs.some(({ side }) => side !== 0) || orders.open(null).length > 0;
      if (isBusy && mode !== this.marginMode) {
        return refused(3400045, 'Set margin mode failed', { reasons: [{ reasonCode: '3400000', reasonMsg: 'Positions or orders are open' }] });
      }
      this.marginMode = mode;
      return { code: 0, message: 'Request accepted', result: { reasons: [] } };
    });
  }

  submitted(order: number, code: string, at: Ms): void {
    const asked = this.#submits.get(order);
    this.#submits.delete(order);
    this.#judge(asked, code, at);
  }

  amended(order: number, code: string, at: Ms): void { this.#judge(shift(this.#amends, order), code, at); }
  cancelled(order: number, code: string, at: Ms): void { this.#judge(shift(this.#cancels, order), code, at); }

  stopSet(reference: number, code: string, at: Ms): void {
    const asked = this.#stops.get(reference);
    this.#stops.delete(reference);
    this.#judge(asked, code, at);
  }

  /** The bars of a symbol are over: what was not judged never will be. */
  endWhere(isOver: (symbol: number, arrivesAt: Ms) => boolean): void {
    for (const waiting of this.waiting) {
      if (!isOver(waiting.symbol, waiting.arrivesAt)) continue;
      this.waiting.delete(waiting);
      waiting.settle(marketIsOver);
    }
  }

  #judge(asked: Asked | undefined, code: string, at: Ms): void {
    if (asked === undefined || !this.waiting.delete(asked.waiting)) return;
    const answer = asked.judged(code);
    this.#house.tell(at, () => { asked.waiting.settle(answer); });
  }

  #wait(symbol: number, settle: (answer: Answer) => void): Waiting {
    const waiting: Waiting = { symbol, arrivesAt: this.#house.now() + this.#house.latencyMs, settle };
    this.waiting.add(waiting);
    return waiting;
  }

  #send(message: Message): void {
    const { exchange, now, latencyMs } = this.#house;
    exchange.send(message, now() + latencyMs);
  }

  /** Answered once what `begin` starts calls back. */
  #ask(begin: (settle: (answer: Answer) => void) => void): Promise<Answer> {
    this.underWay += 1;
    return new Promise((resolve) => {
      begin((answer) => {
        this.underWay -= 1;
        this.#house.answered();
        resolve(answer);
      });
    });
  }

  /** Done and answered on arrival, without the core. */
  #act(act: (at: Ms) => Answer): Promise<Answer> {
    return this.#ask((settle) => {
      this.#house.arrive((at) => {
        const answer = act(at);
        this.#house.tell(at, () => { settle(answer); });
      });
    });
  }

  #say(answer: Answer): Promise<Answer> { return this.#act(() => answer); }

  /** Open, closed or on its way. */
  #find(body: Row): WireOrder | null {
    const id = textOf(body, 'orderId');
    const link = textOf(body, 'orderLinkId');
    const known = this.#house.orders.find(id, link);
    if (known !== null) return known;
    for (const order of this.account!.sent.values()) if (id === '' ? link !== '' && order.link === link : order.id === id) return order;
    return null;
  }
}

const nanToZero = (value: number): number => (Number.isNaN(value) ? 0 : value);

function push(lists: Map<number, Asked[]>, number: number, asked: Asked): void { lists.set(number, [...lists.get(number) ?? [], asked]); }

function shift(lists: Map<number, Asked[]>, number: number): Asked | undefined {
  const [first, ...rest] = lists.get(number) ?? [];
  if (rest.length > 0) lists.set(number, rest);
  else lists.delete(number);
  return first;
}
