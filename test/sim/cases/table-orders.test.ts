/** Rows of FS-1 sections 6 and 7 (orders against the path, trailing stop) that no other case plays; `rows.test.ts` lists all. */
import { describe, it } from 'vitest';
import { at, buy, expectCase, limit, sell, stop, submit } from './kit.ts';

const first = '200 202 198 200';
const calm = '200 201 199 200';
const bought = 'E Buy 2 @ 200 taker 1';
const sold = 'E Sell 2 @ 200 taker 1';

describe('section 6, limits', () => {
  it('a marketable sell limit 199.8 with 3 ticks of slippage at 200 never gets less than 199.8', () => {
    expectCase({
      bars: [first, calm], config: { slippage: { kind: 'ticks', n: 3 } }, script: [sell(1, limit('199.8'))], fills: ['E Sell 2 @ 199.8 taker 1'],
    });
  });

  it('a buy limit at 195 is left by a low of 195 and filled by 194.9; a sell limit at 203 by a high of 203 and 203.1', () => {
    expectCase({ bars: [first, '200 201 195 199', '199 200 194.9 196'], script: [buy(1, limit('195'))], fills: ['E Buy 2 @ 195 maker 2'] });
    expectCase({ bars: [first, '200 203 199 200', '200 203.1 199 200'], script: [sell(1, limit('203'))], fills: ['E Sell 2 @ 203 maker 2'] });
  });

  it('with limitFill touch the high of 203 fills a sell limit at 203', () => {
    expectCase({ bars: [first, '200 203 199 200'], config: { limitFill: 'touch' }, script: [sell(1, limit('203'))], fills: ['E Sell 2 @ 203 maker 1'] });
  });

  it('a resting limit that a gap passes fills at its own price: buy 195 at an open of 190, sell 210 at an open of 215', () => {
    expectCase({ bars: [first, calm, '190 191 189 190'], script: [buy(1, limit('195'))], fills: ['E Buy 2 @ 195 maker 2'] });
    expectCase({ bars: [first, calm, '215 216 214 215'], script: [sell(1, limit('210'))], fills: ['E Sell 2 @ 210 maker 2'] });
  });

  it('a gap to exactly the limit is no fill: buy 195 at an open of 195 that only rises', () => {
    expectCase({ bars: [first, calm, '195 196 195 196'], script: [buy(1, limit('195'))], fills: [], expect: { orders: { E: 'New' } } });
  });

  it('a PostOnly sell at the open 200 is cancelled, one at 200.1 rests and fills at 200.2', () => {
    expectCase({
      bars: [first, '200 200.2 199 200'],
      script: [sell(1, { ...limit('200'), tif: 'PostOnly' }), submit(1, { id: 'F', side: 'Sell', ...limit('200.1'), tif: 'PostOnly' })],
      fills: ['F Sell 2 @ 200.1 maker 1'], expect: { orders: { E: 'Cancelled', F: 'Filled' } },
    });
  });

  it('a FOK that is not marketable is cancelled at once, although the low passes it later', () => {
    expectCase({ bars: [first, calm], script: [buy(1, { ...limit('199.9'), tif: 'FOK' })], fills: [], expect: { orders: { E: 'Cancelled' } } });
  });

  it('the bid decides for a sell: with 2 ticks of half spread 199.8 takes at 199.8, 199.9 rests', () => {
    expectCase({
      bars: [first, '200 200 199 199.5'], config: { halfSpreadTicks: 2, path: 'olhc' },
      script: [sell(1, limit('199.8')), submit(1, { id: 'F', side: 'Sell', ...limit('199.9') })],
      fills: ['E Sell 2 @ 199.8 taker 1', 'F Sell 2 @ 199.9 maker 1'], // up from 199 to 200, through 200.0 = 199.9 + 1 tick
    });
  });
});

