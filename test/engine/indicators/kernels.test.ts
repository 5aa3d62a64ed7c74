import technical from 'technicalindicators';
import { describe, expect, it } from 'vitest';
import { exponential, mean, seeded, sum, trueRanges, walk, windows } from './market.ts';
import type { Bars } from './market.ts';
import type { Kernels } from '../../../engine/indicators/index.ts';
import { valuesOf } from './run.ts';
import type { Declared } from './run.ts';

const bars = walk(1_500, 7);
const { open, high, low, close, volume } = bars;

/** Largest relative difference to the expected series; both must be NaN at the same bars. */
function expectSeries(actual: readonly unknown[] | undefined, expected: readonly number[], tolerance = 1e-9): void {
  expect(actual?.length).toBe(expected.length);
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const a = actual?.[i];
    const e = expected[i]!;
    if (typeof a !== 'number' || Number.isNaN(a) !== Number.isNaN(e)) expect({ i, value: a }).toEqual({ i, value: e });
    else if (!Number.isNaN(e)) worst = Math.max(worst, Math.abs(a - e) / Math.max(1, Math.abs(e)));
  }
  expect(worst).toBeLessThanOrEqual(tolerance);
}

/** The library leaves out the bars before its first value. */
const aligned = (values: readonly number[], length = bars.close.length): number[] =>
  [...Array<number>(length - values.length).fill(Number.NaN), ...values];
const one = (declare: (k: Kernels) => Declared, of: Bars = bars): unknown[] | undefined => valuesOf(declare, of)['x'];
const all = (declare: (k: Kernels) => Declared, of: Bars = bars): Record<string, unknown[]> => valuesOf(declare, of);
const deviation = (w: readonly number[]): number => Math.sqrt(mean(w.map((x) => (x - mean(w)) ** 2)));

