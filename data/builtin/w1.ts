/**
 * The bench workload's bars: a seeded one-minute walk from 500,000 ticks (50,000.0 at tick 0.1), 60 % a year with slow
 * volatility clusters and rare shock bars, four sub-steps per bar, open = previous close. Whole ticks. Shorter series
 * are prefixes of longer ones. It uses logarithms and exponentials as the published generator does, so that the
 * numbers are the same; prices are rounded to ticks, which hides a differing last bit.
 */
import type { Candles } from '../candles.ts';
import { blankCandles } from '../candles.ts';
import { uniformFrom } from './random.ts';

const startTicks = 500_000;
const startsAt = Date.UTC(2020, 0, 1);
const minute = 60_000;
const yearlyVolatility = 0.6;
const minutesPerYear = 525_600;

/** Marsaglia's polar method; draws come in pairs. */
function normalFrom(uniform: () => number): () => number {
  let spare = Number.NaN;
  return () => {
    if (!Number.isNaN(spare)) {
      const kept = spare;
      spare = Number.NaN;
      return kept;
    }
    let u = 0;
    let v = 0;
    let square = 0;
    do {
      u = 2 * uniform() - 1;
      v = 2 * uniform() - 1;
      square = u * u + v * v;
    } while (square === 0 || square >= 1);
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    spare = v * factor;
    return u * factor;
  };
}

/** `bars` one-minute bars in whole ticks of 0.1; volume in base with three decimals. Default seed 42. */
export function w1Series(bars: number, seed = 42): Candles {
  const uniform = uniformFrom(seed);
  const normal = normalFrom(uniform);
  const out = blankCandles(bars);
  const { openedAt, open, high, low, close, volume } = out;
  const perMinute = yearlyVolatility / Math.sqrt(minutesPerYear);
  let price = startTicks;
  let logVolatility = 0;
  for (let i = 0; i < bars; i++) { // hot
    logVolatility = 0.999 * logVolatility + 0.02 * normal();
    const sigma = perMinute * Math.exp(logVolatility) * (uniform() < 0.001 ? 5 : 1);
    openedAt[i] = startsAt + i * minute;
    open[i] = price;
    let top = price;
    let bottom = price;
    for (let step = 0; step < 4; step++) {
      const pull = -2e-8 * Math.log(price / startTicks);
      price = Math.max(1_000, Math.round(price * Math.exp(pull + sigma * 0.5 * normal())));
      if (price > top) top = price;
      if (price < bottom) bottom = price;
    }
    high[i] = top;
    low[i] = bottom;
    close[i] = price;
    volume[i] = Math.round(1_000 * Math.exp(logVolatility + 0.5 * normal())) / 1_000;
  }
  return out;
}
