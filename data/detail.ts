/**
 * What the orders of a run are matched on inside its bars: bars of a shorter timeframe, or single trades. Read for the
 * time of the run's own bars, from the same market. Whether it tiles those bars is for the simulator to check.
 */
import { builtinSymbol } from './builtin/index.ts';
import type { Candles, MarketId, Prints } from './candles.ts';
import { marketText, timeText, timeframeLength, timeframeName, timeframeNames } from './candles.ts';
import { DataError, usageError } from './error.ts';
import { candlesOf, printsOf, readColumns } from './lake/index.ts';
import type { Manifest, Range } from './lake/index.ts';

/** Prices in quote as stored, in ticks once loaded. Fits the simulator's detail. */
export type Detail =
  | { readonly tag: 'bars'; readonly bars: Candles & { readonly intervalMs: number } }
  | { readonly tag: 'prints'; readonly prints: Prints };

/** Length of the shorter bars in ms, or single trades. */
export type DetailWish = number | 'trades';

/** Reads '1m' or 'trades'; bars must be shorter than those of the run and divide them. */
export function detailWish(name: string, intervalMs: number): DetailWish {
  if (name === 'trades') return name;
  const ms = timeframeLength(name);
  const shorter = timeframeNames.filter((one) => divides(timeframeLength(one) ?? Infinity, intervalMs));
  const fix = `use --detail ${[...shorter, 'trades'].join(' or ')}`;
  if (ms === null) throw usageError(`--detail was '${name}', no timeframe and not 'trades'`, fix);
  const bars = timeframeName(intervalMs) ?? `${intervalMs} ms`;
  if (ms >= intervalMs) throw usageError(`--detail was '${name}', not shorter than the run's bars of ${bars}, on which orders are matched anyway`, fix);
  if (!divides(ms, intervalMs)) throw usageError(`--detail was '${name}', which does not divide the run's bars of ${bars}`, fix);
  return ms;
}

const divides = (ms: number, intervalMs: number): boolean => ms < intervalMs && intervalMs % ms === 0;

/** The built-in market is made of minutes; it has no trades. */
export function builtinDetail(symbol: string, wish: DetailWish, cut: (candles: Candles) => Candles): Detail {
  const made = wish === 'trades' ? null : builtinSymbol(symbol, wish);
  if (wish === 'trades' || made === null) {
    throw new DataError({
      reason: 'no-detail', what: `the built-in market has no trades of ${symbol}`, expected: 'shorter bars', fix: 'use --detail 1m',
    });
  }
  return { tag: 'bars', bars: { ...cut(made.last), intervalMs: wish } };
}

export interface DetailQuery {
  readonly folder: string;
  /** Series of the market. */
  readonly series: readonly Manifest[];
  readonly market: MarketId;
  readonly symbol: string;
  readonly wish: DetailWish;
  /** Time of the run's own bars. */
  readonly span: Range;
}

/** The series of the lake that holds the detail, and what it has in the span. */
export function lakeDetail({ folder, series, market, symbol, wish, span }: DetailQuery): { readonly from: Manifest; readonly detail: Detail } {
  const own = series.filter((one) => one.symbol === symbol);
  const from = own.find((one) => (wish === 'trades' ? one.kind === 'trades' : one.kind === 'last' && one.intervalMs === wish));
  const name = wish === 'trades' ? 'trades' : `${timeframeName(wish) ?? ''} bars`;
  if (from === undefined) {
    const has = own.filter((one) => one.kind === 'last' || one.kind === 'trades').map((one) => (one.kind === 'last' ? one.timeframe : one.kind));
    throw new DataError({
      reason: 'no-detail', what: `no ${name} of ${symbol} in ${marketText(market)}`, file: folder, value: has.join(' '), expected: name,
      fix: `holdfast data import FILES --market ${marketText(market)} --symbol ${symbol}, or leave out --detail`,
    });
  }
  const columns = readColumns(folder, from, span);
  if ((columns[0]?.length ?? 0) === 0) {
    throw new DataError({
      reason: 'no-detail', what: `no ${name} of ${symbol} in the time of the run`,
      value: `${timeText(from.first)} to ${timeText(from.last)}`, expected: `${timeText(span.from)} to ${timeText(span.to)}`,
      fix: 'change --from and --to, import more, or leave out --detail',
    });
  }
  return {
    from, detail: wish === 'trades' ? { tag: 'prints', prints: printsOf(columns) } : { tag: 'bars', bars: { ...candlesOf(columns), intervalMs: wish } },
  };
}
