/** Processes that are killed: what they had acknowledged is there, and what they held is free. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AccountHeldError, FilePort, holdAccount } from '../../../data/index.ts';
import { Journal, rehydrate } from '../../../engine/index.ts';
import { chaoticSetup } from '../../engine/journaled.ts';

const child = (file: string, args: readonly string[]): ChildProcess => (
  spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, file), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
);
/** A seeded number below `n`: which moment a child dies at. */
function below(n: number, seed: number): number {
  const mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  return ((mixed ^ (mixed >>> 13)) >>> 0) % n;
}

describe('kill -9', () => {
  it('in 8 rounds, each after a seeded number of acknowledged records, no acknowledged record is lost', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-kill-'));
    const setup = chaoticSetup(3, 1);
    const request = (port: FilePort) => ({ setup, port, bars: 'journaled', identity: { run: 'kill', engine: '1', configHash: '', strategyHash: '', dataHash: '' } }) as const;
    const acknowledged: number[] = [];
    try {
      expect(new Journal(request(new FilePort(folder))).seq).toBe(1);
      for (let round = 0; round < 8; round++) {
        const killAfter = 1 + below(60, round);
        const writer = child('writer.ts', [folder]);
        let last = 0;
        let count = 0;
        await new Promise<void>((resolve) => {
          writer.stdout?.setEncoding('utf8');
          writer.stdout?.on('data', (text: string) => {
            for (const line of text.split('\n')) if (line !== '') {
              last = Number(line);
              count += 1;
            }
            if (count >= killAfter) writer.kill('SIGKILL');
          });
          writer.on('exit', () => resolve());
        });
        const { journal } = rehydrate(request(new FilePort(folder)));

        expect(count, `round ${round}`).toBeGreaterThanOrEqual(killAfter);
        expect(journal.seq, `round ${round}`).toBeGreaterThanOrEqual(last);
        acknowledged.push(count);
      }
      expect(acknowledged).toHaveLength(8);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
  it('an account held by a process is refused with its number and run, and free as soon as it is killed', async () => {
    const account = `test-${process.pid}`;
    const holder = child('holder.ts', [account]);
    await new Promise<void>((resolve) => { holder.stdout?.once('data', () => resolve()); });

    const refused = await holdAccount('local', account, { pid: process.pid, run: 'second', since: 5 }).then(() => null, (error: unknown) => error);
    expect(refused).toBeInstanceOf(AccountHeldError);
    expect((refused as AccountHeldError).holder).toEqual({ pid: holder.pid, run: 'first', since: 1_000 });
    const other = await holdAccount('demo', account, { pid: process.pid, run: 'second', since: 5 });
    await other.release();

    const gone = new Promise<void>((resolve) => { holder.on('exit', () => resolve()); });
    holder.kill('SIGKILL');
    await gone;
    const lock = await holdAccount('local', account, { pid: process.pid, run: 'second', since: 5 });
    await lock.release();
  }, 30_000);
});
