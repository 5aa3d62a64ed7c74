/**
 * Invariant: splitting a bar into children that tile it with the same path changes nothing. Each leg of a bar's path is
 * cut at points on it; the children rise or fall without turning, so that `adaptive` walks them the way the leg goes.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linear, series } from './market.ts';
import type { Row } from './market.ts';
import { childrenOf, firstMismatch } from '../../sim/detail.ts';
import { onDetail } from '../../sim/detailed-exchange.ts';
import type { Exchange, ExchangeConfig, Fact, Message } from '../../sim/index.ts';
import { epoch, minute, openExchange, stopAt, submit } from './exchange/desk.ts';
import type { Candle } from './exchange/desk.ts';

const seed = 20_251_010;
const perLeg = 4;
const childMs = minute / (3 * perLeg);

/** A bar and, for each leg of its path, three places on it as fractions of the way. */
interface Cut { readonly candle: Candle; readonly cuts: readonly (readonly number[])[] }

const cutWalk: fc.Arbitrary<Cut[]> = fc.array(fc.record({
  gap: fc.integer({ min: -8, max: 8 }), body: fc.integer({ min: -25, max: 25 }), up: fc.integer({ min: 0, max: 20 }), down: fc.integer({ min: 0, max: 20 }),
  cuts: fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: perLeg - 1, maxLength: perLeg - 1 }), { minLength: 3, maxLength: 3 }),
}), { minLength: 12, maxLength: 30 }).map((steps) => {
  let price = 2_000;
  return steps.map(({ gap, body, up, down, cuts }): Cut => {
    const open = Math.max(200, price + gap);
    const close = Math.max(200, open + body);
    price = close;
    return { candle: [open, Math.max(open, close) + up, Math.min(open, close) - down, close, 1_000], cuts };
  });
});

const side = fc.constantFrom<1 | -1>(1, -1);
const level = fc.integer({ min: 1_960, max: 2_040 });
const size = fc.integer({ min: 1, max: 4_000 });
const anyMessage = (order: number): fc.Arbitrary<Message> => fc.oneof(
  fc.record({ side, size, sl: fc.oneof(fc.constant(0), level), tp: fc.oneof(fc.constant(0), level), reduceOnly: fc.boolean() })
    .map((m) => submit(order, m.side, m.size, { slTicks: m.sl, tpTicks: m.tp, reduceOnly: m.reduceOnly })),
  fc.record({ side, size, priceTicks: level, timeInForce: fc.constantFrom<'GTC' | 'IOC' | 'FOK' | 'PostOnly'>('GTC', 'IOC', 'FOK', 'PostOnly') })
    .map((m) => submit(order, m.side, m.size, { type: 'limit', priceTicks: m.priceTicks, timeInForce: m.timeInForce })),
  fc.record({ side, triggerTicks: level, triggerDirection: fc.constantFrom<1 | 2>(1, 2) }).map((m) => submit(order, m.side, 1_000, m)),
  fc.record({ side, triggerTicks: level, triggerDirection: fc.constantFrom<1 | 2>(1, 2), priceTicks: level })
    .map((m) => submit(order, m.side, 1_000, { ...m, type: 'limit' })),
  fc.record({ sl: fc.oneof(fc.constant(null), level), tp: fc.oneof(fc.constant(null), level) }).map((m) => stopAt(m.sl, { tpTicks: m.tp })),
  fc.record({ trailTicks: fc.integer({ min: 3, max: 30 }), activeTicks: fc.oneof(fc.constant(null), level) }).map((m) => stopAt(null, m)),
  fc.nat({ max: Math.max(0, order - 1) }).map((target): Message => ({ tag: 'cancel', symbol: 0, order: target })),
  fc.record({ target: fc.nat({ max: Math.max(0, order - 1) }), priceTicks: level })
    .map((m): Message => ({ tag: 'amend', symbol: 0, order: m.target, priceTicks: m.priceTicks, lots: 0, triggerTicks: 0, malformed: '' })),
);
const script = fc.tuple(...Array.from({ length: 16 }, (_, order) => fc.tuple(fc.integer({ min: 0, max: 25 }), anyMessage(order))));
// No half spread: a limit that rests inside the spread is met by the next open at its level, and children have more opens.
const rules = fc.record({
  limitFill: fc.constantFrom<'through' | 'touch'>('through', 'touch'),
  slippage: fc.constantFrom({ kind: 'none' as const }, { kind: 'ticks' as const, n: 2 }, { kind: 'bps' as const, b: 3 }),
});

