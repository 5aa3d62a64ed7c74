/** What a reading proves, by the numbers of `engine/reconcile.ts`: the pure findings first, then what is done with them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountSnapshot, EndedOrder, OpenOrder } from '../../engine/index.ts';
import { newExecutions, orderFindings, positionFinding, stopFinding } from '../../engine/reconcile.ts';
import { execution } from './stepped.ts';
import { bid, buy, cancelEntry, fiveLong, long, nothing, Talk, unheard } from './talk.ts';
import type { Want } from './talk.ts';

const query = { tag: 'query-account', leg: 0 };
const cancelOf = (order: number) => ({ tag: 'cancel', leg: 0, order });
const shown = (own: Partial<OpenOrder> = {}): OpenOrder => ({ order: 1, side: 1, lots: 5, filled: 0, priceTicks: 95, reduceOnly: false, ...own });
const snapshot = (talk: Talk, parts: Partial<AccountSnapshot> = {}): AccountSnapshot =>
  ({ tag: 'account-snapshot', at: talk.now, takenAt: talk.now, leg: 0, ...nothing, ...parts });

function standing(want: Want = bid): Talk {
  const talk = new Talk();
  talk.decide(want);
  talk.accept(1);
  return talk;
}
/** Entry 1 unknown since now, sent now. */
function unknown(want: Want = bid, config = {}): Talk {
  const talk = new Talk(config);
  talk.decide(want);
  talk.tell({ tag: 'request-failed', order: 1, of: 'enter', certainty: 'unknown', reason: 'timeout' });
  return talk;
}
/** Entry 1 given up as never placed. */
function buried(): Talk {
  const talk = unknown();
  talk.pass(15_001);
  talk.reading();
  talk.pass(1);
  talk.reading();
  expect(talk.orders).toEqual([]);
  return talk;
}
const boughtFive = (talk: Talk, own: object = {}) => ({ ...execution(talk.instrument, { at: talk.now, id: 900, side: 1, lots: 5, priceTicks: 95, order: 1 }), id: 'late', ...own });

describe('reconcile 1: a part that is unknown leads to no finding', () => {
  it('of executions, orders, position and stop', () => {
    const talk = long();
    talk.decide(({ intents }) => intents.add({ at: 'limit', price: 95, qty: 1 }));
    talk.pass(60_000);
    const reading = snapshot(talk, unheard);

    expect(newExecutions(talk.state, reading)).toEqual([]);
    expect(orderFindings(talk.state, talk.leg, reading)).toEqual([]);
    expect(positionFinding(talk.leg, reading)).toBe('unknown');
    expect(stopFinding(talk.leg, reading)).toEqual({ tag: 'unknown' });
  });

  it.each(['openOrders', 'ended', 'executions'] as const)('an order is not absent from a reading without its %s', (part) => {
    const talk = unknown();
    talk.pass(15_001);
    const finding = orderFindings(talk.state, talk.leg, snapshot(talk, { [part]: 'unknown' }));

    expect(finding.map(({ tag }) => tag)).toEqual(part === 'openOrders' ? [] : ['unseen']);
  });

  it('a reading of unknowns changes nothing at all, in any state, 200 times', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 100_000 }), (kind, ms) => {
      const talk = [() => unknown(), () => standing(), () => long(), () => buried(), () => { const one = long(); one.decide(({ intents }) => intents.exit('x')); return one; }, () => { const one = standing(); one.decide(cancelEntry); return one; }][kind]!();
      talk.pass(ms);
      const before = structuredClone([talk.orders, talk.leg.position, talk.leg.buried, talk.state.wallet, talk.state.mode]);

      expect(talk.reading(unheard)).toEqual({ commands: [], notes: [] });
      expect([talk.orders, talk.leg.position, talk.leg.buried, talk.state.wallet, talk.state.mode]).toEqual(before);
    }), { numRuns: 200, seed: 1 });
  });
});

