/** The plan of a large lake: arithmetic over a measured part, done by hand here. */
import { describe, expect, it } from 'vitest';
import { planOf, planTable } from '../../bench/lake-plan.ts';

const measured = {
  symbols: 10, bars: 26_000_000, files: 600, bytes: 1_248_000_000, manifestBytes: 2_000_000,
  writeMs: 9_000, fixedMs: 30, openMs: 40, loadOneMs: 300, loadAllMs: 3_500, queryAllMs: 500, queryMonthMs: 60,
};

describe('the plan of 100 symbols from a tenth of it', () => {
  const plan = planOf(measured, 100);

  it('bars, files, bytes, writing and what a query takes beyond its start grow tenfold: 260 M bars in 6,000 files of 12.5 GB', () => {
    expect(plan).toMatchObject({
      symbols: 100, share: 0.1, bars: 260_000_000, files: 6_000, bytes: 12_500_000_000,
      writeMs: 90_000, openMs: 30 + 100, queryAllMs: 30 + 4_700,
    });
  });

  it('a month of a symbol is found among ten times the files and read as before: 130 + 20 ms; ten symbols load as they did', () => {
    expect(plan.queryMonthMs).toBe(150);
    expect(plan.loadTenMs).toBe(3_500);
    expect(plan.loadedTenBytes).toBe(26_000_000 * 48);
  });

  it('the table says both beside each other', () => {
    const lines = planTable(measured, plan).split('\n');
    expect(lines[0]).toBe('|  | measured | plan (x 10) |');
    expect(lines).toContain('| bytes a bar, manifests included | 48.08 | 48.08 |');
    expect(lines).toContain('| on disk | 1.25 GB | 12.50 GB |');
    expect(lines).toContain('| query: one symbol, one month | 0.06 s | 0.15 s |');
  });
});
