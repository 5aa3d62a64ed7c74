/**
 * Which names of millions stand twice? Every name leaves a fingerprint of 64 bits, in a row; a bit map that fits the caches
 * says which of them may have been there before, and only those are searched for at the end. A hash table of all of them
 * would cost ten times as much. Two names may share a fingerprint (once in a million files): the caller looks at the names.
 */
export interface Fingerprints {
  /** Takes the next name: bytes [from, to). An empty one is never a repetition. */
  add(bytes: Uint8Array, from: number, to: number): void;
  /** Names like one before them, with the place of the first one, both counted from 0; at most `most`, in order. */
  repeated(most: number): readonly Repetition[];
}

export interface Repetition { readonly at: number; readonly first: number }

/** Bits of the map for each name: one name in sixteen is then searched for in vain at most. */
const bitsPerName = 16;

/** `expected` is how many names are likely to come; more find room too. */
export function fingerprints(expected: number): Fingerprints {
  let lows = new Int32Array(Math.max(1_024, expected));
  let highs = new Int32Array(lows.length);
  let map = mapFor(lows, 0, lows.length);
  let count = 0;
  const suspects: number[] = [];
  const grow = (): void => {
    const before = [lows, highs] as const;
    lows = new Int32Array(before[0].length * 2);
    highs = new Int32Array(lows.length);
    lows.set(before[0]);
    highs.set(before[1]);
    map = mapFor(lows, count, lows.length);
  };
  return {
    add(bytes, from, to) { // hot
      if (count === lows.length) grow();
      let low = 0x811c_9dc5 | 0;
      let high = 0x9e37_79b9 | 0;
      let i = from;
      for (; i + 4 <= to; i += 4) {
        const four = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
        low = Math.imul(low ^ four, 0x0100_0193);
        low ^= low >>> 15;
        high = Math.imul(high ^ four, 0x85eb_ca6b);
        high ^= high >>> 13;
      }
      for (; i < to; i++) {
        low = Math.imul(low ^ bytes[i]!, 0x0100_0193);
        high = Math.imul(high ^ bytes[i]!, 0x85eb_ca6b);
        high ^= high >>> 13;
      }
      low = Math.imul(low ^ (low >>> 16), 0x7feb_352d);
      low ^= low >>> 15;
      lows[count] = low;
      highs[count] = from === to ? 0 : high | 1; // 0 marks an empty name
      const word = (low >>> 5) & (map.length - 1);
      const bit = 1 << (low & 31);
      if ((map[word]! & bit) !== 0 && from !== to) suspects.push(count);
      map[word] = map[word]! | bit;
      count += 1;
    },
    repeated: (most) => repetitions({ lows, highs, count, suspects, most }),
  };
}

function mapFor(lows: Int32Array, count: number, names: number): Int32Array {
  const map = new Int32Array(2 ** Math.ceil(Math.log2(names * bitsPerName / 32)));
  for (let i = 0; i < count; i++) map[(lows[i]! >>> 5) & (map.length - 1)]! |= 1 << (lows[i]! & 31); // hot
  return map;
}

interface Search {
  readonly lows: Int32Array;
  readonly highs: Int32Array;
  readonly count: number;
  /** Places whose bit was set when they came. */
  readonly suspects: readonly number[];
  readonly most: number;
}

function repetitions({ lows, highs, count, suspects, most }: Search): readonly Repetition[] {
  if (suspects.length === 0) return [];
  const key = (i: number): number => (highs[i]! >>> 0) * 2_097_152 + (lows[i]! & 0x1f_ffff);
  const first = new Map<number, number>();
  for (const at of suspects) first.set(key(at), at);
  const wanted = mapFor(Int32Array.from(suspects, (at) => lows[at]!), suspects.length, Math.max(64, suspects.length));
  for (let i = 0; i < count; i++) { // hot
    if ((wanted[(lows[i]! >>> 5) & (wanted.length - 1)]! & (1 << (lows[i]! & 31))) === 0) continue;
    const known = first.get(key(i));
    if (known !== undefined && known > i) first.set(key(i), i);
  }
  const found: Repetition[] = [];
  for (const at of suspects) {
    const before = first.get(key(at)) ?? at;
    if (before < at) found.push({ at, first: before });
    if (found.length === most) break;
  }
  return found;
}
