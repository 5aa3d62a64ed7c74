/** `holdfast data download` from outside: against `holdfast exchange`, killed, interrupted, and asked wrongly. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadMarket } from '../../data/index.ts';
import { startExchange } from '../../live/exchange/index.ts';
import type { RunningExchange } from '../../live/exchange/index.ts';
import { runConfig } from '../../engine/index.ts';
import { bytesOf, freshFolder, walked } from '../data/download/stage.ts';
import { chance } from '../sim/market.ts';
import { folderWith, holdfast, program } from './command.ts';

/** Resolves with the first line it prints. */
async function lineOf(child: ChildProcess): Promise<string> {
  let text = '';
  while (!text.includes('\n')) text += String((await once(child.stdout!, 'data'))[0]);
  return text.split('\n')[0] ?? '';
}

interface Door { readonly line: string; /** Called with the number of each answer before it leaves. */ answered: (count: number) => void; close(): Promise<void> }

/** The exchange's REST door with a counter in front. */
async function counting(exchange: RunningExchange): Promise<Door> {
  let count = 0;
  const server = createServer((request, response) => {
    void (async () => {
      try {
        const reply = await fetch(`${exchange.ready.rest}${request.url ?? ''}`);
        const text = await reply.text();
        count += 1;
        door.answered(count);
        response.writeHead(reply.status, { 'Content-Type': 'application/json' }).end(text);
      } catch {
        response.destroy();
      }
    })();
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  const door: Door = {
    line: JSON.stringify({ ...exchange.ready, rest: `http://127.0.0.1:${port}` }), answered: () => undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
      await exchange.close();
    },
  };
  return door;
}

/** 300 days of 15m bars: 10 months in 34 pages. */
async function tenMonths(): Promise<Door> {
  const market = walked({ bars: 300 * 96, intervalMs: 900_000 });
  return counting(await startExchange({
    market: { symbols: [market] }, config: runConfig.parse({}), startAt: market.last.openedAt[market.last.length - 1] ?? 0, speed: 'max', patienceMs: 3_600_000, hasLimits: false,
  }));
}

const words = (door: Door): readonly string[] =>
  ['data', 'download', 'AAAUSDT', '--kind', 'last', 'mark', 'funding', '--timeframe', '15m', '--from', '2023-11-14', '--until-now', '--exchange', door.line];

function run(folder: string, ...more: readonly string[]): ChildProcess {
  return spawn(process.execPath, [program, ...more], { env: { ...process.env, HOLDFAST_DATA: folder }, stdio: ['ignore', 'pipe', 'pipe'] });
}

describe('holdfast data download', () => {
  it('from holdfast exchange takes the bars that the exchange plays', async () => {
    const folder = folderWith({});
    const child = run(folder, 'exchange', '--symbols', 'BTCUSDT', '--speed', '1', '--from', '2025-12-31');
    const line = await lineOf(child);
    const { code, stdout } = await holdfast(folder, 'data', 'download', 'BTCUSDT', '--kind', 'last', 'funding', '--timeframe', '5m',
      '--from', '2025-11-20', '--to', '2025-12-31', '--exchange', line, '--json');
    child.kill('SIGINT');

    const range = { market: 'bybit:linear', symbols: ['BTCUSDT'], timeframe: '5m', folder: join(folder, 'data') };
    const [got, own] = await Promise.all([range, { ...range, market: 'builtin:linear' }].map((wish) => loadMarket({ ...wish, from: Date.UTC(2025, 10, 21), to: Date.UTC(2025, 11, 30) })));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ series: [{ kind: 'last', missing: 0 }, { kind: 'funding' }] });
    expect(got?.symbols[0]?.last).toEqual(own?.symbols[0]?.last);
    expect(got?.symbols[0]?.funding?.settledAt).toEqual(own?.symbols[0]?.funding?.settledAt);
    expect(Array.from(got?.symbols[0]?.funding?.rate ?? [])).toEqual(Array.from(own?.symbols[0]?.funding?.rate ?? [], (rate) => rate + 0)); // the wire has no -0
  }, 120_000);
  it('killed at 20 random points and resumed leaves the same bytes as undisturbed', async () => {
    const door = await tenMonths();
    const calm = freshFolder();
    await once(run(calm, ...words(door)), 'close');
    const expected = bytesOf(calm);
    const draw = chance(11);
    let folder = freshFolder();
    let kills = 0;
    let wholes = 0;
    while (kills < 20) {
      const child = run(folder, ...words(door));
      let seen = 0;
      const killAt = 1 + Math.floor(draw() * 40);
      const afterMs = draw() * 30;
      door.answered = () => {
        seen += 1;
        if (seen === killAt) setTimeout(() => child.kill('SIGKILL'), afterMs);
      };
      const [code] = await once(child, 'close') as [number | null];
      if (code === null) kills += 1;
      else {
        expect(bytesOf(folder)).toEqual(expected);
        wholes += 1;
        folder = freshFolder();
      }
    }
    door.answered = () => undefined;
    await once(run(folder, ...words(door)), 'close');
    await door.close();

    console.log(`download: ${kills} kills, ${wholes + 1} downloads made whole`);
    expect(Object.keys(expected).length).toBeGreaterThan(30); // 10 or 11 months of three series, their manifests and records
    expect(bytesOf(folder)).toEqual(expected);
  }, 300_000);
  it('at Ctrl-C ends with 130 and one line that says how to go on, and holds no lock', async () => {
    const door = await tenMonths();
    const folder = freshFolder();
    const child = run(folder, ...words(door));
    let stderr = '';
    child.stderr?.on('data', (text: Buffer) => { stderr += text.toString(); });
    door.answered = (count) => { if (count === 12) child.kill('SIGINT'); };
    const [code] = await once(child, 'close') as [number | null];
    await door.close();

    expect(code).toBe(130);
    expect(stderr).toContain('the same command goes on from there');
    expect(Object.keys(bytesOf(folder)).filter((path) => path.includes('.lock') || path.includes('.import-'))).toEqual([]);
  }, 60_000);
  it.each([
    [['BTCUSDT', '--from', '2024-01-01'], '--to'], [['BTCUSDT', '--until-now'], '--from'], [['btcusdt', '--from', '2024-01-01', '--until-now'], 'symbols'],
    [['BTCUSDT', '--from', '2024-01-01', '--until-now', '--kind', 'ticks'], '--kind'],
    [['BTCUSDT', '--from', '2024-01-01', '--until-now', '--kind', 'trades', 'last'], '--kind'], [['BTCUSDT', '--from', '2024-01-01', '--until-now', '--kind', 'trades', '--trades-as', 'ticks'], '--trades-as'], [['BTCUSDT', '--from', 'soon', '--until-now'], '--from'],
    [['BTCUSDT', '--from', '2024-01-01', '--until-now', '--exchange', 'nowhere.json'], '--exchange'],
    [['BTCUSDT', '--from', '2024-01-01', '--until-now', '--exchange', 'LINE', '--timeframe', '7m'], '--timeframe'],
    [['BTCUSDT', '--from', '2024-01-01', '--until-now', '--exchange', 'LINE', '--market', 'bybit:spot'], '--market'],
  ])('refuses %j with exit 2 and one line that names %s', async (asked, name) => {
    const line = '{"rest":"http://127.0.0.1:9","public":"ws://127.0.0.1:9","private":"ws://127.0.0.1:9","trade":null,"key":"k","secret":"s"}';
    const { code, stdout, stderr } = await holdfast(folderWith({}), 'data', 'download', ...asked.map((word) => (word === 'LINE' ? line : word)));

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(name);
  }, 60_000);
  it('where nobody answers ends with 4 and the reason no-answer', async () => {
    const line = '{"rest":"http://127.0.0.1:9","public":"ws://127.0.0.1:9","private":"ws://127.0.0.1:9","trade":null,"key":"k","secret":"s"}';
    const { code, stderr } = await holdfast(folderWith({}), 'data', 'download', 'BTCUSDT', '--from', '2024-01-01', '--until-now', '--exchange', line);

    expect(code).toBe(4);
    expect(stderr).toMatch(/^no-answer: .*Fix: /);
  }, 120_000);
});
