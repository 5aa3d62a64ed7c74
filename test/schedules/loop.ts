/**
 * Plays one schedule: a shell of its own around engine, faulty venue and exchange, with the auditor beside it. Two phases:
 * faults on and safety judged at every event, then quiet, and liveness judged at the end.
 */
import { createDigest, createState, deadlineOf, digestCommand, digestText, fillBar, JournalError, setupOf, step } from '../../engine/index.ts';
import type { BarClosed, Event, MarkPrice, Ms, Out, Setup, State } from '../../engine/index.ts';
import { createExchange } from '../../sim/index.ts';
import type { Exchange } from '../../sim/index.ts';
import { FaultyVenue } from '../../sim/faults/index.ts';
import type { Restart, Spell } from '../../sim/faults/index.ts';
import { Auditor, differenceOf } from '../../sim/invariants/index.ts';
import type { AuditReport } from '../../sim/invariants/index.ts';
import { cover } from './coverage.ts';
import type { Coverage } from './coverage.ts';
import { from, second, totalSeconds } from './market.ts';
import { Memory } from './memory.ts';
import type { Schedule } from './schedule.ts';
import { stateOf } from './story.ts';
import type { Story } from './story.ts';
import { loosens } from './strategies.ts';

export interface Outcome {
  readonly seed: number;
  readonly digest: string;
  /** What the engine ends with. */
  readonly state: string;
  readonly events: number;
  readonly executions: number;
  readonly fired: Readonly<Partial<Record<string, number>>>;
  readonly coverage: Coverage;
  readonly report: AuditReport;
  /** Time of the processor, ms: what others do on the machine makes no schedule slow. */
  readonly tookMs: number;
}

/** Events after which a schedule counts as hung. */
const mostEvents = 1_000_000;
/** Every so many schedules the journal is stepped again from its first record (I19). */
const replayEvery = 20;
/** A shell asks by itself: so often while an order waits, in a position, and flat. */
const pollMs = { waiting: 5_000, open: 10_000, flat: 30_000 } as const;

/** An engine that hears nothing: stalled, it is told everything afterwards; asleep or dead, what is said meanwhile is lost. */
interface Absence { readonly kind: 'stall' | 'sleep' | 'down'; readonly until: Ms }
/** A close that nobody saw. */
interface Closing { readonly at: Ms; readonly bars: readonly BarClosed[]; readonly marks: readonly MarkPrice[]; readonly missing: readonly number[] }

class Hung extends Error {
  override readonly name = 'Hung';
}

export class Loop {
  readonly #schedule: Schedule;
  readonly #story: Story;
  readonly #setup: Setup;
  readonly #exchange: Exchange;
  readonly #venue: FaultyVenue;
  readonly #auditor: Auditor;
  readonly #out: Out = { commands: [], notes: [] };
  readonly #digest = createDigest();
  readonly #coverage: Coverage = {};
  readonly #pollAt: Ms[];
  readonly #cursors: number[];
  /** A journal is kept where the engine will be killed, and now and then. */
  readonly #memory: Memory | null;
  readonly #pauses: readonly Spell[];
  #state: State;
  #now: Ms = from;
  #absence: Absence | null = null;
  #backlog: Closing[] = [];
  #killed = 0;
  #paused = 0;
  /** Events heard and commands sent since the next kill may come. */
  #happened = 0;
  #events = 0;
  #struck = 0;
  #words = 0;
  /** An exception ended the engine: nothing more is told. */
  #isBroken = false;

