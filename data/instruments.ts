/**
 * Instrument rules: the packaged table, a user's file, and inference from data, in reverse order of precedence.
 * Fee rates are the venue's base tier. Where no tiers of the venue are known here, the two-tier defaults of the fill
 * model stand in, and `source` says so.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { instrumentOf, parseDecimal } from '../engine/index.ts';
import type { InstrumentRules, RiskTier } from '../engine/index.ts';
import type { Candles, MarketId } from './candles.ts';
import { DataError } from './error.ts';
import { decimalPlaces } from './scan.ts';

const takerRate = '0.00055';
const makerRate = '0.0002';
const linearTiers: readonly RiskTier[] = [
  { limit: '2000000', mmr: '0.005', deduction: '0' },
  { limit: '10000000', mmr: '0.01', deduction: '10000' },
];
const inverseTiers: readonly RiskTier[] = [
  { limit: '150', mmr: '0.005', deduction: '0' },
  { limit: '300', mmr: '0.01', deduction: '0.75' },
];

const fromVenue = 'Bybit V5 instruments-info example of 2025-01-02; fees base tier; tiers: fill model defaults';
const fromData = 'tick and step as seen in Bybit 2025 bars, read 2026-11; fees base tier; leverage and tiers: fill model defaults';
const fromSample = 'Bybit V5 instruments-info sample of 2023-11-14; fees base tier; tiers: fill model defaults';

function linear(
  base: string, tick: string, qtyStep: string, rest: Pick<InstrumentRules, 'maxLeverage' | 'source'>,
): InstrumentRules {
  return {
    symbol: `${base}USDT`, kind: 'linear', base, quote: 'USDT', settle: 'USDT', tick, qtyStep, minQty: qtyStep,
    minNotional: '5', takerRate, makerRate, tiers: linearTiers, ...rest,
  };
}

/** When the venue was seen to have what the packaged table says, by source. */
const seenOn: Readonly<Record<string, string>> = { [fromVenue]: '2025-01-02', [fromData]: '2026-11', [fromSample]: '2023-11-14' };

const bybitLinear: readonly InstrumentRules[] = [
  linear('BTC', '0.1', '0.001', { maxLeverage: '100', source: fromVenue }),
  linear('ETH', '0.01', '0.01', { maxLeverage: '100', source: fromData }),
  linear('SOL', '0.01', '0.1', { maxLeverage: '75', source: fromData }),
  linear('BNB', '0.1', '0.01', { maxLeverage: '50', source: fromData }),
  linear('WIF', '0.0001', '1', { maxLeverage: '50', source: fromData }),
];
const bybitInverse: readonly InstrumentRules[] = [{
  symbol: 'BTCUSD', kind: 'inverse', base: 'BTC', quote: 'USD', settle: 'BTC', tick: '0.5', qtyStep: '1', minQty: '1',
  minNotional: '0', takerRate, makerRate, maxLeverage: '100', tiers: inverseTiers,
  source: fromSample,
}];

/** The packaged rules of a market's symbol, or null. The built-in market trades under the linear rules. */
export function packagedRules(market: MarketId, symbol: string): InstrumentRules | null {
  const table = market.venue === 'builtin' || (market.venue === 'bybit' && market.category === 'linear') ? bybitLinear
    : market.venue === 'bybit' && market.category === 'inverse' ? bybitInverse : [];
  return table.find((rules) => rules.symbol === symbol) ?? null;
}

/** UTC day or month of packaged rules; null = they are none. */
export const packagedSeen = (rules: InstrumentRules): string | null => (isPackaged(rules) ? seenOn[rules.source] ?? null : null);

const isPackaged = (rules: InstrumentRules): boolean => bybitLinear.includes(rules) || bybitInverse.includes(rules);

const positive = z.union([z.string(), z.number()]).transform(String)
  .refine((value) => /^\d+(\.\d+)?(e-?\d+)?$/i.test(value) && Number(value) > 0, 'must be a positive decimal');
const amount = z.union([z.string(), z.number()]).transform(String)
  .refine((value) => /^-?\d+(\.\d+)?(e-?\d+)?$/i.test(value), 'must be a decimal');
const kind = z.enum(['linear', 'inverse']);

/** A user's rules: `symbol`, `tick` and `qtyStep` suffice, the rest has the defaults of the fill model. */
const stated = z.strictObject({
  symbol: z.string().regex(/^[A-Z0-9._-]{2,30}$/, 'must be a symbol such as BTCUSDT'),
  /** Default linear. */
  kind: kind.default('linear'),
  /** Default: the symbol without its quote. */
  base: z.string().min(1).optional(),
  quote: z.string().min(1).optional(),
  /** Default: the quote when linear, the base when inverse. */
  settle: z.string().min(1).optional(),
  tick: positive,
  qtyStep: positive,
  /** Default: one step. */
  minQty: positive.optional(),
  /** Default 5 linear, 0 inverse. */
  minNotional: amount.optional(),
  /** Default 0.00055 and 0.0002. */
  takerRate: amount.default(takerRate),
  makerRate: amount.default(makerRate),
  /** Default 100. */
  maxLeverage: positive.default('100'),
  /** Default: 2,000,000 at 0.5 % and 10,000,000 at 1 % linear; 150 and 300 coin inverse. */
  tiers: z.array(z.strictObject({ limit: positive, mmr: positive, deduction: amount })).min(1).optional(),
  source: z.string().min(1).optional(),
});

