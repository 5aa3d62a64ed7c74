/** Entries as commands: how prices become whole ticks, what rides on the order, what replaces what. The engine alone. */
import { describe, expect, it } from 'vitest';
import type { Command, EnterCommand, Note, Order, State } from '../../engine/index.ts';
import { noStop } from '../../engine/index.ts';
import { inverse, linear, minute, start } from '../sim/market.ts';
import type { AnyScene } from '../sim/scripted.ts';
import { engineOf, enter, heldEngine, long, outcome } from './closing.ts';
import type { At, Engine, Wish } from './closing.ts';
import { execution } from './stepped.ts';

type Enter = Parameters<AnyScene['intents']['enter']>[0];
const reverse = (want: unknown): At[number] => ({ intents }) => intents.reverse(want as Enter);

function decided(want: unknown, wish: Wish = {}): { commands: readonly Command[]; notes: readonly Note[]; order: Order | undefined; state: State } {
  const engine = engineOf({ 0: enter(want) }, wish);
  return { ...engine.close(), order: engine.state.legs[0]!.orders[0], state: engine.state };
}
const sent = (want: unknown, wish: Wish = {}): EnterCommand => decided(want, wish).commands[0] as EnterCommand;
const refusal = (want: unknown, wish: Wish = {}): unknown => {
  const { commands, notes } = decided(want, wish);
  const [note] = notes;
  return commands.length === 0 && note?.tag === 'decision' ? [note.outcome, note.reason] : commands;
};

describe('an entry as a command', () => {
  it('at market: no price, immediate or cancel, the stop riding on it', () => {
    expect(sent(long)).toEqual({
      tag: 'enter', leg: 0, order: 1, side: 1, lots: 4, type: 'market', priceTicks: 0, triggerTicks: 0, triggerBy: 'last', triggerDirection: 0,
      timeInForce: 'IOC', stopTicks: 90, stopBy: 'mark',
    });
    expect(sent({ side: 'short', qty: 4, stop: 110, stopBy: 'last' })).toMatchObject({ side: -1, stopTicks: 110, stopBy: 'last' });
  });

  it('at a limit: rounded away from the market, a buy at 95.7 down to 95, a sale at 104.3 up to 105', () => {
    expect(sent({ ...long, at: 'limit', price: 95.7 })).toMatchObject({ type: 'limit', priceTicks: 95, triggerTicks: 0, triggerDirection: 0, timeInForce: 'GTC' });
    expect(sent({ side: 'short', qty: 4, stop: 110, at: 'limit', price: 104.3 })).toMatchObject({ priceTicks: 105 });
    expect(sent({ ...long, at: 'limit', price: 95, postOnly: true })).toMatchObject({ timeInForce: 'PostOnly' });
  });

  it('at a trigger: rounded towards the market; above the price it rises to it, below it falls', () => {
    expect(sent({ ...long, at: 'trigger', price: 105.7 })).toMatchObject({ type: 'market', priceTicks: 0, triggerTicks: 105, triggerDirection: 1, timeInForce: 'IOC' });
    expect(sent({ ...long, at: 'trigger', price: 94.3 })).toMatchObject({ triggerTicks: 95, triggerDirection: 2 });
    expect(sent({ ...long, at: 'trigger', price: 100 })).toMatchObject({ triggerTicks: 100, triggerDirection: 1 });
    expect(sent({ ...long, at: 'trigger', price: 52.5, stop: 20 }, { instrument: linear({ tick: '0.5' }) })).toMatchObject({ triggerTicks: 105, triggerDirection: 1 });
    expect(sent({ ...long, at: 'trigger', price: 49.5, stop: 20 }, { instrument: linear({ tick: '0.5' }) })).toMatchObject({ triggerTicks: 99, triggerDirection: 2 });
  });

  it('at a trigger with a limit: a buy at 105, no higher than 107.9', () => {
    const { commands, order } = decided({ ...long, at: 'trigger', price: 105, limit: 107.9 });

    expect(commands).toMatchObject([{ type: 'limit', priceTicks: 107, triggerTicks: 105, triggerDirection: 1, timeInForce: 'GTC' }]);
    expect(order).toMatchObject({ referenceTicks: 107 }); // the worse of the two
    expect(decided({ ...long, at: 'trigger', price: 105, limit: 103 }).order).toMatchObject({ referenceTicks: 105, priceTicks: 103 });
    expect(decided({ side: 'short', qty: 4, stop: 110, at: 'trigger', price: 95, limit: 93.2 }).order).toMatchObject({ referenceTicks: 94, priceTicks: 94 });
    expect(decided({ side: 'short', qty: 4, stop: 110, at: 'trigger', price: 95, limit: 97 }).order).toMatchObject({ referenceTicks: 95, priceTicks: 97 });
    expect(decided({ ...long, at: 'trigger', price: 105 }).order).toMatchObject({ referenceTicks: 105 });
  });

  it.each([
    ['a limit', { ...long, at: 'limit', price: 0.9, stop: 0.5 }], ['the limit behind a trigger', { ...long, at: 'trigger', price: 105, limit: 0.9 }],
  ])('of which %s is less than one tick is refused, never sent at market', (_, want) => {
    expect(refusal(want)).toEqual(['refused', 'price-below-tick']);
  });

  it('of which the trigger is less than one tick is refused: rising from nothing', () => {
    expect(refusal({ side: 'short', qty: 1, stop: 5, at: 'trigger', price: 0.9 }, { ticks: 0 })).toEqual(['refused', 'price-below-tick']);
  });

  it('measures slippage from the last close when at market, also one that is no whole tick', () => {
    expect(decided(long).order).toMatchObject({ referenceTicks: 100 });
    const engine = engineOf({ 0: enter(long) });
    engine.close(100.4);
    expect(engine.state.legs[0]!.orders[0]).toMatchObject({ referenceTicks: 100 });
  });
});

