/**
 * `tsx test/schedules/run.ts --seeds 1..50000 [--jobs 2] [--coverage]` plays schedules and prints what came of them;
 * `--seed N --explain` tells one of them, `--seed N --minimise` looks for the fewest faults that still break it. Exit code 1
 * when any invariant was violated. A long run tells how far it is; Ctrl-C ends it with the totals so far.
 */
import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { familyNames } from '../../sim/faults/index.ts';
import { differenceOf } from '../../sim/invariants/index.ts';
import { coverageTable } from './coverage.ts';
import { Loop } from './loop.ts';
import { totalSeconds } from './market.ts';
import { minimise } from './minimise.ts';
import { Progress } from './progress.ts';
import { scheduleOf } from './schedule.ts';
import { silent, toldTo } from './story.ts';
import { addTally, count, emptyTally } from './tally.ts';
import type { Tally } from './tally.ts';

/** Every so many schedules one is played twice: the same seed, the same bytes (I20). */
const twiceEvery = 50;
/** Seeds handed to a job at a time. */
const portion = 50;
const toldEvery = 1_000;

interface Range { readonly from: number; readonly to: number }
/** What a job hands back: what its portion came to, the processor time it took, compiler and collector included, and the bytes held. */
interface Played { readonly tally: Tally; readonly cpuMs: number; readonly memory: number }

const usage = `npm run schedules -- [options]
  --seeds A..B   play these schedules (1..1000)
  --jobs N       in so many processes at once (1)
  --coverage     print how often each answer of the exchange met each state
  --seed N       play one schedule
    --explain      telling every event, command and fault
    --minimise     looking for the fewest faults that still break it
  --help         print this
Exit code 0 = no violation, 1 = some, 2 = wrong words, 130 = interrupted.`;

const values = wished();
if (values.job) serve();
else if (values.seed !== undefined) one(wholeOf('--seed', values.seed));
else await all(rangeOf(values.seeds ?? '1..1000'), wholeOf('--jobs', values.jobs));

function wished(): { readonly [K in 'explain' | 'minimise' | 'coverage' | 'job']: boolean } & { readonly seeds?: string | undefined; readonly seed?: string | undefined; readonly jobs: string } {
  try {
    const { values: given } = parseArgs({
      options: {
        seeds: { type: 'string' }, seed: { type: 'string' }, jobs: { type: 'string', default: '1' }, explain: { type: 'boolean', default: false },
        minimise: { type: 'boolean', default: false }, coverage: { type: 'boolean', default: false }, job: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (!given.help) return given;
  } catch (error) {
    refuse(error instanceof Error ? error.message.split('. ')[0]! : String(error));
  }
  console.log(usage);
  process.exit(0);
}

function refuse(what: string): never {
  console.error(`${what}. Fix: npm run schedules -- --help`);
  process.exit(2);
}

function wholeOf(option: string, text: string): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : refuse(`${option}: was '${text}', expected a whole number from 1 on`);
}

function rangeOf(text: string): Range {
  const [from, to] = text.split('..').map(Number) as [number, number | undefined];
  const range = { from, to: to ?? from };
  const isGood = Number.isSafeInteger(range.from) && Number.isSafeInteger(range.to) && range.from > 0 && range.to >= range.from;
  return isGood ? range : refuse(`--seeds: was '${text}', expected the first and the last, such as 1..50000`);
}

/** Plays a range of seeds, some of them twice. */
function play({ from, to }: Range): Tally {
  const tally = emptyTally();
  for (let seed = from; seed <= to; seed++) {
    const outcome = new Loop(scheduleOf(seed), silent).play();
    count(tally, outcome);
    if (seed % twiceEvery !== 0) continue;
    const again = new Loop(scheduleOf(seed), silent).play();
    const found = differenceOf('I20', 0, { commands: outcome.digest, state: outcome.state }, { commands: again.digest, state: again.state });
    if (found.length > 0) {
      tally.violated['I20'] = (tally.violated['I20'] ?? 0) + 1;
      tally.failures.push({ seed, violations: found, counts: { I20: found.length } });
    }
  }
  return tally;
}

/** A job: plays what it is sent. Ctrl-C is its employer's. */
function serve(): void {
  process.on('SIGINT', () => undefined);
  process.on('message', (range: Range) => {
    const began = process.cpuUsage();
    const tally = play(range);
    const { user, system } = process.cpuUsage(began);
    const played: Played = { tally, cpuMs: (user + system) / 1_000, memory: process.memoryUsage.rss() };
    process.send!(played, undefined, undefined, () => undefined); // nobody may be there any more
  });
}

async function all(range: Range, jobs: number): Promise<void> {
  const tally = emptyTally();
  const progress = new Progress({ all: range.to - range.from + 1, every: toldEvery, print: (line) => { console.log(line); } });
  process.on('SIGINT', () => { progress.stop(); });
  let next = range.from;
  const take = (): Range | null => {
    if (next > range.to || progress.isStopped) return null;
    const from = next;
    next = Math.min(range.to + 1, from + portion);
    return { from, to: next - 1 };
  };
  const hear = (more: Played): void => {
    addTally(tally, more.tally);
    progress.heard(tally, more);
  };
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, () => employ(take, hear))); // this process stays free for signals
  print(tally, { from: range.from, to: next - 1 }, progress);
  process.exitCode = tally.failures.length > 0 ? 1 : 0;
  process.removeAllListeners('SIGINT');
}

