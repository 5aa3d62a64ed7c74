/**
 * Plays a market through the engine on a bad day: one event after the other, at whatever ms it comes, on the long way only.
 *
 * 1. At one instant: what the venue does by itself, then what is heard, then deadlines, then the shell's own questions.
 * 2. An engine that is stalled hears everything afterwards, in its order; one that slept or was killed hears what is still
 *    to be said. Bars that closed meanwhile are fed late; decisions at their closes are not taken, but after a stall.
 * 3. A killed engine is read back from its journal, and nothing else.
 * 4. No time passes in a hole of the data, for nobody.
 * 5. The auditor looks on, and knows less here than beside a schedule (`endAudit`, and `sim/invariants` for the numbers). I2
 *    without "only tightens": the strategy may loosen, for all that is known. I9 without its journal, which is kept around
 *    kills only. I12 not at all: this venue takes any number of requests. I13 and I19 to I21 are about several runs.
 */
import { deadlineOf, roundTripMemories, step } from '../engine/index.ts';
import type { BarClosed, Event, Ms } from '../engine/index.ts';
import { drain } from './drain.ts';
import { FaultyVenue, Meter, restartsOf } from './faults/index.ts';
import { Auditor } from './invariants/index.ts';
import type { Absence, Closing, Hardship, Ordeal, Play } from './play.ts';
import { barRecord, flush, markEquity, record, showProgress, throwFailure } from './steps.ts';
import { Survival } from './survival.ts';

/** The shell asks of itself this often: while an order waits, in a position, flat. */
const pollMs = { waiting: 5_000, open: 10_000, flat: 30_000 } as const;
/** What comes whether or not anything is going on: no reason for a kill. */
const routine: ReadonlySet<Event['tag']> = new Set<Event['tag']>(['timer', 'bar-closed', 'cycle-closed', 'mark-price', 'funding', 'account-snapshot']);
/** More than this at one instant is an engine that never comes to rest. */
const turnsMost = 10_000;

/** Plays the whole market. `play` must not have begun. */
export function playFaulted(play: Play, hardship: Hardship, memoryCheckBars: number): Ordeal {
  const ordeal = beginOrdeal(play, hardship);
  const { clock, exchange } = play;
  let checkAt = memoryCheckBars;
  while (clock.openNext(exchange, ordeal.venue)) {
    showProgress(play);
    crossHole(ordeal);
    playTo(ordeal, clock.closesAt);
    closeInstant(ordeal);
    if (play.state.failure !== null) throwFailure(play.state);
    if (play.bars < checkAt) continue;
    checkAt += memoryCheckBars;
    roundTripMemories(play.state);
  }
  endOrdeal(ordeal);
  roundTripMemories(play.state);
  return ordeal;
}

function beginOrdeal(play: Play, hardship: Hardship): Ordeal {
  const { clock, exchange, setup } = play;
  const { plan, restarts } = hardship;
  const to = clock.to;
  const venue = new FaultyVenue({ exchange, times: setup.config, instruments: setup.instruments, plan, from: clock.from, to });
  const ordeal: Ordeal = {
    play, hardship, venue, meter: new Meter(venue.truth), survival: new Survival(setup),
    auditor: new Auditor({ truth: venue.truth, state: play.state, mayLoosen: true }), report: null, restarts: restartsOf(plan.seed, restarts, clock.from, to),
    pauses: venue.spells.filter(({ family }) => family === 'stall' || family === 'sleep'), killed: 0, paused: 0, happened: 0,
    absent: null, backlog: [], pollAt: clock.from + pollMs.flat, now: clock.from, busyAt: clock.from, turns: 0,
  };
  play.door = {
    send(commands, at) {
      for (const command of commands) {
        ordeal.auditor?.command(at, command, play.state);
        if (command.tag !== 'notify' && command.tag !== 'query-account') ordeal.busyAt = at;
      }
      if (isArmed(ordeal)) ordeal.happened += 1;
      if (isKilledBeforeSending(ordeal)) {
        ordeal.happened = Number.POSITIVE_INFINITY;
        return;
      }
      for (const command of commands) if (command.tag !== 'notify') ordeal.auditor?.request(at, command, 1);
      venue.send(commands, at);
    },
  };
  return ordeal;
}

