import { describe, expect, it } from 'vitest';
import { at, buy, limit, play, expectCase, sell, stop, submit } from './kit.ts';

const first = '200 202 198 200';

describe('orders that take', () => {
  it('a market buy at open 201 pays 2 ticks of half spread and 5 bps, 201.3005, rounded up to 201.4', () => {
    expectCase({
      bars: [first, '201 203 199 202'], config: { halfSpreadTicks: 2, slippage: { kind: 'bps', b: '5' } }, script: [buy(1)],
      fills: ['E Buy 2 @ 201.4 taker 1'],
    });
  });

  it('a market sell of 250 in a bar of 1000 pays 201 x 0.1 x 0.25^2 = 1.25625: 199.74375 down to 199.7', () => {
    expectCase({
      bars: [first, '201 203 199 202'], script: [sell(1, { qty: '250' })],
      config: { slippage: { kind: 'volshare', k: '0.1', cap: '0.5' }, wallet: '100000' },
      fills: ['E Sell 250 @ 199.7 taker 1'],
    });
  });

  it('volume share slippage stops at its cap: 201 x 0.1 x 0.1^2 = 0.201, 200.799 down to 200.7', () => {
    expectCase({
      bars: [first, '201 203 199 202'], script: [sell(1, { qty: '250' })],
      config: { slippage: { kind: 'volshare', k: '0.1', cap: '0.1' }, wallet: '100000' },
      fills: ['E Sell 250 @ 200.7 taker 1'],
    });
  });

  it('a marketable buy limit 201.2 with 3 ticks of slippage never pays more than 201.2', () => {
    expectCase({
      bars: [first, '201 203 199 202'], config: { slippage: { kind: 'ticks', n: 3 } },
      script: [buy(1, limit('201.2'))], fills: ['E Buy 2 @ 201.2 taker 1'],
    });
  });

  it('a buy limit at 201.1 is not marketable while the ask is 201.2, and rests until 201 is reached from above', () => {
    expectCase({
      bars: [first, '201 203 200.5 202'], config: { halfSpreadTicks: 2, path: 'ohlc' }, script: [buy(1, limit('201.1'))],
      fills: ['E Buy 2 @ 201.1 maker 1'],
    });
  });

  it('a stop-limit triggered at the low 196 with 5 ticks of half spread rests at 196.3: the path only rises after it', () => {
    // The ask is 196.5 at the trigger; 196.3 is touched again by no price of 196 to 204 to 198.
    expectCase({
      bars: [first, '200 204 196 198'], config: { halfSpreadTicks: 5, path: 'olhc', limitFill: 'touch' },
      script: [buy(1, { ...limit('196.3'), trigger: '196', triggerDirection: 2 })], fills: [], expect: { orders: { E: 'New' } },
    });
  });

  it('a buy limit inside the spread stays when the path only leaves it upwards', () => {
    expectCase({
      bars: [first, '201 203 201 203'], config: { halfSpreadTicks: 3, path: 'olhc', latencyMs: 30_000 },
      script: [buy(1, limit('202.2'))], fills: [], expect: { orders: { E: 'New' } },
    });
  });

  it('an IOC buy limit under the market is cancelled, over the market it takes', () => {
    expectCase({
      bars: [first, '201 203 199 202'],
      script: [buy(1, { ...limit('200.9'), tif: 'IOC' }), submit(1, { id: 'F', side: 'Buy', ...limit('201'), tif: 'IOC' })],
      fills: ['F Buy 2 @ 201 taker 1'], expect: { orders: { E: 'Cancelled', F: 'Filled' } },
    });
  });

  it('an IOC of 4 takes the budget 0.05 x 30 = 1.5 and is cancelled for the rest', () => {
    expectCase({
      bars: [first, '201 203 199 202 30'], config: { participation: '0.05' }, script: [buy(1, { ...limit('202'), qty: '4', tif: 'IOC' })],
      fills: ['E Buy 1.5 @ 201 taker 1'], expect: { orders: { E: 'Cancelled' } },
    });
  });

  it('a FOK of 1.6 over a budget of 1.5 fills nothing, a FOK of 1.5 fills whole', () => {
    expectCase({
      bars: [first, '201 203 199 202 30'], config: { participation: '0.05' },
      script: [
        buy(1, { ...limit('202'), qty: '1.6', tif: 'FOK' }), submit(1, { id: 'F', side: 'Buy', ...limit('202'), qty: '1.5', tif: 'FOK' }),
      ],
      fills: ['F Buy 1.5 @ 201 taker 1'], expect: { orders: { E: 'Cancelled', F: 'Filled' } },
    });
  });

  it('the rest of a marketable GTC limit is judged again at the next open: 1.5 at 200, then 2.5 at 199 as taker', () => {
    expectCase({
      bars: [first, '200 203 199 199 30', '199 200 198 199 1000'], config: { participation: '0.05' },
      script: [buy(1, { ...limit('201'), qty: '4' })],
      fills: ['E Buy 1.5 @ 200 taker 1', 'E Buy 2.5 @ 199 taker 2'], expect: { orders: { E: 'Filled' } },
    });
  });

  it('a market order of 4 with a budget of 1.5 keeps what it got and ends cancelled', () => {
    expectCase({
      bars: [first, '201 203 199 202 30'], config: { participation: '0.05' }, script: [buy(1, { qty: '4' })],
      fills: ['E Buy 1.5 @ 201 taker 1'], expect: { orders: { E: 'Cancelled' } },
    });
  });
});