describe('section 6, conditional orders', () => {
  const stopAt = (price: string, triggerDirection: 1 | 2): Record<string, unknown> => ({ trigger: price, triggerDirection });

  it('a buy stop 206 with 2 ticks of half spread and 1 of slippage pays 206.3 on the path and 208.3 from an open of 208', () => {
    const config = { halfSpreadTicks: 2, slippage: { kind: 'ticks', n: 1 } };

    expectCase({ bars: [first, '200 209 199 205'], config, script: [buy(1, stopAt('206', 1))], fills: ['E Buy 2 @ 206.3 taker 1'] });
    expectCase({ bars: [first, calm, '208 209 207 208'], config, script: [buy(1, stopAt('206', 1))], fills: ['E Buy 2 @ 208.3 taker 2'] });
  });

  it('a sell stop 194 in a gap to 191 fills at the open 191', () => {
    expectCase({ bars: [first, calm, '191 193 190 192'], script: [sell(1, stopAt('194', 2))], fills: ['E Sell 2 @ 191 taker 2'] });
  });

  it('a buy stop-limit 206/207 gapped to 209 rests and fills at 207 on the way back', () => {
    expectCase({
      bars: [first, calm, '209 211 206.5 208'], script: [buy(1, { ...limit('207'), ...stopAt('206', 1) })], fills: ['E Buy 2 @ 207 maker 2'],
    });
  });

  it('a sell stop-limit 194/193 gapped to 191 rests and fills at 193 on the way back', () => {
    expectCase({
      bars: [first, calm, '191 193.5 189 192'], script: [sell(1, { ...limit('193'), ...stopAt('194', 2) })], fills: ['E Sell 2 @ 193 maker 2'],
    });
  });

  it('a stop-limit IOC that is not marketable at its trigger is cancelled there', () => {
    expectCase({
      bars: [first, '200 209 199 208'], script: [buy(1, { ...limit('204'), ...stopAt('206', 1), tif: 'IOC' })], fills: [],
      expect: { orders: { E: 'Cancelled' } },
    });
  });

  it('a mark trigger is judged on arrival against the mark: at mark 203 a rising 203 is 110092, a falling 203 is 110093', () => {
    expectCase({
      bars: [first, calm], mark: [first, '203 204 197 200'],
      script: [
        buy(1, { ...stopAt('203', 1), triggerBy: 'MarkPrice' }), submit(1, { id: 'F', side: 'Sell', ...stopAt('203', 2), triggerBy: 'MarkPrice' }),
      ],
      fills: [], expect: { rejects: [{ id: 'E', code: '110092' }, { id: 'F', code: '110093' }] },
    });
  });
});

