/** What the watches of doors, orders and stops say, word for word, and the edges of what they let pass. */
import { describe, expect, it } from 'vitest';
import type { Command, Event } from '../../../engine/index.ts';
import { DoorWatch } from '../../../sim/invariants/doors.ts';
import { Findings } from '../../../sim/invariants/violation.ts';
import { lookAheadOf, crashEffectOf, differenceOf } from '../../../sim/invariants/index.ts';
import { alarm, at, enter, halted, openWithStop, order, protect, reduce, setStop, terms, told, world } from './world.ts';
import type { World } from './world.ts';

const timer = (ms: number): Event => ({ tag: 'timer', at: at(ms) });
const amend = (id: number): Command => ({ tag: 'amend', leg: 0, order: id, lots: 5, priceTicks: 1_000, triggerTicks: 0 }) as never;
const cancel = (id: number): Command => ({ tag: 'cancel', leg: 0, order: id });
const query: Command = { tag: 'query-account', leg: 0 };

describe('I9 and I12', () => {
  it.each<[string, Command, Command]>([
    ['enter 1', enter(1), enter(2)], ['reduce 1', reduce(1), reduce(2)], ['amend 1', amend(1), amend(2)], ['cancel 1', cancel(1), cancel(2)],
    ['set-stop 0 900 0', setStop(900), setStop(901)], ['query-account 0', query, { ...query, leg: 1 }],
  ])('%s is a request of its own', (name, command, other) => {
    const findings = new Findings();
    const doors = new DoorWatch(findings, 10);
    doors.request(at(0), command, 3, null);
    doors.command(at(0), other, world().state);
    doors.request(at(0), command, 4, null);
    doors.command(at(0), command, world().state);
    doors.request(at(0), command, 5, null);

    expect(findings.kept).toEqual([3, 4].map((attempt) => (
      { invariant: 'I9', at: at(0), leg: 0, text: `a request without its command: ${name}, attempt ${attempt}` })));
  });
  it('what has no leg is told of as leg -1, and a word for people is no request', () => {
    const findings = new Findings();
    const doors = new DoorWatch(findings, 10);
    doors.command(at(0), alarm('money'), world().state);
    doors.request(at(0), alarm('money'), 1, null);

    expect(findings.kept).toEqual([{ invariant: 'I9', at: at(0), leg: -1, text: 'a request without its command: notify, attempt 1' }]);
  });
  it('twelve stop moves in a second with a limit of 10 are told of once; ten of another kind beside them are none of theirs', () => {
    const findings = new Findings();
    const doors = new DoorWatch(findings, 10);
    for (const command of [setStop(900), query]) doors.command(at(0), command, world().state);
    for (let i = 0; i < 12; i++) doors.request(at(i), setStop(900), 1, null);
    for (let i = 0; i < 10; i++) doors.request(at(i), query, 1, null);

    expect(findings.kept).toEqual([{ invariant: 'I12', at: at(10), leg: 0, text: 'more than 10 set-stop requests in a second' }]);
    expect(doors.peakPerSecond).toBe(12);
  });
});

describe('I14 and I18', () => {
  const tags: Readonly<Record<Event['tag'], true>> = {
    'bar-closed': true, 'mark-price': true, funding: true, 'order-accepted': true, 'order-rejected': true, 'order-changed': true,
    'order-cancelled': true, 'order-expired': true, execution: true, 'stop-set': true, 'stop-unchanged': true, 'stop-refused': true,
    'request-failed': true, 'account-snapshot': true, wallet: true, 'instrument-changed': true, liquidation: true, adl: true, connected: true,
    disconnected: true, stale: true, timer: true, 'cycle-closed': true, operator: true, 'manual-order': true,
  };
  it.each(Object.keys(tags))('an event %s is one of the union', (tag) => {
    const findings = new Findings();
    new DoorWatch(findings, 10).event({ tag, at: at(0) } as never);

    expect(findings.total).toBe(0);
  });
  it('a warning may be said twice, an alarm after 299,999 ms is told of', () => {
    const findings = new Findings();
    const doors = new DoorWatch(findings, 10);
    const { state } = world();
    for (const ms of [0, 1]) doors.command(at(ms), { ...alarm('link'), severity: 'warning' } as Command, state);
    for (const ms of [0, 299_999]) doors.command(at(ms), alarm('money'), state);

    expect(findings.kept).toEqual([{ invariant: 'I18', at: at(299_999), leg: -1, text: "alarm 'money' again after 299999 ms" }]);
  });
  it('four restarts within 599,999 ms are a loop, within 600,000 they are not; a halt by the operator does not begin anew', () => {
    const found = [599_999, 600_000].map((last) => {
      const findings = new Findings();
      const doors = new DoorWatch(findings, 10);
      for (const ms of [0, 1, 2]) doors.restarted(at(ms), world().state);
      doors.event({ tag: 'operator', verb: 'halt', at: at(3) } as Event);
      doors.restarted(at(last), world().state);
      return findings.kept;
    });

    expect(found).toEqual([[{ invariant: 'I18', at: at(599_999), leg: -1, text: '4 restarts within 600000 ms and not halted' }], []]);
  });
});

