/** Makes the facts an account gets. Each is a full literal of one shape, stamped with the book's present instant. */
import type { Direction, Money } from '../../engine/index.ts';
import { noteFill } from './ambiguous-fills.ts';
import { fractionOf, instantOf } from './book.ts';
import type { Book, Core, Order } from './book.ts';
import type { Fact, FactKind } from './messages.ts';

/** Something happened to an order, or a message was answered. */
export function tell(
  core: Core, book: Book, kind: FactKind, order: Order | null, code: string, of: Fact['of'] = '', reference = 0,
): void {
  core.facts.push({
    kind, at: instantOf(book), fraction: fractionOf(book), symbol: book.symbol, order: order === null ? -1 : order.id,
    reference, of, code, cause: '', execution: 0, side: order === null ? 0 : order.side,
    lots: order === null ? 0 : order.lots, leavesLots: order === null ? 0 : order.lots - order.filled,
    priceTicks: order === null ? 0 : order.priceTicks, exactPrice: '', liquidity: '', value: 0n, fee: 0n, realised: 0n,
    payment: 0n, slTicks: 0, slBy: 'last', tpTicks: 0, trailTicks: 0,
  });
}

/** A message about `order` was refused; the order may be unknown. */
export function refuse(core: Core, book: Book, kind: FactKind, order: number, code: string, of: Fact['of'], reference: number): void {
  core.facts.push({
    kind, at: instantOf(book), fraction: fractionOf(book), symbol: book.symbol, order, reference, of, code, cause: '',
    execution: 0, side: 0, lots: 0, leavesLots: 0, priceTicks: 0, exactPrice: '', liquidity: '', value: 0n, fee: 0n,
    realised: 0n, payment: 0n, slTicks: 0, slBy: 'last', tpTicks: 0, trailTicks: 0,
  });
}

/** What the position now holds. */
export function tellStops(core: Core, book: Book, of: Fact['of'], reference: number): void { // hot
  core.facts.push({
    kind: 'stop-set', at: instantOf(book), fraction: fractionOf(book), symbol: book.symbol, order: -1, reference, of,
    code: '', cause: '', execution: 0, side: book.side, lots: book.lots, leavesLots: 0, priceTicks: 0, exactPrice: '',
    liquidity: '', value: 0n, fee: 0n, realised: 0n, payment: 0n,
    slTicks: book.slTicks, slBy: book.slByMark ? 'mark' : 'last', tpTicks: book.tpTicks, trailTicks: book.trailTicks,
  });
}

export function tellFunding(core: Core, book: Book, payment: Money): void {
  core.facts.push({
    kind: 'funding', at: instantOf(book), fraction: fractionOf(book), symbol: book.symbol, order: -1, reference: 0, of: '',
    code: '', cause: '', execution: 0, side: book.side, lots: book.lots, leavesLots: 0, priceTicks: 0, exactPrice: '',
    liquidity: '', value: 0n, fee: 0n, realised: 0n, payment, slTicks: 0, slBy: 'last', tpTicks: 0, trailTicks: 0,
  });
}

/** One match. `order` is null for the position's own SL, TP, trailing stop and liquidation. */
export interface Match {
  readonly order: Order | null; readonly cause: 'order' | 'SL' | 'TP' | 'TS' | 'LIQ'; readonly side: Direction;
  readonly lots: number; readonly leavesLots: number; readonly priceTicks: number; readonly exactPrice: string;
  readonly isTaker: boolean; readonly value: Money; readonly fee: Money; readonly realised: Money;
}

export function tellExecution(core: Core, book: Book, match: Match): void { // hot
  core.executions++;
  noteFill(core, book, match.order === null ? -1 : match.order.id, match.cause);
  core.facts.push({
    kind: 'execution', at: instantOf(book), fraction: fractionOf(book), symbol: book.symbol,
    order: match.order === null ? -1 : match.order.id, reference: 0, of: '', code: '', cause: match.cause,
    execution: core.executions, side: match.side, lots: match.lots, leavesLots: match.leavesLots,
    priceTicks: match.priceTicks, exactPrice: match.exactPrice, liquidity: match.isTaker ? 'taker' : 'maker',
    value: match.value, fee: match.fee, realised: match.realised, payment: 0n,
    slTicks: 0, slBy: 'last', tpTicks: 0, trailTicks: 0,
  });
}
