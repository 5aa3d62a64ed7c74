/** Take-profit legs by hand, on good days and bad: what is placed, resized, refused, replaced and taken back. */
import { describe, expect, it } from 'vitest';
import { cancel, entering, held, opened, reduce } from './desk.ts';
import type { Desk, DeskWish } from './desk.ts';
import type { AnyScene } from '../sim/scripted.ts';
import type { Command, Intent } from '../../engine/index.ts';

const sides = ['long', 'short'] as const;
type Levels = readonly (readonly [long: number, fraction: number])[];
const of = (desk: { readonly p: (long: number) => number }, levels: Levels): { price: number; fraction: number }[] => levels.map(([long, fraction]) => ({ price: desk.p(long), fraction }));
const aiming = (side: 'long' | 'short', levels: Levels): DeskWish => {
  const p = (long: number): number => (side === 'long' ? long : 200 - long);
  return { side, enter: ({ intents }: AnyScene): Intent => intents.enter({ side, qty: 4, stop: p(90), targets: of({ p }, levels) }) };
};
const aim = (desk: Desk, levels: Levels): readonly Command[] => desk.decide(({ intents }) => intents.setTargets(of(desk, levels)));
const amended = (order: number, lots: number, priceTicks: number): Command => ({ tag: 'amend', leg: 0, order, lots: lots as never, priceTicks });

