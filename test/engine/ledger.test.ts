/** One trade after another through the ledger, every number worked out by hand; and what memory of executions is for. */
import { describe, expect, it } from 'vitest';
import type { Direction, Instrument, Note, OpenPosition, Out, State } from '../../engine/index.ts';
import { foldExecution, foldFunding, hasCounted, isNewExecution, markEquity, seenLimit, unrealisedOf } from '../../engine/position.ts';
import { inverse, linear, minute, start } from '../sim/market.ts';
import { scripted } from '../sim/scripted.ts';
import { execution, stepped } from './stepped.ts';

const whole = 10n ** 12n;

/** A ledger without an engine around it. */
class Ledger {
  readonly state: State;
  readonly out: Out = { commands: [], notes: [] };
  readonly instrument: Instrument;
  #id = 0;
  constructor(instrument: Instrument, cash = 10_000) {
    this.instrument = instrument;
    this.state = stepped({ strategy: scripted({}).strategy, instruments: [instrument], config: { cash } }).state;
  }
  get position(): OpenPosition {
    const { position } = this.state.legs[0]!;
    if (position.tag === 'flat') throw new Error('flat');
    return position;
  }
  fill(side: Direction, lots: number, priceTicks: number, referenceTicks = Number.NaN, at = start): number {
    this.#id += 1;
    const event = execution(this.instrument, { at, id: this.#id, side, lots, priceTicks });
    return foldExecution(this.state, this.state.legs[0]!, event, { order: null, referenceTicks, entryReason: `in ${this.#id}`, exitReason: `out ${this.#id}` }, this.out);
  }
  trades(): Note[] { return this.out.notes.filter((note) => note.tag === 'trade'); }
}

/** Bought twice, sold twice; what the position was after the first two and the third. */
function longRoundTrip(): { ledger: Ledger; opened: number[]; grown: OpenPosition; partly: OpenPosition } {
  const ledger = new Ledger(linear());
  const opened = [ledger.fill(1, 10, 100, 99), ledger.fill(1, 10, 110, 111)];
  const grown = structuredClone(ledger.position);
  ledger.position.trade.risk = 611.8;
  ledger.position.barsHeld = 7;
  foldFunding(ledger.state, ledger.state.legs[0]!, -2n * whole);
  opened.push(ledger.fill(-1, 5, 120, 121, start + minute));
  const partly = structuredClone(ledger.position);
  opened.push(ledger.fill(-1, 15, 80, Number.NaN, start + 2 * minute));
  return { ledger, opened, grown, partly };
}

describe('a linear long: 10 at 100, 10 more at 110, 5 sold at 120, the rest at 80', () => {
  it('opens 10 and 10 lots, then none: 20 lots for exactly 2,100, 105 on average', () => {
    const { opened, grown } = longRoundTrip();

    expect(opened).toEqual([10, 10, 0, 0]);
    expect(grown).toMatchObject({ tag: 'open', side: 1, lots: 20, cost: 2_100n * whole, costNumber: 2_100, entryTicks: 105, openedAt: start, adopted: false });
    expect(grown.trade).toMatchObject({ entryLots: 20, entryTickLots: 2_100, fees: 2_100_000_000_000n, entryReason: 'in 1', exitReason: '', highTicks: 110, lowTicks: 100 });
  });

  it('paid 10 too much, then 10 too little: no slippage over both', () => {
    const { grown } = longRoundTrip();

    expect(grown.trade.slippage).toBe(0);
  });

  it('after 5 lots at 120 has gained 600 - 525 and keeps 15 lots for 1,575', () => {
    const { partly } = longRoundTrip();

    expect(partly).toMatchObject({ lots: 15, cost: 1_575n * whole, costNumber: 1_575, entryTicks: 105 });
    expect(partly.trade).toMatchObject({ realised: 75n * whole, exitLots: 5, exitTickLots: 600, exitReason: 'out 3', slippage: 5, highTicks: 120 });
  });

  it('has lost 300 in the end, 3.9 of fees and 2 of funding: -305.9, half of the risk of 611.8', () => {
    const { ledger } = longRoundTrip();
    const { state } = ledger;

    expect(ledger.trades()).toEqual([{
      tag: 'trade', at: start + 2 * minute, leg: 0, side: 1, openedAt: start, lots: 20, entryTicks: 105, exitTicks: 90,
      gross: -300n * whole, fees: 3_900_000_000_000n, funding: -2n * whole, net: -305.9, slippage: 5, risk: 611.8,
      maeTicks: 25, mfeTicks: 15, bars: 7, entryReason: 'in 1', exitReason: 'out 4',
    }]);
    expect(state.legs[0]!.closed).toEqual([{ side: 'long', net: -305.9, r: -0.5, reason: 'out 4', openedAt: start, closedAt: start + 2 * minute }]);
    expect(state.legs[0]!.position).toEqual({ tag: 'flat' });
  });

  it('leaves a wallet of 9,694.1, its parts adding up', () => {
    const { state } = longRoundTrip().ledger;

    expect(state.wallet).toMatchObject({
      realised: -300n * whole, fees: 3_900_000_000_000n, funding: -2n * whole, balance: 9_694_100_000_000_000n, balanceNumber: 9_694.1,
    });
    expect(state.equity).toBe(9_694.1);
  });
});

describe('a position of any tick and lot', () => {
  it('that has just opened waits for everything: its stop, its bars, its plan', () => {
    const ledger = new Ledger(linear());
    ledger.fill(1, 10, 100);

    expect(ledger.position).toEqual({
      tag: 'open', side: 1, openedAt: start, tradedAt: start, adopted: false, bareAt: 0, lots: 10, cost: 1_000n * whole, costNumber: 1_000, entryTicks: 100, barsHeld: 0, leaving: '',
      protection: { tag: 'unprotected', cause: 'new', since: start }, stopBy: 'mark', wantedStop: 0, protectBy: 0, isOverdue: false, bareLots: 0, bareTradedAt: 0, suspectAt: 0, plannedLots: 0, exitAt: 0, exitAttempts: 0,
      rung: 'market', isHalfStopped: false, isSuspectAsked: false, trailFromTicks: 0, areTargetsDue: false, trailTicks: 0, trailAt: 0, breakEvenAt: 0, targets: [],
      trade: {
        realised: 0n, fees: whole, funding: 0n, entryLots: 10, entryTickLots: 1_000, exitLots: 0, exitTickLots: 0, slippage: 0, risk: 0,
        entryReason: 'in 1', exitReason: '', highTicks: 100, lowTicks: 100,
      },
    });
  });

  it('of tick 0.5 and lots of 5: 3 lots at 200 and 3 at 210 ticks cost 3,075 and stand at 205; at 215 they are 150 up', () => {
    const ledger = new Ledger(linear({ tick: '0.5', qtyStep: '5', minQty: '5', takerRate: '0' }));
    ledger.fill(1, 3, 200, 0);
    ledger.fill(1, 3, 210);
    ledger.state.legs[0]!.book.markTicks = 215;
    markEquity(ledger.state);

    expect(ledger.position).toMatchObject({ entryTicks: 205, costNumber: 3_075 });
    expect(ledger.position.trade.slippage).toBe(0); // a price of 0 is none to be measured against
    expect(ledger.state.equity).toBe(10_150);
  });
});

describe('a linear short of 10 at 100 covered at 70', () => {
  it('gains 300 less fees of 1 and 0.7; it went 5 against and 30 for it', () => {
    const ledger = new Ledger(linear());
    ledger.fill(-1, 10, 100, 101);
    ledger.position.trade.highTicks = 105;
    ledger.fill(1, 10, 70, 69);

    // Sold 1 too low, bought 1 too high, ten times each.
    expect(ledger.trades()).toMatchObject([{ side: -1, gross: 300n * whole, net: 298.3, maeTicks: 5, mfeTicks: 30, slippage: 20, risk: 0 }]);
    expect(ledger.state.legs[0]!.closed).toMatchObject([{ side: 'short', r: null }]);
  });

  it('that never went against it has an adverse excursion of 0, not below', () => {
    const ledger = new Ledger(linear());
    ledger.fill(-1, 10, 100);
    ledger.fill(-1, 10, 120);
    // Average 110; the worst price seen was 120, the best 100.
    ledger.position.trade.highTicks = 100;
    ledger.fill(1, 20, 100);

    expect(ledger.trades()).toMatchObject([{ entryTicks: 110, maeTicks: 0, mfeTicks: 10 }]);
  });

  it('that was never for it has a favourable excursion of 0, long and short', () => {
    for (const side of [1, -1] as const) {
      const ledger = new Ledger(linear());
      ledger.fill(side, 10, 100);
      ledger.position.trade.highTicks = 100 - side;
      ledger.position.trade.lowTicks = 100 - side;
      ledger.fill(side === 1 ? -1 : 1, 10, 100 - side);

      expect(ledger.trades()).toMatchObject([{ maeTicks: 1, mfeTicks: 0 }]);
    }
  });
});

describe('an execution larger than an opposite position', () => {
  it('linear: 10 bought at 100, 25 sold at 110: closes 10, opens 15 short, the fee of 2.75 split 1.1 and 1.65', () => {
    const ledger = new Ledger(linear());
    ledger.fill(1, 10, 100);

    expect(ledger.fill(-1, 25, 110, 111, start + minute)).toBe(15);
    expect(ledger.trades()).toMatchObject([{ gross: 100n * whole, fees: 2_100_000_000_000n, lots: 10, exitTicks: 110, slippage: 10 }]);
    expect(ledger.position).toMatchObject({ side: -1, lots: 15, cost: 1_650n * whole, costNumber: 1_650, entryTicks: 110, openedAt: start + minute });
    expect(ledger.position.trade).toMatchObject({ realised: 0n, fees: 1_650_000_000_000n, entryLots: 15, entryTickLots: 1_650, slippage: 15, entryReason: 'in 2' });
    expect(ledger.state.wallet).toMatchObject({ realised: 100n * whole, fees: 3_750_000_000_000n, balance: 10_096_250_000_000_000n });
  });

  it('at a price that is no whole tick takes its share of the value: 25 lots for 2,762.5, of which 10 close 1,105', () => {
    const ledger = new Ledger(linear());
    ledger.fill(1, 10, 100);
    const event = { ...execution(linear(), { at: start, id: 9, side: -1, lots: 25, priceTicks: 110 }), priceTicks: 110.5, value: 2_762_500_000_000_000n };
    foldExecution(ledger.state, ledger.state.legs[0]!, event, { order: null, referenceTicks: Number.NaN, entryReason: '', exitReason: '' }, ledger.out);

    expect(ledger.trades()).toMatchObject([{ gross: 105n * whole }]);
    expect(ledger.position.cost).toBe(1_657_500_000_000_000n);
  });

  it('inverse: what closes is valued by itself, as the venue books it, and the rest is the rest', () => {
    const ledger = new Ledger(inverse(), 10);
    ledger.fill(1, 1, 300);
    ledger.fill(-1, 3, 300);

    // 2 / 300 coins rounded up by itself; three together are 0.02 exactly.
    expect(ledger.trades()).toMatchObject([{ gross: 0n }]);
    expect(ledger.position.cost).toBe(200_000_000_000_000n - 66_666_666_666_667n);
  });
});

describe('inverse positions', () => {
  it('a long of 300 contracts at 300 ticks (2 coins) sold at 400 (1.5 coins) gains half a coin; a short loses it', () => {
    for (const side of [1, -1] as const) {
      const ledger = new Ledger(inverse(), 10);
      ledger.fill(side, 300, 300);
      expect(ledger.position).toMatchObject({ cost: 2n * 10n ** 16n, costNumber: 2, entryTicks: 300 });
      ledger.fill(side === 1 ? -1 : 1, 300, 400);

      expect(ledger.trades()).toMatchObject([{ gross: BigInt(side) * 5n * 10n ** 15n }]);
    }
  });

  it('grown by 300 at 400 has 3.5 coins in 600 contracts: 2 x 600 / 3.5 ticks on average', () => {
    const ledger = new Ledger(inverse(), 10);
    ledger.fill(1, 300, 300);
    ledger.fill(1, 300, 400);

    expect(ledger.position.entryTicks).toBeCloseTo(1_200 / 3.5, 9);
  });

  it('bought above the wanted price costs slippage: 300 contracts at 300 instead of 299', () => {
    const ledger = new Ledger(inverse(), 10);
    ledger.fill(1, 300, 300, 299);

    expect(ledger.position.trade.slippage).toBeCloseTo(600 / 299 - 2, 12);
  });
});

describe('gain at the mark', () => {
  const two = (instruments: readonly Instrument[]): State =>
    stepped({ strategy: scripted({ symbols: instruments.map((i) => i.symbol) }).strategy, instruments, config: { cash: 1_000, takerFee: 0, makerFee: 0 } }).state;

  it('of a flat leg is 0, and equity skips it: 1,000 and 10 lots that rose from 100 to 103 are 1,030', () => {
    const state = two([linear(), linear({ symbol: 'BBBUSDT' })]);
    const leg = state.legs[1]!;
    leg.book.markTicks = 103;
    foldExecution(state, leg, { ...execution(state.setup.instruments[1]!, { at: start, id: 1, side: 1, lots: 10, priceTicks: 100 }), leg: 1 },
      { order: null, referenceTicks: Number.NaN, entryReason: '', exitReason: '' }, { commands: [], notes: [] });

    expect(unrealisedOf(state, state.legs[0]!)).toBe(0);
    expect(unrealisedOf(state, leg)).toBe(30);
    expect(state.equity).toBe(1_030);
    leg.book.markTicks = 98;
    markEquity(state);
    expect(state.equity).toBe(980);
  });

  it('inverse: a long of 300 contracts from 300 at a mark of 400 ticks is half a coin up, a short half a coin down', () => {
    for (const side of [1, -1] as const) {
      const state = two([inverse()]);
      const leg = state.legs[0]!;
      leg.book.markTicks = 400;
      foldExecution(state, leg, execution(inverse(), { at: start, id: 1, side, lots: 300, priceTicks: 300 }),
        { order: null, referenceTicks: Number.NaN, entryReason: '', exitReason: '' }, { commands: [], notes: [] });

      expect(unrealisedOf(state, leg)).toBe(side * 0.5);
      expect(state.equity).toBe(1_000 + side * 0.5 - 0.002); // the fee was stated by the execution: 0.1 % of 2 coins
    }
  });
});

describe('funding', () => {
  it('of 0 changes nothing; received, it is in the wallet and in the trade it belongs to', () => {
    const ledger = new Ledger(linear());
    foldFunding(ledger.state, ledger.state.legs[0]!, 3n * whole);
    expect(ledger.state.wallet).toMatchObject({ funding: 3n * whole, balance: 10_003n * whole, balanceNumber: 10_003 });
    expect(ledger.state.equity).toBe(10_003);
    ledger.fill(1, 1, 100);
    foldFunding(ledger.state, ledger.state.legs[0]!, 0n);
    foldFunding(ledger.state, ledger.state.legs[0]!, 5n * whole);

    expect(ledger.position.trade.funding).toBe(5n * whole);
  });
});

it('an execution without lots breaks a promise', () => {
  expect(() => new Ledger(linear()).fill(1, 0, 100)).toThrow('an execution has lots {"lots":0}');
});

describe('executions are told apart by their ids', () => {
  const fresh = (): State => new Ledger(linear()).state;

  it('running numbers are counted once, in order or not', () => {
    const state = fresh();

    expect([1, 2, 2, 1, 4, 4, 3, 4, 5, 3].map((id) => isNewExecution(state, id))).toEqual([true, true, false, false, true, false, true, false, true, false]);
    expect([1, 4, 5, 6, 0, -1].map((id) => hasCounted(state, id))).toEqual([true, true, true, false, false, false]);
    expect([hasCounted(state, '3'), isNewExecution(state, '3'), isNewExecution(state, '3')]).toEqual([false, true, false]); // a text is no number
  });

  it('running numbers without a hole need no memory but the last of them', () => {
    const state = fresh();
    for (let id = 1; id <= 9; id++) isNewExecution(state, id);

    expect(state.seen).toMatchObject({ upTo: 9, ring: [], next: 0 });
    expect(state.seen.set.size).toBe(0);
  });

  it('numbers of 0 and below are remembered one by one', () => {
    const state = fresh();
    isNewExecution(state, 1);

    expect([0, 0, -3, -3].map((id) => isNewExecution(state, id))).toEqual([true, false, true, false]);
    expect([0, -3, -2].map((id) => hasCounted(state, id))).toEqual([true, true, false]);
  });

  it('texts are remembered up to 4,096 of them, the oldest going first, round and round', () => {
    const state = fresh();
    const is = (id: number): boolean => isNewExecution(state, `e${id}`);
    for (let id = 0; id < seenLimit; id++) expect(is(id)).toBe(true);
    expect([is(0), is(seenLimit - 1)]).toEqual([false, false]);

    expect(is(seenLimit)).toBe(true); // forgets e0
    expect([is(1), is(0)]).toEqual([false, true]); // e0 is new again and forgets e1
    expect([is(2), is(1)]).toEqual([false, true]);
    for (let id = 10_000; id < 10_000 + 2 * seenLimit; id++) is(id);
    expect(state.seen.set.size).toBe(seenLimit);
    expect(state.seen.ring.length).toBe(seenLimit);
    expect([is(10_000 + seenLimit), is(10_000 + 2 * seenLimit - 1), is(10_000 + seenLimit - 1)]).toEqual([false, false, true]);
  });
});
