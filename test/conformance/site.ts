/**
 * A venue as the suite sees it: the shapes of `live/venue.ts` and `live/connection.ts`, what was told, and the few things that
 * are done to it from outside. Words about a site: `unit` is the least that may be traded in one order, in lots.
 */
import type { AccountSnapshot, Approved, Command, Direction, Event, Instrument, Lots, Ms } from '../../engine/index.ts';
import type { Connection } from '../../live/index.ts';

/** Somebody else at the same account. */
export interface Hand {
  removeStop(leg: number): Promise<void>;
}
/** What can go wrong on the way; no answer to the next order comes back in time. */
export interface Line {
  /** The order reaches the exchange at once, never, or after it was given up. */
  loseNextAnswer(arrival: 'placed' | 'absent' | 'late'): void;
  /** The late order has had its time. */
  lateArrived(): Promise<void>;
}

export interface SiteWish {
  readonly connection: Connection;
  readonly instruments: readonly Instrument[];
  readonly units: readonly number[];
  /** Largest order, lots. */
  readonly mostLots: readonly number[];
  readonly events: readonly Event[];
  readonly now: () => Ms;
  /** Last price, ticks. */
  readonly price: (leg: number) => Promise<number>;
  /** Nothing is under way, and everything pushed was told. */
  readonly quiet: () => Promise<void>;
  /** How long an event is waited for once it is quiet, wall time, ms. */
  readonly patienceMs: Ms;
  /** What is to be added to the clock of this machine, as the suite knows it. */
  readonly offsetMs: () => Ms;
  readonly close: () => Promise<void>;
  readonly hand?: Hand;
  readonly line?: Line;
  /** Lets market time pass. */
  readonly play?: (minutes: number) => Promise<void>;
  /** Balance at the beginning, money units. */
  readonly cash?: bigint;
  /** The first number of an order. */
  readonly firstOrder?: number;
}

type EnterCommand = Extract<Command, { readonly tag: 'enter' }>;
type ReduceCommand = Extract<Command, { readonly tag: 'reduce' }>;
type Told<T extends Event['tag']> = Event & { readonly tag: T };

const lookMs = 10;

export class Site {
  readonly #wish: SiteWish;
  #order: number;
  /** Events told before are of another behaviour. */
  readonly #from: number;

  constructor(wish: SiteWish) {
    this.#wish = wish;
    this.#order = wish.firstOrder ?? 1;
    this.#from = wish.events.length;
  }

