/** Every family that strikes the stream, readings and time, and what others do to the account. */
import { describe, expect, it } from 'vitest';
import { start } from '../market.ts';
import { bay, cancel, enter, only, query, rest, setStop, talk } from './bay.ts';
import type { Bay, Heard } from './bay.ts';

const calm = ['order-accepted 1050', 'execution order 10 1050', 'stop-set 1050'];
const at = (after: number): number => start + after;
const tagged = ({ heard }: Bay, tag: Heard['tag']): readonly Heard[] => heard.filter((event) => event.tag === tag);

describe('the stream', () => {
  it('duplicate: tells an execution a second time, by the same id, within 2 s', () => {
    const [first, second] = tagged(bay(only({ family: 'duplicate', action: 'execution', order: 1 }), [[1_000, enter(1)]]), 'execution');

    expect(first).toMatchObject({ after: 1_050, id: 1 });
    expect(second).toMatchObject({ id: 1, lots: 10 });
    expect(second!.after).toBeLessThanOrEqual(3_050);
  });

  it('reorder: tells an execution up to 3 s late, after the stop that came with it', () => {
    const late = bay(only({ family: 'reorder', action: 'execution', order: 1 }), [[1_000, enter(1)]]);

    expect(late.heard.map(({ tag }) => tag)).toEqual(['order-accepted', 'stop-set', 'execution']);
    expect(late.heard[2]!.after).toBeLessThanOrEqual(4_050);
  });

  it('stream-drop: what happens in it is never pushed, answers still come, and both ends are noticed', () => {
    const cut = bay(only({ family: 'stream-drop', at: at(500), forMs: 4_000 }), [[1_000, enter(1)]]);

    expect(talk(cut)).toEqual(['order-accepted 1050', 'disconnected 1500', 'connected 4500']);
    expect(cut.venue.truth.position(0).lots).toBe(10);
  });

  it('silent-gap: loses pushes without a sign of it', () => {
    expect(talk(bay(only({ family: 'silent-gap', at: at(500), forMs: 4_000 }), [[1_000, enter(1)]]))).toEqual(['order-accepted 1050']);
  });

  it('zombie-topic: one topic of three falls silent, the others go on', () => {
    const heard = Array.from({ length: 12 }, (_, i) => bay(only({ family: 'zombie-topic', at: at(500 - i), forMs: 4_000 }), [[1_000, enter(1)]]));
    const left = new Set(heard.map((one) => talk(one).join()));

    expect(left).toEqual(new Set([calm.join(), [calm[0], calm[1]].join(), [calm[0], calm[2]].join()]));
  });

  it('outage: neither requests nor pushes get through for 4 s', () => {
    expect(talk(bay(only({ family: 'outage', at: at(500), forMs: 4_000 }), [[1_000, enter(1)]])))
      .toEqual(['disconnected 1500', 'connected 4500', 'request-failed unknown timeout 6000']);
  });

  it('ban and clock-skew: every request is refused while they last, and none before or after', () => {
    const sent = [[1_000, rest(1)], [3_000, rest(2)], [6_000, rest(3)]] as const;

    expect(talk(bay(only({ family: 'ban', at: at(2_000), forMs: 3_000 }), sent)))
      .toEqual(['order-accepted 1050', 'request-failed not-applied rate-limited 3050', 'order-accepted 6050']);
    expect(talk(bay(only({ family: 'clock-skew', at: at(2_000), forMs: 3_000 }), sent)))
      .toEqual(['order-accepted 1050', 'request-failed not-applied clock 3050', 'order-accepted 6050']);
  });
});

describe('a reading of the account', () => {
  const asked = [[1_000, enter(1)], [1_500, rest(2)], [2_000, query]] as const;
  const readingOf = (one: Bay): Heard => tagged(one, 'account-snapshot')[0]!;

  it('shows position, stop, open and ended orders and executions as they are when it is taken', () => {
    const reading = readingOf(bay(only(), asked));

    expect(reading).toMatchObject({
      takenAt: at(2_020), after: 2_050, stop: { triggerTicks: 9_900, by: 'mark' }, markTicks: 10_000,
      // 10 lots at 10,000 cost 100,000 of the settle coin.
      position: { side: 1, lots: 10, entryTicks: 10_000, cost: 100_000_000_000_000_000n },
      openOrders: [{ order: 2, side: 1, lots: 10, filled: 0, priceTicks: 9_500, reduceOnly: false }],
      ended: [{ order: 1, outcome: 'filled', filled: 10 }], executions: [{ order: 1, id: 1, lots: 10 }],
    });
  });

  it('query-lost: is never answered, and given up after 5 s', () => {
    expect(talk(bay(only({ family: 'query-lost' }), asked)).slice(4)).toEqual(['request-failed unknown timeout 7000']);
  });

  it('stale-reading: shows the account of 1 to 5 s before, under the time of the answer', () => {
    const reading = readingOf(bay(only({ family: 'stale-reading' }), asked));

    expect(reading).toMatchObject({ takenAt: at(2_020), position: { side: 0, lots: 0 }, stop: null, openOrders: [], ended: [], executions: [] });
  });

  it('history-lag: shows the position, not yet the executions and ended orders of the last 1 to 5 s', () => {
    const reading = readingOf(bay(only({ family: 'history-lag' }), asked));

    expect(reading).toMatchObject({ position: { side: 1, lots: 10 }, ended: [], executions: [] });
  });

  it('unknown-parts: leaves some parts unknown, never the time', () => {
    const readings = Array.from({ length: 8 }, (_, i) => readingOf(bay(only({ family: 'unknown-parts' }), [[1_000, enter(1)], [2_000 + i, query]])));
    const parts = readings.flatMap((reading) => (reading.tag === 'account-snapshot'
      ? [reading.position, reading.stop, reading.openOrders, reading.ended, reading.executions].filter((part) => part === 'unknown') : []));

    expect(parts.length).toBeGreaterThan(8);
    expect(parts.length).toBeLessThan(32);
  });

  it('has every execution that no earlier reading had, and those of the last minute again', () => {
    const { heard } = bay(only(), [[1_000, enter(1)], [2_000, query], [3_000, enter(2)], [90_000, query], [200_000, query]]);
    const counts = heard.flatMap((event) => (event.tag === 'account-snapshot' && event.executions !== 'unknown' ? [event.executions.length] : []));

    expect(counts).toEqual([1, 1, 0]);
  });

  it('begins again at the last day for a new process: both executions, then only those of the last minute, of which there are none', () => {
    const { venue } = bay(only(), [[1_000, enter(1)], [2_000, query], [3_000, enter(2)], [90_000, query], [200_000, query]]);
    const read = (after: number): number => {
      venue.query(0, at(after), false);
      venue.work();
      const event = venue.take();
      return event.tag === 'account-snapshot' && event.executions !== 'unknown' ? event.executions.length : -1;
    };

    expect(read(600_000)).toBe(0);
    venue.readAgain(at(601_000));
    expect([read(602_000), read(603_000)]).toEqual([2, 0]);
    venue.readAgain(at(2_000) + 24 * 3_600_000); // by then the first execution, of 1,020 ms, is more than a day old
    expect(read(604_000)).toBe(1);
  });
});

