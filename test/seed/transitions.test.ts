/**
 * The predecessor's table of states and events, one test per row, by the rebuilt rule of that row. FLAT, ENTRY_PENDING,
 * IN_POSITION and EXIT_PENDING are names for people: flat, an entry standing, open, open with an exit standing.
 */
import { describe, expect, it } from 'vitest';
import { desk, entering, held, holding, leaving, lots, modeOf, ordersOf, tradesOf } from './desk.ts';
import type { Desk } from './desk.ts';

const trades = (words: readonly string[]): string[] => words.filter((word) => /buy|sell/.test(word));

describe('FLAT', () => {
  it('an entry decided and accepted is pending; a refused one leaves flat and is counted', () => {
    const accepted = entering();
    accepted.tell({ tag: 'order-accepted', order: 1 });
    const refused = entering();
    refused.tell({ tag: 'order-rejected', order: 1, reason: 'insufficient-margin' });

    expect([ordersOf(accepted), holding(accepted)]).toEqual([['1 working'], 'flat']);
    expect([ordersOf(refused), holding(refused)]).toEqual([[], 'flat']);
    expect(refused.state.refusals).toEqual({ 'venue-insufficient-margin': 1 });
  });

  it('an entry whose request timed out is not forgotten: it may stand at the venue, is asked about and never sent again', () => {
    const lost = entering('long', { always: ({ intents }) => intents.enter({ side: 'long', qty: 4, stop: 90 }) });
    const words = lost.tell({ tag: 'request-failed', order: 1, of: 'enter', certainty: 'unknown', reason: 'timeout' });

    expect(words).toEqual(['ask']);
    expect(ordersOf(lost)).toEqual(['1 unknown no-answer']);
    expect(trades([...lost.pass(20_000), ...lost.close(100), ...lost.close(100)])).toEqual([]);
    expect(trades(lost.fills({ side: 1, lots: 4, at: 100, order: 1 }))).toEqual([]);
    expect(holding(lost)).toBe('long 4 at 100, requested 90');
  });

  it('a fill of an order that is not ours is not ignored: counted, alarmed, protected; with `refuse` the engine halts', () => {
    const adopted = desk();
    adopted.close(100);
    const refusing = desk({ config: { adopt: { positions: 'refuse' } } });
    refusing.close(100);

    // 2 % under the mark at 100.
    expect(adopted.fills({ side: 1, lots: 3, at: 100 })).toEqual(['warning foreign', 'set stop 98']);
    expect(refusing.fills({ side: 1, lots: 3, at: 100 })).toEqual(['alarm foreign', 'set stop 98']);
    expect([modeOf(adopted), modeOf(refusing)]).toEqual(['trading', 'halted foreign']);
  });

  it('an execution told twice, or seen again in a reading, counts once', () => {
    const twice = entering();
    const fill = twice.filled({ side: 1, lots: 2, at: 100, order: 1, leaves: 2 });
    twice.take(fill);
    twice.take(fill);
    twice.read({ lots: 2, stop: 90, executions: [fill], orders: [{ order: 1, side: 1, lots: lots(4), filled: 2, priceTicks: 0, reduceOnly: false }], mark: 100 });

    expect(holding(twice)).toBe('long 2 at 100, armed 90');
    expect(ordersOf(twice)).toEqual(['1 working/2']);
  });

  it('a cancel, a refusal or a deleveraging of nothing changes nothing', () => {
    const flat = desk();

    flat.tell({ tag: 'order-cancelled', order: 7, cause: 'venue', filled: 0 });
    flat.tell({ tag: 'order-rejected', order: 7, reason: 'other' });
    flat.tell({ tag: 'adl', lotsAfter: 0 });
    expect([holding(flat), modeOf(flat), ordersOf(flat)]).toEqual(['flat', 'trading', []]);
  });
});

