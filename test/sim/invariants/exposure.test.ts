import { describe, expect, it } from 'vitest';
import { alarm, at, enter, halted, numbers, openWithStop, order, reduce, terms, told, world } from './world.ts';
import type { World } from './world.ts';

/** A position of 5 lots by an order that carries no stop, filled at 0 ms and told at 100 ms. */
function addFilled(one: World): void {
  one.state.legs[0]!.orders.push(order(1, { terms: { ...terms, stopTicks: 0, isAdd: true } }));
  one.sends(at(0), enter(1, { stopTicks: 0 }));
  const fill = one.fills({ at: at(0), id: 1, side: 1, lots: 5, order: 1 });
  one.auditor.instant(at(0), one.state);
  one.tells({ ...fill, at: at(100) });
  one.auditor.instant(at(100), one.state);
}

describe('I1, a stop that rides on the order', () => {
  it('is there with the first fill: no violation and 0 ms without a stop', () => {
    const one = world();

    openWithStop(one, at(0));
    one.auditor.instant(at(60_000), one.state);

    expect(one.report()).toMatchObject({ total: 0, unprotected: { aliveMs: 0, deadMs: 0, longestMs: 0 } });
  });
  it('is missing at the first fill: a violation at that very ms', () => {
    const one = world();
    one.state.legs[0]!.orders.push(order(1, { terms }));

    one.sends(at(0), enter(1));
    one.fills({ at: at(0), id: 1, side: 1, lots: 5, order: 1 });
    one.auditor.instant(at(0), one.state);

    expect(told(one.report())).toEqual(['I1 opened without the stop that rode on its order']);
  });
});

