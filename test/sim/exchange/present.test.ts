/** What the matching core answers about its present, what it takes as the present, and how bars, marks and stamps begin. */
import { describe, expect, it } from 'vitest';
import type { Exchange, Fact, Message } from '../../../sim/index.ts';
import { series } from '../market.ts';
import { atOpen, epoch, executionsOf, instrument, inverseInstrument, minute, openDesk, openExchange, playBar, playUntil, stopAt, submit, tenThousand } from './desk.ts';
import type { Candle } from './desk.ts';

const flat: Candle = [2_000, 2_000, 2_000, 2_000, 1_000];
const none: Candle = [0, 0, 0, 0, 0];
const marked = (): Exchange => openDesk({ path: 'ohlc' }, [instrument('M')], tenThousand, true);
const limit = (order: number, priceTicks: number, more = {}): Message => submit(order, 1, 100, { type: 'limit', priceTicks, ...more });
const when = (facts: readonly Fact[]): unknown[] => facts.map(({ kind, order, at, fraction }) => [kind, order, at - epoch, fraction]);

describe('a message sent into the past', () => {
  it('counts as the present instant, its fraction too: at 30,000.5 ms what was meant for 20,000 and for 30,000.25', () => {
    const exchange = openExchange();
    exchange.openBar(0, epoch, epoch + minute, ...flat);
    expect(exchange.advance(epoch + 30_000, 0.5)).toBe(false);
    exchange.send(limit(1, 1_500), epoch + 20_000);
    exchange.send(limit(2, 1_500), epoch + 30_000, 0.25);
    exchange.send(limit(3, 1_500), epoch + 30_000, 0.75);
    exchange.send(limit(4, 1_500), epoch + 30_001);

    expect(when(playUntil(exchange, epoch + minute))).toEqual([
      ['accepted', 1, 30_000, 0.5], ['accepted', 2, 30_000, 0.5], ['accepted', 3, 30_000, 0.75], ['accepted', 4, 30_001, 0],
    ]);
  });
  it('inside a bar finds the path that the bar has had so far: nothing pending makes it adaptive, a sell sent at 30 s does not make it low first', () => {
    // 2,000 to 2,040 and 1,950: the nearer extreme, the high, came first at 20 s; at 30 s the price is between 2,040 and 1,950, at 1,995.
    const exchange = openExchange();
    exchange.openBar(0, epoch, epoch + minute, 2_000, 2_040, 1_950, 2_000, 1_000);
    playUntil(exchange, epoch + 30_000);
    exchange.send(submit(1, -1, 100), epoch + 30_000);

    expect(executionsOf(playUntil(exchange, epoch + minute)).map(({ priceTicks }) => priceTicks)).toEqual([1_995]);
  });
});

describe('the present mark', () => {
  it('of a mark bar on its own: its open before it begins, a quarter of its way, its close after it', () => {
    // Two minutes, high first: 1,000, at 40 s 1,040, at 80 s 960, at 120 s 1,000.
    const exchange = marked();
    exchange.openMarkBar(0, epoch, epoch + 2 * minute, 1_000, 1_040, 960, 1_000);
    exchange.openBar(0, epoch, epoch + minute, ...flat);
    const seen = [exchange.markTicks(0)];
    for (const ms of [10_000, 40_000, 50_000]) {
      playUntil(exchange, epoch + ms);
      seen.push(exchange.markTicks(0));
    }
    playUntil(exchange, epoch + minute);
    exchange.openBar(0, epoch + minute, epoch + 2 * minute, ...flat);
    playUntil(exchange, epoch + 100_000);
    seen.push(exchange.markTicks(0));
    playUntil(exchange, epoch + 2 * minute);

    expect([...seen, exchange.markTicks(0)]).toEqual([1_000, 1_010, 1_040, 1_020, 980, 1_000]);
  });
  it('is the last price where there is no mark bar yet, and where there is no mark at all', () => {
    for (const exchange of [marked(), openExchange({ path: 'ohlc' })]) {
      exchange.openBar(0, epoch, epoch + minute, 2_000, 2_040, 1_960, 2_000, 1_000);
      playUntil(exchange, epoch + 10_000);

      expect(exchange.markTicks(0)).toBe(2_020);
    }
  });
  it('of an awake book is where its walk stands: at a limit of 1,980 met at 45 s', () => {
    const exchange = openExchange({ path: 'ohlc' });
    exchange.send(limit(1, 1_981), epoch);
    exchange.openBar(0, epoch, epoch + minute, 2_000, 2_040, 1_960, 2_000, 1_000);
    while (exchange.advance(epoch + minute)) {
      const [fact] = exchange.facts.splice(0);
      if (fact!.kind === 'execution') expect(Math.round(exchange.markTicks(0))).toBe(1_980);
    }

    expect(exchange.position(0).lots).toBe(100);
  });
  it('asked for twice inside a leg is the same', () => {
    const exchange = openExchange({ path: 'ohlc' });
    exchange.openBar(0, epoch, epoch + minute, 2_000, 2_040, 1_960, 2_000, 1_000);
    playUntil(exchange, epoch + 50_000);

    expect([exchange.markTicks(0), exchange.markTicks(0)]).toEqual([1_980, 1_980]);
  });
});