/** A state of no position, 10,000 of equity at 10x, with these orders. */
function withOrders(...orders: ReturnType<typeof order>[]): World {
  const one = world();
  one.state.equity = 10_000;
  one.state.legs[0]!.orders.push(...orders);
  return one;
}
const close = { ...terms, stopTicks: 999 };

describe('I4 and I11, what could be held', () => {
  it('an entry that the engine does not have is told of', () => {
    const one = withOrders(order(1, { terms }));
    one.sends(at(0), enter(9));

    expect(told(one.report())).toEqual(["I4 entry 9 is not on the engine's list"]);
  });
  it.each<[string, Partial<ReturnType<typeof order>>, string[]]>([
    ['60 resting', {}, ['I4 103 lots could be held, worth 103000, with a limit of 100000']],
    ['62 resting of which 1 is filled', { lots: 62, filled: 1 }, ['I4 104 lots could be held, worth 104000, with a limit of 100000']],
    ['60 resting of which 10 are filled', { filled: 10 }, []],
    ['60 that are done', { state: { tag: 'done', outcome: 'cancelled', since: at(0) } as never }, []],
    ['60 of the other side', { side: -1 }, []],
    ['60 that only reduce', { reduceOnly: true }, []],
  ])('43 beside %s', (_what, own, expected) => {
    const one = withOrders(order(1, { role: 'rest', key: 'a', lots: 60, ...own }), order(2, { lots: 43, terms: close }));
    one.sends(at(0), enter(2));

    expect(told(one.report())).toEqual(expected);
  });
  it('43 more than a long of 60 are too many; 43 the other way are not', () => {
    const found = ([1, -1] as const).map((side) => {
      const one = world();
      openWithStop(one, at(0));
      const { position, orders } = one.state.legs[0]!;
      orders.length = 0;
      one.state.equity = 10_000;
      if (position.tag === 'open') position.lots = 60;
      orders.push(order(2, { side, lots: 43, terms: { ...terms, stopTicks: 1_000 - side } }));
      one.sends(at(0), enter(2, { side, stopTicks: 1_000 - side }));
      return told(one.report());
    });

    expect(found).toEqual([['I4 103 lots could be held, worth 103000, with a limit of 100000'], []]);
  });
  it('an order of 103 by itself is I11, also when it is amended; an amend of an exit or of nothing is not', () => {
    const amended = (...orders: ReturnType<typeof order>[]): string[] => {
      const one = withOrders(...orders);
      one.sends(at(0), amend(1));
      return told(one.report());
    };
    const large = { role: 'rest', key: 'a', lots: 103 } as const;

    expect(amended(order(1, large))).toEqual(['I11 103 lots could be held, worth 103000, with a limit of 100000']);
    expect([amended(order(1, { ...large, reduceOnly: true })), amended(order(2, large)), amended()]).toEqual([[], [], []]);
  });
  it('an entry beside an order of another role is no twin', () => {
    const one = withOrders(order(1, { role: 'exit', side: -1 }), order(2, { terms }));
    one.sends(at(0), enter(2));

    expect(told(one.report())).toEqual([]);
  });
  it('tells the loss at the stop, and the twin', () => {
    const one = withOrders(order(1, { terms, lots: 21 }), order(2, { terms: null }));
    one.sends(at(0), enter(1));

    expect(told(one.report())).toEqual(['I4 entry 1 beside the sent 2', 'I11 order 1 would lose 2100 of 10000 at its stop']);
    const bare = withOrders(order(2, { terms: null }));
    bare.sends(at(0), enter(2));
    expect(told(bare.report())).toEqual([]);
  });
  it.each([['b1', 'b2', []], ['b1', 'b1', ["I4 openers 1 and 2 of 'b1' both live at the venue"]]] as const)('orders of the keys %s and %s live at the venue', (first, second, expected) => {
    const one = withOrders(order(1, { role: 'rest', key: first }));
    const there = (id: number, own: object = {}) => ({ order: id, side: 1 as const, lots: 5, filled: 0, priceTicks: 990, reduceOnly: false, ...own });
    one.sends(at(0), enter(1));
    one.state.legs[0]!.orders[0] = order(2, { role: 'rest', key: second });
    one.sends(at(0), enter(2));
    one.there.orders.push(there(1), there(2, { reduceOnly: true }));
    one.auditor.instant(at(0), one.state);
    expect(told(one.report())).toEqual([]);
    one.there.orders[1] = there(2);
    one.there.orders.push(there(-4), there(-5));
    one.auditor.instant(at(1), one.state);

    expect(told(one.report())).toEqual(expected);
  });
});

