/**
 * The engine with its journal: every event is written, then taken in, its commands made durable, then handed back. Knows no
 * clock and no promise, so that it can run beside a strategy in a world that has neither.
 */
import { deadlineOf, Journal, JournalError, lastClosedAt, rehydrate, unrealisedOf, valueOf } from '../engine/index.ts';
import { createState } from '../engine/index.ts';
import type { Event, Instrument, JournalIdentity, JournalPort, Leg, ManualOrder, Ms, Note, Order, Out, Setup, State } from '../engine/index.ts';
import { BrainError } from './brain.ts';
import type { Brain, Decided, Facts, LegView, Sized, Status, Thought, Woken } from './brain.ts';

export interface EngineRequest {
  readonly setup: Setup;
  readonly port: JournalPort;
  readonly identity: JournalIdentity;
  /** Asked at every cycle; absent = there is always room. */
  readonly hasRoom?: () => boolean;
  /** Sees every event after it was taken in, with what the step told. */
  readonly seen?: (event: Event, state: State, notes: readonly Note[]) => void;
  /** Shared memory in which a watcher sees the symbol being decided. */
  readonly trace?: Int32Array;
}

/** Enough for every caller that could still ask. */
const answersKept = 64;

export class JournaledEngine {
  readonly #request: EngineRequest;
  readonly #out: Out = { commands: [], notes: [] };
  #state: State;
  #journal: Journal | null = null;
  #operated = 0;
  /** What became of the last orders of people's own, by name. */
  readonly #answered = new Map<string, Answer>();
  #hasRoom = true;

  constructor(request: EngineRequest) {
    this.#request = request;
    this.#state = createState(request.setup, request.trace);
  }

