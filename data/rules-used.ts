/**
 * The rules a symbol is played by, and where they are from: a run's manifest keeps it, every report tells it.
 *
 * Precedence: the user's file, what `data download` stored of that time, the packaged table, inference from the data.
 */
import type { InstrumentRules } from '../engine/index.ts';
import type { Candles, MarketId } from './candles.ts';
import { packagedSeen, rulesFor } from './instruments.ts';
import { readRules, rulesAt } from './rules-history.ts';

export interface RulesUsed {
  readonly symbol: string;
  /** `file` = the user's, `lake` = stored by a download, `package` = shipped with it, `data` = inferred, `venue` = asked at the start of a live run. */
  readonly origin: 'file' | 'lake' | 'package' | 'data' | 'venue';
  /** In words. */
  readonly source: string;
  /** UTC day or month on which the venue was seen to have them, such as `2025-01-02`; null = not known. */
  readonly seen: string | null;
  /** UTC day on which it was first seen to have others; null = none is known. */
  readonly until: string | null;
}

export interface RulesQuery {
  readonly folder: string;
  readonly market: MarketId;
  readonly symbol: string;
  readonly overrides: readonly InstrumentRules[];
  /** Time of the run, ms. */
  readonly from: number;
  readonly to: number;
  readonly candles: Candles;
}

export interface FoundRules {
  readonly rules: InstrumentRules;
  readonly used: RulesUsed;
  /** What is doubtful about them for this time, in words. */
  readonly doubts: readonly string[];
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

export function findRules({ folder, market, symbol, overrides, from, to, candles }: RulesQuery): FoundRules {
  const stored = market.venue === 'builtin' ? null : rulesAt(readRules(folder, market, symbol), from, to);
  const rules = rulesFor(market, symbol, overrides, stored?.rules ?? null, candles);
  const told = { symbol, source: rules.source };
  if (overrides.includes(rules)) return { rules, used: { ...told, origin: 'file', seen: null, until: null }, doubts: [] };
  if (rules === stored?.rules) {
    const until = stored.validUntil === null ? null : dayOf(stored.validUntil);
    return { rules, used: { ...told, origin: 'lake', seen: dayOf(stored.validFrom), until }, doubts: stored.doubts };
  }
  const seen = packagedSeen(rules);
  return { rules, used: { ...told, origin: seen === null ? 'data' : 'package', seen, until: null }, doubts: [] };
}
