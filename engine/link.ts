/** The connection and the venue's own acts: what they mean for what is known. Protection is left to its own machine. */
import { due } from './deadlines.ts';
import type { Event } from './events.ts';
import { alert, halt } from './mode.ts';
import type { Out } from './notes.ts';
import { ask } from './queries.ts';
import { beginRecovery, takeSnapshot } from './recovery.ts';
import type { State } from './state.ts';

export function takeLink(state: State, event: Event, out: Out): void {
  switch (event.tag) {
    case 'disconnected':
      if (state.link.tag === 'down') return;
      state.link = { tag: 'down', since: event.at };
      due(state, event.at + state.setup.config.linkHaltMs);
      alert(state, 'warning', 'link', 'the connection is lost', out);
      return;
    case 'connected':
      beginRecovery(state, out, 'reconnect');
      return;
    case 'stale': state.legs[event.symbol]!.hold = { tag: 'blocked', cause: 'stale', until: null }; return;
    case 'account-snapshot': takeSnapshot(state, event, out); return;
    case 'liquidation':
      halt(state, 'liquidated', `${state.setup.strategy.symbols[state.legs[event.leg]!.symbol]!} was liquidated`, out);
      ask(state, state.legs[event.leg]!, out);
      return;
    case 'adl':
      alert(state, 'alarm', 'adl', `${state.setup.strategy.symbols[state.legs[event.leg]!.symbol]!}: the venue reduced the position by itself`, out);
      ask(state, state.legs[event.leg]!, out);
      return;
    default:
  }
}
