/**
 * Indicators as incremental kernels: plain descriptions over one array of doubles per leg. Fed prices in whole ticks,
 * they add exactly and compare exactly; their results are in quote.
 *
 * Where they differ from `technicalindicators` 3.1.0, on purpose:
 *
 * | kernel     | here                                              | the library                                       |
 * | ---------- | ------------------------------------------------- | ------------------------------------------------- |
 * | all        | NaN never enters; a value for each bar once ready | NaN poisons, text concatenates, output is shorter |
 * | sma        | exact sums of ticks: ties are ties                | sums of doubles: ties differ in the last digits   |
 * | rsi        | full precision; 50 in a flat market               | rounded to 2 decimals; 100 in a flat market       |
 * | atr        | first true range is high - low of the first bar   | the first bar is dropped                          |
 * | keltner    | as atr                                            | as atr                                            |
 * | adx        | 0 in a flat market                                | NaN in a flat market                              |
 * | stochastic | k is smoothed over smoothK; 50 in a flat range    | k is raw; NaN in a flat range                     |
 * | obv        | 0 at the first bar                                | nothing at the first bar                          |
 * | vwap       | by UTC day, UTC week or a rolling window          | since the first bar given                         |
 * | supertrend | here                                              | has none                                          |
 */
export type { Ind, Kernels, Source, Values } from './kernels.ts';
export { declareIndicators } from './plan.ts';
export type { IndicatorPlan, KeyPlan, TimeframePlan } from './plan.ts';
export { lookAhead, rollAhead, takeAhead } from './ahead.ts';
export { feedBar, feedTimeframe, rollDecision } from './feed.ts';
export type { TickBar } from './feed.ts';
export { createIndicators, isWarm, restoreIndicators, snapshotIndicators } from './state.ts';
export type { IndicatorSnapshot, IndicatorState, IndicatorView } from './state.ts';
export { windowedNames } from './library.ts';
export { seedings } from './seeding.ts';
export type { Seeding } from './seeding.ts';
