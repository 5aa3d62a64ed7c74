/** `holdfast report`: the file says what `backtest --json` said, is written whole, and names what is wrong. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Story } from '../../lab/report/story.ts';
import { folderWith, holdfast } from './command.ts';

const strategy = join(process.cwd(), 'strategies/trend.ts');
const folder = folderWith({});
afterAll(() => rmSync(folder, { recursive: true }));

interface Said { readonly run: string; readonly trades: number; readonly equity: { readonly start: number; readonly end: number }; readonly fees: number; readonly metrics: Readonly<Record<string, number | null>> }
let said: Said;
let story: Story;
beforeAll(async () => {
  const played = await holdfast(folder, 'backtest', strategy, '--market', 'builtin:linear', '--json');
  said = JSON.parse(played.stdout) as Said;
  const { code, stderr } = await holdfast(folder, 'report', said.run, '--out', 'r.html');
  if (code !== 0) throw new Error(stderr);
  story = JSON.parse(readFileSync(join(folder, 'r.json'), 'utf8')) as Story;
});

const figure = (name: string): number | null => story.figures.find((one) => one.name === name)?.value ?? null;

describe('a report of a stored run', () => {
  it('has the trades, the money and the metrics that the run had', () => {
    expect(story.tradeCount).toBe(said.trades);
    expect(story.trades.net.length).toBe(said.trades);
    expect(story.costs.net).toBeCloseTo(said.equity.end - said.equity.start, 6);
    expect(story.costs.fees).toBeCloseTo(said.fees, 6);
    expect(figure('Sharpe')).toBeCloseTo(said.metrics['sharpe']!, 6);
    expect(figure('CAGR')).toBeCloseTo(said.metrics['cagr']!, 9);
    expect(figure('Win rate')).toBeCloseTo(said.metrics['winRate']!, 12);
    expect(readFileSync(join(folder, 'r.md'), 'utf8')).toContain(`| Win rate | ${(said.metrics['winRate']! * 100).toFixed(2)} % |`);
    expect(figure('Profit factor')).toBeCloseTo(said.metrics['profitFactor']!, 6);
    expect(figure('Max drawdown')).toBeCloseTo(-said.metrics['maxDrawdown']!, 12);
  });
  it('loses no extreme of equity: its lowest and highest point are those of the stored curve', async () => {
    const { stdout } = await holdfast(folder, 'query', `SELECT min(equity) AS low, max(equity) AS high FROM equity WHERE run = '${said.run}'`, '--json');
    const { rows: [row] } = JSON.parse(stdout) as { readonly rows: readonly { readonly low: number; readonly high: number }[] };
    const values = story.equity.equity.filter((value): value is number => value !== null);

    expect(Math.min(...values)).toBeCloseTo(row!.low, 3);
    expect(Math.max(...values)).toBeCloseTo(row!.high, 3);
  });
  it('draws candles of all three symbols and the months multiply to the whole return', () => {
    const whole = story.months.reduce((product, { value }) => product * (1 + value), 1) - 1;

    expect(story.candles.map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'ETHUSDT', 'SOLUSDT']);
    expect(story.candles.every(({ slot, stops }) => slot.length > 500 && stops.length > 10)).toBe(true);
    expect(whole).toBeCloseTo(said.equity.end / said.equity.start - 1, 9);
  });
  it('is one file under 2 MB that loads nothing from anywhere, and no half-written one lies beside it', () => {
    const text = readFileSync(join(folder, 'r.html'), 'utf8');

    expect(statSync(join(folder, 'r.html')).size).toBeLessThan(2_000_000);
    expect(text.includes('default-src &#39;none&#39;')).toBe(true);
    expect(/(src|href)="https?:/.test(text)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(readFileSync(join(folder, 'r.md'), 'utf8')).toContain(`# ${story.verdict}`);
  });
  it('names source and day of the instrument rules in HTML, Markdown and JSON, and the run itself does', async () => {
    const told = ({ symbol, seen, origin, tick, takerRate }: Story['rules'][number]) => [symbol, origin, seen, tick, takerRate];
    const html = readFileSync(join(folder, 'r.html'), 'utf8');
    const markdown = readFileSync(join(folder, 'r.md'), 'utf8');
    const { stdout } = await holdfast(folder, 'backtest', strategy, '--market', 'builtin:linear', '--no-store');

    expect(story.rules.map(told)).toEqual([
      ['BTCUSDT', 'package', '2025-01-02', '0.1', '0.00055'], ['ETHUSDT', 'package', '2026-11', '0.01', '0.00055'], ['SOLUSDT', 'package', '2026-11', '0.01', '0.00055'],
    ]);
    expect(html).toContain('<td class="text">packaged, of 2025-01-02</td>');
    expect(html).toContain('Bybit V5 instruments-info example of 2025-01-02');
    expect(markdown).toContain('- BTCUSDT: packaged, of 2025-01-02; tick 0.1, step 0.001, fees 0.00055 taker and 0.0002 maker; Bybit V5 instruments-info example of 2025-01-02');
    expect(stdout).toMatch(/^Rules +BTCUSDT packaged, of 2025-01-02; ETHUSDT, SOLUSDT packaged, of 2026-11$|^Rules +1 packaged, of 2025-01-02; 2 packaged, of 2026-11$/m);
  });
  it('goes on without candles when the data is not there any more, and says so', async () => {
    const path = join(folder, 'data/runs', said.run, 'manifest.json');
    const { readFileSync: read, writeFileSync: write } = await import('node:fs');
    const before = read(path, 'utf8');
    write(path, JSON.stringify({ ...JSON.parse(before) as object, dataHash: 'another' }));
    const { code } = await holdfast(folder, 'report', said.run, '--out', 'without.html');
    write(path, before);

    expect(code).toBe(0);
    expect(read(join(folder, 'without.html'), 'utf8').includes('No candles: the candles in the lake are not the ones the run was played on.')).toBe(true);
  });
  it('refuses an unknown run, a name that is no HTML file, and a folder that cannot be written, each in one line', async () => {
    const unknown = await holdfast(folder, 'report', 'nothing');
    const wrong = await holdfast(folder, 'report', said.run, '--out', 'r.pdf');
    const locked = await holdfast(folder, 'report', said.run, '--out', 'r.md/inside.html');

    expect([unknown.code, wrong.code, locked.code]).toEqual([2, 2, 1]);
    expect(unknown.stderr).toMatch(/^report: nothing: was no stored run in .*\. Fix: see 'holdfast runs'\n$/);
    expect(wrong.stderr).toMatch(/^report: --out was 'r.pdf', expected a name that ends in \.html\. Fix: .*\n$/);
    expect(locked.stderr).toMatch(/^report: .*r\.md\/inside\.html: could not be written .*\n$/);
    expect(existsSync(join(folder, 'nothing.html'))).toBe(false);
  });
  it('--diff sets a second run beside it, with the settings that differ', async () => {
    const other = JSON.parse((await holdfast(folder, 'backtest', strategy, '--market', 'builtin:linear', '--slippage', 'bps:2', '--json')).stdout) as Said;
    const { code, stdout } = await holdfast(folder, 'report', said.run, '--diff', other.run, '--out', 'd.html', '--json');
    const text = readFileSync(join(folder, 'd.html'), 'utf8');

    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { readonly files: readonly string[] }).files).toHaveLength(1);
    expect(text.includes('slippage.kind')).toBe(true);
    expect(/<h1>.*B - A is -[\d.]+ bps a day.*<\/h1>/.exec(text)?.length).toBe(1);
    // The days are those of the stored curve, as compare pairs them: the report's own curve keeps extremes, not ends of days.
    const { differences: [daily] } = JSON.parse((await holdfast(folder, 'compare', said.run, other.run, '--json')).stdout) as { readonly differences: readonly { readonly value: number; readonly sample: string }[] };
    expect(text).toContain(`B - A is ${daily!.value.toFixed(2)} bps a day`);
    expect(text).toContain(`${daily!.sample})`);

    const both = await holdfast(folder, 'report', '--diff', said.run, other.run, '--out', 'both.html');
    const three = await holdfast(folder, 'report', said.run, '--diff', other.run, 'third');
    const none = await holdfast(folder, 'report');
    expect(both.code).toBe(0);
    expect(readFileSync(join(folder, 'both.html'), 'utf8')).toBe(text);
    expect([three.code, none.code]).toEqual([2, 2]);
    expect(three.stderr).toBe('arguments: holdfast report: was 3 runs with --diff, expected two. Fix: holdfast report RUN, or holdfast report --diff A B\n');
    expect(none.stderr).toBe('arguments: holdfast report: was 0 runs, expected one. Fix: holdfast report RUN, or holdfast report --diff A B\n');
  });
});
