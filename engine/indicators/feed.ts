/**
 * A closed bar through all kernels of its timeframe. The three kernels of nearly every strategy (sma, ema, atr) are
 * written out in one loop, so that a bar costs one call and not one a kernel; `update.ts` has the rest.
 */
import type { Ms } from '../units.ts';
import { pushEma, pushRange } from './arena.ts';
import type { columns, kinds } from './kernel.ts';
import { pushWindow } from './library.ts';
import type { IndicatorPlan } from './plan.ts';
import type { IndicatorState } from './state.ts';
import { updateKernel } from './update.ts';

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
const sma: typeof kinds.sma = 0;
const ema: typeof kinds.ema = 1;
const atr: typeof kinds.atr = 9;
const windowed: typeof kinds.windowed = 20;

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

/** Makes the present values the previous ones. Once per decision bar, before its feeding. */
export function rollDecision(state: IndicatorState): void { // hot
  const { current, previous } = state;
  for (let i = 0; i < current.length; i++) previous[i] = current[i]!;
}

function updateKernels(plan: IndicatorPlan, state: IndicatorState, timeframeIndex: number): void { // hot
  const { kernels } = plan.timeframes[timeframeIndex]!;
  const { arena, bar, current, num, den } = state;
  for (let i = 0; i < kernels.length; i++) {
    const k = kernels[i]!;
    const { kind, n, out, divisor } = k;
    const at = k.offset;
    if (kind === sma) { // [value, n once full, index, sum, ring]
      const index = arena[at + 2]! | 0;
      const slot = at + 4 + index;
      const fresh = bar[k.source]!;
      let sum = arena[at + 3]! + fresh - arena[slot]!;
      arena[slot] = fresh;
      if (index + 1 === n) {
        arena[at + 1] = n;
        arena[at + 2] = 0;
        sum = 0;
        for (let j = at + 4; j <= slot; j++) sum += arena[j]!;
      } else {
        arena[at + 2] = index + 1;
      }
      arena[at + 3] = sum;
      // One division: of whole numbers below 2^53 it is the double nearest to the mean, so that equal means are equal.
      if (arena[at + 1] !== 0) current[out] = divisor === 0 ? sum / n : (sum * num) / (n * den * divisor);
    } else if (kind === atr && arena[at + 1] === n) { // [value, n once full, mean, seen, previous close]
      const previous = arena[at + 4]!;
      const high = bar[highColumn]!;
      const low = bar[lowColumn]!;
      arena[at + 4] = bar[closeColumn]!;
      const reach = (previous > high ? previous : high) - (previous < low ? previous : low);
      const mean = (arena[at + 2]! * (n - 1) + reach) / n;
      arena[at + 2] = mean;
      current[out] = (mean * num) / den;
    } else if (kind === ema && arena[at + 1] === n) { // [value, n once full, mean]
      const before = arena[at + 2]!;
      const mean = before + (bar[k.source]! - before) * (2 / (n + 1));
      arena[at + 2] = mean;
      current[out] = divisor === 0 ? mean : (mean * num) / (den * divisor);
    } else if (kind === ema || kind === atr) {
      if (kind === atr) pushRange(arena, at, n, bar);
      else {
        arena[at] = bar[k.source]!;
        pushEma(arena, at, n);
      }
      current[out] = divisor === 0 ? arena[at]! : (arena[at]! * num) / (den * divisor);
    } else if (kind === windowed) {
      current[out] = pushWindow(plan.windows[k.window]!, arena, at, bar, num, den);
    } else {
      updateKernel(k, state);
    }
  }
}
