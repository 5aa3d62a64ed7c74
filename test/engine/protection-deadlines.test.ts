/**
 * Three in the morning: every state of protection with every event that can reach it, and then silence. A position ends
 * armed, waived, flat, or the engine is halted with an alarm, within the deadline of its state.
 */
import { describe, expect, it } from 'vitest';
import { noStop } from '../../engine/index.ts';
import type { Command, Event, Protection } from '../../engine/index.ts';
import { entering, held, opened, query, reading, reduce, setStop, told } from './desk.ts';
import type { Desk } from './desk.ts';

const sides = ['long', 'short'] as const;
const stopless = (desk: Desk): boolean => {
  const { position } = desk.state.legs[0]!;
  return position.tag === 'open' && position.protection.tag !== 'armed' && position.protection.tag !== 'waived'
    && !(position.protection.tag === 'requested' && position.protection.replaces !== null);
};
const alarmOf = (later: readonly (readonly [number, Command])[]): number | null =>
  later.find(([, command]) => command.tag === 'notify' && command.severity === 'alarm' && command.cause === 'unprotected')?.[0] ?? null;
const unprotectedText = (why: string): Command => told('alarm', 'unprotected', `AAAUSDT: no stop confirmed by its deadline, ${why}`);

/** How each state is come to, and the ms of silence after which the engine must be halted; null = it is protected. */
const states: Readonly<Record<string, { readonly make: (side: 'long' | 'short') => Desk; readonly tag: Protection['tag']; readonly haltedIn: number | null }>> = {
  'requested, riding on the entry': { make: (side) => opened({ side }), tag: 'requested', haltedIn: 10_000 },
  'requested, set after the fill': {
    tag: 'requested', haltedIn: 2_000,
    make(side) {
      const desk = opened({ side, enter: ({ intents }) => intents.enter({ side, qty: 4, stop: noStop }) });
      desk.decide(({ intents }) => intents.moveStop(desk.p(90)));
      return desk;
    },
  },
  'requested, in place of one': {
    tag: 'requested', haltedIn: null,
    make(side) {
      const desk = held({ side });
      desk.decide(({ intents }) => intents.moveStop(desk.p(95)));
      return desk;
    },
  },
  armed: { make: (side) => held({ side }), tag: 'armed', haltedIn: null },
  'unprotected, unknown': {
    tag: 'unprotected', haltedIn: 10_000,
    make(side) {
      const desk = held({ side });
      desk.take({ tag: 'connected', at: desk.now() });
      return desk;
    },
  },
  'unprotected, refused and held': {
    tag: 'unprotected', haltedIn: 0,
    make(side) {
      const desk = opened({ side, config: { unprotected: 'hold', protectAttempts: 1 } });
      desk.tell({ tag: 'stop-refused', triggerTicks: desk.p(90), reason: 'other' });
      return desk;
    },
  },
  'unprotected, adopted without any price': {
    tag: 'unprotected', haltedIn: 10_000,
    make(side) {
      const desk = held({ side });
      const { book } = desk.state.legs[0]!;
      book.markTicks = Number.NaN;
      book.lastTicks = Number.NaN;
      desk.position().wantedStop = 0;
      desk.position().protection = { tag: 'unprotected', cause: 'adopted', since: desk.now() };
      desk.skip(1);
      desk.take(reading(desk, { stop: null }));
      return desk;
    },
  },
  // The exit is silent for 10,000 ms, and its repetition for 2,000.
  breached: {
    tag: 'breached', haltedIn: 12_000,
    make(side) {
      const desk = opened({ side });
      desk.bar(90);
      return desk;
    },
  },
  waived: { make: (side) => opened({ side, enter: ({ intents }) => intents.enter({ side, qty: 4, stop: noStop }) }), tag: 'waived', haltedIn: null },
};

