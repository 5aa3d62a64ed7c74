/** Rows of FS-1 sections 12 and 13 (validation of orders, cancel and amend, bad bars) that no other case plays. */
import { describe, expect, it } from 'vitest';
import { runCase } from '../../../sim/index.ts';
import type { CaseOutcome } from '../../../sim/index.ts';
import { at, buy, expectCase, limit, sell, submit } from './kit.ts';

const first = '200 202 198 200';
const calm = '200 201 199 200';
const bought = 'E Buy 2 @ 200 taker 1';

describe('section 12, the first failure wins', () => {
  const expectRefused = (code: string, order: Record<string, unknown>, more: Record<string, unknown> = {}): void => {
    expectCase({ bars: [first, calm], script: [buy(1, order)], fills: [], expect: { orders: { E: 'Rejected' }, rejects: [{ id: 'E', code }] }, ...more });
  };

  it('BAD_ORDER_NAN goes before BAD_ORDER_QTY, that before BAD_ORDER_PRICE, that before QTY_BELOW_MIN', () => {
    expectRefused('BAD_ORDER_NAN', { ...limit('x'), qty: '0' });
    expectRefused('BAD_ORDER_NAN', { trigger: 'x', triggerDirection: 1, qty: '0' });
    expectRefused('BAD_ORDER_NAN', { sl: 'x', qty: '0' });
    expectRefused('BAD_ORDER_QTY', { ...limit('-1'), qty: '0' });
    expectRefused('BAD_ORDER_PRICE', { ...limit('-1'), qty: '0.0001' });
  });

  it('an infinite, an empty and an absurdly long number are BAD_ORDER_NAN', () => {
    for (const qty of ['Infinity', '', '1e101', '1,5', null, true]) expectRefused('BAD_ORDER_NAN', { qty });
  });

  it('QTY_BELOW_MIN goes before 110094: 0.0009 at 200', () => {
    expectRefused('QTY_BELOW_MIN', { qty: '0.0009' });
  });

  it('110094 goes before 110092: 0.024 with a trigger of 200 that holds already', () => {
    expectRefused('110094', { qty: '0.024', trigger: '200', triggerDirection: 1 });
  });

  it('110092 and 110093 go before 110017: reduce-only without a position, its trigger held already', () => {
    expectRefused('110092', { trigger: '199', triggerDirection: 1, reduceOnly: true });
    expectRefused('110093', { trigger: '201', triggerDirection: 2, reduceOnly: true });
  });

  it('110017 goes before 110007: reduce-only without a position in an account of 1', () => {
    expectRefused('110017', { reduceOnly: true }, { config: { wallet: '1' } });
  });

  it('an expiry before arrival goes before the checks of the quantised order', () => {
    const outcome = runCase({
      id: 'expiry', bars: [[at(0), '200', '202', '198', '200', '1000'], [at(1), '200', '201', '199', '200', '1000']],
      script: [buy(1, { qty: '0.0001', expireAt: at(1) - 1 })], expect: { rejects: [] },
    });

    expect(outcome.account?.answers.map(({ code }) => code)).toEqual(['EXPIRED']);
  });

  it('the notional of a limit is taken at its price: 0.025 at 190 is 4.75, 0.024 at 210 is 5.04', () => {
    expectRefused('110094', { qty: '0.025', ...limit('190') });
    expectCase({ bars: [first, calm], script: [sell(1, { qty: '0.024', ...limit('210') })], fills: [], expect: { orders: { E: 'New' } } });
  });

  it('the notional of a stop-limit is taken at its limit: 0.024 at 210 with a trigger of 205 stands', () => {
    expectCase({
      bars: [first, calm], script: [buy(1, { qty: '0.024', ...limit('210'), trigger: '205', triggerDirection: 1 })], fills: [],
      expect: { orders: { E: 'Untriggered' } },
    });
  });

  it('an inverse order has no smallest notional', () => {
    expectCase({
      kind: 'inverse', config: { wallet: '1' }, instrument: { minNotional: '1000000' }, bars: ['20000 20100 19900 20000', '20000 20100 19900 20000'],
      script: [buy(1, { qty: '1' })], fills: ['E Buy 1 @ 20000 taker 1'],
    });
  });

  it('an inverse order is checked by the same codes: 0.5 contracts QTY_BELOW_MIN, -1 BAD_ORDER_QTY, a limit of 0.2 BAD_ORDER_PRICE', () => {
    const more = { kind: 'inverse', bars: ['20000 20100 19900 20000', '20000 20100 19900 20000'] };

    expectRefused('QTY_BELOW_MIN', { qty: '0.5' }, more);
    expectRefused('BAD_ORDER_QTY', { qty: '-1' }, more);
    expectRefused('BAD_ORDER_PRICE', { qty: '1', ...limit('0.2') }, more);
    expectRefused('110007', { qty: '1000000' }, { ...more, config: { wallet: '1' } }); // 50 coin at 10x
  });

  it('a sell limit of 0.04 is rounded up to one tick, 0.1, and takes', () => {
    expectCase({ bars: [first, calm], script: [sell(1, { ...limit('0.04'), qty: '100' })], fills: ['E Sell 100 @ 200 taker 1'] });
  });
});

