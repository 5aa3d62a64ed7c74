/** Bars of a case file and what is wrong with them (FS-1 section 13): first failing bar, first failing check. */
import { decimalOf } from './number.ts';

export interface CaseBar {
  readonly at: number;
  /** In 1e-30 quote. */
  readonly open: bigint; readonly high: bigint; readonly low: bigint; readonly close: bigint;
  /** Base quantity; 0 in a mark bar. */
  readonly volume: number;
}

export interface BarFault { readonly code: string; readonly barIndex: number }
export type BarsRead = { readonly bars: readonly CaseBar[]; readonly fault: null } | { readonly bars: null; readonly fault: BarFault };

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** The bar, or the code of the first check it fails. `fields` is 6 with volume, 5 for mark. */
function barOf(row: unknown, fields: 5 | 6, intervalMs: number, before: CaseBar | null): CaseBar | string {
  if (!Array.isArray(row) || row.length !== fields) return 'BAD_BAR_SHAPE';
  const values = row.map(decimalOf);
  const [stamp, open, high, low, close, volume = 0n] = values;
  if (stamp == null || open == null || high == null || low == null || close == null || volume === null) return 'BAD_BAR_NAN';
  if (open <= 0n || high <= 0n || low <= 0n || close <= 0n) return 'BAD_BAR_PRICE';
  if (low > least(open, close) || high < most(open, close)) return 'BAD_BAR_RANGE';
  if (volume < 0n) return 'BAD_BAR_VOLUME';
  const at = Number(row[0]);
  if (!Number.isSafeInteger(at) || at % intervalMs !== 0) return 'BAD_BAR_ALIGN';
  if (before !== null && at === before.at) return 'BAD_BAR_DUPLICATE';
  if (before !== null && at < before.at) return 'BAD_BAR_ORDER';
  return { at, open, high, low, close, volume: fields === 6 ? Number(row[5]) : 0 };
}

export function readRows(rows: readonly unknown[], fields: 5 | 6, intervalMs: number): BarsRead {
  const bars: CaseBar[] = [];
  for (let i = 0; i < rows.length; i++) {
    const bar = barOf(rows[i], fields, intervalMs, bars[i - 1] ?? null);
    if (typeof bar === 'string') return { bars: null, fault: { code: bar, barIndex: i } };
    bars.push(bar);
  }
  return { bars, fault: null };
}

/** Last-price bars. The first must have traded: without a traded price nothing can be judged. */
export function readBars(rows: readonly unknown[], intervalMs: number, isGapFatal: boolean): BarsRead {
  const read = readRows(rows, 6, intervalMs);
  if (read.fault !== null) return read;
  if (read.bars[0]?.volume === 0) return { bars: null, fault: { code: 'BAD_BAR_VOLUME', barIndex: 0 } };
  const hole = read.bars.findIndex((bar, i) => i > 0 && bar.at - read.bars[i - 1]!.at !== intervalMs);
  if (isGapFatal && hole > 0) return { bars: null, fault: { code: 'DATA_GAP', barIndex: hole } };
  return read;
}

/**
 * Interval of a mark series: that of the bars when each bar has its own mark bar, else the largest step that holds all
 * distances of its stamps (a hole makes a distance longer); a single bar covers the series from its stamp on.
 */
export function markIntervalOf(mark: readonly CaseBar[], bars: readonly CaseBar[], intervalMs: number): number {
  if (mark.length === bars.length && mark.every((bar, i) => bar.at === bars[i]!.at)) return intervalMs;
  let interval = 0;
  for (let i = 1; i < mark.length; i++) interval = commonStep(interval, mark[i]!.at - mark[i - 1]!.at);
  if (interval > 0) return interval;
  const end = (bars[bars.length - 1]?.at ?? 0) + intervalMs;
  return Math.max(intervalMs, end - (mark[0]?.at ?? end));
}

function commonStep(one: number, other: number): number {
  return other === 0 ? one : commonStep(other, one % other);
}

/** Mark bars: as long as the last-price bars or a multiple of them, on their own grid; anything else is `MARK_INTERVAL`. */
export function readMark(rows: readonly unknown[], bars: readonly CaseBar[], intervalMs: number): BarsRead {
  const read = readRows(rows, 5, 1);
  if (read.fault !== null) return read;
  const interval = markIntervalOf(read.bars, bars, intervalMs);
  const isSingle = read.bars.length < 2;
  const grid = isSingle ? intervalMs : interval;
  const isApart = interval < intervalMs || interval % intervalMs !== 0 || read.bars.some((bar) => bar.at % grid !== 0);
  const at = read.bars.findIndex((bar) => bar.at % Math.max(grid, intervalMs) !== 0);
  return isApart ? { bars: null, fault: { code: 'MARK_INTERVAL', barIndex: Math.max(0, at) } } : read;
}
