/**
 * Ambiguous trades, counted by hand. Opens are 100 ticks unless said otherwise, decisions fall at each close, orders
 * arrive at the next open. A bar [100, 112, 88, 100] reaches 90 and 110 both: which comes first cannot be known.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runConfig } from '../../../engine/index.ts';
import type { AmbiguousFills } from '../../../sim/index.ts';
import { resultOf } from '../../../sim/outcome.ts';
import { playThrough } from '../../../sim/run.ts';
import { chaos } from '../chaos.ts';
import { flat, linear, marketOf, minute, start, walk } from '../market.ts';
import type { Row } from '../market.ts';
import { follow, pick, rowsOf } from '../played.ts';
import type { Played } from '../played.ts';
import type { AnyScene, Script } from '../scripted.ts';

const wide: Row = [100, 112, 88, 100];
const calm = flat(100);

const bracket = ({ intents }: AnyScene) =>
  intents.enter({ side: 'long', qty: 4, stop: 90, stopBy: 'last', targets: [{ price: 110, fraction: 1 }] });
const plainLong = ({ intents }: AnyScene) => intents.enter({ side: 'long', qty: 4, stop: 50, stopBy: 'last' });
const leave = ({ intents }: AnyScene) => intents.exit('enough');

const trigger = ({ intents }: AnyScene) =>
  intents.enter({ side: 'long', qty: 4, at: 'trigger', price: 106, stop: 96, stopBy: 'last' });

/** Leverage 2: the liquidation price lies far below every stop here. */
const playBars = (bars: readonly Row[], script: Script, path: 'adverse' | 'ohlc' | 'olhc' = 'adverse'): Played =>
  follow(marketOf({ bars }), script, { path, leverage: 2 });

const flags = ({ rows }: Played): unknown[][] => pick(rows('trades'), 'symbol', 'exit_price', 'ambiguous');
const counts = ({ result }: Played): readonly number[] => [result.ambiguousBars, result.ambiguousTrades];

describe('a trade is ambiguous', () => {
  it('when stop 90 and target 110 lie in one bar: adverse sells at 90, 1 bar, 1 trade', () => {
    const played = playBars([calm, calm, calm, wide, calm], { at: { 0: bracket } });

    expect(flags(played)).toEqual([['AAAUSDT', 90, true]]);
    expect(counts(played)).toEqual([1, 1]);
  });

  it('when stop 90 and target 110 lie in the bar of its entry at the open, which was filled before the bar was found out', () => {
    // Entry at the open of bar 1; the target is sent when it is filled and stands before the path begins.
    const played = playBars([calm, wide, calm], { at: { 0: bracket } });

    expect(flags(played)).toEqual([['AAAUSDT', 90, true]]);
    expect(counts(played)).toEqual([1, 1]);
  });

  it('when a buy at the trigger 106 and its stop 96 lie in one bar [100, 108, 95, 100]: OHLC buys and sells, OLHC only buys', () => {
    // Flat with a buy pending: adverse is OHLC: 106 on the way up, 96 on the way down from 108 to 95.
    const played = playBars([calm, [100, 108, 95, 100], calm], { at: { 0: trigger } });

    expect(flags(played)).toEqual([['AAAUSDT', 96, true]]);
    expect(counts(played)).toEqual([1, 1]);
  });

  it('when several of its fills lie in the bar: once', () => {
    const halves = ({ intents }: AnyScene) => intents.enter({
      side: 'long', qty: 4, stop: 90, stopBy: 'last', targets: [{ price: 108, fraction: 0.5 }, { price: 110, fraction: 0.5 }],
    });
    const played = playBars([calm, calm, calm, wide, calm], { at: { 0: halves } }, 'ohlc');

    expect(played.rows('executions')).toHaveLength(3);
    expect(counts(played)).toEqual([1, 1]);
  });

  it('of its own symbol only: AAA meets both levels in bar 3, BBB trades in the same minute and is not touched', () => {
    const names = ['AAAUSDT', 'BBBUSDT'];
    const markets = names.map((symbol, i) =>
      marketOf({ bars: [calm, calm, calm, i === 0 ? wide : [100, 101, 99, 100], calm, calm], instrument: linear({ symbol }) }));
    const script: Script = {
      symbols: names,
      // AAA enters at bar 1 with a bracket; BBB enters at bar 3's open and leaves at bar 4's open.
      always: (scene, n) => (scene.symbol === 'AAAUSDT'
        ? (n === 0 ? bracket(scene) : scene.intents.hold)
        : n === 2 ? plainLong(scene) : n === 3 ? leave(scene) : scene.intents.hold),
    };
    const played = follow(markets, script, { leverage: 2 });

    expect(flags(played)).toEqual([['AAAUSDT', 90, true], ['BBBUSDT', 100, false]]);
    expect(counts(played)).toEqual([1, 1]);
  });

  it('of both symbols when both meet both levels in the same minute: 2 bars, 2 trades', () => {
    const names = ['AAAUSDT', 'BBBUSDT'];
    const markets = names.map((symbol) => marketOf({ bars: [calm, calm, calm, wide, calm], instrument: linear({ symbol }) }));
    const played = follow(markets, { symbols: names, always: (scene, n) => (n === 0 ? bracket(scene) : scene.intents.hold) }, { leverage: 2 });

    expect(flags(played).map(([symbol, , ambiguous]) => [symbol, ambiguous])).toEqual([['AAAUSDT', true], ['BBBUSDT', true]]);
    expect(counts(played)).toEqual([2, 2]);
  });

  it('and the trade that a reversal closes at the open of the ambiguous bar, and the one it opens', () => {
    // Bar 3 opens with the reversal: long closed, short opened; its stop 110 and target 90 both lie in the bar.
    const turn = ({ intents }: AnyScene) =>
      intents.reverse({ side: 'short', qty: 4, stop: 110, stopBy: 'last', targets: [{ price: 90, fraction: 1 }] });
    const played = playBars([calm, calm, calm, wide, calm], { at: { 0: plainLong, 2: turn } });

    expect(flags(played)).toEqual([['AAAUSDT', 100, true], ['AAAUSDT', 110, true]]);
    expect(counts(played)).toEqual([1, 2]);
  });
});

