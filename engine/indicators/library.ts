/**
 * The one door to `technicalindicators`: a single-valued indicator of that library, computed anew over a fixed window
 * of bars at each bar, so that its hidden stream state is never used. Prices go in as quote; numbers only.
 *
 * The library is refused what it gets silently wrong: text and NaN never reach it, a result that is missing or not
 * finite is an error, and its global precision is never touched.
 */
import technical from 'technicalindicators';
import { StrategyError } from '../strategy-error.ts';
import { columns } from './kernel.ts';

type Calculate = (input: Readonly<Record<string, unknown>>) => unknown;

/** One indicator of the library with its options, over `n` bars. */
export interface Window {
  /** Equal for equal windows. */
  readonly id: string;
  readonly name: string;
  readonly n: number;
  readonly options: Readonly<Record<string, number>>;
  readonly calculate: Calculate;
}

const library: Readonly<Record<string, unknown>> = { ...technical };

/** Names of the library's indicators that can be computed over a window. */
export const windowedNames: readonly string[] = Object.freeze(
  Object.keys(library).filter((name) => calculateOf(name) !== null).sort(),
);

/** Kernels to use for indicators of the library that have several values. */
const kernelInstead: Readonly<Record<string, string>> = {
  MACD: 'macd', BollingerBands: 'bollinger', ADX: 'adx', Stochastic: 'stochastic', KeltnerChannels: 'keltner',
};

function calculateOf(name: string): Calculate | null {
  const indicator = Object.hasOwn(library, name) ? library[name] : undefined;
  if (typeof indicator !== 'function') return null;
  const { calculate } = indicator as { readonly calculate?: unknown };
  return typeof calculate === 'function' ? (input) => calculate.call(indicator, input) as unknown : null;
}

/** Checks name and options and tries the window once on made-up bars. `where` opens the messages. */
export function openWindow(
  where: string, name: unknown, n: number, options: Readonly<Record<string, unknown>>,
): Window {
  const calculate = typeof name === 'string' ? calculateOf(name) : null;
  if (typeof name !== 'string' || calculate === null) {
    throw new StrategyError(`${where}: name must be one of ${windowedNames.join(' ')}, was ${String(name)}`);
  }
  for (const [option, value] of Object.entries(options)) {
    if (typeof value === 'number' && Number.isFinite(value)) continue;
    throw new StrategyError(`${where}('${name}').${option} must be a finite number, was ${String(value)}`);
  }
  const numbers = { period: n, ...options } as Readonly<Record<string, number>>;
  const window: Window = { id: JSON.stringify([name, n, numbers]), name, n, options: numbers, calculate };
  tryOut(where, window);
  return window;
}

function tryOut(where: string, window: Window): void {
  const bars = new Float64Array(5 * window.n);
  for (let i = 0; i < window.n; i++) {
    const close = 1_000 + ((i * 7) % 13) + ((i * i) % 5); // up and down, never flat
    bars.set([close - 1, close + 3, close - 2, close, 10 + (i % 3)], 5 * i);
  }
  const last = lastResult(window, bars, 0);
  if (typeof last === 'object' && last !== null) {
    const instead = kernelInstead[window.name];
    throw new StrategyError(`${where}: '${window.name}' has several values, which windowed does not support`
      + (instead === undefined ? '' : `; use on(timeframe).${instead}`));
  }
  if (typeof last !== 'number' || !Number.isFinite(last)) {
    throw new StrategyError(`${where}: '${window.name}' gives no number over ${window.n} bars, was ${String(last)};`
      + ' make the window longer than its periods');
  }
}

/**
 * Adds a closed bar to the ring [count, index, n x (open, high, low, close, volume)] and returns the value over the last
 * n bars, NaN before there are n. `bar` by `columns`, in ticks; `num / den` is the tick in quote.
 */
export function pushWindow(
  window: Window, arena: Float64Array, at: number, bar: Float64Array, num: number, den: number,
): number {
  const { n } = window;
  const index = arena[at + 1]!;
  const slot = at + 2 + 5 * index;
  arena[slot] = (bar[columns.open]! * num) / den;
  arena[slot + 1] = (bar[columns.high]! * num) / den;
  arena[slot + 2] = (bar[columns.low]! * num) / den;
  arena[slot + 3] = (bar[columns.close]! * num) / den;
  arena[slot + 4] = bar[columns.volume]!;
  arena[at + 1] = index + 1 === n ? 0 : index + 1;
  if (arena[at]! < n) arena[at] = arena[at]! + 1;
  if (arena[at]! < n) return Number.NaN;
  const last = lastResult(window, arena.subarray(at + 2, at + 2 + 5 * n), arena[at + 1]!);
  if (typeof last === 'number' && Number.isFinite(last)) return last;
  throw new StrategyError(`windowed('${window.name}', ${n}) must give a finite number, was ${String(last)}`);
}

/** The library's newest result over `bars`, whose oldest bar is at `first`. */
function lastResult(window: Window, bars: Float64Array, first: number): unknown {
  const { n } = window;
  const open: number[] = [];
  const high: number[] = [];
  const low: number[] = [];
  const close: number[] = [];
  const volume: number[] = [];
  for (let i = 0; i < n; i++) {
    const slot = 5 * (first + i < n ? first + i : first + i - n);
    open.push(bars[slot]!);
    high.push(bars[slot + 1]!);
    low.push(bars[slot + 2]!);
    close.push(bars[slot + 3]!);
    volume.push(bars[slot + 4]!);
  }
  const results = window.calculate({ ...window.options, open, high, low, close, volume, values: close });
  if (!Array.isArray(results)) return results;
  return (results as readonly unknown[]).at(-1);
}
