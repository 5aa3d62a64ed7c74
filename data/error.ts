/**
 * The one error of bad or missing market data: what, where, which value, what was expected, and the fix.
 * `message` is one line. A usage problem (something the caller must say) is marked, so that exit codes can differ.
 */

export type DataReason =
  | 'usage' | 'missing-file' | 'empty-file' | 'unreadable' | 'unknown-format' | 'not-candles' | 'missing-column'
  | 'bad-stamp' | 'unordered' | 'duplicate' | 'off-grid' | 'bad-price' | 'ohlc' | 'bad-volume' | 'bad-rate'
  | 'timeframe-differs' | 'paging-gaps' | 'finer-than-tick' | 'foreign-prices' | 'overlap-differs'
  | 'unknown-symbol' | 'wrong-symbol' | 'no-timeframe' | 'no-detail' | 'empty-range' | 'damaged-lake' | 'lake-busy' | 'bad-instrument'
  | 'shut-out' | 'rate-limit' | 'no-answer' | 'refused' | 'repeated-page' | 'no-extension';

export interface DataFault {
  readonly reason: DataReason;
  /** A short noun phrase: 'bad price', 'duplicate stamp'. */
  readonly what: string;
  readonly file?: string;
  /** Data row, 1-based; the header of a CSV is not counted. */
  readonly row?: number;
  readonly field?: string;
  readonly value?: string;
  readonly expected?: string;
  readonly fix: string;
}

export class DataError extends Error {
  override readonly name = 'DataError';
  readonly reason: DataReason;
  readonly what: string;
  readonly file: string | null;
  readonly row: number | null;
  readonly field: string | null;
  readonly value: string | null;
  readonly expected: string | null;
  readonly fix: string;
  /** True when the caller left out or misspelt something: the command line's exit 2 instead of 3. */
  readonly isUsage: boolean;

  constructor(fault: DataFault, cause?: unknown) {
    super(lineOf(fault), cause === undefined ? undefined : { cause });
    this.reason = fault.reason;
    this.what = fault.what;
    this.file = fault.file ?? null;
    this.row = fault.row ?? null;
    this.field = fault.field ?? null;
    this.value = fault.value ?? null;
    this.expected = fault.expected ?? null;
    this.fix = fault.fix;
    this.isUsage = fault.reason === 'usage';
  }
}

/** `bad price: file.csv row 17 column 'high': was 'abc', expected a positive number. Fix: ...` */
function lineOf(fault: DataFault): string {
  const place = [
    fault.file ?? '',
    fault.row === undefined ? '' : `row ${fault.row}`,
    fault.field === undefined ? '' : `column '${fault.field}'`,
  ].filter((part) => part !== '').join(' ');
  const was = fault.value === undefined ? '' : `was '${fault.value}'`;
  const expected = fault.expected === undefined ? '' : `expected ${fault.expected}`;
  const facts = [was, expected].filter((part) => part !== '').join(', ');
  const head = [fault.what, place, facts].filter((part) => part !== '').join(': ');
  return `${head}. Fix: ${fault.fix}`.replaceAll(/\s*\n\s*/g, ' ');
}

/** A missing or contradictory option, named. */
export function usageError(what: string, fix: string, file?: string): DataError {
  return new DataError({ reason: 'usage', what, fix, ...(file === undefined ? {} : { file }) });
}
