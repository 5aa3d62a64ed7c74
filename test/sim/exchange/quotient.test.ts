/** Quotients as decimal text, by long division on paper. */
import { describe, expect, it } from 'vitest';
import { quotientText } from '../../../sim/exchange/quotient.ts';

describe('a quotient of integers as text', () => {
  it.each([
    [1n, 3n, 5, '0.33333', 'five digits after the point'],
    [2n, 3n, 5, '0.66667', 'rounded up'],
    [1_000n, 3n, 5, '333.33', 'digits before the point count'],
    [50n, 3n, 4, '16.67', 'the length of both promised one digit before the point and two came'],
    [7n, 3n, 1, '2', 'the one place that is left is given up'],
    [1n, 8n, 2, '0.12', 'the half goes to the even 12'],
    [3n, 8n, 2, '0.38', 'the half goes to the even 38'],
    [999_999n, 1n, 3, '999999', 'digits before the point are never cut'],
  ] as const)('%d / %d with %d digits is %s: %s', (...[num, den, digits, text]) => {
    expect(quotientText(num, den, digits)).toBe(text);
  });
});
