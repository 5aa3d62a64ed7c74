/**
 * Start, restart and reconnect, and every other answer to a question: what `reconcile.ts` finds is done here.
 *
 * 1. Nothing is believed over a restart but what the venue shows: requests without an answer are unknown, stops are.
 * 2. `trading` begins when every leg's position, stop and orders are known; a halt stays a halt. A receive window after it
 *    forgot them it looks once more.
 * 3. A difference that no execution explains, always the same, is asked about three times, over a receive window, before it counts (at a
 *    first start once: nothing was counted yet): then a position that is not
 *    ours is foreign, and one that is ours halts the engine. The state's position is never bent to the venue's.
 */
import { countExecution, closeOrder, takeExecution } from './answers.ts';
import type { AccountSnapshot, OpenOrder } from './events.ts';
import { protectAdopted, takeForeignOrder } from './foreign.ts';
import { catchUp } from './catch-up.ts';
import { due, hint } from './deadlines.ts';
import { afterFill, trim } from './guard.ts';
import { afterExit } from './leaving.ts';
import { alert, cool, halt, setMode, stumble } from './mode.ts';
import type { Out } from './notes.ts';
import { acceptOrder, buryOrder, doubt, endOrder, releaseStaged, unearth } from './orders.ts';
import { areFillsOwed, oweFills } from './owed.ts';
import { breach, confirmStop, expectBy, restoreStop } from './protection.ts';
import { answered, ask, askAt, hear } from './queries.ts';
import { absencesNeeded, newExecutions, orderFindings, positionFinding, stopFinding } from './reconcile.ts';
import type { OrderFinding } from './reconcile.ts';
import { approveReducing, signedLots } from './risk.ts';
import { sourceTicks } from './stop-levels.ts';
import type { Book, Leg, Order, State } from './state.ts';
import { lots as lotsOf } from './units.ts';
import type { Ms } from './units.ts';

/** Readings in a row that must disagree before a difference counts; a stale one may be shown twice in a short time. */
const mismatchesNeeded = 3;

/**
 * After a restart (the state was read back) or a reconnect (events may have been missed): ask before believing. `at` is
 * when; the last event may lie hours back, and no deadline begins then.
 */
export function beginRecovery(state: State, out: Out, cause: 'restart' | 'reconnect' = 'restart', at: Ms = state.now): void {
  if (at > state.now) state.now = at;
  if (cause === 'restart' && stumble(state)) {
    halt(state, 'crash-loop', `${state.stumbles.length} restarts and halts within ${state.setup.config.crashLoop.withinMs} ms`, out);
  }
  state.link = { tag: 'up' };
  const { mode } = state;
  if (mode.tag !== 'halted') {
    if (mode.tag !== 'recovering') state.afterRecovery = mode;
    const since = mode.tag === 'recovering' && cause === 'reconnect' ? mode.since : state.now;
    setMode(state, { tag: 'recovering', cause, missing: state.legs.map((leg) => leg.index), since }, out);
    due(state, state.now + state.setup.config.linkHaltMs);
  }
  for (const leg of state.legs) {
    forget(state, leg, out);
    if (cause === 'restart') doubtAnew(state, leg);
    if (cause === 'restart' && leg.hold.tag === 'blocked' && leg.hold.cause === 'instrument') leg.hold = { tag: 'none' }; // told anew when it is still so
  }
  for (const leg of state.legs) ask(state, leg, out);
}

/** Orders that were unknown already: their time for an answer begins now, nobody asked while the engine was away. */
function doubtAnew({ now }: State, { orders }: Leg): void {
  for (const order of orders) if (order.state.tag === 'unknown') order.state = { ...order.state, since: now };
}

function forget(state: State, leg: Leg, out: Out): void {
  leg.isKnown = false;
  leg.forgottenAt = state.now;
  leg.isSeen = false;
  leg.hintedAt = 0;
  leg.mismatches = 0;
  leg.query = { tag: 'none' };
  for (const order of leg.orders) if (order.state.tag === 'sent' || order.state.tag === 'cancelling') doubt(order, 'restart', state.now);
  if (leg.staged !== null) releaseStaged(state, leg, leg.staged.after, 'refused', out);
  const { position } = leg;
  if (position.tag === 'flat') return;
  position.suspectAt = 0;
  const { tag } = position.protection;
  if (tag === 'waived') return;
  expectBy(state, position, state.setup.config.recoverDeadlineMs);
  if (tag === 'unprotected' || tag === 'breached') return;
  position.protection = { tag: 'unprotected', cause: 'unknown', since: state.now };
  out.notes.push({ tag: 'protection', at: state.now, leg: leg.index, protection: position.protection, cause: 'restart' });
}

