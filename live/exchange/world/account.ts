/**
 * Takes the matching core's facts in: orders, position, statements and what is pushed of them. It judges nothing; whatever
 * it says was said by a fact.
 *
 * 1. Of each execution: order, execution, position, wallet, in this order. After every answered request: the position.
 * 2. An order that is taken and does not rest is told by what became of it: no `New` before it.
 * 3. The orders of the position (stop loss, target, trailing stop) live and end with it.
 */
import { formatDecimal } from '../../../engine/index.ts';
import type { Ms, TriggerSource } from '../../../engine/index.ts';
import type { Fact } from '../../../sim/index.ts';
import { firstAt } from './feed.ts';
import type { House } from './house.ts';
import type { ChildCause, Status, WireOrder } from './orders.ts';
import { executionPush, executionRow, fundingRow, orderPush } from './order-row.ts';
import type { Match } from './order-row.ts';
import { positionPush, walletRow } from './position-row.ts';
import { closingOf } from './statements.ts';
import type { Statements } from './statements.ts';
import { moneyText, plainText, priceText } from './wire-text.ts';

/** Who waits for answers. `code` '' = done. */
export interface Waiters {
  submitted(order: number, code: string, at: Ms): void;
  amended(order: number, code: string, at: Ms): void;
  cancelled(order: number, code: string, at: Ms): void;
  stopSet(reference: number, code: string, at: Ms): void;
}

/** What facts do not say of the position's target and trailing stop. */
export interface StopDetail { tpBy: TriggerSource; activeTicks: number }

export interface AccountParts { readonly house: House; readonly statements: Statements; readonly waiters: Waiters }

export class Account {
  readonly #house: House;
  readonly #statements: Statements;
  readonly #waiters: Waiters;
  readonly details: readonly StopDetail[];
  /** Orders on their way, and the changes asked of orders. */
  readonly sent = new Map<number, WireOrder>();
  readonly triggers = new Map<number, number>();
  #sequence = 0;
  #children = 0;

  constructor({ house, statements, waiters }: AccountParts) {
    this.#house = house;
    this.#statements = statements;
    this.#waiters = waiters;
    this.details = house.instruments.map(() => ({ tpBy: 'last', activeTicks: 0 }));
  }

  /** Takes in everything the core told of one step. */
  take(facts: readonly Fact[]): void {
    for (const [place, fact] of facts.entries()) {
      const goesOn = facts.slice(place + 1).some(({ order, kind }) => order === fact.order && order >= 0 && kind !== 'refused');
      this.#takeOne(fact, goesOn);
    }
  }

