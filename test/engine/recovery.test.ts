/** Start, restart and reconnect: what is forgotten, what is asked, when trading begins again, what halts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadlineOf } from '../../engine/index.ts';
import type { Command } from '../../engine/index.ts';
import { beginRecovery } from '../../engine/recovery.ts';
import { linear } from '../sim/market.ts';
import { scripted } from '../sim/scripted.ts';
import { Dealer } from './dealer.ts';
import { execution, stepped } from './stepped.ts';
import { bid, buy, cancelEntry, fiveLong, long, nothing, Talk } from './talk.ts';

const query = { tag: 'query-account', leg: 0 };
const cancelOf = (order: number) => ({ tag: 'cancel', leg: 0, order });
const set80 = { tag: 'set-stop', leg: 0, triggerTicks: 80, by: 'mark', trailTicks: 0, activeTicks: 0 };
const dropped = (talk: Talk) => talk.tell({ tag: 'disconnected' });
const back = (talk: Talk) => talk.tell({ tag: 'connected' });

describe('a restart', () => {
  it('asks about the leg, waits for the answer, and trades once everything is known', () => {
    const talk = new Talk();
    const out = talk.restart();

    expect(out.commands).toEqual([query]);
    expect(out.notes).toEqual([{ tag: 'mode', at: talk.now, mode: { tag: 'recovering', cause: 'restart', missing: [0], since: talk.now } }]);
    expect(talk.leg).toMatchObject({ isKnown: false, forgottenAt: talk.now });
    expect(talk.decide(bid).commands).toEqual([]);

    const { notes } = talk.reading();
    expect(notes).toContainEqual({ tag: 'mode', at: talk.now, mode: { tag: 'trading' } });
    expect(talk.leg.isKnown).toBe(true);
    expect(talk.decide(bid).commands).toMatchObject([{ tag: 'enter' }]);
  });

  it('leaves orders sent and being cancelled unknown, working ones as they are; what was not wanted stays so', () => {
    const sent = new Talk();
    sent.decide(bid);
    sent.restart();
    expect(sent.order(1)).toMatchObject({ isUnwanted: false, state: { tag: 'unknown', cause: 'restart', since: sent.now, absences: 0, absentAt: 0 } });

    const cancelling = new Talk();
    cancelling.decide(bid);
    cancelling.decide(cancelEntry);
    cancelling.restart();
    expect(cancelling.order(1)).toMatchObject({ isUnwanted: true, state: { tag: 'unknown', cause: 'restart' } });
    expect(cancelling.reading({ openOrders: [{ order: 1, side: 1, lots: 5, filled: 0, priceTicks: 95, reduceOnly: false }] }).commands).toEqual([cancelOf(1)]);

    const working = new Talk();
    working.decide(bid);
    working.accept(1);
    working.restart();
    expect(working.order(1).state.tag).toBe('working');
  });

  it('with an entry unknown trades again only when the entry is: by the fence, 15 s and 2 readings after', () => {
    const talk = new Talk();
    talk.decide(bid);
    talk.restart();
    talk.reading();
    expect(talk.state.mode).toMatchObject({ tag: 'recovering', missing: [0] });
    talk.pass(15_001).reading();
    expect(talk.state.mode.tag).toBe('recovering');
    talk.pass(1).reading();

    expect(talk.state.mode.tag).toBe('trading');
  });

  it('with a working order that the reading does not show yet waits for another', () => {
    const talk = new Talk();
    talk.decide(bid);
    talk.accept(1);
    talk.pass(1);
    talk.restart();
    talk.reading();
    expect(talk.state.mode.tag).toBe('recovering');
    talk.reading({ openOrders: [{ order: 1, side: 1, lots: 5, filled: 0, priceTicks: 95, reduceOnly: false }] });

    expect(talk.state.mode.tag).toBe('trading');
  });

  it('ends by no reading that was taken before it, by one taken at its instant it does', () => {
    const talk = new Talk();
    talk.decide();
    talk.restart();
    talk.reading({ takenAt: talk.now - 1 });
    expect(talk.state.mode.tag).toBe('recovering');
    talk.reading();

    expect(talk.state.mode.tag).toBe('trading');
  });

  it.each(['position', 'openOrders', 'executions'] as const)('is not over by a reading without %s', (part) => {
    const talk = new Talk();
    talk.restart();
    talk.reading({ [part]: 'unknown' });
    expect(talk.state.mode.tag).toBe('recovering');
    expect(talk.leg.query.tag).toBe('again');
    talk.reading();

    expect(talk.state.mode.tag).toBe('trading');
  });

  it('is over without the stop while flat, not with a position', () => {
    const flat = new Talk();
    flat.restart();
    flat.reading({ stop: 'unknown' });
    expect(flat.state.mode.tag).toBe('trading');

    const held = long();
    held.restart();
    held.reading({ ...fiveLong, stop: 'unknown' });
    expect(held.state.mode.tag).toBe('recovering');
    held.reading(fiveLong);
    expect(held.state.mode.tag).toBe('trading');
  });

  it('is over without a list of ended orders, where none is unknown', () => {
    const talk = new Talk();
    talk.restart();
    talk.reading({ ended: 'unknown' });

    expect(talk.state.mode.tag).toBe('trading');
  });

  it('makes an armed stop unknown, with 10 s to find it; shown, it is armed again', () => {
    const talk = long();
    talk.pass(5);
    const { notes } = talk.restart();
    const protection = { tag: 'unprotected', cause: 'unknown', since: talk.state.now };

    expect(talk.position).toMatchObject({ protection, protectBy: talk.state.now + 10_000, wantedStop: 80, suspectAt: 0 });
    expect(notes).toContainEqual({ tag: 'protection', at: talk.state.now, leg: 0, protection, cause: 'restart' });
    expect(deadlineOf(talk.state)).toBe(talk.state.now + 2_000);
    expect(talk.reading(fiveLong).commands).toEqual([]);
    expect(talk.position).toMatchObject({ protection: { tag: 'armed', trigger: 80 }, protectBy: 0 });
  });

  it('makes a stop that was asked for unknown as well; a stop not there is set before anything is traded', () => {
    const talk = new Talk();
    talk.decide(buy);
    talk.fill(1, { side: 1, lots: 5 });
    expect(talk.position.protection.tag).toBe('requested');
    talk.restart();
    expect(talk.position.protection).toMatchObject({ tag: 'unprotected', cause: 'unknown' });
    talk.pass(1);
    const { commands } = talk.reading({ ...fiveLong, stop: null });

    expect(commands).toEqual([set80]);
    expect(talk.position.protection).toMatchObject({ tag: 'requested', trigger: 80 });
    expect(talk.state.mode.tag).toBe('trading');
  });

  it('at whose very instant no stop is shown asks again where a fill is of that instant: the reading is not later than it', () => {
    const talk = long();
    talk.restart();
    talk.reading({ ...fiveLong, stop: null });
    expect(talk.state.mode.tag).toBe('recovering');
    expect(talk.leg.query.tag).toBe('again');

    expect(talk.pass(1).reading({ ...fiveLong, stop: null }).commands).toEqual([set80]);
  });

  it('at whose very instant no stop is shown, the fills being older, sets it: what is known in a millisecond is not later', () => {
    const talk = long();
    talk.pass(5);
    talk.restart();
    talk.reading({ ...fiveLong, stop: null, takenAt: talk.now - 1 });
    expect(talk.state.mode.tag).toBe('recovering');

    expect(talk.reading({ ...fiveLong, stop: null }).commands).toEqual([set80]);
  });

  it('eight hours after the last event begins its deadlines then, not eight hours ago', () => {
    const talk = long();
    talk.pass(28_800_000);
    talk.restart();
    expect(talk.state.now).toBe(talk.now);
    expect(talk.wait(2_000).commands).toEqual([query]);
    talk.reading(fiveLong);
    expect(talk.state.mode.tag).toBe('trading');
  });

  it('eight hours after an exit went out sends it again and waits 60 s for it from then on, before it halts', () => {
    const sent = long();
    sent.decide(({ intents }) => intents.exit('enough'));
    const accepted = long();
    accepted.decide(({ intents }) => intents.exit('enough'));
    accepted.accept(2);
    for (const talk of [sent, accepted]) {
      talk.pass(28_800_000);
      talk.restart();
      talk.wait(2_000);
      expect(talk.state.mode.tag).toBe('recovering');
      talk.fill(2, { side: -1, lots: 5 });
      talk.reading();
      expect(talk.state.mode.tag).toBe('trading');
    }
  });

  it('eight hours after an order was last asked about in vain asks for 60,000 ms more, not 59,999', () => {
    const talk = new Talk();
    talk.decide(buy);
    talk.wait(30_000);
    expect(talk.order(1).state).toMatchObject({ tag: 'unknown', cause: 'no-answer' });
    talk.pass(28_800_000);
    talk.restart();
    expect(talk.order(1).state).toMatchObject({ tag: 'unknown', cause: 'no-answer', since: talk.now });
    talk.reading({ ended: 'unknown' });
    talk.wait(59_999);
    expect(talk.state.mode.tag).toBe('recovering');
    talk.wait(1);

    expect(talk.state.mode).toMatchObject({ tag: 'halted', cause: 'unreconciled' });
  });

  it('takes the prices of the first reading, which is newer than the last bar: 91 and a mark of 90; not of one taken before that bar', () => {
    const talk = long();
    const told = { ...fiveLong, markTicks: 90, lastTicks: 91 };
    talk.restart();
    talk.reading({ ...told, takenAt: talk.now - 1 });
    expect(talk.leg.book).toMatchObject({ lastTicks: 100, markTicks: 100 });
    talk.reading({ ...told, takenAt: talk.leg.book.lastAt, markTicks: Number.NaN, executions: 'unknown' });
    expect(talk.leg.book).toMatchObject({ lastTicks: 91, markTicks: 100 });
    talk.reading({ ...told, lastTicks: 0 });
    expect(talk.leg.book).toMatchObject({ lastTicks: 91, markTicks: 90, basisTicks: -1 });
  });

  it('names when it is too long by itself, whatever is asked meanwhile', () => {
    const talk = new Talk();
    talk.decide();
    talk.restart();
    talk.leg.query = { tag: 'none' };
    expect(deadlineOf(talk.state)).toBe(talk.now + 10_000);
    talk.reading({ openOrders: 'unknown' });
    talk.leg.query = { tag: 'none' };

    expect(deadlineOf(talk.state)).toBe(talk.now + 60_000);
  });

  it('with a waived position is over by a reading that knows of the stop, not by one that does not', () => {
    const talk = new Talk();
    talk.decide(({ intents }) => intents.enter({ side: 'long', qty: 5, stop: 'none-i-accept-unlimited-loss' }));
    talk.fill(1, { side: 1, lots: 5 });
    talk.restart();
    talk.reading({ ...fiveLong, stop: 'unknown' });
    expect(talk.state.mode.tag).toBe('recovering');
    talk.reading({ ...fiveLong, stop: null });
    expect(talk.state.mode.tag).toBe('trading');
  });

  it('leaves a waived and a breached position what they are', () => {
    const waived = new Talk();
    waived.decide(({ intents }) => intents.enter({ side: 'long', qty: 5, stop: 'none-i-accept-unlimited-loss' }));
    waived.fill(1, { side: 1, lots: 5 });
    waived.restart();
    expect(waived.position.protection.tag).toBe('waived');

    const breached = long();
    breached.decide(({ intents }) => intents.moveStop(100));
    expect(breached.position.protection.tag).toBe('breached');
    breached.restart();
    expect(breached.position.protection.tag).toBe('breached');
    expect(breached.orders).toMatchObject([{ role: 'exit', state: { tag: 'unknown', cause: 'restart' } }]);
  });

  it('forgets a question and a count of mismatches, and asks anew', () => {
    const talk = long();
    talk.pass(1).reading();
    expect(talk.leg).toMatchObject({ mismatches: 1, query: { tag: 'again' } });
    const { commands } = talk.restart();

    expect(talk.leg).toMatchObject({ mismatches: 0, query: { tag: 'asked', attempt: 1 }, forgottenAt: talk.state.now });
    expect(commands).toEqual([query]);
  });

  it('counts a difference from the last fill on: stale readings before and after one may differ by the same', () => {
    const stale = { position: { side: 1, lots: 5, entryTicks: 100, cost: 500n }, stop: null } as never;
    const talk = new Talk();
    talk.decide();
    talk.pass(1).reading(stale);
    talk.pass(3_000).reading(stale);
    expect(talk.leg).toMatchObject({ mismatches: 2 });
    talk.decide(({ intents }) => intents.enter({ side: 'long', qty: 5, stop: 90 }));
    talk.fill(1, { side: 1, lots: 5 });
    talk.fill(-1, { side: -1, lots: 5 });
    talk.pass(3_000).reading(stale);

    expect(talk.leg).toMatchObject({ mismatches: 1 });
    expect(talk.leg.position.tag).toBe('flat');
  });

  it('keeps a halt: nothing is traded when all is known, and the leg is known all the same', () => {
    const talk = new Talk();
    talk.tell({ tag: 'operator', verb: 'halt' });
    expect(talk.restart().commands).toEqual([query]);
    expect(talk.state.mode).toMatchObject({ tag: 'halted', cause: 'operator' });
    talk.reading();

    expect(talk.state.mode.tag).toBe('halted');
    expect(talk.leg.isKnown).toBe(true);
    talk.tell({ tag: 'operator', verb: 'resume' });
    expect(talk.state.mode.tag).toBe('trading');
  });

  it('keeps a reduction and a cooldown that is not over, ends one that is', () => {
    const reducing = new Talk();
    reducing.tell({ tag: 'operator', verb: 'reduce-only' });
    reducing.restart();
    expect(reducing.state.mode.tag).toBe('recovering');
    reducing.reading();
    expect(reducing.state.mode).toMatchObject({ tag: 'reducing', cause: 'operator' });
    expect(reducing.state.afterRecovery).toEqual({ tag: 'trading' });

    for (const [later, tag] of [[999, 'cooldown'], [1_000, 'trading']] as const) {
      const talk = new Talk();
      talk.decide();
      const until = talk.now + 1_000;
      talk.state.mode = { tag: 'cooldown', cause: 'daily-loss', until, evidence: 'x', since: talk.now };
      talk.restart();
      talk.pass(later).reading();
      expect(talk.state.mode.tag).toBe(tag);
      expect(deadlineOf(talk.state)).toBe(tag === 'cooldown' ? until : until + 4_000); // 5,000 ms after the restart it looks again
    }
  });

  it('is looked at once more 5,000 ms after it: a reading from before that leaves it so, one from then ends it', () => {
    const talk = new Talk();
    talk.pass(1_000);
    talk.restart();
    const at = talk.now;
    talk.pass(100).reading();
    expect([talk.state.mode.tag, talk.leg.query]).toEqual(['trading', { tag: 'again', at: at + 5_000, attempt: 0 }]);
    talk.pass(2_900).reading();
    expect(talk.leg.query).toMatchObject({ tag: 'again', at: at + 5_000 });
    expect(talk.wait(2_000).commands).toEqual([query]);
    const bought = execution(talk.instrument, { at: talk.now, id: 9, side: 1, lots: 2, priceTicks: 100 });
    talk.reading({ position: { side: 1, lots: 2, entryTicks: 100, cost: bought.value }, executions: [{ ...bought, at: at - 300 }] });

    expect(talk.position).toMatchObject({ lots: 2, protection: { tag: 'requested' } });
    talk.pass(1).reading({ position: { side: 1, lots: 2, entryTicks: 100, cost: bought.value }, stop: { triggerTicks: 98, by: 'mark' } });
    expect(talk.leg.query.tag).toBe('none');
  });

  it('twice in a row keeps what the first had to come back to', () => {
    const talk = new Talk();
    talk.tell({ tag: 'operator', verb: 'reduce-only' });
    talk.restart();
    talk.restart();
    talk.reading();

    expect(talk.state.mode.tag).toBe('reducing');
  });

  it('takes back the entries that stood when the reduction was asked for meanwhile', () => {
    const talk = new Talk();
    talk.decide(bid);
    talk.accept(1);
    talk.restart();
    expect(talk.tell({ tag: 'operator', verb: 'reduce-only' }).commands).toContainEqual(cancelOf(1));
    expect(talk.state.mode.tag).toBe('recovering');

    talk.reading({ openOrders: [{ order: 1, side: 1, lots: 5, filled: 0, priceTicks: 95, reduceOnly: false }] });
    expect(talk.state.mode.tag).toBe('reducing');
  });

  it('with its position not the venue\'s is over never, and halted at the third reading', () => {
    const talk = long();
    talk.restart();
    for (let i = 0; i < 2; i++) talk.pass(2_500).reading();
    expect(talk.state.mode.tag).toBe('recovering');
    talk.pass(2_500).reading();

    expect(talk.state.mode).toMatchObject({ tag: 'halted', cause: 'unreconciled' });
  });

  it('for the fourth time in ten minutes halts as a crash loop; three do not, nor do four in more', () => {
    const talk = new Talk();
    for (let i = 0; i < 3; i++) {
      talk.pass(1_000).reading();
      talk.restart();
      expect(talk.state.mode.tag).toBe('recovering');
    }
    talk.pass(1_000).reading();
    talk.restart();
    expect(talk.state.mode).toMatchObject({ tag: 'halted', cause: 'crash-loop', evidence: '4 restarts and halts within 600000 ms' });

    const slow = new Talk();
    for (let i = 0; i < 6; i++) {
      slow.pass(200_000).reading();
      slow.restart();
    }
    expect(slow.state.mode.tag).toBe('recovering');
  });

  it('whose position is not told for 10,000 ms halts, not for 9,999', () => {
    const talk = new Talk();
    talk.decide();
    talk.restart();
    talk.wait(9_999);
    expect(talk.state.mode.tag).toBe('recovering');
    talk.wait(1);

    expect(talk.state.mode).toMatchObject({ tag: 'halted', cause: 'unreconciled', evidence: 'AAAUSDT: position not told within 10000 ms' });
  });

  it('that is not over after 60,000 ms halts, not after 59,999', () => {
    const talk = new Talk();
    talk.decide();
    talk.restart();
    talk.reading({ openOrders: 'unknown' });
    talk.wait(59_999);
    expect(talk.state.mode.tag).toBe('recovering');
    talk.wait(1);

    expect(talk.state.mode).toMatchObject({ tag: 'halted', cause: 'unreconciled', evidence: 'AAAUSDT: not known after 60000 ms' });
    talk.wait(60_000);
    expect(talk.state.stumbles).toHaveLength(2);
  });
});

describe('a stop told of while nothing is held', () => {
  const hinted = (): Talk => {
    const talk = new Talk();
    talk.decide(bid);
    talk.accept(1);
    talk.tell({ tag: 'stop-set', triggerTicks: 80, by: 'mark', trailTicks: 0, setAt: talk.now });
    return talk;
  };

  it('halts after 10,000 ms in which nobody told the position, not after 9,999, and again at once when it is resumed', () => {
    const talk = hinted();
    talk.wait(9_999);
    expect(talk.state.mode.tag).toBe('trading');
    talk.wait(1);

    const evidence = 'AAAUSDT: a position or the stop of one was told of, and nothing made it clear within 10000 ms';
    expect(talk.state.mode).toMatchObject({ tag: 'halted', cause: 'unreconciled', evidence });
    expect(deadlineOf(talk.state)).toBeGreaterThan(talk.now); // a question
    talk.tell({ tag: 'operator', verb: 'resume' });
    expect(talk.state.mode.tag).toBe('trading');
    talk.wait(0);
    expect(talk.state.mode).toMatchObject({ tag: 'halted', evidence });
  });

  it('halts nothing once the fill is told, a later reading shows nothing, or a restart asks about all; a reading from before proves nothing', () => {
    const shown = { openOrders: [{ order: 1, side: 1, lots: 5, filled: 0, priceTicks: 95, reduceOnly: false }] } as const;
    const filled = hinted();
    filled.fill(1, { side: 1, lots: 5, priceTicks: 95 });
    expect(filled.state.legs[0]!.hintedAt).toBe(0);
    const read = hinted();
    read.pass(1).reading(shown);
    expect(read.state.legs[0]!.hintedAt).toBe(0);
    const again = hinted();
    again.restart();
    expect(again.state.legs[0]!.hintedAt).toBe(0);

    const before = hinted();
    before.pass(1).reading({ ...shown, takenAt: before.now - 2 });
    before.wait(9_999);
    expect(before.state.mode).toMatchObject({ tag: 'halted', cause: 'unreconciled' });
  });

  it('is as good as a bare position that one reading shows and no second one makes clear: 10,000 ms, then a halt; with its stop on it halts nothing', () => {
    const shown = { position: { side: 1, lots: 2, entryTicks: 100, cost: 200n }, stop: null } as never;
    const bare = new Talk();
    bare.decide(bid);
    bare.pass(1).reading(shown);
    bare.wait(9_999);
    expect(bare.state.mode.tag).toBe('trading');
    bare.wait(1);
    expect(bare.state.mode).toMatchObject({ tag: 'halted', cause: 'unreconciled' });

    const held = new Talk();
    held.decide(bid);
    held.pass(1).reading({ ...(shown as object), stop: { triggerTicks: 98, by: 'mark' } } as never);
    expect(held.state.legs[0]!.hintedAt).toBe(0);
  });

  it('is the time for a stop of what is taken over: 10,000 ms from the first reading that showed it, not from the third', () => {
    const shown = { position: { side: 1, lots: 2, entryTicks: 100, cost: 200n }, stop: null } as never;
    const talk = new Talk();
    talk.decide();
    talk.pass(1).reading(shown);
    const firstAt = talk.now;
    talk.pass(2_500).reading(shown);
    talk.pass(2_500).reading(shown);

    expect(talk.position).toMatchObject({ lots: 2, adopted: true, protectBy: firstAt + 10_000 });
  });

  it('is counted from the first word of it', () => {
    const talk = hinted();
    talk.wait(4_000);
    talk.tell({ tag: 'stop-set', triggerTicks: 0, by: 'mark', trailTicks: 0, setAt: talk.now });
    talk.wait(6_000);

    expect(talk.state.mode.tag).toBe('halted');
  });
});

describe('a reconnect', () => {
  it('is a restart that does not count as one, with the link up again', () => {
    const talk = new Talk();
    talk.decide();
    dropped(talk);
    expect(talk.state.link).toEqual({ tag: 'down', since: talk.now });
    talk.pass(3_000);
    const { commands } = back(talk);

    expect(commands).toEqual([query]);
    expect(talk.state.link).toEqual({ tag: 'up' });
    expect(talk.state.mode).toEqual({ tag: 'recovering', cause: 'reconnect', missing: [0], since: talk.now });
    expect(talk.state.stumbles).toEqual([]);
    talk.reading();
    expect(talk.state.mode.tag).toBe('trading');
  });

  it('cools down for as long as the configuration says, 0 = not at all; a restart does not', () => {
    const talk = new Talk({ reconnectCooldownMs: 30_000 });
    dropped(talk);
    back(talk);
    talk.reading();
    expect(talk.state.mode).toEqual({ tag: 'cooldown', cause: 'reconnected', until: talk.now + 30_000, evidence: 'the connection was lost', since: talk.now });
    talk.pass(5_000).reading();
    expect(deadlineOf(talk.state)).toBe(talk.now + 25_000);
    talk.wait(25_000);
    expect(talk.state.mode.tag).toBe('trading');

    const restarted = new Talk({ reconnectCooldownMs: 30_000 });
    restarted.restart();
    restarted.reading();
    expect(restarted.state.mode.tag).toBe('trading');
  });

  it('again and again does not put off the halt: 60 s after the first', () => {
    const talk = new Talk();
    talk.decide();
    dropped(talk);
    back(talk);
    const first = talk.now;
    for (let i = 0; i < 5; i++) {
      talk.reading({ openOrders: 'unknown' });
      talk.wait(10_000);
      dropped(talk);
      back(talk);
      expect(talk.state.mode).toMatchObject({ tag: 'recovering', since: first });
    }
    talk.reading({ openOrders: 'unknown' });
    talk.wait(10_000);

    expect(talk.state.mode).toMatchObject({ tag: 'halted', cause: 'unreconciled', evidence: 'AAAUSDT: not known after 60000 ms' });
  });

  it('brings back what was filled, cancelled and stopped out meanwhile', () => {
    const talk = long();
    talk.decide(({ intents }) => intents.add({ at: 'limit', price: 95, qty: 2, validFor: 9 }));
    talk.accept(2);
    dropped(talk);
    talk.pass(5_000);
    back(talk);
    const money = talk.instrument.unitMoney;
    const plain = { leg: 0, liquidity: 'taker', fee: 0n, tag: 'execution' } as const;
    const { notes } = talk.reading({
      ended: [{ order: 2, outcome: 'filled', filled: 2 }],
      executions: [
        { ...plain, at: talk.now - 4_000, order: 2, id: 'a', cause: 'order', side: 1, lots: 2 as never, priceTicks: 95, value: 190n * money, leavesLots: 0 },
        { ...plain, at: talk.now - 3_000, order: -1, id: 'b', cause: 'stop', side: -1, lots: 7 as never, priceTicks: 80, value: 560n * money, leavesLots: 0 },
      ],
    });

    expect(talk.lots).toBe(0);
    expect(talk.orders).toEqual([]);
    expect(notes).toContainEqual(expect.objectContaining({ tag: 'trade', lots: 7, exitTicks: 80, exitReason: 'stop', gross: -130n * money }));
    expect(talk.state.mode.tag).toBe('trading');
  });
});

describe('two legs', () => {
  it('are each asked and each known; trading begins with the last, and what is missing is named', () => {
    const symbols = ['AAAUSDT', 'BBBUSDT'];
    const engine = stepped({ strategy: scripted({ symbols }).strategy, instruments: symbols.map((symbol) => linear({ symbol })) });
    const out: { commands: Command[]; notes: [] } = { commands: [], notes: [] };
    beginRecovery(engine.state, out as never);
    expect(out.commands).toEqual([query, { tag: 'query-account', leg: 1 }]);
    const read = (leg: number, parts = {}) => engine.take({ tag: 'account-snapshot', at: 0, takenAt: 0, leg, ...nothing, ...parts });
    read(1);
    expect(engine.state.mode).toEqual({ tag: 'recovering', cause: 'restart', missing: [0], since: 0 });
    read(1);
    expect(engine.state.mode).toMatchObject({ missing: [0] });
    read(0, { position: 'unknown' });
    expect(engine.state.mode).toMatchObject({ missing: [0] });
    read(0);
    expect(engine.state.mode.tag).toBe('trading');

    beginRecovery(engine.state, out as never);
    engine.take({ tag: 'timer', at: 60_000 });
    expect(engine.state.mode).toMatchObject({ tag: 'halted', cause: 'unreconciled', evidence: 'AAAUSDT, BBBUSDT: not known after 60000 ms' });
  });
});

describe('an account of which more is held than was meant', () => {
  it('is trimmed when the reading is whole: 5 meant, 8 found', () => {
    const talk = long();
    talk.position.plannedLots = 3;

    expect(talk.pass(1).reading(fiveLong).commands).toMatchObject([{ tag: 'reduce', lots: 2, type: 'market' }]);
  });
});

describe('orders 3, position 2, recovery 1 and 2 over chance', () => {
  it('messages dropped, repeated, late and in any order, restarts and lost requests: after true readings the engine is the venue, 250 times', () => {
    const ends = { fills: 0, restarts: 0, lost: 0 };
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e9 }), (seed) => {
      const dealer = new Dealer(seed);
      for (let i = 0; i < 120; i++) dealer.turn();
      dealer.settle();
      ends.fills += dealer.counts.fills;
      ends.restarts += dealer.counts.restarts;
      ends.lost += dealer.counts.lost;

      expect(dealer.difference()).toEqual({});
    }), { numRuns: 250, seed: 11 });
    for (const count of Object.values(ends)) expect(count).toBeGreaterThan(10);
  });
});
