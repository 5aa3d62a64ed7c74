/**
 * What lies inside the bars of a case: shorter bars (`detail`, `config.detailIntervalMs`) or single trades (`trades`,
 * `[t, price, quantity]`). Faults are those of bars, counted in their own rows, and `DATA_CHILD_MISMATCH` and `DATA_GAP`,
 * counted in the case's bars.
 */
import { coverageOf, childrenOf, firstMismatch } from '../detail.ts';
import type { Children } from '../detail.ts';
import type { Detail, Series } from '../market.ts';
import { readRows } from './bars.ts';
import type { BarFault, CaseBar } from './bars.ts';
import type { Case } from './case.ts';
import { decimalOf, stepsOf } from './number.ts';

export interface Inside { readonly last: Series; readonly children: Children }

/** Null when the case has neither. */
export function readInside(of: Case, bars: readonly CaseBar[]): Inside | { readonly fault: BarFault } | null {
  const { instrument, intervalMs } = of;
  const read = of.detail !== null ? readDetail(of, of.detail) : of.trades !== null ? readTrades(of, of.trades) : null;
  if (read === null || 'fault' in read) return read;
  const last = seriesOf(of, bars, intervalMs);
  const children = childrenOf({ instrument, last, mark: null, funding: null }, read);
  const wrong = firstMismatch(last, children);
  if (wrong !== null) return { fault: { code: 'DATA_CHILD_MISMATCH', barIndex: wrong.bar } };
  const { firstWithoutAt, firstHoledAt } = coverageOf(last, children);
  const hole = Number.isNaN(firstWithoutAt) ? firstHoledAt : firstWithoutAt;
  if (of.isGapFatal && !Number.isNaN(hole)) return { fault: { code: 'DATA_GAP', barIndex: bars.findIndex((bar) => bar.at === hole) } };
  return { last, children };
}

type Read = Detail | { readonly fault: BarFault };

function readDetail(of: Case, rows: readonly unknown[]): Read {
  const { fault, bars } = readRows(rows, 6, of.detailIntervalMs);
  return fault !== null ? { fault } : { tag: 'bars', bars: seriesOf(of, bars, of.detailIntervalMs) };
}

function seriesOf({ instrument }: Case, bars: readonly CaseBar[], intervalMs: number): Series {
  const ticks = (price: (bar: CaseBar) => bigint): Float64Array => Float64Array.from(bars, (bar) => stepsOf(price(bar), instrument.tick));
  return {
    intervalMs, length: bars.length, openedAt: Float64Array.from(bars, (bar) => bar.at), volume: Float64Array.from(bars, (bar) => bar.volume),
    open: ticks((bar) => bar.open), high: ticks((bar) => bar.high), low: ticks((bar) => bar.low), close: ticks((bar) => bar.close),
  };
}

function readTrades({ instrument }: Case, rows: readonly unknown[]): Read {
  const at = new Float64Array(rows.length);
  const price = new Float64Array(rows.length);
  const quantity = new Float64Array(rows.length);
  for (const [i, row] of rows.entries()) {
    const code = tradeFault(row, at[i - 1] ?? 0);
    if (code !== null) return { fault: { code, barIndex: i } };
    const cells = row as readonly unknown[];
    at[i] = Number(cells[0]);
    price[i] = stepsOf(decimalOf(cells[1]) ?? 0n, instrument.tick);
    quantity[i] = Number(cells[2]);
  }
  return { tag: 'prints', prints: { length: rows.length, at, price, quantity } };
}

/** The first check a trade fails, in the words of bars. */
function tradeFault(row: unknown, before: number): string | null {
  if (!Array.isArray(row) || row.length !== 3) return 'BAD_BAR_SHAPE';
  const [stamp, price, quantity] = row.map(decimalOf);
  if (stamp == null || price == null || quantity == null) return 'BAD_BAR_NAN';
  if (price <= 0n) return 'BAD_BAR_PRICE';
  if (quantity < 0n) return 'BAD_BAR_VOLUME';
  if (!Number.isSafeInteger(Number(row[0]))) return 'BAD_BAR_ALIGN';
  return Number(row[0]) < before ? 'BAD_BAR_ORDER' : null;
}
