/**
 * A small venue that is the truth, and bad at telling it: requests get lost, arrive late or lose their answer, messages are
 * dropped, repeated and shuffled, readings lack parts, the engine is restarted between any two of them. Written without the
 * engine's own bookkeeping. Everything trades at 100, stops fire at their trigger.
 */
import type { AccountSnapshot, Command, Direction, EndedOrder, Execution, ReduceCommand, EnterCommand } from '../../engine/index.ts';
import { chance, minute } from '../sim/market.ts';
import { Talk, unheard } from './talk.ts';
import type { Told, Want } from './talk.ts';

interface Standing { readonly id: number; readonly side: Direction; lots: number; priceTicks: number; filled: number; readonly reduceOnly: boolean; readonly stopTicks: number; readonly isMarket: boolean }
interface Request { readonly command: Command; readonly at: number }
type Message = Parameters<Talk['tell']>[0];

const price = 100;
/** A request that is older is not accepted any more. */
const windowMs = 5_000;

const wants: readonly Want[] = [
  ({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 95, qty: 5, stop: 80, validFor: 3 }),
  ({ intents }) => intents.enter({ side: 'long', qty: 4, stop: 80, targets: [{ price: 110, fraction: 0.5 }, { price: 120, fraction: 0.5 }] }),
  ({ intents }) => intents.enter({ side: 'short', qty: 6, stop: 120 }),
  ({ intents, position }) => (position.tag === 'flat' ? intents.hold : intents.reverse({ side: position.side === 'long' ? 'short' : 'long', qty: 3, stop: position.side === 'long' ? 120 : 80 })),
  ({ intents }) => intents.exit('enough'),
  ({ intents }) => intents.reduce({ fraction: 0.5, reason: 'half' }),
  ({ intents }) => intents.cancelEntry,
  ({ intents }) => intents.rest([{ key: 'b', side: 'buy', price: 97, qty: 3 }, { key: 's', side: 'sell', price: 103, qty: 3 }], { long: 80, short: 120 }),
  ({ intents }) => intents.rest([{ key: 'b', side: 'buy', price: 96, qty: 4, once: false }], { long: 80, short: 120 }),
  ({ intents }) => intents.add({ at: 'limit', price: 98, qty: 2, validFor: 2 }),
];

export class Dealer {
  readonly talk = new Talk({ cash: 1_000_000, crashLoop: { count: 100 } });
  readonly counts = { fills: 0, restarts: 0, lost: 0 };
  readonly #roll: () => number;
  readonly #open = new Map<number, Standing>();
  readonly #known = new Set<number>();
  readonly #ended: EndedOrder[] = [];
  readonly #executions: Execution[] = [];
  #requests: Request[] = [];
  #messages: Message[] = [];
  #lots = 0;
  #cost = 0n;
  #stop = 0;
  #fees = 0n;
  /** Sum of what selling fetched less what buying cost. */
  #flow = 0n;
  #isKind = false;

