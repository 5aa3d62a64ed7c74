/**
 * Fills that no event told, found in a reading: all are booked first, then the position that is left is looked after. A stop
 * for each step on the way would be set for positions that are gone, at prices that are over.
 */
import { countExecution, takeExecution } from './answers.ts';
import type { Execution } from './events.ts';
import { afterFill, trim } from './guard.ts';
import type { Out } from './notes.ts';
import type { Fill, Leg, State } from './state.ts';

export function catchUp(state: State, leg: Leg, executions: readonly Execution[], out: Out): void {
  const steps: { readonly told: Execution; readonly fill: Fill }[] = [];
  for (const execution of executions) {
    const before = leg.position;
    const told = book(state, leg, execution, out);
    if (told === null) continue;
    if (leg.position !== before) steps.length = 0;
    steps.push({ told, fill: { ...state.fill, isLate: true } });
  }
  for (const { told, fill } of steps) {
    Object.assign(state.fill, fill);
    afterFill(state, leg, told, out);
  }
  if (steps.length > 0 && leg.position.tag === 'open') trim(state, leg, leg.position, out); // what was meant is known after the last
}

/** Booked now, and known to be of its own time. Null when it was told before, or is part of what was taken over. */
function book(state: State, leg: Leg, execution: Execution, out: Out): Execution | null {
  const executedAt = Math.max(leg.executedAt, Math.min(execution.at, state.now));
  const told = { ...execution, at: state.now, tradedAt: execution.tradedAt ?? execution.at };
  countExecution(state, leg, told, out);
  if (!state.fill.isNew) return null;
  takeExecution(state, leg, told, out);
  leg.executedAt = executedAt;
  out.notes.push({ tag: 'recovered', at: state.now, execution: told, referenceTicks: state.fill.referenceTicks });
  return told;
}
