/** Gates of the moment, each at its edge, with the numbers it saw. Equity 1,000, price 100, no fees unless said. */
import { describe, expect, it } from 'vitest';
import { reviewOpening } from '../../../engine/risk.ts';
import { minute, start } from '../../sim/market.ts';
import { desk, freeLinear } from './desk.ts';
import type { Decision, Desk } from './desk.ts';

const enters = (on: Desk, at: number, symbol = 0): Decision | null => on.close(at, 100, (intents) => intents.enter({ side: 'long', qty: 1, stop: 99 }), symbol);
const said = (decision: Decision | null): string => `${decision?.reason} | ${decision?.inputs}`;
const two = [freeLinear(), freeLinear({ symbol: 'BBBUSDT' })];

describe('an entry is refused', () => {
  it('while prices rest after a shock, until that instant', () => {
    const on = desk({ risk: { equityAgeMs: 600_000 } });
    on.close(1, 100);
    on.state.rules!.restUntil = start + 3 * minute;

    expect(said(enters(on, 2))).toBe(`after-shock | gate=after-shock until=${start + 3 * minute}`);
    expect(enters(on, 3)).toMatchObject({ outcome: 'accepted' });
  });

  // These end the run before they are asked; asked all the same, they refuse by themselves.
  const judged = (risk: Parameters<typeof desk>[0]['risk'], change: (on: Desk) => void): unknown => {
    const on = desk({ risk });
    on.close(1, 100);
    change(on);
    on.state.mode = { tag: 'trading' };
    const review = reviewOpening(on.state, on.state.legs[0]!, {
      side: 1, lots: 1, priceTicks: 100, stopTicks: 99, waived: false, entry: 'market', closesFirst: 0, replaces: -1, targetTicks: 0,
    });
    return review.tag === 'refused' ? `${review.why} | ${review.inputs}` : review.tag;
  };

  it('after as many trades as a run may have: at two of two, not at one', () => {
    const after = (trades: number): unknown => judged({ runTrades: 2 }, (on) => { on.state.rules!.tradesClosed = trades; });

    expect([after(1), after(2)]).toEqual(['approved', 'run-trades | closed=2 max=2']);
  });

  it('after as many hours as a run may have: allowed a ms before the hour, not at it', () => {
    const after = (ms: number): unknown => judged({ runHours: 1 }, (on) => {
      on.state.rules!.startedAt = start;
      on.state.now = start + ms;
    });

    expect([after(60 * minute - 1), after(60 * minute)]).toEqual(['approved', 'run-hours | hours=1 max=1']);
  });

  it('below the least equity: 1,000 is enough for 1,000, not for 1,001; without one any is', () => {
    const at = (minEquity: number): unknown => judged({ minEquity }, () => undefined);

    expect([at(1_000), at(1_001)]).toEqual(['approved', 'equity-minimum | equity=1000 min=1001']);
    expect(judged({ equityAgeMs: 600_000 }, () => undefined)).toBe('approved');
  });

  it('by prices older than allowed: a minute is within a minute, not within 59,999 ms; of a flat symbol age does not matter', () => {
    const held = (equityAgeMs: number): Decision | null => {
      const on = desk({ risk: { equityAgeMs }, instruments: two });
      enters(on, 1, 1);
      on.fillEntry(100);
      return on.close(2, 100, (intents) => intents.enter({ side: 'long', qty: 1, stop: 99 }), 0, [1]);
    };
    const flat = desk({ risk: { equityAgeMs: 30_000 }, instruments: two });
    flat.close(1, 100);

    expect(held(60_000)).toMatchObject({ outcome: 'accepted' });
    expect(said(held(59_999))).toBe('equity-stale | gate=equity-stale age=60000ms max=59999ms');
    expect(flat.close(2, 100, (intents) => intents.enter({ side: 'long', qty: 1, stop: 99 }), 0, [1])).toMatchObject({ outcome: 'accepted' });
  });
});

describe('as many symbols as may be open', () => {
  it('count positions and standing entries of others: the third of two is refused, another order of the second is not', () => {
    const three = [...two, freeLinear({ symbol: 'CCCUSDT' })];
    const on = desk({ risk: { maxSymbols: 2 }, instruments: three });
    enters(on, 1, 0);
    on.fillEntry(100);
    expect(on.close(2, 100, (intents) => intents.enter({ side: 'long', at: 'limit', price: 95, qty: 1, stop: 90, validFor: 9 }), 1)).toMatchObject({ outcome: 'accepted' });

    expect(said(enters(on, 3, 2))).toBe('open-symbols | gate=open-symbols open=2 max=2');
    expect(on.close(4, 100, (intents) => intents.add({ qty: 1 }), 0)).toMatchObject({ outcome: 'accepted' });
  });

  it('do not count a symbol of which only targets stand, nor one that is flat', () => {
    const on = desk({ risk: { maxSymbols: 1 }, instruments: two });
    on.close(1, 100);

    expect(enters(on, 2, 1)).toMatchObject({ outcome: 'accepted' });
  });
});

