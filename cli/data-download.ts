/**
 * `holdfast data download SYMBOLS...`: history of Bybit, or of a local exchange, into the candle lake. Only the host differs
 * between the two; neither needs a key.
 */
import { DataError, dataFolder, download, downloadKinds, hostAt, timeText } from '../data/index.ts';
import type { DownloadedSeries, DownloadKind, DownloadResult } from '../data/index.ts';
import { Failure } from './failure.ts';
import { onInterrupt } from './interrupt.ts';
import { localRest, marketDataRest } from './network.ts';
import { printJson, printLine } from './output.ts';
import type { CommonOptions } from './output.ts';
import { startProgress } from './progress.ts';
import { readRange } from './time-range.ts';

export interface DownloadWords extends CommonOptions {
  readonly kind: readonly string[];
  readonly timeframe: string;
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
  const kinds = words.kind.flatMap((word) => word.split(',')).map(kindOf);
  for (const symbol of symbols) checkSymbol(symbol);
  const url = words.exchange === undefined ? marketDataRest : await localRest(words.exchange);
  const stop = new AbortController();
  const calm = onInterrupt(() => { stop.abort(); }, 'stopping: whole months are kept');
  let progress: ReturnType<typeof startProgress> | null = null;
  try {
    const result = await download({
      folder: dataFolder(words.dataDir), host: hostAt(url), market: words.market, symbols, kinds: [...new Set(kinds)],
      timeframe: words.timeframe, from, to, signal: stop.signal,
      onProgress: (rows, total) => {
        progress ??= startProgress('download', total);
        progress.seen(rows);
      },
    });
    endOf(progress);
    if (words.json === true) printJson(result);
    else printDownload(result);
    return result.series.some(({ rows }) => rows === 0) || result.rules.some(({ versions }) => versions === 0) ? 1 : 0;
  } catch (thrown) {
    endOf(progress);
    if (stop.signal.aborted) throw new Failure(130, 'interrupted: months that were whole are stored. Fix: the same command goes on from there', thrown);
    if (thrown instanceof DataError && venueReasons.has(thrown.reason)) throw new Failure(4, `${thrown.reason}: ${thrown.message}`, thrown);
    throw thrown;
  } finally {
    calm();
  }
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
  if (kind === undefined) throw new Failure(2, `arguments: --kind: was '${word}', expected ${downloadKinds.join(', ')}. Fix: --kind last mark`);
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
