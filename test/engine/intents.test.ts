import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IntentError, intents, readIntent } from '../../engine/intents.ts';
import type { WantEnter } from '../../engine/intents.ts';
import { noStop } from '../../engine/index.ts';
import type { Enter, Intent, Resting } from '../../engine/index.ts';

/** What a strategy without types may write. */
const enter = (want: unknown): Intent => intents.enter(want as Enter);

describe('an intent made by the factory', () => {
  it('enter at market with a stop level spells out every default', () => {
    expect(readIntent(intents.enter({ side: 'long', risk: 0.005, stop: 90 }))).toEqual({
      tag: 'enter', side: 'long', at: 'market', price: 0, limit: 0, postOnly: false, sizeBy: 'risk', size: 0.005,
      validFor: 1, reason: '', stopKind: 'level', stop: 90, stopBy: 'mark', breakEvenAt: 0, targets: [],
      trailDistance: 0, trailFrom: 0,
    });
  });

  it('reverse with everything stated keeps everything', () => {
    const want = readIntent(intents.reverse({
      side: 'short', notional: 1_000, at: 'trigger', price: 95, limit: 94, stop: { distance: 3 }, stopBy: 'last', breakEvenAt: 1,
      targets: [{ price: 90, fraction: 0.5 }, { price: 80, fraction: 0.5 }], trail: { distance: 2, from: 91 }, validFor: 3,
      reason: 'turn',
    }));

    expect(want).toEqual({
      tag: 'reverse', side: 'short', at: 'trigger', price: 95, limit: 94, postOnly: false, sizeBy: 'notional', size: 1_000,
      validFor: 3, reason: 'turn', stopKind: 'distance', stop: 3, stopBy: 'last', breakEvenAt: 1,
      targets: [{ price: 90, fraction: 0.5 }, { price: 80, fraction: 0.5 }], trailDistance: 2, trailFrom: 91,
    });
  });

  it('an entry without a stop says so in so many words', () => {
    expect(readIntent(intents.enter({ side: 'long', qty: 1, stop: noStop }))).toMatchObject({ stopKind: 'waived', stop: 0 });
  });

  it('the small ones carry their numbers', () => {
    expect(readIntent(intents.hold)).toEqual({ tag: 'hold' });
    expect(readIntent(intents.cancelEntry)).toEqual({ tag: 'cancel-entry' });
    expect(readIntent(intents.exit('lost'))).toEqual({ tag: 'exit', reason: 'lost' });
    expect(readIntent(intents.reduce({ fraction: 0.5, reason: 'half' }))).toEqual({ tag: 'reduce', fraction: 0.5, reason: 'half' });
    expect(readIntent(intents.moveStop(95))).toEqual({ tag: 'move-stop', price: 95, loosen: false });
    expect(readIntent(intents.moveStop(95, { loosen: true }))).toEqual({ tag: 'move-stop', price: 95, loosen: true });
    expect(readIntent(intents.setTargets([]))).toEqual({ tag: 'set-targets', targets: [] });
    expect(readIntent(intents.add({ qty: 1, at: 'limit', price: 90, postOnly: true }))).toMatchObject({
      tag: 'add', at: 'limit', price: 90, postOnly: true, sizeBy: 'qty', size: 1, stop: 0,
    });
  });

  it('a resting set spells out the defaults: may open, may take, once', () => {
    expect(readIntent(intents.rest([{ key: 'b1', side: 'buy', price: 90, qty: 1 }], { long: 80 }))).toEqual({
      tag: 'rest', long: 80, short: 'absent', stopBy: 'mark',
      orders: [{ key: 'b1', side: 'buy', price: 90, qty: 1, reduceOnly: false, postOnly: false, once: true }],
    });
  });

  it('a list changed after the call does not change the want', () => {
    const targets = [{ price: 110, fraction: 0.5 }];
    const want = readIntent(intents.setTargets(targets));

    targets.push({ price: 120, fraction: 0.5 });

    expect(want).toEqual({ tag: 'set-targets', targets: [{ price: 110, fraction: 0.5 }] });
  });
});

