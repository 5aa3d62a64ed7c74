/** Runs a market, lets the auditor check the result, and hands back its tables as rows. */
import { runConfig } from '../../engine/index.ts';
import type { z } from '../../engine/index.ts';
import type { AnyStrategy, Column, RunConfig, State } from '../../engine/index.ts';
import type { RunResult, SymbolMarket } from '../../sim/index.ts';
import { resultOf } from '../../sim/outcome.ts';
import { playThrough } from '../../sim/run.ts';
import { audit } from './auditor.ts';
import { scripted } from './scripted.ts';
import type { Script } from './scripted.ts';

export type Cells = Readonly<Record<string, number | string | boolean | null>>;

export interface Played {
  readonly result: RunResult;
  readonly state: State;
  /** Rows of a table; null where the store has NULL. */
  readonly rows: (table: string) => readonly Cells[];
  readonly seen: readonly unknown[];
}

export type ConfigWish = z.input<typeof runConfig>;

export interface PlayWish {
  readonly markets: readonly SymbolMarket[];
  readonly strategy: AnyStrategy;
  readonly config?: ConfigWish;
  readonly record?: 'normal' | 'all';
  /** Every bar opened by itself. */
  readonly oneByOne?: boolean;
}

/** A whole run, audited: its ledger follows from its executions, and engine and exchange agree on the wallet. */
export function play({ markets, strategy, config = {}, record = 'all', oneByOne = false }: PlayWish): Omit<Played, 'seen'> {
  const parsed: RunConfig = runConfig.parse(config);
  const held = playThrough({ strategy, params: {}, market: { symbols: markets }, config: parsed, record, progress: null, oneByOne });
  const result = resultOf(held);
  const { state, exchange } = held;
  if (state.wallet.balance !== exchange.wallet) {
    throw new Error(`wallet of the engine ${state.wallet.balance}, of the exchange ${exchange.wallet}`);
  }
  for (const leg of state.legs) {
    const lots = leg.position.tag === 'open' ? leg.position.side * leg.position.lots : 0;
    const there = exchange.position(leg.symbol);
    if (lots !== there.side * there.lots) throw new Error(`position of the engine ${lots}, of the exchange ${there.side * there.lots}`);
  }
  audit(result, markets, parsed);
  return { result, state, rows: (table) => rowsOf(result, table) };
}

/** A script over one market (or one per symbol). */
export function follow(market: SymbolMarket | readonly SymbolMarket[], script: Script, config: ConfigWish = {}): Played {
  const { strategy, seen } = scripted(script);
  const markets = 'last' in market ? [market] : market;
  return { ...play({ markets, strategy, config }), seen };
}

export function rowsOf(result: RunResult, name: string): readonly Cells[] {
  const table = result.tables.find((t) => t.name === name);
  if (table === undefined) throw new Error(`no table ${name}`);
  return Array.from({ length: table.rows }, (_, row) =>
    Object.fromEntries(table.columns.map((column) => [column.name, cellOf(column, row)])));
}

function cellOf(column: Column, row: number): number | string | boolean | null {
  switch (column.type) {
    case 'text': return column.codes[row]! < 0 ? null : column.dictionary[column.codes[row]!]!;
    case 'boolean': return column.values[row] === 1;
    default: return Number.isNaN(column.values[row]) ? null : column.values[row]!;
  }
}

/** Some columns of some rows, for comparing at a glance. */
export function pick(rows: readonly Cells[], ...columns: readonly string[]): unknown[][] {
  return rows.map((row) => columns.map((column) => row[column]));
}
