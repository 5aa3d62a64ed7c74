/**
 * Instrument rules out of what Bybit says of a symbol and its risk tiers: one reading for the download of history and for
 * the start of a live run. Source: protocol sheet, section 3 (instruments-info, risk-limit).
 */
import { formatDecimal, parseDecimal } from '../engine/index.ts';
import type { InstrumentRules, RiskTier } from '../engine/index.ts';

/** A row of instruments-info, as far as rules go; decimals as text. */
export interface ListedRow {
  readonly symbol: string; readonly baseCoin: string; readonly quoteCoin: string; readonly settleCoin: string;
  readonly priceFilter: { readonly tickSize: string };
  readonly leverageFilter: { readonly maxLeverage: string };
  readonly lotSizeFilter: { readonly qtyStep: string; readonly minOrderQty: string; readonly minNotionalValue: string };
}

/** A row of risk-limit; '' = not said. */
export interface TierRow {
  readonly riskLimitValue: string; readonly maintenanceMargin: string; readonly initialMargin: string; readonly maxLeverage: string; readonly mmDeduction: string;
}

/** Base tier of the exchange, where it does not say what the account pays. */
const usualFees = { takerRate: '0.00055', makerRate: '0.0002' } as const;

/** `fees` null = the base tier. */
export function rulesOfListing(
  row: ListedRow, tiers: readonly TierRow[], fees: { readonly takerRate: string; readonly makerRate: string } | null, kind: 'linear' | 'inverse', source: string,
): InstrumentRules {
  const { lotSizeFilter: lot } = row;
  return {
    symbol: row.symbol, kind, base: row.baseCoin, quote: row.quoteCoin, settle: row.settleCoin, tick: trimmed(row.priceFilter.tickSize), qtyStep: trimmed(lot.qtyStep),
    minQty: trimmed(lot.minOrderQty), minNotional: lot.minNotionalValue === '' ? '0' : lot.minNotionalValue, takerRate: fees?.takerRate ?? usualFees.takerRate,
    makerRate: fees?.makerRate ?? usualFees.makerRate, maxLeverage: trimmed(row.leverageFilter.maxLeverage),
    tiers: tiers.map((tier): RiskTier => ({ limit: tier.riskLimitValue, mmr: maintenanceOf(tier), deduction: tier.mmDeduction === '' ? '0' : tier.mmDeduction })),
    source,
  };
}

/** As a fraction. Rows in percent are known by their initial margin, which is one part in the leverage: 1 at 100 times, not 0.01. */
function maintenanceOf({ maintenanceMargin, initialMargin, maxLeverage }: TierRow): string {
  const isPercent = Number(initialMargin) * Number(maxLeverage) > 10;
  return isPercent ? formatDecimal(parseDecimal(maintenanceMargin, 12) / 100n, 12) : maintenanceMargin;
}

/** Shortest text of a decimal: '0.10' is '0.1'. */
const trimmed = (value: string): string => (value.includes('.') ? value.replace(/\.?0+$/, '') : value);
