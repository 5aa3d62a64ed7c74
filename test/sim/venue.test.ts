/** The venue of a run, translated by hand: what commands say to the exchange, what its facts say to the engine, and when. */
import { describe, expect, it } from 'vitest';
import type { Approved, Command } from '../../engine/index.ts';
import { approveReducing } from '../../engine/risk.ts';
import type { Exchange, Fact } from '../../sim/index.ts';
import { averageTicks, executionOf, messageOf, SimulatedVenue, stopSetOf } from '../../sim/venue.ts';
import { atOpen, epoch, minute, openExchange, playBar, stopAt, submit } from './exchange/desk.ts';
import { inverse, linear } from './market.ts';

type Sent = Parameters<typeof messageOf>[0];
const fact = (own: Partial<Fact>): Fact => ({
  kind: 'accepted', at: 5, fraction: 0, symbol: 1, order: 3, reference: 0, of: '', code: '', cause: '', execution: 8, side: 1, lots: 9, leavesLots: 2,
  priceTicks: 1_000, exactPrice: '', liquidity: 'taker', value: 90n, fee: 4n, realised: 0n, payment: 0n, slTicks: 950, slBy: 'mark', tpTicks: 0, trailTicks: 7, ...own,
});
const times = (latencyMs: number, responseLatencyMs: number) => ({ latencyMs, responseLatencyMs });
const venueOf = (exchange: Exchange = openExchange({}, 2), own = times(0, 0)): SimulatedVenue => new SimulatedVenue(exchange, own, [linear(), linear()]);
const heard = (own: Partial<Fact>): unknown => venueOf().eventOf(fact(own), 77);

describe('a command', () => {
  const enter: Sent = {
    tag: 'enter', leg: 1, order: 4, side: -1, lots: 5 as never, type: 'limit', priceTicks: 990, triggerTicks: 995, triggerBy: 'mark', triggerDirection: 2,
    timeInForce: 'GTC', stopTicks: 1_010, stopBy: 'mark',
  };
  const reduce: Sent = { tag: 'reduce', leg: 1, order: 4, side: -1, lots: 5 as never, type: 'limit', priceTicks: 990, timeInForce: 'IOC', reduceOnly: true };

  it('to enter is a submit with its stop attached, to reduce one that only reduces', () => {
    expect(messageOf(enter)).toEqual({
      tag: 'submit', symbol: 1, order: 4, side: -1, lots: 5, type: 'limit', priceTicks: 990, triggerTicks: 995, triggerDirection: 2, triggerBy: 'mark',
      timeInForce: 'GTC', reduceOnly: false, expireAt: 0, slTicks: 1_010, slBy: 'mark', tpTicks: 0, tpBy: 'last', malformed: '',
    });
    expect(messageOf(reduce)).toEqual({
      tag: 'submit', symbol: 1, order: 4, side: -1, lots: 5, type: 'limit', priceTicks: 990, triggerTicks: 0, triggerDirection: 0, triggerBy: 'last',
      timeInForce: 'IOC', reduceOnly: true, expireAt: 0, slTicks: 0, slBy: 'mark', tpTicks: 0, tpBy: 'last', malformed: '',
    });
  });
  it('of half a tick or half a lot is malformed, the price first', () => {
    const formOf = (own: object): unknown => (messageOf({ ...enter, ...own } as Sent) as { malformed: string }).malformed;

    expect([formOf({ priceTicks: 0.5 }), formOf({ lots: 0.5 }), formOf({ priceTicks: Number.NaN, lots: 0.5 })]).toEqual(['BAD_ORDER_PRICE', 'BAD_ORDER_QTY', 'BAD_ORDER_PRICE']);
  });
  it('to set a stop leaves as it is what it has as 0', () => {
    const set = (triggerTicks: number, trailTicks: number, activeTicks: number): unknown =>
      messageOf({ tag: 'set-stop', leg: 1, triggerTicks, by: 'mark', trailTicks, activeTicks });

    expect(set(900, 0, 0)).toEqual({ tag: 'trading-stop', symbol: 1, reference: 900, slTicks: 900, slBy: 'mark', tpTicks: null, tpBy: 'last', trailTicks: null, activeTicks: null });
    expect(set(0, 30, 1_040)).toEqual({ tag: 'trading-stop', symbol: 1, reference: 0, slTicks: null, slBy: 'mark', tpTicks: null, tpBy: 'last', trailTicks: 30, activeTicks: 1_040 });
  });
  it('to amend or cancel names the order', () => {
    expect(messageOf({ tag: 'amend', leg: 1, order: 4, priceTicks: 980, lots: 6 as never } as Sent))
      .toEqual({ tag: 'amend', symbol: 1, order: 4, priceTicks: 980, lots: 6, triggerTicks: 0, malformed: '' });
    expect(messageOf({ tag: 'cancel', leg: 1, order: 4 })).toEqual({ tag: 'cancel', symbol: 1, order: 4 });
  });
});

