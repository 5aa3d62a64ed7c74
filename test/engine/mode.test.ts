/** Modes by hand: which cause may replace which, what ends with them, and how often they speak (once in 300,000 ms). */
import { describe, expect, it } from 'vitest';
import { alert, cool, endOpeners, halt, reduceOnly, setMode, stumble } from '../../engine/mode.ts';
import type { Approved, Mode, Note } from '../../engine/index.ts';
import { cancel, empty, entering, held, reading, told } from './desk.ts';
import type { Desk } from './desk.ts';

interface Said { readonly commands: Approved[]; readonly notes: Note[] }
const said = (act: (out: Said) => void): Said => {
  const out: Said = { commands: [], notes: [] };
  act(out);
  return out;
};
const chill = (desk: Desk, inMs: number, cause: Parameters<typeof cool>[2] = 'daily-loss'): Said =>
  said((out) => cool(desk.state, desk.now() + inMs, cause, `lost ${inMs}`, out));
const stop = (desk: Desk, cause: Parameters<typeof halt>[1] = 'drawdown'): Said => said((out) => halt(desk.state, cause, 'too deep', out));
const shrink = (desk: Desk): Said => said((out) => reduceOnly(desk.state, 'goal-reached', 'enough', out));

describe('halt', () => {
  it('is a latch with its cause, its evidence and its time, told with an alarm, and ends what could open', () => {
    const desk = entering();
    const { commands, notes } = stop(desk);
    const mode: Mode = { tag: 'halted', cause: 'drawdown', evidence: 'too deep', since: desk.now() };

    expect(commands).toEqual([told('alarm', 'drawdown', 'too deep'), cancel(1)]);
    expect(desk.mode()).toEqual(mode);
    expect(notes).toEqual([{ tag: 'mode', at: desk.now(), mode }]);
    expect(desk.state.stumbles).toEqual([desk.now()]);
  });

  it('does not give way to another halt, which only speaks', () => {
    const desk = empty();
    stop(desk);
    const first = desk.mode();
    const { commands, notes } = stop(desk, 'money');

    expect(commands).toEqual([told('alarm', 'money', 'too deep')]);
    expect(notes).toEqual([]);
    expect(desk.mode()).toBe(first);
    expect(desk.state.stumbles).toHaveLength(1);
  });

  it('does not give way to a cooldown, a reduction, or time', () => {
    const desk = held();
    stop(desk);

    expect(chill(desk, 1)).toEqual({ commands: [], notes: [] });
    expect(shrink(desk)).toEqual({ commands: [], notes: [] });
    desk.skip(1_000_000_000);
    expect(desk.mode().tag).toBe('halted');
  });

  it('takes a staged entry with it', () => {
    const desk = held();
    desk.decide(({ intents }) => intents.reverse({ side: 'short', qty: 4, stop: 110 }));
    expect(desk.state.legs[0]!.staged).not.toBeNull();
    stop(desk);

    expect(desk.state.legs[0]!.staged).toBeNull();
  });

  it('is an alarm although a warning of the same cause was given a minute before: a lost connection, then a halt', () => {
    const desk = held();

    expect(desk.take({ tag: 'disconnected', at: desk.now() })).toEqual([told('warning', 'link', 'the connection is lost')]);
    expect(desk.wait(60_000)).toEqual([[60_000, told('alarm', 'link', 'no connection for 60000 ms')]]);
    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'link' });
  });

  it('during a recovery stays when everything is known', () => {
    const desk = held();
    desk.take({ tag: 'connected', at: desk.now() });
    expect(desk.mode().tag).toBe('recovering');
    stop(desk);
    desk.skip(1);
    desk.take(reading(desk, { stop: { triggerTicks: 90, by: 'mark' } }));

    expect(desk.state.legs[0]!.isKnown).toBe(true);
    expect(desk.mode()).toMatchObject({ tag: 'halted', cause: 'drawdown' });
    expect(desk.protection().tag).toBe('armed');
  });
});

