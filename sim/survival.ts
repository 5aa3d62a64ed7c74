/**
 * What is left of an engine that is killed: the journal of `engine/journal.ts` in memory, begun with a snapshot while a kill
 * is due and written as with real money. A kill keeps what was synced and some bytes of the rest.
 */
import { Journal, MemoryPort, rehydrate } from '../engine/index.ts';
import type { Event, JournalRequest, Ms, Out, Setup, State } from '../engine/index.ts';

/** Records after which the journal begins anew with a snapshot, so that it stays small. */
const recordsMost = 20_000;

const identity = { run: 'survival', engine: 'this', configHash: '', strategyHash: '', dataHash: '' } as const;

/** What a real shell would fetch again, and nobody here tells a restarted engine again. */
const fetched: ReadonlySet<Event['tag']> = new Set<Event['tag']>(['bar-closed', 'mark-price', 'cycle-closed']);

export class Survival {
  readonly #setup: Setup;
  #port = new MemoryPort();
  #journal: Journal | null = null;

  constructor(setup: Setup) { this.#setup = setup; }

  get isWriting(): boolean { return this.#journal !== null; }

  /** Everything is written down from here on. Between two events. */
  begin(state: State): void {
    this.#port = new MemoryPort();
    this.#journal = new Journal(this.#request());
    this.#journal.snapshot(state);
  }

  #request(): JournalRequest { return { setup: this.#setup, port: this.#port, identity, bars: 'journaled' }; }

  step(state: State, event: Event, out: Out): void {
    const journal = this.#journal;
    if (journal === null) throw new RangeError('step comes after begin');
    if (journal.seq >= recordsMost) this.begin(state);
    this.#journal?.step(state, event, out);
    if (fetched.has(event.tag)) this.#port.sync();
  }

  /** The machine dies: `kept`, 0 to below 1, is the part of the bytes not synced that can still be read. */
  kill(kept: number): void {
    this.#journal = null;
    this.#port.crash(Math.floor(kept * (this.#port.unsynced + 1)));
  }

  /** The state that can be read back, told that it was away. Nothing is written from here on until `begin`. */
  restore(at: Ms, out: Out): State {
    const { state, journal } = rehydrate(this.#request());
    journal.restart(state, at, out);
    return state;
  }
}
