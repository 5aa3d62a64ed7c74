/** The key numbers of a stored run, each with its sample and, where the sample carries one, its 95 % interval. */
import { bootstrap, daysInBlock, mean, profitFactor, shareRange, yearlySharpe } from '../doubt.ts';
import type { Range } from '../doubt.ts';
import { minima } from '../metrics.ts';
import { amountOf, grouped } from '../words.ts';
import type { Figure } from '../story.ts';

const dayMs = 86_400_000;

export interface FigureSource {
  readonly from: number;
  readonly to: number;
  readonly equityStart: number;
  readonly equityEnd: number;
  /** Fraction of the peak, per bar. */
  readonly maxDrawdown: number;
  /** Equity at each 00:00 UTC, first the start. */
  readonly daily: readonly number[];
  /** Net and R of closed trades, estimates left out. */
  readonly nets: readonly number[];
  readonly rs: readonly number[];
  readonly bars: number;
}

const none: Range = { low: Number.NaN, high: Number.NaN };

function figure(name: string, unit: Figure['unit'], sample: string, value: number, range: Range | null = none): Figure {
  const { low, high } = range ?? none;
  const plain = (x: number): number | null => (Number.isFinite(x) ? x : null);
  return { name, unit, sample, value: plain(value), low: plain(low), high: plain(high) };
}

/** Below `needs` there is no number, only what it lacks. */
function gated(name: string, unit: Figure['unit'], n: number, needs: number, of: string, value: () => readonly [number, Range | null]): Figure {
  if (n < needs) return figure(name, unit, `n/a: ${amountOf(n, of)}, needs ${needs}`, Number.NaN);
  const [number, range] = value();
  return figure(name, unit, `n = ${amountOf(n, of)}`, number, range);
}

export function figuresOf(source: FigureSource): readonly Figure[] {
  return [...returnFigures(source), ...tradeFigures(source)];
}

function returnFigures({ from, to, equityStart, equityEnd, maxDrawdown, daily, bars }: FigureSource): readonly Figure[] {
  const days = (to - from) / dayMs;
  const returns = returnsOf(daily);
  const growth = equityEnd > 0 && equityStart > 0 ? (equityEnd / equityStart) ** (365 / days) - 1 : Number.NaN;
  const whole = Math.floor(days);
  return [
    figure('Total return', 'fraction', amountOf(whole, 'days'), equityEnd / equityStart - 1),
    gated('CAGR', 'fraction', whole, minima.year, 'days', () => [growth, bootstrap(returns, yearlyGrowth, daysInBlock)]),
    gated('Sharpe', 'ratio', returns.length, minima.returns, 'days', () => [yearlySharpe(returns), bootstrap(returns, yearlySharpe, daysInBlock)]),
    figure('Max drawdown', 'fraction', `${grouped(bars, 0)} bars, at mark`, -maxDrawdown),
    gated('Calmar', 'ratio', whole, minima.year, 'days', () => [growth / maxDrawdown, null]),
  ];
}

function tradeFigures({ nets, rs }: FigureSource): readonly Figure[] {
  const n = nets.length;
  const won = nets.filter((net) => net > 0).length;
  return [
    figure('Closed trades', 'count', 'round trips, estimates left out', n),
    gated('Win rate', 'share', n, minima.trades, 'trades', () => [won / n, shareRange(won, n)]),
    gated('Profit factor', 'ratio', n, minima.trades, 'trades', () => [profitFactor(nets), bootstrap(nets, profitFactor)]),
    gated('Net per trade', 'money', n, minima.trades, 'trades', () => [mean(nets), bootstrap(nets, mean)]),
    gated('Expectancy', 'R', rs.length, minima.trades, 'trades with a stop', () => [mean(rs), bootstrap(rs, mean)]),
  ];
}

/** A year at the mean of the logarithms of the days drawn. */
function yearlyGrowth(returns: Float64Array): number {
  let total = 0;
  for (const value of returns) total += Math.log1p(value);
  return Math.expm1((total / returns.length) * 365);
}

/** Changes from day to day as fractions; days on which equity was not positive are left out. */
export function returnsOf(daily: readonly number[]): readonly number[] {
  return daily.slice(1).flatMap((after, i) => (daily[i]! > 0 && after > 0 ? [after / daily[i]! - 1] : []));
}
