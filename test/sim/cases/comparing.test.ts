/** What a case says of a difference: path, expected and actual, within the tolerances of FS-1 section 14. */
import { describe, expect, it } from 'vitest';
import { formatCase, runCase, runCases } from '../../../sim/index.ts';
import { at, buy, sell } from './kit.ts';

const bars = [[at(0), '200', '202', '198', '200', '1000'], [at(1), '200', '206', '199', '205', '1000']];
/** A long of 2 at 200, marked at 205: fee 0.22, wallet 9999.78, unrealised 10. */
const long = { id: 'L', bars, script: [buy(1)] };
const told = (expected: Record<string, unknown>, more: Record<string, unknown> = {}): string[] =>
  runCase({ ...long, expect: expected, ...more }).differences.map(({ path, expected: wanted, actual }) => `${path}: ${wanted} / ${actual}`);
const fill = { order: 'E', side: 'Buy', price: '200', qty: '2', liquidity: 'taker', fee: '0.22', realizedPnl: '0', barIndex: 1 };

describe('fills', () => {
  it('as they were are no difference, and neither are fields the case leaves out', () => {
    expect(told({ fills: [fill] })).toEqual([]);
    expect(told({ fills: [{ price: 200 }] })).toEqual([]);
  });

  it('differ field by field', () => {
    expect(told({ fills: [{ order: 'F', side: 'Sell', price: '200.1', qty: '3', liquidity: 'maker', fee: '0.2', realizedPnl: '1', barIndex: 2 }] })).toEqual([
      'fills[0].order: F / E', 'fills[0].side: Sell / Buy', 'fills[0].liquidity: maker / taker', 'fills[0].barIndex: 2 / 1', 'fills[0].price: 200.1 / 200',
      'fills[0].qty: 3 / 2', 'fills[0].fee: 0.2 / 0.22', 'fills[0].realizedPnl: 1 / 0',
    ]);
  });

  it('price and quantity are exact, fee and result within 0.000001', () => {
    expect(told({ fills: [{ price: '200.0000000001' }] })).toEqual(['fills[0].price: 200.0000000001 / 200']);
    expect(told({ fills: [{ qty: '1.9999999999' }] })).toEqual(['fills[0].qty: 1.9999999999 / 2']);
    expect(told({ fills: [{ fee: '0.220001', realizedPnl: '-0.000001' }] })).toEqual([]);
    expect(told({ fills: [{ fee: '0.2200011' }] })).toEqual(['fills[0].fee: 0.2200011 / 0.22']);
    expect(told({ fills: [{ realizedPnl: '-0.0000011' }] })).toEqual(['fills[0].realizedPnl: -0.0000011 / 0']);
  });

  it('too few, too many and none at all are told with the fill in words', () => {
    expect(told({ fills: [] })).toEqual(['fills[0]: nothing / E Buy 2 @ 200 (taker, bar 1)']);
    expect(told({ fills: [fill, { order: 'F' }] })).toEqual(['fills[1]: {"order":"F"} / nothing']);
  });

  it('what is not a number is a difference, and null is only null', () => {
    expect(told({ fills: [{ price: 'about 200' }] })).toEqual(['fills[0].price: about 200 / 200']);
    expect(told({ fills: [{ price: null }] })).toEqual(['fills[0].price: null / 200']);
  });
});

describe('a liquidation price', () => {
  // A short of 3 at 200 with 7x is closed at 200 x 8/7 = 228.571428571428571...
  const gone = (price: string): string[] => told({ fills: [{ order: 'E' }, { price }] }, {
    instrument: { leverage: '7' }, bars: [...bars, [at(2), '205', '230', '204', '205', '1000']], script: [sell(1, { qty: '3' })],
  });

  it('is compared as a derived value, within 1e-12 of itself', () => {
    expect(gone('228.571428571428571')).toEqual([]);
    expect(gone('228.5714285715')).toEqual([]);
    expect(gone('228.5714286')).toEqual(['fills[1].price: 228.5714286 / 228.571428571428571']);
  });

  it('or as far as it is written from eight places on: half of the last place', () => {
    expect(gone('228.57142857')).toEqual([]);
    expect(gone('228.57142858')).toEqual(['fills[1].price: 228.57142858 / 228.571428571428571']);
    expect(gone('228.571429')).toEqual(['fills[1].price: 228.571429 / 228.571428571428571']);
  });
});

