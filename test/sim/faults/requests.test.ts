/** Every family that strikes requests, orders and stops: what is heard with it, beside what is heard without. */
import { describe, expect, it } from 'vitest';
import { bay, cancel, enter, only, query, reduce, rest, setStop, talk } from './bay.ts';

// Sent at 1,000: at the venue at 1,020, heard at 1,050.
const calm = ['order-accepted 1050', 'execution order 10 1050', 'stop-set 1050'];

describe('without a fault', () => {
  it('an entry is accepted, filled and protected 50 ms after it was sent', () => {
    expect(talk(bay(only(), [[1_000, enter(1)]]))).toEqual(calm);
  });

  it('a second request of one link is refused as a duplicate, whatever became of the first', () => {
    const { heard, venue } = bay(only(), [[1_000, enter(1)], [2_000, enter(1)]]);

    expect(heard.at(-1)).toMatchObject({ tag: 'order-rejected', order: 1, reason: 'duplicate-link', after: 2_050 });
    expect(venue.truth.position(0)).toMatchObject({ side: 1, lots: 10 });
  });
});

describe('an order that waits in a hole of the data', () => {
  it('is shown as one that stands until the exchange judges it at the next open, and is no absence', () => {
    const { heard, venue } = bay(only(), [[61_000, rest(1)], [61_019, query], [80_000, query], [130_000, query]], 10_000, 1);
    const readings = heard.flatMap((event) => (event.tag === 'account-snapshot' && event.openOrders !== 'unknown' ? [event.openOrders.map(({ order }) => order)] : []));

    expect(readings).toEqual([[1], [1], [1]]);
    expect(heard.find(({ tag }) => tag === 'order-accepted')!.after).toBe(120_030);
    expect(venue.truth.openOrders(0)).toHaveLength(1);
  });

  it('is shown no more once it was refused', () => {
    const tooMany = { ...rest(1), lots: 1_000_000_000 } as never;
    const { heard } = bay(only(), [[61_000, tooMany], [80_000, query], [130_000, query]], 10_000, 1);

    expect(heard.flatMap((event) => (event.tag === 'account-snapshot' ? [event.openOrders.length] : []))).toEqual([1, 0]);
  });
});

describe('a request', () => {
  it('lost-request: never arrives, and is given up after 5 s', () => {
    const lost = bay(only({ family: 'lost-request', order: 1 }), [[1_000, enter(1)]]);

    expect(talk(lost)).toEqual(['request-failed unknown timeout 6000']);
    expect(lost.venue.truth.position(0).lots).toBe(0);
  });

  it('lost-reply: is filled, its answer is lost, and the client gives it up after 5 s', () => {
    expect(talk(bay(only({ family: 'lost-reply', order: 1 }), [[1_000, enter(1)]])))
      .toEqual(['execution order 10 1050', 'stop-set 1050', 'request-failed unknown timeout 6000']);
  });

  it('late-order: fills between 6 and 15 s after it was sent, when nobody waits for it any more', () => {
    const late = bay(only({ family: 'late-order', order: 1 }), [[1_000, enter(1)]]);
    const filled = late.heard.find(({ tag }) => tag === 'execution');

    expect(late.heard[0]).toMatchObject({ tag: 'request-failed', certainty: 'unknown', after: 6_000 });
    expect(late.heard.some(({ tag }) => tag === 'order-accepted')).toBe(false);
    expect(filled!.after).toBeGreaterThan(6_000);
    expect(filled!.after).toBeLessThan(16_000);
  });

  it('late-order: a second request of the link goes first, and the late one is refused without a word', () => {
    const late = bay(only({ family: 'late-order', order: 1, attempt: 1 }), [[1_000, enter(1)], [1_100, enter(1)]]);

    expect(talk(late)).toEqual(['order-accepted 1150', 'execution order 10 1150', 'stop-set 1150', 'request-failed unknown timeout 6000']);
    expect(late.venue.truth.position(0).lots).toBe(10);
  });

  it('server-error: is answered with an error that leaves open whether it was applied', () => {
    const applied = [1, 2, 3, 4, 5, 6, 7, 8].map((order) => bay(only({ family: 'server-error', order }), [[1_000, enter(order)]]));

    for (const one of applied) expect(one.heard.find(({ tag }) => tag === 'request-failed')).toMatchObject({ certainty: 'unknown', reason: 'busy', after: 1_050 });
    expect(new Set(applied.map((one) => one.venue.truth.position(0).lots))).toEqual(new Set([0, 10]));
  });

  it('rate-limit: is refused, and surely not applied', () => {
    expect(talk(bay(only({ family: 'rate-limit', order: 1 }), [[1_000, enter(1)]]))).toEqual(['request-failed not-applied rate-limited 1050']);
  });

  it('latency: takes 0.5 to 4 s longer there and back together', () => {
    const slow = bay(only({ family: 'latency', order: 1, action: 'enter' }), [[1_000, enter(1)]]);
    const accepted = slow.heard.find(({ tag }) => tag === 'order-accepted')!;

    expect(accepted.after).toBeGreaterThanOrEqual(1_550);
    expect(accepted.after).toBeLessThanOrEqual(5_050);
  });

  it('duplicate-link: goes out twice; the order fills, and the answer heard is that of the second', () => {
    expect(talk(bay(only({ family: 'duplicate-link', order: 1 }), [[1_000, enter(1)]])))
      .toEqual(['order-rejected duplicate-link 1050', 'execution order 10 1050', 'stop-set 1050']);
  });

  it('link-forgotten: a link that was used is taken again, and fills again under the same number', () => {
    const twice = bay(only({ family: 'link-forgotten', order: 1, attempt: 2 }), [[1_000, enter(1)], [2_000, enter(1)]]);

    expect(twice.heard.filter(({ tag }) => tag === 'execution')).toMatchObject([{ order: 1, lots: 10 }, { order: 1, lots: 10 }]);
    expect(twice.venue.truth.position(0).lots).toBe(20);
  });

  it('no-position: an exit is refused although there is a position', () => {
    const refused = bay(only({ family: 'no-position', order: 2 }), [[1_000, enter(1)], [2_000, reduce(2)]]);

    expect(talk(refused).slice(3)).toEqual(['order-rejected no-position 2050']);
    expect(refused.venue.truth.position(0).lots).toBe(10);
  });

  it('cancel-late: a cancel takes 1 to 4 s longer to the venue', () => {
    const late = bay(only({ family: 'cancel-late', order: 1 }), [[1_000, rest(1)], [2_000, cancel(1)]]);
    const cancelled = late.heard.find(({ tag }) => tag === 'order-cancelled')!;

    expect(cancelled).toMatchObject({ cause: 'requested' });
    expect(cancelled.after).toBeGreaterThanOrEqual(3_050);
    expect(cancelled.after).toBeLessThanOrEqual(6_050);
  });

  it('a cancel of an order that has filled is refused: there is no such order any more', () => {
    expect(talk(bay(only(), [[1_000, enter(1)], [2_000, cancel(1)]])).slice(3)).toEqual(['request-failed not-applied no-order 2050']);
  });
});

