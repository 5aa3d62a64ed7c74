/** Every field of a plan file by its name, its bounds and what is said of it when it is wrong. */
import { describe, expect, it } from 'vitest';
import { namedPlan, PlanError, readPlan } from '../../../sim/faults/index.ts';
import type { FaultPlan } from '../../../sim/faults/index.ts';
import { actions } from '../../../sim/faults/plan.ts';

const read = (given: unknown): FaultPlan => readPlan(given, 'mine.json', null);
const hour = 3_600_000;

describe('a plan file', () => {
  it('that says nothing is calm from the seed 1 under its own name', () => {
    expect(read({})).toEqual({ ...namedPlan('calm', 1), plan: 'mine.json' });
    expect(read({})).toMatchObject({ swarm: false, quietAfter: null, outages: 0, windowMs: 24 * hour, timeoutMs: 5_000, inject: [] });
    expect(read({ quietAfter: null }).quietAfter).toBeNull();
  });
  it('says each thing by its name', () => {
    expect(read({ plan: 'bad-day', seed: 0, swarm: true, quietAfter: 5, outages: 3, windowMs: 1_000, timeoutMs: 100 }))
      .toMatchObject({ plan: 'bad-day', seed: 0, swarm: true, quietAfter: 5, outages: 3, windowMs: 1_000, timeoutMs: 100 });
    expect(read({ seed: 2_147_483_647, quietAfter: 1e13, outages: 10_000, windowMs: 1e12, timeoutMs: 60_000 }))
      .toMatchObject({ seed: 2_147_483_647, quietAfter: 1e13, outages: 10_000, windowMs: 1e12, timeoutMs: 60_000 });
  });
  it('names a single fault by leg, order, action, attempt, time and length; what is left out is not there', () => {
    const whole = { family: 'lost-reply', leg: 2, order: -3, action: 'amend', attempt: 4, at: 5, forMs: 6 };

    expect(read({ inject: [whole, { family: 'lost-reply' }] }).inject).toStrictEqual([whole, { family: 'lost-reply' }]);
    expect(read({ inject: actions.map((action) => ({ family: 'latency', action })) }).inject.map(({ action }) => action))
      .toEqual(['enter', 'reduce', 'amend', 'cancel', 'set-stop', 'query', 'order', 'execution', 'position']);
  });
  it('keeps what a family does not say: its rate, its bounds; a shortest length above the longest moves that', () => {
    const { latency } = namedPlan('rough', 1).families;
    const of = (own: object): unknown => read({ base: 'rough', families: { latency: own } }).families.latency;

    expect(of({ rate: 0 })).toEqual({ rate: 0, minMs: 500, maxMs: 4_000 });
    expect(of({ minMs: 600 })).toEqual({ rate: latency.rate, minMs: 600, maxMs: 4_000 });
    expect(of({ minMs: 9_000 })).toEqual({ rate: latency.rate, minMs: 9_000, maxMs: 9_000 });
    expect(of({ maxMs: 20_000 })).toEqual({ rate: latency.rate, minMs: 500, maxMs: 20_000 });
    expect(read({ families: { 'late-order': { maxMs: 14_999 } } }).families['late-order'].maxMs).toBe(14_999);
    expect(read({ families: { 'late-order': 0.5 } }).families['late-order']).toEqual({ rate: 0.5, minMs: 5_001, maxMs: 14_000 });
  });
  it.each<[unknown, string]>([
    [null, 'the plan: was null, expected an object'],
    ['storm', 'the plan: was "storm", expected an object'],
    [{ plan: '' }, 'plan: was "", expected a name'],
    [{ plan: 3 }, 'plan: was 3, expected a name'],
    [{ swarm: 1 }, 'swarm: was 1, expected true or false'],
    [{ seed: -1 }, 'seed: was -1, expected a number from 0 to 2147483647'],
    [{ seed: '1' }, 'seed: was "1", expected a number from 0 to 2147483647'],
    [{ quietAfter: -1 }, 'quietAfter: was -1, expected a number from 0 to 10000000000000'],
    [{ outages: 10_001 }, 'outages: was 10001, expected a number from 0 to 10000'],
    [{ windowMs: 999 }, 'windowMs: was 999, expected a number from 1000 to 1000000000000'],
    [{ timeoutMs: 99 }, 'timeoutMs: was 99, expected a number from 100 to 60000'],
    [{ families: 3 }, 'families: was 3, expected an object'],
    [{ families: { latency: null } }, 'families.latency: was null, expected an object'],
    [{ families: { latency: { rate: 2 } } }, 'families.latency.rate: was 2, expected a number from 0 to 1'],
    [{ families: { latency: { minMs: -1 } } }, 'families.latency.minMs: was -1, expected a number from 0 to 1000000000000'],
    [{ inject: {} }, 'inject: was {}, expected a list'],
    [{ inject: [3] }, 'inject[0]: was 3, expected an object'],
    [{ inject: [{ family: 'latency' }, { family: 'x' }] }, 'inject[1].family: was "x", expected one of lost-request'],
    [{ inject: [{ family: 'latency', leg: -1 }] }, 'inject[0].leg: was -1, expected a number from 0 to 1000'],
    [{ inject: [{ family: 'latency', order: -2e9 }] }, 'inject[0].order: was -2000000000, expected a number from -1000000000 to 1000000000000000'],
    [{ inject: [{ family: 'latency', action: 'buy' }] }, 'inject[0].action: was "buy", expected one of enter, reduce, amend, cancel, set-stop, query, order, execution, position'],
    [{ inject: [{ family: 'latency', attempt: -1 }] }, 'inject[0].attempt: was -1, expected a number from 0'],
    [{ inject: [{ family: 'ban', at: -1 }] }, 'inject[0].at: was -1, expected a number from 0'],
    [{ inject: [{ family: 'ban', at: 1, forMs: -1 }] }, 'inject[0].forMs: was -1, expected a number from 0 to 1000000000000'],
    [{ base: 'storm', quiet: 1 }, 'quiet: was an unknown word, expected one of plan, base, seed, families, swarm, quietAfter, outages, windowMs, timeoutMs, inject'],
  ])('refuses %j', (given, message) => {
    let problem: unknown = null;
    try { read(given); } catch (thrown) { problem = thrown; }

    expect(problem).toBeInstanceOf(PlanError);
    expect([(problem as Error).name, (problem as Error).message.startsWith(message)]).toEqual(['PlanError', true]);
  });
});
