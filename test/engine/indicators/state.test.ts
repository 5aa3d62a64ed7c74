import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createIndicators, declareIndicators, feedBar, feedTimeframe, isWarm, lookAhead, rollAhead, takeAhead, restoreIndicators, rollDecision, snapshotIndicators,
} from '../../../engine/indicators/index.ts';
import type { IndicatorPlan, IndicatorSnapshot, Kernels } from '../../../engine/indicators/index.ts';
import { stepOf } from '../../../engine/index.ts';
import { walk } from './market.ts';
import { feedAt, planOf } from './run.ts';
import type { Declared } from './run.ts';

const everything = (k: Kernels): Declared => ({
  sma: k.sma(5), ema: k.ema(5), wma: k.wma(5), rma: k.rma(5, 'hlc3'), stdev: k.stdev(5, 'volume'), top: k.highest(7),
  bottom: k.lowest(7), roc: k.roc(4), rsi: k.rsi(5), atr: k.atr(5), obv: k.obv(), day: k.vwap('1d'), rolling: k.vwap(6),
  adx: k.adx(5), place: k.stochastic(5, 2, 3), macd: k.macd(3, 6, 4), bands: k.bollinger(6, 2), channel: k.keltner(5, 4, 2),
  range: k.donchian(6), trend: k.supertrend(4, 2), library: k.windowed('CCI', 8),
});
const planned = (): IndicatorPlan => planOf(everything);
const tick = stepOf('0.1');

