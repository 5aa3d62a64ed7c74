/**
 * The protection machine by hand: how a stop comes to be, what each answer means. Requests for a stop leave at 0, 667 and
 * 1,334 ms (a third of 2,000, rounded up) and then every 10,000; a stop that rode on its entry has 10,000 ms to be
 * confirmed, one that was set 2,000.
 */
import { describe, expect, it } from 'vitest';
import { noStop } from '../../engine/index.ts';
import { cancel, empty, entering, held, opened, query, reading, reduce, setStop, told } from './desk.ts';
import type { By, Desk } from './desk.ts';
import type { Event } from '../../engine/index.ts';

const sides = ['long', 'short'] as const;
const worlds = sides.flatMap((side) => (['mark', 'last'] as const).map((by) => ({ side, by })));
const notesOf = (desk: Desk): readonly unknown[] => desk.notes.filter((note) => note.tag === 'protection');

describe.each(worlds)('a $side whose stop is judged by $by', ({ side, by }) => {
  it('has its riding stop requested from the first fill, for 10,000 ms, and nothing is sent for it', () => {
    const desk = entering({ side, by });
    const commands = desk.filled({ order: 1, lots: 1, leaves: 3, with: true });

    expect(commands).toEqual([]);
    expect(desk.protection()).toEqual({ tag: 'requested', trigger: desk.p(90), by, replaces: null, attempt: 1, since: desk.now() });
    expect(desk.position()).toMatchObject({ wantedStop: desk.p(90), stopBy: by, protectBy: desk.now() + 10_000, plannedLots: 1 });
    expect(notesOf(desk)).toEqual([{ tag: 'protection', at: desk.now(), leg: 0, protection: desk.protection(), cause: 'rides on the entry' }]);
  });

  it('is armed by the venue\'s word, which ends every deadline of the stop', () => {
    const desk = opened({ side, by });
    const commands = desk.tell({ tag: 'stop-set', triggerTicks: desk.p(90), by, trailTicks: 0 });

    expect(commands).toEqual([]);
    expect(desk.protection()).toEqual({ tag: 'armed', trigger: desk.p(90), by, since: desk.now() });
    expect(desk.position()).toMatchObject({ protectBy: 0, suspectAt: 0, wantedStop: desk.p(90) });
    expect(notesOf(desk)).toEqual([{ tag: 'protection', at: desk.now(), leg: 0, protection: desk.protection(), cause: 'confirmed' }]);
    expect(desk.wait(100_000)).toEqual([]);
  });

  it('asks for an unanswered stop again at 667 and 1,334 ms and not 1 ms before, then with a question, and 10,000 later', () => {
    const desk = opened({ side, by, config: { recoverDeadlineMs: 30_000 } });

    expect(desk.skip(666)).toEqual([]);
    expect(desk.skip(1)).toEqual([setStop(desk.p(90), by)]);
    expect(desk.protection()).toMatchObject({ tag: 'requested', attempt: 2, since: desk.now() });
    expect(desk.skip(666)).toEqual([]);
    expect(desk.skip(1)).toEqual([setStop(desk.p(90), by), query]);
    expect(desk.skip(9_999)).toEqual([query]); // no answer for 2,000 ms and more
    expect(desk.skip(1)).toEqual([setStop(desk.p(90), by)]);
    expect(desk.protection()).toMatchObject({ attempt: 4 });
  });

  it('leaves in the same decision when an unheld stop at 90 is reached exactly, and stays at 91', () => {
    const desk = opened({ side, by });

    expect(desk.bar(91)).toEqual([]);
    expect(desk.bar(90)).toEqual([reduce(desk, 2, 4)]);
    expect(desk.protection()).toEqual({ tag: 'breached', trigger: desk.p(90), by, price: desk.p(90), isHeld: false, since: desk.now() });
    expect(desk.position()).toMatchObject({ leaving: 'stop already through', protectBy: desk.now() + 2_000, rung: 'market' });
    expect(notesOf(desk)).toEqual([{ tag: 'protection', at: desk.now(), leg: 0, protection: desk.protection(), cause: 'through' }]);
  });

  it('leaves instead of asking again when the price went through meanwhile', () => {
    const desk = opened({ side, by });
    desk.state.legs[0]!.book.markTicks = desk.p(by === 'mark' ? 90 : 80);
    desk.state.legs[0]!.book.lastTicks = desk.p(by === 'last' ? 90 : 80);

    expect(desk.skip(667)).toEqual([reduce(desk, 2, 4)]);
    expect(desk.protection()).toMatchObject({ tag: 'breached', trigger: desk.p(90), price: desk.p(90) });
  });

  it('leaves at once when the venue says that the price is through the stop', () => {
    const desk = opened({ side, by });
    desk.state.legs[0]!.book.markTicks = desk.p(by === 'mark' ? 95 : 80);
    desk.state.legs[0]!.book.lastTicks = desk.p(by === 'last' ? 95 : 80);

    expect(desk.tell({ tag: 'stop-refused', triggerTicks: desk.p(90), reason: 'through-trigger' })).toEqual([reduce(desk, 2, 4)]);
    expect(desk.protection()).toMatchObject({ tag: 'breached', trigger: desk.p(90), price: desk.p(95), by });
  });

  it('a price through an armed stop is a suspicion for 1,500 ms, then a question, and 1,500 ms of silence later an exit', () => {
    const desk = held({ side, by });

    expect(desk.bar(91)).toEqual([]);
    expect(desk.position().suspectAt).toBe(0);
    expect(desk.bar(90)).toEqual([]);
    expect(desk.position()).toMatchObject({ suspectAt: desk.now(), isSuspectAsked: false });
    expect(desk.skip(1_499)).toEqual([]);
    expect(desk.skip(1)).toEqual([query]);
    expect(desk.position()).toMatchObject({ suspectAt: desk.now(), isSuspectAsked: true });
    expect(desk.skip(1_499)).toEqual([]);
    expect(desk.skip(1)).toEqual([reduce(desk, 2, 4)]);
    expect(desk.protection()).toEqual({ tag: 'breached', trigger: desk.p(90), by, price: desk.p(90), isHeld: false, since: desk.now() });
    expect(desk.position().suspectAt).toBe(0);
  });

  it('moves its stop tighter with the old one in force until the new one is confirmed', () => {
    const desk = held({ side, by });
    const commands = desk.decide(({ intents }) => intents.moveStop(desk.p(95)));

    expect(commands).toEqual([setStop(desk.p(95), by)]);
    expect(desk.protection()).toEqual({ tag: 'requested', trigger: desk.p(95), by, replaces: desk.p(90), attempt: 1, since: desk.now() });
    expect(desk.position()).toMatchObject({ protectBy: 0, wantedStop: desk.p(95) });
    expect(notesOf(desk)).toEqual([]);
    desk.armed();
    expect(desk.protection()).toMatchObject({ tag: 'armed', trigger: desk.p(95) });
  });
});

