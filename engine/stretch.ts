/**
 * Many closed bars of a lone leg in one call: for each what `stepBar` and `stepCycle` do, without a record handed over
 * between them. A stretch goes on while prices stay where nothing at the venue can act and while no bar brings a command
 * or a note, or only what the shell can answer on the spot; any other bar that does is the last one taken.
 * `test/engine/stretch.test.ts` holds it equal to `step`.
 */
import { decideLeg } from './decide.ts';
import type { BarClosed } from './events.ts';
import { feedBar, lookAhead, rollAhead, rollDecision } from './indicators/index.ts';
import { takeLimits } from './limits.ts';
import type { Out } from './notes.ts';
import type { OpenPosition, State } from './state.ts';
import type { Ms, Step } from './units.ts';
import { rememberBar } from './view.ts';

/** Bars of one symbol as columns of doubles, oldest first; prices in ticks, volume in base (contracts when inverse). */
export interface BarColumns {
  readonly intervalMs: Ms;
  readonly openedAt: Float64Array;
  readonly open: Float64Array; readonly high: Float64Array; readonly low: Float64Array; readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** Where nothing at the venue can act: strictly between two prices (ticks), in bars that close at `until` (ms) or before. */
export interface Corridor { below: number; above: number; until: Ms }

/** Memory, perhaps shared, in which a watcher sees how far a stretch is: bars taken before this one, and its close (ms). */
export interface Watch { readonly counters: Int32Array; readonly times: Float64Array }

/** What a stretch is taken from, and the room it is worked in. */
export interface StretchRoom {
  readonly series: BarColumns;
  readonly corridor: Corridor;
  /** The shell's reused record. */
  readonly bar: BarClosed;
  /** Equity at each close, from 0 on; its length is the most bars a stretch may have. */
  readonly equities: Float64Array;
  readonly watch: Watch | null;
  /**
   * A bar brought commands or notes, and bar `next` of the series follows: true when all of it was taken in and answered before
   * that bar opens, and the corridor written anew. False = `out` is as it was, or holds what the answer brought.
   */
  readonly reply: (next: number) => boolean;
}

/** Without rules to judge every bar by: a lone leg that decides by itself, for which every bar is a decision bar and a bar of every indicator. */
export function takesStretches({ setup, legs, rules }: State): boolean {
  const { decisionAggregate, aggregates } = legs[0]!;
  return rules === null && legs.length === 1 && setup.strategy.decide !== undefined && decisionAggregate === null
    && aggregates.every((aggregate) => aggregate === null);
}

/** A run over a series that is known as a whole, of which every bar is fed once: indicators may be worked out block by block. */
export function knowSeries({ setup, legs }: State, series: BarColumns): void {
  lookAhead(setup.plan, legs[0]!.indicators, series);
}

/**
 * Takes the bars `from` to below `to`, as many as stay in the corridor. `before` bars were taken since the run began.
 * Returns how many were taken.
 */
export function takeStretch(state: State, room: StretchRoom, from: number, to: number, before: number, out: Out): number { // hot
  const { bar, corridor, equities, watch } = room;
  const leg = state.legs[0]!;
  const { book, indicators, aggregates, position } = leg;
  if (position.tag === 'open' && isWatched(position)) return 0;
  const { setup, wallet } = state;
  const { plan } = setup;
  const { ahead } = indicators;
  const { kind, unitNumber, tick } = setup.instruments[leg.symbol]!;
  const decide = setup.strategy.decide!;
  const { intervalMs, openedAt, high, low, volume } = room.series;
  let { below, above, until } = corridor;
  const scene = state.views.scenes[leg.index]!;
  if (scene.bar !== bar) scene.bar = bar;
  bar.symbol = leg.symbol;
  for (let i = from; i < to; i++) {
    const at = openedAt[i]! + intervalMs;
    if (low[i]! <= below || high[i]! >= above || at > until || !(volume[i]! > 0)) return i - from;
    if (watch !== null) {
      watch.times[0] = at;
      watch.counters[0] = before + i - from;
    }
    fillBar(bar, room.series, i, tick);
    state.now = at;
    state.sequence += 2;
    book.lastTicks = bar.closeTicks;
    book.markTicks = bar.closeTicks + book.basisTicks;
    book.lastAt = at;
    if (ahead !== null) rollAhead(indicators, ahead);
    else {
      if (leg.rollDue) rollDecision(indicators);
      for (let timeframe = 0; timeframe < aggregates.length; timeframe++) feedBar(plan, indicators, timeframe, bar);
    }
    leg.rollDue = true;
    rememberBar(leg, bar);
    let equity = wallet.balanceNumber;
    if (position.tag === 'open') {
      const { trade } = position;
      if (bar.highTicks > trade.highTicks) trade.highTicks = bar.highTicks;
      if (bar.lowTicks < trade.lowTicks) trade.lowTicks = bar.lowTicks;
      equity += kind === 'linear'
        ? position.side * (book.markTicks * position.lots * unitNumber - position.costNumber)
        : position.side * (position.costNumber - (position.lots * unitNumber) / book.markTicks);
    }
    state.equity = equity;
    if (equity > state.equityPeak) state.equityPeak = equity;
    else if (!(equity > 0)) takeLimits(state, out);
    decideLeg(state, leg, decide, out);
    equities[i - from] = equity;
    if (out.commands.length === 0 && out.notes.length === 0 && state.failure === null) continue;
    if (state.failure !== null || !room.reply(i + 1)) return i - from + 1;
    ({ below, above, until } = corridor);
  }
  return to - from;
}

/** A bar by itself may have to act on it: it is leaving, the venue holds no stop of it, or its targets are to be placed. */
function isWatched({ leaving, protection, areTargetsDue }: OpenPosition): boolean { // hot
  return leaving !== '' || areTargetsDue || protection.tag === 'unprotected'
    || (protection.tag === 'requested' && protection.replaces === null);
}

/** Writes bar `i` of a series into the reused record. */
export function fillBar(bar: BarClosed, { intervalMs, openedAt, open, high, low, close, volume }: BarColumns, i: number, tick: Step): void { // hot
  const { num, den } = tick;
  const openTicks = open[i]!;
  const highTicks = high[i]!;
  const lowTicks = low[i]!;
  const closeTicks = close[i]!;
  bar.at = openedAt[i]! + intervalMs;
  bar.openedAt = openedAt[i]!;
  bar.closedAt = bar.at;
  bar.openTicks = openTicks;
  bar.highTicks = highTicks;
  bar.lowTicks = lowTicks;
  bar.closeTicks = closeTicks;
  bar.open = (openTicks * num) / den;
  bar.high = (highTicks * num) / den;
  bar.low = (lowTicks * num) / den;
  bar.close = (closeTicks * num) / den;
  bar.volume = volume[i]!;
}
