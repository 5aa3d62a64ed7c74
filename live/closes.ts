/**
 * When a decision close is complete: every symbol's bar of it is in, or the grace is over and the missing ones are named.
 * A close that was long ago when it became complete is passed over: nobody decides on prices that are gone.
 */
import type { Event, Ms } from '../engine/index.ts';

/** A cycle may come so much later than its grace, for a shell that was busy. Unit: ms. */
const lateMostMs = 3_000;

export interface ClosesRequest {
  readonly symbols: number;
  readonly decisionMs: Ms;
  readonly graceMs: Ms;
  /** The first close that may be decided is later, ms. */
  readonly after: Ms;
  /** So many closes were passed over, the last of them at `closedAt`. */
  readonly missed: (count: number, closedAt: Ms) => void;
}

export class Closes {
  readonly #request: ClosesRequest;
  /** Close of the last bar, by symbol. */
  readonly #closedAt: Ms[];
  #next: Ms;
  #passed = 0;

  constructor(request: ClosesRequest) {
    this.#request = request;
    const { after, decisionMs, symbols } = request;
    this.#next = Math.floor(after / decisionMs) * decisionMs + decisionMs;
    this.#closedAt = Array.from({ length: symbols }, () => 0);
  }

  /** When the grace of the next close is over, ms. */
  get dueAt(): Ms { return this.#next + this.#request.graceMs; }

  /** The close that comes next, ms. */
  get nextAt(): Ms { return this.#next; }

  /** The events, with a `cycle-closed` after each close that is complete. Bars of a later close end an earlier one. */
  arrange(events: readonly Event[], now: Ms): readonly Event[] {
    const arranged: Event[] = [];
    for (const event of events) {
      if (event.tag === 'bar-closed') {
        while (event.closedAt > this.#next) this.#close(arranged, now);
        this.#closedAt[event.symbol] = Math.max(this.#closedAt[event.symbol]!, event.closedAt);
      }
      arranged.push(event);
    }
    while (this.#isWhole() || now >= this.dueAt) this.#close(arranged, now);
    if (this.#passed > 0) this.#request.missed(this.#passed, this.#next - this.#request.decisionMs);
    this.#passed = 0;
    return arranged;
  }

  #isWhole(): boolean {
    return this.#closedAt.every((at) => at >= this.#next);
  }

  #close(out: Event[], now: Ms): void {
    const at = this.#next;
    this.#next += this.#request.decisionMs;
    if (now > at + this.#request.graceMs + lateMostMs) {
      this.#passed += 1;
      return;
    }
    out.push({ tag: 'cycle-closed', at, missing: this.#closedAt.flatMap((closedAt, symbol) => (closedAt < at ? [symbol] : [])) });
  }
}
