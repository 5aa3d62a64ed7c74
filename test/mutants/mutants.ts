/**
 * Bugs that the predecessor had, or that a rebuild of it could have, each put back into the engine as one changed text.
 * Kept in the order of a trade's life: entry, fill, stop, exit, halt, restart, what is not ours.
 */
import type { Mutant } from './workshop.ts';

export const mutants: readonly Mutant[] = [
  // ---- entries
  {
    bug: 'the stop is not sent with the entry', file: 'engine/orders.ts',
    search: 'stopTicks: terms === null ? 0 : terms.stopTicks,', replace: 'stopTicks: 0,',
  },
  {
    bug: 'a lost answer is taken for an order that was never placed', file: 'engine/failures.ts',
    search: "  doubt(order, 'no-answer', at);", replace: "  endOrder(leg, order.id, at, 'rejected', reason, out);",
  },
  {
    bug: 'an entry is sent again after a lost answer', file: 'engine/failures.ts',
    search: '  if (isRepeatable(leg, order) && order.attempt', replace: '  if (order.attempt',
  },
  {
    bug: 'silence about an order is never looked into', file: 'engine/deadlines.ts',
    search: "case 'sent': return order.attemptAt + config.orderSilenceMs;", replace: "case 'sent': return Number.POSITIVE_INFINITY;",
  },
  {
    bug: 'an order not shown is believed absent at once, while its request may still be on its way', file: 'engine/reconcile.ts',
    search: 'return takenAt > attemptAt + config.recvWindowMs + config.absenceMarginMs;', replace: 'return true;',
  },
  {
    bug: 'one reading without the order proves that it never was', file: 'engine/reconcile.ts',
    search: 'export const absencesNeeded = 2;', replace: 'export const absencesNeeded = 1;',
  },
  {
    bug: 'a duplicate link is taken for a refusal, and the order for dead', file: 'engine/answers.ts',
    search: "if (reason === 'duplicate-link') {", replace: 'if (order === undefined) {',
  },
  // ---- fills
  {
    bug: 'an execution told twice counts twice', file: 'engine/answers.ts',
    search: 'fill.isNew = isNewExecution(state, event.id);', replace: 'fill.isNew = isNewExecution(state, event.id) || true;',
  },
  {
    bug: 'a late fill of an order that is over is dropped', file: 'engine/answers.ts',
    search: '  fill.order = order;\n', replace: '  fill.order = order;\n  if (standing === null) fill.isNew = false;\n',
  },
  {
    bug: 'a fill that is not ours is ignored', file: 'engine/answers.ts',
    search: 'export function takeExecution(state: State, leg: Leg, event: Execution, out: Out): void { // hot\n',
    replace: "export function takeExecution(state: State, leg: Leg, event: Execution, out: Out): void { // hot\n  if (event.cause === 'foreign') state.fill.isNew = false;\n",
  },
  {
    bug: 'a cancelled order means flat', file: 'engine/answers.ts',
    search: "  const isExpired = event.tag === 'order-expired';", replace: "  leg.position = { tag: 'flat' };\n  const isExpired = event.tag === 'order-expired';",
  },
  {
    bug: 'fills that a cancellation speaks of are not waited for', file: 'engine/answers.ts',
    search: 'event.filled > order.filled', replace: 'event.filled > order.lots',
  },
  {
    bug: 'a filled order stays pending', file: 'engine/orders.ts',
    search: '    orders.splice(i, 1);\n', replace: "    if (outcome !== 'filled') orders.splice(i, 1);\n    else order.state = { tag: 'sent', since: at };\n",
  },
  {
    bug: 'a part of an entry is not protected before the rest', file: 'engine/guard.ts',
    search: '  protectFill(state, leg, order.terms,', replace: '  if (event.leavesLots === 0) protectFill(state, leg, order.terms,',
  },
  {
    bug: 'more than was ordered is kept', file: 'engine/guard.ts',
    search: 'position.plannedLots += over > 0 ? Math.max(0, opened - over) : opened;', replace: 'position.plannedLots += opened;',
  },
  {
    bug: 'an oversized position is not trimmed', file: 'engine/guard.ts',
    search: "  const lots = position.lots - position.plannedLots;\n", replace: '  const lots = 0;\n',
  },
  {
    bug: 'profit is gross: fees and funding are left out', file: 'engine/position.ts',
    search: 'trade.realised - trade.fees + trade.funding', replace: 'trade.realised',
  },
  // ---- stops
  {
    bug: '"not modified" is a failure', file: 'engine/guard.ts',
    search: "case 'stop-unchanged': onStopUnchanged(state, state.legs[event.leg]!, event, out); return;",
    replace: "case 'stop-unchanged': for (let i = 0; i < 3; i++) onStopRefused(state, state.legs[event.leg]!, { ...event, tag: 'stop-refused', reason: 'other' }, out); return;",
  },
  {
    bug: 'a stop refused as through its price is asked for again instead of leaving', file: 'engine/protection.ts',
    search: 'breach(state, leg, position, protection.trigger, sourceTicks(leg, protection.by), out);', replace: 'repeatStop(state, leg, position, out);',
  },
  {
    bug: 'a price at the stop is not through it', file: 'engine/stop-levels.ts',
    search: 'priceTicks <= triggerTicks : priceTicks >= triggerTicks', replace: 'priceTicks < triggerTicks : priceTicks > triggerTicks',
  },
  {
    bug: 'a stop that cannot be set has no end', file: 'engine/protection.ts',
    search: '  if (position.protectBy > 0 && position.protectBy <= state.now) failProtection(', replace: '  if (position.protectBy < 0) failProtection(',
  },
  {
    bug: 'a stop that nobody holds is looked at only when a bar closes', file: 'engine/guard.ts',
    search: '  if (leg.position.tag === \'open\') watchBreach(', replace: '  if (leg.historyCount < 0) watchBreach(',
  },
  {
    bug: 'a stop moves looser', file: 'engine/exits.ts',
    search: '  if (loosens && !want.loosen) return looser;\n', replace: '',
  },
  {
    bug: 'a price through an armed stop sends a second exit before the venue was asked', file: 'engine/protection.ts',
    search: 'held)) suspect(state, position);', replace: 'held)) breach(state, leg, position, held, held, out);',
  },
  {
    bug: 'a stop cancelled at the venue is not set again', file: 'engine/recovery.ts',
    search: "if (position.wantedStop > 0) restoreStop(state, leg, position, 'cancelled', out);", replace: 'if (position.wantedStop > 0) return;',
  },
  // ---- exits
  {
    bug: 'an exit is not reduce-only', file: 'engine/orders.ts',
    search: 'timeInForce: order.timeInForce, reduceOnly: true,', replace: 'timeInForce: order.timeInForce, reduceOnly: false,',
  },
  {
    bug: 'a second exit is sent while one stands', file: 'engine/leaving.ts',
    search: '    open -= remaining;\n', replace: '',
  },
  {
    bug: 'a refused exit is not sent again', file: 'engine/leaving.ts',
    search: '  position.exitAttempts += 1;\n', replace: "  position.exitAttempts += 1;\n  position.leaving = '';\n  if (position.exitAttempts > 0) return;\n",
  },
  {
    bug: 'an exit is as large as the entry was, whatever is left', file: 'engine/leaving.ts',
    search: '  let open = lots;\n', replace: '  let open = leg.position.tag === \'open\' ? leg.position.trade.entryLots : lots;\n',
  },
  {
    bug: 'an exit whose answer was lost is forgotten', file: 'engine/deadlines.ts',
    search: "return role === 'exit' && !isUnwanted", replace: "return role === 'rest' && !isUnwanted",
  },
  // ---- halts
  {
    bug: 'a halt stops protection', file: 'engine/guard.ts',
    search: 'export function takeProtection(state: State, event: Event, out: Out): void { // hot\n',
    replace: "export function takeProtection(state: State, event: Event, out: Out): void { // hot\n  if (state.mode.tag === 'halted') return;\n",
  },
  {
    bug: 'a cooldown stops protection', file: 'engine/guard.ts',
    search: 'export function takeProtection(state: State, event: Event, out: Out): void { // hot\n',
    replace: "export function takeProtection(state: State, event: Event, out: Out): void { // hot\n  if (state.mode.tag === 'cooldown') return;\n",
  },
  {
    bug: 'a halt leaves an entry standing', file: 'engine/mode.ts',
    search: "  setMode(state, { tag: 'halted', cause, evidence, since: state.now }, out);\n  endOpeners(state, out);", replace: "  setMode(state, { tag: 'halted', cause, evidence, since: state.now }, out);",
  },
  {
    bug: 'a halt alarms each time its cause is seen', file: 'engine/mode.ts',
    search: '  if (last !== undefined && state.now - last.at < state.setup.config.alertEveryMs) {', replace: '  if (last !== undefined && state.now < last.at) {',
  },
  {
    bug: 'a loop of restarts is not broken', file: 'engine/mode.ts',
    search: '  return stumbles.length > count;', replace: '  return count < 0;',
  },
  {
    bug: 'a liquidation is no reason to halt', file: 'engine/link.ts',
    search: "      halt(state, 'liquidated',", replace: "      halt.call(null, { ...state, alerts: {}, legs: [], stumbles: [] }, 'liquidated',",
  },
  // ---- restarts and readings
  {
    bug: 'a restart forgets the halt', file: 'engine/recovery.ts',
    search: "  const { mode } = state;\n  if (mode.tag !== 'halted') {", replace: "  const mode = state.mode.tag === 'halted' ? { tag: 'trading' } as const : state.mode;\n  {",
  },
  {
    bug: 'a recovered position has its entry price for a stop', file: 'engine/foreign.ts',
    search: 'triggerTicks: wanted > 0 ? wanted : level,', replace: 'triggerTicks: Math.round(position.entryTicks),',
  },
  {
    bug: 'a position found is not given a stop', file: 'engine/foreign.ts',
    search: "  position.protection = { tag: 'unprotected', cause: 'adopted', since: state.now };\n  protectAdopted(state, leg, position, paidTicks, out);\n", replace: '',
  },
  {
    bug: 'a restart believes that the stop is still there', file: 'engine/recovery.ts',
    search: "  if (tag === 'unprotected' || tag === 'breached') return;", replace: '  if (tag !== undefined) return;',
  },
  {
    bug: 'a reconnect asks for nothing', file: 'engine/link.ts',
    search: "      beginRecovery(state, out, 'reconnect');\n", replace: '',
  },
  {
    bug: 'a position that could not be read is flat', file: 'engine/recovery.ts',
    search: "  if (event.position === 'unknown' || finding === 'unknown') return 'unknown';", replace: "  if (event.position === 'unknown' || finding === 'unknown') return leg.position.tag === 'flat' ? 'known' : 'open';",
  },
  {
    bug: 'orders that could not be read are none', file: 'engine/reconcile.ts',
    search: "  if (openOrders === 'unknown' || ended === 'unknown' || executions === 'unknown') return false;\n", replace: '',
  },
  {
    bug: 'a reading older than an execution is believed', file: 'engine/reconcile.ts',
    search: "return takenAt < leg.executedAt ? 'older' : 'different';", replace: "return 'different';",
  },
  {
    bug: 'nothing at the venue means flat, without a trade', file: 'engine/recovery.ts',
    search: '  leg.mismatches = difference === leg.mismatchLots && leg.executedAt < leg.mismatchFrom ? leg.mismatches + 1 : 1;\n', replace: "  leg.mismatches += 1;\n  if (event.position.side === 0) leg.position = { tag: 'flat' };\n",
  },
  {
    bug: 'the trailing stop is forgotten at a restart', file: 'engine/protection.ts',
    search: 'triggerTicks: wanted, trailTicks: position.trailTicks,', replace: 'triggerTicks: wanted, trailTicks: 0,',
  },
  // ---- limits
  {
    bug: 'a cooldown never ends', file: 'engine/limits.ts',
    search: "  if (mode.tag !== 'cooldown' || now < mode.until) return;", replace: "  if (mode.tag !== 'cooldown' || now > 0) return;",
  },
  {
    bug: 'a loss cap cannot fire', file: 'engine/rules/session.ts',
    search: '  const ofDay = ledger - rules.dayLedger;', replace: '  const ofDay = 0;',
  },
  {
    bug: 'a loss cap is a halt for ever', file: 'engine/rules/session.ts',
    search: "out.push({ tag: 'cool', until: nextMidnight(now), cause: 'daily-loss',", replace: "out.push({ tag: 'halt', cause: 'money',",
  },
  {
    bug: 'midnight is rounded up: a cap of 00:00:00 ends at once', file: 'engine/rules/calendar.ts',
    search: 'return (dayOf(at) + 1) * dayMs;', replace: 'return Math.ceil(at / dayMs) * dayMs;',
  },
  {
    bug: 'trades of the day are not counted', file: 'engine/rules/gates.ts',
    search: 'const opened = dayOf(state.now) === rules.day ? rules.tradesToday : 0;', replace: 'const opened = 0;',
  },
];

/** Changes nothing that anybody could notice: one that is called found says that the tests fail by themselves. */
export const canary: Mutant = {
  bug: 'canary: nothing is changed', file: 'engine/step.ts',
  search: 'export function step(', replace: '/* the same */ export function step(',
};
