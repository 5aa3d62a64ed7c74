/** Clarifications of FS-1 section 14a that no other case plays, under their numbers. */
import { describe, expect, it } from 'vitest';
import { at, buy, expectCase, limit, play, sell, stop, submit } from './kit.ts';

const first = '200 202 198 200';
const calm = '200 201 199 200';
const bought = 'E Buy 2 @ 200 taker 1';
const scarce = { participation: '0.05' };
const amend = (k: number, fields: Record<string, unknown>): Record<string, unknown> => ({ at: at(k), do: 'amend', id: 'E', ...fields });
const cancel = (k: number, id = 'E'): Record<string, unknown> => ({ at: at(k), do: 'cancel', id });

describe('14a time and order', () => {
  it('1: a trailing stop met exactly at the close of 203 has sold before funding, cancels and messages of that instant', () => {
    // OLHC: best 206 at 40 s, 203 at 60 s. The order of 00:02 finds no position, the stamp of 00:02 nothing to pay.
    expectCase({
      bars: [first, calm, '200 206 199 203', calm], script: [buy(1), stop(2, { trailing: '3', activePrice: '205' }), submit(3, { id: 'X', side: 'Sell', reduceOnly: true })],
      funding: [{ t: at(3), rate: '0.0003' }], fills: [bought, 'TS Sell 2 @ 203 taker 2'],
      expect: { funding: '0', rejects: [{ id: 'X', code: '110017' }] },
    });
  });

  it('1: a limit met exactly at the close is filled although its cancel comes at the close', () => {
    // OHLC with the low 195 at 40 s and the close 195.9 after it: the sell limit at 195.8 is passed at 195.9, at 60 s.
    expectCase({
      bars: [first, '200 201 195 195.9', calm], config: { path: 'ohlc' },
      script: [
        { ...submit(1, { id: 'E', side: 'Sell', ...limit('195.8') }), at: at(1) + 50_000 }, cancel(2),
      ],
      fills: ['E Sell 2 @ 195.8 maker 1'], expect: { rejects: [{ id: 'cancel:E', code: '110001' }] },
    });
  });

  it('2: a submit and its cancel sent in a hole end as Cancelled', () => {
    expectCase({
      bars: [first, calm, 'gap', 'gap', calm], script: [{ ...buy(2.2, limit('210')) }, cancel(2.6)], fills: [], expect: { orders: { E: 'Cancelled' } },
    });
  });

  it('3: an SL already met fires before the next message of the same instant, which finds no position', () => {
    expectCase({
      bars: [first, calm], script: [buy(1, { sl: '201' }), submit(1, { id: 'X', side: 'Sell', reduceOnly: true })],
      fills: [bought, 'SL Sell 2 @ 200 taker 1'], expect: { rejects: [{ id: 'X', code: '110017' }] },
    });
  });

  it('3: a liquidation already met fires at once: last 200, mark 180', () => {
    expectCase({
      bars: [first, calm], mark: [first, '180 181 179 180'], script: [buy(1), submit(1, { id: 'X', side: 'Sell', reduceOnly: true })],
      fills: [bought, 'LIQ Sell 2 @ 180 taker 1'], expect: { rejects: [{ id: 'X', code: '110017' }] },
    });
  });

  it('3: `after` refers to the first fill: the stop is set once, after 1.5 of 4', () => {
    expectCase({
      bars: [first, '200 201 196 198 30', '198 199 196 198'], config: scarce,
      script: [buy(1, { ...limit('197'), qty: '4' }), { after: 'E', do: 'tradingStop', id: 'S', sl: '190' }],
      fills: ['E Buy 1.5 @ 197 maker 1', 'E Buy 2.5 @ 197 maker 2'], // a second time it would be 34040
    });
  });

  it('3: a reaction may wait for the SL, the TP or a liquidation by its name', () => {
    expectCase({
      bars: [first, calm, '200 201 194 196'], script: [buy(1, { sl: '195' }), { after: 'SL', do: 'submit', order: { id: 'F', side: 'Buy', type: 'Market', qty: '1' } }],
      fills: [bought, 'SL Sell 2 @ 195 taker 2', 'F Buy 1 @ 195 taker 2'],
    });
  });

  it('4: a triggered order takes the sequence of its trigger: of two at 196 the one that rested before it goes first', () => {
    expectCase({
      bars: [first, '200 204 195 199'], config: { path: 'ohlc' },
      script: [buy(1, { ...limit('196'), trigger: '203', triggerDirection: 1 }), submit(1, { id: 'F', side: 'Buy', ...limit('196') })],
      fills: ['F Buy 2 @ 196 maker 1', 'E Buy 2 @ 196 maker 1'],
    });
  });

  it('4: a cancel that arrives with the expiry gets 110001', () => {
    expectCase({
      bars: [first, calm, calm], script: [buy(1, { ...limit('190'), expireAt: at(2) }), cancel(2)], fills: [],
      expect: { orders: { E: 'Cancelled' }, rejects: [{ id: 'cancel:E', code: '110001' }] },
    });
  });

  it('4: an expiry between sending and arrival rejects the order', () => {
    expectCase({
      bars: [first, calm], config: { latencyMs: 1_000 }, script: [buy(1, { ...limit('201'), expireAt: at(1) + 500 })], fills: [],
      expect: { orders: { E: 'Rejected' } },
    });
  });

  it('4: a fill at 6.67 s into a leg is known at exactly that: the reaction 10 s later meets 194 + 12 / 3 x 2', () => {
    // 200 falls to 194 in 20 s and meets 198 at 6.67 s; 16.67 s + 10 s = 26.67 s is 6.67 s into the rise of 12 in 20 s: 198.
    expectCase({
      bars: [first, '200 206 194 203'], config: { latencyMs: 10_000, responseLatencyMs: 10_000, path: 'olhc' },
      script: [
        { ...buy(1, { trigger: '198', triggerDirection: 2 }), at: at(1) - 10_000 }, { after: 'E', do: 'submit', order: { id: 'X', side: 'Sell', type: 'Market', qty: '2' } },
      ],
      fills: ['E Buy 2 @ 198 taker 1', 'X Sell 2 @ 198 taker 1'],
    });
  });

  it('5: a limit that was through at the close but is not at the open stays: 1.5 at 197, nothing at 198, the rest at 196.9', () => {
    expectCase({
      bars: [first, '200 201 196 196 30', '198 199 197 198', '198 199 196.9 198'], config: scarce, script: [buy(1, { ...limit('197'), qty: '4' })],
      fills: ['E Buy 1.5 @ 197 maker 1', 'E Buy 2.5 @ 197 maker 3'],
    });
  });

  it('5: in a gap a stop counts only at the open: an SL of 195 over which the line passed and came back is not there', () => {
    expectCase({ bars: [first, calm, '196 197 195.1 196'], script: [buy(1, { sl: '195' })], fills: [bought] });
  });

  it('5: what waited for volume executes after all resting orders of the gap: first 1 at 198, then 2.5 at the open 197', () => {
    expectCase({
      bars: [first, '200 203 199 199 30', '197 198 196.5 197'], config: scarce,
      script: [buy(1, { ...limit('201'), qty: '4' }), submit(1, { id: 'R', side: 'Buy', qty: '1', ...limit('198') })],
      fills: ['E Buy 1.5 @ 200 taker 1', 'R Buy 1 @ 198 maker 2', 'E Buy 2.5 @ 197 taker 2'],
    });
  });

  it('5: two waiting orders go by arrival', () => {
    expectCase({
      bars: [first, '199 199 199 199 0', '200 201 199 200'], script: [buy(1, { qty: '1' }), submit(1, { id: 'F', side: 'Buy', qty: '3' })],
      fills: ['E Buy 1 @ 200 taker 2', 'F Buy 3 @ 200 taker 2'],
    });
  });

  it('6: an order in flight that will be refused still counts as pending: the path is OHLC, at 20 s the high 207', () => {
    // Without it flat and nothing pending is adaptive: 7 up against 6 down is low first, and 194 at 20 s.
    const late = { at: at(1) + 10_000, do: 'submit', order: { id: 'F', side: 'Buy', type: 'Market', qty: '2' } };
    const refused = buy(1, { qty: '0.0001' });

    expectCase({
      bars: [first, '200 207 194 203'], config: { latencyMs: 10_000 }, script: [refused, late], fills: ['F Buy 2 @ 207 taker 1'],
      expect: { rejects: [{ id: 'E', code: 'QTY_BELOW_MIN' }] },
    });
    expectCase({ bars: [first, '200 207 194 203'], config: { latencyMs: 10_000 }, script: [late], fills: ['F Buy 2 @ 194 taker 1'] });
  });

  it('6: buys and sells pending are adaptive, sells alone low first, and what may only reduce does not count', () => {
    const late = { at: at(1) + 20_000, do: 'submit', order: { id: 'F', side: 'Buy', type: 'Market', qty: '2' } };
    const seen = (bar: string, ...orders: readonly Record<string, unknown>[]): unknown =>
      play({ bars: [first, bar], script: [...orders, late] }).account?.fills[0]?.price;
    const highFirst = '200 205 194 203'; // 5 up against 6 down: adaptive is high first
    const aBuy = buy(1, limit('150'));
    const aSell = submit(1, { id: 'G', side: 'Sell', ...limit('250') });
    const aReduction = submit(1, { id: 'H', side: 'Sell', trigger: '150', triggerDirection: 2, reduceOnly: true });

    expect([seen(highFirst), seen(highFirst, aBuy, aSell), seen(highFirst, aSell), seen(highFirst, aReduction), seen('200 207 194 203', aBuy)])
      .toEqual(['205', '205', '194', '205', '207']);
  });
});

