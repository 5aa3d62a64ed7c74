/**
 * Trades for real: one queue, one writer. What is told is put in order, handed to the engine, and what the engine decided,
 * durable by then, is sent. It decides nothing itself.
 *
 * 1. At one instant: what was told, then the cycle of a close that is complete, then deadlines, then the shell's own readings.
 * 2. Nothing is sent that was not handed back by the brain, and the brain hands back nothing that is not durable.
 * 3. The stop of a position is at the venue. Whatever ends this loop leaves it there.
 */
import { readingOf } from '../engine/index.ts';
import type { Approved, Event, Instrument, Ms, NotifyCommand } from '../engine/index.ts';
import type { Brain, Decided, Status, Thought, Woken } from './brain.ts';
import { BrainError } from './brain.ts';
import type { Clock } from './clock.ts';
import { Closes } from './closes.ts';
import type { ClockFacts, Connection, LegFacts, Log } from './connection.ts';
import { waitingMost } from './queue.ts';
import type { EventQueue } from './queue.ts';
import { holesIn, readHistory } from './warm-up.ts';

/** How often the shell asks of itself, ms. */
/** `rules` = those of the symbols, which change at any time. */
export interface PollTimes { readonly waiting: Ms; readonly open: Ms; readonly flat: Ms; readonly rules: Ms }
export const wirePolls: PollTimes = { waiting: 5_000, open: 10_000, flat: 30_000, rules: 3_600_000 };
/** Where time stands still nothing is lost, and what is asked is asked of a market that did not move. */
export const steppedPolls: PollTimes = { waiting: 1_800_000, open: 1_800_000, flat: 3_600_000, rules: 86_400_000 };

/** Wall time, ms: for the first subscription, for what is under way at the end, and for requests at the very end. */
const connectMostMs = 15_000;
const standDownMostMs = 10_000;
const closeMostMs = 5_000;
/** Where the end of a request is waited for: it is looked after so often, besides at every word, for it may end a moment after its word. */
const lookAgainMs = 1;
/** Executions of so long before the last one known are read again after a restart: ids tell the new ones. */
const overlapMs = 60_000;
/** A step that takes longer is alarmed, and again so often. Wall time, ms. */
const stallMs = 5_000;
const stallAgainMs = 60_000;
/** The clock is measured anew so often, and a measurement spread wider is not believed. */
const clockEveryMs = 60_000;
export const clockSpreadMostMs = 500;
const snapshotRecords = 10_000;
const snapshotEveryMs = 3_600_000;
/** Steps at one instant of an engine that never comes to rest. */
const turnsMost = 10_000;
/** Bars of a history handed over at once. */
const chunkBars = 1_000;

export interface LiveRequest {
  readonly connection: Connection;
  readonly clock: Clock;
  /** Takes a new measurement in; absent where time is the exchange's own. */
  readonly correct?: (facts: ClockFacts) => void;
  /** The connection tells into it. */
  readonly queue: EventQueue;
  readonly brain: Brain;
  readonly instruments: readonly Instrument[];
  /** Bars told and decisions taken have one length. */
  readonly barMs: Ms;
  readonly warmupBars: number;
  readonly graceMs: Ms;
  readonly polls: PollTimes;
  readonly log: Log;
  readonly notify: (at: Ms, notice: NotifyCommand) => void;
  /** The market of a local exchange has come to its end. */
  readonly hasEnded: () => boolean;
  /** The last run of this journal stood down by itself: what it restricted for that is lifted. */
  readonly stoodDown: boolean;
  /** Called when this run does. */
  readonly standingDown: () => void;
  /** Where cancels are answered by the next bar only, they are sent and not waited for. */
  readonly isPaper?: boolean;
  /** Whether the strategy is asked at all; an errand of an operator only looks after what is open. */
  readonly decides: boolean;
  /** Called once, when everything is up. */
  readonly ready: (woken: Woken) => void;
}

export interface LiveEnd {
  readonly why: 'stopped' | 'market-ended';
  readonly status: Status;
  /** What is at the venue now; null = it could not be read. */
  readonly left: readonly LegFacts[] | null;
}

