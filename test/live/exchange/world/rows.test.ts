/**
 * Rows of the local exchange against frames of the real one: every key of a real row is there, of the same type. Left out
 * with a message where the frames are not at hand.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Row } from '../../../../live/exchange/world.ts';
import { flat, fundingOf, minute, start } from '../../../sim/market.ts';
import { buy, everyExecution, everyOrder, limit, sell, stageOf } from './stage.ts';
import type { Stage } from './stage.ts';

const folder = resolve(process.cwd(), '../shared/fixtures/bybit');
const isThere = existsSync(folder);
if (!isThere) console.log('rows of the local exchange: real frames are not at hand, left out');

interface Frame { readonly data?: readonly Row[] | Row; readonly result?: Row & { readonly list?: readonly Row[] } }
const frame = (name: string): Frame => JSON.parse(readFileSync(resolve(folder, `${name}.json`), 'utf8')) as Frame;
const pushed = (name: string): Row => {
  const { data } = frame(name);
  return (Array.isArray(data) ? data[0] : data) as Row;
};
const listed = (name: string): Row => frame(name).result!.list![0]!;

/** Keys of the real row that ours lacks, or has as another type. */
function missing(real: Row, own: Row | undefined, except: readonly string[] = []): string[] {
  return Object.entries(real).flatMap(([key, value]) => {
    if (except.includes(key)) return [];
    if (own === undefined || !(key in own)) return [`${key} is not there`];
    const [theirs, ours] = [typeof value, typeof own[key]];
    return value === null || theirs === ours ? [] : [`${key} is ${ours}, expected ${theirs}`];
  });
}

async function traded(): Promise<Stage> {
  const funding = fundingOf([[start + minute, 0.001]]);
  const stage = stageOf({ markets: [{ bars: [flat(100), flat(100), flat(100), [100, 100, 80, 80]], funding }] });
  const { world, ask, playTo } = stage;
  await ask(world.writes.create(buy('4', { stopLoss: '95', takeProfit: '150', orderLinkId: 'in' })));
  await ask(world.writes.create(limit('Buy', '1', '50')));
  playTo(start + minute + 1);
  await ask(world.writes.create(sell('1', { reduceOnly: true })));
  return stage;
}

describe.skipIf(!isThere)('rows have every key of the real ones', () => {
  it.each([
    ['ws_order_filled', 'order', 0], ['ws_order_cancelled', 'order', 0], ['ws_order_stop_loss_untriggered', 'order', 1],
    ['ws_execution', 'execution', 0], ['ws_position_short', 'position', 0], ['ws_position_flat_hedge', 'position', 0], ['ws_kline', 'kline', 0],
    ['ws_ticker_linear_snapshot', 'tickers', 0],
  ] as const)('%s as pushed on %s', async (name, topic, place) => {
    const { rows } = await traded();

    // Taxes are charged in some countries only: theirs is a list then.
    expect(missing(pushed(name), rows(topic)[place], ['extraFees'])).toEqual([]);
  });
  it('ws_wallet and its coin', async () => {
    const { rows } = await traded();
    const real = pushed('ws_wallet');

    expect(missing(real, rows('wallet')[0])).toEqual([]);
    expect(missing((real['coin'] as Row[])[0]!, (rows('wallet')[0]!['coin'] as Row[])[0])).toEqual([]);
  });
  it('lists of orders, executions, positions, closed results, transactions, instruments, tickers, funding and fees', async () => {
    const { world: { reads, market } } = await traded();

    expect([
      ...missing(listed('http_order_realtime'), reads.openOrders(everyOrder)[0]),
      ...missing(listed('http_order_realtime_tp_sl'), reads.openOrders({ ...everyOrder, orderFilter: 'StopOrder' })[0]),
      ...missing(listed('http_order_history_postonly_cancelled'), reads.orderHistory(everyOrder)[0]),
      ...missing(listed('http_execution_list'), reads.executions(everyExecution)[0]),
      ...missing(listed('http_position_list_linear'), reads.positions('AAAUSDT')[0]),
      ...missing(listed('http_position_list_open_time'), reads.positions('AAAUSDT')[0]),
      ...missing(listed('http_closed_pnl'), reads.closedPnl(null, null, null)[0]),
      ...missing(listed('http_transaction_log'), reads.transactions(null, null)[0]),
      ...missing(listed('http_instruments_linear_btcusdt'), market.instrumentRows()[0]),
      ...missing(listed('http_tickers_inverse'), market.ticker('AAAUSDT')),
      ...missing(listed('http_funding_history'), market.fundingHistory('AAAUSDT', null, null)[0]),
      ...missing(listed('http_fee_rate'), market.feeRates('AAAUSDT')),
      ...missing(listed('http_risk_limit_inverse'), market.riskLimits('AAAUSDT')[0]),
      ...missing(listed('http_recent_trade_spot'), market.recentTrades('AAAUSDT', 1)[0]),
      ...missing(listed('http_wallet_balance_usdt'), reads.wallet()),
      ...missing(frame('http_orderbook').result!, market.orderBook('AAAUSDT')),
    ]).toEqual([]);
  });
});

describe('rows', () => {
  it('handed out never change', async () => {
    const { world, ask, rows, playTo } = await traded();
    const kept = [...rows('order'), ...rows('position'), ...world.reads.openOrders(everyOrder), ...world.reads.positions('AAAUSDT'), world.reads.wallet()];
    const before = JSON.stringify(kept);

    await ask(world.writes.cancelAll({ symbol: 'AAAUSDT', orderFilter: 'Order' }));
    playTo(start + 4 * minute);

    expect(JSON.stringify(kept)).toBe(before);
    expect(world.reads.positions(null)).toEqual([]);
  });
});