  wake(): Woken {
    const { setup, port, identity } = this.#request;
    const request = { setup, port, identity, bars: 'journaled' } as const;
    if (isEmpty(port)) {
      this.#journal = new Journal(request);
      return { isFresh: true, closedAt: setup.instruments.map(() => 0), now: 0, mode: this.#state.mode, replayed: 0, cut: 0, unsent: 0 };
    }
    const { state, journal, replayed, cut, unsent } = guarded(() => rehydrate(request));
    this.#state = state;
    this.#journal = journal;
    const closedAt = state.legs.map(lastClosedAt);
    return { isFresh: closedAt.every((at) => at === 0), closedAt, now: state.now, mode: state.mode, replayed, cut, unsent };
  }

  restart(at: Ms): Thought {
    guarded(() => this.#opened.restart(this.#state, Math.max(at, this.#state.now), this.#out));
    return this.#thought([this.#decided()].filter((one) => one !== null));
  }

  take(events: readonly Event[]): Thought {
    const decided: Decided[] = [];
    const journal = this.#opened;
    for (const event of events) {
      guarded(() => journal.step(this.#state, event, this.#out));
      if (event.tag === 'operator' || event.tag === 'manual-order') {
        this.#operated += 1;
        if (event.tag === 'manual-order') this.#answer(event);
      }
      if (event.tag === 'cycle-closed') this.#hasRoom = this.#request.hasRoom?.() ?? true;
      this.#request.seen?.(event, this.#state, this.#out.notes);
      const own = this.#decided();
      if (own !== null) decided.push(own);
    }
    return this.#thought(decided);
  }

  snapshot(): void {
    guarded(() => this.#opened.snapshot(this.#state));
  }

  status(): Status {
    const { now, mode, link, wallet, equity, decisionSequence, legs, setup } = this.#state;
    return {
      now, mode, link: link.tag, settle: wallet.settle, equity, balance: wallet.balanceNumber, decisions: decisionSequence,
      operated: this.#operated, answered: Object.fromEntries([...this.#answered].map(([name, { text }]) => [name, text])),
      sized: Object.fromEntries([...this.#answered].map(([name, { sized }]) => [name, sized])), legs: legs.map((leg) => viewOf(this.#state, leg, setup.instruments[leg.symbol]!)),
    };
  }

  #answer({ name, leg }: ManualOrder): void {
    this.#answered.set(name, answerIn(this.#out.notes, this.#state.setup.instruments[leg]));
    const [oldest] = this.#answered.keys();
    if (this.#answered.size > answersKept && oldest !== undefined) this.#answered.delete(oldest);
  }

  get #opened(): Journal {
    if (this.#journal === null) throw new RangeError('wake comes first');
    return this.#journal;
  }

  /** What the last step wants done; both lists are empty afterwards. */
  #decided(): Decided | null {
    const { commands, notes } = this.#out;
    notes.length = 0;
    return commands.length === 0 ? null : { at: this.#state.now, commands: commands.splice(0) };
  }

  #thought(decided: readonly Decided[]): Thought {
    return { ...this.#facts(), decided };
  }

  #facts(): Facts {
    const { now, mode, afterRecovery, legs, decisionSequence, failure } = this.#state;
    return {
      now, mode, afterRecovery, deadlineAt: deadlineOf(this.#state), decisions: decisionSequence, failure, records: this.#opened.seq, hasRoom: this.#hasRoom,
      isWaiting: legs.some(({ orders, staged }) => orders.length > 0 || staged !== null),
      isOpening: legs.some(({ orders, staged }) => staged !== null || orders.some(({ reduceOnly }) => !reduceOnly)),
      isOpen: legs.some(({ position }) => position.tag === 'open'),
    };
  }
}

/** The engine in the caller's own thread: for tests, and where the strategy is trusted. */
export function besides(engine: JournaledEngine): Brain {
  return {
    wake: () => Promise.resolve().then(() => engine.wake()),
    restart: (at) => Promise.resolve().then(() => engine.restart(at)),
    take: (events) => Promise.resolve().then(() => engine.take(events)),
    snapshot: () => Promise.resolve().then(() => engine.snapshot()),
    status: () => Promise.resolve().then(() => engine.status()),
    end: () => Promise.resolve(),
  };
}

/** In words, '' = it went as asked; and what it was rounded to. */
interface Answer { readonly text: string; readonly sized: Sized | null }

/** What became of an order of a person's own. */
function answerIn(notes: readonly Note[], instrument: Instrument | undefined): Answer {
  const decision = notes.find((note) => note.tag === 'decision');
  if (decision === undefined || instrument === undefined) return { text: '', sized: null };
  const { outcome, reason, lots, priceTicks } = decision;
  const price = valueOf(priceTicks, instrument.tick);
  return { text: outcome === 'accepted' ? '' : `${outcome}: ${reason}`, sized: priceTicks > 0 ? { qty: valueOf(lots, instrument.lot), price } : null };
}

function isEmpty(port: JournalPort): boolean {
  for (const _ of port.lines()) return false;
  return true;
}

/** What breaks a journal is told apart from what breaks the engine. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const stack = error.stack ?? '';
    if (error instanceof JournalError) throw new BrainError('journal', error.message, { problem: error.problem, stack });
    throw new BrainError('code' in error ? 'journal' : 'bug', error.message, { stack });
  }
}

function viewOf(state: State, { symbol, position, orders, book }: Leg, instrument: Instrument): LegView {
  const { tick, lot } = instrument;
  const priceOf = (ticks: number): number | null => (ticks > 0 ? valueOf(ticks, tick) : null);
  const shared = {
    symbol: state.setup.strategy.symbols[symbol]!, mark: priceOf(book.markTicks), orders: orders.map((order) => orderView(order, instrument)),
  };
  if (position.tag === 'flat') return { ...shared, side: 'flat', qty: 0, entryPrice: null, unrealised: 0, protection: 'none', stop: null };
  const { protection } = position;
  return {
    ...shared, side: position.side === 1 ? 'long' : 'short', qty: valueOf(position.lots, lot), entryPrice: priceOf(position.entryTicks),
    unrealised: unrealisedOf(state, state.legs[symbol]!), protection: protection.tag,
    stop: 'trigger' in protection ? priceOf(protection.trigger) : null,
  };
}

const orderView = ({ id, role, side, lots, filled, priceTicks, state }: Order, { tick, lot }: Instrument): LegView['orders'][number] => ({
  order: id, role, side: side === 1 ? 'buy' : 'sell', qty: valueOf(lots, lot), filled: valueOf(filled, lot),
  price: priceTicks > 0 ? valueOf(priceTicks, tick) : null, state: state.tag,
});

