/** Stops, budgets and entries of FS-1 that meet in one bar: which comes first, and what is left for the other. */
import { describe, it } from 'vitest';
import { buy, expectCase, limit, sell, stop, submit } from './kit.ts';

const calm = '200 202 198 200';

describe('stops and targets', () => {
  it('a sell of 5 against a long of 2 brings TP 193 for the short of 3, the SL of 196 is gone', () => {
    expectCase({
      bars: [calm, calm, '200 203 190 195'],
      script: [buy(1, { sl: '196', tp: '204' }), submit(2, { id: 'F', side: 'Sell', qty: '5', sl: '208', tp: '193' })],
      fills: ['E Buy 2 @ 200 taker 1', 'F Sell 5 @ 200 taker 2', 'TP Buy 3 @ 193 taker 2'],
    });
  });

  it('a TP of 202 attached to an order is used once: the second fill of 2 has none', () => {
    expectCase({
      bars: [calm, '200 201 194 195.5 20', '195.5 203 195.2 202', '202 203 194 196 20'],
      config: { participation: '0.1' },
      script: [submit(1, { id: 'L', side: 'Buy', qty: '4', tp: '202', ...limit('195') })],
      fills: ['L Buy 2 @ 195 maker 1', 'TP Sell 2 @ 202 taker 2', 'L Buy 2 @ 195 maker 3'],
    });
  });

  it('an attached SL of 196 by mark is met at the fill, mark 195: sold at the last 200', () => {
    expectCase({
      bars: [calm, '200 203 199 201'], mark: [calm, '195 202 194 200'],
      script: [buy(1, { sl: '196', slTriggerBy: 'MarkPrice' })],
      fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 200 taker 1'],
    });
  });

  it('an attached SL of 199 over the open 198 sells before the reduce-only order behind it', () => {
    expectCase({
      bars: [calm, '198 199 197 198'],
      script: [buy(1, { sl: '199' }), submit(1, { id: 'X', side: 'Sell', reduceOnly: true })],
      fills: ['E Buy 2 @ 198 taker 1', 'SL Sell 2 @ 198 taker 1'], expect: { rejects: [{ id: 'X', code: '110017' }] },
    });
  });

  it('a gap over the activation 205 to 212: best 212, sold at 207', () => {
    expectCase({
      bars: [calm, calm, '212 213 206 207.5'],
      script: [buy(1), stop(1 + 1 / 60, { trailing: '5', activePrice: '205' })],
      fills: ['E Buy 2 @ 200 taker 1', 'TS Sell 2 @ 207 taker 2'],
    });
  });

  it('a trailing distance of 5.05 is no price and stays: 194.95 under the best 200, sold rounded down at 194.9', () => {
    expectCase({
      bars: [calm, calm, '200 203 190 195'], script: [buy(1), stop(2, { trailing: '5.05' })],
      fills: ['E Buy 2 @ 200 taker 1', 'TS Sell 2 @ 194.9 taker 2'],
    });
  });

  it('a trailing distance of half a tick removes nothing: 200.05 over the best 200, bought rounded up at 200.1', () => {
    expectCase({
      bars: [calm, calm, '200 203 190 195'], script: [sell(1), stop(2, { trailing: '0.05' })],
      fills: ['E Sell 2 @ 200 taker 1', 'TS Buy 2 @ 200.1 taker 2'],
    });
  });

  it('the same trailing distance again keeps the best 210: sold at 205, not at 202', () => {
    expectCase({
      bars: [calm, '200 210 199 207', '207 208 204 206'],
      script: [buy(1), stop(1, { trailing: '5' }), stop(2, { trailing: '5' })],
      fills: ['E Buy 2 @ 200 taker 1', 'TS Sell 2 @ 205 taker 2'], expect: { rejects: [{ id: 'S', code: '34040' }] },
    });
  });

  it('a trailing stop of 3 set by the fill at 195.9 sells at 192.9 in the same leg', () => {
    expectCase({
      bars: [calm, '200 203 190 196'],
      script: [
        submit(1, { id: 'L', side: 'Buy', ...limit('196') }),
        { after: 'L', do: 'tradingStop', id: 't', trailing: '3' },
      ],
      fills: ['L Buy 2 @ 196 maker 1', 'TS Sell 2 @ 192.9 taker 1'],
    });
  });

  it('a short with the activation 201 passed: best 194, bought at 199 on the last leg', () => {
    expectCase({
      bars: [calm, calm, '200 203 194 200'],
      script: [sell(1), stop(2, { trailing: '5', activePrice: '201' })],
      fills: ['E Sell 2 @ 200 taker 1', 'TS Buy 2 @ 199 taker 2'],
    });
  });
});

