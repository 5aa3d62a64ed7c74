/** Rules seen at the exchange's door alone: why an order was cancelled, which path a bar takes, text of exact quotients. */
import { describe, expect, it } from 'vitest';
import { quotientText } from '../../../sim/index.ts';
import type { ExchangeConfig, Fact, Message } from '../../../sim/index.ts';
import { atOpen, epoch, instrument, minute, openDesk, openExchange, playBar, stopAt, submit, tenThousand } from './desk.ts';
import type { Candle, Sent } from './desk.ts';

const flat: Candle = [2_000, 2_000, 2_000, 2_000, 1_000];
const limitAt = (priceTicks: number) => ({ type: 'limit', priceTicks } as const);

describe('why an order was cancelled', () => {
  function codesOf(sent: readonly Sent[], candles: readonly Candle[] = [flat, flat, flat], config: Partial<ExchangeConfig> = {}, wallet = tenThousand): string[] {
    const exchange = openDesk(config, [instrument('A')], wallet);
    return candles.flatMap((candle, k) => playBar(exchange, k, [candle], sent))
      .filter(({ kind }) => kind === 'cancelled').map(({ order, code }) => `${order} ${code}`);
  }
  const scarce: Partial<ExchangeConfig> = { participation: 0.5 };
  const thin: Candle = [2_000, 2_000, 2_000, 2_000, 0.1];

  it('requested, in a bar and in a hole', () => {
    expect(codesOf([...atOpen(0, submit(1, 1, 100, limitAt(1_900))), ...atOpen(1, { tag: 'cancel', symbol: 0, order: 1 })])).toEqual(['1 requested']);
    const exchange = openExchange();
    playBar(exchange, 0, [flat]);
    exchange.send(submit(1, 1, 100, limitAt(2_100)), epoch + minute + 1);
    exchange.send({ tag: 'cancel', symbol: 0, order: 1 }, epoch + minute + 2);
    expect(playBar(exchange, 5, [flat]).map(({ kind, code }) => [kind, code])).toEqual([['accepted', ''], ['cancelled', 'requested']]);
  });

  it('in a hole only the order meant is taken back, once, and not one sent at the same ms', () => {
    const exchange = openExchange();
    const cancel: Message = { tag: 'cancel', symbol: 0, order: 1 };
    playBar(exchange, 0, [flat]);
    for (const [message, at] of [[submit(2, 1, 100, limitAt(1_900)), 1], [submit(1, 1, 100, limitAt(1_900)), 2], [cancel, 3], [cancel, 4]] as const) {
      exchange.send(message, epoch + minute + at);
    }
    exchange.send(submit(3, 1, 100, limitAt(1_900)), epoch + minute + 5);
    exchange.send({ tag: 'cancel', symbol: 0, order: 3 }, epoch + minute + 5);

    expect(playBar(exchange, 5, [flat]).map(({ kind, order, code }) => `${kind} ${order} ${code}`)).toEqual([
      'refused 1 110001', 'refused 3 110001', 'accepted 2 ', 'accepted 1 ', 'cancelled 1 requested', 'accepted 3 ',
    ]);
  });

  it('an order that expired in a hole is told as expired, not filled', () => {
    const exchange = openExchange();
    playBar(exchange, 0, [flat]);
    exchange.send(submit(1, 1, 100, { ...limitAt(2_100), expireAt: epoch + 3 * minute }), epoch + 2 * minute);

    expect(playBar(exchange, 5, [flat]).map(({ kind }) => kind)).toEqual(['accepted', 'expired']);
  });

  it('EC_PostOnlyWillTakeLiquidity, ioc-unfilled, fok-unfilled and no-volume', () => {
    expect(codesOf(atOpen(0, submit(1, 1, 100, { ...limitAt(2_000), timeInForce: 'PostOnly' })))).toEqual(['1 EC_PostOnlyWillTakeLiquidity']);
    expect(codesOf(atOpen(0, submit(1, 1, 100, { ...limitAt(1_999), timeInForce: 'IOC' })))).toEqual(['1 ioc-unfilled']);
    expect(codesOf(atOpen(0, submit(1, 1, 100, { ...limitAt(2_000), timeInForce: 'IOC' })), [thin], scarce)).toEqual(['1 ioc-unfilled']);
    expect(codesOf(atOpen(0, submit(1, 1, 100, { ...limitAt(1_999), timeInForce: 'FOK' })))).toEqual(['1 fok-unfilled']);
    expect(codesOf(atOpen(0, submit(1, 1, 100, { ...limitAt(2_000), timeInForce: 'FOK' })), [thin], scarce)).toEqual(['1 fok-unfilled']);
    expect(codesOf(atOpen(0, submit(1, 1, 100)), [thin], scarce)).toEqual(['1 no-volume']);
  });

  it('position-closed, no-position and 110007', () => {
    const reducing = submit(2, -1, 100, { ...limitAt(2_100), reduceOnly: true });
    const conditional = { triggerTicks: 2_010, triggerDirection: 1, reduceOnly: true } as const;
    const rising: Candle = [2_000, 2_020, 2_000, 2_000, 1_000];

    expect(codesOf([...atOpen(0, submit(1, 1, 100), reducing), ...atOpen(1, submit(3, -1, 100))])).toEqual(['2 position-closed']);
    expect(codesOf(atOpen(0, submit(1, -1, 100, conditional)), [rising])).toEqual(['1 no-position']);
    expect(codesOf(atOpen(0, submit(1, -1, 100, { ...conditional, ...limitAt(2_015) })), [rising])).toEqual(['1 no-position']);
    expect(codesOf(atOpen(0, submit(1, 1, 100, { ...conditional, reduceOnly: false })), [rising], {}, 10n ** 12n)).toEqual(['1 110007']);
  });

  it('a cancel sent in reaction to a fill of the same instant is answered in its turn', () => {
    const exchange = openExchange();
    for (const message of [submit(1, 1, 100, limitAt(1_900)), submit(2, 1, 100)]) exchange.send(message, epoch);
    exchange.openBar(0, epoch, epoch + minute, ...flat);
    const facts: Fact[] = [];
    while (exchange.advance(epoch + minute)) {
      for (const fact of exchange.facts.splice(0)) {
        facts.push(fact);
        if (fact.kind === 'execution') for (const order of [1, 9]) exchange.send({ tag: 'cancel', symbol: 0, order }, fact.at);
      }
    }

    expect(facts.map(({ kind, order, code }) => `${kind} ${order} ${code}`)).toEqual([
      'accepted 1 ', 'accepted 2 ', 'execution 2 ', 'cancelled 1 requested', 'refused 9 110001',
    ]);
  });

  it('a limit sent without a price is BAD_ORDER_PRICE, and messages arrive by ms, then by what is left of it, then as sent', () => {
    const exchange = openExchange();
    for (const [order, at, fraction] of [[1, 5, 0.5], [2, 5, 0.25], [3, 4, 0.75], [4, 5, 0.5], [5, 3, 0]] as const) {
      exchange.send(submit(order, 1, 100, limitAt(0)), epoch + at, fraction);
    }

    expect(playBar(exchange, 0, [flat]).map(({ order, code, at, fraction }) => [order, code, at - epoch, fraction])).toEqual([
      [5, 'BAD_ORDER_PRICE', 3, 0], [3, 'BAD_ORDER_PRICE', 4, 0.75], [2, 'BAD_ORDER_PRICE', 5, 0.25], [1, 'BAD_ORDER_PRICE', 5, 0.5], [4, 'BAD_ORDER_PRICE', 5, 0.5],
    ]);
  });
});

