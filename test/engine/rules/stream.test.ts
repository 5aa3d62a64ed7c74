/**
 * The engine under rules, listening to random bars and whatever a venue might say: two symbols, entries of every kind.
 *
 * 1. Nothing opens in a step that began outside of `trading`.
 * 2. An entry decided leaves exposure of the symbol, of all symbols and of the order within its caps, standing and unknown
 *    orders counted.
 * 3. What the rules remember is plain data: its JSON gives it back, and so does a snapshot of the state.
 * 4. Every event through every stage gives the same commands.
 * 5. Whatever the mode, a flatten sends an exit for every position that has none on its way.
 */
import { describe, expect, it } from 'vitest';
import { deadlineOf, restoreState, stateText, stepThroughAll } from '../../../engine/index.ts';
import type { Event, Leg, RunConfigWish, State } from '../../../engine/index.ts';
import { chance, linear } from '../../sim/market.ts';
import { scripted } from '../../sim/scripted.ts';
import type { AnyScene } from '../../sim/scripted.ts';
import { stepped } from '../stepped.ts';
import { stream } from '../stream.ts';

const minute = 60_000;
const stage = (from: number) => ({
  from, lossCap: 3_000, lossFraction: 0.2, leverage: 3, gainPerFee: 1, atrMinimum: 0, tradesPerDay: 30, liquidation: { stopMultiple: 2, floor: 0.02 },
});
const config: RunConfigWish = {
  cash: 100_000, leverage: 10,
  risk: {
    maxOpenRisk: 1, maxTotalLeverage: 4, maxOrderNotional: 250_000, marginShare: 0.8, stages: [stage(0), stage(99_900)],
    stageChanges: { count: 2, withinMs: 5 * minute, pauseMs: 5 * minute }, atr: { barMs: 2 * minute, bars: 2 }, feeGate: true, liquidation: true,
    ordersPerMinute: 20, equityAgeMs: 90_000, dailyLoss: 0.2, weeklyLoss: { fraction: 0.5, pauseMs: 10 * minute },
    lossStreaks: [{ losses: 4, pauseMs: 3 * minute }], streakSize: { losses: 3, down: 0.5, least: 0.25, wins: 3, up: 1.5 },
    feeAnomaly: { ratio: 1.2, trades: 2, pauseMs: minute }, slippageAnomaly: { price: 40, cost: null, count: 3, withinMs: minute, pauseMs: 2 * minute },
    priceShock: { windows: [{ withinMs: minute, move: 0.0049, calm: 0.0045 }], pauseMs: minute, calmMs: minute, afterMs: minute },
    rejections: { count: 3, pauseMs: minute },
  },
};
const instruments = [linear(), linear({ symbol: 'BBBUSDT' })];
const events = 4_000;

function wants(seed: number): (scene: AnyScene) => ReturnType<AnyScene['intents']['exit']> {
  const roll = chance(seed);
  return ({ bar, position, intents }) => {
    const kind = roll();
    const side = roll() < 0.5 ? 'long' as const : 'short' as const;
    const stop = Math.round(bar.close * (side === 'long' ? 0.98 : 1.02));
    const price = Math.round(bar.close * (side === 'long' ? 0.999 : 1.001));
    if (position.tag === 'open' && kind < 0.3) return intents.exit('enough');
    if (position.tag === 'open' && kind < 0.4) return intents.add({ qty: 1 + Math.floor(roll() * 5) });
    if (kind < 0.6) return intents.enter({ side, stop, risk: 0.01 + roll() * 0.1 });
    if (kind < 0.7) return intents.enter({ side, stop, qty: 1 + Math.floor(roll() * 40), at: 'limit', price, validFor: 3 });
    if (kind < 0.8 && position.tag === 'open') return intents.reverse({ side: position.side === 'long' ? 'short' : 'long', stop: position.side === 'long' ? Math.round(bar.close * 1.02) : Math.round(bar.close * 0.98), risk: 0.02 });
    if (kind < 0.9) return intents.rest([{ key: 'a', side: 'buy', price: Math.round(bar.close * 0.998), qty: 3 }, { key: 'b', side: 'sell', price: Math.round(bar.close * 1.002), qty: 2 }], { long: Math.round(bar.close * 0.97), short: Math.round(bar.close * 1.03) });
    return intents.hold;
  };
}

const engineOf = (seed: number, by?: typeof stepThroughAll): ReturnType<typeof stepped> => stepped({
  strategy: scripted({ symbols: ['AAAUSDT', 'BBBUSDT'], always: wants(seed) }).strategy, instruments, config, ...(by === undefined ? {} : { by }),
});

