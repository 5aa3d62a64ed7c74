/**
 * What a run was worth, from its equity at mark and its closed trades. Pure: the same result gives the same numbers.
 *
 * Daily figures use equity at each 00:00 UTC, days without change included; a day's return is e[i] / e[i-1] - 1, so
 * n days need n + 1 samples. The market never closes: a year is 365 days. The risk-free rate is 0.
 * Trade figures use round trips of quality `executed`, net of fees and funding; estimates are never counted.
 * Below the named minima there is no number (`n/a`): it would only be noise that looks like knowledge.
 */
import { measured } from './metric.ts';
import type { Metric } from './metric.ts';
import { numbersIn, rowsIn, textsIn } from './rows.ts';
import type { RunResult } from '../../sim/index.ts';

/** Smallest samples. Days for returns (30) and for anything per year (90); trades for averages (10) and for SQN (30). */
export const minima = { returns: 30, year: 90, trades: 10, sqn: 30 } as const;

export const dayMs = 86_400_000;
const daysInYear = 365;

/** A daily deviation below this is rounding of the equity, not risk. Unit: fraction per day. */
const noDeviation = 1e-12;

export interface Metrics {
  /** End equity / start equity - 1, over the whole run. Unit: fraction. n: days. */
  readonly totalReturn: Metric;
  /** (end / start) ^ (365 / days) - 1 with days = (to - from) in days. Unit: fraction per year. Needs 90 days. */
  readonly cagr: Metric;
  /** Sample deviation (ddof 1) of daily returns x sqrt(365). Unit: fraction per year. Needs 30 daily returns. */
  readonly volatility: Metric;
  /** mean / sample deviation (ddof 1) of daily returns x sqrt(365). Source: Sharpe 1994. Needs 30 daily returns. */
  readonly sharpe: Metric;
  /**
   * mean / downside x sqrt(365), downside = sqrt(sum of min(r, 0)^2 over all n days / (n - 1)): target 0, every day
   * in the divisor, ddof 1. Source: Sortino and Price 1994. Needs 30 daily returns and a losing day.
   */
  readonly sortino: Metric;
  /** CAGR / largest drawdown per bar. Unit: ratio. Source: Young 1991, whole run instead of 36 months. Needs 90 days. */
  readonly calmar: Metric;
  /** Largest fall from the running peak of equity at mark, every closed bar. Unit: fraction of the peak. n: bars. */
  readonly maxDrawdown: Metric;
  /** Longest time below an earlier peak, every closed bar; open at the end counts up to the end. Unit: ms. n: bars. */
  readonly maxDrawdownDuration: Metric;
  /** The same two on the daily samples. n: samples. */
  readonly maxDrawdownDaily: Metric;
  readonly maxDrawdownDailyDuration: Metric;
  /** Closed round trips. Unit: count. */
  readonly trades: Metric;
  /** Trades with net > 0 / trades. Unit: fraction. Needs 10 trades. */
  readonly winRate: Metric;
  /** Sum of net profits / sum of net losses. Unit: ratio. Needs 10 trades and a losing one. */
  readonly profitFactor: Metric;
  /** Mean of net / risk at the first stop, over trades that had a stop. Unit: R. Source: Tharp. Needs 10 such trades. */
  readonly expectancyR: Metric;
  /** Mean net per trade. Unit: settle coin. Needs 10 trades. */
  readonly expectancy: Metric;
  /** Mean net profit / mean net loss, over winners and losers. Unit: ratio. Needs 10 trades, one of each. */
  readonly payoff: Metric;
  /** sqrt(n) x mean R / sample deviation of R (ddof 1), n not capped. Source: Tharp 2008. Needs 30 trades with a stop. */
  readonly sqn: Metric;
  /** Bars with an open position / bars. Unit: fraction. n: bars. */
  readonly exposure: Metric;
  /** Value bought and sold / mean daily equity, over the whole run. Unit: multiples of equity. n: executions. */
  readonly turnover: Metric;
  /** Fees paid (negative: earned). Unit: settle coin. n: executions. */
  readonly fees: Metric;
  /** Funding received (negative: paid). Unit: settle coin. n: days. */
  readonly funding: Metric;
  /** Lost to slippage and spread against the prices wanted; inside every trade's gross. Unit: settle coin. n: executions. */
  readonly slippage: Metric;
  /** (fees - funding + slippage) / value bought and sold. Unit: fraction of traded value. n: executions. */
  readonly costRate: Metric;
}

