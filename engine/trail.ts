/**
 * The trailing stop: asked for until the venue says that it holds it, beside whatever becomes of the stop. No deadline hangs
 * on it, for the stop is what protects; a request that was lost goes out again after the time that a stop has.
 */
import { due } from './deadlines.ts';
import { alert } from './mode.ts';
import type { Out } from './notes.ts';
import { approveStop } from './risk.ts';
import type { Leg, OpenPosition, State } from './state.ts';
import type { Ms } from './units.ts';

/** It was asked for: the venue has this long to say so. */
export function awaitTrail(state: State, position: OpenPosition): void {
  putOff(state, position, state.setup.config.protectDeadlineMs);
}

/** Asks for the trailing stop alone: the stop is left as it is. */
export function askTrail(state: State, leg: Leg, position: OpenPosition, out: Out): void {
  awaitTrail(state, position);
  out.commands.push(approveStop(state, {
    tag: 'set-stop', leg: leg.index, triggerTicks: 0, by: position.stopBy, trailTicks: position.trailTicks, activeTicks: position.trailFromTicks,
  }, false));
}

/** No word of it in its time. While a stop is being asked for, the trailing stop goes with it; on the way out nobody needs it. */
export function takeTrailTimer(state: State, leg: Leg, position: OpenPosition, out: Out): void {
  if (position.trailAt === 0 || position.trailAt > state.now) return;
  position.trailAt = 0;
  if (position.trailTicks === 0 || position.leaving !== '') return;
  const { tag } = position.protection;
  if (tag === 'waived' || tag === 'armed') askTrail(state, leg, position, out);
  else awaitTrail(state, position);
}

/** The venue does not take it: it may later, and people know. */
export function refuseTrail(state: State, leg: Leg, position: OpenPosition, out: Out): void {
  if (position.trailAt === 0) return;
  alert(state, 'warning', 'trail', `${state.setup.strategy.symbols[leg.symbol]!}: the trailing stop was refused`, out);
  putOff(state, position, state.setup.config.orderSilenceMs);
}

function putOff(state: State, position: OpenPosition, ms: Ms): void {
  position.trailAt = state.now + ms;
  due(state, position.trailAt);
}