describe('orders that rest', () => {
  it('with limitFill touch the low of 195 fills a buy limit at 195', () => {
    expectCase({
      bars: [first, '200 201 195 199'], config: { limitFill: 'touch' }, script: [buy(1, limit('195'))],
      fills: ['E Buy 2 @ 195 maker 1'],
    });
  });

  it('a PostOnly buy at the open price is cancelled, one a tick lower rests and fills as maker', () => {
    const script = [buy(1, { ...limit('201'), tif: 'PostOnly' }), submit(1, { id: 'F', side: 'Buy', ...limit('200.9'), tif: 'PostOnly' })];

    const outcome = expectCase({
      bars: [first, '201 203 199 202'], script, fills: ['F Buy 2 @ 200.9 maker 1'], expect: { orders: { E: 'Cancelled', F: 'Filled' } },
    });

    expect(outcome.account?.answers).toEqual([{ id: 'E', code: 'EC_PostOnlyWillTakeLiquidity', isOptional: true, isNameless: false }]);
  });

  it('two buy limits at the low are both filled there, the earlier arrival first', () => {
    expectCase({
      bars: [first, '200 201 195 199'],
      script: [buy(1, limit('195.1')), submit(1, { id: 'F', side: 'Buy', ...limit('195.1') })],
      fills: ['E Buy 2 @ 195.1 maker 1', 'F Buy 2 @ 195.1 maker 1'],
    });
  });

  it('an order price off the tick is quantised: a buy 195.07 rests at 195, a sell 203.01 at 203.1', () => {
    expectCase({
      bars: [first, '200 204 194 199'],
      script: [buy(1, limit('195.07')), submit(1, { id: 'F', side: 'Sell', ...limit('203.01') })],
      // Both sides pend, so adaptive: the high is 4 away, the low 6, the high comes first.
      fills: ['F Sell 2 @ 203.1 maker 1', 'E Buy 2 @ 195 maker 1'], expect: { position: { side: 'None', qty: '0', avgEntry: null } },
    });
  });

  it('a part-filled resting limit goes on at the next open that is still through', () => {
    expectCase({
      bars: [first, '200 201 196 196 30', '195 196 194 195 1000'], config: { participation: '0.05' },
      script: [buy(1, { ...limit('197'), qty: '4' })],
      fills: ['E Buy 1.5 @ 197 maker 1', 'E Buy 2.5 @ 197 maker 2'], expect: { orders: { E: 'Filled' } },
    });
  });
});

