/**
 * History for an engine that starts: closed bars of every symbol, oldest first, up to now and not beyond it, without a hole
 * that the market does not have itself.
 */
import { stepsIn, valueOf } from '../engine/index.ts';
import type { BarClosed, Instrument, Ms } from '../engine/index.ts';
import type { Candle, Connection } from './connection.ts';

export interface HistoryRequest {
  readonly connection: Pick<Connection, 'candles'>;
  readonly instruments: readonly Instrument[];
  readonly barMs: Ms;
  /** Bars closed at or before this, ms. */
  readonly until: Ms;
  /** Of them the last so many of each symbol. */
  readonly counts: readonly number[];
}

/** A hole is asked for so often: the newest candle may not be served at once. */
const triesMost = 3;

/** By close, then in the order of symbols. */
export async function readHistory(request: HistoryRequest): Promise<readonly BarClosed[]> {
  const bars: BarClosed[] = [];
  for (const [symbol, instrument] of request.instruments.entries()) {
    const count = request.counts[symbol] ?? 0;
    if (count > 0) bars.push(...(await closedCandles(request, instrument.symbol, count)).map((candle) => barOf(candle, symbol, instrument)));
  }
  return bars.toSorted((a, b) => a.closedAt - b.closedAt || a.symbol - b.symbol);
}

/** Asked again while the last close is missing. */
async function closedCandles({ connection, barMs, until }: HistoryRequest, symbol: string, count: number): Promise<readonly Candle[]> {
  const last = Math.floor(until / barMs) * barMs;
  for (let attempt = 1; ; attempt++) {
    const candles = await connection.candles({ symbol, kind: 'last', intervalMs: barMs, until: last, count });
    const closed = candles.filter(({ closesAt }) => closesAt <= last);
    if (closed.at(-1)?.closesAt === last || attempt === triesMost) return closed;
  }
}

/** Bars missing between the first and the last of a symbol. */
export function holesIn(bars: readonly BarClosed[], symbol: number, barMs: Ms): number {
  const own = bars.filter((bar) => bar.symbol === symbol);
  const [first] = own;
  const last = own.at(-1);
  return first === undefined || last === undefined ? 0 : (last.closedAt - first.closedAt) / barMs + 1 - own.length;
}

/** A candle as the engine is told it. Prices between two ticks stay between them. */
export function barOf({ openedAt, closesAt, open, high, low, close, volume }: Candle, symbol: number, { tick }: Instrument): BarClosed {
  const openTicks = stepsIn(open, tick);
  const highTicks = stepsIn(high, tick);
  const lowTicks = stepsIn(low, tick);
  const closeTicks = stepsIn(close, tick);
  return {
    tag: 'bar-closed', at: closesAt, symbol, openedAt, closedAt: closesAt, open: valueOf(openTicks, tick), high: valueOf(highTicks, tick),
    low: valueOf(lowTicks, tick), close: valueOf(closeTicks, tick), volume, openTicks, highTicks, lowTicks, closeTicks,
  };
}
