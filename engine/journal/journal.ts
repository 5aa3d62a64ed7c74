/**
 * The journal of a run: what was told, what was decided, in the order in which it happened.
 *
 * 1. An event is written before it is taken in, its commands before they are sent. `step` returns when both are durable, if
 *    anybody could miss them: a bar, a mark price, a cycle or a timer that decided nothing and left the mode as it was may
 *    be lost with the machine.
 * 2. The records alone give back every state: `rehydrate.ts`.
 * 3. A file begins with a header that names the run and holds the fingerprint of the file before it. Files turn at 64 MiB
 *    and at midnight UTC.
 *
 * Kinds of records: `header`; every event by its tag; `commands` of the event before it; `passed`, a number of bars and
 * cycles that the data set named in the header repeats; `snapshot`, the fingerprint of the state here; `restart`;
 * `tail-cut`, bytes that a crash left torn.
 */
import { createDigest, digestText } from '../digest.ts';
import type { Digest } from '../digest.ts';
import type { Event } from '../events.ts';
import { invariant } from '../invariant.ts';
import { roundTripMemories } from '../memory.ts';
import type { Out } from '../notes.ts';
import { beginRecovery } from '../recovery.ts';
import type { Setup } from '../setup.ts';
import type { State } from '../state.ts';
import { step } from '../step.ts';
import type { Ms } from '../units.ts';
import { crc32, lineOf, mixLine } from './line.ts';
import type { JournalPort } from './port.ts';
import { commandsText, eventText } from './shapes.ts';
import { stateText, textDigest } from './snapshot.ts';
import { encode, numberText } from './text.ts';

/** Of the records' format. */
export const journalSchema = 1;
const fileBytes = 64 * 1_024 * 1_024;
const dayMs = 86_400_000;

/**
 * What comes again by itself: the next one says as much. Everything else is told once, or is a reading that brought what
 * was told once; it is durable before the engine goes by it.
 */
const returning: ReadonlySet<Event['tag']> = new Set<Event['tag']>(['bar-closed', 'mark-price', 'cycle-closed', 'timer']);

/** What went into the run; a restart must bring the same. */
export interface JournalIdentity {
  readonly run: string;
  /** Version of the engine. */
  readonly engine: string;
  readonly configHash: string;
  readonly strategyHash: string;
  /** Hash of the data set that repeats the bars; '' when they are journaled. */
  readonly dataHash: string;
}

export interface JournalRequest {
  readonly setup: Setup;
  readonly port: JournalPort;
  readonly identity: JournalIdentity;
  /** Whether bars and cycles are written, or counted because a data set repeats them. */
  readonly bars: 'journaled' | 'by-reference';
}

/** Where a journal stands. */
export interface JournalPlace {
  /** Records written. */
  readonly seq: number;
  /** Of the present file. */
  readonly digest: Digest;
  readonly bytes: number;
  /** UTC day of the last record; NaN before the first. */
  readonly day: number;
  /** Events of the data set that were taken in. */
  readonly passed: number;
}

/** What a restarted engine does first, whenever it is: time went on while it was away. */
export function beginAgain(state: State, at: Ms, out: Out): void {
  invariant(at >= state.now, 'time never runs backwards', { now: state.now, at });
  state.now = at;
  beginRecovery(state, out);
}

/** Time 0 is that of a state that has seen nothing. */
export const dayOf = (at: Ms): number => (at === 0 ? Number.NaN : Math.floor(at / dayMs));

export class Journal {
  readonly #request: JournalRequest;
  readonly #port: JournalPort;
  #seq: number;
  #digest: Digest;
  #bytes: number;
  #day: number;
  /** Events of the data set that are not counted in a record yet. */
  #passing = 0;
  /** Events of the data set that were taken in. */
  passed: number;

