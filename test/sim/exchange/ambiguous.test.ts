/**
 * Which bars are ambiguous, worked out by hand: the bar after a quiet one is walked high first and low first on paper, and counts
 * when the fills differ. Ticks throughout; a long of one unit was bought at 1000, ten times leverage.
 */
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../sim/index.ts';
import { atOpen, epoch, minute, openDesk, openExchange, instrument, playBar, plain, stopAt, submit, tenThousand } from './desk.ts';
import type { Candle, Sent } from './desk.ts';

const quiet: Candle = [1000, 1001, 999, 1000, 1000];
const buy = submit(1, 1, 1000);
const limit = (order: number, side: 1 | -1, priceTicks: number, more = {}): Message => submit(order, side, 1000, { type: 'limit', priceTicks, ...more });
const stopBuy = (triggerTicks: number, more = {}): Message => submit(5, 1, 1000, { triggerTicks, triggerDirection: 1, ...more });

/** Ambiguous bars after the messages at the open of a quiet bar and then `bar`. */
function count(messages: readonly Message[], bar: Candle, inside: readonly Sent[] = []): number {
  const exchange = openExchange();
  const sent = [...atOpen(0, ...messages), ...inside];
  playBar(exchange, 0, [quiet], sent);
  expect(exchange.ambiguousBars).toBe(0);
  playBar(exchange, 1, [bar], sent);
  return exchange.ambiguousBars;
}

type Row = readonly [what: string, messages: readonly Message[], bar: Candle, ambiguous: 0 | 1];

