/** Several symbols of one account: the earliest event comes first, at one instant the stages, then the sending order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact, Message } from '../../../sim/index.ts';
import { atOpen, epoch, minute, openExchange, playBar, submit } from './desk.ts';
import type { Candle, Sent } from './desk.ts';
import { seed, timedScript, toSymbol, walkOf } from './worlds.ts';

const flat: Candle = [2_000, 2_000, 2_000, 2_000, 1_000];
const falling: Candle = [2_000, 2_000, 1_900, 1_900, 1_000];
const on = (symbol: number, message: Message): Message => ({ ...message, symbol });
const limit = (order: number, priceTicks: number): Message => submit(order, 1, 100, { type: 'limit', priceTicks });
const told = (facts: readonly Fact[]): string[] => facts.map(({ kind, order, symbol }) => `${symbol} ${kind} ${order}`);

describe('several symbols', () => {
  it('an event at 10 s of the second comes before one at 15 s of the first, and the other way round', () => {
    // Buys alone pend: high first, at 20 s back to 2,000, then 100 down in 20 s: 1,950 at 30 s, 1,925 at 35 s.
    const fills = (first: number, second: number): string[] => {
      const exchange = openExchange({}, 2);
      return told(playBar(exchange, 0, [falling, falling], atOpen(0, on(0, limit(1, first)), on(1, limit(2, second)))).slice(2));
    };

    expect(fills(1_926, 1_951)).toEqual(['1 execution 2', '0 execution 1']);
    expect(fills(1_951, 1_926)).toEqual(['0 execution 1', '1 execution 2']);
    expect(fills(1_951, 1_951)).toEqual(['0 execution 1', '1 execution 2']);
  });

  it('at one instant a cancel of the second goes before a new order of the first sent earlier', () => {
    const exchange = openExchange({}, 2);
    playBar(exchange, 0, [flat, flat], atOpen(0, on(1, limit(2, 1_500))));
    const facts = playBar(exchange, 1, [flat, flat], atOpen(1, on(0, submit(3, 1, 100)), on(1, { tag: 'cancel', symbol: 1, order: 2 })));

    expect(told(facts)).toEqual(['1 cancelled 2', '0 accepted 3', '0 execution 3']);
  });

  it('new orders of one instant go in sending order, whichever symbol, at an open and inside a bar', () => {
    for (const offsetMs of [0, 30_000]) {
      const exchange = openExchange({}, 3);
      const sent = [2, 0, 1, 0].map((symbol, i): Sent => ({ bar: 0, offsetMs, message: on(symbol, limit(i, 1_500)) }));

      expect(told(playBar(exchange, 0, [flat, flat, flat], sent))).toEqual(['2 accepted 0', '0 accepted 1', '1 accepted 2', '0 accepted 3']);
    }
  });

  it('one free balance: the one sent first gets it, 40.418 of 60', () => {
    const codes = (first: number, second: number): string[] => {
      const exchange = openExchange({}, 2, 60n * 10n ** 12n);
      const sent = atOpen(0, on(first, submit(1, 1, 2_000)), on(second, submit(2, 1, 2_000)));
      return playBar(exchange, 0, [flat, flat], sent).filter(({ kind }) => kind !== 'accepted').map(({ symbol, kind, code }) => `${symbol} ${kind} ${code}`);
    };

    expect(codes(0, 1)).toEqual(['0 execution ', '1 rejected 110007']);
    expect(codes(1, 0)).toEqual(['1 execution ', '0 rejected 110007']);
  });

  it('a loss of one takes the margin of the other away at its trigger', () => {
    // 100 less 40.22 for a long of 2 at 200, closed at 150 by its SL: 50 to 60 less; the other needs 40.4 at its trigger at 45 s.
    const exchange = openExchange({ path: 'olhc' }, 2, 100n * 10n ** 12n);
    const facts = playBar(exchange, 0, [[2_000, 2_000, 1_850, 1_850, 1_000], [2_000, 2_100, 2_000, 2_100, 1_000]], atOpen(
      0, on(0, submit(1, 1, 4_000, { slTicks: 1_850 })), on(1, submit(2, 1, 2_000, { triggerTicks: 2_050, triggerDirection: 1 })),
    ));

    // 4 at 200 lose 60 at 185: 39 are left, less than 41.4.
    expect(facts.filter(({ kind }) => kind !== 'accepted').map(({ symbol, kind, cause, code }) => `${symbol} ${kind} ${cause || code}`))
      .toEqual(['0 execution order', '0 stop-set ', '0 execution SL', '1 triggered ', '1 cancelled 110007']);
  });

  it('time never goes back over three symbols', () => {
    fc.assert(fc.property(walkOf(), walkOf(), walkOf(), timedScript, timedScript, (a, b, c, planA, planB) => {
      const exchange = openExchange({}, 3);
      const sent = [...planA, ...toSymbol(planB, 1), ...toSymbol(planA, 2)];
      let before = epoch;
      for (let k = 0; k < Math.min(a.length, b.length, c.length); k++) {
        for (const { at, fraction } of playBar(exchange, k, [a[k]!, b[k]!, c[k]!], sent)) {
          expect(at + fraction).toBeGreaterThanOrEqual(before - 0.001);
          before = at + fraction;
        }
        expect(before).toBeLessThanOrEqual(epoch + (k + 1) * minute);
      }
    }), { seed, numRuns: 60 });
  });
});
