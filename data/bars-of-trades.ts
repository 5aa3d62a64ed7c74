/**
 * Bars made of single trades, for a market of which the lake has trades and no bars. Where one file of trades ends and the next
 * begins within a bar, the two parts are one bar.
 */
import type { Candles, Prints } from './candles.ts';
import { blankCandles } from './candles.ts';

/**
 * A bar for every interval in which there was a trade, with its first, highest, lowest and last price and all quantity:
 * an interval without a trade has no bar. Quantities are decimals; their sum is rounded to their decimal places, which
 * takes away what adding doubles left over.
 */
export function barsOfTrades({ at, price, quantity, length }: Prints, intervalMs: number): Candles {
  let buckets = 0;
  for (let i = 0, ends = 0; i < length; i++) { // hot
    if (at[i]! < ends) continue;
    buckets += 1;
    ends = at[i]! - (at[i]! % intervalMs) + intervalMs;
  }
  const out = blankCandles(buckets);
  let row = -1;
  for (let i = 0, ends = 0; i < length; i++) { // hot
    const now = price[i]!;
    if (at[i]! >= ends) {
      row += 1;
      ends = at[i]! - (at[i]! % intervalMs) + intervalMs;
      out.openedAt[row] = ends - intervalMs;
      out.open[row] = now;
      out.high[row] = now;
      out.low[row] = now;
    }
    if (now > out.high[row]!) out.high[row] = now;
    if (now < out.low[row]!) out.low[row] = now;
    out.close[row] = now;
    out.volume[row] = out.volume[row]! + quantity[i]!;
  }
  const scale = quantityScale(quantity, length);
  if (scale !== null) for (let i = 0; i < buckets; i++) out.volume[i] = Math.round(out.volume[i]! * scale) / scale; // hot
  return out;
}

/** Columns of two files' bars, the second file's trades all later than the first's: a bar that both have a part of is made one. */
export function joinedBars(earlier: readonly Float64Array[], later: readonly Float64Array[]): readonly [Float64Array[], Float64Array[]] {
  const end = (earlier[0]?.length ?? 0) - 1;
  if (end < 0 || later[0]?.[0] !== earlier[0]?.[end]) return [[...earlier], [...later]];
  const whole = later.map((column) => column.slice());
  const [, open, high, low, , volume] = earlier.map((column) => column[end]!);
  const parts = Float64Array.of(volume!, whole[5]![0]!);
  const scale = quantityScale(parts, 2);
  const sum = parts[0]! + parts[1]!;
  whole[1]![0] = open!;
  if (high! > whole[2]![0]!) whole[2]![0] = high!;
  if (low! < whole[3]![0]!) whole[3]![0] = low!;
  whole[5]![0] = scale === null ? sum : Math.round(sum * scale) / scale;
  return [earlier.map((column) => column.subarray(0, end)), whole];
}

/** The power of ten that makes every quantity whole; null when that takes more than nine decimal places. */
function quantityScale(quantity: Float64Array, length: number): number | null {
  let scale = 1;
  for (let i = 0; i < length; i++) { // hot
    while (Math.round(quantity[i]! * scale) / scale !== quantity[i]!) {
      scale *= 10;
      if (scale > 1e9) return null;
    }
  }
  return scale;
}
