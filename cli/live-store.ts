/**
 * A live run in the store: the tables of a backtest, made of its journal and nothing else, so that what is stored can be deleted
 * at any time. One process at a time brings them up to date: the trading one while it runs, else whoever asks for them.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { askOwner, catchUp, holdTables, timeframeLength } from '../data/index.ts';
import type { HeldTables, Json, RulesUsed, RunManifest } from '../data/index.ts';
import type { Log } from '../live/index.ts';
import { startBrain } from './brain/index.ts';
import type { ThreadedBrain } from './brain/index.ts';
import { Failure } from './failure.ts';
import { liveFolder } from './live-folder.ts';
import type { LiveManifest } from './live-folder.ts';
import type { Fed, Totals } from './projection/index.ts';
import { bundleStrategy } from './strategy/index.ts';
import type { StrategyBundle } from './strategy/index.ts';

/** The tables of a running run are brought up to date so often, and never for more than one part in twenty of the time. */
const feedEveryMs = 5_000;
const feedPart = 20;
/** After a failure it is tried again so much later. */
const feedAgainMs = 60_000;
/** Somebody else brings the tables up to date for so long at most before a command shows them as they are. */
const patienceMs = 60_000;
const lookAgainMs = 20;

/** Tells the journal of `run` again. Rejects with BrainError where the engine decides otherwise than it did. */
export async function retellRun(data: string, run: LiveManifest): Promise<Totals> {
  return await withBrain(run, async (brain) => await brain.retell(requestOf(data, run)));
}

/** Brings the tables of the run up to its journal, or waits for who does. A run that was told nothing yet is not stored. */
export async function upToDate(data: string, run: LiveManifest): Promise<void> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const held = await holdTables(data, run.run, null);
    if (held !== null) {
      try {
        await withBrain(run, async (brain) => await project(brain, data, run));
      } finally {
        await held.release();
      }
      break;
    }
    const answer = await askOwner(data, run.run, Math.max(1, until - performance.now()));
    if (answer === 'fed') break;
    if (performance.now() >= until) {
      process.stderr.write(`run ${run.run}: its tables are as they were: another process has been bringing them up to date for ${patienceMs / 1_000} s\n`);
      break;
    }
    await wait(lookAgainMs);
  }
  await catchUp(data);
}

/** The tables of a run as long as it trades. Whatever happens to them, trading goes on. */
export class RunTables {
  readonly #data: string;
  readonly #run: LiveManifest;
  readonly #log: Log;
  #brain: ThreadedBrain | null = null;
  #held: HeldTables | null = null;
  #timer: NodeJS.Timeout | null = null;
  #feeding: Promise<void> = Promise.resolve();

  constructor(data: string, run: LiveManifest, log: Log) {
    this.#data = data;
    this.#run = run;
    this.#log = log;
  }

  /** Before trading begins: what a thread costs to start would hold the trading one up later. */
  async prepare(bundle: StrategyBundle): Promise<void> {
    try {
      this.#brain = await loadBrain(this.#run, bundle);
    } catch (thrown) {
      this.#failed(thrown);
    }
  }

  /** From here on the tables follow the journal. */
  begin(): void {
    this.#later(feedEveryMs);
  }

  /** The last records, also of a run that never began. What goes wrong is said and can be made good by any look at the run. */
  async end(): Promise<void> {
    try {
      await this.#finish();
    } catch (thrown) {
      this.#failed(thrown);
    }
  }

  async #finish(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#feeding.catch(() => {});
    await this.#held?.release();
    this.#held = null;
    await this.#brain?.end();
    await upToDate(this.#data, this.#run);
  }

