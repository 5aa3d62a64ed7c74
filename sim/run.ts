/**
 * Plays a market through the engine: orders events, calls `step`, hands commands to the venue, records. It decides
 * nothing. At one instant T: what happened inside the bars, then bars (symbol order), mark bars, `cycle-closed` and its
 * commands; funding and arrivals of T belong to the next bar's first instant.
 */
import { createDigest, createState, deadlineOf, digestCommand, roundTripMemories, setupOf, stepCycle, stepExecution, stepStopSet, knowSeries, takesStretches, takeStretch } from '../engine/index.ts';
import type { BarClosed, Corridor, CycleClosed, Ms, State } from '../engine/index.ts';
import { createExchange } from './exchange/index.ts';
import { readDetail } from './detail.ts';
import { onDetail } from './detailed-exchange.ts';
import { drain } from './drain.ts';
import { playFaulted } from './faulted-run.ts';
import { Clock } from './clock.ts';
import { EquityRecord, EventRecord, TradingRecord } from './record/index.ts';
import { resultOf } from './outcome.ts';
import type { Gauge, Play, RunRequest, Stretch } from './play.ts';
import type { RunResult } from './result.ts';
import { barRecord, closeBars, flush, markEquity, record, showProgress, take, throwFailure } from './steps.ts';
import { executionOf, SimulatedVenue, stopSetOf } from './venue.ts';

/** Bars between two checks of the strategy's memory. */
const usualMemoryCheckBars = 10_000;

export function run(request: RunRequest): RunResult {
  return resultOf(playThrough(request));
}

/** Plays the whole market and hands over everything the run held: state, exchange, records. */
export function playThrough(request: RunRequest): Play {
  const play = begin(request);
  if (request.hardship !== undefined) {
    play.ordeal = playFaulted(play, request.hardship, request.memoryCheckBars ?? usualMemoryCheckBars);
    return play;
  }
  const { clock, state, exchange, venue, stretch } = play;
  const bar = stretch === null ? barRecord() : stretch.bar;
  const cycle: CycleClosed = { tag: 'cycle-closed', at: 0.5, missing: none };
  const { memoryCheckBars = usualMemoryCheckBars } = request;
  let checkAt = memoryCheckBars;
  for (;;) {
    const isStretch = stretch === null ? playCalm(play, bar, cycle, checkAt) : playStretch(play, stretch, checkAt);
    if (!isStretch) {
      if (!clock.openNext(exchange, venue)) break;
      showProgress(play);
      if (nextDue(play) <= clock.closesAt || !exchange.skip(clock.closesAt)) playBar(play);
      closeInstant(play, bar, cycle);
    }
    if (state.failure !== null) throwFailure(state);
    if (play.bars >= checkAt) {
      checkAt += memoryCheckBars;
      roundTripMemories(state);
    }
  }
  tellTheRest(play);
  roundTripMemories(state);
  return play;
}

/** The close of the bars begun, with the decisions taken at it. */
function closeInstant(play: Play, bar: BarClosed, cycle: CycleClosed): void { // hot
  const { clock, state, setup, out, equity } = play;
  const at = clock.closesAt;
  closeBars(play, bar);
  if (setup.decisionMs === setup.baseMs || at % setup.decisionMs === 0) {
    cycle.at = at;
    cycle.missing = clock.missing();
    stepCycle(state, cycle, out);
    if (out.notes.length > 0) record(play);
  }
  play.lastAt = at;
  markEquity(play);
  equity.take();
  const { stretch } = play;
  if (out.commands.length > 0 && stretch !== null) moveStopAtOpen(play, stretch, clock.nextIndex);
  if (out.commands.length > 0) flush(play, state.now);
}

/**
 * Takes the instants ahead at which every symbol has a bar and the exchange nothing to do, up to the first that sends
 * something: what `openNext` and `closeInstant` do, without asking the exchange at each. False = none.
 */
