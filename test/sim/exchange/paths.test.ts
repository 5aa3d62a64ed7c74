/** The numbered properties 7 to 9 of the matching core (`sim/exchange/exchange.ts`): paths against each other, scales, and bars cut into shorter ones. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exchange, ExchangeConfig, Fact, Submit } from '../../../sim/index.ts';
import { atOpen, epoch, executionsOf, instrument, minute, openDesk, openExchange, playBar, playUntil, submit, tenThousand } from './desk.ts';
import type { Candle, Sent } from './desk.ts';
import { level, openScript, seed, side, timedScript, walkOf } from './worlds.ts';

const traded = walkOf({ volumes: [1_000] });

/** Result of the open position and the realised one at a price, without fees, in ticks times lots. */
function resultAt(facts: readonly Fact[], closeTicks: number): number {
  return executionsOf(facts).reduce((sum, fact) => sum + fact.side * fact.lots * (closeTicks - fact.priceTicks), 0);
}

describe('P7 better and worse paths', () => {
  const entry = fc.record({
    side, kind: fc.constantFrom<'market' | 'limit' | 'stop'>('market', 'limit', 'stop'), at: level,
    sl: fc.option(fc.integer({ min: 1, max: 40 })), tp: fc.option(fc.integer({ min: 1, max: 40 })),
  }).map(({ side: way, kind, at, sl, tp }): Submit => submit(0, way, 100, {
    type: kind === 'limit' ? 'limit' : 'market', priceTicks: kind === 'limit' ? at : 0,
    triggerTicks: kind === 'stop' ? at : 0, triggerDirection: kind === 'stop' ? (way === 1 ? 1 : 2) : 0,
    slTicks: sl === null ? 0 : (kind === 'market' ? 2_000 : at) - way * sl, tpTicks: tp === null ? 0 : (kind === 'market' ? 2_000 : at) + way * tp,
  }));
  /** One bar around 2,000, wide against the distances of the stops. */
  const bar = fc.record({ body: fc.integer({ min: -60, max: 60 }), up: fc.integer({ min: 0, max: 60 }), down: fc.integer({ min: 0, max: 60 }) })
    .map(({ body, up, down }): Candle => [2_000, Math.max(2_000, 2_000 + body) + up, Math.min(2_000, 2_000 + body) - down, 2_000 + body, 1_000]);

  it('P7: in the bar of a single order the favourable path ends no worse than the adverse one, before fees', () => {
    const seen = { bars: 0, parted: 0 };
    fc.assert(fc.property(entry, bar, (order, candle) => {
      const resultOn = (path: ExchangeConfig['path']): number => {
        const exchange = openExchange({ path });
        playBar(exchange, 0, [[2_000, 2_000, 2_000, 2_000, 1_000]]);
        return resultAt(playBar(exchange, 1, [candle], atOpen(1, order)), candle[3]);
      };

      const [worse, better] = [resultOn('adverse'), resultOn('favourable')];

      expect(better).toBeGreaterThanOrEqual(worse);
      for (const fixed of ['ohlc', 'olhc', 'adaptive'] as const) {
        expect(resultOn(fixed)).toBeGreaterThanOrEqual(worse);
        expect(resultOn(fixed)).toBeLessThanOrEqual(better);
      }
      seen.bars++;
      if (better > worse) seen.parted++;
    }), { seed, numRuns: 300 });

    expect(seen.parted).toBeGreaterThan(seen.bars / 40);
  });
});

