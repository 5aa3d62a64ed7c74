/** What a run is set up from, what is refused before the first bar, and the state it begins with. */
import { describe, expect, it } from 'vitest';
import { createState, defineStrategy, runConfig, setupOf, StrategyError, z } from '../../engine/index.ts';
import type { AnyStrategy, Instrument, Setup } from '../../engine/index.ts';
import { directionOf } from '../../engine/setup.ts';
import { inverse, linear, minute } from '../sim/market.ts';
import type { ConfigWish } from '../sim/played.ts';
import { scripted } from '../sim/scripted.ts';
import type { Script } from '../sim/scripted.ts';

interface Wish { readonly script?: Script; readonly strategy?: AnyStrategy; readonly instruments?: readonly Instrument[]; readonly baseMs?: number; readonly config?: ConfigWish; readonly params?: unknown }
function of({ script = {}, strategy = scripted(script).strategy, instruments = [linear()], baseMs = minute, config = {}, params = {} }: Wish): Setup {
  return setupOf({ strategy, params, config: runConfig.parse(config), instruments, baseMs });
}
const two = ['AAAUSDT', 'BBBUSDT'];
const textAlone: unknown = 'no';

describe('a setup', () => {
  it('knows its clock, its money and its views: 3m decisions over 1m bars, 12.5 of cash', () => {
    const setup = of({ script: { timeframe: '3m' }, instruments: [linear({ tick: '0.5', qtyStep: '0.1', minQty: '0.2', minNotional: '5' })], config: { cash: 12.5 } });

    expect(setup).toMatchObject({ settle: 'USDT', cash: 12_500_000_000_000n, baseMs: minute, decisionMs: 3 * minute, warmupBars: 1 });
    expect(setup.views).toEqual([{ symbol: 'AAAUSDT', kind: 'linear', tick: 0.5, qtyStep: 0.1, minQty: 0.2, minNotional: 5, settle: 'USDT' }]);
    expect(Object.isFrozen(setup.views[0])).toBe(true);
  });

  it('counts money of a coin-settled run in 1e-16', () => {
    expect(of({ instruments: [inverse()], config: { cash: 2 } })).toMatchObject({ settle: 'AAA', cash: 2n * 10n ** 16n });
  });

  it('gives the instruments the fees of the configuration', () => {
    expect(of({ config: { takerFee: 0.002, makerFee: 0.0001 } }).instruments[0]).toMatchObject({ takerRate: 0.002, makerRate: 0.0001 });
  });

  it('warms up as long as the indicators need, or as the strategy says, but never less than makes them numbers', () => {
    // ema(20): ready with 20 and one for prev, warm with 208 more.
    const indicators: Script['indicators'] = (on) => ({ x: on('1m').ema(20) });

    expect(of({ script: { indicators } }).warmupBars).toBe(229);
    expect(of({ script: { indicators, warmup: 50 } }).warmupBars).toBe(50);
    expect(of({ script: { indicators, warmup: 5 } }).warmupBars).toBe(21);
    expect(of({ script: { warmup: 0 } }).warmupBars).toBe(1);
  });

  it('reads parameters with the strategy\'s schema, nothing given as {}', () => {
    const strategy = defineStrategy({
      name: 'with', symbols: ['AAAUSDT'], timeframe: '1m', params: z.object({ n: z.number().max(9).default(4) }),
      indicators: () => ({}), decide: ({ intents }) => intents.hold,
    }) as unknown as AnyStrategy;

    expect(of({ strategy, params: undefined }).params).toEqual({ n: 4 });
    expect(of({ strategy, params: { n: 7 } }).params).toEqual({ n: 7 });
    expect(() => of({ strategy, params: { n: 10 } })).toThrow('too_big');
  });

  it.each<[string, Wish, string]>([
    ['no instrument', { instruments: [] }, "strategy 'scripted' needs 1 instruments, was 0"],
    ['one instrument too many', { instruments: [linear(), linear({ symbol: 'BBBUSDT' })] }, "strategy 'scripted' needs 1 instruments, was 2"],
    ['two coins', { script: { symbols: two }, instruments: [linear(), linear({ symbol: 'BBBUSDT', settle: 'USDC' })] },
      'all symbols of a run must settle in one coin, was USDT and USDC'],
    ['two kinds', { script: { symbols: two }, instruments: [linear(), inverse({ settle: 'USDT' })] }, 'all symbols of a run must settle in one coin, was USDT and USDT'],
    ['bars longer than the decision', { baseMs: 3 * minute }, 'bars of 3 minutes cannot build the decision timeframe 1m'],
    ['bars that do not divide the decision', { script: { timeframe: '5m' }, baseMs: 2 * minute }, 'bars of 2 minutes cannot build the decision timeframe 5m'],
    ['indicators that throw what is no error', { script: { indicators: (): never => { throw textAlone; } } }, 'indicators: threw no'],
    ['indicators that throw', { script: { indicators: (): never => { throw new TypeError('no kernel'); } } }, 'indicators: no kernel'],
    ['a wrong period', { script: { indicators: (on) => ({ x: on('1m').sma(0) }) } }, "on('1m').sma: n must be a whole number from 1 to 100000, was 0"],
  ])('of %s is refused', (_, wish, message) => {
    expect(() => of(wish)).toThrow(new StrategyError(message));
  });

  it('directions: long and buy are 1, short and sell -1', () => {
    expect((['long', 'buy', 'short', 'sell'] as const).map(directionOf)).toEqual([1, 1, -1, -1]);
  });
});

