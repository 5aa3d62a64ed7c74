/**
 * Laws of a run, over random markets, configurations and a strategy that wants everything. Every run here is audited
 * (`play`): its ledger follows from its rows, and engine and exchange agree on wallet and position.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runConfig } from '../../../engine/index.ts';
import { run } from '../../../sim/index.ts';
import type { SymbolMarket } from '../../../sim/index.ts';
import { chaos } from '../chaos.ts';
import { cutAt, fundingOf, inverse, linear, marketOf, minute, series, start, walk } from '../market.ts';
import { play, rowsOf } from '../played.ts';
import type { Cells, ConfigWish } from '../played.ts';

const bars = 150;

const configArbitrary: fc.Arbitrary<ConfigWish> = fc.record({
  path: fc.constantFrom('adverse', 'favourable', 'adaptive', 'ohlc', 'olhc'), limitFill: fc.constantFrom('through', 'touch'),
  slippage: fc.constantFrom({ kind: 'none' as const }, { kind: 'ticks' as const, n: 2 }, { kind: 'bps' as const, b: 3 }, { kind: 'volshare' as const, k: 0.1, cap: 0.1 }),
  halfSpreadTicks: fc.constantFrom(0, 1), participation: fc.constantFrom(null, null, 0.02),
  latencyMs: fc.constantFrom(0, 0, 300, 50_000), responseLatencyMs: fc.constantFrom(0, 0, 200, 60_000), leverage: fc.constantFrom(2, 10, 50),
});

const worldArbitrary = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }), kind: fc.constantFrom('linear', 'linear', 'inverse'), symbols: fc.constantFrom(1, 1, 2),
  mark: fc.constantFrom(0, 1, 5), funding: fc.boolean(), holes: fc.constantFrom(0, 0.03), quiet: fc.constantFrom(0, 0.03),
  stopBy: fc.constantFrom('mark' as const, 'last' as const), config: configArbitrary,
});
type World = typeof worldArbitrary extends fc.Arbitrary<infer T> ? T : never;

const names = ['AAAUSDT', 'BBBUSDT'];
const cashOf = ({ kind }: World): number => (kind === 'linear' ? 100_000 : 10);

/** Two-digit ticks of whole numbers: prices near 10,000 ticks; the mark strays a little from the last price. */
function marketsOf({ seed, kind, symbols, mark, funding, holes, quiet }: World): SymbolMarket[] {
  return names.slice(0, symbols).map((symbol, i) => {
    const instrument = kind === 'linear' ? linear({ symbol, qtyStep: '0.1', minQty: '0.1' }) : inverse({ symbol, tick: '1' });
    const rows = walk({ seed: seed + i, bars, holes, quiet });
    const marks = mark === 0 ? null : series(walk({ seed: seed + i, bars: Math.ceil(bars / mark) + 1, stepTicks: 60 }), mark * minute);
    const stamps = Array.from({ length: 5 }, (_, n) => [start + (n + 1) * 25 * minute, (n % 2 === 0 ? 1 : -1) * 0.0003] as const);
    return marketOf({ bars: rows, instrument, mark: marks, funding: funding ? fundingOf(stamps) : null });
  });
}

const strategyOf = (world: World): ReturnType<typeof chaos> => chaos({ seed: world.seed, symbols: names.slice(0, world.symbols), stopBy: world.stopBy });
const runOf = (world: World, markets = marketsOf(world)): ReturnType<typeof play> =>
  play({ markets, strategy: strategyOf(world), config: { ...world.config, cash: cashOf(world), risk: { maxLeverage: 50, maxOpenRisk: 0.5 } } });

/** The same rows before `at`, the last close that both runs know. */
function expectSameBefore(at: number, cut: readonly Cells[], whole: readonly Cells[], time = 'time'): void {
  const before = (rows: readonly Cells[]): readonly Cells[] => rows.filter((row) => row[time] !== null && Number(row[time]) < at);
  expect(before(cut)).toEqual(before(whole));
}

