/** Replies against the real frames: every key that a real reply has is there, in the envelope and in `result`. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDoor } from './client.ts';
import type { Door } from './client.ts';
import { marketNow, orderRow, positionRow } from './small-world.ts';

const folder = resolve('../shared/fixtures/bybit');
const isThere = existsSync(folder);
if (!isThere) console.log('key sets of real frames are left out without ../shared/fixtures/bybit, which is not ours to ship');

interface Frame { readonly result?: Readonly<Record<string, unknown>>; readonly [key: string]: unknown }
const frameOf = (name: string): Frame => JSON.parse(readFileSync(resolve(folder, `${name}.json`), 'utf8')) as Frame;

/** Path, query or body, and the frame whose `result` keys must be there. Rows are the world's and are judged with it. */
const gets = [
  ['http_market_time', '/v5/market/time', ''],
  ['http_instruments_linear_btcusdt', '/v5/market/instruments-info', 'category=linear'],
  ['http_kline_linear', '/v5/market/kline', 'category=linear&symbol=BTCUSDT&interval=1'],
  ['http_mark_price_kline', '/v5/market/mark-price-kline', 'category=linear&symbol=BTCUSDT&interval=1'],
  ['http_index_price_kline', '/v5/market/index-price-kline', 'category=linear&symbol=BTCUSDT&interval=1'],
  ['http_premium_index_price_kline', '/v5/market/premium-index-price-kline', 'category=linear&symbol=BTCUSDT&interval=1'],
  ['http_funding_history', '/v5/market/funding/history', 'category=linear&symbol=BTCUSDT'],
  ['http_tickers_inverse', '/v5/market/tickers', 'category=linear&symbol=BTCUSDT'],
  ['http_price_limit', '/v5/market/price-limit', 'category=linear&symbol=BTCUSDT'],
  ['http_risk_limit_inverse', '/v5/market/risk-limit', 'category=linear&symbol=BTCUSDT'],
  ['http_orderbook', '/v5/market/orderbook', 'category=linear&symbol=BTCUSDT'],
  ['http_recent_trade_spot', '/v5/market/recent-trade', 'category=linear&symbol=BTCUSDT'],
  ['http_account_info', '/v5/account/info', ''],
  ['http_wallet_balance', '/v5/account/wallet-balance', 'accountType=UNIFIED'],
  ['http_fee_rate', '/v5/account/fee-rate', 'category=linear&symbol=BTCUSDT'],
  ['http_transaction_log', '/v5/account/transaction-log', ''],
  ['http_query_api_key', '/v5/user/query-api', ''],
  ['http_dcp_info', '/v5/account/query-dcp-info', ''],
  ['http_position_list_linear', '/v5/position/list', 'category=linear&symbol=BTCUSDT'],
  ['http_closed_pnl', '/v5/position/closed-pnl', 'category=linear'],
  ['http_order_realtime', '/v5/order/realtime', 'category=linear&symbol=BTCUSDT'],
  ['http_order_history_postonly_cancelled', '/v5/order/history', 'category=linear'],
  ['http_execution_list', '/v5/execution/list', 'category=linear'],
] as const;
const order = { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.010', orderLinkId: 'l-1' };
const posts = [
  ['http_order_create_ok', '/v5/order/create', order],
  ['http_order_amend_ok', '/v5/order/amend', { category: 'linear', symbol: 'BTCUSDT', orderId: 'a', qty: '0.020' }],
  ['http_order_cancel_ok', '/v5/order/cancel', { category: 'linear', symbol: 'BTCUSDT', orderLinkId: 'l-1' }],
  ['http_order_cancel_all_ok', '/v5/order/cancel-all', { category: 'linear', settleCoin: 'USDT' }],
  ['http_order_create_batch', '/v5/order/create-batch', { category: 'linear', request: [order] }],
  ['http_order_cancel_batch', '/v5/order/cancel-batch', { category: 'linear', request: [{ symbol: 'BTCUSDT', orderId: 'a' }] }],
  ['http_order_pre_check', '/v5/order/pre-check', { ...order, orderType: 'Limit', price: '60000' }],
  ['http_set_leverage_ok', '/v5/position/set-leverage', { category: 'linear', symbol: 'BTCUSDT', buyLeverage: '5', sellLeverage: '5' }],
  ['http_switch_mode_ok', '/v5/position/switch-mode', { category: 'linear', coin: 'USDT', mode: 0 }],
  ['http_trading_stop_ok', '/v5/position/trading-stop', { category: 'linear', symbol: 'BTCUSDT', tpslMode: 'Full', positionIdx: 0, stopLoss: '59000' }],
  ['http_set_dcp_ok', '/v5/order/disconnected-cancel-all', { product: 'DERIVATIVES', timeWindow: 40 }],
] as const;

describe('endpoints of the REST door', () => {
  let door: Door;
  beforeAll(async () => { door = await openDoor(); });
  afterAll(async () => { await door.close(); });

  it.skipIf(!isThere).each(gets)('%s: GET %s has the keys of the real reply, its text and type of each', async (name, path, query) => {
    const frame = frameOf(name);

    const { status, body } = await door.get(path, query);

    expect([status, body.retCode, body.retMsg]).toEqual([200, 0, frame['retMsg']]);
    expect(Object.keys(body)).toEqual(['retCode', 'retMsg', 'result', 'retExtInfo', 'time']);
    expect(Object.keys(body.result)).toEqual(expect.arrayContaining(Object.keys(frame.result ?? {})));
    for (const [key, value] of Object.entries(frame.result ?? {})) expect(typeof body.result[key], key).toBe(typeof value);
  });
  it.skipIf(!isThere).each(posts)('%s: POST %s has the keys of the real reply, item by item in a batch', async (name, path, sent) => {
    const frame = frameOf(name);

    const { status, body } = await door.post(path, sent);

    expect([status, body.retCode, body.retMsg]).toEqual([200, 0, frame['retMsg']]);
    expect(Object.keys(body.result)).toEqual(expect.arrayContaining(Object.keys(frame.result ?? {})));
    if (name.endsWith('batch')) {
      const rows = frame.result?.['list'] as readonly object[];
      expect(Object.keys(body.result.list[0] ?? {})).toEqual(Object.keys(rows[0] ?? {}));
      expect(body.retExtInfo.list).toEqual([{ code: 0, msg: 'OK' }]);
    }
  });
});

describe('market endpoints', () => {
  let door: Door;
  beforeAll(async () => { door = await openDoor(); });
  afterAll(async () => { await door.close(); });
  const list = async (path: string, query: string) => (await door.get(path, query, null)).body;

  it('instruments: Trading by default and by symbol order, PreLaunch when asked, other categories empty without error', async () => {
    const usual = await list('/v5/market/instruments-info', 'category=linear&limit=1000');
    const coming = await list('/v5/market/instruments-info', 'category=linear&status=PreLaunch&limit=1000');
    const others = await Promise.all(['spot', 'inverse', 'option&baseCoin=BTC'].map(async (name) => (await list('/v5/market/instruments-info', `category=${name}`))));

    expect(usual.result.list.map((row) => row['symbol'])).toEqual(['BTCUSDT', 'ETHUSDT']);
    expect(coming.result.list.map((row) => row['symbol'])).toEqual(['NEWUSDT']);
    expect(others.map(({ retCode, result }) => [retCode, result['category'], result.list, result.nextPageCursor]))
      .toEqual([[0, 'spot', [], ''], [0, 'inverse', [], ''], [0, 'option', [], '']]);
  });
  it('instruments come in pages of 1 when asked, and an unknown symbol is 10001', async () => {
    const first = await list('/v5/market/instruments-info', 'category=linear&limit=1');
    const second = await list('/v5/market/instruments-info', `category=linear&limit=1&cursor=${first.result.nextPageCursor}`);
    const unknown = await list('/v5/market/instruments-info', 'category=linear&symbol=NOPE');

    expect([first, second].map(({ result }) => result.list.map((row) => row['symbol']))).toEqual([['BTCUSDT'], ['ETHUSDT']]);
    expect(second.result.nextPageCursor).toBe('');
    expect([unknown.retCode, unknown.retMsg]).toEqual([10001, 'params error: symbol invalid']);
  });
  it.each([
    ['Illegal category', 'category=nothing&symbol=BTCUSDT&interval=1'],
    ['params error: symbol invalid', 'category=linear&interval=1'],
    ['Not supported symbols', 'category=linear&symbol=NOPE&interval=1'],
    ['Invalid period!', 'category=linear&symbol=BTCUSDT&interval=7'],
    ['params error: limit invalid', 'category=linear&symbol=BTCUSDT&interval=1&limit=0'],
    ['params error: start invalid', 'category=linear&symbol=BTCUSDT&interval=1&start=x'],
  ])('kline refuses with "%s"', async (message, query) => {
    expect(await list('/v5/market/kline', query)).toMatchObject({ retCode: 10001, retMsg: message });
  });

  const starts = async (query: string): Promise<number[]> => (
    (await list('/v5/market/kline', `symbol=BTCUSDT&${query}`)).result.list as unknown as string[][]).map((row) => Number(row[0]));
  const minute = 60_000;
  // Market time is 12:30:30: the candle under way began half a minute ago.
  const underWay = marketNow - 30_000;

  it('kline without bounds: the newest 200, newest first, the candle under way included; more than 1000 is 1000', async () => {
    const usual = await starts('interval=1');

    expect(usual.slice(0, 2)).toEqual([underWay, underWay - minute]);
    expect(usual).toHaveLength(200);
    expect(await starts('interval=1&limit=5000')).toHaveLength(1_000);
  });
  it('kline with start alone: three candles beginning with the one that contains it, newest first', async () => {
    const from = underWay - 100 * minute;

    expect(await starts(`interval=1&limit=3&start=${from + 12_345}`)).toEqual([from + 2 * minute, from + minute, from]);
  });
  it('kline with end alone: the last three up to it; with both: the newest three of the stretch', async () => {
    const end = underWay - 50 * minute + 5;
    const expected = [0, 1, 2].map((i) => underWay - (50 + i) * minute);

    expect(await starts(`interval=1&limit=3&end=${end}`)).toEqual(expected);
    expect(await starts(`interval=1&limit=3&start=${end - 600 * minute}&end=${end}`)).toEqual(expected);
  });
  it('mark and index candles have five columns, the premium is mark against index: (100 - 99) / 99 = 0.010101', async () => {
    const row = async (name: string) => ((await list(`/v5/market/${name}`, 'symbol=BTCUSDT&interval=1&limit=1')).result.list as unknown as string[][])[0];

    expect([(await row('mark-price-kline'))?.length, (await row('index-price-kline'))?.length]).toEqual([5, 5]);
    expect((await row('premium-index-price-kline'))?.[1]).toBe('0.010101');
  });
  it('price limit: 1 % around the mark 60000.07 in whole ticks of 0.10, towards the mark', async () => {
    // 60000.07 x 1.01 = 60600.0707 -> 60600.0; 60000.07 x 0.99 = 59400.0693 -> 59400.1
    expect((await list('/v5/market/price-limit', 'symbol=BTCUSDT')).result).toMatchObject({ buyLmt: '60600', sellLmt: '59400.1' });
  });
  it('open interest is stamped with the ends of whole intervals, newest first and none of the future, within its bounds and at most 200; another interval is refused', async () => {
    const asked = async (query: string) => (await list('/v5/market/open-interest', `category=linear&symbol=BTCUSDT&${query}`));
    const usual = (await asked('intervalTime=5min')).result.list.map((row) => Number((row as Record<string, unknown>)['timestamp']));
    const bounded = (await asked(`intervalTime=5min&startTime=${usual[3]}&endTime=${usual[1]}`)).result.list.map((row) => Number((row as Record<string, unknown>)['timestamp']));

    expect(usual).toHaveLength(50);
    expect(usual.map((at, i) => at - (usual[0]! - i * 5 * minute))).toEqual(usual.map(() => 0));
    expect([usual[0]! % (5 * minute), usual[0]! <= underWay + minute]).toEqual([0, true]);
    expect(bounded).toEqual(usual.slice(1, 4));
    expect((await asked('intervalTime=5min&limit=201')).result.list).toHaveLength(200);
    expect((await asked('intervalTime=7min')).retCode).toBe(10001);
  });
  it('funding history refuses a start without an end; the book is cut to its limit, trades to theirs', async () => {
    const funding = await list('/v5/market/funding/history', 'category=linear&symbol=BTCUSDT&startTime=1');
    const book = await list('/v5/market/orderbook', 'category=linear&symbol=BTCUSDT&limit=5');
    const trades = await list('/v5/market/recent-trade', 'category=linear&symbol=BTCUSDT&limit=7');

    expect(funding.retCode).toBe(10001);
    expect([(book.result['a'] as unknown[]).length, (book.result['b'] as unknown[]).length, trades.result.list.length]).toEqual([5, 5, 7]);
  });
});

describe('account, positions and orders', () => {
  let door: Door;
  beforeAll(async () => { door = await openDoor(); });
  afterAll(async () => { await door.close(); });
  const rows = async (path: string, query: string, key: string) => (await door.get(path, query)).body.result.list.map((row) => row[key]);

  it('the wallet shows the coins asked for', async () => {
    const { body } = await door.get('/v5/account/wallet-balance', 'accountType=UNIFIED&coin=USDT,ETH');

    expect(body.result.list[0]).toMatchObject({ accountType: 'UNIFIED', coin: [{ coin: 'USDT' }] });
    expect((await door.get('/v5/account/wallet-balance', 'accountType=CONTRACT')).body.retCode).toBe(10001);
  });
  it('a position list of linear needs a symbol or a coin, of inverse nothing, and a flat symbol has its row', async () => {
    const bare = (await door.get('/v5/position/list', 'category=linear')).body;
    const inverse = (await door.get('/v5/position/list', 'category=inverse&limit=200')).body;
    const flat = (await door.get('/v5/position/list', 'category=linear&symbol=ETHUSDT')).body;

    expect([bare.retCode, bare.retMsg]).toEqual([10001, 'Missing some parameters that must be filled in, symbol or settleCoin']);
    expect([inverse.retCode, inverse.result.list]).toEqual([0, []]);
    expect(flat.result.list).toMatchObject([{ symbol: 'ETHUSDT', side: '', size: '0' }]);
  });
  it('by coin only positions with a size; another coin has none', async () => {
    door.world.rows.positions = [positionRow('BTCUSDT', 'Buy', '1'), positionRow('ETHUSDT', '', '0')];

    expect(await rows('/v5/position/list', 'category=linear&settleCoin=USDT', 'symbol')).toEqual(['BTCUSDT']);
    expect(await rows('/v5/position/list', 'category=linear&settleCoin=USDC', 'symbol')).toEqual([]);
    expect(await rows('/v5/position/list', 'category=linear&settleCoin=USDT&baseCoin=ETH', 'symbol')).toEqual([]);
  });
  it('realtime: open by default, closed with openOnly=1, and by link both', async () => {
    door.world.rows.open = [orderRow('o1')];
    door.world.rows.closed = [orderRow('c1', { orderStatus: 'Filled' })];

    expect(await rows('/v5/order/realtime', 'category=linear&symbol=BTCUSDT', 'orderId')).toEqual(['o1']);
    expect(await rows('/v5/order/realtime', 'category=linear&settleCoin=USDT&openOnly=1', 'orderId')).toEqual(['c1']);
    expect(await rows('/v5/order/realtime', 'category=linear&orderLinkId=link-c1', 'orderId')).toEqual(['c1']);
    expect(await rows('/v5/order/realtime', 'category=linear&orderId=o1&orderLinkId=link-c1', 'orderId')).toEqual(['o1']);
    expect(await rows('/v5/order/realtime', 'category=linear&baseCoin=ETH', 'orderId')).toEqual([]);
    expect((await door.get('/v5/order/realtime', 'category=linear')).body.retCode).toBe(10001);
  });
  it('history forgets an order without a fill after 24 hours of market time and keeps one with a fill', async () => {
    const day = 86_400_000;
    const at = (ms: number, more: object) => ({ updatedTime: String(marketNow - ms), ...more });
    door.world.rows.history = [
      orderRow('young', at(day, { orderStatus: 'Cancelled' })), orderRow('old', at(day + 1, { orderStatus: 'Cancelled' })),
      orderRow('cut', at(day + 1, { orderStatus: 'Cancelled', cumExecQty: '0.001' })), orderRow('full', at(6 * day, { orderStatus: 'Filled' })),
      orderRow('ancient', at(8 * day, { orderStatus: 'Filled' })),
    ];

    expect(await rows('/v5/order/history', 'category=linear', 'orderId')).toEqual(['young', 'cut', 'full']);
    expect(await rows('/v5/order/history', 'category=linear&orderId=ancient', 'orderId')).toEqual(['ancient']);
  });
  it('history reads cover seven days: 7 d is answered, 7 d and 1 ms is 10001, start alone reaches 7 d ahead', async () => {
    const week = 7 * 86_400_000;
    const code = async (query: string) => (await door.get('/v5/execution/list', `category=linear&${query}`)).body.retCode;
    door.world.rows.executions = [{ execId: 'e1', symbol: 'BTCUSDT', execType: 'Funding', execTime: String(marketNow - 10 * 86_400_000) }];

    expect([await code(`startTime=1&endTime=${week + 1}`), await code(`startTime=1&endTime=${week + 2}`), await code('startTime=2&endTime=1')])
      .toEqual([0, 10001, 10001]);
    expect(await rows('/v5/execution/list', `category=linear&startTime=${marketNow - 12 * 86_400_000}`, 'execId')).toEqual(['e1']);
    expect(await rows('/v5/execution/list', `category=linear&startTime=${marketNow - 12 * 86_400_000}&execType=Trade`, 'execId')).toEqual([]);
  });
  it('writes reach the account as text and booleans, without empty members, and wake the pace', async () => {
    const woken = door.pace.woken;
    await door.post('/v5/order/create', {
      category: 'linear', symbol: 'BTCUSDT', side: 'Sell', orderType: 'Limit', price: '61000.0', qty: '0.010', timeInForce: 'PostOnly', positionIdx: 0,
      reduceOnly: 'true', stopLoss: '', triggerPrice: null, orderLinkId: 'x_1-Y', unknownKey: 5,
    });

    expect(door.world.asked.at(-1)).toEqual({
      write: 'create',
      body: {
        category: 'linear', symbol: 'BTCUSDT', side: 'Sell', orderType: 'Limit', price: '61000.0', qty: '0.010', timeInForce: 'PostOnly',
        positionIdx: '0', reduceOnly: true, orderLinkId: 'x_1-Y', unknownKey: '5',
      },
    });
    expect(door.pace.woken).toBe(woken + 1);
  });
  it.each([
    ['Qty invalid', { qty: 0.01 }], ['Qty invalid', { qty: '-1' }], ['Qty invalid', { qty: '1e3' }], ['Side invalid', { side: 'Long' }],
    ['OrderType invalid', { orderType: 'Stop' }], ['Price invalid', { orderType: 'Limit' }], ['Illegal category', { category: 'inverse' }],
    ['params error: symbol invalid', { symbol: 'NOPE' }], ['position idx not match position mode', { positionIdx: 1 }],
    ['OrderLinkedID invalid', { orderLinkId: 'a'.repeat(37) }], ['OrderLinkedID invalid', { orderLinkId: 'ä' }],
    ['TriggerDirection invalid', { triggerPrice: '1' }], ['SlTriggerBy invalid', { stopLoss: '1', slTriggerBy: 'Last' }],
  ])('an order is refused with "%s" for %o and does not reach the account', async (message, change) => {
    const own = await openDoor();
    const { body } = await own.post('/v5/order/create', { ...order, ...change });
    await own.close();

    expect([body.retCode, body.retMsg, own.world.asked]).toEqual([10001, message, []]);
  });
  it('trading-stop: the misspelt tpSlMode is 10001, with the real text when an order type is named', async () => {
    const stop = { category: 'linear', symbol: 'BTCUSDT', positionIdx: 0, stopLoss: '1', tpSlMode: 'Full' };

    expect((await door.post('/v5/position/trading-stop', stop)).body.retMsg).toBe('TpslMode invalid');
    expect((await door.post('/v5/position/trading-stop', { ...stop, slOrderType: 'Market' })).body.retMsg)
      .toBe('slOrderType can not have a value when tpSlMode is empty');
  });
  it('the account\'s refusal is the reply: 34040 not modified, HTTP 200, result {}', async () => {
    door.world.refuse = { code: 34040, message: 'not modified' };

    const { status, body } = await door.post('/v5/position/trading-stop', { category: 'linear', symbol: 'BTCUSDT', tpslMode: 'Full', positionIdx: 0, stopLoss: '1' });

    expect([status, body.retCode, body.retMsg, body.result]).toEqual([200, 34040, 'not modified', {}]);
  });
  it('a batch: items are judged one by one and in order, a misshapen one does not stop the others', async () => {
    const own = await openDoor();
    const { body } = await own.post('/v5/order/create-batch', { category: 'linear', request: [{ ...order, orderLinkId: 'a' }, { ...order, qty: 'x' }, { ...order, orderLinkId: 'b' }] });
    const empty = await own.post('/v5/order/create-batch', { category: 'linear', request: [] });
    const many = await own.post('/v5/order/create-batch', { category: 'linear', request: Array.from({ length: 21 }, () => order) });
    await own.close();

    expect(body.retExtInfo.list).toEqual([{ code: 0, msg: 'OK' }, { code: 10001, msg: 'Qty invalid' }, { code: 0, msg: 'OK' }]);
    expect(own.world.asked.map((write) => write.body['orderLinkId'])).toEqual(['a', 'b']);
    expect([empty.body.retCode, many.body.retCode]).toEqual([10001, 10001]);
  });
  it('switch-isolated: the mode it is in is 110026, another one is not for this account', async () => {
    const send = async (tradeMode: number) => (await door.post('/v5/position/switch-isolated', { category: 'linear', symbol: 'BTCUSDT', tradeMode, buyLeverage: '1', sellLeverage: '1' })).body.retCode;

    expect([await send(1), await send(0)]).toEqual([110026, 100028]);
  });
  it('disconnect protection is remembered: asked for 40 s of derivatives, shown by query-dcp-info', async () => {
    await door.post('/v5/order/disconnected-cancel-all', { product: 'DERIVATIVES', timeWindow: 40 });

    expect((await door.get('/v5/account/query-dcp-info')).body.result['dcpInfos']).toEqual([{ product: 'DERIVATIVES', dcpStatus: 'ON', timeWindow: '40' }]);
    expect((await door.post('/v5/order/disconnected-cancel-all', { timeWindow: 2 })).body.retCode).toBe(10001);
  });
  it('pre-check: 0.010 at 60000 with leverage 10 on an equity of 1000 adds 600 to a margin rate of 30', async () => {
    const { body } = await door.post('/v5/order/pre-check', { ...order, orderType: 'Limit', price: '60000' });

    // 0.010 x 60000 / 10 = 60; 60 / 1000 = 0.06 = 600 of 1e-4
    expect(body.result).toMatchObject({ preImrE4: 30, preMmrE4: 21, postImrE4: 630 });
  });
  it('a key that may only read, when the exchange is told so: the rest of its facts stay', async () => {
    const own = await openDoor({ keyFacts: { readOnly: 1, ips: ['*'] } });
    const { result } = (await own.get('/v5/user/query-api')).body;
    await own.close();

    expect(result).toMatchObject({ readOnly: 1, ips: ['*'], apiKey: 'test-key', uta: 1, permissions: { ContractTrade: ['Order', 'Position'], Wallet: [] } });
  });
  it('the coins that are traded, without chains', async () => {
    const { body } = await door.get('/v5/asset/coin/query-info');

    expect(body.result['rows']).toEqual(['USDT', 'BTC', 'ETH'].map((coin) => ({ name: coin, coin, remainAmount: '0', chains: [] })));
  });
});
