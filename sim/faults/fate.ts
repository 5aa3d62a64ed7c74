/**
 * What becomes of one attempt of a request: refused at the gate, lost on the way, or through, with or without an answer.
 *
 * A request that a client gave up may still be taken, but never later than its receive window of 5 s and a queue of less
 * than 10 s behind the gate: from then on its absence is a proof.
 */
import type { FailureReason, Ms } from '../../engine/index.ts';
import type { Odds, Target } from './odds.ts';
import type { Weather } from './spells.ts';

export type Fate =
  /** Answered, and surely not applied. */
  | { readonly tag: 'refused'; readonly reason: FailureReason }
  /** Answered with an error that leaves open whether it was applied; it was not. */
  | { readonly tag: 'failed'; readonly reason: FailureReason }
  /** Neither arrives nor is answered. */
  | { readonly tag: 'lost' }
  /** Arrives `delayMs` later than usual. `answer`: told, `backMs` later than usual; lost; or an error that leaves it open. */
  | { readonly tag: 'through'; readonly delayMs: Ms; readonly backMs: Ms; readonly answer: 'told' | 'lost' | 'error' };

/** The weather at the gate. */
export interface Gate { readonly outages: Weather; readonly bans: Weather; readonly skews: Weather }

export const usual: Fate = { tag: 'through', delayMs: 0, backMs: 0, answer: 'told' };

/** An outage before a ban, a ban before the clock: the first that applies is all that happens. */
export function fateOf(odds: Odds, gate: Gate, target: Target, sentAt: Ms): Fate {
  const atGate = gateFate(gate, sentAt) ?? chanceFate(odds, target, sentAt);
  if (atGate !== null) return atGate;
  const { action } = target;
  const opens = action === 'enter' || action === 'reduce';
  if (opens && odds.strikes('late-order', target, sentAt)) {
    return { tag: 'through', delayMs: odds.length('late-order', target), backMs: 0, answer: 'lost' };
  }
  if (action !== 'query' && odds.strikes('lost-reply', target, sentAt)) return { tag: 'through', delayMs: 0, backMs: 0, answer: 'lost' };
  const slow = odds.strikes('latency', target, sentAt) ? odds.length('latency', target) : 0;
  const late = action === 'cancel' && odds.strikes('cancel-late', target, sentAt) ? odds.length('cancel-late', target) : 0;
  if (slow + late === 0) return usual;
  const there = Math.floor(slow * odds.amount('latency', target, 1));
  return { tag: 'through', delayMs: there + late, backMs: slow - there, answer: 'told' };
}

/** The weather alone: what a reading of the account goes through as well. */
export function gateFate({ outages, bans, skews }: Gate, sentAt: Ms): Fate | null {
  if (outages.during(sentAt) !== null) return { tag: 'lost' };
  if (bans.during(sentAt) !== null) return { tag: 'refused', reason: 'rate-limited' };
  if (skews.during(sentAt) !== null) return { tag: 'refused', reason: 'clock' };
  return null;
}

function chanceFate(odds: Odds, target: Target, sentAt: Ms): Fate | null {
  if (odds.strikes('rate-limit', target, sentAt)) return { tag: 'refused', reason: 'rate-limited' };
  if (target.action === 'query') return odds.strikes('query-lost', target, sentAt) ? { tag: 'lost' } : null;
  if (odds.strikes('lost-request', target, sentAt)) return { tag: 'lost' };
  if (!odds.strikes('server-error', target, sentAt)) return null;
  const isApplied = odds.amount('server-error', target) < 0.5;
  return isApplied ? { tag: 'through', delayMs: 0, backMs: 0, answer: 'error' } : { tag: 'failed', reason: 'busy' };
}
