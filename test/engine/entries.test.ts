/**
 * "Wanting" of the public rules, entries: market, limit and trigger entries, how long they work, what replaces them,
 * reversal, adding. The decision at the close of bar k is number k; what it sends meets the open of bar k + 1.
 */
import { describe, expect, it } from 'vitest';
import { noStop } from '../../engine/index.ts';
import { flat, marketOf, minute, start } from '../sim/market.ts';
import type { Row } from '../sim/market.ts';
import { follow, pick } from '../sim/played.ts';

const opensAt = (bar: number): number => start + bar * minute;
const still = (bars: number, ticks = 100): Row[] => Array.from({ length: bars }, () => flat(ticks));

describe('hold', () => {
  it('keeps a limit entry of 3 bars working through two holds, at 95, until it fills in the third', () => {
    const market = marketOf({ bars: [...still(3), [100, 100, 94, 100], ...still(2)] });
    const { rows, seen } = follow(market, {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 95, qty: 2, stop: 90, validFor: 3 }) },
      see: ({ entry }) => ({ ...entry }),
    });

    expect(pick(rows('executions'), 'time', 'side', 'qty', 'price', 'liquidity')).toEqual([
      // Flat with a buy pending: the low of 94, one tick through 95, is the second extreme, two thirds into bar 3.
      [opensAt(3) + (2 * minute) / 3, 'buy', 2, 95, 'maker'],
    ]);
    expect(seen.slice(0, 4)).toEqual([
      { tag: 'none' },
      { tag: 'working', side: 'long', qty: 2, filled: 0, price: 95, barsLeft: 2 },
      { tag: 'working', side: 'long', qty: 2, filled: 0, price: 95, barsLeft: 1 },
      { tag: 'none' },
    ]);
  });

  it('is what a script says that wants nothing: no order, no decision row, no trade', () => {
    const { rows, result } = follow(marketOf({ bars: still(5) }), {});

    expect(result.decisions).toBe(5);
    expect(rows('decisions')).toEqual([]);
    expect(rows('orders')).toEqual([]);
    expect(result.refusals).toEqual({});
  });
});

describe('validFor', () => {
  it('of 2 bars ends at the second close: the decision there sees `ending`, and a fill at the next open no longer happens', () => {
    const market = marketOf({ bars: [...still(3), [90, 90, 80, 80], ...still(2, 80)] });
    const { rows, seen } = follow(market, {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 95, qty: 2, stop: 85, validFor: 2 }) },
      see: ({ entry }) => entry.tag,
    });

    expect(seen).toEqual(['none', 'working', 'ending', 'none', 'none', 'none']);
    expect(rows('executions')).toEqual([]);
    expect(pick(rows('orders'), 'outcome', 'ended_at')).toEqual([['cancelled', opensAt(3)]]);
  });

  it('of 1 bar is the default: a limit may fill during the one bar after the decision only', () => {
    const late = marketOf({ bars: [...still(2), [100, 100, 94, 100], ...still(1)] });
    const intime = marketOf({ bars: [...still(1), [100, 100, 94, 100], ...still(1)] });
    const script = { at: { 0: ({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 95, qty: 2, stop: 90 }) } } satisfies Parameters<typeof follow>[1];

    expect(follow(late, script).rows('executions')).toEqual([]);
    expect(follow(intime, script).rows('executions')).toHaveLength(1);
  });

  it('starts anew when the same entry is wanted again at its last close', () => {
    const market = marketOf({ bars: [...still(3), [100, 100, 94, 100], ...still(1)] });
    const { rows, seen } = follow(market, {
      always: ({ intents, position }) => (position.tag === 'flat'
        ? intents.enter({ side: 'long', at: 'limit', price: 95, qty: 2, stop: 90 }) : intents.hold),
      see: ({ entry }) => entry.tag,
    });

    expect(seen.slice(0, 3)).toEqual(['none', 'ending', 'ending']);
    expect(rows('orders')).toHaveLength(1);
    expect(rows('executions')).toHaveLength(1);
  });

  it('keeps what was filled by then: 3 of 4 bought, the rest cancelled, the position of 3 stays protected', () => {
    // Half of a bar's volume of 6 may be taken: 3 lots.
    const market = marketOf({ bars: [...still(1), [100, 100, 94, 100, 6], ...still(2)] });
    const { rows, result } = follow(market, {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 95, qty: 4, stop: 90 }) },
    }, { participation: 0.5 });

    expect(pick(rows('executions'), 'qty', 'price')).toEqual([[3, 95]]);
    expect(pick(rows('orders'), 'outcome', 'filled_qty')).toEqual([['cancelled', 3]]);
    expect(result.open).toMatchObject([{ side: 'long', qty: 3, entryPrice: 95 }]);
    expect(rows('stops').at(-1)).toMatchObject({ change: 'armed', trigger: 90 });
  });
});

