/** Rows of FS-1 sections 8 to 11 (volume, slippage, fees, position, funding, margin) that no other case plays. */
import { describe, expect, it } from 'vitest';
import { at, buy, expectCase, limit, play, sell, stop, submit } from './kit.ts';

const first = '200 202 198 200';
const calm = '200 201 199 200';
const bought = 'E Buy 2 @ 200 taker 1';
const sold = 'E Sell 2 @ 200 taker 1';

describe('section 8, volume', () => {
  const scarce = { participation: '0.05' };

  it('the budget is rounded down to the step: 0.05 x 31.9 = 1.595 with steps of 0.1 is 1.5', () => {
    expectCase({
      bars: [first, `${calm} 31.9`], config: scarce, instrument: { qtyStep: '0.1', minQty: '0.1' }, script: [buy(1, { qty: '4' })],
      fills: ['E Buy 1.5 @ 200 taker 1'],
    });
  });

  it('0.29 x 100 is 29 lots, whatever a double makes of it', () => {
    expectCase({
      bars: [first, `${calm} 100`], config: { participation: '0.29' }, instrument: { qtyStep: '1', minQty: '1' }, script: [buy(1, { qty: '40' })],
      fills: ['E Buy 29 @ 200 taker 1'],
    });
  });

  it('all orders share one budget in path order: 3 are 2 at 197 and 1 at 196', () => {
    expectCase({
      bars: [first, '200 201 195 199 60'], config: scarce, script: [buy(1, limit('197')), submit(1, { id: 'F', side: 'Buy', ...limit('196') })],
      fills: ['E Buy 2 @ 197 maker 1', 'F Buy 1 @ 196 maker 1'], expect: { orders: { E: 'Filled', F: 'PartiallyFilled' } },
    });
  });

  it('a new bar has a new budget: a taker of 1.5 of 1.5, and 1.5 again', () => {
    expectCase({
      bars: [first, `${calm} 30`, `${calm} 30`], config: scarce, script: [buy(1, { qty: '1.5' }), submit(2, { id: 'F', side: 'Buy', qty: '2' })],
      fills: ['E Buy 1.5 @ 200 taker 1', 'F Buy 1.5 @ 200 taker 2'], expect: { orders: { E: 'Filled', F: 'Cancelled' } },
    });
  });

  it('a triggered stop order is IOC: 1.5 of 4 at 203, the rest cancelled', () => {
    expectCase({
      bars: [first, '200 204 199 203 30'], config: scarce, script: [buy(1, { qty: '4', trigger: '203', triggerDirection: 1 })],
      fills: ['E Buy 1.5 @ 203 taker 1'], expect: { orders: { E: 'Cancelled' } },
    });
  });

  it('an order that finds no budget at all ends cancelled without a fill', () => {
    expectCase({
      bars: [first, `${calm} 30`], config: scarce, script: [buy(1, { qty: '1.5' }), submit(1, { id: 'F', side: 'Buy', qty: '1' })],
      fills: ['E Buy 1.5 @ 200 taker 1'], expect: { orders: { E: 'Filled', F: 'Cancelled' } },
    });
  });

  it('the rest of a TP is sold at the following opens: 1 at 205, 1 at 204', () => {
    expectCase({
      bars: [first, calm, '200 206 199 201 20', '204 205 203 204'], config: scarce, script: [buy(1, { tp: '205' })],
      fills: [bought, 'TP Sell 1 @ 205 taker 2', 'TP Sell 1 @ 204 taker 3'],
    });
  });

  it('the rest of a trailing stop too, over as many opens as it takes: 1 at 197, 0.5 at 198, 0.5 at 199', () => {
    expectCase({
      bars: [first, calm, '200 201 196 198 20', '198 199 197 198 10', '199 200 198 199'], config: scarce,
      script: [buy(1), stop(2, { trailing: '3' })],
      fills: [bought, 'TS Sell 1 @ 197 taker 2', 'TS Sell 0.5 @ 198 taker 3', 'TS Sell 0.5 @ 199 taker 4'],
    });
  });

  it('a mark trigger in a bar without volume fires, and its order fills at the next traded open of 199', () => {
    expectCase({
      bars: [first, calm, '200 200 200 200 0', '199 200 198 199'], mark: [first, calm, '200 203 200 201', '199 200 198 199'],
      script: [buy(1, { trigger: '202', triggerDirection: 1, triggerBy: 'MarkPrice' })], fills: ['E Buy 2 @ 199 taker 3'],
    });
  });

  it('two empty bars in a row: the market order waits through both, and a trigger at the listed 190 stays', () => {
    expectCase({
      bars: [first, '190 190 190 190 0', '191 191 191 191 0', '203 204 202 203'],
      script: [buy(1), submit(1, { id: 'F', side: 'Sell', trigger: '195', triggerDirection: 2 })],
      fills: ['E Buy 2 @ 203 taker 3'], expect: { orders: { E: 'Filled', F: 'Untriggered' } },
    });
  });
});

