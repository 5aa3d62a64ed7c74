/** Ways out by hand: exits that stay wanted, rungs with their times, refusals that wait 1, 2, 4 ... 60 seconds. */
import { describe, expect, it } from 'vitest';
import { cancel, empty, entering, held, opened, query, reading, reduce, told } from './desk.ts';
import type { Desk, DeskWish } from './desk.ts';
import type { Execution } from '../../engine/index.ts';

const sides = ['long', 'short'] as const;
const exit = (desk: Desk): ReturnType<Desk['take']> => desk.decide(({ intents }) => intents.exit('enough'));
const ladder = { exit: { limitMs: 3_000, iocMs: 500, iocBps: 200 } } as const;
const refuse = (desk: Desk, order: number): ReturnType<Desk['take']> => desk.tell({ tag: 'order-rejected', order, reason: 'other' });

describe.each(sides)('an exit of a %s', (side) => {
  it('is one reduce-only market order for the whole position, with its reason', () => {
    const desk = held({ side });

    expect(exit(desk)).toEqual([reduce(desk, 2, 4)]);
    expect(desk.position()).toMatchObject({ leaving: 'enough', rung: 'market', exitAt: 0 });
    expect(desk.state.legs[0]!.orders).toMatchObject([{ role: 'exit', reason: 'enough', key: '', referenceTicks: 100 }]);
    expect(desk.notes).toMatchObject([{ tag: 'decision', intent: 'exit', outcome: 'accepted', reason: 'enough' }]);
  });

  it('is not sent twice while one stands, at no bar and by no second wish', () => {
    const desk = held({ side });
    exit(desk);

    expect(desk.bar(99)).toEqual([]);
    expect(exit(desk)).toEqual([]);
  });

  it('goes on with what a partial fill left once the order ended', () => {
    const desk = held({ side });
    exit(desk);
    expect(desk.filled({ order: 2, lots: 1, leaves: 3 })).toEqual([]);

    expect(desk.tell({ tag: 'order-cancelled', order: 2, cause: 'no-volume', filled: 1 })).toEqual([]);
    expect(desk.bar(100)).toEqual([reduce(desk, 3, 3)]);
    desk.filled({ order: 3, lots: 3 });
    expect(desk.state.legs[0]!.position).toEqual({ tag: 'flat' });
  });

  it('that ended unfilled at market is tried again after a second, as any other refusal', () => {
    const desk = held({ side });
    exit(desk);

    expect(desk.tell({ tag: 'order-cancelled', order: 2, cause: 'ioc-unfilled', filled: 0 })).toEqual([query]);
    expect(desk.position().exitAt).toBe(desk.now() + 1_000);
  });

  it('refused waits 1, 2, 4, 8, 16, 32 and then 60 s, and every bar tries at once', () => {
    const desk = held({ side });
    exit(desk);
    let order = 2;
    for (const waitMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      refuse(desk, order);
      expect(desk.position()).toMatchObject({ exitAt: desk.now() + waitMs, exitAttempts: order - 1, rung: 'market' });
      expect(desk.skip(waitMs - 1).filter((c) => c.tag === 'reduce')).toEqual([]);
      expect(desk.skip(1).filter((c) => c.tag === 'reduce')).toEqual([reduce(desk, order + 1, 4)]);
      expect(desk.position().exitAt).toBe(0);
      order += 1;
    }
    refuse(desk, order);

    expect(desk.bar(100)).toEqual([reduce(desk, order + 1, 4)]);
  });

  it('asks the venue with each refusal, and at the third tells people, for nothing closes this position', () => {
    const desk = held({ side });
    exit(desk);

    expect(refuse(desk, 2)).toEqual([query]);
    desk.skip(1_000);
    desk.take(reading(desk));
    expect(refuse(desk, 3)).toContainEqual(query);
    desk.skip(2_000);
    expect(refuse(desk, 4)).toContainEqual(told('alarm', 'exit', 'AAAUSDT: the exit was refused 3 times'));
    expect(desk.mode().tag).toBe('trading');
  });

  it('that fills in part begins to count refusals anew, and one cut short then goes out again at once for the rest', () => {
    const desk = held({ side });
    exit(desk);
    refuse(desk, 2);
    desk.skip(1_000);
    desk.filled({ order: 3, lots: 1, leaves: 3 });

    expect(desk.position().exitAttempts).toBe(0);
    expect(desk.tell({ tag: 'order-cancelled', order: 3, cause: 'venue', filled: 1 })).toEqual([reduce(desk, 4, 3)]);
    expect(desk.position()).toMatchObject({ exitAttempts: 0, exitAt: 0 });
  });

  it('cut short with more filled than was told waits a second: what is left is not known', () => {
    const desk = held({ side });
    exit(desk);
    desk.filled({ order: 2, lots: 1, leaves: 3 });

    expect(desk.tell({ tag: 'order-cancelled', order: 2, cause: 'venue', filled: 2 })).toEqual([query]);
    expect(desk.position()).toMatchObject({ exitAttempts: 1, exitAt: desk.now() + 1_000 });
  });

  it('takes openers back, and grows with a fill that came before their cancel', () => {
    const desk = entering({ side });
    desk.filled({ order: 1, lots: 1, leaves: 3, with: true });
    desk.armed();

    expect(exit(desk)).toEqual([cancel(1), reduce(desk, 2, 1)]);
    expect(desk.filled({ order: 1, lots: 2, leaves: 1, with: true })).toEqual([reduce(desk, 3, 2)]);
    expect(desk.position()).toMatchObject({ lots: 3, leaving: 'enough' });
  });

  it('covers what a part already under way leaves: 3 of 4 beside a reduction by 1', () => {
    const desk = held({ side });
    expect(desk.decide(({ intents }) => intents.reduce({ fraction: 0.25, reason: 'less' }))).toEqual([reduce(desk, 2, 1)]);

    expect(exit(desk)).toEqual([reduce(desk, 3, 3)]);
  });

  it('covers the whole beside a part that may be lost, and not beside a lost exit of the whole', () => {
    const part = held({ side });
    const whole = held({ side });
    part.decide(({ intents }) => intents.reduce({ fraction: 0.25, reason: 'less' }));
    part.tell({ tag: 'request-failed', order: 2, of: 'reduce', certainty: 'unknown', reason: 'timeout' });
    exit(whole);
    whole.state.legs[0]!.orders[0]!.state = { tag: 'unknown', cause: 'no-answer', since: whole.now(), absences: 0, absentAt: 0 };

    expect(exit(part)).toEqual([reduce(part, 3, 4)]);
    expect(whole.bar(100)).toEqual([]);
  });

  it('of which the last fill came and the position did not end is sent for the rest at once', () => {
    const desk = held({ side });
    exit(desk);
    desk.position().lots = 6;
    desk.position().plannedLots = 6;

    expect(desk.filled({ order: 2, lots: 4 })).toEqual([reduce(desk, 3, 2)]);
  });

  it('grows by a late fill of its entry beside what is still to fill of it', () => {
    const desk = entering({ side });
    desk.filled({ order: 1, lots: 2, leaves: 2, with: true });
    desk.armed();
    exit(desk);
    desk.filled({ order: 2, lots: 1, leaves: 1 });

    expect(desk.filled({ order: 1, lots: 2, with: true })).toEqual([reduce(desk, 3, 2)]);
  });

  it('that filled more than there was seems to have turned the position: asked about, and unexplained for 10,000 ms it halts and goes', () => {
    const desk = held({ side });
    exit(desk);

    expect(desk.filled({ order: 2, lots: 6 })).toEqual([query]);
    expect(desk.position()).toMatchObject({ side: desk.exitSide, lots: 2, adopted: false, leaving: '', protectBy: desk.now() + 10_000 });
    const commands = desk.skip(10_000);
    expect(commands).toContainEqual(told('alarm', 'unprotected', 'AAAUSDT: no stop confirmed by its deadline, new'));
    expect(commands).toContainEqual({ ...reduce(desk, 3, 2), side: desk.side });
  });

  it('closes without a note of the venue\'s acts: it was ours', () => {
    const desk = held({ side });
    exit(desk);
    desk.filled({ order: 2, lots: 4 });

    expect(desk.notes.filter(({ tag }) => tag === 'protection')).toEqual([]);
  });

  it('is not counted as refused when a target is', () => {
    const p = (long: number): number => (side === 'long' ? long : 200 - long);
    const desk = held({ side, enter: ({ intents }) => intents.enter({ side, qty: 4, stop: p(90), targets: [{ price: p(110), fraction: 1 }] }) });
    exit(desk);
    refuse(desk, 2);

    expect(desk.position()).toMatchObject({ exitAttempts: 0, exitAt: 0 });
  });

  it('of a flat leg is nothing', () => {
    const desk = empty({ side, enter: ({ intents }) => intents.exit('nothing') });

    expect(desk.decide(({ intents }) => intents.exit('nothing'))).toEqual([]);
    expect(desk.notes).toMatchObject([{ outcome: 'changed', reason: 'nothing-open' }]);
  });

  it('takes a standing entry of a flat leg back', () => {
    const desk = entering({ side });

    expect(exit(desk)).toEqual([cancel(1)]);
    expect(desk.notes).toMatchObject([{ outcome: 'accepted', reason: 'enough' }]);
  });

  it('ends a staged entry and the resting set', () => {
    const desk = held({ side });
    desk.decide(({ intents }) => intents.rest([{ key: 'a', side: 'buy', price: 95, qty: 1 }], { long: 90 }));
    desk.state.legs[0]!.staged = { after: 99, until: 'done', order: desk.state.legs[0]!.orders[0]! };
    const [resting] = desk.state.legs[0]!.orders;

    expect(exit(desk)).toContainEqual(cancel(resting!.id));
    expect(desk.state.legs[0]).toMatchObject({ staged: null, resting: null });
  });
});

