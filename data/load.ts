/**
 * Loads what a run plays: last bars, mark bars, funding and rules per symbol, prices in ticks, columns in shared
 * memory, with the hashes of the data used and everything a report must mention.
 *
 * 1. Data and rules may come from two markets; a report hears of it.
 * 2. The timeframe asked for is taken if the lake has it, else the longest one that divides it.
 * 3. Ranges count by opening time: `from` is included, `to` is not.
 * 4. Where the lake has trades of a symbol and no bars, the bars are made of the trades; a report hears of it.
 * 5. A detail, shorter bars or single trades, comes from the same market and covers the time of the bars at most.
 */
import { createHash } from 'node:crypto';
import { instrumentOf, stepsIn } from '../engine/index.ts';
import type { Instrument, InstrumentRules, Step } from '../engine/index.ts';
import { emptyRange, noTimeframe, unknownSymbol } from './absent.ts';
import { barsOfTrades } from './bars-of-trades.ts';
import { builtinSymbol, builtinSymbols } from './builtin/index.ts';
import type { Candles, FundingStamps, MarketId, SeriesKind } from './candles.ts';
import {
  marketOf, marketText, seriesText, sharedColumns, timeText, timeframeLength, timeframeName, timeframeNames,
} from './candles.ts';
import { fundingHoles } from './check/index.ts';
import { builtinDetail, detailWish, lakeDetail } from './detail.ts';
import type { Detail, DetailWish } from './detail.ts';
import { DataError, usageError } from './error.ts';
import { candlesOf, firstAtOrAfter, listLake, monthsIn, printsOf, readColumns, stampsOf } from './lake/index.ts';
import type { Manifest, Range } from './lake/index.ts';
import { isRemote, withRemoteCopy } from './remote/index.ts';
import { findRules } from './rules-used.ts';
import type { RulesUsed } from './rules-used.ts';

export interface LoadOptions {
  /** The data folder (`dataFolder()`); not read for the built-in market. */
  readonly folder: string;
  /** 'bybit:linear', 'builtin:linear'; data and execution unless named apart below. */
  readonly market?: string;
  readonly dataMarket?: string;
  readonly execMarket?: string;
  /** In the strategy's order. */
  readonly symbols: readonly string[];
  readonly timeframe: string;
  /** What orders are matched on inside the bars: a shorter timeframe, or 'trades'. */
  readonly detail?: string;
  /** Opening times in ms: first included, first excluded. */
  readonly from?: number;
  readonly to?: number;
  /** Rules that win over the packaged table (`readInstrumentFile`). */
  readonly overrides?: readonly InstrumentRules[];
}

/** Prices in ticks as doubles, whole unless the data is finer than the tick. Fits the simulator's series. */
export interface LoadedSeries extends Candles { readonly intervalMs: number }

export interface LoadedSymbol {
  readonly instrument: Instrument;
  readonly rulesUsed: RulesUsed;
  readonly last: LoadedSeries;
  /** Null when there is none: the mark is then the last price. */
  readonly mark: LoadedSeries | null;
  readonly funding: FundingStamps | null;
  /** Absent: orders are matched on the bars. */
  readonly detail?: Detail;
}

export type LoadWarningCode =
  | 'gaps' | 'no-mark' | 'mark-interval' | 'mark-partial' | 'no-funding' | 'funding-holes' | 'inferred-rules' | 'off-tick'
  | 'flagged-data' | 'mixed-markets' | 'spot-execution' | 'finer-timeframe' | 'ranges-differ' | 'made-of-trades' | 'rules-of-another-time';
export interface LoadWarning {
  readonly code: LoadWarningCode;
  readonly symbol: string | null;
  readonly count: number;
  readonly text: string;
}

/** One file (or generator) the run reads, for the run's manifest. */
export interface DataHash { readonly series: string; readonly file: string; readonly rows: number; readonly sha256: string }

export interface LoadedMarket {
  readonly symbols: readonly LoadedSymbol[];
  readonly dataMarket: string;
  readonly execMarket: string;
  readonly timeframe: string;
  readonly intervalMs: number;
  /** What orders are matched on inside the bars, as asked for; null = the bars. */
  readonly detail: string | null;
  /** First opening time and last closing time over all symbols, ms. */
  readonly from: number;
  readonly to: number;
  /** Last bars of all symbols. */
  readonly bars: number;
  readonly hashes: readonly DataHash[];
  /** One hash over the data, the range and the rules; file names and paths do not count. */
  readonly hash: string;
  readonly warnings: readonly LoadWarning[];
}

