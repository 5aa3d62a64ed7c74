/**
 * Exact decimal text to scaled integers and back, digit by digit. No floating point.
 * A scaled integer at scale 12 holds 1e-12 units: '0.22143' at scale 12 is 221430000000n.
 */

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** Reads decimal text at `scale` places; excess digits are rounded half-even. Throws RangeError on other text. */
export function parseDecimal(text: string, scale: number): bigint {
  const match = pattern.exec(text.trim());
  const whole = match?.[2] ?? '';
  const fraction = match?.[3] ?? '';
  if (match === null || whole.length + fraction.length === 0) throw new RangeError(`not a decimal number: '${text}'`);
  const shift = scale - fraction.length + Number(match[4] ?? '0');
  const digits = BigInt(`${whole}${fraction}`);
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : divideHalfEven(digits, 10n ** BigInt(-shift));
  return match[1] === '-' ? -value : value;
}

/** Shortest exact text of a scaled integer: 221430000000n at scale 12 is '0.22143'. */
export function formatDecimal(value: bigint, scale: number): string {
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? '' : digits.slice(digits.length - scale).replace(/0+$/, '');
  const text = fraction === '' ? whole : `${whole}.${fraction}`;
  return negative && value !== 0n ? `-${text}` : text;
}

/** Quotient rounded half to even; `divisor` must be positive. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const remainder = dividend - quotient * divisor;
  if (remainder === 0n) return quotient;
  const twice = (remainder < 0n ? -remainder : remainder) * 2n;
  if (twice < divisor || (twice === divisor && quotient % 2n === 0n)) return quotient;
  return dividend < 0n ? quotient - 1n : quotient + 1n;
}
