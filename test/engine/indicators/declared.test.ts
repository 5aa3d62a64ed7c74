/** What each declaration needs before it is a number and before its beginning is forgotten; every argument refused by its name. */
import { describe, expect, it } from 'vitest';
import { declareIndicators, windowedNames } from '../../../engine/indicators/index.ts';
import type { Kernels } from '../../../engine/indicators/index.ts';
import type { Timeframe } from '../../../engine/index.ts';
import { decayBars } from '../../../engine/indicators/seeding.ts';
import { planOf, valuesOf } from './run.ts';
import type { Declared } from './run.ts';
import { walk } from './market.ts';

type On = (timeframe: Timeframe) => Kernels;
const minute = 60_000;
const five = (of: (k: Kernels) => unknown): (() => unknown) => () => declareIndicators((on) => ({ x: of(on('5m')) }) as Declared, 5 * minute, minute);

describe('a seed is forgotten', () => {
  it.each([
    // The smallest k with (1 - w)^k under 1e-9: ln(1e-9) = -20.723.
    [0.5, 30], [0.8, 13], [1, 1], [2 / 21, 208], [1 / 14, 280],
  ])('with weight %f after %i bars', (weight, bars) => {
    expect(decayBars(weight)).toBe(bars);
  });
});

describe('bars until an indicator is a number, and until its seed is forgotten', () => {
  // decay(2/(n+1)) and decay(1/n) by hand: n = 3 gives weights 1/2 and 1/3; n = 5 1/3 and 1/5; n = 9 1/5.
  const [half, third, fifth] = [30, 52, 93];
  it.each<[string, (k: Kernels) => Declared[string], number, number]>([
    ['sma(5)', (k) => k.sma(5), 5, 5], ['wma(5)', (k) => k.wma(5), 5, 5], ['stdev(5)', (k) => k.stdev(5), 5, 5],
    ['highest(5)', (k) => k.highest(5), 5, 5], ['lowest(5)', (k) => k.lowest(5), 5, 5], ['donchian(5)', (k) => k.donchian(5), 5, 5],
    ['bollinger(5, 2)', (k) => k.bollinger(5, 2), 5, 5], ['vwap(5)', (k) => k.vwap(5), 5, 5], ['windowed', (k) => k.windowed('SMA', 5), 5, 5],
    ['ema(5)', (k) => k.ema(5), 5, 5 + third], ['rma(5)', (k) => k.rma(5), 5, 5 + fifth], ['atr(5)', (k) => k.atr(5), 5, 5 + fifth],
    ['roc(5)', (k) => k.roc(5), 6, 6], ['rsi(5)', (k) => k.rsi(5), 6, 6 + fifth], ['obv', (k) => k.obv(), 1, 1],
    ['adx(5)', (k) => k.adx(5), 10, 10 + 2 * fifth], ['stochastic(5, 2, 3)', (k) => k.stochastic(5, 2, 3), 8, 8],
    ['macd(3, 9, 5)', (k) => k.macd(3, 9, 5), 13, 13 + fifth + third],
    ['keltner(3, 5, 2)', (k) => k.keltner(3, 5, 2), 5, 5 + fifth], ['keltner(9, 3, 2)', (k) => k.keltner(9, 3, 2), 9, 9 + fifth],
    ['keltner(3, 3, 2)', (k) => k.keltner(3, 3, 2), 3, 3 + third], ['ema(3)', (k) => k.ema(3), 3, 3 + half],
    ['supertrend(5, 2)', (k) => k.supertrend(5, 2), 5, 5 + fifth + 50],
    ["vwap('1d')", (k) => k.vwap('1d'), 1, 1_440], ["vwap('1w')", (k) => k.vwap('1w'), 1, 10_080],
  ])('%s: %s', (_, of, ready, warm) => {
    const plan = planOf((k) => ({ x: of(k) }));

    // One bar more, so that `prev` has them too.
    expect([plan.readyBars, plan.warmupBars, plan.historyBars]).toEqual([ready + 1, warm + 1, warm + 1]);
  });

  it.each<[string, (k: Kernels) => Declared[string]]>([
    ['roc(5)', (k) => k.roc(5)], ['rsi(5)', (k) => k.rsi(5)], ['adx(5)', (k) => k.adx(5)], ['stochastic(5, 2, 3)', (k) => k.stochastic(5, 2, 3)],
    ['macd(3, 9, 5)', (k) => k.macd(3, 9, 5)], ['keltner(3, 5, 2)', (k) => k.keltner(3, 5, 2)], ['keltner(9, 3, 2)', (k) => k.keltner(9, 3, 2)],
    ['supertrend(5, 2)', (k) => k.supertrend(5, 2)], ['obv', (k) => k.obv()], ['vwap(5)', (k) => k.vwap(5)], ['atr(5)', (k) => k.atr(5)],
  ])('%s: its first number comes exactly then', (_, of) => {
    const rows = Object.values(valuesOf((k) => ({ x: of(k) }), walk(40, 3))).filter((row) => typeof row[0] === 'number');
    const first = Math.max(...rows.map((row) => row.findIndex((value) => !Number.isNaN(value))));

    expect(first + 2).toBe(planOf((k) => ({ x: of(k) })).readyBars);
  });

  it('of a longer timeframe counts decision bars and one bar that had begun: ema(3) of 1h at decisions of 5m', () => {
    const plan = declareIndicators((on) => ({ x: on('1h').ema(3) }), 5 * minute, minute);

    expect([plan.readyBars, plan.warmupBars]).toEqual([3 * 12 + 12, 33 * 12 + 12]);
  });

  it('is that of the slowest', () => {
    const plan = planOf((k) => ({ a: k.sma(3), b: k.sma(9), c: k.sma(5) }));

    expect([plan.readyBars, plan.warmupBars]).toEqual([10, 10]);
  });
});

