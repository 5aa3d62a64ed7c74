/**
 * A venue on a bad day. It stands between the engine's commands and the exchange, and between the exchange's facts and the
 * engine's events; what is true stays true (`truth.ts`), only what gets through changes.
 *
 * 1. Answers (accepted, refused, a stop that was asked for, a reading) belong to their request (`desk.ts`); everything else
 *    is pushed on the stream (`stream.ts`).
 * 2. With nothing to go wrong it is `sim/venue.ts`: the same events at the same times.
 */
import type { Approved, Event, ExecutionCause, Instrument, Ms } from '../../engine/index.ts';
import type { Exchange, Fact } from '../exchange/index.ts';
import { SimulatedVenue, stopSetOf } from '../venue.ts';
import type { VenueTimes } from '../venue.ts';
import { actsOf, isAct } from './acts.ts';
import { Desk } from './desk.ts';
import type { House, Task } from './desk.ts';
import { fateOf } from './fate.ts';
import { Odds } from './odds.ts';
import type { Target } from './odds.ts';
import type { FaultPlan } from './plan.ts';
import { TimeQueue } from './queue.ts';
import { read } from './reading.ts';
import { spellsOf, Weather } from './spells.ts';
import type { Spell } from './spells.ts';
import { Stream } from './stream.ts';
import { Truth } from './truth.ts';

export interface FaultyParts {
  readonly exchange: Exchange; readonly times: VenueTimes; readonly instruments: readonly Instrument[];
  readonly plan: FaultPlan;
  /** The run's first and last instant. */
  readonly from: Ms; readonly to: Ms;
}

/** What a new process asks for again: executions this young, and at most so many, so that newer ones have room beside them. */
const again = { ms: 24 * 3_600_000, most: 250 } as const;
/** How long a cut stream goes unnoticed at most. */
const noticeMs = 1_000;

export class FaultyVenue {
  readonly odds: Odds;
  readonly truth: Truth;
  readonly spells: readonly Spell[];
  readonly #house: House;
  readonly #desk: Desk;
  readonly #events = new TimeQueue<Event>();
  readonly #tasks = new TimeQueue<Task>();
  /** Turns facts into the engine's words. */
  readonly #words: SimulatedVenue;
  /** Readings under way, and how many executions of the leg their reader knows with them. */
  readonly #readings = new Map<Event, number>();
  readonly #knownExecutions: number[];
  #nextForeign = -2;
  /** Spells under way in which the stream is known to be cut. */
  #cuts = 0;

  constructor({ exchange, times: { latencyMs, responseLatencyMs: responseMs }, instruments, plan, from, to }: FaultyParts) {
    const odds = new Odds(plan, from);
    const truth = new Truth(exchange, instruments, from);
    const spells = spellsOf(plan, odds, from, to);
    const weather = {
      silences: new Weather(spells, 'outage', 'stream-drop', 'silent-gap'), zombies: new Weather(spells, 'zombie-topic'),
    };
    const gate = { outages: new Weather(spells, 'outage'), bans: new Weather(spells, 'ban'), skews: new Weather(spells, 'clock-skew') };
    this.odds = odds;
    this.truth = truth;
    this.spells = spells;
    this.#house = {
      exchange, instruments, plan, odds, truth, gate, latencyMs, responseMs, events: this.#events, tasks: this.#tasks,
      stream: new Stream(odds, weather, this.#events, responseMs),
    };
    this.#desk = new Desk(this.#house);
    this.#words = new SimulatedVenue(exchange, { latencyMs, responseLatencyMs: responseMs }, instruments);
    this.#knownExecutions = instruments.map(() => 0);
    for (const spell of spells) this.#announce(spell);
  }

