/**
 * `npm run mutants`: puts every listed bug back into the engine, one at a time, and says which test finds it. Ends with
 * `25 of 25 found` for whatever their number is, and fails when one is not, or when the canary is.
 */
import { constants, setPriority } from 'node:os';
import { canary, mutants } from './mutants.ts';
import { judges } from './judges.ts';
import { openWorkshop, planted } from './workshop.ts';
import type { Mutant } from './workshop.ts';

setPriority(constants.priority.PRIORITY_LOW);
const started = performance.now();
const words = process.argv.slice(2);
const chosen = mutants.filter(({ bug }) => words.every((word) => bug.includes(word)));
const workshop = await openWorkshop(judges());
const alone = await workshop.tryOut(canary);
console.log(`${canary.bug}: ${alone.foundBy === null ? `not found, as it should be, by ${alone.tests} tests` : `FOUND by ${alone.foundBy}`}\n`);
let found = 0;
for (const mutant of chosen) {
  const misfit = misfitOf(mutant);
  if (misfit !== null) {
    console.log(`DOES NOT FIT  ${misfit}`);
    continue;
  }
  const { foundBy, ms } = await workshop.tryOut(mutant);
  if (foundBy !== null) found += 1;
  console.log(`${foundBy === null ? 'NOT FOUND' : 'found'}  ${mutant.bug} (${mutant.file}, ${Math.round(ms)} ms)${foundBy === null ? '' : `\n       by ${foundBy}`}`);
}
console.log(`\n${found} of ${chosen.length} found in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
process.exitCode = found === chosen.length && chosen.length > 0 && alone.foundBy === null ? 0 : 1;

/** The engine was rewritten and the bug's text with it; null = it fits. */
function misfitOf(mutant: Mutant): string | null {
  try {
    planted(mutant);
    return null;
  } catch (problem) {
    return (problem as Error).message;
  }
}
