/**
 * Stops by mark on mark bars longer than the last bars. The mark's path inside such a bar is made up, and the stop then
 * fills at the last price of that made-up moment: on average nearer to the open than the real one, so better than
 * its trigger. The fills are what the rules say; the gain in them is nothing to expect, and this says how large it is.
 */
import type { Column, Ms, Table } from '../engine/index.ts';
import type { Market, SymbolMarket } from './market.ts';

export interface CoarseMarkStops {
  readonly stops: number;
  /** Mean of the stops' slippage, basis points; negative = better than the trigger. */
  readonly meanBps: number;
  /** What the stops got beyond their triggers, settle coin. */
  readonly gained: number;
}

/** The recorded rows that say how stops filled and by which price they were judged. */
export interface StopRows { readonly executions: Table | undefined; readonly stops: Table | undefined }

/** Length of what orders are matched on; a single trade has none. */
function matchedMs({ last, detail }: SymbolMarket): Ms {
  if (detail === undefined) return last.intervalMs;
  return detail.tag === 'bars' ? detail.bars.intervalMs : 0;
}

/** Null when no mark bars are longer than what orders are matched on, or no stop judged by the mark fired. */
export function coarseMarkStops(market: Market, { executions, stops: changes }: StopRows): CoarseMarkStops | null {
  if (!market.symbols.some((symbol) => symbol.mark !== null && symbol.mark.intervalMs > matchedMs(symbol))) return null;
  const time = columnOf(executions, 'time');
  const cause = columnOf(executions, 'cause');
  const symbol = columnOf(executions, 'symbol');
  const bps = columnOf(executions, 'slippage_bps');
  const value = columnOf(executions, 'value');
  if (executions === undefined || time?.type !== 'time' || cause?.type !== 'text' || symbol?.type !== 'text'
    || bps?.type !== 'double' || value?.type !== 'double') return null;
  const stop = cause.dictionary.indexOf('stop');
  const sources = new StopSources(changes);
  let stops = 0, sum = 0, gained = 0;
  for (let row = 0; row < executions.rows; row++) {
    const slipped = bps.values[row]!;
    if (cause.codes[row] !== stop || Number.isNaN(slipped)) continue;
    if (sources.at(time.values[row]!, symbol.dictionary[symbol.codes[row]!]!) === 'last') continue;
    stops += 1;
    sum += slipped;
    gained -= (slipped / 10_000) * value.values[row]!;
  }
  return stops === 0 ? null : { stops, meanBps: sum / stops, gained };
}

const columnOf = (table: Table | undefined, name: string): Column | undefined =>
  table?.columns.find((column) => column.name === name);

/** Which price judges each symbol's stop as time goes on, read from the recorded changes of stops in their order. */
class StopSources {
  readonly #known = new Map<string, string>();
  readonly #changes: Table | undefined;
  #row = 0;

  constructor(changes: Table | undefined) { this.#changes = changes; }

  /** `mark` or `last`; undefined when no change up to `time` says it. Times must not go back. */
  at(time: Ms, symbol: string): string | undefined {
    const when = columnOf(this.#changes, 'time');
    const names = columnOf(this.#changes, 'symbol');
    const by = columnOf(this.#changes, 'by');
    if (when?.type === 'time' && names?.type === 'text' && by?.type === 'text') {
      for (; this.#row < when.values.length && when.values[this.#row]! <= time; this.#row++) {
        const source = by.dictionary[by.codes[this.#row]!];
        if (source !== undefined) this.#known.set(names.dictionary[names.codes[this.#row]!]!, source);
      }
    }
    return this.#known.get(symbol);
  }
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
