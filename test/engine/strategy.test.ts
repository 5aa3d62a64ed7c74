import { describe, expect, it } from 'vitest';
import { StrategyError, defineStrategy, isStrategy, z } from '../../engine/index.ts';
import type { AnyStrategy } from '../../engine/index.ts';
import { blameStrategy } from '../../engine/strategy-error.ts';

const plain = {
  name: 'plain', symbols: ['BTCUSDT'], timeframe: '5m', params: z.object({}), indicators: () => ({}), decide: () => null,
};
/** What a strategy without types may write. */
const define = (definition: unknown): AnyStrategy => defineStrategy(definition as never);

describe('defineStrategy', () => {
  it('returns the same object, frozen and known as a strategy', () => {
    const definition = { ...plain };

    const strategy = define(definition);

    expect(strategy).toBe(definition);
    expect(Object.isFrozen(strategy)).toBe(true);
    expect(isStrategy(strategy)).toBe(true);
    expect(Object.keys(strategy)).toEqual(Object.keys(plain)); // the mark is not seen
    expect(define(strategy)).toBe(strategy);
  });

  it('knows a strategy that another copy of the package marked', () => {
    const foreign = Object.defineProperty({ ...plain }, Symbol.for('holdfast.strategy'), { value: true });

    expect(isStrategy(foreign)).toBe(true);
  });

  it('marks it for good: the mark cannot be seen, changed or taken off', () => {
    const strategy = define({ ...plain, name: 'a-9', warmup: 0, decide: undefined, decideCycle: () => ({}), memory: () => ({}), protectAdopted: () => 90 });

    expect(Object.getOwnPropertyDescriptor(strategy, Symbol.for('holdfast.strategy'))).toEqual({ value: true, enumerable: false, writable: false, configurable: false });
  });

  it('blames a strategy in its own words: where, what, and the stack of what was thrown', () => {
    const thrown = new TypeError('no kernel');
    const blamed = blameStrategy('indicators', thrown);

    expect(blamed).toMatchObject({ name: 'StrategyError', message: 'indicators: no kernel', stack: thrown.stack });
    const known = new StrategyError('mine');
    expect(blameStrategy('memory', known)).toBe(known);
    expect(blameStrategy('memory', 'a text')).toMatchObject({ message: 'memory: threw a text' });
    expect(blameStrategy('memory', { stack: 'not mine' }).stack).not.toBe('not mine');
    const bare = Object.assign(new Error('bare'), { stack: undefined });
    expect(blameStrategy('memory', bare).stack).toMatch(/bare/);
  });

  it.each([undefined, null, 5, 'plain', plain, () => plain])('%s is not a strategy', (value) => {
    expect(isStrategy(value)).toBe(false);
  });

  it.each([
    [{ ...plain, name: '' }, "strategy name must be of a-z, 0-9 and dashes, was ''"],
    [{ ...plain, name: 'My Bot' }, "was 'My Bot'"],
    [{ ...plain, symbols: [] }, "strategy 'plain': symbols must be a list of at least one symbol"],
    [{ ...plain, symbols: ['BTCUSDT', 'BTCUSDT'] }, "strategy 'plain': symbols must be unique, was 'BTCUSDT'"],
    [{ ...plain, symbols: 'BTCUSDT' }, "symbols must be a list of at least one symbol, was 'BTCUSDT'"],
    [{ ...plain, symbols: [''] }, "symbols must be texts such as BTCUSDT, was ''"],
    [{ ...plain, timeframe: '7m' }, "strategy 'plain': timeframe must be one of 1s 5s 1m 3m 5m 15m 30m 1h 2h 4h 6h 12h 1d, was '7m'"],
    [{ ...plain, timeframe: 'toString' }, "was 'toString'"],
    [{ ...plain, params: {} }, 'params must be z.object({ ... }), was an object'],
    [{ ...plain, indicators: undefined }, 'indicators must be a function, was undefined'],
    [{ ...plain, decide: undefined }, "decide or decideCycle must be exactly one, was 'neither'"],
    [{ ...plain, decideCycle: () => ({}) }, "decide or decideCycle must be exactly one, was 'both'"],
    [{ ...plain, decide: 'buy' }, "decide must be a function, was 'buy'"],
    [{ ...plain, memory: {} }, 'memory must be a function, was an object'],
    [{ ...plain, warmup: 1.5 }, 'warmup must be a whole number of decision bars, was 1.5'],
    [{ ...plain, warmup: Number.NaN }, 'warmup must be a whole number of decision bars, was NaN'],
    [Object.freeze({ ...plain }), 'must not be frozen before defineStrategy'],
    [{ ...plain, name: 5 }, 'strategy name must be of a-z, 0-9 and dashes, was 5'],
    [{ ...plain, name: 'trail!' }, "was 'trail!'"],
    [{ ...plain, symbols: [5] }, 'symbols must be texts such as BTCUSDT, was 5'],
    [{ ...plain, symbols: ['  '] }, "symbols must be texts such as BTCUSDT, was '  '"],
    [{ ...plain, params: null }, 'params must be z.object({ ... }), was null'],
    [{ ...plain, params: 'none' }, "params must be z.object({ ... }), was 'none'"],
    [{ ...plain, params: { shape: {} } }, 'params must be z.object({ ... }), was an object'],
    [{ ...plain, params: { safeParse: {} } }, 'params must be z.object({ ... }), was an object'],
    [{ ...plain, params: Object.assign(() => 1, { shape: {}, safeParse: {} }) }, 'params must be z.object({ ... })'],
    [{ ...plain, indicators: 5 }, "strategy 'plain': indicators must be a function, was 5"],
    [{ ...plain, protectAdopted: 90 }, 'protectAdopted must be a function, was 90'],
    [{ ...plain, decide: undefined, decideCycle: 5 }, 'decideCycle must be a function, was 5'],
    [{ ...plain, warmup: -1 }, 'warmup must be a whole number of decision bars, was -1'],
    ['plain', "strategy must be an object, was 'plain'"],
    [null, 'strategy must be an object, was null'],
  ])('refuses case %#: %s', (definition, message) => {
    expect(() => define(definition)).toThrow(message);
    expect(() => define(definition)).toThrow(StrategyError);
  });
});
