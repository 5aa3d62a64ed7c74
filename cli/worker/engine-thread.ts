/**
 * The thread the engine runs in: evaluates the strategy in a world without clock and chance, then plays the market.
 * It opens no file and no socket, and answers every request once.
 */
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { TransferListItem } from 'node:worker_threads';
import { StrategyError } from '../../engine/index.ts';
import type { AnyStrategy, Table } from '../../engine/index.ts';
import { run } from '../../sim/index.ts';
import { Failure, oneLine, textOf } from '../failure.ts';
import { evaluateStrategy, forbidImpurities, locator, parseParams, PurityError } from '../strategy/index.ts';
import type { Locate, ParsedParams } from '../strategy/index.ts';
import { barName, gaugeOf, phases } from './protocol.ts';
import type { Answer, Failed, LoadRequest, Request, RunRequest } from './protocol.ts';

interface Loaded { readonly file: string; readonly strategy: AnyStrategy; readonly params: ParsedParams; readonly locate: Locate }

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
  forbidImpurities(locate, print);
  Atomics.store(gauge.counters, 2, phases.strategy);
  const strategy = evaluateStrategy(bundle);
  const params = parseParams(strategy, given);
  loaded = { file, strategy, params, locate };
  Atomics.store(gauge.counters, 2, phases.ready);
  answer({
    tag: 'declared', name: strategy.name, symbols: [...strategy.symbols], timeframe: strategy.timeframe,
    params: JSON.parse(JSON.stringify(params.output)) as Record<string, unknown>,
  });
}

function play({ market, config, record }: RunRequest): void {
  if (loaded === null) throw new Error('run came before load');
  const startedAt = clock.now();
  Atomics.store(gauge.counters, 2, phases.strategy);
  const result = run({ market, strategy: loaded.strategy, params: loaded.params.input, config, record, progress: gauge });
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
  const place = thrown instanceof PurityError ? thrown.place ?? locate(stack) : locate(stack);
  const where = place === null ? file : `${file.slice(0, file.lastIndexOf('/') + 1)}${place}`;
  const when = barText();
  if (thrown instanceof PurityError) return failed(2, `strategy: ${where}: ${thrown.message}${when === '' ? '' : ` (${when})`}`);
  const text = thrown instanceof Error && thrown.name !== 'Error' && !(thrown instanceof StrategyError)
    ? `${thrown.name}: ${textOf(thrown)}` : textOf(thrown);
  if (/A dynamic import callback was not specified|Dynamic require of/.test(text)) {
    return failed(2, `strategy: ${where}: a module cannot be loaded while a strategy runs. Fix: import it at the top of the file`);
  }
  const isOurs = place === null && !(thrown instanceof StrategyError) && (thrown instanceof Error && thrown.name !== 'IntentError');
  if (isOurs) return failed(null, text);
  return failed(2, `strategy: ${where}: ${when === '' ? '' : `${when}: `}${text}. Fix: correct the strategy`);
}

/** `BTCUSDT bar 2025-10-10T21:15:00Z`, or nothing before the first bar. */
function barText(): string {
  const closedAt = gauge.times[0] ?? 0;
  const symbol = loaded?.strategy.symbols[gauge.counters[1] ?? 0];
  return closedAt === 0 || symbol === undefined ? '' : barName(symbol, closedAt, Calendar);
}