/** The venue's reading of one leg, asked for or not. */
export function takeSnapshot(state: State, event: AccountSnapshot, out: Out): void {
  const leg = state.legs[event.leg]!;
  const isAnswer = leg.query.tag !== 'none';
  hear(state, leg);
  if (!leg.isKnown && event.takenAt >= leg.book.lastAt) takePrices(leg.book, event);
  catchUp(state, leg, newExecutions(state, event), out);
  if (event.ended !== 'unknown' && leg.buried.length > 0) for (const { order, filled } of event.ended) oweFills(leg, order, filled);
  const areOrdersOpen = takeOrders(state, leg, event, out);
  const position = takePosition(state, leg, event, out);
  if (leg.position.tag === 'flat' && position === 'open' && isShownBare(event)) hint(state, leg);
  if (position === 'known') {
    leg.isSeen ||= event.takenAt >= leg.forgottenAt;
    if (event.takenAt >= leg.hintedAt) leg.hintedAt = 0;
  }
  if (position === 'known' || isOnSide(leg, event)) takeStop(state, leg, event, position === 'known', out);
  const isOpen = areOrdersOpen || position === 'open';
  const isWhole = position === 'known' && !areOrdersOpen && event.openOrders !== 'unknown' && event.executions !== 'unknown'
    && event.takenAt >= leg.forgottenAt
    && (leg.position.tag === 'flat' || (event.stop !== 'unknown' && leg.position.protection.tag !== 'unprotected'));
  answered(state, leg, isWhole || (leg.isKnown && !isOpen && (position === 'known' || !isAnswer)));
  if (leg.forgottenAt > 0) lookAgain(state, leg, event);
  if (!isWhole) return;
  if (leg.position.tag === 'open') trim(state, leg, leg.position, out);
  if (!leg.isKnown) know(state, leg, out);
}

/** One reading proves no position, and the next may be long in coming: what is shown without a stop has to be clear in time. */
function isShownBare({ position, stop }: AccountSnapshot): boolean {
  return position !== 'unknown' && position.lots > 0 && (stop === 'unknown' || stop === null);
}

/** What a reading is made of may be some seconds old, and nothing else tells of what happened while nobody listened. */
function lookAgain(state: State, leg: Leg, { takenAt }: AccountSnapshot): void {
  const at = leg.forgottenAt + state.setup.config.recvWindowMs;
  if (takenAt < at) askAt(state, leg, at);
}

/** Another size, but the same side: a stop that is not on it is on no part of it, one that is may be that of a position before. */
function isOnSide({ position: own }: Leg, { position }: AccountSnapshot): boolean {
  return own.tag === 'open' && position !== 'unknown' && position.side === own.side;
}

/** At a first start nothing is counted that a reading could disagree with: one is enough. */
function isFresh({ isKnown, executedAt, orders, buried }: Leg): boolean {
  return !isKnown && executedAt === 0 && orders.length === 0 && buried.length === 0;
}

/** True when something of the orders is open after this reading. */
function takeOrders(state: State, leg: Leg, event: AccountSnapshot, out: Out): boolean {
  let isOpen = false;
  for (const finding of orderFindings(state, leg, event)) {
    takeFinding(state, leg, finding, event.takenAt, out);
    isOpen ||= finding.tag === 'unseen' || (finding.tag === 'stands' && finding.shown.filled > finding.order.filled);
  }
  return isOpen || isAnyUnknown(leg) || areFillsOwed(state, leg);
}

function isAnyUnknown({ orders }: Leg): boolean {
  return orders.some((order) => order.state.tag === 'unknown');
}

/** After an outage a reading is newer than the last bar: stops are judged, and set, by its prices. */
function takePrices(book: Book, { markTicks, lastTicks }: AccountSnapshot): void {
  if (lastTicks > 0) book.lastTicks = lastTicks;
  if (!(markTicks > 0)) return;
  book.markTicks = markTicks;
  book.basisTicks = Number.isNaN(book.lastTicks) ? 0 : markTicks - book.lastTicks;
}

/** The leg is known; once all are, the engine goes on where it was, or halts where it had. */
function know(state: State, leg: Leg, out: Out): void {
  leg.isKnown = true;
  const { mode } = state;
  if (mode.tag !== 'recovering') return;
  const missing = mode.missing.filter((index) => index !== leg.index);
  if (missing.length > 0) {
    setMode(state, { ...mode, missing }, out);
    return;
  }
  const { afterRecovery } = state;
  state.afterRecovery = { tag: 'trading' };
  setMode(state, afterRecovery, out);
  if (state.mode.tag === 'cooldown') due(state, state.mode.until);
  const { reconnectCooldownMs } = state.setup.config;
  if (mode.cause === 'reconnect' && reconnectCooldownMs > 0) {
    cool(state, state.now + reconnectCooldownMs, 'reconnected', `the connection was lost`, out);
  }
}

