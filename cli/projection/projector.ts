/**
 * Keeps the tables of one run equal to its journal: reads what was written since, tells it, and makes the new tables count.
 * What is there already is gone on from when it belongs to this journal, else all of it is made anew. Runs in a thread of its
 * own, and knows of no other owner.
 */
import { createHash } from 'node:crypto';
import { JournalError } from '../../engine/index.ts';
import type { JournalIdentity, Setup, Table } from '../../engine/index.ts';
import { JournalTail, ProjectedRun } from '../../data/index.ts';
import type { Applied, RunManifest } from '../../data/index.ts';
import { Teller } from './teller.ts';
import type { Totals } from './teller.ts';

export interface ProjectorRequest {
  /** The data folder, and the journal's in it. */
  readonly folder: string;
  readonly journal: string;
  /** All of it but the time that the run covers. */
  readonly manifest: RunManifest;
  readonly setup: Setup;
  readonly identity: JournalIdentity;
}

/** `seq` = records told of; `isRebuilt` = nothing that was there could be gone on from. */
export interface Fed { readonly seq: number; readonly totals: Totals; readonly isRebuilt: boolean }

export class Projector {
  readonly #request: ProjectorRequest;
  readonly #store: ProjectedRun;
  #tail: JournalTail;
  #teller: Teller | null = null;
  #committedSeq = 0;
  #isRebuilt = false;

  constructor(request: ProjectorRequest) {
    this.#request = request;
    this.#store = new ProjectedRun(request.folder, request.manifest.run);
    this.#tail = new JournalTail(request.journal);
  }

  /** Tells everything that the journal holds now. Throws a JournalError where the engine decides otherwise than it did. */
  feed(): Fed {
    const teller = this.#teller ?? this.#begin();
    this.#teller = null; // what throws on the way is begun again
    for (const line of this.#tail.lines()) teller.take(line);
    this.#teller = teller;
    const { totals, shown, applied } = teller.told();
    if (totals.bars > 0 && (teller.seq > this.#committedSeq || !this.#store.isInPlace())) {
      const { manifest } = this.#request;
      const { bars, decisions, trades, equityStart, equityEnd, fees, funding, maxDrawdown } = totals;
      this.#store.commit({
        manifest: { ...manifest, from: totals.from, to: totals.to }, shown, applied,
        summary: {
          bars, decisions, trades, equityStart, equityEnd, fees, funding, maxDrawdown, sharpe: null, ambiguousBars: 0, ambiguousTrades: 0, digest: digestOf(shown),
        },
      });
      this.#committedSeq = teller.seq;
    }
    return { seq: teller.seq, totals, isRebuilt: this.#isRebuilt };
  }

  #begin(): Teller {
    const before = this.#store.read();
    this.#isRebuilt = before === null;
    if (before !== null) {
      const goesOn = this.#upTo(before);
      if (goesOn !== null) return goesOn;
      this.#isRebuilt = true;
    }
    this.#tail = new JournalTail(this.#request.journal);
    return this.#tellerFrom(null);
  }

  /** A teller at the place of these tables; null when they are of another journal, or of one that lost its end. */
  #upTo(before: Applied): Teller | null {
    this.#tail = new JournalTail(this.#request.journal);
    const teller = this.#tellerFrom(before);
    try {
      for (const line of this.#tail.lines()) {
        teller.take(line);
        if (teller.seq === before.seq && teller.mark !== before.mark) return null;
      }
    } catch (thrown) {
      if (thrown instanceof JournalError) return null; // said again, if it is so, from the beginning
      throw thrown;
    }
    return teller.seq >= before.seq ? teller : null;
  }

  #tellerFrom(before: Applied | null): Teller {
    const { setup, identity, manifest: { run } } = this.#request;
    return new Teller({ run, setup, identity, snapshots: this.#tail.snapshots(), before });
  }
}

/** Over names, lengths and bytes of every column. */
function digestOf(tables: readonly Table[]): string {
  const hash = createHash('sha256');
  for (const { name, rows, columns } of tables) {
    hash.update(`${name} ${rows}\n`);
    for (const column of columns) {
      const values = column.type === 'text' ? column.codes : column.values;
      hash.update(`${column.name} ${column.type}\n`);
      hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      if (column.type === 'text') hash.update(column.dictionary.join('\u0000'));
    }
  }
  return hash.digest('hex');
}