describe.each(sides)('a %s', (side) => {
  it('is protected from a partial fill, and a fill more at another price leaves a stop given as a level', () => {
    const desk = entering({ side });
    desk.filled({ order: 1, lots: 1, leaves: 3, with: true });

    expect(desk.filled({ order: 1, lots: 3, at: 102, with: true })).toEqual([]);
    expect(desk.protection()).toMatchObject({ trigger: desk.p(90) });
    expect(desk.position()).toMatchObject({ lots: 4, plannedLots: 4 });
    // Planned loss of 4 lots: 10 ticks, a fee of 0.1 % on 100 and on the stop; all of it once everything is filled.
    const stopFee = desk.p(90) * 0.001;
    expect(desk.position().trade.risk).toBeCloseTo(4 * (10 + 0.1 + stopFee), 9);
  });

  it('counts the planned loss by the lots that filled: 1 of 4 is a quarter', () => {
    const desk = entering({ side });
    desk.filled({ order: 1, lots: 1, leaves: 3, with: true });

    expect(desk.position().trade.risk).toBeCloseTo(10 + 0.1 + desk.p(90) * 0.001, 9);
  });

  it('asks for a stop that keeps its distance of 10 from a first fill at 103: 93, and tightens after one at 107 only', () => {
    const desk = entering({ side, enter: ({ intents }) => intents.enter({ side, qty: 4, stop: { distance: 10 } }) });

    expect(desk.filled({ order: 1, lots: 2, at: 103, leaves: 2, with: true })).toEqual([setStop(desk.p(93))]);
    expect(desk.position()).toMatchObject({ wantedStop: desk.p(93), protectBy: desk.now() + 10_000 });
    expect(desk.protection()).toMatchObject({ tag: 'requested', trigger: desk.p(93), replaces: null, attempt: 1 });
    // 2 at 103 and 1 at 100: entry 102, whose 92 is looser; with 1 at 110 the entry is 104, its 94 tighter.
    expect(desk.filled({ order: 1, lots: 1, at: 100, leaves: 1, with: true })).toEqual([]);
    expect(desk.filled({ order: 1, lots: 1, at: 110, with: true })).toEqual([setStop(desk.p(94))]);
  });

  it('takes a looser level for the first fill when the fill itself was worse: 97 wants 87', () => {
    const desk = entering({ side, enter: ({ intents }) => intents.enter({ side, qty: 4, stop: { distance: 10 } }) });

    expect(desk.filled({ order: 1, lots: 4, at: 97, with: true })).toEqual([setStop(desk.p(87))]);
  });

  it('rounds the entry that a stop follows towards the market: 2 at 100 and 1 at 101 are 100.33, the stop 91', () => {
    const desk = entering({ side, enter: ({ intents }) => intents.enter({ side, qty: 3, stop: { distance: 10 } }) });
    desk.filled({ order: 1, lots: 2, leaves: 1, with: true });

    expect(desk.filled({ order: 1, lots: 1, at: 101, with: true })).toEqual([setStop(desk.p(91))]);
  });

  it('takes "unchanged" for success and looks, for nothing told of the stop before: its deadline stands until it is shown', () => {
    const desk = opened({ side });
    const { protectBy } = desk.position();

    expect(desk.tell({ tag: 'stop-unchanged', triggerTicks: desk.p(90) })).toEqual([query]);
    expect(desk.protection()).toEqual({ tag: 'armed', trigger: desk.p(90), by: 'mark', since: desk.now() });
    expect(notesOf(desk)).toMatchObject([{ cause: 'unchanged' }]);
    expect(desk.position().protectBy).toBe(protectBy);
    desk.take(reading(desk, { stop: { triggerTicks: desk.p(90), by: 'mark' } }));
    expect(desk.position().protectBy).toBe(0);
  });

  it('that is only said to be unchanged is asked about every 667 ms; never shown by its deadline it halts and stays', () => {
    const desk = held({ side });
    desk.tell({ tag: 'stop-set', triggerTicks: 0, by: 'mark', trailTicks: 0 });
    desk.tell({ tag: 'stop-unchanged', triggerTicks: desk.p(90) });
    const lost: Event = { tag: 'request-failed', at: desk.now(), leg: 0, order: -1, of: 'query-account', certainty: 'not-applied', reason: 'rate-limited' };
    desk.take(lost);

    expect(desk.wait(1_400)).toEqual([[667, query], [1_334, query]]);
    expect(desk.wait(600).map(([after, { tag }]) => [after, tag])).toEqual([[600, 'notify']]); // a question is under way
    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'unprotected' });
    expect(desk.position()).toMatchObject({ protection: { tag: 'armed' }, leaving: '', protectBy: 0 });
    expect(desk.take(reading(desk, { takenAt: desk.now(), stop: null }))).toContainEqual(setStop(desk.p(90)));
  });

  it('told of while nothing is held asks: there is a position whose fill was lost; one from before the last fill does not', () => {
    const desk = entering({ side });
    const word = { tag: 'stop-set', by: 'mark', trailTicks: 0 } as const;
    expect(desk.tell({ ...word, triggerTicks: desk.p(90), setAt: desk.now() })).toEqual([query]);
    const removed = entering({ side });
    expect(removed.tell({ ...word, triggerTicks: 0, setAt: removed.now() })).toEqual([query]);
    const closed = held({ side });
    closed.filled({ order: -1, lots: 4 });

    expect(closed.tell({ ...word, triggerTicks: closed.p(90), setAt: closed.now() })).toEqual([]);
  });

  it('of the position before, told late, says nothing of this one', () => {
    const desk = opened({ side });
    const word = { tag: 'stop-set', triggerTicks: desk.p(90), by: 'mark', trailTicks: 0 } as const;
    desk.tell({ ...word, setAt: desk.now() - 1 });
    expect(desk.protection().tag).toBe('requested');
    desk.tell({ ...word, setAt: desk.now() });

    expect(desk.protection().tag).toBe('armed');
  });

  it.each(['the same', 'another'])('of %s level, told late, is not the one that was removed since: the deadline stands, and the word of the new one ends it', (level) => {
    const [desk, put] = [held({ side }), held({ side })];
    for (const one of [desk, put]) {
      const word = { tag: 'stop-set', by: 'mark', trailTicks: 0 } as const;
      const removedAt = one.now() + 500;
      one.wait(600);
      expect(one.tell({ ...word, triggerTicks: 0, setAt: removedAt })).toEqual([setStop(one.p(90))]);
      one.tell({ ...word, triggerTicks: one.p(level === 'the same' ? 90 : 88), setAt: removedAt - 1 });
      expect(one.position()).toMatchObject({ protection: { tag: 'requested', replaces: null } });
      expect(one.position().protectBy).toBeGreaterThan(0);
    }

    put.tell({ tag: 'stop-set', by: 'mark', trailTicks: 0, triggerTicks: put.p(90), setAt: put.now() });
    expect(put.protection().tag).toBe('armed');
    desk.wait(10_000);
    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'unprotected' });
  });

  it('removed before the fill it rode with was told: asked for at once with that fill, and its own late word arms nothing', () => {
    const desk = entering({ side });
    const word = { tag: 'stop-set', by: 'mark', trailTicks: 0 } as const;
    const removedAt = desk.now() + 400;
    desk.tell({ ...word, triggerTicks: 0, setAt: removedAt });
    desk.tell({ ...word, triggerTicks: desk.p(90), setAt: removedAt - 300 });
    expect(desk.filled({ order: 1, lots: 4, with: true })).toContainEqual(setStop(desk.p(90)));
    desk.tell({ ...word, triggerTicks: desk.p(90), setAt: removedAt - 300 });
    expect(desk.protection().tag).toBe('requested');
    desk.tell({ ...word, triggerTicks: desk.p(90), setAt: removedAt + 100 });

    expect(desk.protection().tag).toBe('armed');
  });

  it('asked for and removed before its word came: that word, told late, arms nothing', () => {
    const desk = opened({ side });
    const word = { tag: 'stop-set', by: 'mark', trailTicks: 0 } as const;
    const removedAt = desk.now() + 500;
    desk.wait(600);
    desk.tell({ ...word, triggerTicks: 0, setAt: removedAt });
    desk.tell({ ...word, triggerTicks: desk.p(90), setAt: removedAt - 1 });

    expect(desk.protection().tag).toBe('requested');
  });

  it('takes "unchanged" without a level for the stop asked for, and the answer to another request for nothing', () => {
    const desk = opened({ side });

    expect(desk.tell({ tag: 'stop-unchanged', triggerTicks: desk.p(89) })).toEqual([]);
    expect(desk.protection().tag).toBe('requested');
    expect(desk.tell({ tag: 'stop-unchanged', triggerTicks: 0 })).toEqual([query]);
    expect(desk.protection().tag).toBe('armed');
  });

  it('needs no look when "unchanged" names the stop that was known to be there', () => {
    const desk = held({ side });
    desk.decide(({ intents }) => intents.moveStop(desk.p(95)));
    desk.tell({ tag: 'stop-set', triggerTicks: desk.p(95), by: 'mark', trailTicks: 0 });
    desk.position().protection = { tag: 'requested', trigger: desk.p(95), by: 'mark', replaces: desk.p(95), attempt: 2, since: desk.now() };

    expect(desk.tell({ tag: 'stop-unchanged', triggerTicks: desk.p(95) })).toEqual([]);
    expect(desk.protection()).toMatchObject({ tag: 'armed', trigger: desk.p(95) });
  });

  it('hears "unchanged" and "refused" while armed as answers to nothing', () => {
    const desk = held({ side });
    const before = desk.protection();

    expect(desk.tell({ tag: 'stop-unchanged', triggerTicks: desk.p(90) })).toEqual([]);
    expect(desk.tell({ tag: 'stop-refused', triggerTicks: desk.p(90), reason: 'through-trigger' })).toEqual([]);
    expect(desk.tell({ tag: 'stop-refused', triggerTicks: desk.p(90), reason: 'other' })).toEqual([]);
    expect(desk.protection()).toBe(before);
  });

  it('a refusal of an older request is no answer to this one, a refusal without a level is', () => {
    const desk = opened({ side });

    expect(desk.tell({ tag: 'stop-refused', triggerTicks: desk.p(89), reason: 'through-trigger' })).toEqual([]);
    expect(desk.protection().tag).toBe('requested');
    expect(desk.tell({ tag: 'stop-refused', triggerTicks: 0, reason: 'through-trigger' })).toEqual([reduce(desk, 2, 4)]);
  });

  it('waits after a first and a second refusal, asks with the third attempt, and halts and leaves after the third refusal', () => {
    const desk = opened({ side });
    const refuse = (): unknown => desk.tell({ tag: 'stop-refused', triggerTicks: desk.p(90), reason: 'other' });

    expect(refuse()).toEqual([]);
    desk.skip(667);
    expect(refuse()).toEqual([]);
    expect(desk.protection().tag).toBe('requested');
    expect(desk.skip(667)).toEqual([setStop(desk.p(90)), query]);
    expect(refuse()).toEqual([told('alarm', 'unprotected', 'AAAUSDT: no stop confirmed by its deadline, refused'), reduce(desk, 2, 4)]);
    expect(desk.protection()).toEqual({ tag: 'unprotected', cause: 'refused', since: desk.now() });
    expect(desk.notes.filter((n) => n.tag === 'protection')).toMatchObject([{ cause: 'refused' }]);
    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'unprotected', evidence: 'AAAUSDT: no stop confirmed by its deadline, refused' });
    expect(desk.position()).toMatchObject({ leaving: 'no stop could be set', protectBy: 0 });
  });

  it('without a position at the venue the stop is no answer to believe: it asks', () => {
    const desk = opened({ side });

    expect(desk.tell({ tag: 'stop-refused', triggerTicks: desk.p(90), reason: 'no-position' })).toEqual([query]);
    expect(desk.protection().tag).toBe('requested');
  });

  it('that is flat has no stop: answers for one are heard by nobody', () => {
    const desk = empty({ side });

    expect(desk.tell({ tag: 'stop-set', triggerTicks: 90, by: 'mark', trailTicks: 5 })).toEqual([]);
    expect(desk.tell({ tag: 'stop-unchanged', triggerTicks: 90 })).toEqual([]);
    expect(desk.tell({ tag: 'stop-refused', triggerTicks: 90, reason: 'no-position' })).toEqual([]);
    expect(desk.tell({ tag: 'stop-refused', triggerTicks: 90, reason: 'through-trigger' })).toEqual([]);
    expect(desk.state.legs[0]!.position).toEqual({ tag: 'flat' });
  });

  it('another stop than the one asked for protects meanwhile: no halt at the deadline, the request goes on', () => {
    const desk = opened({ side });
    desk.tell({ tag: 'stop-set', triggerTicks: desk.p(85), by: 'mark', trailTicks: 0 });

    expect(desk.protection()).toMatchObject({ tag: 'requested', trigger: desk.p(90), replaces: desk.p(85), attempt: 1 });
    expect(desk.position().protectBy).toBe(0);
    const later = desk.wait(12_000);
    expect(later).toEqual([[667, setStop(desk.p(90))], [1_334, setStop(desk.p(90))], [11_334, setStop(desk.p(90))], [11_334, query]]);
    expect(desk.mode().tag).toBe('trading');
  });

  it('takes a tighter stop over that somebody set, and tightens a looser one back', () => {
    const desk = held({ side });

    expect(desk.tell({ tag: 'stop-set', triggerTicks: desk.p(94), by: 'last', trailTicks: 0 })).toEqual([]);
    expect(desk.protection()).toEqual({ tag: 'armed', trigger: desk.p(94), by: 'last', since: desk.now() });
    expect(desk.position().wantedStop).toBe(desk.p(94));
    expect(desk.tell({ tag: 'stop-set', triggerTicks: desk.p(80), by: 'mark', trailTicks: 0 })).toEqual([setStop(desk.p(94))]);
    expect(desk.protection()).toMatchObject({ tag: 'requested', trigger: desk.p(94), replaces: desk.p(80) });
  });

  it('judges a stop that somebody set by last by the last price, whatever the mark is', () => {
    const desk = held({ side });
    desk.tell({ tag: 'stop-set', triggerTicks: desk.p(94), by: 'last', trailTicks: 0 });
    const { book } = desk.state.legs[0]!;
    book.lastTicks = desk.p(96);

    desk.take({ tag: 'mark-price', at: desk.now(), symbol: 0, markTicks: desk.p(90) });
    expect(desk.position().suspectAt).toBe(0);
    book.lastTicks = desk.p(94);
    desk.take({ tag: 'mark-price', at: desk.now(), symbol: 0, markTicks: desk.p(96) });
    expect(desk.position().suspectAt).toBe(desk.now());
    desk.skip(1_500);
    desk.skip(1_500);
    expect(desk.protection()).toMatchObject({ tag: 'breached', trigger: desk.p(94), price: desk.p(94) });
  });

  it('a mark through an unheld stop acts between two bars, as one through an armed stop arouses suspicion', () => {
    const unheld = opened({ side });
    const armed = held({ side });

    expect(unheld.take({ tag: 'mark-price', at: unheld.now(), symbol: 0, markTicks: unheld.p(91) })).toEqual([]);
    expect(unheld.take({ tag: 'mark-price', at: unheld.now(), symbol: 0, markTicks: unheld.p(90) })).toEqual([reduce(unheld, 2, 4)]);
    armed.take({ tag: 'mark-price', at: armed.now(), symbol: 0, markTicks: armed.p(90) });
    expect(armed.position().suspectAt).toBe(armed.now());
  });

  it('a trigger of 0 in the venue\'s word tells of the trailing stop only', () => {
    const desk = opened({ side });
    desk.tell({ tag: 'stop-set', triggerTicks: 0, by: 'mark', trailTicks: 7 });

    expect(desk.position().trailTicks).toBe(7);
    expect(desk.protection().tag).toBe('requested');
    desk.tell({ tag: 'stop-set', triggerTicks: desk.p(90), by: 'mark', trailTicks: 0 });
    expect(desk.position().trailTicks).toBe(7);
  });

  it('breached stays breached whatever the venue says of a stop', () => {
    const desk = opened({ side });
    desk.bar(90);
    const before = desk.protection();
    desk.tell({ tag: 'stop-set', triggerTicks: desk.p(90), by: 'mark', trailTicks: 0 });
    desk.tell({ tag: 'stop-unchanged', triggerTicks: desk.p(90) });
    desk.tell({ tag: 'stop-refused', triggerTicks: desk.p(90), reason: 'through-trigger' });
    desk.take(reading(desk, { stop: { triggerTicks: desk.p(90), by: 'mark' } }));
    desk.take(reading(desk, { stop: null, takenAt: desk.now() + 1, at: desk.now() + 1 }));

    expect(desk.protection()).toEqual(before);
  });

  it('without a price nothing is through', () => {
    const desk = opened({ side });
    desk.state.legs[0]!.book.markTicks = Number.NaN;

    expect(desk.skip(667)).toEqual([setStop(desk.p(90))]);
  });
});

