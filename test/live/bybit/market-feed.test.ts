/** Frames of the market told to the feed by themselves, without an exchange. */
import { describe, expect, it } from 'vitest';
import type { Event } from '../../../engine/index.ts';
import { MarketFeed } from '../../../live/bybit/market-feed.ts';
import { linear, minute, start } from '../../sim/market.ts';

describe('a candle under way', () => {
  it('is nothing: of five minutes told at minutes 1 to 4 with confirm false, and at 5 with confirm true, one bar comes', () => {
    const told: Event[] = [];
    const feed = new MarketFeed({
      symbols: ['AAAUSDT'], barMs: 5 * minute, instruments: () => [linear()], candles: () => Promise.resolve([]), now: () => start, log: () => {},
      tell: (event) => { told.push(event); },
    });
    const candle = (k: number) => ({
      start, end: start + 5 * minute - 1, interval: '5', open: '100', high: '110', low: '90', close: String(100 + k), volume: '1', turnover: '1',
      confirm: k === 5, timestamp: start + k * minute,
    });

    for (const k of [1, 2, 3, 4, 5]) feed.frame({ topic: 'kline.5.AAAUSDT', type: 'snapshot', ts: start + k * minute, data: [candle(k)] });

    expect(told.map((event) => (event.tag === 'bar-closed' ? [event.openedAt - start, event.closedAt - start, event.close] : event.tag))).toEqual([[0, 5 * minute, 105]]);
    feed.close();
  });
});
