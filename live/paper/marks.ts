/** Mark candles beside the bars of a paper run: asked for bar by bar, since no stream tells them whole. */
import type { BarClosed, Instrument, Ms } from '../../engine/index.ts';
import { VenueError } from '../connection.ts';
import type { CandleRequest, Connection } from '../connection.ts';
import { barOf } from '../warm-up.ts';

/** The newest mark candle may be served a moment after the bar. */
const triesMost = 5;
const againMs = 400;

export interface MarkWish {
  readonly market: Pick<Connection, 'candles'>;
  readonly barMs: Ms;
  readonly instruments: readonly Instrument[];
}

/** Mark candles of a symbol that close after `from`, up to `until`. */
export async function marksBetween({ market, barMs, instruments }: MarkWish, symbol: number, from: Ms, until: Ms): Promise<readonly BarClosed[]> {
  const instrument = instruments[symbol]!;
  const count = Math.round((until - from) / barMs);
  if (count <= 0) return [];
  const wish: CandleRequest = { symbol: instrument.symbol, kind: 'mark', intervalMs: barMs, until, count };
  const candles = await market.candles(wish);
  return candles.filter(({ closesAt }) => closesAt > from && closesAt <= until).map((candle) => barOf(candle, symbol, instrument));
}

/** The mark candle beside a bar; null when it does not come. */
export async function markBeside(wish: MarkWish, { symbol, openedAt, closedAt }: BarClosed, pause: (ms: number) => Promise<unknown>): Promise<BarClosed | null> {
  for (let attempt = 1; attempt <= triesMost; attempt++) {
    const [mark] = await marksBetween(wish, symbol, openedAt, closedAt).catch(() => []);
    if (mark !== undefined) return mark;
    if (attempt < triesMost) await pause(againMs);
  }
  return null;
}

/** Whether the exchange makes mark candles as long as the bars. Rejects with VenueError when it cannot be asked. */
export async function hasMarks(wish: MarkWish, until: Ms): Promise<boolean> {
  try {
    for (const symbol of wish.instruments.keys()) if ((await marksBetween(wish, symbol, until - 2 * wish.barMs, until)).length === 0) return false;
    return true;
  } catch (error) {
    if (error instanceof VenueError && (error.kind === 'refused' || error.kind === 'malformed')) return false;
    throw error;
  }
}