describe('kernels against textbook formulas over the whole series', () => {
  it.each([1, 2, 20, 50])('sma of %i closes is the mean of the window, exactly', (n) => {
    expectSeries(one((k) => ({ x: k.sma(n) })), windows(close, n, mean), 0);
  });

  it.each(['open', 'high', 'low', 'hl2', 'hlc3', 'ohlc4', 'volume'] as const)('sma of 20 takes %s', (source) => {
    const series = {
      open, high, low, volume, hl2: high.map((h, i) => (h + low[i]!) / 2), hlc3: high.map((h, i) => (h + low[i]! + close[i]!) / 3),
      ohlc4: open.map((o, i) => (o + high[i]! + low[i]! + close[i]!) / 4),
    }[source];

    expectSeries(one((k) => ({ x: k.sma(20, source) })), windows(series, 20, mean), 1e-12);
  });

  it('ema of 20 has weight 2/21 and begins at bar 20 with the mean of the first 20', () => {
    expectSeries(one((k) => ({ x: k.ema(20) })), exponential(close, 20, 2 / 21));
  });

  it('rma of 14 has weight 1/14 and begins at bar 14 with the mean of the first 14', () => {
    expectSeries(one((k) => ({ x: k.rma(14) })), exponential(close, 14, 1 / 14));
  });

  it('wma of 9 weighs the newest 9 and the oldest 1', () => {
    expectSeries(one((k) => ({ x: k.wma(9) })), windows(close, 9, (w) => sum(w.map((x, i) => x * (i + 1))) / 45), 1e-13);
  });

  it('stdev of 20 divides by 20, not by 19', () => {
    expectSeries(one((k) => ({ x: k.stdev(20) })), windows(close, 20, deviation), 1e-10);
  });

  it.each([1, 2, 3, 14, 200])('highest and lowest of %i take highs and lows, this bar included', (n) => {
    const rows = all((k) => ({ top: k.highest(n), bottom: k.lowest(n), close: k.highest(n, 'close') }));

    expectSeries(rows['top'], windows(high, n, (w) => Math.max(...w)), 0);
    expectSeries(rows['bottom'], windows(low, n, (w) => Math.min(...w)), 0);
    expectSeries(rows['close'], windows(close, n, (w) => Math.max(...w)), 0);
  });

  it('roc of 10 compares with the close 10 bars ago, in percent', () => {
    expectSeries(one((k) => ({ x: k.roc(10) })), close.map((c, i) => (i < 10 ? Number.NaN : (100 * c) / close[i - 10]! - 100)));
  });

  it('rsi of 14 is 100 - 100 / (1 + RS) of Wilder means seeded with the first 14 changes', () => {
    const changes = close.map((c, i) => (i === 0 ? Number.NaN : c - close[i - 1]!));
    const gains = exponential(changes.map((c) => (Number.isNaN(c) ? c : Math.max(c, 0))), 14, 1 / 14);
    const losses = exponential(changes.map((c) => (Number.isNaN(c) ? c : Math.max(-c, 0))), 14, 1 / 14);

    expectSeries(one((k) => ({ x: k.rsi(14) })), gains.map((g, i) => 100 - 100 / (1 + g / losses[i]!)));
  });

  it('atr of 14 begins at bar 14 with the mean of 14 true ranges, the first of them high - low', () => {
    expectSeries(one((k) => ({ x: k.atr(14) })), exponential(trueRanges(bars), 14, 1 / 14));
  });

  it('obv adds the volume of rising closes and takes that of falling ones, from 0', () => {
    let total = 0;
    const expected = close.map((c, i) => (total += i === 0 ? 0 : Math.sign(c - close[i - 1]!) * volume[i]!));

    expectSeries(one((k) => ({ x: k.obv() })), expected);
  });

  it('vwap by day begins anew at 00:00 UTC: bar 720 of a walk from noon is alone in its sum', () => {
    const typical = high.map((h, i) => (h + low[i]! + close[i]!) / 3);
    const day = bars.openedAt.map((t) => Math.floor(t / 86_400_000));
    const expected = close.map((_, i) => {
      const from = day.indexOf(day[i]!);
      return sum(typical.slice(from, i + 1).map((p, j) => p * volume[from + j]!)) / sum(volume.slice(from, i + 1));
    });

    const actual = one((k) => ({ x: k.vwap('1d') }));

    expectSeries(actual, expected);
    expect(actual?.[720]).toBeCloseTo(typical[720]!, 6);
  });

  it('vwap by week begins anew on Monday 00:00 UTC, not on the Thursday of the epoch', () => {
    const hourly = { ...walk(24 * 10, 3), openedAt: Array.from({ length: 240 }, (_, i) => i * 3_600_000) };

    const actual = one((k) => ({ x: k.vwap('1w') }), hourly);

    // Thursday 1970-01-01 plus 96 hours is Monday 1970-01-05: only there is the value the bar's own typical price.
    const fresh = hourly.close.flatMap((c, i) =>
      (Math.abs(Number(actual?.[i]) - (hourly.high[i]! + hourly.low[i]! + c) / 3) < 1e-6 ? [i] : []));
    expect(fresh).toEqual([0, 96]);
  });

  it('vwap of 20 bars weighs typical prices by volume', () => {
    const typical = high.map((h, i) => (h + low[i]! + close[i]!) / 3);
    const turnover = windows(typical.map((p, i) => p * volume[i]!), 20, sum);
    const traded = windows(volume, 20, sum);

    expectSeries(one((k) => ({ x: k.vwap(20) })), turnover.map((t, i) => t / traded[i]!));
  });

  it('adx of 14 smooths ranges and movements from the second bar, and its own index from bar 15 on', () => {
    const moves = high.map((h, i) => {
      if (i === 0) return { range: Number.NaN, plus: Number.NaN, minus: Number.NaN };
      const up = h - high[i - 1]!;
      const down = low[i - 1]! - low[i]!;
      return { range: trueRanges(bars)[i]!, plus: up > down && up > 0 ? up : 0, minus: down > up && down > 0 ? down : 0 };
    });
    const range = exponential(moves.map((m) => m.range), 14, 1 / 14);
    const plus = exponential(moves.map((m) => m.plus), 14, 1 / 14).map((x, i) => (100 * x) / range[i]!);
    const minus = exponential(moves.map((m) => m.minus), 14, 1 / 14).map((x, i) => (100 * x) / range[i]!);
    const index = plus.map((p, i) => (100 * Math.abs(p - minus[i]!)) / (p + minus[i]!));

    const rows = all((k) => ({ x: k.adx(14) }));

    expectSeries(rows['x.plus'], plus);
    expectSeries(rows['x.minus'], minus);
    expectSeries(rows['x.adx'], exponential(index, 14, 1 / 14));
    expect(rows['x.adx']?.findIndex((x) => !Number.isNaN(x))).toBe(27); // bar 28 = 2 x 14
  });

  it('stochastic (14, 3, 3) smooths the raw place in the range twice', () => {
    const top = windows(high, 14, (w) => Math.max(...w));
    const bottom = windows(low, 14, (w) => Math.min(...w));
    const raw = close.map((c, i) => (100 * (c - bottom[i]!)) / (top[i]! - bottom[i]!));
    const k3 = windows(raw, 3, mean);

    const rows = all((k) => ({ x: k.stochastic(14, 3, 3) }));

    expectSeries(rows['x.k'], k3);
    expectSeries(rows['x.d'], windows(k3, 3, mean));
  });

  it('macd (12, 26, 9) is the difference of two means and its own mean, seeded with 9 differences', () => {
    const fast = exponential(close, 12, 2 / 13);
    const line = exponential(close, 26, 2 / 27).map((s, i) => fast[i]! - s);
    const signal = exponential(line, 9, 2 / 10);

    const rows = all((k) => ({ x: k.macd(12, 26, 9) }));

    expectSeries(rows['x.line'], line);
    expectSeries(rows['x.signal'], signal);
    expectSeries(rows['x.histogram'], line.map((l, i) => l - signal[i]!));
  });

  it('bollinger (20, 2), keltner (20, 10, 1.5) and donchian (20) put their bands around the textbook middle', () => {
    const middle = windows(close, 20, mean);
    const spread = windows(close, 20, deviation);
    const trend = exponential(close, 20, 2 / 21);
    const range = exponential(trueRanges(bars), 10, 1 / 10);

    const rows = all((k) => ({ b: k.bollinger(20, 2), k: k.keltner(20, 10, 1.5), d: k.donchian(20) }));

    expectSeries(rows['b.middle'], middle, 1e-13);
    expectSeries(rows['b.upper'], middle.map((m, i) => m + 2 * spread[i]!));
    expectSeries(rows['b.lower'], middle.map((m, i) => m - 2 * spread[i]!));
    expectSeries(rows['k.middle'], trend);
    expectSeries(rows['k.upper'], trend.map((m, i) => m + 1.5 * range[i]!));
    expectSeries(rows['k.lower'], trend.map((m, i) => m - 1.5 * range[i]!));
    expectSeries(rows['d.upper'], windows(high, 20, (w) => Math.max(...w)), 0);
    expectSeries(rows['d.lower'], windows(low, 20, (w) => Math.min(...w)), 0);
  });

  it('supertrend (10, 3) tightens its band until the close crosses it', () => {
    const range = exponential(trueRanges(bars), 10, 1 / 10);
    const expected: { value: number; side: string }[] = [];
    let upper = Number.NaN;
    let lower = Number.NaN;
    let side = '';
    for (let i = 0; i < close.length; i++) {
      const middle = (high[i]! + low[i]!) / 2;
      const first = Number.isNaN(upper);
      if (!Number.isNaN(range[i]!)) {
        const [up, down] = [middle + 3 * range[i]!, middle - 3 * range[i]!];
        upper = first || up < upper || close[i - 1]! > upper ? up : upper;
        lower = first || down > lower || close[i - 1]! < lower ? down : lower;
        if (first) side = close[i]! >= middle ? 'long' : 'short';
        else if (side === 'long' && close[i]! < lower) side = 'short';
        else if (side === 'short' && close[i]! > upper) side = 'long';
      }
      expected.push({ value: side === 'long' ? lower : side === 'short' ? upper : Number.NaN, side });
    }

    const rows = all((k) => ({ x: k.supertrend(10, 3) }));

    expectSeries(rows['x.value'], expected.map((e) => e.value));
    expect(rows['x.side']?.slice(9)).toEqual(expected.slice(9).map((e) => e.side));
    expect(new Set(rows['x.side']).size).toBe(2); // the walk turns at least once
  });
});