describe('reconcile 2: executions not counted yet come first', () => {
  it('are those without a counted id, in the order of the reading', () => {
    const talk = long();
    const make = (id: number | string) => ({ ...boughtFive(talk), id });
    const executions = [make(1), make('b'), make('a'), make(2)];

    expect(newExecutions(talk.state, snapshot(talk, { executions })).map(({ id }) => id)).toEqual(['b', 'a', 2]);
  });

  it('open and protect as if they were told now, known to be of their own time, with a note for the record', () => {
    const talk = unknown();
    talk.pass(3_000);
    const fill = boughtFive(talk, { at: talk.now - 2_500 });
    const { notes } = talk.reading({ executions: [fill], position: { side: 1, lots: 5, entryTicks: 95, cost: fill.value }, ended: [{ order: 1, outcome: 'filled', filled: 5 }], stop: { triggerTicks: 80, by: 'mark' } });

    expect(notes).toContainEqual({ tag: 'recovered', at: talk.now, execution: { ...fill, at: talk.now, tradedAt: talk.now - 2_500 }, referenceTicks: 95 });
    expect(talk.orders).toEqual([]);
    expect(talk.position).toMatchObject({ lots: 5, openedAt: talk.now, adopted: false, protection: { tag: 'armed', trigger: 80 } });
    expect(talk.leg.executedAt).toBe(talk.now - 2_500);
    expect(talk.leg.query.tag).toBe('none');
  });

  it('of one order in three parts are what was meant, all of them: nothing is trimmed', () => {
    const talk = unknown();
    const part = (id: string, lots: number) => ({ ...boughtFive(talk), id, lots: lots as never, value: talk.instrument.unitMoney * 95n * BigInt(lots), leavesLots: 1 });
    const executions = [part('a', 1), part('b', 1), { ...part('c', 3), leavesLots: 0 }];
    const { commands } = talk.reading({ executions, position: { side: 1, lots: 5, entryTicks: 95, cost: 0n }, ended: [{ order: 1, outcome: 'filled', filled: 5 }], stop: { triggerTicks: 80, by: 'mark' } });

    expect(commands.filter(({ tag }) => tag === 'reduce')).toEqual([]);
    expect(talk.position).toMatchObject({ lots: 5, plannedLots: 5 });
  });

  it('of one order of 5 that filled 8 in three parts are 3 more than was meant, and no more than those go', () => {
    const talk = unknown();
    const part = (id: string, lots: number) => boughtFive(talk, { id, lots: lots as never, value: talk.instrument.unitMoney * 95n * BigInt(lots) });
    const { commands } = talk.reading({
      executions: [part('a', 3), part('b', 3), part('c', 2)], position: { side: 1, lots: 8, entryTicks: 95, cost: 0n },
      ended: [{ order: 1, outcome: 'filled', filled: 8 }], stop: { triggerTicks: 80, by: 'mark' },
    });

    expect(talk.position).toMatchObject({ lots: 8, plannedLots: 5 });
    expect(commands.filter(({ tag }) => tag === 'reduce')).toMatchObject([{ lots: 3, type: 'market' }]);
  });

  it('of an order given up, beside another of the same reading, are more than was meant: 5 of 10 go', () => {
    const talk = buried();
    talk.decide(buy);
    talk.accept(2);
    const other = { ...boughtFive(talk), id: 'other', order: 2 };
    const { commands } = talk.reading({ executions: [other, boughtFive(talk)], position: { side: 1, lots: 10, entryTicks: 95, cost: 0n }, ended: [{ order: 2, outcome: 'filled', filled: 5 }], stop: { triggerTicks: 80, by: 'mark' } });

    expect(commands.filter(({ tag }) => tag === 'reduce')).toMatchObject([{ lots: 5, type: 'market' }]);
  });

  it('that want the stop at 80 and then at 82 have 82 asked for and never 80, with the trailing stop of the first', () => {
    const given = (talk: Talk, order: number, own: { readonly stop: number; readonly trail?: { readonly distance: number } }): void => {
      talk.decide(({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 95, qty: 5, ...own }));
      talk.tell({ tag: 'request-failed', order, of: 'enter', certainty: 'unknown', reason: 'timeout' });
      talk.pass(15_001).reading();
      talk.pass(1).reading();
      expect(talk.orders).toEqual([]);
    };
    const fills = (talk: Talk) => [boughtFive(talk, { id: 'a' }), boughtFive(talk, { id: 'b', order: 2 })];
    const held = new Talk();
    given(held, 1, { stop: 80 });
    given(held, 2, { stop: 82 });
    held.decide(({ intents }) => intents.enter({ side: 'long', qty: 5, stop: 78 }));
    held.accept(3);
    held.fill(3, { side: 1, lots: 5 });
    held.restart();
    const flat = new Talk();
    given(flat, 1, { stop: 80, trail: { distance: 7 } });
    given(flat, 2, { stop: 82 });
    const stops = (talk: Talk) => talk.reading({ executions: fills(talk), position: 'unknown' }).commands.filter(({ tag }) => tag === 'set-stop');

    expect(stops(held)).toMatchObject([{ triggerTicks: 82, trailTicks: 0 }]);
    expect(stops(flat)).toMatchObject([{ triggerTicks: 82, trailTicks: 7, activeTicks: 0 }]);
  });

  it('told twice by one reading count once', () => {
    const talk = unknown();
    const fill = boughtFive(talk);
    const { notes } = talk.reading({ executions: [fill, { ...fill }], position: { side: 1, lots: 5, entryTicks: 95, cost: fill.value }, ended: [{ order: 1, outcome: 'filled', filled: 5 }] });

    expect(talk.lots).toBe(5);
    expect(notes.filter(({ tag }) => tag === 'recovered')).toHaveLength(1);
  });
});

describe('reconcile 3: an order shown open stands', () => {
  it('whatever was believed of it', () => {
    const talk = unknown();

    expect(orderFindings(talk.state, talk.leg, snapshot(talk, { openOrders: [shown()] }))).toEqual([
      { tag: 'stands', order: talk.order(1), shown: shown(), isFinal: false },
    ]);
    talk.reading({ openOrders: [shown()] });
    expect(talk.order(1).state).toEqual({ tag: 'working', since: talk.now });
    expect(talk.leg.query.tag).toBe('none');
  });

  it('and is cancelled when it was not wanted any more', () => {
    const talk = unknown();
    talk.decide(cancelEntry);

    expect(talk.reading({ openOrders: [shown()] }).commands).toEqual([cancelOf(1)]);
    expect(talk.order(1).state.tag).toBe('cancelling');
    expect(talk.reading({ openOrders: [shown()] }).commands).toEqual([]);
  });

  it('each by its own number, beside others', () => {
    const talk = standing(({ intents }) => intents.rest([{ key: 'a', side: 'buy', price: 95, qty: 5 }, { key: 'b', side: 'buy', price: 94, qty: 5 }], { long: 80 }));
    const [one, two] = [shown(), shown({ order: 2, priceTicks: 94 })];
    talk.pass(1);

    expect(orderFindings(talk.state, talk.leg, snapshot(talk, { openOrders: [two, one, shown({ order: 7 })], ended: [{ order: 7, outcome: 'cancelled', filled: 0 }, { order: 8, outcome: 'cancelled', filled: 0 }] })))
      .toEqual([{ tag: 'stands', order: talk.order(1), shown: one, isFinal: false }, { tag: 'stands', order: talk.order(2), shown: two, isFinal: false }]);
    expect(orderFindings(talk.state, talk.leg, snapshot(talk, { openOrders: [two, shown({ order: 9 })] }))).toMatchObject([
      { tag: 'unseen', order: { id: 1 } }, { tag: 'stands', order: { id: 2 } }, { tag: 'stray', id: 9 },
    ]);
  });

  it('and releases the entry that waited for it to be there', () => {
    const talk = long();
    talk.decide(({ intents }) => intents.reverse({ side: 'short', qty: 4, stop: 120 }));
    talk.pass(1);

    expect(talk.reading({ ...fiveLong, openOrders: [shown({ order: 3, side: -1, reduceOnly: true })] }).commands).toMatchObject([{ tag: 'enter', order: 2 }]);
  });

  it('with its terms, once no change can be on its way: past 15,000 ms; a price of 0 leaves the price', () => {
    const talk = standing();
    talk.pass(15_000);
    talk.reading({ openOrders: [shown({ lots: 4, priceTicks: 94 })] });
    expect(talk.order(1)).toMatchObject({ lots: 5, priceTicks: 95 });

    talk.pass(1);
    expect(orderFindings(talk.state, talk.leg, snapshot(talk, { openOrders: [shown()] }))).toMatchObject([{ isFinal: true }]);
    talk.reading({ openOrders: [shown({ lots: 4, priceTicks: 0 })] });
    expect(talk.order(1)).toMatchObject({ lots: 4, priceTicks: 95 });
    talk.reading({ openOrders: [shown({ lots: 4, priceTicks: 94 })] });
    expect(talk.order(1)).toMatchObject({ lots: 4, priceTicks: 94 });
  });

  it('an entry shown with other lots makes no target due, a target shown as it is does not either', () => {
    const talk = new Talk();
    talk.decide(({ intents }) => intents.enter({ side: 'long', qty: 5, stop: 80, targets: [{ price: 110, fraction: 1 }] }));
    talk.fill(1, { side: 1, lots: 5 });
    talk.accept(2);
    talk.decide(({ intents }) => intents.add({ at: 'limit', price: 95, qty: 5, validFor: 9 }));
    talk.accept(3);
    talk.pass(15_001);
    talk.reading({ ...fiveLong, openOrders: [shown({ order: 2, side: -1, priceTicks: 110, reduceOnly: true }), shown({ order: 3, lots: 3 })] });

    expect(talk.order(3).lots).toBe(3);
    expect(talk.position.areTargetsDue).toBe(false);
  });
});

