/** What the local exchange refuses, each with the code and the words of the protocol sheet. */
import { describe, expect, it } from 'vitest';
import type { Answer, Row } from '../../../../live/exchange/world.ts';
import { flat, linear, minute, start } from '../../../sim/market.ts';
import type { MarketWish } from '../../../sim/market.ts';
import { buy, everyOrder, limit, sell, stageOf } from './stage.ts';
import type { Stage } from './stage.ts';

const still: MarketWish = { bars: [flat(100), flat(100), flat(100)] };
/** Tick 0.5, step 0.01, at least 0.02 and 5 USDT. */
const fine: MarketWish = { bars: [flat(200), flat(200)], instrument: linear({ tick: '0.5', qtyStep: '0.01', minQty: '0.02', minNotional: '5' }) };

const said = ({ code, message }: Answer): [number, string] => [code, message];
const stop = (more: Row): Row => ({ symbol: 'AAAUSDT', tpslMode: 'Full', positionIdx: 0, ...more });

async function created(stage: Stage, body: Row): Promise<[number, string]> {
  return said(await stage.ask(stage.world.writes.create(body)));
}

describe('an order is refused for its form', () => {
  it.each([
    ['an unknown symbol', { symbol: 'NOPE' }, 'symbol invalid'],
    ['a side that is none', { side: 'Long' }, 'Side invalid'],
    ['a kind that is none', { orderType: 'Stop' }, 'OrderType invalid'],
    ['a position index of hedge mode', { positionIdx: 1 }, 'position idx not match position mode'],
    ['a link of 37 characters', { orderLinkId: 'x'.repeat(37) }, 'orderLinkId is illegal'],
    ['a link with a dot', { orderLinkId: 'a.b' }, 'orderLinkId is illegal'],
    ['no quantity', { qty: '' }, 'Qty invalid'],
    ['a quantity that is no number', { qty: '1e2' }, 'Qty invalid'],
    ['0.025 off the step of 0.01', { qty: '0.025' }, 'Qty invalid'],
    ['quantity 0 alone', { qty: '0' }, 'The number of contracts exceeds minimum limit allowed'],
    ['0.01 under the least of 0.02', { qty: '0.01' }, 'The number of contracts exceeds minimum limit allowed'],
    ['10.01 over the most of 10', { qty: '10.01' }, 'The number of contracts exceeds maximum limit allowed'],
    ['a limit order without price', { orderType: 'Limit' }, 'Price invalid'],
    ['200.25 off the tick of 0.5', { orderType: 'Limit', price: '200.25' }, 'Price invalid'],
    ['a negative price', { orderType: 'Limit', price: '-1' }, 'Price invalid'],
    ['a trigger without direction', { triggerPrice: '210' }, 'TriggerDirection invalid'],
    ['a trigger off the tick', { triggerPrice: '210.1', triggerDirection: 1 }, 'TriggerPrice invalid'],
    ['a stop off the tick', { stopLoss: '150.3' }, 'stopLoss invalid'],
    ['stops of a part', { stopLoss: '150', tpslMode: 'Partial' }, 'tpslMode Partial is not supported'],
  ])('%s: 10001', async (_what, more, message) => {
    const stage = stageOf({ markets: [fine], maxMarketLots: 1_000 });

    expect(await created(stage, buy('0.1', more))).toEqual([10001, message]);
    expect(stage.world.reads.orderHistory(everyOrder)).toEqual([]);
    expect(stage.pushes).toEqual([]);
  });
  it('a stop attached to an order that reduces: 110057', async () => {
    const stage = stageOf({ markets: [still] });
    await created(stage, buy('2'));

    expect((await created(stage, sell('1', { reduceOnly: true, stopLoss: '120' })))[0]).toBe(110057);
  });
});

