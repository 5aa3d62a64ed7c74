/**
 * Everything a report shows, as one plain object: what `report.json` holds, what the page draws, and what the words and
 * figures of the document are made of. Money is the settle coin, prices quote, times ms UTC, fractions fractions.
 */

/** A number with its range of doubt, or why there is none. `low` and `high` are the 95 % interval; null = none is known. */
export interface Figure {
  readonly name: string;
  readonly value: number | null;
  /** A fraction has a sign that is news (+0.05 is +5 %); a share is a part of a whole, 0 to 1. */
  readonly unit: 'fraction' | 'share' | 'ratio' | 'money' | 'count' | 'R' | 'ms';
  readonly low: number | null;
  readonly high: number | null;
  /** Sample, such as `n = 227 trades`, or why there is no number. */
  readonly sample: string;
}

/** Candles of one symbol on a regular grid; columns of equal length. A bar that is missing in the data is missing here. */
export interface CandleStrip {
  readonly symbol: string;
  /** Length of one candle; the run's own bars are shorter when there were too many to show. */
  readonly bucketMs: number;
  readonly decimals: number;
  /** Candle `i` opens at `from + slot[i] * bucketMs`. */
  readonly from: number;
  readonly slot: readonly number[];
  /** Prices in units of 10 ^ -decimals. */
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  /** The stop at the end of a candle as [slot, price], in order; price 0 = none from here on. */
  readonly stops: readonly (readonly [number, number])[];
}

/** Closed trades, columns of equal length, oldest first. */
export interface TradeColumns {
  readonly symbol: readonly string[];
  readonly side: readonly ('long' | 'short')[];
  readonly openedAt: readonly number[];
  readonly closedAt: readonly number[];
  readonly qty: readonly number[];
  readonly entry: readonly number[];
  readonly exit: readonly number[];
  readonly net: readonly number[];
  /** null = it had no stop. */
  readonly r: readonly (number | null)[];
  /** Furthest against and for, fractions of the entry price. */
  readonly mae: readonly number[];
  readonly mfe: readonly number[];
  readonly entryReason: readonly string[];
  readonly exitReason: readonly string[];
  /** Trigger of the stop that ended it; null = another exit. */
  readonly trigger: readonly (number | null)[];
  readonly isEstimated: readonly boolean[];
}

/** Equity on a regular grid, both extremes of every second slot kept in their order. */
export interface EquityStrip {
  readonly from: number;
  readonly slotMs: number;
  /** null where nothing is known. */
  readonly equity: readonly (number | null)[];
}

export interface Month { readonly year: number; /** 1 to 12. */ readonly month: number; readonly value: number; readonly isPart: boolean }

export interface Costs {
  readonly settle: string;
  /** Before slippage, which the fills already hold: gross + slippage. */
  readonly ideal: number;
  readonly slippage: number;
  readonly fees: number;
  readonly funding: number;
  /** What is left open at its mark. */
  readonly unrealised: number;
  readonly net: number;
  readonly tradedValue: number;
  readonly executions: number;
}

/** A stretch of time in which a position stood without a stop. */
export interface BareSpan { readonly from: number; readonly to: number; readonly symbol: string; readonly why: string }

export interface Safety {
  readonly bare: readonly BareSpan[];
  readonly bareMs: number;
  readonly waived: number;
  readonly halts: readonly { readonly at: number; readonly cause: string; readonly evidence: string }[];
  readonly modes: readonly { readonly at: number; readonly mode: string; readonly cause: string }[];
  /** Null = nothing was to go wrong. */
  readonly faults: FaultStory | null;
  /** Slippage of stops beyond their triggers: count, worst and mean in bps, and in money. */
  readonly stops: { readonly count: number; readonly meanBps: number | null; readonly worstBps: number | null; readonly cost: number };
}

export interface FaultStory {
  readonly plan: string;
  readonly seed: number;
  readonly restarts: number;
  readonly violations: number;
  readonly unprotectedMs: number;
  readonly longestMs: number;
  readonly downMs: number;
  readonly mode: string;
  readonly agrees: boolean;
  readonly fired: readonly { readonly family: string; readonly count: number }[];
  readonly at: readonly { readonly at: number; readonly family: string }[];
}

export interface Unknown {
  readonly ambiguousBars: number;
  readonly ambiguousTrades: number;
  readonly path: string;
  /** The same run on other paths through its bars; empty = they were not played. */
  readonly band: readonly { readonly path: string; readonly run: string; readonly net: number; readonly trades: number; readonly maxDrawdown: number }[];
  readonly warnings: readonly { readonly code: string; readonly symbol: string; readonly count: number; readonly text: string }[];
}

/** Rules of one symbol as the run went by them, as text; '' = the run does not say. */
export interface RulesTold {
  readonly symbol: string;
  /** Where from, and of what time: `packaged, of 2025-01-02`. */
  readonly time: string;
  readonly source: string;
  /** Null = not known, as of runs stored before it was kept. */
  readonly origin: 'file' | 'lake' | 'package' | 'data' | 'venue' | null;
  /** UTC day or month from which they are known to hold, and day from which others hold; null = not known. */
  readonly seen: string | null;
  readonly until: string | null;
  readonly tick: string;
  readonly qtyStep: string;
  /** Fractions of value. */
  readonly takerRate: string;
  readonly makerRate: string;
  readonly maxLeverage: string;
}

export interface Story {
  readonly schema: 'report/1';
  readonly run: string;
  readonly title: string;
  readonly verdict: string;
  /** Said before the verdict, because it weighs more. */
  readonly alarms: readonly string[];
  readonly mode: string;
  readonly strategy: string;
  readonly market: string;
  readonly timeframe: string;
  readonly symbols: readonly string[];
  readonly settle: string;
  readonly from: number;
  readonly to: number;
  readonly createdAt: number;
  readonly figures: readonly Figure[];
  readonly candles: readonly CandleStrip[];
  /** Why there are no candles; '' = there are. */
  readonly candlesMissing: string;
  readonly equity: EquityStrip;
  readonly months: readonly Month[];
  readonly trades: TradeColumns;
  /** Trades of the run; more than `trades` holds when there were too many to show. */
  readonly tradeCount: number;
  readonly costs: Costs;
  readonly unknown: Unknown;
  readonly safety: Safety;
  readonly refusals: readonly { readonly reason: string; readonly count: number }[];
  readonly rules: readonly RulesTold[];
  readonly settings: readonly { readonly name: string; readonly value: string }[];
  readonly hashes: readonly { readonly name: string; readonly value: string }[];
}
