import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeframeMs, timeframes } from '../../engine/index.ts';
import {
  addToAggregate, bucketOf, completed, createAggregate, done, endBucket, isTimeframe, late, nothing, restoreAggregate,
  snapshotAggregate,
} from '../../engine/timeframe.ts';

interface Candle {
  readonly openedAt: number; readonly open: number; readonly high: number; readonly low: number; readonly close: number;
  readonly volume: number;
}
const minute = 60_000;

/** Base candles of one minute, prices from the position, at the given minutes. */
const at = (minutes: readonly number[]): Candle[] => minutes.map((m) => ({
  openedAt: m * minute, open: m, high: m + 10 + (m % 7), low: m - 10 - (m % 5), close: m + 1, volume: 1 + (m % 3),
}));

interface Completed extends Candle { readonly knownWith: number }

/** Every completed bar, with the base bar that made it known. */
function aggregate(candles: readonly Candle[], targetMs: number, state = createAggregate(minute, targetMs)): Completed[] {
  const out: Completed[] = [];
  const take = (knownWith: number): void => {
    out.push({
      openedAt: state[done.openedAt]!, open: state[done.open]!, high: state[done.high]!, low: state[done.low]!,
      close: state[done.close]!, volume: state[done.volume]!, knownWith,
    });
  };
  for (const c of candles) {
    if (endBucket(state, c.openedAt) === late) take(c.openedAt);
    if (addToAggregate(state, c.openedAt, c.open, c.high, c.low, c.close, c.volume) === completed) take(c.openedAt);
  }
  return out;
}

describe('timeframes', () => {
  it('are thirteen: 1s, 5s, and from 1m to 1d whole numbers of minutes; each divides a day', () => {
    expect(timeframes.map((t) => timeframeMs(t) / 1_000).slice(0, 2)).toEqual([1, 5]);
    expect(timeframes.map((t) => timeframeMs(t) / minute).slice(2)).toEqual([1, 3, 5, 15, 30, 60, 120, 240, 360, 720, 1_440]);
    expect(isTimeframe('1w')).toBe(false);
    expect(isTimeframe('constructor')).toBe(false);
  });

  it('have buckets aligned to the epoch: 13:47:30 UTC lies in the 4h bucket of 12:00 and the day of 00:00', () => {
    const time = Date.UTC(2025, 9, 10, 13, 47, 30);

    expect(bucketOf(time, timeframeMs('4h'))).toBe(Date.UTC(2025, 9, 10, 12));
    expect(bucketOf(time, timeframeMs('1d'))).toBe(Date.UTC(2025, 9, 10));
  });
});

describe('aggregation of base bars', () => {
  it('completes five minutes with the fifth: open of the first, close of the last, extremes and volume of all', () => {
    const bars = aggregate(at([5, 6, 7, 8, 9]), 5 * minute);

    // highs 5+10+5, 6+10+6, 7+10+0, 8+10+1, 9+10+2 = 20 22 17 19 21; lows 5-10-0, 6-10-1, ... = -5 -5 -5 -5 -5
    expect(bars).toEqual([{
      openedAt: 5 * minute, open: 5, high: 22, low: -5, close: 10, volume: 3 + 1 + 2 + 3 + 1, knownWith: 9 * minute,
    }]);
  });

  it('passes bars of the same length through', () => {
    expect(aggregate(at([5, 6]), minute).map((b) => [b.openedAt / minute, b.knownWith / minute])).toEqual([[5, 5], [6, 6]]);
  });

  it('completes a bucket whose last minutes are missing when a later bucket begins, and not before', () => {
    const bars = aggregate(at([0, 1, 2, 6, 9]), 5 * minute);

    expect(bars.map((b) => [b.openedAt / minute, b.close, b.knownWith / minute])).toEqual([[0, 3, 6], [5, 10, 9]]);
  });

  it('tells both apart when one base bar ends the old bucket late and completes its own: minute 9 after minute 1', () => {
    const state = createAggregate(minute, 5 * minute);
    const [first, second] = at([0, 9]) as [Candle, Candle];
    endBucket(state, first.openedAt);
    addToAggregate(state, first.openedAt, first.open, first.high, first.low, first.close, first.volume);

    expect(endBucket(state, second.openedAt)).toBe(late);
    expect(state[done.openedAt]).toBe(0);
    expect(addToAggregate(state, second.openedAt, second.open, second.high, second.low, second.close, second.volume)).toBe(completed);
    expect(state[done.openedAt]).toBe(5 * minute);
    expect(endBucket(state, second.openedAt + minute)).toBe(nothing);
  });

  it('leaves out the bucket in which the feed begins late: minutes 2 to 9 give the bucket of 5 only', () => {
    expect(aggregate(at([2, 3, 4, 5, 6, 7, 8, 9]), 5 * minute).map((b) => b.openedAt / minute)).toEqual([5]);
  });

  it('refuses a target that is no multiple of the base', () => {
    expect(() => createAggregate(2 * minute, 5 * minute)).toThrow('whole multiple');
    expect(() => createAggregate(5 * minute, minute)).toThrow('whole multiple');
    expect(() => createAggregate(minute, 0)).toThrow('target timeframe must be a whole multiple of the base {"baseMs":60000,"targetMs":0}');
  });
});

