/**
 * Rows of one table while a run plays. A row lies in one piece, its values side by side as doubles, so that it costs one
 * check for room and touches one stretch of memory; columns are made of it once, at the end.
 */
import type { Column, Table } from '../../engine/index.ts';
import { Words } from './columns.ts';

export type Kind = 'double' | 'integer' | 'time' | 'text' | 'boolean';
export type Shape = Readonly<Record<string, Kind>>;

const firstRows = 256;
const mostRows = 4096;

export class Rows {
  readonly #width: number;
  readonly #full: Float64Array[] = [];
  /** Where the row being written lies: `values[at]` is its first column. */
  values: Float64Array;
  #next = 0;
  #taken = 0;

  constructor(width: number) {
    this.#width = width;
    this.values = new Float64Array(firstRows * width);
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
    const rows = this.values.length / this.#width;
    this.#full.push(this.values);
    this.#taken += rows;
    this.values = new Float64Array(Math.min(rows * 2, mostRows) * this.#width);
    this.#next = this.#width;
  }

  /** The values of one column in the order of the rows, written into `out`. */
  #column<T extends Float64Array | Int32Array | Uint8Array>(index: number, out: T): T {
    const width = this.#width;
    let row = 0;
    for (const part of this.#full) for (let i = index; i < part.length; i += width) out[row++] = part[i]!;
    for (let i = index; i < this.#next; i += width) out[row++] = this.values[i]!;
    return out;
  }

  /** The table so far; `words` holds the dictionary of each text column by name. */
  table(name: string, shape: Shape, words: Readonly<Record<string, Words>>): Table {
    const rows = this.length;
    const columns = Object.entries(shape).map(([column, type], index): Column => {
      switch (type) {
        case 'text': return { name: column, type, codes: this.#column(index, new Int32Array(rows)), dictionary: words[column]!.list };
        case 'integer': return { name: column, type, values: this.#column(index, new Int32Array(rows)) };
        case 'boolean': return { name: column, type, values: this.#column(index, new Uint8Array(rows)) };
        default: return { name: column, type, values: this.#column(index, new Float64Array(rows)) };
      }
    });
    return { name, rows, columns };
  }
}
