/**
 * The immutable part of a run: strategy, parameters, instruments, configuration and what follows from them.
 * A snapshot leaves it out; a restart builds it again from the same inputs.
 */
import type { RunConfig } from './config.ts';
import { parseDecimal } from './decimal.ts';
import { declareIndicators } from './indicators/index.ts';
import type { IndicatorPlan } from './indicators/index.ts';
import { instrumentOf } from './instrument.ts';
import type { Instrument } from './instrument.ts';
import type { AnyStrategy } from './strategy.ts';
import { blameStrategy, StrategyError } from './strategy-error.ts';
import { timeframeMs } from './timeframe.ts';
import type { Direction, Ms } from './units.ts';
import type { InstrumentView } from './scene.ts';

export interface Setup {
  readonly strategy: AnyStrategy;
  readonly params: Readonly<Record<string, unknown>>;
  readonly config: RunConfig;
  /** By symbol index, in the strategy's order. */
  readonly instruments: readonly Instrument[];
  readonly views: readonly InstrumentView[];
  readonly settle: string;
  /** Start balance in money units. */
  readonly cash: bigint;
  readonly baseMs: Ms;
  readonly decisionMs: Ms;
  readonly plan: IndicatorPlan;
  /** Decision bars before the first decision of a leg. */
  readonly warmupBars: number;
}

export interface SetupRequest {
  readonly strategy: AnyStrategy;
  /** Raw parameters; parsed here with the strategy's schema. */
  readonly params: unknown;
  readonly config: RunConfig;
  readonly instruments: readonly Instrument[];
  /** Interval of the bars the shell will feed. */
  readonly baseMs: Ms;
}

export function setupOf(request: SetupRequest): Setup {
  const { strategy, config, instruments, baseMs } = request;
  const params: Readonly<Record<string, unknown>> = strategy.params.parse(request.params ?? {});
  const first = instruments[0];
  if (first === undefined || instruments.length !== strategy.symbols.length) {
    throw new StrategyError(`strategy '${strategy.name}' needs ${strategy.symbols.length} instruments, was ${instruments.length}`);
  }
  for (const instrument of instruments) {
    if (instrument.settle !== first.settle || instrument.kind !== first.kind) {
      throw new StrategyError(`all symbols of a run must settle in one coin, was ${first.settle} and ${instrument.settle}`);
    }
  }
  const decisionMs = timeframeMs(strategy.timeframe);
  if (!Number.isSafeInteger(decisionMs / baseMs)) {
    throw new StrategyError(`bars of ${baseMs / 60_000} minutes cannot build the decision timeframe ${strategy.timeframe}`);
  }
  const plan = planOf(strategy, params, decisionMs, baseMs);
  return {
    strategy, params, config, instruments: instruments.map((i) => instrumentOf(i.rules, config)),
    views: instruments.map(viewOf), settle: first.settle,
    cash: parseDecimal(String(config.cash), first.moneyScale),
    baseMs, decisionMs, plan, warmupBars: Math.max(strategy.warmup ?? plan.warmupBars, plan.readyBars, 1),
  };
}

function planOf(strategy: AnyStrategy, params: Setup['params'], decisionMs: Ms, baseMs: Ms): IndicatorPlan {
  try {
    return declareIndicators((on) => strategy.indicators(on, params), decisionMs, baseMs);
  } catch (error) {
    throw blameStrategy('indicators', error);
  }
}

function viewOf(instrument: Instrument): InstrumentView {
  const { rules } = instrument;
  return Object.freeze({
    symbol: rules.symbol, kind: rules.kind, tick: Number(rules.tick), qtyStep: Number(rules.qtyStep),
    minQty: Number(rules.minQty), minNotional: Number(rules.minNotional), settle: rules.settle,
  });
}

export function directionOf(side: 'long' | 'short' | 'buy' | 'sell'): Direction {
  return side === 'long' || side === 'buy' ? 1 : -1;
}
