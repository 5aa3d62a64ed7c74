/** Runs whose bars are matched on shorter bars or single trades, worked out by hand. Tick 1, lot 1, bars of five minutes. */
import { describe, expect, it } from 'vitest';
import { MarketError } from '../../sim/index.ts';
import type { SymbolMarket } from '../../sim/index.ts';
import { flat, linear, marketOf, minute, printsOf, series, start } from './market.ts';
import type { MarketWish, Row } from './market.ts';
import { follow, pick } from './played.ts';
import type { ConfigWish, Played } from './played.ts';
import type { Script } from './scripted.ts';

const five = 5 * minute;
const calm = Array.from({ length: 5 }, () => flat(100));

/** Bar 0 and the last stand still at 100, so that there is a decision before and one after the bars between. */
function market(bars: readonly Row[], more: Omit<MarketWish, 'bars'> = {}): SymbolMarket {
  return marketOf({ bars: [flat(100), ...bars, flat(100)], intervalMs: five, ...more });
}

/** One-minute bars of the same time; five for each bar. */
function onMinutes(bars: readonly Row[], minutes: readonly Row[], more: Omit<MarketWish, 'bars'> = {}): SymbolMarket {
  return market(bars, { ...more, detail: { tag: 'bars', bars: series([...calm, ...minutes, ...calm]) } });
}

const longWithBoth: Script = {
  timeframe: '5m',
  at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 10, stop: 90, stopBy: 'last', targets: [{ price: 110, fraction: 1 }] }) },
};
const shortWithBoth: Script = {
  timeframe: '5m',
  at: { 0: ({ intents }) => intents.enter({ side: 'short', qty: 10, stop: 110, stopBy: 'last', targets: [{ price: 90, fraction: 1 }] }) },
};
const fillsOf = ({ rows }: Played): unknown[][] => pick(rows('executions'), 'time', 'cause', 'side', 'qty', 'price');
const config: ConfigWish = { path: 'adverse', leverage: 2 };

describe('a bar that holds both the stop and the target', () => {
  const both: Row = [100, 115, 85, 100];
  const upFirst: Row[] = [[100, 115, 100, 112], [112, 112, 85, 88], [88, 95, 86, 95], [95, 99, 94, 99], [99, 100, 98, 100]];
  const downFirst: Row[] = [[100, 102, 96, 96], [96, 97, 85, 88], [88, 115, 87, 110], [110, 110, 99, 99], [99, 100, 98, 100]];

  it('without shorter bars takes the long out at its stop of 90, and is ambiguous', () => {
    const played = follow(market([both]), longWithBoth, config);

    expect(fillsOf(played).map((row) => row.slice(1))).toEqual([['order', 'buy', 10, 100], ['stop', 'sell', 10, 90]]);
    expect(played.result).toMatchObject({ ambiguousBars: 1, detail: null });
  });

  it('takes the profit of 110 when the first minute goes up to 115', () => {
    const played = follow(onMinutes([both], upFirst), longWithBoth, config);

    // Minute 0 is long, so low first: 100, 100, 115, 112. The leg from 20 s to 40 s passes 111 (110 and a tick) after 11/15 of it.
    expect(fillsOf(played)).toEqual([
      [start + five, 'order', 'buy', 10, 100], [start + five + 20_000 + Math.floor(20_000 * 11 / 15), 'order', 'sell', 10, 110],
    ]);
    expect(played.result.ambiguousBars).toBe(0);
    expect(played.result.detail).toEqual({ timeframe: '1m', bars: 3, children: 15, withoutDetail: 0, withHoles: 0, ambiguousBars: 0 });
  });

  it('takes the long out at 90 when the second minute falls to 85 first', () => {
    const played = follow(onMinutes([both], downFirst), longWithBoth, { ...config, path: 'favourable' });

    // Minute 1 on the favourable path: 96, 97, 85, 88. The leg from 97 to 85 passes 90 after 7/12 of 20 s.
    expect(fillsOf(played)).toEqual([
      [start + five, 'order', 'buy', 10, 100], [start + five + minute + 20_000 + Math.floor(20_000 * 7 / 12), 'stop', 'sell', 10, 90],
    ]);
    expect(played.result.ambiguousBars).toBe(0);
  });

  it('mirrors for a short: the second minute settles it at 90, whatever the path says of the whole bar', () => {
    const played = follow(onMinutes([both], downFirst), shortWithBoth, config);

    expect(fillsOf(played).map((row) => row.slice(1))).toEqual([['order', 'sell', 10, 100], ['order', 'buy', 10, 90]]);
  });

  it('stays ambiguous where one minute holds both: it is counted, and the path decides inside that minute', () => {
    const wild: Row[] = [[100, 115, 85, 100], ...Array.from({ length: 4 }, () => flat(100))];
    const played = follow(onMinutes([both], wild), longWithBoth, config);

    expect(fillsOf(played).map((row) => row.slice(1))).toEqual([['order', 'buy', 10, 100], ['stop', 'sell', 10, 90]]);
    expect(played.result.detail).toMatchObject({ bars: 3, ambiguousBars: 1 });
  });

  it('falls back to the whole bar where it has no minutes, counts it and warns of it', () => {
    const detail = { tag: 'bars' as const, bars: series([...calm, null, null, null, null, null, ...calm]) };
    const played = follow(market([both], { detail }), longWithBoth, config);

    expect(fillsOf(played).map((row) => row.slice(1))).toEqual([['order', 'buy', 10, 100], ['stop', 'sell', 10, 90]]);
    expect(played.result.detail).toMatchObject({ bars: 2, children: 10, withoutDetail: 1, ambiguousBars: 1 });
    expect(pick(played.rows('warnings'), 'code', 'symbol', 'count', 'first_at')).toEqual([['DETAIL_MISSING', 'AAAUSDT', 1, start + five]]);
  });

  it('is settled by the trades in it: 111 before 85 is the target, and no trade lies between', () => {
    const prints = printsOf([[five + 1_000, 100], [five + 2_000, 115], [five + 3_000, 85], [five + 4_000, 100]]);
    const played = follow(market([both], { detail: { tag: 'prints', prints } }), longWithBoth, config);

    // The order waits for the first trade; a resting limit that is passed fills at its own price.
    expect(fillsOf(played)).toEqual([[start + five + 1_000, 'order', 'buy', 10, 100], [start + five + 2_000, 'order', 'sell', 10, 110]]);
    expect(played.result.detail).toEqual({ timeframe: 'trades', bars: 1, children: 4, withoutDetail: 2, withHoles: 0, ambiguousBars: 0 });
  });
});

