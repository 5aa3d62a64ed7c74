/** Markets that jump between bars, prices of another tick, edges of windows: where the walk of `kernels.test.ts` is too smooth. */
import { describe, expect, it } from 'vitest';
import { createIndicators, feedBar } from '../../../engine/indicators/index.ts';
import type { Kernels } from '../../../engine/indicators/index.ts';
import { stepOf } from '../../../engine/index.ts';
import { exponential, mean, trueRanges, walk, windows } from './market.ts';
import type { Bars } from './market.ts';
import { planOf, valuesOf } from './run.ts';
import type { Declared } from './run.ts';

/** Bars given as [open, high, low, close, volume]. */
function barsOf(rows: readonly (readonly [number, number, number, number, number?])[]): Bars {
  const column = (of: (row: (typeof rows)[number]) => number): number[] => rows.map(of);
  return {
    openedAt: rows.map((_, i) => i * 60_000), open: column((r) => r[0]), high: column((r) => r[1]), low: column((r) => r[2]), close: column((r) => r[3]),
    volume: column((r) => r[4] ?? 1),
  };
}
/** A walk whose every seventh bar opens 900 ticks higher and every eleventh 1,100 lower. */
function jumping(length: number): Bars {
  const smooth = walk(length, 17);
  let shift = 0;
  const shifts = smooth.close.map((_, i) => (shift += i % 7 === 6 ? 900 : i % 11 === 10 ? -1_100 : 0));
  const moved = (column: readonly number[]): number[] => column.map((x, i) => x + shifts[i]!);
  return { ...smooth, open: moved(smooth.open), high: moved(smooth.high), low: moved(smooth.low), close: moved(smooth.close) };
}
const close = (actual: unknown, expected: number): void => { expect(Number(actual)).toBeCloseTo(expected, 6); };
function expectRows(actual: readonly unknown[] | undefined, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    if (Number.isNaN(value)) expect(actual![i]).toBeNaN();
    else expect(Math.abs(Number(actual![i]) - value) / Math.max(1, Math.abs(value))).toBeLessThan(1e-9);
  });
}

describe('a market that jumps between bars', () => {
  const bars = jumping(300);

  it('has true ranges from the previous close: atr, keltner and supertrend of 5', () => {
    const range = exponential(trueRanges(bars), 5, 1 / 5);
    const rows = valuesOf((k) => ({ atr: k.atr(5), band: k.keltner(5, 5, 2) }), bars);
    const middle = exponential(bars.close, 5, 2 / 6);

    expectRows(rows['atr'], range);
    expectRows(rows['band.upper'], middle.map((m, i) => m + 2 * range[i]!));
    expectRows(rows['band.lower'], middle.map((m, i) => m - 2 * range[i]!));
  });

  it('the same fed as records', () => {
    const plan = planOf((k) => ({ atr: k.atr(5) }));
    const state = createIndicators(plan, stepOf('1'));
    const seen = bars.close.map((_, i) => {
      feedBar(plan, state, 0, {
        openedAt: bars.openedAt[i]!, openTicks: bars.open[i]!, highTicks: bars.high[i]!, lowTicks: bars.low[i]!, closeTicks: bars.close[i]!, volume: 1,
      });
      return state.ind['atr'];
    });

    expectRows(seen, exponential(trueRanges(bars), 5, 1 / 5));
  });

  it('has directional movements against the previous bar', () => {
    const { high, low } = bars;
    const moves = high.map((h, i) => (i === 0 ? [Number.NaN, Number.NaN] : [h - high[i - 1]!, low[i - 1]! - low[i]!]) as [number, number]);
    const range = exponential(trueRanges(bars).map((x, i) => (i === 0 ? Number.NaN : x)), 5, 1 / 5);
    const smooth = (of: (up: number, down: number) => number): number[] =>
      exponential(moves.map(([up, down]) => (Number.isNaN(up) ? up : of(up, down))), 5, 1 / 5).map((x, i) => (100 * x) / range[i]!);
    const rows = valuesOf((k) => ({ x: k.adx(5) }), bars);

    expectRows(rows['x.plus'], smooth((up, down) => (up > down && up > 0 ? up : 0)));
    expectRows(rows['x.minus'], smooth((up, down) => (down > up && down > 0 ? down : 0)));
  });

  it('supertrend of 2, width 1, by hand: from short to long and back', () => {
    // True ranges 10, 10, 40, 12, 60: means 10 (of two), 25, 18.5, 39.25.
    const rows = valuesOf((k) => ({ x: k.supertrend(2, 1) }), barsOf([
      [100, 105, 95, 96], [96, 103, 93, 95], [130, 135, 125, 134], [134, 140, 128, 130], [80, 85, 70, 72],
    ]));

    // Bar 2: middle 98, close 95 below it: short at 98 + 10. Bar 3: 130 + 25 is above 108, which holds; 134 is through: long at 130 - 25.
    // Bar 4: 134 - 18.5 = 115.5 is tighter than 105. Bar 5: 77.5 - 39.25 is not, 115.5 holds and 72 is through: short at 77.5 + 39.25.
    expect(rows['x.side']!.slice(1)).toEqual(['short', 'long', 'long', 'short']);
    expect(rows['x.value']!.slice(1)).toEqual([108, 105, 115.5, 116.75]);
  });

  it('supertrend of 1, width 1: the first close in the middle is long; a close on the band keeps its side', () => {
    // Middle 100, range 10: long at 90. Then middle 94, range 10, a close at 90 on the band of 90: still long.
    const rows = valuesOf((k) => ({ x: k.supertrend(1, 1) }), barsOf([[100, 105, 95, 100], [95, 100, 90, 90]]));
    // Middle 100, close 99: short at 110. Then a close at 110 on the band, range 11 from 99: still short.
    const short = valuesOf((k) => ({ x: k.supertrend(1, 1) }), barsOf([[100, 105, 95, 99], [105, 110, 104, 110], [110, 111, 110, 111]]));

    expect(rows['x.side']).toEqual(['long', 'long']);
    expect(rows['x.value']).toEqual([90, 90]);
    expect(short['x.side']).toEqual(['short', 'short', 'long']);
    expect(short['x.value']!.slice(0, 2)).toEqual([110, 110]);
  });
});