  #later(afterMs: number): void {
    if (this.#brain === null) return;
    this.#timer = setTimeout(() => {
      const startedAt = performance.now();
      this.#round().then(
        () => this.#again(Math.max(feedEveryMs, (performance.now() - startedAt) * feedPart)),
        (thrown: unknown) => {
          this.#failed(thrown);
          this.#again(feedAgainMs);
        },
      );
    }, afterMs);
    this.#timer.unref();
  }

  #failed(thrown: unknown): void {
    this.#log('warning', 'the tables could not be brought up to date', { error: thrown instanceof Error ? thrown.message : 'unknown' });
  }

  #again(afterMs: number): void {
    if (this.#timer !== null) this.#later(afterMs);
  }

  /** Not while a command does it: the next round is soon. */
  async #round(): Promise<void> {
    this.#held ??= await holdTables(this.#data, this.#run.run, async () => await this.#feed());
    if (this.#held !== null) await this.#feed();
  }

  /** One after the other: who asks is answered by a feed that begins after he asked. */
  #feed(): Promise<void> {
    const work = async (): Promise<void> => {
      if (this.#brain !== null) await project(this.#brain, this.#data, this.#run);
    };
    this.#feeding = this.#feeding.then(work, work);
    return this.#feeding;
  }
}

async function project(brain: ThreadedBrain, data: string, run: LiveManifest): Promise<Fed> {
  return await brain.project({ request: requestOf(data, run), data, manifest: manifestOf(run) });
}

async function withBrain<T>(run: LiveManifest, work: (brain: ThreadedBrain) => Promise<T>): Promise<T> {
  const brain = await loadBrain(run, await bundleOf(run));
  try {
    return await work(brain);
  } finally {
    await brain.end();
  }
}

async function bundleOf(run: LiveManifest): Promise<StrategyBundle> {
  const bundle = await bundleStrategy(run.strategyExport === null ? run.strategyFile : `${run.strategyFile}#${run.strategyExport}`, process.cwd());
  if (bundle.hash === run.strategyHash) return bundle;
  throw new Failure(2, `strategy: ${bundle.file}: was changed since run ${run.run} began, expected it as it was. Fix: bring the file back`);
}

async function loadBrain(run: LiveManifest, bundle: StrategyBundle): Promise<ThreadedBrain> {
  const brain = startBrain();
  try {
    await brain.load(bundle, run.given);
    return brain;
  } catch (thrown) {
    await brain.end();
    throw thrown;
  }
}

const requestOf = (data: string, run: LiveManifest): Parameters<ThreadedBrain['retell']>[0] => ({
  config: run.config, rules: run.instruments, folder: liveFolder(data, run.run).journal,
  identity: { run: run.letters, engine: run.engine, configHash: run.configHash, strategyHash: run.strategyHash, dataHash: '' },
});

/** The time it covers is the projection's. */
function manifestOf(run: LiveManifest): RunManifest & { readonly network: string; readonly account: string; readonly instruments: Json; readonly rules: Json } {
  return {
    run: run.run, createdAt: run.createdAt, mode: run.mode, engine: run.engine, strategy: run.strategy, strategyHash: run.strategyHash,
    params: asJson(run.params), config: asJson(run.config), configHash: run.configHash, dataHashes: {}, market: `bybit:${run.category}`,
    symbols: run.symbols, timeframe: run.timeframe, from: 0, to: 0, warmupBars: run.warmupBars, seed: null,
    instruments: asJson(run.instruments), rules: asJson(rulesAtStart(run)), network: run.network, account: run.account,
  };
}

/** The exchange was asked when the run began. */
const rulesAtStart = ({ instruments, createdAt }: LiveManifest): readonly RulesUsed[] => instruments.map(({ symbol, source }) =>
  ({ symbol, origin: 'venue', source, seen: new Date(createdAt).toISOString().slice(0, 10), until: null }));

/** When a run could decide first: its first bar and the warm-up that follows it. */
export const decidesFrom = ({ from, warmupBars, timeframe }: { readonly from: number; readonly warmupBars: number; readonly timeframe: string }): number =>
  from + warmupBars * (timeframeLength(timeframe) ?? 0);

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