  #takeOne(fact: Fact, goesOn: boolean): void {
    const order = fact.order < 0 ? null : this.#house.orders.ofNumber(fact.order);
    switch (fact.kind) {
      case 'accepted': this.#accepted(fact, goesOn); return;
      case 'rejected':
        this.sent.delete(fact.order);
        this.#waiters.submitted(fact.order, fact.code, fact.at);
        return;
      case 'cancelled': case 'expired': if (order !== null) this.#cancelled(order, fact); return;
      case 'triggered': if (order !== null) this.#triggered(order, fact, goesOn); return;
      case 'amended': if (order !== null) this.#amended(order, fact, goesOn); return;
      case 'refused': this.#refused(fact); return;
      case 'execution': this.#executed(fact, order); return;
      case 'stop-set': this.#stopsSet(fact); return;
      default: this.#funded(fact);
    }
  }

  #accepted(fact: Fact, goesOn: boolean): void {
    const order = this.sent.get(fact.order);
    if (order === undefined) return;
    this.sent.delete(fact.order);
    order.createdAt = fact.at;
    order.updatedAt = fact.at;
    order.status = order.triggerTicks > 0 ? 'Untriggered' : 'New';
    this.#house.orders.add(order);
    this.#waiters.submitted(fact.order, '', fact.at);
    if (goesOn) return;
    this.#tellOrder(order, fact.at);
    this.tellPosition(fact.symbol, fact.at);
  }

  #refused(fact: Fact): void {
    if (fact.of === 'trading-stop') this.#waiters.stopSet(fact.reference, fact.code, fact.at);
    else if (fact.of === 'amend') this.#waiters.amended(fact.order, fact.code, fact.at);
    else this.#waiters.cancelled(fact.order, fact.code, fact.at);
  }

  #cancelled(order: WireOrder, fact: Fact): void {
    const [status, cancelType, rejectReason] = endOf(order, fact.code);
    this.#end(order, status, cancelType, rejectReason, fact.at);
    if (fact.code === 'requested') this.#waiters.cancelled(fact.order, '', fact.at);
    this.tellPosition(fact.symbol, fact.at);
  }

  #end(order: WireOrder, status: Status, cancelType: string, rejectReason: string, at: Ms): void {
    order.status = status;
    order.cancelType = cancelType;
    order.rejectReason = rejectReason;
    this.#change(order, at);
  }

  #triggered(order: WireOrder, fact: Fact, goesOn: boolean): void {
    order.status = 'Triggered';
    this.#change(order, fact.at);
    order.status = 'New';
    this.#house.orders.touch(order);
    if (!goesOn) this.#tellOrder(order, fact.at);
  }

  #amended(order: WireOrder, fact: Fact, goesOn: boolean): void {
    order.lots = fact.lots;
    order.priceTicks = fact.priceTicks;
    order.triggerTicks = this.triggers.get(fact.order) ?? order.triggerTicks;
    this.triggers.delete(fact.order);
    order.updatedAt = fact.at;
    this.#house.orders.touch(order);
    this.#waiters.amended(fact.order, '', fact.at);
    if (goesOn) return;
    this.#tellOrder(order, fact.at);
    this.tellPosition(fact.symbol, fact.at);
  }

  #executed(fact: Fact, ofClient: WireOrder | null): void {
    const house = this.#house;
    const { symbol, at } = fact;
    const instrument = house.instruments[symbol]!;
    const leg = house.legs[symbol]!;
    const order = ofClient ?? this.#childOf(fact);
    if (order.child !== null && order.status === 'Untriggered') {
      order.status = 'Triggered';
      this.#change(order, at);
    }
    const closing = closingOf(instrument, leg, fact);
    order.filled += fact.lots;
    order.value += fact.value;
    order.fee += fact.fee;
    order.status = fact.leavesLots === 0 ? 'Filled' : 'PartiallyFilled';
    if (fact.leavesLots === 0) order.lots = order.filled; // a reduce-only order was cut to the position
    if (closing !== null) this.#statements.close(order, instrument, leg, fact, closing);
    this.#sequence += 1;
    const hasEnded = closing !== null && closing.lots === leg.lots;
    this.#hold(fact, closing === null ? 0n : closing.openFee, closing === null ? 0n : closing.closeFee, hasEnded);
    this.#change(order, at);
    this.#recordExecution(order, fact, closing === null ? 0 : closing.lots);
    this.tellPosition(symbol, at);
    this.tellWallet(at);
    if (hasEnded) this.#endChildren(symbol, order, at);
    else this.#sizeChildren(symbol);
  }

  /** The leg after an execution. */
  #hold(fact: Fact, openFee: bigint, closeFee: bigint, hasEnded: boolean): void {
    const leg = this.#house.legs[fact.symbol]!;
    const { side, lots, cost } = this.#house.exchange.position(fact.symbol);
    const isNew = (leg.side === 0 || hasEnded) && side !== 0;
    leg.side = side;
    leg.lots = lots;
    leg.cost = cost;
    leg.realised += fact.realised - fact.fee;
    leg.present = isNew ? closeFee - fact.fee : leg.present + fact.realised - fact.fee;
    leg.openFees = leg.openFees - openFee + fact.fee - closeFee;
    if (isNew) leg.openedAt = fact.at;
    if (side === 0) leg.openedAt = 0;
    leg.updatedAt = fact.at;
    leg.seq = this.#sequence;
  }

  #recordExecution(order: WireOrder, fact: Fact, closedLots: number): void {
    const house = this.#house;
    const instrument = house.instruments[fact.symbol]!;
    const mark = house.exchange.markTicks(fact.symbol);
    const isBust = fact.cause === 'LIQ';
    const price = fact.exactPrice === '' ? priceText(instrument, fact.priceTicks) : fact.exactPrice;
    const feeRate = formatDecimal(fact.liquidity === 'maker' ? instrument.makerPico : instrument.takerPico, 12);
    const match: Match = {
      execId: house.ids.next(), at: fact.at, seq: this.#sequence, lots: fact.lots, leavesLots: fact.leavesLots, closedLots, price,
      value: moneyText(instrument, fact.value), fee: moneyText(instrument, fact.fee), feeRate,
      isMaker: fact.liquidity === 'maker', type: isBust ? 'BustTrade' : 'Trade', markPrice: priceText(instrument, mark),
    };
    const row = executionRow(instrument, order, match);
    this.#statements.addExecution({ symbol: fact.symbol, orderId: order.id, link: order.link, type: match.type, at: fact.at, row });
    this.#statements.book({
      id: `${instrument.symbol}_${match.seq}`, at: fact.at, instrument, category: house.category, type: isBust ? 'LIQUIDATION' : 'TRADE',
      side: fact.side, orderId: order.id, link: order.link, execId: match.execId, feeRate, price, lots: fact.lots,
      heldLots: house.legs[fact.symbol]!.lots, cashFlow: fact.realised, fee: fact.fee, funding: 0n, balance: house.exchange.wallet,
    });
    const push = executionPush(house.category, row, moneyText(instrument, fact.realised));
    house.tell(fact.at, () => { house.publish({ topic: 'execution', symbol: instrument.symbol, rows: [push] }); });
  }

  /** The position's order that an execution belongs to; a liquidation's is made here. */
  #childOf(fact: Fact): WireOrder {
    const cause: ChildCause = fact.cause === 'SL' || fact.cause === 'TP' || fact.cause === 'TS' ? fact.cause : 'LIQ';
    return this.#house.orders.child(fact.symbol, cause) ?? this.#newChild(fact.symbol, cause, fact.lots, fact.at);
  }

  #newChild(symbol: number, cause: ChildCause, lots: number, at: Ms): WireOrder {
    const house = this.#house;
    this.#children += 1;
    const { side } = house.legs[symbol]!;
    const isRising = (side === 1) === (cause === 'TP');
    const last = house.exchange.markTicks(symbol);
    const order: WireOrder = {
      number: -this.#children, symbol, symbolName: house.instruments[symbol]!.symbol, id: house.ids.next(), link: '',
      side: side === 1 ? -1 : 1, type: 'market', timeInForce: 'IOC', reduceOnly: true, closeOnTrigger: true,
      triggerDirection: cause === 'LIQ' ? 0 : isRising ? 1 : 2, triggerBy: 'last', slTicks: 0, slBy: 'last', tpTicks: 0, tpBy: 'last',
      child: cause, createdAt: at, lastTicks: last, lots, priceTicks: 0, triggerTicks: 0, filled: 0, value: 0n, fee: 0n, pnl: 0n,
      status: cause === 'LIQ' ? 'New' : 'Untriggered', cancelType: 'UNKNOWN', rejectReason: 'EC_NoError', updatedAt: at, version: 0,
    };
    house.orders.add(order);
    return order;
  }

  #stopsSet(fact: Fact): void {
    const { symbol, at } = fact;
    const { tpBy, activeTicks } = this.details[symbol]!;
    this.#house.legs[symbol]!.updatedAt = at;
    this.#setChild(symbol, 'SL', fact.slTicks, fact.slTicks, fact.slBy, at);
    this.#setChild(symbol, 'TP', fact.tpTicks, fact.tpTicks, tpBy, at);
    this.#setChild(symbol, 'TS', fact.trailTicks, activeTicks, 'last', at);
    this.#waiters.stopSet(fact.reference, '', at);
    this.tellPosition(symbol, at);
  }

  #setChild(symbol: number, cause: ChildCause, level: number, triggerTicks: number, triggerBy: TriggerSource, at: Ms): void {
    const child = this.#house.orders.child(symbol, cause);
    if (level === 0) {
      if (child !== null && child.status === 'Untriggered') this.#end(child, 'Deactivated', 'CancelByUser', 'EC_PerCancelRequest', at);
      return;
    }
    if (child !== null && child.triggerTicks === triggerTicks && child.triggerBy === triggerBy) return;
    const order = child ?? this.#newChild(symbol, cause, this.#house.legs[symbol]!.lots, at);
    order.triggerTicks = triggerTicks;
    order.triggerBy = triggerBy;
    this.#change(order, at);
  }

  #endChildren(symbol: number, except: WireOrder, at: Ms): void {
    for (const order of this.#house.orders.open(symbol)) {
      if (order.child === null || order === except) continue;
      const hasTraded = order.filled > 0;
      this.#end(order, hasTraded ? 'Cancelled' : 'Deactivated', 'CancelByTpSlTsClear', 'EC_NoError', at);
    }
  }

  /** The stops of a position are as large as it. */
  #sizeChildren(symbol: number): void {
    const { lots } = this.#house.legs[symbol]!;
    for (const order of this.#house.orders.open(symbol)) if (order.child !== null && order.status === 'Untriggered') order.lots = lots;
  }

  /** Told also when nothing is held: then as a ticker's change alone, which the world sees to. */
  #funded(fact: Fact): void {
    if (fact.side === 0 || fact.lots === 0) return;
    const house = this.#house;
    const { symbol, at } = fact;
    const instrument = house.instruments[symbol]!;
    const leg = house.legs[symbol]!;
    this.#sequence += 1;
    const funding = house.feed.funding(symbol);
    const place = funding === null ? -1 : funding.settledAt.findLastIndex((settledAt) => settledAt <= at); // one in a hole is settled after it
    const rate = plainText(funding?.rate[place] ?? 0);
    const fee = moneyText(instrument, -fact.payment);
    const execId = house.ids.next();
    const row = fundingRow(instrument, { execId, at, seq: this.#sequence, side: fact.side, lots: fact.lots, markTicks: this.#markOfStamp(symbol, at), rate, fee });
    leg.realised += fact.payment;
    leg.present += fact.payment;
    leg.seq = this.#sequence;
    const orderId = String(row['orderId']);
    this.#statements.addExecution({ symbol, orderId, link: '', type: 'Funding', at, row });
    this.#statements.book({
      id: `${instrument.symbol}_${this.#sequence}`, at, instrument, category: house.category, type: 'SETTLEMENT', side: fact.side, orderId, link: '',
      execId, feeRate: rate, price: String(row['execPrice']), lots: fact.lots, heldLots: fact.lots, cashFlow: 0n, fee: 0n,
      funding: fact.payment, balance: house.exchange.wallet,
    });
    const push = executionPush(house.category, row, '0');
    house.tell(at, () => { house.publish({ topic: 'execution', symbol: instrument.symbol, rows: [push] }); });
    this.tellWallet(at);
  }

  /** Open of the mark bar of the stamp, where there is one. */
  #markOfStamp(symbol: number, at: Ms): number {
    const mark = this.#house.feed.mark(symbol);
    const place = mark === null ? -1 : firstAt(mark, at);
    return mark !== null && mark.openedAt[place] === at ? mark.open[place]! : this.#house.exchange.markTicks(symbol);
  }

  #change(order: WireOrder, at: Ms): void {
    order.updatedAt = at;
    this.#house.orders.touch(order);
    this.#tellOrder(order, at);
  }

  #tellOrder(order: WireOrder, at: Ms): void {
    const house = this.#house;
    const instrument = house.instruments[order.symbol]!;
    const row = orderPush(house.category, instrument, order);
    house.tell(at, () => { house.publish({ topic: 'order', symbol: instrument.symbol, rows: [row] }); });
  }

  tellPosition(symbol: number, at: Ms): void {
    const house = this.#house;
    const instrument = house.instruments[symbol]!;
    const row = positionPush(house.category, { instrument, exchange: house.exchange, symbol, leg: house.legs[symbol]! });
    house.tell(at, () => { house.publish({ topic: 'position', symbol: instrument.symbol, rows: [row] }); });
  }

  tellWallet(at: Ms): void {
    const house = this.#house;
    const row = walletRow(house);
    house.tell(at, () => { house.publish({ topic: 'wallet', symbol: '', rows: [row] }); });
  }
}

/** How an order that the core ended shows: status, who ended it, and why. */
function endOf(order: WireOrder, code: string): readonly [Status, string, string] {
  switch (code) {
    case 'requested': return [order.status === 'Untriggered' ? 'Deactivated' : 'Cancelled', 'CancelByUser', 'EC_PerCancelRequest'];
    case 'EC_PostOnlyWillTakeLiquidity': return ['Cancelled', 'UNKNOWN', code];
    case 'fok-unfilled': return ['Cancelled', 'UNKNOWN', 'EC_CancelForNoFullFill'];
    case 'position-closed': case 'no-position': return ['Cancelled', 'CancelByReduceOnly', 'EC_NoError'];
    case '110007': return ['Rejected', 'UNKNOWN', 'EC_Others']; // a trigger that found too little free balance
    default: return ['Cancelled', 'UNKNOWN', 'EC_NoImmediateQtyToFill'];
  }
}
