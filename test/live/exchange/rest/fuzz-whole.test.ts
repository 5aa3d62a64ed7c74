/** Orders and settings at random against the matching core: every one is answered, nothing breaks, and time goes on. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runConfig } from '../../../../engine/index.ts';
import { createPace, createWorld, startRest } from '../../../../live/exchange/index.ts';
import type { LocalWorld, Pace, RestDoor } from '../../../../live/exchange/index.ts';
import { Quotas } from '../../../../live/exchange/rest/index.ts';
import { inverse, linear, marketOf, minute } from '../../../sim/market.ts';
import { credentials, signed } from './client.ts';
import type { Envelope } from './client.ts';

const price = fc.constantFrom('90', '92', '95', '97', '99', '100', '101', '103', '105', '110', '0', '99.5', '0.0001');
const qty = fc.constantFrom('1', '2', '5', '10', '20', '50', '1000000', '0', '0.5', '123456789012345678901234567890');
const maybe = <T>(arbitrary: fc.Arbitrary<T>, weight = 1) => fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight, arbitrary });
const link = fc.integer({ min: 1, max: 60 }).map((n) => `l-${n}`);
const order = {
  category: fc.constant('linear'), symbol: fc.constantFrom('own', 'own', 'own', 'own', 'NOPE'), side: fc.constantFrom('Buy', 'Sell'), orderType: fc.constantFrom('Market', 'Limit'),
  qty, price: maybe(price, 20), timeInForce: maybe(fc.constantFrom('GTC', 'IOC', 'FOK', 'PostOnly', 'RPI')), orderLinkId: maybe(link, 10),
  reduceOnly: maybe(fc.boolean()), closeOnTrigger: maybe(fc.boolean()), triggerPrice: maybe(price), triggerDirection: maybe(fc.constantFrom(1, 2)),
  triggerBy: maybe(fc.constantFrom('LastPrice', 'MarkPrice', 'IndexPrice')), stopLoss: maybe(price), takeProfit: maybe(price),
  tpslMode: maybe(fc.constantFrom('Full', 'Partial')), slOrderType: maybe(fc.constantFrom('Market', 'Limit')), slTriggerBy: maybe(fc.constantFrom('MarkPrice')),
};
const { category, symbol } = order;
const writes = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constant('/v5/order/create'), fc.record(order)) },
  fc.tuple(fc.constant('/v5/order/amend'), fc.record({ category, symbol, orderLinkId: link, qty: maybe(qty), price: maybe(price), triggerPrice: maybe(price), stopLoss: maybe(price) })),
  fc.tuple(fc.constant('/v5/order/cancel'), fc.record({ category, symbol, orderLinkId: link })),
  fc.tuple(fc.constant('/v5/order/cancel-all'), fc.record({ category, symbol: maybe(symbol), settleCoin: fc.constantFrom('USDT', 'AAA'), orderFilter: maybe(fc.constantFrom('Order', 'StopOrder')) })),
  fc.tuple(fc.constant('/v5/order/create-batch'), fc.record({ category, request: fc.array(fc.record(order), { minLength: 1, maxLength: 4 }) })),
  fc.tuple(fc.constant('/v5/order/pre-check'), fc.record(order)),
  fc.tuple(fc.constant('/v5/position/trading-stop'), fc.record({
    category, symbol, positionIdx: fc.constant(0), tpslMode: maybe(fc.constantFrom('Full', 'Partial'), 30), stopLoss: maybe(price, 5), takeProfit: maybe(price), trailingStop: maybe(price), activePrice: maybe(price),
  })),
  fc.tuple(fc.constant('/v5/position/set-leverage'), fc.record({ category, symbol, buyLeverage: fc.constantFrom('1', '5', '1000'), sellLeverage: fc.constantFrom('1', '5') })),
  fc.tuple(fc.constant('/v5/position/switch-mode'), fc.record({ category, symbol, mode: fc.constantFrom(0, 3) })),
  fc.tuple(fc.constant('/v5/account/set-margin-mode'), fc.record({ setMarginMode: fc.constantFrom('REGULAR_MARGIN', 'ISOLATED_MARGIN', 'PORTFOLIO_MARGIN') })),
);

describe.each([
  ['linear', linear({ tick: '0.5' }), 100_000], ['inverse', inverse(), 100],
] as const)('orders at random on a %s market', (kind, instrument, cash) => {
  let world: LocalWorld;
  let pace: Pace;
  let door: RestDoor;
  beforeAll(async () => {
    // Ticks of 0.5: the price walks between 95 and 105 for as long as anything is asked.
    const bars = Array.from({ length: 3_000 }, (_, i): [number, number, number, number] => {
      const at = 200 + ((i * 7) % 20) - 10;
      return [at, at + 2, at - 2, at + ((i * 3) % 5) - 2];
    });
    world = createWorld({ market: { symbols: [marketOf({ bars, instrument })] }, config: runConfig.parse({ cash, leverage: 5 }) });
    pace = createPace({ world, speed: 'max' });
    await pace.idle(world.now + minute);
    door = await startRest({ world, pace, credentials, quotas: new Quotas({ wall: Date.now, isEnforced: false }) });
  });
  afterAll(async () => {
    pace.stop();
    await door.close();
  });
  const ask = async (method: string, path: string, payload: string): Promise<{ readonly status: number; readonly body: Envelope }> => {
    const url = `http://127.0.0.1:${door.port}${path}${method === 'GET' ? `?${payload}` : ''}`;
    const response = await fetch(url, { method, headers: signed(Date.now(), payload), ...(method === 'GET' ? {} : { body: payload }) });
    return { status: response.status, body: await response.json() as Envelope };
  };

  it('600 writes: each has HTTP 200 and a code, some are taken, and the reads agree with each other to the end', async () => {
    const codes = new Map<number, number>();
    await fc.assert(fc.asyncProperty(writes, fc.nat(2), async ([path, sent], minutes) => {
      const text = JSON.stringify({ ...sent, ...('category' in sent ? { category: kind } : {}) }).replaceAll('"own"', `"${instrument.symbol}"`);
      const { status, body } = await ask('POST', path, text);

      expect(status, text).toBe(200);
      expect(Number.isInteger(body.retCode), text).toBe(true);
      codes.set(body.retCode, (codes.get(body.retCode) ?? 0) + 1);
      if (minutes > 0) await pace.idle(world.now + minutes * minute);
    }), { numRuns: 600 });

    const open = (await ask('GET', '/v5/order/realtime', `category=${kind}&settleCoin=${world.settle}&limit=50`)).body.result.list;
    const history = (await ask('GET', '/v5/order/history', `category=${kind}&limit=50`)).body.result.list;
    const fills = (await ask('GET', '/v5/execution/list', `category=${kind}&execType=Trade&limit=100`)).body.result.list;
    expect(codes.get(0)).toBeGreaterThan(100);
    expect(open.every((row) => ['New', 'PartiallyFilled', 'Untriggered'].includes(String(row['orderStatus'])))).toBe(true);
    expect(history.length).toBe(50);
    expect(fills.length).toBeGreaterThan(20);
    expect(codes.size).toBeGreaterThan(8);
  });
  it('the other category is empty on every read, without an error', async () => {
    const other = kind === 'linear' ? 'inverse' : 'linear';
    const replies = await Promise.all(['position/list', 'order/realtime', 'order/history', 'execution/list', 'position/closed-pnl', 'market/tickers', 'market/instruments-info']
      .map((path) => ask('GET', `/v5/${path}`, `category=${other}&settleCoin=USDT`)));

    expect(replies.map(({ body }) => [body.retCode, body.result.list])).toEqual(replies.map(() => [0, []]));
  });
});
