/**
 * Marks the closed trades that have a fill in an ambiguous bar. The exchange knows the executions of such bars; which
 * trade an execution belongs to follows from the executions alone, so this is worked out once, when the run is over.
 */
import type { Column, Table } from '../engine/index.ts';
import type { AmbiguousFills } from './exchange/index.ts';

export interface MarkedTables { readonly tables: Table[]; readonly ambiguousTrades: number }

/** Adds the column `ambiguous` to the trades. `symbols` are the run's, in the exchange's order. */
export function markAmbiguous(
  tables: readonly Table[], symbols: readonly string[], fills: readonly AmbiguousFills[],
): MarkedTables {
  const executions = tables.find(({ name }) => name === 'executions');
  const trades = tables.find(({ name }) => name === 'trades');
  const values = new Uint8Array(trades?.rows ?? 0);
  if (executions !== undefined && trades !== undefined && fills.length > 0) {
    const ambiguous = ambiguousRows(textsOf(executions, 'symbol'), symbols, fills);
    followPositions(executions, ambiguous, rowsBySymbol(textsOf(trades, 'symbol')), values);
  }
  const column: Column = { name: 'ambiguous', type: 'boolean', values };
  return {
    tables: tables.map((table) => (table === trades ? { ...table, columns: [...table.columns, column] } : table)),
    ambiguousTrades: values.reduce((sum, flag) => sum + flag, 0),
  };
}

/** One flag per row of the executions; row n is the exchange's execution n + 1. */
function ambiguousRows(symbolOf: readonly string[], symbols: readonly string[], fills: readonly AmbiguousFills[]): Uint8Array {
  const flags = new Uint8Array(symbolOf.length);
  for (const { symbol, first, last } of fills) {
    for (let row = first - 1; row < last; row++) if (symbolOf[row] === symbols[symbol]) flags[row] = 1;
  }
  return flags;
}

function rowsBySymbol(symbolOf: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const rows = new Map<string, number[]>();
  for (const [row, symbol] of symbolOf.entries()) {
    const known = rows.get(symbol);
    if (known === undefined) rows.set(symbol, [row]);
    else known.push(row);
  }
  return rows;
}

/** Position of one symbol as its executions go on: signed lots, trades closed so far, and whether the present one is ambiguous. */
interface Walk { lots: number; closed: number; isAmbiguous: boolean }

/** A trade lasts from flat to flat; an execution that turns the position belongs to the trade it closes and to the next. */
function followPositions(
  executions: Table, ambiguous: Uint8Array, trades: ReadonlyMap<string, readonly number[]>, out: Uint8Array,
): void {
  const symbolOf = textsOf(executions, 'symbol');
  const sideOf = textsOf(executions, 'side');
  const lotsOf = numbersOf(executions, 'lots');
  const walks = new Map<string, Walk>();
  for (const [row, symbol] of symbolOf.entries()) {
    const walk = walks.get(symbol) ?? { lots: 0, closed: 0, isAmbiguous: false };
    walks.set(symbol, walk);
    const isHere = ambiguous[row] === 1;
    const before = walk.lots;
    walk.lots += (sideOf[row] === 'buy' ? 1 : -1) * lotsOf[row]!;
    walk.isAmbiguous ||= isHere;
    if (before === 0 || before * walk.lots > 0) continue;
    const trade = trades.get(symbol)?.[walk.closed];
    if (trade !== undefined && walk.isAmbiguous) out[trade] = 1;
    walk.closed += 1;
    walk.isAmbiguous = isHere && walk.lots !== 0;
  }
}

function textsOf(table: Table, name: string): readonly string[] {
  const column = table.columns.find((one) => one.name === name);
  return column?.type === 'text' ? Array.from(column.codes, (code) => column.dictionary[code] ?? '') : [];
}

function numbersOf(table: Table, name: string): Float64Array {
  const column = table.columns.find((one) => one.name === name);
  return column?.type === 'double' ? column.values : new Float64Array(0);
}
