/**
 * Stryker's hands: runs the bundled tests in its own process. One run calls the compiled bundle anew, so that module
 * state and constants are those of the mutant, and takes a thousandth of what starting a test runner does. The bundle
 * is made when the process starts, from the sources with all mutants planted. The first failure ends the run of a mutant:
 * the tests that were quickest without a fault go first.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { buildSync } from 'esbuild';

const stage = process.cwd();
/** Stands for a failure message. */
const endless = 'endless';
const requireHere = createRequire(join(stage, 'all.js'));

function compile() {
  const { outputFiles } = buildSync({
    entryPoints: ['all.test.ts'], bundle: true, write: false, format: 'cjs', platform: 'node', target: 'node20', logLevel: 'error',
    external: ['zod', 'technicalindicators', '@vitest/expect', 'chai'],
    alias: {
      holdfast: './engine/index.ts', 'holdfast/sim': './sim/index.ts', vitest: join(stage, 'vitest.js'), 'fast-check': join(stage, 'property.js'),
      'fast-check-itself': join(stage, 'node_modules/fast-check/lib/fast-check.js'),
    },
  });
  return new Script(`(function (require, module, exports) {'use strict';${outputFiles[0].text}\n})`, { filename: 'bundle.js' }).runInThisContext();
}

/** Where the planted mutants look for the one that is active. */
function spaceOf() {
  globalThis.__stryker__ ??= {};
  return globalThis.__stryker__;
}

class BundleRunner {
  static inject = [];

  #bundle = null;
  /** By name: how long a test took without a fault. Ms. */
  #times = null;
  #space = spaceOf();

  capabilities() { return { reloadEnvironment: true }; }

  async init() { this.#bundle = compile(); }

  /** Evaluates the bundle and returns its tests, in the order in which they stand, without those that this part leaves out. */
  #collect() {
    const tests = [];
    globalThis.collectedTests = tests;
    const module = { exports: {} };
    this.#bundle(requireHere, module, module.exports);
    return tests.filter(({ name }) => !leavesOut.test(name));
  }

  /** A test that fails without a fault says nothing of one: it is named by `run.ts` and not asked again. */
  async dryRun() {
    const space = this.#space;
    space.activeMutant = undefined;
    space.currentTestId = undefined;
    const tests = [];
    const failing = [];
    for (const { name, run } of this.#collect()) {
      space.currentTestId = name;
      const started = performance.now();
      const failureMessage = failureOf(run);
      if (failureMessage === null) tests.push({ id: name, name, timeSpentMs: performance.now() - started, status: 0 });
      else failing.push(`${name}: ${failureMessage}`);
      space.currentTestId = undefined;
    }
    writeFileSync(join(stage, 'failing.txt'), failing.join('\n'));
    writeFileSync(timesFile, JSON.stringify(Object.fromEntries(tests.map(({ name, timeSpentMs }) => [name, timeSpentMs]))));
    return { status: 'complete', tests, mutantCoverage: space.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit }) {
    const space = this.#space;
    space.activeMutant = activeMutant.id;
    space.hitCount = 0;
    space.hitLimit = hitLimit;
    const wanted = testFilter === undefined ? null : new Set(testFilter);
    let nrOfTests = 0;
    let tests;
    try {
      tests = this.#collect();
    } catch (problem) {
      return { status: 'killed', killedBy: testFilter ?? [], failureMessage: String(problem), nrOfTests };
    }
    this.#times ??= JSON.parse(readFileSync(timesFile, 'utf8'));
    tests.sort((a, b) => this.#times[a.name] - this.#times[b.name]);
    for (const { name, run } of tests) {
      if (!(name in this.#times) || (wanted !== null && !wanted.has(name))) continue;
      nrOfTests++;
      const failureMessage = failureOf(run);
      if (failureMessage === endless) return { status: 'timeout', reason: `no end within ${limitMs} ms` };
      if (hitLimit !== undefined && space.hitCount > hitLimit) return { status: 'timeout', reason: 'hit limit reached' };
      if (failureMessage !== null) return { status: 'killed', killedBy: [name], failureMessage, nrOfTests };
    }
    return { status: 'survived', nrOfTests };
  }
}

/** A mutant that runs in circles is stopped after this time; ending the process would cost a new bundle. */
const { limitMs, leavesOut: leftOut } = JSON.parse(readFileSync(join(stage, 'part.json'), 'utf8'));
const leavesOut = new RegExp(leftOut);
const timesFile = join(stage, 'times.json');
const call = new Script('globalThis.testUnderWay()', { filename: 'call.js' });

/** Message of a failing test, null of a passing one, 'endless' of one that does not end. */
function failureOf(run) {
  globalThis.testUnderWay = run;
  try {
    call.runInThisContext({ timeout: limitMs });
    return null;
  } catch (problem) {
    return problem?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? endless : String(problem?.message ?? problem).slice(0, 500);
  }
}

/** Prose for the documentation is not tried: nothing follows from it. */
const prose = {
  shouldIgnore: (path) => (path.isVariableDeclarator() && path.node.id.name === 'seedings' ? 'prose for the documentation' : undefined),
};

export const strykerPlugins = [
  { kind: 'TestRunner', name: 'bundle', injectableClass: BundleRunner },
  { kind: 'Ignore', name: 'prose', value: prose },
];
