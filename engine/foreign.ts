/**
 * What this run did not do: positions it did not open, orders it did not place. Policy decides once they are known:
 *
 *   positions  adopt: protected and left to the strategy · refuse: protected, and the engine halts · flatten: closed
 *   orders     adopt: left alone · refuse: the engine halts · flatten: cancelled
 *
 * An adopted position gets the stop that the strategy's `protectAdopted` names once it is warm, else one at
 * `adopt.stopDistance` of the mark; never one made from its entry. A stop that the venue shows is kept.
 */
import type { OpenOrder } from './events.ts';
import { exitAll } from './leaving.ts';
import { alert, halt } from './mode.ts';
import type { Out } from './notes.ts';
import { expectBy, requestStop } from './protection.ts';
import { ask } from './queries.ts';
import { approveReducing } from './risk.ts';
import type { Leg, OpenPosition, State } from './state.ts';
import { wholeSteps } from './units.ts';

/** A fill that belongs to no order of ours opened or grew the position. */
export function takeForeignFill(state: State, leg: Leg, position: OpenPosition, paidTicks: number, out: Out): void {
  const { adopt } = state.setup.config;
  const what = `${state.setup.strategy.symbols[leg.symbol]!}: ${position.lots} lots held, of which not all were ordered here`;
  if (adopt.positions === 'flatten') {
    alert(state, 'alarm', 'foreign', `${what}; closing`, out);
    if (position.protection.tag === 'unprotected' && position.protectBy === 0) expectBy(state, position, state.setup.config.recoverDeadlineMs);
    exitAll(state, leg, 'not opened here', out);
    return;
  }
  position.plannedLots = position.lots;
  if (state.fill.opened === position.lots) position.adopted = true;
  if (adopt.positions === 'refuse') halt(state, 'foreign', what, out);
  else alert(state, 'warning', 'foreign', `${what}; adopted`, out);
  const { protection } = position;
  if (protection.tag !== 'unprotected' || (protection.cause === 'unknown' && position.wantedStop > 0)) return; // its stop is asked about
  position.protection = { tag: 'unprotected', cause: 'adopted', since: state.now };
  protectAdopted(state, leg, position, paidTicks, out);
}

/**
 * A stop for a position without one, with the longer deadline of what was found. `paidTicks`, NaN = not told, stands in
 * for the mark and the last price while neither is known; without any price the venue is asked until there is one.
 */
export function protectAdopted(state: State, leg: Leg, position: OpenPosition, paidTicks: number, out: Out): void {
  const { adopt, recoverDeadlineMs } = state.setup.config;
  const { markTicks, lastTicks } = leg.book;
  const price = markTicks > 0 ? markTicks : lastTicks > 0 ? lastTicks : paidTicks;
  if (position.protectBy === 0) expectBy(state, position, recoverDeadlineMs);
  const wanted = wantedByStrategy(state, leg, position, out);
  if (!(wanted > 0 || price > 0)) {
    ask(state, leg, out);
    return;
  }
  const distance = price * adopt.stopDistance;
  const level = position.side === 1 ? Math.ceil(price - distance) : Math.floor(price + distance);
  requestStop(state, leg, position, { triggerTicks: wanted > 0 ? wanted : level, trailTicks: 0, activeTicks: 0, loosens: false }, out);
}

/** What the strategy wants for it, ticks; 0 = it has no opinion yet, or none that is a price. */
function wantedByStrategy(state: State, leg: Leg, position: OpenPosition, out: Out): number {
  const { strategy, params, instruments, warmupBars } = state.setup;
  if (strategy.protectAdopted === undefined || leg.historyCount < warmupBars) return 0;
  try {
    const scene = state.views.scenes[leg.index]!;
    if (scene.memory !== leg.memory) scene.memory = leg.memory;
    const level: unknown = strategy.protectAdopted(scene as never, params);
    if (typeof level !== 'number' || !Number.isFinite(level) || level <= 0) return 0;
    return wholeSteps(level, instruments[leg.symbol]!.tick, position.side === 1 ? 'up' : 'down');
  } catch (error) {
    const text = `${strategy.symbols[leg.symbol]!}: protectAdopted failed: ${error instanceof Error ? error.message : String(error)}`;
    alert(state, 'warning', 'protect-adopted', text, out); // the position is protected all the same
    return 0;
  }
}

/** An order at the venue that is none of ours. */
export function takeForeignOrder(state: State, leg: Leg, { order, lots }: OpenOrder, out: Out): void {
  const { adopt } = state.setup.config;
  const what = `${state.setup.strategy.symbols[leg.symbol]!}: an order of ${lots} lots that was not placed here`;
  if (adopt.orders === 'flatten') {
    alert(state, 'warning', 'foreign-order', `${what}; cancelling`, out);
    out.commands.push(approveReducing({ tag: 'cancel', leg: leg.index, order }));
  } else if (adopt.orders === 'refuse') halt(state, 'foreign', what, out);
  else alert(state, 'info', 'foreign-order', `${what}; left alone`, out);
}
