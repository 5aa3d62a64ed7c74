/**
 * From a journal back to the state: the last good snapshot, then every record after it stepped again without sending
 * anything. What the engine decides must be, byte for byte, what it decided then.
 *
 * 1. A torn end is cut and counted; damage before the end, a missing record or a strange file is refused.
 * 2. Commands without a record never left: only a restart, or the end, may follow them.
 * 3. A snapshot that cannot be read, or that the journal does not know, is passed over for the older one.
 */
import { createState } from '../create.ts';
import { createDigest, digestText } from '../digest.ts';
import type { Digest } from '../digest.ts';
import type { Event } from '../events.ts';
import { roundTripMemories } from '../memory.ts';
import type { Approved } from '../commands.ts';
import type { Note, Out } from '../notes.ts';
import type { State } from '../state.ts';
import { step } from '../step.ts';
import type { Ms } from '../units.ts';
import { JournalError } from './error.ts';
import { beginAgain, dayOf, headerText, Journal, journalSchema } from './journal.ts';
import type { JournalPlace, JournalRequest } from './journal.ts';
import { lastField, mixLine, readLine } from './line.ts';
import type { Line } from './line.ts';
import type { JournalPort } from './port.ts';
import { commandsText, eventOf, isEventKind } from './shapes.ts';
import { restoreState, stateDigest } from './snapshot.ts';
import { revive } from './text.ts';

export interface RehydrateRequest extends JournalRequest {
  /** The bars and cycles of the data set, from the first on; for a journal that has them by reference. */
  readonly market?: Iterable<Event>;
  /** Sees every event (null = a restart) after it was stepped again, with what the step told and wanted. */
  readonly seen?: (event: Event | null, state: State, notes: readonly Note[], commands: readonly Approved[]) => void;
}

export interface Replayed {
  readonly state: State;
  /** Events stepped again. */
  readonly replayed: number;
  /** Bytes of a torn end. */
  readonly cut: number;
  /** Record of the snapshot that it went on from; 0 = from the beginning. */
  readonly from: number;
  /** Snapshots that could not be used. */
  readonly skipped: number;
  /** Times that commands were decided and never sent. */
  readonly unsent: number;
}
export interface Rehydrated extends Replayed {
  /** Goes on where the records end. `restart` comes first. */
  readonly journal: Journal;
}

/** The state at the end of the journal, which is made whole. */
export function rehydrate(request: RehydrateRequest): Rehydrated {
  const { replayed, place } = walk(request, true);
  if (replayed.cut > 0) request.port.cut(replayed.cut);
  const journal = new Journal(request, place);
  if (replayed.cut > 0) journal.noteCut(replayed.state.now, replayed.cut);
  return { ...replayed, journal };
}

/** The same from the beginning, every decision and every snapshot compared; nothing is written. */
export function replayJournal(request: RehydrateRequest): Replayed {
  return walk(request, false).replayed;
}

interface Start { readonly state: State; readonly seq: number; readonly passed: number; readonly skipped: number }

function walk(request: RehydrateRequest, fromSnapshot: boolean): { readonly replayed: Replayed; readonly place: JournalPlace } {
  const known = new Map<number, string>();
  const scanned = scan(request.port, (line) => {
    if (line.kind === 'header') checkHeader(line, request);
    else if (line.kind === 'snapshot') known.set(line.seq, lastField(line.json, 'digest').slice(1, -1));
  });
  const start = fromSnapshot ? lastGood(request, known) : beginning(request, 0);
  const again = new Again(request, start);
  for (const line of linesAfter(request.port, start.seq, scanned.place.seq)) again.take(line);
  again.end();
  return {
    replayed: { state: start.state, replayed: again.replayed, cut: scanned.cut, from: start.seq, skipped: start.skipped, unsent: again.unsent },
    place: { ...scanned.place, passed: again.passed },
  };
}

