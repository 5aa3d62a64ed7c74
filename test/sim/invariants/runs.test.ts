import { describe, expect, it } from 'vitest';
import { crashEffectOf, differenceOf, lookAheadOf } from '../../../sim/invariants/index.ts';
import { at, setStop } from './world.ts';

describe('I13', () => {
  const honest = [{ at: at(0), command: setStop(900) }, { at: at(1_000), command: setStop(910) }];

  it('commands before the changed instant are the same: what differs later is no violation', () => {
    expect(lookAheadOf(honest, [honest[0]!, { at: at(1_000), command: setStop(950) }], at(1_000))).toEqual([]);
  });
  it.each([
    ['another command', [{ at: at(0), command: setStop(901) }]],
    ['no command', []],
    ['one command more', [honest[0]!, { at: at(500), command: setStop(905) }]],
  ])('%s before it is one', (_what, corrupted) => {
    expect(lookAheadOf(honest, corrupted, at(1_000)).map(({ invariant }) => invariant)).toEqual(['I13']);
  });
});

describe('I19 and I20', () => {
  it('equal digests pass, an unequal one is named', () => {
    const one = { commands: 'a1', state: 'b1' };

    expect(differenceOf('I19', at(0), one, { ...one })).toEqual([]);
    expect(differenceOf('I20', at(0), one, { commands: 'a1', state: 'b2' })).toMatchObject([{ invariant: 'I20', text: 'state b1 became b2' }]);
  });
});

describe('I21', () => {
  const trade = (openedAt: number, lots = 5) => ({ leg: 0, openedAt: at(openedAt), closedAt: at(openedAt + 10), lots, net: 0n });
  const whole = [trade(0), trade(100), trade(200)];

  it('a trade left out because the engine was down at its opening is no violation, nor is what follows', () => {
    expect(crashEffectOf(whole, [trade(0), trade(300)], [{ from: at(90), to: at(110) }])).toEqual([]);
    expect(crashEffectOf(whole, whole, [{ from: at(90), to: at(95) }])).toEqual([]);
  });
  it('a trade of 4 lots in place of 5, opened while the engine was up, is one', () => {
    expect(crashEffectOf(whole, [trade(0), trade(100, 4), trade(200)], [{ from: at(150), to: at(160) }]))
      .toMatchObject([{ invariant: 'I21', at: at(100) }]);
  });
});
