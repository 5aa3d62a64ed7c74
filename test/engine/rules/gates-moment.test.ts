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
