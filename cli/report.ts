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
  /** The other run, to set beside the first. */
  readonly diff?: string;
}

export async function report(run: string, options: ReportOptions): Promise<number> {
  const folder = dataFolder(options.dataDir);
  const out = resolve(options.out ?? `${run}${options.diff === undefined ? '' : `-${options.diff}`}.html`);
  if (!out.endsWith('.html')) throw new Failure(2, `report: --out was '${options.out ?? ''}', expected a name that ends in .html. Fix: --out ${run}.html`);
  const one = await toldRun(folder, run);
  const other = options.diff === undefined ? null : await toldRun(folder, options.diff);
  const html = other === null ? documentOf(one, await pageScript('report')) : differenceDocument(one, other, await pageScript('difference'));
  const files = [
    [out, html],
    ...(other === null ? [[out.replace(/html$/, 'md'), markdownOf(one)], [out.replace(/html$/, 'json'), `${JSON.stringify(one)}\n`]] : []),
  ] as const;
  for (const [file = '', text = ''] of files) writeWhole(file, text);
  if (options.json === true) printJson({ run, out, bytes: Buffer.byteLength(html), files: files.map(([file]) => file) });
  else printLine(`report: ${out} (${Math.ceil(Buffer.byteLength(html) / 1_000)} kB)${other === null ? '; Markdown and JSON beside it' : ''}`);
  if (options.open === true) openInBrowser(out);
  return 0;
}

async function toldRun(folder: string, run: string): Promise<Story> {
  const own = readLiveRun(folder, run);
  if (own !== null) await upToDate(folder, own);
  const stored = await findRun(folder, run);
  if (stored === null) throw new Failure(2, `report: ${run}: was no stored run in ${folder}, expected one. Fix: see 'holdfast runs'`);
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
