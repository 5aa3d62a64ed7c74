import { describe, expect, it } from 'vitest';
import type { Event } from '../../../engine/index.ts';
import { at, numbers, openWithStop, told, world } from './world.ts';

function snapshot(ms: number, own: Partial<Extract<Event, { tag: 'account-snapshot' }>>): Event {
  return {
    tag: 'account-snapshot', at: at(ms), takenAt: at(ms), leg: 0, position: 'unknown', stop: 'unknown', openOrders: 'unknown', ended: 'unknown',
    executions: 'unknown', markTicks: 1_000, lastTicks: 1_000, ...own,
  };
}

describe('I6 and I7', () => {
  it('an execution told twice and counted once passes', () => {
    const one = world();

    openWithStop(one, at(0));
    one.tells({ ...one.there.executions[0]!, at: at(5) });

    expect(one.report().total).toBe(0);
  });
  it('an execution counted twice is found by its number, and by the 10 lots that 5 cannot make', () => {
    const one = world();

    openWithStop(one, at(0));
    one.state.seen.upTo = 0; // the memory of what was counted is lost
    one.tells({ ...one.there.executions[0]!, at: at(5) });

    expect(told(one.report())).toEqual(['I6 execution 1 counted again', 'I7 the engine holds 10 lots, its executions make 5']);
  });
  it('executions of a snapshot count like told ones; a size taken over from a snapshot without them begins a new sum', () => {
    const one = world();
    openWithStop(one, at(0));
    const { position } = one.state.legs[0]!;

    if (position.tag === 'open') position.lots = 8;
    one.auditor.event(snapshot(10, { executions: [{ ...one.there.executions[0]!, id: 2, lots: 3 as never }] }), one.state);
    expect(one.report().total).toBe(0);
    if (position.tag === 'open') position.lots = 9;
    one.auditor.event(snapshot(20, { position: { side: 1, lots: 9, entryTicks: 1_000, cost: 0n } }), one.state);
    expect(one.report().total).toBe(0);
    if (position.tag === 'open') position.lots = 10;
    one.auditor.event(snapshot(30, {}), one.state);

    expect(numbers(one.report())).toEqual(['I7']);
  });
});

describe('I8', () => {
  it('a wallet one money unit off its parts is found at the next fill', () => {
    const [good, bad] = [world(), world()];
    for (const one of [good, bad]) {
      if (one === bad) one.state.wallet.balance += 1n;
      openWithStop(one, at(0));
    }

    expect(good.report().total).toBe(0);
    expect(numbers(bad.report())).toEqual(['I8']);
  });
});

describe('I16', () => {
  it('an execution the engine never counted is found at rest', () => {
    const one = world();
    openWithStop(one, at(0));
    const lost = one.fills({ at: at(50), id: 2, side: -1, lots: 5, order: -1 });

    one.auditor.quiet(at(90_000), one.state, new Set());
    expect(told(one.report())).toContain(`I16 execution 2 of ${at(50)} never counted`);

    const other = world();
    openWithStop(other, at(0));
    other.tells({ ...lost, at: at(60) });
    other.there.executions.push(lost);
    other.auditor.quiet(at(90_000), other.state, new Set());
    expect(numbers(other.report())).not.toContain('I16');
  });
});
