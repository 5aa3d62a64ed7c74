/** The edges of protection, ledger and rest: who tells of what, until when, and what is no violation. */
import { describe, expect, it } from 'vitest';
import type { Command, Event } from '../../../engine/index.ts';
import { alarm, at, enter, halted, openWithStop, order, protect, reduce, terms, told, world } from './world.ts';
import type { World } from './world.ts';

const event = (ms: number, tag: string, own: object = {}): Event => ({ tag, at: at(ms), leg: 0, ...own }) as never;
const reading = (ms: number, own: object = {}): Event => event(ms, 'account-snapshot', {
  takenAt: at(ms), position: { side: 1, lots: 5, entryTicks: 1_000, cost: 0n }, stop: null, executions: 'unknown', ...own,
});
const unprotected = (one: World): string[] => told(one.report()).filter((text) => text.startsWith('I1 '));

/** 5 lots by an order that carries no stop, filled at 0 ms and told at 100 ms: 2,000 ms to set one. */
function filled(): World {
  const one = world();
  one.state.legs[0]!.orders.push(order(1, { terms: { ...terms, stopTicks: 0, isAdd: true } }));
  one.sends(at(0), enter(1, { stopTicks: 0 }));
  const fill = one.fills({ at: at(0), id: 1, side: 1, lots: 5, order: 1 });
  one.auditor.instant(at(0), one.state);
  one.tells({ ...fill, at: at(100) });
  one.auditor.instant(at(100), one.state);
  return one;
}

describe('a stop that is lost at 1,000 ms', () => {
  it.each<[string, Event, boolean]>([
    ['the venue saying that there is none', event(2_000, 'stop-set', { triggerTicks: 0 }), true],
    ['the venue saying that there is one', event(2_000, 'stop-set', { triggerTicks: 900 }), false],
    ['a fill of the stop', event(2_000, 'execution', { id: 9, side: -1, lots: 1, order: -1, cause: 'stop', priceTicks: 900 }), true],
    ['another fill', event(2_000, 'execution', { id: 9, side: -1, lots: 1, order: 7, cause: 'order', priceTicks: 900 }), false],
    ['a reduction by the venue', event(2_000, 'adl'), true],
    ['funding', event(2_000, 'funding'), false],
    ['a reading without it', reading(2_000), true],
    ['a reading that shows it still', reading(2_000, { stop: { triggerTicks: 900 } }), false],
    ['a reading taken at 1,000 ms', reading(2_000, { takenAt: at(1_000) }), true],
    ['a reading taken at 999 ms', reading(2_000, { takenAt: at(999) }), false],
    ['a reading without a position', reading(2_000, { position: { side: 0, lots: 0, entryTicks: 0, cost: 0n } }), false],
    ['a reading that does not know', reading(2_000, { position: 'unknown' }), false],
    ['a timer', { tag: 'timer', at: at(2_000) }, false],
  ])('is told of by %s: %s', (_what, heard, isTold) => {
    const one = world();
    openWithStop(one, at(0));
    one.there.stop = 0;
    one.auditor.instant(at(1_000), one.state);
    one.auditor.event(heard, one.state);
    one.auditor.instant(at(2_000), one.state);
    one.auditor.instant(at(12_000), one.state);
    expect(unprotected(one)).toEqual([]);
    one.auditor.instant(at(12_001), one.state);
    one.auditor.instant(at(60_000), one.state);

    expect(unprotected(one)).toEqual(isTold ? [`I1 no stop since ${at(1_000)} (lost), neither an exit under way nor halted after 10000 ms`] : []);
    expect(one.report().unprotected.unawareMs).toBe(isTold ? 1_000 : 59_000);
  });
});