describe.each(sides)('a %s without a stop in so many words', (side) => {
  const bare = (own: object = {}): Desk => opened({ side, enter: ({ intents }) => intents.enter({ side, qty: 4, stop: noStop, ...own }) });

  it('is waived from its first fill: nothing is asked for, whatever time passes and wherever the price goes', () => {
    const desk = bare();

    const first = entering({ side, enter: ({ intents }) => intents.enter({ side, qty: 4, stop: noStop }) });
    expect(first.filled({ order: 1, lots: 4, with: true })).toEqual([]);
    expect(desk.protection()).toEqual({ tag: 'waived', since: desk.now() });
    expect(notesOf(desk)).toEqual([{ tag: 'protection', at: desk.now(), leg: 0, protection: desk.protection(), cause: 'waived' }]);
    expect(desk.bar(50)).toEqual([]);
    expect(desk.wait(100_000)).toEqual([]);
    expect(desk.position()).toMatchObject({ protectBy: 0, suspectAt: 0 });
  });

  it('has its trailing stop of 5 from 110 asked for with the first fill, and the stop left as it is', () => {
    const desk = entering({ side, enter: ({ intents }) => intents.enter({ side, qty: 4, stop: noStop, stopBy: 'last', trail: { distance: 5, from: side === 'long' ? 110 : 90 } }) });

    expect(desk.filled({ order: 1, lots: 1, leaves: 3, with: true })).toEqual([setStop(0, 'last', 5, desk.p(110))]);
    expect(desk.position()).toMatchObject({ trailTicks: 5, trailFromTicks: desk.p(110), stopBy: 'last', protection: { tag: 'waived' } });
    expect(desk.filled({ order: 1, lots: 3, with: true })).toEqual([]);
  });

  it('has a trailing stop of which nobody told anything asked for again every 2,000 ms, until the venue says that it is there', () => {
    const trailing = (): Desk => opened({ side, enter: ({ intents }) => intents.enter({ side, qty: 4, stop: noStop, trail: { distance: 5 } }) });
    const again = setStop(0, 'mark', 5);
    const desk = trailing();
    expect(desk.wait(4_000)).toEqual([[2_000, again], [4_000, again]]);
    desk.tell({ tag: 'stop-set', triggerTicks: 0, by: 'mark', trailTicks: 5 });
    expect(desk.wait(100_000)).toEqual([]);
    const there = trailing();
    there.tell({ tag: 'stop-unchanged', triggerTicks: 0 });
    expect(there.wait(100_000)).toEqual([]);

    const refused = trailing();
    expect(refused.tell({ tag: 'stop-refused', triggerTicks: 0, reason: 'other' })).toEqual([told('warning', 'trail', 'AAAUSDT: the trailing stop was refused')]);
    expect(refused.wait(11_999)).toEqual([[10_000, again]]);
    refused.decide(({ intents }) => intents.exit('enough'));
    expect(refused.wait(5_000)).toEqual([]);
  });

  it('gets a stop once one is wanted or one is there', () => {
    const wanted = bare();
    const told = bare();

    expect(wanted.decide(({ intents }) => intents.moveStop(wanted.p(90)))).toEqual([setStop(wanted.p(90))]);
    expect(wanted.protection()).toMatchObject({ tag: 'requested', replaces: null });
    expect(wanted.position().protectBy).toBe(wanted.now() + 2_000);
    told.tell({ tag: 'stop-set', triggerTicks: told.p(80), by: 'mark', trailTicks: 0 });
    expect(told.protection()).toMatchObject({ tag: 'armed', trigger: told.p(80) });
  });

  it('stays waived when a reading shows none', () => {
    const desk = bare();
    desk.skip(1);
    desk.take(reading(desk, { stop: null }));

    expect(desk.protection().tag).toBe('waived');
  });
});