  constructor(schedule: Schedule, story: Story) {
    const { market, config, strategy, plan, strategyName } = schedule;
    const instruments = market.symbols.map(({ instrument }) => instrument);
    this.#schedule = schedule;
    this.#story = story;
    this.#setup = setupOf({ strategy, params: {}, config, instruments, baseMs: second });
    this.#exchange = createExchange({
      config, wallet: this.#setup.cash, countsAmbiguity: false,
      symbols: market.symbols.map(({ mark }, i) => ({ instrument: this.#setup.instruments[i]!, leverage: String(config.leverage), hasMark: mark !== null })),
    });
    this.#venue = new FaultyVenue({
      exchange: this.#exchange, times: config, instruments: this.#setup.instruments, plan, from, to: from + totalSeconds * second,
    });
    this.#memory = schedule.kills.length > 0 || schedule.seed % replayEvery === 0 ? new Memory(this.#setup, schedule.seed) : null;
    this.#state = this.#memory === null ? createState(this.#setup) : this.#memory.state;
    this.#pauses = this.#venue.spells.filter(({ family }) => family === 'stall' || family === 'sleep');
    this.#auditor = new Auditor({
      truth: this.#venue.truth, state: this.#state, mayLoosen: loosens(strategyName), strategyFails: strategyName === 'failing',
    });
    if (schedule.path === 'outage') this.#auditor.circumstance('venue-closed');
    this.#pollAt = instruments.map(() => from + pollMs.flat);
    this.#cursors = instruments.map(() => 0);
  }

  play(): Outcome {
    const began = process.cpuUsage();
    this.#auditor.instant(from, this.#state);
    try {
      for (let i = 0; i < totalSeconds && !this.#isBroken; i++) this.#second(from + i * second);
    } catch (error) {
      if (!(error instanceof Hung)) throw error;
    }
    const end = from + totalSeconds * second;
    const { odds } = this.#venue;
    if (!this.#isBroken) {
      this.#auditor.quiet(end, this.#state, new Set([...Object.keys(odds.fired), ...(this.#killed > 0 ? ['kill'] : [])]));
      this.#replay(end);
    }
    const report = this.#auditor.finish();
    for (const { invariant, at, leg, text } of report.violations) this.#story.note(at, `${invariant} leg ${leg}: ${text}`);
    return {
      seed: this.#schedule.seed, digest: digestText(this.#digest), state: `${this.present} ${this.#state.sequence} ${this.#state.wallet.balance}`, events: this.#events,
      executions: this.#setup.instruments.reduce((sum, _, leg) => sum + this.#venue.truth.executions(leg).length, 0),
      fired: odds.fired, coverage: this.#coverage, report, tookMs: cpuMsSince(began),
    };
  }

  #replay(end: Ms): void {
    if (this.#memory === null || this.#schedule.seed % replayEvery !== 0) return;
    try {
      const { before, after } = this.#memory.replayed();
      this.#auditor.found(differenceOf('I19', end, { commands: '', state: before }, { commands: '', state: after }));
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      this.#auditor.found([{ invariant: 'I19', at: end, leg: -1, text: error.message }]);
    }
  }

  get struck(): FaultyVenue['odds']['struck'] { return this.#venue.odds.struck; }

  /** One second of the market: its bars are played, then closed. A second without bars is a hole. */
  #second(opensAt: Ms): void {
    const open: number[] = [];
    const { symbols } = this.#schedule.market;
    for (let symbol = 0; symbol < symbols.length; symbol++) {
      const { last, mark } = symbols[symbol]!;
      const next = this.#cursors[symbol]!;
      this.#fund(symbol, opensAt);
      if (next >= last.length || last.openedAt[next] !== opensAt) continue;
      if (mark !== null) this.#exchange.openMarkBar(symbol, opensAt, opensAt + second, mark.open[next]!, mark.high[next]!, mark.low[next]!, mark.close[next]!);
      this.#exchange.openBarFrom(symbol, last, next);
      open.push(symbol);
    }
    this.#until(opensAt + second, open.length > 0);
    if (!this.#isBroken) this.#close(opensAt + second, open);
    for (const symbol of open) this.#cursors[symbol]! += 1;
  }

  #fund(symbol: number, opensAt: Ms): void {
    const { funding } = this.#schedule.market.symbols[symbol]!;
    if (funding === null) return;
    for (let i = 0; i < funding.length; i++) {
      const settledAt = funding.settledAt[i]!;
      if (settledAt < opensAt || settledAt >= opensAt + second) continue;
      this.#venue.stamps[symbol]!.push({ settledAt, rate: funding.rate[i]!, nextAt: null });
      this.#exchange.fund(symbol, settledAt, funding.rate[i]!);
    }
  }

  /** Plays exchange, venue and engine up to `until`. */
  #until(until: Ms, hasBars: boolean): void {
    while (!this.#isBroken) {
      const due = this.#due();
      const target = Math.min(due, until);
      if (hasBars && this.#exchange.advance(target)) {
        const at = this.#venue.collect();
        this.#auditor.instant(Math.max(at, this.#state.now), this.#state);
        continue;
      }
      if (due > until) return;
      this.#next(due);
    }
  }

  #due(): Ms {
    const { eventsDueAt, tasksDueAt } = this.#venue;
    if (this.#absence !== null) return Math.max(this.#now, Math.min(tasksDueAt, this.#absence.until));
    let due = Math.min(eventsDueAt, tasksDueAt, deadlineOf(this.#state));
    due = Math.min(due, this.#wordAt(), this.#killAt(), this.#pauseAt());
    for (const pollAt of this.#pollAt) if (pollAt < due) due = pollAt;
    return Math.max(this.#now, due);
  }

  #pauseAt(): Ms { return this.#pauses[this.#paused]?.at ?? Number.POSITIVE_INFINITY; }

  #wordAt(): Ms { return this.#schedule.words[this.#words]?.at ?? Number.POSITIVE_INFINITY; }

  get #nextKill(): Restart | null { return this.#schedule.kills[this.#killed] ?? null; }

  #killAt(): Ms {
    const kill = this.#nextKill;
    if (kill === null) return Number.POSITIVE_INFINITY;
    return kill.at <= this.#now && this.#happened >= kill.after && !kill.beforeSend ? this.#now : kill.until;
  }

  /** Does what is due first: whoever comes back, the venue's own work, then what is heard, then people, deadlines, questions. */
  #next(at: Ms): void {
    this.#now = at;
    if (this.#absence !== null && this.#absence.until <= at) this.#comeBack(this.#absence, at);
    else if (this.#venue.tasksDueAt <= at) {
      this.#venue.work();
      this.#strikes();
    } else if (this.#absence !== null) return;
    else if (this.#killAt() <= at) this.#kill(at);
    else if (this.#pauseAt() <= at) this.#pause(at);
    else if (this.#venue.eventsDueAt <= at) this.#take(heardAt(this.#venue.take(), at));
    else if (this.#wordAt() <= at) {
      this.#take({ tag: 'operator', at, verb: this.#schedule.words[this.#words]!.verb });
      this.#words += 1;
    } else if (deadlineOf(this.#state) <= at) this.#take({ tag: 'timer', at });
    else this.#poll(at);
  }

  // ---- absences

  get #isAbsent(): boolean { return this.#absence !== null; }

  #pause(at: Ms): void {
    const { family, until } = this.#pauses[this.#paused]!;
    this.#paused += 1;
    if (until <= at) return;
    this.#absence = { kind: family === 'sleep' ? 'sleep' : 'stall', until };
    this.#auditor.crashed(at, this.#state);
    if (family === 'sleep') this.#venue.silence();
  }

  #kill(at: Ms): void {
    const { downMs, after, beforeSend } = this.#nextKill!;
    this.#killed += 1;
    this.#happened = 0;
    this.#out.commands.length = 0;
    this.#memory!.crash((after % 4) / 3, beforeSend ? 'torn' : after === 2 ? 'lost' : 'none');
    this.#absence = { kind: 'down', until: at + downMs };
    this.#auditor.crashed(at, this.#state);
    this.#venue.silence();
    this.#story.note(at, `killed for ${downMs} ms`);
  }

  #comeBack({ kind }: Absence, at: Ms): void {
    this.#absence = null;
    this.#pollAt.fill(at + pollMs.waiting);
    const backlog = this.#backlog;
    this.#backlog = [];
    if (kind === 'stall') {
      this.#auditor.woke(at, this.#state);
      for (const [i, closing] of backlog.entries()) {
        while (!this.#isAbsent && this.#venue.eventsDueAt <= closing.at) this.#take(heardAt(this.#venue.take(), at));
        const isKilledBefore = this.#isAbsent;
        if (!isKilledBefore) this.#feed(closing, at, true);
        if (!this.#isAbsent) continue;
        this.#backlog = backlog.slice(isKilledBefore ? i : i + 1); // killed on the way: what waits goes on waiting
        return;
      }
      return;
    }
    const isUp = this.#venue.listen();
    if (kind === 'down') this.#restart(at);
    else {
      this.#auditor.woke(at, this.#state);
      this.#take({ tag: 'disconnected', at });
    }
    for (const closing of backlog) this.#feed(closing, at, false);
    if (kind === 'down' && !isUp) this.#take({ tag: 'disconnected', at });
    if (kind === 'sleep' && isUp) this.#take({ tag: 'connected', at });
  }

  #restart(at: Ms): void {
    const memory = this.#memory!;
    this.#venue.readAgain(at);
    try {
      memory.restart(at, this.#out);
    } catch (error) {
      this.#fail(at, error);
      return;
    }
    this.#state = memory.state;
    this.#auditor.restarted(at, this.#state);
    this.#story.note(at, `restarted: ${this.present}`);
    this.#out.notes.length = 0;
    if (this.#out.commands.length > 0) this.#send(at);
    this.#auditor.instant(at, this.#state);
  }

  #feed({ bars, marks, missing }: Closing, at: Ms, decides: boolean): void {
    for (const bar of bars) this.#take(heardAt(bar, at));
    for (const mark of marks) this.#take(heardAt(mark, at));
    if (decides && bars.length > 0) this.#take({ tag: 'cycle-closed', at, missing });
  }

  #poll(at: Ms): void {
    for (const leg of this.#state.legs) {
      if (this.#pollAt[leg.index]! > at) continue;
      const every = leg.orders.length > 0 ? pollMs.waiting : leg.position.tag === 'open' ? pollMs.open : pollMs.flat;
      this.#pollAt[leg.index] = at + every;
      if (this.#state.link.tag === 'up') this.#venue.query(leg.index, at, false);
    }
  }

  #close(at: Ms, open: readonly number[]): void {
    const { symbols } = this.#schedule.market;
    this.#now = at;
    const bars: BarClosed[] = [];
    const marks: MarkPrice[] = [];
    const missing: number[] = [];
    for (let symbol = 0; symbol < symbols.length; symbol++) {
      const { last, mark, instrument } = symbols[symbol]!;
      const cursor = this.#cursors[symbol]!;
      if (!open.includes(symbol)) {
        missing.push(symbol);
        continue;
      }
      const bar = barRecord();
      bar.symbol = symbol;
      fillBar(bar, last, cursor, instrument.tick);
      bars.push(bar);
      if (mark !== null) marks.push({ tag: 'mark-price', at, symbol, markTicks: mark.close[cursor]! });
    }
    const closing: Closing = { at, bars, marks, missing };
    if (this.#absence === null) this.#feed(closing, at, true);
    else this.#backlog.push(closing);
  }

  /** Takes one event in, sends what it decides, and lets the auditor look. */
  #take(event: Event): void {
    if (this.#isBroken || this.#absence !== null) return;
    const out = this.#out;
    this.#events += 1;
    if (this.#events > mostEvents) {
      this.#auditor.threw(event.at, new Hung('a schedule that never ends'));
      throw new Hung();
    }
    this.#now = event.at;
    try {
      if (this.#memory === null) step(this.#state, event, out);
      else this.#memory.step(event, out);
    } catch (error) {
      this.#story.event(event, this.#state);
      this.#fail(event.at, error);
      return;
    }
    if (this.#nextKill !== null && this.#nextKill.at <= event.at && event.tag !== 'timer' && event.tag !== 'bar-closed') this.#happened += 1;
    this.#story.event(event, this.#state);
    this.#auditor.event(event, this.#state);
    out.notes.length = 0;
    if (out.commands.length > 0) this.#send(event.at);
    this.#auditor.instant(event.at, this.#state);
    if (event.tag === 'cycle-closed') this.#strikes();
  }

  #fail(at: Ms, error: unknown): void {
    this.#isBroken = true;
    this.#auditor.threw(at, error);
    this.#story.note(at, error instanceof Error ? error.stack ?? error.message : 'threw');
  }

  #send(at: Ms): void {
    const { commands } = this.#out;
    const kill = this.#nextKill;
    if (kill !== null && kill.beforeSend && kill.at <= at && this.#happened >= kill.after) {
      for (const command of commands) this.#auditor.command(at, command, this.#state);
      this.#kill(at);
      return;
    }
    for (const command of commands) {
      digestCommand(this.#digest, at, command);
      this.#story.command(at, command);
      this.#auditor.command(at, command, this.#state);
    }
    for (const command of commands) if (command.tag !== 'notify') this.#auditor.request(at, command, 1, this.#memory?.written ?? null);
    this.#venue.send(commands, at);
    commands.length = 0;
    this.#strikes();
  }

  /** Notes the state in which new faults struck. */
  #strikes(): void {
    const { struck } = this.#venue.odds;
    for (; this.#struck < struck.length; this.#struck++) {
      const { family, leg, order, action, attempt, at, forMs } = struck[this.#struck]!;
      cover(this.#coverage, family, leg, this.#state);
      this.#story.note(this.#state.now, `${family} ${action} leg ${leg} order ${order} attempt ${attempt} at ${at - from} for ${forMs} ms`);
    }
  }

  get present(): string { return stateOf(this.#state); }
}

/** An event as it is heard at `at`; most are heard when they come. */
const heardAt = (event: Event, at: Ms): Event => (event.at === at ? event : { ...event, at });

function cpuMsSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
}

function barRecord(): BarClosed {
  return {
    tag: 'bar-closed', at: 0, symbol: 0, openedAt: 0, closedAt: 0, open: 0, high: 0, low: 0, close: 0, volume: 0,
    openTicks: 0, highTicks: 0, lowTicks: 0, closeTicks: 0,
  };
}
