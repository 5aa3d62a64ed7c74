/** Resting sets as commands: whole ticks and lots, what is amended, what is sent anew, what guards it. The engine alone. */
import { describe, expect, it } from 'vitest';
import { noStop } from '../../engine/index.ts';
import type { Guard, Order, Resting } from '../../engine/index.ts';
import { linear, start } from '../sim/market.ts';
import { engineOf, enter, heldEngine, long, outcome } from './closing.ts';
import type { At, Engine, Wish } from './closing.ts';
import { execution } from './stepped.ts';

const buy = (price: number, qty = 2, own: Partial<Resting> = {}): Resting => ({ key: 'b', side: 'buy', price, qty, ...own });
const sell = (price: number, qty = 2, own: Partial<Resting> = {}): Resting => ({ key: 's', side: 'sell', price, qty, ...own });
const rest = (orders: readonly Resting[], guard: Guard = { long: 80, short: 120 }): At[number] => ({ intents }) => intents.rest(orders, guard);
const accept = (engine: Engine, ...orders: readonly number[]): void => {
  for (const order of orders) engine.take({ tag: 'order-accepted', at: engine.state.now, leg: 0, order });
};
const fill = (engine: Engine, own: { order: number; lots: number; side?: 1 | -1; priceTicks?: number; leaves?: number; id?: number }): readonly unknown[] =>
  engine.take(execution(linear(), { at: engine.state.now, id: 100 + own.order, side: 1, priceTicks: 95, ...own })).commands;
const orders = (engine: Engine): readonly Order[] => engine.state.legs[0]!.orders;

/** The first set accepted, then the second close. */
function second(first: At[number], next: At[number] | undefined, wish: Wish = {}): { engine: Engine; told: ReturnType<Engine['close']> } {
  const engine = engineOf({ 0: first, ...(next === undefined ? {} : { 1: next }) }, wish);
  engine.close();
  accept(engine, ...orders(engine).map((order) => order.id));
  return { engine, told: engine.close() };
}

