/**
 * Tables to Parquet bytes, by hand: a run's columns are already typed arrays, and Parquet's plain encoding of
 * doubles *is* the array's memory. Going through database chunks costs seconds per run, this costs milliseconds.
 *
 * Format: every column OPTIONAL; doubles, integers and times PLAIN, text dictionary-coded, no compression, row groups
 * of 122,880 rows so that readers can work in parallel. Source: apache/parquet-format, README.md and parquet.thrift.
 * Proved by reading every kind back with DuckDB. It writes; it never reads.
 */
import { encodeThrift, i32, i64, list, struct, text, writeVarint } from './thrift.ts';
import type { ThriftValue } from './thrift.ts';
import type { Column, Table } from '../../engine/index.ts';

/** Rows per row group; the reader's own unit of parallel work. */
export const rowGroupRows = 122_880;

const magic = new TextEncoder().encode('PAR1');
const encoding = { plain: 0, rle: 3, rleDictionary: 8 } as const;
const physical = { boolean: 0, integer: 1, time: 2, double: 5, text: 6 } as const;

type TextColumn = Extract<Column, { readonly type: 'text' }>;
interface Chunk { readonly meta: ThriftValue; readonly offset: number; readonly bytes: number }
/** Encoded values of one page, nulls left out. */
interface Encoded { readonly bytes: Uint8Array; readonly valid: number }

/** Whole Parquet file of one table, in the pieces to be written one after the other. */
export function parquetParts(table: Table): readonly Uint8Array[] {
  const parts: Uint8Array[] = [magic];
  let offset = magic.length;
  const push = (bytes: Uint8Array): void => {
    parts.push(bytes);
    offset += bytes.length;
  };
  const groups: ThriftValue[] = [];
  for (let start = 0; start < table.rows; start += rowGroupRows) {
    const end = Math.min(table.rows, start + rowGroupRows);
    const chunks: Chunk[] = [];
    for (const whole of table.columns) {
      const column = whole.type === 'text' ? localWords(whole, start, end) : whole;
      const first = offset;
      const dictionary = column.type === 'text' ? dictionaryPage(column.dictionary) : null;
      if (dictionary !== null) dictionary.forEach(push);
      const dataAt = offset;
      dataPage(column, column === whole ? start : 0, column === whole ? end : end - start).forEach(push);
      const bytes = offset - first;
      chunks.push({ offset: first, bytes, meta: chunkMeta(column, end - start, first, dataAt, bytes) });
    }
    groups.push(struct(
      [1, list('struct', chunks.map((chunk) => struct([2, i64(chunk.offset)], [3, chunk.meta])))],
      [2, i64(chunks.reduce((sum, chunk) => sum + chunk.bytes, 0))],
      [3, i64(end - start)],
    ));
  }
  const footer = encodeThrift(struct(
    [1, i32(2)], [2, list('struct', schemaOf(table))], [3, i64(table.rows)], [4, list('struct', groups)],
    [6, text('holdfast')],
  ));
  push(footer);
  push(lengthBytes(footer.length));
  push(magic);
  return parts;
}

const lengthBytes = (length: number): Uint8Array =>
  Uint8Array.of(length & 255, (length >> 8) & 255, (length >> 16) & 255, length >>> 24);

function schemaOf(table: Table): readonly ThriftValue[] {
  const optional = i32(1);
  const root = struct([4, text('schema')], [5, i32(table.columns.length)]);
  return [root, ...table.columns.map((column) => {
    const type = i32(physical[column.type]);
    switch (column.type) {
      case 'text': {
        const words = struct([1, struct()]);
        return struct([1, type], [3, optional], [4, text(column.name)], [6, i32(0)], [10, words]);
      }
      case 'time': {
        // Microseconds without a zone: every reader shows them as they are, UTC.
        const stamp = struct([1, { kind: 'boolean', value: false }], [2, struct([2, struct()])]);
        return struct([1, type], [3, optional], [4, text(column.name)], [10, struct([8, stamp])]);
      }
      default: return struct([1, type], [3, optional], [4, text(column.name)]);
    }
  })];
}

function chunkMeta(column: Column, rows: number, first: number, dataAt: number, bytes: number): ThriftValue {
  const isText = column.type === 'text';
  const encodings = isText ? [encoding.plain, encoding.rle, encoding.rleDictionary] : [encoding.plain, encoding.rle];
  return struct(
    [1, i32(physical[column.type])], [2, list('i32', encodings.map(i32))], [3, list('text', [text(column.name)])],
    [4, i32(0)], [5, i64(rows)], [6, i64(bytes)], [7, i64(bytes)], [9, i64(dataAt)],
    ...(isText ? [[11, i64(first)] as const] : []),
  );
}

/** A large dictionary is cut down to the words of this row group, so that no word is written in every group. */
function localWords(column: TextColumn, start: number, end: number): TextColumn {
  if (column.dictionary.length <= 4_096) return column;
  const place = new Int32Array(column.dictionary.length).fill(-1);
  const dictionary: string[] = [];
  const codes = new Int32Array(end - start);
  for (let row = start; row < end; row++) { // hot
    const code = column.codes[row]!;
    if (code >= 0 && place[code]! < 0) place[code] = dictionary.push(column.dictionary[code]!) - 1;
    codes[row - start] = code < 0 ? -1 : place[code]!;
  }
  return { name: column.name, type: 'text', codes, dictionary };
}

