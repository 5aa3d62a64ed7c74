/** Loading what is inside the bars: shorter bars or trades of the same market, for the time of the run, in ticks. */
import { describe, expect, it } from 'vitest';
import { importFiles, loadMarket } from '../../data/index.ts';
import type { LoadedMarket } from '../../data/index.ts';
import type { Market } from '../../sim/index.ts';
import { bars, csv, minute, refusal, start, temporary } from './candle-files.ts';
import type { Cell } from './candle-files.ts';

const five = 5 * minute;
/** Minutes whose prices stand at the open of the five-minute bar they are in, so that they are in `bars`' range. */
const minutes = (count: number): Cell[][] => bars(count, { step: minute });
const trades: Cell[][] = [[start, 'Buy', 1, 61_000], [start, 'Sell', 2, 61_000.5], [start + 4 * minute, 'Buy', 3, 61_002.5], [start + 60 * minute, 'Buy', 1, 61_000]];

async function lake(): Promise<string> {
  const folder = temporary();
  await importFiles([
    csv(temporary(), 'bybit_linear_BTCUSDT_5m.csv', bars(24)), csv(temporary(), 'bybit_linear_BTCUSDT_1m.csv', minutes(60)),
    csv(temporary(), 'bybit_linear_BTCUSDT_trades.csv', trades, ['ts', 'side', 'size', 'price']),
    csv(temporary(), 'bybit_linear_SOLUSDT_5m.csv', bars(24, { price: 120 })),
  ], { folder });
  return folder;
}
const loaded = async (detail: string, more: Partial<Parameters<typeof loadMarket>[0]> = {}): Promise<LoadedMarket> =>
  loadMarket({ folder: await lake(), symbols: ['BTCUSDT'], timeframe: '5m', detail, ...more });

describe('loading the detail of a run', () => {
  it('1m inside 5m: the minutes of the range in ticks, and their month in the hashes', async () => {
    const market = await loaded('1m', { from: start + five, to: start + 3 * five });
    const played: Market = { symbols: market.symbols };

    const detail = played.symbols[0]?.detail;
    if (detail?.tag !== 'bars') throw new Error('expected bars');
    expect([detail.bars.length, detail.bars.intervalMs, detail.bars.openedAt[0]]).toEqual([10, minute, start + five]);
    expect(detail.bars.high[0]).toBe((61_000 + (5 % 7) + 2.5) * 10);
    expect(market.detail).toBe('1m');
    expect(market.hashes.map((one) => one.series)).toEqual(['bybit:linear BTCUSDT last 5m', 'bybit:linear BTCUSDT last 1m']);
    expect(market.bars).toBe(2);
  });

  it('trades inside 5m: times in ms, prices in ticks, sizes as they are', async () => {
    const detail = (await loaded('trades', { to: start + 3 * five })).symbols[0]?.detail;
    if (detail?.tag !== 'prints') throw new Error('expected trades');

    expect([...detail.prints.at]).toEqual([start, start, start + 4 * minute]);
    expect([...detail.prints.price]).toEqual([610_000, 610_005, 610_025]);
    expect([...detail.prints.quantity]).toEqual([1, 2, 3]);
  });

  it('the built-in market has its minutes, and the data hash follows them', async () => {
    const wish = { market: 'builtin:linear', symbols: ['BTCUSDT'], timeframe: '1h', from: Date.UTC(2025, 9, 10), to: Date.UTC(2025, 9, 11) };
    const plain = await loaded('1m', wish);
    const without = await loadMarket({ folder: '', ...wish });

    const detail = plain.symbols[0]?.detail;
    expect([detail?.tag, detail?.tag === 'bars' ? detail.bars.length : 0, without.symbols[0]?.detail]).toEqual(['bars', 1_440, undefined]);
    expect(plain.hash).not.toBe(without.hash);
  });

  it('a timeframe that is not shorter, does not divide or is none is a usage error that names those that fit', async () => {
    for (const [wish, words] of [['5m', 'not shorter than the run\'s bars of 5m'], ['1h', 'not shorter'], ['3m', 'does not divide'], ['7m', 'no timeframe']] as const) {
      const error = await refusal(loaded(wish));

      expect([error.isUsage, error.fix], wish).toEqual([true, 'use --detail 1m or trades']);
      expect(error.message).toContain(words);
    }
  });

  it('what the lake has not, for a symbol or for the range, is no usage error: symbol and fix are named', async () => {
    const absent = await refusal(loaded('1m', { symbols: ['BTCUSDT', 'SOLUSDT'] }));
    const outside = await refusal(loaded('1m', { from: start + 13 * five }));
    const none = await refusal(loaded('trades', { market: 'builtin:linear' }));

    expect([absent.reason, absent.isUsage]).toEqual(['no-detail', false]);
    expect(absent.message).toContain('no 1m bars of SOLUSDT in bybit:linear');
    expect(absent.fix).toContain('holdfast data import FILES --market bybit:linear --symbol SOLUSDT');
    expect(outside.message).toContain('no 1m bars of BTCUSDT in the time of the run');
    expect(none.message).toContain('the built-in market has no trades of BTCUSDT');
  });
});

describe('a market of which there are only trades', () => {
  const rows: Cell[][] = [
    [start + 1, 'Buy', 1, 100], [start + 1, 'Buy', 2, 103], [start + five - 1, 'Sell', 3, 99], [start + five, 'Buy', 4, 101],
    [start + 3 * five + 7, 'Buy', 5, 102],
  ];
  const only = async (): Promise<string> => {
    const folder = temporary();
    await importFiles([csv(temporary(), 'bybit_linear_NEWUSDT_trades.csv', rows, ['ts', 'side', 'size', 'price'])], { folder });
    return folder;
  };

  it('is played on bars made of them: 100 103 99 99 with volume 6, then 101, a hole, 102; the report hears of it', async () => {
    const market = await loadMarket({ folder: await only(), symbols: ['NEWUSDT'], timeframe: '5m', detail: 'trades' });

    const { last, detail } = market.symbols[0] ?? { last: null, detail: undefined };
    if (last === null || detail?.tag !== 'prints') throw new Error('expected bars and trades');
    const { num, den } = market.symbols[0]?.instrument.tick ?? { num: 1, den: 1 };
    const quote = (column: Float64Array): number[] => [...column].map((ticks) => (ticks * num) / den);
    expect([...last.openedAt]).toEqual([start, start + five, start + 3 * five]);
    expect([quote(last.open), quote(last.high), quote(last.low), quote(last.close)]).toEqual([[100, 101, 102], [103, 101, 102], [99, 101, 102], [99, 101, 102]]);
    expect([...last.volume]).toEqual([6, 4, 5]);
    expect(detail.prints.length).toBe(5);
    expect(market.warnings.map((warning) => warning.code)).toEqual(expect.arrayContaining(['made-of-trades', 'gaps', 'inferred-rules']));
  });

  it('a range counts by the opening of the bars: from 00:01 on, the first bar is that of 00:05', async () => {
    const market = await loadMarket({ folder: await only(), symbols: ['NEWUSDT'], timeframe: '5m', from: start + minute, to: start + 3 * five });

    expect([...market.symbols[0]?.last.openedAt ?? []]).toEqual([start + five]);
  });
});
