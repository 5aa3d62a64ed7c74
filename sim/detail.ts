/**
 * What lies inside the bars of a run: shorter bars or single trades (FS-1 sections 3.4 and 3.5), found for each bar and
 * checked against it before anything runs.
 *
 * 1. The children of a bar open inside it. Those that traded give its first open, last close, highest and lowest price;
 *    otherwise `DATA_CHILD_MISMATCH`. Volumes are not compared.
 * 2. A bar without children is matched as it is. Missing children among others are a hole as in any series: allowed
 *    while 1 holds, fatal with `dataGap: 'error'`.
 * 3. A child without volume has no price of its own. A bar that begins with one, and any bar of single trades, may
 *    open at the price before it: that price then counts among the bar's own.
 * 4. A trade is a child from its time to the next trade's, without a path; trades of one ms are spread inside it.
 */
import { valueOf } from '../engine/index.ts';
import type { BarColumns, Ms } from '../engine/index.ts';
import { MarketError } from './clock.ts';
import type { Detail, Prints, Series, SymbolMarket } from './market.ts';

/** Children of one symbol. Those of bar k of its series are the rows [from[k], to[k]). */
export interface Children extends Omit<BarColumns, 'intervalMs'> {
  /** 0 for single trades: each lasts until the next one of its bar, the last until the bar's close. */
  readonly lengthMs: Ms;
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** How far the bars of a symbol are covered. */
export interface Coverage {
  /** Bars matched on their children, and how many children these are. */
  readonly bars: number;
  readonly children: number;
  /** Bars matched as they are because nothing of them is there, and when the first of them opened (NaN = none). */
  readonly without: number;
  readonly firstWithoutAt: Ms;
  /** Bars matched on children of which some are missing, and when the first of them opened (NaN = none). */
  readonly holed: number;
  readonly firstHoledAt: Ms;
}

export interface ChildMismatch {
  /** Index of the bar in its series. */
  readonly bar: number;
  readonly field: 'open' | 'high' | 'low' | 'close';
  /** What the bar says, ticks. */
  readonly expected: number;
  /** What its children say, ticks. */
  readonly actual: number;
}

/** Trades of one ms stand this far apart, so that each step between them is a step in time. Exact in a double until 2039. */
const printSpacingMs = 1 / 2_048;

/** Finds the children of every bar. Throws `MarketError` when the detail is not a series of its own kind. */
export function childrenOf({ last, instrument }: SymbolMarket, detail: Detail): Children {
  const { symbol } = instrument;
  if (detail.tag === 'prints') return { ...printRows(detail.prints, last, symbol), ...placesOf(detail.prints.at, last) };
  const { bars } = detail;
  const { openedAt, open, high, low, close, volume, intervalMs } = bars;
  if (!(intervalMs < last.intervalMs) || last.intervalMs % intervalMs !== 0) {
    throw new MarketError(`${symbol}: detail of ${intervalMs} ms must be shorter than bars of ${last.intervalMs} ms and divide them`);
  }
  checkGrid(bars, symbol);
  return { openedAt, open, high, low, close, volume, lengthMs: intervalMs, ...placesOf(openedAt, last) };
}

function checkGrid({ openedAt, length, intervalMs }: Series, symbol: string): void {
  for (let i = 0; i < length; i++) {
    if (openedAt[i]! % intervalMs !== 0) throw new MarketError(`${symbol}: detail bar ${i} does not open on the grid of ${intervalMs} ms`);
    if (i > 0 && !(openedAt[i]! > openedAt[i - 1]!)) throw new MarketError(`${symbol}: detail bar ${i} is not later than the one before`);
  }
}

/** First and last row inside each bar; rows outside of all bars belong to none. */
function placesOf(at: Float64Array, { openedAt, length, intervalMs }: Series): Pick<Children, 'from' | 'to'> {
  const from = new Int32Array(length);
  const to = new Int32Array(length);
  let row = 0;
  for (let k = 0; k < length; k++) {
    const opensAt = openedAt[k]!;
    while (row < at.length && at[row]! < opensAt) row += 1;
    from[k] = row;
    while (row < at.length && at[row]! < opensAt + intervalMs) row += 1;
    to[k] = row;
  }
  return { from, to };
}

function printRows({ at, price, quantity, length }: Prints, last: Series, symbol: string): Omit<Children, 'from' | 'to'> {
  const openedAt = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const before = i > 0 ? openedAt[i - 1]! + printSpacingMs : 0;
    if (i > 0 && at[i]! < at[i - 1]!) throw new MarketError(`${symbol}: trade ${i} is earlier than the one before`);
    openedAt[i] = at[i]! >= before ? at[i]! : before;
    if (Math.floor(openedAt[i]! / last.intervalMs) !== Math.floor(at[i]! / last.intervalMs)) {
      throw new MarketError(`${symbol}: more than ${1 / printSpacingMs} trades in the last ms of a bar, up to trade ${i}`);
    }
  }
  return { openedAt, open: price, high: price, low: price, close: price, volume: quantity, lengthMs: 0 };
}

