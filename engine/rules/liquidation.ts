/**
 * The mark price at which the venue would close a position for want of margin, isolated, before it is opened
 * (fill semantics, section 11): by contract type and by the configured formula. No margin is ever added here.
 */
import type { RunConfig } from '../config.ts';
import { valueNumber } from '../instrument.ts';
import type { Instrument } from '../instrument.ts';
import type { Direction } from '../units.ts';

export interface Holding {
  readonly instrument: Instrument;
  readonly config: RunConfig;
  readonly side: Direction;
  readonly lots: number;
  /** Value at which the lots would be held, settle coin. */
  readonly cost: number;
}

/** Ticks, not rounded; 0 = it cannot be liquidated. */
export function liquidationTicks({ instrument, config, side, lots, cost }: Holding): number {
  const linear = instrument.kind === 'linear';
  const { mmr, deduction } = tierOf(instrument, cost);
  // The value at bankruptcy moves towards loss: down for a linear long, up for an inverse long.
  const loss = linear ? -side : side;
  const initial = cost / config.leverage;
  if (cost + loss * initial <= 0) return 0;
  const isOld = config.liqFormula === 'entry-value';
  const bound = isOld ? cost + loss * (initial - (cost * mmr - deduction)) : cost + loss * (initial + deduction);
  const scale = isOld ? 1 : 1 + loss * mmr;
  if (bound <= 0 || scale <= 0) return 0;
  const atOneTick = valueNumber(instrument, 1, lots);
  return linear ? bound / (atOneTick * scale) : (atOneTick * scale) / bound;
}

/** Maintenance margin of a value; the last tier has no limit, and no tier asks for none. */
function tierOf({ rules: { tiers } }: Instrument, value: number): { readonly mmr: number; readonly deduction: number } {
  const tier = tiers.find(({ limit }) => value <= Number(limit)) ?? tiers.at(-1);
  return tier === undefined ? { mmr: 0, deduction: 0 } : { mmr: Number(tier.mmr), deduction: Number(tier.deduction) };
}
