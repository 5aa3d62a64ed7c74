import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDoor, signed } from './client.ts';
import type { Door } from './client.ts';

/** The server's wall clock of these tests. */
const server = 1_706_972_587_026;
const info = '/v5/account/info';
const order = { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.010' };

describe('who may ask', () => {
  let door: Door;
  beforeEach(async () => { door = await openDoor({ wall: () => server }); });
  afterEach(async () => { await door.close(); });

  it('a GET signed over its raw query is answered, in any order of its keys and with any encoding', async () => {
    const queries = ['', 'category=linear&symbol=BTCUSDT', 'symbol=BTCUSDT&category=linear', 'category=linear&settleCoin=%55SDT'];

    const codes = await Promise.all(queries.map(async (query) => (await door.get('/v5/position/list', query)).body.retCode));

    expect(codes).toEqual([10001, 0, 0, 0]);
  });
  it('the signature covers the query as sent: another order of the same keys is 10004', async () => {
    const headers = signed(server, 'symbol=BTCUSDT&category=linear');

    const { status, body } = await door.get('/v5/position/list', 'category=linear&symbol=BTCUSDT', headers);

    expect([status, body.retCode, body.retMsg]).toEqual([200, 10004, 'Error sign, please check your signature generation algorithm.']);
  });
  it('a POST signed over its raw bytes is answered, spaces and letters beyond ASCII included', async () => {
    const { body } = await door.post('/v5/order/create', `  ${JSON.stringify({ ...order, remark: 'Ω€' })} `);

    expect(body.retCode).toBe(0);
    expect(door.world.asked[0]?.body['remark']).toBe('Ω€');
  });
  it('header names count in any case and an absent window is 5000, signed as empty text', async () => {
    const named = signed(server, '', '');
    const lower = Object.fromEntries(Object.entries(named).map(([name, value]) => [name.toLowerCase(), value]));
    const { 'x-bapi-recv-window': _, ...without } = lower;

    expect((await door.get(info, '', lower)).body.retCode).toBe(0);
    expect((await door.get(info, '', without)).body.retCode).toBe(0);
  });
  it('a vector of hmac-sha256 over "1706972587026test-key5000" with "test-secret"', async () => {
    // printf '1706972587026test-key5000' | openssl dgst -sha256 -hmac test-secret
    const signature = 'cc9b87423667606410eb58a592e520e3b3abfe6f3e0faa7df8fa09946c73b66b';

    const { body } = await door.get(info, '', {
      'X-BAPI-API-KEY': 'test-key', 'X-BAPI-TIMESTAMP': '1706972587026', 'X-BAPI-RECV-WINDOW': '5000', 'X-BAPI-SIGN': signature,
    });

    expect(body.retCode).toBe(0);
  });
  it.each([
    ['5000 ms behind', -5_000, '5000', 0],
    ['5001 ms behind', -5_001, '5000', 10002],
    ['6 s behind with a window of 7 s', -6_000, '7000', 0],
    ['999 ms ahead', 999, '5000', 0],
    ['1000 ms ahead', 1_000, '5000', 10002],
    ['1239 ms ahead with a window of a minute', 1_239, '60000', 10002],
  ])('a clock %s (%i ms, window %s) is answered %i', async (_what, offset, window, code) => {
    expect((await door.get(info, '', signed(server + offset, '', window))).body.retCode).toBe(code);
  });
  it('10002 tells both times and the window, with HTTP 200', async () => {
    const { status, body } = await door.get(info, '', signed(1_706_972_576_658, '', '5000'));

    expect(status).toBe(200);
    expect(body.retMsg).toBe('invalid request, please check your server timestamp or recv_window param. '
      + 'req_timestamp[1706972576658],server_timestamp[1706972587026],recv_window[5000]');
  });
  it('a foreign key is 10003, without headers 401 and 10001, and nothing of it reaches the account', async () => {
    const foreign = await door.get(info, '', signed(server, '', '5000', { key: 'other', secret: 'test-secret' }));
    const bare = await door.get(info, '', null);
    const half = await door.get(info, '', { 'X-BAPI-API-KEY': 'test-key' });

    expect([foreign.status, foreign.body.retCode, foreign.body.retMsg]).toEqual([200, 10003, 'API key is invalid.']);
    expect([bare.status, bare.body.retCode]).toEqual([401, 10001]);
    expect(half.body.retMsg).toBe('empty value: apiTimestamp[] apiKey[******] apiSignature[]');
    expect(door.world.asked).toEqual([]);
  });
  it('public paths need no signature, and a wrong one does no harm', async () => {
    expect((await door.get('/v5/market/time', '', null)).body.retCode).toBe(0);
    expect((await door.get('/v5/market/time', '', { 'X-BAPI-SIGN': 'x' })).body.retCode).toBe(0);
  });
  it('an unknown path is 404 with 10017, and so is the wrong method', async () => {
    const wrong = await door.get('/v5/nothing', '', null);
    const method = await door.get('/v5/order/create');

    expect([wrong.status, wrong.body.retCode, method.status]).toEqual([404, 10017, 404]);
  });
});