describe('an order is refused for what it would do', () => {
  it('under 5 USDT of value: 110094', async () => {
    const stage = stageOf({ markets: [fine] });

    expect(await created(stage, buy('0.02'))).toEqual([110094, 'Order does not meet minimum order value 5USDT']); // 0.02 x 200 = 4
  });
  it('to reduce what is not there: 110017, with other words when the position is on the same side', async () => {
    const stage = stageOf({ markets: [still] });

    expect(await created(stage, sell('1', { reduceOnly: true }))).toEqual([110017, 'current position is zero, cannot fix reduce-only order qty']);
    await created(stage, buy('1'));
    expect(await created(stage, buy('1', { reduceOnly: true }))).toEqual([110017, 'Reduce-only rule not satisfied']);
  });
  it('1,001 at 100 with 10x of 10,000: 110007', async () => {
    const stage = stageOf({ markets: [still] });

    expect(await created(stage, buy('1001'))).toEqual([110007, 'ab not enough for new order']);
  });
  it('triggers already passed: 110092 rising, 110093 falling, prices scaled by 10,000', async () => {
    const stage = stageOf({ markets: [still] });

    expect(await created(stage, buy('1', { triggerPrice: '100', triggerDirection: 1 })))
      .toEqual([110092, 'expect Rising, but trigger_price[1000000] <= current[1000000]??LastPrice']);
    expect(await created(stage, sell('1', { triggerPrice: '101', triggerDirection: 2, triggerBy: 'MarkPrice' })))
      .toEqual([110093, 'expect Falling, but trigger_price[1010000] >= current[1000000]??MarkPrice']);
  });
  it('under a link that was used, also by one that ended: 110072; one that was refused leaves its link free', async () => {
    const stage = stageOf({ markets: [still] });

    expect((await created(stage, buy('9999', { orderLinkId: 'a' })))[0]).toBe(110007);
    expect((await created(stage, buy('1', { orderLinkId: 'a' })))[0]).toBe(0);
    expect(await created(stage, buy('1', { orderLinkId: 'a' }))).toEqual([110072, 'OrderLinkedID is duplicate']);
  });
  it('two at once under one link: the second is 110072', async () => {
    const { world, ask } = stageOf({ markets: [still] });

    const both = [world.writes.create(buy('1', { orderLinkId: 'twin' })), world.writes.create(buy('1', { orderLinkId: 'twin' }))];

    expect([(await ask(both[0]!)).code, (await ask(both[1]!)).code]).toEqual([0, 110072]);
  });
  it('the 501st active order 110020, the 11th conditional one 110009', async () => {
    const stage = stageOf({ markets: [still], config: { cash: 1_000_000 } });
    for (let i = 0; i < 10; i++) expect((await created(stage, buy('1', { triggerPrice: String(110 + i), triggerDirection: 1 })))[0]).toBe(0);
    for (let i = 0; i < 500; i++) expect((await created(stage, limit('Buy', '1', '50')))[0]).toBe(0);

    expect((await created(stage, limit('Buy', '1', '50')))[0]).toBe(110020);
    expect((await created(stage, buy('1', { triggerPrice: '130', triggerDirection: 1 })))[0]).toBe(110009);
  });
  it('after the last bar of the data: 110066, at once', async () => {
    const stage = stageOf({ markets: [still] });
    stage.playTo(start + 3 * minute);

    expect((await created(stage, buy('1')))[0]).toBe(110066);
    expect(stage.world.now).toBe(start + 3 * minute);
  });
});

describe('a change of an order', () => {
  it('takes a new total and price; at or under what is filled it is 110064, of an unknown or ended order 110001', async () => {
    const bars = [flat(100), [100, 100, 90, 95, 3], flat(95)] as const;
    const { world, ask, playTo } = stageOf({ markets: [{ bars }], config: { participation: 1 } });
    world.play(start + minute);
    await ask(world.writes.create(limit('Buy', '8', '95', { orderLinkId: 'low' })));
    const amend = async (more: Row): Promise<[number, string]> => said(await ask(world.writes.amend({ symbol: 'AAAUSDT', orderLinkId: 'low', ...more })));

    expect(await amend({ qty: '6', price: '94' })).toEqual([0, 'OK']);
    expect(world.reads.openOrders(everyOrder).map(({ qty, price }) => [qty, price])).toEqual([['6', '94']]);
    playTo(start + 2 * minute);
    expect(world.reads.openOrders(everyOrder)[0]!['cumExecQty']).toBe('3');
    expect((await amend({ qty: '3' }))[0]).toBe(110064);
    expect(await amend({})).toEqual([10001, 'order not modified']);
    expect(await amend({ orderLinkId: 'never' })).toEqual([110001, 'order not exists or too late to replace']);
    await ask(world.writes.cancel({ symbol: 'AAAUSDT', orderLinkId: 'low' }));
    expect((await amend({ qty: '7' }))[0]).toBe(110001);
  });
});

