/**
 * A file's rows as series: columns in our shape, one part per symbol, and what is known about where they belong.
 * What the options say wins over the file's name, the name over the data's spacing.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Candles, FundingStamps, Prints, SeriesKey, SeriesKind } from '../candles.ts';
import { hasSpacing, marketOf, timeframeLength, timeframeName, timeframeNames } from '../candles.ts';
import type { Connection, QueriedColumn } from '../duckdb.ts';
import { DataError, usageError } from '../error.ts';
import type { ColumnRole, Defect, Scan } from '../scan.ts';
import { notCandles } from './columns.ts';
import { nothingScanned, scanCandles, scanFunding, scanPrints, spacingOf } from '../scan.ts';
import { contradiction } from './archive-name.ts';
import { factsOfName } from './name.ts';
import type { NameFacts } from './name.ts';
import { openSource, rawValue, readSource } from './source.ts';
import type { Source } from './source.ts';
import { readTradeText } from './trades.ts';
import type { ReadTrades } from './trades.ts';

/** What a caller may state about files; each is detected when absent. */
export interface SourceOptions {
  /** 'bybit:linear' */
  readonly market?: string;
  readonly symbol?: string;
  readonly kind?: SeriesKind;
  readonly timeframe?: string;
}

export interface Part {
  readonly source: Source;
  readonly name: NameFacts;
  readonly market: { readonly venue: string; readonly category: string } | null;
  readonly symbol: string | null;
  readonly kind: SeriesKind;
  /** Spacing of bars; null for funding and trades, and for bars whose spacing is not known. */
  readonly intervalMs: number | null;
  readonly candles: Candles | null;
  readonly funding: FundingStamps | null;
  readonly prints: Prints | null;
  /** The file's rows run backwards in time and were read from its end. */
  readonly isNewestFirst: boolean;
  readonly scan: Scan;
  readonly rows: number;
  /** Row of the file, 0-based, of each row here; null when they are the same. */
  readonly fileRows: Int32Array | null;
  readonly sha256: string;
}

/** Reads one file whole. Throws DataError when it cannot be candles or funding; defects of values are in `scan`. */
export async function readParts(connection: Connection, file: string, options: SourceOptions): Promise<readonly Part[]> {
  const name = factsOfName(file);
  refuseName(file, name, options);
  const source = await openSource(connection, file, name.archive);
  const trades = await readTradeText(connection, source, options.symbol ?? name.archive?.symbol ?? null);
  if (trades !== null) return [tradePart(source, trades, name, options)];
  const { rows, columns } = await readSource(connection, source);
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  const kind = kindOf(source, name, options);
  return groupsOf(source, columns, rows, options.symbol).map((group) => {
    const pick = (role: ColumnRole): Float64Array => gathered(numbersOf(source, columns, role), group.fileRows);
    const shared = {
      source, name, market: marketFor(name, options), kind, sha256,
      symbol: options.symbol ?? group.symbol ?? name.symbol,
      rows: group.fileRows?.length ?? rows, fileRows: group.fileRows,
    };
    if (kind === 'trades') return { ...shared, ...printsIn(pick, shared.fileRows) };
    if (kind === 'funding') {
      const funding = { length: shared.rows, settledAt: pick('ts'), rate: pick('rate') };
      return {
        ...shared, ...noPrints, candles: null, funding, intervalMs: null, scan: { ...nothingScanned, defects: scanFunding(funding) },
      };
    }
    const candles: Candles = {
      length: shared.rows, openedAt: pick('ts'),
      open: pick('open'), high: pick('high'), low: pick('low'), close: pick('close'),
      volume: kind === 'mark' ? new Float64Array(0) : pick('volume'),
    };
    const intervalMs = intervalFor(file, candles, name, options);
    return { ...shared, ...noPrints, candles, funding: null, intervalMs, scan: scanCandles(candles, intervalMs) };
  });
}

/** A name that is sure is not contradicted by options, and says when its file is nothing for the lake. */
function refuseName(file: string, { archive }: NameFacts, options: SourceOptions): void {
  if (archive === null) return;
  if (archive.foreign !== null) throw notCandles(file, archive.foreign);
  const against = contradiction(archive, options);
  if (against === null) return;
  throw usageError(`${against.option} was '${against.value}', but the name says ${against.expected}`,
    `leave out ${against.option}, or rename the file when its name is wrong`, file);
}

/** The part that the fast way through a text of trades makes; the rest of the world sees no difference. */
function tradePart(
  source: Source, { at, price, quantity, rows, symbol, sha256 }: ReadTrades, name: NameFacts, options: SourceOptions,
): Part {
  const columns: Partial<Record<ColumnRole, Float64Array>> = { ts: at, price, quantity };
  return {
    source, name, market: marketFor(name, options), kind: kindOf(source, name, options), sha256, rows,
    symbol: options.symbol ?? symbol ?? name.symbol, ...printsIn((role) => columns[role] ?? new Float64Array(0), null),
  };
}

const noPrints = { prints: null, isNewestFirst: false } as const;

