/**
 * What is really so at the venue, whatever the engine was told: the measure of every invariant. Whoever runs the exchange
 * gives it; lists may grow in place and are read, never kept.
 */
import type { Direction, Execution, Leg, Money, OpenOrder, TriggerSource } from '../../engine/index.ts';

export interface TruePosition { readonly side: Direction | 0; readonly lots: number; readonly cost: Money }

export interface Truth {
  position(leg: number): TruePosition;
  /** The stop that works on the whole position; null = none. */
  stop(leg: number): { readonly triggerTicks: number; readonly by: TriggerSource } | null;
  /** Orders that can still be filled, those of others included. */
  openOrders(leg: number): readonly OpenOrder[];
  /** Every execution so far, oldest first. */
  executions(leg: number): readonly Execution[];
  /** Balance of the account, money units. */
  readonly wallet: Money;
}

export function signedLots(position: { readonly side: number; readonly lots: number }): number {
  return position.side * position.lots;
}

/** Signed lots that the engine believes in. */
export function believedLots({ position }: Leg): number {
  return position.tag === 'open' ? position.side * position.lots : 0;
}
