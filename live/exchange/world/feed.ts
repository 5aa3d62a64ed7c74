/**
 * The market of one world: the whole series, of which the reads may see what has closed, and the same series from
 * `startAt` on, which the matching core plays through the clock of a backtest.
 */
import type { BarClosed, Ms } from '../../../engine/index.ts';
import { Clock } from '../../../sim/index.ts';
import type { Exchange, FundingSeries, Market, Series, SymbolMarket } from '../../../sim/index.ts';

type Columns = { -readonly [K in keyof Series]: Series[K] };
type Stamps = Parameters<Clock['openNext']>[1];

interface Played {
  /** All that is known of the symbol, and what of it is played: views of the same memory. */
  readonly whole: Columns; readonly last: Columns;
  readonly from: number;
  readonly mark: Columns | null;
  readonly funding: FundingSeries | null;
  /** Index in `last` of the first bar that opens at or after the end of the bars begun. */
  next: number;
  /** `whole` and `mark` have memory of their own. */
  isOwn: boolean;
}

export class Feed {
  readonly from: Ms;
  readonly to: Ms;
  readonly intervalMs: Ms;
  /** Bars are begun and not closed. */
  isOpen = false;
  /** Everything that closed at or before this may be seen. */
  seenUntil: Ms;
  readonly #clock: Clock;
  readonly #symbols: readonly Played[];
  readonly #stamps: Stamps;
  readonly #bar: BarClosed;

  constructor(market: Market, startAt: Ms | null) {
    this.#symbols = market.symbols.map((symbol) => playedOf(symbol, startAt));
    const symbols = market.symbols.map((symbol, i): SymbolMarket => (
      { instrument: symbol.instrument, last: this.#symbols[i]!.last, mark: this.#symbols[i]!.mark, funding: symbol.funding }
    ));
    this.#clock = new Clock({ symbols }, 'warn');
    this.#stamps = { stamps: symbols.map(() => []) };
    this.from = Math.max(this.#clock.from, startAt ?? -Infinity);
    this.to = this.#clock.to;
    this.intervalMs = this.#clock.intervalMs;
    this.seenUntil = this.from;
    this.#bar = {
      tag: 'bar-closed', at: 0, symbol: 0, openedAt: 0, closedAt: 0, open: 0, high: 0, low: 0, close: 0, volume: 0,
      openTicks: 0, highTicks: 0, lowTicks: 0, closeTicks: 0,
    };
  }

  get closesAt(): Ms { return this.#clock.closesAt; }

  /** When the next bar of any symbol opens; Infinity = never. */
  get nextOpenAt(): Ms {
    let at = Infinity;
    for (let symbol = 0; symbol < this.#symbols.length; symbol++) at = Math.min(at, this.nextOpenOf(symbol));
    return at;
  }

  /** When the next bar of `symbol` opens that is not begun; Infinity = never. */
  nextOpenOf(symbol: number): Ms {
    const { last, next } = this.#symbols[symbol]!;
    return next < last.length ? last.openedAt[next]! : Infinity;
  }

  /** Begins the bars of the next instant, with the mark bars and funding stamps that belong to them. */
  open(exchange: Exchange): void {
    const opensAt = this.nextOpenAt;
    this.#clock.openNext(exchange, this.#stamps);
    for (const stamps of this.#stamps.stamps) stamps.length = 0;
    for (const played of this.#symbols) if (played.last.openedAt[played.next] === opensAt) played.next += 1;
    this.isOpen = true;
  }

  close(): void {
    this.isOpen = false;
    this.seenUntil = this.#clock.closesAt;
  }

  /** The bar of `symbol` begun last, in ticks; null when it has none of this instant. The record is reused. */
  barOf(symbol: number): BarClosed | null { return this.#clock.fillBar(symbol, this.#bar) ? this.#bar : null; }

  /** `symbol` has a bar that is begun and not closed. */
  isPlaying(symbol: number): boolean { return this.isOpen && this.#clock.fillBar(symbol, this.#bar); }

  /** Mark of a mark bar that closes with the bars begun, ticks; 0 = none does. */
  markClosed(symbol: number): number { return this.#clock.hasMarks ? this.#clock.markClosed(symbol) : 0; }

  whole(symbol: number): Series { return this.#symbols[symbol]!.whole; }
  mark(symbol: number): Series | null { return this.#symbols[symbol]!.mark; }
  funding(symbol: number): FundingSeries | null { return this.#symbols[symbol]!.funding; }

  /** The next bar of `symbol` opens at this price, whatever the data says of its open, and takes its range from there. */
  jump(symbol: number, priceTicks: number, kind: 'last' | 'mark'): void {
    const played = this.#symbols[symbol]!;
    own(played);
    const { whole, last, mark, from, next } = played;
    if (kind === 'last') {
      if (next < last.length) bend(whole, from + next, priceTicks);
    } else if (mark !== null) {
      const at = this.nextOpenOf(symbol);
      const index = firstAt(mark, at);
      if (index < mark.length) bend(mark, index, priceTicks);
    }
  }
}

function bend({ open, high, low }: Columns, index: number, priceTicks: number): void {
  open[index] = priceTicks;
  if (priceTicks > high[index]!) high[index] = priceTicks;
  if (priceTicks < low[index]!) low[index] = priceTicks;
}

/** Before anything is bent the columns are copied: others may read the same data. */
function own(played: Played): void {
  if (played.isOwn) return;
  played.isOwn = true;
  for (const columns of played.mark === null ? [played.whole] : [played.whole, played.mark]) {
    columns.open = columns.open.slice();
    columns.high = columns.high.slice();
    columns.low = columns.low.slice();
  }
  const { whole, last, from } = played;
  last.open = whole.open.subarray(from);
  last.high = whole.high.subarray(from);
  last.low = whole.low.subarray(from);
}

function playedOf({ last, mark, funding }: SymbolMarket, startAt: Ms | null): Played {
  const from = startAt === null ? 0 : firstAt(last, startAt);
  return {
    whole: { ...last }, mark: mark === null ? null : { ...mark }, funding, from, next: 0, isOwn: false,
    last: {
      intervalMs: last.intervalMs, length: last.length - from, openedAt: last.openedAt.subarray(from), open: last.open.subarray(from),
      high: last.high.subarray(from), low: last.low.subarray(from), close: last.close.subarray(from), volume: last.volume.subarray(from),
    },
  };
}

/** Index of the first bar that opens at or after `at`. */
export function firstAt({ openedAt, length }: Series, at: Ms): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (openedAt[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
