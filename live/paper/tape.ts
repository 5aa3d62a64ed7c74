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
  /** Mark candles by their close, ms, and symbol. */
  readonly #marks: Map<Ms, BarClosed>[];
  /** Close of the last bar taken in, by symbol, ms. */
  readonly #closedAt: Ms[];
  /** The bars that are played now, or were last, and the mark candles beside them. */
  playing: readonly BarClosed[] = [];
  marks: readonly BarClosed[] = [];
  /** Close of those, ms: nothing earlier can be played any more. */
  playedTo: Ms;

  constructor(symbols: number, from: Ms) {
    const each = Array.from({ length: symbols });
    this.#bars = each.map(() => []);
    this.#stamps = each.map(() => []);
    this.#marks = each.map(() => new Map<Ms, BarClosed>());
    this.#closedAt = each.map(() => from);
    this.playedTo = from;
  }

  /** Before the bar that it stands beside. */
  addMark(mark: BarClosed): void {
    if (mark.openedAt >= this.playedTo) this.#marks[mark.symbol]!.set(mark.closedAt, mark);
  }

  /** False = it is known already, or comes after its time was played. */
  add(bar: BarClosed): boolean {
    if (bar.closedAt <= this.#closedAt[bar.symbol]! || bar.openedAt < this.playedTo) return false;
    this.#closedAt[bar.symbol] = bar.closedAt;
    this.#bars[bar.symbol]!.push(bar);
    return true;
  }

  /** Once each, in the order of time. False = its time was played before. */
  fund(symbol: number, stamp: Stamp): boolean {
    if (stamp.settledAt < this.playedTo) return false;
    const stamps = this.#stamps[symbol]!;
    if (stamps.some(({ settledAt }) => settledAt === stamp.settledAt)) return true;
    stamps.push(stamp);
    stamps.sort((a, b) => a.settledAt - b.settledAt);
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
    const marks: BarClosed[] = [];
    for (const [symbol, bars] of this.#bars.entries()) {
      const [first] = bars;
      if (first === undefined || first.openedAt !== opensAt) continue;
      bars.shift();
      this.playedTo = first.closedAt;
      const mark = this.#marks[symbol]!.get(first.closedAt);
      this.#marks[symbol]!.delete(first.closedAt);
      if (mark !== undefined) {
        exchange.openMarkBar(symbol, mark.openedAt, mark.closedAt, mark.openTicks, mark.highTicks, mark.lowTicks, mark.closeTicks);
        marks.push(mark);
      }
      this.#announce(symbol, exchange, venue, mark);
      exchange.openBar(symbol, first.openedAt, first.closedAt, first.openTicks, first.highTicks, first.lowTicks, first.closeTicks, first.volume);
      playing.push(first);
    }
    this.playing = playing;
    this.marks = marks;
  }

  #announce(symbol: number, exchange: Exchange, venue: Announced, mark: BarClosed | undefined): void {
    const stamps = this.#stamps[symbol]!;
    for (let [first] = stamps; first !== undefined && first.settledAt < this.playedTo; [first] = stamps) {
      stamps.shift();
      venue.stamps[symbol]!.push(first);
      exchange.fund(symbol, first.settledAt, first.rate, mark?.openedAt === first.settledAt ? mark.openTicks : Number.NaN);
    }
  }
}