describe('kernels against technicalindicators, where that library is right', () => {
  const candles = { open, high, low, close, volume };

  it('sma, ema, wma, rma, stdev and roc agree to 1e-9', () => {
    const rows = all((k) => ({
      sma: k.sma(20), ema: k.ema(20), wma: k.wma(20), rma: k.rma(20), stdev: k.stdev(20), roc: k.roc(12),
    }));

    expectSeries(rows['sma'], aligned(technical.SMA.calculate({ period: 20, values: close })));
    expectSeries(rows['ema'], aligned(technical.EMA.calculate({ period: 20, values: close })));
    expectSeries(rows['wma'], aligned(technical.WMA.calculate({ period: 20, values: close })));
    expectSeries(rows['rma'], aligned(technical.WEMA.calculate({ period: 20, values: close })));
    expectSeries(rows['stdev'], aligned(technical.SD.calculate({ period: 20, values: close })));
    expectSeries(rows['roc'], aligned(technical.ROC.calculate({ period: 12, values: close })));
  });

  it('highest, lowest and obv agree', () => {
    const rows = all((k) => ({ top: k.highest(20, 'close'), bottom: k.lowest(20, 'close'), obv: k.obv() }));

    expectSeries(rows['top'], aligned(technical.Highest.calculate({ period: 20, values: close })), 0);
    expectSeries(rows['bottom'], aligned(technical.Lowest.calculate({ period: 20, values: close })), 0);
    expectSeries(rows['obv']?.slice(1), technical.OBV.calculate({ close, volume }));
  });

  it('rsi agrees to the 2 decimals that the library keeps', () => {
    const expected = aligned(technical.RSI.calculate({ period: 14, values: close }));

    const actual = one((k) => ({ x: k.rsi(14) }));

    for (let i = 14; i < expected.length; i++) expect(Math.abs(Number(actual?.[i]) - expected[i]!)).toBeLessThan(0.00501);
  });

  it('atr agrees once its other first bar is forgotten: to 1e-9 from bar 400 on', () => {
    const expected = aligned(technical.ATR.calculate({ period: 14, high, low, close }));

    expectSeries(one((k) => ({ x: k.atr(14) }))?.slice(400), expected.slice(400));
  });

  it('adx, macd, bollinger and the raw stochastic agree to 1e-9', () => {
    const rows = all((k) => ({
      adx: k.adx(14), macd: k.macd(12, 26, 9), bands: k.bollinger(20, 2), place: k.stochastic(14, 1, 3),
    }));
    const adx = technical.ADX.calculate({ period: 14, high, low, close });
    const macd = technical.MACD.calculate({
      fastPeriod: 12, slowPeriod: 26, signalPeriod: 9, values: close, SimpleMAOscillator: false, SimpleMASignal: false,
    });
    const bands = technical.BollingerBands.calculate({ period: 20, stdDev: 2, values: close });
    const place = technical.Stochastic.calculate({ period: 14, signalPeriod: 3, high, low, close });

    expectSeries(rows['adx.adx'], aligned(adx.map((x) => x.adx)));
    expectSeries(rows['macd.line'], aligned(macd.map((x) => x.MACD!)));
    expectSeries(rows['macd.signal'], aligned(macd.map((x) => x.signal ?? Number.NaN)));
    expectSeries(rows['bands.upper'], aligned(bands.map((x) => x.upper)));
    expectSeries(rows['place.k'], aligned(place.map((x) => x.k)));
    expectSeries(rows['place.d'], aligned(place.map((x) => x.d ?? Number.NaN)));
  });

  it('windowed computes the library over the last n bars: CCI of 20 over 20 bars is the batch value', () => {
    const expected = aligned(technical.CCI.calculate({ period: 20, ...candles }));

    expectSeries(one((k) => ({ x: k.windowed('CCI', 20) })), expected);
  });
});