describe('the path of a bar', () => {
  /** 50 up and 60 down is high first when adaptive, 60 up and 50 down low first. */
  const down: Candle = [2_000, 2_050, 1_940, 2_000, 1_000];
  const up: Candle = [2_000, 2_060, 1_950, 2_000, 1_000];
  const aBuy = submit(11, 1, 100, limitAt(1_500));
  const aSell = submit(12, -1, 100, limitAt(2_500));

  /** Which extreme stands at 20 s of a bar that begins with what was sent before. */
  function firstExtreme(path: ExchangeConfig['path'], messages: readonly Message[], candle: Candle): string {
    const exchange = openExchange({ path });
    playBar(exchange, 0, [flat], atOpen(0, ...messages));
    exchange.openBar(0, epoch + minute, epoch + 2 * minute, ...candle);
    exchange.advance(epoch + minute + 20_000);
    const price = exchange.markTicks(0);
    return price === candle[1] ? 'high' : price === candle[2] ? 'low' : String(price);
  }

  it.each([
    ['adverse', [submit(1, 1, 100)], 'low', 'low'], ['adverse', [submit(1, -1, 100)], 'high', 'high'],
    ['adverse', [aBuy], 'high', 'high'], ['adverse', [aSell], 'low', 'low'], ['adverse', [aBuy, aSell], 'high', 'low'], ['adverse', [], 'high', 'low'],
    ['favourable', [submit(1, 1, 100)], 'high', 'high'], ['favourable', [submit(1, -1, 100)], 'low', 'low'],
    ['favourable', [aBuy], 'low', 'low'], ['favourable', [aSell], 'high', 'high'], ['favourable', [aBuy, aSell], 'high', 'low'], ['favourable', [], 'high', 'low'],
    ['adaptive', [submit(1, 1, 100)], 'high', 'low'], ['ohlc', [submit(1, 1, 100)], 'high', 'high'], ['olhc', [aBuy], 'low', 'low'],
  ] as const)('%s with %j: %s first when 50 up and 60 down, %s first when 60 up and 50 down', (path, messages, first, second) => {
    expect([firstExtreme(path, messages, down), firstExtreme(path, messages, up)]).toEqual([first, second]);
  });

  it('a submit arriving inside the bar counts from its start, one arriving at the close does not', () => {
    const firstWith = (arrivesMs: number, message: Message): number => {
      const exchange = openExchange();
      exchange.send(message, epoch + arrivesMs);
      exchange.openBar(0, epoch, epoch + minute, ...down);
      exchange.advance(epoch + 20_000);
      return exchange.markTicks(0);
    };

    expect([firstWith(minute - 1, aSell), firstWith(minute, aSell)]).toEqual([1_940, 2_050]);
    expect(firstWith(minute - 1, { ...aSell, reduceOnly: true })).toBe(2_050);
    expect(firstWith(minute - 1, { tag: 'cancel', symbol: 0, order: 1 })).toBe(2_050);
    expect(firstWith(minute - 1, aBuy)).toBe(2_050);
  });

  it('a mark bar of the same minute shares the path name, one of two minutes has its own', () => {
    const markAt = (minutes: number, offsetMs: number): number => {
      const exchange = openDesk({ path: 'adaptive' }, [instrument('M')], tenThousand, true);
      exchange.openMarkBar(0, epoch, epoch + minutes * minute, 2_000, 2_060, 1_950, 2_000);
      exchange.openBar(0, epoch, epoch + minute, ...down);
      exchange.advance(epoch + offsetMs);
      return exchange.markTicks(0);
    };

    expect(markAt(1, 20_000)).toBe(2_060); // the last bar is high first, and so is the mark, though alone it would be low first
    expect(markAt(2, 40_000)).toBe(1_950);
  });
});

