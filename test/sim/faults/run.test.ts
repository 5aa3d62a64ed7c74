/** Whole runs on bad days, through the engine. */
import { describe, expect, it } from 'vitest';
import { runConfig } from '../../../engine/index.ts';
import type { RunResult } from '../../../sim/index.ts';
import { namedPlan, restartsOf } from '../../../sim/faults/index.ts';
import type { FaultPlan } from '../../../sim/faults/index.ts';
import { resultOf } from '../../../sim/outcome.ts';
import type { Play } from '../../../sim/play.ts';
import { playThrough } from '../../../sim/run.ts';
import { chaos } from '../chaos.ts';
import { flat, marketOf, minute, start, walk } from '../market.ts';
import type { Row } from '../market.ts';
import { pick, rowsOf } from '../played.ts';
import { scripted } from '../scripted.ts';
import type { Script } from '../scripted.ts';

interface Wish { readonly plan?: FaultPlan; readonly restarts?: number; readonly seed?: number; readonly script?: Script; readonly bars?: readonly Row[] }

function playOf({ plan = namedPlan('calm', 1), restarts = 0, seed = 1, script, bars = walk({ seed, bars: 240 }) }: Wish): Play {
  const strategy = script === undefined ? chaos({ seed }) : scripted(script).strategy;
  const config = runConfig.parse({ latencyMs: 20, responseLatencyMs: 30, cash: 100_000 });
  return playThrough({ strategy, params: {}, market: { symbols: [marketOf({ bars })] }, config, record: 'all', progress: null, hardship: { plan, restarts } });
}
const run = (wish: Wish): RunResult => resultOf(playOf(wish));
const at = (after: number): number => start + after;

/** Enters long at the close of the third bar with a stop at 9,900, and holds. It knows the time only: it may be read back. */
const holder: Script = {
  always: ({ intents, time }) => (time === start + 3 * minute ? intents.enter({ side: 'long', qty: 10, stop: 9_900 }) : intents.hold),
};
const calmBars: readonly Row[] = Array.from({ length: 30 }, () => flat(10_000));

