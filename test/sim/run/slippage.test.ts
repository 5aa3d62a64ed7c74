import { describe, expect, it } from 'vitest';
import { follow } from '../played.ts';
import { flat, marketOf } from '../market.ts';

describe('slippage of a run', () => {
  it('counts the position still open: 4 bought 3 ticks above the wanted 100 cost 12', () => {
    const { result, rows } = follow(marketOf({ bars: [flat(100), flat(100), flat(100)] }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 4, stop: 90 }) },
    }, { slippage: { kind: 'ticks', n: 3 } });

    expect(rows('trades')).toEqual([]);
    expect(result.slippageCost).toBeCloseTo(12, 9);
  });

  it('is none for a limit of 105 that takes at 100: better than asked is not slippage', () => {
    const { result, rows } = follow(marketOf({ bars: [flat(100), flat(100), flat(100)] }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 105, qty: 4, stop: 90 }) },
    });

    expect(rows('executions').map(({ price, reference, slippage_bps }) => [price, reference, slippage_bps])).toEqual([[100, 100, 0]]);
    expect(result.slippageCost).toBe(0);
  });
});
