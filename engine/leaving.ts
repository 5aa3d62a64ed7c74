/**
 * Ways out that stay wanted: once a position is to be left, reduce-only orders are sent until nothing of it remains.
 *
 * 1. The standing exits never claim more than the position, as far as they are known; a lost one is sent again under the
 *    same link, a refused or ended one as a new order: at once where it filled in part, for that is no refusal.
 * 2. Rungs: a limit at the price, an IOC limit through it, then the market. A breach goes to the market at once.
 * 3. A refusal waits a little longer each time, never longer than a minute; a closed bar tries again anyway.
 */
import { due } from './deadlines.ts';
import { alert, halt } from './mode.ts';
import type { Out } from './notes.ts';
import { cancelOrder, sendReduce, workingExit } from './orders.ts';
import { areFillsOwed } from './owed.ts';
import type { Leg, OpenPosition, Order, State } from './state.ts';
import { ask } from './queries.ts';
import { triggerInForce } from './stop-levels.ts';
import type { Ms } from './units.ts';

const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

/** Reduce-only exit of the whole position at market; opening orders of the leg are cancelled with it. */
export function exitAll(state: State, leg: Leg, reason: string, out: Out): void {
  leave(state, leg, reason, 'market', out);
}

/** The same by the configured rungs: for exits that are not in a hurry. */
export function exitByRungs(state: State, leg: Leg, reason: string, out: Out): void {
  const { limitMs, iocMs } = state.setup.config.exit;
  leave(state, leg, reason, limitMs > 0 ? 'limit' : iocMs > 0 ? 'ioc' : 'market', out);
}

function leave(state: State, leg: Leg, reason: string, rung: OpenPosition['rung'], out: Out): void {
  for (const order of leg.orders) if (!order.reduceOnly) cancelOrder(state, leg, order, out);
  leg.staged = null;
  const { position } = leg;
  if (position.tag === 'flat') return;
  const isHastier = position.leaving !== '' && position.rung !== rung && rung === 'market';
  if (position.leaving === '' || isHastier) position.rung = rung;
  position.leaving = reason;
  if (isHastier) for (const order of leg.orders) if (order.role === 'exit' && order.type === 'limit') cancelOrder(state, leg, order, out);
  keepLeaving(state, leg, position, out);
}

/** An exit stays wanted: what the volume or a refusal left of the position is sent again. */
export function keepLeaving(state: State, leg: Leg, position: OpenPosition, out: Out): void {
  const lots = uncovered(leg, position);
  if (lots <= 0) return;
  position.exitAt = 0;
  const { limitMs, iocMs, iocBps } = state.setup.config.exit;
  const { lastTicks } = leg.book;
  const wish = { role: 'exit', lots, key: '', reason: position.leaving } as const;
  if (position.rung === 'market' || !(lastTicks > 0)) {
    sendReduce(state, leg, { ...wish, priceTicks: 0 }, out);
    return;
  }
  const through = position.rung === 'ioc' ? -position.side * lastTicks * (iocBps / 10_000) : 0;
  const priceTicks = Math.max(1, position.side === 1 ? Math.floor(lastTicks + through) : Math.ceil(lastTicks + through));
  sendReduce(state, leg, { ...wish, priceTicks, timeInForce: position.rung === 'ioc' ? 'IOC' : 'GTC' }, out);
  retryAt(state, position, state.now + (position.rung === 'ioc' ? iocMs : limitMs));
}

/**
 * Lots that no standing exit takes care of. In a hurry a limit that is being cancelled is none; an exit of a part whose
 * request may be lost is none either, nor is one of an earlier position. A lost exit of the whole is waited for: two of them would be one intent twice.
 */
function uncovered(leg: Leg, { side, lots, rung, openedAt }: OpenPosition): number {
  let open = lots;
  for (const order of leg.orders) {
    if (order.role !== 'exit' || order.side === side || order.sentAt < openedAt) continue;
    const remaining = order.lots - order.filled;
    if (rung === 'market' && order.type === 'limit' && order.isUnwanted) continue;
    if (order.state.tag === 'unknown' && remaining < lots) continue;
    open -= remaining;
  }
  return open;
}