describe('the layout', () => {
  const plan = (of: (on: On) => Declared): ReturnType<typeof planOf> => declareIndicators(of, minute, minute);

  it('puts kernels of one kind together, means of prices first, whatever the order of declaration', () => {
    const { timeframes: [only] } = plan((on) => ({
      a: on('1m').atr(3), b: on('1m').sma(3, 'volume'), c: on('1m').sma(3), d: on('1m').atr(5), e: on('1m').ema(3), f: on('1m').sma(9),
    }));

    expect(only!.kernels.map(({ kind, n, m }) => [kind, n, m])).toEqual([[0, 9, 15], [0, 3, 3], [0, 3, -1], [1, 3, 0], [9, 3, 0], [9, 5, 0]]);
  });

  it('gives every kernel slots of its own behind one counter a timeframe, and every value its place', () => {
    const { timeframes, arenaSize, outputs, keys } = plan((on) => ({ a: on('1m').ema(3), b: on('5m').macd(2, 4, 3), c: on('1m').obv() }));

    // Two counters, then 3 slots, 10 slots and 3 slots.
    expect(timeframes.map(({ timeframe, ms, kernels }) => [timeframe, ms, kernels.map(({ offset, out }) => [offset, out])])).toEqual([
      ['1m', minute, [[2, 0], [15, 4]]], ['5m', 5 * minute, [[5, 1]]],
    ]);
    expect([arenaSize, outputs]).toEqual([18, 5]);
    expect(keys).toEqual([{ key: 'a', out: 0, fields: null }, { key: 'b', out: 1, fields: ['line', 'signal', 'histogram'] }, { key: 'c', out: 4, fields: null }]);
  });

  it('keeps the windows of the library apart: by name, length and options', () => {
    const { windows, timeframes: [only] } = plan((on) => ({
      a: on('1m').windowed('SMA', 5), b: on('1m').windowed('EMA', 5), c: on('1m').windowed('SMA', 9, { period: 5 }), d: on('1m').windowed('SMA', 5), e: on('1m').ema(5),
    }));

    expect(windows.map(({ name, n, options }) => [name, n, options])).toEqual([['SMA', 5, { period: 5 }], ['EMA', 5, { period: 5 }], ['SMA', 9, { period: 5 }]]);
    expect(only!.kernels.map(({ window }) => window)).toEqual([-1, 0, 1, 2]);
  });

  it('tells apart what differs in one argument only', () => {
    const { outputs } = plan((on) => ({
      a: on('1m').stochastic(5, 2, 3), b: on('1m').stochastic(5, 3, 2), c: on('1m').keltner(5, 3, 2), d: on('1m').keltner(5, 3, 2.5), e: on('1m').ema(12, 'open'),
      f: on('1m').ema(1, 'open'), g: on('5m').ema(1, 'open'), h: on('1m').rma(1, 'open'),
    }));

    expect(outputs).toBe(2 + 2 + 3 + 3 + 4);
  });
});

