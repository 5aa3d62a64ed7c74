/** Orders and executions as rows of the wire, every key of the protocol sheet present. */
import { valueNumber } from '../../../engine/index.ts';
import type { Instrument, Ms, TriggerSource } from '../../../engine/index.ts';
import type { Row } from '../world.ts';
import { isOpen } from './orders.ts';
import type { ChildCause, WireOrder } from './orders.ts';
import { amountText, averageText, moneyText, priceText, sizeText } from './wire-text.ts';

const createTypes: Readonly<Record<ChildCause, string>> = {
  SL: 'CreateByStopLoss', TP: 'CreateByTakeProfit', TS: 'CreateByTrailingStop', LIQ: 'CreateByLiq',
};
const stopTypes: Readonly<Record<ChildCause, string>> = { SL: 'StopLoss', TP: 'TakeProfit', TS: 'TrailingStop', LIQ: '' };

export const createTypeOf = ({ child }: WireOrder): string => (child === null ? 'CreateByUser' : createTypes[child]);
export const stopOrderTypeOf = ({ child, triggerDirection }: WireOrder): string =>
  (child !== null ? stopTypes[child] : triggerDirection === 0 ? '' : 'Stop');
export const sideText = (side: number): string => (side === 1 ? 'Buy' : side === -1 ? 'Sell' : '');
export const triggerText = (by: TriggerSource): string => (by === 'mark' ? 'MarkPrice' : 'LastPrice');
const wordOf = (type: WireOrder['type']): string => (type === 'market' ? 'Market' : 'Limit');

/** The row of the lists; `orderPush` is that of the stream. */
export function orderRow(instrument: Instrument, order: WireOrder): Row {
  const { priceTicks, lots, filled, value } = order;
  const leaves = isOpen(order) ? lots - filled : 0;
  const unset = (ticks: number): string => (ticks === 0 ? '' : priceText(instrument, ticks));
  return {
    orderId: order.id, orderLinkId: order.link, parentOrderLinkId: '', blockTradeId: '', symbol: instrument.symbol,
    price: priceTicks === 0 ? '0' : priceText(instrument, priceTicks), qty: sizeText(instrument, lots), side: sideText(order.side),
    isLeverage: '', positionIdx: 0, orderStatus: order.status, createType: createTypeOf(order), cancelType: order.cancelType,
    rejectReason: order.rejectReason, avgPrice: filled === 0 ? '' : averageText(instrument, filled, value),
    leavesQty: sizeText(instrument, leaves),
    leavesValue: leaves === 0 ? '0' : amountText(valueNumber(instrument, priceTicks === 0 ? order.lastTicks : priceTicks, leaves)),
    cumExecQty: sizeText(instrument, filled), cumExecValue: moneyText(instrument, value), cumExecFee: moneyText(instrument, order.fee),
    cumFeeDetail: filled === 0 ? {} : { [instrument.settle]: moneyText(instrument, order.fee) },
    timeInForce: order.type === 'market' ? 'IOC' : order.timeInForce, orderType: wordOf(order.type), stopOrderType: stopOrderTypeOf(order),
    ocoTriggerBy: 'OcoTriggerByUnknown', orderIv: '', marketUnit: '', slippageToleranceType: 'UNKNOWN', slippageTolerance: '',
    triggerPrice: unset(order.triggerTicks), takeProfit: unset(order.tpTicks), stopLoss: unset(order.slTicks),
    tpslMode: order.child !== null || order.slTicks > 0 || order.tpTicks > 0 ? 'Full' : '', tpLimitPrice: '', slLimitPrice: '',
    tpTriggerBy: order.tpTicks === 0 ? '' : triggerText(order.tpBy), slTriggerBy: order.slTicks === 0 ? '' : triggerText(order.slBy),
    triggerDirection: order.triggerDirection, triggerBy: order.triggerDirection === 0 ? '' : triggerText(order.triggerBy),
    lastPriceOnCreated: unset(order.lastTicks), basePrice: '', reduceOnly: order.reduceOnly, closeOnTrigger: order.closeOnTrigger,
    placeType: '', smpType: 'None', smpGroup: 0, smpOrderId: '', createdTime: String(order.createdAt), updatedTime: String(order.updatedAt),
    extraFees: '', rpiTakerAccess: false, rpiMatchedQty: '0',
  };
}