describe('I3, I5 and I10, word for word', () => {
  it('another size under one number', () => {
    const one = withOrders(order(1, { terms }));
    one.sends(at(0), enter(1), reduce(2), reduce(2));
    expect(told(one.report())).toEqual([]);
    one.sends(at(0), enter(1, { lots: 6 as never }), enter(1, { stopTicks: 901 }), reduce(2, { lots: 4 as never }));

    expect(told(one.report())).toEqual([
      "I5 order 1 was 'enter 0 5 market 0 IOC 0 900', is 'enter 0 6 market 0 IOC 0 900'",
      "I5 order 1 was 'enter 0 5 market 0 IOC 0 900', is 'enter 0 5 market 0 IOC 0 901'",
      "I5 order 2 was 'reduce 0 -5 market 0 IOC', is 'reduce 0 -4 market 0 IOC'",
    ]);
  });
  it('an exit of 6 from 5, and one of 3 from a short of 5, which passes', () => {
    const long = world();
    openWithStop(long, at(0));
    long.sends(at(1), reduce(2));
    long.fills({ at: at(2), id: 2, side: -1, lots: 6, order: 2 });
    long.auditor.instant(at(2), long.state);
    const short = world();
    short.fills({ at: at(0), id: 1, side: -1, lots: 5, order: -2 });
    short.sends(at(1), reduce(2, { side: 1 }));
    short.fills({ at: at(2), id: 2, side: 1, lots: 3, order: 2 });
    short.auditor.instant(at(2), short.state);

    expect([told(long.report()), told(short.report())]).toEqual([['I3 exit 2 took the position from 5 to -1'], []]);
  });
  it('entries decided in a cycle leave with the halt that came after them; after a timer, or one event later, they do not', () => {
    const leaves = (tags: readonly string[]): string[] => {
      const one = withOrders(order(1, { terms }));
      one.state.mode = halted(at(0));
      for (const tag of tags) one.auditor.event({ tag, at: at(0) } as never, one.state);
      one.sends(at(0), enter(1), amend(1));
      return told(one.report());
    };

    expect(leaves(['cycle-closed'])).toEqual([]);
    expect(leaves(['timer'])).toEqual(['I10 enter left while halted', 'I10 amend left while halted']);
    expect(leaves(['cycle-closed', 'cycle-closed'])).toEqual(['I10 enter left while halted', 'I10 amend left while halted']);
  });
  it('a halt ended by another word of the operator, and one that outlives a restart', () => {
    const one = world();
    one.state.mode = halted(at(0));
    one.auditor.event(timer(0), one.state);
    one.auditor.restarted(at(1), one.state);
    expect(told(one.report())).toEqual([]);
    one.state.mode = { tag: 'trading' };
    one.auditor.event({ tag: 'operator', verb: 'flatten', at: at(2) } as never, one.state);

    expect(one.report().violations).toEqual([{ invariant: 'I10', at: at(2), leg: -1, text: 'a halt ended by operator' }]);
  });
});

