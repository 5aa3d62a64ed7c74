/** `holdfast exchange` from outside: the line it prints, what it serves, how it ends, and how it refuses. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { folderWith, holdfast, program } from './command.ts';

interface Ready { readonly rest: string; readonly public: string; readonly private: string; readonly trade: string; readonly key: string; readonly secret: string }
interface Served { readonly line: string; readonly ready: Ready; end(): Promise<{ readonly code: number | null; readonly stdout: string }> }

/** Resolves with the first line; `end` presses Ctrl-C. */
async function serving(...words: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, [program, 'exchange', '--symbols', 'BTCUSDT', ...words], { cwd: folderWith({}), stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  const closed = new Promise<number | null>((resolve) => { child.on('close', resolve); });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (text: Buffer) => {
      stdout += text.toString();
      if (stdout.includes('\n')) resolve(stdout.split('\n')[0] ?? '');
    });
    child.on('close', () => reject(new Error(`it ended before it was ready: ${stdout}`)));
  });
  return {
    line,
    ready: JSON.parse(line) as Ready,
    end: async () => {
      child.kill('SIGINT');
      return { code: await closed, stdout };
    },
  };
}

describe('holdfast exchange', () => {
  it('prints one line with four addresses and a key, answers the time, and ends with 130 at Ctrl-C', async () => {
    const { ready, end } = await serving('--speed', 'max');
    const reply = await (await fetch(`${ready.rest}/v5/market/time`)).json() as { retCode: number };
    const { code, stdout } = await end();

    expect(Object.keys(ready)).toEqual(['rest', 'public', 'private', 'trade', 'key', 'secret']);
    expect(ready.public).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/v5\/public\/linear$/);
    expect(ready.private).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/v5\/private$/);
    expect(ready.trade).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/v5\/trade$/);
    expect(reply.retCode).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(130);
  }, 60_000);
  it('takes key and secret as given and adds admin and token when asked', async () => {
    const { ready, end } = await serving('--key', 'k1', '--secret', 's1', '--admin');
    await end();

    expect(ready).toMatchObject({ key: 'k1', secret: 's1', admin: expect.stringMatching(/^http:/), token: expect.any(String) });
  }, 60_000);
  it.each([
    [['--speed', '0'], '--speed'], [['--from', '1999-01-01'], '--from'], [['--symbols', ','], '--symbols'], [['--balance', '-1'], 'cash'],
    [['--key', 'a b'], '--key'], [['--nothing'], '--nothing'],
  ])('refuses %j with exit 2 and one line that names %s', async (words, name) => {
    const { code, stdout, stderr } = await holdfast(folderWith({}), 'exchange', ...words);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(name);
  }, 60_000);
  it('ends with 4 when the port is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => { taken.listen(0, '127.0.0.1', resolve); });
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, stderr } = await holdfast(folderWith({}), 'exchange', '--symbols', 'BTCUSDT', '--port', String(port));
    taken.close();

    expect(code).toBe(4);
    expect(stderr).toContain(`port ${port}`);
  }, 60_000);
});
