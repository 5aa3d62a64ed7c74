/**
 * Lifecycle records as the engine's own makers write them: equal fields in the same order, so that code which has met
 * those finds nothing new in a restored one.
 */
import { unreachable } from '../units.ts';
import type { Hold, Mode, OrderState, Protection, Query } from '../state.ts';

export function protectionOf(p: Protection): Protection {
  switch (p.tag) {
    case 'unprotected': return { tag: 'unprotected', cause: p.cause, since: p.since };
    case 'requested':
      return { tag: 'requested', trigger: p.trigger, by: p.by, replaces: p.replaces, attempt: p.attempt, since: p.since };
    case 'armed': return { tag: 'armed', trigger: p.trigger, by: p.by, since: p.since };
    case 'breached': return { tag: 'breached', trigger: p.trigger, by: p.by, price: p.price, isHeld: p.isHeld, since: p.since };
    case 'waived': return { tag: 'waived', since: p.since };
    default: return unreachable(p);
  }
}

export function orderStateOf(s: OrderState): OrderState {
  switch (s.tag) {
    case 'sent': return { tag: 'sent', since: s.since };
    case 'working': return { tag: 'working', since: s.since };
    case 'cancelling': return { tag: 'cancelling', since: s.since };
    case 'unknown': return { tag: 'unknown', cause: s.cause, since: s.since, absences: s.absences, absentAt: s.absentAt };
    case 'done': return { tag: 'done', outcome: s.outcome, since: s.since };
    default: return unreachable(s);
  }
}

export function modeOf<M extends Mode>(mode: M): M;
export function modeOf(mode: Mode): Mode {
  switch (mode.tag) {
    case 'recovering': return { tag: 'recovering', cause: mode.cause, missing: mode.missing, since: mode.since };
    case 'trading': return { tag: 'trading' };
    case 'cooldown':
      return { tag: 'cooldown', until: mode.until, cause: mode.cause, evidence: mode.evidence, since: mode.since };
    case 'reducing': return { tag: 'reducing', cause: mode.cause, evidence: mode.evidence, since: mode.since };
    case 'halted': return { tag: 'halted', cause: mode.cause, evidence: mode.evidence, since: mode.since };
    default: return unreachable(mode);
  }
}

export const holdOf = (hold: Hold): Hold =>
  (hold.tag === 'none' ? { tag: 'none' } : { tag: 'blocked', cause: hold.cause, until: hold.until });

export function queryOf(query: Query): Query {
  switch (query.tag) {
    case 'none': return { tag: 'none' };
    case 'asked': return { tag: 'asked', since: query.since, attempt: query.attempt, isLate: query.isLate };
    case 'again': return { tag: 'again', at: query.at, attempt: query.attempt };
    default: return unreachable(query);
  }
}
