/** Pushes as frames: ids and times, the fast executions, tickers and books from a snapshot on, order kept. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { marketNow } from '../rest/small-world.ts';
import { openStreams, pushOf, watchAccount, watchMarket } from './client.ts';
import type { Doors } from './client.ts';

let doors: Doors;
beforeEach(async () => { doors = await openStreams(); });
afterEach(async () => { await doors.close(); });

const execution = (id: string, more: Record<string, unknown> = {}) => ({
  category: 'linear', symbol: 'BTCUSDT', execId: id, execPrice: '100', execQty: '1', orderId: 'o', orderLinkId: 'l', isMaker: false, side: 'Buy',
  execTime: '5', seq: 9, execType: 'Trade', execFee: '0.1', ...more,
});

describe('frames of the account', () => {
  it('have id, topic, creationTime of the market and the rows as they are', async () => {
    const client = await watchAccount(doors.url, ['order', 'position']);
    doors.streams.publish(pushOf('order', [{ orderId: '1' }, { orderId: '2' }]));

    const frame = await client.next(() => true);
    expect(frame).toEqual({ id: expect.any(String), topic: 'order', creationTime: marketNow, data: [{ orderId: '1' }, { orderId: '2' }] });
  });
  it('come in the order of the pushes, all topics of one connection together', async () => {
    const client = await watchAccount(doors.url, ['order', 'execution', 'position', 'wallet']);
    for (const topic of ['execution', 'order', 'position', 'wallet', 'order', 'execution'] as const) doors.streams.publish(pushOf(topic, [execution('1')]));

    await client.settled();
    expect(client.kept.map((frame) => (typeof frame === 'string' ? '' : frame['topic']))).toEqual(['execution', 'order', 'position', 'wallet', 'order', 'execution']);
  });
  it('go out under the name of the category when it was asked for, and never under another', async () => {
    const client = await watchAccount(doors.url, ['order.linear', 'position.inverse']);
    doors.streams.publish(pushOf('order', [{ orderId: '1' }]));
    doors.streams.publish(pushOf('position', [{ size: '1' }]));

    await client.settled();
    expect(client.kept.map((frame) => (typeof frame === 'string' ? '' : frame['topic']))).toEqual(['order.linear']);
  });
  it('of execution.fast hold trades only, no fee, and no link for a maker', async () => {
    const client = await watchAccount(doors.url, ['execution.fast']);
    doors.streams.publish(pushOf('execution', [execution('taker'), execution('maker', { isMaker: true }), execution('paid', { execType: 'Funding' })]));
    doors.streams.publish(pushOf('execution', [execution('paid', { execType: 'Funding' })]));

    await client.settled();
    const { execType: _type, execFee: _fee, ...fast } = execution('taker');
    expect(client.kept).toEqual([{
      topic: 'execution.fast', creationTime: marketNow, data: [fast, { ...fast, execId: 'maker', isMaker: true, orderLinkId: '' }],
    }]);
  });
});

describe('frames of the market', () => {
  it('of a ticker begin with a snapshot after every subscription and go on with what changed', async () => {
    const client = await watchMarket(doors.url, ['tickers.BTCUSDT']);
    const full = { symbol: 'BTCUSDT', lastPrice: '60000.00', markPrice: '60000.07', fundingRate: '0.0001', nextFundingTime: '1', fundingIntervalHour: '8' };
    doors.streams.publish(pushOf('tickers', [{ ...full, markPrice: '60001.00' }]));
    doors.streams.publish(pushOf('tickers', [{ ...full, markPrice: '60001.00' }]));
    await client.settled();

    expect(client.kept).toEqual([
      { topic: 'tickers.BTCUSDT', type: 'snapshot', data: full, cs: 1, ts: marketNow },
      { topic: 'tickers.BTCUSDT', type: 'delta', data: { symbol: 'BTCUSDT', markPrice: '60001.00' }, cs: 2, ts: marketNow },
    ]);
    client.kept.length = 0;
    client.send({ op: 'subscribe', args: ['tickers.BTCUSDT'] });
    expect(await client.next((frame) => frame['topic'] !== undefined)).toMatchObject({ type: 'snapshot', data: full });
  });
  it('of a book of depth 50 begin with 50 levels a side; depth 1 has one', async () => {
    const client = await watchMarket(doors.url, ['orderbook.50.BTCUSDT', 'orderbook.1.BTCUSDT']);
    await client.settled();

    const sizes = client.kept.map((frame) => (typeof frame === 'string' ? null : [frame['type'], Reflect.get(Object(frame['data']), 'b').length]));
    expect(sizes).toEqual([['snapshot', 50], ['snapshot', 1]]);
  });
  it('of a candle go to its interval and symbol only, one candle per frame', async () => {
    const client = await watchMarket(doors.url, ['kline.5.BTCUSDT']);
    const candle = (interval: string) => ({ start: 0, end: 299_999, interval, open: '1', confirm: true });
    doors.streams.publish(pushOf('kline', [candle('5'), candle('15')]));
    doors.streams.publish(pushOf('kline', [candle('5')], 'ETHUSDT'));
    await client.settled();

    expect(client.kept).toEqual([{ topic: 'kline.5.BTCUSDT', data: [candle('5')], ts: marketNow, type: 'snapshot' }]);
  });
  it('of a trade come with the ticker after it, once', async () => {
    const client = await watchMarket(doors.url, ['publicTrade.BTCUSDT']);
    doors.streams.publish(pushOf('tickers', [{ symbol: 'BTCUSDT', lastPrice: '1' }]));
    doors.streams.publish(pushOf('tickers', [{ symbol: 'BTCUSDT', lastPrice: '2' }]));
    await client.settled();

    expect(client.kept).toHaveLength(1);
    expect(client.kept[0]).toMatchObject({ topic: 'publicTrade.BTCUSDT', type: 'snapshot', data: [{ s: 'BTCUSDT', p: '60000', v: '1', i: 't0' }] });
  });
});