interface Markets { readonly data: MarketId; readonly exec: MarketId }

export async function loadMarket(options: LoadOptions): Promise<LoadedMarket> {
  const data = marketOf(options.dataMarket ?? options.market ?? 'bybit:linear');
  const exec = marketOf(options.execMarket ?? options.market ?? options.dataMarket ?? 'bybit:linear');
  const markets = { data, exec };
  const asked = timeframeLength(options.timeframe);
  if (asked === null) throw usageError(`timeframe was '${options.timeframe}'`, `use one of ${timeframeNames.join(' ')}`);
  if (options.symbols.length === 0) throw usageError('no symbols', 'name at least one symbol');
  if (data.venue === 'builtin') return assemble(builtinRaw(options, asked), markets, options);
  if (isRemote(options.folder)) {
    return await withRemoteCopy(options.folder, { ...data, ...options }, async (folder) => await loadMarket({ ...options, folder }));
  }
  const series = listLake(options.folder).filter((one) => one.venue === data.venue && one.category === data.category);
  const intervalMs = pickInterval(series, options, markets, asked);
  const raws: Raw[] = [];
  const detail = wishOf(options, intervalMs);
  for (const symbol of options.symbols) raws.push(lakeRaw({ series, symbol, intervalMs, options, market: data, detail }));
  return assemble(raws, markets, options);
}

/** One symbol in quote prices as it lies in the lake, before rules and ticks. */
interface Raw {
  readonly symbol: string;
  readonly intervalMs: number;
  readonly last: Candles;
  readonly mark: Candles | null;
  readonly markIntervalMs: number;
  readonly funding: FundingStamps | null;
  readonly detail: Detail | null;
  readonly isMadeOfTrades: boolean;
  readonly hashes: readonly DataHash[];
  /** Error findings the series was imported with. */
  readonly flagged: readonly string[];
}

const rangeOf = (options: LoadOptions): Range => ({ from: options.from ?? -Infinity, to: options.to ?? Infinity });

const wishOf = ({ detail }: LoadOptions, intervalMs: number): DetailWish | null =>
  (detail === undefined ? null : detailWish(detail, intervalMs));

function builtinRaw(options: LoadOptions, asked: number): readonly Raw[] {
  const range = rangeOf(options);
  const wish = wishOf(options, asked);
  return options.symbols.map((symbol) => {
    const made = builtinSymbol(symbol, asked);
    if (made === null) {
      throw new DataError({
        reason: 'unknown-symbol', what: `the built-in market has no ${symbol}`, expected: `one of ${builtinSymbols.join(' ')}`,
        fix: 'change the symbols, or import candles: holdfast data import FILES',
      });
    }
    const last = cut(made.last, range);
    const span = spanOf(last, asked);
    const generated = (series: string, rows: Candles): DataHash => ({ series, file: 'generator 1', rows: rows.length, sha256: hashOf(rows) });
    const detail = wish === null ? null : builtinDetail(symbol, wish, (candles) => cut(candles, span));
    const hashes = [generated(`builtin:linear ${symbol}`, last)];
    if (detail?.tag === 'bars') hashes.push(generated(`builtin:linear ${symbol} ${options.detail}`, detail.bars));
    return {
      symbol, intervalMs: asked, last, mark: cut(made.mark, span), markIntervalMs: made.markIntervalMs,
      funding: cutStamps(made.funding, span), detail, isMadeOfTrades: false, hashes, flagged: [],
    };
  });
}

const hashOf = (candles: Candles): string => {
  const hash = createHash('sha256');
  for (const column of [candles.openedAt, candles.open, candles.high, candles.low, candles.close, candles.volume]) {
    hash.update(new Uint8Array(column.slice().buffer)); // a copy: hashing does not take shared memory
  }
  return hash.digest('hex');
};