type PrintPart = Pick<Part, 'candles' | 'funding' | 'prints' | 'isNewestFirst' | 'intervalMs' | 'scan' | 'fileRows'>;

/** Trades with times cut to the ms, which keeps each in its bar. Archives that list the newest first are turned round. */
function printsIn(pick: (role: ColumnRole) => Float64Array, fileRows: Int32Array | null): PrintPart {
  const at = cut(pick('ts'));
  const prints: Prints = { length: at.length, at, price: pick('price'), quantity: pick('quantity') };
  const isNewestFirst = at.length > 1 && at[0]! > at[at.length - 1]! && isSorted(Float64Array.from(at).reverse());
  if (isNewestFirst) for (const column of [prints.at, prints.price, prints.quantity]) column.reverse();
  const rows = isNewestFirst ? (fileRows ?? Int32Array.from(at, (_, i) => i)).slice().reverse() : fileRows;
  return {
    candles: null, funding: null, prints, isNewestFirst, intervalMs: null, fileRows: rows,
    scan: { ...nothingScanned, defects: scanPrints(prints) },
  };
}

/** In place: the columns were made for this part. */
function cut(stamps: Float64Array): Float64Array {
  for (let i = 0; i < stamps.length; i++) stamps[i] = Math.floor(stamps[i]!); // hot
  return stamps;
}

/** The complete key, or a usage error that names the option to give. */
export function keyOf(part: Part): SeriesKey {
  const { file } = part.source;
  if (part.market === null) {
    throw unknownMarket(part.name, file);
  }
  if (part.symbol === null) {
    throw usageError('the name does not say which symbol this is', 'pass --symbol, such as --symbol BTCUSDT', file);
  }
  if (hasSpacing(part.kind) && part.intervalMs === null) {
    throw usageError('the spacing of the rows is none of the timeframes', `pass --timeframe, one of ${timeframeNames.join(' ')}`, file);
  }
  const timeframe = part.kind === 'funding' ? 'stamps' : part.kind === 'trades' ? 'prints' : timeframeName(part.intervalMs ?? 0) ?? '';
  return { ...part.market, symbol: part.symbol, kind: part.kind, timeframe };
}

function unknownMarket({ archive, categories }: NameFacts, file: string): DataError {
  if (archive?.venue === 'binance') {
    return usageError('the name says binance, not whether spot or futures', 'pass --market binance:spot or --market binance:usdm', file);
  }
  if (archive !== null) return usageError('the name does not say of which exchange', `pass --market, such as --market bybit:${archive.category ?? 'linear'}`, file);
  const claim = categories.length > 1 ? `the name claims ${categories.join(' and ')}` : 'the name does not say which market this is';
  return usageError(claim, 'pass --market, such as --market bybit:linear', file);
}

function marketFor(name: NameFacts, options: SourceOptions): Part['market'] {
  if (options.market !== undefined) return marketOf(options.market);
  return name.venue !== null && name.category !== null ? { venue: name.venue, category: name.category } : null;
}

function kindOf(source: Source, name: NameFacts, options: SourceOptions): SeriesKind {
  const stated = options.kind ?? name.kind;
  const hasVolume = source.layout.picked.some((column) => column.role === 'volume');
  const { content } = source.layout;
  if (content === 'trades' && options.timeframe !== undefined) {
    throw usageError('the file holds single trades, which have no timeframe', `holdfast data trades FILE --timeframe ${options.timeframe} makes bars of them`, source.file);
  }
  if (content !== 'bars') {
    if (options.kind === undefined || options.kind === content) return content;
    const held = content === 'funding' ? 'funding rates' : 'single trades';
    const wanted = options.kind === 'funding' || options.kind === 'trades' ? options.kind : `${options.kind} prices`;
    throw usageError(`the file holds ${held}, not ${wanted}`, `leave out --kind or pass --kind ${content}`, source.file);
  }
  if (stated === 'trades') throw usageError('the file holds bars, not single trades', 'leave out --kind', source.file);
  if (stated === 'funding') {
    throw new DataError({
      reason: 'missing-column', what: 'missing column', file: source.file, field: 'funding_rate',
      expected: 'ts, funding_rate', fix: 'name the rate column funding_rate, or pass --kind last or mark',
    });
  }
  if (stated === 'mark') return 'mark';
  if (hasVolume) return 'last';
  if (stated === null) {
    throw usageError('bars without volume may be mark prices', 'pass --kind mark, or add a volume column', source.file);
  }
  throw new DataError({
    reason: 'missing-column', what: 'missing column', file: source.file, field: 'volume',
    expected: 'a volume column for last prices', fix: 'add the volume, or pass --kind mark',
  });
}

