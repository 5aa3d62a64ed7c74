/**
 * The protection machine: how an open position gets its stop, keeps it, and moves it.
 *
 * 1. From its first fill a position is waived in so many words, or has a stop requested.
 * 2. `armed` needs the venue's word; "unchanged" is that word too, looked after when nothing told of the stop before.
 * 3. A stop never gets looser unless the strategy says so.
 * 4. A stop refused because the price is through it, or a breach while no stop is armed, becomes an exit in the
 *    same decision: never a retry.
 * 5. A request without an answer is repeated; a position still without a stop at its deadline halts the engine and is
 *    closed (or held, if the configuration says so). A refused move leaves the stop that is there.
 * 6. A price through an armed stop is a suspicion: the venue has its time to act, is asked, and then the position goes.
 * 7. Without a position in the state nothing is asked for; with one, no mode keeps the machine from working.
 */
import type { RunConfig } from './config.ts';
import { due, stopDue } from './deadlines.ts';
import type { StopRefused, StopSet, StopUnchanged, TriggerSource } from './events.ts';
import { exitAll } from './leaving.ts';
import { halt } from './mode.ts';
import type { Out } from './notes.ts';
import { ask } from './queries.ts';
import { approveStop } from './risk.ts';
import { slippageTicks } from './size.ts';
import { isThrough, isTighter, sourceTicks, triggerInForce, wantedTrigger } from './stop-levels.ts';
import type { EntryTerms, Leg, OpenPosition, Protection, State, UnprotectedCause } from './state.ts';

/** Protects what an entry's fill opened or grew. `opened` = lots that this fill added, at `fillTicks`. */
export function protectFill(
  state: State, leg: Leg, terms: EntryTerms, fill: { readonly opened: number; readonly ofLots: number }, out: Out,
): void {
  const { position } = leg;
  if (position.tag === 'flat') return;
  position.trade.risk += terms.risk * (fill.opened / fill.ofLots);
  if (terms.distanceTicks === 0) {
    if (position.protection.tag !== 'unprotected') return;
    setProtection(state, leg, position, { tag: 'waived', since: state.now }, 'waived', out);
    if (terms.trailTicks > 0) trailAlone(state, leg, position, terms, out);
    return;
  }
  const first = position.protection.tag === 'unprotected';
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
  if (wanted !== wantedTrigger(position.protection) || trail > 0) {
    askStop(state, leg, position, { triggerTicks: wanted, trailTicks: trail, activeTicks: terms.trailFromTicks, loosens: false }, out);
  }
}

/** A trailing stop beside a waived stop: the position's stop is left as it is, there is none. */
function trailAlone(state: State, leg: Leg, position: OpenPosition, terms: EntryTerms, out: Out): void {
  position.trailTicks = terms.trailTicks;
  position.trailFromTicks = terms.trailFromTicks;
  position.stopBy = terms.stopBy;
  out.commands.push(approveStop(state, {
    tag: 'set-stop', leg: leg.index, triggerTicks: 0, by: terms.stopBy, trailTicks: terms.trailTicks, activeTicks: terms.trailFromTicks,
  }, false));
}

/** A stop given as a distance follows the first fill; one given as a level stays; later fills may only tighten. */
function wantedAfterFill(position: OpenPosition, terms: EntryTerms, first: boolean): number {
  const current = wantedTrigger(position.protection);
  const entry = position.side === 1 ? Math.ceil(position.entryTicks - 1e-6) : Math.floor(position.entryTicks + 1e-6);
  const wanted = terms.follows ? Math.max(1, entry - position.side * terms.distanceTicks) : terms.stopTicks;
  if (first && terms.follows) return wanted;
  return current === 0 || isTighter(position.side, wanted, current) ? wanted : current;
}

export interface StopWish {
  readonly triggerTicks: number;
  /** 0 leaves the trailing stop as it is. */
  readonly trailTicks: number;
  readonly activeTicks: number;
  readonly loosens: boolean;
}

/** Asks the venue for a stop, or leaves at once when the price is already through it. */
export function requestStop(state: State, leg: Leg, position: OpenPosition, wish: StopWish, out: Out): void { // hot
  const price = sourceTicks(leg, position.stopBy);
  if (isThrough(position.side, price, wish.triggerTicks)) {
    breach(state, leg, position, wish.triggerTicks, price, out);
    return;
  }
  askStop(state, leg, position, wish, out);
}

/** The same without a look at the price: after a fill the price of the last close is old, and the venue knows better. */
function askStop(state: State, leg: Leg, position: OpenPosition, wish: StopWish, out: Out): void { // hot
  const by = position.stopBy;
  const replaces = triggerInForce(position.protection);
  const { config } = state.setup;
  if (replaces === null && position.protectBy === 0) position.protectBy = state.now + config.protectDeadlineMs;
  position.wantedStop = wish.triggerTicks;
  setProtection(state, leg, position, {
    tag: 'requested', trigger: wish.triggerTicks, by, replaces, attempt: 1, since: state.now,
  }, 'moved', out);
  due(state, state.now + 1);
  out.commands.push(approveStop(state, {
    tag: 'set-stop', leg: leg.index, triggerTicks: wish.triggerTicks, by, trailTicks: wish.trailTicks, activeTicks: wish.activeTicks,
  }, wish.loosens));
}

