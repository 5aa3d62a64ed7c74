/**
 * Rows of one table while a run plays. A row lies in one piece, its values side by side as doubles, so that it costs one
 * check for room and touches one stretch of memory; columns are made of it once, at the end.
 */
import type { Column, Table } from '../../engine/index.ts';
import type { Words } from './columns.ts';

export type Kind = 'double' | 'integer' | 'time' | 'text' | 'boolean';
export type Shape = Readonly<Record<string, Kind>>;

/** Rows of a part: few enough for the nearest memory of a processor. */
const partRows = 512;
/** Rows turned into columns at once. */
const blockRows = 64;

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

  /** The table of all rows, which are given up part by part; `words` holds the dictionary of each text column by name. */
  table(name: string, shape: Shape, words: Readonly<Record<string, Words>>): Table {
    const rows = this.length;
    const columns = Object.entries(shape).map(([column, type]): Column => {
      switch (type) {
        case 'text': return { name: column, type, codes: new Int32Array(rows), dictionary: words[column]!.list };
        case 'integer': return { name: column, type, values: new Int32Array(rows) };
        case 'boolean': return { name: column, type, values: new Uint8Array(rows) };
        default: return { name: column, type, values: new Float64Array(rows) };
      }
    });
    this.#spread(columns);
    return { name, rows, columns };
  }

  /** A few rows at a time, because they fit the nearest memory and a whole table does not. */
  #spread(columns: readonly Column[]): void {
    let row = 0;
    this.#full.push(this.values.subarray(0, this.#next));
    this.#full.reverse();
    for (let part = this.#full.pop(); part !== undefined; part = this.#full.pop()) {
      for (let from = 0; from < part.length; from += blockRows * this.#width) {
        const block = part.subarray(from, from + blockRows * this.#width);
        for (let i = 0; i < columns.length; i++) copyColumn(block, this.#width, i, columns[i]!, row);
        row += block.length / this.#width;
      }
    }
    this.values = new Float64Array(partRows * this.#width);
    this.#next = 0;
    this.#taken = 0;
  }
}

function copyColumn(block: Float64Array, width: number, index: number, column: Column, row: number): void {
  if (column.type === 'text') copyIntegers(block, width, index, column.codes, row);
  else if (column.type === 'integer') copyIntegers(block, width, index, column.values, row);
  else if (column.type === 'boolean') copyFlags(block, width, index, column.values, row);
  else copyDoubles(block, width, index, column.values, row);
}

// One loop per kind of array: a loop that met two kinds would ask at every value which one it has.

function copyDoubles(part: Float64Array, width: number, index: number, out: Float64Array, from: number): void { // hot
  for (let i = index, row = from; i < part.length; i += width, row++) out[row] = part[i]!;
}

function copyIntegers(part: Float64Array, width: number, index: number, out: Int32Array, from: number): void { // hot
  for (let i = index, row = from; i < part.length; i += width, row++) out[row] = part[i]!;
}

function copyFlags(part: Float64Array, width: number, index: number, out: Uint8Array, from: number): void {
  for (let i = index, row = from; i < part.length; i += width, row++) out[row] = part[i]!;
}