describe('cool', () => {
  it('pauses until its time with its cause and evidence, warns, and ends what could open', () => {
    const desk = entering();
    const { commands, notes } = chill(desk, 5_000);
    const mode: Mode = { tag: 'cooldown', until: desk.now() + 5_000, cause: 'daily-loss', evidence: 'lost 5000', since: desk.now() };

    expect(commands).toEqual([told('warning', 'daily-loss', 'lost 5000'), cancel(1)]);
    expect(desk.mode()).toEqual(mode);
    expect(notes).toEqual([{ tag: 'mode', at: desk.now(), mode }]);
    desk.tell({ tag: 'order-cancelled', order: 1, cause: 'requested', filled: 0 });
    desk.skip(4_999);
    expect(desk.mode()).toEqual(mode);
    desk.skip(1);
    expect(desk.mode()).toEqual({ tag: 'trading' });
    expect(desk.notes).toContainEqual({ tag: 'mode', at: desk.now(), mode: { tag: 'trading' } });
  });

  it('asks for its own timer', () => {
    const desk = held();
    chill(desk, 5_000);
    desk.wait(5_000);

    expect(desk.mode().tag).toBe('trading');
  });

  it('of 5,000 ms gives way to one of 5,001 and not to one of 5,000', () => {
    const desk = empty();
    chill(desk, 5_000);

    expect(chill(desk, 5_000, 'loss-streak')).toEqual({ commands: [], notes: [] });
    expect(chill(desk, 5_001, 'loss-streak').commands).toEqual([told('warning', 'loss-streak', 'lost 5001')]);
    expect(desk.mode()).toMatchObject({ until: desk.now() + 5_001, cause: 'loss-streak' });
  });

  it('does not end a reduction', () => {
    const desk = empty();
    shrink(desk);

    expect(chill(desk, 5_000)).toEqual({ commands: [], notes: [] });
    expect(desk.mode().tag).toBe('reducing');
  });

  it('gives way to a halt', () => {
    const desk = empty();
    chill(desk, 5_000);
    stop(desk);

    expect(desk.mode().tag).toBe('halted');
  });

  it('wants no timer later than one that is wanted already', () => {
    const desk = held();
    desk.state.dueAt = desk.now() + 10;
    chill(desk, 5_000);

    expect(desk.state.dueAt).toBe(desk.now() + 10);
  });
});

describe('reduceOnly', () => {
  it('ends a cooldown and what could open, and lasts whatever time passes', () => {
    const desk = entering();
    chill(desk, 5_000);
    desk.tell({ tag: 'order-cancelled', order: 1, cause: 'requested', filled: 0 });
    const { commands, notes } = shrink(desk);
    const mode: Mode = { tag: 'reducing', cause: 'goal-reached', evidence: 'enough', since: desk.now() };

    expect(commands).toEqual([told('warning', 'goal-reached', 'enough')]);
    expect(notes).toEqual([{ tag: 'mode', at: desk.now(), mode }]);
    desk.skip(100_000_000);
    expect(desk.mode()).toEqual(mode);
  });

  it('cancels a standing entry', () => {
    const desk = entering();

    expect(shrink(desk).commands).toEqual([told('warning', 'goal-reached', 'enough'), cancel(1)]);
  });
});

