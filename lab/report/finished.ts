/** Everything a report of one finished run is made of: what went in, what came out, and how long it took. */
import type { Metrics } from './metrics.ts';
import type { RulesUsed } from '../../data/index.ts';
import type { RunManifest, RunSummary } from '../../data/store/index.ts';
import type { RunResult } from '../../sim/index.ts';

/** What a report says beyond the stored manifest. May be kept in the manifest file too. */
export interface ReportManifest extends RunManifest {
  /** Interval of the mark bars, for example `1h`; null when there were none and the last price stood in. */
  readonly markInterval: string | null;
  /** Interval of the price bars the orders were matched on, for example `5m`, or `trades`; at most the decision timeframe. */
  readonly barInterval: string;
  /** Where each symbol's instrument rules are from and what time they are of. */
  readonly rules: readonly RulesUsed[];
  /** Order in which a bar's extremes were met, as in the config. */
  readonly path: string;
}

export interface ReportWarning {
  /** Short name, for example `data-gap`. */
  readonly code: string;
  /** null when it is about the whole run. */
  readonly symbol: string | null;
  readonly count: number;
  readonly text: string;
}

/** Wall time in ms: reading the data, the run itself, storing the result. */
export interface Timing { readonly loadMs: number; readonly runMs: number; readonly storeMs: number }

export interface FinishedRun {
  readonly manifest: ReportManifest;
  readonly result: RunResult;
  readonly metrics: Metrics;
  /** Warnings of the data and of the run. */
  readonly warnings: readonly ReportWarning[];
  readonly timing: Timing;
  /** False when the run was not stored, so that nobody is sent to look for it there. Default true. */
  readonly isStored?: boolean;
}

/** The totals of a run that its row in the run store holds. */
export function summaryOf(result: RunResult, metrics: Metrics): RunSummary {
  return {
    bars: result.bars, decisions: result.decisions, trades: closedCount(metrics),
    equityStart: result.equity.start, equityEnd: result.equity.end,
    fees: Number(result.ledger.fees), funding: Number(result.ledger.funding), maxDrawdown: result.barDrawdown.fraction,
    sharpe: metrics.sharpe.tag === 'value' ? metrics.sharpe.value : null,
    ambiguousBars: result.ambiguousBars, ambiguousTrades: result.ambiguousTrades, digest: result.digest,
  };
}

/** Closed round trips, estimates left out. */
export const closedCount = (metrics: Metrics): number => metrics.trades.n;
