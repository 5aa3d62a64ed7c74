/**
 * Runs a strategy's `indicators` once with recording kernels and lays out what every leg will need: kernels by
 * timeframe, slots of the arena, outputs, warm-up. Equal declarations share one kernel.
 */
import { StrategyError } from '../strategy-error.ts';
import { isTimeframe, timeframeMs, timeframes } from '../timeframe.ts';
import type { Timeframe } from '../timeframe.ts';
import type { Ms } from '../units.ts';
import { arenaSize, columns, divisors, kinds, ringMask } from './kernel.ts';
import type { Kernel, Kind } from './kernel.ts';
import type { Ind, Kernels, Source } from './kernels.ts';
import { openWindow } from './library.ts';
import type { Window } from './library.ts';
import { decayBars } from './seeding.ts';

export interface TimeframePlan {
  readonly timeframe: Timeframe;
  readonly ms: Ms;
  /** By kind: those of one kind stand together. */
  readonly kernels: readonly Kernel[];
}
/** Where the value behind one key of the strategy's record is found. */
export interface KeyPlan {
  readonly key: string;
  /** Index of its first value. */
  readonly out: number;
  /** Names of the values of a multi-valued indicator, null for a plain number. */
  readonly fields: readonly string[] | null;
}
export interface IndicatorPlan {
  /** Those that have kernels, shortest first. */
  readonly timeframes: readonly TimeframePlan[];
  readonly keys: readonly KeyPlan[];
  readonly windows: readonly Window[];
  /** Number of values, and of slots in the arena, of one leg. */
  readonly outputs: number;
  readonly arenaSize: number;
  /** Decision bars before the first decision: the influence of every seed is under 1e-9, one more because of `prev`. */
  readonly warmupBars: number;
  /**
   * Decision bars before which `ind` and `prev` are not all numbers. A strategy's own `warmup` replaces `warmupBars`,
   * but never goes below this.
   */
  readonly readyBars: number;
  /** Decision bars that `history` may reach when the strategy states no `warmup`. */
  readonly historyBars: number;
}

/** Longest period and window. Unit: bars. */
const maxPeriod = 100_000;

type On = (timeframe: Timeframe) => Kernels;

/** One kernel as declared; `ready` and `warm` count bars of its own timeframe. */
interface Draft {
  readonly id: string;
  readonly timeframe: Timeframe;
  readonly kind: Kind;
  readonly n: number;
  readonly m: number;
  readonly p: number;
  readonly width: number;
  readonly source: Source;
  readonly divisor: number;
  readonly fields: readonly string[] | null;
  readonly window: Window | null;
  readonly ready: number;
  readonly warm: number;
}

class Declared {
  readonly draft: Draft;
  constructor(draft: Draft) { this.draft = draft; }
}

/** Throws a StrategyError that names the indicator, the argument and what was expected. Lengths in ms. */
export function declareIndicators(
  declare: (on: On) => Record<string, Ind<unknown>>, decisionMs: Ms, baseMs: Ms,
): IndicatorPlan {
  const on: On = (timeframe) => {
    checkTimeframe(timeframe, decisionMs, baseMs);
    return kernelsOf(timeframe);
  };
  const record: unknown = declare(on);
  if (typeof record !== 'object' || record === null) {
    throw new StrategyError(`indicators must return an object of indicators, was ${String(record)}`);
  }
  return layOut(record as Record<string, unknown>, decisionMs);
}

function checkTimeframe(timeframe: unknown, decisionMs: Ms, baseMs: Ms): void {
  if (!isTimeframe(timeframe)) {
    throw new StrategyError(`on(timeframe) must be one of ${timeframes.join(' ')}, was ${JSON.stringify(timeframe)}`);
  }
  const ms = timeframeMs(timeframe);
  if (ms < decisionMs) {
    const minutes = decisionMs / 60_000;
    throw new StrategyError(`on('${timeframe}') is finer than the decision timeframe of ${minutes} minutes`);
  }
  if (ms % decisionMs !== 0 || ms % baseMs !== 0) {
    throw new StrategyError(`on('${timeframe}') must be a whole multiple of the decision timeframe of`
      + ` ${decisionMs / 60_000} minutes and of the bars fed, ${baseMs / 60_000} minutes`);
  }
}

