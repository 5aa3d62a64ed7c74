/** Requests that did not come back as an answer, silence, and what is done about either. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadlineOf } from '../../engine/index.ts';
import type { RequestFailed } from '../../engine/index.ts';
import { bid, buy, cancelEntry, fiveLong, long, Talk } from './talk.ts';
import type { Told, Want } from './talk.ts';

const query = { tag: 'query-account', leg: 0 };
const cancelOf = (order: number) => ({ tag: 'cancel', leg: 0, order });
const exitAll: Want = ({ intents }) => intents.exit('enough');
const exitOf = (order: number, lots = 5) => ({ tag: 'reduce', leg: 0, order, side: -1, lots, type: 'market', priceTicks: 0, timeInForce: 'IOC', reduceOnly: true });
const fail = (talk: Talk, order: number, own: Pick<RequestFailed, 'of' | 'certainty'> & { readonly reason?: RequestFailed['reason'] }): Told =>
  talk.tell({ tag: 'request-failed', order, reason: 'timeout', ...own });

function sent(want: Want = bid): Talk {
  const talk = new Talk();
  talk.decide(want);
  return talk;
}
function standing(): Talk {
  const talk = sent();
  talk.accept(1);
  return talk;
}
/** Exit 2 of 5 lots sent and not answered. */
function leaving(): Talk {
  const talk = long();
  expect(talk.decide(exitAll).commands).toEqual([exitOf(2)]);
  return talk;
}

describe('failures 1: a lost entry', () => {
  it('is unknown and asked about, never sent again', () => {
    const talk = sent();
    talk.pass(300);

    expect(fail(talk, 1, { of: 'enter', certainty: 'unknown' }).commands).toEqual([query]);
    expect(talk.order(1)).toMatchObject({ attempt: 1, state: { tag: 'unknown', cause: 'no-answer', since: talk.now, absences: 0, absentAt: 0 } });
    expect(talk.wait(50_000).commands.map(({ tag }) => tag)).not.toContain('enter');
  });

  it('not applied for certain is refused: it leaves, counts, and makes room', () => {
    const talk = sent();
    const order = talk.order(1);
    talk.decide(({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 95, qty: 7, stop: 80 }));
    const { commands, notes } = fail(talk, 1, { of: 'enter', certainty: 'not-applied', reason: 'unreachable' });

    expect(notes).toEqual([{ tag: 'order-ended', at: talk.now, order, outcome: 'rejected', reason: 'unreachable' }]);
    expect(talk.state.refusals).toEqual({ 'venue-unreachable': 1 });
    expect(commands).toMatchObject([{ tag: 'enter', order: 2 }]);
  });

  it('not applied twice counts 2 refusals of one reason', () => {
    const talk = sent();
    fail(talk, 1, { of: 'enter', certainty: 'not-applied', reason: 'busy' });
    talk.decide(bid);
    fail(talk, 2, { of: 'enter', certainty: 'not-applied', reason: 'busy' });

    expect(talk.state.refusals).toEqual({ 'venue-busy': 2 });
  });

  it('that is working already is not touched by a late failure', () => {
    for (const certainty of ['unknown', 'not-applied'] as const) {
      const talk = standing();

      expect(fail(talk, 1, { of: 'enter', certainty })).toEqual({ commands: [], notes: [] });
      expect(talk.order(1).state.tag).toBe('working');
    }
  });

  it('that is being cancelled waits for the answer to the cancel; not applied for certain it is over', () => {
    const talk = sent();
    talk.decide(cancelEntry);
    expect(fail(talk, 1, { of: 'enter', certainty: 'unknown' })).toEqual({ commands: [], notes: [] });
    expect(talk.order(1).state.tag).toBe('cancelling');

    expect(fail(talk, 1, { of: 'enter', certainty: 'not-applied' }).notes).toMatchObject([{ tag: 'order-ended', outcome: 'rejected' }]);
    expect(talk.orders).toEqual([]);
  });

  it('that was doubted and then refused for certain is over', () => {
    const talk = sent();
    fail(talk, 1, { of: 'enter', certainty: 'unknown' });

    expect(fail(talk, 1, { of: 'enter', certainty: 'not-applied', reason: 'busy' }).notes).toMatchObject([{ outcome: 'rejected', reason: 'busy' }]);
  });

  it('refused as a duplicate got through: unknown until it is found', () => {
    const talk = sent();
    talk.pass(7);

    expect(talk.tell({ tag: 'order-rejected', order: 1, reason: 'duplicate-link' }).commands).toEqual([query]);
    expect(talk.order(1).state).toEqual({ tag: 'unknown', cause: 'duplicate-link', since: talk.now, absences: 0, absentAt: 0 });
    expect(talk.state.refusals).toEqual({});
  });

  it('refused as a duplicate after one absence has to be absent twice anew', () => {
    const talk = sent();
    talk.wait(15_001);
    talk.reading();
    expect(talk.order(1).state).toMatchObject({ tag: 'unknown', absences: 1 });
    talk.tell({ tag: 'order-rejected', order: 1, reason: 'duplicate-link' });

    expect(talk.order(1).state).toMatchObject({ tag: 'unknown', cause: 'duplicate-link', absences: 0 });
  });

  it('refused as a duplicate while it stands or is being cancelled says nothing new', () => {
    const talk = standing();
    expect(talk.tell({ tag: 'order-rejected', order: 1, reason: 'duplicate-link' })).toEqual({ commands: [], notes: [] });
    expect(talk.order(1).state.tag).toBe('working');

    talk.decide(cancelEntry);
    expect(talk.tell({ tag: 'order-rejected', order: 1, reason: 'duplicate-link' })).toEqual({ commands: [], notes: [] });
    expect(talk.order(1).state.tag).toBe('cancelling');
  });

  it('given up as never placed and then refused as a duplicate is asked about; one that nobody knows is not', () => {
    const talk = sent();
    talk.wait(15_001);
    talk.reading();
    talk.pass(1);
    talk.reading();
    expect(talk.leg.buried).toHaveLength(1);

    expect(talk.tell({ tag: 'order-rejected', order: 9, reason: 'duplicate-link' }).commands).toEqual([]);
    expect(talk.tell({ tag: 'order-rejected', order: 1, reason: 'duplicate-link' }).commands).toEqual([query]);
  });

  it.each(['enter', 'reduce', 'amend', 'cancel'] as const)('that nobody knows fails at %s without a word', (of) => {
    const talk = standing();

    for (const order of [9, 0, -1, -2]) expect(fail(talk, order, { of, certainty: 'unknown' })).toEqual({ commands: [], notes: [] });
    expect(talk.order(1).state.tag).toBe('working');
  });
});

