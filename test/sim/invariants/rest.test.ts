import { describe, expect, it } from 'vitest';
import { at, halted, numbers, openWithStop, order, protect, terms, told, world } from './world.ts';
import type { World } from './world.ts';

const none: ReadonlySet<string> = new Set();
const open = { order: 2, side: 1 as const, lots: 5, filled: 0, priceTicks: 990, reduceOnly: false };

/** Long 5 lots with its stop at 900, everything known, changed by the test, looked at after 90 s. */
function atRest(change: (one: World) => void, fired = none): string[] {
  const one = world();
  openWithStop(one, at(0));
  change(one);
  one.auditor.quiet(at(90_000), one.state, fired);
  return told(one.report());
}

describe('I15', () => {
  it('engine and venue agree: nothing is found', () => {
    expect(atRest(() => undefined)).toEqual([]);
  });
  it.each([
    ['another size', (one: World) => void one.fills({ at: at(9), id: 2, side: -1, lots: 1, order: -1 }), 'I15 holds 5 lots, the venue 4'],
    ['another stop', (one: World) => void (one.there.stop = 901), 'I15 stop 900 by mark (armed), at the venue 901 by mark'],
    ['an order the engine forgot', (one: World) => void one.there.orders.push(open), 'I15 order 2 lives at the venue unknown to the engine'],
    ['another wallet', (one: World) => void (one.there.wallet += 1n), /^I15 cash of/],
  ])('%s is found', (_what, change, expected) => {
    expect(atRest(change)).toContainEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
  });
  it.each([
    ['working at both', 'working', [open], []],
    ['working here only', 'working', [], ['I15 entry 2 is working, the venue has none']],
    ['unknown here', 'unknown', [open], ['I15 entry 2 is still unknown']],
    ['filled 2 there and 0 here', 'working', [{ ...open, filled: 2 }], ['I15 order 2 is 0/5, at the venue 2/5']],
  ] as const)('an order %s', (_what, tag, there, expected) => {
    expect(atRest((one) => {
      const state = tag === 'working' ? { tag, since: at(0) } as const : { tag, cause: 'no-answer', since: at(0), absences: 0, absentAt: 0 } as const;
      one.state.legs[0]!.orders.push(order(2, { terms, state }));
      one.there.orders.push(...there);
    })).toEqual(expected);
  });
});

describe('I17', () => {
  it('a position whose stop is still asked for, and an engine still recovering, are stuck', () => {
    const asked = atRest((one) => protect(one, { tag: 'requested', trigger: 900, by: 'mark', replaces: null, attempt: 1, since: at(0) }));
    const recovering = atRest((one) => { one.state.mode = { tag: 'recovering', cause: 'restart', missing: [0], since: at(0) }; });

    expect(asked).toContain('I17 a position that is requested');
    expect(recovering).toEqual(['I17 still recovering, missing 0']);
  });
  it.each([
    ['unprotected after a lost reply', 'unprotected', ['lost-reply'], []],
    ['unprotected after nothing at all', 'unprotected', [], ['I17']],
    ['journal after a lost reply', 'journal', ['lost-reply'], ['I17']],
    ['money while there is money', 'money', ['lost-reply'], ['I17']],
  ] as const)('a halt for %s', (_what, cause, fired, expected) => {
    const one = world();
    one.state.mode = halted(at(0), cause);

    one.auditor.quiet(at(90_000), one.state, new Set(fired));

    expect(numbers(one.report())).toEqual(expected);
  });
  it('a halt for money is justified once equity was used up, one for the operator once he spoke', () => {
    const [broke, asked] = [world(), world()];
    broke.state.equity = 0;
    broke.state.mode = halted(at(1), 'money');
    broke.auditor.event({ tag: 'timer', at: at(1) }, broke.state);
    asked.tells({ tag: 'operator', at: at(1), verb: 'halt' });
    for (const one of [broke, asked]) one.auditor.quiet(at(90_000), one.state, none);

    expect([numbers(broke.report()), numbers(asked.report())]).toEqual([[], []]);
    expect(asked.report().halts).toMatchObject([{ at: at(1), cause: 'operator' }]);
  });
});
