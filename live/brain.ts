/**
 * The engine as the shell sees it, wherever it runs: events in, commands and the next deadline out. Everything that is
 * handed back was made durable before.
 */
import type { Approved, Event, JournalProblem, Mode, Ms } from '../engine/index.ts';

/** Commands of one event, decided at `at`, ms. */
export interface Decided { readonly at: Ms; readonly commands: readonly Approved[] }

/** What the shell has to know of the state to run on: when it is to come back, and how closely it must look. */
export interface Facts {
  /** Time of the last event, ms. */
  readonly now: Ms;
  /** The engine wants a `timer` then; Infinity = it waits for nothing. */
  readonly deadlineAt: Ms;
  readonly mode: Mode;
  /** Mode that a recovery under way will end in. */
  readonly afterRecovery: Mode;
  /** Some order stands, or is on its way. */
  readonly isWaiting: boolean;
  /** Some order that could open or grow a position stands, or is on its way. */
  readonly isOpening: boolean;
  readonly isOpen: boolean;
  /** Calls of the strategy so far. */
  readonly decisions: number;
  /** Records written. */
  readonly records: number;
  /** The disk has room for what a position may still need written. */
  readonly hasRoom: boolean;
  /** The strategy's own error that halted the engine; null = none. */
  readonly failure: { readonly symbol: string; readonly message: string; readonly stack: string } | null;
}
export interface Thought extends Facts { readonly decided: readonly Decided[] }

/** One position and its orders, for people. Prices in quote, quantities in base (contracts when inverse). */
export interface LegView {
  readonly symbol: string; readonly side: 'long' | 'short' | 'flat'; readonly qty: number; readonly entryPrice: number | null;
  readonly unrealised: number; readonly protection: string; readonly stop: number | null; readonly mark: number | null;
  readonly orders: readonly { readonly order: number; readonly role: string; readonly side: 'buy' | 'sell'; readonly qty: number; readonly filled: number;
    readonly price: number | null; readonly state: string }[];
}
export interface Status {
  readonly now: Ms; readonly mode: Mode; readonly link: 'up' | 'down'; readonly settle: string; readonly equity: number; readonly balance: number;
  readonly decisions: number; readonly legs: readonly LegView[];
  /** Operator events taken in since the engine came up. */
  readonly operated: number;
  /** What the last orders of people's own were answered, by name: '' = they went as asked, else such as `refused: no-stop`. */
  readonly answered: Readonly<Record<string, string>>;
  /** What they were rounded to; null = refused before anything was rounded. */
  readonly sized: Readonly<Record<string, Sized | null>>;
}
/** `qty` in base (contracts when inverse), `price` in quote: the one it was sized at. */
export interface Sized { readonly qty: number; readonly price: number }

/** How the engine came up: `closedAt` = close of the last bar it knows, by symbol, 0 = none. */
export interface Woken {
  readonly isFresh: boolean; readonly closedAt: readonly Ms[]; readonly now: Ms; readonly mode: Mode;
  /** Events stepped again, bytes of a torn end, and times that commands were decided and never sent. */
  readonly replayed: number; readonly cut: number; readonly unsent: number;
}

export interface Brain {
  /** Reads the journal back, or begins it. Comes first; rejects with `BrainError`. */
  wake(): Promise<Woken>;
  /** Nothing of the account is believed from here on: before anything else is sent. */
  restart(at: Ms): Promise<Thought>;
  /** One after the other, in this order. */
  take(events: readonly Event[]): Promise<Thought>;
  /** Between two events. */
  snapshot(): Promise<void>;
  status(): Promise<Status>;
  /** Nothing is asked afterwards. */
  end(): Promise<void>;
}

/** The engine cannot go on: its journal cannot be read or written, or its own code broke. */
export class BrainError extends Error {
  override readonly name = 'BrainError';
  readonly kind: 'journal' | 'strategy' | 'bug';
  readonly problem: JournalProblem | null;
  constructor(kind: BrainError['kind'], message: string, facts: { readonly problem?: JournalProblem; readonly stack?: string } = {}) {
    super(message);
    this.kind = kind;
    this.problem = facts.problem ?? null;
    if (facts.stack !== undefined && facts.stack !== '') this.stack = facts.stack;
  }
}