describe('orders and answers', () => {
  it('an order is told when its status differs, when it is missing and when it is not expected', () => {
    expect(told({ orders: { E: 'Filled' } })).toEqual([]);
    expect(told({ orders: { E: 'New' } })).toEqual(['orders.E: New / Filled']);
    expect(told({ orders: { F: 'New' } })).toEqual(['orders.F: New / nothing', 'orders.E: nothing / Filled']);
  });

  const refused = { script: [{ at: at(1), do: 'cancel', id: 'X' }, { at: at(1), do: 'cancel', id: 'Y' }] };

  it('answers count in their order, by id and code', () => {
    expect(told({ rejects: [{ id: 'cancel:X', code: '110001' }, { id: 'cancel:Y', code: 110_001 }] }, refused)).toEqual([]);
    expect(told({ rejects: [{ id: 'cancel:Y', code: '110001' }, { id: 'cancel:X', code: '110001' }] }, refused))
      .toEqual(['rejects[0]: cancel:Y 110001 / cancel:X 110001', 'rejects[1]: cancel:X 110001 / cancel:Y 110001']);
    expect(told({ rejects: [{ id: 'cancel:X', code: '110007' }] }, refused))
      .toEqual(['rejects[0]: cancel:X 110007 / cancel:X 110001', 'rejects[1]: nothing / cancel:Y 110001']);
    expect(told({ rejects: [] }, refused)).toEqual(['rejects[0]: nothing / cancel:X 110001', 'rejects[1]: nothing / cancel:Y 110001']);
  });

  it('an answer that did not come is told', () => {
    expect(told({ rejects: [{ id: 'E', code: '110007' }] })).toEqual(['rejects[0]: E 110007 / nothing']);
    expect(told({ rejects: [{ id: 'E' }] })).toEqual(['rejects[0]: E nothing / nothing']);
  });

  it('the reason of a cancellation and an expiry may be listed or left out, but not listed wrongly', () => {
    const postOnly = { script: [buy(1, { type: 'Limit', price: '201', tif: 'PostOnly' }), { at: at(1), do: 'cancel', id: 'X' }] };
    const reason = { id: 'E', code: 'EC_PostOnlyWillTakeLiquidity' };
    const other = { id: 'cancel:X', code: '110001' };

    expect(told({ rejects: [other] }, postOnly)).toEqual([]);
    expect(told({ rejects: [other, reason] }, postOnly)).toEqual([]); // the cancel comes first at its instant
    expect(told({ rejects: [reason, other] }, postOnly))
      .toEqual(['rejects[0]: E EC_PostOnlyWillTakeLiquidity / cancel:X 110001', 'rejects[1]: cancel:X 110001 / nothing']);
    expect(told({ rejects: [reason] }, { script: postOnly.script.slice(0, 1) })).toEqual([]);
    expect(told({ rejects: [{ ...reason, code: '110007' }] }, { script: postOnly.script.slice(0, 1) })).toEqual(['rejects[0]: E 110007 / nothing']);
  });

  it('an expiry before arrival may have any code, as the page names none', () => {
    const expired = { script: [buy(1, { type: 'Limit', price: '199', expireAt: at(1) })] };

    expect(told({ rejects: [{ id: 'E', code: '170213' }] }, expired)).toEqual([]);
    expect(told({ rejects: [] }, expired)).toEqual([]);
    expect(told({ rejects: [{ id: 'F', code: '170213' }] }, expired)).toEqual(['rejects[0]: F 170213 / nothing']);
  });

  it('a refused addMargin may have any name, a trading stop has its own or that of its verb', () => {
    const add = { script: [{ at: at(1), do: 'addMargin', amount: '5' }] };
    const stop = { at: at(1), do: 'tradingStop', sl: '190' };

    expect(told({ rejects: [{ id: 'whatever', code: '10001' }] }, add)).toEqual([]);
    expect(told({ rejects: [{ id: 'tradingStop', code: '10001' }] }, { script: [stop] })).toEqual([]);
    expect(told({ rejects: [{ id: 'S1', code: '10001' }] }, { script: [{ ...stop, id: 'S1' }] })).toEqual([]);
    expect(told({ rejects: [{ id: 'S2', code: '10001' }] }, { script: [{ ...stop, id: 'S1' }] })).toEqual(['rejects[0]: S2 10001 / S1 10001']);
    expect(runCase({ ...long, ...add, expect: { rejects: [] } }).account?.answers).toEqual([{ id: 'addMargin', code: '10001', isOptional: false, isNameless: true }]);
  });
});