describe('14a volume zero', () => {
  it('7: a resting limit and an SL by last stay, and the price stands at the last traded 200', () => {
    expectCase({
      bars: [first, calm, '190 191 150 190 0', '200 201 199 200'],
      script: [buy(1, { sl: '195' }), submit(1, { id: 'F', side: 'Buy', ...limit('198') }), { ...submit(2, { id: 'G', side: 'Sell', trigger: '201', triggerDirection: 1 }), at: at(2) + 30_000 }],
      fills: [bought, 'G Sell 2 @ 201 taker 3'], expect: { position: { side: 'None', qty: '0' } },
    });
  });

  it('7: an IOC that is not marketable ends, a marketable FOK waits for the next traded open', () => {
    expectCase({
      bars: [first, '190 191 150 190 0', '200 201 199 200'],
      script: [buy(1, { ...limit('199'), tif: 'IOC' }), submit(1, { id: 'F', side: 'Buy', ...limit('201'), tif: 'FOK' })],
      fills: ['F Buy 2 @ 200 taker 2'], expect: { orders: { E: 'Cancelled', F: 'Filled' } },
    });
  });

  it('7: a waiting market order can still be cancelled', () => {
    expectCase({
      bars: [first, '190 191 150 190 0', '200 201 199 200'], script: [buy(1), cancel(2)], fills: [], expect: { orders: { E: 'Cancelled' } },
    });
  });
});