describe('aggregation without look-ahead', () => {
  const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 300 })
    .map((list) => list.sort((a, b) => a - b));
  const target = fc.constantFrom(3, 5, 15, 60).map((m) => m * minute);

  it('invariant 3: a cut of the base bars at any place leaves the bars completed before it unchanged', () => {
    fc.assert(fc.property(minutes, target, fc.nat(), (list, targetMs, turn) => {
      const cut = turn % list.length;
      const whole = aggregate(at(list), targetMs);
      const part = aggregate(at(list.slice(0, cut)), targetMs);

      expect(whole.slice(0, part.length)).toEqual(part);
    }));
  });

  it('invariant 2: no bar is known before the close of its last minute or the first minute after it', () => {
    fc.assert(fc.property(minutes, target, (list, targetMs) => {
      for (const bar of aggregate(at(list), targetMs)) {
        expect(bar.knownWith + minute).toBeGreaterThanOrEqual(bar.openedAt + targetMs);
      }
    }));
  });

  it('invariant 4: where a feed begins changes no bar that both feeds complete', () => {
    fc.assert(fc.property(minutes, target, fc.nat(), (list, targetMs, turn) => {
      const from = turn % list.length;
      // The missing beginning of a bucket with holes cannot be told from a hole; feeds without holes have no such bucket.
      const dense = Array.from({ length: list.length }, (_, i) => i + from);
      const whole = aggregate(at(Array.from({ length: from + list.length }, (_, i) => i)), targetMs);
      const partial = aggregate(at(dense), targetMs);

      expect(whole.slice(whole.length - partial.length)).toEqual(partial);
    }));
  });

  it('tiles the parents: 15m bars made of 5m bars are those made of minutes', () => {
    const minutesOfDay = at(Array.from({ length: 600 }, (_, i) => i));
    const direct = aggregate(minutesOfDay, 15 * minute);
    const state = createAggregate(5 * minute, 15 * minute);

    const nested = aggregate(aggregate(minutesOfDay, 5 * minute), 15 * minute, state);

    const bare = (bars: readonly Completed[]): Candle[] => bars.map((bar) => ({ ...bar, knownWith: 0 }));
    expect(bare(nested)).toEqual(bare(direct));
    expect(direct.length).toBe(40);
  });

  it('takes the lowest low and the highest high, wherever they come', () => {
    const candle = (i: number, high: number, low: number): Candle => ({ openedAt: i * minute, open: 50, high, low, close: 51, volume: 1 });

    expect(aggregate([candle(0, 60, 40), candle(1, 70, 45), candle(2, 65, 30)], 3 * minute)).toMatchObject([{ high: 70, low: 30, volume: 3 }]);
    expect(aggregate([candle(0, 80, 20), candle(1, 70, 45), candle(2, 65, 30)], 3 * minute)).toMatchObject([{ high: 80, low: 20 }]);
  });

  it('refuses a snapshot of other timeframes, or of another length', () => {
    const into = createAggregate(minute, 3 * minute);
    const of = (base: number, target: number): (number | null)[] => snapshotAggregate(createAggregate(base, target));

    expect(() => { restoreAggregate(into, of(minute, 5 * minute)); }).toThrow('aggregate snapshot must be of the same timeframes {"baseMs":60000,"targetMs":180000}');
    expect(() => { restoreAggregate(into, of(3 * minute, 3 * minute)); }).toThrow('same timeframes');
    expect(() => { restoreAggregate(into, [...of(minute, 3 * minute), 0]); }).toThrow('same timeframes');
    expect(() => { restoreAggregate(into, of(minute, 3 * minute)); }).not.toThrow();
  });

  it('goes on from a snapshot that went through JSON at any place', () => {
    fc.assert(fc.property(minutes, target, fc.nat(), (list, targetMs, turn) => {
      const cut = turn % list.length;
      const state = createAggregate(minute, targetMs);
      const before = aggregate(at(list.slice(0, cut)), targetMs, state);
      const resumed = createAggregate(minute, targetMs);
      restoreAggregate(resumed, JSON.parse(JSON.stringify(snapshotAggregate(state))) as (number | null)[]);

      const after = aggregate(at(list.slice(cut)), targetMs, resumed);

      expect([...before, ...after]).toEqual(aggregate(at(list), targetMs));
    }));
  });
});
