/** What the auditor notices of the world by itself, shown by the halts it then lets pass; and what it counts and keeps. */
import { describe, expect, it } from 'vitest';
import type { Event, Mode } from '../../../engine/index.ts';
import { Findings } from '../../../sim/invariants/violation.ts';
import { at, halted, numbers, openWithStop, world } from './world.ts';
import type { World } from './world.ts';

type Cause = Extract<Mode, { tag: 'halted' }>['cause'];
const none: ReadonlySet<string> = new Set();
const event = (tag: string, own: object = {}): Event => ({ tag, at: at(5), leg: 0, ...own }) as never;

/** Whether a halt of this cause is a violation after what `happens`. */
function isFound(cause: Cause, happens: (one: World) => void): boolean {
  const one = world();
  happens(one);
  one.state.mode = halted(at(6), cause);
  one.auditor.quiet(at(90_000), one.state, none);
  return numbers(one.report()).includes('I17');
}
const hears = (heard: Event) => (one: World): void => one.auditor.event(heard, one.state);
const fill = (own: object): Event => event('execution', { id: 7, side: 1, lots: 1, order: 3, priceTicks: 1_000, cause: 'order', ...own });

describe('a halt after', () => {
  it.each<[string, Cause, Event, boolean]>([
    ['a refusal: rejections is justified', 'rejections', event('order-rejected'), false],
    ['an acceptance: rejections is a violation', 'rejections', event('order-accepted'), true],
    ['a cancel for want of volume: unprotected is justified', 'unprotected', event('order-cancelled', { cause: 'no-volume' }), false],
    ['a cancel that was asked for: unprotected is a violation', 'unprotected', event('order-cancelled', { cause: 'requested' }), true],
    ['an expiry: unprotected is a violation', 'unprotected', event('order-expired', { cause: 'no-volume' }), true],
    ['a liquidation: liquidated is justified', 'liquidated', event('liquidation'), false],
    ['a reduction by the venue: liquidated is justified', 'liquidated', event('adl'), false],
    ['a timer: liquidated is a violation', 'liquidated', event('timer'), true],
    ['an execution of a liquidation: liquidated is justified', 'liquidated', fill({ cause: 'liquidation' }), false],
    ['an execution of a reduction by the venue: liquidated is justified', 'liquidated', fill({ cause: 'adl' }), false],
    ['an execution of an order: liquidated is a violation', 'liquidated', fill({}), true],
    ['a cancel by a liquidation: liquidated is a violation', 'liquidated', event('order-cancelled', { cause: 'liquidation' }), true],
    ['an execution of others: foreign is justified', 'foreign', fill({ cause: 'foreign' }), false],
    ['an execution of ours: foreign is a violation', 'foreign', fill({}), true],
    ['a cancel of others: foreign is a violation', 'foreign', event('order-cancelled', { cause: 'foreign' }), true],
    ['a timer: operator is a violation', 'operator', event('timer'), true],
    ['a word of the operator: operator is justified', 'operator', event('operator', { verb: 'flatten' }), false],
  ])('%s', (_what, cause, heard, expected) => {
    expect(isFound(cause, hears(heard))).toBe(expected);
  });
});

describe('a circumstance', () => {
  it('of losses is there below the peak of 10,000, at 9,999; the equity is gone at 0, not at 1', () => {
    const at1 = (equity: number) => (one: World): void => {
      one.state.equityPeak = 10_000;
      one.state.equity = equity;
      one.auditor.event(event('timer'), one.state);
    };

    expect([isFound('drawdown', at1(9_999)), isFound('drawdown', at1(10_000)), isFound('money', at1(0)), isFound('money', at1(1))])
      .toEqual([false, true, false, true]);
  });

  it('of the venue at rest: liquidations, reductions, fills of others or of the order -2; not of our stop, which is -1', () => {
    const filled = (order: number, cause: string) => (one: World): void => {
      const made = one.fills({ at: at(1), id: 1, side: 1, lots: 1, order });
      one.there.executions[0] = { ...made, cause: cause as never };
    };

    expect([['liquidated', 1, 'liquidation'], ['liquidated', 1, 'adl'], ['liquidated', 1, 'order']].map(([cause, order, why]) =>
      isFound(cause as Cause, filled(order as number, why as string)))).toEqual([false, false, true]);
    expect([[1, 'foreign'], [-2, 'order'], [-1, 'stop'], [1, 'order']].map(([order, why]) =>
      isFound('foreign', filled(order as number, why as string)))).toEqual([false, false, true, true]);
  });

  it('is stated by whoever knows: a venue that closed, a strategy that fails', () => {
    expect(isFound('link', (one) => one.auditor.circumstance('venue-closed'))).toBe(false);
    const found = [true, false].map((strategyFails) => {
      const one = world({}, { strategyFails });
      one.state.mode = halted(at(6), 'strategy-failed');
      one.auditor.quiet(at(90_000), one.state, none);
      return numbers(one.report());
    });
    const plain = world();
    plain.state.mode = halted(at(6), 'strategy-failed');
    plain.auditor.quiet(at(90_000), plain.state, none);

    expect([...found, numbers(plain.report())]).toEqual([[], ['I17'], ['I17']]);
  });

  it('a crash loop of 4 restarts justifies its halt, 3 do not; they are counted', () => {
    const restarted = (times: number) => (one: World): void => {
      for (let i = 1; i <= times; i++) one.auditor.restarted(at(i * 700_000), one.state);
      expect(one.report().restarts).toBe(times);
    };

    expect([isFound('crash-loop', restarted(4)), isFound('crash-loop', restarted(3))]).toEqual([false, true]);
  });
});

