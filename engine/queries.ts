/**
 * Questions to the venue about one leg. One question is under way at most; silence asks again, and so does an answer
 * that left something open. Nothing is concluded from not being answered.
 */
import type { Approved } from './commands.ts';
import { due, patience } from './deadlines.ts';
import type { Out } from './notes.ts';
import { approveReducing } from './risk.ts';
import type { Leg, State } from './state.ts';
import type { Ms } from './units.ts';

/** Asks now, or once the answer that is under way has come. */
export function ask(state: State, leg: Leg, out: Out): void {
  if (leg.query.tag === 'asked') {
    const { since, attempt, isLate } = leg.query;
    if (!isLate) leg.query = { tag: 'asked', since, attempt, isLate: true };
    return;
  }
  send(state, leg, leg.query.tag === 'again' ? leg.query.attempt + 1 : 1, out);
}

/** Asks once more at `at`, unless something is asked before. */
export function askAt(state: State, leg: Leg, at: Ms): void {
  if (leg.query.tag !== 'none') return;
  leg.query = { tag: 'again', at, attempt: 0 };
  due(state, at);
}

/** Asks again when the wait is over. */
export function takeQueryTimer(state: State, leg: Leg, out: Out): void {
  const { query } = leg;
  if (query.tag === 'none') return;
  const at = query.tag === 'asked' ? query.since + patience(state, leg) : query.at;
  if (at <= state.now) send(state, leg, query.attempt + 1, out);
}

/** A reading is being taken in: whatever it leads to ask is asked after it, not at once. */
export function hear(state: State, leg: Leg): void {
  const { query } = leg;
  if (query.tag !== 'asked') leg.query = { tag: 'asked', since: state.now, attempt: query.tag === 'none' ? 0 : query.attempt, isLate: false };
}

/** The reading, or a failure, was taken in; `isSettled` = it left nothing open. */
export function answered(state: State, leg: Leg, isSettled: boolean): void {
  const { query } = leg;
  if (isSettled && (query.tag === 'none' || (query.tag === 'asked' && !query.isLate))) {
    leg.query = { tag: 'none' };
    return;
  }
  const attempt = query.tag === 'none' ? 0 : query.attempt;
  leg.query = { tag: 'again', at: state.now + patience(state, leg), attempt };
  due(state, leg.query.at);
}

function send(state: State, leg: Leg, attempt: number, out: Out): void {
  leg.query = { tag: 'asked', since: state.now, attempt, isLate: false };
  due(state, state.now + patience(state, leg));
  out.commands.push(approveReducing({ tag: 'query-account', leg: leg.index }));
}

/** The question that a shell asks of itself, again and again: a reading nobody waits for. */
export const readingOf = (leg: number): Approved => approveReducing({ tag: 'query-account', leg });
