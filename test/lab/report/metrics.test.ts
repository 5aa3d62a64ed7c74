import { describe, expect, it } from 'vitest';
import { computeMetrics, worstDrawdown } from '../../../lab/report/index.ts';
import type { Metric, Metrics } from '../../../lab/report/index.ts';
import type { RunResult } from '../../../sim/index.ts';
import { seeded } from '../../data/store/run-tables.ts';
import { day, resultOf, start, textTable, tradesTable } from './results.ts';

const valueOf = (metric: Metric): number => {
  if (metric.tag === 'n/a') throw new Error(`n/a: ${metric.why}`);
  return metric.value;
};

/** Equity that follows the given daily returns from 10,000. */
const follow = (returns: readonly number[]): readonly number[] =>
  returns.reduce<number[]>((equity, r) => [...equity, (equity.at(-1) ?? 0) * (1 + r)], [10_000]);

describe('daily returns', () => {
  // 30 returns, by turns +2 % and -1 %: mean 0.005; every distance from it is 0.015, so the sample variance is
  // 30 x 0.015^2 / 29 and Sharpe = 0.005 / (0.015 x sqrt(30/29)) x sqrt(365) = 6.2612...
  const zigzag = follow(Array.from({ length: 30 }, (_, k) => k % 2 === 0 ? 0.02 : -0.01));

  it('30 returns of +2 % and -1 % by turns give Sharpe 1/3 x sqrt(29/30) x sqrt(365)', () => {
    const { sharpe } = computeMetrics(resultOf(zigzag));

    expect(sharpe).toMatchObject({ tag: 'value', unit: 'ratio', n: 30 });
    expect(valueOf(sharpe)).toBeCloseTo(Math.sqrt(29 / 30) * Math.sqrt(365) / 3, 9);
  });

  it('the same returns give Sortino 0.005 / sqrt(15 x 0.01^2 / 29) x sqrt(365): winning days count in the divisor', () => {
    const { sortino, volatility } = computeMetrics(resultOf(zigzag));

    expect(valueOf(sortino)).toBeCloseTo(0.005 / Math.sqrt(15 * 0.0001 / 29) * Math.sqrt(365), 8);
    expect(valueOf(volatility)).toBeCloseTo(0.015 * Math.sqrt(30 / 29) * Math.sqrt(365), 9);
  });

  it('29 returns give n/a with both counts, and 30 give a number', () => {
    const { sharpe, sortino } = computeMetrics(resultOf(zigzag.slice(0, 30)));

    expect(sharpe).toEqual({ tag: 'n/a', why: '29 days, needs 30', n: 29, needs: 30 });
    expect(sortino).toMatchObject({ tag: 'n/a', n: 29, needs: 30 });
  });

  it('40 flat days give n/a, not zero and not infinity', () => {
    const { sharpe, sortino, calmar, volatility } = computeMetrics(resultOf(new Array<number>(41).fill(10_000)));

    expect(sharpe).toEqual({ tag: 'n/a', why: 'daily returns do not vary', n: 40, needs: 30 });
    expect(sortino).toMatchObject({ tag: 'n/a', why: 'no losing day' });
    expect(calmar).toMatchObject({ tag: 'n/a', n: 40, needs: 90 });
    expect(valueOf(volatility)).toBe(0);
  });

  it('40 equal gains of 1 % differ by rounding only, so Sharpe is n/a and not 10^15', () => {
    expect(computeMetrics(resultOf(follow(new Array<number>(40).fill(0.01)))).sharpe).toMatchObject({ tag: 'n/a', why: 'daily returns do not vary' });
  });

  it('flat days are included: the same 30 moves among 30 flat days halve the mean', () => {
    const diluted = follow(Array.from({ length: 60 }, (_, k) => k % 2 === 1 ? 0 : k % 4 === 0 ? 0.02 : -0.01));

    // 60 returns: 15 of +0.02, 15 of -0.01, 30 of 0. Mean 0.0025; squares: 15 x (0.0004 + 0.0001) = 0.0075.
    const variance = (0.0075 - 60 * 0.0025 ** 2) / 59;
    expect(valueOf(computeMetrics(resultOf(diluted)).sharpe)).toBeCloseTo(0.0025 / Math.sqrt(variance) * Math.sqrt(365), 9);
  });

  it('equity that reaches zero gives n/a for every figure built on returns', () => {
    const equity = [...zigzag.slice(0, 20), ...new Array<number>(100).fill(0)];

    const metrics = computeMetrics(resultOf(equity));

    expect(metrics.sharpe).toMatchObject({ tag: 'n/a', why: 'equity reached zero' });
    expect(metrics.sortino).toMatchObject({ tag: 'n/a', why: 'equity reached zero' });
    expect(metrics.cagr).toMatchObject({ tag: 'n/a', why: 'equity reached zero' });
    expect(valueOf(metrics.totalReturn)).toBe(-1);
  });
});

