/**
 * What a strategy must keep to be believed, checked by running it: for a user's own test suite.
 *
 * 1. Determinism: two runs over the same bars leave the same digest.
 * 2. Cut data: when the data ends earlier, every decision and execution before the cut is unchanged. A strategy that
 *    looks ahead cannot pass.
 * 3. Memory: written out and read back after every bar, as a restart would, it changes nothing.
 */
import { isStrategy, runConfig } from '../../engine/index.ts';
import type { AnyStrategy, RunConfig, Table } from '../../engine/index.ts';
import { run } from '../../sim/index.ts';
import type { FundingSeries, Market, RunResult, Series } from '../../sim/index.ts';
import { practiceMarket } from './market.ts';

export interface CheckOptions {
  /** Raw parameters; the schema's defaults unless given. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** The built-in market under the strategy's own symbols unless given. */
  readonly market?: Market;
  readonly config?: RunConfig;
  /** Shares of the data at which it is cut, each above 0 and below 1. */
  readonly cuts?: readonly number[];
}

export interface Finding {
  readonly check: 'determinism' | 'cut-data' | 'memory';
  readonly text: string;
}

/** What is wrong with the strategy; an empty list when nothing was found. Throws when the strategy cannot run. */
export async function checkStrategy(strategy: unknown, options: CheckOptions = {}): Promise<readonly Finding[]> {
  if (!isStrategy(strategy)) throw new TypeError('checkStrategy needs what defineStrategy returned');
  const market = options.market ?? await practiceMarket(strategy);
  const play = (over: Market, memoryCheckBars?: number): RunResult => run({
    strategy, params: options.params ?? {}, market: over, config: options.config ?? runConfig.parse({}), record: 'normal',
    progress: null, ...(memoryCheckBars === undefined ? {} : { memoryCheckBars }),
  });
  const whole = play(market);
  return [
    ...sameDigest('determinism', 'a second run', whole, play(market)),
    ...sameDigest('memory', 'a run whose memory is written out and read back after every bar', whole, play(market, 1)),
    ...(options.cuts ?? [0.23, 0.5, 0.81]).flatMap((share) => cutFindings(strategy, market, share, whole, play)),
  ];
}

function sameDigest(check: Finding['check'], what: string, first: RunResult, second: RunResult): Finding[] {
  if (first.digest === second.digest) return [];
  return [{ check, text: `${what} gave digest ${second.digest.slice(0, 16)} instead of ${first.digest.slice(0, 16)}${difference(first, second, Infinity)}` }];
}

function cutFindings(
  strategy: AnyStrategy, market: Market, share: number, whole: RunResult, play: (over: Market) => RunResult,
): Finding[] {
  const until = whole.from + Math.floor(((whole.to - whole.from) * share) / 86_400_000) * 86_400_000;
  const cut: Market = { symbols: market.symbols.map((s) => ({
    instrument: s.instrument, last: cutSeries(s.last, until), mark: s.mark === null ? null : cutSeries(s.mark, until),
    funding: s.funding === null ? null : cutFunding(s.funding, until),
  })) };
  if (cut.symbols.some((s) => s.last.length === 0)) return [];
  const found = difference(whole, play(cut), until);
  if (found === '') return [];
  return [{ check: 'cut-data', text: `${strategy.name}: with data until ${until} ms UTC only, decisions before it differ${found}` }];
}

/** Bars that closed by `until`. */
function cutSeries(series: Series, until: number): Series {
  let length = 0;
  while (length < series.length && series.openedAt[length]! + series.intervalMs <= until) length += 1;
  const part = (column: Float64Array): Float64Array => column.subarray(0, length);
  return {
    intervalMs: series.intervalMs, length, openedAt: part(series.openedAt), open: part(series.open), high: part(series.high),
    low: part(series.low), close: part(series.close), volume: part(series.volume),
  };
}

function cutFunding(funding: FundingSeries, until: number): FundingSeries {
  let length = 0;
  while (length < funding.length && funding.settledAt[length]! < until) length += 1;
  return { length, settledAt: funding.settledAt.subarray(0, length), rate: funding.rate.subarray(0, length) };
}

/** First row of decisions or executions, not later than `until`, that is not the same in both; '' when there is none. */
function difference(first: RunResult, second: RunResult, until: number): string {
  for (const name of ['decisions', 'executions']) {
    const a = rowsOf(first, name, until);
    const b = rowsOf(second, name, until);
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      if (a[i] !== b[i]) return `: ${name} row ${i + 1} was ${b[i] ?? 'absent'}, expected ${a[i] ?? 'none'}`;
    }
  }
  return '';
}

function rowsOf(result: RunResult, name: string, until: number): string[] {
  const table = result.tables.find((one) => one.name === name);
  if (table === undefined) return [];
  const time = table.columns.find((column) => column.name === 'time');
  const rows: string[] = [];
  for (let row = 0; row < table.rows; row++) {
    const at = time?.type === 'time' ? time.values[row]! : 0;
    if (at <= until) rows.push(textOf(table, row));
  }
  return rows;
}

function textOf(table: Table, row: number): string {
  return table.columns
    .map((column) => (column.type === 'text' ? column.dictionary[column.codes[row]!] ?? '' : String(column.values[row])))
    .join(' | ');
}
