/** Random runs on children and on single trades: audited, repeatable, and blind to what comes after a cut. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Detail, Prints, Series, SymbolMarket } from '../../sim/index.ts';
import { chaos } from './chaos.ts';
import { chance, cutAt, fundingOf, linear, marketOf, minute, series, start, walk } from './market.ts';
import type { Row } from './market.ts';
import { play } from './played.ts';
import type { Cells, ConfigWish } from './played.ts';

const bars = 100;
const perBar = 5;
const childMs = minute / perBar;
const names = ['AAAUSDT', 'BBBUSDT'];

const configArbitrary: fc.Arbitrary<ConfigWish> = fc.record({
  path: fc.constantFrom('adverse', 'favourable', 'adaptive', 'ohlc', 'olhc'), limitFill: fc.constantFrom('through', 'touch'),
  slippage: fc.constantFrom({ kind: 'none' as const }, { kind: 'ticks' as const, n: 2 }), halfSpreadTicks: fc.constantFrom(0, 1),
  participation: fc.constantFrom(null, null, 0.02), latencyMs: fc.constantFrom(0, 0, 300, 50_000), responseLatencyMs: fc.constantFrom(0, 0, 200, 60_000),
  leverage: fc.constantFrom(2, 10, 50),
});
const worldArbitrary = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }), symbols: fc.constantFrom(1, 1, 2), mark: fc.boolean(), prints: fc.boolean(),
  holes: fc.constantFrom(0, 0.03), quiet: fc.constantFrom(0, 0.1), config: configArbitrary,
});
type World = typeof worldArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** The bar that children make; without trading it is flat at the price before. Null: nothing is there. */
function barOf(children: readonly Row[], before: number): Row {
  const there = children.flatMap((row) => (row === null ? [] : [row]));
  const traded = there.filter((row) => (row[4] ?? 1) > 0);
  const [first] = traded;
  if (first === undefined) return there.length === 0 ? null : [before, before, before, before, 0];
  const last = traded.at(-1) ?? first;
  const volume = traded.reduce((sum, row) => sum + (row[4] ?? 0), 0);
  return [first[0], Math.max(...traded.map((row) => row[1])), Math.min(...traded.map((row) => row[2])), last[3], volume];
}

function barsOf(groups: readonly (readonly Row[])[]): Row[] {
  let before = 10_000;
  return groups.map((children) => {
    const bar = barOf(children, before);
    if (bar !== null && bar[4] !== 0) before = bar[3];
    return bar;
  });
}

function childrenMarket({ holes, quiet }: World, seed: number): { readonly rows: Row[]; readonly detail: Detail } {
  const [, ...rest] = walk({ seed, bars: bars * perBar, holes, quiet, stepTicks: 20 });
  const rows: Row[] = [[10_000, 10_000, 10_000, 10_000, 500], ...rest];
  const groups = Array.from({ length: bars }, (_, k) => rows.slice(k * perBar, (k + 1) * perBar));
  return { rows: barsOf(groups), detail: { tag: 'bars', bars: series(rows, childMs) } };
}

function printsMarket({ quiet }: World, seed: number): { readonly rows: Row[]; readonly detail: Detail } {
  const next = chance(seed);
  const at: number[] = [], price: number[] = [], quantity: number[] = [];
  let present = 10_000;
  const groups = Array.from({ length: bars }, (_, k): Row[] => {
    const count = k > 0 && next() < quiet ? 0 : 1 + Math.floor(next() * 25);
    const times = Array.from({ length: count }, () => Math.floor(next() ** 2 * minute)).sort((a, b) => a - b);
    return times.map((time, i): Row => {
      present = Math.max(5_000, present + Math.round((next() - 0.5) * 40));
      at.push(start + k * minute + (next() < 0.3 && i > 0 ? times[i - 1]! : time)); // sometimes the ms of the one before
      price.push(present);
      quantity.push(1 + Math.floor(next() * 500));
      return [present, present, present, present, quantity.at(-1)!];
    });
  });
  const prints: Prints = { length: at.length, at: Float64Array.from(at), price: Float64Array.from(price), quantity: Float64Array.from(quantity) };
  return { rows: barsOf(groups.map((group): Row[] => (group.length > 0 ? group : [[1, 1, 1, 1, 0]]))), detail: { tag: 'prints', prints } };
}