describe('ENTRY_PENDING', () => {
  it('a full fill is a position at the price of the fill, not of the order, with its stop', () => {
    const made = entering();
    made.fills({ side: 1, lots: 4, at: 103, order: 1 });

    expect(holding(made)).toBe('long 4 at 103, requested 90');
  });

  it('a partial fill is a position of that part, protected, the rest working', () => {
    const made = entering();
    made.tell({ tag: 'order-accepted', order: 1 });
    made.fills({ side: 1, lots: 1, at: 100, order: 1, leaves: 3 });

    expect([holding(made), ordersOf(made)]).toEqual(['long 1 at 100, requested 90', ['1 working/1']]);
  });

  it('cancelled with nothing filled it is flat', () => {
    const made = entering();
    made.tell({ tag: 'order-cancelled', order: 1, cause: 'venue', filled: 0 });

    expect([holding(made), ordersOf(made)]).toEqual(['flat', []]);
  });

  it('a limit entry is cancelled at the end of its time, and only the venue\'s word ends it', () => {
    const made = entering('long', { at: { 0: ({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 95, qty: 4, stop: 90, validFor: 1 }) } });
    made.tell({ tag: 'order-accepted', order: 1 });

    expect(made.close(100)).toEqual(['cancel 1']);
    expect(ordersOf(made)).toEqual(['1 cancelling']);
    made.tell({ tag: 'order-cancelled', order: 1, cause: 'requested', filled: 0 });
    expect(ordersOf(made)).toEqual([]);
  });
});

describe('IN_POSITION', () => {
  it('more of the working entry: 1 at 100 and 3 at 104 are 4 at 103, the stop stays for all of it', () => {
    const made = entering();
    made.fills({ side: 1, lots: 1, at: 100, order: 1, leaves: 3 });
    made.fills({ side: 1, lots: 3, at: 104, order: 1 });

    expect([holding(made), ordersOf(made)]).toEqual(['long 4 at 103, requested 90', []]);
  });

  it('the rest of the entry cancelled: the position stays as it is', () => {
    const made = entering();
    made.fills({ side: 1, lots: 1, at: 100, order: 1, leaves: 3 });
    made.tell({ tag: 'order-cancelled', order: 1, cause: 'ioc-unfilled', filled: 1 });

    expect([holding(made), ordersOf(made), modeOf(made)]).toEqual(['long 1 at 100, requested 90', [], 'trading']);
  });

  it('a fill that is not more than nothing is a broken promise: it is refused, the position is kept', () => {
    const made = held();

    expect(() => made.fills({ side: -1, lots: 0, at: 100 })).toThrow('an execution has lots');
    expect(holding(made)).toBe('long 4 at 100, armed 90');
  });

  it('a fill beyond the position is never a negative size: what is over is counted on the other side, and protected', () => {
    const made = held();
    const words = made.fills({ side: -1, lots: 6, at: 100 });

    expect(holding(made)).toBe('short 2 at 100, requested 102');
    expect(words).toEqual(['warning foreign', 'set stop 102']);
  });

  it('a foreign fill that grows it is counted, alarmed and under the same stop', () => {
    const made = held();

    expect(made.fills({ side: 1, lots: 2, at: 106 })).toEqual(['warning foreign']);
    expect(holding(made)).toBe('long 6 at 102, armed 90');
  });

  it('a stop filled at the venue is a trade with its own reason: 4 x -10 = -40 gross, both fees net', () => {
    const made = held();
    made.fills({ side: -1, lots: 4, at: 90, cause: 'stop' });

    // Fees of 0.1 %: 0.4 in, 0.36 out.
    expect(tradesOf(made)).toEqual([{ gross: -40, net: -40.76, reason: 'stop', lots: 4 }]);
  });

  it('an exit order refused is sent again within a second, then after two, as a new order each time', () => {
    const made = leaving();
    made.tell({ tag: 'order-rejected', order: 2, reason: 'other' });
    const first = made.pass(1_000);
    made.tell({ tag: 'order-rejected', order: 3, reason: 'other' });

    expect(trades(first)).toEqual(['3: reduce-only sell 4 at market']);
    expect(trades(made.pass(1_999))).toEqual([]);
    expect(trades(made.pass(1))).toEqual(['4: reduce-only sell 4 at market']);
  });

  it('deleveraged to 1 it is a position of 1 under the same stop; to nothing it is a closed trade; without a number it is a question', () => {
    const some = held();
    const all = held();
    const unknown = held();

    expect(some.tell({ tag: 'adl', lotsAfter: 1 })).toEqual(['alarm adl', 'ask']);
    some.fills({ side: -1, lots: 3, at: 105, cause: 'adl' });
    all.fills({ side: -1, lots: 4, at: 105, cause: 'adl' });
    expect(unknown.tell({ tag: 'adl', lotsAfter: null })).toEqual(['alarm adl', 'ask']);
    expect(holding(some)).toBe('long 1 at 100, armed 90');
    expect(tradesOf(all)).toMatchObject([{ gross: 20, reason: 'adl' }]);
    expect(holding(unknown)).toBe('long 4 at 100, armed 90');
  });

  it('size 0 at the venue closes it only with the executions: they make the trade', () => {
    const made = held();
    made.pass(5_000);
    const stop = made.filled({ side: -1, lots: 4, at: 90, cause: 'stop' });
    made.read({ lots: 0, executions: 'unknown' });
    const before = holding(made);
    made.read({ lots: 0, executions: [stop] });

    expect([before, holding(made)]).toEqual(['long 4 at 100, armed 90', 'flat']);
    expect(tradesOf(made)).toMatchObject([{ reason: 'stop', gross: -40 }]);
  });

  it('size 0 at the venue that no execution ever explains is a halt after three readings over 6 s, not a flat on trust', () => {
    const made = held();
    const modes = [1, 2, 3].map(() => {
      made.pass(3_000);
      made.read({ lots: 0 });
      return modeOf(made);
    });

    expect(modes).toEqual(['trading', 'trading', 'halted unreconciled']);
    expect(holding(made)).toContain('long 4 at 100');
  });
});

