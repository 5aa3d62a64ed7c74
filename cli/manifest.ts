/** The manifest of a backtest: everything that went in, enough to run it again, and the hashes that say so. */
import { createHash } from 'node:crypto';
import { timeframeName } from '../data/index.ts';
import type { Json, LoadedMarket } from '../data/index.ts';
import type { RunConfig } from '../engine/index.ts';
import type { ReportManifest } from '../lab/report/index.ts';
import type { Hardship, RunResult } from '../sim/index.ts';
import { hashOfJson } from './run-config.ts';
import type { GivenParam, StrategyBundle, StrategyFile } from './strategy/index.ts';
import type { TimeRange } from './time-range.ts';
import { packageVersion } from './place.ts';
import type { Declared } from './worker/index.ts';

export interface RunParts {
  readonly bundle: StrategyBundle;
  readonly declared: Declared;
  readonly loaded: LoadedMarket;
  readonly config: RunConfig;
  readonly record: 'normal' | 'all';
  readonly result: RunResult;
  /** What was written on the command line. */
  readonly given: readonly GivenParam[];
  readonly asked: TimeRange;
  readonly hardship: Hardship | null;
  /** Wall time, ms. Two runs of one command must not have the same. */
  readonly createdAt: number;
}

/** Kept beside the run. The version of node is told but is in no hash. */
export interface BacktestManifest extends ReportManifest {
  readonly strategyFile: string;
  readonly strategyFiles: readonly StrategyFile[];
  readonly dataMarket: string;
  readonly execMarket: string;
  /** One hash over data, range and instrument rules. */
  readonly dataHash: string;
  readonly instruments: Json;
  /** What orders were matched on inside the bars: a timeframe or `trades`; null = the bars. */
  readonly detail: string | null;
  readonly record: 'normal' | 'all';
  readonly digest: string;
  /** Fingerprint of the commands alone. */
  readonly loopDigest: string;
  /** Strategy of the file that was named; null = its only one. */
  readonly strategyExport: string | null;
  /** Parameters and range as they were asked for, so that the same can be asked again. */
  readonly given: Json;
  readonly asked: Json;
  /** Plan and kills of the bad days it was played with, and how it took them; null = none. */
  readonly faults: Json;
  readonly node: string;
}

export function manifestOf({ bundle, declared, loaded, config, record, result, given, asked, hardship, createdAt }: RunParts): BacktestManifest {
  const rules = loaded.symbols.map(({ instrument }) => instrument.rules);
  const markMs = loaded.symbols.find(({ mark }) => mark !== null)?.mark?.intervalMs;
  return {
    run: runId(createdAt, result.digest), createdAt, mode: 'backtest', engine: packageVersion(),
    strategy: declared.name, strategyHash: bundle.hash, strategyFile: bundle.file, strategyFiles: bundle.files,
    params: asJson(declared.params), config: asJson(config), configHash: hashOfJson(config),
    dataHashes: dataHashesOf(loaded), dataHash: loaded.hash,
    market: loaded.dataMarket === loaded.execMarket ? loaded.execMarket : `${loaded.dataMarket} as ${loaded.execMarket}`,
    dataMarket: loaded.dataMarket, execMarket: loaded.execMarket, instruments: asJson(rules),
    symbols: declared.symbols, timeframe: declared.timeframe, from: result.from, to: result.to,
    warmupBars: result.warmupBars, seed: hardship === null ? null : hardship.plan.seed, record, digest: result.digest,
    markInterval: markMs === undefined ? null : timeframeName(markMs) ?? `${markMs} ms`,
    barInterval: loaded.detail ?? timeframeName(loaded.intervalMs) ?? `${loaded.intervalMs} ms`, detail: loaded.detail,
    rules: loaded.symbols.map(({ rulesUsed }) => rulesUsed),
    path: config.path, loopDigest: result.loopDigest, strategyExport: bundle.wanted, given: asJson(given), asked: asJson(asked), faults: hardship === null ? null : asJson({ ...hardship, ...result.faults, plan: hardship.plan }),
    node: process.version,
  };
}

/** Sorts by time; the end of it says which result it is: `20261122-125703412-ab12cd`. */
function runId(createdAt: number, digest: string): string {
  const stamp = new Date(createdAt).toISOString().replaceAll(/[-:.Z]/g, '').replace('T', '-');
  return `${stamp}-${digest.slice(0, 6)}`;
}

/** One hash per series, over the hashes of its files in order. */
export function dataHashesOf({ hashes }: LoadedMarket): Record<string, string> {
  const series = [...new Set(hashes.map((file) => file.series))];
  return Object.fromEntries(series.map((name) => {
    const files = hashes.filter((file) => file.series === name).map(({ file, sha256 }) => `${file} ${sha256}`);
    return [name, createHash('sha256').update(files.join('\n')).digest('hex')];
  }));
}

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