describe('while recovering', () => {
  const recovering = (): Desk => {
    const desk = held();
    desk.take({ tag: 'connected', at: desk.now() });
    return desk;
  };
  const known = (desk: Desk): void => {
    desk.skip(1);
    desk.take(reading(desk, { stop: { triggerTicks: 90, by: 'mark' } }));
  };

  it('a cooldown waits for the end of it, and its time runs meanwhile', () => {
    const desk = recovering();
    const { commands, notes } = chill(desk, 5_000);

    expect(commands).toEqual([told('warning', 'daily-loss', 'lost 5000')]);
    expect(notes).toEqual([]);
    expect(desk.mode().tag).toBe('recovering');
    known(desk);
    expect(desk.mode()).toMatchObject({ tag: 'cooldown', cause: 'daily-loss', evidence: 'lost 5000', until: desk.now() + 4_999 });
    desk.wait(4_999);
    expect(desk.mode().tag).toBe('trading');
  });

  it('a reduction is not ended by a cooldown that comes after it', () => {
    const desk = recovering();
    shrink(desk);

    expect(chill(desk, 5_000)).toEqual({ commands: [], notes: [] });
    known(desk);
    expect(desk.mode()).toMatchObject({ tag: 'reducing', cause: 'goal-reached', evidence: 'enough' });
  });

  it('a longer cooldown is not shortened by one that comes after it', () => {
    const desk = recovering();
    chill(desk, 50_000);

    expect(chill(desk, 5_000, 'loss-streak').commands).toEqual([]);
    known(desk);
    expect(desk.mode()).toMatchObject({ cause: 'daily-loss' });
  });

  it('what could open ends at once, not after it', () => {
    const cooled = entering();
    const reduced = entering();
    for (const desk of [cooled, reduced]) desk.take({ tag: 'connected', at: desk.now() });

    expect(chill(cooled, 5_000).commands).toContainEqual(cancel(1));
    expect(shrink(reduced).commands).toContainEqual(cancel(1));
  });
});

describe('alerts', () => {
  const speak = (desk: Desk, severity: 'info' | 'warning' | 'alarm' = 'warning', cause = 'x'): readonly unknown[] =>
    said((out) => alert(desk.state, severity, cause, 'words', out)).commands;

  it('of one cause are given once in 300,000 ms; then the next says how many were held back', () => {
    const desk = empty();

    expect(speak(desk)).toEqual([told('warning', 'x', 'words')]);
    expect(speak(desk)).toEqual([]);
    desk.skip(299_999);
    expect(speak(desk)).toEqual([]);
    desk.skip(1);
    expect(speak(desk)).toEqual([told('warning', 'x', 'words (2 more since the last of these alerts)')]);
    desk.skip(300_000);
    expect(speak(desk)).toEqual([told('warning', 'x', 'words')]);
  });

  it('of different causes do not hold each other back', () => {
    const desk = empty();
    speak(desk);

    expect(speak(desk, 'warning', 'y')).toEqual([told('warning', 'y', 'words')]);
  });

  it('that are warnings do not hold back an alarm, which is held back by an alarm', () => {
    const desk = empty();
    speak(desk, 'info');

    expect(speak(desk, 'alarm')).toEqual([told('alarm', 'x', 'words')]);
    expect(speak(desk, 'alarm')).toEqual([]);
    expect(speak(desk, 'warning')).toEqual([]);
  });
});

describe('stumble', () => {
  it('is too much at the fourth in 600,000 ms; one exactly so old does not count', () => {
    const desk = empty();
    const first = desk.now();

    expect([1, 2, 3].map(() => stumble(desk.state))).toEqual([false, false, false]);
    expect(stumble(desk.state)).toBe(true);
    desk.skip(600_000);
    expect(stumble(desk.state)).toBe(false);
    expect(desk.state.stumbles).toEqual([first + 600_000]);
  });

  it('counts one that is 599,999 ms old', () => {
    const desk = empty();
    stumble(desk.state);
    desk.skip(599_999);
    stumble(desk.state);

    expect(desk.state.stumbles).toHaveLength(2);
  });
});

describe('setMode', () => {
  it('notes every change with its time', () => {
    const desk = empty();
    const { notes } = said((out) => setMode(desk.state, { tag: 'trading' }, out));

    expect(notes).toEqual([{ tag: 'mode', at: desk.now(), mode: { tag: 'trading' } }]);
  });
});

describe('endOpeners', () => {
  it('leaves what can only reduce', () => {
    const desk = held({ enter: ({ intents }) => intents.enter({ side: 'long', qty: 4, stop: 90, targets: [{ price: 110, fraction: 1 }] }) });
    const { commands } = said((out) => endOpeners(desk.state, out));

    expect(desk.state.legs[0]!.orders).toMatchObject([{ role: 'target', reduceOnly: true }]);
    expect(commands).toEqual([]);
  });
});
