/** Levels against prices: equality counts as through, and is not tighter. */
import { describe, expect, it } from 'vitest';
import type { Protection } from '../../engine/index.ts';
import { isThrough, isTighter, triggerInForce, wantedTrigger } from '../../engine/stop-levels.ts';

const rows: readonly (readonly [Protection, wanted: number, inForce: number | null])[] = [
  [{ tag: 'unprotected', cause: 'new', since: 0 }, 0, null],
  [{ tag: 'requested', trigger: 90, by: 'mark', replaces: null, attempt: 1, since: 0 }, 90, null],
  [{ tag: 'requested', trigger: 95, by: 'mark', replaces: 90, attempt: 1, since: 0 }, 95, 90],
  [{ tag: 'armed', trigger: 90, by: 'mark', since: 0 }, 90, 90],
  [{ tag: 'breached', trigger: 90, by: 'mark', price: 89, isHeld: false, since: 0 }, 90, null],
  [{ tag: 'waived', since: 0 }, 0, null],
];

describe('a state of protection', () => {
  it.each(rows)('%o wants the trigger %d, and the venue holds %d', (protection, wanted, inForce) => {
    expect(wantedTrigger(protection)).toBe(wanted);
    expect(triggerInForce(protection)).toBe(inForce);
  });
});

describe('a price', () => {
  it('of 90 or less is through the stop of a long at 90, of 90 or more through that of a short; no price is through none', () => {
    expect([89, 90, 91, Number.NaN].map((price) => isThrough(1, price, 90))).toEqual([true, true, false, false]);
    expect([89, 90, 91, Number.NaN].map((price) => isThrough(-1, price, 90))).toEqual([false, true, true, false]);
  });
});

describe('a stop', () => {
  it('of a long is tighter above 90, of a short below it, and 90 is not', () => {
    expect([89, 90, 91].map((trigger) => isTighter(1, trigger, 90))).toEqual([false, false, true]);
    expect([89, 90, 91].map((trigger) => isTighter(-1, trigger, 90))).toEqual([true, false, false]);
  });
});
