/** "Seeing" of the public rules: what a decision is shown, and what it can not reach. */
import { describe, expect, it } from 'vitest';
import { flat, fundingOf, linear, marketOf, minute, series, start } from '../sim/market.ts';
import type { Row } from '../sim/market.ts';
import { follow, play } from '../sim/played.ts';
import { scriptedTogether } from '../sim/scripted.ts';
import type { AnyScene } from '../sim/scripted.ts';

const closesAt = (bar: number): number => start + (bar + 1) * minute;
const still = (bars: number, ticks = 100): Row[] => Array.from({ length: bars }, () => flat(ticks));
const rising = (bars: number): Row[] => Array.from({ length: bars }, (_, i) => [100 + i, 102 + i, 99 + i, 101 + i]);

describe('ind and prev', () => {
  it('sma(3) of closes 101..108 is asked for first at the fourth bar: ind 103, prev 102', () => {
    const { seen } = follow(marketOf({ bars: rising(8) }), {
      indicators: (on) => ({ mean: on('1m').sma(3) }), see: ({ ind, prev, time }) => [time, ind['mean'], prev['mean']],
    });

    expect(seen).toEqual([3, 4, 5, 6, 7].map((bar) => [closesAt(bar), 100 + bar, 99 + bar]));
  });

  it('highest(2) and lowest(2) take high and low and include this bar; prev excludes it', () => {
    const { seen } = follow(marketOf({ bars: [...still(2), [100, 109, 91, 100], flat(100)] }), {
      indicators: (on) => ({ top: on('1m').highest(2), low: on('1m').lowest(2) }),
      see: ({ ind, prev }) => [ind['top'], ind['low'], prev['top'], prev['low']],
    });

    expect(seen).toEqual([[109, 91, 100, 100], [109, 91, 109, 91]]);
  });

  it('of a higher timeframe are its last closed bar: a 3m close changes only with every third 1m bar', () => {
    const { seen } = follow(marketOf({ bars: rising(12) }), {
      indicators: (on) => ({ last: on('3m').sma(1) }), see: ({ ind, prev, bar }) => [bar.close, ind['last'], prev['last']],
    });

    // The 3m bars of bars 0-2, 3-5, 6-8, 9-11 close at 103, 106, 109, 112.
    expect(seen.slice(-7)).toEqual([
      [106, 106, 103], [107, 106, 106], [108, 106, 106], [109, 109, 106], [110, 109, 109], [111, 109, 109], [112, 112, 109],
    ]);
  });

  it('of a higher timeframe whose last 1m bar is missing become known with the next bar, not earlier', () => {
    // Bar 5 is missing: the 3m bar of 3 and 4 ends with the close of 4, 105, and is known at the close of bar 6.
    const bars = rising(12).map((row, i) => (i === 5 ? null : row));
    const { seen } = follow(marketOf({ bars }), {
      indicators: (on) => ({ last: on('3m').sma(1) }), see: ({ ind, prev, bar }) => [bar.close, ind['last'], prev['last']],
    });

    expect(seen.slice(-6)).toEqual([
      [107, 105, 103], [108, 105, 105], [109, 109, 105], [110, 109, 109], [111, 109, 109], [112, 112, 109],
    ]);
  });

  it('of a 3m decision after a bar that ended late: prev is that bar, as history(1) is', () => {
    const bars = rising(12).map((row, i) => (i === 5 ? null : row));
    const { seen } = follow(marketOf({ bars }), {
      timeframe: '3m', warmup: 2, indicators: (on) => ({ last: on('3m').sma(1) }),
      see: ({ ind, prev, bar, history }) => [bar.close, ind['last'], prev['last'], history(1).close],
    });

    // Decisions: 112 after 109 after the late 105; the late bar itself is no reason to decide.
    expect(seen).toEqual([[109, 109, 105, 105], [112, 112, 109, 109]]);
  });

  it('are never asked for on a timeframe finer than the decision', () => {
    expect(() => follow(marketOf({ bars: still(9) }), { timeframe: '3m', indicators: (on) => ({ fine: on('1m').sma(2) }) })).toThrow(/1m/);
  });
});

describe('history', () => {
  it('(0) is this bar and (2) the one two closes earlier; (3) is beyond a warm-up of 3 and throws', () => {
    const { seen } = follow(marketOf({ bars: rising(5) }), {
      warmup: 3, see: ({ bar, history }) => [bar.close, history(0).close, history(2).close, history(2).closedAt],
    });

    expect(seen).toEqual([2, 3, 4].map((bar) => [101 + bar, 101 + bar, 99 + bar, closesAt(bar - 2)]));
    expect(() => follow(marketOf({ bars: rising(5) }), { warmup: 3, see: ({ history }) => history(3) })).toThrow(/history\(3\) is beyond the declared warm-up of 3 bars/);
  });

  it.each([-1, 0.5, Number.NaN])('(%f) throws and says what it takes', (back) => {
    expect(() => follow(marketOf({ bars: rising(5) }), { warmup: 3, see: ({ history }) => history(back) }))
      .toThrow(`history(back) must be a whole number of bars back, 0 for this bar, was ${back}`);
  });
});

