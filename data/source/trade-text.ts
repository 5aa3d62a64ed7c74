/**
 * The fast way through a text file of single trades: bytes to columns, without a string per cell. Files of exchanges hold
 * millions of rows a day. What is not a number becomes NaN and is reported by the checks that all trades pass;
 * a row of another length, a foreign symbol and a repeated id are named here, where they are seen.
 */
import { Fingerprints } from './unique.ts';
import type { Repetition } from './unique.ts';

export interface TradeShape {
  readonly delimiter: number;
  /** Fields of a row, and which of them is what; -1 for a column that the file has not. */
  readonly fields: number;
  readonly at: number;
  readonly price: number;
  readonly quantity: number;
  readonly symbol: number;
  readonly id: number;
  readonly hasHeader: boolean;
  /** Decimal places between the file's stamps and ms: 3 for seconds, 0 for ms, -3 for microseconds. */
  readonly toMs: number;
  /** Symbol that every row must name; null takes the first row's. */
  readonly wanted: string | null;
  /** About how many rows will come. */
  readonly expectedRows: number;
}

export interface TradeText {
  readonly rows: number;
  /** Whole ms, cut. */
  readonly at: Float64Array;
  readonly price: Float64Array;
  readonly quantity: Float64Array;
  readonly symbol: string | null;
  /** Rows whose id looks like that of a row before; none when the file has no ids. */
  readonly repeated: readonly Repetition[];
}

/** What stops the reading. Rows are 0-based and do not count the header. */
export type TradeStop =
  | { readonly tag: 'row'; readonly row: number; readonly fields: number }
  | { readonly tag: 'symbol'; readonly row: number; readonly symbol: string; readonly wanted: string };

export interface TradeReader {
  take(piece: Buffer): void;
  done(): TradeText;
}

/** Ids that look alike are looked at; so many that only look so do not occur. */
const repeatedLimit = 16;
const newline = 10;
const carriage = 13;
const newlines = 0x0a0a_0a0a;
const ones = 0x0101_0101;
const tops = 0x8080_8080 | 0;
const zero = 48;
const nine = 57;
const point = 46;
/** Powers of ten that are exact doubles; a quotient of two exact doubles is rounded once, as the reading of the text is. */
const powers = Float64Array.from({ length: 16 }, (_, k) => Number(`1e${k}`));
const nothing = Buffer.alloc(0);

/** `stop` is called at the first row that cannot be, and throws. */
export function tradeReader(shape: TradeShape, stop: (why: TradeStop) => never): TradeReader {
  const rows = new Rows(shape, stop);
  let isHeaderNext = shape.hasHeader;
  let rest: Buffer = nothing;
  const whole = (bytes: Buffer): void => {
    if (!isHeaderNext) return rows.read(bytes, 0, bytes.length);
    isHeaderNext = false;
    rows.read(bytes, bytes.indexOf(newline) + 1, bytes.length);
  };
  return {
    take(piece) {
      const first = piece.indexOf(newline);
      if (first < 0) { rest = Buffer.concat([rest, piece]); return; }
      const start = rest.length === 0 ? 0 : first + 1;
      if (start > 0) whole(Buffer.concat([rest, piece.subarray(0, start)]));
      const end = piece.lastIndexOf(newline) + 1;
      if (end > start) whole(piece.subarray(start, end));
      rest = end === piece.length ? nothing : Buffer.from(piece.subarray(end));
    },
    done() {
      if (rest.length > 0) whole(Buffer.concat([rest, Buffer.from('\n')]));
      return rows.text();
    },
  };
}

/** What a field of a row may be. */
const meaning = { skipped: 0, at: 1, price: 2, quantity: 3, symbol: 4, id: 5 } as const;

