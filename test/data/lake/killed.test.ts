/** A lake whose writer dies between any two changes of the disk: every state holds a whole series, and the next import goes on. */
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkLake, importFiles, listLake, loadMarket, queryRuns } from '../../../data/index.ts';
import { withLakeLock } from '../../../data/lake/index.ts';
import { bars, csv, minute, start, temporary } from '../candle-files.ts';
import { filesBelow, intoFirstLayout } from './first-layout.ts';

/** Changes of the disk that are still carried out; after them the process is as good as dead: none is. */
const life = vi.hoisted(() => ({ left: Infinity }));

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const mortal = <A extends unknown[], R>(change: (...words: A) => R) => (...words: A): R => {
    if (life.left <= 0) throw new Error('killed');
    life.left -= 1;
    return change(...words);
  };
  return {
    ...real, linkSync: mortal(real.linkSync), renameSync: mortal(real.renameSync), rmSync: mortal(real.rmSync),
    rmdirSync: mortal(real.rmdirSync), mkdirSync: mortal(real.mkdirSync), writeFileSync: mortal(real.writeFileSync),
    writeSync: mortal(real.writeSync), copyFileSync: mortal(real.copyFileSync),
  };
});

afterEach(() => { life.left = Infinity; });

const name = 'bybit_linear_BTCUSDT_5m.csv';
/** 100 bars of five minutes from 2024-03-31 20:00: 48 of March, 52 of April. */
const rows = bars(100, { from: start + 31 * 1_440 * minute - 240 * minute });
const lakeOf = async (count: number, folder = temporary()): Promise<string> => {
  await importFiles([csv(temporary(), name, rows.slice(0, count))], { folder });
  return folder;
};
const copyOf = (lake: string): string => {
  const folder = temporary();
  cpSync(lake, folder, { recursive: true });
  return folder;
};
const hashOf = async (folder: string): Promise<string> => (await loadMarket({ folder, symbols: ['BTCUSDT'], timeframe: '5m' })).hash;

/** Kills `work` after that many changes of the disk; whether it was done before. A dead process leaves its lock. */
async function survives(folder: string, changes: number, work: () => unknown): Promise<boolean> {
  life.left = changes;
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof Error) || error.message !== 'killed') throw error;
    return false;
  } finally {
    life.left = Infinity;
    rmSync(join(folder, 'lake', '.lock'), { force: true });
    writeFileSync(join(folder, 'lake', '.lock'), '999999999');
  }
}

async function countedRows(folder: string): Promise<unknown> {
  return (await queryRuns(folder, 'SELECT count(*) AS n, count(DISTINCT opened_at) AS stamps FROM candles')).rows;
}

describe('a lake of the first layout', () => {
  it('is read where it stands: bars, hash, check and query are those of the Hive folders', async () => {
    const folder = await lakeOf(100);
    const hash = await hashOf(folder);
    const all = `SELECT venue, category, symbol, kind, timeframe, "month", count(*) AS n, min(opened_at) AS first, sum(volume) AS volume
      FROM candles GROUP BY ALL ORDER BY "month"`;
    const answer = await queryRuns(folder, all);

    intoFirstLayout(folder);

    expect(filesBelow(join(folder, 'lake'))).toEqual(['2024-03.parquet', '2024-04.parquet', 'manifest.json']
      .map((file) => join('bybit', 'linear', 'BTCUSDT', 'last', '5m', file)));
    expect(await hashOf(folder)).toBe(hash);
    expect((await checkLake(folder)).flatMap((report) => report.findings)).toEqual([]);
    const series = { venue: 'bybit', category: 'linear', symbol: 'BTCUSDT', kind: 'last', timeframe: '5m' };
    // Volumes go 1, 2, 3, 4, 5 and again, 15 in five bars: nine fives and 1 + 2 + 3 in March, the rest of 20 fives in April.
    expect(answer.rows).toEqual([
      { ...series, month: '2024-03', n: 48, first: '2024-03-31T20:00:00.000Z', volume: 9 * 15 + 6 },
      { ...series, month: '2024-04', n: 52, first: '2024-04-01T00:00:00.000Z', volume: 20 * 15 - (9 * 15 + 6) },
    ]);
    expect(await queryRuns(folder, all)).toEqual(answer);
  });

  it('killed after any change of the disk on its way to Hive folders, it is whole, and the next lock brings it there', async () => {
    const sample = await lakeOf(100);
    const hash = await hashOf(sample);
    const moved = filesBelow(join(sample, 'lake'));
    let isDone = false;
    let kills = 0;
    for (let changes = 1; !isDone; changes += 1) {
      const folder = copyOf(sample);
      intoFirstLayout(folder);
      isDone = await survives(folder, changes, () => { withLakeLock(folder, () => {}); });
      kills += isDone ? 0 : 1;

      expect(listLake(folder).map((series) => [series.rows, series.months.length])).toEqual([[100, 2]]);
      expect(await hashOf(folder)).toBe(hash);
      expect(await countedRows(folder)).toEqual([{ n: 100, stamps: 100 }]);

      withLakeLock(folder, () => {});

      expect(filesBelow(join(folder, 'lake'))).toEqual(moved);
      expect(readdirSync(join(folder, 'lake'))).toEqual(['venue=bybit']);
      expect(await hashOf(folder)).toBe(hash);
    }
    expect(kills).toBeGreaterThan(12);
  }, 60_000);

  it('an import that adds bars to it moves it over first: the bytes are those of a lake that never stood elsewhere', async () => {
    const folder = await lakeOf(90);
    intoFirstLayout(folder);
    const other = await lakeOf(90);

    await lakeOf(100, folder);
    await lakeOf(100, other);

    const lakes = [folder, other].map((one) => join(one, 'lake'));
    const bytes = lakes.map((lake) => filesBelow(lake).filter((file) => file.endsWith('.parquet')).map((file) => [file, readFileSync(join(lake, file))]));
    expect(bytes[0]).toEqual(bytes[1]);
    expect(await hashOf(folder)).toBe(await hashOf(other));
  });
});

describe('an import into Hive folders', () => {
  it('killed after any change of the disk leaves the bars as before or as after, and the next one ends it', async () => {
    const old = await lakeOf(90);
    const before = await hashOf(old);
    const sample = await lakeOf(100, copyOf(old));
    const more = csv(temporary(), name, rows);
    const after = await hashOf(sample);
    const files = filesBelow(join(sample, 'lake'));
    let isDone = false;
    const seen = new Set<string>();
    for (let changes = 1; !isDone; changes += 1) {
      const folder = copyOf(old);
      isDone = await survives(folder, changes, async () => { await importFiles([more], { folder }); });
      const hash = await hashOf(folder);
      seen.add(hash);

      expect([before, after]).toContain(hash);
      expect(await countedRows(folder)).toEqual([hash === before ? { n: 90, stamps: 90 } : { n: 100, stamps: 100 }]);

      await importFiles([more], { folder });

      expect(await hashOf(folder)).toBe(after);
      expect((await checkLake(folder)).flatMap((report) => report.findings)).toEqual([]);
      expect(filesBelow(join(folder, 'lake'))).toEqual(files);
    }
    expect(seen.size).toBe(2);
  }, 60_000);
});
