/**
 * How often may be asked: so many requests in flight or answered less than a window ago.
 *
 * 1. A place is free again one window after its *answer*. The server counted the request before it answered, so whatever
 *    the way takes, the server's own window never holds more than `places`.
 * 2. Who is told to wait makes everybody wait: the limit is the address's.
 *
 * Source: protocol sheet, "Rate limits": 600 requests in 5 s per address. A few are left to other programs of the address.
 */

import { setMaxListeners } from 'node:events';

/** Wall time; tests have their own. `wait` rejects with the signal's reason when it is aborted. */
export interface Clock {
  now(): number;
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export const allowedPlaces = 600;
export const windowMs = 5_000;
const usedPlaces = 594;
/** Enough for 120 requests a second at 0.5 s there and back. */
const flightMost = 64;

export class Allowance {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** When each answered request's place is free again, ascending. */
  #free: number[] = [];
  #flying = 0;
  #pausedUntil = -Infinity;
  readonly #queue: (() => void)[] = [];
  #isWaiting = false;
  /** Requests made so far. */
  asked = 0;

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
    setMaxListeners(0, signal); // every request and every wait listens
  }

  /** Resolves when a request may leave; `leave` must follow. First come, first served. */
  async enter(): Promise<void> {
    this.#signal.throwIfAborted();
    if (this.#queue.length === 0 && this.#delayMs() === 0) return this.#take();
    await new Promise<void>((resolve, reject) => {
      const refused = (): void => { reject(asError(this.#signal.reason)); };
      this.#signal.addEventListener('abort', refused, { once: true });
      this.#queue.push(() => {
        this.#signal.removeEventListener('abort', refused);
        resolve();
      });
      this.#serve();
    });
  }

  /** The answer is there, or will never come. */
  leave(): void {
    this.#flying -= 1;
    this.#free.push(this.#clock.now() + windowMs);
    this.#serve();
  }

  /** Nobody leaves for so long. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
  }

  #take(): void {
    this.#flying += 1;
    this.asked += 1;
  }

  /** Ms until the next may leave; 0 = now; Infinity = not before an answer. */
  #delayMs(): number {
    const now = this.#clock.now();
    const first = this.#free.findIndex((at) => at > now);
    this.#free = first === -1 ? [] : this.#free.slice(first);
    if (this.#pausedUntil > now) return this.#pausedUntil - now;
    if (this.#flying >= flightMost) return Infinity;
    if (this.#flying + this.#free.length < usedPlaces) return 0;
    return (this.#free[0] ?? Infinity) - now;
  }

  #serve(): void {
    while (this.#queue.length > 0 && !this.#signal.aborted) {
      const delayMs = this.#delayMs();
      if (delayMs > 0) {
        if (delayMs < Infinity) this.#serveIn(delayMs);
        return;
      }
      this.#take();
      this.#queue.shift()?.();
    }
  }

  #serveIn(ms: number): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    const goOn = (): void => {
      this.#isWaiting = false;
      this.#serve();
    };
    // An aborted wait needs nothing: who is queued was rejected by the same signal.
    this.#clock.wait(ms, this.#signal).then(goOn, () => undefined);
  }
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));

export const wallClock: Clock = {
  now: Date.now,
  wait: (ms, signal) => new Promise((resolve, reject) => {
    const ended = (): void => {
      clearTimeout(timer);
      reject(asError(signal.reason));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', ended);
      resolve();
    }, Math.ceil(ms));
    if (signal.aborted) ended();
    else signal.addEventListener('abort', ended, { once: true });
  }),
};
