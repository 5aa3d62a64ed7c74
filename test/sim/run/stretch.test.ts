/** Bars taken many at a time and bars taken one by one: an empty funding series makes a run open every bar by itself. */
import { describe, expect, it } from 'vitest';
import { defineStrategy, runConfig, z } from '../../../engine/index.ts';
import type { AnyStrategy } from '../../../engine/index.ts';
import { playThrough } from '../../../sim/run.ts';
import { chaos } from '../chaos.ts';
import { fundingOf, inverse, linear, marketOf, walk } from '../market.ts';
import { play } from '../played.ts';
import type { ConfigWish } from '../played.ts';

const oneByOne = fundingOf([]);

/** The state without what a stretch does not keep: functions and views. */
const plain = (state: unknown): unknown => JSON.parse(JSON.stringify(state, (key, value: unknown) =>
  (key === 'setup' || key === 'views' ? undefined : typeof value === 'bigint' ? `${value}n` : value)));

function both(seed: number, holds: number, config: ConfigWish, bars = 700): number {
  const instrument = seed % 3 === 0 ? inverse({ symbol: 'AAAUSDT' }) : linear();
  const rows = walk({ seed, bars, holes: 0.01, quiet: 0.02, gaps: 0.03 });
  const strategy = (): ReturnType<typeof chaos> => chaos({ seed, holds, longer: seed % 2 === 0, timeframe: seed % 4 === 2 ? '3m' : '1m', stopBy: seed % 2 === 0 ? 'mark' : 'last' });
  const many = play({ markets: [marketOf({ bars: rows, instrument })], strategy: strategy(), config });
  const single = play({ markets: [marketOf({ bars: rows, instrument, funding: oneByOne })], strategy: strategy(), config });

  expect(many.result).toEqual(single.result);
  expect(plain(many.state)).toEqual(plain(single.state));
  return many.rows('executions').length;
}

describe('a stretch of bars', () => {
  it('gives the run that its bars give one by one, over 15 seeded walks with holes, gaps and bars without volume', () => {
    let executions = 0;
    for (let seed = 1; seed <= 15; seed++) {
      const cash = seed % 3 === 0 ? 100 : 1_000_000;
      executions += both(seed, seed % 4 * 30, { cash, risk: { maxOpenRisk: 1 }, ...(seed % 5 === 0 ? { latencyMs: 250, responseLatencyMs: 40 } : {}) });
    }
    expect(executions).toBeGreaterThan(500);
  });

  it('gives the same with every fill limited to 5 % of the volume and with each path rule', () => {
    for (const path of ['adverse', 'favourable', 'adaptive', 'ohlc', 'olhc'] as const) {
      expect(both(77, 20, { cash: 1_000_000, path, participation: 0.05, risk: { maxOpenRisk: 1 } })).toBeGreaterThan(5);
    }
  });

  it('shows a watcher the bar being decided: 3 bars fed and the close of the fourth, in a stretch as one by one', () => {
    for (const funding of [null, oneByOne]) {
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
      playThrough({ strategy, params: {}, market, config: runConfig.parse({}), record: 'normal', progress });

      expect(seen).toEqual([0, 1, 2, 3, 4, 5].map((fed) => [fed, true]));
    }
  });

  it('is what a lone symbol on its own bars is played in, and nothing else', () => {
    const config = runConfig.parse({});
    const stretchOf = (markets: Parameters<typeof play>[0]['markets']): unknown =>
      playThrough({ strategy: chaos({ seed: 1, symbols: markets.map((market) => market.instrument.symbol) }), params: {}, market: { symbols: markets }, config, record: 'normal', progress: null }).stretch;
    const bars = walk({ seed: 5, bars: 30 });

    expect(stretchOf([marketOf({ bars })])).not.toBeNull();
    expect(stretchOf([marketOf({ bars, funding: oneByOne })])).toBeNull();
    expect(stretchOf([marketOf({ bars }), marketOf({ bars, instrument: linear({ symbol: 'BBBUSDT' }) })])).toBeNull();
  });
});