function layOut(record: Record<string, unknown>, decisionMs: Ms): IndicatorPlan {
  const drafts = new Map<string, { readonly draft: Draft; readonly out: number; readonly offset: number }>();
  const keys: KeyPlan[] = [];
  let outputs = 0;
  let slots = 0;
  let warmupBars = 1;
  let readyBars = 1;
  for (const [key, value] of Object.entries(record)) {
    if (!(value instanceof Declared)) {
      throw new StrategyError(`indicators.${key} must be made by on(timeframe), was ${typeof value}`);
    }
    const { draft } = value;
    const placed = drafts.get(draft.id) ?? { draft, out: outputs, offset: slots };
    if (!drafts.has(draft.id)) {
      drafts.set(draft.id, placed);
      outputs += draft.fields?.length ?? 1;
      slots += arenaSize(draft.kind, draft.n, draft.m, draft.p);
      const ratio = timeframeMs(draft.timeframe) / decisionMs;
      // The feed may begin inside a longer bar, which is dropped (ratio - 1); `prev` needs one decision bar more.
      warmupBars = Math.max(warmupBars, draft.warm * ratio + ratio);
      readyBars = Math.max(readyBars, draft.ready * ratio + ratio);
    }
    keys.push({ key, out: placed.out, fields: draft.fields });
  }
  // The arena begins with a counter for each timeframe.
  const counters = new Set([...drafts.values()].map(({ draft }) => draft.timeframe)).size;
  const windows: Window[] = [];
  const byTimeframe = new Map<Timeframe, Kernel[]>();
  for (const { draft, out, offset } of drafts.values()) {
    if (draft.window !== null) windows.push(draft.window);
    const kernels = byTimeframe.get(draft.timeframe) ?? [];
    byTimeframe.set(draft.timeframe, kernels);
    kernels.push({
      kind: draft.kind, offset: offset + counters, out, outputs: draft.fields?.length ?? 1, n: draft.n, m: draft.m, p: draft.p, width: draft.width,
      source: columns[draft.source], divisor: draft.divisor, window: draft.window === null ? -1 : windows.length - 1,
    });
  }
  const used = timeframes.flatMap((timeframe): readonly TimeframePlan[] => {
    const kernels = byTimeframe.get(timeframe);
    return kernels === undefined ? [] : [{ timeframe, ms: timeframeMs(timeframe), kernels: kernels.sort((a, b) => a.kind - b.kind || b.m - a.m) }];
  });
  return { timeframes: used, keys, windows, outputs, arenaSize: slots + counters, warmupBars, readyBars, historyBars: warmupBars };
}

/** What one declaration says beyond its kind; the rest has a neutral value. */
interface Details {
  readonly n: number;
  readonly m?: number;
  readonly p?: number;
  readonly width?: number;
  readonly of?: Source;
  readonly divisor?: number;
  readonly fields?: readonly string[];
  readonly window?: Window;
  readonly ready: number;
  /** Bars after `ready` until the seed is forgotten; 0 for windows. */
  readonly fade?: number;
}

/** Makes one declaration; bound to a timeframe. */
type Make = <T>(kind: Kind, details: Details) => Ind<T>;

function kernelsOf(timeframe: Timeframe): Kernels {
  const make = <T>(kind: Kind, details: Details): Ind<T> => {
    const { n, m = 0, p = 0, width = 0, of = 'close', divisor = divisors[of], fields = null, window = null } = details;
    const id = [timeframe, kind, n, m, p, width, of, divisor, window?.id ?? ''].join('|');
    const draft: Draft = {
      id, timeframe, kind, n, m, p, width, source: of, divisor, fields, window,
      ready: details.ready, warm: details.ready + (details.fade ?? 0),
    };
    return new Declared(draft) as unknown as Ind<T>;
  };
  const where = `on('${timeframe}')`;
  return {
    ...averages(make, where), ...strengths(make, where), ...volumes(make, where, timeframe), ...bands(make, where),
  };
}

type Averages = Pick<Kernels, 'sma' | 'ema' | 'wma' | 'rma' | 'stdev' | 'highest' | 'lowest' | 'atr' | 'windowed'>;
function averages(make: Make, where: string): Averages {
  const over = (kernel: string, kind: Kind, n: number, of: Source, fade: (n: number) => number = none): Ind<number> => {
    period(`${where}.${kernel}`, 'n', n);
    source(`${where}.${kernel}`, of);
    return make(kind, { n, of, ready: n, fade: fade(n) });
  };
  return {
    sma: (n, of = 'close') => {
      period(`${where}.sma`, 'n', n);
      source(`${where}.sma`, of);
      return make(kinds.sma, { n, m: of === 'volume' ? -1 : ringMask(n), of, ready: n });
    },
    ema: (n, of = 'close') => over('ema', kinds.ema, n, of, exponential),
    wma: (n, of = 'close') => over('wma', kinds.wma, n, of),
    rma: (n, of = 'close') => over('rma', kinds.rma, n, of, wilder),
    stdev: (n, of = 'close') => over('stdev', kinds.stdev, n, of),
    highest: (n, of = 'high') => over('highest', kinds.highest, n, of),
    lowest: (n, of = 'low') => over('lowest', kinds.lowest, n, of),
    atr: (n) => over('atr', kinds.atr, n, 'close', wilder),
    windowed: (indicator, n, options = {}) => {
      period(`${where}.windowed`, 'n', n);
      const window = openWindow(`${where}.windowed`, indicator, n, options);
      return make(kinds.windowed, { n, divisor: 0, window, ready: n });
    },
  };
}

