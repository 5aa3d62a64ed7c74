/**
 * `holdfast live STRATEGY --network ...`: the strategy file of a backtest, unchanged, trades. Checks first, then the engine in
 * its own thread and the shell in this one, until Ctrl-C, a stop of the operator, or the end of a local market.
 */
import { appendFileSync } from 'node:fs';
import { dataFolder } from '../data/index.ts';
import { instrumentOf } from '../engine/index.ts';
import type { NotifyCommand } from '../engine/index.ts';
import { BrainError, createLog, LiveRun, openDoor, operate, steppedPolls, VenueError, wirePolls } from '../live/index.ts';
import type { Checked, LegFacts, LiveEnd, Log } from '../live/index.ts';
import { confirmMainnet } from './confirm.ts';
import { Failure } from './failure.ts';
import { onInterrupt } from './interrupt.ts';
import { beginLiveRun, clearStoodDown, drawLetters, hasStoodDown, liveFolder, liveRunId, noteStoodDown, wasTried } from './live-folder.ts';
import type { LiveFolder, LiveManifest } from './live-folder.ts';
import { RunTables } from './live-store.ts';
import { categoryOf, checkAll, earlierRun, findingLine, holdLine, loadStrategy, openLine, refusalOf } from './live-start.ts';
import type { Line, LoadedStrategy, StartOptions } from './live-start.ts';
import { printJson, printLine } from './output.ts';
import { packageVersion } from './version.ts';

export interface LiveOptions extends StartOptions {
  readonly yesMainnet?: boolean;
  readonly verbose?: boolean;
}

export async function live(reference: string, options: LiveOptions): Promise<number> {
  const data = dataFolder(options.dataDir);
  const loaded = await loadStrategy(reference, options);
  try {
    const goesOn = earlierRun(loaded, options, data);
    await confirmMainnet(options, wasTried(data, loaded.configHash));
    const log = new LateLog();
    const letters = goesOn?.letters ?? drawLetters();
    const line = await opened(() => openLine(options, { declared: loaded.declared, letters, log: log.say }));
    const lock = await opened(() => holdLine(line, goesOn?.run ?? letters));
    try {
      const checked = await opened(() => checkAll({ loaded, line, options, goesOn, looksOnly: false }));
      sayFindings(checked, line);
      const run = goesOn ?? manifestOf(loaded, checked, options, letters);
      const folder = goesOn === null ? beginLiveRun(data, run) : liveFolder(data, run.run);
      log.open(folder, line, options.verbose === true);
      const tables = new RunTables(data, run, log.say);
      try {
        await tables.prepare(loaded.bundle);
        return await trade({ loaded, line, run, folder, log: log.say, options, tables });
      } finally {
        await tables.end();
      }
    } finally {
      await lock.release();
    }
  } finally {
    await loaded.brain.end();
  }
}

/** What the exchange refuses before anything began is one line for the user. */
async function opened<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof VenueError) throw new Failure(4, `venue: ${thrown.message}. Fix: check the network and the key`);
    throw thrown;
  }
}

/** Refusals end the start with every one of them named. */
function sayFindings({ findings }: Checked, { clean }: Line): void {
  const refusal = refusalOf(findings);
  if (refusal !== null) throw refusal;
  for (const finding of findings) if (finding.state === 'warning') process.stderr.write(`${clean(findingLine(finding))}\n`);
}

function manifestOf({ bundle, declared, given, config, configHash }: LoadedStrategy, { rules, key, account }: Checked, { network }: LiveOptions, letters: string): LiveManifest {
  const createdAt = Date.now();
  return {
    run: liveRunId(createdAt, letters), mode: 'live', letters, createdAt, network, account: key?.account ?? '', engine: packageVersion(), strategy: declared.name,
    strategyFile: bundle.file, strategyExport: bundle.wanted, strategyHash: bundle.hash, strategyFiles: [...bundle.files], given: [...given],
    params: declared.params, config: { ...config, cash: Number(account?.balance ?? config.cash) }, configHash, symbols: [...declared.symbols],
    timeframe: declared.timeframe, instruments: rules, category: categoryOf(declared.symbols), warmupBars: declared.warmupBars,
  };
}

