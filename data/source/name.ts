/**
 * What a file's name says: venue, category, symbol, kind and timeframe. Names are split at _ - . and space;
 * a name that claims two categories (spot and futures) claims none, and both claims are kept for the checks.
 */
import { basename } from 'node:path';
import type { SeriesKind } from '../candles.ts';
import { timeframeLength } from '../candles.ts';
import { archiveName } from './archive-name.ts';
import type { ArchiveName } from './archive-name.ts';

export interface NameFacts {
  readonly venue: string | null;
  readonly category: string | null;
  /** More than one when the name contradicts itself. */
  readonly categories: readonly string[];
  readonly symbol: string | null;
  readonly kind: SeriesKind | null;
  readonly timeframe: string | null;
  /** The name follows the rule of an archive or another program; null when its parts are guesses. */
  readonly archive: ArchiveName | null;
}

const venues = ['bybit', 'binance', 'okx', 'bitget', 'kraken', 'coinbase', 'gate', 'kucoin', 'deribit', 'bitmex', 'hyperliquid'];
const categoryWords: Readonly<Record<string, string>> = {
  linear: 'linear', inverse: 'inverse', spot: 'spot', usdm: 'usdm', coinm: 'coinm',
  futures: 'linear', perp: 'linear', perpetual: 'linear', swap: 'linear',
};
const symbolPattern = /^[A-Z0-9]{2,20}(USDT|USDC|USD|BTC|ETH|EUR|PERP)$/;

export function factsOfName(path: string): NameFacts {
  const archive = archiveName(path);
  if (archive !== null) {
    const { venue, category, symbol, kind, timeframe } = archive;
    return { venue, category, categories: category === null ? [] : [category], symbol, kind, timeframe, archive };
  }
  const tokens = basename(path).replace(/\.(csv|parquet|gz)\b/g, '').split(/[_\-. ]+/).filter((token) => token !== '');
  const lower = tokens.map((token) => token.toLowerCase());
  const categories = [...new Set(lower.flatMap((token) => {
    const known = Object.hasOwn(categoryWords, token) ? categoryWords[token] : undefined;
    return known === undefined ? [] : [known];
  }))];
  const marked = lower.map((token) => /^mark(?:price)?(\d+[mhd])?$/.exec(token)).find((match) => match !== null);
  const plain = lower.find((token) => timeframeLength(token) !== null);
  const kind = lower.includes('funding') ? 'funding' : marked !== undefined ? 'mark' : null;
  return {
    venue: venues.find((venue) => lower.includes(venue)) ?? null,
    category: categories.length === 1 ? categories[0] ?? null : null,
    categories,
    symbol: tokens.find((token) => symbolPattern.test(token)) ?? null,
    kind,
    timeframe: timeframeLength(marked?.[1] ?? '') !== null ? marked?.[1] ?? null : plain ?? null,
    archive: null,
  };
}
