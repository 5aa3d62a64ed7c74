/** What is to happen at a time: the earliest first, and at one time what was put in first. */
import type { Ms } from '../../engine/index.ts';

interface Item<T> { readonly at: Ms; readonly turn: number; readonly value: T }

export class TimeQueue<T> {
  #items: Item<T>[] = [];
  #turn = 0;

  /** Time of the first; Infinity when there is none. */
  get dueAt(): Ms { return this.#items.length === 0 ? Number.POSITIVE_INFINITY : this.#items[0]!.at; }

  get length(): number { return this.#items.length; }

  put(at: Ms, value: T): void {
    const items = this.#items;
    const item = { at, turn: this.#turn++, value };
    let place = items.length;
    items.push(item);
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!isBefore(item, items[above]!)) break;
      items[place] = items[above]!;
      place = above;
    }
    items[place] = item;
  }

  /** Takes the first out. */
  take(): { readonly at: Ms; readonly value: T } {
    const items = this.#items;
    const first = items[0];
    if (first === undefined) throw new RangeError('an empty queue has no first');
    const last = items.pop()!;
    if (items.length > 0) this.#sink(last);
    return first;
  }

  #sink(item: Item<T>): void {
    const items = this.#items;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && isBefore(items[below + 1]!, items[below]!)) below += 1;
      if (!isBefore(items[below]!, item)) break;
      items[place] = items[below]!;
      place = below;
    }
    items[place] = item;
  }

  /** Everything that waits, in its order. */
  values(): readonly T[] { return [...this.#items].sort((a, b) => (isBefore(a, b) ? -1 : 1)).map(({ value }) => value); }

  /** Takes everything out, in its order. */
  empty(): readonly { readonly at: Ms; readonly value: T }[] {
    const all = [...this.#items].sort((a, b) => (isBefore(a, b) ? -1 : 1));
    this.#items = [];
    return all;
  }
}

function isBefore<T>(a: Item<T>, b: Item<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.turn < b.turn);
}
