/** Every field of every kind of fact, for an account that does one thing at a time. A lot is 0.001, a tick 0.1. */
import { describe, expect, it } from 'vitest';
import type { Fact, Message } from '../../../sim/index.ts';
import { epoch, inverseInstrument, minute, openDesk, openExchange, playBar, stopAt, submit } from './desk.ts';
import type { Candle, Sent } from './desk.ts';

/** A fact with nothing in it. */
const blank = {
  fraction: 0, symbol: 0, order: -1, reference: 0, of: '', code: '', cause: '', execution: 0, side: 0, lots: 0, leavesLots: 0, priceTicks: 0,
  exactPrice: '', liquidity: '', value: 0n, fee: 0n, realised: 0n, payment: 0n, slTicks: 0, slBy: 'last', tpTicks: 0, trailTicks: 0,
} as const;
const calm: Candle = [2_000, 2_010, 1_990, 2_000, 1_000];
const usdt = (text: number): bigint => BigInt(Math.round(text * 1e9)) * 1_000n;
const open = (bar: number, ...messages: Message[]): Sent[] => messages.map((message) => ({ bar, offsetMs: 0, message }));

function factsOf(sent: readonly Sent[], candles: readonly Candle[] = [calm, calm, calm], exchange = openExchange()): Fact[] {
  return candles.flatMap((candle, k) => playBar(exchange, k, [candle], sent));
}

describe('facts of an order', () => {
  it('a market order with SL and TP: accepted, executed, and what the position holds then', () => {
    const at = epoch + minute;

    expect(factsOf(open(1, submit(7, 1, 100, { slTicks: 1_900, tpTicks: 2_100, slBy: 'mark' })))).toEqual([
      { ...blank, kind: 'accepted', at, order: 7, of: 'submit', side: 1, lots: 100, leavesLots: 100 },
      // 0.1 x 200 = 20, at 0.00055 = 0.011.
      { ...blank, kind: 'execution', at, order: 7, cause: 'order', execution: 1, side: 1, lots: 100, priceTicks: 2_000, liquidity: 'taker', value: usdt(20), fee: usdt(0.011) },
      { ...blank, kind: 'stop-set', at, side: 1, lots: 100, slTicks: 1_900, slBy: 'mark', tpTicks: 2_100 },
    ]);
  });

  it('a limit filled a third of a leg into the bar is stamped to the fraction of a ms', () => {
    // OHLC, a buy pends: 2,000 to 2,010 at 20 s, to 1,990 at 40 s; 1,998 = 1,999 - 1 is met 12 ticks down: 20 s + 12 s.
    // The level 1,997 of a limit at 1,998 is met at 33 s, of one at 1,999 at 32 s.
    const [, fill] = factsOf(open(1, submit(7, 1, 100, { type: 'limit', priceTicks: 1_999 })));
    const thirds = factsOf(open(1, submit(7, 1, 100, { type: 'limit', priceTicks: 1_999 })), [calm, [2_000, 2_006, 1_990, 2_000, 1_000]])[1];

    // 0.1 x 199.9 = 19.99, at 0.0002 = 0.003998.
    expect(fill).toEqual({
      ...blank, kind: 'execution', at: epoch + minute + 32_000, order: 7, cause: 'order', execution: 1, side: 1, lots: 100, priceTicks: 1_999, liquidity: 'maker',
      value: usdt(19.99), fee: usdt(0.003998),
    });
    // 2,006 to 1,990 in 20 s: 8 of 16 ticks, 10 s.
    expect(thirds?.at).toBe(epoch + minute + 30_000);
    // 2,005 to 1,990: 7 of 15 ticks is 9,333 ms and a third.
    const odd = factsOf(open(1, submit(7, 1, 100, { type: 'limit', priceTicks: 1_999 })), [calm, [2_000, 2_005, 1_990, 2_000, 1_000]])[1];
    expect(odd?.at).toBe(epoch + minute + 29_333);
    expect(odd?.fraction).toBeCloseTo(1 / 3, 6);
  });

  it('a part fill tells what it leaves, and the cancellation of the rest the whole order', () => {
    const at = epoch + minute;

    expect(factsOf(open(1, submit(7, -1, 100)), [calm, [2_000, 2_010, 1_990, 2_000, 0.08]], openExchange({ participation: 0.5 }))).toEqual([
      { ...blank, kind: 'accepted', at, order: 7, of: 'submit', side: -1, lots: 100, leavesLots: 100 },
      // 0.04 x 200 = 8, at 0.00055 = 0.0044.
      { ...blank, kind: 'execution', at, order: 7, cause: 'order', execution: 1, side: -1, lots: 40, leavesLots: 60, priceTicks: 2_000, liquidity: 'taker', value: usdt(8), fee: usdt(0.0044) },
      { ...blank, kind: 'cancelled', at, order: 7, code: 'no-volume', side: -1, lots: 100, leavesLots: 60 },
    ]);
  });

  it('rejected, refused, cancelled, amended, expired and triggered carry the order and the code', () => {
    const limit = { type: 'limit', priceTicks: 1_900 } as const;
    const at = epoch + minute;

    expect(factsOf([
      ...open(0, submit(1, 1, 100, limit), submit(2, 1, 100, { ...limit, expireAt: at }), submit(3, 1, 100, { triggerTicks: 2_005, triggerDirection: 1 })),
      ...open(
        1, submit(4, 1, 0), { tag: 'cancel', symbol: 0, order: 9 }, { tag: 'amend', symbol: 0, order: 9, priceTicks: 1, lots: 0, triggerTicks: 0, malformed: '' },
        { tag: 'amend', symbol: 0, order: 1, priceTicks: 1_910, lots: 50, triggerTicks: 0, malformed: '' },
      ),
      { bar: 1, offsetMs: 50_000, message: { tag: 'cancel', symbol: 0, order: 1 } },
    ], [[2_000, 2_000, 2_000, 2_000, 1_000], calm]).slice(3)).toEqual([
      { ...blank, kind: 'expired', at, order: 2, side: 1, lots: 100, leavesLots: 100, priceTicks: 1_900 },
      { ...blank, kind: 'refused', at, order: 9, of: 'cancel', code: '110001' },
      { ...blank, kind: 'rejected', at, order: 4, of: 'submit', code: 'QTY_BELOW_MIN' },
      { ...blank, kind: 'refused', at, order: 9, of: 'amend', code: '110001' },
      { ...blank, kind: 'amended', at, order: 1, of: 'amend', side: 1, lots: 50, leavesLots: 50, priceTicks: 1_910 },
      { ...blank, kind: 'triggered', at: at + 10_000, order: 3, side: 1, lots: 100, leavesLots: 100 },
      // 0.1 x 200.5 = 20.05, at 0.00055 = 0.0110275.
      { ...blank, kind: 'execution', at: at + 10_000, order: 3, cause: 'order', execution: 1, side: 1, lots: 100, priceTicks: 2_005, liquidity: 'taker', value: usdt(20.05), fee: usdt(0.0110275) },
      { ...blank, kind: 'cancelled', at: at + 50_000, order: 1, code: 'requested', side: 1, lots: 50, leavesLots: 50, priceTicks: 1_910 },
    ]);
  });
});

