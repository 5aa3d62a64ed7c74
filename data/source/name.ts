/**
 * What a file's name says: venue, category, symbol, kind and timeframe. Names are split at _ - . and space;
 * a name that claims two categories (spot and futures) claims none, and both claims are kept for the checks.
 */
import { basename } from 'node:path';
import type { SeriesKind } from '../candles.ts';
import { timeframeLength } from '../candles.ts';

export interface NameFacts {
  readonly venue: string | null;
  readonly category: string | null;
  /** More than one when the name contradicts itself. */
  readonly categories: readonly string[];
  readonly symbol: string | null;
  readonly kind: SeriesKind | null;
  readonly timeframe: string | null;
}

const venues = ['bybit', 'binance', 'okx', 'bitget', 'kraken', 'coinbase', 'gate', 'kucoin', 'deribit', 'bitmex', 'hyperliquid'];
const categoryWords: Readonly<Record<string, string>> = {
  linear: 'linear', inverse: 'inverse', spot: 'spot', usdm: 'usdm', coinm: 'coinm',
  futures: 'linear', perp: 'linear', perpetual: 'linear', swap: 'linear',
};
const symbolPattern = /^[A-Z0-9]{2,20}(USDT|USDC|USD|BTC|ETH|EUR|PERP)$/;

export function factsOfName(path: string): NameFacts {
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
    symbol: symbolOfName(path) ?? tokens.find((token) => symbolPattern.test(token)) ?? null,
    kind,
    timeframe: timeframeLength(marked?.[1] ?? '') !== null ? marked?.[1] ?? null : plain ?? null,
  };
}

/** The symbol of an archive's name, which is sure: BTCUSDT2024-03-01.csv.gz, 1000PEPEUSDT2024-03-01.csv. Null for other names. */
export function symbolOfName(path: string): string | null {
  return /^([A-Z0-9-]*[A-Z])\d{4}-\d{2}-\d{2}\.csv(\.gz)?$/.exec(basename(path))?.[1] ?? null;
}