describe('failures 2: a lost exit', () => {
  it('is sent again under its link at once, three times in all, then it is unknown and goes out again 2,000 ms later', () => {
    const talk = leaving();
    talk.pass(100);
    expect(fail(talk, 2, { of: 'reduce', certainty: 'unknown' }).commands).toEqual([exitOf(2)]);
    expect(talk.order(2)).toMatchObject({ attempt: 2, attemptAt: talk.now, state: { tag: 'sent', since: talk.now } });
    talk.pass(100);
    expect(fail(talk, 2, { of: 'reduce', certainty: 'unknown' }).commands).toEqual([exitOf(2)]);
    talk.pass(100);

    expect(fail(talk, 2, { of: 'reduce', certainty: 'unknown' }).commands).toEqual([query]);
    expect(talk.order(2)).toMatchObject({ attempt: 3, attemptAt: talk.now - 100, state: { tag: 'unknown', cause: 'no-answer' } });
    expect(deadlineOf(talk.state)).toBe(talk.now + 1_900);
    expect(talk.wait(1_899).commands).toEqual([]);
    expect(talk.wait(1).commands).toEqual([exitOf(2)]);
    expect(talk.order(2)).toMatchObject({ attempt: 4, attemptAt: talk.now, state: { tag: 'sent' } });
  });

  it('that the venue called a duplicate is there: it does not go out again', () => {
    const talk = leaving();
    talk.tell({ tag: 'order-rejected', order: 2, reason: 'duplicate-link' });

    expect(talk.wait(59_999).commands.filter(({ tag }) => tag === 'reduce')).toEqual([]);
    expect(talk.state.mode.tag).toBe('trading');
    expect(talk.wait(1).commands.filter(({ tag }) => tag === 'reduce')).toEqual([]);
    expect(talk.state.mode).toMatchObject({ tag: 'halted', cause: 'unreconciled' });
  });

  it('of a part of the position, or of a reversal, is unknown: twice it would be more than was wanted', () => {
    for (const want of [(({ intents }) => intents.reduce({ fraction: 0.4, reason: 'some' })) as Want, (({ intents }) => intents.reverse({ side: 'short', qty: 5, stop: 120 })) as Want]) {
      const talk = long();
      talk.decide(want);
      const exit = talk.orders.find(({ role }) => role === 'exit')!;

      expect(fail(talk, exit.id, { of: 'reduce', certainty: 'unknown' }).commands).toEqual([query]);
      expect(exit).toMatchObject({ attempt: 1, state: { tag: 'unknown' } });
    }
  });

  it('not applied the first time is refused: a new order after 1 s', () => {
    const talk = leaving();
    const { commands } = fail(talk, 2, { of: 'reduce', certainty: 'not-applied', reason: 'rate-limited' });

    expect(commands).toEqual([query]);
    expect(talk.orders).toEqual([]);
    talk.reading(fiveLong);
    expect(talk.wait(999).commands).toEqual([]);
    expect(talk.wait(1).commands).toEqual([exitOf(3)]);
  });

  it('not applied the second time says nothing of the first: it goes out once more', () => {
    const talk = leaving();
    fail(talk, 2, { of: 'reduce', certainty: 'unknown' });

    expect(fail(talk, 2, { of: 'reduce', certainty: 'not-applied' }).commands).toEqual([exitOf(2)]);
    expect(talk.order(2).attempt).toBe(3);
  });

  it('whose second attempt the venue refuses is unknown, not over: the first may be there', () => {
    const talk = leaving();
    fail(talk, 2, { of: 'reduce', certainty: 'unknown' });

    expect(talk.tell({ tag: 'order-rejected', order: 2, reason: 'no-position' }).commands).toEqual([query]);
    expect(talk.order(2).state).toMatchObject({ tag: 'unknown', cause: 'no-answer', since: talk.now });
  });

  it('that is not wanted any more is not sent again', () => {
    const talk = leaving();
    for (let i = 0; i < 3; i++) fail(talk, 2, { of: 'reduce', certainty: 'unknown' });
    talk.order(2).isUnwanted = true;

    expect(talk.wait(30_000).commands.filter(({ tag }) => tag === 'reduce')).toEqual([]);
  });

  it('of a target is not sent again while the position is left: only the exit is', () => {
    const talk = sent(({ intents }) => intents.enter({ side: 'long', qty: 5, stop: 80, targets: [{ price: 110, fraction: 1 }] }));
    talk.fill(1, { side: 1, lots: 5 });
    talk.decide(exitAll);
    fail(talk, 2, { of: 'reduce', certainty: 'unknown' });

    expect(talk.wait(9_999).commands.filter(({ tag }) => tag === 'reduce')).toEqual([]);
    expect(talk.order(2)).toMatchObject({ role: 'target', attempt: 1, state: { tag: 'unknown' } });
  });

  it('of a target is not sent again but asked about', () => {
    const talk = sent(({ intents }) => intents.enter({ side: 'long', qty: 5, stop: 80, targets: [{ price: 110, fraction: 1 }] }));
    talk.fill(1, { side: 1, lots: 5 });

    expect(fail(talk, 2, { of: 'reduce', certainty: 'unknown' }).commands).toEqual([query]);
    expect(talk.order(2)).toMatchObject({ attempt: 1, state: { tag: 'unknown' } });
  });
});

