/**
 * The tables of a run that goes on, made of its journal by one owner: the files of a finished run, with the place in the
 * journal up to which they tell, `applied_seq`.
 *
 * projected/<run>/<number>/   tables, manifest and summary as one version; `applied.json` with a hash of every file in it;
 *                             `rows.bin`, the same rows as the owner goes on from them
 * runs/<run>                  a link to the version that counts
 *
 * 1. Tables and place change together: a version is written beside the one that counts, then the link is replaced. Whatever
 *    moment a kill takes, the old version counts or the new one.
 * 2. Nothing is trusted that is not what was written: a version with another byte in it is no version, and its owner makes
 *    another one from the journal.
 * 3. Who reads resolves the link once. A version that no longer counts is kept for a while after it was replaced.
 *
 * Written synchronously, for a thread of its own.
 */
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { z } from 'zod';
import type { Table } from '../../engine/index.ts';
import { projectedFolder, runFolder, runsFolder } from './folder.ts';
import { runRow } from './manifest.ts';
import type { Json, RunManifest, RunSummary } from './manifest.ts';
import { parquetParts } from './parquet.ts';
import { conformTable, recordTables } from './schema.ts';

/** Of the files here, whose rows also follow from the schema of the tables. */
const version = 1;
const layout = createHash('sha256').update(JSON.stringify([version, recordTables])).digest('hex');
/** A version is kept so long after it was replaced: a query under way may still open its files. Unit: ms. */
const keptMs = 30_000;

/** What an owner goes on from. `carry` is its own, plain data. */
export interface Applied<C extends Json = Json> { readonly seq: number; readonly mark: string; readonly carry: C; readonly tables: readonly Table[] }

export interface Projection<C extends Json = Json> {
  readonly manifest: RunManifest;
  readonly summary: RunSummary;
  /** What readers see. */
  readonly shown: readonly Table[];
  readonly applied: Applied<C>;
}

const note = z.object({ layout: z.literal(layout), run: z.string(), appliedSeq: z.number(), files: z.record(z.string(), z.string()) });
type Note = z.output<typeof note>;

/** The tables of one run. One owner at a time. */
export class ProjectedRun {
  readonly #home: string;
  readonly #link: string;
  readonly #runs: string;
  readonly #run: string;
  /** Tables of the version that counts, by name, with their files' hashes. */
  #last: { readonly number: string; readonly shown: ReadonlyMap<string, Table>; readonly files: Readonly<Record<string, string>> } | null = null;

  constructor(folder: string, run: string) {
    this.#home = join(projectedFolder(folder), run);
    this.#link = runFolder(folder, run);
    this.#runs = runsFolder(folder);
    this.#run = run;
  }

  /** The version that counts; null when there is none, or it is not what was written. */
  read(): Applied | null {
    const number = this.#counting();
    if (number === null) return null;
    try {
      const path = join(this.#home, number);
      const read = note.parse(JSON.parse(readFileSync(join(path, 'applied.json'), 'utf8')));
      if (read.run !== this.#run || !areWhole(path, read)) return null;
      const applied = deserialize(readFileSync(join(path, 'rows.bin'))) as Applied; // its hash was compared: it is what `commit` wrote
      return applied.seq === read.appliedSeq ? applied : null;
    } catch {
      return null; // whatever it is, the journal makes another
    }
  }

  /** Whether what was committed last still counts. */
  isInPlace(): boolean {
    return this.#last !== null && this.#counting() === this.#last.number && existsSync(join(this.#home, this.#last.number, 'applied.json'));
  }

  /** Makes these tables count. */
  commit({ manifest, summary, shown, applied }: Projection): void {
    const number = String(Number(this.#numbers().at(-1) ?? '0') + 1).padStart(6, '0');
    const path = join(this.#home, number);
    mkdirSync(path, { recursive: true });
    const files: Record<string, string> = {};
    const write = (name: string, parts: readonly Uint8Array[]): void => {
      const bytes = Buffer.concat(parts);
      writeFileSync(join(path, name), bytes);
      files[name] = hashOf(bytes);
    };
    const kept = new Map<string, Table>();
    for (const schema of recordTables) {
      const table = shown.find(({ name }) => name === schema.name) ?? conformTable(schema, this.#run, undefined);
      kept.set(schema.name, table);
      const name = `${schema.name}.parquet`;
      const before = this.#linked(name, table, path);
      if (before === null) write(name, parquetParts(table));
      else files[name] = before;
    }
    write('runs.parquet', parquetParts(runRow(manifest, summary)));
    write('summary.json', [Buffer.from(`${JSON.stringify(summary, null, 2)}\n`)]);
    write('manifest.json', [Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)]);
    write('rows.bin', [serialize(applied)]);
    const noted: Note = { layout, run: this.#run, appliedSeq: applied.seq, files };
    writeFileSync(join(path, 'applied.json'), `${JSON.stringify(noted, null, 2)}\n`);
    this.#point(number);
    this.#last = { number, shown: kept, files };
    this.#clear(number);
  }

  /** The file of the version before, when the table is the same: linked, so that what did not change is not written again. */
  #linked(name: string, table: Table, path: string): string | null {
    if (this.#last === null || this.#last.shown.get(table.name) !== table) return null;
    try {
      linkSync(join(this.#home, this.#last.number, name), join(path, name));
      return this.#last.files[name] ?? null;
    } catch {
      return null; // somebody deleted it: it is written again
    }
  }

  #point(number: string): void {
    mkdirSync(this.#runs, { recursive: true });
    const fresh = join(this.#home, 'counts.new');
    rmSync(fresh, { force: true });
    symlinkSync(join('..', 'projected', this.#run, number), fresh);
    // A folder of its own is what an earlier version kept here.
    if (existsSync(this.#link) && linkOf(this.#link) === null) rmSync(this.#link, { recursive: true, force: true });
    renameSync(fresh, this.#link);
  }

  #counting(): string | null {
    const target = linkOf(this.#link);
    return target === null ? null : target.split('/').at(-1) ?? null;
  }

  #numbers(): readonly string[] {
    return existsSync(this.#home) ? readdirSync(this.#home).filter((name) => /^\d{6,}$/.test(name)).toSorted((a, b) => Number(a) - Number(b)) : [];
  }

  /** Takes away what was replaced long enough ago. */
  #clear(number: string): void {
    const now = statSync(join(this.#home, number, 'applied.json')).mtimeMs;
    const numbers = this.#numbers();
    for (const [place, old] of numbers.entries()) {
      if (old === number) continue;
      const follower = statSync(join(this.#home, numbers[place + 1] ?? number, 'applied.json'), { throwIfNoEntry: false });
      if (follower === undefined || follower.mtimeMs < now - keptMs) rmSync(join(this.#home, old), { recursive: true, force: true });
    }
  }
}

/** Null when it is no link. */
function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function areWhole(path: string, { files }: Note): boolean {
  const expected = [...recordTables.map(({ name }) => `${name}.parquet`), 'runs.parquet', 'summary.json', 'manifest.json', 'rows.bin'];
  return expected.every((name) => files[name] !== undefined && hashOf(readFileSync(join(path, name))) === files[name]);
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
