/**
 * The indicators of one leg: an arena of doubles, the values now and one decision bar ago, and the two views that a
 * decision reads them through. A snapshot is a copy of the numbers; restored, the run goes on bit for bit.
 */
import { invariant } from '../invariant.ts';
import type { Ms, Step } from '../units.ts';
import type { columns } from './kernel.ts';
import { pushWindow } from './library.ts';
import type { IndicatorPlan } from './plan.ts';
import { updateKernel } from './update.ts';
import { viewOf } from './view.ts';

// Constants of this module: the compiler does not fold imported ones into the code. Their types hold them equal.
const openColumn: typeof columns.open = 0;
const highColumn: typeof columns.high = 1;
const lowColumn: typeof columns.low = 2;
const closeColumn: typeof columns.close = 3;
const hl2Column: typeof columns.hl2 = 4;
const hlc3Column: typeof columns.hlc3 = 5;
const ohlc4Column: typeof columns.ohlc4 = 6;
const volumeColumn: typeof columns.volume = 7;
const openedAtColumn: typeof columns.openedAt = 8;

/** What a decision reads: numbers, or objects of numbers and sides, by the strategy's own keys. */
export type IndicatorView = Readonly<Record<string, unknown>>;

export interface IndicatorState {
  readonly arena: Float64Array;
  /** The present values, then as many one decision bar earlier; NaN where there is none yet. */
  readonly values: Float64Array;
  /** The two halves of `values`. */
  readonly current: Float64Array;
  readonly previous: Float64Array;
  /** The bar being fed, by `columns`, in ticks. */
  readonly bar: Float64Array;
  /** One tick is `num / den` quote. */
  readonly num: number;
  readonly den: number;
  readonly ind: IndicatorView;
  readonly prev: IndicatorView;
}

export function createIndicators(plan: IndicatorPlan, tick: Step): IndicatorState {
  const values = new Float64Array(2 * plan.outputs).fill(Number.NaN);
  const current = values.subarray(0, plan.outputs);
  const previous = values.subarray(plan.outputs);
  return {
    arena: new Float64Array(plan.arenaSize), values, current, previous, bar: new Float64Array(9),
    num: tick.num, den: tick.den, ind: viewOf(plan, current), prev: viewOf(plan, previous),
  };
}

/** A closed bar as the kernels take it; `BarClosed` is one. */
export interface TickBar {
  readonly openedAt: Ms;
  readonly openTicks: number; readonly highTicks: number; readonly lowTicks: number; readonly closeTicks: number;
  /** Base (contracts when inverse). */
  readonly volume: number;
}

/** One closed bar of the plan's timeframe `timeframeIndex`, from a record: nothing is boxed on the way. */
export function feedBar(
  plan: IndicatorPlan, state: IndicatorState, timeframeIndex: number, from: TickBar,
): void { // hot
  const { bar } = state;
  const high = from.highTicks;
  const low = from.lowTicks;
  const close = from.closeTicks;
  bar[openColumn] = from.openTicks;
  bar[highColumn] = high;
  bar[lowColumn] = low;
  bar[closeColumn] = close;
  bar[hl2Column] = high + low;
  bar[hlc3Column] = high + low + close;
  bar[ohlc4Column] = from.openTicks + high + low + close;
  bar[volumeColumn] = from.volume;
  bar[openedAtColumn] = from.openedAt;
  updateKernels(plan, state, timeframeIndex);
}

/** The same from numbers: prices in ticks, volume in base, `openedAt` in ms UTC. */
export function feedTimeframe(
  plan: IndicatorPlan, state: IndicatorState, timeframeIndex: number,
  openTicks: number, highTicks: number, lowTicks: number, closeTicks: number, volume: number, openedAt: Ms,
): void { // hot
  const { bar } = state;
  bar[openColumn] = openTicks;
  bar[highColumn] = highTicks;
  bar[lowColumn] = lowTicks;
  bar[closeColumn] = closeTicks;
  bar[hl2Column] = highTicks + lowTicks;
  bar[hlc3Column] = highTicks + lowTicks + closeTicks;
  bar[ohlc4Column] = openTicks + highTicks + lowTicks + closeTicks;
  bar[volumeColumn] = volume;
  bar[openedAtColumn] = openedAt;
  updateKernels(plan, state, timeframeIndex);
}

function updateKernels(plan: IndicatorPlan, state: IndicatorState, timeframeIndex: number): void { // hot
  const { kernels } = plan.timeframes[timeframeIndex]!;
  for (let i = 0; i < kernels.length; i++) {
    const kernel = kernels[i]!;
    if (kernel.window < 0) updateKernel(kernel, state);
    else {
      state.current[kernel.out] =
        pushWindow(plan.windows[kernel.window]!, state.arena, kernel.offset, state.bar, state.num, state.den);
    }
  }
}

/** Makes the present values the previous ones. Once per decision bar, before its feeding. */
export function rollDecision(state: IndicatorState): void { // hot
  const { current, previous } = state;
  for (let i = 0; i < current.length; i++) previous[i] = current[i]!;
}

/** True once every value of `ind` and `prev` is a number. */
export function isWarm(state: IndicatorState): boolean { // hot
  const { values } = state;
  for (let i = 0; i < values.length; i++) if (values[i] !== values[i]) return false;
  return true;
}

/** Plain numbers, so that JSON keeps them; null stands for NaN. */
export interface IndicatorSnapshot {
  readonly arena: readonly (number | null)[];
  readonly values: readonly (number | null)[];
}

export function snapshotIndicators(state: IndicatorState): IndicatorSnapshot {
  const plain = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return { arena: Array.from(state.arena, plain), values: Array.from(state.values, plain) };
}

/** Writes a snapshot of the same plan into `out`. */
export function restoreIndicators(out: IndicatorState, snapshot: IndicatorSnapshot): void {
  invariant(snapshot.arena.length === out.arena.length && snapshot.values.length === out.values.length,
    'indicator snapshot must be of the same plan',
    { arena: [snapshot.arena.length, out.arena.length], values: [snapshot.values.length, out.values.length] });
  for (let i = 0; i < out.arena.length; i++) out.arena[i] = snapshot.arena[i] ?? Number.NaN;
  for (let i = 0; i < out.values.length; i++) out.values[i] = snapshot.values[i] ?? Number.NaN;
}
