/**
 * `data check`: files before they are imported, or everything in the lake. Returns findings, throws only when asked
 * for something that is not there (a missing file, an unknown series).
 */
import type { Candles, MarketId, SeriesKey, SeriesKind } from '../candles.ts';
import { hasSpacing, marketOf, marketText, seriesText, timeframeName } from '../candles.ts';
import type { Connection } from '../duckdb.ts';
import { withDatabase } from '../duckdb.ts';
import { DataError } from '../error.ts';
import { candlesOf, changedFiles, everything, listLake, printsOf, readColumns, readManifest, stampsOf } from '../lake/index.ts';
import type { Manifest, Range } from '../lake/index.ts';
import { isRemote, withRemoteCopy } from '../remote/index.ts';
import { nothingScanned, scanCandles, scanFunding, scanOpenInterest, scanPrints } from '../scan.ts';
import { readParts } from '../source/index.ts';
import type { Part, SourceOptions } from '../source/index.ts';
import { judgeCandles, judgeFunding, judgeOpenInterest, judgePrints } from './candles.ts';
import type { Finding } from './finding.ts';
import { childParentFindings, referenceFindings } from './relations.ts';
import type { Related } from './relations.ts';

export interface CheckReport {
  /** The file's path, or the series in words. */
  readonly subject: string;
  readonly market: string | null;
  readonly symbol: string | null;
  readonly kind: SeriesKind | null;
  readonly timeframe: string | null;
  readonly rows: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly findings: readonly Finding[];
}

/** Findings of one part of a file by itself and, when a lake is named, beside what the lake holds. */
export function judgePart(part: Part): readonly Finding[] {
  if (part.funding !== null) return judgeFunding(part.funding, part.scan);
  if (part.prints !== null) return judgePrints(part.prints, part.scan);
  if (part.candles === null) return [];
  return judgeCandles({
    candles: part.candles, scan: part.scan, intervalMs: part.intervalMs, symbol: part.symbol,
    isMark: part.kind === 'mark', markets: claimedMarkets(part),
  });
}

/** A name that says both spot and futures claims two markets: the data is judged as each of them. */
function claimedMarkets(part: Part): readonly MarketId[] {
  if (part.market !== null) return [part.market];
  const { venue, categories } = part.name;
  return venue === null ? [] : categories.map((category) => ({ venue, category }));
}

/** Checks files without importing them. `folder` adds the comparison with the lake. */
export async function checkFiles(
  files: readonly string[], options: SourceOptions & { readonly folder?: string } = {},
): Promise<readonly CheckReport[]> {
  return withDatabase(':memory:', async (connection) => {
    const reports: CheckReport[] = [];
    for (const file of files) reports.push(...await checkFile(connection, file, options));
    return reports;
  });
}

async function checkFile(
  connection: Connection, file: string, options: SourceOptions & { readonly folder?: string },
): Promise<readonly CheckReport[]> {
  let parts: readonly Part[];
  try {
    parts = await readParts(connection, file, options);
  } catch (error) {
    if (!(error instanceof DataError) || error.isUsage || error.reason === 'missing-file') throw error;
    const finding: Finding = { code: 'refused', severity: 'error', at: null, count: 1, text: error.message };
    const nothing = { market: null, symbol: null, kind: null, timeframe: null, rows: 0, first: null, last: null };
    return [{ subject: file, ...nothing, findings: [finding] }];
  }
  const reports: CheckReport[] = [];
  for (const part of parts) {
    const stamps = part.candles?.openedAt ?? part.funding?.settledAt ?? part.prints?.at ?? new Float64Array(0);
    const findings = [...marketFindings(part), ...judgePart(part)];
    if (options.folder !== undefined && !findings.some((finding) => finding.severity === 'error')) {
      findings.push(...besideLake(options.folder, part));
    }
    reports.push({
      subject: file, market: part.market === null ? null : marketText(part.market), symbol: part.symbol, kind: part.kind,
      timeframe: part.intervalMs === null ? null : timeframeName(part.intervalMs),
      rows: part.rows, first: stamps[0] ?? null, last: stamps.at(-1) ?? null, findings,
    });
  }
  return reports;
}

function marketFindings(part: Part): readonly Finding[] {
  if (part.market !== null) return [];
  const claims = part.name.categories;
  const text = claims.length > 1
    ? `the file's name claims ${claims.join(' and ')}; an import needs --market`
    : 'the file\'s name does not say which market this is; an import needs --market';
  return [{ code: 'unknown-market', severity: claims.length > 1 ? 'warning' : 'note', at: null, count: 1, text }];
}

/** Compares a file's part with the lake: its own symbol elsewhere, and its parents and children. */
export function besideLake(folder: string, part: Part): readonly Finding[] {
  if (part.candles === null || part.kind !== 'last' || part.intervalMs === null || part.symbol === null) return [];
  const mine = { name: part.source.file, candles: part.candles, intervalMs: part.intervalMs };
  const key = part.market === null ? null
    : { ...part.market, symbol: part.symbol, kind: part.kind, timeframe: timeframeName(part.intervalMs) ?? '' };
  return compareWithLake(folder, { mine, key, symbol: part.symbol });
}

