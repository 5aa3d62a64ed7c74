/**
 * The run's clock: one cursor per series, all symbols on one time line. It opens the bars that start at the next
 * instant and tells which bars and marks closed at its end.
 */
import { fillBar, StrategyError } from '../engine/index.ts';
import type { BarClosed, Corridor, Ms } from '../engine/index.ts';
import { drain } from './drain.ts';
import type { Exchange } from './exchange/index.ts';
import type { Market, Series, SymbolMarket } from './market.ts';
import type { Stamp } from './venue.ts';

/** The market given to a run is not one that can be played. */
export class MarketError extends Error {
  override readonly name = 'MarketError';
}

interface Hole { readonly symbol: number; readonly at: Ms; readonly bars: number }

/** Where funding stamps are written when they are announced. */
interface Announced { readonly stamps: readonly Stamp[][] }

/** How far the series of one symbol are played. */
interface Cursor {
  readonly market: SymbolMarket;
  readonly last: Series;
  readonly length: number;
  /** A mark or funding series is to be opened beside the bars. */
  readonly hasMore: boolean;
  next: number;
  /** Index of the bar being played, -1 = none at this instant. */
  playing: number;
  nextMark: number;
  openMark: number;
  nextFunding: number;
}

export class Clock {
  readonly market: Market;
  readonly intervalMs: Ms;
  readonly from: Ms;
  /** The last close. */
  readonly to: Ms;
  /** Upper bound of distinct instants. */
  readonly instants: number;
  readonly holes: Hole[] = [];
  /** Some symbol has a mark series. */
  readonly hasMarks: boolean;
  closesAt: Ms = 0.5;
  readonly #cursors: readonly Cursor[];
  readonly #missing: number[] = [];