describe('the stop of an entry', () => {
  it('as a level is rounded towards the market: 90.3 up to 91 for a long, 110.7 down to 110 for a short', () => {
    expect(sent({ ...long, stop: 90.3 })).toMatchObject({ stopTicks: 91 });
    expect(sent({ side: 'short', qty: 1, stop: 110.7 })).toMatchObject({ stopTicks: 110 });
  });

  it('as a distance is rounded down, never below one tick, and counted from the reference', () => {
    expect(sent({ ...long, stop: { distance: 5.9 } })).toMatchObject({ stopTicks: 95 });
    expect(sent({ ...long, stop: { distance: 0.2 } })).toMatchObject({ stopTicks: 99 });
    expect(sent({ side: 'short', qty: 1, stop: { distance: 5.9 } })).toMatchObject({ stopTicks: 105 });
    expect(sent({ ...long, at: 'limit', price: 95, stop: { distance: 5 } })).toMatchObject({ stopTicks: 90 });
  });

  it('must be a tick away from a limit, on its loss side', () => {
    expect(sent({ ...long, at: 'limit', price: 95, stop: 94 })).toMatchObject({ stopTicks: 94 });
    for (const stop of [95, 96]) expect(refusal({ ...long, at: 'limit', price: 95, stop })).toEqual(['refused', 'stop-wrong-side']);
    for (const stop of [105, 104]) expect(refusal({ side: 'short', qty: 1, at: 'limit', price: 105, stop })).toEqual(['refused', 'stop-wrong-side']);
  });

  it('must be above zero: a distance of 100 from 100', () => {
    expect(refusal({ ...long, stop: { distance: 100 } })).toEqual(['refused', 'stop-wrong-side']);
    expect(sent({ ...long, qty: 1, stop: { distance: 99 } })).toMatchObject({ stopTicks: 1 });
  });

  it('at market must not be through its own source: the mark at 90 or below, unless judged by last', () => {
    expect(refusal(long, { markTicks: 90 })).toEqual(['refused', 'stop-wrong-side']);
    expect(sent(long, { markTicks: 90.5 })).toMatchObject({ stopTicks: 90 });
    expect(sent({ ...long, stopBy: 'last' }, { markTicks: 90 })).toMatchObject({ stopTicks: 90, stopBy: 'last' });
  });

  it('of an order that does not act now is judged when it does: the mark at 80 is no reason to refuse', () => {
    expect(sent({ ...long, at: 'limit', price: 95 }, { markTicks: 80 })).toMatchObject({ stopTicks: 90 });
    expect(sent({ ...long, at: 'trigger', price: 105 }, { markTicks: 80 })).toMatchObject({ stopTicks: 90 });
  });

  it('is told with the refusal, beside the price and the lots asked', () => {
    expect(decided({ ...long, stop: 105 }).notes).toMatchObject([{ intent: 'enter', outcome: 'refused', priceTicks: 100, stopTicks: 105, lots: 0 }]);
    expect(decided({ ...long, stop: 105 }).state.refusals).toEqual({ 'stop-wrong-side': 1 });
  });

  it('waived leaves none on the order and no risk in its terms', () => {
    const { commands, order, notes } = decided({ side: 'long', qty: 4, stop: noStop });

    expect(commands).toMatchObject([{ stopTicks: 0 }]);
    expect(order?.terms).toMatchObject({ stopTicks: 0, distanceTicks: 0, risk: 0, follows: false });
    expect(notes).toMatchObject([{ outcome: 'accepted', stopTicks: Number.NaN, priceTicks: 100, lots: 4 }]);
  });
});

