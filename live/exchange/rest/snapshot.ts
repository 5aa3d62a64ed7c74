/**
 * The account's reads as they were at one instant, for faults that answer from the past: rows are kept, filters work on
 * them as on the present ones.
 */
import type { Ms } from '../../../engine/index.ts';
import { msIn, textIn } from './endpoint.ts';
import type { ExecutionFilter, OrderFilter, Reads, Row } from '../world.ts';

const everyOrder: OrderFilter = {
  symbol: null, orderId: null, orderLinkId: null, orderFilter: null, orderStatus: null, from: null, to: null,
};
const everyExecution: ExecutionFilter = { symbol: null, orderId: null, orderLinkId: null, execType: null, from: null, to: null };

/** `symbols` = those whose position row is kept, flat or not. */
export function snapshotOf(reads: Reads, symbols: readonly string[]): Reads {
  const open = reads.openOrders(everyOrder);
  const closed = reads.closedOrders(everyOrder);
  const history = reads.orderHistory(everyOrder);
  const executions = reads.executions(everyExecution);
  const closedPnl = reads.closedPnl(null, null, null);
  const transactions = reads.transactions(null, null);
  const sized = reads.positions(null);
  const bySymbol = new Map(symbols.map((symbol) => [symbol, reads.positions(symbol)]));
  const wallet = reads.wallet();
  const marginMode = reads.marginMode();
  return {
    openOrders: (filter) => open.filter((row) => isOrderWanted(row, filter)),
    closedOrders: (filter) => closed.filter((row) => isOrderWanted(row, filter)),
    orderHistory: (filter) => history.filter((row) => isOrderWanted(row, filter)),
    executions: (filter) => executions.filter((row) => isNamed(row, filter)
      && (filter.execType === null || row['execType'] === filter.execType) && isDuring(msIn(row, 'execTime'), filter.from, filter.to)),
    closedPnl: (symbol, from, to) => closedPnl
      .filter((row) => (symbol === null || row['symbol'] === symbol) && isDuring(msIn(row, 'updatedTime'), from, to)),
    transactions: (from, to) => transactions.filter((row) => isDuring(msIn(row, 'transactionTime'), from, to)),
    positions: (symbol) => (symbol === null ? sized : bySymbol.get(symbol) ?? []),
    wallet: () => wallet,
    marginMode: () => marginMode,
  };
}

function isOrderWanted(row: Row, filter: OrderFilter): boolean {
  return isNamed(row, filter) && (filter.orderStatus === null || row['orderStatus'] === filter.orderStatus)
    && (filter.orderFilter === null || isConditional(row) === (filter.orderFilter !== 'Order'))
    && isDuring(msIn(row, 'updatedTime'), filter.from, filter.to);
}

/** Orders with a trigger, stops of the position among them. */
function isConditional(row: Row): boolean {
  return !['', 'UNKNOWN'].includes(textIn(row, 'stopOrderType'));
}

interface Names { readonly symbol: string | null; readonly orderId: string | null; readonly orderLinkId: string | null }

function isNamed(row: Row, { symbol, orderId, orderLinkId }: Names): boolean {
  return (symbol === null || row['symbol'] === symbol) && (orderId === null || row['orderId'] === orderId)
    && (orderLinkId === null || row['orderLinkId'] === orderLinkId);
}

function isDuring(at: Ms, from: Ms | null, to: Ms | null): boolean {
  return at >= (from ?? -Infinity) && at <= (to ?? Infinity);
}
