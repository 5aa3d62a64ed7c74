/**
 * A journal on disk: files `000001.jsonl`, `000002.jsonl`, ... in a folder of the run, and at most three snapshots beside
 * them.
 *
 * 1. What was appended is in the file at once and survives the process; after `sync` it survives the machine.
 * 2. A write or sync that failed is never tried again: after an error nobody knows what the disk holds. The port refuses
 *    everything from then on (`JournalDiskError`), and the engine stops.
 * 3. A file that a crash left without one whole line is not there: its records go on in the file before it.
 * 4. A snapshot is written beside its name, made durable and then named: there is never half of one under its name.
 * 5. Opening and reading change nothing in the folder: another process may be writing it. What a crash left behind is cleared
 *    away at the first write, by the one who writes.
 */
import { dirname, join } from 'node:path';
import type { JournalPort } from '../../engine/index.ts';
import { realDisk } from './disk.ts';
import type { Disk } from './disk.ts';

/** The disk did not take what must be durable. `code` is the system's word, such as ENOSPC. */
export class JournalDiskError extends Error {
  override readonly name = 'JournalDiskError';
  readonly code: string;
  constructor(what: string, path: string, thrown: unknown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
    super(`journal: ${path}: ${what} failed (${code})`, { cause: thrown });
    this.code = code;
  }
}

const fileName = /^(\d{6})\.jsonl$/;
const snapshotName = /^snapshot-(\d{6})\.jsonl$/;
/** A snapshot that a crash left unnamed. */
const draftName = /^snapshot-\d{6}\.jsonl\.new$/;
const snapshotsKept = 3;
/** A line cannot be longer; what is, is no line. */
const lineMost = 64 * 1_024 * 1_024;
const chunkBytes = 256 * 1_024;
/** With less room than this no new risk is taken. Source: reliability page, section 3.1. */
const roomLeast = 200 * 1_024 * 1_024;

const numbered = (number: number): string => String(number).padStart(6, '0');

export class FilePort implements JournalPort {
  readonly #folder: string;
  readonly #disk: Disk;
  /** Numbers of the files, ascending. */
  #files: number[];
  #file: number | null = null;
  #failure: JournalDiskError | null = null;
  /** Whether this port has written, and so is the only one. */
  #isWriter = false;

