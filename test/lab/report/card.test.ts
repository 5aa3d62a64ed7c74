import { describe, expect, it } from 'vitest';
import { cardStyle, computeMetrics, renderCard, summaryOf, toJson } from '../../../lab/report/index.ts';
import type { FinishedRun } from '../../../lab/report/index.ts';
import type { Column } from '../../../engine/index.ts';
import type { RulesUsed } from '../../../data/index.ts';
import { busy, finished, idle, quarter, waived } from './finished-runs.ts';
import { resultOf, textTable } from './results.ts';

const plain = (run: FinishedRun, width = 80): readonly string[] => renderCard(run, { colour: false, width }).split('\n');
const lineOf = (lines: readonly string[], start: string): string => lines.find((line) => line.includes(start)) ?? '';
const cases: readonly (readonly [string, () => FinishedRun])[] = [['a busy run', busy], ['an idle run', idle], ['a run without stops', waived]];

describe('the result card', () => {
  it.each(cases.flatMap(([name, run]) => [40, 72, 79, 80, 93, 100, 300].map((width) => [name, width, run] as const)))(
    '%s at %i columns has at most 24 lines, none wider than the card, none with blanks at its end', (_, width, run) => {
      const lines = plain(run(), width);

      expect(lines.length).toBeLessThanOrEqual(24);
      for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(Math.min(100, Math.max(72, width)));
      for (const line of lines) expect(line).toBe(line.trimEnd());
    });

  it('says first, in one sentence, what was gained, how long it took and what is left open', () => {
    // 10,250.50 - 10,000 = 250.50; 91 daily samples are 90 days.
    expect(plain(busy())[0]).toMatch(/^Gained 250\.50 USDT \(\+2\.5\d? %\) in 90 days with 40 trades; 1 position left open\.$/);
    expect(plain(idle())[0]).toBe('No trade in 5 days; nothing left open.');
    expect(plain(finished(resultOf([10_000, 10_000], { refusals: { 'below-min-qty': 2, 'no stop': 5 } })))[0])
      .toBe('No trade in 1 day: 7 intents refused; nothing left open.');
  });

  it('says before everything else that three positions had no stop, by choice, and then that three trades are too few', () => {
    const lines = plain(waived(), 100);

    expect(lines[0]).toBe('Unprotected by choice: 3 positions held without a stop (noStop) in BTCUSDT, ETHUSDT.');
    expect(lines[1]).toBe('Lost 1,000.00 USDT (-10.00 %) in 90 days with 3 trades, too few to judge; nothing left open.');
  });

  it('shows each number with unit and sample, gains and falls with their sign', () => {
    const lines = plain(busy());

    expect(lineOf(lines, 'Win rate')).toMatch(/Win rate +35\.0 % {2}n = 40$/);
    expect(lineOf(lines, 'Sharpe')).toMatch(/^Sharpe +-?\d+\.\d\d {2}n = 90 days/);
    expect(lineOf(lines, 'Max drawdown')).toMatch(/^Max drawdown +-3\.42 % {2}9\.2 days/);
    // 14 wins of 45.125 and 26 losses of 12.25: 631.75 - 318.5 = 313.25, / 40 = 7.83125; R: (14 x 1.9 - 26 x 0.95) / 40 = 0.0475
    expect(lineOf(lines, 'per trade')).toMatch(/per trade +\+7\.83 {2}USDT$/);
    expect(lineOf(lines, 'Expectancy')).toMatch(/Expectancy +\+0\.05 R {2}n = 40$/);
    expect(lineOf(lines, 'Turnover')).toMatch(/Turnover +14\.\d x {2}mean equity$/);
  });

  it('shows n/a with the sample it has and the one it needs, in fewer words when narrow', () => {
    expect(lineOf(plain(idle(), 80), 'Sharpe')).toMatch(/n\/a: 5 days, needs 30 +Profit factor n\/a: 0 trades, needs 10$/);
    expect(lineOf(plain(waived(), 72), 'Win rate')).toMatch(/n\/a: 3 of 10$/);
  });

  it('both columns stand at the same place in all eight rows', () => {
    const lines = plain(busy()).slice(3, 11);

    expect(lines.map((line) => line.slice(41, 42))).toEqual(['C', 'W', 'P', 'P', 'E', ' ', 'S', 'T']);
    expect(lines.every((line) => line.slice(39, 41) === '  ')).toBe(true);
  });

  it('the way from gross 324.40 over fees, funding and slippage ends at net +250.50', () => {
    const lines = plain(busy());

    // 250.50 + 45.10 + 1.50 + 27.30 = 324.40
    expect(lineOf(lines, '+324.40').trim().split(/ +/)).toEqual(['+324.40', '-45.10', '-1.50', '-27.30', '+250.50']);
    // 73.90 of 145,000 is 5.1 basis points.
    expect(lineOf(lines, 'bps')).toContain('Costs are 5.1 bps of 145,000 USDT traded (n = 80 executions)');
  });

  it('says in the first sentence that two positions were liquidated, at every width', () => {
    const warnings = [{ code: 'LIQUIDATED', symbol: 'ETHUSDT', count: 2, text: '2 liquidated' }];
    for (const width of [72, 80, 100]) expect(plain({ ...busy(), warnings }, width)[0]).toMatch(/, 2 liquidated; 1 position left open\.$/);
  });

  it('sends nobody to look for a run that was not stored', () => {
    for (const width of [72, 100]) {
      const lines = plain({ ...busy(), isStored: false }, width);

      expect(lines.at(-1)).toBe('Not stored    by --no-store; without it, \'holdfast query\' looks further');
      expect(lines.join('\n')).not.toContain('WHERE run=');
    }
  });

  it('names the market at 72 columns too, whatever else must go', () => {
    const of = (change: object): string => plain({ ...busy(), manifest: { ...busy().manifest, ...change } }, 72)[1] ?? '';

    expect(of({ market: 'binance:usdm as bybit:linear' })).toContain('binance:usdm as bybit:linear');
    expect(of({ market: 'builtin:linear', strategy: 'a-strategy-with-a-name-of-many-words' })).toContain('builtin:linear');
  });

  it('names the symbol of an only warning once', () => {
    const only = (text: string) => [{ code: 'mark-interval', symbol: 'BTCUSDT', count: 1, text }];

    expect(lineOf(plain({ ...busy(), warnings: only('BTCUSDT: mark bars are 1h') }), 'Warnings')).toBe('Warnings      BTCUSDT: mark bars are 1h');
    expect(lineOf(plain({ ...busy(), warnings: only('2 holes') }), 'Warnings')).toBe('Warnings      BTCUSDT 2 holes');
  });

  it('tells what could not be known, or that there was nothing', () => {
    const lines = plain(busy(), 100);

    expect(lineOf(lines, 'Ambiguous')).toBe("Ambiguous     12 bars of 52,000 (0.02 %) and 5 of 40 trades could go either way; 'adverse' decided");
    for (const width of [72, 80]) expect(lineOf(plain(busy(), width), 'Ambiguous')).toMatch(/12 bars.*, 5 of 40 trades/);
    expect(lineOf(lines, 'Mark price')).toContain('1h bars beside 5m');
    expect(lineOf(lines, 'Rules')).toBe("Rules         BTCUSDT stored, seen 2026-11-23; WIFUSDT inferred from the data's scale");
    expect(lineOf(lines, 'Warnings')).toContain('data-gap BTCUSDT 4, inferred-rules WIFUSDT 1');
    expect(lineOf(lines, 'Refused')).toContain('14 intents: below-min-qty 9, no room for the stop 3, open risk limit 2');
    expect(lineOf(lines, 'Left open')).toContain('long 0.12 BTCUSDT at 67,320.00; unrealised +12.30 USDT');
    expect(lineOf(plain(idle()), 'Not known')).toContain('nothing');
  });

  it('says where the rules of each symbol are from and of what day they are', () => {
    const rule = (symbol: string, origin: RulesUsed['origin'], seen: string | null, until: string | null = null): RulesUsed =>
      ({ symbol, origin, source: 'file mine.json', seen, until });
    const of = (rules: readonly RulesUsed[], width = 100): string => lineOf(plain({ ...idle(), manifest: { ...idle().manifest, rules } }, width), 'Rules').slice(14);

    expect(of([rule('BTCUSDT', 'package', '2025-01-02'), rule('ETHUSDT', 'package', '2026-11')])).toBe('BTCUSDT packaged, of 2025-01-02; ETHUSDT packaged, of 2026-11');
    expect(of([rule('BTCUSDT', 'lake', '2026-11-23', '2026-11-30'), rule('ETHUSDT', 'lake', '2026-11-23', '2026-11-30')]))
      .toBe('BTCUSDT, ETHUSDT stored, seen 2026-11-23, others from 2026-11-30: file mine.json');
    expect(of([rule('BTCUSDT', 'file', null)])).toBe('BTCUSDT given by file mine.json');
    const many = Array.from({ length: 12 }, (_, k) => rule(`C${k}USDT`, 'package', k < 5 ? '2025-01-02' : '2026-11'));
    expect(of(many, 72)).toBe('5 packaged, of 2025-01-02; 7 packaged, of 2026-11');
  });

  it('names every warning on as many lines as 24 allow, each kind once when that is too much, and sends to the rest', () => {
    const symbols = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'];
    const of = (codes: readonly string[]) => codes.flatMap((code) => symbols.map((symbol) => ({ code, symbol, count: 1, text: 'told' })));
    const shown = (codes: readonly string[], width = 80): readonly string[] => {
      const lines = plain({ ...busy(), warnings: of(codes) }, width);
      const at = lines.findIndex((line) => line.startsWith('Warnings'));
      return [...lines.slice(at, lines.findIndex((line) => line.startsWith('Refused'))).map((line) => line.slice(14)), lines.at(-1) ?? ''];
    };
    const trades = `holdfast query "FROM trades WHERE run='20251122-1201-trend-pullback-4f1c'"`;

    // 24 lines less 2 + 1 + 8 + 3 of head, rule, numbers and costs, 3 at the foot, 5 others that are not known: 2 are left
    expect(shown(['gap', 'mark'])).toEqual(['gap BTCUSDT 1, gap ETHUSDT 1, gap SOLUSDT 1, mark BTCUSDT 1,', 'mark ETHUSDT 1, mark SOLUSDT 1', trades]);
    expect(shown(['gap', 'mark', 'no-funding'])).toEqual(['gap 3, mark 3, no-funding 3', trades]);
    const many = Array.from({ length: 30 }, (_, k) => `warning-${String(k).padStart(2, '0')}`);
    // Four to a line of 66: `warning-00 3, ` is 14; the second line holds three and `and 23 more, see below`
    expect(shown(many)).toEqual([
      'warning-00 3, warning-01 3, warning-02 3, warning-03 3,', 'warning-04 3, warning-05 3, warning-06 3, and 23 more, see below', trades.replace('trades', 'warnings'),
    ]);
    expect(plain({ ...busy(), warnings: of(many) }, 80)).toHaveLength(24);
    expect(plain({ ...busy(), warnings: of(many), isStored: false }, 80).at(-1)).toBe('Not stored    by --no-store; --json tells every warning');
  });

  it('of a run that ended halted or reducing says since when no entry was taken and why, above the verdict', () => {
    const modes = (mode: string): FinishedRun => {
      const texts = textTable('modes', { mode: ['trading', mode], cause: ['start', 'drawdown'], evidence: ['', 'equity 7,990 of 10,000'] });
      const at: Column = { name: 'time', type: 'double', values: Float64Array.from([0, Date.UTC(2025, 9, 3, 4, 5)]) };
      return finished(resultOf([10_000, 10_000], { tables: [{ ...texts, columns: [...texts.columns, at] }] }));
    };

    expect(plain(modes('halted'), 100)[0]).toBe('Halted since 2025-10-03 04:05 UTC, no entry after it: equity 7,990 of 10,000.');
    expect(plain(modes('reducing'), 72)[0]).toBe('Reducing only since 2025-10-03 04:05 UTC, no entry after it: drawdown.');
    expect(plain(modes('trading'), 100)[0]).not.toContain('since');
  });

  it('says that none of 52,000 bars was ambiguous, also beside other things that are not known', () => {
    expect(lineOf(plain(busy({ ambiguousBars: 0, ambiguousTrades: 0 }), 100), 'Ambiguous')).toContain('none of 52,000 bars');
    expect(lineOf(plain(idle()), 'Ambiguous')).toBe('');
    expect(lineOf(plain(idle()), 'Not known')).toContain('no ambiguous bar');
  });

  it('tells on one line how many bars were matched on what, and how many stayed ambiguous', () => {
    const settled = { timeframe: '1m', bars: 51_990, children: 259_950, withoutDetail: 10, withHoles: 0, ambiguousBars: 2 };
    const lines = plain(busy({ detail: settled, ambiguousBars: 2, ambiguousTrades: 1 }), 120);
    const onTrades = { timeframe: 'trades', bars: 1, children: 1, withoutDetail: 0, withHoles: 0, ambiguousBars: 0 };

    expect(lineOf(lines, 'Detail')).toContain("51,990 bars on 259,950 of 1m; 10 had none, 2 still ambiguous, 1 of 40 trades");
    expect(lines.some((line) => line.startsWith('Ambiguous'))).toBe(false);
    expect(lineOf(plain(busy({ detail: onTrades, ambiguousBars: 0 }), 120), 'Detail')).toContain('1 bar on 1 trade; none still ambiguous');
  });

  it('ends with run id, digest, timing and the query that shows the trades of this run', () => {
    const lines = plain(busy(), 100);

    expect(lines.at(-3)).toBe('Run           20251122-1201-trend-pullback-4f1c · digest 4f1c000000000000');
    expect(lines.at(-2)).toBe('Took          load 0.81 s, run 0.16 s (0.3 M bars/s), store 0.24 s');
    expect(lines.at(-1)).toBe(`Look further  holdfast query "SELECT * FROM trades WHERE run='20251122-1201-trend-pullback-4f1c'"`);
    expect(plain(busy(), 80).at(-1)).toBe(`holdfast query "FROM trades WHERE run='20251122-1201-trend-pullback-4f1c'"`);
  });

  it('has the same text with colour, has no escape without, and none in a pipe or with NO_COLOR', () => {
    const coloured = renderCard(waived(), { colour: true, width: 80 });
    const bare = renderCard(waived(), { colour: false, width: 80 });

    // oxlint-disable-next-line no-control-regex -- escapes are what is looked for
    expect(coloured.replace(/\u001b\[[\d;]*m/g, '').split('\n').map((line) => line.trimEnd())).toEqual(bare.split('\n'));
    expect(coloured).toContain('\u001b[');
    expect(bare).not.toContain('\u001b');
    expect(cardStyle({ isTTY: true, columns: 91 }, {})).toEqual({ colour: true, width: 91 });
    expect(cardStyle({ isTTY: true, columns: 91 }, { NO_COLOR: '1' })).toEqual({ colour: false, width: 91 });
    expect(cardStyle({}, {})).toEqual({ colour: false, width: 80 });
  });

  it('has no exclamation mark, and stands up to money of a trillion and to coins of eight decimals', () => {
    const large = finished(resultOf([1e12, 1e12 + 5_000_000]));
    const coin = finished(resultOf([0.5, 0.51234567], { ledger: { settle: 'BTC', start: '0.5', realised: '0', fees: '0.00012', funding: '0', end: '0.51234567' } }));

    for (const run of [busy(), idle(), waived(), large, coin]) for (const line of plain(run, 72)) expect(line).not.toContain('!');
    expect(lineOf(plain(large, 72), 'Equity at end')).toContain('1.000e+12');
    expect(lineOf(plain(coin), 'Equity at end')).toContain('0.51234567  BTC');
    expect(plain(coin)[0]).toContain('Gained 0.01234567 BTC (+2.47 %)');
  });
});

describe('the object of --json', () => {
  it('has numbers where there are numbers, null where there are none, and the reason beside it', () => {
    const json = toJson(waived());

    expect(Object.keys(json).sort()).toEqual([
      'ambiguousBars', 'ambiguousTrades', 'bars', 'decisions', 'detail', 'digest', 'equity', 'faults', 'fees', 'funding', 'ledger', 'loopDigest', 'manifest', 'metrics',
      'metricsDetail', 'open', 'refusals', 'run', 'timing', 'trades', 'warnings',
    ]);
    expect(json).toMatchObject({
      run: '20251122-1201-trend-pullback-4f1c', bars: 52_000, trades: 3, equity: { start: 10_000, end: 9_000 }, fees: 45.1, funding: -1.5,
      ambiguousBars: 12, ambiguousTrades: 5, timing: { loadMs: 812, runMs: 160, storeMs: 245 },
    });
    expect(json.metrics.winRate).toBeNull();
    expect(json.metricsDetail.winRate).toEqual({ tag: 'n/a', why: '3 trades, needs 10', n: 3, needs: 10 });
    expect(json.metrics.maxDrawdown).toBe(0.0342);
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  });

  it('the summary for the run store repeats the same totals', () => {
    const result = resultOf(quarter, { ambiguousBars: 12, ambiguousTrades: 5, ledger: { settle: 'USDT', start: '10000', realised: '0', fees: '45.1', funding: '-1.5', end: '10250.5' } });
    const metrics = computeMetrics(result);

    const summary = summaryOf(result, metrics);

    expect(summary).toEqual({
      bars: 52_000, decisions: 51_900, trades: 0, equityStart: 10_000, equityEnd: 10_250.5, fees: 45.1, funding: -1.5, maxDrawdown: 0,
      ambiguousBars: 12, ambiguousTrades: 5, sharpe: metrics.sharpe.tag === 'value' ? metrics.sharpe.value : null, digest: result.digest,
    });
    expect(summary.sharpe).not.toBeNull();
  });
});
