/**
 * Numbers of a case file: decimal text (or a JSON number) read digit by digit. A value is a BigInt of 1e-30 units, so
 * that quantising to ticks and lots is exact.
 */
import { parseDecimal } from '../../engine/index.ts';
import type { Step } from '../../engine/index.ts';

export const numberScale = 30;
const one = 10n ** BigInt(numberScale);

/** The value in 1e-30, or null when it is not a finite decimal number. */
export function decimalOf(value: unknown): bigint | null {
  if (typeof value === 'number') return Number.isFinite(value) ? parseDecimal(String(value), numberScale) : null;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  const exponent = /[eE]([+-]?\d+)$/.exec(text);
  if (exponent !== null && Math.abs(Number(exponent[1])) > 100) return null;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return null;
  return parseDecimal(text, numberScale);
}

/** A value in steps as a double: whole when it is a multiple of the step, else with its fraction. */
export function stepsOf(value: bigint, step: Step): number {
  const top = value * BigInt(step.den);
  const bottom = one * BigInt(step.num);
  const whole = top / bottom;
  return Number(whole) + Number(top - whole * bottom) / Number(bottom);
}

/** A value in whole steps, rounded down or up. */
export function wholeStepsOf(value: bigint, step: Step, rounding: 'down' | 'up'): number {
  const top = value * BigInt(step.den);
  const bottom = one * BigInt(step.num);
  const whole = top / bottom;
  const rest = top - whole * bottom;
  if (rest === 0n) return Number(whole);
  if (rounding === 'up') return Number(whole) + (rest > 0n ? 1 : 0);
  return Number(whole) - (rest < 0n ? 1 : 0);
}
