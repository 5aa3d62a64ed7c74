/**
 * What a lake of years of minutes takes: bars of some symbols are made, written by the lake's own writer into a temporary
 * folder, loaded and asked, and what 100 symbols take is worked out from it.
 *
 *   --symbols N   symbols made (default 10)
 *   --years N     years of one-minute bars of each (default 5)
 *   --plan N      symbols of the plan (default 100)
 *   --keep        leave the folder and say where it is
 *   --json        one object on stdout: { measured, plan }
 *
 * Loading and asking are the best of three, with the files in the memory of the operating system; writing is done once.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { w1Series } from '../data/builtin/index.ts';
import { loadMarket, queryRuns } from '../data/index.ts';
import { commitSeries, filesOfLake, withLakeLock } from '../data/lake/index.ts';
import type { Manifest } from '../data/lake/index.ts';
import { planOf, planTable } from './lake-plan.ts';
import type { LakeMeasured } from './lake-plan.ts';

const { values } = parseArgs({
  options: {
    symbols: { type: 'string', default: '10' }, years: { type: 'string', default: '5' }, plan: { type: 'string', default: '100' },
    keep: { type: 'boolean', default: false }, json: { type: 'boolean', default: false },
  },
});
const minutesPerDay = 1_440;

const folder = mkdtempSync(join(tmpdir(), 'holdfast-lake-'));
const removed = (): void => { if (!values.keep) rmSync(folder, { recursive: true, force: true }); };
process.once('SIGINT', () => { removed(); process.exit(130); });
try {
  await main();
} finally {
  removed();
}

async function main(): Promise<void> {
  const symbols = Array.from({ length: whole('--symbols', values.symbols) }, (_, k) => `M${String(k + 1).padStart(3, '0')}USDT`);
  const bars = Math.round(whole('--years', values.years) * 365.25) * minutesPerDay;
  const planned = whole('--plan', values.plan);
  let writeMs = 0;
  const manifests: Manifest[] = [];
  for (const [k, symbol] of symbols.entries()) {
    const made = columnsOf(bars, 42 + k);
    const started = performance.now();
    manifests.push(...written(symbol, made));
    writeMs += performance.now() - started;
    say(`${symbol}: ${bars} bars written`);
  }
  const measured: LakeMeasured = {
    symbols: symbols.length, ...sizesOf(manifests), writeMs,
    fixedMs: await best(async () => { await queryRuns(folder, 'SELECT 1'); }),
    openMs: await best(async () => { await queryRuns(folder, 'SELECT close FROM candles LIMIT 0'); }),
    queryMonthMs: await best(async () => {
      await queryRuns(folder, `SELECT avg(close) FROM candles WHERE symbol = '${symbols[0]}' AND kind = 'last' AND "month" = '2020-03'`);
    }),
    queryAllMs: await best(async () => {
      await queryRuns(folder, 'SELECT symbol, count(*), min(low), max(high), sum(volume) FROM candles GROUP BY symbol');
    }),
    loadOneMs: await best(async () => { await loaded(symbols.slice(0, 1), bars); }),
    loadAllMs: await best(async () => { await loaded(symbols, bars); }),
  };
  const plan = planOf(measured, planned);
  if (values.json) process.stdout.write(`${JSON.stringify({ measured, plan })}\n`);
  else process.stdout.write(`${planTable(measured, plan)}\n`);
  if (values.keep) say(`the lake is in ${folder}`);
}

function columnsOf(bars: number, seed: number): readonly Float64Array[] {
  const { openedAt, open, high, low, close, volume } = w1Series(bars, seed);
  for (const column of [open, high, low, close]) for (let i = 0; i < bars; i++) column[i] = column[i]! / 10; // hot
  return [openedAt, open, high, low, close, volume];
}

function written(symbol: string, columns: readonly Float64Array[]): readonly Manifest[] {
  const key = { venue: 'bybit', category: 'linear', symbol, kind: 'last', timeframe: '1m' } as const;
  return withLakeLock(folder, () => commitSeries(folder, [{
    key, intervalMs: 60_000, kept: [], columns, sources: [], flagged: [],
  }], '2026-01-01T00:00:00.000Z'));
}

function sizesOf(manifests: readonly Manifest[]): Pick<LakeMeasured, 'bars' | 'files' | 'bytes' | 'manifestBytes'> {
  const files = filesOfLake(folder);
  const months = manifests.flatMap((one) => one.months);
  const homes = files.map((one) => join(one.files[0] ?? '', '..', '..', 'manifest.json'));
  return {
    bars: manifests.reduce((sum, one) => sum + one.rows, 0), files: months.length,
    bytes: months.reduce((sum, one) => sum + one.bytes, 0), manifestBytes: homes.reduce((sum, home) => sum + statSync(home).size, 0),
  };
}

async function loaded(symbols: readonly string[], bars: number): Promise<void> {
  const market = await loadMarket({ folder, market: 'bybit:linear', symbols, timeframe: '1m' });
  if (market.bars !== bars * symbols.length) throw new Error(`loaded ${market.bars} bars, expected ${bars * symbols.length}`);
}

async function best(work: () => Promise<void>): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < 3; round++) {
    const started = performance.now();
    await work();
    least = Math.min(least, performance.now() - started);
  }
  return least;
}

function whole(option: string, written: string): number {
  const value = Number(written);
  if (Number.isInteger(value) && value >= 1 && value <= 1_000) return value;
  process.stderr.write(`arguments: lake: ${option} was '${written}', expected a whole number from 1 to 1000\n`);
  removed();
  process.exit(2);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
