/** Sizes under the rules: never more than budget, step, margin and exposure allow, whatever is asked. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunConfigWish } from '../../../engine/index.ts';
import { lossBudget, sizeFactor, stageAt } from '../../../engine/rules/index.ts';
import { inverse, linear } from '../../sim/market.ts';
import { desk, enterOf } from './desk.ts';
import type { Desk } from './desk.ts';

type Risk = NonNullable<RunConfigWish['risk']>;
const stage = (from: number, lossCap: number, lossFraction: number, leverage = 100) =>
  ({ from, lossCap, lossFraction, leverage, gainPerFee: 0, atrMinimum: 0, tradesPerDay: 1_000, liquidation: { stopMultiple: 1, floor: 0 } });
const small = [stage(0, 3, 0.03), stage(300, 20, 0.08), stage(700, 30, 0.06)];
const budgetOf = (on: Desk): number => lossBudget(on.state, on.state.rules!);

describe('the loss budget', () => {
  it('is the smaller of cap and share of the stage: 3 of 299.99 at most, 20 of 300, 30 of 700', () => {
    expect([0, 299.99, 300, 699.99, 700, 5_000].map((equity) => stageAt(small, equity))).toEqual([0, 0, 1, 1, 2, 2]);
    expect(budgetOf(desk({ risk: { stages: small }, config: { cash: 50 } }))).toBe(1.5);
    expect(budgetOf(desk({ risk: { stages: small }, config: { cash: 200 } }))).toBe(3);
    expect(budgetOf(desk({ risk: { stages: small }, config: { cash: 300 } }))).toBe(20);
    expect(budgetOf(desk({ risk: { stages: small }, config: { cash: 1_000 } }))).toBe(30);
  });

  it('halves after 3 losses, again after 6, never under a quarter, and grows by half after 3 wins up to the whole', () => {
    const on = desk({ risk: { stages: [stage(0, 100, 1)], streakSize: { losses: 3, down: 0.5, least: 0.25, wins: 3, up: 1.5 } } });
    const factors: number[] = [];
    for (let i = 0; i < 21; i++) {
      on.trade(i + 1, 1, i < 9 ? 99 : 101);
      if (i % 3 === 2) factors.push(sizeFactor(on.state, on.state.rules!));
    }

    expect(factors).toEqual([0.5, 0.25, 0.25, 0.375, 0.5625, 0.84375, 1]);
    expect(budgetOf(on)).toBe(100);
  });

  it('halves while fewer than 4 of the last 10 to 29 trades were won, and not before 10', () => {
    const on = desk({ risk: { stages: [stage(0, 100, 1)], winRate: { window: 50, halveFrom: 10, halveBelow: 0.4, haltFrom: 30, haltBelow: 0.01 } } });
    for (let i = 0; i < 9; i++) on.trade(i + 1, 1, i < 3 ? 101 : 99);
    expect(budgetOf(on)).toBe(100);
    on.trade(10, 1, 99); // 3 of 10
    expect(budgetOf(on)).toBe(50);
    on.trade(11, 1, 101); // 4 of 11 = 36 %
    expect(budgetOf(on)).toBe(50);
    on.trade(12, 1, 101); // 5 of 12 = 41.7 %
    expect(budgetOf(on)).toBe(100);
  });

  it('by Kelly: 6 wins of 2 and 4 losses of 1 make 0.6 - 0.4 / 2 = 40 %, a quarter of it is a tenth of the equity', () => {
    const on = desk({ risk: { stages: [stage(0, 900, 0.9)], kelly: { share: 0.25, window: 10, minTrades: 10 } } });
    for (let i = 0; i < 9; i++) on.trade(i + 1, 1, i < 6 ? 102 : 99);
    expect(budgetOf(on)).toBe(900); // nine trades say nothing
    on.trade(10, 1, 99); // equity 1,008

    expect(budgetOf(on)).toBeCloseTo(100.8, 9);
    for (let i = 0; i < 6; i++) on.trade(i + 11, 1, 99); // the window holds losses only
    expect(budgetOf(on)).toBe(0);
  });

  it('covers an addition together with the position: 20 of 30 are at risk, 10 are left', () => {
    const on = desk({ risk: { stages: [stage(0, 30, 1)] }, instruments: [linear({ takerRate: '0', makerRate: '0' })] });
    on.close(1, 100, (intents) => intents.enter({ side: 'long', qty: 10, stop: 98 }));
    on.fillEntry(100);

    expect(on.close(2, 100, (intents) => intents.add({ qty: 6 }))).toMatchObject({ reason: 'loss-budget', inputs: 'gate=loss-budget lots=6 room=5' });
    expect(on.close(3, 100, (intents) => intents.add({ qty: 5 }))).toMatchObject({ outcome: 'accepted' });
  });
});

describe('any entry that leaves', () => {
  const wish = fc.record({
    cash: fc.integer({ min: 20, max: 5_000 }), lossCap: fc.integer({ min: 1, max: 100 }), share: fc.integer({ min: 1, max: 30 }).map((n) => n / 100),
    leverage: fc.integer({ min: 1, max: 20 }), limit: fc.integer({ min: 1, max: 10 }), margin: fc.integer({ min: 1, max: 10 }).map((n) => n / 10),
    side: fc.constantFrom('long' as const, 'short' as const), price: fc.integer({ min: 200, max: 50_000 }), distance: fc.integer({ min: 1, max: 150 }),
    size: fc.oneof(
      fc.integer({ min: 1, max: 1_000 }).map((n) => ({ risk: n / 1_000 })), fc.integer({ min: 1, max: 500 }).map((riskQuote) => ({ riskQuote })),
      fc.integer({ min: 1, max: 400 }).map((n) => ({ qty: n / 10 })), fc.integer({ min: 1, max: 20_000 }).map((notional) => ({ notional })),
    ),
    kind: fc.constantFrom('market' as const, 'limit' as const), isInverse: fc.boolean(), losses: fc.integer({ min: 0, max: 1 }),
  });

  it('loses at its stop no more than the budget, is whole steps, and is covered by margin and exposure', () => {
    let sent = 0;
    fc.assert(fc.property(wish, (w) => {
      const risk: Risk = { stages: [stage(0, w.lossCap, w.share, w.limit)], marginShare: w.margin, maxTotalLeverage: w.limit, liquidation: true };
      const instrument = w.isInverse ? inverse({ tick: '1' }) : linear({ qtyStep: '0.1', minQty: '0.1' });
      const on = desk({ risk, config: { cash: w.cash, leverage: w.leverage }, instruments: [instrument] });
      const sign = w.side === 'long' ? 1 : -1;
      const stop = w.price - sign * w.distance;
      if (w.isInverse && 'qty' in w.size) return;
      on.close(1, w.price, (intents) => intents.enter({
        side: w.side, stop, ...w.size, ...(w.kind === 'limit' ? { at: 'limit' as const, price: w.price } : {}),
      } as Parameters<typeof intents.enter>[0]));
      if (!on.commands.some(({ tag }) => tag === 'enter')) return;
      sent += 1;

      const { lots } = enterOf(on.commands);
      const qty = w.isInverse ? lots : lots / 10;
      const value = (price: number): number => (w.isInverse ? qty / price : qty * price);
      const loss = Math.abs(value(w.price) - value(stop)) + 0.001 * (value(w.price) + value(stop));
      expect(Number.isInteger(lots) && lots > 0).toBe(true);
      expect(loss).toBeLessThanOrEqual(Math.min(w.lossCap, w.cash * w.share) * (1 + 1e-9));
      expect(value(w.price)).toBeLessThanOrEqual(w.cash * w.limit * (1 + 1e-9));
      expect(value(w.price) / w.leverage).toBeLessThanOrEqual(w.cash * w.margin * (1 + 1e-9));
      expect(value(w.price) / w.leverage + 2 * 0.001 * value(w.price)).toBeLessThanOrEqual(w.cash * (1 + 1e-9));
    }), { numRuns: 1_500 });

    expect(sent).toBeGreaterThan(300);
  });
});
