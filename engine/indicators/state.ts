/**
 * The indicators of one leg: an arena of doubles, the values now and one decision bar ago, and the two views that a
 * decision reads them through. A snapshot is a copy of the numbers; restored, the run goes on bit for bit.
 */
import { invariant } from '../invariant.ts';
import type { Step } from '../units.ts';
import type { IndicatorPlan } from './plan.ts';
import { viewOf } from './view.ts';

/** What a decision reads: numbers, or objects of numbers and sides, by the strategy's own keys. */
export type IndicatorView = Readonly<Record<string, unknown>>;

/** Columns of a whole series, oldest first; prices in ticks, volume in base (contracts when inverse). */
export interface AheadSeries {
  readonly openedAt: Float64Array;
  readonly open: Float64Array; readonly high: Float64Array; readonly low: Float64Array; readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** Values worked out before their bars are handed out, see `ahead.ts`. */
export interface Ahead {
  readonly plan: IndicatorPlan;
  readonly series: AheadSeries;
  /** Outputs of the bars `from` to below `to`, those of one bar side by side. */
  readonly values: Float64Array;
  from: number;
  to: number;
  /** The next bar to hand out. */
  next: number;
}

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
  /** Values worked out ahead of their bars; null = each bar is worked out when it is fed. */
  ahead: Ahead | null;
}

export function createIndicators(plan: IndicatorPlan, tick: Step): IndicatorState {
  const values = new Float64Array(2 * plan.outputs).fill(Number.NaN);
  const current = values.subarray(0, plan.outputs);
  const previous = values.subarray(plan.outputs);
  return {
    arena: new Float64Array(plan.arenaSize), values, current, previous, bar: new Float64Array(9),
    num: tick.num, den: tick.den, ind: viewOf(plan, current), prev: viewOf(plan, previous), ahead: null,
  };
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
  invariant(state.ahead === null, 'values worked out ahead have no snapshot', {});
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