describe('reconcile 4: an order is over by the venue\'s word', () => {
  const ended = (own: Partial<EndedOrder> = {}): EndedOrder => ({ order: 1, outcome: 'cancelled', filled: 0, ...own });

  it('which counts before an open order of the same reading, and at any time', () => {
    const talk = unknown();

    expect(orderFindings(talk.state, talk.leg, snapshot(talk, { ended: [ended()], openOrders: [shown()] })))
      .toEqual([{ tag: 'ended', order: talk.order(1), how: ended() }]);
  });

  it.each([['cancelled', 'cancelled', 'venue'], ['expired', 'expired', 'expired'], ['rejected', 'rejected', 'found in history']] as const)(
    '%s: it leaves the list with that outcome', (outcome, noted, reason) => {
      const talk = unknown();
      const order = talk.order(1);

      expect(talk.reading({ ended: [ended({ outcome })] })).toEqual({ commands: [], notes: [{ tag: 'order-ended', at: talk.now, order, outcome: noted, reason }] });
      expect(talk.orders).toEqual([]);
      expect(talk.leg.buried).toEqual([]);
      expect(talk.leg.query.tag).toBe('none');
    });

  it('cancelled as it was asked to be is noted so', () => {
    const talk = unknown();
    talk.decide(cancelEntry);

    expect(talk.reading({ ended: [ended()] }).notes).toMatchObject([{ outcome: 'cancelled', reason: 'requested' }]);
  });

  it('filled, with the fills still to come: asked for, recognised for a day', () => {
    const talk = unknown();
    const { commands, notes } = talk.reading({ ended: [ended({ outcome: 'filled', filled: 5 })] });

    expect(commands).toEqual([]);
    expect(talk.leg.query.tag).toBe('again');
    expect(notes).toMatchObject([{ tag: 'order-ended', outcome: 'filled', reason: 'filled' }]);
    expect(talk.leg.buried).toMatchObject([{ filled: 5, until: talk.now + 86_400_000, order: { id: 1, filled: 0 } }]);
    talk.fill(1, { side: 1, lots: 5, priceTicks: 95 });
    expect(talk.position).toMatchObject({ lots: 5, plannedLots: 5, adopted: false });
  });

  it('cancelled with 2 filled, untold: the same', () => {
    const talk = unknown();

    talk.reading({ ended: [ended({ filled: 2 })] });
    expect(talk.leg.query.tag).toBe('again');
    expect(talk.leg.buried).toMatchObject([{ filled: 2 }]);
  });

  it('frees the entry that waited, unless fills are still to come', () => {
    for (const [how, sent] of [[ended(), 1], [ended({ outcome: 'rejected' }), 1], [ended({ outcome: 'expired' }), 1], [ended({ filled: 2 }), 0], [ended({ outcome: 'filled', filled: 5 }), 0]] as const) {
      const talk = unknown();
      talk.decide(({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 95, qty: 7, stop: 80 }));

      expect(talk.reading({ ended: [how] }).commands.filter(({ tag }) => tag === 'enter')).toHaveLength(sent);
      expect(talk.leg.staged).toBeNull();
    }
  });

  it('an exit found rejected or cancelled is followed by another', () => {
    for (const outcome of ['rejected', 'cancelled'] as const) {
      const talk = long();
      talk.decide(({ intents }) => intents.exit('enough'));
      talk.pass(1);
      talk.reading({ ...fiveLong, ended: [{ order: 2, outcome, filled: 0 }] });
      expect(talk.orders).toEqual([]);
      talk.reading(fiveLong);

      expect(talk.wait(1_000).commands).toMatchObject([{ tag: 'reduce', order: 3, lots: 5 }]);
    }
  });

  it('of more fills of an order that is over already is taken down', () => {
    const talk = buried();
    talk.reading({ ended: [ended({ outcome: 'filled', filled: 5 })] });
    expect(talk.leg.buried).toMatchObject([{ filled: 5 }]);
    expect(talk.leg.query.tag).toBe('again');
  });
});

