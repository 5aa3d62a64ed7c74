/**
 * The shell's side of the live engine's thread. A thread that ends by itself, or never answers, leaves the stops at the venue:
 * what is asked afterwards is rejected, and the shell says so.
 */
import { Worker } from 'node:worker_threads';
import { BrainError } from '../../live/index.ts';
import type { Brain } from '../../live/index.ts';
import { Failure } from '../failure.ts';
import { placeOf } from '../place.ts';
import type { GivenParam, StrategyBundle } from '../strategy/index.ts';
import type { RunManifest } from '../../data/index.ts';
import type { Fed, Totals } from '../projection/index.ts';
import type { Answer, Declared, Opened, OpenRequest, Question } from './protocol.ts';

export interface ThreadedBrain extends Brain {
  /** Evaluates the strategy in the thread. Comes first. */
  readonly load: (bundle: StrategyBundle, params: readonly GivenParam[]) => Promise<Declared>;
  /** Opens the journal. Comes second. */
  readonly open: (request: OpenRequest) => Promise<Opened>;
  /** Instead of `open`: tells the journal again from its first record; nothing is written. */
  readonly retell: (request: OpenRequest) => Promise<Totals>;
  /** Instead of `open`, as often as wanted: brings the stored tables of the run up to its journal. */
  readonly project: (wish: { readonly request: OpenRequest; readonly data: string; readonly manifest: RunManifest }) => Promise<Fed>;
}

interface Waiting { readonly resolve: (answer: Answer) => void; readonly reject: (reason: BrainError) => void }

export function startBrain(): ThreadedBrain {
  // A thread cannot run TypeScript: from the sources, the built file is used too.
  const worker = new Worker(placeOf('dist/cli/brain/thread.js'), { name: 'live-engine' });
  const ask = asker(worker);
  const expect = async <T extends Answer['tag']>(question: Question, tag: T): Promise<Extract<Answer, { readonly tag: T }>> =>
    expected(await ask(question), tag);
  return {
    load: async (bundle, params) => await expect({ tag: 'load', bundle, params }, 'declared'),
    open: async (request) => await expect({ tag: 'open', request }, 'opened'),
    retell: async (request) => (await expect({ tag: 'retell', request }, 'retold')).totals,
    project: async (wish) => (await expect({ tag: 'project', ...wish }, 'projected')).fed,
    wake: async () => (await expect({ tag: 'wake' }, 'woken')).woken,
    restart: async (at) => (await expect({ tag: 'restart', at }, 'thought')).thought,
    take: async (events) => (await expect({ tag: 'take', events }, 'thought')).thought,
    snapshot: async () => { await expect({ tag: 'snapshot' }, 'done'); },
    status: async () => (await expect({ tag: 'status' }, 'status')).status,
    end: async () => { await worker.terminate(); },
  };
}

/** One question at a time; the next one waits for the answer to the one before. */
function asker(worker: Worker): (question: Question) => Promise<Answer> {
  let waiting: Waiting | null = null;
  let broken: BrainError | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const breakOff = (error: BrainError): void => {
    broken ??= error;
    waiting?.reject(broken);
    waiting = null;
  };
  worker.on('message', (answer: Answer) => {
    const { resolve } = waiting ?? { resolve: () => {} };
    waiting = null;
    resolve(answer);
  });
  worker.on('error', (thrown: Error) => breakOff(new BrainError('bug', thrown.message, { stack: thrown.stack ?? '' })));
  worker.on('exit', (code) => breakOff(new BrainError('bug', `the engine's thread ended with code ${code} before it answered`)));
  const ask = (question: Question): Promise<Answer> => new Promise((resolve, reject) => {
    if (broken !== null) {
      reject(broken);
      return;
    }
    waiting = { resolve, reject };
    worker.postMessage(question);
  });
  return (question) => {
    const answered = last.then(() => ask(question));
    last = answered.catch(() => {}); // the asker hears of it
    return answered;
  };
}

function expected<T extends Answer['tag']>(answer: Answer, tag: T): Extract<Answer, { readonly tag: T }> {
  if (answer.tag === 'broken') {
    throw new BrainError(answer.kind, answer.line, { ...(answer.problem === null ? {} : { problem: answer.problem }), stack: answer.stack });
  }
  if (answer.tag === 'failed') {
    if (answer.exitCode === null) throw new BrainError('bug', answer.line, { stack: answer.stack });
    throw new Failure(answer.exitCode, answer.line);
  }
  if (answer.tag !== tag) throw new BrainError('bug', `the engine's thread answered ${answer.tag}, expected ${tag}`);
  return answer as Extract<Answer, { readonly tag: T }>;
}