describe.each(sides)('a %s with a trailing stop of 5 from 110 beside a stop at 90', (side) => {
  const from = side === 'long' ? 110 : 90;
  const trailing = (): Desk => entering({ side, enter: ({ intents }) => intents.enter({ side, qty: 4, stop: side === 'long' ? 90 : 110, trail: { distance: 5, from }, breakEvenAt: 2 }) });

  it('asks for both with the first fill and never with a later one', () => {
    const desk = trailing();

    expect(desk.filled({ order: 1, lots: 1, leaves: 3, with: true })).toEqual([setStop(desk.p(90), 'mark', 5, from)]);
    expect(desk.position()).toMatchObject({ trailTicks: 5, trailFromTicks: from, breakEvenAt: 2 });
    expect(desk.filled({ order: 1, lots: 3, with: true })).toEqual([]);
    expect(desk.position()).toMatchObject({ trailTicks: 5, trailFromTicks: from });
  });

  it('asks for both while halted too', () => {
    const desk = trailing();
    desk.tell({ tag: 'operator', verb: 'halt' });

    expect(desk.filled({ order: 1, lots: 1, leaves: 3, with: true })).toEqual([setStop(desk.p(90), 'mark', 5, from)]);
  });

  it('has the trailing stop alone asked for again after 2,000 ms where the venue told of the stop only, or of neither', () => {
    const desk = trailing();
    desk.filled({ order: 1, lots: 4, with: true });
    desk.armed();
    expect(desk.wait(2_000)).toEqual([[2_000, setStop(0, 'mark', 5, from)]]);
    desk.tell({ tag: 'stop-set', triggerTicks: desk.p(90), by: 'mark', trailTicks: 5 });
    expect(desk.wait(100_000)).toEqual([]);

    const silent = trailing();
    silent.filled({ order: 1, lots: 4, with: true });
    expect(silent.wait(3_000)).toEqual([[667, setStop(silent.p(90), 'mark', 5, from)], [1_334, setStop(silent.p(90), 'mark', 5, from)], [1_334, query]]);
    silent.take(reading(silent, { stop: { triggerTicks: silent.p(90), by: 'mark' } }));
    expect(silent.wait(1_000)).toEqual([[1_000, setStop(0, 'mark', 5, from)]]);
  });

  it('repeats and restores them together', () => {
    const desk = trailing();
    desk.filled({ order: 1, lots: 4, with: true });

    expect(desk.skip(667)).toEqual([setStop(desk.p(90), 'mark', 5, from)]);
    desk.armed();
    desk.skip(1);
    expect(desk.take(reading(desk, { stop: null }))).toEqual([setStop(desk.p(90), 'mark', 5, from)]);
    expect(desk.position().trailTicks).toBe(5);
  });
});