describe('what is sent on a fill inside the bar counts as well', () => {
  const dip = ({ intents }: AnyScene) => intents.enter({
    side: 'long', qty: 4, at: 'limit', price: 95, stop: 60, stopBy: 'last', targets: [{ price: 104, fraction: 1 }], validFor: 3,
  });

  it('a limit buy at 95 and its target 104 in [100, 106, 93, 100]: OLHC sells at 104 in the bar, OHLC has the 106 behind it', () => {
    const bars: readonly Row[] = [calm, [100, 106, 93, 100], calm, [100, 106, 99, 100], calm];
    const adverse = playBars(bars, { at: { 0: dip } });
    const favourable = playBars(bars, { at: { 0: dip } }, 'olhc');

    // The same prices either way, in bar 3 or in bar 1: the bar of the entry is what could not be known.
    expect(pick(adverse.rows('trades'), 'closed_at', 'exit_price', 'ambiguous')).toEqual([[expect.any(Number), 104, true]]);
    expect(Number(adverse.rows('trades')[0]!['closed_at'])).toBeGreaterThan(start + 3 * minute);
    expect(Number(favourable.rows('trades')[0]!['closed_at'])).toBeLessThan(start + 2 * minute);
    expect([counts(adverse), counts(favourable)]).toEqual([[1, 1], [1, 1]]);
  });

  it('not when the target lies beyond the bar: 104 in [100, 103, 93, 100]', () => {
    expect(counts(playBars([calm, [100, 103, 93, 100], calm, [100, 106, 99, 100], calm], { at: { 0: dip } }))).toEqual([0, 0]);
  });

  it('not when either path comes to the target after the entry: buy at the trigger 106, target 110 in [100, 112, 97, 111]', () => {
    // OHLC: 106, then 110 on the way to 112. OLHC: 97, then 106 and 110 on the way up. The close 111 changes nothing.
    const breakout = ({ intents }: AnyScene) => intents.enter({
      side: 'long', qty: 4, at: 'trigger', price: 106, stop: 60, stopBy: 'last', targets: [{ price: 110, fraction: 1 }],
    });
    const played = playBars([calm, [100, 112, 97, 111], flat(111)], { at: { 0: breakout } });

    expect(pick(played.rows('trades'), 'exit_price', 'ambiguous')).toEqual([[110, false]]);
    expect(counts(played)).toEqual([0, 0]);
  });

  it('also when the answer takes 10 s: OLHC has the target there at 0:27 and passes 105 at 0:38, OHLC buys at 0:38', () => {
    // Through 95 means 94. OLHC falls to 93 in 20 s, 94 at 17.1 s; it rises to 106 in 20 s more, 105 at 38.5 s.
    const market = marketOf({ bars: [calm, [100, 106, 93, 100], calm, calm] });
    const { result } = follow(market, { at: { 0: dip } }, { leverage: 2, responseLatencyMs: 10_000 });

    expect(result.ambiguousBars).toBe(1);
  });
});

