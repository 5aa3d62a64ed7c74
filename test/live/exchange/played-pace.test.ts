/** How market time passes in the local exchange: in rests, after the machine's clock, and never by itself at full speed. */
import { afterEach, describe, expect, it } from 'vitest';
import { runConfig } from '../../../engine/index.ts';
import { createPace, createWorld } from '../../../live/exchange/index.ts';
import type { LocalWorld, Pace } from '../../../live/exchange/index.ts';
import { flat, marketOf, minute, start } from '../../sim/market.ts';
import { buy } from './world/stage.ts';

/** A machine's clock that only the test moves. */
class HandClock {
  now = 0;
  #acts: { at: number; act: () => void }[] = [];

  later(ms: number, act: () => void): () => void {
    const entry = { at: this.now + ms, act };
    this.#acts.push(entry);
    return () => { this.#acts = this.#acts.filter((one) => one !== entry); };
  }

  get waiting(): number { return this.#acts.length; }

  pass(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const next = this.#acts.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#acts = this.#acts.filter((one) => one !== next);
      this.now = Math.max(this.now, next.at);
      next.act();
    }
    this.now = until;
  }
}

interface Scene { readonly world: LocalWorld; readonly pace: Pace; readonly clock: HandClock }
let stop = (): void => undefined;
afterEach(() => { stop(); });

function sceneOf(speed: number | 'max', latencyMs = 0, bars = 5): Scene {
  const clock = new HandClock();
  const market = { symbols: [marketOf({ bars: Array.from({ length: bars }, () => flat(100)) })] };
  const world = createWorld({ market, config: runConfig.parse({ latencyMs }) });
  const pace = createPace({ world, speed, patienceMs: 10_000, wall: () => clock.now, later: (ms, act) => clock.later(ms, act) });
  stop = () => { pace.stop(); };
  return { world, pace, clock };
}

describe('at full speed', () => {
  it('a rest takes the market to the next thing told, at most to its end, and says when the data is over', async () => {
    const { pace } = sceneOf('max', 0, 2);

    expect(await pace.idle(start + 20_000)).toEqual({ now: start + 20_000, hasEnded: false });
    expect(await pace.idle(Infinity)).toEqual({ now: start + minute, hasEnded: false });
    expect(await pace.idle(start)).toEqual({ now: start + minute, hasEnded: false });
    expect(await pace.idle(Infinity)).toEqual({ now: start + 2 * minute, hasEnded: true });
    expect(await pace.idle(Infinity)).toEqual({ now: start + 2 * minute, hasEnded: true });
  });
  it('time stands between rests for an hour of the machine, and moves by the latency of 30 ms for a request', async () => {
    const { world, pace, clock } = sceneOf('max', 30);
    await pace.idle(Infinity);

    clock.pass(3_600_000);
    expect(world.now).toBe(start + minute);
    const answer = world.writes.create(buy('1'));
    pace.wake();

    expect((await answer).code).toBe(0);
    expect(world.now).toBe(start + minute + 30);
    pace.wake();
    expect(world.now).toBe(start + minute + 30);
  });
  it('nobody rests for 10 s: then it runs at 60 times the machine\'s clock, and stands again with the first rest', async () => {
    const { world, pace, clock } = sceneOf('max');

    clock.pass(9_999);
    expect(world.now).toBe(start);
    clock.pass(1_001);
    expect(world.now - start).toBeGreaterThan(59_000);
    expect(world.now - start).toBeLessThanOrEqual(60_060);
    await pace.idle(0);
    const { now } = world;
    clock.pass(60_000);
    expect(world.now).toBe(now);
  });
  it('a rest with a time that has come is a rest: the market does not start by itself', async () => {
    const { world, pace, clock } = sceneOf('max');

    expect(await pace.idle(0)).toEqual({ now: start, hasEnded: false });
    clock.pass(3_600_000);

    expect(world.now).toBe(start);
    expect(clock.waiting).toBe(0);
  });
  it('a rest of a paused market lasts until it goes on', async () => {
    const { pace } = sceneOf('max');
    let ended = false;

    pace.pause();
    const rest = pace.idle(Infinity).then((moment) => {
      ended = true;
      return moment;
    });
    await Promise.resolve();
    expect(ended).toBe(false);
    pace.resume();

    expect((await rest).now).toBe(start + minute);
  });
});

describe('at a scaled speed', () => {
  it('of 60, one second of the machine is a minute of the market, and pauses do not count', () => {
    const { world, pace, clock } = sceneOf(60);

    clock.pass(1_000);
    expect(world.now).toBe(start + minute);
    pace.pause();
    clock.pass(5_000);
    expect(world.now).toBe(start + minute);
    pace.resume();
    clock.pass(500);
    expect(world.now).toBe(start + minute + 30_000);
  });
  it('of 1, a request sent 5.0 s into the market is answered there, with a latency of 200 ms at 5.2 s', async () => {
    const { world, pace, clock } = sceneOf(1, 200);
    clock.pass(5_000);

    const answer = world.writes.create(buy('1'));
    pace.wake();
    clock.pass(150);
    expect(world.underWay).toBe(1);
    clock.pass(100);

    expect((await answer).code).toBe(0);
    expect(world.reads.executions({ symbol: null, orderId: null, orderLinkId: null, execType: null, from: null, to: null })[0]!['execTime'])
      .toBe(String(start + 5_200));
  });
  it('a rest ends when its time has come, or when something is told', async () => {
    const { pace, clock } = sceneOf(60);

    const first = pace.idle(start + 30_000);
    clock.pass(500);
    expect((await first).now).toBe(start + 30_000);
    const second = pace.idle(start + 10 * minute);
    clock.pass(500);
    expect((await second).now).toBe(start + minute);
  });
  it('ends with its data, and a rest then says so', async () => {
    const { world, pace, clock } = sceneOf(60, 0, 1);

    clock.pass(2_000);

    expect(world.now).toBe(start + minute);
    expect(await pace.idle(Infinity)).toEqual({ now: start + minute, hasEnded: true });
    expect(clock.waiting).toBe(0);
  });
  it.each([0, -1, Number.NaN, Infinity])('of %s is refused', (speed) => {
    expect(() => sceneOf(speed)).toThrow(RangeError);
  });
});