describe('conditional orders', () => {
  const trigger = (price: string, triggerDirection: 1 | 2): Record<string, unknown> => ({ trigger: price, triggerDirection });

  it('a buy stop at 206 fills at 206 when the path rises through it, and at the open 208 in a gap', () => {
    expectCase({ bars: [first, '200 209 199 205'], script: [buy(1, trigger('206', 1))], fills: ['E Buy 2 @ 206 taker 1'] });
    expectCase({
      bars: [first, '200 203 199 203', '208 209 207 208'], script: [buy(1, trigger('206', 1))], fills: ['E Buy 2 @ 208 taker 2'],
    });
  });

  it('equality triggers: a sell stop at 195 fires at the low of 195', () => {
    expectCase({ bars: [first, '200 201 195 199'], script: [sell(1, trigger('195', 2))], fills: ['E Sell 2 @ 195 taker 1'] });
  });

  it('a stop-limit 206/207 is marketable at its trigger and takes at 206', () => {
    expectCase({
      bars: [first, '200 209 199 205'], script: [buy(1, { ...limit('207'), ...trigger('206', 1) })], fills: ['E Buy 2 @ 206 taker 1'],
    });
  });

  it('a stop-limit cannot use prices passed before the trigger: 206/204 rests although the low was 199', () => {
    expectCase({
      bars: [first, '200 209 199 208'], config: { path: 'olhc' }, script: [buy(1, { ...limit('204'), ...trigger('206', 1) })],
      fills: [], expect: { orders: { E: 'New' } },
    });
  });

  it('a mark trigger at 202 fills at the last price of the same moment, 200 + 6 x 2/3 = 204', () => {
    expectCase({
      bars: [first, '200 206 198 202'], mark: [first, '200 203 199 201'],
      script: [buy(1, { ...trigger('202', 1), triggerBy: 'MarkPrice' })], fills: ['E Buy 2 @ 204 taker 1'],
    });
  });

  it('a trigger already met on arrival is refused: rising 200 at price 200 with 110092, falling 201 with 110093', () => {
    expectCase({
      bars: [first, '200 209 199 205'],
      script: [buy(1, trigger('200', 1)), submit(1, { id: 'F', side: 'Sell', ...trigger('201', 2) })], fills: [],
      expect: { orders: { E: 'Rejected', F: 'Rejected' }, rejects: [{ id: 'E', code: '110092' }, { id: 'F', code: '110093' }] },
    });
  });

  it('trigger prices are rounded towards the market: rising 206.07 down to 206, falling 194.93 up to 195', () => {
    expectCase({
      bars: [first, '200 206 195 199'], script: [buy(1, trigger('206.07', 1)), submit(1, { id: 'F', side: 'Sell', ...trigger('194.93', 2) })],
      config: { path: 'ohlc' }, fills: ['E Buy 2 @ 206 taker 1', 'F Sell 2 @ 195 taker 1'],
    });
  });

  it('an untriggered order shows as Untriggered, and its amended trigger is the one that fires', () => {
    expectCase({ bars: [first, '200 203 199 201'], script: [buy(1, trigger('206', 1))], fills: [], expect: { orders: { E: 'Untriggered' } } });
    expectCase({
      bars: [first, '200 203 199 201', '201 205 200 204'],
      script: [buy(1, trigger('206', 1)), { at: at(2), do: 'amend', id: 'E', trigger: '204' }], fills: ['E Buy 2 @ 204 taker 2'],
    });
  });
});

