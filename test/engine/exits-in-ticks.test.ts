/** Ways out as commands: moved stops, parts, take-profit legs. The engine alone. */
import { describe, expect, it } from 'vitest';
import { linear, minute, start } from '../sim/market.ts';
import { engineOf, enter, heldEngine, long, outcome } from './closing.ts';
import type { At, Engine } from './closing.ts';
import { execution } from './stepped.ts';

const moveStop = (price: number, loosen = false): At[number] => ({ intents }) => (loosen ? intents.moveStop(price, { loosen: true }) : intents.moveStop(price));

/** A short of 4 from 100 with its stop at 110 confirmed. */
function shortEngine(at: At): Engine {
  const engine = engineOf({ 0: enter({ side: 'short', qty: 4, stop: 110 }), ...at });
  engine.close();
  engine.take(execution(linear(), { at: start, id: 1, side: -1, lots: 4, priceTicks: 100, order: 1 }));
  engine.take({ tag: 'stop-set', at: start, leg: 0, triggerTicks: 110, by: 'mark', trailTicks: 0 });
  return engine;
}

describe('a moved stop', () => {
  it('is asked for in whole ticks towards the market: 94.3 up to 95 for a long, 105.7 down to 105 for a short', () => {
    const told = heldEngine({ 1: moveStop(94.3) }).close();

    expect(told.commands).toEqual([{ tag: 'set-stop', leg: 0, triggerTicks: 95, by: 'mark', trailTicks: 0, activeTicks: 0 }]);
    expect(told.notes).toContainEqual({ tag: 'decision', at: start + minute, leg: 0, intent: 'move-stop', outcome: 'accepted', reason: '', inputs: '', priceTicks: Number.NaN, stopTicks: 95, lots: 4 });
    expect(shortEngine({ 1: moveStop(105.7) }).close().commands).toMatchObject([{ tag: 'set-stop', triggerTicks: 105 }]);
  });

  it('to where it is wanted already is nothing, not even counted', () => {
    const engine = heldEngine({ 1: moveStop(95), 2: moveStop(94.5) });
    engine.close();

    expect(engine.close()).toEqual({ commands: [], notes: [] });
    expect(engine.state.refusals).toEqual({});
  });

  it('looser is held; with loosen it goes, while trading only', () => {
    const engine = heldEngine({ 1: moveStop(89), 2: moveStop(85, true), 3: moveStop(80, true) });

    expect(outcome(engine.close())).toEqual([['changed', 'looser']]);
    expect(engine.close().commands).toMatchObject([{ tag: 'set-stop', triggerTicks: 85 }]);
    engine.take({ tag: 'operator', at: start + 2 * minute, verb: 'reduce-only' });
    expect(outcome(engine.close())).toEqual([['refused', 'reducing']]);
  });

  it('tighter goes in any mode that decides', () => {
    const engine = heldEngine({ 1: moveStop(95) });
    engine.take({ tag: 'operator', at: start, verb: 'reduce-only' });

    expect(engine.close().commands).toMatchObject([{ tag: 'set-stop', triggerTicks: 95 }]);
  });

  it('that the price is through is an exit, told with the price it was through at', () => {
    const engine = heldEngine({ 1: moveStop(99) });
    const told = engine.close(98);

    expect(told.commands).toMatchObject([{ tag: 'reduce', side: -1, lots: 4, type: 'market' }]);
    expect(told.notes).toContainEqual(expect.objectContaining({ tag: 'decision', outcome: 'changed', reason: 'stop-already-through', priceTicks: 98, stopTicks: 99, lots: 4 }));
    expect(engine.position().protection).toMatchObject({ tag: 'breached', trigger: 99, price: 98 });
  });

  it('after that is held: the exit is under way', () => {
    const engine = heldEngine({ 1: moveStop(99), 2: moveStop(95) });
    engine.close(98);

    expect(outcome(engine.close(98))).toEqual([['changed', 'exit-working']]);
  });

  it('without a position is refused', () => {
    expect(outcome(engineOf({ 0: moveStop(95) }).close())).toEqual([['refused', 'no-position']]);
  });
});