describe('a bar', () => {
  it.each<Row>([
    ['with the stop at 990 alone in it fills there either way', [buy, stopAt(990)], [1000, 1015, 985, 1000, 9], 0],
    ['with stop 990 and target 1010 in it meets one or the other first', [buy, stopAt(990, { tpTicks: 1010 })], [1000, 1015, 985, 1000, 9], 1],
    ['that touches both exactly meets them: reaching is enough', [buy, stopAt(990, { tpTicks: 1010 })], [1000, 1010, 990, 1000, 9], 1],
    ['that stays 1 above the stop meets the target only', [buy, stopAt(990, { tpTicks: 1010 })], [1000, 1015, 991, 1000, 9], 0],
    ['that stays 1 below the target meets the stop only', [buy, stopAt(990, { tpTicks: 1010 })], [1000, 1009, 985, 1000, 9], 0],
    ['without volume meets nothing', [buy, stopAt(990, { tpTicks: 1010 })], [1000, 1015, 985, 1000, 0], 0],
    ['without a position meets nothing', [], [1000, 1015, 985, 1000, 9], 0],
    ['with a trailing stop 15 behind fires at 995 from a high of 1010, not from the open', [buy, stopAt(null, { trailTicks: 15 })], [1000, 1010, 990, 1000, 9], 1],
    ['with a trailing stop 15 behind that no path reaches fills nothing', [buy, stopAt(null, { trailTicks: 15 })], [1000, 1005, 995, 1000, 9], 0],
    ['fills a limit of 990 either way', [limit(2, 1, 990)], [1000, 1015, 985, 1000, 9], 0],
    ['fills the limit of 990 and its target of 1010 only when the low comes first', [limit(2, 1, 990, { tpTicks: 1010 })], [1000, 1015, 988, 1000, 9], 1],
    ['that does not go through the limit leaves its target alone', [limit(2, 1, 990, { tpTicks: 1010 })], [1000, 1015, 990, 1000, 9], 0],
    ['triggers a buy at 1010 either way', [stopBuy(1010)], [1000, 1015, 995, 1012, 9], 0],
    ['stops the buy at 1010 out at 1005 only when the high comes first', [stopBuy(1010, { slTicks: 1005 })], [1000, 1015, 995, 1012, 9], 1],
    ['that does not reach the trigger leaves its stop alone', [stopBuy(1010, { slTicks: 1005 })], [1000, 1009, 995, 1002, 9], 0],
    ['sells at the limit of 1010 or at the stop of 990', [buy, stopAt(990), limit(2, -1, 1010, { reduceOnly: true })], [1000, 1015, 985, 1000, 9], 1],
    ['takes profit at 1010 or is liquidated at 904', [buy, stopAt(null, { tpTicks: 1010 })], [1000, 1015, 890, 1000, 9], 1],
    ['is liquidated at 904 either way', [buy], [1000, 1015, 890, 1000, 9], 0],
    ['of 200 liquidates the buy of 950 either way', [limit(2, 1, 950)], [1000, 1015, 815, 900, 9], 0],
    ['of 200 liquidates the buy at 1010 only when the high comes first', [stopBuy(1010)], [1000, 1015, 815, 1000, 9], 1],
  ])('%s', (_, messages, bar, ambiguous) => {
    expect(count(messages, bar)).toBe(ambiguous);
  });

  it('sells at its high or its low what arrives after a third of it, at 1000 on both paths what arrives half way', () => {
    const sell = submit(2, -1, 1000, { reduceOnly: true });

    expect(count([buy], [1000, 1010, 990, 1000, 9], [{ bar: 1, offsetMs: 20_000, message: sell }])).toBe(1);
    expect(count([buy], [1000, 1010, 990, 1000, 9], [{ bar: 1, offsetMs: 30_000, message: sell }])).toBe(0);
    expect(count([buy], [1000, 1010, 990, 1000, 9], [{ bar: 2, offsetMs: 0, message: sell }])).toBe(0);
  });

  it('of one symbol is ambiguous by itself: the bar of the other is not', () => {
    const exchange = openExchange({}, 2);
    const sent = atOpen(0, buy, stopAt(990, { tpTicks: 1010 }), submit(2, 1, 1000, { symbol: 1 }), stopAt(990, { symbol: 1 }));
    playBar(exchange, 0, [quiet, quiet], sent);
    playBar(exchange, 1, [[1000, 1015, 985, 1000, 9], [1000, 1015, 985, 1000, 9]]);

    expect(exchange.ambiguousBars).toBe(1);
    expect(exchange.ambiguousFills).toEqual([{ symbol: 0, first: expect.any(Number), last: expect.any(Number) }]);
    expect(exchange.position(1).lots).toBe(0);
  });

  it.each([[985, 1], [995, 0]] as const)('with a stop at 990 on a mark that goes down to %i and a target at 1010 on the last price', (low, ambiguous) => {
    const exchange = openDesk(plain, [instrument('S0')], tenThousand, true);
    exchange.openMarkBar(0, epoch, epoch + minute, 1000, 1001, 999, 1000);
    playBar(exchange, 0, [quiet], atOpen(0, buy, stopAt(990, { slBy: 'mark', tpTicks: 1010 })));
    exchange.openMarkBar(0, epoch + minute, epoch + 2 * minute, 1000, 1015, low, 1000);
    playBar(exchange, 1, [[1000, 1015, 985, 1000, 9]]);

    expect(exchange.ambiguousBars).toBe(ambiguous);
  });
});

describe('an answer to a fill inside a bar', () => {
  /** A limit of 990 fills in a bar of 988 to 1015; on its fill a target of `target` is sent, in the exchange `delayMs` later. */
  function answered(target: number, delayMs: number): number {
    const exchange = openExchange();
    playBar(exchange, 0, [quiet], atOpen(0, limit(2, 1, 990)));
    const openedAt = epoch + minute;
    exchange.openBar(0, openedAt, openedAt + minute, 1000, 1015, 988, 1000, 9);
    while (exchange.advance(openedAt + minute)) {
      for (const { kind, order, at } of exchange.facts.splice(0)) {
        if (kind === 'execution' && order === 2) exchange.send(limit(3, -1, target, { reduceOnly: true }), at + delayMs);
      }
    }
    return exchange.ambiguousBars;
  }

  it('makes it ambiguous when the target of 1010 is met with the low first, and not with the high first', () => {
    expect(answered(1010, 0)).toBe(1);
    expect(answered(1010, 5_000)).toBe(1);
  });

  it('changes nothing when no path comes to 1016 any more, nor when it arrives after the bar', () => {
    expect(answered(1016, 0)).toBe(0);
    expect(answered(1010, minute)).toBe(0);
  });
});
