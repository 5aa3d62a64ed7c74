/**
 * Stops by mark on mark bars longer than the last bars. The mark's path inside such a bar is made up, and the stop then
 * fills at the last price of that made-up moment: on average nearer to the open than the real one, so better than
 * its trigger. The fills are what the rules say; the gain in them is nothing to expect, and this says how large it is.
 */
import type { Table } from '../engine/index.ts';
import type { Market } from './market.ts';

export interface CoarseMarkStops {
  readonly stops: number;
  /** Mean of the stops' slippage, basis points; negative = better than the trigger. */
  readonly meanBps: number;
  /** What the stops got beyond their triggers, settle coin. */
  readonly gained: number;
}

/** Null when no mark series is longer than its last series, or no stop fired. */
export function coarseMarkStops(market: Market, executions: Table): CoarseMarkStops | null {
  if (!market.symbols.some(({ mark, last }) => mark !== null && mark.intervalMs > last.intervalMs)) return null;
  const cause = executions.columns.find((column) => column.name === 'cause');
  const bps = executions.columns.find((column) => column.name === 'slippage_bps');
  const value = executions.columns.find((column) => column.name === 'value');
  if (cause?.type !== 'text' || bps?.type !== 'double' || value?.type !== 'double') return null;
  const stop = cause.dictionary.indexOf('stop');
  let stops = 0, sum = 0, gained = 0;
  for (let row = 0; row < executions.rows; row++) {
    const slipped = bps.values[row]!;
    if (cause.codes[row] !== stop || Number.isNaN(slipped)) continue;
    stops += 1;
    sum += slipped;
    gained -= (slipped / 10_000) * value.values[row]!;
  }
  return stops === 0 ? null : { stops, meanBps: sum / stops, gained };
}

/** Share of the start equity from which on the gain is warned of. */
const noticeable = 0.001;

/** The warning's words, or null when the stops' fills do not move the result. */
export function coarseMarkWarning(found: CoarseMarkStops | null, startEquity: number, settle: string): string | null {
  if (found === null || Math.abs(found.gained) < noticeable * startEquity) return null;
  const { stops, meanBps, gained } = found;
  const side = gained > 0 ? 'better' : 'worse';
  return `${stops} stops judged on mark bars longer than the price bars filled ${Math.abs(meanBps).toFixed(1)} bps ${side} than their `
    + `triggers, ${gained > 0 ? '+' : '-'}${Math.abs(gained).toFixed(2)} ${settle} in all: not to be expected. Use stopBy 'last' or finer mark bars`;
}