describe.each(sides)('an exit of a %s by rungs of 3,000 and 500 ms', (side) => {
  // The IOC lies 2 % through 100: 98 for a sale, 102 for a purchase, which is 98 of a long.
  const rungs = (own: DeskWish = {}): Desk => held({ side, config: ladder, ...own });

  it('is a limit at the price, then an IOC 2 % through it, then the market', () => {
    const desk = rungs();

    expect(exit(desk)).toEqual([reduce(desk, 2, 4, 100, 'GTC')]);
    expect(desk.position()).toMatchObject({ rung: 'limit', exitAt: desk.now() + 3_000 });
    expect(desk.skip(2_999)).toEqual([]);
    expect(desk.skip(1)).toEqual([cancel(2)]);
    expect(desk.position()).toMatchObject({ rung: 'ioc', exitAt: 0 });
    expect(desk.tell({ tag: 'order-cancelled', order: 2, cause: 'requested', filled: 0 })).toEqual([reduce(desk, 3, 4, desk.p(98), 'IOC')]);
    expect(desk.position().exitAt).toBe(desk.now() + 500);
    expect(desk.tell({ tag: 'order-cancelled', order: 3, cause: 'ioc-unfilled', filled: 0 })).toEqual([reduce(desk, 4, 4)]);
    expect(desk.position()).toMatchObject({ rung: 'market', exitAttempts: 0 });
  });

  it('is asked a tick worse where the price is no whole tick: at 100.5 a sale for 100 and then 98, a purchase for 101 and 103', () => {
    const desk = rungs();
    const [command] = desk.decide(({ intents }) => intents.exit('enough'), side === 'long' ? 100.5 : 99.5);

    expect(command).toEqual(reduce(desk, 2, 4, side === 'long' ? 100 : 101));
    desk.skip(3_000);
    // 100.5 x 0.98 = 98.49 down to 98; 100.5 x 1.02 = 102.51 up to 103.
    expect(desk.tell({ tag: 'order-cancelled', order: 2, cause: 'requested', filled: 0 })).toEqual([reduce(desk, 3, 4, side === 'long' ? 98 : 103, 'IOC')]);
  });

  it('whose IOC has no answer in 500 ms is cancelled for the market', () => {
    const desk = rungs({ config: { exit: { limitMs: 0, iocMs: 500, iocBps: 200 } } });

    expect(exit(desk)).toEqual([reduce(desk, 2, 4, desk.p(98), 'IOC')]);
    expect(desk.skip(500)).toEqual([cancel(2)]);
    expect(desk.position().rung).toBe('market');
  });

  it('without an IOC goes from the limit to the market', () => {
    const desk = rungs({ config: { exit: { limitMs: 3_000 } } });
    exit(desk);
    desk.skip(3_000);

    expect(desk.position().rung).toBe('market');
    expect(desk.tell({ tag: 'order-cancelled', order: 2, cause: 'requested', filled: 0 })).toEqual([reduce(desk, 3, 4)]);
  });

  it('is a limit for the rest that the IOC left: 3 of 4 at market', () => {
    const desk = rungs({ config: { exit: { iocMs: 500, iocBps: 200 } } });
    exit(desk);
    desk.filled({ order: 2, lots: 1, leaves: 3 });

    expect(desk.tell({ tag: 'order-cancelled', order: 2, cause: 'ioc-unfilled', filled: 1 })).toEqual([reduce(desk, 3, 3)]);
  });

  it('refused goes to the market after a second', () => {
    const desk = rungs();
    exit(desk);
    refuse(desk, 2);

    expect(desk.position()).toMatchObject({ rung: 'market', exitAt: desk.now() + 1_000 });
    expect(desk.skip(1_000)).toContainEqual(reduce(desk, 3, 4));
  });

  it('in a hurry has its limit cancelled and the market asked in the same decision, and once', () => {
    const desk = rungs();
    exit(desk);

    expect(desk.take({ tag: 'operator', at: desk.now(), verb: 'flatten' })).toEqual([cancel(2), reduce(desk, 3, 4)]);
    expect(desk.position()).toMatchObject({ rung: 'market', leaving: 'flatten' });
    expect(desk.tell({ tag: 'order-cancelled', order: 2, cause: 'requested', filled: 0 })).toEqual([]);
    expect(desk.take({ tag: 'operator', at: desk.now(), verb: 'flatten' })).toEqual([]);
  });

  it('in a hurry leaves targets and a part at market as they are, and covers the rest: 3 of 4', () => {
    const p = (long: number): number => (side === 'long' ? long : 200 - long);
    const desk = rungs({ enter: ({ intents }) => intents.enter({ side, qty: 4, stop: p(90), targets: [{ price: p(130), fraction: 1 }] }) });
    expect(desk.decide(({ intents }) => intents.reduce({ fraction: 0.25, reason: 'less' }))).toEqual([reduce(desk, 3, 1)]);
    expect(exit(desk)).toEqual([reduce(desk, 4, 3, 100)]);

    expect(desk.take({ tag: 'operator', at: desk.now(), verb: 'flatten' })).toEqual([cancel(4), reduce(desk, 5, 3)]);
  });

  it('waits with its IOC for the end of its limit, whatever bars close meanwhile', () => {
    const desk = rungs();
    exit(desk);
    desk.skip(3_000);

    expect(desk.bar(100)).toEqual([]);
  });

  it('wanted again keeps its limit', () => {
    const desk = rungs();
    exit(desk);

    expect(exit(desk)).toEqual([]);
    expect(desk.position().rung).toBe('limit');
  });

  it('never gets slower: a wish for a limit leaves the market exit', () => {
    const desk = rungs();
    desk.take({ tag: 'operator', at: desk.now(), verb: 'flatten' });

    expect(exit(desk)).toEqual([]);
    expect(desk.position().rung).toBe('market');
  });

  it('is at market while no price is known', () => {
    const desk = rungs();
    desk.state.legs[0]!.book.lastTicks = Number.NaN;
    const commands = desk.take({ tag: 'operator', at: desk.now(), verb: 'flatten' });

    expect(commands).toEqual([reduce(desk, 2, 4)]);
    refuse(desk, 2);
    desk.position().rung = 'limit';
    expect(desk.skip(1_000)).toContainEqual(reduce(desk, 3, 4));
  });

  it('never asks below one tick', () => {
    const desk = rungs({ config: { exit: { iocMs: 500, iocBps: 1_000 } } });
    desk.state.legs[0]!.book.lastTicks = 1;
    desk.position().leaving = 'enough';
    desk.position().rung = 'ioc';
    desk.position().exitAt = desk.now();

    expect(desk.skip(0)).toEqual([reduce(desk, 2, 4, side === 'long' ? 1 : 2, 'IOC')]);
  });

  it('by a breach is at market at once', () => {
    const desk = opened({ side, config: ladder });

    expect(desk.bar(90)).toEqual([reduce(desk, 2, 4)]);
  });
});