  constructor(seed: number) { this.#roll = chance(seed); }

  /** Something happens. */
  turn(): void {
    const roll = this.#roll();
    if (roll < 0.12) this.#decide();
    else if (roll < 0.34) this.#hear(this.talk.wait(Math.floor(this.#roll() * 3_000)));
    else if (roll < 0.6) this.#deliver();
    else if (roll < 0.72) this.#trade();
    else if (roll < 0.76) this.#act();
    else if (roll < 0.79) this.#read();
    else if (roll < 0.8) this.#restart();
    else if (roll < 0.81) {
      this.#hear(this.talk.tell({ tag: 'disconnected' }));
      this.#messages = [];
      this.#hear(this.talk.tell({ tag: 'connected' }));
    }
    this.#arrive();
    if (this.talk.leg.query.tag === 'asked' && this.#roll() < 0.5) this.#answer();
  }

  /** Time goes on to the next close, as badly as ever. */
  #decide(): void {
    const closesAt = Math.floor(this.talk.now / minute + 1) * minute;
    while (this.talk.now + 1_000 < closesAt) {
      this.#hear(this.talk.wait(1_000));
      this.#arrive();
      if (this.#roll() < 0.7) this.#deliver();
      if (this.talk.leg.query.tag === 'asked' && this.#roll() < 0.5) this.#answer();
    }
    this.#hear(this.talk.wait(closesAt - 1 - this.talk.now));
    this.#hear(this.talk.decide(this.#pick(wants)));
  }

  /** From now on nothing gets lost. */
  settle(): void {
    this.#isKind = true;
    for (let i = 0; i < 700; i++) {
      this.#hear(this.talk.wait(100));
      this.#arrive();
      while (this.#messages.length > 0) this.#deliver();
      if (this.talk.leg.query.tag === 'asked' || i % 50 === 49) this.#read();
    }
  }

  /** What the engine believes otherwise than it is; empty = nothing. */
  difference(): Record<string, unknown> {
    const { talk } = this;
    const wrong: Record<string, unknown> = {};
    const note = (name: string, engine: unknown, venue: unknown): void => {
      if (JSON.stringify(engine, whole) !== JSON.stringify(venue, whole)) wrong[name] = { engine, venue };
    };
    note('lots', talk.lots, this.#lots);
    note('orders', talk.orders.map(({ id, lots, filled, priceTicks, state }) => [id, lots, filled, priceTicks, state.tag]).toSorted((a, b) => Number(a[0]) - Number(b[0])),
      [...this.#open.values()].map(({ id, lots, filled, priceTicks }) => [id, lots, filled, priceTicks, 'working']).toSorted((a, b) => Number(a[0]) - Number(b[0])));
    note('fees', talk.state.wallet.fees, this.#fees);
    const { position } = talk.leg; // what was gained and what is still held for it depend on the order of fills, together they do not
    note('money', talk.state.wallet.realised - (position.tag === 'open' ? BigInt(position.side) * position.cost : 0n), this.#flow);
    note('stop', this.#lots === 0 ? 'none' : stopOf(talk), this.#lots === 0 ? 'none' : this.#stop);
    return wrong;
  }

  #pick<T>(from: readonly T[]): T { return from[Math.floor(this.#roll() * from.length)]!; }

  #hear({ commands }: Told): void {
    for (const command of commands) {
      if (command.tag === 'query-account' || command.tag === 'notify') continue;
      const fate = this.#isKind ? 1 : this.#roll();
      const late = fate < 0.25 ? Math.floor(this.#roll() * windowMs) : 0;
      if (fate >= 0.15) this.#requests.push({ command, at: this.talk.now + late });
      if (fate >= 0.25) continue;
      this.counts.lost += 1;
      if (this.#roll() < 0.7) this.#messages.push({ tag: 'request-failed', order: 'order' in command ? command.order : -1, of: command.tag, certainty: 'unknown', reason: 'timeout' });
    }
  }

  #arrive(): void {
    const now = this.#requests.filter(({ at }) => at <= this.talk.now);
    this.#requests = this.#requests.filter(({ at }) => at > this.talk.now);
    for (const { command } of now) this.#take(command);
  }

  #take(command: Command): void {
    switch (command.tag) {
      case 'enter':
      case 'reduce': this.#submit(command); return;
      case 'cancel': {
        const order = this.#open.get(command.order);
        if (order === undefined) this.#messages.push({ tag: 'request-failed', order: command.order, of: 'cancel', certainty: 'not-applied', reason: 'no-order' });
        else this.#end(order, 'cancelled', 'requested');
        return;
      }
      case 'amend': {
        const order = this.#open.get(command.order);
        if (order === undefined) this.#messages.push({ tag: 'request-failed', order: command.order, of: 'amend', certainty: 'not-applied', reason: 'no-order' });
        else {
          order.lots = command.lots;
          order.priceTicks = command.priceTicks;
          this.#messages.push({ tag: 'order-changed', order: order.id, change: 'amended', lots: command.lots, priceTicks: command.priceTicks });
          if (order.filled >= order.lots) this.#end(order, 'cancelled', 'venue');
        }
        return;
      }
      case 'set-stop':
        if (this.#lots === 0) this.#messages.push({ tag: 'stop-refused', triggerTicks: command.triggerTicks, reason: 'no-position' });
        else if (this.#stop === command.triggerTicks) this.#messages.push({ tag: 'stop-unchanged', triggerTicks: this.#stop });
        else {
          this.#stop = command.triggerTicks;
          this.#messages.push({ tag: 'stop-set', triggerTicks: this.#stop, by: 'mark', trailTicks: 0 });
        }
        return;
      default:
    }
  }

  #submit(command: EnterCommand | ReduceCommand): void {
    const { order: id, side, lots, priceTicks, tag } = command;
    if (this.#known.has(id)) {
      this.#messages.push({ tag: 'order-rejected', order: id, reason: 'duplicate-link' });
      return;
    }
    this.#known.add(id);
    const reduceOnly = tag === 'reduce';
    if (reduceOnly && this.#lots * side >= 0) {
      this.#ended.push({ order: id, outcome: 'rejected', filled: 0 });
      this.#messages.push({ tag: 'order-rejected', order: id, reason: 'no-position' });
      return;
    }
    const order: Standing = { id, side, lots, priceTicks, filled: 0, reduceOnly, stopTicks: tag === 'enter' ? command.stopTicks : 0, isMarket: command.type === 'market' };
    this.#open.set(id, order);
    this.#messages.push({ tag: 'order-accepted', order: id });
    if (!order.isMarket) return;
    const first = this.#roll() < 0.3 && lots > 1 ? Math.ceil(lots * this.#roll()) : lots;
    this.#fill(order, first, price);
    if (!this.#open.has(id)) return;
    if (this.#isKind || this.#roll() < 0.5) this.#fill(order, order.lots - order.filled, price);
    else this.#end(order, 'cancelled', 'no-volume');
  }

  #fill(order: Standing, wanted: number, at: number): void {
    const lots = order.reduceOnly ? Math.min(wanted, Math.abs(this.#lots)) : wanted;
    order.filled += lots;
    const isDone = order.filled >= order.lots || (order.reduceOnly && lots === Math.abs(this.#lots));
    this.#book({ order: order.id, cause: 'order', side: order.side, lots, priceTicks: at, leavesLots: isDone ? 0 : order.lots - order.filled }, order.stopTicks);
    if (isDone) {
      this.#open.delete(order.id);
      this.#ended.push({ order: order.id, outcome: 'filled', filled: order.filled });
    }
  }

  #book(fill: Pick<Execution, 'order' | 'cause' | 'side' | 'priceTicks' | 'leavesLots'> & { readonly lots: number }, stopTicks: number): void {
    const { side, lots } = fill;
    const value = this.talk.instrument.unitMoney * BigInt(fill.priceTicks) * BigInt(lots);
    const fee = value / 1_000n;
    this.counts.fills += 1;
    const before = this.#lots;
    this.#lots += side * lots;
    this.#fees += fee;
    this.#flow -= BigInt(side) * value;
    if (before * side >= 0) this.#cost += value;
    else if (Math.abs(before) > lots) this.#cost -= (this.#cost * BigInt(lots)) / BigInt(Math.abs(before)); // whole ticks of one price or two: exact here
    else this.#cost = this.talk.instrument.unitMoney * BigInt(fill.priceTicks) * BigInt(lots - Math.abs(before));
    const execution: Execution = { tag: 'execution', at: this.talk.now, leg: 0, id: `e${this.counts.fills}`, ...fill, lots: lots as never, value, fee, liquidity: 'taker' };
    this.#executions.push(execution);
    this.#messages.push(execution);
    if (this.#lots === 0) {
      this.#stop = 0;
      for (const order of this.#open.values()) if (order.reduceOnly && order.id !== fill.order) this.#end(order, 'cancelled', 'position-closed');
    } else if (before * this.#lots <= 0 || this.#stop === 0) {
      this.#stop = stopTicks;
      if (stopTicks > 0) this.#messages.push({ tag: 'stop-set', triggerTicks: stopTicks, by: 'mark', trailTicks: 0 });
    }
  }

  #end(order: Standing, outcome: 'cancelled', cause: 'requested' | 'venue' | 'no-volume' | 'position-closed'): void {
    this.#open.delete(order.id);
    this.#ended.push({ order: order.id, outcome, filled: order.filled });
    this.#messages.push({ tag: 'order-cancelled', order: order.id, cause, filled: order.filled });
  }

  /** Somebody takes a part or all of a resting order. */
  #trade(): void {
    const resting = [...this.#open.values()].filter(({ isMarket, reduceOnly, side }) => !isMarket && (!reduceOnly || this.#lots * side < 0));
    if (resting.length === 0) return;
    const order = this.#pick(resting);
    const left = order.lots - order.filled;
    this.#fill(order, this.#roll() < 0.5 ? left : Math.ceil(left * this.#roll()), order.priceTicks);
  }

  /** The venue acts by itself: the stop fires, or an order is taken off the book. */
  #act(): void {
    const open = [...this.#open.values()];
    if (this.#roll() < 0.5 && open.length > 0) this.#end(this.#pick(open), 'cancelled', 'venue');
    else if (this.#lots !== 0 && this.#stop > 0) {
      this.#book({ order: -1, cause: 'stop', side: this.#lots > 0 ? -1 : 1, lots: Math.abs(this.#lots), priceTicks: this.#stop, leavesLots: 0 }, 0);
    }
  }

  #deliver(): void {
    if (this.#messages.length === 0) return;
    const at = this.#isKind ? 0 : Math.floor(this.#roll() ** 3 * this.#messages.length);
    const message = this.#messages[at]!;
    const fate = this.#isKind ? 1 : this.#roll();
    if (fate > 0.12) this.#messages.splice(at, 1);
    if (fate > 0.24) this.#hear(this.talk.tell(message as never));
  }

  #answer(): void {
    if (this.#roll() < 0.25) this.#hear(this.talk.tell({ tag: 'request-failed', order: -1, of: 'query-account', certainty: 'unknown', reason: 'timeout' }));
    else this.#read();
  }

  #read(): void {
    const whole: Omit<AccountSnapshot, 'tag' | 'at' | 'leg' | 'takenAt'> = {
      position: { side: Math.sign(this.#lots) as Direction | 0, lots: Math.abs(this.#lots), entryTicks: price, cost: this.#cost },
      stop: this.#stop === 0 ? null : { triggerTicks: this.#stop, by: 'mark' },
      openOrders: [...this.#open.values()].map(({ id, side, lots, filled, priceTicks, reduceOnly }) => ({ order: id, side, lots, filled, priceTicks, reduceOnly })),
      ended: [...this.#ended], executions: [...this.#executions], markTicks: price, lastTicks: price,
    };
    const known = Object.entries(whole).map(([name, part]) => [name, this.#isKind || this.#roll() < 0.8 ? part : unheard[name as keyof typeof unheard]]);
    this.#hear(this.talk.reading(Object.fromEntries(known) as typeof whole));
  }

  #restart(): void {
    this.counts.restarts += 1;
    this.#messages = [];
    this.#hear(this.talk.restart());
  }
}

const whole = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

function stopOf({ position: { protection } }: Talk): unknown {
  return protection.tag === 'armed' ? protection.trigger : protection.tag;
}

