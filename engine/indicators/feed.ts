/**
 * A closed bar through all kernels of its timeframe. The kernels of nearly every strategy (sma, ema, atr) are written
 * out here; `update.ts` has the rest. Slot `timeframeIndex` of the arena counts the bars fed to that timeframe.
 */
import type { Ms } from '../units.ts';
import { pushEma, pushRange } from './arena.ts';
import type { columns, Kernel, kinds } from './kernel.ts';
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
  fillColumns(state.bar, from.openTicks, from.highTicks, from.lowTicks, from.closeTicks, from.volume, from.openedAt);
  updateKernels(plan, state, timeframeIndex);
}

/** Writes a bar by `columns`. */
export function fillColumns( // hot
  bar: Float64Array, openTicks: number, highTicks: number, lowTicks: number, closeTicks: number, volume: number, openedAt: Ms,
): void {
  bar[openColumn] = openTicks;
  bar[highColumn] = highTicks;
  bar[lowColumn] = lowTicks;
  bar[closeColumn] = closeTicks;
  bar[hl2Column] = highTicks + lowTicks;
  bar[hlc3Column] = highTicks + lowTicks + closeTicks;
  bar[ohlc4Column] = openTicks + highTicks + lowTicks + closeTicks;
  bar[volumeColumn] = volume;
  bar[openedAtColumn] = openedAt;
}

/** The same from numbers: prices in ticks, volume in base, `openedAt` in ms UTC. */
export function feedTimeframe(
  plan: IndicatorPlan, state: IndicatorState, timeframeIndex: number,
  openTicks: number, highTicks: number, lowTicks: number, closeTicks: number, volume: number, openedAt: Ms,
): void { // hot
  fillColumns(state.bar, openTicks, highTicks, lowTicks, closeTicks, volume, openedAt);
  updateKernels(plan, state, timeframeIndex);
}

/** Makes the present values the previous ones. Once per decision bar, before its feeding. */
export function rollDecision(state: IndicatorState): void { // hot
  const { current, previous } = state;
  for (let i = 0; i < current.length; i++) previous[i] = current[i]!;
}

function updateKernels(plan: IndicatorPlan, state: IndicatorState, timeframeIndex: number): void { // hot
  const { kernels } = plan.timeframes[timeframeIndex]!;
  const { arena } = state;
  const position = arena[timeframeIndex]! | 0;
  arena[timeframeIndex] = position + 1;
  for (let i = updateMeans(kernels, state, position); i < kernels.length; i++) updateOther(plan, state, kernels[i]!);
}

/** The present bar through any kernel but an sma of prices. */
export function updateOther(plan: IndicatorPlan, state: IndicatorState, k: Kernel): void { // hot
  const { arena } = state;
  if (k.kind === atr && arena[k.offset + 1] === k.n) updateRange(k, state);
  else if (k.kind === ema || k.kind === atr) updateAverage(k, state);
  else if (k.kind === windowed) {
    state.current[k.out] = pushWindow(plan.windows[k.window]!, arena, k.offset, state.bar, state.num, state.den);
  } else updateKernel(k, state);
}

/**
 * Every sma of prices of a timeframe: they come first. Returns the index of the first other kernel. [sum, ring], the ring as long as
 * the power of two from n on, its place the count of bars fed: no index to keep. An empty place is 0.
 */
function updateMeans(kernels: readonly Kernel[], state: IndicatorState, position: number): number { // hot
  const { arena, bar, current, num, den } = state;
  let i = 0;
  for (; i < kernels.length; i++) {
    const k = kernels[i]!;
    const { n, m: mask, divisor } = k;
    if (k.kind !== sma || mask < 0) break;
    const ring = k.offset + 1;
    const fresh = bar[k.source]!;
    let sum = arena[ring - 1]! + fresh - arena[ring + ((position - n) & mask)]!;
    arena[ring + (position & mask)] = fresh;
    if ((position & mask) === mask) {
      sum = 0;
      for (let back = n - 1; back >= 0; back--) sum += arena[ring + ((position - back) & mask)]!;
    }
    arena[ring - 1] = sum;
    // One division: of whole numbers below 2^53 it is the double nearest to the mean, so that equal means are equal.
    if (position + 1 >= n) current[k.out] = (sum * num) / (n * den * divisor);
  }
  return i;
}

/** An atr past its seed: [value, n once full, mean, seen, previous close]. */
function updateRange(k: Kernel, state: IndicatorState): void { // hot
  const { arena, bar } = state;
  const { n, offset: at } = k;
  const previous = arena[at + 4]!;
  const high = bar[highColumn]!;
  const low = bar[lowColumn]!;
  arena[at + 4] = bar[closeColumn]!;
  const reach = (previous > high ? previous : high) - (previous < low ? previous : low);
  const mean = (arena[at + 2]! * (n - 1) + reach) / n;
  arena[at + 2] = mean;
  state.current[k.out] = (mean * state.num) / state.den;
}

/** An ema, [value, n once full, mean], or the seed of an atr. */
function updateAverage(k: Kernel, state: IndicatorState): void { // hot
  const { arena, bar } = state;
  const { n, divisor, offset: at } = k;
  if (k.kind === atr) pushRange(arena, at, n, bar);
  else {
    arena[at] = bar[k.source]!;
    pushEma(arena, at, n);
  }
  state.current[k.out] = divisor === 0 ? arena[at]! : (arena[at]! * state.num) / (state.den * divisor);
}
