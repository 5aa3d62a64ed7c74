/** `holdfast live` against `holdfast exchange`, each a process of its own, over the real wire. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { folderWith, holdfast, program } from './command.ts';

/** Enters both ways, by market and by limit, with a target; trails its stop; leaves when the average is crossed. */
const strategy = `import { defineStrategy, z } from 'holdfast';
export const probe = defineStrategy({
  name: 'probe', symbols: ['BTCUSDT'], timeframe: '5m', params: z.object({ n: z.number().int().default(6) }), warmup: 30,
  indicators: (on, p) => ({ top: on('5m').highest(p.n), low: on('5m').lowest(p.n), atr: on('5m').atr(3), slow: on('5m').sma(8) }),
  decide({ bar, ind, prev, position, intents }) {
    if (position.tag === 'flat') {
      if (bar.close > prev.top) return intents.enter({ side: 'long', risk: 0.005, stop: { distance: 3 * ind.atr }, targets: [{ price: bar.close + 2 * ind.atr, fraction: 0.5 }] });
      if (bar.close < prev.low) return intents.enter({ side: 'short', at: 'limit', price: bar.close + ind.atr / 2, risk: 0.005, stop: bar.close + 4 * ind.atr, validFor: 4 });
      return intents.hold;
    }
    const long = position.side === 'long';
    if (long ? bar.close < ind.slow : bar.close > ind.slow) return intents.exit('slow');
    return intents.moveStop(long ? bar.close - 2 * ind.atr : bar.close + 2 * ind.atr);
  },
});
`;

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** The line that a local exchange prints when its doors are open. */
function exchange(folder: string, ...words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [program, 'exchange', '--symbols', 'BTCUSDT', '--speed', 'max', '--admin', '--no-limits', ...words], {
    cwd: folder, env: { ...process.env, HOLDFAST_DATA: join(folder, 'data') }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  return new Promise((resolve) => {
    let text = '';
    child.stdout?.on('data', (part: Buffer) => {
      text += part.toString();
      if (text.includes('\n')) resolve(text.trim());
    });
  });
}

interface LiveEnd { readonly run: string; readonly why: string; readonly mode: string; readonly equity: number; readonly decisions: number }

describe('a strategy that trades on the local exchange at full speed', () => {
  it('decides and fills exactly as the backtest over the same bars, and its journal replays; no secret is written down', async () => {
    const folder = folderWith({ 'probe.ts': strategy });
    const line = await exchange(folder, '--from', '2025-10-02T00:00Z', '--to', '2025-10-02T08:00Z');
    const { secret } = JSON.parse(line) as { readonly secret: string };

    const traded = await holdfast(folder, 'live', 'probe.ts', '--network', 'local', '--exchange', line, '--json');
    expect(traded.stderr).toContain('"what":"trading"');
    const end = JSON.parse(traded.stdout) as LiveEnd;
    expect([traded.code, end.why, end.mode, end.decisions]).toEqual([0, 'market-ended', 'trading', 96]);
    // 29 of 30 bars of warm-up lie before 00:00: 29 x 5 minutes.
    const past = await holdfast(folder, 'backtest', 'probe.ts', '--market', 'builtin:linear', '--from', '2025-10-01T21:35Z', '--to', '2025-10-02T08:00Z', '--json');
    const { run } = JSON.parse(past.stdout) as { readonly run: string };
    const compared = await holdfast(folder, 'compare', end.run, run, '--exact', '--json');
    const outcome = JSON.parse(compared.stdout) as { readonly equal: boolean; readonly executions: readonly number[]; readonly decisions: readonly number[] };
    expect(outcome).toMatchObject({ equal: true });
    expect(outcome.executions[0]).toBeGreaterThan(5);
    const replayed = await holdfast(folder, 'replay', end.run);
    expect([replayed.code, replayed.stdout]).toEqual([0, expect.stringContaining('every command equal')]);
    const files = readdirSync(join(folder, 'data'), { recursive: true, withFileTypes: true }).filter((file) => file.isFile() && /\.jsonl?$/.test(file.name));
    expect(files.length).toBeGreaterThan(2);
    const { readFileSync } = await import('node:fs');
    for (const file of files) expect(readFileSync(join(file.parentPath, file.name), 'utf8')).not.toContain(secret);
    expect(traded.stdout + traded.stderr).not.toContain(secret);
  }, 600_000);
  it('doctor looks and sets nothing; a local run without --exchange is refused with 2; a mainnet never tried with 5', async () => {
    const folder = folderWith({ 'probe.ts': strategy });
    const line = await exchange(folder, '--from', '2025-10-02T00:00Z', '--to', '2025-10-02T01:00Z', '--leverage', '7');

    const looked = await holdfast(folder, 'doctor', 'probe.ts', '--network', 'local', '--exchange', line);
    expect(looked.stdout).toContain('warning leverage: warning: BTCUSDT has 7, expected 10');
    expect(looked.code).toBe(0);
    const nowhere = await holdfast(folder, 'live', 'probe.ts', '--network', 'local');
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('--exchange: was not given')]);
    const untried = await holdfast(folder, 'live', 'probe.ts', '--network', 'mainnet', '--yes-mainnet');
    expect([untried.code, untried.stderr]).toEqual([5, expect.stringContaining('never run on demo or local')]);
  }, 600_000);
});
