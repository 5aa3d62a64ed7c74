/**
 * The orders of the account as the wire knows them: everything the exchange took, by number, id and link. Numbers of the
 * client's orders are those of the matching core; the orders that the position itself has (stop loss, target, trailing
 * stop, liquidation) have negative ones.
 */
import type { Direction, Money, Ms, TriggerSource } from '../../../engine/index.ts';
import type { Submit } from '../../../sim/index.ts';
import type { OrderFilter } from '../world.ts';

export type Status =
  | 'New' | 'PartiallyFilled' | 'Untriggered' | 'Triggered'
  | 'Filled' | 'Cancelled' | 'Rejected' | 'Deactivated';
export type ChildCause = 'SL' | 'TP' | 'TS' | 'LIQ';

export interface WireOrder {
  readonly number: number; readonly symbol: number; readonly symbolName: string; readonly id: string; readonly link: string;
  readonly side: Direction; readonly type: 'market' | 'limit'; readonly timeInForce: Submit['timeInForce'];
  readonly reduceOnly: boolean; readonly closeOnTrigger: boolean;
  readonly triggerDirection: 0 | 1 | 2; triggerBy: TriggerSource;
  /** Attached to the order, 0 = none. */
  readonly slTicks: number; readonly slBy: TriggerSource; readonly tpTicks: number; readonly tpBy: TriggerSource;
  /** Of the position: what the order does for it; null = an order of the client. */
  readonly child: ChildCause | null;
  createdAt: Ms; lastTicks: number;
  lots: number; priceTicks: number; triggerTicks: number;
  filled: number; value: Money; fee: Money; pnl: Money;
  status: Status; cancelType: string; rejectReason: string; updatedAt: Ms;
  /** Counts the changes of all orders: of two rows of one ms the later one is larger. */
  version: number;
}

const openStatuses: readonly Status[] = ['New', 'PartiallyFilled', 'Untriggered', 'Triggered'];
export const isOpen = (order: WireOrder): boolean => openStatuses.includes(order.status);
export const isConditional = (order: WireOrder): boolean => order.child === null && order.triggerTicks > 0 && order.status === 'Untriggered';

/** Closed orders that the quick cache holds. */
const cachedOrders = 500;

export class Orders {
  readonly #byNumber = new Map<number, WireOrder>();
  readonly #byId = new Map<string, WireOrder>();
  readonly #byLink = new Map<string, WireOrder>();
  readonly #open = new Set<WireOrder>();
  readonly #closed: WireOrder[] = [];
  #wipedUpTo = 0;
  #versions = 0;

  add(order: WireOrder): void {
    this.#byNumber.set(order.number, order);
    this.#byId.set(order.id, order);
    if (order.link !== '') this.#byLink.set(order.link, order);
    this.#open.add(order);
    this.touch(order);
  }

  /** The order has changed; one that ended moves to the closed ones. */
  touch(order: WireOrder): void {
    this.#versions += 1;
    order.version = this.#versions;
    if (!isOpen(order) && this.#open.delete(order)) this.#closed.push(order);
  }

  ofNumber(number: number): WireOrder | null { return this.#byNumber.get(number) ?? null; }
  hasLink(link: string): boolean { return this.#byLink.has(link); }

  /** The id goes before the link. */
  find(id: string, link: string): WireOrder | null {
    return (id === '' ? this.#byLink.get(link) : this.#byId.get(id)) ?? null;
  }

  /** Oldest first. */
  open(symbol: number | null): readonly WireOrder[] {
    return [...this.#open].filter((order) => symbol === null || order.symbol === symbol);
  }

  child(symbol: number, cause: ChildCause): WireOrder | null {
    for (const order of this.#open) if (order.symbol === symbol && order.child === cause) return order;
    return null;
  }

  wipeClosed(): void { this.#wipedUpTo = this.#closed.length; }

  /** Newest created first. */
  openBy(filter: OrderFilter): readonly WireOrder[] {
    return [...this.#open].filter((order) => matches(order, filter)).reverse();
  }

  closedBy(filter: OrderFilter): readonly WireOrder[] {
    const from = Math.max(this.#wipedUpTo, this.#closed.length - cachedOrders);
    return this.#closed.slice(from).filter((order) => matches(order, filter)).reverse();
  }

  /** Open and closed ones, the one changed last first. */
  historyBy(filter: OrderFilter): readonly WireOrder[] {
    return [...this.#closed, ...this.#open].filter((order) => matches(order, filter)).sort((a, b) => b.version - a.version);
  }
}

function matches(order: WireOrder, { symbol, orderId, orderLinkId, orderFilter, orderStatus, from, to }: OrderFilter): boolean {
  if (orderId !== null) return order.id === orderId;
  if (orderLinkId !== null) return order.link === orderLinkId;
  if (symbol !== null && order.symbolName !== symbol) return false;
  if (orderStatus !== null && order.status !== orderStatus) return false;
  if (orderFilter !== null && !isOfFilter(order, orderFilter)) return false;
  return (from === null || order.updatedAt >= from) && (to === null || order.updatedAt <= to);
}

/** `Order` = active ones, `StopOrder` = conditional ones and those of the position; any other word = all. */
export function isOfFilter(order: WireOrder, orderFilter: string): boolean {
  const isStop = order.child !== null || order.triggerTicks > 0;
  if (orderFilter === 'Order') return !isStop || order.status === 'New' || order.status === 'PartiallyFilled';
  return orderFilter !== 'StopOrder' || isStop;
}
