/**
 * A matching core that is given the children of each bar instead of the bar, one after the other as time is played. To
 * its door nothing changes: bars are begun and played as without detail, and what happens in them happens on the children.
 *
 * 1. The door's bar begins its children; a bar that has none is handed on as it is.
 * 2. Time never passes the opening of a child before that child has been begun.
 * 3. Children stay inside the prices of their bar: where the bar can make nothing happen, they cannot either.
 */
import type { Corridor, Money, Ms } from '../engine/index.ts';
import type { Children } from './detail.ts';
import type { AmbiguousFills, Exchange, ExchangePosition, Fact, Margins, Message, Standing } from './exchange/index.ts';
import type { Series } from './market.ts';

/** How far the children of one symbol are played. */
interface Playing {
  readonly last: Series;
  readonly children: Children;
  /** Bar of `last` to be begun next. */
  bar: number;
  /** Child to be begun next, and the end of the children of the present bar. */
  next: number;
  end: number;
  closesAt: Ms;
}

class DetailedExchange implements Exchange {
  readonly facts: Fact[];
  readonly #inner: Exchange;
  readonly #playing: readonly (Playing | null)[];
  /** When the next child opens; Infinity when all of the bars begun are. */
  #opensAt = Infinity;

  constructor(inner: Exchange, playing: readonly (Playing | null)[]) {
    this.#inner = inner;
    this.#playing = playing;
    this.facts = inner.facts;
  }

  get ambiguousBars(): number { return this.#inner.ambiguousBars; }

  get ambiguousFills(): readonly AmbiguousFills[] { return this.#inner.ambiguousFills; }

  get wallet(): Money { return this.#inner.wallet; }

  openBar(symbol: number, openedAt: Ms, closesAt: Ms, open: number, high: number, low: number, close: number, volume: number): void {
    if (!this.#begin(symbol, openedAt)) this.#inner.openBar(symbol, openedAt, closesAt, open, high, low, close, volume);
  }

  openBarFrom(symbol: number, series: Series, index: number): void {
    if (!this.#begin(symbol, series.openedAt[index]!)) this.#inner.openBarFrom(symbol, series, index);
  }

  /** Begins the children of the bar that opens at `openedAt`. False when it has none. */
  #begin(symbol: number, openedAt: Ms): boolean {
    const playing = this.#playing[symbol];
    if (playing == null) return false;
    const { last, children } = playing;
    while (playing.bar < last.length && last.openedAt[playing.bar]! < openedAt) playing.bar += 1;
    if (last.openedAt[playing.bar] !== openedAt) return false;
    playing.next = children.from[playing.bar]!;
    playing.end = children.to[playing.bar]!;
    playing.closesAt = openedAt + last.intervalMs;
    playing.bar += 1;
    if (playing.next === playing.end) return false;
    this.#openDue(openedAt);
    return true;
  }

  /** Begins every child that opens by now, and looks when the next one does. */
  #openDue(at: Ms): void {
    let opensAt = Infinity;
    for (let symbol = 0; symbol < this.#playing.length; symbol++) {
      const playing = this.#playing[symbol];
      if (playing == null || playing.next === playing.end) continue;
      if (playing.children.openedAt[playing.next]! <= at) this.#openChild(symbol, playing);
      if (playing.next < playing.end) {
        const next = playing.children.openedAt[playing.next]!;
        if (next < opensAt) opensAt = next;
      }
    }
    this.#opensAt = opensAt;
  }

  #openChild(symbol: number, playing: Playing): void {
    const { openedAt, open, high, low, close, volume, lengthMs } = playing.children;
    const i = playing.next;
    playing.next += 1;
    const opensAt = openedAt[i]!;
    const closesAt = lengthMs > 0 ? opensAt + lengthMs : playing.next < playing.end ? openedAt[playing.next]! : playing.closesAt;
    this.#inner.openBar(symbol, opensAt, closesAt, open[i]!, high[i]!, low[i]!, close[i]!, volume[i]!);
  }

  openMarkBar(symbol: number, openedAt: Ms, closesAt: Ms, open: number, high: number, low: number, close: number): void {
    this.#inner.openMarkBar(symbol, openedAt, closesAt, open, high, low, close);
  }

  fund(symbol: number, at: Ms, rate: number, markTicks?: number): void { this.#inner.fund(symbol, at, rate, markTicks); }

  send(message: Message, arrivesAt: Ms, fraction?: number): void { this.#inner.send(message, arrivesAt, fraction); }

  advance(until: Ms, fraction = 0): boolean {
    while (this.#opensAt - until < fraction) {
      if (this.#inner.advance(this.#opensAt)) return true;
      this.#openDue(this.#opensAt);
    }
    return this.#inner.advance(until, fraction);
  }

  skip(until: Ms): boolean {
    while (this.#opensAt < until) {
      if (!this.#inner.skip(this.#opensAt)) return false;
      this.#openDue(this.#opensAt);
    }
    return this.#inner.skip(until);
  }

  corridor(symbol: number, out: Corridor): boolean { return this.#inner.corridor(symbol, out); }

  passTo(symbol: number, series: Series, index: number): void { this.#inner.passTo(symbol, series, index); }

  /** What arrives at an open is judged at the first child, which may come later and at another price. */
  setStopAtOpen(): boolean { return false; }

  position(symbol: number): ExchangePosition { return this.#inner.position(symbol); }

  standing(symbol: number): Standing { return this.#inner.standing(symbol); }

  margins(symbol: number): Margins { return this.#inner.margins(symbol); }

  setLeverage(symbol: number, leverage: string): void { this.#inner.setLeverage(symbol, leverage); }

  markTicks(symbol: number): number { return this.#inner.markTicks(symbol); }
}

/** `inner` played on children. `bars[i]` are the bars of symbol i, `children[i]` what is inside them, null = nothing. */
export function onDetail(inner: Exchange, bars: readonly Series[], children: readonly (Children | null)[]): Exchange {
  return new DetailedExchange(inner, children.map((own, symbol) =>
    (own === null ? null : { last: bars[symbol]!, children: own, bar: 0, next: 0, end: 0, closesAt: 0 })));
}