describe('growth', () => {
  it('10,000 to 14,400 in 730 days is 20 % a year, and Calmar against a drawdown of 10 % is 2', () => {
    const equity = [10_000, ...new Array<number>(730).fill(14_400)];

    const metrics = computeMetrics(resultOf(equity, { barDrawdown: { fraction: 0.1, peakAt: start, troughAt: start + day, longestMs: 5 * day } }));

    // sqrt(1.44) = 1.2
    expect(valueOf(metrics.cagr)).toBeCloseTo(0.2, 12);
    expect(valueOf(metrics.calmar)).toBeCloseTo(2, 11);
    expect(metrics.maxDrawdown).toEqual({ tag: 'value', value: 0.1, unit: 'fraction', n: 52_000 });
    expect(metrics.maxDrawdownDuration).toMatchObject({ value: 5 * day, unit: 'ms' });
  });

  it('89 days give no CAGR, 90 days do', () => {
    const metrics = (days: number): Metrics => computeMetrics(resultOf([10_000, ...new Array<number>(days).fill(11_000)]));

    expect(metrics(89).cagr).toEqual({ tag: 'n/a', why: '89 days, needs 90', n: 89, needs: 90 });
    expect(valueOf(metrics(90).cagr)).toBeCloseTo(1.1 ** (365 / 90) - 1, 12);
  });
});

describe('drawdown', () => {
  it('100, 120, 90, 130, 104, 117 falls 25 % and is under water for two days, the last fall being open', () => {
    const times = Float64Array.from([0, 1, 2, 3, 4, 5], (k) => k * day);

    // 90 of 120 is -25 %; from the peak on day 1 to day 3; from day 3 to the end on day 5.
    expect(worstDrawdown(times, Float64Array.of(100, 120, 90, 130, 104, 117))).toEqual({ fraction: 0.25, longestMs: 2 * day });
  });

  it('an equity that only rises has neither depth nor length', () => {
    expect(worstDrawdown(Float64Array.of(0, day, 2 * day), Float64Array.of(1, 1, 2))).toEqual({ fraction: 0, longestMs: 0 });
  });
});

