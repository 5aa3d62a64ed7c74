/**
 * The doors with the matching core behind them: the SDK trades over REST while time is made to pass on the admin door.
 * Prices and times by hand: one symbol, minute bars flat at 100, a mark that follows.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { RestClientV5 } from 'bybit-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runConfig } from '../../../../engine/index.ts';
import { createPace, createWorld, startAdmin, startRest } from '../../../../live/exchange/index.ts';
import type { AdminDoor, LocalWorld, Pace, RestDoor } from '../../../../live/exchange/index.ts';
import { Quotas } from '../../../../live/exchange/rest/index.ts';
import { marketOf, minute, start } from '../../../sim/market.ts';
import { credentials } from './client.ts';

const folder = resolve('../shared/fixtures/bybit');
const dayMs = 1_440 * minute;
/** Two days of history from 2023-11-14, a Tuesday, lie before the market that is played. */
const from = start + 2 * dayMs;
const symbol = 'AAAUSDT';
const category = 'linear';
/** Three days of minutes at 100; the low of the last day's minute 60 is 90. */
const bars = Array.from({ length: 3 * 1_440 }, (_, i): [number, number, number, number] => [100, 101, i === 2 * 1_440 + 60 ? 90 : 99, 100]);

describe('the doors of a whole local exchange', () => {
  let world: LocalWorld;
  let pace: Pace;
  let rest: RestDoor;
  let admin: AdminDoor;
  let client: RestClientV5;
  beforeEach(async () => {
    world = createWorld({ market: { symbols: [marketOf({ bars })] }, config: runConfig.parse({ cash: 10_000, leverage: 5 }), startAt: from });
    pace = createPace({ world, speed: 'max' });
    rest = await startRest({ world, pace, credentials, quotas: new Quotas({ wall: Date.now, isEnforced: false }) });
    admin = await startAdmin({ world, pace });
    client = new RestClientV5({ ...credentials, baseUrl: `http://127.0.0.1:${rest.port}` }, { proxy: false, timeout: 5_000 });
    await idle(from + 10 * minute);
  });
  afterEach(async () => {
    pace.stop();
    await Promise.all([rest.close(), admin.close()]);
  });

  const tell = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`http://127.0.0.1:${admin.port}${path}`, {
      method, headers: { Authorization: `Bearer ${admin.token}` }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return await response.json() as Record<string, unknown>;
  };
  /** Rests again after each thing told, until market time is there. */
  const idle = async (until: number): Promise<void> => {
    for (let now = 0; now < until;) {
      const told = await tell('POST', '/idle', { until });
      if (told['ended'] === true) return;
      now = Number(told['now']);
    }
  };

  it('a market order with a stop: placed, filled, protected, stopped out when the low of minute 60 is 90, closed profit negative', async () => {
    const placed = await client.submitOrder({ category, symbol, side: 'Buy', orderType: 'Market', qty: '10', stopLoss: '95', slTriggerBy: 'LastPrice', tpslMode: 'Full', orderLinkId: 'in-1' });
    const open = await client.getPositionInfo({ category, symbol });
    const stops = await client.getActiveOrders({ category, symbol });
    await idle(from + 70 * minute);
    const flat = await client.getPositionInfo({ category, symbol });
    const fills = await client.getExecutionList({ category, symbol });
    const closed = await client.getClosedPnL({ category });

    expect([placed.retCode, placed.retMsg]).toEqual([0, 'OK']);
    expect(open.result.list[0]).toMatchObject({ side: 'Buy', size: '10', stopLoss: '95', leverage: '5' });
    expect(stops.result.list).toMatchObject([{ orderStatus: 'Untriggered', stopOrderType: 'StopLoss', orderLinkId: '', reduceOnly: true }]);
    expect(flat.result.list[0]).toMatchObject({ side: '', size: '0' });
    expect(fills.result.list.map((row) => row.side)).toEqual(['Sell', 'Buy']);
    expect(Number(closed.result.list[0]?.closedPnl)).toBeLessThan(0);
  });
  it('a limit order: placed, amended, seen, cancelled, found by its link among the closed and in the history; twice is 110072 and 110001', async () => {
    const order = { category, symbol, side: 'Buy', orderType: 'Limit', qty: '10', price: '80', orderLinkId: 'rest-1' } as const;
    const codes = [
      (await client.submitOrder(order)).retCode, (await client.submitOrder(order)).retCode,
      (await client.amendOrder({ category, symbol, orderLinkId: 'rest-1', price: '81' })).retCode,
    ];
    const seen = await client.getActiveOrders({ category, symbol });
    const gone = [(await client.cancelOrder({ category, symbol, orderLinkId: 'rest-1' })).retCode, (await client.cancelOrder({ category, symbol, orderLinkId: 'rest-1' })).retCode];
    const again = await client.getActiveOrders({ category, symbol, orderLinkId: 'rest-1' });
    const past = await client.getHistoricOrders({ category, orderLinkId: 'rest-1' });

    expect(codes).toEqual([0, 110072, 0]);
    expect(seen.result.list).toMatchObject([{ orderLinkId: 'rest-1', price: '81', orderStatus: 'New' }]);
    expect(gone).toEqual([0, 110001]);
    expect([again, past].map(({ result }) => result.list[0]?.orderStatus)).toEqual(['Cancelled', 'Cancelled']);
  });
  it('a batch of three, cancel-all with its list, and a closed cache that is wiped while the history still knows', async () => {
    const item = { symbol, side: 'Buy', orderType: 'Limit', qty: '10' } as const;
    await client.batchSubmitOrders(category, [1, 2, 3].map((n) => ({ ...item, price: String(80 + n), orderLinkId: `b-${n}` })));
    const cancelled = await client.cancelAllOrders({ category, settleCoin: 'USDT' });
    const before = await client.getActiveOrders({ category, symbol, openOnly: 1 });
    await tell('POST', '/wipe-closed');
    const after = await client.getActiveOrders({ category, symbol, openOnly: 1 });

    expect(cancelled.result.list).toHaveLength(3);
    expect([before.result.list.length, after.result.list.length]).toEqual([3, 0]);
    expect((await client.getHistoricOrders({ category, symbol })).result.list).toHaveLength(3);
  });
  it('settings: leverage 3 once is 0 and twice 110043, one-way mode and isolated margin are not modified, a stop without position is 10001', async () => {
    const leverage = { category, symbol, buyLeverage: '3', sellLeverage: '3' } as const;
    const codes = [
      (await client.setLeverage(leverage)).retCode, (await client.setLeverage(leverage)).retCode,
      (await client.switchPositionMode({ category, symbol, mode: 0 })).retCode,
      (await client.setTradingStop({ category, symbol, positionIdx: 0, tpslMode: 'Full', stopLoss: '90' })).retMsg,
    ];

    expect(codes).toEqual([0, 110043, 110025, 'can not set tp/sl/ts for zero position']);
    expect((await client.getAccountInfo()).result).toMatchObject({ marginMode: 'ISOLATED_MARGIN' });
  });
  it('what others do: an order by hand shows as a position with an empty link, and the truth agrees', async () => {
    await tell('POST', '/foreign-order', { symbol, side: 'Sell', size: '10' });
    await idle(from + 12 * minute);
    const fills = await client.getExecutionList({ category, symbol });

    expect((await client.getPositionInfo({ category, settleCoin: 'USDT' })).result.list).toMatchObject([{ side: 'Sell', size: '10' }]);
    expect(fills.result.list).toMatchObject([{ orderLinkId: '', side: 'Sell' }]);
    expect(JSON.stringify(await tell('GET', '/truth'))).toContain(symbol);
  });
  it('candles: minutes before now, five-minute candles from a start, days, and neither the week nor the month that began before the data', async () => {
    const starts = async (interval: '1' | '5' | 'D' | 'W' | 'M', more: { start?: number; end?: number; limit?: number } = {}) => (
      (await client.getKline({ category, symbol, interval, ...more })).result.list.map((row) => Number(row[0])));

    expect(await starts('1', { limit: 2 })).toEqual([from + 9 * minute, from + 8 * minute]);
    expect(await starts('5', { limit: 3, start: from - 13 * minute })).toEqual([from - 5 * minute, from - 10 * minute, from - 15 * minute]);
    expect(await starts('5', { limit: 2, end: from - 1 })).toEqual([from - 5 * minute, from - 10 * minute]);
    expect(await starts('D', { limit: 5 })).toEqual([from, from - dayMs, from - 2 * dayMs]);
    expect([await starts('W'), await starts('M')]).toEqual([[], []]);
  });
  it.skipIf(!existsSync(folder)).each([
    ['http_order_realtime', 'order/realtime?category=linear&settleCoin=USDT', []],
    ['http_position_list_linear', 'position/list?category=linear&symbol=AAAUSDT', []],
    ['http_execution_list', 'execution/list?category=linear', []],
    ['http_wallet_balance', 'account/wallet-balance?accountType=UNIFIED', []],
    ['http_instruments_linear_btcusdt', 'market/instruments-info?category=linear', []],
    ['http_tickers_inverse', 'market/tickers?category=linear&symbol=AAAUSDT', ['predictedDeliveryPrice', 'basisRate', 'basis', 'basisRateYear']],
    ['http_risk_limit_inverse', 'market/risk-limit?category=linear&symbol=AAAUSDT', []],
    ['http_fee_rate', 'account/fee-rate?category=linear&symbol=AAAUSDT', []],
    ['http_transaction_log', 'account/transaction-log?', []],
  ])('%s: the rows of %s have every key of the real row, of the same kind', async (name, path, absent: readonly string[]) => {
    await client.submitOrder({ category, symbol, side: 'Buy', orderType: 'Market', qty: '10', stopLoss: '95', tpslMode: 'Full' });
    const frame = JSON.parse(readFileSync(resolve(folder, `${name}.json`), 'utf8')) as { result: { list: Record<string, unknown>[] } };
    const real = frame.result.list[0] ?? {};
    const [endpoint = '', query = ''] = path.split('?');

    const reply: unknown = await client.getPrivate(`v5/${endpoint}`, Object.fromEntries(new URLSearchParams(query)));

    const row = (reply as { result: { list: Record<string, unknown>[] } }).result.list[0] ?? {};
    expect(Object.keys(row)).toEqual(expect.arrayContaining(Object.keys(real).filter((key) => !absent.includes(key))));
    for (const [key, value] of Object.entries(real)) if (key in row && value !== null) expect(typeof row[key], key).toBe(typeof value);
  });
});
