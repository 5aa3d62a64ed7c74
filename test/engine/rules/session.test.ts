/**
 * Session rules on tapes: every rule fires at its bound, says until when, releases, and fires again where it should. Trades
 * go in at 100; `qty` x (exit - 100) is the net, there are no fees unless said.
 */
import { describe, expect, it } from 'vitest';
import { deadlineOf } from '../../../engine/index.ts';
import { linear, minute, start } from '../../sim/market.ts';
import { desk } from './desk.ts';
import type { Desk } from './desk.ts';

const hour = 60;
const day = 24 * hour;
const quiet = { outcome: 'refused' } as const;
const timer = (on: Desk, minutes: number): void => void on.take({ tag: 'timer', at: start + minutes * minute });

describe('daily loss', () => {
  const risk = { dailyLoss: 0.05 };

  it('of exactly 5 % (50 of 1,000) pauses until the next UTC midnight and trades again from then on', () => {
    const on = desk({ risk });
    on.trade(10, 25, 99); // -25
    expect(on.mode()).toBe('trading');

    on.trade(20, 25, 99); // -50
    expect(on.cooling()).toEqual({ cause: 'daily-loss', minutes: day });
    expect(deadlineOf(on.state)).toBe(start + day * minute);
    on.close(day - 1, 100);
    expect(on.mode()).toBe('cooldown');

    on.close(day, 100);
    expect(on.mode()).toBe('trading');
    expect(on.trade(day + 10, 1, 99)).toMatchObject({ outcome: 'accepted' });
    expect(on.mode()).toBe('trading');
  });

  it('of 49.99 of 1,000 does not pause: fees of 0.01 more do', () => {
    const on = desk({ risk });
    on.trade(10, 49, 99); // -49
    on.trade(20, 1, 100, 990_000_000_000n); // -0.99
    expect(on.mode()).toBe('trading');

    on.trade(30, 1, 100, 10_000_000_000n); // -0.01
    expect(on.cooling()?.cause).toBe('daily-loss');
  });

  it('hit at exactly 00:00:00 belongs to the day that begins, and lasts until the following midnight', () => {
    const on = desk({ risk });
    on.close(day - 10, 100, (intents) => intents.enter({ side: 'long', qty: 50, stop: 90 }));
    on.fillEntry(100);
    on.close(day, 100);
    on.stopOut(99);

    expect(on.cooling()).toEqual({ cause: 'daily-loss', minutes: 2 * day });
  });

  it('at 23:59:59.999 lasts one millisecond', () => {
    const on = desk({ risk });
    on.close(day - 10, 100, (intents) => intents.enter({ side: 'long', qty: 50, stop: 90 }));
    on.fillEntry(100);
    timer(on, day - 1 / minute);
    on.stopOut(99);

    expect(on.cooling()).toEqual({ cause: 'daily-loss', minutes: day });
  });

  it('counts funding, and measures against the equity at the start of its own day', () => {
    const on = desk({ risk });
    on.trade(10, 40, 99); // -40: the next day starts with 960, its bound is 48
    on.close(day, 100);
    on.trade(day + 10, 47, 99);
    expect(on.mode()).toBe('trading');

    on.take({ tag: 'funding', at: on.state.now, symbol: 0, leg: 0, rate: 0, settledAt: on.state.now, nextAt: null, payment: -1_000_000_000_000n });
    expect(on.cooling()).toEqual({ cause: 'daily-loss', minutes: 2 * day });
  });

  it('never holds back an exit or a stop move: a position held through it is closed and its stop is moved', () => {
    const on = desk({ risk });
    on.close(10, 100, (intents) => intents.enter({ side: 'long', qty: 50, stop: 90 }));
    on.fillEntry(100);
    on.take({ tag: 'funding', at: on.state.now, symbol: 0, leg: 0, rate: 0, settledAt: on.state.now, nextAt: null, payment: -60_000_000_000_000n });
    expect(on.mode()).toBe('cooldown');

    expect(on.take({ tag: 'operator', at: on.state.now, verb: 'flatten' })).toMatchObject([{ tag: 'reduce', reduceOnly: true, lots: 50 }]);
    expect(on.state.legs[0]!.position).toMatchObject({ protection: { tag: 'armed', trigger: 90 } });
  });
});

describe('weekly loss', () => {
  it('of exactly 12.5 % since Monday 00:00 UTC pauses for 7 days; Sunday is still the same week', () => {
    const on = desk({ risk: { weeklyLoss: { fraction: 0.125, pauseMs: 7 * day * minute } } });
    on.trade(10, 100, 99); // Tuesday, -100
    const sunday = 5 * day + 23 * hour;
    on.trade(sunday, 25, 99); // -125 of 1,000

    expect(on.cooling()).toEqual({ cause: 'weekly-loss', minutes: sunday + 7 * day });
    timer(on, sunday + 7 * day);
    expect(on.mode()).toBe('trading');
  });

  it('begins anew on Monday: -100 on Sunday and -25 on Monday is no loss of 12.5 %', () => {
    const on = desk({ risk: { weeklyLoss: { fraction: 0.125, pauseMs: 7 * day * minute } } });
    on.trade(5 * day, 100, 99); // Sunday
    on.close(6 * day, 100); // Monday 00:00
    on.trade(6 * day + 1, 25, 99);

    expect(on.mode()).toBe('trading');
  });
});