describe('what the gates count of a position and of its costs', () => {
  const stage = { from: 0, lossCap: 1_000, lossFraction: 1, leverage: 100, gainPerFee: 0, atrMinimum: 0, tradesPerDay: 1_000, liquidation: { stopMultiple: 1, floor: 0 } };
  type Opened = Parameters<typeof reviewOpening>[2];
  const review = (on: Desk, own: Partial<Opened> = {}): string => {
    const judgement = reviewOpening(on.state, on.state.legs[0]!, {
      side: 1, lots: 1, priceTicks: 100, stopTicks: 99, waived: false, entry: 'market', closesFirst: 0, replaces: -1, targetTicks: 0, ...own,
    });
    return judgement.tag === 'refused' ? `${judgement.why} | ${judgement.inputs}` : judgement.tag;
  };
  const holding = (own: Partial<Parameters<typeof desk>[0]>, qty = 1): Desk => {
    const on = desk({ risk: {}, ...own });
    on.close(1, 100, (intents) => intents.enter({ side: 'long', qty, stop: 99 }));
    on.fillEntry(100);
    on.close(2, 100);
    return on;
  };

  it('the cap of a day: a reversal begins a trade, an addition does not', () => {
    const on = holding({ risk: { stages: [{ ...stage, tradesPerDay: 1 }] } });

    expect(review(on)).toBe('approved');
    expect(review(on, { side: -1, stopTicks: 101, closesFirst: 1 })).toBe('daily-trade-cap | opened=1 waiting=0 max=1');
  });

  it('the cap of a day: a trade of yesterday is none of today', () => {
    const on = holding({ risk: { stages: [{ ...stage, tradesPerDay: 1 }] } });
    on.stopOut(99);
    expect(review(on)).toBe('daily-trade-cap | opened=1 waiting=0 max=1');
    on.state.now = start + 1_440 * minute;

    expect(review(on)).toBe('approved');
  });

  it('the cap of a day: an entry that waits for its turn on another flat symbol counts, on one that is held it does not', () => {
    const on = desk({ risk: { stages: [{ ...stage, tradesPerDay: 1 }] }, instruments: two });
    on.close(1, 100, (intents) => intents.enter({ side: 'long', at: 'limit', price: 95, qty: 1, stop: 90, validFor: 9 }), 1);
    const [order] = on.state.legs[1]!.orders;
    on.state.legs[1]!.orders = [];
    expect(review(on)).toBe('approved');
    on.state.legs[1]!.staged = { after: 1, until: 'done', order: order! };
    expect(review(on)).toBe('daily-trade-cap | opened=0 waiting=1 max=1');
    on.state.legs[1]!.position = { ...holding({}).state.legs[0]!.position };

    expect(review(on)).toBe('approved');
  });

  it('the liquidation price is that of the whole: 10 at 100 and 10 more at 90 stand at 95', () => {
    // At leverage 10 and a maintenance rate of 0.5 % the price of liquidation is 95 x (1 - 0.1 + 0.005): 9.5 % away.
    const on = holding({ risk: { liquidation: true }, config: { leverage: 10, cash: 100_000 } }, 10);
    on.close(3, 90);

    expect(review(on, { lots: 10, priceTicks: 90, stopTicks: 86 })).toBe('approved'); // 86 is 9.47 % below 95
    expect(review(on, { lots: 10, priceTicks: 90, stopTicks: 85 })).toMatch(/^stop-beyond-liquidation \| liquidation=9\.5\d*% stop=10\.5\d*%$/);
    // Alone, 10 at 90 would have their stop at 82 before the liquidation price.
    const alone = desk({ risk: { liquidation: true }, config: { leverage: 10, cash: 100_000 } });
    alone.close(1, 90);
    expect(review(alone, { lots: 10, priceTicks: 90, stopTicks: 82 })).toBe('approved');
  });

  it('the fees of a maker entry are its own on the way in: a gain of 0.3 against 0.02 and 0.1', () => {
    const fees = { instruments: [freeLinear({ takerRate: '0.001', makerRate: '0.0002' })], risk: { feeGate: true, unavailable: ['feeGate'], stages: [{ ...stage, gainPerFee: 2 }] } };
    const on = desk(fees);
    on.close(1, 100);
    const asked = { priceTicks: 1_000, stopTicks: 990, targetTicks: 3 };

    // 3 ticks on 1,000: 3 to gain, 1 and 1.003 as taker, 0.2 and 1.003 as maker.
    expect(review(on, asked)).toMatch(/^gain-below-fees \| gain=3 fees=2\.003\d* ratio=1\.497\d* min=2$/);
    expect(review(on, { ...asked, entry: 'maker' })).toBe('approved');
    expect(review(on, { ...asked, targetTicks: 0 })).toBe('approved'); // nothing is known to be hoped for
    const off = desk({ ...fees, risk: { stages: [{ ...stage, gainPerFee: 2 }] } });
    off.close(1, 100);
    expect(review(off, asked)).toBe('approved');
  });
});
