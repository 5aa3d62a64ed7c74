/** Faults of reads, shown on the wire: answers from the past, rows that are missing, repeated or many. */
import { afterEach, describe, expect, it } from 'vitest';
import { snapshotOf } from '../../../../live/exchange/rest/index.ts';
import type { Effect } from '../../../../live/exchange/rest/index.ts';
import type { Row } from '../../../../live/exchange/world.ts';
import { openDoor } from './client.ts';
import type { Door } from './client.ts';
import { marketNow, orderRow, positionRow } from './small-world.ts';

const realtime = ['/v5/order/realtime', 'category=linear&settleCoin=USDT'] as const;

describe('faults of reads', () => {
  let door: Door;
  let effects: readonly Effect[] = [];
  afterEach(async () => { await door.close(); });
  const open = async (): Promise<void> => {
    effects = [];
    door = await openDoor({ sink: { closesUnread: () => false, effectsOn: () => effects } });
  };
  const ids = async (query: readonly [string, string] = realtime, key = 'orderId') => (await door.get(...query)).body.result.list.map((row) => row[key]);

  it('stale: every read answers from the snapshot while the account has moved on', async () => {
    await open();
    const { rows } = door.world;
    const at = { execTime: String(marketNow - 5), updatedTime: String(marketNow - 5), transactionTime: String(marketNow - 5) };
    rows.open = [orderRow('old'), orderRow('stop', { stopOrderType: 'StopLoss' })];
    rows.closed = [orderRow('done')];
    rows.history = [orderRow('done', { orderStatus: 'Filled' })];
    rows.executions = [{ execId: 'e1', symbol: 'BTCUSDT', execType: 'Trade', ...at }, { execId: 'f1', symbol: 'BTCUSDT', execType: 'Funding', ...at }];
    rows.closedPnl = [{ orderId: 'p1', symbol: 'BTCUSDT', ...at }];
    rows.transactions = [{ id: 't1', ...at }];
    rows.positions = [positionRow('BTCUSDT', 'Buy', '1')];
    effects = [{ tag: 'stale', reads: snapshotOf(door.world.reads, ['BTCUSDT', 'ETHUSDT']) }];
    Object.assign(rows, { open: [], closed: [], history: [], executions: [], closedPnl: [], transactions: [], positions: [], wallet: { accountType: 'NONE' } });

    expect(await ids()).toEqual(['old', 'stop']);
    expect(await ids(['/v5/order/realtime', 'category=linear&settleCoin=USDT&orderFilter=Order'])).toEqual(['old']);
    expect(await ids(['/v5/order/realtime', 'category=linear&settleCoin=USDT&orderFilter=StopOrder'])).toEqual(['stop']);
    expect(await ids(['/v5/order/realtime', 'category=linear&orderLinkId=link-done'])).toEqual(['done']);
    expect(await ids(['/v5/order/history', 'category=linear&orderStatus=Filled'])).toEqual(['done']);
    expect(await ids(['/v5/order/history', `category=linear&endTime=${marketNow - 2_000}`])).toEqual([]);
    expect(await ids(['/v5/execution/list', 'category=linear&execType=Trade'], 'execId')).toEqual(['e1']);
    expect(await ids(['/v5/position/closed-pnl', 'category=linear'])).toEqual(['p1']);
    expect(await ids(['/v5/account/transaction-log', ''], 'id')).toEqual(['t1']);
    expect(await ids(['/v5/position/list', 'category=linear&symbol=ETHUSDT'], 'size')).toEqual(['0']);
    expect(await ids(['/v5/position/list', 'category=linear&settleCoin=USDT'], 'size')).toEqual(['1']);
    expect(await ids(['/v5/account/wallet-balance', 'accountType=UNIFIED'], 'accountType')).toEqual(['UNIFIED']);
    effects = [];
    expect(await ids()).toEqual([]);
  });
  it('rows: an order withheld, one twice, and 1300 instruments over three pages', async () => {
    await open();
    door.world.rows.open = [orderRow('a'), orderRow('b')];

    effects = [{ tag: 'rows', change: (rows) => rows.slice(1) }];
    expect(await ids()).toEqual(['b']);
    effects = [{ tag: 'rows', change: (rows) => [...rows, ...rows.slice(0, 1)] }];
    expect(await ids()).toEqual(['a', 'b', 'a']);
    effects = [{ tag: 'rows', change: (rows) => Array.from({ length: 1_300 }, (_, i) => ({ ...(rows[0] as Row), symbol: `S${String(i).padStart(4, '0')}` })) }];
    const counts: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await door.get('/v5/market/instruments-info', `category=linear&cursor=${cursor}`, null);
      counts.push(body.result.list.length);
      cursor = body.result.nextPageCursor === '' ? null : body.result.nextPageCursor;
    }
    expect(counts).toEqual([500, 500, 300]);
  });
  it('page: the border order comes again on page two, and candles come with one repeated at the newer border', async () => {
    await open();
    door.world.rows.open = Array.from({ length: 4 }, (_, i) => orderRow(`o${i}`));
    const first = await door.get(realtime[0], `${realtime[1]}&limit=2`);
    effects = [{ tag: 'page', trick: 'overlap' }];
    const second = await ids([realtime[0], `${realtime[1]}&limit=2&cursor=${first.body.result.nextPageCursor}`]);
    const minute = 60_000;
    const end = Date.UTC(2024, 2, 15, 11, 0) - 1;
    const candles = (await door.get('/v5/market/kline', `symbol=BTCUSDT&interval=1&limit=2&end=${end}`, null)).body.result.list as unknown as string[][];

    expect(second).toEqual(['o1', 'o2', 'o3']);
    expect(candles.map((row) => Number(row[0]))).toEqual([end + 1, end + 1 - minute, end + 1 - 2 * minute]);
  });
  it('page: an empty page leads on to the same rows, and the last page may name a cursor to an empty one', async () => {
    await open();
    door.world.rows.open = [orderRow('a')];
    effects = [{ tag: 'page', trick: 'empty' }];
    const nothing = (await door.get(...realtime)).body.result;
    effects = [{ tag: 'page', trick: 'trailing-cursor' }];
    const all = (await door.get(realtime[0], `${realtime[1]}&cursor=${nothing.nextPageCursor}`)).body.result;
    const beyond = (await door.get(realtime[0], `${realtime[1]}&cursor=${all.nextPageCursor}`)).body.result;

    expect([nothing.list.length, all.list.length, all.nextPageCursor === '', beyond.list.length, beyond.nextPageCursor]).toEqual([0, 1, false, 0, '']);
  });
  it('a candle is missing in the middle', async () => {
    await open();
    effects = [{ tag: 'rows', change: (rows) => rows.filter((_, i) => i !== 1) }];

    const { body } = await door.get('/v5/market/kline', 'symbol=BTCUSDT&interval=1&limit=3', null);

    expect(body.result.list.map((row) => Number((row as unknown as string[])[0]))).toEqual([marketNow - 30_000, marketNow - 150_000]);
  });
});