/** Long 5 lots from 1,000 with a stop at 900, its first step over. */
function long(): World {
  const one = world();
  openWithStop(one, at(0));
  one.auditor.event(timer(1), one.state);
  one.state.legs[0]!.book.lastAt = at(1);
  return one;
}
const by = (triggerTicks: number, source: 'mark' | 'last'): Command => ({ ...setStop(triggerTicks), by: source } as Command);

describe('I2, word for word and at its edges', () => {
  it('a stop for no position, but not its removal', () => {
    const one = world();
    one.sends(at(0), setStop(0));
    expect(told(one.report())).toEqual([]);
    one.sends(at(0), setStop(900));

    expect(told(one.report())).toEqual(['I2 a stop at 900 for no position']);
  });
  it('the first step of a position may set any stop, 890 after 900; the next one may not, 880 after 890; the same again may', () => {
    const one = world();
    openWithStop(one, at(0));
    one.sends(at(0), setStop(890));
    one.auditor.event(timer(1), one.state);
    one.sends(at(1), setStop(890));
    expect(told(one.report())).toEqual([]);
    one.sends(at(1), setStop(880));

    expect(told(one.report())).toEqual(['I2 stop loosened from 890 to 880 (trading)']);
  });
  it('each price judges its own stops: the mark at 950, the last price at 1,000; an unknown price judges none', () => {
    const found = [by(960, 'mark'), by(960, 'last'), by(1_000, 'last')].map((command) => {
      const one = long();
      one.state.legs[0]!.book.markTicks = 950;
      one.sends(at(1), command);
      return told(one.report());
    });
    const blind = long();
    blind.state.legs[0]!.book.markTicks = Number.NaN;
    blind.sends(at(1), by(1_500, 'mark'));

    expect(found).toEqual([['I2 a stop at 960 on the wrong side of mark 950'], [], ['I2 a stop at 1000 on the wrong side of last 1000']]);
    expect(told(blind.report())).toEqual([]);
  });
  it.each([[50, 1_010, []], [51, 1_010, ['I2 a stop at 1010 on the wrong side of mark 1000']], [50, 1_060, ['I2 a stop at 1060 on the wrong side of mark 1000']]] as const)(
    'after a fill of 1,050 at 50 ms with a book of %i ms, a stop at %i', (bookMs, triggerTicks, expected) => {
      const one = long();
      one.tells(one.fills({ at: at(50), id: 2, side: 1, lots: 1, order: 1, priceTicks: 1_050 }));
      one.auditor.event(timer(50), one.state);
      Object.assign(one.state.legs[0]!.book, { lastAt: at(bookMs), markTicks: 1_000 });
      one.sends(at(50), setStop(triggerTicks));

      expect(told(one.report())).toEqual(expected);
    },
  );
  it('without a fill of its own a position has none that judges', () => {
    const one = long();
    one.auditor.restarted(at(2), one.state);
    const fresh = world();
    fresh.state.legs[0]!.position = one.state.legs[0]!.position;
    fresh.state.legs[0]!.book.lastAt = 0;
    fresh.sends(at(2), setStop(1_010));

    expect(told(fresh.report())).toEqual(['I2 a stop at 1010 on the wrong side of mark 1000']);
  });
  it('what the venue shows in force is what the next one is compared with, in a reading too; a stop only asked for is not', () => {
    const shown = (tag: string, isArmed: boolean): string[] => {
      const one = long();
      protect(one, isArmed ? { tag: 'armed', trigger: 850, by: 'mark', since: at(2) } : { tag: 'requested', trigger: 850, by: 'mark', replaces: null, attempt: 1, since: at(2) });
      one.auditor.event({ tag, at: at(2), leg: 0, executions: 'unknown', position: 'unknown' } as never, one.state);
      one.sends(at(2), setStop(860));
      return told(one.report());
    };

    expect([shown('stop-set', true), shown('account-snapshot', true)]).toEqual([[], []]);
    expect([shown('stop-set', false), shown('order-accepted', true)]).toEqual([['I2 stop loosened from 900 to 860 (trading)'], ['I2 stop loosened from 900 to 860 (trading)']]);
  });
  it('a restart builds the position anew with the stop it had: 910 after 920 is looser, and it is no first step', () => {
    const one = long();
    const { position } = one.state.legs[0]!;
    if (position.tag === 'open') one.state.legs[0]!.position = { ...position, protection: { tag: 'armed', trigger: 920, by: 'mark', since: at(2) } };
    one.auditor.restarted(at(3), one.state);
    one.auditor.event({ tag: 'order-accepted', leg: 0, at: at(4) } as never, one.state);
    one.sends(at(4), setStop(910));

    expect(told(one.report())).toEqual(['I2 stop loosened from 920 to 910 (trading)']);
  });
  it('any stop is tighter than none: one that was waived, or not set yet', () => {
    const found = (['unprotected', 'waived'] as const).map((tag) => {
      const one = long();
      const { position } = one.state.legs[0]!;
      if (position.tag === 'open') one.state.legs[0]!.position = { ...position, protection: { tag, since: at(2), trigger: 950 } as never };
      one.auditor.restarted(at(3), one.state);
      one.sends(at(3), setStop(800));
      return told(one.report());
    });

    expect(found).toEqual([[], []]);
  });
  it.each<[string, object, string[]]>([
    ['a limit of 1,000 with a stop at 999', { priceTicks: 1_000, stopTicks: 999 }, []],
    ['a limit of 1,000 with a stop at 1,000', { priceTicks: 1_000, stopTicks: 1_000 }, ['I2 a stop at 1000 on the wrong side of its own order at 1000']],
    ['a trigger of 990 with a stop at 995', { triggerTicks: 990, stopTicks: 995 }, ['I2 a stop at 995 on the wrong side of its own order at 990']],
    ['a limit of 1,000 behind a trigger of 990, with a stop at 995', { priceTicks: 1_000, triggerTicks: 990, stopTicks: 995 }, []],
    ['a sale at 1,000 with a stop at 1,001', { side: -1, priceTicks: 1_000, stopTicks: 1_001 }, []],
    ['a sale at 1,000 without a stop', { side: -1, priceTicks: 1_000, stopTicks: 0 }, []],
    ['a purchase at market with a stop at 2,000', { stopTicks: 2_000 }, []],
  ])('%s', (_what, own, expected) => {
    const one = withOrders(order(1, { terms: close }));
    one.sends(at(0), enter(1, own));

    expect(told(one.report())).toEqual(expected);
  });
});

