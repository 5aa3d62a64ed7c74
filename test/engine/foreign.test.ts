/** Positions that were not opened here and orders that were not placed here: adopted, refused or flattened. */
import { describe, expect, it } from 'vitest';
import { defineStrategy, z } from '../../engine/index.ts';
import type { AnyStrategy, Command, Event, Intent } from '../../engine/index.ts';
import { cancel, empty, entering, held, query, reading, reduce, setStop, start, told } from './desk.ts';
import type { Desk, DeskWish } from './desk.ts';

const sides = ['long', 'short'] as const;
type Policy = 'adopt' | 'refuse' | 'flatten';
const withPolicy = (positions: Policy, own: object = {}): DeskWish => ({ config: { adopt: { positions, ...own } } });
/** Somebody buys (or sells) so many lots at this price of a long. */
const foreign = (desk: Desk, lots: number, at = 100): ReturnType<Desk['take']> => desk.filled({ order: -1, lots, at, with: true, cause: 'foreign' });
const adopting = (level: (scene: never) => unknown, warmup = 0): NonNullable<DeskWish['strategy']> => () => defineStrategy({
  name: 'adopting', symbols: ['AAAUSDT'], timeframe: '1m', params: z.object({ depth: z.number().default(7) }), warmup,
  indicators: () => ({}), decide: ({ intents }): Intent => intents.hold, protectAdopted: level as never,
}) as unknown as AnyStrategy;

describe.each(sides)('a %s of 5 lots opened by another hand at 104', (side) => {
  it('adopted has a stop at 2 % of the mark, never of its entry, within 10,000 ms, and is the strategy\'s own', () => {
    const desk = empty({ side, ...withPolicy('adopt') });

    // The mark is 100: 98 of a long, 102 of a short, whatever was paid.
    expect(foreign(desk, 5, 104)).toEqual([told('warning', 'foreign', 'AAAUSDT: 5 lots held, of which not all were ordered here; adopted'), setStop(desk.p(98))]);
    expect(desk.protection()).toEqual({ tag: 'requested', trigger: desk.p(98), by: 'mark', replaces: null, attempt: 1, since: desk.now() });
    expect(desk.position()).toMatchObject({ adopted: true, plannedLots: 5, protectBy: desk.now() + 10_000, leaving: '' });
    expect(desk.mode().tag).toBe('trading');
  });

  it('refused is protected all the same, and the engine halts', () => {
    const desk = empty({ side, ...withPolicy('refuse') });

    expect(foreign(desk, 5)).toEqual([told('alarm', 'foreign', 'AAAUSDT: 5 lots held, of which not all were ordered here'), setStop(desk.p(98))]);
    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'foreign', evidence: 'AAAUSDT: 5 lots held, of which not all were ordered here' });
  });

  it('flattened is closed at market with an alarm, and has a deadline while it is not', () => {
    const desk = empty({ side, ...withPolicy('flatten') });

    expect(foreign(desk, 5)).toEqual([told('alarm', 'foreign', 'AAAUSDT: 5 lots held, of which not all were ordered here; closing'), reduce(desk, 1, 5)]);
    expect(desk.position()).toMatchObject({ leaving: 'not opened here', adopted: false, protectBy: desk.now() + 10_000 });
    desk.tell({ tag: 'order-rejected', order: 1, reason: 'other' });
    desk.position().exitAt = desk.now() + 60_000;
    desk.skip(10_000);
    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'unprotected' });
  });

  it('is protected by the distance of the configuration, rounded towards the market', () => {
    const desk = empty({ side, ...withPolicy('adopt', { stopDistance: 0.105 }) });

    // 10.5 ticks of 100: 89.5 up to 90 for a long, 110.5 down to 110 for a short.
    expect(foreign(desk, 5)).toContainEqual(setStop(desk.p(90)));
  });

  it('has its stop from the last price, then from its own price, while no mark is known', () => {
    const last = empty({ side });
    const paid = empty({ side });
    last.state.legs[0]!.book.markTicks = Number.NaN;
    last.state.legs[0]!.book.lastTicks = 200;
    Object.assign(paid.state.legs[0]!.book, { markTicks: Number.NaN, lastTicks: Number.NaN });

    expect(foreign(last, 5)).toContainEqual(setStop(side === 'long' ? 196 : 204));
    expect(foreign(paid, 5)).toContainEqual(setStop(paid.p(98)));
  });
});