describe('reconcile 4: an order is over by absence', () => {
  it.each([[15_000, 'unseen'], [15_001, 'absent']])('%i ms after its last request: %s', (ms, tag) => {
    const talk = unknown();
    talk.pass(ms);

    expect(orderFindings(talk.state, talk.leg, snapshot(talk))).toEqual([{ tag, order: talk.order(1) }]);
  });

  it('is judged by when the reading was taken, not by when it came', () => {
    const talk = unknown();
    talk.pass(60_000);

    expect(orderFindings(talk.state, talk.leg, snapshot(talk, { takenAt: talk.now - 45_000 }))).toMatchObject([{ tag: 'unseen' }]);
  });

  it('follows the configured window and margin: 1,000 + 500 ms', () => {
    const talk = unknown(bid, { recvWindowMs: 1_000, absenceMarginMs: 500 });
    talk.pass(1_500);
    expect(orderFindings(talk.state, talk.leg, snapshot(talk))).toMatchObject([{ tag: 'unseen' }]);
    talk.pass(1);
    expect(orderFindings(talk.state, talk.leg, snapshot(talk))).toMatchObject([{ tag: 'absent' }]);
  });

  it('starts anew with every attempt of an exit', () => {
    const talk = long();
    talk.decide(({ intents }) => intents.exit('enough'));
    talk.wait(10_000);
    expect(talk.order(2).attempt).toBe(2);
    talk.pass(15_000);

    expect(orderFindings(talk.state, talk.leg, snapshot(talk))).toMatchObject([{ tag: 'unseen' }]);
  });

  it('before the fence any number of readings proves nothing', () => {
    const talk = unknown();
    for (let i = 0; i < 150; i++) talk.pass(100).reading();

    expect(talk.order(1).state).toMatchObject({ tag: 'unknown', absences: 0 });
  });

  it('needs two readings: the first is remembered, the second ends it, buried for a day', () => {
    const talk = unknown();
    const order = talk.order(1);
    talk.pass(15_001);
    expect(talk.reading().notes).toEqual([]);
    expect(order.state).toMatchObject({ tag: 'unknown', cause: 'no-answer', absences: 1, absentAt: talk.now });
    expect(talk.leg.query.tag).toBe('again');

    talk.pass(1);
    expect(talk.reading()).toEqual({ commands: [], notes: [{ tag: 'order-ended', at: talk.now, order, outcome: 'absent', reason: 'never placed' }] });
    expect(talk.leg.buried).toEqual([{ order, until: talk.now + 86_400_000, filled: 0 }]);
    expect(talk.leg.query.tag).toBe('none');
  });

  it('the same reading twice, or an older one after it, is one absence', () => {
    const talk = unknown();
    talk.pass(20_000);
    talk.reading();
    talk.reading();
    talk.reading({ takenAt: talk.now - 1 });

    expect(talk.order(1).state).toMatchObject({ tag: 'unknown', absences: 1 });
  });

  it('an absence between two sights of it counts for nothing', () => {
    const talk = unknown();
    talk.pass(20_000);
    talk.reading();
    talk.reading({ openOrders: [shown()] });
    talk.pass(20_000);
    talk.reading();

    expect(talk.order(1).state).toMatchObject({ tag: 'unknown', cause: 'not-shown', absences: 1 });
  });

  it('of an order that stood and is not shown any more: doubted first, over at the second reading as not shown', () => {
    const talk = standing();
    talk.pass(15_001);
    talk.reading();
    expect(talk.order(1).state).toEqual({ tag: 'unknown', cause: 'not-shown', since: talk.now, absences: 1, absentAt: talk.now });
    talk.pass(2_000);

    expect(talk.reading().notes).toMatchObject([{ tag: 'order-ended', outcome: 'absent', reason: 'not shown' }]);
  });

  it('frees the entry that waited; of an exit it leads to another, of a target to another at the next close', () => {
    const entry = unknown();
    entry.decide(({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 95, qty: 7, stop: 80 }));
    entry.reading();
    expect(entry.pass(1).reading().commands).toMatchObject([{ tag: 'enter', order: 2, lots: 7 }]);

    const exit = long();
    exit.decide(({ intents }) => intents.exit('enough'));
    exit.wait(30_000);
    exit.pass(15_001).reading(fiveLong);
    exit.pass(1).reading(fiveLong);
    expect(exit.orders).toEqual([]);
    expect(exit.position.exitAt).toBe(exit.now + 1_000);

    const target = new Talk();
    target.decide(({ intents }) => intents.enter({ side: 'long', qty: 5, stop: 80, targets: [{ price: 110, fraction: 1 }] }));
    target.fill(1, { side: 1, lots: 5 });
    target.pass(15_001).reading(fiveLong);
    target.pass(1).reading(fiveLong);
    expect(target.decide().commands).toMatchObject([{ tag: 'reduce', order: 3, priceTicks: 110 }]);
  });
});

describe('an order given up as never placed', () => {
  it('that fills late counts, with its own stop', () => {
    const talk = buried();
    talk.fill(1, { side: 1, lots: 5, priceTicks: 95 });

    expect(talk.position).toMatchObject({ lots: 5, plannedLots: 5, adopted: false, wantedStop: 80, protection: { tag: 'requested', trigger: 80 } });
    expect(talk.state.mode.tag).toBe('trading');
  });

  it('that fills late beside another entry is more than was meant: 5 of 10 are trimmed', () => {
    const talk = buried();
    talk.decide(buy);
    talk.fill(2, { side: 1, lots: 5 });
    const { commands } = talk.fill(1, { side: 1, lots: 5, priceTicks: 95 });

    expect(commands).toContainEqual({ tag: 'reduce', leg: 0, order: 3, side: -1, lots: 5, type: 'market', priceTicks: 0, timeInForce: 'IOC', reduceOnly: true });
    expect(talk.order(3)).toMatchObject({ role: 'trim', reason: 'more than was meant' });
  });

  it('that stands after all is back on the list and cancelled, by an acceptance or by a reading', () => {
    for (const show of [(talk: Talk) => talk.accept(1), (talk: Talk) => talk.reading({ openOrders: [shown()] })]) {
      const talk = buried();
      const { order } = talk.leg.buried[0]!;

      expect(show(talk).commands).toEqual([cancelOf(1)]);
      expect(talk.orders).toEqual([order]);
      expect(order).toMatchObject({ isUnwanted: true, state: { tag: 'cancelling', since: talk.now } });
      expect(talk.leg.buried).toEqual([]);
    }
  });

  it('that fills in part stands: 2 of 5 are kept, the rest is cancelled; one that the venue ended does not stand up', () => {
    const talk = buried();
    const { commands } = talk.fill(1, { side: 1, lots: 2, priceTicks: 95, leaves: 3 });
    expect(commands).toContainEqual(cancelOf(1));
    expect(talk.order(1)).toMatchObject({ filled: 2, state: { tag: 'cancelling' } });
    expect(talk.lots).toBe(2);

    const over = standing();
    over.tell({ tag: 'order-cancelled', order: 1, cause: 'venue', filled: 2 });
    over.fill(1, { side: 1, lots: 2, priceTicks: 95, leaves: 3 });
    expect(over.orders).toEqual([]);
  });

  it('keeps its place in the ground when another stands up', () => {
    const talk = buried();
    talk.decide(bid);
    talk.tell({ tag: 'request-failed', order: 2, of: 'enter', certainty: 'unknown', reason: 'timeout' });
    talk.pass(15_001).reading();
    talk.pass(1).reading();
    expect(talk.leg.buried).toHaveLength(2);
    talk.accept(1);

    expect(talk.leg.buried.map(({ order }) => order.id)).toEqual([2]);
    expect(talk.accept(7).commands).toEqual([]);
  });

  it('is forgotten after a day, not a ms before', () => {
    const talk = buried();
    const { until } = talk.leg.buried[0]!;
    talk.pass(until - talk.now - 1);
    talk.timer();
    expect(talk.leg.buried).toHaveLength(1);

    talk.pass(1);
    talk.timer();
    expect(talk.leg.buried).toEqual([]);
  });

  it('forgets all whose day is over, and keeps the younger ones', () => {
    const talk = buried();
    for (const order of [2, 3]) {
      talk.decide(bid);
      talk.tell({ tag: 'order-cancelled', order, cause: 'venue', filled: 1 });
      talk.fill(order, { side: 1, lots: 1, leaves: 4 });
      talk.tell({ tag: 'execution', order: -1, id: `x${order}`, cause: 'stop', side: -1, lots: 1 as never, priceTicks: 95, value: 95n * talk.instrument.unitMoney, fee: 0n, liquidity: 'taker', leavesLots: 0 });
    }
    expect(talk.leg.buried.map(({ order }) => order.id)).toEqual([1, 2, 3]);
    talk.pass(talk.leg.buried[1]!.until - talk.now);
    talk.timer();

    expect(talk.leg.buried.map(({ order }) => order.id)).toEqual([3]);
  });
});

