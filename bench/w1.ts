/**
 * W1, the agreed workload, and its reference answers.
 *
 * One symbol, 1m bars, SMA 20/50 cross, Wilder ATR 14 trailing stop at 3 ATR, long and short, taker fee
 * 0.055 %, one tick of slippage, 1 % of a fixed 10,000 USDT at risk. Prices are whole ticks and quantities
 * whole lots, so that every rolling sum is exact and engines in any language must agree on every cross.
 * Per bar: what was queued at the last close fills at the open, one tick worse, the close before the entry;
 * then a resting stop; then, from bar 50 on, a cross reverses the position, otherwise the stop follows.
 */

/** Prices in ticks of 0.1 USDT, oldest first. */
export interface W1Bars {
  readonly length: number;
  /** Ms since the epoch. */
  readonly openedAt: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** Equity in USDT: cash and position are counted in tick x lot = 1e-4 USDT. */
export interface W1Answer { readonly trades: number; readonly equity: number }

export const w1 = {
  fast: 20, slow: 50, range: 14, stopRanges: 3,
  /** Tick x lot units: 10,000,000 USDT, so that no margin rule interferes. */
  cash: 1e11,
  /** Tick x lot units at risk per trade. */
  risk: 1e6,
  lotsMax: 20_000,
  fee: 0.00055,
  unit: 1e-4,
} as const;

/** Answers on which backtrader, backtesting.py and a plain loop agree; equity to 1e-3 USDT. */
export const references: Readonly<Record<number, W1Answer>> = {
  20_000: { trades: 449, equity: 9_993_259.6882 },
  100_000: { trades: 2_242, equity: 9_925_222.2512 },
  1_000_000: { trades: 22_620, equity: 9_152_602.7612 },
  2_628_000: { trades: 59_078, equity: 7_913_060.733 },
};

/** Whether an answer is the reference's; null where no reference is known. */
export function agreesWithReference(bars: number, answer: W1Answer): boolean | null {
  const reference = references[bars];
  return reference === undefined ? null : sameAnswer(answer, reference);
}

export function sameAnswer(a: W1Answer, b: W1Answer): boolean {
  return a.trades === b.trades && Math.abs(a.equity - b.equity) <= 1e-3;
}