/** Owner of the growing columns. One pass over the bytes: every field is read where it is found. */
class Rows {
  private readonly shape: TradeShape;
  private readonly stop: (why: TradeStop) => never;
  private readonly seen: Fingerprints;
  /** What each field of a row is. */
  private readonly kinds: Uint8Array;
  private symbol: Buffer | null;
  /** Another symbol in the row at hand. */
  private foreign: string | null = null;
  private count = 0;
  private at: Float64Array;
  private price: Float64Array;
  private quantity: Float64Array;
  /** Byte at which the field read last ends: its delimiter, or the end of its line. */
  private end = 0;
  /** The bytes at hand, for reading four at a time. */
  private words: DataView = new DataView(new ArrayBuffer(0));

  constructor(shape: TradeShape, stop: (why: TradeStop) => never) {
    const room = Math.max(1_024, shape.expectedRows);
    this.shape = shape;
    this.stop = stop;
    this.seen = new Fingerprints(shape.id < 0 ? 0 : room);
    this.kinds = new Uint8Array(shape.fields);
    for (const role of ['at', 'price', 'quantity', 'symbol', 'id'] as const) if (shape[role] >= 0) this.kinds[shape[role]] = meaning[role];
    this.symbol = shape.wanted === null ? null : Buffer.from(shape.wanted);
    this.at = new Float64Array(room);
    this.price = new Float64Array(room);
    this.quantity = new Float64Array(room);
  }