/** One interval for all symbols: the one asked for, else the longest that divides it and every symbol has. */
function pickInterval(series: readonly Manifest[], options: LoadOptions, markets: Markets, asked: number): number {
  const lengths = options.symbols.map((symbol) => {
    const own = series.filter((one) => one.symbol === symbol && one.kind === 'last' && one.intervalMs !== null);
    if (own.length === 0 && tradesOf(series, symbol) !== undefined) return timeframeNames.map((name) => timeframeLength(name) ?? 0);
    if (own.length === 0) throw unknownSymbol(series, symbol, markets.data, options);
    return own.map((one) => one.intervalMs ?? 0);
  });
  const common = (lengths[0] ?? []).filter((ms) => asked % ms === 0 && lengths.every((own) => own.includes(ms)));
  const best = Math.max(...common);
  if (common.length > 0) return best;
  const has = options.symbols.map((symbol, k) => [symbol, ...(lengths[k] ?? []).map(timeframeName)].join(' ')).join(', ');
  throw noTimeframe(has, options.symbols, markets.data, options);
}

const tradesOf = (series: readonly Manifest[], symbol: string): Manifest | undefined =>
  series.find((one) => one.symbol === symbol && one.kind === 'trades');

interface LakeQuery {
  readonly series: readonly Manifest[];
  readonly symbol: string;
  readonly intervalMs: number;
  readonly options: LoadOptions;
  readonly market: MarketId;
  readonly detail: DetailWish | null;
}

function lakeRaw({ series, symbol, intervalMs, options, market, detail: wish }: LakeQuery): Raw {
  const own = (kind: SeriesKind): readonly Manifest[] => series.filter((one) => one.symbol === symbol && one.kind === kind);
  const range = rangeOf(options);
  const lastSeries = own('last').find((one) => one.intervalMs === intervalMs) ?? tradesOf(series, symbol);
  if (lastSeries === undefined) throw new RangeError('the interval was picked from the lake');
  const last = lastSeries.kind === 'trades' ? madeOfTrades(options.folder, lastSeries, range, intervalMs)
    : candlesOf(readColumns(options.folder, lastSeries, range));
  if (last.length === 0) throw emptyRange(lastSeries, options);
  const span = spanOf(last, intervalMs);
  const hashes = [...hashesOf(lastSeries, range)];
  const markSeries = [...own('mark')].sort((a, b) => (a.intervalMs ?? 0) - (b.intervalMs ?? 0))[0];
  const fundingSeries = own('funding')[0];
  const mark = markSeries === undefined ? null : candlesOf(readColumns(options.folder, markSeries, span));
  const funding = fundingSeries === undefined ? null
    : stampsOf(readColumns(options.folder, fundingSeries, { from: span.from, to: span.to + 1 }));
  if (markSeries !== undefined) hashes.push(...hashesOf(markSeries, span));
  if (fundingSeries !== undefined) hashes.push(...hashesOf(fundingSeries, span));
  const inside = wish === null ? null : lakeDetail({ folder: options.folder, series, market, symbol, wish, span });
  if (inside !== null) hashes.push(...hashesOf(inside.from, span));
  return {
    symbol, intervalMs, last, mark: mark !== null && mark.length > 0 ? mark : null, markIntervalMs: markSeries?.intervalMs ?? 0,
    funding: funding !== null && funding.length > 0 ? funding : null, detail: inside?.detail ?? null, hashes,
    isMadeOfTrades: lastSeries.kind === 'trades', flagged: [...lastSeries.flagged, ...inside?.from.flagged ?? []],
  };
}

/** Bars that open in the range, each of all its trades. */
function madeOfTrades(folder: string, series: Manifest, { from, to }: Range, intervalMs: number): Candles {
  const opening = (at: number): number => Math.ceil(at / intervalMs) * intervalMs;
  return barsOfTrades(printsOf(readColumns(folder, series, { from: opening(from), to: opening(to) })), intervalMs);
}

const spanOf = (last: Candles, intervalMs: number): Range =>
  ({ from: last.openedAt[0] ?? 0, to: (last.openedAt[last.length - 1] ?? 0) + intervalMs });

const hashesOf = (series: Manifest, range: Range): readonly DataHash[] => monthsIn(series, range).map((month) =>
  ({ series: seriesText(series), file: month.file, rows: month.rows, sha256: month.sha256 }));

