/** Fewer candles and points than there were, and no extreme lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketFor, candlesOf, decimalsOf, equityOf, stopSteps } from '../../../../lab/report/html/strips.ts';
import type { Series } from '../../../../sim/index.ts';
import { seed } from '../../../setup/seed.ts';

const minute = 60_000;
const tenth = { num: 1, den: 10 };

function seriesOf(bars: readonly (readonly [at: number, open: number, high: number, low: number, close: number])[]): Series {
  const column = (k: number): Float64Array => Float64Array.from(bars, (bar) => bar[k]!);
  return { length: bars.length, intervalMs: minute, openedAt: column(0), open: column(1), high: column(2), low: column(3), close: column(4), volume: new Float64Array(bars.length).fill(1) };
}

describe('candles made of bars', () => {
  it('three bars of a minute make one candle of three: first open, highest high, lowest low, last close, in tenths', () => {
    const strip = candlesOf(seriesOf([[0, 100, 110, 95, 105], [minute, 105, 130, 101, 120], [2 * minute, 120, 121, 90, 99]]), { symbol: 'A', bucketMs: 3 * minute, tick: tenth });

    expect(strip).toEqual({ symbol: 'A', bucketMs: 180_000, decimals: 1, from: 0, slot: [0], open: [100], high: [130], low: [90], close: [99] });
  });
  it('a hole of the data stays a hole: bars of minute 0 and 9 are candles 0 and 3 of three minutes', () => {
    const strip = candlesOf(seriesOf([[0, 1, 2, 1, 2], [9 * minute, 5, 6, 4, 5]]), { symbol: 'A', bucketMs: 3 * minute, tick: tenth });

    expect(strip.slot).toEqual([0, 3]);
    expect(strip.close).toEqual([2, 5]);
  });
  it('no series gives no candle', () => {
    expect(candlesOf(seriesOf([]), { symbol: 'A', bucketMs: minute, tick: tenth }).slot).toEqual([]);
  });
  it('the highest and the lowest price of any walk are in its candles, and each candle holds its own open and close', () => {
    const walk = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 200 });
    fc.assert(fc.property(walk, fc.integer({ min: 1, max: 60 }), (steps, minutes) => {
      let close = 10_000;
      const series = seriesOf(steps.map((step, i) => {
        const open = close;
        close += step;
        return [i * minute, open, Math.max(open, close) + 3, Math.min(open, close) - 2, close] as const;
      }));
      const strip = candlesOf(series, { symbol: 'A', bucketMs: minutes * minute, tick: tenth });

      expect(Math.max(...strip.high)).toBe(Math.max(...series.high));
      expect(Math.min(...strip.low)).toBe(Math.min(...series.low));
      expect(strip.close.at(-1)).toBe(close);
      expect(strip.slot.length).toBe(Math.ceil(steps.length / minutes));
    }), { seed });
  });
  it.each([[30 * 86_400_000, minute, 1_000, 3_600_000], [3_600_000, minute, 1_000, minute], [10_000 * 86_400_000, minute, 500, 12_096_00_000 + 518_400_000]])(
    'a span of %i ms in bars of %i ms and at most %i candles has candles of %i ms', (span, interval, most, expected) => {
      expect(bucketFor(span, interval, most)).toBe(expected);
    });
  it.each([[{ num: 1, den: 10 }, 1], [{ num: 1, den: 100 }, 2], [{ num: 5, den: 1 }, 0], [{ num: 5, den: 10_000 }, 4]])('a tick of %o has %i decimals', (tick, decimals) => {
    expect(decimalsOf(tick)).toBe(decimals);
  });
});

describe('equity in slots', () => {
  it('a bucket that fell first keeps 90 then 120, one that rose first 120 then 90, one without a sample nothing', () => {
    const strip = equityOf([{ bucket: 0, low: 90, lowAt: 1, high: 120, highAt: 5 }, { bucket: 2, low: 90, lowAt: 9, high: 120, highAt: 7 }], 1_000, 100, 3);

    expect(strip).toEqual({ from: 1_000, slotMs: 50, equity: [90, 120, null, null, 120, 90] });
  });
  it('what lies outside the span is left out', () => {
    expect(equityOf([{ bucket: 3, low: 1, lowAt: 0, high: 1, highAt: 0 }, { bucket: -1, low: 1, lowAt: 0, high: 1, highAt: 0 }], 0, 100, 3).equity).toEqual([null, null, null, null, null, null]);
  });
});

describe('the line of the stop', () => {
  it('keeps the last of several changes in one candle and nothing for a level that did not move', () => {
    const changes = [{ at: 10, trigger: 99.5 }, { at: 20, trigger: 99.7 }, { at: 110, trigger: 99.7 }, { at: 210, trigger: 0 }];

    expect(stopSteps(changes, 0, 100, 1)).toEqual([[0, 997], [2, 0]]);
  });
});
