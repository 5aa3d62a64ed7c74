/**
 * The market of a paper run as far as it is known: bars that closed and funding stamps, each kept until the matching core has
 * played it. A bar is played once it is whole; nothing of it is known before.
 */
import type { BarClosed, Ms } from '../../engine/index.ts';
import type { Exchange } from '../../sim/index.ts';

/** A funding stamp; `nextAt` null = not known. */
export interface Stamp { readonly settledAt: Ms; readonly rate: number; readonly nextAt: Ms | null }
/** Where stamps are written when the exchange is told of them. */
interface Announced { readonly stamps: Stamp[][] }

export class Tape {
  readonly #bars: BarClosed[][];
  readonly #stamps: Stamp[][];
  /** Close of the last bar taken in, by symbol, ms. */
  readonly #closedAt: Ms[];
  /** The bars that are played now, or were last. */
  playing: readonly BarClosed[] = [];
  /** Close of those, ms: nothing earlier can be played any more. */
  playedTo: Ms;

  constructor(symbols: number, from: Ms) {
    const each = Array.from({ length: symbols });
    this.#bars = each.map(() => []);
    this.#stamps = each.map(() => []);
    this.#closedAt = each.map(() => from);
    this.playedTo = from;
  }

  /** False = it is known already, or comes after its time was played. */
  add(bar: BarClosed): boolean {
    if (bar.closedAt <= this.#closedAt[bar.symbol]! || bar.openedAt < this.playedTo) return false;
    this.#closedAt[bar.symbol] = bar.closedAt;
    this.#bars[bar.symbol]!.push(bar);
    return true;
  }

  /** False = its time was played before. */
  fund(symbol: number, stamp: Stamp): boolean {
    if (stamp.settledAt < this.playedTo) return false;
    this.#stamps[symbol]!.push(stamp);
    return true;
  }

  /** When the next bars open; Infinity = none is known. */
  get nextOpenAt(): Ms {
    return Math.min(...this.#bars.map(([first]) => first?.openedAt ?? Number.POSITIVE_INFINITY));
  }

  /** Every symbol has a bar: the next instant has all it will ever get. */
  get isWhole(): boolean {
    return this.#bars.every(({ length }) => length > 0);
  }

  /** Begins the bars of the next instant, with the stamps that belong to them. */
  openNext(exchange: Exchange, venue: Announced): void {
    const opensAt = this.nextOpenAt;
    const playing: BarClosed[] = [];
    for (const [symbol, bars] of this.#bars.entries()) {
      const [first] = bars;
      if (first === undefined || first.openedAt !== opensAt) continue;
      bars.shift();
      this.playedTo = first.closedAt;
      this.#announce(symbol, exchange, venue);
      exchange.openBar(symbol, first.openedAt, first.closedAt, first.openTicks, first.highTicks, first.lowTicks, first.closeTicks, first.volume);
      playing.push(first);
    }
    this.playing = playing;
  }

  #announce(symbol: number, exchange: Exchange, venue: Announced): void {
    const stamps = this.#stamps[symbol]!;
    for (let [first] = stamps; first !== undefined && first.settledAt < this.playedTo; [first] = stamps) {
      stamps.shift();
      venue.stamps[symbol]!.push(first);
      exchange.fund(symbol, first.settledAt, first.rate);
    }
  }
}