describe('reconcile 5: an order that no list knows', () => {
  it('of a number of ours is cancelled; one that the venue itself ended too, and does not come back', () => {
    const talk = standing();
    talk.tell({ tag: 'order-cancelled', order: 1, cause: 'venue', filled: 2 });

    expect(orderFindings(talk.state, talk.leg, snapshot(talk, { openOrders: [shown()] }))).toEqual([{ tag: 'stray', id: 1 }]);
    expect(talk.reading({ openOrders: [shown(), shown({ order: 8 })] }).commands.filter(({ tag }) => tag === 'cancel')).toEqual([cancelOf(1), cancelOf(8)]);
    expect(talk.orders).toEqual([]);
  });

  it('shown as ended by the same reading is over: history is the younger of the two', () => {
    const talk = buried();

    expect(orderFindings(talk.state, talk.leg, snapshot(talk, { openOrders: [shown()], ended: [{ order: 1, outcome: 'filled', filled: 5 }] }))).toEqual([]);
  });

  it('that is not ours is left to policy: alone, cancelled, or a halt', () => {
    const foreign = shown({ order: -2, lots: 3 });
    const adopt = new Talk();
    const told = adopt.reading({ openOrders: [foreign] }).commands;
    expect(orderFindings(adopt.state, adopt.leg, snapshot(adopt, { openOrders: [foreign] }))).toEqual([{ tag: 'foreign', order: foreign }]);
    expect(told).toEqual([{ tag: 'notify', severity: 'info', cause: 'foreign-order', text: 'AAAUSDT: an order of 3 lots that was not placed here; left alone' }]);

    expect(new Talk({ adopt: { orders: 'flatten' } }).reading({ openOrders: [foreign] }).commands).toEqual([
      { tag: 'notify', severity: 'warning', cause: 'foreign-order', text: 'AAAUSDT: an order of 3 lots that was not placed here; cancelling' }, cancelOf(-2),
    ]);
    const refuse = new Talk({ adopt: { orders: 'refuse' } });
    refuse.reading({ openOrders: [foreign] });
    expect(refuse.state.mode).toMatchObject({ tag: 'halted', cause: 'foreign', evidence: 'AAAUSDT: an order of 3 lots that was not placed here' });
  });
});