describe.each(Object.entries(states))('%s', (_, { make, tag, haltedIn }) => {
  it.each(sides)('without any answer, a %s is protected or the engine halted with an alarm in time', (side) => {
    const desk = make(side);
    expect(desk.protection().tag).toBe(tag);
    const later = desk.wait(200_000);

    if (haltedIn === null) {
      expect(alarmOf(later)).toBeNull();
      expect(stopless(desk)).toBe(false);
    } else {
      expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'unprotected' });
      if (haltedIn > 0) expect(alarmOf(later)).toBe(haltedIn);
    }
  });

  const told: Readonly<Record<string, (desk: Desk) => Event>> = {
    'stop-set': (desk) => ({ tag: 'stop-set', at: desk.now(), leg: 0, triggerTicks: desk.p(90), by: 'mark', trailTicks: 0 }),
    'stop-set elsewhere': (desk) => ({ tag: 'stop-set', at: desk.now(), leg: 0, triggerTicks: desk.p(80), by: 'mark', trailTicks: 0 }),
    'stop-unchanged': (desk) => ({ tag: 'stop-unchanged', at: desk.now(), leg: 0, triggerTicks: desk.p(90) }),
    'stop-refused other': (desk) => ({ tag: 'stop-refused', at: desk.now(), leg: 0, triggerTicks: 0, reason: 'other' }),
    'stop-refused through': (desk) => ({ tag: 'stop-refused', at: desk.now(), leg: 0, triggerTicks: 0, reason: 'through-trigger' }),
    'stop-refused no position': (desk) => ({ tag: 'stop-refused', at: desk.now(), leg: 0, triggerTicks: 0, reason: 'no-position' }),
    'request-failed': (desk) => ({ tag: 'request-failed', at: desk.now(), leg: 0, order: -1, of: 'set-stop', certainty: 'unknown', reason: 'timeout' }),
    'mark through': (desk) => ({ tag: 'mark-price', at: desk.now(), symbol: 0, markTicks: desk.p(80) }),
    'reading with a stop': (desk) => reading(desk, { at: desk.now() + 1, takenAt: desk.now() + 1, stop: { triggerTicks: desk.p(90), by: 'mark' } }),
    'reading without a stop': (desk) => reading(desk, { at: desk.now() + 1, takenAt: desk.now() + 1, stop: null }),
    'reading that knows nothing': (desk) => reading(desk, { position: 'unknown', openOrders: 'unknown', ended: 'unknown', executions: 'unknown' }),
    disconnected: (desk) => ({ tag: 'disconnected', at: desk.now() }),
    connected: (desk) => ({ tag: 'connected', at: desk.now() }),
    halt: (desk) => ({ tag: 'operator', at: desk.now(), verb: 'halt' }),
    resume: (desk) => ({ tag: 'operator', at: desk.now(), verb: 'resume' }),
    adl: (desk) => ({ tag: 'adl', at: desk.now(), leg: 0, lotsAfter: null }),
    liquidation: (desk) => ({ tag: 'liquidation', at: desk.now(), leg: 0 }),
    'part of it closed': (desk) => ({
      tag: 'execution', at: desk.now(), leg: 0, order: -1, id: 'part', cause: 'stop', side: desk.exitSide, lots: 1 as never, priceTicks: desk.p(90),
      value: 0n, fee: 0n, liquidity: 'taker', leavesLots: 0,
    }),
  };

  it.each(sides.flatMap((side) => Object.keys(told).map((name) => [side, name] as const)))('of a %s, after %s and then silence, ends in order', (side, name) => {
    const desk = make(side);
    desk.take(told[name]!(desk));
    const asked = { stops: 0, exits: 0 };
    for (const [, command] of desk.wait(200_000)) {
      if (command.tag === 'set-stop') asked.stops += 1;
      if (command.tag === 'reduce') asked.exits += 1;
      expect(['set-stop', 'reduce', 'cancel', 'query-account', 'notify']).toContain(command.tag);
    }

    if (stopless(desk)) expect(desk.mode().tag).toBe('halted');
    // It goes on trying: a stop or an exit is asked for in the last minute as in the first.
    if (stopless(desk)) expect(asked.stops + asked.exits).toBeGreaterThan(5);
  });
});

