/**
 * Everything told between two steps, put in order: by time, and at one instant facts of the account before bars, bars before
 * mark prices. Time never runs backwards: what comes late is told at the time of what came before it.
 */
import type { Event, Ms } from '../engine/index.ts';

/** So far may an event be ahead of our clock; a later one is told at now. Unit: ms. */
const aheadMostMs = 1_000;
/** Events that may wait; above that something is wrong with the shell, and it says so. */
export const waitingMost = 100_000;

export class EventQueue {
  #waiting: Event[] = [];
  #lastAt: Ms = 0;
  /** Called after every event. */
  told: () => void = () => {};

  get length(): number { return this.#waiting.length; }

  /** Time of the last event handed over, ms. */
  get lastAt(): Ms { return this.#lastAt; }

  push(event: Event): void {
    this.#waiting.push(event);
    this.told();
  }

  /** Takes the first event of this kind away; false = none waits. */
  withdraw(tag: Event['tag']): boolean {
    const place = this.#waiting.findIndex((event) => event.tag === tag);
    if (place >= 0) this.#waiting.splice(place, 1);
    return place >= 0;
  }

  /** What is handed over next is not told at an earlier time. */
  pass(at: Ms): void {
    if (at > this.#lastAt) this.#lastAt = at;
  }

  /** Everything that waits, in order; times are still as they were told. */
  take(now: Ms): readonly Event[] {
    const waiting = this.#waiting;
    if (waiting.length === 0) return waiting;
    this.#waiting = [];
    const dated = waiting.map((event) => (event.at <= now + aheadMostMs ? event : { ...event, at: now }));
    return dated.toSorted((a, b) => a.at - b.at || rankOf(a) - rankOf(b) || placeOf(a) - placeOf(b));
  }

  /** The event at its time, or at the time of the one before it when that is later. */
  stamp(event: Event): Event {
    this.pass(event.at);
    return event.at === this.#lastAt ? event : { ...event, at: this.#lastAt };
  }
}

function rankOf({ tag }: Event): number {
  return tag === 'bar-closed' ? 1 : tag === 'mark-price' ? 2 : 0;
}

/** Bars and marks of one instant come in the strategy's order of symbols; everything else as it was told. */
function placeOf(event: Event): number {
  return event.tag === 'bar-closed' || event.tag === 'mark-price' ? event.symbol : 0;
}
