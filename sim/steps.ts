/**
 * What every run loop does with one event, one step's notes, one decision's commands. The loops differ in what may happen
 * between two bars: nothing (`run.ts`), or anything (`faulted-run.ts`).
 */
import { digestCommand, step, stepBar, StrategyError } from '../engine/index.ts';
import type { BarClosed, Event, Ms, State } from '../engine/index.ts';
import { drain } from './drain.ts';
import type { Play } from './play.ts';

export function showProgress({ progress, clock, bars }: Play): void { // hot
  if (progress === null) return;
  progress.times[0] = clock.closesAt;
  progress.counters[0] = bars;
}

export function closeBars(play: Play, bar: BarClosed): void { // hot
  const { clock, state, out } = play;
  const count = clock.market.symbols.length;
  for (let symbol = 0; symbol < count; symbol++) {
    if (!clock.fillBar(symbol, bar)) continue;
    play.bars += 1;
    stepBar(state, bar, out);
    if (out.notes.length > 0) record(play);
    if (out.commands.length > 0) flush(play, clock.closesAt);
  }
  if (clock.hasMarks) closeMarks(play, count);
  if (state.failure !== null) throwFailure(state);
}

function closeMarks(play: Play, count: number): void {
  const { clock } = play;
  for (let symbol = 0; symbol < count; symbol++) {
    const markTicks = clock.markClosed(symbol);
    if (markTicks > 0) take(play, { tag: 'mark-price', at: clock.closesAt, symbol, markTicks });
  }
}

export function take(play: Play, event: Event): void { // hot
  const { state, out } = play;
  step(state, event, out);
  if (event.tag === 'execution' && state.fill.isNew) play.trading.execution(state, event);
  if (play.events !== null && event.tag !== 'bar-closed' && event.tag !== 'cycle-closed') play.events.event(event);
  if (out.notes.length > 0) record(play);
}

/** Hands the notes of a step to the recorder. */
export function record(play: Play): void { // hot
  const { notes } = play.out;
  for (let i = 0; i < notes.length; i++) {
    const note = notes[i]!;
    play.trading.note(note);
    if (note.tag === 'trade') {
      markEquity(play);
      play.equity.keep();
    }
  }
  drain(notes);
}

/** Hands the commands of this decision over: venue ones to the venue, notices to the shell. */
export function flush(play: Play, at: Ms): void { // hot
  const { commands } = play.out;
  play.sent += commands.length;
  for (let i = 0; i < commands.length; i++) {
    const command = commands[i]!;
    digestCommand(play.digest, at, command);
    if (play.events !== null) play.events.command(at, command);
    if (command.tag === 'notify') play.notices.push({ at, cause: command.cause, text: command.text });
  }
  play.door.send(commands, at);
  drain(commands);
}

/** Writes equity, wallet and the value of all open positions at cost into the record's point. */
export function markEquity(play: Play): void { // hot
  const { state } = play;
  const { legs } = state;
  const { point } = play.equity;
  let exposure = 0;
  for (let i = 0; i < legs.length; i++) {
    const { position } = legs[i]!;
    if (position.tag === 'open') exposure += position.costNumber;
  }
  point.at = state.now;
  point.equity = state.equity;
  point.wallet = state.wallet.balanceNumber;
  point.exposure = exposure;
}

/** The strategy's own error, with its own stack, so that the line that threw can be named. */
export function throwFailure(state: State): never {
  const failure = state.failure!;
  const error = new StrategyError(`${failure.symbol}: ${failure.message}`);
  error.stack = failure.stack;
  throw error;
}

export function barRecord(): BarClosed {
  return {
    tag: 'bar-closed', at: 0.5, symbol: 0, openedAt: 0.5, closedAt: 0.5, open: 0.5, high: 0.5, low: 0.5, close: 0.5, volume: 0.5,
    openTicks: 0.5, highTicks: 0.5, lowTicks: 0.5, closeTicks: 0.5,
  };
}
