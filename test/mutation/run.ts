/**
 * Mutation testing of `engine/` and `sim/`: plants small faults one by one and asks whether a test notices. Prints the
 * score of every file and each fault that no test noticed. Not part of `npm test`, a layer takes an hour or more:
 *
 *   npm --prefix test/mutation ci && npm --prefix test/mutation run engine [-- PART or FILE ...] [--fresh] [--workers N] [--by-hand]
 *
 * Stryker works on a copy in the temporary folder, made of the pure layers and the quick tests beside each part: no
 * build, no compiler (it cannot drive TypeScript 7), one vitest, no file of the repository written. Results are kept
 * in `node_modules/.cache` and only what changed is tried again; `--fresh` forgets those of the parts asked for, which a new test
 * of a module's constants needs: those are made before any test. `--by-hand` does not ask the properties over random markets;
 * a run without it asks them about what is left.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Sources and the tests that judge them, quick ones first: the first failure ends the run of a mutant. */
interface Part {
  readonly name: string; readonly mutates: RegExp; readonly tests: readonly RegExp[];
  /** Properties try so much fewer examples: sources with faults planted are slow. */
  readonly runsDivisor: number;
  /** A test that takes longer does not end. */
  readonly limitMs: number;
  /** Names of tests that are not asked: whole runs too slow to repeat for each fault. */
  readonly leavesOut?: RegExp;
}

/** Whole streams of events take seconds each; a stack names the bundle here, not the test's own file. */
const slow = /over 60 streams|over 40 streams|never loosens the stop|taken as a plain copy|is a StrategyError with its stack/;
/** Thousands of sizes, and whole runs through a venue. */
const slowSizes = /law of the risk asked|^(linear|inverse) sizes|^refusals|^trimming|over 60 streams/;

/** Days of faults played whole, a second or more each. */
const wholeDays = /over 12 seeds|is another with another seed|is the same to the last byte|without one injected fault|hands on what its auditor saw/;
/** Random walks played whole, bar by bar and again: seconds each, and what they find by hand is found in milliseconds. */
const walks = new RegExp(`${wholeDays.source}|in any world|in any walk|over 6 seeded walks|each path rule|decides, orders and executes the same|split into children|many at a time`);
/** What random markets and messages hold: half of the time of a fault that nothing notices. Asked unless \`--by-hand\`. */
const properties = /^P[1-9] |random markets and messages|in any walk of two|time never goes back|opening and playing every bar/;

