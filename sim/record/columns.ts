/** Growing columns: appended in the loop, handed over as exact-length arrays at the end. */
import type { Column } from '../../engine/index.ts';

const firstCapacity = 256;

export class Doubles {
  #values: Float64Array;
  length = 0;
  /** `capacity` = the length where it is known beforehand: growing needs the old and the new array side by side. */
  constructor(capacity = firstCapacity) { this.#values = new Float64Array(capacity); }
  push(value: number): void { // hot
    if (this.length === this.#values.length) {
      const wider = new Float64Array(this.length * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.length++] = value;
  }
  values(): Float64Array { return this.length === this.#values.length ? this.#values : this.#values.slice(0, this.length); }
}

export class Integers {
  #values = new Int32Array(firstCapacity);
  length = 0;
  push(value: number): void { // hot
    if (this.length === this.#values.length) {
      const wider = new Int32Array(this.length * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.length++] = value;
  }
  values(): Int32Array { return this.#values.slice(0, this.length); }
}

/** First codes of a dictionary that are compared one by one. */
const scanned = 6;

/** Codes of texts, in the order of their first use. */
export class Words {
  readonly list: string[] = [];
  readonly #known = new Map<string, number>();
  #last = '';
  #lastCode = -1;

  code(text: string): number { // hot
    return text === this.#last && this.#lastCode >= 0 ? this.#lastCode : this.#find(text);
  }

  #find(text: string): number { // hot
    const { list } = this;
    // The same few constants over and over: looked for side by side before they are hashed.
    for (let i = 0; i < list.length && i < scanned; i++) {
      if (list[i] === text) {
        this.#last = text;
        this.#lastCode = i;
        return i;
      }
    }
    let code = this.#known.get(text);
    if (code === undefined) {
      code = this.list.length;
      this.list.push(text);
      this.#known.set(text, code);
    }
    this.#last = text;
    this.#lastCode = code;
    return code;
  }
}

/** Dictionary-coded text; null is -1. */
export class Texts {
  readonly codes = new Integers();
  readonly words = new Words();
  push(text: string | null): void {
    this.codes.push(text === null ? -1 : this.words.code(text));
  }
}

export const doubleColumn = (name: string, from: Doubles): Column => ({ name, type: 'double', values: from.values() });
export const timeColumn = (name: string, from: Doubles): Column => ({ name, type: 'time', values: from.values() });
export const integerColumn = (name: string, from: Integers): Column => ({ name, type: 'integer', values: from.values() });
export const textColumn = (name: string, from: Texts): Column =>
  ({ name, type: 'text', codes: from.codes.values(), dictionary: from.words.list });
