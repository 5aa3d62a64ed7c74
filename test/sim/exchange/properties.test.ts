import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact, Message } from '../../../sim/index.ts';
import { epoch, minute, openExchange, playBar, stopAt, submit, tenThousand } from './desk.ts';
import type { Candle } from './desk.ts';

const seed = 20_251_010;

/** A walk around 2,000 ticks with gaps; some bars without volume. */
const walk = fc.array(fc.record({
  gap: fc.integer({ min: -8, max: 8 }), body: fc.integer({ min: -25, max: 25 }), up: fc.integer({ min: 0, max: 20 }),
  down: fc.integer({ min: 0, max: 20 }), volume: fc.constantFrom(0, 1, 5, 1000, 1000),
}), { minLength: 12, maxLength: 40 }).map((steps) => {
  let price = 2_000;
  return steps.map(({ gap, body, up, down, volume }, k): Candle => {
    const open = Math.max(200, price + gap);
    const close = Math.max(200, open + body);
    price = close;
    return [open, Math.max(open, close) + up, Math.min(open, close) - down, close, k === 0 ? 1000 : volume];
  });
});

const side = fc.constantFrom<1 | -1>(1, -1);
const level = fc.integer({ min: 1_900, max: 2_100 });
const anyMessage = (order: number): fc.Arbitrary<Message> => fc.oneof(
  fc.record({ side, lots: fc.integer({ min: 1, max: 4_000 }), slTicks: fc.oneof(fc.constant(0), level), reduceOnly: fc.boolean() })
    .map((m) => submit(order, m.side, m.lots, { slTicks: m.slTicks, reduceOnly: m.reduceOnly })),
  fc.record({ side, lots: fc.integer({ min: 1, max: 4_000 }), priceTicks: level, tif: fc.constantFrom<'GTC' | 'IOC' | 'PostOnly'>('GTC', 'IOC', 'PostOnly') })
    .map((m) => submit(order, m.side, m.lots, { type: 'limit', priceTicks: m.priceTicks, timeInForce: m.tif })),
  fc.record({ side, triggerTicks: level, triggerDirection: fc.constantFrom<1 | 2>(1, 2) }).map((m) => submit(order, m.side, 1_000, m)),
  fc.record({ slTicks: fc.oneof(fc.constant(null), level), tpTicks: fc.oneof(fc.constant(null), level) })
    .map((m) => stopAt(m.slTicks, { tpTicks: m.tpTicks })),
  fc.integer({ min: 3, max: 30 }).map((trailTicks) => stopAt(null, { trailTicks })),
  fc.integer({ min: 0, max: Math.max(0, order - 1) }).map((target): Message => ({ tag: 'cancel', symbol: 0, order: target })),
  fc.record({ target: fc.integer({ min: 0, max: Math.max(0, order - 1) }), priceTicks: level })
    .map((m): Message => ({ tag: 'amend', symbol: 0, order: m.target, priceTicks: m.priceTicks, lots: 0, triggerTicks: 0, malformed: '' })),
);
const script = fc.tuple(...Array.from({ length: 14 }, (_, order) => fc.tuple(fc.integer({ min: 1, max: 25 }), anyMessage(order))));
const config = fc.record({
  path: fc.constantFrom<'adverse' | 'favourable' | 'ohlc' | 'olhc'>('adverse', 'favourable', 'ohlc', 'olhc'),
  participation: fc.constantFrom(null, 0.5), halfSpreadTicks: fc.constantFrom(0, 2),
});

const executionsOf = (facts: readonly Fact[]): Fact[] => facts.filter((fact) => fact.kind === 'execution');
const moved = (fact: Fact): unknown => [fact.order, fact.cause, fact.at, fact.side, fact.lots, fact.priceTicks, fact.fee, fact.realised];

function playAll(candles: readonly Candle[], plan: readonly (readonly [number, Message])[], exchange: ReturnType<typeof openExchange>): Fact[] {
  return candles.flatMap((candle, k) => playBar(exchange, k, [candle], plan.filter(([at]) => at === k).map(([, message]) => message)));
}