function playCalm(play: Play, bar: BarClosed, cycle: CycleClosed, checkAt: number): boolean { // hot
  const { clock, exchange, state, corridors } = play;
  if (corridors.length === 0 || nextDue(play) !== Number.POSITIVE_INFINITY) return false;
  for (let symbol = 0; symbol < corridors.length; symbol++) if (!exchange.corridor(symbol, corridors[symbol]!)) return false;
  const { sent } = play;
  let count = 0;
  while (play.bars < checkAt && play.sent === sent && state.dueAt === Number.POSITIVE_INFINITY && clock.openCalm(corridors)) {
    count += 1;
    showProgress(play);
    closeInstant(play, bar, cycle);
  }
  if (count === 0) return false;
  clock.passTo(exchange);
  return true;
}

/** Takes the bars ahead in which the exchange has nothing to do, up to the first that brings something. False = none. */
function playStretch(play: Play, stretch: Stretch, checkAt: number): boolean { // hot
  const { series, corridor, equities } = stretch;
  const { clock, exchange, state, out } = play;
  if (nextDue(play) !== Number.POSITIVE_INFINITY || !exchange.corridor(0, corridor)) return false;
  const from = clock.nextIndex;
  const room = series.length - from;
  const most = room < equities.length ? room : equities.length;
  const left = checkAt - play.bars;
  const count = takeStretch(state, stretch, from, from + (left < most ? left : most), play.bars, out);
  if (count === 0) return false;
  clock.pass(count);
  exchange.passTo(0, series, from + count - 1);
  play.bars += count;
  play.lastAt = clock.closesAt;
  markEquity(play);
  play.equity.takeMany(equities, count, series, from);
  if (out.notes.length > 0) record(play);
  if (out.commands.length > 0) flush(play, state.now);
  return true;
}

/** A moved stop within a stretch, which goes on unless the answer brings more than a note. */
function replyInStretch(play: Play, stretch: Stretch, next: number): boolean { // hot
  const { commands, notes } = play.out;
  if (commands.length === 0 || notes.length > 1 || (notes.length === 1 && notes[0]!.tag !== 'decision')) return false;
  if (!moveStopAtOpen(play, stretch, next)) return false;
  return commands.length === 0 && nextDue(play) === Number.POSITIVE_INFINITY && play.exchange.corridor(0, stretch.corridor);
}

/** The most frequent command of all, a moved stop and nothing else, judged and answered at the open of bar `next` without a message on its way. */
function moveStopAtOpen(play: Play, { series, stopSet }: Stretch, next: number): boolean { // hot
  const { out, events, exchange, state } = play;
  const { commands } = out;
  const command = commands[0]!;
  if (commands.length > 1 || command.tag !== 'set-stop' || !play.venue.isInstant || next === series.length) return false;
  if (command.trailTicks !== 0 || !exchange.setStopAtOpen(0, series, next, command.triggerTicks, command.by)) return false;
  if (out.notes.length > 0) record(play);
  digestCommand(play.digest, state.now, command);
  play.sent += 1;
  if (events !== null) events.command(state.now, command);
  drain(commands);
  stopSet.at = series.openedAt[next]!;
  stopSet.triggerTicks = command.triggerTicks;
  stopSet.by = command.by;
  stepStopSet(state, stopSet, out);
  if (events !== null) events.event(stopSet);
  if (out.notes.length > 0) record(play);
  return true;
}

/** What the exchange did before the data ended is told, however late; what is asked for now is asked of nobody. */
function tellTheRest(play: Play): void {
  while (play.venue.dueAt !== Number.POSITIVE_INFINITY) {
    take(play, play.venue.take());
    drain(play.out.commands);
  }
}

const none: readonly number[] = Object.freeze([]);

