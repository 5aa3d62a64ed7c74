/**
 * The protection machine: how an open position gets its stop, keeps it, and moves it.
 *
 * 1. From its first fill a position is waived in so many words, or has a stop requested.
 * 2. `armed` needs the venue's word; "unchanged" is that word too. Where nothing told of the stop before, its deadline
 *    stands until a reading shows it, and the venue is asked as often as it would be asked for a stop.
 * 3. A stop never gets looser unless the strategy says so.
 * 4. A stop refused because the price is through it, or a breach while no stop is armed, becomes an exit in the
 *    same decision: never a retry.
 * 5. A request without an answer is repeated; a position still without a stop at its deadline halts the engine and is
 *    closed (or held, if the configuration says so). A refused move is tried again, then the stop that is there stays.
 * 6. A price through an armed stop is a suspicion: the venue has its time to act, is asked, and then the position goes.
 * 7. Without a position in the state nothing is asked for; with one, no mode keeps the machine from working.
 * 8. A position on its way out without a stop has a deadline too: as long as its exit is under way it is put off, and
 *    an exit that is refused, silent or in doubt at that moment halts the engine.
 * 9. A stop that is not known (after a restart) is no reason to leave: at its deadline the engine halts and asks for the
 *    wanted stop; only if that has no answer either does the position go.
 */
import type { RunConfig } from './config.ts';
import { due, hint, stopDue } from './deadlines.ts';
import type { StopRefused, StopSet, StopUnchanged, TriggerSource } from './events.ts';
import { exitAll, isLeavingWell } from './leaving.ts';
import { alert, halt } from './mode.ts';
import type { Out } from './notes.ts';
import { ask } from './queries.ts';
import { approveStop } from './risk.ts';
import { slippageTicks } from './size.ts';
import { isAnyHeld, isThrough, isTighter, sourceTicks, triggerInForce, wantedTrigger } from './stop-levels.ts';
import type { Leg, OpenPosition, Protection, State, UnprotectedCause } from './state.ts';
import { awaitTrail, refuseTrail, takeTrailTimer } from './trail.ts';
import type { Ms } from './units.ts';

