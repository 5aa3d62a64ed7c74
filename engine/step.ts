/**
 * The whole brain: one event in, commands and notes out. No clock, no promise, no surprise.
 *
 *  1 header      2 market book, indicators      3 orders      4 fold executions      5 protection
 *  6 limits      7 strategy                     8 plan        9 risk review          10 emit
 *
 * Facts are taken in before safety acts, and safety acts before entries. The list is an order, not ten calls: an
 * event's family calls only the stages that it can move.
 *
 *   market              2   5 6         bar, mark, funding
 *   cycle                     7 8 9 10  decisions, only at a closed cycle
 *   venue                 3 4 5 6       answers and executions
 *   timer                 3   5         deadlines that came
 *   link, readings        3 4 5 6       what wires, readings of the account and people do
 *
 * `stepThroughAll` takes every event through every stage; a test demands the same commands from both.
 */
import { decideCycle } from './decide.ts';
import type { BarClosed, CycleClosed, Event, Execution, StopSet } from './events.ts';
import { InvariantError } from './invariant.ts';
import { takeLimits } from './limits.ts';
import { takeBar, takeFunding, takeMark } from './market.ts';
import type { Out } from './notes.ts';
import { holdStale, takeLink } from './link.ts';
import { takeOperator } from './operator.ts';
import { countExecution, takeOrderEvent, takeExecution } from './answers.ts';
import { foldFunding, markEquity } from './position.ts';
import { onStopSet } from './protection.ts';
import { afterFill, takeProtection, watchBar } from './guard.ts';
import type { State } from './state.ts';
import { takeTimer } from './timers.ts';
import type { Ms } from './units.ts';

export function step(state: State, event: Event, out: Out): void { // hot
  switch (event.tag) {
    case 'bar-closed': stepBar(state, event, out); return;
    case 'cycle-closed': stepCycle(state, event, out); return;
    case 'mark-price':
    case 'funding':
      takeHeader(state, event.at);
      takeMarket(state, event);
      takeProtection(state, event, out);
      takeLimits(state, out);
      return;
    case 'stop-set': stepStopSet(state, event, out); return;
    case 'execution': stepExecution(state, event, out); return;
    case 'order-accepted':
    case 'order-rejected':
    case 'order-changed':
    case 'order-cancelled':
    case 'order-expired':
    case 'request-failed':
      takeHeader(state, event.at);
      takeOrderEvent(state, event, out);
      return;
    case 'stop-unchanged':
    case 'stop-refused':
      takeHeader(state, event.at);
      takeProtection(state, event, out);
      return;
    case 'timer':
      takeHeader(state, event.at);
      takeTimer(state, event, out);
      return;
    default:
      takeHeader(state, event.at);
      takeLink(state, event, out);
      takeOperator(state, event, out);
      takeLimits(state, out);
  }
}

/** The door for the reused bar record: what `step` does with it, entered without asking which event it is. */
export function stepBar(state: State, bar: BarClosed, out: Out): void { // hot
  takeHeader(state, bar.at);
  const leg = state.legs[bar.symbol]!;
  takeBar(state, leg, bar);
  if (leg.position.tag !== 'flat') watchBar(state, leg, bar, out);
  markEquity(state);
  takeLimits(state, out);
}

/** The door for the reused cycle record. */
export function stepCycle(state: State, cycle: CycleClosed, out: Out): void { // hot
  takeHeader(state, cycle.at);
  if (cycle.missing.length > 0) holdMissing(state, cycle);
  decideCycle(state, out);
}

/** The door for the most frequent answer. */
export function stepStopSet(state: State, event: StopSet, out: Out): void { // hot
  takeHeader(state, event.at);
  onStopSet(state, state.legs[event.leg]!, event, out);
}

/** The door for an execution. */
export function stepExecution(state: State, event: Execution, out: Out): void { // hot
  takeHeader(state, event.at);
  const leg = state.legs[event.leg]!;
  countExecution(state, leg, event, out);
  takeExecution(state, leg, event, out);
  afterFill(state, leg, event, out);
  takeLimits(state, out);
}

/** Every stage for every event: the slow, obvious order that `step` must agree with. */
export function stepThroughAll(state: State, event: Event, out: Out): void {
  takeHeader(state, event.at);
  takeMarket(state, event);
  takeOrderEvent(state, event, out);
  if (event.tag === 'execution') takeExecution(state, state.legs[event.leg]!, event, out);
  takeProtection(state, event, out);
  if (event.tag === 'bar-closed') markEquity(state);
  takeTimer(state, event, out);
  takeLink(state, event, out);
  takeOperator(state, event, out);
  takeLimits(state, out);
  if (event.tag !== 'cycle-closed') return;
  holdMissing(state, event);
  decideCycle(state, out);
}

function takeHeader(state: State, at: Ms): void { // hot
  if (!(at >= state.now)) refuseTime(state, at);
  state.now = at;
  state.sequence += 1;
}

function refuseTime(state: State, at: Ms): never {
  throw new InvariantError('time never runs backwards', { now: state.now, at });
}

function takeMarket(state: State, event: Event): void { // hot
  switch (event.tag) {
    case 'bar-closed':
      takeBar(state, state.legs[event.symbol]!, event);
      return;
    case 'mark-price':
      takeMark(state.legs[event.symbol]!, event);
      markEquity(state);
      return;
    case 'funding':
      takeFunding(state.legs[event.leg]!, event);
      foldFunding(state, state.legs[event.leg]!, event.payment);
      return;
    default:
  }
}

/** A leg without a bar at this close waits for its next one. */
function holdMissing(state: State, { missing }: CycleClosed): void {
  for (let i = 0; i < missing.length; i++) holdStale(state.legs[missing[i]!]!);
}
