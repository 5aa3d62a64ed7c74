/** The first sentence of a report, and what has to be said before it. */
import type { StoredRun } from '../../../data/index.ts';
import { minima } from '../metrics.ts';
import { counted, duration, grouped, moneyDecimals, signedPercent } from '../words.ts';
import { numberIn, textIn } from './read.ts';
import type { Row } from './read.ts';
import type { Costs, Safety } from '../story.ts';

export function verdictOf({ manifest, summary }: StoredRun, costs: Costs, trades: number): string {
  const days = counted(Math.max(0, Math.round((manifest.to - manifest.from) / 86_400_000)), 'day');
  const { net, settle } = costs;
  const decimals = settle === 'coin' ? 8 : moneyDecimals(settle);
  if (trades === 0 && net === 0) return `No trade in ${days}.`;
  const moved = net === 0 ? 'Ended where it began' : `${net > 0 ? 'Gained' : 'Lost'} ${grouped(Math.abs(net), decimals)} ${settle}`;
  const size = net === 0 || summary.equityStart <= 0 ? '' : ` (${signedPercent(net / summary.equityStart, 2)})`;
  const few = trades < minima.trades ? ', too few to judge' : '';
  const cost = costs.fees - costs.funding + costs.slippage;
  return `${moved}${size} in ${days} with ${counted(trades, 'trade')}${few}; trading cost ${grouped(cost, decimals)} ${settle}, `
    + `the deepest fall was ${grouped(summary.maxDrawdown * 100, 2)} %.`;
}

/** A broken promise, a halt, a liquidation or a position without a stop weighs more than money. */
export function alarmsOf(safety: Safety, warnings: readonly Row[]): readonly string[] {
  const { faults, halts, waived, bareMs } = safety;
  const liquidated = warnings.filter((row) => textIn(row, 'code') === 'LIQUIDATED').reduce((sum, row) => sum + numberIn(row, 'n'), 0);
  const favoured = warnings.find((row) => textIn(row, 'code') === 'STOPS_FAVOURED');
  return [
    ...(faults !== null && faults.violations > 0 ? [`${counted(faults.violations, 'invariant violation')}: this run breaks a promise.`] : []),
    ...(liquidated > 0 ? [`${counted(liquidated, 'position')} liquidated.`] : []),
    ...halts.map(({ at, cause }) => `Halted ${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC: ${cause}.`).slice(0, 3),
    ...(waived > 0 ? [`${counted(waived, 'position')} held without a stop by choice.`] : []),
    ...(bareMs > 0 ? [`Positions stood ${lasting(bareMs)} without a stop in all.`] : []),
    ...(favoured === undefined ? [] : [`Not to be expected: ${textIn(favoured, 'text')}`]),
  ];
}

/** Seconds below two minutes. */
export const lasting = (ms: number): string => (ms < 120_000 ? `${grouped(ms / 1_000, ms < 10_000 ? 1 : 0)} s` : duration(ms));
