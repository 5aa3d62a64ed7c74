/**
 * Timeframes and the aggregation of base bars into bars of a longer timeframe, without look-ahead.
 *
 * 1. A bucket is aligned to the UTC epoch: a 1d bar opens at 00:00 UTC.
 * 2. A bar is completed by its last base bar, or, when base bars are missing, by the first base bar of a later
 *    bucket, before that bar is added. It is never known earlier than the close of a base bar.
 * 3. A completed bar depends on its own base bars only.
 * 4. A feed that begins inside a bucket leaves that bucket out, so that where a feed begins changes no bar.
 */
import { invariant } from './invariant.ts';
import type { Ms } from './units.ts';

export type Timeframe = '1s' | '5s' | '1m' | '3m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d';

const second = 1_000;
const minute = 60 * second;
const lengths: Readonly<Record<Timeframe, Ms>> = {
  '1s': second, '5s': 5 * second,
  '1m': minute, '3m': 3 * minute, '5m': 5 * minute, '15m': 15 * minute, '30m': 30 * minute,
  '1h': 60 * minute, '2h': 120 * minute, '4h': 240 * minute, '6h': 360 * minute, '12h': 720 * minute,
  '1d': 1_440 * minute,
};

/** Every timeframe, shortest first. */
export const timeframes = Object.freeze(Object.keys(lengths)) as readonly Timeframe[];

/** Length of one bar. Unit: ms. */
export function timeframeMs(timeframe: Timeframe): Ms {
  return lengths[timeframe];
}

export function isTimeframe(value: unknown): value is Timeframe {
  return typeof value === 'string' && Object.hasOwn(lengths, value);
}

/** Opening time of the bucket that holds `at`. Unit: ms since the epoch, UTC. */
export function bucketOf(at: Ms, lengthMs: Ms): Ms { // hot
  return at - (at % lengthMs);
}

/**
 * Fields of an aggregate, a Float64Array so that a snapshot is a copy. Prices in ticks, volume in base.
 * `open..volume` with `part.` belong to the bucket being filled, with `done.` to the last completed bar.
 */
export const part = { openedAt: 2, open: 3, high: 4, low: 5, close: 6, volume: 7 } as const;
export const done = { openedAt: 8, open: 9, high: 10, low: 11, close: 12, volume: 13 } as const;
const base = 0;
const target = 1;
/** First bucket that counts; NaN before the first base bar. */
const begins = 14;
const size = 15;

/** State of one aggregate; NaN in `part.openedAt` means that no bucket is open. */
export type Aggregate = Float64Array;

/** No target bar was completed by this base bar. */
export const nothing = 0;
/** The bucket of earlier base bars ended with a hole; its bar is in `done`. The present base bar is not yet added. */
export const late = 1;
/** This base bar was added and completed its bucket; the bar is in the `done` fields. */
export const completed = 2;

/** Both lengths in ms; the target is a whole multiple of the base. Equal lengths pass bars through. */
export function createAggregate(baseMs: Ms, targetMs: Ms): Aggregate {
  invariant(Number.isSafeInteger(targetMs / baseMs) && targetMs >= baseMs,
    'target timeframe must be a whole multiple of the base', { baseMs, targetMs });
  const state = new Float64Array(size).fill(Number.NaN);
  state[base] = baseMs;
  state[target] = targetMs;
  return state;
}

/**
 * Completes the open bucket if `openedAt` lies in a later one: returns `late`, else `nothing`. Call it before
 * `addToAggregate` for the same base bar. A caller that knows the clock may call it at any time.
 */
export function endBucket(state: Aggregate, openedAt: Ms): number { // hot
  const opened = state[part.openedAt]!;
  if (!(openedAt >= opened + state[target]!)) return nothing; // also when no bucket is open (NaN)
  finish(state);
  return late;
}

/**
 * Adds one closed base bar, prices in ticks. Returns `completed` when it was the last base bar of its bucket.
 * `endBucket` must have been called for this bar.
 */
export function addToAggregate(
  state: Aggregate, openedAt: Ms, open: number, high: number, low: number, close: number, volume: number,
): number { // hot
  const bucket = bucketOf(openedAt, state[target]!);
  const first = state[begins]!;
  if (first !== first) state[begins] = bucket === openedAt ? bucket : bucket + state[target]!;
  if (bucket < state[begins]!) return nothing;
  if (state[part.openedAt]! === bucket) {
    if (high > state[part.high]!) state[part.high] = high;
    if (low < state[part.low]!) state[part.low] = low;
    state[part.close] = close;
    state[part.volume] = state[part.volume]! + volume;
  } else {
    state[part.openedAt] = bucket;
    state[part.open] = open;
    state[part.high] = high;
    state[part.low] = low;
    state[part.close] = close;
    state[part.volume] = volume;
  }
  if (openedAt + state[base]! < bucket + state[target]!) return nothing;
  finish(state);
  return completed;
}

function finish(state: Aggregate): void { // hot
  state[done.openedAt] = state[part.openedAt]!;
  state[done.open] = state[part.open]!;
  state[done.high] = state[part.high]!;
  state[done.low] = state[part.low]!;
  state[done.close] = state[part.close]!;
  state[done.volume] = state[part.volume]!;
  state[part.openedAt] = Number.NaN;
}

/** Plain copy of an aggregate, for a snapshot; NaN is written as null so that JSON keeps it. */
export function snapshotAggregate(state: Aggregate): (number | null)[] {
  return Array.from(state, (value) => (Number.isNaN(value) ? null : value));
}

export function restoreAggregate(state: Aggregate, snapshot: readonly (number | null)[]): void {
  invariant(snapshot.length === state.length && snapshot[base] === state[base] && snapshot[target] === state[target],
    'aggregate snapshot must be of the same timeframes', { baseMs: state[base], targetMs: state[target] });
  for (let i = 0; i < snapshot.length; i++) state[i] = snapshot[i] ?? Number.NaN;
}
