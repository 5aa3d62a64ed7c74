/**
 * The keyed set of resting limit orders (`rest`): what is wanted is compared with what is standing, key by key.
 *
 * 1. Never two standing orders for one key.
 * 2. A key's quantity is a total: what filled since the key was last absent is not bought again (unless `once: false`).
 * 3. An order that can open carries the guard of its side as its stop from the first fill.
 * 4. Everything that could open is reviewed together, not only what is open.
 */
import { verdict } from './entries.ts';
import type { Verdict } from './entries.ts';
import type { WantGuard, WantRest, WantResting } from './intents.ts';
import type { Out } from './notes.ts';
import { cancelOrder, pushReduce, sendEntry } from './orders.ts';
import { lastWanted, requestStop } from './protection.ts';
import { isThrough, isTighter, sourceTicks, wantedTrigger } from './stop-levels.ts';
import { approveAmend, reviewOpening } from './risk.ts';
import { directionOf } from './setup.ts';
import { lossPerLot } from './size.ts';
import type { RiskQuestion } from './size.ts';
import type { EntryTerms, Leg, Order, RestingSet, RestingWish, State } from './state.ts';
import { lots as lotsOf, wholeSteps } from './units.ts';
import type { Step } from './units.ts';

export function wantRest(state: State, leg: Leg, want: WantRest, out: Out): Verdict {
  const instrument = state.setup.instruments[leg.symbol]!;
  const filled = leg.resting?.filled ?? {};
  const keys = new Set(want.orders.map((order) => order.key));
  for (const key of Object.keys(filled)) if (!keys.has(key)) delete filled[key];
  const set: RestingSet = {
    wishes: want.orders.map((order) => wishOf(order, instrument.tick, instrument.lot)),
    longStopTicks: guardTicks(want.long, instrument.tick, 'up'),
    shortStopTicks: guardTicks(want.short, instrument.tick, 'down'),
    stopBy: want.stopBy,
    filled,
  };
  leg.resting = set;
  const before = out.commands.length;
  for (const order of leg.orders) if (order.role === 'rest' && !keys.has(order.key)) cancelOrder(state, leg, order, out);
  const reason = keepResting(state, leg, set, out);
  const isActive = out.commands.length > before;
  if (reason !== '') return verdict(isActive ? 'changed' : 'held', reason);
  return isActive ? verdict('accepted', '') : verdict('held', 'resting');
}

/** Makes the standing orders those of the set; the last reason why one cannot be as wished, '' when all can. */
export function keepResting(state: State, leg: Leg, set: RestingSet, out: Out): string {
  let reason = '';
  for (const wish of set.wishes) {
    const refusal = keepWish(state, leg, set, wish, out);
    if (refusal !== '') reason = refusal;
  }
  tightenGuard(state, leg, set, out);
  return reason;
}

function wishOf(order: WantResting, tick: Step, lot: Step): RestingWish {
  return {
    key: order.key, side: directionOf(order.side), priceTicks: wholeSteps(order.price, tick, order.side === 'buy' ? 'down' : 'up'),
    lots: wholeSteps(order.qty, lot, 'down'), reduceOnly: order.reduceOnly, postOnly: order.postOnly, once: order.once,
  };
}

function guardTicks(guard: WantGuard, tick: Step, rounding: 'up' | 'down'): number {
  if (guard === 'absent') return 0;
  return guard === 'waived' ? -1 : wholeSteps(guard, tick, rounding);
}

/** Places, amends or leaves the order of one key. Returns the reason when it cannot be as wished. */
function keepWish(state: State, leg: Leg, set: RestingSet, wish: RestingWish, out: Out): string {
  const standing = leg.orders.find((order) => order.role === 'rest' && order.key === wish.key);
  const done = set.filled[wish.key] ?? 0;
  if (standing === undefined && !wish.once && done >= wish.lots) set.filled[wish.key] = 0;
  const open = wish.lots - (set.filled[wish.key] ?? 0);
  if (standing === undefined && wish.lots <= 0) return 'below-min-qty';
  if (standing === undefined) return open <= 0 ? '' : placeWish(state, leg, set, wish, open, out);
  if (standing.state.tag === 'cancelling' || standing.state.tag === 'sent') return '';
  if (open <= 0 || standing.side !== wish.side || standing.reduceOnly !== wish.reduceOnly) {
    cancelOrder(state, leg, standing, out);
    return '';
  }
  if (standing.state.tag === 'unknown') return ''; // what may not be there is not amended
  const total = standing.filled + open;
  if (standing.priceTicks === wish.priceTicks && standing.lots === total) return '';
  if (state.mode.tag !== 'trading') return state.mode.tag;
  const refusal = wish.reduceOnly ? '' : refusalOf(state, leg, set, wish, open, standing.id);
  if (refusal !== '') {
    cancelOrder(state, leg, standing, out);
    return refusal;
  }
  standing.priceTicks = wish.priceTicks;
  standing.referenceTicks = wish.priceTicks;
  standing.lots = total;
  standing.attemptAt = state.now;
  out.commands.push(approveAmend(state, { tag: 'amend', leg: leg.index, order: standing.id, priceTicks: wish.priceTicks, lots: lotsOf(total) }));
  return '';
}

