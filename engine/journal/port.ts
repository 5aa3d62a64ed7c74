/**
 * Where a journal is kept. Lines are ASCII and bring their line break, so that a byte is a character. What was appended
 * is durable after `sync`, and only then; a crash may keep any prefix of the rest, also half a line.
 */
export interface JournalPort {
  append(line: string): void;
  sync(): void;
  /** Everything kept, file after file, line by line; the last line may be torn. */
  lines(): Iterable<string>;
  /** Takes so many bytes off the end, for good. */
  cut(bytes: number): void;
  /** What is appended from here on begins a new file. */
  turn(): void;
  /** Keeps a snapshot, wholly or not at all, beside the two before it. */
  keepSnapshot(line: string): void;
  /** At most three, the newest first. */
  snapshots(): readonly string[];
}

/** Snapshots kept. */
const kept = 3;

/** What a crash did to the snapshot being written last. */
export type SnapshotDamage = 'none' | 'lost' | 'torn';

/** A journal in memory that can crash. */
export class MemoryPort implements JournalPort {
  #lines: string[] = [];
  #synced = 0;
  #snapshots: string[] = [];
  /** Times that `sync` was called. */
  syncs = 0;

  append(line: string): void {
    this.#lines.push(line);
  }
  sync(): void {
    this.#synced = this.#lines.length;
    this.syncs += 1;
  }
  lines(): Iterable<string> {
    return this.#lines;
  }
  cut(bytes: number): void {
    let left = bytes;
    while (left > 0) {
      const last = this.#lines.pop() ?? '';
      if (last.length > left) this.#lines.push(last.slice(0, last.length - left));
      left -= Math.max(1, last.length);
    }
    this.sync();
  }
  turn(): void {
    this.sync();
  }
  keepSnapshot(line: string): void {
    this.#snapshots = [line, ...this.#snapshots].slice(0, kept);
  }
  snapshots(): readonly string[] {
    return this.#snapshots;
  }

  /** Bytes that a crash may lose. */
  get unsynced(): number {
    return this.#lines.slice(this.#synced).reduce((sum, line) => sum + line.length, 0);
  }

  /** Kills the machine: `keep` bytes of what was not synced remain, and the last snapshot may be lost or torn. */
  crash(keep: number, damage: SnapshotDamage = 'none'): void {
    const rest = this.#lines.splice(this.#synced).join('').slice(0, keep);
    this.#lines.push(...(rest.match(/[^\n]*\n|[^\n]+$/g) ?? []));
    this.#synced = this.#lines.length;
    const [newest, ...older] = this.#snapshots;
    if (newest === undefined || damage === 'none') return;
    this.#snapshots = damage === 'lost' ? older : [newest.slice(0, newest.length >> 1), ...older];
  }
}
