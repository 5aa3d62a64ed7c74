/** Rows of the wire: every way to write a number, and whatever else a field may hold. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepOf } from '../../../engine/index.ts';
import { priceOrNull, stepsOfText, textOfSteps } from '../../../live/bybit/numbers.ts';
import { executionRow, klineRow, orderRow, positionRow, readRows, tickerRow, walletRow } from '../../../live/bybit/rows.ts';

const folder = resolve(process.cwd(), '../shared/fixtures/bybit');
const schemas = { order: orderRow, execution: executionRow, position: positionRow, kline: klineRow, ticker: tickerRow, wallet: walletRow } as const;
type Json = Readonly<Record<string, unknown>>;

/** Every object in a fixture, however deep. */
function objectsIn(value: unknown): readonly Json[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Json, ...Object.values(value).flatMap(objectsIn)];
}

const order = {
  orderId: 'id-1', orderLinkId: 'abcdef00-7', symbol: 'AAAUSDT', side: 'Buy', orderStatus: 'New', qty: '4', price: '95.5', cumExecQty: '0', orderType: 'Limit',
  updatedTime: '1699920000000', createdTime: '1699920000000', reduceOnly: false,
};

describe('rows', () => {
  it.each(['', '0', '0.00', null, undefined])('a price written %j is none', (price) => {
    const { rows, bad } = readRows(orderRow, [{ ...order, price }]);

    expect(bad).toEqual([]);
    expect(priceOrNull(rows[0]!.price)).toBeNull();
  });
  it.each([['orderId', ''], ['orderId', undefined], ['qty', ''], ['qty', 'four'], ['qty', '1e999999999'], ['updatedTime', 'soon'], ['orderStatus', null], ['qty', {}]])(
    'an order whose %s is %j is named and left out, and its neighbour counts', (field, value) => {
      const { rows, bad } = readRows(orderRow, [{ ...order, [field]: value }, order]);

      expect(rows).toHaveLength(1);
      expect(bad).toHaveLength(1);
      expect(bad[0]).toContain(field);
    });
  it('a word that nobody knows yet is let through', () => {
    const { rows } = readRows(orderRow, [{ ...order, orderStatus: 'Dreaming', cancelType: 'CancelByMoon', createType: 'CreateByMagic', newField: [1] }]);

    expect(rows[0]).toMatchObject({ orderStatus: 'Dreaming', cancelType: 'CancelByMoon', createType: 'CreateByMagic' });
  });
  it('numbers that come as JSON numbers are read like their text', () => {
    const { rows } = readRows(orderRow, [{ ...order, qty: 4, updatedTime: 1_699_920_000_000, price: 95.5 }]);

    expect(rows[0]).toMatchObject({ qty: '4', price: '95.5', updatedTime: 1_699_920_000_000 });
  });
  it.skipIf(!existsSync(folder))('any field of any real frame may be missing, empty, null or nonsense: a value or a complaint, never a throw', () => { // left out without ../shared
    const objects = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'index.json')
      .flatMap((name) => objectsIn(JSON.parse(readFileSync(resolve(folder, name), 'utf8'))));
    const junk = fc.oneof(fc.constantFrom<unknown>(undefined, '', null, '0', '0.00', '-1', 'NaN', '1e400', true, [], {}, -1, 1e21), fc.string(), fc.double());

    expect(objects.length).toBeGreaterThan(200);
    fc.assert(fc.property(fc.constantFrom(...objects), fc.constantFrom(...Object.values(schemas)), fc.nat(), junk, (object, schema, place, value) => {
      const keys = Object.keys(object);
      const key = keys[place % Math.max(1, keys.length)] ?? 'x';
      const { rows, bad } = readRows<unknown>(schema, [{ ...object, [key]: value }]);

      expect(rows.length + bad.length).toBe(1);
    }), { numRuns: 3_000 });
  });
  it.skipIf(!existsSync(folder)).each([
    ['ws_order_filled.json', orderRow], ['ws_order_cancelled.json', orderRow], ['ws_order_stop_loss_untriggered.json', orderRow],
    ['ws_order_stop_market_untriggered.json', orderRow], ['ws_execution.json', executionRow], ['ws_execution_adl.json', executionRow],
    ['ws_position_short.json', positionRow], ['ws_position_flat_hedge.json', positionRow], ['ws_kline.json', klineRow], ['ws_wallet.json', walletRow],
    ['ws_wallet_nautilus.json', walletRow],
  ] as const)('the real frame %s is read without a complaint', (name, schema) => { // left out without ../shared
    const frame = JSON.parse(readFileSync(resolve(folder, name), 'utf8')) as { readonly data: unknown };

    const { rows, bad } = readRows<unknown>(schema, frame.data);

    expect(bad).toEqual([]);
    expect(rows.length).toBeGreaterThan(0);
  });
});

describe('numbers of the wire', () => {
  it('steps go to text and back exactly, for every step that an instrument has', () => {
    const step = fc.constantFrom('0.0001', '0.5', '0.01', '1', '5', '0.0025', '1000');

    fc.assert(fc.property(step, fc.integer({ min: 0, max: 1_000_000_000 }), (text, steps) => {
      expect(stepsOfText(textOfSteps(steps, stepOf(text)), stepOf(text))).toBe(steps);
    }));
  });
  it('0.30 is 3 steps of 0.1, and 0.35 lies half-way between two of them', () => {
    expect(stepsOfText('0.30', stepOf('0.1'))).toBe(3);
    expect(stepsOfText('0.35', stepOf('0.1'))).toBe(3.5);
  });
});
