/**
 * How much one trade may lose and bind: the stage's loss budget, made smaller by streaks, the win rate and Kelly's fraction,
 * never larger. Stages are taken at the equity of the moment.
 */
import type { RunConfig } from '../config.ts';
import type { State } from '../state.ts';
import type { RulesState } from '../rule-state.ts';

type Risk = RunConfig['risk'];
export type Stage = NonNullable<Risk['stages']>[number];

/** Index of the stage of an equity. */
export function stageAt(stages: readonly Stage[], equity: number): number {
  let index = 0;
  while (index + 1 < stages.length && equity >= stages[index + 1]!.from) index += 1;
  return index;
}

/** Null without stages. */
export function stageOf({ equity, setup }: State): Stage | null {
  const { stages } = setup.config.risk;
  return stages === null ? null : stages[stageAt(stages, equity)]!;
}

/** Multiples of equity that one symbol may have open. */
export function leverageLimit(state: State): number {
  const { maxLeverage } = state.setup.config.risk;
  const stage = stageOf(state);
  return stage === null ? maxLeverage : Math.min(maxLeverage, stage.leverage);
}

/** Share of the wins among the last trades of the window. */
export function winRateOf({ nets }: RulesState, window: number): { readonly rate: number; readonly trades: number } {
  const last = nets.slice(-window);
  const wins = last.filter((net) => net > 0).length;
  return { rate: last.length === 0 ? 0 : wins / last.length, trades: last.length };
}

/** Factor on the size of an entry, at most 1. */
export function sizeFactor({ setup }: State, rules: RulesState): number {
  const { winRate } = setup.config.risk;
  if (winRate === null) return rules.streakSize;
  const { rate, trades } = winRateOf(rules, winRate.window);
  const isPoor = trades >= winRate.halveFrom && trades < winRate.haltFrom && rate < winRate.halveBelow;
  return rules.streakSize * (isPoor ? 0.5 : 1);
}

/** Settle coin that one trade may lose at its stop; Infinity without stages. */
export function lossBudget(state: State, rules: RulesState): number {
  const stage = stageOf(state);
  if (stage === null) return Number.POSITIVE_INFINITY;
  const equity = Math.max(0, state.equity);
  const budget = Math.min(stage.lossCap, equity * stage.lossFraction) * sizeFactor(state, rules);
  return Math.min(budget, equity * kellyFraction(state.setup.config.risk.kelly, rules));
}

/** W - (1 - W) / R times the share; 0 when the last trades expect a loss, Infinity when there are too few to say. */
function kellyFraction(rule: Risk['kelly'], { nets }: RulesState): number {
  if (rule === null || nets.length < rule.minTrades) return Number.POSITIVE_INFINITY;
  const last = nets.slice(-rule.window);
  let won = 0;
  let lost = 0;
  let wins = 0;
  for (const net of last) {
    if (net > 0) {
      won += net;
      wins += 1;
    } else lost -= net;
  }
  if (wins === 0) return 0;
  if (lost === 0) return Number.POSITIVE_INFINITY;
  const rate = wins / last.length;
  const ratio = won / wins / (lost / (last.length - wins));
  return Math.max(0, rate - (1 - rate) / ratio) * rule.share;
}
