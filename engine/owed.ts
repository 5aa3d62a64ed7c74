/**
 * Fills that the venue counts and did not tell yet. While some are owed the position may be another than the one counted:
 * nothing is opened and nothing concluded, for as long as an answer could take (receive window and margin).
 */
import type { Leg, State } from './state.ts';

/** The venue's word on how much an order that is over had filled. True when some of it was not told yet. */
export function oweFills(leg: Leg, id: number, filled: number): boolean {
  for (const one of leg.buried) {
    if (one.order.id !== id) continue;
    one.filled = Math.max(one.filled, filled);
    return one.filled > one.order.filled;
  }
  return false;
}

export function areFillsOwed({ setup: { config }, now }: State, leg: Leg): boolean { // hot
  const { buried } = leg;
  for (let i = 0; i < buried.length; i++) {
    const { order, filled } = buried[i]!;
    if (filled > order.filled && now < order.state.since + config.recvWindowMs + config.absenceMarginMs) return true;
  }
  return false;
}
