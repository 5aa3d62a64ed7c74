/**
 * The predecessor's list of design mistakes, as far as they are behaviour of the engine: number, mistake, and what the
 * engine does instead. Those of build, page and wire are held elsewhere (`npm run rows` says where).
 */
import { describe, expect, it } from 'vitest';
import { deadlineOf, valueOf } from '../../engine/index.ts';
import type { Intent } from '../../engine/index.ts';
import { inverse, linear } from '../sim/market.ts';
import type { AnyScene } from '../sim/scripted.ts';
import { desk, entering, held, holding, leaving, lots, modeOf, ordersOf, tradesOf } from './desk.ts';
import type { Desk } from './desk.ts';

const trades = (words: readonly string[]): string[] => words.filter((word) => /buy|sell/.test(word));

describe('mistake 2: absence of evidence was flat', () => {
  it('a failed question at the start is no start: no entry leaves until position, stop, orders and executions were shown', () => {
    const patient = { linkHaltMs: 3_600_000, recoverDeadlineMs: 600_000, crashLoop: { count: 100 } };
    const starting = desk({ always: ({ intents }) => intents.enter({ side: 'long', qty: 4, stop: 90 }), config: patient });
    starting.restart();
    starting.tell({ tag: 'request-failed', order: -1, of: 'query-account', certainty: 'unknown', reason: 'timeout' });
    const blind = [starting.close(100)];
    for (const part of [{ lots: 'unknown' }, { orders: 'unknown' }, { executions: 'unknown' }] as const) {
      starting.restart();
      starting.pass(100);
      starting.read(part);
      blind.push(starting.close(100));
    }

    expect([modeOf(starting), ...trades(blind.flat())]).toEqual(['recovering restart']);
    starting.read();
    expect(starting.close(100)).toEqual(['1: buy 4 at market, stop 90']);
  });

  it('S-24: the stop of a position that cannot be read keeps the engine from trading, and the position from nothing', () => {
    const starting = held('long', { config: { crashLoop: { count: 100 } } });
    starting.restart();
    starting.pass(100);
    starting.read({ lots: 4, stop: 'unknown', mark: 100 });

    expect(modeOf(starting)).toBe('recovering restart');
    starting.pass(2_000);
    starting.read({ lots: 4, stop: 90, mark: 100 });
    expect([modeOf(starting), holding(starting)]).toEqual(['trading', 'long 4 at 100, armed 90']);
  });

  it('a start that learns nothing for a minute halts, and goes on asking', () => {
    const starting = held();
    starting.restart();
    const words = starting.pass(70_000);

    expect(modeOf(starting).startsWith('halted')).toBe(true);
    expect(words.filter((word) => word === 'ask').length).toBeGreaterThan(20);
  });

  it('a reading without a position, older than the last execution, is not "flat"', () => {
    const made = held();
    for (const age of [500, 400, 300, 200, 100]) made.read({ lots: 0, age });

    expect([holding(made), modeOf(made)]).toEqual(['long 4 at 100, armed 90', 'trading']);
  });
});

describe('mistake 4: a halt stopped protection', () => {
  it('a price through the stop, none at the venue, takes a halted position out', () => {
    const made = entering();
    made.tell({ tag: 'operator', verb: 'halt' });
    made.fills({ side: 1, lots: 4, at: 100, order: 1 });

    expect(made.tell({ tag: 'mark-price', markTicks: 90 })).toEqual(['2: reduce-only sell 4 at market']);
  });

  it('a reduction protects as well', () => {
    const made = entering();
    made.tell({ tag: 'operator', verb: 'reduce-only' });
    made.fills({ side: 1, lots: 4, at: 100, order: 1 });

    expect([modeOf(made), holding(made)]).toEqual(['reducing operator', 'long 4 at 100, requested 90']);
    expect(made.tell({ tag: 'mark-price', markTicks: 90 })).toEqual(['2: reduce-only sell 4 at market']);
  });

  it('a cooldown of five minutes protects, opens nothing, and is over after five minutes', () => {
    const wants = ({ intents, position }: AnyScene): Intent => (position.tag === 'flat' ? intents.enter({ side: 'long', qty: 4, stop: 90 }) : intents.hold);
    const made = desk({ always: wants, config: { reconnectCooldownMs: 300_000 } });
    made.tell({ tag: 'disconnected' });
    made.tell({ tag: 'connected' });
    made.pass(100);
    made.read();
    made.fills({ side: 1, lots: 4, at: 100 });
    made.tell({ tag: 'mark-price', markTicks: 100 });
    const cooling = [modeOf(made), holding(made), ...trades(made.tell({ tag: 'mark-price', markTicks: 90 }))];
    made.fills({ side: -1, lots: 4, at: 90, order: 1 });
    const between = trades(made.close(100));
    made.read();
    made.pass(240_100);

    expect(cooling).toEqual(['cooldown reconnected', 'long 4 at 100, requested 98', '1: reduce-only sell 4 at market']);
    expect(between).toEqual([]);
    expect([modeOf(made), ...made.close(100)]).toEqual(['trading', '2: buy 4 at market, stop 90']);
  });
});

