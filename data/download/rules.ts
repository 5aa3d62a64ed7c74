/** Instrument rules with their risk tiers, as the venue has them now, kept with the time from which they were seen. */
import type { MarketId } from '../candles.ts';
import { withLakeLock } from '../lake/index.ts';
import { keepRules, readRules } from '../rules-history.ts';
import type { ListedRow, TierRow } from '../venue-rules.ts';
import { rulesOfListing } from '../venue-rules.ts';
import type { Asker } from './ask.ts';
import { paths, tierRows } from './wire.ts';

/** What is known of a symbol's rules after a download. `validFrom` of the newest version, ms. */
export interface DownloadedRules { readonly market: string; readonly symbol: string; readonly isNew: boolean; readonly versions: number; readonly validFrom: number | null }

export interface RulesQuery {
  readonly folder: string;
  readonly market: MarketId & { readonly category: 'linear' | 'inverse' };
  readonly symbol: string;
  /** What instruments-info says of it, at `at` (ms, the market's time); null = listed no more: the versions known are kept. */
  readonly row: ListedRow | null;
  readonly at: number;
}

export async function fetchRules(asker: Asker, { folder, market, symbol, row, at }: RulesQuery): Promise<DownloadedRules> {
  const { category } = market;
  let isNew = false;
  if (row !== null) {
    const source = `Bybit instruments-info and risk-limit of ${new Date(at).toISOString().slice(0, 10)}; fees base tier`;
    const rules = rulesOfListing(row, await tiersOf(asker, category, symbol), null, category, source);
    isNew = withLakeLock(folder, () => keepRules(folder, market, rules, at));
  }
  const versions = readRules(folder, market, symbol);
  return { market: `${market.venue}:${category}`, symbol, isNew, versions: versions.length, validFrom: versions.at(-1)?.validFrom ?? null };
}

async function tiersOf(asker: Asker, category: string, symbol: string): Promise<readonly TierRow[]> {
  const tiers: TierRow[] = [];
  for (let cursor = ''; ;) {
    const { result } = await asker.ask(tierRows, paths.tiers, { category, symbol, ...(cursor === '' ? {} : { cursor }) });
    tiers.push(...result.list.filter((row) => row.symbol === symbol));
    if (result.nextPageCursor === '' || result.nextPageCursor === cursor || result.list.length === 0) return tiers;
    cursor = result.nextPageCursor;
  }
}
