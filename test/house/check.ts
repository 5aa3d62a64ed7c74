/**
 * `npm test`: the type check, lint, unused code, build, package check and tests, in that order, on two cores
 * in minutes. Every check says how many files it read, and one that read none fails. All of them run, whatever
 * failed before; the last line is `N passed, N failed`, a check counting as one beside the tests.
 *
 * `tsx test/house/check.ts types lint` runs only the named checks; `processes` and `notebooks`, which take minutes each, only
 * run when they are named.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { verdictOf } from './verdict.ts';
import type { Reasons, TestReport } from './verdict.ts';

const root = resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'holdfast-check-'));

/** Tests that may stay out although the reference files are there, each with its reason. */
const reasons: Reasons = {
  'clients of others the multi-exchange library reads, places, amends, cancels, sets and removes a stop, and sees it all on its streams':
    'its package is installed by .ci/run, where the registry can be reached',
  'clients of others the Python SDK does the same, with a stop on the entry and the exit sent by socket':
    'its package is installed by .ci/run, where Python and its registry can be reached',
  ...Object.fromEntries(['demo', 'testnet'].map((network) => [`conformance at ${network} `, `it wants keys of ${network} in the environment`])),
  ...Object.fromEntries([
    'shows its charts, answers pointer and keyboard, sorts its trades, and says nothing to the console',
    'is first painted within a second, in the dark too, and on a phone nothing is wider than the screen', 'sets two runs side by side',
  ].map((name) => [`a report in a browser ${name}`, 'its browser is installed by .ci/run, where the packages of Debian can be reached'])),
  ...Object.fromEntries([
    ...readdirSync(join(root, 'notebooks')).filter((name) => name.endsWith('.ipynb')).map((name) => `${name} runs through and draws its charts`),
    'a type error in a cell ends with 1',
    'a frame has numbers, NaN for a number that is NULL, null for text and flags, times as ISO text, and keeps its columns without rows',
    'leaves no folder of a workbench behind once all have ended',
  ].map((name) => [`a notebook without a screen ${name}`, 'Jupyter and the packages of notebooks/ are installed by .ci/run, where they can be reached'])),
};

/** Too slow for every change; `.ci/run` names them. */
const slowTests = {
  /** Every notebook executed. */
  notebooks: ['test/notebooks/notebooks.test.ts'],
  /** Whole programs started, killed and started again, and an hour under every fault. */
  processes: [
    'test/cli/paper.test.ts', 'test/cli/data-download.test.ts', 'test/cli/killed.test.ts', 'test/cli/order-process.test.ts', 'test/cli/tables.test.ts',
    'test/cli/replay.test.ts', 'test/data/journal/crash.test.ts', 'test/data/lake/killed.test.ts', 'test/live/scenarios/soak.test.ts',
  ],
} as const;
const whenNamed: readonly string[] = Object.keys(slowTests);

interface Outcome { readonly passed: number; readonly failed: number; readonly told: string }
type Check = () => Outcome;

const checks: Readonly<Record<string, Check>> = {
  types: () => {
    // The notebooks stand on the built package and on packages of their own, both of which may not be there yet.
    const hasNotebooks = existsSync(join(root, 'notebooks/node_modules/tslab')) && existsSync(join(root, 'dist/data/index.d.ts'));
    if (!hasNotebooks) console.log('types: notebooks/ is left out: npm --prefix notebooks ci and npm run build bring what it stands on');
    const parts = ['tsconfig.json', 'lab/report/page/tsconfig.json', ...(hasNotebooks ? ['notebooks/tsconfig.json'] : [])]
      .map((project) => run('typescript/bin/tsc', ['-p', project, '--noEmit', '--listFiles']));
    const listed = parts.flatMap(({ text }) => text.split('\n'));
    const ours = listed.filter((line) => line.startsWith(root) && !line.includes('node_modules'));
    return one(worst(parts), ours.length, listed.filter((line) => !/^\/.*\.(d\.)?[mc]?ts$|\.json$/.test(line)).join('\n'));
  },
  lint: () => {
    const { status, text } = run('oxlint/bin/oxlint', ['--deny-warnings', '.']);
    return one(status, numberIn(/on (\d+) files/, text), text);
  },
  unused: () => {
    const { status, text } = run('knip/bin/knip.js', ['--no-progress', '--reporter', 'symbols', '--reporter', './test/house/knip-count.ts']);
    return one(status, numberIn(/knip read (\d+) files/, text), text);
  },
  build: () => {
    const compiled = ['tsconfig.build.json', 'lab/report/page/tsconfig.json'].map((project) => run('typescript/bin/tsc', ['-p', project]));
    const parts = [...compiled, run('tsx/dist/cli.mjs', ['bundle.config.ts'])];
    const emitted = existsSync(join(root, 'dist')) ? readdirSync(join(root, 'dist'), { recursive: true }) : [];
    return one(worst(parts), emitted.filter((name) => String(name).endsWith('.js')).length, parts.map(({ text }) => text).join('\n'));
  },
  package: () => {
    const packed = spawnSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', scratch], { cwd: root, encoding: 'utf8' });
    const tarball = packed.stdout.trim().split('\n').at(-1) ?? '';
    const listed = spawnSync('tar', ['tzf', join(scratch, tarball)], { encoding: 'utf8' });
    const { status, text } = run('publint/src/cli.js', ['run', join(scratch, tarball), '--strict']);
    return one(packed.status === 0 ? status : 1, listed.stdout.split('\n').filter((line) => line !== '').length, packed.stderr + text);
  },
  tests: () => tested('tests', ...Object.values(slowTests).flat().flatMap((file) => ['--exclude', file])),
  processes: () => tested('processes', ...slowTests.processes),
  notebooks: () => tested('notebooks', ...slowTests.notebooks),
};

