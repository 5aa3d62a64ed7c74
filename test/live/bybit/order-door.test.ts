/** Changes of orders over HTTP, against a server that answers by hand. */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { OrderDoor } from '../../../live/bybit/order-door.ts';

const credentials = { key: 'KEY-OF-MINE', secret: 'SECRET-OF-MINE' };
const cancel = { category: 'linear', symbol: 'BTCUSDT', orderLinkId: 'a1' } as const;

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((done) => {
  server.closeAllConnections();
  server.close(done);
}))));

interface Asked { readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: string }

/** The door, and what reached the server. */
async function doorTo(answer: (response: ServerResponse) => void, requestMs = 5_000): Promise<{ readonly door: OrderDoor; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const own = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => { body += part.toString(); });
    request.on('end', () => {
      asked.push({ path: `${request.method} ${request.url}`, headers: request.headers, body });
      answer(response);
    });
  });
  servers.push(own);
  await new Promise<void>((done) => { own.listen(0, '127.0.0.1', done); });
  const rest = `http://127.0.0.1:${(own.address() as AddressInfo).port}`;
  return { door: new OrderDoor({ rest, credentials, requestMs, now: () => 1_700_000_000_123 }), asked };
}

const said = (text: string, headers: Readonly<Record<string, string>> = {}) => (response: ServerResponse): void => {
  response.writeHead(200, headers).end(text);
};
const refusal = (asked: Promise<unknown>): Promise<unknown> => asked.then(() => 'answered', (error: unknown) => error);

describe('a change of an order over HTTP', () => {
  it('is signed over time, key, window and the very bytes of the body, and the envelope comes back with its allowance', async () => {
    const { door, asked } = await doorTo(said('{"retCode":0,"retMsg":"OK","result":{"orderId":"7"},"time":1700000000200}', { 'X-Bapi-Limit': '20', 'X-Bapi-Limit-Reset-Timestamp': '1700000001000' }));

    const answer = await door.ask('cancel', cancel);

    expect(answer).toEqual({ retCode: 0, retMsg: 'OK', result: { orderId: '7' }, time: 1_700_000_000_200, rateLimitApi: { maxRequests: 20, resetAtTimestamp: 1_700_000_001_000 } });
    const [{ path, headers, body }] = asked as [Asked];
    expect([path, body]).toEqual(['POST /v5/order/cancel', '{"category":"linear","symbol":"BTCUSDT","orderLinkId":"a1"}']);
    expect([headers['x-bapi-api-key'], headers['x-bapi-timestamp'], headers['x-bapi-recv-window'], headers['content-type']])
      .toEqual(['KEY-OF-MINE', '1700000000123', '5000', 'application/json']);
    expect(headers['x-bapi-sign']).toBe(createHmac('sha256', 'SECRET-OF-MINE').update(`1700000000123KEY-OF-MINE5000${body}`).digest('hex'));
  });
  it('goes to the path of its kind', async () => {
    const { door, asked } = await doorTo(said('{"retCode":0}'));

    await door.ask('create', { ...cancel, side: 'Buy', orderType: 'Market', qty: '1' });
    await door.ask('amend', { ...cancel, qty: '2' });
    await door.ask('stop', { category: 'linear', symbol: 'BTCUSDT', tpslMode: 'Full', positionIdx: 0, stopLoss: '9' });

    expect(asked.map(({ path }) => path)).toEqual(['POST /v5/order/create', 'POST /v5/order/amend', 'POST /v5/position/trading-stop']);
  });
  it('answers without a code to what is no JSON of an object, so that its outcome stays open', async () => {
    for (const text of ['', 'null', '[1]', '<html>', '{"retCode":0']) {
      const { door } = await doorTo(said(text));

      expect([text, (await door.ask('cancel', cancel)).retCode]).toEqual([text, undefined]);
    }
  });
  it('rejects with the status, or with the word for what broke, and holds neither key nor secret', async () => {
    const cases: readonly (readonly [string | number, (response: ServerResponse) => void])[] = [
      [403, (response) => { response.writeHead(403).end('KEY-OF-MINE'); }],
      [502, (response) => { response.writeHead(502).end(); }],
      [302, (response) => { response.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end(); }],
      ['ECONNRESET', (response) => { response.destroy(); }],
      ['ECONNRESET', (response) => { response.writeHead(200, { 'Content-Length': '100' }); response.write('{"retCode":0'); response.socket!.end(); }],
      ['EMSGSIZE', (response) => { response.end('x'.repeat(1_000_001)); }],
    ];
    for (const [code, answer] of cases) {
      const { door } = await doorTo(answer);
      const error = await refusal(door.ask('cancel', cancel));

      expect(error).toMatchObject({ code });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/OF-MINE/);
    }
  });
  it('ends after its time, asked once, and a door to nobody says that nothing was sent', async () => {
    const { door, asked } = await doorTo(() => {}, 40);

    expect(await refusal(door.ask('cancel', cancel))).toMatchObject({ code: 'ETIMEDOUT' });
    expect(asked).toHaveLength(1);
    const gone = new OrderDoor({ rest: 'http://127.0.0.1:1', credentials, requestMs: 1_000, now: Date.now });
    expect(await refusal(gone.ask('cancel', cancel))).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
