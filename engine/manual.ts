/**
 * An order that a person wants. It is judged like a want of the strategy: the same rounding, the same gates, the same note of
 * what became of it.
 *
 * 1. It reduces unless it says that it may open; what reduces is cut to the position and never turns it. A notional is rounded
 *    towards less, at the last price unless the order names one.
 * 2. What opens has a stop, and passes the risk review: refused in every mode but `trading`.
 * 3. While a position stands on the other side nothing is opened: it is closed first. An entry that stands keeps its place.
 */
import { judge } from './decide.ts';
import { verdict } from './entries.ts';
import type { Verdict } from './entries.ts';
import type { ManualOrder } from './events.ts';
import { IntentError, intents, readIntent } from './intents.ts';
import type { Wanted } from './intents.ts';
import type { Out } from './notes.ts';
import { workingEntry } from './orders.ts';
import { lotsForNotional } from './size.ts';
import type { Leg, State } from './state.ts';
import { valueOf } from './units.ts';

export function takeManual(state: State, order: ManualOrder, out: Out): void {
  const leg = state.legs[order.leg];
  if (leg === undefined) return;
  if (state.rules !== null) state.rules.inputs = '';
  const result = order.isOpening ? open(state, leg, order, out) : reduce(state, leg, order, out);
  out.notes.push({
    tag: 'decision', at: state.now, leg: leg.index, intent: order.isOpening ? 'manual-open' : 'manual-reduce',
    outcome: result.outcome === 'held' ? 'refused' : result.outcome, reason: result.reason === '' ? 'operator' : result.reason,
    priceTicks: result.priceTicks, stopTicks: result.stopTicks, lots: result.lots, inputs: state.rules === null ? '' : state.rules.inputs,
  });
}

/** 1. */
function reduce(state: State, leg: Leg, { side, qty, notional = 0 }: ManualOrder, out: Out): Verdict {
  const { position } = leg;
  if (position.tag === 'flat') return verdict('refused', 'no-position');
  if (position.side === side) return verdict('refused', 'would-open');
  const instrument = state.setup.instruments[leg.symbol]!;
  const lots = notional > 0 ? lotsForNotional(instrument, leg.book.lastTicks, notional) : 0;
  if (notional > 0 && !(lots > 0)) return verdict('refused', Number.isNaN(lots) ? 'no-price' : 'below-min-qty');
  const share = notional > 0 ? lots / position.lots : qty / valueOf(position.lots, instrument.lot);
  return wanted(state, leg, () => intents.reduce({ fraction: Math.min(1, share), reason: 'operator' }), out);
}

/** 2 and 3. */
function open(state: State, leg: Leg, { side, qty, risk, notional = 0, price, stop, bars }: ManualOrder, out: Out): Verdict {
  const { position } = leg;
  if (!(stop > 0)) return verdict('refused', 'no-stop');
  if (position.tag === 'open' && position.side !== side) return verdict('refused', 'close-first');
  if (workingEntry(leg) !== null) return verdict('refused', 'entry-working');
  const size = risk > 0 ? { risk } : notional > 0 ? { notional } : { qty };
  const how = price > 0 ? { at: 'limit' as const, price, validFor: bars } : {};
  const shared = { ...size, ...how, stop, reason: 'operator' };
  return wanted(state, leg, () => (position.tag === 'open' ? intents.add(shared) : intents.enter({ side: side === 1 ? 'long' : 'short', ...shared })), out);
}

/** What the factory of the intents does not take is refused, with its words. */
function wanted(state: State, leg: Leg, make: () => unknown, out: Out): Verdict {
  let want: Wanted;
  try {
    want = readIntent(make());
  } catch (error) {
    if (error instanceof IntentError) return verdict('refused', error.message);
    throw error;
  }
  return want.tag === 'all' ? verdict('refused', 'unknown-intent') : judge(state, leg, want, out);
}