describe('reconcile 6: a position', () => {
  const at = (side: 1 | -1 | 0, lots: number) => ({ position: { side, lots, entryTicks: 100, cost: 0n } });

  it('is as counted, different, or told by a reading older than the newest execution', () => {
    const talk = long();
    const { executedAt } = talk.leg;

    expect(positionFinding(talk.leg, snapshot(talk, at(1, 5)))).toBe('as-counted');
    expect(positionFinding(talk.leg, snapshot(talk, { ...at(1, 5), takenAt: executedAt - 1 }))).toBe('as-counted');
    expect(positionFinding(talk.leg, snapshot(talk, { ...at(1, 4), takenAt: executedAt }))).toBe('different');
    expect(positionFinding(talk.leg, snapshot(talk, { ...at(1, 4), takenAt: executedAt - 1 }))).toBe('older');
    expect(positionFinding(talk.leg, snapshot(talk, at(-1, 5)))).toBe('different');
    expect(positionFinding(talk.leg, snapshot(talk, at(0, 0)))).toBe('different');
  });

  it.each([
    ['older than the newest execution', (talk: Talk) => ({ ...at(1, 4), takenAt: talk.leg.executedAt - 1 })],
    ['without executions', () => ({ ...at(1, 4), executions: 'unknown' as const })],
    ['while an exit is under way', (talk: Talk) => { talk.decide(({ intents }) => intents.exit('x')); return at(0, 0); }],
  ])('told by a reading that nobody asked for, %s, is asked about', (_, parts) => {
    const talk = long();
    expect(talk.leg.executedAt).toBe(talk.now);
    talk.reading({ ...fiveLong, ...parts(talk) });

    expect(talk.leg.query.tag).toBe('again');
    expect(talk.leg.mismatches).toBe(0);
  });

  it('repeated executions make no reading older', () => {
    const talk = long();
    const { executedAt } = talk.leg;
    talk.pass(10_000);
    talk.fill(1, { side: 1, lots: 5, id: 1 });

    expect(talk.lots).toBe(5);
    expect(talk.leg.executedAt).toBe(executedAt);
  });

  it('different in three readings, each later than the one before, halts and is never bent', () => {
    const talk = long();
    for (let i = 1; i <= 2; i++) {
      talk.pass(2_500);
      talk.reading(at(1, 4));
      talk.reading(at(1, 4));
      expect(talk.leg).toMatchObject({ mismatches: i, mismatchAt: talk.now });
      expect(talk.leg.query).toMatchObject({ tag: 'again' });
    }
    expect(talk.state.mode.tag).toBe('trading');
    talk.pass(2_500);
    talk.reading(at(1, 4));

    expect(talk.state.mode).toMatchObject({ tag: 'halted', cause: 'unreconciled', evidence: 'AAAUSDT: 5 lots counted, 4 at the venue, and no execution explains it' });
    expect(talk.lots).toBe(5);
    expect(talk.leg.query.tag).toBe('again');
  });

  it('counts after three readings and 5,000 ms from the first to the last, not after 4,999', () => {
    const talk = long();
    talk.pass(1).reading(at(1, 4));
    talk.pass(1).reading(at(1, 4));
    for (const [ms, tag] of [[4_998, 'trading'], [1, 'halted']] as const) {
      talk.pass(ms).reading(at(1, 4));
      expect(talk.state.mode.tag).toBe(tag);
    }

    const again = long();
    again.pass(1).reading(at(1, 4));
    again.pass(4_000).reading(fiveLong);
    for (let i = 0; i < 3; i++) again.pass(1_600).reading(at(1, 4));
    expect(again.state.mode.tag).toBe('trading');
  });

  it('counted at one side and none at the venue is the same: halted, not flat', () => {
    const talk = long();
    for (let i = 0; i < 3; i++) talk.pass(2_500).reading(at(0, 0));

    expect(talk.state.mode).toMatchObject({ tag: 'halted', cause: 'unreconciled', evidence: 'AAAUSDT: 5 lots counted, 0 at the venue, and no execution explains it' });
    expect(talk.lots).toBe(5);
  });

  it('that agrees once starts the count anew', () => {
    const talk = long();
    for (const lots of [4, 4, 5, 4, 4]) talk.pass(1).reading({ ...fiveLong, ...at(1, lots) });

    expect(talk.leg.mismatches).toBe(2);
    expect(talk.state.mode.tag).toBe('trading');
    talk.pass(1).reading(fiveLong);
    expect(talk.leg.mismatches).toBe(0);
    expect(talk.leg.query.tag).toBe('none');
  });

  it('without executions, or older, counts for nothing', () => {
    const talk = long();
    for (let i = 0; i < 5; i++) {
      talk.pass(1).reading({ ...at(1, 4), executions: 'unknown' });
      talk.reading({ ...at(1, 4), takenAt: talk.leg.executedAt - 1 });
      expect(talk.leg.query.tag).toBe('again');
    }

    expect(talk.leg.mismatches).toBe(0);
  });

  it('that an order under way may explain counts for nothing: sent, unknown, or over with fills owed', () => {
    const exit: Want = ({ intents }) => intents.exit('x');
    const sent = long();
    sent.decide(exit);
    for (let i = 0; i < 4; i++) sent.pass(1).reading(at(0, 0));
    expect(sent.leg.mismatches).toBe(0);

    const lost = unknown();
    for (let i = 0; i < 4; i++) lost.pass(1).reading(at(1, 5));
    expect(lost.leg.mismatches).toBe(0);
    expect(lost.lots).toBe(0);

    const owed = standing();
    owed.tell({ tag: 'order-cancelled', order: 1, cause: 'venue', filled: 2 });
    for (let i = 0; i < 4; i++) owed.pass(1).reading(at(1, 2));
    expect(owed.leg.mismatches).toBe(0);
    expect(owed.lots).toBe(0);

    const stood = standing();
    for (let i = 0; i < 2; i++) stood.pass(1).reading({ ...at(1, 5), openOrders: [shown()] });
    expect(stood.leg.mismatches).toBe(2);
  });

  const found = { position: { side: 1, lots: 3, entryTicks: 90, cost: 3n * 90n * 1_000_000_000_000n } } as const;
  const foundThrice = (talk: Talk, parts: Partial<AccountSnapshot> = {}) => {
    for (let i = 0; i < 2; i++) talk.pass(2_500).reading({ ...found, ...parts });
    expect(talk.lots).toBe(0);
    return talk.pass(2_500).reading({ ...found, ...parts });
  };

  it('found while flat, in three readings, is adopted at the venue\'s entry and gets a stop at 2 % of the mark', () => {
    const talk = new Talk();
    talk.decide();
    const { commands, notes } = foundThrice(talk);
    const taken = {
      tag: 'execution', at: talk.now, leg: 0, order: -1, id: `adopted-0-${talk.now}`, cause: 'foreign', side: 1, lots: 3, priceTicks: 90,
      value: found.position.cost, fee: 0n, liquidity: 'taker', leavesLots: 0,
    };

    expect(commands).toEqual([
      { tag: 'notify', severity: 'warning', cause: 'adopted', text: 'a position of 3 lots is taken over at the venue\'s entry' },
      { tag: 'notify', severity: 'warning', cause: 'foreign', text: expect.stringContaining('AAAUSDT') as never },
      { tag: 'set-stop', leg: 0, triggerTicks: 98, by: 'mark', trailTicks: 0, activeTicks: 0 },
    ]);
    expect(notes).toContainEqual({ tag: 'recovered', at: talk.now, execution: taken, referenceTicks: Number.NaN });
    expect(talk.position).toMatchObject({ side: 1, lots: 3, cost: found.position.cost, entryTicks: 90, adopted: true });
    expect(talk.leg.mismatches).toBe(0);
    expect(talk.state.mode.tag).toBe('trading');
    talk.tell({ tag: 'stop-set', triggerTicks: 98, by: 'mark', trailTicks: 0 });
    talk.pass(2_500).reading({ ...found, stop: { triggerTicks: 98, by: 'mark' } });
    expect(talk.leg.query.tag).toBe('none');
  });

  it('shown by old readings, three differences in a row and no two alike, is not taken over: nothing was', () => {
    const talk = long();
    talk.pass(2_500).reading({ ...found, position: { side: 0, lots: 0, entryTicks: 0, cost: 0n } });
    talk.pass(1_000);
    talk.decide(({ intents }) => intents.exit('enough'));
    talk.accept(2);
    talk.fill(2, { side: -1, lots: 2, leaves: 3 });
    talk.pass(2_500).reading({ position: { side: 1, lots: 5, entryTicks: 100, cost: 0n }, stop: 'unknown' });
    talk.fill(2, { side: -1, lots: 3 });
    talk.pass(2_500).reading({ position: { side: 1, lots: 5, entryTicks: 100, cost: 0n }, stop: 'unknown' });

    expect([talk.lots, talk.state.mode.tag, talk.leg.mismatches, talk.leg.mismatchLots]).toEqual([0, 'trading', 1, 5]);
  });

  it('is not counted once more by a push of its fill that comes later; the fee is paid, and a fill from after the reading counts', () => {
    const talk = new Talk();
    talk.decide();
    foundThrice(talk);
    const takenAt = talk.now;
    talk.pass(700);
    const push = execution(talk.instrument, { at: talk.now, id: 70, side: 1, lots: 3, priceTicks: 90 });
    const { fees } = talk.state.wallet;
    talk.tell({ ...push, tradedAt: takenAt - 6_000 });
    expect([talk.position.lots, talk.state.wallet.fees - fees]).toEqual([3, push.fee]);
    talk.tell({ ...push, id: 72, order: 5, tradedAt: takenAt }); // a number of ours, which nobody remembers
    expect([talk.position.lots, talk.state.wallet.fees - fees]).toEqual([3, 2n * push.fee]);
    talk.tell({ ...push, id: 71, tradedAt: takenAt + 1 });

    expect(talk.position.lots).toBe(6);
  });

  it('found with a stop keeps that stop', () => {
    const talk = new Talk();
    talk.decide();
    const { commands } = foundThrice(talk, { stop: { triggerTicks: 85, by: 'last' } });

    expect(commands.map(({ tag }) => tag)).not.toContain('set-stop');
    expect(talk.position).toMatchObject({ wantedStop: 85, protection: { tag: 'armed', trigger: 85, by: 'last' } });
  });

  it('found with its stop unknown gets one', () => {
    const talk = new Talk();
    talk.decide();

    expect(foundThrice(talk, { stop: 'unknown' }).commands).toContainEqual({ tag: 'set-stop', leg: 0, triggerTicks: 98, by: 'mark', trailTicks: 0, activeTicks: 0 });
  });

  it('short, found without stop, gets one above the mark', () => {
    const talk = new Talk();
    talk.decide();
    const parts = { position: { ...found.position, side: -1 } } as const;
    for (let i = 0; i < 2; i++) talk.pass(2_500).reading(parts);

    expect(talk.pass(2_500).reading(parts).commands).toContainEqual({ tag: 'set-stop', leg: 0, triggerTicks: 102, by: 'mark', trailTicks: 0, activeTicks: 0 });
    expect(talk.lots).toBe(-3);
  });
});

