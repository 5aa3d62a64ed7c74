/** Ids of the form the exchange gives out, the same in every run of one seed: no chance is asked. */
import { createHash } from 'node:crypto';

export class Ids {
  readonly #seed: string;
  #count = 0;

  constructor(seed: string) { this.#seed = seed; }

  /** A UUID that was never given out before. */
  next(): string {
    this.#count += 1;
    const hex = createHash('sha256').update(`${this.#seed} ${this.#count}`).digest('hex');
    const variant = '89ab'[Number.parseInt(hex.slice(16, 17), 16) % 4] ?? '8';
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }
}
