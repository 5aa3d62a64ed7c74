/** What is downloaded from the local exchange is what it holds; what goes wrong has a name, and nothing is half-written. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hostAt, readRules } from '../../../data/index.ts';
import type { DataError, Host } from '../../../data/index.ts';
import { readColumns, readManifest } from '../../../data/lake/index.ts';
import type { RunningExchange, RuleText } from '../../../live/exchange/index.ts';
import { minute, start } from '../../sim/market.ts';
import { bytesOf, fetched, freshFolder, opened, walked } from './stage.ts';

const running: RunningExchange[] = [];
const opening = async (...wish: Parameters<typeof opened>): Promise<RunningExchange> => {
  const exchange = await opened(...wish);
  running.push(exchange);
  return exchange;
};
afterEach(async () => { await Promise.all(running.splice(0).map((exchange) => exchange.close())); });

const keyOf = (kind: 'last' | 'mark' | 'index' | 'funding') => ({
  venue: 'bybit', category: 'linear', symbol: 'AAAUSDT', kind, timeframe: kind === 'funding' ? 'stamps' : '1m',
});
function stored(folder: string, kind: Parameters<typeof keyOf>[0]): readonly (readonly number[])[] {
  const manifest = readManifest(folder, keyOf(kind));
  return manifest === null ? [] : readColumns(folder, manifest).map((column) => [...column]);
}

/** 20 days, 14 November to 4 December 2023: 30 pages in two months. */
const days = 20;
const twenty = walked({ bars: days * 1_440, intervalMs: minute });
const closed = days * 1_440 - 1;

let calmBytes: ReturnType<typeof bytesOf> | null = null;
/** What an undisturbed download of the last prices leaves. */
async function calm(): Promise<ReturnType<typeof bytesOf>> {
  if (calmBytes === null) {
    const folder = freshFolder();
    await fetched(await opening(twenty, false), folder);
    calmBytes = bytesOf(folder);
  }
  return calmBytes;
}