describe('I1, a stop that must be set after a fill', () => {
  it('comes 2,000 ms after the engine was told: in time, 2,100 ms of venue time counted, 100 of them untold', () => {
    const one = world();

    addFilled(one);
    one.there.stop = 900;
    one.auditor.instant(at(2_100), one.state);
    one.auditor.instant(at(9_000), one.state);

    expect(one.report()).toMatchObject({ total: 0, unprotected: { aliveMs: 2_100, unawareMs: 100, longestMs: 2_100 } });
  });
  it('comes 2,001 ms after: a violation', () => {
    const one = world();

    addFilled(one);
    one.there.stop = 900;
    one.auditor.instant(at(2_101), one.state);

    expect(numbers(one.report())).toEqual(['I1']);
  });
  it('is told of by its own fill, not by an older one that is told late', () => {
    const one = world();
    const older = one.fills({ at: at(0), id: 1, side: -1, lots: 2, order: -2 });
    one.auditor.instant(at(0), one.state);
    one.there.stop = 1_100;
    one.auditor.instant(at(1), one.state);
    one.there.stop = 0;
    const newer = one.fills({ at: at(1_000), id: 2, side: 1, lots: 7, order: -3 });
    one.auditor.instant(at(1_000), one.state);
    one.tells({ ...older, at: at(5_000) });
    one.auditor.instant(at(20_000), one.state);
    expect(numbers(one.report())).toEqual([]);

    one.tells({ ...newer, at: at(20_000) });
    one.auditor.instant(at(30_000), one.state);
    expect(numbers(one.report())).toEqual([]);
    one.auditor.instant(at(30_001), one.state);
    expect(numbers(one.report())).toEqual(['I1']);
  });
  it('is told of by a fill of others only with the fill of the stop before it: until then it makes the position smaller and nothing more', () => {
    const one = world();
    openWithStop(one, at(0));
    const fired = one.fills({ at: at(1_000), id: 2, side: -1, lots: 5, order: -1 });
    one.there.stop = 0;
    one.auditor.instant(at(1_000), one.state);
    const others = one.fills({ at: at(2_000), id: 3, side: -1, lots: 2, order: -2 });
    one.auditor.instant(at(2_000), one.state);
    one.tells({ ...others, at: at(2_100), cause: 'foreign' });
    one.auditor.instant(at(2_100), one.state);
    one.tells({ ...fired, at: at(4_000), cause: 'stop' });
    one.auditor.instant(at(4_000), one.state);
    one.auditor.instant(at(14_000), one.state);
    expect(numbers(one.report())).toEqual([]);

    one.auditor.instant(at(14_001), one.state);
    expect(numbers(one.report())).toEqual(['I1']);
  });
  it('was waived and stays so while the engine, for want of a fill, counts a position of the other side', () => {
    const one = world();
    one.state.legs[0]!.orders.push(order(1, { terms: { ...terms, stopTicks: 0, distanceTicks: 0 } }));
    one.sends(at(0), enter(1, { stopTicks: 0 }));
    one.fills({ at: at(0), id: 1, side: 1, lots: 5, order: 1 });
    const sold = one.fills({ at: at(1), id: 2, side: -1, lots: 2, order: -1 });
    one.auditor.instant(at(1), one.state);
    one.tells({ ...sold, at: at(2) });
    one.auditor.instant(at(9_000), one.state);

    expect(one.state.legs[0]!.position).toMatchObject({ side: -1 });
    expect(one.report()).toMatchObject({ total: 0, unprotected: { aliveMs: 0 } });
  });
  it('has its 2,000 ms anew after a stall if it was told before, and not before it is told if it was not', () => {
    const [heard, deaf] = [world(), world()];
    addFilled(heard);
    deaf.fills({ at: at(0), id: 1, side: 1, lots: 5, order: -2 });
    deaf.auditor.instant(at(100), deaf.state);
    for (const one of [heard, deaf]) {
      one.auditor.crashed(at(200), one.state);
      one.auditor.woke(at(9_000), one.state);
      one.auditor.instant(at(19_000), one.state);
    }
    expect([numbers(heard.report()), numbers(deaf.report())]).toEqual([[], []]);

    heard.auditor.instant(at(19_001), heard.state);
    deaf.auditor.instant(at(60_000), deaf.state);
    expect([numbers(heard.report()), numbers(deaf.report())]).toEqual([['I1'], []]);
  });
  it('does not come, but the engine halted with an alarm by then: none; halted without one: a violation', () => {
    const [loud, silent] = [world(), world()];
    for (const one of [loud, silent]) {
      addFilled(one);
      one.state.mode = halted(at(2_000), 'unprotected');
      if (one === loud) one.sends(at(2_000), alarm('unprotected'));
      one.auditor.instant(at(2_000), one.state);
      one.auditor.instant(at(30_000), one.state);
    }

    expect(numbers(loud.report())).toEqual([]);
    expect(numbers(silent.report())).toEqual(['I1']);
  });
  it.each([
    ['has its 2,000 ms anew from the resume that ends the halt', true, 7_000, []],
    ['is a violation 2,001 ms after the resume that ends the halt', true, 7_001, ['I1']],
    ['gains nothing by a resume without a halt: a violation 2,001 ms after the engine was told', false, 2_101, ['I1']],
  ] as const)('does not come, and %s', (_what, isHalted, stopAt, expected) => {
    const one = world();
    addFilled(one);
    if (isHalted) {
      one.state.mode = halted(at(2_000), 'unprotected');
      one.sends(at(2_000), alarm('unprotected'));
    }
    one.auditor.instant(at(2_000), one.state);
    const resumedAt = at(isHalted ? 5_000 : 2_000);
    one.auditor.instant(resumedAt, one.state);

    one.state.mode = { tag: 'trading' };
    one.tells({ tag: 'operator', at: resumedAt, verb: 'resume' });
    one.auditor.instant(resumedAt, one.state);
    one.there.stop = 900;
    one.auditor.instant(at(stopAt), one.state);

    expect(numbers(one.report())).toEqual(expected);
  });
  it.each([
    ['for all 5 lots under way excuses', 5, true, []],
    ['for 4 of 5 lots does not', 4, true, ['I1']],
    ['that never left does not', 5, false, ['I1']],
  ] as const)('does not come, and an exit %s', (_what, lots, isSent, expected) => {
    const one = world();

    addFilled(one);
    one.state.legs[0]!.orders.push(order(2, { role: 'exit', side: -1, reduceOnly: true, lots }));
    if (isSent) one.sends(at(1_000), reduce(2, { lots: lots as never }));
    one.auditor.instant(at(1_000), one.state);
    one.auditor.instant(at(12_000), one.state);

    expect(numbers(one.report())).toEqual(expected);
  });
  it('does not come, and the exit is for the 5 lots that were told, not for 2 more that nobody told', () => {
    const one = world();

    addFilled(one);
    one.state.legs[0]!.orders.push(order(2, { role: 'exit', side: -1, reduceOnly: true, lots: 5 }));
    one.sends(at(1_000), reduce(2, { lots: 5 as never }));
    const more = one.fills({ at: at(1_500), id: 2, side: 1, lots: 2, order: 1 });
    one.auditor.instant(at(1_500), one.state);
    one.auditor.instant(at(4_000), one.state);
    expect(numbers(one.report())).toEqual([]);

    one.tells({ ...more, at: at(4_000) });
    one.auditor.instant(at(4_000), one.state);
    one.auditor.instant(at(4_001), one.state);
    expect(numbers(one.report())).toEqual(['I1']);
  });
});