describe('a resting order', () => {
  it('is a limit away from the market in whole lots, its guard riding on it', () => {
    const engine = engineOf({ 0: rest([buy(95.7, 2.9), sell(104.3, 1, { postOnly: true })], { long: 80.2, short: 119.9, stopBy: 'last' }) });

    // Buy down to 95, sale up to 105; the guards towards the market: 81 and 119.
    expect(engine.close().commands).toEqual([
      { tag: 'enter', leg: 0, order: 1, side: 1, lots: 2, type: 'limit', priceTicks: 95, triggerTicks: 0, triggerBy: 'last', triggerDirection: 0, timeInForce: 'GTC', stopTicks: 81, stopBy: 'last' },
      { tag: 'enter', leg: 0, order: 2, side: -1, lots: 1, type: 'limit', priceTicks: 105, triggerTicks: 0, triggerBy: 'last', triggerDirection: 0, timeInForce: 'PostOnly', stopTicks: 119, stopBy: 'last' },
    ]);
    expect(orders(engine)[0]).toMatchObject({ role: 'rest', key: 'b', reason: 'rest b', reduceOnly: false, endsAtDecision: 0, attempt: 1, isUnwanted: false, filled: 0, referenceTicks: 95, state: { tag: 'sent', since: start } });
  });

  it('carries terms: 15 ticks and both fees over 2 lots as taker, the maker fee on the way in when post-only', () => {
    const terms = (own: Partial<Resting>, guard?: Guard): unknown => {
      const engine = engineOf({ 0: rest([buy(95, 2, own)], guard) });
      engine.close();
      return orders(engine)[0]!.terms;
    };

    expect(terms({})).toEqual({
      stopTicks: 80, stopBy: 'mark', distanceTicks: 15, follows: false, risk: expect.closeTo(2 * (15 + 0.095 + 0.08), 9) as number, targets: [],
      trailTicks: 0, trailFromTicks: 0, breakEvenAt: 0, isAdd: false,
    });
    expect(terms({ postOnly: true })).toMatchObject({ risk: expect.closeTo(2 * (15 + 0.0475 + 0.08), 9) as number });
    expect(terms({}, { long: noStop })).toMatchObject({ stopTicks: 0, distanceTicks: 0, risk: 0 });
  });

  it('of a short is guarded from above', () => {
    const engine = engineOf({ 0: rest([sell(105)], { short: 120 }) });

    expect(engine.close().commands).toMatchObject([{ side: -1, stopTicks: 120 }]);
    expect(orders(engine)[0]!.terms).toMatchObject({ distanceTicks: 15 });
  });

  it('reduce-only goes against a position only, as a reduce', () => {
    const set = rest([sell(105, 1, { reduceOnly: true }), buy(95, 1, { key: 'x', reduceOnly: true })], {});
    const engine = heldEngine({ 1: set });

    expect(engine.close().commands).toEqual([
      { tag: 'reduce', leg: 0, order: 2, side: -1, lots: 1, type: 'limit', priceTicks: 105, timeInForce: 'GTC', reduceOnly: true },
    ]);
    expect(orders(engine)[0]).toMatchObject({ role: 'rest', key: 's', reduceOnly: true, terms: null });
    expect(outcome(engineOf({ 0: set }).close())).toEqual([['changed', 'no-position']]);
  });

  it('that costs less than a tick is refused', () => {
    expect(outcome(engineOf({ 0: rest([buy(0.5)], { long: 0.1 }) }).close())).toEqual([['changed', 'price-below-tick']]);
  });

  it('at its guard or beyond is refused, a tick before it goes', () => {
    expect(engineOf({ 0: rest([buy(95)], { long: 94 }) }).close().commands).toHaveLength(1);
    for (const level of [95, 96]) expect(outcome(engineOf({ 0: rest([buy(95)], { long: level }) }).close())).toEqual([['changed', 'stop-wrong-side']]);
    for (const level of [105, 104]) expect(outcome(engineOf({ 0: rest([sell(105)], { short: level }) }).close())).toEqual([['changed', 'stop-wrong-side']]);
  });

  it('that the review refuses is told by its reason; the others go', () => {
    const engine = engineOf({ 0: rest([buy(95, 2_000), sell(105)]) });
    const told = engine.close();

    expect(told.commands).toMatchObject([{ side: -1 }]);
    expect(outcome(told)).toEqual([['changed', 'exposure-limit']]);
  });
});