describe('facts of the position', () => {
  const bought = open(0, submit(7, 1, 100));

  it('a stop set, refused and fired: the reference of the message comes back, the fill has no order', () => {
    const at = epoch + minute;

    expect(factsOf([...bought, ...open(1, stopAt(1_995, { reference: 31, trailTicks: 30 }), stopAt(2_005, { reference: 32 }))]).slice(2)).toEqual([
      { ...blank, kind: 'stop-set', at, of: 'trading-stop', reference: 31, side: 1, lots: 100, slTicks: 1_995, trailTicks: 30 },
      { ...blank, kind: 'refused', at, of: 'trading-stop', reference: 32, code: '10001' },
      // OLHC: 2,000 to 1,990 in 20 s. 0.1 x 199.5 = 19.95, at 0.00055 = 0.0109725; 0.05 lost.
      {
        ...blank, kind: 'execution', at: at + 10_000, cause: 'SL', execution: 2, side: -1, lots: 100, priceTicks: 1_995, liquidity: 'taker', value: usdt(19.95),
        fee: usdt(0.0109725), realised: -usdt(0.05),
      },
    ]);
  });

  it('an SL that fires in part tells the lots of the position that are left', () => {
    const facts = factsOf([...bought, ...open(1, stopAt(1_995))], [calm, [2_000, 2_010, 1_990, 2_000, 0.08], calm], openExchange({ participation: 0.5 }));

    expect(facts.filter(({ cause }) => cause === 'SL').map(({ lots, leavesLots }) => [lots, leavesLots])).toEqual([[40, 60], [60, 0]]);
  });

  it('margin added and refused', () => {
    const add = (amount: bigint, reference: number): Message => ({ tag: 'add-margin', symbol: 0, reference, amount });
    const at = epoch + minute;

    expect(factsOf([...bought, ...open(1, add(usdt(5), 41), add(0n, 42))]).slice(2)).toEqual([
      { ...blank, kind: 'accepted', at, of: 'add-margin', reference: 41 },
      { ...blank, kind: 'refused', at, of: 'add-margin', reference: 42, code: '10001' },
    ]);
  });

  it('funding tells the payment and the position it was for', () => {
    const exchange = openExchange();
    exchange.fund(0, epoch + minute, 0.0001);

    // 0.1 x 200 x 0.0001
    expect(factsOf(bought, [calm, calm], exchange).at(-1)).toEqual({ ...blank, kind: 'funding', at: epoch + minute, side: 1, lots: 100, payment: -usdt(0.002) });
  });

  it('a liquidation has its exact price as text: 10x at 200.1 long, 180.09, at 199.9 short, 219.89', () => {
    const gone = (side: 1 | -1, price: number, far: number): Fact | undefined =>
      factsOf(open(0, submit(7, side, 100)), [[price, price, price, price, 1_000], [price, Math.max(price, far), Math.min(price, far), price, 1_000]]).at(-1);

    // Value 18.009, fee 0.00990495; the margin 2.001 is lost.
    expect(gone(1, 2_001, 1_500)).toMatchObject({
      kind: 'execution', cause: 'LIQ', order: -1, side: -1, lots: 100, leavesLots: 0, exactPrice: '180.09', liquidity: 'taker', value: usdt(18.009),
      fee: usdt(0.00990495), realised: -usdt(2.001), execution: 2,
    });
    expect(gone(1, 2_001, 1_500)?.priceTicks).toBeCloseTo(1_800.9, 9);
    expect(gone(-1, 1_999, 2_500)).toMatchObject({ side: 1, exactPrice: '219.89', realised: -usdt(1.999) });
  });

  it('an inverse liquidation: 100 at 1000, 10x long, 100/(0.1 + 0.01) = 909.09, value 0.11', () => {
    const exchange = openDesk({}, [inverseInstrument('I')], 10n ** 17n);
    const facts = factsOf(open(0, submit(7, 1, 100)), [[2_000, 2_000, 2_000, 2_000, 1_000], [2_000, 2_000, 1_500, 2_000, 1_000]], exchange);

    expect(facts.at(-1)).toMatchObject({
      cause: 'LIQ', exactPrice: '909.090909090909091', value: 11n * 10n ** 14n, fee: 605n * 10n ** 9n, realised: -(10n ** 14n),
    });
  });

  it('facts of the second symbol carry its number', () => {
    const exchange = openExchange({}, 2);
    const facts = playBar(exchange, 0, [calm, calm], open(0, { ...submit(7, 1, 100), symbol: 1 }));

    expect(facts.map(({ kind, symbol }) => [kind, symbol])).toEqual([['accepted', 1], ['execution', 1]]);
  });
});