describe.each(sides)('targets of a %s', (side) => {
  it('are placed with the first fill for their part of what filled, and grow with it', () => {
    const desk = entering(aiming(side, [[105, 0.5], [110, 0.5]]));

    expect(desk.filled({ order: 1, lots: 2, leaves: 2, with: true })).toEqual([reduce(desk, 2, 1, desk.p(105)), reduce(desk, 3, 1, desk.p(110))]);
    expect(desk.state.legs[0]!.orders.slice(1)).toMatchObject([{ role: 'target', key: 't1.0', reason: 'target' }, { role: 'target', key: 't1.1' }]);
    expect(desk.filled({ order: 1, lots: 2, with: true })).toEqual([amended(2, 2, desk.p(105)), amended(3, 2, desk.p(110))]);
  });

  it('take the lots that rounding leaves with the last of them: 0.3, 0.3 and 0.4 of 4 are 1, 1 and 2', () => {
    const desk = entering(aiming(side, [[105, 0.3], [106, 0.3], [107, 0.4]]));

    expect(desk.filled({ order: 1, lots: 4, with: true })).toEqual([reduce(desk, 2, 1, desk.p(105)), reduce(desk, 3, 1, desk.p(106)), reduce(desk, 4, 2, desk.p(107))]);
  });

  it('of less than a lot are not placed', () => {
    const desk = entering(aiming(side, [[105, 0.2]]));

    expect(desk.filled({ order: 1, lots: 4, with: true })).toEqual([]);
  });

  it('that are refused are placed again with the next bar, not while leaving', () => {
    const desk = opened(aiming(side, [[105, 1]])).armed();
    desk.tell({ tag: 'order-rejected', order: 2, reason: 'other' });
    expect(desk.position().areTargetsDue).toBe(true);

    expect(desk.bar(100)).toEqual([reduce(desk, 3, 4, desk.p(105))]);
    expect(desk.position().areTargetsDue).toBe(false);
    desk.tell({ tag: 'order-rejected', order: 3, reason: 'other' });
    desk.take({ tag: 'operator', at: desk.now(), verb: 'flatten' });
    expect(desk.bar(100)).toEqual([]);
  });

  it('count their fills: half of the first filled, the whole is 1 and 2', () => {
    const desk = opened(aiming(side, [[105, 0.5], [110, 0.5]])).armed();
    desk.filled({ order: 2, lots: 1, at: 105, leaves: 1 });

    expect(desk.position().targets).toMatchObject([{ key: 't1.0', filled: 1 }, { key: 't1.1', filled: 0 }]);
    expect(desk.position()).toMatchObject({ lots: 3, plannedLots: 3 });
    desk.filled({ order: 2, lots: 1, at: 105 });
    expect(aim(desk, [[105, 0.5], [110, 0.5]])).toEqual([]);
  });

  it('are replaced: one that stays is kept, one that goes is cancelled, one that comes is placed', () => {
    const desk = opened(aiming(side, [[105, 0.5], [110, 0.5]])).armed();

    expect(aim(desk, [[110, 0.5], [120, 0.5]])).toEqual([cancel(2), reduce(desk, 4, 2, desk.p(120))]);
    expect(desk.position().targets).toMatchObject([{ key: 't1.1', priceTicks: desk.p(110), fraction: 0.5 }, { priceTicks: desk.p(120) }]);
    expect(desk.notes).toMatchObject([{ tag: 'decision', intent: 'set-targets', outcome: 'accepted', reason: '' }]);
  });

  it('are resized: 0.25 of 4 in place of 0.5 is an amend to 1', () => {
    const desk = opened(aiming(side, [[105, 0.5]])).armed();

    expect(aim(desk, [[105, 0.25]])).toEqual([amended(2, 1, desk.p(105))]);
  });

  it('that have filled more than they are to have are taken back, not amended to nothing', () => {
    const desk = opened(aiming(side, [[105, 0.5]])).armed();
    desk.filled({ order: 2, lots: 1, at: 105, leaves: 1 });

    expect(aim(desk, [[105, 0.25]])).toEqual([cancel(2)]);
  });

  it('at one price twice are two orders, and stay two', () => {
    const desk = held({ side });

    expect(aim(desk, [[105, 0.25], [105, 0.5]])).toEqual([reduce(desk, 2, 1, desk.p(105)), reduce(desk, 3, 2, desk.p(105))]);
    expect(aim(desk, [[105, 0.25], [105, 0.5]])).toEqual([]);
    expect(aim(desk, [[105, 0.25]])).toEqual([cancel(3)]);
  });

  it('are all removed by an empty list', () => {
    const desk = opened(aiming(side, [[105, 0.5], [110, 0.5]])).armed();

    expect(aim(desk, [])).toEqual([cancel(2), cancel(3)]);
    expect(desk.position().targets).toEqual([]);
  });

  it('are placed and taken back while reducing, but not amended', () => {
    const desk = opened(aiming(side, [[105, 0.5]])).armed();
    desk.take({ tag: 'operator', at: desk.now(), verb: 'reduce-only' });

    expect(aim(desk, [[105, 0.25], [120, 0.5]])).toEqual([reduce(desk, 3, 2, desk.p(120))]);
    expect(aim(desk, [])).toEqual([cancel(2), cancel(3)]);
  });

  it('are not placed while the position leaves, by a fill or by a wish', () => {
    const desk = entering(aiming(side, [[105, 1]]));
    desk.filled({ order: 1, lots: 2, leaves: 2, with: true });
    desk.take({ tag: 'operator', at: desk.now(), verb: 'flatten' });

    expect(desk.filled({ order: 1, lots: 2, with: true })).toEqual([reduce(desk, 4, 2)]);
    expect(aim(desk, [[105, 0.5], [130, 0.5]])).toEqual([]);
  });

  it('never ask for more than the position has', () => {
    const desk = opened(aiming(side, [[105, 0.25]])).armed();
    desk.filled({ order: -1, lots: 2, at: 100, cause: 'adl' });

    expect(aim(desk, [[110, 0.75]])).toEqual([cancel(2), reduce(desk, 3, 2, desk.p(110))]);
  });

  it('of an addition do not take the place of the first', () => {
    const desk = opened(aiming(side, [[105, 0.5]])).armed();
    desk.decide(({ intents }) => intents.add({ qty: 2 }));

    expect(desk.filled({ order: 3, lots: 2, with: true })).toEqual([amended(2, 3, desk.p(105))]);
    expect(desk.position().targets).toHaveLength(1);
  });

  it('that could not be amended stand as they are', () => {
    const desk = opened(aiming(side, [[105, 0.5]])).armed();
    aim(desk, [[105, 0.25]]);

    expect(desk.tell({ tag: 'request-failed', order: 2, of: 'amend', certainty: 'not-applied', reason: 'refused' })).toEqual([]);
    expect(desk.state.legs[0]!.orders).toMatchObject([{ id: 2, state: { tag: 'sent' } }]);
  });
});

describe('targets without a position', () => {
  it('are refused', () => {
    const desk = entering();
    aim(desk, [[105, 1]]);

    expect(desk.notes).toMatchObject([{ intent: 'set-targets', outcome: 'refused', reason: 'no-position' }]);
  });
});
