/**
 * Which bars are passed over: `skip` says whether anything could happen in the bar just begun. Waking for nothing costs time
 * and changes no fill, so only this tells.
 */
import { describe, expect, it } from 'vitest';
import type { Exchange, ExchangeConfig, Message } from '../../../sim/index.ts';
import { epoch, instrument, minute, openDesk, openExchange, playBar, stopAt, submit, tenThousand } from './desk.ts';
import type { Candle } from './desk.ts';

const flat: Candle = [2_000, 2_000, 2_000, 2_000, 1_000];
const range = (low: number, high: number): Candle => [2_000, high, low, 2_000, 1_000];

function after(messages: readonly Message[], config: Partial<ExchangeConfig> = {}, first: Candle = flat): Exchange {
  const exchange = openExchange(config);
  playBar(exchange, 0, [first], messages.map((message) => ({ bar: 0, offsetMs: 0, message })));
  return exchange;
}

/** Whether the next bar is passed over. */
function sleeps(exchange: Exchange, candle: Candle): boolean {
  exchange.openBar(0, epoch + minute, epoch + 2 * minute, ...candle);
  return exchange.skip(epoch + 2 * minute);
}
const long = submit(1, 1, 100);
const short = submit(1, -1, 100);

describe('a bar is passed over', () => {
  it('when nothing is open or on its way, whatever its range', () => {
    expect(sleeps(after([]), range(1_000, 3_000))).toBe(true);
    expect(sleeps(openExchange(), range(1_000, 3_000))).toBe(true);
  });

  it('while it stays strictly above the SL and below the TP of a long: 1,951 to 2,049 yes, 1,950 and 2,050 no', () => {
    const held = (): Exchange => after([{ ...long, slTicks: 1_950, tpTicks: 2_050 }]);

    expect([sleeps(held(), range(1_951, 2_049)), sleeps(held(), range(1_950, 2_049)), sleeps(held(), range(1_951, 2_050))]).toEqual([true, false, false]);
  });

  it('mirrored for a short: 1,951 to 2,049 yes, 1,950 and 2,050 no', () => {
    const held = (): Exchange => after([{ ...short, slTicks: 2_050, tpTicks: 1_950 }]);

    expect([sleeps(held(), range(1_951, 2_049)), sleeps(held(), range(1_950, 2_049)), sleeps(held(), range(1_951, 2_050))]).toEqual([true, false, false]);
  });

  it('above the liquidation price: a long at 2,000 with 10x is liquidated at 1,809.05, a short at 2,189.05', () => {
    expect([sleeps(after([long]), range(1_810, 2_500)), sleeps(after([long]), range(1_809, 2_500))]).toEqual([true, false]);
    expect([sleeps(after([short]), range(1_500, 2_189)), sleeps(after([short]), range(1_500, 2_190))]).toEqual([true, false]);
  });

  it('again as before when the position is gone: its levels are forgotten', () => {
    const closed = (): Exchange => {
      const exchange = after([{ ...long, slTicks: 1_950 }]);
      playBar(exchange, 1, [flat], [{ bar: 1, offsetMs: 0, message: submit(2, -1, 100) }]);
      return exchange;
    };
    const exchange = closed();
    exchange.openBar(0, epoch + 2 * minute, epoch + 3 * minute, ...range(1_000, 3_000));

    expect(exchange.skip(epoch + 3 * minute)).toBe(true);
  });

  it('while a buy limit at 1,990 is not passed: 1,990 touches, 1,989 passes; with touch 1,991 and 1,990', () => {
    const limit = submit(1, 1, 100, { type: 'limit', priceTicks: 1_990 });

    expect([sleeps(after([limit]), range(1_990, 2_500)), sleeps(after([limit]), range(1_989, 2_500))]).toEqual([true, false]);
    expect([sleeps(after([limit], { limitFill: 'touch' }), range(1_991, 2_500)), sleeps(after([limit], { limitFill: 'touch' }), range(1_990, 2_500))]).toEqual([true, false]);
  });

  it('while a sell limit at 2,010 is not passed: 2,010 touches, 2,011 passes', () => {
    const limit = submit(1, -1, 100, { type: 'limit', priceTicks: 2_010 });

    expect([sleeps(after([limit]), range(1_500, 2_010)), sleeps(after([limit]), range(1_500, 2_011))]).toEqual([true, false]);
  });

  it('while a trigger is not reached: rising 2,010, falling 1,990', () => {
    const rising = submit(1, 1, 100, { triggerTicks: 2_010, triggerDirection: 1 });
    const falling = submit(1, -1, 100, { triggerTicks: 1_990, triggerDirection: 2 });

    expect([sleeps(after([rising]), range(1_500, 2_009)), sleeps(after([rising]), range(1_500, 2_010))]).toEqual([true, false]);
    expect([sleeps(after([falling]), range(1_991, 2_500)), sleeps(after([falling]), range(1_990, 2_500))]).toEqual([true, false]);
  });

  it('the nearest of several levels decides', () => {
    const both = (): Exchange => after([submit(1, 1, 100, { type: 'limit', priceTicks: 1_990 }), submit(2, 1, 100, { type: 'limit', priceTicks: 1_980 })]);
    const above = (): Exchange => after([submit(1, -1, 100, { type: 'limit', priceTicks: 2_020 }), submit(2, -1, 100, { type: 'limit', priceTicks: 2_010 })]);

    expect([sleeps(both(), range(1_990, 2_500)), sleeps(both(), range(1_985, 2_500))]).toEqual([true, false]);
    expect([sleeps(above(), range(1_500, 2_010)), sleeps(above(), range(1_500, 2_015))]).toEqual([true, false]);
  });

  it('a trailing stop wakes on a new best and on its distance: best 2,000, 30 below', () => {
    const trailing = (): Exchange => after([long, stopAt(null, { trailTicks: 30 })]);

    expect([sleeps(trailing(), range(1_971, 1_999 + 1)), sleeps(trailing(), range(1_970, 2_000))]).toEqual([false, false]);
    expect(sleeps(trailing(), [1_990, 1_999, 1_971, 1_990, 1_000])).toBe(true);
    expect(sleeps(trailing(), [1_990, 1_999, 1_970, 1_990, 1_000])).toBe(false);
  });

  it('one that is not active yet wakes at its activation: 2,040', () => {
    const waiting = (): Exchange => after([long, stopAt(null, { trailTicks: 30, activeTicks: 2_040 })]);

    expect([sleeps(waiting(), range(1_900, 2_039)), sleeps(waiting(), range(1_900, 2_040))]).toEqual([true, false]);
  });

  it('until the bar in which an order expires or funding is due, the stamp at its close not included', () => {
    const expiring = (at: number): Exchange => after([submit(1, 1, 100, { type: 'limit', priceTicks: 1_500, expireAt: epoch + at })]);
    const funded = (at: number): Exchange => {
      const exchange = after([]);
      exchange.fund(0, epoch + at, 0.0001);
      return exchange;
    };

    expect([sleeps(expiring(2 * minute), flat), sleeps(expiring(2 * minute - 1), flat), sleeps(expiring(minute), flat)]).toEqual([true, false, false]);
    expect([sleeps(funded(2 * minute), flat), sleeps(funded(2 * minute - 1), flat), sleeps(funded(minute), flat)]).toEqual([true, false, false]);
  });

  it('not while a message is on its way into it, and again when it arrives later', () => {
    const sent = (at: number): Exchange => {
      const exchange = after([]);
      exchange.send(submit(1, 1, 100, { type: 'limit', priceTicks: 1_500 }), epoch + at);
      return exchange;
    };

    expect([sleeps(sent(2 * minute), flat), sleeps(sent(2 * minute - 1), flat), sleeps(sent(minute), flat)]).toEqual([true, false, false]);
  });

  it('not while an order or an exit waits for volume', () => {
    const scarce = { participation: 0.5 };
    const waitingExit = (): Exchange => {
      const exchange = after([{ ...long, slTicks: 1_990 }], scarce);
      playBar(exchange, 1, [[2_000, 2_000, 1_990, 2_000, 0.1]]);
      return exchange;
    };
    const exchange = waitingExit();
    exchange.openBar(0, epoch + 2 * minute, epoch + 3 * minute, ...flat);

    expect(exchange.skip(epoch + 3 * minute)).toBe(false);
    expect(sleeps(after([submit(1, 1, 100, { type: 'limit', priceTicks: 2_000 })], scarce, [2_000, 2_000, 2_000, 2_000, 0.1]), flat)).toBe(false);
    expect(sleeps(after([submit(1, 1, 100, { type: 'limit', priceTicks: 1_990 })], scarce), flat)).toBe(true);
  });

  it('levels by mark look at the mark bars alone, of the same minute or of a longer one', () => {
    const held = (mark: Candle, last: Candle, minutes = 1): boolean => {
      const exchange = openDesk({}, [instrument('M')], tenThousand, true);
      exchange.openMarkBar(0, epoch, epoch + minute, 2_000, 2_000, 2_000, 2_000);
      playBar(exchange, 0, [flat], [{ bar: 0, offsetMs: 0, message: submit(1, 1, 100, { slTicks: 1_950, slBy: 'mark', tpTicks: 2_050, tpBy: 'mark' }) }]);
      exchange.openMarkBar(0, epoch + minute, epoch + (1 + minutes) * minute, mark[0], mark[1], mark[2], mark[3]);
      return sleeps(exchange, last);
    };

    expect(held(range(1_951, 2_049), range(1_500, 2_500))).toBe(true);
    expect(held(range(1_950, 2_049), flat)).toBe(false);
    expect(held(range(1_951, 2_050), flat)).toBe(false);
    expect(held(range(1_951, 2_050), flat, 3)).toBe(false);
    expect(held(range(1_809, 2_000), flat)).toBe(false);
  });
});
