/** The risk review by hand: gates in their order with the numbers they judged by, and what is counted for each. */
import { describe, expect, it } from 'vitest';
import type { Direction, Instrument, OpenPosition, Order, State } from '../../engine/index.ts';
import { approved } from '../../engine/opening.ts';
import type { Opening } from '../../engine/opening.ts';
import { approveAmend, approveEntry, approveStop, boundMargin, exposureRoom, marginRoom, openRisk, reviewOpening, signedLots } from '../../engine/risk.ts';
import { inverse, linear, start } from '../sim/market.ts';
import type { ConfigWish } from '../sim/played.ts';
import { scripted } from '../sim/scripted.ts';
import { bar, execution, stepped } from './stepped.ts';

const symbols = ['AAAUSDT', 'BBBUSDT'];

interface Wish { readonly config?: ConfigWish; readonly instruments?: readonly Instrument[]; readonly ticks?: number }
/** 10,000 of cash and a price of 100 in every symbol. */
function stateOf({ config = {}, instruments = symbols.map((symbol) => linear({ symbol })), ticks = 100 }: Wish = {}): State {
  const engine = stepped({ strategy: scripted({ symbols: instruments.map(({ symbol }) => symbol) }).strategy, instruments, config });
  instruments.forEach((instrument, symbol) => engine.take(bar(instrument, start, [ticks, ticks, ticks, ticks], symbol)));
  return engine.state;
}
const opening = (own: Partial<Opening> = {}): Opening => ({
  side: 1, lots: 10, priceTicks: 100, stopTicks: 90, waived: false, entry: 'market', closesFirst: 0, replaces: -1, targetTicks: 0, ...own,
} as Opening);
const verdictOf = (state: State, own: Partial<Opening> = {}): unknown => {
  const review = reviewOpening(state, state.legs[0]!, opening(own));
  return review.tag === 'approved' ? 'approved' : [review.why, review.inputs];
};

function order(own: Partial<Order> = {}): Order {
  return {
    id: 7, leg: 0, role: 'entry', side: 1, type: 'limit', reduceOnly: false, timeInForce: 'GTC', triggerTicks: 0, triggerDirection: 0, referenceTicks: 100,
    key: '', reason: '', sentAt: start, attempt: 1, attemptAt: start, isUnwanted: false, endsAtDecision: 0, priceTicks: 100, lots: 10, filled: 0, state: { tag: 'working', since: start },
    terms: { stopTicks: 90, stopBy: 'mark', distanceTicks: 10, follows: false, risk: 50, targets: [], trailTicks: 0, trailFromTicks: 0, breakEvenAt: 0, isAdd: false }, ...own,
  };
}
/** Puts a position on a leg, from its price, its stop armed ten ticks away unless told otherwise. */
function hold(state: State, side: Direction, lots: number, leg = 0, own: Partial<OpenPosition> = {}): void {
  const engine = stepped({ strategy: scripted({}).strategy, instruments: [state.setup.instruments[leg]!] });
  engine.take(bar(state.setup.instruments[leg]!, start, [100, 100, 100, 100]));
  engine.take(execution(state.setup.instruments[leg]!, { at: start, id: 1, side, lots, priceTicks: 100 }));
  const { position } = engine.state.legs[0]!;
  if (position.tag === 'flat') throw new Error('flat');
  state.legs[leg]!.position = { ...position, protection: { tag: 'armed', trigger: 100 - side * 10, by: 'mark', since: start }, ...own };
}
const stage = (state: State, own: Partial<Order> = {}, leg = 0): void => { state.legs[leg]!.staged = { after: 1, until: 'done', order: order({ id: 9, ...own }) }; };