describe('position and money', () => {
  it('a position differs by side, size and entry, the entry within 0.000001', () => {
    expect(told({ position: { side: 'Buy', qty: 2, avgEntry: '200.000001' } })).toEqual([]);
    expect(told({ position: { side: 'Sell', qty: '2.001', avgEntry: '200.0000011' } }))
      .toEqual(['position.side: Sell / Buy', 'position.qty: 2.001 / 2', 'position.avgEntry: 200.0000011 / 200']);
    expect(told({ position: { avgEntry: null } })).toEqual(['position.avgEntry: null / 200']);
    expect(told({ position: { side: 'None', qty: '0', avgEntry: null } }, { script: [] })).toEqual([]);
  });

  it('each amount is compared within 0.000001 USDT', () => {
    const amounts = { realizedPnl: '0', fees: '0.22', funding: '0', walletBalance: '9999.78', unrealizedPnl: '10', equity: '10009.78' };

    expect(told(amounts)).toEqual([]);
    for (const [name, value] of Object.entries(amounts)) {
      expect(told({ [name]: (Number(value) + 0.000_000_9).toFixed(7) })).toEqual([]);
      expect(told({ [name]: (Number(value) - 0.000_001_1).toFixed(7) })).toEqual([`${name}: ${(Number(value) - 0.000_001_1).toFixed(7)} / ${value}`]);
    }
  });

  it('and within 0.0000000001 coin', () => {
    const coin = { kind: 'inverse', script: [buy(1, { qty: '200' })] }; // 1 coin, fee 0.00055

    expect(told({ fees: '0.0005500001' }, coin)).toEqual([]);
    expect(told({ fees: '0.00055000011' }, coin)).toEqual(['fees: 0.00055000011 / 0.00055']);
    expect(told({ fills: [{ fee: '0.00055000011' }] }, coin)).toEqual(['fills[0].fee: 0.00055000011 / 0.00055']);
  });
});

describe('errors', () => {
  const bad = { bars: [...bars, [at(2), '200', '199', '198', '200', '1000']] };

  it('an error matches by code and bar, and by code alone where the case names no bar', () => {
    expect(told({ error: { code: 'BAD_BAR_RANGE', barIndex: 2 } }, bad)).toEqual([]);
    expect(told({ error: { code: 'BAD_BAR_RANGE' } }, bad)).toEqual([]);
    expect(told({ error: { code: 'BAD_BAR_RANGE', barIndex: 1 } }, bad)).toEqual(['error: {"code":"BAD_BAR_RANGE","barIndex":1} / {"code":"BAD_BAR_RANGE","barIndex":2}']);
    expect(told({ error: { code: 'BAD_BAR_NAN', barIndex: 2 } }, bad)).toEqual(['error: {"code":"BAD_BAR_NAN","barIndex":2} / {"code":"BAD_BAR_RANGE","barIndex":2}']);
    expect(told({ fills: [] }, bad)).toEqual(['error: nothing / {"code":"BAD_BAR_RANGE","barIndex":2}']);
  });

  it('MARK_INTERVAL matches whatever bar is named, as the page names none', () => {
    const half = { mark: [[at(0), '200', '202', '198', '200'], [at(0.5), '200', '202', '198', '200']] };

    expect(told({ error: { code: 'MARK_INTERVAL', barIndex: 7 } }, half)).toEqual([]);
  });

  it('an error expected of bars without fault is a difference', () => {
    expect(told({ error: { code: 'BAD_BAR_NAN' } })).toEqual(['error: {"code":"BAD_BAR_NAN"} / nothing']);
  });
});

