/**
 * Entry gates: the first that fails is the stored reason, with the numbers it saw. Equity 1,000, price 100, leverage 10
 * unless said, no fees.
 */
import { describe, expect, it } from 'vitest';
import type { Command, RunConfigWish } from '../../../engine/index.ts';
import { linear, minute, start } from '../../sim/market.ts';
import { desk, enterOf, freeLinear } from './desk.ts';
import type { Decision, Desk } from './desk.ts';

type Risk = NonNullable<RunConfigWish['risk']>;
const stage = { from: 0, lossCap: 1_000, lossFraction: 1, leverage: 100, gainPerFee: 0, atrMinimum: 0, tradesPerDay: 1_000, liquidation: { stopMultiple: 1, floor: 0 } };
const staged = (own: Partial<typeof stage>): Risk => ({ stages: [{ ...stage, ...own }] });
const enters = (on: Desk, at: number, qty = 1, stop = 99, symbol = 0): Decision | null =>
  on.close(at, 100, (intents) => intents.enter({ side: 'long', qty, stop }), symbol);
const said = (decision: Decision | null): string => `${decision?.reason} | ${decision?.inputs}`;
const entriesOf = (commands: readonly Command[]): number => commands.filter(({ tag }) => tag === 'enter').length;

describe('a refusal by a rule', () => {
  it('of the day: the sixth trade of a cap of 5 is refused, and allowed at midnight', () => {
    const on = desk({ risk: staged({ tradesPerDay: 5 }) });
    for (let i = 1; i <= 5; i++) expect(on.trade(i, 1, 101)).toMatchObject({ outcome: 'accepted' });

    expect(said(enters(on, 6))).toBe('daily-trade-cap | gate=daily-trade-cap opened=5 waiting=0 max=5');
    on.close(1_440, 100);
    expect(enters(on, 1_441)).toMatchObject({ outcome: 'accepted' });
  });

  it('of the day counts an entry that still waits on another symbol, not an addition', () => {
    const on = desk({ risk: staged({ tradesPerDay: 2 }), instruments: [freeLinear(), freeLinear({ symbol: 'BBBUSDT' })] });
    on.close(1, 100, (intents) => intents.enter({ side: 'long', at: 'limit', price: 90, qty: 1, stop: 80, validFor: 9 }), 1);
    on.trade(2, 1, 101);
    expect(said(enters(on, 3))).toBe('daily-trade-cap | gate=daily-trade-cap opened=1 waiting=1 max=2');
  });

  it('of the day ends what still rests once the last trade is over: two keys rest, one is bought and stopped out, the other goes', () => {
    const on = desk({ risk: staged({ tradesPerDay: 1 }) });
    on.close(1, 100, (intents) => intents.rest([
      { key: 'a', side: 'buy', price: 95, qty: 1 }, { key: 'b', side: 'buy', price: 90, qty: 1 },
    ], { long: 80 }));
    on.fillEntry(90); // the one sent last
    expect(on.state.legs[0]!.orders.map(({ key, state }) => [key, state.tag])).toEqual([['a', 'sent']]);
    on.stopOut(80);

    expect(on.commands.at(-1)).toMatchObject({ tag: 'cancel', order: 1 });
  });

  it('by the age of prices: another symbol held without a bar for 60 s is older than 30 s', () => {
    const on = desk({ risk: { equityAgeMs: 30_000 }, instruments: [freeLinear(), freeLinear({ symbol: 'BBBUSDT' })] });
    enters(on, 1, 1, 99, 1);
    on.fillEntry(100);

    const refusal = on.close(2, 100, (intents) => intents.enter({ side: 'long', qty: 1, stop: 99 }), 0, [1]);
    expect(said(refusal)).toBe('equity-stale | gate=equity-stale age=60000ms max=30000ms');
    expect(enters(on, 3)).toMatchObject({ outcome: 'accepted' });
  });

  it('by the stop: nearer than 0.5 % or farther than 2 % is refused, both bounds are allowed', () => {
    const risk = { stopDistance: { min: 0.005, max: 0.02, outside: 'refuse' } } as const;
    const at = (stop: number): string => said(desk({ risk, instruments: [freeLinear({ tick: '0.1' })] }).close(1, 1_000, (intents) => intents.enter({ side: 'long', qty: 1, stop })));

    expect(at(97.9)).toBe('stop-distance | gate=stop-distance distance=2.1% min=0.5% max=2%');
    expect(at(99.6)).toBe('stop-distance | gate=stop-distance distance=0.4% min=0.5% max=2%');
    expect(at(98)).toMatch(/^ \| equity=/);
    expect(at(99.5)).toMatch(/^ \| equity=/);
  });

  it('by the stop, told to clamp: 96 becomes 98 and 99.9 becomes 99.5, for a short 102 and 100.5; size and stop agree', () => {
    const risk = { stopDistance: { min: 0.005, max: 0.02, outside: 'clamp' } } as const;
    const at = (side: 'long' | 'short', stop: number): { stopTicks: number; lots: number } => {
      const on = desk({ risk, instruments: [freeLinear({ tick: '0.1' })] });
      on.close(1, 1_000, (intents) => intents.enter({ side, risk: 0.01, stop }));
      const { stopTicks, lots } = enterOf(on.commands);
      return { stopTicks, lots };
    };

    // 10 of risk over a distance of 2 is 5 lots, over 0.5 it is 20.
    expect(at('long', 96)).toEqual({ stopTicks: 980, lots: 5 });
    expect(at('long', 99.9)).toEqual({ stopTicks: 995, lots: 20 });
    expect(at('short', 104)).toEqual({ stopTicks: 1_020, lots: 5 });
    expect(at('short', 100.1)).toEqual({ stopTicks: 1_005, lots: 20 });
  });

  it('by a waived stop, where a loss budget needs one', () => {
    const on = desk({ risk: staged({}) });
    const decision = on.close(1, 100, (intents) => intents.enter({ side: 'long', qty: 1, stop: 'none-i-accept-unlimited-loss' }));

    expect(said(decision)).toBe('stop-waived | gate=stop-waived a loss budget needs a stop');
  });

  it('by the notional of one order: 10 at 100 are allowed under a cap of 1,000, 11 are not', () => {
    const risk = { maxOrderNotional: 1_000 };
    expect(enters(desk({ risk }), 1, 10)).toMatchObject({ outcome: 'accepted' });
    expect(said(enters(desk({ risk }), 1, 11))).toBe('order-notional | gate=order-notional notional=1100 max=1000');
  });

  it('by the number of symbols, and by what all of them may be worth', () => {
    const instruments = [freeLinear(), freeLinear({ symbol: 'BBBUSDT' })];
    const byCount = desk({ risk: { maxSymbols: 1 }, instruments });
    enters(byCount, 1, 1, 99, 1);
    expect(said(enters(byCount, 2))).toBe('open-symbols | gate=open-symbols open=1 max=1');

    const byValue = desk({ risk: { maxTotalLeverage: 2 }, instruments });
    enters(byValue, 1, 12, 99, 1); // 1,200 of 2,000
    expect(said(enters(byValue, 2, 9))).toBe('total-exposure-limit | gate=total-exposure-limit lots=9 room=8');
    expect(enters(byValue, 3, 8)).toMatchObject({ outcome: 'accepted' });
  });

  it('by the leverage of the stage: 2 x 1,000 is 20 at 100', () => {
    expect(said(enters(desk({ risk: staged({ leverage: 2 }) }), 1, 21))).toBe('exposure-limit | gate=exposure-limit lots=21 room=20');
    expect(enters(desk({ risk: staged({ leverage: 2 }) }), 1, 20)).toMatchObject({ outcome: 'accepted' });
  });

  it('by the loss budget: 30 lots over a distance of 1 lose exactly 30', () => {
    expect(enters(desk({ risk: staged({ lossCap: 30 }) }), 1, 30)).toMatchObject({ outcome: 'accepted', inputs: 'equity=1000 stage=1 budget=30' });
    expect(said(enters(desk({ risk: staged({ lossCap: 30 }) }), 1, 31))).toBe('loss-budget | gate=loss-budget lots=31 room=30');
  });

  it('by the share of margin: 0.8 of 1,000 at leverage 10 is a value of 8,000', () => {
    const risk = { marginShare: 0.8 };
    expect(enters(desk({ risk }), 1, 80)).toMatchObject({ outcome: 'accepted' });
    expect(said(enters(desk({ risk }), 1, 81))).toBe('insufficient-margin | gate=insufficient-margin lots=81 room=80');
  });

  it('by the liquidation price: a stop beyond it, and one that is nearer than 4 distances or 15 %', () => {
    const at = (leverage: number, stop: number): string => said(enters(desk({
      config: { leverage }, risk: { ...staged({ liquidation: { stopMultiple: 4, floor: 0.15 } }), liquidation: true },
    }), 1, 1, stop));

    // Leverage 20: (100 - 5) / 0.995 = 95.477, 4.5226 % away. Leverage 3: 66.667 / 0.995 = 67.0017, 32.9983 %.
    expect(at(20, 95)).toBe('stop-beyond-liquidation | gate=stop-beyond-liquidation liquidation=4.5226% stop=5%');
    expect(at(20, 99)).toBe('liquidation-too-close | gate=liquidation-too-close liquidation=4.5226% stop=1% min=15%');
    expect(at(3, 91)).toBe('liquidation-too-close | gate=liquidation-too-close liquidation=32.9983% stop=9% min=36%');
    expect(at(3, 92)).toMatch(/^ \| equity=/);
  });

  it('by the rate of orders: the third within 60 s of a cap of 2, an unknown one counts', () => {
    const on = desk({ risk: { ordersPerMinute: 2 } });
    enters(on, 1);
    on.take({ tag: 'request-failed', at: on.state.now, leg: 0, order: enterOf(on.commands).order, of: 'enter', certainty: 'unknown', reason: 'timeout' });
    on.take({ tag: 'order-cancelled', at: on.state.now, leg: 0, order: enterOf(on.commands).order, cause: 'other', filled: 0 });
    on.take({ tag: 'timer', at: start + 1.5 * minute });
    on.state.rules!.sends.push(on.state.now);
    expect(said(enters(on, 1.9))).toBe('order-rate | gate=order-rate sent=2 max=2 in 60s');
    expect(enters(on, 2)).toMatchObject({ outcome: 'accepted' }); // the first is a minute old
    expect(entriesOf(on.commands)).toBe(2);
  });

  it('by the link: nothing is entered while the account cannot be heard', () => {
    const on = desk({ risk: { dailyLoss: 0.05 } });
    on.close(1, 100);
    on.state.link = { tag: 'down', since: on.state.now };

    expect(enters(on, 2)?.reason).toBe('link-down');
  });
});

