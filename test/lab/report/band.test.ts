import { describe, expect, it } from 'vitest';
import { bandFrom, bandJson, renderBand, toJson } from '../../../lab/report/index.ts';
import type { Band, FinishedRun } from '../../../lab/report/index.ts';
import type { RunResult } from '../../../sim/index.ts';
import { finished } from './finished-runs.ts';
import { resultOf, textTable, tradesTable } from './results.ts';

/** A run of path `path` that ends with `end` after fills that `fills` tells apart. */
function runOf(path: string, end: number, fills: string, change: Partial<RunResult> = {}): FinishedRun {
  const result = resultOf([10_000, end], {
    tables: [tradesTable([{ net: end - 10_000 }]), { ...textTable('executions', { symbol: [fills], cause: ['order'], side: ['buy'], liquidity: ['taker'] }), columns: [
      ...textTable('executions', { symbol: [fills], cause: ['order'], side: ['buy'], liquidity: ['taker'] }).columns,
      { name: 'qty', type: 'double', values: Float64Array.of(1) }, { name: 'price', type: 'double', values: Float64Array.of(100) },
    ] }], ...change,
  });
  const run = finished(result);
  return { ...run, manifest: { ...run.manifest, path, markInterval: '5m' } };
}

const ends = (adverse: number, favourable: number, adaptive: number, change: Partial<RunResult> = { ambiguousBars: 3, ambiguousTrades: 1 }): Band => ({
  adverse: runOf('adverse', adverse, 'A', change), favourable: runOf('favourable', favourable, 'B', change), adaptive: runOf('adaptive', adaptive, 'C', change),
});
const same = (change: Partial<RunResult> = {}): Band => ({
  adverse: runOf('adverse', 10_050, 'A', change), favourable: runOf('favourable', 10_050, 'A', change), adaptive: runOf('adaptive', 10_050, 'A', change),
});
const verdict = (band: Band): { readonly agree: boolean; readonly text: string } => bandJson(band).bandVerdict;
const plain = (band: Band, width = 80): readonly string[] => renderBand(band, band.adverse, { colour: false, width }).split('\n');
const lineOf = (lines: readonly string[], start: string): string => lines.find((line) => line.startsWith(start)) ?? '';

describe('the sentence of the band', () => {
  it('names both ends when the paths gain and lose: -120 on the adverse, +430 on the favourable one', () => {
    expect(verdict(ends(9_880, 10_430, 10_010))).toEqual({
      agree: false, text: 'The answer depends on what a bar cannot tell: from -120.00 USDT (adverse) to +430.00 USDT (favourable).',
    });
  });
  it('says by how much when all gain or all lose: 430 - 100 = 330', () => {
    expect(verdict(ends(10_100, 10_430, 10_200)).text)
      .toBe('Gains on all three paths, from +100.00 USDT (adverse) to +430.00 USDT (favourable): what a bar cannot tell makes a difference of 330.00 USDT.');
    expect(verdict(ends(9_500, 9_700, 9_400)).text)
      .toBe('Loses on all three paths, from -600.00 USDT (adaptive) to -300.00 USDT (favourable): what a bar cannot tell makes a difference of 300.00 USDT.');
  });
  it('counts a path that ends where it began as an answer that depends', () => {
    expect(verdict(ends(10_000, 10_100, 10_050)).text).toMatch(/^The answer depends .* from 0\.00 USDT \(adverse\) to \+100\.00 USDT/);
  });
  it('says so when all three agree, whatever the digests, which know the times inside a bar', () => {
    const band = same();
    const other = { ...band, adaptive: { ...band.adaptive, result: { ...band.adaptive.result, digest: 'b'.repeat(64) } } };

    expect(verdict(other)).toEqual({
      agree: true, text: 'All three paths agree: the same fills at the same prices. Nothing here depends on what a bar cannot tell.',
    });
  });
  it('does not call it certain when they agree although 2 bars are ambiguous', () => {
    expect(verdict(same({ ambiguousBars: 2 })).text).toContain('Yet 2 bars stay ambiguous: flat, with orders on both sides');
  });
  it('says that other fills came to the same net', () => {
    expect(verdict(ends(10_050, 10_050, 10_050)).text).toBe('All three paths end with the same net of +50.00 USDT, by other fills.');
  });
  it('names the 1h mark bars, or orders sent inside a bar, when no bar is ambiguous by itself', () => {
    const band = ends(9_880, 10_430, 10_010, {});
    const coarse: Band = { ...band, adverse: { ...band.adverse, manifest: { ...band.adverse.manifest, markInterval: '1h' } } };

    expect(verdict(coarse).text).toMatch(/\. No 5m bar is ambiguous by itself: the path of the 1h mark bars decides, or orders sent on a fill inside a bar\.$/);
    expect(verdict(band).text).toMatch(/\. No 5m bar is ambiguous by itself: orders sent on a fill inside a bar decide\.$/);
  });
});