describe('a reduction', () => {
  it('by a part that was refused is not tried again, and one that ended does not close the rest', () => {
    const desk = held();
    desk.decide(({ intents }) => intents.reduce({ fraction: 0.5, reason: 'half' }));

    expect(refuse(desk, 2)).toEqual([]);
    expect(desk.position()).toMatchObject({ leaving: '', exitAt: 0, exitAttempts: 0 });
    expect(desk.bar(100)).toEqual([]);
  });

  it('waits for an exit that is under way', () => {
    const desk = held();
    desk.decide(({ intents }) => intents.reduce({ fraction: 0.5, reason: 'half' }));
    desk.decide(({ intents }) => intents.reduce({ fraction: 0.5, reason: 'half' }));

    expect(desk.notes).toMatchObject([{ intent: 'reduce', outcome: 'changed', reason: 'exit-working' }]);
    expect(desk.state.legs[0]!.orders).toHaveLength(1);
  });

  it('of 0.5 of 4 is 2 lots with its reason, of 1 the whole, of 0.24 nothing', () => {
    const half = held();
    const whole = held();
    const none = held();

    expect(half.decide(({ intents }) => intents.reduce({ fraction: 0.5, reason: 'half' }))).toEqual([reduce(half, 2, 2)]);
    expect(half.notes).toEqual([{ tag: 'decision', at: half.now(), leg: 0, intent: 'reduce', outcome: 'accepted', reason: 'half', priceTicks: 100, stopTicks: Number.NaN, lots: 2, inputs: '' }]);
    expect(whole.decide(({ intents }) => intents.reduce({ fraction: 1, reason: 'all' }))).toEqual([reduce(whole, 2, 4)]);
    expect(none.decide(({ intents }) => intents.reduce({ fraction: 0.24, reason: 'bit' }))).toEqual([]);
    expect(none.notes).toMatchObject([{ outcome: 'refused', reason: 'below-min-qty' }]);
  });
});

