/**
 * What the command line and the engine's thread say to each other. The order is fixed: `load` -> `declared` | `failed`,
 * then `run` -> `finished` | `failed`, once per run wanted. Beside the messages both sides share a few numbers, so that
 * a thread that never returns can still be watched.
 */
import type { RunConfig, Timeframe } from '../../engine/index.ts';
import type { Hardship, Market, RunResult } from '../../sim/index.ts';
import type { ExitCode } from '../failure.ts';
import type { GivenParam, StrategyBundle } from '../strategy/index.ts';

export interface LoadRequest {
  readonly tag: 'load';
  readonly bundle: StrategyBundle;
  readonly params: readonly GivenParam[];
}
export interface RunRequest {
  readonly tag: 'run';
  readonly market: Market;
  readonly config: RunConfig;
  readonly record: 'normal' | 'all';
  /** Null = nothing is to go wrong. */
  readonly hardship: Hardship | null;
}
export type Request = LoadRequest | RunRequest;

/** What a strategy says of itself, before any bar. */
export interface Declared {
  readonly tag: 'declared';
  readonly name: string;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly timeframeMs: number;
  /** Parameters with defaults filled in. */
  readonly params: Readonly<Record<string, unknown>>;
}
export interface Finished { readonly tag: 'finished'; readonly result: RunResult; readonly runMs: number }
/** `exitCode` null: a bug of ours, with its stack. */
export interface Failed { readonly tag: 'failed'; readonly exitCode: ExitCode | null; readonly line: string; readonly stack: string }
export type Answer = Declared | Finished | Failed;

/** What the thread is doing; the command line ends it when a strategy's own code takes too long. */
export const phases = { starting: 0, ready: 1, strategy: 2, ours: 3 } as const;

/**
 * Shared numbers, written by the thread and read by the command line. `counters`: 0 bars fed so far, 1 symbol index
 * being decided, 2 phase. `times`: 0 close of the bar being played, ms UTC.
 */
export interface Gauge { readonly counters: Int32Array; readonly times: Float64Array }

export function createGauge(): SharedArrayBuffer {
  return new SharedArrayBuffer(64);
}

export function gaugeOf(shared: SharedArrayBuffer): Gauge {
  return { counters: new Int32Array(shared, 0, 8), times: new Float64Array(shared, 32, 4) };
}

/**
 * `BTCUSDT bar 2025-10-10T21:15:00Z`: the decision bar under way, named by its opening as everywhere in the data.
 * Null before the first bar. `Calendar` is Date, which the engine's thread has put aside.
 */
export function barUnderWay(gauge: Gauge, { symbols, timeframeMs }: Watched, Calendar: DateConstructor): string | null {
  const closedAt = gauge.times[0] ?? 0;
  const symbol = symbols[gauge.counters[1] ?? 0];
  if (closedAt === 0 || symbol === undefined) return null;
  return `${symbol} bar ${new Calendar(closedAt - timeframeMs).toISOString().replace('.000Z', 'Z')}`;
}

/** What is needed to name the bar a strategy is at. */
export interface Watched { readonly symbols: readonly string[]; readonly timeframeMs: number }
