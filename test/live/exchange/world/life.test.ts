/** What becomes of orders in the local exchange, as its client reads it and is told of it. */
import { describe, expect, it } from 'vitest';
import type { Row } from '../../../../live/exchange/world.ts';
import { flat, fundingOf, minute, series, start } from '../../../sim/market.ts';
import { buy, everyExecution, everyOrder, limit, sell, stageOf } from './stage.ts';

/** The part of rows that a test speaks of. */
const only = (rows: readonly Row[], ...keys: readonly string[]): unknown[] => rows.map((row) => keys.map((key) => row[key]));

describe('an order', () => {
  it('at market of 10 at 100: no New, but Filled with 100 and fee 1, then the execution, the position and the wallet at 9,999', async () => {
    const { world, pushes, ask, rows } = stageOf({ markets: [{ bars: [flat(100), flat(100)] }] });
    world.play(start + minute);
    pushes.length = 0;

    const answer = await ask(world.writes.create(buy('10', { orderLinkId: 'one-1' })));

    // 10 x 100 = 1,000; taker 0.1 % = 1; wallet 10,000 - 1.
    expect(answer.code).toBe(0);
    expect(world.now).toBe(start + minute);
    expect(pushes.map(({ topic }) => topic)).toEqual(['order', 'execution', 'position', 'wallet']);
    expect(only(rows('order'), 'orderStatus', 'avgPrice', 'cumExecQty', 'cumExecFee', 'leavesQty', 'orderLinkId', 'category'))
      .toEqual([['Filled', '100', '10', '1', '0', 'one-1', 'linear']]);
    expect(only(rows('execution'), 'execPrice', 'execQty', 'execValue', 'execFee', 'execType', 'isMaker', 'closedSize', 'leavesQty'))
      .toEqual([['100', '10', '1000', '1', 'Trade', false, '0', '0']]);
    expect(only(rows('position'), 'side', 'size', 'entryPrice', 'positionValue', 'stopLoss')).toEqual([['Buy', '10', '100', '1000', '0']]);
    expect(only(rows('wallet')[0]!['coin'] as Row[], 'walletBalance', 'totalPositionIM', 'equity')).toEqual([['9999', '100', '9999']]);
    expect(answer.result).toEqual({ orderId: rows('order')[0]!['orderId'], orderLinkId: 'one-1' });
  });
  it('resting at 95: New, then PartiallyFilled 3 of 4 and Filled as volumes of 3 and 10 let it, each fill a maker\'s at 95', async () => {
    const bars = [flat(100), [100, 100, 94, 96, 3], [96, 97, 94, 95, 10]] as const;
    const { world, ask, rows, playTo } = stageOf({ markets: [{ bars }], config: { participation: 1 } });
    world.play(start + minute);

    await ask(world.writes.create(limit('Buy', '4', '95')));
    playTo(start + 3 * minute);

    expect(only(rows('order'), 'orderStatus', 'cumExecQty', 'leavesQty')).toEqual([['New', '0', '4'], ['PartiallyFilled', '3', '1'], ['Filled', '4', '0']]);
    // Maker 0.05 %: 3 x 95 x 0.0005 = 0.1425; 1 x 95 x 0.0005 = 0.0475.
    expect(only(rows('execution'), 'execPrice', 'execQty', 'execFee', 'isMaker', 'leavesQty'))
      .toEqual([['95', '3', '0.1425', true, '1'], ['95', '1', '0.0475', true, '0']]);
    expect(world.reads.openOrders(everyOrder)).toEqual([]);
  });
  it('cancelled by its client: Cancelled by the user with nothing left; a second cancel is answered 110001', async () => {
    const { world, ask, rows } = stageOf({ markets: [{ bars: [flat(100), flat(100)] }] });
    world.play(start + minute);
    const made = await ask(world.writes.create(limit('Buy', '4', '95', { orderLinkId: 'lim' })));

    const first = await ask(world.writes.cancel({ symbol: 'AAAUSDT', orderLinkId: 'lim' }));
    const second = await ask(world.writes.cancel({ symbol: 'AAAUSDT', orderId: made.result['orderId'] }));

    expect([first.code, second.code, second.message]).toEqual([0, 110001, 'order not exists or too late to cancel']);
    expect(only(rows('order'), 'orderStatus', 'cancelType', 'rejectReason', 'leavesQty')).toEqual([
      ['New', 'UNKNOWN', 'EC_NoError', '4'], ['Cancelled', 'CancelByUser', 'EC_PerCancelRequest', '0'],
    ]);
  });
  it('post-only at 101 under the ask of a market at 100 is taken with 0 and cancelled, without New', async () => {
    const { world, ask, rows } = stageOf({ markets: [{ bars: [flat(100), flat(100)] }] });
    world.play(start + minute);

    const answer = await ask(world.writes.create(limit('Buy', '4', '101', { timeInForce: 'PostOnly' })));

    expect(answer.code).toBe(0);
    expect(only(rows('order'), 'orderStatus', 'rejectReason', 'cancelType')).toEqual([['Cancelled', 'EC_PostOnlyWillTakeLiquidity', 'UNKNOWN']]);
    expect(rows('execution')).toEqual([]);
  });
  it('conditional at 105: Untriggered, then Triggered and Filled at 105; one cancelled before is Deactivated', async () => {
    const { world, ask, rows, playTo } = stageOf({ markets: [{ bars: [flat(100), [100, 110, 100, 108]] }] });
    world.play(start + minute);

    await ask(world.writes.create(buy('2', { triggerPrice: '105', triggerDirection: 1, triggerBy: 'LastPrice' })));
    await ask(world.writes.create(buy('2', { triggerPrice: '106', triggerDirection: 1, orderLinkId: 'gone' })));
    await ask(world.writes.cancel({ symbol: 'AAAUSDT', orderLinkId: 'gone' }));
    playTo(start + 2 * minute);

    expect(only(rows('order'), 'orderStatus', 'triggerPrice', 'stopOrderType')).toEqual([
      ['Untriggered', '105', 'Stop'], ['Untriggered', '106', 'Stop'], ['Deactivated', '106', 'Stop'],
      ['Triggered', '105', 'Stop'], ['Filled', '105', 'Stop'],
    ]);
    expect(only(rows('execution'), 'execPrice')).toEqual([['105']]);
  });
  it('to reduce 9 of 4 held is cut to 4, ends Filled and shows what it closed; the result is net of both fees', async () => {
    const { world, ask, rows } = stageOf({ markets: [{ bars: [flat(100), flat(110), flat(110)] }] });
    await ask(world.writes.create(buy('4')));
    world.play(start + minute);

    await ask(world.writes.create(sell('9', { reduceOnly: true })));

    // Bought 4 at 100, sold at 110: 40 - 0.4 - 0.44 = 39.16.
    expect(only(rows('order').slice(-1), 'orderStatus', 'qty', 'cumExecQty', 'leavesQty', 'closedPnl')).toEqual([['Filled', '4', '4', '0', '39.16']]);
    expect(only(rows('execution').slice(-1), 'closedSize', 'execPnl')).toEqual([['4', '40']]);
    expect(only(world.reads.closedPnl(null, null, null), 'closedPnl', 'avgEntryPrice', 'avgExitPrice', 'openFee', 'closeFee', 'side', 'fillCount'))
      .toEqual([['39.16', '100', '110', '0.4', '0.44', 'Sell', '1']]);
    expect(only(world.reads.positions('AAAUSDT'), 'side', 'size', 'avgPrice', 'cumRealisedPnl')).toEqual([['', '0', '0', '39.16']]);
    expect(world.reads.positions(null)).toEqual([]);
  });
  it('larger than the opposite position flips it: 4 long and 6 sold leave 2 short, opened by what is over', async () => {
    const { world, ask, rows } = stageOf({ markets: [{ bars: [flat(100), flat(110), flat(110)] }] });
    await ask(world.writes.create(buy('4', { stopLoss: '90' })));
    world.play(start + minute);

    await ask(world.writes.create(sell('6')));

    // Opening fee kept: a third of 6 x 110 x 0.001 = 0.66.
    expect(only(rows('position').slice(-1), 'side', 'size', 'entryPrice', 'stopLoss')).toEqual([['Sell', '2', '110', '0']]);
    expect(only(rows('order').slice(-1), 'orderStatus', 'cancelType', 'createType')).toEqual([['Deactivated', 'CancelByTpSlTsClear', 'CreateByStopLoss']]);
    expect(only(world.reads.closedPnl(null, null, null), 'qty', 'closedSize', 'closedPnl')).toEqual([['6', '4', '39.16']]);
  });
  it('closes everything with qty 0 when it reduces and closes on its trigger', async () => {
    const { world, ask } = stageOf({ markets: [{ bars: [flat(100), flat(110)] }] });
    await ask(world.writes.create(buy('4')));

    const answer = await ask(world.writes.create(sell('0', { reduceOnly: true, closeOnTrigger: true })));

    expect(answer.code).toBe(0);
    expect(only(world.reads.positions('AAAUSDT'), 'size')).toEqual([['0']]);
    expect(only(world.reads.orderHistory(everyOrder).slice(0, 1), 'qty', 'orderStatus')).toEqual([['4', 'Filled']]);
  });
  it('resting to reduce is cancelled with the position that it was for', async () => {
    const { world, ask } = stageOf({ markets: [{ bars: [flat(100), flat(110)] }] });
    await ask(world.writes.create(buy('4')));
    await ask(world.writes.create(limit('Sell', '4', '150', { reduceOnly: true, orderLinkId: 'target' })));

    await ask(world.writes.create(sell('4', { reduceOnly: true })));

    expect(only(world.reads.closedOrders({ ...everyOrder, orderLinkId: 'target' }), 'orderStatus', 'cancelType')).toEqual([['Cancelled', 'CancelByReduceOnly']]);
  });
});

