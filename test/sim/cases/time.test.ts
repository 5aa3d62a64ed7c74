import { describe, expect, it } from 'vitest';
import { at, buy, limit, play, expectCase, sell, stop, submit } from './kit.ts';

const first = '200 202 198 200';
const calm = '200 201 199 200';

describe('time', () => {
  it('20 s of latency meet the first extreme: the low 194 of OLHC', () => {
    expectCase({ bars: [first, '200 206 194 203'], config: { latencyMs: 20_000, path: 'olhc' }, script: [buy(1)], fills: ['E Buy 2 @ 194 taker 1'] });
  });

  it('30 s of latency meet the middle of the second leg, 194 to 206: 200', () => {
    expectCase({ bars: [first, '200 206 194 203'], config: { latencyMs: 30_000, path: 'olhc' }, script: [buy(1)], fills: ['E Buy 2 @ 200 taker 1'] });
  });

  it('an order in flight counts as pending: a buy arriving in the bar makes the path OHLC, at 20 s the high 206', () => {
    expectCase({ bars: [first, '200 206 194 203'], config: { latencyMs: 20_000 }, script: [buy(1)], fills: ['E Buy 2 @ 206 taker 1'] });
  });

  it('an order sent inside the bar was not sent at its start: flat and nothing pending is adaptive, 7 over 6 is OLHC', () => {
    expectCase({ bars: [first, '200 207 194 203'], script: [buy(1 + 1 / 3)], fills: ['E Buy 2 @ 194 taker 1'] });
  });

  it('a reaction to a fill at 195 arrives 10 s later: path 200 to 194 in 20 s is at 195 after 16.67 s, the sell is at 26.67 s', () => {
    // Leg two runs 194 to 206 in 20 s: 6.67 s into it the price is 194 + 12 / 3 = 198, exactly.
    expectCase({
      bars: [first, '200 206 194 203'], config: { latencyMs: 5_000, responseLatencyMs: 5_000, path: 'olhc' },
      script: [
        { ...buy(1, { ...limit('195.1') }), at: at(1) - 5_000 }, { after: 'E', do: 'submit', order: { id: 'X', side: 'Sell', type: 'Market', qty: '2' } },
      ],
      fills: ['E Buy 2 @ 195.1 maker 1', 'X Sell 2 @ 198 taker 1'],
    });
  });

  it('a reaction without latency is judged after the other messages of its instant, at the same price', () => {
    expectCase({
      bars: [first, calm], script: [
        buy(1), { after: 'E', do: 'submit', order: { id: 'X', side: 'Sell', type: 'Market', qty: '1' } },
        submit(1, { id: 'F', side: 'Buy', qty: '3' }),
      ],
      fills: ['E Buy 2 @ 200 taker 1', 'F Buy 3 @ 200 taker 1', 'X Sell 1 @ 200 taker 1'],
    });
  });

  it('after an entry at 196 on the way down a trading stop with sl 195 fires at 195 in the same leg', () => {
    expectCase({
      bars: [first, '200 204 190 203'], config: { path: 'olhc' },
      script: [buy(1, limit('196')), { after: 'E', do: 'tradingStop', id: 'S', sl: '195' }],
      fills: ['E Buy 2 @ 196 maker 1', 'SL Sell 2 @ 195 taker 1'],
    });
  });

  it('messages after the end of the data are dropped and do not show', () => {
    expectCase({ bars: [first, calm], script: [buy(2)], fills: [], expect: { orders: {} } });
  });
});

describe('holes and gaps', () => {
  it('a message sent in a hole is judged at the next open, after the gap has closed the position', () => {
    expectCase({
      bars: [first, calm, 'gap', '190 191 189 190'],
      script: [buy(1, { sl: '195' }), submit(2.5, { id: 'X', side: 'Sell', reduceOnly: true })],
      fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 190 taker 2'], expect: { rejects: [{ id: 'X', code: '110017' }] },
    });
  });

  it('a cancel sent in a hole keeps its order out of the gap', () => {
    expectCase({
      bars: [first, calm, 'gap', '190 191 189 190'], script: [buy(1, limit('196')), { at: at(2.5), do: 'cancel', id: 'E' }], fills: [],
      expect: { orders: { E: 'Cancelled' } },
    });
  });

  it('in a gap the orders are taken as the line meets them: limit at 197, its SL and stop at the open 190', () => {
    expectCase({
      bars: [first, calm, '190 191 189 190'],
      script: [buy(1, { ...limit('197'), sl: '194' }), submit(1, { id: 'F', side: 'Sell', qty: '1', trigger: '195', triggerDirection: 2 })],
      fills: ['E Buy 2 @ 197 maker 2', 'F Sell 1 @ 190 taker 2', 'SL Sell 1 @ 190 taker 2'],
    });
  });

  it('a resting stop goes before a close order of the same instant, which then has nothing to reduce', () => {
    expectCase({
      bars: [first, calm, '194 195 193 194'], script: [buy(1, { sl: '195' }), submit(2, { id: 'X', side: 'Sell', reduceOnly: true })],
      fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 194 taker 2'], expect: { rejects: [{ id: 'X', code: '110017' }] },
    });
  });
});