// ---- time

/** Deadlines that ran into a hole of the data run on behind it: whoever was to keep them could not. */
function crossHole({ play: { clock, lastAt, state }, auditor, absent }: Ordeal): void {
  const openedAt = clock.closesAt - clock.intervalMs;
  if (auditor === null || absent !== null || openedAt <= lastAt) return;
  auditor.crashed(lastAt, state);
  auditor.woke(openedAt, state);
}

function playTo(ordeal: Ordeal, until: Ms): void {
  const { play: { exchange }, venue, meter } = ordeal;
  for (;;) {
    const due = nextDue(ordeal);
    const target = due < until ? due : until;
    if (exchange.advance(target)) {
      const at = venue.collect();
      meter.see(at);
      ordeal.auditor?.instant(at, ordeal.play.state);
      while (nextDue(ordeal) <= at) turn(ordeal, nextDue(ordeal));
      continue;
    }
    if (due > target) return;
    while (nextDue(ordeal) <= target) turn(ordeal, nextDue(ordeal));
  }
}

/** When anything but the exchange has something to do. */
function nextDue(ordeal: Ordeal): Ms {
  const { play: { clock, state, venue: { roundTripMs } }, venue, absent, pollAt } = ordeal;
  const openedAt = clock.closesAt - clock.intervalMs;
  let at = venue.tasksDueAt;
  if (absent !== null) at = Math.min(at, absent.until);
  else {
    const own = Math.max(Math.min(deadlineOf(state), pollAt), openedAt + roundTripMs + 1);
    at = Math.min(at, venue.eventsDueAt, own, pauseAt(ordeal), killAt(ordeal));
  }
  return Math.max(at, openedAt);
}

/** Does the one thing that comes first now. */
function turn(ordeal: Ordeal, due: Ms): void {
  const { play, venue, absent } = ordeal;
  const now = Math.max(due, ordeal.now);
  ordeal.turns = now > ordeal.now ? 0 : ordeal.turns + 1;
  if (ordeal.turns > turnsMost) throw new RangeError(`more than ${turnsMost} events and timers at ${now} ms`);
  ordeal.now = now;
  if (absent !== null && absent.until <= now) comeBack(ordeal, absent, now);
  else if (venue.tasksDueAt <= now) venue.work();
  else if (absent !== null) return;
  else if (killAt(ordeal) <= now) kill(ordeal, now);
  else if (pauseAt(ordeal) <= now) pause(ordeal, now);
  else if (venue.eventsDueAt <= now) hear(ordeal, venue.take(), now);
  else if (deadlineOf(play.state) <= now) hear(ordeal, { tag: 'timer', at: now }, now);
  else poll(ordeal, now);
}

function hear(ordeal: Ordeal, event: Event, now: Ms): void {
  const { play, survival, killed, restarts } = ordeal;
  const { state, out } = play;
  if (isArmed(ordeal)) {
    if (!survival.isWriting && killed < restarts.length) survival.begin(state);
    if (!routine.has(event.tag)) ordeal.happened += 1;
  }
  const told = event.at === now ? event : { ...event, at: now };
  if (survival.isWriting) survival.step(state, told, out);
  else step(state, told, out);
  if (told.tag === 'execution' && state.fill.isNew) play.trading.execution(state, told);
  if (play.events !== null && told.tag !== 'bar-closed' && told.tag !== 'cycle-closed') play.events.event(told);
  if (out.notes.length > 0) record(play);
  ordeal.auditor?.event(told, state);
  if (out.commands.length > 0) flush(play, now);
  ordeal.auditor?.instant(now, state);
}

