import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatCase, runCases } from '../../../sim/index.ts';

const page = resolve('../shared/fill-semantics.md');

describe('the worked examples of the page', () => {
  // Left out where the reference page does not lie beside the repository; the hand-made cases prove the same rules.
  it.skipIf(!existsSync(page))('X01 to X12 give the stated fills, fees, funding and balances', () => {
    const block = /```json\n([\s\S]*?)```/.exec(readFileSync(page, 'utf8'))?.[1] ?? '[]';

    const outcomes = runCases(JSON.parse(block));

    expect(outcomes).toHaveLength(12);
    expect(outcomes.filter((outcome) => !outcome.passed).flatMap(formatCase)).toEqual([]);
  });
});
