/** Processes that are killed: what they had acknowledged is there, and what they held is free. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountHeldError, FilePort, holdAccount } from '../../../data/index.ts';
import { rehydrate, replayJournal, stateDigest } from '../../../engine/index.ts';
import { bundled } from './bundled.ts';
import { killedRequest } from './killed.ts';

const folders: string[] = [];
const programs = { writer: '', holder: '' };
beforeAll(async () => {
  const [writer, holder] = await Promise.all([bundled(new URL('./writer.ts', import.meta.url)), bundled(new URL('./holder.ts', import.meta.url))]);
  Object.assign(programs, { writer: writer.file, holder: holder.file });
  folders.push(writer.folder, holder.folder);
});
afterAll(() => { for (const path of folders) rmSync(path, { recursive: true, force: true }); });

const child = (file: string, args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
/** A seeded number below `n`: which moment a child dies at. */
function below(n: number, seed: number): number {
  const mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  return ((mixed ^ (mixed >>> 13)) >>> 0) % n;
}
const gone = (process: ChildProcess): Promise<void> => new Promise((resolve) => { process.on('exit', () => resolve()); });

/** Records that a writer acknowledged until it was killed, some time after the `killAfter`th. A half word is none. */
async function acknowledged(folder: string, killAfter: number): Promise<readonly number[]> {
  const writer = child(programs.writer, [folder]);
  let said = '';
  writer.stdout?.setEncoding('utf8');
  writer.stdout?.on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > killAfter) writer.kill('SIGKILL');
  });
  await gone(writer);
  return said.split('\n').slice(0, -1).map(Number);
}

describe('kill -9', () => {
  it('in 24 rounds on one journal, across midnights and snapshots, no acknowledged record is lost', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-kill-'));
    folders.push(folder);
    let count = 0;
    let before = 0;
    for (let round = 0; round < 24; round++) {
      const killAfter = 1 + below(60, round);
      const records = await acknowledged(folder, killAfter);
      // The judge only reads: what the next writer finds is what the kill left.
      const { state } = replayJournal(killedRequest(new FilePort(folder)));
      const kept = [...new FilePort(folder).lines()].filter((line) => line.endsWith('\n')).length;

      expect(records.length, `round ${round}`).toBeGreaterThanOrEqual(killAfter);
      expect(records.every((seq, i) => seq > (records[i - 1] ?? before)), `round ${round}`).toBe(true);
      expect(kept, `round ${round}`).toBeGreaterThanOrEqual(records.at(-1)!);
      if (round % 8 === 7) expect(stateDigest(rehydrate(killedRequest(new FilePort(folder))).state)).toBe(stateDigest(state));
      before = records.at(-1)!;
      count += records.length;
    }

    expect(count).toBeGreaterThan(24 * 20);
    expect(readdirSync(folder).filter((name) => /^\d{6}\.jsonl$/.test(name)).length).toBeGreaterThan(24);
    // A kill may come between the name of a snapshot and the end of the oldest: three are offered all the same.
    expect(new FilePort(folder).snapshots()).toHaveLength(3);
  });
});

describe('an account held by another process', () => {
  const taken = (account: string) => holdAccount('local', account, { pid: process.pid, run: 'second', since: 5 });
  const refusal = (account: string) => taken(account).then(() => null, (error: unknown) => error);
  async function held(account: string): Promise<ChildProcess> {
    const holder = child(programs.holder, [account]);
    await new Promise<void>((resolve) => { holder.stdout?.once('data', () => resolve()); });
    return holder;
  }

  it('is refused with its number and run, is free on another network, and free as soon as it is killed', async () => {
    const account = `test-${process.pid}`;
    const holder = await held(account);

    const refused = await refusal(account);
    expect(refused).toBeInstanceOf(AccountHeldError);
    expect((refused as AccountHeldError).holder).toEqual({ pid: holder.pid, run: 'first', since: 1_000 });
    const other = await holdAccount('demo', account, { pid: process.pid, run: 'second', since: 5 });
    await other.release();

    holder.kill('SIGKILL');
    await gone(holder);
    const lock = await taken(account);
    await lock.release();
  });
  it('is refused too while it is stopped and cannot say who it is', async () => {
    const account = `stopped-${process.pid}`;
    const holder = await held(account);
    holder.kill('SIGSTOP');

    const refused = await refusal(account);
    holder.kill('SIGKILL');
    await gone(holder);

    expect(refused).toBeInstanceOf(AccountHeldError);
    expect(refused).toMatchObject({ holder: null, message: `account ${account} is traded by another process` });
  });
  it('twice in one process is refused, and given back once released', async () => {
    const account = `own-${process.pid}`;
    const lock = await taken(account);

    expect(await refusal(account)).toMatchObject({ holder: { pid: process.pid, run: 'second', since: 5 } });
    await lock.release();
    await (await taken(account)).release();
  });
});
