/**
 * What the command line and the engine's thread say to each other. The order is fixed: `load` -> `declared` | `failed`,
 * then `run` -> `finished` | `failed`. Beside the messages both sides share a few numbers, so that a thread that never
 * returns can still be watched.
 */
import type { RunConfig } from '../../engine/index.ts';
import type { Market, RunResult } from '../../sim/index.ts';
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
}
export type Request = LoadRequest | RunRequest;

/** What a strategy says of itself, before any bar. */
export interface Declared {
  readonly tag: 'declared';
  readonly name: string;
  readonly symbols: readonly string[];
  readonly timeframe: string;
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
 * Shared numbers. `counters`: 0 bars fed so far, 1 symbol index of the bar being fed, 2 phase.
 * `times`: 0 close of the bar being fed, ms UTC. Written by the thread, read by the command line.
 */
export interface Gauge { readonly counters: Int32Array; readonly times: Float64Array }

export function createGauge(): SharedArrayBuffer {
  return new SharedArrayBuffer(64);
}

export function gaugeOf(shared: SharedArrayBuffer): Gauge {
  return { counters: new Int32Array(shared, 0, 8), times: new Float64Array(shared, 32, 4) };
}

/** `BTCUSDT bar 2025-10-10T21:15:00Z`. `Calendar` is Date, which the engine's thread has put aside. */
export function barName(symbol: string, at: number, Calendar: DateConstructor): string {
  return `${symbol} bar ${new Calendar(at).toISOString().replace('.000Z', 'Z')}`;
}
