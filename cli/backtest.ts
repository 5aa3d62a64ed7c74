/**
 * `holdfast backtest STRATEGY`: loads the strategy in the engine's thread while the data is found, plays it there,
 * stores the run and says what came out. The main thread watches, draws progress and never runs a strategy's code.
 */
import type { LoadedMarket, LoadOptions } from '../data/index.ts';
import type { FinishedRun } from '../lab/report/index.ts';
import { Failure } from './failure.ts';
import { uncut } from './interrupt.ts';
import { printJson, printLine } from './output.ts';
import type { CommonOptions } from './output.ts';
import { startProgress } from './progress.ts';
import type { ConfigOptions } from './run-config.ts';
import { readRange } from './time-range.ts';
import { joinWarnings } from './warnings.ts';
import { startEngine } from './worker/index.ts';
import type { Declared, Engine } from './worker/index.ts';

export interface BacktestOptions extends CommonOptions, ConfigOptions {
  readonly market: string;
  readonly data?: string;
  readonly exec?: string;
  readonly from?: string;
  readonly to?: string;
  readonly params?: readonly string[];
  readonly instrument?: string;
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
    const [{ readParams, readRunConfig }, { bundleStrategy }, data] = await Promise.all([
      import('./run-config.ts'), import('./strategy/index.ts'), import('../data/index.ts'),
    ]);
    const given = readParams(options.params ?? []);
    const [config, bundle] = await Promise.all([readRunConfig(options), bundleStrategy(reference, process.cwd())]);
    const declared = await engine.load(bundle, given);
    const folder = data.dataFolder(options.dataDir);
    const overrides = options.instrument === undefined ? [] : data.readInstrumentFile(options.instrument);
    const loaded = await data.loadMarket({ folder, overrides, ...wantedData(options, declared), ...definedRange(range) });
    const loadMs = performance.now();
    const { result, runMs } = await playWatched(engine, loaded, { config, record: options.record });
    const [report, { manifestOf }] = await Promise.all([import('../lab/report/index.ts'), import('./manifest.ts')]);
    const metrics = report.computeMetrics(result);
    const manifest = manifestOf({ bundle, declared, loaded, config, record: options.record, result });
    const { warnings, tables } = joinWarnings(loaded.warnings, result.tables, loaded.from);
    const storing = performance.now();
    if (options.store) {
      const saved = await uncut(() => data.saveRun({ folder, manifest, tables, summary: report.summaryOf(result, metrics) }));
      if (saved.database.tag === 'behind') process.stderr.write(`store: the run is kept in ${saved.path}; ${saved.database.why}\n`);
    }
    const storeMs = options.store ? performance.now() - storing : 0;
    show({ manifest, result, metrics, warnings, timing: { loadMs, runMs, storeMs }, isStored: options.store }, report, options.json === true);
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

function wantedData({ market, data, exec }: BacktestOptions, { symbols, timeframe }: Declared): Pick<LoadOptions, 'symbols' | 'timeframe' | 'market'> {
  return { symbols, timeframe, ...(data === undefined || exec === undefined ? { market } : { dataMarket: data, execMarket: exec }) };
}

const definedRange = ({ from, to }: ReturnType<typeof readRange>): { from?: number; to?: number } =>
  ({ ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) });

type Played = Awaited<ReturnType<Engine['run']>>;

async function playWatched(engine: Engine, loaded: LoadedMarket, how: Omit<Parameters<Engine['run']>[0], 'market'>): Promise<Played> {
  const progress = startProgress('backtest', loaded.bars);
  try {
    return await engine.run({ market: { symbols: loaded.symbols }, ...how }, progress.seen);
  } finally {
    progress.end();
  }
}

function show(run: FinishedRun, report: typeof import('../lab/report/index.ts'), json: boolean): void {
  if (json) printJson(report.toJson(run));
  else printLine(report.renderCard(run, report.cardStyle(process.stdout, process.env)));
}
