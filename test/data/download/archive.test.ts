/** The archive of single trades, fetched from a local exchange: the bars it plays, once, whatever breaks on the way. */
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { downloadArchive, hostAt, importFiles, listLake } from '../../../data/index.ts';
import type { ArchiveOptions, ArchiveResult } from '../../../data/index.ts';
import { candlesOf, listLake as seriesIn, readColumns } from '../../../data/lake/index.ts';
import type { RunningExchange } from '../../../live/exchange/index.ts';
import { start } from '../../sim/market.ts';
import { bars, csv, refusal } from '../candle-files.ts';
import { bytesOf, fetched, freshFolder, hasty, opened, walked } from './stage.ts';

const minute = 60_000;
const day = 1_440 * minute;
const names = ['AAAUSDT2023-11-14.csv.gz', 'AAAUSDT2023-11-15.csv.gz', 'AAAUSDT2023-11-16.csv.gz'];
const market = walked({ bars: 3 * 1_440 + 100, intervalMs: minute });
/** Minutes in which something was traded, of the day with this number from 0: the others have no bar of trades. */
const tradedOn = (number: number): number => market.last.volume.subarray(number * 1_440, (number + 1) * 1_440).filter((volume) => volume > 0).length;
const traded = [0, 1, 2].map(tradedOn);
const sum = (...days: readonly number[]): number => days.reduce((all, number) => all + (traded[number] ?? 0), 0);
let exchange: RunningExchange;
beforeAll(async () => { exchange = await opened(market, false); });
afterAll(async () => { await exchange.close(); });

const archived = (folder: string, wish: Partial<ArchiveOptions> = {}): Promise<ArchiveResult> => downloadArchive({
  folder, archive: exchange.ready.rest, host: hostAt(exchange.ready.rest), market: 'bybit:linear', symbols: ['AAAUSDT'],
  fromTrades: { intervals: [minute], keep: false }, from: start, to: null, clock: hasty, ...wish,
});

function barsOf(folder: string, to: number): readonly (readonly number[])[] {
  const series = seriesIn(folder).find((one) => one.timeframe === '1m');
  const { openedAt, ...rest } = candlesOf(series === undefined ? [] : readColumns(folder, series, { from: start, to }));
  return Array.from(openedAt, (at, i) => [at, ...[rest.open, rest.high, rest.low, rest.close, rest.volume].map((column) => column[i] ?? Number.NaN)]);
}

/** An archive in front of the exchange's: `trick` answers in its place when it says so. */
async function before(trick: (path: string, asked: number, response: ServerResponse) => boolean): Promise<{ readonly url: string; readonly asked: string[]; close(): Promise<void> }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const path = request.url ?? '';
      asked.push(path.split('/').at(-1) ?? '');
      if (trick(path, asked.length, response)) return;
      const reply = await fetch(`${exchange.ready.rest}${path}`);
      response.writeHead(reply.status).end(Buffer.from(await reply.arrayBuffer()));
    })();
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}

