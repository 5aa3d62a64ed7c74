/**
 * How many requests of one kind may leave in a second, and who goes first: moves of stops, then exits, cancels, entries,
 * readings. A little is always kept back from what the exchange allows. Wall time.
 */

/** Lower goes first. */
export const priorities = { stop: 0, exit: 1, cancel: 2, amend: 3, entry: 4, reading: 5 } as const;
export type Priority = (typeof priorities)[keyof typeof priorities];

/** Share of the allowance that is used. */
const used = 0.8;
const windowMs = 1_000;

interface Waiting { readonly priority: Priority; readonly go: () => void }

export class Budget {
  #allowed: number;
  /** When the last requests left, oldest first. */
  readonly #left: number[] = [];
  readonly #waiting: Waiting[] = [];
  #blockedUntil = 0;
  #timer: NodeJS.Timeout | null = null;

  /** `perSecond` = what the exchange's page says, until its own headers say otherwise. */
  constructor(perSecond: number) { this.#allowed = Math.max(1, Math.floor(perSecond * used)); }

  /** Resolves when the request may leave. */
  enter(priority: Priority): Promise<void> {
    return new Promise((resolve) => {
      const place = this.#waiting.findIndex((one) => one.priority > priority);
      this.#waiting.splice(place < 0 ? this.#waiting.length : place, 0, { priority, go: resolve });
      this.#open();
    });
  }

  /** The exchange says what it allows in a second. */
  learn(perSecond: number): void {
    if (Number.isFinite(perSecond) && perSecond >= 1) this.#allowed = Math.max(1, Math.floor(perSecond * used));
  }

  /** Nothing leaves for so long. */
  block(forMs: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, performance.now() + forMs);
  }

  /** Nobody waits any more: what still waited goes at once, to fail by itself. */
  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const { go } of this.#waiting.splice(0)) go();
  }

  #open(): void {
    if (this.#timer !== null) return;
    const now = performance.now();
    while (this.#left.length > 0 && this.#left[0]! <= now - windowMs) this.#left.shift();
    while (this.#waiting.length > 0 && now >= this.#blockedUntil && this.#left.length < this.#allowed) {
      this.#left.push(now);
      this.#waiting.shift()!.go();
    }
    if (this.#waiting.length === 0) return;
    const freeAt = this.#left.length < this.#allowed ? now : this.#left[0]! + windowMs;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#open();
    }, Math.max(1, Math.max(freeAt, this.#blockedUntil) - now));
  }
}
