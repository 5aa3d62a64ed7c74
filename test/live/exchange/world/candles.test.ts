/** Candles, tickers and the rest of the market as the local exchange shows and tells them. */
import { describe, expect, it } from 'vitest';
import type { CandleFilter, Row } from '../../../../live/exchange/world.ts';
import { flat, fundingOf, linear, minute, series, start } from '../../../sim/market.ts';
import type { Row as Bar } from '../../../sim/market.ts';
import { buy, stageOf } from './stage.ts';
import type { Stage } from './stage.ts';

/** Bar k: open 100 + k, high and low one tick around it, close open + 1, volume 10. */
const rising = (count: number): Bar[] => Array.from({ length: count }, (_, k): Bar => [100 + k, 102 + k, 99 + k, 101 + k, 10]);

const whole: CandleFilter = { symbol: 'AAAUSDT', kind: 'last', intervalMs: minute, start: null, end: null, limit: 1_000 };
const starts = (stage: Stage, filter: Partial<CandleFilter>): number[] =>
  stage.world.market.candles({ ...whole, ...filter }).map(([at]) => (Number(at) - start) / minute);

describe('candles', () => {
  it('of a minute come newest first as text, with volume and turnover at the close; of the mark without', () => {
    const stage = stageOf({ markets: [{ bars: rising(3), mark: series(rising(3).map((bar) => [bar![0] + 5, bar![1] + 5, bar![2] + 5, bar![3] + 5])) }] });
    stage.playTo(start + 2 * minute);

    expect(stage.world.market.candles(whole)).toEqual([
      [String(start + minute), '101', '103', '100', '102', '10', '1020'], [String(start), '100', '102', '99', '101', '10', '1010'],
    ]);
    expect(stage.world.market.candles({ ...whole, kind: 'mark' })[0]).toEqual([String(start + minute), '106', '108', '105', '107']);
  });
  it('of five minutes are made of those of one: open of the first, close of the last, extremes and sums; the one under way as far as it has come', () => {
    const stage = stageOf({ markets: [{ bars: rising(12) }] });
    stage.playTo(start + 7 * minute);

    // Minutes 5 and 6: opens at 105, closes at 107, 104 to 108, turnover 10 x 106 + 10 x 107.
    expect(stage.world.market.candles({ ...whole, intervalMs: 5 * minute })).toEqual([
      [String(start + 5 * minute), '105', '108', '104', '107', '20', '2130'],
      [String(start), '100', '106', '99', '105', '50', '5150'],
    ]);
  });
  it('never tell what is to come: a bar that has begun shows its open alone', () => {
    const stage = stageOf({ markets: [{ bars: [flat(100), [150, 300, 20, 90, 10]] }] });
    stage.playTo(start + minute + 30_000);

    expect(stage.world.market.candles(whole)[0]).toEqual([String(start + minute), '150', '150', '150', '150', '0', '0']);
    expect(stage.world.market.candles({ ...whole, intervalMs: 5 * minute })[0]!.slice(1, 5)).toEqual(['100', '150', '100', '150']);
  });
  it('before the beginning of play are history from the first moment', () => {
    const stage = stageOf({ markets: [{ bars: rising(30) }], startAt: start + 20 * minute });

    expect(stage.world.now).toBe(start + 20 * minute);
    expect(starts(stage, { limit: 3 })).toEqual([19, 18, 17]);
    expect(stage.world.market.ticker('AAAUSDT')['lastPrice']).toBe('120');
  });
  it('with a start alone begin there, with an end alone end there, with both are the newest between', () => {
    const stage = stageOf({ markets: [{ bars: rising(30) }] });
    stage.playTo(start + 30 * minute);
    const at = (k: number): number => start + k * minute;

    expect(starts(stage, { start: at(5), limit: 3 })).toEqual([7, 6, 5]);
    expect(starts(stage, { start: at(5) + 20_000, limit: 2 })).toEqual([6, 5]); // floored to its candle
    expect(starts(stage, { end: at(10), limit: 3 })).toEqual([10, 9, 8]);
    expect(starts(stage, { end: at(10) - 1, limit: 3 })).toEqual([9, 8, 7]);
    expect(starts(stage, { start: at(5), end: at(20), limit: 4 })).toEqual([20, 19, 18, 17]);
    expect(starts(stage, { start: at(18), end: at(20), limit: 10 })).toEqual([20, 19, 18]);
    expect(starts(stage, { limit: 2 })).toEqual([29, 28]);
    expect(starts(stage, { start: at(7), intervalMs: 5 * minute, limit: 2 })).toEqual([10, 5]);
    expect(starts(stage, { end: at(12), intervalMs: 5 * minute, limit: 2 })).toEqual([10, 5]);
  });
  it('paged backwards by the oldest start less 1 give every candle once', () => {
    const stage = stageOf({ markets: [{ bars: rising(47) }] });
    stage.playTo(start + 47 * minute);
    const pages: number[] = [];
    let end: number | null = null;
    for (;;) {
      const page = stage.world.market.candles({ ...whole, end, limit: 10 });
      if (page.length === 0) break;
      pages.push(...page.map(([at]) => (Number(at) - start) / minute));
      end = Number(page[page.length - 1]![0]) - 1;
    }

    expect(pages).toEqual(Array.from({ length: 47 }, (_, k) => 46 - k));
  });
  it('are left out where the data has a hole, and made of what there is around it', () => {
    const bars = rising(10).map((bar, k) => (k === 3 || k === 4 ? null : bar));
    const stage = stageOf({ markets: [{ bars }] });
    stage.playTo(start + 10 * minute);

    expect(starts(stage, {})).toEqual([9, 8, 7, 6, 5, 2, 1, 0]);
    expect(stage.world.market.candles({ ...whole, intervalMs: 5 * minute })[1]!.slice(1, 6)).toEqual(['100', '104', '99', '103', '30']);
  });
  it('of an interval that the bars do not build are none', () => {
    const stage = stageOf({ markets: [{ bars: rising(10), intervalMs: 5 * minute }] });
    stage.playTo(start + 50 * minute);

    expect(stage.world.market.candles(whole)).toEqual([]);
    expect(stage.world.market.candles({ ...whole, symbol: 'NOPE' })).toEqual([]);
  });
});

