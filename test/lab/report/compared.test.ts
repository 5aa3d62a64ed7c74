/** What a comparison may and may not say of small, equal and plainly different samples. */
import { describe, expect, it } from 'vitest';
import { judge } from '../../../lab/report/compared/compare.ts';
import { renderComparison } from '../../../lab/report/compared/index.ts';

const totals = (run: string) => ({ run, net: 0, trades: 0, maxDrawdown: 0, sharpe: null });
const runs = [totals('a'), totals('b')] as const;
const daysOf = (changes: readonly number[]): ReadonlyMap<string, number> => new Map(changes.map((change, i) => [`day ${i}`, change]));
const noise = (i: number): number => Math.sin(i * 12.9898) * 0.01;
const trade = (key: string, net: number, r = net / 10) => ({ key, net, r });

describe('a comparison', () => {
  it('of 29 days in common is not enough, whatever they say', () => {
    const found = judge(runs, { days: daysOf(Array.from({ length: 29 }, () => 0)), trades: [] }, { days: daysOf(Array.from({ length: 29 }, () => 1)), trades: [] });

    expect(found.verdict).toBe('not-enough');
    expect(found.differences[0]).toEqual({ name: 'Return per day', unit: 'bps', n: 29, value: null, range: null, sample: 'not enough: 29 days in common, needs 30' });
  });
  it('of one day says day, not days', () => {
    const found = judge(runs, { days: daysOf([0.1]), trades: [] }, { days: daysOf([0.2]), trades: [] });

    expect(found.differences.map(({ sample }) => sample).slice(0, 2)).toEqual(['not enough: 1 day in common, needs 30', 'not enough: 1 day in common, needs 30']);
    expect(renderComparison(found).split('\n')[0]).toBe('Not enough to say which is better: 1 day in common.');
  });
  it('of 200 noisy days that are 10 bps better each is more than luck, although the noise is ten times as large', () => {
    const days = Array.from({ length: 200 }, (_, i) => noise(i));
    const found = judge(runs, { days: daysOf(days), trades: [] }, { days: daysOf(days.map((x) => x + 0.001)), trades: [] });

    expect(found.verdict).toBe('second');
    expect(found.differences[0]?.value).toBeCloseTo(10, 6);
    expect(judge(runs, { days: daysOf(days.map((x) => x + 0.001)), trades: [] }, { days: daysOf(days), trades: [] }).verdict).toBe('first');
  });
  it('of two unrelated noises may be luck', () => {
    const found = judge(runs, { days: daysOf(Array.from({ length: 200 }, (_, i) => noise(i))), trades: [] }, { days: daysOf(Array.from({ length: 200 }, (_, i) => noise(i + 1_000))), trades: [] });

    expect(found.verdict).toBe('luck');
  });
  it('pairs trades that opened alike: 40 of 45 and 42 are in both, each 2 better', () => {
    const shared = Array.from({ length: 40 }, (_, i) => trade(`BTCUSDT long ${i}`, i));
    const first = [...shared, ...Array.from({ length: 5 }, (_, i) => trade(`only a ${i}`, 1))];
    const second = [...shared.map(({ key, net }) => trade(key, net + 2)), trade('only b 1', 1), trade('only b 2', 1)];
    const found = judge(runs, { days: new Map(), trades: first }, { days: new Map(), trades: second });

    expect(found.trades).toEqual({ both: 40, onlyFirst: 5, onlySecond: 2 });
    expect(found.differences[2]).toMatchObject({ n: 40, value: 2, range: { low: 2, high: 2 } });
  });
});