describe('funding', () => {
  /** Paid by a long of 100 lots of 0.001 at a rate of 1 %: 1 % of 0.1 times the mark. In 0.001 quote. */
  const paid = (facts: readonly Fact[]): number[] => facts.filter(({ kind }) => kind === 'funding').map(({ payment }) => Number(payment / 10n ** 9n));
  const long = (exchange: Exchange): void => void playBar(exchange, 0, [flat], atOpen(0, submit(1, 1, 100)));

  it('is paid at the mark given; else at the open of the mark bar of its time, announced before or after that began; else at the mark of the instant', () => {
    const results = [0, 1, 2, 3].map((how) => {
      const exchange = marked();
      exchange.openMarkBar(0, epoch, epoch + minute, 2_000, 2_000, 2_000, 2_000);
      long(exchange);
      const at = epoch + minute + (how === 3 ? 10_000 : 0);
      if (how === 0) exchange.fund(0, at, 0.01, 3_000);
      if (how === 1) exchange.fund(0, at, 0.01);
      if (how > 0) exchange.openMarkBar(0, epoch + minute, epoch + 2 * minute, 2_500, 2_540, 2_460, 2_500);
      if (how >= 2) exchange.fund(0, at, 0.01);
      return paid(playBar(exchange, 1, [flat]));
    });

    // 1 % of 0.1 at 300, 250, 250 and 252: at 10 s of 20 s half of the way from 250 to 254.
    expect(results).toEqual([[-300], [-250], [-250], [-252]]);
  });
  it('inside the bar begun is paid in it, after its close in the next', () => {
    const exchange = openExchange();
    long(exchange);
    exchange.openBar(0, epoch + minute, epoch + 2 * minute, ...flat);
    exchange.fund(0, epoch + minute + 5_000, 0.01);
    exchange.fund(0, epoch + 2 * minute, 0.02);

    expect(paid(playUntil(exchange, epoch + 2 * minute))).toEqual([-200]);
    expect(paid(playBar(exchange, 2, [flat]))).toEqual([-400]);
  });
});

describe('a bar without volume', () => {
  it('stays at the last close and fills nothing; the first of all, which has no close before it, at its own open', () => {
    const exchange = openExchange();
    playBar(exchange, 0, [[1_990, 2_000, 1_990, 2_000, 1_000]], atOpen(0, limit(1, 1_900)));
    expect(playBar(exchange, 1, [[1_500, 1_600, 1_400, 1_500, 0]])).toEqual([]);
    expect(exchange.markTicks(0)).toBe(2_000);
    const first = openExchange();
    playBar(first, 0, [[1_500, 1_500, 1_500, 1_500, 0]]);
    expect(first.markTicks(0)).toBe(1_500);

    // The gap from 2,000 down to 1,800 fills the limit on the way at its own price, or better at the open.
    expect(executionsOf(playBar(exchange, 2, [[1_800, 1_800, 1_800, 1_800, 1_000]])).map(({ lots }) => lots)).toEqual([100]);
    expect(playBar(openExchange(), 0, [none])).toEqual([]);
  });
});