/** The bar as twelve children, four for each leg of its path. */
function childRows({ candle: [open, high, low, close], cuts }: Cut, path: 'ohlc' | 'olhc'): Row[] {
  const points = path === 'ohlc' ? [open, high, low, close] : [open, low, high, close];
  return [0, 1, 2].flatMap((leg): Row[] => {
    const from = points[leg]!;
    const to = points[leg + 1]!;
    const inner = [...cuts[leg]!].sort((a, b) => a - b).map((way) => Math.round(from + way * (to - from)));
    const stops = [from, ...inner, to];
    return inner.map((end, i): Row => rising(stops[i]!, end)).concat([rising(stops[perLeg - 1]!, to)]);
  });
}

const rising = (from: number, to: number): Row => [from, from > to ? from : to, from < to ? from : to, to, 80];

type Plan = readonly (readonly [number, Message])[];

/**
 * Plays bar by bar; every third execution is answered at once by a stop five ticks from its price. Not near the close:
 * a child stands at its last price before it ends, and an answer to a fill at the very close would arrive in the bar.
 */
function playAll(exchange: Exchange, cuts: readonly Cut[], plan: Plan): string[] {
  const told: string[] = [];
  cuts.forEach(({ candle: [open, high, low, close, volume] }, k) => {
    const openedAt = epoch + k * minute;
    if (k % 7 === 3) exchange.fund(0, openedAt, 0.0003);
    for (const [at, message] of plan) if (at === k) exchange.send(message, openedAt);
    exchange.openBar(0, openedAt, openedAt + minute, open, high, low, close, volume);
    while (exchange.advance(openedAt + minute)) {
      for (const fact of exchange.facts.splice(0)) {
        told.push(`bar ${k}: ${textOf(fact)}`);
        if (fact.kind === 'execution' && fact.execution % 3 === 0 && Math.abs(fact.priceTicks - close) > 4) {
          exchange.send(stopAt(fact.priceTicks - fact.side * 5), fact.at, fact.fraction);
        }
      }
    }
  });
  return told;
}

const textOf = (fact: Fact): string =>
  [fact.kind, fact.order, fact.cause, fact.code, fact.side, fact.lots, fact.leavesLots, fact.priceTicks, fact.exactPrice, fact.liquidity, fact.fee,
    fact.realised, fact.payment, fact.slTicks, fact.tpTicks, fact.trailTicks].join(' ');

describe('a bar split into children along its own path', () => {
  it('gives the same facts in the same bars, and the same wallet and position', () => {
    const seen = { executions: 0, stops: 0, makers: 0 };
    fc.assert(fc.property(cutWalk, script, rules, fc.constantFrom<'ohlc' | 'olhc'>('ohlc', 'olhc'), (cuts, plan, how, path) => {
      const config: Partial<ExchangeConfig> = how;
      const last = series(cuts.map(({ candle }) => candle), minute, epoch);
      const detail = { tag: 'bars' as const, bars: series(cuts.flatMap((cut) => childRows(cut, path)), childMs, epoch) };
      const children = childrenOf({ instrument: linear(), last, mark: null, funding: null }, detail);
      const whole = openExchange({ ...config, path });
      const split = onDetail(openExchange({ ...config, path: 'adaptive' }), [last], [children]);

      const told = playAll(whole, cuts, plan);

      expect(firstMismatch(last, children)).toBeNull();
      expect(playAll(split, cuts, plan)).toEqual(told);
      expect(split.wallet).toBe(whole.wallet);
      expect(split.position(0)).toEqual(whole.position(0));
      seen.executions += told.filter((line) => line.includes('execution')).length;
      seen.stops += told.filter((line) => line.includes(' SL ') || line.includes(' TS ')).length;
      seen.makers += told.filter((line) => line.includes(' maker ')).length;
    }), { seed, numRuns: 600 });

    expect(seen.executions).toBeGreaterThan(1_500);
    expect(seen.stops).toBeGreaterThan(150);
    expect(seen.makers).toBeGreaterThan(150);
  });
});