const parts: readonly Part[] = [
  { name: 'indicators', mutates: /^engine\/indicators\//, runsDivisor: 10, limitMs: 5_000, tests: [/^test\/engine\/indicators\//] },
  {
    name: 'account', mutates: /^engine\/(position|size|decimal|instrument|units|invariant)\.ts$/, runsDivisor: 10, limitMs: 5_000,
    tests: [/^test\/engine\/(decimal|units|instrument|invariant|ledger|position|size)/], leavesOut: /turned by resting orders/,
  },
  {
    name: 'intents', runsDivisor: 10, limitMs: 5_000,
    mutates: /^engine\/(intents|intent-checks|wants|strategy|strategy-error|view|scene|setup|create|memory)\.ts$/,
    tests: [/^test\/engine\/(intents|strategy|setup|memory|decide|view|scene)/, /^test\/engine\/step\./], leavesOut: slow,
  },
  {
    name: 'decisions', mutates: /^engine\/(decide|entries|exits|resting)\.ts$/, runsDivisor: 20, limitMs: 5_000,
    tests: [/^test\/engine\/(decide|entries|exits|resting|view)/, /^test\/engine\/step\./], leavesOut: slow,
  },
  {
    name: 'market', mutates: /^engine\/(market|timeframe|stretch|step|digest|index|table|scene|events|commands|notes)\.ts$/, runsDivisor: 30, limitMs: 10_000,
    tests: [/^test\/engine\/(timeframe|market|digest|stretch|decide|view|scene)/, /^test\/engine\/step\./], leavesOut: /StrategyError with its stack/,
  },
  {
    name: 'risk', runsDivisor: 20, limitMs: 10_000, mutates: /^engine\/(rules\/|risk|rule-state|limits|config|presets|opening)/,
    tests: [/^test\/engine\/(rules\/(?!stream)|risk|limits|config|presets|size|entries-in|resting-in|market|scene)/, /^test\/seed\/limits/], leavesOut: slowSizes,
  },
  {
    name: 'protection', runsDivisor: 20, limitMs: 10_000,
    mutates: /^engine\/(protection|stop-levels|leaving|foreign|guard|mode|operator)\.ts$/,
    tests: [/^test\/engine\/(bad-day|protection|stop|leaving|foreign|guard|mode\.|operator)/, /^test\/engine\/(exits|entries|resting|decide|orders|recovery|reconcile|rules\/session)/, /^test\/seed\//],
    leavesOut: slow,
  },
  {
    name: 'orders', runsDivisor: 20, limitMs: 10_000,
    mutates: /^engine\/(orders|owed|answers|failures|queries|reconcile|recovery|link|timers|deadlines)\.ts$/,
    tests: [
      /^test\/engine\/(orders|answers|failures|queries|reconcile|recovery|link|timers|deadlines)/,
      /^test\/engine\/(bad-day|entries|exits|resting|decide|leaving|protection|foreign|mode\.|operator|rules\/session)/, /^test\/seed\//,
    ],
    leavesOut: slow,
  },
  {
    name: 'journal', mutates: /^engine\/journal\//, runsDivisor: 50, limitMs: 10_000, tests: [/^test\/engine\/journal/],
    leavesOut: /30 streams of 400|fresh process|hidden classes|two runs give the same bytes/,
  },
  {
    name: 'exchange', mutates: /^sim\/exchange\//, runsDivisor: 20, limitMs: 3_000,
    tests: [/^test\/sim\/cases\//, /^test\/sim\/exchange\/(?!properties|paths|shortcuts)/, /^test\/sim\/run\/ambiguous-trades/, /^test\/sim\/exchange\//],
  },
  { name: 'cases', mutates: /^sim\/cases\//, runsDivisor: 1, limitMs: 3_000, tests: [/^test\/sim\/cases\//] },
  { name: 'invariants', mutates: /^sim\/invariants\//, runsDivisor: 20, limitMs: 10_000, tests: [/^test\/sim\/invariants\//] },
  {
    name: 'faults', mutates: /^sim\/(faults\/|faulted-run\.ts)/, runsDivisor: 20, limitMs: 20_000,
    tests: [/^test\/sim\/faults\/(plan|requests|stream|run)/], leavesOut: wholeDays,
  },
  {
    name: 'detail', mutates: /^sim\/(detail|detail-totals|detailed-exchange|ambiguous-trades|steps|coarse-marks|liquidations|survival)\.ts$/,
    runsDivisor: 30, limitMs: 20_000, leavesOut: walks, tests: [/^test\/sim\/(detail|coarse-marks)/, /^test\/sim\/run\/ambiguous-trades/],
  },
  {
    name: 'record', mutates: /^sim\/record\//, runsDivisor: 30, limitMs: 20_000, leavesOut: walks,
    tests: [/^test\/sim\/(record\/|auditor)/, /^test\/sim\/run\/(slippage|ambiguous-trades|stretch)/, /^test\/sim\/detail\./, /^test\/sim\/faults\/run/],
  },
  {
    name: 'run', mutates: /^sim\/[^/]+$/, runsDivisor: 30, limitMs: 20_000, leavesOut: walks,
    tests: [/^test\/sim\/(venue|clock|digest|auditor)/, /^test\/sim\/run\/(in-small|slippage|ambiguous-trades|stretch)/, /^test\/sim\/detail\./],
  },
];

/** The part of Stryker's report that is read here. */
interface Place { readonly line: number; readonly column: number }
interface Mutant {
  readonly status: string; readonly mutatorName: string; readonly replacement?: string;
  readonly location: { readonly start: Place; readonly end: Place };
}
interface Report { readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>> }

/** Stands in for fast-check: fewer examples, and a failing one is not made smaller. */
const property = (runsDivisor: number): string => `
  const runsDivisor = ${runsDivisor};
  import fc from 'fast-check-itself';
  const assert = (property, { numRuns = 100, ...more } = {}) =>
    fc.assert(property, { seed: 20_251_010, ...more, numRuns: Math.ceil(numRuns / runsDivisor), endOnFailure: true });
  export default { ...fc, assert };
`;

const here = import.meta.dirname;
const root = resolve(here, '../..');
const cache = join(here, 'node_modules/.cache/mutation');
const noticed = new Set(['Killed', 'Timeout', 'RuntimeError']);
const missed = new Set(['Survived', 'NoCoverage']);

main(process.argv.slice(2));

/** The first word is the layer, `engine` or `sim`; further ones are parts or files of it. */
function main([layer = '', ...words]: readonly string[]): void {
  const workersAt = words.indexOf('--workers');
  const concurrency = workersAt < 0 ? 2 : Number(words[workersAt + 1]);
  const asked = words.filter((word, i) => !word.startsWith('--') && (workersAt < 0 || i !== workersAt + 1));
  const files = filesBelow(root, layer);
  const found = asked.length === 0 ? files : files.filter((path) => asked.includes(path) || asked.includes(partOf(path)?.name ?? ''));
  mkdirSync(cache, { recursive: true });
  setPriority(constants.priority.PRIORITY_LOW);
  const started = performance.now();
  const reports = parts.flatMap((part) => {
    const own = found.filter((path) => partOf(path) === part);
    if (own.length === 0) return [];
    if (words.includes('--fresh')) rmSync(join(cache, `${part.name}.json`), { force: true });
    return [mutate(part, own, concurrency, words.includes('--by-hand') ? [properties] : [])];
  });
  tell(Object.assign({}, ...reports.map((report) => report.files)) as Report['files'], found);
  const left = found.filter((path) => partOf(path) === undefined);
  if (left.length > 0) console.log(`in no part: ${left.join(' ')}`);
  console.log(`${((performance.now() - started) / 60_000).toFixed(1)} minutes`);
}

function partOf(path: string): Part | undefined {
  return parts.find((part) => part.mutates.test(path));
}

function filesBelow(folder: string, below: string): string[] {
  return readdirSync(join(folder, below), { recursive: true, encoding: 'utf8' })
    .map((name) => `${below}/${name}`).filter((path) => path.endsWith('.ts')).toSorted();
}

/** Runs Stryker over these files of a part, without the tests named in `unasked`. Throws when it leaves no report. */
function mutate(part: Part, files: readonly string[], concurrency: number, unasked: readonly RegExp[]): Report {
  const leavesOut = [...unasked, ...(part.leavesOut === undefined ? [] : [part.leavesOut])].map(({ source }) => source).join('|');
  const stage = mkdtempSync(join(tmpdir(), 'holdfast-mutation-'));
  const write = (name: string, text: string): void => writeFileSync(join(stage, name), text);
  for (const folder of ['engine', 'sim', 'cli/pages', 'test/engine', 'test/sim', 'test/seed']) cpSync(join(root, folder), join(stage, folder), { recursive: true });
  symlinkSync(join(here, 'node_modules'), join(stage, 'node_modules'));
  const tests = filesBelow(stage, 'test').filter((path) => path.endsWith('.test.ts'));
  const chosen = new Set(part.tests.flatMap((pattern) => tests.filter((path) => pattern.test(path))));
  write('all.test.ts', [...chosen].map((path) => `import './${path}';\n`).join(''));
  write('package.json', '{ "type": "module" }');
  write('property.js', property(part.runsDivisor));
  for (const name of ['runner.js', 'vitest.js']) cpSync(join(here, name), join(stage, name));
  write('part.json', JSON.stringify({ limitMs: part.limitMs, leavesOut: leavesOut === '' ? '(?!)' : leavesOut }));
  write('stryker.json', JSON.stringify({
    testRunner: 'bundle', plugins: ['./runner.js'], ignorers: ['prose'],
    mutate: files, coverageAnalysis: 'perTest', concurrency, inPlace: true, incremental: true,
    incrementalFile: join(cache, `${part.name}.json`), timeoutMS: 60_000, reporters: ['json', 'progress-append-only'],
    jsonReporter: { fileName: 'report.json' },
  }));
  spawnSync(process.execPath, [join(here, 'node_modules/@stryker-mutator/core/bin/stryker.js'), 'run', 'stryker.json'], { cwd: stage, stdio: 'inherit' });
  if (!existsSync(join(stage, 'report.json'))) throw new Error(`no report of ${part.name}; see ${stage}`);
  const failing = readFileSync(join(stage, 'failing.txt'), 'utf8');
  if (failing !== '') console.log(`\n${part.name}: tests that fail without a fault, not asked:\n${failing}\n`);
  const report = JSON.parse(readFileSync(join(stage, 'report.json'), 'utf8')) as Report;
  rmSync(stage, { recursive: true, force: true });
  return report;
}

function tell(files: Report['files'], wanted: readonly string[]): void {
  const total = { noticed: 0, missed: 0 };
  const survivors: string[] = [];
  console.log('\n| file | mutants | missed | score % |\n|---|---|---|---|');
  for (const path of wanted) {
    const file = files[path];
    if (file === undefined) continue;
    const seen = file.mutants.filter(({ status }) => noticed.has(status)).length;
    const unseen = file.mutants.filter(({ status }) => missed.has(status));
    total.noticed += seen;
    total.missed += unseen.length;
    console.log(rowOf(path, seen, unseen.length));
    survivors.push(...unseen.map((mutant) => survivorText(path, file.source, mutant)));
  }
  console.log(`${rowOf('all', total.noticed, total.missed)}\n\nmissed:\n${survivors.join('\n')}\n`);
  if (total.noticed === 0) process.exitCode = 1;
}

function rowOf(name: string, seen: number, unseen: number): string {
  const score = seen + unseen === 0 ? '' : ((100 * seen) / (seen + unseen)).toFixed(1);
  return `| ${name} | ${seen + unseen} | ${unseen} | ${score} |`;
}

function survivorText(path: string, source: string, { mutatorName, status, replacement = '', location: { start, end } }: Mutant): string {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const whole = lines.map((line, i) => line.slice(i === 0 ? start.column - 1 : 0, i === lines.length - 1 ? end.column - 1 : undefined));
  const short = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, 90);
  return `${path}:${start.line}:${start.column} ${mutatorName}${status === 'NoCoverage' ? ' (not covered)' : ''}: `
    + `${short(whole.join(' '))} -> ${short(replacement)}`;
}
