/**
 * `holdfast data download SYMBOLS...`: history of Bybit, or of a local exchange, into the candle lake. Only the host differs
 * between the two; neither needs a key.
 */
import { DataError, dataFolder, download, downloadArchive, downloadKinds, hostAt, timeText } from '../data/index.ts';
import type { ArchiveResult, DownloadedSeries, DownloadKind, DownloadResult } from '../data/index.ts';
import { intervalsOf } from './data-import.ts';
import { Failure } from './failure.ts';
import { onInterrupt } from './interrupt.ts';
import { localRest, marketDataRest, tradeArchive } from './network.ts';
import { printJson, printLine } from './output.ts';
import type { CommonOptions } from './output.ts';
import { startProgress } from './progress.ts';
import { readRange } from './time-range.ts';

export interface DownloadWords extends CommonOptions {
  readonly kind: readonly string[];
  readonly timeframe: string;
  readonly tradesAs: 'bars' | 'trades' | 'both';
  readonly from: string;
  readonly to?: string;
  readonly untilNow?: boolean;
  readonly market: string;
  readonly exchange?: string;
}

/** Reasons that lie with the exchange or the way to it, not with the data. */
const venueReasons: ReadonlySet<string> = new Set(['shut-out', 'rate-limit', 'no-answer', 'refused', 'repeated-page']);

export async function dataDownload(symbols: readonly string[], words: DownloadWords): Promise<number> {
  const { from, to } = rangeOf(words);
  const asked = words.kind.flatMap((word) => word.split(','));
  for (const symbol of symbols) checkSymbol(symbol);
  if (asked.includes('trades')) {
    if (asked.length > 1) throw new Failure(2, `arguments: --kind: was ${asked.join(' ')}, expected trades alone. Fix: two commands; bars of candles and bars of trades differ`);
    return archiveDownload(symbols, words, { from, to });
  }
  const kinds = asked.map(kindOf);
  const url = words.exchange === undefined ? marketDataRest : await localRest(words.exchange);
  const result = await watched((signal, seen) => download({
    folder: dataFolder(words.dataDir), host: hostAt(url), market: words.market, symbols, kinds: [...new Set(kinds)],
    timeframe: words.timeframe, from, to, signal, onProgress: seen,
  }), 'whole months are kept');
  if (words.json === true) printJson(result);
  else printDownload(result);
  return result.series.some(({ rows }) => rows === 0) || result.rules.some(({ versions }) => versions === 0) ? 1 : 0;
}

/** Days of the archive of single trades. */
async function archiveDownload(
  symbols: readonly string[], words: DownloadWords, { from, to }: { readonly from: number; readonly to: number | null },
): Promise<number> {
  const url = words.exchange === undefined ? marketDataRest : await localRest(words.exchange);
  const fromTrades = { intervals: words.tradesAs === 'trades' ? [] : intervalsOf(words.timeframe), keep: words.tradesAs !== 'bars' };
  const result = await watched((signal, seen) => downloadArchive({
    folder: dataFolder(words.dataDir), archive: words.exchange === undefined ? tradeArchive : url, host: hostAt(url), market: words.market,
    symbols, fromTrades, from, to, signal, onProgress: seen,
  }), 'whole days are kept');
  if (words.json === true) printJson(result);
  else printArchive(result);
  return result.fetched + result.there === 0 ? 1 : 0;
}

/** Shows how far it is, stops at Ctrl-C between two commits, and tells what lies with the exchange apart from what lies with the data. */
async function watched<T>(work: (signal: AbortSignal, seen: (done: number, total: number) => void) => Promise<T>, kept: string): Promise<T> {
  const stop = new AbortController();
  const calm = onInterrupt(() => { stop.abort(); }, `stopping: ${kept}`);
  let progress: ReturnType<typeof startProgress> | null = null;
  try {
    return await work(stop.signal, (done, total) => {
      progress ??= startProgress('download', total);
      progress.seen(done);
    });
  } catch (thrown) {
    if (stop.signal.aborted) throw new Failure(130, `interrupted: ${kept}. Fix: the same command goes on from there`, thrown);
    if (thrown instanceof DataError && venueReasons.has(thrown.reason)) throw new Failure(4, `${thrown.reason}: ${thrown.message}`, thrown);
    throw thrown;
  } finally {
    endOf(progress);
    calm();
  }
}

function printArchive({ folder, fetched, there, absent, series, broken, ms }: ArchiveResult): void {
  for (const one of series) printLine(`${one.series}: now ${one.rows} rows, ${timeText(one.first)} to ${timeText(one.last)}${one.missing === 0 ? '' : `, ${one.missing} bars without a trade`}`);
  if (absent.length > 0) printLine(`${absent.length} days are not in the archive, the first ${absent[0] ?? ''}`);
  printLine(`${fetched} days fetched, ${there} there already, in ${folder} after ${(ms / 1_000).toFixed(1)} s${broken === 0 ? '' : `; answers that broke off: ${broken}`}`);
}

const endOf = (progress: ReturnType<typeof startProgress> | null): void => { progress?.end(); };

function rangeOf({ from, to, untilNow }: DownloadWords): { readonly from: number; readonly to: number | null } {
  if ((to === undefined) === (untilNow !== true)) {
    throw new Failure(2, `arguments: --to: was ${to === undefined ? 'not given' : 'given with --until-now'}, expected --to or --until-now. Fix: give one of them`);
  }
  const range = readRange(from, to);
  return { from: range.from ?? 0, to: range.to };
}

function kindOf(word: string): DownloadKind {
  const kind = downloadKinds.find((known) => known === word);
  if (kind === undefined) throw new Failure(2, `arguments: --kind: was '${word}', expected ${downloadKinds.join(', ')} or trades. Fix: --kind last mark`);
  return kind;
}

function checkSymbol(symbol: string): void {
  if (/^[A-Z0-9]{2,30}$/.test(symbol)) return;
  throw new Failure(2, `arguments: symbols: was '${symbol}', expected capital letters and digits. Fix: write it as the exchange does, such as BTCUSDT`);
}

function printDownload({ folder, series, rules, requests, troubles, ms }: DownloadResult): void {
  for (const one of series) {
    if (one.rows === 0) {
      printLine(`${one.series}: nothing: the exchange has none in the time asked for`);
      continue;
    }
    printLine(`${one.series}: ${addedText(one)}; now ${one.rows} rows${one.first === null ? '' : `, ${timeText(one.first)} to ${timeText(one.last ?? 0)}`}`);
    const [gap] = one.gaps;
    if (gap !== undefined) printLine(`  ${one.missing} bars missing in ${one.gaps.length} gaps, the first at ${timeText(gap.at)}: the exchange does not have them`);
  }
  for (const { market, symbol, isNew, versions, validFrom } of rules) {
    if (validFrom === null) printLine(`${market} ${symbol} instruments: nothing: it is not listed, and no rules were stored before`);
    else printLine(`${market} ${symbol} instruments: ${isNew ? 'new rules' : 'unchanged rules'}, seen first on ${timeText(validFrom)}${versions > 1 ? `; ${versions - 1} older versions` : ''}`);
  }
  const met = Object.entries(troubles).map(([reason, times]) => `${reason} ${times}x`).join(', ');
  printLine(`in ${folder} after ${(ms / 1_000).toFixed(1)} s and ${requests} requests${met === '' ? '' : `; met and overcome: ${met}`}`);
}

const addedText = ({ rowsAdded }: DownloadedSeries): string => (rowsAdded === 0 ? 'all there already' : `${rowsAdded} rows added`);