describe('loss streaks', () => {
  const lossStreaks = [{ losses: 3, pauseMs: null }, { losses: 5, pauseMs: 3 * day * minute }];

  it('of 3 pause until midnight, of 5 for 72 hours; a win begins anew', () => {
    const on = desk({ risk: { lossStreaks } });
    for (const at of [10, 20]) on.trade(at, 1, 99);
    on.trade(30, 1, 101);
    for (const at of [40, 50]) on.trade(at, 1, 99);
    expect(on.mode()).toBe('trading');

    on.trade(60, 1, 99);
    expect(on.cooling()).toEqual({ cause: 'loss-streak', minutes: day });
    expect(on.trade(70, 1, 99)).toMatchObject({ outcome: 'refused', reason: 'cooldown', inputs: `gate=cooldown cause=loss-streak until=${start + day * minute}` });
    timer(on, day);
    on.trade(day + 10, 1, 99); // the fourth
    expect(on.cooling()).toEqual({ cause: 'loss-streak', minutes: 2 * day });
    timer(on, 2 * day);
    on.trade(2 * day + 10, 1, 99); // the fifth
    expect(on.cooling()).toEqual({ cause: 'loss-streak', minutes: 5 * day + 10 });
    timer(on, 5 * day + 10);
    expect(on.trade(5 * day + 20, 1, 101)).toMatchObject({ outcome: 'accepted' });
    expect(on.mode()).toBe('trading');
  });

  it('count a trade that nets exactly 0 as lost', () => {
    const on = desk({ risk: { lossStreaks } });
    for (const at of [10, 20, 30]) on.trade(at, 1, 100);

    expect(on.cooling()?.cause).toBe('loss-streak');
  });
});

describe('fee anomaly', () => {
  const risk = { feeAnomaly: { ratio: 1.5, trades: 2, pauseMs: 30 * minute } };

  it('needs two trades in a row above 1.5 times the expected fees, then pauses for 30 minutes', () => {
    // 10 at 100 in and out at 0.1 % are 2 expected; the fill helper books nothing for the way in.
    const on = desk({ risk, instruments: [linear()] });
    on.trade(10, 10, 100, 3_100_000_000_000n); // 1.55
    on.trade(20, 10, 100, 3_000_000_000_000n); // 1.5, not above
    on.trade(30, 10, 100, 3_100_000_000_000n);
    expect(on.mode()).toBe('trading');

    on.trade(40, 10, 100, 3_100_000_000_000n);
    expect(on.cooling()).toEqual({ cause: 'fee-anomaly', minutes: 70 });
    on.close(69, 100);
    expect(on.mode()).toBe('cooldown');
    on.close(70, 100);
    expect(on.mode()).toBe('trading');
  });
});

describe('slippage anomaly', () => {
  const risk = { slippageAnomaly: { price: 2, cost: null, count: 3, withinMs: 10 * minute, pauseMs: 60 * minute } };
  const slip = (on: Desk, at: number, by: number): void => {
    on.close(at, 100, (intents) => intents.enter({ side: 'long', qty: 1, stop: 50 }));
    on.fillEntry(100 + by);
    on.stopOut(50); // at its trigger: no slippage
  };

  it('counts fills more than 2 off their price, 3 within 600 s with the edge, and pauses for an hour', () => {
    const on = desk({ risk });
    slip(on, 1, 3);
    slip(on, 5, -3); // better is off as well
    slip(on, 6, 2); // exactly 2 is not more
    expect(on.mode()).toBe('trading');

    slip(on, 11, 3); // 10 minutes after the first, exactly
    expect(on.cooling()).toEqual({ cause: 'slippage-anomaly', minutes: 71 });
    timer(on, 71);
    expect(on.mode()).toBe('trading');
  });

  it('forgets a fill one minute past the window', () => {
    const on = desk({ risk });
    slip(on, 1, 3);
    slip(on, 5, 3);
    slip(on, 12, 3);

    expect(on.mode()).toBe('trading');
  });

  it('by cost counts the settle coin of the whole fill: 3 ticks on 1 lot are 3, on none of 2 lots 4', () => {
    const on = desk({ risk: { slippageAnomaly: { price: null, cost: 3, count: 1, withinMs: 10 * minute, pauseMs: 60 * minute } } });
    slip(on, 1, 3);
    expect(on.mode()).toBe('trading');
    on.close(2, 100, (intents) => intents.enter({ side: 'long', qty: 2, stop: 50 }));
    on.fillEntry(102);
    expect(on.mode()).toBe('cooldown');
  });
});

