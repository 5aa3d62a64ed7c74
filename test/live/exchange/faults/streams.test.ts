/** F43 to F61 and F73 to F80, each as the frames and closes that a client gets. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Row } from '../../../../live/exchange/world.ts';
import { authFrame, connect, pushOf } from '../streams/client.ts';
import type { Client } from '../streams/client.ts';
import { openStage, wallMs } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => { stage = await openStage(); });
afterEach(async () => { await stage.close(); });

const all = ['order', 'execution', 'position', 'wallet'] as const;
const topics = ({ kept }: Client): unknown[] => kept.map((frame) => (typeof frame === 'string' ? frame : frame['topic']));
const rowsIn = (frame: Row | string | undefined): Row[] => (typeof frame === 'object' && Array.isArray(frame['data']) ? frame['data'] : []);
const members = ({ kept }: Client, name: string): unknown[] => kept.flatMap((frame) => rowsIn(frame).map((row) => row[name]));
const tell = (topic: (typeof all)[number], row: Row): void => stage.publish(pushOf(topic, [{ symbol: 'BTCUSDT', ...row }]));
const candle = (start: number, more: Row = {}): Row => ({ start, end: start + 299_999, interval: '5', open: '1', close: '2', confirm: true, ...more });
const close = (start: number): void => stage.publish(pushOf('kline', [candle(start)]));
const order = (id: string): Row => ({
  reqId: id, header: { 'X-BAPI-TIMESTAMP': String(Date.now()) }, op: 'order.create',
  args: [{ category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.01', orderLinkId: id }],
});

describe('frames of the account', () => {
  it('F43: topics of one event in another order, each topic in its own, and the same order for the same seed', async () => {
    const seen: unknown[][] = [];
    for (let round = 0; round < 2; round++) {
      const client = await stage.account(all);
      stage.set('F43', { ms: 4 });
      for (const topic of all) tell(topic, { n: 1 });
      tell('order', { n: 2 });
      for (const topic of all) await client.next((frame) => frame['topic'] === topic).then((frame) => client.kept.push(frame));
      await client.next((frame) => rowsIn(frame)[0]?.['n'] === 2);
      seen.push(topics(client));
      client.socket.terminate();
    }

    expect(seen[0]).toHaveLength(4);
    expect(seen[1]).toEqual(seen[0]);
  });
  it('F44: a push comes before the answer that is 100 ms late', async () => {
    const client = await stage.account(['order']);
    stage.set('F44', { ms: 100 });
    const shot = stage.create();
    tell('order', { orderStatus: 'Filled' });
    await client.next((frame) => frame['topic'] === 'order');

    expect((await shot).tookMs).toBeGreaterThanOrEqual(95);
  });
  it('F45: the first order row comes after the second', async () => {
    const client = await stage.account(['order']);
    stage.set('F45');
    for (const n of [1, 2, 3]) tell('order', { n });
    await client.settled();

    expect(members(client, 'n')).toEqual([2, 1, 3]);
  });
  it.each([['frame', ['execution', 'execution']], ['row', ['execution', 'execution']], ['fast', ['execution', 'execution.fast']]])('F46 %s: the same execution again', async (variant, expected) => {
    const client = await stage.account(['execution']);
    stage.set('F46', { variant });
    tell('execution', { execId: 'e', execType: 'Trade' });
    await client.settled();

    expect(topics(client)).toEqual(expected);
    expect(members(client, 'execId')).toEqual(['e', 'e']);
  });
  it('F46 replay: a new subscription gets what was told before', async () => {
    const first = await stage.account(['order']);
    stage.set('F46', { variant: 'replay' });
    tell('order', { n: 1 });
    tell('order', { n: 2 });
    await first.settled();
    const second = await stage.socket('/v5/private');
    second.send(authFrame(Date.now() + 5_000));
    second.send({ op: 'subscribe', args: ['order'] });
    await second.settled();

    expect(members(second, 'n')).toEqual([1, 2]);
  });
  it('F47: a funding row twice, trades once', async () => {
    const client = await stage.account(['execution']);
    stage.set('F47', { ms: 0 });
    tell('execution', { execId: 'trade', execType: 'Trade' });
    tell('execution', { execId: 'paid', execType: 'Funding', execFee: '0.5' });
    await client.settled();

    expect(members(client, 'execId')).toEqual(['trade', 'paid', 'paid']);
  });
  it('F48: positions that say nothing, and a flat row of another index', async () => {
    const client = await stage.account(['position']);
    stage.set('F48', { variant: 'flat' });
    tell('position', { side: 'Buy', size: '1', positionIdx: 0 });
    await client.settled();

    expect(members(client, 'side')).toEqual(['Buy', '']);
    expect(members(client, 'positionIdx')).toEqual([0, 2]);
  });
  it('F49: updatedTime of the position is 4 ms later than it was', async () => {
    const client = await stage.account(['position']);
    stage.set('F49');
    tell('position', { updatedTime: '1700000000000' });
    await client.settled();

    expect(members(client, 'updatedTime')).toEqual(['1700000000004']);
  });
  it('F76: executions 80 ms late while orders are not; F87: wallets late', async () => {
    const client = await stage.account(all);
    stage.set('F76', { ms: 80 });
    tell('execution', { execId: '1' });
    tell('order', { n: 1 });
    await client.settled();
    expect(topics(client)).toEqual(['order']);
    await client.next((frame) => frame['topic'] === 'execution');
    stage.set('F87', { ms: 80 });
    tell('wallet', { n: 1 });
    await client.settled();
    expect(topics(client)).toEqual(['order']);
    await client.next((frame) => frame['topic'] === 'wallet');
  });
  it('F77: orders fall silent, everything else goes on', async () => {
    const client = await stage.account(all);
    stage.set('F77');
    for (const topic of all) tell(topic, { n: 1 });
    await client.settled();

    expect(topics(client)).toEqual(['execution', 'position', 'wallet']);
  });
  it('F88: fees of an order in another coin', async () => {
    const client = await stage.account(['order']);
    stage.set('F88');
    tell('order', { orderStatus: 'Filled', cumFeeDetail: { USDT: '1' } });
    await client.settled();

    expect(members(client, 'cumFeeDetail')).toEqual([{ MNT: '0.002' }]);
  });
});

describe('connections', () => {
  it('F50: cut without a closing frame, refused three times with 503, nothing told again', async () => {
    const client = await stage.account(['order']);
    stage.set('F50');
    tell('order', { n: 1 });

    expect(await client.closed).toBe(1006);
    for (let i = 0; i < 3; i++) await expect(connect(`${stage.url}/v5/private`)).rejects.toThrow('503');
    const again = await stage.account(['order']);
    tell('order', { n: 2 });
    await again.settled();
    expect(members(again, 'n')).toEqual([2]);
    expect(members(client, 'n')).toEqual([]);
  });
  it.each([['silent', '/v5/private', 0, 1006], ['refused', '/v5/private', 1, 1008], ['trade', '/v5/trade', 0, 1006]])('F51 %s: gone after auth on %s, %i frames; the next connection is sound', async (variant, path, frames, code) => {
    stage.set('F51', { variant });
    const client = await stage.socket(path);
    client.send(authFrame(Date.now() + 5_000));

    expect(await client.closed).toBe(code);
    expect(client.kept).toHaveLength(frames);
    const next = await stage.socket(path);
    next.send(authFrame(Date.now() + 5_000));
    await next.next((frame) => frame['success'] === true || frame['retCode'] === 0);
  });
  it('F52: auth of order entry answered with 10004 and no success, orders afterwards with 10003', async () => {
    stage.set('F52');
    const client = await stage.socket('/v5/trade');
    client.send(authFrame(Date.now() + 5_000));
    client.send(order('a'));

    expect(await client.next(() => true)).toEqual({ retCode: 10004, retMsg: 'Invalid sign', op: 'auth', connId: 'local-1' });
    expect(await client.next(() => true)).toMatchObject({ retCode: 10003, reqId: 'a' });
  });
  it.each([['reset', /ECONNRESET|socket hang up/], ['status', /401/]])('F55 %s: three connections refused', async (variant, text) => {
    stage.set('F55', { variant, code: 401 });
    for (let i = 0; i < 3; i++) await expect(connect(`${stage.url}/v5/private`)).rejects.toThrow(text);

    await stage.account(['order']);
  });
  it('F56: no pong, with and without other frames; a pong of another address', async () => {
    const client = await stage.account(['order']);
    stage.set('F56', { variant: 'no-pong' });
    client.send({ op: 'ping', req_id: 'lost' });
    await wallMs(20);
    tell('order', { n: 1 });
    await client.next((frame) => frame['topic'] === 'order');
    expect(client.kept).toEqual([]);
    stage.set('F56', { variant: 'shape' });
    client.send({ op: 'ping', req_id: 'odd' });
    expect(await client.next(() => true)).toMatchObject({ success: true, ret_msg: 'pong', op: 'ping' });
    stage.set('F56', { variant: 'dead' });
    client.send({ op: 'ping' });
    await wallMs(20);
    tell('order', { n: 2 });
    await wallMs(20);
    expect(client.kept).toEqual([]);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });
  it('F57: a subscription refused, its answer lost, or a topic that is dead', async () => {
    const client = await stage.account(['wallet']);
    stage.set('F57', { variant: 'refused' });
    client.send({ op: 'subscribe', args: ['order'], req_id: 1 });
    expect(await client.next(() => true)).toEqual({ success: false, ret_msg: 'Invalid topic: order', op: 'subscribe', req_id: 1, conn_id: 'local-1' });
    tell('order', { n: 0 });
    stage.set('F57', { variant: 'ack-lost' });
    client.send({ op: 'subscribe', args: ['order', 'execution'] });
    await client.settled();
    expect(client.kept).toEqual([]);
    stage.set('F57', { variant: 'zombie' });
    tell('execution', { n: 1 });
    tell('order', { n: 2 });
    await client.settled();
    expect(topics(client)).toEqual(['order']);
  });
  it.each([['broken', '{bad'], ['binary', '\u0000\u0001'], ['empty', ''], ['array', '[]']])('F73 %s: bytes that are no frame, then the frame', async (variant, text) => {
    const client = await stage.account(['order']);
    stage.set('F73', { variant });
    tell('order', { n: 1 });
    await client.settled();

    expect(client.kept[0]).toBe(text);
    expect(topics(client)).toEqual([text, 'order']);
  });
  it('F73 topicless and huge: JSON without a topic, and 900,000 bytes', async () => {
    const client = await stage.account(['order']);
    stage.set('F73', { variant: 'topicless' });
    tell('order', { n: 1 });
    expect(await client.next(() => true)).toEqual({ data: [] });
    stage.set('F73', { variant: 'huge' });
    tell('order', { n: 2 });
    expect(JSON.stringify(await client.next((frame) => frame['filler'] !== undefined)).length).toBeGreaterThan(900_000);
  });
  it.each([[1000], [1001], [1011], [1012], [1006]])('F74: closed with %i', async (code) => {
    const client = await stage.account(['order']);
    stage.set('F74', { code });
    tell('order', { n: 1 });

    expect(await client.closed).toBe(code);
  });
  it('F74 reset and rolling: cut by TCP, and all addresses at once', async () => {
    const client = await stage.account(['order']);
    stage.set('F74', { variant: 'reset' });
    tell('order', { n: 1 });
    expect(await client.closed).toBe(1006);
    const [account, market, trade] = [await stage.account(['order']), await stage.market(['tickers.BTCUSDT']), await stage.trade()];
    stage.set('F74', { variant: 'rolling' });
    tell('order', { n: 2 });
    expect(await Promise.all([account.closed, market.closed, trade.closed])).toEqual([1012, 1012, 1012]);
    expect(await stage.get('/v5/market/time')).toMatchObject({ status: 200 });
  });
  it('F75: authenticated, then dropped after 30 ms, again and again', async () => {
    stage.set('F75', { ms: 30, times: 3 });
    for (let i = 0; i < 3; i++) {
      const client = await stage.socket('/v5/private');
      client.send(authFrame(Date.now() + 5_000));
      expect(await client.next(() => true)).toMatchObject({ op: 'auth', success: true });
      expect(await client.closed).toBe(1006);
    }
    await stage.account(['order']);
  });
  it('F86: all sockets closed, two refusals, 503 by HTTP five times, the cache of closed orders empty', async () => {
    const client = await stage.account(['order']);
    stage.set('F86');
    const statuses = [(await stage.create()).status];
    for (let i = 0; i < 5; i++) statuses.push((await stage.get('/v5/market/time')).status);

    expect(await client.closed).toBe(1012);
    expect(statuses).toEqual([503, 503, 503, 503, 503, 200]);
    expect(stage.world.acted).toEqual(['wipe']);
    for (let i = 0; i < 2; i++) await expect(connect(`${stage.url}/v5/private`)).rejects.toThrow('503');
    await stage.account(['order']);
  });
});

describe('frames of order entry', () => {
  it.each([['lost', null], ['no-id', undefined], ['wrong-id', 'nobody']])('F53 %s: applied, and the answer is not to be found', async (variant, id) => {
    const client = await stage.trade();
    stage.set('F53', { variant });
    client.send(order('a'));
    client.send(order('b'));
    await client.next((frame) => frame['reqId'] === 'b');

    expect(stage.world.asked.map(({ body }) => body['orderLinkId'])).toEqual(['a', 'b']);
    expect(client.kept.map((frame) => (typeof frame === 'string' ? '' : frame['reqId']))).toEqual(id === null ? [] : [id]);
  });
  it.each([[true, 1], [false, 0]])('F54: dropped with an order on its way, applied %s', async (isApplied, count) => {
    const client = await stage.trade();
    stage.set('F54', { isApplied });
    client.send(order('a'));

    expect(await client.closed).toBe(1006);
    expect(stage.world.asked).toHaveLength(count);
    expect(client.kept).toEqual([]);
  });
  it('F44: the answer to order.create is 60 ms late', async () => {
    const client = await stage.trade();
    stage.set('F44', { ms: 60 });
    client.send(order('a'));
    await client.settled();

    expect(client.kept).toEqual([]);
    expect(await client.next((frame) => frame['reqId'] === 'a')).toMatchObject({ retCode: 0 });
  });
  it('F79: 10019, not applied, then closed with 1012', async () => {
    const client = await stage.trade();
    stage.set('F79');
    client.send(order('a'));

    expect(await client.next(() => true)).toMatchObject({ retCode: 10019, reqId: 'a', op: 'order.create', data: {} });
    expect(await client.closed).toBe(1012);
    expect(stage.world.asked).toEqual([]);
  });
  it.each([[20006], [20003]])('F80: %i, not applied', async (code) => {
    const client = await stage.trade();
    stage.set('F80', { code });
    client.send(order('a'));

    expect(await client.next(() => true)).toMatchObject({ retCode: code, reqId: 'a' });
    expect(stage.world.asked).toEqual([]);
  });
});

describe('frames of the market', () => {
  it('F58: a delta before any snapshot; a frozen ticker; a mark far from the last price', async () => {
    stage.set('F58');
    const client = await stage.market(['tickers.BTCUSDT']);
    expect(await client.next((frame) => frame['topic'] !== undefined)).toMatchObject({ type: 'delta', data: { lastPrice: '60000.00' } });
    stage.set('F58', { variant: 'frozen', times: 2 });
    for (const lastPrice of ['1', '2', '3']) stage.publish(pushOf('tickers', [{ symbol: 'BTCUSDT', lastPrice }]));
    await client.settled();
    expect(client.kept.map((frame) => (typeof frame === 'string' ? '' : Reflect.get(Object(frame['data']), 'lastPrice')))).toEqual(['3']);
    stage.set('F58', { variant: 'far' });
    stage.publish(pushOf('tickers', [{ symbol: 'BTCUSDT', lastPrice: '4' }]));
    expect(await client.next((frame) => Reflect.get(Object(frame['data']), 'lastPrice') === '4')).toMatchObject({ data: { markPrice: '1' } });
  });
  it('F59: one close is lost, the next candle comes', async () => {
    const client = await stage.market(['kline.5.BTCUSDT']);
    stage.set('F59', { nth: 2 });
    for (const start of [0, 300_000, 600_000]) close(start);
    await client.settled();

    expect(members(client, 'start')).toEqual([0, 600_000]);
  });
  it('F60: a close 60 ms late, twice, corrected, and two candles in one frame', async () => {
    const client = await stage.market(['kline.5.BTCUSDT']);
    stage.set('F60', { ms: 60 });
    close(0);
    await client.settled();
    expect(client.kept).toEqual([]);
    await client.next((frame) => frame['topic'] !== undefined);
    stage.set('F60', { variant: 'twice' });
    close(300_000);
    await client.settled();
    expect(members(client, 'start')).toEqual([300_000, 300_000]);
    stage.set('F60', { variant: 'corrected' });
    close(600_000);
    await client.settled();
    expect(members(client, 'high').slice(2)).toEqual([undefined, '999999']);
    client.kept.length = 0;
    stage.set('F60', { variant: 'two-in-one' });
    close(900_000);
    close(1_200_000);
    await client.settled();
    expect(client.kept).toHaveLength(1);
    expect(members(client, 'start')).toEqual([900_000, 1_200_000]);
  });
  it('F61: five candles are missing, then the newest', async () => {
    const client = await stage.market(['kline.5.BTCUSDT']);
    stage.set('F61');
    for (let i = 0; i < 6; i++) close(i * 300_000);
    await client.settled();

    expect(members(client, 'start')).toEqual([1_500_000]);
  });
  it('F84: the ticker tells the funding rate at the cap', async () => {
    const client = await stage.market(['tickers.BTCUSDT']);
    stage.set('F84');
    stage.publish(pushOf('tickers', [{ symbol: 'BTCUSDT', lastPrice: '1' }]));

    expect(await client.next((frame) => frame['type'] === 'delta')).toMatchObject({ data: { fundingRate: '-0.005', fundingIntervalHour: '1' } });
  });
});

describe('the desk', () => {
  it('fires by number of the match, by market time, link and probability, and writes each firing down', async () => {
    stage.desk.install([
      { id: 'a', when: { transport: 'http', path: '/v5/order/create', link: 'own', nth: 2 }, times: 1, effect: { tag: 'refuse', code: 1, message: 'second' } },
      { id: 'b', when: { transport: 'http', path: '/v5/order/create', from: stage.world.now + 1 }, effect: { tag: 'refuse', code: 2, message: 'later' } },
    ], 1);
    const codes = [];
    for (const link of ['own-1', 'other', 'own-2', 'own-3']) codes.push((await stage.create({ orderLinkId: link })).body['retCode']);

    expect(codes).toEqual([0, 0, 1, 0]);
    expect(stage.desk.journal()).toMatchObject({
      count: 1, fired: [{ n: 1, id: 'a', rule: 0, effect: 'refuse', marketAt: stage.world.now, transport: 'http', what: 'POST /v5/order/create', symbol: 'BTCUSDT' }],
    });
  });
  it('draws the same with the same seed, and about 500 of 1,000 at probability 0.5', () => {
    const firings = (seed: number): number => {
      stage.desk.install([{ effect: { tag: 'drop' }, probability: 0.5 }], seed);
      for (let i = 0; i < 1_000; i++) stage.desk.leaving({ kind: 'private', connection: 1, op: '', topic: 'order', symbol: '', body: { data: [] } }, () => undefined);
      return Number(stage.desk.journal()['count']);
    };

    expect(firings(5)).toBe(firings(5));
    // Binomial: 500 expected, standard deviation 15.8; 5 of them.
    expect(Math.abs(firings(5) - 500)).toBeLessThan(80);
    expect(firings(6)).not.toBe(firings(5));
  });
  it('without a plan writes nothing and changes nothing', async () => {
    stage.set('F02');
    stage.desk.clear();

    expect(await stage.create()).toMatchObject({ status: 200, body: { retCode: 0 } });
    expect(stage.desk.journal()).toEqual({ count: 0, fired: [] });
  });
});
