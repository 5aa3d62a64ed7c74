/**
 * `npm run rows`: every row of the predecessor's catalogue with the test that holds it, the area still to come that will,
 * or the reason why it is not wanted. Fails when a row is silent or a named test does not exist.
 */
import { catalogue, problemsOf } from './catalogue.ts';
import { findTest } from './answer.ts';
import type { Row } from './answer.ts';

const problems = problemsOf();
for (const [id, row] of Object.entries(catalogue)) console.log(told(id, row));
const all = Object.values(catalogue);
const count = (is: (row: Row) => boolean): number => all.filter(is).length;
console.log([
  '', `${all.length} rows: ${count((row) => row.tests.length > 0 && row.later === null)} held by tests, `
  + `${count((row) => row.tests.length > 0 && row.later !== null)} held here with a part still to come, `
  + `${count((row) => row.tests.length === 0 && row.later !== null)} still to come, ${count((row) => row.notWanted !== '')} not wanted`,
  ...problems,
].join('\n'));
process.exitCode = problems.length === 0 ? 0 : 1;

function told(id: string, { what, tests, later, notWanted }: Row): string {
  const lines = tests.map((entry) => {
    const found = findTest(entry);
    return 'name' in found ? `       test/${entry.slice(0, entry.indexOf(': '))}.test.ts: ${found.name}` : `       MISSING: ${found.problem}`;
  });
  if (later !== null) lines.push(`       still to come: ${later}`);
  if (notWanted !== '') lines.push(`       not wanted: ${notWanted}`);
  return [`${id}  ${what}`, ...lines].join('\n');
}
