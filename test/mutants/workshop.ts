/**
 * Tries a fault: the seed tests, bundled with one text of the engine replaced, run in this process until one fails. The
 * tests use vitest's own matchers; names are collected instead of run by vitest, which takes a hundredth of the time.
 * Property tests have the house's seed, so that a fault is found by the same example every time.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { build } from 'esbuild';
import '../setup/seed.ts';

/** One text of one file, put back to what the predecessor did. */
export interface Mutant {
  readonly bug: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly search: string;
  readonly replace: string;
}

export interface Verdict {
  /** Name of the test that failed, null when all passed. */
  readonly foundBy: string | null;
  readonly tests: number;
  readonly ms: number;
}

/** A test that takes longer does not end. */
const limitMs = 5_000;
const root = resolve(import.meta.dirname, '../..');
const requireHere = createRequire(join(root, 'package.json'));

interface Collected { readonly name: string; readonly run: () => unknown }

export interface Workshop {
  readonly tryOut: (mutant: Mutant) => Promise<Verdict>;
}

/** A workshop over these test files, paths from the root. */
export async function openWorkshop(tests: readonly string[]): Promise<Workshop> {
  const expect = await matchers();
  let collected: Collected[] = [];
  const shim = shimOf(expect, (test) => collected.push(test));
  const provide = (name: string): unknown => (name === 'vitest' ? shim : requireHere(name));
  return {
    async tryOut(mutant) {
      const started = performance.now();
      const bundle = await bundled(tests, mutant);
      collected = [];
      let ran = 0;
      const verdict = (foundBy: string | null): Verdict => ({ foundBy, tests: ran, ms: performance.now() - started });
      try {
        const module = { exports: {} };
        const main = new Script(`(function (require, module, exports) {${bundle}\n})`, { filename: 'bundle.cjs' }).runInThisContext() as (...of: unknown[]) => void;
        main(provide, module, module.exports);
      } catch {
        return verdict('no test: the sources cannot be loaded');
      }
      if (collected.length === 0) throw new Error('no test was collected');
      for (const { name, run } of collected) {
        ran += 1;
        if (isFailing(run)) return verdict(name);
      }
      return verdict(null);
    },
  };
}

/** The sources' text with the fault in it. Throws when the searched text does not stand there exactly once. */
export function planted(mutant: Mutant): string {
  const text = readFileSync(join(root, mutant.file), 'utf8');
  const parts = text.split(mutant.search);
  if (parts.length !== 2) throw new Error(`'${mutant.bug}': the text must stand once in ${mutant.file}, was ${parts.length - 1} times: ${mutant.search}`);
  return parts.join(mutant.replace);
}

async function bundled(tests: readonly string[], mutant: Mutant): Promise<string> {
  const path = join(root, mutant.file);
  const contents = planted(mutant);
  const { outputFiles } = await build({
    stdin: { contents: tests.map((test) => `import './${test}';`).join('\n'), resolveDir: root, loader: 'ts' },
    bundle: true, write: false, format: 'cjs', platform: 'node', target: 'node20', logLevel: 'silent', packages: 'external',
    plugins: [{
      name: 'fault',
      setup: ({ onLoad }) => onLoad({ filter: /\.ts$/ }, (file) => (file.path === path ? { contents, loader: 'ts' } : null)),
    }],
  });
  return outputFiles[0]!.text;
}

/** Vitest's matchers, from the packages that vitest itself brings. */
async function matchers(): Promise<unknown> {
  const requireVitest = createRequire(requireHere.resolve('vitest'));
  const load = async (name: string): Promise<Record<string, unknown>> => import(pathToFileURL(requireVitest.resolve(name)).href) as Promise<Record<string, unknown>>;
  const [made, chai] = await Promise.all([load('@vitest/expect'), load('chai')]) as unknown as [
    Readonly<Record<'JestExtend' | 'JestChaiExpect' | 'JestAsymmetricMatchers', unknown>> & { setState: (state: object, of: unknown) => void; GLOBAL_EXPECT: symbol },
    { use: (plugin: unknown) => void; expect: (value: unknown, message?: string) => unknown },
  ];
  for (const plugin of [made.JestExtend, made.JestChaiExpect, made.JestAsymmetricMatchers]) chai.use(plugin);
  const expect = Object.assign((value: unknown, message?: string) => chai.expect(value, message), chai.expect);
  Object.assign(globalThis, { [made.GLOBAL_EXPECT]: expect });
  made.setState({ assertionCalls: 0, isExpectingAssertions: false, isExpectingAssertionsError: null, expectedAssertionsNumber: null }, expect);
  return expect;
}

/** What the tests import from vitest. A left-out or expected failure is not run. */
function shimOf(expect: unknown, collect: (test: Collected) => void): Readonly<Record<string, unknown>> {
  const above: string[] = [];
  const it = (name: string, run: () => unknown): void => collect({ name: [...above, name].join(' > '), run });
  const none = (): void => undefined;
  const each = (rows: readonly unknown[]) => (name: string, run: (...row: unknown[]) => unknown): void => {
    for (const row of rows) it(name, () => run(...(Array.isArray(row) ? row as unknown[] : [row])));
  };
  const describe = (name: string, body: () => void): void => {
    above.push(name);
    body();
    above.pop();
  };
  return { expect, describe, it: Object.assign(it, { each, fails: none, skipIf: (isLeftOut: boolean) => (isLeftOut ? none : it) }) };
}

/** A test that runs in circles is stopped; one that waits for something is none of ours. */
function isFailing(run: () => unknown): boolean {
  Object.assign(globalThis, { testUnderWay: run });
  try {
    const answer: unknown = new Script('globalThis.testUnderWay()').runInThisContext({ timeout: limitMs });
    if (answer instanceof Promise) throw new TypeError('a test that judges faults must not wait');
    return false;
  } catch (problem) {
    if (problem instanceof TypeError && problem.message.startsWith('a test that')) throw problem;
    return true;
  }
}
