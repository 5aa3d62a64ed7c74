/**
 * A conversation with the engine alone, one leg, without a venue: what a strategy wants now, what a venue says, how time
 * passes. Prices are whole ticks of 1, sizes whole lots of 1, so that what a test expects can be worked out by hand.
 */
import { deadlineOf } from '../../engine/index.ts';
import type { AccountSnapshot, Command, Direction, Event, Intent, Leg, Note, OpenPosition, Order, State } from '../../engine/index.ts';
import { beginAgain } from '../../engine/journal/journal.ts';
import { linear, minute, start } from '../sim/market.ts';
import type { ConfigWish } from '../sim/played.ts';
import { scripted } from '../sim/scripted.ts';
import type { AnyScene } from '../sim/scripted.ts';
import { bar, cycle, execution, stepped } from './stepped.ts';
import type { Stepped } from './stepped.ts';

type Untimed<E> = E extends Event ? Omit<E, 'at' | 'leg'> : never;
export type Want = (scene: AnyScene) => Intent;
export interface Told { readonly commands: readonly Command[]; readonly notes: readonly Note[] }
export interface FillWish { readonly side: Direction; readonly lots: number; readonly priceTicks?: number; readonly leaves?: number; readonly id?: number | string }

/** Everything known, nothing there. */
export const nothing: Omit<AccountSnapshot, 'tag' | 'at' | 'takenAt' | 'leg'> = {
  position: { side: 0, lots: 0, entryTicks: 0, cost: 0n }, stop: null, openOrders: [], ended: [], executions: [], markTicks: 100, lastTicks: 100,
};
/** Nothing known. */
export const unheard: typeof nothing = {
  position: 'unknown', stop: 'unknown', openOrders: 'unknown', ended: 'unknown', executions: 'unknown', markTicks: Number.NaN, lastTicks: Number.NaN,
};

export class Talk {
  readonly instrument = linear();
  readonly #engine: Stepped;
  #want: Want | null = null;
  #id = 0;
  now = start;

  constructor(config: ConfigWish = {}) {
    const { strategy } = scripted({ always: (scene) => this.#want?.(scene) ?? scene.intents.hold });
    this.#engine = stepped({ strategy, instruments: [this.instrument], config });
  }

  get state(): State { return this.#engine.state; }
  get leg(): Leg { return this.state.legs[0]!; }
  get orders(): readonly Order[] { return this.leg.orders; }
  /** The order of this number, standing or not. */
  order(id: number): Order {
    const order = [...this.leg.orders, ...this.leg.buried.map((one) => one.order)].find((one) => one.id === id);
    if (order === undefined) throw new Error(`no order ${id}`);
    return order;
  }
  get position(): OpenPosition {
    const { position } = this.leg;
    if (position.tag === 'flat') throw new Error('flat');
    return position;
  }
  /** Signed lots. */
  get lots(): number { return this.leg.position.tag === 'open' ? this.leg.position.side * this.leg.position.lots : 0; }

  /** The next whole minute closes at 100 (or `close`), and this is what the strategy wants then. */
  decide(want: Want | null = null, close = 100): Told {
    this.now = Math.floor(this.now / minute + 1) * minute;
    this.#want = want;
    const first = this.#engine.take(bar(this.instrument, this.now, [close, close, close, close]));
    const second = this.#engine.take(cycle(this.now));
    return { commands: [...first.commands, ...second.commands], notes: [...first.notes, ...second.notes] };
  }

  tell(event: Untimed<Event>): Told {
    return this.#engine.take({ leg: 0, ...event, at: this.now } as Event);
  }

  accept(order: number): Told { return this.tell({ tag: 'order-accepted', order }); }

  fill(order: number, { side, lots, priceTicks = 100, leaves = 0, id }: FillWish): Told {
    this.#id += 1;
    const event = execution(this.instrument, { at: this.now, id: this.#id, side, lots, priceTicks, order, leaves });
    return this.tell({ ...event, id: id ?? this.#id });
  }

  /** A reading taken now, of an account in which there is nothing but these parts. */
  reading(parts: Partial<Omit<AccountSnapshot, 'tag' | 'at' | 'leg'>> = {}): Told {
    return this.tell({ tag: 'account-snapshot', takenAt: this.now, ...nothing, ...parts });
  }

  /** Time passes without a timer. */
  pass(ms: number): this {
    this.now += ms;
    return this;
  }

  timer(): Told { return this.tell({ tag: 'timer' }); }

  /** Time passes, with a timer at every deadline that the engine names. */
  wait(ms: number): Told {
    const until = this.now + ms;
    const all = { commands: [] as Command[], notes: [] as Note[] };
    for (let at = deadlineOf(this.state), rounds = 0; at <= until; at = deadlineOf(this.state)) {
      rounds = at > this.now ? 0 : rounds + 1;
      if (rounds > 5) throw new Error(`five timers left the deadline at ${at - start} ms where it was`);
      this.now = Math.max(at, this.now);
      const { commands, notes } = this.timer();
      all.commands.push(...commands);
      all.notes.push(...notes);
    }
    this.now = until;
    return all;
  }

  restart(): Told {
    const out = { commands: [], notes: [] };
    beginAgain(this.state, this.now, out);
    return out;
  }
}

/** Buys 5 at 95 with the stop at 80, for nine decisions. */
export const bid: Want = ({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 95, qty: 5, stop: 80, validFor: 9 });
/** Buys 5 at market with the stop at 80. */
export const buy: Want = ({ intents }) => intents.enter({ side: 'long', qty: 5, stop: 80 });
export const cancelEntry: Want = ({ intents }) => intents.cancelEntry;

/** A leg that is 5 long from 100, its stop at 80 armed; order 1 is over. */
export function long(config: ConfigWish = {}): Talk {
  const talk = new Talk(config);
  talk.decide(buy);
  talk.accept(1);
  talk.fill(1, { side: 1, lots: 5 });
  talk.tell({ tag: 'stop-set', triggerTicks: 80, by: 'mark', trailTicks: 0 });
  return talk;
}

/** What a reading shows of 5 long from 100 with the stop at 80. */
export const fiveLong: Partial<AccountSnapshot> = {
  position: { side: 1, lots: 5, entryTicks: 100, cost: 5_000_000_000_000n * 100n }, stop: { triggerTicks: 80, by: 'mark' },
};
