/** `holdfast compare A B`: is one run better than the other, or only luckier? With `--exact`: are they the same? */
import { dataFolder, findRun } from '../data/index.ts';
import type { StoredRun } from '../data/index.ts';
import { compareRuns, renderComparison } from '../lab/report/compared/index.ts';
import { compareExact } from './compare-exact.ts';
import { Failure } from './failure.ts';
import { readLiveRun } from './live-folder.ts';
import { upToDate } from './live-store.ts';
import { printJson, printLine } from './output.ts';
import type { CommonOptions } from './output.ts';

export interface CompareOptions extends CommonOptions { readonly exact?: boolean; readonly all?: boolean }

export async function compare(run: string, other: string, options: CompareOptions): Promise<number> {
  const folder = dataFolder(options.dataDir);
  const one = await stored(folder, run);
  const two = await stored(folder, other);
  const json = options.json === true;
  if (options.exact === true || options.all === true) return await compareExact(folder, one, two, { json, all: options.all === true });
  const comparison = await compareRuns(folder, one, two);
  if (json) printJson(comparison);
  else printLine(renderComparison(comparison));
  return 0;
}

/** A live run is stored anew first: its journal may have gone on. */
async function stored(folder: string, run: string): Promise<StoredRun> {
  const own = readLiveRun(folder, run);
  if (own !== null) await upToDate(folder, own);
  const found = await findRun(folder, run);
  if (found === null) throw new Failure(2, `compare: ${run}: was no stored run in ${folder}, expected one. Fix: see 'holdfast runs'`);
  return found;
}
