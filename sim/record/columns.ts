/** Growing columns: appended in the loop, handed over as exact-length arrays at the end. */
import type { Column } from '../../engine/index.ts';

const firstCapacity = 256;

export class Doubles {
  #values = new Float64Array(firstCapacity);
  length = 0;
  push(value: number): void { // hot
    if (this.length === this.#values.length) {
      const wider = new Float64Array(this.length * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.length++] = value;
  }
  values(): Float64Array { return this.#values.slice(0, this.length); }
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

/** Dictionary-coded text; null is -1. */
export class Texts {
  readonly codes = new Integers();
  readonly dictionary: string[] = [];
  readonly #known = new Map<string, number>();
  #last = '';
  #lastCode = -1;
  push(text: string | null): void {
    if (text === null) {
      this.codes.push(-1);
      return;
    }
    if (text === this.#last && this.#lastCode >= 0) {
      this.codes.push(this.#lastCode);
      return;
    }
    let code = this.#known.get(text);
    if (code === undefined) {
      code = this.dictionary.length;
      this.dictionary.push(text);
      this.#known.set(text, code);
    }
    this.#last = text;
    this.#lastCode = code;
    this.codes.push(code);
  }
}

export const doubleColumn = (name: string, from: Doubles): Column => ({ name, type: 'double', values: from.values() });
export const timeColumn = (name: string, from: Doubles): Column => ({ name, type: 'time', values: from.values() });
export const integerColumn = (name: string, from: Integers): Column => ({ name, type: 'integer', values: from.values() });
export const textColumn = (name: string, from: Texts): Column =>
  ({ name, type: 'text', codes: from.codes.values(), dictionary: from.dictionary });
export const booleanColumn = (name: string, from: Integers): Column =>
  ({ name, type: 'boolean', values: Uint8Array.from(from.values()) });