describe('bars without volume', () => {
  it('a market order waits and fills at the next traded open of 203, whatever the empty bar lists', () => {
    expectCase({ bars: [first, '150 151 149 150 0', '203 204 202 203'], script: [buy(1)], fills: ['E Buy 2 @ 203 taker 2'] });
  });

  it('nothing triggers at listed prices, and the gap starts at the last traded price', () => {
    expectCase({
      bars: [first, calm, '150 151 149 150 0', '203 204 202 203'], script: [buy(1, { sl: '195' })], fills: ['E Buy 2 @ 200 taker 1'],
    });
  });

  it('a mark trigger fires in it and sells at the next traded open', () => {
    expectCase({
      bars: [first, calm, '200 200 200 200 0', '199 200 198 199'], mark: [first, calm, '200 200 194 195', '199 200 198 199'],
      script: [buy(1, { sl: '195', slTriggerBy: 'MarkPrice' })], fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 199 taker 3'],
    });
  });

  it('a marketable PostOnly is cancelled, a marketable GTC limit waits and is judged at the next traded open', () => {
    expectCase({
      bars: [first, '200 200 200 200 0', '203 204 197 203'], script: [
        buy(1, { ...limit('201'), tif: 'PostOnly' }), submit(1, { id: 'F', side: 'Buy', ...limit('201') }),
      ],
      config: { path: 'ohlc' }, fills: ['F Buy 2 @ 201 maker 2'], expect: { orders: { E: 'Cancelled', F: 'Filled' } },
    });
  });

  it('liquidation by mark takes place', () => {
    expectCase({
      bars: [first, calm, '200 200 200 200 0'], mark: [first, calm, '200 200 180 195'], script: [buy(1)],
      fills: ['E Buy 2 @ 200 taker 1', 'LIQ Sell 2 @ 180 taker 2'],
    });
  });
});

describe('the path', () => {
  const race = ['E Buy 2 @ 200 taker 1'];
  const long = (config: Record<string, unknown>): string | undefined =>
    play({ bars: [first, '200 207 194 201'], config, script: [buy(1, { sl: '195', tp: '206' })] }).account?.fills[1]?.order;

  it('a long meets its SL first when adverse, its TP first when favourable; fixed paths as named; adaptive 7 over 6 is low first', () => {
    expect([long({}), long({ path: 'favourable' }), long({ path: 'ohlc' }), long({ path: 'olhc' }), long({ path: 'adaptive' })])
      .toEqual(['SL', 'TP', 'TP', 'SL', 'SL']);
  });

  it('a tie of the extremes is low first', () => {
    const outcome = play({ bars: [first, '200 206 194 201'], config: { path: 'adaptive' }, script: [buy(1, { sl: '195', tp: '206' })] });

    expect(outcome.account?.fills[1]?.order).toBe('SL');
  });

  it('a mark bar twice as long walks its own path: at 40 s of 120 s it is at its first extreme', () => {
    // Long at 200: adverse, so the mark bar of two minutes falls 200 to 194 until 0:40 and meets 197 at 0:20 of bar 2.
    expectCase({
      bars: [first, calm, '200 203 197 200', calm], mark: [first, 'gap', '200 206 194 200', 'gap'],
      script: [buy(1), stop(2, { sl: '197', slTriggerBy: 'MarkPrice' })],
      fills: [...race, 'SL Sell 2 @ 197 taker 2'],
    });
  });

  it('a mark bar twice as long stands at 202 at the second open: an SL at 196 by mark does not look back at its open of 196', () => {
    // OHLC of the mark: 196 to 208 until 0:40, 196 again at 1:20; at 1:00 it is at 202. The limit at 199 fills in the gap.
    const flat = '198 198 198 198';
    expectCase({
      bars: [calm, flat, flat, flat], mark: ['196 208 196 205', 'gap', '205 205 205 205'], config: { path: 'ohlc', latencyMs: 20_000 },
      script: [buy(0, { sl: '196', slTriggerBy: 'MarkPrice' }), submit(0, { id: 'L', side: 'Buy', ...limit('199') })],
      fills: ['E Buy 2 @ 201 taker 0', 'L Buy 2 @ 199 maker 1', 'SL Sell 4 @ 198 taker 1'],
    });
  });

  it('a mark bar per bar is a minute long whatever the holes: the SL at 195 by mark is met at 0:20, at the low', () => {
    // Distances of the stamps: two and three minutes. OLHC of the last bar: 200 to 199 at 0:20; the mark falls to 195 there.
    expectCase({
      bars: [calm, 'gap', calm, 'gap', 'gap', calm], mark: [calm, 'gap', calm, 'gap', 'gap', '200 201 195 200'],
      script: [buy(2, { sl: '195', slTriggerBy: 'MarkPrice' })], fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 199 taker 2'],
    });
    expectCase({
      bars: [calm, 'gap', calm, 'gap', calm], mark: [calm, 'gap', calm, 'gap', '200 201 195 200'],
      script: [buy(2, { sl: '195', slTriggerBy: 'MarkPrice' })], fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 199 taker 2'],
    });
  });

  it('bars with a single level inside, or without any, are not ambiguous', () => {
    expect(play({ bars: [first, '200 201 199 200', '200 201 195 200'], script: [sell(1, { sl: '250' }), stop(2, { tp: '196' })] }).ambiguousBars).toBe(0);
  });
});