describe('trades', () => {
  const withTrades = (...rows: Parameters<typeof tradesTable>[0]): Metrics =>
    computeMetrics(resultOf([10_000, 10_000], { tables: [tradesTable(rows)] }));
  const times = <T>(n: number, row: T): readonly T[] => new Array<T>(n).fill(row);

  it('6 wins of 30 at 1.5 R and 4 losses of 20 at -1 R: rate 0.6, factor 2.25, payoff 1.5, expectancy 10 and 0.5 R', () => {
    const metrics = withTrades(...times(6, { net: 30, r: 1.5 }), ...times(4, { net: -20, r: -1 }));

    // profit 180, loss 80; mean win 30, mean loss 20; (180 - 80) / 10; (9 - 4) / 10.
    expect(metrics.winRate).toEqual({ tag: 'value', value: 0.6, unit: 'fraction', n: 10 });
    expect(metrics.profitFactor).toEqual({ tag: 'value', value: 2.25, unit: 'ratio', n: 10 });
    expect(metrics.payoff).toEqual({ tag: 'value', value: 1.5, unit: 'ratio', n: 10 });
    expect(metrics.expectancy).toEqual({ tag: 'value', value: 10, unit: 'money', n: 10 });
    expect(metrics.expectancyR).toEqual({ tag: 'value', value: 0.5, unit: 'R', n: 10 });
    expect(metrics.sqn).toEqual({ tag: 'n/a', why: '10 trades with a stop, needs 30', n: 10, needs: 30 });
  });

  it('18 times +2 R and 18 times -1 R give SQN 6 x 0.5 / (1.5 x sqrt(36/35))', () => {
    const metrics = withTrades(...times(18, { net: 20, r: 2 }), ...times(18, { net: -10, r: -1 }));

    expect(valueOf(metrics.sqn)).toBeCloseTo(6 * 0.5 / (1.5 * Math.sqrt(36 / 35)), 12);
  });

  it('9 trades give n/a everywhere but in their count, 1 trade is written in the singular', () => {
    const nine = withTrades(...times(9, { net: 5, r: 1 }));

    expect(nine.trades).toEqual({ tag: 'value', value: 9, unit: 'count', n: 9 });
    for (const name of ['winRate', 'profitFactor', 'payoff', 'expectancy', 'expectancyR', 'sqn'] as const) expect(nine[name].tag).toBe('n/a');
    expect(withTrades({ net: 5, r: 1 })).toMatchObject({ winRate: { why: '1 trade, needs 10' }, sqn: { why: '1 trade with a stop, needs 30' } });
  });

  it('12 trades that all win have a rate of 1 and no profit factor or payoff; breakeven is neither win nor loss', () => {
    const metrics = withTrades(...times(11, { net: 5, r: 1 }), { net: 0, r: 0 });

    expect(valueOf(metrics.winRate)).toBeCloseTo(11 / 12, 15);
    expect(metrics.profitFactor).toMatchObject({ tag: 'n/a', why: 'no losing trade' });
    expect(metrics.payoff).toMatchObject({ tag: 'n/a', why: 'no losing trade' });
  });

  it('estimated trades are not counted, and trades without a stop are left out of R only', () => {
    const metrics = withTrades(...times(10, { net: 5, r: null }), ...times(5, { net: -1_000, r: -9, quality: 'estimated' as const }));

    expect(metrics.trades).toMatchObject({ value: 10 });
    expect(valueOf(metrics.expectancy)).toBe(5);
    expect(metrics.expectancyR).toEqual({ tag: 'n/a', why: '0 trades with a stop, needs 10', n: 0, needs: 10 });
  });
});

describe('activity and costs', () => {
  it('paid fees 30, paid funding 5 and slippage 15 on 100,000 traded cost 5 basis points; turnover is 10 of 10,000', () => {
    const result: RunResult = resultOf([10_000, 10_000, 10_000], {
      ledger: { settle: 'USDT', start: '10000', realised: '35', fees: '30', funding: '-5', end: '10000' },
      tradedValue: 100_000, slippageCost: 15, exposureFraction: 0.4, tables: [textTable('executions', { cause: ['order', 'stop', 'order', 'target'] })],
    });

    const metrics = computeMetrics(result);

    expect(metrics.fees).toEqual({ tag: 'value', value: 30, unit: 'money', n: 4 });
    expect(metrics.funding).toEqual({ tag: 'value', value: -5, unit: 'money', n: 2 });
    expect(metrics.slippage).toEqual({ tag: 'value', value: 15, unit: 'money', n: 4 });
    expect(valueOf(metrics.costRate)).toBeCloseTo(0.0005, 15);
    expect(metrics.turnover).toEqual({ tag: 'value', value: 10, unit: 'x equity', n: 4 });
    expect(metrics.exposure).toEqual({ tag: 'value', value: 0.4, unit: 'fraction', n: 52_000 });
  });

  it('nothing traded has no cost rate, and a turnover of zero', () => {
    const metrics = computeMetrics(resultOf([10_000, 10_000]));

    expect(metrics.costRate).toMatchObject({ tag: 'n/a', why: 'nothing was traded' });
    expect(metrics.turnover).toMatchObject({ value: 0 });
  });
});

