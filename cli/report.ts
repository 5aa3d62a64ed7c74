/**
 * `holdfast report RUN`: one HTML file that tells a stored run, with Markdown and JSON beside it. The candles are read from
 * where the run took them; when they are gone or changed the report says so and tells the rest.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DataError, dataFolder, findRun, listRuns, loadMarket } from '../data/index.ts';
import type { LoadedMarket, StoredRun } from '../data/index.ts';
import type { InstrumentRules } from '../engine/index.ts';
import { compareRuns } from '../lab/report/compared/index.ts';
import { differenceDocument, documentOf, markdownOf, pageScript, tellStory } from '../lab/report/html/index.ts';
import type { Story } from '../lab/report/html/index.ts';
import { Failure } from './failure.ts';
import { readLiveRun } from './live-folder.ts';
import { upToDate } from './live-store.ts';
import { printJson, printLine } from './output.ts';
import type { CommonOptions } from './output.ts';

export interface ReportOptions extends CommonOptions {
  readonly out?: string;
  readonly open?: boolean;
  /** The other run to set beside the first, or both. */
  readonly diff?: readonly string[];
}

export async function report(named: string | undefined, options: ReportOptions): Promise<number> {
  const folder = dataFolder(options.dataDir);
  const [run, second] = wantedRuns(named, options.diff ?? []);
  const out = resolve(options.out ?? `${run}${second === null ? '' : `-${second}`}.html`);
  if (!out.endsWith('.html')) throw new Failure(2, `report: --out was '${options.out ?? ''}', expected a name that ends in .html. Fix: --out ${run}.html`);
  const stored = await storedRun(folder, run);
  const one = await told(folder, stored);
  const beside = second === null ? null : await storedRun(folder, second);
  const html = beside === null ? documentOf(one, await pageScript('report'))
    : differenceDocument(one, await told(folder, beside), await compareRuns(folder, stored, beside), await pageScript('difference'));
  const files = [
    [out, html],
    ...(beside === null ? [[out.replace(/html$/, 'md'), markdownOf(one)], [out.replace(/html$/, 'json'), `${JSON.stringify(one)}\n`]] : []),
  ] as const;
  for (const [file = '', text = ''] of files) writeWhole(file, text);
  if (options.json === true) printJson({ run, out, bytes: Buffer.byteLength(html), files: files.map(([file]) => file) });
  else printLine(`report: ${out} (${Math.ceil(Buffer.byteLength(html) / 1_000)} kB)${beside === null ? '; Markdown and JSON beside it' : ''}`);
  if (options.open === true) openInBrowser(out);
  return 0;
}

/** `report RUN`, `report A --diff B` and `report --diff A B`. */
function wantedRuns(named: string | undefined, beside: readonly string[]): readonly [string, string | null] {
  const [run, second = null, ...rest] = named === undefined ? beside : [named, ...beside];
  if (run !== undefined && rest.length === 0 && (second !== null || beside.length === 0)) return [run, second];
  throw new Failure(2, `arguments: holdfast report: was ${[named, ...beside].filter((one) => one !== undefined).length} runs${beside.length > 0 ? ' with --diff, expected two' : ', expected one'}. Fix: holdfast report RUN, or holdfast report --diff A B`);
}

async function storedRun(folder: string, run: string): Promise<StoredRun> {
  const own = readLiveRun(folder, run);
  if (own !== null) await upToDate(folder, own);
  const stored = await findRun(folder, run);
  if (stored === null) throw new Failure(2, `report: ${run}: was no stored run in ${folder}, expected one. Fix: see 'holdfast runs'`);
  return stored;
}

async function told(folder: string, stored: StoredRun): Promise<Story> {
  const { market, marketMissing } = await marketOf(folder, stored);
  return await tellStory({ folder, stored, market, marketMissing, siblings: await siblingsOf(folder, stored) });
}

/** The candles the run was played on; its own rules give the ticks. */
async function marketOf(folder: string, { manifest }: StoredRun): Promise<{ readonly market: LoadedMarket | null; readonly marketMissing: string }> {
  const text = (name: string): string | undefined => { const value = manifest[name]; return typeof value === 'string' ? value : undefined; };
  const { dataHash, instruments } = manifest;
  const asked = manifest['asked'] as { readonly from?: number | null; readonly to?: number | null } | undefined;
  const range = { from: asked?.from ?? manifest.from, to: asked?.to ?? manifest.to };
  try {
    const market = await loadMarket({
      folder, dataMarket: text('dataMarket') ?? manifest.market, execMarket: text('execMarket') ?? manifest.market, symbols: manifest.symbols,
      timeframe: manifest.timeframe, ...(asked === undefined || asked.from !== null ? { from: range.from } : {}),
      ...(asked === undefined || asked.to !== null ? { to: range.to } : {}),
      ...(text('detail') === undefined ? {} : { detail: text('detail')! }),
      overrides: Array.isArray(instruments) ? instruments as readonly InstrumentRules[] : [],
    });
    if (typeof dataHash === 'string' && market.hash !== dataHash) return { market: null, marketMissing: 'the candles in the lake are not the ones the run was played on.' };
    return { market, marketMissing: '' };
  } catch (thrown) {
    if (!(thrown instanceof DataError)) throw thrown;
    return { market: null, marketMissing: `${thrown.message}.` };
  }
}

/** Runs that differ from this one in the path through the bars alone. */
async function siblingsOf(folder: string, { run, manifest }: StoredRun): Promise<readonly StoredRun[]> {
  const same = (other: StoredRun['manifest']): boolean =>
    other.strategyHash === manifest.strategyHash && other['dataHash'] === manifest['dataHash'] && manifest['dataHash'] !== undefined
    && other['path'] !== manifest['path'] && withoutPath(other) === withoutPath(manifest);
  const newest = new Map<unknown, StoredRun>();
  for (const other of await listRuns(folder)) {
    if (other.run !== run && same(other.manifest) && !newest.has(other.manifest['path'])) newest.set(other.manifest['path'], other);
  }
  return [...newest.values()];
}

const withoutPath = (manifest: StoredRun['manifest']): string => {
  const config = { ...manifest['config'] as object, path: '' };
  return JSON.stringify([manifest['params'], config, manifest['detail'], manifest['faults']]);
};

/** Under another name first, so that nobody reads half a report. */
function writeWhole(file: string, text: string): void {
  const partial = `${file}.part`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(partial, text);
    renameSync(partial, file);
  } catch (thrown) {
    if (existsSync(partial)) rmSync(partial);
    throw new Failure(1, `report: ${file}: could not be written (${thrown instanceof Error ? thrown.message : String(thrown)}), expected a folder that can be. Fix: --out FILE`);
  }
}

function openInBrowser(file: string): void {
  const program = process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : 'xdg-open';
  const child = spawn(program, [pathToFileURL(file).href], { stdio: 'ignore', detached: true });
  child.on('error', () => process.stderr.write(`report: no program ${program} to show it, expected one. Fix: open ${file}\n`));
  child.unref();
}
