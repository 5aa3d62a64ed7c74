/** The connection and what the venue does of itself. */
import { describe, expect, it } from 'vitest';
import { deadlineOf } from '../../engine/index.ts';
import { bid, buy, fiveLong, long, Talk } from './talk.ts';

const query = { tag: 'query-account', leg: 0 };

describe('a lost connection', () => {
  it('is told once, kept from its first moment, and leaves orders and position as they are', () => {
    const talk = long();
    talk.decide(({ intents }) => intents.add({ at: 'limit', price: 95, qty: 1, validFor: 9 }));
    const { commands } = talk.tell({ tag: 'disconnected' });
    const since = talk.now;
    expect(commands).toEqual([{ tag: 'notify', severity: 'warning', cause: 'link', text: 'the connection is lost' }]);
    talk.pass(500);

    expect(talk.tell({ tag: 'disconnected' })).toEqual({ commands: [], notes: [] });
    expect(talk.state.link).toEqual({ tag: 'down', since });
    expect(talk.order(2).state.tag).toBe('sent');
    expect(talk.position.protection.tag).toBe('armed');
    expect(talk.state.mode.tag).toBe('trading');
  });

  it('for 60,000 ms halts, not for 59,999', () => {
    const talk = new Talk();
    talk.decide();
    talk.tell({ tag: 'disconnected' });
    expect(deadlineOf(talk.state)).toBe(talk.now + 60_000);
    talk.wait(59_999);
    expect(talk.timer().commands).toEqual([]);
    expect(talk.state.mode.tag).toBe('trading');
    talk.wait(1);

    expect(talk.state.mode).toMatchObject({ tag: 'halted', cause: 'link', evidence: 'no connection for 60000 ms' });
    expect(deadlineOf(talk.state)).toBe(Infinity);
    expect(talk.wait(120_000).commands).toEqual([]);
  });

  it('during which the engine is halted already halts no second time', () => {
    const talk = new Talk();
    talk.tell({ tag: 'disconnected' });
    talk.tell({ tag: 'operator', verb: 'halt' });

    expect(talk.wait(60_001).commands).toEqual([]);
    talk.timer();
    expect(talk.timer().commands).toEqual([]);
    expect(talk.state.mode).toMatchObject({ cause: 'operator' });
  });

  it('is not what a long cooldown is: two minutes of it halt nothing', () => {
    const talk = new Talk({ reconnectCooldownMs: 120_000 });
    talk.tell({ tag: 'disconnected' });
    talk.tell({ tag: 'connected' });
    talk.reading();
    talk.pass(61_000);
    talk.timer();

    expect(talk.state.mode).toMatchObject({ tag: 'cooldown', cause: 'reconnected' });
  });

  it('that comes back in time halts nothing', () => {
    const talk = new Talk();
    talk.decide();
    talk.tell({ tag: 'disconnected' });
    talk.pass(59_999);
    talk.tell({ tag: 'connected' });
    talk.reading();
    talk.wait(120_000);

    expect(talk.state.mode.tag).toBe('trading');
  });
});

describe('a stale symbol', () => {
  it('is held until its next bar', () => {
    const talk = new Talk();
    talk.decide();
    expect(talk.tell({ tag: 'stale', symbol: 0 }).commands).toEqual([]);
    expect(talk.leg.hold).toEqual({ tag: 'blocked', cause: 'stale', until: null });

    expect(talk.decide(bid).commands).toMatchObject([{ tag: 'enter' }]);
  });
});

describe('what the venue does of itself', () => {
  it('a liquidation halts and is asked about', () => {
    const talk = long();
    const { commands } = talk.tell({ tag: 'liquidation' });

    expect(commands).toEqual([{ tag: 'notify', severity: 'alarm', cause: 'liquidated', text: 'AAAUSDT was liquidated' }, query]);
    expect(talk.state.mode).toMatchObject({ tag: 'halted', cause: 'liquidated', evidence: 'AAAUSDT was liquidated' });
  });

  it('a reduction by the venue is an alarm and a question, whatever it says of the lots left', () => {
    for (const lotsAfter of [0, 3, null]) {
      const talk = long();

      expect(talk.tell({ tag: 'adl', lotsAfter }).commands).toEqual([
        { tag: 'notify', severity: 'alarm', cause: 'adl', text: 'AAAUSDT: the venue reduced the position by itself' }, query,
      ]);
      expect(talk.lots).toBe(5);
    }
  });

  it('an event that is none of these does nothing here', () => {
    const talk = long();

    expect(talk.tell({ tag: 'wallet', wallet: 0, balance: 1n })).toEqual({ commands: [], notes: [] });
    talk.pass(1).reading(fiveLong);
    expect(talk.leg.query.tag).toBe('none');
  });
});

describe('rules of a symbol that change while it is traded', () => {
  const change = 'tick 1, now 5';
  const alarm = { tag: 'notify', severity: 'alarm', cause: 'instrument AAAUSDT', text: 'AAAUSDT: the rules changed: tick 1, now 5; no entries until they are as before, or a new run takes them' };

  it('end the entry that stands, with one alarm that names old and new, and refuse the next one; bars and silence change nothing of it', () => {
    const talk = new Talk();
    talk.decide(bid);
    talk.accept(1);

    expect(talk.tell({ tag: 'instrument-changed', symbol: 0, change }).commands).toEqual([{ tag: 'cancel', leg: 0, order: 1 }, alarm]);
    expect(talk.tell({ tag: 'instrument-changed', symbol: 0, change }).commands).toEqual([]);
    talk.tell({ tag: 'order-cancelled', order: 1, cause: 'requested', filled: 0 });
    for (const quiet of [true, false]) {
      if (!quiet) talk.tell({ tag: 'stale', symbol: 0 });
      const { commands, notes } = talk.decide(buy);
      expect(commands).toEqual([]);
      expect(notes).toContainEqual(expect.objectContaining({ tag: 'decision', outcome: 'refused', reason: 'blocked-instrument' }));
    }
    expect(talk.state.mode.tag).toBe('trading');
  });

  it('leave a position to its stop, which still moves, and to its exit', () => {
    const talk = long();
    talk.tell({ tag: 'instrument-changed', symbol: 0, change });

    expect(talk.position.protection.tag).toBe('armed');
    expect(talk.decide(({ intents }) => intents.moveStop(85)).commands).toMatchObject([{ tag: 'set-stop', triggerTicks: 85 }]);
    expect(talk.decide(({ intents }) => intents.exit('done')).commands).toMatchObject([{ tag: 'reduce', lots: 5 }]);
  });

  it('as before again let entries through; so does a restart, after which they are told anew', () => {
    for (const again of [(talk: Talk) => talk.tell({ tag: 'instrument-changed', symbol: 0, change: '' }), (talk: Talk) => talk.restart()]) {
      const talk = new Talk();
      talk.decide();
      talk.tell({ tag: 'instrument-changed', symbol: 0, change });
      expect(talk.leg.hold).toEqual({ tag: 'blocked', cause: 'instrument', until: null });
      again(talk);

      expect(talk.leg.hold).toEqual({ tag: 'none' });
    }
    expect(new Talk().tell({ tag: 'instrument-changed', symbol: 0, change: '' })).toEqual({ commands: [], notes: [] });
  });
});