describe('a part', () => {
  const reduce = (fraction: number): At[number] => ({ intents }) => intents.reduce({ fraction, reason: 'less' });

  it.each([[0.5, 2], [0.25, 1], [0.74, 2], [0.75, 3], [1, 4], [0.999, 3]])('of %f of 4 lots is %i, sold reduce-only at market', (fraction, lots) => {
    const engine = heldEngine({ 1: reduce(fraction) });
    const told = engine.close();

    expect(told.commands).toEqual([{ tag: 'reduce', leg: 0, order: 2, side: -1, lots, type: 'market', priceTicks: 0, timeInForce: 'IOC', reduceOnly: true }]);
    expect(told.notes).toMatchObject([{ intent: 'reduce', outcome: 'accepted', reason: 'less', priceTicks: 100, stopTicks: Number.NaN, lots }]);
    expect(engine.state.legs[0]!.orders).toMatchObject([{ role: 'exit', key: '', reason: 'less', lots }]);
  });

  it('of a third of 3 lots is one: a hair under a whole lot is that lot', () => {
    const engine = engineOf({ 0: enter({ ...long, qty: 3 }), 1: reduce(0.333_333_333_3) });
    engine.close();
    engine.take(execution(linear(), { at: start, id: 1, side: 1, lots: 3, priceTicks: 100, order: 1 }));

    expect(engine.close().commands).toMatchObject([{ lots: 1 }]);
  });

  it('smaller than the smallest order, or while an exit works, or of nothing, does not go', () => {
    const engine = heldEngine({ 1: reduce(0.25), 2: reduce(0.75), 3: reduce(0.5) }, { instrument: linear({ minQty: '3' }) });

    expect(outcome(engine.close())).toEqual([['refused', 'below-min-qty']]);
    expect(outcome(engine.close())).toEqual([['accepted', 'less']]);
    expect(outcome(engine.close())).toEqual([['changed', 'exit-working']]);
    expect(outcome(engineOf({ 0: reduce(0.5) }).close())).toEqual([['refused', 'no-position']]);
  });
});

describe('exit', () => {
  const exit: At[number] = ({ intents }) => intents.exit('enough');

  it('sells all of it at market with its reason and takes a working add back', () => {
    const engine = heldEngine({ 1: ({ intents }) => intents.add({ qty: 1, at: 'limit', price: 95, validFor: 9 }), 2: exit });
    engine.close();
    const told = engine.close();

    expect(told.commands).toMatchObject([{ tag: 'cancel', order: 2 }, { tag: 'reduce', lots: 4 }]);
    expect(outcome(told)).toEqual([['accepted', 'enough']]);
    expect(engine.position().leaving).toBe('enough');
  });

  it('of a position alone is accepted; a target stays until the position is gone', () => {
    expect(outcome(heldEngine({ 1: exit }).close())).toEqual([['accepted', 'enough']]);
    const engine = heldEngine({ 1: ({ intents }) => intents.setTargets([{ price: 110, fraction: 1 }]), 2: exit });
    engine.close();

    expect(engine.close().commands).toMatchObject([{ tag: 'reduce', lots: 4, type: 'market' }]);
  });

  it('of nothing is held, of a working entry alone accepted', () => {
    const engine = engineOf({ 0: exit, 1: enter({ ...long, at: 'limit', price: 95, validFor: 9 }), 2: exit });

    expect(outcome(engine.close())).toEqual([['changed', 'nothing-open']]);
    engine.close();
    const told = engine.close();
    expect(told.commands).toEqual([{ tag: 'cancel', leg: 0, order: 1 }]);
    expect(outcome(told)).toEqual([['accepted', 'enough']]);
  });

  it('ends a resting set, the orders of its position-taking and reduce-only keys alike', () => {
    const engine = heldEngine({
      1: ({ intents }) => intents.rest([
        { key: 'b', side: 'buy', price: 95, qty: 1 }, { key: 's', side: 'sell', price: 105, qty: 1, reduceOnly: true },
      ], { long: 90 }),
      2: exit,
    });
    engine.close();

    expect(engine.close().commands).toMatchObject([{ tag: 'cancel', order: 2 }, { tag: 'cancel', order: 3 }, { tag: 'reduce', lots: 4 }]);
    expect(engine.state.legs[0]!.resting).toBeNull();
  });
});

