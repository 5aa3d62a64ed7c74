/**
 * The venue of a simulated run: commands become messages of the matching core, its facts become engine events.
 *
 * 1. A message sent at s arrives at s + latency; a fact of u is known at u + response latency.
 * 2. Commands of one decision go out in order, the next after the answer to the one before.
 * 3. The venue never answers a call and never throws at one: outcomes come back as events.
 */
import { moneyToNumber, unreachable } from '../engine/index.ts';
import type { Approved, CancelCause, Command, Event, Execution, ExecutionCause, Instrument, Lots, Money, Ms, NotifyCommand, QueryAccountCommand, RejectReason, StopSet } from '../engine/index.ts';
import { drain } from './drain.ts';
import type { Exchange, Fact, Message } from './exchange/index.ts';

export interface VenueTimes { readonly latencyMs: Ms; readonly responseLatencyMs: Ms }

/** A funding stamp on its way through the exchange. */
export interface Stamp { readonly settledAt: Ms; readonly rate: number; readonly nextAt: Ms | null }

export class SimulatedVenue {
  readonly #exchange: Exchange;
  readonly #instruments: readonly Instrument[];
  readonly #latencyMs: Ms;
  readonly #responseMs: Ms;
  /** Stamps announced to the exchange and not yet settled, per symbol, oldest first. */
  readonly stamps: Stamp[][];
  readonly #queue: Event[] = [];
  readonly #due: number[] = [];
  #head = 0;
  /** When the next event becomes known; Infinity when none waits. */
  dueAt = Number.POSITIVE_INFINITY;

  constructor(exchange: Exchange, times: VenueTimes, instruments: readonly Instrument[]) {
    this.#exchange = exchange;
    this.#instruments = instruments;
    this.#latencyMs = times.latencyMs;
    this.#responseMs = times.responseLatencyMs;
    this.stamps = instruments.map(() => []);
  }