describe('cancelEntry', () => {
  it('takes a working entry back before the next bar can fill it', () => {
    const market = marketOf({ bars: [...still(2), [90, 90, 80, 80], ...still(1, 80)] });
    const { rows } = follow(market, {
      at: {
        0: ({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 95, qty: 2, stop: 85, validFor: 9 }),
        1: ({ intents }) => intents.cancelEntry,
      },
    });

    expect(rows('executions')).toEqual([]);
    expect(pick(rows('orders'), 'outcome', 'ended_at')).toEqual([['cancelled', opensAt(2)]]);
    expect(pick(rows('decisions'), 'intent', 'outcome')).toEqual([['enter', 'accepted'], ['cancel-entry', 'accepted']]);
  });

  it('leaves the position as it is', () => {
    const { result } = follow(marketOf({ bars: still(4) }), {
      at: {
        0: ({ intents }) => intents.enter({ side: 'long', qty: 2, stop: 90 }),
        1: ({ intents }) => intents.add({ at: 'limit', price: 95, qty: 1, validFor: 9 }),
        2: ({ intents }) => intents.cancelEntry,
      },
    });

    expect(result.open).toMatchObject([{ side: 'long', qty: 2 }]);
  });
});

describe('a different enter', () => {
  const enterAt = (price: number, qty = 2) => ({ intents }: { intents: Parameters<NonNullable<Parameters<typeof follow>[1]['always']>>[0]['intents'] }) =>
    intents.enter({ side: 'long', at: 'limit', price, qty, stop: 85, validFor: 9 });

  it('amends the working order when only its price moved, and fills at the new price', () => {
    const market = marketOf({ bars: [...still(3), [100, 100, 95, 100], ...still(1)] });
    const { rows, state } = follow(market, { at: { 0: enterAt(90), 1: enterAt(96) } });

    expect(pick(rows('events').filter((e) => e['kind'] === 'amend' || e['kind'] === 'cancel'), 'kind', 'price_ticks')).toEqual([['amend', 96]]);
    expect(pick(rows('executions'), 'order', 'price', 'reference', 'slippage_bps')).toEqual([[1, 96, 96, 0]]);
    // Planned loss of 2 lots from 96 to 85: 2 x 11, taker fees of 0.1 % on 96 and 85 both ways.
    const { position } = state.legs[0]!;
    expect(position.tag === 'open' ? position.trade.risk : 0).toBeCloseTo(2 * (11 + 0.096 + 0.085), 9);
  });

  it('replaces the working order when its size changed: the old one is cancelled first, then the new one sent', () => {
    const market = marketOf({ bars: [...still(3), [100, 100, 94, 100], ...still(1)] });
    const { rows } = follow(market, { at: { 0: enterAt(95, 2), 1: enterAt(95, 3) } });

    expect(pick(rows('orders'), 'order', 'qty', 'outcome')).toEqual([[1, 2, 'cancelled'], [2, 3, 'filled']]);
    expect(pick(rows('executions'), 'qty', 'price')).toEqual([[3, 95]]);
  });

  it('on the other side replaces it too', () => {
    const market = marketOf({ bars: [...still(3), [100, 106, 100, 100], ...still(1)] });
    const { rows } = follow(market, {
      at: { 0: enterAt(95), 1: ({ intents }) => intents.enter({ side: 'short', at: 'limit', price: 105, qty: 2, stop: 115, validFor: 9 }) },
    });

    expect(pick(rows('orders'), 'side', 'outcome')).toEqual([['buy', 'cancelled'], ['sell', 'filled']]);
  });
});

