import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkLake, importFiles, loadMarket, parseRules } from '../../data/index.ts';
import type { LoadedMarket } from '../../data/index.ts';
import type { Market } from '../../sim/index.ts';
import { bars, csv, minute, refusal, start, temporary } from './candle-files.ts';

const five = 5 * minute;
async function lakeOf(...files: [string, Parameters<typeof bars>][]): Promise<string> {
  const folder = temporary();
  for (const [name, made] of files) await importFiles([csv(temporary(), name, bars(...made))], { folder });
  return folder;
}

describe('loading a market', () => {
  it('fits the simulator: what is loaded is a Market without a cast', async () => {
    const loaded: LoadedMarket = await loadMarket({ folder: await lakeOf(['bybit_linear_BTCUSDT_5m.csv', [30]]), symbols: ['BTCUSDT'], timeframe: '5m' });
    const market: Market = { symbols: loaded.symbols };

    expect(market.symbols[0]?.last.intervalMs).toBe(five);
  });

  it('prices become whole ticks: 61,002.5 at tick 0.1 is 610,025', async () => {
    const folder = await lakeOf(['bybit_linear_BTCUSDT_5m.csv', [30]]);

    const { symbols: [symbol], bars: count } = await loadMarket({ folder, symbols: ['BTCUSDT'], timeframe: '5m' });

    expect(count).toBe(30);
    expect(symbol?.instrument.tick).toEqual({ num: 1, den: 10, places: 1 });
    expect([symbol?.last.open[0], symbol?.last.high[0], symbol?.last.low[0], symbol?.last.close[0], symbol?.last.volume[4]])
      .toEqual([610_000, 610_025, 609_985, 610_010, 5]);
  });

  it('from is included, to is not: the second hour has twelve five-minute bars', async () => {
    const folder = await lakeOf(['bybit_linear_BTCUSDT_5m.csv', [100]]);

    const market = await loadMarket({ folder, symbols: ['BTCUSDT'], timeframe: '5m', from: start + 60 * minute, to: start + 120 * minute });

    expect(market.bars).toBe(12);
    expect(market.symbols[0]?.last.openedAt[0]).toBe(start + 60 * minute);
    expect([market.from, market.to]).toEqual([start + 60 * minute, start + 120 * minute]);
  });

  it('the timeframe asked for is taken if present, else the longest that divides it; 4h of 5m and 1h takes 1h', async () => {
    const folder = await lakeOf(['bybit_linear_BTCUSDT_5m.csv', [288]], ['bybit_linear_BTCUSDT_1h.csv', [24, { step: 60 * minute }]]);
    const picked = async (timeframe: string): Promise<string> => (await loadMarket({ folder, symbols: ['BTCUSDT'], timeframe })).timeframe;

    expect([await picked('5m'), await picked('1h'), await picked('4h'), await picked('15m')]).toEqual(['5m', '1h', '1h', '5m']);
    expect((await refusal(picked('1m'))).reason).toBe('no-timeframe');
  });

  it('symbols of one run share a timeframe: 5m and 1h beside 5m alone is played at 5m', async () => {
    const folder = await lakeOf(['bybit_linear_BTCUSDT_5m.csv', [288]], ['bybit_linear_BTCUSDT_1h.csv', [24, { step: 60 * minute }]],
      ['bybit_linear_SOLUSDT_5m.csv', [288, { price: 120 }]]);

    const market = await loadMarket({ folder, symbols: ['BTCUSDT', 'SOLUSDT'], timeframe: '1h' });

    expect([market.timeframe, market.bars]).toEqual(['5m', 576]);
  });

  it('an unknown symbol is answered with what the lake holds and the command that would import it', async () => {
    const folder = await lakeOf(['bybit_linear_BTCUSDT_5m.csv', [30]]);

    const error = await refusal(loadMarket({ folder, symbols: ['XRPUSDT'], timeframe: '5m' }));
    const empty = await refusal(loadMarket({ folder: temporary(), symbols: ['XRPUSDT'], timeframe: '5m' }));

    expect(error.message).toContain('BTCUSDT 5m');
    expect(error.fix).toContain('holdfast data import FILES --market bybit:linear --symbol XRPUSDT');
    expect(error.fix).toMatch(/^holdfast data download XRPUSDT --timeframe 5m --from \d{4}-\d\d-\d\d --until-now, or /);
    expect([error.reason, empty.reason]).toEqual(['unknown-symbol', 'unknown-symbol']);
  });

  it('what is missing is answered with the download that gets it for the same range and market, where there is one', async () => {
    const folder = await lakeOf(['bybit_linear_BTCUSDT_5m.csv', [30]]);
    const of = async (own: object) => (await refusal(loadMarket({ folder, symbols: ['BTCUSDT'], timeframe: '5m', ...own }))).fix;
    const march = { from: Date.UTC(2023, 2, 1), to: Date.UTC(2023, 2, 1, 12, 30) };

    expect(await of({ symbols: ['XRPUSD'], market: 'bybit:inverse', ...march }))
      .toContain('holdfast data download XRPUSD --timeframe 5m --from 2023-03-01 --to 2023-03-01T12:30Z --market bybit:inverse, or holdfast data import');
    expect(await of({ symbols: ['XRPUSDT'], to: march.from })).toContain('--from 2022-03-01 --to 2023-03-01'); // 365 days before
    expect(await of({ timeframe: '1m', ...march })).toContain('holdfast data download BTCUSDT --timeframe 1m --from 2023-03-01 --to 2023-03-01T12:30Z');
    expect(await of(march)).toBe('change --from and --to, or holdfast data download BTCUSDT --timeframe 5m --from 2023-03-01 --to 2023-03-01T12:30Z');
    expect(await of({ market: 'binance:usdm', ...march })).toBe('holdfast data import FILES --market binance:usdm --symbol BTCUSDT, or try --market builtin:linear');
  });

  it('a range without bars and a misspelt timeframe are refused', async () => {
    const folder = await lakeOf(['bybit_linear_BTCUSDT_5m.csv', [30]]);

    expect((await refusal(loadMarket({ folder, symbols: ['BTCUSDT'], timeframe: '5m', from: start + 1e9 }))).reason).toBe('empty-range');
    expect((await refusal(loadMarket({ folder, market: 'builtin:linear', symbols: ['BTCUSDT'], timeframe: '5m', from: 0, to: 86_400_000 }))).message)
      .toBe('no bars in the range: was \'1970-01-01 00:00 to 1970-01-02 00:00\'. Fix: change --from and --to');
    expect((await refusal(loadMarket({ folder, symbols: ['BTCUSDT'], timeframe: '5 min' }))).isUsage).toBe(true);
  });

  it('data of one market under the rules of another is loaded with a warning, rules from the second', async () => {
    const folder = await lakeOf(['binance_spot_BTCUSDT_5m.csv', [30]]);

    const market = await loadMarket({ folder, dataMarket: 'binance:spot', execMarket: 'bybit:linear', symbols: ['BTCUSDT'], timeframe: '5m' });

    expect([market.dataMarket, market.execMarket, market.symbols[0]?.instrument.rules.tick]).toEqual(['binance:spot', 'bybit:linear', '0.1']);
    expect(market.warnings[0]).toMatchObject({ code: 'mixed-markets', symbol: null });
  });

  it('rules are inferred when nobody states them, and a stated file wins over the packaged table', async () => {
    const folder = await lakeOf(['bybit_linear_XRPUSDT_5m.csv', [30, { price: 2 }]], ['bybit_linear_BTCUSDT_5m.csv', [30]]);
    const overrides = parseRules({ symbol: 'BTCUSDT', tick: '0.5', qtyStep: '0.01' }, 'mine.json');

    const market = await loadMarket({ folder, symbols: ['XRPUSDT', 'BTCUSDT'], timeframe: '5m', overrides });

    expect(market.symbols.map(({ instrument }) => [instrument.rules.tick, instrument.rules.qtyStep, instrument.rules.source]))
      .toEqual([['0.1', '1', 'inferred'], ['0.5', '0.01', 'file mine.json']]);
    expect(market.warnings.filter((warning) => warning.code === 'inferred-rules').map((warning) => warning.symbol)).toEqual(['XRPUSDT']);
  });

  it('the hash follows the data, the range and the rules, and nothing else', async () => {
    const file = csv(temporary(), 'bybit_linear_BTCUSDT_5m.csv', bars(30));
    const hashIn = async (rows: number, more: object = {}): Promise<string> => {
      const folder = temporary();
      await importFiles([rows === 30 ? file : csv(temporary(), 'bybit_linear_BTCUSDT_5m.csv', bars(rows))], { folder });
      return (await loadMarket({ folder, symbols: ['BTCUSDT'], timeframe: '5m', ...more })).hash;
    };

    const [first, again, longer, other] = [await hashIn(30), await hashIn(30), await hashIn(31),
      await hashIn(30, { overrides: parseRules({ symbol: 'BTCUSDT', tick: '0.5', qtyStep: '1' }, 'x') })];

    expect(again).toBe(first);
    expect(new Set([first, longer, other]).size).toBe(3);
  });

  it('a month file that was cut short is refused at loading, one with a changed byte is found by the check', async () => {
    const folder = await lakeOf(['bybit_linear_BTCUSDT_5m.csv', [30]]);
    const path = join(folder, 'lake/venue=bybit/category=linear/symbol=BTCUSDT/kind=last/timeframe=5m/month=2024-03/2024-03.parquet');
    const whole = readFileSync(path);

    writeFileSync(path, whole.subarray(0, whole.length - 1));
    const short = await refusal(loadMarket({ folder, symbols: ['BTCUSDT'], timeframe: '5m' }));
    const flipped = Buffer.from(whole);
    flipped[100] = (flipped[100] ?? 0) ^ 1;
    writeFileSync(path, flipped);
    const [report] = await checkLake(folder);

    expect(short.reason).toBe('damaged-lake');
    expect(report?.findings.map((finding) => finding.code)).toEqual(['damaged-lake']);
  });
});
