/**
 * Numbers between the wire and the engine, digit by digit. The wire writes "no value" as '', '0', null or not at all; one
 * helper reads them all, and a text that is no number is an error of the wire, never a guess.
 */
import { divideHalfEven, formatDecimal, parseDecimal } from '../../engine/index.ts';
import type { Money, Step } from '../../engine/index.ts';

/** Digits kept of a fraction of a step. */
const fineScale = 18;

/** Steps in a decimal text: whole when it is, otherwise the nearest double of the exact quotient. */
export function stepsOfText(text: string, step: Step): number {
  const scaled = parseDecimal(text, fineScale) * BigInt(step.den);
  const unit = 10n ** BigInt(fineScale) * BigInt(step.num);
  const whole = scaled / unit;
  return whole * unit === scaled ? Number(whole) : Number(whole) + Number(scaled - whole * unit) / Number(unit);
}

/** Decimal text of a whole number of steps, as short as the step allows. */
export function textOfSteps(steps: number, step: Step): string {
  const scale = step.places;
  return formatDecimal(divideHalfEven(BigInt(steps) * BigInt(step.num) * 10n ** BigInt(scale), BigInt(step.den)), scale);
}

export const moneyOfText = (text: string, scale: number): Money => parseDecimal(text, scale);

/** Null where the wire says that there is none; '0' counts as none for prices of stops and targets. */
export function priceOrNull(text: string | null): string | null {
  return text === null || /^0*(?:\.0*)?$/.test(text) ? null : text;
}