  constructor(request: JournalRequest, place: JournalPlace = { seq: 0, digest: createDigest(), bytes: 0, day: Number.NaN, passed: 0 }) {
    this.#request = request;
    this.#port = request.port;
    this.#seq = place.seq;
    this.#digest = place.digest;
    this.#bytes = place.bytes;
    this.#day = place.day;
    this.passed = place.passed;
    if (this.#seq === 0) this.#writeHeader(0, null);
  }

  /** Records written. */
  get seq(): number { return this.#seq; }

  /** Takes one event in. Its commands are durable when this returns: they may be sent then, not before. */
  step(state: State, event: Event, out: Out): void {
    const before = out.commands.length;
    const { mode, afterRecovery } = state;
    this.#take(event);
    step(state, event, out);
    this.#decided(state.now, out, before, mode !== state.mode || afterRecovery !== state.afterRecovery);
  }

  /** The first thing after a rehydration, also when nothing was lost. Nothing of the account is believed from here on. */
  restart(state: State, at: Ms, out: Out): void {
    const before = out.commands.length;
    this.#write(at, '"k":"restart"');
    beginAgain(state, at, out);
    this.#decided(at, out, before, false);
    this.#port.sync();
  }

  /** Between two events. Memories are checked and replaced by what a restart would find. */
  snapshot(state: State): void {
    roundTripMemories(state);
    const text = stateText(state);
    const digest = textDigest(text);
    this.#write(state.now, `"k":"snapshot","digest":"${digest}"`);
    this.#port.sync();
    const { run, engine } = this.#request.identity;
    this.#port.keepSnapshot(lineOf(`{"seq":${this.#seq},"t":${numberText(state.now)},"k":"snapshot","schema":${journalSchema}`
      + `,"run":${encode(run)},"engine":${encode(engine)},"passed":${this.passed},"digest":"${digest}","state":${text}}`));
  }

  /** Says how much of the end was torn and taken away. */
  noteCut(at: Ms, bytes: number): void {
    this.#write(at, `"k":"tail-cut","bytes":${bytes}`);
    this.#port.sync();
  }

  /** Written before the strategy can see what it brings. */
  #take(event: Event): void {
    if (this.#request.bars === 'by-reference' && (event.tag === 'bar-closed' || event.tag === 'cycle-closed')) {
      this.#passing += 1;
      return;
    }
    this.#countPassed(event.at);
    this.#append(event.at, `"k":"${event.tag}"${eventText(event)}`);
    if (!returning.has(event.tag)) this.#port.sync();
  }

  /** What is allowed from here on is durable too, also when its alert was held back. */
  #decided(at: Ms, { commands }: Out, before: number, isOtherMode: boolean): void {
    const isQuiet = commands.length === before;
    if (isQuiet && !isOtherMode) return;
    this.#countPassed(at);
    if (!isQuiet) this.#append(at, `"k":"commands","list":${commandsText(before === 0 ? commands : commands.slice(before))}`);
    this.#port.sync();
  }

  #countPassed(at: Ms): void {
    if (this.#passing === 0) return;
    const count = this.#passing;
    this.#passing = 0;
    this.passed += count;
    this.#append(at, `"k":"passed","count":${count}`);
  }

  #write(at: Ms, fields: string): void {
    this.#countPassed(at);
    this.#append(at, fields);
  }

  #append(at: Ms, fields: string): void {
    const day = dayOf(at);
    if (this.#bytes >= fileBytes || day > this.#day) {
      this.#port.turn();
      this.#writeHeader(at, digestText(this.#digest));
    }
    this.#day = day;
    this.#line(at, fields);
  }

  #writeHeader(at: Ms, former: string | null): void {
    this.#digest = createDigest();
    this.#bytes = 0;
    this.#line(at, `"k":"header",${headerText(this.#request)},"former":${former === null ? 'null' : `"${former}"`}`);
    this.#port.sync();
  }

  #line(at: Ms, fields: string): void {
    this.#seq += 1;
    const json = `{"seq":${this.#seq},"t":${numberText(at)},${fields}}`;
    const crc = crc32(json);
    const line = lineOf(json, crc);
    mixLine(this.#digest, crc);
    this.#bytes += line.length;
    this.#port.append(line);
  }
}

/** The fields of a header that every file of a run repeats. */
export function headerText({ setup, identity, bars }: Omit<JournalRequest, 'port'>): string {
  const { run, engine, configHash, strategyHash, dataHash } = identity;
  const named = Object.entries({ run, engine, configHash, strategyHash, dataHash }).map(([key, value]) => `"${key}":${encode(value)}`);
  return `"schema":${journalSchema},${named.join(',')},"bars":"${bars}","instruments":${encode(setup.instruments.map(({ rules }) => rules))}`;
}
