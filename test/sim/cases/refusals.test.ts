import { describe, expect, it } from 'vitest';
import { runCase, runCases } from '../../../sim/index.ts';
import { at, buy, limit, expectCase, sell, submit } from './kit.ts';

const first = '200 202 198 200';
const second = '200 203 197 201';
const expectRefused = (code: string, order: Record<string, unknown>, more: Record<string, unknown> = {}): void => {
  expectCase({ bars: [first, second], script: [buy(1, order)], fills: [], expect: { orders: { E: 'Rejected' }, rejects: [{ id: 'E', code }] }, ...more });
};

describe('validation of orders, first failure wins', () => {
  it('a quantity NaN, a missing quantity and a price that is not a number are BAD_ORDER_NAN', () => {
    expectRefused('BAD_ORDER_NAN', { qty: 'NaN' });
    expectRefused('BAD_ORDER_NAN', { qty: undefined });
    expectRefused('BAD_ORDER_NAN', { ...limit('abc'), qty: '-1' });
  });

  it('a quantity of 0 or -2 is BAD_ORDER_QTY, before the missing price of the limit', () => {
    expectRefused('BAD_ORDER_QTY', { qty: '0' });
    expectRefused('BAD_ORDER_QTY', { type: 'Limit', qty: '-2' });
  });

  it('a limit without a price, at 0, or at 0.04 that rounds to zero is BAD_ORDER_PRICE', () => {
    expectRefused('BAD_ORDER_PRICE', { type: 'Limit' });
    expectRefused('BAD_ORDER_PRICE', limit('0'));
    expectRefused('BAD_ORDER_PRICE', limit('0.04'));
  });

  it('a quantity of 0.0009 is nothing after rounding down, and below the minimum', () => {
    expectRefused('QTY_BELOW_MIN', { qty: '0.0009' });
    expectRefused('QTY_BELOW_MIN', { qty: '0.009' }, { instrument: { minQty: '0.01' } });
  });

  it('0.024 at 200 is 4.80, under the minimum of 5; 0.025 is 5 and stands; reduce-only is exempt', () => {
    expectRefused('110094', { qty: '0.024' });
    expectCase({ bars: [first, second], script: [buy(1, { qty: '0.025' })], fills: ['E Buy 0.025 @ 200 taker 1'] });
    expectCase({
      bars: [first, second], script: [buy(1, { qty: '0.025' }), submit(1, { id: 'X', side: 'Sell', qty: '0.001', reduceOnly: true })],
      fills: ['E Buy 0.025 @ 200 taker 1', 'X Sell 0.001 @ 200 taker 1'],
    });
  });

  it('the notional of a conditional order is taken at its trigger: 0.024 at 210 is 5.04 and stands', () => {
    expectCase({
      bars: [first, second], script: [buy(1, { qty: '0.024', trigger: '210', triggerDirection: 1 })], fills: [],
      expect: { orders: { E: 'Untriggered' } },
    });
  });

  it('reduce-only without a position, or on the same side, is 110017', () => {
    expectRefused('110017', { reduceOnly: true });
    expectCase({
      bars: [first, second], script: [sell(1), submit(1, { id: 'X', side: 'Sell', reduceOnly: true })],
      fills: ['E Sell 2 @ 200 taker 1'], expect: { rejects: [{ id: 'X', code: '110017' }] },
    });
  });

  it('a buy of 2 at 200 with 10x needs 40 + 0.22 + 0.198 = 40.418: refused with 40.417, taken with 40.418', () => {
    expectRefused('110007', {}, { config: { wallet: '40.417' } });
    expectCase({ bars: [first, second], config: { wallet: '40.418' }, script: [buy(1)], fills: ['E Buy 2 @ 200 taker 1'] });
  });

  it('a sell of 2 at 200 with 10x needs 40 + 0.22 + 0.242 = 40.462', () => {
    const config = (wallet: string): Record<string, unknown> => ({ wallet });

    expectCase({ bars: [first, second], config: config('40.462'), script: [sell(1)], fills: ['E Sell 2 @ 200 taker 1'] });
    expectCase({
      bars: [first, second], config: config('40.461'), script: [sell(1)], fills: [], expect: { rejects: [{ id: 'E', code: '110007' }] },
    });
  });

  it('a resting order holds its cost, so a second one of the same size does not fit into 60', () => {
    expectCase({
      bars: [first, second], config: { wallet: '60' },
      script: [buy(1, limit('190')), submit(1, { id: 'F', side: 'Buy', ...limit('190') })], fills: [],
      expect: { orders: { E: 'New', F: 'Rejected' }, rejects: [{ id: 'F', code: '110007' }] },
    });
  });

  it('an opposite order costs only what goes beyond the position', () => {
    expectCase({
      bars: [first, second], config: { wallet: '41' }, script: [buy(1), submit(1, { id: 'X', side: 'Sell', qty: '2' })],
      fills: ['E Buy 2 @ 200 taker 1', 'X Sell 2 @ 200 taker 1'],
    });
  });

  it('a conditional order reserves nothing, and is cancelled with 110007 when its trigger finds too little', () => {
    const outcome = expectCase({
      bars: [first, second], config: { wallet: '30' }, script: [buy(1, { trigger: '202', triggerDirection: 1 })], fills: [],
      expect: { orders: { E: 'Cancelled' } },
    });

    expect(outcome.account?.answers).toEqual([{ id: 'E', code: '110007', isOptional: true, isNameless: false }]);
  });

  it('an expiry at or before arrival rejects the order', () => {
    expectCase({
      bars: [first, second], script: [buy(1, { ...limit('199'), expireAt: at(1) })], fills: [], expect: { orders: { E: 'Rejected' } },
    });
  });
});

