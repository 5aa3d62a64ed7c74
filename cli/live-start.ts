/**
 * From words on a command line to a strategy that is loaded and an exchange that answers: what `live` and `doctor` share, up
 * to the start-up checks.
 */
import { AccountHeldError, holdAccount, packagedRules } from '../data/index.ts';
import type { AccountLock } from '../data/index.ts';
import type { InstrumentRules, RunConfig } from '../engine/index.ts';
import { checkStart, cleaner, EventQueue, marketTime, SteppedClock, WallClock } from '../live/index.ts';
import type { Checked, Clock, ClockFacts, Connection, Finding, Log, Tell } from '../live/index.ts';
import { connectBybit } from '../live/bybit/index.ts';
import { startBrain } from './brain/index.ts';
import type { Declared, ThreadedBrain } from './brain/index.ts';
import { Failure } from './failure.ts';
import { runThatGoesOn } from './live-folder.ts';
import type { LiveManifest } from './live-folder.ts';
import { placeOf, publicPlaceOf } from './network.ts';
import type { NetworkOptions, Place } from './network.ts';
import type { CommonOptions } from './output.ts';
import { hashOfJson, readParams, readRunConfig } from './run-config.ts';
import type { ConfigOptions } from './run-config.ts';
import { bundleStrategy } from './strategy/index.ts';
import type { GivenParam, StrategyBundle } from './strategy/index.ts';

export interface StartOptions extends CommonOptions, ConfigOptions, NetworkOptions {
  readonly params?: readonly string[];
  readonly allowTransferKey?: boolean;
  readonly setMarginMode?: boolean;
  readonly new?: boolean;
}

/** A strategy in its thread, with what it was asked with. */
export interface LoadedStrategy {
  readonly brain: ThreadedBrain;
  readonly bundle: StrategyBundle;
  readonly declared: Declared;
  readonly given: readonly GivenParam[];
  readonly config: RunConfig;
  readonly configHash: string;
}

/** The exchange, the clock and the queue between them and the engine. */
export interface Line {
  readonly place: Place;
  readonly connection: Connection;
  readonly queue: EventQueue;
  readonly clock: Clock & { readonly hasEnded?: boolean };
  /** Absent where time is the exchange's own. */
  readonly correct: ((facts: ClockFacts) => void) | null;
  readonly clean: (text: string) => string;
}

export async function loadStrategy(reference: string, options: StartOptions): Promise<LoadedStrategy> {
  const brain = startBrain();
  try {
    const given = readParams(options.params ?? []);
    const [config, bundle] = await Promise.all([readRunConfig(options), bundleStrategy(reference, process.cwd())]);
    const declared = await brain.load(bundle, given);
    return { brain, bundle, declared, given, config, configHash: hashOfJson(config) };
  } catch (thrown) {
    await brain.end();
    throw thrown;
  }
}

/** Intervals that the exchange makes candles of. Source: Bybit V5, "Get Kline". Unit: ms. */
const wireIntervals: ReadonlySet<number> = new Set([1, 3, 5, 15, 30, 60, 120, 240, 360, 720, 1_440].map((minutes) => minutes * 60_000));

export interface LineRequest {
  readonly declared: Declared; readonly letters: string; readonly log: Log;
  /** Of a run that goes on: its journal counts by them. */
  readonly rules: readonly InstrumentRules[] | null;
  /** Only the market, without a key, told here; absent = the account too, told into the line's queue. */
  readonly market?: Tell;
}

export async function openLine(options: NetworkOptions, { declared, letters, rules, log, market }: LineRequest): Promise<Line> {
  if (!wireIntervals.has(declared.timeframeMs)) {
    throw new Failure(2, `strategy: ${declared.name}: was on bars of ${declared.timeframe}, expected a length the exchange makes. Fix: use 1m or longer`);
  }
  const category = categoryOf(declared.symbols);
  const place = await (market === undefined ? placeOf : publicPlaceOf)(options, category);
  const { key, secret } = place.credentials;
  if (options.entry === 'ws' && place.endpoints.trade === null) {
    throw new Failure(2, `arguments: --entry: was ws on ${place.network}, which has no trade socket, expected rest. Fix: leave it out`);
  }
  const queue = new EventQueue();
  const unset = new WallClock({ offsetMs: 0, spreadMs: 0, roundTripMs: 0 });
  let clock: Clock & { readonly hasEnded?: boolean } = unset;
  const connection = connectBybit({
    endpoints: place.endpoints, credentials: market === undefined ? { key, secret } : null, symbols: declared.symbols, category,
    entry: options.entry ?? 'rest', rules, barMs: declared.timeframeMs, run: letters, now: () => clock.now(), tell: market ?? ((event) => queue.push(event)), log, timing: timingOf(),
  });
  if (place.admin === null) unset.correct(await connection.measureClock());
  else clock = new SteppedClock({ door: place.admin, settled: () => connection.settled() }, await marketTime(place.admin));
  await connection.instruments(declared.symbols);
  const correct = place.admin === null ? (facts: ClockFacts): void => unset.correct(facts) : null;
  return { place, connection, queue, clock, correct, clean: cleaner([key, secret]) };
}

