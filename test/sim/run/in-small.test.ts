/** Small runs that can be repeated often: bars taken many at a time against one by one, and the warnings of a run. */
import { describe, expect, it } from 'vitest';
import { chaos } from '../chaos.ts';
import { flat, fundingOf, linear, marketOf, minute, series, start, walk } from '../market.ts';
import { follow, pick, play } from '../played.ts';
import type { ConfigWish } from '../played.ts';

const names = ['AAAUSDT', 'BBBUSDT'];
function compared(seed: number, symbols: number, marks: boolean, config: ConfigWish, more: Partial<Parameters<typeof chaos>[0]> = {}): number {
  const markets = names.slice(0, symbols).map((symbol, i) => marketOf({
    bars: walk({ seed: seed + i, bars: 120, holes: 0.02, quiet: 0.03 }), instrument: linear({ symbol }),
    ...(marks ? { mark: series(walk({ seed: seed + 50, bars: 12, stepTicks: 60, gaps: 0 }), 10 * minute), funding: fundingOf([[start + 60 * minute, 0.0003]]) } : {}),
  }));
  const strategy = () => chaos({ seed, symbols: names.slice(0, symbols), longer: false, ...more });
  const many = play({ markets, strategy: strategy(), config });
  const single = play({ markets, strategy: strategy(), config, oneByOne: true });

  expect(many.result).toEqual(single.result);
  return many.rows('executions').length;
}

describe('a small run', () => {
  it.each<[string, number, boolean, ConfigWish, object]>([
    ['a lone symbol that holds', 1, false, {}, { holds: 60 }], ['a lone symbol', 1, false, {}, {}], ['a lone symbol by mark', 1, true, {}, { holds: 30 }],
    ['two symbols', 2, false, {}, { holds: 30 }], ['two symbols by mark, deciding every three minutes', 2, true, {}, { timeframe: '3m', longer: true }],
    ['a lone symbol 250 ms away', 1, false, { latencyMs: 250, responseLatencyMs: 40 }, { holds: 30 }],
  ])('is the same taken many bars at a time and one by one: %s, 120 bars', (_what, symbols, marks, config, more) => {
    const executions = [1, 2].reduce((sum, seed) => sum + compared(seed, symbols, marks, { cash: 1_000_000, risk: { maxOpenRisk: 1 }, ...config }, more), 0);

    expect(executions).toBeGreaterThan(3);
  });
});

describe('the warnings of a run', () => {
  it('name the holes of each symbol: two of 1 and 2 bars, the first at the third minute; a whole one has none', () => {
    const holed = marketOf({ bars: [flat(100), flat(100), null, flat(100), null, null, flat(100)] });
    const whole = marketOf({ bars: Array.from({ length: 7 }, () => flat(100)), instrument: linear({ symbol: 'BBBUSDT' }) });
    const { rows } = follow([whole, holed].reverse(), { symbols: names });

    expect(pick(rows('warnings'), 'code', 'symbol', 'count', 'first_at', 'text')).toEqual([['DATA_GAP', 'AAAUSDT', 2, start + 2 * minute, '2 holes, 3 bars missing']]);
  });
});

describe('what a run amounts to', () => {
  it('tells start and end of the equity, its steps, and an open short with its worth', () => {
    const { result } = follow(marketOf({ bars: [flat(100), flat(100), flat(95)] }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'short', qty: 4, stop: 110 }) },
    }, { cash: 1_000 });

    // Sold 4 at 100: a fee of 0.4, a gain of 20 at 95.
    expect(result.open).toEqual([{ symbol: 'AAAUSDT', side: 'short', qty: 4, entryPrice: 100, unrealised: 20 }]);
    expect(result.equity).toEqual({ start: 1_000, end: 1_019.6 });
    expect(result.ledger).toMatchObject({ settle: 'USDT', realised: expect.stringMatching(/^0/), end: expect.stringMatching(/^999\.6/) });
    expect([result.bars, result.decisions, result.steps.commands]).toEqual([3, 3, 1]);
    expect(result.steps.events).toBeGreaterThan(3);
    expect(result.faults).toBeNull();
    expect(result.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(result.digest).toBe(result.digest);
  });
  it('has another digest when its ledger is another', () => {
    const digest = (cash: number): string => follow(marketOf({ bars: [flat(100), flat(100)] }), {}, { cash }).result.digest;

    expect(digest(1_000)).not.toBe(digest(2_000));
    expect(digest(1_000)).toBe(digest(1_000));
  });
});
