/**
 * Deadlines that came: every state of an order, a stop, an exit, a question and a cooldown has a timed way out. Each
 * acts once and then either ends or stands with a later deadline (`deadlines.ts` reads them).
 */
import { isRepeatable, orderDue } from './deadlines.ts';
import type { Event } from './events.ts';
import { takeExitTimer } from './leaving.ts';
import { takeRelease } from './limits.ts';
import { halt } from './mode.ts';
import type { Out } from './notes.ts';
import { doubt, resendReduce } from './orders.ts';
import { takeStopTimer } from './protection.ts';
import { ask, takeQueryTimer } from './queries.ts';
import { takeRecoveryTimer } from './recovery.ts';
import { approveReducing } from './risk.ts';
import type { Leg, Order, State } from './state.ts';

export function takeTimer(state: State, event: Event, out: Out): void {
  if (event.tag !== 'timer') return;
  for (const leg of state.legs) {
    for (const order of leg.orders) if (orderDue(state, leg, order) <= state.now) breakSilence(state, leg, order, out);
    while (leg.buried.length > 0 && leg.buried[0]!.until <= state.now) leg.buried.shift();
    takeStopTimer(state, leg, out);
    if (leg.position.tag === 'open') takeExitTimer(state, leg, leg.position, out);
    takeQueryTimer(state, leg, out);
  }
  takeRecoveryTimer(state, out);
  takeRelease(state, out);
}

/** Nothing was heard of an order for too long. */
function breakSilence(state: State, leg: Leg, order: Order, out: Out): void {
  switch (order.state.tag) {
    case 'sent':
    case 'working':
      if (isRepeatable(leg, order)) repeatExit(state, leg, order, out);
      else doubt(order, 'no-answer', state.now);
      break;
    case 'cancelling':
      doubt(order, 'no-answer', state.now);
      out.commands.push(approveReducing({ tag: 'cancel', leg: leg.index, order: order.id }));
      break;
    case 'unknown':
      if (isRepeatable(leg, order) && order.state.cause !== 'duplicate-link') repeatExit(state, leg, order, out);
      else haltUnknown(state, leg, order, out);
      break;
    default:
  }
  ask(state, leg, out);
}

/** The exit goes out again, unless it was accepted: then it is only asked about. Nobody asked while the engine was away. */
function repeatExit(state: State, leg: Leg, order: Order, out: Out): void {
  if (order.state.tag === 'working') order.state = { tag: 'working', since: state.now };
  else resendReduce(state, order, out);
  if (Math.max(order.sentAt, leg.forgottenAt) + state.setup.config.linkHaltMs <= state.now) haltUnknown(state, leg, order, out);
}

/** Questions were asked all the time, and none of the answers told. */
function haltUnknown(state: State, leg: Leg, order: Order, out: Out): void {
  const symbol = state.setup.strategy.symbols[leg.symbol]!;
  halt(state, 'unreconciled', `${symbol}: order ${order.id} not known after ${state.setup.config.linkHaltMs} ms`, out);
}
