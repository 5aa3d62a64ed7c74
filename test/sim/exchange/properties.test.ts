/** The numbered properties 1 to 6 of the matching core (listed in `sim/exchange/exchange.ts`), and what else holds in every world. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exchange, Fact } from '../../../sim/index.ts';
import { atOpen, epoch, executionsOf, instrument, inverseInstrument, minute, openDesk, openExchange, playBar, submit, tenThousand } from './desk.ts';
import type { Candle, Sent } from './desk.ts';
import { openScript, seed, timedScript, toSymbol, walkOf } from './worlds.ts';

const walk = walkOf();
const traded = walkOf({ volumes: [1_000], gapTicks: 30 });
const config = fc.record({
  path: fc.constantFrom<'adverse' | 'favourable' | 'ohlc' | 'olhc'>('adverse', 'favourable', 'ohlc', 'olhc'),
  participation: fc.constantFrom(null, 0.5), halfSpreadTicks: fc.constantFrom(0, 2),
});
const taking = fc.record({
  path: fc.constantFrom<'adverse' | 'favourable' | 'ohlc' | 'olhc'>('adverse', 'favourable', 'ohlc', 'olhc'),
  halfSpreadTicks: fc.constantFrom(0, 2), n: fc.constantFrom(0, 3),
}).map(({ path, halfSpreadTicks, n }) => ({ path, halfSpreadTicks, slippage: { kind: 'ticks', n } as const, cost: halfSpreadTicks + n }));

const moved = (fact: Fact): unknown => [fact.order, fact.cause, fact.at, fact.side, fact.lots, fact.priceTicks, fact.fee, fact.realised];
const timeOf = (fact: Fact): number => fact.at - epoch + fact.fraction;
const signed = (fact: Fact): number => fact.side * fact.lots;

function playAll(exchange: Exchange, candles: readonly Candle[], sent: readonly Sent[]): Fact[] {
  return candles.flatMap((candle, k) => playBar(exchange, k, [candle], sent));
}

/** The submits of a script by order number. */
function submitsOf(sent: readonly Sent[]) {
  return new Map(sent.flatMap(({ bar, offsetMs, message }) => (
    message.tag === 'submit' ? [[message.order, { ...message, arrivesAt: bar * minute + offsetMs }] as const] : []
  )));
}

/** What the bars trade at: a bar without volume stands at the last close that traded. */
function effective(candles: readonly Candle[]): (Candle & { readonly length: 5 })[] {
  let close = NaN;
  return candles.map((candle) => {
    if (candle[4] === 0) return [close, close, close, close, 0];
    close = candle[3];
    return candle;
  });
}

describe('P1 money is conserved', () => {
  it('P1: over three symbols the wallet is the start plus realised less fees plus funding, to 1e-12', () => {
    fc.assert(fc.property(walk, walk, walk, timedScript, timedScript, config, (a, b, c, planA, planB, how) => {
      const exchange = openDesk(how, [instrument('A'), instrument('B', { tick: '0.05' }), instrument('C', { qtyStep: '0.01', makerRate: '-0.0001' })], tenThousand);
      const sent = [...planA, ...toSymbol(planB, 1), ...toSymbol(planA, 2)];
      const facts: Fact[] = [];
      for (let k = 0; k < Math.min(a.length, b.length, c.length); k++) {
        if (k % 5 === 0) exchange.fund(k % 3, epoch + k * minute, 0.0003);
        facts.push(...playBar(exchange, k, [a[k]!, b[k]!, c[k]!], sent));
      }

      const change = facts.reduce((sum, fact) => sum + fact.realised - fact.fee + fact.payment, 0n);
      expect(exchange.wallet).toBe(tenThousand + change);
    }), { seed, numRuns: 80 });
  });

  it('P1: what was realised is what the fills fetched less the cost of what is still held, linear and inverse', () => {
    fc.assert(fc.property(walk, timedScript, config, fc.boolean(), (candles, sent, how, isInverse) => {
      const one = isInverse ? inverseInstrument('I') : instrument('L');
      const exchange = openDesk(how, [one], isInverse ? 10n ** 17n : tenThousand);

      const facts = executionsOf(playAll(exchange, candles, sent));

      const realised = facts.reduce((sum, fact) => sum + fact.realised, 0n);
      const fetched = facts.reduce((sum, fact) => sum - BigInt(fact.side) * fact.value, 0n);
      const { side, cost } = exchange.position(0);
      const held = fetched + BigInt(side) * cost;
      expect(realised).toBe(isInverse ? -held : held);
    }), { seed, numRuns: 150 });
  });

  it('P1: the position is the signed sum of the executions, and its cost is zero exactly when it is flat', () => {
    fc.assert(fc.property(walk, timedScript, config, (candles, sent, how) => {
      const exchange = openExchange(how);

      const facts = executionsOf(playAll(exchange, candles, sent));

      const position = exchange.position(0);
      expect(position.side * position.lots).toBe(facts.reduce((sum, fact) => sum + signed(fact), 0));
      expect(position.lots === 0).toBe(position.cost === 0n);
    }), { seed, numRuns: 150 });
  });
});

