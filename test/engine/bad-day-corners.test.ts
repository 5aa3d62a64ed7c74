/** Corners of protection and of leaving that no other test looks into: what must not be sent, and what must not be put off. */
import { describe, expect, it } from 'vitest';
import { beginRecovery, defineStrategy, noStop, z } from '../../engine/index.ts';
import type { AnyStrategy, Command } from '../../engine/index.ts';
import { linear, minute, start } from '../sim/market.ts';
import type { AnyScene } from '../sim/scripted.ts';
import { cancel, empty, entering, held, opened, query, reading, reduce, setStop } from './desk.ts';
import type { Desk, DeskWish } from './desk.ts';
import { bar, cycle, execution, stepped } from './stepped.ts';

const exit = (desk: Desk): readonly Command[] => desk.decide(({ intents }) => intents.exit('enough'));
const sides = ['long', 'short'] as const;
const operator = (desk: Desk, verb: 'halt' | 'reduce-only' | 'resume' | 'flatten'): readonly Command[] => desk.take({ tag: 'operator', at: desk.now(), verb });
type Enter = Parameters<AnyScene['intents']['enter']>[0];
const entry = (side: 'long' | 'short', own: object): DeskWish => ({ side, enter: ({ intents }) => intents.enter({ side, qty: 4, ...own } as Enter) });

describe('an exit by a limit of 90 s', () => {
  const slow = { exit: { limitMs: 90_000 } } as const;

  it('wanted again, or at a closed bar, neither takes its limit back nor gives it more time', () => {
    const desk = held({ config: slow });
    expect(exit(desk)).toEqual([reduce(desk, 2, 4, 100, 'GTC')]);
    const due = desk.position().exitAt;
    desk.tell({ tag: 'order-accepted', order: 2 });
    desk.skip(60_000);
    desk.bar(100);

    expect(exit(desk)).toEqual([]);
    expect(desk.position()).toMatchObject({ exitAt: due, rung: 'limit' });
  });

  it('whose time is over is not doubled at a bar that closes before its cancel is heard of', () => {
    const desk = held({ config: { exit: { limitMs: 90_000, iocMs: 500 } } });
    exit(desk);
    desk.tell({ tag: 'order-accepted', order: 2 });
    expect(desk.skip(90_000)).toEqual([cancel(2)]);

    expect(desk.position().rung).toBe('ioc');
    expect(desk.bar(100)).toEqual([]);
  });

  it('in a hurry is cancelled; a target stays until the position is gone', () => {
    const desk = held({ config: slow });
    desk.decide(({ intents }) => intents.setTargets([{ price: 110, fraction: 1 }]));
    desk.tell({ tag: 'order-accepted', order: 2 });
    exit(desk);
    desk.tell({ tag: 'order-accepted', order: 3 });

    expect(operator(desk, 'flatten')).toEqual([cancel(3), reduce(desk, 4, 4)]);
  });
});

describe('an exit under way', () => {
  it('of which 1 of 4 filled covers 3: an entry\'s late fill of 2 is covered by another', () => {
    const desk = entering({ enter: ({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 100, qty: 6, stop: 90, validFor: 9 }) });
    desk.filled({ order: 1, lots: 4, with: true, leaves: 2 });
    desk.armed();
    expect(exit(desk)).toEqual([cancel(1), reduce(desk, 2, 4)]);
    desk.filled({ order: 2, lots: 1, leaves: 3 });

    expect(desk.filled({ order: 1, lots: 2, with: true })).toContainEqual(reduce(desk, 3, 2));
    expect(desk.position()).toMatchObject({ lots: 5 });
  });

  it('is not counted as refused by the refusal of a target', () => {
    const desk = held();
    desk.decide(({ intents }) => intents.setTargets([{ price: 110, fraction: 1 }]));
    exit(desk);

    expect(desk.tell({ tag: 'order-rejected', order: 2, reason: 'other' })).toEqual([]);
    expect(desk.position()).toMatchObject({ exitAttempts: 0, exitAt: 0 });
  });

  it('after a breach, silent until it is unknown, is no protection: the engine halts', () => {
    const desk = opened({ config: { protectDeadlineMs: 2_000, orderSilenceMs: 3_000 } });
    desk.bar(89);
    expect(desk.protection().tag).toBe('breached');
    desk.wait(1_900);
    expect(desk.mode().tag).toBe('trading');
    desk.wait(30_000);

    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'unprotected' });
  });
});