describe.each(sides)('a %s whose stop is gone', (side) => {
  const lost = (desk: Desk): ReturnType<Desk['take']> => {
    desk.skip(1);
    return desk.take(reading(desk, { stop: null }));
  };

  it('has the wanted one asked for at once, with 2,000 ms to be confirmed', () => {
    const desk = held({ side });

    expect(lost(desk)).toEqual([setStop(desk.p(90))]);
    expect(notesOf(desk)).toMatchObject([{ cause: 'cancelled', protection: { tag: 'unprotected', cause: 'cancelled' } }, { cause: 'moved' }]);
    expect(desk.protection()).toMatchObject({ tag: 'requested', replaces: null, attempt: 1 });
    expect(desk.position().protectBy).toBe(desk.now() + 2_000);
  });

  it('leaves at once when the price is through it', () => {
    const desk = held({ side });
    desk.bar(90);

    expect(lost(desk)).toEqual([reduce(desk, 2, 4)]);
    expect(desk.protection()).toMatchObject({ tag: 'breached', trigger: desk.p(90) });
  });

  it('is not gone by a reading as old as the word that it is there', () => {
    const desk = held({ side });

    expect(desk.take(reading(desk, { stop: null }))).toEqual([]);
    expect(desk.protection().tag).toBe('armed');
  });
});