/** Source: `bybit-v5.md`, the traps of the SDK; wall time, ms. */
const timingOf = (): Parameters<typeof connectBybit>[0]['timing'] => ({
  requestMs: 5_000, subscribeMs: 5_000, pingMs: 10_000, pongMs: 5_000, reconnectFirstMs: 1_500, reconnectMostMs: 60_000,
});

/** Contracts settled in the coin itself are named without USDT or USDC at their end. */
export const categoryOf = (symbols: readonly string[]): 'linear' | 'inverse' =>
  (symbols.every((symbol) => symbol.endsWith('USD')) ? 'inverse' : 'linear');

/** One process per paper run: its account is its journal. */
export async function holdPaper(letters: string, run: string): Promise<AccountLock> {
  return await held('paper', letters, run, ({ holder }) => `run: ${run}: was in use by ${holder === null ? 'another process' : `process ${holder.pid}`}, expected nobody. Fix: end that process, or begin another run with --new`);
}

/** One engine per account. Local exchanges number their accounts alike: their door is part of the name. */
export async function holdLine({ connection, place: { network, endpoints } }: Line, run: string): Promise<AccountLock> {
  const { account } = await connection.key();
  return await held(network === 'local' ? `local ${endpoints.rest}` : network, account, run,
    (error) => `account: ${error.message}, expected nobody. Fix: end that process, or use a sub-account`);
}

async function held(environment: string, account: string, run: string, say: (error: AccountHeldError) => string): Promise<AccountLock> {
  try {
    return await holdAccount(environment, account, { pid: process.pid, run, since: Date.now() });
  } catch (thrown) {
    if (thrown instanceof AccountHeldError) throw new Failure(5, say(thrown));
    throw thrown;
  }
}

export interface CheckWish {
  readonly loaded: LoadedStrategy; readonly line: Line; readonly options: StartOptions; readonly goesOn: LiveManifest | null; readonly looksOnly: boolean;
  readonly isPaper?: boolean;
}

/** The run that goes on: same network, strategy, parameters and configuration. Its account is checked once the exchange answers. */
export function earlierRun({ declared, bundle, configHash }: LoadedStrategy, options: StartOptions, data: string, mode: LiveManifest['mode'] = 'live'): LiveManifest | null {
  if (options.new === true) return null;
  return runThatGoesOn(data, { mode, network: options.network, strategyHash: bundle.hash, configHash, params: JSON.stringify(declared.params) });
}

export async function checkAll({ loaded, line, options, goesOn, looksOnly, isPaper = false }: CheckWish): Promise<Checked> {
  const { declared, config } = loaded;
  const { place: { network }, connection, clock } = line;
  const checked = await checkStart({
    connection, symbols: declared.symbols, barMs: declared.timeframeMs, warmupBars: declared.warmupBars, config, now: () => clock.now(),
    rules: goesOn?.instruments ?? null, packaged: declared.symbols.map((symbol) => packagedFor(symbol)), isFresh: goesOn === null,
    mayTransfer: options.allowTransferKey === true, setsMarginMode: options.setMarginMode === true, mayBeYoung: network === 'local', looksOnly, isPaper,
  });
  const account = checked.key?.account ?? null;
  if (goesOn === null || account === null || goesOn.account === account) return checked;
  const text = `it belongs to account ${account}, and run ${goesOn.run} was begun by account ${goesOn.account}`;
  return { ...checked, findings: [...checked.findings, { check: 'key', state: 'refused', text, fix: 'use the key of that account, or begin a new run with --new', cause: 'safety' }] };
}

const packagedFor = (symbol: string): ReturnType<typeof packagedRules> => packagedRules({ venue: 'bybit', category: categoryOf([symbol]) }, symbol);

/** `clock: ok: ours is 3 ms ahead`, and what to do about it. */
export function findingLine({ check, state, text, fix }: Finding): string {
  return `${check}: ${state === 'ok' ? '' : `${state}: `}${text}${fix === null || state === 'ok' ? '' : `. Fix: ${fix}`}`;
}

/** What the first refusal means for the exit code: 5 = it could be done and is not, 4 = the exchange or the key says no. */
export function refusalOf(findings: readonly Finding[]): Failure | null {
  const refused = findings.filter(({ state }) => state === 'refused');
  const [first] = refused;
  if (first === undefined) return null;
  const code = refused.some(({ cause }) => cause === 'safety') ? 5 : 4;
  return new Failure(code, refused.map(findingLine).join('; '));
}