/** What the children of one bar amount to. */
interface Whole { open: number; high: number; low: number; close: number }

/** First bar, and its first price, that its children do not give. Null: they tile. */
export function firstMismatch(last: Series, children: Children): ChildMismatch | null {
  let carried = Number.NaN;
  for (let bar = 0; bar < last.length; bar++) {
    const from = children.from[bar]!;
    const to = children.to[bar]!;
    if (from < to) {
      const whole = wholeOf(children, from, to);
      const isSilent = last.volume[bar] === 0 && Number.isNaN(whole.close); // listed prices without trades are ignored
      const mayCarry = children.lengthMs === 0 || children.volume[from] === 0;
      const isCarried = mayCarry && last.open[bar] === carried && !(whole.open === carried);
      if (isCarried || Number.isNaN(whole.open)) beginAt(whole, carried);
      const field = isSilent ? undefined : fields.find((name) => whole[name] !== last[name][bar]);
      if (field !== undefined) return { bar, field, expected: last[field][bar]!, actual: whole[field] };
    }
    if (last.volume[bar]! > 0) carried = last.close[bar]!;
  }
  return null;
}

const fields = ['open', 'high', 'low', 'close'] as const;

function wholeOf(children: Children, from: number, to: number): Whole {
  const whole: Whole = { open: Number.NaN, high: -Infinity, low: Infinity, close: Number.NaN };
  for (let i = from; i < to; i++) {
    if (!(children.volume[i]! > 0)) continue;
    if (Number.isNaN(whole.open)) whole.open = children.open[i]!;
    if (children.high[i]! > whole.high) whole.high = children.high[i]!;
    if (children.low[i]! < whole.low) whole.low = children.low[i]!;
    whole.close = children.close[i]!;
  }
  return whole;
}

function beginAt(whole: Whole, price: number): void {
  whole.open = price;
  if (price > whole.high) whole.high = price;
  if (price < whole.low) whole.low = price;
  if (Number.isNaN(whole.close)) whole.close = price;
}

/** How many bars have children, and which have not. A bar in which nothing traded lacks no trades. */
export function coverageOf(last: Series, { from, to, lengthMs }: Children): Coverage {
  const whole = lengthMs === 0 ? 1 : last.intervalMs / lengthMs;
  let bars = 0, children = 0, without = 0, holed = 0, firstWithoutAt = Number.NaN, firstHoledAt = Number.NaN;
  for (let k = 0; k < last.length; k++) {
    const count = to[k]! - from[k]!;
    if (count > 0) {
      bars += 1;
      children += count;
      if (count >= whole) continue;
      holed += 1;
      if (holed === 1) firstHoledAt = last.openedAt[k]!;
    } else if (lengthMs > 0 || last.volume[k]! > 0) {
      without += 1;
      if (without === 1) firstWithoutAt = last.openedAt[k]!;
    }
  }
  return { bars, children, without, firstWithoutAt, holed, firstHoledAt };
}

/** Children of every symbol that has a detail, checked. Null when none has. */
export function readDetail(symbols: readonly SymbolMarket[], dataGap: 'warn' | 'error'): readonly (Children | null)[] | null {
  if (symbols.every(({ detail }) => detail === undefined)) return null;
  return symbols.map((market) => {
    const { detail, last, instrument: { symbol, tick } } = market;
    if (detail === undefined) return null;
    const children = childrenOf(market, detail);
    const wrong = firstMismatch(last, children);
    if (wrong !== null) {
      const { bar, field, expected, actual } = wrong;
      throw new MarketError(
        `${symbol}: DATA_CHILD_MISMATCH: bar ${bar} (opened at ${last.openedAt[bar]} ms): ${field} of its `
        + `${detail.tag === 'bars' ? 'shorter bars' : 'trades'} was ${valueOf(actual, tick)}, expected ${valueOf(expected, tick)}`,
      );
    }
    if (dataGap === 'error') refuseHoles(symbol, coverageOf(last, children));
    return children;
  });
}

function refuseHoles(symbol: string, { without, firstWithoutAt, holed, firstHoledAt }: Coverage): void {
  if (without > 0) throw new MarketError(`${symbol}: ${without} bars have no detail, the first opened at ${firstWithoutAt} ms (dataGap: error)`);
  if (holed > 0) throw new MarketError(`${symbol}: ${holed} bars lack some of their detail, the first opened at ${firstHoledAt} ms (dataGap: error)`);
}
