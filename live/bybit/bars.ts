/** Candles of the exchange as the engine's bars. */
import { stepsIn, valueOf } from '../../engine/index.ts';
import type { BarClosed, Instrument } from '../../engine/index.ts';
import type { Candle } from '../connection.ts';

/** One fresh event. Prices between two ticks stay between them. */
export function fillBarOf({ openedAt, closesAt, open, high, low, close, volume }: Candle, symbol: number, { tick }: Instrument): BarClosed {
  const openTicks = stepsIn(open, tick);
  const highTicks = stepsIn(high, tick);
  const lowTicks = stepsIn(low, tick);
  const closeTicks = stepsIn(close, tick);
  return {
    tag: 'bar-closed', at: closesAt, symbol, openedAt, closedAt: closesAt, open: valueOf(openTicks, tick), high: valueOf(highTicks, tick),
    low: valueOf(lowTicks, tick), close: valueOf(closeTicks, tick), volume, openTicks, highTicks, lowTicks, closeTicks,
  };
}

/** Interval words. Source: Bybit V5, "Get Kline". Unit of the keys: ms. */
const words = {
  60_000: '1', 180_000: '3', 300_000: '5', 900_000: '15', 1_800_000: '30', 3_600_000: '60', 7_200_000: '120', 14_400_000: '240',
  21_600_000: '360', 43_200_000: '720', 86_400_000: 'D',
} as const;
type IntervalWord = (typeof words)[keyof typeof words];

export function intervalWord(intervalMs: number): IntervalWord {
  const word = words[intervalMs as keyof typeof words] as IntervalWord | undefined;
  if (word === undefined) throw new RangeError(`the exchange has no candles of ${intervalMs} ms`);
  return word;
}
