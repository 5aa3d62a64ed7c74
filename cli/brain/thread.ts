/**
 * The thread of the live engine: evaluates the strategy in a world without clock and chance, and owns the journal. It hands
 * commands back when they are durable, never before.
 */
import { writeSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { ConfigError, instrumentOf, runConfig, setupOf, StrategyError, timeframeMs } from '../../engine/index.ts';
import type { AnyStrategy, InstrumentRules, JournalIdentity, Setup } from '../../engine/index.ts';
import { FilePort, JournalTail } from '../../data/index.ts';
import { BrainError, guarded, JournaledEngine } from '../../live/index.ts';
import { Failure, oneLine, textOf } from '../failure.ts';
import { Projector, Teller } from '../projection/index.ts';
import type { Totals } from '../projection/index.ts';
import { evaluateStrategy, forbidImpurities, parseParams } from '../strategy/index.ts';
import type { ParsedParams } from '../strategy/index.ts';
import type { Answer, OpenRequest, Question } from './protocol.ts';

const port = parentPort;
if (port === null) throw new Error('thread must run as a worker');
const nextTurn = setImmediate;

let loaded: { readonly strategy: AnyStrategy; readonly params: ParsedParams } | null = null;
let engine: JournaledEngine | null = null;
let projector: Projector | null = null;
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
    case 'retell': return { tag: 'retold', totals: guarded(() => retell(question.request)) };
    case 'project': return { tag: 'projected', fed: guarded(() => projectorOf(question).feed()) };
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

function requestOf(request: OpenRequest): { readonly setup: Setup; readonly port: FilePort; readonly identity: JournalIdentity } {
  return { setup: setupFor(request), port: new FilePort(request.folder), identity: request.identity };
}

function setupFor({ config, rules }: OpenRequest): Setup {
  if (loaded === null) throw new Error('the journal came before load');
  const { strategy, params } = loaded;
  return setupOf({ strategy, params: params.input, config, instruments: rules.map((own) => instrumentOf(own)), baseMs: timeframeMs(strategy.timeframe) });
}

/** The whole journal from its first record. */
function retell(request: OpenRequest): Totals {
  const teller = new Teller({ run: request.identity.run, setup: setupFor(request), identity: request.identity, snapshots: [], before: null });
  for (const line of new JournalTail(request.folder).lines()) teller.take(line);
  return teller.told().totals;
}

function projectorOf({ request, data, manifest }: Extract<Question, { readonly tag: 'project' }>): Projector {
  projector ??= new Projector({ folder: data, journal: request.folder, manifest, setup: setupFor(request), identity: request.identity });
  return projector;
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
  if (thrown instanceof StrategyError || (engine === null && projector === null)) return { tag: 'failed', exitCode: 2, line: `strategy: ${line}. Fix: correct the strategy`, stack };
  return { tag: 'broken', kind: 'bug', problem: null, line, stack };
}