describe('somebody else', () => {
  const open = [1_000, enter(1)] as const;
  const beside = [1_500, rest(2)] as const;

  it('manual-close: sells the position or half of it; the order is numbered -2', () => {
    const fill = tagged(bay(only({ family: 'manual-close', at: at(3_000) }), [open]), 'execution')[1]!;

    expect(fill).toMatchObject({ order: -2, cause: 'foreign', side: -1, after: 3_030 });
    expect(fill.tag === 'execution' && (fill.lots === 10 || fill.lots === 5)).toBe(true);
  });

  it('manual-open: trades on either side, half as large as the position', () => {
    expect(tagged(bay(only({ family: 'manual-open', at: at(3_000) }), [open]), 'execution')[1]).toMatchObject({ order: -2, cause: 'foreign', lots: 5 });
  });

  it('manual-cancel: cancels an order of ours, and the venue says that nobody here asked for it', () => {
    expect(talk(bay(only({ family: 'manual-cancel', at: at(3_000) }), [beside]))).toEqual(['order-accepted 1550', 'order-cancelled venue 0 3030']);
  });

  it('stop-removed and stop-moved: the position stands bare, or with a stop half as far away again', () => {
    const removed = bay(only({ family: 'stop-removed', at: at(3_000) }), [open]);
    const moved = bay(only({ family: 'stop-moved', at: at(3_000) }), [open]);

    expect(removed.heard.at(-1)).toMatchObject({ tag: 'stop-set', triggerTicks: 0, after: 3_030 });
    expect(removed.venue.truth.stop(0)).toBeNull();
    // 100 ticks under the mark become 150.
    expect(moved.heard.at(-1)).toMatchObject({ tag: 'stop-set', triggerTicks: 9_850 });
    expect(moved.venue.truth.stop(0)).toEqual({ triggerTicks: 9_850, by: 'mark' });
  });

  it('adl: the venue reduces the position by itself and says how much is left', () => {
    const reduced = bay(only({ family: 'adl', at: at(3_000) }), [open]);
    const { lots } = reduced.venue.truth.position(0);

    expect([0, 5]).toContain(lots);
    expect(reduced.heard.slice(3)).toMatchObject([{ tag: 'execution', order: -1, cause: 'adl', leavesLots: lots }, { tag: 'adl', lotsAfter: lots }]);
  });

  it('liquidation: the venue cancels what stands and takes the whole position over', () => {
    const taken = bay(only({ family: 'liquidation', at: at(3_000) }), [open, beside]);

    expect(taken.heard.slice(4).map(({ tag }) => tag)).toEqual(['order-cancelled', 'execution', 'liquidation']);
    expect(taken.venue.truth.position(0).lots).toBe(0);
  });

  it('does nothing where there is nothing to do it to, and then it did not strike', () => {
    const { heard, venue } = bay(only({ family: 'manual-close', at: at(3_000) }, { family: 'adl', at: at(4_000) }, { family: 'stop-removed', at: at(5_000) }), []);

    expect(heard).toEqual([]);
    expect(venue.odds.fired).toEqual({});
  });
});

describe('the truth', () => {
  it('is what it would be without the faults that only strike what is heard', () => {
    const sent = [[1_000, enter(1)], [2_000, setStop(9_950)], [3_000, rest(2)], [4_000, cancel(2)]] as const;
    const deaf = bay(only(
      { family: 'silent-gap', at: at(0), forMs: 60_000 }, { family: 'lost-reply' }, { family: 'duplicate' }, { family: 'reorder' },
    ), sent);
    const told = bay(only(), sent);

    for (const { venue } of [deaf, told]) {
      expect(venue.truth.position(0).lots).toBe(10);
      expect(venue.truth.stop(0)).toEqual({ triggerTicks: 9_950, by: 'mark' });
      expect(venue.truth.openOrders(0)).toEqual([]);
    }
    expect(deaf.venue.truth.executions(0)).toEqual(told.venue.truth.executions(0));
    expect(deaf.venue.truth.wallet).toBe(told.venue.truth.wallet);
  });
});
