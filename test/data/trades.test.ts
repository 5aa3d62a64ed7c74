/** Single trades as a kind of series: import, columns, order, repetition, check. */
import { describe, expect, it } from 'vitest';
import { checkFiles, checkLake, importFiles, listLake } from '../../data/index.ts';
import { listLake as seriesIn, printsOf, readColumns } from '../../data/lake/index.ts';
import { csv, refusal, start, temporary } from './candle-files.ts';
import type { Cell } from './candle-files.ts';

const header = ['timestamp', 'symbol', 'side', 'size', 'price', 'tickDirection', 'trdMatchID', 'grossValue', 'homeNotional', 'foreignNotional'];
/** Rows of Bybit's archive: seconds with up to four decimals. */
const row = (seconds: string, size: Cell, price: Cell): Cell[] =>
  [seconds, 'BTCUSDT', 'Buy', size, price, 'PlusTick', `id-${seconds}-${size}`, '1e+09', 1, 1];
const second = start / 1_000;
const trades: Cell[][] = [
  row(`${second}.0001`, 0.1, 61_000.5), row(`${second}.0009`, 0.2, 61_001), row(`${second}.5`, 0.3, 61_000), row(`${second + 60}.25`, 1, 60_999.5),
];
const market = 'bybit:linear';

function printsIn(folder: string): ReturnType<typeof printsOf> {
  const [series] = seriesIn(folder);
  if (series === undefined) throw new Error('nothing in the lake');
  return printsOf(readColumns(folder, series));
}

describe('importing single trades', () => {
  it('columns are found by name, times are cut to the ms, and two trades of one ms keep their order', async () => {
    const folder = temporary();

    const result = await importFiles([csv(temporary(), 'BTCUSDT2024-03-01.csv.gz', trades, header)], { folder, market });

    expect(result.files[0]?.columns.map(({ role, name }) => `${role}=${name}`).join(' ')).toBe('ts=timestamp price=price quantity=size symbol=symbol id=trdMatchID');
    expect(result.files[0]).toMatchObject({ stampUnit: 's', rows: 4, isNewestFirst: false, series: ['bybit:linear BTCUSDT trades'] });
    expect(listLake(folder)[0]).toMatchObject({ kind: 'trades', timeframe: 'prints', intervalMs: null, rows: 4 });
    const { at, price, quantity } = printsIn(folder);
    expect([...at]).toEqual([start, start, start + 500, start + 60_250]);
    expect([...price]).toEqual([61_000.5, 61_001, 61_000, 60_999.5]);
    expect([...quantity]).toEqual([0.1, 0.2, 0.3, 1]);
  });

  it('a file that lists the newest first is read from its end; its errors name its own rows', async () => {
    const folder = temporary();
    const turned = [...trades].reverse();
    const result = await importFiles([csv(temporary(), 'BTCUSDT.csv', turned, header)], { folder, market });
    const broken = turned.map((cells, i) => (i === 1 ? row(`${second}.5`, 0.3, -1) : cells));

    expect(result.files[0]?.isNewestFirst).toBe(true);
    expect([...printsIn(folder).price]).toEqual([61_000.5, 61_001, 61_000, 60_999.5]);
    expect(await refusal(importFiles([csv(temporary(), 'BTCUSDT.csv', broken, header)], { folder, market })))
      .toMatchObject({ reason: 'bad-price', row: 2, field: 'price', value: '-1' });
  });

  it('a second import of the same file changes nothing; the next day joins; another price at the same time is refused', async () => {
    const folder = temporary();
    const day = 86_400;
    const later = [row(`${second + day}.1`, 1, 61_100), row(`${second + day}.1`, 2, 61_100)];
    await importFiles([csv(temporary(), 'a.csv', trades, header)], { folder, market });

    const again = await importFiles([csv(temporary(), 'a.csv', trades, header)], { folder, market });
    const joined = await importFiles([csv(temporary(), 'b.csv', [...trades, ...later], header)], { folder, market });
    const other = await refusal(importFiles([csv(temporary(), 'c.csv', [row(`${second}.5`, 0.3, 61_007)], header)], { folder, market }));

    expect(again.series[0]).toMatchObject({ isUnchanged: true, rows: 4 });
    expect(joined.series[0]).toMatchObject({ rowsAdded: 2, rows: 6 });
    expect(other).toMatchObject({ reason: 'overlap-differs', field: 'price', value: '61007', expected: '61000' });
  });

  it('shuffled times, no price and a negative size are refused with row and column', async () => {
    const attempt = (rows: Cell[][]): ReturnType<typeof refusal> =>
      refusal(importFiles([csv(temporary(), 'BTCUSDT.csv', rows, header)], { folder: temporary(), market }));
    const [first, second2, third, fourth] = trades as [Cell[], Cell[], Cell[], Cell[]];

    expect(await attempt([first, third, second2, fourth])).toMatchObject({ reason: 'unordered', row: 3, field: 'timestamp' });
    expect(await attempt([first, row(`${second}.1`, 1, 'abc'), fourth])).toMatchObject({ reason: 'bad-price', row: 2, field: 'price', value: 'abc' });
    expect(await attempt([first, row(`${second}.1`, -1, 61_000), fourth])).toMatchObject({ reason: 'bad-volume', row: 2, field: 'size', value: '-1' });
  });

  it('--kind last for a file of trades is a usage error, and so is --kind trades for candles', async () => {
    const path = csv(temporary(), 'BTCUSDT.csv', trades, header);
    const candles = csv(temporary(), 'BTCUSDT_5m.csv', [[start, 1, 1, 1, 1, 1], [start + 300_000, 1, 1, 1, 1, 1]]);

    expect((await refusal(importFiles([path], { folder: temporary(), market, kind: 'last' }))).message).toContain('the file holds single trades, not last prices');
    expect((await refusal(importFiles([candles], { folder: temporary(), market, kind: 'trades' }))).message).toContain('the file holds bars, not single trades');
  });

  it('--timeframe for a file of trades names the command that makes bars of them', async () => {
    const path = csv(temporary(), 'BTCUSDT.csv', trades, header);

    expect((await refusal(importFiles([path], { folder: temporary(), market, timeframe: '5m' }))).message).toContain('holdfast data trades FILE --timeframe 5m');
  });

  it('the check of the file and of the lake finds nothing, and names them trades without a timeframe', async () => {
    const folder = temporary();
    const path = csv(temporary(), 'BTCUSDT.csv', trades, header);
    await importFiles([path], { folder, market });

    const [report] = await checkFiles([path], { market });
    const [stored] = await checkLake(folder, { kind: 'trades' });

    expect(report).toMatchObject({ kind: 'trades', timeframe: null, rows: 4, first: start, last: start + 60_250, findings: [] });
    expect(stored).toMatchObject({ subject: 'bybit:linear BTCUSDT trades', kind: 'trades', timeframe: null, rows: 4, findings: [] });
  });
});
