/**
 * The stop's states, row by row: from the first fill to the last failure, and what the predecessor made of each.
 */
import { describe, expect, it } from 'vitest';
import { entering, held, holding, leaving, modeOf, ordersOf } from './desk.ts';
import type { Desk } from './desk.ts';

/** Filled at 100; nobody has said yet that the stop at 90 stands. */
function filled(side: 'long' | 'short' = 'long', config = {}): Desk {
  const made = entering(side, { config });
  made.fills({ side: side === 'long' ? 1 : -1, lots: 4, at: 100, order: 1 });
  return made;
}
const stops = (words: readonly string[]): string[] => words.filter((word) => word.startsWith('set stop'));
const trades = (words: readonly string[]): string[] => words.filter((word) => /buy|sell/.test(word));

describe('a new position', () => {
  it('has its stop from the first fill on: it rode on the entry', () => {
    const made = entering('long');

    expect(made.commands.map((command) => (command.tag === 'enter' ? command.stopTicks : 0))).toEqual([90]);
    made.fills({ side: 1, lots: 1, at: 100, order: 1, leaves: 3 });
    expect(holding(made)).toBe('long 1 at 100, requested 90');
  });

  it('S-12: one distance sizes the order, rides on it and is installed: 10 below a fill at 101 is 91', () => {
    const made = entering('long', { at: { 0: ({ intents }) => intents.enter({ side: 'long', riskQuote: 41, stop: { distance: 10 } }) } });

    // A lot loses 10 and pays 0.1 % of 100 and of 90: 10.19; 41 buys 4.
    expect(made.commands).toMatchObject([{ tag: 'enter', lots: 4, stopTicks: 90 }]);
    expect(made.fills({ side: 1, lots: 4, at: 101, order: 1 })).toEqual(['set stop 91']);
  });

  it('confirmed by 0 or by 34040 it is armed, and the deadline is over: after 34040 once a reading shows it', () => {
    const told = filled();
    told.tell({ tag: 'stop-set', triggerTicks: 90, by: 'mark', trailTicks: 0 });
    const unchanged = filled();
    unchanged.tell({ tag: 'stop-unchanged', triggerTicks: 90 });

    expect([holding(told), holding(unchanged)]).toEqual(['long 4 at 100, armed 90', 'long 4 at 100, armed 90']);
    expect(told.leg.position).toMatchObject({ protectBy: 0 });
    expect(modeOf(unchanged)).toBe('trading');
    unchanged.read({ lots: 4, stop: 90 });
    expect(unchanged.leg.position).toMatchObject({ protectBy: 0 });
  });

  it('not heard of within its deadline it is asked for three times, then the position goes and the engine halts', () => {
    const silent = filled();
    const words = silent.pass(10_000);

    expect(stops(words).length).toBeGreaterThanOrEqual(2);
    expect(trades(words)[0]).toBe('2: reduce-only sell 4 at market');
    expect(words).toContain('alarm unprotected');
    expect(modeOf(silent)).toBe('halted unprotected');
  });
});

describe('S-28: three refused stops', () => {
  it('are counted one by one: nothing after the first and the second, an exit and a halt after the third', () => {
    const refused = filled('long');
    const words: string[][] = [];
    for (let i = 0; i < 3; i++) {
      words.push(refused.tell({ tag: 'stop-refused', triggerTicks: 90, reason: 'other' }));
      if (i < 2) words.push(stops(refused.pass(700)));
    }

    expect(words[0]).toEqual([]);
    expect(words[1]).toEqual(['set stop 90']);
    expect(words[2]).toEqual([]);
    expect(words[3]).toEqual(['set stop 90']);
    expect(words[4]).toContain('alarm unprotected');
    expect(trades(words[4]!)).toEqual(['2: reduce-only sell 4 at market']);
    expect(modeOf(refused)).toBe('halted unprotected');
  });

  it('S-01: the position survives the halt, is asked about, and no entry leaves', () => {
    const refused = filled('long', { unprotected: 'hold', protectAttempts: 1 });
    const words = refused.tell({ tag: 'stop-refused', triggerTicks: 90, reason: 'other' });

    expect(words).toEqual(['alarm unprotected', 'ask']);
    expect(modeOf(refused)).toBe('halted unprotected');
    expect(holding(refused)).toBe('long 4 at 100, unprotected refused');
    expect(trades(refused.close(100))).toEqual([]);
  });

  it('refused because there is no position is a question first, and flat only when the venue shows it', () => {
    const gone = filled();

    expect(gone.tell({ tag: 'stop-refused', triggerTicks: 90, reason: 'no-position' })).toEqual(['ask']);
    expect(holding(gone)).toBe('long 4 at 100, requested 90');
    gone.read({ lots: 0, executions: [gone.filled({ side: -1, lots: 4, at: 90, cause: 'stop' })], mark: 90 });
    expect(holding(gone)).toBe('flat');
  });
});

