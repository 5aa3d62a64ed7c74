/** Sessions of the streams: pings, auth, subscriptions, idle connections and slow readers, each address in its own form. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { authFrame, connect, openStreams, pushOf, watchAccount, watchMarket } from './client.ts';
import type { Doors } from './client.ts';

let doors: Doors;
beforeEach(async () => { doors = await openStreams(); });
afterEach(async () => { await doors.close(); });

const inFuture = (): number => Date.now() + 5_000;

describe('pongs', () => {
  it('of a public stream say op ping and ret_msg pong, with the number 7 back as a number', async () => {
    const client = await doors.connect('/v5/public/linear');
    client.send({ op: 'ping', req_id: 7 });

    expect(await client.next(() => true)).toEqual({ success: true, ret_msg: 'pong', conn_id: 'local-1', req_id: 7, op: 'ping' });
  });
  it('of a public stream without a request id have the id ""', async () => {
    const client = await doors.connect('/v5/public/linear');
    client.send({ op: 'ping' });

    expect(await client.next(() => true)).toEqual({ success: true, ret_msg: 'pong', conn_id: 'local-1', req_id: '', op: 'ping' });
  });
  it('of the private stream and of order entry say op pong and the time as text', async () => {
    const account = await doors.connect('/v5/private');
    const trade = await doors.connect('/v5/trade');
    account.send({ op: 'ping', req_id: 'a' });
    trade.send({ op: 'ping' });

    expect(await account.next(() => true)).toEqual({ req_id: 'a', op: 'pong', args: [expect.stringMatching(/^\d{13}$/)], conn_id: 'local-1' });
    expect(await trade.next(() => true)).toEqual({ retCode: 0, retMsg: 'OK', op: 'pong', data: [expect.stringMatching(/^\d{13}$/)], connId: 'local-2' });
  });
  it('answer pings of the protocol too', async () => {
    const client = await doors.connect('/v5/public/linear');
    const ponged = new Promise((resolve) => { client.socket.on('pong', resolve); });
    client.socket.ping('beat');

    expect(String(await ponged)).toBe('beat');
  });
});

describe('auth', () => {
  it.each([['a number', inFuture], ['text', () => String(inFuture())]])('takes an expiry that is %s', async (_, expires) => {
    const client = await doors.connect('/v5/private');
    client.send(authFrame(expires(), undefined, { req_id: 'x' }));

    expect(await client.next(() => true)).toEqual({ success: true, ret_msg: '', op: 'auth', conn_id: 'local-1', req_id: 'x' });
  });
  it.each([
    ['an expiry 1 ms ago', () => authFrame(Date.now() - 1), 10002, 'Request has expired'],
    ['a foreign key', () => authFrame(inFuture(), { key: 'other', secret: 'test-secret' }), 10003, 'Invalid apikey'],
    ['a wrong secret', () => authFrame(inFuture(), { key: 'test-key', secret: 'other' }), 10004, 'Invalid sign'],
    ['no arguments', () => ({ op: 'auth' }), 10001, 'Params Error'],
  ])('refuses %s on both addresses', async (_, frame, code, message) => {
    const account = await doors.connect('/v5/private');
    const trade = await doors.connect('/v5/trade');
    account.send(frame());
    trade.send(frame());

    expect(await account.next(() => true)).toMatchObject({ success: false, ret_msg: message, op: 'auth', retCode: code });
    expect(await trade.next(() => true)).toEqual({ retCode: code, retMsg: message, op: 'auth', connId: 'local-2' });
  });
  it('answers a second auth of order entry with 20001', async () => {
    const trade = await doors.connect('/v5/trade');
    trade.send(authFrame(inFuture()));
    trade.send(authFrame(inFuture()));

    expect(await trade.next(() => true)).toMatchObject({ retCode: 0, op: 'auth' });
    expect(await trade.next(() => true)).toMatchObject({ retCode: 20001, retMsg: 'Repeat auth', op: 'auth' });
  });
  it('is served before a subscribe that was sent without waiting', async () => {
    const client = await doors.connect('/v5/private');
    client.send(authFrame(inFuture()));
    client.send({ op: 'subscribe', args: ['order'] });

    expect(await client.next(() => true)).toMatchObject({ op: 'auth', success: true });
    expect(await client.next(() => true)).toEqual({ op: 'subscribe', success: true, ret_msg: '', conn_id: 'local-1' });
  });
});

describe('subscriptions', () => {
  it('to the account before auth are refused', async () => {
    const client = await doors.connect('/v5/private');
    client.send({ op: 'subscribe', args: ['order'] });

    expect(await client.next(() => true)).toMatchObject({ op: 'subscribe', success: false, ret_msg: 'Request not authorized' });
  });
  it.each([
    ['an unknown topic', ['order', 'orders'], 'Invalid topic: orders'],
    ['order beside order.linear', ['order', 'wallet', 'order.linear'], 'Topic order is subscribed to as all-in-one and by category in one request'],
    ['nothing', [], 'Params Error'],
  ])('to the account with %s are refused as a whole', async (_, args, message) => {
    const client = await doors.connect('/v5/private');
    client.send(authFrame(inFuture()));
    await client.next((frame) => frame['op'] === 'auth');
    client.send({ op: 'subscribe', args });

    expect(await client.next(() => true)).toMatchObject({ op: 'subscribe', success: false, ret_msg: message });
    doors.streams.publish(pushOf('order', [{ orderId: '1' }]));
    await client.settled();
    expect(client.kept).toEqual([]);
  });
  it.each([
    ['kline.7.BTCUSDT'], ['kline.5.DOGEUSDT'], ['orderbook.2.BTCUSDT'], ['invalid.topic.BTCUSDT'], ['tickers'],
  ])('to %s are refused by its name', async (topic) => {
    const client = await doors.connect('/v5/public/linear');
    client.send({ op: 'subscribe', args: [topic], req_id: 'r', callerMethodName: 'unknown' });

    expect(await client.next(() => true)).toEqual({ success: false, ret_msg: `Invalid topic: ${topic}`, op: 'subscribe', conn_id: 'local-1', req_id: 'r' });
  });
  it('end with unsubscribe, and a new connection has none', async () => {
    const first = await watchAccount(doors.url, ['order', 'wallet']);
    first.send({ op: 'unsubscribe', args: ['order'], req_id: 'u' });
    expect(await first.next((frame) => frame['req_id'] === 'u')).toMatchObject({ op: 'unsubscribe', success: true });
    doors.streams.publish(pushOf('order', [{ orderId: '1' }]));
    doors.streams.publish(pushOf('wallet', [{ accountType: 'UNIFIED' }], ''));

    await first.settled();
    expect(first.kept.map((frame) => (typeof frame === 'string' ? frame : frame['topic']))).toEqual(['wallet']);
    first.socket.terminate();
    const second = await connect(`${doors.url}/v5/private`);
    second.send(authFrame(inFuture()));
    await second.settled();
    expect(second.kept.map((frame) => (typeof frame === 'string' ? frame : frame['op']))).toEqual(['auth']);
    second.socket.terminate();
  });
  it('to inverse symbols at a linear exchange are refused, and other paths are answered 404', async () => {
    const client = await doors.connect('/v5/public/inverse');
    client.send({ op: 'subscribe', args: ['tickers.BTCUSDT'] });

    expect(await client.next(() => true)).toMatchObject({ success: false, ret_msg: 'Invalid topic: tickers.BTCUSDT' });
    await expect(connect(`${doors.url}/v5/elsewhere`)).rejects.toThrow('404');
  });
});

describe('what is no request', () => {
  it.each([['{bad'], ['[1]'], ['7']])('%s is answered and the connection goes on', async (text) => {
    const client = await doors.connect('/v5/public/linear');
    client.send(text);

    expect(await client.next(() => true)).toMatchObject({ success: false, op: '' });
    expect(await client.settled()).toMatchObject({ op: 'ping' });
  });
  it('an unknown op is answered under its own name', async () => {
    const client = await doors.connect('/v5/private');
    client.send({ op: 'jump', req_id: 3 });

    expect(await client.next(() => true)).toEqual({ success: false, ret_msg: 'Invalid op: jump', op: 'jump', conn_id: 'local-1', req_id: 3 });
  });
});

describe('connections end', () => {
  it('when nothing came for the 30 s asked for with max_active_time, and at 600 s otherwise', async () => {
    let now = 1_000_000;
    const own = await openStreams({ wall: () => now, idleCheckMs: 5 });
    const short = await own.connect('/v5/private?max_active_time=30s');
    const long = await own.connect('/v5/private');
    now += 30_001;

    expect(await short.closed).toBe(1006);
    expect(long.socket.readyState).toBe(long.socket.OPEN);
    now += 570_000;
    expect(await long.closed).toBe(1006);
    await own.close();
  });
  it('when a client does not read and more than 200,000 bytes wait for it', async () => {
    const own = await openStreams({ bufferBytesMost: 200_000 });
    const client = await watchMarket(own.url, ['kline.5.BTCUSDT']);
    client.socket.pause();
    const row = { interval: '5', text: 'x'.repeat(100_000) };
    for (let i = 0; i < 200 && own.streams.count('public') > 0; i++) {
      own.streams.publish(pushOf('kline', [row]));
      await new Promise((resolve) => { setImmediate(resolve); });
    }

    expect(own.streams.count('public')).toBe(0);
    client.socket.terminate();
    await own.close();
  });
  it('by the admin door with code 1012, those of one address only', async () => {
    const account = await doors.connect('/v5/private');
    const market = await doors.connect('/v5/public/linear');

    expect(doors.streams.cut('private', 1012)).toBe(1);
    expect(await account.closed).toBe(1012);
    expect(await market.settled()).toMatchObject({ ret_msg: 'pong' });
  });
});
