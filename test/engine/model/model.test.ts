/**
 * Orders and protection against anything that can happen between engine and venue, in any order. The seed is fixed and
 * printed; a failure prints the shrunk list of happenings and its path, and `HOLDFAST_SEED` with `HOLDFAST_PATH` plays it again.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seed } from '../../setup/seed.ts';
import { Bench } from './bench.ts';
import { happenings } from './commands.ts';

const path = process.env['HOLDFAST_PATH'];
const runs = Number(process.env['HOLDFAST_RUNS'] ?? 800);

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