main(process.argv.slice(2));

function main(names: readonly string[]): void {
  const wanted = names.length === 0 ? Object.keys(checks).filter((name) => !whenNamed.includes(name)) : names;
  const totals = { passed: 0, failed: 0 };
  const failures: string[] = [];
  for (const name of wanted) {
    const check = checks[name];
    if (check === undefined) throw new Error(`check must be one of ${Object.keys(checks).join(', ')}, was '${name}'`);
    const started = performance.now();
    const { passed, failed, told } = check();
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    console.log(told.replace(new RegExp(`^${name}: |^`), `${name}: `).trimEnd() + (failed === 0 ? '' : `\n${name}: FAILED`) + ` (${seconds} s)`);
    totals.passed += passed;
    totals.failed += failed;
    if (failed > 0) failures.push(name);
  }
  rmSync(scratch, { recursive: true, force: true });
  if (failures.length > 0) console.log(`failed: ${failures.join(', ')}`);
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
  process.exitCode = totals.failed === 0 ? 0 : 1;
}

/** Runs the tests that `words` name and counts them one by one. */
function tested(name: string, ...words: readonly string[]): Outcome {
  const file = join(scratch, `${name}.json`);
  const { status } = run('vitest/vitest.mjs', ['run', ...words, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`], true);
  if (!existsSync(file)) return { passed: 0, failed: 1, told: `${name}: no result was written` };
  const report = JSON.parse(readFileSync(file, 'utf8')) as TestReport;
  const strict = process.env['CI'] !== undefined && existsSync(resolve(root, '../shared'));
  const { passed, failed, leftOut, unexcused } = verdictOf(report, reasons, strict);
  const told = [
    `${name}: ${report.testResults.length} files read, ${passed} passed, ${failed} failed, ${leftOut.length} left out`,
    ...leftOut.map((test) => `  left out: ${test}${unexcused.includes(test) ? ' (no reason on the list)' : ''}`),
  ].join('\n');
  const nothing = report.testResults.length === 0 || (status !== 0 && failed === 0);
  return { passed, failed: nothing ? failed + 1 : failed, told };
}

/** Outcome of a check that reads files and passes or fails as one. */
function one(status: number, files: number, text: string): Outcome {
  const good = status === 0 && files > 0;
  return { passed: good ? 1 : 0, failed: good ? 0 : 1, told: `${files} files read${good ? '' : `\n${text.trim()}\nexit code ${status}`}` };
}

function worst(parts: readonly { readonly status: number }[]): number {
  return Math.max(...parts.map(({ status }) => status));
}

function numberIn(pattern: RegExp, text: string): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}

function run(program: string, args: readonly string[], show = false): { readonly status: number; readonly text: string } {
  const env = { ...process.env, HOLDFAST_BUILT: show && builtHere() ? '1' : '' };
  const done = spawnSync(process.execPath, [resolve(root, 'node_modules', program), ...args], {
    cwd: root, env, encoding: 'utf8', maxBuffer: 256e6, stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
  });
  return { status: done.status ?? 1, text: `${done.stdout ?? ''}${done.stderr ?? ''}` };
}

function builtHere(): boolean {
  const names = process.argv.slice(2);
  return names.length === 0 || names.includes('build');
}
