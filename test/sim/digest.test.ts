/** The fingerprint of a run's tables: equal for equal columns, another one for any change of a name, type, length or value. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Column, Table } from '../../engine/index.ts';
import { digestTables } from '../../sim/digest.ts';

const price: Column = { name: 'price', type: 'double', values: Float64Array.of(1, 2) };
const side: Column = { name: 'side', type: 'text', codes: Int32Array.of(0, 1), dictionary: ['buy', 'sell'] };
const table = (...columns: Column[]): Table => ({ name: 'fills', rows: 2, columns });

describe('the digest of tables', () => {
  it('is SHA-256 over the facts, and per table and column name, size, type and bytes', () => {
    const hash = createHash('sha256');
    hash.update('facts\nfills 2\nprice double\n');
    hash.update(new Uint8Array(Float64Array.of(1, 2).buffer));
    hash.update('side text\nbuy\u0000sell');
    hash.update(new Uint8Array(Int32Array.of(0, 1).buffer));

    expect(digestTables([table(price, side)], 'facts')).toBe(hash.digest('hex'));
  });

  it('is another for each thing that differs', () => {
    const others = [
      digestTables([table(price, side)], 'facts'),
      digestTables([table(price, side)], 'other facts'),
      digestTables([{ ...table(price, side), name: 'orders' }], 'facts'),
      digestTables([{ ...table(price, side), rows: 3 }], 'facts'),
      digestTables([table({ ...price, name: 'fee' }, side)], 'facts'),
      digestTables([table({ name: 'price', type: 'time', values: Float64Array.of(1, 2) }, side)], 'facts'),
      digestTables([table({ name: 'price', type: 'double', values: Float64Array.of(1, 3) }, side)], 'facts'),
      digestTables([table(price, { name: 'side', type: 'text', codes: Int32Array.of(0, 1), dictionary: ['buy', 'hold'] })], 'facts'),
      digestTables([table(price, { name: 'side', type: 'text', codes: Int32Array.of(1, 1), dictionary: ['buy', 'sell'] })], 'facts'),
      digestTables([table(price, { name: 'side', type: 'text', codes: Int32Array.of(0, 1), dictionary: ['buysell'] })], 'facts'),
      digestTables([table(side, price)], 'facts'),
      digestTables([], 'facts'),
    ];

    expect(new Set(others).size).toBe(12);
    expect(digestTables([table(price, side)], 'facts')).toBe(others[0]);
  });
});
