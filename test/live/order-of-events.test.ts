/** What is told is put in order, and closes become cycles. */
import { describe, expect, it } from 'vitest';
import type { BarClosed, Event } from '../../engine/index.ts';
import { EventQueue } from '../../live/index.ts';
import { Closes } from '../../live/closes.ts';

const minute = 60_000;
const bar = (symbol: number, closedAt: number, at = closedAt): BarClosed => ({
  tag: 'bar-closed', at, symbol, openedAt: closedAt - minute, closedAt, open: 1, high: 1, low: 1, close: 1, volume: 1,
  openTicks: 1, highTicks: 1, lowTicks: 1, closeTicks: 1,
});
const mark = (symbol: number, at: number): Event => ({ tag: 'mark-price', at, symbol, markTicks: 1 });
const accepted = (order: number, at: number): Event => ({ tag: 'order-accepted', at, leg: 0, order });
const told = (events: readonly Event[]): string[] => events.map((event) => `${event.tag}${'symbol' in event ? event.symbol : ''}@${event.at}`);

describe('the queue', () => {
  it('at one instant facts come before bars, bars before marks, and both in the order of symbols', () => {
    const queue = new EventQueue();
    for (const event of [mark(1, 100), bar(1, 100), mark(0, 100), bar(0, 100), accepted(1, 100), accepted(2, 99)]) queue.push(event);

    expect(told(queue.take(100))).toEqual(['order-accepted@99', 'order-accepted@100', 'bar-closed0@100', 'bar-closed1@100', 'mark-price0@100', 'mark-price1@100']);
  });
  it('what comes late is told at the time of what came before it', () => {
    const queue = new EventQueue();
    queue.stamp(accepted(1, 500));

    expect(queue.stamp(accepted(2, 400)).at).toBe(500);
    expect(queue.stamp(accepted(3, 501)).at).toBe(501);
  });
  it('an event 1,000 ms ahead of our clock keeps its time, one 1,001 ms ahead is told at now', () => {
    const queue = new EventQueue();
    queue.push(accepted(1, 3_000));
    queue.push(accepted(2, 3_001));

    expect(queue.take(2_000).map(({ at }) => at)).toEqual([2_000, 3_000]);
  });
  it('calls for every event, and gives up one that is withdrawn', () => {
    const queue = new EventQueue();
    let calls = 0;
    queue.told = () => { calls += 1; };
    queue.push(accepted(1, 1));
    queue.push({ tag: 'connected', at: 2 });

    expect([calls, queue.withdraw('connected'), queue.withdraw('connected'), queue.length]).toEqual([2, true, false, 1]);
  });
});

describe('closes', () => {
  const closes = (missed: number[] = []): Closes =>
    new Closes({ symbols: 2, decisionMs: minute, graceMs: 2_000, after: 600_000, missed: (count, at) => { missed.push(count, at); } });

  it('a close is complete with the last symbol\'s bar, and its cycle comes after the marks told with it', () => {
    const own = closes();

    expect(told(own.arrange([bar(0, 660_000)], 660_010))).toEqual(['bar-closed0@660000']);
    expect(told(own.arrange([bar(1, 660_000), mark(1, 660_000)], 660_020))).toEqual(['bar-closed1@660000', 'mark-price1@660000', 'cycle-closed@660000']);
    expect(own.nextAt).toBe(720_000);
  });
  it('2,000 ms after the close it goes on without the missing one, and names it', () => {
    const own = closes();
    own.arrange([bar(0, 660_000)], 660_010);

    expect(own.dueAt).toBe(662_000);
    expect(own.arrange([], 661_999)).toEqual([]);
    expect(own.arrange([], 662_000)).toEqual([{ tag: 'cycle-closed', at: 660_000, missing: [1] }]);
  });
  it('a bar of the next close ends this one before it', () => {
    const own = closes();
    own.arrange([bar(0, 660_000)], 660_010);

    expect(told(own.arrange([bar(0, 720_000)], 660_020))).toEqual(['cycle-closed@660000', 'bar-closed0@720000']);
  });
  it('closes of an hour ago are fed and not decided: 60 are passed over, said once', () => {
    const missed: number[] = [];
    const own = closes(missed);
    const bars = Array.from({ length: 60 }, (_, n) => [bar(0, 660_000 + n * minute), bar(1, 660_000 + n * minute)]).flat();

    const arranged = own.arrange(bars, 660_000 + 59 * minute + 10_000);

    expect(arranged.filter(({ tag }) => tag === 'cycle-closed')).toEqual([]);
    expect(arranged).toHaveLength(120);
    expect(missed).toEqual([60, 660_000 + 59 * minute]);
  });
  it('a start in the middle of a bar decides at that bar\'s close first', () => {
    const own = new Closes({ symbols: 1, decisionMs: minute, graceMs: 0, after: 659_999, missed: () => {} });

    expect(own.nextAt).toBe(660_000);
  });
});
