/** Exact quotients of integers as decimal text, for prices that no tick can hold: liquidation and average entry. */
import { divideHalfEven, formatDecimal } from '../../engine/index.ts';

/** `num / den` as decimal text with `digits` significant digits, half-even. Both must be positive. */
export function quotientText(num: bigint, den: bigint, digits: number): string {
  const lead = num.toString().length - den.toString().length;
  let places = Math.max(0, digits - lead);
  let scaled = divideHalfEven(num * 10n ** BigInt(places), den);
  const excess = scaled.toString().length - digits;
  if (excess > 0 && places >= excess) {
    places -= excess;
    scaled = divideHalfEven(num * 10n ** BigInt(places), den);
  }
  return formatDecimal(scaled, places);
}
