/**
 * A measured number with what it needs to be read: its unit and its sample size; or, when the sample cannot carry a
 * number, why not. A report never shows the first without the second.
 */
export type Unit =
  | 'fraction' | 'ratio' | 'ms' | 'count' | 'R'
  /** Settle coin. */
  | 'money'
  /** Multiples of mean equity. */
  | 'x equity';

export interface MetricValue { readonly tag: 'value'; readonly value: number; readonly unit: Unit; readonly n: number }
/** `needs` is the sample size that would do; equal to or below `n` when something else is missing, which `why` names. */
export interface MetricAbsent { readonly tag: 'n/a'; readonly why: string; readonly n: number; readonly needs: number }
export type Metric = MetricValue | MetricAbsent;

interface Sample {
  readonly n: number;
  readonly needs: number;
  /** What is counted, in the plural: 'trades', 'days', 'trades with a stop'. */
  readonly of: string;
  readonly unit: Unit;
}

/** The number if the sample is large enough and the number exists; `missing` says why it would not exist. */
export function measured({ n, needs, of, unit }: Sample, missing: string, compute: () => number): Metric {
  if (n < needs) return { tag: 'n/a', why: `${n} ${n === 1 ? of.replace(/s\b/, '') : of}, needs ${needs}`, n, needs };
  const value = compute();
  return Number.isFinite(value) ? { tag: 'value', value, unit, n } : { tag: 'n/a', why: missing, n, needs };
}

/** The bare number, or null. */
export const numberOf = (metric: Metric): number | null => metric.tag === 'value' ? metric.value : null;