describe('a standing set', () => {
  it('wanted again unchanged, or held, sends nothing and says nothing', () => {
    expect(second(rest([buy(95), sell(105)]), rest([buy(95), sell(105)])).told).toEqual({ commands: [], notes: [] });
    expect(second(rest([buy(95), sell(105)]), undefined).told).toEqual({ commands: [], notes: [] });
  });

  it.each([
    ['price', buy(94), { priceTicks: 94, lots: 2 }], ['total', buy(95, 3), { priceTicks: 95, lots: 3 }],
  ])('whose %s moved is amended', (_, wish, expected) => {
    const { engine, told } = second(rest([buy(95)]), rest([wish]));

    expect(told.commands).toEqual([{ tag: 'amend', leg: 0, order: 1, ...expected }]);
    expect(outcome(told)).toEqual([['accepted', '']]);
    expect(orders(engine)).toMatchObject([expected]);
  });

  it('is not touched while it has no answer, or while it is being cancelled', () => {
    const engine = engineOf({ 0: rest([buy(95)]), 1: rest([buy(94)]), 2: rest([]), 3: rest([buy(93)]) });
    engine.close();
    expect(engine.close().commands).toEqual([]);
    accept(engine, 1);
    expect(engine.close().commands).toEqual([{ tag: 'cancel', leg: 0, order: 1 }]);

    expect(engine.close().commands).toEqual([]);
    engine.take({ tag: 'order-cancelled', at: engine.state.now, leg: 0, order: 1, cause: 'requested', filled: 0 });
    expect(engine.close().commands).toMatchObject([{ tag: 'enter', priceTicks: 93 }]); // a hold keeps the set
  });

  it('on the other side, or reduce-only now, is cancelled and sent anew once it is gone', () => {
    const { engine, told } = second(rest([buy(95)]), rest([sell(105, 2, { key: 'b' })]));

    expect(told.commands).toEqual([{ tag: 'cancel', leg: 0, order: 1 }]);
    engine.take({ tag: 'order-cancelled', at: engine.state.now, leg: 0, order: 1, cause: 'requested', filled: 0 });
    expect(engine.close().commands).toMatchObject([{ tag: 'enter', side: -1 }]);
    expect(second(rest([buy(95)]), rest([buy(95, 2, { reduceOnly: true })])).told.commands).toMatchObject([{ tag: 'cancel' }]);
  });

  it('that may not be as wished is cancelled rather than left as it was', () => {
    const { told } = second(rest([buy(95)]), rest([buy(95, 2_000)]));

    expect(told.commands).toEqual([{ tag: 'cancel', leg: 0, order: 1 }]);
    expect(outcome(told)).toEqual([['changed', 'exposure-limit']]);
  });

  it('is judged without itself: two thirds of the room may become all of it', () => {
    // 1 x 10,000 of equity over 95 is room for 105 lots.
    const { told } = second(rest([buy(95, 70)]), rest([buy(95, 105)]), { config: { risk: { maxLeverage: 1, maxOpenRisk: 1 } } });

    expect(told.commands).toMatchObject([{ tag: 'amend', lots: 105 }]);
  });

  it('is amended only while trading; a key that is absent is cancelled in any mode', () => {
    const set = { 0: rest([sell(105, 1, { reduceOnly: true }), sell(106, 1, { key: 't', reduceOnly: true })], {}), 1: rest([sell(107, 1, { reduceOnly: true })], {}) };
    const engine = heldEngine({ 1: set[0], 2: set[1] });
    engine.close();
    accept(engine, 2, 3);
    engine.take({ tag: 'operator', at: engine.state.now, verb: 'reduce-only' });
    const told = engine.close();

    expect(told.commands).toEqual([{ tag: 'cancel', leg: 0, order: 3 }]);
    expect(outcome(told)).toEqual([['changed', 'reducing']]);
  });

  it('reduce-only is amended without a review', () => {
    const engine = heldEngine({ 1: rest([sell(105, 1, { reduceOnly: true })], {}), 2: rest([sell(106, 2_000, { reduceOnly: true })], {}) });
    engine.close();
    accept(engine, 2);

    expect(engine.close().commands).toEqual([{ tag: 'amend', leg: 0, order: 2, priceTicks: 106, lots: 2_000 }]);
  });

  it('of less than one lot is refused, not forgotten', () => {
    expect(outcome(engineOf({ 0: rest([buy(95, 0.5)]) }).close())).toEqual([['changed', 'below-min-qty']]);
  });

  it('lowered to less than a lot is cancelled', () => {
    expect(second(rest([buy(95)]), rest([buy(95, 0.5)])).told.commands).toEqual([{ tag: 'cancel', leg: 0, order: 1 }]);
  });

  it('leaves an add and targets alone', () => {
    const engine = heldEngine({
      1: ({ intents }) => intents.all(intents.add({ qty: 1, at: 'limit', price: 96, validFor: 9 }), intents.setTargets([{ price: 110, fraction: 1 }])), 2: rest([]),
    });
    engine.close();
    accept(engine, 2, 3);

    expect(engine.close().commands).toEqual([]);
  });

  it('is not looked after at a close that wants something else; at the next hold it is', () => {
    const engine = engineOf({ 0: rest([buy(95)]), 1: ({ intents }) => intents.cancelEntry });
    engine.close();
    engine.take({ tag: 'order-cancelled', at: start, leg: 0, order: 1, cause: 'venue', filled: 0 });

    expect(engine.close().commands).toEqual([]);
    expect(engine.close().commands).toMatchObject([{ tag: 'enter', priceTicks: 95 }]);
  });

  it('says the last reason of several', () => {
    const told = engineOf({ 0: rest([buy(95, 2_000), buy(94, 0.5, { key: 'c' })]) }).close();

    expect(outcome(told)).toEqual([['changed', 'below-min-qty']]);
  });
});