function cut(candles: Candles, range: Range): Candles {
  const start = firstAtOrAfter(candles.openedAt, range.from);
  const end = firstAtOrAfter(candles.openedAt, range.to);
  const part = (column: Float64Array): Float64Array => (column.length === 0 ? column : column.subarray(start, end));
  return {
    length: end - start, openedAt: part(candles.openedAt), open: part(candles.open), high: part(candles.high),
    low: part(candles.low), close: part(candles.close), volume: part(candles.volume),
  };
}

function cutStamps(stamps: FundingStamps, range: Range): FundingStamps {
  const start = firstAtOrAfter(stamps.settledAt, range.from);
  const end = firstAtOrAfter(stamps.settledAt, range.to + 1);
  const [settledAt, rate] = sharedColumns(end - start, 2) as [Float64Array, Float64Array];
  settledAt.set(stamps.settledAt.subarray(start, end));
  rate.set(stamps.rate.subarray(start, end));
  return { length: end - start, settledAt, rate };
}

function assemble(raws: readonly Raw[], markets: Markets, options: LoadOptions): LoadedMarket {
  const warnings: LoadWarning[] = marketWarnings(raws, markets, options);
  const symbols = raws.map((raw) => symbolOf(raw, markets, options, warnings));
  const hashes = raws.flatMap((raw) => raw.hashes);
  const spans = raws.map((raw) => spanOf(raw.last, raw.intervalMs));
  const rules = symbols.map((symbol) => ({ ...symbol.instrument.rules, source: '' })); // numbers count, not where they stand
  const contents = hashes.map(({ series, rows, sha256 }) => [series, rows, sha256]);
  const first = raws[0];
  if (first === undefined || raws.some((raw) => raw.last.length === 0)) throw nothingLeft(options);
  const range = [options.from ?? null, options.to ?? null];
  return {
    symbols, dataMarket: marketText(markets.data), execMarket: marketText(markets.exec),
    timeframe: timeframeName(first.intervalMs) ?? '', intervalMs: first.intervalMs, detail: options.detail ?? null,
    from: Math.min(...spans.map((span) => span.from)), to: Math.max(...spans.map((span) => span.to)),
    bars: raws.reduce((sum, raw) => sum + raw.last.length, 0), hashes, warnings,
    hash: createHash('sha256').update(JSON.stringify([contents, rules, range])).digest('hex'),
  };
}

const nothingLeft = (options: LoadOptions): DataError => new DataError({
  reason: 'empty-range', what: 'no bars in the range',
  value: `${options.from === undefined ? '...' : timeText(options.from)} to ${options.to === undefined ? '...' : timeText(options.to)}`,
  fix: 'change --from and --to',
});

/** Rules, then ticks in place: `raw` is spent afterwards. */
function symbolOf(raw: Raw, markets: Markets, options: LoadOptions, warnings: LoadWarning[]): LoadedSymbol {
  const span = spanOf(raw.last, raw.intervalMs);
  const { rules, used, doubts } = findRules({
    folder: options.folder, market: markets.exec, symbol: raw.symbol, overrides: options.overrides ?? [], ...span, candles: raw.last,
  });
  const instrument = instrumentOf(rules);
  const off = toTicks(pricesOf(raw.last), instrument.tick);
  if (raw.mark !== null) toTicks(pricesOf(raw.mark), instrument.tick);
  if (raw.detail !== null) toTicks(raw.detail.tag === 'prints' ? [raw.detail.prints.price] : pricesOf(raw.detail.bars), instrument.tick);
  warnings.push(...doubts.map((text): LoadWarning => ({ code: 'rules-of-another-time', symbol: raw.symbol, count: 1, text: `${raw.symbol}: ${text}` })), ...symbolWarnings(raw, rules, off));
  return {
    instrument,
    rulesUsed: used,
    last: { ...raw.last, intervalMs: raw.intervalMs },
    mark: raw.mark === null ? null : { ...raw.mark, intervalMs: raw.markIntervalMs },
    funding: raw.funding,
    ...(raw.detail === null ? {} : { detail: raw.detail }),
  };
}

const pricesOf = ({ open, high, low, close }: Candles): Float64Array[] => [open, high, low, close];

/** Quote prices become ticks in their own columns; returns how many are not whole ticks. */
function toTicks(columns: readonly Float64Array[], tick: Step): number {
  let off = 0;
  for (const column of columns) {
    for (let i = 0; i < column.length; i++) { // hot
      const steps = stepsIn(column[i]!, tick);
      if (!Number.isInteger(steps)) off += 1;
      column[i] = steps;
    }
  }
  return off;
}

