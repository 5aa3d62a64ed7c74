/** What people tell the engine. Only they end a halt, and what is not known or not protected comes before the next trade. */
import { describe, expect, it } from 'vitest';
import { deadlineOf } from '../../engine/index.ts';
import { cancel, empty, entering, held, opened, query, reading, reduce, setStop, told } from './desk.ts';
import type { Desk } from './desk.ts';

const say = (desk: Desk, verb: 'halt' | 'resume' | 'flatten' | 'reduce-only'): ReturnType<Desk['take']> =>
  desk.take({ tag: 'operator', at: desk.now(), verb });

describe('the operator', () => {
  it('halts: what could open ends, the stop stays and is kept, and the strategy is not asked', () => {
    const desk = entering();
    desk.filled({ order: 1, lots: 1, leaves: 3, with: true });

    expect(say(desk, 'halt')).toEqual([told('alarm', 'operator', 'asked by the operator'), cancel(1)]);
    expect(desk.mode()).toEqual({ tag: 'halted', cause: 'operator', evidence: 'asked by the operator', since: desk.now() });
    expect(desk.skip(667)).toEqual([setStop(90)]);
    let asked = 0;
    desk.decide(({ intents }) => {
      asked += 1;
      return intents.hold;
    });
    expect(asked).toBe(0);
  });

  it('lets the engine only reduce', () => {
    const desk = entering();

    expect(say(desk, 'reduce-only')).toEqual([told('warning', 'operator', 'asked by the operator'), cancel(1)]);
    expect(desk.mode()).toEqual({ tag: 'reducing', cause: 'operator', evidence: 'asked by the operator', since: desk.now() });
  });

  it('flattens every leg at market, takes entries back and forgets resting orders, in any mode', () => {
    const desk = held();
    desk.decide(({ intents }) => intents.rest([{ key: 'a', side: 'buy', price: 95, qty: 1 }], { long: 90 }));
    say(desk, 'halt');
    desk.tell({ tag: 'order-cancelled', order: 2, cause: 'requested', filled: 0 });

    expect(say(desk, 'flatten')).toEqual([reduce(desk, 3, 4)]);
    expect(desk.state.legs[0]!.resting).toBeNull();
    expect(desk.position().leaving).toBe('flatten');
    expect(desk.mode().tag).toBe('halted');
  });

  it('flattens nothing where nothing is open', () => {
    expect(say(empty(), 'flatten')).toEqual([]);
  });

  it.each(['halt', 'reduce-only'] as const)('ends "%s" by resume', (verb) => {
    const desk = held();
    say(desk, verb);
    desk.state.stumbles.push(1);

    expect(say(desk, 'resume')).toEqual([]);
    expect(desk.mode()).toEqual({ tag: 'trading' });
    expect(desk.state.stumbles).toEqual([]);
    expect(desk.notes).toEqual([{ tag: 'mode', at: desk.now(), mode: { tag: 'trading' } }]);
  });

  it('resumes a recovery into trading, whatever it was to end in, and not before its end', () => {
    const desk = held();
    say(desk, 'reduce-only');
    desk.take({ tag: 'connected', at: desk.now() });
    const before = desk.mode();
    expect(say(desk, 'resume')).toEqual([]);

    expect(before.tag).toBe('recovering');
    expect(desk.mode()).toBe(before);
    desk.skip(1);
    desk.take(reading(desk, { stop: { triggerTicks: 90, by: 'mark' } }));
    expect(desk.mode().tag).toBe('trading');
  });

  it('resumes a halt in which the connection was lost with 60,000 ms for the connection from its loss on, also after nothing was due', () => {
    const desk = empty();
    say(desk, 'halt');
    desk.tell({ tag: 'disconnected' });
    const since = desk.now();
    expect(deadlineOf(desk.state)).toBe(Infinity);
    desk.skip(10_000);
    say(desk, 'resume');

    expect(deadlineOf(desk.state)).toBe(since + 60_000);
  });

  it('resumes a halt whose legs are not known into a recovery', () => {
    const desk = held();
    desk.take({ tag: 'connected', at: desk.now() });
    say(desk, 'halt');
    say(desk, 'resume');

    expect(desk.mode()).toEqual({ tag: 'recovering', cause: 'restart', missing: [0], since: desk.now() });
    desk.skip(1);
    desk.take(reading(desk, { stop: { triggerTicks: 90, by: 'mark' } }));
    expect(desk.mode().tag).toBe('trading');
  });

  it('resumes after a difference with the venue only once a reading agrees, and halts again after three over 5,000 ms that do not', () => {
    const desk = held();
    const wrong = { side: 1, lots: 3, entryTicks: 100, cost: 0n } as const;
    const disagree = (): void => {
      desk.skip(2_500);
      desk.take(reading(desk, { position: wrong, stop: { triggerTicks: 90, by: 'mark' } }));
    };
    for (let i = 0; i < 3; i++) disagree();
    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'unreconciled' });
    desk.skip(2_000);

    say(desk, 'resume');
    expect(desk.mode()).toMatchObject({ tag: 'recovering', missing: [0] });
    disagree();
    disagree();
    expect(desk.mode().tag).toBe('recovering');
    disagree();
    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'unreconciled' });
    say(desk, 'resume');
    desk.skip(2_000);
    desk.take(reading(desk, { stop: { triggerTicks: 90, by: 'mark' } }));
    expect(desk.mode().tag).toBe('trading');
  });

  it('asks at once when he resumes after a difference and no question is under way', () => {
    const desk = held();
    say(desk, 'halt');
    desk.state.legs[0]!.mismatches = 3;

    expect(say(desk, 'resume')).toEqual([query]);
  });

  it('ends the memory of what the strategy threw', () => {
    const desk = held();
    desk.decide(() => { throw new Error('no idea'); });
    expect(desk.state.failure).not.toBeNull();
    say(desk, 'resume');

    expect(desk.state.failure).toBeNull();
    expect(desk.mode().tag).toBe('trading');
  });

  it('resumes with a position that was held without a stop: it is asked for anew, with 2,000 ms', () => {
    const desk = opened({ config: { unprotected: 'hold', protectAttempts: 1 } });
    desk.tell({ tag: 'stop-refused', triggerTicks: 90, reason: 'other' });
    expect(desk.mode().tag).toBe('halted');
    expect(desk.protection()).toMatchObject({ tag: 'unprotected', cause: 'refused' });
    desk.take(reading(desk, { position: 'unknown' }));

    expect(say(desk, 'resume')).toEqual([setStop(90), query]);
    expect(desk.protection()).toMatchObject({ tag: 'requested', trigger: 90, attempt: 1, since: desk.now() });
    expect(desk.position().protectBy).toBe(desk.now() + 2_000);
  });

  it('resumes with an unanswered request in the same way', () => {
    const desk = opened({ config: { unprotected: 'hold' } });
    desk.wait(10_000);
    expect(desk.mode().tag).toBe('halted');
    expect(desk.protection()).toMatchObject({ tag: 'requested', attempt: 3 });

    expect(say(desk, 'resume')).toContainEqual(setStop(90));
    expect(desk.protection()).toMatchObject({ tag: 'requested', attempt: 1 });
    expect(desk.position().protectBy).toBe(desk.now() + 2_000);
  });

  it('resumes without a word where the stop is armed, moving, or has a deadline', () => {
    const armed = held();
    const moving = held();
    moving.decide(({ intents }) => intents.moveStop(95));
    const fresh = opened();
    for (const desk of [armed, moving, fresh]) {
      say(desk, 'halt');
      const before = desk.protection();
      expect(say(desk, 'resume')).toEqual([]);
      expect(desk.protection()).toBe(before);
    }
  });

  it('resumes on the way out: the exit that was refused goes out at once, and refused again after its deadline it halts again', () => {
    const late = opened();
    late.bar(90);
    late.tell({ tag: 'order-accepted', order: 2 });
    late.skip(2_000); // under way: put off
    say(late, 'halt');
    late.tell({ tag: 'order-rejected', order: 2, reason: 'other' });
    const given = opened();
    given.bar(90);
    given.tell({ tag: 'order-rejected', order: 2, reason: 'other' });
    given.position().exitAt = given.now() + 60_000;
    given.skip(2_000);
    given.tell({ tag: 'order-rejected', order: 3, reason: 'other' });
    expect(given.position().protectBy).toBe(0);

    for (const [desk, order] of [[late, 3], [given, 4]] as const) {
      expect(desk.mode().tag).toBe('halted');
      expect(say(desk, 'resume')).toEqual([reduce(desk, order, 4)]);
      expect(desk.mode().tag).toBe('trading');
      expect(desk.position()).toMatchObject({ protectBy: desk.now() + 2_000, isOverdue: true });
      desk.tell({ tag: 'order-rejected', order, reason: 'other' });
      expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'unprotected' });
    }
  });
});
