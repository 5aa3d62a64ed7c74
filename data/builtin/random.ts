/** Seeded chance for made-up markets: mulberry32. Arithmetic only, so every machine draws the same numbers. */

export interface Chance {
  /** Uniform in [0, 1). */
  readonly uniform: () => number;
  /** Mean 0, deviation 1, within +-3.5: the centred sum of four uniforms. No logarithm, whose last bit may differ. */
  readonly bell: () => number;
}

export function uniformFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function chanceFrom(seed: number): Chance {
  const uniform = uniformFrom(seed);
  const scale = Math.sqrt(3);
  return { uniform, bell: () => (uniform() + uniform() + uniform() + uniform() - 2) * scale };
}
