/**
 * Ways out of a position: exit, reduce, take-profit legs, moved stops. Everything here is reduce-only or a stop.
 */
import { verdict } from './entries.ts';
import type { Verdict } from './entries.ts';
import type { WantMoveStop, WantReduce, WantSetTargets } from './intents.ts';
import type { Out } from './notes.ts';
import { cancelOrder, sendReduce, workingExit } from './orders.ts';
import { exitByRungs } from './leaving.ts';
import { breach, lastWanted, requestStop } from './protection.ts';
import { isThrough, isTighter, sourceTicks } from './stop-levels.ts';
import { approveAmend } from './risk.ts';
import type { Leg, OpenPosition, Order, State, TargetLeg } from './state.ts';
import { lots as lotsOf, wholeSteps } from './units.ts';

export function wantExit(state: State, leg: Leg, reason: string, out: Out): Verdict {
  const had = leg.position.tag === 'open' || leg.orders.length > 0 || leg.staged !== null;
  leg.resting = null;
  for (const order of leg.orders) if (order.role === 'rest') cancelOrder(state, leg, order, out);
  exitByRungs(state, leg, reason, out);
  return verdict(had ? 'accepted' : 'held', had ? reason : 'nothing-open');
}

export function wantReduce(state: State, leg: Leg, want: WantReduce, out: Out): Verdict {
  const { position } = leg;
  if (position.tag === 'flat') return verdict('refused', 'no-position');
  if (workingExit(leg) !== null) return verdict('held', 'exit-working');
  const instrument = state.setup.instruments[leg.symbol]!;
  const lots = want.fraction >= 1 ? position.lots : Math.floor(position.lots * want.fraction + 1e-9);
  if (lots < instrument.minLots) return verdict('refused', 'below-min-qty');
  sendReduce(state, leg, { role: 'exit', lots, priceTicks: 0, key: '', reason: want.reason }, out);
  return { outcome: 'accepted', reason: want.reason, priceTicks: leg.book.lastTicks, stopTicks: Number.NaN, lots };
}

const looser = verdict('held', 'looser');
const unchanged = verdict('held', 'unchanged');

export function wantMoveStop(state: State, leg: Leg, want: WantMoveStop, out: Out): Verdict { // hot
  const { position } = leg;
  if (position.tag === 'flat') return verdict('refused', 'no-position');
  const { side, protection } = position;
  if (protection.tag === 'breached') return verdict('held', 'exit-working');
  const instrument = state.setup.instruments[leg.symbol]!;
  const triggerTicks = wholeSteps(want.price, instrument.tick, side === 1 ? 'up' : 'down');
  const current = lastWanted(position);
  if (current === triggerTicks && protection.tag !== 'unprotected') return unchanged;
  const loosens = current !== 0 && isTighter(side, current, triggerTicks);
  if (loosens && !want.loosen) return looser;
  if (loosens && state.mode.tag !== 'trading') return verdict('refused', state.mode.tag);
  const price = sourceTicks(leg, position.stopBy);
  if (triggerTicks <= 0 || isThrough(side, price, triggerTicks)) {
    breach(state, leg, position, triggerTicks, price, out);
    return { outcome: 'changed', reason: 'stop-already-through', priceTicks: price, stopTicks: triggerTicks, lots: position.lots };
  }
  requestStop(state, leg, position, { triggerTicks, trailTicks: 0, activeTicks: 0, loosens }, out);
  return { outcome: 'accepted', reason: '', priceTicks: Number.NaN, stopTicks: triggerTicks, lots: position.lots };
}

export function wantTargets(state: State, leg: Leg, want: WantSetTargets, out: Out): Verdict {
  const { position } = leg;
  if (position.tag === 'flat') return verdict('refused', 'no-position');
  const { tick } = state.setup.instruments[leg.symbol]!;
  const up = position.side === 1;
  const keep = want.targets.map((target) => wholeSteps(target.price, tick, up ? 'down' : 'up'));
  const before = position.targets.slice();
  position.targets = want.targets.map((target, i): TargetLeg => {
    const priceTicks = keep[i]!;
    const at = before.findIndex((t) => t.priceTicks === priceTicks);
    const known = at < 0 ? undefined : before.splice(at, 1)[0];
    return { key: known?.key ?? `t${state.nextOrder}.${i}`, priceTicks, fraction: target.fraction, filled: known?.filled ?? 0 };
  });
  const keys = new Set(position.targets.map(({ key }) => key));
  for (const order of leg.orders) {
    if (order.role === 'target' && !keys.has(order.key)) cancelOrder(state, leg, order, out);
  }
  keepTargets(state, leg, position, out);
  return verdict('accepted', '');
}

/** Take-profit legs of a new position, from the terms of the entry that opened it. */
export function startTargets(position: OpenPosition, order: Order): void {
  if (order.terms === null || order.terms.isAdd || position.targets.length > 0) return;
  position.targets = order.terms.targets.map((t, i) => ({ key: `t${order.id}.${i}`, priceTicks: t.priceTicks, fraction: t.fraction, filled: 0 }));
}

/** Places or resizes each take-profit order so that it stands for its fraction of the filled entry. */
export function keepTargets(state: State, leg: Leg, position: OpenPosition, out: Out): void {
  if (position.leaving !== '') return;
  const { minLots } = state.setup.instruments[leg.symbol]!;
  let claimed = 0;
  let fractions = 0;
  for (const target of position.targets) {
    fractions += target.fraction;
    const upTo = fractions >= 1 - 1e-9 ? position.trade.entryLots : Math.floor(position.trade.entryLots * fractions + 1e-9);
    const lots = upTo - claimed;
    claimed = upTo;
    const standing = leg.orders.find((order) => order.role === 'target' && order.key === target.key && order.state.tag !== 'cancelling');
    const remaining = Math.min(lots - target.filled, position.lots);
    if (standing === undefined) {
      if (remaining >= minLots) {
        sendReduce(state, leg, { role: 'target', lots: remaining, priceTicks: target.priceTicks, key: target.key, reason: 'target' }, out);
      }
    } else if (remaining <= 0) cancelOrder(state, leg, standing, out);
    else if (standing.lots !== standing.filled + remaining && state.mode.tag === 'trading') {
      standing.lots = standing.filled + remaining;
      standing.attemptAt = state.now;
      const command = { tag: 'amend', leg: leg.index, order: standing.id, priceTicks: standing.priceTicks, lots: lotsOf(standing.lots) } as const;
      out.commands.push(approveAmend(state, command));
    }
  }
}
