/**
 * A sample of the schedules, small enough for every run of the tests: `tsx test/schedules/run.ts` plays them by the ten thousand.
 */
import { describe, expect, it } from 'vitest';
import { lookAheadOf } from '../../sim/invariants/index.ts';
import type { Series, SymbolMarket } from '../../sim/index.ts';
import { Loop } from './loop.ts';
import { from, second } from './market.ts';
import { scheduleOf } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import { silent } from './story.ts';
import type { Story } from './story.ts';
import { count, emptyTally, slowMs } from './tally.ts';

const first = 900_001;
const sample = 150;

/** Schedules of the sample that break an invariant. May only become fewer, and then this number with them. */
const mostFailing = 0;

describe(`${sample} schedules from seed ${first}`, () => {
  it(`keep every invariant but in ${mostFailing} of them, none takes 10 s, and faults of more than 25 families strike`, () => {
    const tally = emptyTally();

    for (let seed = first; seed < first + sample; seed++) count(tally, new Loop(scheduleOf(seed), silent).play());

    const told = tally.failures.map(({ seed, violations }) => `${seed}: ${violations.map(({ invariant, text }) => `${invariant} ${text}`).join(' · ')}`);
    expect(tally.failures.length, told.join('\n')).toBeLessThanOrEqual(mostFailing);
    expect(tally.slowestMs).toBeLessThan(slowMs);
    expect(Object.keys(tally.fired).length).toBeGreaterThan(25);
  });
  it.each([first + 1, first + 4, first + 17])('seed %d twice: the same commands and the same end (I20)', (seed) => {
    const [one, other] = [new Loop(scheduleOf(seed), silent).play(), new Loop(scheduleOf(seed), silent).play()];

    expect([one.digest, one.state, one.events]).toEqual([other.digest, other.state, other.events]);
  });
  it.each([first + 2, first + 5, first + 11, first + 12])('seed %d with another market from 60 s on decides the same before (I13)', (seed) => {
    const changedFrom = from + 60 * second;
    const schedule = scheduleOf(seed);
    const sent = (one: Schedule): ReturnType<typeof keeper>['sent'] => {
      const kept = keeper();
      new Loop(one, kept).play();
      return kept.sent;
    };
    const corrupted: Schedule = { ...schedule, market: { symbols: schedule.market.symbols.map((symbol) => changed(symbol, changedFrom)) } };

    const [honest, other] = [sent(schedule), sent(corrupted)];

    expect(lookAheadOf(honest, other, changedFrom)).toEqual([]);
    expect(honest.length).toBeGreaterThan(0);
  });
});

/** A story that keeps the commands. */
function keeper(): Story & { readonly sent: { at: number; command: Parameters<Story['command']>[1] }[] } {
  const sent: { at: number; command: Parameters<Story['command']>[1] }[] = [];
  return { ...silent, sent, command: (at, command) => { sent.push({ at, command }); } };
}

/** The same market up to `at`, and prices a tenth lower from there on. */
function changed(market: SymbolMarket, at: number): SymbolMarket {
  const lower = (series: Series): Series => {
    const cut = (column: Float64Array): Float64Array => column.map((value, i) => (series.openedAt[i]! >= at ? Math.round(value * 0.9) : value));
    return { ...series, open: cut(series.open), high: cut(series.high), low: cut(series.low), close: cut(series.close) };
  };
  return { ...market, last: lower(market.last), mark: market.mark === null ? null : lower(market.mark) };
}
