/** Candles told as they close: of every named interval that the bars build, shorter ones first, then symbol by symbol. */
import type { Instrument, Ms } from '../../../engine/index.ts';
import type { Push } from '../world.ts';
import { bucketOf, candleOf, namedIntervals } from './candles.ts';
import type { Bucket } from './candles.ts';
import { firstAt } from './feed.ts';
import type { Feed } from './feed.ts';
import { plainText, priceText } from './wire-text.ts';

export class Klines {
  readonly #feed: Feed;
  readonly #instruments: readonly Instrument[];
  readonly #intervals: readonly (readonly [name: string, ms: Ms])[];
  /** Per interval and symbol: start of the candle that has bars and was not told yet, NaN = none. */
  readonly #begun: readonly Float64Array[];

  constructor(feed: Feed, instruments: readonly Instrument[]) {
    this.#feed = feed;
    this.#instruments = instruments;
    this.#intervals = namedIntervals.filter(([, ms]) => ms % feed.intervalMs === 0);
    this.#begun = this.#intervals.map(() => new Float64Array(instruments.length).fill(Number.NaN));
  }

  /** The bars begun have closed at `at`. A candle whose last bars are missing is told with the first bar after it. */
  close(at: Ms, publish: (push: Push) => void): void {
    for (const [place, [name, ms]] of this.#intervals.entries()) {
      const begun = this.#begun[place]!;
      for (let symbol = 0; symbol < begun.length; symbol++) {
        const bar = this.#feed.barOf(symbol);
        if (bar === null) continue;
        const bucket = bucketOf(ms, bar.openedAt);
        const before = begun[symbol]!;
        if (before !== bucket.start && !Number.isNaN(before)) publish(this.#push(symbol, name, bucketOf(ms, before), at));
        if (bucket.end === at) publish(this.#push(symbol, name, bucket, at));
        begun[symbol] = bucket.end === at ? Number.NaN : bucket.start;
      }
    }
  }

  #push(symbol: number, interval: string, { start, end }: Bucket, at: Ms): Push {
    const instrument = this.#instruments[symbol]!;
    const series = this.#feed.whole(symbol);
    const { open, high, low, close, volume, turnover } = candleOf(instrument, series, start, firstAt(series, start), firstAt(series, end));
    const text = (ticks: number): string => priceText(instrument, ticks);
    return {
      topic: 'kline', symbol: instrument.symbol, at, rows: [{
        start, end: end - 1, interval, open: text(open), close: text(close), high: text(high), low: text(low),
        volume: plainText(volume), turnover: plainText(turnover), confirm: true, timestamp: at,
      }],
    };
  }
}
