import { describe, expect, it } from 'vitest';
import { checkFiles, checkLake, importFiles } from '../../data/index.ts';
import type { Finding } from '../../data/index.ts';
import { bars, csv, minute, refusal, start, temporary } from './candle-files.ts';
import type { Cell } from './candle-files.ts';

const five = 5 * minute;
const name = 'bybit_linear_SOLUSDT_5m.csv';
const findingsOf = async (rows: Cell[][], file = name): Promise<readonly Finding[]> =>
  (await checkFiles([csv(temporary(), file, rows)]))[0]?.findings ?? [];
const short = (findings: readonly Finding[]): string[] => findings.map((finding) => `${finding.severity} ${finding.code} ${finding.count}`);

describe('checking a file', () => {
  it('a sound file has no findings', async () => {
    expect(await findingsOf(bars(600, { price: 120 }))).toEqual([]);
  });

  it('duplicates, off-grid stamps and contradictory bars are all counted, each with its first row', async () => {
    const rows = bars(100, { price: 120 });
    rows[10] = [...(rows[9] ?? [])];
    rows[20] = [start + 20 * five + 1_000, ...(rows[20] ?? []).slice(1)];
    rows[30] = [start + 30 * five, 120, 110, 119, 120, 1];
    rows[31] = [start + 31 * five, 120, 110, 119, 120, 1];

    const findings = await findingsOf(rows);

    // row 11 repeats row 10, so its own bar is missing; row 21 sits one second late
    expect(short(findings)).toEqual(['error duplicate 1', 'error off-grid 1', 'error ohlc 2', 'note gaps 1']);
    expect(findings[2]).toMatchObject({ at: start + 30 * five, text: expect.stringContaining('row 31') as string });
  });

  it('quiet stretches are notes, and a warning when they are more than a tenth', async () => {
    const quiet = (from: number, to: number): Cell[][] => bars(100, { price: 120 }).map((row, i) => (i >= from && i < to ? [...row.slice(0, 5), 0] : row));

    expect(short(await findingsOf(quiet(40, 45)))).toEqual(['note zero-volume 5']);
    expect(short(await findingsOf(quiet(40, 60)))).toEqual(['warning zero-volume 20']);
  });

  it('one crash bar is a note, a jump every hundred bars in a major is a market that cannot be its own', async () => {
    const jumping = (every: number): Cell[][] => bars(1_000, { price: 200 }).map((row, i) => {
      const factor = Math.floor(i / every) % 2 === 1 ? 1.2 : 1;
      return row.map((cell, k) => (k >= 1 && k <= 4 ? Math.round(Number(cell) * factor * 100) / 100 : cell));
    });

    expect(short(await findingsOf(jumping(600)))).toEqual(['note jumps 1']);
    expect(short(await findingsOf(jumping(100)))).toEqual(['error foreign-prices 9']);
  });

  it('a file that is no candle file is one finding, a missing one is an error', async () => {
    const path = csv(temporary(), 'quotes.csv', [[start, 1, 2]], ['timestamp', 'bid', 'ask']);

    const [report] = await checkFiles([path]);

    expect(short(report?.findings ?? [])).toEqual(['error refused 1']);
    expect((await refusal(checkFiles(['/nowhere/x.csv']))).reason).toBe('missing-file');
  });
});

describe('checking the lake', () => {
  const parents = (change: (row: Cell[], i: number) => Cell[]): Cell[][] => {
    const children = bars(1_200, { step: minute, price: 1_200 });
    return Array.from({ length: 240 }, (_, i) => {
      const own = children.slice(i * 5, i * 5 + 5);
      const column = (k: number): number[] => own.map((row) => Number(row[k]));
      return change([start + i * five, column(1)[0] ?? 0, Math.max(...column(2)), Math.min(...column(3)), column(4)[4] ?? 0,
        column(5).reduce((sum, size) => sum + size, 0)], i);
    });
  };

  it('five-minute bars that are the aggregate of the minutes agree; three that are not are found, with the first time', async () => {
    const agreeing = temporary();
    const differing = temporary();
    for (const [folder, rows] of [[agreeing, parents((row) => row)], [differing, parents((row, i) => (i % 100 === 7 ? row.map((cell, k) => (k === 2 ? Number(cell) + 1 : cell)) : row))]] as const) {
      await importFiles([csv(temporary(), 'bybit_linear_SOLUSDT_1m.csv', bars(1_200, { step: minute, price: 1_200 }))], { folder });
      await importFiles([csv(temporary(), name, rows)], { folder });
    }

    const clean = await checkLake(agreeing);
    const found = await checkLake(differing);

    expect(clean.flatMap((report) => report.findings)).toEqual([]);
    // bars 7, 107 and 207 of 240; both the child's and the parent's report say so
    expect(found.map((report) => short(report.findings))).toEqual([['error child-parent 3'], ['error child-parent 3']]);
    expect(found[0]?.findings[0]?.at).toBe(start + 7 * five);
  });

  it('asking for a series that is not there is an error, an empty lake too', async () => {
    expect((await refusal(checkLake(temporary()))).reason).toBe('unknown-symbol');
  });
});