function intervalFor(file: string, candles: Candles, name: NameFacts, options: SourceOptions): number | null {
  const stated = options.timeframe ?? name.timeframe;
  const sorted = isSorted(candles.openedAt) ? candles.openedAt : Float64Array.from(candles.openedAt).sort();
  const seen = spacingOf(sorted);
  if (stated === null) return seen;
  const ms = timeframeLength(stated);
  if (ms === null) throw usageError(`timeframe was '${stated}'`, `pass one of ${timeframeNames.join(' ')}`, file);
  if (seen !== null && seen !== ms) {
    throw new DataError({
      reason: 'timeframe-differs', what: 'timeframe differs from the data', file, value: stated,
      expected: `${timeframeName(seen) ?? ''}, the spacing of most rows`,
      fix: `pass --timeframe ${timeframeName(seen) ?? ''} or rename the file`,
    });
  }
  return ms;
}

function isSorted(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) if (!(values[i]! >= values[i - 1]!)) return false;
  return true;
}

interface Group { readonly symbol: string | null; readonly fileRows: Int32Array | null }

function groupsOf(
  source: Source, columns: readonly QueriedColumn[], rows: number, wanted: string | undefined,
): readonly Group[] {
  const at = source.layout.picked.findIndex((column) => column.role === 'symbol');
  const column = columns[at];
  if (column === undefined || column.type !== 'text') return [{ symbol: null, fileRows: null }];
  const found = new Map<string, number[]>();
  for (let i = 0; i < rows; i++) {
    const symbol = (column.values[i] ?? '').trim();
    if (!/^[A-Z0-9._-]{2,30}$/.test(symbol)) {
      throw new DataError({
        reason: 'unreadable', what: 'bad symbol', file: source.file, row: i + 1, field: source.layout.picked[at]?.name ?? '',
        value: symbol, expected: 'a symbol such as BTCUSDT', fix: 'repair the row',
      });
    }
    const list = found.get(symbol);
    if (list === undefined) found.set(symbol, [i]);
    else list.push(i);
  }
  const groups = [...found].map(([symbol, list]) => ({ symbol, fileRows: found.size === 1 ? null : Int32Array.from(list) }));
  if (wanted === undefined) return groups;
  const one = groups.filter((group) => group.symbol === wanted);
  if (one.length > 0) return one;
  throw usageError(
    `the file has no rows of ${wanted}, only of ${[...found.keys()].join(' ')}`, 'pass one of these as --symbol', source.file);
}

function numbersOf(source: Source, columns: readonly QueriedColumn[], role: ColumnRole): Float64Array {
  const column = columns[source.layout.picked.findIndex((picked) => picked.role === role)];
  return column?.type === 'number' ? column.values : new Float64Array(0);
}

function gathered(values: Float64Array, rows: Int32Array | null): Float64Array {
  return rows === null ? values : Float64Array.from(rows, (row) => values[row] ?? Number.NaN);
}

const what: Readonly<Record<Defect['code'], readonly [string, string, string]>> = {
  'bad-stamp': ['bad stamp', 'a time in s, ms, us, ns or ISO text', 'repair the row'],
  unordered: ['stamps out of order', 'a stamp after the row before', 'sort the file by time, oldest first'],
  duplicate: ['duplicate stamp', 'each bar once', 'remove the second row after looking which one is right'],
  'off-grid': ['stamp off the grid', 'an opening time that is a whole multiple of the timeframe',
    'find out why the source shifted; import only the rows before'],
  'bad-price': ['bad price', 'a positive number', 'repair the row or download it again'],
  ohlc: ['bar contradicts itself', 'low <= open, close <= high', 'repair the row or download it again'],
  'bad-volume': ['bad volume', 'a number of 0 or more', 'repair the row or download it again'],
  'bad-rate': ['bad funding rate', 'a fraction such as 0.0001, at most 1', 'repair the row; percent must be divided by 100'],
};

/** The error of a part's first defect in file order, with the value as it stands in the file. */
export async function defectError(connection: Connection, part: Part, defect: Defect): Promise<DataError> {
  const row = part.fileRows?.[defect.row] ?? defect.row;
  const field = part.source.layout.picked.find((column) => column.role === defect.field)?.name ?? defect.field;
  const [name, expected, fix] = what[defect.code];
  const value = await rawValue(connection, part.source, field, row);
  return new DataError({
    reason: defect.code, what: defect.count > 1 ? `${name} (the first of ${defect.count})` : name,
    file: part.source.file, row: row + 1, field, value, expected: `${expected}${expectedBeside(part, defect)}`, fix,
  });
}

/** The neighbouring numbers that make a defect plain. */
function expectedBeside(part: Part, defect: Defect): string {
  const { candles, intervalMs } = part;
  if (defect.code === 'ohlc' && candles !== null) {
    const i = defect.row;
    return ` (open ${candles.open[i]}, high ${candles.high[i]}, low ${candles.low[i]}, close ${candles.close[i]})`;
  }
  if (defect.code === 'off-grid') return ` (${timeframeName(intervalMs ?? 0) ?? ''})`;
  const stamps = candles?.openedAt ?? part.funding?.settledAt ?? part.prints?.at;
  return defect.code === 'unordered' || defect.code === 'duplicate' ? ` (row before: ${stamps?.[defect.row - 1]})` : '';
}
