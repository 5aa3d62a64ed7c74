/** `holdfast backtest --band` from outside: three runs, one answer, and each run the same as if it had been played alone. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folderWith, holdfast, interrupted, strategyText } from './command.ts';

/** A stop and a target so near that a bar often holds both; at top level a count that no run may see of another. */
const near = strategyText({
  top: 'let calls = 0;',
  body: 'calls += 1; if (calls > 600) return intents.hold; '
    + 'return intents.enter({ side: \'long\', risk: 0.005, stop: bar.close * 0.999, stopBy: \'last\', targets: [{ price: bar.close * 1.001, fraction: 1 }] });',
});
const folder = folderWith({ 'near.ts': near, 'idle.ts': strategyText() });
afterAll(() => rmSync(folder, { recursive: true }));

const range = ['--market', 'builtin:linear', '--from', '2025-10-01', '--to', '2025-10-08'] as const;
interface Run { readonly run: string; readonly digest: string; readonly equity: { readonly end: number }; readonly ambiguousBars: number; readonly ambiguousTrades: number; readonly manifest: { readonly path: string; readonly configHash: string } }
interface Banded extends Run { readonly band: Readonly<Record<string, Run>>; readonly bandVerdict: { readonly agree: boolean; readonly text: string } }

describe('backtest --band', () => {
  it('gives three runs, each with the digest and the config hash it has alone, the configured one on top', async () => {
    const { code, stdout, stderr } = await holdfast(folder, 'backtest', 'near.ts', ...range, '--band', '--json', '--no-store');
    const banded = JSON.parse(stdout) as Banded;

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(Object.keys(banded.band)).toEqual(['adverse', 'favourable', 'adaptive']);
    for (const path of ['adverse', 'favourable', 'adaptive']) {
      const alone = JSON.parse((await holdfast(folder, 'backtest', 'near.ts', ...range, '--set', `path=${path}`, '--json', '--no-store')).stdout) as Run;
      expect(banded.band[path]).toMatchObject({ digest: alone.digest, manifest: { path, configHash: alone.manifest.configHash } });
    }
    const { band, bandVerdict, ...top } = banded;
    expect(top).toEqual(band['adverse']);
    expect(band['adverse']!.ambiguousBars).toBeGreaterThan(0);
    expect(band['adverse']!.ambiguousTrades).toBeGreaterThan(0);
    expect(band['favourable']!.equity.end).toBeGreaterThan(band['adverse']!.equity.end);
    expect(bandVerdict).toMatchObject({ agree: false, text: expect.stringContaining('what a bar cannot tell') as string });
  });

  it('prints the card of the configured path, then the three side by side, and stores three runs that query tells apart', async () => {
    const { code, stdout, stderr } = await holdfast(folder, 'backtest', 'near.ts', ...range, '--band', '--set', 'path=favourable');

    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.find((line) => line.startsWith('Path'))).toMatch(/adverse +favourable +adaptive +card: favourable$/);
    expect(lines.find((line) => line.startsWith('Ambiguous  '))).toContain('favourable');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    const runs = readdirSync(join(folder, 'data/runs'));
    const paths = runs.map((run) => (JSON.parse(readFileSync(join(folder, 'data/runs', run, 'manifest.json'), 'utf8')) as { path: string }).path);
    expect(paths.toSorted()).toEqual(['adaptive', 'adverse', 'favourable']);
    const asked = await holdfast(folder, 'query', 'SELECT count(DISTINCT run)::INT AS runs, bool_or(ambiguous) AS any FROM trades', '--json');
    expect((JSON.parse(asked.stdout) as { rows: unknown[] }).rows).toEqual([{ runs: 3, any: true }]);
    const { stdout: listed } = await holdfast(folder, 'runs');
    for (const path of paths) expect(listed).toContain(` ${path} `);
  });

  it('stores three runs even when all three are the same in the same millisecond, and says that they agree', async () => {
    const own = folderWith({ 'idle.ts': strategyText() });
    const { code, stdout } = await holdfast(own, 'backtest', 'idle.ts', ...range, '--band');

    expect(code).toBe(0);
    expect(stdout).toContain('All three paths agree.');
    expect(readdirSync(join(own, 'data/runs'))).toHaveLength(3);
    rmSync(own, { recursive: true });
  });

  it.each(['ohlc', 'olhc'])('with path=%s is refused before anything is loaded: exit 2', async (path) => {
    const { code, stdout, stderr } = await holdfast(folder, 'backtest', 'idle.ts', '--market', 'nowhere:linear', '--band', '--set', `path=${path}`);

    expect(stderr).toBe(`config: path: was ${path} with --band, expected adverse, favourable or adaptive: the band plays these three. `
      + 'Fix: leave out path, or --band\n');
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('names the path on which the strategy failed: exit 2, nothing printed, nothing stored', async () => {
    // It throws once the first trade has won, which the adverse path puts off longer than its range.
    const body = 'if (closed.some((trade) => trade.reason === \'target\')) throw new Error(\'won\'); '
      + 'return intents.enter({ side: \'long\', risk: 0.005, stop: bar.close * 0.999, stopBy: \'last\', targets: [{ price: bar.close * 1.001, fraction: 1 }] });';
    const own = folderWith({ 'won.ts': strategyText({ body }).replace('{ bar,', '{ bar, closed,') });
    const { code, stdout, stderr } = await holdfast(own, 'backtest', 'won.ts', ...range, '--band');

    expect(stderr).toMatch(/^path (?:adverse|favourable|adaptive): strategy: .*won.*Fix: correct the strategy\n$/);
    expect(stdout).toBe('');
    expect(code).toBe(2);
    expect(existsSync(join(own, 'data'))).toBe(false);
    rmSync(own, { recursive: true });
  });

  it('ended by Ctrl-C leaves nothing: exit 130, nothing on stdout, no run', async () => {
    const body = 'let x = 0; for (let i = 0; i < 2e6; i++) x += i; return x < 0 ? intents.exit(\'never\') : intents.hold;';
    const own = folderWith({ 'slow.ts': strategyText({ body }) });

    const { code, stdout } = await interrupted(own, 'backtest', 'slow.ts', '--market', 'builtin:linear', '--band');

    expect(code).toBe(130);
    expect(stdout).toBe('');
    expect(existsSync(join(own, 'data'))).toBe(false);
    rmSync(own, { recursive: true });
  });
});
