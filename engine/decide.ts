/**
 * Stages 7 and 8: the strategy's decision of one leg or one cycle, turned into commands.
 *
 * Asked only at a closed cycle, only when every indicator is warm, and not while halted or recovering. In a cooldown and
 * while reducing it is asked too, so that it can move stops and leave; what it wants to open is refused by the review.
 * A throw or garbage from the strategy halts the engine with cause `strategy-failed`; protection goes on.
 */
import { wantAdd, wantEntry } from './entries.ts';
import type { Verdict } from './entries.ts';
import { verdict } from './entries.ts';
import { wantExit, wantMoveStop, wantReduce, wantTargets } from './exits.ts';
import { intents, readAnswers, readIntent } from './intents.ts';
import type { Wanted } from './intents.ts';
import type { Out } from './notes.ts';
import { halt } from './mode.ts';
import { cancelOrder, endStaged, workingEntry } from './orders.ts';
import { unrealisedOf } from './position.ts';
import { moveToBreakEven } from './protection.ts';
import { keepResting, wantRest } from './resting.ts';
import type { Leg, State } from './state.ts';
import type { AnyStrategy } from './strategy.ts';
import { isEnding } from './view.ts';

const hold: Wanted = { tag: 'hold' };
const holdIntent = intents.hold;

/** Decides every leg whose bar of this close is in, in the strategy's order. */
export function decideCycle(state: State, out: Out): void { // hot
  const { legs } = state;
  const { decideCycle: together, decide } = state.setup.strategy;
  if (together !== undefined) {
    decideTogether(state, out);
    return;
  }
  for (let i = 0; i < legs.length; i++) {
    const leg = legs[i]!;
    if (!leg.isDue) continue;
    leg.isDue = false;
    decideLeg(state, leg, decide!, out);
  }
}

/** What happens at a decision close whether or not the strategy is asked. True when it is to be asked. */
function prepare(state: State, leg: Leg, out: Out): boolean { // hot
  const { position } = leg;
  if (position.tag === 'open') {
    position.barsHeld += 1;
    if (position.breakEvenAt > 0) moveToBreakEven(state, leg, position, unrealisedOf(state, leg), out);
  }
  if (leg.historyCount < state.setup.warmupBars) return false;
  leg.decisions += 1;
  state.decisionSequence += 1;
  if (state.mode.tag !== 'halted' && state.mode.tag !== 'recovering') return true;
  endDueEntry(state, leg, out);
  return false;
}

/** The decision of one leg whose bar has closed. */
export function decideLeg(state: State, leg: Leg, decide: NonNullable<AnyStrategy['decide']>, out: Out): void { // hot
  if (!prepare(state, leg, out)) return;
  const scene = state.views.scenes[leg.index]!;
  let wanted: Wanted = hold;
  state.trace[0] = leg.symbol;
  try {
    if (scene.memory !== leg.memory) scene.memory = leg.memory;
    const answer = decide(scene as never, state.setup.params);
    if (answer !== holdIntent) wanted = readIntent(answer);
  } catch (error) {
    fail(state, leg, error, out);
    return;
  }
  if (wanted !== hold || leg.resting !== null) finish(state, leg, wanted, out);
  else {
    if (leg.orders.length > 0) endDueEntry(state, leg, out);
    if (leg.closed.length > 0) leg.closed = [];
  }
}

function decideTogether(state: State, out: Out): void {
  const { legs, setup } = state;
  let asked = false;
  for (const leg of legs) if (leg.isDue) leg.isDue = prepare(state, leg, out);
  for (const leg of legs) asked ||= leg.isDue;
  if (!asked) return;
  let wants: Readonly<Record<string, unknown>>;
  const wanted: (Wanted | null)[] = [];
  try {
    state.views.cycle.memory = state.memory;
    wants = readAnswers(setup.strategy.decideCycle!(state.views.cycle as never, setup.params), setup.strategy.symbols);
    for (const leg of legs) {
      const want = wants[setup.strategy.symbols[leg.symbol]!];
      wanted.push(want === undefined || !leg.isDue ? null : readIntent(want));
    }
  } catch (error) {
    fail(state, legs[0]!, error, out);
    return;
  }
  for (let i = 0; i < legs.length; i++) {
    const leg = legs[i]!;
    if (leg.isDue) finish(state, leg, wanted[i] ?? hold, out);
    leg.isDue = false;
  }
}