describe('P2 reduce-only', () => {
  it('P2: a reduce-only order, an SL, a TP, a trailing stop and a liquidation never grow or flip the position', () => {
    fc.assert(fc.property(walk, timedScript, config, (candles, sent, how) => {
      const submits = submitsOf(sent);
      let held = 0;

      for (const fact of executionsOf(playAll(openExchange(how), candles, sent))) {
        const after = held + signed(fact);
        const mayOnlyReduce = fact.cause !== 'order' || submits.get(fact.order)?.reduceOnly === true;
        if (mayOnlyReduce) {
          expect(Math.abs(after)).toBeLessThan(Math.abs(held));
          expect(after * held).toBeGreaterThanOrEqual(0);
        }
        held = after;
      }
    }), { seed, numRuns: 200 });
  });
});

describe('P3 no fill before arrival or after cancel', () => {
  it('P3: every fill of an order lies in [arrival, cancel or expiry], whatever was answered', () => {
    fc.assert(fc.property(walk, timedScript, config, (candles, sent, how) => {
      const submits = submitsOf(sent);
      const fills = executionsOf(playAll(openExchange(how), candles, sent)).filter((fact) => fact.order >= 0);

      for (const fill of fills) {
        const { arrivesAt, expireAt } = submits.get(fill.order)!;
        const cancels = sent.filter(({ message }) => message.tag === 'cancel' && message.order === fill.order)
          .map(({ bar, offsetMs }) => bar * minute + offsetMs).filter((at) => at > arrivesAt);
        expect(timeOf(fill)).toBeGreaterThanOrEqual(arrivesAt);
        expect(timeOf(fill)).toBeLessThanOrEqual(Math.min(...cancels, expireAt === 0 ? Infinity : expireAt - epoch));
      }
    }), { seed, numRuns: 300 });
  });

  it('P3: an order has no fill before it is accepted, and none after it is cancelled, expired or rejected', () => {
    fc.assert(fc.property(walk, timedScript, config, (candles, sent, how) => {
      const open = new Set<number>();

      for (const fact of playAll(openExchange(how), candles, sent)) {
        if (fact.kind === 'accepted' && fact.of === 'submit') open.add(fact.order);
        if (fact.kind === 'cancelled' || fact.kind === 'expired' || fact.kind === 'rejected') open.delete(fact.order);
        if (fact.kind === 'execution' && fact.order >= 0) expect(open.has(fact.order)).toBe(true);
      }
    }), { seed, numRuns: 200 });
  });
});

