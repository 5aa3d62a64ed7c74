/**
 * What one run leaves behind: tables for the store, and the few totals that no table can give back exactly.
 *
 * Tables and columns (all money in the settle coin, prices in quote, quantities in base, or contracts when inverse):
 * decisions   time, symbol, intent, outcome (accepted | changed | refused), reason, price, stop, qty, inputs
 *             (every decision other than hold, and every refusal or change with its reason; `inputs`, what the risk rules saw,
 *             is there in runs with rules only)
 * orders      order, symbol, role (entry | exit | target | rest), side (buy | sell), type, time_in_force, reduce_only,
 *             qty, price, trigger, stop, sent_at, ended_at, outcome, filled_qty, reason
 * executions  time, execution, order, symbol, cause (order | stop | target | trailing | liquidation | adl), side, qty, price,
 *             reference (price wanted: decision close, limit or trigger), slippage_bps, value, fee, liquidity, lots, price_ticks
 * trades      trade, symbol, side (long | short), opened_at, closed_at, qty, entry_price, exit_price, gross, fees, funding,
 *             slippage, net, risk, r, mae, mfe, bars, entry_reason, exit_reason, quality (executed | estimated), ambiguous
 *             (gross - fees + funding = net; slippage is already inside gross; mae and mfe are fractions of the entry price;
 *             ambiguous: a fill of it lies in a bar that could have filled either way first, FS-1 section 3.6)
 * stops       time, symbol, change (requested | armed | breached | refused | waived | unprotected | fired), trigger, by, cause
 * modes       time, mode, cause, until, evidence (only in a run whose mode changed)
 * equity      time, equity, wallet, exposure (open notional)
 * faults      time, family, symbol, order, action, attempt, for_ms; only of runs on bad days
 * warnings    code, symbol, count, first_at, text
 */
import type { Ms, Table } from '../engine/index.ts';

/** Exact ledger of the run as decimal text: start + realised - fees + funding = end. Funding: received is positive. */
export interface LedgerTotals {
  readonly settle: string;
  readonly start: string;
  readonly realised: string;
  readonly fees: string;
  readonly funding: string;
  readonly end: string;
}

export interface DrawdownTotals {
  /** Fraction of the peak. */
  readonly fraction: number;
  readonly peakAt: Ms;
  readonly troughAt: Ms;
  /** Longest time under water. */
  readonly longestMs: Ms;
}

/** What orders were matched on inside the bars (FS-1 sections 3.4 and 3.5). */
export interface DetailTotals {
  /** `1m`, or `trades`. */
  readonly timeframe: string;
  /** Bars of all symbols matched on their children, and how many shorter bars or trades these are. */
  readonly bars: number;
  readonly children: number;
  /** Bars matched as they are because nothing of them is there. */
  readonly withoutDetail: number;
  /** Bars matched on children of which some are missing. */
  readonly withHoles: number;
  /** Ambiguous shorter bars, and ambiguous bars without detail; the same as the run's. */
  readonly ambiguousBars: number;
}

/** What a run on bad days was put through, and how its engine took it (`sim/faults`). Times in ms of the exchange. */
export interface FaultTotals {
  readonly plan: string;
  readonly seed: number;
  /** Times that each family struck. */
  readonly fired: Readonly<Record<string, number>>;
  /** Times that the engine was killed and read back. */
  readonly restarts: number;
  /** Times that an invariant was broken (`sim/invariants`), and the first hundred of them. */
  readonly broken: number;
  readonly violations: readonly { readonly invariant: string; readonly at: Ms; readonly leg: number; readonly text: string }[];
  /** How long positions stood at the venue without a stop while the engine ran: in all legs together, and at a time. */
  readonly unprotectedMs: Ms;
  readonly unprotectedLongestMs: Ms;
  /** The same while the engine could do nothing: killed, asleep or stalled. */
  readonly downUnprotectedMs: Ms;
  readonly halts: readonly { readonly cause: string; readonly at: Ms; readonly evidence: string }[];
  /** Mode at the end. */
  readonly mode: string;
  /** At the end the engine believed in the position and the wallet of the venue, whose wallet is this. */
  readonly agrees: boolean;
  readonly venueWallet: string;
}

export interface RunResult {
  readonly strategy: string;
  readonly symbols: readonly string[];
  readonly from: Ms;
  readonly to: Ms;
  /** Bars fed, all symbols. */
  readonly bars: number;
  /** Calls of `decide`, or cycles of `decideCycle`. */
  readonly decisions: number;
  /** Events the engine was told, bars and cycles included, and commands it handed over. */
  readonly steps: { readonly events: number; readonly commands: number };
  readonly warmupBars: number;
  readonly tables: readonly Table[];
  readonly ledger: LedgerTotals;
  readonly equity: { readonly start: number; readonly end: number };
  /** Equity at each 00:00 UTC from the first to the last day, days without change included; first value is the start. */
  readonly daily: { readonly times: Float64Array; readonly equity: Float64Array };
  /** Equity at mark on every closed bar. */
  readonly barDrawdown: DrawdownTotals;
  /** Bars with an open position / bars. */
  readonly exposureFraction: number;
  /** Value of everything bought and sold. */
  readonly tradedValue: number;
  /** Cost of slippage and spread against the wanted prices, positive = lost. */
  readonly slippageCost: number;
  /** Bars in which the other order of the extremes gives other fills (FS-1 section 3.6); with a detail, bars of it. */
  readonly ambiguousBars: number;
  /** Closed round trips with at least one fill in such a bar, its open included. */
  readonly ambiguousTrades: number;
  /** Null when orders were matched on the bars themselves. */
  readonly detail: DetailTotals | null;
  /** Null when nothing was to go wrong. */
  readonly faults: FaultTotals | null;
  /** Stored refusals and changes by reason. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Positions and orders left at the end of the data. */
  readonly open: readonly { readonly symbol: string; readonly side: 'long' | 'short'; readonly qty: number; readonly entryPrice: number; readonly unrealised: number }[];
  /** 64 hex digits: SHA-256 over the recorded columns; `loopDigest` are the two 32-bit lanes over the commands. */
  readonly digest: string;
  readonly loopDigest: string;
}