describe('the terms of an entry', () => {
  it('are whole ticks: targets towards the market, the trail down, its start to the nearest', () => {
    const { order } = decided({
      ...long, breakEvenAt: 1.5, validFor: 3, reason: 'why', targets: [{ price: 110.7, fraction: 0.25 }, { price: 120, fraction: 0.75 }], trail: { distance: 5.9, from: 110.6 },
    });

    // A lot loses 10, 0.1 of 100 and 0.09 of 90; four of them 40.76.
    expect(order).toMatchObject({ role: 'entry', reduceOnly: false, key: '', reason: 'why', endsAtDecision: 4, attempt: 1, isUnwanted: false, filled: 0, state: { tag: 'sent', since: start } });
    expect(order?.terms).toEqual({
      stopTicks: 90, stopBy: 'mark', distanceTicks: 10, follows: false, risk: expect.closeTo(40.76, 9) as number, breakEvenAt: 1.5, isAdd: false,
      targets: [{ priceTicks: 110, fraction: 0.25 }, { priceTicks: 120, fraction: 0.75 }], trailTicks: 5, trailFromTicks: 111,
    });
  });

  it('of a short: targets rounded up, a trail of less than a tick is one, one from nowhere active at once', () => {
    expect(decided({ side: 'short', qty: 4, stop: { distance: 10 }, targets: [{ price: 90.3, fraction: 1 }], trail: { distance: 0.3 } }).order?.terms).toMatchObject({
      follows: true, targets: [{ priceTicks: 91, fraction: 1 }], trailTicks: 1, trailFromTicks: 0,
    });
  });

  it('without a trail has none, and ends with the next decision', () => {
    expect(decided(long).order).toMatchObject({ endsAtDecision: 2, terms: { trailTicks: 0, trailFromTicks: 0, targets: [], breakEvenAt: 0 } });
  });
});

describe('the planned loss of an entry', () => {
  // Two ticks of slippage each way, 0.1 % as taker, 0.05 % as maker.
  const slippage = { slippage: { kind: 'ticks', n: 2 } } as const;
  it.each<[string, object, number]>([
    ['at market pays 102 and gets 88', {}, 14 + 0.102 + 0.088], ['at a limit pays its price', { at: 'limit', price: 95 }, 7 + 0.095 + 0.088],
    ['as a maker pays the maker fee', { at: 'limit', price: 95, postOnly: true }, 7 + 0.0475 + 0.088],
    ['at a trigger pays slippage on it', { at: 'trigger', price: 105 }, 19 + 0.107 + 0.088],
    ['behind a trigger with a limit pays no more than the worse of both', { at: 'trigger', price: 105, limit: 106 }, 18 + 0.106 + 0.088],
  ])('%s', (_, own, each) => {
    expect(decided({ ...long, ...own }, { config: slippage }).order!.terms!.risk).toBeCloseTo(4 * each, 9);
  });
});

