/**
 * Numbers as the wire writes them: decimal text without exponent, exact where the ledger is exact. Nothing is rounded
 * but doubles of the settle coin, to 1e-12.
 */
import { divideHalfEven, formatDecimal, parseDecimal } from '../../../engine/index.ts';
import type { Instrument, Money, Step } from '../../../engine/index.ts';
import { quotientText } from '../../../sim/index.ts';

/** A double as plain decimal text that reads back to the same double. */
export function plainText(value: number): string {
  const text = String(value);
  return text.includes('e') ? formatDecimal(parseDecimal(text, 30), 30) : text;
}

/** Whole steps exactly, others as the nearest double. */
function stepsText(steps: number, step: Step): string {
  return Number.isInteger(steps) ? formatDecimal(BigInt(steps) * BigInt(step.num), step.places) : plainText((steps * step.num) / step.den);
}

export const priceText = (instrument: Instrument, priceTicks: number): string => stepsText(priceTicks, instrument.tick);
export const sizeText = (instrument: Instrument, lots: number): string => stepsText(lots, instrument.lot);
export const moneyText = (instrument: Instrument, money: Money): string => formatDecimal(money, instrument.moneyScale);

/** A derived amount of the settle coin. */
export const amountText = (amount: number): string => formatDecimal(parseDecimal(String(amount), 12), 12);

/**
 * Average price of lots of value `value`, in quote, such that price and size give the value back to the last money unit:
 * 18 decimals when linear, 24 significant digits when inverse. '0' when there are none.
 */
export function averageText(instrument: Instrument, lots: number, value: Money): string {
  if (lots === 0 || value === 0n) return '0';
  const size = BigInt(lots) * BigInt(instrument.lot.num);
  if (instrument.kind === 'inverse') {
    return quotientText(size * 10n ** BigInt(instrument.moneyScale), value * BigInt(instrument.lot.den), 24);
  }
  const scaled = value * 10n ** BigInt(18 - instrument.moneyScale) * BigInt(instrument.lot.den);
  return formatDecimal(divideHalfEven(scaled, size), 18);
}
