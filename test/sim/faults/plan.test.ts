/** Plans of faults: what they say, what is refused, and the chance behind them. */
import { describe, expect, it } from 'vitest';
import { families, familyNames, namedPlan, readPlan } from '../../../sim/faults/index.ts';
import type { FaultPlan } from '../../../sim/faults/index.ts';
import { chanceOf, streams } from '../../../sim/faults/chance.ts';
import { Odds } from '../../../sim/faults/odds.ts';
import type { Target } from '../../../sim/faults/odds.ts';
import { actingRates } from '../../../sim/faults/plan.ts';
import { restartsOf } from '../../../sim/faults/restarts.ts';
import { spellsOf } from '../../../sim/faults/spells.ts';
import { start } from '../market.ts';

const request = (order: number, attempt = 1): Target => ({ leg: 0, order, action: 'enter', attempt });
const hour = 3_600_000;

describe('chance', () => {
  it('lies in [0, 1) and is even: of 20,000 objects 1,840 to 2,160 fall into each tenth', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 20_000; i++) tenths[Math.floor(chanceOf(1, streams.faults, [3, i, -1, i * 977]) * 10)]! += 1;

    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(160); // four standard deviations of 42, rounded down
  });

  it('is the same for the same seed, stream and words, and another for any other of them', () => {
    const one = chanceOf(7, streams.faults, [1, 2, 3]);

    expect(chanceOf(7, streams.faults, [1, 2, 3])).toBe(one);
    expect(new Set([one, chanceOf(8, streams.faults, [1, 2, 3]), chanceOf(7, streams.venue, [1, 2, 3]), chanceOf(7, streams.faults, [1, 2, 4]), chanceOf(7, streams.faults, [1, 2])]).size).toBe(5);
  });

  it('tells times apart beyond 32 bits', () => {
    expect(chanceOf(1, streams.faults, [start])).not.toBe(chanceOf(1, streams.faults, [start + 4_294_967_296]));
  });
});

describe('a plan', () => {
  it('calm never strikes, storm strikes a lost request at 30 %, rough at 3 %', () => {
    const share = (plan: FaultPlan): number => {
      const odds = new Odds(plan, start);
      return Array.from({ length: 10_000 }, (_, i) => odds.strikes('lost-request', request(i), start)).filter(Boolean).length / 10_000;
    };

    expect(share(namedPlan('calm', 1))).toBe(0);
    expect(share(namedPlan('storm', 1))).toBeCloseTo(0.3, 1);
    expect(share(namedPlan('rough', 1))).toBeCloseTo(0.03, 2);
  });

  it('storm has the highest rate of every family, one chance per object or per 6 h, and 4 outages', () => {
    const storm = namedPlan('storm', 1);

    for (const family of familyNames) expect(storm.families[family].rate).toBe(families[family].most);
    expect(storm).toMatchObject({ windowMs: 6 * hour, outages: 4, timeoutMs: 5_000 });
  });

  it('rough has a tenth of it, one spell a day at most, and nobody else at the account', () => {
    const rough = namedPlan('rough', 1);

    expect(rough.families['stream-drop'].rate).toBeCloseTo(0.05, 9);
    expect(rough).toMatchObject({ windowMs: 24 * hour, outages: 1 });
    for (const family of ['manual-close', 'manual-open', 'manual-cancel', 'adl', 'liquidation'] as const) expect(rough.families[family].rate).toBe(0);
  });

  it('strikes an object whatever was asked about others before', () => {
    const [alone, later] = [new Odds(namedPlan('storm', 4), start), new Odds(namedPlan('storm', 4), start)];
    for (let i = 100; i < 200; i++) later.strikes('lost-reply', request(i), start);

    const asked = Array.from({ length: 50 }, (_, i) => i);
    expect(asked.map((i) => later.strikes('lost-reply', request(i), start))).toEqual(asked.map((i) => alone.strikes('lost-reply', request(i), start)));
  });

  it('injects one fault on one attempt of one order, and no other', () => {
    const odds = new Odds({ ...namedPlan('calm', 1), inject: [{ family: 'lost-reply', order: 3, attempt: 2 }] }, start);

    expect([request(3, 1), request(3, 2), request(4, 2)].map((target) => odds.strikes('lost-reply', target, start))).toEqual([false, true, false]);
    expect(odds.struck).toMatchObject([{ family: 'lost-reply', order: 3, attempt: 2, action: 'enter' }]);
  });

  it('names what struck so that the list, injected with all rates at 0, strikes the same', () => {
    const asked = Array.from({ length: 300 }, (_, i) => request(i));
    const storm = new Odds(namedPlan('storm', 2), start);
    const first = asked.map((target) => storm.strikes('server-error', target, start));

    const again = new Odds({ ...namedPlan('calm', 2), inject: storm.struck.map(({ family, order, action, attempt }) => ({ family, order, action, attempt })) }, start);
    expect(asked.map((target) => again.strikes('server-error', target, start))).toEqual(first);
  });

  it('with swarm has about half of its families on, at a rate from 0 to the one stated', () => {
    const storm = namedPlan('storm', 5);
    const rates = actingRates({ ...storm, swarm: true });
    const stated = familyNames.filter((family) => storm.families[family].rate > 0);
    const on = stated.filter((family) => rates[family].rate > 0);

    expect(on.length).toBeGreaterThan(stated.length * 0.25);
    expect(on.length).toBeLessThan(stated.length * 0.75);
    for (const family of on) expect(rates[family].rate).toBeLessThan(storm.families[family].rate);
  });

  it('is quiet after its time: spells end there, requests are not struck', () => {
    const plan = { ...namedPlan('storm', 1), windowMs: hour, quietAfter: 10 * hour };
    const odds = new Odds(plan, start);
    const spells = spellsOf(plan, odds, start, start + 48 * hour);

    expect(spells.length).toBeGreaterThan(10);
    for (const { until } of spells) expect(until).toBeLessThanOrEqual(start + 10 * hour);
    expect(Array.from({ length: 100 }, (_, i) => odds.strikes('lost-request', request(i), start + 10 * hour)).some(Boolean)).toBe(false);
  });

  it('has as many outages as it says, each 1 to 30 s long', () => {
    const plan = { ...namedPlan('calm', 1), outages: 4 };
    const outages = spellsOf(plan, new Odds(plan, start), start, start + hour);

    expect(outages.map(({ family }) => family)).toEqual(['outage', 'outage', 'outage', 'outage']);
    for (const { at, until } of outages) expect([until - at >= 1_000, until - at <= 30_000]).toEqual([true, true]);
  });
});