describe('an entry wanted again', () => {
  const limit = (own: object = {}): At[number] => enter({ ...long, at: 'limit', price: 95, validFor: 5, ...own });
  /** The first one accepted by the venue, then the second decision. */
  function second(next: At[number], first = limit(), isAccepted = true): { engine: Engine; commands: readonly Command[]; notes: readonly Note[] } {
    const engine = engineOf({ 0: first, 1: next });
    engine.close();
    if (isAccepted) engine.take({ tag: 'order-accepted', at: start, leg: 0, order: 1 });
    return { engine, ...engine.close() };
  }

  it('unchanged is held, and works as long as the newer one says', () => {
    const { engine, commands, notes } = second(limit({ validFor: 9 }));

    expect(commands).toEqual([]);
    expect(notes).toMatchObject([{ outcome: 'changed', reason: 'entry-working', lots: 4, priceTicks: 95, stopTicks: 90 }]);
    expect(engine.state.legs[0]!.orders).toMatchObject([{ id: 1, endsAtDecision: 11, state: { tag: 'working' } }]);
  });

  it('unchanged while the first has no answer is held too', () => {
    expect(second(limit(), limit(), false).commands).toEqual([]);
  });

  it('at another price is amended: the same order at 96, with the distance and planned loss from there, filled and sent as before', () => {
    const { engine, commands } = second(limit({ price: 96, reason: 'higher' }));

    expect(commands).toEqual([{ tag: 'amend', leg: 0, order: 1, priceTicks: 96, lots: 4 }]);
    expect(engine.state.legs[0]!.orders).toMatchObject([{
      id: 1, priceTicks: 96, referenceTicks: 96, lots: 4, filled: 0, sentAt: start, reason: 'higher', state: { tag: 'working' }, terms: { distanceTicks: 6, stopTicks: 90 },
    }]);
    expect(engine.state.legs[0]!.orders[0]!.terms!.risk).toBeCloseTo(4 * (6 + 0.096 + 0.09), 9);
  });

  it('at another price while the first has no answer is cancelled and sent anew once that one is gone', () => {
    const { engine, commands } = second(limit({ price: 96 }), limit(), false);

    expect(commands).toEqual([{ tag: 'cancel', leg: 0, order: 1 }]);
    expect(engine.state.legs[0]!.staged).toMatchObject({ after: 1, until: 'done', order: { id: 2, priceTicks: 96 } });
    const { commands: after } = engine.take({ tag: 'order-cancelled', at: start + minute, leg: 0, order: 1, cause: 'requested', filled: 0 });
    expect(after).toMatchObject([{ tag: 'enter', order: 2, priceTicks: 96 }]);
  });

  it.each([
    ['another side', { side: 'short', qty: 4, stop: 110, at: 'limit', price: 105 }], ['another size', { ...long, qty: 5, at: 'limit', price: 95 }],
    ['another stop', { ...long, stop: 89, at: 'limit', price: 95 }], ['post-only', { ...long, at: 'limit', price: 95, postOnly: true }],
    ['a trigger', { ...long, at: 'trigger', price: 105, limit: 95 }], ['the market', long],
  ])('with %s replaces the first: cancelled now, sent when that is done', (_, want) => {
    const { engine, commands } = second(enter(want));

    expect(commands).toEqual([{ tag: 'cancel', leg: 0, order: 1 }]);
    expect(engine.state.legs[0]!.staged).toMatchObject({ after: 1, until: 'done', order: { id: 2 } });
  });

  it('is judged without the order it takes the place of: 100 of 105 lots of room, one tick higher', () => {
    const all = (price: number): At[number] => enter({ side: 'long', qty: 100, stop: 90, at: 'limit', price, validFor: 5 });
    const engine = engineOf({ 0: all(95), 1: all(96) }, { config: { risk: { maxLeverage: 1, maxOpenRisk: 1 } } });
    engine.close();
    engine.take({ tag: 'order-accepted', at: start, leg: 0, order: 1 });

    expect(engine.close().commands).toMatchObject([{ tag: 'amend', priceTicks: 96 }]);
  });

  it('on the other side, both without a stop, is another order, not another price', () => {
    const waived = (side: string, price: number): At[number] => enter({ side, qty: 4, stop: noStop, at: 'limit', price, validFor: 5 });

    expect(second(waived('short', 105), waived('long', 95)).commands).toEqual([{ tag: 'cancel', leg: 0, order: 1 }]);
  });

  it('as it was while its cancel is under way is sent anew, not held', () => {
    const engine = engineOf({ 0: limit(), 1: ({ intents }) => intents.cancelEntry, 2: limit() });
    engine.close();
    engine.take({ tag: 'order-accepted', at: start, leg: 0, order: 1 });
    engine.close();
    engine.close();

    expect(engine.take({ tag: 'order-cancelled', at: start + 2 * minute, leg: 0, order: 1, cause: 'requested', filled: 0 }).commands).toMatchObject([{ tag: 'enter', order: 2 }]);
  });

  it('as an add at its price and size, after a part of it filled, is another order', () => {
    const engine = engineOf({ 0: limit(), 1: ({ intents }) => intents.add({ qty: 4, at: 'limit', price: 95, validFor: 5 }) });
    engine.close();
    engine.take(execution(linear(), { at: start, id: 1, side: 1, lots: 1, priceTicks: 95, order: 1, leaves: 3 }));
    engine.take({ tag: 'stop-set', at: start, leg: 0, triggerTicks: 90, by: 'mark', trailTicks: 0 });

    expect(engine.close().commands).toMatchObject([{ tag: 'cancel', order: 1 }]);
  });

  it('trimmed as before is held, not trimmed again', () => {
    const risky = enter({ side: 'long', risk: 0.1, stop: 94, at: 'limit', price: 95, validFor: 5 });
    const engine = engineOf({ 0: risky, 1: risky }, { config: { leverage: 1 } });

    expect([outcome(engine.close()), outcome(engine.close())]).toEqual([[['changed', 'trimmed-to-room']], [['changed', 'entry-working']]]);
  });

  it('as a trigger at another trigger replaces too; at the same one it is held', () => {
    const sleeping = (price: number, limitPrice: number): At[number] => enter({ ...long, at: 'trigger', price, limit: limitPrice });

    expect(second(sleeping(106, 107), sleeping(105, 107)).commands).toEqual([{ tag: 'cancel', leg: 0, order: 1 }]);
    expect(second(sleeping(105, 107), sleeping(105, 107)).commands).toEqual([]);
    expect(second(sleeping(105, 108), sleeping(105, 107)).commands).toMatchObject([{ tag: 'amend', priceTicks: 108 }]);
    // At market there is no price to amend: another trigger is another order.
    expect(second(enter({ ...long, at: 'trigger', price: 106 }), enter({ ...long, at: 'trigger', price: 105 })).commands).toMatchObject([{ tag: 'cancel' }]);
  });

  it('a third time while the first is still ending replaces what waits', () => {
    const engine = engineOf({ 0: limit(), 1: limit({ qty: 5 }), 2: limit({ qty: 6 }) });
    engine.close();
    engine.take({ tag: 'order-accepted', at: start, leg: 0, order: 1 });
    engine.close();

    expect(engine.close().commands).toEqual([]); // its cancel is under way
    expect(engine.state.legs[0]!.staged).toMatchObject({ after: 1, order: { id: 3, lots: 6 } });
  });
});

