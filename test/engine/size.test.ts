/** Sizing: by quantity, notional and risk, linear and inverse; what is too small, what is trimmed; the law of the risk asked. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feeOf, runConfig, valueAt } from '../../engine/index.ts';
import type { Command, EnterCommand, Instrument, Intent, Money, SetStopCommand } from '../../engine/index.ts';
import { lossPerLot, lotsForNotional, lotsForRisk, slippageTicks } from '../../engine/size.ts';
import type { RiskQuestion } from '../../engine/size.ts';
import { flat, inverse, linear, marketOf, start } from '../sim/market.ts';
import type { Row } from '../sim/market.ts';
import { follow, pick } from '../sim/played.ts';
import type { ConfigWish, Played } from '../sim/played.ts';
import { scripted } from '../sim/scripted.ts';
import type { AnyScene } from '../sim/scripted.ts';
import { bar, cycle, execution, stepped } from './stepped.ts';

const still = (bars: number, ticks = 100): Row[] => Array.from({ length: bars }, () => flat(ticks));
type Enter = Parameters<AnyScene['intents']['enter']>[0];
const entered = (want: Enter, config: ConfigWish = {}, instrument = linear(), ticks = 100): Played =>
  follow(marketOf({ bars: still(3, ticks), instrument }), { at: { 0: ({ intents }) => intents.enter(want) } }, config);
const quantities = (played: Played): unknown[] => pick(played.rows('orders'), 'qty').flat();

describe('linear sizes', () => {
  it('risk 1 % of 10,000 with the stop 10 away: a lot loses 10 + 0.1 + 0.09, nine of them 91.71', () => {
    expect(quantities(entered({ side: 'long', risk: 0.01, stop: 90 }))).toEqual([9]);
  });

  it('riskQuote 102 buys ten lots of 10.19, 101.9 one less', () => {
    expect(quantities(entered({ side: 'long', riskQuote: 102, stop: 90 }))).toEqual([10]);
    expect(quantities(entered({ side: 'long', riskQuote: 101.8, stop: 90 }))).toEqual([9]);
  });

  it('slippage of 2 ticks each way makes a short from 100 to 110 lose 14 and the fees on 98 and 112', () => {
    // 14 + 0.098 + 0.112 = 14.21; floor(100 / 14.21) = 7.
    expect(quantities(entered({ side: 'short', risk: 0.01, stop: 110 }, { slippage: { kind: 'ticks', n: 2 } }))).toEqual([7]);
  });

  it('a limit entry never pays more than its limit: 5 to the stop, 2 of slippage on the way out only', () => {
    // 95 -> 90 - 2: 7 + 0.095 + 0.088 = 7.183; floor(100 / 7.183) = 13.
    expect(quantities(entered({ side: 'long', at: 'limit', price: 95, risk: 0.01, stop: 90 }, { slippage: { kind: 'ticks', n: 2 } }))).toEqual([13]);
  });

  it('notional 1,000 at 99.7 buys 10 lots of 99, not the 10.03 it could', () => {
    expect(quantities(entered({ side: 'long', notional: 1_000, stop: 90 }, {}, linear(), 99))).toEqual([10]);
  });

  it('a quantity of 2.9999999999 lots is 3, of 2.9 is 2', () => {
    expect(quantities(entered({ side: 'long', qty: 2.9999999999, stop: 90 }))).toEqual([3]);
    expect(quantities(entered({ side: 'long', qty: 2.9, stop: 90 }))).toEqual([2]);
  });
});

describe('inverse sizes', () => {
  // Tick 0.5: 200 ticks are 100 USD; a contract is worth 1 / 100 = 0.01 coin.
  const coin = inverse();

  it('risk 1 % of 10 coins with the stop at 80: a contract loses 1/80 - 1/100 and both fees', () => {
    // 0.0125 - 0.01 + 0.00001 + 0.0000125 = 0.0025225; floor(0.1 / 0.0025225) = 39.
    expect(quantities(entered({ side: 'long', risk: 0.01, stop: 80 }, { cash: 10 }, coin, 200))).toEqual([39]);
  });

  it('a short to 125 loses 1/100 - 1/125 and both fees', () => {
    // 0.002 + 0.00001 + 0.000008 = 0.002018; floor(0.1 / 0.002018) = 49.
    expect(quantities(entered({ side: 'short', risk: 0.01, stop: 125 }, { cash: 10 }, coin, 200))).toEqual([49]);
  });

  it('notional is in quote: 250 are 250 contracts at any price', () => {
    expect(quantities(entered({ side: 'long', notional: 250, stop: 80 }, { cash: 10 }, coin, 200))).toEqual([250]);
  });

  it('a start balance of 0.12345678 coins is kept to its last digit', () => {
    expect(entered({ side: 'long', qty: 1, stop: 80 }, { cash: 0.12345678 }, coin, 200).result.ledger.start).toBe('0.12345678');
  });
});

describe('refusals', () => {
  it.each([
    ['below-min-qty', { side: 'long', risk: 0.0001, stop: 90 }, linear({ minQty: '5' })],
    ['below-min-qty', { side: 'long', qty: 4, stop: 90 }, linear({ minQty: '5' })],
    ['below-min-notional', { side: 'long', qty: 4, stop: 90 }, linear({ minNotional: '401' })],
    ['exposure-limit', { side: 'long', qty: 1_001, stop: 99 }, linear()],
    ['open-risk-limit', { side: 'long', qty: 300, stop: 90 }, linear()],
  ] as const)('%s of %o', (reason, want, instrument) => {
    const { result, rows } = entered(want, {}, instrument);

    expect(result.refusals).toEqual({ [reason]: 1 });
    expect(rows('orders')).toEqual([]);
  });

  it('insufficient-margin of a stated quantity: 990 lots of 100 need 9,900, fees of 99 and 99', () => {
    const { result } = entered({ side: 'long', qty: 990, stop: 99 });

    expect(result.refusals).toEqual({ 'insufficient-margin': 1 });
  });
});

describe('trimming', () => {
  it('a size given as risk is cut to the margin there is and stored as changed', () => {
    // 10 % of 10,000 over 1 tick would be 834 lots; a lot takes 20 + 0.1 + 0.12 of margin at 5 x: 494 fit.
    const { rows } = entered({ side: 'long', risk: 0.1, stop: 99 }, { leverage: 5 });

    expect(pick(rows('decisions'), 'outcome', 'reason', 'qty')).toEqual([['changed', 'trimmed-to-room', 494]]);
  });

  it('two symbols that enter at one close share the margin: the second sees what the first one took', () => {
    const markets = [marketOf({ bars: still(3) }), marketOf({ bars: still(3), instrument: linear({ symbol: 'BBBUSDT' }) })];
    const { rows } = follow(markets, { symbols: ['AAAUSDT', 'BBBUSDT'], at: { 0: ({ intents }) => intents.enter({ side: 'long', risk: 0.05, stop: 99 }) } }, { leverage: 5 });

    // 500 / 1.199 = 417 lots take 8,431.74; 1,568.26 are left for 77.
    expect(pick(rows('orders'), 'symbol', 'qty', 'outcome')).toEqual([['AAAUSDT', 417, 'filled'], ['BBBUSDT', 77, 'filled']]);
  });

  it('a reversal of one symbol holds its margin against an entry of the other at the same close', () => {
    const markets = [marketOf({ bars: still(4) }), marketOf({ bars: still(4), instrument: linear({ symbol: 'BBBUSDT' }) })];
    const { rows } = follow(markets, {
      symbols: ['AAAUSDT', 'BBBUSDT'],
      always: ({ intents, symbol }, n): Intent => {
        if (symbol === 'AAAUSDT' && n === 0) return intents.enter({ side: 'long', qty: 100, stop: 99 });
        if (symbol === 'AAAUSDT' && n === 1) return intents.reverse({ side: 'short', qty: 300, stop: 101 });
        return symbol === 'BBBUSDT' && n === 1 ? intents.enter({ side: 'long', risk: 0.05, stop: 99 }) : intents.hold;
      },
    }, { leverage: 5 });

    expect(pick(rows('orders').filter((order) => order['outcome'] === 'rejected'), 'symbol', 'reason')).toEqual([]);
    expect(pick(rows('orders').filter((order) => order['role'] === 'entry'), 'symbol', 'outcome')).toHaveLength(3);
  });
});

describe('lots for a risk', () => {
  const config = runConfig.parse({});
  const question = (instrument: Instrument, side: 1 | -1, entryTicks: number, stopTicks: number, own: Partial<RiskQuestion> = {}): RiskQuestion =>
    ({ instrument, config, side, entryTicks, stopTicks, entry: 'market', ...own });

  it.each([
    // A long from 100 to 90 loses 10 + 0.1 + 0.09 a lot, a short to 110 10 + 0.1 + 0.11.
    ['linear long', question(linear(), 1, 100, 90), 10.19, 1], ['linear short', question(linear(), -1, 100, 110), 20.42, 2],
    // Half of 0.0000000000000001 coin is as much as a double may be off: 0.01 x 0.25225 and 0.2018 a contract.
    ['inverse long', question(inverse(), 1, 200, 160), 0.327925, 130], ['inverse short', question(inverse(), -1, 200, 250), 0.006054, 3],
  ])('%s: a budget that is exactly the loss is spent', (_, asked, budget, lots) => {
    expect(lotsForRisk(asked, budget)).toBe(lots);
  });

  it.each([
    // 513 lots lose 5,227.47 and 297 of the short 3,032.37; in doubles the quotients are whole.
    ['linear long', question(linear(), 1, 100, 90), 5_227.469999999999, 512], ['linear short', question(linear(), -1, 100, 110), 3_032.3699999999994, 296],
    // 2/300 and 2/290 coin a contract, fees of 0.1 %: 514 lose 0.12513241379310...345.
    ['inverse long', question(inverse(), 1, 300, 290), 0.12513241379310344, 513],
  ])('%s: a budget a hair under the loss of one lot more does not buy it, though the quotient of doubles says so', (_, asked, budget, lots) => {
    expect(lotsForRisk(asked, budget)).toBe(lots);
  });

  it('are none for no budget, a negative or an unknown one, and for a stop that would gain', () => {
    const asked = question(linear({ takerRate: '0' }), 1, 100, 90);

    expect([0, -5, Number.NaN].map((budget) => lotsForRisk(asked, budget))).toEqual([0, 0, 0]);
    expect(lotsForRisk(question(linear({ takerRate: '0' }), 1, 100, 110), 100)).toBe(0);
    expect(lotsForRisk(question(linear({ takerRate: '0' }), 1, 100, 100), 100)).toBe(0);
  });

  it('beyond what is a whole number are as many as that, for the review to refuse', () => {
    expect(Number.isSafeInteger(lotsForRisk(question(linear({ takerRate: '0' }), 1, 100, 99), 1e20))).toBe(false);
  });

  it('at a limit count the dearer fee, as a maker the own one, a credit not at all', () => {
    const dear = linear({ makerRate: '0.002' });
    const credit = linear({ makerRate: '-0.0005' });
    const each = (instrument: Instrument, entry: RiskQuestion['entry']): number => lossPerLot(question(instrument, 1, 100, 90, { entry }));

    expect(each(linear(), 'limit')).toBeCloseTo(10 + 0.1 + 0.09, 12);
    expect(each(dear, 'limit')).toBeCloseTo(10 + 0.2 + 0.09, 12);
    expect(each(linear(), 'maker')).toBeCloseTo(10 + 0.05 + 0.09, 12);
    expect(each(credit, 'maker')).toBeCloseTo(10 + 0.09, 12);
    // To the last unit: 30.87 is exactly three lots at 0.2 % in and 0.1 % out.
    expect(lotsForRisk(question(dear, 1, 100, 90, { entry: 'limit' }), 30.87)).toBe(3);
    expect(lotsForRisk(question(linear(), 1, 100, 90, { entry: 'maker' }), 30.42)).toBe(3);
  });
});

describe('ticks that a taker may pay more', () => {
  const ticks = (own: ConfigWish, price: number): number => slippageTicks(runConfig.parse(own), price);

  it('are the half spread, and the model rounded up: 4.000000000000001 is 4', () => {
    expect(ticks({ halfSpreadTicks: 3 }, 1_000)).toBe(3);
    expect(ticks({ halfSpreadTicks: 3, slippage: { kind: 'ticks', n: 2 } }, 1_000)).toBe(5);
    expect(ticks({ halfSpreadTicks: 3, slippage: { kind: 'bps', b: 25 } }, 1_000)).toBe(6); // 2.5
    expect(ticks({ slippage: { kind: 'bps', b: 10 } }, 4_000)).toBe(4);
    expect(ticks({ halfSpreadTicks: 1, slippage: { kind: 'volshare', k: 0.1, cap: 0.1 } }, 4_500)).toBe(6); // 4,500 x 0.1 x 0.01 = 4.5
  });

  it('of a model that is not known are the half spread alone', () => {
    expect(slippageTicks({ ...runConfig.parse({ halfSpreadTicks: 3 }), slippage: { kind: 'odd' } as never }, 1_000)).toBe(3);
  });
});

describe('lots for a notional', () => {
  it('linear: 1,000 at 200 ticks of 0.5 are 10 base, five lots of 2; inverse: contracts, at any price', () => {
    expect(lotsForNotional(linear({ tick: '0.5', qtyStep: '2', minQty: '2' }), 200, 1_000)).toBe(5);
    expect(lotsForNotional(linear({ tick: '0.5', qtyStep: '2', minQty: '2' }), 200, 1_199)).toBe(5);
    expect(lotsForNotional(linear({ tick: '0.5', qtyStep: '0.1', minQty: '2' }), 200, 1_000)).toBe(100);
    expect(lotsForNotional(inverse({ qtyStep: '10' }), 300, 250)).toBe(25);
  });
});

// ---- the law

const steps = ['0.0001', '0.01', '0.1', '0.5', '1', '5'] as const;
const instrumentArbitrary = fc.record({
  kind: fc.constantFrom('linear', 'inverse'), tick: fc.constantFrom(...steps), qtyStep: fc.constantFrom('0.001', '0.1', '1', '10'),
  taker: fc.integer({ min: 0, max: 200 }), maker: fc.integer({ min: -20, max: 100 }),
}).map(({ kind, tick, qtyStep, taker, maker }): Instrument => {
  const rules = { tick, qtyStep: kind === 'linear' ? qtyStep : '1', minQty: kind === 'linear' ? qtyStep : '1', takerRate: String(taker / 1e5), makerRate: String(maker / 1e5) };
  return kind === 'linear' ? linear(rules) : inverse(rules);
});
const slippageArbitrary = fc.oneof(
  fc.constant({ kind: 'none' as const }), fc.record({ kind: fc.constant('ticks' as const), n: fc.integer({ min: 0, max: 20 }) }),
  fc.record({ kind: fc.constant('bps' as const), b: fc.integer({ min: 0, max: 500 }).map((n) => n / 10) }),
  fc.record({ kind: fc.constant('volshare' as const), k: fc.constantFrom(0.1, 1), cap: fc.constantFrom(0.025, 0.1) }),
);
const caseArbitrary = fc.record({
  instrument: instrumentArbitrary, slippage: slippageArbitrary, halfSpreadTicks: fc.integer({ min: 0, max: 3 }),
  price: fc.integer({ min: 400, max: 2_000_000 }), share: fc.integer({ min: 1, max: 250 }), side: fc.constantFrom('long', 'short'),
  risk: fc.integer({ min: 1, max: 500 }).map((n) => n / 1e4), cash: fc.integer({ min: 10, max: 10_000_000 }),
  stopKind: fc.constantFrom('level', 'distance'), entry: fc.constantFrom('market', 'limit', 'maker'),
});
type Case = typeof caseArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** Ticks that a taker loses at most beyond a price, in exact whole numbers: half spread and slippage, rounded up. */
function slipped({ slippage, halfSpreadTicks }: Case, ticks: number): number {
  const exactly = (above: bigint, below: bigint): number => Number((above + below - 1n) / below);
  switch (slippage.kind) {
    case 'none': return halfSpreadTicks;
    case 'ticks': return halfSpreadTicks + slippage.n;
    case 'bps': return halfSpreadTicks + exactly(BigInt(ticks) * BigInt(Math.round(slippage.b * 10)), 100_000n);
    default: return halfSpreadTicks + exactly(BigInt(ticks) * BigInt(slippage.k * 10) * BigInt(Math.round(slippage.cap * 1_000)) ** 2n, 10_000_000n);
  }
}