describe('prices of a tick of 2.5', () => {
  const everything = (k: Kernels): Declared => ({
    sma: k.sma(3), ema: k.ema(3, 'hl2'), wma: k.wma(3, 'hlc3'), rma: k.rma(3, 'ohlc4'), stdev: k.stdev(3), top: k.highest(3), bottom: k.lowest(3), atr: k.atr(3),
    day: k.vwap('1d'), rolling: k.vwap(3), line: k.macd(2, 4, 3), bands: k.bollinger(3, 2), channel: k.keltner(3, 3, 2), box: k.donchian(3), trend: k.supertrend(3, 2),
  });
  const unitless = (k: Kernels): Declared => ({
    roc: k.roc(3), rsi: k.rsi(3), adx: k.adx(3), place: k.stochastic(3, 2, 2), obv: k.obv(), traded: k.sma(3, 'volume'), flow: k.ema(3, 'volume'), most: k.highest(3, 'volume'),
  });
  const bars = jumping(60);

  it('are 2.5 times what they are at a tick of 1; what is no price stays', () => {
    const [one, more] = [valuesOf(everything, bars), valuesOf(everything, bars, '2.5')];
    for (const [key, row] of Object.entries(one)) {
      if (typeof row[0] === 'number') row.forEach((value, i) => { if (!Number.isNaN(value)) close(more[key]![i], 2.5 * Number(value)); });
    }
    expect(valuesOf(unitless, bars, '2.5')).toEqual(valuesOf(unitless, bars));
  });

  it('reach the library as quote, the volume as it is', () => {
    const typical = (i: number): number => 2.5 * (bars.high[i]! + bars.low[i]! + bars.close[i]!) / 3;
    const rows = valuesOf((k) => ({ sum: k.windowed('VWAP', 2), mean: k.windowed('SMA', 3) }), bars, '2.5');

    for (let i = 1; i < 60; i++) {
      const [before, now] = [bars.volume[i - 1]!, bars.volume[i]!];
      close(rows['sum']![i], (typical(i - 1) * before + typical(i) * now) / (before + now));
    }
    expectRows(rows['mean'], windows(bars.close.map((c) => 2.5 * c), 3, mean));
  });

  it('an ema of volumes is in base, of each source in quote', () => {
    const rows = valuesOf((k) => ({ v: k.ema(3, 'volume'), o: k.ema(3, 'open'), m: k.ema(3, 'ohlc4') }), bars, '2.5');

    expectRows(rows['v'], exponential(bars.volume, 3, 2 / 4));
    expectRows(rows['o'], exponential(bars.open.map((x) => 2.5 * x), 3, 2 / 4));
    expectRows(rows['m'], exponential(bars.open.map((x, i) => (2.5 * (x + bars.high[i]! + bars.low[i]! + bars.close[i]!)) / 4), 3, 2 / 4));
  });
});