describe('an argument that is refused', () => {
  const bad = 2.5;
  const periods: readonly (readonly [string, string, (k: Kernels) => unknown])[] = [
    ['sma', 'n', (k) => k.sma(bad)], ['ema', 'n', (k) => k.ema(bad)], ['wma', 'n', (k) => k.wma(bad)], ['rma', 'n', (k) => k.rma(bad)], ['stdev', 'n', (k) => k.stdev(bad)],
    ['highest', 'n', (k) => k.highest(bad)], ['lowest', 'n', (k) => k.lowest(bad)], ['atr', 'n', (k) => k.atr(bad)], ['windowed', 'n', (k) => k.windowed('SMA', bad)],
    ['roc', 'n', (k) => k.roc(bad)], ['rsi', 'n', (k) => k.rsi(bad)], ['adx', 'n', (k) => k.adx(bad)], ['stochastic', 'n', (k) => k.stochastic(bad, 2, 2)],
    ['stochastic', 'smoothK', (k) => k.stochastic(5, bad, 2)], ['stochastic', 'smoothD', (k) => k.stochastic(5, 2, bad)], ['macd', 'fast', (k) => k.macd(bad, 5, 3)],
    ['macd', 'slow', (k) => k.macd(2, bad, 3)], ['macd', 'signal', (k) => k.macd(2, 5, bad)], ['vwap', "anchor other than '1d' and '1w'", (k) => k.vwap(bad)],
    ['bollinger', 'n', (k) => k.bollinger(bad, 2)], ['keltner', 'n', (k) => k.keltner(bad, 5, 2)], ['keltner', 'atr', (k) => k.keltner(5, bad, 2)],
    ['donchian', 'n', (k) => k.donchian(bad)], ['supertrend', 'n', (k) => k.supertrend(bad, 2)],
  ];
  it.each(periods)('%s: %s of 2.5', (kernel, argument, of) => {
    expect(five(of)).toThrow(`on('5m').${kernel}: ${argument} must be a whole number from 1 to 100000, was 2.5`);
  });

  it.each([0, -1, 100_001, Number.POSITIVE_INFINITY, Number.NaN, '5', null, true])('a period of %s', (n) => {
    expect(five((k) => k.sma(n as number))).toThrow(`n must be a whole number from 1 to 100000, was ${String(n)}`);
  });

  it('a period of 100,000 is the longest, of 1 the shortest', () => {
    expect(five((k) => k.ema(100_000))).not.toThrow();
    expect(five((k) => k.ema(1))).not.toThrow();
  });

  it.each<[string, (k: Kernels) => unknown]>([['bollinger', (k) => k.bollinger(5, -1)], ['keltner', (k) => k.keltner(5, 5, -1)], ['supertrend', (k) => k.supertrend(5, -1)]])('%s: a width of -1', (kernel, of) => {
    expect(five(of)).toThrow(`on('5m').${kernel}: width must be a finite number above 0, was -1`);
  });

  it.each([0, Number.POSITIVE_INFINITY, Number.NaN, '2', [2]])('a width of %s', (width) => {
    expect(five((k) => k.bollinger(5, width as number))).toThrow(`width must be a finite number above 0, was ${String(width)}`);
  });

  it.each<[string, (k: Kernels, of: never) => unknown]>([
    ['sma', (k, of) => k.sma(5, of)], ['ema', (k, of) => k.ema(5, of)], ['roc', (k, of) => k.roc(5, of)], ['rsi', (k, of) => k.rsi(5, of)], ['bollinger', (k, of) => k.bollinger(5, 2, of)],
  ])('%s: a source that is none', (kernel, of) => {
    for (const source of ['median', 'toString', 5, ['close'], null]) {
      expect(five((k) => of(k, source as never))).toThrow(`on('5m').${kernel}: source must be one of open high low close hl2 hlc3 ohlc4 volume, was ${String(source)}`);
    }
  });

  it('macd with fast equal to slow', () => {
    expect(five((k) => k.macd(5, 5, 3))).toThrow("on('5m').macd: fast must be below slow, was 5 and 5");
  });

  it.each([undefined, null, 5, 'sma'])('a record that is %s', (record) => {
    expect(() => declareIndicators(() => record as unknown as Declared, minute, minute)).toThrow(`indicators must return an object of indicators, was ${String(record)}`);
  });

  it('a timeframe that the bars fed do not divide: 1h from bars of 45 minutes, decided every 15', () => {
    expect(() => declareIndicators((on) => ({ x: on('1h').sma(2) }), 15 * minute, 45 * minute)).toThrow(
      "on('1h') must be a whole multiple of the decision timeframe of 15 minutes and of the bars fed, 45 minutes");
    expect(() => declareIndicators((on) => ({ x: on('1m').sma(2) }), 5 * minute, minute)).toThrow("on('1m') is finer than the decision timeframe of 5 minutes");
  });
});

