/** Two things of FS-1 in one gap or one instant: which comes first. */
import { describe, it } from 'vitest';
import { at, buy, expectCase, limit, sell, submit } from './kit.ts';

const calm = '200 202 198 200';
type Fields = Record<string, unknown>;
const amend = (k: number, id: string, fields: Fields): Fields => ({ at: at(k), do: 'amend', id, ...fields });

describe('the path and its instants', () => {
  it('a buy sent 20 s into a bar does not choose its path: adaptive, the low 195 at 20 s', () => {
    expectCase({
      bars: [calm, '200 212 195 205'],
      script: [buy(1 + 20 / 60)],
      fills: ['E Buy 2 @ 195 taker 1'],
    });
  });

  it('a tie of 2.2 and 2.2 between ticks of 0.5 is a tie: low first, at 40 s the high 204.6, sold at 204.5', () => {
    expectCase({
      bars: [calm, '202.4 204.6 200.2 202.5'], instrument: { tick: '0.5' }, config: { path: 'adaptive' },
      script: [sell(1 + 40 / 60)],
      fills: ['E Sell 2 @ 204.5 taker 1'],
    });
  });

  it('a reduce-only sell in flight leaves the choice of the path to the one buy: the high 212 at 20 s', () => {
    expectCase({
      bars: [calm, '200 212 195 205'],
      config: { latencyMs: 20000 },
      script: [submit(1, { id: 'R', side: 'Sell', qty: '1', reduceOnly: true }), buy(1)],
      fills: ['E Buy 2 @ 212 taker 1'], expect: { rejects: [{ id: 'R', code: '110017' }] },
    });
  });

  it('a sell of 4.00 USDT in flight chooses the path although it is refused: the low 180 at 20 s', () => {
    expectCase({
      bars: [calm, '200 205 180 205'],
      config: { latencyMs: 1000 },
      script: [submit(1, { id: 'Z', side: 'Sell', qty: '0.02' }), buy(1 + 19 / 60)],
      fills: ['E Buy 2 @ 180 taker 1'], expect: { rejects: [{ id: 'Z', code: '110094' }] },
    });
  });

  it('a long with a sell limit at 208 goes low first: SL at 192, then short at 208', () => {
    expectCase({
      bars: [calm, '200 210 190 200'],
      script: [buy(1, { sl: '192' }), submit(1, { id: 'L', side: 'Sell', ...limit('208') })],
      fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 192 taker 1', 'L Sell 2 @ 208 maker 1'],
    });
  });

  it('an answer that takes 3 s and 1 s after a fill at 196.9 on a leg of 0.6 a second meets 194.5', () => {
    expectCase({
      bars: [calm, '200 206 194 200'],
      config: { latencyMs: 1000, responseLatencyMs: 3000 },
      script: [
        submit(1, { id: 'L', side: 'Buy', ...limit('197') }),
        { after: 'L', do: 'submit', order: { type: 'Market', qty: '2', id: 'X', side: 'Sell' } },
      ],
      fills: ['L Buy 2 @ 197 maker 1', 'X Sell 2 @ 194.5 taker 1'],
    });
  });

  it('a reaction without latency to a bid of 195 sells at 194.9, where the path was', () => {
    expectCase({
      bars: [calm, '200 203 190 195'],
      script: [
        submit(1, { id: 'L', side: 'Buy', ...limit('195') }),
        { after: 'L', do: 'submit', order: { type: 'Market', qty: '2', id: 'X', side: 'Sell' } },
      ],
      fills: ['L Buy 2 @ 195 maker 1', 'X Sell 2 @ 194.9 taker 1'],
    });
  });

  it('a sell limit at 200 met only by the close 200.1 is short for the stamp of that instant', () => {
    expectCase({
      bars: [calm, '200 203 190 200.1', '196 197 195.5 196'],
      funding: [{ t: at(2), rate: '0.001' }],
      script: [submit(1.75, { id: 'L', side: 'Sell', ...limit('200') })],
      fills: ['L Sell 2 @ 200 maker 1'], expect: { funding: '0.392' },
    });
  });

  it('an expiry at the bar edge comes after a fill of 200 by the close 200.1', () => {
    expectCase({
      bars: [calm, '200 203 190 200.1', '196 197 195.5 196'],
      script: [submit(1.75, { id: 'L', side: 'Sell', ...limit('200'), expireAt: at(2) })],
      fills: ['L Sell 2 @ 200 maker 1'],
    });
  });

  it('an expiry at 20 s comes before the low 195 of 20 s, which would fill 195.1', () => {
    expectCase({
      bars: [calm, '200 202 195 200'],
      config: { path: 'olhc' },
      script: [submit(1, { id: 'L', side: 'Buy', ...limit('195.1'), expireAt: at(1 + 20 / 60) })],
      fills: [], expect: { orders: { L: 'Cancelled' } },
    });
  });

  it('an expiry at 20.001 s comes after the low of 20 s: filled at 195.1', () => {
    expectCase({
      bars: [calm, '200 202 195 200'],
      config: { path: 'olhc' },
      script: [submit(1, { id: 'L', side: 'Buy', ...limit('195.1'), expireAt: at(1 + 20001 / 60_000) })],
      fills: ['L Buy 2 @ 195.1 maker 1'],
    });
  });

  it('a mark bar of two minutes is at 203 after 30 s, where the last is at 200', () => {
    expectCase({
      bars: [calm, calm, calm, calm], mark: [calm, 'gap', '200 204 196 200'],
      script: [submit(2, { id: 'S', side: 'Buy', trigger: '203', triggerDirection: 1, triggerBy: 'MarkPrice' })],
      fills: ['S Buy 2 @ 200 taker 2'],
    });
  });
});