/** What is lost in money units when the entry is paid with slippage and the stop fills at its trigger with slippage. */
function lossOf(given: Case, enter: EnterCommand): Money {
  const { instrument, entry } = given;
  const reference = entry === 'market' ? given.price : enter.priceTicks;
  const paid = entry === 'market' ? reference + enter.side * slipped(given, reference) : reference;
  const got = Math.max(1, enter.stopTicks - enter.side * slipped(given, enter.stopTicks));
  const [opened, closed] = [valueAt(instrument, paid, enter.lots), valueAt(instrument, got, enter.lots)];
  const gain = (enter.side === 1) === (instrument.kind === 'linear') ? closed - opened : opened - closed;
  const { makerPico, takerPico } = instrument;
  const rate = entry === 'maker' || (entry === 'limit' && makerPico > takerPico) ? makerPico : takerPico;
  return feeOf(opened, rate) + feeOf(closed, instrument.takerPico) - gain;
}

function enterOf(given: Case): { commands: readonly Command[]; engine: ReturnType<typeof stepped>; distance: number } {
  const { instrument, price, share, side, risk, stopKind, entry } = given;
  const distance = Math.max(1, Math.floor((price * share) / 1_000));
  const sign = side === 'long' ? 1 : -1;
  const quote = (ticks: number): number => (ticks * instrument.tick.num) / instrument.tick.den;
  const at = entry === 'market' ? {} : { at: 'limit' as const, price: quote(price - sign * 5), postOnly: entry === 'maker' };
  const from = entry === 'market' ? price : price - sign * 5;
  const stop = stopKind === 'level' ? quote(from - sign * distance) : { distance: quote(distance) };
  const { strategy } = scripted({ at: { 0: ({ intents }) => intents.enter({ side, risk, stop, ...at } as Enter) } });
  const engine = stepped({
    strategy, instruments: [instrument],
    config: { cash: given.cash, slippage: given.slippage, halfSpreadTicks: given.halfSpreadTicks, leverage: 100, risk: { maxLeverage: 100, maxOpenRisk: 1 } },
  });
  engine.take(bar(instrument, start, [price, price, price, price]));
  return { commands: engine.take(cycle(start)).commands, engine, distance };
}