describe('a download', () => {
  it('of 20 days of 1m last, mark and index prices and funding is the exchange\'s own bars without the open one, in two months', async () => {
    const folder = freshFolder();
    const result = await fetched(await opening(twenty, false), folder, { kinds: ['last', 'mark', 'index', 'funding'] });

    const { last, mark, funding } = twenty;
    const columns = (of: typeof last): readonly (readonly number[])[] =>
      [of.openedAt, of.open, of.high, of.low, of.close].map((column) => [...column.subarray(0, closed)]);
    expect(stored(folder, 'last')).toEqual([...columns(last), [...last.volume.subarray(0, closed)]]);
    expect(stored(folder, 'mark')).toEqual(columns(mark ?? last));
    expect(stored(folder, 'index')).toEqual(columns(mark ?? last)); // the data holds no index: the local exchange shows the mark
    // 20 days are 60 settlements; the last is at the end of the data, which the market has not reached.
    expect(stored(folder, 'funding')).toEqual([[...(funding?.settledAt ?? [])].slice(0, 59), [...(funding?.rate ?? [])].slice(0, 59)]);
    expect(readManifest(folder, keyOf('last'))?.months.map(({ month, file }) => [month, file]))
      .toEqual([['2023-11', '2023-11.parquet'], ['2023-12', '2023-12.parquet']]);
    expect(result.series.map(({ missing, rowsAdded }) => [missing, rowsAdded])).toEqual([[0, closed], [0, closed], [0, closed], [0, 59]]);
    expect(result.troubles).toEqual({});
  });
  it('keeps the exchange\'s rules and every risk tier from the market\'s time on; the second time nothing is new, and with --kind instruments alone no candle is asked for', async () => {
    const folder = freshFolder();
    const exchange = await opening(twenty, false);
    const first = await fetched(exchange, folder, { kinds: ['instruments'] });
    const again = await fetched(exchange, folder, { kinds: ['instruments'] });
    const [version] = readRules(folder, { venue: 'bybit', category: 'linear' }, 'AAAUSDT');
    const { rules } = twenty.instrument;

    expect([first.rules.map(({ isNew, versions }) => [isNew, versions]), first.series, first.requests]).toEqual([[[true, 1]], [], 3]);
    expect(again.rules.map(({ isNew, versions }) => [isNew, versions])).toEqual([[false, 1]]);
    expect(version!.rules).toEqual({ ...rules, takerRate: '0.00055', makerRate: '0.0002', source: version!.rules.source }); // fees are not told without a key
    expect(version!.rules.source).toMatch(/^Bybit instruments-info and risk-limit of 2023-12-0\d; fees base tier$/);
    expect(new Date(version!.validFrom).toISOString().slice(0, 7)).toBe('2023-12');
  });
  it('has open interest every five minutes, as told by the exchange at each, up to the market\'s time; the second time asks for none of it', async () => {
    const folder = freshFolder();
    const exchange = await opening(twenty, false);
    const first = await fetched(exchange, folder, { kinds: ['open-interest'] });
    const again = await fetched(exchange, folder, { kinds: ['open-interest'] });
    const key = { venue: 'bybit', category: 'linear', symbol: 'AAAUSDT', kind: 'open-interest', timeframe: '5m' } as const;
    const [at = [], value = []] = readColumns(folder, readManifest(folder, key)!).map((column) => [...column]);

    // The local exchange shows the volume of the five minutes before. The market stands one minute before
    // the end of 20 days; what is stamped with the beginning of the five minutes under way is left to the next run.
    const { volume } = twenty.last;
    const five = (k: number): number => volume.subarray(5 * (k - 1), 5 * k).reduce((sum, one) => sum + one, 0);
    const told = days * 288 - 2;
    expect(at).toEqual(Array.from({ length: told }, (_, k) => start + (k + 1) * 5 * minute));
    expect([value[0], value[100], value.at(-1)]).toEqual([five(1), five(101), five(told)]);
    expect([first.series[0]!.rowsAdded, again.series[0]!.rowsAdded, again.requests]).toEqual([told, 0, 2]);
  });
  it('run twice asks the second time for listing and time alone, and leaves every byte as it was', async () => {
    const folder = freshFolder();
    const exchange = await opening(twenty, false);
    await fetched(exchange, folder, { kinds: ['last', 'funding'] });
    const before = bytesOf(folder);

    const again = await fetched(exchange, folder, { kinds: ['last', 'funding'] });

    expect(again.requests).toBe(2);
    expect(again.series.map(({ rowsAdded }) => rowsAdded)).toEqual([0, 0]);
    expect(bytesOf(folder)).toEqual(before);
  });
  it('takes away the three half-written files of a process that is dead, and leaves what a living one writes', async () => {
    const folder = freshFolder();
    const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
    const half = ['downloads/bybit/linear/AAAUSDT/last.1m.json', 'downloads/trading/AAAUSDT/AAAUSDT2023-11-15.csv.gz', 'instruments/bybit/linear/AAAUSDT.json']
      .map((name) => join(folder, name));
    for (const file of half) {
      mkdirSync(dirname(file), { recursive: true });
      for (const owner of [dead, process.ppid]) writeFileSync(`${file}.${owner}`, '{"form');
    }

    await fetched(await opening(twenty, false), folder);

    expect(half.map((file) => existsSync(`${file}.${dead}`))).toEqual([false, false, false]);
    expect(half.map((file) => existsSync(`${file}.${process.ppid}`))).toEqual([true, true, true]);
    expect(stored(folder, 'last')[0]).toHaveLength(closed);
  });
  it('of the first 5 days and then of 20 has the rows of one of 20', async () => {
    const folder = freshFolder();
    const exchange = await opening(twenty, false);
    await fetched(exchange, folder, { to: start + 5 * 1_440 * minute });

    const { series: [one] } = await fetched(exchange, folder);

    expect(one?.rowsAdded).toBe(closed - 5 * 1_440);
    expect(stored(folder, 'last')[0]).toEqual([...twenty.last.openedAt.subarray(0, closed)]);
  });
  it('asked from before the first bar takes what there is, and does not ask for the time before it again', async () => {
    const folder = freshFolder();
    const exchange = await opening(twenty, false);
    await fetched(exchange, folder, { from: start - 3 * 1_440 * minute });

    const again = await fetched(exchange, folder, { from: start - 3 * 1_440 * minute });

    expect(again.series[0]).toMatchObject({ first: start, missing: 0 });
    expect(again.requests).toBe(2);
  });
  it('of a market with 30 and 2 minutes missing reports both gaps and asks for those pages again in the next run', async () => {
    const folder = freshFolder();
    const exchange = await opening(walked({ bars: 5_000, intervalMs: minute, holes: [[1_200, 30], [3_500, 2]] }), false);
    const first = await fetched(exchange, folder);
    const before = bytesOf(folder);
    const again = await fetched(exchange, folder);

    expect(first.series[0]).toMatchObject({ missing: 32, gaps: [{ at: start + 1_200 * minute, missing: 30 }, { at: start + 3_500 * minute, missing: 2 }] });
    expect(first.troubles).toEqual({ 'missing-candles': 2 });
    expect(again.requests).toBe(2 + 4); // two pages, each asked twice
    expect(bytesOf(folder)).toEqual(before);
  });
  it('of a symbol that is not there is refused by name, and nothing is written', async () => {
    const folder = freshFolder();

    await expect(fetched(await opening(twenty, false), folder, { symbols: ['BBBUSDT'] })).rejects.toMatchObject({ reason: 'refused' });
    expect(bytesOf(folder)).toEqual({});
  });
});

