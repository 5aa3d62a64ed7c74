/**
 * What the shell and the thread of the live engine say to each other: one question at a time, one answer each. The strategy is
 * named first (`load`), then the journal is opened with what the account allows (`open`), then events go in.
 */
import type { Event, InstrumentRules, JournalIdentity, JournalProblem, Ms, RunConfig, Timeframe } from '../../engine/index.ts';
import type { Status, Thought, Woken } from '../../live/index.ts';
import type { ExitCode } from '../failure.ts';
import type { RunManifest } from '../../data/index.ts';
import type { Fed, Totals } from '../projection/index.ts';
import type { GivenParam, StrategyBundle } from '../strategy/index.ts';

export interface OpenRequest {
  readonly config: RunConfig;
  /** In the strategy's order. */
  readonly rules: readonly InstrumentRules[];
  /** Folder of the journal; made when absent. */
  readonly folder: string;
  readonly identity: JournalIdentity;
}
export type Question =
  | { readonly tag: 'load'; readonly bundle: StrategyBundle; readonly params: readonly GivenParam[] }
  | { readonly tag: 'open'; readonly request: OpenRequest }
  | { readonly tag: 'retell'; readonly request: OpenRequest }
  /** Brings the tables below the folder `data` up to the journal. */
  | { readonly tag: 'project'; readonly request: OpenRequest; readonly data: string; readonly manifest: RunManifest }
  | { readonly tag: 'wake' }
  | { readonly tag: 'restart'; readonly at: Ms }
  | { readonly tag: 'take'; readonly events: readonly Event[] }
  | { readonly tag: 'snapshot' } | { readonly tag: 'status' } | { readonly tag: 'end' };

/** What a strategy says of itself. */
export interface Declared {
  readonly tag: 'declared'; readonly name: string; readonly symbols: readonly string[]; readonly timeframe: Timeframe; readonly timeframeMs: Ms;
  /** Parameters with defaults filled in. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Bars that must be known at the first decision, its own included. */
  readonly warmupBars: number;
}
export interface Opened { readonly tag: 'opened' }
export type Answer =
  | Declared | Opened
  | { readonly tag: 'woken'; readonly woken: Woken }
  | { readonly tag: 'thought'; readonly thought: Thought }
  | { readonly tag: 'status'; readonly status: Status }
  | { readonly tag: 'retold'; readonly totals: Totals }
  | { readonly tag: 'projected'; readonly fed: Fed }
  | { readonly tag: 'done' }
  /** Refused before anything began, with the line for the user. */
  | { readonly tag: 'failed'; readonly exitCode: ExitCode | null; readonly line: string; readonly stack: string }
  /** The engine cannot go on. */
  | { readonly tag: 'broken'; readonly kind: 'journal' | 'strategy' | 'bug'; readonly problem: JournalProblem | null; readonly line: string; readonly stack: string };
