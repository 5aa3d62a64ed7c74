/**
 * Goes on with the journal in argv[2] for ever, and says after each event which record is durable. Three hours pass between
 * two events, so that every eighth turns the file, and every fifth is followed by a snapshot: a kill meets each of them.
 */
import { writeSync } from 'node:fs';
import { FilePort } from '../../../data/index.ts';
import { Journal, createState, rehydrate } from '../../../engine/index.ts';
import type { Out } from '../../../engine/index.ts';
import { killedRequest } from './killed.ts';

const hourMs = 3_600_000;
const port = new FilePort(process.argv[2]!);
const request = killedRequest(port);
const isNew = [...port.lines()].length === 0;
const { state, journal } = isNew ? { state: createState(request.setup), journal: new Journal(request) } : rehydrate(request);
const out: Out = { commands: [], notes: [] };
journal.restart(state, Math.max(state.now, Date.UTC(2026, 0, 1)), out);
for (let i = 1; ; i++) {
  journal.step(state, { tag: 'wallet', at: state.now + 3 * hourMs, wallet: 0, balance: BigInt(i) }, out);
  out.commands.length = 0;
  out.notes.length = 0;
  if (i % 5 === 0) journal.snapshot(state);
  writeSync(1, `${journal.seq}\n`);
}