describe('single trades', () => {
  const falling: Row = [100, 101, 85, 95];

  it('a stop at 90 between the trades 101 and 88 fills at 88', () => {
    const prints = printsOf([[five + 1_000, 100], [five + 2_000, 101], [five + 60_000, 88], [five + 61_000, 85], [five + 200_000, 95]]);
    const played = follow(market([falling], { detail: { tag: 'prints', prints } }), longWithBoth, config);

    expect(fillsOf(played)).toEqual([[start + five + 1_000, 'order', 'buy', 10, 100], [start + five + 60_000, 'stop', 'sell', 10, 88]]);
  });

  it('of one millisecond keep their order, and the step between them is a gap: 92 then 87 fills the stop of 90 at 87', () => {
    const at = five + 60_000;
    const prints = printsOf([[five, 100], [five + 1, 101], [at, 92], [at, 87], [at, 85], [at + 1, 95]]);
    const played = follow(market([falling], { detail: { tag: 'prints', prints } }), longWithBoth, config);

    expect(fillsOf(played)).toEqual([[start + five, 'order', 'buy', 10, 100], [start + at, 'stop', 'sell', 10, 87]]);
  });

  it('the same trades the other way round in that millisecond fill it at 85', () => {
    const at = five + 60_000;
    const prints = printsOf([[five, 100], [five + 1, 101], [at, 92], [at, 85], [at, 87], [at + 1, 95]]);
    const played = follow(market([falling], { detail: { tag: 'prints', prints } }), longWithBoth, config);

    expect(fillsOf(played)).toEqual([[start + five, 'order', 'buy', 10, 100], [start + at, 'stop', 'sell', 10, 85]]);
  });

  it('an order that arrives between two trades meets the last one: 101 at 30 s of latency', () => {
    const prints = printsOf([[five + 1_000, 100], [five + 2_000, 101], [five + 60_000, 99], [five + 61_000, 85], [five + 200_000, 95]]);
    const script: Script = { timeframe: '5m', at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 10, stop: 50, stopBy: 'last' }) } };
    const played = follow(market([falling], { detail: { tag: 'prints', prints } }), script, { ...config, latencyMs: 30_000 });

    expect(fillsOf(played)).toEqual([[start + five + 30_000, 'order', 'buy', 10, 101]]);
  });

  it('a bar that opens at the last price before it may open away from its first trade: 100, then 103 and 98', () => {
    const prints = printsOf([[five + 7, 103], [five + 9, 98]]);
    const played = follow(market([[100, 103, 98, 98]], { detail: { tag: 'prints', prints } }), longWithBoth, config);

    expect(fillsOf(played)).toEqual([[start + five + 7, 'order', 'buy', 10, 103]]);
  });

  it('more than 2,048 of the last millisecond of a bar are refused: there is no place for them', () => {
    const last = five - 1;
    const prints = printsOf(Array.from({ length: 2_049 }, () => [last, 100] as const));

    expect(() => follow(market([flat(100)], { detail: { tag: 'prints', prints } }), longWithBoth))
      .toThrow('more than 2048 trades in the last ms of a bar, up to trade 2048');
  });

  it('2,048 of one millisecond are played each: the stop of 90 fills at the 2,000th, 89', () => {
    const prices = Array.from({ length: 2_048 }, (_, i) => (i < 1_999 ? 100 : 89));
    const prints = printsOf([[five, 100], ...prices.map((ticks) => [five + 5, ticks] as const)]);
    const played = follow(market([[100, 100, 89, 89]], { detail: { tag: 'prints', prints } }), longWithBoth, config);

    expect(fillsOf(played)).toEqual([[start + five, 'order', 'buy', 10, 100], [start + five + 5, 'stop', 'sell', 10, 89]]);
  });
});

