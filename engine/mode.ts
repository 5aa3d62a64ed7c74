/**
 * The engine's mode and what it says of it. Every change of mode passes here.
 *
 *  recovering  something of the account is not known yet; protection only; ends by `reconcile.ts` when nothing is missing
 *  trading     everything is allowed
 *  cooldown    no entries until a time, and only once calm; a later or halting cause replaces it, an earlier one does not
 *  reducing    no entries until an operator resumes
 *  halted      a latch with cause and evidence: no entries until an operator resumes, through any number of restarts
 *
 * Protection goes on in every mode. One alert per cause and period: a cause that repeats is counted, not repeated.
 */
import type { NotifyCommand } from './commands.ts';
import type { Out } from './notes.ts';
import { cancelOrder } from './orders.ts';
import { approveReducing } from './risk.ts';
import type { CooldownCause, HaltCause, Leg, Mode, ReducingCause, State } from './state.ts';
import type { Ms } from './units.ts';

/** Entries and every standing opening order end; what protects and what reduces stays. A halt never gives way to another cause. */
export function halt(state: State, cause: HaltCause, evidence: string, out: Out): void {
  alert(state, 'alarm', cause, evidence, out);
  if (state.mode.tag === 'halted') return;
  stumble(state);
  setMode(state, { tag: 'halted', cause, evidence, since: state.now }, out);
  endOpeners(state, out);
}

/** No entries until `until`; an earlier end than that of the running cooldown changes nothing. */
export function cool(state: State, until: Ms, cause: CooldownCause, evidence: string, out: Out): void {
  const current = modeToBe(state);
  if (current.tag === 'halted' || current.tag === 'reducing') return;
  if (current.tag === 'cooldown' && current.until >= until) return;
  alert(state, 'warning', cause, evidence, out);
  restrict(state, { tag: 'cooldown', until, cause, evidence, since: state.now }, out);
  if (until < state.dueAt) state.dueAt = until;
}

export function reduceOnly(state: State, cause: ReducingCause, evidence: string, out: Out): void {
  if (state.mode.tag === 'halted') return;
  alert(state, 'warning', cause, evidence, out);
  restrict(state, { tag: 'reducing', cause, evidence, since: state.now }, out);
}

/** While recovering, what counts is the mode that the recovery will end in. */
function modeToBe({ mode, afterRecovery }: State): State['afterRecovery'] {
  return mode.tag === 'recovering' ? afterRecovery : mode;
}

/** Now, or once the recovery is over; what could open goes at once. */
function restrict(state: State, mode: State['afterRecovery'], out: Out): void {
  if (state.mode.tag === 'recovering') state.afterRecovery = mode;
  else setMode(state, mode, out);
  endOpeners(state, out);
}

/** The only writer of `state.mode`. */
export function setMode(state: State, mode: Mode, out: Out): void {
  state.mode = mode;
  out.notes.push({ tag: 'mode', at: state.now, mode });
}

/** Counts a halt or a restart; true when there were too many of them of late. */
export function stumble(state: State): boolean {
  const { count, withinMs } = state.setup.config.crashLoop;
  const { stumbles } = state;
  stumbles.push(state.now);
  while (stumbles.length > 0 && stumbles[0]! <= state.now - withinMs) stumbles.shift();
  return stumbles.length > count;
}

/** Tells people, once per cause and period. A warning given before never holds back an alarm of the same cause. */
export function alert(state: State, severity: NotifyCommand['severity'], cause: string, text: string, out: Out): void {
  const key = severity === 'alarm' ? `alarm ${cause}` : cause;
  const last = state.alerts[key];
  if (last !== undefined && state.now - last.at < state.setup.config.alertEveryMs) {
    state.alerts[key] = { at: last.at, held: last.held + 1 };
    return;
  }
  state.alerts[key] = { at: state.now, held: 0 };
  const before = last === undefined || last.held === 0 ? '' : ` (${last.held} more since the last of these alerts)`;
  out.commands.push(approveReducing({ tag: 'notify', severity, cause, text: text + before }));
}

/** Cancels whatever could still open or grow a position. */
export function endOpeners(state: State, out: Out): void {
  for (const leg of state.legs) endOpenersOf(state, leg, out);
}

/** The same of one leg. */
export function endOpenersOf(state: State, leg: Leg, out: Out): void {
  leg.staged = null;
  for (const order of leg.orders) if (!order.reduceOnly) cancelOrder(state, leg, order, out);
}
