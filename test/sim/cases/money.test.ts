import { describe, it } from 'vitest';
import { at, buy, limit, expectCase, sell, stop, submit } from './kit.ts';

const first = '200 202 198 200';
const calm = '200 201 199 200';

describe('funding', () => {
  const funding = [{ t: at(2), rate: '0.0003' }];

  it('a long of 2 pays 2 x 201 x 0.0003 = 0.1206 at the open of the stamp', () => {
    expectCase({ bars: [first, calm, '201 202 200 201'], script: [buy(1)], funding, expect: { funding: '-0.1206', walletBalance: '9999.6594' } });
  });

  it('the mark at the stamp is the open of the mark bar: 2 x 203 x 0.0003 = 0.1218', () => {
    expectCase({
      bars: [first, calm, '201 202 200 201'], mark: [first, calm, '203 204 200 201'], script: [buy(1)], funding, expect: { funding: '-0.1218' },
    });
  });

  it('a position closed by an order arriving at the stamp still pays, one opened there does not', () => {
    expectCase({
      bars: [first, calm, '201 202 200 201'], script: [buy(1), submit(2, { id: 'X', side: 'Sell', reduceOnly: true })], funding,
      expect: { funding: '-0.1206' },
    });
    expectCase({ bars: [first, calm, '201 202 200 201'], script: [buy(2)], funding, expect: { funding: '0' } });
  });

  it('a fill at the close of the bar before the stamp pays: the close belongs to its bar', () => {
    expectCase({
      bars: [first, '200 201 195 195', '201 202 200 201'], script: [buy(1, limit('195.1'))], funding, config: { path: 'ohlc' },
      expect: { funding: '-0.1206' },
    });
  });

  it('a stamp in a hole is booked at the next open, before the gap closes the position there', () => {
    expectCase({
      bars: [first, calm, 'gap', '190 191 189 190'], script: [buy(1, { sl: '195' })], funding,
      fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 190 taker 2'],
      expect: { funding: '-0.114' }, // 2 x 190 x 0.0003
    });
  });

  it('an inverse short of 1000 at mark 25000 receives 0.04 x 0.0001 = 0.000004 coin', () => {
    expectCase({
      kind: 'inverse', config: { wallet: '1' }, bars: ['20000 20100 19900 20000', '20000 20100 19900 20000', '25000 25100 24900 25000'],
      script: [sell(1, { qty: '1000' })], funding: [{ t: at(2), rate: '0.0001' }], expect: { funding: '0.000004' },
    });
  });
});