describe('a position that is over', () => {
  it('by its own exit leaves no note of a venue that closed it; a resting order that opened a part of it goes, one that did not stands', () => {
    const desk = held();
    desk.decide(({ intents }) => intents.rest([
      { key: 'b', side: 'buy', price: 95, qty: 2 }, { key: 'c', side: 'buy', price: 94, qty: 2 },
    ], { long: 90 }));
    for (const order of [2, 3]) desk.tell({ tag: 'order-accepted', order });
    desk.filled({ order: 2, lots: 1, with: true, leaves: 1, at: 95 });
    desk.take({ ...execution(linear(), { at: desk.now(), id: 50, side: -1, lots: 5, priceTicks: 90 }), cause: 'stop' });

    expect(desk.notes).toContainEqual({ tag: 'protection', at: desk.now(), leg: 0, protection: null, cause: 'stop' });
    expect(desk.state.legs[0]!.orders).toMatchObject([{ id: 2, state: { tag: 'cancelling' } }, { id: 3, state: { tag: 'working' } }]);
    const own = held();
    exit(own);
    own.filled({ order: 2, lots: 4 });
    expect(own.notes.some((note) => note.tag === 'protection')).toBe(false);
  });
});

describe('a position larger than what was meant', () => {
  it('shrunk by another hand keeps what was meant; shrunk below, means that much', () => {
    const desk = held();
    desk.position().plannedLots = 2;
    desk.filled({ order: -1, lots: 1, cause: 'foreign' });
    expect(desk.position()).toMatchObject({ lots: 3, plannedLots: 2 });
    desk.filled({ order: -1, lots: 2, cause: 'foreign' });

    expect(desk.position()).toMatchObject({ lots: 1, plannedLots: 1 });
  });

  it('on its way out is not trimmed beside the exit', () => {
    const desk = entering();
    desk.filled({ order: 1, lots: 4, with: true, leaves: 1 });
    desk.armed();
    exit(desk);

    // One lot more than the order had: the exit takes it along.
    expect(desk.filled({ order: 1, lots: 1, with: true }).filter((command) => command.tag === 'reduce')).toEqual([reduce(desk, 3, 1)]);
    expect(desk.state.legs[0]!.orders.filter((order) => order.role === 'trim')).toEqual([]);
  });

  it('is trimmed once while the trim is under way, and not beside a part that is being sold', () => {
    const grown = (desk: Desk, id: number): readonly Command[] => {
      desk.position().plannedLots = 2;
      return desk.filled({ order: 1, lots: id, with: true, leaves: 9 }).filter((command) => command.tag === 'reduce');
    };
    const desk = entering({ enter: ({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 100, qty: 20, stop: 90, validFor: 9 }) });
    desk.filled({ order: 1, lots: 4, with: true, leaves: 16 });
    desk.armed();

    // 4 and 2 more were bought, 2 and 2 meant: two too many.
    expect(grown(desk, 2)).toEqual([reduce(desk, 2, 2)]);
    expect(grown(desk, 2)).toEqual([]);
    const part = entering({ enter: ({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 100, qty: 20, stop: 90, validFor: 9 }) });
    part.filled({ order: 1, lots: 4, with: true, leaves: 16 });
    part.armed();
    part.decide(({ intents }) => intents.reduce({ fraction: 0.5, reason: 'half' }));
    expect(grown(part, 2)).toEqual([]);
  });
});

