/** Decimal text to scaled integers and back, and the one way of rounding them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divideHalfEven, formatDecimal, parseDecimal } from '../../engine/decimal.ts';

describe('decimal text read at a scale', () => {
  it.each([
    ['0.22143', 12, 221_430_000_000n], ['1', 2, 100n], ['-1.5', 2, -150n], ['+1.5', 2, 150n], ['12', 0, 12n],
    ['.5', 1, 5n], ['5.', 1, 50n], [' 7 ', 0, 7n], ['007', 0, 7n], ['0', 3, 0n], ['-0', 3, 0n],
    ['2.5e-3', 4, 25n], ['2.5E3', 0, 2_500n], ['1e+2', 0, 100n], ['12e-1', 1, 12n], ['1e-12', 12, 1n],
  ])("'%s' at %i places is %s", (text, scale, value) => {
    expect(parseDecimal(text, scale)).toBe(value);
  });

  it.each([
    ['0.125', 2, 12n], ['0.135', 2, 14n], ['0.1250001', 2, 13n], ['-0.125', 2, -12n], ['-0.135', 2, -14n], ['0.5', 0, 0n], ['1.5', 0, 2n],
  ])("'%s' at %i places rounds half to even: %s", (text, scale, value) => {
    expect(parseDecimal(text, scale)).toBe(value);
  });

  it.each(['', ' ', '.', '-', '+.', 'e5', 'x1', '1x', '1,5', '1.2.3', '0x10', '1e', '1e1.5', '--1', 'NaN', 'Infinity', '1 2'])("'%s' is no number and is named", (text) => {
    expect(() => parseDecimal(text, 2)).toThrow(new RangeError(`not a decimal number: '${text}'`));
  });
});

describe('a scaled integer as text', () => {
  it.each([
    [221_430_000_000n, 12, '0.22143'], [150n, 2, '1.5'], [-150n, 2, '-1.5'], [100n, 2, '1'], [0n, 2, '0'], [-5n, 2, '-0.05'],
    [5n, 0, '5'], [-50n, 0, '-50'], [100n, 0, '100'], [12_345n, 3, '12.345'], [10_010n, 4, '1.001'],
  ])('%s at %i places is %s', (value, scale, text) => {
    expect(formatDecimal(value, scale)).toBe(text);
  });

  it('read again is the same integer, for any integer of up to 30 digits at up to 18 places', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 18 }), (value, scale) => {
      expect(parseDecimal(formatDecimal(value, scale), scale)).toBe(value);
    }));
  });
});

describe('a quotient rounded half to even', () => {
  it.each([
    [7n, 2n, 4n], [5n, 2n, 2n], [-5n, 2n, -2n], [-7n, 2n, -4n], [1n, 2n, 0n], [3n, 2n, 2n], [-1n, 2n, 0n], [-3n, 2n, -2n],
    [4n, 3n, 1n], [5n, 3n, 2n], [-4n, 3n, -1n], [-5n, 3n, -2n], [6n, 3n, 2n], [0n, 9n, 0n], [2n, 5n, 0n], [3n, 5n, 1n],
  ])('%s / %s is %s', (dividend, divisor, quotient) => {
    expect(divideHalfEven(dividend, divisor)).toBe(quotient);
  });
});
