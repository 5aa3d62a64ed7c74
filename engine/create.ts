/** A fresh state for a setup: flat, nothing in flight, indicators cold. */
import { createIndicators } from './indicators/index.ts';
import { moneyToNumber } from './instrument.ts';
import { roundTrip } from './memory.ts';
import { createRules } from './rule-state.ts';
import { checkSources } from './rules/index.ts';
import type { Setup } from './setup.ts';
import { blameStrategy } from './strategy-error.ts';
import type { Leg, State } from './state.ts';
import { createAggregate } from './timeframe.ts';
import { createViews, historyWidth } from './view.ts';

export function createState(setup: Setup, trace: Int32Array = new Int32Array(1)): State {
  const { strategy, instruments, cash, settle } = setup;
  checkSources(setup);
  const together = strategy.decideCycle !== undefined;
  const legs = instruments.map((_, symbol): Leg => createLeg(setup, symbol, together ? null : freshMemory(setup)));
  const balanceNumber = moneyToNumber(instruments[0]!, cash);
  const state: State = {
    setup, views: { scenes: [], cycle: { memory: null } }, fill: { isNew: false, isLate: false, order: null, filled: 0, opened: 0, referenceTicks: Number.NaN },
    trace, sequence: 0, now: 0, mode: { tag: 'trading' }, afterRecovery: { tag: 'trading' }, link: { tag: 'up' }, dueAt: Number.POSITIVE_INFINITY, alerts: {}, stumbles: [],
    wallet: { settle, balance: cash, balanceNumber, realised: 0n, fees: 0n, funding: 0n },
    legs, nextOrder: 1, decisionSequence: 0, equity: balanceNumber, equityPeak: balanceNumber,
    seen: { upTo: 0, ring: [], next: 0, set: new Set() }, memory: together ? freshMemory(setup) : null, refusals: {}, failure: null,
    rules: createRules(setup.config, legs.length, balanceNumber),
  };
  state.views = createViews(state);
  return state;
}

function freshMemory(setup: Setup): unknown {
  try {
    return setup.strategy.memory === undefined ? null : roundTrip(setup.strategy.memory());
  } catch (error) {
    throw blameStrategy('memory', error);
  }
}

function createLeg(setup: Setup, symbol: number, memory: unknown): Leg {
  const instrument = setup.instruments[symbol]!;
  return {
    index: symbol, symbol, slot: 0,
    book: { lastTicks: Number.NaN, markTicks: Number.NaN, basisTicks: -0, lastAt: 0 },
    aggregates: setup.plan.timeframes.map((timeframe) =>
      (timeframe.ms === setup.baseMs ? null : createAggregate(setup.baseMs, timeframe.ms))),
    decisionAggregate: setup.decisionMs === setup.baseMs ? null : createAggregate(setup.baseMs, setup.decisionMs),
    indicators: createIndicators(setup.plan, instrument.tick),
    decisionBar: { openedAt: 0, closedAt: 0, open: 0.5, high: 0.5, low: 0.5, close: 0.5, volume: 0.5 },
    history: new Float64Array(setup.warmupBars * historyWidth), historyCount: 0, historyNext: 0,
    rollDue: false, isDue: false, decisions: 0,
    position: { tag: 'flat' }, orders: [], staged: null, buried: [], query: { tag: 'none' }, isKnown: true, forgottenAt: 0, isSeen: true, hintedAt: 0, removedAt: 0, adoptedAt: 0, mismatches: 0, mismatchAt: 0, mismatchFrom: 0, mismatchLots: 0, executedAt: 0,
    resting: null, hold: { tag: 'none' }, closed: [],
    fundingRate: 0, fundingAt: 0, fundingNextAt: null, memory, heldFor: '',
  };
}
