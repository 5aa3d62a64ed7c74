/**
 * Liquidations of a run, one warning per symbol: the dearest thing that can happen to a position must not hide
 * among the trades. The mark price decides them, so coarse or missing mark bars decide them coarsely.
 */
import type { Ms, Table } from '../engine/index.ts';

export interface Liquidations {
  readonly name: string;
  readonly count: number;
  /** The first one. */
  readonly at: Ms;
  readonly words: string;
}

/** Reads the recorded executions; none when nothing was liquidated. */
export function liquidationsIn(executions: Table | undefined): readonly Liquidations[] {
  const column = (name: string) => executions?.columns.find((one) => one.name === name);
  const cause = column('cause'), symbol = column('symbol'), time = column('time'), value = column('value');
  if (executions === undefined || cause?.type !== 'text' || symbol?.type !== 'text' || time?.type !== 'time'
    || value?.type !== 'double') return [];
  const liquidation = cause.dictionary.indexOf('liquidation');
  const found = new Map<string, { count: number; at: Ms; value: number }>();
  for (let row = 0; row < executions.rows; row++) {
    if (liquidation < 0 || cause.codes[row] !== liquidation) continue;
    const name = symbol.dictionary[symbol.codes[row]!]!;
    const known = found.get(name) ?? { count: 0, at: time.values[row]!, value: 0 };
    found.set(name, { count: known.count + 1, at: known.at, value: known.value + value.values[row]! });
  }
  return [...found].map(([name, one]) => ({
    name, count: one.count, at: one.at,
    words: `${one.count} liquidated at the bankruptcy price, the mark price having reached the liquidation price; `
      + `closed value ${one.value.toFixed(2)}. A lower leverage moves it away`,
  }));
}
