/**
 * Readings of the account: what the venue says of a leg when it is asked. Faults make them old, late in their history, or
 * partly unknown; `takenAt` is always the venue's time of the answer, as a venue stamps it. An order that waits in a hole of
 * the data is shown as one that stands: the exchange has it, and judges it when the next bar opens.
 */
import type { AccountSnapshot, EndedOrder, Execution, Ms } from '../../engine/index.ts';
import type { Exchange } from '../exchange/index.ts';
import type { Odds, Target } from './odds.ts';
import type { LegView, Truth } from './truth.ts';

/** Ended orders in a reading at most, the newest. */
const endedShown = 50;
/** Executions this young are told again: what told them first may have been lost with its reader. */
const overlapMs = 60_000;
/** Executions in a reading at most, the oldest first. */
const executionsShown = 500;

export interface Reading {
  readonly snapshot: Omit<AccountSnapshot, 'at'>;
  /** Executions of the leg that its reader knows once it has it. */
  readonly known: number;
}

/** Who reads: `known` executions of the leg were in the readings that arrived so far. */
export interface Reader { readonly target: Target; readonly known: number }

export function read(truth: Truth, exchange: Exchange, odds: Odds, { target, known }: Reader, at: Ms): Reading {
  const { leg } = target;
  const isStale = odds.strikes('stale-reading', target, at);
  const seenAt = isStale ? at - odds.length('stale-reading', target) : at;
  const view = truth.viewAt(leg, seenAt);
  const lags = !isStale && odds.strikes('history-lag', target, at);
  const history = lags ? truth.viewAt(leg, at - odds.length('history-lag', target)) : view;
  const isUnknown = unknownParts(odds, target, at);
  const { executions, knows } = executionsOf(truth.executions(leg), history, known, at);
  const { position, stop, openOrders } = view;
  return {
    known: isUnknown(4) ? known : knows,
    snapshot: {
      tag: 'account-snapshot', takenAt: at, leg,
      position: isUnknown(0) ? 'unknown' : { ...position, entryTicks: truth.entryTicks(leg, position) },
      stop: isUnknown(1) ? 'unknown' : stop,
      openOrders: isUnknown(2) ? 'unknown' : [...openOrders, ...truth.waiting(leg, seenAt)],
      ended: isUnknown(3) ? 'unknown' : endedOf(truth.ended(leg), history),
      executions: isUnknown(4) ? 'unknown' : executions,
      markTicks: exchange.markTicks(leg), lastTicks: Number.NaN,
    },
  };
}

function unknownParts(odds: Odds, target: Target, at: Ms): (part: number) => boolean {
  if (!odds.strikes('unknown-parts', target, at)) return () => false;
  return (part) => odds.amount('unknown-parts', target, part) < 0.5;
}

function endedOf(ended: readonly EndedOrder[], { ended: count }: LegView): readonly EndedOrder[] {
  return ended.slice(Math.max(0, count - endedShown), count);
}

function executionsOf(
  all: readonly Execution[], { executions: count }: LegView, known: number, at: Ms,
): { readonly executions: readonly Execution[]; readonly knows: number } {
  let first = Math.min(known, count);
  while (first > 0 && all[first - 1]!.at > at - overlapMs) first -= 1;
  const until = Math.min(count, first + executionsShown);
  return { executions: all.slice(first, until), knows: Math.max(known, until) };
}
