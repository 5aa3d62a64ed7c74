/**
 * Which stretch of time a history read covers: at most seven days of market time. One bound alone reaches seven days from
 * it; none is the last stretch up to now.
 */
import type { Ms } from '../../../engine/index.ts';
import { refused } from './reply.ts';
import type { Reply } from './reply.ts';

const dayMs = 86_400_000;
const longestMs = 7 * dayMs;

export interface Span { readonly from: Ms; readonly to: Ms }
interface SpanWish { readonly startTime: Ms | null; readonly endTime: Ms | null }

/** `usualMs` = the stretch when no bound is given. */
export function spanOf({ startTime, endTime }: SpanWish, now: Ms, usualMs = longestMs): Span | Reply {
  if (startTime === null && endTime === null) return { from: now - usualMs, to: now };
  const to = endTime ?? (startTime ?? now) + longestMs;
  const from = startTime ?? to - longestMs;
  if (from > to) return refused(10001, 'params error: startTime is later than endTime');
  if (to - from > longestMs) return refused(10001, 'The interval between the startTime and endTime is incorrect, at most 7 days');
  return { from, to };
}

export function isRefusal(span: Span | Reply): span is Reply {
  return 'code' in span;
}