/** Lots the leg could hold at worst on a side, counted apart from the engine's own sums. */
function worst({ position, orders, staged }: Leg, side: 1 | -1): number {
  const held = position.tag === 'open' && position.side === side ? position.lots : 0;
  const standing = orders.filter((order) => !order.reduceOnly && order.side === side).map((order) => order.lots - order.filled);
  return held + standing.reduce((sum, lots) => sum + lots, 0) + (staged !== null && staged.order.side === side ? staged.order.lots : 0);
}

function expectWithinCaps({ legs, equity }: State, leg: Leg, lots: number, side: 1 | -1): void {
  const slack = 1 + 1e-9;
  const price = leg.book.lastTicks * 1.0021; // the farthest a resting order lies from the close
  expect(worst(leg, side) * leg.book.lastTicks * 0.997).toBeLessThanOrEqual(equity * 3 * slack);
  const all = legs.reduce((sum, one) => sum + Math.max(worst(one, 1), worst(one, -1)) * one.book.lastTicks * 0.997, 0);
  const other = worst(leg, side === 1 ? -1 : 1);
  if (other <= worst(leg, side)) expect(all).toBeLessThanOrEqual(equity * 4 * slack);
  expect(lots * Math.min(price, leg.book.lastTicks) * 0.997).toBeLessThanOrEqual(250_000 * slack);
}

describe('the engine under rules', () => {
  for (const seed of [1, 2, 3, 4]) {
    it(`keeps invariants 1 to 5 over ${events} random events, seed ${seed}`, () => {
      const engine = engineOf(seed);
      const slow = engineOf(seed, stepThroughAll);
      const { state } = engine;
      const source = stream(seed, instruments);
      const seen = new Set<string>();
      let entries = 0;
      for (let i = 0; i < events; i++) {
        const event = source.next(state);
        if (isOutage(event, state)) continue;
        passTime([engine, slow], event.at);
        const before = state.mode.tag;
        const { commands, notes } = engine.take(event);
        expect(slow.take(event).commands).toEqual(commands);
        for (const note of notes) if (note.tag === 'mode' && note.mode.tag === 'cooldown') seen.add(note.mode.cause);
        for (const command of commands) {
          if (command.tag !== 'enter') continue;
          expect(before).toBe('trading');
          entries += 1;
          if (event.tag === 'cycle-closed') expectWithinCaps(state, state.legs[command.leg]!, command.lots, command.side);
        }
        if (i % 50 === 0) expect(JSON.parse(JSON.stringify(state.rules))).toEqual(state.rules);
        if (i % 500 === 0) expect(restoreState(state.setup, stateText(state)).rules).toEqual(state.rules);
        if (i % 97 === 0) flattens(engine, slow);
        if (state.mode.tag === 'halted') for (const one of [engine, slow]) one.take({ tag: 'operator', at: state.now, verb: 'resume' });
      }

      expect(entries).toBeGreaterThan(20);
      expect(seen.size).toBeGreaterThan(1);
    });
  }
});

/** As every shell does: a timer at each deadline on the way. */
function passTime(engines: readonly ReturnType<typeof stepped>[], to: number): void {
  for (const engine of engines) {
    const { state } = engine;
    for (let turn = 0; turn < 50 && deadlineOf(state) <= to; turn++) engine.take({ tag: 'timer', at: Math.max(state.now, deadlineOf(state)) });
  }
}

/** What ends in recovery, where nothing is decided, has tests of its own; a fill of an order that is not there does too. */
function isOutage(event: Event, { legs }: State): boolean {
  switch (event.tag) {
    case 'connected': case 'disconnected': case 'stale': case 'liquidation': case 'adl': case 'account-snapshot': case 'wallet': return true;
    case 'execution': return !legs[event.leg]!.orders.some(({ id }) => id === event.order);
    default: return false;
  }
}

function flattens(engine: ReturnType<typeof stepped>, slow: ReturnType<typeof stepped>): void {
  const { state } = engine;
  const open = state.legs.filter(({ position, orders }) => position.tag === 'open'
    && !orders.some(({ role, sentAt }) => role === 'exit' && sentAt >= position.openedAt));
  const event = { tag: 'operator', at: state.now, verb: 'flatten' } as const;
  const { commands } = engine.take(event);
  slow.take(event);
  const exits = commands.filter(({ tag }) => tag === 'reduce');

  expect(exits.map((command) => ('leg' in command ? command.leg : -1))).toEqual(open.map(({ index }) => index));
}