describe('a reversal', () => {
  const short = { side: 'short', qty: 3, stop: 110 } as const;

  it('sends the exit of 4 first and keeps the entry of 3 until that is accepted', () => {
    const engine = heldEngine({ 1: reverse(short) });

    expect(engine.close().commands).toEqual([{ tag: 'reduce', leg: 0, order: 3, side: -1, lots: 4, type: 'market', priceTicks: 0, timeInForce: 'IOC', reduceOnly: true }]);
    expect(engine.state.legs[0]!.orders).toMatchObject([{ role: 'exit', reason: 'reverse' }]);
    expect(engine.state.legs[0]!.staged).toMatchObject({ after: 3, until: 'accepted', order: { id: 2, side: -1, lots: 3 } });
    expect(engine.take({ tag: 'order-accepted', at: start + minute, leg: 0, order: 3 }).commands).toMatchObject([{ tag: 'enter', order: 2, side: -1, lots: 3 }]);
  });

  it('is accepted, as is an entry that takes the place of another', () => {
    expect(outcome(heldEngine({ 1: reverse(short) }).close())).toEqual([['accepted', '']]);
    const engine = engineOf({ 0: enter({ ...long, at: 'limit', price: 95, validFor: 5 }), 1: enter({ ...long, at: 'limit', price: 96, validFor: 5, reason: 'up' }), 2: enter({ ...long, qty: 5, at: 'limit', price: 96 }) });
    engine.close();
    engine.take({ tag: 'order-accepted', at: start, leg: 0, order: 1 });

    expect([outcome(engine.close()), outcome(engine.close())]).toEqual([[['accepted', 'up']], [['accepted', '']]]);
  });

  it('carries its reason to the exit', () => {
    const engine = heldEngine({ 1: reverse({ ...short, reason: 'turn' }) });
    engine.close();

    expect(engine.state.legs[0]!.orders).toMatchObject([{ role: 'exit', reason: 'turn' }]);
  });

  it('of the side that is held is held: already-in', () => {
    const engine = heldEngine({ 1: reverse(long) });

    expect(outcome(engine.close())).toEqual([['changed', 'already-in']]);
  });

  it('while an exit works is held: exit-working', () => {
    const engine = heldEngine({ 1: reverse({ ...short, validFor: 5 }), 2: reverse({ ...short, qty: 9 }) });
    engine.close();

    expect(outcome(engine.close())).toEqual([['changed', 'exit-working']]);
  });

  it('with a working add cancels that one too, then leaves', () => {
    const engine = heldEngine({ 1: ({ intents }) => intents.add({ at: 'limit', price: 95, qty: 1, validFor: 9 }), 2: reverse(short) });
    engine.close();
    engine.take({ tag: 'order-accepted', at: start + minute, leg: 0, order: 2 });

    expect(engine.close().commands).toMatchObject([{ tag: 'cancel', order: 2 }, { tag: 'reduce', lots: 4 }]);
    expect(engine.state.legs[0]!.staged).toMatchObject({ until: 'accepted', order: { side: -1 } });
  });

  it('that has not been sent yet is forgotten for a plain entry once the position is gone', () => {
    const engine = heldEngine({ 1: reverse(short), 2: enter({ ...long, qty: 2 }) });
    engine.close();
    // The stop fires before the exit is heard of.
    engine.take({ ...execution(linear(), { at: start + minute, id: 2, side: -1, lots: 4, priceTicks: 90 }), cause: 'stop' });

    expect(engine.close().commands).toMatchObject([{ tag: 'enter', side: 1, lots: 2 }]);
    expect(engine.state.legs[0]!.staged).toBeNull();
  });
});

