/** Archives of single trades: into bars, exactly; and every archive that cannot be is refused in one line with nothing written. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barsOfTrades } from '../../data/bars-of-trades.ts';
import { importFiles, listLake, loadMarket } from '../../data/index.ts';
import { listLake as seriesIn, candlesOf, printsOf, readColumns } from '../../data/lake/index.ts';
import { minute, refusal, start, temporary } from './candle-files.ts';

const old = 'timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional';
const market = 'bybit:linear';
const second = start / 1_000;

interface Trade { readonly at: string; readonly size: string; readonly price: string; readonly id: string; readonly symbol?: string }
const line = ({ at, size, price, id, symbol = 'BTCUSDT' }: Trade): string => `${at},${symbol},Buy,${size},${price},PlusTick,${id},1e+09,1,1`;
const trade = (at: string, price: string, size = '0.1', id = `${at}-${price}-${size}`): Trade => ({ at, size, price, id });
const four = [
  trade(`${second}.0001`, '61000.5'), trade(`${second}.0009`, '61001'), trade(`${second}.5`, '60999.5', '0.2'), trade(`${second + 180}.25`, '61002', '1'),
];

function archive(lines: readonly string[], name = 'BTCUSDT2024-03-01.csv.gz', end = '\n'): string {
  const path = join(temporary(), name);
  const text = `${lines.join(end)}${end}`;
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}
const archiveOf = (trades: readonly Trade[], name?: string): string => archive([old, ...trades.map(line)], name);

const toBars = (file: string | readonly string[], folder: string, ...intervals: number[]): ReturnType<typeof importFiles> =>
  importFiles([file].flat(), { folder, market, fromTrades: { intervals: intervals.length === 0 ? [minute] : intervals, keep: false } });

function barsIn(folder: string, timeframe = '1m'): readonly (readonly number[])[] {
  const series = seriesIn(folder).find((one) => one.kind === 'last' && one.timeframe === timeframe);
  if (series === undefined) throw new Error(`no ${timeframe} bars in the lake`);
  const { length, openedAt, open, high, low, close, volume } = candlesOf(readColumns(folder, series));
  return Array.from({ length }, (_, i) => [openedAt, open, high, low, close, volume].map((column) => column[i] ?? Number.NaN));
}

describe('an archive of single trades becomes bars', () => {
  it('four trades in two minutes with two empty ones between make two bars, two are counted as missing', async () => {
    const folder = temporary();

    const result = await toBars(archiveOf(four), folder);

    expect(barsIn(folder)).toEqual([
      // open 61000.5, high 61001, low and close 60999.5; 0.1 + 0.1 + 0.2
      [start, 61_000.5, 61_001, 60_999.5, 60_999.5, 0.4],
      [start + 3 * minute, 61_002, 61_002, 61_002, 61_002, 1],
    ]);
    expect(result.series).toMatchObject([{ series: 'bybit:linear BTCUSDT last 1m', rows: 2, missing: 2, gaps: [{ at: start + minute, missing: 2 }] }]);
    expect(result.files).toMatchObject([{ rows: 4, stampUnit: 's', series: ['bybit:linear BTCUSDT last 1m'] }]);
  });

  it('sizes add up without the dust of doubles: ten times 0.1 is 1, 0.1 and 0.2 are 0.3', async () => {
    const folder = temporary();
    const tenths = Array.from({ length: 10 }, (_, i) => trade(`${second}.${i}`, '61000'));
    const two = [trade(`${second + 60}`, '61000', '0.1'), trade(`${second + 60}`, '61000', '0.2')];

    await toBars(archiveOf([...tenths, ...two]), folder);

    expect(barsIn(folder).map((bar) => bar[5])).toEqual([1, 0.3]);
  });

  it('one reading makes several timeframes, and keeps the trades for a replay when asked to', async () => {
    const folder = temporary();

    await importFiles([archiveOf(four)], { folder, market, fromTrades: { intervals: [minute, 60 * minute], keep: true } });

    expect(listLake(folder).map(({ kind, timeframe, rows }) => [kind, timeframe, rows])).toEqual([['last', '1h', 1], ['last', '1m', 2], ['trades', 'prints', 4]]);
    const trades = seriesIn(folder).find((one) => one.kind === 'trades');
    expect(trades === undefined ? [] : [...printsOf(readColumns(folder, trades)).at]).toEqual([start, start, start + 500, start + 180_250]);
  });

  it('the same file again changes nothing on disk; the manifest names the file and its hash', async () => {
    const folder = temporary();
    const path = archiveOf(four);
    await toBars(path, folder);
    const manifest = join(folder, 'lake/venue=bybit/category=linear/symbol=BTCUSDT/kind=last/timeframe=1m/manifest.json');
    const before = readFileSync(manifest, 'utf8');

    const again = await toBars(path, folder);

    expect(again.series[0]).toMatchObject({ isUnchanged: true, rowsAdded: 0 });
    expect(readFileSync(manifest, 'utf8')).toBe(before);
    expect(seriesIn(folder)[0]?.sources).toMatchObject([{ name: 'BTCUSDT2024-03-01.csv.gz', rows: 4 }]);
  });

  it('old files list the newest first, new ones have a column more, spot files have other names and ms: the same bars', async () => {
    const turned = archive([old, ...four.map(line).reverse()]);
    const withRpi = archive([`${old},RPI`, ...four.map((one) => `${line(one)},0`)]);
    const spot = archive(['id,timestamp,price,volume,side,rpi', ...four.map(({ at, price, size }, i) => `${i + 1},${Math.floor(Number(at) * 1_000)},${price},${size},buy,0`)], 'BTCUSDT_2024-03-01.csv.gz');
    const windows = archive([old, ...four.map(line)], 'BTCUSDT2024-03-01.csv', '\r\n');
    const plain = temporary();
    await toBars(archiveOf(four), plain);

    for (const path of [turned, withRpi, spot, windows]) {
      const folder = temporary();
      const { files } = await toBars(path, folder);

      expect(files[0]?.isNewestFirst).toBe(path === turned);
      expect(barsIn(folder)).toEqual(barsIn(plain));
    }
  });
});

/** The same by strings and maps: no typed arrays, no doubles for money; sizes in thousandths, prices in tenths. */
function plainBars(trades: readonly { ms: number; tenths: number; lots: number }[], length: number): readonly (readonly number[])[] {
  const bars = new Map<number, { tenths: number[]; lots: number }>();
  for (const { ms, tenths, lots } of trades) {
    const key = ms - (ms % length);
    const bar = bars.get(key) ?? { tenths: [], lots: 0 };
    bars.set(key, { tenths: [...bar.tenths, tenths], lots: bar.lots + lots });
  }
  return [...bars].map(([key, bar]) => {
    const sorted = [...bar.tenths].sort((a, b) => a - b);
    const prices = [bar.tenths[0], sorted.at(-1), sorted[0], bar.tenths.at(-1)].map((tenths) => Number(`${Math.floor((tenths ?? 0) / 10)}.${(tenths ?? 0) % 10}`));
    return [key, ...prices, Number(`${Math.floor(bar.lots / 1_000)}.${String(bar.lots % 1_000).padStart(3, '0')}`)];
  });
}