describe.each(sides)('a stop that a reading shows for a %s', (side) => {
  const shows = (desk: Desk, long: number, by: By = 'mark'): ReturnType<Desk['take']> => {
    desk.skip(1);
    return desk.take(reading(desk, { stop: { triggerTicks: desk.p(long), by } }));
  };

  it('arms what was asked for', () => {
    const desk = opened({ side });

    expect(shows(desk, 90)).toEqual([]);
    expect(desk.protection()).toEqual({ tag: 'armed', trigger: desk.p(90), by: 'mark', since: desk.now() });
    expect(notesOf(desk)).toMatchObject([{ cause: 'shown' }]);
  });

  it('changes nothing when it is the one that is armed', () => {
    const desk = held({ side });
    const before = desk.protection();
    shows(desk, 90);

    expect(desk.protection()).toBe(before);
    shows(desk, 90, 'last');
    expect(desk.protection()).toMatchObject({ tag: 'armed', by: 'last' });
  });

  it('that is looser than wanted is taken and tightened, that is tighter is taken', () => {
    const looser = held({ side });
    const tighter = held({ side });

    expect(shows(looser, 80)).toEqual([setStop(looser.p(90))]);
    expect(looser.protection()).toMatchObject({ tag: 'requested', trigger: looser.p(90), replaces: looser.p(80) });
    expect(shows(tighter, 95)).toEqual([]);
    expect(tighter.protection()).toMatchObject({ tag: 'armed', trigger: tighter.p(95) });
  });

  it('protects while another is asked for', () => {
    const desk = opened({ side });

    expect(shows(desk, 85)).toEqual([]);
    expect(desk.protection()).toMatchObject({ tag: 'requested', trigger: desk.p(90), replaces: desk.p(85) });
    expect(desk.position().protectBy).toBe(0);
  });

  it('that is looser is tightened while halted', () => {
    const read = held({ side });
    const told = held({ side });
    for (const desk of [read, told]) desk.tell({ tag: 'operator', verb: 'halt' });

    expect(shows(read, 80)).toEqual([setStop(read.p(90))]);
    expect(told.tell({ tag: 'stop-set', triggerTicks: told.p(80), by: 'mark', trailTicks: 0 })).toEqual([setStop(told.p(90))]);
  });

  it('does not end a waiver', () => {
    const desk = opened({ side, enter: ({ intents }) => intents.enter({ side, qty: 4, stop: noStop }) });
    shows(desk, 80);

    expect(desk.protection().tag).toBe('waived');
  });
});

