/** Liquidation prices of positions not opened yet, against the worked examples of the fill semantics and by hand. */
import { describe, expect, it } from 'vitest';
import { runConfig } from '../../../engine/index.ts';
import type { Direction, Instrument } from '../../../engine/index.ts';
import { liquidationTicks } from '../../../engine/rules/liquidation.ts';
import { inverse, linear } from '../../sim/market.ts';

const ticksOf = (instrument: Instrument, side: Direction, lots: number, cost: number, own: object): number =>
  liquidationTicks({ instrument, config: runConfig.parse(own), side, lots, cost });

describe('the liquidation price', () => {
  it('of a short of 2 at 200 with leverage 20 is (400 + 20) / (2 x 1.005) = 208.955', () => {
    expect(ticksOf(linear(), -1, 2, 400, { leverage: 20 })).toBeCloseTo(420 / 2.01, 9);
  });
  it('of a long of 2 at 200 with leverage 20 is (400 - 20) / (2 x 0.995) = 190.955', () => {
    expect(ticksOf(linear(), 1, 2, 400, { leverage: 20 })).toBeCloseTo(380 / 1.99, 9);
  });
  it('by the entry value is 200 -/+ (20 - 2) / 2 = 191 and 209', () => {
    expect(ticksOf(linear(), 1, 2, 400, { leverage: 20, liqFormula: 'entry-value' })).toBeCloseTo(191, 9);
    expect(ticksOf(linear(), -1, 2, 400, { leverage: 20, liqFormula: 'entry-value' })).toBeCloseTo(209, 9);
  });
  it('of an inverse long of 1,000 at 100 with leverage 10 is 1,000 x 1.005 / (10 + 1) = 91.36, of a short 1,000 x 0.995 / 9 = 110.56', () => {
    // Tick 0.5: prices in ticks are doubled.
    expect(ticksOf(inverse(), 1, 1_000, 10, { leverage: 10 })).toBeCloseTo((2 * 1_005) / 11, 9);
    expect(ticksOf(inverse(), -1, 1_000, 10, { leverage: 10 })).toBeCloseTo((2 * 995) / 9, 9);
  });
  it('of a linear long with leverage 1 and of an inverse short with leverage 1 does not exist', () => {
    expect(ticksOf(linear(), 1, 2, 400, { leverage: 1 })).toBe(0);
    expect(ticksOf(inverse(), -1, 1_000, 10, { leverage: 1 })).toBe(0);
  });
  it('uses the tier of the value: 2 % from 300 on, less the deduction of 4.5', () => {
    const tiered = linear({ tiers: [{ limit: '300', mmr: '0.005', deduction: '0' }, { limit: '9000', mmr: '0.02', deduction: '4.5' }] });

    expect(ticksOf(tiered, 1, 2, 400, { leverage: 10 })).toBeCloseTo((400 - 40 - 4.5) / (2 * 0.98), 9);
    expect(ticksOf(tiered, 1, 1, 200, { leverage: 10 })).toBeCloseTo(180 / 0.995, 9);
  });
});