function marketsOf(world: World): SymbolMarket[] {
  return names.slice(0, world.symbols).map((symbol, i) => {
    const { rows, detail } = world.prints ? printsMarket(world, world.seed + i) : childrenMarket(world, world.seed + i);
    const mark = world.mark ? series(walk({ seed: world.seed + i, bars, stepTicks: 60 })) : null;
    const stamps = Array.from({ length: 3 }, (_, n) => [start + (n + 1) * 25 * minute, 0.0003] as const);
    return marketOf({ bars: rows, instrument: linear({ symbol }), mark, funding: world.mark ? fundingOf(stamps) : null, detail });
  });
}

const runOf = (world: World, markets = marketsOf(world)): ReturnType<typeof play> => play({
  markets, strategy: chaos({ seed: world.seed, symbols: names.slice(0, world.symbols), stopBy: world.mark ? 'mark' : 'last' }),
  config: { ...world.config, cash: 100_000, risk: { maxLeverage: 50, maxOpenRisk: 0.5 } },
});

function detailBefore(detail: Detail, at: number): Detail {
  const end = (times: Float64Array): number => times.filter((time) => time < at).length;
  if (detail.tag === 'prints') {
    const n = end(detail.prints.at);
    const { at: times, price, quantity } = detail.prints;
    return { tag: 'prints', prints: { length: n, at: times.slice(0, n), price: price.slice(0, n), quantity: quantity.slice(0, n) } };
  }
  const { bars: all } = detail;
  const n = end(all.openedAt);
  const cut = (column: Float64Array): Float64Array => column.slice(0, n);
  const kept: Series = {
    intervalMs: all.intervalMs, length: n, openedAt: cut(all.openedAt), open: cut(all.open), high: cut(all.high), low: cut(all.low),
    close: cut(all.close), volume: cut(all.volume),
  };
  return { tag: 'bars', bars: kept };
}

const before = (rows: readonly Cells[], at: number, time = 'time'): readonly Cells[] => rows.filter((row) => row[time] !== null && Number(row[time]) < at);

describe('a run on what is inside its bars', () => {
  it('keeps its books in any world, and a second run is the same', () => {
    const totals = { executions: 0, onPrints: 0, inside: 0, stops: 0 };
    fc.assert(fc.property(worldArbitrary, (world) => {
      const { result, rows } = runOf(world);

      expect(runOf(world).result.digest).toBe(result.digest);
      expect(world.prints ? result.ambiguousBars : 0).toBe(0);
      expect(rows('executions').every((row) => Number.isInteger(row['time']))).toBe(true);
      totals.executions += rows('executions').length;
      totals.onPrints += world.prints ? rows('executions').length : 0;
      totals.inside += rows('executions').filter((row) => Number(row['time']) % minute !== 0).length;
      totals.stops += rows('executions').filter((row) => row['cause'] === 'stop').length;
    }), { numRuns: 40 });

    expect(totals.executions).toBeGreaterThan(800);
    expect(totals.onPrints).toBeGreaterThan(300);
    expect(totals.inside).toBeGreaterThan(300);
    expect(totals.stops).toBeGreaterThan(100);
  });

  it('is the same whether quiet bars are taken many at a time or each opened by itself', () => {
    let executions = 0;
    for (let seed = 1; seed <= 16; seed++) {
      const world: World = { seed, symbols: 1, mark: false, prints: seed % 2 === 0, holes: 0.03, quiet: 0.1, config: {} };
      const [market] = marketsOf(world);
      if (market === undefined) throw new Error('a world has a market');
      const runs = [market, { ...market, funding: fundingOf([]) }].map((one) => play({
        markets: [one], strategy: chaos({ seed, holds: 40, longer: false, stopBy: 'last' }), config: { cash: 1_000_000, risk: { maxOpenRisk: 1 } },
      }));

      expect(runs[0]?.result).toEqual(runs[1]?.result);
      executions += runs[0]?.rows('executions').length ?? 0;
    }
    expect(executions).toBeGreaterThan(100);
  });

  it('over data cut at any bar decides, orders and executes the same before the cut', () => {
    fc.assert(fc.property(worldArbitrary, fc.integer({ min: 15, max: bars - 1 }), (world, cutBar) => {
      const at = start + cutBar * minute;
      const markets = marketsOf(world);
      const whole = runOf(world, markets);
      const cut = runOf(world, markets.map((market) => ({ ...cutAt(market, at), ...(market.detail === undefined ? {} : { detail: detailBefore(market.detail, at) }) })));

      for (const table of ['executions', 'stops', 'equity', 'events']) expect(before(cut.rows(table), at)).toEqual(before(whole.rows(table), at));
      expect(before(cut.rows('decisions'), at + 1)).toEqual(before(whole.rows('decisions'), at + 1));
    }), { numRuns: 40 });
  });
});
