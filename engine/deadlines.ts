/**
 * When the engine wants to be asked again. Nothing is ever "set": every deadline follows from the state, so that no
 * restart can lose one. Shells ask `deadlineOf` before they let time pass, and send a `timer` when it has come.
 *
 * `state.dueAt` is a lower bound, kept by whoever sends something; it is made exact here, when somebody asks.
 */
import type { Leg, OpenPosition, Order, State } from './state.ts';
import type { Ms } from './units.ts';

/** Notes that something is to be looked at again at `at`. */
export function due(state: State, at: Ms): void { // hot
  if (at < state.dueAt) state.dueAt = at;
}

/** Something tells of a position where none is counted: it has to be clear within the time of a recovery. */
export function hint(state: State, leg: Leg): void {
  if (leg.hintedAt === 0) leg.hintedAt = state.now;
  due(state, leg.hintedAt + state.setup.config.recoverDeadlineMs);
}

/** The next instant, ms, at which the engine must be sent a `timer`; Infinity = it waits for nothing. */
export function deadlineOf(state: State): Ms { // hot
  if (state.dueAt !== Number.POSITIVE_INFINITY) state.dueAt = exactly(state);
  return state.dueAt;
}

function exactly(state: State): Ms { // hot
  const { legs, mode, link } = state;
  const { linkHaltMs } = state.setup.config;
  let at = mode.tag === 'cooldown' ? mode.until : mode.tag === 'recovering' ? mode.since + linkHaltMs : Number.POSITIVE_INFINITY;
  if (mode.tag === 'recovering' && isAnyUnseen(legs)) at = Math.min(at, mode.since + state.setup.config.recoverDeadlineMs);
  if (link.tag === 'down' && mode.tag !== 'halted') at = Math.min(at, link.since + linkHaltMs);
  for (let i = 0; i < legs.length; i++) {
    const own = dueOf(state, legs[i]!);
    if (own < at) at = own;
  }
  return at;
}

/** The position of some leg was not told since the last restart or reconnect. */
function isAnyUnseen(legs: State['legs']): boolean {
  for (let i = 0; i < legs.length; i++) if (!legs[i]!.isSeen) return true;
  return false;
}

function dueOf(state: State, leg: Leg): Ms { // hot
  const { position, orders, query, buried } = leg;
  let at = query.tag === 'none' ? Number.POSITIVE_INFINITY : query.tag === 'asked' ? query.since + patience(state, leg) : query.at;
  for (let i = 0; i < orders.length; i++) at = Math.min(at, orderDue(state, leg, orders[i]!));
  if (buried.length > 0) at = Math.min(at, buried[0]!.until);
  if (position.tag === 'flat') return leg.hintedAt > 0 && state.mode.tag !== 'halted' ? Math.min(at, leg.hintedAt + state.setup.config.recoverDeadlineMs) : at;
  at = Math.min(at, stopDue(state, position));
  if (position.protectBy > 0) at = Math.min(at, position.protectBy);
  if (position.suspectAt > 0) at = Math.min(at, position.suspectAt + state.setup.config.stopFireGraceMs);
  if (position.trailAt > 0) at = Math.min(at, position.trailAt);
  if (position.exitAt > 0) at = Math.min(at, position.exitAt);
  return at;
}

/** How long a question waits for its answer, or for being asked again: a stop that was only said to be there is a hurry. */
export function patience({ setup: { config } }: State, { position }: Leg): Ms {
  const isHurry = position.tag === 'open' && position.protection.tag === 'armed' && position.protectBy > 0;
  return isHurry ? Math.min(config.queryMs, attemptMs(config)) : config.queryMs;
}

/** Between two attempts to have a stop: all of them lie inside the deadline for one. */
function attemptMs({ protectDeadlineMs, protectAttempts }: State['setup']['config']): Ms {
  return Math.ceil(protectDeadlineMs / protectAttempts);
}

/** When silence about an order is too long: it becomes unknown, and unknown for too long it halts. */
export function orderDue(state: State, leg: Leg, order: Order): Ms { // hot
  const { config } = state.setup;
  switch (order.state.tag) {
    case 'sent': return order.attemptAt + config.orderSilenceMs;
    case 'cancelling': return order.state.since + config.orderSilenceMs;
    case 'working': return isFleeting(order) ? order.state.since + config.orderSilenceMs : Number.POSITIVE_INFINITY;
    case 'unknown':
      if (order.state.cause !== 'duplicate-link' && isRepeatable(leg, order)) return order.attemptAt + config.queryMs;
      return state.mode.tag === 'halted' ? Number.POSITIVE_INFINITY : order.state.since + config.linkHaltMs;
    default: return Number.POSITIVE_INFINITY;
  }
}

/** The exit of a position that is to be left may go out again under its link, as long as it is wanted. */
export function isRepeatable({ position }: Leg, { role, side, sentAt, isUnwanted }: Order): boolean {
  return role === 'exit' && !isUnwanted && position.tag === 'open' && position.leaving !== ''
    && position.side !== side && sentAt >= position.openedAt;
}

/** An order at market that is not conditional does not stand: standing, its end was not heard of. */
function isFleeting(order: Order): boolean { // hot
  return order.type === 'market' && order.triggerTicks === 0;
}

/** When a stop that was asked for is asked for again: the first attempts lie within the deadline, later ones are rarer. */
export function stopDue({ setup: { config } }: State, { protection, wantedStop }: OpenPosition): Ms { // hot
  if (protection.tag === 'unprotected' && protection.cause !== 'unknown' && wantedStop > 0) return protection.since + config.orderSilenceMs;
  if (protection.tag !== 'requested') return Number.POSITIVE_INFINITY;
  if (protection.attempt >= config.protectAttempts) return protection.since + config.orderSilenceMs;
  return protection.since + attemptMs(config);
}