  /** What happens is known at once, and nothing known earlier waits. */
  get isPrompt(): boolean { return this.#responseMs === 0 && this.#head === this.#due.length; }

  /** From a command to its answer at best. */
  get roundTripMs(): Ms { return this.#latencyMs + this.#responseMs; }

  /** What is sent at a close is judged at the next open, and known there. */
  get isInstant(): boolean { return this.#latencyMs === 0 && this.#responseMs === 0; }

  /** Sends the commands of one decision taken at `at`. Notices are the shell's, not the venue's. */
  send(commands: readonly Approved[], at: Ms): void { // hot
    let sentAt = at;
    for (let i = 0; i < commands.length; i++) {
      this.#sendOne(commands[i]!, at, sentAt);
      sentAt += this.#latencyMs + this.#responseMs;
    }
  }

  #sendOne(command: Approved, decidedAt: Ms, sentAt: Ms): void { // hot
    const arrivesAt = sentAt + this.#latencyMs;
    if (command.tag === 'query-account') this.#read(command.leg, decidedAt, arrivesAt + this.#responseMs);
    else if (command.tag !== 'notify') this.#exchange.send(messageOf(command), arrivesAt);
  }

  /**
   * The exchange's present truth of one leg, told as late as every answer. Whatever it shows is told before it: nothing is
   * lost here, so that there is no execution and no end of an order left to be found in it.
   */
  #read(leg: number, takenAt: Ms, at: Ms): void {
    const exchange = this.#exchange;
    const { side, lots, cost, slTicks } = exchange.position(leg);
    const { slBy, orders } = exchange.standing(leg);
    this.#push(at, {
      tag: 'account-snapshot', at, takenAt, leg,
      position: { side, lots, entryTicks: averageTicks(this.#instruments[leg]!, lots, cost), cost },
      stop: slTicks === 0 ? null : { triggerTicks: slTicks, by: slBy },
      openOrders: orders, ended: [], executions: [], markTicks: exchange.markTicks(leg), lastTicks: Number.NaN,
    });
  }

  /** Turns the core's new facts into events that become known after the response latency. */
  collect(): void { // hot
    const { facts } = this.#exchange;
    for (let i = 0; i < facts.length; i++) {
      const fact = facts[i]!;
      const at = fact.at + this.#responseMs;
      this.#push(at, this.eventOf(fact, at));
    }
    drain(facts);
  }

  #push(due: Ms, event: Event): void { // hot
    const dues = this.#due;
    let place = dues.length;
    while (place > this.#head && dues[place - 1]! > due) place -= 1;
    if (place === dues.length) {
      this.#queue.push(event);
      dues.push(due);
    } else {
      this.#queue.splice(place, 0, event);
      dues.splice(place, 0, due);
    }
    this.dueAt = dues[this.#head]!;
  }

  take(): Event { // hot
    const event = this.#queue[this.#head]!;
    this.#head += 1;
    if (this.#head === this.#queue.length) {
      drain(this.#queue);
      drain(this.#due);
      this.#head = 0;
      this.dueAt = Number.POSITIVE_INFINITY;
    } else {
      this.dueAt = this.#due[this.#head]!;
    }
    return event;
  }

  /** A fact as the engine hears it at `at`. */
  eventOf(fact: Fact, at: Ms): Event { // hot
    const leg = fact.symbol;
    const { order } = fact;
    switch (fact.kind) {
      case 'stop-set': return stopSetOf(fact, at);
      case 'execution': return executionOf(fact, at);
      case 'accepted': return { tag: 'order-accepted', at, leg, order };
      case 'rejected': return { tag: 'order-rejected', at, leg, order, reason: rejectReason(fact.code) };
      case 'cancelled': return { tag: 'order-cancelled', at, leg, order, cause: cancelCause(fact.code), filled: fact.lots - fact.leavesLots };
      case 'expired': return { tag: 'order-expired', at, leg, order, filled: fact.lots - fact.leavesLots };
      case 'triggered':
      case 'amended':
        return { tag: 'order-changed', at, leg, order, change: fact.kind, lots: fact.lots as Lots, priceTicks: fact.priceTicks };
      case 'refused': return this.#refusal(fact, at);
      case 'funding': {
        const stamp = this.stamps[leg]!.shift();
        return {
          tag: 'funding', at, symbol: leg, leg, rate: stamp?.rate ?? 0, settledAt: stamp?.settledAt ?? fact.at,
          nextAt: stamp?.nextAt ?? null, payment: fact.payment,
        };
      }
      default: return unreachable(fact.kind);
    }
  }

  #refusal(fact: Fact, at: Ms): Event {
    const leg = fact.symbol;
    if (fact.of === 'trading-stop') {
      if (fact.code === '34040') return { tag: 'stop-unchanged', at, leg, triggerTicks: fact.reference };
      const open = this.#exchange.position(leg).lots > 0;
      return { tag: 'stop-refused', at, leg, triggerTicks: fact.reference, reason: open ? 'through-trigger' : 'no-position' };
    }
    return {
      tag: 'request-failed', at, leg, order: fact.order, of: fact.of === 'amend' ? 'amend' : 'cancel',
      certainty: 'not-applied', reason: fact.code === '110001' ? 'no-order' : 'refused',
    };
  }
}

/** What a command says to the exchange. */
export function messageOf(command: Exclude<Command, QueryAccountCommand | NotifyCommand>): Message { // hot
  switch (command.tag) {
    case 'set-stop':
      return {
        tag: 'trading-stop', symbol: command.leg, reference: command.triggerTicks,
        slTicks: command.triggerTicks === 0 ? null : command.triggerTicks, slBy: command.by,
        tpTicks: null, tpBy: 'last', trailTicks: command.trailTicks === 0 ? null : command.trailTicks,
        activeTicks: command.activeTicks === 0 ? null : command.activeTicks,
      };
    case 'enter':
      return {
        tag: 'submit', symbol: command.leg, order: command.order, side: command.side, lots: command.lots, type: command.type,
        priceTicks: command.priceTicks, triggerTicks: command.triggerTicks, triggerDirection: command.triggerDirection,
        triggerBy: command.triggerBy, timeInForce: command.timeInForce, reduceOnly: false, expireAt: 0,
        slTicks: command.stopTicks, slBy: command.stopBy, tpTicks: 0, tpBy: 'last', malformed: formOf(command),
      };
    case 'reduce':
      return {
        tag: 'submit', symbol: command.leg, order: command.order, side: command.side, lots: command.lots, type: command.type,
        priceTicks: command.priceTicks, triggerTicks: 0, triggerDirection: 0, triggerBy: 'last',
        timeInForce: command.timeInForce, reduceOnly: true, expireAt: 0,
        slTicks: 0, slBy: 'mark', tpTicks: 0, tpBy: 'last', malformed: formOf(command),
      };
    case 'amend':
      return {
        tag: 'amend', symbol: command.leg, order: command.order, priceTicks: command.priceTicks, lots: command.lots,
        triggerTicks: 0, malformed: '',
      };
    case 'cancel': return { tag: 'cancel', symbol: command.leg, order: command.order };
    default: return unreachable(command);
  }
}

/** The core is handed whole ticks and lots only; its own doors refuse what is none. */
function formOf({ priceTicks, lots }: { readonly priceTicks: number; readonly lots: number }): '' | 'BAD_ORDER_PRICE' | 'BAD_ORDER_QTY' { // hot
  if (!Number.isSafeInteger(priceTicks)) return 'BAD_ORDER_PRICE';
  return Number.isSafeInteger(lots) ? '' : 'BAD_ORDER_QTY';
}

/** Average entry of lots held, ticks; 0 when there are none. */
export function averageTicks(instrument: Instrument, lots: number, cost: Money): number {
  if (lots === 0) return 0;
  const perLot = moneyToNumber(instrument, cost) / lots;
  return instrument.kind === 'linear' ? perLot / instrument.unitNumber : instrument.unitNumber / perLot;
}

export function stopSetOf(fact: Fact, at: Ms): StopSet { // hot
  return { tag: 'stop-set', at, leg: fact.symbol, triggerTicks: fact.slTicks, by: fact.slBy, trailTicks: fact.trailTicks };
}

export function executionOf(fact: Fact, at: Ms): Execution { // hot
  return {
    tag: 'execution', at, leg: fact.symbol, order: fact.order, id: fact.execution, cause: causeOf(fact),
    side: fact.side === -1 ? -1 : 1, lots: fact.lots as Lots, priceTicks: fact.priceTicks, value: fact.value, fee: fact.fee,
    liquidity: fact.liquidity === 'maker' ? 'maker' : 'taker', leavesLots: fact.leavesLots,
  };
}

function causeOf(fact: Fact): ExecutionCause {
  switch (fact.cause) {
    case 'SL': return 'stop';
    case 'TP': return 'target';
    case 'TS': return 'trailing';
    case 'LIQ': return 'liquidation';
    default: return 'order';
  }
}

function rejectReason(code: string): RejectReason {
  switch (code) {
    case 'QTY_BELOW_MIN': return 'below-min-qty';
    case '110094': return 'below-min-notional';
    case '110092': case '110093': return 'through-trigger';
    case '110017': return 'no-position';
    case '110007': return 'insufficient-margin';
    case 'EXPIRED': return 'expired';
    default: return code.startsWith('BAD_ORDER') ? 'malformed' : 'other';
  }
}

function cancelCause(code: string): CancelCause {
  switch (code) {
    case 'requested': return 'requested';
    case 'EC_PostOnlyWillTakeLiquidity': return 'post-only-would-take';
    case '110007': return 'insufficient-margin';
    case 'position-closed': case 'ioc-unfilled': case 'fok-unfilled': case 'no-volume': return code;
    default: return 'venue';
  }
}