describe('after a restart', () => {
  it.each(sides)('a %s is never given a looser stop by a late fill of its entry than the one it had', (side) => {
    const desk = entering({ side });
    desk.filled({ order: 1, lots: 2, leaves: 2, with: true });
    desk.armed();
    desk.decide(({ intents }) => intents.moveStop(desk.p(95)));
    desk.armed();
    desk.take({ tag: 'disconnected', at: desk.now() });
    desk.take({ tag: 'connected', at: desk.now() });
    expect(desk.protection()).toMatchObject({ tag: 'unprotected', cause: 'unknown' });
    const commands = desk.filled({ order: 1, lots: 2, with: true });

    expect(commands).toEqual([setStop(desk.p(95))]);
    expect(desk.position().wantedStop).toBe(desk.p(95));
    expect(desk.take(reading(desk, { stop: { triggerTicks: desk.p(95), by: 'mark' } }))).toEqual([]);
    expect(desk.protection()).toMatchObject({ tag: 'armed', trigger: desk.p(95) });
  });

  it.each(sides)('a stop that the stream tells looser than wanted is tightened back, for a %s', (side) => {
    const desk = held({ side });
    desk.take({ tag: 'connected', at: desk.now() });

    expect(desk.tell({ tag: 'stop-set', triggerTicks: desk.p(80), by: 'mark', trailTicks: 0 })).toEqual([setStop(desk.p(90))]);
    expect(desk.protection()).toMatchObject({ tag: 'requested', trigger: desk.p(90), replaces: desk.p(80) });
  });

  it('a position whose stop is unknown is not waived by a late fill without one', () => {
    const desk = held();
    desk.take({ tag: 'connected', at: desk.now() });
    const order = desk.state.legs[0]!;
    order.buried.push({
      filled: 0, until: desk.now() + 1, order: {
        id: 9, leg: 0, role: 'rest', side: 1, type: 'limit', reduceOnly: false, timeInForce: 'GTC', triggerTicks: 0, triggerDirection: 0,
        referenceTicks: 100, key: 'a', reason: '', sentAt: 0, attempt: 1, attemptAt: 0, isUnwanted: false, endsAtDecision: 0, priceTicks: 100,
        lots: 1, filled: 0, state: { tag: 'done', outcome: 'absent', since: 0 },
        terms: { stopTicks: 0, stopBy: 'mark', distanceTicks: 0, follows: false, risk: 0, targets: [], trailTicks: 0, trailFromTicks: 0, breakEvenAt: 0, isAdd: false },
      },
    });
    desk.filled({ order: 9, lots: 1, with: true });

    expect(desk.position().lots).toBe(5);
    expect(desk.protection()).toMatchObject({ tag: 'unprotected', cause: 'unknown' });
  });
});

