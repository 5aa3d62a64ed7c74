/** With nothing to go wrong, the machinery of faults changes nothing: the same trades, fills, stops and money. */
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { loadMarket } from '../../../data/index.ts';
import { isStrategy, runConfig } from '../../../engine/index.ts';
import type { AnyStrategy } from '../../../engine/index.ts';
import { namedPlan } from '../../../sim/faults/index.ts';
import { resultOf } from '../../../sim/outcome.ts';
import type { RunResult, SymbolMarket } from '../../../sim/index.ts';
import { playThrough } from '../../../sim/run.ts';
import { grid } from '../../../strategies/grid.ts';
import { reversion } from '../../../strategies/reversion.ts';
import { trend } from '../../../strategies/trend.ts';
import { chaos } from '../chaos.ts';
import { fundingOf, linear, marketOf, minute, start, walk } from '../market.ts';
import { rowsOf } from '../played.ts';

interface Wish { readonly markets: readonly SymbolMarket[]; readonly strategy: AnyStrategy; readonly latencyMs?: number }

function both({ markets, strategy, latencyMs = 0 }: Wish): readonly [RunResult, RunResult] {
  const config = runConfig.parse({ latencyMs, responseLatencyMs: latencyMs, cash: 100_000 });
  const request = { strategy, params: {}, market: { symbols: markets }, config, record: 'normal', progress: null } as const;
  const hardship = { plan: namedPlan('calm', 1), restarts: 0 };
  return [resultOf(playThrough(request)), resultOf(playThrough({ ...request, hardship }))];
}

function expectEqual([plain, calm]: readonly [RunResult, RunResult]): void {
  expect(calm.ledger).toEqual(plain.ledger);
  expect(calm.bars).toBe(plain.bars);
  for (const table of ['executions', 'orders', 'decisions', 'stops', 'equity']) expect(rowsOf(calm, table), table).toEqual(rowsOf(plain, table));
  const trades = (result: RunResult) => rowsOf(result, 'trades').map((row) => ({ ...row, ambiguous: null }));
  expect(trades(calm)).toEqual(trades(plain));
}

describe('a calm plan', () => {
  it.each([1, 2, 3, 4])('gives the trades of a run without it, whatever is asked for in 400 bars (seed %i)', (seed) => {
    const markets = [marketOf({ bars: walk({ seed, bars: 400, holes: 0.01, quiet: 0.02 }) })];

    expectEqual(both({ markets, strategy: chaos({ seed }) }));
  });

  it.each([5, 6, 7, 8])('gives them with 40 ms to the venue and 40 ms back (seed %i)', (seed) => {
    const markets = [marketOf({ bars: walk({ seed, bars: 400, holes: 0.01, quiet: 0.02 }) })];

    expectEqual(both({ markets, strategy: chaos({ seed }), latencyMs: 40 }));
  });

  it('gives them for two symbols with funding every 30 minutes', () => {
    const symbols = ['AAAUSDT', 'BBBUSDT'];
    const markets = symbols.map((symbol, i) => marketOf({
      bars: walk({ seed: 20 + i, bars: 300 }), instrument: linear({ symbol }),
      funding: fundingOf(Array.from({ length: 10 }, (_, k) => [start + k * 30 * minute, k % 2 === 0 ? 0.0003 : -0.0002] as const)),
    }));

    expectEqual(both({ markets, strategy: chaos({ seed: 9, symbols }) }));
  });

  it.each([['trend', trend, 28], ['reversion', reversion, 28], ['grid', grid, 15]] as const)('gives the %s strategy its trades of the built-in market', async (_, shipped, days) => {
    const strategy = shippedOf(shipped);
    const { symbols } = await loadMarket({
      folder: tmpdir(), market: 'builtin:linear', symbols: strategy.symbols, timeframe: strategy.timeframe, from: builtinFrom, to: builtinFrom + days * 1_440 * minute,
    });

    const results = both({ markets: symbols, strategy });

    expectEqual(results);
    expect(rowsOf(results[0], 'trades').length).toBeGreaterThan(0);
  });
});

/** First day of the built-in market. */
const builtinFrom = Date.UTC(2025, 8, 3);

function shippedOf(strategy: unknown): AnyStrategy {
  if (!isStrategy(strategy)) throw new Error('not a strategy');
  return strategy;
}