export class LiveRun {
  readonly #request: LiveRequest;
  readonly #closes: Closes[] = [];
  #thought: Thought | null = null;
  #pollAt: Ms = 0;
  #rulesAt: Ms = 0;
  #clockAt = 0;
  #snapshotAt: Ms = 0;
  #snapshotRecords = 0;
  #isStopping = false;
  #isLeaving = false;
  #turns = 0;
  #turnsAt: Ms = -1;
  /** Something was sent since everything pushed was known to be here. */
  #isUnsettled = false;
  #heard: () => void = () => {};

  constructor(request: LiveRequest) {
    this.#request = request;
    request.queue.told = () => {
      this.#heard();
      request.clock.interrupt();
    };
  }

  /** Ends the run at the next rest: no new entries, entries cancelled, stops left. */
  stop(): void {
    this.#isStopping = true;
    this.#heard();
    this.#request.clock.interrupt();
  }

  /** Ends the run at the next rest and leaves everything as it is. */
  leave(): void {
    this.#isLeaving = true;
    this.stop();
  }

  /** Runs until it is stopped or the market ends. Rejects with BrainError or VenueError when it cannot go on. */
  async run(): Promise<LiveEnd> {
    const { connection, brain } = this.#request;
    const woken = await brain.wake();
    await this.#start(woken);
    this.#request.ready(woken);
    await this.#loop();
    const why = this.#isStopping ? 'stopped' : 'market-ended';
    if (this.#isStopping && !this.#isLeaving) await this.#standDown();
    const left = await connection.legs().catch(() => null);
    await brain.snapshot();
    const status = await brain.status();
    await connection.venue.close(closeMostMs);
    await brain.end();
    return { why, status, left };
  }

  // ---- start

  /** Streams first, then history, then the account: from the restart on everything is asked for and nothing believed. */
  async #start(woken: Woken): Promise<void> {
    const { connection, clock, queue, instruments, barMs, warmupBars, graceMs, stoodDown, log } = this.#request;
    connection.readFrom(woken.isFresh ? clock.now() : woken.now - overlapMs);
    connection.venue.recover();
    if (!await this.#connected()) log('warning', 'not connected yet; starting with requests only', { waitedMs: connectMostMs });
    const closedAt = woken.isFresh ? await this.#warmUp(clock.now()) : [...woken.closedAt];
    queue.pass(woken.now);
    const at = Math.max(clock.now(), queue.lastAt);
    queue.pass(at);
    await this.#heed(this.#watched(this.#request.brain.restart(at)));
    if (stoodDown && woken.mode.tag === 'reducing') await this.#take([{ tag: 'operator', at, verb: 'resume' }]);
    if (!woken.isFresh) await this.#catchUp(closedAt, warmupBars);
    const after = Math.max(clock.now(), queue.lastAt);
    this.#closes.push(new Closes({
      symbols: instruments.length, decisionMs: barMs, graceMs, after: Math.max(...closedAt, after - (after % barMs)),
      missed: (count, last) => log('warning', 'closes were passed over: too late to decide', { count, last }),
    }));
    this.#pollAt = at + this.#request.polls.waiting;
    this.#rulesAt = at + this.#request.polls.rules;
    this.#snapshotAt = at + snapshotEveryMs;
    connection.watchMarket(closedAt);
    if (queue.withdraw('disconnected') && !await this.#connected()) queue.push({ tag: 'disconnected', at: clock.now() });
  }

  /** The first word of the streams belongs to the start: the restart asks for what a reconnect would. */
  async #connected(): Promise<boolean> {
    const { queue } = this.#request;
    const until = performance.now() + connectMostMs;
    while (!queue.withdraw('connected')) {
      const left = until - performance.now();
      if (left <= 0) return false;
      await this.#told(left);
    }
    return true;
  }

  /**
   * A fresh engine is fed one bar less than it needs, at their own times and without a cycle: the first streamed bar completes
   * its warm-up, and the first decision is that of a run over the past which begins at the same bar.
   */
  async #warmUp(now: Ms): Promise<Ms[]> {
    const { connection, instruments, barMs, warmupBars, log } = this.#request;
    const count = warmupBars - 1;
    const bars = await readHistory({ connection, instruments, barMs, until: now, counts: instruments.map(() => count) });
    const last = now - (now % barMs);
    for (const [symbol, { symbol: name }] of instruments.entries()) {
      const own = bars.filter((bar) => bar.symbol === symbol).length;
      if (own < count) log('warning', 'the market is younger than the warm-up: the rest is taken from the stream', { symbol: name, bars: own, wanted: count });
      const holes = holesIn(bars, symbol, barMs);
      if (holes > 0) log('warning', 'bars are missing in the history', { symbol: name, missing: holes });
    }
    await this.#feed(bars);
    return instruments.map(() => last);
  }

  /** Bars that closed while nobody looked: told now, not decided on. After a long absence no more than a warm-up of them. */
  async #catchUp(closedAt: Ms[], warmupBars: number): Promise<void> {
    const { connection, clock, queue, instruments, barMs } = this.#request;
    const now = clock.now();
    const last = now - (now % barMs);
    const counts = closedAt.map((at) => Math.max(0, Math.min(warmupBars, Math.round((last - at) / barMs))));
    const bars = await readHistory({ connection, instruments, barMs, until: now, counts });
    const fresh = bars.filter((bar) => bar.closedAt > (closedAt[bar.symbol] ?? 0));
    await this.#feed(fresh.map((bar) => ({ ...bar, at: Math.max(clock.now(), queue.lastAt) })));
    for (const bar of fresh) closedAt[bar.symbol] = bar.closedAt;
  }

  async #feed(bars: readonly Event[]): Promise<void> {
    for (let from = 0; from < bars.length; from += chunkBars) await this.#take(bars.slice(from, from + chunkBars));
  }

  // ---- the loop

  async #loop(): Promise<void> {
    const { clock, hasEnded } = this.#request;
    while (!this.#isStopping) {
      const now = clock.now();
      if (await this.#turn(now)) {
        this.#countTurn(now);
        continue;
      }
      if (hasEnded()) return;
      if (clock.isStepped) await this.#restStepped();
      else await clock.rest(this.#dueAt);
    }
  }

  /** Does what comes first now; false = there is nothing to do. */
  async #turn(now: Ms): Promise<boolean> {
    const { queue, clock, correct, decides } = this.#request;
    if (queue.length > waitingMost) throw new BrainError('bug', `more than ${waitingMost} events wait`);
    const arranged = this.#closes[0]!.arrange(queue.take(now), now);
    const events = decides ? arranged : arranged.filter(({ tag }) => tag !== 'cycle-closed');
    if (events.length > 0) await this.#take(events);
    else if (this.#deadlineAt <= now) await this.#take([{ tag: 'timer', at: now }]);
    else if (this.#pollAt <= now) this.#poll(now);
    else if (this.#rulesAt <= now) this.#lookAtRules(now);
    else if (this.#snapshotAt <= now || this.#records - this.#snapshotRecords >= snapshotRecords) await this.#snapshot(now);
    else if (!clock.isStepped && correct !== undefined && this.#clockAt <= now) this.#measure(now, correct);
    else return false;
    return true;
  }

  /** What is under way is waited for, then what it pushed, before the market may move. */
  async #restStepped(): Promise<void> {
    const { connection, clock, queue } = this.#request;
    if (connection.venue.underWay > 0) {
      this.#isUnsettled = true;
      if (queue.length === 0) await this.#told(lookAgainMs);
    } else if (this.#isUnsettled) {
      this.#isUnsettled = false;
      await connection.settled();
    } else if (queue.length === 0) await clock.rest(this.#dueAt);
  }

  get #deadlineAt(): Ms { return this.#thought?.deadlineAt ?? Number.POSITIVE_INFINITY; }
  get #records(): number { return this.#thought?.records ?? 0; }

  /** When anything but what is told has something to do. */
  get #dueAt(): Ms {
    const { clock, correct } = this.#request;
    const clockAt = clock.isStepped || correct === undefined ? Number.POSITIVE_INFINITY : this.#clockAt;
    return Math.min(this.#deadlineAt, this.#pollAt, this.#rulesAt, this.#snapshotAt, clockAt, this.#closes[0]!.dueAt);
  }

  #countTurn(now: Ms): void {
    this.#turns = now > this.#turnsAt ? 0 : this.#turns + 1;
    this.#turnsAt = Math.max(now, this.#turnsAt);
    if (this.#turns > turnsMost) throw new BrainError('bug', `more than ${turnsMost} steps at ${now} ms`);
  }

  /** Events in, commands out. */
  async #take(events: readonly Event[]): Promise<void> {
    const { queue, brain } = this.#request;
    await this.#heed(this.#watched(brain.take(events.map((event) => queue.stamp(event)))));
  }

  async #heed(thinking: Promise<Thought>): Promise<void> {
    const thought = await thinking;
    const before = this.#thought;
    this.#thought = thought;
    for (const decided of thought.decided) this.#send(decided);
    const { failure, hasRoom } = thought;
    const { log, queue, clock } = this.#request;
    if (failure !== null && (before?.failure ?? null) === null) {
      log('alarm', 'the strategy failed: halted, protection goes on', { symbol: failure.symbol, error: failure.message });
    }
    if (hasRoom || before?.hasRoom === false) return;
    log('alarm', 'the disk is nearly full: no entries until an operator resumes');
    queue.push({ tag: 'operator', at: clock.now(), verb: 'reduce-only' });
  }

  #send({ at, commands }: Decided): void {
    const { connection: { venue }, notify } = this.#request;
    const sent: Approved[] = [];
    for (const command of commands) {
      if (command.tag === 'notify') notify(at, command);
      else sent.push(command);
    }
    if (sent.length === 0) return;
    this.#isUnsettled = true;
    venue.send(sent, at);
  }

  /** A reading nobody waits for, of every symbol; left out while requests pile up. */
  #poll(now: Ms): void {
    const { connection: { venue }, instruments, polls } = this.#request;
    const { isWaiting = false, isOpen = false } = this.#thought ?? {};
    this.#pollAt = now + (isWaiting ? polls.waiting : isOpen ? polls.open : polls.flat);
    if (venue.underWay > instruments.length) return;
    this.#isUnsettled = true;
    venue.send(instruments.map((_, leg) => readingOf(leg)), now);
  }

  #lookAtRules(now: Ms): void {
    this.#rulesAt = now + this.#request.polls.rules;
    this.#isUnsettled = true;
    this.#request.connection.lookAtRules();
  }

  async #snapshot(now: Ms): Promise<void> {
    this.#snapshotAt = now + snapshotEveryMs;
    this.#snapshotRecords = this.#records;
    await this.#request.brain.snapshot();
  }

  /** Asked in the background: a slow answer holds up nothing. */
  #measure(now: Ms, correct: (facts: ClockFacts) => void): void {
    this.#clockAt = now + clockEveryMs;
    this.#measured(correct).catch(() => this.#request.log('warning', 'the exchange clock could not be measured: kept as it was'));
  }

  async #measured(correct: (facts: ClockFacts) => void): Promise<void> {
    const facts = await this.#request.connection.measureClock();
    if (facts.spreadMs <= clockSpreadMostMs) correct(facts);
    else this.#request.log('warning', 'the exchange clock could not be measured well: kept as it was', { spreadMs: facts.spreadMs });
  }

  /** Passes the promise on, with an alarm while it does not settle. */
  async #watched<T>(work: Promise<T>): Promise<T> {
    const { log } = this.#request;
    const startedAt = performance.now();
    const alarm = (): void => log('alarm', 'stall: the engine makes no step; stops are at the venue', { forMs: Math.round(performance.now() - startedAt) });
    let again: NodeJS.Timeout | null = null;
    const first = setTimeout(() => {
      alarm();
      again = setInterval(alarm, stallAgainMs);
    }, stallMs);
    try {
      return await work;
    } finally {
      clearTimeout(first);
      if (again !== null) clearInterval(again);
    }
  }

  // ---- end

  /** No new entries, and those that stand end; what protects and what reduces stays. */
  async #standDown(): Promise<void> {
    const { connection: { venue }, clock, queue, standingDown, log } = this.#request;
    const { mode, afterRecovery } = this.#thought!;
    if ((mode.tag === 'recovering' ? afterRecovery : mode).tag === 'trading') {
      standingDown();
      await this.#take([{ tag: 'operator', at: clock.now(), verb: 'reduce-only' }]);
    }
    if (this.#request.isPaper === true) return;
    const until = performance.now() + standDownMostMs;
    while (this.#thought!.isOpening || venue.underWay > 0 || queue.length > 0) {
      const left = until - performance.now();
      if (left <= 0) {
        log('alarm', 'entries could not be cancelled in time: look at the venue', { waitedMs: standDownMostMs });
        return;
      }
      const events = queue.take(clock.now());
      if (events.length > 0) await this.#take(events);
      else await this.#told(Math.min(left, lookAgainMs));
    }
  }

  /** Resolves when something more is told, after `most` ms of wall time at the latest. */
  #told(most: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#heard = () => {};
        resolve();
      };
      const timer = setTimeout(end, most);
      this.#heard = end;
    });
  }
}
