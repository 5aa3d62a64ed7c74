/** Rules of FS-1 that only meet in crowded cases: found by playing thousands of random cases against the page. */
import { describe, it } from 'vitest';
import { buy, expectCase, sell, stop } from './kit.ts';

const calm = '200 202 198 200';

describe('levels of a trading stop', () => {
  it('an SL of 0.04 of a short and a TP of 0.04 of a long round to 0 and are refused: the stops at 206 and 204 stand', () => {
    expectCase({
      bars: [calm, calm, '200 207 199 200'], script: [sell(1, { sl: '206' }), stop(2, { sl: '0.04' })],
      fills: ['E Sell 2 @ 200 taker 1', 'SL Buy 2 @ 206 taker 2'], expect: { rejects: [{ id: 'S', code: '10001' }] },
    });
    expectCase({
      bars: [calm, calm, '200 207 199 200'], script: [buy(1, { tp: '204' }), stop(2, { tp: '0.04' })],
      fills: ['E Buy 2 @ 200 taker 1', 'TP Sell 2 @ 204 taker 2'], expect: { rejects: [{ id: 'S', code: '10001' }] },
    });
  });
});