  get connection(): Connection { return this.#wish.connection; }
  get instruments(): readonly Instrument[] { return this.#wish.instruments; }
  get events(): readonly Event[] { return this.#wish.events.slice(this.#from); }
  get now(): Ms { return this.#wish.now(); }
  get offsetMs(): Ms { return this.#wish.offsetMs(); }
  get hand(): Hand { return present(this.#wish.hand); }
  get line(): Line { return present(this.#wish.line); }
  get cash(): bigint { return present(this.#wish.cash); }
  play(minutes: number): Promise<void> { return present(this.#wish.play)(minutes); }
  close(): Promise<void> { return this.#wish.close(); }
  quiet(): Promise<void> { return this.#wish.quiet(); }

  get mostLots(): number { return this.#wish.mostLots[0]!; }
  unit(leg = 0): number { return this.#wish.units[leg]!; }

  /** Whole ticks this share away from the price: -0.05 = 5 % below. */
  async level(share: number, leg = 0): Promise<number> {
    return Math.round(await this.#wish.price(leg) * (1 + share));
  }

  send(...commands: readonly Command[]): void {
    this.connection.venue.send(commands as readonly unknown[] as readonly Approved[], this.now);
  }

  nextOrder(): number {
    this.#order += 1;
    return this.#order - 1;
  }

  /** A market buy of four units without a stop, unless said otherwise. */
  enter(own: Partial<Omit<EnterCommand, 'lots'>> & { readonly lots?: number } = {}): EnterCommand {
    return {
      tag: 'enter', leg: 0, order: own.order ?? this.nextOrder(), side: 1, type: 'market', priceTicks: 0, timeInForce: 'IOC', triggerTicks: 0, triggerBy: 'last',
      triggerDirection: 0, stopTicks: 0, stopBy: 'mark', ...own, lots: (own.lots ?? 4 * this.unit(own.leg)) as Lots,
    };
  }

  limit(priceTicks: number, own: Parameters<Site['enter']>[0] = {}): EnterCommand {
    return this.enter({ type: 'limit', timeInForce: 'GTC', priceTicks, ...own });
  }

  /** A market sell of four units that only reduces, unless said otherwise. */
  reduce(own: Partial<Omit<ReduceCommand, 'lots'>> & { readonly lots?: number } = {}): ReduceCommand {
    return {
      tag: 'reduce', leg: 0, order: own.order ?? this.nextOrder(), side: -1, type: 'market', priceTicks: 0, timeInForce: 'IOC', reduceOnly: true, ...own,
      lots: (own.lots ?? 4 * this.unit(own.leg)) as Lots,
    };
  }

  stop(triggerTicks: number, leg = 0): Command {
    return { tag: 'set-stop', leg, triggerTicks, by: 'mark', trailTicks: 0, activeTicks: 0 };
  }

  /** Sends, and waits until everything is answered and told. */
  async did(...commands: readonly Command[]): Promise<void> {
    this.send(...commands);
    await this.quiet();
  }

  /** The last event that fits, now or when it comes. */
  async told<T extends Event['tag']>(tag: T, fits: (event: Told<T>) => boolean = () => true): Promise<Told<T>> {
    await this.quiet();
    const until = performance.now() + this.#wish.patienceMs;
    for (;;) {
      const found = this.all(tag).findLast(fits);
      if (found !== undefined) return found;
      if (performance.now() >= until) throw new Error(`${tag} was not told; told were ${this.events.map((event) => event.tag).join(', ')}`);
      await new Promise((resolve) => { setTimeout(resolve, lookMs); });
      await this.quiet();
    }
  }

  all<T extends Event['tag']>(tag: T): readonly Told<T>[] {
    return this.events.filter((event): event is Told<T> => event.tag === tag);
  }

  about<T extends Event['tag']>(tag: T, order: number): readonly Told<T>[] {
    return this.all(tag).filter((event) => 'order' in event && event.order === order);
  }

  /** A reading asked for now. */
  async read(leg = 0): Promise<AccountSnapshot> {
    const before = this.all('account-snapshot').filter((one) => one.leg === leg).length;
    await this.did({ tag: 'query-account', leg });
    await this.told('account-snapshot', (one) => one.leg === leg && this.all('account-snapshot').filter((other) => other.leg === leg).length > before);
    return this.all('account-snapshot').findLast((one) => one.leg === leg)!;
  }

  /** What is held and what stands, read now: `lots` is signed. */
  async standing(leg = 0): Promise<{ readonly lots: number; readonly stop: number | null; readonly orders: readonly number[] }> {
    const { position, stop, openOrders } = await this.read(leg);
    if (position === 'unknown' || stop === 'unknown' || openOrders === 'unknown') throw new Error('part of the reading is unknown');
    return {
      lots: position.side === 0 ? 0 : position.side * position.lots, stop: stop?.triggerTicks ?? null,
      orders: openOrders.map(({ order }) => order).toSorted((a, b) => a - b),
    };
  }

  /** No request failed, nothing was refused. */
  calm(): void {
    const bad = this.events.filter(({ tag }) => tag === 'request-failed' || tag === 'order-rejected' || tag === 'stop-refused');
    if (bad.length > 0) throw new Error(`told were ${bad.map((event) => `${event.tag} (${'reason' in event ? event.reason : ''})`).join(', ')}`);
  }
}

function present<T>(what: T | undefined): T {
  if (what === undefined) throw new Error('the venue offers no such thing: it must say so in its list');
  return what;
}

/** Signed sum of what executions told. */
export const netLots = (executions: readonly { readonly side: Direction; readonly lots: number }[]): number =>
  executions.reduce((sum, { side, lots }) => sum + side * lots, 0);
