/** Instants taken many at a time, by the engine for a lone symbol and by the run loop for others, and bars opened one by one. */
import { describe, expect, it } from 'vitest';
import { deadlineOf, defineStrategy, runConfig, z } from '../../../engine/index.ts';
import type { AnyStrategy, Instrument, State } from '../../../engine/index.ts';
import { playThrough } from '../../../sim/run.ts';
import type { SymbolMarket } from '../../../sim/index.ts';
import { chaos } from '../chaos.ts';
import { flat, fundingOf, inverse, linear, marketOf, minute, series, start, walk } from '../market.ts';
import { follow, pick, play } from '../played.ts';
import type { ConfigWish } from '../played.ts';

/** The state without functions, views and the room that indicators are worked out in. `dueAt` is only a bound, as old as the last question for it: asked once more. */
const plain = (state: State): unknown => deadlineOf(state) > 0 && JSON.parse(JSON.stringify(state, (key, value: unknown) =>
  (key === 'setup' || key === 'views' || key === 'ahead' || key === 'bar' ? undefined : typeof value === 'bigint' ? `${value}n` : value)));

interface World { readonly seed: number; readonly holds: number; readonly symbols: number; readonly marks: boolean; readonly timeframe: '1m' | '3m'; readonly longer: boolean }

function marketFor({ seed, marks }: World, symbol: number, instrument: Instrument): SymbolMarket {
  const bars = walk({ seed: seed + 1_000 * symbol, bars: 500, holes: 0.01, quiet: 0.02, gaps: 0.03 });
  if (!marks) return marketOf({ bars, instrument });
  // Marks of ten minutes, a hole among them; a stamp every 90 minutes.
  const mark = series(walk({ seed: seed + 77, bars: 50, holes: 0.05, stepTicks: 60, gaps: 0 }), 10 * minute);
  const funding = fundingOf([0, 1, 2, 3, 4].map((k) => [start + (60 + 90 * k) * minute, k % 2 === 0 ? 0.0003 : -0.0002] as const));
  return marketOf({ bars, instrument, mark, funding });
}

function both(world: World, config: ConfigWish): number {
  const { seed, holds, timeframe, longer } = world;
  const names = ['AAAUSDT', 'BBBUSDT', 'CCCUSDT'].slice(0, world.symbols);
  const markets = names.map((symbol, i) => marketFor(world, i, seed % 3 === 0 ? inverse({ symbol }) : linear({ symbol })));
  const strategy = (): AnyStrategy => chaos({ seed, symbols: names, holds, longer, timeframe, stopBy: seed % 2 === 0 ? 'mark' : 'last' });
  const many = play({ markets, strategy: strategy(), config });
  const single = play({ markets, strategy: strategy(), config, oneByOne: true });

  expect(many.result).toEqual(single.result);
  expect(plain(many.state)).toEqual(plain(single.state));
  return many.rows('executions').length;
}

const lone: World = { seed: 1, holds: 20, symbols: 1, marks: false, timeframe: '1m', longer: false };
const worlds: readonly (readonly [string, Omit<World, 'seed' | 'holds'>])[] = [
  ['a lone symbol', lone],
  ['a lone symbol with marks of ten minutes and funding', { ...lone, marks: true }],
  ['decisions every three minutes', { ...lone, timeframe: '3m', longer: true }],
  ['three symbols, of which each has holes of its own', { ...lone, symbols: 3 }],
  ['two symbols with marks, funding and an indicator of three minutes', { ...lone, symbols: 2, marks: true, longer: true }],
];

describe('a stretch of bars', () => {
  it.each(worlds)('gives the run that its bars give one by one: %s, over 6 seeded walks with holes, gaps and bars without volume', (_, world) => {
    let executions = 0;
    for (let seed = 1; seed <= 6; seed++) {
      const cash = seed % 3 === 0 ? 100 : 1_000_000;
      const late = seed % 5 === 0 ? { latencyMs: 250, responseLatencyMs: 40 } : {};
      executions += both({ ...world, seed, holds: seed % 4 * 30 }, { cash, risk: { maxOpenRisk: 1 }, ...late });
    }
    expect(executions).toBeGreaterThan(100);
  });

  it('gives the same with every fill limited to 5 % of the volume and with each path rule', () => {
    for (const path of ['adverse', 'favourable', 'adaptive', 'ohlc', 'olhc'] as const) {
      expect(both({ ...lone, seed: 77, marks: path === 'olhc' }, { cash: 1_000_000, path, participation: 0.05, risk: { maxOpenRisk: 1 } })).toBeGreaterThan(5);
    }
  });

  describe('under a mark bar of ten minutes beside bars of one minute that stand still at 100', () => {
    const markOf = (second: readonly [number, number, number, number]): SymbolMarket =>
      marketOf({ bars: Array.from({ length: 20 }, () => flat(100)), mark: series([flat(100), second], 10 * minute) });

    it('ends when the mark falls through the stop of 90: at 11:40, half of the way to its low of 80 at 13:20', () => {
      const { rows } = follow(markOf([100, 100, 80, 100]), { at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 2, stop: 90 }) } }, { leverage: 2 });

      expect(pick(rows('executions'), 'time', 'cause', 'price')).toEqual([
        [start + minute, 'order', 100], [start + 11 * minute + 40_000, 'stop', 100],
      ]);
    });

    it('leaves its path as it was named at 11:00, flat and with nothing pending: the low of 70 at 13:20 is over when a long begins at 15:00', () => {
      const { rows } = follow(markOf([100, 130, 70, 100]), { at: { 14: ({ intents }) => intents.enter({ side: 'long', qty: 2, stop: 90 }) } }, { leverage: 2 });

      expect(pick(rows('executions'), 'time', 'cause')).toEqual([[start + 15 * minute, 'order']]);
    });
  });

  it('shows a watcher the bar being decided: 3 bars fed and the close of the fourth, taken together or one by one', () => {
    for (const [oneByOne, funding] of [[false, null], [false, fundingOf([])], [true, null]] as const) {
      const progress = { counters: new Int32Array(4), times: new Float64Array(1) };
      const seen: unknown[] = [];
      const strategy = defineStrategy({
        name: 'watched', symbols: ['AAAUSDT'], timeframe: '1m', params: z.object({}), indicators: () => ({}),
        decide({ time, intents }) {
          seen.push([progress.counters[0], progress.times[0] === time]);
          return intents.hold;
        },
      }) as unknown as AnyStrategy;
      const market = { symbols: [marketOf({ bars: walk({ seed: 5, bars: 6 }), funding })] };
      playThrough({ strategy, params: {}, market, config: runConfig.parse({}), record: 'normal', progress, oneByOne });

      expect(seen).toEqual([0, 1, 2, 3, 4, 5].map((fed) => [fed, true]));
    }
  });
});
