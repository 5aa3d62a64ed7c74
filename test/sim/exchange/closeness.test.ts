/** Where two derived numbers count as equal (FS-1 sections 2 and 14a.14), by numbers on either side of the tolerance. */
import { describe, expect, it } from 'vitest';
import { againstTaker, ceilOf, exceeds, floorOf, reaches } from '../../../sim/exchange/closeness.ts';

describe('a level reached', () => {
  it('a rising price reaches 1e12 one below it, within 1e-12 relative, and not two below it', () => {
    expect([reaches(1e12 - 1, 1e12, 1), reaches(1e12 - 2, 1e12, 1)]).toEqual([true, false]);
  });

  it('a falling price reaches 1e12 one above it and not two above it', () => {
    expect([reaches(1e12 + 1, 1e12, -1), reaches(1e12 + 2, 1e12, -1)]).toEqual([true, false]);
  });

  it('the tolerance of a level below zero, as a trailing stop of a small price may have, is on the same side', () => {
    expect([reaches(-1e12 - 1, -1e12, 1), reaches(-1e12 - 2, -1e12, 1), reaches(-1e12 + 1, -1e12, -1), reaches(-1e12 + 2, -1e12, -1)])
      .toEqual([true, false, true, false]);
  });

  it('for whole ticks it is exact: 1,999 does not reach 2,000', () => {
    expect([reaches(1_999, 2_000, 1), reaches(2_000, 2_000, 1), reaches(2_001, 2_000, -1), reaches(2_000, 2_000, -1)]).toEqual([false, true, false, true]);
  });
});

describe('a value above a limit', () => {
  it('1e12 + 1 does not exceed 1e12, 1e12 + 2 does, and so does a trifle over nothing', () => {
    expect([exceeds(1e12 + 1, 1e12), exceeds(1e12 + 2, 1e12), exceeds(1e-9, 0), exceeds(0, 0), exceeds(-1, 0)]).toEqual([false, true, true, false, false]);
  });

  it('of two debts of 1e12 the smaller exceeds the larger from two apart', () => {
    expect([exceeds(-1e12 + 1, -1e12), exceeds(-1e12 + 2, -1e12)]).toEqual([false, true]);
  });
});

describe('whole ticks', () => {
  it('1e-10 beside a tick is that tick, 1e-8 beside it is not', () => {
    expect([floorOf(3 - 1e-10), floorOf(3 - 1e-8), ceilOf(3 + 1e-10), ceilOf(3 + 1e-8)]).toEqual([3, 2, 3, 4]);
  });

  it('the tolerance grows with the price: 5e-7 beside a million is the million, 5e-6 is not', () => {
    const million = 1_000_000;

    expect([floorOf(million - 5e-7), floorOf(million - 5e-6), ceilOf(million + 5e-7), ceilOf(million + 5e-6)]).toEqual([million, million - 1, million, million + 1]);
  });

  it('a value just over a tick is floored to it and just under it raised to it', () => {
    expect([floorOf(3 + 1e-10), floorOf(3.9), ceilOf(3 - 1e-10), ceilOf(2.1)]).toEqual([3, 3, 3, 3]);
  });

  it('a taker buys rounded up and sells rounded down, never under one tick', () => {
    expect([againstTaker(200.1, 1), againstTaker(200.9, -1), againstTaker(0.4, -1), againstTaker(-3, -1)]).toEqual([201, 200, 1, 1]);
  });
});
