/**
 * The market a run plays: columns of bars, mark bars and funding stamps per symbol, already checked.
 * Columns may live in shared memory, so that several runs and threads read one copy.
 */
import type { BarColumns, Instrument } from '../engine/index.ts';

/** Bars of one symbol. Prices are whole ticks unless the data is finer than the tick; `volume` is empty for mark series. */
export interface Series extends BarColumns {
  readonly length: number;
}

/** Settlement stamps, oldest first; `rate` is a fraction, positive = longs pay. */
export interface FundingSeries { readonly length: number; readonly settledAt: Float64Array; readonly rate: Float64Array }

/** Single trades in the order in which they happened. Times in whole ms, several may share one; prices in ticks. */
export interface Prints {
  readonly length: number;
  readonly at: Float64Array;
  readonly price: Float64Array;
  /** Base quantity (contracts when inverse). */
  readonly quantity: Float64Array;
}

/** What orders are matched on inside the bars that decisions are taken on (FS-1 sections 3.4 and 3.5). */
export type Detail =
  | { readonly tag: 'bars'; readonly bars: Series }
  | { readonly tag: 'prints'; readonly prints: Prints };

export interface SymbolMarket {
  readonly instrument: Instrument;
  readonly last: Series;
  readonly mark: Series | null;
  readonly funding: FundingSeries | null;
  /** Absent: orders are matched on `last` itself. */
  readonly detail?: Detail;
}

/** Symbols in the strategy's order; `legs` and symbol indices follow it. */
export interface Market { readonly symbols: readonly SymbolMarket[] }
