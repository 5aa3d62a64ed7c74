/**
 * The market of the run's symbols as it goes on: each closed bar once and in order, mark prices, funding stamps.
 *
 * 1. A bar is told when the exchange says that it is closed; bars that were never said are fetched, before any later one.
 * 2. A ticker that only says what changed means nothing before the whole one of the same connection.
 * 3. A bar that neither comes nor can be fetched makes its symbol stale, once, until a bar comes.
 */
import { stepsOfText } from './numbers.ts';
import { fillBarOf } from './bars.ts';
import type { Candle, CandleRequest, Log } from '../connection.ts';
import type { Event, Instrument, Ms } from '../../engine/index.ts';
import { klineRow, readRows, tickerRow } from './rows.ts';
import type { KlineRow } from './rows.ts';

export interface MarketFeedWish {
  readonly symbols: readonly string[];
  readonly barMs: Ms;
  readonly instruments: () => readonly Instrument[];
  readonly candles: (request: CandleRequest) => Promise<readonly Candle[]>;
  readonly now: () => Ms;
  readonly tell: (event: Event) => void;
  readonly log: Log;
}

/** A bar that was not said so long after its close is fetched. */
const lateMs = 1_500;
/** Looked after so often, wall time. */
const lookMs = 1_000;
/** Bars fetched at once. */
const fetchedMost = 1_000;
/** A symbol without its bar for so long after the close is stale. */
const staleMs = 10_000;
/** A bar that could not be fetched is asked for again after 1 s, then twice as late each time, up to this; wall time. */
const againMostMs = 30_000;

interface Ticker { markTicks: number; fundingRate: number; nextFundingAt: Ms }

