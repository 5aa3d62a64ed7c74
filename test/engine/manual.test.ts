/** Orders of a person's own: judged like the strategy's, reduce-only unless they say otherwise. */
import { describe, expect, it } from 'vitest';
import type { Command, ManualOrder, Note } from '../../engine/index.ts';
import { empty, held, reduce } from './desk.ts';
import type { Desk } from './desk.ts';

type Own = Partial<Omit<ManualOrder, 'tag' | 'at' | 'leg'>>;
const say = (desk: Desk, own: Own): readonly Command[] =>
  desk.take({ tag: 'manual-order', at: desk.now(), name: 'mine', leg: 0, side: -1, isOpening: false, qty: 0, risk: 0, price: 0, stop: 0, bars: 1, ...own });
const decision = (desk: Desk): readonly [string, string, string] => {
  const note = desk.notes.find((one): one is Note & { tag: 'decision' } => one.tag === 'decision')!;
  return [note.intent, note.outcome, note.reason];
};

describe('an order of a person\'s own that only reduces', () => {
  it('sells 3 of 4 lots at market, reduce-only', () => {
    const desk = held();

    expect(say(desk, { qty: 3 })).toEqual([reduce(desk, 2, 3)]);
    expect(decision(desk)).toEqual(['manual-reduce', 'accepted', 'operator']);
  });
  it('of 9 lots is cut to the 4 that are held: it never turns the position', () => {
    const desk = held();

    expect(say(desk, { qty: 9 })).toEqual([reduce(desk, 2, 4)]);
  });
  it.each([[350, 3], [399.9, 3], [300, 3], [9_000, 4]])('for %d of quote at a last price of 100 sells %d lots', (notional, lots) => {
    const desk = held();

    expect(say(desk, { notional })).toEqual([reduce(desk, 2, lots)]);
  });
  it('leaves a halted engine too', () => {
    const desk = held();
    desk.take({ tag: 'operator', at: desk.now(), verb: 'halt' });

    expect(say(desk, { qty: 1 })).toEqual([reduce(desk, 2, 1)]);
  });
  it.each([
    ['that would grow the position', held, { side: 1, qty: 1 } as const, 'would-open'],
    ['without a position', empty, { qty: 1 }, 'no-position'],
    ['of less than a lot', held, { qty: 0.4 }, 'below-min-qty'],
    ['for less than a lot is worth', held, { notional: 99.9 }, 'below-min-qty'],
  ])('%s is refused and sends nothing', (_what, place, own, reason) => {
    const desk = place();

    expect(say(desk, own)).toEqual([]);
    expect(decision(desk)).toEqual(['manual-reduce', 'refused', reason]);
  });
});

describe('an order of a person\'s own that may open', () => {
  it('buys 2 lots at market with the stop at 90 riding on it', () => {
    const desk = empty();

    expect(say(desk, { side: 1, isOpening: true, qty: 2, stop: 90 })).toMatchObject([{ tag: 'enter', side: 1, lots: 2, type: 'market', stopTicks: 90 }]);
    expect(decision(desk)).toEqual(['manual-open', 'accepted', 'operator']);
  });
  it('adds to a position, whose stop rides on it', () => {
    expect(say(held(), { side: 1, isOpening: true, qty: 1, stop: 90 })).toMatchObject([{ tag: 'enter', side: 1, lots: 1, stopTicks: 90 }]);
  });
  it('for 290 of quote buys the 2 lots that 100 a lot leaves room for, and 3 at a limit of 95', () => {
    expect(say(empty(), { side: 1, isOpening: true, notional: 290, stop: 90 })).toMatchObject([{ tag: 'enter', lots: 2, type: 'market' }]);
    expect(say(empty(), { side: 1, isOpening: true, notional: 290, stop: 90, price: 95 })).toMatchObject([{ tag: 'enter', lots: 3, priceTicks: 95 }]);
  });
  it('rests at a limit of 95', () => {
    expect(say(empty(), { side: 1, isOpening: true, qty: 2, stop: 90, price: 95 })).toMatchObject([{ tag: 'enter', type: 'limit', priceTicks: 95, timeInForce: 'GTC' }]);
  });
  it.each([
    ['without a stop', empty, { side: 1, qty: 2 } as const, 'no-stop'],
    ['with a stop on the wrong side', empty, { side: 1, qty: 2, stop: 110 } as const, 'stop-wrong-side'],
    ['against a position', held, { side: -1, qty: 2, stop: 110 } as const, 'close-first'],
    ['for less than a lot is worth', empty, { side: 1 as const, notional: 99, stop: 90 }, 'below-min-qty'],
    ['of no size', empty, { side: 1, stop: 90 } as const, 'enter.qty must be above 0, was 0'],
  ])('%s is refused and sends nothing', (_what, place, own, reason) => {
    const desk = place();

    expect(say(desk, { isOpening: true, ...own })).toEqual([]);
    expect(decision(desk)).toEqual(['manual-open', 'refused', reason]);
  });
  it('never takes the place of an entry that stands', () => {
    const desk = empty();
    say(desk, { side: 1, isOpening: true, qty: 2, stop: 90, price: 95 });

    expect(say(desk, { side: 1, isOpening: true, qty: 2, stop: 90, price: 96 })).toEqual([]);
    expect(decision(desk)).toEqual(['manual-open', 'refused', 'entry-working']);
  });
  it.each(['halt', 'reduce-only'] as const)('after %s is refused by the mode', (verb) => {
    const desk = empty();
    desk.bar(100);
    desk.take({ tag: 'operator', at: desk.now(), verb });

    expect(say(desk, { side: 1, isOpening: true, qty: 2, stop: 90 })).toEqual([]);
    expect(decision(desk)).toEqual(['manual-open', 'refused', verb === 'halt' ? 'halted' : 'reducing']);
  });
});