describe('the average range', () => {
  const risk: Risk = { ...staged({ atrMinimum: 0.02, gainPerFee: 2 }), atr: { barMs: 2 * minute, bars: 3 } };
  const swing = (on: Desk, pairs: number, top: number): void => {
    for (let i = 0; i < pairs; i++) {
      on.close(1 + 2 * i, top);
      on.close(2 + 2 * i, 100);
    }
  };

  it('of 2-minute bars needs 3 whole ones, and is the mean of their ranges', () => {
    const on = desk({ risk });
    swing(on, 2, 102);
    expect(said(enters(on, 5))).toBe('atr-unknown | gate=atr-unknown bars=2 needed=3');
    on.close(6, 100);
    // Ranges 2, 2 and 0: 1.3333 of 100.
    expect(said(enters(on, 7))).toBe('atr-minimum | gate=atr-minimum atr=1.3333% min=2%');
  });

  it('at its minimum is enough', () => {
    const on = desk({ risk });
    swing(on, 3, 102);

    expect(enters(on, 7)).toMatchObject({ outcome: 'accepted' });
  });

  it('after 3 goes on with 2/4 of each new range: 2, then (2 + 6) / 2 = 4', () => {
    const on = desk({ risk });
    swing(on, 3, 102);
    on.close(7, 106);
    on.close(8, 100);

    expect(on.state.rules!.legs[0]!.averageRange).toBe(4);
  });

  it('leaves out a bar of which it saw only the end', () => {
    const on = desk({ risk });
    on.close(2, 150);
    expect(on.state.rules!.legs[0]).toMatchObject({ ranges: 0, closeBefore: 150 });
    on.close(3, 140);
    on.close(4, 145);
    expect(on.state.rules!.legs[0]).toMatchObject({ ranges: 1, averageRange: 10 }); // 150 to 140
  });

  it('against fees: 2 % of 100 are 10 times two fees of 0.1 %; a target of 100.3 gains too little for 2 times', () => {
    const free = { ...risk, feeGate: true };
    const open = (target: number | null): string => {
      const on = desk({ risk: free, instruments: [linear({ tick: '0.1' })] });
      for (let i = 0; i < 3; i++) {
        on.close(1 + 2 * i, 1_020);
        on.close(2 + 2 * i, 1_000);
      }
      const targets = target === null ? {} : { targets: [{ price: target, fraction: 1 }] };
      return said(on.close(7, 1_000, (intents) => intents.enter({ side: 'long', qty: 1, stop: 99, ...targets })));
    };

    expect(open(null)).toMatch(/^ \| equity=/);
    expect(open(100.5)).toMatch(/^ \| equity=/); // 0.5 over fees of 0.2005
    expect(open(100.3)).toMatch(/^gain-below-fees \| gate=gain-below-fees gain=0\.3\d* fees=0\.2003\d* ratio=1\.49\d* min=2$/);
  });

  it('against fees, for a day after one trade paid 1.6 times what was expected: 3 times instead of 2', () => {
    const on = desk({ risk: { ...staged({ gainPerFee: 8 }), atr: { barMs: 2 * minute, bars: 3 }, feeGate: true, feeCheck: { ratio: 1.5, pauseMs: 86_400_000, factor: 1.5 } }, instruments: [linear()] });
    swing(on, 3, 102);
    expect(on.trade(7, 10, 100, 3_200_000_000_000n)).toMatchObject({ outcome: 'accepted' });
    const refusal = enters(on, 8);
    expect(refusal?.reason).toBe('gain-below-fees');
    expect(refusal?.inputs).toMatch(/min=12$/);
  });
});

describe('the order of gates', () => {
  it('cooldown before the day, the day before the stop, the stop before exposure, exposure before the budget', () => {
    const risk: Risk = {
      ...staged({ tradesPerDay: 1, lossCap: 1, leverage: 1 }), stopDistance: { min: 0.005, max: 0.02, outside: 'refuse' }, runTrades: null,
    };
    const on = desk({ risk });
    expect(enters(on, 1, 50, 90)?.reason).toBe('stop-distance');
    expect(enters(on, 2, 50, 99)?.reason).toBe('exposure-limit');
    expect(enters(on, 3, 5, 99)?.reason).toBe('loss-budget');
    expect(on.trade(4, 1, 101)?.outcome).toBe('accepted');
    expect(enters(on, 5, 50, 90)?.reason).toBe('daily-trade-cap');
  });
});
