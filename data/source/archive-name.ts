/**
 * Names that archives and other programs give their files, whose every part has a fixed place: they are taken at their word,
 * and an option that says otherwise is refused. Anything else is guessed at by `name.ts`.
 */
import { basename, dirname } from 'node:path';
import type { SeriesKind } from '../candles.ts';
import { timeframeLength } from '../candles.ts';

export interface ArchiveName {
  /** Whose way of naming it is. */
  readonly by: 'bybit' | 'binance' | 'freqtrade';
  readonly venue: string | null;
  readonly category: string | null;
  readonly symbol: string;
  readonly kind: SeriesKind | null;
  readonly timeframe: string | null;
  /** Names of the columns of a file without a header; null when bars begin with time, open, high, low, close, volume. */
  readonly columns: readonly string[] | null;
  /** What the file holds when it is nothing that can be imported. */
  readonly foreign: string | null;
}

const day = String.raw`\d{4}-\d{2}(?:-\d{2})?`;
const bybitName = /^([A-Z0-9-]+?)\d{4}-\d{2}-\d{2}\.csv(?:\.gz)?$/;
const binanceName = new RegExp(String.raw`^([A-Z0-9]+(?:_[A-Z0-9]+)?)-(aggTrades|trades|\d+[a-zA-Z]+)-${day}\.(?:zip|csv)$`);
const freqtradeName = /^([A-Z0-9]+)_([A-Z0-9]+?)(?:_([A-Z0-9]+))?-(?:(\d+[a-zA-Z]+)|trades)(?:-(futures|mark|index|premiumIndex|funding_rate))?\.(?:json|json\.gz|feather)$/;

/** Null for a name that follows no such rule. */
export function archiveName(path: string): ArchiveName | null {
  const name = basename(path);
  return bybitOf(name) ?? binanceOf(name, path) ?? freqtradeOf(name, path);
}

/** Source: the venue's folder trading/, SYMBOLYYYY-MM-DD.csv.gz: derivatives, one UTC day. Coin-settled ones end in USD, or USD and a date. */
function bybitOf(name: string): ArchiveName | null {
  const symbol = bybitName.exec(name)?.[1];
  if (symbol === undefined) return null;
  const category = /USD(?:[HMUZ]\d{2})?$/.test(symbol) ? 'inverse' : 'linear';
  return { by: 'bybit', venue: 'bybit', category, symbol, kind: 'trades', timeframe: null, columns: null, foreign: null };
}

/** Source: binance/binance-public-data, README: the columns of files that came without a header. */
const binanceColumns: Readonly<Record<string, readonly string[]>> = {
  aggTrades: ['agg_trade_id', 'price', 'quantity', 'first_trade_id', 'last_trade_id', 'transact_time', 'is_buyer_maker', 'is_best_match'],
  trades: ['id', 'price', 'qty', 'quote_qty', 'time', 'is_buyer_maker', 'is_best_match'],
};

/** The market is not in the name; it is in the folders, when they are kept: data/spot/, data/futures/um/, data/futures/cm/. */
function binanceOf(name: string, path: string): ArchiveName | null {
  const [, symbol, what = ''] = binanceName.exec(name) ?? [];
  if (symbol === undefined) return null;
  const folders = dirname(path).split(/[\\/]/);
  const market = folders.includes('spot') ? 'spot' : folders.includes('um') ? 'usdm' : folders.includes('cm') ? 'coinm' : null;
  const columns = binanceColumns[what] ?? null;
  const foreign = folders.find((folder) => folder === 'indexPriceKlines' || folder === 'premiumIndexKlines') ?? null;
  const kind = columns !== null ? 'trades' : folders.includes('markPriceKlines') ? 'mark' : 'last';
  return { by: 'binance', venue: 'binance', category: market, symbol, kind, timeframe: columns === null ? what : null, columns, foreign };
}

const freqtradeVenues = ['bybit', 'binance', 'okx', 'bitget', 'kraken', 'gate', 'kucoin', 'hyperliquid', 'bitmex'];

/** BASE_QUOTE[_SETTLE]-TIMEFRAME[-CANDLETYPE]; the exchange is the folder above, or the one above futures/. */
function freqtradeOf(name: string, path: string): ArchiveName | null {
  const [, base, quote, settle, timeframe, candles] = freqtradeName.exec(name) ?? [];
  if (base === undefined || quote === undefined) return null;
  const folders = dirname(path).split(/[\\/]/).slice(-2);
  const venue = freqtradeVenues.find((one) => folders.includes(one)) ?? null;
  const isLinear = settle === quote;
  const category = settle === undefined ? 'spot' : venue === 'binance' ? (isLinear ? 'usdm' : 'coinm') : isLinear ? 'linear' : 'inverse';
  const kind = candles === 'mark' ? 'mark' : candles === 'funding_rate' ? 'funding' : timeframe === undefined ? 'trades' : 'last';
  const foreign = candles === 'index' || candles === 'premiumIndex' ? `${candles} candles` : kind === 'trades' ? 'trades of freqtrade' : null;
  return { by: 'freqtrade', venue, category, symbol: `${base}${quote}`, kind, timeframe: timeframe ?? null, columns: null, foreign };
}

/** What an option says against a name; null when they agree. `market` is venue and category. */
export function contradiction(name: ArchiveName, said: { readonly symbol?: string; readonly timeframe?: string; readonly kind?: string; readonly market?: string }): {
  readonly option: string; readonly value: string; readonly expected: string;
} | null {
  const [venue, category] = said.market?.split(':') ?? [];
  const pairs = [
    ['--symbol', said.symbol, name.symbol], ['--timeframe', said.timeframe, name.kind === 'funding' ? null : name.timeframe],
    ['--kind', said.kind, name.kind], ['--market', venue, name.venue], ['--market', category, name.category],
  ] as const;
  for (const [option, value, expected] of pairs) {
    if (value !== undefined && expected !== null && !isSame(value, expected)) return { option, value: option === '--market' ? said.market ?? value : value, expected };
  }
  return null;
}

/** 60m is 1h and 1mo is 1M: lengths are compared where there is one. */
function isSame(value: string, expected: string): boolean {
  const length = timeframeLength(value);
  return value === expected || (length !== null && length === timeframeLength(expected));
}
