/** Who only looks at a journal changes nothing of it, at whatever moment of its writer; and what is made stays made. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FilePort, JournalDiskError } from '../../../data/index.ts';
import type { Disk } from '../../../data/index.ts';
import { realDisk } from '../../../data/journal/disk.ts';

const folders: string[] = [];
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-beside-'));
  folders.push(path);
  return path;
}
afterEach(() => { for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true }); });

const lines = (path: string): string[] => [...new FilePort(path).lines()];
function begun(path: string, disk: Disk = realDisk): FilePort {
  const port = new FilePort(path, disk);
  port.append('a\n');
  port.sync();
  return port;
}
/** Everything that a command which only reads asks of a journal. */
function look(path: string): void {
  const port = new FilePort(path);
  expect([...port.lines()].length + port.snapshots().length).toBeGreaterThan(0);
  port.close();
}

describe('a process that reads the journal another one writes', () => {
  it('between a new file and its header leaves that file: the record synced next is there', () => {
    const path = folder();
    const writer = begun(path);
    writer.turn();
    look(path);
    writer.append('b\n');
    writer.sync();

    expect(lines(path)).toEqual(['a\n', 'b\n']);
  });
  it('between a snapshot and its name leaves the draft: the snapshot is kept and the writer goes on', () => {
    const path = folder();
    const writer = begun(path, { ...realDisk, rename(from, to) { look(path); realDisk.rename(from, to); } });
    writer.keepSnapshot('s\n');
    writer.append('b\n');
    writer.sync();

    expect(new FilePort(path).snapshots()).toEqual(['s\n']);
    expect(lines(path)).toEqual(['a\n', 'b\n']);
  });
  it('before every single word of the writer with the disk, it changes nothing: the same 6 names and 4 lines as without it', () => {
    /** Two files, a turn to a third, four snapshots, a restart over what a crash left. */
    const work = (path: string, watch: () => void): { readonly names: readonly string[]; readonly lines: readonly string[] } => {
      const words = Object.entries(realDisk).map(([word, real]) => [word, (...args: unknown[]): unknown => {
        watch();
        return (real as (...given: unknown[]) => unknown)(...args);
      }]);
      const disk = Object.fromEntries(words) as unknown as Disk;
      const first = begun(path, disk);
      for (const line of ['s1\n', 's2\n', 's3\n', 's4\n']) first.keepSnapshot(line);
      first.turn();
      first.append('b\n');
      first.turn();
      first.close();
      writeFileSync(join(path, 'snapshot-000005.jsonl.new'), 'half');
      const second = new FilePort(path, disk);
      second.append('c\n');
      second.turn();
      second.append('d\n');
      second.close();
      return { names: readdirSync(path).toSorted(), lines: lines(path) };
    };
    const path = folder();
    let looks = 0;
    const watched = work(path, () => { looks += 1; new FilePort(path).close(); });

    expect(watched).toEqual(work(folder(), () => {}));
    expect(watched.names).toEqual(['000001.jsonl', '000002.jsonl', '000003.jsonl', ...[2, 3, 4].map((n) => `snapshot-00000${n}.jsonl`)]);
    expect(watched.lines).toEqual(['a\n', 'b\n', 'c\n', 'd\n']);
    expect(looks).toBeGreaterThan(40);
  });
});

describe('a folder of a journal', () => {
  it('2 levels deep is made with both names durable before the first record; one that is there costs no sync', () => {
    const path = folder();
    const said: string[] = [];
    const disk: Disk = {
      ...realDisk,
      syncFolder(own) { said.push(own); realDisk.syncFolder(own); },
      write(file, bytes) { said.push('write'); return realDisk.write(file, bytes); },
    };
    begun(join(path, 'run', 'journal'), disk).close();

    // The name `journal` stands in `run`, `run` in the folder above; then the name of the file.
    expect(said).toEqual([join(path, 'run'), path, join(path, 'run', 'journal'), 'write']);
    said.length = 0;
    expect([...new FilePort(join(path, 'run', 'journal'), disk).lines(), ...said]).toEqual(['a\n']);
  });
  it('that cannot be made, or a file that cannot be read, is a fault of the disk with the word of the system', () => {
    const path = folder();
    writeFileSync(join(path, 'file'), '');
    expect(() => new FilePort(join(path, 'file', 'journal'))).toThrow(JournalDiskError);
    mkdirSync(join(path, 'own'));
    begun(join(path, 'own')).close();
    const broken = new FilePort(join(path, 'own'), { ...realDisk, read: () => { throw Object.assign(new Error('io'), { code: 'EIO' }); } });

    expect(() => [...broken.lines()]).toThrow(/read failed \(EIO\)/);
  });
  it('in which a kill left a fourth snapshot offers the newest 3, and the next one brings it back to 3', () => {
    const path = folder();
    const killed = begun(path, { ...realDisk, remove: () => { throw Object.assign(new Error('killed'), { code: 'EIO' }); } });
    for (const line of ['1\n', '2\n', '3\n']) killed.keepSnapshot(line);
    expect(() => killed.keepSnapshot('4\n')).toThrow(JournalDiskError);
    const snapshotsIn = (): string[] => readdirSync(path).filter((name) => name.startsWith('snapshot'));

    expect([snapshotsIn().length, new FilePort(path).snapshots()]).toEqual([4, ['4\n', '3\n', '2\n']]);
    const next = new FilePort(path);
    next.keepSnapshot('5\n');
    expect([snapshotsIn().length, next.snapshots()]).toEqual([3, ['5\n', '4\n', '3\n']]);
  });
  it('gives the older snapshot where the disk does not give back the newer', () => {
    const path = folder();
    const writer = begun(path);
    writer.keepSnapshot('old\n');
    writer.keepSnapshot('new\n');
    let reads = 0;
    const port = new FilePort(path, {
      ...realDisk, open(file, mode) { reads += 1; if (reads === 1) throw Object.assign(new Error('io'), { code: 'EIO' }); return realDisk.open(file, mode); },
    });

    expect(port.snapshots()).toEqual(['', 'old\n']);
  });
});
