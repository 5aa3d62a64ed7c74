import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Quotas } from '../../../../live/exchange/rest/index.ts';
import { endpoints } from '../../../../live/exchange/rest/routes.ts';
import { openDoor } from './client.ts';
import type { Door } from './client.ts';
import { orderRow, positionRow } from './small-world.ts';

const names = [
  'category', 'symbol', 'side', 'orderType', 'qty', 'price', 'timeInForce', 'positionIdx', 'orderLinkId', 'orderId', 'reduceOnly', 'triggerPrice',
  'triggerDirection', 'stopLoss', 'tpslMode', 'limit', 'cursor', 'start', 'end', 'startTime', 'endTime', 'interval', 'settleCoin', 'baseCoin', 'coin',
  'mode', 'tradeMode', 'buyLeverage', 'sellLeverage', 'setMarginMode', 'accountType', 'openOnly', 'orderFilter', 'request', 'timeWindow', 'product',
  '__proto__', 'constructor', 'toString',
];
const sound = fc.constantFrom<unknown>(
  'linear', 'inverse', 'spot', 'BTCUSDT', 'Buy', 'Market', 'Limit', '0.010', '60000', '0', '1', '50', 'M', 'D', '5', 'USDT', 'UNIFIED', 'Full',
  'ISOLATED_MARGIN', 'YQ%3A0%2CYQ%3A0', 'YQ:0,YQ:0', 0, 1, true, [{ symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.010' }],
);
const value = fc.oneof({ weight: 4, arbitrary: sound }, fc.string({ unit: 'binary', maxLength: 12 }), fc.integer(), fc.double(), fc.jsonValue({ maxDepth: 2 }));
const params = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 9 });
/** The members without which nothing gets past the form, in half of the cases. */
const common = { category: 'linear', symbol: 'BTCUSDT', accountType: 'UNIFIED', interval: 'M', settleCoin: 'USDT' };
const wish = fc.record({ given: params, isCommon: fc.boolean(), route: fc.nat(endpoints.length - 1) });

/** Halves of letters beyond the basic plane cannot be encoded: they become the mark of a letter that is missing. */
const encoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString());
const queryOf = (given: Readonly<Record<string, unknown>>): string => Object.entries(given)
  .map(([name, text]) => `${encodeURIComponent(name)}=${encoded(typeof text === 'string' ? text : JSON.stringify(text))}`).join('&');

describe('parameters at random', () => {
  let door: Door;
  beforeAll(async () => {
    door = await openDoor({ quotas: new Quotas({ wall: Date.now, isEnforced: false }) });
    door.world.rows.open = [orderRow('a'), orderRow('b')];
    door.world.rows.positions = [positionRow('BTCUSDT', 'Buy', '1')];
  });
  afterAll(async () => { await door.close(); });

  it('every endpoint answers every query and body with HTTP 200, an integer code and a text: 1,500 requests', async () => {
    const codes = new Map<number, number>();
    await fc.assert(fc.asyncProperty(wish, async ({ given, isCommon, route }) => {
      const { method, path } = endpoints[route]!;
      const sent = isCommon ? { ...given, ...common } : given;

      const { status, body } = method === 'GET' ? await door.get(path, queryOf(sent)) : await door.post(path, sent);

      expect(status).toBe(200);
      expect(Number.isInteger(body.retCode)).toBe(true);
      expect(typeof body.retMsg).toBe('string');
      codes.set(body.retCode, (codes.get(body.retCode) ?? 0) + 1);
    }), { numRuns: 1_500 });

    // Not everything was turned away at the form.
    expect(codes.get(0)).toBeGreaterThan(100);
    expect(codes.get(10001)).toBeGreaterThan(100);
  });
  it('bodies that are no JSON object are 10001, raw bytes in queries do no harm', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.constantFrom('[]', 'null', '1', '"x"', '{', '{"a":}'), fc.string({ minLength: 1 })), async (text) => {
      const { status, body } = await door.post('/v5/order/create', text);

      expect([status, body.retCode]).toEqual([200, 10001]);
    }), { numRuns: 60 });
    for (const query of ['%', '%zz=%', '&&&', '=', 'category=linear&category=spot', 'symbol=%ff%fe', '?', 'a'.repeat(6_000)]) {
      expect((await door.get('/v5/account/info', query)).body.retCode).toBe(0);
    }
  });
  it('what reached the account in all this was text and booleans only', () => {
    const kinds = new Set(door.world.asked.flatMap(({ body }) => Object.values(body).map((member) => typeof member)));

    expect([...kinds].filter((kind) => kind !== 'string' && kind !== 'boolean')).toEqual([]);
  });
});