describe('gaps', () => {
  it('one gap from 200 to 190 fills a bid of 195 and its own SL of 193, at the open', () => {
    expectCase({
      bars: [calm, calm, '190 191 189 190'],
      script: [submit(1, { id: 'L', side: 'Buy', sl: '193', ...limit('195') })],
      fills: ['L Buy 2 @ 195 maker 2', 'SL Sell 2 @ 190 taker 2'],
    });
  });

  it('a gap to 188 buys 1 at 195, then the SL of 192 sells all 3 at the open', () => {
    expectCase({
      bars: [calm, calm, '188 190 187 189'],
      script: [buy(1, { sl: '192' }), submit(1, { id: 'L', side: 'Buy', qty: '1', ...limit('195') })],
      fills: ['E Buy 2 @ 200 taker 1', 'L Buy 1 @ 195 maker 2', 'SL Sell 3 @ 188 taker 2'],
    });
  });

  it('a gap to 188 meets the SL of 195 before the bid of 192: long 1 is left', () => {
    expectCase({
      bars: [calm, calm, '188 190 187 189'],
      script: [buy(1, { sl: '195' }), submit(1, { id: 'L', side: 'Buy', qty: '1', ...limit('192') })],
      fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 188 taker 2', 'L Buy 1 @ 192 maker 2'],
    });
  });

  it('a plain sell that arrives with the gap to 188 comes after the SL and opens a short', () => {
    expectCase({
      bars: [calm, calm, '188 190 187 189'],
      script: [buy(1, { sl: '192' }), submit(2, { id: 'X', side: 'Sell' })],
      fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 188 taker 2', 'X Sell 2 @ 188 taker 2'],
    });
  });

  it('a gap to 210 meets the buy stop 205 before the sell limit 207: bought at 210, sold at 207', () => {
    expectCase({
      bars: [calm, calm, '210 211 209 210'],
      script: [
        submit(1, { id: 'S', side: 'Buy', trigger: '205', triggerDirection: 1 }),
        submit(1, { id: 'H', side: 'Sell', ...limit('207') }),
      ],
      fills: ['S Buy 2 @ 210 taker 2', 'H Sell 2 @ 207 maker 2'],
    });
  });

  it('a gap to 210 meets the sell limit 205 before the buy stop 207: short at 205, closed at 210', () => {
    expectCase({
      bars: [calm, calm, '210 211 209 210'],
      script: [
        submit(1, { id: 'S', side: 'Buy', trigger: '207', triggerDirection: 1 }),
        submit(1, { id: 'H', side: 'Sell', ...limit('205') }),
      ],
      fills: ['H Sell 2 @ 205 maker 2', 'S Buy 2 @ 210 taker 2'],
    });
  });

  it('a sell stop of 5 at 195 flips a long of 2 in the gap to 188 before its SL of 192', () => {
    expectCase({
      bars: [calm, calm, '188 190 187 189'],
      script: [buy(1, { sl: '192' }), submit(1, { id: 'S', side: 'Sell', qty: '5', trigger: '195', triggerDirection: 2 })],
      fills: ['E Buy 2 @ 200 taker 1', 'S Sell 5 @ 188 taker 2'],
    });
  });

  it('the SL by mark is half way down its gap, the stop by last 7/12 of its own: the SL sells', () => {
    expectCase({
      bars: [calm, calm, '188 190 187 189'], mark: [calm, calm, '192 194 191 192'],
      script: [
        buy(1, { sl: '196', slTriggerBy: 'MarkPrice' }),
        submit(1, { id: 'R', side: 'Sell', trigger: '193', triggerDirection: 2, reduceOnly: true }),
      ],
      fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 188 taker 2'], expect: { orders: { E: 'Filled', R: 'Cancelled' } },
    });
  });

  it('the stop by last is 5/12 down its gap, the SL by mark 5/8 of its own: the stop sells', () => {
    expectCase({
      bars: [calm, calm, '188 190 187 189'], mark: [calm, calm, '192 194 191 192'],
      script: [
        buy(1, { sl: '195', slTriggerBy: 'MarkPrice' }),
        submit(1, { id: 'R', side: 'Sell', trigger: '195', triggerDirection: 2, reduceOnly: true }),
      ],
      fills: ['E Buy 2 @ 200 taker 1', 'R Sell 2 @ 188 taker 2'],
    });
  });

  it('a hole of three bars: the bid of 195 at its price, then the sell stop 193 at the open 190', () => {
    expectCase({
      bars: [calm, calm, 'gap', 'gap', '190 191 189 190'],
      script: [
        submit(1, { id: 'L', side: 'Buy', ...limit('195') }),
        submit(1, { id: 'S', side: 'Sell', qty: '3', trigger: '193', triggerDirection: 2 }),
      ],
      fills: ['L Buy 2 @ 195 maker 2', 'S Sell 3 @ 190 taker 2'],
    });
  });

  it('a cancel sent in a hole behind a submit that is refused at the open is answered too: 110017, then 110001', () => {
    expectCase({
      bars: [calm, calm, 'gap', 'gap', calm], script: [buy(2.2, { reduceOnly: true }), { at: at(2.6), do: 'cancel', id: 'E' }], fills: [],
      expect: { orders: { E: 'Rejected' }, rejects: [{ id: 'E', code: '110017' }, { id: 'cancel:E', code: '110001' }] },
    });
  });

  it('a cancel sent in a hole 6 s after the order has expired there finds no order', () => {
    expectCase({
      bars: [calm, calm, 'gap', 'gap', calm], script: [buy(2.2, { ...limit('210'), expireAt: at(2.5) }), { at: at(2.6), do: 'cancel', id: 'E' }], fills: [],
      expect: { orders: { E: 'Cancelled' }, rejects: [{ id: 'cancel:E', code: '110001' }] },
    });
  });
});

