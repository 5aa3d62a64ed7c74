import { describe, expect, it } from 'vitest';
import { at, enter, halted, numbers, openWithStop, order, setStop, terms, world } from './world.ts';
import type { World } from './world.ts';

/** Long 5 lots from 1,000 with a stop at 900; the engine knows a mark of 1,000. */
function long(wish: Parameters<typeof world>[1] = {}): World {
  const one = world({}, wish);
  openWithStop(one, at(0));
  one.auditor.event({ tag: 'timer', at: at(1) }, one.state);
  one.state.legs[0]!.book.lastAt = at(1);
  return one;
}

describe('I2', () => {
  it.each([[999, []], [1_000, ['I2']], [1_001, ['I2']]] as const)('a long stop at %d with the mark at 1,000', (triggerTicks, expected) => {
    const one = long();

    one.sends(at(1), setStop(triggerTicks));

    expect(numbers(one.report())).toEqual(expected);
  });
  it('a fill at 1,050, newer than the book, allows a stop at 1,010', () => {
    const one = long();

    one.tells(one.fills({ at: at(50), id: 2, side: 1, lots: 1, order: 1, priceTicks: 1_050 }));
    one.sends(at(50), setStop(1_010));

    expect(numbers(one.report())).toEqual([]);
  });
  it.each([
    ['tightened from 900 to 950 and again to 960', [950, 960], {}, []],
    ['tightened to 950 and loosened to 949', [950, 949], {}, ['I2']],
    ['loosened by a strategy that may', [950, 949], { mayLoosen: true }, []],
  ] as const)('%s', (_what, triggers, wish, expected) => {
    const one = long(wish);

    for (const trigger of triggers) one.sends(at(1), setStop(trigger));

    expect(numbers(one.report())).toEqual(expected);
  });
  it('loosened while halted is a violation even where the strategy may', () => {
    const one = long({ mayLoosen: true });
    one.state.mode = halted(at(1));

    one.sends(at(1), setStop(899));

    expect(numbers(one.report())).toEqual(['I2']);
  });
  it('a stop that somebody moved to 850 at the venue is what the next one is compared with', () => {
    const one = long();

    one.tells({ tag: 'stop-set', at: at(2), leg: 0, triggerTicks: 850, by: 'mark', trailTicks: 0 });
    const { position } = one.state.legs[0]!;
    if (position.tag === 'open') position.protection = { tag: 'armed', trigger: 850, by: 'mark', since: at(2) };
    one.auditor.event({ tag: 'stop-set', at: at(2), leg: 0, triggerTicks: 850, by: 'mark', trailTicks: 0 }, one.state);
    one.sends(at(2), setStop(860));

    expect(numbers(one.report())).toEqual([]);
  });
  it('a stop for a flat leg, and one riding on the wrong side of its own limit, are violations', () => {
    const one = world();
    one.state.legs[0]!.orders.push(order(1, { terms }));

    one.sends(at(0), setStop(900), enter(1, { type: 'limit', priceTicks: 890, stopTicks: 900 }));

    expect(numbers(one.report())).toEqual(['I2', 'I2']);
  });
});