describe('a run on bad days', () => {
  it('is the same to the last byte when it is played again, with kills and a storm', () => {
    const [first, second] = [1, 2].map(() => run({ plan: namedPlan('storm', 6), restarts: 3, seed: 6 }));

    expect(first!.faults!.fired).not.toEqual({});
    expect(second!.digest).toBe(first!.digest);
    expect(second!.faults).toEqual(first!.faults);
  });

  it('is another with another seed', () => {
    expect(run({ plan: namedPlan('rough', 1) }).digest).not.toBe(run({ plan: namedPlan('rough', 2) }).digest);
  });

  it('without one injected fault has the same market and the same other faults', () => {
    const [lost, late] = [{ family: 'lost-reply', order: 1 }, { family: 'stream-drop', at: at(40 * minute), forMs: 9_000 }] as const;
    const struck = (plan: FaultPlan): unknown[] => playOf({ plan, seed: 3 }).ordeal!.venue.odds.struck.map(({ family, at: when }) => [family, when]);
    const both = struck({ ...namedPlan('calm', 1), inject: [lost, late] });
    const one = struck({ ...namedPlan('calm', 1), inject: [late] });

    expect(both.map((fault) => (fault as string[])[0])).toContain('lost-reply');
    expect(one).toEqual(both.filter((fault) => (fault as string[])[0] !== 'lost-reply'));
  });

  it('ends with the position and the wallet of the venue, over 12 seeds of rough days with 2 kills each', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const { faults } = run({ plan: namedPlan('rough', seed), restarts: 2, seed });
      expect(faults, `seed ${seed}`).toMatchObject({ agrees: true, restarts: 2 });
    }
  });

  it('judges the invariants at every event, and at the end once faults have been over for a minute: none broken', () => {
    const plan = { ...namedPlan('rough', 5), windowMs: 10 * minute, quietAfter: 20 * minute };

    expect(run({ plan, restarts: 1, script: holder, bars: calmBars }).faults).toMatchObject({ broken: 0, violations: [], agrees: true });
  });

  it('does not judge at the end what the last minute left open: an entry of the last close has no answer yet', () => {
    const late: Script = { always: ({ intents, time }) => (time === start + 30 * minute ? intents.enter({ side: 'long', qty: 10, stop: 9_900 }) : intents.hold) };

    expect(run({ plan: { ...namedPlan('calm', 1), quietAfter: 0 }, script: late, bars: calmBars }).faults).toMatchObject({ broken: 0, violations: [] });
  });

  it('hands on what its auditor saw: 2 restarts, requests, and each violation it counted', () => {
    const play = playOf({ plan: namedPlan('rough', 2), restarts: 2, seed: 2 });
    const report = play.ordeal!.report!;

    expect(report.restarts).toBe(2);
    expect(report.peakRequestsPerSecond).toBeGreaterThan(0);
    expect(resultOf(play).faults).toMatchObject({ broken: 0, violations: [] });
    const violation = { invariant: 'I1', at: at(1), leg: 0, text: 'no stop' } as const;
    play.ordeal!.report = { ...report, total: 101, violations: [violation] };
    expect(resultOf(play).faults).toMatchObject({ broken: 101, violations: [violation] });
  });

  it('has nobody keep a deadline in a hole of the data: a stop gone 40 ms before 30 minutes without a bar is no I1', () => {
    const bars: readonly Row[] = [...calmBars.slice(0, 10), ...Array.from({ length: 30 }, () => null), ...calmBars.slice(0, 10)];
    const plan: FaultPlan = { ...namedPlan('calm', 1), inject: [{ family: 'stop-removed', at: at(10 * minute - 40) }] };

    expect(run({ plan, script: holder, bars }).faults).toMatchObject({ broken: 0, violations: [], agrees: true });
  });

  it('keeps rows of what struck and of every change of mode', () => {
    const result = run({ plan: { ...namedPlan('calm', 1), inject: [{ family: 'stream-drop', at: at(10 * minute), forMs: 20_000 }] }, script: holder, bars: calmBars });

    expect(pick(rowsOf(result, 'faults'), 'family', 'time', 'for_ms')).toEqual([['stream-drop', at(10 * minute), 20_000]]);
    expect(pick(rowsOf(result, 'modes'), 'mode').slice(0, 2)).toEqual([['recovering'], ['trading']]);
  });
});

describe('time without a stop', () => {
  it('is zero when the stop rides on the entry', () => {
    expect(run({ script: holder, bars: calmBars }).faults).toMatchObject({ unprotectedMs: 0, unprotectedLongestMs: 0, downUnprotectedMs: 0, halts: [] });
  });

  // A reading every 10 s: 20 ms there, 30 ms back, and 20 ms for the new stop.
  const longest = 10_070;

  it('counts from the venue taking the stop off until another is in force, after the next reading at the latest', () => {
    const plan: FaultPlan = { ...namedPlan('calm', 1), inject: [{ family: 'stop-removed', at: at(10 * minute + 3_000) }] };
    const { unprotectedMs, unprotectedLongestMs, agrees } = run({ plan, script: holder, bars: calmBars }).faults!;

    expect(unprotectedMs).toBeGreaterThanOrEqual(50);
    expect(unprotectedMs).toBeLessThanOrEqual(longest);
    expect([unprotectedLongestMs, agrees]).toEqual([unprotectedMs, true]);
  });

  it('is counted apart while the engine is stalled: the last 20 s of a stall of 30 s', () => {
    const plan: FaultPlan = { ...namedPlan('calm', 1), inject: [
      { family: 'stall', at: at(10 * minute), forMs: 30_000 }, { family: 'stop-removed', at: at(10 * minute + 10_000) },
    ] };
    const { unprotectedMs, downUnprotectedMs } = run({ plan, script: holder, bars: calmBars }).faults!;

    expect(downUnprotectedMs).toBe(20_000);
    expect(unprotectedMs).toBeLessThanOrEqual(longest);
  });
});