describe('amends in the bar in which the old price would fill', () => {
  it('a bid raised from 195 to 197 when the path is at 197.5 rests and fills at 197', () => {
    expectCase({
      bars: [calm, calm, '200 202 190 200'],
      config: { path: 'olhc', latencyMs: 5000 },
      script: [submit(1, { id: 'L', side: 'Buy', ...limit('195') }), amend(2, 'L', { price: '197' })],
      fills: ['L Buy 2 @ 197 maker 2'],
    });
  });

  it('a bid raised from 195 to 198 when the path is at 197.5 takes 197.5', () => {
    expectCase({
      bars: [calm, calm, '200 202 190 200'],
      config: { path: 'olhc', latencyMs: 5000 },
      script: [submit(1, { id: 'L', side: 'Buy', ...limit('195') }), amend(2, 'L', { price: '198' })],
      fills: ['L Buy 2 @ 197.5 taker 2'],
    });
  });

  it('a bid of 198 lowered to 193 five seconds later than 197.9 was met is refused', () => {
    expectCase({
      bars: [calm, calm, '200 202 190 200'],
      config: { path: 'olhc', latencyMs: 5000 },
      script: [submit(1, { id: 'L', side: 'Buy', ...limit('198') }), amend(2, 'L', { price: '193' })],
      fills: ['L Buy 2 @ 198 maker 2'], expect: { rejects: [{ id: 'amend:L', code: '110001' }] },
    });
  });

  it('a bid of 195.1 lowered at the very moment of 195.0 is not filled', () => {
    expectCase({
      bars: [calm, calm, '200 202 190 200'],
      config: { path: 'olhc', latencyMs: 10000 },
      script: [submit(1, { id: 'L', side: 'Buy', ...limit('195.1') }), amend(2, 'L', { price: '190' })],
      fills: [], expect: { orders: { L: 'New' } },
    });
  });

  it('a bid of 195 raised to 196 at the open 190 of a gap takes 190', () => {
    expectCase({
      bars: [calm, calm, '190 192 186 191'],
      script: [submit(1, { id: 'L', side: 'Buy', ...limit('195') }), amend(2, 'L', { price: '196' })],
      fills: ['L Buy 2 @ 190 taker 2'],
    });
  });

  it('equal values in an amend of the first of two bids at 195 fill the second first', () => {
    expectCase({
      bars: [calm, calm, '200 203 194 196 30'],
      config: { participation: '0.1' },
      script: [
        submit(1, { id: 'P', side: 'Buy', ...limit('195') }),
        submit(1, { id: 'Q', side: 'Buy', ...limit('195') }),
        amend(1.5, 'P', { price: '195', qty: '2' }),
      ],
      fills: ['Q Buy 2 @ 195 maker 2', 'P Buy 1 @ 195 maker 2'], expect: { orders: { P: 'PartiallyFilled', Q: 'Filled' } },
    });
  });

  it('a stop-limit triggered after another bid of 198 came stands behind it, though sent before it', () => {
    expectCase({
      bars: [calm, '200 203 199.5 202', '202 206 199.5 205', '205 206 197 200 15'],
      config: { participation: '0.1' },
      script: [
        submit(1, { id: 'S', side: 'Buy', qty: '1', trigger: '205', triggerDirection: 1, ...limit('198') }),
        submit(1.5, { id: 'L', side: 'Buy', qty: '1', ...limit('198') }),
      ],
      fills: ['L Buy 1 @ 198 maker 3', 'S Buy 0.5 @ 198 maker 3'], expect: { orders: { S: 'PartiallyFilled', L: 'Filled' } },
    });
  });

  it('a stop-limit triggered before another bid of 198 came stands before it', () => {
    expectCase({
      bars: [calm, '200 206 199.5 202', '202 206 199.5 205', '205 206 197 200 15'],
      config: { participation: '0.1' },
      script: [
        submit(1, { id: 'S', side: 'Buy', qty: '1', trigger: '205', triggerDirection: 1, ...limit('198') }),
        submit(2, { id: 'L', side: 'Buy', qty: '1', ...limit('198') }),
      ],
      fills: ['S Buy 1 @ 198 maker 3', 'L Buy 0.5 @ 198 maker 3'], expect: { orders: { S: 'Filled', L: 'PartiallyFilled' } },
    });
  });
});

