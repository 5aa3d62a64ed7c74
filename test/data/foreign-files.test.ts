/** What people already have: Binance's public archives and freqtrade's data folder, recognised by their names. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importFiles, listLake } from '../../data/index.ts';
import type { ImportOptions } from '../../data/index.ts';
import { listLake as seriesIn, candlesOf, printsOf, readColumns, stampsOf } from '../../data/lake/index.ts';
import { refusal, temporary } from './candle-files.ts';

/** 2025-01-01 00:00 UTC in ms: the day from which spot archives count microseconds. */
const start = 1_735_689_600_000;
const minute = 60_000;
const klineHeader = 'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore';

/** Three minutes in the layout of Binance, stamps times `unit` per ms. */
const klines = (unit = 1): string[] => [0, 1, 2].map((i) =>
  `${(start + i * minute) * unit},93576.00,${93_610 + i}.93,93537.50,${93_600 + i}.05,8.2102,${(start + i * minute + 59_999) * unit},768978.0,1,4.1,384000.0,0`);
const wanted = [0, 1, 2].map((i) => [start + i * minute, 93_576, 93_610.93 + i, 93_537.5, 93_600.05 + i, 8.2102]);

interface Packed { readonly method?: 0 | 8; readonly flags?: number; readonly sum?: number; readonly extra?: string | null; readonly inside?: string }

