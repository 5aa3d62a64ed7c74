/**
 * Two runs held against each other. Whatever both have is paired, because a difference of pairs is far less noisy than a
 * difference of means: the same day, the same trade (symbol, side and opening). Every difference has its 95 % interval by
 * bootstrap, drawn in weeks for days; samples below thirty say "not enough" and nothing else.
 */
import { withRuns } from '../../../data/index.ts';
import type { StoredRun } from '../../../data/index.ts';
import { bootstrap, bootstrapPairs, daysInBlock, leastSample, mean, meanDifference, yearlySharpe } from '../doubt.ts';
import type { Range } from '../doubt.ts';
import { amountOf } from '../words.ts';

export interface Difference {
  readonly name: string;
  readonly unit: 'bps' | 'ratio' | 'money' | 'R';
  readonly n: number;
  /** B less A; null = not enough. */
  readonly value: number | null;
  readonly range: Range | null;
  readonly sample: string;
}

export interface SideTotals { readonly run: string; readonly net: number; readonly trades: number; readonly maxDrawdown: number; readonly sharpe: number | null }

export interface Comparison {
  readonly runs: readonly [SideTotals, SideTotals];
  readonly differences: readonly Difference[];
  readonly trades: { readonly both: number; readonly onlyFirst: number; readonly onlySecond: number };
  /** 'second' or 'first' is better, it may be luck, or there is not enough to say. By the paired days. */
  readonly verdict: 'first' | 'second' | 'luck' | 'not-enough';
}

interface Trade { readonly key: string; readonly net: number; readonly r: number }
interface Side { readonly days: ReadonlyMap<string, number>; readonly trades: readonly Trade[] }

export async function compareRuns(folder: string, one: StoredRun, two: StoredRun): Promise<Comparison> {
  const [first, second] = await withRuns(folder, async (ask): Promise<readonly [Side, Side]> => {
    const side = async (run: string): Promise<Side> => {
      const limit = { limit: 1_000_000 };
      const days = await ask(`SELECT day, "return" AS change FROM daily_equity WHERE run = '${run}' AND "return" IS NOT NULL`, limit);
      const trades = await ask(`SELECT symbol || ' ' || side || ' ' || epoch_ms(opened_at) AS id, net, r FROM trade_results WHERE run = '${run}' ORDER BY opened_at`, limit);
      return {
        days: new Map(days.rows.map((row) => [row['day'] as string, row['change'] as number])),
        trades: trades.rows.map((row) => ({ key: row['id'] as string, net: row['net'] as number, r: typeof row['r'] === 'number' ? row['r'] : Number.NaN })),
      };
    };
    return [await side(one.run), await side(two.run)];
  });
  return judge([totalsOf(one), totalsOf(two)], first, second);
}

const totalsOf = ({ run, summary }: StoredRun): SideTotals =>
  ({ run, net: summary.equityEnd - summary.equityStart, trades: summary.trades, maxDrawdown: summary.maxDrawdown, sharpe: summary.sharpe });

/** Pure, for tests: what the samples of both sides say. */
export function judge(runs: Comparison['runs'], first: Side, second: Side): Comparison {
  const days = [...first.days].flatMap(([day, value]) => { const mate = second.days.get(day); return mate === undefined ? [] : [[value, mate] as const]; });
  const mates = new Map(second.trades.map((trade) => [trade.key, trade]));
  const pairs = first.trades.flatMap((trade) => { const mate = mates.get(trade.key); return mate === undefined ? [] : [[trade, mate] as const]; });
  const daily = difference('Return per day', 'bps', days.map(([a, b]) => (b - a) * 10_000), 'days in common', daysInBlock);
  const rs = [first, second].map(({ trades }) => trades.map(({ r }) => r).filter((r) => !Number.isNaN(r)));
  return {
    runs, trades: { both: pairs.length, onlyFirst: first.trades.length - pairs.length, onlySecond: second.trades.length - pairs.length },
    differences: [daily, sharpes(days), difference('Net of the same trade', 'money', pairs.map(([a, b]) => b.net - a.net), 'trades in common', 1), means(rs[0]!, rs[1]!)],
    verdict: daily.value === null || daily.range === null ? 'not-enough' : daily.range.low > 0 ? 'second' : daily.range.high < 0 ? 'first' : 'luck',
  };
}

const notEnough = (n: number, of: string): string => `not enough: ${amountOf(n, of)}, needs ${leastSample}`;

function difference(name: string, unit: Difference['unit'], values: readonly number[], of: string, block: number): Difference {
  const n = values.length;
  if (n < leastSample) return { name, unit, n, value: null, range: null, sample: notEnough(n, of) };
  return { name, unit, n, value: mean(values), range: bootstrap(values, mean, block), sample: `n = ${n} ${of}` };
}

/** Difference of the yearly Sharpe ratios, the days of both drawn together. */
function sharpes(days: readonly (readonly [number, number])[]): Difference {
  const name = 'Sharpe';
  const n = days.length;
  if (n < leastSample) return { name, unit: 'ratio', n, value: null, range: null, sample: notEnough(n, 'days in common') };
  const [a, b] = [days.map(([value]) => value), days.map(([, value]) => value)];
  const value = yearlySharpe(b) - yearlySharpe(a);
  const range = bootstrapPairs(a, b, (x, y) => yearlySharpe(y) - yearlySharpe(x), daysInBlock);
  return { name, unit: 'ratio', n, value: Number.isFinite(value) ? value : null, range, sample: `n = ${n} days in common` };
}

/** Trades that need not be the same: each side drawn by itself. */
function means(a: readonly number[], b: readonly number[]): Difference {
  const n = Math.min(a.length, b.length);
  const name = 'Expectancy';
  if (n < leastSample) return { name, unit: 'R', n, value: null, range: null, sample: notEnough(n, 'trades with a stop') };
  return { name, unit: 'R', n, value: mean(b) - mean(a), range: meanDifference(a, b), sample: `n = ${a.length} and ${b.length} trades with a stop` };
}
