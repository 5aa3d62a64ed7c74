/**
 * The stop of what a fill opened or grew: the one that rode on the order, one that follows the fill, or none where the
 * strategy spelled that out. What an addition opens by itself, its position being gone, was never spelled out: it goes.
 */
import { due } from './deadlines.ts';
import { exitAll } from './leaving.ts';
import type { Out } from './notes.ts';
import { askStop, expectBy, lastWanted, requestStop, setProtection } from './protection.ts';
import { isThrough, isTighter, wantedTrigger } from './stop-levels.ts';
import type { EntryTerms, Leg, OpenPosition, State } from './state.ts';
import { askTrail } from './trail.ts';
import type { Ms } from './units.ts';

/** Protects what an entry's fill opened or grew. `opened` = lots that this fill added, `filled` = all of its order so far, at `priceTicks`. */
export function protectFill(
  state: State, leg: Leg, terms: EntryTerms, fill: { readonly opened: number; readonly ofLots: number; readonly filled: number; readonly priceTicks: number; readonly tradedAt: Ms }, out: Out,
): void {
  const { position } = leg;
  if (position.tag === 'flat') return;
  position.trade.risk += terms.risk * (fill.opened / fill.ofLots);
  const first = position.protection.tag === 'unprotected' && position.protection.cause === 'new';
  if (terms.distanceTicks === 0) {
    if (!first) {
      countBare(position, terms, fill);
      return;
    }
    if (terms.isAdd) {
      leaveAddition(state, leg, position, out);
      return;
    }
    setProtection(state, leg, position, { tag: 'waived', since: state.now }, 'waived', out);
    if (terms.trailTicks > 0) trailAlone(state, leg, position, terms, out);
    return;
  }
  if (first) {
    position.protectBy = state.now + state.setup.config.recoverDeadlineMs;
    position.wantedStop = terms.stopTicks;
    due(state, state.now + 1);
    position.stopBy = terms.stopBy;
    position.breakEvenAt = terms.breakEvenAt;
    setProtection(state, leg, position, {
      tag: 'requested', trigger: terms.stopTicks, by: terms.stopBy, replaces: null, attempt: 1, since: state.now,
    }, 'rides on the entry', out);
  }
  const wanted = wantedAfterFill(position, terms, first);
  const trail = first ? terms.trailTicks : 0;
  if (first) {
    position.trailTicks = trail;
    position.trailFromTicks = terms.trailFromTicks;
  }
  // The stop of an order is used up with its first fill: what a later one opens anew has none. One removed since is gone too.
  const isRemoved = first && leg.removedAt > fill.tradedAt;
  const isBare = isRemoved || (first && fill.filled > fill.opened);
  if (isRemoved) position.bareAt = leg.removedAt;
  if (!isBare && isThrough(position.side, fill.priceTicks, wanted)) return; // filled beyond its stop: the one that rode acts by itself
  if (isBare) position.protectBy = state.now + state.setup.config.protectDeadlineMs;
  if (isBare || wanted !== wantedTrigger(position.protection) || trail > 0) {
    const wish = { triggerTicks: wanted, trailTicks: trail, activeTicks: terms.trailFromTicks, loosens: false };
    if (state.fill.isLate || isBare) requestStop(state, leg, position, wish, out);
    else askStop(state, leg, position, wish, out);
  }
}

/** What an addition brings that has no stop of its own: waived as long as it is an addition. */
function countBare(position: OpenPosition, { isAdd }: EntryTerms, { opened, tradedAt }: { readonly opened: number; readonly tradedAt: Ms }): void {
  if (!isAdd) return;
  position.bareLots += opened;
  position.bareTradedAt = Math.max(position.bareTradedAt, tradedAt);
}

/** An addition opened a position by itself: nobody waived a stop for this one, so it goes, within the deadline for a stop. */
export function leaveAddition(state: State, leg: Leg, position: OpenPosition, out: Out): void {
  expectBy(state, position, state.setup.config.protectDeadlineMs);
  if (position.protection.tag === 'waived') {
    setProtection(state, leg, position, { tag: 'unprotected', cause: 'new', since: state.now }, 'opened anew', out);
  }
  exitAll(state, leg, 'an addition to a position that is gone', out);
}

/** A trailing stop beside a waived stop: the position's stop is left as it is, there is none. */
function trailAlone(state: State, leg: Leg, position: OpenPosition, terms: EntryTerms, out: Out): void {
  position.trailTicks = terms.trailTicks;
  position.trailFromTicks = terms.trailFromTicks;
  position.stopBy = terms.stopBy;
  askTrail(state, leg, position, out);
}

/** A stop given as a distance follows the first fill; one given as a level stays; later fills may only tighten. */
function wantedAfterFill(position: OpenPosition, terms: EntryTerms, first: boolean): number {
  const current = lastWanted(position);
  const entry = position.side === 1 ? Math.ceil(position.entryTicks - 1e-6) : Math.floor(position.entryTicks + 1e-6);
  const wanted = terms.follows ? Math.max(1, entry - position.side * terms.distanceTicks) : terms.stopTicks;
  if (first && terms.follows) return wanted;
  return current === 0 || isTighter(position.side, wanted, current) ? wanted : current;
}
