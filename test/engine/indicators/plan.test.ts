import { describe, expect, it } from 'vitest';
import { declareIndicators, seedings } from '../../../engine/indicators/index.ts';
import type { Kernels } from '../../../engine/indicators/index.ts';
import type { Timeframe } from '../../../engine/index.ts';
import { planOf } from './run.ts';
import type { Declared } from './run.ts';

const fiveMs = 300_000;
type On = (timeframe: Timeframe) => Kernels;
const declare = (of: (on: On) => Declared) => declareIndicators(of, fiveMs, 60_000);

describe('a plan of indicators', () => {
  it('shares equal declarations and keeps both keys: two sma(20) are one kernel with one value', () => {
    const plan = declare((on) => {
      const mean = on('5m').sma(20);
      return { a: mean, b: mean, c: on('5m').sma(20), d: on('5m').sma(20, 'open') };
    });

    expect(plan.timeframes.map((t) => t.kernels.length)).toEqual([2]);
    expect(plan.outputs).toBe(2);
    expect(plan.keys.map((k) => k.out)).toEqual([0, 0, 0, 1]);
  });

  it('lists the timeframes shortest first, whatever the order of declaration', () => {
    const plan = declare((on) => ({ day: on('1d').sma(2), now: on('5m').sma(2), hour: on('1h').sma(2) }));

    expect(plan.timeframes.map((t) => t.timeframe)).toEqual(['5m', '1h', '1d']);
  });

  it('leaves out what is declared and not returned', () => {
    const plan = declare((on) => {
      on('5m').ema(200);
      return { x: on('5m').sma(3) };
    });

    expect(plan.timeframes[0]?.kernels.length).toBe(1);
  });

  it('needs one bar more than the window because of prev: sma(50) is warm and ready with 51 decision bars', () => {
    const plan = planOf((k) => ({ x: k.sma(50) }));

    expect([plan.warmupBars, plan.readyBars, plan.historyBars]).toEqual([51, 51, 51]);
  });

  it('counts a longer timeframe in decision bars, with a part bar at the start: sma(24) of 1h at 5m is 24 x 12 + 12', () => {
    const plan = declare((on) => ({ x: on('1h').sma(24) }));

    // 288 bars of 24 whole hours, at most 11 of an hour already begun, 1 for prev.
    expect(plan.warmupBars).toBe(300);
  });

  it('warms ema(20) until (1 - 2/21)^k is under 1e-9: 20 + 208 bars, atr(14) likewise with 13/14: 14 + 280', () => {
    // ln(1e-9) / ln(19/21) = 207.06 and ln(1e-9) / ln(13/14) = 279.6, so 208 and 280 steps.
    expect(planOf((k) => ({ x: k.ema(20) })).warmupBars).toBe(20 + 208 + 1);
    expect(planOf((k) => ({ x: k.atr(14) })).warmupBars).toBe(14 + 280 + 1);
    expect(planOf((k) => ({ x: k.atr(14) })).readyBars).toBe(15);
  });

  it('warms a daily vwap with a whole day: 1,440 bars of 1m', () => {
    expect(planOf((k) => ({ x: k.vwap('1d') })).warmupBars).toBe(1_441);
  });

  it('of no indicators needs one bar', () => {
    expect(planOf(() => ({}))).toMatchObject({ timeframes: [], outputs: 0, warmupBars: 1, readyBars: 1 });
  });

  it('every kernel has its seeding in the table for the documentation', () => {
    let kernels: Kernels | null = null;
    declare((on) => {
      kernels = on('5m');
      return {};
    });

    expect(Object.keys(kernels ?? {}).sort()).toEqual(Object.keys(seedings).sort());
  });
});

describe('declarations that are refused', () => {
  const wrong: readonly (readonly [string, (on: On) => Declared, string])[] = [
    ['a timeframe finer than the decision', (on) => ({ x: on('1m').sma(5) }),
      "on('1m') is finer than the decision timeframe of 5 minutes"],
    ['an unknown timeframe', (on) => ({ x: on('7m' as Timeframe).sma(5) }), 'on(timeframe) must be one of 1s 5s 1m 3m 5m'],
    ['a period of 0', (on) => ({ x: on('5m').sma(0) }), "on('5m').sma: n must be a whole number from 1 to 100000, was 0"],
    ['a period of NaN', (on) => ({ x: on('5m').atr(Number.NaN) }), "on('5m').atr: n must be a whole number from 1 to 100000, was NaN"],
    ['a period of 2.5', (on) => ({ x: on('5m').ema(2.5) }), 'was 2.5'],
    ['a period as text', (on) => ({ x: on('5m').ema('9' as unknown as number) }), 'was 9'],
    ['a width of 0', (on) => ({ x: on('5m').bollinger(20, 0) }), "on('5m').bollinger: width must be a finite number above 0, was 0"],
    ['an unknown source', (on) => ({ x: on('5m').sma(5, 'median' as 'close') }), 'source must be one of open high low close'],
    ['macd with fast above slow', (on) => ({ x: on('5m').macd(26, 12, 9) }), 'fast must be below slow, was 26 and 12'],
    ['an unknown anchor', (on) => ({ x: on('5m').vwap('1h' as '1d') }), 'was 1h'],
    ['something that is not an indicator', () => ({ x: 5 } as unknown as Declared), 'indicators.x must be made by on(timeframe), was number'],
    ['an unknown name of the library', (on) => ({ x: on('5m').windowed('Magic', 20) }), 'name must be one of'],
    ['an indicator of the library with several values', (on) => ({ x: on('5m').windowed('ADX', 40, { period: 14 }) }),
      "'ADX' has several values, which windowed does not support; use on(timeframe).adx"],
    ['a window shorter than the period', (on) => ({ x: on('5m').windowed('CCI', 10, { period: 20 }) }),
      "'CCI' gives no number over 10 bars"],
    ['an option that is NaN', (on) => ({ x: on('5m').windowed('CCI', 10, { period: Number.NaN }) }),
      "windowed('CCI').period must be a finite number, was NaN"],
    ['an option as text', (on) => ({ x: on('5m').windowed('CCI', 10, { period: '5' as unknown as number }) }), 'was 5'],
  ];

  it.each(wrong)('%s is refused by name', (_, of, message) => {
    expect(() => declare(of)).toThrow(message);
    expect(() => declare(of)).toThrow(expect.objectContaining({ name: 'StrategyError' }) as Error);
  });

  it('a timeframe that is no multiple of the decision is refused: 5m at decisions of 3m', () => {
    expect(() => declareIndicators((on) => ({ x: on('5m').sma(2) }), 180_000, 60_000)).toThrow(
      "on('5m') must be a whole multiple of the decision timeframe of 3 minutes");
  });
});