interface Compared { readonly mine: Related; readonly key: SeriesKey | null; readonly symbol: string }

function compareWithLake(folder: string, { mine, key, symbol }: Compared): readonly Finding[] {
  const { candles, intervalMs } = mine;
  const range: Range = { from: candles.openedAt[0] ?? 0, to: (candles.openedAt.at(-1) ?? 0) + intervalMs };
  const findings: Finding[] = [];
  for (const other of listLake(folder)) {
    if (other.symbol !== symbol || other.kind !== 'last' || other.intervalMs === null) continue;
    if (other.last < range.from || other.first >= range.to) continue;
    const sameMarket = key !== null && other.venue === key.venue && other.category === key.category;
    if (sameMarket && other.intervalMs === intervalMs) continue;
    const loaded = candlesOf(readColumns(folder, other, range));
    const theirs = { name: seriesText(other), candles: loaded, intervalMs: other.intervalMs };
    if (!sameMarket) findings.push(...referenceFindings(mine, theirs));
    else if (other.intervalMs > intervalMs) findings.push(...childParentFindings(mine, theirs));
    else findings.push(...childParentFindings(theirs, mine));
  }
  return findings;
}

/** Which series of the lake; absent means all. */
export interface LakeFilter {
  readonly market?: string;
  readonly symbol?: string;
  readonly kind?: SeriesKind;
  readonly timeframe?: string;
}

export async function checkLake(folder: string, filter: LakeFilter = {}): Promise<readonly CheckReport[]> {
  const market = filter.market === undefined ? null : marketOf(filter.market);
  if (isRemote(folder)) {
    return await withRemoteCopy(folder, { ...market, ...(filter.symbol === undefined ? {} : { symbols: [filter.symbol] }) },
      async (copy) => await checkLake(copy, filter));
  }
  const wanted = listLake(folder).filter((series) =>
    (market === null || (series.venue === market.venue && series.category === market.category))
    && (filter.symbol === undefined || series.symbol === filter.symbol)
    && (filter.kind === undefined || series.kind === filter.kind)
    && (filter.timeframe === undefined || series.timeframe === filter.timeframe));
  if (wanted.length === 0) throw nothingThere(folder, filter);
  const reports: CheckReport[] = [];
  for (const series of wanted) reports.push(checkSeriesOf(folder, series));
  return reports;
}

/** One series of the lake. */
export async function checkSeries(folder: string, key: SeriesKey): Promise<CheckReport> {
  const series = readManifest(folder, key);
  if (series === null) throw nothingThere(folder, { market: marketText(key), symbol: key.symbol });
  return checkSeriesOf(folder, series);
}

function nothingThere(folder: string, filter: LakeFilter): DataError {
  const named = Object.values(filter).join(' ');
  return new DataError({
    reason: 'unknown-symbol', what: `the lake holds nothing${named === '' ? '' : ` of ${named}`}`, file: folder,
    fix: 'import candles first: holdfast data import FILES',
  });
}

function checkSeriesOf(folder: string, series: Manifest): CheckReport {
  const findings: Finding[] = changedFiles(folder, series).map((entry) => ({
    code: 'damaged-lake', severity: 'error', at: entry.first, count: 1,
    text: `${entry.file} is not the file that was imported (its hash differs)`,
  }));
  if (findings.length === 0) {
    const columns = readColumns(folder, series, everything);
    findings.push(...contentFindings(folder, series, columns));
  }
  return {
    subject: seriesText(series), market: marketText(series), symbol: series.symbol, kind: series.kind,
    timeframe: hasSpacing(series.kind) ? series.timeframe : null,
    rows: series.rows, first: series.first, last: series.last, findings,
  };
}

function contentFindings(folder: string, series: Manifest, columns: readonly Float64Array[]): readonly Finding[] {
  switch (series.kind) {
    case 'funding': return fundingFindings(columns);
    case 'open-interest': {
      const stamps = stampsOf(columns);
      return judgeOpenInterest(stamps, { ...nothingScanned, defects: scanOpenInterest(stamps) });
    }
    case 'trades': {
      const prints = printsOf(columns);
      return judgePrints(prints, { ...nothingScanned, defects: scanPrints(prints) });
    }
    case 'last': case 'mark': case 'index': return priceFindings(folder, series, candlesOf(columns));
  }
}

function fundingFindings(columns: readonly Float64Array[]): readonly Finding[] {
  const stamps = stampsOf(columns);
  return judgeFunding(stamps, { ...nothingScanned, defects: scanFunding(stamps) });
}

function priceFindings(folder: string, series: Manifest, candles: Candles): readonly Finding[] {
  const findings = [...judgeCandles({
    candles, scan: scanCandles(candles, series.intervalMs), intervalMs: series.intervalMs, symbol: series.symbol,
    isMark: series.kind !== 'last', markets: [series],
  })];
  if (series.kind !== 'last' || series.intervalMs === null) return findings;
  const mine = { name: seriesText(series), candles, intervalMs: series.intervalMs };
  findings.push(...compareWithLake(folder, { mine, key: series, symbol: series.symbol }));
  return findings;
}