describe('files that each hold a part of one bar', () => {
  const early = [trade(`${second}.1`, '61000', '0.1'), trade(`${second + 60}.1`, '61010', '0.2'), trade(`${second + 60}.2`, '61005', '0.1')];
  const late = [trade(`${second + 60}.5`, '61000', '0.3'), trade(`${second + 119}`, '61006', '0.1'), trade(`${second + 120}`, '61007', '1')];
  const [first, next] = ['BTCUSDT2024-03-01.csv', 'BTCUSDT2024-03-02.csv'];
  // minute 1: open of the first file, high 61010 from it, low 61000 and close 61006 from the second; 0.2 + 0.1 + 0.3 + 0.1
  const whole = [[start, 61_000, 61_000, 61_000, 61_000, 0.1], [start + minute, 61_010, 61_010, 61_000, 61_006, 0.7], [start + 2 * minute, 61_007, 61_007, 61_007, 61_007, 1]];

  it('make it of all its trades when they come together, in whatever order, and two parts of one bar alone make one bar', async () => {
    const [folder, turned, day] = [temporary(), temporary(), temporary()];

    const result = await toBars([archiveOf(early, first), archiveOf(late, next)], folder);
    await toBars([archiveOf(late, next), archiveOf(early, first)], turned);
    await toBars([archiveOf(early, first), archiveOf(late, next)], day, 86_400_000);

    expect(barsIn(folder)).toEqual(whole);
    expect(barsIn(turned)).toEqual(whole);
    expect(barsIn(day, '1d')).toEqual([[start, 61_000, 61_010, 61_000, 61_007, 1.8]]);
    expect(result.series).toMatchObject([{ rows: 3, rowsRead: 3, rowsAdded: 3 }]);
  });

  it('are refused one after the other, with the way to the whole bar; that way, together with --replace, makes it', async () => {
    const folder = temporary();
    const [a, b] = [archiveOf(early, first), archiveOf(late, next)];
    await toBars(a, folder);

    const why = await refusal(toBars(b, folder));
    await importFiles([a, b], { folder, market, replace: true, fromTrades: { intervals: [minute], keep: false } });

    expect(why.reason).toBe('overlap-differs');
    expect(why.message).toContain('give them together with --replace');
    expect(barsIn(folder)).toEqual(whole);
  });

  it('that overlap in time are refused: which trades stand twice cannot be told', async () => {
    const crossing = [trade(`${second + 60}.15`, '61001', '0.5'), trade(`${second + 180}`, '61001', '0.5')];

    expect((await refusal(toBars([archiveOf(early, first), archiveOf(crossing, next)], temporary()))).reason).toBe('overlap-differs');
  });
});

