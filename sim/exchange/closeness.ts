/**
 * How derived numbers are compared and rounded (FS-1 sections 2 and 14a.14): within 1e-12 relative two values are
 * equal, and equality counts as reached. Whole ticks are far coarser than that, so for them the test is exact.
 */
import type { Direction } from '../../engine/index.ts';

const relative = 1e-12;
/** Distance under which a derived price in ticks is taken for the whole tick beside it. */
const snap = 1e-9;

/** Whether `price` has reached `level` coming from below (1) or from above (-1). */
export function reaches(price: number, level: number, direction: Direction): boolean { // hot
  const slack = relative * (level < 0 ? -level : level);
  return direction === 1 ? price >= level - slack : price <= level + slack;
}

/** Whether `value` is greater than `limit` by more than the tolerance of derived values. */
export function exceeds(value: number, limit: number): boolean {
  return value - limit > relative * Math.max(Math.abs(value), Math.abs(limit));
}

/** Largest whole number not above `value`, a value just under a whole number being that number. */
export function floorOf(value: number): number {
  const whole = Math.round(value);
  return Math.abs(value - whole) <= snap + relative * Math.abs(value) ? whole : Math.floor(value);
}

/** Smallest whole number not below `value`, a value just over a whole number being that number. */
export function ceilOf(value: number): number {
  const whole = Math.round(value);
  return Math.abs(value - whole) <= snap + relative * Math.abs(value) ? whole : Math.ceil(value);
}

/** A taker's price in whole ticks: rounded against the taker, one tick at least. */
export function againstTaker(price: number, side: Direction): number { // hot
  const whole = side === 1 ? ceilOf(price) : floorOf(price);
  return whole < 1 ? 1 : whole;
}
