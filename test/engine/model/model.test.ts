/**
 * Orders and protection against anything that can happen between engine and venue, in any order. The seed is fixed and
 * printed; a failure prints the shrunk list of happenings and its path, which `MODEL_SEED` and `MODEL_PATH` play again.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { happenings } from './commands.ts';

const seed = Number(process.env['MODEL_SEED'] ?? 20_240_611);
const path = process.env['MODEL_PATH'];
const runs = Number(process.env['MODEL_RUNS'] ?? 1_500);

describe(`the engine against a model of its venue, seed ${seed}`, () => {
  it(`keeps L3 to L8 and the invariants of an auditor over ${runs} lists of up to 60 happenings, and agrees with the venue once all is said`, () => {
    let played = 0;

    fc.assert(fc.property(fc.commands([...happenings], { maxCommands: 60, size: 'max' }), (list) => {
      const bench = new Bench();
      fc.modelRun(() => ({ model: {}, real: bench }), list);
      bench.settle();
      played += 1;
    }), { seed, numRuns: runs, ...(path === undefined ? {} : { path }) });

    expect(played).toBeGreaterThanOrEqual(path === undefined ? runs : 1);
  });
});
