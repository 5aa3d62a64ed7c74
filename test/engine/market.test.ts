/** The market book, longer bars and which stages an event moves. The engine alone, fed by hand. */
import { describe, expect, it } from 'vitest';
import type { Event, Instrument } from '../../engine/index.ts';
import { linear, minute, start } from '../sim/market.ts';
import { scripted } from '../sim/scripted.ts';
import type { Script } from '../sim/scripted.ts';
import { engineOf, enter, heldEngine, long } from './closing.ts';
import { bar, cycle, execution, stepped } from './stepped.ts';
import type { Stepped } from './stepped.ts';

const symbols = ['AAAUSDT', 'BBBUSDT'];
const engineFor = (script: Script = {}, instruments: readonly Instrument[] = [linear()]): Stepped => stepped({ strategy: scripted(script).strategy, instruments });
/** Bar `i` of a minute, whose prices are told by its number: open 100 + i, high + 5, low - 5, close + 1, volume 10 + i. */
const numbered = (i: number, symbol = 0): Event => ({ ...bar(linear(), start + (i + 1) * minute, [100 + i, 105 + i, 95 + i, 101 + i], symbol), volume: 10 + i });
const closed = (i: number, missing: readonly number[] = []): Event => cycle(start + (i + 1) * minute, missing);

describe('the book', () => {
  it('takes the last price of a bar, and moves the mark along with it since it was last told', () => {
    const engine = engineFor();
    const { book } = engine.state.legs[0]!;
    engine.take({ tag: 'mark-price', at: start, symbol: 0, markTicks: 98 });
    expect(book).toMatchObject({ markTicks: 98, basisTicks: 0 }); // nothing to compare with yet
    engine.take(numbered(0));
    expect(book).toMatchObject({ lastTicks: 101, markTicks: 101, lastAt: start + minute });
    engine.take({ tag: 'mark-price', at: start + minute, symbol: 0, markTicks: 98.5 });
    expect(book).toMatchObject({ markTicks: 98.5, basisTicks: -2.5 });
    engine.take(numbered(1));

    expect(book).toMatchObject({ lastTicks: 102, markTicks: 99.5, lastAt: start + 2 * minute });
  });

  it('of the symbol that is told, no other', () => {
    const engine = engineFor({ symbols }, symbols.map((symbol) => linear({ symbol })));
    engine.take(numbered(0, 1));
    engine.take({ tag: 'mark-price', at: start + minute, symbol: 1, markTicks: 98 });

    expect(engine.state.legs.map(({ book }) => [book.lastTicks, book.markTicks])).toEqual([[Number.NaN, Number.NaN], [101, 98]]);
  });

  it('of funding keeps rate, stamp and the next one', () => {
    const engine = engineFor();
    engine.take({ tag: 'funding', at: start + 5, symbol: 0, leg: 0, rate: 0.0003, settledAt: start, nextAt: start + 99, payment: -7n });

    expect(engine.state.legs[0]).toMatchObject({ fundingRate: 0.0003, fundingAt: start, fundingNextAt: start + 99 });
    expect(engine.state.wallet.funding).toBe(-7n);
  });
});

describe('a leg without a bar at a close', () => {
  it('is blocked as stale until its next bar; another block stays', () => {
    const engine = engineFor({ symbols }, symbols.map((symbol) => linear({ symbol })));
    engine.take(numbered(0));
    engine.take(closed(0, [1]));
    expect(engine.state.legs.map(({ hold }) => hold)).toEqual([{ tag: 'none' }, { tag: 'blocked', cause: 'stale', until: null }]);
    engine.take(numbered(1, 1));
    expect(engine.state.legs[1]!.hold).toEqual({ tag: 'none' });

    engine.state.legs[1]!.hold = { tag: 'blocked', cause: 'venue', until: null };
    engine.take(numbered(2, 1));
    expect(engine.state.legs[1]!.hold).toMatchObject({ cause: 'venue' });
  });
});

describe('bars of a longer timeframe', () => {
  it('a decision of 3 minutes sees open of the first, extremes, close of the last and the sum of volumes of three bars', () => {
    const { strategy, seen } = scripted({ timeframe: '3m', see: ({ bar: b, time, history }) => [{ ...b }, time, history(0)] });
    const engine = stepped({ strategy, instruments: [linear({ tick: '0.5' })] });
    for (let i = 0; i < 6; i++) {
      engine.take(numbered(i));
      engine.take(closed(i));
    }

    const first = { openedAt: start, closedAt: start + 3 * minute, open: 50, high: 53.5, low: 47.5, close: 51.5, volume: 33 };
    const second = { openedAt: start + 3 * minute, closedAt: start + 6 * minute, open: 51.5, high: 55, low: 49, close: 53, volume: 42 };
    expect(seen).toEqual([[first, start + 3 * minute, first], [second, start + 6 * minute, second]]);
  });

  it('an indicator of 3 minutes is fed open, high, low, close and volume of its three bars when the last one closes', () => {
    const { strategy, seen } = scripted({
      warmup: 1, indicators: (on) => ({ o: on('3m').sma(1, 'open'), h: on('3m').highest(1), l: on('3m').lowest(1), c: on('3m').sma(1), v: on('3m').sma(1, 'volume') }),
      see: ({ ind, prev }) => [ind['o'], ind['h'], ind['l'], ind['c'], ind['v'], prev['c']],
    });
    const engine = stepped({ strategy, instruments: [linear()] });
    for (let i = 0; i < 9; i++) {
      engine.take(numbered(i));
      engine.take(closed(i));
    }

    // Asked from the sixth bar on: one bar of 3 that may have begun, one whole, one for prev. The first closed at 103.
    const two = [103, 110, 98, 106, 42];
    const three = [106, 113, 101, 109, 51];
    expect(seen).toEqual([[...two, 103], [...two, 106], [...two, 106], [...three, 106]]);
  });

  it('two legs at one close each keep a bar of their own, though the record that is fed is one', () => {
    const { strategy, seen } = scripted({ symbols, see: ({ symbol, bar: b }) => [symbol, { ...b }] });
    const engine = stepped({ strategy, instruments: symbols.map((symbol) => linear({ symbol })) });
    const record = { ...numbered(0) } as Extract<Event, { tag: 'bar-closed' }>;
    engine.take(record);
    Object.assign(record, numbered(3), { at: record.at, symbol: 1 });
    engine.take(record);
    engine.take(closed(0));

    expect(seen).toEqual([
      ['AAAUSDT', { openedAt: start, closedAt: start + minute, open: 100, high: 105, low: 95, close: 101, volume: 10 }],
      ['BBBUSDT', { openedAt: start + 3 * minute, closedAt: start + 4 * minute, open: 103, high: 108, low: 98, close: 104, volume: 13 }],
    ]);
  });

  it('values roll once a decision: two bars of 1m before a cycle count as two', () => {
    const { strategy, seen } = scripted({ warmup: 1, indicators: (on) => ({ c: on('1m').sma(1) }), see: ({ ind, prev }) => [ind['c'], prev['c']] });
    const engine = stepped({ strategy, instruments: [linear()] });
    engine.take(numbered(0));
    engine.take(numbered(1));
    engine.take(closed(1));
    engine.take(numbered(2));
    engine.take(closed(2));

    expect(seen).toEqual([[102, 101], [103, 102]]);
  });
});

