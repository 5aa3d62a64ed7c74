/** The workload of the bench against its published answers: a bench of something else measures nothing. */
import { describe, expect, it } from 'vitest';
import { runBare } from '../../bench/bare.ts';
import { readW1, w1File } from '../../bench/data.ts';
import { runHoldfast } from '../../bench/holdfast.ts';
import { agreesWithReference, references, sameAnswer } from '../../bench/w1.ts';

describe('W1', () => {
  it.each([20_000, 100_000])('the bare loop over %i bars gives the trades and equity on which other engines agree', (bars) => {
    const answer = runBare(readW1(w1File(bars)));

    expect(answer.trades).toBe(references[bars]?.trades);
    expect(Math.abs(answer.equity - (references[bars]?.equity ?? 0))).toBeLessThanOrEqual(1e-3);
  });
  it.each(['normal', 'all'] as const)('the engine with record %s over 20,000 bars closes 449 trades and ends at 9,993,259.6882', (record) => {
    const round = runHoldfast(readW1(w1File(20_000)), record);
    const answer = round();

    expect(answer.trades).toBe(449);
    expect(Math.abs(answer.equity - 9_993_259.6882)).toBeLessThanOrEqual(1e-3);
    expect(round()).toEqual(answer);
  });
  it('a small set is a prefix of a large one', () => {
    const small = readW1(w1File(1_000));
    const large = readW1(w1File(20_000));

    expect(large.low.subarray(0, 1_000)).toEqual(small.low);
    expect(large.volume.subarray(0, 1_000)).toEqual(small.volume);
  });
  it('one trade or 0.002 USDT off is no agreement', () => {
    const reference = { trades: 449, equity: 9_993_259.6882 };

    expect(agreesWithReference(20_000, reference)).toBe(true);
    expect(sameAnswer(reference, { ...reference, trades: 450 })).toBe(false);
    expect(sameAnswer(reference, { ...reference, equity: reference.equity + 0.002 })).toBe(false);
    expect(agreesWithReference(12_345, reference)).toBe(null);
  });
});
