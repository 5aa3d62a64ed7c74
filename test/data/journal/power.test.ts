/** Power that goes at every single word with the disk: what was acknowledged before is there afterwards, every time. */
import { describe, expect, it } from 'vitest';
import { FilePort, JournalDiskError } from '../../../data/index.ts';
import type { Disk } from '../../../data/index.ts';
import { createState, Journal, JournalError, rehydrate } from '../../../engine/index.ts';
import type { Out } from '../../../engine/index.ts';
import { FragileDisk } from './fragile-disk.ts';
import { killedRequest } from './killed.ts';

const hourMs = 3_600_000;
const folder = '/data/run/journal';
/** Of one run of the engine: six files and five snapshots. */
const events = 20;
const portOn = (disk: Disk): FilePort => new FilePort(folder, disk);

/** Eight hours between two events: every third turns the file. A snapshot after every fourth. Calls back at each acknowledgement. */
function trade(disk: Disk, count: number, acknowledge: (seq: number) => void): void {
  const port = portOn(disk);
  const request = killedRequest(port);
  const isNew = [...port.lines()].length === 0;
  const { state, journal } = isNew ? { state: createState(request.setup), journal: new Journal(request) } : rehydrate(request);
  const out: Out = { commands: [], notes: [] };
  journal.restart(state, Math.max(state.now, Date.UTC(2026, 0, 1)), out);
  acknowledge(journal.seq);
  for (let i = 1; i <= count; i++) {
    journal.step(state, { tag: 'wallet', at: state.now + 8 * hourMs, wallet: 0, balance: BigInt(i) }, out);
    out.commands.length = 0;
    out.notes.length = 0;
    acknowledge(journal.seq);
    if (i % 4 === 0) journal.snapshot(state);
  }
  port.close();
}

/** mulberry32: a number from 0 to below 1 at each call. */
function randomOf(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Trades until the power goes at word `at`, and once more until it goes at word `again`; then reads back. */
function survive(at: number, again: number, kept: number, harden: (disk: FragileDisk) => Disk = (disk) => disk): { readonly acknowledged: number; readonly found: number } {
  const disk = new FragileDisk(at);
  const random = randomOf(at * 1_000 + again);
  let acknowledged = 0;
  for (const next of [again, Number.POSITIVE_INFINITY]) {
    try {
      trade(harden(disk), events, (seq) => { acknowledged = seq; });
    } catch (thrown) {
      if (!(thrown instanceof JournalDiskError && disk.isDead)) throw thrown;
    }
    disk.powerUp(kept, random);
    disk.left = next;
  }
  const port = portOn(disk);
  const found = [...port.lines()].filter((line) => line.endsWith('\n')).length;
  if (found > 0) rehydrate(killedRequest(port)); // refuses what is damaged
  return { acknowledged, found };
}

const wordsOfAll = (() => {
  const disk = new FragileDisk();
  trade(disk, events, () => {});
  return disk.words;
})();

describe('a power cut', () => {
  it.each([0, 0.5, 1])('at each of over 100 words, and once more while it recovers, loses nothing acknowledged; %d of the rest may be kept', (kept) => {
    expect(wordsOfAll).toBeGreaterThan(100);
    for (let at = 0; at <= wordsOfAll; at++) {
      const again = (at * 7) % wordsOfAll;
      const { acknowledged, found } = survive(at, again, kept);

      expect(found, `power gone at word ${at}, then at ${again}`).toBeGreaterThanOrEqual(acknowledged);
    }
  });
  it.each(['datasync', 'syncFolder'] as const)('is noticed here when the disk forgets %s: something acknowledged is lost', (word) => {
    const without = (disk: FragileDisk): Disk => new Proxy(disk, {
      get: (own, name) => {
        if (name === word) return () => {};
        const value: unknown = Reflect.get(own, name, own);
        return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(own) : value;
      },
    });
    let lost = 0;
    for (let at = 0; at <= wordsOfAll; at++) {
      try {
        const { acknowledged, found } = survive(at, Number.POSITIVE_INFINITY, 0, without);
        if (found < acknowledged) lost += 1;
      } catch (thrown) {
        if (!(thrown instanceof JournalError)) throw thrown;
        lost += 1; // what is left is refused: noticed as well
      }
    }

    expect(lost).toBeGreaterThan(10);
  });
});
