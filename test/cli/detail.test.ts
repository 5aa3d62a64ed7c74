/** `backtest --detail` from outside: minutes and trades inside the bars, what is said of them, and how it is refused. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { folderWith, holdfast, strategyText } from './command.ts';

const folder = folderWith({ 'probe.ts': strategyText({ body: 'return bar.close > 0 && time % 3_600_000 === 0 ? intents.enter({ side: p.side, risk: 0.005, stop: bar.close * (p.side === \'long\' ? 0.999 : 1.001), stopBy: \'last\', targets: [{ price: bar.close * (p.side === \'long\' ? 1.001 : 0.999), fraction: 1 }] }) : intents.hold;' }) });
afterAll(() => rmSync(folder, { recursive: true }));
const backtest = (...more: readonly string[]) => holdfast(folder, 'backtest', 'probe.ts', '--no-store', ...more);
const builtin = ['--market', 'builtin:linear', '--from', '2025-10-01', '--to', '2025-10-08'];

interface Printed {
  readonly bars: number; readonly trades: number; readonly ambiguousBars: number;
  readonly detail: { readonly timeframe: string; readonly bars: number; readonly children: number; readonly withoutDetail: number; readonly ambiguousBars: number } | null;
  readonly warnings: readonly { readonly code: string; readonly count: number }[];
  readonly manifest: { readonly barInterval: string; readonly detail: string | null; readonly dataHash: string };
}
const printed = async (...more: readonly string[]): Promise<Printed> => {
  const { code, stdout, stderr } = await backtest('--json', ...more);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Printed;
};

describe('backtest --detail 1m on the built-in market', () => {
  it('matches 2,016 bars of a week on 10,080 minutes and leaves fewer ambiguous', async () => {
    const [plain, detailed] = [await printed(...builtin), await printed(...builtin, '--detail', '1m')];

    // 7 days x 288 bars of 5m, 5 minutes in each.
    expect(detailed.detail).toEqual({ timeframe: '1m', bars: 2_016, children: 10_080, withoutDetail: 0, withHoles: 0, ambiguousBars: detailed.ambiguousBars });
    expect([plain.detail, plain.bars, detailed.bars]).toEqual([null, 2_016, 2_016]);
    expect(plain.ambiguousBars).toBeGreaterThan(5);
    expect(detailed.ambiguousBars).toBeLessThan(plain.ambiguousBars);
    expect([plain.manifest.detail, detailed.manifest.detail, detailed.manifest.barInterval]).toEqual([null, '1m', '1m']);
    expect(detailed.manifest.dataHash).not.toBe(plain.manifest.dataHash);
  });

  it('says it on one line of the card', async () => {
    const { stdout } = await backtest(...builtin, '--detail', '1m');

    expect(stdout).toMatch(/^ *Detail +2,016 bars on 10,080 of 1m; (?:\d+|none) still ambiguous/m);
    expect(stdout).not.toMatch(/^ *Ambiguous/m);
  });
});

describe('backtest --detail ends', () => {
  const wrong: readonly (readonly [string, number, RegExp])[] = [
    ['5m', 2, /^--detail was '5m', not shorter than the run's bars of 5m, .*Fix: use --detail 1m or trades$/],
    ['3m', 2, /^--detail was '3m', which does not divide the run's bars of 5m\. Fix: use --detail 1m or trades$/],
    ['minute', 2, /^--detail was 'minute', no timeframe and not 'trades'\. Fix: /],
    ['trades', 3, /^the built-in market has no trades of BTCUSDT.*Fix: use --detail 1m$/],
  ];
  it.each(wrong)('with %s: exit %i and one line', async (wish, exit, line) => {
    const { code, stdout, stderr } = await backtest(...builtin, '--detail', wish);

    expect([code, stdout]).toEqual([exit, '']);
    expect(stderr.trim()).toMatch(line);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('with exit 3 and the bar, field, value and expectation when the minutes do not make the bars', async () => {
    const start = Date.UTC(2024, 2, 1);
    const row = (i: number, step: number, high: number): string => [start + i * step, 100, high, 99, 100, 1].join(',');
    const head = 'ts,open,high,low,close,volume';
    const fives = Array.from({ length: 12 }, (_, i) => row(i, 300_000, i === 7 ? 102.5 : 101));
    writeFileSync(join(folder, 'bybit_linear_BTCUSDT_5m.csv'), [head, ...fives].join('\n'));
    writeFileSync(join(folder, 'bybit_linear_BTCUSDT_1m.csv'), [head, ...Array.from({ length: 60 }, (_, i) => row(i, 60_000, 101))].join('\n'));
    const imported = await holdfast(folder, 'data', 'import', 'bybit_linear_BTCUSDT_5m.csv', 'bybit_linear_BTCUSDT_1m.csv');
    const { code, stderr } = await backtest('--detail', '1m');

    expect(imported.code).toBe(0);
    expect(code).toBe(3);
    // Bar 7 opens 35 minutes after midnight.
    expect(stderr.trim()).toMatch(/^market: BTCUSDT: DATA_CHILD_MISMATCH: bar 7 \(opened at 2024-03-01T00:35:00Z\): high of its shorter bars was 101, expected 102\.5\. Fix: /);
  });
});

const shared = resolve('../shared/market');
const isAbsent = !existsSync(shared);
if (isAbsent) console.log(`left out: backtest --detail on real files, because ${shared} is absent; the built-in market proves the same`);

describe.skipIf(isAbsent)('backtest --detail on real files', () => { // left out without ../shared/market
  it('hours of 2021 with two outages are settled by their minutes: 8,760 hours less those without any', async () => {
    const files = ['binance_spot_BTCUSDT_1h_2017-08_2025-12.parquet', 'binance_spot_BTCUSDT_1m_2021.parquet'].map((name) => join(shared, name));
    writeFileSync(join(folder, 'hourly.ts'), strategyText({ body: 'return time % 14_400_000 === 0 ? intents.enter({ side: p.side, risk: 0.005, stop: bar.close * 0.99, stopBy: \'last\', targets: [{ price: bar.close * 1.01, fraction: 1 }] }) : intents.hold;' }).replaceAll('5m', '1h'));
    const imported = await holdfast(folder, 'data', 'import', ...files, '--market', 'binance:spot');
    const range = ['--json', '--no-store', '--market', 'binance:spot', '--from', '2021-01-01', '--to', '2022-01-01'];
    const plain = JSON.parse((await holdfast(folder, 'backtest', 'hourly.ts', ...range)).stdout) as Printed;
    const detailed = JSON.parse((await holdfast(folder, 'backtest', 'hourly.ts', ...range, '--detail', '1m')).stdout) as Printed;

    console.log(`2021, hours on minutes: ${plain.trades} trades and ${plain.ambiguousBars} ambiguous bars without, ${detailed.trades} and ${detailed.ambiguousBars} with`);
    expect(imported.code).toBe(0);
    expect(detailed.bars).toBe(plain.bars);
    expect(detailed.detail).toMatchObject({ timeframe: '1m', bars: plain.bars, children: 524_607, withoutDetail: 0 });
    expect(detailed.warnings.map((warning) => warning.code)).toContain('DETAIL_GAP');
    expect(plain.ambiguousBars).toBeGreaterThan(20);
    expect(detailed.ambiguousBars).toBeLessThan(plain.ambiguousBars / 4);
  }, 120_000);

  it('a day of 45,342 trades settles the five-minute bars made of them: no bar stays ambiguous, and twice is the same', async () => {
    const trades = join(shared, 'trades/binance_usdm_APEUSDT_aggtrades_2024-10-18.csv.gz');
    writeFileSync(join(folder, 'binance_usdm_APEUSDT_5m.csv'), fiveMinutesOf(gunzipSync(readFileSync(trades)).toString()));
    writeFileSync(join(folder, 'ape.ts'), strategyText({ body: 'return intents.enter({ side: time % 600_000 === 0 ? \'long\' : \'short\', risk: 0.005, stop: { distance: 0.0009 }, stopBy: \'last\', targets: [{ price: bar.close * (time % 600_000 === 0 ? 1.001 : 0.999), fraction: 1 }] });' }).replace('BTCUSDT', 'APEUSDT'));
    const imported = await holdfast(folder, 'data', 'import', 'binance_usdm_APEUSDT_5m.csv', trades);
    const run = async (...more: readonly string[]): Promise<Printed & { readonly digest: string }> =>
      JSON.parse((await holdfast(folder, 'backtest', 'ape.ts', '--json', '--no-store', '--market', 'binance:usdm', ...more)).stdout) as Printed & { readonly digest: string };
    const [plain, settled, again] = [await run(), await run('--detail', 'trades'), await run('--detail', 'trades')];

    console.log(`APEUSDT on trades: ${plain.trades} trades and ${plain.ambiguousBars} ambiguous bars without, ${settled.trades} and ${settled.ambiguousBars} with`);
    expect([imported.code, imported.stdout]).toEqual([0, expect.stringContaining('columns ts price quantity') as string]);
    expect(settled.detail).toEqual({ timeframe: 'trades', bars: plain.bars, children: 45_342, withoutDetail: 0, withHoles: 0, ambiguousBars: 0 });
    expect(plain.ambiguousBars).toBeGreaterThan(2);
    expect(again.digest).toBe(settled.digest);
  }, 60_000);
});

/** ts,open,high,low,close,volume of every five minutes in which there was a trade. */
function fiveMinutesOf(text: string): string {
  const bars = new Map<number, number[]>();
  for (const line of text.trim().split('\n').slice(1)) {
    const cells = line.split(',').map(Number);
    const [price = 0, quantity = 0, at = 0] = [cells[1], cells[2], cells[5]];
    const opened = at - (at % 300_000);
    const bar = bars.get(opened);
    if (bar === undefined) bars.set(opened, [price, price, price, price, quantity]);
    else bars.set(opened, [bar[0] ?? 0, Math.max(bar[1] ?? 0, price), Math.min(bar[2] ?? 0, price), price, (bar[4] ?? 0) + quantity]);
  }
  return ['ts,open,high,low,close,volume', ...[...bars].map(([opened, bar]) => [opened, ...bar].join(','))].join('\n');
}