function takeFinding(state: State, leg: Leg, finding: OrderFinding, takenAt: number, out: Out): void {
  switch (finding.tag) {
    case 'stands': {
      const { order, shown, isFinal } = finding;
      if (isFinal) takeTerms(leg, order, shown);
      acceptOrder(state, leg, order.id, out);
      releaseStaged(state, leg, order.id, 'accepted', out);
      return;
    }
    case 'ended': endFound(state, leg, finding.order, finding.how, out); return;
    case 'absent': countAbsence(state, leg, finding.order, takenAt, out); return;
    case 'stray':
      if (!unearth(state, leg, finding.id, out)) out.commands.push(approveReducing({ tag: 'cancel', leg: leg.index, order: finding.id }));
      return;
    case 'foreign': takeForeignOrder(state, leg, finding.order, out); return;
    default:
  }
}

/** Terms that the venue holds: a change that was asked for and lost is not believed for ever. */
function takeTerms({ position }: Leg, order: Order, { lots, priceTicks }: OpenOrder): void {
  if (order.role === 'target' && order.lots !== lots && position.tag === 'open') position.areTargetsDue = true;
  order.lots = lots;
  if (priceTicks > 0) order.priceTicks = priceTicks;
}

function endFound(
  state: State, leg: Leg, order: Order, { outcome, filled }: { readonly outcome: 'filled' | 'cancelled' | 'rejected' | 'expired'; readonly filled: number }, out: Out,
): void {
  if (outcome === 'cancelled') closeOrder(state, leg, { tag: 'order-cancelled', at: state.now, leg: leg.index, order: order.id, cause: order.isUnwanted ? 'requested' : 'venue', filled }, out);
  else if (outcome === 'expired') closeOrder(state, leg, { tag: 'order-expired', at: state.now, leg: leg.index, order: order.id, filled }, out);
  else if (outcome === 'filled') {
    buryOrder(state, leg, order, { outcome, reason: 'filled', filled }, out);
    releaseStaged(state, leg, order.id, 'owed', out);
    ask(state, leg, out);
  } else {
    endOrder(leg, order.id, state.now, 'rejected', 'found in history', out);
    releaseStaged(state, leg, order.id, 'refused', out);
    afterExit(state, leg, order, 'refused', out);
  }
}

/** 4 of `reconcile.ts`: the second absence proves it. */
function countAbsence(state: State, leg: Leg, order: Order, takenAt: number, out: Out): void {
  if (order.state.tag !== 'unknown') doubt(order, 'not-shown', state.now);
  if (order.state.tag !== 'unknown') return;
  const absences = order.state.absences + 1;
  order.state = { ...order.state, absences, absentAt: takenAt };
  if (absences < absencesNeeded) return;
  buryOrder(state, leg, order, { outcome: 'absent', reason: order.state.cause === 'not-shown' ? 'not shown' : 'never placed', filled: 0 }, out);
  releaseStaged(state, leg, order.id, 'refused', out);
  afterExit(state, leg, order, 'refused', out);
}

