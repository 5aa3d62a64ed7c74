/** What became of one row of the predecessor's catalogue, and how the named tests are found in their files. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Parts of the house that are still to come and will hold a row. */
export type Area = 'live wire' | 'operations' | 'analysis';

export interface Row {
  /** The row in a few words. */
  readonly what: string;
  /** `file: beginning of the test's name`; the file from `test/`, without its ending. */
  readonly tests: readonly string[];
  /** Where the rest of it, or all of it, will be held. */
  readonly later: Area | null;
  /** Why it is not wanted, in one line; '' = it is. */
  readonly notWanted: string;
}

export const held = (what: string, ...tests: string[]): Row => ({ what, tests, later: null, notWanted: '' });
/** Held here as far as the engine goes; its other half belongs to an area still to come. */
export const heldAndLater = (what: string, later: Area, ...tests: string[]): Row => ({ what, tests, later, notWanted: '' });
export const later = (what: string, area: Area): Row => ({ what, tests: [], later: area, notWanted: '' });
export const notWanted = (what: string, why: string): Row => ({ what, tests: [], later: null, notWanted: why });

const folder = resolve(import.meta.dirname, '..');
const read = new Map<string, readonly string[] | null>();

/** Names of the tests that a file writes out; null = there is no such file. */
export function namesIn(file: string): readonly string[] | null {
  let names = read.get(file);
  if (names === undefined) {
    const path = resolve(folder, `${file}.test.ts`);
    names = existsSync(path) ? namesOf(readFileSync(path, 'utf8')) : null;
    read.set(file, names);
  }
  return names;
}

/** First arguments of `it(`, and of what `it.each(...)` and `it.skipIf(...)` return. */
export function namesOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:\bit|\))\(\s*(['"`])((?:\\.|(?!\1)[^\\])+)\1/g)].map((match) => match[2]!.replaceAll(/\\(['"`])/g, '$1'));
}

/** The whole name of a row's test, or what is wrong with the entry. */
export function findTest(entry: string): { readonly name: string } | { readonly problem: string } {
  const colon = entry.indexOf(': ');
  const [file, begin] = [entry.slice(0, colon), entry.slice(colon + 2)];
  const names = namesIn(file);
  if (colon < 0 || names === null) return { problem: `no file test/${file}.test.ts` };
  const name = names.find((one) => one.startsWith(begin));
  return name === undefined ? { problem: `no test '${begin}' in test/${file}.test.ts` } : { name };
}
