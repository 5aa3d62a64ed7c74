/** What a market must be to be played, and when its marks and stamps are told. */
import { describe, expect, it } from 'vitest';
import { Clock, MarketError } from '../../sim/clock.ts';
import type { SymbolMarket } from '../../sim/index.ts';
import { flat, fundingOf, linear, marketOf, minute, series, start } from './market.ts';
import type { MarketWish } from './market.ts';

const bars = (count: number) => Array.from({ length: count }, () => flat(100));
const clockOf = (wish: Partial<MarketWish>, gap: 'warn' | 'error' = 'warn'): Clock => new Clock({ symbols: [marketOf({ bars: bars(4), ...wish })] }, gap);

/** Everything that the exchange is told, bar by bar. */
function toldOf(clock: Clock, symbols = 1): unknown[] {
  const told: unknown[] = [];
  const stamps = Array.from({ length: symbols }, () => [] as unknown[]);
  const exchange = {
    openBarFrom: (symbol: number, _: unknown, index: number) => told.push(['bar', symbol, index]),
    openMarkBar: (symbol: number, from: number, to: number, open: number, high: number, low: number, close: number) =>
      told.push(['mark', symbol, (from - start) / minute, (to - start) / minute, open, high, low, close]),
    fund: (symbol: number, at: number, rate: number, markTicks: number) => told.push(['fund', symbol, (at - start) / minute, rate, markTicks]),
  };
  while (clock.openNext(exchange as never, { stamps } as never)) told.push(['closes', (clock.closesAt - start) / minute, clock.markClosed(0), [...clock.missing()]]);
  return [...told, stamps];
}

describe('a market is refused', () => {
  it('without a symbol, without bars, with bars that go back, and with a hole where none may be', () => {
    const back = marketOf({ bars: bars(3) });
    back.last.openedAt[2] = start;
    const broken = (make: () => unknown): unknown => { try { return make(); } catch (problem) { return [problem instanceof MarketError, (problem as Error).name, (problem as Error).message]; } };

    expect(broken(() => new Clock({ symbols: [] }, 'warn'))).toEqual([true, 'MarketError', 'a run needs at least one symbol']);
    expect(broken(() => clockOf({ bars: [] }))).toEqual([true, 'MarketError', 'AAAUSDT has no bars']);
    expect(broken(() => new Clock({ symbols: [back] }, 'warn'))).toEqual([true, 'MarketError', 'AAAUSDT: bar 2 is not later than the one before']);
    expect(broken(() => clockOf({ bars: [flat(100), null, null, flat(100)] }, 'error'))).toEqual([true, 'MarketError', 'AAAUSDT: 2 bars are missing before bar 1 (dataGap: error)']);
  });
  it('with bars of two intervals, or marks shorter than the bars or of one and a half of them', () => {
    const [one, five] = [marketOf({ bars: bars(2) }), marketOf({ bars: bars(2), intervalMs: 5 * minute })];
    const marks = (intervalMs: number) => () => clockOf({ bars: bars(2), intervalMs: 2 * minute, mark: series(bars(2), intervalMs) });

    expect(() => new Clock({ symbols: [one, five] }, 'warn')).toThrow('all symbols of a run need bars of one interval, was 60000 and 300000 ms');
    expect(marks(minute)).toThrow('AAAUSDT: MARK_INTERVAL: mark bars of 60000 ms beside bars of 120000 ms');
    expect(marks(3 * minute)).toThrow('MARK_INTERVAL');
    expect(marks(2 * minute)).not.toThrow();
    expect(marks(4 * minute)).not.toThrow();
  });
});

