/**
 * Rules of one tradable symbol and its exact money arithmetic, linear (settled in quote) and inverse
 * (contracts of one quote unit, settled in base). Money is a BigInt of `1e-moneyScale` settle coin.
 */
import { divideHalfEven, parseDecimal } from './decimal.ts';
import { stepOf } from './units.ts';
import type { Money, Step } from './units.ts';

export interface RiskTier {
  /** Largest position value of the tier, in settle coin. The last tier has no limit in effect. */
  readonly limit: string;
  /** Maintenance margin rate, fraction. */
  readonly mmr: string;
  /** Amount subtracted from value x mmr, in settle coin. */
  readonly deduction: string;
}

/** What a user or the packaged table states about a symbol; every number is decimal text. */
export interface InstrumentRules {
  readonly symbol: string;
  readonly kind: 'linear' | 'inverse';
  readonly base: string;
  readonly quote: string;
  readonly settle: string;
  readonly tick: string;
  readonly qtyStep: string;
  readonly minQty: string;
  /** Smallest order value in quote; '0' when the venue has none. */
  readonly minNotional: string;
  /** Fee rates, fractions of value; a negative maker rate is a credit. */
  readonly takerRate: string;
  readonly makerRate: string;
  readonly maxLeverage: string;
  readonly tiers: readonly RiskTier[];
  /** Where the rules come from and the day they were read, or 'inferred'. */
  readonly source: string;
}

export interface Instrument {
  readonly rules: InstrumentRules;
  readonly symbol: string;
  readonly kind: 'linear' | 'inverse';
  readonly settle: string;
  readonly tick: Step;
  readonly lot: Step;
  readonly minLots: number;
  /** Smallest order value in quote, as a double. */
  readonly minNotional: number;
  readonly takerRate: number;
  readonly makerRate: number;
  /** Decimal places of a money unit: 12 linear, 16 inverse. */
  readonly moneyScale: number;
  /** Linear: money units of one tick times one lot, exactly. Inverse: numerator of `lots * n / ticks`. */
  readonly unitMoney: bigint;
  /** The same as a double of the settle coin, for marks and limits. */
  readonly unitNumber: number;
  /** Money units of one settle coin, as a double: 1e12 or 1e16. */
  readonly moneyUnits: number;
  /** Fee rates in 1e-12. */
  readonly takerPico: bigint;
  readonly makerPico: bigint;
}

const pico = 1_000_000_000_000n;

/**
 * Reads rules. `own` are fee rates that go before those of the rules. The only place where an instrument is made: objects of
 * one shape are what the compiler needs to keep the code of the hot path.
 */
export function instrumentOf(rules: InstrumentRules, own: { readonly takerFee: number | null; readonly makerFee: number | null } | null = null): Instrument {
  const takerFee = own?.takerFee ?? null;
  const makerFee = own?.makerFee ?? null;
  const tick = stepOf(rules.tick);
  const lot = stepOf(rules.qtyStep);
  const linear = rules.kind === 'linear';
  const moneyScale = linear ? 12 : 16;
  const scale = 10n ** BigInt(moneyScale);
  const top = BigInt(lot.num) * (linear ? BigInt(tick.num) : BigInt(tick.den)) * scale;
  const bottom = BigInt(lot.den) * (linear ? BigInt(tick.den) : BigInt(tick.num));
  if (linear && top % bottom !== 0n) {
    throw new RangeError(`tick x qtyStep of ${rules.symbol} is finer than 1e-12, was ${rules.tick} x ${rules.qtyStep}`);
  }
  return {
    rules,
    symbol: rules.symbol,
    kind: rules.kind,
    settle: rules.settle,
    tick,
    lot,
    minLots: Math.max(1, Math.ceil((Number(rules.minQty) * lot.den) / lot.num - 1e-9)),
    minNotional: Number(rules.minNotional),
    takerRate: takerFee ?? Number(rules.takerRate),
    makerRate: makerFee ?? Number(rules.makerRate),
    moneyScale,
    unitMoney: divideHalfEven(top, bottom),
    unitNumber: Number(top) / Number(bottom) / 10 ** moneyScale,
    moneyUnits: 10 ** moneyScale,
    takerPico: takerFee === null ? parseDecimal(rules.takerRate, 12) : BigInt(Math.round(takerFee * 1e12)),
    makerPico: makerFee === null ? parseDecimal(rules.makerRate, 12) : BigInt(Math.round(makerFee * 1e12)),
  };
}

/**
 * Value of `sizeLots` at `priceTicks`, in money units: price x quantity (linear, exact) or quantity / price
 * (inverse, rounded half-even once). `priceTicks` must be a whole number.
 */
export function valueAt(instrument: Instrument, priceTicks: number, sizeLots: number): Money { // hot
  if (instrument.kind === 'linear') {
    const product = priceTicks * sizeLots;
    const exact = Number.isSafeInteger(product) ? BigInt(product) : BigInt(priceTicks) * BigInt(sizeLots);
    return exact * instrument.unitMoney;
  }
  return divideHalfEven(BigInt(sizeLots) * instrument.unitMoney, BigInt(priceTicks));
}

/** Fee of a value at a rate in 1e-12, rounded half-even once. Positive is a cost. */
export function feeOf(value: Money, ratePico: bigint): Money { // hot
  return divideHalfEven(value * ratePico, pico);
}

/** Money units as a double of the settle coin: for display and for limits, never for the ledger. */
export function moneyToNumber(instrument: { readonly moneyUnits: number }, money: Money): number { // hot
  return Number(money) / instrument.moneyUnits;
}

/** Value of lots at a price as a double of the settle coin; for marks and limits, never for the ledger. */
export function valueNumber(instrument: Instrument, priceTicks: number, sizeLots: number): number { // hot
  return instrument.kind === 'linear'
    ? priceTicks * sizeLots * instrument.unitNumber
    : (sizeLots * instrument.unitNumber) / priceTicks;
}

/**
 * Gain of a position of `side` whose lots were opened at value `costNumber` and are now worth `worth`: a long gains
 * when a linear value rises, and when an inverse value (coins per contract) falls. Settle coin.
 */
export function gainNumber(instrument: Instrument, side: number, costNumber: number, worth: number): number { // hot
  return instrument.kind === 'linear' ? side * (worth - costNumber) : side * (costNumber - worth);
}
