/**
 * How many requests of one kind may leave in a second, and who goes first: moves of stops, then exits, cancels, entries,
 * readings. A little is always kept back from what the exchange allows. Wall time.
 *
 * 1. In any second no more than the used share of the allowance leaves.
 * 2. Of those that wait the most urgent leaves first, and of equals the one that came first.
 * 3. Nobody waits longer than it said: what could not leave by then never does.
 */

/** Lower goes first. */
export const priorities = { stop: 0, exit: 1, cancel: 2, amend: 3, entry: 4, reading: 5 } as const;
export type Priority = (typeof priorities)[keyof typeof priorities];

/** Share of the allowance that is used. */
const used = 0.8;
const windowMs = 1_000;

interface Waiting { readonly priority: Priority; readonly until: number; readonly go: (mayLeave: boolean) => void }

export class Budget {
  #allowed: number;
  /** When the last requests left, oldest first. */
  readonly #left: number[] = [];
  #waiting: Waiting[] = [];
  #blockedUntil = 0;
  #timer: NodeJS.Timeout | null = null;
  #wakesAt = Number.POSITIVE_INFINITY;

  /** `perSecond` = what the exchange's page says, until its own headers say otherwise. */
  constructor(perSecond: number) { this.#allowed = usedOf(perSecond); }

  /** Resolves when the request may leave; false = it could not within `withinMs`, and must not any more. */
  enter(priority: Priority, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const place = this.#waiting.findIndex((one) => one.priority > priority);
      this.#waiting.splice(place < 0 ? this.#waiting.length : place, 0, { priority, until: performance.now() + withinMs, go: resolve });
      this.#open();
    });
  }

  /** The exchange says what it allows in a second. */
  learn(perSecond: number): void {
    if (Number.isFinite(perSecond) && perSecond >= 1) this.#allowed = usedOf(perSecond);
  }

  /** Nothing leaves for so long. */
  block(forMs: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, performance.now() + forMs);
  }

  /** What still waits may not leave any more. */
  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const { go } of this.#waiting.splice(0)) go(false);
  }

  #open(): void {
    const now = performance.now();
    const over = this.#waiting.filter(({ until }) => until <= now);
    if (over.length > 0) this.#waiting = this.#waiting.filter(({ until }) => until > now);
    for (const { go } of over) go(false);
    while (this.#left.length > 0 && this.#left[0]! <= now - windowMs) this.#left.shift();
    while (this.#waiting.length > 0 && now >= this.#blockedUntil && this.#left.length < this.#allowed) {
      this.#left.push(now);
      this.#waiting.shift()!.go(true);
    }
    if (this.#waiting.length > 0) this.#wakeAt(this.#nextAt(now));
  }

  /** When something can leave, or has waited long enough. */
  #nextAt(now: number): number {
    const freeAt = Math.max(this.#left.length < this.#allowed ? now : this.#left[0]! + windowMs, this.#blockedUntil);
    return this.#waiting.reduce((first, { until }) => Math.min(first, until), freeAt);
  }

  #wakeAt(at: number): void {
    if (this.#timer !== null && this.#wakesAt <= at) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#wakesAt = at;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#open();
    }, Math.max(1, Math.ceil(at - performance.now())));
  }
}

const usedOf = (perSecond: number): number => Math.max(1, Math.floor(perSecond * used));