describe('lines for a person', () => {
  it('a case that holds is one line, with its title when it has one', () => {
    expect(formatCase(runCase({ ...long, expect: { rejects: [] } }))).toEqual(['ok   L']);
    expect(formatCase(runCase({ ...long, title: 'a long', why: '2 x 200', row: 'market', expect: { rejects: [] } }))).toEqual(['ok   L  a long']);
    expect(runCase({ ...long, title: 'a long', why: '2 x 200', row: 'market', expect: { rejects: [] } })).toMatchObject({ row: 'market', title: 'a long', why: '2 x 200' });
  });

  it('one that differs lists each difference and ends with the arithmetic', () => {
    const worked = [
      '     was: E Buy 2 @ 200 (taker, bar 1): fee = 2 x 200 x 0.00055 = 0.22',
      '     was: wallet = start - fees + realised + funding = 10000 - 0.22 + 0 + 0 = 9999.78',
      '     was: equity = wallet + unrealised = 9999.78 + 10 = 10009.78',
    ];

    expect(formatCase(runCase({ ...long, title: 'a long', expect: { fees: '1', funding: '2' }, why: '1 + 2' })))
      .toEqual(['FAIL L  a long', '     fees: expected 1, was 0.22', '     funding: expected 2, was 0', ...worked, '     why: 1 + 2']);
    expect(formatCase(runCase({ ...long, expect: { fees: '1' } }))).toEqual(['FAIL L', '     fees: expected 1, was 0.22', ...worked]);
    expect(formatCase(runCase({ ...long, title: 7, expect: { fees: '1' } }))).toEqual(['FAIL L', '     fees: expected 1, was 0.22', ...worked]);
  });

  it('one that cannot be read says why', () => {
    expect(formatCase(runCase({ id: 'L' }))).toEqual(['FAIL L', '     case L: bars must be a list, was nothing']);
  });

  it('a list, an object with cases and a single case are run; anything else is told', () => {
    expect(runCases([{ ...long, expect: { fees: '0.22' } }, { ...long, id: 'M', expect: { fees: '0.22' } }]).map(({ id, passed }) => [id, passed])).toEqual([['L', true], ['M', true]]);
    expect(runCases({ cases: [{ ...long, expect: { fees: '0.22' } }] })).toHaveLength(1);
    expect(runCases({ ...long, expect: { fees: '0.22' } }).map(({ passed }) => passed)).toEqual([true]);
    expect(() => runCases(7)).toThrow('the file must be a list of cases, {"cases": [...]} or a single case, was 7');
    expect(() => runCases({ cases: 7 })).toThrow('the file must be a list of cases');
  });
});