/** What the reading says of the position counted: it is the venue's, nothing, or that something is open. */
function takePosition(state: State, leg: Leg, event: AccountSnapshot, out: Out): 'known' | 'unknown' | 'open' {
  const finding = positionFinding(leg, event);
  if (finding === 'as-counted') leg.mismatches = 0;
  if (event.position === 'unknown' || finding === 'unknown') return 'unknown';
  if (finding !== 'different') return finding === 'as-counted' ? 'known' : 'open';
  if (event.executions === 'unknown' || event.takenAt <= leg.mismatchAt || mayExplain(state, leg)) return 'open';
  const { side, lots, cost, entryTicks } = event.position;
  const difference = side * lots - signedLots(leg);
  // A fill counted since is another position to differ from: readings that are all stale can differ by the same twice.
  leg.mismatches = difference === leg.mismatchLots && leg.executedAt < leg.mismatchFrom ? leg.mismatches + 1 : 1;
  leg.mismatchAt = event.takenAt;
  leg.mismatchLots = difference;
  if (leg.mismatches === 1) leg.mismatchFrom = event.takenAt;
  if (!isFresh(leg) && (leg.mismatches < mismatchesNeeded || event.takenAt < leg.mismatchFrom + state.setup.config.recvWindowMs)) return 'open';
  if (leg.position.tag === 'open' || side === 0) {
    const symbol = state.setup.strategy.symbols[leg.symbol]!;
    halt(state, 'unreconciled', `${symbol}: ${signedLots(leg)} lots counted, ${side * lots} at the venue, and no execution explains it`, out);
    return 'open';
  }
  alert(state, 'warning', 'adopted', `a position of ${side * lots} lots is taken over at the venue's entry`, out);
  const taken = {
    tag: 'execution', at: state.now, leg: leg.index, order: -1, id: `adopted-${leg.index}-${event.takenAt}`, cause: 'foreign',
    side, lots: lotsOf(lots), priceTicks: entryTicks, value: cost, fee: 0n, liquidity: 'taker', leavesLots: 0,
  } as const;
  countExecution(state, leg, taken, out);
  takeExecution(state, leg, taken, out);
  out.notes.push({ tag: 'recovered', at: state.now, execution: taken, referenceTicks: state.fill.referenceTicks });
  leg.mismatches = 0;
  leg.adoptedAt = event.takenAt;
  if (event.stop !== 'unknown' && event.stop !== null) takeStop(state, leg, event, true, out);
  afterFill(state, leg, taken, out);
  return 'known';
}

/** Orders that are on their way, unknown, or over with fills that were not told may be the whole difference: they come first. */
function mayExplain(state: State, leg: Leg): boolean {
  return areFillsOwed(state, leg) || leg.orders.some(({ state: { tag } }) => tag === 'sent' || tag === 'unknown');
}

/** What the venue says of the stop of a position; `isSure` = the position is the one that is counted, and so is its stop. */
function takeStop(state: State, leg: Leg, event: AccountSnapshot, isSure: boolean, out: Out): void {
  const { position } = leg;
  if (position.tag === 'flat') return;
  const finding = stopFinding(leg, event);
  if (finding.tag === 'missing') {
    if (position.wantedStop > 0) restoreStop(state, leg, position, 'cancelled', out);
    else protectAdopted(state, leg, position, Number.NaN, out);
    return;
  }
  if (finding.tag !== 'shown') return;
  if (finding.isOverdue && position.isSuspectAsked && position.suspectAt > 0) {
    breach(state, leg, position, finding.triggerTicks, sourceTicks(leg, finding.by), out, isSure);
    return;
  }
  if (!isSure) return;
  position.suspectAt = 0;
  confirmStop(state, leg, position, finding.triggerTicks, finding.by, out);
}

/** A connection or a recovery that takes too long is a halt, with the position protected as far as it can be. */
export function takeRecoveryTimer(state: State, out: Out): void {
  const { mode, link, setup: { config: { linkHaltMs, recoverDeadlineMs } } } = state;
  if (mode.tag === 'halted') return;
  if (link.tag === 'down' && link.since + linkHaltMs <= state.now) halt(state, 'link', `no connection for ${linkHaltMs} ms`, out);
  else if (mode.tag === 'recovering' && mode.since + linkHaltMs <= state.now) {
    const names = mode.missing.map((index) => state.setup.strategy.symbols[index]!).join(', ');
    halt(state, 'unreconciled', `${names}: not known after ${linkHaltMs} ms`, out);
  } else if (mode.tag === 'recovering' && mode.since + recoverDeadlineMs <= state.now) haltUnseen(state, out);
  haltHinted(state, out);
}

/** A leg whose position nobody told since the restart or reconnect: there may be one, and it may be bare. */
function haltUnseen(state: State, out: Out): void {
  const unseen = state.legs.filter((leg) => !leg.isSeen).map((leg) => state.setup.strategy.symbols[leg.symbol]!);
  if (unseen.length > 0) halt(state, 'unreconciled', `${unseen.join(', ')}: position not told within ${state.setup.config.recoverDeadlineMs} ms`, out);
}

/** A leg that is counted flat, of which a stop was told or a bare position was shown, and nothing made it clear since. */
function haltHinted(state: State, out: Out): void {
  const { strategy, config: { recoverDeadlineMs } } = state.setup;
  for (const { symbol, position, hintedAt } of state.legs) {
    if (hintedAt === 0 || position.tag === 'open' || hintedAt + recoverDeadlineMs > state.now) continue;
    halt(state, 'unreconciled', `${strategy.symbols[symbol]!}: a position or the stop of one was told of, and nothing made it clear within ${recoverDeadlineMs} ms`, out);
  }
}