describe('a plan file', () => {
  const read = (given: unknown): FaultPlan => readPlan(given, 'mine.json', null);

  it('takes rates, bounds, a base and single faults, and its own seed unless one is given', () => {
    const plan = read({ base: 'rough', seed: 9, families: { 'lost-reply': 0.5, latency: { rate: 1, minMs: 10, maxMs: 20 } }, swarm: true, inject: [{ family: 'ban', at: start, forMs: 1_000 }] });

    expect(plan).toMatchObject({ plan: 'mine.json', seed: 9, swarm: true, outages: 1 });
    expect(plan.families['lost-reply'].rate).toBe(0.5);
    expect(plan.families.latency).toEqual({ rate: 1, minMs: 10, maxMs: 20 });
    expect(plan.families['lost-request'].rate).toBeCloseTo(0.03, 9);
    expect(readPlan({ seed: 9 }, 'mine.json', 4).seed).toBe(4);
  });

  it.each([
    [{ familes: {} }, 'familes: was an unknown word, expected one of plan, base, seed, families'],
    [{ families: { 'lost-repl': 1 } }, 'families: was "lost-repl", expected one of lost-request, lost-reply'],
    [{ families: { latency: 2 } }, 'families.latency: was 2, expected a number from 0 to 1'],
    [{ families: { latency: { rate: 0.5, longest: 3 } } }, 'families.latency.longest: was an unknown word, expected one of rate, minMs, maxMs'],
    [{ families: { latency: { minMs: 5_000, maxMs: 10 } } }, 'families.latency.maxMs: was 10, expected a number from 5000'],
    [{ families: { 'late-order': { maxMs: 20_000 } } }, 'families.late-order.maxMs: was 20000, expected at most 14999'],
    [{ base: 'hurricane' }, 'base: was "hurricane", expected one of calm, rough, storm'],
    [{ seed: 1.5 }, 'seed: was 1.5, expected a whole number'],
    [{ inject: [{ family: 'ban' }] }, 'inject[0].at: was left out, expected the time at which ban begins, ms'],
    [{ inject: [{ family: 'lost-reply', link: 3 }] }, 'inject[0].link: was an unknown word'],
    [[], 'the plan: was [], expected an object'],
  ])('refuses %j by name', (given, message) => {
    expect(() => read(given)).toThrow(message);
  });
});

describe('kills', () => {
  it('come as often as asked for, in order of time, down 50 ms to 15 s, and for a seed always the same', () => {
    const kills = restartsOf(3, 40, start, start + hour);

    expect(kills).toHaveLength(40);
    expect(kills).toEqual(restartsOf(3, 40, start, start + hour));
    expect(kills.map(({ at }) => at)).toEqual(kills.map(({ at }) => at).sort((a, b) => a - b));
    for (const { downMs } of kills) expect([downMs >= 50, downMs <= 15_000]).toEqual([true, true]);
  });
});
