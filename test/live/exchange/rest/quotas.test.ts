import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Quotas } from '../../../../live/exchange/rest/index.ts';
import { openDoor } from './client.ts';
import type { Answered, Door } from './client.ts';

const order = { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.010' };
const limitsIn = ({ headers }: Answered): (string | null)[] => (
  ['X-Bapi-Limit', 'X-Bapi-Limit-Status', 'X-Bapi-Limit-Reset-Timestamp'].map((name) => headers.get(name)));

describe('how often may be asked', () => {
  let now = 1_700_000_000_000;
  let door: Door;
  beforeEach(async () => {
    now = 1_700_000_000_000;
    door = await openDoor({ wall: () => now });
  });
  afterEach(async () => { await door.close(); });

  it('ten orders of one second pass, the eleventh is 10006 with HTTP 200 and does not reach the account', async () => {
    const answers: Answered[] = [];
    for (let i = 0; i < 11; i++) answers.push(await door.post('/v5/order/create', order));

    expect(answers.map(({ body }) => body.retCode)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10006]);
    expect(answers.at(-1)?.status).toBe(200);
    expect(answers.at(-1)?.body.retMsg).toBe('Too many visits!');
    expect(door.world.asked).toHaveLength(10);
  });
  it('headers count down from 10 and the reset is now, until a refusal names the instant a place is free', async () => {
    const first = await door.post('/v5/order/create', order);
    now += 300;
    for (let i = 0; i < 9; i++) await door.post('/v5/order/create', order);
    const refusal = await door.post('/v5/order/create', order);

    expect(limitsIn(first)).toEqual(['10', '9', '1700000000000']);
    // The first visit was at ...000; it leaves the rolling second at ...1000.
    expect(limitsIn(refusal)).toEqual(['10', '0', '1700000001000']);
  });
  it('the second rolls: 1000 ms after the first visit one place is free, 999 ms after it none', async () => {
    for (let i = 0; i < 10; i++) {
      await door.post('/v5/order/create', order);
      now += 50;
    }
    now = 1_700_000_000_999;
    const early = await door.post('/v5/order/create', order);
    now += 1;
    const due = await door.post('/v5/order/create', order);
    const next = await door.post('/v5/order/create', order);

    expect([early, due, next].map(({ body }) => body.retCode)).toEqual([10006, 0, 10006]);
  });
  it('the reset of a refusal lies at least 100 ms ahead, even when a place is free in 1 ms', async () => {
    for (let i = 0; i < 10; i++) await door.post('/v5/order/create', order);
    now += 999;

    expect(limitsIn(await door.post('/v5/order/create', order))[2]).toBe(String(now + 100));
  });
  it('each endpoint has its own quota: cancels pass while creates are refused, reads have 50', async () => {
    for (let i = 0; i < 10; i++) await door.post('/v5/order/create', order);
    const cancel = await door.post('/v5/order/cancel', { category: 'linear', symbol: 'BTCUSDT', orderId: 'a' });
    const read = await door.get('/v5/order/realtime', 'category=linear&symbol=BTCUSDT');

    expect([cancel.body.retCode, read.body.retCode]).toEqual([0, 0]);
    expect(limitsIn(read).slice(0, 2)).toEqual(['50', '49']);
  });
  it('a batch of 12 on its own quota of 10: ten orders reach the account, the last two are 10006, item by item', async () => {
    const { body } = await door.post('/v5/order/create-batch', { category: 'linear', request: Array.from({ length: 12 }, () => order) });

    expect(body.retCode).toBe(0);
    expect(body.retExtInfo.list?.map((item) => item['code'])).toEqual([...Array.from({ length: 10 }, () => 0), 10006, 10006]);
    expect(body.result.list.map((item) => item['orderId'] !== '')).toEqual([...Array.from({ length: 10 }, () => true), false, false]);
    expect(door.world.asked).toHaveLength(10);
    expect((await door.post('/v5/order/create', order)).body.retCode).toBe(0);
  });
  it('600 requests in 5 s pass, the next is 403 on every path for 10 minutes after the last one asked', async () => {
    for (let i = 0; i < 600; i++) await door.get('/v5/market/time', '', null);
    const over = await door.get('/v5/market/time', '', null);
    now += 599_999;
    const still = await door.get('/v5/system/status', '', null);
    now += 599_999;
    const extended = await door.get('/v5/market/time', '', null);
    now += 600_000;
    const free = await door.get('/v5/market/time', '', null);

    expect([over.status, over.body.retMsg]).toEqual([403, 'access too frequent']);
    expect([still.status, extended.status, free.status]).toEqual([403, 403, 200]);
  });
  it('without enforcement 30 orders of one instant pass and the three headers are there all the same', async () => {
    const free = await openDoor({ wall: () => now, quotas: new Quotas({ wall: () => now, isEnforced: false }) });
    const answers: Answered[] = [];
    for (let i = 0; i < 30; i++) answers.push(await free.post('/v5/order/create', order));
    await free.close();

    expect(answers.every(({ body }) => body.retCode === 0)).toBe(true);
    expect(answers.every((answer) => limitsIn(answer).every((value) => value !== null))).toBe(true);
  });
});