describe('the indicators of a leg', () => {
  it('restored from a snapshot that went through JSON at any bar, go on bit for bit', () => {
    const plan = planned();
    fc.assert(fc.property(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 1, max: 1_000 }), (cut, seed) => {
      const bars = walk(130, seed);
      const whole = createIndicators(plan, tick);
      const resumed = createIndicators(plan, tick);

      let saved = '';
      for (let i = 0; i < 130; i++) {
        if (i === cut) saved = JSON.stringify(snapshotIndicators(whole));
        feedAt(plan, whole, bars, i);
      }
      restoreIndicators(resumed, JSON.parse(saved) as IndicatorSnapshot);
      const { values } = JSON.parse(saved) as IndicatorSnapshot;
      expect([...resumed.values]).toEqual(values.map((value) => value ?? Number.NaN));
      for (let i = cut; i < 130; i++) feedAt(plan, resumed, bars, i);

      expect(resumed.values).toEqual(whole.values);
      expect(resumed.arena).toEqual(whole.arena);
    }), { numRuns: 30 });
  });

  it('refuse a snapshot of another plan', () => {
    const snapshot = snapshotIndicators(createIndicators(planned(), tick));
    const refused = (own: Partial<IndicatorSnapshot>): void => {
      expect(() => { restoreIndicators(createIndicators(planned(), tick), { ...snapshot, ...own }); }).toThrow('indicator snapshot must be of the same plan');
    };

    refused({ arena: snapshot.arena.slice(1) });
    refused({ values: [...snapshot.values, 0] });
    expect(() => { restoreIndicators(createIndicators(planOf((k) => ({ x: k.sma(3) })), tick), { arena: [1], values: [2, 3, 4] }); })
      .toThrow('{"arena":[1,6],"values":[3,2]}'); // a counter, a sum and a ring of 4; one value now and before
  });

  it('forget where the feed began: after the warm-up two feeds that began 200 bars apart differ by less than 1e-9', () => {
    const bars = walk(2_500, 5);
    const forgetful = planOf((k) => ({
      ema: k.ema(20), rma: k.rma(14), rsi: k.rsi(14), atr: k.atr(14), adx: k.adx(14), macd: k.macd(12, 26, 9),
      channel: k.keltner(20, 10, 2), day: k.vwap('1d'), sma: k.sma(50), bands: k.bollinger(20, 2),
    }));
    const early = createIndicators(forgetful, tick);
    const late = createIndicators(forgetful, tick);

    for (let i = 0; i < 200; i++) feedAt(forgetful, early, bars, i);
    for (let i = 200; i < 200 + forgetful.warmupBars; i++) {
      feedAt(forgetful, early, bars, i);
      feedAt(forgetful, late, bars, i);
    }

    const worst = Math.max(...late.values.map((value, i) => Math.abs(value - early.values[i]!) / Math.max(1, Math.abs(value))));
    expect(worst).toBeLessThan(1e-9);
  });

  it('are warm exactly from readyBars on: the present and the previous values are all numbers', () => {
    const plan = planned();
    const bars = walk(plan.readyBars + 5, 2);
    const state = createIndicators(plan, tick);
    const warmAt: number[] = [];

    for (let i = 0; i < bars.close.length; i++) {
      feedAt(plan, state, bars, i);
      if (isWarm(state)) warmAt.push(i + 1);
    }

    expect(warmAt[0]).toBe(plan.readyBars);
  });

  it('show prev as what ind was one decision earlier, also for a longer timeframe that did not move', () => {
    const two = declareIndicators((on) => ({ now: on('1m').sma(1), hour: on('1h').sma(1) }), 60_000, 60_000);
    const state = createIndicators(two, stepOf('1'));
    const close = (i: number, timeframe: number): void => feedTimeframe(two, state, timeframe, i, i, i, i, 1, 0);

    rollDecision(state);
    close(10, 0);
    close(10, 1);
    rollDecision(state);
    close(11, 0);

    expect({ ...state.ind }).toEqual({ now: 11, hour: 10 });
    expect({ ...state.prev }).toEqual({ now: 10, hour: 10 });
  });

  it('read the same from a bar record as from numbers', () => {
    const bars = walk(40, 9);
    const plan = planOf((k) => ({
      ...everything(k), first: k.sma(3, 'open'), middle: k.ema(3, 'hl2'), typical: k.sma(3, 'hlc3'), mean: k.sma(3, 'ohlc4'), traded: k.ema(3, 'volume'), week: k.vwap('1w'),
    }));
    const [a, b] = [createIndicators(plan, tick), createIndicators(plan, tick)];

    for (let i = 0; i < 40; i++) {
      feedAt(plan, a, bars, i);
      rollDecision(b);
      feedBar(plan, b, 0, {
        openedAt: bars.openedAt[i]!, openTicks: bars.open[i]!, highTicks: bars.high[i]!, lowTicks: bars.low[i]!,
        closeTicks: bars.close[i]!, volume: bars.volume[i]!,
      });
    }

    expect(b.values).toEqual(a.values);
  });

  it('worked out ahead are those of each bar to the last bit, 900 bars of every kind and every source, by blocks of 256', () => {
    const bars = walk(900, 11);
    const plan = planOf((k) => ({
      ...everything(k), first: k.sma(3, 'open'), high: k.sma(300, 'high'), low: k.ema(260, 'low'), middle: k.sma(7, 'hl2'), typical: k.ema(3, 'hlc3'),
      mean: k.sma(5, 'ohlc4'), traded: k.ema(3, 'volume'), volumes: k.sma(9, 'volume'), range: k.atr(290), week: k.vwap('1w'),
    }));
    const [known, fed] = [createIndicators(plan, tick), createIndicators(plan, tick)];
    lookAhead(plan, known, Object.fromEntries(Object.entries(bars).map(([name, column]) => [name, Float64Array.from(column)])) as never);

    for (let i = 0; i < 900; i++) {
      rollDecision(fed);
      feedBar(plan, fed, 0, {
        openedAt: bars.openedAt[i]!, openTicks: bars.open[i]!, highTicks: bars.high[i]!, lowTicks: bars.low[i]!,
        closeTicks: bars.close[i]!, volume: bars.volume[i]!,
      });
      // Both doors, turn about: the one of a stretch rolls by itself.
      if (i % 3 === 0) {
        rollDecision(known);
        takeAhead(known, known.ahead!, bars.openedAt[i]!);
      } else rollAhead(known, known.ahead!);
      expect([i, ...known.values]).toEqual([i, ...fed.values]);
    }
    expect(() => { snapshotIndicators(known); }).toThrow('values worked out ahead have no snapshot');
    expect(() => { takeAhead(known, known.ahead!, 5); }).toThrow('the next bar of the series must be fed');
  });

  it('are seen through enumerable, read-only fields that cannot be added to', () => {
    const state = createIndicators(planOf((k) => ({ mean: k.sma(1), trend: k.supertrend(1, 2) })), stepOf('0.5'));
    feedAt(planOf((k) => ({ mean: k.sma(1), trend: k.supertrend(1, 2) })), state, walk(1, 1), 0);
    const { ind } = state;

    expect(Object.keys(ind)).toEqual(['mean', 'trend']);
    expect(Object.keys(ind['trend'] as object)).toEqual(['value', 'side']);
    expect(() => { (ind as Record<string, unknown>)['mean'] = 1; }).toThrow(TypeError);
    expect(() => { (ind as Record<string, unknown>)['hidden'] = 1; }).toThrow(TypeError);
  });
});
