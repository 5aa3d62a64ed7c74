/**
 * Exchange time on the wire: the machine's monotonic clock, set by a measured offset and set again now and then. A new
 * offset never turns it back: it stands until the time has come.
 */
import type { Ms } from '../engine/index.ts';
import type { Clock } from './clock.ts';
import type { ClockFacts } from './connection.ts';

/** Longest single wait; a timer of Node holds no more than 2^31 ms. */
const waitMostMs = 60_000;

export class WallClock implements Clock {
  readonly isStepped = false;
  /** Exchange time at monotonic 0, ms. */
  #epoch: Ms;
  #last: Ms = 0;
  #wake: (() => void) | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isInterrupted = false;
  #isClosed = false;

  constructor(facts: ClockFacts) {
    this.#epoch = epochOf(facts);
  }

  /** What was measured last counts from here on. */
  correct(facts: ClockFacts): void {
    this.#epoch = epochOf(facts);
  }

  now(): Ms {
    this.#last = Math.max(this.#last, Math.floor(this.#epoch + performance.now()));
    return this.#last;
  }

  rest(until: Ms): Promise<void> {
    if (this.#isInterrupted || this.#isClosed) {
      this.#isInterrupted = false;
      return Promise.resolve();
    }
    const forMs = Math.min(Math.max(0, until - this.now()), waitMostMs);
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#timer = setTimeout(() => this.#end(), Math.ceil(forMs));
    });
  }

  interrupt(): void {
    if (this.#wake === null) this.#isInterrupted = true;
    else this.#end();
  }

  close(): void {
    this.#isClosed = true;
    this.#end();
  }

  #end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}

const epochOf = ({ offsetMs }: ClockFacts): Ms => Date.now() + offsetMs - performance.now();