describe('several wants at once', () => {
  it('are flattened, holds left out; one alone is itself and none is hold', () => {
    const { all, hold, moveStop, cancelEntry, setTargets } = intents;

    expect(readIntent(all(hold, all(cancelEntry, hold), all(moveStop(95), setTargets([]))))).toEqual({
      tag: 'all', wants: [{ tag: 'cancel-entry' }, { tag: 'move-stop', price: 95, loosen: false }, { tag: 'set-targets', targets: [] }],
    });
    expect(readIntent(all(hold, moveStop(95)))).toEqual({ tag: 'move-stop', price: 95, loosen: false });
    expect(readIntent(all())).toEqual({ tag: 'hold' });
  });

  it('that contradict each other are refused, nested or not', () => {
    const { all, enter: open, exit, moveStop } = intents;
    const long = open({ side: 'long', qty: 1, stop: 90 });

    expect(() => all(long, all(exit('no')))).toThrow('all must have at most one of enter, add, reverse, exit, was \'enter and exit\'');
    expect(() => all(moveStop(1), moveStop(2))).toThrow("all must have at most one move-stop, was 'two'");
    expect(() => all(long, {} as Intent)).toThrow(IntentError);
    const add = intents.add({ qty: 1 });
    const reverse = intents.reverse({ side: 'short', qty: 1, stop: 110 });
    expect(() => all(add, reverse)).toThrow("was 'add and reverse'");
    expect(() => all(reverse, exit('no'))).toThrow("was 'reverse and exit'");
    expect(() => all(long, add)).toThrow("was 'enter and add'");
  });
});

describe('garbage instead of a decision', () => {
  it.each([
    undefined, null, 5, 'hold', Number.NaN, true, [], {}, { tag: 'hold' }, () => intents.hold,
    { ...intents.moveStop(95), price: 1 },
  ])('%s was not made by intents', (value) => {
    expect(() => readIntent(value)).toThrow(/^decision must be made by intents, was /);
  });

  it('any value at all throws an IntentError and nothing else', () => {
    fc.assert(fc.property(fc.anything(), (value) => {
      expect(() => readIntent(value)).toThrow(IntentError);
    }));
  });
});

