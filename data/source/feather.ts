/**
 * Candles in feather files (Arrow IPC files), as freqtrade keeps them: columns of times and numbers, plain or packed with LZ4.
 * Read by hand, as the lake's own Parquet is written by hand: of the format only what such files hold is understood, and
 * everything else is refused by name.
 * Source: Arrow columnar format 1.5, "IPC File Format", File.fbs, Message.fbs, Schema.fbs; flatbuffers internals.
 */
import { readFileSync } from 'node:fs';
import type { Table } from '../../engine/index.ts';
import { DataError } from '../error.ts';
import { unpackFrame } from './lz4.ts';

/** A flatbuffers table: fields by their number, `null` when absent. */
class FlatTable {
  readonly #bytes: Buffer;
  readonly #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  place(field: number): number | null {
    const shape = this.#at - this.#bytes.readInt32LE(this.#at);
    const slot = 4 + 2 * field;
    const offset = slot < this.#bytes.readUInt16LE(shape) ? this.#bytes.readUInt16LE(shape + slot) : 0;
    return offset === 0 ? null : this.#at + offset;
  }

  short(field: number): number {
    const at = this.place(field);
    return at === null ? 0 : this.#bytes.readInt16LE(at);
  }

  byte(field: number): number {
    const at = this.place(field);
    return at === null ? 0 : this.#bytes.readUInt8(at);
  }

  int(field: number): number {
    const at = this.place(field);
    return at === null ? 0 : this.#bytes.readInt32LE(at);
  }

  long(field: number): number {
    const at = this.place(field);
    return at === null ? 0 : Number(this.#bytes.readBigInt64LE(at));
  }

  table(field: number): FlatTable | null {
    const at = this.place(field);
    return at === null ? null : new FlatTable(this.#bytes, at + this.#bytes.readUInt32LE(at));
  }

  text(field: number): string {
    const at = this.place(field);
    if (at === null) return '';
    const start = at + this.#bytes.readUInt32LE(at);
    return this.#bytes.toString('utf8', start + 4, start + 4 + this.#bytes.readUInt32LE(start));
  }

  /** Where the elements of a list begin, each of so many bytes. */
  list(field: number, bytes: number): readonly number[] {
    const at = this.place(field);
    if (at === null) return [];
    const start = at + this.#bytes.readUInt32LE(at);
    return Array.from({ length: this.#bytes.readUInt32LE(start) }, (_, i) => start + 4 + i * bytes);
  }

  tables(field: number): readonly FlatTable[] {
    return this.list(field, 4).map((at) => new FlatTable(this.#bytes, at + this.#bytes.readUInt32LE(at)));
  }
}

const root = (bytes: Buffer, at: number): FlatTable => new FlatTable(bytes, at + bytes.readUInt32LE(at));

const mark = 'ARROW1';
/** Numbers of Schema.fbs and Message.fbs. */
const types = { integer: 2, floating: 3, timestamp: 10 } as const;
const doublePrecision = 2;
const lz4 = 0;

/** How values of a column become doubles; times in ms. */
interface Column { readonly name: string; readonly read: (content: Buffer, row: number) => number }

const double = (content: Buffer, row: number): number => content.readDoubleLE(8 * row);
const integer = (content: Buffer, row: number): number => Number(content.readBigInt64LE(8 * row));
/** By the number of the unit: s, ms, us, ns. Nanoseconds are too many for a double and are cut to us first. */
const times = [
  (content: Buffer, row: number): number => integer(content, row) * 1_000,
  integer,
  (content: Buffer, row: number): number => integer(content, row) / 1_000,
  (content: Buffer, row: number): number => Number(content.readBigInt64LE(8 * row) / 1_000n) / 1_000,
] as const;

export function featherRows(file: string): Table {
  const bytes = readFileSync(file);
  try {
    return rowsIn(file, bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw refused(file, `unreadable file (${error.message.slice(0, 120)})`, 'a whole feather file', error);
  }
}

function rowsIn(file: string, bytes: Buffer): Table {
  if (bytes.toString('latin1', 0, 6) !== mark) throw refused(file, 'no feather file', `${mark} at its begin (version 2, as pandas writes it)`);
  if (bytes.toString('latin1', bytes.length - 6) !== mark) throw refused(file, 'the file is cut short', `${mark} at its end`);
  const footer = root(bytes, bytes.length - 10 - bytes.readUInt32LE(bytes.length - 10));
  const columns = (footer.table(1)?.tables(1) ?? []).map((field) => columnOf(file, field));
  const batches = footer.list(3, 24).map((at) => ({ at: Number(bytes.readBigInt64LE(at)), body: Number(bytes.readBigInt64LE(at)) + bytes.readInt32LE(at + 8) }));
  const pieces = batches.map(({ at, body }) => batchOf(file, bytes, { message: root(bytes, at + 8), body, columns }));
  const rows = pieces.reduce((sum, [first]) => sum + (first?.length ?? 0), 0);
  const joined = columns.map(({ name }, k) => {
    const values = new Float64Array(rows);
    let done = 0;
    for (const piece of pieces) {
      values.set(piece[k] ?? [], done);
      done += piece[k]?.length ?? 0;
    }
    return { name, type: 'double', values } as const;
  });
  return { name: 'candles', rows, columns: joined };
}

function columnOf(file: string, field: FlatTable): Column {
  const name = field.text(0);
  const kind = field.byte(2);
  const type = field.table(3);
  if (kind === types.floating && type?.short(0) === doublePrecision) return { name, read: double };
  if (kind === types.integer && type?.int(0) === 64) return { name, read: integer };
  if (kind === types.timestamp) return { name, read: times[type?.short(0) ?? 0] ?? integer };
  throw new DataError({
    reason: 'not-candles', what: 'a column that is neither number nor time', file, field: name, value: `type ${kind} of Arrow`,
    expected: 'date as a timestamp, prices and volume as double', fix: 'give the candle file, or convert it to CSV',
  });
}

interface Batch { readonly message: FlatTable; /** Byte at which the columns begin. */ readonly body: number; readonly columns: readonly Column[] }

function batchOf(file: string, bytes: Buffer, { message, body, columns }: Batch): readonly Float64Array[] {
  const batch = message.table(2);
  if (batch === null) throw new RangeError('a batch without a header');
  const packing = batch.table(3);
  if (packing !== null && packing.byte(0) !== lz4) {
    throw refused(file, 'a feather file packed with zstd', 'lz4, or none', undefined, 'write it again with compression="lz4"');
  }
  const rows = batch.long(0);
  const buffers = batch.list(2, 16).map((at) => {
    const start = body + Number(bytes.readBigInt64LE(at));
    return { start, length: Number(bytes.readBigInt64LE(at + 8)) };
  });
  const content = (k: number): Buffer => {
    const { start, length } = buffers[k] ?? { start: 0, length: 0 };
    const part = bytes.subarray(start, start + length);
    if (packing === null || length === 0) return part;
    const unpacked = Number(part.readBigInt64LE(0));
    return unpacked === -1 ? part.subarray(8) : unpackFrame(part.subarray(8), unpacked);
  };
  return columns.map((column, k) => valuesOf(column, rows, content(2 * k), content(2 * k + 1)));
}

/** NULL becomes NaN: a bit for each row says which ones are there. */
function valuesOf({ read }: Column, rows: number, present: Buffer, content: Buffer): Float64Array {
  const values = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const isThere = present.length === 0 || (present.readUInt8(i >>> 3) & (1 << (i & 7))) !== 0;
    values[i] = isThere ? read(content, i) : Number.NaN;
  }
  return values;
}

const refused = (file: string, what: string, expected: string, cause?: unknown, fix = 'download or write it again'): DataError =>
  new DataError({ reason: 'unreadable', what, file, expected, fix }, cause);
