/**
 * W1 with everything inlined by hand: one loop over typed arrays, the strategy inside it, no orders, no events.
 * Not an engine, only the yardstick for what this machine can do with the arithmetic of W1.
 */
import { w1 } from './w1.ts';
import type { W1Answer, W1Bars } from './w1.ts';

/** One function on purpose: a call would be measured too. Comparisons instead of Math.min and Math.max, see decision D-1 in DESIGN.md. */
export function runBare({ length, open, high, low, close }: W1Bars): W1Answer {
  const { fast, slow, range, stopRanges, risk, lotsMax, fee } = w1;
  let cash: number = w1.cash;
  let position = 0;
  let stop = 0;
  let queued = 0;
  let queuedLots = 0;
  let trades = 0;
  let fastSum = 0;
  let slowSum = 0;
  let atr = 0;
  let before = 0;
  for (let i = 0; i < length; i++) { // hot
    const o = open[i]!;
    const h = high[i]!;
    const l = low[i]!;
    const c = close[i]!;
    if (queued !== 0) {
      if (position !== 0) {
        const price = position > 0 ? o - 1 : o + 1;
        cash += position * price - Math.abs(position) * price * fee;
        trades++;
        position = 0;
      }
      if (queuedLots > 0) {
        const price = o + queued;
        position = queued * queuedLots;
        cash -= position * price + queuedLots * price * fee;
      }
      queued = 0;
    }
    if (stop !== 0 && (position > 0 ? l <= stop : h >= stop)) {
      const price = position > 0 ? (o < stop ? o : stop) - 1 : (o > stop ? o : stop) + 1;
      cash += position * price - Math.abs(position) * price * fee;
      trades++;
      position = 0;
      stop = 0;
    }
    fastSum += c - (i >= fast ? close[i - fast]! : 0);
    slowSum += c - (i >= slow ? close[i - slow]! : 0);
    const last = i === 0 ? c : close[i - 1]!;
    const trueRange = i === 0 ? h - l : (h > last ? h : last) - (l < last ? l : last);
    if (i < range) atr += trueRange / range;
    else atr = (atr * (range - 1) + trueRange) / range;
    // Both averages times 100, so that a tie is an exact zero.
    const d = 5 * fastSum - 2 * slowSum;
    if (i >= slow) {
      const up = before <= 0 && d > 0;
      const down = before >= 0 && d < 0;
      if ((up && position <= 0) || (down && position >= 0)) {
        queued = up ? 1 : -1;
        const wanted = Math.floor(risk / (stopRanges * atr));
        queuedLots = wanted < lotsMax ? wanted : lotsMax;
        stop = 0;
      } else if (position > 0) {
        const wanted = Math.floor(c - stopRanges * atr);
        if (wanted > stop) stop = wanted;
      } else if (position < 0) {
        const wanted = Math.ceil(c + stopRanges * atr);
        if (stop === 0 || wanted < stop) stop = wanted;
      }
    }
    before = d;
  }
  return { trades, equity: (cash + position * (close[length - 1] ?? 0)) * w1.unit };
}
