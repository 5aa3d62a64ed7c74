/**
 * Requests that did not come back as an answer. `not-applied` is a refusal; `unknown` proves nothing: the order stands
 * until something shows what became of it.
 *
 * 1. A lost entry is never sent again: it may be there.
 * 2. A lost exit of a whole position is sent again under the same link, at once and then between questions: the worst
 *    answer is that it is there. A part of one is not: twice it would be more than was wanted.
 * 3. A lost cancel is sent again, not at once when it was lost at once; "no such order" to a cancel or an amend is a
 *    question, not an answer.
 * 4. An order that could not be amended stands at terms that nobody wants: it goes.
 */
import type { RequestFailed } from './events.ts';
import { due, isRepeatable } from './deadlines.ts';
import { afterExit } from './leaving.ts';
import type { Out } from './notes.ts';
import { cancelOrder, doubt, endOrder, findOrder, releaseStaged, resendReduce } from './orders.ts';
import { answered, ask } from './queries.ts';
import { approveReducing } from './risk.ts';
import type { Leg, Order, State } from './state.ts';

export function takeFailure(state: State, leg: Leg, event: RequestFailed, out: Out): void {
  const order = event.order > 0 ? findOrder(leg, event.order) : null;
  switch (event.of) {
    case 'enter':
    case 'reduce':
      if (order !== null) failOrder(state, leg, order, event, out);
      return;
    case 'cancel':
      if (order !== null) failCancel(state, leg, order, event, out);
      return;
    case 'amend':
      if (order !== null) failAmend(state, leg, order, event, out);
      return;
    case 'query-account': answered(state, leg, false); return;
    case 'set-stop': return; // asked for again at its deadline (`protection.ts`)
    default:
  }
}

function failOrder(state: State, leg: Leg, order: Order, { at, certainty, reason }: RequestFailed, out: Out): void {
  if (order.state.tag === 'working') return;
  if (certainty === 'not-applied' && order.attempt === 1) {
    endOrder(leg, order.id, at, 'rejected', reason, out);
    state.refusals[`venue-${reason}`] = (state.refusals[`venue-${reason}`] ?? 0) + 1;
    releaseStaged(state, leg, order.id, 'refused', out);
    afterExit(state, leg, order, 'refused', out);
    return;
  }
  if (order.state.tag === 'cancelling') return; // the answer to the cancel says more
  if (isRepeatable(leg, order) && order.attempt < state.setup.config.protectAttempts) {
    resendReduce(state, order, out);
    return;
  }
  doubt(order, 'no-answer', at);
  due(state, order.attemptAt + state.setup.config.queryMs);
  ask(state, leg, out);
}

function failCancel(state: State, leg: Leg, order: Order, { certainty, reason }: RequestFailed, out: Out): void {
  if (certainty === 'not-applied' && reason === 'no-order') {
    doubt(order, 'not-shown', state.now);
    ask(state, leg, out);
    return;
  }
  if (order.state.tag !== 'cancelling' || certainty !== 'unknown') return; // what is left to do its silence does
  if (order.state.since + state.setup.config.queryMs > state.now) {
    ask(state, leg, out);
    return;
  }
  order.state = { tag: 'cancelling', since: state.now };
  out.commands.push(approveReducing({ tag: 'cancel', leg: leg.index, order: order.id }));
}

/** A target that kept its old size only reduces: it may stand, and a later reading shows its terms. */
function failAmend(state: State, leg: Leg, order: Order, { certainty, reason }: RequestFailed, out: Out): void {
  const isGone = certainty === 'not-applied' && reason === 'no-order';
  if (order.role !== 'target') cancelOrder(state, leg, order, out);
  if (isGone) doubt(order, 'not-shown', state.now);
  if (isGone || certainty === 'unknown') ask(state, leg, out);
}
