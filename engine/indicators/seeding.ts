/** How each kernel begins, how long its beginning matters, and what it says in a market that does not move. */

/** Influence of a seed under which it counts as forgotten. Unit: fraction of the seed's error. */
export const forgotten = 1e-9;

/** Bars until a seed of an exponential mean with this weight has an influence under `forgotten`. */
export function decayBars(weight: number): number {
  let bars = 0;
  for (let influence = 1; influence >= forgotten; influence *= 1 - weight) bars++;
  return bars;
}

export interface Seeding {
  /** What the first values are made of. */
  readonly seed: string;
  /** Bars of its timeframe until the seed's influence is under 1e-9; decay(w) is `decayBars(w)`. */
  readonly warmup: string;
  /** In a market without movement or volume. */
  readonly flat: string;
}

/** For the documentation; a test holds it complete. */
export const seedings: Readonly<Record<string, Seeding>> = {
  sma: { seed: 'none, a window', warmup: 'n', flat: 'the price' },
  ema: { seed: 'mean of the first n values', warmup: 'n + decay(2 / (n + 1))', flat: 'the price' },
  wma: { seed: 'none, a window', warmup: 'n', flat: 'the price' },
  rma: { seed: 'mean of the first n values', warmup: 'n + decay(1 / n)', flat: 'the price' },
  stdev: { seed: 'none, a window', warmup: 'n', flat: '0' },
  highest: { seed: 'none, a window', warmup: 'n', flat: 'the price' },
  lowest: { seed: 'none, a window', warmup: 'n', flat: 'the price' },
  roc: { seed: 'none, a window', warmup: 'n + 1', flat: '0; also 0 when the earlier value was 0' },
  rsi: { seed: 'means of the first n gains and losses', warmup: 'n + 1 + decay(1 / n)', flat: '50' },
  atr: {
    seed: 'mean of the first n true ranges, the first of which is high - low', warmup: 'n + decay(1 / n)', flat: '0',
  },
  obv: { seed: '0 at the first bar fed; the level depends on where the feed began', warmup: '1', flat: 'stays' },
  vwap: {
    seed: 'none: sums begin with the anchor or the window',
    warmup: "bars of one day ('1d') or week ('1w'), so that the anchor was seen; n", flat: 'hlc3 of the bar',
  },
  adx: {
    seed: 'means of the first n true ranges and movements, from the second bar; then of the first n indices',
    warmup: '2n + 2 decay(1 / n)', flat: '0',
  },
  stochastic: { seed: 'none, windows', warmup: 'n + smoothK + smoothD - 2', flat: '50' },
  macd: {
    seed: 'each average with the mean of its first values',
    warmup: 'slow + signal - 1 + decay(2 / (slow + 1)) + decay(2 / (signal + 1))', flat: '0',
  },
  bollinger: { seed: 'none, a window', warmup: 'n', flat: 'all bands at the price' },
  keltner: { seed: 'as ema and atr', warmup: 'the longer of ema(n) and atr(atr)', flat: 'all bands at the price' },
  donchian: { seed: 'none, a window', warmup: 'n', flat: 'the price' },
  supertrend: {
    seed: 'as atr; long if the first close with a range is not below hl2. Its side is forgotten at the first turn only',
    warmup: 'n + decay(1 / n) + 10n', flat: 'the price',
  },
  windowed: {
    seed: 'computed anew over the last n bars', warmup: 'n', flat: 'as the library; what is not a number is an error',
  },
};
