/**
 * An engine that holds 4 lots from 100, moved by hand: every answer of the venue is told, every wait is stated. Prices
 * are those of a long; for a short they are mirrored at 100 (90 is 110), so that one test holds for both sides.
 */
import { deadlineOf } from '../../engine/index.ts';
import type { AnyStrategy, Command, Direction, Event, Execution, Instrument, Intent, Mode, Note, OpenPosition, Protection, State } from '../../engine/index.ts';
import { linear, start } from '../sim/market.ts';
import type { ConfigWish } from '../sim/played.ts';
import { scripted } from '../sim/scripted.ts';
import type { AnyScene } from '../sim/scripted.ts';
import { bar, cycle, execution, stepped } from './stepped.ts';

export type By = 'mark' | 'last';
export interface DeskWish {
  readonly side?: 'long' | 'short';
  readonly by?: By;
  readonly config?: ConfigWish;
  /** What is wanted at the first decision, in place of 4 lots at market with a stop at 90. */
  readonly enter?: (scene: AnyScene) => Intent;
  readonly strategy?: (strategy: AnyStrategy) => AnyStrategy;
  readonly symbols?: readonly string[];
}
/** An event without what the desk knows: its time and its leg. */
type Told<E> = E extends unknown ? Omit<E, 'at' | 'leg'> & { readonly leg?: number } : never;
/** A command and how long after the start of a wait it left, ms. */
export type Later = readonly [afterMs: number, command: Command];

export interface Desk {
  readonly state: State;
  readonly instrument: Instrument;
  /** The price of a long as the desk's side has it. */
  readonly p: (long: number) => number;
  readonly side: Direction;
  readonly exitSide: Direction;
  notes: readonly Note[];
  readonly position: () => OpenPosition;
  readonly protection: () => Protection;
  readonly mode: () => Mode;
  readonly now: () => number;
  readonly take: (event: Event) => readonly Command[];
  readonly tell: (event: Told<Event>) => readonly Command[];
  /** A fill of an order; 'with' the position grows it. The price is a long's. */
  readonly filled: (fill: { readonly order: number; readonly lots: number; readonly at?: number; readonly leaves?: number; readonly with?: boolean; readonly cause?: Execution['cause'] }) => readonly Command[];
  readonly bar: (close: number) => readonly Command[];
  /** A bar and its cycle, at which this is wanted. */
  readonly decide: (want: (scene: AnyScene) => Intent, close?: number) => readonly Command[];
  /** Lets time pass and sends a timer at each deadline that comes. */
  readonly wait: (ms: number) => readonly Later[];
  /** Lets time pass, with one timer at its end and none before. */
  readonly skip: (ms: number) => readonly Command[];
  readonly armed: () => Desk;
}