describe('position', () => {
  const opened = ({ intents }: AnyScene): ReturnType<AnyScene['intents']['enter']> => intents.enter({ side: 'long', qty: 2, stop: 90 });

  it('barsHeld is 0 at the first close after opening, 1 at the next', () => {
    const { seen } = follow(marketOf({ bars: still(5) }), {
      at: { 0: opened }, see: ({ position }) => (position.tag === 'open' ? position.barsHeld : null),
    });

    expect(seen).toEqual([null, 0, 1, 2, 3]);
  });

  it('barsHeld is 0 at the first close also when a limit filled inside the bar', () => {
    const { seen } = follow(marketOf({ bars: [flat(100), [100, 100, 94, 100], ...still(2)] }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 95, qty: 2, stop: 90 }) },
      see: ({ position }) => (position.tag === 'open' ? position.barsHeld : null),
    });

    expect(seen).toEqual([null, 0, 1, 2]);
  });

  it('shows quantity, entry, gain at the mark, R, wanted stop and that the venue confirmed it', () => {
    const { seen } = follow(marketOf({ bars: [...still(2), flat(105)] }), {
      at: { 0: opened },
      see: ({ position: p }) => (p.tag === 'open' ? [p.side, p.qty, p.entryPrice, p.openedAt, p.unrealised, p.r, p.stop, p.isProtected, p.adopted] : null),
    });

    // 2 x 5 gained; planned risk 2 x (10 + 0.1 + 0.09).
    expect(seen[2]).toEqual(['long', 2, 100, start + minute, 10, 10 / 20.38, 90, true, false]);
  });
});

describe('closed', () => {
  it('lists the trades since the last decision, once, net of fees', () => {
    const { seen } = follow(marketOf({ bars: [...still(2), [100, 100, 89, 89], flat(89), flat(89)] }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 2, stop: 92 }) },
      see: ({ closed }) => closed.map(({ side, net, r, reason, openedAt, closedAt }) => [side, net, r, reason, openedAt, closedAt]),
    });

    // -16, fees 0.2 and 0.184: exactly the planned loss, -1 R. A long: low first, 11 ticks in 20 s, the stop after 8 of them.
    const closedAt = start + 2 * minute + Math.floor((20_000 * 8) / 11);
    expect(seen).toEqual([[], [], [['long', expect.closeTo(-16.384, 9), expect.closeTo(-1, 9), 'stop', start + minute, closedAt]], [], []]);
  });
});

describe('entry', () => {
  it('is working with the bars left, then ending at the last close, then none', () => {
    const { seen } = follow(marketOf({ bars: still(5) }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'short', at: 'limit', price: 110, qty: 2, stop: 120, validFor: 2 }) },
      see: ({ entry }) => ({ ...entry }),
    });

    expect(seen).toEqual([
      { tag: 'none' }, { tag: 'working', side: 'short', qty: 2, filled: 0, price: 110, barsLeft: 1 },
      { tag: 'ending', side: 'short', qty: 2, filled: 0 }, { tag: 'none' }, { tag: 'none' },
    ]);
  });
});

describe('account', () => {
  it('openRiskFraction is what the stop at 90 would cost from here: distance and the closing fee, no fee twice', () => {
    const { seen } = follow(marketOf({ bars: [...still(2), flat(105)] }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 100, stop: 90 }) },
      see: ({ account }) => account.openRiskFraction,
    });

    // Equity at 105: 10,000 - 10 + 500; a fall to 90 costs 100 x (15 + 0.09).
    expect(seen[2]).toBeCloseTo(1_509 / 10_490, 12);
  });

  it('openRiskFraction counts a working entry with its whole planned loss', () => {
    const { seen } = follow(marketOf({ bars: still(3) }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 95, postOnly: true, qty: 100, stop: 90, validFor: 5 }) },
      see: ({ account }) => account.openRiskFraction,
    });

    // A maker entry at 95, a taker exit at 90: 100 x (5 + 0.0475 + 0.09).
    expect(seen[1]).toBeCloseTo(513.75 / 10_000, 12);
  });

  it('equity is marked at the mark price and available is what new orders may use', () => {
    const { seen } = follow(marketOf({ bars: [...still(2), flat(105)] }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 100, stop: 90 }) },
      see: ({ account }) => [account.equity, account.available, account.settle],
    });

    // Fee 10; margin 10,000 / 10.
    expect(seen[2]).toEqual([10_490, 10_000 - 10 - 1_000, 'USDT']);
  });
});