describe('an event', () => {
  it('of a stop is taken by the protection: unchanged arms it, refused as through is an exit', () => {
    const engine = heldEngine({ 1: ({ intents }) => intents.moveStop(95), 2: ({ intents }) => intents.moveStop(96) });
    engine.close();
    engine.take({ tag: 'stop-unchanged', at: start + minute, leg: 0, triggerTicks: 95 });
    expect(engine.position().protection).toMatchObject({ tag: 'armed', trigger: 95 });
    engine.close();

    expect(engine.take({ tag: 'stop-refused', at: start + 2 * minute, leg: 0, triggerTicks: 96, reason: 'through-trigger' }).commands).toMatchObject([{ tag: 'reduce', lots: 4 }]);
  });

  it('counts, and brings the time', () => {
    const engine = engineFor();
    engine.take({ tag: 'timer', at: start });
    engine.take({ tag: 'timer', at: start });
    expect([engine.state.sequence, engine.state.now]).toEqual([2, start]);
    expect(() => engine.take({ tag: 'timer', at: start - 1 })).toThrow(`time never runs backwards {"now":${start},"at":${start - 1}}`);
    expect(() => engine.take({ tag: 'timer', at: Number.NaN })).toThrow('time never runs backwards');
  });

  it('of the market marks the equity: a bar, a mark, funding', () => {
    const engine = heldEngine({});
    engine.take(bar(linear(), start + minute, [100, 100, 100, 102]));
    expect(engine.state.equity).toBe(10_000 - 0.4 + 8);
    engine.take({ tag: 'mark-price', at: start + minute, symbol: 0, markTicks: 105 });
    expect(engine.state.equity).toBe(10_000 - 0.4 + 20);
    engine.take({ tag: 'funding', at: start + minute, symbol: 0, leg: 0, rate: 0.01, settledAt: start + minute, nextAt: null, payment: -10_000_000_000_000n });
    expect(engine.state.equity).toBe(10_000 - 0.4 - 10 + 20);
  });

  it.each<[string, (engine: Stepped) => Event]>([
    ['a bar', () => bar(linear(), start + minute, [100, 100, 1, 1])], ['a mark', () => ({ tag: 'mark-price', at: start + minute, symbol: 0, markTicks: 1 })],
    ['funding', () => ({ tag: 'funding', at: start + minute, symbol: 0, leg: 0, rate: 1, settledAt: start + minute, nextAt: null, payment: -(10n ** 17n) })],
    ['an execution', () => ({ ...execution(linear(), { at: start + minute, id: 9, side: -1, lots: 1, priceTicks: 100 }), fee: 10n ** 17n })],
  ])('that uses up the equity halts: %s', (_, of) => {
    const engine = engineOf({ 0: enter({ ...long, qty: 900, stop: 99 }) }, { config: { leverage: 100, risk: { maxLeverage: 100, maxOpenRisk: 1 } } });
    engine.close();
    engine.take(execution(linear(), { at: start, id: 1, side: 1, lots: 900, priceTicks: 100, order: 1 }));
    // 900 lots lose 89,100 from 100 to 1.
    engine.take(of(engine));

    expect(engine.state.mode).toMatchObject({ tag: 'halted', cause: 'money' });
  });

  it('of the operator, the link and a snapshot also look at the limits', () => {
    const engine = engineFor();
    engine.state.equity = -1;
    engine.take({ tag: 'wallet', at: start, wallet: 0, balance: 1n });

    expect(engine.state.mode).toMatchObject({ tag: 'halted', cause: 'money' });
  });

  it('of a bar watches the position: extremes of the trade, a stop without an answer', () => {
    const engine = engineOf({ 0: enter(long) });
    engine.close();
    engine.take(execution(linear(), { at: start, id: 1, side: 1, lots: 4, priceTicks: 100, order: 1 }));
    const { commands } = engine.take(bar(linear(), start + minute, [100, 104, 88, 89]));

    expect(commands).toMatchObject([{ tag: 'reduce', lots: 4 }]);
    expect(engine.state.legs[0]!.position).toMatchObject({ trade: { highTicks: 104, lowTicks: 88 } });
  });
});
