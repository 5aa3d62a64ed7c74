/**
 * The real files of the shared market folder, which is not part of the repository: without it these tests are left
 * out, and import.test.ts, check.test.ts and load.test.ts prove the same on made bars.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkFiles, checkLake, importFiles, listLake, loadMarket } from '../../data/index.ts';
import { refusal, temporary } from './candle-files.ts';

const shared = resolve('../shared/market');
const isAbsent = !existsSync(shared);
if (isAbsent) console.log(`left out: real market files, because ${shared} is absent`);
const file = (name: string): string => join(shared, name);
const topFiles = (pattern: RegExp): string[] => readdirSync(shared).filter((name) => pattern.test(name)).map(file);
const errorsOf = (findings: readonly { readonly severity: string; readonly code: string }[]): string[] =>
  [...new Set(findings.filter((finding) => finding.severity === 'error').map((finding) => finding.code))];

describe.skipIf(isAbsent)('files that are wrong', () => { // left out without ../shared/market
  const cases: readonly [string, string | null, readonly string[]][] = [
    ['bybit_linear_LINKUSDT_1m_paging-gaps_2024-09-08_2024-12-07.parquet', null, ['paging-gaps']],
    ['bybit_testnet-like_BTCUSDT_1m_2024-09.csv.gz', 'bybit:linear', ['paging-gaps', 'foreign-prices']],
    ['binance_usdm_BTCUSDT_1h_missing-blocks_2024-10_2025-02.csv.gz', null, ['paging-gaps']],
    ['binance_spot_ETHUSDT_1m_outage-offgrid_2018-02-07_2018-02-11.csv.gz', null, ['off-grid']],
    ['bybit_spot_BTCUSDT_5m_mislabelled-as-futures_2025-01.csv.gz', 'bybit:linear', ['finer-than-tick']],
  ];
  for (const [name, market, reasons] of cases) {
    it(`${name} is found out by the check: ${reasons.join(', ')}`, async () => {
      const path = file(`defects/${name}`);

      const [byName] = await checkFiles([path]);
      const [asClaimed] = await checkFiles([path], market === null ? {} : { market });

      expect(errorsOf(byName?.findings ?? [])).toEqual(reasons);
      expect(errorsOf(asClaimed?.findings ?? [])).toEqual(reasons);
    });
  }

  it('four of the five are refused at import, the mislabelled one is flagged, and each says why', async () => {
    const folder = temporary();
    const attempt = (name: string): ReturnType<typeof importFiles> => importFiles([file(`defects/${name}`)], { folder, market: 'bybit:linear' });

    const reasons: string[] = [];
    for (const [name] of cases.slice(0, 4)) reasons.push((await refusal(attempt(name))).reason);
    const offGrid = await refusal(attempt(cases[3]?.[0] ?? ''));
    const flagged = await attempt(cases[4]?.[0] ?? '');

    expect(reasons).toEqual(['paging-gaps', 'paging-gaps', 'paging-gaps', 'off-grid']);
    // README: 33.5 h outage from 2018-02-08 00:29, then 1,201 bars 14.8 s off; 1,469 minutes come before them
    expect(offGrid).toMatchObject({ row: 1_470, field: 'ts', value: String(Date.UTC(2018, 1, 9, 9, 59, 14, 800)) });
    expect(offGrid.message).toContain('the first of 1201');
    expect(errorsOf(flagged.series[0]?.findings ?? [])).toEqual(['finer-than-tick']);
  });

  it('without --market the mislabelled and the testnet file cannot be imported: the option is named', async () => {
    for (const name of ['bybit_spot_BTCUSDT_5m_mislabelled-as-futures_2025-01.csv.gz', 'bybit_testnet-like_BTCUSDT_1m_2024-09.csv.gz']) {
      const error = await refusal(importFiles([file(`defects/${name}`)], { folder: temporary() }));

      expect(error.isUsage).toBe(true);
      expect(error.fix).toContain('--market');
    }
  });

  it('quotes and depth are refused because they are neither candles nor trades', async () => {
    const foreign = readdirSync(file('book')).filter((name) => !name.includes('_trade')).map((name) => file(join('book', name)));

    for (const path of foreign) {
      expect((await refusal(importFiles([path], { folder: temporary(), market: 'bybit:linear', symbol: 'BTCUSDT' }))).reason, path).toBe('not-candles');
    }
    expect(foreign).toHaveLength(3);
  });
});

describe.skipIf(isAbsent)('files that are right', () => { // left out without ../shared/market
  it('every Bybit and Binance perpetual file, its funding and the CSV copies import into one lake, and the lake checks clean', async () => {
    const folder = temporary();
    const files = [...topFiles(/^(bybit|binance_usdm)/), ...readdirSync(file('csv')).filter((name) => name.startsWith('bybit')).map((name) => file(`csv/${name}`)),
      file('book/bybit_linear_BTCUSDT_1m_trade_2022-12-13.csv.gz')];

    const result = await importFiles(files, { folder });
    const reports = await checkLake(folder);

    // rows of README's tables: 28,512 + 17,336 five-minute bars without a gap of their own, 296 + 180 settlements
    const rows = new Map(result.series.map((series) => [series.series, series.rows]));
    expect(rows.get('bybit:linear BTCUSDT last 5m')).toBe(28_512 + 17_336);
    expect(rows.get('bybit:linear BTCUSDT mark 1h')).toBe(2_376);
    expect(rows.get('bybit:linear BTCUSDT funding')).toBe(476);
    expect(rows.get('bybit:linear WIFUSDT last 1m')).toBe(44_466);
    expect(rows.get('bybit:linear WIFUSDT funding')).toBe(457);
    expect(rows.get('binance:usdm ETHUSDT funding')).toBe(329);
    expect(result.series.flatMap((series) => errorsOf(series.findings))).toEqual([]);
    expect(reports).toHaveLength(19);
    expect(reports.flatMap((report) => errorsOf(report.findings))).toEqual([]);
    const wif = reports.find((report) => report.subject === 'bybit:linear WIFUSDT funding');
    expect(wif?.findings.map((finding) => finding.text)).toEqual(['1 holes in the 4 h rhythm of settlements, the longest 804 h from 2025-03-08 16:00']);
  }, 60_000);

  it('every trades file imports: 45,342 trades of one day in two layouts are the same, newest-first rows are read from the end', async () => {
    const folder = temporary();
    const [binance, bybit] = ['binance_usdm_APEUSDT_aggtrades_2024-10-18.csv.gz', 'bybit-layout_APEUSDT2024-10-18.csv.gz'].map((name) => file(`trades/${name}`));
    const old = file('trades/bybit_public_trade_rows_linear_BTCUSDT_2020-03-26.csv');
    const rpi = file('trades/bybit_public_trade_rows_linear_BTCUSDT_2026-09-01_rpi.csv');
    const captured = file('book/binance_usdm_BTCUSDT_trades_2024-08-08_2354-2359.csv.gz');

    const first = await importFiles([binance ?? '', old, rpi, captured], { folder });
    await importFiles([bybit ?? ''], { folder, market: 'bybit:linear' });
    const reports = await checkLake(folder, { kind: 'trades' });

    expect(first.series.map(({ series, rows }) => [series, rows])).toEqual([
      ['binance:usdm APEUSDT trades', 45_342], ['bybit:linear BTCUSDT trades', 4], ['binance:usdm BTCUSDT trades', 21_313],
    ]);
    expect(first.files.map(({ isNewestFirst }) => isNewestFirst)).toEqual([false, true, false, false]);
    expect(first.files[0]?.columns.map(({ role, name }) => `${role}=${name}`).join(' ')).toBe('ts=ts price=price quantity=quantity id=agg_trade_id');
    expect(first.files[1]?.columns.map(({ role, name }) => `${role}=${name}`).join(' ')).toBe('ts=timestamp price=price quantity=size symbol=symbol id=trdMatchID');
    expect(reports.map(({ subject, rows, findings }) => [subject, rows, findings.length])).toEqual([
      ['binance:usdm APEUSDT trades', 45_342, 0], ['binance:usdm BTCUSDT trades', 21_313, 0],
      ['bybit:linear APEUSDT trades', 45_342, 0], ['bybit:linear BTCUSDT trades', 4, 0],
    ]);
    const months = listLake(folder).filter((series) => series.symbol === 'APEUSDT').flatMap((series) => series.months.map((month) => month.sha256));
    expect(new Set(months).size).toBe(1);
    expect(listLake(folder).find((series) => series.symbol === 'BTCUSDT' && series.venue === 'bybit')?.months.map((month) => [month.first, month.last])).toEqual([
      // 1585180818.434, 1585267187.3512 and 1585267197.3539 s, then 1788220800.1169 s
      [1_585_180_818_434, 1_585_267_197_353], [1_788_220_800_116, 1_788_220_800_116],
    ]);
  });

  it('the real Bybit week of the crash loads in ticks with mark and funding: 10 October 2025, 21:15 and 21:20', async () => {
    const folder = temporary();
    await importFiles(topFiles(/^bybit_linear_(BTC|ETH)USDT_.*2025-09-24|^bybit_linear_funding_2025-09-24/), { folder });

    const market = await loadMarket({
      folder, symbols: ['BTCUSDT', 'ETHUSDT'], timeframe: '15m', from: Date.UTC(2025, 9, 10), to: Date.UTC(2025, 9, 11),
    });

    const bitcoin = market.symbols[0];
    const row = bitcoin?.last.openedAt.indexOf(Date.UTC(2025, 9, 10, 21, 15)) ?? -1;
    expect(market).toMatchObject({ timeframe: '5m', bars: 2 * 288, from: Date.UTC(2025, 9, 10), to: Date.UTC(2025, 9, 11) });
    expect([bitcoin?.last.open[row], bitcoin?.last.low[row], bitcoin?.last.close[row], bitcoin?.last.low[row + 1]])
      .toEqual([1_121_839, 1_028_750, 1_031_314, 1_010_459]);
    expect(bitcoin?.mark?.length).toBe(24);
    expect(bitcoin?.mark?.low[21]).toBe(1_020_325); // 102,032.50: the mark stayed 97.6 bp above the last price
    expect([...(bitcoin?.funding?.settledAt ?? [])].map((at) => new Date(at).getUTCHours())).toEqual([0, 8, 16, 0]);
    expect(market.warnings.map((warning) => warning.code)).toEqual(['finer-timeframe', 'mark-interval', 'mark-interval']);
  });

  it('five years of minutes: 2,628,367 bars with the seven outages of the README, at most 64 bytes a bar', async () => {
    const folder = temporary();
    const files = topFiles(/^binance_spot_BTCUSDT_1m_202[1-5]/);

    const result = await importFiles(files, { folder });
    const started = performance.now();
    const market = await loadMarket({ folder, market: 'binance:spot', symbols: ['BTCUSDT'], timeframe: '1m' });
    const ms = performance.now() - started;

    const { last } = market.symbols[0] ?? { last: null };
    console.log(`five years (aim: load 900 ms on a free machine): import ${result.ms} ms (${Math.round(files.reduce((sum, path) => sum + statSync(path).size, 0) / 1e6)} MB), load ${Math.round(ms)} ms`);
    expect(market.bars).toBe(524_607 + 525_600 + 525_520 + 527_040 + 525_600);
    expect(result.series[0]).toMatchObject({ missing: 1_073, zeroVolumeBars: 161 });
    expect(result.series[0]?.gaps.map((gap) => gap.missing)).toEqual([79, 90, 150, 284, 270, 120, 80]);
    expect((last?.openedAt.buffer.byteLength ?? Infinity) / market.bars).toBe(48);
    expect(last?.openedAt.buffer).toBeInstanceOf(SharedArrayBuffer);
  }, 120_000);
});