describe('EXIT_PENDING', () => {
  it('S-25: a partial fill keeps it pending with the rest; only nothing left is flat', () => {
    const made = leaving();
    made.tell({ tag: 'order-accepted', order: 2 });
    made.fills({ side: -1, lots: 3, at: 100, order: 2, leaves: 1 });
    const between = [holding(made), ordersOf(made)];
    made.fills({ side: -1, lots: 1, at: 100, order: 2 });

    expect(between).toEqual(['long 1 at 100, armed 90', ['2 working/3']]);
    expect([holding(made), ordersOf(made), tradesOf(made).length]).toEqual(['flat', [], 1]);
  });

  it('an exit of a part, complete, leaves the rest open under its stop', () => {
    const made = held('long', { at: { 1: ({ intents }) => intents.reduce({ fraction: 0.5, reason: 'half' }) } });
    made.close(100);
    made.fills({ side: -1, lots: 2, at: 110, order: 2 });

    expect([holding(made), ordersOf(made), made.pass(60_000)]).toEqual(['long 2 at 100, armed 90', [], []]);
  });

  it('an exit that filled more than the position is counted and asked about; unexplained for ten seconds it halts and goes', () => {
    const made = leaving();
    const words = made.fills({ side: -1, lots: 6, at: 100, order: 2 });
    const before = holding(made);
    const after = made.pass(10_000);

    expect(before).toContain('short 2 at 100');
    expect(words).toContain('ask');
    expect(trades(after)[0]).toBe('3: reduce-only buy 2 at market');
    expect(modeOf(made)).toContain('halted');
  });

  it('refused because the position is gone already: a question, and the executions book the trade', () => {
    const made = leaving();

    expect(made.tell({ tag: 'order-rejected', order: 2, reason: 'no-position' })).toEqual(['ask']);
    made.read({ lots: 0, executions: [made.filled({ side: -1, lots: 4, at: 90, cause: 'stop' })] });
    expect([holding(made), ordersOf(made)]).toEqual(['flat', []]);
    expect(tradesOf(made)).toMatchObject([{ reason: 'stop', gross: -40 }]);
    expect(trades(made.pass(120_000))).toEqual([]);
  });
});