describe('mistake 6: the pending order was three fields, and its time was forgotten', () => {
  it('S-05: an order that ended leaves no deadline behind, however it ended', () => {
    const ends: Readonly<Record<string, (made: Desk) => unknown>> = {
      rejected: (made) => made.tell({ tag: 'order-rejected', order: 1, reason: 'other' }),
      cancelled: (made) => made.tell({ tag: 'order-cancelled', order: 1, cause: 'venue', filled: 0 }),
      expired: (made) => made.tell({ tag: 'order-expired', order: 1, filled: 0 }),
    };
    const deadlines = Object.entries(ends).map(([name, end]) => {
      const made = entering();
      end(made);
      return [name, ordersOf(made), deadlineOf(made.state)];
    });

    expect(deadlines).toEqual(Object.keys(ends).map((name) => [name, [], Number.POSITIVE_INFINITY]));
  });

  it('S-05: a fill told by the stream ends the wait: no question ten seconds later', () => {
    const made = held();

    expect(deadlineOf(made.state)).toBe(Number.POSITIVE_INFINITY);
    expect(made.pass(3_600_000)).toEqual([]);
  });

  it('S-04: all ways into a recovered position go through one door, and none brings a stop along', () => {
    const restarted = held();
    restarted.restart();
    const reconnected = held();
    reconnected.tell({ tag: 'disconnected' });
    reconnected.tell({ tag: 'connected' });
    const found = desk();
    found.restart();
    for (let i = 0; i < 3; i++) {
      found.pass(2_000);
      found.read({ lots: 4, stop: 'unknown', mark: 100 });
    }

    expect([holding(restarted), holding(reconnected)]).toEqual(Array.from({ length: 2 }, () => 'long 4 at 100, unprotected unknown'));
    // A new stop at 98, from the mark; 100, the entry, never.
    expect(holding(found)).toBe('long 4 at 100, requested 98');
  });
});

describe('mistake 7: units were confused', () => {
  it('11 thousandths of a coin are 11 lots of 0.001, not 0', () => {
    const coin = linear({ tick: '0.1', qtyStep: '0.001', minQty: '0.001' });
    const made = desk({ instrument: coin, at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 0.011, stop: 9 }) } });

    expect(made.close(100)).toEqual(['1: buy 11 at market, stop 90']);
    expect(valueOf(11, coin.lot)).toBe(0.011);
  });

  it('a risk of half a percent of 10,000 is 50: 4 lots of 10.19 each, and 0.9 of one is left out', () => {
    const made = desk({ config: { cash: 10_000 }, at: { 0: ({ intents }) => intents.enter({ side: 'long', risk: 0.005, stop: 90 }) } });

    // (100 - 90) + 0.1 % of 100 and of 90 = 10.19; 50 / 10.19 = 4.9.
    expect(made.close(100)).toEqual(['1: buy 4 at market, stop 90']);
  });
});

describe('mistake 10: estimates were booked as trades', () => {
  it('a position that is gone without executions makes no trade and moves no wallet', () => {
    const made = held();
    const before = made.state.wallet.balance;
    for (let i = 0; i < 5; i++) {
      made.pass(2_000);
      made.read({ lots: 0, mark: 90 });
    }

    expect([tradesOf(made), made.state.wallet.balance]).toEqual([[], before]);
  });
});

describe('mistake 11: the first execution only, gross, without the entry\'s fee and funding', () => {
  it('S-36: two fills in, two out and a funding of -3: gross 46, net 46 - 0.87 - 3', () => {
    const made = entering();
    made.fills({ side: 1, lots: 1, at: 100, order: 1, leaves: 3 });
    made.fills({ side: 1, lots: 3, at: 104, order: 1 });
    made.tell({ tag: 'stop-set', triggerTicks: 90, by: 'mark', trailTicks: 0 });
    made.take({ tag: 'funding', at: made.state.now, symbol: 0, leg: 0, rate: 0.001, settledAt: made.state.now, nextAt: null, payment: -3_000_000_000_000n });
    made.tell({ tag: 'operator', verb: 'flatten' });
    made.fills({ side: -1, lots: 2, at: 114, order: 2, leaves: 2 });
    made.fills({ side: -1, lots: 2, at: 115, order: 2 });

    // In: 412, out: 458. Fees 0.1 % of 870 = 0.87.
    expect(tradesOf(made).map(({ gross }) => gross)).toEqual([46]);
    expect(tradesOf(made)[0]!.net).toBeCloseTo(46 - 0.87 - 3, 9);
  });
});