describe('the table of the band', () => {
  it.each([40, 72, 80, 100, 120, 300])('at %i columns is at most 18 lines, none wider than the card', (width) => {
    for (const band of [ends(9_880, 10_430, 10_010), same(), ends(1e12, 1e12 + 5e6, 2e12)]) {
      const lines = plain(band, width);

      expect(lines.length).toBeLessThanOrEqual(18);
      for (const line of lines) {
        expect(line.length, line).toBeLessThanOrEqual(Math.min(100, Math.max(72, width)));
        expect(line).toBe(line.trimEnd());
        expect(line).not.toContain('!');
      }
    }
  });

  it('puts the three side by side, with signs and units, and names the path of the card', () => {
    const lines = plain(ends(9_880, 10_430, 10_010));

    expect(lineOf(lines, 'Path').split(/ +/)).toEqual(['Path', 'adverse', 'favourable', 'adaptive', 'card:', 'adverse']);
    expect(lineOf(lines, 'Net').split(/ +/)).toEqual(['Net', '-120.00', '+430.00', '+10.00', 'USDT']);
    expect(lineOf(lines, 'Equity at end').split(/ +/).slice(3, 6)).toEqual(['9,880.00', '10,430.00', '10,010.00']);
    expect(lineOf(lines, 'Return').split(/ +/).slice(1, 7)).toEqual(['-1.20', '%', '+4.30', '%', '+0.10', '%']);
    expect(lineOf(lines, 'Sharpe')).toMatch(/n\/a +n\/a +n\/a +n\/a: 1 of 30$/);
    expect(lineOf(lines, 'Ambiguous bars')).toMatch(/3 +3 +3 {2}of 52,000$/);
    expect(lineOf(lines, 'Ambiguous trades')).toMatch(/1 +1 +1 {2}of the trades$/);
    expect(lineOf(lines, 'Digest')).toMatch(/(?: +4f1c000000){3}$/);
  });

  it('has the same text with colour', () => {
    const band = ends(9_880, 10_430, 10_010);
    const coloured = renderBand(band, band.adverse, { colour: true, width: 80 });

    // oxlint-disable-next-line no-control-regex -- escapes are what is looked for
    expect(coloured.replace(/\u001b\[[\d;]*m/g, '').split('\n').map((line) => line.trimEnd())).toEqual(plain(band));
    expect(coloured).toContain('\u001b[38;5;69m');
  });
});

describe('the band as JSON', () => {
  it('has every run with the keys it has alone', () => {
    const band = ends(9_880, 10_430, 10_010);

    const { band: runs } = bandJson(band);

    expect(Object.keys(runs)).toEqual(['adverse', 'favourable', 'adaptive']);
    expect(runs.favourable).toEqual(toJson(band.favourable));
  });
  it('is there only when all three paths are', () => {
    const { adverse, favourable, adaptive } = ends(9_880, 10_430, 10_010);

    expect(bandFrom([adaptive, adverse, favourable])).toEqual({ adverse, favourable, adaptive });
    expect(bandFrom([adverse])).toBeNull();
  });
});
