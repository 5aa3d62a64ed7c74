/**
 * When the engine wants to be asked again. Nothing is ever "set": every deadline follows from the state, so that no
 * restart can lose one. Shells ask `deadlineOf` before they let time pass, and send a `timer` when it has come.
 *
 * `state.dueAt` is a lower bound, kept by whoever sends something; it is made exact here, when somebody asks.
 */
import type { Leg, Order, State } from './state.ts';
import type { Ms } from './units.ts';

/** Notes that something is to be looked at again at `at`. */
export function due(state: State, at: Ms): void { // hot
  if (at < state.dueAt) state.dueAt = at;
}

/** The next instant, ms, at which the engine must be sent a `timer`; Infinity = it waits for nothing. */
export function deadlineOf(state: State): Ms { // hot
  if (state.dueAt !== Number.POSITIVE_INFINITY) state.dueAt = exactly(state);
  return state.dueAt;
}

function exactly(state: State): Ms { // hot
  const { legs, mode } = state;
  let at = mode.tag === 'cooldown' ? mode.until : Number.POSITIVE_INFINITY;
  for (let i = 0; i < legs.length; i++) {
    const own = dueOf(state, legs[i]!);
    if (own < at) at = own;
  }
  return at;
}

function dueOf(state: State, leg: Leg): Ms { // hot
  const { position, orders, query, buried } = leg;
  const { queryMs } = state.setup.config;
  let at = query.tag === 'none' ? Number.POSITIVE_INFINITY : query.tag === 'asked' ? query.since + queryMs : query.at;
  for (let i = 0; i < orders.length; i++) at = Math.min(at, orderDue(state, orders[i]!));
  if (buried.length > 0) at = Math.min(at, buried[0]!.until);
  if (position.tag === 'flat') return at;
  const { protection } = position;
  if (protection.tag === 'requested') at = Math.min(at, stopDue(state, protection.since));
  if (position.protectBy > 0) at = Math.min(at, position.protectBy);
  if (position.suspectAt > 0) at = Math.min(at, position.suspectAt + state.setup.config.stopFireGraceMs);
  if (position.exitAt > 0) at = Math.min(at, position.exitAt);
  return at;
}

/** When silence about an order is too long. */
export function orderDue(state: State, order: Order): Ms { // hot
  const { config } = state.setup;
  switch (order.state.tag) {
    case 'sent': return order.attemptAt + config.orderSilenceMs;
    case 'cancelling': return order.state.since + config.orderSilenceMs;
    default: return Number.POSITIVE_INFINITY;
  }
}

/** When a stop that was asked for is asked for again: all attempts lie within the deadline. */
export function stopDue({ setup: { config } }: State, since: Ms): Ms { // hot
  return since + Math.ceil(config.protectDeadlineMs / config.protectAttempts);
}
