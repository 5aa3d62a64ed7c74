/** The unmodified client of bybit-api against the streams: auth, subscription, a push, and order entry, over the real account. */
import { WebsocketAPIClient, WebsocketClient } from 'bybit-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runConfig } from '../../../../engine/index.ts';
import { startExchange } from '../../../../live/exchange/index.ts';
import type { RunningExchange } from '../../../../live/exchange/index.ts';
import { flat, marketOf } from '../../../sim/market.ts';

const silent = { trace: () => undefined, info: () => undefined, error: () => undefined };
let exchange: RunningExchange;
beforeEach(async () => {
  const bars = Array.from({ length: 60 }, () => flat(100));
  exchange = await startExchange({ market: { symbols: [marketOf({ bars })] }, config: runConfig.parse({}), speed: 'max' });
});
afterEach(async () => { await exchange.close(); });

it('subscribes to the account, places an order by WebSocket and is told of its fill', async () => {
  const { key, secret, private: account, trade } = exchange.ready;
  const watcher = new WebsocketClient({ key, secret, market: 'v5', wsUrl: account }, silent);
  const subscribed = new Promise<void>((resolve) => { watcher.on('response', () => resolve()); });
  const filled = new Promise<unknown>((resolve) => {
    watcher.on('update', (frame: { topic?: string; data?: unknown }) => { if (frame.topic === 'order') resolve(frame.data); });
  });
  watcher.on('exception', () => undefined);
  void watcher.subscribeV5(['order', 'execution', 'position', 'wallet'], 'linear', true);
  await subscribed;
  const client = new WebsocketAPIClient({ key, secret, wsUrl: trade, attachEventListeners: false }, silent);
  const reply = await client.submitNewOrder({ category: 'linear', symbol: 'AAAUSDT', side: 'Buy', orderType: 'Market', qty: '4', orderLinkId: 'sdk-1' });

  expect(reply).toMatchObject({ retCode: 0, op: 'order.create', data: { orderLinkId: 'sdk-1' } });
  expect(await filled).toMatchObject([{ orderLinkId: 'sdk-1', orderStatus: 'Filled', cumExecQty: '4' }]);
  watcher.closeAll(true);
  client.getWSClient().closeAll(true);
});
