/** The test files that judge faults: quick ones, in the order in which they are asked. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';

export function judges(): readonly string[] {
  return readdirSync(resolve(import.meta.dirname, '../seed')).filter((name) => name.endsWith('.test.ts')).toSorted().map((name) => `test/seed/${name}`);
}
