/**
 * What the risk rules remember: counts, sums and times of the ledger, plain data that a snapshot copies. Null in the
 * engine's state when every rule is off, so that a run without rules pays one comparison.
 */
import type { RunConfig } from './config.ts';
import type { Ms } from './units.ts';

/** One leg's prices, as closed bars told them. Ticks. */
export interface LegRules {
  /** Closes of the bars that a price shock may still be measured from, oldest first. */
  readonly closes: { readonly at: Ms; readonly ticks: number }[];
  /** The bar of the average true range under way: its open time, -1 = none; `isWhole` = seen from its first bar on. */
  bucketAt: Ms;
  isWhole: boolean;
  high: number;
  low: number;
  close: number;
  /** Close of the bar before, 0 = none yet. */
  closeBefore: number;
  /** True ranges taken in, and their average: a plain mean of the first `bars`, exponential from then on. */
  ranges: number;
  averageRange: number;
}

export interface RulesState {
  /** Time of the first event, -1 = none yet. */
  startedAt: Ms;
  /** UTC day and week of the last event, counted from 1970; -1 = none yet. Equity and ledger sum at their starts, settle coin. */
  day: number;
  dayEquity: number;
  dayLedger: number;
  week: number;
  weekEquity: number;
  weekLedger: number;
  /** Wallet balance at which losses were last judged, settle coin. */
  judgedBalance: number;
  /** Positions opened in the day, and trades closed since the start. */
  tradesToday: number;
  tradesClosed: number;
  tradesJudged: number;
  /** Net of the last closed trades, oldest first. */
  readonly nets: number[];
  lossStreak: number;
  winStreak: number;
  /** Size after streaks, 1 = whole. */
  streakSize: number;
  /** Paid over expected fees of the last closed trades, oldest first. */
  readonly feeRatios: number[];
  feesUntil: Ms;
  /** Times of fills far from their wanted price, and how many were ever counted and judged. */
  readonly slips: Ms[];
  slipsCounted: number;
  slipsJudged: number;
  /** Times at which opening orders and amendments left. */
  readonly sends: Ms[];
  /** Refused opening orders since the last accepted one, and whether a lasting reason was among them. */
  rejections: number;
  hasLastingRejection: boolean;
  /** Index of the stage, -1 = none yet; times of its changes. */
  stage: number;
  readonly stageChanges: Ms[];
  /** The shock a bar has just shown, '' = none; the last bar that was not calm, 0 = none; entries rest until. */
  shock: string;
  uneasyAt: Ms;
  restUntil: Ms;
  /** Highest equity since the start or since the last drawdown that halted. */
  peak: number;
  isGoalReached: boolean;
  isRunEnded: boolean;
  readonly legs: readonly LegRules[];
  /** Numbers behind the last review, on their way to the decision's note. */
  inputs: string;
}

/** Null when no rule is on. */
export function createRules(config: RunConfig, legs: number, equity: number): RulesState | null {
  if (!isAnyOn(config.risk)) return null;
  return {
    startedAt: -1, day: -1, dayEquity: equity, dayLedger: 0, week: -1, weekEquity: equity, weekLedger: 0, judgedBalance: equity,
    tradesToday: 0, tradesClosed: 0, tradesJudged: 0, nets: [], lossStreak: 0, winStreak: 0, streakSize: 1,
    feeRatios: [], feesUntil: 0, slips: [], slipsCounted: 0, slipsJudged: 0, sends: [], rejections: 0, hasLastingRejection: false,
    stage: -1, stageChanges: [], shock: '', uneasyAt: 0, restUntil: 0, peak: equity, isGoalReached: false, isRunEnded: false,
    legs: Array.from({ length: legs }, createLeg), inputs: '',
  };
}

function createLeg(): LegRules {
  return { closes: [], bucketAt: -1, isWhole: false, high: 0, low: 0, close: 0, closeBefore: 0, ranges: 0, averageRange: 0 };
}

/** Limits that always hold are no rules: without any other, nothing has to be remembered. */
function isAnyOn({ maxLeverage: _leverage, maxOpenRisk: _risk, unavailable: _names, ...rules }: RunConfig['risk']): boolean {
  return Object.values(rules).some((rule) => rule !== null && rule !== false);
}