  get stamps(): SimulatedVenue['stamps'] { return this.#words.stamps; }
  /** When the next event becomes known, and when the venue next does something by itself; Infinity = never. */
  get eventsDueAt(): Ms { return this.#events.dueAt; }
  get tasksDueAt(): Ms { return this.#tasks.dueAt; }

  /** Sends the commands of one decision taken at `at`: the next leaves when the one before is usually answered. */
  send(commands: readonly Approved[], at: Ms): void {
    const { latencyMs, responseMs } = this.#house;
    let sentAt = at;
    for (const command of commands) {
      if (command.tag === 'query-account') this.query(command.leg, sentAt, true);
      else if (command.tag !== 'notify') this.#desk.take(command, sentAt);
      sentAt += latencyMs + responseMs;
    }
  }

  /** Asks for a reading of a leg. Of one that the engine did not ask for it hears nothing when it fails. */
  query(leg: number, sentAt: Ms, isAsked: boolean): void {
    const { odds, gate, latencyMs, tasks, exchange, truth } = this.#house;
    const target: Target = { leg, order: 0, action: 'query', attempt: sentAt };
    const fate = fateOf(odds, gate, target, sentAt);
    const isUseless = fate.tag !== 'through' || fate.answer !== 'told';
    if (!isAsked && isUseless) return;
    const request = this.#desk.begin(target, 'query-account', fate, sentAt, isAsked);
    if (fate.tag !== 'through') return;
    const arrivesAt = sentAt + latencyMs + fate.delayMs;
    tasks.put(arrivesAt, () => {
      const { snapshot, known } = read(truth, exchange, odds, { target, known: this.#knownExecutions[leg]! }, arrivesAt);
      this.#desk.answer(request, arrivesAt, (at) => {
        const event: Event = { ...snapshot, at };
        this.#readings.set(event, known);
        return event;
      });
    });
  }

  // ---- what the exchange makes known

  /** Takes in what the exchange did, and sends word of it. Returns the time of the last of it. */
  collect(): Ms {
    const { facts } = this.#house.exchange;
    const touched = new Set<number>();
    let at = 0;
    for (const fact of facts) {
      at = fact.at;
      touched.add(fact.symbol);
      this.#hear(fact);
    }
    facts.length = 0;
    for (const leg of touched) this.truth.seal(leg, at);
    return at;
  }

  #hear(fact: Fact): void {
    const { symbol: leg, order: number, at } = fact;
    const execution = this.truth.take(fact);
    const link = number === -1 ? -1 : this.truth.linkOf(number) ?? number;
    switch (fact.kind) {
      case 'accepted': this.#hearAccepted(fact, link); return;
      case 'rejected':
        this.#desk.free(link, number);
        this.#desk.answer(this.#desk.submitOf(number), at, (heardAt) => this.#about(fact, heardAt, link));
        return;
      case 'amended': this.#desk.answer(this.#desk.amendOf(number), at, (heardAt) => this.#about(fact, heardAt, link)); return;
      case 'refused': this.#hearRefused(fact, link); return;
      case 'stop-set': this.#hearStop(fact); return;
      case 'execution':
        if (execution === null) return;
        this.#house.stream.push({ leg, order: link, action: 'execution', attempt: fact.execution }, at, (heardAt) => ({ ...execution, at: heardAt, tradedAt: at }));
        this.#afterExecution(fact, link, execution.cause);
        return;
      case 'funding': {
        const event = this.#words.eventOf(fact, at);
        this.#house.stream.tell(at, (heardAt) => ({ ...event, at: heardAt }) as Event);
        return;
      }
      default: this.#hearEnded(fact, link);
    }
  }

  /** The fact as the engine hears it at `at`, by the engine's number of its order. */
  #about(fact: Fact, at: Ms, link: number): Event {
    return this.#words.eventOf({ ...fact, order: link }, at);
  }

  #hearAccepted(fact: Fact, link: number): void {
    const { odds, tasks, exchange } = this.#house;
    const { symbol: leg, order: number, at } = fact;
    this.#desk.answer(this.#desk.submitOf(number), at, (heardAt) => this.#about(fact, heardAt, link));
    const once: Target = { leg, order: link, action: 'order', attempt: 0 };
    if (link < 0 || !odds.strikes('venue-cancel', once, at)) return;
    const cancelAt = at + odds.length('venue-cancel', once);
    tasks.put(cancelAt, () => exchange.send({ tag: 'cancel', symbol: leg, order: number }, cancelAt));
  }

