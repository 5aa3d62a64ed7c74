/**
 * Values of bars to come, worked out kernel by kernel and handed out bar by bar. Only for a series that is known as a
 * whole, of which every bar is fed once and in its order: the arena is ahead of the bars meanwhile, so that nobody may take
 * a snapshot. A decision never sees more than its own bar: what lies ahead is in here and nowhere else.
 *
 * Each kernel does with each bar what `feed.ts` does with it, in the same order of operations; a test holds both
 * equal to the last bit. Kernel by kernel, a loop over a column stays in the registers of the processor.
 */
import { invariant } from '../invariant.ts';
import type { Ms } from '../units.ts';
import { fillColumns, updateOther } from './feed.ts';
import type { Kernel, kinds } from './kernel.ts';
import type { IndicatorPlan } from './plan.ts';
import type { Ahead, AheadSeries, IndicatorState } from './state.ts';

// Constants of this module: the compiler does not fold imported ones into the code. Their types hold them equal.
const sma: typeof kinds.sma = 0;
const ema: typeof kinds.ema = 1;
const atr: typeof kinds.atr = 9;

/** Bars worked out at once: their values lie in the nearest memory. */
const blockBars = 256;

/** From here on the values of the only timeframe are worked out ahead. Nothing was fed yet. */
export function lookAhead(plan: IndicatorPlan, state: IndicatorState, series: AheadSeries): void {
  invariant(plan.timeframes.length <= 1 && state.ahead === null, 'values are worked out ahead for one timeframe, from its first bar on');
  if (plan.timeframes.length === 0) return;
  state.ahead = { plan, series, values: new Float64Array(blockBars * plan.outputs), from: 0, to: 0, next: 0 };
}

/** Makes the present values the previous ones, and those of the next bar the present ones. */
export function rollAhead(state: IndicatorState, ahead: Ahead): void { // hot
  if (ahead.next === ahead.to) workOut(state, ahead);
  const { values } = ahead;
  const { current, previous } = state;
  let at = (ahead.next - ahead.from) * current.length;
  for (let i = 0; i < current.length; i++, at++) {
    previous[i] = current[i]!;
    current[i] = values[at]!;
  }
  ahead.next += 1;
}

/** The values of the bar opened at `openedAt`, which is the next. */
export function takeAhead(state: IndicatorState, ahead: Ahead, openedAt: Ms): void {
  invariant(ahead.series.openedAt[ahead.next] === openedAt, 'the next bar of the series must be fed', { openedAt, next: ahead.next });
  if (ahead.next === ahead.to) workOut(state, ahead);
  const { values } = ahead;
  const { current } = state;
  const at = (ahead.next - ahead.from) * current.length;
  for (let i = 0; i < current.length; i++) current[i] = values[at + i]!;
  ahead.next += 1;
}

function workOut(state: IndicatorState, ahead: Ahead): void {
  const { plan, series, next } = ahead;
  const { arena } = state;
  const to = Math.min(series.openedAt.length, next + blockBars);
  ahead.from = next;
  ahead.to = to;
  const position = arena[0]! | 0;
  const others: Kernel[] = [];
  for (const kernel of plan.timeframes[0]!.kernels) {
    const { kind, n, m, offset, source } = kernel;
    const isSeeded = arena[offset + 1] === n;
    if (kind === sma && m >= 0) meansAhead(kernel, state, ahead, position, columnOf(series, source, next, to));
    else if (kind === ema && isSeeded) averagesAhead(kernel, state, ahead, columnOf(series, source, next, to));
    else if (kind === atr && isSeeded) rangesAhead(kernel, state, ahead);
    else others.push(kernel);
  }
  if (others.length > 0) othersAhead(others, state, ahead);
  arena[0] = position + to - next;
}

/** What a kernel is fed of the bars `from` to below `to`, see `columns`. */
function columnOf({ open, high, low, close, volume }: AheadSeries, source: number, from: number, to: number): Float64Array {
  switch (source) {
    case 0: return open.subarray(from, to);
    case 1: return high.subarray(from, to);
    case 2: return low.subarray(from, to);
    case 3: return close.subarray(from, to);
    case 7: return volume.subarray(from, to);
    default:
  }
  const sums = new Float64Array(to - from);
  for (let i = from; i < to; i++) {
    const both = high[i]! + low[i]!;
    sums[i - from] = source === 4 ? both : source === 5 ? both + close[i]! : open[i]! + high[i]! + low[i]! + close[i]!;
  }
  return sums;
}

/** See `updateMeans`. */
function meansAhead(k: Kernel, state: IndicatorState, { values }: Ahead, position: number, prices: Float64Array): void { // hot
  const { arena, current, num, den } = state;
  const { n, m: mask, divisor } = k;
  const width = current.length;
  const ring = k.offset + 1;
  const divided = n * den * divisor;
  let sum = arena[ring - 1]!;
  for (let i = 0, at = k.out, place = position; i < prices.length; i++, place++, at += width) {
    const fresh = prices[i]!;
    sum = sum + fresh - arena[ring + ((place - n) & mask)]!;
    arena[ring + (place & mask)] = fresh;
    if ((place & mask) === mask) {
      sum = 0;
      for (let back = n - 1; back >= 0; back--) sum += arena[ring + ((place - back) & mask)]!;
    }
    values[at] = place + 1 >= n ? (sum * num) / divided : Number.NaN;
  }
  arena[ring - 1] = sum;
}

/** See `pushEma`. */
function averagesAhead(k: Kernel, state: IndicatorState, { values }: Ahead, prices: Float64Array): void { // hot
  const { arena, current, num, den } = state;
  const { divisor, offset } = k;
  const width = current.length;
  const share = 2 / (k.n + 1);
  let mean = arena[offset + 2]!;
  for (let i = 0, at = k.out; i < prices.length; i++, at += width) {
    mean = mean + (prices[i]! - mean) * share;
    values[at] = divisor === 0 ? mean : (mean * num) / (den * divisor);
  }
  arena[offset + 2] = mean;
  arena[offset] = mean;
}

/** See `updateRange`. */
function rangesAhead(k: Kernel, state: IndicatorState, { series, values, from, to }: Ahead): void { // hot
  const { arena, current, num, den } = state;
  const { high, low, close } = series;
  const { n, offset } = k;
  const width = current.length;
  let mean = arena[offset + 2]!;
  let previous = arena[offset + 4]!;
  for (let i = from, at = k.out; i < to; i++, at += width) {
    const top = high[i]!;
    const bottom = low[i]!;
    const reach = (previous > top ? previous : top) - (previous < bottom ? previous : bottom);
    previous = close[i]!;
    mean = (mean * (n - 1) + reach) / n;
    values[at] = (mean * num) / den;
  }
  arena[offset + 2] = mean;
  arena[offset + 4] = previous;
}

/** Kernels of every other kind, bar by bar. They write into `current`, which holds the bar before the first, and is put back. */
function othersAhead(kernels: readonly Kernel[], state: IndicatorState, { plan, series, values, from, to }: Ahead): void { // hot
  const { current, bar } = state;
  const { openedAt, open, high, low, close, volume } = series;
  const now = current.slice();
  for (let i = from; i < to; i++) {
    fillColumns(bar, open[i]!, high[i]!, low[i]!, close[i]!, volume[i]!, openedAt[i]!);
    const row = (i - from) * current.length;
    for (let k = 0; k < kernels.length; k++) {
      const kernel = kernels[k]!;
      updateOther(plan, state, kernel);
      for (let j = kernel.out; j < kernel.out + kernel.outputs; j++) values[row + j] = current[j]!;
    }
  }
  current.set(now);
}