const none = (): number => 0;
const exponential = (n: number): number => decayBars(2 / (n + 1));
const wilder = (n: number): number => decayBars(1 / n);

type Strengths = Pick<Kernels, 'roc' | 'rsi' | 'adx' | 'stochastic' | 'macd'>;
function strengths(make: Make, where: string): Strengths {
  return {
    roc: (n, of = 'close') => {
      period(`${where}.roc`, 'n', n);
      source(`${where}.roc`, of);
      return make(kinds.roc, { n, of, divisor: 0, ready: n + 1 });
    },
    rsi: (n, of = 'close') => {
      period(`${where}.rsi`, 'n', n);
      source(`${where}.rsi`, of);
      return make(kinds.rsi, { n, of, divisor: 0, ready: n + 1, fade: wilder(n) });
    },
    adx: (n) => {
      period(`${where}.adx`, 'n', n);
      return make(kinds.adx, { n, divisor: 0, fields: ['adx', 'plus', 'minus'], ready: 2 * n, fade: 2 * wilder(n) });
    },
    stochastic: (n, smoothK, smoothD) => {
      period(`${where}.stochastic`, 'n', n);
      period(`${where}.stochastic`, 'smoothK', smoothK);
      period(`${where}.stochastic`, 'smoothD', smoothD);
      const ready = n + smoothK + smoothD - 2;
      return make(kinds.stochastic, { n, m: smoothK, p: smoothD, divisor: 0, fields: ['k', 'd'], ready });
    },
    macd: (fast, slow, signal) => {
      period(`${where}.macd`, 'fast', fast);
      period(`${where}.macd`, 'slow', slow);
      period(`${where}.macd`, 'signal', signal);
      if (fast >= slow) throw new StrategyError(`${where}.macd: fast must be below slow, was ${fast} and ${slow}`);
      return make(kinds.macd, {
        n: fast, m: slow, p: signal, fields: ['line', 'signal', 'histogram'],
        ready: slow + signal - 1, fade: exponential(slow) + exponential(signal),
      });
    },
  };
}

type Volumes = Pick<Kernels, 'obv' | 'vwap'>;
function volumes(make: Make, where: string, timeframe: Timeframe): Volumes {
  return {
    obv: () => make(kinds.obv, { n: 1, divisor: 0, ready: 1 }),
    vwap: (anchor) => {
      if (anchor === '1d' || anchor === '1w') {
        const days = anchor === '1d' ? 1 : 7;
        const bars = (days * timeframeMs('1d')) / timeframeMs(timeframe);
        return make(kinds.vwapSince, { n: days, of: 'hlc3', ready: 1, fade: bars - 1 });
      }
      period(`${where}.vwap`, "anchor other than '1d' and '1w'", anchor);
      return make(kinds.vwapRolling, { n: anchor, of: 'hlc3', ready: anchor });
    },
  };
}

type Bands = Pick<Kernels, 'bollinger' | 'keltner' | 'donchian' | 'supertrend'>;
function bands(make: Make, where: string): Bands {
  return {
    bollinger: (n, width, of = 'close') => {
      period(`${where}.bollinger`, 'n', n);
      positive(`${where}.bollinger`, width);
      source(`${where}.bollinger`, of);
      return make(kinds.bollinger, { n, width, of, fields: ['upper', 'middle', 'lower'], ready: n });
    },
    keltner: (n, atr, width) => {
      period(`${where}.keltner`, 'n', n);
      period(`${where}.keltner`, 'atr', atr);
      positive(`${where}.keltner`, width);
      const ready = Math.max(n, atr);
      const warm = Math.max(n + exponential(n), atr + wilder(atr));
      return make(kinds.keltner, { n, m: atr, width, fields: ['upper', 'middle', 'lower'], ready, fade: warm - ready });
    },
    donchian: (n) => {
      period(`${where}.donchian`, 'n', n);
      return make(kinds.donchian, { n, fields: ['upper', 'lower'], ready: n });
    },
    supertrend: (n, width) => {
      period(`${where}.supertrend`, 'n', n);
      positive(`${where}.supertrend`, width);
      return make(kinds.supertrend, { n, width, fields: ['value', 'side'], ready: n, fade: wilder(n) + 10 * n });
    },
  };
}

function period(kernel: string, argument: string, value: unknown): void {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= maxPeriod) return;
  throw new StrategyError(`${kernel}: ${argument} must be a whole number from 1 to ${maxPeriod}, was ${String(value)}`);
}

function positive(kernel: string, value: unknown): void {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return;
  throw new StrategyError(`${kernel}: width must be a finite number above 0, was ${String(value)}`);
}

function source(kernel: string, value: unknown): void {
  if (typeof value === 'string' && Object.hasOwn(divisors, value)) return;
  throw new StrategyError(`${kernel}: source must be one of ${Object.keys(divisors).join(' ')}, was ${String(value)}`);
}
