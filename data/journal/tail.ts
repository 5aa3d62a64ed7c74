/**
 * A journal on disk, read along while its writer goes on. Each call gives the whole lines that came since the one before;
 * half a line is left for the next. Reads only, and holds nothing open between two calls.
 */
import { join } from 'node:path';
import { realDisk } from './disk.ts';

const fileName = /^\d{6}\.jsonl$/;
const snapshotName = /^snapshot-\d{6}\.jsonl$/;
const chunkBytes = 256 * 1_024;

export class JournalTail {
  readonly #folder: string;
  /** The file that gave the last line, and the bytes of its lines; '' = none yet. A crash may take away a file without a line. */
  #file = '';
  #at = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  *lines(): Iterable<string> {
    for (const name of this.#names(fileName)) {
      if (name < this.#file) continue;
      let at = name === this.#file ? this.#at : 0;
      for (const line of linesOf(join(this.#folder, name), at)) {
        at += line.length;
        this.#file = name;
        this.#at = at;
        yield line;
      }
    }
  }

  /** Texts of the snapshots, the newest first; one that cannot be read is ''. */
  snapshots(): readonly string[] {
    return this.#names(snapshotName).toReversed().map((name) => [...linesOf(join(this.#folder, name), 0)][0] ?? '');
  }

  #names(form: RegExp): readonly string[] {
    try {
      return realDisk.names(this.#folder).filter((name) => form.test(name));
    } catch (thrown) {
      if (isMissing(thrown)) return [];
      throw thrown;
    }
  }
}

/** Whole lines from this byte on; none when the file was cleared away. */
function* linesOf(path: string, from: number): Iterable<string> {
  let file: number;
  try {
    file = realDisk.open(path, 'read');
  } catch (thrown) {
    if (isMissing(thrown)) return;
    throw thrown;
  }
  const chunk = Buffer.alloc(chunkBytes);
  let begun = '';
  try {
    for (let at = from; ;) {
      const count = realDisk.read(file, chunk, at);
      if (count === 0) return;
      at += count;
      const text = begun + chunk.toString('latin1', 0, count);
      let start = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        yield text.slice(start, end + 1);
        start = end + 1;
      }
      begun = text.slice(start);
    }
  } finally {
    realDisk.close(file);
  }
}

const isMissing = (thrown: unknown): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