describe('enter in a position', () => {
  it('of the same side is hold, stored as already-in, once in a row', () => {
    const { rows, result } = follow(marketOf({ bars: still(5) }), {
      always: ({ intents }) => intents.enter({ side: 'long', qty: 2, stop: 90 }),
    });

    expect(pick(rows('decisions'), 'time', 'outcome', 'reason')).toEqual([
      [opensAt(1), 'accepted', null],
      [opensAt(2), 'changed', 'already-in'],
    ]);
    expect(result.refusals).toEqual({ 'already-in': 4 });
    expect(rows('executions')).toHaveLength(1);
  });

  it('of the other side is refused: use-reverse; the position stays', () => {
    const { rows, result } = follow(marketOf({ bars: still(4) }), {
      at: {
        0: ({ intents }) => intents.enter({ side: 'long', qty: 2, stop: 90 }),
        1: ({ intents }) => intents.enter({ side: 'short', qty: 2, stop: 110 }),
      },
    });

    expect(pick(rows('decisions'), 'outcome', 'reason')).toEqual([['accepted', null], ['refused', 'use-reverse']]);
    expect(result.open).toMatchObject([{ side: 'long', qty: 2 }]);
  });
});

describe('reverse', () => {
  it('closes 2 with a reduce-only order, then opens 3 on the other side, both at the next open', () => {
    const { rows, result } = follow(marketOf({ bars: [...still(2), [102, 102, 102, 102], ...still(1, 102)] }), {
      at: {
        0: ({ intents }) => intents.enter({ side: 'long', qty: 2, stop: 90 }),
        1: ({ intents }) => intents.reverse({ side: 'short', qty: 3, stop: 110, reason: 'turn' }),
      },
    });

    expect(pick(rows('orders'), 'role', 'side', 'qty', 'reduce_only', 'outcome')).toEqual([
      ['entry', 'buy', 2, false, 'filled'], ['exit', 'sell', 2, true, 'filled'], ['entry', 'sell', 3, false, 'filled'],
    ]);
    expect(pick(rows('executions'), 'time', 'price')).toEqual([[opensAt(1), 100], [opensAt(2), 102], [opensAt(2), 102]]);
    expect(pick(rows('trades'), 'side', 'gross', 'exit_reason')).toEqual([['long', 4, 'turn']]);
    expect(result.open).toMatchObject([{ side: 'short', qty: 3, entryPrice: 102 }]);
  });

  it('sends the entry only once the exit is accepted', () => {
    const { rows } = follow(marketOf({ bars: still(5) }), {
      at: {
        0: ({ intents }) => intents.enter({ side: 'long', qty: 2, stop: 90 }),
        2: ({ intents }) => intents.reverse({ side: 'short', qty: 3, stop: 110 }),
      },
    }, { latencyMs: 500, responseLatencyMs: 250 });
    const story = rows('events').filter((e) => ['enter', 'reduce', 'order-accepted'].includes(String(e['kind'])));

    // Bar 2 closes at bar 3's open; 500 ms there, 250 ms back, then the entry leaves.
    expect(pick(story, 'kind', 'order', 'time').slice(2)).toEqual([
      ['reduce', 3, opensAt(3)], ['order-accepted', 3, opensAt(3) + 750], ['enter', 2, opensAt(3) + 750],
      ['order-accepted', 2, opensAt(3) + 1_500],
    ]);
  });

  it('from flat is an entry', () => {
    const { result } = follow(marketOf({ bars: still(3) }), {
      at: { 0: ({ intents }) => intents.reverse({ side: 'short', qty: 3, stop: 110 }) },
    });

    expect(result.open).toMatchObject([{ side: 'short', qty: 3 }]);
  });
});