describe('cancel and amend', () => {
  const amend = (k: number, fields: Record<string, unknown>): Record<string, unknown> => ({ at: at(k), do: 'amend', id: 'E', ...fields });

  it('cancel of a filled and of an unknown order is 110001', () => {
    expectCase({
      bars: [first, second, '201 202 200 201'], script: [buy(1), { at: at(2), do: 'cancel', id: 'E' }, { at: at(2), do: 'cancel', id: 'Z' }],
      fills: ['E Buy 2 @ 200 taker 1'], expect: { rejects: [{ id: 'cancel:E', code: '110001' }, { id: 'cancel:Z', code: '110001' }] },
    });
  });

  it('a cancel goes before the gap that would have filled the order', () => {
    expectCase({
      bars: [first, second, '190 191 189 190'], script: [buy(1, limit('196')), { at: at(2), do: 'cancel', id: 'E' }], fills: [],
      expect: { orders: { E: 'Cancelled' } },
    });
  });

  it('a cancel that arrives with its order finds nothing', () => {
    expectCase({
      bars: [first, second], script: [buy(1, limit('190')), { at: at(1), do: 'cancel', id: 'E' }], fills: [],
      expect: { orders: { E: 'New' }, rejects: [{ id: 'cancel:E', code: '110001' }] },
    });
  });

  it('an amend to 202 makes the order marketable at the open 201: it takes', () => {
    expectCase({
      bars: [first, second, '201 203 200 202'], script: [buy(1, limit('190')), amend(2, { price: '202' })], fills: ['E Buy 2 @ 201 taker 2'],
    });
  });

  it('an amended PostOnly that would cross is cancelled under its own id', () => {
    const outcome = expectCase({
      bars: [first, second, '201 203 200 202'], script: [buy(1, { ...limit('190'), tif: 'PostOnly' }), amend(2, { price: '202' })],
      fills: [], expect: { orders: { E: 'Cancelled' } },
    });

    expect(outcome.account?.answers).toEqual([{ id: 'E', code: 'EC_PostOnlyWillTakeLiquidity', isOptional: true, isNameless: false }]);
  });

  it('a new quantity of 1.5 with 1.5 executed is 110017, of 2 leaves 0.5 to fill', () => {
    const lines = [first, '200 201 196 198 30', '198 199 197.5 198 1000', '198 199 196 198 1000'];
    const entry = buy(1, { ...limit('197'), qty: '4' });

    expectCase({
      bars: lines.slice(0, 3), config: { participation: '0.05' }, script: [entry, amend(2, { qty: '1.5' })],
      fills: ['E Buy 1.5 @ 197 maker 1'], expect: { orders: { E: 'PartiallyFilled' }, rejects: [{ id: 'amend:E', code: '110017' }] },
    });
    expectCase({
      bars: lines, config: { participation: '0.05' }, script: [entry, amend(2, { qty: '2' })],
      fills: ['E Buy 1.5 @ 197 maker 1', 'E Buy 0.5 @ 197 maker 3'], expect: { orders: { E: 'Filled' } },
    });
  });

  it('an amend repeats the checks: quantity 0 BAD_ORDER_QTY, 0.0001 QTY_BELOW_MIN, price x BAD_ORDER_NAN, unknown 110001', () => {
    expectCase({
      bars: [first, second, '201 203 200 202'],
      script: [
        buy(1, limit('190')), amend(2, { qty: '0' }), amend(2, { qty: '0.0001' }), amend(2, { price: 'x' }), amend(2, { trigger: '195' }),
        { ...amend(2, { qty: '1' }), id: 'Z' }, amend(2, { qty: '600' }),
      ],
      fills: [],
      expect: {
        orders: { E: 'New' },
        rejects: [
          { id: 'amend:E', code: 'BAD_ORDER_QTY' }, { id: 'amend:E', code: 'QTY_BELOW_MIN' }, { id: 'amend:E', code: 'BAD_ORDER_NAN' },
          { id: 'amend:E', code: '10001' }, { id: 'amend:Z', code: '110001' }, { id: 'amend:E', code: '110007' },
        ],
      },
    });
  });

  it('an amend with equal values only re-queues: the other order at 196 goes first', () => {
    expectCase({
      bars: [first, '200 201 199 200', '200 201 195 200'],
      script: [buy(1, limit('196')), submit(1, { id: 'F', side: 'Buy', ...limit('196') }), amend(2, { price: '196' })],
      fills: ['F Buy 2 @ 196 maker 2', 'E Buy 2 @ 196 maker 2'],
    });
  });

  it('an order withdrawn for an amend is not met by the gap of that open, but judged after it', () => {
    expectCase({
      bars: [first, '200 201 199 200', '190 192 189 191'], script: [buy(1, limit('196')), amend(2, { price: '195' })],
      fills: ['E Buy 2 @ 190 taker 2'],
    });
  });

  it('an order that expires at 00:02 is live before and cancelled then', () => {
    expectCase({
      bars: [first, '200 201 199 200', '190 192 189 191'], script: [buy(1, { ...limit('196'), expireAt: at(2) })], fills: [],
      expect: { orders: { E: 'Cancelled' } },
    });
    expectCase({
      bars: [first, '200 201 195 200', '190 192 189 191'], script: [buy(1, { ...limit('196'), expireAt: at(2) })],
      fills: ['E Buy 2 @ 196 maker 1'],
    });
  });
});

