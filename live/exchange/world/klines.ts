/**
 * Candles told at each close of a bar: of every named interval that the bars build, shorter ones first, then symbol by symbol.
 * One that closed says `confirm: true`; one under way is told as far as it has come, with `confirm: false`. Between two closes
 * nothing is told, so a candle as long as a bar is told once.
 */
import type { Instrument, Ms } from '../../../engine/index.ts';
import type { Push } from '../world.ts';
import { bucketOf, candleOf, grown, namedIntervals } from './candles.ts';
import type { Bucket, Candle } from './candles.ts';
import { firstAt } from './feed.ts';
import type { Feed } from './feed.ts';
import { plainText, priceText } from './wire-text.ts';

export class Klines {
  readonly #feed: Feed;
  readonly #instruments: readonly Instrument[];
  readonly #intervals: readonly (readonly [name: string, ms: Ms])[];
  /** Per interval and symbol: the candle that has bars and was not told as closed yet. */
  readonly #begun: readonly (Candle | null)[][];

  constructor(feed: Feed, instruments: readonly Instrument[]) {
    this.#feed = feed;
    this.#instruments = instruments;
    this.#intervals = namedIntervals.filter(([, ms]) => ms % feed.intervalMs === 0);
    this.#begun = this.#intervals.map(() => instruments.map(() => null));
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
        const isNext = before !== null && before.start === bucket.start;
        if (before !== null && !isNext) publish(this.#push(symbol, name, bucketOf(ms, before.start), before, at, true));
        const candle = isNext ? this.#grown(symbol, before, bar.openedAt, at) : this.#candle(symbol, bucket, at);
        const isClosed = bucket.end === at;
        publish(this.#push(symbol, name, bucket, candle, at, isClosed));
        begun[symbol] = isClosed ? null : candle;
      }
    }
  }

  /** What the bars that closed up to `at` make of the candle. */
  #candle(symbol: number, { start }: Bucket, at: Ms): Candle {
    const series = this.#feed.whole(symbol);
    return candleOf(this.#instruments[symbol]!, series, start, firstAt(series, start), firstAt(series, at));
  }

  /** The candle with one bar more, without going through those it has: a month of minutes is grown at every minute. */
  #grown(symbol: number, candle: Candle, openedAt: Ms, at: Ms): Candle {
    const series = this.#feed.whole(symbol);
    return grown(candle, candleOf(this.#instruments[symbol]!, series, openedAt, firstAt(series, openedAt), firstAt(series, at)));
  }

  #push(symbol: number, interval: string, { start, end }: Bucket, candle: Candle, at: Ms, confirm: boolean): Push {
    const instrument = this.#instruments[symbol]!;
    const { open, high, low, close, volume, turnover } = candle;
    const text = (ticks: number): string => priceText(instrument, ticks);
    return {
      topic: 'kline', symbol: instrument.symbol, at, rows: [{
        start, end: end - 1, interval, open: text(open), close: text(close), high: text(high), low: text(low),
        volume: plainText(volume), turnover: plainText(turnover), confirm, timestamp: at,
      }],
    };
  }
}
