/**
 * Which names of millions stand twice? Every name leaves a fingerprint of 53 bits in one flat column. At the end
 * they are parted by their first bits, and each part is looked through in a table that fits the caches: one table of all
 * would miss them at every name and cost several times as much.
 * Two names may share a fingerprint (once in a thousand files of a million names): the caller looks at the names.
 */
export interface Repetition { readonly at: number; readonly first: number }

/** Owner of the fingerprints. */
export class Fingerprints {
  private prints: Float64Array;
  private count = 0;

  /** `expected` is how many names are likely to come; more find room too. */
  constructor(expected: number) {
    this.prints = new Float64Array(Math.max(1_024, expected));
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
    if (this.count === this.prints.length) this.grow();
    this.prints[this.count] = from === to ? -1 - this.count : (low >>> 0) * 2_097_152 + (high & 0x1f_ffff);
    this.count += 1;
  }

  private grow(): void {
    const larger = new Float64Array(this.prints.length * 2);
    larger.set(this.prints);
    this.prints = larger;
  }

  /** Names like one before them, with the place of the first one, both counted from 0; at most `most`, in order. */
  repeated(most: number): readonly Repetition[] {
    const prints = this.prints.subarray(0, this.count);
    const firsts = firstPlaces(prints);
    const found: Repetition[] = [];
    if (firsts.size === 0) return found;
    for (let at = 0; at < prints.length && found.length < most; at++) {
      const first = firsts.get(prints[at]!);
      if (first === undefined) continue;
      if (first < 0) firsts.set(prints[at]!, at);
      else found.push({ at, first });
    }
    return found;
  }
}

const partBits = 9;

/** The fingerprints that occur twice, each with the place -1: not found yet. */
function firstPlaces(prints: Float64Array): Map<number, number> {
  const parts = 1 << partBits;
  const partOf = (print: number): number => (print < 0 ? 0 : Math.floor(print / 2 ** (53 - partBits)));
  const starts = new Int32Array(parts + 1);
  for (let i = 0; i < prints.length; i++) starts[partOf(prints[i]!) + 1]! += 1; // hot
  for (let k = 0; k < parts; k++) starts[k + 1]! += starts[k]!;
  const next = starts.slice();
  const sorted = new Float64Array(prints.length);
  for (let i = 0; i < prints.length; i++) sorted[next[partOf(prints[i]!)]!++] = prints[i]!; // hot
  const twice = new Map<number, number>();
  for (let k = 0; k < parts; k++) noteTwice(sorted.subarray(starts[k], starts[k + 1]), twice);
  return twice;
}

/** Open addressing in a table that stays in the caches. */
function noteTwice(prints: Float64Array, twice: Map<number, number>): void {
  const size = 2 ** Math.ceil(Math.log2(Math.max(2, prints.length * 2)));
  const table = new Float64Array(size).fill(Number.NaN);
  for (let i = 0; i < prints.length; i++) { // hot
    const print = prints[i]!;
    let slot = print % size;
    if (slot < 0) continue; // an empty name
    for (let there = table[slot]!; there === there; there = table[slot]!) { // until a slot that holds no number
      if (there === print) { twice.set(print, -1); break; }
      slot = slot + 1 === size ? 0 : slot + 1;
    }
    table[slot] = print;
  }
}