describe('a fact', () => {
  it('of an order: accepted, ended with 7 of 9 filled, changed', () => {
    expect(heard({})).toEqual({ tag: 'order-accepted', at: 77, leg: 1, order: 3 });
    expect(heard({ kind: 'cancelled', code: 'requested' })).toEqual({ tag: 'order-cancelled', at: 77, leg: 1, order: 3, cause: 'requested', filled: 7 });
    expect(heard({ kind: 'expired' })).toEqual({ tag: 'order-expired', at: 77, leg: 1, order: 3, filled: 7 });
    for (const kind of ['triggered', 'amended'] as const) {
      expect(heard({ kind })).toEqual({ tag: 'order-changed', at: 77, leg: 1, order: 3, change: kind, lots: 9, priceTicks: 1_000 });
    }
  });
  it.each([
    ['QTY_BELOW_MIN', 'below-min-qty'], ['110094', 'below-min-notional'], ['110092', 'through-trigger'], ['110093', 'through-trigger'],
    ['110017', 'no-position'], ['110007', 'insufficient-margin'], ['EXPIRED', 'expired'], ['BAD_ORDER_NAN', 'malformed'], ['BAD_ORDER_PRICE', 'malformed'],
    ['10001', 'other'], ['A_BAD_ORDER', 'other'],
  ])('of a refusal %s is heard as %s', (code, reason) => {
    expect(heard({ kind: 'rejected', code })).toEqual({ tag: 'order-rejected', at: 77, leg: 1, order: 3, reason });
  });
  it.each([
    ['requested', 'requested'], ['EC_PostOnlyWillTakeLiquidity', 'post-only-would-take'], ['110007', 'insufficient-margin'], ['position-closed', 'position-closed'],
    ['ioc-unfilled', 'ioc-unfilled'], ['fok-unfilled', 'fok-unfilled'], ['no-volume', 'no-volume'], ['no-position', 'venue'],
  ])('of a cancel %s is heard as %s', (code, cause) => {
    expect(heard({ kind: 'cancelled', code })).toMatchObject({ cause });
  });
  it.each([['SL', 'stop'], ['TP', 'target'], ['TS', 'trailing'], ['LIQ', 'liquidation'], ['order', 'order']] as const)('of an execution by %s is heard as %s', (cause, expected) => {
    expect(heard({ kind: 'execution', cause })).toEqual({
      tag: 'execution', at: 77, leg: 1, order: 3, id: 8, cause: expected, side: 1, lots: 9, priceTicks: 1_000, value: 90n, fee: 4n, liquidity: 'taker', leavesLots: 2,
    });
  });
  it('of a sale as maker, and of a stop in force', () => {
    expect(executionOf(fact({ side: -1, liquidity: 'maker' }), 6)).toMatchObject({ side: -1, liquidity: 'maker', at: 6 });
    expect(stopSetOf(fact({}), 6)).toEqual({ tag: 'stop-set', at: 6, leg: 1, triggerTicks: 950, by: 'mark', trailTicks: 7 });
    expect(heard({ kind: 'stop-set' })).toEqual(stopSetOf(fact({}), 77));
  });
  it('of a stop that is the same, refused, or refused without a position', () => {
    const exchange = openExchange({}, 2);
    const venue = venueOf(exchange);
    const refused = (code: string): unknown => venue.eventOf(fact({ kind: 'refused', of: 'trading-stop', code, reference: 940 }), 77);

    expect(refused('34040')).toEqual({ tag: 'stop-unchanged', at: 77, leg: 1, triggerTicks: 940 });
    expect(refused('10001')).toEqual({ tag: 'stop-refused', at: 77, leg: 1, triggerTicks: 940, reason: 'no-position' });
    playBar(exchange, 0, [[1_000, 1_000, 1_000, 1_000, 9], [1_000, 1_000, 1_000, 1_000, 9]], atOpen(0, submit(1, 1, 100, { symbol: 1 })));
    expect(refused('10001')).toMatchObject({ reason: 'through-trigger' });
  });
  it.each([['cancel', '110001', 'cancel', 'no-order'], ['amend', '110001', 'amend', 'no-order'], ['amend', '10001', 'amend', 'refused'], ['cancel', '34040', 'cancel', 'refused']] as const)(
    'of a refused %s with %s is a request not applied', (of, code, asked, reason) => {
      expect(heard({ kind: 'refused', of, code })).toEqual({ tag: 'request-failed', at: 77, leg: 1, order: 3, of: asked, certainty: 'not-applied', reason });
    },
  );
  it('of funding has its stamp, the oldest first; without one it has its own time and no rate', () => {
    const venue = venueOf();
    venue.stamps[1]!.push({ settledAt: 4, rate: 0.01, nextAt: 9 }, { settledAt: 9, rate: 0.02, nextAt: null });
    const paid = (): unknown => venue.eventOf(fact({ kind: 'funding', payment: -5n }), 77);
    const base = { tag: 'funding', at: 77, symbol: 1, leg: 1, payment: -5n };

    expect([paid(), paid(), paid()]).toEqual([
      { ...base, rate: 0.01, settledAt: 4, nextAt: 9 }, { ...base, rate: 0.02, settledAt: 9, nextAt: null }, { ...base, rate: 0, settledAt: 5, nextAt: null },
    ]);
  });
});

