/**
 * The run's clock: one cursor per series, all symbols on one time line. It opens the bars that start at the next
 * instant and tells which bars and marks closed at its end.
 */
import { StrategyError, valueOf } from '../engine/index.ts';
import type { BarClosed, Ms } from '../engine/index.ts';
import type { Exchange } from './exchange/index.ts';
import type { Market, Series, SymbolMarket } from './market.ts';
import type { SimulatedVenue } from './venue.ts';

/** The market given to a run is not one that can be played. */
export class MarketError extends Error {
  override readonly name = 'MarketError';
}

interface Hole { readonly symbol: number; readonly at: Ms; readonly bars: number }

export class Clock {
  readonly market: Market;
  readonly intervalMs: Ms;
  readonly from: Ms;
  /** Upper bound of distinct instants. */
  readonly instants: number;
  readonly holes: Hole[] = [];
  closesAt: Ms = 0.5;
  readonly #next: number[];
  /** Index of the bar being played per symbol, -1 = none at this instant. */
  readonly #playing: number[];
  readonly #nextMark: number[];
  readonly #openMark: number[];
  readonly #nextFunding: number[];
  readonly #missing: number[] = [];

  constructor(market: Market, dataGap: 'warn' | 'error') {
    const first = market.symbols[0];
    if (first === undefined) throw new MarketError('a run needs at least one symbol');
    this.market = market;
    this.intervalMs = first.last.intervalMs;
    for (const symbol of market.symbols) checkSymbol(symbol, this.intervalMs);
    this.from = Math.min(...market.symbols.map((s) => s.last.openedAt[0]!));
    this.instants = market.symbols.reduce((sum, s) => sum + s.last.length, 0);
    this.#next = market.symbols.map(() => 0);
    this.#playing = market.symbols.map(() => -1);
    this.#nextMark = market.symbols.map(() => 0);
    this.#openMark = market.symbols.map(() => -1);
    this.#nextFunding = market.symbols.map(() => 0);
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
  openNext(exchange: Exchange, venue: SimulatedVenue): boolean { // hot
    const { symbols } = this.market;
    let opensAt = Number.POSITIVE_INFINITY;
    for (let i = 0; i < symbols.length; i++) {
      const { openedAt, length } = symbols[i]!.last;
      const next = this.#next[i]!;
      if (next < length && openedAt[next]! < opensAt) opensAt = openedAt[next]!;
    }
    if (opensAt === Number.POSITIVE_INFINITY) return false;
    this.closesAt = opensAt + this.intervalMs;
    for (let i = 0; i < symbols.length; i++) {
      const symbol = symbols[i]!;
      if (symbol.mark !== null) this.#openMarks(exchange, symbol, i, opensAt);
      if (symbol.funding !== null) this.#announceFunding(exchange, venue, symbol, i);
      this.#openBar(exchange, symbol, i, opensAt);
    }
    return true;
  }

  #openBar(exchange: Exchange, { last }: SymbolMarket, i: number, opensAt: Ms): void { // hot
    const at = this.#next[i]!;
    if (at >= last.length || last.openedAt[at]! !== opensAt) {
      this.#playing[i] = -1;
      return;
    }
    this.#playing[i] = at;
    this.#next[i] = at + 1;
    exchange.openBarFrom(i, last, at);
  }

  #openMarks(exchange: Exchange, { mark }: SymbolMarket, i: number, opensAt: Ms): void {
    if (mark === null) return;
    let next = this.#nextMark[i]!;
    while (next < mark.length && mark.openedAt[next]! + mark.intervalMs <= opensAt) next += 1;
    if (next < mark.length && mark.openedAt[next]! <= opensAt && this.#openMark[i] !== next) {
      const from = mark.openedAt[next]!;
      exchange.openMarkBar(i, from, from + mark.intervalMs, mark.open[next]!, mark.high[next]!, mark.low[next]!, mark.close[next]!);
      this.#openMark[i] = next;
    }
    this.#nextMark[i] = next;
  }

  /** The time of the next stamp is told as far as the past tells it: as far away as the last two are apart. */
  #announceFunding(exchange: Exchange, venue: SimulatedVenue, { funding, mark }: SymbolMarket, i: number): void {
    if (funding === null) return;
    let next = this.#nextFunding[i]!;
    while (next < funding.length && funding.settledAt[next]! < this.closesAt) {
      const settledAt = funding.settledAt[next]!;
      if (settledAt >= this.from) {
        const rate = funding.rate[next]!;
        venue.stamps[i]!.push({ settledAt, rate, nextAt: next > 0 ? 2 * settledAt - funding.settledAt[next - 1]! : null });
        exchange.fund(i, settledAt, rate, mark === null ? Number.NaN : openingAt(mark, settledAt, this.#nextMark[i]!));
      }
      next += 1;
    }
    this.#nextFunding[i] = next;
  }

  /** Writes the bar of `symbol` that closes now into the reused event. False when it has none. */
  fillBar(symbol: number, bar: BarClosed): boolean { // hot
    const index = this.#playing[symbol]!;
    if (index < 0) return false;
    const { last, instrument } = this.market.symbols[symbol]!;
    const { tick } = instrument;
    const at = this.closesAt;
    bar.at = at;
    bar.symbol = symbol;
    bar.openedAt = last.openedAt[index]!;
    bar.closedAt = at;
    bar.openTicks = last.open[index]!;
    bar.highTicks = last.high[index]!;
    bar.lowTicks = last.low[index]!;
    bar.closeTicks = last.close[index]!;
    bar.open = valueOf(bar.openTicks, tick);
    bar.high = valueOf(bar.highTicks, tick);
    bar.low = valueOf(bar.lowTicks, tick);
    bar.close = valueOf(bar.closeTicks, tick);
    bar.volume = last.volume[index]!;
    return true;
  }

  /** Mark of a mark bar that closes now, ticks; 0 when none does. */
  markClosed(symbol: number): number {
    const { mark } = this.market.symbols[symbol]!;
    if (mark === null) return 0;
    const open = this.#openMark[symbol]!;
    return open >= 0 && mark.openedAt[open]! + mark.intervalMs === this.closesAt ? mark.close[open]! : 0;
  }

  /** Symbols whose data has begun and not ended, without a bar that closes now. Reused array. */
  missing(): readonly number[] { // hot
    if (this.#missing.length > 0) this.#missing.length = 0;
    const { symbols } = this.market;
    for (let i = 0; i < symbols.length; i++) if (this.#playing[i]! < 0) this.#missing.push(i);
    return this.#missing;
  }
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