describe('a position without a stop', () => {
  it('is told of once, and what is counted is the time of both: 3,000 and 1,000 ms, 3,000 the longest', () => {
    const one = filled();
    one.auditor.instant(at(2_500), one.state);
    one.auditor.instant(at(3_000), one.state);
    one.there.stop = 900;
    one.auditor.instant(at(3_000), one.state);
    one.there.stop = 0;
    one.auditor.instant(at(5_000), one.state);
    one.there.stop = 900;
    one.auditor.instant(at(6_000), one.state);

    expect(unprotected(one)).toEqual([`I1 no stop since ${at(0)} (fill), neither an exit under way nor halted after 2000 ms`]);
    expect(one.report().unprotected).toEqual({ aliveMs: 4_000, deadMs: 0, unawareMs: 1_100, waivedMs: 0, longestMs: 3_000 });
  });
  it('has 10,000 ms from a reconnect at 1,500, and no less from a resume at 1,600', () => {
    const found = [11_600, 11_601].map((last) => {
      const one = filled();
      one.auditor.event({ tag: 'connected', at: at(1_500) } as Event, one.state);
      one.state.mode = halted(at(1_550));
      one.auditor.instant(at(1_550), one.state);
      one.auditor.event({ tag: 'operator', verb: 'resume', at: at(1_600) } as Event, one.state);
      one.state.mode = { tag: 'trading' };
      one.auditor.instant(at(1_600), one.state);
      one.auditor.instant(at(last), one.state);
      return unprotected(one).length;
    });

    expect(found).toEqual([0, 1]);
  });
  it('gains nothing by another word of the operator, nor by a warning beside the halt', () => {
    const one = filled();
    one.state.mode = halted(at(1_500));
    one.sends(at(1_500), { ...alarm('unprotected'), severity: 'warning' } as Command);
    one.auditor.instant(at(1_500), one.state);
    one.auditor.event({ tag: 'operator', verb: 'flatten', at: at(1_600) } as Event, one.state);
    one.auditor.instant(at(1_600), one.state);
    one.auditor.instant(at(2_101), one.state);

    expect(unprotected(one).length).toBe(1);
  });
  it.each<[string, readonly Partial<ReturnType<typeof order>>[], number]>([
    ['of 3 and 2 lots', [{ lots: 3 }, { lots: 2 }], 0],
    ['of 6 lots, 1 filled', [{ lots: 6, filled: 1 }], 0],
    ['of 5 lots, 1 filled', [{ lots: 5, filled: 1 }], 1],
    ['that is done', [{ state: { tag: 'done', outcome: 'cancelled', since: at(0) } as never }], 1],
    ['of the other side', [{ side: 1 }], 1],
    ['that is a resting order', [{ role: 'rest' }], 1],
    ['that may open', [{ reduceOnly: false }], 1],
  ])('with exits %s under way: %i violations', (_what, exits, expected) => {
    const one = filled();
    exits.forEach((own, i) => {
      one.state.legs[0]!.orders.push(order(10 + i, { role: 'exit', side: -1, reduceOnly: true, lots: 5, ...own }));
      one.sends(at(200), reduce(10 + i));
    });
    one.auditor.instant(at(200), one.state);
    one.auditor.instant(at(2_101), one.state);

    expect(unprotected(one).length).toBe(expected);
  });
  it('by a second fill of an order whose stop is used up has 2,000 ms, not 0', () => {
    const one = world();
    openWithStop(one, at(0));
    one.fills({ at: at(1), id: 2, side: -1, lots: 5, order: -1 });
    one.there.stop = 0;
    one.auditor.instant(at(1), one.state);
    one.fills({ at: at(2), id: 3, side: 1, lots: 2, order: 1 });
    one.auditor.instant(at(2), one.state);
    expect(unprotected(one)).toEqual([]);
    for (const id of [2, 3]) one.auditor.event(event(10, 'execution', { id, side: 1, lots: 1, order: 1, cause: 'order', priceTicks: 1_000 }), one.state);
    one.auditor.instant(at(2_010), one.state);
    expect(unprotected(one)).toEqual([]);
    one.auditor.instant(at(2_011), one.state);

    expect(unprotected(one)).toEqual([`I1 no stop since ${at(2)} (fill), neither an exit under way nor halted after 2000 ms`]);
  });
  it('that turns from long to short is another one, that nobody has told yet', () => {
    const one = filled();
    one.fills({ at: at(1_000), id: 2, side: -1, lots: 8, order: -2 });
    one.auditor.instant(at(1_000), one.state);
    one.auditor.instant(at(50_000), one.state);

    expect(unprotected(one)).toEqual([]);
    expect(one.report().unprotected.longestMs).toBe(49_000);
  });
  it('was waived until the engine asks for a stop of its own: 2,000 ms from there; as long as it wants none, for ever', () => {
    const found = (['armed', 'waived'] as const).map((tag) => {
      const one = world();
      one.state.legs[0]!.orders.push(order(1, { terms: { ...terms, stopTicks: 0, distanceTicks: 0 } }));
      one.sends(at(0), enter(1, { stopTicks: 0 }));
      one.tells(one.fills({ at: at(0), id: 1, side: 1, lots: 5, order: 1 }));
      one.auditor.instant(at(0), one.state);
      protect(one, { tag, trigger: 900, by: 'mark', since: at(1_000) } as never);
      one.auditor.instant(at(1_000), one.state);
      one.auditor.instant(at(3_000), one.state);
      expect(unprotected(one)).toEqual([]);
      one.auditor.instant(at(3_001), one.state);
      return [unprotected(one).length, one.report().unprotected.waivedMs];
    });

    expect(found).toEqual([[1, 1_000], [0, 3_001]]);
  });
  it.each([['an addition', { isAdd: true, distanceTicks: 0 }], ['a distance of 100', { isAdd: false, distanceTicks: 100 }]])('is not waived by %s without a stop', (_what, own) => {
    const one = world();
    one.state.legs[0]!.orders.push(order(1, { terms: { ...terms, stopTicks: 0, ...own } }));
    one.sends(at(0), enter(1, { stopTicks: 0 }));
    one.tells(one.fills({ at: at(0), id: 1, side: 1, lots: 5, order: 1 }));
    one.auditor.instant(at(0), one.state);
    one.auditor.instant(at(500), one.state);

    expect(one.report().unprotected).toMatchObject({ aliveMs: 500, waivedMs: 0 });
  });
});

