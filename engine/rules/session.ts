/**
 * The rules of a session: what the ledger, the equity and the prices ask the engine to do, as data. `limits.ts` does it.
 *
 * 1. A rule that rests on the ledger is judged when the ledger has moved, a price rule when a bar has come, an equity rule
 *    always. A rule that has been judged does not fire again for the same facts.
 * 2. Whatever ends by itself says when. Only equity, drawdown, win rate and lasting rejections halt.
 * 3. Nothing here touches an exit or a stop.
 */
import type { CooldownCause, HaltCause, ReducingCause, State } from '../state.ts';
import type { Ms } from '../units.ts';
import { nextMidnight } from './calendar.ts';
import { forget, ledgerOf, turnCalendar } from './ledger.ts';
import { percent } from './market.ts';
import { stageAt, winRateOf } from './sizing.ts';
import type { RulesState } from '../rule-state.ts';

export type Action =
  | { readonly tag: 'cool'; readonly until: Ms; readonly cause: CooldownCause; readonly evidence: string }
  | { readonly tag: 'halt'; readonly cause: HaltCause; readonly evidence: string }
  | { readonly tag: 'reduce'; readonly cause: ReducingCause; readonly evidence: string };

/** Bounds are met by equality; a double may miss one by its last digit. */
const hair = 1e-12;

/** Every rule that fires now, halting ones last so that they stand. */
export function judgeSession(state: State, rules: RulesState): readonly Action[] {
  const actions: Action[] = [];
  turnCalendar(state, rules);
  judgePrices(state, rules, actions);
  judgeSlippage(state, rules, actions);
  const { balanceNumber } = state.wallet;
  if (balanceNumber !== rules.judgedBalance) judgeLosses(state, rules, ledgerOf(state), actions);
  rules.judgedBalance = balanceNumber;
  judgeStage(state, rules, actions);
  const isNew = rules.tradesClosed !== rules.tradesJudged;
  rules.tradesJudged = rules.tradesClosed;
  if (isNew) judgeTrades(state, rules, actions);
  judgeRun(state, rules, actions);
  if (isNew) judgeWinRate(state, rules, actions);
  judgeEquity(state, rules, actions);
  return actions;
}

function judgePrices({ now, setup }: State, rules: RulesState, out: Action[]): void {
  const rule = setup.config.risk.priceShock;
  if (rule === null || rules.shock === '') return;
  out.push({ tag: 'cool', until: now + rule.pauseMs, cause: 'price-shock', evidence: rules.shock });
  rules.shock = '';
}

function judgeSlippage({ now, setup }: State, rules: RulesState, out: Action[]): void {
  const rule = setup.config.risk.slippageAnomaly;
  if (rule === null || rules.slipsCounted === rules.slipsJudged) return;
  rules.slipsJudged = rules.slipsCounted;
  if (rules.slips.length < rule.count) return;
  out.push({ tag: 'cool', until: now + rule.pauseMs, cause: 'slippage-anomaly', evidence: `${rules.slips.length} fills in ${rule.withinMs / 1_000} s` });
}

function judgeLosses({ now, setup }: State, rules: RulesState, ledger: number, out: Action[]): void {
  const { dailyLoss, weeklyLoss } = setup.config.risk;
  const ofDay = ledger - rules.dayLedger;
  if (dailyLoss !== null && ofDay <= -dailyLoss * rules.dayEquity * (1 - hair)) {
    out.push({ tag: 'cool', until: nextMidnight(now), cause: 'daily-loss', evidence: lossText(ofDay, rules.dayEquity, dailyLoss) });
  }
  const ofWeek = ledger - rules.weekLedger;
  if (weeklyLoss !== null && ofWeek <= -weeklyLoss.fraction * rules.weekEquity * (1 - hair)) {
    out.push({ tag: 'cool', until: now + weeklyLoss.pauseMs, cause: 'weekly-loss', evidence: lossText(ofWeek, rules.weekEquity, weeklyLoss.fraction) });
  }
}

const lossText = (realised: number, equity: number, limit: number): string =>
  `realised ${realised} of ${equity}, limit -${percent(limit)}`;

function judgeStage({ now, equity, setup }: State, rules: RulesState, out: Action[]): void {
  const { stages, stageChanges } = setup.config.risk;
  if (stages === null) return;
  const stage = stageAt(stages, equity);
  const before = rules.stage;
  rules.stage = stage;
  if (stage === before || before < 0 || stageChanges === null) return;
  rules.stageChanges.push(now);
  forget(rules.stageChanges, now - stageChanges.withinMs);
  const { length } = rules.stageChanges;
  if (length <= stageChanges.count) return;
  out.push({ tag: 'cool', until: now + stageChanges.pauseMs, cause: 'stage-changes', evidence: `${length} changes in ${stageChanges.withinMs / 1_000} s` });
}

