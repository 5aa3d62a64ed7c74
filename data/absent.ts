/** What a run asked for and the lake lacks: each absence with the command that would get it. */
import type { MarketId } from './candles.ts';
import { marketText, seriesText, timeText } from './candles.ts';
import { DataError } from './error.ts';
import type { Manifest } from './lake/index.ts';

/** A range of a run in ms; absent = as far as the data goes. */
interface Asked { readonly folder: string; readonly timeframe: string; readonly from?: number; readonly to?: number }

export function unknownSymbol(series: readonly Manifest[], symbol: string, market: MarketId, asked: Asked): DataError {
  const name = marketText(market);
  const has = [...new Set(series.filter((one) => one.kind === 'last').map((one) => `${one.symbol} ${one.timeframe}`))];
  return new DataError({
    reason: 'unknown-symbol', what: `no candles of ${symbol} in ${name}`, file: asked.folder,
    expected: has.length === 0 ? `something imported for ${name} (the lake holds nothing of it)` : `one of ${has.join(', ')}`,
    fix: [downloadCommand(market, symbol, asked), `holdfast data import FILES --market ${name} --symbol ${symbol}`, 'try --market builtin:linear']
      .filter((way) => way !== null).join(', or '),
  });
}

/** `has` = what bars there are, in words. */
export function noTimeframe(has: string, symbols: readonly string[], market: MarketId, asked: Asked): DataError {
  return new DataError({
    reason: 'no-timeframe', what: `no bars that make ${asked.timeframe}`, value: has,
    expected: `${asked.timeframe} or a timeframe that divides it, the same for every symbol`,
    fix: [downloadCommand(market, symbols.join(' '), asked), `holdfast data import FILES --market ${marketText(market)}`]
      .filter((way) => way !== null).join(', or '),
  });
}

export function emptyRange(series: Manifest, asked: Asked): DataError {
  const text = (at: number | undefined): string => (at === undefined ? '...' : timeText(at));
  const download = downloadCommand(series, series.symbol, asked);
  return new DataError({
    reason: 'empty-range', what: `no bars of ${seriesText(series)} in the range`,
    value: `${text(asked.from)} to ${text(asked.to)}`,
    expected: `a range within ${timeText(series.first)} to ${timeText(series.last)}`,
    fix: download === null || asked.from === undefined ? 'change --from and --to, or import more' : `change --from and --to, or ${download}`,
  });
}

/** A range for whoever named none: long enough for most indicators, short enough for a first look. */
const usualMs = 365 * 86_400_000;

/** The command that downloads it, ready to be typed; null = no download serves this market. `now` is only looked at when no range was named. */
function downloadCommand({ venue, category }: MarketId, symbols: string, { timeframe, from, to }: Asked, now = Date.now()): string | null {
  if (venue !== 'bybit' || (category !== 'linear' && category !== 'inverse')) return null;
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  const stamp = (at: number): string => (at % 86_400_000 === 0 ? day(at) : `${new Date(at).toISOString().slice(0, 16)}Z`);
  const start = stamp(from ?? Math.floor(((to ?? now) - usualMs) / 86_400_000) * 86_400_000);
  const market = category === 'linear' ? '' : ` --market ${venue}:${category}`;
  return `holdfast data download ${symbols} --timeframe ${timeframe} --from ${start} ${to === undefined ? '--until-now' : `--to ${stamp(to)}`}${market}`;
}
