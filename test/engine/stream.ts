/**
 * Random streams of events for the engine alone: bars, cycles and whatever a venue might say of orders that exist, that
 * ended, or that never were. Drawn from a seed and the state of the engine that is listened to.
 */
import type { Event, Instrument, Lots, State } from '../../engine/index.ts';
import { chance, minute, start } from '../sim/market.ts';
import { bar, execution } from './stepped.ts';

const rejections = ['below-min-qty', 'through-trigger', 'insufficient-margin', 'no-position', 'other'] as const;
const cancels = ['requested', 'post-only-would-take', 'ioc-unfilled', 'position-closed', 'venue'] as const;

export interface Stream { readonly next: (listener: State) => Event }

export function stream(seed: number, instruments: readonly Instrument[]): Stream {
  const roll = chance(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(roll() * from.length)]!;
  const past: Event[] = [];
  let now = start;
  let closes = start;
  let price = 10_000;
  let id = 0;
  const waiting: Event[] = [];

  function closeBar(): Event {
    closes += minute;
    now = closes;
    instruments.forEach((instrument, symbol) => {
      const open = price;
      price = Math.max(5_000, price + Math.round((roll() - 0.5) * 100));
      waiting.push(bar(instrument, closes, [open, Math.max(open, price) + 10, Math.min(open, price) - 10, price], symbol));
    });
    waiting.push({ tag: 'cycle-closed', at: closes, missing: roll() < 0.05 ? [instruments.length - 1] : [] });
    return waiting.shift()!;
  }

  function ofVenue({ legs }: State): Event {
    const leg = Math.floor(roll() * legs.length);
    const { orders, position } = legs[leg]!;
    const some = orders.length > 0 && roll() < 0.95 ? pick(orders) : null;
    const order = some === null ? Math.floor(roll() * 50) : some.id;
    const instrument = instruments[leg]!;
    const kind = roll();
    if (kind < 0.3) return { tag: 'order-accepted', at: now, leg, order };
    if (kind < 0.55) {
      id += 1;
      const left = some === null ? 5 : some.lots - some.filled;
      const lots = Math.max(1, roll() < 0.7 ? left : Math.ceil(left * roll()));
      const side = some === null ? (roll() < 0.5 ? 1 : -1) : some.side;
      const fill = execution(instrument, { at: now, id, side, lots, priceTicks: price, order: some === null && roll() < 0.5 ? -1 : order, leaves: Math.max(0, left - lots) });
      past.push({ ...fill, leg });
      return { ...fill, leg };
    }
    if (kind < 0.7) {
      const wanted = position.tag === 'open' && 'trigger' in position.protection ? position.protection.trigger : price - 50;
      return { tag: 'stop-set', at: now, leg, triggerTicks: roll() < 0.8 ? wanted : wanted - 5, by: 'mark', trailTicks: roll() < 0.1 ? 30 : 0 };
    }
    if (kind < 0.74) return { tag: 'stop-unchanged', at: now, leg, triggerTicks: price - 50 };
    if (kind < 0.77) return { tag: 'stop-refused', at: now, leg, triggerTicks: price - 50, reason: pick(['through-trigger', 'no-position', 'other'] as const) };
    if (kind < 0.82) return { tag: 'order-rejected', at: now, leg, order, reason: pick(rejections) };
    if (kind < 0.92) return { tag: 'order-cancelled', at: now, leg, order, cause: pick(cancels), filled: some?.filled ?? 0 };
    if (kind < 0.94) return { tag: 'order-expired', at: now, leg, order, filled: some?.filled ?? 0 };
    if (kind < 0.97) {
      return { tag: 'order-changed', at: now, leg, order, change: pick(['amended', 'triggered'] as const), lots: (some?.lots ?? 3) as Lots, priceTicks: price };
    }
    return { tag: 'request-failed', at: now, leg, order, of: pick(['enter', 'reduce', 'amend', 'cancel', 'set-stop'] as const), certainty: pick(['not-applied', 'unknown'] as const), reason: pick(['no-order', 'timeout', 'rate-limited', 'refused'] as const) };
  }

  function rare(): Event {
    const symbol = Math.floor(roll() * instruments.length);
    switch (Math.floor(roll() * 12)) {
      case 0: return { tag: 'mark-price', at: now, symbol, markTicks: price + Math.round((roll() - 0.5) * 20) };
      case 1: return { tag: 'funding', at: now, symbol, leg: symbol, rate: 0.0001, settledAt: now, nextAt: null, payment: BigInt(Math.round((roll() - 0.5) * 1e12)) };
      case 2: return { tag: 'connected', at: now };
      case 3: return { tag: 'disconnected', at: now };
      case 4: return { tag: 'stale', at: now, symbol };
      case 5: return { tag: 'timer', at: now };
      case 6: return { tag: 'instrument-changed', at: now, symbol, change: roll() < 0.5 ? '' : 'tick 1, now 5' };
      case 7: return { tag: 'liquidation', at: now, leg: symbol };
      case 8: return { tag: 'adl', at: now, leg: symbol, lotsAfter: 0 };
      case 9: return { tag: 'account-snapshot', at: now, takenAt: now, leg: symbol, position: 'unknown', stop: 'unknown', openOrders: 'unknown', ended: 'unknown', executions: 'unknown', markTicks: price, lastTicks: price };
      case 10: return { tag: 'wallet', at: now, wallet: 0, balance: 1n };
      default: return { tag: 'operator', at: now, verb: roll() < 0.6 ? 'resume' : pick(['halt', 'reduce-only', 'flatten'] as const) };
    }
  }

  return {
    next(listener) {
      if (waiting.length > 0) return waiting.shift()!;
      const kind = roll();
      now += Math.floor(roll() * 3);
      if (now >= closes + minute || kind < 0.25) return closeBar();
      if (kind < 0.3 && past.length > 0) return { ...pick(past), at: now };
      return kind < 0.36 ? rare() : ofVenue(listener);
    },
  };
}
