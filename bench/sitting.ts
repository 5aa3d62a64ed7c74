/**
 * Runs one engine of ours in a process of its own, several rounds: the first is the cold one, the best of all
 * is the warm figure. Shared call sites would cost 3 to 4 times the speed, hence one engine per process.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { W1Answer } from './w1.ts';

export const rounds = 9;

/** What the child prints: wall time of each round in ms, and the most memory it held. */
export interface Sitting extends W1Answer { readonly bars: number; readonly ms: readonly number[]; readonly peakMb: number }

/** One measured engine. `ratioToBare` is how many times slower than bare's best of the same sitting. */
export interface Measured extends W1Answer {
  readonly engine: string;
  readonly bars: number;
  readonly barsPerSecond: number;
  readonly coldBarsPerSecond: number | null;
  ratioToBare: number | null;
  readonly peakMb: number;
}

export interface LeftOut { readonly engine: string; readonly why: string }

const start = promisify(execFile);

export async function sit(engine: string, file: string): Promise<Measured | LeftOut> {
  const child = join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? 'child.ts' : 'child.js');
  const stdout = await start(process.execPath, [...process.execArgv, child, engine, file], { maxBuffer: 1e6 })
    .then((done) => done.stdout, (error: unknown) => ({ engine, why: lastErrorLine(error) }));
  if (typeof stdout !== 'string') return stdout;
  const { bars, ms, trades, equity, peakMb } = JSON.parse(stdout) as Sitting;
  const best = Math.min(...ms);
  return {
    engine, bars, trades, equity, peakMb,
    barsPerSecond: perSecond(bars, best), coldBarsPerSecond: perSecond(bars, ms[0] ?? best), ratioToBare: null,
  };
}

export function perSecond(bars: number, ms: number): number {
  return Math.round((bars / ms) * 1_000);
}


function lastErrorLine(error: unknown): string {
  const lines = String(error).split('\n');
  return (lines.find((line) => /^\w*Error\b/.test(line) && !line.startsWith('Error: Command failed')) ?? lines[0] ?? '').slice(0, 200);
}