function dictionaryPage(words: readonly string[]): readonly Uint8Array[] {
  const encoded = words.map((word) => new TextEncoder().encode(word));
  const body = new Uint8Array(encoded.reduce((sum, word) => sum + 4 + word.length, 0));
  const view = new DataView(body.buffer);
  let at = 0;
  for (const word of encoded) {
    view.setUint32(at, word.length, true);
    body.set(word, at + 4);
    at += 4 + word.length;
  }
  const header = struct([1, i32(2)], [2, i32(body.length)], [3, i32(body.length)],
    [7, struct([1, i32(words.length)], [2, i32(encoding.plain)])]);
  return [encodeThrift(header), body];
}

function dataPage(column: Column, start: number, end: number): readonly Uint8Array[] {
  const { bytes, valid } = encodeValues(column, start, end);
  const levels = definitionLevels(column, start, end, valid);
  const size = levels.length + bytes.length;
  const values = column.type === 'text' ? encoding.rleDictionary : encoding.plain;
  const header = struct([1, i32(0)], [2, i32(size)], [3, i32(size)],
    [5, struct([1, i32(end - start)], [2, i32(values)], [3, i32(encoding.rle)], [4, i32(encoding.rle)])]);
  return [encodeThrift(header), levels, bytes];
}

/** Which rows hold a value: one run when all or none do, else one bit a row. Prefixed by its length. */
function definitionLevels(column: Column, start: number, end: number, valid: number): Uint8Array {
  const rows = end - start;
  const run: number[] = [];
  if (valid === rows || valid === 0) {
    writeVarint(run, rows * 2);
    run.push(valid === 0 ? 0 : 1);
    return Uint8Array.of(run.length, 0, 0, 0, ...run);
  }
  const groups = Math.ceil(rows / 8);
  writeVarint(run, groups * 2 + 1);
  const out = new Uint8Array(4 + run.length + groups);
  new DataView(out.buffer).setUint32(0, run.length + groups, true);
  out.set(run, 4);
  const at = 4 + run.length;
  for (let row = 0; row < rows; row++) { // hot
    if (!isNull(column, start + row)) out[at + (row >> 3)]! |= 1 << (row & 7);
  }
  return out;
}

function isNull(column: Column, row: number): boolean { // hot
  switch (column.type) {
    case 'double':
    case 'time': return Number.isNaN(column.values[row]!);
    case 'text': return column.codes[row]! < 0;
    default: return false;
  }
}

function encodeValues(column: Column, start: number, end: number): Encoded {
  switch (column.type) {
    case 'double': return encodeDoubles(column.values, start, end);
    case 'time': return encodeTimes(column.values, start, end);
    case 'integer': return { bytes: bytesOf(column.values.slice(start, end)), valid: end - start };
    case 'boolean': return encodeBooleans(column.values, start, end);
    case 'text': return encodeCodes(column.codes, column.dictionary.length, start, end);
  }
}

function encodeDoubles(values: Float64Array, start: number, end: number): Encoded {
  const out = new Float64Array(end - start);
  let valid = 0;
  for (let row = start; row < end; row++) { // hot
    const value = values[row]!;
    if (!Number.isNaN(value)) out[valid++] = value;
  }
  return { bytes: bytesOf(out.subarray(0, valid)), valid };
}

/** Ms as 64-bit microseconds in two 32-bit words: exact up to 2^53 microseconds, the year 2255. */
function encodeTimes(values: Float64Array, start: number, end: number): Encoded {
  const out = new Int32Array((end - start) * 2);
  let valid = 0;
  for (let row = start; row < end; row++) { // hot
    const ms = values[row]!;
    if (Number.isNaN(ms)) continue;
    const micros = Math.round(ms * 1_000);
    const high = Math.floor(micros / 4_294_967_296);
    out[2 * valid] = (micros - high * 4_294_967_296) | 0;
    out[2 * valid + 1] = high;
    valid++;
  }
  return { bytes: bytesOf(out.subarray(0, 2 * valid)), valid };
}

function encodeBooleans(values: Uint8Array, start: number, end: number): Encoded {
  const out = new Uint8Array(Math.ceil((end - start) / 8));
  for (let row = start; row < end; row++) { // hot
    if (values[row] !== 0) out[(row - start) >> 3]! |= 1 << ((row - start) & 7);
  }
  return { bytes: out, valid: end - start };
}

/** Dictionary codes: one run when all are equal, else whole bytes (8, 16 or 32 bits), which need no bit shifting. */
function encodeCodes(codes: Int32Array, words: number, start: number, end: number): Encoded {
  const width = words <= 256 ? 8 : words <= 65_536 ? 16 : 32;
  const rows = end - start;
  const padded = rows + 8;
  const out = width === 8 ? new Uint8Array(padded) : width === 16 ? new Uint16Array(padded) : new Uint32Array(padded);
  let valid = 0;
  let same = true;
  for (let row = start; row < end; row++) { // hot
    const code = codes[row]!;
    if (code < 0) continue;
    if (code !== out[0] && valid > 0) same = false;
    out[valid++] = code;
  }
  if (valid === 0) return { bytes: Uint8Array.of(width), valid };
  const head = [width];
  const groups = Math.ceil(valid / 8);
  writeVarint(head, same ? valid * 2 : groups * 2 + 1);
  const body = bytesOf(out.subarray(0, same ? 1 : groups * 8));
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return { bytes, valid };
}

/** The memory of a typed array; Parquet and every machine this runs on are little-endian. */
function bytesOf(values: Float64Array | Int32Array | Uint8Array | Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
