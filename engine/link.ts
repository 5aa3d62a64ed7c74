/** The connection and the venue's own acts: what they mean for what is known. Protection is left to its own machine. */
import { due } from './deadlines.ts';
import type { Event, InstrumentChanged } from './events.ts';
import { alert, endOpenersOf, halt } from './mode.ts';
import type { Out } from './notes.ts';
import { ask } from './queries.ts';
import { beginRecovery, takeSnapshot } from './recovery.ts';
import type { Leg, State } from './state.ts';

/** A symbol without a bar waits for its next one. A bar does not end a hold for another cause. */
export function holdStale(leg: Leg): void {
  if (leg.hold.tag === 'none') leg.hold = { tag: 'blocked', cause: 'stale', until: null };
}

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
    case 'stale': holdStale(state.legs[event.symbol]!); return;
    case 'instrument-changed': takeInstrument(state, event, out); return;
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

/**
 * Sizes and prices are counted in steps of the rules that the engine began with: it opens nothing by other ones. What stands open
 * is protected and left as before. The rules come back, or a new run takes the other ones.
 */
function takeInstrument(state: State, { symbol, change }: InstrumentChanged, out: Out): void {
  const leg = state.legs[symbol]!;
  const name = state.setup.strategy.symbols[symbol]!;
  const isHeld = leg.hold.tag === 'blocked' && leg.hold.cause === 'instrument';
  if (change === '') {
    if (!isHeld) return;
    leg.hold = { tag: 'none' };
    alert(state, 'info', `instrument-back ${name}`, `${name}: the rules are again those of this run: entries are allowed`, out);
    return;
  }
  leg.hold = { tag: 'blocked', cause: 'instrument', until: null };
  endOpenersOf(state, leg, out);
  alert(state, 'alarm', `instrument ${name}`, `${name}: the rules changed: ${change}; no entries until they are as before, or a new run takes them`, out);
}