describe('the library', () => {
  it('offers what can be computed over a window, in order', () => {
    expect(windowedNames).toContain('CCI');
    expect(windowedNames).not.toContain('setConfig');
    expect([...windowedNames].sort()).toEqual(windowedNames);
    expect(Object.isFrozen(windowedNames)).toBe(true);
  });

  it.each([['MACD', 40, { fastPeriod: 3, slowPeriod: 5, signalPeriod: 2 }, 'macd'], ['BollingerBands', 20, { stdDev: 2 }, 'bollinger'], ['ADX', 40, { period: 5 }, 'adx'],
    ['Stochastic', 20, { period: 5, signalPeriod: 3 }, 'stochastic'], ['KeltnerChannels', 40, { maPeriod: 5, atrPeriod: 5, multiplier: 2 }, 'keltner']] as const)('%s has several values: use the kernel', (name, n, options, kernel) => {
    expect(five((k) => k.windowed(name, n, options))).toThrow(`on('5m').windowed: '${name}' has several values, which windowed does not support; use on(timeframe).${kernel}`);
  });

  it('an indicator of several values without a kernel is refused without a proposal', () => {
    expect(five((k) => k.windowed('IchimokuCloud', 100, { conversionPeriod: 9, basePeriod: 26, spanPeriod: 52, displacement: 26 })))
      .toThrow(/^on\('5m'\)\.windowed: 'IchimokuCloud' has several values, which windowed does not support$/);
  });

  it.each([5, null, 'toString', 'Magic'])('%s is no name', (name) => {
    expect(five((k) => k.windowed(name as string, 20))).toThrow(`on('5m').windowed: name must be one of ${windowedNames.join(' ')}, was ${String(name)}`);
  });

  it('a window too short says so', () => {
    expect(five((k) => k.windowed('SMA', 5, { period: 9 }))).toThrow("on('5m').windowed: 'SMA' gives no number over 5 bars, was undefined; make the window longer than its periods");
  });

  it.each([['5', '5'], [Number.NaN, 'NaN'], [Number.POSITIVE_INFINITY, 'Infinity'], [null, 'null']])('an option of %s', (value, shown) => {
    expect(five((k) => k.windowed('SMA', 5, { period: value as number }))).toThrow(`on('5m').windowed('SMA').period must be a finite number, was ${shown}`);
  });
});