describe('the ledger', () => {
  const believes = (one: World, lots: number): void => {
    const { position } = one.state.legs[0]!;
    if (position.tag === 'open') position.lots = lots;
  };
  it.each<[string, Event, string[]]>([
    ['a reduction by the venue may change the size', event(5, 'adl'), []],
    ['a liquidation may', event(5, 'liquidation'), []],
    ['a reading of 3 lots may', reading(5, { position: { side: 1, lots: 3, entryTicks: 1_000, cost: 0n } }), []],
    ['a reading of 4 lots may not', reading(5, { position: { side: 1, lots: 4, entryTicks: 1_000, cost: 0n } }), ['I7 the engine holds 3 lots, its executions make 5']],
    ['a reading that does not know may not', reading(5, { position: 'unknown' }), ['I7 the engine holds 3 lots, its executions make 5']],
    ['funding is not asked', event(5, 'funding'), []],
  ])('%s, from 5 to 3', (_what, heard, expected) => {
    const one = world();
    openWithStop(one, at(0));
    believes(one, 3);
    one.auditor.event(heard, one.state);

    expect(told(one.report())).toEqual(expected);
  });
  it('a fill told with the time of a position taken over at 20 ms may belong to it; one at 21 does not', () => {
    const found = [20, 21].map((ms) => {
      const one = world();
      openWithStop(one, at(0));
      believes(one, 9);
      one.auditor.event(reading(20, { position: { side: 1, lots: 9, entryTicks: 1_000, cost: 0n } }), one.state);
      one.auditor.event(event(ms, 'execution', { id: 8, side: 1, lots: 4, order: 1, cause: 'order', priceTicks: 1_000 }), one.state);
      return told(one.report()).filter((text) => text.startsWith('I7'));
    });

    expect(found).toEqual([[], ['I7 the engine holds 9 lots, its executions make 13']]);
  });
  it('a wallet is start + 5 realised - 3 fees + 2 funding: 4 more than the start, at funding and at a word of the wallet, not at a timer', () => {
    const sums = (balance: bigint, tag: string): number => {
      const one = world();
      const start = one.state.wallet.balance;
      Object.assign(one.state.wallet, { balance: start + balance, realised: 5n, fees: 3n, funding: 2n });
      one.auditor.event(event(1, tag), one.state);
      return one.report().total;
    };

    expect([sums(4n, 'funding'), sums(4n, 'wallet'), sums(0n, 'funding'), sums(8n, 'wallet'), sums(8n, 'timer')]).toEqual([0, 0, 1, 1, 0]);
  });
  it('what a crash forgot is told anew and counts; what it kept does not count again', () => {
    const [forgot, kept] = [world(), world()];
    for (const one of [forgot, kept]) openWithStop(one, at(0));
    forgot.state.seen.upTo = 0;
    forgot.state.legs[0]!.position = { tag: 'flat' } as never;
    for (const one of [forgot, kept]) {
      one.auditor.restarted(at(1), one.state);
      one.tells({ ...one.there.executions[0]!, at: at(2) });
    }

    expect([told(forgot.report()), told(kept.report())]).toEqual([[], []]);
  });
  it('at rest an execution up to a position taken over at 20 ms need not be counted, one at 21 must; one known by name is', () => {
    const found = [20, 21].map((ms) => {
      const one = world();
      openWithStop(one, at(0));
      believes(one, 9);
      one.auditor.event(reading(20, { position: { side: 1, lots: 9, entryTicks: 1_000, cost: 0n } }), one.state);
      one.there.executions.push({ ...one.there.executions[0]!, id: 8, at: at(ms) });
      one.there.executions.push({ ...one.there.executions[0]!, id: 'ours', at: at(30) } as never);
      one.state.seen.set.add('ours' as never);
      one.auditor.quiet(at(90_000), one.state, new Set());
      return told(one.report()).filter((text) => text.startsWith('I16'));
    });

    expect(found).toEqual([[], [`I16 execution 8 of ${at(21)} never counted`]]);
  });
});