describe('what is asked', () => {
  it('names a symbol that is not there', () => {
    const exchange = openExchange({}, 2);

    expect(() => exchange.position(2)).toThrow(new RangeError('symbol must be below 2, was 2'));
  });
  it('of standing tells whose price the stop looks at, the trailing distance and each order with what is filled', () => {
    const exchange = openExchange({ participation: 0.5 });
    expect(exchange.standing(0)).toEqual({ slBy: 'last', trailTicks: 0, orders: [] });
    playBar(exchange, 0, [flat], atOpen(0, submit(1, 1, 100), stopAt(1_900, { slBy: 'mark', trailTicks: 300 }), limit(2, 1_950, { reduceOnly: false })));
    playBar(exchange, 1, [[2_000, 2_000, 1_940, 1_950, 0.1]]);

    expect(exchange.standing(0)).toEqual({
      slBy: 'mark', trailTicks: 300, orders: [{ order: 2, side: 1, lots: 100, filled: 50, priceTicks: 1_950, reduceOnly: false }],
    });
  });
  it('of the cost has 12 digits more: exactly those of a linear cost, 0.1 of 3 for an inverse one', () => {
    const linear = openExchange();
    playBar(linear, 0, [flat], atOpen(0, submit(1, 1, 100)));
    const { cost, fineCost } = linear.position(0);
    expect([cost, fineCost]).toEqual([20n * 10n ** 12n, 20n * 10n ** 24n]);

    // 100 contracts at 1,500: 0.0666... of the base coin.
    const turned = openDesk({}, [inverseInstrument('I')], 10n ** 20n);
    playBar(turned, 0, [[3_000, 3_000, 3_000, 3_000, 1e9]], atOpen(0, submit(1, 1, 100)));
    const own = turned.position(0);
    expect(own.fineCost).not.toBe(own.cost * 10n ** 12n);
    expect(String(own.fineCost).slice(0, 20)).toBe('66666666666666666666');
  });
});

describe('a bar taken from a series', () => {
  const bars = series([[2_000, 2_010, 1_990, 2_005, 50], [2_005, 2_005, 2_005, 2_005, 0], [2_005, 2_030, 1_980, 2_010, 50]], minute, epoch);
  it.each([false, true])('is what the same bar opened by hand is, with a mark of its own: %s', (hasMark) => {
    const made = (): Exchange => openDesk({ participation: 0.001 }, [instrument('S')], tenThousand, hasMark);
    const [byHand, fromSeries] = [made(), made()];
    const facts = [byHand, fromSeries].map((exchange, which) => [0, 1, 2].flatMap((k) => {
      const from = epoch + k * minute;
      if (k === 0) exchange.send(limit(1, 1_995), from);
      if (k === 2) exchange.send(submit(2, -1, 30), from + 15_000);
      if (which === 1) exchange.openBarFrom(0, bars, k);
      else exchange.openBar(0, from, from + minute, bars.open[k]!, bars.high[k]!, bars.low[k]!, bars.close[k]!, bars.volume[k]!);
      return [...playUntil(exchange, from + minute), exchange.markTicks(0)];
    }));

    expect(facts[1]).toEqual(facts[0]);
    expect(executionsOf(facts[0]!.filter((fact): fact is Fact => typeof fact === 'object')).length).toBeGreaterThan(1);
  });
  it('passed over leaves price, volume and time of its close behind: the next gap begins there', () => {
    const exchange = openExchange();
    playBar(exchange, 0, [flat]);
    exchange.passTo(0, bars, 0);
    exchange.passTo(0, bars, 2);
    expect(exchange.markTicks(0)).toBe(2_010);
    exchange.send(limit(7, 1_500), epoch);
    const facts = playBar(exchange, 3, [[2_010, 2_010, 2_010, 2_010, 9]]);

    expect(when(facts)).toEqual([['accepted', 7, 3 * minute, 0]]);
  });
});