describe.each(sides)('a %s whose riding stop has no answer at all', (side) => {
  const questions = [1_334, 3_334, 5_334, 7_334, 9_334].map((after) => [after, query]);

  it('is asked about from the third attempt on; halts with an alarm at 10,000 ms and not 1 ms before, and leaves at market', () => {
    const desk = opened({ side });

    expect(desk.wait(9_999)).toEqual([[667, setStop(desk.p(90))], [1_334, setStop(desk.p(90))], ...questions]);
    expect(desk.mode().tag).toBe('trading');
    expect(desk.wait(1)).toEqual([[1, unprotectedText('asked 3 times')], [1, reduce(desk, 2, 4)]]);
    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'unprotected', evidence: 'AAAUSDT: no stop confirmed by its deadline, asked 3 times' });
    expect(desk.position()).toMatchObject({ leaving: 'no stop could be set', protectBy: 0 });
  });

  it('that is there, all that told of it lost, is armed by the reading that is asked for at 1,334 ms: nothing halts', () => {
    const desk = opened({ side });
    desk.wait(1_334);
    desk.take(reading(desk, { stop: { triggerTicks: desk.p(90), by: 'mark' } }));

    expect(desk.protection()).toMatchObject({ tag: 'armed', trigger: desk.p(90) });
    expect(desk.wait(100_000)).toEqual([]);
  });

  it('halts and holds it when the configuration says so, and goes on asking', () => {
    const desk = opened({ side, config: { unprotected: 'hold' } });
    desk.wait(9_999);

    expect(desk.wait(1)).toEqual([[1, unprotectedText('asked 3 times')]]);
    expect(desk.position().leaving).toBe('');
    expect(desk.wait(2_000)).toEqual([[1_334, setStop(desk.p(90))], [1_334, query]]); // 11,334 after the fill
  });

  it('is armed by an answer one ms before the deadline', () => {
    const desk = opened({ side });
    desk.wait(9_999);
    desk.armed();
    desk.take(reading(desk));

    expect(desk.wait(100_000)).toEqual([]);
    expect(desk.mode().tag).toBe('trading');
  });
});

describe.each(sides)('a %s held without a stop after refusals', (side) => {
  it('has it asked for again every 10,000 ms, and leaves when the price comes to it', () => {
    const desk = opened({ side, config: { unprotected: 'hold', protectAttempts: 1, queryMs: 60_000 } });
    desk.tell({ tag: 'stop-refused', triggerTicks: desk.p(90), reason: 'other' });

    expect(desk.wait(10_000)).toEqual([[10_000, setStop(desk.p(90))]]);
    expect(desk.protection()).toMatchObject({ tag: 'requested', replaces: null });
    expect(desk.position().protectBy).toBe(desk.now() + 2_000);
    desk.tell({ tag: 'stop-refused', triggerTicks: desk.p(90), reason: 'other' });
    expect(desk.bar(91)).toEqual([]);
    expect(desk.bar(90)).toEqual([reduce(desk, 2, 4)]);
  });
});

describe.each(sides)('a %s whose stop is not known after a reconnect', (side) => {
  const unknown = (): Desk => {
    const desk = held({ side });
    desk.take({ tag: 'connected', at: desk.now() });
    return desk;
  };

  it('is asked about, and never left because of it: a price through the stop it had is no breach', () => {
    const desk = unknown();

    expect(desk.bar(80)).toEqual([]);
    expect(desk.protection()).toMatchObject({ tag: 'unprotected', cause: 'unknown' });
  });

  it('after 10,000 ms of silence halts, asks for the stop it had, and leaves only when that has no answer for 10,000 more', () => {
    const desk = unknown();
    const first = desk.wait(9_999);
    expect(first.every(([, command]) => command.tag === 'query-account')).toBe(true);

    expect(desk.wait(1)).toEqual([[1, unprotectedText('unknown')], [1, setStop(desk.p(90))], [1, query]]);
    expect(desk.position()).toMatchObject({ leaving: '', protectBy: desk.now() + 10_000 });
    const second = desk.wait(10_000);
    expect(second.filter(([, { tag }]) => tag === 'set-stop')).toEqual([[667, setStop(desk.p(90))], [1_334, setStop(desk.p(90))]]);
    expect(second.filter(([, { tag }]) => tag === 'reduce')).toEqual([[10_000, reduce(desk, 2, 4)]]);
  });

  it('is armed by the reading that shows it, within its time', () => {
    const desk = unknown();
    desk.skip(9_999);
    desk.take(reading(desk, { stop: { triggerTicks: desk.p(90), by: 'mark' } }));

    expect(desk.protection()).toMatchObject({ tag: 'armed', trigger: desk.p(90) });
    expect(desk.mode().tag).toBe('trading');
    expect(desk.wait(100_000)).toEqual([]);
  });

  it('is judged by the prices of the reading, not by the last bar before the outage', () => {
    const gone = unknown();
    const back = unknown();
    gone.skip(1);
    back.skip(1);
    back.state.legs[0]!.book.markTicks = back.p(80);

    expect(gone.take(reading(gone, { stop: null, markTicks: gone.p(89), lastTicks: gone.p(89) }))).toEqual([reduce(gone, 2, 4)]);
    expect(gone.protection()).toMatchObject({ tag: 'breached', price: gone.p(89) });
    expect(back.take(reading(back, { stop: null, markTicks: back.p(95), lastTicks: back.p(94) }))).toEqual([setStop(back.p(90))]);
    expect(back.state.legs[0]!.book).toMatchObject({ markTicks: back.p(95), lastTicks: back.p(94), basisTicks: back.p(95) - back.p(94) });
  });

  it('keeps the prices of a bar that is newer than the reading', () => {
    const desk = unknown();
    desk.skip(10);
    desk.bar(100);
    desk.take(reading(desk, { takenAt: desk.now() - 1, stop: { triggerTicks: desk.p(90), by: 'mark' }, markTicks: desk.p(50), lastTicks: desk.p(50) }));

    expect(desk.state.legs[0]!.book).toMatchObject({ markTicks: 100, lastTicks: 100 });
  });
});