describe('reconcile 7: a stop', () => {
  it('is shown, and overdue when the price of its own source is through it', () => {
    const talk = long();
    const by = (source: 'mark' | 'last', markTicks: number, lastTicks: number) =>
      stopFinding(talk.leg, snapshot(talk, { stop: { triggerTicks: 80, by: source }, markTicks, lastTicks }));

    expect(by('mark', 80, 100)).toEqual({ tag: 'shown', triggerTicks: 80, by: 'mark', isOverdue: true });
    expect(by('mark', 81, 70)).toMatchObject({ isOverdue: false });
    expect(by('last', 70, 81)).toMatchObject({ by: 'last', isOverdue: false });
    expect(by('last', 100, 80)).toMatchObject({ isOverdue: true });
    expect(by('mark', Number.NaN, 70)).toMatchObject({ isOverdue: false });
  });

  it('of no position is nothing', () => {
    const talk = standing();

    expect(stopFinding(talk.leg, snapshot(talk, { stop: { triggerTicks: 80, by: 'mark' } }))).toEqual({ tag: 'unknown' });
    expect(stopFinding(talk.leg, snapshot(talk))).toEqual({ tag: 'unknown' });
  });

  it('is missing where the reading is later than the word that there is one, and than the newest execution', () => {
    const talk = long();
    const since = (talk.position.protection as { since: number }).since;
    expect(stopFinding(talk.leg, snapshot(talk, { takenAt: since }))).toEqual({ tag: 'unknown' });
    expect(stopFinding(talk.leg, snapshot(talk, { takenAt: since + 1 }))).toEqual({ tag: 'missing' });

    talk.leg.executedAt = since + 10;
    expect(stopFinding(talk.leg, snapshot(talk, { takenAt: since + 10 }))).toEqual({ tag: 'unknown' });
    expect(stopFinding(talk.leg, snapshot(talk, { takenAt: since + 11 }))).toEqual({ tag: 'missing' });
  });

  it('asked for and never confirmed is not missing, waived is not, and one that was held while another was asked for is', () => {
    const asked = standing(buy);
    asked.fill(1, { side: 1, lots: 5 });
    asked.pass(1);
    expect(asked.position.protection).toMatchObject({ tag: 'requested', replaces: null });
    expect(stopFinding(asked.leg, snapshot(asked))).toEqual({ tag: 'unknown' });

    const moving = long();
    moving.decide(({ intents }) => intents.moveStop(85));
    moving.pass(1);
    expect(moving.position.protection).toMatchObject({ tag: 'requested', replaces: 80 });
    expect(stopFinding(moving.leg, snapshot(moving))).toEqual({ tag: 'missing' });

    const waived = standing(({ intents }) => intents.enter({ side: 'long', qty: 5, stop: 'none-i-accept-unlimited-loss' }));
    waived.fill(1, { side: 1, lots: 5 });
    waived.pass(1);
    expect(stopFinding(waived.leg, snapshot(waived))).toEqual({ tag: 'unknown' });
  });

  it('that is missing is asked for again; the position stays protected by nothing until then and the question open', () => {
    const noted = long();
    expect(noted.pass(1).reading({ ...fiveLong, stop: null }).notes).toContainEqual(
      { tag: 'protection', at: noted.now, leg: 0, protection: { tag: 'unprotected', cause: 'cancelled', since: noted.now }, cause: 'cancelled' });

    const talk = long();
    talk.pass(1);

    expect(talk.reading({ ...fiveLong, stop: null }).commands).toEqual([{ tag: 'set-stop', leg: 0, triggerTicks: 80, by: 'mark', trailTicks: 0, activeTicks: 0 }]);
    expect(talk.position.protection).toMatchObject({ tag: 'requested', trigger: 80, replaces: null });
    expect(talk.reading({ ...fiveLong, stop: null }).commands).toEqual([]);
  });

  it('is looked at whatever the size is, not while the side is another', () => {
    const talk = long();
    talk.pass(1);

    expect(talk.reading({ position: { side: -1, lots: 4, entryTicks: 100, cost: 0n }, stop: null }).commands).toEqual([]);
    expect(talk.position.protection.tag).toBe('armed');
    talk.pass(1);
    expect(talk.reading({ position: { side: 1, lots: 4, entryTicks: 100, cost: 0n }, stop: null }).commands).toMatchObject([{ tag: 'set-stop' }]);
    expect(talk.position.protection.tag).toBe('requested');
  });

  it('shown beside another size is that of a position before: it ends no request and no deadline; beside the same size it does', () => {
    for (const triggerTicks of [80, 70]) {
      const talk = long();
      talk.tell({ tag: 'stop-set', triggerTicks: 0, by: 'mark', trailTicks: 0 });
      const stop = { triggerTicks, by: 'mark' } as const;
      talk.reading({ position: { side: 1, lots: 4, entryTicks: 100, cost: 0n }, stop });
      expect(talk.position).toMatchObject({ protection: { tag: 'requested', trigger: 80, replaces: null }, protectBy: talk.now + 2_000 });

      talk.pass(1).reading({ ...fiveLong, stop });
      expect(talk.position.protectBy).toBe(0);
    }
  });

  it('shown at the venue and tighter is taken over, looser is tightened', () => {
    const tighter = long();
    tighter.pass(1).reading({ ...fiveLong, stop: { triggerTicks: 85, by: 'mark' } });
    expect(tighter.position).toMatchObject({ wantedStop: 85, protection: { tag: 'armed', trigger: 85 } });

    const looser = long();
    expect(looser.pass(1).reading({ ...fiveLong, stop: { triggerTicks: 75, by: 'mark' } }).commands)
      .toEqual([{ tag: 'set-stop', leg: 0, triggerTicks: 80, by: 'mark', trailTicks: 0, activeTicks: 0 }]);
  });

  it('overdue is left at once only after the suspicion was put to the venue', () => {
    const through = { ...fiveLong, markTicks: 79, lastTicks: 79 };
    const fresh = long();
    expect(fresh.pass(1).reading(through).commands).toEqual([]);
    expect(fresh.position.protection.tag).toBe('armed');

    const suspected = long();
    suspected.decide(null, 79);
    expect(suspected.position.suspectAt).toBe(suspected.now);
    expect(suspected.wait(1_500).commands).toEqual([query]);
    expect(suspected.reading(through).commands).toMatchObject([{ tag: 'reduce', lots: 5, type: 'market' }]);
    expect(suspected.position.protection).toMatchObject({ tag: 'breached', trigger: 80 });
  });

  it('missing where none was ever wanted is set at 2 % of the mark of the book, 100, not of the one told', () => {
    for (const [markTicks, triggerTicks] of [[200, 98], [Number.NaN, 98]] as const) {
      const talk = long();
      talk.position.wantedStop = 0;
      talk.pass(1);

      expect(talk.reading({ ...fiveLong, stop: null, markTicks }).commands).toEqual([{ tag: 'set-stop', leg: 0, triggerTicks, by: 'mark', trailTicks: 0, activeTicks: 0 }]);
    }
  });

  it('shown with the price back above it ends the suspicion, and a later one starts anew', () => {
    const talk = long();
    talk.decide(null, 79);
    talk.wait(1_500);
    talk.reading({ ...fiveLong, markTicks: 90, lastTicks: 90 });
    expect(talk.reading({ ...fiveLong, markTicks: 79, lastTicks: 79 }).commands).toEqual([]);

    expect(talk.position.suspectAt).toBe(0);
    expect(talk.orders).toEqual([]);
  });
});