/** Reads `--instrument FILE`: one rules object or an array of them. Unknown keys are refused by name. */
export function readInstrumentFile(file: string): readonly InstrumentRules[] {
  let written: unknown;
  try {
    written = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new DataError({
      reason: 'bad-instrument', what: `unreadable instrument file (${error instanceof Error ? error.message : ''})`, file,
      expected: 'JSON such as {"symbol":"BTCUSDT","tick":"0.1","qtyStep":"0.001"}', fix: 'check the path and the JSON',
    }, error);
  }
  return parseRules(written, file);
}

/** The same for rules that are already parsed JSON; `origin` names them in errors and as their source. */
export function parseRules(written: unknown, origin: string): readonly InstrumentRules[] {
  const parsed = z.array(stated).min(1).safeParse(Array.isArray(written) ? written : [written]);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const [index, ...path] = issue?.path ?? [];
    throw new DataError({
      reason: 'bad-instrument', what: `bad instrument rules (${issue?.message ?? ''})`, file: origin,
      ...(Array.isArray(written) && typeof index === 'number' ? { row: index + 1 } : {}),
      ...(path.length > 0 ? { field: path.join('.') } : {}),
      expected: 'symbol, tick, qtyStep and, if they differ from the defaults, the other rules', fix: 'correct or remove the key',
    });
  }
  return parsed.data.map((rules) => checked(completed(rules, origin), origin));
}

function completed(rules: z.output<typeof stated>, origin: string): InstrumentRules {
  const isLinear = rules.kind === 'linear';
  const [base, quote] = splitSymbol(rules.symbol);
  return {
    symbol: rules.symbol, kind: rules.kind, base: rules.base ?? base, quote: rules.quote ?? quote,
    settle: rules.settle ?? (isLinear ? rules.quote ?? quote : rules.base ?? base),
    tick: rules.tick, qtyStep: rules.qtyStep, minQty: rules.minQty ?? rules.qtyStep,
    minNotional: rules.minNotional ?? (isLinear ? '5' : '0'),
    takerRate: rules.takerRate, makerRate: rules.makerRate, maxLeverage: rules.maxLeverage,
    tiers: rules.tiers ?? (isLinear ? linearTiers : inverseTiers),
    source: rules.source ?? `file ${origin}`,
  };
}

/** What the arithmetic cannot hold is refused here, in words, not deep in a run. */
function checked(rules: InstrumentRules, origin: string): InstrumentRules {
  try {
    instrumentOf(rules);
    for (const tier of rules.tiers) parseDecimal(tier.mmr, 12);
    return rules;
  } catch (error) {
    throw new DataError({
      reason: 'bad-instrument', what: `bad instrument rules (${error instanceof Error ? error.message : String(error)})`,
      file: origin, fix: 'state a tick and a step the venue really has',
    }, error);
  }
}

const quotes = ['USDT', 'USDC', 'BUSD', 'USD', 'EUR', 'BTC', 'ETH'];

/** 'BTCUSDT' -> ['BTC', 'USDT']; a symbol without a known quote is its own base against USDT. */
export function splitSymbol(symbol: string): readonly [string, string] {
  const quote = quotes.find((ending) => symbol.endsWith(ending) && symbol.length > ending.length);
  return quote === undefined ? [symbol, 'USDT'] : [symbol.slice(0, -quote.length), quote];
}

const stepText = (places: number): string => (places === 0 ? '1' : `0.${'0'.repeat(places - 1)}1`);

/** Tick and step from the decimal places of prices and volumes (quote units); everything else by default. */
export function inferRules(market: MarketId, symbol: string, candles: Candles): InstrumentRules {
  const isInverse = market.category === 'inverse' || market.category === 'coinm';
  const pricePlaces = decimalPlaces([candles.open, candles.high, candles.low, candles.close]);
  const volumePlaces = Math.min(decimalPlaces([candles.volume]), 12 - pricePlaces);
  const [base, quote] = splitSymbol(symbol);
  const qtyStep = isInverse ? '1' : stepText(volumePlaces);
  return {
    symbol, kind: isInverse ? 'inverse' : 'linear', base, quote, settle: isInverse ? base : quote,
    tick: stepText(pricePlaces), qtyStep, minQty: qtyStep, minNotional: isInverse ? '0' : '5',
    takerRate, makerRate, maxLeverage: '100', tiers: isInverse ? inverseTiers : linearTiers, source: 'inferred',
  };
}

/** The user's rules win over those of the venue that were stored, those over the packaged, and those over inference (whose source is 'inferred': callers warn). */
export function rulesFor(
  market: MarketId, symbol: string, overrides: readonly InstrumentRules[], stored: InstrumentRules | null, candles: Candles,
): InstrumentRules {
  return overrides.find((rules) => rules.symbol === symbol)
    ?? stored ?? packagedRules(market, symbol) ?? inferRules(market, symbol, candles);
}
