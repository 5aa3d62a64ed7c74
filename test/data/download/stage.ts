/** A local exchange whose market stands at its last bar, and lakes to compare byte by byte. */
import { mkdtempSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { download, hostAt } from '../../../data/index.ts';
import type { Clock, DownloadOptions, DownloadResult } from '../../../data/index.ts';
import { runConfig } from '../../../engine/index.ts';
import { startExchange } from '../../../live/exchange/index.ts';
import type { RunningExchange } from '../../../live/exchange/index.ts';
import type { SymbolMarket } from '../../../sim/index.ts';
import { fundingOf, marketOf, series, start, walk } from '../../sim/market.ts';

const hour = 3_600_000;

export interface WalkedWish { readonly bars: number; readonly intervalMs: number; readonly holes?: readonly (readonly [from: number, count: number])[] }

/** A walk of last and mark prices, and a settlement every eight hours. */
export function walked({ bars, intervalMs, holes = [] }: WalkedWish): SymbolMarket {
  const isHole = (i: number): boolean => holes.some(([from, count]) => i >= from && i < from + count);
  const rows = walk({ seed: 7, bars, quiet: 0.01 }).map((row, i) => (isHole(i) ? null : row));
  const stamps = Array.from({ length: Math.floor((bars * intervalMs) / (8 * hour)) }, (_, i) => [start + (i + 1) * 8 * hour, ((i % 7) - 3) * 0.0001] as const);
  return marketOf({ bars: rows, intervalMs, mark: series(walk({ seed: 8, bars }), intervalMs), funding: fundingOf(stamps) });
}

/** The last bar is under way: the one before it is the last that closed. */
export function opened(market: SymbolMarket, hasLimits: boolean): Promise<RunningExchange> {
  const last = market.last.openedAt[market.last.length - 1] ?? 0;
  return startExchange({ market: { symbols: [market] }, config: runConfig.parse({}), startAt: last, speed: 'max', patienceMs: 3_600_000, hasLimits });
}

/** Twenty times as fast as the wall's. */
export const hasty: Clock = {
  now: () => Date.now() * 20,
  wait: (ms, signal) => new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms / 20);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new Error('aborted'));
    }, { once: true });
  }),
};

export const freshFolder = (): string => mkdtempSync(join(tmpdir(), 'holdfast-download-'));

type Wish = Partial<Omit<DownloadOptions, 'folder'>>;

/** Everything of AAAUSDT from the first bar on, unless said otherwise. */
export function fetched(exchange: RunningExchange, folder: string, wish: Wish = {}): Promise<DownloadResult> {
  return download({
    folder, host: hostAt(exchange.ready.rest), market: 'bybit:linear', symbols: ['AAAUSDT'], kinds: ['last'], timeframe: '1m', from: start, to: null,
    clock: hasty, ...wish,
  });
}

/** Path and content of every file under the folder; the time of import, which no two runs share, is left out. */
export function bytesOf(folder: string): Readonly<Record<string, string>> {
  const out: Record<string, string> = {};
  const walkInto = (path: string): void => {
    for (const name of readdirSync(path).sort()) {
      const inner = join(path, name);
      if (statSync(inner).isDirectory()) walkInto(inner);
      else out[inner.slice(folder.length + 1)] = readFileSync(inner).toString('base64url');
      if (name === 'manifest.json') {
        out[inner.slice(folder.length + 1)] = readFileSync(inner, 'utf8').replaceAll(/"importedAt": "[^"]*"/g, '');
      }
    }
  };
  walkInto(folder);
  return out;
}