describe('price shock', () => {
  const risk = {
    priceShock: {
      windows: [{ withinMs: minute, move: 0.1, calm: 0.05 }, { withinMs: 5 * minute, move: 0.2, calm: 0.1 }],
      pauseMs: 30 * minute, calmMs: 5 * minute, afterMs: 30 * minute,
    },
  };
  const walk = (on: Desk, from: number, closes: readonly number[]): void => closes.forEach((ticks, i) => void on.close(from + i, ticks));

  it('of -9.9 % in a minute is none, of exactly -10 % pauses for 30 minutes', () => {
    const on = desk({ risk });
    walk(on, 1, [1_000, 901]);
    expect(on.mode()).toBe('trading');
    walk(on, 3, [950, 1_000, 1_000, 1_000, 1_000, 900]); // the last at minute 8
    expect(on.cooling()).toEqual({ cause: 'price-shock', minutes: 38 });
    walk(on, 9, Array.from({ length: 29 }, () => 900));
    expect(on.mode()).toBe('cooldown');

    on.close(38, 900);
    expect(on.mode()).toBe('trading');
  });

  it('of 20 % in 5 minutes fires where no single minute moved 10 %, up as well as down', () => {
    const on = desk({ risk });
    walk(on, 1, [1_000, 1_040, 1_080, 1_120, 1_160]);
    expect(on.mode()).toBe('trading');

    on.close(6, 1_200);
    expect(on.cooling()).toEqual({ cause: 'price-shock', minutes: 36 });
  });

  it('is not released at its time while prices are not calm: a move of 5 % at minute 33 keeps it until 38', () => {
    const on = desk({ risk });
    walk(on, 1, [1_000, 900]); // shock at 2, until 32
    walk(on, 3, Array.from({ length: 27 }, () => 900));
    on.close(30, 945); // exactly 5 %: not calm
    on.close(31, 945);
    on.close(32, 945);
    expect(on.cooling()).toEqual({ cause: 'price-shock', minutes: 35 });
    expect(deadlineOf(on.state)).toBe(start + 35 * minute);

    timer(on, 34.999);
    expect(on.mode()).toBe('cooldown');
    timer(on, 35);
    expect(on.mode()).toBe('trading');
    expect(on.close(36, 945, (intents) => intents.enter({ side: 'long', qty: 1, stop: 900 }))).toMatchObject({ ...quiet, reason: 'after-shock' });
    expect(on.close(65, 945, (intents) => intents.enter({ side: 'long', qty: 1, stop: 900 }))).toMatchObject({ outcome: 'accepted' });
  });

  it('ends standing entries and leaves the stop', () => {
    const on = desk({ risk });
    on.close(1, 1_000, (intents) => intents.enter({ side: 'long', qty: 1, stop: 500 }));
    on.fillEntry(1_000);
    on.close(2, 1_000, (intents) => intents.add({ at: 'limit', price: 700, qty: 1, validFor: 9 }));
    const before = on.commands.length;
    on.close(3, 900);

    expect(on.commands.slice(before).map(({ tag }) => tag)).toEqual(['notify', 'cancel']);
    expect(on.state.legs[0]!.position).toMatchObject({ protection: { tag: 'armed', trigger: 500 } });
  });
});

describe('rejections', () => {
  const risk = { rejections: { count: 3, pauseMs: 300_000 } };
  const refuse = (on: Desk, at: number, reason: 'other' | 'insufficient-margin' | 'post-only-would-take'): void => {
    on.close(at, 100, (intents) => intents.enter({ side: 'long', qty: 1, stop: 90 }));
    const { order } = [...on.commands].reverse().find((command) => command.tag === 'enter')!;
    on.take({ tag: 'order-rejected', at: on.state.now, leg: 0, order, reason });
  };

  it('three in a row for passing reasons pause for 300 s; three more pause again', () => {
    const on = desk({ risk });
    for (const at of [1, 2]) refuse(on, at, 'other');
    expect(on.mode()).toBe('trading');
    refuse(on, 3, 'other');
    expect(on.cooling()).toEqual({ cause: 'rejections', minutes: 8 });
    on.close(8, 100);
    for (const at of [9, 10]) refuse(on, at, 'other');
    expect(on.mode()).toBe('trading');
    refuse(on, 11, 'other');
    expect(on.mode()).toBe('cooldown');
  });

  it('with a lasting reason among the three halt', () => {
    const on = desk({ risk });
    refuse(on, 1, 'insufficient-margin');
    for (const at of [2, 3]) refuse(on, at, 'other');

    expect(on.state.mode).toMatchObject({ tag: 'halted', cause: 'rejections' });
  });

  it('begin anew after an order that was taken, and do not count a post-only that would have taken', () => {
    const on = desk({ risk });
    for (const at of [1, 2]) refuse(on, at, 'other');
    on.trade(3, 1, 101);
    for (const at of [4, 5]) refuse(on, at, 'other');
    for (const at of [6, 7]) refuse(on, at, 'post-only-would-take');

    expect(on.mode()).toBe('trading');
  });
});