describe('what is told at a close', () => {
  const two = (bars: number): Stage => stageOf({ markets: [
    { bars: rising(bars) }, { bars: rising(bars), instrument: linear({ symbol: 'BBBUSDT' }) },
  ] });

  it('at minute 15: candles of 1, 3, 5 and 15 minutes, each of both symbols, then the tickers, all at that time', () => {
    const stage = two(20);
    stage.playTo(start + 15 * minute);
    const last = stage.pushes.filter(({ at, rows }) => at === start + 15 * minute && rows[0]!['confirm'] !== false);

    expect(last.map(({ topic, symbol, rows }) => `${topic}${topic === 'kline' ? `.${String(rows[0]!['interval'])}` : ''}.${symbol}`)).toEqual([
      'kline.1.AAAUSDT', 'kline.1.BBBUSDT', 'kline.3.AAAUSDT', 'kline.3.BBBUSDT', 'kline.5.AAAUSDT', 'kline.5.BBBUSDT',
      'kline.15.AAAUSDT', 'kline.15.BBBUSDT', 'tickers.AAAUSDT', 'tickers.BBBUSDT',
    ]);
    expect(last.find(({ rows }) => rows[0]!['interval'] === '5')!.rows[0]).toEqual({
      start: start + 10 * minute, end: start + 15 * minute - 1, interval: '5', open: '110', close: '115', high: '116', low: '109',
      volume: '50', turnover: '5650', confirm: true, timestamp: start + 15 * minute,
    });
  });
  it('a candle of five minutes is told each minute with confirm false, as far as it has come, and once with confirm true', () => {
    const stage = stageOf({ markets: [{ bars: rising(7) }] });
    stage.playTo(start + 7 * minute);
    const told = stage.rows('kline').filter(({ interval }) => interval === '5');

    // Bars open at 100 + k and close at 101 + k, 99 + k to 102 + k, each a turnover of 10 x its close.
    expect(told.map(({ start: at, open, close, high, low, volume, turnover, confirm }) => (
      [(Number(at) - start) / minute, open, close, high, low, volume, turnover, confirm]))).toEqual([
      [0, '100', '101', '102', '99', '10', '1010', false], [0, '100', '102', '103', '99', '20', '2030', false],
      [0, '100', '103', '104', '99', '30', '3060', false], [0, '100', '104', '105', '99', '40', '4100', false],
      [0, '100', '105', '106', '99', '50', '5150', true], [5, '105', '106', '107', '104', '10', '1060', false],
      [5, '105', '107', '108', '104', '20', '2130', false],
    ]);
    expect(stage.rows('kline').filter(({ interval, confirm }) => interval === '1' && confirm === false)).toEqual([]);
  });
  it('each close is an instant to stop at, and what happens at it is left for when time moves on', () => {
    const { world, rows } = stageOf({ markets: [{ bars: rising(5), funding: fundingOf([[start + minute, 0.001]]) }] });

    expect(world.play(Infinity)).toBe(start + minute);
    expect(world.play(start + minute)).toBe(start + minute);
    expect(rows('tickers').map(({ nextFundingTime }) => nextFundingTime)).toEqual([String(start + minute)]);
    expect(world.play(Infinity)).toBe(start + minute);
    expect(rows('tickers').length).toBe(2);
    expect(world.play(Infinity)).toBe(start + 2 * minute);
  });
  it('a candle of 3 minutes whose last bar is missing is told with the first bar after it', () => {
    const bars = rising(6).map((bar, k) => (k === 2 ? null : bar));
    const { pushes, playTo } = stageOf({ markets: [{ bars }] });
    playTo(start + 6 * minute);

    const told = pushes.filter(({ topic, rows }) => topic === 'kline' && rows[0]!['interval'] === '3' && rows[0]!['confirm'] === true)
      .map(({ at, rows }) => [(at - start) / minute, (Number(rows[0]!['start']) - start) / minute, rows[0]!['close']]);
    expect(told).toEqual([[4, 0, '102'], [6, 3, '106']]);
  });
});

