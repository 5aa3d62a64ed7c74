/**
 * Pushed rows as events: whatever the order and however often they come. Two instruments' worth of nothing: one linear
 * symbol, tick 1, lot 1, so that texts and whole numbers are the same.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../../engine/index.ts';
import { AccountFeed } from '../../../live/bybit/account-feed.ts';
import { Links } from '../../../live/bybit/links.ts';
import { executionRow, orderRow, positionRow, walletRow } from '../../../live/bybit/rows.ts';
import { linear } from '../../sim/market.ts';

const at = 1_699_920_000_000;
const own = 'abcdef00-7';

function feedOf(): { readonly feed: AccountFeed; readonly events: Event[]; readonly wondered: number[] } {
  const events: Event[] = [];
  const wondered: number[] = [];
  const feed = new AccountFeed({
    symbols: ['AAAUSDT'], instruments: () => [linear()], links: new Links('abcdef'), tell: (event) => { events.push(event); }, wonder: (leg) => { wondered.push(leg); },
    nextFunding: () => at + 1, now: () => at,
  });
  return { feed, events, wondered };
}
const order = (row: Readonly<Record<string, unknown>>) => orderRow.parse({
  orderId: 'id-1', orderLinkId: own, symbol: 'AAAUSDT', side: 'Buy', orderStatus: 'New', qty: '4', price: '95', cumExecQty: '0', orderType: 'Limit',
  stopOrderType: '', createType: 'CreateByUser', cancelType: 'UNKNOWN', rejectReason: 'EC_NoError', updatedTime: String(at), createdTime: String(at), ...row,
});
const execution = (row: Readonly<Record<string, unknown>>) => executionRow.parse({
  symbol: 'AAAUSDT', orderId: 'id-1', orderLinkId: own, side: 'Buy', execId: 'e1', execPrice: '95', execQty: '4', execValue: '380', execFee: '0.19', feeRate: '0.0005',
  execType: 'Trade', execTime: String(at), isMaker: true, leavesQty: '0', createType: 'CreateByUser', stopOrderType: 'UNKNOWN', ...row,
});
const position = (row: Readonly<Record<string, unknown>>) => positionRow.parse({
  symbol: 'AAAUSDT', side: 'Buy', size: '4', entryPrice: '95', stopLoss: '', trailingStop: '0', leverage: '1', positionIdx: 0, updatedTime: String(at), ...row,
});
const tags = (events: readonly Event[]): readonly string[] => events.map(({ tag }) => tag);

describe('orders as they are pushed', () => {
  it('an order that fills is accepted once, and its fill comes from its execution', () => {
    const { feed, events } = feedOf();

    feed.order(order({}));
    feed.order(order({ orderStatus: 'PartiallyFilled', cumExecQty: '1' }));
    feed.execution(execution({}));
    feed.order(order({ orderStatus: 'Filled', cumExecQty: '4' }));

    expect(tags(events)).toEqual(['order-accepted', 'execution']);
    feed.close();
  });
  it('a cancel that came too late leaves the order filled, whichever of its two last rows comes first', () => {
    const filled = order({ orderStatus: 'Filled', cumExecQty: '4' });
    const failedCancel = order({ orderStatus: 'Filled', cumExecQty: '4', cancelType: 'CancelByUser', rejectReason: 'EC_OrigClOrdIDDoesNotExist' });

    for (const rows of [[filled, failedCancel], [failedCancel, filled]]) {
      const { feed, events } = feedOf();
      feed.cancelAsked(0, 7);
      for (const row of rows) feed.order(row);

      expect(tags(events)).toEqual(['order-accepted']);
      feed.close();
    }
  });
  it('an order cancelled after 3 of 4 lots says so, also where the row shows nothing left', () => {
    const { feed, events } = feedOf();
    feed.cancelAsked(0, 7);

    feed.order(order({ orderStatus: 'Cancelled', cumExecQty: '3', leavesQty: '0', cancelType: 'CancelByUser', rejectReason: 'EC_PerCancelRequest' }));

    expect(events).toEqual([{ tag: 'order-cancelled', at, leg: 0, order: 7, cause: 'requested', filled: 3 }]);
  });
  it.each([
    ['by hand in the app', { cancelType: 'CancelByUser', rejectReason: 'EC_PerCancelRequest' }, 'venue'],
    ['as post-only', { rejectReason: 'EC_PostOnlyWillTakeLiquidity' }, 'post-only-would-take'],
    ['at market without volume', { orderType: 'Market', rejectReason: 'EC_NoImmediateQtyToFill' }, 'no-volume'],
    ['as an IOC limit that met nothing', { rejectReason: 'EC_NoImmediateQtyToFill' }, 'ioc-unfilled'],
    ['as FOK', { rejectReason: 'EC_CancelForNoFullFill' }, 'fok-unfilled'],
    ['with its position', { cancelType: 'CancelByReduceOnly' }, 'position-closed'],
    ['for a reason of tomorrow', { cancelType: 'CancelByMoon' }, 'venue'],
  ])('an order cancelled %s has its cause', (_what, row, cause) => {
    const { feed, events } = feedOf();

    feed.order(order({ orderStatus: 'Cancelled', ...row }));

    expect(events).toMatchObject([{ tag: 'order-cancelled', cause }]);
  });
  it('a rejection with 2 lots filled is a cancel of the rest; a conditional one that dies as it fires wants margin', () => {
    const first = feedOf();
    first.feed.order(order({ orderStatus: 'Rejected', cumExecQty: '2', rejectReason: 'EC_Others' }));
    const second = feedOf();
    second.feed.order(order({ orderStatus: 'Rejected', stopOrderType: 'Stop', rejectReason: 'EC_Others' }));
    const third = feedOf();
    third.feed.order(order({ orderStatus: 'Rejected', rejectReason: 'EC_Others' }));

    expect(first.events).toMatchObject([{ tag: 'order-cancelled', filled: 2, cause: 'venue' }]);
    expect(second.events).toMatchObject([{ tag: 'order-cancelled', filled: 0, cause: 'insufficient-margin' }]);
    expect(third.events).toMatchObject([{ tag: 'order-rejected', reason: 'other' }]);
  });
  it('a new price is told once, and an older row after it changes nothing', () => {
    const { feed, events } = feedOf();
    feed.sent(0, 7, 4, 95);

    feed.order(order({}));
    feed.order(order({ price: '96', qty: '3', updatedTime: String(at + 5) }));
    feed.order(order({ updatedTime: String(at + 1) }));

    expect(events.slice(1)).toEqual([{ tag: 'order-changed', at: at + 5, leg: 0, order: 7, change: 'amended', lots: 3, priceTicks: 96 }]);
  });
  it('the protective price that a market order shows is no change of it', () => {
    const { feed, events } = feedOf();
    feed.sent(0, 7, 4, 0);

    feed.order(order({ orderType: 'Market', price: '104' }));

    expect(tags(events)).toEqual(['order-accepted']);
  });
  it('orders of other runs, of people and of the position itself are nobody here', () => {
    const { feed, events, wondered } = feedOf();

    for (const orderLinkId of ['zzzzzz00-7', 'by hand', '']) feed.order(order({ orderLinkId, orderStatus: 'Cancelled' }));

    expect([events, wondered]).toEqual([[], []]);
  });
  it('a status that nobody knows yet makes the account be read', () => {
    const { feed, events, wondered } = feedOf();

    feed.order(order({ orderStatus: 'Dreaming' }));

    expect([events, wondered]).toEqual([[], [0]]);
  });
  it('2 and 3: rows in any order and any number end an order once, as what ended it says, and count each execution once', () => {
    const rows = [
      (feed: AccountFeed) => feed.order(order({})),
      (feed: AccountFeed) => feed.order(order({ orderStatus: 'PartiallyFilled', cumExecQty: '2', updatedTime: String(at + 1) })),
      (feed: AccountFeed) => feed.execution(execution({ execId: 'e1', execQty: '2', leavesQty: '2' })),
      (feed: AccountFeed) => feed.order(order({ orderStatus: 'Cancelled', cumExecQty: '2', updatedTime: String(at + 2) })),
      (feed: AccountFeed) => feed.execution(execution({ execId: 'f1', execType: 'Funding', execFee: '0.5', orderLinkId: '', orderId: 'funding' })),
    ];

    fc.assert(fc.property(fc.array(fc.nat(rows.length - 1), { maxLength: 30 }), (places) => {
      const { feed, events } = feedOf();
      for (const place of [...places, 0, 1, 2, 3, 4]) rows[place]!(feed);
      const count = (tag: string): number => events.filter((event) => event.tag === tag).length;

      expect(count('order-cancelled')).toBe(1);
      expect(count('execution')).toBe(1);
      expect(count('funding')).toBe(1);
      expect(count('order-accepted')).toBeLessThanOrEqual(1);
      feed.close();
    }));
  });
});

describe('executions as they are pushed', () => {
  it('a fill of ours has lots, price, exact value, fee and what is left', () => {
    const { feed, events } = feedOf();

    feed.execution(execution({}));

    expect(events).toEqual([{
      tag: 'execution', at, tradedAt: at, leg: 0, order: 7, id: 'e1', cause: 'order', side: 1, lots: 4, priceTicks: 95, value: 380_000_000_000_000n, fee: 190_000_000_000n,
      liquidity: 'maker', leavesLots: 0,
    }]);
  });
  it.each([
    ['a stop', { createType: 'CreateByStopLoss', stopOrderType: 'StopLoss' }, -1, 'stop', []],
    ['a target', { createType: 'CreateByTakeProfit', stopOrderType: 'TakeProfit' }, -1, 'target', []],
    ['a trailing stop', { createType: 'CreateByTrailingStop', stopOrderType: 'TrailingStop' }, -1, 'trailing', []],
    ['a liquidation', { execType: 'BustTrade', createType: 'CreateByTakeOver_PassThrough' }, -1, 'liquidation', ['liquidation']],
    ['a deleveraging', { execType: 'AdlTrade', createType: 'CreateByAdl_PassThrough' }, -1, 'adl', ['adl']],
    ['somebody by hand', {}, -2, 'foreign', []],
    ['another program', { orderLinkId: 'other' }, -2, 'foreign', []],
  ])('a fill of %s has its cause', (_what, row, number, cause, after) => {
    const { feed, events } = feedOf();

    feed.execution(execution({ orderLinkId: '', ...row }));

    expect(events[0]).toMatchObject({ tag: 'execution', order: number, cause });
    expect(tags(events.slice(1))).toEqual(after);
  });
  it('a funding row of 0.06 paid is a payment of -0.06, never a fill', () => {
    const { feed, events } = feedOf();

    feed.execution(execution({ execType: 'Funding', execFee: '0.06', feeRate: '0.0001', orderLinkId: '', execId: 'f' }));

    expect(events).toEqual([{ tag: 'funding', at, symbol: 0, leg: 0, rate: 0.0001, settledAt: at, nextAt: at + 1, payment: -60_000_000_000n }]);
  });
  it('a kind of execution that nobody knows yet moves nothing and makes the account be read', () => {
    const { feed, events, wondered } = feedOf();

    feed.execution(execution({ execType: 'CorporateAction' }));

    expect([events, wondered]).toEqual([[], [0]]);
  });
});

describe('positions and wallets as they are pushed', () => {
  it('a stop is told when the position shows it first, when it moves, and not when nothing changed', () => {
    const { feed, events } = feedOf();
    feed.stopAskedBy(0, 'last');

    for (const [i, stopLoss] of ['', '90', '90.00', '91', '91'].entries()) feed.position(position({ stopLoss, updatedTime: String(at + i) }));

    expect(events).toMatchObject([{ tag: 'stop-set', triggerTicks: 90, by: 'last' }, { tag: 'stop-set', triggerTicks: 91, at: at + 3 }]);
    expect([feed.showsStop(0, 91, 0), feed.showsStop(0, 90, 0)]).toEqual([true, false]);
  });
  it('a stop that is gone from an open position makes the account be read; one gone with its position does not', () => {
    const { feed, wondered } = feedOf();
    feed.position(position({ stopLoss: '90' }));

    feed.position(position({ size: '0', side: '', stopLoss: '0' }));
    expect(wondered).toEqual([]);

    feed.position(position({ stopLoss: '90' }));
    feed.position(position({ stopLoss: '0' }));
    expect(wondered).toEqual([0]);
  });
  it('an older position row, a hedge row and a row of another symbol are nothing', () => {
    const { feed, events } = feedOf();
    feed.position(position({ stopLoss: '90' }));

    feed.position(position({ stopLoss: '80', updatedTime: String(at - 1) }));
    feed.position(position({ stopLoss: '81', positionIdx: 2 }));
    feed.position(position({ stopLoss: '82', symbol: 'BBBUSDT' }));

    expect(tags(events)).toEqual(['stop-set']);
  });
  it('the same stop on a new position of the other side is told again', () => {
    const { feed, events } = feedOf();

    feed.position(position({ stopLoss: '90' }));
    feed.position(position({ side: 'Sell', stopLoss: '90' }));

    expect(tags(events)).toEqual(['stop-set', 'stop-set']);
  });
  it('a balance is told exactly, and once while it stays', () => {
    const { feed, events } = feedOf();
    const row = walletRow.parse({ coin: [{ coin: 'USDT', walletBalance: '1000.000000000001', equity: '1' }, { coin: 'BTC', walletBalance: '1' }] });

    feed.wallet(row);
    feed.wallet(row);

    expect(events).toEqual([{ tag: 'wallet', at, wallet: 0, balance: 1_000_000_000_000_001n }]);
  });
});
