/**
 * Fills that no event told, found in a reading: all are booked first, then the position that is left is looked after. A stop
 * for each step on the way would be set for positions that are gone, at prices that are over; of the position that is left
 * only the last one is asked for, since one before may be looser than what the venue holds by now.
 */
import { countExecution, takeExecution } from './answers.ts';
import type { Execution } from './events.ts';
import { afterFill, trim } from './guard.ts';
import type { Out } from './notes.ts';
import { approveStop } from './risk.ts';
import type { Fill, Leg, State } from './state.ts';

export function catchUp(state: State, leg: Leg, executions: readonly Execution[], out: Out): void {
  const before = out.commands.length;
  const steps: { readonly told: Execution; readonly fill: Fill }[] = [];
  for (const execution of executions) {
    const { position } = leg;
    const told = book(state, leg, execution, out);
    if (told === null) continue;
    if (leg.position !== position) steps.length = 0;
    steps.push({ told, fill: { ...state.fill, isLate: true } });
  }
  for (const { told, fill } of steps) {
    Object.assign(state.fill, fill);
    afterFill(state, leg, told, out);
  }
  askOnce(state, out.commands, before);
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

/** Of several stops asked for since `from` the last stays, with the trailing stop that one of them asked for. */
function askOnce(state: State, commands: Out['commands'], from: number): void {
  const asked = commands.slice(from).filter((command) => command.tag === 'set-stop');
  if (asked.length < 2) return;
  const { trailTicks, activeTicks } = asked.findLast((one) => one.trailTicks > 0) ?? asked[0]!;
  const others = commands.slice(from).filter((command) => command.tag !== 'set-stop');
  commands.length = from;
  commands.push(...others, approveStop(state, { ...asked.at(-1)!, trailTicks, activeTicks }, false));
}