describe('failures 3: a lost cancel', () => {
  const cancelling = (): Talk => {
    const talk = standing();
    talk.decide(cancelEntry);
    return talk;
  };

  it('is sent again 2,000 ms after it left, not before: then the silence of 10 s does it, and the venue is asked', () => {
    const slow = cancelling();
    slow.pass(2_000);
    expect(fail(slow, 1, { of: 'cancel', certainty: 'unknown' }).commands).toEqual([cancelOf(1)]);
    expect(slow.order(1).state).toEqual({ tag: 'cancelling', since: slow.now });

    const quick = cancelling();
    const left = quick.now;
    quick.pass(1_999);
    expect(fail(quick, 1, { of: 'cancel', certainty: 'unknown' }).commands).toEqual([query]);
    expect(quick.order(1).state).toEqual({ tag: 'cancelling', since: left });
    quick.reading({ openOrders: [{ order: 1, side: 1, lots: 5, filled: 0, priceTicks: 95, reduceOnly: false }] });
    expect(quick.wait(8_000).commands).toEqual([]);
    expect(quick.wait(1).commands).toEqual([cancelOf(1), query]);
  });

  it('refused for a reason of the moment is sent again when its silence is over', () => {
    const talk = cancelling();
    talk.pass(5_000);

    expect(fail(talk, 1, { of: 'cancel', certainty: 'not-applied', reason: 'rate-limited' })).toEqual({ commands: [], notes: [] });
    expect(talk.wait(4_999).commands).toEqual([]);
    expect(talk.wait(1).commands).toEqual([cancelOf(1), query]);
  });

  it('refused because there is no such order is a question: unknown, and over only by proof', () => {
    const talk = cancelling();

    expect(fail(talk, 1, { of: 'cancel', certainty: 'not-applied', reason: 'no-order' }).commands).toEqual([query]);
    expect(talk.order(1)).toMatchObject({ isUnwanted: true, state: { tag: 'unknown', cause: 'not-shown', since: talk.now } });
    talk.fill(1, { side: 1, lots: 5, priceTicks: 95 });
    expect(talk.lots).toBe(5);
  });

  it('"no such order" of which one cannot be sure is a lost cancel', () => {
    const talk = cancelling();
    talk.pass(2_000);

    expect(fail(talk, 1, { of: 'cancel', certainty: 'unknown', reason: 'no-order' }).commands).toEqual([cancelOf(1)]);
  });

  it('of an unknown order is left: standing, it is cancelled', () => {
    const talk = cancelling();
    fail(talk, 1, { of: 'cancel', certainty: 'not-applied', reason: 'no-order' });
    talk.pass(5_000);

    expect(fail(talk, 1, { of: 'cancel', certainty: 'unknown' })).toEqual({ commands: [], notes: [] });
    expect(talk.accept(1).commands).toEqual([cancelOf(1)]);
  });
});

