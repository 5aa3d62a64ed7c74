/** "Wanting" of the public rules, resting sets: keys, totals, what is done, guards, the review of everything at once. */
import { describe, expect, it } from 'vitest';
import { noStop } from '../../engine/index.ts';
import type { Guard, Intent, Resting } from '../../engine/index.ts';
import { flat, marketOf, minute, start } from '../sim/market.ts';
import type { Row } from '../sim/market.ts';
import { follow, pick } from '../sim/played.ts';
import type { Cells } from '../sim/played.ts';
import type { AnyScene } from '../sim/scripted.ts';

const opensAt = (bar: number): number => start + bar * minute;
const still = (bars: number, ticks = 100): Row[] => Array.from({ length: bars }, () => flat(ticks));
const buy = (price: number, qty = 2, own: Partial<Resting> = {}): Resting => ({ key: 'b', side: 'buy', price, qty, ...own });
const sell = (price: number, qty = 2, own: Partial<Resting> = {}): Resting => ({ key: 's', side: 'sell', price, qty, ...own });
const rest = (orders: readonly Resting[], guard: Guard = { long: 80, short: 120 }) => ({ intents }: AnyScene): Intent => intents.rest(orders, guard);
const restRows = (rows: readonly Cells[]): readonly Cells[] => rows.filter((row) => row['role'] === 'rest');

describe('a resting set', () => {
  it('keeps its keyed orders through holds; the first placing is a stored decision, keeping it is not', () => {
    const { rows, seen } = follow(marketOf({ bars: still(4) }), {
      at: { 0: rest([buy(95), sell(105)]) }, see: ({ resting }) => resting.map((order) => ({ ...order })),
    });

    expect(seen.at(-1)).toEqual([
      { key: 'b', side: 'buy', price: 95, qty: 2, filled: 0 }, { key: 's', side: 'sell', price: 105, qty: 2, filled: 0 },
    ]);
    expect(pick(rows('orders'), 'role', 'side', 'price', 'outcome')).toEqual([['rest', 'buy', 95, 'open'], ['rest', 'sell', 105, 'open']]);
    expect(pick(rows('decisions'), 'time', 'intent', 'outcome')).toEqual([[opensAt(1), 'rest', 'accepted']]);
  });

  it('wanted again unchanged sends nothing and counts no refusal', () => {
    const { rows, result } = follow(marketOf({ bars: still(5) }), { always: rest([buy(95), sell(105)]) });

    expect(rows('events').filter((event) => ['enter', 'amend', 'cancel'].includes(String(event['kind'])))).toHaveLength(2);
    expect(result.refusals).toEqual({});
    expect(rows('decisions')).toHaveLength(1);
  });

  it('of which one key is refused at ten closes stores that once, however often it is wanted, and counts all ten', () => {
    const { rows, result } = follow(marketOf({ bars: still(10) }), { always: rest([buy(95), sell(105)], { long: 97, short: 120 }) });

    expect(result.refusals).toEqual({ 'stop-wrong-side': 10 });
    expect(pick(rows('decisions'), 'time', 'intent', 'outcome', 'reason')).toEqual([[opensAt(1), 'rest', 'changed', 'stop-wrong-side']]);
  });

  it('amends a key whose price or total moved and cancels a key that is absent', () => {
    const { rows } = follow(marketOf({ bars: still(4) }), { at: { 0: rest([buy(95), sell(105)]), 1: rest([buy(94, 3)]) } });

    expect(pick(rows('events').filter((e) => ['amend', 'cancel'].includes(String(e['kind']))), 'kind', 'order', 'price_ticks', 'lots')).toEqual([
      ['cancel', 2, null, null], ['amend', 1, 94, 3],
    ]);
    expect(pick(rows('orders'), 'side', 'price', 'qty', 'outcome')).toEqual([['sell', 105, 2, 'cancelled'], ['buy', 94, 3, 'open']]);
  });

  it('measures the slippage of an amended order against its price as amended: 95, then 97, filled at 97, is none', () => {
    const { rows, result } = follow(marketOf({ bars: [...still(2), [100, 100, 96, 100, 6], ...still(1)] }), {
      at: { 0: rest([buy(95)]), 1: rest([buy(97)]) },
    });

    expect(pick(rows('executions'), 'price', 'qty')).toEqual([[97, 2]]);
    expect(result.slippageCost).toBe(0);
  });

  it('takes `qty` as the total of the key: 3 of 4 filled leave 1 working', () => {
    const { seen, result } = follow(marketOf({ bars: [...still(1), [100, 100, 94, 100, 6], ...still(3)] }), {
      always: rest([buy(95, 4)]), see: ({ resting }) => resting.map(({ qty, filled }) => [qty, filled]),
    }, { participation: 0.5 });

    expect(seen.slice(1)).toEqual([[[4, 3]], [[4, 3]], [[4, 3]], [[4, 3]]]);
    expect(result.open).toMatchObject([{ qty: 3 }]);
  });

  it('has a filled key done while it stays in the set', () => {
    const { rows } = follow(marketOf({ bars: [...still(1), [100, 100, 94, 100], [100, 100, 94, 100], ...still(2)] }), { always: rest([buy(95)]) });

    expect(restRows(rows('orders'))).toHaveLength(1);
  });

  it('buys a filled key again once it has been absent for one decision', () => {
    const bars: Row[] = [...still(1), [100, 100, 94, 100], ...still(2), [100, 100, 94, 100], flat(100)];
    const { rows } = follow(marketOf({ bars }), { at: { 0: rest([buy(95)]), 2: rest([]), 3: rest([buy(95)]) } });

    expect(pick(restRows(rows('orders')), 'outcome', 'filled_qty')).toEqual([['filled', 2], ['filled', 2]]);
  });

  it('with once: false buys a filled key again at the next decision', () => {
    const { rows, result } = follow(marketOf({ bars: [...still(1), [100, 100, 94, 100], [100, 100, 94, 100], ...still(2)] }), {
      always: rest([buy(95, 2, { once: false })]),
    });

    expect(pick(restRows(rows('orders')), 'outcome')).toEqual([['filled'], ['filled'], ['open']]);
    expect(result.open).toMatchObject([{ qty: 4 }]);
  });

  it('without the guard of a side that can open is the strategy\'s fault', () => {
    expect(() => follow(marketOf({ bars: still(2) }), { at: { 0: rest([buy(95)], { short: 120 }) } })).toThrow(/guard/);
  });

  it('sells reduce-only only against a position, and needs no guard for it', () => {
    const { rows, result } = follow(marketOf({ bars: [...still(1), [100, 100, 94, 100], [100, 106, 100, 100], flat(100)] }), {
      always: rest([buy(95), sell(105, 2, { reduceOnly: true })], { long: 80 }),
    });

    expect(pick(restRows(rows('orders')), 'side', 'outcome', 'reduce_only')).toEqual([['buy', 'filled', false], ['sell', 'filled', true]]);
    expect(result.open).toEqual([]);
  });

  it('with postOnly does not take: a buy at 101 with the price at 100 is cancelled by the venue', () => {
    const { rows } = follow(marketOf({ bars: still(3) }), { at: { 0: rest([buy(101, 2, { postOnly: true })], { long: 80 }) } });

    expect(pick(rows('orders'), 'outcome', 'reason').slice(0, 1)).toEqual([['cancelled', 'post-only-would-take']]);
    expect(rows('executions')).toEqual([]);
  });
});