export function orderPush(category: string, instrument: Instrument, order: WireOrder): Row {
  return {
    category, ...orderRow(instrument, order), closedPnl: moneyText(instrument, order.pnl), feeCurrency: instrument.settle, brokerOrderPrice: '',
  };
}

export interface WireExecution {
  readonly symbol: number; readonly orderId: string; readonly link: string; readonly type: string; readonly at: Ms;
  /** The row of the lists. */
  readonly row: Row;
}

export interface Match {
  readonly execId: string; readonly at: Ms; readonly seq: number; readonly lots: number; readonly leavesLots: number;
  readonly closedLots: number; readonly price: string; readonly value: string; readonly fee: string; readonly feeRate: string;
  readonly isMaker: boolean; readonly type: 'Trade' | 'BustTrade'; readonly markPrice: string;
}

export function executionRow(instrument: Instrument, order: WireOrder, match: Match): Row {
  return {
    symbol: instrument.symbol, orderId: order.id, orderLinkId: order.link, side: sideText(order.side),
    orderPrice: order.priceTicks === 0 ? '0' : priceText(instrument, order.priceTicks), orderQty: sizeText(instrument, order.lots),
    leavesQty: sizeText(instrument, match.leavesLots), createType: createTypeOf(order), orderType: wordOf(order.type),
    stopOrderType: stopOrderTypeOf(order), execFee: match.fee, execFeeV2: '', feeRate: match.feeRate, feeCurrency: instrument.settle,
    execId: match.execId, execPrice: match.price, execQty: sizeText(instrument, match.lots), execValue: match.value,
    execType: match.type, execTime: String(match.at), isMaker: match.isMaker, closedSize: sizeText(instrument, match.closedLots),
    tradeIv: '', markIv: '', blockTradeId: '', markPrice: match.markPrice, indexPrice: match.markPrice, underlyingPrice: '',
    extraFees: '', seq: match.seq,
  };
}

export interface FundingPaid {
  readonly execId: string; readonly at: Ms; readonly seq: number; readonly side: number; readonly lots: number;
  readonly markTicks: number; readonly rate: string; readonly fee: string;
}

/** Funding is told as an execution of no order; the fee is positive when it was paid. */
export function fundingRow(instrument: Instrument, paid: FundingPaid): Row {
  return {
    symbol: instrument.symbol, orderId: `${Math.floor(paid.at / 1_000)}-${instrument.symbol}-${paid.seq}`, orderLinkId: '', side: sideText(paid.side),
    orderPrice: '0', orderQty: '0', leavesQty: '0', createType: '', orderType: 'UNKNOWN', stopOrderType: 'UNKNOWN',
    execFee: paid.fee, execFeeV2: '', feeRate: paid.rate, feeCurrency: instrument.settle, execId: paid.execId,
    execPrice: priceText(instrument, paid.markTicks), execQty: sizeText(instrument, paid.lots),
    execValue: amountText(valueNumber(instrument, paid.markTicks, paid.lots)), execType: 'Funding', execTime: String(paid.at), isMaker: false,
    closedSize: '0', tradeIv: '', markIv: '', blockTradeId: '', markPrice: priceText(instrument, paid.markTicks), indexPrice: '',
    underlyingPrice: '', extraFees: '', seq: paid.seq,
  };
}

/** What the stream adds to the row of the lists. */
export function executionPush(category: string, row: Row, execPnl: string): Row {
  return { category, ...row, isLeverage: '0', marketUnit: '', execPnl };
}