describe('an average entry', () => {
  it('is 100 ticks for 4 lots of 1 that cost 400, linear; 2,000 half ticks for 300 contracts that cost 0.3, inverse; 0 for none', () => {
    const [line, turned] = [linear(), inverse()];

    expect(averageTicks(line, 4, line.unitMoney * 400n)).toBe(100);
    expect(averageTicks(line, 0, 5n)).toBe(0);
    // 300 USD at 1,000 cost 0.3 of the base coin: 12 digits of money.
    expect(averageTicks(turned, 300, 3n * 10n ** BigInt(turned.moneyScale - 1))).toBeCloseTo(2_000, 9);
  });
});

describe('time', () => {
  const market = (order: number, leg = 0): Approved => approveReducing({
    tag: 'reduce', leg, order, side: -1, lots: 5, type: 'market', priceTicks: 0, timeInForce: 'IOC', reduceOnly: true,
  } as never) as Approved;

  it('of three commands at 0 with 20 ms there and 30 back: they arrive at 20, 70 and 120', () => {
    const exchange = openExchange();
    const venue = venueOf(exchange, times(20, 30));
    venue.send([market(1), market(2), market(3)], epoch);
    const facts = playBar(exchange, 0, [[1_000, 1_000, 1_000, 1_000, 9]]);

    expect(facts.map(({ order, at }) => [order, at - epoch])).toEqual([[1, 20], [2, 70], [3, 120]]);
    expect([venue.isPrompt, venue.isInstant, venue.roundTripMs]).toEqual([false, false, 50]);
    expect([venueOf(exchange, times(20, 0)).isPrompt, venueOf(exchange, times(20, 0)).isInstant, venueOf(exchange).isInstant]).toEqual([true, false, true]);
  });
  it('a fact of 10 ms is known at 40, in the order in which things become known; the queue is empty after the last', () => {
    const exchange = openExchange();
    const venue = venueOf(exchange, times(20, 30));
    playBar(exchange, 0, [[1_000, 1_000, 1_000, 1_000, 9]]);
    const asks = (at: number): void => venue.send([{ tag: 'query-account', leg: 0 } as Command as Approved], at);
    asks(200);
    asks(100);
    exchange.facts.push(fact({ at: 110, symbol: 0 }), fact({ at: 5, symbol: 0, order: 9 }));
    venue.collect();
    const told: unknown[] = [];
    for (; venue.dueAt !== Number.POSITIVE_INFINITY;) {
      const dueAt = venue.dueAt;
      const event = venue.take();
      told.push([dueAt, event.tag, event.at]);
    }

    expect(told).toEqual([[35, 'order-accepted', 35], [140, 'order-accepted', 140], [150, 'account-snapshot', 150], [250, 'account-snapshot', 250]]);
    expect(exchange.facts).toEqual([]);
    asks(300);
    expect(venue.dueAt).toBe(350);
  });
  it('prompt is a venue that answers at once and has nothing waiting', () => {
    const venue = venueOf();
    expect(venue.isPrompt).toBe(true);
    venue.send([{ tag: 'query-account', leg: 0 } as Command as Approved], 0);
    expect(venue.isPrompt).toBe(false);
    venue.take();
    expect(venue.isPrompt).toBe(true);
  });
  it('a reading shows position, stop, resting orders and mark; without a position and a stop it shows that', () => {
    const exchange = openExchange({}, 2);
    const venue = venueOf(exchange, times(20, 30));
    playBar(exchange, 0, [[1_000, 1_000, 1_000, 1_000, 9], [500, 500, 500, 500, 9]], atOpen(
      0, submit(1, 1, 100), stopAt(900, { slBy: 'mark' }), submit(2, 1, 100, { type: 'limit', priceTicks: 950 }),
    ));
    for (const leg of [0, 1]) venue.send([{ tag: 'query-account', leg } as Command as Approved], epoch + minute);
    const { cost } = exchange.position(0);
    const base = { tag: 'account-snapshot', at: epoch + minute + 50, takenAt: epoch + minute, ended: [], executions: [], lastTicks: Number.NaN };

    expect(venue.take()).toEqual({
      ...base, leg: 0, position: { side: 1, lots: 100, entryTicks: averageTicks(linear(), 100, cost), cost }, stop: { triggerTicks: 900, by: 'mark' },
      openOrders: [{ order: 2, side: 1, lots: 100, filled: 0, priceTicks: 950, reduceOnly: false }], markTicks: 1_000,
    });
    expect(venue.take()).toEqual({ ...base, leg: 1, position: { side: 0, lots: 0, entryTicks: 0, cost: 0n }, stop: null, openOrders: [], markTicks: 500 });
  });
});