function marketWarnings(raws: readonly Raw[], { data, exec }: Markets, options: LoadOptions): LoadWarning[] {
  const warnings: LoadWarning[] = [];
  const add = (code: LoadWarningCode, text: string): void => { warnings.push({ code, symbol: null, count: 1, text }); };
  if (marketText(data) !== marketText(exec)) {
    add('mixed-markets',
      `prices are of ${marketText(data)}, rules of ${marketText(exec)}: basis, gaps and volumes are the first one's`);
  }
  if (exec.category === 'spot') {
    add('spot-execution', `${marketText(exec)} is traded as a linear contract: with shorts and leverage that spot has not`);
  }
  const used = timeframeName(raws[0]?.intervalMs ?? 0);
  if (used !== null && used !== options.timeframe) {
    add('finer-timeframe', `${options.timeframe} is made of ${used} bars: the lake has no ${options.timeframe}`);
  }
  const starts = new Set(raws.map((raw) => raw.last.openedAt[0]));
  const ends = new Set(raws.map((raw) => raw.last.openedAt[raw.last.length - 1]));
  if (starts.size > 1 || ends.size > 1) {
    const spans = raws.map(({ symbol, last }) =>
      `${symbol} ${timeText(last.openedAt[0] ?? 0)} to ${timeText(last.openedAt[last.length - 1] ?? 0)}`);
    add('ranges-differ', `symbols do not cover the same time: ${spans.join(', ')}`);
  }
  return warnings;
}

function symbolWarnings(raw: Raw, rules: InstrumentRules, offTick: number): readonly LoadWarning[] {
  const warnings: LoadWarning[] = [];
  const add = (code: LoadWarningCode, count: number, text: string): void => {
    warnings.push({ code, symbol: raw.symbol, count, text: `${raw.symbol}: ${text}` });
  };
  if (raw.flagged.length > 0) {
    add('flagged-data', raw.flagged.length, `imported although flagged: ${raw.flagged.join(', ')}; see holdfast data check`);
  }
  const { gaps, missing } = gapsIn(raw.last.openedAt, raw.intervalMs);
  if (gaps > 0) add('gaps', gaps, `${missing} bars missing in ${gaps} gaps`);
  if (raw.isMadeOfTrades) add('made-of-trades', 1, `${timeframeName(raw.intervalMs) ?? ''} bars are made of trades: the lake has no bars`);
  if (rules.source === 'inferred') {
    add('inferred-rules', 1, `rules are inferred from the data: tick ${rules.tick}, step ${rules.qtyStep}; `
      + 'pass --instrument FILE for the venue\'s');
  }
  if (offTick > 0) add('off-tick', offTick, `${offTick} prices are finer than the tick ${rules.tick}`);
  if (raw.mark === null) add('no-mark', 1, 'no mark prices: stops by mark are judged by the last price');
  else {
    if (raw.markIntervalMs > raw.intervalMs) {
      const [mark, last] = [raw.markIntervalMs, raw.intervalMs].map((ms) => timeframeName(ms) ?? '');
      add('mark-interval', 1, `mark bars are ${mark}, last bars ${last}`);
    }
    const marked = (raw.mark.length * raw.markIntervalMs) / Math.max(1, raw.last.length * raw.intervalMs);
    if (marked < 0.99) add('mark-partial', 1, `mark prices cover ${(marked * 100).toFixed(0)} % of the range`);
  }
  if (raw.funding === null) add('no-funding', 1, 'no funding rates: positions pay and receive none');
  else for (const hole of fundingHoles(raw.funding)) add('funding-holes', hole.count, hole.text);
  return warnings;
}

function gapsIn(openedAt: Float64Array, intervalMs: number): { readonly gaps: number; readonly missing: number } {
  let gaps = 0;
  let missing = 0;
  for (let i = 1; i < openedAt.length; i++) { // hot
    const step = openedAt[i]! - openedAt[i - 1]!;
    if (step === intervalMs) continue;
    gaps += 1;
    missing += Math.round(step / intervalMs) - 1;
  }
  return { gaps, missing };
}
