/** The UTC calendar of the rules: days from midnight to midnight, ISO weeks from Monday 00:00. An instant belongs to what it begins. */
import type { Ms } from '../units.ts';

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
/** 1 January 1970 was a Thursday, the fourth day of its week. */
const daysBefore = 3;

/** Days since 1970-01-01. */
export function dayOf(at: Ms): number {
  return Math.floor(at / dayMs);
}

/** Weeks since the one of 1970-01-01. */
export function weekOf(at: Ms): number {
  return Math.floor((at + daysBefore * dayMs) / weekMs);
}

/** At midnight itself it is the following one. */
export function nextMidnight(at: Ms): Ms {
  return (dayOf(at) + 1) * dayMs;
}