describe('volume', () => {
  it('the rest of a bid of 201 over the open 202 rests and is filled at 201 as maker, 1.5 a bar', () => {
    expectCase({
      bars: [calm, '200 203 199 202 30', '202 204 195 203 30', '203 204 195 203 30'],
      config: { participation: '0.05' },
      script: [submit(1, { id: 'L', side: 'Buy', qty: '4', ...limit('201') })],
      fills: ['L Buy 1.5 @ 200 taker 1', 'L Buy 1.5 @ 201 maker 2', 'L Buy 1 @ 201 maker 3'],
    });
  });

  it('a bid of 195 left at the close 191 is filled first in the gap to 192', () => {
    expectCase({
      bars: [calm, '200 203 190 191 30', '192 193 191 192 30'],
      config: { participation: '0.05' },
      script: [submit(1, { id: 'L', side: 'Buy', qty: '3', ...limit('195') })],
      fills: ['L Buy 1.5 @ 195 maker 1', 'L Buy 1.5 @ 195 maker 2'],
    });
  });

  it('a bid of 195 left at the close 191 is not filled when the open is 196', () => {
    expectCase({
      bars: [calm, '200 203 190 191 30', '196 197 195.5 196 30'],
      config: { participation: '0.05' },
      script: [submit(1, { id: 'L', side: 'Buy', qty: '3', ...limit('195') })],
      fills: ['L Buy 1.5 @ 195 maker 1'], expect: { orders: { L: 'PartiallyFilled' } },
    });
  });

  it('a resting bid takes 1 of the open, 0.5 is left for the exit that waits', () => {
    expectCase({
      bars: [calm, '200 203 199 200', '200 201 190 191 30', '189 190 188 189 30'],
      config: { participation: '0.05' },
      script: [buy(1, { sl: '192' }), submit(2 + 50 / 60, { id: 'L', side: 'Buy', qty: '1', ...limit('190') })],
      fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 1.5 @ 192 taker 2', 'L Buy 1 @ 190 maker 3', 'SL Sell 0.5 @ 189 taker 3'],
    });
  });

  it('a reduce-only 9 is cut to the 4 of the position: 1.5, then 2.5', () => {
    expectCase({
      bars: [calm, '200 203 199 200', '200 209 199 205 30', '206 209 205 206'],
      config: { participation: '0.05' },
      script: [buy(1, { qty: '4' }), submit(2, { id: 'R', side: 'Sell', qty: '9', reduceOnly: true, ...limit('208') })],
      fills: ['E Buy 4 @ 200 taker 1', 'R Sell 1.5 @ 208 maker 2', 'R Sell 2.5 @ 208 maker 3'],
    });
  });

  it('the rest of 1 of a bid goes before the new market order, for which 0.5 is left', () => {
    expectCase({
      bars: [calm, '200 203 199 202 30', '200 204 199 203 30'],
      config: { participation: '0.05' },
      script: [submit(1, { id: 'L', side: 'Buy', qty: '2.5', ...limit('201') }), buy(2, { qty: '1' })],
      fills: ['L Buy 1.5 @ 200 taker 1', 'L Buy 1 @ 200 taker 2', 'E Buy 0.5 @ 200 taker 2'], expect: { orders: { L: 'Filled', E: 'Cancelled' } },
    });
  });

  it('a bar without volume does not move the start of the gap: 197, then 194.9 on the way to 193', () => {
    expectCase({
      bars: [calm, '200 200 190 190 0', '193 194 192 193'],
      script: [
        submit(1, { id: 'L', side: 'Buy', ...limit('195') }),
        submit(1, { id: 'S', side: 'Sell', qty: '3', trigger: '197', triggerDirection: 2 }),
      ],
      fills: ['S Sell 3 @ 193 taker 2', 'L Buy 2 @ 195 maker 2'],
    });
  });

  it('a market order that waits buys after the sell limit 205 of the gap to 207', () => {
    expectCase({
      bars: [calm, '200 200 200 200 0', '207 208 206 207'],
      script: [buy(1), submit(1, { id: 'H', side: 'Sell', qty: '1', ...limit('205') })],
      fills: ['H Sell 1 @ 205 maker 2', 'E Buy 2 @ 207 taker 2'],
    });
  });

  it('a reduce-only order that waits is cancelled with the position that the gap stops out', () => {
    expectCase({
      bars: [calm, calm, '200 200 200 200 0', '188 190 187 189'],
      script: [buy(1, { sl: '192' }), submit(2, { id: 'X', side: 'Sell', reduceOnly: true })],
      fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 188 taker 3'], expect: { orders: { E: 'Filled', X: 'Cancelled' } },
    });
  });

  it('of two market orders that wait the first takes 1 of 1.5, the second 0.5', () => {
    expectCase({
      bars: [calm, '200 200 200 200 0', '203 204 202 203 30'],
      config: { participation: '0.05' },
      script: [buy(1, { qty: '1' }), submit(1, { id: 'F', side: 'Sell' })],
      fills: ['E Buy 1 @ 203 taker 2', 'F Sell 0.5 @ 203 taker 2'], expect: { orders: { E: 'Filled', F: 'Cancelled' } },
    });
  });
});