describe('the position and its own stops', () => {
  it('an attached SL that is already met sells at once at the current price 200', () => {
    expectCase({ bars: [first, '200 204 199 203'], script: [buy(1, { sl: '201' })], fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 200 taker 1'] });
  });

  it('a TP at 205 fires at the high of exactly 205, at market with 3 ticks of slippage: 204.7', () => {
    expectCase({
      bars: [first, '200 201 199 200', '200 205 199 201'], config: { slippage: { kind: 'ticks', n: 3 } },
      script: [buy(1, { tp: '205' })], fills: ['E Buy 2 @ 200.3 taker 1', 'TP Sell 2 @ 204.7 taker 2'],
    });
  });

  it('an SL by mark at 198 sells at the last price of that moment: mark 200 to 196 meets it half way, last 201 to 199 is at 200', () => {
    expectCase({
      bars: [first, '201 203 199 202'], mark: [first, '200 201 196 200'], script: [buy(1, { sl: '198', slTriggerBy: 'MarkPrice' })],
      fills: ['E Buy 2 @ 201 taker 1', 'SL Sell 2 @ 200 taker 1'],
    });
  });

  it('the trading stop answers 10001 without a position, 10001 at the price, 34040 for the same, 34040 for removing nothing', () => {
    expectCase({
      bars: [first, '200 202 199 201', '201 203 200 202'],
      script: [
        { ...stop(1, { sl: '190' }), id: 'S1' }, buy(1), { ...stop(2, { sl: '201' }), id: 'S2' }, { ...stop(2, { sl: '195' }), id: 'S3' },
        { ...stop(2, { sl: '195' }), id: 'S4' }, { ...stop(2, { tp: '0' }), id: 'S5' }, { ...stop(2, { tp: '200' }), id: 'S6' },
      ],
      fills: ['E Buy 2 @ 200 taker 1'],
      expect: {
        rejects: [
          { id: 'S1', code: '10001' }, { id: 'S2', code: '10001' }, { id: 'S4', code: '34040' }, { id: 'S5', code: '34040' },
          { id: 'S6', code: '10001' },
        ],
      },
    });
  });

  it('an SL of a long at 194.93 is rounded up to 195, towards the market', () => {
    expectCase({
      bars: [first, '200 202 199 201', '201 203 195 202'], script: [buy(1), stop(2, { sl: '194.93' })],
      fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 195 taker 2'],
    });
  });

  it('a trailing stop of 3 set at 202 follows to 210 and sells at 207', () => {
    expectCase({
      bars: [first, '200 203 199 202', '202 210 201 206'], script: [buy(1), stop(2, { trailing: '3' })],
      fills: ['E Buy 2 @ 200 taker 1', 'TS Sell 2 @ 207 taker 2'],
    });
  });

  it('a trailing stop sells at the open 190 when the market gaps through 199', () => {
    expectCase({
      bars: [first, '200 203 199 202', '202 203 201 202', '190 191 189 190'], script: [buy(1), stop(2, { trailing: '4' })],
      fills: ['E Buy 2 @ 200 taker 1', 'TS Sell 2 @ 190 taker 3'],
    });
  });

  it('a trailing stop of a short mirrors: best 190, bought back at 193', () => {
    expectCase({
      bars: [first, '200 203 199 200', '200 201 190 195'], script: [sell(1), stop(2, { trailing: '3' })],
      fills: ['E Sell 2 @ 200 taker 1', 'TS Buy 2 @ 193 taker 2'],
    });
  });

  it('the same distance and activation again is 34040 and keeps the best price of 204', () => {
    expectCase({
      bars: [first, '200 202 199 201', '201 204 200.5 202', '202 202 200 201'],
      script: [buy(1), stop(2, { trailing: '3' }), { ...stop(3, { trailing: '3' }), id: 'S2' }],
      fills: ['E Buy 2 @ 200 taker 1', 'TS Sell 2 @ 201 taker 3'], expect: { rejects: [{ id: 'S2', code: '34040' }] },
    });
  });

  it('an opposite order of 5 closes 2 at 203 and opens 3 short in one fill; the old SL is gone', () => {
    expectCase({
      bars: [first, '200 202 199 201', '203 204 190 200'],
      script: [buy(1, { sl: '195' }), submit(2, { id: 'X', side: 'Sell', qty: '5' })],
      fills: ['E Buy 2 @ 200 taker 1', 'X Sell 5 @ 203 taker 2'],
      expect: { position: { side: 'Sell', qty: '3', avgEntry: '203' }, realizedPnl: '6', fees: '0.77825' }, // (400 + 1015) x 0.00055
    });
  });

  it('an active reduce-only limit is cancelled when the position it would reduce is gone', () => {
    expectCase({
      bars: [first, '200 202 199 201', '201 203 194 200'],
      script: [buy(1, { sl: '195' }), submit(2, { id: 'X', side: 'Sell', ...limit('210'), reduceOnly: true })],
      fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 195 taker 2'], expect: { orders: { E: 'Filled', X: 'Cancelled' } },
    });
  });

  it('a conditional reduce-only order without a position is taken, and cancelled at its trigger', () => {
    expectCase({
      bars: [first, '200 203 194 201'], script: [sell(1, { trigger: '195', triggerDirection: 2, reduceOnly: true })], fills: [],
      expect: { orders: { E: 'Cancelled' } },
    });
  });

  it('an exit without enough volume sells the rest at the following opens: 1 at 195, 1 at 196', () => {
    expectCase({
      bars: [first, '200 202 199 201 1000', '201 203 194 200 20', '196 197 195 196 1000'], config: { participation: '0.05' },
      script: [buy(1, { sl: '195' }), { ...stop(3, { sl: '190' }), id: 'S' }],
      fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 1 @ 195 taker 2', 'SL Sell 1 @ 196 taker 3'],
      expect: { rejects: [{ id: 'S', code: '10001' }] },
    });
  });

  it('attached TP and SL in one bar are ambiguous, and the count says so', () => {
    const outcome = play({ bars: [first, '200 209 190 192'], script: [sell(1, { sl: '206', tp: '193' })] });

    expect(outcome.ambiguousBars).toBe(1);
  });
});