/** Before any decision. */
export function empty({ side = 'long', by = 'mark', config = {}, enter, strategy = (same) => same, symbols }: DeskWish = {}): Desk {
  const direction: Direction = side === 'long' ? 1 : -1;
  const p = (long: number): number => (direction === 1 ? long : 200 - long);
  let wanted: ((scene: AnyScene) => Intent) | null = enter
    ?? (({ intents }) => intents.enter({ side, qty: 4, stop: p(90), stopBy: by }));
  const script = scripted({
    ...(symbols === undefined ? {} : { symbols }),
    always: (scene) => {
      const now = wanted;
      wanted = null;
      return now === null ? scene.intents.hold : now(scene);
    },
  });
  const instrument = linear();
  const instruments = (symbols ?? ['AAAUSDT']).map((symbol) => linear({ symbol }));
  const engine = stepped({ strategy: strategy(script.strategy), instruments, config });
  const { state } = engine;
  let id = 0;
  const take = (event: Event): readonly Command[] => {
    const { commands, notes } = engine.take(event);
    desk.notes = notes;
    return commands;
  };
  const desk: Desk = {
    state, instrument, p, side: direction, exitSide: direction === 1 ? -1 : 1, notes: [], take,
    position() {
      const { position } = state.legs[0]!;
      if (position.tag === 'flat') throw new Error('flat');
      return position;
    },
    protection: () => desk.position().protection,
    mode: () => state.mode,
    now: () => state.now,
    tell: (event) => take({ at: state.now, leg: 0, ...event } as Event),
    filled({ order, lots, at = 100, leaves = 0, with: grows = false, cause }) {
      const way = grows ? direction : desk.exitSide;
      const made = execution(instrument, { at: state.now, id: id += 1, side: way, lots, priceTicks: p(at), order, leaves });
      return take(cause === undefined ? made : { ...made, cause });
    },
    bar: (close) => take(bar(instrument, state.now, [p(close), p(close), p(close), p(close)])),
    decide(want, close = 100) {
      wanted = want;
      return [...desk.bar(close), ...take(cycle(state.now))];
    },
    wait(ms) {
      const from = state.now;
      const told: Later[] = [];
      for (let timers = 0; ; timers += 1) {
        const due = deadlineOf(state);
        if (due > from + ms) break;
        if (timers > 10_000) throw new Error('deadlines without end');
        told.push(...take({ tag: 'timer', at: Math.max(due, state.now) }).map((command): Later => [state.now - from, command]));
      }
      take({ tag: 'mark-price', at: from + ms, symbol: 0, markTicks: state.legs[0]!.book.markTicks });
      return told;
    },
    skip: (ms) => take({ tag: 'timer', at: state.now + ms }),
    armed() {
      const held = desk.protection();
      if (held.tag !== 'requested') throw new Error(`nothing requested: ${held.tag}`);
      desk.tell({ tag: 'stop-set', triggerTicks: held.trigger, by: held.by, trailTicks: 0 });
      return desk;
    },
  };
  take(bar(instrument, start, [100, 100, 100, 100]));
  return desk;
}

/** Its entry is on its way. */
export function entering(wish: DeskWish = {}): Desk {
  const desk = empty(wish);
  desk.take(cycle(start));
  desk.tell({ tag: 'order-accepted', order: 1 });
  return desk;
}

/** 4 lots from 100, the stop that rode on the entry not confirmed yet. */
export function opened(wish: DeskWish = {}): Desk {
  const desk = entering(wish);
  desk.filled({ order: 1, lots: 4, with: true });
  return desk;
}

/** The same with its stop confirmed. */
export const held = (wish: DeskWish = {}): Desk => opened(wish).armed();

export const setStop = (triggerTicks: number, by: By = 'mark', trailTicks = 0, activeTicks = 0): Command =>
  ({ tag: 'set-stop', leg: 0, triggerTicks, by, trailTicks, activeTicks });
export const query: Command = { tag: 'query-account', leg: 0 };
export const cancel = (order: number): Command => ({ tag: 'cancel', leg: 0, order });
export const told = (severity: 'info' | 'warning' | 'alarm', cause: string, text: string): Command => ({ tag: 'notify', severity, cause, text });
/** Reduce-only, at market unless a price is given. */
export const reduce = (
  desk: Desk, order: number, lots: number, priceTicks = 0, timeInForce: 'GTC' | 'IOC' = priceTicks > 0 ? 'GTC' : 'IOC',
): Command => ({
  tag: 'reduce', leg: 0, order, side: desk.exitSide, lots: lots as never, type: priceTicks > 0 ? 'limit' : 'market', priceTicks, timeInForce, reduceOnly: true,
});

/** A reading of the account in which everything is told. */
export function reading(desk: Desk, own: Partial<Extract<Event, { tag: 'account-snapshot' }>> = {}): Event {
  const { position } = desk.state.legs[0]!;
  return {
    tag: 'account-snapshot', at: desk.now(), takenAt: desk.now(), leg: 0,
    position: position.tag === 'flat' ? { side: 0, lots: 0, entryTicks: 0, cost: 0n }
      : { side: position.side, lots: position.lots, entryTicks: 100, cost: position.cost },
    stop: 'unknown', openOrders: [], ended: [], executions: [], markTicks: Number.NaN, lastTicks: Number.NaN, ...own,
  };
}
export { start };