describe('a trading stop', () => {
  it('without a position: 10001 in the words for it', async () => {
    const { world, ask } = stageOf({ markets: [still] });

    expect(said(await ask(world.writes.tradingStop(stop({ stopLoss: '90' }))))).toEqual([10001, 'can not set tp/sl/ts for zero position']);
  });
  it('on the wrong side of its price: 10001 that names side, level and price; the old stop stays', async () => {
    const { world, ask } = stageOf({ markets: [still] });
    await ask(world.writes.create(buy('2', { stopLoss: '90' })));

    expect(said(await ask(world.writes.tradingStop(stop({ stopLoss: '100', slTriggerBy: 'MarkPrice' })))))
      .toEqual([10001, 'StopLoss:1000000 set for Buy position should lower than base_price:1000000??MarkPrice']);
    expect(world.reads.positions('AAAUSDT')[0]!['stopLoss']).toBe('90');
    await ask(world.writes.create(sell('4')));
    expect(said(await ask(world.writes.tradingStop(stop({ stopLoss: '99' })))))
      .toEqual([10001, 'StopLoss:990000 set for Sell position should greater base_price:1000000??LastPrice']);
    expect((await ask(world.writes.tradingStop(stop({ takeProfit: '101' })))).message)
      .toBe('TakeProfit:1010000 set for Sell position should lower base_price:1000000??LastPrice');
  });
  it('changes what it names and leaves the rest', async () => {
    const { world, ask } = stageOf({ markets: [still] });
    await ask(world.writes.create(buy('2', { stopLoss: '90' })));

    await ask(world.writes.tradingStop(stop({ takeProfit: '120' })));

    expect(world.reads.positions('AAAUSDT').map(({ stopLoss, takeProfit }) => [stopLoss, takeProfit])).toEqual([['90', '120']]);
  });
});

describe('settings', () => {
  it('leverage: taken, shown, 110043 when it is so already, 110013 over the most of 100, 10001 when the sides differ', async () => {
    const { world, ask } = stageOf({ markets: [still] });
    const set = async (buyLeverage: string, sellLeverage = buyLeverage): Promise<number> =>
      (await ask(world.writes.setLeverage({ symbol: 'AAAUSDT', buyLeverage, sellLeverage }))).code;

    expect([await set('10'), await set('5'), await set('5.00'), await set('101'), await set('5', '6'), await set('0.5')])
      .toEqual([110043, 0, 110043, 110013, 10001, 10001]);
    expect(world.reads.positions('AAAUSDT')[0]!['leverage']).toBe('5');
    await ask(world.writes.create(buy('10')));
    expect(world.reads.positions('AAAUSDT')[0]!['positionIM']).toBe('200'); // 1,000 / 5
    await ask(world.writes.setLeverage({ symbol: 'AAAUSDT', buyLeverage: '20', sellLeverage: '20' }));
    expect(world.reads.positions('AAAUSDT')[0]!['positionIM']).toBe('50');
  });
  it('one-way mode is set already: 110025; hedge mode is not to be had: 110029', async () => {
    const { world, ask } = stageOf({ markets: [still] });

    expect([(await ask(world.writes.switchMode({ mode: 0 }))).code, (await ask(world.writes.switchMode({ mode: '3' }))).code]).toEqual([110025, 110029]);
  });
  it('margin mode changes while flat and is refused with 3400045 beside a position', async () => {
    const { world, ask } = stageOf({ markets: [still], marginMode: 'REGULAR_MARGIN' });

    expect((await ask(world.writes.setMarginMode({ setMarginMode: 'ISOLATED_MARGIN' }))).code).toBe(0);
    expect(world.reads.marginMode()).toBe('ISOLATED_MARGIN');
    await ask(world.writes.create(buy('1')));
    expect((await ask(world.writes.setMarginMode({ setMarginMode: 'REGULAR_MARGIN' }))).code).toBe(3400045);
  });
});