describe('what an account shows', () => {
  it('statuses: New, PartiallyFilled, Filled, Untriggered, Cancelled, Rejected', () => {
    const of = (order: Record<string, unknown>, config: Record<string, unknown> = {}): unknown =>
      runCase({ ...long, config, script: [buy(1, order)], expect: { rejects: [] } }).account?.orders['E'];

    expect([
      of({ type: 'Limit', price: '150' }), of({ type: 'Limit', price: '201', qty: '100' }, { participation: '0.05' }), of({}), of({ trigger: '250', triggerDirection: 1 }),
      of({ type: 'Limit', price: '150', tif: 'IOC' }), of({ qty: '0' }), of({ trigger: '203', triggerDirection: 1, type: 'Limit', price: '190' }),
      of({ type: 'Limit', price: '150', expireAt: at(1) + 1 }),
    ]).toEqual(['New', 'PartiallyFilled', 'Filled', 'Untriggered', 'Cancelled', 'Rejected', 'New', 'Cancelled']);
  });

  it('the unrealised result of an inverse short at a mark between ticks is half-even in 1e-16 coin', () => {
    // 300 x (1/205.25 - 1/200): the mark bar ends at 205.25, half a tick of 0.5.
    const account = runCase({
      ...long, kind: 'inverse', script: [sell(1, { qty: '300' })], expect: { rejects: [] },
      mark: [[at(0), '200', '202', '198', '200'], [at(1), '200', '206', '199', '205.25']],
    }).account;

    expect(Number(account?.unrealizedPnl)).toBeCloseTo(300 / 205.25 - 1.5, 14);
    expect(account?.position.avgEntry).toBe('200');
  });

  it('that of a linear long at a mark of 205.25 is 2 x 5.25', () => {
    const account = runCase({ ...long, expect: { rejects: [] }, mark: [[at(0), '200', '202', '198', '200'], [at(1), '200', '206', '199', '205.25']] }).account;

    expect(account).toMatchObject({ unrealizedPnl: '10.5', walletBalance: '9999.78', equity: '10010.28' });
  });
});

describe('the arithmetic shown with a difference', () => {
  const order = (k: number, id: string, side: string, qty: string): Record<string, unknown> =>
    ({ at: at(k), do: 'submit', order: { id, side, type: 'Market', qty } });
  const level = (k: number, price: number): unknown[] => [at(k), ...[price, price + 1, price - 1, price, 1_000].map(String)];
  const gains = (kind: string, prices: readonly number[], script: readonly unknown[]): string[] =>
    runCase({ id: 'G', kind, bars: prices.map((price, k) => level(k, price)), script, config: { wallet: '1000' }, expect: { fees: '77' } }).arithmetic
      .flatMap((line) => /realised = .*/.exec(line)?.[0] ?? []);

  it('averages what was added: 2 at 200 and 1 at 230 are 210, closed in two parts at 240', () => {
    expect(gains('linear', [200, 200, 230, 240, 240], [order(1, 'E', 'Buy', '2'), order(2, 'A', 'Buy', '1'), order(3, 'X', 'Sell', '1'), order(4, 'Y', 'Sell', '2')]).slice(0, 2))
      .toEqual(['realised = 1 x (240 - 210) x 1 = 30', 'realised = 2 x (240 - 210) x 1 = 60']);
  });

  it('of coins too: 100 at 200 and 100 at 300 are 200/(0.5 + 0.3333) = 240', () => {
    expect(gains('inverse', [200, 200, 300, 240], [order(1, 'E', 'Buy', '100'), order(2, 'A', 'Buy', '100'), order(3, 'X', 'Sell', '200')])[0])
      .toBe('realised = 200 x (1/240 - 1/240) x 1 = 0');
  });

  it('a turned position starts at the price of its turn: 1 short from 210, bought back at 200', () => {
    expect(gains('linear', [200, 200, 210, 200], [order(1, 'E', 'Buy', '1'), order(2, 'T', 'Sell', '2'), order(3, 'X', 'Buy', '1')]).slice(0, 2))
      .toEqual(['realised = 1 x (210 - 200) x 1 = 10', 'realised = 1 x (200 - 210) x -1 = 10']);
  });

  it('a position opened anew after a close starts at its own price', () => {
    expect(gains('linear', [200, 200, 210, 220, 230], [order(1, 'E', 'Buy', '1'), order(2, 'X', 'Sell', '1'), order(3, 'F', 'Buy', '1'), order(4, 'Y', 'Sell', '1')]).slice(0, 2))
      .toEqual(['realised = 1 x (210 - 200) x 1 = 10', 'realised = 1 x (230 - 220) x 1 = 10']);
  });

  it('a liquidation loses the position margin: 1 at 200 closed at 180', () => {
    expect(gains('linear', [200, 200, 150], [order(1, 'E', 'Buy', '1')])[0]).toBe('realised = 1 x (180 - 200) x 1 = -20, the position margin');
  });
});