describe('section 12, reduce-only', () => {
  it('an order of 9 against a position of 2 fills 2 and ends Filled', () => {
    expectCase({
      bars: [first, calm, '203 204 202 203'], script: [sell(1), submit(2, { id: 'X', side: 'Buy', qty: '9', reduceOnly: true })],
      fills: ['E Sell 2 @ 200 taker 1', 'X Buy 2 @ 203 taker 2'], expect: { orders: { E: 'Filled', X: 'Filled' }, position: { side: 'None', qty: '0' } },
    });
  });

  it('a resting one is cut when it fills: 9 at 205 against 2 sells 2', () => {
    expectCase({
      bars: [first, '200 206 199 201'], script: [buy(1), submit(1, { id: 'X', side: 'Sell', qty: '9', ...limit('205'), reduceOnly: true })],
      fills: [bought, 'X Sell 2 @ 205 maker 1'], expect: { orders: { E: 'Filled', X: 'Filled' } },
    });
  });

  it('a conditional one of 9 is cut at its trigger: 2 at 195', () => {
    expectCase({
      bars: [first, '200 201 194 199'], script: [buy(1), submit(1, { id: 'X', side: 'Sell', qty: '9', trigger: '195', triggerDirection: 2, reduceOnly: true })],
      fills: [bought, 'X Sell 2 @ 195 taker 1'], expect: { orders: { E: 'Filled', X: 'Filled' } },
    });
  });

  it('a conditional one whose position is on its own side at the trigger is cancelled', () => {
    expectCase({
      bars: [first, '200 201 194 199'], script: [sell(1), submit(1, { id: 'X', side: 'Sell', trigger: '195', triggerDirection: 2, reduceOnly: true })],
      fills: ['E Sell 2 @ 200 taker 1'], expect: { orders: { E: 'Filled', X: 'Cancelled' } },
    });
  });

  it('a conditional one needs no margin at its trigger: it fills with nothing free', () => {
    expectCase({
      bars: [first, '200 201 194 199'], config: { wallet: '40.42' },
      script: [buy(1), submit(1, { id: 'X', side: 'Sell', trigger: '195', triggerDirection: 2, reduceOnly: true })],
      fills: [bought, 'X Sell 2 @ 195 taker 1'],
    });
  });
});

