/** A journal on disk: what survives a kill, what a failing disk does, and what is refused. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FilePort, JournalDiskError } from '../../../data/index.ts';
import type { Disk } from '../../../data/index.ts';
import { realDisk } from '../../../data/journal/disk.ts';
import { createState, Journal, JournalError, rehydrate, replayJournal, stateDigest } from '../../../engine/index.ts';
import type { Out, RehydrateRequest, State } from '../../../engine/index.ts';
import { chaoticSetup } from '../../engine/journaled.ts';
import { stream } from '../../engine/stream.ts';
import { bar } from '../../engine/stepped.ts';
import { linear } from '../../sim/market.ts';

const folders: string[] = [];
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-journal-'));
  folders.push(path);
  return path;
}
afterEach(() => { for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true }); });

const setup = chaoticSetup(5);
const requestOf = (port: FilePort): RehydrateRequest => (
  { setup, port, bars: 'journaled', identity: { run: 'abcdef', engine: '1', configHash: 'c', strategyHash: 's', dataHash: '' } }
);

/** Plays `count` random events into a fresh journal, with a snapshot after each of `snapshots`. */
function written(path: string, count: number, snapshots: readonly number[] = [], disk: Disk = realDisk): State {
  const journal = new Journal(requestOf(new FilePort(path, disk)));
  const state = createState(setup);
  const out: Out = { commands: [], notes: [] };
  const source = stream(5, setup.instruments);
  for (let i = 0; i < count; i++) {
    journal.step(state, source.next(state), out);
    out.commands.length = 0;
    out.notes.length = 0;
    if (snapshots.includes(i)) journal.snapshot(state);
  }
  return state;
}

const filesOf = (path: string): string[] => readdirSync(path).filter((name) => /^\d/.test(name)).toSorted();
const again = (path: string): State => rehydrate(requestOf(new FilePort(path))).state;

/** The real disk with some words replaced. */
const diskWith = (words: Partial<Disk>): Disk => ({ ...realDisk, ...words });
/** Waits for no disk: for tests in which only the process dies, many times. */
const hasty = diskWith({ datasync: () => {}, syncFolder: () => {} });
const full = (): never => { throw Object.assign(new Error('no space left'), { code: 'ENOSPC' }); };