describe('equity', () => {
  it('of 80 is enough and 79.99 halts with cause money, where the least is 80', () => {
    const on = desk({ config: { cash: 100, leverage: 100 }, risk: { minEquity: 80 } });
    on.trade(1, 20, 99);
    expect(on.mode()).toBe('trading');
    on.trade(2, 1, 100, 10_000_000_000n);

    expect(on.state.mode).toMatchObject({ tag: 'halted', cause: 'money', evidence: 'equity 79.99, least 80' });
  });

  it('10 % under its peak halts, and who resumes begins from there', () => {
    const on = desk({ risk: { maxDrawdown: 0.1 } });
    on.trade(1, 100, 101); // 1,100
    on.trade(2, 100, 99);
    on.trade(3, 9, 99); // 991
    expect(on.mode()).toBe('trading');
    on.trade(4, 1, 99); // 990, exactly 10 % below
    expect(on.state.mode).toMatchObject({ tag: 'halted', cause: 'drawdown' });

    on.close(5, 100);
    on.take({ tag: 'operator', at: on.state.now, verb: 'resume' });
    on.close(6, 100);
    expect(on.mode()).toBe('trading');
    on.trade(7, 98, 99);
    expect(on.mode()).toBe('trading');
    on.trade(8, 1, 99); // 891 = 0.9 x 990
    expect(on.mode()).toBe('halted');
  });

  it('at its goal of 1,100 takes no more entries, once: a resume is obeyed', () => {
    const on = desk({ risk: { goalEquity: 1_100 } });
    on.trade(1, 100, 101);
    expect(on.state.mode).toMatchObject({ tag: 'reducing', cause: 'goal-reached' });
    on.take({ tag: 'operator', at: on.state.now, verb: 'resume' });
    on.close(2, 100);

    expect(on.mode()).toBe('trading');
  });
});

describe('the run', () => {
  it('ends after 2 closed trades, and after 1 hour', () => {
    const byTrades = desk({ risk: { runTrades: 2 } });
    byTrades.trade(1, 1, 101);
    byTrades.trade(2, 1, 101);
    expect(byTrades.state.mode).toMatchObject({ tag: 'reducing', cause: 'run-ended' });

    const byHours = desk({ risk: { runHours: 1 } });
    byHours.close(1, 100);
    byHours.close(60, 100);
    expect(byHours.mode()).toBe('trading');
    byHours.close(61, 100);
    expect(byHours.state.mode).toMatchObject({ tag: 'reducing', cause: 'run-ended' });
  });
});

describe('win rate', () => {
  const stage = { from: 0, lossCap: 1_000, lossFraction: 1, leverage: 100, gainPerFee: 0, atrMinimum: 0, tradesPerDay: 1_000, liquidation: { stopMultiple: 1, floor: 0 } };
  const risk = { stages: [stage], winRate: { window: 50, halveFrom: 10, halveBelow: 0.4, haltFrom: 30, haltBelow: 0.45 } };

  it('of 13 in 30 (43.3 %) halts, of 14 (46.7 %) does not', () => {
    const after = (wins: number): Desk => {
      const on = desk({ risk });
      for (let i = 0; i < 30; i++) on.trade(i + 1, 1, i < wins ? 101 : 99);
      return on;
    };

    expect(after(13).state.mode).toMatchObject({ tag: 'halted', cause: 'win-rate' });
    expect(after(14).mode()).toBe('trading');
  });
});

describe('changes of stage', () => {
  const at = (from: number) => ({ from, lossCap: 1_000, lossFraction: 1, leverage: 100, gainPerFee: 0, atrMinimum: 0, tradesPerDay: 1_000, liquidation: { stopMultiple: 1, floor: 0 } });

  it('more than 2 within an hour pause for 60 minutes', () => {
    const on = desk({ risk: { stages: [at(0), at(1_000)], stageChanges: { count: 2, withinMs: hour * minute, pauseMs: hour * minute } } });
    on.trade(1, 10, 99); // 990: first change
    on.trade(2, 10, 101); // 1,000: second
    expect(on.mode()).toBe('trading');
    on.trade(3, 10, 99);

    expect(on.cooling()).toEqual({ cause: 'stage-changes', minutes: 63 });
    on.close(63, 100);
    expect(on.mode()).toBe('trading');
  });
});
