/**
 * The thread the engine runs in: evaluates the strategy in a world without clock and chance, then plays the market.
 * It opens no file and no socket, and answers every request once.
 */
import { writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { TransferListItem } from 'node:worker_threads';
import { JournalError, ConfigError, StrategyError, timeframeMs } from '../../engine/index.ts';
import type { AnyStrategy, Table } from '../../engine/index.ts';
import { MarketError, run } from '../../sim/index.ts';
import { Failure, oneLine, textOf } from '../failure.ts';
import { evaluateStrategy, forbidImpurities, locator, parseParams } from '../strategy/index.ts';
import type { Locate, ParsedParams, StrategyBundle } from '../strategy/index.ts';
import { barUnderWay, gaugeOf, phases } from './protocol.ts';
import type { Answer, Failed, LoadRequest, Request, RunRequest, Watched } from './protocol.ts';

interface Loaded {
  readonly bundle: StrategyBundle;
  readonly strategy: AnyStrategy;
  readonly params: ParsedParams;
  readonly watched: Watched;
  /** The next run starts from the strategy's file anew: what a run left in its module does not reach the next one. */
  readonly hasPlayed: boolean;
}

const port = parentPort;
if (port === null) throw new Error('engine-thread must run as a worker');
const gauge = gaugeOf(workerData as SharedArrayBuffer);
/** Taken before the strategy's world is made: it has no clock. */
const clock = performance;
const Calendar = Date;
const nextTurn = setImmediate;
/** A promise of the strategy that failed and that nobody waited for. */
let rejection: Failed | null = null;
let loaded: Loaded | null = null;
let file = '';
let locate: Locate = () => null;

Error.stackTraceLimit = 50;
process.on('unhandledRejection', (thrown) => {
  rejection ??= failureOf(thrown);
});
port.on('message', (request: Request) => {
  try {
    if (request.tag === 'load') load(request);
    else play(request);
  } catch (thrown) {
    answer(failureOf(thrown));
  }
});
Atomics.store(gauge.counters, 2, phases.ready);

function load({ bundle, params: given }: LoadRequest): void {
  file = bundle.file;
  locate = locator(bundle);
  forbidImpurities(print);
  Atomics.store(gauge.counters, 2, phases.strategy);
  const strategy = evaluateStrategy(bundle);
  const params = parseParams(strategy, given);
  const watched = { symbols: [...strategy.symbols], timeframeMs: timeframeMs(strategy.timeframe) };
  loaded = { bundle, strategy, params, watched, hasPlayed: false };
  Atomics.store(gauge.counters, 2, phases.ready);
  answer({
    tag: 'declared', name: strategy.name, timeframe: strategy.timeframe, ...watched,
    params: JSON.parse(JSON.stringify(params.output)) as Record<string, unknown>,
  });
}

function play({ market, config, record, hardship }: RunRequest): void {
  if (loaded === null) throw new Error('run came before load');
  const startedAt = clock.now();
  Atomics.store(gauge.counters, 0, 0);
  gauge.times[0] = 0;
  Atomics.store(gauge.counters, 2, phases.strategy);
  if (loaded.hasPlayed) loaded = { ...loaded, strategy: evaluateStrategy(loaded.bundle) };
  loaded = { ...loaded, hasPlayed: true };
  const result = run({ market, strategy: loaded.strategy, params: loaded.params.input, config, record, progress: gauge, ...(hardship === null ? {} : { hardship }) });
  Atomics.store(gauge.counters, 2, phases.ours);
  answer({ tag: 'finished', result, runMs: clock.now() - startedAt }, result.tables.flatMap(buffersOf));
}

/** Answers in the next turn, when promises that failed on the way are known. */
function answer(message: Answer, moved: readonly TransferListItem[] = []): void {
  nextTurn(() => {
    if (rejection === null) port?.postMessage(message, [...new Set(moved)]);
    else port?.postMessage(rejection);
  });
}

/** The memory of a table's columns, which moves to the other thread instead of being copied. */
function buffersOf(table: Table): TransferListItem[] {
  return table.columns
    .map((column) => (column.type === 'text' ? column.codes.buffer : column.values.buffer))
    .filter((buffer) => buffer instanceof ArrayBuffer);
}

/** A strategy's console line: never on stdout, which belongs to the result. */
function print(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // A full or closed stderr loses the line, not the run.
  }
}

