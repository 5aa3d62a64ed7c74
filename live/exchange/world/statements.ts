/** What happened to the account, kept for those who ask: executions, closed profit and loss per order, money booked. */
import { divideHalfEven, valueAt } from '../../../engine/index.ts';
import type { Instrument, Money, Ms } from '../../../engine/index.ts';
import type { Fact } from '../../../sim/index.ts';
import type { ExecutionFilter, Row } from '../world.ts';
import { createTypeOf, sideText } from './order-row.ts';
import type { WireExecution } from './order-row.ts';
import type { WireOrder } from './orders.ts';
import type { Leg } from './position-row.ts';
import { averageText, moneyText, priceText, sizeText } from './wire-text.ts';

interface ClosedPnl {
  readonly symbol: number; readonly order: WireOrder; readonly instrument: Instrument; readonly leverage: string; readonly createdAt: Ms;
  readonly type: string;
  lots: number; entry: Money; exit: Money; realised: Money; openFee: Money; closeFee: Money; fills: number; updatedAt: Ms;
}
interface Booking { readonly at: Ms; readonly row: Row }

/** What an execution closed. */
export interface Closing { readonly lots: number; readonly entry: Money; readonly exit: Money; readonly openFee: Money; readonly closeFee: Money }

/** The part of an execution that closes what `leg` held before it; null when it only opens. */
export function closingOf(instrument: Instrument, leg: Leg, fact: Fact): Closing | null {
  if (leg.side === 0 || leg.side !== -fact.side) return null;
  const lots = Math.min(leg.lots, fact.lots);
  const exit = lots === fact.lots ? fact.value : valueAt(instrument, fact.priceTicks, lots);
  const isLong = (leg.side === 1) === (instrument.kind === 'linear');
  const entry = isLong ? exit - fact.realised : exit + fact.realised;
  return {
    lots, entry, exit,
    openFee: divideHalfEven(leg.openFees * BigInt(lots), BigInt(leg.lots)),
    closeFee: divideHalfEven(fact.fee * BigInt(lots), BigInt(fact.lots)),
  };
}

export class Statements {
  readonly #executions: WireExecution[] = [];
  readonly #closed: ClosedPnl[] = [];
  readonly #bookings: Booking[] = [];

  get executions(): number { return this.#executions.length; }

  addExecution(execution: WireExecution): void { this.#executions.push(execution); }

  /** Newest first. An id given goes before the other filters. */
  executionsBy({ orderId, orderLinkId, execType, from, to }: ExecutionFilter, symbol: number | null): readonly Row[] {
    return this.#executions.filter((one) => {
      if (orderId !== null) return one.orderId === orderId;
      if (orderLinkId !== null) return one.link === orderLinkId;
      return (symbol === null || one.symbol === symbol) && (execType === null || one.type === execType) && isWithin(one.at, from, to);
    }).reverse().map(({ row }) => row);
  }

  close(order: WireOrder, instrument: Instrument, leg: Leg, fact: Fact, closing: Closing): void {
    let entry = this.#closed.findLast((one) => one.order === order);
    if (entry === undefined) {
      entry = {
        symbol: fact.symbol, order, instrument, leverage: leg.leverage, createdAt: fact.at, type: fact.cause === 'LIQ' ? 'BustTrade' : 'Trade',
        lots: 0, entry: 0n, exit: 0n, realised: 0n, openFee: 0n, closeFee: 0n, fills: 0, updatedAt: fact.at,
      };
      this.#closed.push(entry);
    }
    entry.lots += closing.lots;
    entry.entry += closing.entry;
    entry.exit += closing.exit;
    entry.realised += fact.realised;
    entry.openFee += closing.openFee;
    entry.closeFee += closing.closeFee;
    entry.fills += 1;
    entry.updatedAt = fact.at;
    order.pnl = entry.realised - entry.openFee - entry.closeFee;
  }

  closedPnl(symbol: number | null, from: Ms | null, to: Ms | null): readonly Row[] {
    return this.#closed.filter((one) => (symbol === null || one.symbol === symbol) && isWithin(one.updatedAt, from, to))
      .reverse().map(closedRow);
  }

  /** Money booked by an execution or a funding stamp; `balance` is the wallet after it. */
  book(booking: Booked): void { this.#bookings.push({ at: booking.at, row: bookingRow(booking) }); }

  transactions(from: Ms | null, to: Ms | null): readonly Row[] {
    return this.#bookings.filter(({ at }) => isWithin(at, from, to)).reverse().map(({ row }) => row);
  }
}

const isWithin = (at: Ms, from: Ms | null, to: Ms | null): boolean => (from === null || at >= from) && (to === null || at <= to);

/** `side` is that of the closing order; profit and loss are net of both fees. */
function closedRow({ order, instrument, leverage, createdAt, updatedAt, type, ...sums }: ClosedPnl): Row {
  return {
    symbol: instrument.symbol, orderId: order.id, orderType: order.type === 'market' ? 'Market' : 'Limit', side: sideText(order.side),
    qty: sizeText(instrument, order.lots), orderPrice: order.priceTicks === 0 ? '0' : priceText(instrument, order.priceTicks),
    leverage, execType: type, createType: createTypeOf(order), closedSize: sizeText(instrument, sums.lots),
    cumEntryValue: moneyText(instrument, sums.entry), avgEntryPrice: averageText(instrument, sums.lots, sums.entry),
    cumExitValue: moneyText(instrument, sums.exit), avgExitPrice: averageText(instrument, sums.lots, sums.exit),
    closedPnl: moneyText(instrument, sums.realised - sums.openFee - sums.closeFee), openFee: moneyText(instrument, sums.openFee),
    closeFee: moneyText(instrument, sums.closeFee), fillCount: String(sums.fills), createdTime: String(createdAt), updatedTime: String(updatedAt),
  };
}

export interface Booked {
  readonly id: string; readonly at: Ms; readonly instrument: Instrument; readonly category: string; readonly type: 'TRADE' | 'SETTLEMENT' | 'LIQUIDATION';
  readonly side: number; readonly orderId: string; readonly link: string; readonly execId: string; readonly feeRate: string; readonly price: string;
  /** Lots traded, and lots held afterwards. */
  readonly lots: number; readonly heldLots: number;
  readonly cashFlow: Money; readonly fee: Money; readonly funding: Money; readonly balance: Money;
}

/** change = cashFlow + funding - fee. */
function bookingRow(booked: Booked): Row {
  const { instrument } = booked;
  const isFunding = booked.type === 'SETTLEMENT';
  return {
    transSubType: '', id: booked.id, symbol: instrument.symbol, side: sideText(booked.side), funding: isFunding ? moneyText(instrument, booked.funding) : '',
    orderLinkId: booked.link, orderId: booked.orderId, fee: moneyText(instrument, booked.fee),
    change: moneyText(instrument, booked.cashFlow + booked.funding - booked.fee), cashFlow: moneyText(instrument, booked.cashFlow),
    transactionTime: String(booked.at), type: booked.type, feeRate: booked.feeRate, bonusChange: '', size: sizeText(instrument, booked.heldLots),
    qty: sizeText(instrument, booked.lots), cashBalance: moneyText(instrument, booked.balance), currency: instrument.settle,
    category: booked.category, tradePrice: booked.price, tradeId: booked.execId, extraFees: '',
  };
}
