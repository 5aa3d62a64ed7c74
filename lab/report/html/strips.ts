/**
 * Many bars and equities made few enough to draw, without losing an extreme: a candle holds the highest high and the
 * lowest low of its bars, and of every two slots of equity one holds the lowest and one the highest value, in their order.
 */
import type { Series } from '../../../sim/index.ts';
import type { CandleStrip, EquityStrip } from '../story.ts';

/** Lengths a candle may have, ms: what people read on an axis. */
const lengths: readonly number[] = [
  60_000, 180_000, 300_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 21_600_000, 43_200_000, 86_400_000, 259_200_000, 604_800_000,
];

/** The shortest length, a multiple of the bars' own, that makes at most `most` candles of the span. */
export function bucketFor(spanMs: number, intervalMs: number, most: number): number {
  const fits = lengths.find((ms) => ms >= intervalMs && ms % intervalMs === 0 && spanMs / ms <= most);
  return fits ?? Math.ceil(spanMs / most / intervalMs) * intervalMs;
}

/** Price decimals of a tick, from `num / den` quote. */
export function decimalsOf(tick: { readonly num: number; readonly den: number }): number {
  const text = (tick.num / tick.den).toFixed(12).replace(/0+$/, '');
  return Math.min(10, text.length - text.indexOf('.') - 1);
}

interface Wanted { readonly symbol: string; readonly bucketMs: number; readonly tick: { readonly num: number; readonly den: number } }

/** Candles of a series whose prices are whole ticks; bars without trades are left out when they moved nothing. */
export function candlesOf(series: Series, { symbol, bucketMs, tick }: Wanted): Omit<CandleStrip, 'stops'> {
  const { openedAt, open, high, low, close, length } = series;
  const decimals = decimalsOf(tick);
  const unit = (tick.num / tick.den) * 10 ** decimals;
  const from = length === 0 ? 0 : Math.floor(openedAt[0]! / bucketMs) * bucketMs;
  const strip = { slot: [] as number[], open: [] as number[], high: [] as number[], low: [] as number[], close: [] as number[] };
  let slot = -1;
  let top = 0;
  let bottom = 0;
  const finish = (last: number): void => {
    strip.high.push(Math.round(top * unit));
    strip.low.push(Math.round(bottom * unit));
    strip.close.push(Math.round(close[last]! * unit));
  };
  for (let i = 0; i < length; i++) {
    const own = Math.floor((openedAt[i]! - from) / bucketMs);
    if (own !== slot) {
      if (slot >= 0) finish(i - 1);
      slot = own;
      strip.slot.push(own);
      strip.open.push(Math.round(open[i]! * unit));
      top = high[i]!;
      bottom = low[i]!;
    }
    if (high[i]! > top) top = high[i]!;
    if (low[i]! < bottom) bottom = low[i]!;
  }
  if (slot >= 0) finish(length - 1);
  return { symbol, bucketMs, decimals, from, ...strip };
}

/** Lowest and highest equity of one stretch, and when. */
export interface Extremes { readonly bucket: number; readonly low: number; readonly lowAt: number; readonly high: number; readonly highAt: number }

/** Two slots per bucket: the extreme that came first, then the other. */
export function equityOf(extremes: readonly Extremes[], from: number, bucketMs: number, buckets: number): EquityStrip {
  const equity: (number | null)[] = Array.from({ length: 2 * buckets }, () => null);
  for (const { bucket, low, lowAt, high, highAt } of extremes) {
    if (bucket < 0 || bucket >= buckets) continue;
    const isLowFirst = lowAt <= highAt;
    equity[2 * bucket] = rounded(isLowFirst ? low : high);
    equity[2 * bucket + 1] = rounded(isLowFirst ? high : low);
  }
  return { from, slotMs: bucketMs / 2, equity };
}

/** Nine digits that count: more would not be seen and cost room. */
export const rounded = (value: number): number => Number(value.toPrecision(9));

/** A stop as it stood: when it changed, and to what. Trigger 0 = gone. */
export interface StopChange { readonly at: number; readonly trigger: number }

/** The last change of each candle, so that a line of steps has at most one step per candle. */
export function stopSteps(changes: readonly StopChange[], from: number, bucketMs: number, decimals: number): readonly (readonly [number, number])[] {
  const steps: [number, number][] = [];
  for (const { at, trigger } of changes) {
    const slot = Math.floor((at - from) / bucketMs);
    const price = Math.round(trigger * 10 ** decimals);
    const last = steps.at(-1);
    if (last !== undefined && last[0] === slot) last[1] = price;
    else if (last === undefined || last[1] !== price) steps.push([slot, price]);
  }
  return steps;
}
