/** How fast is asked: as fast as the address may, and never faster; on a clock of the test. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { allowedPlaces, windowMs } from '../../../data/index.ts';
import type { Answer, Clock } from '../../../data/index.ts';
import { Asker } from '../../../data/download/ask.ts';
import type { Host } from '../../../data/download/index.ts';
import { Quotas } from '../../../live/exchange/rest/quotas.ts';
import { chance } from '../../sim/market.ts';

/** Time passes when nothing else is left to do. */
class HandClock implements Clock {
  #now = 1_700_000_000_000;
  readonly #waits: { readonly at: number; readonly resolve: () => void }[] = [];
  now(): number { return this.#now; }
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const at = this.#now + ms;
      let place = this.#waits.length;
      while (place > 0 && this.#waits[place - 1]!.at > at) place -= 1;
      this.#waits.splice(place, 0, { at, resolve });
    });
  }

  async run<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const over = (): void => { isOver = true; };
    work.then(over, over);
    for (;;) {
      await new Promise((resolve) => { setImmediate(resolve); });
      if (isOver) return work;
      const next = this.#waits.shift();
      if (next === undefined) throw new Error('nothing is waited for');
      this.#now = Math.max(this.#now, next.at);
      next.resolve();
    }
  }
}

const good = '{"retCode":0,"retMsg":"OK","result":{},"time":1700000000000}';

/** A server with the exchange's own quota of an address, so far away. */
function served(clock: HandClock, tripMs: () => number): Host {
  const quotas = new Quotas({ wall: () => clock.now(), isEnforced: true });
  return async (): Promise<Answer> => {
    await clock.wait(tripMs() / 2);
    const visit = quotas.takeAddress();
    await clock.wait(tripMs() / 2);
    return { status: visit.granted === 1 ? 200 : 403, text: good, limit: visit.limit, left: visit.left, resetAt: visit.resetAt };
  };
}

describe('the rate of requests', () => {
  it.each([[5, 5], [20, 60], [100, 400]])('of 20,000 requests with %i to %i ms there and back is at least 0.9 of what is allowed, and none is refused', async (least, most) => {
    const clock = new HandClock();
    const draw = chance(3);
    const asker = new Asker(served(clock, () => least + draw() * (most - least)), clock, new AbortController().signal);
    const startedAt = clock.now();

    await clock.run(Promise.all(Array.from({ length: 20_000 }, () => asker.ask(z.unknown(), '/v5/market/kline', {}))));

    // 600 at once, then 120 a second: 20,000 take 161.7 s at best.
    const bestMs = ((20_000 - allowedPlaces) / allowedPlaces) * windowMs;
    const ratio = bestMs / (clock.now() - startedAt);
    console.log(`requests: ${ratio.toFixed(3)} of what is allowed, with ${least} to ${most} ms there and back`);
    expect(bestMs).toBeCloseTo(161_666.7, 0);
    expect(ratio).toBeGreaterThanOrEqual(0.9);
    expect([...asker.troubles]).toEqual([]);
  });
  it('10006 with its reset 7 s ahead holds every request for 7 s', async () => {
    const clock = new HandClock();
    const asked: number[] = [];
    const host: Host = async () => {
      asked.push(clock.now());
      const isFirst = asked.length === 1;
      await clock.wait(10);
      return {
        status: 200, text: isFirst ? '{"retCode":10006,"retMsg":"Too many visits!","result":{},"time":1700000000000}' : good,
        limit: 600, left: 300, resetAt: isFirst ? 1_700_000_007_000 : null,
      };
    };
    const asker = new Asker(host, clock, new AbortController().signal);
    const first = asker.ask(z.unknown(), '/v5/market/kline', {});
    await clock.run(clock.wait(20));

    await clock.run(Promise.all([first, asker.ask(z.unknown(), '/v5/market/kline', {})]));

    expect(asked.map((at) => at - (asked[0] ?? 0))).toEqual([0, 7_010, 7_010]);
  });
});
