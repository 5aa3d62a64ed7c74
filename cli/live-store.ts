/**
 * A live run in the store: the tables of a backtest, made of its journal and nothing else. Told again whenever it is asked for,
 * so that what is stored can be deleted at any time.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { saveRun, timeframeLength } from '../data/index.ts';
import type { Json, RunManifest, RunSummary } from '../data/index.ts';
import { startBrain } from './brain/index.ts';
import type { Retold } from './brain/index.ts';
import { Failure } from './failure.ts';
import { liveFolder } from './live-folder.ts';
import type { LiveManifest } from './live-folder.ts';
import { bundleStrategy } from './strategy/index.ts';

/** Tells the journal of `run` again. Rejects with BrainError where the engine decides otherwise than it did. */
export async function retellRun(data: string, run: LiveManifest): Promise<Retold> {
  const brain = startBrain();
  try {
    const bundle = await bundleStrategy(run.strategyExport === null ? run.strategyFile : `${run.strategyFile}#${run.strategyExport}`, process.cwd());
    if (bundle.hash !== run.strategyHash) {
      throw new Failure(2, `strategy: ${bundle.file}: was changed since run ${run.run} began, expected it as it was. Fix: bring the file back`);
    }
    await brain.load(bundle, run.given);
    const identity = { run: run.letters, engine: run.engine, configHash: run.configHash, strategyHash: run.strategyHash, dataHash: '' };
    return await brain.retell({ config: run.config, rules: run.instruments, folder: liveFolder(data, run.run).journal, identity });
  } finally {
    await brain.end();
  }
}

/** Puts the run into the store as its journal is now. A run that was told nothing yet is not stored. */
export async function storeLiveRun(data: string, run: LiveManifest): Promise<Retold> {
  const retold = await retellRun(data, run);
  if (retold.bars === 0) return retold;
  const digest = digestOf(retold);
  await rm(join(data, 'runs', run.run), { recursive: true, force: true });
  await saveRun({ folder: data, manifest: manifestOf(run, retold), tables: retold.tables, summary: summaryOf(retold, digest) });
  return retold;
}

function manifestOf(run: LiveManifest, { from, to }: Retold): RunManifest & { readonly network: string; readonly account: string } {
  return {
    run: run.run, createdAt: run.createdAt, mode: 'live', engine: run.engine, strategy: run.strategy, strategyHash: run.strategyHash,
    params: asJson(run.params), config: asJson(run.config), configHash: run.configHash, dataHashes: {}, market: `bybit:${run.category}`,
    symbols: run.symbols, timeframe: run.timeframe, from, to, warmupBars: run.warmupBars, seed: null, network: run.network, account: run.account,
  };
}

const summaryOf = ({ bars, decisions, trades, equityStart, equityEnd, fees, funding, maxDrawdown }: Retold, digest: string): RunSummary =>
  ({ bars, decisions, trades, equityStart, equityEnd, fees, funding, maxDrawdown, sharpe: null, ambiguousBars: 0, ambiguousTrades: 0, digest });

/** Over names, lengths and bytes of every column. */
function digestOf({ tables }: Retold): string {
  const hash = createHash('sha256');
  for (const { name, rows, columns } of tables) {
    hash.update(`${name} ${rows}\n`);
    for (const column of columns) {
      hash.update(`${column.name} ${column.type}\n`);
      hash.update(column.type === 'text' ? new Uint8Array(column.codes.buffer) : new Uint8Array(column.values.buffer));
      if (column.type === 'text') hash.update(column.dictionary.join('\u0000'));
    }
  }
  return hash.digest('hex');
}

/** When a run could decide first: its first bar and the warm-up that follows it. */
export const decidesFrom = ({ from, warmupBars, timeframe }: { readonly from: number; readonly warmupBars: number; readonly timeframe: string }): number =>
  from + warmupBars * (timeframeLength(timeframe) ?? 0);

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
