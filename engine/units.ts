/**
 * Units of the numbers that decide control flow, and the only place where the border's plain numbers
 * (price in quote, quantity in base, money in the settle coin) become integers and back.
 *
 * A value within 1e-6 of a tick *is* that tick; otherwise it is rounded in the stated direction
 * (`fill-semantics.md` 2.3). A value that is not finite is refused, never rounded.
 */

declare const unit: unique symbol;

/** Price in whole ticks of its instrument. */
export type Ticks = number & { readonly [unit]: 'ticks' };
/** Quantity in whole lots (quantity steps) of its instrument; never negative. */
export type Lots = number & { readonly [unit]: 'lots' };
/** Milliseconds since the epoch, UTC, exchange time. */
export type Ms = number;
/** Money in the instrument's smallest money unit: 1e-12 settle coin when linear, 1e-16 when inverse. */
export type Money = bigint;

/** Direction of a position or an order: 1 = long or buy, -1 = short or sell. */
export type Direction = 1 | -1;

export type Rounding = 'down' | 'up' | 'nearest';

/** Distance from a whole tick under which a number counts as that tick. Unit: ticks. */
export const snapTicks = 1e-6;

export function ticks(value: number): Ticks {
  if (!Number.isSafeInteger(value)) throw new RangeError(`ticks must be an integer, was ${value}`);
  return value as Ticks;
}

export function lots(value: number): Lots {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`lots must be a whole number, was ${value}`);
  return value as Lots;
}

/** A step size as the exact fraction `num / den` of one unit: tick 0.1 is 1/10, tick 5 is 5/1. */
export interface Step {
  readonly num: number;
  readonly den: number;
  /** Decimal places that the step needs in text. */
  readonly places: number;
}

/** Reads a positive decimal such as `0.0005`, `5` or `2.5e-3` into an exact step. */
export function stepOf(text: string): Step {
  const match = /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text.trim());
  if (match === null) throw new RangeError(`step must be a positive decimal, was '${text}'`);
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  const exponent = fraction.length - Number(match[3] ?? '0');
  const digits = Number(`${match[1] ?? ''}${fraction}`);
  const num = exponent >= 0 ? digits : digits * 10 ** -exponent;
  const den = exponent >= 0 ? 10 ** exponent : 1;
  if (!Number.isSafeInteger(num) || !Number.isSafeInteger(den) || num <= 0) {
    throw new RangeError(`step must be a positive decimal, was '${text}'`);
  }
  return { num, den, places: Math.max(0, exponent) };
}

/**
 * Steps in `value`, as a double: whole when the value is within 1e-6 of a whole step, else the exact fraction.
 * Unit: steps. NaN and infinities pass through, callers refuse them.
 */
export function stepsIn(value: number, step: Step): number { // hot
  const exact = (value * step.den) / step.num;
  const whole = Math.round(exact);
  return Math.abs(exact - whole) <= snapTicks ? whole : exact;
}

/** `stepsIn`, rounded to a whole number of steps in the stated direction. */
export function wholeSteps(value: number, step: Step, rounding: Rounding): number {
  const exact = stepsIn(value, step);
  switch (rounding) {
    case 'down': return Math.floor(exact);
    case 'up': return Math.ceil(exact);
    case 'nearest': return Math.round(exact);
    default: return unreachable(rounding);
  }
}

/** The double nearest to `steps` steps: exact decimals such as 0.3, never 0.30000000000000004. */
export function valueOf(steps: number, step: Step): number { // hot
  return (steps * step.num) / step.den;
}

export function unreachable(x: never): never {
  throw new Error(`unreachable: ${JSON.stringify(x)}`);
}