/** Collects what is said before there is a folder to say it into. */
class LateLog {
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

interface Trading {
  readonly loaded: LoadedStrategy;
  readonly line: Line;
  readonly run: LiveManifest;
  readonly folder: LiveFolder;
  readonly log: Log;
  readonly options: LiveOptions;
  readonly tables: RunTables;
}

async function trade(trading: Trading): Promise<number> {
  const { loaded: { brain, bundle, declared, configHash }, line, run, folder, log, options, tables } = trading;
  const { connection, queue, clock, correct } = line;
  const identity = { run: run.letters, engine: packageVersion(), configHash, strategyHash: bundle.hash, dataHash: '' };
  await brain.open({ config: run.config, rules: run.instruments, folder: folder.journal, identity });
  const { symbols } = declared;
  const shell = new LiveRun({
    connection, clock, queue, brain, instruments: run.instruments.map((rules) => instrumentOf(rules, run.config)), barMs: declared.timeframeMs,
    warmupBars: declared.warmupBars, graceMs: run.config.cycleGraceMs, polls: clock.isStepped ? steppedPolls : wirePolls, log,
    ...(correct === null ? {} : { correct }), notify: (at, notice) => sayNotice(log, at, notice), hasEnded: () => clock.hasEnded === true,
    stoodDown: hasStoodDown(folder), standingDown: () => noteStoodDown(folder), decides: true,
    ready: ({ isFresh, replayed }) => {
      clearStoodDown(folder);
      tables.begin();
      log('info', 'trading', { run: run.run, network: run.network, strategy: run.strategy, fresh: isFresh, replayed });
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
    throw ended(thrown, line);
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
function ended(thrown: unknown, { clean }: Line): unknown {
  if (thrown instanceof BrainError) {
    const code = thrown.kind === 'strategy' ? 2 : 5;
    return new Failure(code, clean(`${thrown.kind}: ${thrown.message}; stops stay at the venue, nothing more is sent. `
      + `Fix: ${thrown.kind === 'journal' ? 'look at the disk and the journal folder, then start again' : 'report it with the log of the run'}`), thrown);
  }
  if (thrown instanceof VenueError) return new Failure(4, clean(`venue: ${thrown.message}; stops stay at the venue. Fix: start again once it answers`));
  return thrown;
}

/** What is left at the venue, and what holds it. */
function show({ why, status, left }: LiveEnd, run: LiveManifest, json: boolean, { clean }: Line): void {
  const open = left?.filter(({ side, orders }) => side !== 0 || orders.length > 0) ?? null;
  if (json) {
    printJson({ run: run.run, why, mode: status.mode.tag, equity: status.equity, decisions: status.decisions, left: open });
    return;
  }
  printLine(`${why === 'stopped' ? 'stopped' : 'the market has ended'}: run ${run.run}, mode ${status.mode.tag}, equity ${status.equity} ${status.settle}, ${status.decisions} decisions`);
  if (open === null) printLine('what is left at the venue could not be read: look there');
  else if (open.length === 0) printLine('nothing is left at the venue');
  else for (const leg of open) printLine(clean(leftLine(leg)));
}

function leftLine({ symbol, side, size, entryPrice, stopLoss, orders }: LegFacts): string {
  const position = side === 0 ? 'flat' : `${side === 1 ? 'long' : 'short'} ${size} at ${entryPrice}, ${stopLoss === null ? 'NO STOP' : `stop ${stopLoss}`}`;
  return `left at the venue: ${symbol}: ${position}${orders.length === 0 ? '' : `, ${orders.length} orders`}`;
}
