/** What people tell the engine: halt, resume, flatten, reduce only. A halt keeps protecting; only a resume ends it. */
import type { Event } from './events.ts';
import type { Out } from './notes.ts';
import { halt, reduceOnly, setMode } from './mode.ts';
import { exitAll } from './protection.ts';
import type { State } from './state.ts';

export function takeOperator(state: State, event: Event, out: Out): void {
  if (event.tag !== 'operator') return;
  switch (event.verb) {
    case 'halt':
      halt(state, 'operator', 'asked by the operator', out);
      return;
    case 'reduce-only':
      reduceOnly(state, 'operator', 'asked by the operator', out);
      return;
    case 'flatten':
      for (const leg of state.legs) {
        leg.resting = null;
        exitAll(state, leg, 'flatten', out);
      }
      return;
    case 'resume':
      setMode(state, { tag: 'trading' }, out);
      return;
    default:
  }
}