describe('an order', () => {
  it('ack-then-cancel: is accepted and cancelled before anything traded', () => {
    const cancelled = bay(only({ family: 'ack-then-cancel', order: 1 }), [[1_000, enter(1)], [5_000, query]]);

    expect(talk(cancelled).slice(0, 2)).toEqual(['order-accepted 1050', 'order-cancelled venue 0 1050']);
    expect(cancelled.heard.at(-1)).toMatchObject({ tag: 'account-snapshot', ended: [{ order: 1, outcome: 'cancelled', filled: 0 }] });
  });

  it('partial-then-cancel: fills 20 to 80 % of 10 lots, and the rest is cancelled with what was filled', () => {
    const { heard, venue } = bay(only({ family: 'partial-then-cancel', order: 1 }), [[1_000, enter(1)]]);
    const { lots } = venue.truth.position(0);

    expect(lots).toBeGreaterThanOrEqual(2);
    expect(lots).toBeLessThanOrEqual(8);
    expect(heard.find(({ tag }) => tag === 'execution')).toMatchObject({ lots, leavesLots: 10 - lots });
    expect(heard.find(({ tag }) => tag === 'order-cancelled')).toMatchObject({ order: 1, cause: 'venue', filled: lots });
  });

  it('venue-cancel: a resting order is cancelled within a minute, and nobody asked for it', () => {
    const { heard } = bay(only({ family: 'venue-cancel', order: 1 }), [[1_000, rest(1)]]);

    expect(heard.at(-1)).toMatchObject({ tag: 'order-cancelled', order: 1, cause: 'venue' });
    expect(heard.at(-1)!.after).toBeLessThanOrEqual(61_050);
  });
});

describe('a stop', () => {
  it('is set and confirmed by the answer, and the same again is unchanged', () => {
    expect(talk(bay(only(), [[1_000, enter(1)], [2_000, setStop(9_950)], [3_000, setStop(9_950)]])).slice(3)).toEqual(['stop-set 2050', 'stop-unchanged 3050']);
  });

  it('stop-not-modified: is called unchanged although the venue holds another', () => {
    const lied = bay(only({ family: 'stop-not-modified', order: 9_950 }), [[1_000, enter(1)], [2_000, setStop(9_950)]]);

    expect(talk(lied).slice(3)).toEqual(['stop-unchanged 2050']);
    expect(lied.venue.truth.stop(0)).toMatchObject({ triggerTicks: 9_900 });
  });

  it('stop-through and stop-no-position: are refused although the price is far away and the position there', () => {
    const through = bay(only({ family: 'stop-through', order: 9_950 }), [[1_000, enter(1)], [2_000, setStop(9_950)]]);
    const flat = bay(only({ family: 'stop-no-position', order: 9_950 }), [[1_000, enter(1)], [2_000, setStop(9_950)]]);

    expect(talk(through).slice(3)).toEqual(['stop-refused through-trigger 2050']);
    expect(talk(flat).slice(3)).toEqual(['stop-refused no-position 2050']);
  });

  it('fires at the venue without a number of ours: 10 lots at 9,900 when the fifth minute falls to 9,880', () => {
    const { heard } = bay(only(), [[1_000, enter(1)]], 9_880);

    expect(heard.at(-1)).toMatchObject({ tag: 'execution', order: -1, cause: 'stop', lots: 10, priceTicks: 9_900 });
  });
});
