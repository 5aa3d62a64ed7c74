/**
 * The seeded walk of W1: mulberry32 with seed 42, from 50,000.0 with tick 0.1, 60 % a year with slow clusters
 * of volatility and 0.1 % shock bars, four steps inside each bar. Small sets are prefixes of large ones.
 */

/** Six columns one after the other: time (ms), open, high, low, close (quote), volume (base). */
export function w1Columns(bars: number, seed = 42): Float64Array<ArrayBuffer> {
  const uniform = mulberry32(seed);
  const normal = polarNormal(uniform);
  const out = new Float64Array(bars * 6);
  const start = Date.UTC(2020, 0, 1);
  const barSigma = 0.6 / Math.sqrt(525_600);
  let ticks = 500_000;
  let logVolatility = 0;
  for (let i = 0; i < bars; i++) {
    logVolatility = 0.999 * logVolatility + 0.02 * normal();
    const sigma = barSigma * Math.exp(logVolatility) * (uniform() < 0.001 ? 5 : 1);
    const open = ticks;
    let high = open;
    let low = open;
    for (let step = 0; step < 4; step++) {
      // A weak pull towards the start keeps five years in range.
      const drift = -2e-8 * Math.log(ticks / 500_000);
      ticks = Math.max(1_000, Math.round(ticks * Math.exp(drift + sigma * 0.5 * normal())));
      // Comparisons, not Math.max beside Math.min: node 20.20.2 compiles that pair to a low of 0 in a running loop.
      if (ticks > high) high = ticks;
      if (ticks < low) low = ticks;
    }
    out[i] = start + i * 60_000;
    out[bars + i] = open / 10;
    out[2 * bars + i] = high / 10;
    out[3 * bars + i] = low / 10;
    out[4 * bars + i] = ticks / 10;
    out[5 * bars + i] = Math.round(1_000 * Math.exp(logVolatility + 0.5 * normal())) / 1_000;
  }
  return out;
}

function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Marsaglia's polar method; every second number is the spare of the first. */
function polarNormal(uniform: () => number): () => number {
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const r = u * u + v * v;
      if (r === 0 || r >= 1) continue;
      const m = Math.sqrt((-2 * Math.log(r)) / r);
      spare = v * m;
      return u * m;
    }
  };
}