describe('the guard', () => {
  it('is the stop from the first fill: bought at 95, sold at 80 in the same bar', () => {
    const { rows } = follow(marketOf({ bars: [...still(1), [100, 100, 79, 79], flat(79)] }), { at: { 0: rest([buy(95)]) } }, { leverage: 2 });

    expect(pick(rows('executions'), 'cause', 'price')).toEqual([['order', 95], ['stop', 80]]);
  });

  it('follows the size: both fills of 2 leave at it', () => {
    const bars: Row[] = [...still(1), [100, 100, 94, 94], [94, 94, 89, 90], [90, 90, 79, 79], flat(79)];
    const { rows } = follow(marketOf({ bars }), {
      at: { 0: rest([buy(95), buy(90, 2, { key: 'c' })]) },
    }, { leverage: 2 });

    expect(pick(rows('executions'), 'cause', 'side', 'qty', 'price')).toEqual([
      ['order', 'buy', 2, 95], ['order', 'buy', 2, 90], ['stop', 'sell', 4, 80],
    ]);
  });

  it('is tightened by a new set and never loosened by one, nor by a later fill of an order that carries an older one', () => {
    // Both orders ride with 80; the set then wants 85; the fill at 90 puts 80 back at the venue, the engine takes 85 again.
    const bars: Row[] = [...still(1), [100, 100, 94, 94], flat(94), [94, 94, 89, 90], flat(90), flat(90)];
    const { seen, state } = follow(marketOf({ bars }), {
      at: {
        0: rest([buy(95), buy(90, 2, { key: 'c' })]), 2: rest([buy(95), buy(90, 2, { key: 'c' })], { long: 85, short: 120 }),
        4: rest([buy(95), buy(90, 2, { key: 'c' })], { long: 70, short: 120 }),
      },
      see: ({ position }) => (position.tag === 'open' ? position.stop : null),
    });

    expect(seen).toEqual([null, 80, 80, 85, 85, 85]);
    expect(state.legs[0]!.position).toMatchObject({ lots: 4, protection: { tag: 'armed', trigger: 85 } });
  });

  it('on the wrong side of an order is a stored refusal of that order', () => {
    const { rows, result } = follow(marketOf({ bars: still(3) }), { at: { 0: rest([buy(95), sell(105)], { long: 96, short: 120 }) } });

    expect(result.refusals['stop-wrong-side']).toBeGreaterThan(0);
    expect(pick(rows('orders'), 'side')).toEqual([['sell']]);
  });

  it('may be waived in so many words', () => {
    const { state } = follow(marketOf({ bars: [...still(1), [100, 100, 94, 94], flat(94)] }), { at: { 0: rest([buy(95)], { long: noStop }) } });

    expect(state.legs[0]!.position).toMatchObject({ protection: { tag: 'waived' } });
  });
});