describe('a want with an impossible field', () => {
  const long = { side: 'long', qty: 1, stop: 90 };
  it.each([
    [{ ...long, stop: Number.NaN }, 'enter.stop must be finite, was NaN'],
    [{ side: 'long', qty: 1 }, 'enter.stop must be finite, was undefined'],
    [{ ...long, stop: null }, 'enter.stop must be finite, was null'],
    [{ ...long, stop: 0 }, 'enter.stop must be above 0, was 0'],
    [{ ...long, stop: 'none' }, "enter.stop must be finite, was 'none'"],
    [{ ...long, stop: { distance: -1 } }, 'enter.stop.distance must be above 0, was -1'],
    [{ ...long, side: 'buy' }, "enter.side must be 'long' or 'short', was 'buy'"],
    [{ ...long, qty: Number.POSITIVE_INFINITY }, 'enter.qty must be finite, was Infinity'],
    [{ ...long, risk: 0.01 }, "enter must have exactly one of risk, riskQuote, notional, qty, was 'risk and qty'"],
    [{ side: 'long', stop: 90 }, "enter must have exactly one of risk, riskQuote, notional, qty, was 'none'"],
    [{ side: 'long', risk: 1.5, stop: 90 }, 'enter.risk must be above 0 and at most 1, was 1.5'],
    [{ side: 'long', risk: 0.01, stop: noStop }, 'enter.risk must come with a stop'],
    [{ side: 'long', riskQuote: 10, stop: noStop }, 'enter.riskQuote must come with a stop'],
    [{ ...long, stop: noStop, breakEvenAt: 1 }, 'enter.breakEvenAt must come with a stop'],
    [{ ...long, price: 100 }, "enter.price must come with at: 'limit' or at: 'trigger', was 100"],
    [{ ...long, at: 'limit' }, 'enter.price must be finite, was undefined'],
    [{ ...long, at: 'limit', price: 100, limit: 99 }, "enter.limit must come with at: 'trigger', was 99"],
    [{ ...long, at: 'trigger', price: 100, postOnly: true }, "enter.postOnly must come with at: 'limit', was true"],
    [{ ...long, at: 'soon' }, "enter.at must be 'market', 'limit' or 'trigger', was 'soon'"],
    [{ ...long, validFor: 0 }, 'enter.validFor must be a whole number of at least 1, was 0'],
    [{ ...long, validFor: 1.5 }, 'enter.validFor must be a whole number of at least 1, was 1.5'],
    [{ ...long, reason: '' }, 'enter.reason must be a text of 1 to 200 characters'],
    [{ ...long, stopBy: 'index' }, "enter.stopBy must be 'mark' or 'last', was 'index'"],
    [{ ...long, trail: { distance: 0 } }, 'enter.trail.distance must be above 0, was 0'],
    [{ ...long, targets: [{ price: 110, fraction: 0.6 }, { price: 120, fraction: 0.6 }] }, 'enter.targets fractions must sum to at most 1, was 1.2'],
    [{ ...long, targets: [{ price: 110 }] }, 'enter.targets[0].fraction must be finite, was undefined'],
    [{ ...long, target: [] }, 'enter.target must be one of at, price, limit, postOnly, risk, riskQuote, notional, qty, stop, validFor, reason, side, stopBy, targets, trail, breakEvenAt'],
    [{ ...long, stop: { distance: 5, from: 1 } }, "enter.stop.from must be one of distance, was 'from'"],
    [{ ...long, stop: { level: 5 } }, "enter.stop.level must be one of distance, was 'level'"],
    [{ ...long, stop: ['90'] }, 'enter.stop must be an object, was a list'],
    [{ ...long, trail: 5 }, 'enter.trail must be an object, was 5'],
    [{ ...long, trail: { distance: 5, till: 1 } }, "enter.trail.till must be one of distance, from, was 'till'"],
    [{ ...long, trail: { distance: 5, from: 0 } }, 'enter.trail.from must be above 0, was 0'],
    [{ ...long, at: 'limit', price: 100, postOnly: 'yes' }, "enter.postOnly must be true or false, was 'yes'"],
    [{ ...long, at: 'trigger', price: 100, limit: 0 }, 'enter.limit must be above 0, was 0'],
    [{ ...long, targets: {} }, 'enter.targets must be a list, was an object'],
    [{ ...long, targets: [5] }, 'enter.targets[0] must be an object, was 5'],
    [{ ...long, targets: [{ price: 110, fraction: 0.5 }, { price: -1, fraction: 0.5 }] }, 'enter.targets[1].price must be above 0, was -1'],
    [{ ...long, targets: [{ price: 110, fraction: 0.5, reason: 'x' }] }, "enter.targets[0].reason must be one of price, fraction, was 'reason'"],
    [{ ...long, reason: 'x'.repeat(201) }, `enter.reason must be a text of 1 to 200 characters, was '${'x'.repeat(60)}...'`],
    [{ ...long, reason: 5 }, 'enter.reason must be a text of 1 to 200 characters, was 5'],
    [{ ...long, validFor: '2' }, "enter.validFor must be a whole number of at least 1, was '2'"],
    [{ ...long, qty: '1' }, "enter.qty must be finite, was '1'"],
    [{ ...long, qty: () => 1 }, 'enter.qty must be finite, was a function'],
    [{ ...long, qty: [1] }, 'enter.qty must be finite, was a list'],
    [{ ...long, qty: { n: 1 } }, 'enter.qty must be finite, was an object'],
    [{ ...long, side: 'y'.repeat(60) }, `was '${'y'.repeat(60)}'`],
    [{ ...long, side: 'y'.repeat(61) }, `was '${'y'.repeat(60)}...'`],
    ['long', "enter must be an object, was 'long'"],
    [[], 'enter must be an object, was a list'],
    [null, 'enter must be an object, was null'],
  ])('%j: %s', (want, message) => {
    expect(() => enter(want)).toThrow(message);
    expect(() => enter(want)).toThrow(IntentError);
  });

  it('a reason of 200 characters, a validFor of 1, stopBy mark and at market are all right', () => {
    expect(readIntent(enter({ ...long, reason: 'x'.repeat(200), validFor: 1, stopBy: 'mark', at: 'market' }))).toMatchObject({
      reason: 'x'.repeat(200), validFor: 1, stopBy: 'mark', at: 'market',
    });
  });

  it('an IntentError has its name and says which field', () => {
    expect(() => enter({ ...long, qty: 0 })).toThrow(expect.objectContaining({ name: 'IntentError', message: 'enter.qty must be above 0, was 0' }) as Error);
  });

  it.each<[object, string]>([
    [{ qty: 1, size: 2 }, 'add.size must be one of at, price, limit, postOnly, risk, riskQuote, notional, qty, stop, validFor, reason'],
    [{}, 'add must have exactly one of risk, riskQuote, notional, qty'], [{ qty: 0 }, 'add.qty must be above 0'], [{ risk: 2 }, 'add.risk must be above 0 and at most 1'],
    [{ qty: 1, at: 'soon' }, "add.at must be 'market', 'limit' or 'trigger'"], [{ qty: 1, at: 'limit' }, 'add.price must be finite'], [{ qty: 1, limit: 5 }, "add.limit must come with at: 'trigger'"],
    [{ qty: 1, postOnly: true }, "add.postOnly must come with at: 'limit'"], [{ qty: 1, validFor: 0 }, 'add.validFor must be a whole number of at least 1'], [{ qty: 1, reason: '' }, 'add.reason must be a text'],
  ])('add of %j: %s', (want, message) => {
    expect(() => intents.add(want as never)).toThrow(message);
  });

  it('add with everything stated keeps it, and alone spells out the defaults', () => {
    expect(readIntent(intents.add({ notional: 100, at: 'trigger', price: 95, limit: 94, stop: 90, validFor: 3, reason: 'more' }))).toEqual({
      tag: 'add', at: 'trigger', price: 95, limit: 94, postOnly: false, sizeBy: 'notional', size: 100, validFor: 3, reason: 'more', stop: 90,
    });
    expect(readIntent(intents.add({ qty: 1 }))).toEqual({
      tag: 'add', at: 'market', price: 0, limit: 0, postOnly: false, sizeBy: 'qty', size: 1, validFor: 1, reason: '', stop: 0,
    });
  });

  it.each([
    [{ fraction: 0.5, reason: '' }, 'reduce.reason must be a text of 1 to 200 characters'], [{ fraction: 0.5 }, 'reduce.reason must be a text'],
    [{ fraction: 0.5, reason: 'x', qty: 1 }, 'reduce.qty must be one of fraction, reason'], [5, 'reduce must be an object, was 5'],
  ])('reduce of %j: %s', (want, message) => {
    expect(() => intents.reduce(want as never)).toThrow(message);
  });

  it('targets name their list, also when set alone; together they may be 1 and no more', () => {
    expect(() => intents.setTargets('110' as never)).toThrow("setTargets must be a list, was '110'");
    expect(() => intents.setTargets([{ price: 0, fraction: 1 }])).toThrow('setTargets[0].price must be above 0, was 0');
    expect(() => intents.setTargets([{ price: 1, fraction: 1 }, { price: 2, fraction: 1e-8 }])).toThrow('setTargets fractions must sum to at most 1, was 1.00000001');
  });

  it('three targets of a third are within rounding of 1', () => {
    const third = 1 / 3 + 1e-10;

    expect(() => intents.setTargets([1, 2, 3].map((price) => ({ price, fraction: third })))).not.toThrow();
  });

  it('moveStop, exit, reduce and add name their field', () => {
    expect(() => intents.moveStop(Number.NaN)).toThrow('moveStop.price must be finite, was NaN');
    expect(() => intents.moveStop('95' as unknown as number)).toThrow("moveStop.price must be finite, was '95'");
    expect(() => intents.exit(undefined as unknown as string)).toThrow('exit.reason must be a text');
    expect(() => intents.reduce({ fraction: 0, reason: 'x' })).toThrow('reduce.fraction must be above 0 and at most 1, was 0');
    expect(() => intents.add({ qty: 1, stop: -5 })).toThrow('add.stop must be above 0, was -5');
  });

  it('no number that is not finite gets through, whatever field it is in', () => {
    const bad = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    const field = fc.constantFrom('qty', 'stop', 'price', 'breakEvenAt', 'validFor');
    fc.assert(fc.property(field, bad, (name, value) => {
      expect(() => enter({ side: 'long', qty: 1, at: 'limit', price: 100, stop: 90, [name]: value })).toThrow(`enter.${name} must be`);
    }));
  });
});