describe.each(sides)('a stop of a %s', (side) => {
  it('waived in so many words has nothing asked for', () => {
    const desk = entering(entry(side, { stop: noStop }));

    expect(desk.filled({ order: 1, lots: 4, with: true })).toEqual([]);
    expect(desk.protection().tag).toBe('waived');
  });

  it('waived, with a trail, has that asked for also while only reducing', () => {
    const desk = entering(entry(side, { stop: noStop, trail: { distance: 5 } }));
    operator(desk, 'reduce-only');

    expect(desk.filled({ order: 1, lots: 4, with: true })).toEqual([setStop(0, 'mark', 5)]);
  });

  it('waived gets its first one from an add that has one', () => {
    const desk = entering(entry(side, { stop: noStop }));
    desk.filled({ order: 1, lots: 4, with: true });
    desk.decide(({ intents }) => intents.add({ qty: 1, stop: desk.p(95) }));

    expect(desk.filled({ order: 2, lots: 1, with: true })).toEqual([setStop(desk.p(95))]);
  });

  it('waived is not waived for what an addition opens anew: its fill came after the one that closed, which is told later', () => {
    const desk = opened(entry(side, { stop: noStop }));
    desk.decide(({ intents }) => intents.setTargets([{ price: desk.p(110), fraction: 1 }]));
    desk.tell({ tag: 'order-accepted', order: 2 });
    desk.decide(({ intents }) => intents.add({ qty: 3 }));
    const at = desk.now() + 500;
    desk.take({ ...execution(desk.instrument, { at, id: 50, side: desk.side, lots: 3, priceTicks: 100, order: 3 }), tradedAt: at - 100 });
    const late = execution(desk.instrument, { at, id: 51, side: desk.exitSide, lots: 4, priceTicks: desk.p(110), order: 2 });

    expect(desk.take({ ...late, tradedAt: at - 200 })).toContainEqual(reduce(desk, 4, 3));
    expect(desk.position()).toMatchObject({ lots: 3, leaving: 'an addition to a position that is gone', protectBy: at + 2_000, protection: { tag: 'unprotected' } });
  });

  it('waived stays so where the target filled after the addition, or took no more than was there before it', () => {
    for (const [lots, tradedBefore] of [[4, -50], [3, 200]] as const) {
      const desk = opened(entry(side, { stop: noStop }));
      desk.decide(({ intents }) => intents.setTargets([{ price: desk.p(110), fraction: 1 }]));
      desk.decide(({ intents }) => intents.add({ qty: 3 }));
      const at = desk.now() + 500;
      desk.take({ ...execution(desk.instrument, { at, id: 50, side: desk.side, lots: 3, priceTicks: 100, order: 3 }), tradedAt: at - 100 });
      desk.take({ ...execution(desk.instrument, { at, id: 51, side: desk.exitSide, lots, priceTicks: desk.p(110), order: 2, leaves: 4 - lots }), tradedAt: at - tradedBefore });

      expect(desk.position()).toMatchObject({ lots: 7 - lots, leaving: '', protection: { tag: 'waived' } });
    }
  });

  it('keeps its trail through a further fill', () => {
    const desk = entering(entry(side, { stop: side === 'long' ? 90 : 110, trail: { distance: 5 } }));
    desk.filled({ order: 1, lots: 2, with: true, leaves: 2 });
    desk.filled({ order: 1, lots: 2, with: true });

    expect(desk.position()).toMatchObject({ lots: 4, trailTicks: 5 });
  });

  it('under suspicion is not given more time by a further price: the question comes after 1,500 ms', () => {
    const desk = held({ side });
    const mark = (afterMs: number): readonly Command[] => desk.take({ tag: 'mark-price', at: start + afterMs, symbol: 0, markTicks: desk.p(89) });
    mark(0);
    mark(1_000);

    expect(desk.take({ tag: 'timer', at: start + 1_500 })).toEqual([query]);
  });

  it('shown looser is taken and tightened again, halted too', () => {
    const desk = held({ side });
    operator(desk, 'halt');
    desk.skip(1);

    expect(desk.take(reading(desk, { stop: { triggerTicks: desk.p(85), by: 'mark' } }))).toEqual([setStop(desk.p(90))]);
  });

  it('moves to break even while only reducing too', () => {
    const desk = held(entry(side, { stop: side === 'long' ? 90 : 110, breakEvenAt: 1 }));
    operator(desk, 'reduce-only');

    expect(desk.decide(({ intents }) => intents.hold, 112)).toMatchObject([{ tag: 'set-stop' }]);
  });

  it('that could not be set, held without it: resumed it is asked for again, with a question', () => {
    const desk = opened({ side, config: { unprotected: 'hold' } });
    desk.wait(10_000);
    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'unprotected' });
    const asked = operator(desk, 'resume');

    expect(asked).toContainEqual(setStop(desk.p(90)));
    expect(desk.notes).toContainEqual(expect.objectContaining({ tag: 'protection', cause: 'refused', protection: { tag: 'unprotected', cause: 'refused', since: desk.now() } }));
    expect(desk.position().protectBy).toBe(desk.now() + 2_000);
  });
});

describe('what halts for want of a stop says why', () => {
  const evidence = (desk: Desk): unknown => (desk.mode() as { evidence?: string }).evidence;

  it('asked and not answered, refused three times, or on the way out', () => {
    const silent = opened();
    silent.wait(10_000);
    expect(evidence(silent)).toMatch(/^AAAUSDT: no stop confirmed by its deadline, asked \d+ times$/);
    const refused = opened();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      refused.tell({ tag: 'stop-refused', triggerTicks: 90, reason: 'other' });
      refused.wait(700);
    }
    expect(evidence(refused)).toBe('AAAUSDT: no stop confirmed by its deadline, refused');
  });
});