const beginning = ({ setup }: RehydrateRequest, skipped: number): Start => ({ state: createState(setup), seq: 0, passed: 0, skipped });

/** Hands every good line over, in order. */
function scan(port: JournalPort, visit: (line: Line) => void): { readonly cut: number; readonly place: Omit<JournalPlace, 'passed'> } {
  let cut = 0;
  const lines = new LineOrder();
  for (const text of port.lines()) {
    if (cut > 0) throw new JournalError('damaged', lines.seq + 1, { expected: 'a whole line with its checksum', actual: 'another' });
    const line = readLine(text);
    if (line === null) cut = text.length;
    else {
      lines.check(line);
      visit(line);
      lines.count(line, text.length);
    }
  }
  const { seq, digest, bytes, at } = lines;
  return { cut, place: { seq, digest, bytes, day: dayOf(at) } };
}

/** Records after `from` up to `to` of a journal that was scanned: record n is its nth line, and whole. */
function* linesAfter(port: JournalPort, from: number, to: number): Iterable<Line> {
  let seq = 0;
  for (const text of port.lines()) {
    seq += 1;
    if (seq > to) return;
    if (seq > from) yield readLine(text) ?? unread(seq);
  }
}

/** It was whole a moment ago. */
function unread(seq: number): never {
  throw new JournalError('damaged', seq, { expected: 'the line that was there', actual: 'another' });
}

/** Whether lines are those of one journal: no record is missing, and every file follows the one before it. */
export class LineOrder {
  seq = 0;
  /** Of the present file. */
  digest: Digest = createDigest();
  bytes = 0;
  at: Ms = 0;

  /** Throws a JournalError where `line` cannot be the next one. */
  check(line: Line): void {
    const { seq } = this;
    if (line.seq !== seq + 1) throw new JournalError('gap', seq + 1, { expected: `record ${seq + 1}`, actual: `record ${line.seq}` });
    if (line.kind !== 'header') {
      if (seq === 0) throw new JournalError('foreign', 1, { expected: 'a header', actual: line.kind });
      return;
    }
    const former = lastField(line.json, 'former');
    const expected = seq === 0 ? 'null' : `"${digestText(this.digest)}"`;
    if (former !== expected) throw new JournalError('former', line.seq, { expected: `a file after ${expected}`, actual: `a file after ${former}` });
    this.digest = createDigest();
    this.bytes = 0;
  }

  count({ seq, at, crc }: Line, bytes: number): void {
    this.seq = seq;
    this.at = at;
    mixLine(this.digest, crc);
    this.bytes += bytes;
  }
}

export function checkHeader({ seq, json }: Line, request: Omit<JournalRequest, 'port'>): void {
  const expected = headerText(request);
  const from = json.indexOf('"k":"header",') + '"k":"header",'.length;
  const actual = json.slice(from, json.lastIndexOf(',"former":'));
  if (actual !== expected) throw new JournalError('foreign', seq, { expected, actual });
}

function lastGood(request: RehydrateRequest, known: ReadonlyMap<number, string>): Start {
  let skipped = 0;
  for (const text of request.port.snapshots()) {
    const snapshot = readSnapshot(request, text);
    if (snapshot !== null && snapshot.digest === known.get(snapshot.seq)) {
      return { state: restoreState(request.setup, snapshot.state), seq: snapshot.seq, passed: snapshot.passed, skipped };
    }
    skipped += 1;
  }
  return beginning(request, skipped);
}

export interface SnapshotText { readonly seq: number; readonly digest: string; readonly passed: number; readonly state: string }

/** Null when it is torn, or not of this run and engine. */
export function readSnapshot({ identity: { run, engine } }: Pick<JournalRequest, 'identity'>, text: string): SnapshotText | null {
  const line = readLine(text);
  if (line === null) return null;
  const head = JSON.parse(`${line.json.slice(0, line.json.indexOf(',"state":'))}}`) as Readonly<Record<string, unknown>>;
  const isOurs = head['schema'] === journalSchema && revive(head['run']) === run && revive(head['engine']) === engine;
  return isOurs ? { seq: line.seq, digest: String(head['digest']), passed: Number(head['passed']), state: lastField(line.json, 'state') } : null;
}

