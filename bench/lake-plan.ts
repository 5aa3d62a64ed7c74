/**
 * What a lake of many symbols takes, from a measured part of it: sizes and times per bar and per file, and what follows for a
 * larger one. Bars count for reading and writing them; files, and so months, for finding them.
 */

export interface LakeMeasured {
  readonly symbols: number;
  /** Bars and month files of all symbols. */
  readonly bars: number;
  readonly files: number;
  /** Of the month files, and of the manifests beside them. */
  readonly bytes: number;
  readonly manifestBytes: number;
  readonly writeMs: number;
  /** A question that reads nothing of the lake: opening the database, which no lake makes longer. */
  readonly fixedMs: number;
  /** The same with all manifests read and the views made. */
  readonly openMs: number;
  /** `loadMarket` of one symbol and of all, with rules, ticks and warnings. */
  readonly loadOneMs: number;
  readonly loadAllMs: number;
  /** One aggregate over every bar, one over a month of a symbol; with the opening. */
  readonly queryAllMs: number;
  readonly queryMonthMs: number;
}

/** What is asked for: `share` is the measured part's share of it. */
export interface LakePlan {
  readonly symbols: number;
  readonly share: number;
  readonly bars: number;
  readonly files: number;
  readonly bytes: number;
  readonly writeMs: number;
  readonly openMs: number;
  readonly loadTenMs: number;
  readonly queryAllMs: number;
  readonly queryMonthMs: number;
  /** What ten loaded symbols hold, 48 bytes a bar. */
  readonly loadedTenBytes: number;
}

/** The same years of `symbols` symbols. */
export function planOf(measured: LakeMeasured, symbols: number): LakePlan {
  const factor = symbols / measured.symbols;
  const grown = (ms: number): number => measured.fixedMs + Math.max(0, ms - measured.fixedMs) * factor;
  const perSymbol = measured.bars / measured.symbols;
  return {
    symbols, share: 1 / factor, bars: measured.bars * factor, files: measured.files * factor,
    bytes: (measured.bytes + measured.manifestBytes) * factor,
    writeMs: measured.writeMs * factor, openMs: grown(measured.openMs),
    loadTenMs: (measured.loadAllMs / measured.symbols) * 10,
    queryAllMs: grown(measured.queryAllMs),
    queryMonthMs: grown(measured.openMs) + Math.max(0, measured.queryMonthMs - measured.openMs),
    loadedTenBytes: perSymbol * 10 * 48,
  };
}

/** The measured part and the plan as a table of Markdown. */
export function planTable(measured: LakeMeasured, plan: LakePlan): string {
  const rows: readonly (readonly [string, string, string])[] = [
    ['symbols', String(measured.symbols), String(plan.symbols)],
    ['bars', count(measured.bars), count(plan.bars)],
    ['month files', count(measured.files), count(plan.files)],
    ['bytes a bar, manifests included', perBar(measured.bytes + measured.manifestBytes, measured.bars), perBar(plan.bytes, plan.bars)],
    ['on disk', gigabytes(measured.bytes + measured.manifestBytes), gigabytes(plan.bytes)],
    ['written, hashed and synced', seconds(measured.writeMs), seconds(plan.writeMs)],
    ['one symbol loaded for a backtest', seconds(measured.loadOneMs), seconds(measured.loadOneMs)],
    [`${measured.symbols} symbols loaded; 10 of them in the plan`, seconds(measured.loadAllMs), seconds(plan.loadTenMs)],
    ['memory of 10 loaded symbols', gigabytes(plan.loadedTenBytes), gigabytes(plan.loadedTenBytes)],
    ['query: the lake opened, nothing read', seconds(measured.openMs), seconds(plan.openMs)],
    ['query: one symbol, one month', seconds(measured.queryMonthMs), seconds(plan.queryMonthMs)],
    ['query: count, low, high and volume of every symbol', seconds(measured.queryAllMs), seconds(plan.queryAllMs)],
  ];
  const head = ['', 'measured', `plan (x ${(1 / plan.share).toFixed(plan.share > 1 ? 2 : 0)})`] as const;
  return [head, ['---', '---', '---'] as const, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

const count = (value: number): string => Math.round(value).toLocaleString('en-US');
const perBar = (bytes: number, bars: number): string => (bytes / bars).toFixed(2);
const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