describe('the archive of a local exchange', () => {
  it('makes the bars that its candles tell, to the last digit, for the three days that are over', async () => {
    const [folder, other] = [freshFolder(), freshFolder()];

    const result = await archived(folder);
    await fetched(exchange, other);

    expect(result).toMatchObject({ fetched: 3, there: 0, absent: [], broken: 0 });
    expect(listLake(folder)).toMatchObject([{ kind: 'last', timeframe: '1m', rows: sum(0, 1, 2), first: start }]);
    expect(sum(0, 1, 2)).toBeLessThan(3 * 1_440);
    expect(listLake(folder)[0]?.sources.map(({ name, rows }) => [name, rows])).toEqual(names.map((name, i) => [name, 4 * sum(i)]));
    expect(barsOf(folder, start + 3 * day)).toEqual(barsOf(other, start + 3 * day).filter((bar) => (bar[5] ?? 0) > 0));
  });

  it('a file is the same bytes twice, and there is none of today, of another symbol or beside the names', async () => {
    const ask = async (path: string): Promise<readonly [number, string]> => {
      const reply = await fetch(`${exchange.ready.rest}/trading/${path}`);
      return [reply.status, Buffer.from(await reply.arrayBuffer()).toString('base64')];
    };

    const [first, again] = [await ask(`AAAUSDT/${names[0]}`), await ask(`AAAUSDT/${names[0]}`)];

    expect(first[0]).toBe(200);
    expect(again).toEqual(first);
    for (const path of ['AAAUSDT/AAAUSDT2023-11-17.csv.gz', 'BBBUSDT/BBBUSDT2023-11-14.csv.gz', `BBBUSDT/${names[0]}`, 'AAAUSDT/', 'AAAUSDT/AAAUSDT2023-13-14.csv.gz']) {
      expect((await ask(path))[0]).toBe(404);
    }
  });

  it('again asks for nothing and writes nothing; another timeframe and the trades are made of the files anew', async () => {
    const folder = freshFolder();
    await archived(folder);
    const once = bytesOf(folder);
    const door = await before(() => false);

    const again = await archived(folder, { archive: door.url });
    const more = await archived(folder, { archive: door.url, to: start + day, fromTrades: { intervals: [60 * minute], keep: true } });
    await door.close();

    expect(again).toMatchObject({ fetched: 0, there: 3, series: [] });
    expect(door.asked).toEqual([names[0]]);
    expect(more.series.map(({ series, rows }) => [series, rows])).toEqual([['bybit:linear AAAUSDT last 1h', 24], ['bybit:linear AAAUSDT trades', 4 * sum(0)]]);
    expect(Object.entries(bytesOf(folder)).filter(([path]) => path.includes('/1m/'))).toEqual(Object.entries(once).filter(([path]) => path.includes('/1m/')));
  });

  it('an error, a cut answer, a lost connection and a damaged file are asked for again: the same bytes', async () => {
    const calm = freshFolder();
    await archived(calm);
    const folder = freshFolder();
    const door = await before((_path, asked, response) => {
      if (asked === 1) response.writeHead(500).end();
      else if (asked === 2) response.writeHead(200, { 'Content-Length': 1_000 }).write('half', () => response.destroy());
      else if (asked === 4) response.destroy();
      else if (asked === 6) response.writeHead(200).end(Buffer.from('1f8b08000000000000ff0000', 'hex'));
      else return false;
      return true;
    });

    const result = await archived(folder, { archive: door.url });
    await door.close();

    expect(result).toMatchObject({ fetched: 3, broken: 4 });
    expect(bytesOf(folder)).toEqual(bytesOf(calm));
  });

  it('a day that the archive does not have is told and left out; one that stands on disk is not fetched', async () => {
    const folder = freshFolder();
    const kept = Buffer.from(await (await fetch(`${exchange.ready.rest}/trading/AAAUSDT/${names[0]}`)).arrayBuffer());
    mkdirSync(join(folder, 'downloads/trading/AAAUSDT'), { recursive: true });
    writeFileSync(join(folder, 'downloads/trading/AAAUSDT', names[0] ?? ''), kept);
    const door = await before((path, _asked, response) => {
      if (!path.includes('2023-11-15')) return false;
      response.writeHead(404).end();
      return true;
    });

    const result = await archived(folder, { archive: door.url });
    await door.close();

    expect(result).toMatchObject({ fetched: 2, absent: [names[1]] });
    expect(door.asked).toEqual([names[1], names[2]]);
    expect(listLake(folder)[0]).toMatchObject({ rows: sum(0, 2) });
    expect(readdirSync(join(folder, 'downloads/trading/AAAUSDT'))).toEqual([]);
  });

  it('403 ends it at once, an answer that stays broken after seven attempts, an abort between two days; what was stored stays', async () => {
    const shut = await before((_path, asked, response) => {
      if (asked > 1) response.writeHead(403).end();
      return asked > 1;
    });
    const dead = await before((_path, _asked, response) => { response.writeHead(503).end(); return true; });
    const [first, second, third] = [freshFolder(), freshFolder(), freshFolder()];
    const stop = new AbortController();

    expect(await refusal(archived(first, { archive: shut.url }))).toMatchObject({ reason: 'shut-out' });
    expect(await refusal(archived(second, { archive: dead.url }))).toMatchObject({ reason: 'no-answer' });
    await expect(archived(third, { signal: stop.signal, onProgress: (days) => { if (days === 2) stop.abort(); } })).rejects.toThrow('abort');
    await Promise.all([shut.close(), dead.close()]);

    expect(shut.asked).toHaveLength(2);
    expect(dead.asked).toEqual(Array.from({ length: 7 }, () => names[0]));
    expect([first, second, third].map((folder) => (existsSync(join(folder, 'lake')) ? listLake(folder)[0]?.rows ?? 0 : 0))).toEqual([sum(0), 0, sum(0, 1)]);
    expect(await archived(third)).toMatchObject({ fetched: 1, there: 2 });
  });

  it('where candles have another value than the trades make, the day is refused and nothing of it is stored', async () => {
    const folder = freshFolder();
    await importFiles([csv(freshFolder(), 'AAAUSDT_1m.csv', bars(100, { from: start, step: minute }))], { folder, market: 'bybit:linear' });
    const before = bytesOf(join(folder, 'lake'));

    const error = await refusal(archived(folder, { fromTrades: { intervals: [minute], keep: true } }));

    expect(error).toMatchObject({ reason: 'overlap-differs' });
    expect(error.fix).toContain('--trades-as trades');
    expect(bytesOf(join(folder, 'lake'))).toEqual(before);
    expect(await refusal(archived(folder, { market: 'bybit:spot' }))).toMatchObject({ isUsage: true });
  });
});