describe('14a orders', () => {
  it('8: a GTC remainder is judged before the new messages of its instant: of 3 it takes 2.5, the market order 0.5', () => {
    expectCase({
      bars: [first, '200 203 199 199 30', '199 200 198 199 60'], config: scarce,
      script: [buy(1, { ...limit('201'), qty: '4' }), submit(2, { id: 'F', side: 'Buy', qty: '2' })],
      fills: ['E Buy 1.5 @ 200 taker 1', 'E Buy 2.5 @ 199 taker 2', 'F Buy 0.5 @ 199 taker 2'],
    });
  });

  it('8: a GTC remainder that is no longer marketable rests, and fills as a maker', () => {
    expectCase({
      bars: [first, '200 203 199 203 30', '203 204 200.9 203'], config: scarce, script: [buy(1, { ...limit('201'), qty: '4' })],
      fills: ['E Buy 1.5 @ 200 taker 1', 'E Buy 2.5 @ 201 maker 2'],
    });
  });

  it('8: the remainder needs no new margin: 4 are bought in two parts by an account that could not pay the second anew', () => {
    // 2 cost 40.418 of 41; the held cost of the rest is its own.
    expectCase({
      bars: [first, '200 203 199 199 20', '199 200 198 199'], config: { ...scarce, wallet: '41' }, script: [buy(1, limit('200'))],
      fills: ['E Buy 1 @ 200 taker 1', 'E Buy 1 @ 199 taker 2'],
    });
  });

  it('9: reduce-only cut by the position and short of budget: 9 become 2, of which 1 now and 1 at the next open, Filled', () => {
    expectCase({
      bars: [first, calm, '200 201 199 200 20', '201 202 200 201'], config: scarce,
      script: [buy(1), submit(2, { id: 'X', side: 'Sell', qty: '9', ...limit('199'), reduceOnly: true })],
      fills: [bought, 'X Sell 1 @ 200 taker 2', 'X Sell 1 @ 201 taker 3'], expect: { orders: { E: 'Filled', X: 'Filled' } },
    });
  });

  it('9: a position closed by the gap while its reduce-only order is withdrawn for an amend cancels that order; the amend is 110001', () => {
    expectCase({
      bars: [first, calm, '190 191 189 190'],
      script: [buy(1, { sl: '195' }), submit(1, { id: 'X', side: 'Sell', ...limit('210'), reduceOnly: true }), { at: at(2), do: 'amend', id: 'X', price: '211' }],
      fills: [bought, 'SL Sell 2 @ 190 taker 2'], expect: { orders: { E: 'Filled', X: 'Cancelled' }, rejects: [{ id: 'amend:X', code: '110001' }] },
    });
  });

  it('10: attached SL and TP are used once: the second fill of the order opens another position without them', () => {
    expectCase({
      bars: [first, '200 201 196 198 30', '198 199 197.5 198', '198 199 196 198', '198 199 185 190'], config: scarce,
      script: [buy(1, { ...limit('197'), qty: '4', sl: '190' }), submit(2, { id: 'X', side: 'Sell', qty: '1.5', reduceOnly: true })],
      fills: ['E Buy 1.5 @ 197 maker 1', 'X Sell 1.5 @ 198 taker 2', 'E Buy 2.5 @ 197 maker 3'],
    });
  });

  it('10: attached levels replace those of the position at the first opening fill, and only those given', () => {
    expectCase({
      bars: [first, calm, '200 206 199 201'], script: [buy(1, { sl: '190', tp: '205' }), submit(1, { id: 'F', side: 'Buy', qty: '1', sl: '195' })],
      fills: [bought, 'F Buy 1 @ 200 taker 1', 'TP Sell 3 @ 205 taker 2'],
    });
    expectCase({
      bars: [first, calm, '200 206 194 201'], script: [buy(1, { sl: '190', tp: '205' }), submit(1, { id: 'F', side: 'Buy', qty: '1', sl: '195' })],
      fills: [bought, 'F Buy 1 @ 200 taker 1', 'SL Sell 3 @ 195 taker 2'],
    });
  });

  it('10: an order that only reduces attaches nothing', () => {
    expectCase({
      bars: [first, calm, '200 201 194 199'], script: [buy(1), submit(1, { id: 'X', side: 'Sell', qty: '1', sl: '205', tp: '195' })],
      fills: [bought, 'X Sell 1 @ 200 taker 1'],
    });
  });

  it('10: while an exit waits for volume further fills change what it closes: 1 of 2 at 195, 3 more bought at 190, 4 sold at 189', () => {
    expectCase({
      bars: [first, calm, '200 201 194 200 20', '189 190 188 189'], config: scarce,
      script: [buy(1, { sl: '195' }), submit(1, { id: 'L', side: 'Buy', qty: '3', ...limit('190') })],
      fills: [bought, 'SL Sell 1 @ 195 taker 2', 'L Buy 3 @ 190 maker 3', 'SL Sell 4 @ 189 taker 3'],
    });
  });

  it('10: while an exit waits, the TP of another fill does not become the position\'s: 193 passes 192, and the SL goes on at 189', () => {
    expectCase({
      bars: [first, calm, '200 201 194 200 20', '189 193 188 189 60', '189 190 188 189'], config: scarce,
      script: [buy(1, { sl: '195' }), submit(1, { id: 'L', side: 'Buy', qty: '3', ...limit('190'), tp: '192' })],
      fills: [bought, 'SL Sell 1 @ 195 taker 2', 'L Buy 3 @ 190 maker 3', 'SL Sell 4 @ 189 taker 4'],
    });
  });

  it('11: a refused amend changes nothing, and the order keeps its place before another at 196', () => {
    expectCase({
      bars: [first, calm, '200 201 195 199'], script: [buy(1, limit('196')), submit(1, { id: 'F', side: 'Buy', ...limit('196') }), amend(2, { price: 'x' })],
      fills: ['E Buy 2 @ 196 maker 2', 'F Buy 2 @ 196 maker 2'], expect: { rejects: [{ id: 'amend:E', code: 'BAD_ORDER_NAN' }] },
    });
  });

  it('11: an amend arriving with its order is judged after it: 190 becomes 195, filled at 194.9', () => {
    expectCase({ bars: [first, '200 201 194.9 199'], script: [buy(1, limit('190')), amend(1, { price: '195' })], fills: ['E Buy 2 @ 195 maker 1'] });
  });

  it('11: fields without effect are 10001: a price of a market order, a trigger of a triggered one, none at all', () => {
    expectCase({
      bars: [first, '200 206 199 205', calm],
      script: [
        buy(1, { trigger: '210', triggerDirection: 1 }), submit(1, { id: 'F', side: 'Buy', ...limit('204'), trigger: '205', triggerDirection: 1 }),
        amend(2, { price: '190' }), { ...amend(2, { trigger: '208' }), id: 'F' }, amend(2, {}),
      ],
      config: { path: 'olhc' }, fills: ['F Buy 2 @ 204 maker 2'],
      expect: { rejects: [{ id: 'amend:E', code: '10001' }, { id: 'amend:F', code: '10001' }, { id: 'amend:E', code: '10001' }] },
    });
  });

  it('12: another activation price of the same distance is a change: active again only at 206', () => {
    expectCase({
      bars: [first, calm, '200 204 199 203', '203 205 199 200'],
      script: [buy(1), stop(2, { trailing: '3', activePrice: '204' }), { ...stop(3, { trailing: '3', activePrice: '206' }), id: 'S2' }],
      fills: [bought],
    });
  });

  it('12: removing an SL, a TP and a trailing stop that are not set is 34040', () => {
    expectCase({
      bars: [first, calm, calm], script: [buy(1), stop(2, { sl: '0', tp: '0', trailing: '0' }), { ...stop(2, {}), id: 'S2' }], fills: [bought],
      expect: { rejects: [{ id: 'S', code: '34040' }, { id: 'S2', code: '34040' }] },
    });
  });
});