describe('bad bars stop a case before anything runs', () => {
  const good = [at(0), '200', '202', '198', '200', '1000'];
  const expectBadBar = (code: string, row: unknown, barIndex = 1, more: Record<string, unknown> = {}): void => {
    const outcome = runCase({ id: 'bad', bars: [good, row], script: [], expect: { error: { code, barIndex } }, ...more });

    expect(outcome.error).toEqual({ code, barIndex });
    expect(outcome.passed).toBe(true);
  };

  it('names the first failing check of the first failing bar', () => {
    expectBadBar('BAD_BAR_SHAPE', [at(1), '200', '202', '198', '200']);
    expectBadBar('BAD_BAR_NAN', [at(1), '200', 'NaN', '198', '200', '1000']);
    expectBadBar('BAD_BAR_PRICE', [at(1), '200', '202', '0', '200', '1000']);
    expectBadBar('BAD_BAR_RANGE', [at(1), '200', '199', '198', '200', '1000']);
    expectBadBar('BAD_BAR_RANGE', [at(1), '200', '202', '201', '200', '1000']);
    expectBadBar('BAD_BAR_VOLUME', [at(1), '200', '202', '198', '200', '-1']);
    expectBadBar('BAD_BAR_ALIGN', [at(1) + 1, '200', '202', '198', '200', '1000']);
    expectBadBar('BAD_BAR_DUPLICATE', [at(0), '200', '202', '198', '200', '1000']);
    expectBadBar('BAD_BAR_ORDER', [at(-1), '200', '202', '198', '200', '1000']);
  });

  it('checks the mark series too, and refuses a mark interval shorter than the bars', () => {
    expectBadBar('BAD_BAR_RANGE', [at(1), '200', '202', '198', '200', '1000'], 0, { mark: [[at(0), '200', '199', '198', '200']] });
    const half = [[at(0), '200', '202', '198', '200'], [at(0.5), '200', '202', '198', '200']];

    expect(runCase({ id: 'm', bars: [good], mark: half, expect: { error: { code: 'MARK_INTERVAL' } } }).passed).toBe(true);
  });

  it('takes a hole as a gap unless dataGap is error', () => {
    expectBadBar('DATA_GAP', [at(2), '200', '202', '198', '200', '1000'], 1, { config: { dataGap: 'error' } });
  });
});

describe('a file that is not a case', () => {
  it('gets one line naming the case, the field, the value and what was expected', () => {
    const text = (value: unknown): string | null => runCases([value])[0]!.malformed;

    expect(text({ id: 'A', bars: [], script: [], expect: {}, config: { path: 'up' } }))
      .toBe('case A: config.path must be one of adverse, favourable, adaptive, ohlc, olhc, was "up"');
    expect(text({ id: 'A', bars: [], expect: {}, script: [{ at: 0, do: 'submit', order: { id: 'E', side: 'Long', type: 'Market' } }] }))
      .toBe('case A: script[0].order.side must be one of Buy, Sell, was "Long"');
    expect(text({ id: 'A', bars: [], expect: {}, config: { slipage: {} } })).toContain('config.slipage is not a field of fill-case/1');
    expect(text({ bars: [] })).toBe('case 1 of the file: id must be text, was nothing');
  });

  it('a failing case lists every difference and the arithmetic', () => {
    const [outcome] = runCases({ cases: [{
      id: 'W', bars: [[at(0), '200', '202', '198', '200', '1000']], script: [], expect: { walletBalance: '9999' }, why: '10000 - 1',
    }] });

    expect(outcome!.passed).toBe(false);
    expect(outcome!.differences).toEqual([{ path: 'walletBalance', expected: '9999', actual: '10000' }]);
    expect(outcome!.why).toBe('10000 - 1');
  });
});

describe('a case that cannot be understood', () => {
  it('is named with 80 characters of what was found, not with a whole list of lists', () => {
    const [outcome] = runCases([[Array.from({ length: 1_000 }, (_, k) => k)]]);

    expect(outcome?.malformed).toMatch(/^case 1 of the file must be an object, was \[\[0,1,2,.*\.\.\.$/);
    expect(outcome?.malformed?.length).toBeLessThan(140);
  });
});
