/** What a case file may hold: nothing misspelt passes, nothing is compared with nothing, and a failure shows its arithmetic. */
import { describe, expect, it } from 'vitest';
import { formatCase, runCase, runCases } from '../../../sim/index.ts';
import { at, bars, buy, limit, submit } from './kit.ts';

const calm = '200 202 198 200';
const plain = { id: 'A', bars: bars([calm, calm]), script: [], expect: { fills: [] } };
const why = (change: object): string | null => runCase({ ...plain, ...change }).malformed;

describe('a field that the format does not know is refused by name', () => {
  it.each([
    ['exepct, beside or without the real one', { exepct: { fills: [] } }, /^case A\.exepct is not a field of fill-case\/1; known: id, row, title, kind, .*, expect, why$/],
    ['marks', { marks: [[1]] }, /^case A\.marks is not a field/],
    ['scirpt', { scirpt: [{ do: 'cancel' }] }, /^case A\.scirpt is not a field/],
    ['a kind written knid', { knid: 'inverse' }, /^case A\.knid is not a field/],
    ['expect.walletBalanc', { expect: { walletBalanc: '1' } }, /^case A: expect\.walletBalanc is not a field .*walletBalance/],
    ['expect.fills[0].prize', { expect: { fills: [{ prize: '1' }] } }, /^case A: expect\.fills\[0\]\.prize is not a field/],
    ['expect.position.avgentry', { expect: { position: { avgentry: '1' } } }, /^case A: expect\.position\.avgentry is not a field/],
    ['expect.rejects[0].reason', { expect: { rejects: [{ id: 'E', reason: '110007' }] } }, /^case A: expect\.rejects\[0\]\.reason is not a field/],
    ['expect.error.bar', { expect: { error: { code: 'BAD_BAR_NAN', bar: 1 } } }, /^case A: expect\.error\.bar is not a field/],
    ['slippage of bps in n', { config: { slippage: { kind: 'bps', n: 2 } } }, /^case A: config\.slippage\.n is not a field .*known: kind, b$/],
    ['a tier of mm', { instrument: { tiers: [{ limit: '1', mm: '0.01' }] } }, /^case A: instrument\.tiers\[0\]\.mm is not a field/],
    ['a funding stamp in at', { funding: [{ at: 1, rate: '0' }] }, /^case A: funding\[0\]\.at is not a field/],
  ])('%s', (_, change, expected) => {
    expect(why(change)).toMatch(expected);
  });

  it('but remarks of any name are allowed: where it was seen, when, by whom', () => {
    expect(why({ source: 'testnet order 123', seenAt: 1_700_006_400_000, tags: ['gap', 'stop'], checked: true })).toBeNull();
  });
});

describe('a case that would prove nothing is refused', () => {
  it.each([
    ['without expect', { expect: undefined }, /^case A: expect must be an object, was nothing$/],
    ['with an empty expect', { expect: {} }, /^case A: expect must be an object with at least one of fills, orders, .*, was \{\}$/],
    ['with a fill that states nothing', { expect: { fills: [{}] } }, /^case A: expect\.fills\[0\] must be an object with at least one of order, side/],
    ['with an error without code', { expect: { error: { barIndex: 1 } } }, /^case A: expect\.error\.code must be text, was nothing$/],
    ['with fills that are no list', { expect: { fills: { order: 'E' } } }, /^case A: expect\.fills must be a list, was \{"order":"E"\}$/],
  ])('%s', (_, change, expected) => {
    expect(why(change)).toMatch(expected);
  });

  it.each([['a text', 'nonsense'], ['null', null], ['an empty list', []], ['an empty cases', { cases: [] }], ['an object without cases', { case: [plain] }]])(
    'a file that is %s', (_, input) => {
      expect(() => runCases(input)).toThrow(/^the file must be a list of cases, \{"cases": \[\.\.\.\]\} or a single case, was /);
    });

  it('a second case with the same id: the first counts, the second is named with its place', () => {
    const [first, other, second] = runCases([plain, { ...plain, id: 'B' }, plain]);

    expect([first?.passed, other?.passed, second?.passed]).toEqual([true, true, false]);
    expect(second?.malformed).toBe('case 3 of the file has the id of case 1; every case needs its own');
  });
});

describe('a case that differs shows how its amounts came about', () => {
  it('linear: 2 bought at 200, 1 sold at 204 by a limit, fees 0.22 and 0.0408, realised 4', () => {
    const script = [buy(1), submit(1, { id: 'X', side: 'Sell', qty: '1', reduceOnly: true, ...limit('204') })];
    const outcome = runCase({ id: 'A', bars: bars([calm, calm, '200 205 199 200']), script, expect: { fees: '0.3' }, why: 'by hand' });

    // 2 x 200 x 0.00055 = 0.22; 1 x 204 x 0.0002 = 0.0408; wallet 10000 - 0.2608 + 4; the other 1 at mark 200 is worth its cost.
    expect(formatCase(outcome)).toEqual([
      'FAIL A', '     fees: expected 0.3, was 0.2608',
      '     was: E Buy 2 @ 200 (taker, bar 1): fee = 2 x 200 x 0.00055 = 0.22',
      '     was: X Sell 1 @ 204 (maker, bar 2): fee = 1 x 204 x 0.0002 = 0.0408; realised = 1 x (204 - 200) x 1 = 4',
      '     was: wallet = start - fees + realised + funding = 10000 - 0.2608 + 4 + 0 = 10003.7392',
      '     was: equity = wallet + unrealised = 10003.7392 + 0 = 10003.7392',
      '     why: by hand',
    ]);
  });

  it('inverse: an order that turns the position realises the part it closes alone', () => {
    // 100 sold at 20000, 300 bought at 25000: 100 x (1/20000 - 1/25000) x -1 = -0.001; both fees at 0.00055.
    const rows = [20_000, 20_000, 25_000].map((price, k) => [at(k), ...[price, price + 100, price - 100, price, 1000].map(String)]);
    const script = [submit(1, { id: 'E', side: 'Sell', qty: '100' }), submit(2, { id: 'X', side: 'Buy', qty: '300' })];
    const { arithmetic } = runCase({
      id: 'A', kind: 'inverse', instrument: { leverage: '2' }, config: { wallet: '1' }, bars: rows, script, expect: { fees: '1' },
    });

    expect(arithmetic[0]).toBe('E Sell 100 @ 20000 (taker, bar 1): fee = 100 / 20000 x 0.00055 = 0.00000275');
    expect(arithmetic[1]).toBe('X Buy 300 @ 25000 (taker, bar 2): fee = 300 / 25000 x 0.00055 = 0.0000066; '
      + 'realised = 100 x (1/20000 - 1/25000) x -1 = -0.001');
  });

  it('a case that passes shows none', () => {
    expect(runCase(plain).arithmetic).toEqual([]);
  });
});
