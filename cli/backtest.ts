/**
 * `holdfast backtest STRATEGY`: loads the strategy in the engine's thread while the data is found, plays it there,
 * stores the run and says what came out. The main thread watches, draws progress and never runs a strategy's code.
 */
import type { LoadedMarket, LoadOptions } from '../data/index.ts';
import type { RunConfig } from '../engine/index.ts';
import type { FinishedRun } from '../lab/report/index.ts';
import type { Hardship, RunResult } from '../sim/index.ts';
import { Failure } from './failure.ts';
import type { FaultOptions } from './faults.ts';
import { uncut } from './interrupt.ts';
import { printJson, printLine } from './output.ts';
import type { CommonOptions } from './output.ts';
import { startProgress } from './progress.ts';
import type { ConfigOptions } from './run-config.ts';
import type { GivenParam, StrategyBundle } from './strategy/index.ts';
import { readRange } from './time-range.ts';
import type { TimeRange } from './time-range.ts';
import { joinWarnings } from './warnings.ts';
import { startEngine } from './worker/index.ts';
import type { Declared, Engine } from './worker/index.ts';

export interface BacktestOptions extends CommonOptions, ConfigOptions, FaultOptions {
  readonly market: string;
  readonly data?: string;
  readonly exec?: string;
  readonly from?: string;
  readonly to?: string;
  readonly params?: readonly string[];
  readonly instrument?: string;
  readonly band?: boolean;
  readonly detail?: string;
  readonly record: 'normal' | 'all';
  /** Seconds. */
  readonly decideTimeout: number;
  readonly store: boolean;
}

/** Times here count from the start of the process, so that the report's times are what a user waited for. */
export async function backtest(reference: string, options: BacktestOptions): Promise<number> {
  checkMarkets(options);
  const range = readRange(options.from, options.to);
  const engine = startEngine(options.decideTimeout * 1_000); // boots on its own core while this thread loads the rest
  try {
    const [{ readParams, readRunConfig }, { readHardship }, { bundleStrategy }, data] = await Promise.all([
      import('./run-config.ts'), import('./faults.ts'), import('./strategy/index.ts'), import('../data/index.ts'),
    ]);
    const given = readParams(options.params ?? []);
    const [config, bundle, hardship] = await Promise.all([
      readRunConfig(options), bundleStrategy(reference, process.cwd()), readHardship(options),
    ]);
    const wanted = wantedRuns(config, options.band === true, hardship);
    const declared = await engine.load(bundle, given);
    const folder = options.store ? data.dataFolder(options.dataDir) : data.candlesFolder(options.dataDir);
    const overrides = options.instrument === undefined ? [] : data.readInstrumentFile(options.instrument);
    const loaded = await data.loadMarket({ folder, overrides, ...wantedData(options, declared), ...definedRange(range) });
    const plan: Plan = { bundle, declared, loaded, folder, options, given, asked: range, loadMs: performance.now() };
    await finish(plan, await playWatched(engine, plan, wanted), config.path);
    return 0;
  } finally {
    await engine.end();
  }
}

/** Prices of one market under the rules of another are a decision, never an accident. */
function checkMarkets({ data, exec }: BacktestOptions): void {
  if (data !== undefined && exec === undefined) {
    throw new Failure(2, `arguments: --data: was ${data} without --exec, expected both for a run over two markets. Fix: add --exec, or use --market ${data}`);
  }
  if (exec !== undefined && data === undefined) {
    throw new Failure(2, `arguments: --exec: was ${exec} without --data, expected both for a run over two markets. Fix: add --data, or use --market ${exec}`);
  }
}

function wantedData(
  { market, data, exec, detail }: BacktestOptions, { symbols, timeframe }: Declared,
): Pick<LoadOptions, 'symbols' | 'timeframe' | 'detail' | 'market'> {
  const inside = detail === undefined ? {} : { detail };
  return { symbols, timeframe, ...inside, ...(data === undefined || exec === undefined ? { market } : { dataMarket: data, execMarket: exec }) };
}

const definedRange = ({ from, to }: ReturnType<typeof readRange>): { from?: number; to?: number } =>
  ({ ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) });

/** Everything a run is made of besides its configuration. */
interface Plan {
  readonly bundle: StrategyBundle;
  readonly declared: Declared;
  readonly loaded: LoadedMarket;
  readonly folder: string;
  readonly options: BacktestOptions;
  readonly given: readonly GivenParam[];
  readonly asked: TimeRange;
  /** From the start of the process until the data was there. */
  readonly loadMs: number;
}

/** One run to be played; `hardship` null = nothing goes wrong. `isStored` false = only to be set beside another. */
interface WantedRun { readonly config: RunConfig; readonly hardship: Hardship | null; readonly isStored: boolean }
interface Played extends WantedRun { readonly result: RunResult; readonly runMs: number }

/** The configured run; the three paths of the band; or the run without and with bad days. */
function wantedRuns(config: RunConfig, band: boolean, hardship: Hardship | null): readonly WantedRun[] {
  if (hardship === null) return (band ? bandOf(config) : [config]).map((own) => ({ config: own, hardship: null, isStored: true }));
  if (band) {
    throw new Failure(2, 'arguments: --band: was given with --faults or --restarts, expected one of them. Fix: leave one out');
  }
  return [{ config, hardship: null, isStored: false }, { config, hardship, isStored: true }];
}

