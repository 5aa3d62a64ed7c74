/** The SDK as it is, pointed at the REST door: nothing of it is replaced, and nothing at the door knows of it. */
import { RestClientV5 } from 'bybit-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { credentials, openDoor } from './client.ts';
import type { Door } from './client.ts';
import { orderRow, positionRow } from './small-world.ts';

describe('the SDK on the REST door', () => {
  let door: Door;
  let client: RestClientV5;
  beforeEach(async () => {
    door = await openDoor();
    client = new RestClientV5({ ...credentials, baseUrl: door.url, parseAPIRateLimits: true }, { proxy: false, timeout: 5_000 });
  });
  afterEach(async () => { await door.close(); });

  it('reads the market: time, instruments, candles, ticker, book, risk limit', async () => {
    const time = await client.getServerTime();
    const instruments = await client.getInstrumentsInfo({ category: 'linear' });
    const candles = await client.getKline({ category: 'linear', symbol: 'BTCUSDT', interval: '5', limit: 3 });
    const ticker = await client.getTickers({ category: 'linear', symbol: 'BTCUSDT' });
    const book = await client.getOrderbook({ category: 'linear', symbol: 'BTCUSDT', limit: 1 });
    const tiers = await client.getRiskLimit({ category: 'linear', symbol: 'BTCUSDT' });

    expect(Math.abs(time.time - Date.now())).toBeLessThan(5_000);
    expect(instruments.result.list.map((row) => row.symbol)).toEqual(['BTCUSDT', 'ETHUSDT']);
    expect(candles.result.list).toHaveLength(3);
    expect(ticker.result.list[0]).toMatchObject({ lastPrice: '60000.00' });
    expect([book.result.b, book.result.a]).toEqual([[['59999', '1']], [['60001', '1']]]);
    expect(tiers.result.list).toHaveLength(1);
  });
  it('places, amends and cancels, sets a stop, and reads its own rate limits', async () => {
    const order = await client.submitOrder({ category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Limit', qty: '0.010', price: '59000', orderLinkId: 'sdk-1' });
    const amended = await client.amendOrder({ category: 'linear', symbol: 'BTCUSDT', orderLinkId: 'sdk-1', price: '59100' });
    const cancelled = await client.cancelOrder({ category: 'linear', symbol: 'BTCUSDT', orderLinkId: 'sdk-1' });
    const stop = await client.setTradingStop({ category: 'linear', symbol: 'BTCUSDT', positionIdx: 0, tpslMode: 'Full', stopLoss: '58000', slTriggerBy: 'MarkPrice' });
    const all = await client.cancelAllOrders({ category: 'linear', settleCoin: 'USDT' });

    expect([order, amended, cancelled, stop, all].map(({ retCode }) => retCode)).toEqual([0, 0, 0, 0, 0]);
    expect(order.result.orderLinkId).toBe('sdk-1');
    expect(order.rateLimitApi).toMatchObject({ remainingRequests: 9, maxRequests: 10 });
    expect(door.world.asked.map(({ write }) => write)).toEqual(['create', 'amend', 'cancel', 'tradingStop', 'cancelAll']);
  });
  it('sends a batch and reads the verdicts of its orders', async () => {
    door.world.refuse = { code: 110007, message: 'ab not enough for new order' };
    const item = { symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.010' } as const;

    const { retCode, retExtInfo } = await client.batchSubmitOrders('linear', [item, item]);

    expect([retCode, retExtInfo]).toEqual([0, { list: [{ code: 110007, msg: 'ab not enough for new order' }, { code: 0, msg: 'OK' }] }]);
  });
  it('pages through 60 open orders by the cursor it was given', async () => {
    door.world.rows.open = Array.from({ length: 60 }, (_, i) => orderRow(`o${i}`));
    const first = await client.getActiveOrders({ category: 'linear', settleCoin: 'USDT', limit: 50 });
    const second = await client.getActiveOrders({ category: 'linear', settleCoin: 'USDT', limit: 50, cursor: first.result.nextPageCursor ?? '' });

    expect([first.result.list.length, second.result.list.length, second.result.nextPageCursor]).toEqual([50, 10, '']);
  });
  it('reads account, wallet, key, fees, positions, history, executions and closed profit', async () => {
    door.world.rows.positions = [positionRow('BTCUSDT', 'Buy', '0.010')];
    const replies = [
      await client.getAccountInfo(), await client.getWalletBalance({ accountType: 'UNIFIED', coin: 'USDT' }), await client.getQueryApiKey(),
      await client.getFeeRate({ category: 'linear', symbol: 'BTCUSDT' }), await client.getPositionInfo({ category: 'linear', settleCoin: 'USDT' }),
      await client.getHistoricOrders({ category: 'linear' }), await client.getExecutionList({ category: 'linear' }),
      await client.getClosedPnL({ category: 'linear' }), await client.getTransactionLog({ accountType: 'UNIFIED' }), await client.getDCPInfo(),
      await client.setLeverage({ category: 'linear', symbol: 'BTCUSDT', buyLeverage: '3', sellLeverage: '3' }), await client.setMarginMode('ISOLATED_MARGIN'),
      await client.switchPositionMode({ category: 'linear', symbol: 'BTCUSDT', mode: 0 }), await client.setDisconnectCancelAllWindowV2({ product: 'DERIVATIVES', timeWindow: 40 }),
    ];

    expect(replies.map(({ retCode }) => retCode)).toEqual(replies.map(() => 0));
  });
  it('a business refusal is returned with its code, a wrong secret as 10004', async () => {
    door.world.refuse = { code: 110001, message: 'order not exists or too late to cancel' };
    const stranger = new RestClientV5({ key: credentials.key, secret: 'wrong', baseUrl: door.url }, { proxy: false });

    expect(await client.cancelOrder({ category: 'linear', symbol: 'BTCUSDT', orderId: 'gone' })).toMatchObject({ retCode: 110001 });
    expect(await stranger.getAccountInfo()).toMatchObject({ retCode: 10004 });
  });
  it('with its own time sync a private call passes although the wall clock of the server is 3 s ahead', async () => {
    await door.close();
    door = await openDoor({ wall: () => Date.now() + 3_000 });
    const synced = new RestClientV5({ ...credentials, baseUrl: door.url, syncTimeBeforePrivateRequests: true, recv_window: 1_000 }, { proxy: false });

    expect(await synced.getAccountInfo()).toMatchObject({ retCode: 0 });
  });
});