describe('section 6, stops of the position', () => {
  it('a short mirrors: SL 205 fires at the high of exactly 205, TP 195 at the low of exactly 195', () => {
    expectCase({ bars: [first, calm, '200 205 196 198'], script: [sell(1, { sl: '205', tp: '195' })], fills: [sold, 'SL Buy 2 @ 205 taker 2'] });
    expectCase({ bars: [first, calm, '200 204 195 198'], script: [sell(1, { sl: '205', tp: '195' })], fills: [sold, 'TP Buy 2 @ 195 taker 2'] });
  });

  it('a TP in a gap takes the open: a long at 205 sells at 208, a short at 195 buys at 190', () => {
    expectCase({ bars: [first, calm, '208 209 207 208'], script: [buy(1, { tp: '205' })], fills: [bought, 'TP Sell 2 @ 208 taker 2'] });
    expectCase({ bars: [first, calm, '190 191 189 190'], script: [sell(1, { tp: '195' })], fills: [sold, 'TP Buy 2 @ 190 taker 2'] });
  });

  it('an SL of a short at 205 in a gap buys at the open 208', () => {
    expectCase({ bars: [first, calm, '208 209 207 208'], script: [sell(1, { sl: '205' })], fills: [sold, 'SL Buy 2 @ 208 taker 2'] });
  });

  it('a TP by mark ignores a last price of 210, and sells at the last price of the moment: mark 205 at 36.67 s, last 201.5', () => {
    // OLHC: the mark goes 200 to 206 between 20 s and 40 s, the last price 199 to 202; at 5/6 of the leg it is 201.5.
    expectCase({
      bars: [first, '200 210 199 201', '200 202 199 200'], mark: [first, '200 204 199 200', '200 206 200 201'],
      script: [buy(1, { tp: '205', tpTriggerBy: 'MarkPrice' })], fills: [bought, 'TP Sell 2 @ 201.5 taker 2'],
    });
  });

  it('an attached TP that is already met sells at once at the current price 200', () => {
    expectCase({ bars: [first, calm], script: [buy(1, { tp: '199' })], fills: [bought, 'TP Sell 2 @ 200 taker 1'] });
  });

  it('an SL of 0 removes it: the low of 190 sells nothing', () => {
    expectCase({ bars: [first, calm, '200 201 190 199'], script: [buy(1, { sl: '195' }), stop(2, { sl: '0' })], fills: [bought] });
  });

  it('a TP of 0 removes it: the high of 210 sells nothing', () => {
    expectCase({ bars: [first, calm, '200 210 199 201'], script: [buy(1, { tp: '205' }), stop(2, { tp: '0' })], fills: [bought] });
  });

  it('a new SL of 193 replaces 195: the low of 194 sells nothing, the low of 193 sells at 193', () => {
    expectCase({
      bars: [first, calm, '200 201 194 199', '199 200 193 199'], script: [buy(1, { sl: '195' }), stop(2, { sl: '193' })],
      fills: [bought, 'SL Sell 2 @ 193 taker 3'],
    });
  });

  it('a stop that names only the SL leaves the TP at 205, one that names only the TP leaves the SL at 195', () => {
    expectCase({ bars: [first, calm, '200 206 199 201'], script: [buy(1, { sl: '195', tp: '205' }), stop(2, { sl: '190' })], fills: [bought, 'TP Sell 2 @ 205 taker 2'] });
    expectCase({ bars: [first, calm, '200 204 194 201'], script: [buy(1, { sl: '195', tp: '205' }), stop(2, { tp: '210' })], fills: [bought, 'SL Sell 2 @ 195 taker 2'] });
  });

  it('for a short at 200 an SL of 200 and a TP of 200 are 10001 and change nothing; 205 and 195 stand', () => {
    expectCase({
      bars: [first, calm, '200 205 199 204'],
      script: [
        sell(1), { ...stop(2, { sl: '200' }), id: 'S1' }, { ...stop(2, { tp: '200' }), id: 'S2' },
        { ...stop(2, { sl: '205', tp: '195' }), id: 'S3' }, { ...stop(2, { sl: '190' }), id: 'S4' },
      ],
      fills: [sold, 'SL Buy 2 @ 205 taker 2'],
      expect: { rejects: [{ id: 'S1', code: '10001' }, { id: 'S2', code: '10001' }, { id: 'S4', code: '10001' }] },
    });
  });

  it('prices are rounded towards the market: TP of a long 205.07 to 205, SL of a short 205.07 to 205, TP of a short 194.93 to 195', () => {
    expectCase({ bars: [first, calm, '200 205 199 201'], script: [buy(1), stop(2, { tp: '205.07' })], fills: [bought, 'TP Sell 2 @ 205 taker 2'] });
    expectCase({ bars: [first, calm, '200 205 199 201'], script: [sell(1), stop(2, { sl: '205.07' })], fills: [sold, 'SL Buy 2 @ 205 taker 2'] });
    expectCase({ bars: [first, calm, '200 201 195 199'], script: [sell(1), stop(2, { tp: '194.93' })], fills: [sold, 'TP Buy 2 @ 195 taker 2'] });
  });

  it('attached ones are rounded the same way: a long SL 194.93 to 195, TP 205.07 to 205, a short SL 205.07 to 205, TP 194.93 to 195', () => {
    const levels = { sl: '194.93', tp: '205.07' };
    const mirrored = { sl: '205.07', tp: '194.93' };

    expectCase({ bars: [first, calm, '200 201 195 199'], script: [buy(1, levels)], fills: [bought, 'SL Sell 2 @ 195 taker 2'] });
    expectCase({ bars: [first, calm, '200 205 199 201'], script: [buy(1, levels)], fills: [bought, 'TP Sell 2 @ 205 taker 2'] });
    expectCase({ bars: [first, calm, '200 205 199 201'], script: [sell(1, mirrored)], fills: [sold, 'SL Buy 2 @ 205 taker 2'] });
    expectCase({ bars: [first, calm, '200 201 195 199'], script: [sell(1, mirrored)], fills: [sold, 'TP Buy 2 @ 195 taker 2'] });
  });

  it('each level is judged against its own source: with last 200 and mark 190 an SL of 195 by mark is 10001, a TP of 195 by mark stands', () => {
    expectCase({
      bars: [first, calm, calm], mark: [first, '190 191 189 190', '190 191 189 190'],
      script: [
        buy(1), { ...stop(2, { sl: '195', slTriggerBy: 'MarkPrice' }), id: 'S1' }, { ...stop(2, { sl: '195' }), id: 'S2' },
        { ...stop(2, { tp: '195', tpTriggerBy: 'MarkPrice' }), id: 'S3' },
      ],
      fills: [bought], expect: { rejects: [{ id: 'S1', code: '10001' }] },
    });
  });

  it('the same price from another source is a change, not 34040', () => {
    expectCase({
      bars: [first, calm, calm], mark: [first, calm, '200 201 194 199'],
      script: [buy(1, { sl: '195' }), stop(2, { sl: '195', slTriggerBy: 'MarkPrice' })], fills: [bought, 'SL Sell 2 @ 199.1 taker 2'],
    }); // the mark meets 195 at 5/6 of its fall from 200 to 194, the last price is then 200 - 5/6 = 199.17, down to 199.1
  });

  it('a level that is not a number or below zero is 10001', () => {
    expectCase({
      bars: [first, calm, calm],
      script: [
        buy(1), { ...stop(2, { sl: 'x' }), id: 'S1' }, { ...stop(2, { tp: '-1' }), id: 'S2' }, { ...stop(2, { trailing: 'x' }), id: 'S3' },
        { ...stop(2, { trailing: '3', activePrice: '-1' }), id: 'S4' },
      ],
      fills: [bought],
      expect: { rejects: ['S1', 'S2', 'S3', 'S4'].map((id) => ({ id, code: '10001' })) },
    });
  });

  it('the SL acts on the whole position at the moment it fires: 2 and later 1 are sold as 3', () => {
    expectCase({
      bars: [first, calm, '200 201 195 199'], script: [buy(1, { sl: '195' }), submit(2, { id: 'F', side: 'Buy', qty: '1' })],
      fills: [bought, 'F Buy 1 @ 200 taker 2', 'SL Sell 3 @ 195 taker 2'],
    });
  });

  it('attached SL and TP live for the rest of the bar of the fill: a limit filled at 196 on the way down has its SL 194 met in the same leg', () => {
    expectCase({
      bars: [first, '200 201 190 195'], script: [buy(1, { ...limit('196'), sl: '194' })], fills: ['E Buy 2 @ 196 maker 1', 'SL Sell 2 @ 194 taker 1'],
    });
  });
});