describe('liquidation', () => {
  it('a long of 2 at 200, 10x, gapped to 150 loses its margin of 40 and the fee at the bankruptcy price 180', () => {
    expectCase({
      bars: [first, calm, '150 151 149 150'], script: [buy(1)],
      fills: ['E Buy 2 @ 200 taker 1', 'LIQ Sell 2 @ 180 taker 2'],
      expect: { realizedPnl: '-40', fees: '0.418', walletBalance: '9959.582' }, // (400 + 360) x 0.00055
    });
  });

  it('at mark 180.95 the default price 360/1.99 = 180.904 is not reached, the older 200 - 38/2 = 181 is', () => {
    const lines = [first, calm, '200 201 180.95 199'];

    expectCase({ bars: lines, script: [buy(1)], fills: ['E Buy 2 @ 200 taker 1'] });
    expectCase({
      bars: lines, config: { liqFormula: 'entry-value' }, script: [buy(1)], fills: ['E Buy 2 @ 200 taker 1', 'LIQ Sell 2 @ 180 taker 2'],
    });
  });

  it('added margin of 20 moves the price to (400 - 60)/1.99 = 170.85; at 170 it all is lost', () => {
    const add = { at: at(2), do: 'addMargin', amount: '20' };

    expectCase({ bars: [first, calm, '200 201 175 199'], script: [buy(1), add], fills: ['E Buy 2 @ 200 taker 1'] });
    expectCase({
      bars: [first, calm, '200 201 170 199'], script: [buy(1), add], fills: ['E Buy 2 @ 200 taker 1', 'LIQ Sell 2 @ 170 taker 2'],
      expect: { realizedPnl: '-60' },
    });
  });

  it('adding margin without a position, or more than is free, is 10001', () => {
    expectCase({
      bars: [first, calm, calm], script: [
        { at: at(1), do: 'addMargin', id: 'M1', amount: '20' }, buy(1), { at: at(2), do: 'addMargin', id: 'M2', amount: '9960' },
      ],
      fills: ['E Buy 2 @ 200 taker 1'], expect: { rejects: [{ id: 'M1', code: '10001' }, { id: 'M2', code: '10001' }] },
    });
  });

  it('the second tier with its deduction: 3,000,000 at 10x, LP = (3,000,000 - 300,000 - 10,000)/(15,000 x 0.99) = 181.1', () => {
    const config = { wallet: '1000000' };

    expectCase({ bars: [first, calm, '200 201 181.2 199'], config, script: [buy(1, { qty: '15000' })], fills: ['E Buy 15000 @ 200 taker 1'] });
    expectCase({
      bars: [first, calm, '200 201 181.1 199'], config, script: [buy(1, { qty: '15000' })],
      fills: ['E Buy 15000 @ 200 taker 1', 'LIQ Sell 15000 @ 180 taker 2'],
    });
  });

  it('an inverse long of 1000 at 20000, 2x: LP = 1005/0.075 = 13400, bankruptcy 1000/0.075 = 13333.33', () => {
    const lines = ['20000 20100 19900 20000', '20000 20100 19900 20000'];
    const sketch = { kind: 'inverse' as const, config: { wallet: '1' }, instrument: { leverage: '2' }, script: [buy(1, { qty: '1000' })] };

    expectCase({ ...sketch, bars: [...lines, '20000 20100 13400.5 20000'], fills: ['E Buy 1000 @ 20000 taker 1'] });
    expectCase({
      ...sketch, bars: [...lines, '20000 20100 13400 20000'],
      fills: ['E Buy 1000 @ 20000 taker 1', 'LIQ Sell 1000 @ 13333.333333333333 taker 2'],
      expect: { realizedPnl: '-0.025', fees: '0.00006875' }, // (0.05 + 0.075) x 0.00055
    });
  });

  it('an inverse short at 1x has no liquidation price: its bankruptcy lies beyond every price', () => {
    expectCase({
      kind: 'inverse', config: { wallet: '1' }, instrument: { leverage: '1' },
      bars: ['20000 20100 19900 20000', '20000 20100 19900 20000', '20000 900000 19900 20000'], script: [sell(1, { qty: '1000' })],
      fills: ['E Sell 1000 @ 20000 taker 1'],
    });
  });

  it('liquidation goes before an SL at the same price of 180.9, and ignores the volume budget', () => {
    // Q 1 at 200.0 with 10x and no maintenance: LP = 180 exactly, so an SL at 180 ties with it.
    expectCase({
      bars: [first, calm, '200 201 180 199 1'], instrument: { tiers: [{ limit: '1000000', mmr: '0', deduction: '0' }] },
      config: { participation: '0.5' }, script: [buy(1), stop(2, { sl: '180' })],
      fills: ['E Buy 2 @ 200 taker 1', 'LIQ Sell 2 @ 180 taker 2'],
    });
  });

  it('the mark decides, not the last price: last 150 with mark 199 liquidates nothing', () => {
    expectCase({ bars: [first, calm, '200 201 150 199'], mark: [first, calm, '200 201 199 199'], script: [buy(1)], fills: ['E Buy 2 @ 200 taker 1'] });
  });
});

describe('ledger', () => {
  it('a negative maker rate is a credit: 2 x 195 x -0.0001 = -0.039', () => {
    expectCase({
      bars: [first, '200 201 194 199'], instrument: { maker: '-0.0001' }, script: [buy(1, limit('195'))],
      fills: ['E Buy 2 @ 195 maker 1'], expect: { fees: '-0.039', walletBalance: '10000.039' },
    });
  });

  it('adding at 210 to 200 averages 205, and reducing by half leaves the entry', () => {
    expectCase({
      bars: [first, calm, '210 211 209 210', '220 221 219 220'],
      script: [buy(1), submit(2, { id: 'A', side: 'Buy' }), submit(3, { id: 'X', side: 'Sell', reduceOnly: true })],
      expect: { position: { side: 'Buy', qty: '2', avgEntry: '205' }, realizedPnl: '30', unrealizedPnl: '30' },
    });
  });

  it('a third of a position at an entry without a finite decimal realises its share: 1 x (210 - 610/3) = 6.666667', () => {
    expectCase({
      bars: [first, calm, '210 211 209 210'],
      script: [buy(1), submit(2, { id: 'A', side: 'Buy', qty: '1' }), submit(2, { id: 'X', side: 'Sell', qty: '1', reduceOnly: true })],
      expect: { realizedPnl: '6.666666666667', position: { side: 'Buy', qty: '2', avgEntry: '203.333333333333' } },
    });
  });

  it('at the end of the data nothing is closed by force: equity is the wallet and the open result at mark', () => {
    expectCase({
      bars: [first, '200 206 199 205'], mark: [first, '200 207 199 206'], script: [buy(1)],
      expect: { unrealizedPnl: '12', walletBalance: '9999.78', equity: '10011.78' },
    });
  });
});