/** Trigger wanted, also while nothing is asked for; 0 = there never was one. */
export function lastWanted({ protection, wantedStop }: OpenPosition): number { // hot
  return protection.tag === 'unprotected' ? wantedStop : wantedTrigger(protection);
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
export function askStop(state: State, leg: Leg, position: OpenPosition, wish: StopWish, out: Out): void { // hot
  const by = position.stopBy;
  const replaces = triggerInForce(position.protection);
  const { config } = state.setup;
  if (replaces === null && position.protectBy === 0) position.protectBy = state.now + config.protectDeadlineMs;
  position.wantedStop = wish.triggerTicks;
  if (wish.trailTicks > 0) awaitTrail(state, position);
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
  const { replaces } = protection;
  if (replaces !== null && isTighter(position.side, replaces, protection.trigger) && state.mode.tag !== 'trading') {
    takeBackLoosening(state, leg, position, replaces, price, out);
    return;
  }
  position.protection = { ...protection, attempt: protection.attempt + 1, since: state.now };
  due(state, state.now + 1);
  out.commands.push(approveStop(state, {
    tag: 'set-stop', leg: leg.index, triggerTicks: protection.trigger, by: protection.by,
    trailTicks: position.trailTicks, activeTicks: position.trailTicks > 0 ? position.trailFromTicks : 0,
  }, false));
  // With the last attempt inside the deadline: the stop may be there, and what told of it lost. A move has no deadline.
  if (protection.attempt + (replaces === null ? 1 : 0) >= state.setup.config.protectAttempts) ask(state, leg, out);
}

/**
 * A looser stop is asked for only while trading: the tighter one is wanted again, whichever of them is there. A price that is
 * through it already makes it a suspicion: it fires, or it is the looser one that is shown.
 */
function takeBackLoosening(state: State, leg: Leg, position: OpenPosition, trigger: number, price: number, out: Out): void {
  if (isThrough(position.side, price, trigger)) {
    arm(state, leg, position, trigger, position.stopBy, 'taken back', out);
    suspect(state, position);
    return;
  }
  askStop(state, leg, position, { triggerTicks: trigger, trailTicks: 0, activeTicks: 0, loosens: false }, out);
}

/** A stop that was there is gone since `at`, or was never heard of: the wanted one is set, or the position goes. */
export function restoreStop(state: State, leg: Leg, position: OpenPosition, cause: UnprotectedCause, out: Out, at = state.now): void {
  const { protection } = position;
  if (protection.tag === 'waived') return;
  if (protection.tag === 'breached') {
    if (!protection.isHeld) return;
    position.protection = { ...protection, isHeld: false };
    hurry(state, position);
    return;
  }
  position.bareAt = at;
  setProtection(state, leg, position, { tag: 'unprotected', cause, since: state.now }, cause, out);
  const wanted = position.wantedStop;
  if (wanted > 0) requestStop(state, leg, position, { triggerTicks: wanted, trailTicks: position.trailTicks, activeTicks: position.trailFromTicks, loosens: false }, out);
}

/** Deadlines of the stop: a repeated request, the last moment for one, a suspicion. */
export function takeStopTimer(state: State, leg: Leg, out: Out): void {
  if (leg.position.tag === 'flat') return;
  const { position } = leg;
  if (stopDue(state, position) <= state.now) {
    if (position.protection.tag === 'unprotected') restoreStop(state, leg, position, position.protection.cause, out, position.bareAt);
    else repeatStop(state, leg, position, out);
  }
  takeTrailTimer(state, leg, position, out);
  if (position.protectBy > 0 && position.protectBy <= state.now) failProtection(state, leg, position, out);
  const { suspectAt } = position;
  if (suspectAt === 0 || suspectAt + state.setup.config.stopFireGraceMs > state.now) return;
  if (position.isSuspectAsked) {
    const trigger = triggerInForce(position.protection) ?? position.wantedStop;
    breach(state, leg, position, trigger, sourceTicks(leg, heldBy(position)), out);
  } else {
    position.isSuspectAsked = true;
    position.suspectAt = state.now;
    due(state, state.now + state.setup.config.stopFireGraceMs);
    ask(state, leg, out);
  }
}

/** The deadline for a stop is over: halted, with an alarm, and out of the position unless it is to be held. */
function failProtection(state: State, leg: Leg, position: OpenPosition, out: Out): void {
  const { strategy, config } = state.setup;
  const { protection, leaving } = position;
  if (isLeavingWell(state, leg, position)) {
    expectBy(state, position, config.protectDeadlineMs);
    position.isOverdue = true;
    return;
  }
  position.protectBy = 0;
  const since = protection.tag === 'requested' ? `asked ${protection.attempt} times`
    : protection.tag === 'armed' ? 'said to be there and never shown'
    : protection.tag === 'unprotected' ? protection.cause : 'the way out is not answered';
  halt(state, 'unprotected', `${strategy.symbols[leg.symbol]!}: no stop confirmed by its deadline, ${since}`, out);
  ask(state, leg, out);
  if (leaving !== '') exitAll(state, leg, leaving, out);
  else if (protection.tag === 'unprotected' && protection.cause === 'unknown') {
    expectBy(state, position, config.recoverDeadlineMs);
    restoreStop(state, leg, position, 'unknown', out);
  } else if (config.unprotected === 'flatten' && triggerInForce(protection) === null) exitAll(state, leg, 'no stop could be set', out);
}

/** By then a stop is confirmed or the position gone, or the engine halts. */
export function expectBy(state: State, position: OpenPosition, withinMs: Ms): void {
  position.protectBy = state.now + withinMs;
  due(state, position.protectBy);
}

/** An operator ends a halt: a position whose stop was given up is protected again, with a deadline of its own. */
export function resumeProtection(state: State, leg: Leg, out: Out): void {
  const { position } = leg;
  if (position.tag === 'flat') return;
  const { protection } = position;
  if (position.leaving !== '' && triggerInForce(protection) === null && protection.tag !== 'waived') {
    resumeLeaving(state, leg, position, out);
    return;
  }
  if (position.protectBy > 0) return;
  if (protection.tag !== 'unprotected' && (protection.tag !== 'requested' || protection.replaces !== null)) return;
  expectBy(state, position, state.setup.config.protectDeadlineMs);
  restoreStop(state, leg, position, protection.tag === 'unprotected' ? protection.cause : 'refused', out);
  ask(state, leg, out);
}

/** On its way out without a stop: no exit waits for its time any more, and none may fail any more once the deadline was over. */
function resumeLeaving(state: State, leg: Leg, position: OpenPosition, out: Out): void {
  if (position.protectBy === 0) {
    expectBy(state, position, state.setup.config.protectDeadlineMs);
    position.isOverdue = true;
  }
  exitAll(state, leg, position.leaving, out);
}

/**
 * The price is through a stop that the venue does not take care of: out at market, now, and within the time that there was
 * for a stop. Where the venue holds one all the same, looser than the one wanted or shown by a reading (`isShown`: it may have
 * fired and wait for volume), there is no deadline.
 */
export function breach(
  state: State, leg: Leg, position: OpenPosition, trigger: number, price: number, out: Out, isShown = false,
): void {
  const isHeld = isShown || (position.suspectAt === 0 && triggerInForce(position.protection) !== null);
  position.suspectAt = 0;
  if (!isHeld) hurry(state, position);
  setProtection(state, leg, position, { tag: 'breached', trigger, by: position.stopBy, price, isHeld, since: state.now }, 'through', out);
  exitAll(state, leg, 'stop already through', out);
}

/** Nothing guards it any more: no later than a stop would have to be there. */
function hurry(state: State, position: OpenPosition): void {
  const { protectDeadlineMs } = state.setup.config;
  if (position.protectBy === 0 || position.protectBy > state.now + protectDeadlineMs) expectBy(state, position, protectDeadlineMs);
}

export function onStopSet(state: State, leg: Leg, event: StopSet, out: Out): void { // hot
  const { position } = leg;
  if (position.tag === 'flat') {
    if (event.setAt !== undefined && event.setAt > leg.executedAt) suspectPosition(state, leg, event.triggerTicks, event.setAt, out);
    return;
  }
  if (event.setAt !== undefined && event.setAt < Math.max(position.tradedAt, position.bareAt)) return; // of the position before, or of a stop that is gone
  const { protection } = position;
  if (event.trailTicks > 0) {
    position.trailTicks = event.trailTicks;
    position.trailAt = 0;
  }
  if (event.triggerTicks === 0) {
    if (isAnyHeld(protection)) restoreStop(state, leg, position, 'cancelled', out, event.setAt ?? state.now);
    else position.bareAt = event.setAt ?? state.now;
    return;
  }
  if (protection.tag === 'breached') return;
  if (protection.tag === 'requested' && protection.trigger !== event.triggerTicks) {
    holdMeanwhile(position, protection, event.triggerTicks);
    return;
  }
  const wanted = lastWanted(position);
  const isLooser = protection.tag !== 'requested' && wanted > 0 && isTighter(position.side, wanted, event.triggerTicks);
  arm(state, leg, position, event.triggerTicks, event.by, 'confirmed', out);
  if (isLooser) requestStop(state, leg, position, { triggerTicks: wanted, trailTicks: 0, activeTicks: 0, loosens: false }, out);
}

/** A stop on a position that nobody told of: what there is has to be told within the time of a recovery. */
function suspectPosition(state: State, leg: Leg, triggerTicks: number, setAt: Ms, out: Out): void {
  if (setAt >= leg.removedAt) leg.removedAt = triggerTicks === 0 ? setAt : 0;
  hint(state, leg);
  ask(state, leg, out);
}

/** The venue holds another stop than the one asked for: that one protects until the other is confirmed. */
function holdMeanwhile(position: OpenPosition, protection: Protection & { readonly tag: 'requested' }, trigger: number): void {
  position.protectBy = 0;
  position.protection = { ...protection, replaces: trigger };
}

/** A reading shows this stop on the position. One looser than wanted is tightened, one tighter is taken over. */
export function confirmStop(
  state: State, leg: Leg, position: OpenPosition, trigger: number, by: TriggerSource, out: Out,
): void {
  const { protection, wantedStop } = position;
  if (protection.tag === 'breached' || protection.tag === 'waived') return;
  if (protection.tag === 'requested' && protection.trigger !== trigger) {
    holdMeanwhile(position, protection, trigger);
    return;
  }
  if (protection.tag === 'armed' && protection.trigger === trigger && protection.by === by) {
    position.protectBy = 0;
    return;
  }
  const isLooser = wantedStop > 0 && isTighter(position.side, wantedStop, trigger);
  arm(state, leg, position, trigger, by, 'shown', out);
  if (isLooser) requestStop(state, leg, position, { triggerTicks: wantedStop, trailTicks: 0, activeTicks: 0, loosens: false }, out);
}

function arm(state: State, leg: Leg, position: OpenPosition, trigger: number, by: TriggerSource, cause: string, out: Out): void { // hot
  position.protectBy = 0;
  position.isOverdue = false;
  position.suspectAt = 0;
  position.wantedStop = trigger;
  setProtection(state, leg, position, { tag: 'armed', trigger, by, since: state.now }, cause, out);
}

/** The venue already holds the wanted stop: success. Where nothing told of it before, it has to be shown by its deadline. */
export function onStopUnchanged(state: State, leg: Leg, { triggerTicks }: StopUnchanged, out: Out): void {
  const { position } = leg;
  if (position.tag === 'flat') return;
  if (position.protection.tag !== 'requested') {
    if (triggerTicks === 0) position.trailAt = 0;
    return;
  }
  const { trigger, by, replaces } = position.protection;
  if (triggerTicks !== 0 && triggerTicks !== trigger) return;
  const { protectBy } = position;
  arm(state, leg, position, trigger, by, 'unchanged', out);
  position.protectBy = protectBy;
  if (replaces !== trigger) ask(state, leg, out);
}

export function onStopRefused(state: State, leg: Leg, event: StopRefused, out: Out): void {
  const { position } = leg;
  if (position.tag === 'flat') return;
  const { protection } = position;
  if (event.reason === 'no-position') {
    ask(state, leg, out);
    return;
  }
  if (event.triggerTicks === 0 && protection.tag !== 'requested') refuseTrail(state, leg, position, out);
  if (protection.tag !== 'requested' || (event.triggerTicks !== 0 && event.triggerTicks !== protection.trigger)) return;
  if (event.reason === 'through-trigger') {
    breach(state, leg, position, protection.trigger, sourceTicks(leg, protection.by), out);
    return;
  }
  if (protection.attempt < state.setup.config.protectAttempts) return; // asked for again at its time
  const { trigger, replaces, by } = protection;
  if (replaces !== null) {
    const symbol = state.setup.strategy.symbols[leg.symbol]!;
    alert(state, 'warning', 'stop-move', `${symbol}: the stop stays at ${replaces} ticks, its move to ${trigger} was refused`, out);
    arm(state, leg, position, replaces, by, 'move refused', out);
    return;
  }
  setProtection(state, leg, position, { tag: 'unprotected', cause: 'refused', since: state.now }, 'refused', out);
  failProtection(state, leg, position, out);
}

/** Stage 5 at a market event: a breach is ours to act on at once only while the venue holds no stop. */
export function watchBreach(state: State, leg: Leg, position: OpenPosition, out: Out): void { // hot
  const { protection } = position;
  const held = triggerInForce(protection);
  if (held !== null) {
    if (position.suspectAt === 0 && isThrough(position.side, sourceTicks(leg, heldBy(position)), held)) suspect(state, position);
    return;
  }
  const trigger = unheldTrigger(position);
  if (trigger === 0) return;
  const price = sourceTicks(leg, position.stopBy);
  if (isThrough(position.side, price, trigger)) breach(state, leg, position, trigger, price, out);
}

/** A trigger that the engine itself has to watch, for the venue holds none; 0 = none. One that is not known is not watched. */
function unheldTrigger({ protection, wantedStop }: OpenPosition): number { // hot
  if (protection.tag === 'requested') return protection.trigger;
  return protection.tag === 'unprotected' && protection.cause !== 'unknown' ? wantedStop : 0;
}

/** Source that judges the stop which the venue holds. */
function heldBy({ protection, stopBy }: OpenPosition): TriggerSource { // hot
  return protection.tag === 'armed' ? protection.by : stopBy;
}

/** The venue's stop took part of the position: the rest may be on its way, or nothing guards it any more. */
export function suspectHalf(state: State, position: OpenPosition): void {
  if (!isAnyHeld(position.protection)) return;
  position.isHalfStopped = true;
  if (position.suspectAt === 0) suspect(state, position);
}

/** The price is through a stop that the venue holds: it has a moment to say so. */
function suspect(state: State, position: OpenPosition): void {
  position.suspectAt = state.now;
  position.isSuspectAsked = false;
  due(state, state.now + state.setup.config.stopFireGraceMs);
}

/** At a decision close: once the gain reaches `breakEvenAt` R, the stop moves to the entry plus the costs of leaving. */
export function moveToBreakEven(state: State, leg: Leg, position: OpenPosition, gain: number, out: Out): void {
  const { trade, protection } = position;
  if (position.breakEvenAt === 0 || trade.risk <= 0 || gain < position.breakEvenAt * trade.risk) return;
  if (protection.tag === 'unprotected' || protection.tag === 'breached') return; // its stop comes first, or it goes
  const instrument = state.setup.instruments[leg.symbol]!;
  const level = costFreeLevel(position, instrument.takerRate, state.setup.config);
  if (isThrough(position.side, sourceTicks(leg, position.stopBy), level)) return;
  position.breakEvenAt = 0;
  if (!isTighter(position.side, level, wantedTrigger(protection))) return;
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

export function setProtection(
  state: State, leg: Leg, position: OpenPosition, protection: Protection, cause: string, out: Out,
): void { // hot
  position.protection = protection;
  if (protection.tag === 'requested' && protection.replaces !== null) return; // a move is noted when it is confirmed
  out.notes.push({ tag: 'protection', at: state.now, leg: leg.index, protection, cause });
}
