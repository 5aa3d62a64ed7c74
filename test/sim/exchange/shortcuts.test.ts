/** The quick ways of a door through quiet bars (`openBarFrom`, `skip`, `corridor`, `passTo`, `setStopAtOpen`) against the plain one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exchange, Fact, Message } from '../../../sim/index.ts';
import { series } from '../market.ts';
import type { Row } from '../market.ts';
import { epoch, executionsOf, minute, openExchange, playBar, playUntil, stopAt, submit } from './desk.ts';
import type { Candle, Sent } from './desk.ts';
import { openScript, seed, side, walkOf } from './worlds.ts';

const columnsOf = (candles: readonly Candle[]) => series(candles.map((candle): Row => [...candle]), minute, epoch);
const moved = (fact: Fact): unknown => [fact.at, fact.fraction, fact.order, fact.cause, fact.side, fact.lots, fact.priceTicks, fact.liquidity, fact.fee, fact.realised];

/** Plays a bar the quickest way that offers itself, and counts which. */
function hurry(exchange: Exchange, k: number, candles: readonly Candle[], sent: readonly Sent[], seen: Record<string, number>): Fact[] {
  const [, high, low, , volume] = candles[k]!;
  const bars = columnsOf(candles);
  const out = { below: NaN, above: NaN, until: NaN };
  const closesAt = epoch + (k + 1) * minute;
  const messages = sent.filter(({ bar }) => bar === k).map(({ message }) => message);
  if (messages.length === 0 && volume > 0 && exchange.corridor(0, out) && low > out.below && high < out.above && closesAt <= out.until) {
    exchange.passTo(0, bars, k);
    seen['passed'] = (seen['passed'] ?? 0) + 1;
    return [];
  }
  const stop = stopAlone(messages);
  if (stop !== null && exchange.setStopAtOpen(0, bars, k, stop, 'last')) seen['stops'] = (seen['stops'] ?? 0) + 1;
  else for (const message of messages) exchange.send(message, epoch + k * minute);
  exchange.openBarFrom(0, bars, k);
  if (exchange.skip(closesAt)) {
    seen['skipped'] = (seen['skipped'] ?? 0) + 1;
    return [];
  }
  return playUntil(exchange, closesAt);
}

function stopAlone(messages: readonly Message[]): number | null {
  const [only, ...more] = messages;
  if (only?.tag !== 'trading-stop' || more.length > 0 || only.tpTicks !== null || only.trailTicks !== null) return null;
  return only.slTicks;
}

/** A long or short held through many bars, its SL moved now and then: what the quick ways are for. */
const held = fc.tuple(side, fc.array(fc.record({ bar: fc.integer({ min: 2, max: 29 }), distance: fc.integer({ min: -5, max: 120 }) }), { maxLength: 12 }))
  .map(([way, stops]): Sent[] => [
    { bar: 1, offsetMs: 0, message: submit(0, way, 100, { slTicks: 2_000 - way * 150, tpTicks: 2_000 + way * 150 }) },
    ...stops.map(({ bar, distance }): Sent => ({ bar, offsetMs: 0, message: stopAt(2_000 - way * distance) })),
  ]);