describe('a reading taken twice', () => {
  it('changes nothing the second time, in any of the states above, 300 times', () => {
    const makes = [() => unknown(), () => standing(), () => long(), () => buried(), () => { const one = long(); one.decide(({ intents }) => intents.exit('x')); return one; }, () => { const one = standing(); one.decide(cancelEntry); return one; }, () => { const one = long(); one.restart(); return one; }];
    const parts = fc.record({
      position: fc.constantFrom('unknown' as const, { side: 0, lots: 0, entryTicks: 0, cost: 0n } as const, { side: 1, lots: 5, entryTicks: 100, cost: 500_000_000_000_000n } as const, { side: -1, lots: 2, entryTicks: 100, cost: 200_000_000_000_000n } as const),
      stop: fc.constantFrom('unknown' as const, null, { triggerTicks: 80, by: 'mark' } as const, { triggerTicks: 90, by: 'mark' } as const),
      openOrders: fc.constantFrom('unknown' as const, [], [shown()], [shown({ order: 2 })], [shown({ filled: 2 })]),
      ended: fc.constantFrom('unknown' as const, [], [{ order: 1, outcome: 'cancelled', filled: 0 }] as const, [{ order: 1, outcome: 'filled', filled: 5 }] as const, [{ order: 2, outcome: 'cancelled', filled: 1 }] as const),
      executions: fc.constantFrom('unknown' as const, []),
    });
    fc.assert(fc.property(fc.integer({ min: 0, max: makes.length - 1 }), fc.integer({ min: 1, max: 40_000 }), parts, (kind, ms, reading) => {
      const talk = makes[kind]!();
      talk.pass(ms);
      talk.reading(reading);
      talk.leg.query = { tag: 'none' };
      const plain = () => structuredClone({ orders: talk.orders, position: talk.leg.position, buried: talk.leg.buried, mismatches: talk.leg.mismatches, mode: talk.state.mode, isKnown: talk.leg.isKnown, wallet: talk.state.wallet, next: talk.state.nextOrder });
      const before = plain();
      const { commands } = talk.reading(reading);

      expect(plain()).toEqual(before);
      for (const { tag } of commands) expect(['cancel', 'notify', 'query-account']).toContain(tag); // a stray's cancel repeats itself
    }), { numRuns: 300, seed: 7 });
  });
});