describe('bars of trades equal a plain computation', () => {
  const one = fc.record({ step: fc.nat({ max: 150_000 }), tenths: fc.integer({ min: 1, max: 999_999 }), lots: fc.integer({ min: 0, max: 2_000_000 }) });
  it.each([minute, 5 * minute, 60 * minute, 1_440 * minute])('to the last digit, in bars of %i ms, through file, lake and ticks', async (length) => {
    await fc.assert(fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 120 }), async (steps) => {
      let ms = start;
      const trades = steps.map(({ step, tenths, lots }) => ({ ms: ms += step, tenths, lots }));
      const rows = trades.map((each, i) => trade(`${Math.floor(each.ms / 1_000)}.${String(each.ms % 1_000).padStart(3, '0')}7`,
        `${Math.floor(each.tenths / 10)}.${each.tenths % 10}0`, `${Math.floor(each.lots / 1_000)}.${String(each.lots % 1_000).padStart(3, '0')}`, `id${i}`));
      const folder = temporary();
      const { series } = await toBars(archiveOf(rows), folder, length);

      const expected = plainBars(trades, length);
      expect(barsIn(folder, series[0]?.timeframe)).toEqual(expected);
      const loaded = await loadMarket({ folder, market, symbols: ['BTCUSDT'], timeframe: series[0]?.timeframe ?? '' });
      expect([...loaded.symbols[0]?.last.high ?? []]).toEqual(expected.map((bar) => Math.round((bar[2] ?? 0) * 10)));
    }), { seed: 20_240_301, numRuns: 25 });
  });

  it('a piece of text ends anywhere: 40,000 rows in pieces give what each row says', async () => {
    const folder = temporary();
    const rows = Array.from({ length: 40_000 }, (_, i) => trade(`${second + i}.${i % 10}`, `${60_000 + (i % 977)}.${i % 10}`, `${1 + (i % 7)}`, `${'0'.repeat(i % 30)}${i}`));

    await importFiles([archiveOf(rows)], { folder, market });

    const [series] = seriesIn(folder);
    const { at, price, quantity, length } = printsOf(series === undefined ? [] : readColumns(folder, series));
    expect(length).toBe(40_000);
    for (let i = 0; i < length; i++) {
      if (at[i] === Number(rows[i]?.at) * 1_000 && price[i] === Number(rows[i]?.price) && quantity[i] === Number(rows[i]?.size)) continue;
      expect([i, at[i], price[i], quantity[i]]).toEqual([i, rows[i]?.at, rows[i]?.price, rows[i]?.size]);
    }
  });

  it('quantities of ten decimal places are summed as they are', () => {
    const bars = barsOfTrades({ length: 1, at: Float64Array.of(start), price: Float64Array.of(1), quantity: Float64Array.of(1e-10) }, minute);

    expect(bars.volume[0]).toBe(1e-10);
  });
});

