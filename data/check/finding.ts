/** What a check can find. Findings are data: printing and exit codes are the caller's. */
export type Severity = 'error' | 'warning' | 'note';
export type FindingCode =
  | 'bad-stamp' | 'unordered' | 'duplicate' | 'off-grid' | 'bad-price' | 'ohlc' | 'bad-volume' | 'bad-rate'
  | 'gaps' | 'paging-gaps' | 'zero-volume' | 'jumps' | 'foreign-prices' | 'finer-than-tick' | 'child-parent'
  | 'funding-hole' | 'late-stamps' | 'damaged-lake' | 'unknown-market' | 'refused';

export interface Finding {
  readonly code: FindingCode;
  /** error: not to be traded on; warning: look at it; note: true of real markets too. */
  readonly severity: Severity;
  /** Time of the first case, ms; null when it has none. */
  readonly at: number | null;
  readonly count: number;
  readonly text: string;
}