describe('a fresh state', () => {
  it('is flat, trading, with its cash as equity and its highest equity', () => {
    const state = createState(of({ config: { cash: 1_234.5 } }));

    expect(state).toMatchObject({
      sequence: 0, now: 0, mode: { tag: 'trading' }, afterRecovery: { tag: 'trading' }, link: { tag: 'up' }, dueAt: Number.POSITIVE_INFINITY,
      wallet: { settle: 'USDT', balance: 1_234_500_000_000_000n, balanceNumber: 1_234.5, realised: 0n, fees: 0n, funding: 0n },
      nextOrder: 1, decisionSequence: 0, equity: 1_234.5, equityPeak: 1_234.5, memory: null, failure: null, refusals: {}, alerts: {}, stumbles: [],
      seen: { upTo: 0, ring: [], next: 0 },
    });
    expect(state.fill).toEqual({ isNew: false, isLate: false, order: null, filled: 0, opened: 0, referenceTicks: Number.NaN });
    expect(state.trace).toHaveLength(1);
  });

  it('has a leg per symbol, in order, that holds nothing and waits for nothing', () => {
    const { legs } = createState(of({ script: { symbols: two }, instruments: [linear(), linear({ symbol: 'BBBUSDT' })] }));

    expect(legs.map(({ index, symbol, slot }) => [index, symbol, slot])).toEqual([[0, 0, 0], [1, 1, 0]]);
    expect(legs[1]).toMatchObject({
      book: { lastTicks: Number.NaN, markTicks: Number.NaN, lastAt: 0 }, historyCount: 0, historyNext: 0, rollDue: false, isDue: false, decisions: 0,
      position: { tag: 'flat' }, orders: [], staged: null, buried: [], query: { tag: 'none' }, isKnown: true, mismatches: 0, executedAt: 0,
      resting: null, hold: { tag: 'none' }, closed: [], fundingRate: 0, fundingAt: 0, fundingNextAt: null, memory: null, heldFor: '',
    });
    expect(legs[1]!.book.basisTicks + 0).toBe(0);
  });

  it('builds longer bars only where they are longer: 1m bars, decisions of 3m, indicators of 3m and 1h', () => {
    const quick = createState(of({ script: { indicators: (on) => ({ a: on('1m').sma(2), b: on('1h').sma(2) }) } })).legs[0]!;
    const slow = createState(of({ script: { timeframe: '3m', warmup: 4, indicators: (on) => ({ a: on('3m').sma(1), b: on('1h').sma(1) }) } })).legs[0]!;

    expect([quick.decisionAggregate === null, quick.aggregates.map((one) => one === null)]).toEqual([true, [true, false]]);
    expect([slow.decisionAggregate === null, slow.aggregates.map((one) => one === null)]).toEqual([false, [false, false]]);
    expect(Array.from(slow.decisionAggregate!.slice(0, 2))).toEqual([minute, 3 * minute]);
    expect(Array.from(slow.aggregates[1]!.slice(0, 2))).toEqual([minute, 60 * minute]);
    expect(slow.history).toHaveLength(7 * 40); // one whole hour, one begun, in bars of 3m
  });

  it('gives each leg of a strategy that decides alone a memory of its own, and one that decides together one in all', () => {
    const base = { name: 'm', symbols: two, timeframe: '1m', params: z.object({}), indicators: () => ({}), memory: () => ({ n: [1] }) } as const;
    const instruments = [linear(), linear({ symbol: 'BBBUSDT' })];
    const alone = createState(of({ strategy: defineStrategy({ ...base, decide: ({ intents }) => intents.hold }) as unknown as AnyStrategy, instruments }));
    const together = createState(of({ strategy: defineStrategy({ ...base, decideCycle: () => ({}) }) as unknown as AnyStrategy, instruments }));

    expect([alone.memory, alone.legs.map((leg) => leg.memory)]).toEqual([null, [{ n: [1] }, { n: [1] }]]);
    expect(alone.legs[0]!.memory).not.toBe(alone.legs[1]!.memory);
    expect([together.memory, together.legs.map((leg) => leg.memory)]).toEqual([{ n: [1] }, [null, null]]);
  });

  it('refuses a memory that JSON cannot carry, and one whose maker throws', () => {
    const withMemory = (memory: () => object): AnyStrategy => defineStrategy({
      name: 'm', symbols: ['AAAUSDT'], timeframe: '1m', params: z.object({}), indicators: () => ({}), decide: ({ intents }) => intents.hold, memory,
    }) as unknown as AnyStrategy;

    expect(() => createState(of({ strategy: withMemory(() => new Map()) }))).toThrow(new StrategyError('memory must be plain JSON, was a Map'));
    expect(() => createState(of({ strategy: withMemory(() => { throw new Error('no idea'); }) }))).toThrow(new StrategyError('memory: no idea'));
  });
});
