/**
 * Chance without a generator: a number follows from the seed and the object it is about, never from how many numbers were
 * drawn before. So a fault that is taken out moves neither the market nor any other fault.
 */

/** Streams that never share a number: whether something happens, and how long or how much of it. */
export const streams = { faults: 3, venue: 2 } as const;

const twoPow32 = 4_294_967_296;

function stir(hash: number, word: number): number {
  let part = Math.imul(word, 0xcc9e2d51);
  part = (part << 15) | (part >>> 17);
  const mixed = hash ^ Math.imul(part, 0x1b873593);
  const turned = (mixed << 13) | (mixed >>> 19);
  return (Math.imul(turned, 5) + 0xe6546b64) | 0;
}

/** A number in [0, 1) for these words; whole numbers up to 2^53, negative ones too. The last shift is unsigned. */
export function chanceOf(seed: number, stream: number, words: readonly number[]): number {
  let hash = stir(stir(0x2545f491, stream), seed | 0);
  for (const word of words) hash = stir(stir(hash, word | 0), Math.floor(word / twoPow32) | 0);
  hash ^= words.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / twoPow32;
}
