/** Four streams of chance from one seed: what one draws moves no other. */
import { chance } from '../sim/market.ts';

const words = { market: 0x51ed270b, strategy: 0x2c1b3c6d, venue: 0x297a2d39, world: 0x6a09e667 } as const;

/** Draws of one stream, each by name of its use. */
export class Lots {
  readonly #next: () => number;

  constructor(seed: number, stream: keyof typeof words) {
    const next = chance(Math.imul(seed, 0x9e3779b1) ^ words[stream]);
    next();
    this.#next = next;
  }

  /** In [0, 1). */
  get unit(): number { return this.#next(); }

  /** From `least` up to and without `most`. */
  between(least: number, most: number): number { return least + this.#next() * (most - least); }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number { return least + Math.floor(this.#next() * (most - least + 1)); }

  one<T>(of: readonly T[]): T { return of[Math.floor(this.#next() * of.length)]!; }

  happens(odds: number): boolean { return this.#next() < odds; }
}
