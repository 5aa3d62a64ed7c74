/**
 * Faults that change what truly happened, over the real account: a market of 1-minute bars that stand at 100, one linear
 * symbol (tick 1, lot 1), full speed. The client rests only where a test says so.
 */
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { faultPlan, startExchange } from '../../../../live/exchange/index.ts';
import type { RunningExchange } from '../../../../live/exchange/index.ts';
import type { Row } from '../../../../live/exchange/world.ts';
import { watchAccount } from '../streams/client.ts';
import type { Client } from '../streams/client.ts';
import { runConfig } from '../../../../engine/index.ts';
import { flat, marketOf, minute } from '../../../sim/market.ts';

const credentials = { key: 'test-key', secret: 'test-secret' };
let exchange: RunningExchange;
let client: Client;
const session = { isOver: false };
beforeEach(async () => {
  session.isOver = false;
  exchange = await startExchange({ market: { symbols: [marketOf({ bars: Array.from({ length: 600 }, () => flat(100)) })] }, config: runConfig.parse({ leverage: 2 }), speed: 'max', ...credentials, hasLimits: false });
  client = await watchAccount(exchange.ready.private.replace('/v5/private', ''), ['order', 'execution', 'position', 'wallet']);
});
afterEach(async () => {
  session.isOver = true;
  client.socket.terminate();
  await exchange.close();
});

function headers(payload: string): Record<string, string> {
  const at = Date.now();
  const signature = createHmac('sha256', credentials.secret).update(`${at}${credentials.key}5000${payload}`).digest('hex');
  return { 'X-BAPI-API-KEY': credentials.key, 'X-BAPI-TIMESTAMP': String(at), 'X-BAPI-RECV-WINDOW': '5000', 'X-BAPI-SIGN': signature };
}
async function post(path: string, body: Row): Promise<Row> {
  const text = JSON.stringify({ category: 'linear', symbol: 'AAAUSDT', ...body });
  return await (await fetch(`${exchange.ready.rest}${path}`, { method: 'POST', body: text, headers: headers(text) })).json() as Row;
}
async function list(path: string, query: string): Promise<readonly Row[]> {
  const reply = await (await fetch(`${exchange.ready.rest}${path}?${query}`, { headers: headers(query) })).json() as { readonly result: { readonly list: readonly Row[] } };
  return reply.result.list;
}
const set = (id: string, options: Parameters<typeof faultPlan>[1] = {}): void => exchange.faults.install(faultPlan(id, options), 3);
const create = (body: Row): Promise<Row> => post('/v5/order/create', { side: 'Buy', orderType: 'Market', qty: '4', ...body });
const limit = (body: Row): Promise<Row> => create({ orderType: 'Limit', price: '95', timeInForce: 'GTC', ...body });
const rowsIn = (frame: Row): readonly Row[] => (Array.isArray(frame['data']) ? frame['data'] : []);
/** The next push of the topic with such a row, which the account is given time for. */
async function told(topic: string, row: Row, minutes = 0): Promise<Row> {
  if (minutes > 0) void playFor(minutes);
  const frame = await client.next((one) => one['topic'] === topic && rowsIn(one).some((own) => Object.entries(row).every(([key, value]) => own[key] === value)));
  return rowsIn(frame)[0] ?? {};
}
async function playFor(minutes: number): Promise<void> {
  const until = exchange.world.now + minutes * minute;
  for (let moment = { now: exchange.world.now, hasEnded: false }; moment.now < until && !moment.hasEnded && !session.isOver;) moment = await exchange.pace.idle(until);
}
const position = async (): Promise<Row> => (await list('/v5/position/list', 'category=linear&symbol=AAAUSDT'))[0] ?? {};

/** Time passes to the end of the bar under way: between bars a jump comes before what is asked next. */
async function barEnds(): Promise<void> {
  const until = Math.ceil((exchange.world.now + 1) / minute) * minute;
  while (exchange.world.now < until) await exchange.pace.idle(until);
}

