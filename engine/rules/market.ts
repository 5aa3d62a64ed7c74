/** What closed bars tell the rules: price shocks, calm, and the average true range. Only closed bars, only what they hold. */
import type { BarClosed } from '../events.ts';
import type { Leg, State } from '../state.ts';
import type { Ms } from '../units.ts';
import type { LegRules, RulesState } from '../rule-state.ts';

type Risk = State['setup']['config']['risk'];

export function noteBar(state: State, rules: RulesState, leg: Leg, bar: BarClosed): void {
  const { config: { risk }, baseMs } = state.setup;
  if (risk.priceShock !== null) watchShock(state, rules, leg, risk.priceShock, bar);
  if (risk.atr !== null) takeRange(rules.legs[leg.index]!, risk.atr, bar, baseMs);
}

/** A rise counts like a fall: it hurts a short as much. */
function watchShock(state: State, rules: RulesState, leg: Leg, rule: NonNullable<Risk['priceShock']>, bar: BarClosed): void {
  const { baseMs, strategy } = state.setup;
  const symbol = strategy.symbols[leg.symbol]!;
  const { closes } = rules.legs[leg.index]!;
  closes.push({ at: bar.closedAt, ticks: bar.closeTicks });
  let longest = 0;
  for (const { withinMs, move, calm } of rule.windows) {
    if (withinMs % baseMs !== 0) continue;
    if (withinMs > longest) longest = withinMs;
    const before = closeAt(closes, bar.closedAt - withinMs);
    if (before === 0) continue;
    const change = bar.closeTicks / before - 1;
    const size = Math.abs(change) * (1 + 1e-12);
    if (size >= calm) rules.uneasyAt = bar.closedAt;
    if (size >= move) rules.shock = `${symbol} moved ${percent(change)} in ${withinMs / 1_000} s, limit ${percent(move)}`;
  }
  while (closes.length > 1 && closes[1]!.at <= bar.closedAt - longest) closes.shift();
}

/** The last close at `at` or before, ticks; 0 = none is known. */
function closeAt(closes: LegRules['closes'], at: Ms): number {
  for (let i = closes.length - 1; i >= 0; i--) if (closes[i]!.at <= at) return closes[i]!.ticks;
  return 0;
}

/** Whether prices have been calm for as long as a release asks. */
export function calmFrom(rules: RulesState, risk: Risk): Ms {
  return risk.priceShock === null || rules.uneasyAt === 0 ? 0 : rules.uneasyAt + risk.priceShock.calmMs;
}

/** A bucket ends with its last bar, or late, with the first bar of a later one; one not seen whole gives no range. */
function takeRange(own: LegRules, rule: NonNullable<Risk['atr']>, bar: BarClosed, baseMs: Ms): void {
  const bucketAt = bar.openedAt - (bar.openedAt % rule.barMs);
  if (own.bucketAt !== bucketAt) {
    if (own.bucketAt >= 0) endBucket(own, rule.bars);
    own.isWhole = own.closeBefore > 0 || bar.openedAt === bucketAt;
    own.bucketAt = bucketAt;
    own.high = bar.highTicks;
    own.low = bar.lowTicks;
  } else {
    if (bar.highTicks > own.high) own.high = bar.highTicks;
    if (bar.lowTicks < own.low) own.low = bar.lowTicks;
  }
  own.close = bar.closeTicks;
  if (bar.openedAt + baseMs === bucketAt + rule.barMs) endBucket(own, rule.bars);
}

function endBucket(own: LegRules, bars: number): void {
  const { high, low, closeBefore, isWhole } = own;
  own.bucketAt = -1;
  own.closeBefore = own.close;
  if (!isWhole) return;
  const range = closeBefore === 0 ? high - low : Math.max(high, closeBefore) - Math.min(low, closeBefore);
  own.ranges += 1;
  own.averageRange += (range - own.averageRange) * (own.ranges <= bars ? 1 / own.ranges : 2 / (bars + 1));
}

/** Average true range as a fraction of the last price; 0 = not known yet, or never. */
export function rangeOf(state: State, rules: RulesState, leg: Leg): number {
  const own = rules.legs[leg.index]!;
  const { atr } = state.setup.config.risk;
  return atr === null || own.ranges < atr.bars ? 0 : own.averageRange / leg.book.lastTicks;
}

export function percent(part: number): string {
  return `${Number((part * 100).toFixed(4))}%`;
}
