/**
 * One question until it is answered: limits are waited for, what broke is asked again with growing waits, a shut door and a
 * refusal end the download. Every way out is a `DataError` with its reason.
 */
import type { z } from 'zod';
import { DataError } from '../error.ts';
import { Allowance } from './allowance.ts';
import type { Clock } from './allowance.ts';
import { Outage } from './host.ts';
import type { Answer, Host } from './host.ts';
import { verdictOf } from './wire.ts';
import type { Verdict } from './wire.ts';

/** What was met on the way and overcome. */
export type Trouble = 'rate-limit' | 'broken-answer' | 'empty-page' | 'repeated-page' | 'missing-candles';

const attemptsMost = 7;
const limitedMost = 30;
const firstWaitMs = 250;
/** With fewer requests left than this, somebody else asks from this address too. */
const leftLeast = 3;

export class Asker {
  readonly allowance: Allowance;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly troubles = new Map<Trouble, number>();
  readonly #host: Host;

  constructor(host: Host, clock: Clock, signal: AbortSignal) {
    this.#host = host;
    this.clock = clock;
    this.signal = signal;
    this.allowance = new Allowance(clock, signal);
  }

  met(trouble: Trouble): void {
    this.troubles.set(trouble, (this.troubles.get(trouble) ?? 0) + 1);
  }

  /** The result, of the form it must have, and the server's time. */
  async ask<F extends z.ZodType>(form: F, path: string, query: Readonly<Record<string, string>>): Promise<{ readonly result: z.output<F>; readonly at: number }> {
    let broken = 0;
    let limited = 0;
    for (;;) {
      const verdict = await this.#once(path, query);
      if (verdict.tag === 'shut-out') throw shutOut();
      if (verdict.tag === 'refused') throw refusedBy(verdict.code, verdict.text, path, query);
      if (verdict.tag === 'limited') {
        this.met('rate-limit');
        limited += 1;
        if (limited > limitedMost) throw limitedForGood(limited);
        this.allowance.pause(verdict.waitMs);
        continue;
      }
      let why = verdict.tag === 'broken' ? verdict.why : '';
      if (verdict.tag === 'answered') {
        const read = form.safeParse(verdict.result);
        if (read.success) return { result: read.data, at: verdict.at };
        why = `'${read.error.issues[0]?.path.join('.') ?? ''}' is not of the form it must have`;
      }
      this.met('broken-answer');
      broken += 1;
      if (broken >= attemptsMost) throw brokenForGood(path, why);
      await this.clock.wait(firstWaitMs * 2 ** (broken - 1), this.signal);
    }
  }

  async #once(path: string, query: Readonly<Record<string, string>>): Promise<Verdict> {
    await this.allowance.enter();
    let answer: Answer | null = null;
    try {
      answer = await this.#host(path, query, this.signal);
    } catch (thrown) {
      if (!(thrown instanceof Outage)) throw thrown;
      return { tag: 'broken', why: thrown.message };
    } finally {
      if (answer?.left !== null && answer?.left !== undefined && answer.left < leftLeast) this.allowance.pause(1_000);
      this.allowance.leave();
    }
    return verdictOf(answer);
  }
}

const goOn = 'the same command goes on where this one stopped';

const shutOut = (): DataError => new DataError({
  reason: 'shut-out', what: 'the exchange shut this address out (HTTP 403: asked too often, or not served here)',
  fix: `ask nothing for 10 minutes; ${goOn}`,
});
const limitedForGood = (times: number): DataError => new DataError({
  reason: 'rate-limit', what: `the exchange said ${times} times that it is asked too often (10006)`,
  fix: `end other programs of this address; ${goOn}`,
});
const brokenForGood = (path: string, why: string): DataError => new DataError({
  reason: 'no-answer', what: `no usable answer from ${path} in ${attemptsMost} attempts, the last one: ${why}`,
  fix: `check the connection; ${goOn}`,
});
const refusedBy = (code: number, text: string, path: string, query: Readonly<Record<string, string>>): DataError => new DataError({
  reason: 'refused', what: `the exchange refused ${path} for ${query['symbol'] ?? ''} (${code} ${text})`,
  fix: 'check symbol, --market, --kind and --timeframe',
});