describe('an opening order is reviewed in this order', () => {
  it('ten lots of 100 with a stop are approved', () => {
    expect(reviewOpening(stateOf(), stateOf().legs[0]!, opening())).toEqual({ tag: 'approved' });
    expect(approved).toEqual({ tag: 'approved' });
  });

  it('what the engine is in: the mode with its cause and end, the link, the leg', () => {
    const state = stateOf();
    state.link = { tag: 'down', since: start };
    state.legs[0]!.hold = { tag: 'blocked', cause: 'venue', until: null };
    state.mode = { tag: 'cooldown', until: 99, cause: 'daily-loss', evidence: '', since: start };
    expect(verdictOf(state, { lots: 0 })).toEqual(['cooldown', 'cause=daily-loss until=99']);
    state.mode = { tag: 'reducing', cause: 'operator', evidence: '', since: start };
    expect(verdictOf(state)).toEqual(['reducing', 'cause=operator']);
    state.mode = { tag: 'trading' };
    expect(verdictOf(state)).toEqual(['link-down', '']);
    state.link = { tag: 'up' };
    expect(verdictOf(state)).toEqual(['blocked-venue', '']);
    state.legs[0]!.hold = { tag: 'none' };
    expect(verdictOf(state)).toBe('approved');
  });

  it('the stop: none, unless it was waived', () => {
    expect(verdictOf(stateOf(), { stopTicks: 0, lots: 0 })).toEqual(['no-stop', '']);
    expect(verdictOf(stateOf(), { stopTicks: 0, waived: true })).toBe('approved');
    expect(verdictOf(stateOf(), { stopTicks: -1 })).toEqual(['no-stop', '']);
  });

  it('the lots: too many to count, too few, worth too little', () => {
    const [first] = [linear({ minQty: '5', minNotional: '1000', tick: '0.5', qtyStep: '0.5' })];
    const small = stateOf({ instruments: [first] });

    expect(verdictOf(small, { lots: 2 ** 53 })).toEqual(['exposure-limit', '']);
    expect(verdictOf(small, { lots: 9 })).toEqual(['below-min-qty', 'lots=9 min=10']);
    // 100 ticks of 0.5 are 50: 39 lots of half a unit are worth 975, 40 of them 1,000.
    expect(verdictOf(small, { lots: 39 })).toEqual(['below-min-notional', 'notional=975 min=1000']);
    expect(verdictOf(small, { lots: 40 })).toBe('approved');
    expect(verdictOf(stateOf({ instruments: [inverse({ minNotional: '1000' })], ticks: 200, config: { cash: 10 } }), { priceTicks: 200, stopTicks: 160 })).toBe('approved');
  });

  it('exposure: 100 lots of 100 are ten times 1,000, one more is too many', () => {
    const state = stateOf({ config: { cash: 1_000, risk: { maxOpenRisk: 1 }, leverage: 100 } });

    expect(verdictOf(state, { lots: 101, stopTicks: 99 })).toEqual(['exposure-limit', 'lots=101 room=100']);
    expect(verdictOf(state, { lots: 100, stopTicks: 99 })).toBe('approved');
  });

  it('open risk: 1 % of 10,000 is 9 lots that lose 10.19 each, not 10', () => {
    const state = stateOf({ config: { risk: { maxOpenRisk: 0.01 } } });

    expect(verdictOf(state, { lots: 9 })).toBe('approved');
    expect(verdictOf(state, { lots: 10 })).toEqual(['open-risk-limit', expect.stringMatching(/^risk=0\.01019\d* max=0\.01$/)]);
    expect(verdictOf(state, { lots: 10, waived: true, stopTicks: 0 })).toBe('approved');
  });

  it('open risk of exactly the limit is within it', () => {
    // Without fees ten lots lose 100 of 10,000.
    const free = stateOf({ config: { risk: { maxOpenRisk: 0.01 } }, instruments: [linear({ takerRate: '0' })] });

    expect(verdictOf(free, { lots: 10 })).toBe('approved');
    expect(verdictOf(free, { lots: 11 })).toEqual(['open-risk-limit', 'risk=0.011 max=0.01']);
  });

  it('margin: at 5 x a lot of 100 takes 20, 0.1 and 0.12; 494 fit into 10,000', () => {
    const state = stateOf({ config: { leverage: 5, risk: { maxOpenRisk: 1 } } });

    expect(verdictOf(state, { lots: 494, stopTicks: 99 })).toBe('approved');
    expect(verdictOf(state, { lots: 495, stopTicks: 99 })).toEqual(['insufficient-margin', 'lots=495 room=494']);
  });

  it('of an account with nothing left is not a risk of less than nothing', () => {
    const state = stateOf();
    state.equity = 0;

    expect(openRisk(state, -1)).toBe(0);
    expect(verdictOf(state)).toEqual(['exposure-limit', 'lots=10 room=0']);
    state.equity = -5;
    expect(openRisk(state, -1)).toBe(0);
  });
});

