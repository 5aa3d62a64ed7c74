/** Rules of a symbol and its exact money, linear and inverse. */
import { describe, expect, it } from 'vitest';
import { feeOf, gainNumber, instrumentOf, moneyToNumber, valueAt, valueNumber } from '../../engine/instrument.ts';
import { inverse, linear } from '../sim/market.ts';

describe('an instrument', () => {
  const fine = linear({ tick: '0.1', qtyStep: '0.001', minQty: '0.003', minNotional: '5', takerRate: '0.00055', makerRate: '-0.0001' });

  it('linear: one tick times one lot is exactly 0.1 x 0.001 settle coin, 100,000,000 money units', () => {
    expect(fine).toMatchObject({
      symbol: 'AAAUSDT', kind: 'linear', settle: 'USDT', moneyScale: 12, moneyUnits: 1e12, unitMoney: 100_000_000n, unitNumber: 0.0001,
      minLots: 3, minNotional: 5, takerRate: 0.00055, makerRate: -0.0001, takerPico: 550_000_000n, makerPico: -100_000_000n,
    });
  });

  it('inverse: a contract of 1 quote at tick 0.5 is worth 2 / ticks coins, money of 1e-16', () => {
    expect(inverse()).toMatchObject({ kind: 'inverse', settle: 'AAA', moneyScale: 16, moneyUnits: 1e16, unitMoney: 2n * 10n ** 16n, unitNumber: 2 });
  });

  it.each([['0.003', 3], ['0.0031', 4], ['0.0029999999999999', 3], ['0', 1], ['0.0001', 1]])('a minimum of %s at steps of 0.001 is %i lots', (minQty, lots) => {
    expect(linear({ qtyStep: '0.001', minQty }).minLots).toBe(lots);
  });

  it('a minimum of 12 at steps of 5 is 3 lots', () => {
    expect(linear({ qtyStep: '5', minQty: '12' }).minLots).toBe(3);
  });

  it('own fee rates go before those of the rules, each by itself, and may be 0', () => {
    const { rules } = fine;

    expect(instrumentOf(rules, { takerFee: 0.0004, makerFee: null })).toMatchObject({ takerRate: 0.0004, takerPico: 400_000_000n, makerRate: -0.0001, makerPico: -100_000_000n });
    expect(instrumentOf(rules, { takerFee: null, makerFee: 0 })).toMatchObject({ takerRate: 0.00055, takerPico: 550_000_000n, makerRate: 0, makerPico: 0n });
    expect(instrumentOf(rules, { takerFee: null, makerFee: 0.000_15 })).toMatchObject({ makerRate: 0.000_15, makerPico: 150_000_000n });
  });

  it('whose tick times step is finer than 1e-12 is refused, linear only', () => {
    expect(() => linear({ tick: '0.0000001', qtyStep: '0.0000001' })).toThrow(
      new RangeError('tick x qtyStep of AAAUSDT is finer than 1e-12, was 0.0000001 x 0.0000001'));
    expect(linear({ tick: '0.000001', qtyStep: '0.000001' }).unitMoney).toBe(1n);
    expect(inverse({ tick: '3', qtyStep: '1' }).unitMoney).toBe(3_333_333_333_333_333n); // a third, rounded once
  });
});

describe('value, fee and gain', () => {
  it('linear: 3 lots of 2 at 100.5 are 603 exactly, also beyond what a double keeps', () => {
    const instrument = linear({ tick: '0.5', qtyStep: '2', minQty: '2' });

    expect(valueAt(instrument, 201, 3)).toBe(603n * 10n ** 12n);
    // 2^53 + 1 cannot be a double: the product has to be made of integers.
    expect(valueAt(linear(), 94_906_267, 94_906_267)).toBe(94_906_267n * 94_906_267n * 10n ** 12n);
    expect(valueNumber(instrument, 201, 3)).toBe(603);
  });

  it('inverse: 300 contracts at 300 ticks of 0.5 are 2 coins, rounded half-even to 1e-16', () => {
    expect(valueAt(inverse(), 300, 300)).toBe(2n * 10n ** 16n);
    expect(valueAt(inverse(), 300, 1)).toBe(66_666_666_666_667n); // 2 / 300 = 0.00666..67
    expect(valueNumber(inverse(), 300, 300)).toBe(2);
  });

  it('a fee is value x rate, rounded half-even once; a negative rate is a credit', () => {
    expect(feeOf(1_000n * 10n ** 12n, 550_000_000n)).toBe(550_000_000_000n);
    expect(feeOf(5n, 500_000_000_000n)).toBe(2n); // 2.5
    expect(feeOf(7n, 500_000_000_000n)).toBe(4n); // 3.5
    expect(feeOf(1_000n * 10n ** 12n, -100_000_000n)).toBe(-100_000_000_000n);
  });

  it('money becomes settle coin: 1.5e12 units are 1.5 linear, 1.5e-4 inverse', () => {
    expect(moneyToNumber(linear(), 1_500_000_000_000n)).toBe(1.5);
    expect(moneyToNumber(inverse(), 1_500_000_000_000n)).toBe(1.5e-4);
  });

  it('a long gains when a linear value rises and when an inverse one falls; a short the other way', () => {
    expect([gainNumber(linear(), 1, 100, 110), gainNumber(linear(), -1, 100, 110)]).toEqual([10, -10]);
    expect([gainNumber(inverse(), 1, 1, 0.75), gainNumber(inverse(), -1, 1, 0.75)]).toEqual([0.25, -0.25]);
  });
});
