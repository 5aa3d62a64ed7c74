/** Days that two runs have in common, and whether one of them did better on them than luck explains. */
import { bootstrap, daysInBlock, mean } from '../doubt.ts';
import type { Range } from '../doubt.ts';
import type { EquityStrip } from '../story.ts';

const dayMs = 86_400_000;

/** Return of the second run less that of the first, fraction, on every whole day both saw. */
export function pairedDays(one: EquityStrip, other: EquityStrip): readonly number[] {
  const first = dailyReturns(one);
  const second = dailyReturns(other);
  return [...first].flatMap(([day, value]) => { const mate = second.get(day); return mate === undefined ? [] : [mate - value]; });
}

/** Drawn in blocks of a week, because days hang together. */
export const pairedDifference = (days: readonly number[]): Range | null => bootstrap(days, mean, daysInBlock);

function dailyReturns({ from, slotMs, equity }: EquityStrip): ReadonlyMap<number, number> {
  const last = new Map<number, number>();
  for (const [i, value] of equity.entries()) if (value !== null) last.set(Math.floor((from + i * slotMs) / dayMs), value);
  const returns = new Map<number, number>();
  for (const [day, value] of last) {
    const before = last.get(day - 1);
    if (before !== undefined && before > 0) returns.set(day, value / before - 1);
  }
  return returns;
}
