/** Bars made of single trades, for a market of which the lake has trades and no bars. */
import type { Candles, Prints } from './candles.ts';
import { blankCandles } from './candles.ts';

/** A bar for every interval in which there was a trade, with its first, highest, lowest and last price and all quantity. */
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
  return out;
}
