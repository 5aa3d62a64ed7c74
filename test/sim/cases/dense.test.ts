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

describe('levels attached to an order', () => {
  it('an SL of 0.04 of a short rounds to 0, lies beyond the price and fires at once; an SL of 0 is none', () => {
    expectCase({ bars: [calm, calm], script: [sell(1, { sl: '0.04' })], fills: ['E Sell 2 @ 200 taker 1', 'SL Buy 2 @ 200 taker 1'] });
    expectCase({ bars: [calm, calm], script: [sell(1, { sl: '0' })], fills: ['E Sell 2 @ 200 taker 1'] });
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

describe('liquidation beside other orders', () => {
  const ten = (order: Record<string, unknown> = {}): Record<string, unknown> => buy(1, { qty: '10', ...order });
  const bought = 'E Buy 10 @ 200 taker 1';
  const liquidated = 'LIQ Sell 10 @ 180 taker 2';

  it('in a gap to 170 the line meets an SL of 185 before 180.904 and sells at 170; an SL of 180.5 comes after it', () => {
    const bars = [calm, calm, '170 171 169 170'];

    expectCase({ bars, script: [ten({ sl: '185' })], fills: [bought, 'SL Sell 10 @ 170 taker 2'] });
    expectCase({ bars, script: [ten({ sl: '180.5' })], fills: [bought, liquidated] });
  });

  it('in a gap of two lines the earlier share counts: mark 200 to 176 meets 180.904 at 0.796, last 200 to 180 the SL of 182 at 0.9', () => {
    const gap = { bars: [calm, calm, '180 181 179 180'], script: [ten({ sl: '182' })] };

    expectCase({ ...gap, mark: [calm, calm, '176 181 175 180'], fills: [bought, liquidated] });
    expectCase({ ...gap, mark: [calm, calm, '180.5 181 179 180'], fills: [bought, 'SL Sell 10 @ 180 taker 2'] });
  });

  it('on a leg too: mark 200 to 178 meets 180.904 at 0.868, mark 200 to 179 at 0.909, last 200 to 180 the SL of 182 at 0.9', () => {
    const leg = { bars: [calm, calm, '200 201 180 195'], script: [ten({ sl: '182' })] };

    expectCase({ ...leg, mark: [calm, calm, '200 201 178 195'], fills: [bought, liquidated] });
    expectCase({ ...leg, mark: [calm, calm, '200 201 179 195'], fills: [bought, 'SL Sell 10 @ 182 taker 2'] });
  });

  it('20100 / 1.005 is 20000, where the SL stands too: the liquidation goes first, on a leg and in a gap, for 20100 / 1.01', () => {
    const inverse = {
      kind: 'inverse' as const, instrument: { leverage: '100' }, config: { wallet: '1', liqFormula: 'entry-value', path: 'olhc' },
      script: [buy(1, { qty: '100', sl: '20000' })],
    };
    const quiet = '20100 20150 20000.5 20000.5';
    const ended = { position: { side: 'None', qty: '0', avgEntry: null }, realizedPnl: '-0.000049751243781095' };

    expectCase({ ...inverse, bars: [quiet, quiet, '20100 20150 19850 20000'], expect: ended });
    expectCase({ ...inverse, bars: [quiet, quiet, '20000.5 20001 19999.5 20000'], expect: ended });
    expectCase({ ...inverse, bars: [quiet, quiet, '19999.5 20000 19850 20000'], expect: ended });
  });

  it('a limit of 181.1 met at 181, where the position ends, opens the next one', () => {
    expectCase({
      bars: [calm, calm, '200 201 181 195'], config: { liqFormula: 'entry-value' },
      script: [ten(), submit(1, { id: 'N', side: 'Buy', ...limit('181.1') })], fills: [bought, liquidated, 'N Buy 2 @ 181.1 maker 2'],
    });
  });

  it('what could only reduce goes with the position, a stop at 179 further down opens a short', () => {
    expectCase({
      bars: [calm, calm, '200 201 178 180'], config: { path: 'ohlc' },
      script: [
        ten(), submit(1, { id: 'R', side: 'Sell', ...limit('220'), reduceOnly: true }),
        submit(1, { id: 'S', side: 'Sell', qty: '5', trigger: '179', triggerDirection: 2 }),
      ],
      fills: [bought, liquidated, 'S Sell 5 @ 179 taker 2'], expect: { orders: { E: 'Filled', R: 'Cancelled', S: 'Filled' } },
    });
  });

  it('a limit filled at 195 on the way down is liquidated on the same leg at 195 x 0.9 / 0.995 = 176.38, for 175.5', () => {
    expectCase({
      bars: [calm, '200 201 170 180'], config: { path: 'olhc' }, script: [buy(1, limit('195'))],
      fills: ['E Buy 2 @ 195 maker 1', 'LIQ Sell 2 @ 175.5 taker 1'],
    });
  });

  it('an SL of 185 that finds volume for 1 of 5 leaves 4 to be liquidated further down', () => {
    expectCase({
      bars: [calm, calm, '200 200 170 175 10'], config: { participation: '0.1' }, script: [buy(1, { qty: '5', sl: '185' })],
      fills: ['E Buy 5 @ 200 taker 1', 'SL Sell 1 @ 185 taker 2', 'LIQ Sell 4 @ 180 taker 2'],
    });
  });

  it('closing half keeps all of the added 100: 5 with 200 of margin end at 800 / 4.975 = 160.8, for 160', () => {
    expectCase({
      bars: [calm, calm, calm, '200 201 161 195', '195 196 160.5 190'],
      script: [ten(), { at: at(2), do: 'addMargin', amount: '100' }, submit(2, { id: 'X', side: 'Sell', qty: '5' })],
      fills: [bought, 'X Sell 5 @ 200 taker 2', 'LIQ Sell 5 @ 160 taker 4'],
    });
  });
});

describe('exits that wait for volume', () => {
  it('a reduce-only limit of 192 passed by the gap takes 1, then 2 are bought back at the open 190', () => {
    expectCase({
      bars: [calm, calm, '200 206 199.5 204 20', '190 191 189 190'], config: { participation: '0.1', path: 'ohlc' },
      script: [sell(1, { qty: '5', sl: '205' }), submit(1, { id: 'X', side: 'Buy', qty: '1', ...limit('192'), reduceOnly: true })],
      fills: ['E Sell 5 @ 200 taker 1', 'SL Buy 2 @ 205 taker 2', 'X Buy 1 @ 192 maker 3', 'SL Buy 2 @ 190 taker 3'],
    });
  });

  it('the exit goes before a market order of the same open, which finds no volume left', () => {
    expectCase({
      bars: [calm, calm, '200 200.5 194 194.5 10', '194 195 193 194 10', '193 194 192 193'],
      config: { participation: '0.1', path: 'olhc' },
      script: [buy(1, { qty: '5', sl: '195' }), submit(3, { id: 'X', side: 'Sell', qty: '9' })],
      fills: ['E Buy 5 @ 200 taker 1', 'SL Sell 1 @ 195 taker 2', 'SL Sell 1 @ 194 taker 3', 'SL Sell 3 @ 193 taker 4'],
      expect: { orders: { E: 'Filled', X: 'Cancelled' } },
    });
  });

  it('a flip with volume for 3 of 5 closes 2 and opens 1', () => {
    expectCase({
      bars: [calm, calm, '210 211 209 210 30'], config: { participation: '0.1' },
      script: [buy(1), submit(2, { id: 'X', side: 'Sell', qty: '5' })], fills: ['E Buy 2 @ 200 taker 1', 'X Sell 3 @ 210 taker 2'],
      expect: { orders: { E: 'Filled', X: 'Cancelled' }, position: { side: 'Sell', qty: '1', avgEntry: '210' } },
    });
  });
});

describe('funding beside fills', () => {
  it('two stamps in one hole are both booked at the next open: a short of 2 receives 2 x 190 x (0.001 - 0.0004) = 0.228', () => {
    expectCase({
      bars: [calm, calm, 'gap', 'gap', 'gap', '190 191 189 190'], script: [sell(1)],
      funding: [{ t: at(2), rate: '0.001' }, { t: at(4), rate: '-0.0004' }], fills: ['E Sell 2 @ 200 taker 1'], expect: { funding: '0.228' },
    });
  });

  it('with mark prices it is the mark open of that bar: 2 x 191 x 0.001 = 0.382', () => {
    expectCase({
      bars: [calm, calm, 'gap', '190 191 189 190'], mark: [calm, calm, 'gap', '191 192 190 191'], script: [sell(1)],
      funding: [{ t: at(2), rate: '0.001' }], fills: ['E Sell 2 @ 200 taker 1'], expect: { funding: '0.382' },
    });
  });

  it('a flip at the stamp: the long of 2 pays 2 x 201 x 0.001 = 0.402, the short of 3 receives nothing', () => {
    expectCase({
      bars: [calm, calm, '201 202 200 201'], funding: [{ t: at(2), rate: '0.001' }],
      script: [buy(1), submit(2, { id: 'X', side: 'Sell', qty: '5' })], fills: ['E Buy 2 @ 200 taker 1', 'X Sell 5 @ 201 taker 2'],
      expect: { funding: '-0.402' },
    });
  });

  it('a limit filled in the gap at the stamp pays nothing, and a stamp at the end of the data is not booked', () => {
    expectCase({
      bars: [calm, calm, '190 191 189 190'], funding: [{ t: at(2), rate: '0.01' }, { t: at(3), rate: '0.01' }],
      script: [buy(1, limit('195'))], fills: ['E Buy 2 @ 195 maker 2'], expect: { funding: '0' },
    });
  });
});

describe('margin at the trigger and at the limit', () => {
  it('a stop of 14 against 10 needs margin for 4: 4 x 190 x (0.1 + 0.00055 + 0.000605) = 76.878 of the 98.9 free', () => {
    expectCase({
      bars: [calm, '200 201 189 195'], config: { wallet: '300' },
      script: [buy(1, { qty: '10' }), submit(1, { id: 'S', side: 'Sell', qty: '14', trigger: '190', triggerDirection: 2 })],
      fills: ['E Buy 10 @ 200 taker 1', 'S Sell 14 @ 190 taker 1'],
    });
  });

  it('an order that only closes needs nothing, though of the wallet of 57.4 the margin of 100 leaves less than nothing', () => {
    expectCase({
      bars: [calm, calm, '170 171 169 170', '165 166 150 151'], config: { wallet: '360' },
      mark: [calm, calm, calm, calm],
      script: [
        buy(1, { qty: '15' }), submit(2, { id: 'X', side: 'Sell', qty: '10' }),
        submit(3, { id: 'S', side: 'Sell', qty: '5', trigger: '160', triggerDirection: 2 }),
      ],
      fills: ['E Buy 15 @ 200 taker 1', 'X Sell 10 @ 170 taker 2', 'S Sell 5 @ 160 taker 3'],
    });
  });

  it('a marketable limit is charged at its limit: 10 sold from 150 need 151.73 of 160, 10 at market 202.31', () => {
    expectCase({
      bars: [calm, calm], config: { wallet: '160' },
      script: [submit(1, { id: 'A', side: 'Sell', qty: '10' }), submit(1, { id: 'B', side: 'Sell', qty: '10', ...limit('150') })],
      fills: ['B Sell 10 @ 200 taker 1'], expect: { orders: { A: 'Rejected', B: 'Filled' }, rejects: [{ id: 'A', code: '110007' }] },
    });
  });
});

describe('arrivals and prices', () => {
  it('a rising trigger of 0.04 rounds to 0 and holds already: 110092, nothing is sold; an amend to it leaves the one at 206', () => {
    expectCase({
      bars: [calm, calm, '200 207 199 200'],
      script: [
        sell(1, { ...limit('190'), trigger: '0.04', triggerDirection: 1 }),
        submit(1, { id: 'S', side: 'Sell', trigger: '206', triggerDirection: 1, ...limit('190') }), { at: at(2), do: 'amend', id: 'S', trigger: '0.04' },
      ],
      fills: ['S Sell 2 @ 206 taker 2'],
      expect: { orders: { E: 'Rejected', S: 'Filled' }, rejects: [{ id: 'E', code: '110092' }, { id: 'amend:S', code: '110092' }] },
    });
  });

  it('a stop-limit of 203 triggered in the bar before stands before a limit of 203 sent after it', () => {
    expectCase({
      bars: [calm, '200 206 199 205', '205 206 202 203 20'], config: { participation: '0.1', path: 'olhc' },
      script: [
        submit(1, { id: 'S', side: 'Buy', trigger: '205', triggerDirection: 1, ...limit('203') }),
        submit(2, { id: 'L', side: 'Buy', ...limit('203') }),
      ],
      fills: ['S Buy 2 @ 203 maker 2'], expect: { orders: { S: 'Filled', L: 'New' } },
    });
  });

  it('a limit of 200.1 that arrives at the low 200, under the ask 200.2, waits until the path comes back to 200', () => {
    expectCase({
      bars: [calm, '201 203 200 202', '202 203 199.9 200.5'], config: { halfSpreadTicks: '2', path: 'olhc' },
      script: [{ ...buy(1, limit('200.1')), at: at(1) + 20_000 }], fills: ['E Buy 2 @ 200.1 maker 2'],
    });
  });

  it('10 bps of 200.2 would be 200.5: the rest of a limit of 200.3 is bought at 200.3', () => {
    expectCase({
      bars: [calm, '200 202 199 200 10', '200.2 202 199 200'], config: { participation: '0.1', slippage: { kind: 'bps', b: '10' } },
      script: [buy(1, { qty: '3', ...limit('200.3') })], fills: ['E Buy 1 @ 200.2 taker 1', 'E Buy 2 @ 200.3 taker 2'],
    });
  });

  it('a cancel answering a fill at the close comes before the open: the limit of 195 is not filled at 190', () => {
    expectCase({
      bars: [calm, '200 202 197.9 197.9', '190 191 189 190'], config: { path: 'ohlc' },
      script: [
        buy(1, limit('198')), submit(1, { id: 'F', side: 'Buy', ...limit('195') }), { after: 'E', do: 'cancel', id: 'F' },
      ],
      fills: ['E Buy 2 @ 198 maker 1'], expect: { orders: { E: 'Filled', F: 'Cancelled' } },
    });
  });
});

describe('shorter bars', () => {
  it('of a bar without volume only what trades is compared: its listed prices, and theirs, are nothing', () => {
    const thirds = (k: number, volume: string): unknown[][] => [0, 20_000, 40_000].map((into) => [at(k) + into, '200', '202', '198', '200', volume]);
    expectCase({
      bars: [calm, '199 199 197 198 0', calm], config: { detailIntervalMs: 20_000 },
      detail: [...thirds(0, '1000'), [at(1), '199', '199', '198', '198', '0'], [at(1.5) - 10_000, '198', '198', '197', '198', '0'], ...thirds(2, '1000')],
      script: [buy(1)], fills: ['E Buy 2 @ 200 taker 2'],
    });
  });
});