describe('section 8, slippage and fees', () => {
  it('the price may leave the bar: an open of 201 that is the high, 3 ticks above it', () => {
    expectCase({ bars: [first, '201 201 199 200'], config: { slippage: { kind: 'ticks', n: 3 } }, script: [buy(1)], fills: ['E Buy 2 @ 201.3 taker 1'] });
  });

  it('a resting limit and a maker pay neither spread nor slippage: 195, not 195.5', () => {
    expectCase({
      bars: [first, '200 201 194 199'], config: { slippage: { kind: 'ticks', n: 3 }, halfSpreadTicks: 2 }, script: [buy(1, limit('195'))],
      fills: ['E Buy 2 @ 195 maker 1'],
    });
  });

  it('5 bps of 200 are one tick: a sell gets 199.9', () => {
    expectCase({ bars: [first, calm], config: { slippage: { kind: 'bps', b: '5' } }, script: [sell(1)], fills: ['E Sell 2 @ 199.9 taker 1'] });
  });

  it('a taker price is at least one tick: 0.1 less five ticks is 0.1', () => {
    expectCase({
      bars: ['0.1 0.1 0.1 0.1', '0.1 0.1 0.1 0.1'], config: { slippage: { kind: 'ticks', n: 5 } }, script: [sell(1, { qty: '100' })],
      fills: ['E Sell 100 @ 0.1 taker 1'],
    });
  });

  it('fees at own rates: taker 400 x 0.001 = 0.4, maker 390 x 0.0005 = 0.195', () => {
    expectCase({
      bars: [first, '200 201 194 199'], instrument: { taker: '0.001', maker: '0.0005' }, script: [buy(1), submit(1, { id: 'F', side: 'Buy', ...limit('195') })],
      fills: [bought, 'F Buy 2 @ 195 maker 1'], expect: { fees: '0.595', walletBalance: '9999.405' },
    });
  });

  it('an inverse fee is in coin: 1000/20000 x 0.00055 = 0.0000275, as a maker at 19000 1000/19000 x 0.0002 = 0.0000105263', () => {
    expectCase({
      kind: 'inverse', config: { wallet: '1' }, bars: ['20000 20100 19900 20000', '20000 20100 18900 20000'],
      script: [buy(1, { qty: '1000' }), submit(1, { id: 'F', side: 'Buy', qty: '1000', ...limit('19000') })],
      fills: ['E Buy 1000 @ 20000 taker 1', 'F Buy 1000 @ 19000 maker 1'], expect: { fees: '0.0000380263158' },
    });
  });
});

