/**
 * What the public types must accept: the examples of the documentation infer without a single annotation. Checked by
 * the compiler (`npm run types`); at run time only that each is a strategy.
 */
import { defineStrategy, isStrategy, noStop, z } from 'holdfast';
import type { Context, ContextOf, CycleOf, Ind, Intent, PositionView } from 'holdfast';
import { describe, expect, expectTypeOf, it } from 'vitest';

const trendPullback = defineStrategy({
  name: 'trend-pullback',
  symbols: ['BTCUSDT', 'ETHUSDT'],
  timeframe: '5m',
  params: z.object({
    fast: z.number().int().min(2).max(200).default(20),
    stopAtr: z.number().min(0.5).max(6).default(2),
  }),
  indicators: (on, p) => ({ fast: on('5m').ema(p.fast), range: on('5m').atr(14), trend: on('1h').ema(50) }),
  decide({ bar, ind, prev, position, intents, symbol, memory }, p) {
    expectTypeOf(ind.fast).toEqualTypeOf<number>();
    expectTypeOf(symbol).toEqualTypeOf<'BTCUSDT' | 'ETHUSDT'>();
    expectTypeOf(memory).toEqualTypeOf<null>();
    expectTypeOf(p).toEqualTypeOf<{ fast: number; stopAtr: number }>();
    expectTypeOf(position).toEqualTypeOf<PositionView>();
    const stop = bar.close - p.stopAtr * ind.range;
    if (position.tag === 'flat') {
      return bar.open < prev.fast && bar.close > ind.fast && bar.close > ind.trend
        ? intents.enter({ side: 'long', risk: 0.005, stop })
        : intents.hold;
    }
    return bar.close < ind.trend ? intents.exit('hourly trend lost') : intents.moveStop(stop);
  },
});

const breakout = defineStrategy({
  name: 'breakout', symbols: ['BTCUSDT'], timeframe: '15m',
  params: z.object({ n: z.number().int().min(5).max(200).default(20) }),
  indicators: (on, p) => ({ top: on('15m').highest(p.n), low: on('15m').lowest(p.n), atr: on('15m').atr(14) }),
  memory: () => ({ losses: 0, paused: false as boolean }),
  decide({ bar, ind, prev, position, entry, closed, memory, intents }) {
    for (const t of closed) memory.losses = t.net < 0 ? memory.losses + 1 : 0;
    memory.paused = memory.losses >= 3;
    if (position.tag === 'flat' && entry.tag === 'none' && !memory.paused && bar.close > prev.top) {
      return intents.enter({
        side: 'long', risk: 0.01, stop: { distance: 2 * ind.atr }, targets: [{ price: bar.close + 4 * ind.atr, fraction: 0.5 }],
      });
    }
    if (position.tag === 'open' && position.stop !== null) return intents.moveStop(Math.max(position.stop, ind.low));
    return intents.hold;
  },
});

const ratio = defineStrategy({
  name: 'ratio', symbols: ['BTCUSDT', 'ETHUSDT'], timeframe: '15m', params: z.object({ gap: z.number().default(0.02) }),
  indicators: (on) => ({ slow: on('15m').ema(96), range: on('15m').atr(14) }),
  decideCycle({ at }, p) {
    const b = at('BTCUSDT');
    const e = at('ETHUSDT');
    if (!b || !e || e.position.tag !== 'flat') return {};
    const gap = b.bar.close / b.ind.slow - e.bar.close / e.ind.slow;
    return gap > p.gap ? { ETHUSDT: e.intents.enter({ side: 'long', risk: 0.003, stop: e.bar.close - 3 * e.ind.range }) } : {};
  },
});

const grid = defineStrategy({
  name: 'grid', symbols: ['BTCUSDT'], timeframe: '5m',
  params: z.object({ step: z.number().default(100), levels: z.number().int().default(5) }),
  indicators: (on) => ({ mid: on('1h').sma(24), range: on('1h').atr(14) }),
  decide({ ind, intents }, p) {
    const orders = [];
    for (let i = 1; i <= p.levels; i++) {
      orders.push(
        { key: `b${i}`, side: 'buy' as const, price: ind.mid - i * p.step, qty: 0.001 },
        { key: `s${i}`, side: 'sell' as const, price: ind.mid + i * p.step, qty: 0.001 },
      );
    }
    return intents.rest(orders, { long: ind.mid - 8 * ind.range, short: ind.mid + 8 * ind.range });
  },
});

const manyValued = defineStrategy({
  name: 'many-valued', symbols: ['BTCUSDT'], timeframe: '1h', params: z.object({}),
  indicators: (on) => ({
    trend: on('1h').supertrend(10, 3), cloud: on('4h').bollinger(20, 2), odd: on('1h').windowed('CCI', 30, { period: 20 }),
  }),
  memory: () => ({ levels: [] as number[], last: null as string | null, nested: { count: 0 } }),
  decide({ ind, prev, memory, intents, bar, history, funding }) {
    expectTypeOf(ind.trend.side).toEqualTypeOf<'long' | 'short'>();
    expectTypeOf(prev.cloud.upper).toEqualTypeOf<number>();
    expectTypeOf(ind.odd).toEqualTypeOf<number>();
    memory.levels.push(history(1).close);
    memory.last = funding === null ? null : 'paid';
    return intents.all(
      intents.enter({ side: ind.trend.side, notional: 100, stop: noStop, at: 'limit', price: bar.close, postOnly: true }),
      intents.setTargets([]),
    );
  },
  protectAdopted: ({ bar, position }) => (position.tag === 'open' && position.side === 'long' ? bar.close * 0.98 : bar.close * 1.02),
});

const enterAsFar = (c: ContextOf<typeof breakout>): Intent =>
  c.intents.add({ qty: c.ind.atr, at: 'trigger', price: c.prev.top, limit: c.prev.top + 1 });

describe('strategies written without annotations', () => {
  it('are strategies', () => {
    for (const strategy of [trendPullback, breakout, ratio, grid, manyValued]) expect(isStrategy(strategy)).toBe(true);
  });

  it('give their context types to helpers', () => {
    expectTypeOf<ContextOf<typeof breakout>>().toHaveProperty('memory').toEqualTypeOf<{ losses: number; paused: boolean }>();
    expectTypeOf<ContextOf<typeof breakout>['symbol']>().toEqualTypeOf<'BTCUSDT'>();
    expectTypeOf<CycleOf<typeof ratio>['symbols']>().toEqualTypeOf<readonly ('BTCUSDT' | 'ETHUSDT')[]>();
    expectTypeOf(enterAsFar).parameter(0).toExtend<Context<{ top: Ind<number>; low: Ind<number>; atr: Ind<number> }, object>>();
    expectTypeOf<ContextOf<typeof grid>['ind']>().toEqualTypeOf<{ readonly mid: number; readonly range: number }>();
  });
});