describe('P8 scales', () => {
  const scaled = (factor: number): Exchange => openDesk({ slippage: { kind: 'bps', b: 3 }, halfSpreadTicks: 1 }, [instrument('S', {
    tick: String(factor / 10), tiers: [{ limit: String(30 * factor), mmr: '0.005', deduction: '0' }, { limit: '1e30', mmr: '0.01', deduction: String(0.15 * factor) }],
  })], tenThousand / 100n * BigInt(factor));

  it('P8: prices, tick, wallet and tiers 7 times as large give the same fills and 7 times the money', () => {
    fc.assert(fc.property(walkOf({ gapTicks: 60 }), timedScript, (candles, script) => {
      const sent = script.filter(({ message }) => message.tag !== 'add-margin');
      const play = (exchange: Exchange): Fact[] => candles.flatMap((candle, k) => playBar(exchange, k, [candle], sent));
      const [one, seven] = [scaled(1), scaled(7)];

      const [small, large] = [play(one), play(seven)];

      const still = (fact: Fact): unknown => [fact.kind, fact.order, fact.code, fact.cause, fact.at, fact.side, fact.lots, fact.leavesLots];
      expect(large.map(still)).toEqual(small.map(still));
      for (const [i, fact] of large.entries()) {
        const of = small[i]!;
        expect(fact.priceTicks).toBeCloseTo(of.priceTicks, 6);
        expect(fact.value).toBe(of.value * 7n);
        expect(fact.fee).toBe(of.fee * 7n);
        expectWithin(fact.realised, of.realised * 7n, 7n); // the share of the cost is rounded to the unit once
      }
      expectWithin(seven.wallet, one.wallet * 7n, 7n * BigInt(large.length));
    }), { seed, numRuns: 200 });
  });

  function expectWithin(found: bigint, wanted: bigint, units: bigint): void {
    const apart = found > wanted ? found - wanted : wanted - found;
    expect(apart <= units, `${found} and ${wanted} are ${apart} apart`).toBe(true);
  }
});

describe('P9 a bar in parts', () => {
  /** Cuts each leg of a path at the given shares: bars that only rise or only fall, whose adaptive path is their one way. */
  function childrenOf([open, high, low, close, volume]: Candle, path: 'ohlc' | 'olhc', shares: readonly (readonly number[])[]): Candle[] {
    const points = path === 'ohlc' ? [open, high, low, close] : [open, low, high, close];
    return [0, 1, 2].flatMap((leg) => {
      const [from, to] = [points[leg]!, points[leg + 1]!];
      const stops = [0, ...(shares[leg] ?? []).toSorted((a, b) => a - b), 1].map((share) => Math.round(from + (to - from) * share));
      return stops.slice(1).map((end, i): Candle => [stops[i]!, Math.max(stops[i]!, end), Math.min(stops[i]!, end), end, volume]);
    });
  }

  function playInParts(exchange: Exchange, k: number, parts: readonly Candle[], sent: readonly Sent[]): Fact[] {
    const openedAt = epoch + k * minute;
    for (const { bar, message } of sent) if (bar === k) exchange.send(message, openedAt);
    return parts.flatMap(([open, high, low, close, volume], i) => {
      const [from, to] = [i, i + 1].map((part) => openedAt + Math.round((minute * part) / parts.length)) as [number, number];
      exchange.openBar(0, from, to, open, high, low, close, volume);
      return playUntil(exchange, to);
    });
  }

  const shares = fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }), { minLength: 3, maxLength: 3 });
  const moved = (fact: Fact): unknown => [fact.order, fact.cause, fact.side, fact.lots, fact.priceTicks, fact.liquidity, fact.fee, fact.realised];

  it('P9: bars cut into 3 to 12 shorter ones that tile them along the same path give the same fills and the same wallet', () => {
    const seen = { worlds: 0, fills: 0 };
    fc.assert(fc.property(traded, openScript, shares, fc.constantFrom<'ohlc' | 'olhc'>('ohlc', 'olhc'), (candles, sent, cuts, path) => {
      const [whole, cut] = [openExchange({ path }), openExchange({ path: 'adaptive' })];

      const expected = executionsOf(candles.flatMap((candle, k) => playBar(whole, k, [candle], sent)));
      const actual = executionsOf(candles.flatMap((candle, k) => playInParts(cut, k, childrenOf(candle, path, cuts), sent)));

      expect(actual.map(moved)).toEqual(expected.map(moved));
      expect(cut.wallet).toBe(whole.wallet);
      seen.worlds++;
      seen.fills += expected.length;
    }), { seed, numRuns: 200 });

    expect(seen.fills).toBeGreaterThan(2 * seen.worlds);
  });
});
