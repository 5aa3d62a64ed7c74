/**
 * The engine at a desk: hand-written events in, what it asks for out, in few words. There is no venue behind it, so that
 * a test can let anything be answered, twice, late or never. Time passes as a shell lets it pass: deadlines first.
 *
 * One symbol, tick 1, lot 1, taker 0.1 %. Orders are numbered from 1; a command reads
 * `2: reduce-only sell 4 at market`, `1: buy 4 at market, stop 90`, `set stop 90`, `cancel 1`, `ask`, `alarm unprotected`.
 */
import { beginRecovery, createState, deadlineOf, runConfig, setupOf, step } from '../../engine/index.ts';
import type { AccountSnapshot, Command, Direction, Event, Execution, Instrument, Leg, Lots, Note, Out, State } from '../../engine/index.ts';
import { bar, cycle, execution } from '../engine/stepped.ts';
import { linear, minute, start } from '../sim/market.ts';
import type { ConfigWish } from '../sim/played.ts';
import { scripted } from '../sim/scripted.ts';
import type { Script } from '../sim/scripted.ts';

/** An event of the desk's symbol at the desk's time. */
type Untimed<E extends Event> = E extends Event ? Omit<E, 'at' | 'leg' | 'symbol'> : never;
export type Told = Untimed<Exclude<Event, { readonly tag: 'bar-closed' | 'cycle-closed' | 'account-snapshot' | 'execution' }>>;

export interface FillWish {
  readonly side: Direction; readonly lots: number; readonly at: number;
  /** Ours, by number; without one the venue acted, for this cause. */
  readonly order?: number; readonly cause?: Execution['cause']; readonly leaves?: number;
  /** Runs from 1 unless stated. */
  readonly id?: number | string;
}

/** A reading in which nothing is missing: flat, no stop, no orders, unless stated. */
export interface ReadingWish {
  /** Signed lots; the entry is 100 unless stated. */
  readonly lots?: number | 'unknown';
  readonly entry?: number;
  readonly stop?: number | 'unknown' | null;
  readonly orders?: AccountSnapshot['openOrders'];
  readonly ended?: AccountSnapshot['ended'];
  readonly executions?: AccountSnapshot['executions'];
  readonly mark?: number;
  /** How old the reading is, ms. */
  readonly age?: number;
}

export interface Desk {
  readonly state: State;
  readonly leg: Leg;
  /** Every command and note so far. */
  readonly commands: Command[];
  readonly notes: Note[];
  /** Each of these returns what the engine asked for, in words. */
  readonly tell: (event: Told) => string[];
  readonly fills: (wish: FillWish) => string[];
  /** The fill as an event, for readings and for telling it again. */
  readonly filled: (wish: FillWish) => Execution;
  readonly take: (event: Event) => string[];
  readonly read: (wish?: ReadingWish) => string[];
  /** Time passes; deadlines that come are answered with a timer. */
  readonly pass: (ms: number) => string[];
  /** The next minute closes at this price (or with these four), and decisions are taken. */
  readonly close: (ticks: number | readonly [number, number, number, number]) => string[];
  readonly restart: () => string[];
}

export interface DeskWish extends Script {
  readonly config?: ConfigWish;
  readonly instrument?: Instrument;
}

export function desk({ config = {}, instrument = linear(), ...script }: DeskWish = {}): Desk {
  const { strategy } = scripted({ symbols: [instrument.symbol], ...script });
  const setup = setupOf({ strategy, params: {}, config: runConfig.parse({ cash: 100_000, ...config }), instruments: [instrument], baseMs: minute });
  const state = createState(setup);
  const leg = state.legs[0]!;
  const out: Out = { commands: [], notes: [] };
  const commands: Command[] = [];
  const notes: Note[] = [];
  let now = start;
  let executions = 0;

  function drained(): string[] {
    const words = out.commands.map(inWords);
    commands.push(...out.commands.splice(0));
    notes.push(...out.notes.splice(0));
    return words;
  }
  function take(event: Event): string[] {
    step(state, event, out);
    return drained();
  }
  function pass(ms: number): string[] {
    const until = now + ms;
    const words: string[] = [];
    for (let due = deadlineOf(state); due <= until; due = deadlineOf(state)) {
      now = Math.max(now, due);
      words.push(...take({ tag: 'timer', at: now }));
    }
    now = until;
    return words;
  }
  function filled({ side, lots, at, order, cause, leaves = 0, id = ++executions }: FillWish): Execution {
    const made = execution(instrument, { at: now, id: 0, side, lots, priceTicks: at, order: order ?? -1, leaves });
    return { ...made, id, ...(cause === undefined ? {} : { cause }) };
  }
  return {
    state, leg, commands, notes, take, pass, filled,
    tell: (event) => take({ ...event, at: now, leg: 0, symbol: 0 } as Event),
    fills: (wish) => take(filled(wish)),
    read: (wish = {}) => take(reading(instrument, now, wish)),
    close(ticks) {
      const words = pass(start + Math.ceil((now - start + 1) / minute) * minute - now);
      return [...words, ...take(bar(instrument, now, typeof ticks === 'number' ? [ticks, ticks, ticks, ticks] : ticks)), ...take(cycle(now))];
    },
    restart() {
      beginRecovery(state, out, 'restart', now);
      return drained();
    },
  };
}