describe('mark and funding', () => {
  it('the mark of 3m mark bars moves with the last price between them', () => {
    // The mark bar closes at 98 with the last price at 102: 4 below; two closes later the last price is 104.
    const mark = series([[98, 98, 98, 98], [99, 99, 99, 99]], 3 * minute);
    const { seen } = follow(marketOf({ bars: [flat(100), flat(101), flat(102), flat(103), flat(104), flat(105)], mark }), {
      see: (scene) => scene.mark,
    });

    expect(seen).toEqual([100, 101, 98, 99, 100, 99]);
  });

  it('funding is the last settled rate; the one settled at this very close is not known yet', () => {
    const funding = fundingOf([[start + minute, 0.0001], [start + 3 * minute, -0.0002]]);
    const { seen } = follow(marketOf({ bars: still(5), funding }), { see: ({ funding: f }) => f && [f.rate, f.settledAt, f.nextAt] });

    // When the next stamp comes is told as far as the past tells it: after the second one, 2 minutes later again.
    const first = [0.0001, start + minute, null];
    const second = [-0.0002, start + 3 * minute, start + 5 * minute];
    expect(seen).toEqual([null, first, first, second, second]);
  });

  it('funding of a stamp in a hole is booked at the mark of that stamp', () => {
    const mark = series([flat(100), flat(100), flat(90), flat(100), flat(100)]);
    const funding = fundingOf([[start + 2 * minute, 0.01]]);
    const { result } = follow(marketOf({ bars: [flat(100), flat(100), null, flat(100), flat(100)], mark, funding }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 10, stop: 50 }) },
    }, { leverage: 1 });

    expect(result.ledger.funding).toBe('-9');
  });
});

describe('two symbols', () => {
  it('each sees its own bar and its own history at the same close', () => {
    const markets = [
      marketOf({ bars: [flat(100), flat(101), flat(102)] }), marketOf({ bars: [flat(200), flat(202), flat(204)], instrument: linear({ symbol: 'BBBUSDT' }) }),
    ];
    const { seen } = follow(markets, {
      symbols: ['AAAUSDT', 'BBBUSDT'], warmup: 2, see: ({ symbol, bar, history }) => [symbol, bar.close, bar.closedAt, history(0).close, history(1).close],
    });

    expect(seen).toEqual([
      ['AAAUSDT', 101, closesAt(1), 101, 100], ['BBBUSDT', 202, closesAt(1), 202, 200],
      ['AAAUSDT', 102, closesAt(2), 102, 101], ['BBBUSDT', 204, closesAt(2), 204, 202],
    ]);
  });
});

describe('decideCycle', () => {
  it('sees null for a symbol without a bar of this close, decides the other, and the missing one again when it is back', () => {
    const markets = [
      marketOf({ bars: [flat(100), flat(101), flat(102), flat(103)], instrument: linear() }),
      marketOf({ bars: [flat(200), null, flat(202), flat(203)], instrument: linear({ symbol: 'BBBUSDT' }) }),
    ];
    const seen: unknown[] = [];
    const strategy = scriptedTogether(['AAAUSDT', 'BBBUSDT'], ({ at, time }, n) => {
      const [a, b] = [at('AAAUSDT'), at('BBBUSDT')];
      seen.push([time, a?.bar.close ?? null, b?.bar.close ?? null]);
      return n === 1 && a !== null ? { AAAUSDT: a.intents.enter({ side: 'long', qty: 1, stop: 90 }) } : {};
    });
    const { result } = play({ markets, strategy });

    expect(seen).toEqual([
      [closesAt(0), 100, 200], [closesAt(1), 101, null], [closesAt(2), 102, 202], [closesAt(3), 103, 203],
    ]);
    expect(result.open).toMatchObject([{ symbol: 'AAAUSDT', qty: 1 }]);
  });

  it('answers for a symbol without a bar are ignored, for an unknown one are the strategy\'s fault', () => {
    const markets = [
      marketOf({ bars: still(3) }), marketOf({ bars: [flat(200), null, flat(200)], instrument: linear({ symbol: 'BBBUSDT' }) }),
    ];
    const symbols = ['AAAUSDT', 'BBBUSDT'];
    const blind = scriptedTogether(symbols, ({ at }, n) => (n === 1 ? { BBBUSDT: at('AAAUSDT')!.intents.enter({ side: 'long', qty: 1, stop: 90 }) } : {}));
    const wrong = scriptedTogether(symbols, ({ at }) => ({ CCCUSDT: at('AAAUSDT')!.intents.hold }));

    expect(play({ markets, strategy: blind }).rows('orders')).toEqual([]);
    expect(() => play({ markets, strategy: wrong })).toThrow(/CCCUSDT/);
  });

  it('a symbol that is missing does not stop the others of a per-symbol strategy', () => {
    const markets = [
      marketOf({ bars: still(4) }), marketOf({ bars: [flat(200), null, flat(200), flat(200)], instrument: linear({ symbol: 'BBBUSDT' }) }),
    ];
    const { seen } = follow(markets, { symbols: ['AAAUSDT', 'BBBUSDT'], see: ({ symbol }, n) => `${symbol} ${n}` });

    expect(seen).toEqual(['AAAUSDT 0', 'BBBUSDT 0', 'AAAUSDT 1', 'AAAUSDT 2', 'BBBUSDT 1', 'AAAUSDT 3', 'BBBUSDT 2']);
  });
});
