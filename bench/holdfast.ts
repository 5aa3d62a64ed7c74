/**
 * W1 through the engine and the exchange of the simulator, with the full life of every order: the same `run` that
 * `holdfast backtest` calls. Tick 1, lot 1 and cash in tick x lot units, as the workload says.
 */
import { instrumentOf, isStrategy, runConfig } from '../engine/index.ts';
import { run } from '../sim/index.ts';
import type { Market, Series } from '../sim/index.ts';
import { w1 } from './w1.ts';
import type { W1Answer, W1Bars } from './w1.ts';
import { w1Strategy, w1Symbol } from './w1-strategy.ts';

/** One round; `record` all keeps every event as columns. */
export function runHoldfast(bars: W1Bars, record: 'normal' | 'all'): () => W1Answer {
  const strategy: unknown = w1Strategy;
  if (!isStrategy(strategy)) throw new Error('w1 must be made by defineStrategy');
  const market = marketOf(bars);
  const config = runConfig.parse({
    cash: w1.cash, slippage: { kind: 'ticks', n: 1 }, takerFee: w1.fee, makerFee: w1.fee, risk: { maxOpenRisk: 1 },
  });
  return () => {
    const result = run({ market, strategy, params: {}, config, record, progress: null });
    const trades = result.tables.find((table) => table.name === 'trades');
    return { trades: trades?.rows ?? 0, equity: result.equity.end * w1.unit };
  };
}

function marketOf(bars: W1Bars): Market {
  const instrument = instrumentOf({
    symbol: w1Symbol, kind: 'linear', base: 'W1', quote: 'USDT', settle: 'USDT', tick: '1', qtyStep: '1', minQty: '1',
    minNotional: '0', takerRate: String(w1.fee), makerRate: String(w1.fee), maxLeverage: '100',
    tiers: [{ limit: '1000000000000000', mmr: '0.005', deduction: '0' }], source: 'the workload',
  });
  const last: Series = { intervalMs: 60_000, ...bars };
  return { symbols: [{ instrument, last, mark: null, funding: null }] };
}
