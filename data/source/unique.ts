/**
 * Which names of millions stand twice? Every name leaves a fingerprint of 64 bits in two flat columns. At the end they are
 * parted by their first bits, and each part is looked through in a table that fits the caches: one table of all would miss
 * them at every name and cost several times as much. Two names may share a fingerprint (once in a million files of a million
 * names): the caller looks at the names.
 */
export interface Repetition { readonly at: number; readonly first: number }

/** Owner of the fingerprints. */
export class Fingerprints {
  private lows: Int32Array;
  /** 0 marks an empty name. */
  private highs: Int32Array;
  private count = 0;

  /** `expected` is how many names are likely to come; more find room too. */
  constructor(expected: number) {
    this.lows = new Int32Array(Math.max(1_024, expected));
    this.highs = new Int32Array(this.lows.length);
  }

  /** Takes the next name: bytes [from, to). An empty one is never a repetition. */
  add(bytes: DataView, from: number, to: number): void { // hot
    let low = 0x011c_9dc5;
    let high = 0x1e37_79b9;
    let i = from;
    for (; i + 4 <= to; i += 4) {
      const four = bytes.getInt32(i, true);
      low = Math.imul(low ^ four, 0x0100_0193);
      low ^= low >>> 15;
      high = Math.imul(high ^ four, 0x05eb_ca6b);
      high ^= high >>> 13;
    }
    for (; i < to; i++) {
      low = Math.imul(low ^ bytes.getUint8(i), 0x0100_0193);
      high = Math.imul(high ^ bytes.getUint8(i), 0x05eb_ca6b);
      high ^= high >>> 13;
    }
    if (this.count === this.lows.length) this.grow();
    this.lows[this.count] = Math.imul(low ^ (low >>> 16), 0x7feb_352d);
    this.highs[this.count] = from === to ? 0 : high | 1;
    this.count += 1;
  }

  private grow(): void {
    const larger = (column: Int32Array): Int32Array => {
      const out = new Int32Array(column.length * 2);
      out.set(column);
      return out;
    };
    this.lows = larger(this.lows);
    this.highs = larger(this.highs);
  }

  /** Names like one before them, with the place of the first one, both counted from 0; at most `most`, in order. */
  repeated(most: number): readonly Repetition[] {
    const lows = this.lows.subarray(0, this.count);
    const highs = this.highs.subarray(0, this.count);
    const twice = twiceIn(lows, highs);
    const found: Repetition[] = [];
    if (twice.size === 0) return found;
    const firsts = new Map<string, number>();
    for (let at = 0; at < lows.length && found.length < most; at++) {
      if (!twice.has(lows[at]!) || highs[at] === 0) continue;
      const key = `${lows[at]} ${highs[at]}`;
      const first = firsts.get(key);
      if (first === undefined) firsts.set(key, at);
      else found.push({ at, first });
    }
    return found;
  }
}

const partBits = 9;
const parts = 1 << partBits;
const shift = 32 - partBits;

/** Low halves of the fingerprints that occur twice. */
function twiceIn(lows: Int32Array, highs: Int32Array): ReadonlySet<number> {
  const next = new Int32Array(parts + 1);
  for (let i = 0; i < lows.length; i++) next[(lows[i]! >>> shift) + 1]! += 1; // hot
  let largest = 0;
  for (let k = 0; k < parts; k++) {
    largest = Math.max(largest, next[k + 1]!);
    next[k + 1]! += next[k]!;
  }
  const partLows = new Int32Array(lows.length);
  const partHighs = new Int32Array(lows.length);
  for (let i = 0; i < lows.length; i++) { // hot
    const part = lows[i]! >>> shift;
    const at = next[part]!;
    partLows[at] = lows[i]!;
    partHighs[at] = highs[i]!;
    next[part] = at + 1;
  }
  const table = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(2, largest * 2))));
  const twice = new Set<number>();
  for (let k = 0; k < parts; k++) notePart({ lows: partLows, highs: partHighs, from: k === 0 ? 0 : next[k - 1]!, to: next[k]!, table, twice });
  return twice;
}

interface Part {
  readonly lows: Int32Array; readonly highs: Int32Array; readonly from: number; readonly to: number;
  /** Place + 1 of a fingerprint, 0 = free; as long as any part needs. */
  readonly table: Int32Array; readonly twice: Set<number>;
}

/** Open addressing in a table that stays in the caches. */
function notePart({ lows, highs, from, to, table, twice }: Part): void {
  const mask = table.length - 1;
  table.fill(0);
  for (let i = from; i < to; i++) { // hot
    const low = lows[i]!;
    const high = highs[i]!;
    if (high === 0) continue;
    let slot = low & mask;
    let there = table[slot]!;
    while (there !== 0 && (lows[there - 1]! !== low || highs[there - 1]! !== high)) {
      slot = (slot + 1) & mask;
      there = table[slot]!;
    }
    if (there === 0) table[slot] = i + 1;
    else twice.add(low);
  }
}