describe('exactness and quiet markets', () => {
  const flat = (length: number): Bars => ({
    openedAt: Array.from({ length }, (_, i) => i * 60_000), open: Array<number>(length).fill(1_000),
    high: Array<number>(length).fill(1_000), low: Array<number>(length).fill(1_000),
    close: Array<number>(length).fill(1_000), volume: Array<number>(length).fill(0),
  });

  it('a market that stands at 100.0 (tick 0.1) gives 100 for averages, 50 for rsi and stochastic, 0 for the rest', () => {
    const rows = valuesOf((k) => ({
      sma: k.sma(5), ema: k.ema(5), wma: k.wma(5), rma: k.rma(5), vwap: k.vwap(5), day: k.vwap('1d'), top: k.highest(5),
      rsi: k.rsi(5), stdev: k.stdev(5), roc: k.roc(5), volume: k.roc(5, 'volume'), atr: k.atr(5), obv: k.obv(),
      adx: k.adx(5), place: k.stochastic(5, 2, 2), bands: k.bollinger(5, 2), channel: k.keltner(5, 5, 2),
      trend: k.supertrend(5, 3), macd: k.macd(2, 4, 3),
    }), flat(40), '0.1');

    expect(Object.fromEntries(Object.entries(rows).map(([key, values]) => [key, values.at(-1)]))).toEqual({
      sma: 100, ema: 100, wma: 100, rma: 100, vwap: 100, day: 100, top: 100, rsi: 50, stdev: 0, roc: 0, volume: 0,
      atr: 0, obv: 0, 'adx.adx': 0, 'adx.plus': 0, 'adx.minus': 0, 'place.k': 50, 'place.d': 50, 'bands.upper': 100,
      'bands.middle': 100, 'bands.lower': 100, 'channel.upper': 100, 'channel.middle': 100, 'channel.lower': 100,
      'trend.value': 100, 'trend.side': 'long', 'macd.line': 0, 'macd.signal': 0, 'macd.histogram': 0,
    });
  });

  it('sma of 20 against sma of 50 is ordered as the whole sums are, with many exact ties, in quote at a tick of 0.1', () => {
    const random = seeded(11);
    const narrow = walk(3_000, 1);
    narrow.close.forEach((_, i) => { narrow.close[i] = 1_000_001 + Math.floor(random() * 3); });
    const rows = valuesOf((k) => ({ fast: k.sma(20), slow: k.sma(50) }), narrow, '0.1');
    const wrong: number[] = [];
    let ties = 0;

    for (let i = 49; i < 3_000; i++) {
      const order = Math.sign(50 * sum(narrow.close.slice(i - 19, i + 1)) - 20 * sum(narrow.close.slice(i - 49, i + 1)));
      if (order === 0) ties++;
      if (Math.sign(Number(rows['fast']![i]) - Number(rows['slow']![i])) !== order) wrong.push(i);
    }

    expect(wrong).toEqual([]);
    expect(ties).toBeGreaterThan(10);
  });

  it('an average equal to a price compares equal to it: closes 3, 1, 2 ticks of 0.1 average 0.2', () => {
    const three: Bars = { openedAt: [0, 1, 2], open: [3, 1, 2], high: [3, 1, 2], low: [3, 1, 2], close: [3, 1, 2], volume: [1, 1, 1] };

    expect(valuesOf((k) => ({ x: k.sma(3) }), three, '0.1')['x']).toEqual([Number.NaN, Number.NaN, 0.2]);
  });

  it('sums of volumes do not drift: after 20,000 bars of 1e9 and 1e-3 the mean of five small volumes is 1e-3', () => {
    const length = 20_005;
    const busy = flat(length);
    for (let i = 0; i < 20_000; i++) busy.volume[i] = i % 2 === 0 ? 1e9 + 0.1 : 1e-3;
    for (let i = 20_000; i < length; i++) busy.volume[i] = 1e-3;

    const last = valuesOf((k) => ({ x: k.sma(5, 'volume') }), busy)['x']?.at(-1);

    expect(Math.abs(Number(last) - 1e-3)).toBeLessThan(1e-15);
  });
});