describe('14a money', () => {
  it('13: adding nothing, less than nothing or to a position just closed is 10001', () => {
    expectCase({
      bars: [first, calm, calm],
      script: [
        buy(1), { at: at(2), do: 'addMargin', id: 'M1', amount: '0' }, { at: at(2), do: 'addMargin', id: 'M2', amount: '-5' },
        submit(2, { id: 'X', side: 'Sell' }), { at: at(2), do: 'addMargin', id: 'M3', amount: '5' },
      ],
      expect: { rejects: ['M1', 'M2', 'M3'].map((id) => ({ id, code: '10001' })) },
    });
  });

  it('13: exactly what is free may be added: 59.78 of 100', () => {
    expectCase({ bars: [first, calm, calm], config: { wallet: '100' }, script: [buy(1), { at: at(2), do: 'addMargin', amount: '59.78' }], fills: [bought] });
  });

  it('14: interpolated prices are those of the page: a third of the way from 200 to 194 is 198 and rounds to no other tick', () => {
    expectCase({
      bars: [first, '200 206 194 203'], config: { path: 'olhc' }, script: [{ ...buy(1), at: at(1) + 6_667 }, { ...sell(1, { id: 'F' }), at: at(1) + 10_000 }],
      fills: ['E Buy 2 @ 198 taker 1', 'F Sell 2 @ 197 taker 1'], // 200 - 6 x 6.667 / 20 = 197.9999, bought at 198.0
    });
  });
});