describe('section 12, cancel and amend of what is gone', () => {
  const amend = (k: number, id: string, fields: Record<string, unknown>): Record<string, unknown> => ({ at: at(k), do: 'amend', id, ...fields });
  const cancel = (k: number, id: string): Record<string, unknown> => ({ at: at(k), do: 'cancel', id });

  it('a cancelled, a rejected and a filled order give 110001 to cancel and amend', () => {
    expectCase({
      bars: [first, calm, calm, calm],
      script: [
        buy(1, limit('190')), submit(1, { id: 'R', side: 'Buy', qty: '0' }), submit(1, { id: 'F', side: 'Buy' }), cancel(2, 'E'),
        cancel(3, 'E'), cancel(3, 'R'), amend(3, 'E', { qty: '1' }), amend(3, 'R', { qty: '1' }), amend(3, 'F', { qty: '3' }),
      ],
      fills: ['F Buy 2 @ 200 taker 1'],
      expect: {
        orders: { E: 'Cancelled', R: 'Rejected', F: 'Filled' },
        rejects: [
          { id: 'R', code: 'BAD_ORDER_QTY' }, { id: 'cancel:E', code: '110001' }, { id: 'cancel:R', code: '110001' },
          { id: 'amend:E', code: '110001' }, { id: 'amend:R', code: '110001' }, { id: 'amend:F', code: '110001' },
        ],
      },
    });
  });

  it('a cancel inside the bar takes effect at its time: 10 s into the fall 200 to 194 the limit at 197.5 is filled, at 196.5 not', () => {
    const sketch = { bars: [first, '200 206 194 203'], config: { path: 'olhc' } };

    expectCase({ ...sketch, script: [buy(1, limit('197.5')), { ...cancel(1, 'E'), at: at(1) + 10_000 }], fills: ['E Buy 2 @ 197.5 maker 1'], expect: { rejects: [{ id: 'cancel:E', code: '110001' }] } });
    expectCase({ ...sketch, script: [buy(1, limit('196.5')), { ...cancel(1, 'E'), at: at(1) + 10_000 }], fills: [], expect: { orders: { E: 'Cancelled' } } });
  });

  it('an expiry inside the bar works the same: at 10 s the limit at 197.5 is filled, at 196.5 not', () => {
    const sketch = { bars: [first, '200 206 194 203'], config: { path: 'olhc' } };

    expectCase({ ...sketch, script: [buy(1, { ...limit('197.5'), expireAt: at(1) + 10_000 })], fills: ['E Buy 2 @ 197.5 maker 1'] });
    expectCase({ ...sketch, script: [buy(1, { ...limit('196.5'), expireAt: at(1) + 10_000 })], fills: [], expect: { orders: { E: 'Cancelled' } } });
  });

  it('an untriggered order expires and is cancelled like any other', () => {
    expectCase({
      bars: [first, calm, '200 209 199 205'],
      script: [buy(1, { trigger: '205', triggerDirection: 1, expireAt: at(2) }), submit(1, { id: 'F', side: 'Buy', trigger: '206', triggerDirection: 1 }), cancel(2, 'F')],
      fills: [], expect: { orders: { E: 'Cancelled', F: 'Cancelled' } },
    });
  });

  it('the new quantity counts what is executed: 1.5 of 4 done, amended to 3, 1.5 more are filled', () => {
    expectCase({
      bars: [first, '200 201 196 198 30', '198 199 196 198'], config: { participation: '0.05' },
      script: [buy(1, { ...limit('197'), qty: '4' }), amend(2, 'E', { qty: '3' })],
      fills: ['E Buy 1.5 @ 197 maker 1', 'E Buy 1.5 @ 197 maker 2'], expect: { orders: { E: 'Filled' } },
    });
  });

  it('an amended sell limit is rounded up, an amended falling trigger too, a rising one down', () => {
    expectCase({
      bars: [first, calm, '200 203.1 199 200', '200 203.2 199 200'], script: [sell(1, limit('210')), amend(2, 'E', { price: '203.01' })],
      fills: ['E Sell 2 @ 203.1 maker 3'],
    });
    expectCase({
      bars: [first, calm, '200 201 195 199'], script: [sell(1, { trigger: '190', triggerDirection: 2 }), amend(2, 'E', { trigger: '194.93' })],
      fills: ['E Sell 2 @ 195 taker 2'],
    });
    expectCase({
      bars: [first, calm, '200 206 199 201'], script: [buy(1, { trigger: '210', triggerDirection: 1 }), amend(2, 'E', { trigger: '206.07' })],
      fills: ['E Buy 2 @ 206 taker 2'],
    });
  });

  it('an amended trigger that already holds is 110092 or 110093, and the old one stays', () => {
    expectCase({
      bars: [first, calm, calm, '200 205 199 201'],
      script: [
        buy(1, { trigger: '205', triggerDirection: 1 }), submit(1, { id: 'F', side: 'Sell', trigger: '190', triggerDirection: 2 }),
        amend(2, 'E', { trigger: '200' }), amend(2, 'F', { trigger: '200' }),
      ],
      fills: ['E Buy 2 @ 205 taker 3'],
      expect: { orders: { E: 'Filled', F: 'Untriggered' }, rejects: [{ id: 'amend:E', code: '110092' }, { id: 'amend:F', code: '110093' }] },
    });
  });

  it('an amended price below the smallest notional is 110094, a price of 0 BAD_ORDER_PRICE', () => {
    expectCase({
      bars: [first, calm, calm], script: [buy(1, { ...limit('198'), qty: '0.026' }), amend(2, 'E', { price: '190' }), amend(2, 'E', { price: '0' })], fills: [],
      expect: { orders: { E: 'New' }, rejects: [{ id: 'amend:E', code: '110094' }, { id: 'amend:E', code: 'BAD_ORDER_PRICE' }] },
    });
  });

  it('an amend frees what the order holds before it is judged: 2 at 190 may go to 195 in an account of 41, not to 2.2', () => {
    expectCase({
      bars: [first, calm, calm], config: { wallet: '41' }, script: [buy(1, limit('190')), amend(2, 'E', { price: '195' }), amend(2, 'E', { qty: '2.2' })],
      fills: [], expect: { orders: { E: 'New' }, rejects: [{ id: 'amend:E', code: '110007' }] },
    });
  });
});

