/** Runs declared kernels over bars of one timeframe and collects what a strategy would read at each close. */
import { createIndicators, declareIndicators, feedTimeframe, rollDecision } from '../../../engine/indicators/index.ts';
import type { Ind, IndicatorPlan, IndicatorState, Kernels } from '../../../engine/indicators/index.ts';
import { stepOf } from '../../../engine/index.ts';
import type { Bars } from './market.ts';
import { minuteMs } from './market.ts';

export type Declared = Record<string, Ind<unknown>>;

export function planOf(declare: (k: Kernels) => Declared): IndicatorPlan {
  return declareIndicators((on) => declare(on('1m')), minuteMs, minuteMs);
}

export function feedAt(plan: IndicatorPlan, state: IndicatorState, bars: Bars, i: number): void {
  rollDecision(state);
  feedTimeframe(plan, state, 0, bars.open[i]!, bars.high[i]!, bars.low[i]!, bars.close[i]!, bars.volume[i]!, bars.openedAt[i]!);
}

/** One row per bar: the values of `ind`, nested ones as `key.field`. */
export function valuesOf(declare: (k: Kernels) => Declared, bars: Bars, tick = '1'): Record<string, unknown[]> {
  const plan = planOf(declare);
  const state = createIndicators(plan, stepOf(tick));
  const rows: Record<string, unknown[]> = {};
  for (let i = 0; i < bars.close.length; i++) {
    feedAt(plan, state, bars, i);
    for (const [key, value] of Object.entries(state.ind)) {
      if (typeof value === 'number') (rows[key] ??= []).push(value);
      else for (const [field, inner] of Object.entries(value as object)) (rows[`${key}.${field}`] ??= []).push(inner);
    }
  }
  return rows;
}