describe('the quick ways', () => {
  it('give the same executions, wallet and position as opening and playing every bar', () => {
    const seen: Record<string, number> = {};
    fc.assert(fc.property(walkOf(), fc.oneof(openScript, held), fc.boolean(), (candles, sent, isFunded) => {
      const [plain, quick] = [openExchange(), openExchange()];
      for (const exchange of [plain, quick]) if (isFunded) exchange.fund(0, epoch + 9 * minute, 0.0003);

      const expected = executionsOf(candles.flatMap((candle, k) => playBar(plain, k, [candle], sent)));
      const actual = executionsOf(candles.flatMap((_, k) => hurry(quick, k, candles, sent, seen)));

      expect(actual.map(moved)).toEqual(expected.map(moved));
      expect(quick.wallet).toBe(plain.wallet);
      expect(quick.position(0)).toEqual(plain.position(0));
      expect(quick.markTicks(0)).toBe(plain.markTicks(0));
      expect(quick.ambiguousBars).toBe(plain.ambiguousBars);
    }), { seed, numRuns: 300 });

    expect(seen['passed']).toBeGreaterThan(0);
    expect(seen['skipped']).toBeGreaterThan(0);
    expect(seen['stops']).toBeGreaterThan(0);
  });

  const flat: Candle = [2_000, 2_000, 2_000, 2_000, 1_000];
  const bars = columnsOf([flat, flat, flat]);
  function longAt(slTicks: number, more: readonly Message[] = [], symbols = 1): Exchange {
    const exchange = openExchange({}, symbols);
    playBar(exchange, 0, Array.from({ length: symbols }, () => flat), [submit(0, 1, 100, { slTicks, tpTicks: 2_150 }), ...more].map((message) => ({ bar: 0, offsetMs: 0, message })));
    return exchange;
  }
  const room = (exchange: Exchange): unknown => {
    const out = { below: NaN, above: NaN, until: NaN };
    return exchange.corridor(0, out) ? [Math.round(out.below * 1e6) / 1e6, Math.round(out.above * 1e6) / 1e6, out.until] : null;
  };

  it('the corridor of a long with SL 1,900 and TP 2,150 lies between them, without end in time', () => {
    expect(room(longAt(1_900))).toEqual([1_900, 2_150, Infinity]);
  });

  it('the corridor ends at the next expiry or arrival, and there is none before the first bar', () => {
    const expiring = submit(1, 1, 100, { type: 'limit', priceTicks: 1_950, expireAt: epoch + 20 * minute });
    const waiting = longAt(1_900);
    waiting.send(submit(2, 1, 100), epoch + 5 * minute);

    expect(room(longAt(1_900, [expiring]))).toEqual([1_949, 2_150, epoch + 20 * minute]);
    expect(room(openExchange())).toBeNull();
    expect(room(waiting)).toEqual([1_900, 2_150, epoch + 5 * minute]);
  });

  it('a stop is set at the open only when it is a change, on its side of the price, alone, and nothing else can happen', () => {
    const set = (exchange: Exchange, slTicks: number, at = bars): boolean => exchange.setStopAtOpen(0, at, 1, slTicks, 'last');
    const short = openExchange();
    playBar(short, 0, [flat], [{ bar: 0, offsetMs: 0, message: submit(0, -1, 100, { slTicks: 2_100 }) }]);
    const gapped = columnsOf([flat, [1_900, 1_900, 1_900, 1_900, 1_000], flat]);
    const resting = submit(1, 1, 100, { type: 'limit', priceTicks: 1_950 });

    expect(set(longAt(1_900), 1_950)).toBe(true);
    expect(set(longAt(1_900), 1_900)).toBe(false);
    expect(set(longAt(1_900), 2_000)).toBe(false);
    expect(set(longAt(1_900), 0)).toBe(false);
    expect(set(longAt(1_900), 1_890, gapped)).toBe(false); // the old stop is met in the gap
    expect(set(longAt(1_900), 1_950, columnsOf([flat, [2_000, 2_000, 2_000, 2_000, 0], flat]))).toBe(false);
    expect(set(longAt(1_900, [resting]), 1_950)).toBe(false);
    expect(set(longAt(1_900, [stopAt(null, { trailTicks: 50 })]), 1_950)).toBe(false);
    expect(set(longAt(1_900, [], 2), 1_950)).toBe(false);
    expect(set(openExchange(), 1_950)).toBe(false);
    expect([set(short, 2_000), set(short, 2_050)]).toEqual([false, true]);
    expect(short.position(0).slTicks).toBe(2_050);
  });

  it('a stop set by another source is a change, and time skipped is time passed', () => {
    const exchange = longAt(1_900);

    expect(exchange.setStopAtOpen(0, bars, 1, 1_900, 'mark')).toBe(true);
    exchange.openBarFrom(0, bars, 1);
    expect(exchange.skip(epoch + 2 * minute)).toBe(true);
    exchange.send(submit(5, 1, 100), epoch); // the past counts as the present
    const facts = playBar(exchange, 2, [flat]);
    expect(facts[0]).toMatchObject({ kind: 'accepted', at: epoch + 2 * minute });
    expect(openExchange().skip(epoch)).toBe(true);
  });
});
