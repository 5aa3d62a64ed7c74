/** The text of a journal: nothing is lost, equal values have equal text, and a line that is not what was written is known. */
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command, Event, Execution } from '../../engine/index.ts';
import { crc32, lineOf, readLine } from '../../engine/journal/line.ts';
import { commandsOf, commandsText, eventOf, eventText } from '../../engine/journal/shapes.ts';
import { decode, encode, revive } from '../../engine/journal/text.ts';

const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e21, 5e-324));
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('#', '#n5', '##NaN', '#undefined', '__proto__', '"\\\n\u2028é😀\ud800'));
const money = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n });

describe('a value and its text', () => {
  it('come back from each other, -0, NaN, infinities, bigints, undefined, typed arrays and sets included', () => {
    const value = fc.letrec((tie) => ({
      leaf: fc.oneof(number, text, money, fc.boolean(), fc.constant(null), fc.constant(undefined)),
      arrays: fc.oneof(fc.float64Array({ maxLength: 5 }), fc.int32Array({ maxLength: 5 }), fc.uniqueArray(fc.oneof(number, text), { maxLength: 5 }).map((items) => new Set(items))),
      node: fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('arrays'), fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(text, fc.constantFrom('#f64', '#set', 'a')), tie('node'), { maxKeys: 4, noNullPrototype: true })),
    })).node;

    fc.assert(fc.property(value, (given) => {
      const written = encode(given);

      expect(written).toMatch(/^[\x20-\x7e]*$/);
      expect(decode(written)).toStrictEqual(given);
      expect(encode(decode(written))).toBe(written);
    }), { numRuns: 2_000 });
  });

  it('are written like this', () => {
    expect(encode({ b: [1, -0, Number.NaN, 0.1], a: 12n, text: '#5', none: undefined, on: true, ring: Float64Array.of(-0, 2) }))
      .toBe('{"a":"#n12","b":[1,"#-0","#NaN",0.1],"none":"#undefined","on":true,"ring":{"#f64":["#-0",2]},"text":"##5"}');
    expect(encode({ one: 1, two: 2 })).toBe(encode({ two: 2, one: 1 }));
  });

  it('do not exist for a function, a symbol or an instance of a class', () => {
    for (const given of [() => 1, Symbol('x'), new Map(), new URL('a:b')]) expect(() => encode(given)).toThrow(TypeError);
  });

  it('are refused when a word is not one of ours', () => {
    for (const word of ['"#x"', '"#n1.5"', '{"#list":[1]}', '{"#set":1}', '{"a":1']) expect(() => decode(word)).toThrow(SyntaxError);
  });
});

