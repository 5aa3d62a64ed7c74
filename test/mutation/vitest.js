/** What the bundled tests use of vitest: its own matchers, and names collected instead of run. */
import { JestAsymmetricMatchers, JestChaiExpect, JestExtend, setState, GLOBAL_EXPECT } from '@vitest/expect';
import * as chai from 'chai';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

export const expect = (value, message) => chai.expect(value, message);
Object.assign(expect, chai.expect);
globalThis[GLOBAL_EXPECT] = expect;
setState({ assertionCalls: 0, isExpectingAssertions: false, isExpectingAssertionsError: null, expectedAssertionsNumber: null }, expect);

/** What a type is, the compiler says; here it is anything. */
export const expectTypeOf = () => anything;
const anything = new Proxy(() => anything, { get: () => anything });

const names = [];
const nameOf = (name) => [...names, name].join(' ');

export function describe(name, body) {
  names.push(name);
  body();
  names.pop();
}

describe.each = (rows) => (name, body) => {
  for (const row of rows) describe(name, () => body(...(Array.isArray(row) ? row : [row])));
};

/** A test of a name that is there already gets a number: every row of a table is its own test. */
export function it(name, run) {
  const tests = globalThis.collectedTests;
  const full = nameOf(name);
  const twins = tests.filter((test) => test.full === full).length;
  tests.push({ full, name: twins === 0 ? full : `${full} (${twins + 1})`, run });
}

it.skipIf = (isLeftOut) => (isLeftOut ? () => undefined : it);
it.each = (rows) => (name, run) => {
  const areLists = rows.every((row) => Array.isArray(row));
  for (const row of rows) it(name, () => run(...(areLists ? row : [row])));
};