describe.each(sides)('the exit of a breached %s', (side) => {
  const breached = (): Desk => {
    const desk = opened({ side });
    desk.bar(90);
    return desk;
  };

  it('that was refused is sent again after a second, and refused again halts the engine', () => {
    const desk = breached();
    expect(desk.tell({ tag: 'order-rejected', order: 2, reason: 'other' })).toEqual([query]);
    expect(desk.skip(1_000)).toEqual([reduce(desk, 3, 4)]);
    expect(desk.mode().tag).toBe('trading');

    expect(desk.tell({ tag: 'order-rejected', order: 3, reason: 'other' }))
      .toEqual([told('alarm', 'unprotected', 'AAAUSDT: no stop in force, and the exit was refused')]);
    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'unprotected', evidence: 'AAAUSDT: no stop in force, and the exit was refused' });
    expect(desk.position()).toMatchObject({ leaving: 'stop already through', exitAt: desk.now() + 2_000 });
  });

  it('that was refused and waits halts the engine at 2,000 ms and not before, for no exit is under way then', () => {
    const desk = breached();
    desk.tell({ tag: 'order-rejected', order: 2, reason: 'other' });
    desk.position().exitAt = desk.now() + 60_000;
    expect(desk.skip(1_999)).toEqual([]);

    expect(desk.skip(1)).toContainEqual(unprotectedText('the way out is not answered'));
    expect(desk.position()).toMatchObject({ leaving: 'stop already through', protectBy: 0 });
  });

  it('that was refused twice halts nothing where a stop is in force or none was wanted', () => {
    const armed = held({ side });
    const waived = opened({ side, enter: ({ intents }) => intents.enter({ side, qty: 4, stop: noStop }) });
    for (const desk of [armed, waived]) {
      desk.decide(({ intents }) => intents.exit('enough'));
      desk.tell({ tag: 'order-rejected', order: 2, reason: 'other' });
      desk.skip(1_000);
      desk.tell({ tag: 'order-rejected', order: 3, reason: 'other' });
      expect(desk.mode().tag).toBe('trading');
    }
  });

  it('that stands at the venue puts the deadline off by 2,000 ms each time', () => {
    const desk = breached();
    desk.tell({ tag: 'order-accepted', order: 2 });
    desk.skip(2_000);

    expect(desk.position().protectBy).toBe(desk.now() + 2_000);
    expect(desk.mode().tag).toBe('trading');
  });

  it('that put the deadline off and is refused then halts at once: it has no time left', () => {
    const desk = breached();
    desk.tell({ tag: 'order-accepted', order: 2 });
    desk.skip(2_000);
    desk.tell({ tag: 'order-cancelled', order: 2, cause: 'venue', filled: 0 });

    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'unprotected' });
  });

  it('that is under way for a part, while the rest waits after a refusal, puts nothing off', () => {
    const desk = breached();
    desk.filled({ order: 2, lots: 1, leaves: 3 });
    desk.tell({ tag: 'order-cancelled', order: 2, cause: 'venue', filled: 2 });
    desk.filled({ order: 2, lots: 1, leaves: 2 });
    expect(desk.position()).toMatchObject({ lots: 2 });
    desk.tell({ tag: 'order-rejected', order: 3, reason: 'other' });
    desk.skip(2_000);

    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'unprotected' });
  });

  it('that waits for volume puts nothing off: halted at 2,000 ms and sent once more, for a stop is wanted and no exit is under way', () => {
    const desk = breached();
    expect(desk.tell({ tag: 'order-cancelled', order: 2, cause: 'no-volume', filled: 0 })).toEqual([]);
    expect(desk.skip(1_999)).toEqual([]);

    expect(desk.skip(1)).toEqual([unprotectedText('the way out is not answered'), query, reduce(desk, 3, 4)]);
    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'unprotected' });
  });

  it('that put the deadline off and finds no volume then halts at once', () => {
    const desk = breached();
    desk.tell({ tag: 'order-accepted', order: 2 });
    desk.skip(2_000);

    expect(desk.tell({ tag: 'order-cancelled', order: 2, cause: 'no-volume', filled: 0 }))
      .toEqual([told('alarm', 'unprotected', 'AAAUSDT: no stop in force, and nobody took the exit')]);
  });

  it('that is over, all 4 lots of it filled by the venue\'s word and none told, puts it off; 3 of 4 do not', () => {
    const desks = [4, 3].map((filled) => {
      const desk = breached();
      expect(desk.tell({ tag: 'order-cancelled', order: 2, cause: 'no-volume', filled })).toEqual([query]);
      desk.skip(2_000);
      return desk;
    });

    expect(desks.map((desk) => desk.mode().tag)).toEqual(['trading', 'halted']);
    expect(desks[0]!.position().protectBy).toBe(desks[0]!.now() + 2_000);
  });

  it('for which a stop was asked in vain for 1,000 ms has the 1,000 ms that are left', () => {
    const desk = held({ side });
    desk.tell({ tag: 'stop-set', triggerTicks: 0, by: 'mark', trailTicks: 0 });
    const until = desk.now() + 2_000;
    desk.skip(1_000);
    desk.tell({ tag: 'stop-refused', triggerTicks: desk.p(90), reason: 'through-trigger' });

    expect(desk.protection()).toMatchObject({ tag: 'breached', isHeld: false });
    expect(desk.position().protectBy).toBe(until);
  });

  it('that was lost and repeated has 2,000 ms from its repetition, three times at most', () => {
    const desk = breached();
    const lose = (): unknown => desk.tell({ tag: 'request-failed', order: 2, of: 'reduce', certainty: 'unknown', reason: 'timeout' });
    desk.skip(1_500);
    expect(lose()).toEqual([reduce(desk, 2, 4)]);
    desk.skip(500);
    expect(desk.mode().tag).toBe('trading');
    desk.skip(1_499);
    lose();
    desk.skip(501);
    expect(desk.mode().tag).toBe('trading');
    desk.skip(2_000);
    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'unprotected' });
  });

  it('that the venue took and told nothing more of is not under way any more after 10,000 ms', () => {
    const desk = breached();
    desk.tell({ tag: 'order-accepted', order: 2 });

    expect(alarmOf(desk.wait(12_000))).toBe(10_000);
    expect(desk.state.legs[0]!.orders).toMatchObject([{ id: 2, attempt: 1, state: { tag: 'working' } }]);
  });

  it('that may be there twice, by the venue\'s word, is in doubt: halted at 2,000 ms', () => {
    const desk = breached();
    desk.tell({ tag: 'order-rejected', order: 2, reason: 'duplicate-link' });

    expect(alarmOf(desk.wait(2_000))).toBe(2_000);
  });

  it('that was lost three times in a row is not under way, although it is sent a fourth time at that moment', () => {
    const desk = breached();
    for (let i = 0; i < 3; i++) desk.tell({ tag: 'request-failed', order: 2, of: 'reduce', certainty: 'unknown', reason: 'timeout' });

    expect(desk.skip(2_000)).toContainEqual(unprotectedText('the way out is not answered'));
    expect(desk.state.legs[0]!.orders).toMatchObject([{ id: 2, attempt: 4 }]);
  });

  it('is not stood in for by a target that stands', () => {
    const p = (long: number): number => (side === 'long' ? long : 200 - long);
    const desk = opened({ side, enter: ({ intents }) => intents.enter({ side, qty: 4, stop: p(90), targets: [{ price: p(130), fraction: 1 }] }) });
    desk.tell({ tag: 'order-accepted', order: 2 });
    desk.bar(90);
    desk.tell({ tag: 'order-rejected', order: 3, reason: 'other' });
    desk.position().exitAt = desk.now() + 60_000;

    expect(alarmOf(desk.wait(2_000))).toBe(2_000);
  });

  it('is given 10,000 ms from a restart, in which its fate can be asked', () => {
    const desk = breached();
    desk.skip(1_999);
    desk.take({ tag: 'connected', at: desk.now() });

    expect(desk.position().protectBy).toBe(desk.now() + 10_000);
    expect(desk.protection().tag).toBe('breached');
    expect(alarmOf(desk.wait(10_000))).toBe(10_000);
  });
});