/** A second, slower way to the same numbers: two-pass sums by sorted pairs, every peak compared with every later value. */
function naive(equity: readonly number[], nets: readonly number[], rs: readonly number[]): Record<string, number> {
  const returns = equity.slice(1).map((value, k) => (value - (equity[k] ?? 0)) / (equity[k] ?? 0));
  // Variance from all pairs: sum over i < j of (x_i - x_j)^2 / (n (n - 1)).
  const deviation = (xs: readonly number[]): number => {
    let pairs = 0;
    for (let i = 0; i < xs.length; i++) for (let j = 0; j < i; j++) pairs += ((xs[i] ?? 0) - (xs[j] ?? 0)) ** 2;
    return Math.sqrt(pairs / (xs.length * (xs.length - 1)));
  };
  const average = (xs: readonly number[]): number => xs.reduce((a, b) => a + b / xs.length, 0);
  let depth = 0;
  let longest = 0;
  for (let i = 0; i < equity.length; i++) {
    for (let j = i; j < equity.length; j++) {
      depth = Math.max(depth, 1 - (equity[j] ?? 0) / (equity[i] ?? 1));
      const isStillBelow = equity.slice(i + 1, j).every((value) => value < (equity[i] ?? 0));
      if (j > i && isStillBelow && (equity[i + 1] ?? 0) < (equity[i] ?? 0)) longest = Math.max(longest, j - i);
    }
  }
  const downside = Math.hypot(...returns.map((r) => Math.min(r, 0))) / Math.sqrt(returns.length - 1);
  const gains = nets.filter((net) => net > 0);
  const pains = nets.filter((net) => net < 0).map((net) => -net);
  const growth = Math.exp(Math.log((equity.at(-1) ?? 0) / (equity[0] ?? 1)) * 365 / returns.length) - 1;
  return {
    sharpe: average(returns) / deviation(returns) * 365 / Math.sqrt(365),
    sortino: average(returns) / downside * Math.sqrt(365),
    volatility: deviation(returns) * Math.sqrt(365),
    cagr: growth, calmar: growth / depth,
    maxDrawdownDaily: depth, maxDrawdownDailyDuration: longest * day,
    winRate: gains.length / nets.length,
    profitFactor: average(gains) * gains.length / (average(pains) * pains.length),
    payoff: average(gains) / average(pains),
    expectancy: average(nets), expectancyR: average(rs),
    sqn: Math.sqrt(rs.length) / (deviation(rs) / average(rs)),
  };
}

describe('against an independent second implementation', () => {
  it.each([1, 2, 3, 4, 5, 6])('seed %i: 120 random days and 60 random trades agree to 9 digits', (seed) => {
    const random = seeded(seed);
    const equity = follow(Array.from({ length: 120 }, () => (random() - 0.48) * 0.06));
    const rows = Array.from({ length: 60 }, () => {
      const r = (random() - 0.45) * 4;
      return { net: r * 37, r };
    });
    const expected = naive(equity, rows.map((row) => row.net), rows.map((row) => row.r));

    const metrics = computeMetrics(resultOf(equity, {
      tables: [tradesTable(rows)],
      barDrawdown: { fraction: expected['maxDrawdownDaily'] ?? 0, peakAt: start, troughAt: start, longestMs: 0 },
    }));

    for (const [name, value] of Object.entries(expected)) {
      expect(Math.abs(valueOf(metrics[name as keyof Metrics]) - value), name).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)));
    }
  });
});