describe('section 7, trailing stop', () => {
  it('a distance of 5 with activation at 210 does nothing before, then follows to 214 and sells at 209', () => {
    expectCase({
      bars: [first, '200 203 199 202', '202 214 201 208'], script: [buy(1), stop(2, { trailing: '5', activePrice: '210' })],
      fills: [bought, 'TS Sell 2 @ 209 taker 2'],
    });
  });

  it('activation in a gap starts from the open: 212, then sold at 207', () => {
    expectCase({
      bars: [first, calm, calm, '212 213 206 208'], script: [buy(1), stop(2, { trailing: '5', activePrice: '210' })],
      fills: [bought, 'TS Sell 2 @ 207 taker 3'],
    });
  });

  it('activation at exactly 205 counts, and the price 3 below it is exactly the close of 202', () => {
    expectCase({
      bars: [first, calm, '200 205 199 202'], script: [buy(1), stop(2, { trailing: '3', activePrice: '205' })], fills: [bought, 'TS Sell 2 @ 202 taker 2'],
    });
  });

  it('an activation price of 199 already passed at 200 makes it active at once, from 200: sold at 197', () => {
    expectCase({
      bars: [first, calm, '200 201 196 198'], script: [buy(1), stop(2, { trailing: '3', activePrice: '199' })], fills: [bought, 'TS Sell 2 @ 197 taker 2'],
    });
  });

  it('a short mirrors: active at 195, best 190, bought back at 193', () => {
    expectCase({
      bars: [first, calm, '200 201 190 194'], script: [sell(1), stop(2, { trailing: '3', activePrice: '195' })], fills: [sold, 'TS Buy 2 @ 193 taker 2'],
    });
  });

  it('a short gapped over buys at the open 206', () => {
    expectCase({ bars: [first, calm, calm, '206 207 205 206'], script: [sell(1), stop(2, { trailing: '3' })], fills: [sold, 'TS Buy 2 @ 206 taker 3'] });
  });

  it('beside an SL the one met first acts: SL 198.5 before 197, later 201 before 198.5, and the SL at the same 197', () => {
    expectCase({
      bars: [first, calm, '200 201 196 198'], script: [buy(1, { sl: '198.5' }), stop(2, { trailing: '3' })], fills: [bought, 'SL Sell 2 @ 198.5 taker 2'],
    });
    expectCase({
      bars: [first, calm, '200 204 199 200'], script: [buy(1, { sl: '198.5' }), stop(2, { trailing: '3' })], fills: [bought, 'TS Sell 2 @ 201 taker 2'],
    });
    expectCase({
      bars: [first, calm, '200 201 196 198'], script: [buy(1, { sl: '197' }), stop(2, { trailing: '3' })], fills: [bought, 'SL Sell 2 @ 197 taker 2'],
    });
  });

  it('the best price never goes back, and is kept over bars: 206 in one bar, sold at 203 in the next', () => {
    expectCase({
      bars: [first, calm, '200 206 199.5 204', '204 205 202 203'], script: [buy(1), stop(2, { trailing: '3', activePrice: '205' })],
      fills: [bought, 'TS Sell 2 @ 203 taker 3'],
    });
  });

  it('a distance of 0 removes it, and another distance starts anew from the price of the moment', () => {
    expectCase({
      bars: [first, calm, '200 201 199 200', '200 201 190 191'], script: [buy(1), stop(2, { trailing: '3' }), { ...stop(3, { trailing: '0' }), id: 'S2' }],
      fills: [bought],
    });
    expectCase({
      bars: [first, calm, '200 204 199 202', '202 203 198 200'], script: [buy(1), stop(2, { trailing: '5' }), { ...stop(3, { trailing: '4' }), id: 'S2' }],
      fills: [bought, 'TS Sell 2 @ 198 taker 3'], // 202 - 4; from the old best of 204 it would have been 200
    });
  });

  it('a message without trailing leaves it as it is: sold at 198, three below the high of 201 in the bar before', () => {
    expectCase({
      bars: [first, calm, calm, '200 201 196 198'], script: [buy(1), stop(2, { trailing: '3', activePrice: '199' }), { ...stop(3, { sl: '180' }), id: 'S2' }],
      fills: [bought, 'TS Sell 2 @ 198 taker 3'],
    });
  });

  it('an order sent at the moment of the fill sees the position gone: the message at 00:03 is 10001', () => {
    expectCase({
      bars: [first, calm, '200 201 196 198', calm], script: [buy(1), stop(2, { trailing: '3' }), { at: at(3), do: 'tradingStop', id: 'S2', sl: '190' }],
      fills: [bought, 'TS Sell 2 @ 197 taker 2'], expect: { rejects: [{ id: 'S2', code: '10001' }] },
    });
  });
});