describe('mistake 13: a stop was looked at once a tick, between calls that blocked', () => {
  it('the exit leaves in the very step that shows the breach', () => {
    const made = held();
    made.restart();
    made.pass(100);
    made.read({ lots: 4, stop: 'unknown', mark: 100 });
    made.tell({ tag: 'mark-price', markTicks: 89 });

    expect(made.read({ lots: 4, stop: null, mark: 89 })).toContain('2: reduce-only sell 4 at market');
  });
});

describe('mistake 14: safety came before the facts, and could be skipped', () => {
  it('a fill in the same reading that halts is counted first', () => {
    const made = entering('long', { config: { adopt: { orders: 'refuse' } } });
    const fill = made.filled({ side: 1, lots: 4, at: 100, order: 1 });
    made.read({
      lots: 4, stop: 90, executions: [fill], mark: 100,
      orders: [{ order: -2, side: 1, lots: lots(1), filled: 0, priceTicks: 50, reduceOnly: false }],
    });

    expect([holding(made), modeOf(made)]).toEqual(['long 4 at 100, armed 90', 'halted foreign']);
  });

  it('a failed entry does not keep the kill switch from acting', () => {
    const made = entering();
    made.tell({ tag: 'request-failed', order: 1, of: 'enter', certainty: 'not-applied', reason: 'busy' });
    made.tell({ tag: 'operator', verb: 'halt' });

    expect(modeOf(made)).toBe('halted operator');
  });
});

describe('mistake 15: states without a way out', () => {
  it('whatever waits for a word has a deadline', () => {
    const cancelled = entering();
    cancelled.tell({ tag: 'operator', verb: 'halt' });
    const doubted = entering();
    doubted.pass(10_000);
    const refused = leaving();
    refused.tell({ tag: 'order-rejected', order: 2, reason: 'other' });
    const unprotected = entering();
    unprotected.fills({ side: 1, lots: 4, at: 100, order: 1 });
    const breached = entering();
    breached.fills({ side: 1, lots: 4, at: 100, order: 1 });
    breached.tell({ tag: 'stop-refused', triggerTicks: 90, reason: 'through-trigger' });
    const lost = held();
    lost.tell({ tag: 'disconnected' });
    const recovering = held();
    recovering.restart();

    const waits = [entering(), cancelled, doubted, leaving(), refused, unprotected, breached, lost, recovering].map(({ state }) => deadlineOf(state) - state.now);
    expect(waits.map((ms) => ms > 0 && ms <= 60_000)).toEqual(waits.map(() => true));
  });

  it('an exit that was refused a hundred times is sent the hundred and first', () => {
    const made = leaving();
    let sent = 0;
    for (let i = 0; i < 100; i++) {
      made.tell({ tag: 'order-rejected', order: made.leg.orders[0]?.id ?? 0, reason: 'other' });
      sent += trades(made.pass(60_000)).length > 0 ? 1 : 0;
    }

    expect(sent).toBe(100);
  });
});

describe('mistake 16: a lost connection was never noticed, and deleveraging and liquidation were invisible', () => {
  it('connected again it asks for everything before it believes anything, and counts what it missed', () => {
    const made = held();
    made.tell({ tag: 'disconnected' });
    made.pass(5_000);

    expect(made.tell({ tag: 'connected' })).toEqual(['ask']);
    expect(modeOf(made)).toBe('recovering reconnect');
    made.pass(100);
    made.read({ lots: 0, executions: [made.filled({ side: -1, lots: 4, at: 90, cause: 'stop' })] });
    expect([modeOf(made), holding(made)]).toEqual(['trading', 'flat']);
  });

  it('a minute without connection is a halt with one alarm', () => {
    const made = held();
    made.tell({ tag: 'disconnected' });

    expect(made.pass(59_999).filter((word) => word.startsWith('alarm'))).toEqual([]);
    made.pass(1);
    expect(modeOf(made)).toBe('halted link');
  });
});

