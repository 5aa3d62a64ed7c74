/**
 * Clients of others, pointed at the local exchange without a line of ours between: a multi-exchange library and the
 * venue's own SDK in another language. Left out, and said so, where they are not installed (`npm --prefix test/clients ci`,
 * `python3 -m venv test/clients/venv` and its pip with requirements.txt).
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const here = import.meta.dirname;
const python = join(here, 'venv/bin/python');
const hasCcxt = existsSync(join(here, 'node_modules/ccxt'));
const hasPybit = existsSync(python);
const cli = join(here, '../../cli/main.ts');

let exchange: ReturnType<typeof spawn>;
let ready = '';

beforeAll(async () => {
  if (!hasCcxt && !hasPybit) return;
  exchange = spawn(process.execPath, ['--import', 'tsx', cli, 'exchange', '--market', 'builtin:linear', '--speed', '60', '--seed', '7'], { stdio: ['ignore', 'pipe', 'pipe'] });
  ready = await new Promise<string>((resolve, reject) => {
    let text = '';
    let complaint = '';
    exchange.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    exchange.stderr?.on('data', (chunk: Buffer) => { complaint += chunk.toString(); });
    exchange.on('exit', (code) => reject(new Error(`the exchange ended with ${code}: ${complaint}`)));
  });
}, 60_000);
afterAll(() => { exchange?.kill('SIGINT'); });

function visit(program: string, args: readonly string[]): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args, ready], { cwd: here, env: { ...process.env, HTTP_PROXY: '', HTTPS_PROXY: '', http_proxy: '', https_proxy: '', NO_PROXY: '*' } });
    let text = '';
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => { text += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { complaint += chunk.toString(); });
    child.on('exit', () => {
      const line = text.trim().split('\n').at(-1) ?? '';
      if (line.startsWith('{')) resolve(JSON.parse(line) as Record<string, unknown>);
      else reject(new Error(`no result: ${complaint.slice(-600)}`));
    });
  });
}

describe('clients of others', () => {
  it.skipIf(!hasCcxt)('the multi-exchange library reads, places, amends, cancels, sets and removes a stop, and sees it all on its streams', async () => {
    const seen = await visit(process.execPath, ['ccxt-session.mjs']);

    expect(seen).toMatchObject({
      market: { id: 'BTCUSDT', tick: 0.1, step: 0.001, contract: true },
      candles: { count: 50, isAscending: true }, paged: { count: 20, first: 0 }, leverage: 4, streamed: true,
      open: [{ own: true, clientOrderId: 'visit-1', amount: 0.002 }], amended: [{ amount: 0.003, isLower: true }],
      afterCancel: 0, cancelAgain: 'OrderNotFound',
      position: { side: 'long', contracts: 0.004, leverage: 4 }, stop: true, stopAgain: true, stopRemoved: 0,
      executionsPushed: 2, wrongKey: 'AuthenticationError',
    });
    expect(seen['error']).toBeUndefined();
    expect(seen['balance']).toBeGreaterThan(0);
    expect(seen['trades']).toEqual([{ side: 'buy', amount: 0.004, paid: true }, { side: 'sell', amount: 0.004, paid: true }]);
    expect(seen['ordersPushed']).toEqual(expect.arrayContaining(['canceled', 'closed']));
  }, 60_000);

  it.skipIf(!hasPybit)('the Python SDK does the same, with a stop on the entry and the exit sent by socket', async () => {
    const seen = await visit(python, ['pybit_session.py']);

    expect(seen['error']).toBeUndefined();
    expect(seen).toMatchObject({
      tick: '0.1', candles: [30, true], wallet: 'UNIFIED', open: [['visit-py-1', '0.002', 'New']], amended: ['0.003'], afterCancel: 0,
      cancelAgain: 110_001, position: ['Buy', '0.004', true], moved: true, removed: true, tradeAnswer: 0, wrongKey: 10_004,
    });
    expect(seen['executions']).toEqual(expect.arrayContaining([['Buy', '0.004'], ['Sell', '0.004']]));
    expect(seen['pushed']).toEqual([2, expect.arrayContaining(['Cancelled', 'Filled', 'New']), true]);
  }, 60_000);
});