function poll(ordeal: Ordeal, now: Ms): void {
  const { play: { state }, venue } = ordeal;
  let isWaiting = false;
  let isOpen = false;
  for (const { index, orders, position } of state.legs) {
    venue.query(index, now, false);
    isWaiting ||= orders.length > 0;
    isOpen ||= position.tag === 'open';
  }
  ordeal.pollAt = now + (isWaiting ? pollMs.waiting : isOpen ? pollMs.open : pollMs.flat);
}

// ---- closes

/** Bars close: they are fed, or wait for an engine that cannot look. */
function closeInstant(ordeal: Ordeal): void {
  const { play } = ordeal;
  const { clock, equity } = play;
  const closing = closingOf(play);
  if (ordeal.absent === null) feed(ordeal, closing, closing.at, true);
  else ordeal.backlog.push(closing);
  play.lastAt = clock.closesAt;
  markEquity(play);
  equity.point.at = clock.closesAt;
  equity.take();
}

function closingOf({ clock, setup }: Play): Closing {
  const bars: BarClosed[] = [];
  const marks: { symbol: number; markTicks: number }[] = [];
  for (let symbol = 0; symbol < clock.market.symbols.length; symbol++) {
    const bar = barRecord();
    if (clock.fillBar(symbol, bar)) bars.push(bar);
    const markTicks = clock.markClosed(symbol);
    if (markTicks > 0) marks.push({ symbol, markTicks });
  }
  const at = clock.closesAt;
  return { at, bars, marks, missing: [...clock.missing()], isCycle: at % setup.decisionMs === 0 };
}

/** Tells of a close, late perhaps; `decides` = the strategy is asked. */
function feed(ordeal: Ordeal, { bars, marks, missing, isCycle }: Closing, now: Ms, decides: boolean): void {
  const { play } = ordeal;
  for (const bar of bars) {
    play.bars += 1;
    bar.at = now;
    hear(ordeal, bar, now);
  }
  for (const { symbol, markTicks } of marks) hear(ordeal, { tag: 'mark-price', at: now, symbol, markTicks }, now);
  if (decides && isCycle) hear(ordeal, { tag: 'cycle-closed', at: now, missing }, now);
}

// ---- absences

function pauseAt({ pauses, paused }: Ordeal): Ms {
  const next = pauses[paused];
  return next === undefined ? Number.POSITIVE_INFINITY : next.at;
}

function pause(ordeal: Ordeal, now: Ms): void {
  const { family, until } = ordeal.pauses[ordeal.paused]!;
  ordeal.paused += 1;
  if (until <= now) return;
  ordeal.absent = { kind: family === 'sleep' ? 'sleep' : 'stall', until };
  ordeal.meter.turn(now, true);
  ordeal.auditor?.crashed(now, ordeal.play.state);
  if (family === 'sleep') ordeal.venue.silence();
}

/** The next kill may come: its time is here. */
function isArmed({ restarts, killed, now }: Ordeal): boolean {
  const next = restarts[killed];
  return next !== undefined && next.at <= now;
}

function isKilledBeforeSending(ordeal: Ordeal): boolean {
  return isArmed(ordeal) && ordeal.restarts[ordeal.killed]!.beforeSend && ordeal.happened >= ordeal.restarts[ordeal.killed]!.after;
}

function killAt(ordeal: Ordeal): Ms {
  const next = ordeal.restarts[ordeal.killed];
  if (next === undefined) return Number.POSITIVE_INFINITY;
  const isDue = ordeal.happened >= (next.beforeSend ? Number.POSITIVE_INFINITY : next.after);
  return isDue && next.at <= ordeal.now ? ordeal.now : next.until;
}