describe('more than was meant', () => {
  const grow = (lots: number, config: DeskWish['config'] = {}): { desk: Desk; commands: ReturnType<Desk['take']> } => {
    const desk = held({ config });
    const { orders } = desk.state.legs[0]!;
    expect(orders).toEqual([]);
    desk.position().plannedLots = 4;
    desk.state.legs[0]!.buried.push({ filled: 0, until: desk.now() + 1_000, order: {
      id: 7, leg: 0, role: 'entry', side: 1, type: 'limit', reduceOnly: false, timeInForce: 'GTC', triggerTicks: 0, triggerDirection: 0, referenceTicks: 100,
      key: '', reason: 'late', sentAt: 0, attempt: 1, attemptAt: 0, isUnwanted: false, endsAtDecision: 0, priceTicks: 100, lots, filled: 0,
      state: { tag: 'done', outcome: 'absent', since: 0 },
      terms: { stopTicks: 90, stopBy: 'mark', distanceTicks: 10, follows: false, risk: 1, targets: [], trailTicks: 0, trailFromTicks: 0, breakEvenAt: 0, isAdd: false },
    } });
    return { desk, commands: desk.filled({ order: 7, lots, with: true }) };
  };

  it('is trimmed to what was meant, reduce-only at market: 2 of 6', () => {
    const { desk, commands } = grow(2);

    expect(commands).toEqual([reduce(desk, 2, 2)]);
    expect(desk.state.legs[0]!.orders).toMatchObject([{ role: 'trim', reason: 'more than was meant', key: '' }]);
    expect(desk.position()).toMatchObject({ lots: 6, plannedLots: 4, leaving: '' });
    desk.filled({ order: 2, lots: 2 });
    expect(desk.position()).toMatchObject({ lots: 4, plannedLots: 4 });
  });

  it('is left up to the configured multiple: 5 of 4 at 1.25 and not at 1.24', () => {
    expect(grow(1, { oversize: 1.25 }).commands).toEqual([]);
    const { desk, commands } = grow(1, { oversize: 1.24 });
    expect(commands).toEqual([reduce(desk, 2, 1)]);
  });

  it('is not seen in the parts of an entry that one reading tells: 1 and 3 of 4 stay', () => {
    const desk = entering();
    desk.skip(1);
    const part = (id: string, lots: number): Execution => ({
      tag: 'execution', at: desk.now(), leg: 0, order: 1, id, cause: 'order', side: 1, lots: lots as never, priceTicks: 100, value: BigInt(lots) * 100_000_000_000_000n,
      fee: 0n, liquidity: 'taker', leavesLots: 4 - lots === 1 ? 0 : 3,
    });

    const commands = desk.take(reading(desk, {
      position: { side: 1, lots: 4, entryTicks: 100, cost: 400_000_000_000_000n }, executions: [part('a', 1), part('b', 3)], stop: { triggerTicks: 90, by: 'mark' },
    }));
    expect(commands.filter(({ tag }) => tag === 'reduce')).toEqual([]);
    expect(desk.position()).toMatchObject({ lots: 4, plannedLots: 4, protection: { tag: 'armed', trigger: 90 } });
  });

  it('is trimmed beside a target that stands', () => {
    const desk = held({ enter: ({ intents }) => intents.enter({ side: 'long', qty: 4, stop: 90, targets: [{ price: 110, fraction: 0.5 }] }) });
    desk.position().plannedLots = 3;
    desk.skip(1);

    expect(desk.take(reading(desk, { stop: { triggerTicks: 90, by: 'mark' }, openOrders: [{ order: 2, side: -1, lots: 2, filled: 0, priceTicks: 110, reduceOnly: true }] })))
      .toEqual([reduce(desk, 3, 1)]);
  });

  it('is not trimmed while an exit of a part is under way', () => {
    const desk = held();
    desk.decide(({ intents }) => intents.reduce({ fraction: 0.25, reason: 'less' }));
    desk.position().plannedLots = 3;
    desk.skip(1);

    expect(desk.take(reading(desk, { stop: { triggerTicks: 90, by: 'mark' }, openOrders: [{ order: 2, side: -1, lots: 1, filled: 0, priceTicks: 0, reduceOnly: true }] }))).toEqual([]);
  });

  it('is meant when it opened the position: an order given up that fills after all', () => {
    const { desk } = grow(2, { oversize: 10 });
    desk.state.legs[0]!.buried[0]!.order.lots = 4;
    desk.filled({ order: -1, lots: 6, at: 90, cause: 'stop' });
    desk.filled({ order: 7, lots: 2, with: true });

    expect(desk.position()).toMatchObject({ lots: 2, plannedLots: 2, protection: { tag: 'requested', trigger: 90 } });
  });

  it('is not trimmed twice, nor while it leaves', () => {
    const { desk } = grow(2);
    desk.skip(1);
    desk.take(reading(desk, { stop: { triggerTicks: 90, by: 'mark' } }));

    expect(desk.state.legs[0]!.orders).toHaveLength(1);
    const { desk: leaving } = grow(1, { oversize: 1.25 });
    leaving.position().leaving = 'enough';
    leaving.position().plannedLots = 3;
    expect(leaving.bar(100)).toHaveLength(1);
    leaving.skip(1);
    leaving.take(reading(leaving, { stop: { triggerTicks: 90, by: 'mark' } }));
    expect(leaving.state.legs[0]!.orders).toMatchObject([{ role: 'exit' }]);
  });
});