describe('the total of a key', () => {
  it('counts what filled: 1 of 2 bought leaves 1; raised to 4 it stands at 4 in all', () => {
    const engine = engineOf({ 0: rest([buy(95, 2)]), 2: rest([buy(95, 4)]) });
    engine.close();
    accept(engine, 1);
    fill(engine, { order: 1, lots: 1, leaves: 1 });

    expect(engine.close().commands).toEqual([]);
    expect(engine.close().commands).toMatchObject([{ tag: 'amend', order: 1, lots: 4 }]);
    expect(engine.state.legs[0]!.resting?.filled).toEqual({ b: 1 });
  });

  it('of an order that ended with a part is sent for the rest only', () => {
    const engine = engineOf({ 0: rest([buy(95, 3)]) });
    engine.close();
    accept(engine, 1);
    fill(engine, { order: 1, lots: 1, leaves: 2 });
    engine.take({ tag: 'order-cancelled', at: engine.state.now, leg: 0, order: 1, cause: 'venue', filled: 1 });

    expect(engine.close().commands).toMatchObject([{ tag: 'enter', order: 2, lots: 2 }]);
  });

  it('reached is done: wanted again there is nothing to say', () => {
    const engine = engineOf({ 0: rest([buy(95)]), 1: rest([buy(95)]) });
    engine.close();
    accept(engine, 1);
    fill(engine, { order: 1, lots: 2 });

    expect(engine.close()).toEqual({ commands: [], notes: [] });
    expect(engine.state.refusals).toEqual({});
  });

  it('of a set that was given up is not counted any more, the fill is', () => {
    const engine = engineOf({ 0: rest([buy(95)]), 1: ({ intents }) => intents.exit('enough') });
    engine.close();
    accept(engine, 1);
    engine.close();
    fill(engine, { order: 1, lots: 2 });

    expect(engine.state.legs[0]!.position).toMatchObject({ lots: 2 });
  });

  it('reached is done while the key stays; lowered to what is filled, the rest is cancelled', () => {
    const engine = engineOf({ 0: rest([buy(95, 3)]), 1: rest([buy(95, 1)]) });
    engine.close();
    accept(engine, 1);
    fill(engine, { order: 1, lots: 1, leaves: 2 });
    expect(engine.close().commands).toEqual([{ tag: 'cancel', leg: 0, order: 1 }]);
    engine.take({ tag: 'order-cancelled', at: engine.state.now, leg: 0, order: 1, cause: 'requested', filled: 1 });

    expect(engine.close().commands).toEqual([]);
  });

  it('of a key that was absent once begins anew; of the others it goes on', () => {
    const both = rest([buy(95, 1), buy(94, 1, { key: 'c' })]);
    const engine = engineOf({ 0: both, 1: rest([buy(94, 1, { key: 'c' })]), 2: both });
    engine.close();
    accept(engine, 1, 2);
    fill(engine, { order: 1, lots: 1 });
    fill(engine, { order: 2, lots: 1, priceTicks: 94 });
    expect(engine.close().commands).toEqual([]);

    expect(engine.close().commands).toMatchObject([{ tag: 'enter', priceTicks: 95, lots: 1 }]);
  });

  it('not once: bought again at the next close, all of it', () => {
    const engine = engineOf({ 0: rest([buy(95, 2, { once: false })]) });
    engine.close();
    accept(engine, 1);
    fill(engine, { order: 1, lots: 2 });

    expect(engine.close().commands).toMatchObject([{ tag: 'enter', order: 2, lots: 2 }]);
  });

  it('not once, filled in part and gone: only the rest is bought', () => {
    const engine = engineOf({ 0: rest([buy(95, 2, { once: false })]) });
    engine.close();
    accept(engine, 1);
    fill(engine, { order: 1, lots: 1, leaves: 1 });
    engine.take({ tag: 'order-cancelled', at: engine.state.now, leg: 0, order: 1, cause: 'venue', filled: 1 });

    expect(engine.close().commands).toMatchObject([{ tag: 'enter', order: 2, lots: 1 }]);
  });
});