describe('an archive that cannot be', () => {
  const [first, second2, third, fourth] = four as [Trade, Trade, Trade, Trade];
  const cases: readonly (readonly [string, () => string, Record<string, unknown>])[] = [
    ['rows out of order', () => archiveOf([first, third, second2, fourth]), { reason: 'unordered', row: 3, field: 'timestamp', value: second2.at }],
    ['an id that stands twice, far apart', () => archiveOf([first, second2, third, { ...fourth, id: first.id }]),
      { reason: 'duplicate', row: 4, field: 'trdMatchID', value: first.id, expected: 'each trade once (row 1 has the same id)' }],
    ['a price that is none', () => archiveOf([first, { ...second2, price: '6l001' }, fourth]), { reason: 'bad-price', row: 2, field: 'price', value: '6l001' }],
    ['no price', () => archiveOf([first, { ...second2, price: '' }, fourth]), { reason: 'bad-price', row: 2, field: 'price', value: '' }],
    ['a price of 0', () => archiveOf([first, { ...second2, price: '0' }, fourth]), { reason: 'bad-price', row: 2, field: 'price', value: '0' }],
    ['a negative size', () => archiveOf([first, { ...second2, size: '-1' }, fourth]), { reason: 'bad-volume', row: 2, field: 'size', value: '-1' }],
    ['a time that is none', () => archiveOf([first, { ...second2, at: 'noon' }, fourth]), { reason: 'bad-stamp', row: 2, field: 'timestamp', value: 'noon' }],
    ['a time without digits', () => archiveOf([first, { ...second2, at: '' }, fourth]), { reason: 'bad-stamp', row: 2, field: 'timestamp', value: '' }],
    ['a row of another symbol', () => archiveOf([first, second2, { ...third, symbol: 'ETHUSDT' }, fourth]),
      { reason: 'wrong-symbol', row: 3, field: 'symbol', value: 'ETHUSDT', expected: 'BTCUSDT' }],
    ['rows of another symbol than the name', () => archiveOf(four, 'ETHUSDT2024-03-01.csv.gz'), { reason: 'wrong-symbol', row: 1, value: 'BTCUSDT', expected: 'ETHUSDT' }],
    ['a row too short', () => archive([old, line(first), '1,2,3', line(fourth)]), { reason: 'unreadable', row: 2, value: '3 cells', expected: '10, one for each column' }],
    ['a row too long', () => archive([old, line(first), `${line(second2)},1`]), { reason: 'unreadable', row: 2, value: '11 cells' }],
    ['a header alone', () => archive([old]), { reason: 'empty-file' }],
    ['an empty gzip', () => archive([]), { reason: 'empty-file' }],
    ['an empty file', () => emptied(archiveOf(four)), { reason: 'empty-file' }],
    ['a gzip cut short', () => cut(archiveOf(many), 0.6), { reason: 'unreadable', what: 'the file is cut short' }],
    ['a gzip without its check sum', () => cut(archiveOf(four), 0.98), { reason: 'unreadable' }],
    ['a gzip with a bit turned', () => turned(archiveOf(many)), { reason: 'unreadable' }],
    ['no gzip under its name', () => named(archiveOf(four, 'BTCUSDT2024-03-01.csv')), { reason: 'unreadable' }],
    ['bars', () => archive(['ts,open,high,low,close,volume', `${start},1,1,1,1,1`, `${start + minute},1,1,1,1,1`], 'BTCUSDT_1m.csv'), { reason: 'usage' }],
    ['no such file', () => join(temporary(), 'BTCUSDT2024-03-01.csv.gz'), { reason: 'missing-file' }],
  ];
  const many = Array.from({ length: 5_000 }, (_, i) => trade(`${second + i}`, `${60_000 + (i * 7_919) % 1_000}`));

  it.each(cases)('%s: one line, nothing written, good files beside it included', async (_what, path, expected) => {
    const folder = temporary();
    const file = path();

    const error = await refusal(toBars([archiveOf([{ ...first, at: `${second - 86_400}` }]), file], folder));

    expect(error).toMatchObject({ file, ...expected });
    expect(error.message).toContain(file);
    expect(error.message).not.toContain('\n');
    expect(existsSync(join(folder, 'lake')) ? readdirSync(join(folder, 'lake')) : []).toEqual([]);
  });

  it('ids that are absent are not compared, and trades may share a time, a price and a size', async () => {
    const folder = temporary();

    await toBars(archiveOf([{ ...first, id: '' }, { ...first, id: '' }, { ...first, id: 'a' }]), folder);

    expect(barsIn(folder).map((bar) => bar[5])).toEqual([0.3]);
  });
});

function rewritten(path: string, change: (bytes: Buffer) => Buffer): string {
  writeFileSync(path, change(readFileSync(path)));
  return path;
}
const cut = (path: string, share: number): string => rewritten(path, (bytes) => bytes.subarray(0, Math.floor(bytes.length * share)));
const emptied = (path: string): string => rewritten(path, () => Buffer.alloc(0));
const turned = (path: string): string => rewritten(path, (bytes) => {
  bytes[Math.floor(bytes.length * 0.7)]! ^= 0x10;
  return bytes;
});
function named(path: string): string {
  const other = `${path}.gz`;
  writeFileSync(other, readFileSync(path));
  return other;
}