describe('failures 4: a lost amend', () => {
  const amended = (): Talk => {
    const talk = standing();
    expect(talk.decide(({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 94, qty: 5, stop: 80, validFor: 9 })).commands)
      .toEqual([{ tag: 'amend', leg: 0, order: 1, priceTicks: 94, lots: 5 }]);
    expect(talk.order(1)).toMatchObject({ priceTicks: 94, attemptAt: talk.now, attempt: 1 });
    return talk;
  };

  it('takes the order back, whatever is known of it; unknown, the venue is asked too', () => {
    expect(fail(amended(), 1, { of: 'amend', certainty: 'not-applied', reason: 'refused' }).commands).toEqual([cancelOf(1)]);
    expect(fail(amended(), 1, { of: 'amend', certainty: 'unknown' }).commands).toEqual([cancelOf(1), query]);
  });

  it('of an order that is not there is a question, and the order not wanted', () => {
    const talk = amended();

    expect(fail(talk, 1, { of: 'amend', certainty: 'not-applied', reason: 'no-order' }).commands).toEqual([cancelOf(1), query]);
    expect(talk.order(1)).toMatchObject({ isUnwanted: true, state: { tag: 'unknown', cause: 'not-shown', since: talk.now } });
  });

  it('of a target leaves the target, which can only reduce; its terms are those a reading shows once no amend can come: after 15,000 ms, not at', () => {
    const talk = sent(({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 100, qty: 5, stop: 80, targets: [{ price: 110, fraction: 1 }] }));
    talk.fill(1, { side: 1, lots: 2, leaves: 3 });
    talk.accept(2);
    expect(talk.fill(1, { side: 1, lots: 3 }).commands).toContainEqual({ tag: 'amend', leg: 0, order: 2, priceTicks: 110, lots: 5 });
    expect(fail(talk, 2, { of: 'amend', certainty: 'not-applied', reason: 'refused' })).toEqual({ commands: [], notes: [] });
    expect(fail(talk, 2, { of: 'amend', certainty: 'unknown' }).commands).toEqual([query]);
    expect(talk.order(2)).toMatchObject({ lots: 5, state: { tag: 'working' } });

    const shown = { ...fiveLong, openOrders: [{ order: 2, side: -1, lots: 2, filled: 0, priceTicks: 111, reduceOnly: true }] } as const;
    talk.pass(15_000);
    talk.reading(shown);
    expect(talk.order(2)).toMatchObject({ lots: 5, priceTicks: 110 });
    expect(talk.position.areTargetsDue).toBe(false);
    talk.pass(1);
    talk.reading(shown);
    expect(talk.order(2)).toMatchObject({ lots: 2, priceTicks: 111 });
    expect(talk.decide().commands).toContainEqual({ tag: 'amend', leg: 0, order: 2, priceTicks: 111, lots: 5 });
  });

  it('of a target that is not there is a question', () => {
    const talk = sent(({ intents }) => intents.enter({ side: 'long', qty: 5, stop: 80, targets: [{ price: 110, fraction: 1 }] }));
    talk.fill(1, { side: 1, lots: 5 });
    talk.accept(2);

    expect(fail(talk, 2, { of: 'amend', certainty: 'not-applied', reason: 'no-order' }).commands).toEqual([query]);
    expect(talk.order(2).state).toMatchObject({ tag: 'unknown', cause: 'not-shown' });
  });
});