describe('set-trading-stop', () => {
  const held = atOpen(0, submit(1, 1, 100));
  const factsOf = (...messages: Message[]): Fact[] => {
    const exchange = openExchange();
    return [flat, flat].flatMap((candle, k) => playBar(exchange, k, [candle], [...held, ...atOpen(1, ...messages)])).slice(2);
  };

  it('a message that leaves the SL alone leaves its source too, and one that removes it does not change it either', () => {
    const [first, second, third] = factsOf(stopAt(1_900, { slBy: 'mark' }), stopAt(null, { tpTicks: 2_100, slBy: 'last' }), stopAt(0, { slBy: 'last' }));

    expect([first, second, third].map((fact) => [fact?.slTicks, fact?.slBy, fact?.tpTicks])).toEqual([[1_900, 'mark', 0], [1_900, 'mark', 2_100], [0, 'mark', 2_100]]);
  });

  it('a message that leaves the TP alone leaves its source: the same TP again is 34040, from the other source a change', () => {
    const codes = factsOf(
      stopAt(null, { tpTicks: 2_100, tpBy: 'mark' }), stopAt(1_900, { tpBy: 'last' }), stopAt(null, { tpTicks: 2_100, tpBy: 'mark' }),
      stopAt(null, { tpTicks: 2_100, tpBy: 'last' }), stopAt(null, { tpTicks: 0, tpBy: 'mark' }), stopAt(null, { tpTicks: 0, tpBy: 'mark' }),
    ).map(({ kind, code }) => `${kind} ${code}`);

    expect(codes).toEqual(['stop-set ', 'stop-set ', 'refused 34040', 'stop-set ', 'stop-set ', 'refused 34040']);
  });

  it('a distance without activation price forgets the old one, removing the distance too', () => {
    const codes = factsOf(
      stopAt(null, { trailTicks: 30, activeTicks: 2_050 }), stopAt(null, { trailTicks: 30 }), stopAt(null, { trailTicks: 30 }),
      stopAt(null, { trailTicks: 0, activeTicks: 2_050 }), stopAt(null, { trailTicks: 0 }), stopAt(null, { activeTicks: 2_060 }),
    ).map(({ kind, code, trailTicks }) => `${kind} ${code} ${trailTicks}`);

    expect(codes).toEqual(['stop-set  30', 'stop-set  30', 'refused 34040 0', 'stop-set  0', 'refused 34040 0', 'refused 34040 0']);
  });

  it('an infinite level is 10001, and so is any while an exit waits for volume', () => {
    expect(factsOf(stopAt(Infinity), stopAt(null, { tpTicks: Infinity })).map(({ code }) => code)).toEqual(['10001', '10001']);
    const exchange = openExchange({ participation: 0.5 });
    const sent = [...atOpen(0, submit(1, 1, 100, { slTicks: 1_990 })), { bar: 1, offsetMs: 50_000, message: stopAt(1_900) }];
    const facts = [flat, [2_000, 2_000, 1_990, 2_000, 0.1] as Candle].flatMap((candle, k) => playBar(exchange, k, [candle], sent));

    expect(facts.at(-1)).toMatchObject({ kind: 'refused', code: '10001' });
    expect(exchange.position(0)).toMatchObject({ lots: 50, slTicks: 0 });
  });
});

describe('text of an exact quotient', () => {
  it('has 18 significant digits, half-even, without trailing zeros', () => {
    expect(quotientText(1n, 3n, 18)).toBe('0.333333333333333333');
    expect(quotientText(200n, 3n, 18)).toBe('66.6666666666666667');
    expect(quotientText(2n, 1n, 18)).toBe('2');
    expect(quotientText(1n, 1_000n, 18)).toBe('0.001');
    expect(quotientText(1n, 7_000n, 5)).toBe('0.00014286');
    expect(quotientText(10n ** 20n, 3n, 18)).toBe('33333333333333333333');
    expect(quotientText(25n, 10n, 1)).toBe('2');
    expect(quotientText(35n, 10n, 1)).toBe('4');
    expect(quotientText(999_996n, 1_000n, 5)).toBe('1000');
    expect(quotientText(123_456n, 1_000n, 5)).toBe('123.46');
  });
});
