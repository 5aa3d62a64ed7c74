/**
 * The records of a journal as they were written, one after the other, without an engine that steps them again: for who wants
 * to know what was told and what was sent. A torn end is left out; anything else that is no line is refused.
 */
import type { Approved } from '../commands.ts';
import type { Event } from '../events.ts';
import type { Ms } from '../units.ts';
import { JournalError } from './error.ts';
import { readLine } from './line.ts';
import { commandsOf, eventOf, isEventKind } from './shapes.ts';
import { revive } from './text.ts';

/** `at` = venue's time, ms. */
export type JournalRecord =
  | { readonly tag: 'event'; readonly at: Ms; readonly event: Event }
  /** Durable before they were sent. */
  | { readonly tag: 'commands'; readonly at: Ms; readonly commands: readonly Approved[] }
  | { readonly tag: 'restart'; readonly at: Ms };

export function* journalRecords(lines: Iterable<string>): Iterable<JournalRecord> {
  let seq = 0;
  let isTorn = false;
  for (const text of lines) {
    if (isTorn) throw new JournalError('damaged', seq + 1, { expected: 'a whole line with its checksum', actual: 'another' });
    const line = readLine(text);
    if (line === null) {
      isTorn = true;
      continue;
    }
    const { at, kind, json } = line;
    ({ seq } = line);
    if (kind === 'restart') yield { tag: 'restart', at };
    else if (kind === 'commands') yield { tag: 'commands', at, commands: commandsOf(fieldsOf(json)['list']) };
    else if (isEventKind(kind)) yield { tag: 'event', at, event: eventOf(kind, at, fieldsOf(json)) };
  }
}

const fieldsOf = (json: string): Readonly<Record<string, unknown>> => revive(JSON.parse(json)) as Readonly<Record<string, unknown>>;