describe('a failure that is not of an order', () => {
  it('to set a stop is left to the deadline of the stop', () => {
    const talk = long();

    expect(fail(talk, -1, { of: 'set-stop', certainty: 'unknown' })).toEqual({ commands: [], notes: [] });
    expect(talk.leg.query.tag).toBe('none');
  });
});

describe('silence', () => {
  it.each([
    ['an entry', () => sent()],
    ['a target', () => {
      const talk = sent(({ intents }) => intents.enter({ side: 'long', qty: 5, stop: 80, targets: [{ price: 110, fraction: 1 }] }));
      talk.fill(1, { side: 1, lots: 5 });
      talk.tell({ tag: 'stop-set', triggerTicks: 80, by: 'mark', trailTicks: 0 });
      return talk;
    }],
  ])('about %s is too long at 10,000 ms, not at 9,999: unknown, and asked about', (_, make) => {
    const talk = make();
    const order = talk.orders[0]!;
    expect(talk.wait(9_999).commands).toEqual([]);
    talk.timer();
    expect(order.state.tag).toBe('sent');

    expect(talk.wait(1).commands).toEqual([query]);
    expect(order).toMatchObject({ attempt: 1, state: { tag: 'unknown', cause: 'no-answer', since: talk.now } });
  });

  it('about an exit sends it again under its link every 10 s until something is heard of it', () => {
    const talk = leaving();
    const left = talk.now;
    expect(talk.wait(9_999).commands).toEqual([]);
    expect(talk.wait(1).commands).toEqual([exitOf(2), query]);
    expect(talk.order(2)).toMatchObject({ attempt: 2, attemptAt: left + 10_000, state: { tag: 'sent' } });

    expect(talk.wait(40_000).commands.filter(({ tag }) => tag === 'reduce')).toEqual([exitOf(2), exitOf(2), exitOf(2), exitOf(2)]);
    expect(talk.order(2)).toMatchObject({ attempt: 6, attemptAt: left + 50_000, state: { tag: 'sent' } });
    expect(talk.state.mode.tag).toBe('trading');
    talk.wait(9_999);
    expect(talk.state.mode.tag).toBe('trading');
    expect(talk.wait(1).commands).toContainEqual(exitOf(2));
    expect(talk.state.mode).toMatchObject({ tag: 'halted', cause: 'unreconciled', evidence: 'AAAUSDT: order 2 not known after 60000 ms' });
    expect(talk.wait(10_000).commands).toContainEqual(exitOf(2));
  });

  it('about an exit that was accepted asks every 10 s, and does not send it again', () => {
    const talk = leaving();
    talk.accept(2);
    const left = talk.now;

    expect(talk.wait(10_000).commands).toEqual([query]);
    expect(talk.order(2)).toMatchObject({ attempt: 1, state: { tag: 'working', since: left + 10_000 } });
    expect(talk.wait(50_000).commands.filter(({ tag }) => tag === 'reduce')).toEqual([]);
    expect(talk.state.mode).toMatchObject({ tag: 'halted', cause: 'unreconciled' });
  });

  it('about a cancel cancels again and leaves the order unknown', () => {
    const talk = standing();
    talk.decide(cancelEntry);
    expect(talk.wait(9_999).commands).toEqual([]);

    expect(talk.wait(1).commands).toEqual([cancelOf(1), query]);
    expect(talk.order(1)).toMatchObject({ isUnwanted: true, state: { tag: 'unknown', cause: 'no-answer', since: talk.now } });
  });

  it('about an order at market that was accepted is silence too; a limit or a conditional order may stand', () => {
    const market = sent(buy);
    market.accept(1);
    expect(market.wait(9_999).commands).toEqual([]);
    expect(market.wait(1).commands).toEqual([query]);
    expect(market.order(1).state).toEqual({ tag: 'unknown', cause: 'no-answer', since: market.now, absences: 0, absentAt: 0 });

    for (const want of [bid, (({ intents }) => intents.enter({ side: 'long', at: 'trigger', price: 105, qty: 5, stop: 80 })) as Want]) {
      const talk = sent(want);
      talk.accept(1);
      expect(deadlineOf(talk.state)).toBe(Infinity);
    }
  });

  it('of one order does not touch another', () => {
    const talk = sent();
    talk.pass(4_000);
    talk.tell({ tag: 'operator', verb: 'reduce-only' });
    talk.wait(6_000);

    expect(talk.order(1).state).toMatchObject({ tag: 'cancelling', since: talk.now - 6_000 });
  });

  it('that a timer too many meets changes nothing', () => {
    const talk = sent();
    talk.pass(5_000);

    expect(talk.timer()).toEqual({ commands: [], notes: [] });
  });
});