/** Says whose fault it is: what has a frame of the strategy's own script on its stack is the strategy's. */
function failureOf(thrown: unknown): Failed {
  const stack = thrown instanceof Error ? thrown.stack ?? '' : '';
  const failed = (exitCode: Failed['exitCode'], line: string): Failed => ({ tag: 'failed', exitCode, line: oneLine(line), stack });
  if (thrown instanceof Failure) return failed(thrown.exitCode, thrown.message);
  if (thrown instanceof MarketError) return failed(3, `market: ${withTimes(thrown.message)}. Fix: ${marketFix(thrown.message)}`);
  if (thrown instanceof ConfigError) return failed(2, `config: ${thrown.message}`);
  if (thrown instanceof JournalError && thrown.problem === 'differs') {
    return failed(2, `strategy: ${file}: decided otherwise when its engine was killed and read back, expected decisions from what it is shown, its `
      + 'parameters and its memory alone. Fix: keep what it must remember in memory, or leave out --restarts');
  }
  const place = locate(stack);
  const isOurs = place === null && thrown instanceof Error && !authorErrors.includes(thrown.name);
  if (isOurs && !noLoader.test(thrown.message)) return failed(null, textOf(thrown));
  const where = place === null ? file : join(dirname(file), place);
  const bar = loaded === null ? null : barUnderWay(gauge, loaded.watched, Calendar);
  const { reason, fix } = reasonOf(originalText(thrown, stack));
  return failed(2, `strategy: ${where}: ${reason}${bar === null ? '' : ` (${bar})`}${fix}`);
}

function marketFix(message: string): string {
  if (message.includes('dataGap')) return 'import the missing bars, or --set dataGap=warn';
  if (message.includes('DATA_CHILD_MISMATCH')) return 'import both of one source, begin after that bar with --from, or leave out --detail';
  return 'look at the data with: holdfast data check';
}

/** Times of a message as a calendar says them; the simulator knows none. */
const withTimes = (message: string): string =>
  message.replace(/opened at (\d+) ms/, (_, at) => `opened at ${new Calendar(Number(at)).toISOString().replace('.000Z', 'Z')}`);

/** Errors that are the strategy author's although no line of the strategy was running. */
const authorErrors: readonly string[] = ['StrategyError', 'IntentError', 'PurityError'];
/** Node's words for `import()` and the bundler's for `require()` in a script that has no module loader. */
const noLoader = /A dynamic import callback was not specified|Dynamic require of/;

/** What went wrong and what to do. A purity error says the latter itself. */
function reasonOf(text: string): { readonly reason: string; readonly fix: string } {
  if (noLoader.test(text)) return { reason: 'a module cannot be loaded while a strategy runs', fix: '. Fix: import it at the top of the file' };
  if (text.includes('is not available to a strategy: ')) return { reason: text.replace(/^PurityError: /, ''), fix: '' };
  return { reason: text, fix: '. Fix: correct the strategy' };
}

/**
 * The strategy's own error: the engine hands it on as a StrategyError with the first error's stack, whose head says
 * what it was. An error without a name of its own is shown without one.
 */
function originalText(thrown: unknown, stack: string): string {
  const head = oneLine(stack.split(/\n\s+at /)[0] ?? '');
  const isHandedOn = thrown instanceof StrategyError && head !== '' && !head.startsWith('StrategyError');
  const named = isHandedOn ? head : thrown instanceof Error ? `${thrown.name}: ${textOf(thrown)}` : `threw ${textOf(thrown)}`;
  return named.replace(/^(?:Error|StrategyError|IntentError): /, '');
}
