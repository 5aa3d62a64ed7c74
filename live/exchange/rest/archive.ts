/**
 * The public archive of single trades behind the REST door, on the real host's paths: /trading/SYMBOL/SYMBOLYYYY-MM-DD.csv.gz.
 *
 * The data holds bars: each bar with volume is told as four trades, at its open, its two extremes (the one nearer to the open
 * first) and its close, a quarter of the volume each. They make the bars again, to the last digit. The same day is always the
 * same bytes. A day that is not over has no file.
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { formatDecimal, parseDecimal } from '../../../engine/index.ts';
import type { Ms } from '../../../engine/index.ts';
import type { World } from '../world.ts';

const dayMs = 86_400_000;
const minute = 60_000;
/** Bars of the data are of one of these lengths, in minutes. */
const lengths = [1, 3, 5, 15, 30, 60, 120, 240, 360, 720, 1_440] as const;
const path = /^\/trading\/([A-Z0-9-]+)\/([A-Z0-9-]+?)(\d{4}-\d{2}-\d{2})\.csv\.gz$/;
const header = 'timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional,RPI';

export const isArchivePath = (asked: string): boolean => asked.startsWith('/trading/');

/** The file's bytes; null when there is none. */
export function archiveFile(asked: string, world: World): Buffer | null {
  const [, folder, symbol = '', day = ''] = path.exec(asked) ?? [];
  const from = Date.parse(`${day}T00:00:00Z`);
  if (folder !== symbol || !Number.isFinite(from) || from + dayMs > world.now) return null;
  if (!world.market.instruments.some((rules) => rules.symbol === symbol)) return null;
  for (const minutes of lengths) {
    const intervalMs = minutes * minute;
    const rows = world.market.candles({ symbol, kind: 'last', intervalMs, start: from, end: from + dayMs - 1, limit: 1_440 / minutes });
    const trades = rows.toReversed().flatMap((row) => tradesOf(symbol, row, intervalMs));
    if (trades.length > 0) return gzipSync([header, ...trades, ''].join('\n'));
  }
  return null;
}

const places = 12;

/** Lines of one candle `[start, open, high, low, close, volume, ...]`. */
function tradesOf(symbol: string, [start = '', open = '', high = '', low = '', close = '', volume = '0']: readonly string[], intervalMs: Ms): readonly string[] {
  const units = parseDecimal(volume, places);
  if (units <= 0n) return [];
  const quarter = units / 4n;
  const isLowFirst = Number(open) - Number(low) <= Number(high) - Number(open);
  const prices = isLowFirst ? [open, low, high, close] : [open, high, low, close];
  return prices.map((price, k) => {
    const at = Number(start) + Math.floor((intervalMs * k) / 4);
    const size = formatDecimal(k === 3 ? units - 3n * quarter : quarter, places);
    const isUp = Number(price) >= Number(prices[k - 1] ?? price);
    const value = Number(price) * Number(size);
    const cells = [
      `${Math.floor(at / 1_000)}.${String(at % 1_000).padStart(3, '0')}`, symbol, isUp ? 'Buy' : 'Sell', size, price, isUp ? 'PlusTick' : 'MinusTick',
      idOf(`${symbol} ${start} ${k}`), String(value * 1e8), size, String(value), '0',
    ];
    return cells.join(',');
  });
}

/** Looks like the venue's: 8-4-4-4-12 hexadecimal digits. */
function idOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
