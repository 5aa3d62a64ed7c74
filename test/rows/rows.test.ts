/** The table of the predecessor's rows: complete, never silent, and every named test is there. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { held, later, namesOf } from './answer.ts';
import { catalogue, numbers, problemsOf } from './catalogue.ts';

const page = resolve('../shared/lifecycle.md');

describe(`the ${numbers.length} rows of the predecessor's catalogue`, () => {
  it('are 126, each held by a test that exists, by an area to come, or not wanted for a reason', () => {
    expect(problemsOf()).toEqual([]);
    expect(Object.keys(catalogue)).toHaveLength(126);
  });

  it('not wanted says why in one line of at least four words', () => {
    const reasons = Object.values(catalogue).map(({ notWanted }) => notWanted).filter((why) => why !== '');

    expect(reasons.filter((why) => why.includes('\n') || why.split(' ').length < 4)).toEqual([]);
    expect(reasons.length).toBeLessThan(15);
  });

  it('a missing row, an unknown one, a silent one, a lost test and a lost file are each told', () => {
    const { 'S-01': _, ...without } = catalogue;

    expect(problemsOf(without)).toEqual(['S-01 is not in the table']);
    expect(problemsOf({ ...catalogue, 'S-99': later('x', 'operations') })).toEqual(['S-99 is no row of the catalogue']);
    expect(problemsOf({ ...catalogue, 'S-02': held('x') })).toEqual(['S-02 is silent']);
    expect(problemsOf({ ...catalogue, 'S-02': held('x', 'seed/incident: never written') })).toEqual(["S-02: no test 'never written' in test/seed/incident.test.ts"]);
    expect(problemsOf({ ...catalogue, 'S-02': held('x', 'seed/nowhere: at all') })).toEqual(['S-02: no file test/seed/nowhere.test.ts']);
  });

  it('names are read from plain, quoted, tabled and left-out tests', () => {
    const text = ["it('a \\'b\\' c', () => {", "it.each([[1]])('d %d', (n) => {", 'it(`e ${f}`, () => {', "it.skipIf(true)('g', () => {", "edit('h')"].join('\n');

    expect(namesOf(text)).toEqual(["a 'b' c", 'd %d', 'e ${f}', 'g']);
  });

  it.skipIf(!existsSync(page))('every row that the page shows is in the table, and the table has no other', () => {
    const shown = [...readFileSync(page, 'utf8').matchAll(/^\| ([SR]-\d\d) \|/gm)].map((match) => match[1]!);

    expect(shown.length).toBeGreaterThan(100);
    expect([...new Set(shown)].toSorted()).toEqual([...numbers].toSorted());
  });
});
