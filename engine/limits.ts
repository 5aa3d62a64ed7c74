/**
 * Stage 6: account-wide limits, judged on the ledger, equity at mark and closed bars. What the rules ask for is done here:
 * pauses, halts, the end of standing entries. Exits and stops are never looked at.
 *
 * A cooldown ends at its time and once prices have been calm, whatever began it; a price shock leaves a rest behind.
 */
import type { RejectReason } from './events.ts';
import { due } from './deadlines.ts';
import { alert, cool, halt, reduceOnly, setMode } from './mode.ts';
import type { Out } from './notes.ts';
import { cancelOrder, findOrder } from './orders.ts';
import { calmFrom, hasOpener, isDayFull, judgeRejections, judgeSession, noteAcceptance, noteRejection } from './rules/index.ts';
import type { Action } from './rules/index.ts';
import type { RulesState } from './rule-state.ts';
import type { Leg, Mode, State } from './state.ts';

export function takeLimits(state: State, out: Out): void { // hot
  const { equity } = state;
  if (equity > state.equityPeak) state.equityPeak = equity;
  if (state.rules !== null) takeRules(state, state.rules, out);
  if (state.mode.tag === 'cooldown') takeRelease(state, out);
  if (!(equity <= 0) || state.mode.tag === 'halted') return; // NaN: a position before the first price, nothing to judge
  halt(state, 'money', `equity is used up: ${equity}`, out);
}

function takeRules(state: State, rules: RulesState, out: Out): void {
  for (const action of judgeSession(state, rules)) act(state, action, out);
  if (isDayFull(state, rules)) endWaiting(state, out);
}

function act(state: State, action: Action, out: Out): void {
  switch (action.tag) {
    case 'cool': cool(state, action.until, action.cause, action.evidence, out); return;
    case 'halt': halt(state, action.cause, action.evidence, out); return;
    default: reduceOnly(state, action.cause, action.evidence, out);
  }
}

/** The last trade of the day has begun: no standing entry of a flat symbol may begin another. */
function endWaiting(state: State, out: Out): void {
  for (const leg of state.legs) {
    if (leg.position.tag === 'open' || !hasOpener(leg)) continue;
    leg.staged = null;
    for (const order of leg.orders) if (!order.reduceOnly) cancelOrder(state, leg, order, out);
  }
}

/** Whether a cooldown may end now: its time is over and prices are calm. */
export function mayRelease(state: State): boolean {
  return state.mode.tag === 'cooldown' && state.now >= releaseAt(state, state.mode);
}

function releaseAt({ rules, setup }: State, mode: Mode & { readonly tag: 'cooldown' }): number {
  return rules === null ? mode.until : Math.max(mode.until, calmFrom(rules, setup.config.risk));
}

/** Ends a cooldown that may end; one whose time is over while prices are not calm gets the time at which they could be. */
export function takeRelease(state: State, out: Out): void {
  const { mode, rules, now } = state;
  if (mode.tag !== 'cooldown' || now < mode.until) return;
  const { cause, evidence, since } = mode;
  if (!mayRelease(state)) {
    const until = releaseAt(state, mode);
    setMode(state, { tag: 'cooldown', until, cause, evidence, since }, out);
    due(state, until);
    return;
  }
  const rest = rules === null || cause !== 'price-shock' ? null : state.setup.config.risk.priceShock?.afterMs ?? null;
  if (rules !== null && rest !== null) rules.restUntil = now + rest;
  setMode(state, { tag: 'trading' }, out);
  alert(state, 'info', `${cause}-over`, `entries are allowed again after ${cause}: ${evidence}`, out);
}

/** The venue took an order: when it opens, refusals in a row begin anew. */
export function countAcceptance(rules: RulesState, leg: Leg, id: number): void {
  if (findOrder(leg, id)?.reduceOnly === false) noteAcceptance(rules);
}

/** The venue refused an opening order. */
export function countRejection(state: State, rules: RulesState, reason: RejectReason, out: Out): void {
  noteRejection(rules, reason);
  const action = judgeRejections(state, rules);
  if (action !== null) act(state, action, out);
}