describe('orders', () => {
  it('F21: acknowledged with an id, rejected on the stream, and found as rejected', async () => {
    set('F21', { ms: 10, variant: 'EC_ReachRiskPriceLimit' });
    const reply = await create({ orderLinkId: 'ghost' });

    expect(reply).toMatchObject({ retCode: 0, result: { orderLinkId: 'ghost', orderId: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
    expect(await told('order', { orderStatus: 'Rejected' })).toMatchObject({ orderLinkId: 'ghost', rejectReason: 'EC_ReachRiskPriceLimit', leavesQty: '0' });
    expect(await list('/v5/order/history', 'category=linear&orderLinkId=ghost')).toMatchObject([{ orderStatus: 'Rejected' }]);
    expect(await position()).toMatchObject({ size: '0' });
  });
  it.each([110007, 110012, 110003, 110094, 110017, 110020, 110009])('F22: %i at once, nothing is placed', async (code) => {
    set('F22', { code });

    expect(await create({})).toMatchObject({ retCode: code, retMsg: expect.stringMatching(/\w/) });
    expect(await position()).toMatchObject({ size: '0' });
  });
  it('F23: told that the link is a duplicate, and the order is there', async () => {
    set('F23');

    expect(await create({ orderLinkId: 'once' })).toMatchObject({ retCode: 110072 });
    expect(await list('/v5/order/history', 'category=linear&orderLinkId=once')).toMatchObject([{ orderStatus: 'Filled' }]);
  });
  it('F24: post-only at 95 while the market falls under it: acknowledged, cancelled, never New', async () => {
    set('F24');
    expect(await limit({ timeInForce: 'PostOnly', orderLinkId: 'maker' })).toMatchObject({ retCode: 0 });

    expect(await told('order', { orderLinkId: 'maker' }, 5)).toMatchObject({ orderStatus: 'Cancelled', rejectReason: 'EC_PostOnlyWillTakeLiquidity' });
  });
  it('F25: a cancel that comes too late gets 110001, the order is filled', async () => {
    await limit({ orderLinkId: 'rest' });
    set('F25');
    await barEnds();
    const reply = await post('/v5/order/cancel', { orderLinkId: 'rest' });

    expect(reply).toMatchObject({ retCode: 110001 });
    expect(await told('order', { orderLinkId: 'rest', orderStatus: 'Filled' }, 5)).toMatchObject({ cumExecQty: '4' });
  });
  it('F33: an amendment refused, and one acknowledged that changes nothing', async () => {
    await limit({ orderLinkId: 'rest' });
    for (const code of [110001, 110064, 110079, 40004]) {
      set('F33', { code });
      expect(await post('/v5/order/amend', { orderLinkId: 'rest', price: '94' })).toMatchObject({ retCode: code });
    }
    set('F33', { variant: 'nothing-changed' });
    expect(await post('/v5/order/amend', { orderLinkId: 'rest', price: '94' })).toMatchObject({ retCode: 0, result: { orderLinkId: 'rest' } });
    expect((await list('/v5/order/realtime', 'category=linear&symbol=AAAUSDT'))[0]).toMatchObject({ price: '95' });
  });
  it('F29: the fill is told before the answer', async () => {
    set('F29', { ms: 80 });
    const startedAt = performance.now();
    const answered = create({ orderLinkId: 'fast' }).then(() => performance.now() - startedAt);
    await told('order', { orderLinkId: 'fast', orderStatus: 'Filled' });
    const toldMs = performance.now() - startedAt;

    expect(await answered).toBeGreaterThan(toldMs);
  });
  it('F36: too many stop orders, too large, and limits of the instrument that have changed', async () => {
    set('F36');
    expect(await create({})).toMatchObject({ retCode: 110009 });
    set('F36', { variant: 'size' });
    expect(await create({})).toMatchObject({ retCode: 10001 });
    set('F36', { variant: 'instrument' });
    expect(await list('/v5/market/instruments-info', 'category=linear')).toMatchObject([{ lotSizeFilter: { maxMktOrderQty: '0.001' } }]);
  });
  it('F70: a resting order is cancelled by self-match', async () => {
    set('F70');
    await limit({ orderLinkId: 'rest' });

    expect(await told('order', { orderLinkId: 'rest', orderStatus: 'Cancelled' }, 5)).toMatchObject({ cancelType: 'CancelBySmp' });
  });
  it.each([110074, 110066, 110023])('F72: %i, and the instrument is closed', async (code) => {
    set('F72', { code });

    expect(await create({})).toMatchObject({ retCode: code });
    expect(await create({})).toMatchObject({ retCode: code });
    expect(await list('/v5/market/instruments-info', 'category=linear')).toMatchObject([{ status: 'Closed' }]);
  });
});

describe('stops and positions', () => {
  beforeEach(async () => {
    await create({ stopLoss: '90', slTriggerBy: 'LastPrice', tpslMode: 'Full' });
    await barEnds();
  });
  const stop = (stopLoss: string): Promise<Row> => post('/v5/position/trading-stop', { stopLoss, tpslMode: 'Full', positionIdx: 0, slTriggerBy: 'MarkPrice' });

  it('F37: not modified although another price was asked for', async () => {
    set('F37');

    expect(await stop('91')).toMatchObject({ retCode: 34040, retMsg: 'not modified' });
    expect(await position()).toMatchObject({ stopLoss: '90' });
  });
  it('F38: the mark falls 5 % while the stop at 97 is on its way: 10001 with the side rule', async () => {
    set('F38', { percent: -5 });

    expect(await stop('97')).toMatchObject({ retCode: 10001, retMsg: expect.stringMatching(/StopLoss/) });
  });
  it('F39: zero position, then fine', async () => {
    set('F39');

    expect(await stop('91')).toMatchObject({ retCode: 10001, retMsg: 'can not set tp/sl/ts for zero position' });
    expect(await stop('91')).toMatchObject({ retCode: 0 });
  });
  it('F34: flat a moment before: the reduce-only exit gets 110017', async () => {
    set('F34');

    expect(await create({ side: 'Sell', reduceOnly: true })).toMatchObject({ retCode: 110017 });
    expect(await position()).toMatchObject({ size: '0', side: '' });
  });
  it('F35: half of the position is sold by hand once a reduce-only order rests', async () => {
    set('F35');
    await limit({ side: 'Sell', price: '120', reduceOnly: true });

    expect(await told('position', { size: '2' }, 5)).toMatchObject({ side: 'Buy' });
  });
  it('F40 and F71: the market falls 20 % through the stop: a fill without a link, created by the stop', async () => {
    set('F71', { percent: -20 });
    await stop('89');

    expect(await told('execution', { createType: 'CreateByStopLoss' }, 10)).toMatchObject({ orderLinkId: '', stopOrderType: 'StopLoss', execQty: '4' });
    expect(Number((await position())['size'])).toBe(0);
  });
  it('F40: by the row of the stop itself', async () => {
    set('F40', { percent: -20 });
    await stop('89');

    expect(await told('execution', { createType: 'CreateByStopLoss' }, 10)).toMatchObject({ orderLinkId: '' });
  });
  it('F68: the market falls 60 % under a position of leverage 2 whose stop was just taken away: the exchange takes it over', async () => {
    set('F68');
    await stop('0');

    expect(await told('execution', { createType: 'CreateByLiq' }, 10)).toMatchObject({ orderLinkId: '', execType: 'BustTrade', execQty: '4' });
    expect(await position()).toMatchObject({ size: '0' });
  });
  it('F67: closed, added to, and given another stop by hand', async () => {
    set('F67', { variant: 'stop', percent: -2 });
    await stop('91');
    expect(await told('position', { stopLoss: '98' }, 5)).toMatchObject({ size: '4' });
    set('F67', { variant: 'add' });
    await stop('92');
    expect(await told('execution', { execQty: '4' }, 5)).toMatchObject({ orderLinkId: '', side: 'Buy' });
    set('F67');
    await stop('93');
    expect(await told('position', { size: '0' }, 5)).toMatchObject({ side: '' });
  });
  it('F69: somebody cancels everything: the stop is gone', async () => {
    set('F69');
    await stop('91');

    expect(await told('order', { orderStatus: 'Deactivated' }, 5)).toMatchObject({ stopOrderType: 'StopLoss' });
    expect(['', '0', '0.0']).toContain((await position())['stopLoss']);
  });
  it('F26: the cancel is acknowledged, the order filled, and told twice', async () => {
    await limit({ orderLinkId: 'rest' });
    await barEnds();
    set('F26');

    expect(await post('/v5/order/cancel', { orderLinkId: 'rest' })).toMatchObject({ retCode: 0, result: { orderLinkId: 'rest' } });
    await told('order', { orderLinkId: 'rest', orderStatus: 'Filled', cancelType: 'UNKNOWN' }, 5);
    await told('order', { orderLinkId: 'rest', orderStatus: 'Filled', cancelType: 'CancelByUser', rejectReason: 'EC_OrigClOrdIDDoesNotExist' });
  });
});
