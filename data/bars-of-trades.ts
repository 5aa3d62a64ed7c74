/** Bars made of single trades, for a market of which the lake has trades and no bars. */
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