/** The same request once more, unless the price went through it meanwhile. */
function repeatStop(state: State, leg: Leg, position: OpenPosition, out: Out): void {
  const { protection } = position;
  if (protection.tag !== 'requested') return;
  const price = sourceTicks(leg, protection.by);
  if (isThrough(position.side, price, protection.trigger)) {
    breach(state, leg, position, protection.trigger, price, out);
    return;
  }
  position.protection = { ...protection, attempt: protection.attempt + 1, since: state.now };
  due(state, state.now + 1);
  out.commands.push(approveStop(state, {
    tag: 'set-stop', leg: leg.index, triggerTicks: protection.trigger, by: protection.by,
    trailTicks: position.trailTicks, activeTicks: position.trailTicks > 0 ? position.trailFromTicks : 0,
  }, false));
  if (protection.attempt >= state.setup.config.protectAttempts) ask(state, leg, out);
}

/** A stop that was there is gone, or was never heard of: the wanted one is set, or the position goes. */
export function restoreStop(state: State, leg: Leg, position: OpenPosition, cause: UnprotectedCause, out: Out): void {
  if (position.protection.tag === 'breached' || position.protection.tag === 'waived') return;
  setProtection(state, leg, position, { tag: 'unprotected', cause, since: state.now }, cause, out);
  const wanted = position.wantedStop;
  if (wanted > 0) requestStop(state, leg, position, { triggerTicks: wanted, trailTicks: position.trailTicks, activeTicks: position.trailFromTicks, loosens: false }, out);
}

/** Deadlines of the stop: a repeated request, the last moment for one, a suspicion. */
export function takeStopTimer(state: State, leg: Leg, out: Out): void {
  if (leg.position.tag === 'flat') return;
  const { position } = leg;
  if (stopDue(state, position) <= state.now) repeatStop(state, leg, position, out);
  if (position.protectBy > 0 && position.protectBy <= state.now) failProtection(state, leg, position, out);
  const { suspectAt } = position;
  if (suspectAt === 0 || suspectAt + state.setup.config.stopFireGraceMs > state.now) return;
  if (position.isSuspectAsked) breach(state, leg, position, position.wantedStop, sourceTicks(leg, position.stopBy), out);
  else {
    position.isSuspectAsked = true;
    position.suspectAt = state.now;
    due(state, state.now + state.setup.config.stopFireGraceMs);
    ask(state, leg, out);
  }
}

/** The deadline for a stop is over: halted, with an alarm, and out of the position unless it is to be held. */
function failProtection(state: State, leg: Leg, position: OpenPosition, out: Out): void {
  const { strategy, config } = state.setup;
  position.protectBy = 0;
  if (position.leaving !== '') return; // on its way out, which is more than a stop
  const since = position.protection.tag === 'requested' ? `asked ${position.protection.attempt} times` : position.protection.tag;
  halt(state, 'unprotected', `${strategy.symbols[leg.symbol]!}: no stop confirmed by its deadline, ${since}`, out);
  ask(state, leg, out);
  if (config.unprotected === 'flatten') exitAll(state, leg, 'no stop could be set', out);
}

/** The price is through a stop that the venue does not take care of: out at market, now. */
export function breach(state: State, leg: Leg, position: OpenPosition, trigger: number, price: number, out: Out): void {
  position.suspectAt = 0;
  position.protectBy = 0;
  setProtection(state, leg, position, { tag: 'breached', trigger, by: position.stopBy, price, since: state.now }, 'through', out);
  exitAll(state, leg, 'stop already through', out);
}

export function onStopSet(state: State, leg: Leg, event: StopSet, out: Out): void { // hot
  const { position } = leg;
  if (position.tag === 'flat') return;
  const { protection } = position;
  if (event.trailTicks > 0) position.trailTicks = event.trailTicks;
  if (event.triggerTicks === 0) return;
  const wanted = wantedTrigger(protection);
  if (protection.tag === 'breached') return;
  if (protection.tag === 'requested' && wanted !== event.triggerTicks) {
    position.protection = { ...protection, replaces: event.triggerTicks };
    return;
  }
  if (protection.tag === 'armed' && wanted !== event.triggerTicks && isTighter(position.side, wanted, event.triggerTicks)) {
    requestStop(state, leg, position, { triggerTicks: wanted, trailTicks: 0, activeTicks: 0, loosens: false }, out);
    return;
  }
  arm(state, leg, position, event.triggerTicks, event.by, 'confirmed', out);
}