describe('an add', () => {
  const add = (want: unknown): At[number] => ({ intents }) => intents.add(want as Parameters<typeof intents.add>[0]);

  it('is an entry of the position\'s side with its stop riding on it, marked as an add', () => {
    const engine = heldEngine({ 1: add({ qty: 2, reason: 'more', validFor: 2 }) });

    expect(engine.close().commands).toMatchObject([{ tag: 'enter', side: 1, lots: 2, type: 'market', stopTicks: 90, stopBy: 'mark' }]);
    expect(engine.state.legs[0]!.orders[0]).toMatchObject({ reason: 'more', endsAtDecision: 4, terms: { isAdd: true, distanceTicks: 10, follows: false, targets: [], trailTicks: 0, trailFromTicks: 0, breakEvenAt: 0 } });
  });

  it('at a limit measures the distance from there', () => {
    const engine = heldEngine({ 1: add({ qty: 2, at: 'limit', price: 95.5, stop: 91.5 }) });

    // A buy down to 95, the stop up to 92: three ticks.
    expect(engine.close().commands).toMatchObject([{ priceTicks: 95, stopTicks: 92 }]);
    expect(engine.state.legs[0]!.orders[0]!.terms).toMatchObject({ distanceTicks: 3 });
  });

  it.each([[95, 95], [90, 90], [85, 90], [undefined, 90]])('with a stop of %s has %i riding on it', (stop, expected) => {
    const engine = heldEngine({ 1: add({ qty: 2, ...(stop === undefined ? {} : { stop }) }) });

    expect(engine.close().commands).toMatchObject([{ stopTicks: expected }]);
  });

  it('with a stop on the wrong side of its price is refused', () => {
    const engine = heldEngine({ 1: add({ qty: 2, stop: 101 }), 2: add({ qty: 2, at: 'limit', price: 90 }) });

    expect(outcome(engine.close())).toEqual([['refused', 'stop-wrong-side']]);
    expect(outcome(engine.close())).toEqual([['refused', 'stop-wrong-side']]);
  });

  it('is refused without a position, below a tick, and once the position is to be left', () => {
    const flat = engineOf({ 0: add({ qty: 1 }) });
    expect(outcome(flat.close())).toEqual([['refused', 'no-position']]);
    const engine = heldEngine({ 1: add({ qty: 2, at: 'limit', price: 0.5 }), 2: ({ intents }) => intents.exit('out'), 3: add({ qty: 2 }) });

    expect(outcome(engine.close())).toEqual([['refused', 'price-below-tick']]);
    engine.close();
    expect(outcome(engine.close())).toEqual([['refused', 'exit-working']]);
  });

  it('to a position without a stop may be stated, not risked; a stop given with it is its first', () => {
    const waived = (at: At[number]): Engine => {
      const engine = engineOf({ 0: enter({ side: 'long', qty: 4, stop: noStop }), 1: at });
      engine.close();
      engine.take(execution(linear(), { at: start, id: 1, side: 1, lots: 4, priceTicks: 100, order: 1 }));
      return engine;
    };

    expect(waived(add({ qty: 1 })).close().commands).toMatchObject([{ tag: 'enter', stopTicks: 0 }]);
    expect(waived(add({ notional: 200 })).close().commands).toMatchObject([{ tag: 'enter', lots: 2, stopTicks: 0 }]);
    expect(outcome(waived(add({ risk: 0.01 })).close())).toEqual([['refused', 'risk-without-stop']]);
    expect(outcome(waived(add({ riskQuote: 5 })).close())).toEqual([['refused', 'risk-without-stop']]);
    expect(waived(add({ qty: 1, stop: 95 })).close().commands).toMatchObject([{ tag: 'enter', stopTicks: 95 }]);
  });

  it('to a waived short may bring its first stop from above', () => {
    const engine = engineOf({ 0: enter({ side: 'short', qty: 4, stop: noStop }), 1: add({ qty: 1, stop: 105 }) });
    engine.close();
    engine.take(execution(linear(), { at: start, id: 1, side: -1, lots: 4, priceTicks: 100, order: 1 }));

    expect(engine.close().commands).toMatchObject([{ tag: 'enter', stopTicks: 105 }]);
  });

  it('of a short has its stop rounded down and above', () => {
    const engine = engineOf({ 0: enter({ side: 'short', qty: 4, stop: 110, stopBy: 'last' }), 1: add({ qty: 1, stop: 105.8 }) });
    engine.close();
    engine.take(execution(linear(), { at: start, id: 1, side: -1, lots: 4, priceTicks: 100, order: 1 }));

    expect(engine.close().commands).toMatchObject([{ side: -1, stopTicks: 105, stopBy: 'last' }]);
    expect(engine.state.legs[0]!.orders[0]!.terms).toMatchObject({ distanceTicks: 5 });
  });
});

