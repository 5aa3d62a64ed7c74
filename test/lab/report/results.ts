/** Run results made by hand for the tests of the report. */
import type { Column, Table } from '../../../engine/index.ts';
import type { RunResult } from '../../../sim/index.ts';

export const day = 86_400_000;
export const start = Date.UTC(2025, 0, 1);

export interface TradeRow { readonly net: number; readonly r?: number | null; readonly quality?: 'executed' | 'estimated' }

export function tradesTable(rows: readonly TradeRow[]): Table {
  const words = ['executed', 'estimated'];
  return {
    name: 'trades', rows: rows.length,
    columns: [
      { name: 'net', type: 'double', values: Float64Array.from(rows, (row) => row.net) },
      { name: 'r', type: 'double', values: Float64Array.from(rows, (row) => row.r ?? NaN) },
      { name: 'quality', type: 'text', codes: Int32Array.from(rows, (row) => words.indexOf(row.quality ?? 'executed')), dictionary: words },
    ],
  };
}

export function textTable(name: string, columns: Readonly<Record<string, readonly string[]>>): Table {
  const made = Object.entries(columns).map(([key, words]): Column =>
    ({ name: key, type: 'text', codes: Int32Array.from(words, (_, k) => k), dictionary: words }));
  return { name, rows: Object.values(columns)[0]?.length ?? 0, columns: made };
}

/** Daily equity from 1 January 2025 on; the run lasts from the first sample to the last. */
export function resultOf(equity: readonly number[], change: Partial<RunResult> = {}): RunResult {
  const first = equity[0] ?? 0;
  const last = equity.at(-1) ?? first;
  return {
    strategy: 'trend-pullback', symbols: ['BTCUSDT', 'ETHUSDT'], from: start, to: start + (equity.length - 1) * day, bars: 52_000,
    decisions: 51_900, steps: { events: 104_000, commands: 700 }, warmupBars: 51, tables: [],
    ledger: { settle: 'USDT', start: String(first), realised: '0', fees: '0', funding: '0', end: String(last) },
    equity: { start: first, end: last },
    daily: { times: Float64Array.from(equity, (_, k) => start + k * day), equity: Float64Array.from(equity) },
    barDrawdown: { fraction: 0, peakAt: start, troughAt: start, longestMs: 0 },
    exposureFraction: 0, tradedValue: 0, slippageCost: 0, ambiguousBars: 0, ambiguousTrades: 0, detail: null, faults: null, refusals: {}, open: [],
    digest: '4f1c'.padEnd(64, '0'), loopDigest: '9a07', ...change,
  };
}