describe('when a request is answered', () => {
  it('70 ms after it was sent with a latency of 50 and an answer that takes 20; what it did is told with it', async () => {
    const { world, pushes, rows } = stageOf({ markets: [still], config: { latencyMs: 50, responseLatencyMs: 20 } });
    world.play(start + minute);
    pushes.length = 0;
    const answer = world.writes.create(buy('1')).then(() => world.now);

    expect(world.dueAt).toBe(start + minute + 70);
    expect(world.play(start + minute + 60)).toBe(start + minute + 60);
    expect(pushes).toEqual([]);
    expect(world.reads.positions('AAAUSDT')[0]!['size']).toBe('1'); // it happened at 50
    world.play(Infinity);

    expect(await answer).toBe(start + minute + 70);
    expect(rows('execution').map(({ execTime }) => execTime)).toEqual([String(start + minute + 50)]);
    expect(pushes.every(({ at }) => at === start + minute + 70)).toBe(true);
  });
  it('a request that arrives at a close without latency is judged at the open of the next bar, at the same market time', async () => {
    const { world, ask, rows } = stageOf({ markets: [{ bars: [flat(100), flat(130)] }] });
    world.play(start + minute);

    await ask(world.writes.create(buy('1')));

    expect([world.now, rows('execution')[0]!['execPrice']]).toEqual([start + minute, '130']);
  });
});

describe('what others do', () => {
  it('an order by hand has no link, a stop by hand shows on the position, a jump is the next open', async () => {
    const { world, rows, playTo } = stageOf({ markets: [still], config: { leverage: 2 } });
    world.acts.foreignOrder('AAAUSDT', 'Buy', '3', false);
    world.acts.foreignStop('AAAUSDT', '60');
    playTo(start + minute);
    expect(world.reads.positions('AAAUSDT')[0]!['stopLoss']).toBe('60');
    world.acts.foreignStop('AAAUSDT', '80');
    world.acts.jump('AAAUSDT', '70', 'last');
    playTo(start + 2 * minute);

    expect(rows('execution').map(({ orderLinkId, execPrice, stopOrderType }) => [orderLinkId, execPrice, stopOrderType]))
      .toEqual([['', '100', '']]); // 80 came to an open at 70: refused
    expect(world.reads.positions('AAAUSDT').map(({ size, stopLoss }) => [size, stopLoss])).toEqual([['3', '60']]);
    expect(() => { world.acts.foreignOrder('NOPE', 'Buy', '3', false); }).toThrow("symbol must be one of AAAUSDT, was 'NOPE'");
  });
  it('a jump through a stop fires it at the price jumped to, and the candle shows it', async () => {
    const { world, ask, rows, playTo } = stageOf({ markets: [still], config: { leverage: 2 } });
    await ask(world.writes.create(buy('1', { stopLoss: '90' })));
    playTo(start + minute);

    world.acts.jump('AAAUSDT', '70', 'last');
    expect(world.market.ticker('AAAUSDT')['lastPrice']).toBe('70');
    playTo(start + 2 * minute);

    expect(rows('execution').slice(-1).map(({ execPrice, stopOrderType }) => [execPrice, stopOrderType])).toEqual([['70', 'StopLoss']]);
    expect(rows('kline').filter(({ interval }) => interval === '1').slice(-1).map(({ open, low, high, close }) => [open, low, high, close]))
      .toEqual([['70', '70', '100', '100']]);
  });
});
