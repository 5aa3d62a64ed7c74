/**
 * Orders that the exchange acknowledged and then rejected: the account never had them, the streams and the lists show them
 * as rejected. Rows have the keys of any other order.
 */
import type { Ms } from '../../../engine/index.ts';
import type { Row } from '../world.ts';
import { textIn } from './rows.ts';

const rowsMost = 500;

export class Ghosts {
  readonly #rows: Row[] = [];

  add(params: Row, orderId: string, at: Ms, reason: string): Row {
    const row = rejected(params, orderId, at, reason);
    this.#rows.unshift(row);
    this.#rows.length = Math.min(this.#rows.length, rowsMost);
    return row;
  }

  get count(): number { return this.#rows.length; }

  /** Those that a request asks for, newest first. */
  wanted({ symbol, orderId, orderLinkId }: Row): readonly Row[] {
    return this.#rows.filter((row) => (symbol ?? row['symbol']) === row['symbol'] && (orderId ?? row['orderId']) === row['orderId']
      && (orderLinkId ?? row['orderLinkId']) === row['orderLinkId']);
  }
}

function rejected(params: Row, orderId: string, at: Ms, reason: string): Row {
  const text = (name: string): string => textIn(params, name);
  const qty = text('qty');
  return {
    category: text('category'), orderId, orderLinkId: text('orderLinkId'), blockTradeId: '', symbol: text('symbol'), price: text('price') || '0', qty,
    side: text('side'), isLeverage: '', positionIdx: 0, orderStatus: 'Rejected', createType: 'CreateByUser', cancelType: 'UNKNOWN', rejectReason: reason,
    avgPrice: '', leavesQty: '0', leavesValue: '0', cumExecQty: '0', cumExecValue: '0', cumExecFee: '0', cumFeeDetail: {},
    timeInForce: text('timeInForce') || 'GTC', orderType: text('orderType'), stopOrderType: '', orderIv: '', triggerPrice: text('triggerPrice'),
    takeProfit: text('takeProfit'), stopLoss: text('stopLoss'), tpslMode: '', tpLimitPrice: '', slLimitPrice: '', tpTriggerBy: '', slTriggerBy: '',
    triggerDirection: 0, triggerBy: '', lastPriceOnCreated: '', reduceOnly: params['reduceOnly'] === true, closeOnTrigger: false, placeType: '',
    smpType: 'None', smpGroup: 0, smpOrderId: '', createdTime: String(at), updatedTime: String(at), closedPnl: '0', feeCurrency: '',
  };
}
