/** What the order entry stream shares with the REST door: one form for bodies, one count of visits, one signature. */
import { describe, expect, it } from 'vitest';
import { Quotas, bodyOf, headersOf, isSame, signatureOf } from '../../../../live/exchange/rest/index.ts';
import { openDoor } from './client.ts';

describe('shared by the doors', () => {
  it('a body in the account\'s form: numbers as text, empty members gone, index 0 where none is stated', () => {
    const body = bodyOf('create', { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '1', price: '', reduceOnly: 'false', seq: 7 });

    expect(body).toEqual({ category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '1', reduceOnly: false, positionIdx: '0', seq: '7' });
  });
  it('a body without an order to name is refused as the REST door refuses it', () => {
    expect(bodyOf('cancel', { category: 'linear', symbol: 'BTCUSDT' })).toMatchObject({ code: 10001, message: 'params error: OrderId or OrderLinkId is required' });
  });
  it('visits by another door count: seven taken there leave three for REST', async () => {
    const wall = () => 1_700_000_000_000;
    const quotas = new Quotas({ wall, isEnforced: true });
    const visit = quotas.take('order/create', 10, 7);
    const door = await openDoor({ wall, quotas });
    const order = { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.010' };
    const codes: number[] = [];
    for (let i = 0; i < 4; i++) codes.push((await door.post('/v5/order/create', order)).body.retCode);
    await door.close();

    expect(headersOf(visit)).toEqual({ 'X-Bapi-Limit': '10', 'X-Bapi-Limit-Status': '3', 'X-Bapi-Limit-Reset-Timestamp': '1700000000000' });
    expect(codes).toEqual([0, 0, 0, 10006]);
  });
  it('signature of a stream: hmac-sha256 of "GET/realtime1700000000000" with "s", in hexadecimal', () => {
    // printf 'GET/realtime1700000000000' | openssl dgst -sha256 -hmac s
    const expected = '445b19f3d14d7c9cd97ac3c7ac7c024d85e3e3f2772721593022f72ca8ac5b0a';

    expect(signatureOf('s', 'GET/realtime1700000000000')).toBe(expected);
    expect([isSame(expected, expected), isSame(expected, `${expected}0`), isSame('', expected)]).toEqual([true, false, false]);
  });
});
