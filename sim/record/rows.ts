/**
 * Rows of one table while a run plays. A row lies in one piece, its values side by side as doubles, so that it costs one
 * check for room and touches one stretch of memory; columns are made of it once, at the end.
 */
import type { Column, Table } from '../../engine/index.ts';
import { Words } from './columns.ts';

export type Kind = 'double' | 'integer' | 'time' | 'text' | 'boolean';
export type Shape = Readonly<Record<string, Kind>>;

/** Rows of a part: few enough for the nearest memory of a processor. */
const partRows = 512;

export class Rows {
  readonly #width: number;
  readonly #full: Float64Array[] = [];
  /** Where the row being written lies: `values[at]` is its first column. */
  values: Float64Array;
  #next = 0;
  #taken = 0;

  constructor(width: number) {
    this.#width = width;
    this.values = new Float64Array(partRows * width);
  }

  get length(): number { return this.#taken + this.#next / this.#width; }

  /** Makes room for one row. Returns the place of its first column in `values`. */
  open(): number { // hot
    const at = this.#next;
    if (at === this.values.length) {
      this.#turn();
      return 0;
    }
    this.#next = at + this.#width;
    return at;
  }

  #turn(): void {
    this.#full.push(this.values);
    this.#taken += partRows;
    this.values = new Float64Array(partRows * this.#width);
    this.#next = this.#width;
  }

  /** The values of every column in the order of the rows, part by part: a part fits the nearest memory. */
  #columns(): Float64Array[] {
    const columns = Array.from({ length: this.#width }, () => new Float64Array(this.length));
    let row = 0;
    for (const part of [...this.#full, this.values.subarray(0, this.#next)]) {
      for (let i = 0; i < columns.length; i++) this.#copy(part, i, columns[i]!, row);
      row += part.length / this.#width;
    }
    return columns;
  }

  #copy(part: Float64Array, index: number, out: Float64Array, from: number): void { // hot
    const width = this.#width;
    let row = from;
    for (let i = index; i < part.length; i += width) out[row++] = part[i]!;
  }

  /** The table so far; `words` holds the dictionary of each text column by name. */
  table(name: string, shape: Shape, words: Readonly<Record<string, Words>>): Table {
    const values = this.#columns();
    const columns = Object.entries(shape).map(([column, type], index): Column => {
      switch (type) {
        case 'text': return { name: column, type, codes: new Int32Array(values[index]!), dictionary: words[column]!.list };
        case 'integer': return { name: column, type, values: new Int32Array(values[index]!) };
        case 'boolean': return { name: column, type, values: new Uint8Array(values[index]!) };
        default: return { name: column, type, values: values[index]! };
      }
    });
    return { name, rows: this.length, columns };
  }
}