describe('a resting set that is refused', () => {
  const order = (key: string, more: Partial<Resting> = {}): Resting => ({ key, side: 'buy', price: 90, qty: 1, ...more });

  it('with 51 orders, or a key twice', () => {
    const many = Array.from({ length: 51 }, (_, i) => order(`b${i}`));

    expect(() => intents.rest(many, { long: 80 })).toThrow('rest.orders must be at most 50, was 51');
    expect(() => intents.rest(many.slice(1), { long: 80 })).not.toThrow();
    expect(() => intents.rest([order('a'), order('a')], { long: 80 })).toThrow("rest.orders[1].key must be unique, was 'a'");
  });

  it('when a side that can open has no guard; reduce-only orders need none', () => {
    expect(() => intents.rest([order('a')], {})).toThrow("rest.guard.long must guard the buy order 'a', was undefined");
    expect(() => intents.rest([order('a', { side: 'sell' })], { long: 80 })).toThrow('rest.guard.short must guard the sell order');
    expect(() => intents.rest([order('a', { reduceOnly: true })], {})).not.toThrow();
    expect(() => intents.rest([order('a')], { long: noStop })).not.toThrow();
    expect(() => intents.rest([order('a')], { long: Number.NaN })).toThrow('rest.guard.long must be finite, was NaN');
  });

  it.each<[object, object, string]>([
    [{ key: '' }, {}, "rest.orders[0].key must be a text of 1 to 200 characters, was ''"], [{ key: 5 }, {}, 'rest.orders[0].key must be a text'],
    [{ side: 'long' }, {}, "rest.orders[0].side must be 'buy' or 'sell', was 'long'"], [{ qty: 0 }, {}, 'rest.orders[0].qty must be above 0, was 0'],
    [{ reduceOnly: 1 }, {}, 'rest.orders[0].reduceOnly must be true or false, was 1'], [{ postOnly: 'no' }, {}, "rest.orders[0].postOnly must be true or false, was 'no'"],
    [{ once: null }, {}, 'rest.orders[0].once must be true or false, was null'], [{}, { both: 80 }, "rest.guard.both must be one of long, short, stopBy, was 'both'"],
    [{}, { long: 80, stopBy: 'index' }, "rest.guard.stopBy must be 'mark' or 'last', was 'index'"], [{}, { long: 80, short: 0 }, 'rest.guard.short must be above 0, was 0'],
  ])('with the order %j and the guard %j: %s', (own, guard, message) => {
    expect(() => intents.rest([order('a', own)], { ...(Object.keys(guard).length > 0 ? guard : { long: 80 }) } as never)).toThrow(message);
  });

  it('without a guard object', () => {
    expect(() => intents.rest([], undefined as never)).toThrow('rest.guard must be an object, was undefined');
  });

  it('but not one with every field stated, both sides guarded, one of them waived', () => {
    expect(readIntent(intents.rest([order('a', { reduceOnly: false, postOnly: true, once: false }), order('b', { side: 'sell', reduceOnly: true })], { long: 80, short: noStop, stopBy: 'last' }))).toEqual({
      tag: 'rest', long: 80, short: 'waived', stopBy: 'last',
      orders: [
        { key: 'a', side: 'buy', price: 90, qty: 1, reduceOnly: false, postOnly: true, once: false }, { key: 'b', side: 'sell', price: 90, qty: 1, reduceOnly: true, postOnly: false, once: true },
      ],
    });
    expect(() => intents.rest([order('s', { side: 'sell' })], { short: 120 })).not.toThrow();
  });

  it('with an order that is not one', () => {
    expect(() => intents.rest([order('a', { price: Number.NaN })], { long: 80 })).toThrow('rest.orders[0].price must be finite, was NaN');
    expect(() => intents.rest([{ ...order('a'), size: 1 } as Resting], { long: 80 })).toThrow('rest.orders[0].size must be one of');
    expect(() => intents.rest(undefined as unknown as Resting[], {})).toThrow('rest.orders must be a list, was undefined');
  });
});

it('every enter that is accepted has finite, positive numbers only', () => {
  const money = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
  fc.assert(fc.property(money, money, fc.option(money, { nil: undefined }), (qty, stop, breakEvenAt) => {
    const want = readIntent(enter({ side: 'short', qty, stop, ...(breakEvenAt === undefined ? {} : { breakEvenAt }) })) as WantEnter;

    for (const value of Object.values(want)) if (typeof value === 'number') expect(value >= 0 && Number.isFinite(value)).toBe(true);
    expect(want.size).toBe(qty);
  }));
});
