/** Account reads as they were: everything copied at one instant, filtered as the account itself would. */
import type { ExecutionFilter, OrderFilter, Reads, Row } from '../world.ts';

const all: OrderFilter & ExecutionFilter = {
  symbol: null, orderId: null, orderLinkId: null, orderFilter: null, orderStatus: null, execType: null, from: null, to: null,
};

export function snapshotOf(reads: Reads, symbols: readonly string[]): Reads {
  const open = reads.openOrders(all);
  const closed = reads.closedOrders(all);
  const history = reads.orderHistory(all);
  const executions = reads.executions(all);
  const closedPnl = reads.closedPnl(null, null, null);
  const transactions = reads.transactions(null, null);
  const positions = symbols.flatMap((symbol) => reads.positions(symbol));
  const wallet = reads.wallet();
  const mode = reads.marginMode();
  return {
    openOrders: (filter) => open.filter((row) => isOrder(row, filter)),
    closedOrders: (filter) => closed.filter((row) => isOrder(row, filter)),
    orderHistory: (filter) => history.filter((row) => isOrder(row, filter)),
    executions: (filter) => executions.filter((row) => isNamed(row, filter) && (filter.execType ?? row['execType']) === row['execType']),
    closedPnl: (symbol, from, to) => closedPnl.filter((row) => (symbol ?? row['symbol']) === row['symbol'] && isWithin(row, from, to)),
    transactions: (from, to) => transactions.filter((row) => isWithin(row, from, to)),
    positions: (symbol) => positions.filter((row) => (symbol === null ? Number(row['size']) !== 0 : row['symbol'] === symbol)),
    wallet: () => wallet,
    marginMode: () => mode,
  };
}

function isOrder(row: Row, filter: OrderFilter): boolean {
  return isNamed(row, filter) && (filter.orderStatus ?? row['orderStatus']) === row['orderStatus'];
}

function isNamed(row: Row, filter: OrderFilter | ExecutionFilter): boolean {
  return (filter.symbol ?? row['symbol']) === row['symbol'] && (filter.orderId ?? row['orderId']) === row['orderId']
    && (filter.orderLinkId ?? row['orderLinkId']) === row['orderLinkId'] && isWithin(row, filter.from, filter.to);
}

function isWithin(row: Row, from: number | null, to: number | null): boolean {
  const at = Number(row['execTime'] ?? row['transactionTime'] ?? row['updatedTime'] ?? 0);
  return at >= (from ?? -Infinity) && at <= (to ?? Infinity);
}
