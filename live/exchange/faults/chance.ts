/** Random numbers of a plan: one seed, one sequence per rule, so that a rule's draws do not depend on its neighbours. */

/** Numbers from 0 (included) to 1 (excluded). Source: Mulberry32, public domain. */
export function drawsOf(seed: number, place: number): () => number {
  let state = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(place + 1, 0x85ebca6b)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** In a random order. Source: Fisher and Yates. */
export function shuffled<T>(items: readonly T[], draw: () => number): readonly T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const other = Math.floor(draw() * (i + 1));
    const kept = order[i]!;
    order[i] = order[other]!;
    order[other] = kept;
  }
  return order;
}

/** A time with this median; one of a hundred is `mostMs` or longer. */
export function drawLatencyMs(halfMs: number, mostMs: number, draw: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  return Math.round(halfMs * (mostMs / halfMs) ** (normal / 2.326));
}