describe('what is decided', () => {
  const bars: Row[] = [[100, 115, 85, 100], [100, 130, 99, 120], [120, 121, 80, 100]];
  const minutes: Row[] = [
    [100, 115, 100, 112], [112, 112, 85, 88], [88, 95, 86, 95], [95, 99, 94, 99], [99, 100, 98, 100],
    [100, 130, 100, 110], [110, 110, 99, 105], [105, 108, 104, 108], [108, 112, 107, 112], [112, 120, 111, 120],
    [120, 121, 119, 121], [121, 121, 80, 90], [90, 95, 88, 95], [95, 99, 94, 99], [99, 100, 98, 100],
  ];
  const watching: Script = {
    timeframe: '5m', indicators: (on) => ({ mean: on('5m').sma(2), range: on('5m').atr(2) }),
    see: ({ time, bar, ind, mark, account, history }) => [time, { ...bar }, { ...ind }, mark, account.equity, history(0).close],
  };

  it('sees the bars and never what is inside them: without orders every decision is the same to the last digit', () => {
    const plain = follow(market(bars), watching);
    const detailed = follow(onMinutes(bars, minutes), watching);

    expect(detailed.seen).toEqual(plain.seen);
    expect(detailed.seen).toHaveLength(plain.result.decisions);
    expect(detailed.result.loopDigest).toBe(plain.result.loopDigest);
    expect(detailed.result.bars).toBe(5);
  });

  it('is the same with two symbols of which one has minutes: only that one is matched on them', () => {
    const script: Script = {
      ...longWithBoth, symbols: ['AAAUSDT', 'BBBUSDT'],
    };
    const other = market(bars, { instrument: linear({ symbol: 'BBBUSDT' }) });
    const played = follow([onMinutes(bars, minutes), other], script, config);

    expect(pick(played.rows('executions'), 'symbol', 'cause', 'price')).toEqual([
      ['AAAUSDT', 'order', 100], ['BBBUSDT', 'order', 100], ['AAAUSDT', 'order', 110], ['BBBUSDT', 'stop', 90],
    ]);
    expect(played.result.detail).toMatchObject({ timeframe: '1m', bars: 5, withoutDetail: 5 });
  });
});

describe('DATA_CHILD_MISMATCH', () => {
  const minutes: Row[] = [[100, 115, 100, 112], [112, 112, 85, 88], [88, 95, 86, 95], [95, 99, 94, 99], [99, 100, 98, 100]];
  const at = `bar 1 (opened at ${start + five} ms)`;
  const wrong: readonly (readonly [string, Row, string])[] = [
    ['open', [101, 115, 85, 100], 'open of its shorter bars was 100, expected 101'],
    ['high', [100, 116, 85, 100], 'high of its shorter bars was 115, expected 116'],
    ['low', [100, 115, 84, 100], 'low of its shorter bars was 85, expected 84'],
    ['close', [100, 115, 85, 99], 'close of its shorter bars was 100, expected 99'],
  ];

  it.each(wrong)('names the %s, the bar, what its minutes give and what was expected', (_, bar, words) => {
    const broken = onMinutes([bar], minutes);

    expect(() => follow(broken, longWithBoth)).toThrow(`AAAUSDT: DATA_CHILD_MISMATCH: ${at}: ${words}`);
    expect(() => follow(broken, longWithBoth)).toThrow(MarketError);
  });

  it('is found before anything runs, also in the last bar', () => {
    let decisions = 0;
    const detail = { tag: 'bars' as const, bars: series([...calm, flat(100), flat(100), flat(100), flat(100), flat(101)]) };

    expect(() => follow(marketOf({ bars: [flat(100), flat(100)], intervalMs: five, detail }), { timeframe: '5m', see: () => { decisions += 1; } }))
      .toThrow('high of its shorter bars was 101, expected 100');
    expect(decisions).toBe(0);
  });
});