describe('a hand that buys into a position of ours', () => {
  it('adopts the rest: the stop stays, the lots are meant, and it is still our position', () => {
    const desk = held();

    expect(foreign(desk, 3)).toEqual([told('warning', 'foreign', 'AAAUSDT: 7 lots held, of which not all were ordered here; adopted')]);
    expect(desk.position()).toMatchObject({ adopted: false, plannedLots: 7, lots: 7 });
    expect(desk.protection()).toMatchObject({ tag: 'armed', trigger: 90 });
  });

  it('has the whole closed by "flatten", with the stop in force and no other deadline', () => {
    const desk = held(withPolicy('flatten'));

    expect(foreign(desk, 3)).toEqual([told('alarm', 'foreign', 'AAAUSDT: 7 lots held, of which not all were ordered here; closing'), reduce(desk, 2, 7)]);
    expect(desk.position().protectBy).toBe(0);
  });

  it('and turns it: the new side is adopted', () => {
    const desk = held();

    expect(desk.filled({ order: -1, lots: 6, cause: 'foreign' })).toEqual([
      told('warning', 'foreign', 'AAAUSDT: 2 lots held, of which not all were ordered here; adopted'), setStop(102),
    ]);
    expect(desk.position()).toMatchObject({ side: -1, lots: 2, adopted: true });
  });
});

describe('protectAdopted', () => {
  it.each(sides)('names the stop of a %s, rounded towards the market', (side) => {
    const desk = empty({ side, strategy: adopting(({ mark }: { mark: number }, ...rest: unknown[]) => mark + (side === 'long' ? -1 : 1) * (rest[0] as { depth: number }).depth + (side === 'long' ? -0.5 : 0.5)) });

    // 100 - 7.5 = 92.5 up to 93; 107.5 down to 107: both 93 of a long. Its parameters come along.
    expect(foreign(desk, 5)).toContainEqual(setStop(desk.p(93)));
  });

  it('is not asked before the strategy is warm: with 2 bars of warm-up and one seen the stop is 98, with two 93', () => {
    const cold = empty({ strategy: adopting(() => 93, 2) });
    const warm = empty({ strategy: adopting(() => 93, 2) });
    warm.bar(100);

    expect(foreign(cold, 5)).toContainEqual(setStop(98));
    expect(foreign(warm, 5)).toContainEqual(setStop(93));
  });

  it.each([0, -5, Number.NaN, Number.POSITIVE_INFINITY, '93', undefined])('that answers %s has no opinion', (answer) => {
    const desk = empty({ strategy: adopting(() => answer) });

    expect(foreign(desk, 5)).toContainEqual(setStop(98));
  });

  it.each(['no level', ''])('that throws an error with the words "%s" is told of, and the position protected', (text) => {
    const desk = empty({ strategy: adopting(() => { throw new Error(text); }) });

    expect(foreign(desk, 5)).toEqual([
      told('warning', 'foreign', 'AAAUSDT: 5 lots held, of which not all were ordered here; adopted'),
      told('warning', 'protect-adopted', `AAAUSDT: protectAdopted failed: ${text}`), setStop(98),
    ]);
    expect(desk.mode().tag).toBe('trading');
  });

  it('that names a level the price is through leaves at once', () => {
    const desk = empty({ strategy: adopting(() => 101) });

    expect(foreign(desk, 5)).toContainEqual(reduce(desk, 1, 5));
    expect(desk.protection()).toMatchObject({ tag: 'breached', trigger: 101 });
  });

  it('needs no price', () => {
    const desk = empty({ strategy: adopting(() => 93) });
    Object.assign(desk.state.legs[0]!.book, { markTicks: Number.NaN, lastTicks: Number.NaN });

    expect(foreign(desk, 5, 0)).toContainEqual(setStop(93));
  });
});