describe('the order of a script', () => {
  const then = (order: string, fields: Record<string, unknown>): Record<string, unknown> => ({ after: order, do: 'submit', order: { type: 'Market', ...fields } });

  it('is that of the sending times, not of the places in the file', () => {
    expectCase({
      bars: [first, calm, '203 204 202 203', '205 206 204 205'],
      script: [submit(3, { id: 'G', side: 'Buy', qty: '1' }), submit(2, { id: 'F', side: 'Buy', qty: '1' }), buy(1, { qty: '1' })],
      fills: ['E Buy 1 @ 200 taker 1', 'F Buy 1 @ 203 taker 2', 'G Buy 1 @ 205 taker 3'],
    });
  });

  it('of two reactions to one fill the first in the file goes first, and both go after what the script sends at that time', () => {
    expectCase({
      bars: [first, calm],
      script: [
        then('E', { id: 'X', side: 'Sell', qty: '1' }), then('E', { id: 'Y', side: 'Sell', qty: '0.5' }), buy(1), submit(1, { id: 'F', side: 'Buy', qty: '3' }),
      ],
      fills: ['E Buy 2 @ 200 taker 1', 'F Buy 3 @ 200 taker 1', 'X Sell 1 @ 200 taker 1', 'Y Sell 0.5 @ 200 taker 1'],
    });
  });

  it('a reaction that is known at 30 s goes between a message of 20 s and one of 40 s: lows and highs of OLHC', () => {
    // 200 to 194 in 20 s, 206 at 40 s. E fills at 0 s, its reaction is sent 30 s later, half way up at 200.
    expectCase({
      bars: [first, '200 206 194 203'], config: { path: 'olhc', responseLatencyMs: 30_000 },
      script: [
        { ...submit(1, { id: 'G', side: 'Buy', qty: '1' }), at: at(1) + 40_000 }, then('E', { id: 'X', side: 'Sell', qty: '1' }),
        { ...submit(1, { id: 'F', side: 'Buy', qty: '1' }), at: at(1) + 20_000 }, buy(1),
      ],
      fills: ['E Buy 2 @ 200 taker 1', 'F Buy 1 @ 194 taker 1', 'X Sell 1 @ 200 taker 1', 'G Buy 1 @ 206 taker 1'],
    });
  });

  it('reactions to fills of one point of the path come after all that rests there', () => {
    // From 200 to 194 in 20 s: the stop at 198 and the limit at 198.1 are met at 6,666.67 ms.
    expectCase({
      bars: [first, '200 206 194 203'], config: { path: 'olhc' },
      script: [
        then('S', { id: 'Y', side: 'Buy', qty: '0.5' }), then('L', { id: 'X', side: 'Sell', qty: '0.5' }),
        submit(1, { id: 'L', side: 'Buy', qty: '1', type: 'Limit', price: '198.1' }), submit(1, { id: 'S', side: 'Sell', qty: '1', trigger: '198', triggerDirection: 2 }),
      ],
      fills: ['L Buy 1 @ 198.1 maker 1', 'S Sell 1 @ 198 taker 1', 'X Sell 0.5 @ 198 taker 1', 'Y Buy 0.5 @ 198 taker 1'],
    });
  });
});
