/** Questions about a leg: one at a time, repeated on silence, open as long as an answer leaves something open. */
import { describe, expect, it } from 'vitest';
import { deadlineOf } from '../../engine/index.ts';
import { bid, cancelEntry, fiveLong, long, Talk, unheard } from './talk.ts';

const query = { tag: 'query-account', leg: 0 };
const isQuery = ({ tag }: { readonly tag: string }): boolean => tag === 'query-account';

/** An entry that is unknown since now, and the question about it asked. */
function asking(): Talk {
  const talk = new Talk();
  talk.decide(bid);
  expect(talk.tell({ tag: 'request-failed', order: 1, of: 'enter', certainty: 'unknown', reason: 'timeout' }).commands).toEqual([query]);
  return talk;
}

describe('a question', () => {
  it('is asked once while its answer is under way', () => {
    const talk = asking();

    expect(talk.leg.query).toEqual({ tag: 'asked', since: talk.now, attempt: 1, isLate: false });
    expect(talk.tell({ tag: 'adl', lotsAfter: null }).commands.filter(isQuery)).toEqual([]);
  });

  it('without an answer is asked again after 2,000 ms, not 1,999, and so on', () => {
    const talk = asking();
    const { now } = talk;
    expect(deadlineOf(talk.state)).toBe(now + 2_000);
    expect(talk.wait(1_999).commands).toEqual([]);
    expect(talk.timer().commands).toEqual([]);

    expect(talk.wait(1).commands).toEqual([query]);
    expect(talk.leg.query).toEqual({ tag: 'asked', since: now + 2_000, attempt: 2, isLate: false });
    expect(talk.wait(2_000).commands).toEqual([query]);
    expect(talk.leg.query).toEqual({ tag: 'asked', since: now + 4_000, attempt: 3, isLate: false });
  });

  it('that failed is asked again 2,000 ms after the failure', () => {
    const talk = asking();
    talk.pass(700);
    const { now } = talk;

    expect(talk.tell({ tag: 'request-failed', order: -1, of: 'query-account', certainty: 'unknown', reason: 'timeout' }).commands).toEqual([]);
    expect(talk.leg.query).toEqual({ tag: 'again', at: now + 2_000, attempt: 1 });
    expect(deadlineOf(talk.state)).toBe(now + 2_000);
    expect(talk.wait(1_999).commands).toEqual([]);
    expect(talk.wait(1).commands).toEqual([query]);
    expect(talk.leg.query).toEqual({ tag: 'asked', since: now + 2_000, attempt: 2, isLate: false });
  });

  it('whose answer left something open is asked again 2,000 ms later, or at once for a new reason', () => {
    const talk = asking();
    talk.pass(100);
    talk.reading();
    expect(talk.leg.query).toEqual({ tag: 'again', at: talk.now + 2_000, attempt: 1 });

    expect(talk.tell({ tag: 'adl', lotsAfter: null }).commands.filter(isQuery)).toEqual([query]);
    expect(talk.leg.query).toEqual({ tag: 'asked', since: talk.now, attempt: 2, isLate: false });
  });

  it('whose answer left nothing open is over', () => {
    const talk = asking();
    talk.accept(1);
    talk.reading({ openOrders: [{ order: 1, side: 1, lots: 5, filled: 0, priceTicks: 95, reduceOnly: false }] });

    expect(talk.leg.query).toEqual({ tag: 'none' });
    expect(deadlineOf(talk.state)).toBe(Infinity);
    expect(talk.timer().commands).toEqual([]);
  });

  it('that an answer leads to is asked 2,000 ms later: history says filled, and no fill was told', () => {
    const talk = asking();
    talk.pass(100);

    expect(talk.reading({ ended: [{ order: 1, outcome: 'filled', filled: 5 }] }).commands).toEqual([]);
    expect(talk.leg.query).toEqual({ tag: 'again', at: talk.now + 2_000, attempt: 1 });
    expect(talk.wait(2_000).commands).toEqual([query]);
  });

  it('that comes up while an answer is under way is asked after it, however much the answer settles', () => {
    const talk = asking();
    talk.accept(1);
    talk.tell({ tag: 'adl', lotsAfter: null });
    expect(talk.leg.query).toEqual({ tag: 'asked', since: talk.now, attempt: 1, isLate: true });
    talk.tell({ tag: 'adl', lotsAfter: null });
    talk.pass(1);
    const settling = { openOrders: [{ order: 1, side: 1, lots: 5, filled: 0, priceTicks: 95, reduceOnly: false } as const] };
    talk.reading(settling);
    expect(talk.leg.query).toEqual({ tag: 'again', at: talk.now + 2_000, attempt: 1 });

    talk.wait(2_000);
    talk.reading(settling);
    expect(talk.leg.query).toEqual({ tag: 'none' });
  });

  it('is not asked because of a reading that nobody asked for and that leaves the parts unknown', () => {
    const talk = long();
    talk.reading(unheard);
    expect(talk.leg.query).toEqual({ tag: 'none' });

    const asked = asking();
    asked.accept(1);
    asked.reading(unheard);
    expect(asked.leg.query).toMatchObject({ tag: 'again' });
  });

  it('is over with an answer that tells the position and nothing else, where nothing is open', () => {
    const talk = long();
    talk.tell({ tag: 'adl', lotsAfter: 5 });
    talk.reading({ ...unheard, position: fiveLong.position! });

    expect(talk.leg.query).toEqual({ tag: 'none' });
  });

  it.each([
    ['whose position is not the one counted', { position: { side: 0, lots: 0, entryTicks: 0, cost: 0n } } as const],
    ['that lacks an order sent before it', { openOrders: [] }],
  ])('follows a reading that nobody asked for, %s', (_, parts) => {
    const talk = long();
    talk.decide(({ intents }) => intents.add({ at: 'limit', price: 95, qty: 1, validFor: 9 }));
    talk.accept(2);
    talk.pass(1);
    talk.reading({ ...fiveLong, ...parts });

    expect(talk.leg.query).toEqual({ tag: 'again', at: talk.now + 2_000, attempt: 0 });
  });

  it('does not follow a reading taken when the order was just sent', () => {
    const talk = new Talk();
    talk.decide(bid);
    talk.reading();

    expect(talk.leg.query).toEqual({ tag: 'none' });
  });

  it('follows a reading that shows more of an order filled than was told', () => {
    const talk = new Talk();
    talk.decide(bid);
    talk.accept(1);
    talk.pass(1);
    const shown = { order: 1, side: 1, lots: 5, filled: 2, priceTicks: 95, reduceOnly: false } as const;
    talk.reading({ openOrders: [shown] });
    expect(talk.leg.query).toMatchObject({ tag: 'again' });

    talk.fill(1, { side: 1, lots: 2, priceTicks: 95, leaves: 3 });
    talk.tell({ tag: 'stop-set', triggerTicks: 80, by: 'mark', trailTicks: 0 });
    talk.reading({ openOrders: [shown], position: { side: 1, lots: 2, entryTicks: 95, cost: 0n }, stop: { triggerTicks: 80, by: 'mark' } });
    expect(talk.leg.query).toEqual({ tag: 'none' });
  });

  it('stays open while a cancelled order\'s fills are owed, for 15,000 ms at most', () => {
    const talk = new Talk();
    talk.decide(bid);
    talk.accept(1);
    talk.decide(cancelEntry);
    talk.tell({ tag: 'order-cancelled', order: 1, cause: 'requested', filled: 2 });
    const left = talk.now;
    for (let i = 0; i < 7; i++) {
      talk.reading();
      expect(talk.leg.query.tag).toBe('again');
      talk.wait(2_000);
    }
    expect(talk.now).toBe(left + 14_000);
    talk.pass(999);
    talk.reading();
    expect(talk.leg.query.tag).toBe('again');
    talk.pass(1);
    talk.reading();
    expect(talk.leg.query.tag).toBe('none');
  });
});
