/**
 * Tickers. The last price is that of the last bar closed; the mark is the close of the last mark bar closed, or the last
 * price where there is no mark series. The funding rate shown is the one that will be settled next.
 */
import type { Instrument, Ms } from '../../../engine/index.ts';
import type { Push, Row } from '../world.ts';
import { candleOf } from './candles.ts';
import { firstAt } from './feed.ts';
import type { Feed } from './feed.ts';
import { plainText, priceText } from './wire-text.ts';

const hour = 3_600_000;
const usualFundingMs = 8 * hour;

interface Seen { lastTicks: number; markTicks: number; before: number }

export class Tickers {
  readonly #feed: Feed;
  readonly #instruments: readonly Instrument[];
  readonly #halfSpreadTicks: number;
  readonly #seen: readonly Seen[];
  /** Stamps settled, per symbol. */
  readonly #settled: number[];

  constructor(feed: Feed, instruments: readonly Instrument[], halfSpreadTicks: number) {
    this.#feed = feed;
    this.#instruments = instruments;
    this.#halfSpreadTicks = halfSpreadTicks;
    this.#seen = instruments.map((_, symbol) => beginningOf(feed, symbol));
    this.#settled = instruments.map((_, symbol) => {
      const funding = feed.funding(symbol);
      return funding === null ? 0 : funding.settledAt.filter((at) => at < feed.from).length;
    });
  }

  lastTicks(symbol: number): number { return this.#seen[symbol]!.lastTicks; }

  /** The bars begun have closed. */
  close(at: Ms, publish: (push: Push) => void): void {
    for (let symbol = 0; symbol < this.#instruments.length; symbol++) {
      const bar = this.#feed.barOf(symbol);
      const mark = this.#feed.markClosed(symbol);
      if (bar === null && mark === 0) continue;
      const seen = this.#seen[symbol]!;
      if (bar !== null) {
        seen.before = seen.lastTicks;
        seen.lastTicks = bar.closeTicks;
      }
      if (mark > 0) seen.markTicks = mark;
      else if (this.#feed.mark(symbol) === null) seen.markTicks = seen.lastTicks;
      publish(this.pushOf(symbol, at));
    }
  }

  /** The stamp of `at` was settled. */
  settle(symbol: number, at: Ms, publish: (push: Push) => void): void {
    this.#settled[symbol] = this.#settled[symbol]! + 1;
    publish(this.pushOf(symbol, at));
  }

  pushOf(symbol: number, at: Ms): Push {
    return { topic: 'tickers', symbol: this.#instruments[symbol]!.symbol, at, rows: [this.row(symbol)] };
  }

  jump(symbol: number, priceTicks: number, kind: 'last' | 'mark'): void {
    const seen = this.#seen[symbol]!;
    if (kind === 'last') seen.lastTicks = priceTicks;
    if (kind === 'mark' || this.#feed.mark(symbol) === null) seen.markTicks = priceTicks;
  }

  /** How far apart stamps are, as the last two known ones say. */
  fundingMs(symbol: number): Ms {
    const funding = this.#feed.funding(symbol);
    const next = this.#settled[symbol]!;
    if (funding === null || funding.length < 2) return usualFundingMs;
    const place = Math.max(1, Math.min(next, funding.length) - 1);
    return funding.settledAt[place]! - funding.settledAt[place - 1]!;
  }

  /** Stamps settled are history, those to come are not. */
  settledCount(symbol: number): number { return this.#settled[symbol]!; }

  #funding(symbol: number): { readonly rate: string; readonly nextAt: string } {
    const funding = this.#feed.funding(symbol);
    const next = this.#settled[symbol]!;
    if (funding === null || funding.length === 0) return { rate: '0', nextAt: '0' };
    const rate = plainText(funding.rate[Math.min(next, funding.length - 1)]!);
    const nextAt = next >= 2 ? funding.settledAt[next - 1]! + this.fundingMs(symbol) : funding.settledAt[next];
    return { rate, nextAt: nextAt === undefined ? '0' : String(nextAt) };
  }

  row(symbol: number): Row {
    const instrument = this.#instruments[symbol]!;
    const { lastTicks, markTicks, before } = this.#seen[symbol]!;
    const series = this.#feed.whole(symbol);
    const seen = firstAt(series, this.#feed.seenUntil - series.intervalMs + 1);
    const dayAgo = firstAt(series, this.#feed.seenUntil - 24 * hour);
    const hourAgo = firstAt(series, this.#feed.seenUntil - hour);
    const day = dayAgo < seen ? candleOf(instrument, series, 0, dayAgo, seen) : null;
    const text = (ticks: number): string => priceText(instrument, ticks);
    const open = day?.open ?? lastTicks;
    const { rate, nextAt } = this.#funding(symbol);
    const size = plainText(seen > 0 ? series.volume[seen - 1]! : 0);
    return {
      symbol: instrument.symbol, tickDirection: lastTicks > before ? 'PlusTick' : lastTicks < before ? 'MinusTick' : 'ZeroPlusTick',
      price24hPcnt: plainText(Math.round((lastTicks / open - 1) * 1e6) / 1e6), lastPrice: text(lastTicks), prevPrice24h: text(open),
      highPrice24h: text(day?.high ?? lastTicks), lowPrice24h: text(day?.low ?? lastTicks),
      prevPrice1h: text(hourAgo < seen ? series.open[hourAgo]! : lastTicks), markPrice: text(markTicks), indexPrice: text(markTicks),
      openInterest: '0', openInterestValue: '0', turnover24h: plainText(day?.turnover ?? 0), volume24h: plainText(day?.volume ?? 0),
      fundingIntervalHour: String(Math.round(this.fundingMs(symbol) / hour)), fundingCap: '0.005', nextFundingTime: nextAt, fundingRate: rate,
      bid1Price: text(Math.max(1, lastTicks - this.#halfSpreadTicks)), bid1Size: size, ask1Price: text(lastTicks + this.#halfSpreadTicks), ask1Size: size,
      predictedDeliveryPrice: '', basisRate: '', deliveryFeeRate: '', deliveryTime: '0', basis: '', basisRateYear: '',
      preOpenPrice: '', preQty: '', curPreListingPhase: '',
    };
  }
}

/** Before the first close: what closed last before it, else the first open. */
function beginningOf(feed: Feed, symbol: number): Seen {
  const series = feed.whole(symbol);
  const mark = feed.mark(symbol);
  const bars = firstAt(series, feed.from - series.intervalMs + 1);
  const lastTicks = bars > 0 ? series.close[bars - 1]! : series.open[0]!;
  const marks = mark === null ? 0 : firstAt(mark, feed.from - mark.intervalMs + 1);
  return { lastTicks, before: lastTicks, markTicks: mark === null || marks === 0 ? lastTicks : mark.close[marks - 1]! };
}
