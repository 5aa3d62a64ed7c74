/** Levels of a stop against prices: what is wanted, what is in force, what is through and what is tighter. Ticks. */
import type { TriggerSource } from './events.ts';
import type { Leg, Protection } from './state.ts';

/** Trigger wanted or in force, ticks; 0 = none. */
export function wantedTrigger(protection: Protection): number { // hot
  return protection.tag === 'armed' || protection.tag === 'requested' || protection.tag === 'breached' ? protection.trigger : 0;
}

/** Trigger the venue holds, as far as it is known. */
export function triggerInForce(protection: Protection): number | null { // hot
  if (protection.tag === 'armed') return protection.trigger;
  return protection.tag === 'requested' ? protection.replaces : null;
}

/** Whether the venue is known to hold a stop, the one wanted or another. */
export function isAnyHeld(protection: Protection): boolean {
  return triggerInForce(protection) !== null || (protection.tag === 'breached' && protection.isHeld);
}

/** Price the stop is judged against, ticks. */
export function sourceTicks(leg: Leg, by: TriggerSource): number { // hot
  return by === 'mark' ? leg.book.markTicks : leg.book.lastTicks;
}

export function isThrough(side: number, priceTicks: number, triggerTicks: number): boolean { // hot
  return side === 1 ? priceTicks <= triggerTicks : priceTicks >= triggerTicks;
}

export function isTighter(side: number, triggerTicks: number, than: number): boolean { // hot
  return side === 1 ? triggerTicks > than : triggerTicks < than;
}