/** Steps records again. */
export class Again {
  readonly #state: State;
  readonly #out: Out = { commands: [], notes: [] };
  readonly #market: Iterator<Event> | null;
  readonly #seen: RehydrateRequest['seen'] | null;
  /** Text of the commands decided last, until their record comes; '' = none. */
  #owed = '';
  replayed = 0;
  unsent = 0;
  passed: number;

  constructor({ market, seen }: Pick<RehydrateRequest, 'market' | 'seen'>, { state, passed }: Pick<Start, 'state' | 'passed'>) {
    this.#state = state;
    this.#seen = seen ?? null;
    this.#market = market === undefined ? null : market[Symbol.iterator]();
    this.passed = passed;
    for (let i = 0; i < passed; i++) this.#market?.next();
  }

  take(line: Line): void {
    if (this.#owed !== '' && line.kind !== 'commands' && line.kind !== 'header') this.#leaveUnsent(line);
    switch (line.kind) {
      case 'header':
      case 'tail-cut': return;
      case 'commands': this.#compare(line); return;
      case 'passed': this.#pass(line); return;
      case 'restart':
        beginAgain(this.#state, line.at, this.#out);
        this.#owe(null);
        return;
      case 'snapshot': this.#compareState(line); return;
      default: this.#step(line, this.#eventOf(line));
    }
  }

  end(): void {
    if (this.#owed !== '') this.unsent += 1;
  }

  #eventOf({ seq, at, kind, json }: Line): Event {
    if (!isEventKind(kind)) throw new JournalError('foreign', seq, { expected: 'a kind of record that is known', actual: kind });
    return eventOf(kind, at, revive(JSON.parse(json)) as Readonly<Record<string, unknown>>);
  }

  #step({ seq, at }: Line, event: Event): void {
    if (!(event.at >= this.#state.now)) throw new JournalError('foreign', seq, { expected: `a time from ${this.#state.now} on`, actual: String(at) });
    step(this.#state, event, this.#out);
    this.replayed += 1;
    this.#owe(event);
  }

  #owe(event: Event | null): void {
    const { commands, notes } = this.#out;
    this.#seen?.(event, this.#state, notes, commands);
    this.#owed = commands.length === 0 ? '' : commandsText(commands);
    commands.length = 0;
    notes.length = 0;
  }

  #compare({ seq, json }: Line): void {
    const expected = lastField(json, 'list');
    const actual = this.#owed === '' ? '[]' : this.#owed;
    if (actual !== expected) throw new JournalError('differs', seq, { expected, actual });
    this.#owed = '';
  }

  #leaveUnsent({ seq, kind }: Line): void {
    if (kind !== 'restart' && kind !== 'tail-cut') throw new JournalError('differs', seq, { expected: `no commands before this ${kind}`, actual: this.#owed });
    this.unsent += 1;
    this.#owed = '';
  }

  /** Commands of a data set's event end its count. */
  #pass(line: Line): void {
    const { count } = JSON.parse(line.json) as { readonly count: number };
    for (let i = 0; i < count; i++) {
      if (this.#owed !== '') this.#leaveUnsent(line);
      const next = this.#market?.next();
      if (next === undefined || next.done === true) {
        throw new JournalError('foreign', line.seq, { expected: `${count} events of the data set`, actual: `${i}` });
      }
      this.passed += 1;
      this.#step(line, next.value);
    }
  }

  #compareState({ seq, json }: Line): void {
    roundTripMemories(this.#state);
    const expected = lastField(json, 'digest').slice(1, -1);
    const actual = stateDigest(this.#state);
    if (actual !== expected) throw new JournalError('differs', seq, { expected: `state ${expected}`, actual: `state ${actual}` });
  }
}