const leg = fc.nat(9);
const order = fc.integer({ min: -3, max: 99 });
const side = fc.constantFrom(1 as const, -1 as const);
const by = fc.constantFrom('mark' as const, 'last' as const);
const record = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<unknown> => fc.record(fields, { noNullPrototype: true });
const told = <T>(tag: string, fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<T> =>
  record({ tag: fc.constant(tag), ...fields }) as unknown as fc.Arbitrary<T>;
const event = (tag: string, fields: Readonly<Record<string, fc.Arbitrary<unknown>>> = {}): fc.Arbitrary<Event> => told(tag, { at: fc.nat(2_000_000_000_000), ...fields });

const execution = event('execution', {
  leg, order, id: fc.oneof(fc.nat(), text), cause: text, side, lots: number, priceTicks: number, value: money, fee: money,
  liquidity: fc.constantFrom('maker', 'taker'), leavesLots: number,
}) as unknown as fc.Arbitrary<Execution>;
const unknownOr = (known: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.oneof(fc.constant('unknown'), known);

/** One of each of the 24 kinds. */
const events: readonly fc.Arbitrary<Event>[] = [
  event('bar-closed', Object.fromEntries(['symbol', 'openedAt', 'closedAt', 'open', 'high', 'low', 'close', 'volume', 'openTicks', 'highTicks', 'lowTicks', 'closeTicks'].map((key) => [key, number]))),
  event('mark-price', { symbol: leg, markTicks: number }),
  event('funding', { symbol: leg, leg, rate: number, settledAt: number, nextAt: fc.option(number), payment: money }),
  event('order-accepted', { leg, order }), event('order-rejected', { leg, order, reason: text }),
  event('order-changed', { leg, order, change: text, lots: number, priceTicks: number }),
  event('order-cancelled', { leg, order, cause: text, filled: number }), event('order-expired', { leg, order, filled: number }),
  execution,
  event('stop-set', { leg, triggerTicks: number, by, trailTicks: number }), event('stop-unchanged', { leg, triggerTicks: number }),
  event('stop-refused', { leg, triggerTicks: number, reason: text }),
  event('request-failed', { leg, order, of: text, certainty: text, reason: text }),
  event('account-snapshot', {
    takenAt: number, leg, position: unknownOr(record({ side: fc.constantFrom(1, 0, -1), lots: number, entryTicks: number, cost: money })),
    stop: unknownOr(fc.option(record({ triggerTicks: number, by }))), openOrders: unknownOr(fc.array(record({ order, side, lots: number, filled: number, priceTicks: number, reduceOnly: fc.boolean() }), { maxLength: 3 })),
    ended: unknownOr(fc.array(record({ order, outcome: text, filled: number }), { maxLength: 3 })), executions: unknownOr(fc.array(execution, { maxLength: 2 })),
    markTicks: number, lastTicks: number,
  }),
  event('wallet', { wallet: leg, balance: money }), event('instrument-changed', { symbol: leg, change: text }), event('liquidation', { leg }),
  event('adl', { leg, lotsAfter: fc.option(number) }), event('connected'), event('disconnected'), event('stale', { symbol: leg }), event('timer'),
  event('cycle-closed', { missing: fc.array(leg, { maxLength: 3 }) }), event('operator', { verb: text }),
];

/** One of each of the seven kinds. */
const commands: readonly fc.Arbitrary<Command>[] = [
  told('enter', { leg, order, side, lots: number, type: text, priceTicks: number, triggerTicks: number, triggerBy: by, triggerDirection: fc.nat(2), timeInForce: text, stopTicks: number, stopBy: by }),
  told('reduce', { leg, order, side, lots: number, type: text, priceTicks: number, timeInForce: text, reduceOnly: fc.constant(true) }),
  told('amend', { leg, order, priceTicks: number, lots: number }), told('cancel', { leg, order }),
  told('set-stop', { leg, triggerTicks: number, by, trailTicks: number, activeTicks: number }), told('query-account', { leg }),
  told('notify', { severity: text, cause: text, text }),
];

describe('events and commands', () => {
  it('of all 24 and 7 kinds come back from their records as they were, whatever the order of their keys', () => {
    expect([events.length, commands.length]).toEqual([24, 7]);
    for (const kind of events) {
      fc.assert(fc.property(kind, (given) => {
        const json = `{"k":"${given.tag}"${eventText(given)}}`;
        const turned = Object.fromEntries(Object.entries(given).reverse()) as unknown as Event;

        expect(eventOf(given.tag, given.at, revive(JSON.parse(json)) as Record<string, unknown>)).toStrictEqual(given);
        expect(eventText(turned)).toBe(eventText(given));
      }), { numRuns: 100 });
    }
    fc.assert(fc.property(fc.array(fc.oneof(...commands), { maxLength: 5 }), (given) => {
      expect(commandsOf(decode(commandsText(given)))).toStrictEqual(given);
    }), { numRuns: 500 });
  });

  it('are refused when a field is missing or the kind is unknown', () => {
    expect(() => eventOf('order-accepted', 1, { leg: 0 })).toThrow('order-accepted of a journal has no order');
    expect(() => commandsOf([{ tag: 'cancel', leg: 0 }])).toThrow('cancel of a journal has no order');
    expect(() => commandsOf([{ tag: 'withdraw' }])).toThrow(SyntaxError);
  });
});

describe('a line', () => {
  it('begins with the checksum that zlib has for its JSON', () => {
    const json = '{"seq":7,"t":1,"k":"timer"}';

    expect(lineOf(json)).toBe(`${zlibCrc32(json).toString(16).padStart(8, '0')} ${json}\n`);
    expect(readLine(lineOf(json))).toEqual({ seq: 7, at: 1, kind: 'timer', crc: zlibCrc32(json), json });
    fc.assert(fc.property(fc.string(), (ascii) => { expect(crc32(ascii)).toBe(zlibCrc32(ascii)); }), { numRuns: 500 });
  });

  it('is not read when any one byte of it is another or any end of it is missing', () => {
    const line = lineOf('{"seq":12,"t":1699920000000,"k":"order-accepted","leg":0,"order":3}');
    for (let at = 0; at < line.length; at++) {
      const other = String.fromCharCode(line.charCodeAt(at) ^ 1);
      expect(readLine(line.slice(0, at) + other + line.slice(at + 1))).toBeNull();
      expect(readLine(line.slice(0, at))).toBeNull();
    }
  });
});