describe('the matching core on random markets and messages', () => {
  it('the wallet is the start plus realised less fees plus funding, to the last unit', () => {
    fc.assert(fc.property(walk, script, config, (candles, plan, how) => {
      const exchange = openExchange(how);
      for (let k = 5; k < candles.length; k += 5) exchange.fund(0, epoch + k * minute, 0.0003);

      const facts = playAll(candles, plan, exchange);

      const change = facts.reduce((sum, fact) => sum + fact.realised - fact.fee + fact.payment, 0n);
      expect(exchange.wallet).toBe(tenThousand + change);
    }), { seed, numRuns: 200 });
  });

  it('the position is the signed sum of the executions, and its cost is zero exactly when it is flat', () => {
    fc.assert(fc.property(walk, script, config, (candles, plan, how) => {
      const exchange = openExchange(how);

      const facts = executionsOf(playAll(candles, plan, exchange));

      const lots = facts.reduce((sum, fact) => sum + fact.side * fact.lots, 0);
      const position = exchange.position(0);
      expect(position.side * position.lots).toBe(lots);
      expect(position.lots === 0).toBe(position.cost === 0n);
    }), { seed, numRuns: 200 });
  });

  it('a bar passed over asleep gives what the same bar walked in full gives', () => {
    fc.assert(fc.property(walk, script, config, (candles, plan, how) => {
      const quiet = openExchange(how);
      const walked = openExchange(how);
      // A cancel of nothing in the middle of each bar keeps the book awake and its path walked.
      const noise = (k: number): void => walked.send({ tag: 'cancel', symbol: 0, order: 999 }, epoch + k * minute + 30_000);

      const expected = executionsOf(playAll(candles, plan, quiet));
      const actual = candles.flatMap((candle, k) => {
        noise(k);
        return executionsOf(playBar(walked, k, [candle], plan.filter(([at]) => at === k).map(([, message]) => message)));
      });

      expect(actual.map(moved)).toEqual(expected.map(moved));
    }), { seed, numRuns: 200 });
  });

  it('two symbols with money to spare trade as each does alone', () => {
    fc.assert(fc.property(walk, walk, script, script, (a, b, planA, planB) => {
      const length = Math.min(a.length, b.length);
      const rich = tenThousand * 1_000n;
      const both = openExchange({}, 2, rich);
      const at = (plan: typeof planA, k: number, symbol: number): Message[] =>
        plan.filter(([bar]) => bar === k).map(([, message]) => ({ ...message, symbol }));

      const together = Array.from({ length }, (_, k) => playBar(both, k, [a[k]!, b[k]!], [...at(planA, k, 0), ...at(planB, k, 1)])).flat();
      const alone = playAll(a.slice(0, length), planA, openExchange({}, 1, rich));

      expect(executionsOf(together).filter((fact) => fact.symbol === 0).map(moved)).toEqual(executionsOf(alone).map(moved));
    }), { seed, numRuns: 100 });
  });

  it('an exit fires at the stop or at the open beyond it, one tick worse: min(open, stop) - 1, as the plain rule says', () => {
    fc.assert(fc.property(walk, fc.integer({ min: 5, max: 60 }), (candles, distance) => {
      const exchange = openExchange({ slippage: { kind: 'ticks', n: 1 } });
      const traded = candles.map(([open, high, low, close]): Candle => [open, high, low, close, 1_000]);
      const stop = traded[1]![0] - distance;
      const hit = traded.findIndex(([, , low], k) => k >= 1 && low <= stop);

      const facts = traded.flatMap((candle, k) => playBar(exchange, k, [candle], k === 1 ? [submit(0, 1, 100, { slTicks: stop })] : []));

      const exit = executionsOf(facts)[1];
      expect(exit?.priceTicks).toBe(hit < 0 ? undefined : Math.min(hit === 1 ? stop : traded[hit]![0], stop) - 1);
      expect(exit?.cause).toBe(hit < 0 ? undefined : 'SL');
    }), { seed, numRuns: 200 });
  });

  it('the same script twice gives the same facts', () => {
    fc.assert(fc.property(walk, script, config, (candles, plan, how) => {
      expect(playAll(candles, plan, openExchange(how))).toEqual(playAll(candles, plan, openExchange(how)));
    }), { seed, numRuns: 50 });
  });
});
