/** Ranges of doubt against known intervals, and figures against the metrics computed elsewhere. */
import { describe, expect, it } from 'vitest';
import { bootstrap, mean, profitFactor, shareRange, yearlySharpe } from '../../../../lab/report/doubt.ts';
import { figuresOf, returnsOf } from '../../../../lab/report/html/figures.ts';
import { binned } from '../../../../lab/report/html/figures-drawn.ts';

const day = 86_400_000;

describe('intervals of 95 %', () => {
  it('8 of 10 is a share between 0.4902 and 0.9433, as Wilson has it', () => {
    const range = shareRange(8, 10)!;

    expect(range.low).toBeCloseTo(0.4902, 4);
    expect(range.high).toBeCloseTo(0.9433, 4);
  });
  it('nine of anything and a sample of 29 have none', () => {
    expect(shareRange(8, 9)).toBeNull();
    expect(bootstrap(Array.from({ length: 29 }, () => 1), mean)).toBeNull();
  });
  it('the mean of 400 throws of +1 and -1 is known to about two deviations of 0.05 each way', () => {
    const throws = Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const range = bootstrap(throws, mean)!;

    expect(range.low).toBeGreaterThan(-0.13);
    expect(range.low).toBeLessThan(-0.07);
    expect(range.high).toBeGreaterThan(0.07);
    expect(range.high).toBeLessThan(0.13);
  });
  it('equal values leave no doubt, and the same values give the same interval twice', () => {
    const values = Array.from({ length: 50 }, (_, i) => Math.sin(i));

    expect(bootstrap(Array.from({ length: 50 }, () => 3), mean)).toEqual({ low: 3, high: 3 });
    expect(bootstrap(values, mean, 7)).toEqual(bootstrap(values, mean, 7));
  });
  it('days that hang together in runs of seven are more doubtful drawn in weeks than drawn one by one', () => {
    const runs = Array.from({ length: 280 }, (_, i) => (Math.floor(i / 7) % 2 === 0 ? 1 : -1));
    const width = (block: number): number => { const { low, high } = bootstrap(runs, mean, block)!; return high - low; };

    expect(width(7)).toBeGreaterThan(1.5 * width(1));
  });
  it('without a loss the profit factor is none, and neither is its interval', () => {
    expect(profitFactor([1, 2])).toBe(Number.POSITIVE_INFINITY);
    expect(bootstrap(Array.from({ length: 40 }, () => 1), profitFactor)).toBeNull();
  });
});

describe('figures', () => {
  it('two days of +10 % and -10 % are returns of 0.1 and -0.1; a day at zero ends them', () => {
    expect(returnsOf([100, 110, 99]).map((x) => Number(x.toFixed(12)))).toEqual([0.1, -0.1]);
    expect(returnsOf([100, 0, 10])).toEqual([]);
  });
  it('mean 0.01 over sample deviation 0.02 is a Sharpe ratio of 9.55 a year', () => {
    expect(yearlySharpe([0.03, -0.01, 0.03, -0.01, 0.01, 0.01])).toBeCloseTo((0.01 / Math.sqrt(0.0016 / 5)) * Math.sqrt(365), 9);
  });
  it('with 9 trades there is no win rate and with 89 days no yearly growth; both say what they need', () => {
    const figures = figuresOf({ from: 0, to: 89 * day, equityStart: 100, equityEnd: 110, maxDrawdown: 0.1, daily: [100, 110], nets: [1, 2, 3, 4, 5, 6, 7, 8, 9], rs: [], bars: 5 });
    const said = Object.fromEntries(figures.map(({ name, value, sample }) => [name, [value, sample]]));

    expect(said['Win rate']).toEqual([null, 'n/a: 9 trades, needs 10']);
    expect(said['CAGR']).toEqual([null, 'n/a: 89 days, needs 90']);
    expect(said['Total return']![0]).toBeCloseTo(0.1, 12);
  });
});

describe('bins of a distribution', () => {
  it('hold every value once, whatever lies far out', () => {
    const values = [-1, -0.9, 0.1, 0.2, 0.3, 55];
    const bins = binned(values, 0.25);

    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(6);
    expect(bins.length).toBeLessThanOrEqual(40);
    expect(bins[0]).toEqual({ from: -1, to: -0.75, count: 2 });
  });
});
