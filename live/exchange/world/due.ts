/** What is to be done at market times to come: earliest first, at one time in the order in which it was put in. */
import type { Ms } from '../../../engine/index.ts';

interface Entry { readonly at: Ms; readonly act: () => void }

export class Due {
  readonly #entries: Entry[] = [];

  get at(): Ms { return this.#entries[0]?.at ?? Infinity; }

  put(at: Ms, act: () => void): void {
    let place = this.#entries.length;
    while (place > 0 && this.#entries[place - 1]!.at > at) place -= 1;
    this.#entries.splice(place, 0, { at, act });
  }

  /** Does everything that has come by `now`, what is put in meanwhile included. */
  run(now: Ms): void {
    while (this.at <= now) this.#entries.shift()?.act();
  }
}