/** At market, and under way for the whole, or over with its fills still to be told: nothing went wrong with the exit yet. */
export function isLeavingWell(state: State, leg: Leg, position: OpenPosition): boolean {
  if (position.leaving === '' || position.rung !== 'market') return false;
  const owed = owedExits(state, leg, position);
  if (owed >= position.lots) return true;
  if (position.isHalfStopped && position.exitAt === 0 && workingExit(leg) === null) return true; // the venue's stop waits for volume too
  if (uncovered(leg, position) > owed) return false;
  for (const order of leg.orders) if (order.role === 'exit' && order.type === 'market' && isUnderWay(state, order)) return true;
  return false;
}

/** Lots that exits which are over filled by the venue's word, and that were not told yet. */
function owedExits(state: State, leg: Leg, { side }: OpenPosition): number {
  if (!areFillsOwed(state, leg)) return 0;
  let owed = 0;
  for (const { order, filled } of leg.buried) if (order.reduceOnly && order.side !== side) owed += Math.max(0, filled - order.filled);
  return owed;
}

/** Held by the venue, or sent, and not silent: a repeated request has as long as a stop has. */
function isUnderWay({ now, setup: { config } }: State, { state, sentAt, attempt, attemptAt }: Order): boolean {
  if (state.tag === 'working') return now < sentAt + config.orderSilenceMs;
  if (state.tag !== 'sent') return false;
  return attempt === 1 || (attempt <= config.protectAttempts && now < attemptAt + config.protectDeadlineMs);
}

/** The time of a rung or of a wait is over. */
export function takeExitTimer(state: State, leg: Leg, position: OpenPosition, out: Out): void {
  if (position.exitAt === 0 || position.exitAt > state.now) return;
  position.exitAt = 0;
  const standing = workingExit(leg);
  if (standing === null) keepLeaving(state, leg, position, out);
  else if (position.rung !== 'market') {
    position.rung = nextRung(state, position.rung);
    cancelOrder(state, leg, standing, out);
  }
}

function nextRung(state: State, rung: OpenPosition['rung']): OpenPosition['rung'] {
  return rung === 'limit' && state.setup.config.exit.iocMs > 0 ? 'ioc' : 'market';
}

/** What ended an exit: the shell's volume waits for the next bar, a rung and one cut short go on at once, all else waits a little. */
export type ExitEnd = 'no-volume' | 'rung' | 'cut' | 'refused';

/** An exit ended and the position did not. */
export function afterExit(state: State, leg: Leg, order: Order, end: ExitEnd, out: Out): void {
  const { position } = leg;
  if (order.role !== 'exit' || position.tag === 'flat' || position.leaving === '') return;
  if (end === 'rung') {
    if (order.timeInForce === 'IOC' && order.type === 'limit') position.rung = 'market';
    keepLeaving(state, leg, position, out);
    return;
  }
  if (end === 'no-volume') {
    if (position.isOverdue && !isLeavingWell(state, leg, position)) haltBare(state, leg, position, 'nobody took the exit', out);
    return;
  }
  position.rung = 'market';
  if (end === 'cut') {
    keepLeaving(state, leg, position, out);
    return;
  }
  position.exitAttempts += 1;
  if (position.exitAttempts > 1 || position.isOverdue) haltBare(state, leg, position, 'the exit was refused', out);
  if (position.exitAttempts >= state.setup.config.protectAttempts) {
    const symbol = state.setup.strategy.symbols[leg.symbol]!;
    alert(state, 'alarm', 'exit', `${symbol}: the exit was refused ${position.exitAttempts} times`, out);
  }
  retryAt(state, position, state.now + Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(6, position.exitAttempts - 1)));
  ask(state, leg, out);
}

/** The way out failed, and nothing of the venue stands in for it: people have to know now. */
function haltBare(state: State, leg: Leg, { protection }: OpenPosition, what: string, out: Out): void {
  if (triggerInForce(protection) !== null || protection.tag === 'waived') return;
  halt(state, 'unprotected', `${state.setup.strategy.symbols[leg.symbol]!}: no stop in force, and ${what}`, out);
}

function retryAt(state: State, position: OpenPosition, at: Ms): void {
  position.exitAt = at;
  due(state, at);
}
