/**
 * The views over real runs against sums done another way, every metric of ten runs against one computed in SQL from the
 * stored rows, and the comparison of two runs.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analysisViews, queryRuns } from '../../data/index.ts';
import { folderWith, holdfast } from './command.ts';

const folder = folderWith({});
const data = join(folder, 'data');
afterAll(() => rmSync(folder, { recursive: true }));

interface Said { readonly run: string; readonly metrics: Readonly<Record<string, number | null>>; readonly trades: number; readonly equity: { readonly start: number; readonly end: number } }
const said: Said[] = [];
const trend = join(process.cwd(), 'strategies/trend.ts');

beforeAll(async () => {
  for (let i = 0; i < 10; i++) {
    const { stdout, stderr } = await holdfast(folder, 'backtest', trend, '--market', 'builtin:linear', '--params', `channel=${60 + 20 * i}`, '--slippage', i % 2 === 0 ? 'bps:1' : 'none', '--json');
    if (stdout === '') throw new Error(stderr);
    said.push(JSON.parse(stdout) as Said);
  }
}, 240_000);

type Row = Readonly<Record<string, unknown>>;
const ask = async (sql: string): Promise<readonly Row[]> => (await queryRuns(data, sql, { limit: 100_000 })).rows;
const one = async (sql: string): Promise<Row> => (await ask(sql))[0]!;

describe('metrics of ten runs, computed a second time in SQL from the stored rows', () => {
  it('agree: Sharpe, Sortino, volatility, growth, drawdown, win rate, profit factor, payoff, expectancy and SQN', async () => {
    const rows = await ask(`WITH days AS (SELECT run, "return" AS x FROM daily_equity WHERE "return" IS NOT NULL),
      daily AS (SELECT run, avg(x) / stddev_samp(x) * sqrt(365) AS sharpe, stddev_samp(x) * sqrt(365) AS volatility,
        avg(x) / sqrt(sum(least(x, 0) ** 2) / (count(*) - 1)) * sqrt(365) AS sortino, count(*) AS n FROM days GROUP BY run),
      traded AS (SELECT run, avg(CASE WHEN net > 0 THEN 1.0 ELSE 0 END) AS won, sum(greatest(net, 0)) / -sum(least(net, 0)) AS factor,
        avg(net) FILTER (WHERE net > 0) / -avg(net) FILTER (WHERE net < 0) AS payoff, avg(r) AS r, avg(net) AS mean_net,
        sqrt(count(r)) * avg(r) / stddev_samp(r) AS sqn FROM trades GROUP BY run)
      SELECT r.run, d.*, t.*, power(r.equity_end / r.equity_start, 365 / (epoch_ms(r.to_at - r.from_at) / 86400000.0)) - 1 AS cagr, (SELECT min(depth) FROM drawdowns w WHERE w.run = r.run) AS depth
      FROM runs r JOIN daily d ON d.run = r.run JOIN traded t ON t.run = r.run`);

    expect(rows).toHaveLength(10);
    for (const { run, metrics } of said) {
      const row = rows.find((found) => found['run'] === run)!;
      const pairs: readonly (readonly [string, string])[] = [
        ['sharpe', 'sharpe'], ['sortino', 'sortino'], ['volatility', 'volatility'], ['cagr', 'cagr'], ['winRate', 'won'], ['profitFactor', 'factor'],
        ['payoff', 'payoff'], ['expectancyR', 'r'], ['expectancy', 'mean_net'], ['sqn', 'sqn'],
      ];
      for (const [name, column] of pairs) expect([run, name, metrics[name]!.toFixed(6)]).toEqual([run, name, (row[column] as number).toFixed(6)]);
      // The stored curve keeps its extremes, so that the deepest fall between closes is in it.
      expect(metrics['maxDrawdown']).toBeCloseTo(-(row['depth'] as number), 6);
      expect(metrics['calmar']).toBeCloseTo((row['cagr'] as number) / -(row['depth'] as number), 4);
    }
  });
});

describe('views', () => {
  it.each(analysisViews.map((view) => [view.name, view] as const))('%s says what each of its columns is, and has no other', async (name, view) => {
    const { columns } = await queryRuns(data, `SELECT * FROM ${name} LIMIT 1`);

    expect(columns.map((column) => column.name)).toEqual(view.columns.map((column) => column.name));
    expect(view.columns.every(({ meaning }) => meaning.length >= 3)).toBe(true);
  });
  it('every way to group trades counts each once: hours, weekdays, symbols, sides, reasons and regimes sum to all', async () => {
    for (const view of ['by_hour', 'by_weekday', 'by_symbol', 'by_side', 'by_exit_reason', 'by_regime']) {
      const row = await one(`SELECT sum(trades) AS n, sum(net) AS net FROM ${view} WHERE run = '${said[0]!.run}'`);
      const all = await one(`SELECT count(*) AS n, sum(net) AS net FROM trades WHERE run = '${said[0]!.run}'`);

      expect([view, row['n']]).toEqual([view, all['n']]);
      expect(row['net']).toBeCloseTo(all['net'] as number, 6);
    }
  });
  it('a group of fewer than ten trades has no win rate and no profit factor', async () => {
    const rows = await ask('SELECT trades, win_rate, profit_factor FROM by_hour');
    const few = rows.filter(({ trades }) => (trades as number) < 10);

    expect(few.length).toBeGreaterThan(0);
    expect(few.every((row) => row['win_rate'] === null && row['profit_factor'] === null)).toBe(true);
    expect(rows.filter(({ trades }) => (trades as number) >= 10).every((row) => row['win_rate'] !== null)).toBe(true);
  });
  it('costs: without costs less slippage and fees plus funding is net, and net is what equity gained', async () => {
    const rows = await ask('SELECT * FROM costs');

    for (const { run, equity } of said) {
      const row = rows.find((found) => found['run'] === run) as Readonly<Record<string, number>>;
      expect(row['without_costs']! - row['slippage']! - row['fees']! + row['funding']!).toBeCloseTo(row['net']!, 8);
      expect(row['net']).toBeCloseTo(equity.end - equity.start, 8);
    }
  });
  it('a fall lasts from the peak it left to the close that reached it again, and the next begins no earlier', async () => {
    const rows = await ask(`SELECT epoch_ms(began_at) AS began, epoch_ms(trough_at) AS trough, epoch_ms(ended_at) AS ended FROM drawdowns WHERE run = '${said[0]!.run}' ORDER BY began_at`) as readonly Readonly<Record<string, number | null>>[];

    expect(rows.length).toBeGreaterThan(3);
    for (const [i, { began, trough, ended }] of rows.entries()) {
      expect(trough!).toBeGreaterThan(began!);
      if (ended !== null) expect(ended!).toBeGreaterThan(trough!);
      if (i > 0) expect(began!).toBeGreaterThanOrEqual(rows[i - 1]!['ended']!);
    }
  });
  it('why there was no trade: every refused or changed want stands in refusals with its reason and mode', async () => {
    const row = await one("SELECT count(*) AS n, count(*) FILTER (WHERE reason IS NULL OR mode <> 'trading') AS odd FROM refusals");
    const decided = await one("SELECT count(*) AS n FROM decisions WHERE outcome IN ('refused', 'changed')");

    expect(row['n']).toBe(decided['n']);
    expect(row['odd']).toBe(0);
  });
});

describe('two runs compared', () => {
  const [a, b] = [0, 1];
  it('with themselves: every pair is equal, and no better is found', async () => {
    const { stdout } = await holdfast(folder, 'compare', said[a]!.run, said[a]!.run, '--json');
    const { verdict, differences, trades } = JSON.parse(stdout) as { readonly verdict: string; readonly differences: readonly { readonly value: number }[]; readonly trades: { readonly both: number; readonly onlyFirst: number } };

    expect(verdict).toBe('luck');
    expect(differences.map(({ value }) => value)).toEqual([0, 0, 0, 0]);
    expect(trades).toEqual({ both: said[a]!.trades, onlyFirst: 0, onlySecond: 0 });
  });
  it('in words: a sentence, both totals, and four differences with their samples', async () => {
    const { code, stdout } = await holdfast(folder, 'compare', said[a]!.run, said[b]!.run);

    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(/^(A is better|B is better|The difference may be luck)/);
    expect(stdout).toMatch(/Return per day +[+-]?[\d.]+ bps {2}[+-]?[\d.]+ bps to [+-]?[\d.]+ bps, n = \d+ days in common/);
    expect(stdout.split('\n').every((line) => line.length <= 110)).toBe(true);
  });
  it('--all lists each difference with both rows; --exact only the first; both exit with 1', async () => {
    const every = await holdfast(folder, 'compare', said[a]!.run, said[b]!.run, '--all');
    const first = await holdfast(folder, 'compare', said[a]!.run, said[b]!.run, '--exact');
    const count = Number(/difference 1 of (\d+): /.exec(every.stdout)?.[1]);

    expect([every.code, first.code]).toEqual([1, 1]);
    expect(count).toBeGreaterThan(10);
    expect(every.stdout.match(/^difference \d+ of /gm)).toHaveLength(count);
    expect(first.stdout.match(/difference/g)).toHaveLength(1);
  });
});
