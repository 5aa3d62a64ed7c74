import technical from 'technicalindicators';
import { describe, expect, it } from 'vitest';
import { windowedNames } from '../../../engine/indicators/index.ts';
import { walk } from './market.ts';
import { planOf, valuesOf } from './run.ts';

describe('the rest of technicalindicators over a window', () => {
  it('names the classes that have a calculate, WilliamsR, CCI and MFI among them', () => {
    expect(windowedNames).toEqual(expect.arrayContaining(['CCI', 'MFI', 'SMA', 'TRIX', 'WilliamsR']));
  });

  it('WilliamsR of 14 over 14 bars at a tick of 0.1 is the library over the last 14 bars in quote', () => {
    const { high, low, close, ...rest } = walk(60, 3);
    const quote = (ticks: readonly number[]): number[] => ticks.map((t) => t / 10);

    const actual = valuesOf((k) => ({ x: k.windowed('WilliamsR', 14) }), { high, low, close, ...rest }, '0.1')['x'];

    const expected = technical.WilliamsR.calculate({ period: 14, high: quote(high), low: quote(low), close: quote(close) });
    expect(actual?.slice(0, 13).every((x) => Number.isNaN(x))).toBe(true);
    expect(actual?.slice(13)).toEqual(expected);
  });

  it('takes options: TRIX of 5 over 40 bars', () => {
    const bars = walk(60, 4);

    const actual = valuesOf((k) => ({ x: k.windowed('TRIX', 40, { period: 5 }) }), bars)['x']?.at(-1);

    expect(actual).toBe(technical.TRIX.calculate({ period: 5, values: bars.close.slice(20) }).at(-1));
  });

  it('fails by name when the library gives no number: CCI of a market that stands still is 0 / 0', () => {
    const still = { openedAt: [], open: [], high: [], low: [], close: [], volume: [] } as Record<string, number[]>;
    for (let i = 0; i < 10; i++) for (const column of Object.keys(still)) still[column]!.push(100);

    expect(() => valuesOf((k) => ({ x: k.windowed('CCI', 5) }), still as never)).toThrow(
      "windowed('CCI', 5) must give a finite number, was NaN");
  });

  it('leaves the global precision of the library alone', () => {
    const before = technical.getConfig('precision') as unknown;

    planOf((k) => ({ x: k.windowed('CCI', 20) }));

    expect(technical.getConfig('precision')).toBe(before);
  });
});
