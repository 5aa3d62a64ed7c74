/** Growing columns and rows: what goes in comes out, over every edge at which they grow. */
import { describe, expect, it } from 'vitest';
import { doubleColumn, Doubles, integerColumn, Integers, textColumn, Texts, timeColumn, Words } from '../../../sim/record/columns.ts';
import { faultTable } from '../../../sim/record/faults.ts';
import { Rows } from '../../../sim/record/rows.ts';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('a column', () => {
  it.each([0, 1, 255, 256, 257, 512, 600])('of %i numbers holds them, doubles and integers', (count) => {
    const [doubles, given, integers] = [new Doubles(), new Doubles(256), new Integers()];
    for (const i of upTo(count)) { doubles.push(i + 0.5); given.push(i + 0.5); integers.push(i); }

    expect([[...doubles.values()], [...given.values()], [...integers.values()]]).toEqual([upTo(count).map((i) => i + 0.5), upTo(count).map((i) => i + 0.5), upTo(count)]);
    expect([doubles.length, integers.length]).toEqual([count, count]);
  });
  it('of texts codes them in the order of their first use, also beyond the sixth; null is -1', () => {
    const texts = new Texts();
    for (const text of ['a', 'b', 'a', null, '', 'c', 'd', 'e', 'f', 'g', 'h', 'g', 'h', 'h', 'a', '']) texts.push(text);

    expect([...texts.codes.values()]).toEqual([0, 1, 0, -1, 2, 3, 4, 5, 6, 7, 8, 7, 8, 8, 0, 2]);
    expect(textColumn('t', texts)).toMatchObject({ name: 't', type: 'text', dictionary: ['a', 'b', '', 'c', 'd', 'e', 'f', 'g', 'h'] });
    expect(new Words().code('')).toBe(0);
  });
  it('says its name and kind', () => {
    const [doubles, integers] = [new Doubles(), new Integers()];

    expect([doubleColumn('a', doubles), timeColumn('b', doubles), integerColumn('c', integers)].map(({ name, type }) => [name, type]))
      .toEqual([['a', 'double'], ['b', 'time'], ['c', 'integer']]);
  });
});

describe('rows', () => {
  const shape = { at: 'time', size: 'double', count: 'integer', flag: 'boolean', word: 'text' } as const;
  const word = new Words();
  function write(rows: Rows, count: number): void {
    for (const i of upTo(count)) {
      const at = rows.open();
      rows.values.set([i * 1e10, i / 2, -i, i % 2, i % 3 === 0 ? -1 : word.code(`w${i % 3}`)], at);
    }
  }
  it.each([0, 1, 63, 64, 65, 511, 512, 513, 1_024, 1_100])('%i of them become columns of that length, and are given up', (count) => {
    const rows = new Rows(5);
    for (const round of [1, 2]) {
      write(rows, count);
      expect([round, rows.length]).toEqual([round, count]);
      const { name, rows: length, columns } = rows.table('mine', shape, { word });
      expect([name, length, columns.map((column) => [column.name, column.type])]).toEqual(['mine', count, Object.entries(shape)]);
      const [at, size, number, flag, text] = columns as never as { values: number[]; codes: number[]; dictionary: string[] }[];
      expect([...at!.values]).toEqual(upTo(count).map((i) => i * 1e10));
      expect([...size!.values]).toEqual(upTo(count).map((i) => i / 2));
      expect([...number!.values].map((value) => value + 0)).toEqual(upTo(count).map((i) => 0 - i));
      expect([...flag!.values]).toEqual(upTo(count).map((i) => i % 2));
      expect([...text!.codes].map((code) => text!.dictionary[code] ?? null)).toEqual(upTo(count).map((i) => (i % 3 === 0 ? null : `w${i % 3}`)));
      expect(rows.length).toBe(0);
    }
  });
});

describe('the table of faults', () => {
  it('has a row for each that struck, its symbol where it has one', () => {
    const { name, rows, columns } = faultTable([
      { family: 'ban', at: 5, forMs: 60, leg: -1, order: -1, action: 'query', attempt: 3 }, { family: 'latency', at: 7, forMs: 1, leg: 1, order: 4, action: 'enter', attempt: 1e12 },
    ], ['A', 'B']);
    const cells = columns.map((column) => [column.name, column.type, column.type === 'text' ? [...column.codes].map((code) => column.dictionary[code] ?? null) : [...column.values]]);

    expect([name, rows]).toEqual(['faults', 2]);
    expect(cells).toEqual([
      ['time', 'time', [5, 7]], ['family', 'text', ['ban', 'latency']], ['symbol', 'text', [null, 'B']], ['order', 'integer', [-1, 4]],
      ['action', 'text', ['query', 'enter']], ['attempt', 'double', [3, 1e12]], ['for_ms', 'double', [60, 1]],
    ]);
  });
});
