import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { casesIn, formatCase, runCases } from '../../../sim/index.ts';

const page = resolve('../shared/fill-semantics.md');
const sample: unknown = JSON.parse(readFileSync(resolve('cli/pages/fill-cases.json'), 'utf8'));

describe('the worked examples, cli/pages/fill-cases.json', () => {
  it('X01 to X12 give the stated fills, fees, funding and balances', () => {
    const outcomes = runCases(sample);

    expect(outcomes).toHaveLength(12);
    expect(outcomes.filter((outcome) => !outcome.passed).flatMap(formatCase)).toEqual([]);
  });

  // Left out where the reference page does not lie beside the repository.
  it.skipIf(!existsSync(page))('are those of the page of rules, number by number', () => {
    const block = /```json\n([\s\S]*?)```/.exec(readFileSync(page, 'utf8'))?.[1] ?? '[]';

    expect(casesIn(sample)).toEqual(JSON.parse(block));
  });
});