describe('a detail that is none', () => {
  const ofBars = (rows: readonly Row[], intervalMs: number, from = start): SymbolMarket =>
    marketOf({ bars: [flat(100), flat(100)], intervalMs: five, detail: { tag: 'bars', bars: series(rows, intervalMs, from) } });
  const ofPrints = (rows: readonly (readonly [number, number])[]): SymbolMarket =>
    marketOf({ bars: [flat(100), flat(100)], intervalMs: five, detail: { tag: 'prints', prints: printsOf(rows) } });
  const refusal = (market: SymbolMarket, config: ConfigWish = {}) => (): unknown => follow(market, { timeframe: '5m' }, config);

  it('is refused when its bars are not shorter, do not divide, are off their grid or out of order', () => {
    const twice = ofBars([flat(100), flat(100)], minute);
    const { bars } = twice.detail as { readonly bars: ReturnType<typeof series> };
    const turned = { ...bars, openedAt: Float64Array.from([start, start]) };

    expect(refusal(ofBars([flat(100)], five))).toThrow('AAAUSDT: detail of 300000 ms must be shorter than bars of 300000 ms and divide them');
    expect(refusal(ofBars([flat(100)], 2 * minute))).toThrow('detail of 120000 ms must be shorter than bars of 300000 ms and divide them');
    expect(refusal(ofBars([flat(100), flat(100)], minute, start + 1))).toThrow('detail bar 0 does not open on the grid of 60000 ms');
    expect(refusal({ ...twice, detail: { tag: 'bars', bars: turned } })).toThrow('detail bar 1 is not later than the one before');
    expect(refusal(ofPrints([[5, 100], [4, 100]]))).toThrow('AAAUSDT: trade 1 is earlier than the one before');
  });

  it('is fatal with dataGap: error when a bar has none of it, or lacks one of five minutes', () => {
    expect(refusal(ofBars(calm, minute), { dataGap: 'error' })).toThrow(`1 bars have no detail, the first opened at ${start + five} ms (dataGap: error)`);
    expect(refusal(ofBars([...calm, flat(100), null, flat(100), flat(100), flat(100)], minute), { dataGap: 'error' }))
      .toThrow(`1 bars lack some of their detail, the first opened at ${start + five} ms (dataGap: error)`);
    expect(refusal(ofBars([...calm, ...calm], minute), { dataGap: 'error' })).not.toThrow();
    expect(refusal(ofPrints([[5, 100]]), { dataGap: 'error' })).toThrow('1 bars have no detail');
  });

  it('with a minute missing that the others make up for is played with a warning; a bar without volume lacks no trades', () => {
    const holed = follow(ofBars([...calm, flat(100), null, flat(100), flat(100), flat(100)], minute), { timeframe: '5m' });
    const quiet = follow(marketOf({
      bars: [flat(100), [100, 100, 100, 100, 0]], intervalMs: five, detail: { tag: 'prints', prints: printsOf([[5, 100]]) },
    }), { timeframe: '5m' });

    expect(pick(holed.rows('warnings'), 'code', 'count', 'first_at')).toEqual([['DETAIL_GAP', 1, start + five]]);
    expect(holed.result.detail).toMatchObject({ bars: 2, children: 9, withHoles: 1, withoutDetail: 0 });
    expect(quiet.result.detail).toMatchObject({ bars: 1, children: 1, withoutDetail: 0 });
    expect(quiet.rows('warnings')).toEqual([]);
  });

  it('outside of the bars is not played: minutes in a hole of them change nothing', () => {
    const wild: Row[] = [[100, 190, 20, 100], flat(100), flat(100), flat(100), flat(100)];
    const bars: Row[] = [flat(100), null, flat(100)];
    const played = follow(marketOf({ bars, intervalMs: five, detail: { tag: 'bars', bars: series([...calm, ...wild, ...calm]) } }), longWithBoth, config);

    expect(fillsOf(played)).toEqual([[start + 2 * five, 'order', 'buy', 10, 100]]);
  });
});

describe('marks beside a detail', () => {
  it('keep their own path: a stop by mark at 90 fires where the mark meets it, and fills at the minute\'s price', () => {
    // Mark 100, 100, 85, 100 in thirds of five minutes: 90 is met 10/15 into the second third, at 166 2/3 s; that is in minute 2.
    const mark = series([flat(100), [100, 100, 85, 100], flat(100)], five);
    const minutes: Row[] = [flat(100), flat(100), flat(97), flat(97), [97, 100, 97, 100]];
    const script: Script = { timeframe: '5m', at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 10, stop: 90, stopBy: 'mark' }) } };
    const played = follow(onMinutes([[100, 100, 97, 100]], minutes, { mark }), script, { ...config, path: 'ohlc' });

    expect(fillsOf(played)).toEqual([[start + five, 'order', 'buy', 10, 100], [start + five + 166_666, 'stop', 'sell', 10, 97]]);
  });
});
