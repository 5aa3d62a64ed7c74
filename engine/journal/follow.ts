/**
 * A journal read along while somebody else writes it: every whole line stepped again as in a replay, nothing written. Who
 * has told of the records up to some place already goes on after it, from the newest snapshot that is not later.
 */
import { createState } from '../create.ts';
import { digestText } from '../digest.ts';
import type { State } from '../state.ts';
import { JournalError } from './error.ts';
import type { JournalRequest } from './journal.ts';
import { lastField, readLine } from './line.ts';
import type { Line } from './line.ts';
import { Again, checkHeader, LineOrder, readSnapshot } from './rehydrate.ts';
import type { RehydrateRequest, SnapshotText } from './rehydrate.ts';
import { restoreState } from './snapshot.ts';

export interface FollowRequest extends Omit<JournalRequest, 'port' | 'bars'> {
  /** The newest first. */
  readonly snapshots: readonly string[];
  /** Records up to this one were told of before; 0 = none. */
  readonly after: number;
  /** As in a replay, for the records after `after`. */
  readonly seen: NonNullable<RehydrateRequest['seen']>;
  /** Every record after `after`, once it was stepped. `wasUnsent` = it shows that the commands before it never left. */
  readonly taken: (line: Line, wasUnsent: boolean) => void;
}

export class JournalFollower {
  readonly #request: FollowRequest;
  readonly #lines = new LineOrder();
  /** Goes on from here once its record has come; null = from the beginning. */
  readonly #snapshot: SnapshotText | null;
  #again: Again | null = null;
  #state: State;
  #hasBegun = false;

  constructor(request: FollowRequest) {
    this.#request = request;
    this.#snapshot = request.snapshots.map((text) => readSnapshot(request, text)).find((one) => one !== null && one.seq <= request.after) ?? null;
    this.#state = createState(request.setup);
    if (this.#snapshot === null) this.#again = this.#from(this.#state);
  }

  get state(): State { return this.#state; }
  /** Records taken. */
  get seq(): number { return this.#lines.seq; }
  /** Fingerprint of the present file up to here: another one at the same record is another journal. */
  get mark(): string { return digestText(this.#lines.digest); }

  /** Takes the next whole line. Throws a JournalError where it cannot follow, or the engine decides otherwise. */
  take(text: string): void {
    const line = readLine(text);
    if (line === null) throw new JournalError('damaged', this.seq + 1, { expected: 'a line with its checksum', actual: 'another' });
    const { after, taken, setup, identity } = this.#request;
    this.#lines.check(line);
    if (line.kind === 'header') checkHeader(line, { setup, identity, bars: 'journaled' });
    this.#lines.count(line, text.length);
    this.#hasBegun ||= line.seq > after;
    const unsent = this.#again?.unsent ?? 0;
    if (this.#again !== null) this.#again.take(line);
    else if (line.seq === this.#snapshot?.seq) this.#restore(line, this.#snapshot);
    if (this.#hasBegun) taken(line, (this.#again?.unsent ?? 0) > unsent);
  }

  #restore({ seq, json }: Line, { digest, state }: SnapshotText): void {
    const actual = lastField(json, 'digest').slice(1, -1);
    if (actual !== digest) throw new JournalError('differs', seq, { expected: `state ${digest}`, actual: `state ${actual}` });
    this.#state = restoreState(this.#request.setup, state);
    this.#again = this.#from(this.#state);
  }

  #from(state: State): Again {
    return new Again({ seen: (...told) => { if (this.#hasBegun) this.#request.seen(...told); } }, { state, passed: 0 });
  }
}
