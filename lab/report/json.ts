/** The one object that `backtest --json` prints: numbers as numbers, and beside each metric why it is missing. */
import { faultsJson } from './faults.ts';
import type { FaultsJson } from './faults.ts';
import { closedCount } from './finished.ts';
import type { FinishedRun, ReportManifest, ReportWarning, Timing } from './finished.ts';
import { numberOf } from './metric.ts';
import type { Metric } from './metric.ts';
import type { Metrics } from './metrics.ts';
import type { DetailTotals, LedgerTotals, RunResult } from '../../sim/index.ts';

export interface RunJson {
  /** Run id. */
  readonly run: string;
  readonly manifest: ReportManifest;
  readonly bars: number;
  readonly decisions: number;
  /** Closed trades. */
  readonly trades: number;
  readonly equity: { readonly start: number; readonly end: number };
  /** Settle coin, positive = paid. */
  readonly fees: number;
  /** Settle coin, positive = received. */
  readonly funding: number;
  /** Every metric as a number, null where there is none. */
  readonly metrics: Readonly<Record<keyof Metrics, number | null>>;
  /** Every metric with unit and sample size, or why there is none and what it needs. */
  readonly metricsDetail: Metrics;
  /** Bars that could have filled either way first, and closed trades with a fill in one. */
  readonly ambiguousBars: number;
  readonly ambiguousTrades: number;
  /** How far the bars were settled on shorter bars or trades; null without `--detail`. */
  readonly detail: DetailTotals | null;
  /** What it was put through on bad days; null without `--faults`. */
  readonly faults: FaultsJson | null;
  readonly warnings: readonly ReportWarning[];
  readonly refusals: Readonly<Record<string, number>>;
  readonly ledger: LedgerTotals;
  readonly open: RunResult['open'];
  readonly digest: string;
  readonly loopDigest: string;
  readonly timing: Timing;
}

/** `plain` = the same run with nothing to go wrong, where there is one. */
export function toJson(run: FinishedRun, plain: RunResult | null = null): RunJson {
  const { manifest, result, metrics, warnings, timing } = run;
  return {
    run: manifest.run,
    manifest,
    bars: result.bars,
    decisions: result.decisions,
    trades: closedCount(metrics),
    equity: { start: result.equity.start, end: result.equity.end },
    fees: Number(result.ledger.fees),
    funding: Number(result.ledger.funding),
    metrics: flat(metrics),
    metricsDetail: metrics,
    ambiguousBars: result.ambiguousBars,
    ambiguousTrades: result.ambiguousTrades,
    detail: result.detail,
    faults: faultsJson(run, plain),
    warnings,
    refusals: result.refusals,
    ledger: result.ledger,
    open: result.open,
    digest: result.digest,
    loopDigest: result.loopDigest,
    timing,
  };
}

function flat(metrics: Metrics): Readonly<Record<keyof Metrics, number | null>> {
  const entries = Object.entries(metrics) as readonly (readonly [keyof Metrics, Metric])[];
  const numbers = entries.map(([name, metric]) => [name, numberOf(metric)]);
  return Object.fromEntries(numbers) as Record<keyof Metrics, number | null>;
}