  #hearRefused(fact: Fact, link: number): void {
    const { at, order: number, reference } = fact;
    if (fact.of === 'trading-stop') {
      const request = this.#desk.stopOf(reference);
      if (request !== null) this.#desk.answer(request, at, (heardAt) => this.#words.eventOf({ ...fact, reference: request.target.order }, heardAt));
      return;
    }
    const request = fact.of === 'amend' ? this.#desk.amendOf(number) : this.#desk.cancelOf(number);
    this.#desk.answer(request, at, (heardAt) => this.#about(fact, heardAt, link));
  }

  /** A stop that was asked for is an answer, one that came with an order or from somebody else is news. */
  #hearStop(fact: Fact): void {
    const { symbol: leg, at, slTicks } = fact;
    const request = fact.of === 'trading-stop' ? this.#desk.stopOf(fact.reference) : null;
    const heard = (heardAt: Ms): Event => ({ ...stopSetOf(fact, heardAt), setAt: at });
    if (request !== null) this.#desk.answer(request, at, heard);
    else this.#house.stream.push({ leg, order: slTicks, action: 'position', attempt: at }, at, heard);
  }

  /** Cancelled, expired or triggered. A cancel that the account did not ask for is the venue's. */
  #hearEnded(fact: Fact, link: number): void {
    const { symbol: leg, order: number, at, kind, code } = fact;
    const isRequested = kind === 'cancelled' && code === 'requested';
    const isOfVenue = isRequested && this.#desk.cancelOf(number) === null;
    const heard = isOfVenue ? { ...fact, code: 'venue' } : fact;
    this.#house.stream.push({ leg, order: link, action: 'order', attempt: kind === 'triggered' ? 2 : 1 }, at, (heardAt) => this.#about(heard, heardAt, link));
  }

  /** The rest of an order that the venue cuts short, and the notices that go with an execution of its own. */
  #afterExecution(fact: Fact, link: number, cause: ExecutionCause): void {
    const { stream } = this.#house;
    const { symbol: leg, at } = fact;
    const order = this.truth.sentOrder(fact.order);
    if (order !== null && order.short > 0 && fact.leavesLots === 0) {
      const { filled } = order;
      stream.push({ leg, order: link, action: 'order', attempt: 1 }, at, (heardAt) =>
        ({ tag: 'order-cancelled', at: heardAt, leg, order: link, cause: 'venue', filled }));
    }
    const notice: Target = { leg, order: link, action: 'position', attempt: fact.execution };
    const lotsAfter = this.truth.position(leg).lots;
    if (cause === 'adl') stream.push(notice, at, (heardAt) => ({ tag: 'adl', at: heardAt, leg, lotsAfter }));
    if (cause === 'liquidation') stream.push(notice, at, (heardAt) => ({ tag: 'liquidation', at: heardAt, leg }));
  }

  // ---- what comes by itself

  #announce(spell: Spell): void {
    const { family, at, until } = spell;
    const { tasks, events, stream } = this.#house;
    tasks.put(at, () => this.#begin(spell));
    if (family !== 'outage' && family !== 'stream-drop') return;
    const noticedAt = at + Math.min(noticeMs, Math.floor((until - at) / 2));
    tasks.put(noticedAt, () => {
      this.#cuts += 1;
      if (this.#cuts === 1 && !stream.isDeaf) events.put(noticedAt, { tag: 'disconnected', at: noticedAt });
    });
    tasks.put(until, () => {
      this.#cuts -= 1;
      if (this.#cuts === 0 && !stream.isDeaf) events.put(until, { tag: 'connected', at: until });
    });
  }

  #begin(spell: Spell): void {
    const { odds, exchange, instruments } = this.#house;
    const { family, at, until, index } = spell;
    const acts = isAct(family) ? actsOf({ truth: this.truth, exchange, odds, instruments, number: this.#nextForeign }, spell) : [];
    for (const { message, cause } of acts) {
      if (message.tag === 'submit') {
        this.#nextForeign -= 1;
        const { order: number, lots } = message;
        this.truth.send({ number, link: number, message, short: 0, lots, filled: 0, priceTicks: 0 }, at, cause);
      }
      exchange.send(message, at);
    }
    if (isAct(family) && acts.length === 0) return;
    odds.note({ family, at, forMs: until - at, leg: acts[0]?.message.symbol ?? -1, order: 0, action: 'position', attempt: index });
  }

  /** Does the next thing that the venue does by itself. */
  work(): void { this.#tasks.take().value(); }

  /** Takes the next event. */
  take(): Event {
    const event = this.#events.take().value;
    const known = this.#readings.get(event);
    if (known !== undefined && event.tag === 'account-snapshot') {
      this.#knownExecutions[event.leg] = known;
      this.#readings.delete(event);
    }
    return event;
  }

  /** Nobody hears anything until `listen`: what is under way to the account is lost; payments of funding wait. */
  silence(): void {
    this.#house.stream.isDeaf = true;
    this.#desk.forget();
    this.#readings.clear();
    for (const { at, value } of this.#events.empty()) if (value.tag === 'funding') this.#events.put(at, value);
  }

  /** A new process reads from `at` on. It has what was written down, not what was sent: the last day is told again. */
  readAgain(at: Ms): void {
    for (let leg = 0; leg < this.#knownExecutions.length; leg++) {
      const executions = this.truth.executions(leg);
      const known = Math.min(this.#knownExecutions[leg]!, executions.length);
      let first = known;
      while (first > 0 && known - first < again.most && executions[first - 1]!.at > at - again.ms) first -= 1;
      this.#knownExecutions[leg] = first;
    }
  }

  /** The account is listened to again. True when its stream is up. */
  listen(): boolean {
    this.#house.stream.isDeaf = false;
    return this.#cuts === 0;
  }
}