describe('exit', () => {
  it('ends the resting set: every order is cancelled, also reduce-only ones, and none comes back', () => {
    const bars: Row[] = [...still(1), [100, 100, 94, 100], ...still(2), [100, 110, 90, 100], ...still(1)];
    const { rows, result } = follow(marketOf({ bars }), {
      at: { 0: rest([buy(95), buy(92, 2, { key: 'c' }), sell(105)]), 1: rest([buy(95), buy(92, 2, { key: 'c' }), sell(105, 2, { reduceOnly: true })]), 2: ({ intents }) => intents.exit('enough') },
    });

    expect(result.open).toEqual([]);
    expect(restRows(rows('orders')).map((order) => order['outcome'])).not.toContain('open');
    expect(pick(rows('trades'), 'exit_reason')).toEqual([['enough']]);
  });

  it('of a flat leg ends it too', () => {
    const { rows } = follow(marketOf({ bars: [...still(3), [100, 110, 90, 100], flat(100)] }), {
      at: { 0: rest([buy(95), sell(105)]), 1: ({ intents }) => intents.exit('never mind') },
    });

    expect(rows('executions')).toEqual([]);
    expect(pick(rows('orders'), 'outcome')).toEqual([['cancelled'], ['cancelled']]);
  });
});

describe('exposure', () => {
  it('counts everything that could open: of three buys of 40 at 95 with 1 x equity allowed the third is refused', () => {
    // 10,000 of equity: 105 lots of 95; 40 + 40 stand, 25 are left.
    const { rows, result } = follow(marketOf({ bars: still(3) }), {
      at: { 0: rest([buy(95, 40), buy(95, 40, { key: 'c' }), buy(95, 40, { key: 'd' })]) },
    }, { risk: { maxLeverage: 1, maxOpenRisk: 1 } });

    expect(pick(rows('orders'), 'qty', 'outcome')).toEqual([[40, 'open'], [40, 'open']]);
    expect(pick(rows('decisions'), 'outcome', 'reason')).toEqual([['changed', 'exposure-limit']]);
    expect(result.refusals['exposure-limit']).toBe(1);
  });

  it('counts the two sides apart: a grid of 100 below and 90 above fits into 1 x equity', () => {
    const { rows } = follow(marketOf({ bars: still(3) }), {
      at: { 0: rest([buy(95, 100), sell(105, 90)]) },
    }, { risk: { maxLeverage: 1, maxOpenRisk: 1 } });

    expect(rows('orders')).toHaveLength(2);
  });

  it('counts the open risk of the whole set: 20 lots risk 15 % each side of the limit of 20 %', () => {
    // A lot bought at 95 with the guard at 20 loses 75 and fees; 20 of them 1,500 of 10,000.
    const { result } = follow(marketOf({ bars: still(3) }), {
      at: { 0: rest([buy(95, 20), buy(94, 20, { key: 'c' })], { long: 20 }) },
    });

    expect(result.refusals).toEqual({ 'open-risk-limit': 1 });
  });
});