  constructor(market: Market, dataGap: 'warn' | 'error') {
    const first = market.symbols[0];
    if (first === undefined) throw new MarketError('a run needs at least one symbol');
    this.market = market;
    this.intervalMs = first.last.intervalMs;
    for (const symbol of market.symbols) checkSymbol(symbol, this.intervalMs);
    this.from = Math.min(...market.symbols.map((s) => s.last.openedAt[0]!));
    this.to = Math.max(...market.symbols.map((s) => s.last.openedAt[s.last.length - 1]! + s.last.intervalMs));
    this.instants = market.symbols.reduce((sum, s) => sum + s.last.length, 0);
    this.hasMarks = market.symbols.some((s) => s.mark !== null);
    this.#cursors = market.symbols.map((symbol): Cursor => ({
      market: symbol, last: symbol.last, length: symbol.last.length, hasMore: symbol.mark !== null || symbol.funding !== null,
      next: 0, playing: -1, nextMark: 0, openMark: -1, nextFunding: 0,
    }));
    for (const [symbol, s] of market.symbols.entries()) this.#findHoles(symbol, s, dataGap);
  }

  #findHoles(symbol: number, { last, instrument }: SymbolMarket, dataGap: 'warn' | 'error'): void {
    const { openedAt, length } = last;
    for (let i = 1; i < length; i++) {
      const step = openedAt[i]! - openedAt[i - 1]!;
      if (step === this.intervalMs) continue;
      if (!(step > 0)) throw new MarketError(`${instrument.symbol}: bar ${i} is not later than the one before`);
      if (dataGap === 'error') {
        throw new MarketError(`${instrument.symbol}: ${step / this.intervalMs - 1} bars are missing before bar ${i} (dataGap: error)`);
      }
      this.holes.push({ symbol, at: openedAt[i - 1]! + this.intervalMs, bars: step / this.intervalMs - 1 });
    }
  }

  /** Opens every bar, mark bar and funding stamp of the next instant. False at the end of the data. */
  openNext(exchange: Exchange, venue: Announced): boolean { // hot
    const cursors = this.#cursors;
    let opensAt = Number.POSITIVE_INFINITY;
    for (let i = 0; i < cursors.length; i++) {
      const { last, length, next } = cursors[i]!;
      if (next < length && last.openedAt[next]! < opensAt) opensAt = last.openedAt[next]!;
    }
    if (opensAt === Number.POSITIVE_INFINITY) return false;
    this.closesAt = opensAt + this.intervalMs;
    for (let i = 0; i < cursors.length; i++) {
      const cursor = cursors[i]!;
      if (cursor.hasMore) this.#openMore(exchange, venue, cursor, i, opensAt);
      const { next } = cursor;
      if (next >= cursor.length || cursor.last.openedAt[next]! !== opensAt) {
        cursor.playing = -1;
        continue;
      }
      cursor.playing = next;
      cursor.next = next + 1;
      exchange.openBarFrom(i, cursor.last, next);
    }
    return true;
  }

  #openMore(exchange: Exchange, venue: Announced, cursor: Cursor, i: number, opensAt: Ms): void {
    this.#openMarks(exchange, cursor, i, opensAt);
    this.#announceFunding(exchange, venue, cursor, i);
  }

  #openMarks(exchange: Exchange, cursor: Cursor, i: number, opensAt: Ms): void {
    const { mark } = cursor.market;
    if (mark === null) return;
    let next = cursor.nextMark;
    while (next < mark.length && mark.openedAt[next]! + mark.intervalMs <= opensAt) next += 1;
    if (next < mark.length && mark.openedAt[next]! <= opensAt && cursor.openMark !== next) {
      const from = mark.openedAt[next]!;
      exchange.openMarkBar(i, from, from + mark.intervalMs, mark.open[next]!, mark.high[next]!, mark.low[next]!, mark.close[next]!);
      cursor.openMark = next;
    }
    cursor.nextMark = next;
  }

  /** The time of the next stamp is told as far as the past tells it: as far away as the last two are apart. */
  #announceFunding(exchange: Exchange, venue: Announced, cursor: Cursor, i: number): void {
    const { funding, mark } = cursor.market;
    if (funding === null) return;
    let next = cursor.nextFunding;
    while (next < funding.length && funding.settledAt[next]! < this.closesAt) {
      const settledAt = funding.settledAt[next]!;
      if (settledAt >= this.from) {
        const rate = funding.rate[next]!;
        venue.stamps[i]!.push({ settledAt, rate, nextAt: next > 0 ? 2 * settledAt - funding.settledAt[next - 1]! : null });
        exchange.fund(i, settledAt, rate, mark === null ? Number.NaN : openingAt(mark, settledAt, cursor.nextMark));
      }
      next += 1;
    }
    cursor.nextFunding = next;
  }

  /** The bars of a lone symbol without marks and funding, which can be played many at a time; null otherwise. */
  get loneSeries(): Series | null {
    const cursor = this.#cursors[0]!;
    return this.#cursors.length === 1 && !cursor.hasMore ? cursor.last : null;
  }

  /** Index of the next bar of a lone series. */
  get nextIndex(): number { return this.#cursors[0]!.next; } // hot

  /** The next `count` bars, at least one, of a lone series have closed. */
  pass(count: number): void { // hot
    const cursor = this.#cursors[0]!;
    cursor.next += count;
    cursor.playing = cursor.next - 1;
    this.closesAt = cursor.last.openedAt[cursor.playing]! + this.intervalMs;
  }

  /**
   * Opens the bars of the next instant when every symbol has one, all of them inside their corridors, and no mark bar or
   * funding stamp begins or ends with it. The exchange is not told before `passTo`.
   */
  openCalm(corridors: readonly Corridor[]): boolean { // hot
    const cursors = this.#cursors;
    const first = cursors[0]!;
    if (first.next >= first.length) return false;
    const opensAt = first.last.openedAt[first.next]!;
    const at = opensAt + this.intervalMs;
    for (let i = 0; i < cursors.length; i++) {
      const { last, length, next, hasMore } = cursors[i]!;
      const { below, above, until } = corridors[i]!;
      if (next >= length || last.openedAt[next]! !== opensAt || at > until) return false;
      if (last.low[next]! <= below || last.high[next]! >= above || !(last.volume[next]! > 0)) return false;
      if (hasMore && at > calmUntil(cursors[i]!)) return false;
    }
    for (let i = 0; i < cursors.length; i++) {
      const cursor = cursors[i]!;
      cursor.playing = cursor.next;
      cursor.next += 1;
    }
    this.closesAt = at;
    return true;
  }

  /** Tells the exchange that time has passed up to the close of the last bars opened by `openCalm`. */
  passTo(exchange: Exchange): void { // hot
    for (let i = 0; i < this.#cursors.length; i++) {
      const { last, playing } = this.#cursors[i]!;
      exchange.passTo(i, last, playing);
    }
  }

  /** Writes the bar of `symbol` that closes now into the reused event. False when it has none. */
  fillBar(symbol: number, bar: BarClosed): boolean { // hot
    const cursor = this.#cursors[symbol]!;
    if (cursor.playing < 0) return false;
    bar.symbol = symbol;
    fillBar(bar, cursor.last, cursor.playing, cursor.market.instrument.tick);
    return true;
  }

  /** Mark of a mark bar that closes now, ticks; 0 when none does. */
  markClosed(symbol: number): number {
    const { market: { mark }, openMark: open } = this.#cursors[symbol]!;
    if (mark === null) return 0;
    return open >= 0 && mark.openedAt[open]! + mark.intervalMs === this.closesAt ? mark.close[open]! : 0;
  }

  /** Symbols whose data has begun and not ended, without a bar that closes now. Reused array. */
  missing(): readonly number[] { // hot
    const cursors = this.#cursors;
    const missing = this.#missing;
    if (missing.length > 0) drain(missing);
    for (let i = 0; i < cursors.length; i++) if (cursors[i]!.playing < 0) missing.push(i);
    return missing;
  }
}

/** Last close at which nothing of the mark and funding series has begun or ended since they were opened. */
function calmUntil({ market: { mark, funding }, openMark, nextMark, nextFunding }: Cursor): Ms { // hot
  let until = Number.POSITIVE_INFINITY;
  if (mark !== null && nextMark < mark.length) {
    until = openMark === nextMark ? mark.openedAt[nextMark]! + mark.intervalMs - 1 : mark.openedAt[nextMark]!;
  }
  if (funding !== null && nextFunding < funding.length && funding.settledAt[nextFunding]! < until) until = funding.settledAt[nextFunding]!;
  return until;
}

/** Open of the bar that starts at `at`, looked for backwards from `cursor`, also in a hole of the last prices; NaN = none. */
function openingAt(mark: Series, at: Ms, cursor: number): number {
  let index = Math.min(cursor, mark.length - 1);
  while (index > 0 && mark.openedAt[index]! > at) index -= 1;
  return mark.openedAt[index] === at ? mark.open[index]! : Number.NaN;
}

function checkSymbol({ last, mark, instrument }: SymbolMarket, intervalMs: Ms): void {
  if (last.length === 0) throw new MarketError(`${instrument.symbol} has no bars`);
  if (last.intervalMs !== intervalMs) {
    throw new StrategyError(`all symbols of a run need bars of one interval, was ${intervalMs} and ${last.intervalMs} ms`);
  }
  if (mark !== null && (mark.intervalMs < intervalMs || mark.intervalMs % intervalMs !== 0)) {
    throw new MarketError(`${instrument.symbol}: MARK_INTERVAL: mark bars of ${mark.intervalMs} ms beside bars of ${intervalMs} ms`);
  }
}