export class MarketFeed {
  readonly #wish: MarketFeedWish;
  /** Close of the last bar told, by symbol. */
  #closedAt: Ms[] = [];
  readonly #tickers: (Ticker | null)[];
  readonly #fetching: boolean[] = [];
  /** Close of the last bar that the stream said, told or not, by symbol. */
  readonly #saidTo: Ms[] = [];
  readonly #isStale: boolean[] = [];
  /** Fetches in vain since the last bar, and when the next one is due (wall time), by symbol. */
  readonly #vain: number[] = [];
  readonly #againAt: number[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(wish: MarketFeedWish) {
    this.#wish = wish;
    this.#tickers = wish.symbols.map(() => null);
  }

  start(after: readonly Ms[]): void {
    this.#closedAt = [...after];
    this.#timer = setInterval(() => this.#lookAfter(), lookMs);
    this.#timer.unref();
  }

  close(): void { if (this.#timer !== null) clearInterval(this.#timer); }

  /** Bars still to be fetched. */
  get underWay(): number { return this.#fetching.filter(Boolean).length; }

  /** The connection was lost: what it said of tickers is no ground for changes any more. */
  forget(): void { this.#tickers.fill(null); }

  /** Next funding stamp, ms. */
  nextFunding(leg: number): Ms | null {
    const at = this.#tickers[leg]?.nextFundingAt ?? 0;
    return at > 0 ? at : null;
  }

  frame(frame: Readonly<Record<string, unknown>>): void {
    const topic = String(frame['topic']);
    if (topic.startsWith('kline.')) this.#klines(topic, frame['data']);
    else if (topic.startsWith('tickers.')) this.#ticker(topic, frame);
  }

  #klines(topic: string, data: unknown): void {
    const symbol = this.#wish.symbols.indexOf(topic.slice(topic.lastIndexOf('.') + 1));
    const { rows, bad } = readRows(klineRow, data);
    if (bad.length > 0) this.#wish.log('warning', 'a pushed candle could not be read', { topic, why: bad[0]! });
    if (symbol < 0) return;
    for (const row of rows) if (row.confirm) this.#closed(symbol, row);
  }

  #closed(symbol: number, row: KlineRow): void {
    const { barMs } = this.#wish;
    const before = this.#closedAt[symbol]!;
    const closesAt = row.start + barMs;
    if (closesAt <= before) return;
    this.#saidTo[symbol] = Math.max(this.#saidTo[symbol] ?? 0, closesAt);
    if (this.#fetching[symbol] === true) return;
    if (row.start > before && before > 0) {
      void this.#fetch(symbol, closesAt);
      return;
    }
    this.#tellBar(symbol, {
      openedAt: row.start, closesAt, open: Number(row.open), high: Number(row.high), low: Number(row.low), close: Number(row.close), volume: Number(row.volume),
    });
  }

  #tellBar(symbol: number, candle: Candle): void {
    this.#closedAt[symbol] = candle.closesAt;
    this.#isStale[symbol] = false;
    this.#vain[symbol] = 0;
    this.#againAt[symbol] = 0;
    this.#wish.tell(fillBarOf(candle, symbol, this.#wish.instruments()[symbol]!));
  }

  /** Everything closed up to `until` that was not told. */
  async #fetch(symbol: number, until: Ms): Promise<void> {
    const { candles, symbols, barMs, log } = this.#wish;
    this.#fetching[symbol] = true;
    const vain = (this.#vain[symbol] ?? 0) + 1;
    this.#vain[symbol] = vain;
    this.#againAt[symbol] = performance.now() + Math.min(lookMs * 2 ** Math.min(vain - 1, 10), againMostMs);
    try {
      const count = Math.min(fetchedMost, Math.round((until - this.#closedAt[symbol]!) / barMs));
      const missing = await candles({ symbol: symbols[symbol]!, kind: 'last', intervalMs: barMs, until, count });
      for (const candle of missing) if (candle.closesAt > this.#closedAt[symbol]!) this.#tellBar(symbol, candle);
    } catch {
      log('warning', 'bars that the stream left out could not be fetched; asked again', { symbol: symbols[symbol]! });
    } finally {
      this.#fetching[symbol] = false;
    }
    const saidTo = this.#saidTo[symbol] ?? 0;
    if (this.#closedAt[symbol]! >= until && saidTo > this.#closedAt[symbol]!) await this.#fetch(symbol, saidTo);
  }

  #lookAfter(): void {
    const { symbols, barMs, now } = this.#wish;
    for (const symbol of symbols.keys()) {
      const next = this.#closedAt[symbol]! + barMs;
      const late = now() - next;
      if (late < lateMs) continue;
      if (late >= staleMs) this.#grownStale(symbol);
      const isDue = this.#fetching[symbol] !== true && performance.now() >= (this.#againAt[symbol] ?? 0);
      if (isDue) void this.#fetch(symbol, next + Math.floor(late / barMs) * barMs);
    }
  }

  #grownStale(symbol: number): void {
    if (this.#isStale[symbol] === true) return;
    this.#isStale[symbol] = true;
    this.#wish.tell({ tag: 'stale', at: this.#wish.now(), symbol });
  }

  #ticker(topic: string, frame: Readonly<Record<string, unknown>>): void {
    const symbol = this.#wish.symbols.indexOf(topic.slice(topic.lastIndexOf('.') + 1));
    const { rows: [row], bad } = readRows(tickerRow, [frame['data']]);
    if (bad.length > 0) this.#wish.log('warning', 'a pushed ticker could not be read', { topic, why: bad[0]! });
    if (row === undefined || symbol < 0) return;
    const before = this.#tickers[symbol] ?? null;
    if (before === null && frame['type'] !== 'snapshot') return;
    const { tick } = this.#wish.instruments()[symbol]!;
    const at = typeof frame['ts'] === 'number' ? frame['ts'] : this.#wish.now();
    const next: Ticker = {
      markTicks: row.markPrice === null ? before?.markTicks ?? 0 : stepsOfText(row.markPrice, tick),
      fundingRate: row.fundingRate === null ? before?.fundingRate ?? 0 : Number(row.fundingRate),
      nextFundingAt: row.nextFundingTime === null ? before?.nextFundingAt ?? 0 : Number(row.nextFundingTime),
    };
    this.#tickers[symbol] = next;
    if (before !== null && before.nextFundingAt > 0 && next.nextFundingAt > before.nextFundingAt && at >= before.nextFundingAt) {
      this.#wish.tell({
        tag: 'funding', at, symbol, leg: symbol, rate: before.fundingRate, settledAt: before.nextFundingAt, nextAt: next.nextFundingAt, payment: 0n,
      });
    }
    if (next.markTicks > 0 && next.markTicks !== before?.markTicks) this.#wish.tell({ tag: 'mark-price', at, symbol, markTicks: next.markTicks });
  }
}
