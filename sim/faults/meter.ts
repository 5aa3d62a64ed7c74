/**
 * How long positions stood at the venue without a stop, in the venue's time: while the engine ran, and apart from that
 * while it could not do anything (killed, asleep, stalled). A position that was to have no stop is left out.
 */
import type { Ms } from '../../engine/index.ts';
import type { Truth } from './truth.ts';

export class Meter {
  /** Sums over all legs, ms. */
  unprotectedMs = 0;
  downUnprotectedMs = 0;
  /** Longest stretch of one leg with the engine running, ms. */
  longestMs = 0;
  readonly #truth: Truth;
  /** Since when each leg is bare, and since when counted with the engine running; NaN = it is not. */
  readonly #since: number[];
  #isDown = false;

  constructor(truth: Truth) {
    this.#truth = truth;
    this.#since = Array.from({ length: truth.legs }, () => Number.NaN);
  }

  /** Something may have changed at `at`. */
  see(at: Ms): void {
    for (let leg = 0; leg < this.#since.length; leg++) {
      const isBare = this.#truth.position(leg).side !== 0 && !this.#truth.isCovered(leg);
      if (isBare === !Number.isNaN(this.#since[leg]!)) continue;
      this.#count(leg, at);
      this.#since[leg] = isBare ? at : Number.NaN;
    }
  }

  /** The engine stops or goes on at `at`. */
  turn(at: Ms, isDown: boolean): void {
    this.end(at);
    this.#isDown = isDown;
  }

  /** Counts what has passed up to `at`. */
  end(at: Ms): void {
    for (let leg = 0; leg < this.#since.length; leg++) {
      this.#count(leg, at);
      if (!Number.isNaN(this.#since[leg]!)) this.#since[leg] = at;
    }
  }

  #count(leg: number, at: Ms): void {
    const passed = at - this.#since[leg]!;
    if (!(passed > 0)) return;
    if (this.#isDown) {
      this.downUnprotectedMs += passed;
      return;
    }
    this.unprotectedMs += passed;
    if (passed > this.longestMs) this.longestMs = passed;
  }
}