describe('the guard of a position', () => {
  const held = (guard: Guard, own: readonly Resting[] = []): ReturnType<Engine['close']> => heldEngine({ 1: rest(own, guard) }).close();

  it('is tightened by the set, never loosened, and left where it is', () => {
    expect(held({ long: 92.5 }).commands).toEqual([{ tag: 'set-stop', leg: 0, triggerTicks: 93, by: 'mark', trailTicks: 0, activeTicks: 0 }]);
    expect(held({ long: 90 }).commands).toEqual([]);
    expect(held({ long: 85 }).commands).toEqual([]);
    expect(held({ short: 120 }).commands).toEqual([]);
    expect(held({ long: noStop }).commands).toEqual([]);
  });

  it('of a short comes from the short side of the set', () => {
    const engine = engineOf({ 0: enter({ side: 'short', qty: 4, stop: 110 }), 1: rest([], { long: 90, short: 105.5 }) });
    engine.close();
    engine.take(execution(linear(), { at: start, id: 1, side: -1, lots: 4, priceTicks: 100, order: 1 }));
    engine.take({ tag: 'stop-set', at: start, leg: 0, triggerTicks: 110, by: 'mark', trailTicks: 0 });

    expect(engine.close().commands).toMatchObject([{ tag: 'set-stop', triggerTicks: 105 }]);
  });

  it('is the first stop of a waived position', () => {
    const engine = engineOf({ 0: enter({ ...long, stop: noStop }), 1: rest([], { long: 80 }) });
    engine.close();
    engine.take(execution(linear(), { at: start, id: 1, side: 1, lots: 4, priceTicks: 100, order: 1 }));

    expect(engine.close().commands).toMatchObject([{ tag: 'set-stop', triggerTicks: 80 }]);
  });

  it('of the other side is no stop for a waived position; of its own it is, also from above', () => {
    const waived = (side: 'long' | 'short', guard: Guard): readonly unknown[] => {
      const engine = engineOf({ 0: enter({ side, qty: 4, stop: noStop }), 1: rest([], guard) });
      engine.close();
      engine.take(execution(linear(), { at: start, id: 1, side: side === 'long' ? 1 : -1, lots: 4, priceTicks: 100, order: 1 }));
      return engine.close().commands;
    };

    expect(waived('long', { short: 120 })).toEqual([]);
    expect(waived('short', { long: 80 })).toEqual([]);
    expect(waived('short', { short: 120 })).toMatchObject([{ tag: 'set-stop', triggerTicks: 120 }]);
  });

  it('is tightened while only reducing too', () => {
    const engine = heldEngine({ 1: rest([], { long: 95 }) });
    engine.take({ tag: 'operator', at: start, verb: 'reduce-only' });

    expect(engine.close().commands).toMatchObject([{ tag: 'set-stop', triggerTicks: 95 }]);
  });

  it('that stands tighter rides on new orders too: 90 instead of 85', () => {
    expect(held({ long: 85 }, [buy(95)]).commands).toMatchObject([{ tag: 'enter', stopTicks: 90 }]);
    expect(held({ long: 92 }, [buy(95)]).commands).toMatchObject([{ tag: 'enter', stopTicks: 92 }, { tag: 'set-stop', triggerTicks: 92 }]);
    // The other side's stop has nothing to do with it.
    expect(held({ long: 85, short: 120 }, [sell(105)]).commands).toMatchObject([{ tag: 'enter', side: -1, stopTicks: 120 }]);
  });
});