describe('the report', () => {
  it('has each halt once, with its time, cause and evidence', () => {
    const one = world();
    const modes = [halted(at(1)), halted(at(1)), { tag: 'trading' } as const, halted(at(4), 'money')];
    modes.forEach((mode, i) => {
      one.state.mode = mode;
      one.auditor.event({ tag: 'operator', verb: 'resume', at: at(i + 1) }, one.state);
    });

    expect(one.report().halts).toEqual([{ at: at(1), cause: 'operator', evidence: 'test' }, { at: at(4), cause: 'money', evidence: 'test' }]);
  });

  it('takes over what was found over whole runs', () => {
    const one = world();
    one.auditor.found([{ invariant: 'I19', at: at(3), leg: 1, text: 'state a became b' }]);

    expect(one.report()).toMatchObject({ violations: [{ invariant: 'I19', at: at(3), leg: 1, text: 'state a became b' }], counts: { I19: 1 }, total: 1 });
  });

  it('keeps 100 violations with their text and counts 103: two of I1, 101 of I15', () => {
    const findings = new Findings();
    for (let i = 0; i < 101; i++) findings.add('I15', at(i), 0, `${i}`);
    findings.add('I1', at(200), -1, 'a');
    findings.add('I1', at(201), -1, 'b');

    expect(findings.kept.length).toBe(100);
    expect(findings.kept.at(-1)).toEqual({ invariant: 'I15', at: at(99), leg: 0, text: '99' });
    expect([findings.total, findings.counts]).toEqual([103, { I1: 2, I15: 101 }]);
  });

  it('names the whole engine as leg -1: money, a loop of restarts, an alarm again, a throw, the end of a halt', () => {
    const one = world();
    openWithStop(one, at(0));
    one.state.wallet.balance += 1n;
    one.auditor.event(event('wallet'), one.state);
    one.auditor.threw(at(6), 'a text');
    one.auditor.event({ tag: 'nothing', at: at(6) } as never, one.state);
    for (let i = 0; i < 4; i++) one.auditor.restarted(at(7), one.state);
    one.state.mode = halted(at(8), 'journal');
    one.auditor.event(event('timer'), one.state);
    one.auditor.quiet(at(90_000), one.state, none);
    one.state.mode = { tag: 'recovering', cause: 'restart', missing: [0, 1], since: at(9) };
    one.auditor.restarted(at(90_001), one.state);
    one.auditor.quiet(at(90_002), one.state, none);
    const { balance } = one.state.wallet;

    expect(one.report().violations.filter(({ leg }) => leg !== -1)).toEqual([]);
    expect(one.report().violations.map(({ invariant, text }) => `${invariant} ${text}`)).toEqual([
      `I8 wallet of ${balance}, made of ${balance - 1n}`, 'I14 threw', 'I14 no such event: nothing', 'I18 4 restarts within 600000 ms and not halted',
      expect.stringMatching(/^I15 cash of/), `I17 halted since ${at(8)}, journal: test`,
      'I18 5 restarts within 600000 ms and not halted', 'I10 a halt ended by a restart', expect.stringMatching(/^I15 cash of/), 'I17 still recovering, missing 0 1',
    ]);
  });
});
