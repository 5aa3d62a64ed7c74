/** Money as the proofs work it out by themselves: a decimal rate times a value, rounded half to even. */
export function multiplyHalfEven(value: bigint, rate: string): bigint {
  const [whole = '0', places = ''] = rate.split('.');
  const unit = 10n ** BigInt(places.length);
  const product = value * BigInt(whole + places);
  const [below, rest] = [product / unit, product % unit];
  const isUp = 2n * rest > unit || (2n * rest === unit && below % 2n === 1n);
  return isUp ? below + 1n : below;
}