describe('the orders of a position', () => {
  it('come with its stop and target, follow its size, fire, and the others end with it', async () => {
    const { world, ask, rows, pushes, playTo } = stageOf({ markets: [{ bars: [flat(100), flat(100), [100, 100, 80, 85]] }] });
    await ask(world.writes.create(buy('4', { stopLoss: '95', takeProfit: '150', slTriggerBy: 'MarkPrice' })));
    await ask(world.writes.create(buy('1')));
    world.play(start + minute);

    expect(only(world.reads.openOrders({ ...everyOrder, orderFilter: 'StopOrder' }),
      'stopOrderType', 'createType', 'triggerPrice', 'triggerBy', 'triggerDirection', 'qty', 'side', 'orderLinkId', 'reduceOnly', 'closeOnTrigger', 'orderStatus'))
      .toEqual([
        ['TakeProfit', 'CreateByTakeProfit', '150', 'LastPrice', 1, '5', 'Sell', '', true, true, 'Untriggered'],
        ['StopLoss', 'CreateByStopLoss', '95', 'MarkPrice', 2, '5', 'Sell', '', true, true, 'Untriggered'],
      ]);
    expect(only(world.reads.positions('AAAUSDT'), 'stopLoss', 'takeProfit', 'tpslMode')).toEqual([['95', '150', 'Full']]);

    pushes.length = 0;
    playTo(start + 3 * minute);

    expect(only(rows('order'), 'stopOrderType', 'orderStatus', 'cancelType')).toEqual([
      ['StopLoss', 'Triggered', 'UNKNOWN'], ['StopLoss', 'Filled', 'UNKNOWN'], ['TakeProfit', 'Deactivated', 'CancelByTpSlTsClear'],
    ]);
    expect(only(rows('execution'), 'execPrice', 'stopOrderType', 'createType', 'orderLinkId')).toEqual([['95', 'StopLoss', 'CreateByStopLoss', '']]);
    expect(only(rows('position'), 'side', 'size', 'stopLoss', 'takeProfit')).toEqual([['', '0', '0', '0']]);
  });
  it('move with a trading stop under the same id and go with 0; the same again is 34040', async () => {
    const { world, ask } = stageOf({ markets: [{ bars: [flat(100), flat(100)] }] });
    const stops = (): Row[] => [...world.reads.openOrders({ ...everyOrder, orderFilter: 'StopOrder' })];
    await ask(world.writes.create(buy('4', { stopLoss: '90' })));
    const before = stops();

    const moved = await ask(world.writes.tradingStop({ symbol: 'AAAUSDT', stopLoss: '95', tpslMode: 'Full', positionIdx: 0 }));
    const again = await ask(world.writes.tradingStop({ symbol: 'AAAUSDT', stopLoss: '95', tpslMode: 'Full', positionIdx: 0 }));
    const after = stops();
    const removed = await ask(world.writes.tradingStop({ symbol: 'AAAUSDT', stopLoss: '0', tpslMode: 'Full', positionIdx: 0 }));

    expect([moved.code, again.code, again.message, removed.code]).toEqual([0, 34040, 'not modified', 0]);
    expect(only(after, 'orderId', 'triggerPrice')).toEqual([[before[0]!['orderId'], '95']]);
    expect(stops()).toEqual([]);
    expect(only(world.reads.positions('AAAUSDT'), 'stopLoss', 'size')).toEqual([['0', '4']]);
  });
  it('go with a cancel of everything, and stay with a cancel of active orders alone', async () => {
    const { world, ask } = stageOf({ markets: [{ bars: [flat(100), flat(100)] }] });
    await ask(world.writes.create(buy('4', { stopLoss: '90' })));
    await ask(world.writes.create(limit('Buy', '1', '50', { orderLinkId: 'low' })));

    const active = await ask(world.writes.cancelAll({ symbol: 'AAAUSDT', orderFilter: 'Order' }));
    const stopAfterActive = world.reads.positions('AAAUSDT')[0]!['stopLoss'];
    const all = await ask(world.writes.cancelAll({ symbol: 'AAAUSDT' }));

    expect(only(active.result['list'] as Row[], 'orderLinkId')).toEqual([['low']]);
    expect([stopAfterActive, world.reads.positions('AAAUSDT')[0]!['stopLoss']]).toEqual(['90', '0']);
    expect((all.result['list'] as Row[]).length).toBe(1);
  });
  it('include a trailing stop, whose row shows its activation price', async () => {
    const { world, ask, playTo, rows } = stageOf({ markets: [{ bars: [flat(100), [100, 120, 100, 110]] }] });
    await ask(world.writes.create(buy('4')));

    await ask(world.writes.tradingStop({ symbol: 'AAAUSDT', trailingStop: '5', activePrice: '115' }));
    const row = world.reads.openOrders(everyOrder)[0]!;
    playTo(start + 2 * minute);

    expect([row['stopOrderType'], row['triggerPrice'], world.reads.positions('AAAUSDT')[0]!['trailingStop']]).toEqual(['TrailingStop', '115', '0']);
    expect(only(rows('execution').slice(-1), 'execPrice', 'stopOrderType')).toEqual([['115', 'TrailingStop']]); // 120 - 5
  });
});