describe('the lots of an entry', () => {
  it('given as risk are trimmed to room and told so; given as a quantity they are refused instead', () => {
    const risky = decided({ side: 'long', risk: 0.1, stop: 99 }, { config: { leverage: 5 } });

    // 10,000 / (20 + 0.1 + 0.12) a lot.
    expect(risky.commands).toMatchObject([{ lots: 494 }]);
    expect(risky.notes).toMatchObject([{ outcome: 'changed', reason: 'trimmed-to-room', lots: 494, priceTicks: 100, stopTicks: 99 }]);
    expect(refusal({ side: 'long', qty: 495, stop: 99 }, { config: { leverage: 5 } })).toEqual(['refused', 'insufficient-margin']);
    expect(refusal({ side: 'long', notional: 49_600, stop: 99 }, { config: { leverage: 5 } })).toEqual(['refused', 'insufficient-margin']);
  });

  it('trimmed to less than the smallest order are refused as a lack of margin, with the lots asked', () => {
    const { notes, commands } = decided({ side: 'long', risk: 0.1, stop: 99 }, { config: { leverage: 5 }, instrument: linear({ minQty: '495' }) });

    // 1,000 over 1.199 a lot: 834 asked.
    expect(commands).toEqual([]);
    expect(notes).toMatchObject([{ outcome: 'refused', reason: 'insufficient-margin', lots: 834 }]);
  });

  it('inverse by riskQuote: 0.1 coin over 0.0025225 a contract', () => {
    expect(sent({ side: 'long', riskQuote: 0.1, stop: 80 }, { instrument: inverse(), ticks: 200, config: { cash: 10 } })).toMatchObject({ lots: 39, stopTicks: 160 });
  });
});
