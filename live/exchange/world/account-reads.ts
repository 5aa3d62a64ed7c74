/** What the account's client may ask: its orders, executions, statements, positions and wallet, as they are at this instant. */
import type { Ms } from '../../../engine/index.ts';
import type { ExecutionFilter, OrderFilter, Reads, Row } from '../world.ts';
import type { Desk } from './desk.ts';
import { symbolOf } from './house.ts';
import type { House } from './house.ts';
import { orderRow } from './order-row.ts';
import type { WireOrder } from './orders.ts';
import { positionRow, walletRow } from './position-row.ts';
import type { Statements } from './statements.ts';

export class AccountReads implements Reads {
  readonly #house: House;
  readonly #statements: Statements;
  readonly #desk: Desk;

  constructor(house: House, statements: Statements, desk: Desk) {
    this.#house = house;
    this.#statements = statements;
    this.#desk = desk;
  }

  openOrders(filter: OrderFilter): readonly Row[] { return this.#rows(this.#house.orders.openBy(filter)); }
  closedOrders(filter: OrderFilter): readonly Row[] { return this.#rows(this.#house.orders.closedBy(filter)); }
  orderHistory(filter: OrderFilter): readonly Row[] { return this.#rows(this.#house.orders.historyBy(filter)); }

  executions(filter: ExecutionFilter): readonly Row[] { return this.#statements.executionsBy(filter, this.#index(filter.symbol)); }
  closedPnl(symbol: string | null, from: Ms | null, to: Ms | null): readonly Row[] {
    return this.#statements.closedPnl(this.#index(symbol), from, to);
  }
  transactions(from: Ms | null, to: Ms | null): readonly Row[] { return this.#statements.transactions(from, to); }

  positions(symbol: string | null): readonly Row[] {
    const { legs, instruments, exchange } = this.#house;
    const wanted = this.#index(symbol);
    return legs.flatMap((leg, place) => {
      const isWanted = wanted === null ? leg.side !== 0 : place === wanted;
      return isWanted ? [positionRow({ instrument: instruments[place]!, exchange, symbol: place, leg })] : [];
    });
  }

  wallet(): Row { return walletRow(this.#house); }
  marginMode(): 'REGULAR_MARGIN' | 'ISOLATED_MARGIN' { return this.#desk.marginMode; }

  #rows(orders: readonly WireOrder[]): readonly Row[] {
    return orders.map((order) => orderRow(this.#house.instruments[order.symbol]!, order));
  }

  #index(symbol: string | null): number | null { return symbol === null ? null : symbolOf(this.#house, symbol); }
}