describe('the account between facts', () => {
  it('tells position, wallet and mark of the present instant', () => {
    const exchange = openExchange();
    exchange.send(submit(7, 1, 100, { slTicks: 1_900, tpTicks: 2_100 }), epoch);
    exchange.openBar(0, epoch, epoch + minute, ...calm);
    while (exchange.advance(epoch + 10_000)) exchange.facts.length = 0;

    expect(exchange.position(0)).toEqual({ side: 1, lots: 100, cost: usdt(20), fineCost: usdt(20) * 10n ** 12n, slTicks: 1_900, tpTicks: 2_100 });
    expect(exchange.markTicks(0)).toBe(1_995); // long: OLHC, half way down to 1,990
    expect(exchange.wallet).toBe(usdt(10_000) - usdt(0.011));
    while (exchange.advance(epoch + minute)) exchange.facts.length = 0;
    expect(exchange.markTicks(0)).toBe(2_000);
    expect(() => exchange.position(1)).toThrow('symbol must be below 1, was 1');
  });

  it('asking for the mark at 30 s of a quiet bar changes nothing: an order arriving at 40 s still buys at the 1,990 of then', () => {
    const prices = [false, true].map((asks) => {
      const exchange = openExchange({ path: 'ohlc' });
      exchange.openBar(0, epoch, epoch + minute, ...calm);
      exchange.advance(epoch + 30_000);
      if (asks) expect(exchange.markTicks(0)).toBe(2_000); // half way from 2,010 to 1,990
      exchange.send(submit(7, 1, 100), epoch + 40_000);
      exchange.advance(epoch + minute);
      return exchange.facts.find(({ kind }) => kind === 'execution')?.priceTicks;
    });

    expect(prices).toEqual([1_990, 1_990]);
  });

  it('a mark series has its own present: open, a third of the way, close', () => {
    const exchange = openDesk({ path: 'ohlc' }, [openable()], 10n ** 16n, true);
    exchange.openMarkBar(0, epoch, epoch + minute, 1_000, 1_060, 1_000, 1_030);
    exchange.openBar(0, epoch, epoch + minute, ...calm);

    expect(exchange.markTicks(0)).toBe(1_000);
    exchange.advance(epoch + 10_000);
    expect(exchange.markTicks(0)).toBe(1_030);
    exchange.advance(epoch + 30_000, 0.5);
    expect(exchange.markTicks(0)).toBeCloseTo(1_060 - 60 * (10_000.5 / 20_000), 9);
    exchange.advance(epoch + minute);
    expect(exchange.markTicks(0)).toBe(1_030);
  });
});

function openable() {
  return inverseInstrument('M');
}
