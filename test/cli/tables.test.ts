/** The tables of a live run seen by several processes: while it trades, asked for by many at once, and by those who are killed. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { recordTables } from '../../data/index.ts';
import { folderWith, holdfast, program } from './command.ts';
import type { Ended } from './command.ts';

/** In and out all the time. */
const strategy = `import { defineStrategy, z } from 'holdfast';
export const busy = defineStrategy({
  name: 'busy', symbols: ['BTCUSDT'], timeframe: '5m', params: z.object({}), warmup: 10, memory: () => ({ n: 0 }),
  indicators: (on) => ({ atr: on('5m').atr(3) }),
  decide({ bar, ind, position, entry, memory, intents }) {
    memory.n += 1;
    if (position.tag === 'open') return memory.n % 3 === 0 ? intents.exit('turn') : intents.moveStop(position.side === 'long' ? bar.close - 3 * ind.atr : bar.close + 3 * ind.atr);
    if (entry.tag !== 'none') return intents.hold;
    return intents.enter({ side: memory.n % 2 === 0 ? 'long' : 'short', qty: 0.004, stop: { distance: 4 * ind.atr } });
  },
});
`;

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function begin(folder: string, words: readonly string[], spoken: 'stdout' | 'stderr', wanted: string): { readonly child: ChildProcess; readonly said: Promise<string>; readonly ended: Promise<number | null> } {
  const child = spawn(process.execPath, [program, ...words], {
    cwd: folder, env: { ...process.env, HOLDFAST_DATA: join(folder, 'data') }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const said = new Promise<string>((resolve) => {
    let text = '';
    child[spoken]!.on('data', (part: Buffer) => {
      text += part.toString();
      if (text.includes(wanted)) resolve(text.trim());
    });
  });
  return { child, said, ended: new Promise((resolve) => { child.on('exit', (code) => resolve(code)); }) };
}

/** How many rows each table has, and a digest of them all. */
async function everything(folder: string): Promise<string> {
  const each = ['runs', ...recordTables.map((table) => table.name)]
    .map((name) => `SELECT '${name}' AS name, count(*) AS rows, md5(coalesce(string_agg(CAST(t AS VARCHAR), chr(10) ORDER BY CAST(t AS VARCHAR)), '')) AS digest FROM ${name} t`);
  const { code, stdout } = await holdfast(folder, 'query', each.join(' UNION ALL '), '--limit', '100', '--csv');
  expect([code, stdout.trim().split('\n').length]).toEqual([0, each.length + 1]);
  return stdout;
}

describe('the tables of a live run', () => {
  it('are asked for by three at once while it trades and after they were deleted; who is killed or interrupted leaves them whole', async () => {
    const folder = folderWith({ 'busy.ts': strategy });
    const market = ['exchange', '--symbols', 'BTCUSDT', '--speed', 'max', '--admin', '--no-limits', '--from', '2025-10-02T00:00Z', '--to', '2025-10-03T00:00Z'];
    const line = await begin(folder, market, 'stdout', '\n').said;
    const live = begin(folder, ['live', 'busy.ts', '--network', 'local', '--exchange', line, '--json'], 'stderr', '"what":"trading"');
    await live.said;

    const looks = await Promise.all([holdfast(folder, 'trades', '--json'), holdfast(folder, 'trades', '--json'), holdfast(folder, 'status', '--exchange', line, '--json')]);
    expect(looks.map(({ code, stderr }) => [code, stderr])).toEqual([[0, ''], [0, ''], [0, '']]);
    expect(await live.ended).toBe(0);

    const first = await holdfast(folder, 'trades', '--json');
    expect((JSON.parse(first.stdout) as readonly unknown[]).length).toBeGreaterThan(20);
    const wanted = await everything(folder);
    expect((await holdfast(folder, 'query', 'SELECT DISTINCT mode FROM runs', '--csv')).stdout).toContain('live');
    const forget = (): void => {
      rmSync(join(folder, 'data/projected'), { recursive: true, force: true });
      rmSync(join(folder, 'data/holdfast.duckdb'), { force: true });
    };
    forget();
    const three = await Promise.all([1, 2, 3].map(async () => await holdfast(folder, 'trades', '--json')));
    expect(three.map(({ code, stdout, stderr }: Ended) => [code, stdout, stderr])).toEqual([1, 2, 3].map(() => [0, first.stdout, '']));
    for (const [afterMs, signal] of [[600, 'SIGKILL'], [900, 'SIGKILL'], [1_300, 'SIGKILL'], [1_000, 'SIGINT']] as const) {
      forget();
      const { child, ended } = begin(folder, ['trades', '--json'], 'stdout', ']');
      const timer = setTimeout(() => child.kill(signal), afterMs);
      const code = await ended;
      clearTimeout(timer);
      expect([null, 130, 0]).toContain(code);
      const again = await holdfast(folder, 'trades', '--json');
      expect([again.code, again.stdout]).toEqual([0, first.stdout]);
    }
    expect(await everything(folder)).toEqual(wanted);
  }, 600_000);
});
