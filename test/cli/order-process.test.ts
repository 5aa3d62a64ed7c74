/** `holdfast order` said as a process, over the wire: through the process of a run, and by its journal when there is none. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { folderWith, holdfast, program, strategyText } from './command.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Starts a process and resolves once `stream` has said `word`. */
function begun(folder: string, stream: 'stdout' | 'stderr', word: string, ...words: readonly string[]): Promise<{ readonly child: ChildProcess; readonly text: string }> {
  const child = spawn(process.execPath, [program, ...words], { cwd: folder, env: { ...process.env, HOLDFAST_DATA: join(folder, 'data') }, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  return new Promise((resolve, reject) => {
    let text = '';
    child[stream]?.on('data', (part: Buffer) => {
      text += part.toString();
      if (text.includes(word)) resolve({ child, text });
    });
    child.on('exit', (code) => reject(new Error(`ended with ${code}: ${text}`)));
  });
}

interface Said {
  readonly run: string;
  readonly answered: string;
  readonly left: readonly { readonly side: number; readonly size: string; readonly stopLoss: string | null; readonly orders: readonly unknown[] }[];
  readonly reached: boolean;
}

describe('an order of people, over the wire', () => {
  it('opens with a stop, trims to the position, is refused in a halt unless it reduces, and works without a process; the journal replays', async () => {
    const folder = folderWith({ 'probe.ts': strategyText() });
    const { text: line } = await begun(folder, 'stdout', '\n', 'exchange', '--symbols', 'BTCUSDT', '--speed', '1', '--no-limits', '--from', '2025-10-02T00:00Z');
    const { child } = await begun(folder, 'stderr', '"what":"trading"', 'live', 'probe.ts', '--network', 'local', '--exchange', line.trim());
    const order = async (...words: readonly string[]): Promise<readonly [number | null, Said]> => {
      const { code, stdout, stderr } = await holdfast(folder, 'order', words[0]!, 'BTCUSDT', ...words.slice(1), '--exchange', line.trim(), '--yes', '--json');
      if (stdout === '') throw new Error(stderr);
      return [code, JSON.parse(stdout) as Said];
    };

    const flat = await order('sell', '--qty', '0.01');
    expect(flat).toMatchObject([5, { answered: 'refused: no-position', left: [{ side: 0 }] }]);
    const opened = await order('buy', '--qty', '0.0199', '--open', '--stop', '10000');
    expect(opened).toMatchObject([0, { answered: '', left: [{ side: 1, size: '0.019', stopLoss: expect.stringMatching(/^10000/) }], reached: true }]);
    // The market stands between 101,000 and 119,000, and a step is 0.001: 600 USDT are 5 of them, 50 less than one.
    const little = await order('buy', '--notional', '50', '--open', '--stop', '10000');
    expect(little).toMatchObject([5, { answered: expect.stringMatching(/^refused: below-min-qty \(the least is 0\.001 in steps of 0\.001, and 5 USDT\)$/), left: [{ size: '0.019' }] }]);
    const some = await order('sell', '--notional', '600');
    expect(some).toMatchObject([0, { answered: '', sized: { qty: 0.005 }, left: [{ size: '0.014' }] }]);
    const back = await order('buy', '--notional', '600', '--open', '--stop', '10000');
    expect(back).toMatchObject([0, { answered: '', sized: { qty: 0.005 }, left: [{ size: '0.019' }] }]);
    // Two at once: the second finds the exit of the first under way, or what is left of the position.
    const both = await Promise.all([order('sell', '--qty', '0.004'), order('sell', '--qty', '0.004')]);
    const done = both.filter(([code]) => code === 0).length;
    expect(done).toBeGreaterThan(0);
    for (const [code, { answered }] of both) expect([code, answered]).toEqual(code === 0 ? [0, ''] : [5, 'refused: exit-working']);
    expect((await holdfast(folder, 'halt', '--yes')).code).toBe(0);
    const refused = await order('buy', '--qty', '0.01', '--open', '--stop', '10000');
    expect(refused).toMatchObject([5, { answered: 'refused: halted', left: [{ size: done === 2 ? '0.011' : '0.015' }] }]);
    const reduced = await order('sell', '--qty', '0.002');
    expect(reduced).toMatchObject([0, { left: [{ size: done === 2 ? '0.009' : '0.013' }] }]);

    const gone = new Promise((resolve) => { child.on('exit', resolve); });
    child.kill('SIGKILL');
    await gone;
    const alone = await order('sell', '--qty', '5');
    expect(alone).toMatchObject([0, { answered: '', left: [{ side: 0, orders: [] }], reached: true }]);
    expect((await holdfast(folder, 'resume', '--yes', '--exchange', line.trim())).code).toBe(0);
    const openedAlone = await order('buy', '--qty', '0.01', '--open', '--stop', '10000');
    expect(openedAlone).toMatchObject([0, { answered: '', left: [{ side: 1, size: '0.01', stopLoss: expect.stringMatching(/^10000/) }] }]);
    const replayed = await holdfast(folder, 'replay', alone[1].run);
    expect([replayed.code, replayed.stdout]).toEqual([0, expect.stringContaining('every command equal')]);
  }, 600_000);
});