describe('a ticker', () => {
  it('shows the mark of the last mark bar that closed, and nothing of the one under way', () => {
    const mark = series([[200, 210, 190, 205], [205, 250, 205, 240]], 5 * minute);
    const { world, playTo, rows } = stageOf({ markets: [{ bars: rising(10), mark }] });
    const marks = (): unknown[] => [...new Set(rows('tickers').map(({ markPrice }) => markPrice))];
    playTo(start + 4 * minute);
    expect(marks()).toEqual(['100']); // no mark bar has closed yet: the first price

    playTo(start + 9 * minute);
    expect(marks()).toEqual(['100', '205']);
    playTo(start + 10 * minute);
    expect(world.market.ticker('AAAUSDT')['markPrice']).toBe('240');
  });
  it('has the price, the spread of 2 x 3 ticks, the day behind it, and the rate that will be settled next', () => {
    const funding = fundingOf([[start + 5 * minute, 0.001], [start + 485 * minute, -0.002]]);
    const { world, playTo } = stageOf({ markets: [{ bars: rising(10), funding }], config: { halfSpreadTicks: 3 } });
    playTo(start + 4 * minute);

    expect(world.market.ticker('AAAUSDT')).toMatchObject({
      lastPrice: '104', markPrice: '104', bid1Price: '101', ask1Price: '107', highPrice24h: '105', lowPrice24h: '99', prevPrice24h: '100',
      volume24h: '40', price24hPcnt: '0.04', fundingRate: '0.001', nextFundingTime: String(start + 5 * minute), fundingIntervalHour: '8',
    });
    expect(world.market.fundingHistory('AAAUSDT', null, null)).toEqual([]);
    playTo(start + 6 * minute);
    expect(world.market.ticker('AAAUSDT')).toMatchObject({ fundingRate: '-0.002', nextFundingTime: String(start + 485 * minute) });
    expect(world.market.fundingHistory('AAAUSDT', null, null)).toEqual([{ symbol: 'AAAUSDT', fundingRate: '0.001', fundingRateTimestamp: String(start + 5 * minute) }]);
  });
});

describe('the rest of the market', () => {
  it('instruments, fees, limits, book and trades say what the rules and the bars say', () => {
    const { world, playTo } = stageOf({ markets: [{ bars: rising(5) }], config: { takerFee: 0.0006 }, maxLots: 500, maxMarketLots: 100 });
    playTo(start + 2 * minute);
    const { market } = world;

    expect(market.instrumentRows()[0]).toMatchObject({
      symbol: 'AAAUSDT', contractType: 'LinearPerpetual', status: 'Trading', settleCoin: 'USDT', fundingInterval: 480,
      priceFilter: { tickSize: '1' }, lotSizeFilter: { qtyStep: '1', minOrderQty: '1', maxOrderQty: '500', maxMktOrderQty: '100', minNotionalValue: '0' },
      leverageFilter: { maxLeverage: '100' },
    });
    expect(market.feeRates('AAAUSDT')).toEqual({ symbol: 'AAAUSDT', takerFeeRate: '0.0006', makerFeeRate: '0.0005' });
    expect(market.riskLimits('AAAUSDT')[0]).toMatchObject({ id: 1, maintenanceMargin: '0.005', maxLeverage: '100', isLowestRisk: 1 });
    expect(market.orderBook('AAAUSDT')).toMatchObject({ s: 'AAAUSDT', b: [['102', '10']], a: [['102', '10']], ts: start + 2 * minute });
    expect(market.recentTrades('AAAUSDT', 1).map((row: Row) => [row['price'], row['size'], row['side']])).toEqual([['102', '10', 'Buy']]);
  });
  it('takes an account that pays the fees of its configuration', async () => {
    const { world, ask, rows } = stageOf({ markets: [{ bars: rising(5) }], config: { takerFee: 0.0006 } });

    await ask(world.writes.create(buy('10')));

    expect(rows('execution').map(({ execFee, feeRate }) => [execFee, feeRate])).toEqual([['0.6', '0.0006']]); // 1,000 x 0.0006
  });
});
