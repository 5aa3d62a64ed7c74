/** When things come: the queue of what is to happen, spells of a plan, kills of an engine. */
import { describe, expect, it } from 'vitest';
import { namedPlan } from '../../../sim/faults/index.ts';
import type { FaultPlan } from '../../../sim/faults/index.ts';
import { chanceOf, streams } from '../../../sim/faults/chance.ts';
import { Odds } from '../../../sim/faults/odds.ts';
import { TimeQueue } from '../../../sim/faults/queue.ts';
import { restartsOf } from '../../../sim/faults/restarts.ts';
import { spellsOf, Weather } from '../../../sim/faults/spells.ts';
import type { Spell } from '../../../sim/faults/spells.ts';
import { chance } from '../market.ts';

const hour = 3_600_000;

describe('a queue', () => {
  it('gives 500 things of 40 times in order of time, those of one time as they came', () => {
    const next = chance(3);
    const queue = new TimeQueue<number>();
    const all = Array.from({ length: 500 }, (_, value) => ({ at: Math.floor(next() * 40), value }));
    for (const { at, value } of all) queue.put(at, value);
    const expected = all.toSorted((a, b) => a.at - b.at || a.value - b.value);

    expect([queue.length, queue.dueAt]).toEqual([500, expected[0]!.at]);
    expect(queue.values()).toEqual(expected.map(({ value }) => value));
    const taken = Array.from({ length: 250 }, () => queue.take()).map(({ at, value }) => ({ at, value }));
    expect(taken).toEqual(expected.slice(0, 250));
    expect(queue.empty().map(({ at, value }) => ({ at, value }))).toEqual(expected.slice(250));
    expect([queue.length, queue.dueAt]).toEqual([0, Number.POSITIVE_INFINITY]);
    expect(() => queue.take()).toThrow(new RangeError('an empty queue has no first'));
  });
  it('takes what is put in between', () => {
    const queue = new TimeQueue<string>();
    for (const [at, value] of [[5, 'e'], [1, 'a'], [3, 'c']] as const) queue.put(at, value);
    expect(queue.take().value).toBe('a');
    queue.put(2, 'b');
    queue.put(3, 'd');

    expect([queue.take(), queue.take(), queue.take(), queue.take()].map(({ value }) => value)).toEqual(['b', 'c', 'd', 'e']);
    expect(queue.dueAt).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('spells', () => {
  const spells = (plan: FaultPlan, from: number, to: number): readonly Spell[] => spellsOf(plan, new Odds(plan, from), from, to);
  const windowed = (rate: number): FaultPlan => {
    const calm = namedPlan('calm', 5);
    return { ...calm, windowMs: hour, families: { ...calm.families, 'silent-gap': { rate, minMs: 1_000, maxMs: 10_000 } } };
  };

  it('of a rate of 1 come once in each of 1,000 hours, anywhere in it, 1 to 10 s long; of 0.3 in 240 to 360 of them', () => {
    const all = spells(windowed(1), 0, 1_000 * hour);
    const inside = all.map(({ at, index }) => at - index * hour);

    expect(all.map(({ index }) => index)).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
    for (const into of inside) expect(into >= 0 && into < hour).toBe(true);
    expect(inside.filter((into) => into < hour / 2).length).toBeGreaterThan(400);
    expect(inside.filter((into) => into >= hour / 2).length).toBeGreaterThan(400);
    const lengths = all.map(({ at, until }) => until - at);
    expect([Math.min(...lengths) >= 1_000, Math.max(...lengths) <= 10_000, Math.min(...lengths) < 1_500, Math.max(...lengths) > 9_500]).toEqual([true, true, true, true]);
    expect(new Set(lengths).size).toBeGreaterThan(900);
    const some = spells(windowed(0.3), 0, 1_000 * hour);
    expect(some.length).toBeGreaterThan(240);
    expect(some.length).toBeLessThan(360);
    expect(all).toEqual(expect.arrayContaining([...some]));
  });
  it('are those of the time line: a run from the middle of an hour to the middle of another has the same, less what lies outside', () => {
    const all = spells(windowed(1), 0, 100 * hour);
    const [from, to] = [all[10]!.at, all[20]!.at];

    expect(spells(windowed(1), from, to)).toEqual(all.slice(10, 20));
    expect(spells(windowed(1), from + 1, to + 1)).toEqual(all.slice(11, 21));
    expect(spells(windowed(0), 0, 100 * hour)).toEqual([]);
  });
  it('of an outage lie inside the run, each elsewhere', () => {
    const plan = { ...namedPlan('calm', 1), outages: 200 };
    const all = spells(plan, 50 * hour, 51 * hour);
    const into = all.map(({ at }) => at - 50 * hour);

    expect(all.length).toBe(200);
    expect([Math.min(...into) >= 0, Math.max(...into) < hour, Math.min(...into) < hour / 20, Math.max(...into) > hour * 0.95]).toEqual([true, true, true, true]);
    expect(new Set(into).size).toBeGreaterThan(195);
    expect(into).toEqual(into.toSorted((a, b) => a - b));
  });
  it('injected begin at their time for as long as they say, else as long as the family may; a fault without length is none', () => {
    const plan: FaultPlan = { ...namedPlan('calm', 1), inject: [{ family: 'ban', at: 900, forMs: 50 }, { family: 'outage', at: 100 }, { family: 'lost-reply', at: 5 }] };

    expect(spells(plan, 0, 1_000)).toEqual([{ family: 'outage', at: 100, until: 30_100, index: 100 }, { family: 'ban', at: 900, until: 950, index: 900 }]);
  });
  it('end when the plan goes quiet at 1,000: one that begins there is none, one before it is cut', () => {
    const plan: FaultPlan = { ...namedPlan('calm', 1), quietAfter: 1_000, inject: [{ family: 'ban', at: 1_000 }, { family: 'ban', at: 999 }, { family: 'ban', at: 10, forMs: 20 }] };

    expect(spells(plan, 0, 5_000).map(({ at, until }) => [at, until])).toEqual([[10, 30], [999, 1_000]]);
  });
});

describe('the weather', () => {
  const spell = (at: number, until: number, family: Spell['family'] = 'ban'): Spell => ({ family, at, until, index: 0 });

  it('is a spell from its beginning to before its end, of the families asked for', () => {
    const weather = new Weather([spell(10, 20), spell(15, 40, 'outage'), spell(30, 35)], 'ban');

    expect([9, 10, 19, 20, 29, 30, 34, 35].map((at) => weather.during(at)?.at ?? null)).toEqual([null, 10, 10, null, null, 30, 30, null]);
    expect(new Weather([], 'ban').during(5)).toBeNull();
    expect(new Weather([spell(10, 20), spell(15, 40, 'outage')], 'ban', 'outage').during(25)?.family).toBe('outage');
  });
  it('is a long spell behind a short one that is over; one of a day is still found at its end', () => {
    const day = 86_400_000;
    const weather = new Weather([spell(0, day), spell(100, 200), spell(300, 301)], 'ban');

    expect([150, 250, 400, day - 1, day].map((at) => weather.during(at)?.at ?? null)).toEqual([100, 0, 0, 0, null]);
  });
});

describe('kills', () => {
  function killed() {
    const kills = restartsOf(3, 2_000, 0, 1_000 * hour);
    return { kills, share: (of: (kill: (typeof kills)[number]) => boolean): number => kills.filter(of).length / kills.length };
  }

  it('of 2,000 over 1,000 hours lie all over them, 80 % wait for up to a quarter of an hour, 30 % of those for commands', () => {
    const { kills, share } = killed();
    const waits = kills.filter(({ at, until }) => until > at);

    expect([share(({ at }) => at < 250 * hour), share(({ at }) => at >= 750 * hour), waits.length / 2_000, waits.filter(({ beforeSend }) => beforeSend).length / waits.length]
      .map((value) => Math.round(value * 20) / 20)).toEqual([0.25, 0.25, 0.8, 0.3]);
    for (const { at, until, beforeSend } of kills) {
      expect([0, 900_000, 1_000 * hour - 1 - at]).toContain(until - at); // 1,000 h / (2 x 2,000) = 15 minutes, or to the end
      if (until === at) expect(beforeSend).toBe(false);
    }
  });
  it('come 1 to 4 happenings later, each as often; down 50 to 15,000 ms, anywhere between, with any part of the bytes kept', () => {
    const { kills, share } = killed();
    for (const after of [1, 2, 3, 4]) expect(Math.abs(share((kill) => kill.after === after) - 0.25)).toBeLessThan(0.05);
    const downs = kills.map(({ downMs }) => downMs);
    expect([Math.min(...downs) >= 50, Math.max(...downs) <= 15_000, Math.min(...downs) < 150, Math.max(...downs) > 14_900]).toEqual([true, true, true, true]);
    expect([share(({ kept }) => kept < 0.5), new Set(kills.map(({ kept }) => kept)).size > 1_990].map((value) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value)))
      .toEqual([0.5, true]);
    expect(kills.map(({ at }) => at)).toEqual(kills.map(({ at }) => at).toSorted((a, b) => a - b));
    expect(restartsOf(3, 0, 0, hour)).toEqual([]);
  });
});

describe('chance', () => {
  it('shares no number between streams, seeds and words: 3,000 numbers, at most two of them alike', () => {
    const drawn = [1, 2].flatMap((seed) => [streams.faults, streams.venue].flatMap((stream) => Array.from({ length: 750 }, (_, i) => chanceOf(seed, stream, [i, -i]))));

    expect(new Set(drawn).size).toBeGreaterThanOrEqual(2_999);
  });
});
