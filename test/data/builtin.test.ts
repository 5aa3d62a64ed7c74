import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtinEndsAt, builtinStartsAt, builtinSymbols, loadMarket, w1Series } from '../../data/index.ts';
import type { LoadedSeries } from '../../data/index.ts';
import { refusal, temporary } from './candle-files.ts';

const load = (timeframe: string, more: { from?: number; to?: number } = {}): ReturnType<typeof loadMarket> =>
  loadMarket({ folder: '/no/folder/needed', market: 'builtin:linear', symbols: [...builtinSymbols], timeframe, ...more });
const none = new Float64Array(0);

function contradictions(series: LoadedSeries): number {
  let count = 0;
  for (let i = 0; i < series.length; i++) {
    const [open = 0, high = 0, low = 0, close = 0] = [series.open[i], series.high[i], series.low[i], series.close[i]];
    if (!(low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close) && [open, high, low, close].every(Number.isInteger))) count += 1;
  }
  return count;
}

describe('the built-in market', () => {
  it('has 120 days of 5m bars of three symbols to the end of 2025, all whole ticks, with mark at 1h and funding every 8 h', async () => {
    const market = await load('5m');

    // 120 x 288 bars, of which the 55-minute outage takes eleven
    expect(market.symbols.map((symbol) => symbol.last.length)).toEqual([34_549, 34_549, 34_549]);
    expect([market.from, market.to]).toEqual([builtinStartsAt, builtinEndsAt]);
    for (const { last, mark, funding } of market.symbols) {
      expect(contradictions(last)).toBe(0);
      expect(mark?.length).toBe(2_880);
      expect(mark === null ? -1 : contradictions(mark)).toBe(0);
      expect(funding?.length).toBe(360);
      expect(funding?.settledAt.every((at) => at % (8 * 3_600_000) === 0)).toBe(true);
    }
    expect(market.warnings.map((warning) => warning.code)).toEqual(['gaps', 'mark-interval', 'gaps', 'mark-interval', 'gaps', 'mark-interval']);
  });

  it('is the same on every machine: the hashes of its bars', async () => {
    const market = await load('5m');

    expect(market.hashes.map((one) => one.sha256.slice(0, 16))).toEqual(['c517c67b18ac24f2', '977039345bef4bfe', '98668329e2cd3f42']);
  });

  it('opens each bar at the close before, except after the outage of 18 November, 11:40 to 12:35', async () => {
    const { symbols: [bitcoin] } = await load('1m', { from: Date.UTC(2025, 10, 18), to: Date.UTC(2025, 10, 19) });
    const { openedAt, open, close } = bitcoin?.last ?? { openedAt: none, open: none, close: none };

    const jumps = [...openedAt].filter((_, i) => i > 0 && open[i] !== close[i - 1]);
    const before = openedAt.indexOf(Date.UTC(2025, 10, 18, 11, 39));

    expect(openedAt[before + 1]).toBe(Date.UTC(2025, 10, 18, 12, 35));
    expect(jumps).toEqual([Date.UTC(2025, 10, 18, 12, 35)]);
  });

  it('crashes on 10 October by more than 10 %, and the mark stays above the last price at the low', async () => {
    const { symbols } = await load('5m', { from: Date.UTC(2025, 9, 10, 21), to: Date.UTC(2025, 9, 10, 22) });

    for (const { last, mark } of symbols) {
      const low = Math.min(...last.low);
      expect(1 - low / (last.open[0] ?? 0)).toBeGreaterThan(0.1);
      expect((mark?.low[0] ?? 0) / low).toBeGreaterThan(1.005);
    }
  });

  it('hourly bars are the aggregate of the minutes', async () => {
    const day = { from: Date.UTC(2025, 9, 10), to: Date.UTC(2025, 9, 11) };
    const [hours, minutes] = [(await load('1h', day)).symbols[1]?.last, (await load('1m', day)).symbols[1]?.last];

    for (let h = 0; h < 24; h++) {
      const part = (column: Float64Array | undefined): Float64Array => column?.subarray(h * 60, h * 60 + 60) ?? none;
      expect([hours?.open[h], hours?.high[h], hours?.low[h], hours?.close[h]])
        .toEqual([minutes?.open[h * 60], Math.max(...part(minutes?.high)), Math.min(...part(minutes?.low)), minutes?.close[h * 60 + 59]]);
    }
  });

  it('symbols move together: hourly returns of bitcoin and ether correlate above 0.6', async () => {
    const { symbols } = await load('1h');
    const returns = symbols.slice(0, 2).map(({ last }) => Float64Array.from(last.close, (close, i) => (i === 0 ? 0 : close / (last.close[i - 1] ?? close) - 1)));
    const [x = none, y = none] = returns;
    const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const [mx, my] = [mean(x), mean(y)];
    const product = mean(x.map((value, i) => (value - mx) * ((y[i] ?? 0) - my)));
    const spread = Math.sqrt(mean(x.map((value) => (value - mx) ** 2)) * mean(y.map((value) => (value - my) ** 2)));

    expect(product / spread).toBeGreaterThan(0.6);
  });

  it('knows no other symbol and says which it has', async () => {
    const error = await refusal(loadMarket({ folder: '', market: 'builtin:linear', symbols: ['XRPUSDT'], timeframe: '5m' }));

    expect(error).toMatchObject({ reason: 'unknown-symbol', expected: 'one of BTCUSDT ETHUSDT SOLUSDT' });
  });
});

describe('the bench workload', () => {
  it('starts at 500,000 ticks, opens at the close before, and short series are prefixes of long ones', () => {
    const [long, brief] = [w1Series(2_000), w1Series(500)];

    expect(long.open[0]).toBe(500_000);
    expect(long.open.subarray(1)).toEqual(long.close.subarray(0, 1_999));
    expect(brief.close).toEqual(long.close.subarray(0, 500));
    expect(w1Series(500, 43).close).not.toEqual(brief.close);
  });

  const script = resolve('../shared/bench/gen-data.mjs');
  if (!existsSync(script)) console.log(`left out: comparison with the published generator, because ${script} is absent`);
  it.skipIf(!existsSync(script))('is number for number what the published generator writes', () => { // left out without ../shared/bench
    const path = join(temporary(), 'bars.f64');
    execFileSync(process.execPath, [script, '20000', path]);
    const bytes = readFileSync(path);
    const written = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    const ours = w1Series(20_000);

    const columns = [ours.openedAt, ours.open, ours.high, ours.low, ours.close, ours.volume];

    columns.forEach((column, k) => {
      const theirs = written.subarray(k * 20_000, (k + 1) * 20_000);
      expect(Float64Array.from(column, (value) => (k >= 1 && k <= 4 ? value / 10 : value))).toEqual(theirs);
    });
  });
});
