/**
 * Session limits of the predecessor: none could fire, for their inputs were constants, and one that did was for ever.
 * The rules themselves are tried in `test/engine/rules/`; here are the bugs.
 */
import { describe, expect, it } from 'vitest';
import { runConfig } from '../../engine/index.ts';
import { nextMidnight } from '../../engine/rules/calendar.ts';
import { liquidationTicks } from '../../engine/rules/liquidation.ts';
import { inverse, linear, start } from '../sim/market.ts';
import type { ConfigWish } from '../sim/played.ts';
import type { AnyScene } from '../sim/scripted.ts';
import { desk, modeOf } from './desk.ts';
import type { Desk } from './desk.ts';

const day = 86_400_000;
const wanting = ({ intents, position }: AnyScene) => (position.tag === 'flat' ? intents.enter({ side: 'long', qty: 4, stop: 90 }) : intents.hold);

/** Buys 4 at 100 with 1,000 in the wallet and is stopped out at this price. */
function losing(at: number, risk: NonNullable<ConfigWish['risk']> = { dailyLoss: 0.05 }): Desk {
  const made = desk({ config: { cash: 1_000, risk }, always: wanting });
  made.close(100);
  made.fills({ side: 1, lots: 4, at: 100, order: 1 });
  made.tell({ tag: 'stop-set', triggerTicks: 90, by: 'mark', trailTicks: 0 });
  made.fills({ side: -1, lots: 4, at, cause: 'stop' });
  return made;
}

describe('mistake 9: no session rule could fire, its loss was a field that is not there', () => {
  it('the loss is that of the ledger: -48.76 of 1,000 is under 5 %, -52.748 pauses', () => {
    // 4 x -12 - 0.4 - 0.352; 4 x -13 - 0.4 - 0.348.
    expect([modeOf(losing(88)), modeOf(losing(87))]).toEqual(['trading', 'cooldown daily-loss']);
  });

  it('trades of the day are counted: the second of a cap of one is refused with its numbers', () => {
    const stages = [{
      from: 0, lossCap: 1_000, lossFraction: 1, leverage: 10, gainPerFee: 0, atrMinimum: 0, tradesPerDay: 1, liquidation: { stopMultiple: 1, floor: 0 },
    }];
    const made = losing(100, { stages });

    expect(made.close(100)).toEqual([]);
    expect(made.notes.at(-1)).toMatchObject({ tag: 'decision', outcome: 'refused', reason: 'daily-trade-cap' });
  });
});

describe('a loss cap was computed with its end and then became a halt for ever', () => {
  it('pauses until the next UTC midnight, entries are refused until then and taken from then on', () => {
    const made = losing(87);
    const paused = made.close(100);
    expect(made.state.mode).toMatchObject({ tag: 'cooldown', until: start + day });
    made.pass(start + day - made.state.now - 1);
    const before = modeOf(made);
    made.pass(1);

    expect([paused, before, modeOf(made), made.close(100)]).toEqual([[], 'cooldown daily-loss', 'trading', ['2: buy 4 at market, stop 90']]);
  });

  it('while it pauses, exits and stops go on', () => {
    const made = losing(87);
    made.fills({ side: 1, lots: 4, at: 100 });

    expect(made.tell({ tag: 'operator', verb: 'flatten' })).toContain('2: reduce-only sell 4 at market');
  });
});

describe('mistake 21: the UTC boundary was rounded up', () => {
  it('a cap hit at exactly 00:00:00 holds until the following midnight, one a millisecond before for that millisecond', () => {
    expect([nextMidnight(start) - start, nextMidnight(start - 1) - start]).toEqual([day, 0]);
  });
});

describe('mistake 20: the liquidation distance of the inverse contract was used for the linear one', () => {
  it('a linear short at 3x is liquidated a third away (less maintenance), not a half; at 1x it still has a price', () => {
    const config = runConfig.parse({ leverage: 3 });
    const linearShort = liquidationTicks({ instrument: linear(), config, side: -1, lots: 1, cost: 30_000 });
    const inverseShort = liquidationTicks({ instrument: inverse(), config, side: -1, lots: 1_000, cost: 1_000 / 15_000 });
    const atOne = liquidationTicks({ instrument: linear(), config: runConfig.parse({ leverage: 1 }), side: -1, lots: 1, cost: 30_000 });

    // 30,000 (1 + 1/3) / 1.005; the inverse one, in half ticks: 30,000 x (1 - 0.005) / (1 - 1/3).
    expect(linearShort).toBeCloseTo(40_000 / 1.005, 6);
    expect(inverseShort / 30_000).toBeCloseTo(0.995 * 1.5, 6);
    expect(atOne).toBeCloseTo(60_000 / 1.005, 6);
  });
});