/** The three paths of the band, everything else as configured. */
function bandOf(config: RunConfig): readonly RunConfig[] {
  if (config.path === 'ohlc' || config.path === 'olhc') {
    throw new Failure(2, `config: path: was ${config.path} with --band, expected adverse, favourable or adaptive: the band plays `
      + 'these three. Fix: leave out path, or --band');
  }
  return (['adverse', 'favourable', 'adaptive'] as const).map((path) => ({ ...config, path }));
}

/** One run after the other, under one progress line. Nothing is stored before all are played. */
async function playWatched(engine: Engine, plan: Plan, wanted: readonly WantedRun[]): Promise<readonly Played[]> {
  const { loaded, options: { record } } = plan;
  const progress = startProgress('backtest', loaded.bars * wanted.length);
  const played: Played[] = [];
  try {
    for (const one of wanted) {
      const before = played.length * loaded.bars;
      const request = { market: { symbols: loaded.symbols }, config: one.config, record, hardship: one.hardship };
      const { result, runMs } = await engine.run(request, (bars) => progress.seen(before + bars));
      if (one.hardship === null && result.decisions === 0) throw undecided(result, plan);
      played.push({ ...one, result, runMs });
    }
    return played;
  } catch (thrown) {
    const failed = wanted[played.length];
    if (wanted.length === 1 || failed === undefined || !(thrown instanceof Failure)) throw thrown;
    const which = wanted.some(({ hardship }) => hardship !== null)
      ? failed.hardship === null ? 'without faults' : 'with faults' : `path ${failed.config.path}`;
    throw new Failure(thrown.exitCode, `${which}: ${thrown.message}`, thrown);
  } finally {
    progress.end();
  }
}

/** A run that never decided says nothing about its strategy, though its card would look like one that found no trade. */
function undecided({ warmupBars, from, to }: RunResult, { declared: { timeframe, timeframeMs } }: Plan): Failure {
  const [first, end] = [from, to].map((at) => new Date(at).toISOString().slice(0, 16).replace('T', ' '));
  return new Failure(3, `no decision was taken: was ${Math.floor((to - from) / timeframeMs)} bars of ${timeframe} from ${first} to ${end}, `
    + `expected more than the warm-up, here ${warmupBars}. Fix: an earlier --from, more data, or a shorter warm-up`);
}

/** Stores every run as one of its own, in one piece of work that Ctrl-C does not cut, and shows the run of path `main`. */
async function finish(plan: Plan, played: readonly Played[], main: RunConfig['path']): Promise<void> {
  const [report, { manifestOf }, { saveRun }] = await Promise.all([
    import('../lab/report/index.ts'), import('./manifest.ts'), import('../data/index.ts'),
  ]);
  const { bundle, declared, loaded, folder, loadMs, given, asked, options: { record, store } } = plan;
  const storeRun = async ({ config, hardship, result, runMs }: Played, createdAt: number): Promise<FinishedRun> => {
    const metrics = report.computeMetrics(result);
    const manifest = manifestOf({ bundle, declared, loaded, config, record, result, given, asked, hardship, createdAt });
    const { warnings, tables } = joinWarnings(loaded.warnings, result.tables, loaded.from);
    const storing = performance.now();
    if (store) {
      const { database, path } = await saveRun({ folder, manifest, tables, summary: report.summaryOf(result, metrics) });
      if (database.tag === 'behind') process.stderr.write(`store: the run is kept in ${path}; ${database.why}\n`);
    }
    const storeMs = store ? performance.now() - storing : 0;
    return { manifest, result, metrics, warnings, timing: { loadMs, runMs, storeMs }, isStored: store };
  };
  const runs = await uncut(async () => {
    const endedAt = Date.now();
    const finished: FinishedRun[] = [];
    for (const [index, one] of played.filter(({ isStored }) => isStored).entries()) finished.push(await storeRun(one, endedAt + index));
    return finished;
  });
  const plain = played.find(({ isStored }) => !isStored)?.result ?? null;
  show(runs, { main, plain }, report, plan.options.json === true);
}

/** Path whose card is shown, and the run that it is set beside. */
interface Shown { readonly main: RunConfig['path']; readonly plain: RunResult | null }

function show(runs: readonly FinishedRun[], { main, plain }: Shown, report: typeof import('../lab/report/index.ts'), json: boolean): void {
  const run = runs.find(({ manifest }) => manifest.path === main);
  if (run === undefined) throw new Error(`no run of path ${main}`);
  const band = report.bandFrom(runs);
  if (json) {
    printJson({ ...report.toJson(run, plain), ...(band === null ? {} : report.bandJson(band)) });
    return;
  }
  const style = report.cardStyle(process.stdout, process.env);
  printLine(report.renderCard(run, style));
  if (band !== null) printLine(report.renderBand(band, run, style));
  if (run.result.faults !== null) printLine(report.renderFaults(run, plain, style));
}
