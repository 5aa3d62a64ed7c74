/** `holdfast data import FILES...` and `data trades FILES...`: files into the candle lake, all or none, and how each of them was understood. */
import { checkFiles, DataError, dataFolder, importFiles, timeText, timeframeLength, timeframeNames } from '../data/index.ts';
import type { ImportedSeries, ImportOptions, ImportResult, SeriesKind } from '../data/index.ts';
import { Failure } from './failure.ts';
import { uncut } from './interrupt.ts';
import { printJson, printLine } from './output.ts';
import type { CommonOptions } from './output.ts';

/** What a file may be told about itself on the command line. */
export interface SourceWords { readonly market?: string; readonly symbol?: string; readonly kind?: string; readonly timeframe?: string }
export interface ImportWords extends CommonOptions, SourceWords { readonly replace?: boolean; readonly allowGaps?: boolean }

export interface TradeWords extends CommonOptions {
  readonly market?: string;
  readonly symbol?: string;
  /** Bar lengths, separated by commas. */
  readonly timeframe: string;
  readonly keep?: boolean;
  readonly replace?: boolean;
}

/** The market of a file whose name says none. */
const usualMarket = 'bybit:linear';

export async function dataImport(files: readonly string[], words: ImportWords): Promise<number> {
  return imported(files, words, { ...sourceOptions(words), allowGaps: words.allowGaps === true });
}

/** `holdfast data trades FILES...`: archives of single trades become bars, and are kept when wished. */
export async function dataTrades(files: readonly string[], words: TradeWords): Promise<number> {
  const { timeframe, keep, ...rest } = words;
  return imported(files, words, { ...sourceOptions(rest), fromTrades: { intervals: intervalsOf(timeframe), keep: keep === true } });
}

/** Reads '1m,1h'. */
export const intervalsOf = (timeframes: string): readonly number[] => [...new Set(timeframes.split(',').map(intervalOf))];

function intervalOf(name: string): number {
  const ms = timeframeLength(name.trim());
  if (ms !== null) return ms;
  throw new Failure(2, `arguments: --timeframe: was '${name.trim()}', expected one of ${timeframeNames.join(' ')}, several with commas. Fix: --timeframe 1m,1h`);
}

async function imported(
  files: readonly string[], words: CommonOptions & { readonly replace?: boolean }, more: Omit<ImportOptions, 'folder'>,
): Promise<number> {
  const options: ImportOptions = {
    ...more, folder: dataFolder(words.dataDir), replace: words.replace === true,
    ...(files.length > 1 && process.stderr.isTTY
      ? { onProgress: (done: number, all: number) => process.stderr.write(`\rread ${done} of ${all} files${done === all ? '\n' : ''}`) }
      : {}),
  };
  const result = await uncut(() => importUsual(files, options));
  if (words.json === true) printJson(result);
  else printImport(result);
  return 0;
}

/** What a file may hold. */
export const kindsOfFiles: readonly SeriesKind[] = ['last', 'mark', 'funding', 'trades'];

/** Options that are named; anything else is left for the file to say. */
export function sourceOptions(
  { market, symbol, kind: word, timeframe }: SourceWords, kinds = kindsOfFiles,
): { market?: string; symbol?: string; kind?: SeriesKind; timeframe?: string } {
  const kind = kinds.find((one) => one === word);
  if (word !== undefined && kind === undefined) {
    throw new Failure(2, `arguments: --kind: was '${word}', expected ${kinds.slice(0, -1).join(', ')} or ${kinds.at(-1)}. Fix: --kind last`);
  }
  return {
    ...(market === undefined ? {} : { market }), ...(symbol === undefined ? {} : { symbol }),
    ...(kind === undefined ? {} : { kind }), ...(timeframe === undefined ? {} : { timeframe }),
  };
}

/** Imports; files of which none says its market belong to the usual one. */
async function importUsual(files: readonly string[], options: ImportOptions): Promise<ImportResult> {
  try {
    return await importFiles(files, options);
  } catch (thrown) {
    const isUnsaid = thrown instanceof DataError && thrown.isUsage && thrown.what.includes('does not say which market');
    if (!isUnsaid || options.market !== undefined) throw thrown;
    const reports = await checkFiles(files, options);
    if (reports.some((report) => report.market !== null)) throw thrown;
    return await importFiles(files, { ...options, market: usualMarket });
  }
}

function printImport({ folder, files, series, ms }: ImportResult): void {
  for (const file of files) {
    const columns = file.columns.map(({ role, name }) => (role === name ? name : `${role}=${name}`)).join(' ');
    const unused = file.unusedColumns.length === 0 ? '' : `, unused: ${file.unusedColumns.join(' ')}`;
    printLine(`${file.file}: ${file.format}, ${file.rows} rows, columns ${columns} (stamps in ${file.stampUnit}${file.isNewestFirst ? ', newest first, read from the end' : ''})${unused}`);
  }
  for (const one of series) {
    printLine(`${one.series}: ${changeText(one)}; now ${one.rows} rows, ${timeText(one.first)} to ${timeText(one.last)}`);
    if (one.missing > 0) printLine(`  ${one.missing} bars missing in ${one.gaps.length} gaps`);
    for (const finding of one.findings) printLine(`  ${finding.severity} ${finding.code}: ${finding.text}`);
  }
  printLine(`in ${folder} after ${(ms / 1_000).toFixed(1)} s`);
}

function changeText({ rowsRead, rowsAdded, rowsReplaced, isUnchanged }: ImportedSeries): string {
  if (isUnchanged) return `${rowsRead} rows read, all there already`;
  return `${rowsRead} rows read, ${rowsAdded} added${rowsReplaced > 0 ? `, ${rowsReplaced} replaced` : ''}`;
}
