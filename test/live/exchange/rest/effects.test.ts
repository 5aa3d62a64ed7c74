/** Each effect of the fault hook, shown as the bytes on the socket. */
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { Quotas } from '../../../../live/exchange/rest/index.ts';
import type { Effect, RequestSink, RestRequest } from '../../../../live/exchange/rest/index.ts';
import { openDoor, signed } from './client.ts';
import type { Door } from './client.ts';

const server = 1_700_000_000_000;
const order = JSON.stringify({ category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.010', orderLinkId: 'a-1' });
const create = '/v5/order/create';

interface Raw { readonly bytes: Buffer; readonly head: string; readonly body: Buffer; readonly end: 'fin' | 'reset' }

/** One request on a socket of its own; everything that came back until the other side ended it, or `isDone` says enough. */
async function raw(port: number, request: string, isDone: (bytes: Buffer) => boolean = () => false): Promise<Raw> {
  return await new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    const finish = (end: Raw['end']): void => {
      const bytes = Buffer.concat(parts);
      const gap = bytes.indexOf('\r\n\r\n');
      socket.destroy();
      resolve({ bytes, head: bytes.subarray(0, Math.max(0, gap)).toString(), body: bytes.subarray(gap + 4), end });
    };
    socket.on('data', (part) => {
      parts.push(part);
      if (isDone(Buffer.concat(parts))) finish('fin');
    });
    socket.on('end', () => finish('fin'));
    socket.on('error', () => finish('reset'));
  });
}