export function computeMetrics(result: RunResult): Metrics {
  return { ...returnMetrics(result), ...drawdownMetrics(result), ...tradeMetrics(result), ...activityMetrics(result) };
}

type Returns = Pick<Metrics, 'totalReturn' | 'cagr' | 'volatility' | 'sharpe' | 'sortino' | 'calmar'>;
function returnMetrics(result: RunResult): Returns {
  const { start, end } = result.equity;
  const days = (result.to - result.from) / dayMs;
  const wholeDays = Math.floor(days);
  const returns = dailyReturns(result.daily.equity);
  const daily = { n: returns.length, needs: minima.returns, of: 'days' };
  const yearly = { n: wholeDays, needs: minima.year, of: 'days' };
  const ruined = 'equity reached zero';
  const deviation = sampleDeviation(returns);
  const downside = downsideDeviation(returns);
  const year = Math.sqrt(daysInYear);
  const growth = end > 0 && start > 0 ? (end / start) ** (daysInYear / days) - 1 : Number.NaN;
  return {
    totalReturn: measured({ n: wholeDays, needs: 0, of: 'days', unit: 'fraction' }, 'no start equity', () => end / start - 1),
    cagr: measured({ ...yearly, unit: 'fraction' }, ruined, () => growth),
    volatility: measured({ ...daily, unit: 'fraction' }, ruined, () => deviation * year),
    sharpe: measured({ ...daily, unit: 'ratio' }, Number.isNaN(deviation) ? ruined : 'daily returns do not vary',
      () => deviation > noDeviation ? mean(returns) / deviation * year : Number.NaN),
    sortino: measured({ ...daily, unit: 'ratio' }, Number.isNaN(downside) ? ruined : 'no losing day',
      () => downside > noDeviation ? mean(returns) / downside * year : Number.NaN),
    calmar: measured({ ...yearly, unit: 'ratio' }, result.barDrawdown.fraction > 0 ? ruined : 'no drawdown',
      () => growth / result.barDrawdown.fraction),
  };
}

type Drawdowns = Pick<Metrics, 'maxDrawdown' | 'maxDrawdownDuration' | 'maxDrawdownDaily' | 'maxDrawdownDailyDuration'>;
function drawdownMetrics(result: RunResult): Drawdowns {
  const { fraction, longestMs } = result.barDrawdown;
  const bars = { n: result.bars, needs: 1, of: 'bars' };
  const samples = { n: result.daily.equity.length, needs: 2, of: 'days' };
  const daily = worstDrawdown(result.daily.times, result.daily.equity);
  return {
    maxDrawdown: measured({ ...bars, unit: 'fraction' }, 'no equity', () => fraction),
    maxDrawdownDuration: measured({ ...bars, unit: 'ms' }, 'no equity', () => longestMs),
    maxDrawdownDaily: measured({ ...samples, unit: 'fraction' }, 'no equity', () => daily.fraction),
    maxDrawdownDailyDuration: measured({ ...samples, unit: 'ms' }, 'no equity', () => daily.longestMs),
  };
}

type Trades = Pick<Metrics, 'trades' | 'winRate' | 'profitFactor' | 'expectancyR' | 'expectancy' | 'payoff' | 'sqn'>;
function tradeMetrics(result: RunResult): Trades {
  const { nets, rs } = closedTrades(result);
  const wins = nets.filter((net) => net > 0);
  const losses = nets.filter((net) => net < 0);
  const all = { n: nets.length, needs: minima.trades, of: 'trades' };
  const stopped = { n: rs.length, of: 'trades with a stop' };
  const oneSided = losses.length === 0 ? 'no losing trade' : 'no winning trade';
  return {
    trades: { tag: 'value', value: nets.length, unit: 'count', n: nets.length },
    winRate: measured({ ...all, unit: 'fraction' }, 'no trades', () => wins.length / nets.length),
    profitFactor: measured({ ...all, unit: 'ratio' }, 'no losing trade', () => sum(wins) / -sum(losses)),
    expectancyR: measured({ ...stopped, needs: minima.trades, unit: 'R' }, 'no trades', () => mean(rs)),
    expectancy: measured({ ...all, unit: 'money' }, 'no trades', () => mean(nets)),
    payoff: measured({ ...all, unit: 'ratio' }, oneSided, () => mean(wins) / -mean(losses)),
    sqn: measured({ ...stopped, needs: minima.sqn, unit: 'ratio' }, 'results in R do not vary', () => {
      const deviation = sampleDeviation(rs);
      return deviation > noDeviation ? Math.sqrt(rs.length) * mean(rs) / deviation : Number.NaN;
    }),
  };
}