describe('edges of windows', () => {
  it('the deviation of three prices far from zero is exact: 1e9, 1e9 + 3, 1e9 + 6, then a jump to 5 and back', () => {
    const far = [1e9, 1e9 + 3, 1e9 + 6, 5, 8, 11, 1e9, 1e9 + 3, 1e9 + 6];
    const rows = valuesOf((k) => ({ x: k.stdev(3), b: k.bollinger(3, 1) }), barsOf(far.map((x) => [x, x, x, x])));

    // 3 apart: the variance is 6, a ninth of 54.
    for (const i of [2, 5, 8]) expect(rows['x']![i]).toBe(Math.sqrt(54) / 3); // three times the squares less the square of the sum
    expect(rows['b.middle']!.slice(2)).toEqual([2, 3, 4, 5, 6, 7, 8].map((i) => mean(far.slice(i - 2, i + 1))));
  });

  it('a deviation over one bar is 0, the first bar included', () => {
    expect(valuesOf((k) => ({ x: k.stdev(1) }), barsOf([[7, 7, 7, 7], [9, 9, 9, 9]]))['x']).toEqual([0, 0]);
  });

  it('the smallest of one bar, of equals and of falling prices', () => {
    const rows = valuesOf((k) => ({ top: k.highest(2), bottom: k.lowest(2) }), barsOf([[5, 5, 5, 5], [5, 5, 5, 5], [4, 4, 4, 4], [3, 3, 3, 3], [3, 3, 3, 3]]));

    expect(rows['top']).toEqual([Number.NaN, 5, 5, 4, 3]);
    expect(rows['bottom']).toEqual([Number.NaN, 5, 4, 3, 3]);
  });

  it('a rolling vwap whose three bars traded nothing is their typical price, from the third on', () => {
    const rows = valuesOf((k) => ({ x: k.vwap(3) }), barsOf([
      [1, 1, 1, 1, 0.1], [1, 1, 1, 1, 0.2], [1, 1, 1, 1, 0.3], [9, 9, 9, 9, 0], [8, 8, 8, 8, 0], [7, 7, 7, 7, 0], [6, 6, 6, 6, 0], [5, 5, 5, 5, 2],
    ]));

    expect(rows['x']!.slice(5)).toEqual([7, 6, 5]);
    close(rows['x']![3], 1); // 0.2 and 0.3 at 1 are still in the window
  });

  it('a vwap of the day whose first bar traded nothing is its typical price; a feed may begin at 00:00 of the epoch', () => {
    const rows = valuesOf((k) => ({ x: k.vwap('1d'), w: k.vwap('1w') }), barsOf([[4, 4, 4, 4, 0], [9, 9, 9, 9, 1], [3, 3, 3, 3, 1]]));

    expect(rows['x']).toEqual([4, 9, 6]);
    expect(rows['w']).toEqual([4, 9, 6]);
  });

  it('macd of (2, 3, 2) by hand: the histogram is the line less its signal', () => {
    const rows = valuesOf((k) => ({ x: k.macd(2, 3, 2) }), barsOf([[1, 1, 1, 1], [3, 3, 3, 3], [5, 5, 5, 5], [7, 7, 7, 7], [2, 2, 2, 2]]));

    // Fast: 2, 4, 6, 10/3. Slow: 3, 5, 3.5. Line 1, 1, -1/6; signal 1, then 1 - 2/3 (7/6) = 2/9.
    expectRows(rows['x.line'], [Number.NaN, Number.NaN, 1, 1, -1 / 6]);
    expectRows(rows['x.signal'], [Number.NaN, Number.NaN, Number.NaN, 1, 2 / 9]);
    expectRows(rows['x.histogram'], [Number.NaN, Number.NaN, Number.NaN, 0, -1 / 6 - 2 / 9]);
  });

  it('views of one plan share their getters and show no field that was not declared', () => {
    const plan = planOf((k) => ({ side: k.sma(1), trend: k.supertrend(1, 2) }));
    const [a, b] = [createIndicators(plan, stepOf('1')), createIndicators(plan, stepOf('1'))];

    const getter = (view: object): unknown => Object.getOwnPropertyDescriptor(view, 'side')!.get;
    expect([getter(a.prev), getter(b.ind), getter(b.prev)]).toEqual([getter(a.ind), getter(a.ind), getter(a.ind)]);
    expect(Object.keys(a.ind['trend'] as object)).toEqual(['value', 'side']);
    expect(a.ind['side']).toBeNaN(); // a plain number, whatever its key
  });
});
