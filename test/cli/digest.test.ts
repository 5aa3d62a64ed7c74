import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadMarket } from '../../data/index.ts';
import { isStrategy, runConfig } from '../../engine/index.ts';
import { run } from '../../sim/index.ts';
import { reversion } from '../../strategies/reversion.ts';
import { program } from './command.ts';

const words = ['backtest', resolve('strategies/reversion.ts'), '--market', 'builtin:linear', '--no-store', '--json'];

/** The run of a fresh process with these flags of node. */
function digestWith(...flags: readonly string[]): string {
  const stdout = execFileSync(process.execPath, [...flags, program, ...words], {
    encoding: 'utf8', env: { ...process.env, HOLDFAST_DATA: join(tmpdir(), 'holdfast-digest') }, stdio: ['ignore', 'pipe', 'ignore'],
  });
  return (JSON.parse(stdout) as { readonly digest: string }).digest;
}

describe('one run, wherever it is played', () => {
  it('has the same digest twice in this process, in fresh processes, with none and with eight background threads', async () => {
    const strategy: unknown = reversion;
    if (!isStrategy(strategy)) throw new Error('not a strategy');
    const market = await loadMarket({ folder: '', market: 'builtin:linear', symbols: strategy.symbols, timeframe: strategy.timeframe });
    const here = (): string => run({ strategy, params: {}, market, config: runConfig.parse({}), record: 'normal', progress: null }).digest;

    const digests = [here(), here(), digestWith(), digestWith('--v8-pool-size=0'), digestWith('--v8-pool-size=8')];

    expect(digests).toEqual(Array.from({ length: 5 }, () => digests[0]));
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});
