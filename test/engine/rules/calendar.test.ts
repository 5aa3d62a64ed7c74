/** UTC days and ISO weeks, at their very edges. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf, nextMidnight, weekOf } from '../../../engine/rules/calendar.ts';

const monday = Date.UTC(2023, 10, 13);

describe('the calendar of the rules', () => {
  it('the midnight after 00:00:00.000 is 24 hours away, after 23:59:59.999 one millisecond', () => {
    expect(nextMidnight(monday)).toBe(Date.UTC(2023, 10, 14));
    expect(nextMidnight(monday - 1)).toBe(monday);
    expect(nextMidnight(Date.UTC(2024, 1, 28, 12))).toBe(Date.UTC(2024, 1, 29));
  });

  it('a week begins on Monday 00:00 UTC and ends with Sunday 23:59:59.999', () => {
    expect(weekOf(monday) - weekOf(monday - 1)).toBe(1);
    expect(weekOf(monday + 7 * 86_400_000 - 1)).toBe(weekOf(monday));
    expect(weekOf(monday + 7 * 86_400_000)).toBe(weekOf(monday) + 1);
  });

  it('agrees with the calendar of the platform on 2,000 instants', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }), (at) => {
      const date = new Date(at);
      const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
      const week = midnight - ((date.getUTCDay() + 6) % 7) * 86_400_000;

      expect(nextMidnight(at)).toBe(midnight + 86_400_000);
      expect(dayOf(at)).toBe(midnight / 86_400_000);
      expect(weekOf(week)).toBe(weekOf(at));
      expect(weekOf(week - 1)).toBe(weekOf(at) - 1);
    }), { numRuns: 2_000 });
  });
});