describe('a journal on disk', () => {
  it('400 events come back to the same state, from the beginning and from the last of 4 snapshots, of which 3 are kept', () => {
    const path = folder();
    const state = written(path, 400, [50, 120, 250, 390]);

    expect(readdirSync(path).filter((name) => name.startsWith('snapshot')).toSorted()).toEqual(['snapshot-000002.jsonl', 'snapshot-000003.jsonl', 'snapshot-000004.jsonl']);
    expect(stateDigest(again(path))).toBe(stateDigest(state));
    expect(rehydrate(requestOf(new FilePort(path))).from).toBeGreaterThan(390);
    expect(stateDigest(replayJournal(requestOf(new FilePort(path))).state)).toBe(stateDigest(state));
  });
  it('a torn end is cut at each byte of the last line, and the journal goes on from there', () => {
    const path = folder();
    written(path, 60);
    const file = join(path, filesOf(path).at(-1)!);
    const whole = readFileSync(file);
    const lastLine = whole.lastIndexOf(10, whole.length - 2) + 1;

    for (let keep = lastLine + 1; keep < whole.length; keep++) {
      writeFileSync(file, whole.subarray(0, keep));
      const { cut, journal, state } = rehydrate(requestOf(new FilePort(path, hasty)));

      expect(cut).toBe(keep - lastLine);
      journal.restart(state, state.now + 1, { commands: [], notes: [] });
      expect(rehydrate(requestOf(new FilePort(path, hasty))).cut).toBe(0);
    }
  });
  it('a snapshot that was torn, or never got its name, is passed over for the older one', () => {
    const path = folder();
    const state = written(path, 300, [100, 200]);
    truncateSync(join(path, 'snapshot-000002.jsonl'), 500);
    writeFileSync(join(path, 'snapshot-000003.jsonl.new'), 'half');

    const { skipped, from, state: back, journal } = rehydrate(requestOf(new FilePort(path)));

    expect([skipped, from > 100, stateDigest(back)]).toEqual([1, true, stateDigest(state)]);
    expect(readdirSync(path)).toContain('snapshot-000003.jsonl.new'); // reading changes nothing
    journal.restart(back, back.now, { commands: [], notes: [] });
    expect(readdirSync(path)).not.toContain('snapshot-000003.jsonl.new');
  });
  it('one changed byte before the last line is refused: nothing is guessed', () => {
    const path = folder();
    written(path, 60);
    const file = join(path, filesOf(path)[0]!);
    const bytes = readFileSync(file);
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    writeFileSync(file, bytes);

    expect(() => again(path)).toThrow(JournalError);
  });
  it('a first write at exactly 00:00:00.000 UTC begins a second file with its header, before the record', () => {
    const midnight = Date.UTC(2026, 0, 2);
    const path = folder();
    const journal = new Journal(requestOf(new FilePort(path)));
    const state = createState(setup);
    const out: Out = { commands: [], notes: [] };
    journal.step(state, bar(linear(), midnight - 60_000, [100, 100, 100, 100]), out);
    journal.step(state, bar(linear(), midnight, [100, 100, 100, 100]), out);

    expect(filesOf(path)).toEqual(['000001.jsonl', '000002.jsonl']);
    expect(readFileSync(join(path, '000001.jsonl'), 'latin1')).not.toContain(`"t":${midnight},`);
    const [header, record] = readFileSync(join(path, '000002.jsonl'), 'latin1').split('\n');
    expect(header).toContain(`"t":${midnight},"k":"header"`);
    expect(record).toContain(`"t":${midnight},"k":"bar-closed"`);
    expect(stateDigest(again(path))).toBe(stateDigest(state));
  });
  it('a restart on the next day turns before anything else is written: the old file stays as it was, byte for byte', () => {
    const path = folder();
    const state = written(path, 60);
    const [first] = filesOf(path);
    const before = readFileSync(join(path, first!));
    const nextDay = Math.ceil((state.now + 1) / 86_400_000) * 86_400_000;
    expect(filesOf(path)).toHaveLength(1);

    const { state: back, journal } = rehydrate(requestOf(new FilePort(path)));
    journal.restart(back, nextDay, { commands: [], notes: [] });

    expect(filesOf(path)).toEqual(['000001.jsonl', '000002.jsonl']);
    expect(readFileSync(join(path, first!)).equals(before)).toBe(true);
    const kinds = readFileSync(join(path, '000002.jsonl'), 'latin1').split('\n').map((line) => /"k":"([a-z-]+)"/.exec(line)?.[1]);
    expect(kinds.slice(0, 2)).toEqual(['header', 'restart']);
    expect(stateDigest(again(path))).toBe(stateDigest(back));
  });
  it('a turn as the very first thing leaves one file, and a second turn without a record leaves none empty behind', () => {
    const path = folder();
    const port = new FilePort(path);
    port.turn();
    port.close();
    const next = new FilePort(path);
    next.turn();
    next.append('a\n');
    next.close();

    expect([filesOf(path), [...new FilePort(path).lines()]]).toEqual([['000001.jsonl'], ['a\n']]);
  });
  it('a file that is missing in the middle, two that changed places and a line that is missing are refused, and nothing is touched', () => {
    const days = (path: string): void => {
      const journal = new Journal(requestOf(new FilePort(path)));
      const state = createState(setup);
      for (let day = 0; day < 4; day++) {
        journal.step(state, bar(linear(), Date.UTC(2026, 0, 2 + day), [100, 100, 100, 100]), { commands: [], notes: [] });
      }
    };
    const damages: Readonly<Record<string, (path: string) => void>> = {
      missing: (path) => rmSync(join(path, '000002.jsonl')),
      swapped(path) {
        const [two, three] = ['000002.jsonl', '000003.jsonl'].map((name) => readFileSync(join(path, name)));
        writeFileSync(join(path, '000002.jsonl'), three!);
        writeFileSync(join(path, '000003.jsonl'), two!);
      },
      shortened(path) {
        const file = join(path, '000002.jsonl');
        writeFileSync(file, `${readFileSync(file, 'latin1').split('\n').slice(0, -2).join('\n')}\n`);
      },
    };
    for (const [name, damage] of Object.entries(damages)) {
      const path = folder();
      days(path);
      damage(path);
      const before = filesOf(path).map((file) => readFileSync(join(path, file), 'latin1'));

      expect(() => again(path), name).toThrow(JournalError);
      expect(filesOf(path).map((file) => readFileSync(join(path, file), 'latin1')), name).toEqual(before);
    }
  });
  it('a file of which a crash left only part of the header is dropped, and its records go on in the file before', () => {
    const path = folder();
    const state = written(path, 60);
    appendFileSync(join(path, '000009.jsonl'), '1234abcd {"seq":9');

    const { cut, journal, state: back } = rehydrate(requestOf(new FilePort(path)));
    journal.restart(back, state.now, { commands: [], notes: [] });

    expect([cut, filesOf(path)]).toEqual([17, ['000001.jsonl']]);
    expect(back.sequence).toBe(state.sequence);
    expect(() => again(path)).not.toThrow();
  });
});

describe('a disk that fails', () => {
  it.each(['write', 'datasync'] as const)('%s: the port fails once and for all, and the file can still be read back', (word) => {
    const path = folder();
    let left = 40;
    const real = realDisk[word] as (...args: unknown[]) => number;
    const disk = diskWith({ [word]: (...args: unknown[]) => (left-- > 0 ? real(...args) : full()) });

    expect(() => written(path, 60, [], disk)).toThrow(JournalDiskError);
    expect(() => again(path)).not.toThrow();
  });
  it('after one failure nothing is tried again: the second call is refused without touching the disk', () => {
    const path = folder();
    let calls = 0;
    const port = new FilePort(path, diskWith({ datasync: () => { calls += 1; return full(); } }));
    port.append('a\n');

    expect(() => port.sync()).toThrow(/ENOSPC/);
    expect(() => port.append('b\n')).toThrow(/ENOSPC/);
    expect(() => port.sync()).toThrow(/ENOSPC/);
    expect([calls, [...new FilePort(path).lines()]]).toEqual([1, ['a\n']]);
  });
  it('a disk that takes 7 bytes a call is given the rest; one that takes none is full', () => {
    const path = folder();
    const slow = new FilePort(path, diskWith({ write: (file, bytes) => realDisk.write(file, bytes.subarray(0, 7)) }));
    slow.append('0123456789abcdef\n');
    slow.sync();

    expect([...slow.lines()]).toEqual(['0123456789abcdef\n']);
    expect(() => new FilePort(folder(), diskWith({ write: () => 0 })).append('a\n')).toThrow(/ENOSPC/);
  });
  it('says that there is room down to 200 MB free, and not below', () => {
    const mb = 1_024 * 1_024;

    expect(new FilePort(folder(), diskWith({ room: () => 200 * mb })).hasRoom()).toBe(true);
    expect(new FilePort(folder(), diskWith({ room: () => 200 * mb - 1 })).hasRoom()).toBe(false);
  });
});