describe('what the account is charged', () => {
  it('for funding of 0.1 % on 10 at 110: an execution of type Funding that paid 1.1, booked as a settlement of -1.1, no position push', async () => {
    const funding = fundingOf([[start + minute, 0.001]]);
    const { world, ask, rows, pushes, playTo } = stageOf({ markets: [{ bars: [flat(100), flat(110)], funding }] });
    await ask(world.writes.create(buy('10')));
    world.play(start + minute);
    pushes.length = 0;

    playTo(start + minute + 1);

    expect(pushes.map(({ topic, at }) => [topic, at - start])).toEqual([['execution', minute], ['wallet', minute], ['tickers', minute]]);
    expect(only(rows('execution'), 'execType', 'execFee', 'execQty', 'execPrice', 'orderType', 'side', 'closedSize'))
      .toEqual([['Funding', '1.1', '10', '110', 'UNKNOWN', 'Buy', '0']]);
    expect(only(world.reads.transactions(null, null).slice(0, 1), 'type', 'funding', 'change', 'cashBalance', 'fee'))
      .toEqual([['SETTLEMENT', '-1.1', '-1.1', '9997.9', '0']]); // 10,000 - 1 - 1.1
    expect(only(world.market.fundingHistory('AAAUSDT', null, null), 'fundingRate', 'fundingRateTimestamp')).toEqual([['0.001', String(start + minute)]]);
  });
  it('by a liquidation at 90.5 on the mark: BustTrade at the bankruptcy price 90 by an order of the exchange', async () => {
    const mark = series([flat(100), [100, 100, 85, 85]]);
    const { world, ask, rows, playTo } = stageOf({ markets: [{ bars: [flat(100), [100, 100, 88, 90]], mark }] });
    await ask(world.writes.create(buy('10')));
    playTo(start + 2 * minute);

    // 10x: margin 100 on 1,000; bankrupt at 90; liquidated at (1,000 - 100) / (10 x 0.995).
    expect(only(rows('execution').slice(-1), 'execType', 'execPrice', 'createType', 'execPnl', 'closedSize')).toEqual([['BustTrade', '90', 'CreateByLiq', '-100', '10']]);
    expect(only(rows('position').slice(0, 1), 'liqPrice', 'positionIM')).toEqual([['90.45226131', '100']]);
  });
});

