/** Cases with shorter bars or single trades inside their bars. Bars of a minute, children of 20 s, tick 0.1. */
import { describe, expect, it } from 'vitest';
import { at, buy, expectCase, play, sell, stop } from './kit.ts';

const first = '200 202 198 200';
const config = { detailIntervalMs: 20_000 };
/** Three children of bar `k`. */
const thirds = (k: number, ...rows: readonly string[]): unknown[][] =>
  rows.map((row, i) => [at(k) + i * 20_000, ...row.split(' '), '1000']);
const calmFirst = thirds(0, '200 202 200 202', '202 202 198 198', '198 200 198 200');

describe('drill-down (FS-1 section 3.4)', () => {
  it('a long with SL 192 and TP 206 in one bar: the child that reaches 206 first takes the profit', () => {
    const bars = [first, '200 209 190 192'];
    const script = [buy(1, { sl: '192', tp: '206' })];

    expectCase({ bars, script, fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 192 taker 1'] });
    expectCase({
      bars, script, config, detail: [...calmFirst, ...thirds(1, '200 209 200 205', '205 206 190 195', '195 196 191 192')],
      fills: ['E Buy 2 @ 200 taker 1', 'TP Sell 2 @ 206 taker 1'],
    });
    expectCase({
      bars, script, config, detail: [...calmFirst, ...thirds(1, '200 205 190 195', '195 209 194 200', '200 201 191 192')],
      fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 192 taker 1'],
    });
  });

  it('a gap between two children is a gap: a stop of 195 between 197 and 193 fills at 193', () => {
    expectCase({
      bars: [first, '200 201 193 194'], script: [buy(1), stop(1, { sl: '195' })], config,
      detail: [...calmFirst, ...thirds(1, '200 201 197 197', '193 194 193 194', '194 194 194 194')],
      fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 193 taker 1'],
    });
  });

  it('each child has a volume budget of its own: 5 % of 30, three times', () => {
    const child = (row: string, i: number): unknown[] => [at(1) + i * 20_000, ...row.split(' '), '30'];
    expectCase({
      bars: [first, '200 200 195 196'], config: { ...config, participation: 0.05 }, script: [buy(1, { type: 'Limit', price: '197', qty: '5' })],
      detail: [...calmFirst, ...['200 200 196 196', '196 196 195 195', '195 196 195 196'].map(child)],
      fills: ['E Buy 1.5 @ 197 maker 1', 'E Buy 1.5 @ 197 maker 1', 'E Buy 1.5 @ 197 maker 1'], expect: { orders: { E: 'PartiallyFilled' } },
    });
  });

  it('a bar without children is played as it is; one with a hole among them is tiled by the rest', () => {
    const [one, , three] = thirds(2, '192 209 192 205', '205 206 204 205', '205 206 190 192');
    expectCase({
      bars: [first, '200 209 190 192', '192 209 190 192'], config, detail: [...calmFirst, one!, three!],
      script: [buy(1, { sl: '191', tp: '206' }), sell(2, { id: 'F', sl: '208', tp: '191' })],
      fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 191 taker 1', 'F Sell 2 @ 192 taker 2', 'SL Buy 2 @ 208 taker 2'],
    });
    expect(play({ bars: [first, '200 209 190 192'], config: { ...config, dataGap: 'error' }, detail: calmFirst, expect: { error: { code: 'DATA_GAP', barIndex: 1 } } }).passed).toBe(true);
  });

  it.each([
    ['open', '200.1 209 190 192'], ['high', '200 209.1 190 192'], ['low', '200 209 189.9 192'], ['close', '200 209 190 192.1'],
  ])('children that give another %s than the bar are DATA_CHILD_MISMATCH of that bar', (_, bar) => {
    const detail = [...calmFirst, ...thirds(1, '200 209 200 205', '205 206 190 195', '195 196 191 192')];

    expectCase({ bars: [first, bar], config, detail, expect: { error: { code: 'DATA_CHILD_MISMATCH', barIndex: 1 } } });
  });

  it('children are checked as bars are: off the grid of 20 s, high below the open', () => {
    const [one, two, three] = thirds(1, '200 209 200 205', '205 206 190 195', '195 196 191 192') as [unknown[], unknown[], unknown[]];
    const sketch = { bars: [first, '200 209 190 192'], config };

    expectCase({ ...sketch, detail: [...calmFirst, one, [at(1) + 20_001, ...two.slice(1)], three], expect: { error: { code: 'BAD_BAR_ALIGN', barIndex: 4 } } });
    expectCase({ ...sketch, detail: [...calmFirst, one, [two[0], '205', '204', ...two.slice(3)], three], expect: { error: { code: 'BAD_BAR_RANGE', barIndex: 4 } } });
  });

  it('a bar may open at the price before it when its first child has no volume', () => {
    const rows = thirds(1, '200 200 200 200', '203 204 201 202', '202 203 201 202') as unknown[][];
    rows[0]![5] = '0';

    expectCase({ bars: [first, '200 204 200 202'], config, detail: [...calmFirst, ...rows], script: [buy(1)], fills: ['E Buy 2 @ 203 taker 1'] });
    expectCase({ bars: [first, '203 204 201 202'], config, detail: [...calmFirst, ...rows], script: [buy(1)], fills: ['E Buy 2 @ 203 taker 1'] });
    expectCase({ bars: [first, '201 204 200 202'], config, detail: [...calmFirst, ...rows], expect: { error: { code: 'DATA_CHILD_MISMATCH', barIndex: 1 } } });
    expectCase({ bars: [first, '203 204 200 202'], config, detail: [...calmFirst, ...rows], expect: { error: { code: 'DATA_CHILD_MISMATCH', barIndex: 1 } } });
  });
});

describe('trade replay (FS-1 section 3.5)', () => {
  const trade = (seconds: number, price: string, qty = '10'): unknown[] => [at(1) + seconds * 1_000, price, qty];
  const bars = [first, '200 206 190 192'];

  it('nothing lies between two trades: SL 195 between 200 and 193 fills at 193, a sell limit of 203 passed by 206 at 203', () => {
    const trades = [trade(1, '200'), trade(2, '206'), trade(3, '193'), trade(4, '190'), trade(59, '192')];

    expectCase({ bars, trades, script: [buy(1, { sl: '195' })], fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 193 taker 1'] });
    expectCase({
      bars, trades, script: [sell(1, { type: 'Limit', price: '203' })], fills: ['E Sell 2 @ 203 maker 1'],
    });
  });

  it('trades of one millisecond go one after the other: TP 205 at the first of them, 206, before SL 195 at the second', () => {
    const trades = [trade(1, '200'), trade(2, '206'), trade(2, '193'), trade(2, '190'), trade(3, '192')];

    expectCase({ bars, trades, script: [buy(1, { sl: '195', tp: '205' })], fills: ['E Buy 2 @ 200 taker 1', 'TP Sell 2 @ 206 taker 1'] });
    expectCase({
      bars, trades: [trade(1, '200'), trade(2, '193'), trade(2, '206'), trade(2, '190'), trade(3, '192')],
      script: [buy(1, { sl: '195', tp: '205' })], fills: ['E Buy 2 @ 200 taker 1', 'SL Sell 2 @ 193 taker 1'],
    });
  });

  it('a trade is the volume there is: 5 % of 10 and of 30 for a limit of 195', () => {
    const trades = [trade(1, '206'), trade(2, '194', '10'), trade(3, '190', '30'), trade(4, '192')];

    expectCase({
      bars, trades, config: { participation: 0.05 }, script: [buy(1, { type: 'Limit', price: '195', qty: '5' })],
      fills: ['E Buy 0.5 @ 195 maker 1', 'E Buy 1.5 @ 195 maker 1', 'E Buy 0.5 @ 195 maker 1'], expect: { orders: { E: 'PartiallyFilled' } },
    });
  });

  it('the bar opens at its first trade or at the price before: 200 stands before 206, 201 does not', () => {
    const trades = [trade(1, '206'), trade(2, '190'), trade(3, '192')];

    expectCase({ bars, trades, script: [buy(1)], fills: ['E Buy 2 @ 206 taker 1'] });
    expectCase({ bars: [first, '206 206 190 192'], trades, script: [buy(1)], fills: ['E Buy 2 @ 206 taker 1'] });
    expectCase({ bars: [first, '201 206 190 192'], trades, expect: { error: { code: 'DATA_CHILD_MISMATCH', barIndex: 1 } } });
  });

  it('trades are checked: shape, number, price, size, whole ms, order', () => {
    const wrong: readonly (readonly [unknown[], string])[] = [
      [[at(1) + 1, '200'], 'BAD_BAR_SHAPE'], [[at(1) + 1, 'x', '1'], 'BAD_BAR_NAN'], [[at(1) + 1, '0', '1'], 'BAD_BAR_PRICE'],
      [[at(1) + 1, '200', '-1'], 'BAD_BAR_VOLUME'], [[at(1) + 0.5, '200', '1'], 'BAD_BAR_ALIGN'], [[at(0), '200', '1'], 'BAD_BAR_ORDER'],
    ];

    for (const [row, code] of wrong) expectCase({ bars, trades: [[at(0) + 5, '200', '1'], row], expect: { error: { code, barIndex: 1 } } });
  });
});

it('detail beside trades, and an interval that does not divide, cannot be understood', () => {
  const bars = [first];

  expect(play({ bars, config, detail: calmFirst, trades: [], expect: {} }).malformed).toContain('trades');
  expect(play({ bars, config: { detailIntervalMs: 25_000 }, detail: calmFirst, expect: {} }).malformed).toContain('detailIntervalMs');
});