describe('mistake 17: money was a float', () => {
  it('two thousand fills of 0.1 x 0.1 end at 10,000 minus the fees, to the last digit', () => {
    const cent = linear({ tick: '0.1', qtyStep: '0.1', minQty: '0.1' });
    const made = desk({ instrument: cent, config: { cash: 10_000 } });
    for (let i = 0; i < 1_000; i++) {
      made.fills({ side: 1, lots: 1, at: 1, id: `in ${i}` });
      made.fills({ side: -1, lots: 1, at: 1, id: `out ${i}` });
    }

    // 2,000 fees of 0.1 % of 0.1 x 0.1.
    expect(made.state.wallet.balance).toBe(10_000n * 10n ** 12n - 2_000n * 10_000_000n);
  });
});

describe('mistake 18: an exit was refused because its number was used, and then got a random one', () => {
  it('sent again it has its own number, and "there already" means that it got through', () => {
    const made = leaving();
    const again = made.tell({ tag: 'request-failed', order: 2, of: 'reduce', certainty: 'unknown', reason: 'timeout' });
    const twice = made.tell({ tag: 'order-rejected', order: 2, reason: 'duplicate-link' });

    expect([again, twice]).toEqual([['2: reduce-only sell 4 at market'], ['ask']]);
    expect(ordersOf(made)).toEqual(['2 unknown duplicate-link']);
    made.fills({ side: -1, lots: 4, at: 100, order: 2 });
    expect([holding(made), tradesOf(made).length]).toEqual(['flat', 1]);
  });

  it('a new exit after a refused one has a number of its own', () => {
    const made = leaving();
    made.tell({ tag: 'order-rejected', order: 2, reason: 'other' });

    expect(trades(made.pass(1_000))).toEqual(['3: reduce-only sell 4 at market']);
  });
});

describe('mistake 19: the trailing stop lived in memory only', () => {
  it('is part of the state, and asked for again with the stop after a restart', () => {
    const made = held('long', { at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 4, stop: 90, trail: { distance: 7 } }) } });
    made.restart();
    made.pass(100);

    expect(made.read({ lots: 4, stop: null, mark: 100 })).toEqual(['set stop 90, trail 7']);
  });
});

describe('mistake 20: formulas of the inverse contract were kept for the linear one', () => {
  it('the same move is 4 x 10 quote for a linear contract and 4 (1/100 - 1/110) coin for an inverse one', () => {
    const coin = inverse({ tick: '1' });
    const of = (made: Desk): number => tradesOf(made)[0]!.gross;
    const straight = held();
    straight.fills({ side: -1, lots: 4, at: 110, cause: 'stop' });
    const bent = desk({ instrument: coin, config: { cash: 1 } });
    bent.fills({ side: 1, lots: 4, at: 100 });
    bent.fills({ side: -1, lots: 4, at: 110 });

    expect(of(straight)).toBe(40);
    // Inverse money has 16 places; the desk shows 12 of them.
    expect(of(bent) / 10_000).toBeCloseTo(4 * (1 / 100 - 1 / 110), 12);
  });
});

describe('mistake 18 and the order that lived twice: more was held than was meant', () => {
  it('a late fill of an order given up, on top of the next one, is trimmed back reduce-only', () => {
    const made = desk({ always: ({ intents, position }) => (position.tag === 'flat' ? intents.enter({ side: 'long', qty: 4, stop: 90 }) : intents.hold) });
    made.close(100);
    for (const ms of [16_000, 2_000]) {
      made.pass(ms);
      made.read();
    }
    made.close(100);
    made.fills({ side: 1, lots: 4, at: 100, order: 2 });
    const words = made.fills({ side: 1, lots: 4, at: 100, order: 1 });

    expect(holding(made)).toBe('long 8 at 100, requested 90');
    expect(trades(words)).toEqual(['3: reduce-only sell 4 at market']);
  });

  it('R-14: 4 ordered and 6 filled are trimmed by 2', () => {
    const made = entering();

    expect(trades(made.fills({ side: 1, lots: 6, at: 100, order: 1 }))).toEqual(['2: reduce-only sell 2 at market']);
  });
});

describe('mistake 27: a create sent twice, refused as a duplicate, was taken for a failure', () => {
  it('the order is ours: it is looked up, and lives', () => {
    const made = entering();
    made.tell({ tag: 'request-failed', order: 1, of: 'enter', certainty: 'unknown', reason: 'timeout' });

    expect(made.tell({ tag: 'order-rejected', order: 1, reason: 'duplicate-link' })).toEqual([]);
    expect(ordersOf(made)).toHaveLength(1);
    made.read({ orders: [{ order: 1, side: 1, lots: lots(4), filled: 0, priceTicks: 0, reduceOnly: false }] });
    expect(ordersOf(made)).toEqual(['1 working']);
  });
});