describe('a trade is not ambiguous', () => {
  it('when it closed at the close of the bar before, at the very time the ambiguous bar opens', () => {
    // Bar 2 on OLHC: 98, then 112, then down to the close 107, where the trailing stop of 5 is met, at the instant bar 3 opens
    // (on OHLC it is met at 107 as well). The bracket of the second trade is filled at that open: 90 and 110 lie in bar 3.
    const first = ({ intents }: AnyScene) => intents.enter({ side: 'long', qty: 4, stop: 50, stopBy: 'last', trail: { distance: 5 } });
    const played = playBars([calm, calm, [100, 112, 98, 107], [107, 112, 88, 100], calm], { at: { 0: first, 2: bracket } }, 'olhc');

    expect(pick(played.rows('trades'), 'opened_at', 'closed_at', 'exit_price', 'ambiguous')).toEqual([
      [start + minute, start + 3 * minute, 107, false], [start + 3 * minute, expect.any(Number), 90, true],
    ]);
    expect(counts(played)).toEqual([1, 1]);
  });

  it('when an ambiguous bar fills nothing on the path played', () => {
    // A buy stop-limit 106/103: OHLC triggers at 106, then buys at 103 (102 is met) on the way down from 108 to 95; OLHC triggers
    // at 106 on the second leg and stays above 103 until the close of 107.
    const enter = ({ intents }: AnyScene) =>
      intents.enter({ side: 'long', qty: 4, at: 'trigger', price: 106, limit: 103, stop: 50, stopBy: 'last' });
    const played = playBars([calm, [100, 108, 95, 107], flat(107), flat(107)], { at: { 0: enter } }, 'olhc');

    expect(played.rows('executions')).toEqual([]);
    expect(counts(played)).toEqual([1, 0]);
  });

  it('when it is still open at the end; once it is closed, its entry counts', () => {
    // OLHC: 95, then up to 108 with the buy at 106, then 100: the stop 96 is not met any more. OHLC would have met it.
    const bars: readonly Row[] = [calm, [100, 108, 95, 100], calm, calm];
    const open = playBars(bars, { at: { 0: trigger } }, 'olhc');
    const closed = playBars(bars, { at: { 0: trigger, 1: leave } }, 'olhc');

    expect(open.rows('trades')).toEqual([]);
    expect(counts(open)).toEqual([1, 0]);
    expect(flags(closed)).toEqual([['AAAUSDT', 100, true]]);
    expect(counts(closed)).toEqual([1, 1]);
  });
});

describe('ambiguous fills', () => {
  it('lie in bars of their own symbol, and the trades they belong to are those marked, in any walk of two symbols', () => {
    const seen = { walks: 0, marked: 0 };
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.constantFrom(0, 700), (seed, latencyMs) => {
      const symbols = ['AAAUSDT', 'BBBUSDT'];
      const markets = symbols.map((symbol, i) => marketOf({ bars: walk({ seed: seed + i, bars: 120 }), instrument: linear({ symbol }) }));
      const config = runConfig.parse({ cash: 100_000, latencyMs, responseLatencyMs: latencyMs });
      const held = playThrough({ strategy: chaos({ seed, symbols }), params: {}, market: { symbols: markets }, config, record: 'normal', progress: null });
      const result = resultOf(held);
      const executions = rowsOf(result, 'executions');
      const numbers = numbersOf(held.exchange.ambiguousFills, executions.map((row) => symbols.indexOf(String(row['symbol']))));

      // An ambiguous fill's time, less the way back, lies in a minute of its symbol's market, and trades hold their own fills.
      const inTrade = rowsOf(result, 'trades').map((trade) => executions.some((row) => numbers.has(Number(row['execution']))
        && row['symbol'] === trade['symbol'] && Number(row['time']) >= Number(trade['opened_at']) && Number(row['time']) <= Number(trade['closed_at'])));
      for (const [row, trade] of rowsOf(result, 'trades').entries()) if (trade['ambiguous'] === true) expect(inTrade[row]).toBe(true);
      expect(result.ambiguousTrades).toBe(rowsOf(result, 'trades').filter((trade) => trade['ambiguous'] === true).length);
      if (result.ambiguousBars === 0) expect(numbers.size).toBe(0);
      seen.walks += 1;
      seen.marked += result.ambiguousTrades;
    }), { numRuns: 20 });

    expect(seen.marked).toBeGreaterThan(2 * seen.walks);
  });
});

/** Numbers of the executions in the ranges, those of each range's symbol only. */
function numbersOf(ranges: readonly AmbiguousFills[], symbolOf: readonly number[]): ReadonlySet<number> {
  const found = ranges.flatMap(({ symbol, first, last }) =>
    Array.from({ length: last - first + 1 }, (_, k) => first + k).filter((number) => symbolOf[number - 1] === symbol));
  expect(new Set(found).size).toBe(found.length);
  return new Set(found);
}
