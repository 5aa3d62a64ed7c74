/**
 * Columns of recorded rows on their way from a run to the store. One table per noun; a column is a typed array
 * or dictionary-coded text, so that a whole run moves between threads and into the database in bulk.
 */
export type Column =
  /** Doubles; NaN means NULL. */
  | { readonly name: string; readonly type: 'double'; readonly values: Float64Array }
  | { readonly name: string; readonly type: 'integer'; readonly values: Int32Array }
  /** Ms since the epoch UTC as doubles; NaN means NULL. Stored as TIMESTAMP. */
  | { readonly name: string; readonly type: 'time'; readonly values: Float64Array }
  | { readonly name: string; readonly type: 'boolean'; readonly values: Uint8Array }
  /** `codes[row]` indexes `dictionary`; -1 means NULL. */
  | { readonly name: string; readonly type: 'text'; readonly codes: Int32Array; readonly dictionary: readonly string[] };

export interface Table {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly Column[];
}