describe('I13, I19 and I21, word for word', () => {
  it('what a command became, or that it is gone, at its time', () => {
    const honest = [{ at: at(0), command: setStop(900) }];
    const became = (corrupted: { at: number; command: Command }[]) => lookAheadOf(honest, corrupted, at(1_000));

    expect(became([{ at: at(0), command: setStop(901) }])).toEqual([{
      invariant: 'I13', at: at(0), leg: -1, text: expect.stringMatching(/^knew of \d+: \d+ \{.*"triggerTicks":900.*\} became \d+ \{.*"triggerTicks":901.*\}$/),
    }]);
    expect(became([])).toMatchObject([{ at: at(0), text: expect.stringMatching(/^knew of 1699920001000: 1699920000000 .* became nothing$/) }]);
    expect(became([honest[0]!, { at: at(5), command: setStop(901) }])).toMatchObject([{ at: at(5), text: expect.stringMatching(/: nothing became 1699920000005 /) }]);
  });
  it('a digest that differs is of the whole engine', () => {
    expect(differenceOf('I19', at(7), { commands: 'a', state: 'b' }, { commands: 'c', state: 'b' }))
      .toEqual([{ invariant: 'I19', at: at(7), leg: -1, text: 'commands a became c' }]);
  });
  it.each([[90, []], [110, []], [89, ['I21']], [111, ['I21']]] as const)('a trade opened at %i that is gone, down from 90 to 110 and from 500 to 600', (openedAt, expected) => {
    const trade = { leg: 0, openedAt: at(openedAt), closedAt: at(openedAt + 10), lots: 5, net: 3n };
    const found = crashEffectOf([trade], [], [{ from: at(90), to: at(110) }, { from: at(500), to: at(600) }]);

    expect(found.map(({ invariant }) => invariant)).toEqual(expected);
    if (found.length > 0) expect(found[0]!.text).toBe(`trade 0 ${at(openedAt)}-${at(openedAt + 10)} 5 3 became another`);
  });
});