function reading(instrument: Instrument, now: number, wish: ReadingWish): AccountSnapshot {
  const { lots = 0, entry = 100, stop = null, orders = [], ended = [], executions = [], mark = Number.NaN, age = 0 } = wish;
  const held = lots === 'unknown' ? 'unknown' : {
    side: Math.sign(lots) as Direction | 0, lots: Math.abs(lots), entryTicks: lots === 0 ? 0 : entry,
    cost: execution(instrument, { at: 0, id: 0, side: 1, lots: Math.abs(lots), priceTicks: entry }).value,
  };
  return {
    tag: 'account-snapshot', at: now, takenAt: now - age, leg: 0, position: held, openOrders: orders, ended, executions,
    stop: typeof stop === 'number' ? { triggerTicks: stop, by: 'mark' } : stop, markTicks: mark, lastTicks: mark,
  };
}

function inWords(command: Command): string {
  switch (command.tag) {
    case 'enter': return `${command.order}: ${trading(command)}${command.stopTicks > 0 ? `, stop ${command.stopTicks}` : ''}`;
    case 'reduce': return `${command.order}: ${command.reduceOnly ? 'reduce-only ' : ''}${trading(command)}`;
    case 'amend': return `amend ${command.order} to ${command.lots} at ${command.priceTicks}`;
    case 'cancel': return `cancel ${command.order}`;
    case 'set-stop': return `set stop ${command.triggerTicks}${command.trailTicks > 0 ? `, trail ${command.trailTicks}` : ''}`;
    case 'query-account': return 'ask';
    default: return `${command.severity} ${command.cause}`;
  }
}

function trading({ side, lots, type, priceTicks, triggerTicks = 0 }: {
  readonly side: Direction; readonly lots: number; readonly type: 'market' | 'limit'; readonly priceTicks: number; readonly triggerTicks?: number;
}): string {
  const where = triggerTicks > 0 ? `beyond ${triggerTicks}` : type === 'market' ? 'market' : String(priceTicks);
  return `${side === 1 ? 'buy' : 'sell'} ${lots} at ${where}`;
}

/** What the engine holds, in words: `flat`, `long 4 at 100, armed 90`, `short 2 at 100, unprotected unknown`. */
export function holding({ leg: { position } }: Desk): string {
  if (position.tag === 'flat') return 'flat';
  const { protection } = position;
  const guard = 'trigger' in protection ? `${protection.tag} ${protection.trigger}` : protection.tag === 'unprotected' ? `unprotected ${protection.cause}` : protection.tag;
  return `${position.side === 1 ? 'long' : 'short'} ${position.lots} at ${position.entryTicks}, ${guard}`;
}

/** The mode with its cause: `trading`, `halted unprotected`. */
export function modeOf({ state: { mode } }: Desk): string {
  return mode.tag === 'trading' ? mode.tag : `${mode.tag} ${mode.cause}`;
}

/** Standing orders: `1 sent`, `2 unknown no-answer`; the filled part behind a slash. */
export function ordersOf({ leg: { orders } }: Desk): string[] {
  return orders.map(({ id, filled, state }) => `${id} ${state.tag}${state.tag === 'unknown' ? ` ${state.cause}` : ''}${filled > 0 ? `/${filled}` : ''}`);
}

/** Net and gross of the trades closed so far, settle coin, and why they ended. */
export function tradesOf({ notes }: Desk): { gross: number; net: number; reason: string; lots: number }[] {
  return notes.flatMap((note) => (note.tag === 'trade' ? [{ gross: Number(note.gross) / 1e12, net: note.net, reason: note.exitReason, lots: note.lots }] : []));
}

/** Wants a long of 4 with a stop at 90, or a short of 4 with one at 110, at the first decision. */
export const enters = (side: 'long' | 'short'): Script['at'] => ({ 0: ({ intents }) => intents.enter({ side, qty: 4, stop: side === 'long' ? 90 : 110 }) });

/** At its first close, 100, it sent its entry: order 1. */
export function entering(side: 'long' | 'short' = 'long', wish: DeskWish = {}): Desk {
  const made = desk({ ...wish, at: { ...enters(side), ...wish.at } });
  made.close(100);
  return made;
}

/** The entry was filled at 100 and the venue has said that its stop stands: long 4 with a stop at 90, or short 4 with one at 110. */
export function held(side: 'long' | 'short' = 'long', wish: DeskWish = {}): Desk {
  const made = entering(side, wish);
  made.tell({ tag: 'order-accepted', order: 1 });
  made.fills({ side: side === 'long' ? 1 : -1, lots: 4, at: 100, order: 1 });
  made.tell({ tag: 'stop-set', triggerTicks: side === 'long' ? 90 : 110, by: 'mark', trailTicks: 0 });
  return made;
}

/** The same, and it wanted out at the next close, 100: order 2 sells or buys back 4. */
export function leaving(side: 'long' | 'short' = 'long', wish: DeskWish = {}): Desk {
  const made = held(side, { ...wish, at: { 1: ({ intents }) => intents.exit('enough'), ...wish.at } });
  made.close(100);
  return made;
}

export const lots = (value: number): Lots => value as Lots;