function begin(request: RunRequest): Play {
  const { market, config, strategy, oneByOne = false } = request;
  const clock = new Clock(market, config.dataGap);
  const setup = setupOf({
    strategy, params: request.params, config, instruments: market.symbols.map((s) => s.instrument), baseMs: clock.intervalMs,
  });
  const state = createState(setup, request.progress === null ? new Int32Array(2) : request.progress.counters.subarray(1, 2));
  const children = readDetail(market.symbols, config.dataGap);
  const whole = createExchange({
    config, wallet: setup.cash,
    symbols: market.symbols.map((s, i) => ({ instrument: setup.instruments[i]!, leverage: String(config.leverage), hasMark: s.mark !== null })),
  });
  const exchange = children === null ? whole : onDetail(whole, market.symbols.map((s) => s.last), children);
  const venue = new SimulatedVenue(exchange, config, setup.instruments);
  const play: Play = {
    setup, state, exchange, children, venue, door: venue, clock,
    out: { commands: [], notes: [] }, digest: createDigest(),
    trading: new TradingRecord(strategy.symbols, setup.instruments),
    equity: new EquityRecord(clock.instants, request.record === 'all', { at: clock.from, equity: state.equity }),
    events: request.record === 'all' ? new EventRecord() : null, notices: [],
    progress: request.progress, stretch: oneByOne || request.hardship !== undefined ? null : stretchOf(clock, state, request.progress),
    corridors: oneByOne ? [] : market.symbols.map(emptyCorridor), ordeal: null, bars: 0, sent: 0, lastAt: clock.from,
  };
  const { stretch } = play;
  if (stretch !== null) stretch.reply = (next) => replyInStretch(play, stretch, next);
  return play;
}

const emptyCorridor = (): Corridor => ({ below: 0.5, above: 0.5, until: 0.5 });

/** Bars taken at once at most: their equities lie in the nearest memory. */
const stretchBars = 256;

function stretchOf(clock: Clock, state: State, watch: Gauge | null): Stretch | null {
  const series = clock.loneSeries;
  if (series === null || !takesStretches(state)) return null;
  knowSeries(state, series);
  return {
    series, corridor: emptyCorridor(), bar: barRecord(), equities: new Float64Array(stretchBars), watch,
    stopSet: { tag: 'stop-set', at: 0.5, leg: 0, triggerTicks: 0, by: 'mark', trailTicks: 0 }, reply: () => false,
  };
}

/** Lets the exchange play the bars begun; whatever it makes known on the way is taken in at once. */
function playBar(play: Play): void { // hot
  const { exchange, venue } = play;
  const until = play.clock.closesAt;
  for (;;) {
    const due = nextDue(play);
    const target = due < until ? due : until;
    if (exchange.advance(target)) {
      if (venue.isPrompt) takeFacts(play, due);
      else {
        venue.collect();
        deliver(play, Math.min(target, nextDue(play)));
      }
    } else if (due > target) return;
    else deliver(play, target);
  }
}

/** What is known where it happens is taken in fact by fact, without waiting in line, and before a deadline of its instant (`due`). */
function takeFacts(play: Play, due: Ms): void { // hot
  const { state, out, venue, events } = play;
  const { facts } = play.exchange;
  let at = state.now;
  for (let i = 0; i < facts.length; i++) {
    const fact = facts[i]!;
    at = fact.at;
    if (fact.kind === 'stop-set') {
      const event = stopSetOf(fact, at);
      stepStopSet(state, event, out);
      if (events !== null) events.event(event);
    } else if (fact.kind === 'execution') {
      const event = executionOf(fact, at);
      stepExecution(state, event, out);
      if (state.fill.isNew) play.trading.execution(state, event);
      if (events !== null) events.event(event);
    } else {
      take(play, venue.eventOf(fact, at));
    }
    if (out.notes.length > 0) record(play);
    if (out.commands.length > 0) flush(play, at);
  }
  drain(facts);
  if (venue.dueAt <= at || due <= at) deliver(play, at);
}

function nextDue(play: Play): Ms { // hot
  const { venue, clock } = play;
  const deadline = deadlineOf(play.state);
  if (deadline === Number.POSITIVE_INFINITY) return venue.dueAt;
  // No time passes in a hole of the data: who waits for an answer there waits for the one of the next open.
  const answeredAt = clock.closesAt - clock.intervalMs + venue.roundTripMs;
  const at = Math.max(deadline > answeredAt ? deadline : answeredAt + 1, play.state.now);
  return at < venue.dueAt ? at : venue.dueAt;
}

/** Takes in what is known by now, one event after the other, sending what each decides. */
function deliver(play: Play, until: Ms): void {
  const { venue } = play;
  while (nextDue(play) <= until) {
    const at = nextDue(play);
    if (at < venue.dueAt) take(play, { tag: 'timer', at });
    else take(play, venue.take());
    if (play.out.commands.length > 0) flush(play, at);
  }
}
