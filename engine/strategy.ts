/**
 * The public face of a strategy: its types and `defineStrategy`, which checks the definition once and marks it, so
 * that a loader can tell a strategy from anything else a module exports. Nothing here runs during a decision.
 */
import { z } from 'zod';
import { StrategyError } from './strategy-error.ts';
import { isTimeframe, timeframes } from './timeframe.ts';
import type { Timeframe } from './timeframe.ts';
import type { Ind, Kernels } from './indicators/index.ts';
import type { Context, Cycle } from './scene.ts';
import type { Intent } from './wants.ts';

export { z };
export { StrategyError } from './strategy-error.ts';
export { noStop } from './wants.ts';
export type {
  Add, At, Enter, Guard, Intent, Intents, NoStop, Resting, Side, Size, StopLevel, Target, TriggerBy,
} from './wants.ts';
export type {
  Account, Bar, Context, Cycle, EntryView, FundingView, InstrumentView, PositionView, RestingView, Scene, Trade,
} from './scene.ts';
export type { Ind, Kernels, Source } from './indicators/index.ts';
export { timeframeMs, timeframes } from './timeframe.ts';
export type { Timeframe } from './timeframe.ts';

/** `T` if it survives JSON, `never` where it does not. */
type JsonOf<T> =
  T extends boolean | number | string | null ? T
  : T extends (...a: never[]) => unknown ? never
  : T extends readonly (infer U)[] ? readonly JsonOf<U>[]
  : T extends object ? { readonly [K in keyof T]: JsonOf<T[K]> }
  : never;
type Plain<M> = [M] extends [JsonOf<M>]
  ? unknown
  : { readonly memory: 'memory must be plain JSON: finite numbers, strings, booleans, null, arrays, plain objects' };

interface Base<P extends z.ZodObject, I, M, S extends string> {
  /** Lower-case letters, digits and dashes; part of order links and reports. */
  readonly name: string;
  /** Traded symbols without a venue, in deciding order; unique. */
  readonly symbols: readonly S[];
  /** Decisions are taken at the closes of these bars. */
  readonly timeframe: Timeframe;
  /** Parameters with defaults and bounds; the bounds are the search space of a sweep. */
  readonly params: P;
  /** Decision bars that `history` may reach back and that are fed before the first decision; at least the kernels' own. */
  readonly warmup?: number;
  /** Declares the kernels, once, before any bar. */
  readonly indicators: (on: (timeframe: Timeframe) => Kernels, p: z.output<P>) => I;
  /** Initial memory: plain JSON, at most 64 kB. */
  readonly memory?: () => M;
  /** Stop level (quote) for a position found without one; asked once warm. */
  readonly protectAdopted?: (c: Context<I, M, S>, p: z.output<P>) => number;
}

/** Exactly one of `decide` (each symbol alone) and `decideCycle` (all at once; a missing symbol means hold). */
export type Strategy<P extends z.ZodObject, I, M, S extends string> =
  | (Base<P, I, M, S> & {
      readonly decide: (c: Context<I, M, S>, p: z.output<P>) => Intent;
      readonly decideCycle?: never;
    })
  | (Base<P, I, M, S> & {
      readonly decideCycle: (c: Cycle<I, M, S>, p: z.output<P>) => Readonly<Partial<Record<S, Intent>>>;
      readonly decide?: never;
    });

/** Shared by all copies of this module, so that a strategy is one whichever copy defined it. */
const mark = Symbol.for('holdfast.strategy');

/** Checks, marks and freezes a definition, and returns the same object. Throws a StrategyError. */
export function defineStrategy<
  P extends z.ZodObject, I extends Record<string, Ind<unknown>>, const S extends string, M extends object | null = null,
>(s: Strategy<P, I, M, S> & Plain<M>): Strategy<P, I, M, S> {
  checkDefinition(s);
  if (isStrategy(s)) return s;
  if (!Object.isExtensible(s)) {
    throw new StrategyError(`strategy '${s.name}' must not be frozen before defineStrategy`);
  }
  Object.defineProperty(s, mark, { value: true });
  Object.freeze(s);
  return s;
}

/** Any strategy, its own types forgotten: what a loader and a runner hold. */
export type AnyStrategy = Strategy<z.ZodObject, Record<string, Ind<unknown>>, object | null, string>;

/** True for what `defineStrategy` returned, from any copy of this package. */
export function isStrategy(value: unknown): value is AnyStrategy {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, mark);
}

function checkDefinition(value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    throw new StrategyError(`strategy must be an object, was ${text(value)}`);
  }
  const s = value as Readonly<Record<string, unknown>>;
  const { name } = s;
  if (typeof name !== 'string' || !/^[a-z0-9-]+$/.test(name)) {
    throw new StrategyError(`strategy name must be of a-z, 0-9 and dashes, was ${text(name)}`);
  }
  const refuse = (field: string, expected: string, was: unknown): never => {
    throw new StrategyError(`strategy '${name}': ${field} must be ${expected}, was ${text(was)}`);
  };
  checkSymbols(s['symbols'], refuse);
  if (!isTimeframe(s['timeframe'])) refuse('timeframe', `one of ${timeframes.join(' ')}`, s['timeframe']);
  if (!looksLikeZodObject(s['params'])) refuse('params', 'z.object({ ... })', s['params']);
  if (typeof s['indicators'] !== 'function') refuse('indicators', 'a function', s['indicators']);
  for (const optional of ['memory', 'protectAdopted', 'decide', 'decideCycle']) {
    if (s[optional] !== undefined && typeof s[optional] !== 'function') refuse(optional, 'a function', s[optional]);
  }
  if ((s['decide'] === undefined) === (s['decideCycle'] === undefined)) {
    refuse('decide or decideCycle', 'exactly one', s['decide'] === undefined ? 'neither' : 'both');
  }
  const { warmup } = s;
  if (warmup !== undefined && !(Number.isSafeInteger(warmup) && Number(warmup) >= 0)) {
    refuse('warmup', 'a whole number of decision bars', warmup);
  }
}

type Refuse = (field: string, expected: string, was: unknown) => never;

function checkSymbols(symbols: unknown, refuse: Refuse): void {
  if (!Array.isArray(symbols) || symbols.length === 0) {
    return refuse('symbols', 'a list of at least one symbol', symbols);
  }
  const seen = new Set<string>();
  for (const symbol of symbols as readonly unknown[]) {
    if (typeof symbol !== 'string' || symbol.trim() === '') return refuse('symbols', 'texts such as BTCUSDT', symbol);
    if (seen.has(symbol)) return refuse('symbols', 'unique', symbol);
    seen.add(symbol);
  }
}

/** Not `instanceof`: a strategy outside this package may bring its own copy of zod. */
function looksLikeZodObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'shape' in value && 'safeParse' in value;
}

function text(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** The context type of a strategy: `function f(c: ContextOf<typeof mine>)`. */
export type ContextOf<T> = T extends Strategy<infer _P, infer I, infer M, infer S> ? Context<I, M, S> : never;
/** The cycle type of a strategy with `decideCycle`. */
export type CycleOf<T> = T extends Strategy<infer _P, infer I, infer M, infer S> ? Cycle<I, M, S> : never;
