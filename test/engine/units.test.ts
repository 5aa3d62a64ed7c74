/** Units: where plain numbers become whole ticks and lots, and back. */
import { describe, expect, it } from 'vitest';
import { lots, stepOf, stepsIn, ticks, unreachable, valueOf, wholeSteps } from '../../engine/units.ts';

describe('whole ticks and lots', () => {
  it('are whole numbers that a double keeps; ticks may be below 0, lots not', () => {
    expect([ticks(5), ticks(-5), ticks(0), lots(5), lots(0)]).toEqual([5, -5, 0, 5, 0]);
    expect(() => ticks(0.5)).toThrow(new RangeError('ticks must be an integer, was 0.5'));
    expect(() => ticks(2 ** 53)).toThrow(RangeError);
    expect(() => lots(0.5)).toThrow(new RangeError('lots must be a whole number, was 0.5'));
    expect(() => lots(-1)).toThrow(new RangeError('lots must be a whole number, was -1'));
    expect(() => lots(Number.NaN)).toThrow(RangeError);
  });
});

describe('a step read from decimal text', () => {
  it.each([
    ['0.1', 1, 10, 1], ['0.10', 1, 10, 1], ['0.5', 5, 10, 1], ['5', 5, 1, 0], ['10', 10, 1, 0], ['0.0005', 5, 10_000, 4], ['12.5', 125, 10, 1],
    ['2.5e-3', 25, 10_000, 4], ['2.5E2', 250, 1, 0], ['1e2', 100, 1, 0], ['1e+1', 10, 1, 0], ['1e-8', 1, 100_000_000, 8], ['1e-12', 1, 1_000_000_000_000, 12], ['0.500', 5, 10, 1], [' 1 ', 1, 1, 0], ['1.0', 1, 1, 0],
  ])("'%s' is %i/%i with %i places", (text, num, den, places) => {
    expect(stepOf(text)).toEqual({ num, den, places });
  });

  it.each([
    '', '0', '0.0', '-1', '+1', 'a', '1a', 'a1', '1.', '.5', '1e', '1,5', '0x1', '1e400', '1e-400', '99999999999999999',
  ])("'%s' is refused by name", (text) => {
    expect(() => stepOf(text)).toThrow(new RangeError(`step must be a positive decimal, was '${text}'`));
  });
});

describe('a price in steps', () => {
  const tenth = stepOf('0.1');

  it('within 1e-6 of a whole step is that step, beyond it the exact fraction', () => {
    // 0.3 / 0.1 is 2.9999999999999996 in doubles; half a millionth of a step off is still the step, two millionths are not.
    expect(stepsIn(0.3, tenth)).toBe(3);
    expect(stepsIn(10.000_000_05, tenth)).toBe(100);
    expect(stepsIn(10.000_000_2, tenth)).toBeCloseTo(100.000_002, 9);
    expect(stepsIn(10.04, tenth)).toBeCloseTo(100.4, 9);
    expect(stepsIn(1 + 2 ** -20, stepOf('1'))).toBe(1);
    expect(stepsIn(1 + 2 ** -19, stepOf('1'))).toBe(1 + 2 ** -19);
    expect(stepsIn(1e-6, stepOf('1'))).toBe(0); // the edge itself counts as the step
    expect(stepsIn(Number.NaN, tenth)).toBeNaN();
  });

  it('rounds down, up or to the nearest, and stays where it is whole', () => {
    expect([wholeSteps(10.04, tenth, 'down'), wholeSteps(10.04, tenth, 'up'), wholeSteps(10.04, tenth, 'nearest'), wholeSteps(10.06, tenth, 'nearest')])
      .toEqual([100, 101, 100, 101]);
    expect([wholeSteps(0.3, tenth, 'down'), wholeSteps(0.3, tenth, 'up')]).toEqual([3, 3]);
    expect(() => wholeSteps(1, tenth, 'sideways' as 'up')).toThrow('unreachable: "sideways"');
  });

  it('comes back as the nearest double: 3 steps of 0.1 are 0.3, 7 of 2.5 are 17.5', () => {
    expect(valueOf(3, tenth)).toBe(0.3);
    expect(valueOf(7, stepOf('2.5'))).toBe(17.5);
  });

  it('of no known kind is named', () => {
    expect(() => unreachable({ tag: 'odd' } as never)).toThrow('unreachable: {"tag":"odd"}');
  });
});