function requestText(method: string, path: string, body = '', connection = 'close'): string {
  const query = path.split('?')[1] ?? '';
  const names = Object.entries(signed(server, method === 'GET' ? query : body)).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\nContent-Length: ${body.length}\r\n${names}\r\n${body}`;
}

const posted = requestText('POST', create, order);

describe('what a fault does on the wire', () => {
  let door: Door;
  afterEach(async () => { await door.close(); });

  const open = async (effects: readonly Effect[], sink: Partial<RequestSink> = {}): Promise<RestRequest[]> => {
    const seen: RestRequest[] = [];
    door = await openDoor({
      wall: () => server,
      sink: {
        closesUnread: () => false,
        effectsOn: (request) => {
          seen.push(request);
          return effects;
        },
        ...sink,
      },
    });
    return seen;
  };
  const numberOfWrites = (): number => door.world.asked.length;

  it('no effect: the hook has seen method, path, parameters and both times, and the envelope is whole', async () => {
    const seen = await open([]);

    const { head, body } = await raw(door.port, posted);

    expect(seen[0]).toMatchObject({ method: 'POST', path: create, query: '', sequence: 1, marketAt: Date.UTC(2024, 2, 15, 12, 30, 30), wallAt: server });
    expect(seen[0]?.params['orderLinkId']).toBe('a-1');
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(body.toString()).toBe(`{"retCode":0,"retMsg":"OK","result":{"orderId":"id-1","orderLinkId":"a-1"},"retExtInfo":{},"time":${server}}`);
  });
  it('closed unread: no byte comes back, the hook of whole requests is not asked, nothing is applied', async () => {
    const seen = await open([], { closesUnread: ({ path }) => path === create });

    const { bytes } = await raw(door.port, posted);

    expect([bytes.length, seen.length, numberOfWrites()]).toEqual([0, 0, 0]);
  });
  it('lost: no byte comes back and nothing is applied', async () => {
    await open([{ tag: 'lost' }]);

    expect((await raw(door.port, posted)).bytes).toHaveLength(0);
    expect(numberOfWrites()).toBe(0);
  });
  it('unanswered: no byte comes back and the order is applied', async () => {
    await open([{ tag: 'unanswered' }]);

    expect((await raw(door.port, posted)).bytes).toHaveLength(0);
    expect(numberOfWrites()).toBe(1);
  });
  it('hold: the order reaches the account only after the time is over; delay: before it', async () => {
    const seen = await open([{ tag: 'hold', ms: 40 }]);
    const before = performance.now();
    const held = raw(door.port, posted);
    while (seen.length === 0) await new Promise((resolve) => { setImmediate(resolve); });
    const during = numberOfWrites();
    await held;
    const heldMs = performance.now() - before;
    const after = numberOfWrites();
    await door.close();

    await open([{ tag: 'delay', ms: 40 }]);
    const late = raw(door.port, posted);
    while (numberOfWrites() === 0) await new Promise((resolve) => { setImmediate(resolve); });
    const applied = performance.now();
    await late;

    expect([during, after]).toEqual([0, 1]);
    expect(heldMs).toBeGreaterThan(38);
    expect(performance.now() - applied).toBeGreaterThan(30);
  });
  it('a hold of an hour ends without an answer and without the order when the door closes', async () => {
    const seen = await open([{ tag: 'hold', ms: 3_600_000 }]);
    const held = raw(door.port, posted);
    while (seen.length === 0) await new Promise((resolve) => { setImmediate(resolve); });

    await door.close();

    expect((await held).bytes).toHaveLength(0);
    expect(numberOfWrites()).toBe(0);
  });
  it('replies overtake each other: the first of two requests is delayed and comes second', async () => {
    await open([], { effectsOn: ({ sequence }) => (sequence === 1 ? [{ tag: 'delay', ms: 60 }] : []) });
    const arrived: number[] = [];
    const first = raw(door.port, posted).then(() => arrived.push(1));
    while (numberOfWrites() === 0) await new Promise((resolve) => { setImmediate(resolve); });
    await Promise.all([first, raw(door.port, posted).then(() => arrived.push(2))]);

    expect(arrived).toEqual([2, 1]);
  });
  it.each([[-1_500, 10002], [6_000, 10002], [3_000, 0]])('clock %i ms: a sound request is answered %i and market time follows', async (offsetMs, code) => {
    await open([{ tag: 'clock', offsetMs }]);

    const { body } = await door.get('/v5/account/info');
    const time = await door.get('/v5/market/time', '', null);

    expect(body.retCode).toBe(code);
    if (code === 10002) expect(body.retMsg).toContain(`req_timestamp[${server}],server_timestamp[${server + offsetMs}]`);
    expect(time.body.time).toBe(server + offsetMs);
    expect(time.body.result['timeSecond']).toBe(String(Math.floor((server + offsetMs) / 1_000)));
  });
  it.each([[true, 1], [false, 0]])('a 502 page with applied = %s leaves %i order behind', async (isApplied, orders) => {
    await open([{ tag: 'substitute', answer: { httpStatus: 502, contentType: 'text/html', body: '<html>bad gateway</html>', headers: {}, isApplied } }]);

    const { head, body } = await raw(door.port, posted);

    expect(head).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\nContent-Type: text\/html\r\nContent-Length: 24\r\n/);
    expect(body.toString()).toBe('<html>bad gateway</html>');
    expect(numberOfWrites()).toBe(orders);
  });
  it('a redirect, a maintenance page with 200 and an empty 429 are substitutes too', async () => {
    const answer = { contentType: '', body: '', headers: {}, isApplied: false };
    await open([], {
      effectsOn: ({ sequence }) => [{
        tag: 'substitute',
        answer: [
          { ...answer, httpStatus: 302, headers: { Location: '/v5/market/time' } },
          { ...answer, httpStatus: 200, contentType: 'text/html', body: '<html>maintenance</html>' },
          { ...answer, httpStatus: 429 },
        ][sequence - 1]!,
      }],
    });
    const answers = [await raw(door.port, posted), await raw(door.port, posted), await raw(door.port, posted)];

    expect(answers.map(({ head }) => head.split('\r\n')[0])).toEqual(['HTTP/1.1 302 Found', 'HTTP/1.1 200 OK', 'HTTP/1.1 429 Too Many Requests']);
    expect(answers[0]?.head).toContain('\r\nLocation: /v5/market/time\r\n');
    expect(answers.map(({ body }) => body.toString())).toEqual(['', '<html>maintenance</html>', '']);
  });
  it.each([
    ['500 with JSON, applied', 500, 10016, 'Server error.', true, 1],
    ['a timeout code, not applied', 200, 10000, 'Server Timeout', false, 0],
    ['a bad signature said of a good one', 200, 10004, 'Error sign, please check your signature generation algorithm.', false, 0],
  ])('%s: status %i and code %i', async (_what, httpStatus, code, message, isApplied, orders) => {
    await open([{ tag: 'refuse', httpStatus, code, message, isApplied }]);

    const { head, body } = await raw(door.port, posted);

    expect(head.split(' ')[1]).toBe(String(httpStatus));
    expect(body.toString()).toBe(`{"retCode":${code},"retMsg":"${message}","result":{},"retExtInfo":{},"time":${server}}`);
    expect(numberOfWrites()).toBe(orders);
  });
  it('an amendment is acknowledged and not done: code 0 with its ids, nothing reaches the account', async () => {
    await open([{ tag: 'refuse', httpStatus: 200, code: 0, message: 'OK', isApplied: false, result: { orderId: 'x', orderLinkId: 'a-1' } }]);

    const { body } = await raw(door.port, requestText('POST', '/v5/order/amend', order));

    expect(body.toString()).toBe(`{"retCode":0,"retMsg":"OK","result":{"orderId":"x","orderLinkId":"a-1"},"retExtInfo":{},"time":${server}}`);
    expect(numberOfWrites()).toBe(0);
  });
  it('limited: 10006, nothing left, and the reset 2500 ms ahead', async () => {
    await open([{ tag: 'limited', resetMs: 2_500 }]);

    const { headers, body } = await door.post(create, order);

    expect(body.retCode).toBe(10006);
    expect(headers.get('X-Bapi-Limit-Status')).toBe('0');
    expect(headers.get('X-Bapi-Limit-Reset-Timestamp')).toBe('1700000002500');
    expect(numberOfWrites()).toBe(0);
  });
  it.each(['json', 'html'] as const)('ban: 403 as %s on every path, for this request and those after it', async (form) => {
    await open([], { effectsOn: ({ sequence }) => (sequence === 1 ? [{ tag: 'ban', ms: 600_000, form }] : []) });

    const answers = [await raw(door.port, posted), await raw(door.port, requestText('GET', '/v5/market/time'))];

    expect(answers.map(({ head }) => head.split('\r\n')[0])).toEqual(['HTTP/1.1 403 Forbidden', 'HTTP/1.1 403 Forbidden']);
    for (const { body } of answers) expect(body.toString()).toMatch(form === 'html' ? /^<html>.*access too frequent/ : /"retMsg":"access too frequent"/);
    expect(numberOfWrites()).toBe(0);
  });
  it('a ban holds with quotas that refuse nobody else', async () => {
    door = await openDoor({
      wall: () => server, quotas: new Quotas({ wall: () => server, isEnforced: false }),
      sink: { closesUnread: () => false, effectsOn: ({ sequence }) => (sequence === 1 ? [{ tag: 'ban', ms: 1_000, form: 'json' }] : []) },
    });

    expect([(await door.post(create, order)).status, (await door.post(create, order)).status]).toEqual([403, 403]);
  });
  it('cut: half of the bytes announced as whole and then the end, or announced as what they are', async () => {
    const whole = `{"retCode":0,"retMsg":"OK","result":{"orderId":"id-1","orderLinkId":"a-1"},"retExtInfo":{},"time":${server}}`;
    await open([], { effectsOn: ({ sequence }) => [{ tag: 'cut', announced: sequence === 1 ? 'whole' : 'half' }] });

    const torn = await raw(door.port, requestText('POST', create, order, 'keep-alive'));
    const short = await raw(door.port, posted);

    const half = whole.slice(0, Math.floor(whole.length / 2));
    expect([torn.body.toString(), torn.end, short.body.toString()]).toEqual([half, 'fin', half.replace('id-1', 'id-2')]);
    expect(torn.head).toContain(`\r\nContent-Length: ${whole.length}\r\n`);
    expect(short.head).toContain(`\r\nContent-Length: ${half.length}\r\n`);
    expect(() => { JSON.parse(short.body.toString()); }).toThrow(SyntaxError);
    expect(numberOfWrites()).toBe(2);
  });
  it('empty: 200 with no byte of a body, applied', async () => {
    await open([{ tag: 'empty' }]);

    const { head, body } = await raw(door.port, posted);

    expect(head).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(head).toContain('\r\nContent-Length: 0\r\n');
    expect([body.length, numberOfWrites()]).toEqual([0, 1]);
  });
  it('gzip: the body is compressed and says so', async () => {
    await open([{ tag: 'gzip' }]);

    const { head, body } = await raw(door.port, posted);

    expect(head).toContain('\r\nContent-Encoding: gzip\r\n');
    expect(gunzipSync(body).toString()).toContain('"retCode":0');
  });
  it('envelope: keys may go, come and be null', async () => {
    await open([{ tag: 'envelope', change: ({ retCode, retMsg }) => ({ retCode, retMsg, result: null, novelty: 'x' }) }]);

    expect((await raw(door.port, posted)).body.toString()).toBe('{"retCode":0,"retMsg":"OK","result":null,"novelty":"x"}');
  });
  it('a bare question mark is no query', async () => {
    await open([]);

    const { body } = await raw(door.port, requestText('GET', '/v5/account/info?'));

    expect(body.toString()).toContain('"retCode":0');
  });
  it('a GET that carries a body is 403', async () => {
    await open([]);

    expect((await raw(door.port, requestText('GET', '/v5/account/info', '{}'))).head).toMatch(/^HTTP\/1\.1 403 /);
  });
});
