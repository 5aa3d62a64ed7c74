/**
 * From a checked start to the end of a run: the engine in its own thread and the shell in this one, for `live` and `paper` alike,
 * until Ctrl-C, a stop of the operator, or the end of a local market.
 */
import { appendFileSync } from 'node:fs';
import { instrumentOf } from '../engine/index.ts';
import type { NotifyCommand } from '../engine/index.ts';
import { BrainError, createLog, LiveRun, openDoor, operate, steppedPolls, VenueError, wirePolls } from '../live/index.ts';
import type { Checked, LegFacts, LiveEnd, Log } from '../live/index.ts';
import { Failure } from './failure.ts';
import { onInterrupt } from './interrupt.ts';
import { clearStoodDown, hasStoodDown, liveRunId, noteStoodDown } from './live-folder.ts';
import type { LiveFolder, LiveManifest } from './live-folder.ts';
import type { RunTables } from './live-store.ts';
import { categoryOf, findingLine, refusalOf } from './live-start.ts';
import type { Line, LoadedStrategy, StartOptions } from './live-start.ts';
import { printJson, printLine } from './output.ts';
import { packageVersion } from './place.ts';

export interface TradeOptions extends StartOptions {
  readonly verbose?: boolean;
}

/** What the exchange refuses before anything began is one line for the user. */
export async function opened<T>(work: () => Promise<T>, fix = 'check the network and the key'): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof VenueError) throw new Failure(4, `venue: ${thrown.message}. Fix: ${fix}`);
    throw thrown;
  }
}

/** Refusals end the start with every one of them named. */
export function sayFindings({ findings }: Checked, { clean }: Line): void {
  const refusal = refusalOf(findings);
  if (refusal !== null) throw refusal;
  for (const finding of findings) if (finding.state === 'warning') process.stderr.write(`${clean(findingLine(finding))}\n`);
}

export interface Begun {
  readonly loaded: LoadedStrategy; readonly checked: Checked; readonly network: LiveManifest['network']; readonly letters: string; readonly mode: LiveManifest['mode'];
}

/** The wallet of a paper run is the configuration's. */
export function manifestOf({ loaded, checked: { rules, key, account }, network, letters, mode }: Begun): LiveManifest {
  const { bundle, declared, given, config, configHash } = loaded;
  const createdAt = Date.now();
  return {
    run: liveRunId(createdAt, letters), mode, letters, createdAt, network, account: mode === 'paper' ? 'paper' : key?.account ?? '', engine: packageVersion(), strategy: declared.name,
    strategyFile: bundle.file, strategyExport: bundle.wanted, strategyHash: bundle.hash, strategyFiles: [...bundle.files], given: [...given],
    params: declared.params, config: { ...config, cash: Number(account?.balance ?? config.cash) }, configHash, symbols: [...declared.symbols],
    timeframe: declared.timeframe, instruments: rules, category: categoryOf(declared.symbols), warmupBars: declared.warmupBars,
  };
}