describe('section 9, position', () => {
  it('an inverse short averages 2000/(0.05 + 0.04) = 22222.22, and 500 bought at 24000 lose 0.0016666667', () => {
    const level = (price: number): string => `${price} ${price + 100} ${price - 100} ${price}`;

    expectCase({
      kind: 'inverse', instrument: { leverage: '2' }, config: { wallet: '1' }, bars: [level(20_000), level(20_000), level(25_000), level(24_000)],
      script: [
        sell(1, { qty: '1000' }), submit(2, { id: 'A', side: 'Sell', qty: '1000' }), submit(3, { id: 'X', side: 'Buy', qty: '500', reduceOnly: true }),
      ],
      fills: ['E Sell 1000 @ 20000 taker 1', 'A Sell 1000 @ 25000 taker 2', 'X Buy 500 @ 24000 taker 3'],
      expect: {
        position: { side: 'Sell', qty: '1500', avgEntry: '22222.222222222222' }, realizedPnl: '-0.001666666667',
        unrealizedPnl: '-0.005', // 1500 x (1/22222.22 - 1/24000) = 0.0675 - 0.0625, of a short
      },
    });
  });

  it('an inverse long gains when the price rises: 1000 from 20000 to 25000 are 0.05 - 0.04 = 0.01', () => {
    expectCase({
      kind: 'inverse', config: { wallet: '1' }, bars: ['20000 20100 19900 20000', '20000 20100 19900 20000', '25000 25100 24900 25000'],
      script: [buy(1, { qty: '1000' }), submit(2, { id: 'X', side: 'Sell', qty: '1000' })], expect: { realizedPnl: '0.01', position: { side: 'None', qty: '0' } },
    });
  });

  it('a short gains when the price falls: 2 x (200 - 190) = 20, open and then realised', () => {
    expectCase({ bars: [first, '200 201 189 190'], script: [sell(1)], expect: { unrealizedPnl: '20', realizedPnl: '0' } });
    expectCase({
      bars: [first, calm, '190 191 189 190'], script: [sell(1), submit(2, { id: 'X', side: 'Buy' })], expect: { unrealizedPnl: '0', realizedPnl: '20' },
    });
  });

  it('an inverse flip is one fill: 1000 closed and 500 opened at 25000, the fee on 1500/25000', () => {
    expectCase({
      kind: 'inverse', config: { wallet: '1' }, bars: ['20000 20100 19900 20000', '20000 20100 19900 20000', '25000 25100 24900 25000'],
      script: [buy(1, { qty: '1000' }), submit(2, { id: 'X', side: 'Sell', qty: '1500' })],
      fills: ['E Buy 1000 @ 20000 taker 1', 'X Sell 1500 @ 25000 taker 2'],
      expect: { realizedPnl: '0.01', fees: '0.0000605', position: { side: 'Sell', qty: '500', avgEntry: '25000' } }, // (0.05 + 0.06) x 0.00055
    });
  });

  it('a flip takes TP, trailing stop and added margin with it: the new short of 3 at 203 is liquidated at 222.19, for 223.3', () => {
    // IM = 609/10 = 60.9; LP = 669.9/(3 x 1.005) = 222.189; bankruptcy 203 x 1.1. With the added 20 it would be 228.8.
    expectCase({
      bars: [first, calm, '203 204 202 203', '203 222.2 202 203'],
      script: [
        buy(1, { tp: '210' }), { at: at(1.5), do: 'addMargin', amount: '20' }, { ...stop(1.5, { trailing: '30' }) },
        submit(2, { id: 'X', side: 'Sell', qty: '5' }),
      ],
      fills: [bought, 'X Sell 5 @ 203 taker 2', 'LIQ Buy 3 @ 223.3 taker 3'],
    });
  });

  it('when the position ends, a reduce-only order that is not triggered stays, a resting one is cancelled', () => {
    expectCase({
      bars: [first, calm, '200 201 194 196'],
      script: [
        buy(1, { sl: '195' }), submit(2, { id: 'X', side: 'Sell', trigger: '190', triggerDirection: 2, reduceOnly: true }),
        submit(2, { id: 'Y', side: 'Sell', ...limit('210'), reduceOnly: true }), submit(2, { id: 'Z', side: 'Sell', ...limit('211'), reduceOnly: true }),
      ],
      fills: [bought, 'SL Sell 2 @ 195 taker 2'], expect: { orders: { E: 'Filled', X: 'Untriggered', Y: 'Cancelled', Z: 'Cancelled' } },
    });
  });

  it('a flip also cancels what could only reduce the old side', () => {
    expectCase({
      bars: [first, calm, calm],
      script: [buy(1), submit(2, { id: 'Y', side: 'Sell', ...limit('210'), reduceOnly: true }), submit(2, { id: 'X', side: 'Sell', qty: '5' })],
      fills: [bought, 'X Sell 5 @ 200 taker 2'], expect: { orders: { E: 'Filled', X: 'Filled', Y: 'Cancelled' } },
    });
  });
});

