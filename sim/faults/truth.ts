/**
 * What is true at the venue, leg by leg: position, stop, orders, executions. Kept from the exchange's facts and from what was
 * sent to it; no fault touches it. Readings of the account are made of it, and whoever checks a run compares with it.
 *
 * Orders go by the engine's number ("link"); the exchange's own number differs where the venue took one link twice, or
 * where somebody else sent the order (links of -2 and below).
 */
import type { EndedOrder, Execution, ExecutionCause, Instrument, Money, Ms, OpenOrder, TriggerSource } from '../../engine/index.ts';
import type { Exchange, Fact, Submit } from '../exchange/index.ts';
import { averageTicks, executionOf } from '../venue.ts';

/** An order at the venue. */
export interface SentOrder {
  /** Number at the exchange. */
  readonly number: number;
  readonly link: number;
  readonly message: Submit;
  /** Lots that its sender believes in and that the venue is going to cancel: the exchange never saw them. */
  short: number;
  lots: number;
  filled: number;
  priceTicks: number;
}

export interface TrueStop { readonly triggerTicks: number; readonly by: TriggerSource }
export interface TruePosition { readonly side: 1 | -1 | 0; readonly lots: number; readonly cost: Money }

/** A leg as it was from `at` on. */
export interface LegView {
  readonly at: Ms;
  readonly position: TruePosition;
  readonly stop: TrueStop | null;
  readonly openOrders: readonly OpenOrder[];
  /** How many of the leg's ended orders and executions there were. */
  readonly ended: number;
  readonly executions: number;
}

/** An order that was handed to the exchange. While no bar is open it waits there, taken and not judged. */
interface HandedOrder { readonly order: SentOrder; readonly arrivesAt: Ms }

interface TrueLeg {
  /** By the exchange's number, until it was judged. */
  readonly handed: Map<number, HandedOrder>;
  readonly open: Map<number, SentOrder>;
  readonly ended: EndedOrder[];
  readonly executions: Execution[];
  stop: TrueStop | null;
  trailTicks: number;
  /** The position was opened by an order that was to have no stop. */
  waived: boolean;
  /** The views of the last half minute, oldest first, never empty. */
  readonly views: LegView[];
}

/** Views older than this serve nobody. */
const rememberedMs = 30_000;

export class Truth {
  readonly #exchange: Exchange;
  readonly #instruments: readonly Instrument[];
  readonly #legs: readonly TrueLeg[];
  readonly #sent = new Map<number, SentOrder>();
  /** Why the venue or somebody else sent the orders with these numbers. */
  readonly #causes = new Map<number, ExecutionCause>();