describe('lots that may still be added', () => {
  // 10,000 x 1 over 100 a lot: 100 lots.
  const config = { risk: { maxLeverage: 1 } } as const;
  const room = (state: State, side: Direction, replaces = -1): number => exposureRoom(state, state.legs[0]!, opening({ side, replaces }));

  it('are less by the position on its own side; a position on the other side makes no room', () => {
    const state = stateOf({ config });
    hold(state, 1, 30);
    expect([room(state, 1), room(state, -1), signedLots(state.legs[0]!)]).toEqual([70, 100, 30]);
    hold(state, -1, 30);
    expect([room(state, 1), room(state, -1), signedLots(state.legs[0]!)]).toEqual([100, 70, -30]);
    expect(signedLots(stateOf().legs[0]!)).toBe(0);
  });

  it('are less by what standing orders of that side may still open, reduce-only ones and the one replaced left out', () => {
    const state = stateOf({ config });
    state.legs[0]!.orders.push(order({ id: 1, lots: 20, filled: 5 }), order({ id: 2, side: -1, lots: 10 }), order({ id: 3, reduceOnly: true, lots: 40 }));

    expect([room(state, 1), room(state, -1), room(state, 1, 1), room(state, -1, 2)]).toEqual([85, 90, 100, 100]);
  });

  it('are less by an entry that waits for its turn, unless that is the one replaced', () => {
    const state = stateOf({ config });
    stage(state, { lots: 25 });

    expect([room(state, 1), room(state, -1), room(state, 1, 9)]).toEqual([75, 100, 100]);
  });
});

describe('margin that is bound', () => {
  // At 10 x a value of 1,000 binds 100; an order also its fee of 1 and that of a close at the bankruptcy price, 1.1.
  it('by positions of every leg at cost, by orders that can open at their price, in part by what is left of them', () => {
    const state = stateOf();
    hold(state, -1, 10, 1);
    state.legs[0]!.orders.push(order({ id: 1, filled: 4 }), order({ id: 2, reduceOnly: true }), order({ id: 3, type: 'market', priceTicks: 0, referenceTicks: 50 }));

    expect(boundMargin(state, -1)).toBeCloseTo(100 + 0.6 * 102.1 + 0.5 * 102.1, 9);
    expect(boundMargin(state, 3)).toBeCloseTo(100 + 0.6 * 102.1, 9);
  });

  it('by an entry that waits, unless it is the one left out', () => {
    const state = stateOf();
    stage(state);

    expect(boundMargin(state, -1)).toBeCloseTo(102.1, 9);
    expect(boundMargin(state, 9)).toBe(0);
  });

  it('leaves room for what the balance covers; a position that is closed first gives its margin back', () => {
    const state = stateOf({ config: { leverage: 1 } });
    hold(state, 1, 50);
    const room = (closesFirst: number, own: Partial<Opening> = {}): number => marginRoom(state, state.legs[0]!, opening({ side: -1, closesFirst, ...own }));

    // At 1 x: 100, 0.1 and 0.2 a lot. 10,000 less 5,000 bound is room for 49, all of it for 99.
    expect([room(0), room(50)]).toEqual([49, 99]);
    state.legs[0]!.position = { tag: 'flat' };
    expect(room(50)).toBe(99);
  });
});

