/**
 * `npm run latency`: how long a decision takes to the wire, and how long the event loop stands still: the command line as users
 * run it, against the local exchange in another process on loopback, with the journal synced to the disk before every send.
 *
 *   --sittings N   sittings, one after the other (default 3)
 *   --decisions N  about so many decisions in each (default 1,500; one bar in one gives a request)
 *   --folder P     where journals are written (default: the system's folder for such things; a disk, not memory)
 *   --json         one object on stdout and nothing else
 *
 * A machine shared with others measures the others too: every sitting says how busy it was.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { reportOf } from './report.ts';
import type { Sitting } from './report.ts';
import type { ProbeResult } from './result.ts';

const program = resolve(import.meta.dirname, '../../cli/main.js');
const probe = resolve(import.meta.dirname, 'probe.js');
const barMs = 300_000;
const from = Date.UTC(2025, 9, 2);
/** Less than 10 requests of one kind in a second leave: what is measured is no waiting for the budget. Unit: ms. */
const paceMs = 110;
/** A file system in memory, by its number: nothing is durable there. Source: linux/magic.h. */
const inMemory = new Set([0x01021994, 0x858458f6]);

/** One request at most bars: in, the stop moved, out. */
const strategy = `import { defineStrategy, z } from 'holdfast';
export const busy = defineStrategy({
  name: 'busy', symbols: ['BTCUSDT'], timeframe: '5m', params: z.object({}), warmup: 10, memory: () => ({ n: 0 }),
  indicators: (on) => ({ atr: on('5m').atr(3) }),
  decide({ bar, ind, position, entry, memory, intents }) {
    memory.n += 1;
    if (position.tag === 'open') return memory.n % 3 === 0 ? intents.exit('turn') : intents.moveStop(position.side === 'long' ? bar.close - 3 * ind.atr : bar.close + 3 * ind.atr);
    if (entry.tag !== 'none') return intents.hold;
    return intents.enter({ side: memory.n % 2 === 0 ? 'long' : 'short', qty: 0.004, stop: { distance: 4 * ind.atr } });
  },
});
`;

const { values } = parseArgs({
  options: {
    sittings: { type: 'string', default: '3' }, decisions: { type: 'string', default: '1500' }, folder: { type: 'string', default: tmpdir() },
    json: { type: 'boolean', default: false },
  },
});

await main();

async function main(): Promise<void> {
  if (inMemory.has(statfsSync(values.folder).type)) throw new Error(`--folder ${values.folder}: was in memory, expected a disk`);
  const sittings: Sitting[] = [];
  for (let n = 1; n <= wholeNumber('--sittings', values.sittings); n++) {
    process.stderr.write(`sitting ${n} of ${values.sittings}\n`);
    sittings.push(await sit(wholeNumber('--decisions', values.decisions)));
  }
  process.stdout.write(values.json ? `${JSON.stringify(sittings)}\n` : `${reportOf(sittings)}\n`);
}

async function sit(decisions: number): Promise<Sitting> {
  const folder = mkdtempSync(join(values.folder, 'holdfast-latency-'));
  const started: ChildProcess[] = [];
  try {
    writeFileSync(join(folder, 'busy.ts'), strategy);
    const env = { ...process.env, HOLDFAST_DATA: join(folder, 'data') };
    const time = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}Z`;
    const arrivals = join(folder, 'arrivals.txt');
    const origin = { HOLDFAST_LATENCY_ORIGIN: String(process.hrtime.bigint()) };
    const exchange = spawn(process.execPath, ['--import', probe, program, 'exchange', '--symbols', 'BTCUSDT', '--speed', 'max', '--admin', '--no-limits', '--from', time(from), '--to', time(from + decisions * barMs)],
      { cwd: folder, env: { ...env, ...origin, HOLDFAST_LATENCY_ARRIVALS: arrivals }, stdio: ['ignore', 'pipe', 'inherit'] });
    started.push(exchange);
    const line = await firstLine(exchange);
    const file = join(folder, 'probe.json');
    const before = loadavg()[0]!;
    const live = spawn(process.execPath, ['--import', probe, program, 'live', 'busy.ts', '--network', 'local', '--exchange', line, '--json'], {
      cwd: folder, stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...env, HOLDFAST_LATENCY_OUT: file, HOLDFAST_LATENCY_PACE: String(paceMs), ...origin },
    });
    started.push(live);
    await ended(live);
    return {
      at: Date.now(), load: [before, loadavg()[0]!], disk: diskSync(folder), result: JSON.parse(readFileSync(file, 'utf8')) as ProbeResult,
      arrivals: readFileSync(arrivals, 'utf8').trim().split('\n').map(Number),
    };
  } finally {
    for (const child of started) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What 500 records of 180 bytes, each synced, cost on this disk now, ms. */
function diskSync(folder: string): readonly number[] {
  const file = openSync(join(folder, 'sync.bin'), 'w');
  const record = Buffer.alloc(180, 0x61);
  const took = Array.from({ length: 500 }, () => {
    const at = performance.now();
    writeSync(file, record);
    fdatasyncSync(file);
    return performance.now() - at;
  });
  closeSync(file);
  return took;
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((done, failed) => {
    let text = '';
    child.stdout?.on('data', (part: Buffer) => {
      text += part.toString();
      if (text.includes('\n')) done(text.trim());
    });
    child.on('exit', (code) => failed(new Error(`the exchange ended with ${code}`)));
  });
}

function ended(child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', (part: Buffer) => { said = (said + part.toString()).slice(-2_000); });
  return new Promise((done, failed) => {
    child.on('exit', (code) => (code === 0 ? done() : failed(new Error(`the trading process ended with ${code}: ${said}`))));
  });
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name}: was '${text}', expected a whole number above 0`);
  return value;
}
