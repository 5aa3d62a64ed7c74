/** F01 to F20 and those of data and key, each as the bytes that a client gets. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { orderRow, positionRow } from '../rest/small-world.ts';
import { pushOf } from '../streams/client.ts';
import { listIn, openStage } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => { stage = await openStage(); });
afterEach(async () => { await stage.close(); });

const applied = (): number => stage.world.asked.length;
const list = '/v5/position/list';
const byCoin = 'category=linear&settleCoin=USDT';

describe('requests that are lost or late', () => {
  it.each(['lost', 'unread'])('F01 %s: the socket ends without a byte, nothing is applied, the next request is served', async (variant) => {
    stage.set('F01', { variant });

    expect(await stage.create()).toMatchObject({ broke: 'ECONNRESET', text: '' });
    expect(applied()).toBe(0);
    expect(await stage.create()).toMatchObject({ status: 200 });
  });
  it('F02: applied, then the socket ends without a byte', async () => {
    stage.set('F02');

    expect(await stage.create()).toMatchObject({ broke: 'ECONNRESET', text: '' });
    expect(applied()).toBe(1);
  });
  it('F03: applied at once and answered 120 ms later; or applied 120 ms late', async () => {
    stage.set('F03', { ms: 120 });
    const early = stage.create();
    stage.set('F03', { ms: 120, variant: 'late-order' });
    const held = stage.create();

    expect((await early).tookMs).toBeGreaterThanOrEqual(115);
    expect(await held).toMatchObject({ status: 200, body: { retCode: 0 } });
  });
  it('F17: every reply takes its time, half of them 20 ms or more', async () => {
    stage.set('F17', { ms: 60 });
    const shots = await Promise.all(Array.from({ length: 12 }, () => stage.get('/v5/market/time')));

    expect(shots.filter(({ tookMs }) => tookMs > 15).length).toBeGreaterThan(3);
  });
});

describe('replies that are no answer', () => {
  it.each([[502, false, 0], [503, true, 1], [504, false, 0]])('F04: %i as HTML, applied %s', async (code, isApplied, count) => {
    stage.set('F04', { code, isApplied });

    expect(await stage.create()).toMatchObject({ status: code, headers: { 'content-type': 'text/html' }, text: expect.stringMatching(/^<html>/) });
    expect(applied()).toBe(count);
  });
  it('F05: 500 with JSON', async () => {
    stage.set('F05', { isApplied: true });

    expect(await stage.create()).toMatchObject({ status: 500, body: { retCode: 10016, retMsg: 'Server error.' } });
    expect(applied()).toBe(1);
  });
  it.each([10000, 10016, 170007])('F06: 200 with %i', async (code) => {
    stage.set('F06', { code });

    expect(await stage.create()).toMatchObject({ status: 200, body: { retCode: code } });
    expect(applied()).toBe(0);
  });
  it('F07: half of the JSON, announced as whole or as what it is', async () => {
    stage.set('F07');
    const whole = await stage.create();
    stage.set('F07', { variant: 'half' });
    const half = await stage.create();

    expect(Number(whole.headers['content-length'])).toBeGreaterThan(whole.text.length);
    expect(whole.broke).not.toBe('');
    expect(half).toMatchObject({ broke: '', body: {} });
    expect(Number(half.headers['content-length'])).toBe(half.text.length);
    expect(half.text).toMatch(/^\{"retCode":0/);
  });
  it('F08: an empty body', async () => {
    stage.set('F08');

    expect(await stage.create()).toMatchObject({ status: 200, text: '', headers: { 'content-length': '0' } });
  });
  it('F09: HTML with 200', async () => {
    stage.set('F09');

    expect(await stage.create()).toMatchObject({ status: 200, text: '<html>maintenance</html>' });
  });
  it('F16: 429 without a body, then fine', async () => {
    stage.set('F16');

    expect(await stage.create()).toMatchObject({ status: 429, text: '' });
    expect(await stage.create()).toMatchObject({ status: 200 });
  });
  it('F19: 404 as text, or 10001', async () => {
    stage.set('F19');
    expect(await stage.get('/v5/account/fee-rate', 'category=linear')).toMatchObject({ status: 404, text: '404 page not found' });
    stage.set('F19', { variant: '10001' });
    expect(await stage.get('/v5/account/fee-rate', 'category=linear')).toMatchObject({ status: 200, body: { retCode: 10001 } });
  });
  it('F20: a redirect, packed bytes, more keys, fewer keys, no result', async () => {
    stage.world.rows.positions.push(positionRow('BTCUSDT', 'Buy', '1'));
    stage.set('F20');
    expect(await stage.get(list, byCoin)).toMatchObject({ status: 302, headers: { location: '/v5/market/time' } });
    stage.set('F20', { variant: 'gzip' });
    expect(await stage.get(list, byCoin)).toMatchObject({ headers: { 'content-encoding': 'gzip' } });
    stage.set('F20', { variant: 'more-keys' });
    expect(listIn(await stage.get(list, byCoin))).toMatchObject([{ newField: 'x', positionStatus: 'Unheard', size: '1' }]);
    stage.set('F20', { variant: 'fewer-keys' });
    expect(Object.keys((await stage.get(list, byCoin)).body)).toEqual(['retCode', 'retMsg', 'result']);
    stage.set('F20', { variant: 'no-result' });
    expect(await stage.get(list, byCoin)).toMatchObject({ body: { retCode: 10001, result: null } });
  });
});

describe('limits, clocks and keys', () => {
  it('F10: 10006 with the reset 700 ms ahead, not applied', async () => {
    stage.set('F10', { ms: 700 });
    const { body, headers } = await stage.create();

    expect(body).toMatchObject({ retCode: 10006, retMsg: 'Too many visits!' });
    expect(headers['x-bapi-limit-status']).toBe('0');
    const ahead = Number(headers['x-bapi-limit-reset-timestamp']) - Number(body['time']);
    // The envelope is written after the verdict: some ms of the 700 are over by then.
    expect(ahead).toBeGreaterThan(600);
    expect(ahead).toBeLessThanOrEqual(700);
    expect(applied()).toBe(0);
  });
  it.each([['json', /access too frequent/], ['html', /^<html>.*access too frequent/]])('F11 %s: 403 on every path until the time is over', async (variant, text) => {
    stage.set('F11', { variant });

    expect(await stage.create()).toMatchObject({ status: 403, text: expect.stringMatching(text) });
    expect(await stage.get('/v5/market/time')).toMatchObject({ status: 403 });
    expect(applied()).toBe(0);
  });
  it.each([['F12', -1_500], ['F13', 6_000]])('%s: the server is off by %i ms, private calls get 10002 with the numbers', async (id, offset) => {
    stage.set(id);
    const { body } = await stage.create();

    expect(body).toMatchObject({ retCode: 10002, retMsg: expect.stringMatching(/req_timestamp\[\d{13}\],server_timestamp\[\d{13}\],recv_window\[5000\]/) });
    expect(Math.abs(Number(body['time']) - Date.now() - offset)).toBeLessThan(500);
  });
  it('F14: the server\'s time jumps by 3 s and follows on /v5/market/time, for 20 requests', async () => {
    stage.set('F14');
    const times: number[] = [];
    for (let i = 0; i < 21; i++) times.push(Number((await stage.get('/v5/market/time')).body['time']) - Date.now());

    expect(times[0]).toBeGreaterThan(2_000);
    expect(times[19]).toBeGreaterThan(2_000);
    expect(times[20]).toBeLessThan(500);
  });
  it.each([10003, 10004, 10005, 10010, 33004])('F15: %i', async (code) => {
    stage.set('F15', { code, times: 2 });

    expect(await stage.create()).toMatchObject({ status: 200, body: { retCode: code } });
    expect(await stage.create()).toMatchObject({ body: { retCode: code } });
    expect(await stage.create()).toMatchObject({ body: { retCode: 0 } });
    expect(applied()).toBe(1);
  });
});

describe('reads that do not say what is', () => {
  it('F18: positions of three pushes ago', async () => {
    stage.set('F18');
    for (const size of ['1', '2', '3', '4']) {
      stage.world.rows.positions = [positionRow('BTCUSDT', 'Buy', size)];
      stage.publish(pushOf('position', [{ size }]));
    }

    expect(listIn(await stage.get(list, byCoin))).toMatchObject([{ size: '1' }]);
    stage.desk.clear();
    expect(listIn(await stage.get(list, byCoin))).toMatchObject([{ size: '4' }]);
  });
  it('F31: what changed within 5 s of market time is not in the history yet', async () => {
    const at = stage.world.now;
    stage.world.rows.history = [orderRow('young', { updatedTime: String(at - 4_999) }), orderRow('old', { updatedTime: String(at - 5_000) })];
    stage.set('F31');

    expect(listIn(await stage.get('/v5/order/history', 'category=linear')).map((row) => row['orderId'])).toEqual(['old']);
  });
  it('F32: a row twice in one list', async () => {
    stage.world.rows.open = [orderRow('1'), orderRow('2')];
    stage.set('F32');

    expect(listIn(await stage.get('/v5/order/realtime', byCoin)).map((row) => row['orderId'])).toEqual(['1', '1', '2']);
  });
  it('F30: the cache of closed orders is emptied', async () => {
    stage.set('F30');
    await stage.get('/v5/order/realtime', byCoin);

    expect(stage.world.acted).toEqual(['wipe']);
  });
  it('F41: two partial stops that nobody here has placed', async () => {
    stage.world.rows.open = [orderRow('1')];
    stage.set('F41');

    expect(listIn(await stage.get('/v5/order/realtime', byCoin))).toMatchObject([
      { orderId: '1' }, { orderId: 'outside-1', orderLinkId: '', stopOrderType: 'PartialStopLoss' }, { orderId: 'outside-2', tpslMode: 'Partial' },
    ]);
  });
  it('F62: nothing is written in five ways, amounts with eight decimals, names never', async () => {
    stage.world.rows.positions = Array.from({ length: 9 }, () => positionRow('BTCUSDT', 'Buy', '1.5'));
    stage.set('F62');
    const rows = listIn(await stage.get(list, `${byCoin}&limit=200`));

    expect(rows).toHaveLength(9);
    expect(new Set(rows.map((row) => String(row['stopLoss']))).size).toBeGreaterThan(2);
    expect(rows.every((row) => row['size'] === '1.50000000' && row['side'] === 'Buy' && row['symbol'] === 'BTCUSDT')).toBe(true);
  });
  it.each([['missing-candle', 4], ['repeated-row', 6], ['empty-page', 0]])('F63 %s: %i of 5 candles', async (variant, count) => {
    stage.set('F63', { variant });

    expect(listIn(await stage.get('/v5/market/kline', 'category=linear&symbol=BTCUSDT&interval=5&limit=5'))).toHaveLength(count);
  });
  it('F64: a last page with a cursor that leads to nothing; a cursor that has run out', async () => {
    stage.world.rows.open = [orderRow('1')];
    stage.set('F64');
    const first = await stage.get('/v5/order/realtime', byCoin);
    const cursor = String(Reflect.get(Object(first.body['result']), 'nextPageCursor'));
    expect(cursor).not.toBe('');
    expect(listIn(await stage.get('/v5/order/realtime', `${byCoin}&cursor=${encodeURIComponent(cursor)}`))).toEqual([]);
    stage.set('F64', { variant: 'expired' });
    expect(await stage.get('/v5/order/realtime', byCoin)).toMatchObject({ body: { retCode: 10001, retMsg: 'params error: cursor invalid' } });
  });
  it('F65: 46 positions over three pages of 20', async () => {
    stage.world.rows.positions = [positionRow('BTCUSDT', 'Buy', '1')];
    stage.set('F65');
    const page = await stage.get(list, byCoin);

    expect(listIn(page)).toHaveLength(20);
    expect(Reflect.get(Object(page.body['result']), 'nextPageCursor')).not.toBe('');
  });
  it('F66: the oldest execution is missing', async () => {
    const execution = (id: string) => ({ symbol: 'BTCUSDT', execId: id, orderId: 'o', execTime: String(stage.world.now - 1), execType: 'Trade' });
    stage.world.rows.executions = [execution('2'), execution('1')];
    stage.set('F66');

    expect(listIn(await stage.get('/v5/execution/list', 'category=linear')).map((row) => row['execId'])).toEqual(['2']);
  });
});

describe('account, key and instrument', () => {
  it.each([['portfolio', 'PORTFOLIO_MARGIN'], ['cross', 'REGULAR_MARGIN']])('F81 %s: margin mode %s', async (variant, mode) => {
    stage.set('F81', { variant });

    expect((await stage.get('/v5/account/info')).body).toMatchObject({ result: { marginMode: mode } });
  });
  it('F81 hedge, reduce-only, leverage and a foreign position', async () => {
    stage.world.rows.positions = [positionRow('BTCUSDT', 'Buy', '1')];
    stage.set('F81', { variant: 'hedge' });
    expect(listIn(await stage.get(list, byCoin))).toMatchObject([{ positionIdx: 1 }]);
    stage.set('F81', { variant: 'reduce-only' });
    expect(listIn(await stage.get(list, byCoin))).toMatchObject([{ isReduceOnly: true }]);
    stage.set('F81', { variant: 'leverage' });
    await stage.get(list, byCoin);
    expect(stage.world.asked).toMatchObject([{ write: 'setLeverage', body: { buyLeverage: '3', symbol: 'BTCUSDT' } }]);
    stage.set('F81', { variant: 'foreign-position' });
    await stage.get(list, byCoin);
    expect(stage.world.acted).toEqual(['order BTCUSDT Sell 1 false']);
  });
  it.each([
    ['leverage', '/v5/position/set-leverage', { category: 'linear', symbol: 'BTCUSDT', buyLeverage: '5', sellLeverage: '5' }, 110013],
    ['mode', '/v5/position/switch-mode', { category: 'linear', symbol: 'BTCUSDT', mode: 0 }, 110024],
    ['margin', '/v5/account/set-margin-mode', { setMarginMode: 'ISOLATED_MARGIN' }, 3400045],
  ])('F82 %s is refused', async (variant, path, body, code) => {
    stage.set('F82', { variant });

    expect((await stage.post(path, body)).body).toMatchObject({ retCode: code });
    expect(applied()).toBe(0);
  });
  it.each([
    ['read-only', { readOnly: 1 }], ['no-trade', { permissions: { ContractTrade: ['Order'] } }], ['expiring', { deadlineDay: 3 }], ['addresses', { ips: ['10.0.0.1'] }],
  ])('F83 %s', async (variant, result) => {
    stage.set('F83', { variant });

    expect((await stage.get('/v5/user/query-api')).body).toMatchObject({ retCode: 0, result });
  });
  it('F84: funding every hour at the cap, by read', async () => {
    stage.set('F84');

    expect(listIn(await stage.get('/v5/market/instruments-info', 'category=linear'))).toMatchObject([{ fundingInterval: 60 }, { fundingInterval: 60 }]);
    expect(listIn(await stage.get('/v5/market/tickers', 'category=linear&symbol=BTCUSDT'))).toMatchObject([{ fundingRate: '-0.005', fundingIntervalHour: '1' }]);
  });
  it('F85: another tick, step or a day of delivery', async () => {
    const info = async (): Promise<unknown> => listIn(await stage.get('/v5/market/instruments-info', 'category=linear&symbol=BTCUSDT'))[0];
    stage.set('F85');
    expect(await info()).toMatchObject({ priceFilter: { tickSize: '5' }, symbol: 'BTCUSDT' });
    stage.set('F85', { variant: 'step' });
    expect(await info()).toMatchObject({ lotSizeFilter: { qtyStep: '1' } });
    stage.set('F85', { variant: 'delisting' });
    expect(await info()).toMatchObject({ deliveryTime: '1893456000000' });
  });
  it('F87: an isolated wallet has empty totals; F88: other fees than those paid', async () => {
    stage.set('F87', { variant: 'empty' });
    expect(listIn(await stage.get('/v5/account/wallet-balance', 'accountType=UNIFIED'))).toMatchObject([{ totalEquity: '', accountType: 'UNIFIED' }]);
    stage.set('F88');
    expect(listIn(await stage.get('/v5/account/fee-rate', 'category=linear&symbol=BTCUSDT'))).toMatchObject([{ takerFeeRate: '0.0001', makerFeeRate: '-0.0001' }]);
  });
});