describe('I1, other ways to lose a stop', () => {
  it.each([[10_000, []], [10_001, ['I1']]] as const)('a position nobody opened, told at 100 ms and protected %d ms later', (ms, expected) => {
    const one = world();

    const fill = one.fills({ at: at(0), id: 1, side: 1, lots: 5, order: -1 });
    one.auditor.instant(at(0), one.state);
    one.tells({ ...fill, at: at(100) });
    one.auditor.instant(at(100), one.state);
    one.there.stop = 900;
    one.auditor.instant(at(100 + ms), one.state);

    expect(numbers(one.report())).toEqual(expected);
  });
  it('nobody says that the stop is gone for 60 s: counted as untold, no violation; 10,001 ms after the snapshot that shows it, one', () => {
    const one = world();

    openWithStop(one, at(0));
    one.there.stop = 0;
    one.auditor.instant(at(1_000), one.state);
    one.auditor.instant(at(61_000), one.state);
    expect(one.report()).toMatchObject({ total: 0, unprotected: { unawareMs: 60_000 } });
    one.auditor.event({
      tag: 'account-snapshot', at: at(61_000), takenAt: at(61_000), leg: 0, position: { side: 1, lots: 5, entryTicks: 1_000, cost: 0n }, stop: null, openOrders: 'unknown', ended: 'unknown',
      executions: 'unknown', markTicks: 1_000, lastTicks: 1_000,
    }, one.state);
    one.auditor.instant(at(61_000), one.state);
    one.auditor.instant(at(71_001), one.state);

    expect(numbers(one.report())).toEqual(['I1']);
  });
  it('time while the process is dead counts apart, and a restart gives 10,000 ms anew', () => {
    const one = world();

    addFilled(one);
    one.auditor.crashed(at(1_000), one.state);
    one.auditor.restarted(at(21_000), one.state);
    one.auditor.instant(at(31_000), one.state);
    expect(one.report()).toMatchObject({ total: 0, unprotected: { aliveMs: 11_000, deadMs: 20_000 } });
    one.auditor.instant(at(31_001), one.state);

    expect(numbers(one.report())).toEqual(['I1']);
  });
  it('a waived stop is nobody’s fault, however long: its time is counted apart', () => {
    const one = world();
    one.state.legs[0]!.orders.push(order(1, { terms: { ...terms, stopTicks: 0, distanceTicks: 0 } }));

    one.sends(at(0), enter(1, { stopTicks: 0 }));
    one.tells(one.fills({ at: at(0), id: 1, side: 1, lots: 5, order: 1 }));
    one.auditor.instant(at(0), one.state);
    one.auditor.instant(at(50_000), one.state);

    expect(one.report()).toMatchObject({ total: 0, unprotected: { aliveMs: 0, waivedMs: 50_000 } });
  });
});