describe('unknown', () => {
  it('for 60,000 ms, not 59,999, halts as not reconciled: with every question unanswered there is nothing left to do', () => {
    const talk = sent();
    talk.wait(10_000);
    talk.wait(59_999);
    expect(talk.state.mode.tag).toBe('trading');

    talk.wait(1);
    expect(talk.state.mode).toEqual({ tag: 'halted', cause: 'unreconciled', evidence: 'AAAUSDT: order 1 not known after 60000 ms', since: talk.now });
    expect(talk.order(1)).toMatchObject({ isUnwanted: true, state: { tag: 'unknown' } });
    expect(talk.wait(120_000).commands.every(({ tag }) => tag === 'query-account')).toBe(true);
  });

  it('that comes to an end in time does not', () => {
    const talk = sent();
    talk.wait(69_000);
    talk.reading();
    talk.pass(1);
    talk.reading();
    talk.wait(100_000);

    expect(talk.state.mode.tag).toBe('trading');
    expect(deadlineOf(talk.state)).toBe(talk.leg.buried[0]!.until);
  });

  it('resumed by an operator while nothing was heard halts again', () => {
    const talk = sent();
    talk.wait(70_000);
    talk.tell({ tag: 'operator', verb: 'resume' });
    expect(talk.state.mode.tag).toBe('trading');
    talk.wait(2_000);

    expect(talk.state.mode.tag).toBe('halted');
  });
});

