/**
 * The protection machine: how an open position gets its stop, keeps it, and moves it.
 *
 * 1. From its first fill a position is waived in so many words, or has a stop requested.
 * 2. `armed` needs the venue's word; "unchanged" is that word too.
 * 3. A stop never gets looser unless the strategy says so.
 * 4. A stop refused because the price is through it, or a breach while no stop is armed, becomes an exit in the
 *    same decision: never a retry.
 */
import type { RunConfig } from './config.ts';
import type { StopRefused, StopSet, TriggerSource } from './events.ts';
import type { Out } from './notes.ts';
import { cancelOrder, sendReduce, workingExit } from './orders.ts';
import { approveReducing, approveStop } from './risk.ts';
import { slippageTicks } from './size.ts';
import type { EntryTerms, Leg, OpenPosition, Protection, State } from './state.ts';

/** Trigger wanted or in force, ticks; 0 = none. */
export function wantedTrigger(protection: Protection): number { // hot
  return protection.tag === 'armed' || protection.tag === 'requested' || protection.tag === 'breached' ? protection.trigger : 0;
}

/** Trigger the venue holds, as far as it is known. */
export function triggerInForce(protection: Protection): number | null { // hot
  if (protection.tag === 'armed') return protection.trigger;
  return protection.tag === 'requested' ? protection.replaces : null;
}

/** Price the stop is judged against, ticks. */
export function sourceTicks(leg: Leg, by: TriggerSource): number { // hot
  return by === 'mark' ? leg.book.markTicks : leg.book.lastTicks;
}

export function isThrough(side: number, priceTicks: number, triggerTicks: number): boolean { // hot
  return side === 1 ? priceTicks <= triggerTicks : priceTicks >= triggerTicks;
}

export function isTighter(side: number, triggerTicks: number, than: number): boolean { // hot
  return side === 1 ? triggerTicks > than : triggerTicks < than;
}

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
    position.stopBy = terms.stopBy;
    position.breakEvenAt = terms.breakEvenAt;
    setProtection(state, leg, position, {
      tag: 'requested', trigger: terms.stopTicks, by: terms.stopBy, replaces: null, attempt: 1, since: state.now,
    }, 'rides on the entry', out);
  }
  const wanted = wantedAfterFill(position, terms, first);
  const trail = first ? terms.trailTicks : 0;
  if (first) position.trailTicks = trail;
  if (wanted !== wantedTrigger(position.protection) || trail > 0) {
    askStop(state, leg, position, { triggerTicks: wanted, trailTicks: trail, activeTicks: terms.trailFromTicks, loosens: false }, out);
  }
}

/** A trailing stop beside a waived stop: the position's stop is left as it is, there is none. */
function trailAlone(state: State, leg: Leg, position: OpenPosition, terms: EntryTerms, out: Out): void {
  position.trailTicks = terms.trailTicks;
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
  const { protection } = position;
  setProtection(state, leg, position, {
    tag: 'requested', trigger: wish.triggerTicks, by, replaces: triggerInForce(protection), attempt: 1, since: state.now,
  }, 'moved', out);
  out.commands.push(approveStop(state, {
    tag: 'set-stop', leg: leg.index, triggerTicks: wish.triggerTicks, by, trailTicks: wish.trailTicks, activeTicks: wish.activeTicks,
  }, wish.loosens));
}

/** The price is through a stop that the venue does not take care of: out at market, now. */
export function breach(state: State, leg: Leg, position: OpenPosition, trigger: number, price: number, out: Out): void {
  setProtection(state, leg, position, { tag: 'breached', trigger, by: position.stopBy, price, since: state.now }, 'through', out);
  exitAll(state, leg, 'stop already through', out);
}

/** Reduce-only market exit of the whole position; opening orders of the leg are cancelled with it. */
export function exitAll(state: State, leg: Leg, reason: string, out: Out): void {
  for (const order of leg.orders) if (!order.reduceOnly) cancelOrder(state, leg, order, out);
  leg.staged = null;
  if (leg.position.tag === 'flat') return;
  leg.position.leaving = reason;
  keepLeaving(state, leg, leg.position, out);
}

/** An exit stays wanted: what the volume or a refusal left of the position is sent again, once a bar. */
export function keepLeaving(state: State, leg: Leg, position: OpenPosition, out: Out): void {
  if (workingExit(leg) !== null) return;
  sendReduce(state, leg, { role: 'exit', lots: position.lots, priceTicks: 0, key: '', reason: position.leaving }, out);
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
  setProtection(state, leg, position, { tag: 'armed', trigger: event.triggerTicks, by: event.by, since: event.at }, 'confirmed', out);
}

/** The venue already holds the wanted stop: success. */
export function onStopUnchanged(state: State, leg: Leg, out: Out): void {
  const { position } = leg;
  if (position.tag === 'flat' || position.protection.tag !== 'requested') return;
  const { trigger, by } = position.protection;
  setProtection(state, leg, position, { tag: 'armed', trigger, by, since: state.now }, 'unchanged', out);
}

export function onStopRefused(state: State, leg: Leg, event: StopRefused, out: Out): void {
  const { position } = leg;
  if (position.tag === 'flat') return;
  switch (event.reason) {
    case 'through-trigger': {
      const trigger = wantedTrigger(position.protection);
      breach(state, leg, position, trigger, sourceTicks(leg, position.stopBy), out);
      return;
    }
    case 'no-position':
      out.commands.push(approveReducing({ tag: 'query-account', leg: leg.index }));
      return;
    case 'other':
      setProtection(state, leg, position, { tag: 'unprotected', cause: 'refused', since: event.at }, 'refused', out);
      exitAll(state, leg, 'stop refused', out);
      return;
    default:
  }
}

/** Stage 5 at a market event: a breach is ours to act on only while the venue holds no stop. */
export function watchBreach(state: State, leg: Leg, position: OpenPosition, out: Out): void { // hot
  const { protection } = position;
  if (protection.tag !== 'requested' || protection.replaces !== null) return;
  const price = sourceTicks(leg, protection.by);
  if (isThrough(position.side, price, protection.trigger)) breach(state, leg, position, protection.trigger, price, out);
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
