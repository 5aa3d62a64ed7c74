/** `holdfast backtest` from outside: what it prints and stores, which strategy it takes, and how it ends when one misbehaves. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folderWith, holdfast, interrupted, strategyText } from './command.ts';
import { playInThread } from './thread.ts';

const folder = folderWith({});
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
const fileOf = (text: string): string => {
  const name = `probe-${(count += 1)}.ts`;
  writeFileSync(join(folder, name), text);
  return name;
};
const backtest = (file: string, ...more: readonly string[]) =>
  holdfast(folder, 'backtest', file, '--market', 'builtin:linear', '--no-store', ...more);
const enterOnce = 'return intents.enter({ side: \'long\', risk: 0.005, stop: bar.close * 0.98 });';

interface Card {
  readonly run: string; readonly bars: number; readonly decisions: number; readonly digest: string; readonly trades: number;
  readonly manifest: { readonly strategy: string; readonly strategyHash: string; readonly params: unknown; readonly configHash: string };
}

describe('a strategy that misbehaves ends the run with exit 2, its line, symbol and bar', () => {
  const bad: readonly (readonly [string, string, RegExp])[] = [
    ['throws', 'throw new Error(\'no idea\');', /:6: no idea/],
    ['throws a text', 'throw \'no idea\';', /: threw no idea/],
    ['reads a field of nothing', 'return (null as unknown as { x: never }).x;', /:6: .*TypeError: Cannot read properties of null/],
    ['returns a number', 'return 42 as never;', /intent/],
    ['returns nothing', '', /intent/],
    ['returns a promise', 'return Promise.resolve(intents.hold) as never;', /intent/],
    ['wants a stop at NaN', 'return intents.enter({ side: \'long\', risk: 0.01, stop: Number.NaN });', /:6: .*NaN/],
    ['wants an infinite size', 'return intents.enter({ side: \'long\', notional: Infinity, stop: bar.close * 0.9 });', /:6: .*Infinity/],
    ['calls itself for ever', 'const again = (): never => again(); return again();', /:6: .*Maximum call stack/],
  ];
  it.each(bad)('%s', async (_, body, expected) => {
    const came = await playInThread(folder, fileOf(strategyText({ body })));

    expect(came).toMatchObject({ tag: 'failed', exitCode: 2, line: expect.stringMatching(expected) as string });
    expect(came).toMatchObject({ line: expect.stringMatching(/^strategy: .*\(BTCUSDT bar 2025-10-01T\d\d:\d\d:00Z\)\. Fix: correct the strategy$/) as string });
  });

  it('that needs more warm-up than there are bars is no run without trades: exit 3 names both', async () => {
    const { code, stdout, stderr } = await backtest(fileOf(strategyText({ body: 'return intents.hold;' })), '--from', '2025-10-02', '--to', '2025-10-02T00:10Z');

    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/no decision was taken: was 2 bars of 5m from 2025-10-02 00:00 to 2025-10-02 00:10, expected more than the warm-up, here \d+\. Fix: /);
  });

  it('keeps a Map in memory: the path is named', async () => {
    const text = strategyText({ body: 'return intents.hold;' })
      .replace('  indicators:', '  memory: () => ({ seen: { by: new Map() } }) as never,\n  indicators:');

    const came = await playInThread(folder, fileOf(text));

    expect(came).toMatchObject({ tag: 'failed', exitCode: 2, line: expect.stringContaining('memory.seen.by') as string });
  });

  it('loops for ever in decide: ended after 0.5 s with symbol and bar', async () => {
    const came = await playInThread(folder, fileOf(strategyText({ body: 'for (;;) { if (bar.close < 0) break; } return intents.hold;' })), { decideTimeoutMs: 500 });

    expect(came).toMatchObject({
      exitCode: 2, line: expect.stringMatching(/^strategy did not return within 0\.5 s: .*probe-\d+\.ts: BTCUSDT bar 2025-10-01T\d\d:\d\d:00Z\. Fix: /) as string,
    });
  });

  it('loops for ever at the top level: the command ends it after --decide-timeout 1, before the first bar', async () => {
    const { code, stdout, stderr } = await backtest(fileOf(strategyText({ top: 'for (;;);' })), '--decide-timeout', '1');

    expect(stderr).toMatch(/^strategy did not return within 1 s: .*before the first bar/);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('has a parameter out of bounds or unknown', async () => {
    const file = fileOf(strategyText());

    const { code, stderr } = await backtest(file, '--params', 'side=long', 'n=500');
    const unknown = await playInThread(folder, file, { params: ['m=5'] });

    expect(stderr).toContain('params: n: was 500, expected a whole number from 2 to 200');
    expect(code).toBe(2);
    expect(unknown).toMatchObject({ exitCode: 2, line: expect.stringContaining('params: m: was not a parameter of probe, expected one of n, side') as string });
  });

  it('trades a symbol that the market does not have: exit 3', async () => {
    const { code, stderr } = await backtest(fileOf(strategyText().replace('BTCUSDT', 'NOPEUSDT')));

    expect(stderr).toContain('NOPEUSDT');
    expect(code).toBe(3);
  });
});

describe('several strategies in a file', () => {
  const two = `${strategyText({ name: 'first-one', exported: 'one' })}${strategyText({ name: 'second-one', exported: 'two' }).replace(/^import.*\n/, '')}`;
  const nameOf = async (reference: string): Promise<string> => {
    const came = await playInThread(folder, reference);
    return came.tag === 'played' ? came.declared.name : came.line;
  };

  it('are listed when none is named', async () => {
    const { code, stderr } = await backtest(fileOf(two));

    expect(stderr).toMatch(/was a file with 2 strategies \(one, two\), expected one or a default export\. Fix: say probe-\d+\.ts#one/);
    expect(code).toBe(2);
  });
  it('are named by export or by their own name after #', async () => {
    const file = fileOf(two);

    expect(await nameOf(`${file}#two`)).toBe('second-one');
    expect(await nameOf(`${file}#first-one`)).toBe('first-one');
  });
  it('have a default export that is taken', async () => {
    expect(await nameOf(fileOf(`${two}export default two;\n`))).toBe('second-one');
  });
  it('named wrongly are listed with the nearest', async () => {
    expect(await nameOf(`${fileOf(two)}#twoo`)).toMatch(/was #twoo, expected one of one, two\. Fix: say probe-\d+\.ts#two/);
  });
});

describe('a finished run', () => {
  it('prints one object with --json, is stored, and is the same run the second time', async () => {
    const file = fileOf(strategyText({ body: enterOnce }));
    const words = ['backtest', file, '--market', 'builtin:linear', '--params', 'n=10', '--slippage', 'ticks:1', '--json'] as const;

    const first = await holdfast(folder, ...words);
    const second = await holdfast(folder, ...words);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(second).toMatchObject({ code: 0, stderr: '' });
    const [a, b] = [JSON.parse(first.stdout) as Card, JSON.parse(second.stdout) as Card];

    expect(first.stdout.trimEnd().split('\n')).toHaveLength(1);
    for (const key of ['run', 'manifest', 'bars', 'decisions', 'trades', 'equity', 'fees', 'funding', 'metrics', 'ambiguousBars', 'warnings', 'digest', 'timing']) {
      expect(a).toHaveProperty(key);
    }
    expect(a.manifest).toMatchObject({ strategy: 'probe', params: { n: 10, side: 'long' } });
    expect(b.digest).toBe(a.digest);
    expect(b.manifest.configHash).toBe(a.manifest.configHash);
    expect(b.run).not.toBe(a.run);
    expect(existsSync(join(folder, 'data/runs', a.run, 'manifest.json'))).toBe(true);

    const listed = JSON.parse((await holdfast(folder, 'runs', '--json')).stdout) as { runs: { run: string }[] };
    const asked = JSON.parse((await holdfast(folder, 'query', `SELECT digest FROM runs WHERE run = '${a.run}'`, '--json')).stdout) as { rows: unknown[] };
    expect(listed.runs.map(({ run }) => run)).toEqual([b.run, a.run]);
    expect(asked.rows).toEqual([{ digest: a.digest }]);
  });

  it('of the strategy that init writes ends with exit 0 and a card of at most 24 lines', async () => {
    await holdfast(folder, 'init', 'mine');

    const { code, stdout, stderr } = await backtest('mine/strategy.ts');

    expect(stderr).toBe('');
    expect(stdout).toContain('trend-pullback');
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(24);
    expect(code).toBe(0);
  });

  it('over two markets says so, and one market alone cannot be meant for both', async () => {
    const words = ['--from', '2025-10-01', '--to', '2025-10-03', '--json'] as const;
    const file = fileOf(strategyText());

    const { code, stdout } = await holdfast(folder, 'backtest', file, '--no-store', '--data', 'builtin:linear', '--exec', 'bybit:linear', ...words);
    const card = JSON.parse(stdout) as { manifest: { market: string }; warnings: { code: string }[] };

    expect(code).toBe(0);
    expect(card.manifest.market).toBe('builtin:linear as bybit:linear');
    expect(card.warnings.map((warning) => warning.code)).toContain('mixed-markets');
  });

  it('with --record all keeps every event', async () => {
    const file = fileOf(strategyText({ body: enterOnce }));
    const { stdout } = await holdfast(folder, 'backtest', file, '--market', 'builtin:linear', '--from', '2025-10-01', '--to', '2025-10-02', '--record', 'all', '--json');
    const { run } = JSON.parse(stdout) as Card;

    const asked = await holdfast(folder, 'query', `SELECT (count(*) FILTER (kind = 'execution'))::INT AS e, (SELECT count(*)::INT FROM executions WHERE run = '${run}') AS x FROM events WHERE run = '${run}'`, '--json');
    const [row] = (JSON.parse(asked.stdout) as { rows: { e: number; x: number }[] }).rows;

    expect(row?.e).toBeGreaterThan(0);
    expect(row?.e).toBe(row?.x);
  });

  it('with --set dataGap=error does not begin: exit 3 and the hole named', async () => {
    const { code, stdout, stderr } = await backtest(fileOf(strategyText()), '--set', 'dataGap=error', '--json');

    expect(stderr).toMatch(/^market: BTCUSDT: .*dataGap/);
    expect(stdout).toBe('');
    expect(code).toBe(3);
  });

  it('is not there after Ctrl-C: exit 130, nothing on stdout, nothing stored', async () => {
    const body = 'let x = 0; for (let i = 0; i < 2e7; i++) x += i; return x < 0 ? intents.exit(\'never\') : intents.hold;';
    const own = folderWith({ 'slow.ts': strategyText({ body }) });

    const { code, stdout } = await interrupted(own, 'backtest', 'slow.ts', '--market', 'builtin:linear');

    expect(code).toBe(130);
    expect(stdout).toBe('');
    expect(existsSync(join(own, 'data'))).toBe(false);
    rmSync(own, { recursive: true });
  });
});