function judgeTrades({ now, setup }: State, rules: RulesState, out: Action[]): void {
  const { lossStreaks, feeAnomaly } = setup.config.risk;
  let longest: NonNullable<typeof lossStreaks>[number] | null = null;
  for (const streak of lossStreaks ?? []) {
    if (rules.lossStreak >= streak.losses && (longest === null || streak.losses > longest.losses)) longest = streak;
  }
  if (longest !== null) {
    const until = longest.pauseMs === null ? nextMidnight(now) : now + longest.pauseMs;
    out.push({ tag: 'cool', until, cause: 'loss-streak', evidence: `${rules.lossStreak} losses in a row, limit ${longest.losses}` });
  }
  if (feeAnomaly === null || rules.feeRatios.length < feeAnomaly.trades) return;
  const last = rules.feeRatios.slice(-feeAnomaly.trades);
  if (!last.every((ratio) => ratio > feeAnomaly.ratio)) return;
  out.push({ tag: 'cool', until: now + feeAnomaly.pauseMs, cause: 'fee-anomaly', evidence: `fees were ${last.join(' and ')} times what was expected` });
}

/** Goal and end are said once: an operator who resumes after them has heard. */
function judgeRun({ now, equity, mode, setup }: State, rules: RulesState, out: Action[]): void {
  const { goalEquity, runTrades, runHours } = setup.config.risk;
  if (mode.tag !== 'trading' && mode.tag !== 'cooldown') return;
  if (goalEquity !== null && equity >= goalEquity && !rules.isGoalReached) {
    rules.isGoalReached = true;
    out.push({ tag: 'reduce', cause: 'goal-reached', evidence: `equity ${equity}, goal ${goalEquity}` });
  }
  const isOver = (runTrades !== null && rules.tradesClosed >= runTrades) || (runHours !== null && now - rules.startedAt >= runHours * hourMs);
  if (!isOver || rules.isRunEnded) return;
  rules.isRunEnded = true;
  out.push({ tag: 'reduce', cause: 'run-ended', evidence: `${rules.tradesClosed} trades in ${(now - rules.startedAt) / hourMs} h` });
}

const hourMs = 3_600_000;

function judgeWinRate({ setup }: State, rules: RulesState, out: Action[]): void {
  const rule = setup.config.risk.winRate;
  if (rule === null) return;
  const { rate, trades } = winRateOf(rules, rule.window);
  if (trades < rule.haltFrom || rate >= rule.haltBelow) return;
  out.push({ tag: 'halt', cause: 'win-rate', evidence: `${percent(rate)} of ${trades} trades won, limit ${percent(rule.haltBelow)}` });
}

/** The peak of a drawdown that halted is done with: who resumes begins from there. */
function judgeEquity({ equity, mode, setup }: State, rules: RulesState, out: Action[]): void {
  const { minEquity, maxDrawdown } = setup.config.risk;
  if (mode.tag === 'halted') return;
  if (equity > rules.peak) rules.peak = equity;
  if (minEquity !== null && equity < minEquity) out.push({ tag: 'halt', cause: 'money', evidence: `equity ${equity}, least ${minEquity}` });
  if (maxDrawdown === null || equity > rules.peak * (1 - maxDrawdown) * (1 + hair)) return;
  out.push({ tag: 'halt', cause: 'drawdown', evidence: `equity ${equity} from a peak of ${rules.peak}, limit ${percent(maxDrawdown)}` });
  rules.peak = equity;
}

/** What a refused opening order leads to: nothing, a pause, or a halt when a lasting reason was among the last ones. */
export function judgeRejections({ now, setup }: State, rules: RulesState): Action | null {
  const rule = setup.config.risk.rejections;
  if (rule === null || rules.rejections < rule.count) return null;
  const evidence = `${rules.rejections} opening orders refused in a row`;
  const lasts = rules.hasLastingRejection;
  rules.rejections = 0;
  rules.hasLastingRejection = false;
  return lasts ? { tag: 'halt', cause: 'rejections', evidence } : { tag: 'cool', until: now + rule.pauseMs, cause: 'rejections', evidence };
}

/** No further trade may begin today. */
export function isDayFull({ equity, setup }: State, rules: RulesState): boolean {
  const { stages } = setup.config.risk;
  return stages !== null && rules.tradesToday >= stages[stageAt(stages, equity)]!.tradesPerDay;
}