describe('S-21: a stop that is through', () => {
  it.each([['long', 90], ['long', 89], ['short', 110], ['short', 111]] as const)('of a %s, mark %d, not at the venue: the exit leaves in the same decision, no stop is set', (side, mark) => {
    const made = held(side);
    made.restart();
    made.pass(100);
    made.tell({ tag: 'mark-price', markTicks: mark });
    const words = made.read({ lots: side === 'long' ? 4 : -4, stop: null, mark });

    expect(words).toEqual([`2: reduce-only ${side === 'long' ? 'sell' : 'buy'} 4 at market`]);
    expect(holding(made)).toBe(`${side} 4 at 100, breached ${side === 'long' ? 90 : 110}`);
  });

  it.each([['long', 91], ['short', 109]] as const)('S-42: of a %s, mark %d, is not through: it is set', (side, mark) => {
    const made = held(side);
    made.restart();
    made.pass(100);
    made.tell({ tag: 'mark-price', markTicks: mark });

    expect(made.read({ lots: side === 'long' ? 4 : -4, stop: null, mark })).toEqual([`set stop ${side === 'long' ? 90 : 110}`]);
  });

  it('S-42: without any price nothing can be told: the stop is asked for, and the venue judges', () => {
    const made = filled();
    made.leg.book.markTicks = Number.NaN;
    made.leg.book.lastTicks = Number.NaN;

    const words = made.pass(700);

    expect(stops(words)).toEqual(['set stop 90']);
    expect(trades(words)).toEqual([]);
  });

  it('while not confirmed, the first mark at the level takes the position out', () => {
    const made = filled();

    expect(made.tell({ tag: 'mark-price', markTicks: 91 })).toEqual([]);
    expect(made.tell({ tag: 'mark-price', markTicks: 90 })).toEqual(['2: reduce-only sell 4 at market']);
  });
});

describe('S-22: the venue refuses the stop as through its price', () => {
  it.each([['long', 'sell', 90], ['short', 'buy', 110]] as const)('%s: an exit at once, no failure counted, no halt', (side, way, trigger) => {
    const made = filled(side);

    expect(made.tell({ tag: 'stop-refused', triggerTicks: trigger, reason: 'through-trigger' })).toEqual([`2: reduce-only ${way} 4 at market`]);
    expect(modeOf(made)).toBe('trading');
  });

  it('the refusal of an older request says nothing of the newer one', () => {
    const made = held('long', { at: { 1: ({ intents }) => intents.moveStop(95) } });
    made.close(100);

    expect(made.tell({ tag: 'stop-refused', triggerTicks: 90, reason: 'through-trigger' })).toEqual([]);
    expect(holding(made)).toBe('long 4 at 100, requested 95');
  });

  it('and more words of the same refusal do not send a second exit', () => {
    const made = filled();
    made.tell({ tag: 'stop-refused', triggerTicks: 90, reason: 'through-trigger' });

    expect(made.tell({ tag: 'stop-refused', triggerTicks: 90, reason: 'through-trigger' })).toEqual([]);
    expect(ordersOf(made)).toEqual(['2 sent']);
  });
});

describe('an armed stop', () => {
  it('cancelled at the venue is set again at once, and not waited for', () => {
    const made = held();
    made.pass(5_000);

    expect(made.read({ lots: 4, stop: null, mark: 100 })).toEqual(['set stop 90']);
  });

  it('missing from a reading older than its confirmation is not missing', () => {
    const made = held();

    expect(made.read({ lots: 4, stop: null, mark: 100, age: 500 })).toEqual([]);
    expect(holding(made)).toBe('long 4 at 100, armed 90');
  });

  it('crossed by the price is the venue\'s to act on: asked after 1.5 s, and only its own word or 3 s of silence send an exit', () => {
    const made = held();
    const words = [made.close(89), made.pass(1_499), made.pass(1), made.pass(1_499), made.pass(1)].map((some) => some.filter((word) => word === 'ask' || /sell/.test(word)));

    expect(words).toEqual([[], [], ['ask'], [], ['2: reduce-only sell 4 at market']]);
  });

  it('that fired at the venue without an order of ours is a trade of the ledger, reason stop, and no second exit leaves', () => {
    const made = held();
    made.close(89);
    const words = [...made.fills({ side: -1, lots: 4, at: 90, cause: 'stop' }), ...made.pass(60_000)];

    expect(holding(made)).toBe('flat');
    expect(trades(words)).toEqual([]);
    expect(made.notes.filter((note) => note.tag === 'trade')).toMatchObject([{ exitReason: 'stop', gross: -40_000_000_000_000n }]);
  });

  it('S-20: moved, the old one is in force until the new one is confirmed; refused, the old one stays', () => {
    const made = held('long', { at: { 1: ({ intents }) => intents.moveStop(95) } });

    expect(made.close(100)).toEqual(['set stop 95']);
    expect(made.leg.position).toMatchObject({ protection: { tag: 'requested', trigger: 95, replaces: 90 } });
    for (let i = 0; i < 3; i++) {
      made.tell({ tag: 'stop-refused', triggerTicks: 95, reason: 'other' });
      made.pass(700);
    }
    expect([holding(made), modeOf(made)]).toEqual(['long 4 at 100, armed 90', 'trading']);
  });

  it('is not moved looser, by the strategy nor by a venue that shows a looser one', () => {
    const made = held('long', { at: { 1: ({ intents }) => intents.moveStop(85) } });

    expect(made.close(100)).toEqual([]);
    expect(made.read({ lots: 4, stop: 85, mark: 100 })).toEqual(['set stop 90']);
  });

  it('needs no resize when the position grows, and stays through a leaving that is under way', () => {
    const made = leaving();

    expect(holding(made)).toBe('long 4 at 100, armed 90');
    expect(made.fills({ side: -1, lots: 1, at: 100, order: 2, leaves: 3 })).toEqual([]);
    expect(holding(made)).toBe('long 3 at 100, armed 90');
  });
});