/** A reading shows this stop on the position. One looser than wanted is tightened, one tighter is taken over. */
export function confirmStop(
  state: State, leg: Leg, position: OpenPosition, trigger: number, by: TriggerSource, out: Out,
): void {
  const { protection, wantedStop } = position;
  if (protection.tag === 'breached' || protection.tag === 'waived') return;
  if (protection.tag === 'requested' && protection.trigger !== trigger) {
    position.protectBy = 0;
    position.protection = { ...protection, replaces: trigger };
    return;
  }
  if (protection.tag === 'armed' && protection.trigger === trigger) return;
  const isLooser = wantedStop > 0 && isTighter(position.side, wantedStop, trigger);
  arm(state, leg, position, trigger, by, 'shown', out);
  if (isLooser) requestStop(state, leg, position, { triggerTicks: wantedStop, trailTicks: 0, activeTicks: 0, loosens: false }, out);
}

function arm(state: State, leg: Leg, position: OpenPosition, trigger: number, by: TriggerSource, cause: string, out: Out): void { // hot
  position.protectBy = 0;
  position.suspectAt = 0;
  position.wantedStop = trigger;
  setProtection(state, leg, position, { tag: 'armed', trigger, by, since: state.now }, cause, out);
}

/** The venue already holds the wanted stop: success. Where nothing told of it before, it is looked at once more. */
export function onStopUnchanged(state: State, leg: Leg, { triggerTicks }: StopUnchanged, out: Out): void {
  const { position } = leg;
  if (position.tag === 'flat' || position.protection.tag !== 'requested') return;
  const { trigger, by, replaces } = position.protection;
  if (triggerTicks !== 0 && triggerTicks !== trigger) return;
  if (replaces !== trigger) ask(state, leg, out);
  arm(state, leg, position, trigger, by, 'unchanged', out);
}

export function onStopRefused(state: State, leg: Leg, event: StopRefused, out: Out): void {
  const { position } = leg;
  if (position.tag === 'flat') return;
  const { protection } = position;
  if (event.reason === 'no-position') {
    ask(state, leg, out);
    return;
  }
  if (protection.tag !== 'requested' || (event.triggerTicks !== 0 && event.triggerTicks !== protection.trigger)) return;
  if (event.reason === 'through-trigger') breach(state, leg, position, protection.trigger, sourceTicks(leg, protection.by), out);
  else if (protection.replaces !== null) {
    arm(state, leg, position, protection.replaces, protection.by, 'move refused', out);
  } else if (protection.attempt >= state.setup.config.protectAttempts) {
    setProtection(state, leg, position, { tag: 'unprotected', cause: 'refused', since: event.at }, 'refused', out);
    failProtection(state, leg, position, out);
  }
}

/** Stage 5 at a market event: a breach is ours to act on at once only while the venue holds no stop. */
export function watchBreach(state: State, leg: Leg, position: OpenPosition, out: Out): void { // hot
  const { protection } = position;
  const held = triggerInForce(protection);
  if (held !== null) {
    if (position.suspectAt === 0 && isThrough(position.side, sourceTicks(leg, position.stopBy), held)) suspect(state, position);
    return;
  }
  if (protection.tag !== 'requested') return;
  const price = sourceTicks(leg, protection.by);
  if (isThrough(position.side, price, protection.trigger)) breach(state, leg, position, protection.trigger, price, out);
}

/** The price is through a stop that the venue holds: it has a moment to say so. */
function suspect(state: State, position: OpenPosition): void {
  position.suspectAt = state.now;
  position.isSuspectAsked = false;
  due(state, state.now + state.setup.config.stopFireGraceMs);
}

/** At a decision close: once the gain reaches `breakEvenAt` R, the stop moves to the entry plus the costs of leaving. */
export function moveToBreakEven(state: State, leg: Leg, position: OpenPosition, gain: number, out: Out): void {
  const { trade } = position;
  if (position.breakEvenAt === 0 || trade.risk <= 0 || gain < position.breakEvenAt * trade.risk) return;
  const instrument = state.setup.instruments[leg.symbol]!;
  const level = costFreeLevel(position, instrument.takerRate, state.setup.config);
  if (isThrough(position.side, sourceTicks(leg, position.stopBy), level)) return;
  position.breakEvenAt = 0;
  if (!isTighter(position.side, level, wantedTrigger(position.protection))) return;
  requestStop(state, leg, position, { triggerTicks: level, trailTicks: 0, activeTicks: 0, loosens: false }, out);
}

/** Trigger at which a stop leaves neither gain nor loss, both taker fees and the configured slippage paid. Whole ticks. */
function costFreeLevel({ side, entryTicks }: OpenPosition, takerRate: number, config: RunConfig): number {
  const paid = side === 1 ? (1 + takerRate) / (1 - takerRate) : (1 - takerRate) / (1 + takerRate);
  const sold = entryTicks * paid;
  const away = (ticks: number): number => (side === 1 ? Math.ceil(ticks - 1e-6) : Math.floor(ticks + 1e-6));
  const near = away(sold + side * slippageTicks(config, sold));
  return away(sold + side * slippageTicks(config, near));
}

function setProtection(
  state: State, leg: Leg, position: OpenPosition, protection: Protection, cause: string, out: Out,
): void { // hot
  position.protection = protection;
  if (protection.tag === 'requested' && protection.replaces !== null) return; // a move is noted when it is confirmed
  out.notes.push({ tag: 'protection', at: state.now, leg: leg.index, protection, cause });
}
