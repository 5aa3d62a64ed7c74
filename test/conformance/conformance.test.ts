/** Every venue shows every behaviour, or says why it cannot. */
import { afterAll, describe, it } from 'vitest';
import { behaviours } from './behaviours.ts';
import { coverageOf } from './coverage.ts';
import { expectShown, shownAt } from './proofs.ts';
import { inProcess } from './venues/in-process.ts';
import { overTheWire } from './venues/local.ts';

const venues = [inProcess, overTheWire('linear'), overTheWire('inverse'), overTheWire('linear', 'ws')];
const shown = new Map<string, number>();

describe.each(venues)('conformance $name', (venue) => {
  it.each(shownAt(venue))('$sentence', async ({ behaviour }) => {
    await expectShown(behaviour, await venue.open(behaviour));
    shown.set(venue.name, (shown.get(venue.name) ?? 0) + 1);
  });
});

afterAll(() => {
  const total = venues.reduce((sum, venue) => sum + coverageOf(venue, shown.get(venue.name) ?? 0), 0);
  console.log(`conformance: ${total} of ${venues.length} venues x ${behaviours.length} behaviours shown`);
});