describe('section 13, the whole input is checked before anything runs', () => {
  const good = (k: number): unknown[] => [at(k), '200', '202', '198', '200', '1000'];
  /** A market order at bar 1 that would fill, and one bad bar at the end. */
  const outcomeOf = (rows: readonly unknown[], more: Record<string, unknown> = {}): CaseOutcome =>
    runCase({ id: 'bad', bars: rows, script: [buy(1)], expect: { fills: [] }, ...more });
  const badAt = (k: number, row: readonly unknown[]): unknown[] => [...Array.from({ length: k }, (_, i) => good(i)), row];

  const rows: readonly (readonly [code: string, row: readonly unknown[]])[] = [
    ['BAD_BAR_SHAPE', [at(4), '200', '202', '198', '200']],
    ['BAD_BAR_SHAPE', [at(4), '200', '202', '198', '200', '1000', '0']],
    ['BAD_BAR_NAN', [at(4), '200', 'NaN', '198', '200', '1000']],
    ['BAD_BAR_NAN', ['x', '200', '202', '198', '200', '1000']],
    ['BAD_BAR_NAN', [at(4), '200', '202', '198', '200', 'Infinity']],
    ['BAD_BAR_NAN', [at(4), null, '202', '198', '200', '1000']],
    ['BAD_BAR_PRICE', [at(4), '0', '202', '198', '200', '1000']],
    ['BAD_BAR_PRICE', [at(4), '200', '-1', '198', '200', '1000']],
    ['BAD_BAR_PRICE', [at(4), '200', '202', '-1', '200', '1000']],
    ['BAD_BAR_PRICE', [at(4), '200', '202', '198', '0', '1000']],
    ['BAD_BAR_RANGE', [at(4), '203', '202', '198', '200', '1000']],
    ['BAD_BAR_RANGE', [at(4), '200', '202', '198', '203', '1000']],
    ['BAD_BAR_RANGE', [at(4), '197', '202', '198', '200', '1000']],
    ['BAD_BAR_RANGE', [at(4), '200', '202', '198', '197', '1000']],
    ['BAD_BAR_VOLUME', [at(4), '200', '202', '198', '200', '-0.001']],
    ['BAD_BAR_ALIGN', [at(4) + 30_000, '200', '202', '198', '200', '1000']],
    ['BAD_BAR_ALIGN', [String(at(4) + 0.5), '200', '202', '198', '200', '1000']],
    ['BAD_BAR_DUPLICATE', good(3)],
    ['BAD_BAR_ORDER', good(2)],
  ];

  it.each(rows)('%s in the last of five bars: %j fills nothing, and the error names bar 4, linear and inverse', (code, row) => {
    for (const kind of ['linear', 'inverse']) {
      const outcome = outcomeOf(badAt(4, row), { kind });

      expect(outcome.error).toEqual({ code, barIndex: 4 });
      expect(outcome.account).toBeNull();
      expect(outcome.passed).toBe(false);
    }
  });

  it('a row that is not a list is BAD_BAR_SHAPE', () => {
    expect(outcomeOf([good(0), { t: at(1) }]).error).toEqual({ code: 'BAD_BAR_SHAPE', barIndex: 1 });
  });

  it('a row that fails several checks gets the first: NAN, PRICE, RANGE, VOLUME, ALIGN, then ORDER', () => {
    const codes = [
      [at(0) + 1, 'x', '-1', '300', '200', '-1'], [at(0) + 1, '200', '-1', '300', '200', '-1'], [at(0) + 1, '200', '202', '300', '200', '-1'],
      [at(0) + 1, '200', '202', '198', '200', '-1'], [at(-1) + 1, '200', '202', '198', '200', '1'], [at(-1), '200', '202', '198', '200', '1'],
    ].map((row) => outcomeOf([good(0), row]).error?.code);

    expect(codes).toEqual(['BAD_BAR_NAN', 'BAD_BAR_PRICE', 'BAD_BAR_RANGE', 'BAD_BAR_VOLUME', 'BAD_BAR_ALIGN', 'BAD_BAR_ORDER']);
  });

  it('of two bad bars the first is named, whatever its check', () => {
    expect(outcomeOf([good(0), [at(1), '200', '202', '198', '200', '-1'], [at(2), 'x']]).error).toEqual({ code: 'BAD_BAR_VOLUME', barIndex: 1 });
  });

  it('a high of exactly the open and a low of exactly the close are a bar', () => {
    expect(outcomeOf([good(0), [at(1), '202', '202', '200', '200', '0']]).error).toBeNull();
  });

  it('the first bar must have traded', () => {
    expect(outcomeOf([[at(0), '200', '202', '198', '200', '0'], good(1)]).error).toEqual({ code: 'BAD_BAR_VOLUME', barIndex: 0 });
  });

  it('a hole is DATA_GAP with dataGap error, naming the bar after it, and is played without', () => {
    const holed = [good(0), good(1), good(3), good(4)];

    expect(outcomeOf(holed, { config: { dataGap: 'error' } }).error).toEqual({ code: 'DATA_GAP', barIndex: 2 });
    expect(outcomeOf(holed, { config: { dataGap: 'warn' } }).account?.fills).toHaveLength(1);
    expect(outcomeOf([good(0), good(1), good(2)], { config: { dataGap: 'error' } }).error).toBeNull();
  });

  it('a bad bar goes before a hole', () => {
    expect(outcomeOf([good(0), good(2), [at(3), 'x', '202', '198', '200', '1']], { config: { dataGap: 'error' } }).error).toEqual({ code: 'BAD_BAR_NAN', barIndex: 2 });
  });

  describe('the mark series', () => {
    const mark = (k: number, minutes = 1): unknown[] => [at(k * minutes), '200', '202', '198', '200'];
    const markError = (series: readonly unknown[], more: Record<string, unknown> = {}): unknown =>
      outcomeOf([good(0), good(1), good(2), good(3)], { mark: series, ...more }).error;

    it('its last bar is checked too', () => {
      expect(markError([mark(0), mark(1), mark(2), [at(3), '200', '199', '198', '200']])).toEqual({ code: 'BAD_BAR_RANGE', barIndex: 3 });
      expect(markError([mark(0), mark(1), mark(2), good(3)])).toEqual({ code: 'BAD_BAR_SHAPE', barIndex: 3 });
      expect(markError([mark(0), mark(0)])).toEqual({ code: 'BAD_BAR_DUPLICATE', barIndex: 1 });
    });

    it('of 30 s bars under minutes, of 90 s bars, and off the grid of its own interval it is MARK_INTERVAL', () => {
      expect(markError([mark(0), mark(1, 0.5), mark(2, 0.5)])).toMatchObject({ code: 'MARK_INTERVAL' });
      expect(markError([mark(0, 1.5), mark(1, 1.5), mark(2, 1.5)])).toMatchObject({ code: 'MARK_INTERVAL' });
      expect(markError([mark(1), mark(3)])).toMatchObject({ code: 'MARK_INTERVAL' });
    });

    it('of two minutes under minutes it is played, and so is a single one or none', () => {
      expect(markError([mark(0), mark(2)])).toBeNull();
      expect(markError([mark(0)])).toBeNull();
      expect(markError([])).toBeNull();
    });
  });
});