describe('a position found after a restart without a stop and without a price', () => {
  it('is asked about until there is one, with 10,000 ms for it', () => {
    const desk = held();
    Object.assign(desk.state.legs[0]!.book, { markTicks: Number.NaN, lastTicks: Number.NaN });
    desk.position().wantedStop = 0;
    desk.position().protection = { tag: 'unprotected', cause: 'adopted', since: desk.now() };
    desk.state.legs[0]!.isKnown = false;
    desk.skip(1);
    desk.take(reading(desk, { stop: null }));

    expect(desk.protection()).toMatchObject({ tag: 'unprotected', cause: 'adopted' });
    expect(desk.position().protectBy).toBe(desk.now() + 10_000);
    expect(desk.wait(2_000)).toEqual([[2_000, query]]);
    expect(desk.take(reading(desk, { stop: null, markTicks: 100, lastTicks: 101 }))).toEqual([setStop(98)]);
    expect(desk.position().protectBy).toBe(desk.now() + 8_000);
  });
});

describe('a fill of an order of ours into a position found', () => {
  it.each(sides)('a %s keeps the tighter of both stops', (side) => {
    const desk = entering({ side });
    foreign(desk, 1);
    desk.armed();

    expect(desk.filled({ order: 1, lots: 4, with: true })).toEqual([]);
    expect(desk.protection()).toMatchObject({ tag: 'armed', trigger: desk.p(98) });
    expect(desk.position().plannedLots).toBe(5);
  });
});

describe('an order that was not placed here', () => {
  const shown = (orders: Policy): readonly Command[] => {
    const desk = held({ config: { adopt: { orders } } });
    desk.skip(1);
    const at = desk.now();
    const order = { order: -2, side: 1, lots: 7, filled: 0, priceTicks: 90, reduceOnly: false } as const;
    const event = reading(desk, { at, takenAt: at, openOrders: [order], stop: { triggerTicks: 90, by: 'mark' } });
    const commands = desk.take(event);
    expect(desk.mode().tag).toBe(orders === 'refuse' ? 'halted' : 'trading');
    return commands;
  };

  it('is left alone, told of once', () => {
    expect(shown('adopt')).toEqual([told('info', 'foreign-order', 'AAAUSDT: an order of 7 lots that was not placed here; left alone')]);
  });

  it('halts the engine', () => {
    expect(shown('refuse')).toEqual([told('alarm', 'foreign', 'AAAUSDT: an order of 7 lots that was not placed here')]);
  });

  it('is cancelled', () => {
    expect(shown('flatten')).toEqual([told('warning', 'foreign-order', 'AAAUSDT: an order of 7 lots that was not placed here; cancelling'), cancel(-2)]);
  });
});

describe('the leg it happens on', () => {
  it('is the one named: symbol, commands and stop belong to the second', () => {
    const desk = empty({ symbols: ['AAAUSDT', 'BBBUSDT'], enter: ({ intents }) => intents.hold });
    Object.assign(desk.state.legs[1]!.book, { markTicks: 100, lastTicks: 100 });
    const event: Event = {
      tag: 'execution', at: start, leg: 1, order: -1, id: 'x', cause: 'foreign', side: 1, lots: 5 as never, priceTicks: 100, value: 5_000_000_000_000n,
      fee: 0n, liquidity: 'taker', leavesLots: 0,
    };

    expect(desk.take(event)).toEqual([
      told('warning', 'foreign', 'BBBUSDT: 5 lots held, of which not all were ordered here; adopted'), { ...setStop(98), leg: 1 },
    ]);
    expect(desk.state.legs[0]!.position.tag).toBe('flat');
  });
});