describe('a refused amend changes nothing', () => {
  it('a market order that waits for the open 203 still buys there', () => {
    expectCase({
      bars: [calm, '200 200 200 200 0', '203 204 202 203', '210 211 209 210'],
      script: [buy(1), amend(2, 'E', { price: '150' })],
      fills: ['E Buy 2 @ 203 taker 2'], expect: { rejects: [{ id: 'amend:E', code: '10001' }] },
    });
  });

  it('the rest of 1 of a marketable bid still takes the open 200.5', () => {
    expectCase({
      bars: [calm, '200 203 199 202 30', '200.5 204 199 203 30', '200 201 199 200 30'],
      config: { participation: '0.05' },
      script: [submit(1, { id: 'L', side: 'Buy', qty: '2.5', ...limit('201') }), amend(2, 'L', { qty: '1.5' })],
      fills: ['L Buy 1.5 @ 200 taker 1', 'L Buy 1 @ 200.5 taker 2'], expect: { rejects: [{ id: 'amend:L', code: '110017' }] },
    });
  });

  it('the rest of 1 goes before a market order of 1 sent after the amend: 0.5 is left for that', () => {
    expectCase({
      bars: [calm, '200 203 199 202 30', '200.5 204 199 203 30'],
      config: { participation: '0.05' },
      script: [
        submit(1, { id: 'L', side: 'Buy', qty: '2.5', ...limit('201') }),
        amend(2, 'L', { qty: '100000' }),
        buy(2, { qty: '1' }),
      ],
      fills: ['L Buy 1.5 @ 200 taker 1', 'L Buy 1 @ 200.5 taker 2', 'E Buy 0.5 @ 200.5 taker 2'], expect: { rejects: [{ id: 'amend:L', code: '110007' }], orders: { L: 'Filled', E: 'Cancelled' } },
    });
  });

  it('a bid of 195 in a gap to 190 is filled at 195 although the path only rises from there', () => {
    expectCase({
      bars: [calm, calm, '190 194 190 194'],
      script: [
        buy(1, { qty: '1' }),
        submit(1, { id: 'L', side: 'Buy', ...limit('195') }),
        amend(2, 'L', { trigger: '180' }),
      ],
      fills: ['E Buy 1 @ 200 taker 1', 'L Buy 2 @ 195 maker 2'], expect: { rejects: [{ id: 'amend:L', code: '10001' }] },
    });
  });

  it('a bid of 1.5 at 195 takes the budget of the gap before a market order sent after the amend', () => {
    expectCase({
      bars: [calm, calm, '190 191 189 190 30'],
      config: { participation: '0.05' },
      script: [
        submit(1, { id: 'L', side: 'Buy', qty: '1.5', ...limit('195') }),
        amend(2, 'L', { trigger: '180' }),
        buy(2, { qty: '1' }),
      ],
      fills: ['L Buy 1.5 @ 195 maker 2'], expect: { rejects: [{ id: 'amend:L', code: '10001' }], orders: { L: 'Filled', E: 'Cancelled' } },
    });
  });

  it('a bid of 195.1 is filled by the low 195 at whose moment the amend arrives', () => {
    expectCase({
      bars: [calm, '200 202 195 200'],
      config: { path: 'olhc' },
      script: [submit(1, { id: 'L', side: 'Buy', ...limit('195.1') }), amend(1 + 20 / 60, 'L', { trigger: '180' })],
      fills: ['L Buy 2 @ 195.1 maker 1'], expect: { rejects: [{ id: 'amend:L', code: '10001' }] },
    });
  });

  it('two waiting market orders whose amends are refused buy at the same open 203', () => {
    expectCase({
      bars: [calm, '200 200 200 200 0', '203 204 202 203', '210 211 209 210'],
      script: [
        buy(1),
        submit(1, { id: 'F', side: 'Buy', qty: '1' }),
        amend(2, 'F', { price: '150' }),
        amend(2, 'E', { price: '150' }),
      ],
      fills: ['F Buy 1 @ 203 taker 2', 'E Buy 2 @ 203 taker 2'], expect: { rejects: [{ id: 'amend:F', code: '10001' }, { id: 'amend:E', code: '10001' }] },
    });
  });
});