describe('the venue\'s own stop', () => {
  it.each(['stop', 'trailing'] as const)('that took part of the position as %s is suspected: nothing may guard the rest', (cause) => {
    const desk = held();

    expect(desk.filled({ order: -1, lots: 1, at: 90, cause })).toEqual([]);
    expect(desk.position()).toMatchObject({ lots: 3, plannedLots: 3, suspectAt: desk.now(), isSuspectAsked: false });
    expect(desk.wait(1_500)).toEqual([[1_500, query]]);
    expect(desk.take(reading(desk, { stop: null }))).toEqual([setStop(90)]);
  });

  it('that took all of it leaves a flat leg, and a note of what closed it', () => {
    const desk = held();
    desk.filled({ order: -1, lots: 4, at: 90, cause: 'stop' });

    expect(desk.state.legs[0]!.position).toEqual({ tag: 'flat' });
    expect(notesOf(desk)).toEqual([{ tag: 'protection', at: desk.now(), leg: 0, protection: null, cause: 'stop' }]);
    expect(desk.wait(100_000)).toEqual([]);
  });

  it('is not suspected when the position shrank by another hand', () => {
    const desk = held();
    desk.filled({ order: -1, lots: 1, at: 100, cause: 'adl' });

    expect(desk.position()).toMatchObject({ lots: 3, suspectAt: 0 });
  });

  it('told twice arouses suspicion once', () => {
    const desk = held();
    const part: Event = {
      tag: 'execution', at: desk.now(), leg: 0, order: -1, id: 'part', cause: 'stop', side: -1, lots: 1 as never, priceTicks: 90, value: 90_000_000_000_000n,
      fee: 0n, liquidity: 'taker', leavesLots: 0,
    };
    desk.take(part);
    desk.tell({ tag: 'stop-set', triggerTicks: 90, by: 'mark', trailTicks: 0 });
    desk.take(part);

    expect(desk.position()).toMatchObject({ lots: 3, suspectAt: 0 });
  });

  it('is suspected since the first bar through it, not the last', () => {
    const desk = held();
    desk.bar(90);
    const since = desk.now();
    desk.skip(1_000);
    desk.bar(89);

    expect(desk.position().suspectAt).toBe(since);
  });

  it('arouses no second suspicion while there is one', () => {
    const desk = held();
    desk.bar(90);
    const since = desk.now();
    desk.skip(1_000);
    desk.filled({ order: -1, lots: 1, at: 90, cause: 'stop' });

    expect(desk.position().suspectAt).toBe(since);
  });

  it('that is shown not overdue ends the suspicion; shown overdue after the question it ends the position', () => {
    const calm = held();
    const overdue = held();
    for (const desk of [calm, overdue]) {
      desk.bar(90);
      desk.skip(1_500);
    }

    expect(calm.take(reading(calm, { stop: { triggerTicks: 90, by: 'mark' }, markTicks: 91, lastTicks: 91 }))).toEqual([]);
    expect(calm.position().suspectAt).toBe(0);
    expect(overdue.take(reading(overdue, { stop: { triggerTicks: 90, by: 'mark' }, markTicks: 90, lastTicks: 91 }))).toEqual([reduce(overdue, 2, 4)]);
    expect(overdue.protection()).toMatchObject({ tag: 'breached', trigger: 90, price: 90 });
  });

  it('ends opening orders of the leg with a breach', () => {
    const desk = entering();
    desk.filled({ order: 1, lots: 1, leaves: 3, with: true });

    expect(desk.bar(90)).toEqual([cancel(1), reduce(desk, 2, 1)]);
  });
});