  constructor(exchange: Exchange, instruments: readonly Instrument[], from: Ms) {
    this.#exchange = exchange;
    this.#instruments = instruments;
    this.#legs = instruments.map((): TrueLeg => ({
      handed: new Map(), open: new Map(), ended: [], executions: [], stop: null, trailTicks: 0, waived: false,
      views: [{ at: from, position: { side: 0, lots: 0, cost: 0n }, stop: null, openOrders: [], ended: 0, executions: 0 }],
    }));
  }

  get legs(): number { return this.#legs.length; }
  get wallet(): Money { return this.#exchange.wallet; }

  position(leg: number): TruePosition {
    const { side, lots, cost } = this.#exchange.position(leg);
    return { side, lots, cost };
  }

  /** The stop loss in force; a stop that fired and works off its position still counts. */
  stop(leg: number): TrueStop | null { return this.#legs[leg]!.stop; }

  openOrders(leg: number): readonly OpenOrder[] { return [...this.#legs[leg]!.open.values()].map(shown); }

  /** Orders that stand at the exchange, by its own numbers. */
  standing(leg: number): readonly SentOrder[] { return [...this.#legs[leg]!.open.values()]; }

  /** Every execution so far; `at` is the venue's time. */
  executions(leg: number): readonly Execution[] { return this.#legs[leg]!.executions; }

  ended(leg: number): readonly EndedOrder[] { return this.#legs[leg]!.ended; }

  /** A stop loss or a trailing stop takes care of the whole position, or its owner wanted none. */
  isCovered(leg: number): boolean {
    const own = this.#legs[leg]!;
    return own.stop !== null || own.trailTicks > 0 || own.waived;
  }

  /** The leg as it was at `at`, as far back as half a minute. */
  viewAt(leg: number, at: Ms): LegView {
    const { views } = this.#legs[leg]!;
    let found = views[0]!;
    for (const view of views) if (view.at <= at) found = view;
    return found;
  }

  /** The link of an exchange's order; null when nothing of that number was ever sent. */
  linkOf(number: number): number | null { return this.#sent.get(number)?.link ?? null; }

  sentOrder(number: number): SentOrder | null { return this.#sent.get(number) ?? null; }

  /** Orders of the engine that reached the exchange before `at` and were not judged yet: it has them, and is going to judge them. */
  waiting(leg: number, at: Ms): readonly OpenOrder[] {
    const { handed } = this.#legs[leg]!;
    const orders: OpenOrder[] = [];
    for (const { order, arrivesAt } of handed.values()) if (arrivesAt < at) orders.push(shown(order));
    return orders;
  }

  /** An order is on its way to the exchange. */
  send(standing: SentOrder, arrivesAt: Ms, cause: ExecutionCause = 'order'): void {
    this.#sent.set(standing.number, standing);
    if (standing.link > 0) this.#legs[standing.message.symbol]!.handed.set(standing.number, { order: standing, arrivesAt });
    if (cause !== 'order') this.#causes.set(standing.number, cause);
  }

  /** An order ended without ever having reached the exchange's book. */
  endUnseen(leg: number, ended: EndedOrder, at: Ms): void {
    this.#legs[leg]!.ended.push(ended);
    this.#view(leg, at);
  }

  /** Takes in one fact. Returns the execution as the engine would hear of it, null for other facts. */
  take(fact: Fact): Execution | null {
    const leg = this.#legs[fact.symbol]!;
    const standing = fact.order === -1 ? undefined : this.#sent.get(fact.order);
    switch (fact.kind) {
      case 'rejected':
        leg.handed.delete(fact.order);
        return null;
      case 'accepted':
        leg.handed.delete(fact.order);
        if (standing !== undefined) leg.open.set(fact.order, standing);
        return null;
      case 'amended':
        if (standing === undefined) return null;
        standing.lots = fact.lots;
        standing.short = 0;
        standing.priceTicks = fact.priceTicks;
        return null;
      case 'cancelled': case 'expired':
        if (standing !== undefined) this.#end(leg, standing, fact.kind);
        return null;
      case 'stop-set':
        leg.stop = fact.slTicks === 0 ? null : { triggerTicks: fact.slTicks, by: fact.slBy };
        leg.trailTicks = fact.trailTicks;
        if (leg.stop !== null) leg.waived = false;
        return null;
      case 'execution': return this.#execute(leg, fact, standing);
      default: return null;
    }
  }

  /** Everything of one instant was taken in. */
  seal(leg: number, at: Ms): void { this.#view(leg, at); }

  #execute(leg: TrueLeg, fact: Fact, standing: SentOrder | undefined): Execution {
    const plain = executionOf(fact, fact.at);
    let execution = plain;
    if (standing !== undefined) {
      standing.filled += fact.lots;
      const cause = this.#causes.get(fact.order) ?? 'order';
      const isOfVenue = cause === 'adl' || cause === 'liquidation';
      execution = {
        ...plain, order: isOfVenue ? -1 : standing.link, cause, leavesLots: isOfVenue ? this.position(fact.symbol).lots : fact.leavesLots + standing.short,
      };
      if (fact.leavesLots === 0) this.#end(leg, standing, standing.short > 0 ? 'cancelled' : 'filled');
    }
    leg.executions.push(execution);
    const { side } = this.#exchange.position(fact.symbol);
    if (side === 0) {
      leg.stop = null;
      leg.trailTicks = 0;
      leg.waived = false;
    } else if (standing !== undefined && side === fact.side && leg.stop === null) {
      leg.waived = standing.link > 0 && standing.message.slTicks === 0 && !standing.message.reduceOnly;
    }
    return execution;
  }

  #end(leg: TrueLeg, { number, link, filled }: SentOrder, outcome: EndedOrder['outcome']): void {
    leg.open.delete(number);
    leg.ended.push({ order: link, outcome, filled });
  }

  #view(index: number, at: Ms): void {
    const leg = this.#legs[index]!;
    const { views } = leg;
    views.push({
      at, position: this.position(index), stop: leg.stop, openOrders: this.openOrders(index),
      ended: leg.ended.length, executions: leg.executions.length,
    });
    while (views.length > 2 && views[1]!.at < at - rememberedMs) views.shift();
  }

  /** Average entry, ticks; 0 when flat. */
  entryTicks(leg: number, { lots, cost }: TruePosition): number { return averageTicks(this.#instruments[leg]!, lots, cost); }
}

function shown({ link, message, short, lots, filled, priceTicks }: SentOrder): OpenOrder {
  return { order: link, side: message.side, lots: lots + short, filled, priceTicks, reduceOnly: message.reduceOnly };
}