describe('what is asked of the account', () => {
  it('executions and orders go newest first, an id before the other filters', async () => {
    const { world, ask } = stageOf({ markets: [{ bars: [flat(100), flat(100)] }] });
    for (const link of ['a', 'b', 'c']) await ask(world.writes.create(buy('1', { orderLinkId: link })));

    expect(only(world.reads.executions(everyExecution), 'orderLinkId')).toEqual([['c'], ['b'], ['a']]);
    expect(only(world.reads.executions({ ...everyExecution, orderLinkId: 'b', execType: 'Funding' }), 'orderLinkId')).toEqual([['b']]);
    expect(only(world.reads.executions({ ...everyExecution, execType: 'Funding' }), 'orderLinkId')).toEqual([]);
    expect(only(world.reads.orderHistory({ ...everyOrder, orderStatus: 'Filled' }), 'orderLinkId')).toEqual([['c'], ['b'], ['a']]);
  });
  it('a wiped cache of closed orders is empty; the history is not', async () => {
    const { world, ask } = stageOf({ markets: [{ bars: [flat(100), flat(100)] }] });
    await ask(world.writes.create(buy('1')));
    const before = world.reads.closedOrders(everyOrder).length;

    world.acts.wipeClosed();

    expect([before, world.reads.closedOrders(everyOrder).length, world.reads.orderHistory(everyOrder).length]).toEqual([1, 0, 1]);
  });
});
