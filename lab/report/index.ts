/** What a finished run says of itself: metrics, the result card of the terminal, and the object of `--json`. */
export { computeMetrics, daysInYear, minima, worstDrawdown } from './metrics.ts';
export type { Metrics } from './metrics.ts';
export type { Metric, MetricAbsent, MetricValue, Unit } from './metric.ts';