describe('L10: every state of an order has a timed way out', () => {
  const states: Readonly<Record<string, () => Talk>> = {
    'entry sent': () => sent(),
    'entry at market sent': () => sent(buy),
    'entry at market working': () => { const talk = sent(buy); talk.accept(1); return talk; },
    'entry cancelling, never answered': () => { const talk = sent(); talk.decide(cancelEntry); return talk; },
    'entry cancelling, stood': () => { const talk = standing(); talk.decide(cancelEntry); return talk; },
    'entry unknown by no answer': () => { const talk = sent(); fail(talk, 1, { of: 'enter', certainty: 'unknown' }); return talk; },
    'entry unknown by a duplicate': () => { const talk = sent(); talk.tell({ tag: 'order-rejected', order: 1, reason: 'duplicate-link' }); return talk; },
    'entry unknown by not being shown': () => {
      const talk = standing();
      talk.decide(cancelEntry);
      fail(talk, 1, { of: 'cancel', certainty: 'not-applied', reason: 'no-order' });
      return talk;
    },
    'entry unknown by a restart': () => { const talk = sent(); talk.restart(); return talk; },
    'exit sent': leaving,
    'exit at market working': () => { const talk = leaving(); talk.accept(2); return talk; },
    'exit unknown': () => { const talk = leaving(); for (let i = 0; i < 3; i++) fail(talk, 2, { of: 'reduce', certainty: 'unknown' }); return talk; },
    'exit unknown by a restart': () => { const talk = leaving(); talk.restart(); return talk; },
  };

  it.each(Object.entries(states))('%s, with no answer at all: unknown within 30 s or an exit still tried, halted within 92 s, asked all along', (_, make) => {
    const talk = make();
    const isExit = talk.orders[0]!.role === 'exit';
    const { commands } = talk.wait(30_000);
    if (!isExit) expect(talk.orders.map(({ state }) => state.tag)).toEqual(['unknown']);
    expect(commands.filter(({ tag }) => tag === 'query-account').length).toBeGreaterThanOrEqual(9);
    talk.wait(62_000);

    // Restarted, the stop of the position is not known either, and its deadline comes first.
    const cause = isExit && talk.orders[0]!.id === 2 && talk.leg.forgottenAt > 0 ? 'unprotected' : 'unreconciled';
    expect(talk.state.mode).toMatchObject({ tag: 'halted', cause });
    expect(talk.orders.filter(({ role }) => role === 'entry').every(({ isUnwanted }) => isUnwanted)).toBe(true);
  });

  it.each(Object.entries(states))('%s, with every question answered that there is no such order: none left within 30 s + fence + 3 s, or an exit still tried', (_, make) => {
    const talk = make();
    const first = talk.orders[0]!;
    const isExit = first.role === 'exit';
    for (let i = 0; i < 480; i++) {
      talk.wait(100);
      if (talk.leg.query.tag === 'asked') talk.reading(isExit ? fiveLong : {});
    }

    expect(talk.state.mode.tag).toBe('trading');
    if (isExit) expect(talk.orders).toMatchObject([{ role: 'exit', lots: 5 }]);
    else expect(talk.orders).toEqual([]);
    if (isExit && talk.orders.includes(first)) expect(first.attempt).toBeGreaterThan(3);
    else expect(first.state).toMatchObject({ tag: 'done', outcome: 'absent' });
  });

  it.each(Object.entries(states))('%s, with every question answered that it stands: a market order is asked about on, the rest is as wanted', (_, make) => {
    const talk = make();
    const first = talk.orders[0]!;
    const isWanted = !first.isUnwanted;
    const isExit = first.role === 'exit';
    const shown = { order: first.id, side: first.side, lots: first.lots, filled: 0, priceTicks: first.priceTicks, reduceOnly: isExit };
    for (let i = 0; i < 300; i++) {
      talk.wait(100);
      if (talk.leg.query.tag === 'asked') talk.reading({ ...(isExit ? fiveLong : {}), openOrders: [shown] });
    }

    expect(talk.orders).toEqual([first]);
    expect(['sent', 'working', 'cancelling']).toContain(first.state.tag);
    expect(first.isUnwanted).toBe(!isWanted);
    expect(talk.state.mode.tag).toBe('trading');
  });
});

describe('failures 1 and 2 over chance', () => {
  it('whatever fails and in whatever order, an entry leaves once for each number and only exits leave again', () => {
    const kinds = ['enter', 'reduce', 'amend', 'cancel'] as const;
    const event = fc.record({ of: fc.constantFrom(...kinds), certainty: fc.constantFrom('unknown' as const, 'not-applied' as const), reason: fc.constantFrom('timeout' as const, 'no-order' as const, 'busy' as const), order: fc.integer({ min: 1, max: 6 }), pass: fc.integer({ min: 0, max: 12_000 }), decides: fc.integer({ min: 0, max: 4 }) });
    fc.assert(fc.property(fc.array(event, { maxLength: 25 }), (events) => {
      const talk = new Talk();
      const entries = new Map<number, number>();
      for (const { of, certainty, reason, order, pass, decides } of events) {
        const told = [talk.wait(pass), fail(talk, order, { of, certainty, reason })];
        if (decides === 0) told.push(talk.decide(bid));
        else if (decides === 1) told.push(talk.decide(exitAll));
        for (const { commands } of told) {
          for (const command of commands) if (command.tag === 'enter') entries.set(command.order, (entries.get(command.order) ?? 0) + 1);
        }
        expect(talk.orders.filter(({ role }) => role === 'entry').length).toBeLessThanOrEqual(1);
      }
      for (const count of entries.values()) expect(count).toBe(1);
    }), { numRuns: 150, seed: 4 });
  });
});
