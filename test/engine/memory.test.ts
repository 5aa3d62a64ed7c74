/** A strategy's memory: what survives a restart, and what is refused by its path. */
import { describe, expect, it } from 'vitest';
import { StrategyError } from '../../engine/index.ts';
import { memoryLimit, roundTrip, roundTripMemories } from '../../engine/memory.ts';
import { linear } from '../sim/market.ts';
import { scripted } from '../sim/scripted.ts';
import { stepped } from './stepped.ts';

const loop: Record<string, unknown> = { inner: {} };
(loop['inner'] as Record<string, unknown>)['back'] = loop;
class Level { readonly at = 5; }
const bare = Object.create(null) as Record<string, unknown>;
bare['a'] = 1;

describe('memory', () => {
  it.each([
    null, 'text', true, false, 0, -1.5, [], {}, [1, [2, { a: null }]], { a: { b: [true, 'x', 0.1] } }, bare,
  ])('%j comes back as it is, a copy', (memory) => {
    const copy = roundTrip(memory);

    expect(copy).toEqual(memory);
    if (typeof memory === 'object' && memory !== null) expect(copy).not.toBe(memory);
  });

  it('may hold the same object twice, only not inside itself', () => {
    const shared = { a: 1 };

    expect(roundTrip([shared, shared, { shared }])).toEqual([{ a: 1 }, { a: 1 }, { shared: { a: 1 } }]);
  });

  it.each([
    [Number.NaN, 'memory must be a finite number, was NaN'],
    [{ a: [1, Number.POSITIVE_INFINITY] }, 'memory.a[1] must be a finite number, was Infinity'],
    [undefined, 'memory must be plain JSON, was undefined'],
    [{ a: { b: undefined } }, 'memory.a.b must be plain JSON, was undefined'],
    [{ f: () => 1 }, 'memory.f must be plain JSON, was function'],
    [{ n: 1n }, 'memory.n must be plain JSON, was bigint'],
    [[[], [new Map()]], 'memory[1][0] must be plain JSON, was a Map'],
    [{ level: new Level() }, 'memory.level must be plain JSON, was a Level'],
    [loop, 'memory.inner.back must not contain itself'],
    [[new Float64Array(1)], 'memory[0] must be plain JSON, was a Float64Array'],
  ])('case %# is refused: %s', (memory, message) => {
    expect(() => roundTrip(memory)).toThrow(new StrategyError(message));
  });

  it('of an object whose maker has no name is refused all the same', () => {
    expect(() => roundTrip({ odd: Object.create({ constructor: undefined }) as object })).toThrow('memory.odd must be plain JSON, was a class instance');
  });

  it('of 65,536 characters of JSON is the largest', () => {
    expect(memoryLimit).toBe(65_536);
    expect(roundTrip('x'.repeat(65_534))).toHaveLength(65_534); // two quotation marks
    expect(() => roundTrip('x'.repeat(65_535))).toThrow(new StrategyError('memory must be at most 65536 characters of JSON, was 65537'));
  });

  it('of a run is replaced by its round trip, leg by leg; where there is none it stays so', () => {
    const { state } = stepped({ strategy: scripted({ symbols: ['AAAUSDT', 'BBBUSDT'] }).strategy, instruments: [linear(), linear({ symbol: 'BBBUSDT' })] });
    const [first, second] = state.legs as [typeof state.legs[number], typeof state.legs[number]];
    const own = { seen: -0 };
    second.memory = own;

    roundTripMemories(state);

    expect(state.memory).toBeNull();
    expect(first.memory).toBeNull();
    expect(second.memory).toEqual({ seen: 0 });
    expect(second.memory).not.toBe(own);

    state.memory = { at: [1] };
    roundTripMemories(state);
    expect(state.memory).toEqual({ at: [1] });
    const [leg] = state.legs;
    for (const [name, lent] of [['ind', leg!.indicators.ind], ['prev', leg!.indicators.prev], ['bar', leg!.decisionBar], ['bar', state.views.scenes[1]!.bar]] as const) {
      state.memory = { kept: [{ [name]: lent }] };
      expect(() => { roundTripMemories(state); })
        .toThrow(new StrategyError(`memory.kept[0].${name} must not be an object of the scene, which shows the next bar at the next close: keep its numbers`));
    }
    state.memory = { at: new Set() };
    expect(() => { roundTripMemories(state); }).toThrow('memory.at must be plain JSON, was a Set');
  });
});