describe('the law of the risk asked', () => {
  it('the loss at the stop price, both fees and slippage included, is never above it, and one lot more would be unless trimmed', () => {
    let [entries, cases] = [0, 0];
    fc.assert(fc.property(caseArbitrary, (given) => {
      cases += 1;
      const { commands, engine } = enterOf(given);
      const [enter] = commands;
      if (enter?.tag !== 'enter') return;
      entries += 1;

      const budget = Math.floor(given.cash * given.risk * given.instrument.moneyUnits * (1 + 1e-15));
      expect(lossOf(given, enter)).toBeLessThanOrEqual(BigInt(budget));
      // A maker's credit is not counted on: the size is smaller than it could be.
      const isTight = engine.state.refusals['trimmed-to-room'] === undefined && (given.entry !== 'maker' || given.instrument.makerRate >= 0);
      if (isTight) {
        expect(Number(lossOf(given, { ...enter, lots: (enter.lots + 1) as EnterCommand['lots'] }))).toBeGreaterThan(budget * (1 - 1e-9));
      }
    }), { numRuns: 3_000 });
    expect(entries).toBeGreaterThan(cases / 3);
  });

  it('one integer distance sizes the order, rides on it, and is what a fill with slippage gets installed', () => {
    fc.assert(fc.property(caseArbitrary, fc.integer({ min: -3, max: 3 }), (given, off) => {
      const { commands, engine, distance } = enterOf(given);
      const [enter] = commands;
      if (enter?.tag !== 'enter') return;
      const reference = given.entry === 'market' ? given.price : enter.priceTicks;
      const [order] = engine.state.legs[0]!.orders;

      expect(enter.side * (reference - enter.stopTicks)).toBe(distance);
      expect(order?.terms?.distanceTicks).toBe(distance);

      const fill = reference + off;
      const { commands: after } = engine.take(execution(given.instrument, { at: start + 1, id: 1, side: enter.side, lots: enter.lots, priceTicks: fill, order: enter.order }));
      const moved = after.find((command): command is SetStopCommand => command.tag === 'set-stop');
      const installed = moved?.triggerTicks ?? enter.stopTicks;
      expect(enter.side * ((given.stopKind === 'distance' ? fill : reference) - installed)).toBe(distance);
    }), { numRuns: 500 });
  });
});
