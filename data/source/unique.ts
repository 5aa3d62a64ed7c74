/**
 * Which names of millions stand twice? Every name leaves a fingerprint of 53 bits in one flat column, which is sorted at the
 * end: neighbours that are equal stand twice. A hash table would miss the caches at every name and cost several times as much.
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

/** The fingerprints that occur twice, each with the place -1: not found yet. */
function firstPlaces(prints: Float64Array): Map<number, number> {
  const sorted = prints.slice().sort();
  const twice = new Map<number, number>();
  for (let i = 1; i < sorted.length; i++) if (sorted[i] === sorted[i - 1]) twice.set(sorted[i]!, -1); // hot
  return twice;
}