describe('section 10, funding', () => {
  const lines = [first, calm, '201 202 200 201'];

  it('at a negative rate the long receives and the short pays: 2 x 201 x 0.0003 = 0.1206', () => {
    const funding = [{ t: at(2), rate: '-0.0003' }];

    expectCase({ bars: lines, script: [buy(1)], funding, expect: { funding: '0.1206' } });
    expectCase({ bars: lines, script: [sell(1)], funding, expect: { funding: '-0.1206' } });
  });

  it('without a position nothing is paid; two stamps are paid twice, 2 x (200 + 201) x 0.0003', () => {
    expectCase({ bars: lines, funding: [{ t: at(2), rate: '0.0003' }], expect: { funding: '0', walletBalance: '10000' } });
    expectCase({
      bars: [...lines.slice(0, 2), calm, '201 202 200 201'], script: [buy(1)], expect: { funding: '-0.2406' },
      funding: [{ t: at(2), rate: '0.0003' }, { t: at(3), rate: '0.0003' }],
    });
  });

  it('an inverse long of 1000 at 25000 pays 0.04 x 0.0001', () => {
    expectCase({
      kind: 'inverse', config: { wallet: '1' }, bars: ['20000 20100 19900 20000', '20000 20100 19900 20000', '25000 25100 24900 25000'],
      script: [buy(1, { qty: '1000' })], funding: [{ t: at(2), rate: '0.0001' }], expect: { funding: '-0.000004' },
    });
  });

  it('funding is booked to the wallet, not to the margin: after paying 100 of 10000 the long is still liquidated at 180.904, not above', () => {
    expectCase({
      bars: [first, calm, calm, '200 201 181 199'], script: [buy(1)], funding: [{ t: at(2), rate: '0.25' }], fills: [bought], expect: { funding: '-100' },
    });
  });

  it('a stamp inside a bar is paid there, at the mark of the moment: 197 half way down from 200 to 194', () => {
    expectCase({
      bars: [first, '200 206 194 203'], config: { path: 'olhc' }, script: [buy(1)], funding: [{ t: at(1) + 10_000, rate: '0.001' }],
      expect: { funding: '-0.394' }, // 2 x 197 x 0.001
    });
  });
});

describe('section 11, margin', () => {
  it('an inverse buy of 1000 at 20000 costs 0.005 + 0.0000275 + 0.055 x 0.00055 = 0.00505775, a sell 0.00505225', () => {
    const tried = (side: 'Buy' | 'Sell', wallet: string): unknown =>
      play({ kind: 'inverse', config: { wallet }, bars: ['20000 20100 19900 20000', '20000 20100 19900 20000'], script: [submit(1, { id: 'E', side, qty: '1000' })] })
        .account?.orders['E'];

    expect([tried('Buy', '0.00505775'), tried('Buy', '0.0050577'), tried('Sell', '0.00505225'), tried('Sell', '0.0050522')])
      .toEqual(['Filled', 'Rejected', 'Filled', 'Rejected']);
  });

  it('the cost of a limit is taken at its price: 2 at 190 need 38.3971', () => {
    // 38 + 380 x 0.00055 + 342 x 0.00055 = 38 + 0.209 + 0.1881
    const tried = (wallet: string): unknown => play({ bars: [first, calm], config: { wallet }, script: [buy(1, limit('190'))] }).account?.orders['E'];

    expect([tried('38.3971'), tried('38.397')]).toEqual(['New', 'Rejected']);
  });

  it('the position margin and what was added to it are not free: of 100 there are 29.78 left, enough for 1 and not for 1.5 at 200', () => {
    // 100 - 0.22 - 40 - 30; 1 costs 20.209, 1.5 cost 30.3135.
    const add = { at: at(2), do: 'addMargin', amount: '30' };
    const tried = (qty: string): unknown =>
      play({ bars: [first, calm, calm], config: { wallet: '100' }, script: [buy(1), add, submit(2, { id: 'F', side: 'Buy', qty })] }).account?.orders['F'];

    expect([tried('1'), tried('1.5')]).toEqual(['Filled', 'Rejected']);
  });

  it('of an opposite order only the part beyond the position costs: of 0.78 free, 2.03 may be sold against 2, 2.1 may not', () => {
    // 41 - 0.22 - 40; a sell of 0.03 costs 0.607, of 0.1 2.023.
    const tried = (qty: string): unknown =>
      play({ bars: [first, calm, calm], config: { wallet: '41' }, script: [buy(1), submit(2, { id: 'F', side: 'Sell', qty })] }).account?.orders['F'];

    expect([tried('2.03'), tried('2.1')]).toEqual(['Filled', 'Rejected']);
  });

  it('a reduce-only order holds nothing, and a filled or cancelled one gives back what it held', () => {
    expectCase({
      bars: [first, calm, calm], config: { wallet: '82' },
      script: [
        buy(1), submit(1, { id: 'Y', side: 'Sell', ...limit('210'), qty: '9', reduceOnly: true }), submit(1, { id: 'F', side: 'Buy', ...limit('190') }),
        { at: at(2), do: 'cancel', id: 'F' }, submit(2, { id: 'G', side: 'Buy', ...limit('190') }),
      ],
      fills: [bought], expect: { orders: { E: 'Filled', Y: 'New', F: 'Cancelled', G: 'New' } },
    });
  });

  it('an untriggered order holds nothing before its trigger', () => {
    expectCase({
      bars: [first, calm], config: { wallet: '45' }, script: [submit(1, { id: 'S', side: 'Buy', trigger: '205', triggerDirection: 1 }), buy(1)], fills: [bought],
      expect: { orders: { S: 'Untriggered', E: 'Filled' } },
    });
  });
});