describe('P4 prices of fills', () => {
  it('P4: a fill is inside its bar, less spread and slippage, or a limit passed in a gap, or the bankruptcy price', () => {
    fc.assert(fc.property(walk, timedScript, taking, (candles, sent, { cost, ...how }) => {
      const submits = submitsOf(sent);
      const bars = effective(candles);
      const exchange = openExchange(how);

      for (const [k, candle] of candles.entries()) {
        const { cost: costBefore, lots } = exchange.position(0);
        for (const fill of executionsOf(playBar(exchange, k, [candle], sent.filter(({ message }) => message.tag !== 'add-margin')))) {
          const [open, high, low] = bars[k]!;
          const order = submits.get(fill.order);
          const from = bars[k - 1]?.[3] ?? open;
          if (fill.cause === 'LIQ') {
            // 10x: a tenth of the entry. A tick times a lot is 1e8 money units; only a position held since before is looked at.
            const entry = Number(costBefore) / lots / 1e8;
            if (fill.lots === lots) expect(fill.priceTicks / entry).toBeCloseTo(1 + fill.side / 10, 9);
          } else if (fill.liquidity === 'maker' && timeOf(fill) === k * minute) {
            expect(order?.priceTicks === fill.priceTicks || sent.some(({ message }) => message.tag === 'amend' && message.priceTicks === fill.priceTicks)).toBe(true);
            expect(fill.side * (fill.priceTicks - open)).toBeGreaterThanOrEqual(0);
            expect(fill.side * (from - fill.priceTicks)).toBeGreaterThanOrEqual(0);
          } else {
            const paid = fill.liquidity === 'maker' ? fill.priceTicks : fill.priceTicks - fill.side * cost;
            // A limit may stand inside the spread, and one that takes never pays more than its price.
            const slack = order?.type !== 'limit' ? 0 : fill.liquidity === 'maker' ? how.halfSpreadTicks : cost;
            expect(paid).toBeGreaterThanOrEqual(low - slack);
            expect(paid).toBeLessThanOrEqual(high + slack);
          }
        }
      }
    }), { seed, numRuns: 300 });
  });
});

describe('P5 what the path crosses', () => {
  it('P5: an SL, a TP, a trigger and a resting limit that the path comes to do not outlast the bar unchanged', () => {
    const met = { worlds: 0, stops: 0, triggers: 0 };
    fc.assert(fc.property(traded, openScript, config, (candles, sent, { path }) => {
      const exchange = openExchange({ path });
      met.worlds++;
      const submits = submitsOf(sent);
      const waiting = new Set<number>();
      for (const [k, candle] of candles.entries()) {
        const [, high, low] = candle;
        const before = exchange.position(0);
        const facts = playBar(exchange, k, [candle], sent);
        const isUntouched = !facts.some(({ kind }) => kind === 'execution' || kind === 'stop-set');
        if (isUntouched && before.side !== 0) {
          const [worst, best] = before.side === 1 ? [low, high] : [high, low];
          if (before.slTicks > 0) expect(before.side * (worst - before.slTicks)).toBeGreaterThan(0);
          if (before.tpTicks > 0) expect(before.side * (before.tpTicks - best)).toBeGreaterThan(0);
        }
        met.stops += facts.filter(({ cause }) => cause === 'SL' || cause === 'TP').length;
        met.triggers += facts.filter(({ kind }) => kind === 'triggered').length;
        const changed = new Set(facts.map(({ order }) => order));
        for (const order of waiting) {
          const wanted = submits.get(order)!;
          if (changed.has(order)) waiting.delete(order);
          else if (wanted.triggerDirection === 1) expect(high).toBeLessThan(wanted.triggerTicks);
          else if (wanted.triggerDirection === 2) expect(low).toBeGreaterThan(wanted.triggerTicks);
          else expect(wanted.side === 1 ? low - wanted.priceTicks : wanted.priceTicks - high).toBeGreaterThanOrEqual(0);
        }
        for (const { kind, of, order } of facts) if (kind === 'accepted' && of === 'submit') waiting.add(order);
        for (const { kind, order } of facts) if (kind !== 'accepted') waiting.delete(order);
      }
    }), { seed, numRuns: 300 });

    expect(met.stops).toBeGreaterThan(met.worlds / 4);
    expect(met.triggers).toBeGreaterThan(met.worlds / 4);
  });
});

