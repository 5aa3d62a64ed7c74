/** `holdfast runs`: the stored runs, the last one first. */
import { dataFolder } from '../data/index.ts';
import { listRuns } from '../data/store/index.ts';
import { printJson, printLine, printTable } from './output.ts';
import type { CommonOptions } from './output.ts';

export async function runs({ dataDir, json }: CommonOptions): Promise<number> {
  const folder = dataFolder(dataDir);
  const stored = await listRuns(folder);
  if (json === true) {
    printJson({ folder, runs: stored });
    return 0;
  }
  if (stored.length === 0) {
    printLine(`no runs in ${folder}; make one with: holdfast backtest strategy.ts --market builtin:linear`);
    return 0;
  }
  printTable(
    ['run', 'strategy', 'market', 'path', 'from', 'to', 'trades', 'net', 'max dd %', 'sharpe'],
    stored.map(({ run, manifest, summary }) => [
      run, manifest.strategy, manifest.market, pathOf(manifest), day(manifest.from), day(manifest.to), summary.trades,
      fixed(summary.equityEnd - summary.equityStart, 2), fixed(summary.maxDrawdown * 100, 2),
      summary.sharpe === null ? 'n/a' : fixed(summary.sharpe, 2),
    ]),
  );
  return 0;
}

/** Runs of one band differ by it alone. */
const pathOf = (manifest: Readonly<Record<string, unknown>>): string => (typeof manifest['path'] === 'string' ? manifest['path'] : '');
const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
const fixed = (value: number, places: number): string => value.toFixed(places);