describe('any state', () => {
  it.each([['flat', desk], ['entry pending', entering], ['in position', held], ['exit pending', leaving]] as const)('liquidated while %s: halted, asked, nothing opened', (_name, open) => {
    const made: Desk = open();
    const words = made.tell({ tag: 'liquidation' });

    expect(words[0]).toBe('alarm liquidated');
    expect(words).toContain('ask');
    expect(trades(words)).toEqual([]);
    expect(modeOf(made)).toBe('halted liquidated');
  });

  it('the loss of a liquidation is booked: 4 x (81 - 100) = -76', () => {
    const made = held();
    made.fills({ side: -1, lots: 4, at: 81, cause: 'liquidation' });

    expect(tradesOf(made)).toMatchObject([{ gross: -76, reason: 'liquidation' }]);
    expect(modeOf(made)).toBe('halted liquidated');
  });

  it('a halt by hand cancels what could still open, and keeps position, stop and exit', () => {
    const pending = entering('long', { at: { 0: ({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 95, qty: 4, stop: 90 }) } });
    const left = leaving();

    expect(pending.tell({ tag: 'operator', verb: 'halt' })).toEqual(['alarm operator', 'cancel 1']);
    expect(left.tell({ tag: 'operator', verb: 'halt' })).toEqual(['alarm operator']);
    expect([holding(left), ordersOf(left)]).toEqual(['long 4 at 100, armed 90', ['2 sent']]);
  });

  it('equity used up halts, and the fill that used it up is counted first', () => {
    const made = held('long', { config: { cash: 100 } });
    // 4 lots from 100 down to 70: -120 with a wallet of 99.6.
    made.take({ tag: 'mark-price', at: made.state.now, symbol: 0, markTicks: 70 });

    expect(modeOf(made)).toBe('halted money');
    made.fills({ side: -1, lots: 4, at: 70, cause: 'stop' });
    expect([holding(made), modeOf(made)]).toEqual(['flat', 'halted money']);
  });

  it('halted, fills are counted and protected as ever', () => {
    const made = entering();
    made.tell({ tag: 'operator', verb: 'halt' });
    made.fills({ side: 1, lots: 4, at: 100, order: 1 });

    expect(holding(made)).toBe('long 4 at 100, requested 90');
    expect(modeOf(made)).toBe('halted operator');
  });

  it('resumed by hand after a restart it first has to know, then trades, flat or in a position', () => {
    const open = held();
    open.tell({ tag: 'operator', verb: 'halt' });
    open.restart();
    open.pass(100);
    open.tell({ tag: 'operator', verb: 'resume' });
    const between = modeOf(open);
    open.read({ lots: 4, stop: 90, mark: 100 });

    expect([between, modeOf(open), holding(open)]).toEqual(['recovering restart', 'trading', 'long 4 at 100, armed 90']);
  });

  it('no answer that comes twice, or after another one, changes anything', () => {
    const made = held();
    const before = structuredClone({ position: made.leg.position, orders: made.leg.orders, wallet: made.state.wallet });

    made.tell({ tag: 'order-accepted', order: 1 });
    made.tell({ tag: 'stop-set', triggerTicks: 90, by: 'mark', trailTicks: 0 });
    made.tell({ tag: 'order-cancelled', order: 1, cause: 'venue', filled: 4 });
    made.tell({ tag: 'order-rejected', order: 1, reason: 'duplicate-link' });
    made.fills({ side: 1, lots: 4, at: 100, order: 1, id: 1 });
    expect({ position: made.leg.position, orders: made.leg.orders, wallet: made.state.wallet }).toEqual(before);
  });
});