describe('a trade that is over', () => {
  it('leaves no rest of its entry behind', () => {
    const desk = entering();
    desk.filled({ order: 1, lots: 2, leaves: 2, with: true });
    desk.armed();

    expect(desk.filled({ order: -1, lots: 2, at: 90, cause: 'stop' })).toEqual([cancel(1)]);
  });

  it('leaves no addition behind, filled or not', () => {
    const desk = held();
    desk.decide(({ intents }) => intents.add({ qty: 1, at: 'limit', price: 95 }));
    desk.tell({ tag: 'order-accepted', order: 2 });

    expect(desk.filled({ order: -1, lots: 4, at: 90, cause: 'stop' })).toEqual([cancel(2)]);
  });

  it('takes the rest of the resting order that opened it back, and leaves the others standing', () => {
    const desk = empty({ enter: ({ intents }) => intents.rest([{ key: 'a', side: 'buy', price: 95, qty: 4 }, { key: 'b', side: 'buy', price: 94, qty: 4 }], { long: 90 }) });
    desk.decide(({ intents }) => intents.rest([{ key: 'a', side: 'buy', price: 95, qty: 4 }, { key: 'b', side: 'buy', price: 94, qty: 4 }], { long: 90 }));
    desk.filled({ order: 1, lots: 2, at: 95, leaves: 2, with: true });

    expect(desk.filled({ order: -1, lots: 2, at: 90, cause: 'stop' })).toEqual([cancel(1)]);
    expect(desk.state.legs[0]!.orders).toMatchObject([{ id: 1, state: { tag: 'cancelling' } }, { id: 2, isUnwanted: false }]);
  });

  it('was a liquidation: the engine halts', () => {
    const desk = held();

    expect(desk.filled({ order: -1, lots: 4, at: 60, cause: 'liquidation' })).toEqual([told('alarm', 'liquidated', 'AAAUSDT was liquidated')]);
    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'liquidated' });
  });
});