function refusalOf(state: State, leg: Leg, set: RestingSet, wish: RestingWish, lots: number, replaces: number): string {
  const guard = wish.side === 1 ? set.longStopTicks : set.shortStopTicks;
  if (guard === 0) return 'no-stop';
  const stopTicks = stopOf(leg, wish, guard);
  if (stopTicks > 0 && wish.side * (wish.priceTicks - stopTicks) <= 0) return 'stop-wrong-side';
  const actsNow = wish.side * (wish.priceTicks - leg.book.lastTicks) >= 0;
  if (stopTicks > 0 && actsNow && isThrough(wish.side, sourceTicks(leg, set.stopBy), stopTicks)) return 'stop-wrong-side';
  const review = reviewOpening(state, leg, {
    side: wish.side, lots, priceTicks: wish.priceTicks, stopTicks, waived: guard === -1,
    entry: wish.postOnly ? 'maker' : 'limit', closesFirst: 0, replaces, targetTicks: 0,
  });
  return review.tag === 'refused' ? review.why : '';
}

/** The stop that rides on a wish: its guard, or the tighter one of the position that it would add to. 0 = waived. */
function stopOf({ position }: Leg, { side }: RestingWish, guard: number): number {
  if (guard === -1) return 0;
  const held = position.tag === 'open' && position.side === side ? lastWanted(position) : 0;
  return held > 0 && isTighter(side, held, guard) ? held : guard;
}

function placeWish(state: State, leg: Leg, set: RestingSet, wish: RestingWish, lots: number, out: Out): string {
  if (wish.priceTicks <= 0) return 'price-below-tick';
  const refusal = wish.reduceOnly ? '' : refusalOf(state, leg, set, wish, lots, -1);
  if (refusal !== '') return refusal;
  if (wish.reduceOnly && (leg.position.tag === 'flat' || leg.position.side === wish.side)) return 'no-position';
  const order: Order = {
    id: state.nextOrder++, leg: leg.index, role: 'rest', side: wish.side, type: 'limit', reduceOnly: wish.reduceOnly,
    timeInForce: wish.postOnly ? 'PostOnly' : 'GTC', triggerTicks: 0, triggerDirection: 0, referenceTicks: wish.priceTicks,
    key: wish.key, reason: `rest ${wish.key}`, terms: wish.reduceOnly ? null : restTerms(state, leg, set, wish, lots),
    sentAt: state.now, attempt: 1, attemptAt: state.now, isUnwanted: false, endsAtDecision: 0, priceTicks: wish.priceTicks, lots, filled: 0, state: { tag: 'sent', since: state.now },
  };
  if (!wish.reduceOnly) {
    sendEntry(state, leg, order, out);
    return '';
  }
  leg.orders.push(order);
  pushReduce(state, order, out);
  return '';
}

function restTerms(state: State, leg: Leg, set: RestingSet, wish: RestingWish, lots: number): EntryTerms {
  const guard = wish.side === 1 ? set.longStopTicks : set.shortStopTicks;
  const waived = guard === -1;
  const stopTicks = stopOf(leg, wish, guard);
  const question: RiskQuestion = {
    instrument: state.setup.instruments[leg.symbol]!, config: state.setup.config, side: wish.side,
    entryTicks: wish.priceTicks, stopTicks, entry: wish.postOnly ? 'maker' : 'limit',
  };
  return {
    stopTicks, stopBy: set.stopBy, distanceTicks: waived ? 0 : wish.side * (wish.priceTicks - stopTicks), follows: false,
    risk: waived ? 0 : Math.max(0, lossPerLot(question)) * lots, targets: [], trailTicks: 0, trailFromTicks: 0,
    breakEvenAt: 0, isAdd: false,
  };
}

/** Counts a fill of a key. */
export function countRestFill(leg: Leg, order: Order, lots: number): void {
  if (leg.resting === null || order.role !== 'rest') return;
  leg.resting.filled[order.key] = (leg.resting.filled[order.key] ?? 0) + lots;
}

/** The guard of an open position follows the set, towards less risk only. */
function tightenGuard(state: State, leg: Leg, set: RestingSet, out: Out): void {
  const { position } = leg;
  if (position.tag === 'flat' || position.protection.tag === 'breached') return;
  const guard = position.side === 1 ? set.longStopTicks : set.shortStopTicks;
  if (guard <= 0) return;
  const current = wantedTrigger(position.protection);
  if (current !== 0 && !isTighter(position.side, guard, current)) return;
  requestStop(state, leg, position, { triggerTicks: guard, trailTicks: 0, activeTicks: 0, loosens: false }, out);
}
