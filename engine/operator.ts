/** What people tell the engine: halt, resume, flatten, reduce only. A halt keeps protecting; only a resume ends it. */
import type { Event } from './events.ts';
import type { Out } from './notes.ts';
import { cancelOrder } from './orders.ts';
import { exitAll } from './protection.ts';
import type { State } from './state.ts';

export function takeOperator(state: State, event: Event, out: Out): void {
  if (event.tag !== 'operator') return;
  switch (event.verb) {
    case 'halt':
      state.mode = { tag: 'halted', cause: 'operator', evidence: 'asked by the operator', since: event.at };
      endEntries(state, out);
      return;
    case 'reduce-only':
      state.mode = { tag: 'reducing', cause: 'operator' };
      endEntries(state, out);
      return;
    case 'flatten':
      for (const leg of state.legs) {
        leg.resting = null;
        exitAll(state, leg, 'flatten', out);
      }
      return;
    case 'resume':
      state.mode = { tag: 'trading' };
      return;
    default:
  }
}

function endEntries(state: State, out: Out): void {
  for (const leg of state.legs) {
    leg.staged = null;
    for (const order of leg.orders) if (!order.reduceOnly) cancelOrder(state, leg, order, out);
  }
}