/** Collects what is said before there is a folder to say it into. */
export class LateLog {
  #early: Parameters<Log>[] = [];
  #out: Log | null = null;
  readonly say: Log = (...words) => {
    if (this.#out === null) this.#early.push(words);
    else this.#out(...words);
  };

  open(folder: LiveFolder, { place: { credentials: { key, secret } } }: Line, isVerbose: boolean): void {
    const write = (line: string): void => {
      appendFileSync(folder.log, line, { mode: 0o600 });
      process.stderr.write(line);
    };
    this.#out = createLog({ write, secrets: [key, secret], isVerbose });
    for (const words of this.#early.splice(0)) this.#out(...words);
  }
}

export interface Trading {
  readonly loaded: LoadedStrategy;
  readonly line: Line;
  readonly run: LiveManifest;
  readonly folder: LiveFolder;
  readonly log: Log;
  readonly options: TradeOptions;
  readonly tables: RunTables;
}

export async function trade(trading: Trading): Promise<number> {
  const { loaded: { brain, bundle, declared, configHash }, line, run, folder, log, options, tables } = trading;
  const { connection, queue, clock, correct } = line;
  const identity = { run: run.letters, engine: packageVersion(), configHash, strategyHash: bundle.hash, dataHash: '' };
  await brain.open({ config: run.config, rules: run.instruments, folder: folder.journal, identity });
  const { symbols } = declared;
  const shell = new LiveRun({
    connection, clock, queue, brain, instruments: run.instruments.map((rules) => instrumentOf(rules, run.config)), barMs: declared.timeframeMs,
    warmupBars: declared.warmupBars, graceMs: run.config.cycleGraceMs, polls: clock.isStepped ? steppedPolls : wirePolls, log,
    ...(correct === null ? {} : { correct }), notify: (at, notice) => sayNotice(log, at, notice), hasEnded: () => clock.hasEnded === true,
    stoodDown: hasStoodDown(folder), standingDown: () => noteStoodDown(folder), decides: true, isPaper: run.mode === 'paper',
    ready: ({ isFresh, replayed }) => {
      clearStoodDown(folder);
      tables.begin();
      log('info', run.mode === 'paper' ? 'trading on paper' : 'trading', { run: run.run, network: run.network, strategy: run.strategy, fresh: isFresh, replayed });
    },
  });
  const door = await openDoor({
    run: run.run, file: folder.door, status: () => brain.status(), legs: () => connection.legs(),
    operate: async (order) => {
      log('warning', 'the operator wants something', { verb: order.verb, symbol: order.symbol });
      if (order.verb !== 'stop') return await operate({ connection, clock, queue, brain, symbols }, order);
      shell.stop();
      return null;
    },
  });
  const release = onInterrupt(() => shell.stop());
  try {
    const end = await shell.run();
    show(end, run, options.json === true, line);
    return end.why === 'stopped' ? 130 : 0;
  } catch (thrown) {
    throw ended(thrown, line, run);
  } finally {
    release();
    await door.close();
    clock.close();
  }
}

function sayNotice(log: Log, at: number, { severity, cause, text }: NotifyCommand): void {
  log(severity === 'info' ? 'info' : severity === 'warning' ? 'warning' : 'alarm', text, { cause, at });
}

/** The engine could not go on: nothing was sent afterwards, and what protects is at the venue. */
function ended(thrown: unknown, { clean }: Line, { mode }: LiveManifest): unknown {
  const stops = mode === 'paper' ? 'stops stay in the journal' : 'stops stay at the venue';
  if (thrown instanceof BrainError) {
    const code = thrown.kind === 'strategy' ? 2 : 5;
    return new Failure(code, clean(`${thrown.kind}: ${thrown.message}; ${stops}, nothing more is sent. `
      + `Fix: ${thrown.kind === 'journal' ? 'look at the disk and the journal folder, then start again' : 'report it with the log of the run'}`), thrown);
  }
  if (thrown instanceof VenueError) return new Failure(4, clean(`venue: ${thrown.message}; ${stops}. Fix: start again once it answers`));
  return thrown;
}

/** What is left at the venue, and what holds it. */
function show({ why, status, left }: LiveEnd, run: LiveManifest, json: boolean, { clean }: Line): void {
  const where = run.mode === 'paper' ? 'on paper' : 'at the venue';
  const open = left?.filter(({ side, orders }) => side !== 0 || orders.length > 0) ?? null;
  if (json) {
    printJson({ run: run.run, why, mode: status.mode.tag, equity: status.equity, decisions: status.decisions, left: open });
    return;
  }
  printLine(`${why === 'stopped' ? 'stopped' : 'the market has ended'}: run ${run.run}, mode ${status.mode.tag}, equity ${status.equity} ${status.settle}, ${status.decisions} decisions`);
  if (open === null) printLine(`what is left ${where} could not be read: look there`);
  else if (open.length === 0) printLine(`nothing is left ${where}`);
  else for (const leg of open) printLine(clean(leftLine(leg, where)));
}

function leftLine({ symbol, side, size, entryPrice, stopLoss, orders }: LegFacts, where: string): string {
  const position = side === 0 ? 'flat' : `${side === 1 ? 'long' : 'short'} ${size} at ${entryPrice}, ${stopLoss === null ? 'NO STOP' : `stop ${stopLoss}`}`;
  return `left ${where}: ${symbol}: ${position}${orders.length === 0 ? '' : `, ${orders.length} orders`}`;
}
