/** The equity record by hand: drawdown, days, exposure and the points of the stored curve. */
import { describe, expect, it } from 'vitest';
import { EquityRecord } from '../../../sim/record/index.ts';
import { flat, series } from '../market.ts';

const day = 86_400_000;
const hour = day / 24;

function recorded(points: readonly (readonly [at: number, equity: number, exposure?: number])[], keepAll = true, instants = points.length, start = 0) {
  const record = new EquityRecord(instants, keepAll, { at: start, equity: 100 });
  for (const [at, equity, exposure = 0] of points) {
    Object.assign(record.point, { at, equity, wallet: equity + 1, exposure });
    record.take();
  }
  return record;
}
const rowsOf = (record: EquityRecord, at: number): number[][] => {
  const { columns } = record.finish(at).table;
  const [time, equity, wallet, exposure] = columns as never as { values: Float64Array }[];
  return [...time!.values].map((t, i) => [t, equity!.values[i]!, wallet!.values[i]!, exposure!.values[i]!]);
};

describe('the drawdown', () => {
  it('is the largest fall as a part of its peak: 200 to 150 is a quarter, 160 to 130 less, 100 to 80 at the start less', () => {
    const { drawdown } = recorded([[1, 80], [2, 200], [3, 150], [4, 160], [5, 210], [6, 180]]).finish(6);

    expect(drawdown).toEqual({ fraction: 0.25, peakAt: 2, troughAt: 3, longestMs: 3 });
  });
  it('of two equal falls is the first; the longest time under a peak is that of the end when it never came back', () => {
    const { drawdown } = recorded([[1, 90], [2, 100], [4, 200], [5, 180], [9, 180]]).finish(20);

    expect(drawdown).toEqual({ fraction: 0.1, peakAt: 0, troughAt: 1, longestMs: 16 });
  });
  it('is none for equity that never falls, and no time is spent under a peak that is reached at the end', () => {
    expect(recorded([[1, 100], [2, 101], [3, 102]]).finish(3).drawdown).toMatchObject({ fraction: 0, longestMs: 2 });
    expect(recorded([[3, 100]]).finish(9).drawdown.longestMs).toBe(0);
  });
});

describe('the days', () => {
  const daily = (record: EquityRecord, at: number): unknown => {
    const { times, equity } = record.finish(at).daily;
    return [...times].map((time, i) => [time / hour, equity[i]]);
  };

  it('are sampled at 00:00 UTC with the equity of that instant, or with what was known before it; the last one at its end', () => {
    const points = [[20 * hour, 110], [day, 120], [30 * hour, 130], [80 * hour, 140], [81 * hour, 150]] as const;

    expect(daily(recorded(points), 81 * hour)).toEqual([[0, 100], [24, 120], [48, 130], [72, 130], [81, 150]]);
    expect(daily(recorded(points.slice(0, 2)), day)).toEqual([[0, 100], [24, 120]]);
  });
  it('begin at the time of the start: 90,000,000 ms is 25:00, so that the next day is 48:00', () => {
    expect(daily(recorded([[47 * hour, 110], [49 * hour, 120]], true, 2, 25 * hour), 49 * hour)).toEqual([[25, 100], [48, 110], [49, 120]]);
  });
});

describe('the exposure', () => {
  it('is the part of the instants with something open: 2 of 4; 0 of none', () => {
    expect(recorded([[1, 100, 5], [2, 100], [3, 100, 0.1], [4, 100]]).finish(4).exposureFraction).toBe(0.5);
    expect(recorded([]).finish(0).exposureFraction).toBe(0);
  });
});

describe('the curve', () => {
  it('with everything has the start and each instant, and nothing twice', () => {
    const record = recorded([[1, 101, 7], [2, 102]]);
    record.keep();

    expect(rowsOf(record, 2)).toEqual([[0, 100, 100, 0], [1, 101, 102, 7], [2, 102, 103, 0]]);
  });
  it('of 6,601 instants or more goes in pairs or longer: of 4 the lowest, the highest and the last, in order of time', () => {
    // 26,400 instants: 4 to a stretch.
    const low = recorded([[1, 100], [2, 90], [3, 110], [4, 105]], false, 26_400);
    const high = recorded([[1, 110], [2, 100], [3, 90], [4, 105]], false, 26_400);
    const rising = recorded([[1, 101], [2, 102], [3, 103], [4, 104]], false, 26_400);
    const level = recorded([[1, 100], [2, 100], [3, 100], [4, 100]], false, 26_400);
    const times = (record: EquityRecord): number[] => rowsOf(record, 4).map(([at]) => at!);

    expect([times(low), times(high), times(rising), times(level)]).toEqual([[0, 2, 3, 4], [0, 1, 3, 4], [0, 1, 4], [0, 1, 4]]);
    expect(rowsOf(recorded([[1, 100], [2, 90], [3, 110], [4, 105]], false, 26_400), 4)).toEqual([[0, 100, 100, 0], [2, 90, 91, 0], [3, 110, 111, 0], [4, 105, 106, 0]]);
  });
  it('begins each stretch anew, and ends the last one where the data ends', () => {
    const record = recorded([[1, 100], [2, 90], [3, 110], [4, 105], [5, 103], [6, 104]], false, 26_400);

    expect(rowsOf(record, 9).map(([at, equity]) => [at, equity])).toEqual([[0, 100], [2, 90], [3, 110], [4, 105], [5, 103], [6, 104], [9, 104]]);
  });
  it('of 6,600 instants has each; of 6,601 two to a stretch', () => {
    const points = [[1, 101], [2, 102], [3, 103]] as const;

    expect(rowsOf(recorded(points, false, 6_600), 3).map(([at]) => at)).toEqual([0, 1, 2, 3]);
    expect(rowsOf(recorded([[1, 102], [2, 102], [3, 103]], false, 6_601), 3).map(([at]) => at)).toEqual([0, 1, 2, 3]);
  });
  it('keeps a point that must be in it, and 00:00 UTC', () => {
    const record = recorded([[1, 101], [2, 105]], false, 66_000);
    record.keep();
    Object.assign(record.point, { at: day, equity: 103 });
    record.take();

    expect(rowsOf(record, day).map(([at]) => at)).toEqual([0, 2, day, 1, 2, day]);
  });
  it('of many bars at once is that of each by itself', () => {
    const bars = series([flat(1), flat(1), null, flat(1), flat(1)], hour, 0);
    const equities = Float64Array.from([101, 99, 104]);
    const many = new EquityRecord(4, true, { at: 0, equity: 100 });
    Object.assign(many.point, { wallet: 50, exposure: 7 });
    many.takeMany(equities, 3, bars, 1);

    expect(many.point).toEqual({ at: 5 * hour, equity: 104, wallet: 50, exposure: 7 });
    expect(rowsOf(many, 5 * hour)).toEqual([[0, 100, 100, 0], [2 * hour, 101, 50, 7], [4 * hour, 99, 50, 7], [5 * hour, 104, 50, 7]]);
  });
});