describe('the stop of an entry', () => {
  it.each([
    ['long', 101], ['long', 100], ['short', 99], ['short', 100],
  ] as const)('of a %s at %i with the price at 100 is a stored refusal stop-wrong-side; the run goes on', (side, stop) => {
    const { rows, result } = follow(marketOf({ bars: still(4) }), {
      at: { 0: ({ intents }) => intents.enter({ side, qty: 1, stop }), 2: ({ intents }) => intents.enter({ side: 'long', qty: 1, stop: 90 }) },
    });

    expect(pick(rows('decisions'), 'outcome', 'reason')).toEqual([['refused', 'stop-wrong-side'], ['accepted', null]]);
    expect(result.refusals).toEqual({ 'stop-wrong-side': 1 });
    expect(result.open).toHaveLength(1);
  });

  it('as a level stays at 90 when the fill is 2 ticks of slippage and a gap of 3 away', () => {
    const { rows, state } = follow(marketOf({ bars: [...still(1), flat(103), flat(103)] }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 1, stop: 90 }) },
    }, { slippage: { kind: 'ticks', n: 2 } });

    expect(pick(rows('executions'), 'price', 'reference')).toEqual([[105, 100]]);
    expect(state.legs[0]!.position).toMatchObject({ protection: { tag: 'armed', trigger: 90 } });
  });

  it.each([
    // Buys at 103 + 2 = 105, sells at 103 - 2 = 101: ten ticks from there.
    ['long', 103, 95], ['short', 103, 111],
    // A gap in the entry's favour moves the level too: 97 + 2 - 10, 97 - 2 + 10.
    ['long', 97, 89], ['short', 97, 105],
    // A gap wider than the distance: the last close of 100 is old, the stop stands on its side of the fill.
    ['long', 120, 112], ['short', 80, 88],
  ] as const)('as a distance of 10 follows a %s filled at an open of %i to %i, slippage included', (side, open, stop) => {
    const { state, rows } = follow(marketOf({ bars: [...still(1), flat(open), flat(open)] }), {
      at: { 0: ({ intents }) => intents.enter({ side, qty: 1, stop: { distance: 10 } }) },
    }, { slippage: { kind: 'ticks', n: 2 } });

    expect(state.legs[0]!.position).toMatchObject({ protection: { tag: 'armed', trigger: stop } });
    // What rode on the order was ten ticks from the decision close.
    expect(pick(rows('orders'), 'stop')).toEqual([[side === 'long' ? 90 : 110]]);
  });

  it('waived in so many words leaves the position without one', () => {
    const { rows, state } = follow(marketOf({ bars: [...still(1), [100, 100, 95, 95], flat(95)] }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 1, stop: noStop }) },
    });

    expect(state.legs[0]!.position).toMatchObject({ protection: { tag: 'waived' } });
    expect(pick(rows('stops'), 'change')).toEqual([['waived']]);
    expect(rows('trades')).toEqual([]);
  });
});

describe('add', () => {
  it('buys the added part and keeps the stop when none is given', () => {
    const { result, state } = follow(marketOf({ bars: still(4) }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 2, stop: 90 }), 1: ({ intents }) => intents.add({ qty: 1 }) },
    });

    expect(result.open).toMatchObject([{ qty: 3 }]);
    expect(state.legs[0]!.position).toMatchObject({ protection: { tag: 'armed', trigger: 90 } });
  });

  it('tightens the stop to 95, and never loosens it to 85', () => {
    const { state: tight } = follow(marketOf({ bars: still(4) }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 2, stop: 90 }), 1: ({ intents }) => intents.add({ qty: 1, stop: 95 }) },
    });
    const { state: loose } = follow(marketOf({ bars: still(4) }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 2, stop: 90 }), 1: ({ intents }) => intents.add({ qty: 1, stop: 85 }) },
    });

    expect(tight.legs[0]!.position).toMatchObject({ lots: 3, protection: { tag: 'armed', trigger: 95 } });
    expect(loose.legs[0]!.position).toMatchObject({ lots: 3, protection: { tag: 'armed', trigger: 90 } });
  });

  it('sized by risk counts the added part only: 1 % of equity over 10 ticks of distance', () => {
    const { rows } = follow(marketOf({ bars: still(4) }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 2, stop: 90 }), 1: ({ intents }) => intents.add({ risk: 0.01 }) },
    });

    // Equity 10,000 - fee 0.2; a lot loses 10 + 0.1 + 0.09 = 10.19; floor(99.998 / 10.19) = 9.
    expect(pick(rows('orders'), 'qty')).toEqual([[2], [9]]);
  });

  it('without a position is refused', () => {
    const { result } = follow(marketOf({ bars: still(2) }), { at: { 0: ({ intents }) => intents.add({ qty: 1 }) } });

    expect(result.refusals).toEqual({ 'no-position': 1 });
  });
});

describe('a trigger entry', () => {
  it('sleeps until the last price reaches 105, buys at the trigger with a stop from its first fill', () => {
    const market = marketOf({ bars: [...still(2), [100, 108, 100, 107], [107, 107, 94, 94], flat(94)] });
    const { rows } = follow(market, {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', at: 'trigger', price: 105, qty: 1, stop: 95, validFor: 5 }) },
    });

    expect(pick(rows('executions'), 'cause', 'price')).toEqual([['order', 105], ['stop', 95]]);
  });
});