  /** Reads whole lines. */
  read(bytes: Buffer, from: number, to: number): void { // hot
    const { fields } = this.shape;
    const { kinds } = this;
    this.words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = from; i < to; i++) {
      const first = bytes[i]!;
      if (first === newline || (first === carriage && bytes[i + 1] === newline)) continue; // an empty line is no row
      if (this.count === this.at.length) this.grow();
      let field = 0;
      for (; ; i++, field++) {
        const kind = field < fields ? kinds[field]! : meaning.skipped;
        if (kind === meaning.skipped) this.skip(bytes, i);
        else this.field(bytes, i, kind);
        i = this.end;
        if (bytes[i] === newline) break;
      }
      if (field + 1 !== fields) this.stop({ tag: 'row', row: this.count, fields: field + 1 });
      if (this.foreign !== null) this.stop({ tag: 'symbol', row: this.count, symbol: this.foreign, wanted: this.symbol?.toString() ?? '' });
      this.count += 1;
    }
  }

  private field(bytes: Buffer, from: number, kind: number): void { // hot
    if (kind === meaning.price) this.price[this.count] = this.number(bytes, from);
    else if (kind === meaning.quantity) this.quantity[this.count] = this.number(bytes, from);
    else if (kind === meaning.at) this.at[this.count] = this.stamp(bytes, from);
    else if (kind === meaning.symbol) this.checkSymbol(bytes, from);
    else this.id(bytes, from);
  }

  /** Goes to the field's end, four bytes at a time; returns where its text ends. */
  private skip(bytes: Buffer, from: number): number { // hot
    const { delimiter } = this.shape;
    const { words } = this;
    const four = delimiter * 0x0101_0101;
    const last = bytes.length - 4;
    let i = from;
    for (; i <= last; i += 4) {
      const word = words.getInt32(i, true);
      const a = word ^ four;
      const b = word ^ newlines;
      if (((((a - ones) & ~a) | ((b - ones) & ~b)) & tops) !== 0) break; // a byte of a or b is zero
    }
    for (let byte = bytes[i]!; byte !== delimiter && byte !== newline;) byte = bytes[++i]!;
    this.end = i;
    return i > from && bytes[i - 1] === carriage ? i - 1 : i;
  }

  /** The double nearest to a decimal text; NaN when it is none. Nine digits fit a whole number of 32 bits, which is fast. */
  private number(bytes: Buffer, from: number): number { // hot
    const { delimiter } = this.shape;
    let value = 0;
    let dot = -1;
    let i = from;
    for (let byte = bytes[i]!; byte !== delimiter && byte !== newline; byte = bytes[++i]!) {
      const digit = byte - zero;
      if (digit >= 0 && digit <= 9) value = (Math.imul(value, 10) + digit) | 0;
      else if (byte === point && dot < 0) dot = i;
      else return numberOfText(bytes, from, this.skip(bytes, i));
    }
    this.end = i;
    const digits = i - from - (dot < 0 ? 0 : 1);
    if (digits <= 0 || digits > 9) return longNumber(bytes, from, i);
    return dot < 0 ? value : value / powers[i - dot - 1]!;
  }

  /** A stamp in whole ms, cut: the decimal point moves by `toMs` places and what is behind it falls away. */
  private stamp(bytes: Buffer, from: number): number { // hot
    const { delimiter, toMs } = this.shape;
    let whole = from;
    while (bytes[whole]! >= zero && bytes[whole]! <= nine) whole += 1;
    const wanted = whole - from + toMs;
    let head = 0; // nine digits at most
    let tail = 0;
    let digits = 0;
    let i = from;
    for (let byte = bytes[i]!; byte !== delimiter && byte !== newline; byte = bytes[++i]!) {
      const digit = byte - zero;
      if (digit >= 0 && digit <= 9) {
        if (digits < wanted) {
          if (digits < 9) head = (Math.imul(head, 10) + digit) | 0;
          else tail = (Math.imul(tail, 10) + digit) | 0;
          digits += 1;
        }
      } else if (byte !== point || i !== whole) return stampOfText(bytes, from, this.skip(bytes, i), toMs);
    }
    this.end = i;
    if (whole === from || wanted < 1 || wanted > 15) return stampOfText(bytes, from, i, toMs);
    for (; digits < wanted; digits++) {
      if (digits < 9) head = Math.imul(head, 10);
      else tail = Math.imul(tail, 10);
    }
    return wanted <= 9 ? head : head * powers[wanted - 9]! + tail;
  }

  private checkSymbol(bytes: Buffer, from: number): void { // hot
    const to = this.skip(bytes, from);
    const known = this.symbol ?? (this.symbol = Buffer.from(bytes.subarray(from, to)));
    let same = known.length === to - from;
    for (let i = 0; same && i < known.length; i++) same = known[i] === bytes[from + i];
    if (!same) this.foreign ??= bytes.toString('utf8', from, to);
  }

  private id(bytes: Buffer, from: number): void { // hot
    const to = this.skip(bytes, from);
    this.seen.add(this.words, from, to);
  }

  private grow(): void {
    const larger = (column: Float64Array): Float64Array => {
      const out = new Float64Array(column.length * 2);
      out.set(column);
      return out;
    };
    this.at = larger(this.at);
    this.price = larger(this.price);
    this.quantity = larger(this.quantity);
  }

  text(): TradeText {
    const { count } = this;
    return {
      rows: count, at: this.at.subarray(0, count), price: this.price.subarray(0, count), quantity: this.quantity.subarray(0, count),
      symbol: this.shape.symbol < 0 ? null : this.symbol?.toString() ?? null, repeated: this.seen.repeated(repeatedLimit),
    };
  }
}

/** Up to fifteen digits, which a double holds: bytes [from, to) are digits and at most one point. */
function longNumber(bytes: Buffer, from: number, to: number): number { // hot
  let value = 0;
  let dot = -1;
  for (let i = from; i < to; i++) {
    if (bytes[i] === point) dot = i;
    else value = value * 10 + (bytes[i]! - zero);
  }
  const digits = to - from - (dot < 0 ? 0 : 1);
  if (digits <= 0 || digits > 15) return numberOfText(bytes, from, to);
  return dot < 0 ? value : value / powers[to - dot - 1]!;
}

/** Signs, exponents, spaces and more digits than a double holds. */
function numberOfText(bytes: Buffer, from: number, to: number): number {
  const text = bytes.toString('latin1', from, to).trim();
  return /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

const stampOfText = (bytes: Buffer, from: number, to: number, toMs: number): number =>
  Math.floor(Number((numberOfText(bytes, from, to) * Number(`1e${toMs}`)).toFixed(4)));