describe('at rest', () => {
  const looked = (change: (one: World) => void): string[] => {
    const one = world();
    openWithStop(one, at(0));
    change(one);
    one.auditor.quiet(at(90_000), one.state, new Set());
    return told(one.report());
  };
  const works = (id: number, own: object = {}) => order(id, { terms, state: { tag: 'working', since: at(0) }, ...own });
  const there = (id: number, own: object = {}) => ({ order: id, side: 1 as const, lots: 5, filled: 0, priceTicks: 990, reduceOnly: false, ...own });

  it('each order is looked for by its own number', () => {
    expect(looked((one) => {
      one.state.legs[0]!.orders.push(works(2), works(3));
      one.there.orders.push(there(3), there(4), there(0), there(-7));
    })).toEqual(['I15 entry 2 is working, the venue has none', 'I15 order 4 lives at the venue unknown to the engine']);
    expect(looked((one) => {
      one.state.legs[0]!.orders.push(works(2), works(3, { filled: 2 }));
      one.there.orders.push(there(2), there(3, { filled: 2 }));
    })).toEqual([]);
  });
  it('an order of 6 there and 5 here is another', () => {
    expect(looked((one) => {
      one.state.legs[0]!.orders.push(works(2));
      one.there.orders.push(there(2, { lots: 6 }));
    })).toEqual(['I15 order 2 is 0/5, at the venue 0/6']);
  });
  it('a stop believed and not there, there and not believed, or neither', () => {
    expect(looked((one) => void (one.there.stop = 0))).toEqual(['I15 stop 900 by mark (armed), at the venue none']);
    expect(looked((one) => protect(one, { tag: 'waived', since: at(0) } as never))).toEqual(['I15 stop none (waived), at the venue 900 by mark']);
    expect(looked((one) => {
      protect(one, { tag: 'waived', since: at(0) } as never);
      one.there.stop = 0;
    })).toEqual([]);
  });
  it('a position that is leaving says how', () => {
    expect(looked((one) => {
      protect(one, { tag: 'unprotected', since: at(0) } as never);
      one.there.stop = 0;
      const { position } = one.state.legs[0]!;
      if (position.tag === 'open') position.leaving = 'market' as never;
    })).toEqual(['I17 a position that is unprotected, leaving: market']);
  });
  it.each([1, -1] as const)('fills told in another order leave the same cash: side %i, 7 more in cost and in the wallet', (side) => {
    const cash = (wallet: bigint): string[] => {
      const one = world();
      one.tells(one.fills({ at: at(0), id: 1, side, lots: 5, order: -2 }));
      const { position } = one.state.legs[0]!;
      if (position.tag === 'open') (position as { cost: bigint }).cost += 7n;
      one.state.wallet.balance += wallet;
      one.auditor.quiet(at(90_000), one.state, new Set());
      return told(one.report()).filter((text) => text.startsWith('I15 cash'));
    };

    expect([cash(BigInt(side) * 7n), cash(BigInt(-side) * 7n).length]).toEqual([[], 1]);
  });
  it('the engine’s word for a position that is gone: nothing is asked of its stop', () => {
    const one = world();
    one.auditor.quiet(at(90_000), one.state, new Set());

    expect(told(one.report())).toEqual([]);
  });
});
