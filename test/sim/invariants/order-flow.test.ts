import { describe, expect, it } from 'vitest';
import { at, enter, halted, numbers, openWithStop, order, reduce, terms, told, world } from './world.ts';
import type { World } from './world.ts';

const open = (id: number, own: object = {}) => ({ order: id, side: 1 as const, lots: 5, filled: 0, priceTicks: 990, reduceOnly: false, ...own });

describe('I3', () => {
  it('an exit of 5 of 5 lots passes, one that is not reduce-only does not', () => {
    const one = world();
    openWithStop(one, at(0));

    one.sends(at(1), reduce(2), reduce(3, { reduceOnly: false as never }));

    expect(told(one.report())).toEqual(['I3 exit 3 is not reduce-only']);
  });
  it.each([
    ['5 lots to 0', 5, -1, []],
    ['5 lots to 2', 3, -1, []],
    ['5 lots to -1', 6, -1, ['I3']],
    ['5 lots to 6', 1, 1, ['I3']],
  ] as const)('an execution of an exit that takes the venue from %s', (_what, lots, side, expected) => {
    const one = world();
    openWithStop(one, at(0));

    one.sends(at(1), reduce(2));
    one.fills({ at: at(2), id: 2, side, lots, order: 2 });
    one.auditor.instant(at(2), one.state);

    expect(numbers(one.report())).toEqual(expected);
  });
});

describe('I4', () => {
  const sends = (one: World, id: number, own: object) => {
    one.state.legs[0]!.orders.push(order(id, { terms, ...own }));
    one.sends(at(0), enter(id));
  };

  it.each([
    ['beside one that is unknown', { state: { tag: 'unknown', cause: 'no-answer', since: at(0), absences: 0, absentAt: 0 } }, {}, ['I4']],
    ['beside one that is being cancelled', { state: { tag: 'cancelling', since: at(0) } }, {}, ['I4']],
    ['after one that is done', { state: { tag: 'done', outcome: 'cancelled', since: at(0) } }, {}, []],
    ['beside a resting order', { role: 'rest', key: 'b1' }, {}, []],
    ['with the key of a resting order, b1', { role: 'rest', key: 'b1' }, { role: 'rest', key: 'b1' }, ['I4']],
    ['with another key, b2', { role: 'rest', key: 'b1' }, { role: 'rest', key: 'b2' }, []],
  ] as const)('a second entry %s', (_what, first, second, expected) => {
    const one = world();
    one.state.legs[0]!.orders.push(order(1, { terms, ...first }));

    sends(one, 2, second);

    expect(numbers(one.report())).toEqual(expected);
  });
  it('two entries alive at the venue are found although the engine knows of one; a foreign order beside one is not', () => {
    const one = world();
    sends(one, 1, {});
    one.state.legs[0]!.orders.length = 0;
    sends(one, 2, {});

    one.there.orders.push(open(1), open(-7));
    one.auditor.instant(at(0), one.state);
    expect(numbers(one.report())).toEqual([]);
    one.there.orders.push(open(2));
    one.auditor.instant(at(1), one.state);

    expect(told(one.report())).toEqual(["I4 openers 1 and 2 of '' both live at the venue"]);
  });
  it('60 lots of 1,000 resting and 41 more are worth 101,000 with a limit of 100,000: inside the 2 % of rounding; 43 more are not', () => {
    const [inside, outside] = [world(), world()];
    for (const [one, lots] of [[inside, 41], [outside, 43]] as const) {
      one.state.legs[0]!.orders.push(order(1, { role: 'rest', key: 'a', lots: 60 }));
      sends(one, 2, { lots, terms: { ...terms, stopTicks: 999 } });
    }

    expect(numbers(inside.report())).toEqual([]);
    expect(numbers(outside.report())).toEqual(['I4']);
  });
});

describe('I5', () => {
  it('a number sent again with the same terms passes, with 6 lots instead of 5 it does not', () => {
    const one = world();
    one.state.legs[0]!.orders.push(order(1, { terms }));

    one.sends(at(0), enter(1), enter(1));
    expect(numbers(one.report())).toEqual([]);
    one.sends(at(0), enter(1, { lots: 6 as never }));

    expect(numbers(one.report())).toEqual(['I5']);
  });
});

describe('I10', () => {
  it('a halted engine sends an exit and no entry', () => {
    const one = world();
    one.state.mode = halted(at(0));
    one.auditor.event({ tag: 'timer', at: at(0) }, one.state);
    one.auditor.event({ tag: 'timer', at: at(1) }, one.state);
    one.state.legs[0]!.orders.push(order(1, { terms }));

    one.sends(at(1), reduce(9));
    expect(numbers(one.report())).toEqual([]);
    one.sends(at(1), enter(1));

    expect(told(one.report())).toEqual(['I10 enter left while halted']);
  });
  it('a halt ends with the operator’s resume, not with a timer and not with a restart', () => {
    const endings = [
      { tag: 'operator', verb: 'resume', at: at(1) }, { tag: 'timer', at: at(1) }, null,
    ] as const;
    const found = endings.map((event) => {
      const one = world();
      one.state.mode = halted(at(0));
      one.auditor.event({ tag: 'timer', at: at(0) }, one.state);
      one.state.mode = { tag: 'trading' };
      if (event === null) one.auditor.restarted(at(1), one.state);
      else one.auditor.event(event, one.state);
      return told(one.report());
    });

    expect(found).toEqual([[], ['I10 a halt ended by timer'], ['I10 a halt ended by a restart']]);
  });
});

describe('I11', () => {
  it('a single order worth 103,000 with 10,000 at 10x is over the limit', () => {
    const one = world();
    one.state.legs[0]!.orders.push(order(1, { terms: { ...terms, stopTicks: 999 }, lots: 103 }));

    one.sends(at(0), enter(1, { lots: 103 as never }));

    expect(numbers(one.report())).toEqual(['I11']);
  });
  it('20 lots from 1,000 with a stop at 900 lose 2,000, the 20 % allowed; 21 lots lose 2,100, over it', () => {
    const found = [20, 21].map((lots) => {
      const one = world();
      one.state.legs[0]!.orders.push(order(1, { terms, lots }));
      one.sends(at(0), enter(1, { lots: lots as never }));
      return numbers(one.report());
    });

    expect(found).toEqual([[], ['I11']]);
  });
});