const at = (effect: RuleText['effect'], times: number, nth = 7): RuleText => ({ when: { transport: 'http', path: '/v5/market/kline', nth }, times, effect });

/** As the limit of an address is told: the reset lies 2 s after the server's own time. */
const tooOften: RuleText['effect'] = {
  tag: 'substitute', httpStatus: 200, contentType: 'application/json',
  body: '{"retCode":10006,"retMsg":"Too many visits!","result":{},"retExtInfo":{},"time":1700000000000}',
  headers: { 'X-Bapi-Limit': '600', 'X-Bapi-Limit-Status': '0', 'X-Bapi-Limit-Reset-Timestamp': '1700000002000' },
};

describe('a fault on the way', () => {
  it.each<[string, RuleText, string]>([
    ['10006 three times, reset in 2 s', at(tooOften, 3), 'rate-limit'],
    ['429 without a body', at({ tag: 'substitute', httpStatus: 429, contentType: '' }, 1), 'rate-limit'],
    ['JSON cut before its announced end', at({ tag: 'cut', announced: 'whole' }, 3), 'broken-answer'],
    ['JSON cut and announced as such', at({ tag: 'cut', announced: 'half' }, 3), 'broken-answer'],
    ['an empty body', at({ tag: 'empty' }, 2), 'broken-answer'],
    ['502 as HTML', at({ tag: 'substitute', httpStatus: 502, body: '<html></html>' }, 4), 'broken-answer'],
    ['maintenance as HTML with 200', at({ tag: 'substitute', httpStatus: 200, body: '<html></html>' }, 2), 'broken-answer'],
    ['500 with JSON', at({ tag: 'refuse', httpStatus: 500, code: 10016, message: 'Server error.' }, 2), 'broken-answer'],
    ['a lost request', at({ tag: 'lost' }, 3), 'broken-answer'],
    ['a lost reply', at({ tag: 'unanswered' }, 3), 'broken-answer'],
    ['a result that is null', at({ tag: 'envelope', result: null }, 2), 'broken-answer'],
    ['an empty page', at({ tag: 'page', trick: 'empty' }, 1), 'empty-page'],
    ['rows left out of one page', at({ tag: 'rows', how: 'drop-middle' }, 1), 'missing-candles'],
    ['the newest row left out', at({ tag: 'rows', how: 'drop-first' }, 1), 'missing-candles'],
  ])('%s is overcome and counted, and the bytes are those of a calm download', async (_, rule, trouble) => {
    const exchange = await opening(twenty, false);
    const folder = freshFolder();
    exchange.faults.install([rule], 1);

    const { troubles } = await fetched(exchange, folder);

    expect(Object.keys(troubles)).toEqual([trouble]);
    expect(bytesOf(folder)).toEqual(await calm());
  });
  it.each<[string, RuleText['effect']]>([
    ['a border row that comes again', { tag: 'page', trick: 'overlap' }], ['a row twice', { tag: 'rows', how: 'repeat-first' }], ['gzip', { tag: 'gzip' }],
  ])('%s in every page changes nothing', async (_, effect) => {
    const exchange = await opening(twenty, false);
    const folder = freshFolder();
    exchange.faults.install([{ when: { transport: 'http', path: '/v5/market/kline' }, times: null, effect }], 1);

    await fetched(exchange, folder);

    expect(bytesOf(folder)).toEqual(await calm());
  });
  it.each<[string, string, RuleText]>([
    ['403 as JSON', 'shut-out', at({ tag: 'ban', ms: 600_000, form: 'json' }, 1, 25)],
    ['403 as HTML', 'shut-out', at({ tag: 'ban', ms: 600_000, form: 'html' }, 1, 25)],
    ['cut JSON for ever', 'no-answer', { ...at({ tag: 'cut', announced: 'half' }, 1, 25), times: null }],
    ['10006 for ever', 'rate-limit', { ...at(tooOften, 1, 25), times: null }],
    ['a refusal', 'refused', at({ tag: 'refuse', code: 10001, message: 'params error' }, 1, 25)],
  ])('%s ends it with the reason %s, leaves whole months alone, and the next run goes on to the same bytes', async (_, reason, rule) => {
    const exchange = await opening(twenty, false);
    const folder = freshFolder();
    exchange.faults.install([rule], 1);
    const thrown = await fetched(exchange, folder).catch((error: unknown) => error as DataError);
    const months = readManifest(folder, keyOf('last'))?.months.map(({ month }) => month) ?? [];
    const undisturbed = await calm();
    const files = Object.entries(bytesOf(folder)).filter(([path]) => path.endsWith('.parquet'));

    // What shut the address out has passed: a new exchange with the same market.
    await fetched(await opening(twenty, false), folder);

    expect(thrown).toMatchObject({ name: 'DataError', reason });
    expect((thrown as DataError).message.split('\n')).toHaveLength(1);
    expect(months.length).toBeLessThan(2);
    for (const [path, bytes] of files) expect(bytes).toBe(undisturbed[path]);
    expect(bytesOf(folder)).toEqual(await calm());
  });
  it('a server that answers with the first page whatever is asked ends it as repeated-page', async () => {
    const exchange = await opening(twenty, false);
    const real = hostAt(exchange.ready.rest);
    const stuck: Host = (path, query, signal) =>
      real(path, path === '/v5/market/kline' ? { ...query, start: String(start), end: String(start + 60_000_000 - 1) } : query, signal);

    await expect(fetched(exchange, freshFolder(), { host: stuck, from: start + 1_440 * minute })).rejects.toMatchObject({ reason: 'repeated-page' });
  });
  it('a high below the low ends it as ohlc, and a lake that has other values is not overwritten', async () => {
    const exchange = await opening(twenty, false);
    const real = hostAt(exchange.ready.rest);
    const changed = (change: (row: string[]) => string[]): Host => async (path, query, signal) => {
      const answer = await real(path, query, signal);
      if (path !== '/v5/market/kline') return answer;
      const body = JSON.parse(answer.text) as { result: { list: string[][] } };
      return { ...answer, text: JSON.stringify({ ...body, result: { list: body.result.list.map((row) => change(row)) } }) };
    };
    const folder = freshFolder();
    await expect(fetched(exchange, folder, { host: changed(([ts, o, , l, c, v, t]) => [ts, o, '1', l, c, v, t].map(String)) }))
      .rejects.toMatchObject({ reason: 'ohlc' });
    expect(stored(folder, 'last')).toEqual([]);
    await fetched(exchange, folder, { to: start + 1_440 * minute });
    const before = stored(folder, 'last');
    // With the record of what is done lost, the day is asked for again, and differs.
    const doubled = changed(([ts, o, h, l, c, v, t]) => [ts, o, h, l, c, String(Number(v) * 2 + 1), t].map(String));
    rmSync(`${folder}/downloads`, { recursive: true });

    await expect(fetched(exchange, folder, { host: doubled })).rejects.toMatchObject({ reason: 'overlap-differs' });
    expect(stored(folder, 'last')).toEqual(before);
  });
});