describe.each(sides)('a %s that goes because its stop was moved beyond the price, the one before being held by the venue', (side) => {
  const beyond = (): Desk => {
    const desk = held({ side });
    expect(desk.decide(({ intents }) => intents.moveStop(desk.p(101)))).toEqual([reduce(desk, 2, 4)]);
    desk.tell({ tag: 'order-cancelled', order: 2, cause: 'no-volume', filled: 0 });
    return desk;
  };

  it('has no deadline: nothing halts within 9,999 ms without volume', () => {
    const desk = beyond();

    expect(desk.protection()).toMatchObject({ tag: 'breached', isHeld: true });
    expect(desk.wait(9_999)).toEqual([]);
  });

  it('has 2,000 ms once that one is gone, by the venue\'s word or by a reading', () => {
    const desk = beyond();
    const read = beyond();
    desk.tell({ tag: 'stop-set', triggerTicks: 0, by: 'mark', trailTicks: 0 });
    read.skip(1);
    read.take(reading(read, { stop: null }));

    for (const gone of [desk, read]) expect(alarmOf(gone.wait(2_000))).toBe(2_000);
  });

  it('is suspected when that one took a part: 1,500 ms, a question, 1,500 ms, an exit, and no halt while both wait for volume', () => {
    const desk = beyond();
    desk.filled({ order: -1, lots: 1, cause: 'stop' });
    desk.tell({ tag: 'order-cancelled', order: 3, cause: 'no-volume', filled: 0 });
    expect(desk.wait(3_000)).toEqual([[1_500, query], [3_000, reduce(desk, 4, 3)]]);
    desk.tell({ tag: 'order-cancelled', order: 4, cause: 'no-volume', filled: 0 });

    expect(alarmOf(desk.wait(10_000))).toBeNull();
    expect(desk.bar(90)).toEqual([reduce(desk, 5, 3)]);
  });
});

