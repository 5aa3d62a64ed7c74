/**
 * `holdfast replay RUN`: plays a stored run again from what its manifest names, strategy, parameters, configuration and
 * data, each held against its hash, and compares what comes out with what was stored, byte for byte.
 */
import { z } from 'zod';
import { compareRun, dataFolder, findRun, loadMarket } from '../data/index.ts';
import type { Cells, LoadedMarket, RowDifference, StoredRun, TableComparison } from '../data/index.ts';
import { runConfig } from '../engine/index.ts';
import type { InstrumentRules, RunConfig } from '../engine/index.ts';
import { BrainError } from '../live/index.ts';
import type { RunResult } from '../sim/index.ts';
import { Failure } from './failure.ts';
import { readLiveRun } from './live-folder.ts';
import type { LiveManifest } from './live-folder.ts';
import { retellRun } from './live-store.ts';
import { dataHashesOf } from './manifest.ts';
import { printJson, printLine } from './output.ts';
import type { CommonOptions } from './output.ts';
import { startProgress } from './progress.ts';
import { bundleStrategy } from './strategy/index.ts';
import type { StrategyBundle } from './strategy/index.ts';
import { packageVersion } from './place.ts';
import { joinWarnings } from './warnings.ts';
import { startEngine } from './worker/index.ts';
import type { Engine } from './worker/index.ts';

export interface ReplayOptions extends CommonOptions {
  readonly strategy?: string;
  /** Seconds. */
  readonly decideTimeout: number;
}

/** What a replay needs of a manifest. */
const replayable = z.object({
  engine: z.string(), strategyFile: z.string(), strategyExport: z.string().nullable(), strategyHash: z.string(),
  strategyFiles: z.array(z.object({ path: z.string(), sha256: z.string() })),
  given: z.array(z.object({ name: z.string(), value: z.unknown(), text: z.string().nullable() })),
  config: z.record(z.string(), z.unknown()), dataMarket: z.string(), execMarket: z.string(), timeframe: z.string(),
  symbols: z.array(z.string()), dataHash: z.string(), dataHashes: z.record(z.string(), z.string()),
  instruments: z.array(z.unknown()), detail: z.string().nullable(),
  asked: z.object({ from: z.number().nullable(), to: z.number().nullable() }),
  record: z.enum(['normal', 'all']), digest: z.string(), loopDigest: z.string(), faults: z.null(),
});
type Wanted = z.output<typeof replayable>;

export async function replay(run: string, options: ReplayOptions): Promise<number> {
  const folder = dataFolder(options.dataDir);
  const live = readLiveRun(folder, run);
  if (live !== null) return await replayLive(folder, live, options.json === true);
  const found = await findRun(folder, run);
  if (found === null) throw new Failure(2, `replay: ${run}: was no stored run in ${folder}, expected one. Fix: see 'holdfast runs'`);
  const wanted = wantedOf(found);
  const { engine: made } = wanted;
  if (made !== packageVersion()) process.stderr.write(`replay: the run was made by engine ${made}, this is ${packageVersion()}\n`);
  const config = configOf(run, wanted);
  const engine = startEngine(options.decideTimeout * 1_000);
  try {
    const bundle = await sameStrategy(wanted, options.strategy);
    const declared = await engine.load(bundle, wanted.given);
    const loaded = await sameData(folder, wanted, declared.timeframe);
    const result = await playWatched(engine, loaded, config, wanted.record);
    const tables = await compareRun({ folder, run, tables: joinWarnings(loaded.warnings, result.tables, loaded.from).tables });
    return show({ run, wanted, result, tables }, options.json === true);
  } finally {
    await engine.end();
  }
}

/** A live run is told again from its journal: every decision, and the state at every snapshot, as it was then. */
async function replayLive(folder: string, live: LiveManifest, json: boolean): Promise<number> {
  try {
    const { events, cut, unsent, restarts, decisions } = await retellRun(folder, live);
    if (json) printJson({ run: live.run, equal: true, events, decisions, restarts, cut, unsent });
    else printLine(`replayed: ${events} events, ${decisions} decisions, ${restarts} starts: every command equal`);
    return 0;
  } catch (thrown) {
    if (!(thrown instanceof BrainError) || thrown.kind !== 'journal') throw thrown;
    if (json) printJson({ run: live.run, equal: false, difference: thrown.message });
    else printLine(`replay differs: ${live.run}: ${thrown.message}`);
    return 1;
  }
}

/** Refuses a run whose manifest does not say everything, naming what it lacks. */
function wantedOf({ run, manifest }: StoredRun): Wanted {
  const parsed = replayable.safeParse(manifest);
  if (parsed.success) return parsed.data;
  if (manifest['faults'] !== null && manifest['faults'] !== undefined) {
    throw new Failure(2, `replay: ${run}: was played with faults, expected a run without. Fix: replay another run`);
  }
  const { strategyFile: file } = manifest;
  const lacking = [...new Set(parsed.error.issues.map(({ path }) => String(path[0])))].join(', ');
  throw new Failure(2, `replay: ${run}: was stored by engine ${manifest.engine} without ${lacking}, expected a run that says how to play it again. `
    + `Fix: play it anew with: holdfast backtest ${typeof file === 'string' ? file : 'STRATEGY'}`);
}

/** As it was checked then. A key that this version does not know is a run of another version. */
function configOf(run: string, { config }: Wanted): RunConfig {
  const parsed = runConfig.safeParse(config);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Failure(2, `replay: ${run}: its configuration was not one of this version (${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}), `
    + 'expected one that is. Fix: replay it with the version that made it');
}