function kill(ordeal: Ordeal, now: Ms): void {
  const { play, venue, survival } = ordeal;
  const { downMs, kept } = ordeal.restarts[ordeal.killed]!;
  if (!survival.isWriting) survival.begin(play.state);
  survival.kill(kept);
  ordeal.killed += 1;
  ordeal.happened = 0;
  drain(play.out.commands);
  ordeal.absent = { kind: 'down', until: now + downMs };
  ordeal.meter.turn(now, true);
  ordeal.auditor?.crashed(now, play.state);
  venue.silence();
}

function comeBack(ordeal: Ordeal, { kind }: Absence, now: Ms): void {
  const { play, venue, meter, survival } = ordeal;
  ordeal.absent = null;
  ordeal.pollAt = now + pollMs.waiting;
  ordeal.busyAt = now;
  meter.turn(now, false);
  if (kind !== 'down') ordeal.auditor?.woke(now, play.state);
  if (kind === 'stall') {
    catchUp(ordeal, now, true);
    return;
  }
  const isUp = venue.listen();
  if (kind === 'down') {
    venue.readAgain(now);
    play.state = survival.restore(now, play.out);
    ordeal.auditor?.restarted(now, play.state);
    if (play.out.notes.length > 0) record(play);
    if (play.out.commands.length > 0) flush(play, now);
  }
  if (kind === 'sleep' || !isUp) hear(ordeal, { tag: 'disconnected', at: now }, now);
  catchUp(ordeal, now, false);
  if (kind === 'sleep' && isUp) hear(ordeal, { tag: 'connected', at: now }, now);
}

/** What waited comes in its order, all of it now; after a stall with the events before each close. Killed on the way, the rest goes on waiting. */
function catchUp(ordeal: Ordeal, now: Ms, isStall: boolean): void {
  const { venue, backlog } = ordeal;
  for (let closing = backlog[0]; closing !== undefined; closing = backlog[0]) {
    const heardTo = isStall ? closing.at : Number.NEGATIVE_INFINITY;
    while (killAt(ordeal) > now && venue.eventsDueAt <= heardTo) hear(ordeal, venue.take(), now);
    if (killAt(ordeal) <= now) return;
    backlog.shift();
    feed(ordeal, closing, now, isStall);
  }
}

// ---- end

/** As long after the last fault, request, fill or return everything is known, and nothing may be left open. */
const settledMs = 60_000;

/** What needs rest (I15 to I17) is judged of a plan that goes quiet, and of an engine that had nothing to do at the end. */
function endAudit(ordeal: Ordeal): void {
  const { play: { lastAt, state }, venue: { odds, truth }, auditor, absent, killed, busyAt } = ordeal;
  if (auditor === null) return;
  auditor.instant(lastAt, state);
  const filledAt = state.legs.map(({ index }) => truth.executions(index).at(-1)?.at ?? 0);
  const isSettled = absent === null && lastAt >= Math.max(odds.quietAt, busyAt, ...filledAt) + settledMs;
  if (isSettled) auditor.quiet(lastAt, state, new Set([...Object.keys(odds.fired), ...(killed > 0 ? ['kill'] : [])]));
  ordeal.report = auditor.finish();
  ordeal.auditor = null;
}

/** What the venue said before the data ended is heard, however late; what is asked for now is asked of nobody. */
function endOrdeal(ordeal: Ordeal): void {
  const { play, venue, meter } = ordeal;
  play.door = { send: () => {} };
  endAudit(ordeal);
  ordeal.now = Math.max(ordeal.now, play.lastAt);
  if (ordeal.absent !== null) comeBack(ordeal, ordeal.absent, ordeal.now);
  while (ordeal.backlog.length > 0) { // a kill came on the way
    kill(ordeal, ordeal.now);
    comeBack(ordeal, ordeal.absent!, ordeal.now);
  }
  while (venue.eventsDueAt !== Number.POSITIVE_INFINITY) {
    const now = Math.max(venue.eventsDueAt, ordeal.now);
    hear(ordeal, venue.take(), now);
    ordeal.now = now;
  }
  meter.see(play.lastAt);
  meter.end(play.lastAt);
}
