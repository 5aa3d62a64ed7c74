/** What a finished run says of itself: metrics, the result card of the terminal, and the object of `--json`. */
export { computeMetrics, worstDrawdown } from './metrics.ts';
export type { Metrics } from './metrics.ts';
export type { Metric, MetricAbsent, MetricValue, Unit } from './metric.ts';
export { cardStyle, renderCard } from './card.ts';
export type { CardStyle } from './lines.ts';
export { bandFrom, bandJson, renderBand } from './band.ts';
export type { Band, BandPath } from './band.ts';
export { renderFaults } from './faults.ts';
export type { FaultsJson, FaultSide } from './faults.ts';
export { summaryOf } from './finished.ts';
export type { FinishedRun, ReportManifest, ReportWarning, Timing } from './finished.ts';
export { toJson } from './json.ts';
export type { RunJson } from './json.ts';