describe('break even', () => {
  const dear = { takerFee: 0.05 } as const;

  it.each([['long', 111], ['short', 90]] as const)('of a %s at a fee of 5 % is at %i', (side, level) => {
    // 100 x 1.05 / 0.95 = 110.53 up to 111; 100 x 0.95 / 1.05 = 90.48 down to 90.
    const desk = held({ ...entry(side, { stop: side === 'long' ? 90 : 110, breakEvenAt: 0.5 }), config: dear });

    expect(desk.decide(({ intents }) => intents.hold, 130)).toEqual([setStop(level)]);
  });

  it.each([['long', 102], ['short', 98]] as const)('of a %s that costs nothing but 2 ticks of slippage is at %i, whole ticks as they are', (side, level) => {
    const desk = held({ ...entry(side, { stop: side === 'long' ? 90 : 110, breakEvenAt: 1 }), config: { takerFee: 0, slippage: { kind: 'ticks', n: 2 } } });

    expect(desk.decide(({ intents }) => intents.hold, 120)).toEqual([setStop(level)]);
  });

  it.each([['long', 103], ['short', 98]] as const)('of a %s with 200 basis points of slippage is at %i: they are counted at the level itself', (side, level) => {
    // A long leaves at 102.04 to get 100; up to whole ticks: 2 ticks and a hair of 102 are 3. A short: 98 costs 1.96, up to 2.
    const desk = held({ ...entry(side, { stop: side === 'long' ? 90 : 110, breakEvenAt: 1 }), config: { takerFee: 0, slippage: { kind: 'bps', b: 200 } } });

    expect(desk.decide(({ intents }) => intents.hold, 125)).toEqual([setStop(level)]);
  });
});

describe('an order without an answer for 10 s', () => {
  const limit: DeskWish = { enter: ({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 100, qty: 4, stop: 90, validFor: 9, reason: 'why' }) };
  const silent = (wish: DeskWish = limit): Desk => {
    const desk = empty(wish);
    desk.take(cycle(start));
    desk.skip(10_000);
    expect(desk.state.legs[0]!.orders).toMatchObject([{ state: { tag: 'unknown', since: start + 10_000 } }]);
    return desk;
  };

  it('works again with its first partial fill', () => {
    const desk = silent();
    desk.filled({ order: 1, lots: 1, with: true, leaves: 3 });

    expect(desk.state.legs[0]!.orders).toMatchObject([{ id: 1, filled: 1, state: { tag: 'working' } }]);
  });

  it('is not unknown anew by a late word that its request failed somehow', () => {
    const desk = silent();
    desk.skip(1_000);
    desk.tell({ tag: 'request-failed', order: 1, of: 'enter', certainty: 'unknown', reason: 'timeout' });

    expect(desk.state.legs[0]!.orders).toMatchObject([{ state: { tag: 'unknown', since: start + 10_000 } }]);
  });

  it('is sent again while the position is to be left if it is the exit, not if it is a target', () => {
    const desk = held();
    desk.decide(({ intents }) => intents.setTargets([{ price: 110, fraction: 1 }]));
    exit(desk);
    const again = desk.wait(25_000).flatMap(([, command]) => (command.tag === 'reduce' ? [command.order] : []));

    expect(again.length).toBeGreaterThan(0);
    expect(new Set(again)).toEqual(new Set([3]));
  });
});

describe('a fill', () => {
  const slippage = (desk: Desk): number => desk.position().trade.slippage;

  it('at market is measured against the close, for better and for worse: 4 lots at 99 and at 101', () => {
    const [better, worse] = [entering(), entering()];
    better.filled({ order: 1, lots: 4, at: 99, with: true });
    worse.filled({ order: 1, lots: 4, at: 101, with: true });

    expect([slippage(better), slippage(worse)]).toEqual([-4, 4]);
  });

  it('at a limit that is better than the limit has no slippage', () => {
    const desk = entering({ enter: ({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 100, qty: 4, stop: 90 }) });
    desk.filled({ order: 1, lots: 4, at: 98, with: true });

    expect(slippage(desk)).toBe(0);
  });

  it('of the stop is measured against its trigger, of somebody else against nothing; reasons are those of the orders', () => {
    const closed = (desk: Desk): unknown => desk.notes.flatMap((note) => (note.tag === 'trade' ? [[note.slippage, note.entryReason, note.exitReason]] : []));
    const wish: DeskWish = { enter: ({ intents }) => intents.enter({ side: 'long', qty: 4, stop: 90, reason: 'why' }) };
    const [stop, foreign, own] = [held(wish), held(wish), held(wish)];
    stop.filled({ order: -1, lots: 4, at: 89, cause: 'stop' });
    foreign.filled({ order: -1, lots: 4, at: 89, cause: 'foreign' });
    exit(own);
    own.filled({ order: 2, lots: 4, at: 99 });

    expect([closed(stop), closed(foreign), closed(own)]).toEqual([[[4, 'why', 'stop']], [[0, 'why', 'foreign']], [[4, 'why', 'enough']]]);
  });

  it('of an entry without a reason that closes what somebody else had bought explains itself by its role', () => {
    const desk = entering({ enter: ({ intents }) => intents.enter({ side: 'short', qty: 4, stop: 110 }) });
    desk.filled({ order: -1, lots: 4, cause: 'foreign', with: true });
    desk.filled({ order: 1, lots: 4 });

    expect(desk.notes.flatMap((note) => (note.tag === 'trade' ? [note.exitReason] : []))).toEqual(['entry']);
  });
});

