/**
 * The thread of the live engine: evaluates the strategy in a world without clock and chance, and owns the journal. It hands
 * commands back when they are durable, never before.
 */
import { writeSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { ConfigError, instrumentOf, runConfig, setupOf, StrategyError, timeframeMs } from '../../engine/index.ts';
import type { AnyStrategy, InstrumentRules, JournalIdentity, Setup } from '../../engine/index.ts';
import { FilePort } from '../../data/index.ts';
import { BrainError, guarded, JournaledEngine } from '../../live/index.ts';
import { Failure, oneLine, textOf } from '../failure.ts';
import { evaluateStrategy, forbidImpurities, parseParams } from '../strategy/index.ts';
import type { ParsedParams } from '../strategy/index.ts';
import type { Answer, OpenRequest, Question } from './protocol.ts';
import { retell } from './retell.ts';

const port = parentPort;
if (port === null) throw new Error('thread must run as a worker');
const nextTurn = setImmediate;

let loaded: { readonly strategy: AnyStrategy; readonly params: ParsedParams } | null = null;
let engine: JournaledEngine | null = null;
/** A promise of the strategy that failed and that nobody waited for. */
let rejection: unknown = null;

process.on('unhandledRejection', (thrown) => { rejection ??= thrown; });
port.on('message', (question: Question) => {
  try {
    const given = answer(question);
    nextTurn(() => port.postMessage(rejection === null ? given : failed(rejection)));
  } catch (thrown) {
    port.postMessage(failed(thrown));
  }
});

function answer(question: Question): Answer {
  switch (question.tag) {
    case 'load': return load(question);
    case 'open': return open(question.request);
    case 'retell': return { tag: 'retold', retold: guarded(() => retell(requestOf(question.request))) };
    case 'wake': return { tag: 'woken', woken: opened().wake() };
    case 'restart': return { tag: 'thought', thought: opened().restart(question.at) };
    case 'take': return { tag: 'thought', thought: opened().take(question.events) };
    case 'snapshot':
      opened().snapshot();
      return { tag: 'done' };
    case 'status': return { tag: 'status', status: opened().status() };
    case 'end': return { tag: 'done' };
    default: throw new Error('no such question');
  }
}

function load({ bundle, params: given }: Extract<Question, { readonly tag: 'load' }>): Answer {
  forbidImpurities(print);
  const strategy = evaluateStrategy(bundle);
  const params = parseParams(strategy, given);
  loaded = { strategy, params };
  return {
    tag: 'declared', name: strategy.name, symbols: [...strategy.symbols], timeframe: strategy.timeframe, timeframeMs: timeframeMs(strategy.timeframe),
    params: JSON.parse(JSON.stringify(params.output)) as Record<string, unknown>, warmupBars: warmupOf(strategy, params),
  };
}

/** Follows from timeframe and indicators alone: any rules will do. */
function warmupOf(strategy: AnyStrategy, params: ParsedParams): number {
  const instruments = strategy.symbols.map((symbol) => instrumentOf({ ...anyRules, symbol }));
  return setupOf({ strategy, params: params.input, config: runConfig.parse({}), instruments, baseMs: timeframeMs(strategy.timeframe) }).warmupBars;
}

const anyRules: Omit<InstrumentRules, 'symbol'> = {
  kind: 'linear', base: '', quote: 'USDT', settle: 'USDT', tick: '0.1', qtyStep: '0.001', minQty: '0.001', minNotional: '0', takerRate: '0',
  makerRate: '0', maxLeverage: '100', tiers: [], source: '',
};

function open(request: OpenRequest): Answer {
  const { setup, port: files, identity } = requestOf(request);
  engine = new JournaledEngine({ setup, port: files, identity, hasRoom: () => files.hasRoom() });
  return { tag: 'opened' };
}

function requestOf({ config, rules, folder, identity }: OpenRequest): { readonly setup: Setup; readonly port: FilePort; readonly identity: JournalIdentity } {
  if (loaded === null) throw new Error('the journal came before load');
  const { strategy, params } = loaded;
  const setup = setupOf({
    strategy, params: params.input, config, instruments: rules.map((own) => instrumentOf(own)), baseMs: timeframeMs(strategy.timeframe),
  });
  return { setup, port: new FilePort(folder), identity };
}

function opened(): JournaledEngine {
  if (engine === null) throw new Error('the journal is not open');
  return engine;
}

/** A strategy's console line: never on stdout, which belongs to the result. */
function print(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // A full or closed stderr loses the line, not the run.
  }
}

function failed(thrown: unknown): Answer {
  const stack = thrown instanceof Error ? thrown.stack ?? '' : '';
  const line = oneLine(textOf(thrown));
  if (thrown instanceof BrainError) return { tag: 'broken', kind: thrown.kind, problem: thrown.problem, line, stack };
  if (thrown instanceof Failure) return { tag: 'failed', exitCode: thrown.exitCode, line, stack };
  if (thrown instanceof ConfigError) return { tag: 'failed', exitCode: 2, line: `config: ${line}`, stack };
  if (thrown instanceof StrategyError || engine === null) return { tag: 'failed', exitCode: 2, line: `strategy: ${line}. Fix: correct the strategy`, stack };
  return { tag: 'broken', kind: 'bug', problem: null, line, stack };
}