describe('take-profit legs', () => {
  const withTargets = (targets: readonly { price: number; fraction: number }[], at: At = {}, qty = 4): Engine => {
    const engine = engineOf({ 0: enter({ ...long, qty, targets }), ...at });
    engine.close();
    engine.take({ tag: 'order-accepted', at: start, leg: 0, order: 1 });
    return engine;
  };
  const fill = (engine: Engine, lots: number, id = 1, leaves = 0): readonly unknown[] =>
    engine.take(execution(linear(), { at: start, id, side: 1, lots, priceTicks: 100, order: 1, leaves })).commands;
  const sold = (engine: Engine, order: number, lots: number, priceTicks: number, leaves = 0, id = 90): void => {
    engine.take(execution(linear(), { at: engine.state.now, id, side: -1, lots, priceTicks, order, leaves }));
  };
  const setTargets = (targets: readonly { price: number; fraction: number }[]): At[number] => ({ intents }) => intents.setTargets(targets);

  it('are sent at the fill as reduce-only limits of whole lots, a fraction of what was bought so far', () => {
    const engine = withTargets([{ price: 105, fraction: 0.3 }, { price: 110, fraction: 0.3 }], {}, 10);

    expect(fill(engine, 10)).toEqual([105, 110].map((priceTicks, i) => (
      { tag: 'reduce', leg: 0, order: 2 + i, side: -1, lots: 3, type: 'limit', priceTicks, timeInForce: 'GTC', reduceOnly: true })));
    expect(engine.state.legs[0]!.orders).toMatchObject([{ role: 'target', reason: 'target', key: 't1.0' }, { key: 't1.1' }]);
  });

  it('share odd lots without losing one: thirds of 7 are 2, 2 and 3', () => {
    const engine = withTargets([{ price: 105, fraction: 1 / 3 }, { price: 106, fraction: 1 / 3 }, { price: 107, fraction: 1 / 3 }], {}, 7);

    expect(fill(engine, 7)).toMatchObject([{ lots: 2 }, { lots: 2 }, { lots: 3 }]);
  });

  it('below the smallest order wait until the position has grown', () => {
    const engine = withTargets([{ price: 105, fraction: 0.25 }]);

    expect(fill(engine, 2, 1, 2)).toEqual([]); // half a lot
    expect(fill(engine, 2, 2)).toMatchObject([{ tag: 'reduce', lots: 1 }]);
  });

  it('already standing are made larger by a further fill: 1 of 2, then 2 of 4', () => {
    const engine = withTargets([{ price: 105, fraction: 0.5 }]);

    expect(fill(engine, 2, 1, 2)).toMatchObject([{ tag: 'reduce', order: 2, lots: 1 }]);
    expect(fill(engine, 2, 2)).toEqual([{ tag: 'amend', leg: 0, order: 2, priceTicks: 105, lots: 2 }]);
    expect(engine.state.legs[0]!.orders).toMatchObject([{ id: 2, lots: 2 }]);
  });

  it('are not made larger while only reducing', () => {
    const engine = withTargets([{ price: 105, fraction: 0.5 }]);
    fill(engine, 2, 1, 2);
    engine.take({ tag: 'operator', at: start, verb: 'reduce-only' });

    expect(fill(engine, 2, 2)).toEqual([]);
  });

  it('keep what they took: 1 of 2 sold, the target for a position of 6 stands at 3 in all', () => {
    const engine = withTargets([{ price: 105, fraction: 0.5 }], { 1: ({ intents }) => intents.add({ qty: 2 }) });
    fill(engine, 4);
    sold(engine, 2, 1, 105, 1);
    engine.close();
    const { commands } = engine.take(execution(linear(), { at: engine.state.now, id: 5, side: 1, lots: 2, priceTicks: 100, order: 3 }));

    // Half of 6 lots bought: 3, one of them sold.
    expect(commands).toMatchObject([{ tag: 'amend', order: 2, lots: 3 }]);
  });

  it('of an add do not replace those of the entry', () => {
    const engine = withTargets([{ price: 105, fraction: 0.5 }], { 1: ({ intents }) => intents.add({ qty: 2 }) });
    fill(engine, 4);
    engine.close();
    engine.take(execution(linear(), { at: engine.state.now, id: 5, side: 1, lots: 2, priceTicks: 100, order: 3 }));

    expect(engine.state.legs[0]!.position).toMatchObject({ targets: [{ key: 't1.0', priceTicks: 105, fraction: 0.5 }] });
  });

  it('set anew: the level that stays keeps its order, what it took and its key, the other one goes', () => {
    const engine = withTargets([{ price: 105, fraction: 0.5 }, { price: 110, fraction: 0.5 }], { 1: setTargets([{ price: 110.9, fraction: 0.5 }, { price: 120.5, fraction: 0.5 }]) });
    fill(engine, 4);
    engine.take({ tag: 'order-accepted', at: start, leg: 0, order: 2 });
    engine.take({ tag: 'order-accepted', at: start, leg: 0, order: 3 });
    sold(engine, 3, 1, 110, 1);
    const told = engine.close();

    // 110.9 is 110 for a long; half of 4 lots is 2, of which 1 is sold. 120.5 is 120.
    expect(told.commands).toMatchObject([{ tag: 'cancel', order: 2 }, { tag: 'reduce', order: 4, lots: 2, priceTicks: 120 }]);
    expect(outcome(told)).toEqual([['accepted', '']]);
    expect(engine.state.legs[0]!.position).toMatchObject({ targets: [{ key: 't1.1', priceTicks: 110, filled: 1 }, { key: 't4.1', priceTicks: 120, filled: 0 }] });
  });

  it('set anew leave a working add alone', () => {
    const engine = heldEngine({ 1: ({ intents }) => intents.add({ qty: 1, at: 'limit', price: 95, validFor: 9 }), 2: setTargets([]) });
    engine.close();
    engine.take({ tag: 'order-accepted', at: start + minute, leg: 0, order: 2 });

    expect(engine.close().commands).toEqual([]);
  });

  it('count what they took through a further fill of the entry: 1 of 2 lots, then 4 bought in all', () => {
    const engine = withTargets([{ price: 105, fraction: 0.5 }]);
    fill(engine, 2, 1, 2);
    sold(engine, 2, 1, 105);

    // Half of 4 is 2, of which 1 is sold: one more.
    expect(fill(engine, 2, 2)).toMatchObject([{ tag: 'reduce', lots: 1, priceTicks: 105 }]);
  });

  it('of less than the smallest order are not sent', () => {
    const engine = engineOf({ 0: enter({ ...long, targets: [{ price: 105, fraction: 0.25 }, { price: 110, fraction: 0.75 }] }) }, { instrument: linear({ minQty: '2' }) });
    engine.close();

    expect(fill(engine, 4)).toMatchObject([{ tag: 'reduce', lots: 3, priceTicks: 110 }]);
  });

  it('of a short are rounded up to the market and bought', () => {
    const engine = shortEngine({ 1: setTargets([{ price: 94.2, fraction: 1 }]) });

    expect(engine.close().commands).toMatchObject([{ tag: 'reduce', side: 1, lots: 4, priceTicks: 95 }]);
  });

  it('whose order is being cancelled are sent anew, and never for more than is held', () => {
    const engine = withTargets([{ price: 105, fraction: 0.5 }], { 1: setTargets([]), 2: setTargets([{ price: 105, fraction: 1 }]) });
    fill(engine, 4);
    engine.take({ tag: 'order-accepted', at: start, leg: 0, order: 2 });
    expect(engine.close().commands).toMatchObject([{ tag: 'cancel', order: 2 }]);
    // Something else sells 3 of the 4.
    engine.take({ ...execution(linear(), { at: engine.state.now, id: 7, side: -1, lots: 3, priceTicks: 100 }), cause: 'foreign' });

    expect(engine.close().commands).toMatchObject([{ tag: 'reduce', lots: 1, priceTicks: 105 }]);
  });

  it('without a position are refused', () => {
    expect(outcome(engineOf({ 0: setTargets([]) }).close())).toEqual([['refused', 'no-position']]);
  });
});
