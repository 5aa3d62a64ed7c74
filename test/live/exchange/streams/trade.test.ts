/** Order entry by WebSocket: ids echoed, header times as number or text, quotas and codes, batches item by item. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Row } from '../../../../live/exchange/world.ts';
import { authFrame, openStreams } from './client.ts';
import type { Client, Doors } from './client.ts';

let doors: Doors;
let client: Client;
beforeEach(async () => {
  doors = await openStreams();
  client = await doors.connect('/v5/trade');
  client.send(authFrame(Date.now() + 5_000));
  await client.next((frame) => frame['op'] === 'auth');
});
afterEach(async () => { await doors.close(); });

const create = (more: Row = {}): Row => ({ category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.01', orderLinkId: 'own', ...more });
const request = (op: string, body: Row, more: Row = {}): Row => ({ reqId: 'r1', header: { 'X-BAPI-TIMESTAMP': String(Date.now()) }, op, args: [body], ...more });

describe('order entry', () => {
  it('answers order.create with the id of the request, the order in data and the rate headers', async () => {
    client.send(request('order.create', create()));

    expect(await client.next(() => true)).toEqual({
      reqId: 'r1', retCode: 0, retMsg: 'OK', op: 'order.create', data: { orderId: 'id-1', orderLinkId: 'own' }, retExtInfo: {},
      header: {
        'X-Bapi-Limit': '10', 'X-Bapi-Limit-Status': '9', 'X-Bapi-Limit-Reset-Timestamp': expect.stringMatching(/^\d{13}$/),
        Traceid: expect.any(String), Timenow: expect.stringMatching(/^\d{13}$/),
      },
      connId: 'local-1',
    });
    expect(doors.world.asked.map(({ write, body }) => [write, body['symbol'], body['qty']])).toEqual([['create', 'BTCUSDT', '0.01']]);
    expect(doors.pace.woken).toBe(1);
  });
  it('takes header times as JSON numbers and amends and cancels', async () => {
    client.send(request('order.amend', { category: 'linear', symbol: 'BTCUSDT', orderId: '1', qty: '2' }, { header: { 'X-BAPI-TIMESTAMP': Date.now(), 'X-BAPI-RECV-WINDOW': 5_000 } }));
    client.send(request('order.cancel', { category: 'linear', symbol: 'BTCUSDT', orderId: '1' }, { reqId: 'r2' }));

    expect(await client.next((frame) => frame['reqId'] === 'r1')).toMatchObject({ retCode: 0, op: 'order.amend' });
    expect(await client.next((frame) => frame['reqId'] === 'r2')).toMatchObject({ retCode: 0, op: 'order.cancel' });
    expect(doors.world.asked.map(({ write }) => write)).toEqual(['amend', 'cancel']);
  });
  it.each<[string, () => Row, number]>([
    ['an unknown op', () => request('order.jump', create()), 10404],
    ['a time 6 s old', () => request('order.create', create(), { header: { 'X-BAPI-TIMESTAMP': Date.now() - 6_000 } }), 10002],
    ['a time 1.5 s ahead', () => request('order.create', create(), { header: { 'X-BAPI-TIMESTAMP': Date.now() + 1_500 } }), 10002],
    ['no time', () => request('order.create', create(), { header: {} }), 10001],
    ['an unknown symbol', () => request('order.create', create({ symbol: 'DOGEUSDT' })), 10001],
    ['another category', () => request('order.create', create({ category: 'inverse' })), 10001],
    ['no quantity', () => request('order.create', create({ qty: '' })), 10001],
    ['two objects', () => request('order.create', create(), { args: [create(), create()] }), 10001],
    ['an id of 37 characters', () => request('order.create', create(), { reqId: 'x'.repeat(37) }), 10001],
  ])('refuses %s, and nothing reaches the account', async (_, frame, code) => {
    client.send(frame());

    expect(await client.next(() => true)).toMatchObject({ retCode: code, retMsg: expect.any(String), data: {}, reqId: frame()['reqId'] });
    expect(doors.world.asked).toEqual([]);
  });
  it('answers a reqId that was used on this connection with 20006', async () => {
    client.send(request('order.create', create()));
    client.send(request('order.create', create()));

    await client.next((frame) => frame['retCode'] === 0);
    expect(await client.next(() => true)).toMatchObject({ retCode: 20006, reqId: 'r1' });
    expect(doors.world.asked).toHaveLength(1);
  });
  it('passes on a refusal of the account with data as an object', async () => {
    doors.world.refuse = { code: 110007, message: 'ab not enough for new order' };
    client.send(request('order.create', create()));

    expect(await client.next(() => true)).toMatchObject({ retCode: 110007, retMsg: 'ab not enough for new order', data: {} });
  });
  it('without auth is answered 10003', async () => {
    const stranger = await doors.connect('/v5/trade');
    stranger.send(request('order.create', create()));

    expect(await stranger.next(() => true)).toMatchObject({ retCode: 10003, reqId: 'r1' });
  });
  it('answers the 11th order of a second with 10006 and a reset ahead', async () => {
    for (let i = 0; i < 11; i++) client.send(request('order.create', create(), { reqId: `q${i}` }));

    const frame = await client.next((one) => one['reqId'] === 'q10');
    expect(frame).toMatchObject({ retCode: 10006, header: { 'X-Bapi-Limit-Status': '0' } });
    expect(doors.world.asked).toHaveLength(10);
  });
  it('judges a batch item by item and says so in retExtInfo', async () => {
    const items = [create(), create({ side: 'Up' }), create({ orderLinkId: 'third' })];
    client.send(request('order.create-batch', { category: 'linear', request: items }));

    expect(await client.next(() => true)).toMatchObject({
      retCode: 0, op: 'order.create-batch',
      data: { list: [{ orderLinkId: 'own' }, { orderId: '', createAt: '' }, { orderLinkId: 'third' }] },
      retExtInfo: { list: [{ code: 0, msg: 'OK' }, { code: 10001, msg: 'Side invalid' }, { code: 0, msg: 'OK' }] },
    });
  });
});
