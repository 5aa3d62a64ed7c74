/**
 * What a process leaves behind when it is killed: its journal, up to the last sync and a piece of the rest, and snapshots of
 * which the newest may be torn. A new process has nothing else.
 */
import { createState, Journal, MemoryPort, rehydrate, replayJournal, stateDigest } from '../../engine/index.ts';
import type { Event, JournalRequest, Ms, Out, Setup, SnapshotDamage, State } from '../../engine/index.ts';

/** Events between two snapshots. */
const snapshotEvery = 150;

export class Memory {
  readonly #port = new MemoryPort();
  readonly #request: JournalRequest;
  #journal: Journal;
  #sinceSnapshot = 0;
  state: State;

  constructor(setup: Setup, seed: number) {
    const identity = { run: `schedule-${seed}`, engine: '1', configHash: 'c', strategyHash: 's', dataHash: '' };
    this.#request = { setup, port: this.#port, identity, bars: 'journaled' };
    this.#journal = new Journal(this.#request);
    this.state = createState(setup);
  }

  /** Records written so far, and how many of them no crash can take: `step` returns when its own are durable. */
  get written(): { readonly intent: number; readonly durable: number } {
    return { intent: this.#journal.seq, durable: this.#port.unsynced === 0 ? this.#journal.seq : this.#journal.seq - 1 };
  }

  step(event: Event, out: Out): void {
    this.#journal.step(this.state, event, out);
    this.#sinceSnapshot += 1;
    if (this.#sinceSnapshot < snapshotEvery) return;
    this.#sinceSnapshot = 0;
    this.#journal.snapshot(this.state);
  }

  /** The machine dies; `keep` = share of the bytes not yet durable that survive. */
  crash(keep: number, damage: SnapshotDamage): void {
    this.#port.crash(Math.floor(keep * this.#port.unsynced), damage);
  }

  /** A new process reads the journal and begins. */
  restart(at: Ms, out: Out): void {
    const { state, journal } = rehydrate(this.#request);
    this.state = state;
    this.#journal = journal;
    journal.restart(state, at, out);
  }

  /** I19: what is left when every record is stepped again from the first; the commands are compared on the way. */
  replayed(): { readonly before: string; readonly after: string } {
    return { before: stateDigest(this.state), after: stateDigest(replayJournal(this.#request).state) };
  }
}