describe('a way out of a position whose stop has no answer yet', () => {
  it('puts the stop\'s deadline off while it is under way', () => {
    const desk = opened({ config: { recoverDeadlineMs: 5_000 } });
    desk.decide(({ intents }) => intents.exit('enough'));
    desk.tell({ tag: 'order-accepted', order: 2 });
    desk.skip(5_000);

    expect(desk.mode().tag).toBe('trading');
    expect(desk.position()).toMatchObject({ protectBy: desk.now() + 2_000, leaving: 'enough' });
  });

  it('by a limit does not: at the deadline the engine halts and leaves at market', () => {
    const desk = opened({ config: { exit: { limitMs: 60_000 } } });
    expect(desk.decide(({ intents }) => intents.exit('enough'))).toEqual([reduce(desk, 2, 4, 100)]);
    desk.tell({ tag: 'order-accepted', order: 2 });

    expect(desk.skip(10_000)).toEqual([setStop(90), unprotectedText('asked 2 times'), query, { tag: 'cancel', leg: 0, order: 2 }, reduce(desk, 3, 4)]);
    expect(desk.position().leaving).toBe('enough');
  });
});

describe('timers that come too early or to a flat leg', () => {
  it('do nothing', () => {
    const desk = opened();

    expect(desk.skip(1)).toEqual([]);
    expect(entering().skip(1)).toEqual([]);
  });
});