describe('open risk', () => {
  it('is that of positions from the mark, of standing entries by what is left of them, and of one that waits', () => {
    const state = stateOf({ instruments: symbols.map((symbol) => linear({ symbol, takerRate: '0' })) });
    hold(state, 1, 10, 1);
    state.legs[0]!.orders.push(order({ id: 1, lots: 10, filled: 5 }), order({ id: 2, reduceOnly: true }), order({ id: 3, terms: null }));
    stage(state);

    // Ten lots ten ticks from their stop: 100; half of 50; 50.
    expect(openRisk(state, -1)).toBeCloseTo(175 / 10_000, 12);
    expect(openRisk(state, 1)).toBeCloseTo(150 / 10_000, 12);
    expect(openRisk(state, 9)).toBeCloseTo(125 / 10_000, 12);
  });

  it('counts a stop that was asked for, not one that is breached or waived, and no gain', () => {
    const state = stateOf({ instruments: [linear({ takerRate: '0' })] });
    const risk = (protection: OpenPosition['protection']): number => {
      hold(state, 1, 10, 0, { protection });
      return openRisk(state, -1) * 10_000;
    };

    expect(risk({ tag: 'requested', trigger: 95, by: 'mark', replaces: null, attempt: 1, since: start })).toBeCloseTo(50, 9);
    expect(risk({ tag: 'waived', since: start })).toBe(0);
    expect(risk({ tag: 'breached', trigger: 95, by: 'mark', price: 94, isHeld: false, since: start })).toBe(0);
    expect(risk({ tag: 'armed', trigger: 105, by: 'mark', since: start })).toBe(0);
  });

  it('of a reversal is without that of the position which it closes', () => {
    const state = stateOf({ config: { risk: { maxOpenRisk: 0.012 } }, instruments: [linear({ takerRate: '0' })] });
    hold(state, 1, 10);
    const short = { side: -1, stopTicks: 110, lots: 12 } as const;

    expect(verdictOf(state, { ...short, closesFirst: 10 })).toBe('approved');
    expect(verdictOf(state, short)).toEqual(['open-risk-limit', 'risk=0.022 max=0.012']);
    expect(verdictOf(state, { ...short, lots: 13, closesFirst: 10 })).toEqual(['open-risk-limit', 'risk=0.013 max=0.012']);
  });
});

describe('what may leave', () => {
  const enter = { tag: 'enter', leg: 0, order: 1, side: 1, lots: 1, type: 'market', priceTicks: 0, triggerTicks: 0, triggerBy: 'last', triggerDirection: 0, timeInForce: 'IOC', stopTicks: 90, stopBy: 'mark' };
  const stop = { tag: 'set-stop', leg: 0, triggerTicks: 90, by: 'mark', trailTicks: 0, activeTicks: 0 } as const;

  it('is an entry or an amendment only while trading, with lots', () => {
    const state = stateOf();
    const amend = { tag: 'amend', leg: 0, order: 1, priceTicks: 95, lots: 1 };
    expect(approveEntry(state, enter as never)).toBe(enter);
    expect(approveAmend(state, amend as never)).toBe(amend);
    expect(() => approveEntry(state, { ...enter, lots: 0 } as never)).toThrow('an entry has lots');
    state.mode = { tag: 'reducing', cause: 'operator', evidence: '', since: start };

    expect(() => approveEntry(state, enter as never)).toThrow('entries leave only while trading {"mode":"reducing"}');
    expect(() => approveAmend(state, amend as never)).toThrow('orders are amended only while trading {"mode":"reducing"}');
  });

  it('is a looser stop only while trading, another one always', () => {
    const state = stateOf();
    expect(approveStop(state, stop, true)).toBe(stop);
    state.mode = { tag: 'halted', cause: 'operator', evidence: '', since: start };

    expect(approveStop(state, stop, false)).toBe(stop);
    expect(() => approveStop(state, stop, true)).toThrow('a stop is loosened only while trading');
  });
});

describe('equity', () => {
  it('has its peak kept, and used up halts with the number', () => {
    const engine = stepped({ strategy: scripted({}).strategy, instruments: [linear()] });
    const { state } = engine;
    engine.take(bar(linear(), start, [100, 100, 100, 100]));
    const at = (equity: number): void => {
      state.equity = equity;
      engine.take({ tag: 'wallet', at: start, wallet: 0, balance: 1n });
    };
    at(12_000);
    at(11_000);
    expect(state).toMatchObject({ equityPeak: 12_000, mode: { tag: 'trading' } });
    at(0);

    expect(state.mode).toMatchObject({ tag: 'halted', cause: 'money', evidence: 'equity is used up: 0' });
  });
});