describe('inverse', () => {
  it('a gap to 19000 buys 500 at 19700, then the SL of 19400 sells all 1500 at the open', () => {
    expectCase({
      kind: 'inverse', bars: ['20000 20100 19900 20000 100000', '20000 20100 19900 20000 100000', '19000 19100 18900 19000 100000'],
      config: { wallet: '1' },
      script: [buy(1, { qty: '1000', sl: '19400' }), submit(1, { id: 'L', side: 'Buy', qty: '500', ...limit('19700') })],
      fills: ['E Buy 1000 @ 20000 taker 1', 'L Buy 500 @ 19700 maker 2', 'SL Sell 1500 @ 19000 taker 2'], expect: { walletBalance: '0.99635734504408' },
    });
  });

  it('the mark is at 20500 at 5/6 of the leg: the SL buys at the last 20250, the entry earned a rebate', () => {
    expectCase({
      kind: 'inverse', bars: ['20000 20100 19900 20000 100000', '20000 20200 19900 20000 100000', '20000 20300 19900 20100 100000'], mark: ['20000 20100 19900 20000', '20000 20200 19900 20000', '20000 20600 19900 20100'],
      config: { wallet: '1' }, instrument: { maker: '-0.00025' },
      script: [submit(1, { id: 'L', side: 'Sell', qty: '1000', sl: '20500', slTriggerBy: 'MarkPrice', ...limit('20150') })],
      fills: ['L Sell 1000 @ 20150 maker 1', 'SL Buy 1000 @ 20250 taker 2'], expect: { walletBalance: '0.99974017094017' },
    });
  });

  it('a gap to 21000 fills reduce-only 300 at 20400 and, of 900 at 20800, the 700 left', () => {
    expectCase({
      kind: 'inverse', bars: ['20000 20100 19900 20000 100000', '20000 20200 19900 20000 100000', '21000 21300 20900 21100 100000'],
      config: { wallet: '1' },
      script: [
        buy(1, { qty: '1000' }),
        submit(1, { id: 'A', side: 'Sell', qty: '300', reduceOnly: true, ...limit('20400') }),
        submit(1, { id: 'B', side: 'Sell', qty: '900', reduceOnly: true, ...limit('20800') }),
      ],
      fills: ['E Buy 1000 @ 20000 taker 1', 'A Sell 300 @ 20400 maker 2', 'B Sell 700 @ 20800 maker 2'], expect: { walletBalance: '1.00160309954751' },
    });
  });
});