/** A zip by the book: local header, content, directory, end record. */
function zipOf(text: string, { method = 8, flags = 0, sum = crc32(text), extra = null, inside = 'rows.csv' }: Packed = {}): Buffer {
  const files = [[inside, text], ...(extra === null ? [] : [[extra, 'x']])] as [string, string][];
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of files) {
    const packed = method === 8 ? deflateRawSync(content) : Buffer.from(content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(sum, 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(Buffer.byteLength(content), 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, place, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...locals, list, Buffer.from('PK\x05\x06'), end]);
}

function placed(path: string, content: string | Buffer): string {
  const file = join(temporary(), path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}
const csvZip = (path: string, lines: readonly string[], how?: Packed): string => placed(path, zipOf(`${lines.join('\n')}\n`, how));

async function barsOf(file: string, options: Partial<ImportOptions> = {}): Promise<{ readonly series: string; readonly bars: readonly (readonly number[])[] }> {
  const folder = temporary();
  const { series } = await importFiles([file], { ...options, folder });
  const [stored] = seriesIn(folder);
  const { length, openedAt, open, high, low, close, volume } = candlesOf(stored === undefined ? [] : readColumns(folder, stored));
  return {
    series: series.map((one) => one.series).join(),
    bars: Array.from({ length }, (_, i) => [openedAt, open, high, low, close, volume].map((column) => column[i] ?? Number.NaN)),
  };
}

describe('public archives of Binance', () => {
  it.each([
    ['a zip without a header, ms', () => csvZip('BTCUSDT-1m-2025-01.zip', klines())],
    ['a zip without a header, microseconds as in spot since 2025', () => csvZip('BTCUSDT-1m-2025-01-01.zip', klines(1_000))],
    ['a zip with a header, as futures have it', () => csvZip('BTCUSDT-1m-2025-01.zip', [klineHeader, ...klines()])],
    ['a zip that is only stored', () => csvZip('BTCUSDT-1m-2025-01.zip', klines(), { method: 0 })],
    ['its CSV unpacked', () => placed('BTCUSDT-1m-2025-01.csv', klines(1_000).join('\n'))],
  ])('%s: symbol and timeframe from the name, the same three bars', async (_what, file) => {
    expect(await barsOf(file(), { market: 'binance:spot' })).toEqual({ series: 'binance:spot BTCUSDT last 1m', bars: wanted });
  });

  it('the folders of the archive say the market, and mark prices from last ones', async () => {
    const spot = csvZip('data/spot/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2025-01.zip', klines());
    const mark = csvZip('data/futures/um/daily/markPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2025-01-01.zip', [klineHeader, ...klines()]);
    const coin = csvZip('data/futures/cm/daily/klines/BTCUSD_PERP/1m/BTCUSD_PERP-1m-2025-01-01.zip', [klineHeader, ...klines()]);
    const index = csvZip('data/futures/um/daily/indexPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2025-01-01.zip', klines());

    expect((await barsOf(spot)).series).toBe('binance:spot BTCUSDT last 1m');
    expect((await barsOf(mark)).series).toBe('binance:usdm BTCUSDT mark 1m');
    expect((await barsOf(coin)).series).toBe('binance:coinm BTCUSD_PERP last 1m');
    expect((await refusal(barsOf(index))).message).toContain('not candles: the file holds indexPriceKlines');
  });

  it('aggregate and single trades, with and without a header, become trades or bars', async () => {
    const aggregate = [0, 1].map((i) => `${100 + i},0.709${i},19.5,5515${i},5515${i},${start + i * 400},true`);
    const single = [0, 1].map((i) => `${100 + i},0.709${i},19.5,13.8,${(start + i * 400) * 1_000},True,True`);
    const files = [
      csvZip('APEUSDT-aggTrades-2025-01-01.zip', aggregate),
      csvZip('APEUSDT-aggTrades-2025-01-01.zip', ['agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker', ...aggregate]),
      csvZip('APEUSDT-trades-2025-01-01.zip', single),
    ];

    for (const file of files) {
      const folder = temporary();
      await importFiles([file], { folder, market: 'binance:usdm' });
      const [stored] = seriesIn(folder);
      expect([stored?.symbol, stored?.kind]).toEqual(['APEUSDT', 'trades']);
      const { at, price, quantity } = printsOf(stored === undefined ? [] : readColumns(folder, stored));
      expect([[...at], [...price], [...quantity]]).toEqual([[start, start + 400], [0.709, 0.7091], [19.5, 19.5]]);
      expect((await barsOf(file, { market: 'binance:usdm', fromTrades: { intervals: [minute], keep: false } })).bars).toEqual([[start, 0.709, 0.7091, 0.709, 0.7091, 39]]);
    }
  });
});

const candles = wanted.map(([at, open, high, low, close, volume]) => [at, open, high, low, close, volume]);

describe('the data folder of freqtrade', () => {
  it.each([
    ['bybit/futures/BTC_USDT_USDT-1m-futures.json', 'bybit:linear BTCUSDT last 1m'],
    ['bybit/futures/BTC_USDT_USDT-1m-futures.json.gz', 'bybit:linear BTCUSDT last 1m'],
    ['bybit/futures/BTC_USD_BTC-1m-futures.json', 'bybit:inverse BTCUSD last 1m'],
    ['binance/futures/BTC_USDT_USDT-1m-futures.json', 'binance:usdm BTCUSDT last 1m'],
    ['kraken/BTC_USDT-1m.json', 'kraken:spot BTCUSDT last 1m'],
    ['bybit/futures/BTC_USDT_USDT-1m-mark.json', 'bybit:linear BTCUSDT mark 1m'],
  ])('%s is %s', async (path, series) => {
    const text = JSON.stringify(candles);

    const found = await barsOf(placed(path, path.endsWith('.gz') ? gzipSync(text) : text));

    expect(found.series).toBe(series);
    const columns = series.includes('mark') ? 5 : 6;
    expect(found.bars.map((bar) => bar.slice(0, columns))).toEqual(wanted.map((bar) => bar.slice(0, columns)));
  });

  it('funding rates stand under open, of a timeframe that no bar has', async () => {
    const folder = temporary();
    const rates = [[start, 0.0001, 0, 0, 0, 0], [start + 8 * 60 * minute, -0.00002, 0, 0, 0, 0]];

    const { files } = await importFiles([placed('bybit/futures/BTC_USDT_USDT-8h-funding_rate.json', JSON.stringify(rates))], { folder });

    expect(files[0]?.series).toEqual(['bybit:linear BTCUSDT funding']);
    const [stored] = seriesIn(folder);
    const { settledAt, rate } = stampsOf(stored === undefined ? [] : readColumns(folder, stored));
    expect([[...settledAt], [...rate]]).toEqual([[start, start + 8 * 60 * minute], [0.0001, -0.00002]]);
  });
});

describe('a name is not contradicted', () => {
  const json = (path: string): string => placed(path, JSON.stringify(candles));
  it.each([
    [{ symbol: 'ETHUSDT' }, "--symbol was 'ETHUSDT', but the name says BTCUSDT"],
    [{ timeframe: '5m' }, "--timeframe was '5m', but the name says 1m"],
    [{ market: 'binance:usdm' }, "--market was 'binance:usdm', but the name says bybit"],
    [{ market: 'bybit:spot' }, "--market was 'bybit:spot', but the name says linear"],
    [{ kind: 'mark' as const }, "--kind was 'mark', but the name says last"],
  ])('%j is refused', async (options, text) => {
    const error = await refusal(barsOf(json('bybit/futures/BTC_USDT_USDT-1m-futures.json'), options));

    expect(error.isUsage).toBe(true);
    expect(error.message).toContain(text);
  });

  it('options that agree are taken, and a market that no name says must be given', async () => {
    const zip = csvZip('BTCUSDT-1m-2025-01.zip', klines());

    expect((await barsOf(json('bybit/futures/BTC_USDT_USDT-1m-futures.json'), { symbol: 'BTCUSDT', timeframe: '1m', market: 'bybit:linear', kind: 'last' })).bars).toHaveLength(3);
    expect((await refusal(barsOf(zip))).message).toContain('the name says binance, not whether spot or futures');
    expect((await refusal(barsOf(json('BTC_USDT-1m.json')))).message).toContain('pass --market, such as --market bybit:spot');
  });

  it('a timeframe in the name that the stamps do not have is refused', async () => {
    expect(await refusal(barsOf(csvZip('BTCUSDT-5m-2025-01.zip', klines()), { market: 'binance:spot' }))).toMatchObject({ reason: 'timeframe-differs', value: '5m' });
  });
});

describe('a file that cannot be', () => {
  const text = `${klines().join('\n')}\n`;
  const name = 'BTCUSDT-1m-2025-01.zip';
  const json = (content: unknown): string => placed('bybit/futures/BTC_USDT_USDT-1m-futures.json', typeof content === 'string' ? content : JSON.stringify(content));
  const bad = (row: number, column: number, cell: unknown): unknown => candles.map((cells, i) => (i === row ? cells.map((old, k) => (k === column ? cell : old)) : cells));
  it.each<readonly [string, () => string, Record<string, unknown>]>([
    ['a zip cut short', () => placed(name, zipOf(text).subarray(0, 80)), { reason: 'unreadable', what: 'the file is cut short, or no zip' }],
    ['no zip under its name', () => placed(name, text), { reason: 'unreadable' }],
    ['an empty zip file', () => placed(name, ''), { reason: 'empty-file' }],
    ['a zip of two files', () => placed(name, zipOf(text, { extra: 'more.csv' })), { what: 'a zip of 2 files', expected: 'one CSV' }],
    ['a zip of no CSV', () => placed(name, zipOf(text, { inside: 'rows.txt' })), { what: 'a zip of rows.txt' }],
    ['a zip with a password', () => placed(name, zipOf(text, { flags: 1 })), { what: 'a zip with a password' }],
    ['a zip whose check sum differs', () => placed(name, zipOf(text, { sum: 1 })), { reason: 'unreadable', what: 'unreadable file (its check sum differs)' }],
    ['a zip of an empty CSV', () => placed(name, zipOf('')), { reason: 'empty-file' }],
    ['a kline without a price', () => csvZip(name, [klines()[0] ?? '', (klines()[1] ?? '').replace('93576.00', '')]), { reason: 'bad-price', row: 2, value: '' }],
    ['a kline that contradicts itself', () => csvZip(name, [klineHeader, (klines()[0] ?? '').replace('93537.50', '93580')]), { reason: 'ohlc', row: 1, field: 'low', value: '93580' }],
    ['JSON cut short', () => json(JSON.stringify(candles).slice(0, -20)), { reason: 'unreadable' }],
    ['JSON that is no list', () => json({ retCode: 0 }), { reason: 'not-candles' }],
    ['a list of objects', () => json([{ open: 1 }]), { reason: 'unreadable', row: 1, value: '{"open":1}' }],
    ['a row of five', () => json([[start, 1, 1, 1, 1]]), { reason: 'unreadable', row: 1 }],
    ['a price that is text', () => json(bad(1, 2, '93610')), { reason: 'bad-price', row: 2, field: 'high', value: '"93610"' }],
    ['a volume that is null', () => json(bad(2, 5, null)), { reason: 'bad-volume', row: 3, field: 'volume', value: 'null' }],
    ['a negative price', () => json(bad(1, 3, -1)), { reason: 'bad-price', row: 2, field: 'low' }],
    ['an empty list', () => json([]), { reason: 'empty-file' }],
    ['a broken gzip', () => placed('bybit/futures/BTC_USDT_USDT-1m-futures.json.gz', JSON.stringify(candles)), { reason: 'unreadable' }],
  ])('%s: one line that names it, nothing written', async (_what, path, expected) => {
    const folder = temporary();
    const file = path();

    const error = await refusal(importFiles([file], { folder, ...(file.endsWith('.zip') ? { market: 'binance:spot' } : {}) }));

    expect(error).toMatchObject({ file, ...expected });
    expect(error.message).not.toContain('\n');
    expect(existsSync(join(folder, 'lake')) ? readdirSync(join(folder, 'lake')) : []).toEqual([]);
    expect(listLake(folder)).toEqual([]);
  });
});
