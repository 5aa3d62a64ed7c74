/**
 * Ten seconds without a word about an order: the predecessor's table of what the venue may then show, row by row, for an
 * entry and for an exit. A question that fails is unknown, never "no"; absence is proven late and twice (rows 8 to 13).
 */
import { describe, expect, it } from 'vitest';
import { entering, holding, leaving, lots, modeOf, ordersOf, tradesOf } from './desk.ts';
import type { Desk } from './desk.ts';

const trades = (words: readonly string[]): string[] => words.filter((word) => /buy|sell/.test(word));
const open = (order: number, side: 1 | -1, filled = 0) => [{ order, side, lots: lots(4), filled, priceTicks: 0, reduceOnly: side === -1 }];

/** An entry (order 1) or an exit (order 2) of which nothing was heard for 10 s. */
function silent(which: 'entry' | 'exit'): Desk {
  const made = which === 'entry' ? entering() : leaving();
  made.pass(10_000);
  return made;
}

describe('S-37: after ten seconds', () => {
  it('an entry is unknown and asked about; an exit is sent again under its own number and asked about', () => {
    const entry = entering();
    const exit = leaving();

    expect(entry.pass(9_999)).toEqual([]);
    expect(entry.pass(1)).toEqual(['ask']);
    expect(exit.pass(10_000)).toEqual(['2: reduce-only sell 4 at market', 'ask']);
    expect([ordersOf(entry), ordersOf(exit)]).toEqual([['1 unknown no-answer'], ['2 sent']]);
  });

  it('row 1: the position is there and no order is known: it is counted from its executions', () => {
    const made = silent('entry');
    made.read({ lots: 4, stop: 90, executions: [made.filled({ side: 1, lots: 4, at: 100, order: 1 })], mark: 100 });

    expect([holding(made), ordersOf(made)]).toEqual(['long 4 at 100, armed 90', []]);
  });

  it('row 2: neither position nor order proves nothing yet, and no estimate is booked', () => {
    const made = silent('entry');
    made.read();

    expect([holding(made), ordersOf(made), tradesOf(made)]).toEqual(['flat', ['1 unknown no-answer'], []]);
  });

  it('row 3: the order stands, nothing filled: it is waited for', () => {
    const entry = silent('entry');
    const exit = silent('exit');

    expect(entry.read({ orders: open(1, 1) })).toEqual([]);
    expect(exit.read({ lots: 4, stop: 90, orders: open(2, -1), mark: 100 })).toEqual([]);
    expect([ordersOf(entry), ordersOf(exit)]).toEqual([['1 working'], ['2 working']]);
  });

  it('row 4: the order stands, 1 of 4 filled: the part is counted and protected, the order goes on', () => {
    const entry = silent('entry');
    entry.read({ lots: 1, stop: 90, orders: open(1, 1, 1), executions: [entry.filled({ side: 1, lots: 1, at: 100, order: 1, leaves: 3 })], mark: 100 });
    const exit = silent('exit');
    exit.read({ lots: 3, stop: 90, orders: open(2, -1, 1), executions: [exit.filled({ side: -1, lots: 1, at: 100, order: 2, leaves: 3 })], mark: 100 });

    expect([holding(entry), ordersOf(entry)]).toEqual(['long 1 at 100, armed 90', ['1 working/1']]);
    expect([holding(exit), ordersOf(exit)]).toEqual(['long 3 at 100, armed 90', ['2 working/1']]);
  });

  it('row 5: a market order that still stands after 30 s is asked about every ten seconds, never sent beside itself', () => {
    const exit = silent('exit');
    exit.read({ lots: 4, stop: 90, orders: open(2, -1), mark: 100 });
    const words = [exit.pass(30_000), exit.read({ lots: 4, stop: 90, orders: open(2, -1), mark: 100 })].flat();

    expect(trades(words).filter((word) => word !== '2: reduce-only sell 4 at market')).toEqual([]);
    expect(ordersOf(exit)).toEqual(['2 working']);
    expect(words.filter((word) => word === 'ask').length).toBeGreaterThanOrEqual(3);
  });

  it('row 6: not standing, executions found: all of them count, 1 at 100 and 3 at 104 are 4 at 103', () => {
    const entry = silent('entry');
    const found = [entry.filled({ side: 1, lots: 1, at: 100, order: 1, leaves: 3 }), entry.filled({ side: 1, lots: 3, at: 104, order: 1 })];
    entry.read({ lots: 4, entry: 103, stop: 90, executions: found, mark: 100 });
    const exit = silent('exit');
    exit.read({ executions: [exit.filled({ side: -1, lots: 1, at: 108, order: 2, leaves: 3 }), exit.filled({ side: -1, lots: 3, at: 104, order: 2 })] });

    expect([holding(entry), ordersOf(entry)]).toEqual(['long 4 at 103, armed 90', []]);
    // 8 + 3 x 4 = 20.
    expect([holding(exit), tradesOf(exit).map(({ gross }) => gross)]).toEqual(['flat', [20]]);
  });

  it('row 7: history says filled, executions lag: asked again after two seconds, nothing booked before they come', () => {
    const exit = silent('exit');
    exit.read({ lots: 0, ended: [{ order: 2, outcome: 'filled', filled: 4 }] });
    const before = [holding(exit), tradesOf(exit).length];
    const asked = exit.pass(2_000);
    exit.read({ lots: 0, ended: [{ order: 2, outcome: 'filled', filled: 4 }], executions: [exit.filled({ side: -1, lots: 4, at: 105, order: 2 })] });

    expect(before).toEqual(['long 4 at 100, armed 90', 0]);
    expect(asked).toContain('ask');
    expect(trades(asked)).toEqual([]);
    expect([holding(exit), tradesOf(exit).map(({ gross }) => gross)]).toEqual(['flat', [20]]);
  });

  it('row 8: history says cancelled: an entry is over, with what it filled; an exit goes out again for what is left', () => {
    const nothing = silent('entry');
    nothing.read({ ended: [{ order: 1, outcome: 'cancelled', filled: 0 }] });
    const some = silent('entry');
    some.read({ lots: 3, stop: 90, ended: [{ order: 1, outcome: 'cancelled', filled: 3 }], executions: [some.filled({ side: 1, lots: 3, at: 100, order: 1, leaves: 0 })], mark: 100 });
    const exit = silent('exit');
    exit.read({ lots: 4, stop: 90, ended: [{ order: 2, outcome: 'cancelled', filled: 0 }], mark: 100 });

    expect([holding(nothing), ordersOf(nothing)]).toEqual(['flat', []]);
    expect([holding(some), ordersOf(some)]).toEqual(['long 3 at 100, armed 90', []]);
    expect(trades(exit.pass(2_000))).toEqual(['3: reduce-only sell 4 at market']);
  });

  it('row 9: history says rejected or expired: the order is over, and the exit stays wanted', () => {
    for (const outcome of ['rejected', 'expired'] as const) {
      const entry = silent('entry');
      entry.read({ ended: [{ order: 1, outcome, filled: 0 }] });
      const exit = silent('exit');
      exit.read({ lots: 4, stop: 90, ended: [{ order: 2, outcome, filled: 0 }], mark: 100 });

      expect(ordersOf(entry)).toEqual([]);
      expect(trades(exit.pass(2_000))).toEqual(['3: reduce-only sell 4 at market']);
    }
  });

  it('row 10: history is empty: absence counts from 15 s after the last request, and only the second one proves it', () => {
    const entry = entering();
    const states: string[][] = [];
    for (const ms of [10_000, 4_000, 1_000, 1, 2_000]) {
      entry.pass(ms);
      entry.read();
      states.push(ordersOf(entry));
    }

    // Read at 10 s, 14 s and 15 s it may still be on its way; at 15.001 s it is absent, at 17.001 s it never was.
    expect(states).toEqual([['1 unknown no-answer'], ['1 unknown no-answer'], ['1 unknown no-answer'], ['1 unknown no-answer'], []]);
    expect(entry.notes.at(-1)).toMatchObject({ tag: 'order-ended', outcome: 'absent' });
    expect(modeOf(entry)).toBe('trading');
  });

  it('row 10: two readings of the same instant are one absence', () => {
    const entry = entering();
    entry.pass(16_000);
    for (let i = 0; i < 5; i++) entry.read();

    expect(ordersOf(entry)).toEqual(['1 unknown no-answer']);
  });

  it('row 10: a late fill of what was absent is counted and protected, for a day', () => {
    const entry = entering();
    for (const ms of [16_000, 2_000, 2_000]) {
      entry.pass(ms);
      entry.read();
    }
    expect(ordersOf(entry)).toEqual([]);
    entry.pass(80_000_000);
    entry.fills({ side: 1, lots: 4, at: 100, order: 1 });

    expect(holding(entry)).toBe('long 4 at 100, requested 90');
  });

  it('row 11: history cannot be read: nothing follows from it, however often', () => {
    const entry = entering();
    const exit = leaving();
    for (let i = 0; i < 30; i++) {
      entry.pass(2_000);
      entry.read({ ended: 'unknown' });
      exit.pass(2_000);
      exit.read({ lots: 4, stop: 90, ended: 'unknown', mark: 100 });
    }

    expect([holding(entry), ordersOf(entry)]).toEqual(['flat', ['1 unknown no-answer']]);
    expect([holding(exit), ordersOf(exit)]).toEqual(['long 4 at 100, armed 90', ['2 sent']]);
  });

  it('row 12: the position cannot be read: it stays what the executions made it, and the question is asked again', () => {
    const exit = silent('exit');
    exit.read({ lots: 'unknown', stop: 'unknown', orders: 'unknown', ended: 'unknown', executions: 'unknown' });

    expect(holding(exit)).toBe('long 4 at 100, armed 90');
    expect(exit.pass(2_000)).toContain('ask');
    exit.tell({ tag: 'request-failed', order: -1, of: 'query-account', certainty: 'unknown', reason: 'timeout' });
    expect(exit.pass(2_000)).toContain('ask');
    expect([holding(exit), modeOf(exit)]).toEqual(['long 4 at 100, armed 90', 'trading']);
  });

  it('row 13: the exit never was and the position is there: it is sent every ten seconds, always under its own number', () => {
    const exit = leaving();
    const words: string[] = [];
    for (let second = 0; second < 60; second += 2) {
      words.push(...exit.pass(2_000), ...exit.read({ lots: 4, stop: 90, mark: 100 }));
    }

    // If it is there after all, the worst answer is that it is.
    expect(trades(words)).toEqual(Array.from({ length: 6 }, () => '2: reduce-only sell 4 at market'));
    expect(exit.leg.orders.filter((order) => order.role === 'exit')).toHaveLength(1);
  });
});