describe('a recovery', () => {
  it('that takes 5,500 ms halts then, not at the next question', () => {
    const desk = held({ config: { linkHaltMs: 5_500 } });
    desk.tell({ tag: 'disconnected' });
    desk.tell({ tag: 'connected' });
    desk.wait(5_499);
    expect(desk.mode().tag).toBe('recovering');
    desk.wait(1);

    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'unreconciled' });
  });

  it('begun again by a restart has its whole time again, by a reconnect what is left', () => {
    const desk = held();
    desk.tell({ tag: 'disconnected' });
    desk.tell({ tag: 'connected' });
    desk.skip(1_000);
    desk.tell({ tag: 'connected' });
    expect(desk.mode()).toMatchObject({ tag: 'recovering', since: start });
    beginRecovery(desk.state, { commands: [], notes: [] });

    expect(desk.mode()).toMatchObject({ tag: 'recovering', cause: 'restart', since: start + 1_000 });
  });

  it('leaves the prices of the book when a reading tells none, and takes them when it does', () => {
    const desk = held();
    desk.tell({ tag: 'disconnected' });
    desk.tell({ tag: 'connected' });
    desk.take(reading(desk));
    expect(desk.state.legs[0]!.book).toMatchObject({ lastTicks: 100, markTicks: 100 });
    desk.tell({ tag: 'disconnected' });
    desk.tell({ tag: 'connected' });
    desk.take(reading(desk, { lastTicks: 104, markTicks: 103, stop: { triggerTicks: 90, by: 'mark' } }));

    expect(desk.state.legs[0]!.book).toMatchObject({ lastTicks: 104, markTicks: 103, basisTicks: -1 });
  });
});

describe('a position that somebody else opened', () => {
  /** The stop that is asked for when 4 lots are found at 100 and the strategy names what its memory holds. */
  const stopFor = (level: unknown): readonly Command[] => {
    const strategy = defineStrategy({
      name: 'adopting', symbols: ['AAAUSDT'], timeframe: '1m', params: z.object({}), indicators: () => ({}), memory: () => ({ level: 50 }),
      decide: ({ intents }) => intents.hold, protectAdopted: ({ memory }) => memory.level,
    }) as unknown as AnyStrategy;
    const engine = stepped({ strategy, instruments: [linear()] });
    engine.take(bar(linear(), start, [100, 100, 100, 100]));
    engine.take(cycle(start));
    engine.state.legs[0]!.memory = { level };
    return engine.take({ ...execution(linear(), { at: start, id: 1, side: 1, lots: 4, priceTicks: 100 }), cause: 'foreign' }).commands.filter(({ tag }) => tag === 'set-stop');
  };

  it('gets the stop that the strategy reads out of its present memory', () => {
    expect(stopFor(93)).toEqual([setStop(93)]);
  });

  it.each([['a text', '93'], ['nothing', undefined], ['0', 0], ['less than 0', -5], ['no number', Number.NaN]])('gets one at 2 %% of the mark where the strategy names %s', (_, level) => {
    expect(stopFor(level)).toEqual([setStop(98)]);
  });
});

it('bars of a minute leave a calm position alone', () => {
  const desk = held();
  for (let i = 1; i < 4; i += 1) expect(desk.take(bar(linear(), start + i * minute, [100, 104, 96, 101]))).toEqual([]);

  expect(desk.position().trade).toMatchObject({ highTicks: 104, lowTicks: 96 });
});
