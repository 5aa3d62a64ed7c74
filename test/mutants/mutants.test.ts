/**
 * The list of planted bugs keeps fitting the engine, a sample of it is found, and a change that changes nothing is not.
 * All of them: `npm run mutants`.
 */
import { describe, expect, it } from 'vitest';
import { judges } from './judges.ts';
import { canary, mutants } from './mutants.ts';
import { openWorkshop, planted } from './workshop.ts';

const sample = ['"not modified" is a failure', 'an exit is not reduce-only', 'a cancelled order means flat', 'a restart forgets the halt', 'a recovered position has its entry price for a stop'];

describe(`${mutants.length} planted bugs`, () => {
  it('are at least 25, each named once, each a text that stands once in its file and is changed', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(25);
    expect(new Set(mutants.map(({ bug }) => bug)).size).toBe(mutants.length);
    for (const mutant of mutants) expect(planted(mutant)).toContain(mutant.replace);
    for (const { search, replace } of mutants) expect(replace).not.toBe(search);
  });

  it('a text that stands twice, or nowhere, is refused by the name of its bug', () => {
    const wrong = { bug: 'never', file: 'engine/step.ts', replace: '' };

    expect(() => planted({ ...wrong, search: 'takeHeader(state' })).toThrow("'never': the text must stand once in engine/step.ts, was");
    expect(() => planted({ ...wrong, search: 'nowhere to be seen' })).toThrow('was 0 times');
  });

  it('five of them are found by the seed tests, each by a named one, and the canary by none', async () => {
    const workshop = await openWorkshop(judges());
    const verdicts: [string, boolean][] = [];
    for (const mutant of [canary, ...mutants.filter(({ bug }) => sample.includes(bug))]) {
      const { foundBy } = await workshop.tryOut(mutant);
      verdicts.push([mutant.bug, foundBy !== null && !foundBy.startsWith('no test')]);
    }

    expect(verdicts[0]).toEqual([canary.bug, false]);
    expect(verdicts.slice(1).map(([, isFound]) => isFound)).toEqual(sample.map(() => true));
  });
});