/** A child process that plays portions until none is left. */
function employ(take: () => Range | null, hear: (more: Played) => void): Promise<void> {
  return new Promise((done, failed) => {
    const child = fork(import.meta.filename, ['--job'], { execArgv: process.execArgv });
    const hand = (): void => {
      const part = take();
      if (part === null) child.disconnect();
      else child.send(part);
    };
    child.on('message', (more: Played) => {
      hear(more);
      hand();
    });
    child.on('exit', (code) => { if (code === 0) done(); else failed(new Error(`a job ended with code ${code}`)); });
    hand();
  });
}

function print(tally: Tally, range: Range, { seconds, cpuSeconds }: Progress): void {
  const { schedules, events, executions, restarts, unprotected } = tally;
  const hours = (schedules * totalSeconds) / 3_600;
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts).sort(([, a], [, b]) => b - a).map(([name, n]) => `${name} ${n}`).join(', ') || 'none';
  console.log([
    `schedules ${range.from}..${range.to}: ${schedules} in ${seconds.toFixed(1)} s, ${(schedules / seconds).toFixed(1)} a second, ${hours.toFixed(1)} simulated hours`,
    `processor time ${cpuSeconds.toFixed(1)} s: ${(schedules / cpuSeconds).toFixed(1)} schedules a second of one core`,
    `events ${events}, executions ${executions}, restarts ${restarts}, slowest ${tally.slowestMs.toFixed(0)} ms (seed ${tally.slowestSeed})`,
    `faults fired: ${list(tally.fired)}`,
    `halts: ${list(tally.halts)}`,
    `without a stop, ms: ${unprotected.aliveMs} alive (${unprotected.unawareMs} of them untold), ${unprotected.deadMs} dead, ${unprotected.waivedMs} waived; longest ${unprotected.longestMs}`,
    ...(values.coverage ? coverageTable(tally.coverage, familyNames) : []),
    `schedules with violations: ${list(tally.violated)}`,
    ...tally.failures.slice(0, 40).map(({ seed, violations }) => `  seed ${seed}: ${violations.map(({ invariant, text }) => `${invariant} ${text}`).join(' · ')}`),
  ].join('\n'));
}

function one(seed: number): void {
  const schedule = scheduleOf(seed);
  const { strategyName, path, kind, plan, kills, words, config } = schedule;
  console.log(`seed ${seed}: ${strategyName} on ${path}, ${kind}, ${schedule.market.symbols.length} symbol(s), faults ${plan.plan}, `
    + `${kills.length} kills, ${words.map(({ verb }) => verb).join(' ') || 'no operator'}, positions ${config.adopt.positions}, orders ${config.adopt.orders}, latency ${config.latencyMs}/${config.responseLatencyMs} ms`);
  const loop = new Loop(schedule, values.explain ? toldTo((line) => { console.log(line); }) : silent);
  const { report, digest } = loop.play();
  console.log(`digest ${digest}, ends ${loop.present}`);
  for (const { invariant, at, leg, text } of report.violations) console.log(`${invariant} at ${at}, leg ${leg}: ${text}`);
  if (values.minimise) for (const line of minimise(schedule)) console.log(line);
}