describe('an engine that does not run for a while', () => {
  it('hears the bars that closed meanwhile late, and each of them once: stalled, asleep or killed', () => {
    const long = 150_000;
    const kinds: readonly Wish[] = [
      { plan: { ...namedPlan('calm', 1), inject: [{ family: 'stall', at: at(10 * minute + 1), forMs: long }] } },
      { plan: { ...namedPlan('calm', 1), inject: [{ family: 'sleep', at: at(10 * minute + 1), forMs: long }] } },
      { restarts: 3 },
    ];
    for (const kind of kinds) expect(run({ ...kind, script: holder, bars: calmBars }).bars).toBe(30);
  });

  it('decides at the closes of a stall when it is over, and not at those it slept through', () => {
    const seen = (family: 'stall' | 'sleep'): number => {
      const { strategy, seen: scenes } = scripted({ see: ({ time }) => time });
      playThrough({
        strategy, params: {}, market: { symbols: [marketOf({ bars: calmBars })] }, config: runConfig.parse({}), record: 'normal', progress: null,
        hardship: { plan: { ...namedPlan('calm', 1), inject: [{ family, at: at(10 * minute + 1), forMs: 150_000 }] }, restarts: 0 },
      });
      return scenes.length;
    };

    // 150 s from 10:00.001 on cover the closes at 11:00 and 12:00.
    expect(seen('stall') - seen('sleep')).toBe(2);
  });

  it('killed at the first close of a stall decides at no other of its ten, and hears each bar once', () => {
    const to = start + 30 * minute;
    const stall = { from: at(10 * minute + 1), to: at(20 * minute + 30_000) };
    const seed = Array.from({ length: 5_000 }, (_, i) => i + 1).find((one) => {
      const kill = restartsOf(one, 1, start, to)[0]!;
      return kill.beforeSend && kill.after === 1 && kill.at > stall.from && kill.at < stall.to && kill.until > stall.to + 5 * minute;
    })!;
    const decided: number[] = [];
    const { strategy } = scripted({
      always: ({ intents, time }) => {
        decided.push(time);
        return time === at(3 * minute) ? intents.enter({ side: 'long', qty: 10, stop: 9_000 }) : intents.moveStop(9_000 + (time - start) / minute);
      },
    });
    const play = playThrough({
      strategy, params: {}, market: { symbols: [marketOf({ bars: calmBars })] }, config: runConfig.parse({ cash: 100_000 }), record: 'normal', progress: null,
      hardship: { plan: { ...namedPlan('calm', seed), inject: [{ family: 'stall', at: stall.from, forMs: stall.to - stall.from }] }, restarts: 1 },
    });

    expect(decided.filter((time) => time > at(10 * minute) && time < at(21 * minute))).toEqual([stall.to, stall.to]); // and when its journal is read
    expect(resultOf(play)).toMatchObject({ bars: 30, faults: { restarts: 1, agrees: true } });
  });

  it('is killed as often as asked for, and halts when that is too often within ten minutes', () => {
    const result = run({ restarts: 8, bars: calmBars, script: holder });

    expect(result.faults).toMatchObject({ restarts: 8, mode: 'halted', agrees: true });
    expect(result.faults!.halts.map(({ cause }) => cause)).toEqual(['crash-loop']);
  });

  it('keeps its position, its stop and its trade over kills', () => {
    const result = run({ restarts: 2, script: holder, bars: [...calmBars, ...Array.from({ length: 5 }, (): Row => [10_000, 10_000, 9_880, 9_890])] });

    expect(pick(rowsOf(result, 'trades'), 'side', 'qty', 'entry_price', 'exit_price')).toEqual([['long', 10, 10_000, 9_900]]);
    expect(result.faults).toMatchObject({ restarts: 2, unprotectedMs: 0, agrees: true });
  });
});
