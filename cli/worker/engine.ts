/**
 * The command line's side of the engine's thread: starts it, asks it, watches it, ends it. A strategy that does not
 * return within the limit is ended with its symbol and bar named; the main thread never runs a strategy's code.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Failure } from '../failure.ts';
import { placeOf } from '../place.ts';
import type { GivenParam, StrategyBundle } from '../strategy/index.ts';
import { barUnderWay, createGauge, gaugeOf, phases } from './protocol.ts';
import type { Answer, Declared, Failed, Finished, Request, RunRequest, Watched } from './protocol.ts';

/** How often the shared numbers are looked at. Unit: ms. */
const lookEveryMs = 100;

/** Error in our own code on the engine's thread, with the stack it had there. */
class EngineBug extends Error {
  override readonly name = 'EngineBug';
  constructor(line: string, stack: string) {
    super(line);
    this.stack = stack === '' ? line : stack;
  }
}

export interface Engine {
  /** Evaluates the strategy in the thread and says what data it needs. */
  readonly load: (bundle: StrategyBundle, params: readonly GivenParam[]) => Promise<Declared>;
  /** Plays the market, the strategy evaluated anew for every run after the first. `seen` is called about ten times a second with the bars fed so far. */
  readonly run: (request: Omit<RunRequest, 'tag'>, seen: (bars: number) => void) => Promise<Finished>;
  /** Ends the thread at once; a request under way never answers. */
  readonly end: () => Promise<void>;
}

/** Starts the thread; it boots while the caller goes on. `decideTimeoutMs`: longest time without a step. */
export function startEngine(decideTimeoutMs: number): Engine {
  const shared = createGauge();
  const gauge = gaugeOf(shared);
  // A thread cannot run TypeScript: from the sources, the built file is used too.
  const worker = new Worker(placeOf('dist/cli/worker/engine-thread.js'), { workerData: shared, name: 'engine' });
  const crashed = crashOf(worker);
  let file = '';
  let watched: Watched = { symbols: [], timeframeMs: 0 };

  const ask = async (request: Request, seen: (bars: number) => void): Promise<Answer> => {
    const watch = new AbortController();
    try {
      const answer = new Promise<Answer>((resolve) => worker.once('message', resolve));
      worker.postMessage(request);
      return await Promise.race([answer, crashed, overdue(watch.signal, seen)]);
    } finally {
      watch.abort();
    }
  };

  /** Never returns; throws when the strategy's own code has made no step for too long. */
  const overdue = async (signal: AbortSignal, seen: (bars: number) => void): Promise<never> => {
    let steps = -1;
    let movedAt = performance.now();
    for (;;) {
      await wait(lookEveryMs, undefined, { signal });
      const bars = Atomics.load(gauge.counters, 0);
      const busy = Atomics.load(gauge.counters, 2) === phases.strategy;
      if (bars !== steps || !busy) {
        steps = bars;
        movedAt = performance.now();
        seen(bars);
      } else if (performance.now() - movedAt > decideTimeoutMs) {
        throw lateFailure(file, barUnderWay(gauge, watched, Date), decideTimeoutMs);
      }
    }
  };

  return {
    load: async (bundle, params) => {
      file = bundle.file;
      const declared = expectAnswer(await ask({ tag: 'load', bundle, params }, () => {}), 'declared');
      watched = declared;
      return declared;
    },
    run: async (request, seen) => expectAnswer(await ask({ tag: 'run', ...request }, seen), 'finished'),
    end: async () => {
      await worker.terminate();
    },
  };
}

/** Rejects when the thread ends without an answer; kept from the start, so that no crash goes unseen. */
function crashOf(worker: Worker): Promise<never> {
  const crash = new Promise<never>((_, reject) => {
    worker.once('error', (thrown: Error) => {
      const isMemory = 'code' in thrown && thrown.code === 'ERR_WORKER_OUT_OF_MEMORY';
      reject(isMemory ? new Failure(2, 'strategy: memory: was more than the thread may hold, expected a bounded memory. Fix: keep less') : thrown);
    });
    worker.once('exit', (code) => reject(new Error(`the engine's thread ended with code ${code} before it answered`)));
  });
  crash.catch(() => {}); // read by `ask`; a thread ended on purpose has nobody waiting
  return crash;
}

function expectAnswer<T extends Exclude<Answer, Failed>['tag']>(answer: Answer, tag: T): Extract<Answer, { tag: T }> {
  if (answer.tag === 'failed') {
    if (answer.exitCode === null) throw new EngineBug(answer.line, answer.stack);
    throw new Failure(answer.exitCode, answer.line);
  }
  if (answer.tag !== tag) throw new Error(`the engine's thread answered ${answer.tag}, expected ${tag}`);
  return answer as Extract<Answer, { tag: T }>;
}

function lateFailure(file: string, bar: string | null, limitMs: number): Failure {
  return new Failure(2, `strategy did not return within ${limitMs / 1_000} s: ${file}: ${bar ?? 'before the first bar'}. `
    + 'Fix: end the loop, or allow more with --decide-timeout SECONDS');
}
