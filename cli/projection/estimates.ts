/**
 * A position that the venue shows closed and that no execution explains: the engine halts and invents nothing, but who reads
 * the tables wants to see what it came to. So such a trade has a row at the venue's mark of that reading, marked `estimated`,
 * until the executions are told; the row of what was executed then takes its place. Estimates are no trades of the run's totals.
 */
import { gainNumber, moneyToNumber, valueNumber } from '../../engine/index.ts';
import type { Event, Ms, Note, State, Table } from '../../engine/index.ts';
import { TradingRecord } from '../../sim/index.ts';

/** When a leg was found closed, ms by the venue, and the mark then, ticks. */
export interface FoundClosed { readonly at: Ms; readonly markTicks: number }

/** Readings in a row that must say so; the same that make the engine halt. */
const readingsNeeded = 3;

/** What is known of each leg after `event`; null = nothing to estimate. */
export function findClosed(found: (FoundClosed | null)[], event: Event | null, { legs, setup: { config } }: State): void {
  for (const leg of legs) {
    const isOpen = leg.position.tag === 'open';
    if (!isOpen || leg.mismatches < readingsNeeded) {
      found[leg.index] = null;
      continue;
    }
    if (event?.tag !== 'account-snapshot' || event.leg !== leg.index || event.position === 'unknown') continue;
    if (event.position.lots !== 0) found[leg.index] = null;
    else if (found[leg.index] === null && event.takenAt >= leg.mismatchFrom + config.recvWindowMs) {
      found[leg.index] = { at: event.takenAt, markTicks: event.markTicks > 0 ? event.markTicks : leg.book.markTicks };
    }
  }
}

/** Rows of `trades` for what was found closed, numbered after the `executed` ones; null = there is none. */
export function estimatedTrades(found: readonly (FoundClosed | null)[], state: State, executed: number): Table | null {
  const { setup: { strategy, instruments } } = state;
  const record = new TradingRecord(strategy.symbols, instruments, { executions: 0, trades: executed });
  const notes = found.flatMap((one, leg) => (one === null ? [] : [noteOf(one, state, leg)])).filter((note) => note !== null);
  for (const note of notes) record.note(note);
  const table = record.taken().find(({ name }) => name === 'trades');
  if (notes.length === 0 || table === undefined) return null;
  return { ...table, columns: table.columns.map((column) => (column.name === 'quality' && column.type === 'text' ? { ...column, dictionary: ['estimated'] } : column)) };
}

/** As it would be if all of it had been closed by market at the mark. */
function noteOf({ at, markTicks }: FoundClosed, { legs, setup }: State, place: number): Note | null {
  const leg = legs[place]!;
  const { position } = leg;
  if (position.tag === 'flat') return null;
  const instrument = setup.instruments[leg.symbol]!;
  const { side, lots, trade } = position;
  const worth = valueNumber(instrument, markTicks, lots);
  const money = (amount: number): bigint => BigInt(Math.round(amount * instrument.moneyUnits));
  const gross = trade.realised + money(gainNumber(instrument, side, position.costNumber, worth));
  const fees = trade.fees + money(worth * instrument.takerRate);
  const entryTicks = trade.entryTickLots / trade.entryLots;
  const lowTicks = Math.min(trade.lowTicks, markTicks);
  const highTicks = Math.max(trade.highTicks, markTicks);
  return {
    tag: 'trade', at, leg: leg.index, side, openedAt: position.openedAt, lots: trade.entryLots, entryTicks,
    exitTicks: (trade.exitTickLots + markTicks * lots) / (trade.exitLots + lots), gross, fees, funding: trade.funding,
    net: moneyToNumber(instrument, gross - fees + trade.funding), slippage: trade.slippage, risk: trade.risk,
    maeTicks: Math.max(0, side === 1 ? entryTicks - lowTicks : highTicks - entryTicks),
    mfeTicks: Math.max(0, side === 1 ? highTicks - entryTicks : entryTicks - lowTicks),
    bars: position.barsHeld, entryReason: trade.entryReason, exitReason: 'found closed',
  };
}
