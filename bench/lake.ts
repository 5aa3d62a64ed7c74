/**
 * The lake at scale: symbols x years of 1m bars are written by the lake's own writer into the temporary folder, then loaded and
 * asked through DuckDB; printed with what 100 symbols x 5 years come to. Prices are seeded walks, whole tenths: the files are
 * plain columns, so that their size does not depend on the prices. Files are read warm, right after they were written.
 * Usage: node dist/bench/lake.js [symbols] [years], 10 and 5 unless told otherwise; the folder goes at the end.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadMarket, queryRuns } from '../data/index.ts';
import { commitSeries, listLake, readColumns, withLakeLock } from '../data/lake/index.ts';

const minute = 60_000;
const planned = { symbols: 100, years: 5 };
const firstYear = 2020;

interface Measured { readonly what: string; readonly ms: number; readonly bars: number; readonly files: number }

async function timed<T>(work: () => T | Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const began = performance.now();
  const value = await work();
  return { ms: performance.now() - began, value };
}

/** A walk in tenths around 1,000 with volume; the same on every machine. */
function walk(seed: number, years: number): readonly Float64Array[] {
  const from = Date.UTC(firstYear, 0, 1);
  const rows = (Date.UTC(firstYear + years, 0, 1) - from) / minute;
  const [at, open, high, low, close, volume] = Array.from({ length: 6 }, () => new Float64Array(rows)) as
    [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  let state = seed >>> 0;
  let price = 10_000;
  for (let i = 0; i < rows; i++) { // hot
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const step = (state >>> 28) - 8 + (price < 5_000 ? 1 : 0);
    at[i] = from + i * minute;
    open[i] = price / 10;
    price = Math.max(100, price + step);
    close[i] = price / 10;
    high[i] = Math.max(open[i]!, close[i]!) + 0.3;
    low[i] = Math.min(open[i]!, close[i]!) - 0.3;
    volume[i] = 1 + (state >>> 24) / 8;
  }
  return [at, open, high, low, close, volume];
}

const nameOf = (k: number): string => `S${String(k).padStart(3, '0')}USDT`;

function write(folder: string, symbol: string, columns: readonly Float64Array[]): void {
  const key = { venue: 'bench', category: 'linear', symbol, kind: 'last', timeframe: '1m' } as const;
  withLakeLock(folder, () => commitSeries(folder, [{ key, intervalMs: minute, kept: [], columns, sources: [], flagged: [] }], '2026-01-01T00:00:00.000Z'));
}

/** Bytes of everything in the lake, manifests included. */
const bytesOf = (folder: string): number => readdirSync(join(folder, 'lake'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile()).reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

async function main(symbols: number, years: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-lake-bench-'));
  try {
    let written = 0;
    for (let k = 0; k < symbols; k++) {
      const columns = walk(k + 1, years);
      written += (await timed(() => { write(folder, nameOf(k), columns); })).ms;
    }
    const listed = await timed(() => listLake(folder));
    const perSymbol = listed.value[0]?.rows ?? 0;
    const months = years * 12;
    const all = { bars: perSymbol * symbols, files: months * symbols };
    const rows: Measured[] = [{ what: 'write all', ms: written, ...all }, { what: 'read every manifest', ms: listed.ms, ...all }];
    const measure = async (what: string, size: { readonly bars: number; readonly files: number }, work: () => unknown): Promise<void> => {
      rows.push({ what, ms: (await timed(work)).ms, ...size });
    };
    const one = { bars: perSymbol, files: months };
    await measure('columns of one symbol', one, () => readColumns(folder, listed.value[0]!));
    await measure('columns of every symbol, one by one', all, () => { for (const series of listed.value) readColumns(folder, series); });
    await measure('market of one symbol, as a backtest loads it', one, async () => await loadMarket({ folder, market: 'bench:linear', symbols: [nameOf(0)], timeframe: '1m' }));
    const names = listed.value.map(({ symbol }) => symbol).slice(0, 10);
    await measure(`market of ${names.length} symbols at once`, { bars: perSymbol * names.length, files: months * names.length },
      async () => await loadMarket({ folder, market: 'bench:linear', symbols: names, timeframe: '1m' }));
    const ask = async (where: string): Promise<unknown> =>
      await queryRuns(folder, `SELECT symbol, count(*) AS n, max(high) AS high, avg(close) AS mean FROM candles WHERE ${where} GROUP BY symbol`);
    await queryRuns(folder, 'SELECT 1'); // loads DuckDB
    await measure('query over all', all, async () => await ask("timeframe = '1m'"));
    await measure('query for one symbol, three months', { bars: perSymbol / months * 3, files: 3 },
      async () => await ask(`symbol = '${nameOf(0)}' AND month BETWEEN '${firstYear}-04' AND '${firstYear}-06'`));
    print(rows, { bytes: bytesOf(folder), bars: all.bars, symbols, years });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Size { readonly bytes: number; readonly bars: number; readonly symbols: number; readonly years: number }

function print(rows: readonly Measured[], { bytes, bars, symbols, years }: Size): void {
  const factor = planned.symbols * planned.years / (symbols * years);
  const line = (text: string): void => { process.stdout.write(`${text}\n`); };
  line(`${symbols} symbols x ${years} years of 1m: ${bars.toLocaleString('en-US')} bars, ${(bytes / 1e9).toFixed(3)} GB, ${(bytes / bars).toFixed(2)} bytes a bar`);
  line('');
  line(`${'what'.padEnd(46)}${'files'.padStart(7)}${'M bars'.padStart(9)}${'ms'.padStart(9)}${'M bars/s'.padStart(10)}`);
  for (const { what, ms, bars: read, files } of rows) {
    line(`${what.padEnd(46)}${String(files).padStart(7)}${(read / 1e6).toFixed(2).padStart(9)}${ms.toFixed(0).padStart(9)}${(read / ms / 1e3).toFixed(1).padStart(10)}`);
  }
  line('');
  line(`${planned.symbols} symbols x ${planned.years} years, by the same figures: ${(bars * factor / 1e6).toFixed(0)} M bars, ${(bytes * factor / 1e9).toFixed(1)} GB`);
  for (const { what, ms, files } of rows) {
    if (files === symbols * years * 12 && !what.startsWith('market')) line(`  ${what}: ${(ms * factor / 1_000).toFixed(1)} s`);
  }
}

const [symbols = 10, years = planned.years] = process.argv.slice(2).map(Number);
await main(symbols, years);