describe('P6 gap fills', () => {
  it('P6: at an open a stop pays exactly the open with spread and slippage, a taking limit never less than the open', () => {
    const seen = { worlds: 0, gaps: 0 };
    fc.assert(fc.property(traded, openScript, taking, (candles, sent, { cost, ...how }) => {
      seen.worlds++;
      const submits = submitsOf(sent);
      const exchange = openExchange(how);
      for (const [k, candle] of candles.entries()) {
        const open = candle[0];
        for (const fill of executionsOf(playBar(exchange, k, [candle], sent))) {
          if (fill.liquidity !== 'taker' || fill.cause === 'LIQ' || timeOf(fill) !== k * minute) continue;
          if (submits.get(fill.order)?.type === 'limit') expect(fill.side * (fill.priceTicks - open)).toBeGreaterThanOrEqual(0);
          else {
            seen.gaps += fill.cause === 'order' ? 0 : 1;
            expect(fill.priceTicks).toBe(open + fill.side * cost);
          }
        }
      }
    }), { seed, numRuns: 300 });

    expect(seen.gaps).toBeGreaterThan(seen.worlds / 4);
  });

  it('P6: an exit fires at the stop or at the open beyond it, one tick worse: min(open, stop) - 1, as the plain rule says', () => {
    fc.assert(fc.property(walkOf({ volumes: [1_000] }), fc.integer({ min: 5, max: 60 }), (candles, distance) => {
      const exchange = openExchange({ slippage: { kind: 'ticks', n: 1 } });
      const stop = candles[1]![0] - distance;
      const hit = candles.findIndex(([, , low], k) => k >= 1 && low <= stop);

      const exit = executionsOf(playAll(exchange, candles, atOpen(1, submit(0, 1, 100, { slTicks: stop }))))[1];

      expect(exit?.priceTicks).toBe(hit < 0 ? undefined : Math.min(hit === 1 ? stop : candles[hit]![0], stop) - 1);
      expect(exit?.cause).toBe(hit < 0 ? undefined : 'SL');
    }), { seed, numRuns: 200 });
  });
});

describe('the matching core on random markets and messages', () => {
  it('a bar passed over asleep gives what the same bar walked in full gives', () => {
    fc.assert(fc.property(walk, openScript, config, (candles, sent, how) => {
      const walked = openExchange(how);
      // A cancel of nothing in the middle of each bar keeps the book awake and its path walked.
      const noise = candles.map((_, bar): Sent => ({ bar, offsetMs: 30_000, message: { tag: 'cancel', symbol: 0, order: 999 } }));

      const expected = executionsOf(playAll(openExchange(how), candles, sent));
      const actual = executionsOf(playAll(walked, candles, [...noise, ...sent]));

      expect(actual.map(moved)).toEqual(expected.map(moved));
    }), { seed, numRuns: 200 });
  });

  it('two symbols with money to spare trade as each does alone', () => {
    fc.assert(fc.property(walk, walk, timedScript, timedScript, (a, b, planA, planB) => {
      const length = Math.min(a.length, b.length);
      const rich = tenThousand * 1_000n;
      const both = openExchange({}, 2, rich);
      const sent = [...planA, ...toSymbol(planB, 1)];

      const together = executionsOf(Array.from({ length }, (_, k) => playBar(both, k, [a[k]!, b[k]!], sent)).flat());

      const alone = (candles: readonly Candle[], plan: readonly Sent[]): unknown[] =>
        executionsOf(playAll(openExchange({}, 1, rich), candles.slice(0, length), plan)).map(moved);
      expect(together.filter((fact) => fact.symbol === 0).map(moved)).toEqual(alone(a, planA));
      expect(together.filter((fact) => fact.symbol === 1).map(moved)).toEqual(alone(b, planB));
    }), { seed, numRuns: 100 });
  });

  it('the same script twice gives the same facts', () => {
    fc.assert(fc.property(walk, timedScript, config, (candles, sent, how) => {
      expect(playAll(openExchange(how), candles, sent)).toEqual(playAll(openExchange(how), candles, sent));
    }), { seed, numRuns: 50 });
  });
});
