/** All rows in their order, and what is wrong with the table. */
import { findTest } from './answer.ts';
import type { Row } from './answer.ts';
import { restRows } from './rest-rows.ts';
import { seedRows } from './seed-rows.ts';

export const catalogue: Readonly<Record<string, Row>> = { ...seedRows, ...restRows };

/** Numbers that the catalogue of the predecessor has: 54 of those who ran it, 72 of the rest of it, with holes. */
const blocks: readonly (readonly [letter: string, from: number, to: number])[] = [
  ['S', 1, 54], ['R', 1, 35], ['R', 40, 54], ['R', 60, 66], ['R', 70, 84],
];
export const numbers: readonly string[] = blocks.flatMap(([letter, from, to]) => (
  Array.from({ length: to - from + 1 }, (_, i) => `${letter}-${String(from + i).padStart(2, '0')}`)
));

/** One line for every row that is missing, silent or unknown, and for every test that does not exist. */
export function problemsOf(rows: Readonly<Record<string, Row>> = catalogue): readonly string[] {
  const missing = numbers.filter((id) => rows[id] === undefined).map((id) => `${id} is not in the table`);
  const unknown = Object.keys(rows).filter((id) => !numbers.includes(id)).map((id) => `${id} is no row of the catalogue`);
  const silent = Object.entries(rows).filter(([, row]) => row.tests.length === 0 && row.later === null && row.notWanted === '');
  const lost = Object.entries(rows).flatMap(([id, { tests }]) => tests.flatMap((entry) => {
    const found = findTest(entry);
    return 'problem' in found ? [`${id}: ${found.problem}`] : [];
  }));
  return [...missing, ...unknown, ...silent.map(([id]) => `${id} is silent`), ...lost];
}
