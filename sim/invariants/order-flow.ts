/**
 * What leaves the engine and what the venue makes of it:
 *
 * I3  every reduce is reduce-only, and no execution of one raises the size at the venue or turns it round.
 * I4  per leg one live entry or one live order per resting key, in the engine and at the venue, `unknown` ones included;
 *     the largest position its live openers could make stays inside `risk.maxLeverage` when one is sent.
 * I5  an order number belongs to one intent for ever: sent again it carries the same terms.
 * I10 entries and amends leave only while trading; a halt ends with an operator's word, or not at all.
 * I11 the loss of a single order at its own stop stays inside `risk.maxOpenRisk`, its size inside `risk.maxLeverage`.
 */
import { valueNumber } from '../../engine/index.ts';
import type { AmendCommand, Command, EnterCommand, Event, Leg, Mode, Ms, Order, ReduceCommand, State } from '../../engine/index.ts';
import { signedLots } from './truth.ts';
import type { Truth } from './truth.ts';
import type { Findings } from './violation.ts';

/** Room for equity that moves between review and sending, and for rounding. */
const slack = 1.02;

interface Flow { seen: number; size: number }

export class OrderFlowWatch {
  readonly #truth: Truth;
  readonly #findings: Findings;
  readonly #legs: readonly Flow[];
  /** Terms by order number. */
  readonly #terms = new Map<number, string>();
  readonly #reduces = new Set<number>();
  /** Openers by number: '' = a single entry, else the key of a resting order. */
  readonly #keys = new Map<number, string>();
  #before: Mode['tag'] = 'trading';
  #after: Mode['tag'] = 'trading';
  /** The last step was a cycle: entries decided in it may come before a decision that halts. */
  #wasCycle = false;

  constructor(truth: Truth, findings: Findings, state: State) {
    this.#truth = truth;
    this.#findings = findings;
    this.#legs = state.legs.map((): Flow => ({ seen: 0, size: 0 }));
    this.#before = state.mode.tag;
    this.#after = state.mode.tag;
  }

  event(event: Event, state: State): void {
    this.#before = this.#after;
    this.#after = state.mode.tag;
    this.#wasCycle = event.tag === 'cycle-closed';
    if (this.#before !== 'halted' || this.#after === 'halted') return;
    if (event.tag !== 'operator' || event.verb !== 'resume') this.#findings.add('I10', event.at, -1, `a halt ended by ${event.tag}`);
  }

  restarted(at: Ms, state: State): void {
    if (this.#after === 'halted' && state.mode.tag !== 'halted') this.#findings.add('I10', at, -1, 'a halt ended by a restart');
    this.#after = state.mode.tag;
    this.#before = state.mode.tag;
  }

  command(at: Ms, command: Command, state: State): void {
    switch (command.tag) {
      case 'enter':
        this.#trading(at, command.leg, command.tag);
        this.#number(at, command.leg, command.order, termsOf(command));
        this.#enters(at, command, state);
        return;
      case 'amend':
        this.#trading(at, command.leg, command.tag);
        this.#amends(at, command, state);
        return;
      case 'reduce':
        if ((command as { readonly reduceOnly: unknown }).reduceOnly !== true) {
          this.#findings.add('I3', at, command.leg, `exit ${command.order} is not reduce-only`);
        }
        this.#number(at, command.leg, command.order, termsOf(command));
        this.#reduces.add(command.order);
        return;
      default:
    }
  }

  #trading(at: Ms, leg: number, tag: string): void {
    if (this.#after === 'trading' || (this.#before === 'trading' && this.#wasCycle)) return;
    this.#findings.add('I10', at, leg, `${tag} left while ${this.#after}`);
  }

  #number(at: Ms, leg: number, order: number, terms: string): void {
    const before = this.#terms.get(order);
    if (before === undefined) this.#terms.set(order, terms);
    else if (before !== terms) this.#findings.add('I5', at, leg, `order ${order} was '${before}', is '${terms}'`);
  }

  #enters(at: Ms, command: EnterCommand, state: State): void {
    const leg = state.legs[command.leg]!;
    const own = leg.orders.find((one) => one.id === command.order);
    if (own === undefined) {
      this.#findings.add('I4', at, command.leg, `entry ${command.order} is not on the engine's list`);
      return;
    }
    this.#keys.set(own.id, own.role === 'rest' ? own.key : '');
    for (const other of leg.orders) {
      const isTwin = other.id !== own.id && other.role === own.role && other.key === own.key && !other.reduceOnly && other.state.tag !== 'done';
      if (isTwin) this.#findings.add('I4', at, command.leg, `${own.role} ${own.id} beside the ${other.state.tag} ${other.id}`);
    }
    this.#size(at, leg, own, state);
    const stopTicks = own.terms?.stopTicks ?? 0;
    const loss = stopTicks === 0 ? 0 : Math.abs(worth(state, leg, reference(own), own.lots) - worth(state, leg, stopTicks, own.lots));
    if (loss > state.equity * state.setup.config.risk.maxOpenRisk * slack) {
      this.#findings.add('I11', at, command.leg, `order ${own.id} would lose ${loss} of ${state.equity} at its stop`);
    }
  }