describe('a clock', () => {
  it('spans all symbols, counts their bars and notes each hole', () => {
    const late = marketOf({ bars: [null, flat(100), flat(100), null, null, flat(100)], instrument: linear({ symbol: 'BBBUSDT' }) });
    const clock = new Clock({ symbols: [marketOf({ bars: bars(3) }), late] }, 'warn');

    expect([clock.from - start, clock.to - start, clock.instants, clock.hasMarks]).toEqual([0, 6 * minute, 6, false]);
    expect(clock.holes).toEqual([{ symbol: 1, at: start + 3 * minute, bars: 2 }]);
    expect(new Clock({ symbols: [marketOf({ bars: bars(3), mark: series(bars(3)) }), late] }, 'warn').hasMarks).toBe(true);
    expect(toldOf(clock, 2).filter((row) => (row as unknown[])[0] === 'closes')).toEqual([
      ['closes', 1, 0, [1]], ['closes', 2, 0, []], ['closes', 3, 0, []], ['closes', 6, 0, [0]],
    ]);
  });
  it('has a lone series for one symbol without marks and funding only', () => {
    const lone = marketOf({ bars: bars(3) });
    const with2: readonly SymbolMarket[] = [lone, marketOf({ bars: bars(3), instrument: linear({ symbol: 'B' }) })];

    expect(new Clock({ symbols: [lone] }, 'warn').loneSeries).toBe(lone.last);
    expect([new Clock({ symbols: with2 }, 'warn').loneSeries, clockOf({ mark: series(bars(4)) }).loneSeries, clockOf({ funding: fundingOf([[start, 0.1]]) }).loneSeries])
      .toEqual([null, null, null]);
  });
  it('opens each mark bar once, with the bar in which it begins, and tells its close at the end of it', () => {
    const mark = series([[100, 110, 90, 105], [105, 106, 104, 104]], 2 * minute);

    expect(toldOf(clockOf({ mark })).slice(0, -1)).toEqual([
      ['mark', 0, 0, 2, 100, 110, 90, 105], ['bar', 0, 0], ['closes', 1, 0, []], ['bar', 0, 1], ['closes', 2, 105, []],
      ['mark', 0, 2, 4, 105, 106, 104, 104], ['bar', 0, 2], ['closes', 3, 0, []], ['bar', 0, 3], ['closes', 4, 104, []],
    ]);
  });
  it('passes over mark bars before the first bar, and has none before the first mark', () => {
    const early = series([[1, 1, 1, 1], [2, 2, 2, 2]], minute, start - minute);
    const late = series([[3, 3, 3, 3]], minute, start + minute);

    expect(toldOf(clockOf({ bars: bars(2), mark: early })).slice(0, -1)).toEqual([['mark', 0, 0, 1, 2, 2, 2, 2], ['bar', 0, 0], ['closes', 1, 2, []], ['bar', 0, 1], ['closes', 2, 0, []]]);
    expect(toldOf(clockOf({ bars: bars(2), mark: late })).slice(0, -1)).toEqual([['bar', 0, 0], ['closes', 1, 0, []], ['mark', 0, 1, 2, 3, 3, 3, 3], ['bar', 0, 1], ['closes', 2, 3, []]]);
  });
  it('tells a stamp with the bar that it lies in, at the open of the mark bar of that time, and when the next one is due by the last two', () => {
    const funding = fundingOf([[start - minute, 0.5], [start, 0.1], [start + 1.5 * minute, 0.2], [start + 4 * minute, 0.3]]);
    const mark = series([flat(7), flat(8), flat(9), flat(10)]);
    const told = toldOf(clockOf({ funding, mark }));

    expect(told.filter((row) => (row as unknown[])[0] === 'fund')).toEqual([['fund', 0, 0, 0.1, 7], ['fund', 0, 1.5, 0.2, Number.NaN]]);
    expect(told.at(-1)).toEqual([[
      { settledAt: start, rate: 0.1, nextAt: start + minute }, { settledAt: start + 1.5 * minute, rate: 0.2, nextAt: start + 3 * minute },
    ]]);
    expect(toldOf(clockOf({ funding: fundingOf([[start, 0.1]]) })).slice(0, 1)).toEqual([['fund', 0, 0, 0.1, Number.NaN]]);
    expect(toldOf(clockOf({ funding: fundingOf([[start, 0.1]]) })).at(-1)).toEqual([[{ settledAt: start, rate: 0.1, nextAt: null }]]);
  });
  it('a stamp in a hole of the bars has the mark of its own time', () => {
    const funding = fundingOf([[start + 2 * minute, 0.1]]);
    const told = toldOf(clockOf({ bars: [flat(1), null, null, flat(1)], funding, mark: series([flat(7), flat(8), flat(9), flat(10)]) }));

    expect(told.filter((row) => (row as unknown[])[0] === 'fund')).toEqual([['fund', 0, 2, 0.1, 9]]);
  });
  it('fills in the bar that closes, and none where there is none', () => {
    const clock = new Clock({ symbols: [marketOf({ bars: [flat(100), [100, 104, 99, 103, 5]] }), marketOf({ bars: [null, flat(50)], instrument: linear({ symbol: 'B' }) })] }, 'warn');
    const bar = { tag: 'bar-closed', symbol: 9 } as never;
    const exchange = { openBarFrom: () => undefined } as never;

    clock.openNext(exchange, { stamps: [[], []] });
    expect([clock.fillBar(1, bar), clock.fillBar(0, bar)]).toEqual([false, true]);
    clock.openNext(exchange, { stamps: [[], []] });
    expect(clock.fillBar(0, bar)).toBe(true);
    expect(bar).toMatchObject({ symbol: 0 });
    expect(JSON.stringify(bar)).toMatch(/104.*99.*103/);
    expect(clock.openNext(exchange, { stamps: [[], []] })).toBe(false);
  });
});
