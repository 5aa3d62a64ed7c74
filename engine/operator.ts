/** What people tell the engine: halt, resume, flatten, reduce only, an order of their own. A halt keeps protecting; only a resume ends it. */
import { due } from './deadlines.ts';
import type { Event } from './events.ts';
import type { Out } from './notes.ts';
import { takeManual } from './manual.ts';
import { halt, reduceOnly, setMode } from './mode.ts';
import { exitAll } from './leaving.ts';
import { resumeProtection } from './protection.ts';
import { ask } from './queries.ts';
import type { Leg, State } from './state.ts';

export function takeOperator(state: State, event: Event, out: Out): void {
  if (event.tag === 'manual-order') takeManual(state, event, out);
  if (event.tag !== 'operator') return;
  switch (event.verb) {
    case 'halt':
      halt(state, 'operator', 'asked by the operator', out);
      return;
    case 'reduce-only':
      reduceOnly(state, 'operator', 'asked by the operator', out);
      return;
    case 'flatten':
      for (const leg of state.legs) flatten(state, leg, out);
      return;
    case 'resume':
      resume(state, out);
      return;
    default: {
      const leg = state.legs[Number(event.verb.slice('close-'.length))];
      if (leg !== undefined) flatten(state, leg, out);
    }
  }
}

function flatten(state: State, leg: Leg, out: Out): void {
  leg.resting = null;
  exitAll(state, leg, 'flatten', out);
}

/** Ends a halt, a cooldown and a reduction. What is not known yet has to be known first. */
function resume(state: State, out: Out): void {
  state.stumbles.length = 0;
  state.afterRecovery = { tag: 'trading' };
  if (state.mode.tag === 'recovering') return;
  state.failure = null;
  for (const leg of state.legs) {
    resumeProtection(state, leg, out);
    if (leg.mismatches > 0) askAnew(state, leg, out);
  }
  due(state, state.now); // what a halt had no deadline for has one again
  const missing = state.legs.filter((leg) => !leg.isKnown).map((leg) => leg.index);
  if (missing.length === 0) setMode(state, { tag: 'trading' }, out);
  else setMode(state, { tag: 'recovering', cause: 'restart', missing, since: state.now }, out);
}

/** Its position was not the venue's: three readings may say so again, or one that it is. */
function askAnew(state: State, leg: Leg, out: Out): void {
  leg.isKnown = false;
  leg.mismatches = 0;
  ask(state, leg, out);
}