  #amends(at: Ms, command: AmendCommand, state: State): void {
    const leg = state.legs[command.leg]!;
    const own = leg.orders.find((one) => one.id === command.order);
    if (own !== undefined && !own.reduceOnly) this.#size(at, leg, own, state);
  }

  /** The position once everything live on the side of `own` is filled, at its price. */
  #size(at: Ms, leg: Leg, own: Order, state: State): void {
    const held = leg.position.tag === 'open' && leg.position.side === own.side ? leg.position.lots : 0;
    let lots = held;
    for (const order of leg.orders) if (!order.reduceOnly && order.side === own.side && order.state.tag !== 'done') lots += order.lots - order.filled;
    const value = worth(state, leg, reference(own), lots);
    const limit = state.equity * state.setup.config.risk.maxLeverage;
    if (value <= limit * slack) return;
    const alone = worth(state, leg, reference(own), own.lots) > limit * slack;
    this.#findings.add(alone ? 'I11' : 'I4', at, leg.index, `${lots} lots could be held, worth ${value}, with a limit of ${limit}`);
  }

  instant(at: Ms): void {
    for (let leg = 0; leg < this.#legs.length; leg++) {
      this.#executions(at, leg, this.#legs[leg]!);
      this.#twins(at, leg);
    }
  }

  #executions(at: Ms, leg: number, flow: Flow): void {
    const executions = this.#truth.executions(leg);
    for (; flow.seen < executions.length; flow.seen++) {
      const execution = executions[flow.seen]!;
      const before = flow.size;
      flow.size += signedLots(execution);
      if (!this.#reduces.has(execution.order)) continue;
      if (Math.abs(flow.size) < Math.abs(before) && flow.size * before >= 0) continue;
      this.#findings.add('I3', at, leg, `exit ${execution.order} took the position from ${before} to ${flow.size}`);
    }
  }

  /** Two of our openers with one key alive at the venue. */
  #twins(at: Ms, leg: number): void {
    const orders = this.#truth.openOrders(leg);
    for (let i = 1; i < orders.length; i++) {
      const key = this.#keys.get(orders[i]!.order);
      if (key === undefined || orders[i]!.reduceOnly) continue;
      for (let j = 0; j < i; j++) {
        if (orders[j]!.reduceOnly || this.#keys.get(orders[j]!.order) !== key) continue;
        this.#findings.add('I4', at, leg, `openers ${orders[j]!.order} and ${orders[i]!.order} of '${key}' both live at the venue`);
      }
    }
  }
}

function termsOf(command: EnterCommand | ReduceCommand): string {
  const { tag, leg, side, lots, type, priceTicks, timeInForce } = command;
  const base = `${tag} ${leg} ${side * lots} ${type} ${priceTicks} ${timeInForce}`;
  return command.tag === 'enter' ? `${base} ${command.triggerTicks} ${command.stopTicks}` : base;
}

const reference = (order: Order): number => order.priceTicks || order.referenceTicks;

function worth(state: State, leg: Leg, priceTicks: number, lots: number): number {
  return valueNumber(state.setup.instruments[leg.symbol]!, priceTicks, lots);
}