type Activity = Pick<Metrics, 'exposure' | 'turnover' | 'fees' | 'funding' | 'slippage' | 'costRate'>;
function activityMetrics(result: RunResult): Activity {
  const fees = Number(result.ledger.fees);
  const funding = Number(result.ledger.funding);
  const executions = { n: rowsIn(result, 'executions'), needs: 0, of: 'executions' };
  const bars = { n: result.bars, needs: 1, of: 'bars' };
  const days = Math.floor((result.to - result.from) / dayMs);
  const equity = result.daily.equity.length === 0 ? result.equity.start : mean(result.daily.equity);
  return {
    exposure: measured({ ...bars, unit: 'fraction' }, 'no bars', () => result.exposureFraction),
    turnover: measured({ ...executions, unit: 'x equity' }, 'equity reached zero',
      () => equity > 0 ? result.tradedValue / equity : Number.NaN),
    fees: measured({ ...executions, unit: 'money' }, 'unknown', () => fees),
    funding: measured({ n: days, needs: 0, of: 'days', unit: 'money' }, 'unknown', () => funding),
    slippage: measured({ ...executions, unit: 'money' }, 'unknown', () => result.slippageCost),
    costRate: measured({ ...executions, unit: 'fraction' }, 'nothing was traded',
      () => (fees - funding + result.slippageCost) / result.tradedValue),
  };
}

/** Net of every closed trade, and R of those that had a stop; estimates left out. */
export function closedTrades(result: RunResult): { readonly nets: readonly number[]; readonly rs: readonly number[] } {
  const quality = textsIn(result, 'trades', 'quality');
  const isCounted = (row: number): boolean => quality[row] !== 'estimated';
  const nets = numbersIn(result, 'trades', 'net').filter((_, row) => isCounted(row));
  const rs = numbersIn(result, 'trades', 'r').filter((r, row) => isCounted(row) && !Number.isNaN(r));
  return { nets, rs };
}

export interface WorstDrawdown { readonly fraction: number; readonly longestMs: number }

/**
 * Largest fall below the running peak and the longest time below one.
 *
 * Unit: fraction of the peak, and ms. Shape: `times[i]` belongs to `equity[i]`. Timing: a fall that is not made good
 * lasts to the last sample; it lasts from the sample of the peak to the first sample back at it or above.
 */
export function worstDrawdown(times: Float64Array, equity: Float64Array): WorstDrawdown {
  let peak = Number.NEGATIVE_INFINITY;
  let peakAt = times[0] ?? 0;
  let isUnder = false;
  let fraction = 0;
  let longestMs = 0;
  for (let i = 0; i < equity.length; i++) {
    const value = equity[i] ?? Number.NaN;
    const time = times[i] ?? Number.NaN;
    const below = value < peak;
    if (below || isUnder) longestMs = Math.max(longestMs, time - peakAt);
    if (below && peak > 0) fraction = Math.max(fraction, 1 - value / peak);
    if (!below) {
      peak = value;
      peakAt = time;
    }
    isUnder = below;
  }
  return { fraction, longestMs };
}

/** NaN from the first day on that equity was not positive: returns of nothing are not returns. */
function dailyReturns(equity: Float64Array): readonly number[] {
  const returns: number[] = [];
  for (let i = 1; i < equity.length; i++) {
    const before = equity[i - 1] ?? Number.NaN;
    const after = equity[i] ?? Number.NaN;
    returns.push(before > 0 && after > 0 ? after / before - 1 : Number.NaN);
  }
  return returns;
}

const sum = (values: readonly number[] | Float64Array): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
const mean = (values: readonly number[] | Float64Array): number => sum(values) / values.length;

/** Square root of the squared distances from the mean over n - 1. */
function sampleDeviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1));
}

/** Square root of the squared losses, target 0, over n - 1 with every value counted in n. */
function downsideDeviation(values: readonly number[]): number {
  // A return that is not a number makes the deviation none, too.
  return Math.sqrt(sum(values.map((value) => value >= 0 ? 0 : value ** 2)) / (values.length - 1));
}
