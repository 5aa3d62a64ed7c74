/**
 * Order links: which order of which run a wire order is. Six letters of the run, two digits of the leg, the engine's order
 * number in base 36: a pure function of what the journal holds, so that a restart and a second attempt write the same one.
 * The role and the attempt of an order need no letters: a number of the engine belongs to one intent and one role for ever.
 */

const form = /^([a-z]{6})([0-9a-z]{2})-([0-9a-z]{1,11})$/;

export interface OwnOrder { readonly leg: number; readonly order: number }

export class Links {
  readonly #run: string;
  /** Orders of others, by the exchange's id; numbered from -2 down in the order in which they were seen. */
  readonly #foreign = new Map<string, number>();
  readonly #ids = new Map<number, string>();

  /** `run` = six letters, first in every link. */
  constructor(run: string) {
    if (!/^[a-z]{6}$/.test(run)) throw new RangeError(`run must be six letters a to z, was '${run}'`);
    this.#run = run;
  }

  linkOf({ leg, order }: OwnOrder): string {
    return `${this.#run}${leg.toString(36).padStart(2, '0')}-${order.toString(36)}`;
  }

  /** Null when the link is not of this run: an order of somebody else, or of the position itself. */
  ownerOf(link: string): OwnOrder | null {
    const match = form.exec(link);
    if (match === null || match[1] !== this.#run) return null;
    return { leg: Number.parseInt(match[2]!, 36), order: Number.parseInt(match[3]!, 36) };
  }

  /** Number of an order that is not ours, -2 or below, the same for the life of the process. */
  foreign(id: string): number {
    const known = this.#foreign.get(id);
    if (known !== undefined) return known;
    const number = -2 - this.#foreign.size;
    this.#foreign.set(id, number);
    this.#ids.set(number, id);
    return number;
  }

  /** The exchange's id of an order that is not ours; null = never seen. */
  idOf(number: number): string | null { return this.#ids.get(number) ?? null; }
}