async function sameStrategy({ strategyFile, strategyExport, strategyHash, strategyFiles }: Wanted, given: string | undefined): Promise<StrategyBundle> {
  const file = given ?? (strategyExport === null ? strategyFile : `${strategyFile}#${strategyExport}`);
  const bundle = await bundleStrategy(file, process.cwd());
  if (bundle.hash === strategyHash) return bundle;
  const before = new Map(strategyFiles.map(({ path, sha256 }) => [path, sha256]));
  const after = new Map(bundle.files.map(({ path, sha256 }) => [path, sha256]));
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
  throw new Failure(2, `strategy: ${bundle.file}: was ${short(bundle.hash)} (changed since: ${changed.join(', ')}), expected the run's ${short(strategyHash)}. `
    + 'Fix: bring the files back as they were, or name a copy with --strategy FILE');
}

async function sameData(folder: string, wanted: Wanted, timeframe: string): Promise<LoadedMarket> {
  const { dataMarket, execMarket, symbols, detail, asked: { from, to } } = wanted;
  const loaded = await loadMarket({
    folder, dataMarket, execMarket, symbols, timeframe, ...(detail === null ? {} : { detail }),
    ...(from === null ? {} : { from }), ...(to === null ? {} : { to }),
    overrides: wanted.instruments as readonly InstrumentRules[], // written by us; the hash below holds them
  });
  if (loaded.hash === wanted.dataHash) return loaded;
  const now = dataHashesOf(loaded);
  const changed = [...new Set([...Object.keys(wanted.dataHashes), ...Object.keys(now)])].filter((name) => now[name] !== wanted.dataHashes[name]);
  throw new Failure(3, `data: ${loaded.dataMarket}: was ${short(loaded.hash)} (changed since: ${changed.join(', ') || 'rules or range'}), `
    + `expected the run's ${short(wanted.dataHash)}. Fix: import the files of that day again with --replace`);
}

async function playWatched(engine: Engine, loaded: LoadedMarket, config: RunConfig, record: Wanted['record']): Promise<RunResult> {
  const progress = startProgress('replay', loaded.bars);
  try {
    const { result } = await engine.run({ market: { symbols: loaded.symbols }, config, record, hardship: null }, progress.seen);
    return result;
  } finally {
    progress.end();
  }
}

interface Outcome {
  readonly run: string;
  readonly wanted: Wanted;
  readonly result: RunResult;
  readonly tables: readonly TableComparison[];
}

function show({ run, wanted, result, tables }: Outcome, json: boolean): number {
  const digests = [
    { name: 'digest', stored: wanted.digest, replayed: result.digest },
    { name: 'loopDigest', stored: wanted.loopDigest, replayed: result.loopDigest },
  ];
  const first = firstOf(tables);
  const isEqual = first === null && digests.every(({ stored, replayed }) => stored === replayed);
  const { events, commands } = result.steps;
  if (json) {
    printJson({
      run, equal: isEqual, events, commands, bars: result.bars, record: wanted.record,
      ...Object.fromEntries(digests.map(({ name, ...both }) => [name, both])),
      tables: tables.map(({ table, rows, difference }) => ({ table, rows, equal: difference === null })),
      difference: first === null ? null : { table: first.table, ...first.difference },
    });
    return isEqual ? 0 : 1;
  }
  if (isEqual) {
    const rows = wanted.record === 'all' ? `, ${tables.find(({ table }) => table === 'events')?.rows ?? 0} recorded rows equal` : '';
    printLine(`replayed: ${events} events, ${commands} commands, digest ${short(result.digest)} equal${rows}`);
    return 0;
  }
  printLine(`replay differs: ${run}: ${events} events, ${commands} commands`);
  for (const { name, stored, replayed } of digests) {
    if (stored !== replayed) printLine(`  ${name}: was ${short(replayed)}, expected ${short(stored)}`);
  }
  if (first !== null) for (const line of linesOf(first.table, first.difference)) printLine(`  ${line}`);
  return 1;
}

interface Found { readonly table: string; readonly difference: RowDifference }

/** The one with the most to say of what came before what: the record of events when there is one, else by time. */
function firstOf(tables: readonly TableComparison[]): Found | null {
  const found = tables.flatMap(({ table, difference }) => (difference === null ? [] : [{ table, difference }]));
  const at = ({ difference: { stored, replayed } }: Found): number => Math.min(timeOf(stored), timeOf(replayed));
  return found.find(({ table }) => table === 'events') ?? found.toSorted((a, b) => at(a) - at(b))[0] ?? null;
}

const timeNames: readonly string[] = ['time', 'sent_at', 'opened_at', 'first_at'];

function timeOf(cells: Cells | null): number {
  const value = timeNames.map((name) => cells?.[name]).find((one) => typeof one === 'number');
  return typeof value === 'number' ? value : Number.POSITIVE_INFINITY;
}

function linesOf(table: string, { row, columns, stored, replayed }: RowDifference): readonly string[] {
  const at = Math.min(timeOf(stored), timeOf(replayed));
  const when = Number.isFinite(at) ? ` at ${new Date(at).toISOString()}` : '';
  const what = columns.length === 0 ? 'one side ends here' : `differs in ${columns.join(', ')}`;
  return [`first difference: ${table}, row ${row + 1}${when}: ${what}`, `expected ${textOfRow(stored)}`, `was      ${textOfRow(replayed)}`];
}

const textOfRow = (cells: Cells | null): string => (cells === null ? 'no row' : Object.entries(cells)
  .filter(([name, value]) => name !== 'run' && value !== null)
  .map(([name, value]) => `${name} ${timeNames.includes(name) || name.endsWith('_at') ? new Date(Number(value)).toISOString() : String(value)}`).join(', '));

const short = (hash: string): string => hash.slice(0, 16);