describe('section 11, liquidation', () => {
  const older = { liqFormula: 'entry-value' };

  it('a short of 2 at 200: by mark value (400 + 40)/(2 x 1.005) = 218.905, by entry value 200 + 38/2 = 219; closed at 220', () => {
    const lines = [first, calm, '200 218.95 199 200'];

    expectCase({ bars: lines, script: [sell(1)], fills: [sold, 'LIQ Buy 2 @ 220 taker 2'], expect: { realizedPnl: '-40' } });
    expectCase({ bars: lines, config: older, script: [sell(1)], fills: [sold] });
    expectCase({ bars: [first, calm, '200 219 199 200'], config: older, script: [sell(1)], fills: [sold, 'LIQ Buy 2 @ 220 taker 2'] });
    expectCase({ bars: [first, calm, '200 218.9 199 200'], script: [sell(1)], fills: [sold] });
  });

  it('added margin of 20, short: by mark value 460/2.01 = 228.86, by entry value 229; closed at 230', () => {
    const script = [sell(1), { at: at(2), do: 'addMargin', amount: '20' }];

    expectCase({ bars: [first, calm, '200 228.8 199 200'], script, fills: [sold] });
    expectCase({ bars: [first, calm, '200 228.9 199 200'], script, fills: [sold, 'LIQ Buy 2 @ 230 taker 2'], expect: { realizedPnl: '-60' } });
    expectCase({ bars: [first, calm, '200 228.9 199 200'], config: older, script, fills: [sold] });
    expectCase({ bars: [first, calm, '200 229 199 200'], config: older, script, fills: [sold, 'LIQ Buy 2 @ 230 taker 2'] });
  });

  it('added margin of 20, long, by entry value: 200 - 19 - 10 = 171; closed at 170', () => {
    const script = [buy(1), { at: at(2), do: 'addMargin', amount: '20' }];

    expectCase({ bars: [first, calm, '200 201 171.1 199'], config: older, script, fills: [bought] });
    expectCase({ bars: [first, calm, '200 201 171 199'], config: older, script, fills: [bought, 'LIQ Sell 2 @ 170 taker 2'] });
  });

  const coin = { kind: 'inverse' as const, instrument: { leverage: '2' } };
  const quiet = ['20000 20100 19900 20000', '20000 20100 19900 20000'];

  it('an inverse short of 1000 at 20000, 2x: by mark value 995/0.025 = 39800, by entry value 1000/0.02525 = 39603.96; closed at 40000', () => {
    const sketch = { ...coin, script: [sell(1, { qty: '1000' })] };
    const entry = 'E Sell 1000 @ 20000 taker 1';
    const gone = 'LIQ Buy 1000 @ 40000 taker 2';

    expectCase({ ...sketch, config: { wallet: '1' }, bars: [...quiet, '20000 39799.5 19900 20000'], fills: [entry] });
    expectCase({ ...sketch, config: { wallet: '1' }, bars: [...quiet, '20000 39800 19900 20000'], fills: [entry, gone], expect: { realizedPnl: '-0.025', fees: '0.00004125' } });
    expectCase({ ...sketch, config: { wallet: '1', ...older }, bars: [...quiet, '20000 39603.5 19900 20000'], fills: [entry] });
    expectCase({ ...sketch, config: { wallet: '1', ...older }, bars: [...quiet, '20000 39604 19900 20000'], fills: [entry, gone] });
  });

  it('an inverse long of 1000 at 20000, 2x, by entry value: 1000/(0.05 + 0.025 - 0.00025) = 13377.93', () => {
    const sketch = { ...coin, script: [buy(1, { qty: '1000' })], config: { wallet: '1', ...older } };

    expectCase({ ...sketch, bars: [...quiet, '20000 20100 13378 20000'], fills: ['E Buy 1000 @ 20000 taker 1'] });
    expectCase({
      ...sketch, bars: [...quiet, '20000 20100 13377.5 20000'], fills: ['E Buy 1000 @ 20000 taker 1', 'LIQ Sell 1000 @ 13333.333333333333 taker 2'],
    });
  });

  it('an inverse long with 0.005 added: 1005/0.08 = 12562.5, closed at 1000/0.08 = 12500', () => {
    const sketch = { ...coin, config: { wallet: '1' }, script: [buy(1, { qty: '1000' }), { at: at(2), do: 'addMargin', amount: '0.005' }] };

    expectCase({ ...sketch, bars: [...quiet, '20000 20100 12563 20000'], fills: ['E Buy 1000 @ 20000 taker 1'] });
    expectCase({
      ...sketch, bars: [...quiet, '20000 20100 12562.5 20000'], fills: ['E Buy 1000 @ 20000 taker 1', 'LIQ Sell 1000 @ 12500 taker 2'],
      expect: { realizedPnl: '-0.03' },
    });
  });

  it('a long at 1x has a bankruptcy price of 0 and no liquidation price: a low of 0.1 is survived', () => {
    expectCase({ bars: [first, calm, '200 201 0.1 199'], instrument: { leverage: '1' }, script: [buy(1)], fills: [bought] });
    expectCase({ bars: [first, calm, '200 201 0.1 199'], instrument: { leverage: '1' }, config: older, script: [buy(1)], fills: [bought] });
  });

  it('a long whose added margin is its whole value has none either', () => {
    expectCase({ bars: [first, calm, '200 201 0.1 199'], script: [buy(1), { at: at(2), do: 'addMargin', amount: '360' }], fills: [bought] });
  });

  it('a tier without a deduction gets that of section 11.2: 2,000,000 x (0.01 - 0.005) = 10,000, LP 181.14 for 15,000 at 200', () => {
    const sketch = {
      config: { wallet: '1000000' }, script: [buy(1, { qty: '15000' })],
      instrument: { tiers: [{ limit: '2000000', mmr: '0.005' }, ['10000000', '0.01']] },
    };

    expectCase({ ...sketch, bars: [first, calm, '200 201 181.2 199'], fills: ['E Buy 15000 @ 200 taker 1'] });
    expectCase({ ...sketch, bars: [first, calm, '200 201 181.1 199'], fills: ['E Buy 15000 @ 200 taker 1', 'LIQ Sell 15000 @ 180 taker 2'] });
  });

  it('the tier counts by entry value up to its limit: 2,000,000 exactly is the first tier, LP 180.904', () => {
    const sketch = { config: { wallet: '1000000' }, script: [buy(1, { qty: '10000' })] };

    expectCase({ ...sketch, bars: [first, calm, '200 201 181 199'], fills: ['E Buy 10000 @ 200 taker 1'] });
    // In the second tier it would be (2,000,000 - 200,000 - 10,000)/(10,000 x 0.99) = 180.8.
    expectCase({ ...sketch, bars: [first, calm, '200 201 180.9 199'], fills: ['E Buy 10000 @ 200 taker 1', 'LIQ Sell 10000 @ 180 taker 2'] });
  });

  it('the last tier has no limit: one tier up to 100 holds a position of 400 with its 0.005', () => {
    const instrument = { tiers: [{ limit: '100', mmr: '0.005', deduction: '0' }] };

    expectCase({ bars: [first, calm, '200 201 181 199'], instrument, script: [buy(1)], fills: [bought] });
    expectCase({ bars: [first, calm, '200 201 180.9 199'], instrument, script: [buy(1)], fills: [bought, 'LIQ Sell 2 @ 180 taker 2'] });
  });

  it('reducing a position leaves its liquidation price: 1 of 2 sold, 181 is survived and 180.9 is not', () => {
    const script = [buy(1), submit(1, { id: 'X', side: 'Sell', qty: '1', reduceOnly: true })];
    const fills = [bought, 'X Sell 1 @ 200 taker 1'];

    expectCase({ bars: [first, calm, '200 201 181 199'], script, fills });
    expectCase({ bars: [first, calm, '200 201 180.9 199'], script, fills: [...fills, 'LIQ Sell 1 @ 180 taker 2'] });
  });
});
