/** Rules of FS-1 that only meet in crowded cases: found by playing thousands of random cases against the page. */
import { describe, it } from 'vitest';
import { at, buy, expectCase, limit, sell, stop, submit } from './kit.ts';

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

describe('amends', () => {
  it('an amend listed before the order it changes rounds its price the order\'s way: a sell at 204.04 goes up to 204.1', () => {
    expectCase({
      bars: [calm, calm, '200 204.2 198 200'],
      script: [
        { after: 'E', do: 'amend', id: 'X', price: '204.04' }, submit(1, { id: 'X', side: 'Sell', ...limit('206') }),
        { at: at(1), do: 'submit', order: { id: 'E', side: 'Buy', type: 'Market', qty: '2' } },
      ],
      fills: ['E Buy 2 @ 200 taker 1', 'X Sell 2 @ 204.1 maker 2'],
    });
  });
});