  /** `folder` is made when it is not there. */
  constructor(folder: string, disk: Disk = realDisk) {
    this.#folder = folder;
    this.#disk = disk;
    this.#files = this.#tried('open', () => {
      // The name of a folder stands in the one above it: without that a power cut takes the whole journal.
      for (const made of disk.folder(folder)) disk.syncFolder(dirname(made));
      return this.#numbersOf(fileName);
    });
  }

  append(line: string): void {
    this.#dare('write', () => this.#write(this.#opened(), line));
  }

  sync(): void {
    this.#dare('sync', () => this.#disk.datasync(this.#opened()));
  }

  *lines(): Iterable<string> {
    for (const number of this.#files) yield* this.#linesOf(this.#path(number));
  }

  *#linesOf(path: string): Iterable<string> {
    const file = this.#tried('open', () => this.#disk.open(path, 'read'));
    const chunk = Buffer.alloc(chunkBytes);
    let begun = '';
    try {
      for (let at = 0; ;) {
        const from = at;
        const count = this.#tried('read', () => this.#disk.read(file, chunk, from));
        if (count === 0) break;
        at += count;
        const text = begun + chunk.toString('latin1', 0, count);
        let start = 0;
        for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
          yield text.slice(start, end + 1);
          start = end + 1;
        }
        begun = text.slice(start);
        if (begun.length > lineMost) break;
      }
      if (begun !== '') yield begun;
    } finally {
      this.#tried('close', () => this.#disk.close(file));
    }
  }

  cut(bytes: number): void {
    this.#dare('cut', () => {
      this.#close();
      let left = bytes;
      while (left > 0) {
        const last = this.#files.at(-1);
        if (last === undefined) throw new RangeError(`${left} bytes more were to be cut than the journal has`);
        const size = this.#disk.bytes(this.#path(last));
        this.#disk.truncate(this.#path(last), Math.max(0, size - left));
        left -= Math.min(left, size);
        this.#dropEmptyEnd();
      }
    });
  }

  turn(): void {
    this.#dare('turn', () => {
      if (this.#files.length > 0) this.#disk.datasync(this.#opened());
      this.#close();
      const number = (this.#files.at(-1) ?? 0) + 1;
      this.#file = this.#disk.open(this.#path(number), 'new');
      this.#files.push(number);
      this.#disk.syncFolder(this.#folder);
    });
  }

  keepSnapshot(line: string): void {
    this.#dare('snapshot', () => {
      const kept = this.#numbersOf(snapshotName);
      const path = join(this.#folder, `snapshot-${numbered((kept.at(-1) ?? 0) + 1)}.jsonl`);
      const draft = `${path}.new`;
      const file = this.#disk.open(draft, 'new');
      try {
        this.#write(file, line);
        this.#disk.datasync(file);
      } finally {
        this.#disk.close(file);
      }
      this.#disk.rename(draft, path);
      this.#disk.syncFolder(this.#folder);
      for (const old of kept.slice(0, Math.max(0, kept.length + 1 - snapshotsKept))) {
        this.#disk.remove(join(this.#folder, `snapshot-${numbered(old)}.jsonl`));
      }
    });
  }

  /** One that the disk does not give back is '', which is no snapshot. */
  snapshots(): readonly string[] {
    return this.#tried('list', () => this.#numbersOf(snapshotName)).toReversed().slice(0, snapshotsKept).map((number) => {
      try {
        return [...this.#linesOf(join(this.#folder, `snapshot-${numbered(number)}.jsonl`))][0] ?? '';
      } catch (thrown) {
        if (!(thrown instanceof JournalDiskError)) throw thrown;
        return '';
      }
    });
  }

  /** Enough room for what a position may still need written. */
  hasRoom(): boolean {
    return this.#tried('room', () => this.#disk.room(this.#folder)) >= roomLeast;
  }

  /** Writes nothing more. What was appended is made durable, unless the port has failed. */
  close(): void {
    if (this.#file !== null && this.#failure === null) this.sync();
    this.#tried('close', () => this.#close());
  }

  /** All of it, in as many calls as the disk wants. */
  #write(file: number, line: string): void {
    for (let bytes: Uint8Array = Buffer.from(line, 'latin1'); bytes.length > 0;) {
      const taken = this.#disk.write(file, bytes);
      if (taken <= 0) throw Object.assign(new Error('nothing was taken'), { code: 'ENOSPC' });
      bytes = bytes.subarray(taken);
    }
  }

  #path(number: number): string { return join(this.#folder, `${numbered(number)}.jsonl`); }

  #numbersOf(form: RegExp): number[] {
    return this.#disk.names(this.#folder).flatMap((name) => {
      const match = form.exec(name);
      return match === null ? [] : [Number(match[1])];
    }).toSorted((a, b) => a - b);
  }

  #opened(): number {
    if (this.#file === null) {
      const last = this.#files.at(-1);
      if (last === undefined) {
        this.#files.push(1);
        this.#file = this.#disk.open(this.#path(1), 'new');
        this.#disk.syncFolder(this.#folder);
      } else this.#file = this.#disk.open(this.#path(last), 'append');
    }
    return this.#file;
  }

  #close(): void {
    if (this.#file === null) return;
    this.#disk.close(this.#file);
    this.#file = null;
  }

  /** Also a file with part of its first line only is dropped, once that part was cut. */
  #dropEmptyEnd(): void {
    const before = this.#files.length;
    for (let last = this.#files.at(-1); last !== undefined && this.#disk.bytes(this.#path(last)) === 0; last = this.#files.at(-1)) {
      this.#disk.remove(this.#path(last));
      this.#files.pop();
    }
    if (this.#files.length < before) this.#disk.syncFolder(this.#folder);
  }

  /** Takes away what a crash left of a snapshot and of a turn. */
  #clear(): void {
    for (const name of this.#disk.names(this.#folder)) if (draftName.test(name)) this.#disk.remove(join(this.#folder, name));
    this.#dropEmptyEnd();
  }

  /** Everything that changes the folder goes through here. */
  #dare(what: string, work: () => void): void {
    if (this.#failure !== null) throw this.#failure;
    try {
      this.#tried(what, () => {
        if (!this.#isWriter) this.#clear();
        this.#isWriter = true;
        work();
      });
    } catch (thrown) {
      if (thrown instanceof JournalDiskError) this.#failure = thrown;
      throw thrown;
    }
  }

  #tried<T>(what: string, work: () => T): T {
    try {
      return work();
    } catch (thrown) {
      throw new JournalDiskError(what, this.#folder, thrown);
    }
  }
}