function finish(state: State, leg: Leg, wanted: Wanted, out: Out): void { // hot
  if (wanted.tag === 'all') for (const want of wanted.wants) apply(state, leg, want, out);
  else if (wanted.tag !== 'hold') apply(state, leg, wanted, out);
  if (leg.resting !== null && wanted.tag === 'hold') keepResting(state, leg, leg.resting, out);
  if (leg.orders.length > 0) endDueEntry(state, leg, out);
  if (leg.closed.length > 0) leg.closed = [];
}

/** Cancels the entry whose last bar closed, unless this decision amended or replaced it; one that still waits is dropped. */
function endDueEntry(state: State, leg: Leg, out: Out): void {
  if (leg.staged !== null && isEnding(leg, leg.staged.order)) endStaged(state, leg, out);
  for (const order of leg.orders) {
    if (order.role === 'entry' && order.state.tag !== 'cancelling' && isEnding(leg, order)) cancelOrder(state, leg, order, out);
  }
}

function apply(state: State, leg: Leg, want: Exclude<Wanted, { tag: 'all' }>, out: Out): void { // hot
  if (state.rules !== null) state.rules.inputs = '';
  const result = judge(state, leg, want, out);
  if (result.outcome === 'accepted') leg.heldFor = '';
  else {
    const isHeld = result.outcome === 'held';
    if (isHeld && (result.reason === 'unchanged' || result.reason === 'resting')) return;
    state.refusals[result.reason] = (state.refusals[result.reason] ?? 0) + 1;
    if (isHeld && leg.heldFor === result.reason) return;
    if (result.outcome !== 'refused') leg.heldFor = result.reason;
  }
  out.notes.push({
    tag: 'decision', at: state.now, leg: leg.index, intent: want.tag,
    outcome: result.outcome === 'held' ? 'changed' : result.outcome, reason: result.reason,
    priceTicks: result.priceTicks, stopTicks: result.stopTicks, lots: result.lots,
    inputs: state.rules === null ? '' : state.rules.inputs,
  });
}

/** One want, judged and turned into commands; who asks notes the verdict. */
export function judge(state: State, leg: Leg, want: Exclude<Wanted, { tag: 'all' }>, out: Out): Verdict { // hot
  switch (want.tag) {
    case 'move-stop': return wantMoveStop(state, leg, want, out);
    case 'enter': case 'reverse': return wantEntry(state, leg, want, out);
    case 'exit': return wantExit(state, leg, want.reason, out);
    case 'reduce': return wantReduce(state, leg, want, out);
    case 'add': return wantAdd(state, leg, want, out);
    case 'set-targets': return wantTargets(state, leg, want, out);
    case 'rest': return wantRest(state, leg, want, out);
    case 'cancel-entry': return cancelEntry(state, leg, out);
    case 'hold': return verdict('held', 'unchanged');
    default: return verdict('refused', 'unknown-intent');
  }
}

function cancelEntry(state: State, leg: Leg, out: Out): Verdict {
  if (workingEntry(leg) === null) return verdict('held', 'unchanged');
  leg.staged = null;
  for (const order of leg.orders) if (order.role === 'entry') cancelOrder(state, leg, order, out);
  return verdict('accepted', '');
}

/** Halts with the strategy's own words as evidence. */
function fail(state: State, leg: Leg, error: unknown, out: Out): void {
  const message = error instanceof Error ? error.message : `threw ${String(error)}`;
  const symbol = state.setup.strategy.symbols[leg.symbol]!;
  const stack = error instanceof Error && error.stack !== undefined ? error.stack : '';
  state.failure = { symbol, at: state.now, message, stack };
  halt(state, 'strategy-failed', `${symbol}: ${message}`, out);
}