describe('a run', () => {
  it('keeps its books in any world: wallet, trades, fees, funding and position follow from its rows', () => {
    const totals = { worlds: 0, trades: 0, executions: 0, liquidations: 0, funded: 0, flips: 0 };
    fc.assert(fc.property(worldArbitrary, (world) => {
      const { result, rows } = runOf(world);
      totals.worlds += 1;
      totals.trades += rows('trades').length;
      totals.executions += rows('executions').length;
      totals.liquidations += rows('executions').filter((row) => row['cause'] === 'liquidation').length;
      totals.funded += result.ledger.funding === '0' ? 0 : 1;
      checkExits(rows('orders'), rows('executions'), world.symbols, totals);
    }), { numRuns: 100 });

    // The worlds are worth something: there is a lot of everything in them, however many are tried.
    expect(totals.trades).toBeGreaterThan(10 * totals.worlds);
    expect(totals.liquidations).toBeGreaterThanOrEqual(Math.floor(totals.worlds / 17));
    expect(totals.funded).toBeGreaterThanOrEqual(Math.floor(totals.worlds / 5));
    expect(totals.flips).toBeGreaterThanOrEqual(Math.floor(totals.worlds / 17));
  });

  it('ends its equity curve with the wallet of the ledger', () => {
    const config = runConfig.parse({ cash: 100_000 });
    const market = { symbols: [marketOf({ bars: walk({ seed: 7, bars: 7_001 }) })] };
    const result = run({ strategy: chaos({ seed: 7 }), params: {}, market, config, record: 'normal', progress: null });

    // 7,001 bars: two to a stretch of the stored curve; the last point closes the last stretch.
    expect(rowsOf(result, 'equity').at(-1)).toMatchObject({ time: start + 7_001 * minute, wallet: Number(result.ledger.end), equity: result.equity.end });
  });

  it('twice gives the same digests and rows', () => {
    fc.assert(fc.property(worldArbitrary, (world) => {
      const [first, second] = [runOf(world).result, runOf(world).result];

      expect(second.digest).toBe(first.digest);
      expect(second.loopDigest).toBe(first.loopDigest);
    }), { numRuns: 25 });
  });

  it('over data cut at any bar decides, orders and executes the same before the cut', () => {
    fc.assert(fc.property(worldArbitrary, fc.integer({ min: 15, max: bars - 1 }), (world, cutBar) => {
      const at = start + cutBar * minute;
      const markets = marketsOf(world);
      const whole = runOf(world, markets);
      const cut = runOf(world, markets.map((market) => cutAt(market, at)));

      for (const table of ['executions', 'stops', 'equity', 'events']) expectSameBefore(at, cut.rows(table), whole.rows(table));
      expectSameBefore(at + 1, cut.rows('decisions'), whole.rows('decisions'));
      expectSameBefore(at, cut.rows('orders'), whole.rows('orders'), 'ended_at');
      expectSameBefore(at, cut.rows('trades'), whole.rows('trades'), 'closed_at');
    }), { numRuns: 60 });
  });
});

/** L4: a reduce-only order never opens and never turns a position. */
function checkExits(orders: readonly Cells[], executions: readonly Cells[], symbols: number, totals: { flips: number }): void {
  const reduceOnly = new Set(orders.filter((order) => order['reduce_only'] === true).map((order) => order['order']));
  for (const symbol of names.slice(0, symbols)) {
    let lots = 0;
    for (const row of executions) {
      if (row['symbol'] !== symbol) continue;
      const change = (row['side'] === 'buy' ? 1 : -1) * Number(row['lots']);
      const after = lots + change;
      if (reduceOnly.has(row['order']!) || Number(row['order']) < 0) {
        expect(Math.sign(change)).toBe(-Math.sign(lots));
        expect(Math.abs(after)).toBe(Math.abs(lots) - Math.abs(change));
      }
      if (lots * after < 0) totals.flips += 1;
      lots = after;
    }
  }
}
