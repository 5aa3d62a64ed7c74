/**
 * An operator's wish without a running process: the engine of the run is read back from its journal, looks after what is open,
 * does what is asked, and leaves. The strategy is loaded and never asked. Everything is journaled like the rest of the run.
 */
import { dataFolder, timeframeLength } from '../data/index.ts';
import { instrumentOf } from '../engine/index.ts';
import { createLog, legsOf, LiveRun, operate, steppedPolls, wirePolls } from '../live/index.ts';
import type { LegFacts, OperatorOrder, Status } from '../live/index.ts';
import { startBrain } from './brain/index.ts';
import type { Declared, ThreadedBrain } from './brain/index.ts';
import { Failure } from './failure.ts';
import { hasStoodDown, liveFolder } from './live-folder.ts';
import type { LiveManifest } from './live-folder.ts';
import { holdLine, holdPaper, openLine } from './live-start.ts';
import type { Line } from './live-start.ts';
import type { NetworkOptions } from './network.ts';
import { onPaper, openMarket } from './paper-line.ts';
import { bundleStrategy } from './strategy/index.ts';
import { packageVersion } from './place.ts';

export interface ErrandOptions { readonly dataDir?: string; readonly exchange?: string }
export interface Outcome { readonly status: Status; readonly left: readonly LegFacts[] }

/** Does `order`; null = only looks, and sends nothing. */
export async function errand(run: LiveManifest, order: OperatorOrder | null, options: ErrandOptions): Promise<Outcome> {
  const brain = startBrain();
  try {
    const declared = await openBrain(run, brain, options);
    if (run.mode === 'paper') return await errandOnPaper({ run, order, options, brain, declared });
    const line = await openLine(networkOf(run, options), { declared, letters: run.letters, rules: run.instruments, log: () => {} });
    if (order === null) return await look(brain, line);
    const lock = await holdLine(line, run.run);
    try {
      return await act({ run, order, options, brain, line });
    } finally {
      await lock.release();
    }
  } finally {
    await brain.end();
  }
}

const networkOf = ({ network }: LiveManifest, { exchange }: ErrandOptions): NetworkOptions => ({ network, ...(exchange === undefined ? {} : { exchange }) });

interface OnPaper {
  readonly run: LiveManifest; readonly order: OperatorOrder | null; readonly options: ErrandOptions; readonly brain: ThreadedBrain; readonly declared: Declared;
}

/** A paper account is in the journal: to look at it nobody is asked, to act the market is. */
async function errandOnPaper({ run, order, options, brain, declared }: OnPaper): Promise<Outcome> {
  if (order === null) {
    await brain.wake();
    const status = await brain.status();
    return { status, left: legsOf(status) };
  }
  const lock = await holdPaper(run.letters, run.run);
  try {
    const market = await openMarket(networkOf(run, options), { declared, letters: run.letters, rules: run.instruments, log: () => {} });
    const line = await onPaper(market, { run, folder: liveFolder(dataFolder(options.dataDir), run.run), barMs: barMsOf(run), log: () => {} });
    return await act({ run, order, options, brain, line });
  } finally {
    await lock.release();
  }
}

async function openBrain(run: LiveManifest, brain: ThreadedBrain, { dataDir }: ErrandOptions): Promise<Declared> {
  const file = run.strategyExport === null ? run.strategyFile : `${run.strategyFile}#${run.strategyExport}`;
  const bundle = await bundleStrategy(file, process.cwd());
  if (bundle.hash !== run.strategyHash) {
    throw new Failure(2, `strategy: ${bundle.file}: was changed since run ${run.run} began, expected it as it was. Fix: bring it back, or act at the exchange itself`);
  }
  const declared = await brain.load(bundle, run.given);
  const identity = { run: run.letters, engine: packageVersion(), configHash: run.configHash, strategyHash: bundle.hash, dataHash: '' };
  await brain.open({ config: run.config, rules: run.instruments, folder: liveFolder(dataFolder(dataDir), run.run).journal, identity });
  return declared;
}

/** The journal's word beside the venue's. */
async function look(brain: ThreadedBrain, { connection }: Line): Promise<Outcome> {
  await brain.wake();
  const left = await connection.legs();
  const status = await brain.status();
  await connection.venue.close(1_000);
  return { status, left };
}

interface Acting {
  readonly run: LiveManifest; readonly order: OperatorOrder; readonly options: ErrandOptions; readonly brain: ThreadedBrain; readonly line: Line;
}

async function act({ run, order, options, brain, line }: Acting): Promise<Outcome> {
  const { connection, queue, clock, correct, place: { credentials: { key, secret } } } = line;
  const log = createLog({ write: (text) => process.stderr.write(text), secrets: [key, secret], isVerbose: false });
  const acted: Promise<readonly LegFacts[]>[] = [];
  const shell: LiveRun = new LiveRun({
    connection, clock, queue, brain, instruments: run.instruments.map((rules) => instrumentOf(rules, run.config)), decides: false,
    barMs: barMsOf(run), warmupBars: 1, graceMs: run.config.cycleGraceMs, polls: clock.isStepped ? steppedPolls : wirePolls, log,
    ...(correct === null ? {} : { correct }), notify: (at, { cause, text }) => log('warning', text, { cause, at }), hasEnded: () => run.mode === 'live' && clock.hasEnded === true, // on paper nothing is lost when the market has ended
    stoodDown: hasStoodDown(liveFolder(dataFolder(options.dataDir), run.run)), standingDown: () => {}, isPaper: run.mode === 'paper',
    ready: () => {
      acted.push(operate({ connection, clock, queue, brain, symbols: run.symbols }, order).finally(() => shell.leave()));
    },
  });
  const { status, left: last } = await shell.run();
  const [left] = await Promise.all(acted);
  clock.close();
  return { status, left: left ?? last ?? [] };
}

const barMsOf = ({ timeframe }: LiveManifest): number => timeframeLength(timeframe) ?? 60_000;
